"""The tables of 0.1.0. Written out, not taken from ``schema``: that goes on, this stays."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_ALLOCATE = """
CREATE OR REPLACE FUNCTION pst_allocate(n bigint, OUT first bigint, OUT barrier bigint)
LANGUAGE plpgsql AS $$
DECLARE own bigint := pg_current_xact_id()::text::bigint;
BEGIN
  -- Sequences are outside of transactions: what another writer set is seen at once, at any
  -- isolation level. A transaction that took its id early (the host's) gets the barrier of the
  -- youngest that was here before.
  PERFORM pg_advisory_lock(5264213);
  SELECT greatest(own, last_value) INTO barrier FROM pst_barrier;
  PERFORM setval('pst_barrier', barrier);
  SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END INTO first FROM pst_position;
  PERFORM setval('pst_position', first + n - 1);
  PERFORM pg_advisory_unlock(5264213);
END $$
"""


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pst_meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "pst_commands",
        sa.Column("command_id", sa.Text, primary_key=True),
        *_texts("office", "fingerprint", "stream"),
        sa.Column("first_version", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "pst_events",
        sa.Column("position", _SERIAL, primary_key=True, autoincrement=False),
        sa.Column("barrier", sa.BigInteger, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("command_id", sa.Text, sa.ForeignKey("pst_commands.command_id"), nullable=False),
        sa.UniqueConstraint("stream", "version"),
    )
    op.create_table(
        "pst_effects",
        sa.Column("place", _SERIAL, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        *_texts("stream", "kind", "body", "status"),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        *_texts("worker", "result"),
    )
    op.create_index("ix_pst_effects_stream", "pst_effects", ["stream"])
    op.create_index("pst_effects_ready", "pst_effects", ["lease_until", "place"])
    op.create_table(
        "pst_register",
        sa.Column("stream", _BYTEWISE, primary_key=True),
        *_texts("procedure", "office", "phase", "whose", "applicant", "title"),
        sa.Column("opened", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("wake", sa.BigInteger),
    )
    op.create_index("ix_pst_register_wake", "pst_register", ["wake"])
    op.create_index("pst_register_office", "pst_register", ["office", "stream"])
    for name in ("phase", "whose", "applicant"):
        op.create_index(f"pst_register_{name}", "pst_register", ["office", name, "stream"])
    op.create_table(
        "pst_series",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE pst_position")
        op.execute("CREATE SEQUENCE pst_barrier MINVALUE 0 START 0")
        op.execute(_ALLOCATE)
