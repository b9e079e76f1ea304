"""Persons apart from history: their keys, what lies under them, and who was shown it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables; a store without keys leaves them empty."""
    op.create_table(
        "pst_persons",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        *_texts("office", "lookup", "wrapped"),
        sa.Column("until", sa.BigInteger),
        *_texts("reason"),
    )
    op.create_index(
        "pst_persons_lookup",
        "pst_persons",
        ["office", "kind", "lookup"],
        unique=True,
        sqlite_where=sa.text("lookup <> ''"),
        postgresql_where=sa.text("lookup <> ''"),
    )
    op.create_table(
        "pst_boxes",
        sa.Column("ref", _BYTEWISE, primary_key=True),
        *_texts("stream", "person", "kind", "text"),
    )
    op.create_index("pst_boxes_person", "pst_boxes", ["person", "ref"])
    op.create_table(
        "pst_readings",
        sa.Column("place", _SERIAL, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_texts("office", "stream", "reader", "role", "view", "saw"),
    )
    op.create_index("pst_readings_stream", "pst_readings", ["office", "stream"])
