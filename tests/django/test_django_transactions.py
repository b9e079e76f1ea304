"""The host's rows and ours are kept or undone together, and a refusal costs the host nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django_host
import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, connections, transaction

from pst_adapters.django import DjangoDatabase, DjangoStore, work_due
from pst_adapters.sql import ALLOCATION_LOCK, SqlStore
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.office import Office
from pst_core.refusal import BadInput, Busy, Conflict, Refusal, StorageError
from pst_core.testing.contracts.store import batch, effect
from pst_core.testing.lives import APPLICANT, person

OFFICE = Office.load("3317")


class Undo(Exception):
    pass


def host_row(alias: str, name: str) -> None:
    Group.objects.using(alias).create(name=name)


def host_rows(alias: str) -> set[str]:
    return set(Group.objects.using(alias).values_list("name", flat=True))


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_the_hosts_transaction_decides(alias: str, end: str) -> None:
    store = DjangoStore(alias)

    def act() -> None:
        with transaction.atomic(using=alias):
            host_row(alias, "theirs")
            store.append(batch("s", 0, "c1", effects=(effect("e"),)))
            assert [e.stream for e in store.load("s")] == ["s"], "its own rows are seen"
            if end == "rollback":
                raise Undo

    if end == "rollback":
        with pytest.raises(Undo):
            act()
    else:
        act()
    kept = int(end == "commit")
    assert len(store.read()) == len(store.effects()) == len(host_rows(alias)) == kept
    assert (store.answer("c1", "3317", "print of c1") is None) == (not kept)


def refused_within(store: SqlStore, alias: str) -> None:
    with transaction.atomic(using=alias):
        host_row(alias, "before")
        with pytest.raises(Conflict, match="stale-version"):
            store.append(batch("s", 3, "c1", effects=(effect("e"),)))
        host_row(alias, "after")
        store.append(batch("s", 0, "c2"))


def test_a_refusal_within_the_hosts_transaction_leaves_it_usable(alias: str) -> None:
    store = DjangoStore(alias)
    refused_within(store, alias)
    assert host_rows(alias) == {"before", "after"}
    assert [e.command_id for e in store.read()] == ["c2"]
    assert store.effects() == ()


class NoSavepoint(DjangoDatabase):
    """Joins the host's transaction without a savepoint of its own."""

    def write(self, job: Callable[[Any], Any]) -> Any:
        with transaction.atomic(using=self.using, savepoint=False), self.reading() as connection:
            return job(connection)


def test_a_store_without_a_savepoint_would_cost_the_host_its_transaction(tmp_path: Path) -> None:
    alias = django_host.sqlite_alias(tmp_path)
    with pytest.raises((DatabaseError, StorageError)):
        refused_within(SqlStore(NoSavepoint(alias)), alias)
    assert host_rows(alias) == set()


def test_a_desk_refuses_and_goes_on_within_one_transaction(alias: str) -> None:
    desk = Desk(OFFICE, DjangoStore(alias))
    for end in (Undo, None):
        try:
            with transaction.atomic(using=alias):
                stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
                with pytest.raises(Refusal):
                    desk.do(stream, rq.FileRequest(), by=APPLICANT)
                desk.do(stream, rq.AcceptTerms(), by=APPLICANT)
                host_row(alias, stream)
                if end:
                    raise end
        except Undo:
            assert desk.register() == []
    # the number of the request that was undone is given again: a series has no hole
    assert host_rows(alias) == {stream}
    assert stream.endswith("-0001")
    assert [e.step.command for e in desk.history(stream)] == [rq.OpenRequest, rq.AcceptTerms]


def test_a_transaction_that_is_lost_already_is_named(alias: str) -> None:
    store = DjangoStore(alias)

    def act() -> None:
        with transaction.atomic(using=alias):
            host_row(alias, "twice")
            with pytest.raises(IntegrityError), transaction.atomic(using=alias, savepoint=False):
                host_row(alias, "twice")
            store.append(batch("s", 0, "c1"))

    with pytest.raises(StorageError, match="transaction-broken") as caught:
        act()
    assert "atomic" in caught.value.remedy.id
    assert store.append(batch("s", 0, "c1")).version == 1, "the next transaction is sound"


def test_a_host_that_asks_for_its_transaction_gets_no_other(alias: str) -> None:
    store = DjangoStore(alias)
    with pytest.raises(BadInput, match="no-transaction"):
        store.append_within(connections[alias], batch("s", 0, "c1"))
    with transaction.atomic(using=alias):
        store.append_within(connections[alias], batch("s", 0, "c1"))
    assert len(store.read()) == 1


