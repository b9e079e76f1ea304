"""The monthly report on the service: time, waits, whose hands, complaints, ratings and survey.

It is computed from events up to the last day of the month, so a report made again later says the
same. A request counts in the month of its delivery, a visit in that of its day, a complaint in that
of its receipt, a rating or a survey in that of its answer.
"""

from __future__ import annotations

import calendar
import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ..complaint import PROCEDURE as COMPLAINT
from ..complaint import ComplaintReceived, due, kind_of, settled_in_time
from ..complaint import events as complaint_events
from ..refusal import BadInput
from ..request import PROCEDURE as REQUEST
from ..request import ProductsDelivered, RequestOpened, deadline
from ..request.events import ServiceRated
from ..survey import Result, SurveyAnswered, result
from ..text import Text
from ..visit import Ticket, Wait, read_ticket, waits
from ..workflow import Noted, State

if TYPE_CHECKING:
    from ..office import Office

__all__ = [
    "ChannelTime",
    "ComplaintCount",
    "Hands",
    "LateCall",
    "LineTime",
    "Month",
    "Period",
    "Rating",
    "Report",
    "SurveyCount",
    "VisitCount",
    "monthly_report",
    "survey_results",
]

Happened = tuple[Noted, ...]


@attrs.frozen
class Month:
    """One month of the calendar."""

    year: int
    month: int

    @classmethod
    def of(cls, text: str) -> Month:
        """Return the month that ``text`` names (``2026-11``). Raises ``BadInput``."""
        year, _, month = text.partition("-")
        if len(year) == 4 and year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12:
            return cls(int(year), int(month))
        raise BadInput(
            "bad-month",
            Text(id=f"{text!r} bukan bulan.", en=f"{text!r} is not a month."),
            remedy=Text(id="Tulis seperti 2026-11.", en="Write it like 2026-11."),
        )

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@attrs.frozen
class Period:
    """Any days, first and last included."""

    first: dt.date
    last: dt.date


@attrs.frozen
class ChannelTime:
    """L2: requests of one channel that were delivered, and how many in time.

    ``overdue``: those not delivered by the end of the month although their time was over.
    """

    channel: str
    delivered: int
    in_time: int
    overdue: int


@attrs.frozen
class LineTime:
    """L1: calls from one line (a service of the counter), and how long was waited for them."""

    service: str
    name: Text
    calls: int
    timed: int
    """Calls that L1 holds for: an applicant before had finished."""
    in_time: int
    median: float
    """Minutes from having begun to wait to the call."""
    ninth: float
    """Nine of ten waited no longer, in minutes."""
    longest: float


@attrs.frozen
class LateCall:
    """One call that came later than L1 allows, where and why."""

    stream: str
    ticket: str
    counter: str
    minutes: float
    """After the start of L1's clock, breaks included."""
    why: Text


@attrs.frozen
class Named:
    """A service of the counter by its name."""

    service: str
    name: Text


@attrs.frozen
class VisitCount:
    """What came of the visits."""

    visits: int
    numbers: int
    served: int
    left: int
    """Went away before being served."""
    unserved: int
    """Neither served nor gone when the day ended: as a rule not there when called."""
    missed_calls: int
    returned: int
    transferred: int
    priority: int
    to_requests: int


@attrs.frozen
class Hands:
    """Working days that delivered requests spent in one side's hands."""

    side: str
    days: int
    median: float
    """Of the requests."""


@attrs.frozen
class ComplaintCount:
    """Complaints received, and what came of them by the end of the month."""

    received: int
    doors: Mapping[str, int]
    kinds: Mapping[str, int]
    answered: int
    in_time: int
    """Of those answered, and of those not answered none."""
    overdue: int
    """Not answered although the time was over."""
    reopened: int
    escalated: int
    closed: int


@attrs.frozen
class Rating:
    """S23: ratings with one to five stars."""

    ratings: int
    stars: Mapping[int, int]
    mean: Fraction | None


@attrs.frozen
class SurveyCount:
    """The nine-element survey: the office as a whole, and each service with an answer."""

    office: Result
    services: Mapping[str, Result]


