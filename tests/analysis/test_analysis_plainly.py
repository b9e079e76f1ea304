"""A log judged by courses, against the plain way: each case by itself, each time asked anew."""

import datetime as dt
from collections import defaultdict
from random import Random

import pytest

from pst_core.analysis import Kind, Log, Replay, conformance, own_rows
from pst_core.analysis.logs import Activities, role_of
from pst_core.analysis.replay import Act, Fit
from pst_core.desk import Entry
from pst_core.office import Office
from pst_core.refusal import PstError
from pst_core.request import deadline, procedure_of
from pst_core.request.events import AbstractionSentBack, RequestFiled
from pst_core.testing.logs import Plant, plant, walked
from pst_core.testing.traffic import traffic
from pst_core.workflow import Actor, Noted, Role, State

OFFICE = Office.load("3317")
TABLE = procedure_of(OFFICE)
NAMES = Activities(TABLE)
SYSTEM = Actor("", Role.SYSTEM)


@pytest.fixture(scope="module")
def replay():
    return Replay(TABLE)


@pytest.fixture(scope="module")
def lives():
    """Simulated requests, as a desk would hold them."""
    found = []
    for lived in traffic(OFFICE, 40, seed=11):
        state, entries = TABLE.new, []
        for n, noted in enumerate(lived.happened, 1):
            step = TABLE.row_of(noted.event, state)
            state = TABLE.evolve(state, noted)
            entries.append(Entry(n, noted, step, state, ""))
        found.append(tuple(entries))
    return found


# -- what another system's log may be like ---------------------------------------------------------


def days_alone(rows, _):
    """Times without hours: many events are at the same one."""
    return [row._replace(at=row.at and row.at.replace(hour=0, minute=0)) for row in rows]


def facts_untold(rows, _):
    return [row._replace(told=(), id="") for row in rows]


def little_told(rows, _):
    return [row._replace(told=(), role="", id="", activity=row.activity.split()[0]) for row in rows]


def used_again(rows, _):
    later = dt.timedelta(days=200)
    return [*rows, *(row._replace(at=row.at and row.at + later, id="") for row in rows)]


def gaps(rows, random):
    return [row for row in rows if random.random() < 0.8]


def said_twice(rows, random):
    bare = facts_untold(rows, random)
    return [*bare, *random.sample(bare, min(3, len(bare)))]


def as_it_is(rows, _):
    return rows


LOGS = (as_it_is, days_alone, facts_untold, little_told, used_again, gaps, said_twice)


def log_of(lives, seed, cases=6):
    """Return rows of cases with something planted in each, told in one way or another."""
    random = Random(seed)
    rows = []
    for n in range(cases):
        made = plant(random.choice(list(Plant)), f"case-{n}", random.choice(lives), OFFICE, random)
        if made is not None:
            rows += random.choice(LOGS)(list(made.rows), random)
    if random.random() < 0.5:
        random.shuffle(rows)
    return tuple(row._replace(line=n) for n, row in enumerate(rows, 2))


# -- the plain way ---------------------------------------------------------------------------------


def plain_rows(rows):
    """Return the events of a case in order of time, each once, those of the table alone."""
    seen, kept = set(), []
    for row in sorted(rows, key=lambda row: row.at):
        key = row.id or (row.at, row.activity, row.role, row.resource)
        if key not in seen and NAMES.rows(row.activity):
            kept.append(row)
        seen.add(key)
    return kept


def plain_times(rows, until, replay):
    """Return due time, lateness and hands of one case, by the procedure's own deadline.

    None where they are not certain. Every event's own time is put into a state, one by one.
    """
    kept = plain_rows(rows)
    course = [
        replay.number(Act(NAMES.rows(row.activity), role_of(row.role, {}), row.told))
        for row in kept
    ]
    latest, mild, strict = {}, [], []
    for move in replay.explain(course).moves:
        if move.index is None or move.fit is Fit.NOT_NOW:
            continue
        at = kept[move.index].at
        events = {step.event for step in move.steps}
        if len(events) == 1:
            latest[events.pop()] = Noted(None, at, SYSTEM)
        sides = sorted({TABLE.whose(*place) for place in move.after})
        for turns, pick in ((mild, min), (strict, max)):
            whose = pick(sides, key=of_office)
            if not turns or turns[-1][1] != whose:
                turns.append((at, whose))
    found = [clocked(State(TABLE.start, latest=latest, turns=tuple(t)), until)
             for t in (mild, strict)]  # fmt: skip
    return found[0] if found[0] == found[1] else None


