"""A batch in one statement on PostgreSQL: what it does with locks, sessions and a host's own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.sql import SqlStore
from pst_core.desk.ports import NewEvent, Number
from pst_core.refusal import BadInput, Conflict
from pst_core.testing.contracts.store import batch, effect, summary


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("psycopg")
    with postgres.server() as server:
        address = server.format(name="postgres")
        SqlStore(address).close()
        yield address


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with SqlStore(url, wait=30) as store:
        yield store


@pytest.fixture
def host(url: str) -> Iterator[Any]:
    """Give a connection of the host's own, that begins a transaction by itself."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


def test_it_takes_its_locks_in_the_order_of_the_other_way(store: SqlStore, host: Any) -> None:
    # the other way holds a number of the series and goes on to the stream; a batch in one
    # statement that had the stream first would wait for the number, and both for ever
    store.append(batch("first", 0, "l1", numbers=(Number("L", 1),)))
    rival = batch("met", 0, "l2", numbers=(Number("L", 2),))
    host.execute("INSERT INTO pst_commands VALUES ('l2', '3317', 'p', 'met', 1, 1)")
    store._take_number(host, "L", 2)
    told: list[BaseException] = []

    def append() -> None:
        with pytest.raises(Conflict) as caught:
            store.append(batch("met", 0, "l3", numbers=(Number("L", 2),)))
        told.append(caught.value)

    waiting = threading.Thread(target=append)
    waiting.start()
    _until_one_waits_for_a_lock(store)
    store._write_events(host, rival, "")
    host.commit()
    waiting.join()
    assert isinstance(told[0], Conflict)


def _until_one_waits_for_a_lock(store: SqlStore) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    while not store._rows(waiting)[0][0]:
        threading.Event().wait(0.01)


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_the_hosts_transaction_decides(store: SqlStore, host: Any, end: str) -> None:
    wanted = batch(
        f"h-{end}", 0, f"h-{end}", events=(NewEvent("a", 1, "{}"),) * 2,
        effects=(effect(f"h-{end}"),), numbers=(Number(end, 1),), summary=summary(f"h-{end}"),
    )  # fmt: skip
    host.execute("CREATE TABLE IF NOT EXISTS theirs (x text)")
    host.execute("INSERT INTO theirs VALUES (%s)", (end,))
    assert store.append_within(host, wanted).version == 2
    assert store.load(wanted.stream) == ()
    getattr(host, end)()
    kept = 1 if end == "commit" else 0
    assert len(store.load(wanted.stream)) == 2 * kept
    assert len(store.effects(wanted.stream)) == store.last_number(end) == kept
    assert (store.summary(wanted.stream) is not None) is bool(kept)


def test_a_host_without_a_transaction_is_refused(store: SqlStore, host: Any) -> None:
    host.autocommit = True
    with pytest.raises(BadInput, match="no-transaction"):
        store.append_within(host, batch("h", 0, "h"))


def test_a_follower_waits_for_a_host_that_wrote_early(store: SqlStore, host: Any) -> None:
    before = store.read(limit=10**6)
    store.append_within(host, batch("early", 0, "early"))
    store.append(batch("later", 0, "later"))
    assert store.read(limit=10**6) == before, "an earlier position may still appear"
    host.commit()
    assert [e.stream for e in store.read(limit=10**6)[len(before) :]] == ["early", "later"]


def test_what_is_in_the_way_leaves_the_session_clean(store: SqlStore) -> None:
    # a refused batch is written row by row on the same session; then it serves the next one
    for n in range(8):  # beyond the fifth use psycopg prepares the statement, later plans it anew
        store.append(batch("c", n, f"c{n}", numbers=(Number("C", n + 1),), summary=summary("c")))
        with pytest.raises(Conflict, match="stale-version"):
            store.append(batch("c", n, f"late{n}"))
        with pytest.raises(Conflict, match="number-taken"):
            store.append(batch("c", n + 1, f"number{n}", numbers=(Number("C", n + 1),)))
    assert [e.version for e in store.load("c")] == list(range(1, 9))
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    assert store._rows(held) == [(0,)]
