"""``SealedStore``: any store of the desk, with personal data sealed on the way in.

What ``pst_core.desk.fields`` marks as personal leaves the body of an event and lies in a box under
the key of the person; the body keeps a reference. Both are written in one transaction. On the way
out it is put back; where the key was destroyed, ``ERASED`` stands in its place.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from pst_core.desk.admission import examine
from pst_core.desk.fields import ERASED, PERSONAL, Held, plan_of, replaced
from pst_core.desk.ports import (
    Appended,
    AuditLine,
    Batch,
    Box,
    Claimed,
    EffectRow,
    EffectStatus,
    Erased,
    KeyProvider,
    NewEvent,
    Number,
    PersonKey,
    Reading,
    StoredEvent,
    Summary,
)
from pst_core.refusal import Conflict, StorageError
from pst_core.text import Text
from pst_core.workflow import Role

from .ciphers import InvalidTag, opened, sealed

__all__ = ["SealedStore"]

PERSON, FINANCE, OFFICE = "person", "finance", "office"
SEALED = "(tersegel / sealed)"
"""Stands where the office key of another office would be needed."""
_REF = re.compile(r'"\\u001a(~[0-9a-f]{24}\.[0-9a-f]{12})/(\*?\d+)"')
"""A reference in the JSON of a body: the box, and which of its texts; ``*``: the whole body."""
_TOKEN = re.compile(r"\x1a(~[0-9a-f]{24}):([A-Za-z0-9+/=]+)")
_IN_RESULT = re.compile(r'"\\u001a(~[0-9a-f]{24}):([A-Za-z0-9+/=]+)"')
_OPEN_FACTS = frozenset({"sha256", "name", "number", "digest", "code", "left_out"})
"""What of an effect's result names no person: digests and numbers of papers, billing codes."""
_REMEMBERED = 4096


