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

from .schema import SCHEMA, meta

__all__ = ["REVISIONS", "VERSION_TABLE", "upgrade"]

REVISIONS = Path(__file__).parent / "revisions"
VERSION_TABLE = "pst_revision"


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
        context.stamp(script, "0001")
    with Operations.context(context):
        context.run_migrations()
    connection.execute(sa.delete(meta).where(meta.c.key == "schema"))
    connection.execute(sa.insert(meta).values(key="schema", value=SCHEMA))
