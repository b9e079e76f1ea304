"""Tables made and brought forward by Alembic; imported only when there is something to do.

A store of 0.1.0 knows no revisions: its tables were made in one go and are those of the first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from pst_core.refusal import StorageError
from pst_core.text import Text

from . import errors
from .schema import SCHEMA, meta

__all__ = ["REVISIONS", "VERSION_TABLE", "upgrade"]

REVISIONS = Path(__file__).parent / "revisions"
VERSION_TABLE = "pst_revision"
MADE_BY_DJANGO = "django"
"""Key in ``pst_meta`` of tables that a Django host's migrations made, and must bring forward."""


def upgrade(connection: sa.Connection) -> None:
    """Bring the tables to the newest revision, in the transaction open on ``connection``."""
    script = ScriptDirectory(REVISIONS, version_locations=[REVISIONS])
    head = script.get_current_head()

    def steps(revision: Any, _: MigrationContext) -> Any:
        return script._upgrade_revs(str(head), revision)

    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "script": script, "fn": steps}
    )
    tables = sa.inspect(connection)
    if tables.has_table(meta.name) and not tables.has_table(VERSION_TABLE):
        marked = sa.select(meta.c.value).where(meta.c.key == MADE_BY_DJANGO)
        if connection.scalar(marked) is not None:
            raise _of_django()
        context.stamp(script, "0001")
    with Operations.context(context):
        context.run_migrations()
    connection.execute(sa.delete(meta).where(meta.c.key == "schema"))
    connection.execute(sa.insert(meta).values(key="schema", value=SCHEMA))


def _of_django() -> StorageError:
    return errors.cannot_open(
        Text(
            id="Tabelnya dibuat oleh aplikasi Django dan masih versi lama.",
            en="A Django application made these tables, and they are of an older version.",
        ),
        Text(
            id="Jalankan python manage.py migrate di aplikasi itu, dengan rilis pst-core ini.",
            en="Run python manage.py migrate in that application, with this release of pst-core.",
        ),
        code="older-database",
    )