def test_a_host_without_autocommit_commits_by_itself(alias: str) -> None:
    store = DjangoStore(alias)
    transaction.set_autocommit(False, using=alias)
    if connections[alias].vendor == "sqlite":  # savepoints commit there: see Django's own pages
        with pytest.raises(StorageError, match="autocommit-off"):
            store.append(batch("s", 0, "c1"))
        transaction.set_autocommit(True, using=alias)
        assert store.read() == ()
        return
    try:
        store.append(batch("s", 0, "c1"))
        transaction.rollback(using=alias)
        store.append(batch("s", 0, "c2"))
        with pytest.raises(Conflict):
            store.append(batch("s", 0, "c3"))
        transaction.commit(using=alias)
    finally:
        transaction.set_autocommit(True, using=alias)
    assert [e.command_id for e in store.read()] == ["c2"]


def test_work_is_announced_after_the_commit_and_only_then(alias: str) -> None:
    store, told = DjangoStore(alias), []

    def hear(using: str, **_: Any) -> None:
        told.append(using)

    def faulty(**_: Any) -> None:
        raise Undo  # a receiver that fails does not undo or hide an answer

    work_due.connect(faulty)
    work_due.connect(hear)
    try:
        store.append(batch("s", 0, "c1", effects=(effect("e1"),)))
        assert told == [alias]
        with transaction.atomic(using=alias):
            store.append(batch("s", 1, "c2", effects=(effect("e2"),)))
            assert told == [alias]
        assert told == [alias] * 2
        with contextlib.suppress(Undo), transaction.atomic(using=alias):
            store.append(batch("s", 2, "c3", effects=(effect("e3"),)))
            raise Undo
        store.append(batch("s", 2, "c4"))
        assert store.append(batch("s", 1, "c2", effects=(effect("e2"),))).repeated
        assert told == [alias] * 2
    finally:
        work_due.disconnect(hear)
        work_due.disconnect(faulty)


