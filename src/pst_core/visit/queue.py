"""The queue of one day: who is next, since when the ten minutes of L1 run, who waited and why.

Everything is read from the events of the day's visits; there is no queue kept beside them. The
order is the number's, but for those the office gives priority, who came back or were transferred.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from ..text import Text
from ..workdays import queue_deadline
from ..workflow import Noted
from . import events as e
from .state import (
    ARRIVED,
    AT_COUNTER,
    CALLED,
    LEFT,
    MISSED,
    REGISTERED,
    SERVED,
    WAITING,
    Freed,
)

if TYPE_CHECKING:
    from ..office import CounterPolicy, Office

__all__ = [
    "Board",
    "Called",
    "Estimate",
    "Line",
    "QueueView",
    "Spell",
    "Ticket",
    "Wait",
    "announcement",
    "board",
    "estimate",
    "read_ticket",
    "ticket_label",
    "waits",
]


@attrs.frozen
class Spell:
    """One call of a visitor to a counter, and what came of it."""

    counter: str
    called_at: dt.datetime
    due: dt.datetime | None
    since: dt.datetime | None
    freed: Freed | None
    times: int = 1
    """How often the number was called."""
    began_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    how: str = ""
    """``served``, ``transferred``, ``missed`` or ``day-ended``."""
    rests: bool = False
    waited_since: dt.datetime | None = None
    """When the visitor had begun to wait for this call."""
    turn: int = 0
    """Counts the calls of the day."""

    @property
    def order(self) -> tuple[int, dt.datetime]:
        """Sorts calls: by their count, those of before there was one by their time."""
        return self.turn, self.called_at


@attrs.frozen
class Ticket:
    """One visit as the queue sees it; ``service`` is empty before a number is taken."""

    stream: str
    phase: str
    arrived_at: dt.datetime
    service: str = ""
    number: int = 0
    priority: str = ""
    waiting_since: dt.datetime | None = None
    """The latest time that it began to wait: number taken, come back, or transferred."""
    place: tuple[int, int] = (0, 0)
    wanted: str = ""
    """The counter it was transferred to and waits for."""
    spells: tuple[Spell, ...] = ()
    request: str = ""
    left_at: dt.datetime | None = None
    left_from: str = ""
    """The phase that it was in when it left."""

    @property
    def label(self) -> str:
        """The number as printed and called."""
        return ticket_label(self.service, self.number)

    @property
    def waits_for_call(self) -> bool:
        """Whether it is to be called."""
        return self.phase == WAITING

    @property
    def counter(self) -> str:
        """The counter it was called to last."""
        return self.spells[-1].counter if self.spells else ""


def ticket_label(service: str, number: int) -> str:
    """Return a queue number as printed: ``A-012``."""
    return f"{service or 'A'}-{number:03d}"


def read_ticket(stream: str, happened: Iterable[Noted]) -> Ticket | None:
    """Return the visit ``stream`` as the queue sees it, or None if nothing has happened there."""
    ticket: Ticket | None = None
    for noted in happened:
        ticket = Ticket(stream, ARRIVED, noted.at) if ticket is None else _after(ticket, noted)
    return ticket


def _after(ticket: Ticket, noted: Noted) -> Ticket:
    event, at = noted.event, noted.at
    last = ticket.spells[-1] if ticket.spells else None
    if isinstance(event, e.GuestBookSigned):
        return attrs.evolve(ticket, phase=REGISTERED)
    if isinstance(event, e.NumberTaken):
        return attrs.evolve(
            ticket, phase=WAITING, service=event.service, number=event.number,
            priority=event.priority, waiting_since=at, place=(event.number, 0),
        )  # fmt: skip
    if isinstance(event, e.VisitorCalled):
        spell = Spell(
            event.counter, at, event.due, event.since, event.freed,
            waited_since=ticket.waiting_since, turn=event.turn,
        )  # fmt: skip
        return attrs.evolve(ticket, phase=CALLED, wanted="", spells=(*ticket.spells, spell))
    if isinstance(event, e.UnitLeft):
        return attrs.evolve(ticket, phase=LEFT, left_at=at, left_from=ticket.phase)
    if isinstance(event, e.QueueRejoined):
        place = (event.behind, ticket.number) if event.behind else ticket.place
        return attrs.evolve(ticket, phase=WAITING, waiting_since=at, place=place)
    if isinstance(event, e.DayEnded):
        phase = SERVED if ticket.phase == AT_COUNTER else LEFT
        ended = _ending(ticket, at, "day-ended") if ticket.phase in (CALLED, AT_COUNTER) else ticket
        return attrs.evolve(ended, phase=phase, left_at=at)
    if last is None:
        return ticket
    if isinstance(event, e.VisitorRecalled):
        return _with(ticket, times=event.times)
    if isinstance(event, e.RequestStated):
        return attrs.evolve(_with(ticket, began_at=at), phase=AT_COUNTER)
    if isinstance(event, e.CallMissed):
        return attrs.evolve(_ending(ticket, at, "missed"), phase=MISSED)
    if isinstance(event, e.VisitorTransferred):
        return attrs.evolve(
            _ending(ticket, at, "transferred"),
            phase=WAITING, waiting_since=at, wanted=event.counter,
        )  # fmt: skip
    if isinstance(event, e.VisitFinished):
        ended = _ending(ticket, at, "served", rests=event.rests)
        return attrs.evolve(ended, phase=SERVED, request=event.request)
    return ticket


def _with(ticket: Ticket, **changes: Any) -> Ticket:
    return attrs.evolve(
        ticket, spells=(*ticket.spells[:-1], attrs.evolve(ticket.spells[-1], **changes))
    )


def _ending(ticket: Ticket, at: dt.datetime, how: str, **changes: Any) -> Ticket:
    return _with(ticket, ended_at=at, how=how, **changes)


@attrs.frozen
class QueueView:
    """The visits of one day, as a visit must see them when it is called."""

    tickets: tuple[Ticket, ...] = ()

    def of(self, stream: str) -> Ticket | None:
        """Return the ticket of ``stream``."""
        return next((t for t in self.tickets if t.stream == stream), None)

    def waiting(self, service: str, policy: CounterPolicy) -> tuple[Ticket, ...]:
        """Return who waits for ``service`` in the order in which they will be called.

        Those transferred wait for one counter and stand in no line.
        """
        line = [t for t in self.tickets if t.waits_for_call and t.service == service]
        return self._order([t for t in line if not t.wanted], service, policy)

    def _order(self, line: list[Ticket], service: str, policy: CounterPolicy) -> tuple[Ticket, ...]:
        left = sorted(line, key=lambda t: (not t.priority, t.place))
        ordinary = [t for t in left if not t.priority]
        first = [t for t in left if t.priority]
        calls = self._calls(service)
        in_a_row = 0
        for ticket, _ in reversed(calls):
            if not ticket.priority:
                break
            in_a_row += 1
        order: list[Ticket] = []
        while first or ordinary:
            if first and not (ordinary and in_a_row >= policy.priority_in_a_row):
                order.append(first.pop(0))
                in_a_row += 1
            else:
                order.append(ordinary.pop(0))
                in_a_row = 0
        return tuple(order)

    def transferred_to(self, counter: str) -> tuple[Ticket, ...]:
        """Return who waits for ``counter`` alone, the longest first."""
        found = [t for t in self.tickets if t.waits_for_call and t.wanted == counter]
        return tuple(sorted(found, key=lambda t: (_begun(t), t.place)))

    def next_for(self, counter: str, policy: CounterPolicy) -> Ticket | None:
        """Return whom ``counter`` calls next, or None if nobody waits for it.

        First those transferred to it; else, of the lines it serves, the one whose first has waited
        longest; a first with priority goes before one without.
        """
        for ticket in self.transferred_to(counter):
            return ticket
        heads = [
            line[0]
            for service in policy.services
            if policy.serves(counter, service.code) and (line := self.waiting(service.code, policy))
        ]
        return min(heads, key=lambda t: (not t.priority, _begun(t), t.place), default=None)

    def at(self, counter: str) -> Ticket | None:
        """Return who is called to or served at ``counter`` now."""
        return next(
            (
                t
                for t in self.tickets
                if t.phase in (CALLED, AT_COUNTER) and t.spells and t.counter == counter
            ),
            None,
        )

    def counters(self) -> tuple[str, ...]:
        """Return the counters that have called somebody today."""
        return tuple(sorted({s.counter for t in self.tickets for s in t.spells}))

    def clock(
        self, ticket: Ticket, counter: str, policy: CounterPolicy
    ) -> tuple[dt.datetime, Freed] | None:
        """Return since when ``ticket`` was to be served (L1), and whose finishing began that.

        The clock starts when a counter stands free because the applicant before has finished, and
        the visitor is the next one: the latest of that, of having begun to wait, and of the call or
        the leaving of who stood before. None if nobody before has finished.
        """
        free: list[Freed] = []
        for name in self.counters():
            if ticket.wanted and name != ticket.wanted:
                continue
            if name != counter and not policy.serves(name, ticket.service):
                continue
            last_ticket, last = max(
                ((t, s) for t in self.tickets for s in t.spells if s.counter == name),
                key=lambda pair: pair[1].order,
            )
            # a counter that rests stands free for nobody but by its own next call
            if last.ended_at is not None and (name == counter or not last.rests):
                free.append(Freed(last_ticket.label, name, last.ended_at))
        if not free:
            return None
        first = min(free, key=lambda f: (f.at, f.counter != counter))
        return max(first.at, self._next_since(ticket, policy)), first

    def _next_since(self, ticket: Ticket, policy: CounterPolicy) -> dt.datetime:
        """Return since when ``ticket`` has been the next one, if it is."""
        if ticket.wanted:
            return _begun(ticket)
        service = ticket.service
        line = [t for t in self.tickets if t.waits_for_call and t.service == service]
        line = [t for t in line if not t.wanted]
        gone = [
            t.left_at
            for t in self.tickets
            if t.left_from == WAITING and t.left_at is not None and t.service == service
            and not t.wanted
            and _before(self._order([*line, t], service, policy), t, ticket)
        ]  # fmt: skip
        calls = [s.called_at for _, s in self._calls(service)[-1:]]
        return max([_begun(ticket), *calls, *gone])

    def _calls(self, service: str) -> list[tuple[Ticket, Spell]]:
        """Return the calls from the line of ``service``, not those of transferred visitors."""
        calls = [
            (t, spell)
            for t in self.tickets
            if t.service == service
            for n, spell in enumerate(t.spells)
            if n == 0 or t.spells[n - 1].how != "transferred"
        ]
        return sorted(calls, key=lambda pair: pair[1].order)


def _before(order: tuple[Ticket, ...], one: Ticket, other: Ticket) -> bool:
    streams = [t.stream for t in order]
    return streams.index(one.stream) < streams.index(other.stream)


def _begun(ticket: Ticket) -> dt.datetime:
    return ticket.waiting_since or ticket.arrived_at


# -- who waited -------------------------------------------------------------------------------


@attrs.frozen
class Wait:
    """How long one visitor waited for one call, and how that stands against L1."""

    stream: str
    ticket: str
    service: str
    priority: str
    counter: str
    waited_since: dt.datetime
    called_at: dt.datetime
    since: dt.datetime | None
    """When the ten minutes began; None if nobody before had finished."""
    due: dt.datetime | None
    why: Text

    @property
    def minutes(self) -> float:
        """Minutes from having begun to wait to the call."""
        return (self.called_at - self.waited_since).total_seconds() / 60

    @property
    def after_before(self) -> float | None:
        """Minutes from the start of L1's clock to the call, breaks included."""
        return None if self.since is None else (self.called_at - self.since).total_seconds() / 60

    @property
    def late(self) -> bool:
        """Whether the call came later than L1 allows."""
        return self.due is not None and self.called_at > self.due


