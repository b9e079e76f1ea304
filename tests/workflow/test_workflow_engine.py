"""How any procedure runs, on a small one: a book is asked for, lent, and brought back."""

import datetime as dt

import attrs
import pytest

from pst_core.refusal import Refusal
from pst_core.text import Text
from pst_core.workflow import (
    Actor,
    Before,
    Context,
    Fact,
    Lack,
    Noted,
    Once,
    Phase,
    Procedure,
    Reached,
    Requirement,
    Role,
    Step,
    Wording,
    cite,
    progress,
    worded,
)


def both(text):
    return Text(id=text, en=text)


NEW, ASKED, LENT, BACK = (Phase(w, w.lower(), w.lower()) for w in ("NEW", "ASKED", "LENT", "BACK"))
PAID = Fact("paid", "lunas", "paid")
RARE = Fact("rare", "langka", "rare")
VETTED = Fact("vetted", "diperiksa", "vetted")


@attrs.frozen
class Ask:
    title: str
    reader: str
    rare: bool = False


@attrs.frozen
class Pay:
    amount: int


@attrs.frozen
class Vet: ...


@attrs.frozen
class Lend: ...


@attrs.frozen
class Return: ...


@attrs.frozen
class Asked:
    title: str
    reader: str
    rare: bool

    @property
    def facts(self):
        return (RARE,) if self.rare else ()


@attrs.frozen
class Paid:
    amount: int


@attrs.frozen
class Vetted: ...


@attrs.frozen
class Lent: ...


@attrs.frozen
class Returned: ...


def enough(command, state, context):
    return () if command.amount >= 5 else (Lack(both("too little"), both("pay 5")),)


NEEDS_PAY = Requirement("paid", "C2", both("unpaid"), both("pay"), Role.APPLICANT, fact=PAID)
NEEDS_VET = Requirement(
    "vetted", "C3", both("not vetted"), both("vet"), Role.OFFICER, fact=VETTED, only_for=RARE
)
ENOUGH = Requirement("enough", "C2", both("five"), both("pay 5"), Role.APPLICANT, check=enough)

ASK = Step("C1", both("ask"), Role.APPLICANT, Ask, Asked, (NEW,), ASKED, chooses=((), (RARE,)))
PAY = Step(
    "C2", both("pay"), Role.APPLICANT, Pay, Paid, (ASKED,), unless=(PAID,), requires=(ENOUGH,),
    gives=(PAID,),
)  # fmt: skip
VET = Step(
    "C3", both("vet"), Role.OFFICER, Vet, Vetted, (ASKED,), when=(RARE,), unless=(VETTED,),
    gives=(VETTED,),
)  # fmt: skip
LEND = Step(
    "C4", both("lend"), Role.OFFICER, Lend, Lent, (ASKED,), LENT, requires=(NEEDS_PAY, NEEDS_VET)
)
RETURN = Step("C5", both("return"), Role.APPLICANT, Return, Returned, (LENT,), BACK)
RULES = (
    Before(both("no book unpaid"), Lent, (Paid,)),
    Before(both("no rare book unvetted"), Lent, (Vetted,), only_for=RARE),
    Once(both("paid once"), (Paid,)),
)


def library(*steps, rules=RULES):
    return Procedure(
        "library", both("library"), NEW, (BACK,), steps or (ASK, PAY, VET, LEND, RETURN),
        owner=lambda s: s.last(Asked).reader if s.last(Asked) else None, rules=rules,
    )  # fmt: skip


READER = Actor("ani", Role.APPLICANT)
OTHER = Actor("budi", Role.APPLICANT)
OFFICER = Actor("siti", Role.OFFICER)
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def run(procedure, *acts):
    """Carry out (command, actor) pairs and return the state; a refusal is returned at once."""
    state = procedure.new
    for command, actor in acts:
        events = procedure.decide(command, state, Context(actor, NOON, None))
        if isinstance(events, Refusal):
            return events
        for event in events:
            state = procedure.evolve(state, Noted(event, NOON, actor))
    return state


