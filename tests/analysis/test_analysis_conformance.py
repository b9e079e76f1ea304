"""Logs held against the table: what is planted is found, and nothing else."""

import datetime as dt
from collections import Counter, defaultdict
from random import Random

import pytest

from pst_core.analysis import Activities, Kind, Log, LogRow, Replay, conformance, own_rows
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.request import procedure_of
from pst_core.testing.logs import Plant, is_legal, late_days, plant, walked
from pst_core.testing.ways import ways
from pst_core.visit import PROCEDURE as VISIT
from pst_core.workflow import Role

OFFICE = Office.load("3317")
PROCEDURE = procedure_of(OFFICE)
ZONE = OFFICE.calendar.zone
CLOCK = (Kind.LATE,)


@pytest.fixture(scope="module")
def lives():
    """A few dozen cases, each really lived."""
    random = Random(20261124)
    return [
        walked(
            PROCEDURE,
            OFFICE,
            dt.datetime(2026, 1 + n % 9, 1 + n, 9, tzinfo=ZONE),
            random,
            f"request-3317-2026-{n:04d}",
        )
        for n in range(24)
    ]


@pytest.fixture(scope="module")
def replay():
    return Replay(PROCEDURE)


def kinds(case, *left_out):
    return [d.kind for d in case.deviations if d.kind not in (*CLOCK, *left_out)]


def found(report):
    return {case.case: case for case in report.cases}


@pytest.fixture(scope="module")
def histories():
    """The shortest life that leads to each row of the table."""
    return ways(PROCEDURE, OFFICE, dt.datetime(2026, 3, 2, 9, tzinfo=ZONE))


def test_every_way_through_the_table_conforms(histories, replay):
    rows = [row for n, way in enumerate(histories.values()) for row in own_rows(f"c{n}", way)]
    report = conformance(Log(tuple(rows)), PROCEDURE, OFFICE, replay=replay)
    assert len(report.cases) == len(PROCEDURE.steps)
    assert {case.case: kinds(case) for case in report.cases if kinds(case)} == {}
    assert {u.code for case in report.cases for u in case.unjudged} == set()
    for case, way in zip(report.cases, histories.values(), strict=True):
        assert case.phase == way[-1].state.phase
        assert case.ended == (way[-1].state.phase in PROCEDURE.ends)
    # every row of the table was taken by the case that leads to it
    assert {step.event for step, _ in report.arrows} == {s.event for s in PROCEDURE.steps}


@pytest.mark.parametrize("told", [True, False], ids=["facts-told", "facts-untold"])
@pytest.mark.parametrize("roles", [True, False], ids=["roles", "no-roles"])
def test_a_true_log_conforms_however_little_it_tells(lives, replay, told, roles):
    rows = [
        row._replace(
            told=row.told if told else (),
            role=row.role if roles else "",
            activity=row.activity if told else row.activity.split()[0],
        )
        for n, life in enumerate(lives)
        for row in own_rows(f"c{n}", life)
    ]
    report = conformance(Log(tuple(rows)), PROCEDURE, OFFICE, replay=replay)
    assert {case.case: kinds(case) for case in report.cases if kinds(case)} == {}
    unsure = {u.code for case in report.cases for u in case.unjudged}
    assert ("role" in unsure) == (not roles)
    assert ("rule-fact" in unsure) == (not told)


def test_L2_lateness_and_hands_are_those_that_the_desk_itself_would_count(histories, replay):
    lives = list(histories.values())
    rows = [row for n, life in enumerate(lives) for row in own_rows(f"c{n}", life)]
    until = max(row.at for row in rows)
    report = conformance(Log(tuple(rows)), PROCEDURE, OFFICE, replay=replay)
    from pst_core.request import deadline

    late = 0
    for life, case in zip(lives, report.cases, strict=True):
        assert case.late == late_days(life, OFFICE, until)
        clock = deadline(life[-1].state, OFFICE)
        assert case.due == (clock.due_at if clock else None)
        if clock:
            assert case.hands == clock.in_whose_hands(clock.ended or until)
        late += case.late is not None
    assert late, "some of these cases are late"
    assert report.kinds[Kind.LATE] == late