def of_office(roles):
    return any(role is not Role.APPLICANT for role in roles)


def clocked(state, until):
    try:
        clock = deadline(state, OFFICE)
        if clock is None:
            return None, None, {}
        end = max(clock.ended or until, clock.start)
        late = None
        if clock.overdue(end):
            late = clock.calendar.count(clock.due_date, clock.calendar.date_of(end))
        return clock.due_at, late, clock.in_whose_hands(end)
    except PstError:
        return None, None, {}


def by_case(rows):
    found = defaultdict(list)
    for row in rows:
        found[row.case].append(row)
    return found


def compare(lives, replay, seeds):
    """Hold each log of ``seeds`` against the plain way; return how often each thing was met."""
    met = defaultdict(int)
    for seed in seeds:
        rows = log_of(lives, seed)
        report = conformance(Log(rows), TABLE, OFFICE)
        judged = defaultdict(list)
        for case in report.cases:
            judged[case.case.split("#")[0]].append(case)
        assert list(judged) == list(by_case(rows)), seed
        for name, own in by_case(rows).items():
            alone = conformance(Log(tuple(own)), TABLE, OFFICE, until=report.until, replay=replay)
            assert tuple(judged[name]) == alone.cases, (seed, name)
            met["again"] += len(judged[name]) > 1
            if len(judged[name]) > 1 or not all(row.at for row in own):
                continue
            assert judged[name][0].events == len(plain_rows(own)), (seed, name)
            met["repeated"] += judged[name][0].repeated > 0
            plain = plain_times(own, report.until, replay)
            (case,) = judged[name]
            if plain is None:
                met["unsure"] += 1
                assert {u.code for u in case.unjudged} & {"hands", "late"}, (seed, name)
                continue
            assert (case.due, case.late, case.hands) == plain, (seed, name)
            met["clocked"] += case.due is not None
            met["overdue"] += case.late is not None
            met["at one time"] += len({row.at for row in own}) < len(own)
        for kind, n in report.kinds.items():
            met[kind] += n
    return met


@pytest.mark.slow
def test_a_few_logs_judged_by_courses_say_what_the_plain_way_says(lives, replay):
    met = compare(lives, replay, range(3))
    assert met["clocked"] > 3


@pytest.mark.slow
def test_many_logs_judged_by_courses_say_what_the_plain_way_says(lives, replay):
    met = compare(lives, replay, range(100, 130))

    assert met["clocked"] > 60
    assert met["overdue"] > 10
    assert met["at one time"] > 20
    assert met["again"] > 5
    assert met["repeated"] > 5
    assert met["unsure"] > 0
    assert {kind for kind in Kind if not met[kind]} == set()


def walk(n):
    start = dt.datetime(2026, 3, 2, 9, tzinfo=OFFICE.calendar.zone)
    return walked(TABLE, OFFICE, start, Random(n), "c")


def filed_again(life):
    """Return whether the request was filed, sent back, and filed once more."""
    told = [x.step.event for x in life if x.step.event in (AbstractionSentBack, RequestFiled)]
    return AbstractionSentBack in told and told[-1] is RequestFiled


def test_L2_events_at_one_time_are_read_as_such_and_not_by_their_order_in_the_file(replay):
    """A request that is sent back at the very time at which it is filed has no clock yet."""
    life = next(filter(filed_again, (walk(n) for n in range(200))))
    rows = own_rows("c", life)
    (case,) = conformance(Log(rows), TABLE, OFFICE).cases
    assert case.due is not None
    at = {entry.step.event: entry.noted.at for entry in life}
    filed, back = at[RequestFiled], at[AbstractionSentBack]
    as_one = tuple(row._replace(at=filed) if back <= row.at < filed else row for row in rows)
    (case,) = conformance(Log(as_one), TABLE, OFFICE).cases
    assert (case.due, case.late, case.hands) == plain_times(as_one, as_one[-1].at, replay)
    assert case.due is None


def test_cases_whose_rows_lie_between_those_of_others_are_judged_alike(lives):
    rows = [row for n, life in enumerate(lives[:12]) for row in own_rows(f"c{n}", life)]
    mixed = sorted(rows, key=lambda row: row.at)
    one, other = (conformance(Log(tuple(r)), TABLE, OFFICE) for r in (rows, mixed))
    assert {case.case: case for case in one.cases} == {case.case: case for case in other.cases}
    assert one.arrows == other.arrows
    assert one.variants == other.variants < len(one.cases)
