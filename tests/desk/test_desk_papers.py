"""Papers that left the house: found by code or number, told from superseded and altered ones."""

import datetime as dt
import io
import json

import attrs
import pypdf
import pypdfium2
import pytest
import zxingcpp

from pst_adapters.files import MemoryBlobs
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core import visit as vs
from pst_core.desk import (
    Desk,
    Worker,
    check_paper,
    issued_papers,
    queue_ticket,
    statement,
)
from pst_core.desk.issued import issued_files
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import EffectRow, EffectStatus
from pst_core.documents.issued import PaperClaim, PaperStanding, read_claim
from pst_core.documents.papers import Person, check_line, paper_digest
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, carry, person
from pst_core.workflow import Role

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
TO_OFFER = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileAbstraction, rq.FileRequest,
    rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer,
)  # fmt: skip
TO_END = (
    rq.AskOfferCorrection, rq.ReviseOffer, rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment,
    rq.ConfirmPayment, rq.RecordOriginals, rq.IssueReceipt,
)  # fmt: skip


class KeptMails:
    def send(self, mail):
        return {"message_id": mail.id}


def worker(desk, blobs):
    return Worker(desk, mailer=KeptMails(), renderer=TypstRenderer(), blobs=blobs)


@pytest.fixture(scope="module")
def lived():
    """Give a desk, its blobs, and a request that had its offer revised and its receipt issued."""
    office = attrs.evolve(OFFICE, check_url="https://pst.example.go.id/cek")
    desk, blobs = Desk(office, MemoryStore(), clock=lambda: START), MemoryBlobs()
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER)
    carry(desk, stream, TO_END)
    worker(desk, blobs).work_off()
    return desk, blobs, stream


def made(lived, kind):
    """Return the PDFs of ``kind`` in the order they were made."""
    desk, blobs, stream = lived
    return [
        blobs.get(json.loads(e.result)["sha256"])
        for e in desk.store.effects(stream)
        if e.key.endswith(f"/paper/{kind}")
    ]


def qr_of(pdf):
    with pypdfium2.PdfDocument(pdf) as file:
        picture = file[len(file) - 1].render(scale=3).to_pil().convert("L")
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def test_S13_the_printed_code_is_read_from_the_page_and_leads_to_the_paper(lived):
    desk, _, stream = lived
    first, second = made(lived, "invoice")
    said = qr_of(second)
    assert said.startswith("https://pst.example.go.id/cek?n=0002%2FINV%2F3317%2F2026&d=")
    verdict = check_paper(desk, read_claim(said))
    assert verdict.standing is PaperStanding.ISSUED
    assert verdict.record.stream == stream
    old = check_paper(desk, read_claim(qr_of(first)))
    assert (old.standing, old.by.number) == (PaperStanding.REPLACED, "0002/INV/3317/2026")


@pytest.mark.parametrize("kind", ["agreement", "receipt"])
def test_S17_S19_agreement_and_receipt_are_checked_by_their_codes(lived, kind):
    desk, _, _ = lived
    (*_, newest) = made(lived, kind)
    verdict = check_paper(desk, read_claim(qr_of(newest)))
    assert (verdict.standing, verdict.record.kind) == (PaperStanding.ISSUED, kind)


@pytest.mark.parametrize(
    ("number", "standing", "kind"),
    [
        ("0001/INV/3317/2026", PaperStanding.REPLACED, "invoice"),
        ("0002/INV/3317/2026", PaperStanding.ISSUED, "invoice"),
        ("0001/SPPD/3317/2026", PaperStanding.REPLACED, "agreement"),
        ("0001/CTH/3317/2026", PaperStanding.REPLACED, "sample"),
        ("0001/KWT/3317/2026", PaperStanding.ISSUED, "receipt"),
    ],
)
def test_S13_S19_a_paper_is_found_by_its_number_alone(lived, number, standing, kind):
    verdict = check_paper(lived[0], PaperClaim(number))
    assert (verdict.standing, verdict.record.kind) == (standing, kind)


