"""S23 and PermenPANRB 14/2017: who may answer, and the index against a table worked by hand."""

import datetime as dt
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters.files import MemoryBlobs
from pst_adapters.pdf import TypstRenderer
from pst_core import survey as sv
from pst_core.desk import Desk, Worker
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.refusal import BadLawData, Refusal
from pst_core.testing.lives import OFFICER
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
SOMEBODY = Actor("", Role.APPLICANT)
TOKEN = "k3y" * 10


def answers(values):
    return tuple(sv.Answer(f"U{n}", v) for n, v in enumerate(values, 1))


GOOD = answers([4] * 9)


class Bench:
    def __init__(self):
        self.now = START
        self.desk = Desk(OFFICE, MemoryStore(), clock=lambda: self.now)

    def invite(self, **changes):
        command = attrs.evolve(sv.InviteToSurvey("siti@example.org", TOKEN, "A"), **changes)
        self.stream = self.desk.open(command, by=OFFICER).stream
        return self

    def answer(self, token=TOKEN, given=GOOD):
        return self.desk.do(self.stream, sv.AnswerSurvey(token, given), by=SOMEBODY)


@pytest.fixture
def bench():
    return Bench()


# -- the figures --------------------------------------------------------------------------------

# Five people, worked by hand:
#        U1 U2 U3 U4 U5 U6 U7 U8 U9
TABLE = (
    (4, 3, 3, 4, 3, 4, 4, 3, 3),
    (3, 3, 2, 4, 3, 3, 4, 3, 3),
    (4, 4, 3, 4, 4, 4, 4, 4, 3),
    (3, 3, 3, 3, 3, 3, 3, 3, 2),
    (3, 2, 2, 4, 3, 3, 4, 2, 3),
)
# sums   17 15 13 19 16 17 19 15 14, together 145; means 3.4 3.0 2.6 3.8 3.2 3.4 3.8 3.0 2.8, sum 29
# 29 / 9 = 3.2222...; times 25 = 80.5555..., rounded 80.56: class B (76.61 to 88.30)


def test_S23_the_index_is_that_of_the_table_worked_by_hand():
    found = sv.result(map(answers, TABLE), 5)
    assert [mean for _, mean in found.means] == [
        Fraction(n, 5) for n in (17, 15, 13, 19, 16, 17, 19, 15, 14)
    ]
    assert found.index == Fraction("80.56")
    assert found.grade.code == "B"
    assert found.say().id == "80,56 (B, Baik), 5 jawaban"


def test_S23_a_perfect_survey_gives_exactly_one_hundred():
    found = sv.result([GOOD] * 7, 5)
    assert found.index == 100
    assert found.say().en == "100.00 (A, Very good), 7 answers"
    worst = sv.result([answers([1] * 9)] * 5, 5)
    assert (worst.index, worst.grade.code) == (25, "D")


@pytest.mark.parametrize(
    ("index", "grade"),
    [("100", "A"), ("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"), ("65", "C"),
     ("64.99", "D"), ("25", "D")],
)  # fmt: skip
def test_S23_the_classes_begin_where_the_regulation_says(index, grade):
    assert sv.scale().grade(Fraction(index)).code == grade


def test_S23_the_index_is_rounded_before_it_is_classed():
    # 900 people, nine elements: the sum of all answers s gives s / 8100 * 25
    # s = 28612 gives 88.30864..., which is 88.31 and an A; unrounded it would be a B
    total, people = 28_612, 900
    values = [3] * 8100
    for n in range(total - 3 * 8100):
        values[n] = 4
    rows = [answers(values[n::900]) for n in range(people)]
    found = sv.result(rows, 5)
    assert found.index == Fraction("88.31")
    assert found.grade.code == "A"


def test_S23_no_figure_under_the_minimum_that_the_office_sets():
    found = sv.result(map(answers, TABLE[:4]), 5)
    assert (found.index, found.grade, found.means) == (None, None, ())
    assert found.answers == 4
    assert found.say().en == "4 answers, at least 5 are needed"


def test_S23_a_mean_is_over_those_who_answered_the_element():
    rows = [answers([4] * 9)] * 4 + [answers([2] * 8)]
    found = sv.result(rows, 5)
    assert dict(found.means)["U9"] == 4
    assert dict(found.means)["U1"] == Fraction(18, 5)
    nobody = sv.result([answers([4] * 8)] * 5, 5)
    assert (nobody.index, nobody.say().en) == (None, "nobody answered U9")


