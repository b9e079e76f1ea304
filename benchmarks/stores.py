"""Stores to race on, and the same rows written by the bare driver with the same durability."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
from tests import postgres

from pst_adapters.sql import SqlStore, sqlite
from pst_core.desk.ports import Batch

from .peers import peer

__all__ = [
    "Bare",
    "bare_postgres",
    "bare_sqlite",
    "looking",
    "on_postgres",
    "on_sqlite",
    "plain",
    "recorder",
    "rows",
]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK = dt.timedelta(microseconds=1)
DIGEST = "0" * 64
"""As long as ours; a bare driver is given its rows and works nothing out."""

TABLES = ("pst_commands", "pst_events", "pst_effects", "pst_register", "pst_series")


def _micros(time: dt.datetime) -> int:
    return (time - _EPOCH) // _TICK


@attrs.define
class Bare:
    """Plain statements through the database's own driver, one transaction a batch, one at a time.

    It checks nothing: no version, no repetition, no number taken twice.
    """

    execute: Callable[..., Any]
    mark: str
    begin: str
    position: int = 0
    lock: Any = attrs.field(factory=threading.Lock)

    def _insert(self, table: str, values: tuple[Any, ...], names: str = "") -> None:
        marks = ", ".join([self.mark] * len(values))
        self.execute(f"INSERT INTO {table} {names} VALUES ({marks})", values)

    def write(self, batch: Batch) -> None:
        """Write the rows of ``batch``."""
        with self.lock:
            self._write(batch)

    def _write(self, batch: Batch) -> None:
        first, last = batch.expected_version + 1, batch.expected_version + len(batch.events)
        stream, at = batch.stream, _micros(batch.at)
        self.execute(self.begin)
        self._insert(
            "pst_commands",
            (batch.command_id, batch.office, batch.fingerprint, stream, first, last),
        )
        for number in batch.numbers:
            if number.value == 1:
                self._insert("pst_series", (number.series, 1))
            else:
                self.execute(
                    f"UPDATE pst_series SET last = {self.mark} WHERE name = {self.mark}",
                    (number.value, number.series),
                )
        for nth, event in enumerate(batch.events):
            self.position += 1
            self._insert(
                "pst_events",
                (self.position, 0, stream, first + nth, event.name, event.schema, event.body, at,
                 batch.actor, batch.command_id, DIGEST),
            )  # fmt: skip
        for effect in batch.effects:
            due = _micros(effect.due)
            self._insert(
                "pst_effects",
                (effect.key, stream, effect.kind, effect.body, "queued", 0, due, due, "", ""),
                "(key, stream, kind, body, status, attempt, due, lease_until, worker, result)",
            )
        if batch.summary is not None:
            self._register(batch.summary)
        self.execute("COMMIT")

    def _register(self, row: Any) -> None:
        values = (
            row.stream, row.procedure, row.office, str(row.phase), str(row.whose), row.applicant,
            row.title, _micros(row.opened), _micros(row.changed),
            _micros(row.due) if row.due else None, _micros(row.wake) if row.wake else None,
        )  # fmt: skip
        marks = ", ".join([self.mark] * len(values))
        self.execute(
            f"INSERT INTO pst_register VALUES ({marks}) ON CONFLICT (stream) DO UPDATE SET"
            " phase = excluded.phase, whose = excluded.whose, title = excluded.title,"
            " changed = excluded.changed, due = excluded.due, wake = excluded.wake",
            values,
        )


@contextlib.contextmanager
def on_sqlite(synchronous: int = 2) -> Iterator[tuple[SqlStore, Bare, Path]]:
    """Give a fresh store, the bare driver on another fresh file, and their folder."""
    kept = sqlite.PRAGMAS["synchronous"]
    sqlite.PRAGMAS["synchronous"] = synchronous
    try:
        with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as end:
            folder = Path(name)
            store = end.enter_context(SqlStore(f"sqlite:///{folder}/ours.db"))
            yield store, end.enter_context(bare_sqlite(folder / "bare.db", synchronous)), folder
    finally:
        sqlite.PRAGMAS["synchronous"] = kept


@contextlib.contextmanager
def bare_sqlite(path: Path, synchronous: int = 2) -> Iterator[Bare]:
    """Give the bare driver on a database with our tables."""
    if not path.exists():
        SqlStore(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys=1")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        yield Bare(connection.execute, "?", "BEGIN IMMEDIATE")
    finally:
        connection.close()


@contextlib.contextmanager
def on_postgres() -> Iterator[Callable[[str], str] | None]:
    """Give what makes a fresh database and returns its URL, on a server with fsync; or None."""
    if postgres.find_binaries() is None or peer("psycopg") is None:
        yield None
        return
    import psycopg

    with (
        postgres.server(fsync="on") as url,
        psycopg.connect(plain(url.format(name="postgres")), autocommit=True) as control,
    ):

        def fresh(name: str) -> str:
            control.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
            return url.format(name=name)

        yield fresh


def plain(url: str) -> str:
    """Return the URL as psycopg knows it."""
    return url.replace("+psycopg", "")


@contextlib.contextmanager
def bare_postgres(url: str) -> Iterator[Bare]:
    """Give the bare driver on a database with our tables."""
    import psycopg

    SqlStore(url).close()
    with psycopg.connect(plain(url), autocommit=True) as connection:
        yield Bare(connection.execute, "%s", "BEGIN")


@contextlib.contextmanager
def recorder(where: Path | str, threads: int = 1) -> Iterator[Any]:
    """Give eventsourcing's recorder on a file or a PostgreSQL URL; None if it is not here."""
    if peer("eventsourcing.persistence") is None:
        yield None
        return
    if isinstance(where, Path):
        from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

        store: Any = SQLiteDatastore(str(where))
        made: Any = SQLiteApplicationRecorder(store)
    else:
        from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
        from psycopg.conninfo import conninfo_to_dict

        known = conninfo_to_dict(plain(where))
        store = PostgresDatastore(
            dbname=str(known["dbname"]), host=str(known["host"]), port=known.get("port", 5432),
            user=str(known["user"]), password="", pool_size=threads,
        )  # fmt: skip
        made = PostgresApplicationRecorder(store)
    made.create_table()
    yield made
    store.close()


def looking(at: Path | str) -> Callable[..., Any]:
    """Return what executes a query on the database ``at``, a connection of its own each time."""

    def execute(sql: str) -> Any:
        if isinstance(at, Path):
            with contextlib.closing(sqlite3.connect(at)) as connection:
                return _Rows(connection.execute(sql))
        import psycopg

        with psycopg.connect(plain(at), autocommit=True) as connection:
            return _Rows(connection.execute(sql))

    return execute


class _Rows:
    """Rows that outlive their connection."""

    def __init__(self, cursor: Any) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall()

    def fetchall(self) -> list[Any]:
        """Return the rows."""
        return self._rows


def rows(execute: Callable[..., Any]) -> dict[str, list[Any]]:
    """Return what stands in each table, sorted; without what each store works out by itself."""
    own = ("barrier", "place", "position", "digest")
    found = {}
    for table in TABLES:
        cursor = execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        keep = [n for n, name in enumerate(names) if name not in own]
        found[table] = sorted((tuple(row[n] for n in keep) for row in cursor.fetchall()), key=repr)
    return found
