"""K1 to K4: complaints by four channels, their deadlines, and who may handle them."""

import datetime as dt

import attrs
import pytest

from pst_adapters.files import MemoryBlobs
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_core import complaint as cp
from pst_core import visit as vs
from pst_core.certainty import Certainty
from pst_core.desk import Desk, Worker
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import EffectStatus
from pst_core.office import Office
from pst_core.refusal import DeadAddress, Refusal
from pst_core.testing.lives import APPLICANT, OFFICER
from pst_core.text import Text
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
COLLEAGUE = Actor("petugas-2", Role.OFFICER)
BOX = cp.RecordFromBox("Antrean terlalu lama.", "normative")
BY_MAIL = cp.RecordFromMail(
    cp.Complainant("warga-1", "Siti", "siti@example.org"), "Tagihan keliru.", "normative"
)


class Bench:
    def __init__(self, store=None):
        self.now = START
        self.desk = Desk(OFFICE, store or MemoryStore(), clock=lambda: self.now)

    def record(self, command=BOX):
        self.stream = self.desk.open(command, by=OFFICER).stream
        return self

    def do(self, *commands, by=OFFICER):
        for command in commands:
            self.state = self.desk.do(self.stream, command, by=by).state
        return self.state

    def on(self, month, day, hour=16, minute=0):
        self.now = dt.datetime(2026, month, day, hour, minute, tzinfo=OFFICE.calendar.zone)
        return [e for done in self.desk.run_timers() for e in done.events]


@pytest.fixture
def bench():
    return Bench()


def said(caught):
    return caught.value.say("en")


CHANNELS = {
    "K1": BOX,
    "K2": cp.RecordFromWeb(cp.Website.LAPOR, "LP-123456", "Lama.", "no-oversight"),
    "K3": BY_MAIL,
    "K4": cp.RecordFromWhatsApp(cp.Complainant(phone="+62 812-345678"), "Ramah?", "oversight"),
}


@pytest.mark.parametrize("clause", CHANNELS)
def test_K1_K2_K3_K4_a_complaint_comes_by_each_channel_and_goes_to_its_end(bench, clause):
    bench.record(CHANNELS[clause])
    assert bench.desk.history(bench.stream)[0].step.clause == clause
    bench.do(cp.AcknowledgeComplaint(), cp.FollowUpComplaint("Diperiksa."))
    bench.do(cp.AnswerComplaint("Loket ditambah."))
    assert bench.do(cp.CloseComplaint("Puas, lewat telepon.")).phase == "CLOSED"


def test_K1_the_complainant_may_stay_unnamed_and_no_stranger_answers_for_them(bench):
    bench.record().do(cp.AcknowledgeComplaint(), cp.AnswerComplaint("Maaf."))
    for who in ("", "warga-9"):
        with pytest.raises(Refusal, match="not-your-case"):
            bench.do(cp.ReopenComplaint("Belum puas."), by=Actor(who, Role.APPLICANT))
    assert bench.do(cp.RecordObjection("Belum puas.")).phase == "HANDLED"
    assert bench.desk.history(bench.stream)[-1].step.command is cp.RecordObjection


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_K2_a_reference_that_is_known_is_refused_however_it_is_typed(tmp_path, store):
    made = MemoryStore() if store == "memory" else SqlStore(f"sqlite:///{tmp_path}/pst.db")
    bench = Bench(made)
    bench.record(cp.RecordFromWeb(cp.Website.LAPOR, "LP-77", "Lama.", "normative"))
    with pytest.raises(Refusal) as caught:
        bench.record(cp.RecordFromWeb(cp.Website.LAPOR, " lp- 77", "Lama sekali.", "normative"))
    assert [u.code for u in caught.value.unmet] == ["reference-new"]
    assert "recorded already" in said(caught)
    bench.record(cp.RecordFromWeb(cp.Website.BPS, "LP-77", "Situs lain.", "normative"))
    rows = bench.desk.register(procedure="complaint")
    assert [row.title for row in rows] == ["lapor/LP-77", "bps/LP-77"]
    made.close()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (attrs.evolve(BOX, text=" "), "It is empty"),
        (attrs.evolve(BOX, kind="angry"), "oversight (with oversight content"),
        (attrs.evolve(BOX, about="request-3317-2026-0404"), "no request or visit"),
        (attrs.evolve(BY_MAIL, complainant=cp.Complainant(email="siti")), "e-mail address"),
        (cp.RecordFromWhatsApp(cp.Complainant(phone="siti"), "x", "normative"), "+62812"),
        (cp.RecordFromWeb(cp.Website.BPS, "?", "x", "normative"), "no reference number"),
    ],
)
def test_K1_K2_K3_K4_what_cannot_be_is_refused_with_what_would_be_right(bench, command, says):
    with pytest.raises(Refusal) as caught:
        bench.record(command)
    assert says in said(caught)