@given(st.lists(st.lists(st.integers(1, 4), min_size=9, max_size=9), min_size=5, max_size=40))
def test_S23_the_index_is_the_mean_of_all_answers_times_25(rows):
    found = sv.result(map(answers, rows), 5)
    flat = [v for row in rows for v in row]
    exact = Fraction(sum(flat) * 25, len(flat))
    assert abs(found.index - exact) <= Fraction(1, 200)
    assert 25 <= found.index <= 100


def test_S23_weights_are_exact_ninths_and_the_data_say_how_sure_they_are():
    rules = sv.scale()
    assert rules.weight * len(rules.elements) == 1
    assert len(rules.elements) == 9
    assert str(rules.certainty) == "reported"


# -- who answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        (answers([4, 4, 5, 4, 4, 4, 4, 4, 4]), "U3: the answer 5 is outside the scale 1 to 4"),
        (answers([0] + [4] * 8), "U1: the answer 0"),
        (answers([4] * 8), "not known: U9"),
        ((*GOOD, sv.Answer("U1", 4)), "U1"),
        ((*GOOD, sv.Answer("U10", 4)), "U10"),
    ],
)
def test_S23_answers_out_of_the_scale_are_refused_with_the_scale(bench, given_, says):
    with pytest.raises(Refusal) as caught:
        bench.desk.open(sv.FillSurvey("A", given_), by=SOMEBODY)
    assert says in caught.value.say("en")
    assert [u.code for u in caught.value.unmet] == ["answers-in-scale"]
    with pytest.raises(Refusal, match="not-ready"):
        bench.invite().answer(given=given_)


def test_S23_a_survey_by_link_is_answered_once_with_its_token_in_time(bench):
    bench.invite()
    with pytest.raises(Refusal, match="not that of the invitation"):
        bench.answer("x" * 30)
    done = bench.answer()
    assert done.events[0].service == "A"
    with pytest.raises(Refusal, match="not-now"):
        bench.answer()


def test_S23_a_link_that_has_expired_is_refused_and_the_invitation_ends(bench):
    bench.invite()
    # ten working days after 24 November, at the close of office hours
    bench.now = dt.datetime(2026, 12, 8, 16, 0, 1, tzinfo=OFFICE.calendar.zone)
    with pytest.raises(Refusal) as caught:
        bench.answer()
    assert "valid until 2026-12-08 16:00" in caught.value.say("en")
    assert "new link" in caught.value.say("en")
    assert len(bench.desk.run_timers()) == 1
    assert bench.desk.state(bench.stream).phase == "EXPIRED"


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"email": "siti"}, "e-mail"), ({"token": "short"}, "token_urlsafe"),
     ({"token": "a b" * 10}, "token"), ({"service": "Z"}, "request")],
)  # fmt: skip
def test_S23_an_invitation_that_cannot_be_sent_is_refused(bench, changes, says):
    with pytest.raises(Refusal) as caught:
        bench.invite(**changes)
    assert says in caught.value.say("en")


def test_S23_the_invitation_is_mailed_with_its_link_in_both_languages(bench):
    sent = []

    class Outbox:
        def send(self, mail):
            sent.append(mail)
            return {}

    bench.invite()
    Worker(bench.desk, mailer=Outbox(), renderer=TypstRenderer(), blobs=MemoryBlobs()).work_off()
    (mail,) = sent
    link = f"https://silastik.bps.go.id/survei/{bench.stream}?kunci={TOKEN}"
    assert mail.to == "siti@example.org"
    assert mail.body.count(link) == 2
    assert "(by 8 December 2026, 16:00 WIB)" in mail.body
    assert "(paling lambat 8 Desember 2026 pukul 16.00 WIB)" in mail.body


@pytest.mark.parametrize(
    ("written", "says"), [("minimum_answers = 0", "cannot be 0"), ('link = "x"', "{token}")]
)
def test_a_survey_policy_that_cannot_be_is_refused(tmp_path, written, says):
    from pst_core.lawdata import shipped

    text = shipped("offices", "3317.toml").read_text("utf-8")
    key = written.split(" = ")[0]
    lines = [written if line.startswith(f"{key} = ") else line for line in text.splitlines()]
    (tmp_path / "own.toml").write_text("\n".join(lines), "utf-8")
    with pytest.raises(BadLawData) as caught:
        Office.load(tmp_path / "own.toml")
    assert says in caught.value.say("en")


def test_the_walk_of_the_survey_finds_nothing_wrong():
    assert sv.PROCEDURE.explore().problems == ()
