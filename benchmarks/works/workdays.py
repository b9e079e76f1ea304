"""Working days: one addition or count, whole arrays, the legal deadline with its pauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from pst_core.certainty import Certainty
from pst_core.text import Text
from pst_core.workdays import (
    Calendar,
    ClockRule,
    Reading,
    Turn,
    deadline,
    load_calendar,
    national_hours,
)

from ..peers import peer
from ..race import Candidate, Curve, Goal, Race, Scale, ahead, flat, within

TITLE = Text(id="Hari kerja", en="Working days")
NOTE = Text(
    id="Kalender Indonesia 2024-2026 dengan cuti bersama; semua memakai daftar libur yang sama.",
    en="Indonesia's calendar 2024-2026 with its joint leave; all use the same list of days off.",
)

CALENDAR = load_calendar()
FIRST, LAST = dt.date(2024, 1, 2), dt.date(2025, 12, 30)
OFF = sorted(CALENDAR.days_off)
ZONE = ZoneInfo("Asia/Jakarta")

Add = Callable[[dt.date, int], dt.date]
Count = Callable[[dt.date, dt.date], int]


def races(scale: Scale) -> Iterator[Race | Curve]:
    """Give every race of this work."""
    step = scale.pick(40, 13, 7)
    starts = [FIRST + dt.timedelta(days=n) for n in range(0, (LAST - FIRST).days, step)]
    goals = {"numpy": ahead(35), "pandas": ahead(100), "holidays": ahead(150)}
    yield _adding(starts, 10, goals)
    yield _adding(starts, 250, goals)
    yield _steady(starts)
    yield _counting(starts)
    yield from _arrays(scale.pick(500, 50_000, 100_000))
    yield from _deadlines()
    yield Curve(
        "deadline-curve",
        Text(id="tenggat, makin banyak jeda, per jeda", en="deadline, more pauses, a pause"),
        tuple(2**n for n in range(scale.pick(2, 6, 8))),
        lambda n: _ours(n, 250),
        per_size=True,
        goal=flat(1.5),
    )
    yield _table()


# -- one at a time ------------------------------------------------------------------------------


def _adding(starts: Sequence[dt.date], n: int, goals: dict[str, Goal]) -> Race:
    add, many = CALENDAR.add, len(starts)
    found = [Candidate("pst_core", lambda: [add(d, n) for d in starts], many)]
    found += [
        Candidate(
            name, lambda one=one: [one(d, n) for d in starts], many, package,
            goals.get(package, ("", 0.0)),
        )
        for package, name, one in _adders()
    ]  # fmt: skip
    found.append(
        Candidate(
            Text(id="panggilan Python kosong", en="an empty Python call"),
            lambda: [_empty(d, n) for d in starts], many, goal=within(4), compared=False,
        )
    )  # fmt: skip
    title = Text(id=f"tambah {n} hari kerja", en=f"add {n} working days")
    return Race(f"add-{n}", title, tuple(found))


def _adders() -> Iterator[tuple[str, str, Add]]:
    """Give package, name and function of each peer: a date in, a date out."""
    if np := peer("numpy"):
        yield "numpy", "numpy.busday_offset", _numpy_add(np)
    if pd := peer("pandas"):
        # the offset is made for each call: n is not always the same
        yield "pandas", "pandas CustomBusinessDay", _pandas_add(pd)
    if holidays := peer("holidays"):
        yield "holidays", "holidays.get_nth_working_day", _indonesia(holidays).get_nth_working_day
    if core := peer("workalendar.core"):
        yield "workalendar", "workalendar.add_working_days", _workalendar(core).add_working_days


def _numpy_add(np: Any) -> Add:
    busday, offset = np.busdaycalendar(holidays=OFF), np.busday_offset
    return lambda d, n: offset(d, n, roll="backward", busdaycal=busday).item()


def _pandas_add(pd: Any) -> Add:
    steps = {n: pd.offsets.CustomBusinessDay(n, holidays=OFF) for n in (10, 250)}
    return lambda d, n: (pd.Timestamp(d) + steps[n]).date()


def _indonesia(holidays: Any) -> Any:
    """Return Indonesia's holidays; what our list has and theirs has not is added."""
    table = holidays.country_holidays(
        "ID", years=range(2023, 2028), categories=("public", "government"), expand=False
    )
    for day in [d for d in table if d not in CALENDAR.days_off]:
        del table[day]
    table.update({day: "libur" for day in OFF if day not in table})
    return table


def _workalendar(core: Any) -> Any:
    """Return a calendar of our days off: the package has no Indonesia."""

    class Ours(core.Calendar):  # type: ignore[misc]
        WEEKEND_DAYS = (core.SAT, core.SUN)

        def holidays(self, year: int | None = None) -> list[tuple[dt.date, str]]:
            return self.by_year[year]

    Ours.by_year = {y: [(d, "") for d in OFF if d.year == y] for y in range(2020, 2036)}
    return Ours()


def _empty(day: dt.date, n: int) -> dt.date:  # noqa: ARG001 - what a call alone costs
    return day


def _steady(starts: Sequence[dt.date]) -> Race:
    add, many = CALENDAR.add, len(starts)
    return Race(
        "add-steady",
        Text(id="250 hari tidak lebih mahal daripada 1", en="250 days cost no more than 1"),
        (
            Candidate("+250", lambda: [add(d, 250) for d in starts], many),
            Candidate(
                "+1", lambda: [add(d, 1) for d in starts], many, goal=within(1.1), compared=False
            ),
        ),
    )


