"""The tables beside the events, made anew from the events and held against what stands there.

Register, outbox and number series are written with the events and follow from them; nothing seals
them, for they change. Whoever forged a row of them is found out here, by what has happened.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..evidence import Finding
from ..refusal import PstError
from ..text import Text
from .auditing import known_shape, profile_digest
from .days import noted
from .fields import ERASED

if TYPE_CHECKING:
    from ..office import Office
    from .desk import Desk, Entry
    from .ports import EffectRow, StoredEvent, Summary

__all__ = ["rebuild"]

_ALL = 2**31 - 1
_NO_ROW = (PstError, ValueError, OverflowError, TypeError)
"""What reading a row raises that holds what no store would write there."""
_BY_EVENTS = ("procedure", "office", "phase", "opened", "changed")
"""What of a row of the register follows from the events alone."""
_BY_PROFILE = ("whose", "due", "wake")
"""What follows from the office's profile as well, as it was when the row was written."""
_OF_PERSON = ("applicant", "title")
_UNTOLD = (ERASED, "(tersegel / sealed)", "\\u001a")
"""What stands in an event where a text was erased, or is sealed and its key is not here."""
_WORDS = {
    "register-missing": Text(
        id="{row}: tidak ada dalam register.", en="{row}: not in the register."
    ),
    "register-invented": Text(
        id="{row}: ada dalam register tanpa satu kejadian pun.",
        en="{row}: in the register without a single event.",
    ),
    "register-differs": Text(
        id="{row}: register tidak sesuai dengan kejadiannya ({what}).",
        en="{row}: the register is not what the events say ({what}).",
    ),
    "outbox-missing": Text(
        id="{row}: hilang dari antrean keluar.", en="{row}: missing from the outbox."
    ),
    "outbox-invented": Text(
        id="{row}: ada dalam antrean keluar tanpa kejadian yang menyebabkannya.",
        en="{row}: in the outbox without an event that caused it.",
    ),
    "outbox-differs": Text(
        id="{row}: antrean keluar tidak sesuai dengan kejadiannya ({what}).",
        en="{row}: the outbox is not what the events say ({what}).",
    ),
    "series-differs": Text(
        id="Seri {row}: menurut kejadian nomor terakhirnya {wanted}, tercatat {found}.",
        en="Series {row}: by the events its last number is {wanted}, recorded is {found}.",
    ),
}


def rebuild(desk: Desk) -> tuple[Finding, ...]:
    """Return where register, outbox and number series are not what the office's events say.

    The first place first. Whose turn it is and what is due is compared where the profile is known
    to be the one by which the row was written (``Desk.note_profile``); what a channel to the
    treasury was asked for is not missed, for the profile may have named another then. What changes
    while it is looked at is looked at twice.
    """
    found = _once(desk)
    if not found:
        return ()
    again = set(_once(desk))
    return tuple(finding for finding in found if finding in again)


def _once(desk: Desk) -> tuple[Finding, ...]:
    office, store = desk.office.code, desk.store
    since = _profile_since(desk)
    first: dict[str, int] = {}
    everywhere: set[str] = set()
    for row in store.event_rows():  # type: ignore[attr-defined]
        everywhere.add(row.stream)
        if row.office == office:
            first.setdefault(row.stream, row.position)
    found: list[Finding] = []
    last: dict[str, int] = {}
    for stream, position in first.items():
        cases = _of_case(desk, stream, since, last)
        found += [_finding(code, office, row, position, **more) for code, row, more in cases]
    try:
        known = {row.stream for row in desk.register()}
    except _NO_ROW:  # its case was named above; the others are for the next time
        known = set()
    invented = sorted(known - first.keys())
    found += [_finding("register-invented", office, stream, 0) for stream in invented]
    try:
        outbox = store.effects(limit=_ALL)
    except _NO_ROW:
        outbox = ()
    of_nothing = [e.key for e in outbox if e.stream not in everywhere]
    found += [_finding("outbox-invented", office, key, 0) for key in of_nothing]
    for series, wanted in sorted(last.items()):
        now = store.last_number(series)
        if now != wanted:
            found.append(_finding("series-differs", office, series, 0, wanted=wanted, found=now))
    return tuple(found)


_Found = tuple[str, str, dict[str, Any]]


