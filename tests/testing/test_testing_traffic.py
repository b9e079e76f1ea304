"""Requests in numbers are legal lives: same seed, same requests; no clock or table is broken."""

import datetime as dt
import itertools
from collections import Counter

import attrs
import pytest

import pst_core as pst
from pst_core.analysis import Kind, Log, Month, conformance, monthly_report, own_rows
from pst_core.desk import Entry
from pst_core.office.standard import Payment
from pst_core.refusal import BadInput
from pst_core.request import BillingIssued, OfferSent, procedure_of
from pst_core.request import commands as c
from pst_core.testing.logs import is_legal, late_days
from pst_core.testing.traffic import PACES, Pace, traffic
from pst_core.workflow import Role

OFFICE = pst.Office.load("3317")
TABLE = procedure_of(OFFICE)


@pytest.fixture(scope="module")
def lives():
    return tuple(traffic(OFFICE, 200, seed=3))


def entries(lived):
    """Return the history as a desk would: each event with its row and the state after it."""
    state, found = TABLE.new, []
    for n, noted in enumerate(lived.happened, 1):
        step = TABLE.row_of(noted.event, state)
        state = TABLE.evolve(state, noted)
        found.append(Entry(n, noted, step, state, ""))
    return tuple(found)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_requests_and_another_others(lives):
    assert tuple(traffic(OFFICE, 200, seed=3)) == lives
    others = list(traffic(OFFICE, 20, seed=4))
    assert not {x.happened[0].at for x in others} & {x.happened[0].at for x in lives}


def test_every_life_goes_as_the_table_says_to_an_end(lives):
    ends = Counter()
    for lived in lives:
        history = entries(lived)
        assert is_legal(TABLE, own_rows(lived.stream, history)), lived
        assert TABLE.ended(history[-1].state), lived
        ends[str(history[-1].state.phase)] += 1
    assert set(ends) == {"CLOSED", "CANCELLED", "EXPIRED"}
    assert ends["CLOSED"] > len(lives) / 2


@pytest.mark.slow
def test_conformance_finds_nothing_but_the_lateness_that_is_there(lives):
    histories = {lived.stream: entries(lived) for lived in lives}
    rows = [row for stream, history in histories.items() for row in own_rows(stream, history)]
    report = conformance(Log(tuple(rows)), TABLE, OFFICE)
    assert set(report.kinds) == {Kind.LATE}
    for case in report.cases:
        history = histories[case.case]
        assert case.late == late_days(history, OFFICE, history[-1].noted.at)


def test_requests_come_in_order_within_the_days_and_time_runs_forward(lives):
    opened = [lived.happened[0].at for lived in lives]
    assert opened == sorted(opened)
    days = [OFFICE.local(at).date() for at in opened]
    assert dt.date(2025, 1, 1) <= days[0]
    assert days[-1] <= dt.date(2025, 12, 31)
    assert len({lived.stream for lived in lives}) == len(lives)
    for lived in lives:
        times = [noted.at for noted in lived.happened]
        assert all(a <= b for a, b in itertools.pairwise(times)), lived


def test_the_office_acts_in_office_hours_only(lives):
    for lived in lives:
        for noted in lived.happened:
            if noted.by.role not in (Role.OFFICER, Role.TREASURER):
                continue
            at = OFFICE.local(noted.at)
            assert OFFICE.calendar.is_workday(at.date()), (lived.course, noted)
            spans = OFFICE.hours.on(at.date())
            assert any(a <= at.time() <= b for a, b in spans), (lived.course, noted)


def test_a_walk_in_opens_when_the_unit_is_open(lives):
    walked = [x.happened[0] for x in lives if "/walk-in/" in x.course]
    assert walked
    for opened in walked:
        assert opened.event.visit
        assert OFFICE.calendar.is_workday(OFFICE.local(opened.at).date())


def test_an_office_without_a_counter_has_online_requests_alone():
    found = list(traffic(pst.Office.load("7500"), 25))
    assert {lived.course.split("/")[2] for lived in found} == {"online"}


def test_an_office_with_other_steps_is_refused_in_words():
    taken_by_transfer = attrs.evolve(OFFICE, payment=(Payment.TRANSFER,))
    with pytest.raises(BadInput, match="IssueBilling") as refused:
        list(traffic(taken_by_transfer, 20))
    assert "3317" in refused.value.remedy.en


def test_X3_S16_no_clock_but_the_reminder_is_passed_over(lives):
    """Offers and billing codes hold until they are used; what the clock does comes when due."""
    for lived in lives:
        state = TABLE.new
        for noted in lived.happened:
            for due, command in TABLE.timers(state, OFFICE):
                if command is not c.NoticeExpiry:
                    assert noted.at <= due, (lived.course, command, noted)
            state = TABLE.evolve(state, noted)


def test_times_that_an_event_tells_are_moved_with_it(lives):
    billed = offered = 0
    for lived in lives:
        for noted in lived.happened:
            if isinstance(noted.event, BillingIssued):
                billed += 1
                assert noted.event.issued_at == noted.at
                assert noted.event.expires_at == noted.at + dt.timedelta(days=7)
            if isinstance(noted.event, OfferSent):
                offered += 1
                valid = OFFICE.local(noted.event.valid_until).date()
                day = OFFICE.local(noted.at).date()
                assert OFFICE.calendar.count(day, valid) == OFFICE.offer_valid_days
    assert billed
    assert offered


def test_paces_are_one_s_own_to_set():
    slow = {**PACES, c.PrepareProducts: Pace(200, 200, 0.01)}
    kept = list(traffic(OFFICE, 30, seed=5, paces=slow))
    usual = list(traffic(OFFICE, 30, seed=5))
    assert [x.stream for x in kept] == [x.stream for x in usual]
    report = [late_days(entries(x), OFFICE, x.happened[-1].at) for x in kept]
    assert sum(x is not None for x in report) > 20


def test_the_monthly_report_reads_them(lives):
    report = monthly_report(OFFICE, Month(2025, 6), [lived.case for lived in lives])
    assert report.opened > 8
    assert sum(channel.delivered for channel in report.channels) == report.delivered > 5


@pytest.mark.parametrize(
    ("first", "last"),
    [(dt.date(2025, 2, 1), dt.date(2025, 1, 1)), (dt.date(2025, 1, 1), dt.date(2027, 12, 31))],
)
def test_days_that_no_calendar_follows_are_refused(first, last):
    with pytest.raises(BadInput, match=r"tidak dapat dibuka|cannot be opened") as refused:
        next(traffic(OFFICE, 1, first=first, last=last))
    assert str(OFFICE.calendar.last_day - dt.timedelta(120)) in refused.value.remedy.en
