"""Every statement of the store, written in SQLAlchemy and compiled to text once per database."""

from __future__ import annotations

import functools
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect

from pst_core.evidence import EventRow, NoteRow

from .schema import (
    audit,
    checkpoints,
    commands,
    effects,
    events,
    meta,
    register,
    series,
)

__all__ = ["REGISTER", "Statements", "effects_page", "register_page", "statements"]

REGISTER = tuple(column.name for column in register.columns)
EVENT_ROW = tuple(field.name for field in attrs.fields(EventRow))
NOTE_ROW = tuple(field.name for field in attrs.fields(NoteRow))
_EVENT = [c for c in events.columns if c.name != "barrier"]

_psycopg: Any = dialect


@attrs.frozen
class Statements:
    """SQL text by name, for the driver's own cursor with named parameters."""

    take_command: str
    command: str
    head: str
    insert_event: str
    load: str
    read: str
    append: str
    """PostgreSQL only: a whole batch in one statement; see ``_APPEND``."""
    append_alone: str
    """The same, sent alone; see ``_OR_FAILS``."""
    first_number: str
    next_number: str
    last_number: str
    insert_effect: str
    claim: str
    claim_of_office: str
    finish: str
    fail: str
    retry: str
    put_summary: str
    summary: str
    waking: str
    waking_of_office: str
    schema_version: str
    oldest_ready: str
    oldest_wake: str
    asked: str
    note_asked: str
    last_place: str
    insert_note: str
    event_rows: str
    event_rows_of_office: str
    newest_note: str
    note_rows: str
    note_rows_of_office: str
    checkpoints: str
    checkpoints_of_office: str
    newest_checkpoint: str
    add_checkpoint: str


_APPEND = """
WITH batch AS MATERIALIZED (
  SELECT * FROM jsonb_to_record(%(batch)s::jsonb) AS b(
    command_id text, office text, fingerprint text, stream text, first_version bigint,
    version bigint, previous text, at bigint, actor text,
    events jsonb, numbers jsonb, effects jsonb, summary jsonb)),
taken AS (
  INSERT INTO pst_commands (command_id, office, fingerprint, stream, first_version, version)
  SELECT command_id, office, fingerprint, stream, first_version, version FROM batch
  ON CONFLICT DO NOTHING RETURNING 1),
head AS (
  SELECT version, digest FROM pst_events WHERE stream = (SELECT stream FROM batch)
  ORDER BY version DESC LIMIT 1),
place AS MATERIALIZED (
  SELECT p.position, p.barrier
  FROM batch AS b, pst_allocate(jsonb_array_length(b.events)) AS p(position, barrier)
  WHERE jsonb_array_length(b.events) > 0),
written AS (
  INSERT INTO pst_events
    (position, barrier, stream, version, name, schema, body, at, actor, command_id, digest)
  SELECT p.position + e.nth - 1, p.barrier, b.stream, b.first_version + e.nth - 1, e.name,
    e.schema, e.body, b.at, b.actor, b.command_id, e.digest
  FROM batch AS b, place AS p,
    ROWS FROM (jsonb_to_recordset(b.events)
      AS (name text, schema integer, body text, digest text))
    WITH ORDINALITY AS e(name, schema, body, digest, nth)
  ON CONFLICT DO NOTHING RETURNING 1),
numbers AS (
  SELECT n.name, n.value
  FROM batch AS b, jsonb_to_recordset(b.numbers) AS n(name text, value bigint)),
first_numbers AS (
  INSERT INTO pst_series (name, last) SELECT name, value FROM numbers WHERE value = 1
  ON CONFLICT DO NOTHING RETURNING 1),
next_numbers AS (
  UPDATE pst_series AS s SET last = n.value FROM numbers AS n
  WHERE n.value > 1 AND s.name = n.name AND s.last = n.value - 1 RETURNING 1),
queued AS (
  INSERT INTO pst_effects
    (key, stream, kind, body, status, attempt, tries, due, lease_until, worker, result)
  SELECT f.key, b.stream, f.kind, f.body, 'queued', 0, 0, f.due, f.due, '', ''
  FROM batch AS b,
    ROWS FROM (jsonb_to_recordset(b.effects) AS (key text, kind text, body text, due bigint))
    WITH ORDINALITY AS f(key, kind, body, due, nth) ORDER BY f.nth
  ON CONFLICT DO NOTHING RETURNING 1),
filed AS (
  INSERT INTO pst_register ({columns})
  SELECT {columns} FROM (
    SELECT r.* FROM batch AS b, jsonb_populate_record(NULL::pst_register, b.summary) AS r
    WHERE b.summary IS NOT NULL) AS filing
  ON CONFLICT (stream) DO UPDATE SET {news})
SELECT {verdict}
FROM batch AS b
"""
"""Writes a batch and answers whether all of it went in; if not, the caller rolls back and writes
row by row, which finds out what is in the way. One round trip and one plan, not a dozen. The one
parameter is JSON because a statement is planned anew for each mixture of types, which lists and
nulls of a driver have by the dozen. The last SELECT asks in the order of ``SqlStore._append``, and
so takes the locks in that order: the two may meet, and would deadlock otherwise."""
_ALL_WENT_IN = """(SELECT count(*) FROM taken) = 1
  AND coalesce((SELECT version FROM head), 0) = b.first_version - 1
  AND coalesce((SELECT digest FROM head), '') = b.previous
  AND (SELECT count(*) FROM first_numbers) + (SELECT count(*) FROM next_numbers)
    = jsonb_array_length(b.numbers)
  AND (SELECT count(*) FROM written) = jsonb_array_length(b.events)
  AND (SELECT count(*) FROM queued) = jsonb_array_length(b.effects)"""
