"""What is not yours is not there: by every way in, the answer is that of a case that never was."""

import attrs
import pytest
from tests.desk.test_access import blank

from pst_adapters.sql import SqlStore
from pst_core import complaint as cp
from pst_core import request as rq
from pst_core import survey as sv
from pst_core import visit as vs
from pst_core.deposit.commands import KeepPayment
from pst_core.desk import Desk
from pst_core.desk.access import View, right_of
from pst_core.desk.fields import ERASED, HIDDEN
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.refusal import NotFound, Refusal
from pst_core.testing.lives import ACTORS, APPLICANT, OFFICER, SYSTEM, person
from pst_core.wire import procedures_of
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
TOKEN = "k3y" * 10
GOOD = tuple(sv.Answer(f"U{n}", 4) for n in range(1, 10))
READS = {
    View.CASE: lambda door, stream: door.see(stream),
    View.HISTORY: lambda door, stream: door.history(stream),
    View.DOCUMENTS: lambda door, stream: door.documents(stream),
    View.LEDGER: lambda door, stream: door.ledger(stream),
    View.PAPERS: lambda door, stream: door.papers(stream),
    View.READINGS: lambda door, stream: door.readings(stream),
}
STRANGERS = [
    Actor("warga-2", Role.APPLICANT, "Orang Lain"),
    # what stands in the data where nobody stands
    *(Actor(nobody, Role.APPLICANT) for nobody in ("-", ERASED, HIDDEN)),
    *(attrs.evolve(ACTORS[role], office="7500")
      for role in (Role.OFFICER, Role.TREASURER, Role.HEAD, Role.AUDITOR)),
    Actor("petugas-9", Role.OFFICER),  # who is complained about, at the complaint
]  # fmt: skip
NAMED = STRANGERS[-1]


class Lines:
    """An audit log that can be begun anew: thousands of questions are asked here."""

    def __init__(self):
        self.lines = []

    def note(self, line, _=None):
        self.lines.append(line)
        return len(self.lines)

    def newest_note(self, *_):
        return None


@pytest.fixture(scope="module")
def desk():
    return Desk(OFFICE, MemoryStore(), audit=Lines())


@pytest.fixture(scope="module")
def cases(desk):
    kind = cp.complaint_rules(desk.clock().date()).kinds[0].code
    about = cp.RecordFromBox("Petugas tidak sopan.", kind, named=(NAMED.id,))
    kept = KeepPayment("NTPN", "NTB", 5, desk.clock(), "code", "ref", "unknown-code")
    made = {
        "request": (rq.OpenRequest(person()), APPLICANT),
        "visit": (vs.VisitUnit(APPLICANT.id), APPLICANT),
        "complaint": (about, OFFICER),
        "survey": (sv.InviteToSurvey("siti@example.org", TOKEN, "A"), OFFICER),
        "deposit": (kept, SYSTEM),
    }
    return {name: desk.open(command, by=by).stream for name, (command, by) in made.items()}


def told(desk, stream, asked):
    """Return all that somebody is told who asks for ``stream``, without its number."""
    lines = desk.auditor.log.lines
    lines.clear()
    with pytest.raises(NotFound) as caught:
        asked(stream)
    error = caught.value
    assert [(n.what, n.stream) for n in lines] == [("refused", stream)]
    assert error.code == "unknown-request"
    return tuple(
        (text.id.replace(stream, "#"), text.en.replace(stream, "#"))
        for text in (error.text, error.remedy)
    )


def guessed(stream):
    return stream[:-4] + "8888"


def strangers_to(name):
    return [by for by in STRANGERS if by is not NAMED or name == "complaint"]


KINDS = ["request", "visit", "complaint", "survey", "deposit"]


@pytest.mark.parametrize("name", KINDS)
def test_reading(desk, cases, name):
    asked = 0
    for by in strangers_to(name):
        door = desk.door(by)
        ways = [way for view, way in READS.items() if view in right_of(by.role).views]
        for way in (*ways, lambda door, stream: door.open_steps(stream)):
            for stream in (cases[name], guessed(cases[name]), "request-7500-2026-0001"):
                here = told(desk, stream, lambda s, way=way, door=door: way(door, s))
                assert here == told(
                    desk, guessed(stream), lambda s, way=way, door=door: way(door, s)
                )
                asked += 1
    assert asked > 60