def _counting(starts: Sequence[dt.date]) -> Race:
    count, many = CALENDAR.count, len(starts)
    pairs = [(d, CALENDAR.add(d, 10)) for d in starts]
    found = [Candidate("pst_core", lambda: [count(a, b) for a, b in pairs], many)]
    found += [
        Candidate(name, lambda one=one: [one(a, b) for a, b in pairs], many, package)
        for package, name, one in _counters()
    ]
    title = Text(id="hitung hari kerja sepanjang 10", en="count the working days across 10")
    return Race("count-10", title, tuple(found))


def _counters() -> Iterator[tuple[str, str, Count]]:
    """Give package, name and function of each peer: the working days in (a, b]."""
    day = dt.timedelta(days=1)
    if np := peer("numpy"):
        busday, count = np.busdaycalendar(holidays=OFF), np.busday_count
        yield (
            "numpy", "numpy.busday_count",
            lambda a, b: int(count(a + day, b + day, busdaycal=busday)),
        )  # fmt: skip
    if holidays := peer("holidays"):
        closed = _indonesia(holidays).get_working_days_count
        yield "holidays", "holidays.get_working_days_count", lambda a, b: closed(a + day, b)
    if core := peer("workalendar.core"):
        delta = _workalendar(core).get_working_days_delta
        yield "workalendar", "workalendar.get_working_days_delta", delta


# -- arrays -------------------------------------------------------------------------------------


def _arrays(many: int) -> Iterator[Race]:
    np = peer("numpy")
    if np is None:  # ours takes and gives numpy's arrays
        return
    busday, day = np.busdaycalendar(holidays=OFF), np.timedelta64(1, "D")
    rng = np.random.default_rng(1)
    starts = np.datetime64(FIRST) + rng.integers(0, (LAST - FIRST).days, many).astype("m8[D]")
    ends = CALENDAR.add_many(starts, 10)
    after, upto = starts + day, ends + day

    def race(key: str, title: Text, ours: Any, theirs: Any, name: str) -> Race:
        return Race(
            key, title,
            (
                Candidate("pst_core", ours, many, answer=lambda: ours().tolist()),
                Candidate(name, theirs, many, "numpy", ahead(5),
                          answer=lambda: theirs().tolist()),
            ),
        )  # fmt: skip

    yield race(
        "add-array",
        Text(id=f"tambah 10 pada {many:,} tanggal", en=f"add 10 to {many:,} dates"),
        lambda: CALENDAR.add_many(starts, 10),
        lambda: np.busday_offset(starts, 10, roll="backward", busdaycal=busday),
        "numpy.busday_offset",
    )
    yield race(
        "count-array",
        Text(id=f"hitung pada {many:,} pasang tanggal", en=f"count in {many:,} pairs of dates"),
        lambda: CALENDAR.count_many(starts, ends),
        lambda: np.busday_count(after, upto, busdaycal=busday),
        "numpy.busday_count",
    )


# -- the deadline -------------------------------------------------------------------------------

OPENED = dt.datetime(2025, 7, 1, 9, tzinfo=ZONE)
HOURS = national_hours()


def _turns(pauses: int) -> tuple[Turn, ...]:
    """Return the turns of as many pauses: to the applicant, and back the next day."""
    return tuple(
        Turn(OPENED + dt.timedelta(days=k + 1), ("applicant", "officer")[k % 2])
        for k in range(2 * pauses)
    )


def _ours(pauses: int, days: int = 10) -> Callable[[], dt.date]:
    rule = ClockRule(days, Reading.PAUSING, "L2", Certainty.VERIFIED)
    turns = _turns(pauses)
    return lambda: deadline(CALENDAR, HOURS, rule, OPENED, turns).due_date


def _plainly(pauses: int, add: Add, count: Count) -> Callable[[], dt.date]:
    """Return the due date by a peer's own addition and count; no times, no explanation."""
    turns = [(turn.since.date(), turn.whose) for turn in _turns(pauses)]

    def due() -> dt.date:
        left, since, whose = 10, OPENED.date(), "officer"
        for day, next_ in turns:
            if whose == "officer":
                left -= count(since, day)
            since, whose = day, next_
        return add(since, left)

    return due


def _deadlines() -> Iterator[Race]:
    adders = {package: (name, add) for package, name, add in _adders()}
    for pauses in (0, 1, 5):
        found = [Candidate("pst_core deadline", _ours(pauses))]
        for package, name, count in _counters():
            if package in adders:
                shown = f"{adders[package][0]} + {name.split('.')[-1]}"
                run = _plainly(pauses, adders[package][1], count)
                found.append(Candidate(shown, run, package=package))
        yield Race(
            f"deadline-{pauses}",
            Text(id=f"tenggat (L2), {pauses} jeda", en=f"deadline (L2), {pauses} pauses"),
            tuple(found),
        )
    yield Race(
        "deadline-pauses",
        Text(id="tenggat: lima jeda dan tanpa jeda", en="deadline: five pauses and none"),
        (
            Candidate(Text(id="lima jeda", en="five pauses"), _ours(5)),
            Candidate(
                Text(id="tanpa jeda", en="no pause"), _ours(0), goal=within(10), compared=False
            ),
        ),
    )


def _table() -> Race:
    longer = CALENDAR.with_estimates(2028, 2033)

    def build() -> bool:
        fresh = Calendar(longer.entries, longer.week, longer.timezone, None, longer.estimates)
        return fresh.is_workday(FIRST)

    found = [Candidate("pst_core", build)]
    if holidays := peer("holidays"):
        found.append(
            Candidate(
                "holidays",
                lambda: FIRST not in holidays.country_holidays("ID", years=range(2024, 2034)),
                package="holidays",
            )
        )
    title = Text(id="tabel sepuluh tahun dibuat", en="a table of ten years made")
    return Race("table", title, tuple(found))