def test_K1_a_complaint_may_be_about_a_visit(bench):
    visit = bench.desk.open(vs.VisitUnit("ani"), by=APPLICANT).stream
    bench.record(attrs.evolve(BOX, about=visit))
    assert bench.desk.state(bench.stream).last(cp.ComplaintReceived).about == visit
    first = bench.stream
    with pytest.raises(Refusal, match="no request or visit"):
        bench.record(attrs.evolve(BOX, about=first))


def test_K1_nobody_named_in_a_complaint_handles_it(bench):
    bench.record(attrs.evolve(BOX, named=(OFFICER.id,)))
    with pytest.raises(Refusal) as caught:
        bench.do(cp.AcknowledgeComplaint())
    assert [u.code for u in caught.value.unmet] == ["not-named"]
    bench.do(cp.AcknowledgeComplaint(), cp.NamePerson("petugas-3"), by=COLLEAGUE)
    for command in (cp.FollowUpComplaint("x"), cp.AnswerComplaint("x")):
        for who in (OFFICER, Actor("petugas-3", Role.OFFICER)):
            with pytest.raises(Refusal, match="named in this complaint"):
                bench.do(command, by=who)
    bench.do(cp.AnswerComplaint("x"), by=COLLEAGUE)
    with pytest.raises(Refusal, match="named in this complaint"):
        bench.do(cp.CloseComplaint("x"))


@pytest.mark.parametrize(
    ("kind", "day"), [("normative", (2026, 12, 1)), ("no-oversight", (2026, 12, 14))]
)
def test_K1_each_kind_has_its_working_days(bench, kind, day):
    bench.record(attrs.evolve(BOX, kind=kind))
    row = bench.desk.register(procedure="complaint")[0]
    assert OFFICE.local(row.due).date() == dt.date(*day)
    bench.do(cp.AcknowledgeComplaint(), cp.AnswerComplaint("x"))
    assert bench.desk.register(procedure="complaint")[0].due is None


