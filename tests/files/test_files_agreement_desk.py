"""S17 from end to end: the agreement that the worker really sent, signed, read and uploaded."""

import datetime as dt
import hashlib
import io
import json

import attrs
import pikepdf
import pypdf
import pypdfium2
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from pst_adapters.files import MemoryBlobs, read_facts, read_facts_safely
from pst_adapters.files.signatures import DemoSigner
from pst_adapters.pdf import TypstRenderer
from pst_core import request as rq
from pst_core.desk import Desk, Worker
from pst_core.desk.memory import MemoryStore
from pst_core.documents import Judgement, Party
from pst_core.office import Office
from pst_core.refusal import Refusal
from pst_core.tariff import Microdata
from pst_core.testing.lives import APPLICANT, OFFICER, carry, fitting, person

OFFICE = Office.load("3317")
NOW = dt.datetime.now(dt.UTC)
DATA = (Microdata("Susenas 2025", bytes=4_200_000),)
TO_ACCEPTED = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileAbstraction, rq.FileRequest,
    rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer,
)  # fmt: skip
AUTHORITY = DemoSigner(NOW)
SEEN = Judgement("Rina", same_agreement=True, signed_by_both=True, stamp_duty_paid=True)


class KeptMails:
    """A mailer that keeps what it is given: a port, not a mock."""

    def __init__(self):
        self.sent = []

    def send(self, mail):
        self.sent.append(mail)
        return {"message_id": mail.id}


class House:
    """An office at work: a desk, a worker with real papers, and one request past S14."""

    def __init__(self, office=OFFICE, *, work=True):
        self.desk = Desk(office, MemoryStore(), clock=lambda: NOW)
        self.blobs, self.mailer = MemoryBlobs(), KeptMails()
        self.worker = Worker(
            self.desk, mailer=self.mailer, renderer=TypstRenderer(), blobs=self.blobs
        )
        self.authority = AUTHORITY
        self.stream = self.accepted()
        if work:
            self.worker.work_off()

    def accepted(self):
        stream = self.desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(self.desk, stream, TO_ACCEPTED, products=DATA)
        return stream

    def agreement(self, stream=""):
        """Return the PDF that was sent with the newest offer of ``stream``."""
        results = [
            json.loads(e.result)
            for e in self.desk.store.effects(stream or self.stream)
            if e.key.endswith("/paper/agreement")
        ]
        return self.blobs.get(results[-1]["sha256"])

    def upload(self, data, read=read_facts):
        file = read(data, "sppd.pdf", self.authority.trust)
        self.desk.do(self.stream, rq.SignAgreement(file), by=APPLICANT)

    def refused(self, data, read=read_facts):
        """Upload ``data`` and return the reasons (Indonesian, English) why it is refused."""
        with pytest.raises(Refusal) as caught:
            self.upload(data, read)
        assert {u.clause for u in caught.value.unmet} == {"S17"}
        assert all(u.remedy.id and u.remedy.en for u in caught.value.unmet)
        assert "agreement-uploaded" not in self.desk.state(self.stream).facts
        return {(u.text.id, u.text.en) for u in caught.value.unmet}


@pytest.fixture(scope="module")
def house():
    return House()


def english(reasons):
    return {en for _, en in reasons}