def _of_case(
    desk: Desk, stream: str, since: dt.datetime | None, last: dict[str, int]
) -> Iterator[_Found]:
    stored = desk.store.load(stream)
    if not stored:  # the event is there, but not for a reader: the digests tell more of it
        return
    entries = _entries(desk, stored)
    office = desk._version(stored, stored[-1].at)
    _take_numbers(stream, entries, office, last)
    try:
        row = desk.store.summary(stream)
    except _NO_ROW:
        yield "register-differs", stream, {"what": "-"}
        yield from _outbox(desk, stream, entries, office)
        return
    if row is None:
        yield "register-missing", stream, {}
    else:
        procedure = desk._procedure(stored)
        state, at = entries[-1].state, entries[-1].noted.at
        wanted = desk._summary(procedure, stream, state, at, office)
        # of who was erased or is sealed under another office's key nothing can be told
        told = not any(word in line.body for line in stored for word in _UNTOLD)
        if what := _differences(row, wanted, since, told):
            yield "register-differs", stream, {"what": ", ".join(what)}
    yield from _outbox(desk, stream, entries, office)


def _entries(desk: Desk, stored: tuple[StoredEvent, ...]) -> list[Entry]:
    from .desk import Entry

    procedure = desk._procedure(stored)
    state, entries = procedure.new, []
    for row in stored:
        happened = noted(row)
        step = procedure.row_of(happened.event, state)
        state = procedure.evolve(state, happened)
        entries.append(Entry(row.version, happened, step, state, row.command_id))
    return entries


def _differences(row: Summary, wanted: Summary, since: dt.datetime | None, told: bool) -> list[str]:
    asked = [*_BY_EVENTS]
    if since is not None and row.changed >= since:
        asked += _BY_PROFILE
    if told:
        asked += _OF_PERSON
    return [name for name in asked if getattr(row, name) != getattr(wanted, name)]


def _outbox(desk: Desk, stream: str, entries: list[Entry], office: Office) -> Iterator[_Found]:
    from .desk import effects_of

    wanted, optional = {}, set()
    for entry in entries:
        for effect in effects_of(stream, entry, entry.noted.at, office, errands=True):
            wanted[effect.key] = effect
            if effect.key.endswith("/treasury"):
                optional.add(effect.key)
    try:
        rows = desk.store.effects(stream, limit=_ALL)
    except _NO_ROW:
        yield "outbox-differs", stream, {"what": "-"}
        return
    there: dict[str, EffectRow] = {row.key: row for row in rows}
    for key, effect in wanted.items():
        row = there.get(key)
        if row is None:
            if key not in optional:
                yield "outbox-missing", key, {}
        elif what := [n for n in ("kind", "body") if getattr(row, n) != getattr(effect, n)]:
            yield "outbox-differs", key, {"what": ", ".join(what)}
    for key in there:
        if key not in wanted:
            yield "outbox-invented", key, {}


def _take_numbers(stream: str, entries: list[Entry], office: Office, last: dict[str, int]) -> None:
    """Take down in ``last`` the highest number of each series that the events of a case bear."""
    taken = {}
    if known_shape(stream):
        name, code, *period, number = stream.split("-")
        taken[f"{name}/{code}/{'-'.join(period)}"] = int(number)
    for entry in entries:
        step, event = entry.step, entry.noted.event
        value = getattr(event, "number", getattr(event, "turn", 0))
        if not step.numbered or entry.version == 1 or not value:
            continue
        day = office.local(entry.noted.at).date()
        which = (
            step.series(event, office, day)
            if step.series is not None
            else f"{office.code}/{day:%Y}"
        )
        series = f"{step.numbered}/{which}"
        taken[series] = max(taken.get(series, 0), value)
    for series, value in taken.items():
        last[series] = max(last.get(series, 0), value)


def _profile_since(desk: Desk) -> dt.datetime | None:
    """Return since when the profile has been what it is now; None if that was not noted."""
    log = desk.auditor.log
    line = log.newest_note(desk.office.code, "profile") if log is not None else None
    if line is None or json.loads(line.detail).get("sha256") != profile_digest(desk.office):
        return None
    return line.at


def _finding(code: str, office: str, row: str, position: int, **more: Any) -> Finding:
    return Finding(code, office, row, position, _WORDS[code].fill(row=row, **more))