@pytest.mark.parametrize("name", KINDS)
def test_acting(desk, cases, name):
    """Every command of every procedure, by whoever it is not the case of: nothing of it is told."""
    before = desk.store.load(cases[name])
    commands = {s.command: blank(s.command)
                for p in procedures_of(OFFICE).values() for s in p.steps}  # fmt: skip
    commands[sv.AnswerSurvey] = sv.AnswerSurvey("k3x" * 10, GOOD)
    assert len(commands) > 60
    for by in strangers_to(name):
        door = desk.door(by)
        for command in commands.values():
            asked = lambda stream, c=command, d=door: d.do(stream, c)  # noqa: E731
            here = told(desk, cases[name], asked)
            assert here == told(desk, guessed(cases[name]), asked), (by, command)
    assert desk.store.load(cases[name]) == before


def test_a_number_that_is_free_is_not_taken_by_doing_something_there(desk, cases):
    """The next number is taken by opening alone: else nobody could open a case any more."""
    free = guessed(cases["request"])
    opening = rq.OpenRequest(person())
    for by in (APPLICANT, *STRANGERS):
        told(desk, free, lambda stream, by=by: desk.door(by).do(stream, opening))
    assert desk.store.load(free) == ()


def test_the_link_of_a_survey_is_the_way_in_and_no_other_token_is(desk, cases):
    nobody = desk.door(Actor("", Role.APPLICANT))
    lookalike = TOKEN[:-1] + "\u0443"  # a Cyrillic letter that looks like the last one
    for wrong in ("", ERASED, HIDDEN, TOKEN[:-1], TOKEN + "k", TOKEN.upper(), lookalike,
                  "\ud800" * 20):  # fmt: skip
        told(desk, cases["survey"], lambda s, w=wrong: nobody.do(s, sv.AnswerSurvey(w, GOOD)))
    late = desk.door(Actor("", Role.APPLICANT))
    done = late.do(cases["survey"], sv.AnswerSurvey(TOKEN, GOOD))
    assert str(done.state.phase) == "ANSWERED"
    # a second time is said to who holds the link, and to nobody else
    with pytest.raises(Refusal, match="not-now"):
        late.do(cases["survey"], sv.AnswerSurvey(TOKEN, GOOD))
    told(desk, cases["survey"], lambda s: late.do(s, sv.AnswerSurvey("k3x" * 10, GOOD)))


def test_a_complaint_about_another_offices_case_is_one_about_none(desk):
    far = Desk(Office.load("7500"), desk.store)
    there = far.open(rq.OpenRequest(person()), by=APPLICANT).stream
    kind = cp.complaint_rules(desk.clock().date()).kinds[0].code
    said = []
    for about in (there, guessed(there)):
        with pytest.raises(Refusal) as caught:
            desk.open(cp.RecordFromBox("Lama.", kind, about=about), by=OFFICER)
        said.append([(u.code, u.text, u.remedy) for u in caught.value.unmet])
    assert said[0] == said[1]
    assert [code for code, *_ in said[0]] == ["complaint-about"]


ODD = ("", "\0", "a\0b", "\ud800", "x" * 1_000_000, None, 5, b"x", "*", "%", "'; DROP TABLE x; --")


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
def test_what_no_case_can_be_called_is_not_there_and_is_no_error(tmp_path, cases, odd):
    """Nor are its look-alikes: other digits, other hyphens, a space or a line behind it."""
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        desk = Desk(OFFICE, store)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        alike = [stream.replace("-", "\u2010"), stream.replace("1", "\u0661"), stream.upper(),
                 f"{stream} ", f"{stream}\n", f"{stream}\0"]  # fmt: skip
        for by in (APPLICANT, OFFICER):
            door = desk.door(by)
            ways = [way for view, way in READS.items() if view in right_of(by.role).views]
            for name in (odd, *alike):
                for way in (*ways, lambda door, s: door.do(s, rq.AcceptTerms())):
                    with pytest.raises(NotFound) as caught:
                        way(door, name)
                    assert caught.value.code == "unknown-request"
                    assert len(str(caught.value)) < 300
            assert door.register(applicant="\ud800") == []
        assert desk.state(stream).version == 1


@pytest.mark.parametrize("key", ["\ud800", "x" * 1_000_000, "a\0b", None, 5])
def test_an_actor_that_no_log_can_hold_gets_a_refusal(desk, cases, key):
    door = desk.door(Actor(key, Role.APPLICANT))
    for way in (*READS.values(), lambda d, s: d.do(s, rq.AcceptTerms()), lambda d, _: d.register()):
        with pytest.raises(Refusal) as caught:
            way(door, cases["request"])
        assert caught.value.code in ("odd-text", "malformed")
