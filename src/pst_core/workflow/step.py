"""The row of a procedure and what stands in it. How rows are run is the business of ``procedure``.

A procedure sees a case as a *phase* and a set of *facts*; everything else that happened is kept as
the latest event of each kind. So a row can be checked, drawn and walked without running anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from ..ledger import NO_BALANCES, Balances, Draft
from ..refusal import Unmet
from ..text import Text, Word
from ..twin import twin

__all__ = [
    "Actor",
    "Check",
    "Context",
    "Errand",
    "Fact",
    "Lack",
    "Noted",
    "Paper",
    "Phase",
    "Requirement",
    "Role",
    "State",
    "Step",
    "Variant",
    "Word",
]

E = TypeVar("E")


class Phase(Word):
    """Where a case stands."""


class Fact(Word):
    """Something that holds of a case and that rows can see."""


class Paper(Word):
    """A paper that a row makes."""


class Errand(Word):
    """Something that a row asks of somebody outside; the answer comes back as a command."""


class Variant(Word):
    """A way of doing things that the standard of an office may have and another's has not."""


class Role(StrEnum):
    """Who acts."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    TREASURER = "treasurer"
    HEAD = "head"
    AUDITOR = "auditor"
    SYSTEM = "system"

    @property
    def text(self) -> Text:
        """The role's name in both languages."""
        return _ROLES[self]


_ROLES = {
    Role.APPLICANT: Text(id="pengguna layanan", en="applicant"),
    Role.OFFICER: Text(id="petugas", en="officer"),
    Role.TREASURER: Text(id="bendahara", en="treasurer"),
    Role.HEAD: Text(id="kepala kantor", en="head of the office"),
    Role.AUDITOR: Text(id="pemeriksa", en="auditor"),
    Role.SYSTEM: Text(id="sistem", en="system"),
}


@attrs.frozen
class Actor:
    """Who acts, as the host application knows them. ``id`` is the host's own key.

    ``office`` and ``assigned`` hold for the present only and are not stored with what was done.
    """

    id: str
    role: Role
    name: str = ""
    office: str = attrs.field(default="", eq=False)
    """Code of the office they work at; empty: that of the desk they are brought to."""
    assigned: tuple[str, ...] = attrs.field(default=(), eq=False)
    """Cases, or codes of other offices, that were given to them by name."""


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

    def __init__(self, event: Any, at: dt.datetime, by: Actor) -> None:
        # one for every event that is done or read: set while it is not frozen yet (see twin)
        _thaw(self, "__class__", _noted)
        self.event = event  # type: ignore[misc]
        self.at = at  # type: ignore[misc]
        self.by = by  # type: ignore[misc]
        self.__class__ = Noted


_thaw, _noted = object.__setattr__, twin(Noted)


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
    kept: Mapping[type, tuple[Noted, ...]] = MappingProxyType({})
    """All events of the kinds of which the procedure keeps all, oldest first."""
    books: Balances = NO_BALANCES
    """What the money events of the case add up to."""

    def last(self, kind: type[E]) -> E | None:
        """Return the latest event of ``kind``, or None."""
        noted = self.latest.get(kind)
        return None if noted is None else noted.event

    def every(self, kind: type[E]) -> tuple[E, ...]:
        """Return all events of ``kind``, one that the procedure keeps, oldest first."""
        return tuple(noted.event for noted in self.kept.get(kind, ()))

    def when(self, kind: type) -> dt.datetime | None:
        """Return when the latest event of ``kind`` happened, or None."""
        noted = self.latest.get(kind)
        return None if noted is None else noted.at

    def who(self, kind: type) -> Actor | None:
        """Return who caused the latest event of ``kind``, or None."""
        noted = self.latest.get(kind)
        return None if noted is None else noted.by


def cited(clause: str, number: str) -> Text:
    """Return how ``clause`` is cited where the office's own standard calls it ``number``."""
    if not number:
        return Text(clause, clause)
    return Text(id=f"butir {number}", en=f"item {number}")


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
    brings; with both, the check names in detail what the fact sums up, and both must hold.
    ``only_for`` limits it to cases with that fact. ``who`` can satisfy it.
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
        if self.only_for is not None and self.only_for not in state.facts:
            return ()
        lacks = self.check(command, state, context) if self.check is not None else ()
        if not lacks and self.fact is not None and self.fact not in state.facts:
            lacks = (Lack(self.text, self.remedy),)
        return tuple(self._unmet(lack.text, lack.remedy) for lack in lacks)

    def _unmet(self, text: Text, remedy: Text) -> Unmet:
        return Unmet(self.code, self.clause, text, remedy, self.who)


