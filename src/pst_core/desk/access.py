"""Who may see and do what: one table of role, relation and condition.

What may be *done* stands in the rows of the procedures, and nowhere else (``workflow.tables``);
here stands what may be *read*, of which cases, and by whom what is done with personal data outside
of a procedure. What no line allows is denied.
"""

from __future__ import annotations

from enum import StrEnum

import attrs

from ..complaint import named_in
from ..text import Text
from ..workflow import Actor, Procedure, Role, State
from ..workflow.tables import Grid
from .fields import ERASED, HIDDEN, Held

__all__ = [
    "RIGHTS",
    "Relation",
    "Right",
    "View",
    "commands_grid",
    "conditions_grid",
    "fields_grid",
    "may_read",
    "relations",
    "right_of",
    "rights_grid",
]


class Relation(StrEnum):
    """How an actor stands to a case."""

    OWN = "own"
    OFFICE = "office"
    ASSIGNED = "assigned"

    @property
    def text(self) -> Text:
        """The relation in both languages."""
        return _RELATIONS[self]


_RELATIONS = {
    Relation.OWN: Text(id="kasusnya sendiri", en="own case"),
    Relation.OFFICE: Text(id="kantor yang sama", en="same office"),
    Relation.ASSIGNED: Text(id="ditugasi", en="assigned"),
}


class View(StrEnum):
    """What can be asked for at the door."""

    CASE = "case"
    HISTORY = "history"
    DOCUMENTS = "documents"
    LEDGER = "ledger"
    PAPERS = "papers"
    REGISTER = "register"
    QUEUE = "queue"
    READINGS = "readings"
    EXPORT = "export"
    CORRECT = "correct"
    ERASE = "erase"
    BREACH = "breach"

    @property
    def text(self) -> Text:
        """The view in both languages."""
        return _VIEWS[self]


_VIEWS = {
    View.CASE: Text(id="keadaan kasus dan langkahnya", en="where a case stands, its steps"),
    View.HISTORY: Text(id="riwayat", en="history"),
    View.DOCUMENTS: Text(id="dokumen yang diminta", en="documents that are due"),
    View.LEDGER: Text(id="buku besar", en="ledger"),
    View.PAPERS: Text(id="daftar surat yang terbit", en="papers that were issued"),
    View.REGISTER: Text(id="register", en="register"),
    View.QUEUE: Text(id="antrean", en="queue"),
    View.READINGS: Text(id="siapa yang melihat", en="who looked"),
    View.EXPORT: Text(id="salinan data seseorang", en="all that is held on a person"),
    View.CORRECT: Text(id="pembetulan data seseorang", en="correction of a person's data"),
    View.ERASE: Text(id="penghapusan seseorang", en="erasure of a person"),
    View.BREACH: Text(id="daftar orang bila data bocor", en="whom a breach concerns"),
}


@attrs.frozen
class Right:
    """One line: of which cases a role may ask for which views, and see which texts there."""

    role: Role
    relations: tuple[Relation, ...]
    views: frozenset[View]
    sees: frozenset[Held]


_STAFF = (Relation.OFFICE, Relation.ASSIGNED)
_V, _H = View, Held
_PUBLIC = {_H.CASE, _H.MONEY, _H.STAFF}

RIGHTS: tuple[Right, ...] = (
    Right(
        Role.APPLICANT, (Relation.OWN,),
        frozenset({_V.CASE, _V.HISTORY, _V.DOCUMENTS, _V.LEDGER, _V.PAPERS, _V.REGISTER,
                   _V.READINGS, _V.EXPORT, _V.CORRECT}),
        frozenset(set(_H) - {_H.SECRET}),
    ),
    Right(
        Role.OFFICER, _STAFF,
        frozenset({_V.CASE, _V.HISTORY, _V.DOCUMENTS, _V.PAPERS, _V.REGISTER, _V.QUEUE,
                   _V.CORRECT}),
        frozenset(set(_H) - {_H.SECRET, _H.PAYER}),
    ),
    Right(
        Role.TREASURER, _STAFF,
        frozenset({_V.CASE, _V.HISTORY, _V.LEDGER, _V.PAPERS, _V.REGISTER}),
        frozenset({*_PUBLIC, _H.ID, _H.NAME, _H.CONTACT, _H.PAYER, _H.FILE}),
    ),
    Right(
        Role.HEAD, _STAFF,
        # a finding about a document may quote its number
        frozenset(set(_V) - {_V.DOCUMENTS}),
        frozenset({*_PUBLIC, _H.ID, _H.NAME, _H.WORDS, _H.PAYER}),
    ),
    Right(
        Role.AUDITOR, _STAFF,
        frozenset({_V.CASE, _V.HISTORY, _V.LEDGER, _V.PAPERS, _V.REGISTER, _V.READINGS}),
        frozenset({*_PUBLIC, _H.PAYER}),
    ),
    # the workers inside need no door; one who comes by a door is shown no person
    Right(Role.SYSTEM, (Relation.OFFICE,), frozenset({_V.CASE}), frozenset(_PUBLIC)),
)  # fmt: skip
"""The table. A role that is not in it may read nothing."""


