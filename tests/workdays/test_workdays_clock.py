"""The legal clocks: L2 with its turns, L1 at the counter, and what an amendment moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import attrs
import pendulum
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pst_core.certainty import Certainty
from pst_core.refusal import BadInput, NotFound
from pst_core.text import Text
from pst_core.workdays import (
    Calendar,
    ClockRule,
    DayOff,
    Deadline,
    Decree,
    Kind,
    Reading,
    Turn,
    deadline,
    load_calendar,
    national_hours,
    queue_deadline,
    recheck,
    reckon,
    turns_of,
)

D = dt.date
WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = load_calendar(as_known_on=D(2026, 11, 24))
HOURS = national_hours()
PAUSING = ClockRule(10, Reading.PAUSING, "L2", Certainty.VERIFIED)
RUNNING = attrs.evolve(PAUSING, reading=Reading.RUNNING)
DAY = dt.timedelta(days=1)


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=WIB)


def l2(
    start: dt.datetime, *turns: Turn, rule: ClockRule = PAUSING, ended: dt.datetime | None = None
) -> Deadline:
    return deadline(CALENDAR, HOURS, rule, start, turns, ended)


# L2


def test_L2_complete_on_16_march_2026_is_due_on_7_april_at_the_close_of_office_hours() -> None:
    due = l2(at(3, 16))
    assert due.due == pendulum.datetime(2026, 4, 7, 16, tz="Asia/Jakarta")
    assert isinstance(due.due, pendulum.DateTime)
    assert due.due.timezone_name == "Asia/Jakarta"
    assert due.due_at == dt.datetime(2026, 4, 7, 16, tzinfo=WIB)
    assert due.certainty is Certainty.VERIFIED
    assert due.calendar_version == CALENDAR.version
    assert repr(due).endswith("due_date=datetime.date(2026, 4, 7), paused=False)")


def test_L2_the_day_of_the_event_is_day_0() -> None:
    assert l2(at(11, 2, 0)).due_date == l2(at(11, 2, 23, 59)).due_date == D(2026, 11, 16)
    assert l2(at(11, 1)).due_date == D(2026, 11, 13)  # a Sunday: Monday is day 1


def test_L2_in_ramadan_the_office_closes_earlier() -> None:
    assert l2(at(2, 18)).due_at.time() == dt.time(15)
    assert l2(at(2, 20)).due_at == at(3, 6, 15, 30)  # a Friday in Ramadan
    assert l2(at(10, 30)).due_at == at(11, 13, 16, 30)  # an ordinary Friday


def test_L2_the_clock_stops_in_the_applicants_hands() -> None:
    turns = (Turn(at(3, 25), "applicant"), Turn(at(3, 30), "officer"))
    due = l2(at(3, 16), *turns)
    assert due.due_date == D(2026, 4, 10)  # three working days later
    assert due.in_whose_hands(at(4, 8)) == {"officer": 8 - 3 + 3, "applicant": 3}
    assert due.elapsed(at(4, 8)) == 8
    assert due.remaining(at(4, 8)) == 2
    assert l2(at(3, 16), *turns, rule=RUNNING).due_date == D(2026, 4, 7)
    assert l2(at(3, 16), *turns, rule=RUNNING).elapsed(at(4, 7)) == 10


def test_L2_a_pause_within_one_day_costs_nothing() -> None:
    turns = (Turn(at(3, 25, 9), "applicant"), Turn(at(3, 25, 15), "officer"))
    assert l2(at(3, 16), *turns).due_date == l2(at(3, 16)).due_date
    assert l2(at(3, 16), *turns).in_whose_hands(at(4, 1)) == {"officer": 7}


def test_L2_only_the_applicant_stops_it() -> None:
    turns = (Turn(at(3, 25), "treasurer"), Turn(at(3, 30), "system"))
    due = l2(at(3, 16), *turns)
    assert due.due_date == l2(at(3, 16)).due_date
    assert l2(at(3, 16), Turn(at(3, 16), "treasurer")).explain()[0].whose == "treasurer"
    assert due.explain()[0].whose == "officer"
    assert due.in_whose_hands(at(4, 7)) == {"officer": 2, "treasurer": 3, "system": 5}
    assert due.in_whose_hands() == {"officer": 2, "treasurer": 3}  # until it last changed hands


def test_L2_while_paused_the_due_date_is_the_earliest_possible() -> None:
    due = l2(at(3, 16), Turn(at(3, 25), "applicant"))
    assert due.paused
    assert due.due_date == D(2026, 4, 7)
    assert not due.overdue(at(6, 2))
    assert due.remaining(at(6, 2)) == 8
    assert due.due_if_back(at(3, 25, 12)) == due.due_date
    assert due.due_if_back(at(3, 30)) == D(2026, 4, 10)
    back = l2(at(3, 16), *due.turns, Turn(at(3, 30), "officer"))
    assert back.due_if_back(at(3, 27)) == back.due_date == D(2026, 4, 10)
    withdrawn = l2(at(3, 16), *due.turns, ended=at(3, 30))
    assert withdrawn.paused
    assert withdrawn.due_if_back(at(4, 1)) == withdrawn.due_date
    assert due.words(at(6, 2)) == "waktu berhenti di tangan pemohon, sisa 8 hari kerja"
    assert "8 working days left" in due.words(at(6, 2), "en")
    assert due.explain()[-1].date == due.due_date
    assert due.explain()[-1].number == 10
    assert "bila kembali" in due.explain()[-1].why.id


def test_L2_late_in_the_offices_hands_stays_late_whatever_follows() -> None:
    due = l2(at(3, 16), Turn(at(4, 8), "applicant"))
    assert not due.paused
    assert due.due_date == D(2026, 4, 7)
    assert due.overdue(at(4, 7, 16, 1))
    assert not due.overdue(at(4, 7, 16))


def test_L2_handed_over_on_the_last_day_it_is_due_on_the_day_it_comes_back() -> None:
    over = Turn(at(4, 7, 10), "applicant")
    assert l2(at(3, 16), over).paused
    assert l2(at(3, 16), Turn(at(4, 7, 16), "applicant")).paused  # at the last moment
    assert not l2(at(3, 16), over).overdue(at(4, 9))
    assert l2(at(3, 16), over, Turn(at(4, 9), "officer")).due_at == at(4, 9, 16)
    assert l2(at(3, 16), over, Turn(at(4, 9, 16), "officer")).due_at == at(4, 9, 16)
    assert l2(at(3, 16), over, Turn(at(4, 9, 17), "officer")).due_at == at(4, 10, 16, 30)
    assert l2(at(3, 16), over, Turn(at(4, 11), "officer")).due_date == D(2026, 4, 13)
    after_close = Turn(at(4, 7, 16, 1), "applicant")
    assert l2(at(3, 16), after_close).due_date == D(2026, 4, 7)
    assert l2(at(3, 16), after_close).overdue(at(4, 9))


def test_L2_ended_in_time_and_late() -> None:
    good, late = l2(at(3, 16), ended=at(4, 7, 15)), l2(at(3, 16), ended=at(4, 9, 10))
    assert not good.overdue(at(5, 5))
    assert good.words(at(5, 5)) == "selesai tepat waktu"
    assert good.words(at(4, 7, 15)) == "selesai tepat waktu"
    assert good.words(at(4, 7, 14)) == "hari terakhir, paling lambat pukul 16.00 WIB"
    assert good.words(at(5, 5), "en") == "finished in time"
    assert late.overdue(at(5, 5))
    assert late.words(at(5, 5)) == "selesai, terlambat 2 hari kerja"
    assert late.words(at(5, 5), "en") == "finished, 2 working days late"
    assert late.elapsed(at(5, 5)) == 12
    assert l2(at(3, 16), Turn(at(4, 7, 15), "")) == l2(
        at(3, 16), Turn(at(4, 7, 15), ""), ended=at(4, 7, 15)
    )


def test_L2_ended_by_the_applicant_after_a_long_pause_is_not_late() -> None:
    due = l2(at(3, 16), Turn(at(3, 25), "applicant"), Turn(at(6, 2), ""))
    assert not due.overdue(at(7, 1))
    assert due.elapsed(at(7, 1)) == 2
    assert due.explain()[-1].date == due.due_date
    assert due.explain()[-1].why.id == "di tangan pemohon"
    assert not due.explain()[-1].counted


@pytest.mark.parametrize(
    ("now", "words_id", "words_en"),
    [
        (at(3, 16), "10 hari kerja lagi", "10 working days left"),
        (at(4, 1), "3 hari kerja lagi", "3 working days left"),
        (at(4, 6), "1 hari kerja lagi", "1 working day left"),
        (
            at(4, 7),
            "hari terakhir, paling lambat pukul 16.00 WIB",
            "last day, by 16:00 WIB at the latest",
        ),
        (at(4, 7, 17), "terlambat kurang dari 1 hari kerja", "less than 1 working day late"),
        (at(4, 8), "terlambat 1 hari kerja", "1 working day late"),
    ],
)
def test_L2_in_words(now: dt.datetime, words_id: str, words_en: str) -> None:
    due = l2(at(3, 16))
    assert (due.words(now), due.words(now, "en")) == (words_id, words_en)


def test_L2_explains_each_day() -> None:
    rows = l2(at(3, 16), Turn(at(3, 25), "applicant"), Turn(at(3, 30), "officer")).explain()
    assert [row.date for row in rows] == [D(2026, 3, 16) + i * DAY for i in range(26)]
    assert not rows[0].counted
    assert rows[0].number == 0
    assert "day 0" in rows[0].why.en
    by = {row.date: row for row in rows}
    assert by[D(2026, 3, 26)].why.id == "di tangan pemohon"
    assert by[D(2026, 3, 26)].whose == "applicant"
    assert "1497/2025" in by[D(2026, 3, 18)].why.id
    assert by[D(2026, 4, 10)].number == 10
    assert [row.number for row in rows if row.counted] == list(range(1, 11))


# known when, and how sure


def test_L2_a_promise_of_july_2025_did_not_know_18_august() -> None:
    start = at(8, 7, year=2025)
    old = deadline(CALENDAR.as_known_on(D(2025, 8, 6)), HOURS, PAUSING, start)
    new = deadline(CALENDAR, HOURS, PAUSING, start)
    assert (old.due_date, new.due_date) == (D(2025, 8, 21), D(2025, 8, 22))
    untouched = deadline(CALENDAR.as_known_on(D(2025, 8, 6)), HOURS, PAUSING, at(7, 1, year=2025))
    (moved,) = recheck({"R-2": untouched, "R-1": old, "R-3": untouched}, CALENDAR)
    assert (moved.key, moved.promised, moved.now) == ("R-1", D(2025, 8, 21), D(2025, 8, 22))
    assert [off.date for off in moved.because] == [D(2025, 8, 18)]
    assert moved.say().id == "R-1: dijanjikan Kamis 21 Agu 2025, kini Jumat 22 Agu 2025"
    (back,) = recheck({"R-1": new}, old.calendar)
    assert [off.date for off in back.because] == [D(2025, 8, 18)]


def closed(*days: D) -> Calendar:
    decree = Decree("kantor", "", D(2026, 1, 2), Certainty.VERIFIED)
    more = (DayOff(day, Kind.CLOSURE, Text("Tutup", "Closed"), decree) for day in days)
    return attrs.evolve(CALENDAR, entries=(*CALENDAR.entries, *more))


@pytest.mark.parametrize(
    ("then", "now", "promised", "due", "because"),
    [
        # the day of the start is not counted, so that nothing comes of closing on it
        ([], [D(2026, 11, 2), D(2026, 11, 16)], 16, 17, [D(2026, 11, 16)]),
        # nor of closing on the day after the last
        ([D(2026, 11, 10)], [D(2026, 11, 17)], 17, 16, [D(2026, 11, 10)]),
        ([], [D(2026, 11, 3)], 16, 17, [D(2026, 11, 3)]),
    ],
)
def test_L2_a_move_names_the_days_off_that_moved_it(
    then: list[D], now: list[D], promised: int, due: int, because: list[D]
) -> None:
    old = deadline(closed(*then), HOURS, PAUSING, at(11, 2))
    (moved,) = recheck({"R-1": old}, closed(*now))
    assert (moved.promised.day, moved.now.day) == (promised, due)
    assert [off.date for off in moved.because] == because


def test_L2_beyond_the_decreed_years_is_provisional() -> None:
    due = l2(at(12, 22, year=2027))
    assert due.due_date > D(2027, 12, 31)
    assert due.certainty is Certainty.PROVISIONAL
    assert due.calendar.last_day == D(2028, 12, 31)  # no more is guessed than must be
    assert due.overdue(at(3, 1, year=2028))
    assert l2(at(12, 10, year=2027)).certainty is Certainty.REPORTED
    with pytest.raises(NotFound, match="outside-calendar"):
        l2(at(1, 3, year=2028))
    begun = at(6, 1, year=2023)
    with pytest.raises(NotFound, match="outside-calendar"):
        l2(begun, Turn(begun, "applicant"), Turn(at(2, 1, year=2024), "officer"))
    for first in (at(12, 31, year=2023), at(1, 1, year=2024)):
        assert l2(first).certainty is Certainty.REPORTED
    asked = CALENDAR.with_estimates(2028, 2028)
    assert deadline(asked, HOURS, PAUSING, at(1, 3, year=2028)).certainty is Certainty.PROVISIONAL


def test_L2_a_question_long_after_is_still_answered() -> None:
    due = l2(at(12, 1, year=2027))
    assert due.overdue(at(6, 1, year=2029))
    assert "terlambat" in due.words(at(6, 1, year=2029))
    paused = l2(at(12, 20, year=2027), Turn(at(12, 22, year=2027), "applicant"))
    assert paused.due_if_back(at(2, 1, year=2028)) > D(2028, 2, 1)
    last = at(12, 31, year=2027)
    assert due.elapsed(last) == CALENDAR.count(D(2027, 12, 1), D(2027, 12, 31))


# bad input

NAIVE = dt.datetime(2026, 3, 16, 9)  # noqa: DTZ001 - what is refused


def test_naive_times_are_refused_with_the_remedy() -> None:
    asks = (
        lambda: l2(NAIVE),
        lambda: l2(at(3, 16), Turn(NAIVE, "applicant")),
        lambda: l2(at(3, 16), ended=NAIVE),
        lambda: l2(at(3, 16)).remaining(NAIVE),
        lambda: l2(at(3, 16)).overdue(NAIVE),
        lambda: queue_deadline(CALENDAR, HOURS, PAUSING, NAIVE),
        lambda: l2(D(2026, 3, 16)),  # type: ignore[arg-type]
    )
    for ask in asks:
        with pytest.raises(BadInput, match=r"naive-datetime.*ZoneInfo"):
            ask()


def test_turns_out_of_order_are_refused() -> None:
    with pytest.raises(BadInput, match="turns-out-of-order"):
        l2(at(3, 16), Turn(at(3, 30), "applicant"), Turn(at(3, 25), "officer"))
    with pytest.raises(BadInput, match="turns-out-of-order"):
        l2(at(3, 16), Turn(at(3, 25), ""), Turn(at(3, 30), "officer"))
    with pytest.raises(BadInput, match="turns-out-of-order"):
        l2(at(3, 16), Turn(at(3, 30), "officer"), ended=at(3, 25))
    with pytest.raises(BadInput, match="ended-before-start"):
        l2(at(3, 16), ended=at(3, 13))


def test_bad_pauses_are_refused() -> None:
    with pytest.raises(BadInput, match="pause-never-ended"):
        turns_of([(at(3, 16), None)])
    with pytest.raises(BadInput, match="pauses-overlap"):
        turns_of([(at(3, 16), at(3, 25)), (at(3, 17), at(3, 26))])
    with pytest.raises(BadInput, match="pauses-overlap"):
        turns_of([(at(3, 25), at(3, 16))])
    with pytest.raises(BadInput, match="pauses-overlap"):
        turns_of([(at(3, 2), at(3, 3)), (at(3, 16), at(3, 25)), (at(3, 17), at(3, 26))])


def test_pauses_may_touch_and_may_last_no_time() -> None:
    first, middle, last = at(3, 16), at(3, 25), at(3, 26)
    assert turns_of([(first, middle), (middle, middle), (middle, last)]) == (
        *(Turn(first, "applicant"), Turn(middle, "officer")),
        *(Turn(middle, "applicant"), Turn(middle, "officer")),
        *(Turn(middle, "applicant"), Turn(last, "officer")),
    )


# laws

FIRST = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
INSTANTS = st.integers(0, 1064 * 24 * 60).map(lambda n: FIRST + dt.timedelta(minutes=n))
GAPS = st.lists(st.integers(0, 12 * 24 * 60), max_size=9)
ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
HANDS = ("applicant", "officer")


def turns_after(start: dt.datetime, gaps: list[int]) -> tuple[Turn, ...]:
    turns, since = [], start
    for n, gap in enumerate(gaps):
        since += dt.timedelta(minutes=gap)
        turns.append(Turn(since, HANDS[n % 2]))
    return tuple(turns)


def slow_due(calendar: Calendar, start: dt.datetime, turns: tuple[Turn, ...]) -> dt.datetime:
    """Walk day by day: the day uses up one of ten if the office had the request as it began."""

    def close(day: D) -> dt.datetime:
        return dt.datetime.combine(day, HOURS.closing(day), calendar.zone)

    def holder(before: Callable[[dt.datetime], bool]) -> str:
        return next((t.whose for t in reversed(turns) if before(t.since)), "officer")

    day, left = start.astimezone(calendar.zone).date(), 10
    while True:
        day += DAY
        if not calendar.is_workday(day):
            continue
        began = dt.datetime.combine(day, dt.time(0), calendar.zone)
        still_to_come = any(t.since >= began for t in turns)
        runs = holder(lambda t, began=began: t < began) == "officer" or not still_to_come
        if left and runs:
            left -= 1
        # used up: due at the first close at which the office has it, or that it never sees
        shut = close(day)
        here = holder(lambda t, shut=shut: t <= shut) == "officer"
        if not left and (here or not any(t.since > shut for t in turns)):
            return shut


@given(INSTANTS, ZONES)
def test_L2_due_is_a_working_day_ten_after_the_start(start: dt.datetime, zone: str) -> None:
    calendar = attrs.evolve(CALENDAR, timezone=zone)
    due = deadline(calendar, HOURS, PAUSING, start)
    day = start.astimezone(ZoneInfo(zone)).date()
    assert due.due_date == CALENDAR.add(day, 10)
    assert due.due_at.utcoffset() == due.due_at.astimezone(ZoneInfo(zone)).utcoffset()
    assert due.explain()[-1].number == 10


LAST = dt.datetime(2027, 12, 20, 5, tzinfo=dt.UTC)
GUESSED = CALENDAR.with_estimates(2028, 2028)


@given(INSTANTS, GAPS, ZONES)
@example(LAST, [2 * 1440, 9 * 1440], "Asia/Jakarta")
@example(LAST, [15 * 1440, 9 * 1440], "Asia/Jakarta")  # handed over in a year without decree
@example(LAST, [15 * 1440, 60, 12 * 1440, 60], "Asia/Jayapura")
@example(at(3, 16), [22 * 1440 + 7 * 60, 2 * 1440], "Asia/Jakarta")  # at the close of office hours
@example(at(3, 16), [22 * 1440, 2 * 1440 + 7 * 60, 60], "Asia/Jakarta")
def test_L2_agrees_with_a_walk_day_by_day(start: dt.datetime, gaps: list[int], zone: str) -> None:
    calendar = attrs.evolve(CALENDAR, timezone=zone)
    turns = turns_after(start, gaps)
    due = deadline(calendar, HOURS, PAUSING, start, turns)
    if due.paused:  # projected: as if it came back at once
        turns = (*turns, Turn(turns[-1].since, "officer"))
    assert due.due_at == slow_due(attrs.evolve(GUESSED, timezone=zone), start, turns)


@given(INSTANTS, GAPS, st.integers(0, 20000))
def test_L2_split_pauses_equal_merged_ones(start: dt.datetime, gaps: list[int], cut: int) -> None:
    turns = turns_after(start, gaps)
    split = []
    for turn, after in zip(turns, (*turns[1:], None), strict=False):
        split.append(turn)
        middle = turn.since + dt.timedelta(minutes=cut)
        if turn.whose == "applicant" and after is not None and middle <= after.since:
            split += [Turn(middle, "officer"), Turn(middle, "applicant")]
    one, other = l2(start, *turns), l2(start, *split)
    assert (one.due_at, one.paused) == (other.due_at, other.paused)
    assert one.in_whose_hands() == other.in_whose_hands()


@given(INSTANTS, GAPS)
def test_L2_a_pause_never_brings_the_due_date_forward(start: dt.datetime, gaps: list[int]) -> None:
    turns = turns_after(start, gaps)
    assert l2(start, *turns).due_at >= l2(start).due_at
    assert l2(start, *turns, rule=RUNNING).due_at == l2(start).due_at


@given(INSTANTS, GAPS, st.sampled_from(["UTC", "Asia/Jayapura", "America/St_Johns"]))
def test_L2_the_zone_that_a_time_is_written_in_does_not_move_it(
    start: dt.datetime, gaps: list[int], zone: str
) -> None:
    turns = turns_after(start, gaps)
    there = ZoneInfo(zone)
    moved = [Turn(turn.since.astimezone(there), turn.whose) for turn in turns]
    written = [Turn(pendulum.instance(turn.since), turn.whose) for turn in turns]
    here = l2(start, *turns).due_at
    assert l2(start.astimezone(there), *moved).due_at == here
    assert l2(pendulum.instance(start).in_timezone(zone), *written).due_at == here


def test_L2_a_request_back_at_a_time_of_pendulum_is_due_on_a_plain_date() -> None:
    back = pendulum.DateTime(2026, 4, 9, 9, tzinfo=WIB)
    due = l2(at(3, 16), Turn(at(4, 7, 10), "applicant"), Turn(back, "officer"))
    assert due.due_date == D(2026, 4, 9)
    assert type(due.due_date) is D


@given(INSTANTS, GAPS)
def test_L2_is_the_same_at_equal_local_time_in_every_office(
    start: dt.datetime, gaps: list[int]
) -> None:
    def local(zone: str) -> dt.datetime:
        there = ZoneInfo(zone)
        turns = [Turn(t.since.replace(tzinfo=there), t.whose) for t in turns_after(start, gaps)]
        calendar = attrs.evolve(CALENDAR, timezone=zone)
        due = deadline(calendar, HOURS, PAUSING, start.replace(tzinfo=there), turns)
        return due.due_at.replace(tzinfo=None)

    assert local("Asia/Jakarta") == local("Asia/Makassar") == local("Asia/Jayapura")


@given(INSTANTS, GAPS, st.integers(0, 90))
def test_L2_the_days_of_each_side_add_up(start: dt.datetime, gaps: list[int], days: int) -> None:
    due = l2(start, *turns_after(start, gaps))
    now = start + days * DAY
    hands = due.in_whose_hands(now)
    assert sum(hands.values()) == CALENDAR.count(CALENDAR.date_of(start), CALENDAR.date_of(now))
    assert due.elapsed(now) == hands.get("officer", 0)
    assert due.remaining(now) == 10 - due.elapsed(now)


@given(INSTANTS, GAPS)
def test_L2_the_explanation_ends_on_the_due_date_with_all_days_counted(
    start: dt.datetime, gaps: list[int]
) -> None:
    due = l2(start, *turns_after(start, gaps))
    rows = due.explain()
    assert rows[-1].date == due.due_date
    assert rows[-1].number >= 10
    assert [r.number for r in rows if r.counted] == list(range(1, rows[-1].number + 1))


@given(INSTANTS, GAPS, st.none() | st.integers(0, 9), st.integers(-3, 1500), st.booleans())
def test_L2_what_is_reckoned_in_one_go_is_what_the_deadline_says(
    start: dt.datetime, gaps: list[int], ends: int | None, days: int, runs: bool
) -> None:
    rule, turns = RUNNING if runs else PAUSING, turns_after(start, gaps)
    until = start + days * DAY
    ended = None if ends is None else max([start, *(t.since for t in turns)]) + ends * DAY
    due = deadline(CALENDAR, HOURS, rule, start, turns, ended)
    now = max(ended or until, start)
    found = reckon(CALENDAR, HOURS, rule, start, turns, ended, until)
    assert found.due_at == due.due_at
    assert (found.late is not None) == due.overdue(now)
    assert found.hands == due.in_whose_hands(now)
    if found.late:
        assert f"{found.late} working day" in due.words(now, "en")
    if not due.paused and ended is None:  # in time up to the last moment
        close = due.due_at
        in_time = reckon(CALENDAR, HOURS, rule, start, turns, until=close)
        late = reckon(CALENDAR, HOURS, rule, start, turns, until=close + dt.timedelta(minutes=1))
        if not turns or turns[-1].since <= close:
            assert (in_time.late, late.late) == (None, 0)


# L1


@pytest.mark.parametrize(
    ("finished", "served"),
    [
        (at(11, 23, 9), at(11, 23, 9, 10)),
        (at(11, 23, 11, 50), at(11, 23, 12)),
        (at(11, 23, 11, 55), at(11, 23, 13, 5)),
        (at(11, 23, 12, 30), at(11, 23, 13, 10)),
        (at(11, 23, 15, 58), at(11, 24, 7, 38)),
        (at(11, 23, 16), at(11, 24, 7, 40)),
        (at(11, 23, 5), at(11, 23, 7, 40)),
        (at(11, 20, 11, 25), at(11, 20, 13, 5)),  # Friday: the break begins at 11.30
        (at(11, 20, 16, 29), at(11, 23, 7, 39)),
        (at(11, 22, 10), at(11, 23, 7, 40)),
        (at(3, 17, 14, 55), at(3, 25, 7, 35)),  # Ramadan, then Nyepi and Idulfitri
    ],
)
def test_L1_ten_minutes_of_open_counter(finished: dt.datetime, served: dt.datetime) -> None:
    assert queue_deadline(CALENDAR, HOURS, PAUSING, finished) == served
    assert queue_deadline(CALENDAR, HOURS, PAUSING, finished.astimezone(dt.UTC)) == served


@given(INSTANTS, st.integers(0, 600))
def test_L1_is_monotone_and_never_when_closed(finished: dt.datetime, later: int) -> None:
    served = queue_deadline(CALENDAR, HOURS, PAUSING, finished)
    after = queue_deadline(CALENDAR, HOURS, PAUSING, finished + dt.timedelta(minutes=later))
    assert finished + dt.timedelta(minutes=10) <= served <= after
    assert CALENDAR.is_workday(served.date())
    assert any(a < served.time() <= b for a, b in HOURS.on(served.date()))