def test_a_case_goes_through_its_rows():
    state = run(
        library(), (Ask("atlas", "ani"), READER), (Pay(5), READER), (Lend(), OFFICER),
        (Return(), READER),
    )  # fmt: skip
    assert state.phase == BACK
    assert state.facts == {PAID}
    assert state.last(Paid) == Paid(5)
    assert state.version == 4
    assert [roles for _, roles in state.turns] == [("applicant",), ("officer",), ("applicant",), ()]


@pytest.mark.parametrize(
    ("acts", "code", "clause"),
    [
        ([(Lend(), OFFICER)], "not-now", "C4"),
        ([(Ask("a", "ani"), READER), (Lend(), READER)], "not-your-role", "C4"),
        ([(Ask("a", "ani"), READER), (Lend(), OFFICER)], "not-ready", "C4"),
        ([(Ask("a", "ani"), READER), (Pay(5), OTHER)], "not-your-case", "C2"),
        ([(Ask("a", "ani"), READER), (Return(), OTHER)], "not-your-case", "C5"),
        ([(Ask("a", "ani"), READER), (Pay(4), READER)], "not-ready", "C2"),
        ([(Ask("a", "ani"), READER), (Pay(5), READER), (Pay(5), READER)], "not-now", "C2"),
        ([("lend it", OFFICER)], "unknown-command", ""),
    ],
)
def test_a_refusal_says_which_clause_and_why(acts, code, clause):
    refusal = run(library(), *acts)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.clause) == (code, clause)
    assert refusal.say("id")
    assert refusal.say("en")


def test_what_two_rows_do_is_refused_out_of_time_by_the_clause_of_the_first():
    late = attrs.evolve(RETURN, clause="C6", at=(BACK,), to=None)
    procedure = library(ASK, PAY, VET, LEND, RETURN, late, rules=())
    refusal = run(procedure, (Ask("a", "ani"), READER), (Return(), READER))
    assert (refusal.code, refusal.clause) == ("not-now", "C5")


def test_a_refusal_lists_each_unmet_requirement_and_who_can_meet_it():
    refusal = run(library(), (Ask("a", "ani", rare=True), READER), (Lend(), OFFICER))
    assert [(u.code, u.clause, u.who) for u in refusal.unmet] == [
        ("paid", "C2", "applicant"),
        ("vetted", "C3", "officer"),
    ]
    assert refusal.who == ("applicant", "officer")
    assert refusal == run(library(), (Ask("a", "ani", rare=True), READER), (Lend(), OFFICER))


def test_a_case_without_an_owner_is_nobody_s_and_no_command_opens_it_by_itself():
    table = Procedure("plain", both("plain"), NEW, (BACK,), (ASK,))
    assert table.owner(table.new) is None
    assert table.admits(Ask("a", "ani"), table.new) is False


def test_somebody_elses_case_tells_a_stranger_nothing_of_it():
    refusal = run(library(), (Ask("atlas", "ani"), READER), (Pay(5), OTHER))
    assert "ani" not in str(refusal)
    assert "atlas" not in str(refusal)


def test_open_steps_say_what_may_be_done_and_what_is_missing():
    procedure = library()
    state = run(procedure, (Ask("a", "ani", rare=True), READER))
    steps = procedure.open_steps(state, OFFICER)
    assert [(s.step.clause, s.ready, [u.code for u in s.missing]) for s in steps] == [
        ("C3", True, []),
        ("C4", False, ["paid", "vetted"]),
    ]
    assert procedure.open_steps(state, OTHER) == ()
    assert [r.code for r in procedure.open_steps(state, READER)[0].asks] == ["enough"]


def problems(procedure):
    return {p.kind: p for p in procedure.explore().problems}


def test_the_walk_finds_nothing_wrong_with_a_good_table():
    walk = library().explore()
    assert walk.problems == ()
    # NEW; ASKED with each of rare/paid/vetted that can be; LENT; BACK: written out by hand
    assert walk.places == 1 + 2 + 4 + 2 + 2
    assert walk.moves == 11


