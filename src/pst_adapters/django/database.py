"""Django's own connection as the ``Database`` of the store.

Every statement goes through Django's cursor, so its query log, its guards against use from another
thread or in a broken transaction, and its connection pool hold for ours as for the host's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
from django.db import Error, connections, transaction
from django.db.transaction import TransactionManagementError
from django.utils.connection import ConnectionDoesNotExist

from pst_adapters.sql import ALLOCATION_LOCK, errors
from pst_core.refusal import BadInput, PstError
from pst_core.text import Text

__all__ = ["DjangoDatabase", "Statements"]

_VENDORS = ("sqlite", "postgresql")
_MISSING = ("42P01", "42883")  # table, function
_LEFT_LOCKED = """
SELECT pg_advisory_unlock(objid::bigint) FROM pg_locks
WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted AND classid = 0
AND objid = %s AND objsubid = 1
"""


@attrs.frozen
class Statements:
    """A Django connection on which the store's statements are run."""

    connection: Any

    def execute(self, sql: str, values: Any = None) -> Any:
        """Run one statement and return Django's cursor, which words the driver's errors."""
        cursor = self.connection.cursor()
        cursor.execute(sql, values)
        return cursor


class DjangoDatabase:
    """The database that Django knows as ``using``; SQLite or PostgreSQL.

    A write joins the transaction that is open on this thread's connection, within a savepoint, or
    makes its own. ``wait``: seconds that a write of its own waits for a lock on PostgreSQL before
    ``Busy``; on SQLite the ``timeout`` of the host's ``OPTIONS`` holds, and within the host's
    transaction what the host has set.
    """

    write_alone = None

    def __init__(self, using: str = "default", *, wait: float = 5.0) -> None:
        try:
            connection = connections[using]
        except ConnectionDoesNotExist as error:
            raise _unknown(using) from error
        if connection.vendor not in _VENDORS:
            raise _unsupported(using, connection.vendor)
        self.dialect = str(connection.vendor)
        self.where = f"{connection.settings_dict['NAME']} (DATABASES[{using!r}])"
        self.using = using
        self._wait = int(wait * 1000)
        self._closed = False
        self._broken = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        """Give this thread's connection; in a transaction its own rows are seen, too."""
        self._check_open()
        with self.ours():
            connection = connections[self.using]
            try:
                yield Statements(connection)
            except Error:
                # Django tidies up between requests only; a worker has none and would keep a
                # connection that the server has ended for ever.
                connection.close_if_unusable_or_obsolete()
                raise

    def write(self, job: Callable[[Any], Any]) -> Any:
        """Run ``job`` in a transaction, or in a savepoint of the one that the host has open.

        A refusal undoes what ``job`` wrote and leaves the host's transaction as it was.
        """
        self._check_open()
        if self._broken:
            raise errors.broken()
        with self.ours():
            connection = connections[self.using]
            joined = self.in_transaction(connection)
            if self.dialect == "sqlite" and joined and not connection.in_atomic_block:
                raise _no_savepoints()
            try:
                with transaction.atomic(using=self.using):
                    statements = Statements(connection)
                    if self.dialect == "postgresql" and not joined:
                        statements.execute(
                            "SELECT set_config('lock_timeout', %s, true)", (str(self._wait),)
                        )
                    return job(statements)
            except BaseException as error:
                if self.dialect == "postgresql" and not isinstance(error, PstError):
                    _unlock(connection, joined)
                raise

    def scrub(self, tables: Sequence[str]) -> None:
        """Overwrite what was deleted from ``tables``; within the host's transaction, not yet."""
        connection = connections[self.using]
        if self.in_transaction(connection):
            return
        with self.ours():
            statements = Statements(connection)
            if self.dialect == "sqlite":
                statements.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                return
            for table, how in zip(tables, ("FULL", *("ANALYZE",) * len(tables)), strict=False):
                statements.execute(f"VACUUM ({how}) {table}")

    @staticmethod
    def in_transaction(connection: Any) -> bool:
        """Return whether a Django connection has a transaction open."""
        return connection.in_atomic_block or not connection.get_autocommit()

    @contextlib.contextmanager
    def ours(self) -> Iterator[None]:
        """Turn what Django raises about the database into our errors."""
        try:
            yield
        except TransactionManagementError as error:
            raise _undone(str(error)) from error
        except Error as error:
            driver = error.__cause__ if isinstance(error.__cause__, Exception) else error
            name = getattr(driver, "sqlite_errorname", "") or ""
            if name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB")):
                self._broken = True
            raise self._worded(driver) from error

    def _worded(self, driver: Exception) -> PstError:
        state = getattr(driver, "sqlstate", None) or getattr(driver, "pgcode", None)
        if state in _MISSING or "no such table: pst_" in str(driver):
            return not_migrated(self.where)
        return errors.from_driver(driver, self.where)

    def _check_open(self) -> None:
        if self._closed:
            raise errors.closed()

    def close(self) -> None:
        """Refuse any later use; the connections are Django's and stay."""
        self._closed = True


