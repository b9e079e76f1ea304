"""The legal clocks: ten working days that stop in the applicant's hands (L2), ten minutes (L1).

One rule decides every day: a working day counts if the clock was running when the day began. So
the day of an event is day 0, whether it starts the clock or hands the request back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import attrs

from ..certainty import Certainty
from ..lawdata import Table
from ..refusal import BadInput, NotFound
from ..text import Lang, Text
from .calendar import Calendar, Day, DayOff, say_date
from .hours import OfficeHours

if TYPE_CHECKING:
    import pendulum

__all__ = [
    "ClockRule",
    "Deadline",
    "Moved",
    "Reading",
    "Reckoned",
    "Turn",
    "deadline",
    "queue_deadline",
    "read_clock",
    "recheck",
    "reckon",
    "turns_of",
]

APPLICANT = "applicant"
OFFICER = "officer"


class Reading(StrEnum):
    """How L2 is read while the applicant acts: the clock stops, or it runs through."""

    PAUSING = "pausing"
    RUNNING = "running"


@attrs.frozen
class ClockRule:
    """An office's standard of time: L2 in working days, L1 in minutes, and how L2 is read."""

    working_days: int
    reading: Reading
    citation: str
    certainty: Certainty
    queue_minutes: int = 10

    def runs(self, whose: str) -> bool:
        """Return whether the clock runs while the request is in these hands."""
        return whose != self.stops_with

    @property
    def stops_with(self) -> str | None:
        """In whose hands the clock stops; None if it runs through."""
        return APPLICANT if self.reading is Reading.PAUSING else None


class Turn(NamedTuple):
    """From ``since`` on the request is in the hands of ``whose``; an empty text ends it."""

    since: dt.datetime
    whose: str


def read_clock(table: Table) -> ClockRule:
    """Read ``[clock]`` of an office's profile.

    ``working_days`` (L2), ``reading`` ("pausing" or "running"), ``citation``, ``certainty``, and
    ``queue_minutes`` (L1). Raises ``BadLawData``.
    """
    rule = ClockRule(
        working_days=table.take("working_days", int, 10),
        reading=table.choice("reading", Reading, Reading.PAUSING),
        citation=table.take("citation", str),
        certainty=table.certainty(),
        queue_minutes=table.take("queue_minutes", int, 10),
    )
    for key, value in (("working_days", rule.working_days), ("queue_minutes", rule.queue_minutes)):
        if not 1 <= value <= 250:
            raise table.error(
                key,
                Text(id=f"tidak mungkin {value}.", en=f"cannot be {value}."),
                Text(id="Tulis 1 sampai 250.", en="Write 1 to 250."),
            )
    table.done()
    return rule


class _Span(NamedTuple):
    """Legal days over which the request stayed in the same hands: after ``since`` up to ``to``."""

    since: dt.date
    to: dt.date | None
    whose: str
    start: dt.datetime
    end: dt.datetime | None