def test_the_walk_finds_a_missing_requirement_by_its_shortest_way():
    found = problems(library(ASK, PAY, VET, attrs.evolve(LEND, requires=(NEEDS_VET,)), RETURN))
    assert found["rule-broken"].path == ("C1 Asked", "C4 Lent")
    assert str(found["rule-broken"]) == "rule-broken: no book unpaid [C1 Asked -> C4 Lent]"


def test_the_walk_finds_a_fact_that_a_wrong_row_gives_itself():
    cheat = Step(
        "C9", both("forget"), Role.OFFICER, Vet, Vetted, (ASKED,), unless=(VETTED,),
        gives=(VETTED, PAID),
    )  # fmt: skip
    found = problems(library(ASK, PAY, cheat, LEND, RETURN))
    assert found["rule-broken"].path == ("C1 Asked", "C9 Vetted", "C4 Lent")


def test_the_walk_finds_a_second_payment():
    found = problems(library(ASK, attrs.evolve(PAY, unless=()), VET, LEND, RETURN))
    assert found["rule-broken"].path == ("C1 Asked", "C2 Paid", "C2 Paid")


def test_the_walk_finds_a_dead_end_and_nobodys_turn():
    found = problems(library(ASK, PAY, VET, LEND))
    assert found["dead-end"].path
    assert found["nobodys-turn"].path


def test_the_walk_finds_a_case_that_came_back_to_its_start_and_is_nobodys_turn():
    alone = attrs.evolve(ASK, role=Role.SYSTEM, chooses=())
    again = attrs.evolve(RETURN, clause="C8", at=(ASKED,), to=NEW, when=(), role=Role.OFFICER)
    found = problems(library(alone, again, PAY, VET, LEND, RETURN))["nobodys-turn"]
    assert str(found).startswith("nobodys-turn: it is nobody's turn at NEW")
    assert len(found.path) == 2


def test_the_walk_finds_a_row_that_never_fires():
    never = attrs.evolve(RETURN, clause="C8", at=(BACK,), when=(VETTED, RARE), unless=(RARE,))
    found = problems(library(ASK, PAY, VET, LEND, RETURN, never))["never-fires"]
    assert str(found) == "never-fires: the row C8 Return never fires [(start)]"


def test_the_walk_finds_two_rows_for_one_command():
    twin = attrs.evolve(RETURN, clause="C6")
    assert "ambiguous" in problems(library(ASK, PAY, VET, LEND, RETURN, twin))
    # also where a row stands before them that is not there for every case
    rare = attrs.evolve(RETURN, clause="C7", when=(VETTED, RARE))
    assert "ambiguous" in problems(library(ASK, PAY, VET, LEND, rare, RETURN, twin))


def test_the_diagram_has_every_row_as_an_arrow_or_in_its_box():
    drawn = library().to_mermaid("en")
    assert 'start -->|"C1 applicant"| ASKED' in drawn
    assert 'ASKED["<b>asked</b><br/>C2 applicant<br/>C3 officer"]' in drawn
    assert 'ASKED -->|"C4 officer"| LENT' in drawn
    assert 'BACK(["<b>back</b>"])' in drawn


def test_of_two_rows_with_one_event_at_one_place_each_leads_where_it_says():
    lost = attrs.evolve(PAY, command=Return, to=BACK, of=lambda paid: paid.amount == 0)
    procedure = library(ASK, attrs.evolve(PAY, of=lambda paid: paid.amount > 0), lost)
    asked = run(procedure, (Ask("Rembang", "ani"), READER))
    for amount, phase in ((5, ASKED), (0, BACK), (5, ASKED)):
        after = procedure.evolve(asked, Noted(Paid(amount), NOON, READER))
        assert after.phase == phase
        assert procedure.row_of(Paid(amount), asked).to == (BACK if phase is BACK else None)


