"""One PostgreSQL database: pooled connections, one transaction per write.

Positions are handed out under a lock that is held for the hand-out only, not until the commit, so
writers to different streams do not wait for one another. With each position a *barrier* is kept:
the highest transaction id among all that took a position up to then. A follower reads below the
oldest transaction still open and so never passes a position that may yet appear.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from pst_core.refusal import PstError
from pst_core.text import Text

from . import errors
from .schema import SCHEMA, meta
from .sqlite import newer

__all__ = ["ALLOCATION_LOCK", "PostgresDatabase", "forget_another_server"]

_LOCK = 0x505354  # advisory lock of the tables' making
ALLOCATION_LOCK = 0x505355
"""Advisory lock that ``pst_allocate`` holds while it hands positions out."""


_IDLE = 0
"""libpq's word for a session in no transaction."""


class PostgresDatabase:
    """A pool of connections; every statement is sent as text by psycopg itself."""

    dialect = "postgresql"

    def __init__(self, url: sa.URL, wait: float) -> None:
        self.where = url.render_as_string(hide_password=True)
        options = f"-c lock_timeout={int(wait * 1000)} -c synchronous_commit=on -c timezone=UTC"
        try:
            self._engine = sa.create_engine(
                url,
                pool_size=16,
                max_overflow=0,
                pool_timeout=wait,
                isolation_level="AUTOCOMMIT",
                pool_reset_on_return=None,  # looked at when it is given back
                # there are some dozen statements, and none comes only once
                connect_args={"options": options, "prepare_threshold": 0},
            )
        except ImportError as error:
            raise errors.cannot_open(
                Text(id="psycopg belum terpasang.", en="psycopg is not installed."),
                Text(
                    id="Pasang dengan: pip install 'pst-core[postgres]'.",
                    en="Install it: pip install 'pst-core[postgres]'.",
                ),
            ) from error
        self._closed = False
        try:
            with self.ours():
                self._create()
        except BaseException:
            self._engine.dispose()
            raise

    def _create(self) -> None:
        with (
            self._engine.connect().execution_options(
                isolation_level="READ COMMITTED"
            ) as connection,
            connection.begin(),
        ):
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if sa.inspect(connection).has_table(meta.name):
                version = connection.execute(
                    sa.select(meta.c.value).where(meta.c.key == "schema")
                ).scalar_one()
                if version > SCHEMA:
                    raise newer(self.where, version)
            else:
                version = 0
            if version < SCHEMA:
                from .migrations import upgrade

                upgrade(connection)
            forget_another_server(connection.exec_driver_sql)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        """Give a connection on which every statement sees what is committed."""
        if self._closed:
            raise errors.closed()
        with self.ours():
            pooled = self._engine.raw_connection()
            try:
                driver: Any = pooled.driver_connection
                if not driver.autocommit:  # as the making of the tables left it
                    driver.autocommit = True
                yield driver
            except BaseException as error:
                if not isinstance(error, PstError) or driver.pgconn.transaction_status != _IDLE:
                    # A cancelled hand-out may leave its lock with the session, a lost connection
                    # a transaction: end the session.
                    pooled.invalidate()
                raise
            finally:
                pooled.close()

    def write(self, job: Callable[[Any], Any]) -> Any:
        """Run ``job(connection)`` in a transaction; when this returns, it is durable."""
        with self.reading() as connection:
            connection.execute("BEGIN", prepare=False)
            try:
                value = job(connection)
                connection.execute("COMMIT", prepare=False)
            except BaseException:
                if not connection.closed:
                    with contextlib.suppress(Exception):
                        connection.execute("ROLLBACK", prepare=False)
                raise
            return value

    def write_alone(self, job: Callable[[Any], Any]) -> Any:
        """Run ``job(connection)``, one statement: the server makes it a transaction by itself."""
        with self.reading() as connection:
            return job(connection)

    def scrub(self, tables: Sequence[str]) -> None:
        """Clear the dead rows of ``tables``; the first, the small one of keys, is written anew."""
        with self.reading() as connection:
            for table, how in zip(tables, ("FULL", *("ANALYZE",) * len(tables)), strict=False):
                connection.execute(f"VACUUM ({how}) {table}")

    @staticmethod
    def in_transaction(connection: Any) -> bool:
        """Return whether a host's connection has a transaction open, or opens one by itself."""
        return not connection.autocommit or connection.info.transaction_status != 0

    @contextlib.contextmanager
    def ours(self) -> Iterator[None]:
        """Turn what SQLAlchemy and psycopg raise into our errors."""
        import psycopg

        try:
            yield
        except sa.exc.TimeoutError as error:
            raise errors.busy() from error
        except sa.exc.DBAPIError as error:
            raise errors.from_driver(error.orig or error, self.where) from error
        except psycopg.Error as error:
            raise errors.from_driver(error, self.where) from error

    def close(self) -> None:
        """Close every connection."""
        self._closed = True
        self._engine.dispose()


def forget_another_server(execute: Callable[[str], Any]) -> bool:
    """Clear barriers that came with a dump: its server's transaction ids mean nothing here.

    A restored store would hide its events from followers until this server has counted as far.
    ``execute`` runs a statement in one transaction of the caller and gives a cursor. Returns
    whether there was anything to clear.
    """
    barrier = execute("SELECT last_value FROM pst_barrier").fetchone()[0]
    # Our own id is asked for after the look, so it is above all that were taken on this server.
    if barrier <= execute("SELECT pg_current_xact_id()::text::bigint").fetchone()[0]:
        return False
    execute("UPDATE pst_events SET barrier = 0")
    execute("SELECT setval('pst_barrier', 0)")
    return True
