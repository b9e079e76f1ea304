"""Every statement of the store, written in SQLAlchemy and compiled to text once per database."""

from __future__ import annotations

import functools
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect

from .schema import commands, effects, events, meta, register, series

__all__ = ["REGISTER", "Statements", "statements"]

REGISTER = tuple(column.name for column in register.columns)
_EVENT = [c for c in events.columns if c.name != "barrier"]

_psycopg: Any = dialect


@attrs.frozen
class Statements:
    """SQL text by name, for the driver's own cursor with named parameters."""

    take_command: str
    command: str
    head: str
    last_position: str
    insert_event: str
    load: str
    read: str
    first_number: str
    next_number: str
    last_number: str
    insert_effect: str
    claim: str
    finish: str
    fail: str
    retry: str
    effects: str
    put_summary: str
    summary: str
    waking: str
    schema_version: str
    oldest_ready: str
    oldest_wake: str
    asked: str
    note_asked: str


def _dialect(name: str) -> Any:
    return sqlite.dialect(paramstyle="named") if name == "sqlite" else _psycopg()


def _text(name: str, statement: Any) -> str:
    compiled = statement.compile(dialect=_dialect(name))
    text = str(compiled)
    for key, value in compiled.params.items():  # constants of SQLAlchemy's own: OFFSET 0, ...
        if value is not None:
            text = (
                text.replace(f":{key}", str(value))
                if name == "sqlite"
                else text.replace(f"%({key})s", str(value))
            )
    return text


@functools.cache
def register_page(name: str, filters: frozenset[str]) -> str:
    """Return the query of a register page with these filters; compiled once each."""
    stream: Any = register.c.stream
    if name == "sqlite" and "due_before" in filters:
        # The plus keeps SQLite from walking the whole office by stream: what is due is few.
        stream = sa.literal_column("+pst_register.stream")
    query = sa.select(register).where(
        register.c.office == sa.bindparam("office"), stream > sa.bindparam("after")
    )
    for filter_ in sorted(filters - {"due_before"}):
        query = query.where(register.c[filter_] == sa.bindparam(filter_))
    if "due_before" in filters:
        query = query.where(register.c.due < sa.bindparam("due_before"))
    return _text(name, query.order_by(register.c.stream).limit(sa.bindparam("limit")))


@functools.cache
def statements(name: str) -> Statements:
    """Return the statements for ``sqlite`` or ``postgresql``."""
    insert: Any = sqlite.insert if name == "sqlite" else postgresql.insert
    bind = sa.bindparam
    limit: Any = bind("limit")

    def values(table: sa.Table, *left_out: str) -> dict[str, Any]:
        return {c.name: bind(c.name) for c in table.columns if c.name not in left_out}

    read = sa.select(*_EVENT).where(events.c.position > bind("after"))
    if name == "postgresql":
        read = read.where(
            events.c.barrier < sa.text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        )
    due = (
        sa.select(effects.c.place)
        .where(effects.c.lease_until <= bind("now"))
        .order_by(effects.c.lease_until, effects.c.place)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    held_by_me = sa.and_(
        effects.c.key == bind("the_key"),
        effects.c.attempt == bind("mine"),
        effects.c.status == sa.literal_column("'claimed'"),
    )
    row = [effects.c[n] for n in ("key", "stream", "kind", "body", "status", "attempt", "due")]
    note = insert(meta).values(key=sa.literal_column("'asked'"), value=bind("now"))
    put = insert(register).values(values(register))
    every: dict[str, Any] = {
        "take_command": insert(commands).values(values(commands)).on_conflict_do_nothing(),
        "command": sa.select(
            commands.c.office,
            commands.c.fingerprint,
            commands.c.stream,
            commands.c.version,
            commands.c.first_version,
        ).where(commands.c.command_id == bind("command_id")),
        "head": sa.select(sa.func.coalesce(sa.func.max(events.c.version), 0)).where(
            events.c.stream == bind("stream")
        ),
        "last_position": sa.select(sa.func.coalesce(sa.func.max(events.c.position), 0)),
        "insert_event": insert(events).values(values(events)).on_conflict_do_nothing(),
        "load": sa.select(*_EVENT)
        .where(events.c.stream == bind("stream"), events.c.version > bind("after"))
        .order_by(events.c.version),
        "read": read.order_by(events.c.position).limit(limit),
        "first_number": insert(series).values(values(series)).on_conflict_do_nothing(),
        "next_number": sa.update(series)
        .where(series.c.name == bind("series"), series.c.last == bind("before"))
        .values(last=bind("value")),
        "last_number": sa.select(series.c.last).where(series.c.name == bind("series")),
        "insert_effect": insert(effects).values(values(effects, "place")).on_conflict_do_nothing(),
        "claim": sa.update(effects)
        .where(effects.c.place.in_(sa.select(due.c.place)))
        .values(
            status=sa.literal_column("'claimed'"),
            attempt=effects.c.attempt + sa.literal_column("1"),
            tries=effects.c.tries + sa.literal_column("1"),
            worker=bind("who"),
            lease_until=bind("until"),
        )
        .returning(
            effects.c.place,
            effects.c.key,
            effects.c.stream,
            effects.c.kind,
            effects.c.body,
            effects.c.attempt,
            effects.c.tries,
        ),
        "finish": sa.update(effects)
        .where(held_by_me)
        .values(status=sa.literal_column("'done'"), lease_until=sa.null(), result=bind("said")),
        "fail": sa.update(effects)
        .where(held_by_me)
        .values(
            status=bind("becomes"),
            lease_until=bind("again"),
            due=sa.func.coalesce(bind("again", type_=sa.BigInteger), effects.c.due),
            result=bind("said"),
        ),
        "retry": sa.update(effects)
        .where(effects.c.key == bind("the_key"), effects.c.status == sa.literal_column("'dead'"))
        .values(
            status=sa.literal_column("'queued'"),
            lease_until=bind("now"),
            due=bind("now"),
            tries=sa.literal_column("0"),
        ),
        "effects": sa.select(*row, effects.c.result)
        .where(
            sa.or_(
                bind("any_stream", type_=sa.Integer) == sa.literal_column("1"),
                effects.c.stream == bind("stream"),
            ),
            sa.or_(
                bind("any_status", type_=sa.Integer) == sa.literal_column("1"),
                effects.c.status == bind("status"),
            ),
        )
        .order_by(effects.c.place)
        .limit(limit),
        "put_summary": put.on_conflict_do_update(
            index_elements=["stream"], set_={c: put.excluded[c] for c in REGISTER if c != "stream"}
        ),
        "summary": sa.select(register).where(register.c.stream == bind("stream")),
        "waking": sa.select(register)
        .where(register.c.wake <= bind("now"))
        .order_by(register.c.wake, register.c.stream)
        .limit(limit),
        "schema_version": sa.select(meta.c.value).where(
            meta.c.key == sa.literal_column("'schema'")
        ),
        "oldest_wake": sa.select(sa.func.min(register.c.wake)),
        "asked": sa.select(meta.c.value).where(meta.c.key == sa.literal_column("'asked'")),
        "note_asked": note.on_conflict_do_update(
            index_elements=["key"], set_={"value": note.excluded.value}
        ),
        "oldest_ready": sa.select(sa.func.min(effects.c.lease_until)),
    }
    return Statements(**{key: _text(name, statement) for key, statement in every.items()})
