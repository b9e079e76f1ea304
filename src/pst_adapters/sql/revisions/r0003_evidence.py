"""Digests of events; the audit log; checkpoints.

Events that are there already get their digest here, from what is stored of them.
"""

import sqlalchemy as sa
from alembic import op

from pst_adapters.sql.chaining import chain_events

revision = "0003"
down_revision = "0002"

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Add the column and the tables, and chain what has happened so far."""
    op.add_column(
        "pst_events", sa.Column("digest", sa.Text, nullable=False, server_default=sa.text("''"))
    )
    op.create_table(
        "pst_audit",
        sa.Column("place", _SERIAL, primary_key=True, autoincrement=False),
        sa.Column("barrier", sa.BigInteger, nullable=False),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_texts("what", "actor", "role", "stream", "detail", "digest"),
    )
    op.create_index("pst_audit_office", "pst_audit", ["office", "place"])
    op.create_table(
        "pst_checkpoints",
        sa.Column("office", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        *_texts("body"),
    )
    connection = op.get_bind()
    chain_events(
        lambda sql: list(connection.exec_driver_sql(sql)),
        lambda made: connection.execute(_PUT, [{"d": digest, "at": at} for digest, at in made]),
    )


_PUT = sa.text("UPDATE pst_events SET digest = :d WHERE position = :at")
