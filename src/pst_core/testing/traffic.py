"""Paid requests in numbers: whole lives of invented requests over some months, quickly.

Each course (what is bought, by which way it goes) is played once at a desk, every command decided;
requests of that course are then the same events at times of their own. A seed gives the same
requests again. How often each course is taken and how long each step takes is **assumed**: no
office published it. It is for trying reports, charts and loads, and says nothing of any office.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from random import Random
from types import MappingProxyType
from typing import Any

import attrs

from .. import visit as vs
from ..desk import Desk
from ..desk.memory import MemoryStore
from ..office import Office
from ..refusal import BadInput
from ..request import commands as c
from ..request import procedure_of
from ..request.events import ServiceRated
from ..request.state import Channel
from ..tariff import Map, Microdata, Product, Publication
from ..text import Text
from ..workflow import Noted, Procedure, Role, Step
from .lives import APPLICANT, carry, person

__all__ = ["PACES", "Lived", "Pace", "Share", "Traffic", "traffic"]


@attrs.frozen
class Pace:
    """How long a step takes: hours, drawn log-normal about ``median``, at most ``most``.

    Office hours for the office's steps, hours of the clock for the applicant's. ``spread`` is the
    standard deviation of the logarithm: with 0.7 two of three lie between half and double.
    """

    median: float
    most: float
    spread: float = 0.7

    def draw(self, random: Random) -> float:
        """Return hours."""
        return min(random.lognormvariate(math.log(self.median), self.spread), self.most)


_AT_ONCE = Pace(0.1, 2)

PACES: Mapping[type, Pace] = MappingProxyType({
    # the applicant, hours of the clock
    c.AcceptTerms: Pace(0.1, 2),
    c.ChooseProducts: Pace(0.2, 4),
    c.CompleteForm: Pace(0.4, 24),
    c.FileAbstraction: Pace(3, 96, 1.0),
    c.HandInDocument: Pace(1, 48, 1.0),
    c.FileRequest: Pace(0.1, 2),
    c.AcceptOffer: Pace(14, 90, 0.9),
    c.AskOfferCorrection: Pace(10, 48, 0.8),
    c.ReportPayment: Pace(22, 100, 0.9),
    c.SignAgreement: Pace(12, 72, 0.8),
    c.CancelRequest: Pace(30, 90, 0.7),
    c.AskDeliveryCorrection: Pace(20, 96, 0.8),
    c.ApproveDelivery: Pace(20, 72, 0.9),
    c.RateService: Pace(4, 48, 1.0),
    # the office, office hours
    c.VerifyAbstraction: Pace(5, 60),
    c.SendBackAbstraction: Pace(5, 60),
    c.PrepareProducts: Pace(14, 110, 0.8),
    c.SendOffer: Pace(2, 24),
    c.ReviseOffer: Pace(3, 24),
    c.IssueBilling: Pace(2, 16),
    c.ConfirmPayment: Pace(3, 8),
    c.VerifyTransfer: Pace(8, 24),
    c.AcceptAgreement: Pace(3, 16),
    c.IssueReceipt: Pace(1.5, 16),
    c.DeliverProducts: Pace(2, 24),
    c.MendDelivery: Pace(6, 40),
})  # fmt: skip
"""Assumed. An offer and a billing code hold long enough for the longest of these."""


@attrs.frozen
class Share:
    """One way in which requests differ: a name, and how often against the others."""

    name: str
    weight: float
    of: Any = None


_START = (c.AcceptTerms, c.ChooseProducts, c.CompleteForm)
_OFFER = (c.PrepareProducts, c.SendOffer)
_CORRECTED = (c.AskOfferCorrection, c.ReviseOffer)
_MENDED = (c.AskDeliveryCorrection, c.MendDelivery)

BASKETS: tuple[Share, ...] = (
    Share("publikasi-tipis", 20, (Publication("Kecamatan Dalam Angka", pages=140),)),
    Share("publikasi", 22, (Publication("Rembang Dalam Angka", pages=312),)),
    Share("mikrodata-kecil", 20, (Microdata("Susenas 2025, kor", bytes=4_200_000),)),
    Share("mikrodata", 14, (Microdata("Sakernas 2025", bytes=26_500_000),)),
    Share("mikrodata-olah", 4, (Microdata("Tabulasi Susenas", bytes=900_000, processed=True),)),
    Share("peta", 8, (Map("Rembang", level="village", sheets=1),)),
    Share("peta-kecamatan", 4, (Map("Rembang", level="district", sheets=3),)),
    Share("semua", 8, (
        Publication("Rembang Dalam Angka", pages=312),
        Microdata("Susenas 2025, kor", bytes=4_200_000),
        Map("Rembang", level="village", sheets=1),
    )),
)  # fmt: skip
_SENT_BACK = Share("abstraksi-dikembalikan", 10)
WAYS: tuple[Share, ...] = (
    Share("lurus", 62),
    _SENT_BACK,
    Share("penawaran-dikoreksi", 9),
    Share("produk-dikoreksi", 6),
    Share("dibatalkan", 6),
    Share("kedaluwarsa", 7),
)
CHANNELS = (Share("online", 70, Channel.ONLINE), Share("walk-in", 30, Channel.WALK_IN))
DOMICILES = (Share("dalam-negeri", 97, False), Share("luar-negeri", 3, True))
RATINGS = (Share("dinilai", 55, True), Share("tidak-dinilai", 45, False))
STARS = tuple(Share(f"{n}", weight, n) for n, weight in ((5, 58), (4, 30), (3, 8), (2, 3), (1, 1)))
HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 18, 15, 11, 13, 15, 14, 11, 9, 8, 9, 10, 9, 6, 4)
"""How many requests are opened online in each hour of the day, midnight first."""
DAYS = (11, 12, 11, 11, 9, 4, 3)
"""And on each day of the week, Monday first."""


@attrs.frozen
class Lived:
    """One request: what happened on it, as a store's history would hold it."""

    stream: str
    course: str
    """Basket, way, channel, domicile and rating, with ``/`` between."""
    happened: tuple[Noted, ...]

    @property
    def case(self) -> tuple[str, str, tuple[Noted, ...]]:
        """What ``analysis.monthly_report`` takes."""
        return (self.stream, "request", self.happened)