def test_S13_a_number_that_nobody_issued_and_a_changed_digit_are_told_apart(lived):
    desk, _, stream = lived
    for claim in (
        PaperClaim("0003/INV/3317/2026"),
        PaperClaim("0002/INV/3317/2026", "", "no-such"),
    ):
        assert check_paper(desk, claim).standing is PaperStanding.UNKNOWN
    paper = rq.paper("invoice", desk.state(stream), desk.office, stream)
    richer = attrs.evolve(paper, lines=(attrs.evolve(paper.lines[0], amount=1), *paper.lines[1:]))
    verdict = check_paper(desk, read_claim(check_line(richer)))
    assert verdict.standing is PaperStanding.ALTERED


def test_S13_an_english_print_is_the_same_paper(lived):
    desk, _, stream = lived
    offers = [e for e in desk.history(stream) if "invoice" in e.step.makes]
    paper = rq.paper("invoice", offers[-1].state, desk.office, stream, "en")
    assert paper.letterhead.office == "BPS-Statistics of Rembang Regency"
    assert check_paper(desk, read_claim(check_line(paper))).standing is PaperStanding.ISSUED


def test_S13_a_paper_stands_when_the_office_has_a_new_treasurer_since(lived):
    desk, _, _ = lived
    (*_, receipt) = made(lived, "receipt")
    later = Desk(
        attrs.evolve(desk.office, treasurer=Person("Baru", "Bendahara")), desk.store,
        clock=lambda: START,
    )  # fmt: skip
    assert check_paper(later, read_claim(qr_of(receipt))).standing is PaperStanding.ISSUED


def test_S19_a_receipt_stands_beside_its_copy():
    desk, blobs = Desk(OFFICE, MemoryStore(), clock=lambda: START), MemoryBlobs()
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER)
    carry(desk, stream, TO_END)
    carry(desk, stream, (rq.ReissueReceipt,))
    worker(desk, blobs).work_off()
    receipt, copy = (read_claim(qr_of(pdf)) for pdf in made((desk, blobs, stream), "receipt"))
    assert receipt.number == copy.number
    for claim, says in ((receipt, "Receipt 0001/"), (copy, "Copy of the receipt 0001/")):
        verdict = check_paper(desk, claim)
        assert verdict.standing is PaperStanding.ISSUED
        assert verdict.text.en.startswith(says)


def test_S13_another_office_on_the_same_database_does_not_answer_for_it(lived):
    desk, _, stream = lived
    other = Desk(attrs.evolve(desk.office, code="3318"), desk.store, clock=lambda: START)
    claim = PaperClaim("0002/INV/3317/2026", "", stream)
    assert check_paper(other, claim).standing is PaperStanding.UNKNOWN


def test_S23_statement_of_history_says_who_did_what_and_is_superseded_by_the_next_step(lived):
    desk, _, stream = lived
    now = statement(desk, stream)
    history = desk.history(stream)
    assert [row.clause for row in now.rows] == [e.step.clause for e in history]
    assert now.rows[-1].who == "Bendahara"
    assert "Nama instansi keliru." in " ".join(row.what for row in now.rows)
    assert now.phase == "pembayaran dan perjanjian"
    assert statement(desk, stream, "en").rows[0].what == "Open the service on the portal"
    assert check_paper(desk, read_claim(check_line(now))).standing is PaperStanding.ISSUED
    later = Desk(desk.office, MemoryStore(), clock=lambda: START)
    other = later.open(rq.OpenRequest(person()), by=APPLICANT).stream
    before = read_claim(check_line(statement(later, other)))
    carry(later, other, TO_OFFER[:1])
    assert check_paper(later, before).standing is PaperStanding.REPLACED
    assert statement(desk, stream) == now, "the same history is the same paper"


def test_S3_a_ticket_says_how_many_wait_before(tmp_path):
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        desk = Desk(OFFICE, store, clock=lambda: START)
        streams = []
        for n in range(3):
            actor = attrs.evolve(APPLICANT, id=f"warga-{n}")
            stream = desk.open(vs.VisitUnit(actor.id), by=actor).stream
            with pytest.raises(BadInput, match="no-queue-number"):
                queue_ticket(desk, stream)
            visitor = vs.Visitor(actor.id, "Siti", purpose="Data")
            desk.do(stream, vs.SignGuestBook(visitor), by=actor)
            desk.do(stream, vs.TakeNumber(), by=actor)
            streams.append(stream)
        assert [queue_ticket(desk, s).waiting for s in streams] == [0, 1, 2]
        ticket = queue_ticket(desk, streams[2])
        assert (ticket.number, ticket.request_id) == ("A-003", streams[2])
        assert check_paper(desk, PaperClaim("A-003")).record.stream == streams[2]
        assert check_paper(desk, read_claim(check_line(ticket))).standing is PaperStanding.ISSUED
        assert statement(desk, streams[0]).applicant == "Siti"