class SealedStore:
    """A ``Store`` around ``store`` (which is a ``Vault`` as well) that seals under ``keys``.

    Cases that were written unsealed before go on as they are. A person's opened key is remembered
    in the process. Everything that the ports do not name is that of ``store``.
    """

    def __init__(self, store: Any, keys: KeyProvider) -> None:
        self.inner = store
        self.keys = keys
        self._lock = threading.Lock()
        self._opened: dict[tuple[str, str], bytes] = {}
        self._persons: dict[tuple[str, str], str] = {}
        self._gone: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def __enter__(self) -> SealedStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.inner.close()

    # -- keys ---------------------------------------------------------------------------------

    def _own(self, office: str) -> bytes:
        """Return the office's own data key, which digests and what is nobody's lie under."""
        known = self._persons.get((office, ""))
        if known is not None:
            return self._key(known, OFFICE)
        for _ in range(3):
            found = self.inner.person_keys(office=office, lookup=OFFICE)
            if found:
                self._persons[office, ""] = found[0].person
                return self._key(found[0].person, OFFICE)
            key = self._new_key(office, OFFICE, OFFICE)
            try:
                self.inner.add_keys((key,))
            except Conflict:
                continue  # another process made it meanwhile
        raise self._no_key(office)

    def _new_key(self, office: str, kind: str, lookup: str, person: str = "") -> PersonKey:
        person = person or f"~{secrets.token_hex(12)}"
        wrapped = self.keys.wrap(office, secrets.token_bytes(32), f"{person}|{kind}")
        return PersonKey(person, kind, office, lookup, wrapped)

    def _key(self, person: str, kind: str) -> bytes:
        """Return the opened key.

        Raises ``_Gone`` if it was destroyed, ``_Elsewhere`` if it is of an office that the
        provider does not know, ``StorageError`` if the office's key is not the right one.
        """
        known = self._opened.get((person, kind))
        if known is not None:
            return known
        row = next((k for k in self.inner.person_keys(person=person) if k.kind == kind), None)
        if row is None or not row.wrapped:
            raise _Gone
        return self._open(row)

    def _open(self, row: PersonKey) -> bytes:
        known = self._opened.get((row.person, row.kind))
        if known is not None:
            return known
        if not self.keys.knows(row.office):
            raise _Elsewhere
        key = self.keys.unwrap(row.office, row.wrapped, f"{row.person}|{row.kind}")
        with self._lock:
            if len(self._opened) >= _REMEMBERED:
                self._opened.clear()
            self._opened[row.person, row.kind] = key
        return key

    def _forget_cached(self) -> None:
        with self._lock:
            self._opened.clear()
            self._persons.clear()

    def _digest(self, office: str, what: str) -> str:
        return hmac.digest(self._own(office), what.encode(), "sha256").hex()

    def person_of(self, office: str, key: str) -> str | None:
        """Return what history calls the person whom the host knows as ``key``, or None."""
        known = self._persons.get((office, key))
        if known is not None:
            return known
        if not self.keys.knows(office):
            return None
        found = self.inner.person_keys(office=office, lookup=self._digest(office, f"id|{key}"))
        live: list[str] = [row.person for row in found if row.kind == PERSON and row.wrapped]
        if not live:
            return None
        with self._lock:
            self._persons[office, key] = live[0]
        return live[0]

    def _taken(self, office: str, key: str) -> tuple[str, list[PersonKey]]:
        """Return the pseudonym for ``key``, and the new keys if there is none yet."""
        person = self.person_of(office, key)
        if person is not None:
            return person, []
        if not self.keys.knows(office):
            raise self._no_key(office)
        new = self._new_key(office, PERSON, self._digest(office, f"id|{key}"))
        return new.person, [new]

    # -- writing ------------------------------------------------------------------------------

    def append(self, batch: Batch) -> Appended:
        """Write ``batch``, sealed, in one transaction of the store."""
        return self._appended(batch, self.inner.append)

    def append_within(self, connection: Any, batch: Batch) -> Appended:
        """Write ``batch``, sealed, in the transaction that the host opened."""
        return self._appended(batch, lambda b: self.inner.append_within(connection, b))

    def _appended(self, batch: Batch, append: Callable[[Batch], Appended]) -> Appended:
        examine(batch)
        try:
            return append(self._sealed(batch))
        except Conflict as conflict:
            if conflict.code == "command-id-reused":
                # answered before the store was sealed, perhaps
                known = self.inner.answer(batch.command_id, batch.office, batch.fingerprint)
                if known is not None:
                    return known  # type: ignore[no-any-return]
            if conflict.code in ("key-exists", "key-gone"):
                self._forget_cached()
            raise

    def _sealed(self, batch: Batch) -> Batch:
        whose = batch.person
        if not whose and batch.summary is not None and batch.summary.applicant not in ("", "-"):
            whose = batch.summary.applicant
        before = self.inner.summary(batch.stream) if whose == ERASED else None
        if before is not None:
            whose = ""  # what comes after an erasure is nobody's but the case's
        person, new = self._taken(batch.office, whose or f"case|{batch.stream}")
        fresh = {(k.person, k.kind): k for k in new}
        sealing = _Sealing(person, batch.stream)
        events = tuple(self._sealed_event(event, sealing) for event in batch.events)
        actor = self._sealed_actor(batch.actor, sealing) if events else batch.actor
        if sealing.values[FINANCE]:
            fresh.update(self._finance_key(person, batch.office))
        for row in fresh.values():
            self._open(row)
        summary = batch.summary
        if summary is not None and before is not None:
            summary = attrs.evolve(summary, applicant=before.applicant, title=ERASED)
        elif summary is not None:
            summary = attrs.evolve(
                summary,
                applicant=person,
                title=self._token(person, json.dumps([summary.applicant, summary.title])),
            )
        return attrs.evolve(
            batch,
            events=events,
            actor=actor,
            fingerprint=self._digest(batch.office, f"command|{batch.fingerprint}"),
            summary=summary,
            keys=tuple(fresh.values()),
            boxes=tuple(self._box(sealing, kind) for kind in (PERSON, FINANCE)
                        if sealing.values[kind]),
        )  # fmt: skip

    def _finance_key(self, person: str, office: str) -> dict[tuple[str, str], PersonKey]:
        if (person, FINANCE) in self._opened:
            return {}
        if any(k.kind == FINANCE for k in self.inner.person_keys(person=person)):
            return {}
        return {(person, FINANCE): self._new_key(office, FINANCE, "", person)}

    def _box(self, sealing: _Sealing, kind: str) -> Box:
        text = json.dumps(sealing.values[kind], ensure_ascii=False)
        return self._box_of(sealing.refs[kind], sealing.stream, sealing.person, kind, text)

    def _box_of(self, ref: str, stream: str, person: str, kind: str, text: str) -> Box:
        key = self._key(person, kind)
        return Box(ref, stream, person, kind, sealed(key, text, f"box|{ref}|{stream}|{kind}"))

    def _sealed_event(self, event: NewEvent, sealing: _Sealing) -> NewEvent:
        plan = plan_of(event.name)
        if plan is None:
            # what is not known may hold anything
            ref, _, n = sealing.put(PERSON, event.body).rpartition("/")
            return attrs.evolve(event, body=_quoted(f"{ref}/*{n}"))
        fields = json.loads(event.body)
        out = replaced(fields, plan, sealing.put_field)
        body = json.dumps(out, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return attrs.evolve(event, body=body)

    @staticmethod
    def _sealed_actor(actor: str, sealing: _Sealing) -> str:
        fields = json.loads(actor)
        if not isinstance(fields, dict):
            return actor
        if fields.get("role") != "applicant" and "\\u001a" not in actor:
            return actor
        for name in ("id", "name"):
            if fields.get(name):
                fields[name] = sealing.put(PERSON, fields[name])
        return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def answer(self, command_id: str, office: str, fingerprint: str) -> Appended | None:
        """Return the first answer to ``command_id``, or None; raises ``Conflict`` like append."""
        if not self.keys.knows(office):
            raise self._no_key(office)
        digest = self._digest(office, f"command|{fingerprint}")
        answer: Appended | None
        try:
            answer = self.inner.answer(command_id, office, digest)
        except Conflict:
            # from before the store was sealed
            answer = self.inner.answer(command_id, office, fingerprint)
        return answer

    # -- reading ------------------------------------------------------------------------------

    def load(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]:
        """Return the events of ``stream`` with a version above ``after``, in order."""
        return self._put_back(self.inner.load(stream, after))

    def read(self, after: int = 0, limit: int = 1000) -> tuple[StoredEvent, ...]:
        """Return events of all streams above position ``after``: never skips a late commit."""
        return self._put_back(self.inner.read(after, limit))

    def _put_back(self, rows: tuple[StoredEvent, ...]) -> tuple[StoredEvent, ...]:
        refs = {
            found[1]
            for row in rows
            for text in (row.body, row.actor)
            if "\\u001a" in text
            for found in _REF.finditer(text)
        }
        if not refs:
            return rows
        boxes = {box.ref: box for box in self.inner.boxes(sorted(refs))}
        values = {ref: self._values(ref, boxes.get(ref)) for ref in refs}

        def put(found: re.Match[str]) -> str:
            inside, n = values[found[1]], found[2]
            if isinstance(inside, str):
                return _quoted(inside)
            return inside[int(n[1:])] if n.startswith("*") else _quoted(inside[int(n)])

        return tuple(
            attrs.evolve(row, body=_REF.sub(put, row.body), actor=_REF.sub(put, row.actor))
            for row in rows
        )

    def _values(self, ref: str, box: Box | None) -> list[str] | str:
        """Return the texts of a box; one word for all of them where it cannot be opened."""
        person = ref.partition(".")[0]
        if box is None:
            if self._is_gone(person):
                return ERASED
            raise StorageError(
                "sealed-data-missing",
                Text(
                    id="Data pribadi yang disebut riwayat hilang, padahal orangnya tidak dihapus.",
                    en="Personal data that history refers to are missing, and nobody erased them.",
                ),
                remedy=Text(
                    id="Basis data mungkin rusak: pulihkan dari cadangan.",
                    en="The database may be damaged: restore it from a backup.",
                ),
            )
        if box.kind == FINANCE and self._is_gone(person):
            # kept for the law alone; see ``retained``
            return ERASED
        try:
            found = self._read(box)
        except _Gone:
            return ERASED
        except _Elsewhere:
            return SEALED
        inside: list[str] = json.loads(found)
        return inside

    def _is_gone(self, person: str) -> bool:
        # asked of the store, for the key remembered here may have been destroyed elsewhere
        if person in self._gone:
            return True
        rows = [k for k in self.inner.person_keys(person=person) if k.kind == PERSON]
        gone = any(not k.wrapped for k in rows)
        if gone:
            self._forget_cached()
            self._gone.add(person)
        return gone

    def _read(self, box: Box) -> str:
        key = self._key(box.person, box.kind)
        try:
            return opened(key, box.text, f"box|{box.ref}|{box.stream}|{box.kind}")
        except InvalidTag as error:
            raise StorageError(
                "sealed-data-changed",
                Text(
                    id="Data pribadi yang tersegel berubah sejak disegel.",
                    en="Sealed personal data were changed since they were sealed.",
                ),
                remedy=Text(
                    id="Basis data mungkin rusak atau diubah orang: pulihkan dari cadangan.",
                    en="The database may be damaged or tampered with: restore it from a backup.",
                ),
            ) from error

    # -- the register -------------------------------------------------------------------------

    def _token(self, person: str, text: str) -> str:
        return f"\x1a{person}:{sealed(self._key(person, PERSON), text, f'token|{person}')}"

    def _told(self, token: str) -> str | None:
        """Return what a token says; None where its key is gone."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            return token
        try:
            return opened(self._key(found[1], PERSON), found[2], f"token|{found[1]}")
        except (_Gone, _Elsewhere, InvalidTag):
            return None

    def title_of(self, title: str) -> str:
        """Return what the title column of a row of the register says, opened if it is sealed."""
        if not title.startswith("\x1a"):
            return title
        told = self._told(title)
        return ERASED if told is None else str(json.loads(told)[1])

    def _row(self, row: Summary) -> Summary:
        if not row.title.startswith("\x1a"):
            return row
        told = self._told(row.title)
        if told is None:
            return attrs.evolve(row, title=ERASED)
        applicant, title = json.loads(told)
        return attrs.evolve(row, applicant=applicant, title=title)

    def register(
        self, office: str, *, applicant: str | None = None, limit: int = 50, **chosen: Any
    ) -> tuple[Summary, ...]:
        """Return register rows of ``office``, ordered by stream, from the one after ``after``."""
        if applicant is None:
            rows = self.inner.register(office, limit=limit, **chosen)
        else:
            person = self.person_of(office, applicant)
            wanted = [applicant] if person is None else [applicant, person]
            rows = [
                row
                for one in wanted
                for row in self.inner.register(office, applicant=one, limit=limit, **chosen)
            ]
            rows = sorted(rows, key=lambda row: row.stream)[:limit]
        return tuple(self._row(row) for row in rows)

    def summary(self, stream: str) -> Summary | None:
        """Return the register's row of ``stream``."""
        row = self.inner.summary(stream)
        return None if row is None else self._row(row)

    def waking(
        self, now: dt.datetime, limit: int = 100, *, office: str | None = None
    ) -> tuple[Summary, ...]:
        """Return streams (of ``office``) whose ``wake`` is at or before ``now``, earliest first."""
        return tuple(self._row(row) for row in self.inner.waking(now, limit, office=office))

    # -- effects ------------------------------------------------------------------------------

    def finish(self, key: str, attempt: int, result: str) -> bool:
        """Mark done; what the result says of a person is sealed."""
        done: bool = self.inner.finish(key, attempt, self._sealed_result(key, result))
        return done

    def fail(self, key: str, attempt: int, error: str, retry_at: dt.datetime | None) -> bool:
        """Queue again or set aside; the error is sealed, for it may name an address."""
        told = self._of_stream(key)
        if told is not None and error:
            error = self._token(told, error)
        done: bool = self.inner.fail(key, attempt, error, retry_at)
        return done

    def _of_stream(self, key: str) -> str | None:
        row = self.inner.summary(key.rsplit("/", 3)[0])
        if row is None or not row.title.startswith("\x1a"):
            return None
        try:
            self._key(row.applicant, PERSON)
        except (_Gone, _Elsewhere):
            return None
        person: str = row.applicant
        return person

    def _sealed_result(self, key: str, result: str) -> str:
        try:
            fields = json.loads(result)
        except ValueError:
            fields = None
        person = self._of_stream(key)
        if not isinstance(fields, dict):
            return result if person is None or not result else self._token(person, result)
        for name, value in fields.items():
            if name in _OPEN_FACTS or name.startswith("paper/"):
                continue
            if person is not None:
                fields[name] = self._token(person, json.dumps(value))
            elif self._erased_case(key):
                fields[name] = ERASED
        return json.dumps(fields, sort_keys=True)

    def _erased_case(self, key: str) -> bool:
        row = self.inner.summary(key.rsplit("/", 3)[0])
        return row is not None and row.title == ERASED

    def effects(
        self, stream: str | None = None, *, status: EffectStatus | None = None, limit: int = 1000
    ) -> tuple[EffectRow, ...]:
        """Return effects in the order they were written."""
        rows = self.inner.effects(stream, status=status, limit=limit)
        return tuple(
            attrs.evolve(row, result=self._opened_result(row.result)) if "\x1a" in row.result
            or "\\u001a" in row.result else row
            for row in rows
        )  # fmt: skip

    def _opened_result(self, result: str) -> str:
        if result.startswith("\x1a"):
            told = self._told(result)
            return ERASED if told is None else told

        def put(found: re.Match[str]) -> str:
            told = self._told(f"\x1a{found[1]}:{found[2]}")
            return _quoted(ERASED) if told is None else told

        return _IN_RESULT.sub(put, result)

    def claim(
        self, worker: str, now: dt.datetime, lease: dt.timedelta, limit: int = 20, *,
        office: str | None = None,
    ) -> tuple[Claimed, ...]:  # fmt: skip
        """Take queued effects that are due, and claimed ones whose lease has ended."""
        claimed: tuple[Claimed, ...] = self.inner.claim(worker, now, lease, limit, office=office)
        return claimed

    def retry(self, key: str, now: dt.datetime) -> bool:
        """Queue a set-aside effect for a fresh set of tries; False if there is none of that key."""
        again: bool = self.inner.retry(key, now)
        return again

    def last_number(self, series: str) -> int:
        """Return the last number taken from ``series``; 0 for a new one."""
        last: int = self.inner.last_number(series)
        return last

    # -- readings -----------------------------------------------------------------------------

    def note(self, line: AuditLine, number: Number | None = None) -> int:
        """Write a line of the audit log; an applicant stands in it as history calls them.

        Who has no key yet stands there as a digest under the office's key.
        """
        if line.role == Role.APPLICANT and self.keys.knows(line.office):
            digest = f"~{self._digest(line.office, f'audit|{line.actor}')[:24]}"
            who = self.person_of(line.office, line.actor) or digest
            line = attrs.evolve(line, actor=who)
        place: int = self.inner.note(line, number)
        return place

    def note_reading(self, reading: Reading) -> None:
        """Write that somebody was shown personal data."""
        self.inner.note_reading(reading)

    def readings(self, office: str, stream: str | None = None) -> tuple[Reading, ...]:
        """Return the readings at ``office`` (of ``stream`` and of lists, if named), in order."""
        found: tuple[Reading, ...] = self.inner.readings(office, stream)
        return found

    # -- persons ------------------------------------------------------------------------------

    def persons(self, office: str) -> tuple[str, ...]:
        """Return the pseudonyms of all of ``office`` whose key lives."""
        return tuple(
            k.person
            for k in self.inner.person_keys(office=office)
            if k.kind == PERSON and k.wrapped
        )

    def person_of_case(self, stream: str) -> str | None:
        """Return the pseudonym of the person whose case ``stream`` is; None if unsealed."""
        row = self.inner.summary(stream)
        return row.applicant if row is not None and row.title.startswith("\x1a") else None

    def cases_of(self, person: str) -> tuple[str, ...]:
        """Return every stream that holds texts of ``person``, sorted."""
        return tuple(sorted({b.stream for b in self.inner.boxes_of(person) if b.stream}))

    def held(self, person: str) -> dict[str, list[str]]:
        """Return all texts under the key of ``person``, by box."""
        found = {}
        for box in self.inner.boxes_of(person):
            if box.kind == PERSON and not box.ref.startswith("blob:"):
                found[box.ref] = json.loads(self._read(box))
        return found

    def keep(self, person: str, office: str, name: str, record: Mapping[str, Any]) -> None:
        """Put ``record`` under the finance key of ``person``, to be kept after an erasure."""
        new = self._finance_key(person, office)
        if new:
            self.inner.add_keys(tuple(new.values()))
        text = json.dumps([json.dumps(record, ensure_ascii=False)], ensure_ascii=False)
        self.inner.put_boxes((self._box_of(f"kept:{person}:{name}", name, person, FINANCE, text),))

    def retained(self, person: str) -> tuple[dict[str, Any], ...]:
        """Return what the law keeps of ``person``: for those who must show it."""
        return tuple(
            json.loads(json.loads(self._read(box))[0])
            for box in self.inner.boxes_of(person)
            if box.ref.startswith("kept:")
        )

    def erase(
        self, person: str, *, at: dt.datetime, reason: str, keep_until: dt.datetime | None
    ) -> tuple[str, ...]:
        """Destroy the key of ``person``; return the keys of the files that nobody can open now.

        ``keep_until``: end of the term of what lies under the finance key; None destroys it, too.
        """
        rows = self.inner.person_keys(person=person)
        gone = [
            attrs.evolve(k, wrapped="", lookup="", until=at, reason=reason)
            for k in rows
            if k.kind == PERSON or (k.kind == FINANCE and keep_until is None)
        ]
        kept = [
            attrs.evolve(k, until=keep_until, reason=reason)
            for k in rows
            if k.kind == FINANCE and k.wrapped and keep_until is not None
        ]
        kinds = {k.kind for k in gone}
        boxes = self.inner.boxes_of(person)
        files = [b for b in boxes if b.ref.startswith("blob:") and b.kind in kinds]
        inside = tuple(self._read(box) for box in files)
        for kind in kinds:
            # where they lie is written down first: it is told by the key that goes now
            self._leave(person, kind, rows[0].office, [b for b in files if b.kind == kind])
        if kept:
            self.inner.put_keys(kept)
        results = {
            row.key: _scrubbed(row.result, person)
            for stream in self.cases_of(person)
            for row in self.inner.effects(stream)
            if person in row.result
        }
        self.inner.forget(gone, ERASED, results)
        self._forget_cached()
        self._gone.add(person)
        return inside

    def _leave(self, person: str, kind: str, office: str, files: Sequence[Box]) -> None:
        """Write down under the office's key where ``files`` lie, for ``left``."""
        places = [self._read(box) for box in files]
        if places:
            self._own(office)
            own = self._persons[office, ""]
            text = json.dumps(places)
            self.inner.put_boxes((self._box_of(f"left:{person}:{kind}", "", own, OFFICE, text),))

    def left(self, office: str) -> dict[str, tuple[str, ...]]:
        """Return the places of files whose key was destroyed and that were not removed, by box."""
        self._own(office)
        found = {}
        for box in self.inner.boxes_of(self._persons[office, ""]):
            _, person, kind = [*box.ref.split(":"), "", ""][:3]
            if not box.ref.startswith("left:"):
                continue
            keys = [k for k in self.inner.person_keys(person=person) if k.kind == kind]
            # an erasure that broke off before the key went: the files are somebody's still
            if not any(k.wrapped for k in keys):
                found[box.ref] = tuple(json.loads(self._read(box)))
        return found

    def expire(self, office: str, now: dt.datetime) -> tuple[str, ...]:
        """Destroy the finance keys whose term has ended; return whose they were."""
        due = [
            attrs.evolve(k, wrapped="", until=now)
            for k in self.inner.person_keys(office=office)
            if k.kind == FINANCE and k.wrapped and k.until is not None and k.until <= now
        ]
        for k in due:
            boxes = self.inner.boxes_of(k.person)
            files = [b for b in boxes if b.ref.startswith("blob:") and b.kind == FINANCE]
            self._leave(k.person, FINANCE, office, files)
        if due:
            self.inner.forget(due, ERASED, {})
            self._forget_cached()
        return tuple(k.person for k in due)

    def erased(self, office: str) -> tuple[Erased, ...]:
        """Return who was erased at ``office``, when and why, and what is kept until when."""
        rows = self.inner.person_keys(office=office)
        kept = {k.person: k.until for k in rows if k.kind == FINANCE and k.wrapped}
        return tuple(
            Erased(k.person, office, k.until, k.reason, kept.get(k.person))
            for k in rows
            if k.kind == PERSON and not k.wrapped and k.until is not None
        )

    def correct(self, person: str, old: str, new: str) -> int:
        """Put ``new`` in the place of each text ``old`` of ``person``; return how many there were.

        History keeps its references, so nothing that was recorded moves.
        """
        changed, boxes = 0, []
        for box in self.inner.boxes_of(person):
            if box.kind not in (PERSON, FINANCE) or box.ref.startswith(("blob:", "kept:")):
                continue
            values = json.loads(self._read(box))
            times = values.count(old)
            if times:
                changed += times
                text = json.dumps([new if v == old else v for v in values], ensure_ascii=False)
                boxes.append(self._box_of(box.ref, box.stream, person, box.kind, text))
        if boxes:
            self.inner.put_boxes(boxes)
            for stream in self.cases_of(person):
                self._correct_title(stream, person, old, new)
        return changed

    def _correct_title(self, stream: str, person: str, old: str, new: str) -> None:
        row = self.inner.summary(stream)
        told = None if row is None or row.applicant != person else self._told(row.title)
        if row is None or told is None or not row.title.startswith("\x1a"):
            return
        applicant, title = json.loads(told)
        if title == old:
            self.inner.retitle(stream, row.title, self._token(person, json.dumps([applicant, new])))

    def rewrap(self, office: str) -> int:
        """Wrap every key of ``office`` under the current office key; return how many were not."""
        current = f"{self.keys.current}."
        old = [
            k
            for k in self.inner.person_keys(office=office)
            if k.wrapped and not k.wrapped.startswith(current)
        ]
        new = []
        for k in old:
            context = f"{k.person}|{k.kind}"
            key = self.keys.unwrap(office, k.wrapped, context)
            new.append(attrs.evolve(k, wrapped=self.keys.wrap(office, key, context)))
        self.inner.replace_keys(old, new)
        return len(new)

    def close(self) -> None:
        """Release what the store holds; it cannot be used afterwards."""
        self.inner.close()

    def _no_key(self, office: str) -> StorageError:
        return StorageError(
            "office-key-missing",
            Text(
                id=f"Kunci kantor {office} tidak ada di sini; tidak ada yang ditulis.",
                en=f"The key of office {office} is not here; nothing was written.",
            ),
            remedy=Text(
                id="Berikan penyedia kunci yang memuat kantor itu.",
                en="Give a provider of keys that has that office.",
            ),
        )


class _Gone(Exception):
    """The key was destroyed."""


class _Elsewhere(Exception):
    """The key is another office's."""


class _Sealing:
    """The texts that one batch takes out, by the kind of key that they go under."""

    def __init__(self, person: str, stream: str) -> None:
        self.person, self.stream = person, stream
        self.values: dict[str, list[str]] = {PERSON: [], FINANCE: []}
        self.refs = {kind: f"{person}.{secrets.token_hex(6)}" for kind in self.values}

    def put(self, kind: str, text: str) -> str:
        """Take ``text`` out and return what stands in its place."""
        self.values[kind].append(text)
        return f"\x1a{self.refs[kind]}/{len(self.values[kind]) - 1}"

    def put_field(self, held: Held, text: str) -> str:
        """Take out what is personal; an empty text says nothing and stays.

        What looks like a reference goes out as well, so that nobody can write one.
        """
        if not text or (held not in PERSONAL and "\x1a" not in text):
            return text
        return self.put(FINANCE if held is Held.PAYER else PERSON, text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _scrubbed(result: str, person: str) -> str:
    """Return the result of an effect without what lies under the key of ``person``."""
    if result.startswith("\x1a"):
        return ERASED

    def put(found: re.Match[str]) -> str:
        return _quoted(ERASED) if found[1] == person else found[0]

    return _IN_RESULT.sub(put, result)