@attrs.frozen
class _Act:
    """One event of a course, with all that is to be known to give it another time."""

    step: Step
    event: Any
    at: dt.datetime
    by: Any
    times: tuple[str, ...]
    """Fields of the event that hold moments; they keep their distance from it."""
    days: tuple[str, ...]


@attrs.frozen(eq=False, slots=False)
class Traffic:
    """Makes requests of one office between two days; see ``traffic``."""

    office: Office
    first: dt.date
    last: dt.date
    seed: int = 1
    paces: Mapping[type, Pace] = PACES

    def __attrs_post_init__(self) -> None:
        if self.last < self.first or self.last > self.office.calendar.last_day - _ROOM:
            end = self.office.calendar.last_day - _ROOM
            raise BadInput(
                "bad-traffic",
                Text(
                    id=f"Permintaan tidak dapat dibuka dari {self.first} sampai {self.last}.",
                    en=f"Requests cannot be opened from {self.first} to {self.last}.",
                ),
                remedy=Text(
                    id=f"Pilih hari-hari berurutan sampai {end}: setelahnya harus ada kalender.",
                    en=f"Choose days in order up to {end}: there must be a calendar after them.",
                ),
            )

    def requests(self, many: int) -> Iterator[Lived]:
        """Give ``many`` requests in the order in which they are opened."""
        random = Random(self.seed)  # noqa: S311 - invented, and the same again
        opened = sorted(self._opening(random) for _ in range(many))
        counts: dict[int, int] = {}
        for at, online in opened:
            channel = CHANNELS[0] if online else CHANNELS[1]
            drawn = [_pick(random, shares) for shares in (BASKETS, WAYS, DOMICILES, RATINGS)]
            if drawn[1] is _SENT_BACK and not (self._sends_back and _agreed(drawn[0].of)):
                drawn[1] = WAYS[0]  # there is no abstraction, or none that comes back here
            year = self.office.local(dt.datetime.fromtimestamp(at, dt.UTC)).year
            counts[year] = counts.get(year, 0) + 1
            stream = f"request-{self.office.code}-{year}-{counts[year]:06d}"
            yield self._lived(stream, at, random, (*drawn[:2], channel, *drawn[2:]))

    def _opening(self, random: Random) -> tuple[int, bool]:
        """Return when a request is opened, seconds of the clock, and whether online."""
        online = _pick(random, self._doors) is CHANNELS[0]
        zone = self.office.calendar.zone
        if not online:
            begins, ends = random.choice(self._hours.windows(self.first, self.last))
            return int(begins + random.random() * (ends - begins)), False
        while True:
            day = self.first + dt.timedelta(random.randrange((self.last - self.first).days + 1))
            if random.random() * max(DAYS) <= DAYS[day.weekday()]:
                break
        [hour] = random.choices(range(24), HOURS)
        midnight = dt.datetime.combine(day, dt.time(hour), zone).timestamp()
        return int(midnight + random.random() * 3600), True

    def _lived(self, stream: str, at: int, random: Random, drawn: tuple[Share, ...]) -> Lived:
        acts = self._courses.get(drawn)
        if acts is None:
            acts = self._courses[drawn] = _course(self.office, *drawn)
        happened: list[Noted] = []
        moment = dt.datetime.fromtimestamp(at, dt.UTC)
        for n, act in enumerate(acts):
            if n:
                moment = self._next(act, moment, happened, random)
            event = _moved(act, moment, self.office)
            if isinstance(event, ServiceRated):
                event = attrs.evolve(event, stars=_pick(random, STARS).of)
            happened.append(Noted(event, moment, act.by))
        return Lived(stream, "/".join(share.name for share in drawn), tuple(happened))

    def _next(
        self, act: _Act, before: dt.datetime, happened: Sequence[Noted], random: Random
    ) -> dt.datetime:
        step = act.step
        if step.due is not None:
            # what the clock does comes when it is due, by the office's rules
            due = step.due(self._procedure.fold(happened), self.office)
            return max(before, (due or before).astimezone(dt.UTC))
        seconds = int(self.paces.get(step.command, _AT_ONCE).draw(random) * 3600) + 1
        if step.role in (Role.APPLICANT, Role.SYSTEM):
            return before + dt.timedelta(seconds=seconds)
        open_at = self._hours.after(before.timestamp(), seconds)
        return dt.datetime.fromtimestamp(open_at, dt.UTC)

    @cached_property
    def _courses(self) -> dict[tuple[Share, ...], tuple[_Act, ...]]:
        """What was played."""
        return {}

    @cached_property
    def _doors(self) -> tuple[Share, ...]:
        """By which ways requests come to this office."""
        return tuple(share for share in CHANNELS if share.of in self.office.doors)

    @cached_property
    def _sends_back(self) -> bool:
        return any(s.command is c.SendBackAbstraction for s in self._procedure.steps)

    @cached_property
    def _procedure(self) -> Procedure:
        return procedure_of(self.office)

    @cached_property
    def _hours(self) -> _Hours:
        return _Hours.of(self.office, self.first, self.office.calendar.last_day)


