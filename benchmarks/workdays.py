"""Working days side by side in one run: ours, numpy, pandas, holidays, an empty Python call.

Run ``python benchmarks/workdays.py``. Each figure is the best of several rounds over the same
dates (least disturbed by others on the machine); the goals are those that the project set itself, printed beside what was reached.
"""

from __future__ import annotations

import datetime as dt
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from pst_core.certainty import Certainty
from pst_core.workdays import (
    Calendar,
    ClockRule,
    Reading,
    Turn,
    deadline,
    load_calendar,
    national_hours,
)

ROUNDS = 9
CALENDAR = load_calendar()
FIRST, LAST = dt.date(2024, 1, 2), dt.date(2026, 12, 30)
STARTS = [FIRST + dt.timedelta(days=4 * n) for n in range(270)]
OFF = sorted(CALENDAR.days_off)


def per_call(run: Callable[[], object], calls: int, target: float = 0.02) -> float:
    """Seconds a call: the best of the rounds."""
    once = max(timeit.timeit(run, number=1), 1e-7)
    number = max(1, int(target / once))
    return min(timeit.repeat(run, number=number, repeat=ROUNDS)) / number / calls


def over(call: Callable[[dt.date], object]) -> float:
    def loop() -> None:
        for day in STARTS:
            call(day)

    return per_call(loop, len(STARTS))


def nanoseconds(seconds: float) -> str:
    return f"{seconds * 1e9:>12,.0f} ns"


def compare(title: str, ours: float, others: dict[str, tuple[float, float | None]]) -> None:
    print(f"\n{title}")
    print(f"  {'pst_core':<44}{nanoseconds(ours)}")
    for name, (figure, goal) in others.items():
        ratio = figure / ours
        met = "" if goal is None else f"   goal {goal:g}x: {'met' if ratio >= goal else 'NOT MET'}"
        print(f"  {name:<44}{nanoseconds(figure)}  {ratio:>9,.1f}x{met}")


def at_most(name: str, ratio: float, goal: float) -> None:
    print(f"  {name}: {ratio:.2f}, goal at most {goal:g}: {'met' if ratio <= goal else 'NOT MET'}")


def empty(day: dt.date, n: int) -> dt.date:  # noqa: ARG001 - the cost of a call alone
    return day


def scalar() -> None:
    busday = np.busdaycalendar(holidays=OFF)
    table = holidays.country_holidays(
        "ID", years=range(2023, 2029), categories=("public", "government"), expand=False
    )
    add = CALENDAR.add
    assert all(table.get_nth_working_day(d, 10) == add(d, 10) for d in STARTS)

    def with_numpy(day: dt.date, n: int) -> dt.date:
        found: dt.date = np.busday_offset(day, n, roll="backward", busdaycal=busday).item()
        return found

    assert all(with_numpy(d, 10) == add(d, 10) for d in STARTS)
    ours = over(lambda d: add(d, 10))
    blank = over(lambda d: empty(d, 10))
    lambda_cost = over(lambda d: d)
    ours, blank_call = ours - lambda_cost, blank - lambda_cost
    others: dict[str, tuple[float, float | None]] = {
        "numpy busday_offset, date in, date out": (
            over(lambda d: with_numpy(d, 10)) - lambda_cost,
            35,
        ),
        "holidays get_nth_working_day": (
            over(lambda d: table.get_nth_working_day(d, 10)) - lambda_cost,
            150,
        ),
    }
    try:
        import pandas as pd
    except ImportError:
        print("pandas is not installed: left out")
    else:
        step = pd.offsets.CustomBusinessDay(10, holidays=OFF)
        others["pandas CustomBusinessDay, date in, date out"] = (
            over(lambda d: (pd.Timestamp(d) + step).date()) - lambda_cost,
            100,
        )
    compare("add 10 working days", ours, others)
    # an inline loop for the two that are close to the cost of a call
    inline = per_call(lambda: [add(d, 10) for d in STARTS], len(STARTS))
    inline_blank = per_call(lambda: [empty(d, 10) for d in STARTS], len(STARTS))
    at_most("add(+10) / an empty Python call", inline / inline_blank, 4)
    print(
        f"  ({nanoseconds(inline).strip()} against {nanoseconds(inline_blank).strip()}; "
        f"by lambda {blank_call * 1e9:,.0f} ns)"
    )
    flat = {
        n: per_call(lambda n=n: [add(d, n) for d in STARTS], len(STARTS))  # type: ignore[misc]
        for n in (1, 10, 250)
    }
    at_most("add(+250) / add(+1)", flat[250] / flat[1], 1.25)

    ends = [add(d, 10) for d in STARTS]
    pairs = list(zip(STARTS, ends, strict=True))
    count = CALENDAR.count
    day = np.timedelta64(1, "D")

    def count_numpy(a: dt.date, b: dt.date) -> int:
        return int(
            np.busday_count(np.datetime64(a) + day, np.datetime64(b) + day, busdaycal=busday)
        )

    compare(
        "count working days across 10",
        per_call(lambda: [count(a, b) for a, b in pairs], len(pairs)),
        {
            "numpy busday_count": (
                per_call(lambda: [count_numpy(a, b) for a, b in pairs], len(pairs)),
                None,
            ),
            "holidays get_working_days_count": (
                per_call(
                    lambda: [table.get_working_days_count(a, b) for a, b in pairs], len(pairs)
                ),
                None,
            ),
        },
    )