_OR_FAILS = f"""CAST(CASE
  WHEN {_ALL_WENT_IN}
  THEN '1' ELSE 'pst-core: in the way, tried again row by row' END AS integer)"""
"""The same of a statement that is sent alone and so is a transaction of its own: what did not go in
must undo the rest, so it fails (``errors.is_in_the_way``). The server's log then has the statement,
without its parameter, which the driver sends apart."""


def _append_at_once(verdict: str) -> str:
    return _APPEND.format(
        verdict=verdict,
        columns=", ".join(REGISTER),
        news=", ".join(f"{name} = excluded.{name}" for name in REGISTER if name != "stream"),
    )


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
    order: Any = register.c.stream
    if name == "postgresql" and "due_before" in filters:
        # A plan prepared for any day would walk the whole office by stream, like SQLite's.
        order = sa.literal_column("pst_register.stream || ''")
    return _text(name, query.order_by(order).limit(sa.bindparam("limit")))


@functools.cache
def effects_page(name: str, filters: frozenset[str]) -> str:
    """Return the query of effects with these filters; compiled once each.

    A case has few: with one statement for any filter they would be looked for among all.
    """
    row = ("key", "stream", "kind", "body", "status", "attempt", "due", "result")
    query = sa.select(*(effects.c[n] for n in row)).where(
        *(effects.c[filter_] == sa.bindparam(filter_) for filter_ in sorted(filters))
    )
    return _text(name, query.order_by(effects.c.place).limit(sa.bindparam("limit")))


def _claim(ready: sa.Select[Any]) -> Any:
    due = ready.cte("due")
    return (
        sa.update(effects)
        .where(effects.c.place.in_(sa.select(due.c.place)))
        .values(
            status=sa.literal_column("'claimed'"),
            attempt=effects.c.attempt + sa.literal_column("1"),
            tries=effects.c.tries + sa.literal_column("1"),
            worker=sa.bindparam("who"),
            lease_until=sa.bindparam("until"),
        )
        .returning(
            effects.c.place,
            effects.c.key,
            effects.c.stream,
            effects.c.kind,
            effects.c.body,
            effects.c.attempt,
            effects.c.tries,
        )
    )