_NOBODY = ("-", ERASED, HIDDEN)
"""What stands where an owner is nobody, is erased or is not shown: no actor is that."""


def right_of(role: Role) -> Right:
    """Return the line of ``role``; an empty one if there is none."""
    for right in RIGHTS:
        if right.role is role:
            return right
    return Right(role, (), frozenset(), frozenset())


def relations(by: Actor, office: str, stream: str = "", owner: str | None = None) -> set[Relation]:
    """Return how ``by`` stands to the case ``stream`` of ``office``, whose owner is ``owner``."""
    found = set()
    if by.role is Role.APPLICANT:
        if owner and owner == by.id and owner not in _NOBODY:
            found.add(Relation.OWN)
        return found
    if by.office in ("", office):
        found.add(Relation.OFFICE)
    if office in by.assigned or (stream and stream in by.assigned):
        found.add(Relation.ASSIGNED)
    return found


def may_read(
    view: View, by: Actor, office: str, stream: str = "", state: State | None = None,
    owner: str | None = None,
) -> bool:  # fmt: skip
    """Return whether the table lets ``by`` ask for ``view`` of that case."""
    right = right_of(by.role)
    if view not in right.views:
        return False
    if not relations(by, office, stream, owner).intersection(right.relations):
        return False
    # who is complained about does not read the complaint
    return state is None or by.id not in named_in(state)


# -- the table for people ---------------------------------------------------------------------


def rights_grid() -> Grid:
    """Return who may ask for which view of which cases."""
    return Grid(
        ("role", "relations", *map(str, View)),
        (
            Text(id="peran", en="role"),
            Text(id="kasus mana", en="which cases"),
            *(view.text for view in View),
        ),
        tuple(
            (
                right.role.text,
                Text.join(", ", [relation.text for relation in right.relations]),
                *(_yes(view in right.views) for view in View),
            )
            for right in RIGHTS
        ),
    )


def fields_grid() -> Grid:
    """Return which texts each role sees there."""
    return Grid(
        ("held", *(str(right.role) for right in RIGHTS)),
        (Text(id="isi", en="text"), *(right.role.text for right in RIGHTS)),
        tuple((held.text, *(_yes(held in right.sees) for right in RIGHTS)) for held in Held),
    )


def conditions_grid(procedure: Procedure) -> Grid:
    """Return the rows of ``procedure`` that somebody may not do for what they did before."""
    return Grid(
        ("clause", "title", "condition", "code"),
        (
            Text(id="butir", en="clause"),
            Text(id="langkah", en="step"),
            Text(id="syarat orang", en="condition on the person"),
            Text(id="kode", en="code"),
        ),
        tuple(
            (step.cited, step.title, need.text, Text(need.code, need.code))
            for step in procedure.steps
            for need in step.requires
            if need.code.startswith(("four-eyes", "not-named"))
        ),
    )


def commands_grid(procedure: Procedure) -> Grid:
    """Return for each command and role the phases in which it may be done: read from the rows."""
    commands = tuple(dict.fromkeys(step.command for step in procedure.steps))
    return Grid(
        ("command", *map(str, Role)),
        (Text(id="perintah", en="command"), *(role.text for role in Role)),
        tuple(
            (
                Text(f"`{command.__name__}`", f"`{command.__name__}`"),
                *(_phases(procedure, command, role) for role in Role),
            )
            for command in commands
        ),
    )


def _phases(procedure: Procedure, command: type, role: Role) -> Text:
    found = dict.fromkeys(
        str(phase)
        for step in procedure.steps
        if step.command is command and role in step.roles
        for phase in step.at
    )
    words = ", ".join(found)
    return Text(words, words)


def _yes(allowed: bool) -> Text:
    return Text(id="ya", en="yes") if allowed else Text("", "")