def waits(tickets: Iterable[Ticket], office: Office) -> tuple[Wait, ...]:
    """Return each wait for a call, in the order of the calls, with the reason in words."""
    found = [
        Wait(
            t.stream, t.label, t.service, t.priority, s.counter,
            s.waited_since or t.arrived_at, s.called_at, s.since, s.due, _why(s, office),
        )
        for t in tickets
        for s in t.spells
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda w: (w.called_at, w.ticket)))


def _why(spell: Spell, office: Office) -> Text:
    if spell.since is None or spell.freed is None or spell.due is None:
        return Text(
            id="belum ada pemohon sebelumnya yang selesai",
            en="no applicant before had finished yet",
        )
    freed, called = spell.freed, _clock(office, spell.called_at)
    values = {
        "before": freed.ticket,
        "counter": freed.counter,
        "at": _clock(office, freed.at),
        "own": spell.counter,
        "called": called,
        "since": _clock(office, spell.since),
        "due": _clock(office, spell.due),
    }
    if freed.counter == spell.counter:
        said = Text(
            id="{before} selesai di loket {counter} pukul {at}; giliran sejak {since}, "
            "dipanggil {called}",
            en="{before} had finished at counter {counter} at {at}; next since {since}, "
            "called at {called}",
        )
    else:
        said = Text(
            id="loket {counter} kosong sejak {at} ({before} selesai); giliran sejak {since}, "
            "loket {own} memanggil {called}",
            en="counter {counter} stood free since {at} ({before} had finished); next since "
            "{since}, counter {own} called at {called}",
        )
    parts = [said.fill(**values)]
    allowed = dt.timedelta(minutes=office.clock.queue_minutes)
    if spell.due - spell.since > allowed:
        parts.append(Text(id="jam tutup tidak dihitung", en="closed hours do not count"))
    if spell.called_at > spell.due:
        parts.append(Text(id="lewat batas {due}", en="later than {due}").fill(**values))
    return Text.join("; ", parts)


