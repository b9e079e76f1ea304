"""Commands that fit: for any row that tells somebody and any state, one that an office would see.

Used to walk whole legal lives of a request without a person at the keyboard. Files are described
by their facts alone; reading real ones is the business of ``pst_adapters.files``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from typing import Any, cast

import attrs

from .. import complaint as cp
from .. import survey as sv
from .. import visit as vs
from ..deposit import commands as d
from ..desk import Desk
from ..desk.issued import issued_files
from ..documents import (
    Abstraction,
    DocumentRule,
    FileFacts,
    Judgement,
    RequestForm,
    SignatureFacts,
    Way,
)
from ..documents.due import NumberKind, Standing
from ..office import Office
from ..request import commands as c
from ..request import events as e
from ..request.handing_in import to_hand_in
from ..request.making import agreement_of, document_of, email_of, payments_of, products_of
from ..request.posting import owed
from ..request.state import AGREEMENT, Applicant, Channel, Segment
from ..tariff import Map, Microdata, Product, Publication
from ..workflow import Actor, Role, State

__all__ = [
    "ACTORS",
    "APPLICANT",
    "AUDITOR",
    "BASKET",
    "HEAD",
    "OFFICER",
    "SYSTEM",
    "TREASURER",
    "carry",
    "document",
    "file",
    "fitting",
    "hand_in",
    "person",
    "product_files",
]

APPLICANT = Actor("warga-1", Role.APPLICANT, "Siti Rahmawati")
OFFICER = Actor("petugas-1", Role.OFFICER, "Petugas")
TREASURER = Actor("bendahara-1", Role.TREASURER, "Bendahara")
HEAD = Actor("kepala-1", Role.HEAD, "Kepala")
AUDITOR = Actor("pemeriksa-1", Role.AUDITOR, "Pemeriksa")
SYSTEM = Actor("system", Role.SYSTEM)
ACTORS = {a.role: a for a in (APPLICANT, OFFICER, TREASURER, HEAD, AUDITOR, SYSTEM)}

_NUMBERS = {
    NumberKind.NIK: "3317064505900001",
    NumberKind.NPWP: "0013121660091000",
    NumberKind.FREE: "12/X/2026",
}

BASKET: tuple[Product, ...] = (
    Publication("Rembang Dalam Angka", pages=312),
    Microdata("Susenas 2025", bytes=4_200_000),
    Map("Rembang", extent="regency", level="village", sheets=1),
)


def carry(
    desk: Desk,
    stream: str,
    commands: Iterable[type],
    *,
    products: tuple[Product, ...] = BASKET,
) -> State:
    """Carry out a fitting command of each type in turn and return the state it leads to.

    Documents that are due are handed in before the request is filed, as people do.
    """
    state = desk.state(stream)
    for command in commands:
        if command is c.FileRequest:
            state = hand_in(desk, stream)
        row = next(step for step in desk.procedure(stream).steps if step.command is command)
        made = fitting(command, state, desk.office, desk.clock(), stream, products=products)
        if isinstance(made, c.SignAgreement):
            # the very file that the office sent, if a worker has made it by now
            sent = tuple(issued_files(desk.store.effects(stream), AGREEMENT))
            made = attrs.evolve(made, file=attrs.evolve(made.file, revisions=sent))
        state = desk.do(stream, made, by=ACTORS[row.role]).state
    return state


def hand_in(desk: Desk, stream: str) -> State:
    """Hand in each document that is due before filing (R4) and return the state it leads to."""
    state = desk.state(stream)
    for due in to_hand_in(state, desk.office):
        if due.standing is not Standing.IN_ORDER:
            state = desk.do(stream, document(due.rule), by=APPLICANT).state
    return state


def document(rule: DocumentRule) -> c.HandInDocument:
    """Return the document of ``rule``, in order."""
    return c.HandInDocument(
        rule.document, file(f"{rule.document}.pdf", pages=1), _NUMBERS[rule.number]
    )


def _next_document(state: State, office: Office, _: dt.datetime) -> c.HandInDocument:
    due = to_hand_in(state, office)
    open_ = [d.rule for d in due if d.standing is not Standing.IN_ORDER]
    rules = open_ or [rule for rule in office.documents if rule.needs]
    return document(rules[0])


def fitting(
    command: type,
    state: State,
    office: Office,
    at: dt.datetime,
    stream: str = "",
    *,
    products: tuple[Product, ...] = BASKET,
    applicant: Applicant | None = None,
) -> Any:
    """Return a ``command`` whose content satisfies every check in ``state``."""
    if command is c.OpenRequest:
        return c.OpenRequest(applicant or person(), Channel.ONLINE)
    if command is c.ChooseProducts:
        return c.ChooseProducts(products)
    if command is c.SignAgreement:
        return c.SignAgreement(signed_agreement(state, office, stream))
    if command is c.ConfirmPayment:
        # a number of its own for each payment of each request, always the same one
        digest = hashlib.sha256(f"{stream}/{state.version}".encode()).hexdigest().upper()
        return c.ConfirmPayment(
            digest[:16], f"{int(digest[16:24], 16):012d}", owed(state.books) or 1, at
        )
    if command is c.IssueBilling:
        digest = hashlib.sha256(f"{stream}/{state.version}".encode()).hexdigest()
        code = f"8{office.local(at):%Y%m%d}{int(digest[:8], 16) % 10**6:06d}"
        return c.IssueBilling(code, at, at + dt.timedelta(days=7))
    if command is c.VerifyTransfer:
        digest = hashlib.sha256(f"{stream}/{state.version}".encode()).hexdigest().upper()
        return c.VerifyTransfer(
            owed(state.books) or 1, office.local(at).date(), f"TT{digest[:8]}", APPLICANT.name
        )
    made = _MAKERS.get(command)
    return made(state, office, at) if made else command()


def person(*, abroad: bool = False, segment: Segment = Segment.INDIVIDUAL) -> Applicant:
    """Return an applicant."""
    return Applicant(
        APPLICANT.id, APPLICANT.name, "siti@example.org", institution="Universitas",
        address="Semarang", segment=segment, abroad=abroad,
    )  # fmt: skip


def file(name: str, size: int = 1000, **facts: Any) -> FileFacts:
    """Return facts of a file that is in order."""
    digest = hashlib.sha256(f"{name}/{size}".encode()).hexdigest()
    return FileFacts(name, size, digest, facts.pop("media_type", "application/pdf"), **facts)


def product_files(state: State) -> tuple[FileFacts, ...]:
    """Return the facts of files that are just what was ordered."""
    return tuple(_product_file(p) for p in products_of(state))


def _product_file(product: Product) -> FileFacts:
    if isinstance(product, Publication):
        return file(f"{product.title}.pdf", pages=product.pages)
    if isinstance(product, Microdata):
        return file(f"{product.title}.csv", product.bytes, media_type="text/csv")
    return file(f"{product.title}.geojson", media_type="application/geo+json")


def signed_agreement(state: State, office: Office, stream: str) -> FileFacts:
    """Return the facts of the agreement that was offered, signed electronically."""
    sent, at = _sent(state), state.when(e.OfferSent)
    assert at is not None  # noqa: S101
    filled = agreement_of(state, office, stream, sent.number, at)
    return file(
        "sppd.pdf",
        pages=1,
        codes=(filled.code,),
        text_found="\n".join(filled.paragraphs("id")),
        signatures=(
            SignatureFacts(APPLICANT.name, intact=True, covers_whole_file=True, trusted=True),
        ),
    )


def abstraction(state: State) -> Abstraction:
    """Return an abstraction that asks for just what is in the basket."""
    return Abstraction(
        title="Kesejahteraan rumah tangga",
        institution="Universitas",
        purpose="Penelitian",
        method="Analisis berbobot",
        data_asked=tuple(p.title for p in products_of(state) if not isinstance(p, Publication)),
        period="2025",
        region="Kabupaten Rembang",
        outputs="Artikel; hanya angka agregat",
    )


def _sent(state: State) -> e.OfferSent:
    sent = state.last(e.OfferSent)
    assert sent is not None, "no offer yet"  # noqa: S101
    return sent


def _form(product: Product) -> RequestForm:
    return RequestForm(
        cast("Any", product.kind),
        product.title,
        purpose="Penelitian",
        period="2025",
        region="Rembang",
    )


def _sample(state: State, _: Office, __: dt.datetime) -> c.SendOffer:
    has_microdata = any(isinstance(p, Microdata) for p in products_of(state))
    return c.SendOffer(file("contoh.csv", media_type="text/csv") if has_microdata else None)


_SEEN = Judgement(OFFICER.name, same_agreement=True, signed_by_both=True, stamp_duty_paid=True)
_SAID = "Berkas yang dikirim tidak terbuka."
_COMPLAINANT = cp.Complainant(
    APPLICANT.id, APPLICANT.name, "siti@example.org", phone="+62812000111"
)


def _kind(office: Office, at: dt.datetime) -> str:
    return cp.complaint_rules(office.local(at).date()).kinds[0].code


def _visitor(office: Office) -> vs.Visitor:
    kept = {field.name for field in attrs.fields(vs.Visitor)}
    more = tuple(
        vs.Said(field.field, field.choices[0] if field.choices else "-")
        for field in office.counter.guest_book
        if field.field not in kept
    )
    return vs.Visitor(
        APPLICANT.id, APPLICANT.name, "siti@example.org", "+62812000111", "Universitas",
        "Membeli data", more,
    )  # fmt: skip


def _other_counter(state: State, office: Office) -> str:
    called = state.last(vs.VisitorCalled)
    places = [place.number for place in office.counter.counters] or ["1", "2"]
    return next(p for p in places if called is None or p != called.counter)


def _answers() -> tuple[sv.Answer, ...]:
    rules = sv.scale()
    return tuple(sv.Answer(element.code, rules.highest) for element in rules.elements)


_MAKERS: dict[type, Callable[[State, Office, dt.datetime], Any]] = {
    c.HandInDocument: _next_document,
    c.CompleteForm: lambda s, o, t: c.CompleteForm(
        tuple(_form(p) for p in {p.kind: p for p in products_of(s)}.values())
    ),
    c.FileAbstraction: lambda s, o, t: c.FileAbstraction(abstraction(s)),
    c.SendBackAbstraction: lambda s, o, t: c.SendBackAbstraction("Periode belum disebut."),
    c.PrepareProducts: lambda s, o, t: c.PrepareProducts(product_files(s)),
    c.SendOffer: _sample,
    c.AskOfferCorrection: lambda s, o, t: c.AskOfferCorrection("Nama instansi keliru."),
    c.ReviseOffer: lambda s, o, t: c.ReviseOffer("Sudah diperbaiki."),
    c.ReportPayment: lambda s, o, t: c.ReportPayment(
        t, "Bank", owed(s.books) or 1, file("bukti.pdf")
    ),
    c.TakeCash: lambda s, o, t: c.TakeCash(owed(s.books) or 1, APPLICANT.name),
    c.CancelMisfit: lambda s, o, t: c.CancelMisfit("Abstraksi tidak sesuai."),
    c.LeadToConsultation: lambda s, o, t: c.LeadToConsultation("Perlu konsultasi."),
    c.ReissueReceipt: lambda s, o, t: c.ReissueReceipt("Kuitansi hilang."),
    c.ReversePayment: lambda s, o, t: c.ReversePayment(
        document_of(payments_of(s)[-1].event).split("/", 1)[1] if payments_of(s) else "-",
        "Salah ketik.",
    ),
    c.RecordRefund: lambda s, o, t: c.RecordRefund("B-1/KPPN/2026"),
    c.RefusePayment: lambda s, o, t: c.RefusePayment("Tidak ditemukan."),
    c.AcceptAgreement: lambda s, o, t: c.AcceptAgreement(_SEEN),
    c.RecordOriginals: lambda s, o, t: c.RecordOriginals(
        next(way for way in (*o.agreement.ways, Way.POST) if way is not Way.UPLOAD),
        o.agreement.originals,
        _SEEN,
    ),
    c.ApproveZero: lambda s, o, t: c.ApproveZero("Pusdatin", "Kepala BPS"),
    c.RefuseAgreement: lambda s, o, t: c.RefuseAgreement("Belum bermeterai."),
    c.AskDeliveryCorrection: lambda s, o, t: c.AskDeliveryCorrection("Berkas tidak terbuka."),
    c.MendDelivery: lambda s, o, t: c.MendDelivery("Sudah diganti.", product_files(s)),
    c.RateService: lambda s, o, t: c.RateService(5),
    c.NoteDeadAddress: lambda s, o, t: c.NoteDeadAddress(
        email_of(s), "Peladen surel menjawab 550: 5.1.1 No such user."
    ),
    c.CorrectAddress: lambda s, o, t: c.CorrectAddress("siti.rahmawati@example.org"),
    d.KeepPayment: lambda s, o, t: d.KeepPayment(
        "Z9Y8X7W6V5U4T3S2",
        "210987654321",
        294_000,
        t,
        f"8{o.local(t):%Y%m%d}999999",
        "",
        "Kode billing ini tidak tercatat pada permintaan mana pun.",
    ),
    d.ExplainPayment: lambda s, o, t: d.ExplainPayment(f"request-{o.code}-{t.year}-0007"),
    d.ReturnPayment: lambda s, o, t: d.ReturnPayment("Setoran satker lain."),
    c.RejectRequest: lambda s, o, t: c.RejectRequest("Data tidak tersedia."),
    vs.VisitUnit: lambda s, o, t: vs.VisitUnit(APPLICANT.id),
    vs.SignGuestBook: lambda s, o, t: vs.SignGuestBook(_visitor(o)),
    vs.StateRequest: lambda s, o, t: vs.StateRequest("Publikasi"),
    vs.TransferVisitor: lambda s, o, t: vs.TransferVisitor(_other_counter(s, o), "Istirahat."),
    cp.RecordFromBox: lambda s, o, t: cp.RecordFromBox(
        _SAID, _kind(o, t), complainant=_COMPLAINANT
    ),
    cp.RecordFromWeb: lambda s, o, t: cp.RecordFromWeb(
        cp.Website.LAPOR, "LPR-1234", _SAID, _kind(o, t), complainant=_COMPLAINANT
    ),
    cp.RecordFromMail: lambda s, o, t: cp.RecordFromMail(_COMPLAINANT, _SAID, _kind(o, t)),
    cp.RecordFromWhatsApp: lambda s, o, t: cp.RecordFromWhatsApp(_COMPLAINANT, _SAID, _kind(o, t)),
    cp.NamePerson: lambda s, o, t: cp.NamePerson("petugas-9"),
    cp.FollowUpComplaint: lambda s, o, t: cp.FollowUpComplaint("Berkas diperiksa."),
    cp.AnswerComplaint: lambda s, o, t: cp.AnswerComplaint("Berkas sudah diganti."),
    cp.ReopenComplaint: lambda s, o, t: cp.ReopenComplaint("Belum terbuka juga."),
    cp.RecordObjection: lambda s, o, t: cp.RecordObjection("Belum terbuka juga."),
    cp.CloseComplaint: lambda s, o, t: cp.CloseComplaint("Pengadu menerima jawaban."),
    sv.InviteToSurvey: lambda s, o, t: sv.InviteToSurvey(
        _COMPLAINANT.email, "kunci-undangan-0123456789", o.counter.services[0].code
    ),
    sv.FillSurvey: lambda s, o, t: sv.FillSurvey(o.counter.services[0].code, _answers()),
    sv.AnswerSurvey: lambda s, o, t: sv.AnswerSurvey("kunci-undangan-0123456789", _answers()),
}