def titled(clause, number="", title="", command=""):
    return Wording(clause, number, both(title) if title else None, command)


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ((), ["C1 Ask", "C2 Pay", "C2 A PNBP is due", "C2 PNBP is paid", "C4 Lend"]),
        (
            (titled("C2", "7"), titled("C4", "", "Lend")),
            ["C1 Ask", "item 7 Pay", "item 7 A PNBP is due", "item 7 PNBP is paid", "C4 Lend"],
        ),
        # of several rows each keeps its own words behind what they are part of
        (
            (titled("C1", "1", "Register"), titled("C2", "", "Pay"), titled("C4", "8", "Hand out")),
            ["item 1 Register", "C2 Pay", "C2 Pay: a PNBP is due", "C2 Pay: PNBP is paid",
             "item 8 Hand out"],
        ),
        # the words of one command's rows go before those of its clause
        (
            (titled("C2", "5", "Settle"), titled("C2", "6", "Hand over cash", "Vet"),
             titled("C2", "", "Charge", "Pay")),
            ["C1 Ask", "item 5 Charge: pay", "item 5 Charge: a PNBP is due",
             "item 6 Hand over cash", "C4 Lend"],
        ),
        (
            (titled("C2", "5", "Settle"), titled("C2", "6", "", "Vet")),
            ["C1 Ask", "item 5 Settle: pay", "item 5 Settle: a PNBP is due",
             "item 6 Settle: PNBP is paid", "C4 Lend"],
        ),
        (
            (titled("C2", "6", "", "Vet"),),
            ["C1 Ask", "C2 Pay", "C2 A PNBP is due", "item 6 PNBP is paid", "C4 Lend"],
        ),
    ],
)  # fmt: skip
def test_rows_are_called_by_the_numbers_and_words_of_the_office_s_own_standard(wording, said):
    rows = (
        attrs.evolve(ASK, title=both("Ask")),
        attrs.evolve(PAY, title=both("Pay")),
        attrs.evolve(PAY, title=both("A PNBP is due")),
        attrs.evolve(VET, title=both("PNBP is paid"), clause="C2"),
        attrs.evolve(LEND, title=both("Lend")),
    )
    ours = attrs.evolve(library(*rows), beyond=rows[1:2])
    own = worded(ours, wording)
    assert [f"{s.cited.en} {s.title.en}" for s in own.steps] == said
    assert [s.title.id for s in own.steps] == [s.title.en for s in own.steps]
    assert own.beyond[0].cited == own.steps[1].cited
    unworded = [attrs.evolve(s, title=o.title, number="")
                for s, o in zip(own.steps, rows, strict=True)]  # fmt: skip
    assert unworded == list(rows)


@pytest.mark.parametrize(
    ("ours", "own"),
    [
        ("Pay first (C2).", "Pay first (item 7)."),
        ("Pay first (C2, C4).", "Pay first (item 7, C4)."),
        ("Pay and vet (C2-C3).", "Pay and vet (item 7-item 8)."),
        ("Pay first (C2, PP 13/2024).", "Pay first (item 7, PP 13/2024)."),
        ("Room C2 (see C2), (C2 C2) or (C222).", "Room C2 (see C2), (C2 C2) or (C222)."),
        ("(C3) Vet, then pay (C2)", "(item 8) Vet, then pay (item 7)"),
    ],
)
def test_only_clauses_in_brackets_are_put_into_the_office_s_numbers(ours, own):
    numbers = {"C2": "7", "C3": "8"}
    assert cite(both(ours), numbers).en == own
    assert cite(both(ours), numbers).id == own.replace("item", "butir")
    assert cite(both(ours), {}) == both(ours)


def test_what_is_missing_is_cited_by_the_office_s_own_number():
    asks = attrs.evolve(NEEDS_PAY, text=both("unpaid (C2)"), remedy=both("pay (C2, C3)"))
    lend = attrs.evolve(LEND, requires=(asks, NEEDS_VET))
    own = worded(library(ASK, PAY, VET, lend, RETURN), (titled("C2", "7"), titled("C4", "9")))
    asked = (Ask("a", "ani", rare=True), READER)
    refusal = run(own, asked, (Lend(), OFFICER))
    assert "item 9 (lend)" in refusal.text.en
    assert refusal.clause == "C4"
    assert [u.say("en") for u in refusal.unmet] == [
        "item 7: unpaid (item 7) pay (item 7, C3)", "C3: not vetted vet",
    ]  # fmt: skip
    missing = own.open_steps(run(own, asked), OFFICER)[1].missing
    assert missing == refusal.unmet
    assert [r["requires"] for r in own.step_table().data("en")][3] == "item 7 `paid`, C3 `vetted`"


