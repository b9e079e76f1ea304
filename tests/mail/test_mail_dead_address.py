"""R2: an address that takes no mail becomes a fact of the request, and is mended there."""

import datetime as dt

import pytest

from pst_core import request as rq
from pst_core.desk import Desk, Worker
from pst_core.desk.letters import letter
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import EffectStatus
from pst_core.desk.worker import TRIES
from pst_core.office import Office
from pst_core.refusal import DeadAddress, MailNotSent, MailRefused, Refusal
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, OFFICER, SYSTEM, TREASURER, carry, person
from pst_core.text import Text
from pst_core.workflow import Role

OFFICE = Office.load("3317")
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
TO_OFFERED = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer,
)  # fmt: skip
SAID = Text("Peladen surel menjawab 550: no such user.", "The mail server answered 550.")
OLD, NEW = person().email, "siti.rahmawati@example.org"


class Post:
    """A mailer whose server knows which addresses are dead, in doubt, or refused otherwise."""

    def __init__(self):
        self.sent, self.dead, self.doubtful, self.refused = [], {OLD}, set(), set()

    def send(self, mail):
        for addresses, error, code in (
            (self.dead, DeadAddress, "dead-address"),
            (self.doubtful, MailNotSent, "address-in-doubt"),
            (self.refused, MailRefused, "mail-refused"),
        ):
            if mail.to in addresses:
                raise error(code, SAID, remedy=Text("x", "x"))
        self.sent.append(mail)
        return {"message_id": mail.id}

    def to(self, address):
        return [mail.subject for mail in self.sent if mail.to == address]


class Papers:
    def render(self, paper):
        return repr(paper).encode()

    def put(self, data):
        return str(len(data))

    def exists(self, key):  # noqa: ARG002
        return False


class Bench:
    def __init__(self):
        self.now = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
        self.store = MemoryStore()
        self.desk = Desk(OFFICE, self.store, clock=lambda: self.now)
        self.post = Post()
        self.worker = Worker(self.desk, mailer=self.post, renderer=Papers(), blobs=Papers())
        self.stream = self.desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(self.desk, self.stream, TO_OFFERED, products=PUBLICATION)

    @property
    def state(self):
        return self.desk.state(self.stream)

    def dead(self):
        return [e.key for e in self.store.effects(self.stream, status=EffectStatus.DEAD)]


@pytest.fixture
def bench():
    return Bench()


def test_R2_a_dead_address_is_noted_once_and_the_officer_told(bench):
    bench.worker.work_off()
    assert "address-dead" in bench.state.facts
    noted = [e.noted for e in bench.desk.history(bench.stream)
             if isinstance(e.noted.event, rq.AddressFoundDead)]  # fmt: skip
    assert [(n.event.address, n.by.role) for n in noted] == [(OLD, Role.SYSTEM)]
    assert "550" in noted[0].event.reason
    bench.worker.work_off()
    (told,) = [m for m in bench.post.sent if " R2 " in m.subject]
    assert told.to == OFFICE.email
    assert OLD in told.body
    assert "Memperbaiki alamat surel" in told.body
    assert len(bench.dead()) == 2, "what was said to the applicant is set aside, not lost"


def test_R2_a_dead_address_neither_hides_nor_stops_the_request(bench):
    whose = bench.state.turns[-1][1]
    bench.worker.work_off()
    assert bench.state.turns[-1][1] == whose
    assert bench.stream in [row.stream for row in bench.desk.register(procedure="request")]
    carry(bench.desk, bench.stream, (rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment))
    steps = bench.desk.open_steps(bench.stream, by=OFFICER)
    assert rq.CorrectAddress in [s.step.command for s in steps]


@pytest.mark.parametrize("by", [APPLICANT, OFFICER])
def test_R2_a_corrected_address_gets_all_that_the_old_one_did_not(bench, by):
    bench.worker.work_off()
    lost = len(bench.dead())
    done = bench.desk.do(bench.stream, rq.CorrectAddress(NEW), by=by)
    assert "address-dead" not in done.state.facts
    bench.worker.work_off()
    bench.worker.work_off()
    got = bench.post.to(NEW)
    assert len(got) == lost + 1
    assert any(" S13 " in subject for subject in got)
    assert bench.dead() == []
    assert bench.post.to(OLD) == []


def test_R2_the_new_address_has_one_line(bench):
    bench.worker.work_off()
    command = rq.CorrectAddress("siti@example.org\nBcc: x@y.id")
    with pytest.raises(Refusal, match="odd-text"):
        bench.desk.do(bench.stream, command, by=OFFICER)


@pytest.mark.parametrize("email", ["", "siti", OLD])
def test_R2_the_new_address_is_another_and_can_be_one(bench, email):
    bench.worker.work_off()
    with pytest.raises(Refusal) as caught:
        bench.desk.do(bench.stream, rq.CorrectAddress(email), by=OFFICER)
    assert {u.code for u in caught.value.unmet} == {"email-mended"}


def test_R2_only_the_applicant_and_the_officer_correct_it(bench):
    bench.worker.work_off()
    for by in (TREASURER, SYSTEM):
        with pytest.raises(Refusal, match="not-your-role"):
            bench.desk.do(bench.stream, rq.CorrectAddress(NEW), by=by)


