"""One SQLite file: opened with what durability needs, written by one connection per process.

Threads that want to write queue up; whoever is at the head writes for all that wait, in one
transaction and one sync (group commit). A connection per thread would be ten times slower, because
SQLite's own waiting sleeps and polls.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pst_core.refusal import PstError
from pst_core.text import Text

from . import errors
from .schema import SCHEMA

__all__ = ["PRAGMAS", "SqliteFile", "wal_reset_bug"]

PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "wal_autocheckpoint": 0,
}
"""Set at opening and read back. Only benchmarks and the tests of the tests change an entry."""

APPLICATION_ID = 0x50535443
_CHECKPOINT_EVERY = 50
"""Commits. A command writes some twenty pages, so the log stays at 4 MB, as SQLite itself would
keep it: it is then written over again, and a sync has not to note each time that it has grown."""
_GROUP = 64

Job = Callable[[Any], Any]


class _Turn:
    """One thread's wish to write, and what came of it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.called = threading.Lock()
        self.called.acquire()
        self.carried = False
        self.answered = False
        self.value: Any = None
        self.error: BaseException | None = None


class SqliteFile:
    """Connections to one file: a writer with a fair queue, and readers as many as read at once."""

    dialect = "sqlite"
    write_alone = None

    def __init__(self, path: Path, wait: float) -> None:
        self.where = str(path)
        self._path = path
        self._wait = wait
        self._mutex = threading.Lock()
        self._queue: collections.deque[_Turn] = collections.deque()
        self._writing = False
        self._broken = False
        self._closed = False
        self._commits = 0
        self._readers: list[sqlite3.Connection] = []
        with self.ours():
            self._writer = self._open()

    # Opening.

    def _open(self) -> sqlite3.Connection:
        parent = self._path.parent
        if not parent.is_dir():
            raise errors.cannot_open(
                Text(id=f"Folder {parent} tidak ada.", en=f"The folder {parent} does not exist."),
                Text(id="Buat foldernya dahulu.", en="Make the folder first."),
                code="no-folder",
            )
        if self._path.is_dir():
            raise errors.cannot_open(
                Text(id=f"{self._path} adalah folder.", en=f"{self._path} is a folder."),
                Text(id="Sebut nama berkas basis data.", en="Name the database file."),
            )
        connection = self._connect()
        try:
            for step in (self._refuse_foreign, self._set, self._create):
                self._patiently(functools.partial(step, connection))
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path,
            timeout=self._wait,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
        )

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        """Look before anything is changed: the file may be somebody else's, or from the future."""
        # Tables first: if another process makes them between the two looks, its mark is seen.
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if owner != APPLICATION_ID and (tables or owner):
            raise errors.cannot_open(
                Text(
                    id=f"{self._path} adalah basis data aplikasi lain.",
                    en=f"{self._path} is the database of another application.",
                ),
                Text(id="Pilih berkas lain.", en="Choose another file."),
                code="foreign-database",
            )
        if version > SCHEMA:
            raise newer(self.where, version)

    def _set(self, connection: sqlite3.Connection) -> None:
        for name, wanted in PRAGMAS.items():
            got = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if got != wanted:
                connection.execute(f"PRAGMA {name}={wanted}")
                got = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if got != wanted:
                raise errors.cannot_open(
                    Text(
                        id=f"SQLite tidak menerima {name}={wanted} untuk {self._path}: {got}.",
                        en=f"SQLite did not take {name}={wanted} for {self._path}: {got}.",
                    ),
                    Text(
                        id="Letakkan basis data di disk setempat yang boleh ditulis (bukan NFS).",
                        en="Put the database on a local disk that may be written (not NFS).",
                    ),
                )

    def sync_nothing(self) -> None:
        """Leave it to the system when what was written reaches the disk: for trials only."""
        self._writer.execute("PRAGMA synchronous=0")

    def _patiently(self, act: Callable[[], Any]) -> Any:
        # SQLite does not wait by itself while the journal mode changes (measured: 24 of 200 new
        # files opened by four processes failed at once), so try again.
        end = time.monotonic() + self._wait
        while True:
            try:
                return act()
            except sqlite3.OperationalError as error:
                name = getattr(error, "sqlite_errorname", "") or ""
                if not name.startswith("SQLITE_BUSY") or time.monotonic() > end:
                    raise
                time.sleep(0.005)

    def _create(self, connection: sqlite3.Connection) -> None:
        if self._current(connection):
            return
        from .migrations import upgrade

        # Alembic asks for an engine's connection; it gets one of its own to the same file, opened
        # as every other. Foreign keys stay off there: a table may have to be made anew.
        engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=sa.pool.NullPool)
        with _unwrapped(), engine.connect() as ours:
            ours.exec_driver_sql(f"PRAGMA synchronous={PRAGMAS['synchronous']}")
            ours.exec_driver_sql("BEGIN IMMEDIATE")
            # Asked again under the lock: another process may have done it meanwhile.
            if not self._current(ours.connection.driver_connection):
                upgrade(ours)
                ours.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
                ours.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
            ours.commit()

    def _current(self, connection: Any) -> bool:
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            raise newer(self.where, version)
        return bool(owner == APPLICATION_ID and version == SCHEMA)

    # Reading.

    def reading(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """Give a connection for reading; the last committed state is seen."""
        return _Reading(self)

    def _reader(self) -> sqlite3.Connection:
        with self._mutex:
            if self._closed:
                raise errors.closed()
            if self._readers:
                return self._readers.pop()
        with self.ours():
            connection = self._connect()
            connection.execute("PRAGMA query_only=1")
        return connection

    def _give_back(self, reader: sqlite3.Connection) -> None:
        with self._mutex:
            if not self._closed:
                self._readers.append(reader)
                return
        reader.close()

    # Writing.

    def write(self, job: Job) -> Any:
        """Run ``job(connection)`` in a transaction; when this returns, it is durable.

        Threads are served in the order they came. ``Busy`` after the bounded wait.
        """
        with self._mutex:
            if self._closed:
                raise errors.closed()
        return self._in_turn(job)

    def _in_turn(self, job: Job) -> Any:
        turn = _Turn(job)
        with self._mutex:
            if self._writing:
                self._queue.append(turn)
            else:
                self._writing = True
                turn.called.release()
        try:
            called = turn.called.acquire(timeout=self._wait)
        except BaseException:  # a signal's: told to stop in the very moment that it is called
            if not self._withdraw(turn) and not turn.carried:
                self._call_next()
            raise
        if not called and self._withdraw(turn):
            raise errors.busy()
        if not turn.carried:
            self._lead(turn)
        if turn.error is not None:
            raise turn.error
        if not turn.answered:  # the thread that wrote for this one was interrupted
            raise errors.unknown()
        return turn.value

    def _withdraw(self, turn: _Turn) -> bool:
        """Take ``turn`` out of the queue; False if somebody is carrying it out already."""
        with self._mutex:
            if turn in self._queue:
                self._queue.remove(turn)
                return True
        turn.called.acquire()
        return False

    def _lead(self, turn: _Turn) -> None:
        with self._mutex:
            group = [turn]
            while self._queue and len(group) < _GROUP:
                group.append(self._queue.popleft())
        try:
            self._carry_out(group)
        finally:
            for other in group[1:]:
                other.carried = True
                other.called.release()
            self._call_next()

    def _call_next(self) -> None:
        with self._mutex:
            following = self._queue.popleft() if self._queue else None
            self._writing = following is not None
        if following is not None:
            following.called.release()

    def _carry_out(self, group: list[_Turn]) -> None:
        if len(group) > 1 and (self._together(group) or self._side_by_side(group)):
            return
        for turn in group:
            turn.error = None
            try:
                turn.value = self._alone(turn.job)
                turn.answered = True
            except BaseException as error:  # it belongs to the thread that asked, not to this one
                turn.error = error

    def _together(self, group: list[_Turn]) -> bool:
        """Write for all in one transaction; False if one failed, and nothing is written.

        To guard each against the others' failing would cost as much again as all its rows, and
        almost always none fails.
        """
        try:
            with self._transaction() as connection:
                for turn in group:
                    turn.value = turn.job(connection)
        except Exception:  # whose fault it was shows when each can be undone
            return False
        for turn in group:
            turn.answered = True
        return True

    def _side_by_side(self, group: list[_Turn]) -> bool:
        """Write for all who are not refused in one transaction; False if it failed."""
        try:
            with self._transaction() as connection:
                for turn in group:
                    connection.execute("SAVEPOINT one")
                    try:
                        turn.value = turn.job(connection)
                    except PstError as error:
                        turn.error = error
                        connection.execute("ROLLBACK TO one")
                    connection.execute("RELEASE one")
        except Exception:  # whose fault it was shows when each is tried alone
            return False
        for turn in group:
            turn.answered = True
        return True

    def _alone(self, job: Job) -> Any:
        with self._transaction() as connection:
            return job(connection)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._broken:
            raise errors.broken()
        connection = self._writer
        with self.ours():
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise
        self._commits += 1
        if self._commits % _CHECKPOINT_EVERY == 0:
            self._checkpoint()

    def _checkpoint(self) -> None:
        # SQLite swallows an error of its automatic checkpoint, so it is done here, where it shows:
        # the command before it is durable and answered; the next one is refused.
        try:
            self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            if "BUSY" not in (error.sqlite_errorname or ""):
                self._broken = True

    def scrub(self, tables: Sequence[str]) -> None:  # noqa: ARG002 - the log holds all tables
        """Empty the log: its old pages held what was deleted. A long reader puts that off."""
        with self.ours(), contextlib.closing(self._connect()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @staticmethod
    def in_transaction(connection: Any) -> bool:
        """Return whether a host's connection has a transaction open."""
        return bool(connection.in_transaction)

    def ours(self) -> contextlib.AbstractContextManager[None]:
        """Turn what sqlite3 raises into our errors; after a failed read or sync, write no more."""
        return _Ours(self)

    def _met(self, error: BaseException | None) -> None:
        if not isinstance(error, sqlite3.Error):
            return
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB")):
            self._broken = True
        raise errors.from_driver(error, self.where) from error

    def close(self) -> None:
        """Close every connection; waits for the writer at work."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
        with contextlib.suppress(PstError):
            self._in_turn(lambda _: None)  # behind all who wait already
        with self._mutex:
            readers, self._readers = self._readers, []
        for connection in (*readers, self._writer):
            with contextlib.suppress(sqlite3.Error):
                connection.close()


class _Reading:
    """A reader from those that wait, and back to them unless something went wrong with it."""

    __slots__ = ("_file", "_reader")

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def __enter__(self) -> sqlite3.Connection:
        self._reader = self._file._reader()
        return self._reader

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None:
            self._file._give_back(self._reader)
            return
        self._reader.close()
        self._file._met(error)


class _Ours:
    """What sqlite3 raises within becomes ours.

    Like ``_Reading`` it is no generator, for it is entered for whatever is read or written.
    """

    __slots__ = ("_file",)

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._file._met(error)


@contextlib.contextmanager
def _unwrapped() -> Iterator[None]:
    """Give what sqlite3 raised, without SQLAlchemy's cover."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    # Some errors have rolled back already; another failure here must not hide the first.
    if connection.in_transaction:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


def newer(where: str, version: int) -> PstError:
    """Return the error of a database written by a newer release."""
    return errors.cannot_open(
        Text(
            id=f"{where} ditulis oleh rilis yang lebih baru (skema {version}, di sini {SCHEMA}).",
            en=f"{where} was written by a newer release (schema {version}, here {SCHEMA}).",
        ),
        Text(id="Perbarui pst-core di mesin ini.", en="Update pst-core on this machine."),
        code="newer-database",
    )


def wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite may lose commits when a checkpoint meets a reset of the log.

    Present from 3.7.0 to 3.51.2, mended in 3.51.3, 3.50.7 and 3.44.6 (sqlite.org/wal.html).
    """
    if version >= (3, 51, 3):
        return False
    return not ((3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45))