EXPIRE = Step("C6", both("expire"), Role.SYSTEM, Vet, Vetted, (NEW, ASKED), LENT, aside=True)


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        (
            [(Lend(), OFFICER)],
            ("C4 (lend) cannot be done now: the phase is new. "
            "What can be done now: C1 ask (applicant)."),
        ),
        (
            [(Ask("a", "ani"), READER), (Pay(5), READER), (Pay(5), READER)],
            "C2 (pay) cannot be done now: paid. What can be done now: C4 lend (officer).",
        ),
        (
            [(Ask("a", "ani"), READER), (Pay(5), READER), (Lend(), OFFICER), (Pay(5), READER)],
            ("C2 (pay) cannot be done now: the phase is lent. "
            "What can be done now: C5 return (applicant)."),
        ),
        (
            [(Ask("a", "ani"), READER), (Pay(5), READER), (Lend(), OFFICER), (Return(), READER),
             (Return(), READER)],
            "C5 (return) cannot be done now: the phase is back. This service has ended.",
        ),
        (
            [(Ask("a", "ani"), READER), (Lend(), READER)],
            "C4 (lend) is done by the officer, not by the applicant. Ask the officer to do it.",
        ),
        (
            [(Ask("a", "ani"), READER), (Lend(), OFFICER)],
            ("C4 (lend) does not meet 1 requirement yet. Complete the following: "
            "- C2: unpaid pay"),
        ),
        (
            [(Ask("a", "ani", rare=True), READER), (Lend(), OFFICER)],
            ("C4 (lend) does not meet 2 requirements yet. Complete the following: "
            "- C2: unpaid pay - C3: not vetted vet"),
        ),
        (
            [("lend it", OFFICER)],
            "str is not a command of the procedure library. Known: Ask, Lend, Pay, Return, Vet.",
        ),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_in_the_way_and_what_can_be_done(acts, said):
    table = library(ASK, PAY, VET, LEND, RETURN, attrs.evolve(EXPIRE, at=(NEW, ASKED, LENT)))
    assert " ".join(run(table, *acts).say("en").split()) == said


def test_what_the_office_s_standard_has_not_is_refused_and_still_taken_in():
    other = attrs.evolve(RETURN, title=both("send back"), clause="C4")
    table = attrs.evolve(library(ASK, PAY, VET, LEND), beyond=(other,))
    lent = run(table, (Ask("a", "ani"), READER), (Pay(5), READER), (Lend(), OFFICER))
    refusal = table.decide(Return(), lent, Context(READER, NOON, None))
    assert (refusal.code, refusal.clause) == ("not-in-standard", "C4")
    assert refusal.say("en") == (
        "This office's service standard does not have: send back. It has: lend."
    )
    assert refusal.remedy.id == "Yang ada: lend."
    back = table.evolve(lent, Noted(Returned(), NOON, READER))
    assert back.phase == BACK
    gone = attrs.evolve(table, beyond=(attrs.evolve(other, clause="C5"),))
    nothing = gone.decide(Return(), lent, Context(READER, NOON, None)).remedy
    assert nothing == Text(id="Yang ada: -.", en="It has: -.")


def due_on(day):
    return lambda state, rules: None if rules is None else NOON.replace(day=day)


def test_the_clock_s_rows_are_due_the_earliest_first_where_they_are_there():
    late, soon = (
        attrs.evolve(EXPIRE, clause=f"C{n}", command=command, due=due_on(n))
        for n, command in ((28, Vet), (25, Lend))
    )
    never = attrs.evolve(late, command=Pay, requires=(NEEDS_PAY,))
    gone = attrs.evolve(late, command=Return, when=(PAID,))
    table = library(ASK, late, soon, never, gone, attrs.evolve(late, command=Ask, at=(LENT,)))
    state = run(table, (Ask("a", "ani"), READER))
    assert table.timers(state, "rules") == ((due_on(25)(0, 0), Lend), (due_on(28)(0, 0), Vet))
    assert table.timers(state, None) == ()
    assert not table.ended(state)
    assert table.ended(attrs.evolve(state, phase=BACK))


