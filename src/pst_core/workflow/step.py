"""The row of a procedure and what stands in it. How rows are run is the business of ``procedure``.

A procedure sees a case as a *phase* and a set of *facts*; everything else that happened is kept as
the latest event of each kind. So a row can be checked, drawn and walked without running anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from ..refusal import Unmet
from ..text import Text

__all__ = [
    "Actor",
    "Check",
    "Context",
    "Fact",
    "Lack",
    "Noted",
    "Paper",
    "Phase",
    "Requirement",
    "Role",
    "State",
    "Step",
    "Word",
]

E = TypeVar("E")


class Word(str):
    """A fixed word with its meaning in both languages; it equals, and is stored as, the string."""

    text: Text

    def __new__(cls, word: str, id: str, en: str) -> Word:  # noqa: A002, D102
        self = super().__new__(cls, word)
        self.text = Text(id=id, en=en)
        return self


class Phase(Word):
    """Where a case stands."""


class Fact(Word):
    """Something that holds of a case and that rows can see."""


class Paper(Word):
    """A paper that a row makes."""


class Role(StrEnum):
    """Who acts."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    TREASURER = "treasurer"
    SYSTEM = "system"

    @property
    def text(self) -> Text:
        """The role's name in both languages."""
        return _ROLES[self]


_ROLES = {
    Role.APPLICANT: Text(id="pengguna layanan", en="applicant"),
    Role.OFFICER: Text(id="petugas", en="officer"),
    Role.TREASURER: Text(id="bendahara", en="treasurer"),
    Role.SYSTEM: Text(id="sistem", en="system"),
}


@attrs.frozen
class Actor:
    """Who acts, as the host application knows them. ``id`` is the host's own key."""

    id: str
    role: Role
    name: str = ""


@attrs.frozen
class Context:
    """What comes in with a command: who, when, and what the rows may consult.

    ``at`` is aware. ``rules`` is the office that the case is handled by. ``numbers`` holds the
    next free number of each series that a row bears; ``outside`` what rows asked to look at.
    """

    by: Actor
    at: dt.datetime
    rules: Any
    stream: str = ""
    numbers: Mapping[str, int] = MappingProxyType({})
    outside: Mapping[str, Any] = MappingProxyType({})


@attrs.frozen
class Noted:
    """An event that happened: when, and by whom."""

    event: Any
    at: dt.datetime
    by: Actor


@attrs.frozen(hash=False)
class State:
    """A case as its events left it. Nobody sets it: the only way to a state is a command."""

    phase: Phase
    facts: frozenset[Fact] = frozenset()
    latest: Mapping[type, Noted] = MappingProxyType({})
    """The latest event of each kind."""
    turns: tuple[tuple[dt.datetime, tuple[Role, ...]], ...] = ()
    """Whose turn it was, since when: each change of it."""
    version: int = 0
    """How many events made it."""

    def last(self, kind: type[E]) -> E | None:
        """Return the latest event of ``kind``, or None."""
        noted = self.latest.get(kind)
        return None if noted is None else noted.event

    def when(self, kind: type) -> dt.datetime | None:
        """Return when the latest event of ``kind`` happened, or None."""
        noted = self.latest.get(kind)
        return None if noted is None else noted.at

    def who(self, kind: type) -> Actor | None:
        """Return who caused the latest event of ``kind``, or None."""
        noted = self.latest.get(kind)
        return None if noted is None else noted.by


@attrs.frozen
class Lack:
    """What is missing, and what would satisfy it."""

    text: Text
    remedy: Text


Check = Callable[[Any, State, Context], "tuple[Lack, ...]"]
"""``(command, state, context) -> what is lacking``; nothing lacking is the empty tuple."""


@attrs.frozen
class Requirement:
    """Something that must be in order before a row fires.

    Either a ``fact`` that must hold (the table sees it), or a ``check`` of what the command
    brings. ``only_for`` limits it to cases with that fact. ``who`` can satisfy it.
    """

    code: str
    clause: str
    text: Text
    remedy: Text
    who: Role
    fact: Fact | None = None
    check: Check | None = None
    only_for: Fact | None = None

    def applies(self, facts: frozenset[Fact]) -> bool:
        """Return whether the requirement is one of a case with ``facts``."""
        return self.only_for is None or self.only_for in facts

    def unmet(self, command: Any, state: State, context: Context) -> tuple[Unmet, ...]:
        """Return what is not in order, empty if all is."""
        if not self.applies(state.facts):
            return ()
        if self.fact is not None:
            return () if self.fact in state.facts else (self._unmet(self.text, self.remedy),)
        if self.check is None:
            return ()
        return tuple(
            self._unmet(lack.text, lack.remedy) for lack in self.check(command, state, context)
        )

    def _unmet(self, text: Text, remedy: Text) -> Unmet:
        return Unmet(self.code, self.clause, text, remedy, self.who)


@attrs.frozen
class Step:
    """One row: who may do what, when, what must be in order, what it makes and whom it tells.

    ``when``/``unless`` say for which cases the row is there at all; ``requires`` what a case of
    that kind still needs. ``gives`` and ``clears`` are the facts that change; ``chooses`` lists
    the sets of facts of which the event's content picks one (``event.facts``).
    """

    clause: str
    title: Text
    role: Role
    command: type[Any]
    event: type[Any]
    at: tuple[Phase, ...]
    to: Phase | None = None
    """Where it leads; None stays where it is."""
    when: tuple[Fact, ...] = ()
    unless: tuple[Fact, ...] = ()
    requires: tuple[Requirement, ...] = ()
    gives: tuple[Fact, ...] = ()
    clears: tuple[Fact, ...] = ()
    chooses: tuple[tuple[Fact, ...], ...] = ()
    makes: tuple[Paper, ...] = ()
    tells: tuple[Role, ...] = ()
    build: Callable[[Any, State, Context], Any] | None = None
    """Makes the event; without it the command's fields of the same names are copied."""
    numbered: str = ""
    """The series that the event takes its number from."""
    looks: str = ""
    """What the row must be shown of other cases (``context.outside``)."""
    due: Callable[[State, Any], dt.datetime | None] | None = None
    """For the system's rows: when the row is due in this state, by the office's rules."""
    aside: bool = False
    """A way out or back that nobody is waiting for: it does not make it the actor's turn."""

    def fits(self, phase: Phase, facts: frozenset[Fact]) -> bool:
        """Return whether the row is there for a case at ``phase`` with ``facts``."""
        return (
            phase in self.at
            and all(f in facts for f in self.when)
            and not any(f in facts for f in self.unless)
        )

    def lacks(self, facts: frozenset[Fact]) -> tuple[Requirement, ...]:
        """Return the required facts that do not hold."""
        return tuple(
            r
            for r in self.requires
            if r.fact is not None and r.applies(facts) and r.fact not in facts
        )

    def after(
        self, phase: Phase, facts: frozenset[Fact], chosen: tuple[Fact, ...] = ()
    ) -> tuple[Phase, frozenset[Fact]]:
        """Return phase and facts after the row has fired."""
        choices = {f for choice in self.chooses for f in choice}
        kept = facts.difference(self.clears, choices)
        return self.to or phase, kept.union(self.gives, (f for f in chosen if f in choices))
