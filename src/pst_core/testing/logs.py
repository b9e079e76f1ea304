"""Event logs of invented cases: true to the table, and with deviations planted in them.

Cases are walked at random over a procedure's rows, each command really decided; what is planted is
known, so whoever reads such a log can be held to finding it, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from random import Random
from typing import Any

import attrs

from ..analysis.logs import LogRow, own_rows
from ..desk import Entry
from ..office import Office
from ..request import deadline, procedure_of
from ..request import events as e
from ..workflow import Fact, Phase, Procedure, Role, Step
from .moves import Life
from .ways import onward

__all__ = ["Plant", "Planted", "is_legal", "late_days", "plant", "walked"]

_LONGEST = 60


class Plant(StrEnum):
    """What can be planted in the log of a case."""

    NOTHING = "nothing"
    MISSING = "missing"
    SWAPPED = "swapped"
    WRONG_ROLE = "wrong-role"
    UNPAID = "product-before-payment"
    LATE = "late"
    UNKNOWN = "unknown-activity"
    NO_TIME = "unreadable-time"
    TWICE = "case-twice"
    TWO_ZONES = "two-zones"


@attrs.frozen(repr=False)
class Planted:
    """The rows of a case with ``plant`` in them.

    ``clauses``: the steps it is about (of a swap, both). ``late``: by how many working days the
    case is late under L2, None if it is in time.
    """

    plant: Plant
    rows: tuple[LogRow, ...]
    clauses: tuple[str, ...] = ()
    late: int | None = None

    def __repr__(self) -> str:
        told = " ".join(f"{row.activity.split()[0]}({row.role})" for row in self.rows)
        return f"<{self.plant} {' '.join(self.clauses)}: {told}>"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))


def walked(
    procedure: Procedure, office: Office, start: dt.datetime, random: Random, stream: str
) -> tuple[Entry, ...]:
    """Return a case walked at random from ``start`` (aware) until it rests, or is long enough.

    Ways out and back are taken seldom, so that most cases come far.
    """
    life = Life(office, procedure, start, stream)
    while len(life.entries) < _LONGEST:
        if procedure.ended(life.state) and random.random() < 0.7:
            break
        found = list(onward(life))
        if not found:
            break
        weights = [_weight(longer.entries[-1], life.entries) for longer in found]
        life = random.choices(found, weights)[0]
    return life.entries


def _weight(entry: Entry, history: tuple[Entry, ...]) -> float:
    step = entry.step
    if step.aside or step.role is Role.SYSTEM:
        return 0.08
    # what leads on is taken rather than done again
    again = sum(past.step is step for past in history)
    return (4.0 if step.to is not None or step.gives else 1.0) / (1 + again) ** 2


@cache
def _steps_named(procedure: Procedure) -> dict[str, tuple[Step, ...]]:
    found: dict[str, tuple[Step, ...]] = {}
    for step in procedure.steps:
        name = f"{step.clause} {step.title.id}"
        found[name] = (*found.get(name, ()), step)
    return found


def is_legal(procedure: Procedure, rows: Sequence[LogRow]) -> bool:
    """Return whether ``rows``, which tell every fact that was chosen, go as the table says.

    A plain walk along the rows, to hold cleverer ones against.
    """
    named = _steps_named(procedure)
    phase: Phase = procedure.start
    facts: frozenset[Fact] = frozenset()
    for row in rows:
        steps = named[row.activity]
        step = next(
            (s for s in steps if s.fits(phase, facts) and not s.lacks(facts)
             and row.role in s.roles),
            None,
        )  # fmt: skip
        if step is None:
            return False
        told = {fact for fact, holds in row.told if holds}
        choices = {f for choice in step.chooses for f in choice}
        phase, facts = step.after(phase, facts, tuple(f for f in choices if f in told))
    return True


def late_days(entries: Sequence[Entry], office: Office, until: dt.datetime) -> int | None:
    """Return by how many working days the case was late at its end, or at ``until``."""
    clock = deadline(entries[-1].state, office) if entries else None
    if clock is None:
        return None
    end = max(clock.ended or until, clock.start)
    if not clock.overdue(end):
        return None
    return clock.calendar.count(clock.due_date, clock.calendar.date_of(end))


def plant(
    what: Plant,
    case: str,
    entries: Sequence[Entry],
    office: Office,
    random: Random,
    procedure: Procedure | None = None,
) -> Planted | None:
    """Return the log of ``entries`` with ``what`` planted in it, or None if it has no room for it.

    ``case`` is the id that it has in the log. What is planted makes a difference by the table: a
    step whose lack nobody could see is not left out. Without a ``procedure`` it is the office's
    paid request.
    """
    procedure = procedure or procedure_of(office)
    rows = tuple(row._replace(case=case) for row in own_rows(case, entries))
    late = late_days(entries, office, entries[-1].noted.at)
    made = _PLANTERS[what](rows, entries, office, random, procedure)
    if made is None:
        return None
    return made if made.late is not None else attrs.evolve(made, late=late)


Rows = tuple[LogRow, ...]


def _nothing(
    rows: Rows, _: Sequence[Entry], __: Office, ___: Random, ____: Procedure
) -> Planted | None:
    return Planted(Plant.NOTHING, rows)


def _missing(
    rows: Rows, entries: Sequence[Entry], _: Office, random: Random, procedure: Procedure
) -> Planted | None:
    places = [
        n for n in range(len(rows)) if not is_legal(procedure, (*rows[:n], *rows[n + 1 :]))
    ]  # fmt: skip
    if not places:
        return None
    n = random.choice(places)
    return Planted(Plant.MISSING, (*rows[:n], *rows[n + 1 :]), (entries[n].step.clause,))


def _swapped(
    rows: Rows, entries: Sequence[Entry], _: Office, random: Random, procedure: Procedure
) -> Planted | None:
    def swap(n: int) -> Rows:
        first, second = rows[n], rows[n + 1]
        return (
            *rows[:n], second._replace(at=first.at), first._replace(at=second.at), *rows[n + 2 :]
        )  # fmt: skip

    places = [n for n in range(len(rows) - 1) if not is_legal(procedure, swap(n))]
    if not places:
        return None
    n = random.choice(places)
    return Planted(
        Plant.SWAPPED, swap(n), (entries[n].step.clause, entries[n + 1].step.clause)
    )  # fmt: skip


def _wrong_role(
    rows: Rows, entries: Sequence[Entry], _: Office, random: Random, procedure: Procedure
) -> Planted | None:
    n = random.randrange(len(rows))
    alike = _steps_named(procedure)[rows[n].activity]
    wrong = [r for r in Role if not any(r in s.roles for s in alike)]
    changed = rows[n]._replace(role=str(random.choice(wrong)))
    return Planted(
        Plant.WRONG_ROLE, (*rows[:n], changed, *rows[n + 1 :]), (entries[n].step.clause,)
    )  # fmt: skip


def _unpaid(
    rows: Rows, entries: Sequence[Entry], _: Office, __: Random, ___: Procedure
) -> Planted | None:
    money = (e.PaymentConfirmed, e.TransferVerified)
    paid = next((n for n, x in enumerate(entries) if isinstance(x.noted.event, money)), None)
    sent = next(
        (n for n, x in enumerate(entries) if isinstance(x.noted.event, e.ProductsDelivered)), None
    )
    if paid is None or sent is None or sent < paid:
        return None
    moved = (*rows[:paid], rows[sent], *rows[paid:sent], *rows[sent + 1 :])
    times = [row.at for row in rows]
    return Planted(
        Plant.UNPAID,
        tuple(row._replace(at=at) for row, at in zip(moved, times, strict=True)),
        (entries[sent].step.clause,),
    )


def _late(
    rows: Rows, entries: Sequence[Entry], office: Office, random: Random, _: Procedure
) -> Planted | None:
    sent = next(
        (n for n, x in enumerate(entries) if isinstance(x.noted.event, e.ProductsDelivered)), None
    )
    clock = deadline(entries[sent - 1].state, office) if sent else None
    if sent is None or clock is None or clock.paused:
        return None
    days = random.randint(1, 9)
    day = office.calendar.add(clock.due_date, days)
    at = dt.datetime.combine(day, dt.time(10), office.calendar.zone)
    if at <= entries[sent - 1].noted.at:
        return None  # the case was as late as that before
    by = at - entries[sent].noted.at
    later = tuple(row._replace(at=row.at + by if row.at else None) for row in rows[sent:])
    return Planted(Plant.LATE, (*rows[:sent], *later), ("L2",), days)


def _unknown(
    rows: Rows, _: Sequence[Entry], __: Office, random: Random, ___: Procedure
) -> Planted | None:
    n = random.randrange(len(rows))
    odd = rows[n]._replace(activity="Rapat koordinasi internal", id="", told=())
    return Planted(Plant.UNKNOWN, (*rows[: n + 1], odd, *rows[n + 1 :]))


def _no_time(
    rows: Rows, _: Sequence[Entry], __: Office, random: Random, ___: Procedure
) -> Planted | None:
    n = random.randrange(len(rows))
    return Planted(Plant.NO_TIME, (*rows[:n], rows[n]._replace(at=None), *rows[n + 1 :]))


def _twice(
    rows: Rows, _: Sequence[Entry], __: Office, ___: Random, ____: Procedure
) -> Planted | None:
    return Planted(Plant.TWICE, (*rows, *rows))


def _two_zones(
    rows: Rows, _: Sequence[Entry], __: Office, random: Random, ___: Procedure
) -> Planted | None:
    zones = (dt.UTC, dt.timezone(dt.timedelta(hours=7)), dt.timezone(dt.timedelta(hours=9)))
    moved = [
        row._replace(at=row.at.astimezone(random.choice(zones)) if row.at else None)
        for row in rows
    ]  # fmt: skip
    # and the file is in the order of the clocks on the wall, not of time
    moved.sort(key=lambda row: f"{row.at:%Y%m%d%H%M%S}")
    return Planted(Plant.TWO_ZONES, tuple(moved))


_PLANTERS = {
    Plant.NOTHING: _nothing,
    Plant.MISSING: _missing,
    Plant.SWAPPED: _swapped,
    Plant.WRONG_ROLE: _wrong_role,
    Plant.UNPAID: _unpaid,
    Plant.LATE: _late,
    Plant.UNKNOWN: _unknown,
    Plant.NO_TIME: _no_time,
    Plant.TWICE: _twice,
    Plant.TWO_ZONES: _two_zones,
}