def test_threads_with_rows_of_their_own_compete_and_leave_no_hole(alias: str) -> None:
    store, each, failed = DjangoStore(alias), 6, []
    start = threading.Barrier(3)
    on = dt.datetime(2026, 12, 1, 9, tzinfo=OFFICE.calendar.zone)

    def run(who: int) -> None:
        desk = Desk(OFFICE, store, clock=lambda: on)
        start.wait()
        done = 0
        while done < each:
            try:
                with transaction.atomic(using=alias):
                    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
                    host_row(alias, stream)
                    if done == who:
                        done += 1
                        raise Undo
                done += 1
            except (Undo, Busy, Conflict):
                continue
            except BaseException as error:
                failed.append(error)
                raise

    threads = [threading.Thread(target=run, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    streams = {row.stream for row in store.register("3317")}
    assert host_rows(alias) == streams
    assert streams == {f"request-3317-2026-{n:04d}" for n in range(1, 3 * (each - 1) + 1)}


@pytest.mark.parametrize("mode", ["IMMEDIATE", None])
def test_a_transaction_of_sqlite_that_began_as_a_reader_is_too_late(
    tmp_path: Path, mode: str | None
) -> None:
    # why pst.W002 warns: without IMMEDIATE another's commit in between ends the host's transaction
    alias = django_host.sqlite_alias(tmp_path, transaction_mode=mode, timeout=0.1)
    store, busy = DjangoStore(alias), []

    def other() -> None:
        try:
            store.append(batch("other", 0, "c1"))
        except Busy:
            busy.append("other")

    try:
        with transaction.atomic(using=alias):
            assert host_rows(alias) == set()
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
            store.append(batch("s", 0, "c2"))
    except Busy:
        busy.append("host")
    # who began first is served, or loses all that it has done
    assert busy == (["other"] if mode else ["host"])
    assert [e.stream for e in store.read()] == (["s"] if mode else ["other"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
def test_a_damaged_file_is_named_and_not_written_until_the_store_is_made_anew(
    tmp_path: Path,
) -> None:
    store = django_host.open_sqlite(tmp_path)
    store.append(batch("s", 0, "c1"))
    django_host.close_connections()
    file = tmp_path / "pst.db"
    sound = file.read_bytes()
    file.write_bytes(b"not a database  " + sound[16:])
    with pytest.raises(StorageError, match="damaged"):
        store.append(batch("s", 1, "c2"))
    django_host.close_connections()
    file.write_bytes(sound)
    with pytest.raises(StorageError, match="io-error"):
        store.append(batch("s", 1, "c2"))
    assert DjangoStore(store.using).append(batch("s", 1, "c2")).version == 2
    gc.collect()  # Django leaves the connection that met the damage to the collector


# PostgreSQL: locks, and followers of late commits.


@pytest.fixture
def pg(server: str, tmp_path: Path) -> str:
    return django_host.postgres_alias(server, tmp_path)


@pytest.fixture
def meanwhile(server: str, pg: str) -> Any:
    """Give a connection of another session, in a transaction."""
    import psycopg

    name = connections[pg].settings_dict["NAME"]
    with psycopg.connect(server.format(name=name).replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


def take_command(connection: Any) -> None:
    connection.execute("INSERT INTO pst_commands VALUES ('c1', '3317', 'p', 's', 1, 1)")


def test_a_lock_that_is_not_had_in_time_is_busy(pg: str, meanwhile: Any) -> None:
    take_command(meanwhile)
    store = DjangoStore(pg, wait=0.1)
    with pytest.raises(Busy):
        store.append(batch("s", 0, "c1"))
    with transaction.atomic(using=pg):
        host_row(pg, "before")
        with connections[pg].cursor() as cursor:  # the host's own limit holds in its transaction
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(Busy):
            store.append(batch("s", 0, "c1"))
        host_row(pg, "after")
    assert host_rows(pg) == {"before", "after"}
    meanwhile.rollback()
    assert not store.append(batch("s", 0, "c1")).repeated


@pytest.mark.parametrize("joined", [True, False])
def test_a_hand_out_that_was_cut_off_gives_its_lock_back(
    pg: str, meanwhile: Any, joined: bool
) -> None:
    def cut_off(connection: Any) -> None:
        connection.execute("SELECT pg_advisory_lock(%s)", (ALLOCATION_LOCK,))
        connection.execute("SELECT 1 / 0")

    database = DjangoDatabase(pg)
    if joined:
        with transaction.atomic(using=pg):
            with pytest.raises(StorageError):
                database.write(cut_off)
            row = meanwhile.execute("SELECT pg_try_advisory_lock(%s)", (ALLOCATION_LOCK,))
            assert row.fetchone() == (True,)
    else:
        with pytest.raises(StorageError):
            database.write(cut_off)
        meanwhile.execute("SET lock_timeout = '30s'")
        # the session ends in its own time: waited for, with a bound
        meanwhile.execute("SELECT pg_advisory_lock(%s)", (ALLOCATION_LOCK,))


def test_a_follower_waits_for_a_host_that_commits_late(pg: str, meanwhile: Any) -> None:
    store = DjangoStore(pg)
    early = meanwhile.execute("SELECT first, barrier FROM pst_allocate(1)").fetchone()
    store.append(batch("s", 0, "c2"))
    assert store.read() == (), "an earlier position may still appear"
    meanwhile.execute("INSERT INTO pst_commands VALUES ('c1', '3317', 'p', 'late', 1, 1)")
    meanwhile.execute(
        "INSERT INTO pst_events VALUES (%s, %s, 'late', 1, 'n', 1, '{}', 0, '{}', 'c1')", early
    )
    meanwhile.commit()
    assert [e.stream for e in store.read()] == ["late", "s"]


def test_a_lost_connection_is_named_and_replaced(pg: str, meanwhile: Any) -> None:
    store = DjangoStore(pg)
    store.append(batch("s", 0, "c1"))
    meanwhile.autocommit = True
    meanwhile.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(StorageError, match="connection-lost"):
        store.append(batch("s", 1, "c2"))
    assert store.append(batch("s", 1, "c2")).version == 2


def test_a_connection_that_is_lost_while_reading_is_replaced_too(pg: str, meanwhile: Any) -> None:
    # a worker that runs for months mostly reads, outside of any request that would tidy up
    store = DjangoStore(pg)
    store.append(batch("s", 0, "c1"))
    meanwhile.autocommit = True
    meanwhile.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(StorageError, match="connection-lost"):
        store.load("s")
    assert len(store.load("s")) == 1


@pytest.mark.slow
def test_a_store_made_before_a_fork_serves_the_children(tmp_path: Path) -> None:
    # as a server does that loads the application once and forks its workers
    script = f"""
import os, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
import django_host
from pst_core.testing.contracts.store import batch
store = django_host.open_sqlite(Path({str(tmp_path)!r}))
child = os.fork()
store.append(batch("child" if child == 0 else "parent", 0, "c0" if child == 0 else "c1"))
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], check=True, env=dict(os.environ))
    store = django_host.open_sqlite(tmp_path)
    assert {e.stream for e in store.read()} == {"parent", "child"}


def test_what_is_in_the_way_is_no_error_of_the_server(alias: str) -> None:
    # its log would hold the statement with all that Django puts into it: who acted, what was typed
    store = DjangoStore(alias)
    failed: list[str] = []

    def noting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            failed.append(f"{error}: {sql[:40]}")
            raise

    store.append(batch("s", 0, "c1"))
    with connections[alias].execute_wrapper(noting):
        assert store.append(batch("s", 0, "c1")).repeated
        with pytest.raises(Conflict):
            store.append(batch("s", 0, "c2"))
    assert failed == []
