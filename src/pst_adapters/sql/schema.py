"""The tables of a store, for SQLite and PostgreSQL alike.

Times are integers: microseconds since 1970-01-01 UTC, the same and sortable in both databases.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["SCHEMA", "commands", "effects", "events", "meta", "metadata", "register", "series"]

SCHEMA = 2
"""Number of the newest revision, kept in each database; an older one is brought forward when it is
opened, a newer one is refused."""

metadata = sa.MetaData()
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

meta = sa.Table(
    "pst_meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

commands = sa.Table(
    "pst_commands",
    metadata,
    sa.Column("command_id", sa.Text, primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("first_version", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)

events = sa.Table(
    "pst_events",
    metadata,
    sa.Column("position", _SERIAL, primary_key=True, autoincrement=False),
    # PostgreSQL only: no transaction that took this or a lower position is younger than this one,
    # so a follower reads up to the oldest transaction still open and skips nothing.
    sa.Column("barrier", sa.BigInteger, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("command_id", sa.Text, sa.ForeignKey(commands.c.command_id), nullable=False),
    sa.UniqueConstraint("stream", "version"),
)

effects = sa.Table(
    "pst_effects",
    metadata,
    sa.Column("place", _SERIAL, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("stream", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("due", sa.BigInteger, nullable=False),
    # When it may be claimed next: its due time, or the end of the lease; null when it rests.
    sa.Column("lease_until", sa.BigInteger),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    # Attempts since it was queued or queued anew; the attempt itself only grows, because it fences.
    sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Index("pst_effects_ready", "lease_until", "place"),
)

register = sa.Table(
    "pst_register",
    metadata,
    # Byte order in every database: pages of the register must come in one order everywhere.
    sa.Column("stream", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
              primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("whose", sa.Text, nullable=False),
    sa.Column("applicant", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("opened", sa.BigInteger, nullable=False),
    sa.Column("changed", sa.BigInteger, nullable=False),
    sa.Column("due", sa.BigInteger),
    sa.Column("wake", sa.BigInteger, index=True),
    sa.Index("pst_register_office", "office", "stream"),
    sa.Index("pst_register_procedure", "office", "procedure", "stream"),
    sa.Index("pst_register_due", "office", "due"),
    sa.Index("pst_register_phase", "office", "phase", "stream"),
    sa.Index("pst_register_whose", "office", "whose", "stream"),
    sa.Index("pst_register_applicant", "office", "applicant", "stream"),
)  # fmt: skip

series = sa.Table(
    "pst_series",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)