def test_R2_a_late_bounce_of_the_old_address_does_not_mark_the_new(bench):
    bench.worker.work_off()
    bench.desk.do(bench.stream, rq.CorrectAddress(NEW), by=OFFICER)
    with pytest.raises(Refusal) as caught:
        bench.desk.do(bench.stream, rq.NoteDeadAddress(OLD, "550"), by=SYSTEM)
    assert {u.code for u in caught.value.unmet} == {"address-in-use"}
    bench.post.dead.add(NEW)
    bench.worker.work_off()
    assert "address-dead" in bench.state.facts


def test_R2_an_address_in_doubt_is_noted_when_the_last_try_has_failed(bench):
    bench.post.dead, bench.post.doubtful = set(), {OLD}
    for _ in range(TRIES):
        assert "address-dead" not in bench.state.facts
        bench.worker.work_off()
        bench.now += dt.timedelta(hours=3)
    assert "address-dead" in bench.state.facts


def test_R2_a_mail_refused_for_another_reason_says_nothing_of_the_address(bench):
    bench.post.dead, bench.post.refused = set(), {OLD}
    bench.worker.work_off()
    assert "address-dead" not in bench.state.facts
    assert len(bench.dead()) == 2


def test_R2_a_dead_address_of_the_office_itself_is_not_the_applicants(bench):
    bench.post.dead = {OFFICE.email}
    bench.worker.work_off()
    assert "address-dead" not in bench.state.facts


def test_R2_a_closed_request_keeps_the_fact_too(bench):
    bench.post.dead = set()
    bench.desk.do(bench.stream, rq.CancelRequest("Tidak jadi."), by=APPLICANT)
    bench.post.dead = {OLD}
    bench.worker.work_off()
    assert "address-dead" in bench.state.facts
    assert bench.state.phase == "CANCELLED"


def test_later_mails_answer_the_first_of_the_same_receiver(bench):
    bench.post.dead = set()
    bench.worker.work_off()
    mails = {m.id: m for m in bench.post.sent}
    first = f"{bench.stream}/5/mail/applicant"
    assert mails[first].thread == first
    assert mails[f"{bench.stream}/7/mail/applicant"].thread == first
    assert mails[f"{bench.stream}/5/mail/officer"].thread == f"{bench.stream}/5/mail/officer"
    assert len({m.subject for m in bench.post.sent if m.to == OLD}) == 2


def test_tries_are_spread_and_grow(bench):
    bench.post.dead, bench.post.doubtful = set(), {OLD, OFFICE.email}
    bench.worker.work_off()
    waits = sorted(
        (row.due - bench.now).total_seconds()
        for row in bench.store.effects(bench.stream, status=EffectStatus.QUEUED)
        if row.kind == "mail"
    )
    assert len(set(waits)) == len(waits) == 3
    assert 30 <= waits[0] <= waits[-1] <= 60


def test_a_mail_says_what_is_asked_and_by_when_in_the_receivers_language_first(bench):
    entry = bench.desk.history(bench.stream)[-1]
    text = letter(Role.APPLICANT, bench.stream, entry, rq.PROCEDURE, OFFICE)
    asked = "- S14: Mengecek dan menyetujui invoice, contoh data dan perjanjian (paling lambat "
    assert asked + "8 Desember 2026 pukul 16.00 WIB)" in text.body
    assert "Jumlah tagihan Rp140.000." in text.body
    assert text.body.index("Yth. ") < text.body.index("Dear ")
    assert text.subject.startswith(f"[{bench.stream}] S13 Membuat")


def test_S20_a_mail_names_the_end_of_an_offer_only_while_the_offer_can_expire(bench):
    entry = bench.desk.history(bench.stream)[-1]
    body = letter(Role.APPLICANT, bench.stream, entry, rq.PROCEDURE, OFFICE).body
    assert "Penawaran berlaku sampai" in body
    stages = (rq.AcceptOffer, rq.IssueBilling, rq.ConfirmPayment, rq.IssueReceipt)
    carry(bench.desk, bench.stream, (*stages, rq.DeliverProducts), products=PUBLICATION)
    entry = bench.desk.history(bench.stream)[-1]
    body = letter(Role.APPLICANT, bench.stream, entry, rq.PROCEDURE, OFFICE).body
    assert "Penawaran berlaku sampai" not in body


def test_a_mail_to_an_applicant_who_reads_english_begins_in_english():
    import attrs

    desk = Desk(OFFICE, MemoryStore())
    who = attrs.evolve(person(abroad=True), lang="en")
    stream = desk.open(rq.OpenRequest(who), by=APPLICANT).stream
    carry(desk, stream, TO_OFFERED, products=PUBLICATION)
    entry = desk.history(stream)[-1]
    text = letter(Role.APPLICANT, stream, entry, rq.PROCEDURE, OFFICE)
    assert text.body.index("Dear ") < text.body.index("Yth. ")
    assert " S13 Make " in text.subject
    to_office = letter(Role.OFFICER, stream, entry, rq.PROCEDURE, OFFICE)
    assert to_office.body.startswith("Yth. ")


def test_no_mail_names_a_deadline_that_has_ended(bench):
    bench.desk.do(bench.stream, rq.CancelRequest("Tidak jadi."), by=APPLICANT)
    entry = bench.desk.history(bench.stream)[-1]
    body = letter(Role.OFFICER, bench.stream, entry, rq.PROCEDURE, OFFICE).body
    assert "Batas waktu" not in body
    assert "berlaku sampai" not in body
