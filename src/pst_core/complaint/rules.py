"""By when a complaint must be acknowledged, followed up and settled: dated law data, and its dates.

Which days count is the business of the office's calendar.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

import attrs

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..refusal import NotFound
from ..text import Text
from ..workdays import deadline

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["ComplaintRules", "Kind", "complaint_rules", "days_after"]


@attrs.frozen
class Kind:
    """A kind of complaint and its working days until it must be settled."""

    code: str
    name: Text
    days: int
    citation: str
    certainty: Certainty


@attrs.frozen
class ComplaintRules:
    """One version of the deadlines, in force from ``since``; all in working days."""

    id: str
    since: dt.date
    since_certainty: Certainty
    citation: str
    certainty: Certainty
    acknowledge: int
    follow_up: int
    reply: int
    """How long the complainant may answer back."""
    kinds: tuple[Kind, ...]

    def kind(self, code: str) -> Kind | None:
        """Return the kind ``code``, or None."""
        return next((kind for kind in self.kinds if kind.code == code), None)


def complaint_rules(on: dt.date) -> ComplaintRules:
    """Return the version in force on ``on``. Raises ``NotFound`` before the first."""
    for rules in reversed(_versions()):
        if rules.since <= on:
            return rules
    first = _versions()[0]
    raise NotFound(
        "no-complaint-rules",
        Text(
            id=f"Tidak ada batas waktu pengaduan untuk {on}.",
            en=f"No deadlines of complaints are held for {on}.",
        ),
        remedy=Text(
            id=f"Data dimulai {first.since}; tambahkan versi yang lebih lama di law/complaints.",
            en=f"The data begin on {first.since}; add an older version in law/complaints.",
        ),
    )


def days_after(office: Office, at: dt.datetime, days: int) -> dt.datetime:
    """Return the close of office hours ``days`` working days after ``at``, whose day is day 0."""
    rule = attrs.evolve(office.clock, working_days=days)
    return deadline(office.calendar, office.hours, rule, at).due_at


@cache
def _versions() -> tuple[ComplaintRules, ...]:
    table = read_toml(shipped("complaints", "pengaduan.toml"))
    found = [_version(row) for row in table.tables("versions", required=True)]
    table.done()
    return tuple(sorted(found, key=lambda rules: rules.since))


def _version(row: Table) -> ComplaintRules:
    kinds = []
    for kind in row.tables("kinds", required=True):
        kinds.append(
            Kind(
                kind.take("code", str),
                kind.text("name"),
                kind.take("days", int),
                kind.take("citation", str),
                kind.certainty(),
            )
        )
        kind.done()
    row.text("days_are")  # said in the file beside the figures
    row.certainty("days_are_certainty")
    rules = ComplaintRules(
        id=row.take("id", str),
        since=row.take("from", dt.date),
        since_certainty=row.certainty("from_certainty"),
        citation=row.take("citation", str),
        certainty=row.certainty(),
        acknowledge=row.take("acknowledge", int),
        follow_up=row.take("follow_up", int),
        reply=row.take("reply", int),
        kinds=tuple(kinds),
    )
    row.done()
    return rules
