"""Hold the rows of a store against their digests and against the checkpoints of its offices.

The rows must be of one moment, in order of position, and no older than the checkpoints. Findings
come in the order of the rows: the first one names where the store was first touched.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from ..text import Text
from .checkpoint import Checkpoint, Part, Verifier
from .digest import EventRow, NoteRow, event_digest, note_digest

__all__ = ["Finding", "Verdict", "verify"]

_WORDS = {
    "changed": Text(
        id="{row} (posisi {at}): isinya bukan lagi yang dicatat.",
        en="{row} (position {at}): its content is not what was recorded.",
    ),
    "missing": Text(
        id="{row} (posisi {at}): hilang.",
        en="{row} (position {at}): missing.",
    ),
    "added": Text(
        id="{row} (posisi {at}): ditambahkan di tempat yang sudah disegel.",
        en="{row} (position {at}): added where the store was sealed already.",
    ),
    "rewritten": Text(
        id="{row} (posisi {at}): ditulis ulang sesudah disegel.",
        en="{row} (position {at}): rewritten after it was sealed.",
    ),
    "out-of-order": Text(
        id="{row} (posisi {at}): urutannya keliru dalam rangkaiannya.",
        en="{row} (position {at}): out of order in its stream.",
    ),
    "checkpoint-missing": Text(
        id="Segel {row} tidak ada lagi dalam basis data.",
        en="Checkpoint {row} is not in the database any more.",
    ),
    "checkpoint-changed": Text(
        id="Segel {row} bukan lagi yang dibuat, atau tanda tangannya tidak sah.",
        en="Checkpoint {row} is not the one that was made, or its signature is not valid.",
    ),
    "count-differs": Text(
        id="Sampai segel {row} tercatat {wanted} baris, sekarang {found}.",
        en="Up to checkpoint {row} there were {wanted} rows, now there are {found}.",
    ),
}


@attrs.frozen
class Finding:
    """One place that is not as it was. ``code``: a word of the table above."""

    code: str
    office: str
    row: str
    """``stream/version`` of an event, ``audit/place`` of a note, ``office/number`` of a seal."""
    position: int
    text: Text


@attrs.frozen
class Verdict:
    """What was looked at and what was found, the first place first."""

    events: int
    notes: int
    sealed: int
    """How many of the events stand in a checkpoint that was checked."""
    checkpoints: int
    unsigned: tuple[str, ...]
    """Checkpoints (``office/number``) whose signature nobody could check: no public key given."""
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """True if nothing was found."""
        return not self.findings


def verify(
    events: Iterable[EventRow],
    notes: Iterable[NoteRow],
    checkpoints: Sequence[Checkpoint],
    *,
    outside: Sequence[Checkpoint] = (),
    verifier: Verifier | None = None,
    most: int = 1000,
) -> Verdict:
    """Return what is wrong with the rows; no more than ``most`` findings, the first ones.

    ``checkpoints``: those in the store. ``outside``: those that somebody kept elsewhere, of which
    no row of the store can be wrong about; with one of them a store whose checkpoints were cut off
    or made anew is found out. ``verifier``: knows the public keys; without it signatures are not
    looked at, and only ``outside`` can tell a store that was rewritten whole.
    """
    seals = _Seals(checkpoints, outside, verifier)
    counted = {"events": 0, "notes": 0, "sealed": 0}
    of_rows = [
        *_first_of_each_row(_events(events, seals, counted), most),
        *_first_of_each_row(_notes(notes, seals, counted), most),
    ]
    return Verdict(
        counted["events"],
        counted["notes"],
        counted["sealed"],
        seals.checked,
        tuple(seals.unsigned),
        # a place in a table says more than that a checkpoint does not fit it
        (*of_rows, *seals.findings, *seals.counts_that_differ()),
    )


def _first_of_each_row(findings: Iterator[Finding], most: int) -> list[Finding]:
    kept: dict[tuple[str, str], Finding] = {}
    for finding in findings:  # all are asked for: the counting goes on
        if len(kept) < most:
            kept.setdefault((finding.office, finding.row), finding)
    return sorted(kept.values(), key=lambda finding: finding.position)


def _events(rows: Iterable[EventRow], seals: _Seals, counted: dict[str, int]) -> Iterator[Finding]:
    heads: dict[str, tuple[int, str]] = {}
    for row in rows:
        counted["events"] += 1
        name = f"{row.stream}/{row.version}"
        version, digest = heads.get(row.stream, (0, ""))
        heads[row.stream] = (row.version, row.digest)
        right = event_digest(
            digest,
            office=row.office,
            stream=row.stream,
            version=row.version,
            name=row.name,
            schema=row.schema,
            body=row.body,
            at=row.at,
            actor=row.actor,
            command_id=row.command_id,
        )
        if row.version == version + 1:
            if row.digest != right:
                yield _finding("changed", row.office, name, row.position)
        elif row.version > version:
            missing = f"{row.stream}/{version + 1}"
            yield _finding("missing", row.office, missing, row.position)
        else:
            yield _finding("out-of-order", row.office, name, row.position)
        of_office = seals.events.get(row.office)
        if of_office is not None:
            line = f"{row.position} {row.version} {row.digest} {row.stream}"
            yield from of_office.held(row.position, line, name)
            counted["sealed"] += row.position <= of_office.sealed_to
    for of_office in seals.events.values():
        yield from of_office.rest()


def _notes(rows: Iterable[NoteRow], seals: _Seals, counted: dict[str, int]) -> Iterator[Finding]:
    for row in rows:
        counted["notes"] += 1
        name = f"audit/{row.place}"
        right = note_digest(
            office=row.office,
            at=row.at,
            what=row.what,
            actor=row.actor,
            role=row.role,
            stream=row.stream,
            detail=row.detail,
        )
        if row.digest != right:
            yield _finding("changed", row.office, name, row.place)
        of_office = seals.notes.get(row.office)
        if of_office is not None:
            yield from of_office.held(row.place, f"{row.place} {row.digest}", name)
    for of_office in seals.notes.values():
        yield from of_office.rest()


class _Seals:
    """The checkpoints of each office that can be built on, and what is wrong with the others."""

    def __init__(
        self,
        checkpoints: Sequence[Checkpoint],
        outside: Sequence[Checkpoint],
        verifier: Verifier | None,
    ) -> None:
        self.findings: list[Finding] = []
        self.unsigned: list[str] = []
        self.checked = 0
        self.events: dict[str, _Lines] = {}
        self.notes: dict[str, _Lines] = {}
        self._verifier = verifier
        for office in dict.fromkeys(c.office for c in (*checkpoints, *outside)):
            stored = {c.number: c for c in checkpoints if c.office == office}
            kept = {c.number: c for c in outside if c.office == office}
            usable = list(self._usable(office, stored, kept))
            self.events[office] = _Lines("events", office, [(c, c.events) for c in usable])
            self.notes[office] = _Lines("notes", office, [(c, c.notes) for c in usable])

    def counts_that_differ(self) -> Iterator[Finding]:
        """Yield for each office the first checkpoint up to which there are fewer rows, or more."""
        for of_office in (*self.events.values(), *self.notes.values()):
            yield from of_office.count_that_differs()

    def _usable(
        self, office: str, stored: dict[int, Checkpoint], kept: dict[int, Checkpoint]
    ) -> Iterator[Checkpoint]:
        before: Checkpoint | None = None
        for number in range(1, max([*stored, *kept]) + 1):
            name = f"{office}/{number}"
            mine, theirs = stored.get(number), kept.get(number)
            if theirs is not None and not self._good(theirs, name):
                theirs = None
                self.findings.append(_finding("checkpoint-changed", office, name, 0))
            if mine is None:
                self.findings.append(_finding("checkpoint-missing", office, name, 0))
            elif (
                not self._good(mine, name)
                or (theirs is not None and theirs.digest != mine.digest)
                or (before is not None and before.digest != mine.previous)
                or (number == 1 and mine.previous)
            ):
                self.findings.append(_finding("checkpoint-changed", office, name, 0))
                mine = None
            # one that was kept with its lists is worth more than our own without
            before = max((c for c in (mine, theirs) if c is not None), key=_listed, default=None)
            if before is not None:
                self.checked += 1
                yield before

    def _good(self, checkpoint: Checkpoint, name: str) -> bool:
        if self._verifier is None:
            self.unsigned.append(name)
        elif not checkpoint.signed_by(self._verifier):
            return False
        return checkpoint.whole


class _Lines:
    """Walks what an office's checkpoints say of a table beside the rows of that table."""

    def __init__(self, table: str, office: str, parts: list[tuple[Checkpoint, Part]]) -> None:
        self._table = table
        self._office = office
        self._numbers = [checkpoint.number for checkpoint, _ in parts]
        self._parts = [part for _, part in parts]
        self._ends = [part.last for part in self._parts]
        self.sealed_to = max(self._ends, default=0)
        # only of these can it be said that a row is not among them
        self._whole = [
            part.lines is not None and number - 1 in (0, before)
            for number, before, part in zip(
                self._numbers, [0, *self._numbers], self._parts, strict=False
            )
        ]
        self._lines = [line for part in self._parts for line in part.lines or ()]
        self._next = 0
        self._counts = [0] * len(parts)

    def held(self, position: int, line: str, name: str) -> Iterator[Finding]:
        """Yield which rows should have come before this one, and what is wrong with it."""
        if position > self.sealed_to:
            return
        nth = bisect.bisect_left(self._ends, position)
        self._counts[nth] += 1
        while self._next < len(self._lines) and _place(self._lines[self._next]) < position:
            yield self._gone(self._lines[self._next])
            self._next += 1
        if self._next < len(self._lines) and _place(self._lines[self._next]) == position:
            if self._lines[self._next] != line:
                yield _finding("rewritten", self._office, name, position)
            self._next += 1
        elif self._whole[nth]:
            yield _finding("added", self._office, name, position)

    def rest(self) -> Iterator[Finding]:
        """Yield the rows that never came."""
        for line in self._lines[self._next :]:
            yield self._gone(line)

    def count_that_differs(self) -> Iterator[Finding]:
        """Yield the first checkpoint whose count does not fit."""
        seen = 0
        for number, part, count in zip(self._numbers, self._parts, self._counts, strict=True):
            seen += count
            if seen != part.total:
                row = f"{self._office}/{number}"
                yield _finding("count-differs", self._office, row, 0, wanted=part.total, found=seen)
                return

    def _gone(self, line: str) -> Finding:
        words = line.split(" ", 3)
        name = f"{words[3]}/{words[1]}" if self._table == "events" else f"audit/{words[0]}"
        return _finding("missing", self._office, name, int(words[0]))


def _listed(checkpoint: Checkpoint) -> int:
    return sum(part.lines is not None for part in (checkpoint.events, checkpoint.notes))


def _place(line: str) -> int:
    return int(line.split(" ", 1)[0])


def _finding(code: str, office: str, row: str, position: int, **more: Any) -> Finding:
    text = _WORDS[code].fill(row=row, at=position, **more)
    return Finding(code, office, row, position, text)
