"""What a row makes of a command: the events that hold more than the command brought, and timers.

``context.rules`` is the office; prices, dates and texts come from it, never from here.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from ..certainty import Certainty
from ..documents import (
    AgreementTerms,
    FilledAgreement,
    HandedIn,
    Ordered,
    OrderedItem,
    Party,
    agreement_text,
    load_agreement,
)
from ..tariff import Map, Product, Publication, ZeroClaim
from ..workflow import Context, Noted, State
from . import commands as c
from . import events as e
from .handing_in import all_handed_in, documents_handed_in
from .posting import refund_due
from .state import FREE, NEEDS_AGREEMENT

if TYPE_CHECKING:
    from ..office import Office

__all__ = [
    "agreement_of",
    "billing_due",
    "claim_of",
    "close_due",
    "codes_of",
    "document_of",
    "electronic_signers",
    "email_of",
    "expiry_due",
    "files_of",
    "invoice_number",
    "notice_due",
    "offer_end",
    "ordered",
    "payments_of",
    "priced_on",
    "products_of",
    "receipt_number",
    "sample_number",
    "settled_by",
    "the_code",
    "the_ntpn",
    "the_reversed",
    "the_transfer",
]


def products_of(state: State) -> tuple[Product, ...]:
    """Return the products of the request."""
    chosen = state.last(e.ProductsChosen)
    return chosen.products if chosen else ()


def email_of(state: State) -> str:
    """Return the applicant's e-mail address as it is now; empty before S6."""
    corrected, opened_by = state.last(e.AddressCorrected), state.last(e.RequestOpened)
    if corrected is not None:
        return corrected.email
    return opened_by.applicant.email if opened_by else ""


def files_of(state: State) -> tuple[Any, ...]:
    """Return the files as they are to be downloaded now: prepared, or mended since."""
    mended, prepared = state.last(e.DeliveryMended), state.last(e.ProductsPrepared)
    if mended is not None:
        return mended.files
    return prepared.files if prepared else ()


def ordered(state: State) -> Ordered:
    """Return what an abstraction is compared with (S11): basket and forms, publications left out.

    Publications need no abstraction, so their forms say nothing of it.
    """
    completed = state.last(e.FormCompleted)
    forms = [f for f in completed.forms if f.kind != "publication"] if completed else []
    return Ordered(
        tuple(
            OrderedItem(p.title, p.kind, isinstance(p, Map) and p.extent == "national")
            for p in products_of(state)
            if not isinstance(p, Publication)
        ),
        periods=tuple(f.period for f in forms if f.period.strip()),
        regions=tuple(f.region for f in forms if f.region.strip()),
    )


def priced_on(state: State, context: Context) -> dt.date:
    """Return the date whose tariff applies: that of filing or of the offer, by the office."""
    office: Office = context.rules
    filed_at = state.when(e.RequestFiled)
    if office.tariff.fixed_by == "filing" and filed_at is not None:
        return office.local(filed_at).date()
    return office.local(context.at).date()


def codes_of(state: State) -> tuple[str, ...]:
    """Return every billing code that was made for the request, the newest last."""
    return tuple(issued.code for issued in state.every(e.BillingIssued))


def settled_by(state: State) -> tuple[Noted, ...]:
    """Return the payments that settled the invoice, or go to settle it, in their order."""
    left = state.latest[e.OfferSent].event.total
    found = []
    for noted in payments_of(state):
        if left > 0:
            found.append(noted)
            left -= noted.event.amount
    return tuple(found)


def payments_of(state: State) -> tuple[Noted, ...]:
    """Return the payments that have come, in their order, without those taken back."""
    standing: list[Noted] = []
    for kind in (e.PaymentConfirmed, e.TransferVerified, e.CashReceived):
        standing += state.kept.get(kind, ())
    standing.sort(key=lambda payment: payment.at)  # cash and transfers may come between others
    for back in state.every(e.PaymentReversed):
        # the same NTPN may have been recorded anew since: the first of it is the one taken back
        wrong = next(n for n, p in enumerate(standing) if document_of(p.event) == back.document)
        del standing[wrong]
    return tuple(standing)


def document_of(payment: e.PaymentConfirmed | e.TransferVerified | e.CashReceived) -> str:
    """Return the document that a payment is posted under."""
    if isinstance(payment, e.PaymentConfirmed):
        return f"ntpn/{payment.ntpn}"
    if isinstance(payment, e.CashReceived):
        return f"cash/{payment.number}"
    return f"transfer/{payment.reference}"


