"""A store moved to another database, of the same kind or the other: from a laptop to a server.

Every row of every table is copied in one transaction, read back and compared before it is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from typing import Any

import attrs
import sqlalchemy as sa

from pst_adapters.sql import SqlStore
from pst_adapters.sql.schema import audit, events, meta, metadata
from pst_core.refusal import BadInput, StorageError
from pst_core.text import Text

__all__ = ["Moved", "move"]

_AT_ONCE = 1000
_OWN = ("schema", "django")
"""Facts of ``pst_meta`` on the database itself; the new one has its own."""


@attrs.frozen
class Moved:
    """What was moved: ``rows`` by table, ``events`` among them."""

    events: int
    rows: dict[str, int]


def move(source: str, target: str) -> Moved:
    """Copy the store at the URL ``source`` to the empty place ``target`` (SQLite or PostgreSQL).

    The old store stays as it was; stop what uses it first, since what it writes later stays there.
    While a SQLite file is copied others may read it but not write. Positions, versions, numbers,
    waiting effects and leases arrive as they were; files are not touched. Raises ``BadInput`` if
    ``target`` holds something already, ``StorageError`` if either cannot be read or written.
    """
    for url in (source, target):
        SqlStore(url).close()  # brings an older store forward, refuses a newer one, makes a new one
    with (
        _engine(source) as old,
        _engine(target) as new,
        old.connect() as reader,
        _as_it_stands(reader),
        new.begin() as writer,
    ):
        _refuse_used(writer)
        rows = {table.name: _copy(reader, writer, table) for table in metadata.sorted_tables}
        if new.dialect.name == "postgresql":
            _count_on(writer)
        for table in metadata.sorted_tables:
            if _digest(reader, table) != _digest(writer, table):
                raise _differs(table.name)
    return Moved(rows[events.name], rows)


@contextlib.contextmanager
def _engine(url: str) -> Iterator[sa.Engine]:
    parsed = sa.make_url(url)
    postgres = parsed.get_backend_name() == "postgresql"
    engine = sa.create_engine(parsed.set(drivername="postgresql+psycopg") if postgres else parsed)
    try:
        yield engine
    except sa.exc.DBAPIError as error:
        why = " ".join(str(error.orig).split())[:300]
        raise StorageError(
            "move-failed",
            Text(id=f"Pemindahan gagal: {why}", en=f"Moving failed: {why}"),
            remedy=Text(
                id="Yang lama tidak berubah. Kosongkan tujuan, hentikan aplikasi, lalu ulangi.",
                en="The old store is unchanged. Empty the target, stop the application, try again.",
            ),
        ) from error
    finally:
        engine.dispose()


@contextlib.contextmanager
def _as_it_stands(reader: sa.Connection) -> Iterator[None]:
    """Read all tables at one moment; keep writers out where the database can."""
    if reader.dialect.name == "sqlite":
        reader.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        reader.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield
    finally:
        reader.rollback()


def _refuse_used(writer: sa.Connection) -> None:
    for table in metadata.sorted_tables:
        if table is not meta and writer.scalar(sa.select(sa.exists(sa.select(table)))):
            raise BadInput(
                "target-used",
                Text(
                    id=f"Basis data tujuan tidak kosong: tabel {table.name} berisi.",
                    en=f"The target database is not empty: table {table.name} has rows.",
                ),
                remedy=Text(
                    id="Buat basis data baru dan pindahkan ke sana.",
                    en="Make a new database and move to it.",
                ),
            )


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    """Give the rows that both databases must have, some at a time."""
    query = sa.select(*(c for c in table.c if c.name != "barrier"))
    if table is meta:
        query = query.where(meta.c.key.not_in(_OWN))
    with connection.execution_options(stream_results=True).execute(query) as found:
        for some in found.mappings().partitions(_AT_ONCE):
            yield [dict(row) for row in some]


def _copy(reader: sa.Connection, writer: sa.Connection, table: sa.Table) -> int:
    count = 0
    # a barrier is a number of the old server's transactions: nothing here waits for those
    more = {"barrier": 0} if "barrier" in table.c else {}
    for some in _rows(reader, table):
        writer.execute(sa.insert(table), [{**row, **more} for row in some])
        count += len(some)
    return count


def _count_on(writer: sa.Connection) -> None:
    """Let the sequences of PostgreSQL go on after the rows that came."""
    # events and lines of the audit log have their places from one sequence there
    tops = [writer.scalar(sa.select(sa.func.max(c))) for c in (events.c.position, audit.c.place)]
    if last := max(top or 0 for top in tops):
        writer.execute(sa.select(sa.func.setval("pst_position", last)))
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            name = writer.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
            if name and (top := writer.scalar(sa.select(sa.func.max(column)))):
                writer.execute(sa.select(sa.func.setval(name, top)))


def _digest(connection: sa.Connection, table: sa.Table) -> str:
    # summed, not chained: the two databases sort text each in their own way
    total = 0
    for some in _rows(connection, table):
        for row in some:
            line = repr(sorted(row.items())).encode()
            total += int.from_bytes(hashlib.sha256(line).digest())
    return f"{total:x}"


def _differs(table: str) -> StorageError:
    return StorageError(
        "moved-differs",
        Text(
            id=f"Isi tabel {table} di tujuan berbeda dari asalnya; tidak ada yang dipindahkan.",
            en=f"The table {table} differs between source and target; nothing was moved.",
        ),
        remedy=Text(
            id="Ulangi; bila terulang, periksa asalnya dengan pst health.",
            en="Try again; if it happens again, check the source with pst health.",
        ),
    )