@attrs.frozen
class Report:
    """One month of one office."""

    office: str
    name: Text
    month: Month
    channels: tuple[ChannelTime, ...]
    lines: tuple[LineTime, ...]
    late: tuple[LateCall, ...]
    visits: VisitCount
    hands: tuple[Hands, ...]
    opened: int
    """Requests opened in the month."""
    delivered: int
    complaints: ComplaintCount
    ratings: Rating
    survey: SurveyCount
    services: tuple[Named, ...]
    """The services of the counter."""
    queue_minutes: int
    """L1."""
    working_days: int
    """L2."""
    minimum: int
    """Answers from which on the office shows a figure of the survey."""


def monthly_report(
    office: Office, month: Month, cases: Iterable[tuple[str, str, Happened]]
) -> Report:
    """Return the report on ``month``.

    ``cases``: name of the stream, of its procedure, and what has happened on it, in order.
    """
    by_procedure: dict[str, list[tuple[str, Happened]]] = defaultdict(list)
    latest = month.first
    for stream, procedure, happened in cases:
        latest = max([latest, *(office.local(n.at).date() for n in happened)])
        known = tuple(n for n in happened if office.local(n.at).date() <= month.last)
        if known:
            by_procedure[procedure].append((stream, known))
    requests = [REQUEST.fold(happened) for _, happened in by_procedure["request"]]
    tickets = [
        ticket
        for stream, happened in by_procedure["visit"]
        if _in(office, month, happened[0].at) and (ticket := read_ticket(stream, happened))
    ]
    delivered = [s for s in requests if _in(office, month, s.when(ProductsDelivered))]
    timed = waits(tickets, office)
    return Report(
        office=office.code,
        name=office.name,
        month=month,
        channels=_channels(office, month, requests),
        lines=_lines(office, timed),
        late=tuple(
            LateCall(w.stream, w.ticket, w.counter, round(w.after_before or 0, 1), w.why)
            for w in timed
            if w.late
        ),
        visits=_visits(tickets, office, latest),
        hands=_hands(office, delivered),
        opened=sum(_in(office, month, s.when(RequestOpened)) for s in requests),
        delivered=len(delivered),
        complaints=_complaints(office, month, [h for _, h in by_procedure["complaint"]]),
        ratings=_ratings(office, month, requests),
        survey=survey_results(office, month, [h for _, h in by_procedure["survey"]]),
        services=tuple(Named(s.code, s.name) for s in office.counter.services),
        queue_minutes=office.clock.queue_minutes,
        working_days=office.clock.working_days,
        minimum=office.survey.minimum_answers,
    )


def survey_results(
    office: Office, period: Month | Period, surveys: Iterable[Happened]
) -> SurveyCount:
    """Return the survey's results of ``period``: of the office, and of each service."""
    answered = [
        noted.event
        for happened in surveys
        for noted in happened
        if isinstance(noted.event, SurveyAnswered) and _in(office, period, noted.at)
    ]
    minimum = office.survey.minimum_answers
    services = sorted({event.service for event in answered})
    return SurveyCount(
        result((event.answers for event in answered), minimum),
        {s: result((e.answers for e in answered if e.service == s), minimum) for s in services},
    )


def _in(office: Office, period: Month | Period, at: dt.datetime | None) -> bool:
    return at is not None and period.first <= office.local(at).date() <= period.last


def _end(office: Office, month: Month) -> dt.datetime:
    day = month.last + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), office.calendar.zone)


def _channels(office: Office, month: Month, requests: list[State]) -> tuple[ChannelTime, ...]:
    end = _end(office, month)
    delivered: Counter[str] = Counter()
    in_time: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for state in requests:
        opened = state.last(RequestOpened)
        clock = deadline(state, office)
        if opened is None or clock is None:
            continue
        channel = str(opened.channel)
        at = state.when(ProductsDelivered)
        if at is not None and _in(office, month, at):
            delivered[channel] += 1
            in_time[channel] += not clock.overdue(at)
        elif at is None and not REQUEST.ended(state):
            overdue[channel] += clock.overdue(end)
    return tuple(
        ChannelTime(name, delivered[name], in_time[name], overdue[name])
        for name in ("walk-in", "online")
    )