def _clock(office: Office, at: dt.datetime) -> str:
    return f"{office.local(at):%H:%M}"


# -- how long it will take ----------------------------------------------------------------------


@attrs.frozen
class Estimate:
    """How long a visitor will wait, from the services of this day; None where it cannot be told.

    ``low`` and ``high`` are minutes that about half of all waits lie between, by the quarter and
    the three-quarter point of today's service times.
    """

    low: int | None
    middle: int | None
    high: int | None
    served: int
    """Services finished today that it rests on."""
    ahead: int
    at: dt.datetime | None
    """When the call may come, by the middle, closed hours skipped."""
    why: Text


def estimate(
    view: QueueView, service: str, ahead: int, now: dt.datetime, office: Office
) -> Estimate:
    """Return the wait of one who has ``ahead`` visitors before them in the line of ``service``.

    Counters at work are those that have called today and do not rest. A visitor is called when as
    many services have ended as stand before them, ``counters`` at a time; those at the counters are
    taken as half done.
    """
    policy = office.counter
    at_work = [
        name for name in view.counters() if policy.serves(name, service) and not _rests(view, name)
    ]
    lengths = sorted(
        (s.ended_at - s.began_at).total_seconds() / 60
        for t in view.tickets
        if t.service == service
        for s in t.spells
        if s.how == "served" and s.began_at is not None and s.ended_at is not None
    )
    if not at_work:
        why = Text(id="belum ada loket yang bekerja", en="no counter is at work")
        return Estimate(None, None, None, len(lengths), ahead, None, why)
    if len(lengths) < policy.estimate_from:
        why = Text(
            id=f"baru {len(lengths)} pelayanan selesai hari ini, perlu {policy.estimate_from}",
            en=f"{len(lengths)} services finished today, {policy.estimate_from} are needed",
        )
        return Estimate(None, None, None, len(lengths), ahead, None, why)
    free = sum(view.at(name) is None for name in at_work)
    rounds = max(0.0, (ahead - free + 0.5) / len(at_work)) if ahead >= free else 0.0
    low, middle, high = (round(rounds * _quantile(lengths, q)) for q in (0.25, 0.5, 0.75))
    rule = attrs.evolve(office.clock, queue_minutes=middle)
    at = queue_deadline(office.calendar, office.hours, rule, now)
    why = Text(
        id=f"{ahead} di depan, {len(at_work)} loket, {len(lengths)} pelayanan hari ini",
        en=f"{ahead} ahead, {len(at_work)} counters, {len(lengths)} services today",
    )
    return Estimate(low, middle, high, len(lengths), ahead, at, why)


