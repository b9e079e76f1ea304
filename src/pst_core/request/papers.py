"""The papers of a paid request, made from its state: what stands on them, not how they look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..certainty import Certainty
from ..documents import Way
from ..documents.papers import Agreement, Invoice, Line, Person, Receipt, SampleCover, Variable
from ..text import Lang, Text
from ..workflow import Noted, State
from . import events as e
from .making import (
    agreement_of,
    cash_number,
    invoice_number,
    receipt_number,
    sample_number,
    settled_by,
)
from .state import AGREEMENT, INVOICE, NEEDS_AGREEMENT, RECEIPT

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["paper", "sample_cover"]

_NOTHING = Text("", "")


def paper(kind: str, state: State, office: Office, stream: str, lang: Lang = "id") -> Any | None:
    """Return the paper ``kind`` of the request as it stands, or None if it has none."""
    return _MAKERS[kind](state, office, stream, lang)


def sample_cover(
    state: State,
    office: Office,
    stream: str,
    dataset: str,
    variables: tuple[Variable, ...],
    rows: int,
    rows_total: int,
    note: Text = _NOTHING,
    lang: Lang = "id",
) -> SampleCover | None:
    """Return the cover of the data sample that was offered (S13), or None if none was.

    What the sample holds is for its maker to say: ``rows`` of ``rows_total`` records, and in
    ``note`` what these rows are.
    """
    sent, at = _happened(state, e.OfferSent)
    if sent.sample is None:
        return None
    return SampleCover(
        letterhead=office.letterhead_in(lang),
        number=sample_number(office, sent.number, at),
        issued_at=office.local(at),
        request_id=stream,
        applicant=_happened(state, e.RequestOpened)[0].applicant.name,
        dataset=dataset,
        file_name=sent.sample.name,
        file_sha256=sent.sample.sha256,
        rows=rows,
        rows_total=rows_total,
        variables=variables,
        note=note.say(lang),
        check_url=office.check_url,
        lang=lang,
    )


def _invoice(state: State, office: Office, stream: str, lang: Lang) -> Invoice:
    sent, at = _happened(state, e.OfferSent)
    applicant = _happened(state, e.RequestOpened)[0].applicant
    billing = state.last(e.BillingIssued)
    return Invoice(
        letterhead=office.letterhead_in(lang),
        number=invoice_number(office, sent.number, at),
        issued_at=office.local(at),
        request_id=stream,
        applicant=applicant.name,
        institution=applicant.institution,
        lines=tuple(
            Line(line.title, line.amount, why=line.why.say(lang), clause=line.clause)
            for line in sent.lines
        ),
        law=office.schedule_on(sent.priced_on).citation,
        valid_until=office.local(sent.valid_until).date(),
        billing_code=billing.code if billing else "",
        note=_note(sent, lang),
        signer=office.treasurer,
        check_url=office.check_url,
        lang=lang,
    )


def _note(sent: e.OfferSent, lang: Lang) -> str:
    parts = []
    if sent.replaces:
        replaces = Text(
            id="Menggantikan tagihan dengan nomor urut {number:04d}. Jawaban petugas: {answer}",
            en="Replaces the invoice with serial number {number:04d}. The officer's answer: "
            "{answer}",
        )
        parts.append(replaces.say(lang).format(number=sent.replaces, answer=sent.answer))
    if sent.certainty is not Certainty.VERIFIED:
        parts.append(sent.confirmed.say(lang))
    return " ".join(parts)


def _agreement(state: State, office: Office, stream: str, lang: Lang) -> Agreement | None:
    if NEEDS_AGREEMENT not in state.facts:
        return None
    sent, at = _happened(state, e.OfferSent)
    applicant = _happened(state, e.RequestOpened)[0].applicant
    return Agreement(
        letterhead=office.letterhead_in(lang),
        issued_at=office.local(at),
        filled=agreement_of(state, office, stream, sent.number, at),
        provider=office.head,
        receiver=Person(applicant.name, applicant.institution),
        note=_hand_over(office, lang),
        check_url=office.check_url,
        lang=lang,
    )


def _hand_over(office: Office, lang: Lang) -> str:
    """Say how the signed agreement may reach the office."""
    rules = office.agreement
    ways = [way.text for way in rules.ways if way is Way.UPLOAD]
    on_paper = [way.text for way in rules.ways if way is not Way.UPLOAD]
    if on_paper:
        one = rules.originals == 1
        words = Text(
            id="serahkan {count} naskah asli bermeterai {ways}",
            en="hand in {count} stamped " + ("original {ways}" if one else "originals {ways}"),
        )
        ways.append(words.fill(count=rules.originals, ways=_or(on_paper)))
    start = Text(id="Setelah ditandatangani: ", en="When signed: ")
    return f"{start.say(lang)}{_or(ways, comma=',').say(lang)}."


def _or(words: list[Text], comma: str = "") -> Text:
    return Text(
        id=f"{comma} atau ".join(w.id for w in words), en=f"{comma} or ".join(w.en for w in words)
    )


def _receipt(state: State, office: Office, stream: str, lang: Lang) -> Receipt:
    issued, at = _happened(state, e.ReceiptIssued)
    sent, sent_at = _happened(state, e.OfferSent)
    applicant = _happened(state, e.RequestOpened)[0].applicant
    copied, payments = state.latest.get(e.ReceiptReissued), settled_by(state)
    at_home = [p for p in payments if isinstance(p.event, e.PaymentConfirmed)]
    transfers = [p.event for p in payments if isinstance(p.event, e.TransferVerified)]
    taken = [p for p in payments if isinstance(p.event, e.CashReceived)]
    stamp = office.treasury.stamp.words(issued.amount)
    return Receipt(
        letterhead=office.letterhead_in(lang),
        number=receipt_number(office, issued.number, at),
        issued_at=office.local(at),
        received_from=applicant.name,
        institution=applicant.institution,
        amount=issued.amount,
        purpose="; ".join(line.title for line in sent.lines)
        + ("" if issued.amount else f" ({_FREE.say(lang)})"),
        invoice_number=invoice_number(office, sent.number, sent_at),
        treasurer=office.treasurer,
        request_id=stream,
        check_url=office.check_url,
        lang=lang,
        paid_on=max((_paid_on(p, office) for p in payments), default=None),
        billing_code=", ".join(dict.fromkeys(_code_of(p, state) for p in at_home)),
        ntpn=", ".join(p.event.ntpn for p in at_home),
        ntb=", ".join(p.event.ntb for p in at_home),
        transfer=", ".join(f"{t.reference} ({t.sender})".removesuffix(" ()") for t in transfers),
        cash=", ".join(cash_number(office, p.event.number, p.at) for p in taken),
        received_by=state.latest[e.ReceiptIssued].by.name,
        stamp=stamp.say(lang) if stamp else "",
        reissued=copied is not None,
        reissued_on=office.local(copied.at).date() if copied else None,
    )


def _code_of(payment: Noted, state: State) -> str:
    """Return the billing code that was paid: as the treasury says, or the one of that time."""
    made = [n.event.code for n in state.kept.get(e.BillingIssued, ()) if n.at <= payment.at]
    return str(payment.event.code or (made[-1] if made else ""))


def _paid_on(payment: Noted, office: Office) -> dt.date:
    event = payment.event
    if isinstance(event, e.TransferVerified):
        return event.received_on
    at = event.paid_at if isinstance(event, e.PaymentConfirmed) else payment.at
    return office.local(at).date()


def _happened(state: State, kind: type[Any]) -> tuple[Any, dt.datetime]:
    noted = state.latest[kind]
    return noted.event, noted.at


_FREE = Text(id="tarif Rp0,00", en="tariff of Rp0")
_MAKERS: dict[str, Callable[[State, Office, str, Lang], Any]] = {
    INVOICE: _invoice,
    AGREEMENT: _agreement,
    RECEIPT: _receipt,
}