_CODE = re.compile(r"[0-9]{15}")
_NTPN = re.compile(r"[A-Z0-9]{16}")


def the_code(command: c.IssueBilling, state: State) -> str:
    """Return the billing code as what can be used by one request only; a code of one's own may."""
    is_new = _CODE.fullmatch(command.code) and command.code not in codes_of(state)
    return f"billing/{command.code}" if is_new else ""


def the_ntpn(command: c.ConfirmPayment, _: State) -> str:
    """Return the NTPN as what can be used once."""
    return f"ntpn/{command.ntpn}" if _NTPN.fullmatch(command.ntpn) else ""


def the_transfer(command: c.VerifyTransfer | c.ReversePayment, _: State) -> str:
    """Return the transfer as what can be used once, however its reference is spaced or cased."""
    reference = "".join(command.reference.split()).upper()
    return f"transfer/{reference}" if reference else ""


def the_reversed(command: c.ReversePayment, state: State) -> str:
    """Return what is free to be used again: the NTPN, or the transfer."""
    latest = next(reversed(payments_of(state)), None)
    if latest is not None and isinstance(latest.event, e.TransferVerified):
        return the_transfer(command, state)
    return f"ntpn/{command.reference}" if _NTPN.fullmatch(command.reference) else ""


def invoice_number(office: Office, number: int, at: dt.datetime) -> str:
    """Return an invoice's number as printed."""
    return office.paper_number("INV", number, at)


def receipt_number(office: Office, number: int, at: dt.datetime) -> str:
    """Return a receipt's number as printed."""
    return office.paper_number("KWT", number, at)


def cash_number(office: Office, number: int, at: dt.datetime) -> str:
    """Return the number of money taken in cash, as printed."""
    return office.paper_number("TUNAI", number, at)


def sample_number(office: Office, number: int, at: dt.datetime) -> str:
    """Return a data sample's number as printed; ``number`` is its invoice's."""
    return office.paper_number("CTH", number, at)


def agreement_of(
    state: State, office: Office, stream: str, number: int, at: dt.datetime
) -> FilledAgreement:
    """Return the data-use agreement of the request, filled; ``number`` is its invoice's."""
    opened_by = state.last(e.RequestOpened)
    assert opened_by is not None  # noqa: S101 - no row asks for it before S6
    applicant = opened_by.applicant
    return agreement_text(
        load_agreement(office.agreement.text),
        AgreementTerms(
            number=office.paper_number("SPPD", number, at),
            request_id=stream,
            date=office.local(at).date(),
            office=office.name.id,
            receiver=applicant.name,
            products=tuple(p.title for p in products_of(state) if not isinstance(p, Publication)),
            institution=applicant.institution,
            address=applicant.address,
        ),
    )


def electronic_signers(state: State, office: Office) -> tuple[str, ...]:
    """Return the names that must have signed a file that comes signed electronically."""
    opened_by = state.last(e.RequestOpened)
    assert opened_by is not None  # noqa: S101 - no row asks for it before S6
    names = {Party.RECEIVER: opened_by.applicant.name, Party.PROVIDER: office.head.name}
    return tuple(names[party] for party in office.agreement.signers)


# -- events -----------------------------------------------------------------------------------


def opened(command: c.OpenRequest, _: State, context: Context) -> e.RequestOpened:
    """S6."""
    return e.RequestOpened(
        context.rules.code,
        context.numbers["request"],
        command.applicant,
        command.channel,
        command.visit,
    )


def terms_shown(_: Any, __: State, context: Context) -> e.TermsAccepted:
    """S7."""
    office: Office = context.rules
    return e.TermsAccepted(office.version, office.schedule_on(office.local(context.at).date()).id)


def chosen(command: c.ChooseProducts, state: State, context: Context) -> e.ProductsChosen:
    """S8."""
    complete = all_handed_in(state, context.rules, products=command.products)
    return e.ProductsChosen(command.products, complete)


def form_completed(command: c.CompleteForm, state: State, context: Context) -> e.FormCompleted:
    """S9."""
    return e.FormCompleted(command.forms, command.zero, all_handed_in(state, context.rules))


