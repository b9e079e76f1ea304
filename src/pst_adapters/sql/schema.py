"""The tables of a store, for SQLite and PostgreSQL alike.

Times are integers: microseconds since 1970-01-01 UTC, the same and sortable in both databases.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = [
    "SCHEMA",
    "audit",
    "boxes",
    "checkpoints",
    "commands",
    "effects",
    "events",
    "meta",
    "metadata",
    "persons",
    "readings",
    "register",
    "series",
]

SCHEMA = 4
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
    sa.Column("digest", sa.Text, nullable=False, server_default=sa.text("''")),
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

audit = sa.Table(
    "pst_audit",
    metadata,
    # On PostgreSQL from the same hand-out as the positions of events, so followers skip nothing.
    sa.Column("place", _SERIAL, primary_key=True, autoincrement=False),
    sa.Column("barrier", sa.BigInteger, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Index("pst_audit_office", "office", "place"),
)

checkpoints = sa.Table(
    "pst_checkpoints",
    metadata,
    sa.Column("office", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
)

persons = sa.Table(
    "pst_persons",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("lookup", sa.Text, nullable=False),
    # The key itself, under the office's; empty once it was destroyed.
    sa.Column("wrapped", sa.Text, nullable=False),
    sa.Column("until", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("pst_persons_lookup", "office", "kind", "lookup", unique=True,
             sqlite_where=sa.text("lookup <> ''"), postgresql_where=sa.text("lookup <> ''")),
)  # fmt: skip

boxes = sa.Table(
    "pst_boxes",
    metadata,
    # Byte order, so that a prefix is a range in every database.
    sa.Column("ref", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
              primary_key=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("pst_boxes_person", "person", "ref"),
)  # fmt: skip

readings = sa.Table(
    "pst_readings",
    metadata,
    sa.Column("place", _SERIAL, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("view", sa.Text, nullable=False),
    sa.Column("saw", sa.Text, nullable=False),
    sa.Index("pst_readings_stream", "office", "stream"),
)
