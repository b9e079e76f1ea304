"""A store in the memory of one process: for tests, trials and simulations.

It keeps every promise of the port except that its content ends with the process.
"""

from __future__ import annotations

import datetime as dt
import threading

import attrs

from pst_core.refusal import StorageError
from pst_core.text import Text

from .admission import (
    check_aware,
    command_id_reused,
    effect_exists,
    examine,
    number_taken,
    stale_version,
)
from .ports import (
    Appended,
    Batch,
    Claimed,
    EffectRow,
    EffectStatus,
    StoredEvent,
    Summary,
)

__all__ = ["MemoryStore"]


@attrs.define
class _Effect:
    """An outbox row: ``ready`` is when it may be claimed next, None when it has come to rest."""

    row: EffectRow
    ready: dt.datetime | None
    place: int
    tries: int = 0


class MemoryStore:
    """A ``Store`` that lives as long as the object; any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = True
        self._events: list[StoredEvent] = []
        self._streams: dict[str, list[StoredEvent]] = {}
        self._commands: dict[str, tuple[str, str, Appended]] = {}
        self._effects: dict[str, _Effect] = {}
        self._register: dict[str, Summary] = {}
        self._series: dict[str, int] = {}

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

    def _write(self, batch: Batch) -> Appended:
        events = self._streams.setdefault(batch.stream, [])
        for event in batch.events:
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
            raise command_id_reused(command_id)
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

    def waking(self, now: dt.datetime, limit: int = 100) -> tuple[Summary, ...]:
        """Return streams whose ``wake`` is at or before ``now``, earliest first."""
        check_aware(now)
        with self._lock:
            self._check_open()
            due = [(row.wake, row) for row in self._register.values() if row.wake is not None]
        due = [pair for pair in due if pair[0] <= now]
        due.sort(key=lambda pair: (pair[0], pair[1].stream))
        return tuple(row for _, row in due[:limit])

    def claim(
        self, worker: str, now: dt.datetime, lease: dt.timedelta, limit: int = 20
    ) -> tuple[Claimed, ...]:
        """Take queued effects that are due, and claimed ones whose lease has ended."""
        check_aware(now)
        del worker  # kept for people who look at a database; nothing depends on it
        with self._lock:
            self._check_open()
            ready = [(e.ready, e.place, e) for e in self._effects.values() if e.ready is not None]
            ready = sorted(item for item in ready if item[0] <= now)[:limit]
            ready.sort(key=lambda item: item[1])
            return tuple(self._take(effect, now + lease) for _, _, effect in ready)

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