def handed_in(command: c.HandInDocument, state: State, context: Context) -> e.DocumentHandedIn:
    """S9: the document beside those handed in before, in place of an earlier one of its name."""
    new = HandedIn(command.document, command.file, command.number, command.reference)
    others = (d for d in documents_handed_in(state) if d.document != new.document)
    documents = (*others, new)
    complete = all_handed_in(state, context.rules, documents=documents)
    return e.DocumentHandedIn(new.document, documents, complete)


def filed(_: Any, state: State, context: Context) -> e.RequestFiled:
    """R4: fixes the versions that the request keeps."""
    office: Office = context.rules
    quote = office.quote(products_of(state), on=office.local(context.at).date())
    return e.RequestFiled(office.version, quote.basis, office.calendar.version)


def offer(command: c.SendOffer, state: State, context: Context) -> e.OfferSent:
    """S13."""
    return _offer(state, context, answer="", sample=command.sample)


def revised_offer(command: c.ReviseOffer, state: State, context: Context) -> e.OfferSent:
    """S15: a new invoice that replaces the former; the sample stays unless there is a new one."""
    before = state.last(e.OfferSent)
    sample = command.sample or (before.sample if before else None)
    return _offer(state, context, answer=command.answer, sample=sample)


def claim_of(state: State) -> ZeroClaim | None:
    """Return the claim to Rp0 as it stands: without an approval its rules do not hold."""
    form, approved = state.last(e.FormCompleted), state.last(e.ZeroApproved)
    if form is None or form.zero is None:
        return None
    return ZeroClaim(
        form.zero.recipient,
        form.zero.purpose,
        letter=form.zero.letter,
        account_verified_by=approved.account_verified_by if approved else "",
        approver=approved.approver if approved else "",
    )


def _offer(state: State, context: Context, answer: str, sample: Any) -> e.OfferSent:
    office: Office = context.rules
    on = priced_on(state, context)
    quote = office.quote(products_of(state), on=on, zero=claim_of(state))
    number = context.numbers["invoice"]
    before = state.last(e.OfferSent)
    agreement = None
    if NEEDS_AGREEMENT in state.facts:
        agreement = agreement_of(state, office, context.stream, number, context.at)
    return e.OfferSent(
        number=number,
        replaces=before.number if before else 0,
        answer=answer,
        lines=tuple(
            e.OfferLine(line.product.title, line.amount, line.clause, line.why)
            for line in quote.lines
        ),
        total=quote.total,
        basis=quote.basis,
        certainty=quote.certainty,
        confirmed=quote.billable_why,
        priced_on=on,
        valid_until=office.end_of(
            office.calendar.add(office.local(context.at).date(), office.offer_valid_days)
        ),
        sample=sample,
        agreement_version=agreement.version if agreement else "",
        agreement_digest=agreement.digest if agreement else "",
    )


def agreement_signed(command: c.AcceptAgreement, state: State, _: Context) -> e.AgreementSigned:
    """S17."""
    sent, uploaded = state.last(e.OfferSent), state.last(e.AgreementUploaded)
    assert sent is not None  # noqa: S101 - the row is there only after an offer
    assert uploaded is not None  # noqa: S101 - and after an upload
    return e.AgreementSigned(sent.agreement_digest, uploaded.file.sha256, command.judgement)


def originals_received(command: c.RecordOriginals, state: State, _: Context) -> e.OriginalsReceived:
    """S17."""
    sent = state.last(e.OfferSent)
    assert sent is not None  # noqa: S101 - the row is there only after an offer
    return e.OriginalsReceived(
        sent.agreement_digest, command.way, command.originals, command.judgement
    )


def billing(command: c.IssueBilling, _: State, context: Context) -> e.BillingIssued:
    """S16: with the expiry as printed, or the usual one and how sure it is."""
    if command.expires_at is not None:
        expires_at, expiry = command.expires_at, Certainty.VERIFIED
    else:
        usual = context.rules.treasury
        expires_at, expiry = command.issued_at + usual.billing_valid, usual.billing_certainty
    return e.BillingIssued(command.code, command.issued_at, expires_at, expiry)


def billing_expired(_: Any, state: State, __: Context) -> e.BillingExpired:
    """S16."""
    return e.BillingExpired(codes_of(state)[-1])


def cash_received(command: c.TakeCash, _: State, context: Context) -> e.CashReceived:
    """S16."""
    return e.CashReceived(context.numbers["cash"], command.amount, command.payer)