@attrs.frozen
class Deadline:
    """When a request is due under L2, and why; made by ``deadline``.

    ``due_date`` is the day that uses up the working days; ``due_at`` the close of office hours
    on it. While the request is in the applicant's hands (``paused``; also if it ended there)
    nothing is fixed: the due date is then the one that holds if the request comes back on the
    day it was handed over, the earliest possible, and each working day it stays away moves it on;
    ``due_if_back`` says where.
    """

    calendar: Calendar
    hours: OfficeHours
    rule: ClockRule
    start: dt.datetime
    turns: tuple[Turn, ...]
    ended: dt.datetime | None
    due_date: dt.date
    paused: bool
    _spans: tuple[_Span, ...] = attrs.field(alias="spans", eq=False, repr=False)

    @cached_property
    def due_at(self) -> dt.datetime:
        """The last moment, as an aware ``datetime`` in the office's time zone."""
        return _close(self.calendar, self.hours, self.due_date)

    @cached_property
    def due(self) -> pendulum.DateTime:
        """The last moment, as an aware ``pendulum.DateTime`` in the office's time zone."""
        import pendulum

        return pendulum.instance(self.due_at, tz=self.calendar.timezone)

    @property
    def certainty(self) -> Certainty:
        """How sure the days counted are: ``PROVISIONAL`` if a year of them is not decreed."""
        start = self.calendar.date_of(self.start)
        if not self.calendar.is_decreed(start, self.due_date):
            return Certainty.PROVISIONAL
        return self.calendar.certainty(start, self.due_date)

    @property
    def calendar_version(self) -> str:
        """Which days off this was computed with; to be kept with the promise."""
        return self.calendar.version

    def elapsed(self, now: dt.datetime) -> int:
        """Return the working days counted by ``now`` (or by the end, if that was before)."""
        return sum(n for whose, n in self._used(now) if self.rule.runs(whose))

    def remaining(self, now: dt.datetime) -> int:
        """Return the working days left at ``now``: 0 on the last day, negative when late."""
        return self.rule.working_days - self.elapsed(now)

    def overdue(self, now: dt.datetime) -> bool:
        """Return whether it was late at ``now`` or when it ended; never while paused."""
        until = now if self.ended is None else min(now, self.ended)
        return not self.paused and self.calendar.local(until) > self.due_at

    def in_whose_hands(self, now: dt.datetime | None = None) -> dict[str, int]:
        """Return the working days that each side has used by ``now``.

        Without ``now``: by the end, or by the last time that it changed hands.
        """
        spans = self._spans
        until = now or self.ended or spans[-1].start
        return _by_side(self._used(until))

    def explain(self) -> tuple[Day, ...]:
        """Return each day from the start to due date or end: counted, or skipped and why."""
        calendar, day = self.calendar, self._spans[0].since
        why = Text(id="hari ke-0: hari mulai tidak dihitung", en="day 0: the start is not counted")
        rows = [Day(day, False, 0, why, calendar.days_off.get(day), self._spans[0].whose)]
        number, end = 0, self._spans[-1].to
        last = self.due_date if end is None else min(self.due_date, end)
        for row in calendar.explain(day, last):
            span = next(s for s in self._spans if s.to is None or row.date <= s.to)
            counted, why = row.counted, row.why
            if counted and not self.rule.runs(span.whose):
                if span.to is None:
                    why = Text(
                        id="hari kerja, bila kembali hari itu juga",
                        en="working day, if it comes back the same day",
                    )
                else:
                    counted = False
                    why = Text(id="di tangan pemohon", en="in the applicant's hands")
            number += counted
            rows.append(Day(row.date, counted, number, why, row.day_off, span.whose))
        return tuple(rows)

    def due_if_back(self, now: dt.datetime) -> dt.date:
        """Return the due date if a paused request comes back at ``now``; else the due date."""
        if not self.paused or self.ended is not None:
            return self.due_date
        turns = (*self.turns, Turn(now, OFFICER))
        return deadline(self.calendar, self.hours, self.rule, self.start, turns).due_date

    def words(self, now: dt.datetime, lang: Lang = "id") -> str:
        """Return where it stands at ``now``: "3 hari kerja lagi"."""
        return self._words(now).say(lang)

    def on(self, calendar: Calendar) -> Deadline:
        """Return the deadline of the same request over another calendar."""
        return deadline(calendar, self.hours, self.rule, self.start, self.turns, self.ended)

    def _used(self, now: dt.datetime) -> list[tuple[str, int]]:
        until = now if self.ended is None else min(now, self.ended)
        today = self.calendar.date_of(until)
        return _used(_reaching(self.calendar, today), self._spans, today)

    def _words(self, now: dt.datetime) -> Text:
        left = self.remaining(now)
        if self.ended is not None and self.calendar.local(now) >= self.ended:
            if not self.overdue(now):
                return Text(id="selesai tepat waktu", en="finished in time")
            late = self._late(self.ended)
            return Text(id=f"selesai, terlambat {late.id}", en=f"finished, {late.en} late")
        if self.overdue(now):
            late = self._late(now)
            return Text(id=f"terlambat {late.id}", en=f"{late.en} late")
        days = Text(id=f"{left} hari kerja", en=_days_en(left))
        if self.paused:
            return Text(
                id=f"waktu berhenti di tangan pemohon, sisa {days.id}",
                en=f"the clock is stopped in the applicant's hands, {days.en} left",
            )
        if left > 0:
            return Text(id=f"{days.id} lagi", en=f"{days.en} left")
        at, zone = self.due_at, self.due_at.tzname()
        return Text(
            id=f"hari terakhir, paling lambat pukul {at:%H.%M} {zone}",
            en=f"last day, by {at:%H:%M} {zone} at the latest",
        )

    def _late(self, until: dt.datetime) -> Text:
        day = self.calendar.date_of(until)
        late = _reaching(self.calendar, day).count(self.due_date, day)
        if late == 0:
            return Text(id="kurang dari 1 hari kerja", en="less than 1 working day")
        return Text(id=f"{late} hari kerja", en=_days_en(late))