def _unlock(connection: Any, joined: bool) -> None:
    """Give back the lock of a hand-out of positions that was cut off: it belongs to the session."""
    if not joined:
        connection.close()
    elif connection.connection is not None and not connection.needs_rollback:
        with contextlib.suppress(Error):
            Statements(connection).execute(_LEFT_LOCKED, (ALLOCATION_LOCK,)).fetchall()


def not_migrated(where: str) -> PstError:
    """Return the error of a database without our tables."""
    return errors.cannot_open(
        Text(
            id=f"Tabel pst belum ada, atau belum lengkap, di {where}.",
            en=f"The tables of pst are missing or incomplete in {where}.",
        ),
        Text(
            id="Jalankan: python manage.py migrate pst (dengan --database bila bukan default).",
            en="Run: python manage.py migrate pst (with --database if it is not the default).",
        ),
        code="not-migrated",
    )


def _undone(said: str) -> PstError:
    return errors.cannot_open(
        Text(
            id=f"Transaksi Django ini sudah harus dibatalkan: {said}",
            en=f"This transaction of Django must be rolled back already: {said}",
        ),
        Text(
            id="Biarkan galat keluar dari blok atomic, atau tangkap di luar blok atomic dalam.",
            en="Let the error leave the atomic block, or catch it outside of an inner one.",
        ),
        code="transaction-broken",
    )


def _no_savepoints() -> PstError:
    # Python's sqlite3 commits by itself around savepoints; Django's documentation says so, too.
    return errors.cannot_open(
        Text(
            id="Autocommit koneksi SQLite ini dimatikan; transaksinya tidak dapat diikuti.",
            en="Autocommit is off on this SQLite connection; such a transaction cannot be joined.",
        ),
        Text(id="Pakai transaction.atomic().", en="Use transaction.atomic()."),
        code="autocommit-off",
    )


def _unknown(using: str) -> BadInput:
    known = ", ".join(connections)
    return BadInput(
        "unknown-database",
        Text(id=f"DATABASES tidak memuat {using!r}.", en=f"There is no {using!r} in DATABASES."),
        remedy=Text(id=f"Pakai salah satu: {known}.", en=f"Use one of: {known}."),
    )


def _unsupported(using: str, vendor: str) -> BadInput:
    return BadInput(
        "unsupported-database",
        Text(
            id=f"Basis data {using!r} adalah {vendor}, yang tidak didukung.",
            en=f"The database {using!r} is {vendor}, which is not supported.",
        ),
        remedy=Text(
            id="Pakai PostgreSQL atau SQLite, bila perlu sebagai DATABASES tersendiri.",
            en="Use PostgreSQL or SQLite, as an entry of its own in DATABASES if need be.",
        ),
    )