def receipt(_: Any, state: State, context: Context) -> e.ReceiptIssued:
    """S19: for the invoice, whatever came beyond it: that is due back."""
    sent = state.last(e.OfferSent)
    assert sent is not None  # noqa: S101
    reference = ", ".join(_reference(p, context.rules) for p in settled_by(state))
    if FREE in state.facts:
        reference = sent.basis.schedule
    return e.ReceiptIssued(context.numbers["receipt"], sent.number, sent.total, reference)


def _reference(payment: Noted, office: Office) -> str:
    if isinstance(payment.event, e.PaymentConfirmed):
        return payment.event.ntpn
    if isinstance(payment.event, e.CashReceived):
        return cash_number(office, payment.event.number, payment.at)
    return str(payment.event.reference)


def reissued(command: c.ReissueReceipt, state: State, _: Context) -> e.ReceiptReissued:
    """S19."""
    issued = state.last(e.ReceiptIssued)
    assert issued is not None  # noqa: S101 - the row is there only after a receipt
    return e.ReceiptReissued(issued.number, command.reason)


def payment_reversed(command: c.ReversePayment, state: State, _: Context) -> e.PaymentReversed:
    """X8."""
    payment = payments_of(state)[-1].event
    return e.PaymentReversed(document_of(payment), payment.amount, command.reason)


def refund(command: c.RecordRefund, state: State, _: Context) -> e.RefundApplied:
    """X9."""
    return e.RefundApplied(command.reference, refund_due(state.books))


def delivered(_: Any, state: State, __: Context) -> e.ProductsDelivered:
    """S20."""
    return e.ProductsDelivered(files_of(state))


# -- timers -----------------------------------------------------------------------------------


def billing_due(state: State, _: Office) -> dt.datetime | None:
    """S16: when the billing code expires."""
    issued = state.last(e.BillingIssued)
    return issued.expires_at if issued else None


def offer_end(state: State, _: Office) -> dt.datetime | None:
    """S14, S17: until when the offer holds."""
    sent = state.last(e.OfferSent)
    return sent.valid_until if sent else None


def notice_due(state: State, office: Office) -> dt.datetime | None:
    """X3: when the applicant is reminded that the offer will expire."""
    sent = state.last(e.OfferSent)
    if sent is None:
        return None
    last_day = office.local(sent.valid_until).date()
    return office.end_of(_days_before(office, last_day, office.offer_notice_days))


def _days_before(office: Office, last_day: dt.date, days: int) -> dt.date:
    """Return the working day so many before: as many as lie between it and the last day."""
    day = last_day
    while office.calendar.count(day, last_day) < days or not office.calendar.is_workday(day):
        day -= dt.timedelta(days=1)
    return day


def expiry_due(state: State, office: Office) -> dt.datetime | None:
    """X4: at the end of validity, and never sooner than the notice period after the notice.

    Who let a billing code expire has the same period to ask for another.
    """
    sent, noticed = state.last(e.OfferSent), state.when(e.ExpiryNoticed)
    if sent is None:
        return None
    if noticed is None:
        return sent.valid_until
    lapsed = state.when(e.BillingExpired)
    told = noticed if lapsed is None else max(noticed, lapsed)
    after_notice = office.end_of(
        office.calendar.add(office.local(told).date(), office.offer_notice_days)
    )
    return max(sent.valid_until, after_notice)


def close_due(state: State, office: Office) -> dt.datetime | None:
    """X5: when a delivered request that nobody rates is closed; at once if it does so itself.

    Where the office gives notice, never sooner than the time of notice after it.
    """
    if office.close_after_days is None:
        return None
    times = [
        at
        for kind in (e.ProductsDelivered, e.DeliveryMended, e.DeliveryApproved)
        if (at := state.when(kind)) is not None
    ]
    if not times:
        return None
    if office.close_after_days == 0:
        return max(times)
    end = office.end_of(
        office.calendar.add(office.local(max(times)).date(), office.close_after_days)
    )
    noticed = state.when(e.ClosingNoticed)
    if noticed is None:
        return end
    told = office.calendar.add(office.local(noticed).date(), office.close_notice_days)
    return max(end, office.end_of(told))


def closing_notice_due(state: State, office: Office) -> dt.datetime | None:
    """X10: when the applicant is told that the request will be closed without a rating."""
    end = close_due(state, office)
    if end is None:
        return None
    return office.end_of(_days_before(office, office.local(end).date(), office.close_notice_days))