WANTED = {
    Plant.MISSING: {(Kind.MISSING,)},
    # with a step that may be done again, the log of a swap is also that of a case that lacks one
    # step, which is the simpler mistake
    Plant.SWAPPED: {(Kind.OUT_OF_ORDER,), (Kind.MISSING,)},
    Plant.WRONG_ROLE: {(Kind.WRONG_ROLE,)},
    Plant.UNPAID: {(Kind.OUT_OF_ORDER,)},
}

SWAP_AS_MISSING = defaultdict(lambda: None, {Plant.SWAPPED: (Kind.MISSING,)})


@pytest.mark.slow
def test_what_is_planted_in_200_logs_is_found_and_nothing_else(lives, replay):
    counted, swaps = planted(lives, replay, range(200))
    assert set(counted) == set(Plant)
    assert min(counted.values()) >= 20
    assert swaps[Kind.OUT_OF_ORDER] > 4 * swaps[Kind.MISSING]


def test_what_is_planted_in_the_logs_of_a_few_seeds_is_found_and_nothing_else(lives, replay):
    counted, _ = planted(lives, replay, range(1000, 1025))
    assert len(counted) > 6


def planted(lives, replay, seeds):
    """Make and check the logs of ``seeds``; return how often each plant and swap was found."""
    counted, swaps = Counter(), Counter()
    for seed in seeds:
        random = Random(seed)
        cases = {}
        for n in range(3):
            what = random.choice(list(Plant))
            made = plant(what, f"case-{n}", random.choice(lives), OFFICE, random)
            if made is not None:
                cases[f"case-{n}"] = made
        rows = tuple(row for made in cases.values() for row in made.rows)
        report = conformance(Log(rows), PROCEDURE, OFFICE, replay=replay)
        assert [case.case for case in report.cases] == list(cases)
        odd = sum(made.plant is Plant.UNKNOWN for made in cases.values())
        assert report.unknown == ({"Rapat koordinasi internal": odd} if odd else {})
        for name, made in cases.items():
            counted[made.plant] += 1
            check(found(report)[name], made, (seed, made))
            if made.plant is Plant.SWAPPED:
                swaps[kinds(found(report)[name], Kind.RULE)[0]] += 1
    return counted, swaps


def check(case, made, about):
    """Hold what was found of a case against what was planted in it."""
    got = tuple(kinds(case, Kind.RULE))
    assert got in WANTED.get(made.plant, {()}), about
    for deviation in case.deviations:
        if deviation.kind not in (*CLOCK, Kind.RULE) and got != SWAP_AS_MISSING[made.plant]:
            assert set(deviation.clauses) & set(made.clauses), about
    broken = [d for d in case.deviations if d.kind is Kind.RULE]
    if made.plant is Plant.UNPAID:
        assert any(d.text.en.startswith("no product without payment") for d in broken), about
        assert any(d.clauses == ("S20",) for d in broken), about
    if made.plant not in WANTED:
        assert not broken, about
    codes = {u.code for u in case.unjudged}
    assert ("time" in codes) == (made.plant is Plant.NO_TIME), about
    assert ("activity" in codes) == (made.plant is Plant.UNKNOWN), about
    assert (case.repeated > 0) == (made.plant is Plant.TWICE), about
    if made.plant in (Plant.NOTHING, Plant.WRONG_ROLE, Plant.TWICE, Plant.TWO_ZONES):
        # cases still open are looked at when the whole log ends, later than the case's own end
        assert case.late == made.late or not case.ended, about
    if made.plant is Plant.LATE:
        assert case.late == made.late, about
        assert any(d.kind is Kind.LATE and f"{made.late} working day" in d.text.en
                   for d in case.deviations), about  # fmt: skip


