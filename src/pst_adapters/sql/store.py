"""``SqlStore``: the desk's store on SQLite or PostgreSQL, by URL."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa

from pst_core.desk.admission import (
    check_aware,
    command_id_reused,
    effect_exists,
    examine,
    examine_line,
    number_taken,
    stale_version,
)
from pst_core.desk.ports import (
    Appended,
    AuditLine,
    Batch,
    Claimed,
    EffectRow,
    EffectStatus,
    Number,
    StoredEvent,
    Summary,
)
from pst_core.desk.sealing import digests, micros, note_row
from pst_core.evidence import Checkpoint, EventRow, NoteRow, read_checkpoint, unreadable
from pst_core.refusal import BadInput, PstError
from pst_core.text import Text

from . import errors
from .database import Database
from .people import People
from .postgres import PostgresDatabase
from .sqlite import SqliteFile, wal_reset_bug
from .statements import effects_page, register_page, statements

__all__ = ["Health", "SqlStore"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK = dt.timedelta(microseconds=1)
_NOTE_EVERY = dt.timedelta(minutes=1)
_PAGE = 1000
_LATE = dt.timedelta(minutes=10)


@attrs.frozen
class Health:
    """How the store is: ``warnings`` for people, empty if all is well; ``facts`` for programs."""

    warnings: tuple[Text, ...]
    facts: dict[str, str]


class _InTheWay(PstError):
    """A batch cannot be written as it stands; what is in the way is found row by row."""

    def __init__(self) -> None:
        super().__init__("in-the-way", Text("", ""), remedy=Text("", ""))


class SqlStore(People):
    """A ``Store`` in ``sqlite:///file.db`` or ``postgresql+psycopg://user@host/database``.

    Instead of a URL a ``Database`` may be given, which then looks after its connections itself.
    ``wait``: seconds that a write waits for its turn before ``Busy``. Any number of threads and
    processes may use one database; an object belongs to the process that made it.
    Raises ``StorageError`` if the database cannot be opened, is damaged, foreign or newer.
    """

    def __init__(self, url: str | Database, *, wait: float = 5.0) -> None:
        self._base: Database = _open(url, wait) if isinstance(url, str) else url
        self._sql = statements(self._base.dialect)
        self._process = os.getpid() if isinstance(url, str) else None
        self._asked = 0

    # Streams.

    def load(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]:
        """Return the events of ``stream`` with a version above ``after``, in order."""
        return tuple(map(_event, self._rows(self._sql.load, stream=stream, after=after)))

    def read(self, after: int = 0, limit: int = 1000) -> tuple[StoredEvent, ...]:
        """Return events of all streams with a position above ``after``: never skips a late commit.

        On PostgreSQL an open writing transaction of the same server holds back what is younger.
        """
        return tuple(map(_event, self._rows(self._sql.read, after=after, limit=limit)))

    def append(self, batch: Batch) -> Appended:
        """Write ``batch`` in one transaction; when it returns, it is durable."""
        examine(batch)
        answer: Appended
        if self._sql.append:
            self._check_process()
            alone = self._base.write_alone
            with contextlib.suppress(_InTheWay):
                if alone and not (batch.keys or batch.boxes) and _previous(batch) is not None:
                    # nothing else to write, nothing to read first: one statement, and committed
                    answer = alone(lambda connection: self._append_alone(connection, batch))
                else:
                    write = self._base.write
                    answer = write(lambda connection: self._append_at_once(connection, batch))
                return answer
        answer = self._write(lambda connection: self._append(connection, batch))
        return answer

    def append_within(self, connection: Any, batch: Batch) -> Appended:
        """Write ``batch`` in a transaction that the host opened, so that its rows go with ours.

        ``connection``: the host's own of sqlite3 or psycopg to the same database, with a
        transaction open (``BEGIN IMMEDIATE`` on SQLite). Nothing is kept before the host commits;
        after any error the host must roll back. Raises what ``append`` raises, and ``BadInput``
        if no transaction is open.
        """
        examine(batch)
        self._check_process()
        if not self._base.in_transaction(connection):
            raise errors.no_transaction()
        with self._base.ours():
            return self._append(connection, batch)

    def _append_alone(self, connection: Any, batch: Batch) -> Appended:
        json = _as_json(batch, _previous(batch) or "")
        try:
            connection.execute(self._sql.append_alone, {"batch": json})
        except Exception as error:
            if errors.is_in_the_way(error):
                raise _InTheWay from error
            raise
        return _first_answer(batch)

    def _append_at_once(self, connection: Any, batch: Batch) -> Appended:
        previous = _previous(batch)
        if previous is None:
            _, previous = self._head(connection, batch.stream)
        json = _as_json(batch, previous)
        if not connection.execute(self._sql.append, {"batch": json}).fetchone()[0]:
            raise _InTheWay  # no error of the server's: a host's driver may put all into its log
        self._write_people_of(connection, batch)
        return _first_answer(batch)

    def _append(self, connection: Any, batch: Batch) -> Appended:
        sql, execute = self._sql, connection.execute
        answer = _first_answer(batch)
        if execute(sql.take_command, _command_values(batch, answer)).rowcount == 0:
            known = self._answer(connection, batch.command_id, batch.office, batch.fingerprint)
            if known is None:  # on PostgreSQL: the other one was there and was rolled back
                raise errors.busy()
            return known
        actual, previous = self._head(connection, batch.stream)
        if actual != batch.expected_version:
            raise stale_version(batch.stream, batch.expected_version, actual)
        for number in batch.numbers:
            self._take_number(connection, number.series, number.value)
        if batch.events:
            self._write_events(connection, batch, previous)
        for effect in batch.effects:
            due = micros(effect.due)
            values = {
                "key": effect.key,
                "stream": batch.stream,
                "kind": effect.kind,
                "body": effect.body,
                "status": "queued",
                "attempt": 0,
                "tries": 0,
                "due": due,
                "lease_until": due,
                "worker": "",
                "result": "",
            }
            if execute(sql.insert_effect, values).rowcount == 0:
                raise effect_exists(effect.key)
        if batch.summary is not None:
            execute(sql.put_summary, _summary_values(batch.summary))
        self._write_people_of(connection, batch)
        return answer

    def _head(self, connection: Any, stream: str) -> tuple[int, str]:
        """Return version and digest of the newest event of ``stream``."""
        head = connection.execute(self._sql.head, {"stream": stream}).fetchone()
        return (head[0], head[1]) if head is not None else (0, "")

    def _handed_out(self, connection: Any, count: int) -> tuple[int, int]:
        """Return the first of ``count`` new positions, and the barrier that goes with them.

        On SQLite, where one writes at a time, the statements count on by themselves.
        """
        if self._base.dialect == "sqlite":
            return 0, 0
        handed = "SELECT * FROM pst_allocate(%s::bigint)"
        position, barrier = connection.execute(handed, (count,)).fetchone()
        return position, barrier

    def _write_events(self, connection: Any, batch: Batch, previous: str) -> None:
        execute, made = connection.execute, digests(batch, previous)
        position, barrier = self._handed_out(connection, len(made))
        at = micros(batch.at)
        for offset, event in enumerate(batch.events):
            written = execute(
                self._sql.insert_event,
                {
                    "position": position + offset,
                    "barrier": barrier,
                    "stream": batch.stream,
                    "version": batch.expected_version + 1 + offset,
                    "name": event.name,
                    "schema": event.schema,
                    "body": event.body,
                    "at": at,
                    "actor": batch.actor,
                    "command_id": batch.command_id,
                    "digest": made[offset],
                },
            )
            if written.rowcount == 0:  # another writer was faster between the look and the insert
                actual, _ = self._head(connection, batch.stream)
                raise stale_version(batch.stream, batch.expected_version, actual)

    def _take_number(self, connection: Any, name: str, value: int) -> None:
        if value == 1:
            taken = connection.execute(self._sql.first_number, {"name": name, "last": 1})
        else:
            values = {"series": name, "before": value - 1, "value": value}
            taken = connection.execute(self._sql.next_number, values)
        if taken.rowcount == 0:
            row = connection.execute(self._sql.last_number, {"series": name}).fetchone()
            raise number_taken(name, value, row[0] if row else 0)

    def answer(self, command_id: str, office: str, fingerprint: str) -> Appended | None:
        """Return the first answer to ``command_id``, or None; raises ``Conflict`` like append."""
        self._check_process()
        with self._base.reading() as connection:
            return self._answer(connection, command_id, office, fingerprint)

    def _answer(
        self, connection: Any, command_id: str, office: str, fingerprint: str
    ) -> Appended | None:
        row = connection.execute(self._sql.command, {"command_id": command_id}).fetchone()
        if row is None:
            return None
        if (row[0], row[1]) != (office, fingerprint):
            raise command_id_reused()
        return Appended(stream=row[2], version=row[3], first_version=row[4], repeated=True)

    # Numbers and the register.

    def last_number(self, series: str) -> int:
        """Return the last number taken from ``series``; 0 for a new one."""
        rows = self._rows(self._sql.last_number, series=series)
        return int(rows[0][0]) if rows else 0

    def register(
        self,
        office: str,
        *,
        procedure: str | None = None,
        phase: str | None = None,
        whose: str | None = None,
        applicant: str | None = None,
        due_before: dt.datetime | None = None,
        after: str = "",
        limit: int = 50,
    ) -> tuple[Summary, ...]:
        """Return register rows of ``office``, ordered by stream, from the one after ``after``."""
        filters: dict[str, Any] = {
            "procedure": procedure,
            "phase": phase,
            "whose": whose,
            "applicant": applicant,
            "due_before": None if due_before is None else _micros(due_before),
        }
        filters = {name: value for name, value in filters.items() if value is not None}
        page = register_page(self._base.dialect, frozenset(filters))
        rows = self._rows(page, office=office, after=after, limit=limit, **filters)
        return tuple(map(_summary, rows))

    def summary(self, stream: str) -> Summary | None:
        """Return the register's row of ``stream``."""
        rows = self._rows(self._sql.summary, stream=stream)
        return _summary(rows[0]) if rows else None

    def waking(
        self, now: dt.datetime, limit: int = 100, *, office: str | None = None
    ) -> tuple[Summary, ...]:
        """Return streams (of ``office``) whose ``wake`` is at or before ``now``, earliest first."""
        values: dict[str, Any] = {"now": _micros(now), "limit": limit}
        if office is None:
            return tuple(map(_summary, self._rows(self._sql.waking, **values)))
        rows = self._rows(self._sql.waking_of_office, office=office, **values)
        return tuple(map(_summary, rows))

    # Effects.

    def claim(
        self,
        worker: str,
        now: dt.datetime,
        lease: dt.timedelta,
        limit: int = 20,
        *,
        office: str | None = None,
    ) -> tuple[Claimed, ...]:
        """Take queued effects that are due, and claimed ones whose lease has ended."""
        values: dict[str, Any] = {
            "who": worker,
            "now": _micros(now),
            "until": _micros(now + lease),
            "limit": limit,
        }
        statement = self._sql.claim
        if office is not None:
            statement, values = self._sql.claim_of_office, {**values, "office": office}
        # Looked at without the write lock first: most of the time there is nothing to do.
        ready = self._rows(self._sql.oldest_ready)[0][0]
        nothing = ready is None or ready > values["now"]
        note = abs(values["now"] - self._asked) >= _NOTE_EVERY // _TICK
        if nothing and not note:
            return ()

        def take(connection: Any) -> list[Any]:
            if note:
                connection.execute(self._sql.note_asked, {"now": values["now"]})
            if nothing:
                return []
            taken: list[Any] = connection.execute(statement, values).fetchall()
            return taken

        rows = self._write(take)
        if note:
            self._asked = values["now"]
        return tuple(
            Claimed(key, stream, kind, body, attempt, tries)
            for _, key, stream, kind, body, attempt, tries in sorted(rows)
        )

    def finish(self, key: str, attempt: int, result: str) -> bool:
        """Mark done; False if ``attempt`` is not the current one (the lease went to another)."""
        return self._changed(self._sql.finish, the_key=key, mine=attempt, said=result)

    def fail(self, key: str, attempt: int, error: str, retry_at: dt.datetime | None) -> bool:
        """Queue again for ``retry_at``, or set aside (``DEAD``) if it is None; False as above."""
        return self._changed(
            self._sql.fail,
            the_key=key,
            mine=attempt,
            said=error,
            becomes=EffectStatus.DEAD.value if retry_at is None else EffectStatus.QUEUED.value,
            again=None if retry_at is None else _micros(retry_at),
        )

    def retry(self, key: str, now: dt.datetime) -> bool:
        """Queue a set-aside effect for a fresh set of tries; False if there is none of that key."""
        return self._changed(self._sql.retry, the_key=key, now=_micros(now))

    def effects(
        self, stream: str | None = None, *, status: EffectStatus | None = None, limit: int = 1000
    ) -> tuple[EffectRow, ...]:
        """Return effects in the order they were written."""
        filters = {"stream": stream, "status": status and status.value}
        filters = {name: value for name, value in filters.items() if value is not None}
        page = effects_page(self._base.dialect, frozenset(filters))
        rows = self._rows(page, limit=limit, **filters)
        return tuple(
            EffectRow(
                key=key,
                stream=stream_,
                kind=kind,
                body=body,
                status=EffectStatus(status_),
                attempt=attempt,
                due=_time(due),
                result=result,
            )
            for key, stream_, kind, body, status_, attempt, due, result in rows
        )

    # Evidence.

    def note(self, line: AuditLine, number: Number | None = None) -> int:
        """Write ``line`` durably and return its place; ``number`` is taken with it, or neither."""
        examine_line(line)

        def write(connection: Any) -> int:
            if number is not None:
                self._take_number(connection, number.series, number.value)
            place, barrier = self._handed_out(connection, 1)
            if not place:
                place = connection.execute(self._sql.last_place).fetchone()[0] + 1
            row = attrs.asdict(note_row(line, place))
            connection.execute(self._sql.insert_note, {**row, "barrier": barrier})
            return place

        place: int = self._write(write)
        return place

    def notes(
        self, office: str, after: int = 0, limit: int = 1000
    ) -> tuple[tuple[int, AuditLine], ...]:
        """Return lines of ``office`` with their places, above ``after``; skips no late commit."""
        found = self._rows(self._sql.note_rows_of_office, office=office, after=after, limit=limit)
        return tuple((row[0], _line(NoteRow(*row))) for row in found)

    def newest_note(self, office: str, what: str) -> AuditLine | None:
        """Return the newest line of ``office`` about ``what``."""
        rows = self._rows(self._sql.newest_note, office=office, what=what)
        return _line(NoteRow(*rows[0])) if rows else None

    def event_rows(self, office: str | None = None, after: int = 0) -> Iterator[EventRow]:
        """Yield events by position, as of one moment; of one office only what followers may see."""
        if office is None:
            rows = self._whole_table(self._sql.event_rows)
        else:
            rows = self._pages(self._sql.event_rows_of_office, office, after)
        return (EventRow(row[0], row[1] or "", *row[2:]) for row in rows)

    def note_rows(self, office: str | None = None, after: int = 0) -> Iterator[NoteRow]:
        """Yield the lines of the audit log in the same way."""
        if office is None:
            return (NoteRow(*row) for row in self._whole_table(self._sql.note_rows))
        return (NoteRow(*r) for r in self._pages(self._sql.note_rows_of_office, office, after))

    def _pages(self, sql: str, office: str, after: int) -> Iterator[Any]:
        while rows := self._rows(sql, office=office, after=after, limit=_PAGE):
            yield from rows
            after = rows[-1][0]

    def _whole_table(self, sql: str) -> Iterator[Any]:
        """Yield every row of one statement: what is committed meanwhile is not in it."""
        self._check_process()
        with self._base.reading() as connection:
            if self._base.dialect == "sqlite":
                cursor = connection.execute(sql)
                while rows := cursor.fetchmany(_PAGE):
                    yield from rows
                return
            # psycopg would fetch the whole table at once; held, the cursor needs no transaction
            connection.execute(f"DECLARE pst_rows CURSOR WITH HOLD FOR {sql}")
            try:
                while rows := connection.execute(f"FETCH {_PAGE} FROM pst_rows").fetchall():
                    yield from rows
            finally:
                connection.execute("CLOSE pst_rows")

    def checkpoints(
        self, office: str | None = None, *, newest: bool = False
    ) -> tuple[Checkpoint, ...]:
        """Return the checkpoints by office and number, or the newest of each office."""
        if office is None:
            found = [_checkpoint(row) for row in self._rows(self._sql.checkpoints)]
            return tuple({c.office: c for c in found}.values()) if newest else tuple(found)
        sql = self._sql.newest_checkpoint if newest else self._sql.checkpoints_of_office
        return tuple(_checkpoint(row) for row in self._rows(sql, office=office))

    def add_checkpoint(self, checkpoint: Checkpoint) -> bool:
        """Keep ``checkpoint``; False if its number is taken."""
        return self._changed(
            self._sql.add_checkpoint,
            office=checkpoint.office,
            number=checkpoint.number,
            body=checkpoint.to_json(),
        )

    # The store itself.

    def health(self, now: dt.datetime | None = None) -> Health:
        """Return warnings about the database in use and about due work, and their facts.

        ``now``: the present by default. Work that has been due for ten minutes is late; the
        warning says whether somebody asks for it at all.
        """
        facts, warnings = self._late(_micros(now or dt.datetime.now(dt.UTC)))
        of_database = self._database_health()
        open_ = self.unsealed()
        if open_:
            facts["unsealed"] = str(open_)
            warnings.append(
                Text(
                    id=f"Data pribadi {open_} layanan tersimpan tanpa segel: siapa yang membaca "
                    "berkasnya membaca namanya. Pakai kunci kantor (pst person key), lihat "
                    "docs/id/privacy.md.",
                    en=f"Personal data of {open_} cases lie unsealed: who reads the file reads "
                    "their names. Use an office key (pst person key), see docs/en/privacy.md.",
                )
            )
        return Health((*of_database.warnings, *warnings), {**of_database.facts, **facts})

    def _late(self, now: int) -> tuple[dict[str, str], list[Text]]:
        effect, wake = (
            self._rows(sql)[0][0] for sql in (self._sql.oldest_ready, self._sql.oldest_wake)
        )
        asked = next((row[0] for row in self._rows(self._sql.asked)), None)
        oldest = min((due for due in (effect, wake) if due is not None), default=None)
        known = {"asked": asked, "oldest_due": oldest}
        facts = {n: _time(at).isoformat() for n, at in known.items() if at is not None}
        if oldest is None or now - oldest < _LATE // _TICK:
            return facts, []
        since = f"{_time(oldest):%Y-%m-%d %H:%M} UTC"
        if asked is not None and now - asked < _LATE // _TICK:
            return facts, [
                Text(
                    id=f"Pekerjaan yang jatuh waktu {since} belum selesai; pekerjanya ada, tetapi "
                    "tertinggal. Tambah pekerja (pst work) atau periksa lognya.",
                    en=f"Work due at {since} is not done; somebody asks for work but is behind. "
                    "Add workers (pst work) or look at their log.",
                )
            ]
        last = f"{_time(asked):%Y-%m-%d %H:%M} UTC" if asked is not None else ""
        return facts, [
            Text(
                id=f"Pekerjaan jatuh waktu {since}, tetapi tidak ada yang menanyakannya "
                f"{f'sejak {last}' if last else 'sama sekali'}. Jalankan pst work.",
                en=f"Work is due since {since}, but nobody has asked for it "
                f"{f'since {last}' if last else 'at all'}. Run pst work.",
            )
        ]

    def _database_health(self) -> Health:
        warnings = []
        facts = {"database": self._base.where, "dialect": self._base.dialect}
        if self._base.dialect == "sqlite":
            facts["sqlite"] = sqlite3.sqlite_version
            if wal_reset_bug(sqlite3.sqlite_version_info):
                warnings.append(
                    Text(
                        id=f"SQLite {sqlite3.sqlite_version} dapat kehilangan data bila beberapa "
                        "proses menulis bersamaan; pakai 3.51.3, 3.50.7 atau 3.44.6 ke atas.",
                        en=f"SQLite {sqlite3.sqlite_version} can lose data when several processes "
                        "write at once; use 3.51.3, 3.50.7 or 3.44.6 and later.",
                    )
                )
        else:
            for setting in ("server_version", "fsync", "full_page_writes", "synchronous_commit"):
                facts[setting] = str(self._rows(f"SHOW {setting}")[0][0])
                if facts[setting] == "off":
                    warnings.append(
                        Text(
                            id=f"Server basis data berjalan dengan {setting}=off: data dapat "
                            "hilang bila listrik padam.",
                            en=f"The database server runs with {setting}=off: data can be lost "
                            "when the power fails.",
                        )
                    )
        return Health(tuple(warnings), facts)

    def close(self) -> None:
        """Release what the store holds; it cannot be used afterwards."""
        if self._process in (None, os.getpid()):
            self._base.close()

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_process(self) -> None:
        # A connection taken through a fork drops the locks of the parent when it is closed.
        if self._process not in (None, os.getpid()):
            raise errors.closed()

    def _rows(self, sql: str, **values: Any) -> list[Any]:
        self._check_process()
        with self._base.reading() as connection:
            rows: list[Any] = connection.execute(sql, values).fetchall()
            return rows

    def _write(self, job: Any) -> Any:
        self._check_process()
        return self._base.write(job)

    def _changed(self, sql: str, **values: Any) -> bool:
        return bool(self._write(lambda connection: connection.execute(sql, values).rowcount))