def _rests(view: QueueView, counter: str) -> bool:
    spells = [s for t in view.tickets for s in t.spells if s.counter == counter]
    return max(spells, key=lambda s: s.order).rests


def _quantile(sorted_values: list[float], share: float) -> float:
    """Return the point with ``share`` of the values below it, between neighbours in a line."""
    place = share * (len(sorted_values) - 1)
    below = int(place)
    above = min(below + 1, len(sorted_values) - 1)
    return sorted_values[below] + (place - below) * (sorted_values[above] - sorted_values[below])


# -- what everybody may see ---------------------------------------------------------------------


@attrs.frozen
class Called:
    """A number that was called; it names nobody."""

    ticket: str
    counter: str
    at: dt.datetime
    times: int
    arrived: bool
    """Whether the visitor is at the counter."""


@attrs.frozen
class Line:
    """Who waits for one service."""

    service: str
    name: Text
    waiting: tuple[str, ...]
    estimate: Estimate
    """For one who takes a number now."""


@attrs.frozen
class Board:
    """What the display shows: numbers and counters, never a name."""

    office: Text
    unit: Text
    at: dt.datetime
    calls: tuple[Called, ...]
    """At the counters now, the latest call first."""
    lines: tuple[Line, ...]
    transferred: tuple[tuple[str, str], ...]
    """Number and counter of those who wait for one counter."""
    open: bool
    hours: Text
    announcement: Text | None
    """The latest call in words, while it has not been answered."""