def vector() -> None:
    busday = np.busdaycalendar(holidays=OFF)
    rng = np.random.default_rng(1)
    span = (LAST - FIRST).days
    starts = np.datetime64(FIRST) + rng.integers(0, span, 100_000).astype("m8[D]")
    ends = CALENDAR.add_many(starts, 10)
    day = np.timedelta64(1, "D")
    numpy_add = per_call(
        lambda: np.busday_offset(starts, 10, roll="backward", busdaycal=busday), len(starts)
    )
    assert (ends == np.busday_offset(starts, 10, roll="backward", busdaycal=busday)).all()
    compare(
        "add_many: 10 working days, 100,000 dates, a date",
        per_call(lambda: CALENDAR.add_many(starts, 10), len(starts)),
        {"numpy busday_offset": (numpy_add, 5)},
    )
    after, upto = starts + day, ends + day
    compare(
        "count_many: across 10, 100,000 pairs, a pair",
        per_call(lambda: CALENDAR.count_many(starts, ends), len(starts)),
        {
            "numpy busday_count": (
                per_call(lambda: np.busday_count(after, upto, busdaycal=busday), len(starts)),
                5,
            )
        },
    )


def tables() -> None:
    longer = CALENDAR.with_estimates(2028, 2033)

    def build() -> Calendar:
        fresh = Calendar(longer.entries, longer.week, longer.timezone, None, longer.estimates)
        fresh.is_workday(FIRST)
        return fresh

    print("\ntables")
    milliseconds = per_call(build, 1) * 1e3
    at_most("a window of 10 years, ms", milliseconds, 6)
    code = (
        "import time, datetime as dt; from pst_core.certainty import Certainty; t = {0};"
        "{1}; print((time.perf_counter() - t) * 1e3)"
    )
    ours = "import pst_core as pst; pst.load_calendar().add(dt.date(2026, 3, 16), 10)"
    theirs = "import holidays; holidays.country_holidays('ID', years=2026)"
    for name, job in (("pst_core", ours), ("holidays", theirs)):
        took = [
            float(
                subprocess.run(
                    [sys.executable, "-c", code.format("time.perf_counter()", job)],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            )
            for _ in range(5)
        ]
        print(f"  import and first answer, {name}: {statistics.median(took):.0f} ms")


def clocks() -> None:
    zone = ZoneInfo("Asia/Jakarta")
    hours = national_hours()
    rule = ClockRule(10, Reading.PAUSING, "L2", Certainty.VERIFIED)
    start = dt.datetime(2026, 7, 1, 9, tzinfo=zone)

    def turns(n: int) -> tuple[Turn, ...]:
        return tuple(
            Turn(start + dt.timedelta(days=k + 1), ("applicant", "officer")[k % 2])
            for k in range(2 * n)
        )

    def cost(n: int) -> float:
        history: Any = turns(n)
        return per_call(
            lambda: [deadline(CALENDAR, hours, rule, start, history) for _ in range(50)], 50
        )

    none, five = cost(0), cost(5)
    print("\ndeadline")
    print(f"  without a pause {nanoseconds(none).strip()}, with five {nanoseconds(five).strip()}")
    at_most("five pauses / none", five / none, 10)


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, {len(OFF)} days off")
    scalar()
    vector()
    tables()
    clocks()