def _open(url: str, wait: float) -> SqliteFile | PostgresDatabase:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise _bad_url(url) from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        if parsed.database in (None, "", ":memory:"):
            raise _bad_url(url)
        return SqliteFile(Path(str(parsed.database)), wait)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return PostgresDatabase(parsed.set(drivername="postgresql+psycopg"), wait)
    raise _bad_url(parsed.render_as_string(hide_password=True))


def _bad_url(url: str) -> BadInput:
    return BadInput(
        "bad-store-url",
        Text(id=f"Alamat penyimpanan {url!r} tidak dikenal.", en=f"Unknown store address {url!r}."),
        remedy=Text(
            id="Tulis sqlite:///pst.db atau postgresql+psycopg://pengguna@server/basisdata; "
            "untuk di memori pakai MemoryStore().",
            en="Write sqlite:///pst.db or postgresql+psycopg://user@server/database; "
            "for a store in memory use MemoryStore().",
        ),
    )


def _micros(time: dt.datetime) -> int:
    """Return ``time`` as it is stored, when nobody has looked at it yet."""
    check_aware(time)
    return micros(time)


@lru_cache(4096)  # a case is read again for each of its commands
def _time(at: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=at)


def _previous(batch: Batch) -> str | None:
    """Return the digest that the events of ``batch`` go on from; None if the batch does not say."""
    return "" if batch.expected_version == 0 else batch.previous