def _lines(office: Office, timed: tuple[Wait, ...]) -> tuple[LineTime, ...]:
    found = []
    first = office.counter.services[0].code  # numbers of before there were services
    for service in office.counter.services:
        calls = [w for w in timed if (w.service or first) == service.code]
        if not calls:
            continue
        minutes = sorted(w.minutes for w in calls)
        held = [w for w in calls if w.due is not None]
        found.append(
            LineTime(
                service=service.code,
                name=service.name,
                calls=len(calls),
                timed=len(held),
                in_time=sum(not w.late for w in held),
                median=round(statistics.median(minutes), 1),
                # the least number of minutes that nine of ten did not exceed
                ninth=round(minutes[-(-9 * len(minutes) // 10) - 1], 1),
                longest=round(minutes[-1], 1),
            )
        )
    return tuple(found)


def _visits(tickets: list[Ticket], office: Office, latest: dt.date) -> VisitCount:
    how = Counter(spell.how for ticket in tickets for spell in ticket.spells)
    return VisitCount(
        visits=len(tickets),
        numbers=sum(t.number > 0 for t in tickets),
        served=sum(t.phase == "SERVED" for t in tickets),
        left=sum(t.phase == "LEFT" and bool(t.left_from) for t in tickets),
        unserved=sum(_unserved(t, office, latest) for t in tickets),
        missed_calls=how["missed"],
        returned=sum(
            spell.how == "missed" and n + 1 < len(t.spells)
            for t in tickets
            for n, spell in enumerate(t.spells)
        ),
        transferred=how["transferred"],
        priority=sum(bool(t.priority) for t in tickets),
        to_requests=sum(bool(t.request) for t in tickets),
    )


def _unserved(ticket: Ticket, office: Office, latest: dt.date) -> bool:
    """Return whether the day ended before the visitor was served or went away.

    Whoever is still there on the ``latest`` day that anything is known of may yet be served.
    """
    if ticket.phase == "LEFT":
        return not ticket.left_from
    return ticket.phase != "SERVED" and office.local(ticket.arrived_at).date() < latest


def _hands(office: Office, delivered: list[State]) -> tuple[Hands, ...]:
    used: dict[str, list[int]] = defaultdict(list)
    for state in delivered:
        clock = deadline(state, office)
        if clock is None:
            continue
        hands = clock.in_whose_hands()
        for side in ("officer", "treasurer", "applicant"):
            used[side].append(hands.get(side, 0))
    return tuple(
        Hands(side, sum(days), round(statistics.median(days), 1)) for side, days in used.items()
    )


def _complaints(office: Office, month: Month, complaints: list[Happened]) -> ComplaintCount:
    end = _end(office, month)
    doors: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    answered = in_time = overdue = reopened = escalated = closed = 0
    for happened in complaints:
        state = COMPLAINT.fold(happened)
        received = state.last(ComplaintReceived)
        if received is None or not _in(office, month, state.when(ComplaintReceived)):
            continue
        doors[str(received.door)] += 1
        kinds[kind_of(state)] += 1
        in_good_time = settled_in_time(state, office)
        answered += in_good_time is not None
        in_time += in_good_time is True
        by = due(state, office)
        overdue += by is not None and by < end
        reopened += any(isinstance(n.event, complaint_events.ComplaintReopened) for n in happened)
        escalated += any(isinstance(n.event, _ESCALATIONS) for n in happened)
        closed += COMPLAINT.ended(state)
    return ComplaintCount(
        sum(doors.values()), dict(sorted(doors.items())), dict(sorted(kinds.items())),
        answered, in_time, overdue, reopened, escalated, closed,
    )  # fmt: skip


_ESCALATIONS = (
    complaint_events.AcknowledgingOverdue,
    complaint_events.FollowingUpOverdue,
    complaint_events.AnsweringOverdue,
)


def _ratings(office: Office, month: Month, requests: list[State]) -> Rating:
    stars = [
        rated.stars
        for state in requests
        if (rated := state.last(ServiceRated)) is not None
        and _in(office, month, state.when(ServiceRated))
    ]
    count = Counter(stars)
    return Rating(
        len(stars),
        {n: count[n] for n in range(1, 6)},
        Fraction(sum(stars), len(stars)) if stars else None,
    )