def traffic(
    office: Office,
    many: int,
    *,
    first: dt.date = dt.date(2025, 1, 1),
    last: dt.date = dt.date(2025, 12, 31),
    seed: int = 1,
    paces: Mapping[type, Pace] = PACES,
) -> Iterator[Lived]:
    """Give ``many`` paid requests that are opened from ``first`` to ``last``, in that order.

    The same ``seed`` gives the same requests. ``paces`` in place of ``PACES``: how long steps take
    (assumed). Requests do not get in each other's way: nobody's desk is ever full; the reminder
    before an offer ends comes only where it does end. Numbers on papers (invoice, NTPN) are those
    of the course and come again, so a store would refuse them. Raises ``BadInput`` if the calendar
    ends too soon after ``last``, and the ``Refusal`` of a step that the office's standard has not.
    """
    return Traffic(office, first, last, seed, paces).requests(many)


_ROOM = dt.timedelta(120)


def _pick(random: Random, shares: Sequence[Share]) -> Share:
    at = random.random() * sum(share.weight for share in shares)
    for share in shares:
        at -= share.weight
        if at < 0:
            return share
    return shares[-1]


@attrs.frozen
class _Hours:
    """When an office is open, as seconds of the clock, and how many were open before each span."""

    begins: Sequence[float]
    ends: Sequence[float]
    before: Sequence[float]
    days: Sequence[dt.date]

    @classmethod
    def of(cls, office: Office, first: dt.date, last: dt.date) -> _Hours:
        zone = office.calendar.zone
        spans = [
            (day, *(dt.datetime.combine(day, time, zone).timestamp() for time in span))
            for n in range((last - first).days + 1)
            if office.calendar.is_workday(day := first + dt.timedelta(n))
            for span in office.hours.on(day)
        ]
        days, begins, ends = zip(*spans, strict=True)
        lengths = (end - begin for begin, end in zip(begins, ends, strict=True))
        return cls(begins, ends, (0.0, *accumulate(lengths)), days)

    def windows(self, first: dt.date, last: dt.date) -> list[tuple[float, float]]:
        """Return the spans that are open on these days."""
        a, b = bisect_left(self.days, first), bisect_right(self.days, last)
        return list(zip(self.begins[a:b], self.ends[a:b], strict=True))

    def after(self, at: float, seconds: float) -> float:
        """Return the moment at which ``seconds`` of open time have gone by since ``at``."""
        n = bisect_right(self.ends, at)
        reached = self.before[n] + max(0.0, at - self.begins[n]) + seconds
        n = bisect_left(self.before, reached) - 1
        return self.begins[n] + reached - self.before[n]


def _moved(act: _Act, at: dt.datetime, office: Office) -> Any:
    """Return the event as it would be if it had happened at ``at``."""
    if not (act.times or act.days):
        return act.event
    by = at - act.at
    changed: dict[str, Any] = {name: getattr(act.event, name) + by for name in act.times}
    if "valid_until" in changed:  # an offer holds for working days
        last = office.calendar.add(office.local(at).date(), office.offer_valid_days)
        changed["valid_until"] = office.end_of(last)
    shift = office.local(at).date() - office.local(act.at).date()
    changed |= {name: getattr(act.event, name) + shift for name in act.days}
    return attrs.evolve(act.event, **changed)