@functools.cache
def statements(name: str) -> Statements:
    """Return the statements for ``sqlite`` or ``postgresql``."""
    insert: Any = sqlite.insert if name == "sqlite" else postgresql.insert
    bind = sa.bindparam
    limit: Any = bind("limit")

    def values(table: sa.Table, *left_out: str) -> dict[str, Any]:
        return {c.name: bind(c.name) for c in table.columns if c.name not in left_out}

    def settled(query: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
        """Leave out what a transaction still open may yet come before."""
        if name == "sqlite":
            return query
        oldest = sa.text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return query.where(table.c.barrier < oldest)

    read = settled(sa.select(*_EVENT).where(events.c.position > bind("after")), events)
    # a command that is gone leaves its events, and shows: they have no office
    rows = (
        sa.select(*(commands.c.office if n == "office" else events.c[n] for n in EVENT_ROW))
        .select_from(events.outerjoin(commands, commands.c.command_id == events.c.command_id))
        .order_by(events.c.position)
    )
    rows_of_office = settled(
        rows.where(commands.c.office == bind("office"), events.c.position > bind("after")), events
    ).limit(limit)
    lines = sa.select(*(audit.c[n] for n in NOTE_ROW)).order_by(audit.c.place)
    lines_of_office = settled(
        lines.where(audit.c.office == bind("office"), audit.c.place > bind("after")), audit
    ).limit(limit)
    seals = sa.select(checkpoints).order_by(checkpoints.c.office, checkpoints.c.number)
    seals_of_office = sa.select(checkpoints).where(checkpoints.c.office == bind("office"))
    ready = (
        sa.select(effects.c.place)
        .where(effects.c.lease_until <= bind("now"))
        .order_by(effects.c.lease_until, effects.c.place)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    of_office = sa.exists().where(
        register.c.stream == effects.c.stream, register.c.office == bind("office")
    )
    held_by_me = sa.and_(
        effects.c.key == bind("the_key"),
        effects.c.attempt == bind("mine"),
        effects.c.status == sa.literal_column("'claimed'"),
    )
    # The plus keeps SQLite from walking the whole office: what is due is few.
    of_this: Any = register.c.office
    if name == "sqlite":
        of_this = sa.literal_column("+pst_register.office")
    note = insert(meta).values(key=sa.literal_column("'asked'"), value=bind("now"))
    put = insert(register).values(values(register))
    event = values(events)
    if name == "sqlite":  # one writes at a time there: the next position is the next one
        event["position"] = sa.literal_column(
            "(SELECT coalesce(max(position), 0) + 1 FROM pst_events)"
        )
    every: dict[str, Any] = {
        "take_command": insert(commands).values(values(commands)).on_conflict_do_nothing(),
        "command": sa.select(
            commands.c.office,
            commands.c.fingerprint,
            commands.c.stream,
            commands.c.version,
            commands.c.first_version,
        ).where(commands.c.command_id == bind("command_id")),
        "head": sa.select(events.c.version, events.c.digest)
        .where(events.c.stream == bind("stream"))
        .order_by(events.c.version.desc())
        .limit(sa.literal_column("1")),
        "insert_event": insert(events).values(event).inline().on_conflict_do_nothing(),
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
        "claim": _claim(ready),
        "claim_of_office": _claim(ready.where(of_office)),
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
        "put_summary": put.on_conflict_do_update(
            index_elements=["stream"], set_={c: put.excluded[c] for c in REGISTER if c != "stream"}
        ),
        "summary": sa.select(register).where(register.c.stream == bind("stream")),
        "waking": sa.select(register)
        .where(register.c.wake <= bind("now"))
        .order_by(register.c.wake, register.c.stream)
        .limit(limit),
        "waking_of_office": sa.select(register)
        .where(register.c.wake <= bind("now"), of_this == bind("office"))
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
        "last_place": sa.select(sa.func.coalesce(sa.func.max(audit.c.place), 0)),
        "insert_note": sa.insert(audit).values(values(audit)),
        "newest_note": lines.order_by(None)
        .where(audit.c.office == bind("office"), audit.c.what == bind("what"))
        .order_by(audit.c.place.desc())
        .limit(sa.literal_column("1")),
        "event_rows": rows,
        "event_rows_of_office": rows_of_office,
        "note_rows": lines,
        "note_rows_of_office": lines_of_office,
        "checkpoints": seals,
        "checkpoints_of_office": seals_of_office.order_by(checkpoints.c.number),
        "newest_checkpoint": seals_of_office.order_by(checkpoints.c.number.desc()).limit(
            sa.literal_column("1")
        ),
        "add_checkpoint": insert(checkpoints).values(values(checkpoints)).on_conflict_do_nothing(),
        "oldest_ready": sa.select(sa.func.min(effects.c.lease_until)),
    }
    texts = {"append": "", "append_alone": ""} | {
        key: _text(name, statement) for key, statement in every.items()
    }
    if name == "postgresql":
        texts["append"] = _append_at_once(_ALL_WENT_IN)
        texts["append_alone"] = _append_at_once(_OR_FAILS)
    return Statements(**texts)
