"""After a dump came to another PostgreSQL server: followers must see its events again."""

from __future__ import annotations

from django.db import connections, transaction

from pst_adapters.sql import forget_another_server

from .database import Statements

__all__ = ["comes_from_another_server", "forget_another_server_in"]


def comes_from_another_server(using: str) -> bool:
    """Return whether positions were handed out under transaction ids that are still to come."""
    row = Statements(connections[using]).execute(
        "SELECT last_value > pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM pst_barrier"
    )
    return bool(row.fetchone()[0])


def forget_another_server_in(using: str) -> None:
    """Clear what came with the dump, if our tables are there; run before the host serves."""
    statements = Statements(connections[using])
    with transaction.atomic(using=using):
        there = statements.execute("SELECT to_regclass('pst_barrier') IS NOT NULL").fetchone()[0]
        if there and comes_from_another_server(using):
            forget_another_server(statements.execute)