def test_S17_only_the_newest_agreement_s_files_count():
    def effect(key, status, **result):
        return EffectRow(key, "s", "paper", "{}", status, 1, START, json.dumps(result))

    old = effect("s/9/paper/agreement", EffectStatus.DONE, sha256="old")
    queued = effect("s/11/paper/agreement", EffectStatus.QUEUED)
    mailed = effect("s/11/mail/applicant", EffectStatus.DONE, **{"paper/agreement": "mailed"})
    new = effect("s/11/paper/agreement", EffectStatus.DONE, sha256="new")
    invoice = effect("s/11/paper/invoice", EffectStatus.DONE, sha256="invoice")
    assert issued_files((old,), "agreement") == ("old",)
    assert issued_files((old, queued), "agreement") == ()
    assert issued_files((old, queued, mailed), "agreement") == ("mailed",)
    assert issued_files((old, new, mailed, invoice), "agreement") == ("mailed", "new")
    assert issued_files((), "agreement") == ()
    dead = effect("s/11/paper/agreement", EffectStatus.DEAD)
    assert issued_files((old, attrs.evolve(dead, result="no font")), "agreement") == ()


def test_S13_papers_of_a_release_that_noted_no_digest_are_recomputed(lived):
    desk, _, stream = lived

    class Forgetful:
        """The same store, whose effects hold what release 0.1 noted."""

        def __getattr__(self, name):
            return getattr(desk.store, name)

        def effects(self, *args, **kwargs):
            rows = desk.store.effects(*args, **kwargs)
            return tuple(attrs.evolve(r, result='{"sha256": "x", "name": "y"}') for r in rows)

    before = Desk(desk.office, Forgetful(), clock=lambda: START)
    paper = [e for e in desk.history(stream) if "receipt" in e.step.makes][-1]
    receipt = rq.paper("receipt", paper.state, desk.office, stream)
    assert check_paper(before, read_claim(check_line(receipt))).standing is PaperStanding.ISSUED
    assert paper_digest(receipt) in [
        d for r in issued_papers(before, stream) if r.kind == "receipt" for d in r.digests
    ]


def work_alone(url, folder, problems):
    from pst_adapters.files import FolderBlobs

    with SqlStore(url) as store:
        desk = Desk(OFFICE, store, clock=lambda: START)
        one = Worker(
            desk, mailer=KeptMails(), renderer=TypstRenderer(), blobs=FolderBlobs(folder),
        )  # fmt: skip
        products = (Publication("Rembang Dalam Angka", pages=312),)
        way = (
            rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest,
            rq.PrepareProducts, rq.SendOffer,
        )  # fmt: skip
        try:
            for _ in range(3):
                stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
                carry(desk, stream, way, products=products)
                one.work_off()
        except Exception as error:
            problems.put(repr(error))


@pytest.mark.slow
def test_S13_papers_of_two_processes_bear_their_numbers_without_gap_or_double(tmp_path):
    import multiprocessing

    from pst_adapters.files import FolderBlobs

    context = multiprocessing.get_context("spawn")
    url, blobs = f"sqlite:///{tmp_path}/pst.db", FolderBlobs(tmp_path / "blobs")
    SqlStore(url).close()
    problems = context.Queue()
    both = [
        context.Process(target=work_alone, args=(url, tmp_path / "blobs", problems))
        for _ in range(2)
    ]
    for process in both:
        process.start()
    for process in both:
        process.join(240)
    assert problems.empty(), problems.get()
    printed = []
    with SqlStore(url) as store:
        desk = Desk(OFFICE, store, clock=lambda: START)
        for row in desk.register(procedure="request"):
            (effect,) = (e for e in store.effects(row.stream) if e.key.endswith("/paper/invoice"))
            result = json.loads(effect.result)
            pages = pypdf.PdfReader(io.BytesIO(blobs.get(result["sha256"]))).pages
            assert result["number"] in pages[0].extract_text()
            printed.append(result["number"])
            assert row.whose == Role.APPLICANT
    assert sorted(printed) == [f"{n:04d}/INV/3317/2026" for n in range(1, 7)]