def deadline(
    calendar: Calendar,
    hours: OfficeHours,
    rule: ClockRule,
    start: dt.datetime,
    turns: Iterable[Turn] = (),
    ended: dt.datetime | None = None,
) -> Deadline:
    """Return the deadline of L2 for a request that became clear and complete at ``start``.

    ``turns`` say in order of time in whose hands it was; before the first it was the officer's.
    ``ended`` is when it was finished (or a last turn of ``""`` says so). Times are aware, of the
    standard library or pendulum. ``start`` must lie in the calendar's known years; a due date
    beyond them is computed with estimates and says ``PROVISIONAL``. If the working days are used
    up on the very day that the office hands the request over, it is due on the day it comes back.

    Raises ``BadInput`` for naive times, turns out of order, an end before the start.
    """
    turns = tuple(turns)
    spans, ended = _walk(calendar, start, turns, ended)
    calendar, due, paused = _fall_due(calendar, hours, rule, spans)
    return Deadline(calendar, hours, rule, start, turns, ended, due, paused, spans)


class Reckoned(NamedTuple):
    """What the clock of one request came to.

    ``late``: working days, None if in time. ``hands``: the working days that each side used.
    """

    due_at: dt.datetime
    late: int | None
    hands: dict[str, int]


def reckon(
    calendar: Calendar,
    hours: OfficeHours,
    rule: ClockRule,
    start: dt.datetime,
    turns: Iterable[tuple[dt.datetime, str]] = (),
    ended: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Reckoned:
    """Return what ``deadline`` says at the end, or while there is none at ``until``.

    The three figures alone, for those who ask them of very many requests. Raises like
    ``deadline``.
    """
    spans, _ = _walk(calendar, start, turns, ended)
    calendar, due, paused = _fall_due(calendar, hours, rule, spans)
    begin, now = spans[0].start, spans[-1].end
    if now is None:
        now = begin if until is None else max(begin, calendar.local(until))
    today, due_at = now.date(), _close(calendar, hours, due)
    calendar = _reaching(calendar, today)
    late = calendar.count(due, today) if now > due_at and not paused else None
    return Reckoned(due_at, late, _by_side(_used(calendar, spans, today)))


def turns_of(pauses: Iterable[tuple[dt.datetime, dt.datetime | None]]) -> tuple[Turn, ...]:
    """Return the turns of times (from, to) in which the applicant held the request.

    Raises ``BadInput`` for one that ends before it begins, that overlaps the one before, or that
    never ends.
    """
    turns: list[Turn] = []
    for begin, end in pauses:
        if end is None:
            raise BadInput(
                "pause-never-ended",
                Text(
                    id=f"Jeda sejak {begin} tidak berakhir.",
                    en=f"The pause since {begin} never ends.",
                ),
                remedy=Text(
                    id='Beri akhirnya; bila masih berjalan, tambahkan Turn(sejak, "applicant").',
                    en='Give its end, or add Turn(since, "applicant") if it still lasts.',
                ),
            )
        if end < begin or (turns and begin < turns[-1].since):
            raise BadInput(
                "pauses-overlap",
                Text(
                    id=f"Jeda {begin} sampai {end} terbalik atau tumpang tindih.",
                    en=f"The pause from {begin} to {end} is reversed or overlaps another.",
                ),
                remedy=Text(
                    id="Urutkan jeda menurut waktu dan gabungkan yang tumpang tindih.",
                    en="Put the pauses in order of time and merge those that overlap.",
                ),
            )
        turns += [Turn(begin, APPLICANT), Turn(end, OFFICER)]
    return tuple(turns)


@attrs.frozen
class Moved:
    """An open request whose due date another calendar moves."""

    key: str
    promised: dt.date
    now: dt.date
    because: tuple[DayOff, ...]
    """The days off in between that only one of the two calendars has."""

    def say(self) -> Text:
        """Return the move in words."""
        return Text(
            id="{key}: dijanjikan {promised}, kini {now}",
            en="{key}: promised {promised}, now {now}",
        ).fill(key=self.key, promised=say_date(self.promised), now=say_date(self.now))


def recheck(open_deadlines: Mapping[str, Deadline], calendar: Calendar) -> tuple[Moved, ...]:
    """Return the deadlines whose due date ``calendar`` moves, with promise and new date.

    The deadlines hold the calendar they were promised with, which may be
    ``calendar.as_known_on(day of the promise)``.
    """
    moved = []
    for key, old in open_deadlines.items():
        new = old.on(calendar)
        if new.due_date == old.due_date:
            continue
        before, after = old.calendar.days_off, new.calendar.days_off
        changed = {day: off for day, off in after.items() if day not in before}
        changed |= {day: off for day, off in before.items() if day not in after}
        first, last = old.calendar.date_of(old.start), max(old.due_date, new.due_date)
        because = tuple(off for day, off in sorted(changed.items()) if first < day < last)
        moved.append(Moved(key, old.due_date, new.due_date, because))
    return tuple(moved)


def queue_deadline(
    calendar: Calendar, hours: OfficeHours, rule: ClockRule, finished: dt.datetime
) -> dt.datetime:
    """Return by when the next applicant must be served under L1.

    That is ``rule.queue_minutes`` after the applicant before has ``finished``, counted while the
    counter is open: closed hours, breaks and days off are skipped. Raises ``BadInput`` for a naive
    time, ``NotFound`` outside the known years.
    """
    local = calendar.local(finished)
    day, at = local.date(), local.replace(tzinfo=None)
    left = dt.timedelta(minutes=rule.queue_minutes)
    while True:
        spans = hours.on(day) if calendar.is_workday(day) else ()
        for opens, closes in spans:
            begin = max(at, dt.datetime.combine(day, opens))
            end = max(begin, dt.datetime.combine(day, closes))
            if begin + left <= end:
                return (begin + left).replace(tzinfo=calendar.zone)
            left -= end - begin
        day = calendar.add(day, 1)


def _walk(
    calendar: Calendar,
    start: dt.datetime,
    turns: Iterable[tuple[dt.datetime, str]],
    ended: dt.datetime | None,
) -> tuple[tuple[_Span, ...], dt.datetime | None]:
    """Return in whose hands the request was from ``start`` on, and when it ended."""
    zone, begin = calendar.zone, calendar.local(start)
    end = None if ended is None else calendar.local(ended)
    whose, since, before = OFFICER, begin, None
    spans = []
    for given, holder in turns:
        at = given
        if at.tzinfo is not zone or type(at) is not dt.datetime:
            at = calendar.local(at)
        if (before is not None and at < before) or (end is not None and at > end):
            raise _out_of_order(given, holder)
        before = at
        if not holder:
            end = at
            continue
        if at > begin:
            spans.append(_Span(since.date(), at.date(), whose, since, at))
            since = at
        whose = holder
    if end is not None and end < begin:
        raise BadInput(
            "ended-before-start",
            Text(id=f"Selesai {end} sebelum mulai {begin}.", en=f"Ended {end}, before {begin}."),
            remedy=Text(
                id="Periksa kedua waktu dan zonanya.", en="Check both times and their zones."
            ),
        )
    spans.append(_Span(since.date(), None if end is None else end.date(), whose, since, end))
    return tuple(spans), ended if end is None else end


def _fall_due(
    calendar: Calendar, hours: OfficeHours, rule: ClockRule, spans: Sequence[_Span]
) -> tuple[Calendar, dt.date, bool]:
    """Return the due day, whether the clock is paused, and a calendar that knows that day."""
    calendar.is_workday(spans[0].since)
    left, stopped, known = rule.working_days, rule.stops_with, calendar.last_day
    for span, following in pairwise(spans):
        if span.whose == stopped:
            continue
        if following.since > known:
            calendar = _reaching(calendar, following.since)
            known = calendar.last_day
        here = calendar.count(span.since, following.since)
        if here < left:
            left -= here
            continue
        due = _due(calendar, hours, span, left)
        if _close(calendar, hours, due) < following.start:
            return calendar, due, False
        left = 0
    last = spans[-1]
    calendar, due = _reach(calendar, hours, last, left)
    return calendar, due, last.whose == stopped


def _used(calendar: Calendar, spans: Iterable[_Span], today: dt.date) -> list[tuple[str, int]]:
    """Return the working days of each span by ``today``."""
    used = []
    for since, end, whose, _, _ in spans:
        to = today if end is None else min(end, today)
        if to > since:
            used.append((whose, calendar.count(since, to)))
    return used


def _by_side(used: Iterable[tuple[str, int]]) -> dict[str, int]:
    hands: dict[str, int] = {}
    for whose, n in used:
        hands[whose] = hands.get(whose, 0) + n
    return hands


def _due(calendar: Calendar, hours: OfficeHours, span: _Span, left: int) -> dt.date:
    """Return the day of ``span`` on which the last of ``left`` working days is used up.

    With none left it is due by the first close of office hours after it came back.
    """
    if left == 0:
        day = span.since
        if calendar.is_workday(day) and span.start <= _close(calendar, hours, day):
            return day
        return calendar.add(day, 1)
    return calendar.add(span.since, left)


def _reach(
    calendar: Calendar, hours: OfficeHours, span: _Span, left: int
) -> tuple[Calendar, dt.date]:
    """Return the due day in the last span, over estimates if it lies beyond the known years."""
    calendar = _reaching(calendar, span.since)
    while True:
        try:
            return calendar, _due(calendar, hours, span, left)
        except NotFound:
            year = calendar.last_day.year + 1
            calendar = calendar.with_estimates(year, year)


def _reaching(calendar: Calendar, day: dt.date) -> Calendar:
    """Return a calendar that knows ``day``, with estimates if it must."""
    if day <= calendar.last_day:
        return calendar
    return calendar.with_estimates(day.year, day.year)


def _close(calendar: Calendar, hours: OfficeHours, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, hours.closing(day), calendar.zone)


def _out_of_order(since: dt.datetime, whose: str) -> BadInput:
    return BadInput(
        "turns-out-of-order",
        Text(
            id=f"Giliran {whose!r} sejak {since} tidak urut.",
            en=f"The turn of {whose!r} since {since} is out of order.",
        ),
        remedy=Text(
            id="Urutkan giliran menurut waktu; setelah berakhir tidak ada giliran lagi.",
            en="Put the turns in order of time; after the end there is none.",
        ),
    )


def _days_en(n: int) -> str:
    return f"{n} working day{'' if n == 1 else 's'}"
