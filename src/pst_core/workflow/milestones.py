"""How far a case has come, clause by clause: what a tracker shows to people.

Read from the rows: a clause is done when one of its rows was, is next when a row waits for nothing
but its act, and is not needed when no row of it can come any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from enum import StrEnum

import attrs

from ..text import Text
from .procedure import Procedure
from .step import Role, State, Step

__all__ = ["Milestone", "Reached", "progress"]


class Reached(StrEnum):
    """Where a clause stands."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    NOT_NEEDED = "not-needed"

    @property
    def text(self) -> Text:
        """The word in both languages."""
        return _REACHED[self]


_REACHED = {
    Reached.DONE: Text(id="selesai", en="done"),
    Reached.NOW: Text(id="sekarang", en="now"),
    Reached.LATER: Text(id="nanti", en="later"),
    Reached.NOT_NEEDED: Text(id="tidak diperlukan", en="not needed"),
}


@attrs.frozen
class Milestone:
    """One clause of the published standard as this case meets it."""

    clause: str
    step: Step
    """The row that was done last, or is next; else the clause's first."""
    reached: Reached
    at: dt.datetime | None
    """When it was done last."""

    @property
    def who(self) -> Role:
        """Whose step it is."""
        return self.step.turn


def progress(
    procedure: Procedure, state: State, done: Iterable[tuple[Step, dt.datetime]]
) -> tuple[Milestone, ...]:
    """Return each clause of the standard with a row that somebody is waited for, in their order.

    ``done``: the rows that were carried out and when, in order (``Desk.history``).
    """
    last = {step.clause: (step, at) for step, at in done}
    rows: dict[str, list[Step]] = {}
    for step in procedure.steps:
        # clauses X are our reading of what the standard leaves unsaid
        if not step.aside and step.role is not Role.SYSTEM and step.clause[0] != "X":
            rows.setdefault(step.clause, []).append(step)
    to_come = _to_come([s for own in rows.values() for s in own], state)
    return tuple(
        _milestone(clause, own, state, last.get(clause), to_come) for clause, own in rows.items()
    )


def _milestone(
    clause: str,
    rows: list[Step],
    state: State,
    done: tuple[Step, dt.datetime] | None,
    to_come: Collection[Step],
) -> Milestone:
    at = done[1] if done else None
    for row in rows:
        if row.fits(state.phase, state.facts) and not row.lacks(state.facts):
            given = row.gives and state.facts.issuperset(row.gives)
            if not given:
                return Milestone(clause, row, Reached.NOW, at)
    if done is not None:
        return Milestone(clause, done[0], Reached.DONE, at)
    left = any(row in to_come for row in rows)
    return Milestone(clause, rows[0], Reached.LATER if left else Reached.NOT_NEEDED, None)


def _to_come(rows: list[Step], state: State) -> list[Step]:
    """Return the rows that can still come: their phase and their facts may be reached from here.

    What an event chose (the products, the domicile) stays as it was chosen.
    """
    chosen = {
        fact for s in rows if s.event in state.latest and s.picks is None
        for choice in s.chooses for fact in choice if fact not in s.gives
    }  # fmt: skip
    phases, facts = {state.phase}, set(state.facts)
    left = [s for s in rows if not (chosen & state.facts).intersection(s.unless)]
    found: list[Step] = []
    while True:
        new = [s for s in left if s not in found and phases & set(s.at) and facts >= set(s.when)]
        if not new:
            return found
        found += new
        phases.update(s.to for s in new if s.to is not None)
        given = {f for s in new for f in (*s.gives, *(f for c in s.chooses for f in c))}
        facts |= given - (chosen - state.facts)