# -- courses ------------------------------------------------------------------------------------

_PLAYED_AT = dt.datetime(2025, 1, 6, 2, 0, tzinfo=dt.UTC)


def _course(
    office: Office, basket: Share, way: Share, channel: Share, domicile: Share, rating: Share
) -> tuple[_Act, ...]:
    """Play one course at a desk of its own and return its acts."""
    clock = _Clock()
    desk = Desk(office, MemoryStore(), clock=clock)
    visit = _visited(desk) if channel.of is Channel.WALK_IN else ""
    opening = c.OpenRequest(person(abroad=domicile.of), channel.of, visit)
    stream = desk.open(opening, by=APPLICANT).stream
    known = {step.command for step in procedure_of(office).steps}
    for command in _commands(basket.of, way.name, abroad=domicile.of, rated=rating.of):
        if command not in known:
            raise _no_such_step(command, office)
        clock.tick()
        if command is c.ExpireOffer or command in _CLOCKED:
            clock.to_the_due(desk, stream)
        carry(desk, stream, (command,), products=basket.of)
    return tuple(_act(entry.step, entry.noted) for entry in desk.history(stream))


def _no_such_step(command: type, office: Office) -> BadInput:
    name = command.__name__
    return BadInput(
        "bad-traffic",
        Text(
            id=f"Standar kantor {office.code} tidak mempunyai langkah {name}.",
            en=f"The standard of office {office.code} has no step {name}.",
        ),
        remedy=Text(
            id="Pakai profil dengan kode billing dan tanda tangan unggah, misalnya 3317.",
            en="Use a profile with billing codes and an uploaded agreement, such as 3317.",
        ),
    )


def _visited(desk: Desk) -> str:
    """Go through a visit up to the counter (S1 to S5) and return its name."""
    stream = desk.open(vs.VisitUnit(APPLICANT.id), by=APPLICANT).stream
    carry(desk, stream, (vs.SignGuestBook, vs.TakeNumber, vs.CallVisitor, vs.StateRequest))
    return stream


_CLOCKED = (c.NoticeExpiry, c.NoticeClosing, c.CloseUnrated)


def _agreed(basket: tuple[Product, ...]) -> bool:
    """Return whether an abstraction and an agreement are due."""
    return any(not isinstance(product, Publication) for product in basket)


def _commands(
    basket: tuple[Product, ...], way: str, *, abroad: bool, rated: bool
) -> tuple[type, ...]:
    agreed = _agreed(basket)
    asked: tuple[type, ...] = (c.FileAbstraction, c.FileRequest) if agreed else (c.FileRequest,)
    if agreed:
        if way == _SENT_BACK.name:
            asked += (c.SendBackAbstraction, *asked)
        asked += (c.VerifyAbstraction,)
    start = (*_START, *asked, *_OFFER)
    if way == "dibatalkan":
        return (*start, c.CancelRequest)
    if way == "kedaluwarsa":
        return (*start, c.NoticeExpiry, c.ExpireOffer)
    if way == "penawaran-dikoreksi":
        start += _CORRECTED
    money: tuple[type, ...] = (c.IssueBilling, c.ReportPayment, c.ConfirmPayment)
    if abroad:
        money = (c.ReportPayment, c.VerifyTransfer)
    signed = (c.SignAgreement, c.AcceptAgreement) if agreed else ()
    done = (*start, c.AcceptOffer, *money, *signed, c.IssueReceipt, c.DeliverProducts)
    if way == "produk-dikoreksi":
        done += _MENDED
    if rated:
        return (*done, c.ApproveDelivery, c.RateService)
    return (*done, c.CloseUnrated)


class _Clock:
    """The clock of a desk at which a course is played."""

    def __init__(self) -> None:
        self.at = _PLAYED_AT

    def __call__(self) -> dt.datetime:
        return self.at

    def tick(self) -> None:
        """Let ten minutes go by."""
        self.at += dt.timedelta(minutes=10)

    def to_the_due(self, desk: Desk, stream: str) -> None:
        """Move on to when the system's next command is due."""
        timers = desk.procedure(stream).timers(desk.state(stream), desk.office)
        if timers:
            self.at = max(self.at, timers[0][0])


def _act(step: Step, noted: Noted) -> _Act:
    moments, days = [], []
    for field in attrs.fields(type(noted.event)):
        value = getattr(noted.event, field.name)
        if isinstance(value, dt.datetime):
            moments.append(field.name)
        elif isinstance(value, dt.date):
            days.append(field.name)
    return _Act(step, noted.event, noted.at, noted.by, tuple(moments), tuple(days))
