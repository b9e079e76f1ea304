"""The papers of a paid request, made from its state: what stands on them, not how they look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..certainty import Certainty
from ..documents.papers import Agreement, Invoice, Line, Person, Receipt
from ..workflow import State
from . import events as e
from .making import agreement_of, invoice_number, receipt_number
from .state import AGREEMENT, INVOICE, NEEDS_AGREEMENT, RECEIPT

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["paper"]


def paper(kind: str, state: State, office: Office, stream: str) -> Any | None:
    """Return the paper ``kind`` of the request as it stands, or None if it has none."""
    return _MAKERS[kind](state, office, stream)


def _invoice(state: State, office: Office, stream: str) -> Invoice:
    sent, at = _happened(state, e.OfferSent)
    applicant = _happened(state, e.RequestOpened)[0].applicant
    billing = state.last(e.BillingIssued)
    return Invoice(
        letterhead=office.letterhead,
        number=invoice_number(office, sent.number, at),
        issued_at=office.local(at),
        request_id=stream,
        applicant=applicant.name,
        institution=applicant.institution,
        lines=tuple(
            Line(line.title, line.amount, why=line.why.id, clause=line.clause)
            for line in sent.lines
        ),
        law=office.schedule_on(sent.priced_on).citation,
        valid_until=office.local(sent.valid_until).date(),
        billing_code=billing.code if billing else "",
        note=_note(sent),
        signer=office.treasurer,
    )


def _note(sent: e.OfferSent) -> str:
    parts = []
    if sent.replaces:
        parts.append(f"Menggantikan tagihan nomor urut {sent.replaces}: {sent.answer}")
    if sent.certainty is not Certainty.VERIFIED:
        parts.append(sent.confirmed.id)
    return " ".join(parts)


def _agreement(state: State, office: Office, stream: str) -> Agreement | None:
    if NEEDS_AGREEMENT not in state.facts:
        return None
    sent, at = _happened(state, e.OfferSent)
    applicant = _happened(state, e.RequestOpened)[0].applicant
    return Agreement(
        letterhead=office.letterhead,
        issued_at=office.local(at),
        filled=agreement_of(state, office, stream, sent.number, at),
        provider=office.head,
        receiver=Person(applicant.name, applicant.institution),
    )


def _receipt(state: State, office: Office, stream: str) -> Receipt:
    issued, at = _happened(state, e.ReceiptIssued)
    sent, sent_at = _happened(state, e.OfferSent)
    applicant = _happened(state, e.RequestOpened)[0].applicant
    paid, billing = state.last(e.PaymentConfirmed), state.last(e.BillingIssued)
    transfer = state.last(e.TransferVerified)
    paid_on: dt.date | None = None
    if paid is not None:
        paid_on = office.local(paid.paid_at).date()
    elif transfer is not None:
        paid_on = transfer.received_on
    return Receipt(
        letterhead=office.letterhead,
        number=receipt_number(office, issued.number, at),
        issued_at=office.local(at),
        received_from=applicant.name,
        institution=applicant.institution,
        amount=issued.amount,
        purpose="; ".join(line.title for line in sent.lines)
        + ("" if issued.amount else " (tarif Rp0,00)"),
        invoice_number=invoice_number(office, sent.number, sent_at),
        treasurer=office.treasurer,
        request_id=stream,
        paid_on=paid_on,
        billing_code=billing.code if billing else "",
        ntpn=paid.ntpn if paid else "",
        ntb=paid.ntb if paid else "",
    )


def _happened(state: State, kind: type[Any]) -> tuple[Any, dt.datetime]:
    noted = state.latest[kind]
    return noted.event, noted.at


_MAKERS: dict[str, Callable[[State, Office, str], Any]] = {
    INVOICE: _invoice,
    AGREEMENT: _agreement,
    RECEIPT: _receipt,
}