def test_K1_sixty_working_days_reach_beyond_the_decreed_years_without_failing(bench):
    bench.now = dt.datetime(2027, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
    bench.record(attrs.evolve(BOX, kind="oversight"))
    assert bench.desk.register(procedure="complaint")[0].due.year == 2028


def test_K1_what_is_not_done_in_time_is_escalated_by_the_clock(bench):
    bench.record(attrs.evolve(BOX, kind="no-oversight"))
    # day 3 is Friday 27 November
    assert bench.on(11, 27, 16, 29) == []
    assert [type(e).__name__ for e in bench.on(11, 27, 16, 30)] == ["AcknowledgingOverdue"]
    assert bench.on(11, 30) == []
    bench.do(cp.AcknowledgeComplaint())
    assert [type(e).__name__ for e in bench.on(12, 1)] == ["FollowingUpOverdue"]
    assert bench.on(12, 11) == []
    assert [type(e).__name__ for e in bench.on(12, 14)] == ["AnsweringOverdue"]
    bench.do(cp.AnswerComplaint("x"))
    assert cp.settled_in_time(bench.state, OFFICE), "by the last minute of its last day"
    bench.now += dt.timedelta(minutes=1)
    bench.do(cp.RecordObjection("Belum."), cp.AnswerComplaint("Sudah."))
    assert cp.settled_in_time(bench.state, OFFICE), "the time begins anew when it is answered back"


def test_K1_an_answer_after_the_last_day_is_late(bench):
    bench.record().do(cp.AcknowledgeComplaint())
    bench.on(12, 1, 16, 1)
    bench.do(cp.AnswerComplaint("x"))
    assert cp.settled_in_time(bench.state, OFFICE) is False


def test_K3_the_complainant_answers_back_within_ten_working_days_or_it_is_closed(bench):
    bench.record(BY_MAIL).do(cp.AcknowledgeComplaint(), cp.AnswerComplaint("x"))
    assert bench.on(12, 8, 15) == []
    bench.do(cp.ReopenComplaint("Belum."), by=APPLICANT)
    bench.do(cp.AnswerComplaint("y"))
    bench.now = dt.datetime(2026, 12, 22, 16, 1, tzinfo=OFFICE.calendar.zone)
    with pytest.raises(Refusal, match="Make a new complaint"):
        bench.do(cp.ReopenComplaint("Belum."), by=APPLICANT)
    assert [type(e).__name__ for e in bench.on(12, 23)] == ["ComplaintLapsed"]
    with pytest.raises(Refusal, match="not-now"):
        bench.do(cp.ReopenComplaint("Belum."), by=APPLICANT)


def test_K1_the_kind_is_mended_when_it_is_taken_up(bench):
    bench.record().do(cp.AcknowledgeComplaint("oversight"))
    assert cp.kind_of(bench.state) == "oversight"
    with pytest.raises(Refusal):
        bench.record().do(cp.AcknowledgeComplaint("angry"))


class Outbox:
    def __init__(self):
        self.sent = []

    def send(self, mail):
        self.sent.append(mail)
        return {"message_id": mail.id}


def test_K1_K3_the_office_is_told_and_the_complainant_where_there_is_an_address(bench):
    outbox = Outbox()
    worker = Worker(bench.desk, mailer=outbox, renderer=TypstRenderer(), blobs=MemoryBlobs())
    bench.record(BY_MAIL).do(cp.AcknowledgeComplaint(), cp.AnswerComplaint("Sudah diganti."))
    bench.record().do(cp.AcknowledgeComplaint())
    done = worker.work_off()
    assert {w.status for w in done} == {EffectStatus.DONE}
    assert [m.to for m in outbox.sent] == [
        OFFICE.email, "siti@example.org", "siti@example.org", OFFICE.email,
    ]  # fmt: skip
    assert [w.result for w in done if "left_out" in w.result], "unnamed, and says so"
    answered = outbox.sent[2]
    assert "Sudah diganti." in answered.body
    stream = answered.id.split("/")[0]
    assert f"Pengaduan {stream}: X3 Menjawab pengaduan, oleh petugas" in answered.body
    assert "X4: Menanggapi kembali jawaban (paling lambat 8 Desember 2026" in answered.body
    told = outbox.sent[0].body
    assert "X1: Memverifikasi dan menerima pengaduan (paling lambat 27 November 2026" in told
    assert "Dear Siti" in answered.body


def test_K3_a_mail_to_a_dead_address_is_set_aside_and_stops_no_other(bench):
    class Refusing(Outbox):
        def send(self, mail):
            if mail.to == "siti@example.org":
                none = Text(id="Tidak ada kotaknya.", en="There is no such box.")
                raise DeadAddress("no-such-mailbox", none, remedy=none)
            return super().send(mail)

    worker = Worker(bench.desk, mailer=Refusing(), renderer=TypstRenderer(), blobs=MemoryBlobs())
    bench.record(BY_MAIL).do(cp.AcknowledgeComplaint())
    assert [w.status for w in worker.work_off()] == [EffectStatus.DONE, EffectStatus.DEAD]


def test_K1_the_deadlines_are_dated_and_say_how_sure_they_are():
    rules = cp.complaint_rules(dt.date(2026, 11, 24))
    assert (rules.acknowledge, rules.follow_up, rules.reply) == (3, 5, 10)
    assert [k.days for k in rules.kinds] == [5, 14, 60]
    assert rules.certainty is Certainty.REPORTED
    assert all(k.citation for k in rules.kinds)
    with pytest.raises(LookupError, match="law/complaints"):
        cp.complaint_rules(dt.date(2018, 12, 31))


def test_the_walk_of_the_complaint_finds_nothing_wrong():
    walk = cp.PROCEDURE.explore()
    assert walk.problems == ()
    assert walk.places > 50


def test_the_walk_finds_a_complaint_closed_without_an_answer():
    steps = tuple(
        attrs.evolve(s, at=("RECEIVED",)) if s.command is cp.CloseComplaint else s
        for s in cp.PROCEDURE.steps
    )
    found = attrs.evolve(cp.PROCEDURE, steps=steps).explore().problems
    assert any("closing without an answer" in p.text.en for p in found)
