"""T16: the machine's zone, language and hash seed do not matter; a million dates agree."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from zoneinfo import ZoneInfo

import attrs
import pytest

from pst_core.certainty import Certainty
from pst_core.workdays import ClockRule, Reading, Turn, deadline, load_calendar, national_hours

JOB = """
import datetime as dt, hashlib
from pst_core.certainty import Certainty
from pst_core.workdays import *
rule = ClockRule(10, Reading.PAUSING, "L2", Certainty.VERIFIED)
out = []
for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"):
    calendar = load_calendar(zone)
    out.append(calendar.version)
    for hour in range(0, 24 * 700, 37):
        start = dt.datetime(2024, 6, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hour)
        turns = [Turn(start + dt.timedelta(hours=50), "applicant"),
                 Turn(start + dt.timedelta(hours=120), "officer")]
        due = deadline(calendar, national_hours(), rule, start, turns)
        out.append((due.due_at.isoformat(), due.words(start, "id"), due.in_whose_hands()))
        out.append(queue_deadline(calendar, national_hours(), rule, start).isoformat())
    out.append(str(due.due))
    out += [day.say().id for day in due.explain()]
    out.append(to_ics(calendar, 2026))
print(hashlib.sha256(repr(out).encode()).hexdigest())
"""


def answers(zone: str, locale: str) -> str:
    env = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": "random"}
    return subprocess.run(
        [sys.executable, "-c", JOB], env=env, check=True, capture_output=True, text=True
    ).stdout


def test_T16b_the_machines_zone_and_language_do_not_matter() -> None:
    assert answers("UTC", "C") == answers("America/St_Johns", "tr_TR.UTF-8")


@pytest.mark.slow
def test_T16b_fifteen_environments_give_the_same_bytes() -> None:
    zones = ("UTC", "Asia/Jakarta", "Asia/Jayapura", "America/St_Johns", "Pacific/Apia")
    locales = ("C", "id_ID.UTF-8", "tr_TR.UTF-8")
    assert len({answers(zone, locale) for zone in zones for locale in locales}) == 1


@pytest.mark.slow
def test_T16b_a_million_deadlines_agree_with_a_walk_day_by_day() -> None:
    rng = random.Random(16)
    hours = national_hours()
    rule = ClockRule(10, Reading.PAUSING, "L2", Certainty.VERIFIED)
    first = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
    off = set(load_calendar().days_off)
    walked: dict[tuple[dt.date, int], dt.date] = {}

    def walk(day: dt.date, left: int) -> dt.date:
        key = (day, left)
        if key not in walked:
            while left:
                day += dt.timedelta(days=1)
                left -= day.weekday() < 5 and day not in off
            walked[key] = day
        return walked[key]

    calendars = [
        attrs.evolve(load_calendar(), timezone=zone)
        for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
    ]
    offsets = [dt.timedelta(hours=h) for h in (7, 8, 9)]
    for _ in range(1_000_000):
        office = rng.randrange(3)
        start = first + dt.timedelta(seconds=rng.randrange(1060 * 86400))
        day = (start + offsets[office]).date()
        due = deadline(calendars[office], hours, rule, start)
        assert due.due_date == walk(day, 10)


def test_T16b_half_past_eleven_at_night_in_jayapura_is_that_day_there() -> None:
    night = dt.datetime(2026, 11, 2, 23, 30, tzinfo=ZoneInfo("Asia/Jayapura"))
    rule = ClockRule(10, Reading.PAUSING, "L2", Certainty.VERIFIED)
    east = deadline(load_calendar("Asia/Jayapura"), national_hours(), rule, night)
    assert east.due_at.isoformat() == "2026-11-16T16:00:00+09:00"
    early = night + dt.timedelta(hours=1)  # 3 November there, 2 November in Jakarta
    west = deadline(load_calendar(), national_hours(), rule, early)
    again = deadline(load_calendar("Asia/Jayapura"), national_hours(), rule, early)
    assert (west.due_date, again.due_date) == (dt.date(2026, 11, 16), dt.date(2026, 11, 17))
    handed = Turn(early, "applicant")
    assert deadline(load_calendar(), national_hours(), rule, night, [handed]).paused
