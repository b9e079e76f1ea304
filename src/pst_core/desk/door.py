"""The door by which one actor comes to a desk: nothing is done or shown that the table denies.

``access`` holds the table. What may be done is asked of the rows, as everywhere; what is shown has
the texts that the actor's role may not see replaced, and leaves a line of who looked.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

from ..refusal import NotFound, Refusal
from ..text import Text
from ..workflow import Actor, Noted, OpenStep, Role, State, unfit
from . import persons
from .access import Relation, View, may_read, relations, right_of
from .auditing import known_shape
from .fields import HIDDEN, PERSONAL, Held, masked
from .ports import Reading, ReadingLog, Summary

if TYPE_CHECKING:
    from ..documents import DueDocument
    from ..documents.issued import PaperRecord
    from ..ledger import Journal
    from ..visit import QueueView
    from .desk import Desk, Done, Entry

__all__ = ["Door"]

_LONGEST = 500
"""Letters of the longest name that anything is kept under."""
_Asked = TypeVar("_Asked", bound=Callable[..., Any])


def _watched(asked: _Asked) -> _Asked:
    """Leave a line of the audit log for what ``asked`` refuses."""

    of_one = next(iter([*inspect.signature(asked).parameters][1:2]), "") in ("stream", "who")

    @functools.wraps(asked)
    def watched(door: Door, *args: Any, **named: Any) -> Any:
        door._must_be_fit()
        stream = next((a for a in (*args, *named.values()) if isinstance(a, str)), "")
        desk = door._desk
        with desk.auditor.watching(stream, asked, door.by, desk.clock):
            if of_one and not all(map(_can_be_asked, (*args, *named.values())[:1])):
                raise unknown("")  # what no store can hold is nowhere
            return asked(door, *args, **named)

    return cast("_Asked", watched)


class Door:
    """What one actor may do and see at a desk; made by ``Desk.door``.

    Every question raises ``NotFound`` for a case that the actor may not see, just as for one that
    is not there, and ``Refusal`` (``not-your-view``) for what their role may not ask for at all.
    """

    def __init__(self, desk: Desk, by: Actor) -> None:
        self._desk = desk
        self.by = by

    # -- doing --------------------------------------------------------------------------------

    def open(self, command: Any, *, command_id: str | None = None) -> Done:
        """Carry out the first command of a new case; see ``Desk.open``."""
        return self._desk.open(command, by=self.by, command_id=command_id)

    def do(self, stream: str, command: Any, *, command_id: str | None = None) -> Done:
        """Carry out ``command`` on ``stream``; see ``Desk.do``.

        A case that is not the actor's raises ``NotFound`` as one that is not there, before
        anything of it is looked at; so does the first command of a case, for which ``open`` is.
        """
        self._must_be_fit()
        named = stream if _can_be_asked(stream) else ""
        with self._desk.auditor.watching(named, command, self.by, self._desk.clock):
            if not _can_be_asked(stream):
                raise unknown("")
            self._comes_to(stream, command)
        return self._desk.do(stream, command, by=self.by, command_id=command_id)

    # -- seeing -------------------------------------------------------------------------------

    @_watched
    def see(self, stream: str) -> State:
        """Return the state of ``stream``, its texts as the actor may see them."""
        self._ask(View.CASE, stream)
        procedure = self._desk.procedure(stream)
        return procedure.fold(entry.noted for entry in self._shown(stream))

    @_watched
    def open_steps(self, stream: str) -> tuple[OpenStep, ...]:
        """Return what the actor may do on ``stream`` now, and what is still missing."""
        self._ask(View.CASE, stream, note=False)
        return self._desk.open_steps(stream, by=self.by)

    @_watched
    def history(self, stream: str) -> tuple[Entry, ...]:
        """Return what has happened on ``stream``, its texts as the actor may see them."""
        self._ask(View.HISTORY, stream)
        procedure = self._desk.procedure(stream)
        state, entries = procedure.new, []
        for entry in self._shown(stream):
            state = procedure.evolve(state, entry.noted)
            entries.append(attrs.evolve(entry, state=state))
        return tuple(entries)

    @_watched
    def documents(self, stream: str) -> tuple[DueDocument, ...]:
        """Return each document of ``stream`` that is due by now, and how it stands."""
        self._ask(View.DOCUMENTS, stream)
        return self._desk.documents(stream)

    @_watched
    def ledger(self, stream: str) -> Journal:
        """Return what the money events of ``stream`` posted: accounts and amounts, no person."""
        self._ask(View.LEDGER, stream, note=False)
        return self._desk.ledger(stream)

    @_watched
    def papers(self, stream: str) -> tuple[PaperRecord, ...]:
        """Return the papers that ``stream`` has sent out: numbers and digests, no person."""
        from .papers import issued_papers

        self._ask(View.PAPERS, stream, note=False)
        return issued_papers(self._desk, stream)

    @_watched
    def register(self, **chosen: Any) -> list[Summary]:
        """Return the rows of the register that the actor may see; ``chosen`` as in the store."""
        self._role_asks(View.REGISTER)
        right, office = right_of(self.by.role), self._desk.office.code
        if not all(_can_be_asked(value) for value in chosen.values() if isinstance(value, str)):
            return []
        if self.by.role is Role.APPLICANT:
            chosen = {**chosen, "applicant": self.by.id}
        elif Held.ID not in right.sees:
            # asked by a person's key, the answer would tell whose case it is
            chosen.pop("applicant", None)
        rows = [
            row
            for row in self._desk.register(**chosen)
            if relations(self.by, office, row.stream, row.applicant).intersection(right.relations)
        ]
        if self.by.role is not Role.APPLICANT and rows:
            self._note(View.REGISTER, "*")
        return [self._row(row, right.sees) for row in rows]

    @_watched
    def queue(self, day: dt.date | None = None) -> QueueView:
        """Return the queue of ``day`` (today if None)."""
        self._role_asks(View.QUEUE)
        if Relation.OFFICE not in relations(self.by, self._desk.office.code):
            raise self._not_your_view(View.QUEUE)
        self._note(View.QUEUE, "*")
        return self._desk.queue(day)

    @_watched
    def readings(self, stream: str) -> tuple[Reading, ...]:
        """Return who was shown personal data of ``stream``, and when."""
        self._ask(View.READINGS, stream, note=False)
        log = self._desk.store
        if not isinstance(log, ReadingLog):
            return ()
        return log.readings(self._desk.office.code, stream)

    # -- persons ------------------------------------------------------------------------------

    @_watched
    def export(self, who: str) -> dict[str, Any]:
        """Return all that is held on ``who``; see ``persons.export``. Applicants: on themselves."""
        self._about(View.EXPORT, who)
        return persons.export(self._desk, who)

    @_watched
    def correct(self, who: str, old: str, new: str) -> int:
        """Put ``new`` in the place of each text ``old`` of ``who``; see ``persons.correct``."""
        self._about(View.CORRECT, who)
        count = persons.correct(self._desk, who, old, new)
        self._desk.note("corrected", by=self.by, stream=who, detail={"fields": count})
        return count

    @_watched
    def erase(self, who: str, reason: str, *, blobs: object = None) -> persons.Erasure:
        """Erase ``who``; see ``persons.erase``."""
        self._about(View.ERASE, who)
        done = persons.erase(self._desk, who, reason, blobs=blobs)
        # each case is named, for of the person nothing is left to look it up by
        for stream in done.cases:
            self._desk.note("erased", by=self.by, stream=stream)
        return done

    @_watched
    def breach(self, known_at: dt.datetime) -> persons.Breach:
        """Return everybody whom a breach concerns; see ``persons.breach``."""
        self._about(View.BREACH, "*")
        return persons.breach(self._desk, known_at)

    def _about(self, view: View, who: str) -> None:
        self._role_asks(view)
        if self.by.role is Role.APPLICANT:
            # a host's key that reads like a case or a pseudonym is not taken for one
            if who != self.by.id or who.startswith("~") or known_shape(who):
                raise unknown(who)
            return
        if Relation.OFFICE not in relations(self.by, self._desk.office.code):
            raise self._not_your_view(view)
        cases = ("*",) if who == "*" else persons.cases_at(self._desk, who)
        for stream in cases:
            self._note(view, stream, tuple(sorted(PERSONAL)))

    # -- inside -------------------------------------------------------------------------------

    def _ask(self, view: View, stream: str, *, note: bool = True) -> None:
        """Raise unless the actor may ask for ``view`` of ``stream``; note who looks."""
        self._role_asks(view)
        desk = self._desk
        state = desk.state(stream)
        owner = desk.procedure(stream).owner(state)
        if not may_read(view, self.by, desk.office.code, stream, state, owner):
            raise unknown(stream)
        if note and owner != self.by.id:
            self._note(view, stream)

    def _comes_to(self, stream: str, command: Any) -> None:
        """Raise ``NotFound`` unless the case is one of the actor's or the command admits them."""
        desk, by = self._desk, self.by
        state, procedure = desk.state(stream), desk.procedure(stream)
        owner = procedure.owner(state)
        if may_read(View.CASE, by, desk.office.code, stream, state, owner):
            return
        if by.role is not Role.APPLICANT or owner is not None:
            raise unknown(stream)
        if not procedure.admits(command, state):
            raise unknown(stream)

    def _must_be_fit(self) -> None:
        """Raise ``Refusal`` for an actor that no log can hold: what the host gave is no key."""
        ill = unfit(self.by, "")
        if ill is not None:
            raise ill

    def _role_asks(self, view: View) -> None:
        if view not in right_of(self.by.role).views:
            raise self._not_your_view(view)

    def _not_your_view(self, view: View) -> Refusal:
        return Refusal(
            "not-your-view",
            Text(
                id=f"{view.text.id}: bukan untuk {self.by.role.text.id}.",
                en=f"{view.text.en}: not for the {self.by.role.text.en}.",
            ),
            remedy=Text(
                id="Lihat docs/id/access.md; minta orang yang berwenang.",
                en="See docs/en/access.md; ask somebody who may.",
            ),
        )

    def _note(self, view: View, stream: str, saw: tuple[Held, ...] = ()) -> None:
        saw = saw or tuple(sorted(right_of(self.by.role).sees & PERSONAL))
        log = self._desk.store
        if saw and isinstance(log, ReadingLog):
            log.note_reading(
                Reading(
                    self._desk.clock(), self._desk.office.code, stream, self.by.id,
                    str(self.by.role), str(view), tuple(map(str, saw)),
                )
            )  # fmt: skip

    def _shown(self, stream: str) -> list[Entry]:
        sees = right_of(self.by.role).sees
        return [
            attrs.evolve(entry, noted=self._noted(entry.noted, sees))
            for entry in self._desk.history(stream)
        ]

    def _noted(self, noted: Noted, sees: frozenset[Held]) -> Noted:
        by = noted.by
        if by.role is Role.APPLICANT:
            by = Actor(
                by.id if Held.ID in sees else HIDDEN,
                by.role,
                by.name if Held.NAME in sees else "",
            )
        return Noted(masked(noted.event, sees), noted.at, by)

    def _row(self, row: Summary, sees: frozenset[Held]) -> Summary:
        return attrs.evolve(
            row,
            applicant=row.applicant if Held.ID in sees else HIDDEN,
            # the title of a request is a name
            title=row.title if Held.NAME in sees or not row.title else HIDDEN,
        )


def _can_be_asked(name: object) -> bool:
    """Return whether a store can be asked for ``name``: text of a line's length, all letters."""
    if not isinstance(name, str) or len(name) > _LONGEST or "\0" in name:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def unknown(stream: str) -> NotFound:
    """Return the error of a case that is not there, or is none of the asker's business."""
    named = repr(known_shape(stream) or "?")  # nothing is said again that is no case's number
    return NotFound(
        "unknown-request",
        Text(id=f"Tidak ada {named}.", en=f"There is no {named}."),
        remedy=Text(
            id="Periksa nomornya pada daftar permintaan.",
            en="Look its number up in the register.",
        ),
    )