def test_broken_rules_are_those_that_a_plain_count_finds_too(lives, replay):
    """No product without a receipt: told by whoever reads the clauses from left to right."""
    for seed in range(15):
        random = Random(seed)
        made = plant(Plant.MISSING, "x", random.choice(lives), OFFICE, random)
        if made is None:
            continue
        clauses = [row.activity.split()[0] for row in made.rows]
        first = clauses.index("S20") if "S20" in clauses else None
        without = first is not None and not any(
            row.activity.startswith("S19 Membuat dan mengirimkan kuitansi")
            for row in made.rows[:first]
        )
        (case,) = conformance(Log(made.rows), PROCEDURE, OFFICE, replay=replay).cases
        says = [d for d in case.deviations if d.text.en.startswith("no product without a receipt")]
        assert bool(says) == without, made


def simple(*activities, start=dt.datetime(2026, 11, 2, 9, tzinfo=ZONE), role="", case="c"):
    return tuple(
        LogRow(case, name, start + n * dt.timedelta(hours=1), role, line=n + 2)
        for n, name in enumerate(activities)
    )


SHORT = ("S6", "S7", "S8", "S9", "R4", "S12", "S13", "S14",
         "request.billing-issued", "request.payment-confirmed",
         "S19", "S20", "S21", "S23")  # fmt: skip


def test_a_log_of_clauses_alone_is_enough():
    (case,) = conformance(Log(simple(*SHORT)), PROCEDURE, OFFICE).cases
    assert case.conforms, case.deviations
    assert case.ended
    assert case.phase == "CLOSED"


def test_S13_a_missing_step_is_named_with_its_place_and_line():
    rows = simple(*(a for a in SHORT if a != "S13"))
    (case,) = conformance(Log(rows), PROCEDURE, OFFICE).cases
    (one,) = case.deviations
    assert (one.kind, one.clauses, one.line) == (Kind.MISSING, ("S13",), 8)
    assert "S14" in one.text.en
    assert "S14" in one.text.id


def test_S20_product_before_payment_is_both_out_of_order_and_a_broken_rule():
    order = [a for a in SHORT if a != "S20"]
    order.insert(order.index("request.payment-confirmed"), "S20")
    (case,) = conformance(Log(simple(*order)), PROCEDURE, OFFICE).cases
    assert sorted(kinds(case)) == ["out-of-order", "rule", "rule"]
    assert {d.text.en.split(":")[0] for d in case.deviations if d.kind is Kind.RULE} == {
        "no product without payment",
        "no product without a receipt",
    }
    assert "too early" in case.deviations[0].text.en


def test_whether_it_was_free_is_not_taken_for_granted():
    """S20: without money in the log the case conforms only if it was charged Rp0."""
    order = [a for a in SHORT if not a.startswith("request.")]
    (case,) = conformance(Log(simple(*order)), PROCEDURE, OFFICE).cases
    assert case.conforms
    assert any(u.code == "rule-fact" and "Rp0" in u.text.en for u in case.unjudged)
    told = tuple(row._replace(told=(("free", False),)) for row in simple(*order))
    (case,) = conformance(Log(told), PROCEDURE, OFFICE).cases
    assert not case.conforms
    assert Kind.RULE in kinds(case)


@pytest.mark.slow
def test_steps_that_a_system_does_not_record_are_taken_as_done_and_said():
    rows = simple("S6", "R4", "S13", "S14", "request.payment-confirmed", "S20", "S23")
    silent = ("S7", "S8", "S9", "S12", "request.billing-issued", "S19", "S21")
    names = Activities(PROCEDURE, unlogged=silent)
    report = conformance(Log(rows), PROCEDURE, OFFICE, activities=names)
    assert report.cases[0].conforms, report.cases[0].deviations
    assert any(u.code == "unlogged" and "S19" in u.text.en for u in report.unjudged)
    bare = conformance(Log(rows), PROCEDURE, OFFICE)
    assert Counter(kinds(bare.cases[0]))[Kind.MISSING] >= 6
    assert any(u.code == "never-seen" and "S12" in u.text.en for u in bare.unjudged)