def _first_answer(batch: Batch) -> Appended:
    """Return the answer to ``batch`` when it is written."""
    before = batch.expected_version
    return Appended(
        stream=batch.stream, version=before + len(batch.events), first_version=before + 1
    )


def _command_values(batch: Batch, answer: Appended) -> dict[str, Any]:
    return {
        "command_id": batch.command_id,
        "office": batch.office,
        "fingerprint": batch.fingerprint,
        "stream": batch.stream,
        "first_version": answer.first_version,
        "version": answer.version,
    }


def _as_json(batch: Batch, previous: str) -> str:
    """Return what the statement ``append`` is given: ``batch`` after the digest ``previous``."""
    rows: dict[str, Any] = {
        **_command_values(batch, _first_answer(batch)),
        "previous": previous,
        "at": micros(batch.at),
        "actor": batch.actor,
        "events": [
            {"name": event.name, "schema": event.schema, "body": event.body, "digest": digest}
            for event, digest in zip(batch.events, digests(batch, previous), strict=True)
        ],
        "numbers": [{"name": n.series, "value": n.value} for n in batch.numbers],
        "effects": [
            {"key": e.key, "kind": e.kind, "body": e.body, "due": micros(e.due)}
            for e in batch.effects
        ],
    }
    if batch.summary is not None:
        rows["summary"] = _summary_values(batch.summary)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _event(row: tuple[Any, ...]) -> StoredEvent:
    position, stream, version, name, schema, body, at, actor, command_id, digest = row
    return StoredEvent(
        position, stream, version, name, schema, body, _time(at), actor, command_id, digest
    )


