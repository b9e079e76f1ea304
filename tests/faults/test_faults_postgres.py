"""T1 and T9 on a real PostgreSQL: killed clients, and followers that skip no late commit."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.sql import SqlStore
from pst_core.desk.ports import NewEvent
from pst_core.refusal import StorageError
from pst_core.testing.contracts.store import batch

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.skipif(postgres.find_binaries() is None, reason=postgres.MISSING)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    name = "t" + os.urandom(6).hex()
    with psycopg.connect(server.format(name="postgres").replace("+psycopg", ""),
                         autocommit=True) as admin:  # fmt: skip
        admin.execute(f"CREATE DATABASE {name}")
    return server.format(name=name)


def _write(url: str, who: int, commits: int) -> None:
    """Append transactions of one to three events with small pauses; one in twenty rolls back."""
    dice = random.Random(who)
    with SqlStore(url, wait=30) as store:
        for n in range(commits):
            events = (NewEvent("a", 1, "{}"),) * dice.randint(1, 3)
            wanted = batch(f"s{who}-{n}", 0, f"c{who}-{n}", events=events)
            rolled_back = dice.random() < 0.05

            # row by row, as in a host's transaction, or in one statement
            write = dice.choice((store._append, store._append_at_once))

            def job(
                connection: Any, wanted: Any = wanted, stop: bool = rolled_back, write: Any = write
            ) -> None:
                write(connection, wanted)
                time.sleep(dice.choice((0, 0, 0.0005, 0.002)))
                if stop:
                    raise KeyError("rolled back on purpose")

            with contextlib.suppress(KeyError):
                store._write(job)


def _followed(url: str, reads: str, commits: int) -> tuple[list[int], list[int], float]:
    """Return positions a follower saw, those that are there in the end, and commits a second."""
    SqlStore(url).close()
    started = time.monotonic()
    writers = []
    for who in range(6):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _write(url, who, commits)
                code = 0
            finally:
                os._exit(code)
        writers.append(child)
    seen: list[int] = []
    with SqlStore(url) as store:
        if reads == "plainly":
            name = "barrier < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            plain = store._sql.read.replace(f"pst_events.{name}", "true")
            assert plain != store._sql.read
            object.__setattr__(store._sql, "read", plain)
        alive = set(writers)
        try:
            while True:
                page = store.read(after=seen[-1] if seen else 0, limit=500)
                seen += [e.position for e in page]
                if not page and not alive:
                    break
                for child in list(alive):
                    if os.waitpid(child, os.WNOHANG)[0]:
                        alive.discard(child)
        finally:
            if reads == "plainly":
                object.__setattr__(
                    store._sql, "read", plain.replace("AND true", f"AND pst_events.{name}")
                )
        took = time.monotonic() - started
        there = [r[0] for r in store._rows("SELECT position FROM pst_events ORDER BY position")]
    return seen, there, 6 * commits / took


@pytest.mark.slow
def test_T9_a_follower_skips_no_late_commit(url: str) -> None:
    commits = 400  # 50,000 events: make soak-T9
    seen, there, rate = _followed(url, "by the barrier", commits)
    print(f"T9: {len(there)} events, {len(set(there) - set(seen))} skipped, {rate:.0f} commits/s")
    assert seen == there
    assert len(there) > 6 * commits


@pytest.mark.slow
def test_T9_control_a_plain_reader_skips(url: str) -> None:
    seen, there, _ = _followed(url, "plainly", 400)
    print(f"T9 control: {len(there)} events, {len(set(there) - set(seen))} skipped")
    assert set(there) - set(seen)


def test_T9_a_transaction_that_took_its_id_early_is_not_passed(url: str) -> None:
    """A host writes its own row first, so that its id is old and its position young."""
    with SqlStore(url) as store, psycopg.connect(url.replace("+psycopg", "")) as host:
        host.execute("SELECT pg_current_xact_id()")
        entered, leave = threading.Event(), threading.Event()

        def slow(connection: Any) -> None:
            store._append(connection, batch("slow", 0, "slow"))
            entered.set()
            leave.wait(120)

        writer = threading.Thread(target=lambda: store._write(slow))
        writer.start()
        entered.wait(120)
        store.append_within(host, batch("host", 0, "host"))
        host.commit()
        assert store.read() == ()  # the host's position is higher than one that may yet appear
        leave.set()
        writer.join()
        assert [e.stream for e in store.read()] == ["slow", "host"]


@pytest.mark.parametrize(
    "kills", [20, pytest.param(200, marks=pytest.mark.slow)], ids=["short", "200 kills"]
)
@pytest.mark.slow
def test_T1_killed_clients_lose_and_halve_nothing(url: str, kills: int) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from test_faults_sqlite import _killed_again_and_again

    SqlStore(url).close()
    acknowledged, _ = _killed_again_and_again(url, kills, 0.08, 0.25)
    print(f"T1: {kills} kills, {len(acknowledged)} acknowledged")
    with SqlStore(url, wait=30) as store:
        assert faults_in(store, acknowledged) == []


def faults_in(store: SqlStore, acknowledged: set[str]) -> list[str]:
    """Return what is wrong in ``store``: lost, half-applied, numbers or effects too few or many.

    The server ends the transaction of a killed client by itself, a moment later perhaps; what is
    compared here is read by several statements, so that no one else may be at work any more.
    """
    while store._rows(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()"
    ):
        time.sleep(0.01)
    commands = store._rows(
        "SELECT c.command_id, (SELECT count(*) FROM pst_events e WHERE e.stream = c.stream),"
        " (SELECT count(*) FROM pst_effects f WHERE f.stream = c.stream),"
        " (SELECT count(*) FROM pst_register r WHERE r.stream = c.stream) FROM pst_commands c"
    )
    found = [f"half {row}" for row in commands if tuple(row[1:]) != (2, 1, 1)]
    found += [f"lost {one}" for one in sorted(acknowledged - {row[0] for row in commands})]
    if store.last_number("INV") != len(commands):
        found.append("numbers with a gap or a double")
    if len(store.effects(limit=10**6)) != len(commands):
        found.append("effects without a command")
    return found


@pytest.mark.slow
def test_a_server_that_goes_away_is_our_error_and_the_store_comes_back() -> None:
    with postgres.server() as server:
        url = server.format(name="postgres")
        with (
            SqlStore(url) as store,
            psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin,
        ):
            store.append(batch("s", 0, "c1"))
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            with pytest.raises(StorageError) as caught:  # noqa: PT012
                for _ in range(20):  # a pooled connection may be alive still
                    store.append(batch("s", 1, "c2"))
                    time.sleep(0.05)
                    admin.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                    )
            assert caught.value.code == "connection-lost"
            assert store.append(batch("s", 1, "c2")).version == 2
            assert [e.command_id for e in store.load("s")] == ["c1", "c2"]


def test_a_server_that_is_not_there_is_our_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        SqlStore(f"postgresql+psycopg://pst:secret@/pst?host={tmp_path}")
    assert caught.value.code == "connection-lost"
    assert "secret" not in str(caught.value)