ONLY_ASKED = [(Ask("a", "ani"), READER)]
RARE_ASKED = [(Ask("a", "ani", rare=True), READER)]
PAID_FOR = [*ONLY_ASKED, (Pay(5), READER)]
TAKEN = [*PAID_FOR, (Lend(), OFFICER)]


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        ([], "C1 now, C2 later, C3 later, C4 later, C5 later"),
        (ONLY_ASKED, "C1 done 0, C2 now, C3 not-needed, C4 later, C5 later"),
        (RARE_ASKED, "C1 done 0, C2 now, C3 now, C4 later, C5 later"),
        (PAID_FOR, "C1 done 0, C2 done 1, C3 not-needed, C4 now, C5 later"),
        ([*RARE_ASKED, (Vet(), OFFICER)], "C1 done 0, C2 now, C3 done 1, C4 later, C5 later"),
        (TAKEN, "C1 done 0, C2 done 1, C3 not-needed, C4 done 2, C5 now"),
        ([*TAKEN, (Return(), READER)],
         "C1 done 0, C2 done 1, C3 not-needed, C4 done 2, C5 done 3"),
    ],
)  # fmt: skip
def test_each_clause_is_done_next_to_come_or_not_needed(acts, said):
    """What may be done again, what nobody waits for and what the clock does changes none of it."""
    again = attrs.evolve(PAY, title=both("pay by card"), unless=())
    others = (
        attrs.evolve(VET, clause="C7", aside=True, when=(), unless=()),
        attrs.evolve(VET, clause="C8", role=Role.SYSTEM, when=(), unless=()),
        attrs.evolve(VET, clause="X1", when=(), unless=()),
    )
    table = library(ASK, again, VET, LEND, RETURN, *others)
    state, done = table.new, []
    for n, (command, actor) in enumerate(acts):
        (event,) = table.decide(command, state, Context(actor, NOON, None))
        done.append((table.row_of(event, state), NOON + dt.timedelta(hours=n)))
        state = table.evolve(state, Noted(event, NOON, actor))
    found = progress(table, state, done)
    assert said == ", ".join(
        f"{m.clause} {m.reached}" + (f" {(m.at - NOON).seconds // 3600}" if m.at else "")
        for m in found
    )
    assert all(m.step.clause == m.clause and m.who is m.step.role for m in found)


def test_of_a_clause_s_rows_the_last_done_or_the_next_is_told():
    sign = attrs.evolve(PAY, title=both("sign"), unless=(VETTED,), gives=(VETTED,), requires=())
    table = library(ASK, PAY, sign, LEND, RETURN)
    (_, coming, *_) = progress(table, table.new, [])
    assert (coming.step, coming.reached, coming.at) == (PAY, Reached.LATER, None)
    asked = run(table, *ONLY_ASKED)
    at = [NOON + dt.timedelta(hours=n) for n in range(3)]
    (_, paying, *_) = progress(table, asked, [(ASK, at[0])])
    assert (paying.step, paying.reached, paying.at) == (PAY, Reached.NOW, None)
    paid = attrs.evolve(asked, facts=asked.facts | {PAID})
    (_, signing, *_) = progress(table, paid, [(ASK, at[0]), (PAY, at[1])])
    assert (signing.step, signing.reached, signing.at) == (sign, Reached.NOW, at[1])
    both_done = attrs.evolve(paid, facts=paid.facts | {VETTED})
    (_, done, *_) = progress(table, both_done, [(ASK, at[0]), (sign, at[1]), (PAY, at[2])])
    assert (done.step, done.reached, done.at) == (PAY, Reached.DONE, at[2])
    assert {r.text.en for r in Reached} == {"done", "now", "later", "not needed"}


def test_who_acted_is_the_same_person_wherever_they_work_today():
    assert Actor("siti", Role.OFFICER, office="3317", assigned=("request-1",)) == OFFICER


def test_a_row_is_turned_away_from_a_full_house_unless_it_says_otherwise():
    assert [s.never_shed for s in (ASK, attrs.evolve(PAY, never_shed=True))] == [False, True]
