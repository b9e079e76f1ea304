"""Commands that fit: for any row of the paid request and any state, one that an office would see.

Used to walk whole legal lives of a request without a person at the keyboard. Files are described
by their facts alone; reading real ones is the business of ``pst_adapters.files``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from typing import Any, cast

from ..desk import Desk
from ..documents import Abstraction, FileFacts, Judgement, RequestForm, SignatureFacts
from ..office import Office
from ..request import commands as c
from ..request import events as e
from ..request.making import agreement_of, products_of
from ..request.state import Applicant, Channel
from ..tariff import Map, Microdata, Product, Publication
from ..workflow import Actor, Role, State

__all__ = [
    "ACTORS",
    "APPLICANT",
    "BASKET",
    "OFFICER",
    "SYSTEM",
    "TREASURER",
    "carry",
    "file",
    "fitting",
    "person",
    "product_files",
]

APPLICANT = Actor("warga-1", Role.APPLICANT, "Siti Rahmawati")
OFFICER = Actor("petugas-1", Role.OFFICER, "Petugas")
TREASURER = Actor("bendahara-1", Role.TREASURER, "Bendahara")
SYSTEM = Actor("system", Role.SYSTEM)
ACTORS = {a.role: a for a in (APPLICANT, OFFICER, TREASURER, SYSTEM)}

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
    """Carry out a fitting command of each type in turn and return the state it leads to."""
    state = desk.state(stream)
    for command in commands:
        row = next(step for step in desk.procedure(stream).steps if step.command is command)
        made = fitting(command, state, desk.office, desk.clock(), stream, products=products)
        state = desk.do(stream, made, by=ACTORS[row.role]).state
    return state


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
    made = _MAKERS.get(command)
    return made(state, office, at) if made else command()


def person(*, abroad: bool = False) -> Applicant:
    """Return an applicant."""
    return Applicant(
        APPLICANT.id, APPLICANT.name, "siti@example.org", institution="Universitas",
        address="Semarang", abroad=abroad,
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


def _billing(_: State, office: Office, at: dt.datetime) -> c.IssueBilling:
    return c.IssueBilling(f"8{office.local(at):%Y%m%d}123456", at, at + dt.timedelta(days=7))


def _sample(state: State, _: Office, __: dt.datetime) -> c.SendOffer:
    has_microdata = any(isinstance(p, Microdata) for p in products_of(state))
    return c.SendOffer(file("contoh.csv", media_type="text/csv") if has_microdata else None)


def _total(state: State) -> int:
    sent = state.last(e.OfferSent)
    return sent.total if sent else 0


_MAKERS: dict[type, Callable[[State, Office, dt.datetime], Any]] = {
    c.CompleteForm: lambda s, o, t: c.CompleteForm(
        tuple(_form(p) for p in {p.kind: p for p in products_of(s)}.values())
    ),
    c.FileAbstraction: lambda s, o, t: c.FileAbstraction(abstraction(s)),
    c.SendBackAbstraction: lambda s, o, t: c.SendBackAbstraction("Periode belum disebut."),
    c.PrepareProducts: lambda s, o, t: c.PrepareProducts(product_files(s)),
    c.SendOffer: _sample,
    c.AskOfferCorrection: lambda s, o, t: c.AskOfferCorrection("Nama instansi keliru."),
    c.ReviseOffer: lambda s, o, t: c.ReviseOffer("Sudah diperbaiki."),
    c.IssueBilling: _billing,
    c.ReportPayment: lambda s, o, t: c.ReportPayment(t, "Bank", _total(s), file("bukti.pdf")),
    c.ConfirmPayment: lambda s, o, t: c.ConfirmPayment(
        "A1B2C3D4E5F6G7H8", "123456789012", _total(s), t
    ),
    c.VerifyTransfer: lambda s, o, t: c.VerifyTransfer(_total(s), o.local(t).date(), "TT1"),
    c.RefusePayment: lambda s, o, t: c.RefusePayment("Tidak ditemukan."),
    c.AcceptAgreement: lambda s, o, t: c.AcceptAgreement(
        Judgement(OFFICER.name, same_agreement=True, signed_by_both=True, stamp_duty_paid=True)
    ),
    c.ApproveZero: lambda s, o, t: c.ApproveZero("Pusdatin", "Kepala BPS"),
    c.RefuseAgreement: lambda s, o, t: c.RefuseAgreement("Belum bermeterai."),
    c.AskDeliveryCorrection: lambda s, o, t: c.AskDeliveryCorrection("Berkas tidak terbuka."),
    c.MendDelivery: lambda s, o, t: c.MendDelivery("Sudah diganti.", product_files(s)),
    c.RateService: lambda s, o, t: c.RateService(5),
    c.RejectRequest: lambda s, o, t: c.RejectRequest("Data tidak tersedia."),
}
