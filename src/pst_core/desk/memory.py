"""A store in the memory of one process: for tests, trials and simulations.

It keeps every promise of the port except that its content ends with the process.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs

from pst_core.evidence import Checkpoint, EventRow, NoteRow
from pst_core.refusal import StorageError
from pst_core.text import Text

from .admission import (
    check_aware,
    command_id_reused,
    effect_exists,
    examine,
    examine_line,
    is_pseudonym,
    number_taken,
    stale_version,
)
from .memory_people import MemoryPeople
from .ports import (
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
from .sealing import digests, micros, note_row

__all__ = ["MemoryStore"]


@attrs.define
class _Effect:
    """An outbox row: ``ready`` is when it may be claimed next, None when it has come to rest."""

    row: EffectRow
    ready: dt.datetime | None
    place: int
    tries: int = 0


class MemoryStore(MemoryPeople):
    """A ``Store`` that lives as long as the object; any number of threads may use it."""

    def __init__(self) -> None:
        super().__init__()
        self._open = True
        self._events: list[StoredEvent] = []
        self._streams: dict[str, list[StoredEvent]] = {}
        self._commands: dict[str, tuple[str, str, Appended]] = {}
        self._effects: dict[str, _Effect] = {}
        self._register: dict[str, Summary] = {}
        self._series: dict[str, int] = {}
        self._notes: list[AuditLine] = []
        self._seals: list[Checkpoint] = []

    def load(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]:
        """Return the events of ``stream`` with a version above ``after``, in order."""
        with self._lock:
            self._check_open()
            return tuple(self._streams.get(stream, ())[max(after, 0) :])

    def read(self, after: int = 0, limit: int = 1000) -> tuple[StoredEvent, ...]:
        """Return events of all streams with a position above ``after``."""
        with self._lock:
            self._check_open()
            start = max(after, 0)
            return tuple(self._events[start : start + limit])

    def append(self, batch: Batch) -> Appended:
        """Write ``batch`` or raise as the port says."""
        examine(batch)
        with self._lock:
            self._check_open()
            known = self._answer(batch.command_id, batch.office, batch.fingerprint)
            if known is not None:
                return known
            self._check(batch)
            return self._write(batch)

    def _check(self, batch: Batch) -> None:
        version = len(self._streams.get(batch.stream, ()))
        if version != batch.expected_version:
            raise stale_version(batch.stream, batch.expected_version, version)
        taken: dict[str, int] = {}
        for number in batch.numbers:
            last = taken.get(number.series, self._series.get(number.series, 0))
            if number.value != last + 1:
                raise number_taken(number.series, number.value, last)
            taken[number.series] = number.value
        keys: set[str] = set()
        for effect in batch.effects:
            if effect.key in self._effects or effect.key in keys:
                raise effect_exists(effect.key)
            keys.add(effect.key)
        self._check_keys(batch.keys, batch.boxes)

    def _write(self, batch: Batch) -> Appended:
        events = self._streams.setdefault(batch.stream, [])
        made = digests(batch, events[-1].digest if events else "")
        for event, digest in zip(batch.events, made, strict=True):
            stored = StoredEvent(
                position=len(self._events) + 1,
                stream=batch.stream,
                version=len(events) + 1,
                name=event.name,
                schema=event.schema,
                body=event.body,
                at=batch.at.astimezone(dt.UTC),
                actor=batch.actor,
                command_id=batch.command_id,
                digest=digest,
            )
            events.append(stored)
            self._events.append(stored)
        for effect in batch.effects:
            due = effect.due.astimezone(dt.UTC)
            row = EffectRow(
                key=effect.key,
                stream=batch.stream,
                kind=effect.kind,
                body=effect.body,
                status=EffectStatus.QUEUED,
                attempt=0,
                due=due,
                result="",
            )
            self._effects[effect.key] = _Effect(row, due, len(self._effects))
        for number in batch.numbers:
            self._series[number.series] = number.value
        if batch.summary is not None:
            self._register[batch.stream] = _in_utc(batch.summary)
        answer = Appended(
            stream=batch.stream, version=len(events), first_version=batch.expected_version + 1
        )
        self._write_people(batch)
        self._commands[batch.command_id] = (batch.office, batch.fingerprint, answer)
        return answer

    def answer(self, command_id: str, office: str, fingerprint: str) -> Appended | None:
        """Return the first answer to ``command_id``, or None; raises ``Conflict`` like append."""
        with self._lock:
            self._check_open()
            return self._answer(command_id, office, fingerprint)

    def _answer(self, command_id: str, office: str, fingerprint: str) -> Appended | None:
        known = self._commands.get(command_id)
        if known is None:
            return None
        if known[:2] != (office, fingerprint):
            raise command_id_reused()
        return attrs.evolve(known[2], repeated=True)

    def last_number(self, series: str) -> int:
        """Return the last number taken from ``series``; 0 for a new one."""
        with self._lock:
            self._check_open()
            return self._series.get(series, 0)

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
        if due_before is not None:
            check_aware(due_before)
        with self._lock:
            self._check_open()
            rows = [
                row
                for row in self._register.values()
                if row.office == office
                and row.stream > after
                and (procedure is None or row.procedure == procedure)
                and (phase is None or row.phase == phase)
                and (whose is None or row.whose == whose)
                and (applicant is None or row.applicant == applicant)
                and (due_before is None or (row.due is not None and row.due < due_before))
            ]
        return tuple(sorted(rows, key=lambda row: row.stream)[:limit])

    def summary(self, stream: str) -> Summary | None:
        """Return the register's row of ``stream``."""
        with self._lock:
            self._check_open()
            return self._register.get(stream)

    def waking(
        self, now: dt.datetime, limit: int = 100, *, office: str | None = None
    ) -> tuple[Summary, ...]:
        """Return streams (of ``office``) whose ``wake`` is at or before ``now``, earliest first."""
        check_aware(now)
        with self._lock:
            self._check_open()
            due = [
                (row.wake, row)
                for row in self._register.values()
                if row.wake is not None and office in (None, row.office)
            ]
        due = [pair for pair in due if pair[0] <= now]
        due.sort(key=lambda pair: (pair[0], pair[1].stream))
        return tuple(row for _, row in due[:limit])

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
        check_aware(now)
        del worker  # kept for people who look at a database; nothing depends on it
        with self._lock:
            self._check_open()
            ready = [
                (e.ready, e.place, e)
                for e in self._effects.values()
                if e.ready is not None and self._is_of(e.row.stream, office)
            ]
            ready = sorted(item for item in ready if item[0] <= now)[:limit]
            ready.sort(key=lambda item: item[1])
            return tuple(self._take(effect, now + lease) for _, _, effect in ready)

    def _is_of(self, stream: str, office: str | None) -> bool:
        row = self._register.get(stream)
        return office is None or (row is not None and row.office == office)

    def _take(self, effect: _Effect, until: dt.datetime) -> Claimed:
        row = effect.row
        effect.row = attrs.evolve(row, status=EffectStatus.CLAIMED, attempt=row.attempt + 1)
        effect.ready = until.astimezone(dt.UTC)
        effect.tries += 1
        return Claimed(row.key, row.stream, row.kind, row.body, row.attempt + 1, effect.tries)

    def finish(self, key: str, attempt: int, result: str) -> bool:
        """Mark done; False if ``attempt`` is not the current one (the lease went to another)."""
        with self._lock:
            effect = self._held(key, attempt)
            if effect is None:
                return False
            effect.row = attrs.evolve(effect.row, status=EffectStatus.DONE, result=result)
            effect.ready = None
            return True

    def fail(self, key: str, attempt: int, error: str, retry_at: dt.datetime | None) -> bool:
        """Queue again for ``retry_at``, or set aside (``DEAD``) if it is None; False as above."""
        if retry_at is not None:
            check_aware(retry_at)
            retry_at = retry_at.astimezone(dt.UTC)
        with self._lock:
            effect = self._held(key, attempt)
            if effect is None:
                return False
            effect.ready = retry_at
            effect.row = attrs.evolve(
                effect.row,
                status=EffectStatus.DEAD if retry_at is None else EffectStatus.QUEUED,
                due=effect.row.due if retry_at is None else retry_at,
                result=error,
            )
            return True

    def _held(self, key: str, attempt: int) -> _Effect | None:
        self._check_open()
        effect = self._effects.get(key)
        if effect is None or effect.row.status is not EffectStatus.CLAIMED:
            return None
        return effect if effect.row.attempt == attempt else None

    def retry(self, key: str, now: dt.datetime) -> bool:
        """Queue a set-aside effect for a fresh set of tries; False if there is none of that key."""
        check_aware(now)
        with self._lock:
            self._check_open()
            effect = self._effects.get(key)
            if effect is None or effect.row.status is not EffectStatus.DEAD:
                return False
            effect.ready = now.astimezone(dt.UTC)
            effect.tries = 0
            effect.row = attrs.evolve(effect.row, status=EffectStatus.QUEUED, due=effect.ready)
            return True

    def effects(
        self, stream: str | None = None, *, status: EffectStatus | None = None, limit: int = 1000
    ) -> tuple[EffectRow, ...]:
        """Return effects in the order they were written."""
        with self._lock:
            self._check_open()
            rows = [
                e.row
                for e in self._effects.values()
                if (stream is None or e.row.stream == stream)
                and (status is None or e.row.status is status)
            ]
        return tuple(rows[:limit])

    # Evidence.

    def note(self, line: AuditLine, number: Number | None = None) -> int:
        """Write ``line`` and return its place; ``number`` is taken with it, or neither."""
        examine_line(line)
        with self._lock:
            self._check_open()
            if number is not None:
                last = self._series.get(number.series, 0)
                if number.value != last + 1:
                    raise number_taken(number.series, number.value, last)
                self._series[number.series] = number.value
            self._notes.append(attrs.evolve(line, at=line.at.astimezone(dt.UTC)))
            return len(self._notes)

    def notes(
        self, office: str, after: int = 0, limit: int = 1000
    ) -> tuple[tuple[int, AuditLine], ...]:
        """Return lines of ``office`` with their places, above ``after``."""
        with self._lock:
            self._check_open()
            found = [
                (place, line)
                for place, line in enumerate(self._notes, 1)
                if place > after and line.office == office
            ]
        return tuple(found[:limit])

    def newest_note(self, office: str, what: str) -> AuditLine | None:
        """Return the newest line of ``office`` about ``what``."""
        with self._lock:
            self._check_open()
            lines = reversed(self._notes)
            return next((n for n in lines if (n.office, n.what) == (office, what)), None)

    def event_rows(self, office: str | None = None, after: int = 0) -> Iterator[EventRow]:
        """Yield events by position, as of one moment."""
        with self._lock:
            self._check_open()
            rows = [
                EventRow(
                    e.position,
                    self._commands[e.command_id][0],
                    e.stream,
                    e.version,
                    e.name,
                    e.schema,
                    e.body,
                    micros(e.at),
                    e.actor,
                    e.command_id,
                    e.digest,
                )
                for e in self._events[max(after, 0) :]
            ]
        return (row for row in rows if office in (None, row.office))

    def note_rows(self, office: str | None = None, after: int = 0) -> Iterator[NoteRow]:
        """Yield the lines of the audit log by place, as of one moment."""
        with self._lock:
            self._check_open()
            rows = [
                note_row(line, place) for place, line in enumerate(self._notes, 1) if place > after
            ]
        return (row for row in rows if office in (None, row.office))

    def checkpoints(
        self, office: str | None = None, *, newest: bool = False
    ) -> tuple[Checkpoint, ...]:
        """Return the checkpoints by office and number, or the newest of each office."""
        with self._lock:
            self._check_open()
            found = [c for c in self._seals if office in (None, c.office)]
        found.sort(key=lambda c: (c.office, c.number))
        if newest:
            found = list({c.office: c for c in found}.values())
        return tuple(found)

    def add_checkpoint(self, checkpoint: Checkpoint) -> bool:
        """Keep ``checkpoint``; False if its number is taken."""
        with self._lock:
            self._check_open()
            taken = {(c.office, c.number) for c in self._seals}
            if (checkpoint.office, checkpoint.number) in taken:
                return False
            self._seals.append(checkpoint)
            return True

    def unsealed(self) -> int:
        """Return how many rows of the register name their applicant in the clear."""
        with self._lock:
            self._check_open()
            return sum(not is_pseudonym(row.applicant) for row in self._register.values())

    def retitle(self, stream: str, old: str, new: str) -> None:
        """Give the register's row of ``stream`` the title ``new`` if it has ``old``."""
        with self._lock:
            self._check_open()
            if self._register[stream].title == old:
                self._register[stream] = attrs.evolve(self._register[stream], title=new)

    def _scrub(self, persons: set[str], title: str, results: Mapping[str, str]) -> None:
        for stream, row in self._register.items():
            if row.applicant in persons:
                self._register[stream] = attrs.evolve(row, title=title)
        for key, result in results.items():
            self._effects[key].row = attrs.evolve(self._effects[key].row, result=result)

    def close(self) -> None:
        """Release what the store holds; it cannot be used afterwards."""
        with self._lock:
            self._open = False

    def __enter__(self) -> MemoryStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_open(self) -> None:
        if not self._open:
            raise StorageError(
                "closed",
                Text(id="Penyimpanan ini sudah ditutup.", en="This store is closed."),
                remedy=Text(id="Buka lagi penyimpanannya.", en="Open the store again."),
            )


def _in_utc(summary: Summary) -> Summary:
    return attrs.evolve(
        summary,
        opened=summary.opened.astimezone(dt.UTC),
        changed=summary.changed.astimezone(dt.UTC),
        due=summary.due and summary.due.astimezone(dt.UTC),
        wake=summary.wake and summary.wake.astimezone(dt.UTC),
    )