def rewritten(data):
    """Return ``data`` written anew by another program: same pages, other bytes."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as file:
        file.save(out)
    return out.getvalue()


@pytest.mark.slow
def test_S17_the_agreement_that_was_sent_and_signed_is_taken_and_then_judged():
    house = House()
    signed = house.authority.sign(house.agreement(), APPLICANT.name)
    house.upload(signed, read_facts_safely)
    house.desk.do(house.stream, rq.AcceptAgreement(SEEN), by=OFFICER)
    event = house.desk.history(house.stream)[-1].noted.event
    assert event.sha256 == hashlib.sha256(signed).hexdigest()
    assert "signed" in house.desk.state(house.stream).facts


def test_S17_what_was_mailed_is_what_was_kept_and_may_be_signed():
    house = House()
    (mail,) = (m for m in house.mailer.sent if len(m.attachments) > 1)
    (mailed,) = (a for a in mail.attachments if "-agreement-" in a.name)
    assert mailed.data == house.agreement()
    results = [json.loads(e.result) for e in house.desk.store.effects(house.stream)]
    digest = hashlib.sha256(mailed.data).hexdigest()
    assert digest in [r.get("paper/agreement") for r in results]
    house.upload(house.authority.sign(mailed.data, APPLICANT.name))


@pytest.mark.slow
def test_S17_a_tampered_agreement_is_refused(house):
    signed = house.authority.sign(rewritten(house.agreement()), APPLICANT.name)
    reasons = house.refused(signed, read_facts_safely)
    assert english(reasons) == {"The agreement's text is not the one that the office sent."}
    signed = house.authority.sign(house.agreement(), APPLICANT.name)
    place = len(house.agreement()) // 2
    flipped = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    assert house.refused(flipped)


def test_S17_other_words_under_the_same_code_are_refused(house):
    # the code is copied, a clause is not
    paper = rq.paper("agreement", house.desk.state(house.stream), OFFICE, house.stream)
    code = paper.filled.code
    less = attrs.evolve(paper.filled, clauses=paper.filled.clauses[:2])
    forged = TypstRenderer().render(attrs.evolve(paper, note=code, filled=less))
    reasons = house.refused(house.authority.sign(forged, APPLICANT.name))
    assert any("another agreement" in reason for reason in english(reasons))


@pytest.mark.slow
def test_S17_the_agreement_of_another_request_is_refused(house):
    other = house.accepted()
    house.worker.work_off()
    signed = house.authority.sign(house.agreement(other), APPLICANT.name)
    reasons = house.refused(signed, read_facts_safely)
    (reason,) = english(reasons)
    assert reason.startswith("This is another agreement (code SPPD-")


@pytest.mark.slow
def test_S17_a_superseded_agreement_is_refused():
    house = House()
    stream = house.desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(house.desk, stream, TO_ACCEPTED[:-1], products=DATA)
    house.worker.work_off()
    old = house.agreement(stream)
    carry(house.desk, stream, (rq.AskOfferCorrection, rq.ReviseOffer, rq.AcceptOffer))
    house.worker.work_off()
    house.stream = stream
    (reason,) = english(house.refused(house.authority.sign(old, APPLICANT.name)))
    assert reason.startswith("This is another agreement")
    house.upload(house.authority.sign(house.agreement(stream), APPLICANT.name))


@pytest.mark.slow
def test_S17_a_revoked_certificate_is_refused(house, monkeypatch):
    monkeypatch.setattr(house, "authority", DemoSigner(NOW))
    signed = house.authority.sign(house.agreement(), APPLICANT.name)
    house.authority.revoke(APPLICANT.name)
    reasons = house.refused(signed, read_facts_safely)
    assert reasons == {
        (
            "Sertifikat Siti Rahmawati sudah dicabut.",
            "The certificate of Siti Rahmawati has been revoked.",
        )
    }


@pytest.mark.slow
def test_S17_an_unknown_certificate_is_refused(house):
    stranger = DemoSigner(NOW)
    signed = stranger.sign(house.agreement(), APPLICANT.name)
    assert english(house.refused(signed, read_facts_safely)) == {
        "The certificate of Siti Rahmawati is not known."
    }


def test_S17_signed_by_somebody_else_is_refused(house):
    signed = house.authority.sign(house.agreement(), "Budi")
    assert english(house.refused(signed)) == {"Not yet signed by Siti Rahmawati; signed by: Budi."}


def test_S17_unsigned_as_it_was_sent_is_refused(house):
    assert english(house.refused(house.agreement())) == {"There is no electronic signature."}


@pytest.mark.slow
def test_S17_an_office_whose_head_signs_first_asks_for_both_names():
    rules = attrs.evolve(OFFICE.agreement, signers=(Party.PROVIDER, Party.RECEIVER))
    house = House(attrs.evolve(OFFICE, agreement=rules))
    alone = house.authority.sign(house.agreement(), APPLICANT.name)
    assert english(house.refused(alone)) == {
        f"Not yet signed by {OFFICE.head.name}; signed by: Siti Rahmawati."
    }
    first = house.authority.sign(house.agreement(), OFFICE.head.name)
    house.upload(house.authority.sign(first, APPLICANT.name))


def test_S17_before_the_worker_noted_its_file_the_words_alone_are_compared():
    house = House(work=False)
    paper = rq.paper("agreement", house.desk.state(house.stream), OFFICE, house.stream)
    made = TypstRenderer().render(paper)
    house.upload(house.authority.sign(rewritten(made), APPLICANT.name))


def test_S17_a_scan_is_left_to_the_officer(house):
    with pypdfium2.PdfDocument(house.agreement()) as pdf:
        picture = io.BytesIO()
        pdf[0].render(scale=1).to_pil().save(picture, "PNG")
    file = read_facts(picture.getvalue(), "sppd.png", house.authority.trust)
    house = House()
    house.desk.do(house.stream, rq.SignAgreement(file), by=APPLICANT)
    unstamped = attrs.evolve(SEEN, stamp_duty_paid=False)
    with pytest.raises(Refusal, match="UU 10/2020 Pasal 21"):
        house.desk.do(house.stream, rq.AcceptAgreement(unstamped), by=OFFICER)
    house.desk.do(house.stream, rq.AcceptAgreement(SEEN), by=OFFICER)


def scanned(agreement, *read):
    """Return ``agreement`` as a scanner gives it back that puts the text it ``read`` below."""
    with pypdfium2.PdfDocument(agreement) as pdf:
        picture = ImageReader(pdf[0].render(scale=1).to_pil())
    return typed(*read, picture=picture)


def typed(*lines, picture=None):
    """Return a page of ``lines``, which are hidden if there is a ``picture`` of it."""
    out = io.BytesIO()
    page = canvas.Canvas(out, (595, 842))
    text = page.beginText(50, 800)
    if picture:
        page.drawImage(picture, 0, 0, 595, 842)
        text.setTextRenderMode(3)
    for line in lines:
        text.textLine(line)
    page.drawText(text)
    page.save()
    return out.getvalue()


def code_of(house, stream=""):
    stream = stream or house.stream
    return rq.paper("agreement", house.desk.state(stream), OFFICE, stream).filled.code


def misread(code):
    """Return ``code`` with two letters taken for others."""
    return code[:-2] + ("5" if code[-2] == "S" else "S") + ("2" if code[-1] == "Z" else "Z")


@pytest.mark.parametrize("taken", [str, misread], ids=["well", "badly"])
def test_S17_a_scan_with_recognised_text_is_left_to_the_officer(taken):
    house = House()
    scan = scanned(house.agreement(), "SURAT PERJANJ1AN", taken(code_of(house)))
    assert read_facts(scan, "sppd.pdf").codes == (taken(code_of(house)),)
    house.upload(scan)
    house.desk.do(house.stream, rq.AcceptAgreement(SEEN), by=OFFICER)
    assert "signed" in house.desk.state(house.stream).facts


def test_S17_a_scan_of_another_requests_agreement_is_refused(house):
    other = house.accepted()
    (reason,) = english(house.refused(scanned(house.agreement(), code_of(house, other))))
    assert reason.startswith("This is another agreement")


def test_S17_a_page_of_text_is_no_scan(house):
    typed_anew = typed(code_of(house))
    assert "There is no electronic signature." in english(house.refused(typed_anew))
    half = pikepdf.open(io.BytesIO(scanned(house.agreement(), code_of(house))))
    half.pages.extend(pikepdf.open(io.BytesIO(typed_anew)).pages)
    out = io.BytesIO()
    half.save(out)
    assert "There is no electronic signature." in english(house.refused(out.getvalue()))


def test_S17_the_offices_own_file_is_no_scan_whatever_pictures_are_in_it(house):
    file = attrs.evolve(read_facts(house.agreement(), "sppd.pdf"), marks=("scan",))
    with pytest.raises(Refusal, match="There is no electronic signature"):
        house.desk.do(house.stream, rq.SignAgreement(file), by=APPLICANT)


def test_S17_a_renderer_that_ends_its_files_with_a_line_is_known_again(house):
    """Not every PDF ends at its end mark: the line end after it belongs to the file."""
    for ending in (b"\n", b"\r\n", b"\r"):
        file = house.agreement() + ending
        assert pypdf.PdfReader(io.BytesIO(file)).pages
        signed = house.authority.sign(file, APPLICANT.name)
        facts = read_facts(signed, "sppd.pdf", house.authority.trust)
        assert hashlib.sha256(file).hexdigest() in facts.revisions


def test_S17_originals_are_recorded_without_any_file():
    house = House()
    command = fitting(rq.RecordOriginals, house.desk.state(house.stream), OFFICE, NOW, house.stream)
    house.desk.do(house.stream, command, by=OFFICER)
    house.worker.work_off()
    assert "S17" in house.mailer.sent[-1].subject
    assert "signed" in house.desk.state(house.stream).facts