def test_own_names_of_activities_and_roles_and_a_wrong_one_is_refused():
    names = Activities(PROCEDURE, {"Kirim tagihan": ("S13",), "Bayar": ("ConfirmPayment",)})
    assert {s.clause for s in names.rows("kirim  TAGIHAN")} == {"S13"}
    assert {s.clause for s in names.rows("Bayar")} == {"S16", "X8"}
    with pytest.raises(BadInput) as refused:
        Activities(PROCEDURE, {"Bayar": ("S61",)})
    assert "S16" in refused.value.say("en")
    (case,) = conformance(
        Log((LogRow("c", "S6", None, "Kasir"),)), PROCEDURE, OFFICE,
        roles={"kasir": Role.TREASURER},
    ).cases  # fmt: skip
    assert kinds(case) == [Kind.WRONG_ROLE]
    assert "treasurer" in case.deviations[0].text.en
    assert "bendahara" in case.deviations[0].text.id


def test_an_id_that_is_used_again_after_the_end_is_another_case():
    later = dt.datetime(2026, 12, 1, 9, tzinfo=ZONE)
    rows = (*simple(*SHORT), *simple(*SHORT[:5], start=later))
    first, second = conformance(Log(rows), PROCEDURE, OFFICE).cases
    assert first.conforms
    assert first.ended
    assert (second.case, kinds(second), second.ended) == ("c#2", [Kind.SAME_ID], False)


@pytest.mark.slow
def test_a_case_that_has_nothing_to_do_with_the_table_ends_in_a_bounded_search():
    rows = simple(*(["S23", "S20", "S6", "S19", "S14", "R4"] * 10))
    (case,) = conformance(Log(rows), PROCEDURE, OFFICE).cases
    assert len(case.deviations) > 10
    assert any(u.code == "too-far" for u in case.unjudged)


def test_a_visit_has_no_deadline_in_a_log_and_that_is_said():
    rows = simple("S1", "S2", "S3", "S4", "StateRequest", "FinishVisit")
    report = conformance(Log(rows), VISIT, OFFICE)
    assert report.cases[0].conforms
    assert [u.code for u in report.unjudged] == ["content", "no-deadline"]


def test_the_picture_counts_the_arrows():
    rows = (*simple(*SHORT, case="a"), *simple(*SHORT, case="b"),
            *simple(*SHORT[:6], "S14", case="c"))  # fmt: skip
    drawn = conformance(Log(rows), PROCEDURE, OFFICE).to_mermaid("en")
    assert "S23 applicant ×2" in drawn
    assert "S13 officer ×2 (missing ×1)" in drawn
    assert "S12 ×3 officer" in drawn
    assert PROCEDURE.to_mermaid("en").count("×") == 0


def test_an_empty_log_is_no_error():
    report = conformance(Log(()), PROCEDURE, OFFICE)
    assert (report.cases, report.conforming, report.until) == ((), 0, None)


def test_the_plain_walk_that_plants_are_made_by_tells_true_from_false(lives):
    by = defaultdict(int)
    for life in lives:
        rows = own_rows("x", life)
        assert is_legal(PROCEDURE, rows)
        by[is_legal(PROCEDURE, rows[1:])] += 1
    assert by == {False: len(lives)}


def test_an_unknown_act_under_an_id_that_came_before_is_named(lives):
    first, *rest = own_rows("case-1", lives[0])
    again = first._replace(activity="Rapat", id=first.id or "1", at=first.at)
    rows = (first._replace(id=again.id), *rest, again)
    report = conformance(Log(rows), PROCEDURE, OFFICE)
    assert report.cases[0].repeated == 1
    assert report.unknown == {"Rapat": 1}