def board(view: QueueView, office: Office, now: dt.datetime) -> Board:
    """Return what the display of the office shows ``now``."""
    policy = office.counter
    calls = sorted(
        (
            Called(t.label, s.counter, office.local(s.called_at), s.times, t.phase == AT_COUNTER)
            for t in view.tickets
            if t.phase in (CALLED, AT_COUNTER) and t.spells
            for s in t.spells[-1:]
        ),
        key=lambda c: (c.at, c.ticket),
        reverse=True,
    )
    lines = []
    for service in policy.services:
        waiting = view.waiting(service.code, policy)
        guess = estimate(view, service.code, len(waiting), now, office)
        lines.append(Line(service.code, service.name, tuple(t.label for t in waiting), guess))
    open_, hours = _hours(office, now)
    called = [c for c in calls if not c.arrived]
    return Board(
        office=office.name,
        unit=office.unit,
        at=office.local(now),
        calls=tuple(calls),
        lines=tuple(lines),
        transferred=tuple(
            (t.label, t.wanted) for t in view.tickets if t.waits_for_call and t.wanted
        ),
        open=open_,
        hours=hours,
        announcement=announcement(called[0].ticket, called[0].counter) if called else None,
    )


def announcement(ticket: str, counter: str) -> Text:
    """Return a call in words, to be shown or read out."""
    return Text(
        id=f"Nomor antrean {ticket}, silakan ke loket {counter}.",
        en=f"Queue number {ticket}, please go to counter {counter}.",
    )


def _hours(office: Office, now: dt.datetime) -> tuple[bool, Text]:
    local = office.local(now)
    day, clock = local.date(), local.time()
    if not office.calendar.is_workday(day):
        return False, Text(id="Hari ini tutup", en="Closed today")
    spans = office.hours.on(day)
    for opens, closes in spans:
        if clock < opens:
            said = Text(id="Buka pukul {at}", en="Opens at {at}")
            if opens != spans[0][0]:
                said = Text(id="Istirahat, buka lagi pukul {at}", en="Break, open again at {at}")
            return False, said.fill(at=f"{opens:%H.%M}")
        if clock < closes:
            last = closes == spans[-1][1]
            said = (
                Text(id="Buka sampai pukul {at}", en="Open until {at}")
                if last
                else Text(id="Istirahat mulai pukul {at}", en="Break from {at}")
            )
            return True, said.fill(at=f"{closes:%H.%M}")
    return False, Text(id="Sudah tutup", en="Closed")