def _checkpoint(row: tuple[str, int, str]) -> Checkpoint:
    office, number, body = row
    try:
        kept = read_checkpoint(body)
    except BadInput:
        return unreadable(office, number)
    return kept if (kept.office, kept.number) == (office, number) else unreadable(office, number)


def _line(row: NoteRow) -> AuditLine:
    return AuditLine(
        row.office, _time(row.at), row.what, row.actor, row.role, row.stream, row.detail
    )


def _summary(row: tuple[Any, ...]) -> Summary:
    stream, procedure, office, phase, whose, applicant, title, opened, changed, due, wake = row
    return Summary(
        stream=stream,
        procedure=procedure,
        office=office,
        phase=phase,
        whose=whose,
        applicant=applicant,
        title=title,
        opened=_time(opened),
        changed=_time(changed),
        due=None if due is None else _time(due),
        wake=None if wake is None else _time(wake),
    )


def _summary_values(summary: Summary) -> dict[str, Any]:
    return {
        "stream": summary.stream,
        "procedure": summary.procedure,
        "office": summary.office,
        "phase": summary.phase,
        "whose": summary.whose,
        "applicant": summary.applicant,
        "title": summary.title,
        "opened": micros(summary.opened),
        "changed": micros(summary.changed),
        "due": None if summary.due is None else micros(summary.due),
        "wake": None if summary.wake is None else micros(summary.wake),
    }
