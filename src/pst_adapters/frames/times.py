"""Time as tables: deadlines, their days, the steps of cases, in whose hands they lay, requests.

``cases`` are what a store's history holds: name of the stream, and what happened on it in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pst_core.office import Office
from pst_core.request import deadline, procedure_of, turns
from pst_core.request import events as e
from pst_core.text import Lang
from pst_core.workdays import Day, Deadline
from pst_core.workflow import Noted, State

from .table import Table, table

__all__ = ["days", "deadlines", "requests", "spans", "steps"]

Cases = Iterable[tuple[str, tuple[Noted, ...]]]
_HOUR = 3600


def deadlines(made: Iterable[Deadline], lang: Lang = "id") -> Table:  # noqa: ARG001 - as its sisters
    """Return deadlines under L2, one a row, in the order given.

    ``working_days`` is what the office's standard allows, ``calendar_days`` what they come to from
    the start to the due date.
    """
    made = tuple(made)
    return table(
        "deadlines",
        (
            "started_at", "due_date", "due_at", "working_days", "calendar_days", "paused",
            "certainty", "calendar_version",
        ),
        (
            (
                x.start, x.due_date, x.due_at, x.rule.working_days,
                (x.due_date - x.calendar.date_of(x.start)).days, x.paused,
                str(x.certainty), x.calendar_version,
            )
            for x in made
        ),
        made[0].calendar.timezone if made else "UTC",
    )  # fmt: skip


def days(explained: Iterable[Day], lang: Lang = "id") -> Table:
    """Return an explanation (``Deadline.explain``, ``Calendar.explain``) day by day."""
    return table(
        "days",
        ("day", "counted", "number", "why", "day_off", "decree", "held_by"),
        (
            (
                x.date, x.counted, x.number, x.why.say(lang),
                x.day_off.name.say(lang) if x.day_off else None,
                x.day_off.decree.number if x.day_off else None,
                x.whose or None,
            )
            for x in explained
        ),
        "UTC",
    )  # fmt: skip


def steps(cases: Cases, office: Office, lang: Lang = "id") -> Table:
    """Return each step of paid requests, and how long it was after the one before.

    ``held_by`` is whose turn it had been meanwhile, and so who is answerable for the time;
    ``hours`` are elapsed, ``working_days`` those that began in between. ``in_service``: between
    filing and delivery.
    """
    return table(
        "steps",
        (
            "stream", "n", "clause", "step", "event", "role", "phase", "since", "at", "hours",
            "working_days", "held_by", "in_service",
        ),
        _steps(cases, office, lang),
        office.calendar.timezone,
    )  # fmt: skip


def _steps(cases: Cases, office: Office, lang: Lang) -> Iterator[tuple[Any, ...]]:
    procedure, calendar = procedure_of(office), office.calendar
    for stream, happened in cases:
        state, since, day, held_by = procedure.new, None, None, None
        known = {type(noted.event): noted.at for noted in happened}
        filed, end = known.get(e.RequestFiled), known.get(e.ProductsDelivered)
        for n, noted in enumerate(happened, 1):
            row = procedure.row_of(noted.event, state)
            state = procedure.evolve(state, noted)
            at, today = noted.at, calendar.date_of(noted.at)
            yield (
                stream, n, row.clause, row.title.say(lang), row.event.NAME, str(noted.by.role),
                str(state.phase), since or at, at,
                (at - since).total_seconds() / _HOUR if since else 0.0,
                calendar.count(day, today) if day else 0,
                held_by,
                _within(since or at, at, filed, end),
            )  # fmt: skip
            since, day, held_by = at, today, _side(state)


def _within(
    since: dt.datetime, until: dt.datetime, filed: dt.datetime | None, end: dt.datetime | None
) -> bool:
    return filed is not None and since >= filed and (end is None or until <= end)


def _side(state: State) -> str | None:
    """Return whose turn it is; of all turns only the last is read."""
    return turns(State(state.phase, turns=state.turns[-1:]))[0].whose or None


def spans(cases: Cases, office: Office) -> Table:
    """Return the times over which paid requests lay in one side's hands, until it changed.

    ``waiting`` is who had the next turn, and so waited for ``held_by``; nobody at the end.
    ``in_service``: between filing and delivery, where the legal clock (L2) is on, be it stopped.
    """
    return table(
        "spans",
        ("stream", "held_by", "waiting", "since", "until", "hours", "working_days", "in_service"),
        _spans(cases, office),
        office.calendar.timezone,
    )


def _spans(cases: Cases, office: Office) -> Iterator[tuple[Any, ...]]:
    procedure, calendar = procedure_of(office), office.calendar
    for stream, happened in cases:
        state = procedure.fold(happened)
        filed = state.when(e.RequestFiled)
        end = state.when(e.ProductsDelivered)
        changes: list[tuple[dt.datetime, str]] = []
        for turn in turns(state):
            if not changes or changes[-1][1] != turn.whose:
                changes.append((turn.since, turn.whose))
        for (since, held_by), (until, waiting) in pairwise(changes):
            if not held_by:
                continue
            yield (
                stream, held_by, waiting or None, since, until,
                (until - since).total_seconds() / _HOUR,
                calendar.count(calendar.date_of(since), calendar.date_of(until)),
                _within(since, until, filed, end),
            )  # fmt: skip


def requests(cases: Cases, office: Office) -> Table:
    """Return paid requests, one a row: what was asked, its price, its time under L2.

    ``late_days`` is None if in time and 0 if late by less than one working day, as it stood at the
    request's last event; the days of each side are those of the legal clock.
    """
    return table(
        "requests",
        (
            "stream", "channel", "segment", "abroad", "kinds", "total", "phase", "opened_at",
            "filed_at", "due_at", "delivered_at", "changed_at", "late_days", "officer_days",
            "treasurer_days", "applicant_days", "stars",
        ),
        (_request(stream, happened, office) for stream, happened in cases if happened),
        office.calendar.timezone,
    )  # fmt: skip


def _request(stream: str, happened: tuple[Noted, ...], office: Office) -> tuple[Any, ...]:
    state = procedure_of(office).fold(happened)
    opened, chosen = state.last(e.RequestOpened), state.last(e.ProductsChosen)
    offered, rated = state.last(e.OfferSent), state.last(e.ServiceRated)
    clock = deadline(state, office)
    hands = clock.in_whose_hands() if clock else None
    return (
        stream,
        str(opened.channel) if opened else None,
        str(opened.applicant.segment) if opened else None,
        bool(opened and opened.applicant.abroad),
        "+".join(sorted({p.kind for p in chosen.products})) if chosen else None,
        offered.total if offered else None,
        str(state.phase),
        happened[0].at,
        state.when(e.RequestFiled),
        clock.due_at if clock else None,
        state.when(e.ProductsDelivered),
        happened[-1].at,
        _late(clock, happened[-1].at),
        *(hands.get(side, 0) if hands is not None else None for side in _SIDES),
        rated.stars if rated else None,
    )


_SIDES = ("officer", "treasurer", "applicant")


def _late(clock: Deadline | None, last: dt.datetime) -> int | None:
    if clock is None or not clock.overdue(last):
        return None
    end = max(clock.ended or last, clock.start)
    return max(0, clock.calendar.count(clock.due_date, clock.calendar.date_of(end)))