@attrs.frozen(cache_hash=True)
class Step:
    """One row: who may do what, when, what must be in order, what it makes and whom it tells.

    ``when``/``unless`` say for which cases the row is there at all; ``requires`` what a case of
    that kind still needs. ``gives`` and ``clears`` are the facts that change; ``chooses`` lists
    the sets of facts of which the event's content picks one (``event.facts``), or the books after
    it (``picks``).
    """

    clause: str
    title: Text
    role: Role
    command: type[Any]
    event: type[Any]
    at: tuple[Phase, ...]
    to: Phase | None = None
    """Where it leads; None stays where it is."""
    also: tuple[Role, ...] = ()
    """Who else may do it: the system, where an electronic channel does what the role does."""
    when: tuple[Fact, ...] = ()
    unless: tuple[Fact, ...] = ()
    requires: tuple[Requirement, ...] = ()
    gives: tuple[Fact, ...] = ()
    clears: tuple[Fact, ...] = ()
    chooses: tuple[tuple[Fact, ...], ...] = ()
    makes: tuple[Paper, ...] = ()
    tells: tuple[Role, ...] = ()
    errands: tuple[Errand, ...] = ()
    """What is asked of somebody outside, where the office has an electronic way to them."""
    build: Callable[[Any, State, Context], Any] | None = None
    """Makes the event; without it the command's fields of the same names are copied."""
    of: Callable[[Any], bool] | None = None
    """Where several rows make events of one kind at one place: whether the event is of this row."""
    numbered: str = ""
    """The series that the event takes its number from."""
    series: Callable[[Any, Any, dt.date], str] | None = None
    """Which series of that name, from command, rules and day. Without it there is one a year and
    office."""
    looks: str = ""
    """What the row must be shown of other cases (``context.outside``)."""
    once: Callable[[Any, State], str] | None = None
    """What the command uses that can be used once in the whole store (``ntpn/...``), or ``""``.
    Whether it is in use stands in ``context.outside["used"]``."""
    frees: Callable[[Any, State], str] | None = None
    """What of that kind the command sets free to be used again, or ``""``."""
    posts: Callable[[Any, Balances], Sequence[Draft]] | None = None
    """The entries of a money event, from the event and the balances of the case before it."""
    picks: Callable[[Balances], tuple[Fact, ...]] | None = None
    """Which of ``chooses`` holds, by the balances after the event; without it the event says."""
    until: Callable[[State, Any], dt.datetime | None] | None = None
    """By when it should be done in this state, by the office's rules; mails say it."""
    due: Callable[[State, Any], dt.datetime | None] | None = None
    """For the system's rows: when the row is due in this state, by the office's rules."""
    aside: bool = False
    """A way out or back that nobody is waiting for: it does not make it the actor's turn."""
    never_shed: bool = False
    """Brings word that money has moved: not turned away when the house is full."""
    variants: tuple[Variant, ...] = ()
    """The row is there only for an office whose standard has all of these; empty: for any."""
    takes: tuple[Text, ...] = ()
    """What is handed in by it, by name: the documents that the office's standard asks for."""
    awaits: Role | None = None
    """Who is waited for, if it is not who acts: taking in what another has to bring."""
    number: str = ""
    """The clause's number in the office's own standard; empty: our id is cited."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """Everybody who may do it."""
        return (self.role, *self.also)

    def is_for(self, role: Role) -> bool:
        """Return whether ``role`` may do it."""
        return role == self.role or role in self.also

    @property
    def cited(self) -> Text:
        """The clause as people read it: the number in the office's own standard, or our id."""
        return cited(self.clause, self.number)

    @property
    def turn(self) -> Role:
        """Whose turn the row makes it."""
        return self.awaits or self.role

    def fits(self, phase: Phase, facts: frozenset[Fact]) -> bool:
        """Return whether the row is there for a case at ``phase`` with ``facts``."""
        return phase in self.at and facts.issuperset(self.when) and facts.isdisjoint(self.unless)

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
