"""What a row makes of a command: the events that hold more than the command brought, and timers.

``context.rules`` is the office; prices, dates and texts come from it, never from here.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ..documents import AgreementTerms, FilledAgreement, agreement_text, load_agreement
from ..tariff import Product, Publication, ZeroClaim
from ..workflow import Context, State
from . import commands as c
from . import events as e
from .state import FREE, NEEDS_AGREEMENT

if TYPE_CHECKING:
    from ..office import Office

__all__ = [
    "agreement_of",
    "claim_of",
    "close_due",
    "expiry_due",
    "files_of",
    "invoice_number",
    "notice_due",
    "priced_on",
    "products_of",
    "receipt_number",
]


def products_of(state: State) -> tuple[Product, ...]:
    """Return the products of the request."""
    chosen = state.last(e.ProductsChosen)
    return chosen.products if chosen else ()


def files_of(state: State) -> tuple[Any, ...]:
    """Return the files as they are to be downloaded now: prepared, or mended since."""
    mended, prepared = state.last(e.DeliveryMended), state.last(e.ProductsPrepared)
    if mended is not None:
        return mended.files
    return prepared.files if prepared else ()


def priced_on(state: State, context: Context) -> dt.date:
    """Return the date whose tariff applies: that of filing or of the offer, by the office."""
    office: Office = context.rules
    filed_at = state.when(e.RequestFiled)
    if office.tariff.fixed_by == "filing" and filed_at is not None:
        return office.local(filed_at).date()
    return office.local(context.at).date()


def invoice_number(office: Office, number: int, at: dt.datetime) -> str:
    """Return an invoice's number as printed."""
    return office.paper_number("INV", number, at)


def receipt_number(office: Office, number: int, at: dt.datetime) -> str:
    """Return a receipt's number as printed."""
    return office.paper_number("KWT", number, at)


def agreement_of(
    state: State, office: Office, stream: str, number: int, at: dt.datetime
) -> FilledAgreement:
    """Return the data-use agreement of the request, filled; ``number`` is its invoice's."""
    opened_by = state.last(e.RequestOpened)
    assert opened_by is not None  # noqa: S101 - no row asks for it before S6
    applicant = opened_by.applicant
    return agreement_text(
        load_agreement(office.agreement),
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


def receipt(_: Any, state: State, context: Context) -> e.ReceiptIssued:
    """S19."""
    sent = state.last(e.OfferSent)
    assert sent is not None  # noqa: S101
    paid, transfer = state.last(e.PaymentConfirmed), state.last(e.TransferVerified)
    if FREE in state.facts:
        amount, reference = 0, sent.basis.schedule
    elif paid is not None:
        amount, reference = paid.amount, paid.ntpn
    else:
        assert transfer is not None  # noqa: S101 - PAID comes from one of the two
        amount, reference = transfer.amount, transfer.reference
    return e.ReceiptIssued(context.numbers["receipt"], sent.number, amount, reference)


def delivered(_: Any, state: State, __: Context) -> e.ProductsDelivered:
    """S20."""
    return e.ProductsDelivered(files_of(state))


# -- timers -----------------------------------------------------------------------------------


def notice_due(state: State, office: Office) -> dt.datetime | None:
    """X3: when the applicant is reminded that the offer will expire."""
    sent = state.last(e.OfferSent)
    if sent is None:
        return None
    last_day = office.local(sent.valid_until).date()
    # the working day so many days before: as many as lie between it and the last day
    day = last_day
    while office.calendar.count(
        day, last_day
    ) < office.offer_notice_days or not office.calendar.is_workday(day):
        day -= dt.timedelta(days=1)
    return office.end_of(day)


def expiry_due(state: State, office: Office) -> dt.datetime | None:
    """X4: at the end of validity, and never sooner than the notice period after the notice."""
    sent, noticed = state.last(e.OfferSent), state.when(e.ExpiryNoticed)
    if sent is None:
        return None
    if noticed is None:
        return sent.valid_until
    after_notice = office.end_of(
        office.calendar.add(office.local(noticed).date(), office.offer_notice_days)
    )
    return max(sent.valid_until, after_notice)


def close_due(state: State, office: Office) -> dt.datetime | None:
    """X5: when a delivered request that nobody rates is closed."""
    times = [
        at
        for kind in (e.ProductsDelivered, e.DeliveryMended, e.DeliveryApproved)
        if (at := state.when(kind)) is not None
    ]
    if not times:
        return None
    return office.end_of(
        office.calendar.add(office.local(max(times)).date(), office.close_after_days)
    )
