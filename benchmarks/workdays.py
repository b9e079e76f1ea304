"""Working days side by side in one run: ours, numpy, pandas, holidays, an empty Python call.

Run ``python benchmarks/workdays.py``. The candidates of a table take turns, round by round, and
the best round of each counts: what else the machine does then disturbs all alike. The goals that
the project set itself stand beside what was reached.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import timeit
from collections.abc import Callable
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

ROUNDS = 25
CALENDAR = load_calendar()
FIRST, LAST = dt.date(2024, 1, 2), dt.date(2026, 12, 30)
STARTS = [FIRST + dt.timedelta(days=4 * n) for n in range(270)]
OFF = sorted(CALENDAR.days_off)


def side_by_side(runs: dict[str, Callable[[], object]], calls: int) -> dict[str, float]:
    """Seconds a call of each candidate: the best of rounds in which they take turns."""
    loops = {name: max(1, int(0.004 / timeit.timeit(run, number=1))) for name, run in runs.items()}
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            took = timeit.timeit(run, number=loops[name]) / loops[name] / calls
            best[name] = min(best[name], took)
    return best


def compare(title: str, found: dict[str, float], goals: dict[str, float]) -> None:
    print(f"\n{title}")
    ours = next(iter(found.values()))
    for name, figure in found.items():
        met = ""
        if name in goals:
            met = (
                f"   goal {goals[name]:g}x: {'met' if figure / ours >= goals[name] else 'NOT MET'}"
            )
        print(f"  {name:<44}{figure * 1e9:>12,.1f} ns  {figure / ours:>9,.1f}x{met}")


def at_most(name: str, ratio: float, goal: float) -> None:
    print(f"  {name}: {ratio:.2f}, goal at most {goal:g}: {'met' if ratio <= goal else 'NOT MET'}")


def empty(day: dt.date, n: int) -> dt.date:  # noqa: ARG001 - the cost of a call alone
    return day


def scalar() -> None:
    busday = np.busdaycalendar(holidays=OFF)
    table = holidays.country_holidays(
        "ID", years=range(2023, 2029), categories=("public", "government"), expand=False
    )
    add, count, offset = CALENDAR.add, CALENDAR.count, np.busday_offset
    nth = table.get_nth_working_day
    assert all(nth(d, 10) == add(d, 10) for d in STARTS)
    assert all(
        offset(d, 10, roll="backward", busdaycal=busday).item() == add(d, 10) for d in STARTS
    )
    runs: dict[str, Callable[[], object]] = {
        "pst_core": lambda: [add(d, 10) for d in STARTS],
        "an empty Python call": lambda: [empty(d, 10) for d in STARTS],
        "pst_core, +1": lambda: [add(d, 1) for d in STARTS],
        "pst_core, +250": lambda: [add(d, 250) for d in STARTS],
        "numpy busday_offset, date in, date out": lambda: [
            offset(d, 10, roll="backward", busdaycal=busday).item() for d in STARTS
        ],
        "holidays get_nth_working_day": lambda: [nth(d, 10) for d in STARTS],
    }
    try:
        import pandas as pd
    except ImportError:
        print("pandas is not installed: left out")
    else:
        step = pd.offsets.CustomBusinessDay(10, holidays=OFF)
        runs["pandas CustomBusinessDay, date in, date out"] = lambda: [
            (pd.Timestamp(d) + step).date() for d in STARTS
        ]
    found = side_by_side(runs, len(STARTS))
    goals = {
        "numpy busday_offset, date in, date out": 35.0,
        "pandas CustomBusinessDay, date in, date out": 100.0,
        "holidays get_nth_working_day": 150.0,
    }
    compare("add 10 working days", found, goals)
    at_most("add / an empty Python call", found["pst_core"] / found["an empty Python call"], 4)
    at_most("add(+250) / add(+1)", found["pst_core, +250"] / found["pst_core, +1"], 1.1)

    pairs = [(d, add(d, 10)) for d in STARTS]
    day = np.timedelta64(1, "D")
    found = side_by_side(
        {
            "pst_core": lambda: [count(a, b) for a, b in pairs],
            "numpy busday_count": lambda: [
                int(
                    np.busday_count(
                        np.datetime64(a) + day, np.datetime64(b) + day, busdaycal=busday
                    )
                )
                for a, b in pairs
            ],
            "holidays get_working_days_count": lambda: [
                table.get_working_days_count(a, b) for a, b in pairs
            ],
        },
        len(pairs),
    )
    compare("count working days across 10", found, {})


def vector() -> None:
    busday = np.busdaycalendar(holidays=OFF)
    rng = np.random.default_rng(1)
    starts = np.datetime64(FIRST) + rng.integers(0, (LAST - FIRST).days, 100_000).astype("m8[D]")
    ends, day = CALENDAR.add_many(starts, 10), np.timedelta64(1, "D")
    assert (ends == np.busday_offset(starts, 10, roll="backward", busdaycal=busday)).all()
    found = side_by_side(
        {
            "pst_core add_many": lambda: CALENDAR.add_many(starts, 10),
            "numpy busday_offset": lambda: np.busday_offset(
                starts, 10, roll="backward", busdaycal=busday
            ),
        },
        len(starts),
    )
    compare("add 10 working days, 100,000 dates, a date", found, {"numpy busday_offset": 5})
    after, upto = starts + day, ends + day
    found = side_by_side(
        {
            "pst_core count_many": lambda: CALENDAR.count_many(starts, ends),
            "numpy busday_count": lambda: np.busday_count(after, upto, busdaycal=busday),
        },
        len(starts),
    )
    compare("count across 10, 100,000 pairs, a pair", found, {"numpy busday_count": 5})


def tables() -> None:
    longer = CALENDAR.with_estimates(2028, 2033)

    def build() -> None:
        fresh = Calendar(longer.entries, longer.week, longer.timezone, None, longer.estimates)
        fresh.is_workday(FIRST)

    print("\ntables")
    milliseconds = side_by_side({"build": build}, 1)["build"] * 1e3
    at_most("a window of 10 years, ms", milliseconds, 6)
    jobs = {
        "pst_core": "import pst_core as pst; pst.load_calendar().add(dt.date(2026, 3, 16), 10)",
        "holidays": "import holidays; holidays.country_holidays('ID', years=2026)",
    }
    for name, job in jobs.items():
        code = (
            "import time, datetime as dt; t = time.perf_counter(); "
            f"{job}; print((time.perf_counter() - t) * 1e3)"
        )
        took = [
            float(
                subprocess.run(
                    [sys.executable, "-c", code], check=True, capture_output=True, text=True
                ).stdout
            )
            for _ in range(7)
        ]
        print(f"  import and first answer, {name}: {min(took):.0f} ms")


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

    def run(n: int) -> Callable[[], object]:
        history = turns(n)
        return lambda: [deadline(CALENDAR, hours, rule, start, history) for _ in range(50)]

    found = side_by_side({"no pause": run(0), "five pauses": run(5), "twenty": run(20)}, 50)
    compare("deadline", found, {})
    at_most("five pauses / none", found["five pauses"] / found["no pause"], 10)


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, {len(OFF)} days off")
    scalar()
    vector()
    tables()
    clocks()
