"""What has happened to a paid request. Events are facts: they are stored for ever.

``NAME`` is the fixed word they are stored under and ``SCHEMA`` the version of their fields (see
``wire``); renaming a class changes neither.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import attrs

from ..certainty import Certainty
from ..documents import Abstraction, FileFacts, HandedIn, Judgement, RequestForm, Way
from ..tariff import Basis, Microdata, Product, Publication
from ..text import Text
from ..workflow import Fact
from .state import (
    ABROAD,
    DOCUMENTS_COMPLETE,
    FREE,
    MICRODATA,
    NEEDS_AGREEMENT,
    WALK_IN,
    ZERO_CLAIMED,
    Applicant,
    Channel,
    ZeroWish,
)

__all__ = [
    "AbstractionFiled",
    "AbstractionSentBack",
    "AbstractionVerified",
    "AddressCorrected",
    "AddressFoundDead",
    "AgreementRefused",
    "AgreementSigned",
    "AgreementUploaded",
    "BillingExpired",
    "BillingIssued",
    "BillingRequested",
    "CashReceived",
    "ClosingNoticed",
    "DeliveryApproved",
    "DeliveryCorrectionAsked",
    "DeliveryMended",
    "DocumentHandedIn",
    "ExpiryNoticed",
    "FormCompleted",
    "LedToConsultation",
    "MisfitCancelled",
    "OfferAccepted",
    "OfferCorrectionAsked",
    "OfferExpired",
    "OfferLine",
    "OfferSent",
    "OriginalsReceived",
    "PaymentConfirmed",
    "PaymentRefused",
    "PaymentReported",
    "PaymentReversed",
    "ProductsChosen",
    "ProductsDelivered",
    "ProductsPrepared",
    "ReceiptIssued",
    "ReceiptReissued",
    "RefundApplied",
    "RequestCancelled",
    "RequestClosed",
    "RequestFiled",
    "RequestOpened",
    "RequestRejected",
    "ServiceRated",
    "TermsAccepted",
    "TransferVerified",
    "ZeroApproved",
]


def _kept(file: FileFacts | None) -> FileFacts | None:
    """Leave out the text that was read in a file: history keeps what was judged, not contents."""
    if file is None or not (file.text_found or file.revisions):
        return file  # as it is when it comes from the store
    return attrs.evolve(file, text_found="", revisions=())


def _required(file: FileFacts) -> FileFacts:
    return _kept(file) or file


def _documents_kept(documents: tuple[HandedIn, ...]) -> tuple[HandedIn, ...]:
    kept = [(document, _kept(document.file)) for document in documents]
    return tuple([d if file is d.file else attrs.evolve(d, file=file) for d, file in kept])


def _all_kept(files: tuple[FileFacts, ...]) -> tuple[FileFacts, ...]:
    return tuple([_required(file) for file in files])


@attrs.frozen
class RequestOpened:
    """S6. ``number`` is the request's number of the office and year."""

    NAME: ClassVar[str] = "request.opened"
    SCHEMA: ClassVar[int] = 2
    office: str
    number: int
    applicant: Applicant
    channel: Channel
    visit: str

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the table sees of it."""
        walk_in = (WALK_IN,) if self.channel is Channel.WALK_IN else ()
        return (*walk_in, ABROAD) if self.applicant.abroad else walk_in


@attrs.frozen
class TermsAccepted:
    """S7. What was shown: the versions of standard and tariff."""

    NAME: ClassVar[str] = "request.terms-accepted"
    SCHEMA: ClassVar[int] = 1
    standard: str
    tariff: str


_AS_IT_IS = frozenset({Publication})  # what needs no agreement


@attrs.frozen
class ProductsChosen:
    """S8. ``documents_complete``: these products ask for no document that is not handed in."""

    NAME: ClassVar[str] = "request.products-chosen"
    SCHEMA: ClassVar[int] = 2
    products: tuple[Product, ...]
    documents_complete: bool

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the table sees of it."""
        complete = (DOCUMENTS_COMPLETE,) if self.documents_complete else ()
        kinds = set(map(type, self.products))
        if Microdata in kinds:
            return (NEEDS_AGREEMENT, MICRODATA, *complete)
        return (NEEDS_AGREEMENT, *complete) if kinds - _AS_IT_IS else complete


@attrs.frozen
class FormCompleted:
    """S9."""

    NAME: ClassVar[str] = "request.form-completed"
    SCHEMA: ClassVar[int] = 2
    forms: tuple[RequestForm, ...]
    zero: ZeroWish | None
    documents_complete: bool

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the table sees of it."""
        complete = (DOCUMENTS_COMPLETE,) if self.documents_complete else ()
        return (ZERO_CLAIMED, *complete) if self.zero else complete


@attrs.frozen
class DocumentHandedIn:
    """S9. ``document`` is new; ``documents`` are all that are handed in now, it among them."""

    NAME: ClassVar[str] = "request.document-handed-in"
    SCHEMA: ClassVar[int] = 1
    document: str
    documents: tuple[HandedIn, ...] = attrs.field(converter=_documents_kept)
    documents_complete: bool

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the table sees of it."""
        return (DOCUMENTS_COMPLETE,) if self.documents_complete else ()


@attrs.frozen
class ZeroApproved:
    """C1. Who stands for it that the claim to Rp0 is in order."""

    NAME: ClassVar[str] = "request.zero-approved"
    SCHEMA: ClassVar[int] = 1
    account_verified_by: str
    approver: str


@attrs.frozen
class AbstractionFiled:
    """S10."""

    NAME: ClassVar[str] = "request.abstraction-filed"
    SCHEMA: ClassVar[int] = 1
    abstraction: Abstraction


@attrs.frozen
class RequestFiled:
    """R4. The versions of standard, tariff and calendar that the request keeps."""

    NAME: ClassVar[str] = "request.filed"
    SCHEMA: ClassVar[int] = 1
    standard: str
    tariff: Basis
    calendar: str


@attrs.frozen
class AbstractionVerified:
    """S11."""

    NAME: ClassVar[str] = "request.abstraction-verified"
    SCHEMA: ClassVar[int] = 1
    note: str


@attrs.frozen
class AbstractionSentBack:
    """S11."""

    NAME: ClassVar[str] = "request.abstraction-sent-back"
    SCHEMA: ClassVar[int] = 1
    reason: str


@attrs.frozen
class ProductsPrepared:
    """S12."""

    NAME: ClassVar[str] = "request.products-prepared"
    SCHEMA: ClassVar[int] = 3
    files: tuple[FileFacts, ...] = attrs.field(converter=_all_kept)


@attrs.frozen
class OfferLine:
    """One line of an invoice: whole rupiah, the clause of the tariff, the arithmetic in words."""

    title: str
    amount: int
    clause: str
    why: Text


@attrs.frozen
class OfferSent:
    """S13, S15. The invoice, and what the agreement will say (its digest); the newest counts."""

    NAME: ClassVar[str] = "request.offer-sent"
    SCHEMA: ClassVar[int] = 3
    number: int
    """Invoice number of the office and year."""
    replaces: int
    """Number of the invoice that this one replaces; 0 for the first."""
    answer: str
    lines: tuple[OfferLine, ...]
    total: int
    basis: Basis
    """Schedule, its digest and the readings taken: what recomputes the same rupiah for ever."""
    certainty: Certainty
    confirmed: Text
    """Who confirmed the figures, as the invoice says it."""
    priced_on: dt.date
    valid_until: dt.datetime
    sample: FileFacts | None = attrs.field(converter=_kept)
    agreement_version: str
    """Version of the agreement's text; empty where none is needed."""
    agreement_digest: str

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the table sees of it."""
        return () if self.total else (FREE,)


@attrs.frozen
class OfferCorrectionAsked:
    """S14."""

    NAME: ClassVar[str] = "request.offer-correction-asked"
    SCHEMA: ClassVar[int] = 1
    what: str


@attrs.frozen
class OfferAccepted:
    """S14."""

    NAME: ClassVar[str] = "request.offer-accepted"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class BillingIssued:
    """S16."""

    NAME: ClassVar[str] = "request.billing-issued"
    SCHEMA: ClassVar[int] = 2
    code: str
    issued_at: dt.datetime
    expires_at: dt.datetime
    expiry: Certainty = Certainty.VERIFIED
    """``VERIFIED``: as printed on it; else how sure the usual life of a code is."""


@attrs.frozen
class BillingRequested:
    """S16."""

    NAME: ClassVar[str] = "request.billing-requested"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class BillingExpired:
    """S16."""

    NAME: ClassVar[str] = "request.billing-expired"
    SCHEMA: ClassVar[int] = 1
    code: str


@attrs.frozen
class PaymentReported:
    """S16."""

    NAME: ClassVar[str] = "request.payment-reported"
    SCHEMA: ClassVar[int] = 3
    paid_at: dt.datetime
    bank: str
    amount: int
    proof: FileFacts | None = attrs.field(converter=_kept)


@attrs.frozen
class PaymentConfirmed:
    """S16, X8. ``code`` is the billing code that was paid; empty if it is not known."""

    NAME: ClassVar[str] = "request.payment-confirmed"
    SCHEMA: ClassVar[int] = 2
    ntpn: str
    ntb: str
    amount: int
    paid_at: dt.datetime
    code: str = ""


@attrs.frozen
class TransferVerified:
    """S18, X8."""

    NAME: ClassVar[str] = "request.transfer-verified"
    SCHEMA: ClassVar[int] = 2
    amount: int
    received_on: dt.date
    reference: str
    sender: str = ""


@attrs.frozen
class CashReceived:
    """S16. ``number`` is the running number of the office's cash receipts in the year."""

    NAME: ClassVar[str] = "request.cash-received"
    SCHEMA: ClassVar[int] = 1
    number: int
    amount: int
    payer: str


@attrs.frozen
class PaymentReversed:
    """X8. The payment of ``document`` was recorded wrongly.

    ``document``: ``ntpn/...``, ``transfer/...`` or ``cash/...``.
    """

    NAME: ClassVar[str] = "request.payment-reversed"
    SCHEMA: ClassVar[int] = 1
    document: str
    amount: int
    reason: str


@attrs.frozen
class PaymentRefused:
    """S16, S18."""

    NAME: ClassVar[str] = "request.payment-refused"
    SCHEMA: ClassVar[int] = 1
    reason: str


@attrs.frozen
class AgreementUploaded:
    """S17."""

    NAME: ClassVar[str] = "request.agreement-uploaded"
    SCHEMA: ClassVar[int] = 3
    file: FileFacts = attrs.field(converter=_required)


@attrs.frozen
class AgreementSigned:
    """S17. The agreement of ``digest`` (the text that was offered) is signed and stamped."""

    NAME: ClassVar[str] = "request.agreement-signed"
    SCHEMA: ClassVar[int] = 1
    digest: str
    sha256: str
    """Of the file that the officer judged."""
    judgement: Judgement


@attrs.frozen
class OriginalsReceived:
    """S17. Originals of the agreement of ``digest``, each signed and stamped, came by ``way``."""

    NAME: ClassVar[str] = "request.originals-received"
    SCHEMA: ClassVar[int] = 1
    digest: str
    way: Way
    originals: int
    judgement: Judgement


@attrs.frozen
class AgreementRefused:
    """S17."""

    NAME: ClassVar[str] = "request.agreement-refused"
    SCHEMA: ClassVar[int] = 1
    reason: str


@attrs.frozen
class ReceiptIssued:
    """S19. ``number`` is the receipt's number of the office and year."""

    NAME: ClassVar[str] = "request.receipt-issued"
    SCHEMA: ClassVar[int] = 1
    number: int
    invoice: int
    amount: int
    reference: str
    """NTPN, or the reference of the transfer."""


@attrs.frozen
class ReceiptReissued:
    """S19. A copy of receipt ``number`` was made."""

    NAME: ClassVar[str] = "request.receipt-reissued"
    SCHEMA: ClassVar[int] = 1
    number: int
    reason: str


@attrs.frozen
class ProductsDelivered:
    """S20."""

    NAME: ClassVar[str] = "request.products-delivered"
    SCHEMA: ClassVar[int] = 3
    files: tuple[FileFacts, ...] = attrs.field(converter=_all_kept)


@attrs.frozen
class DeliveryApproved:
    """S21."""

    NAME: ClassVar[str] = "request.delivery-approved"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class DeliveryCorrectionAsked:
    """S21."""

    NAME: ClassVar[str] = "request.delivery-correction-asked"
    SCHEMA: ClassVar[int] = 1
    what: str


@attrs.frozen
class DeliveryMended:
    """S22."""

    NAME: ClassVar[str] = "request.delivery-mended"
    SCHEMA: ClassVar[int] = 3
    answer: str
    files: tuple[FileFacts, ...] = attrs.field(converter=_all_kept)


@attrs.frozen
class ServiceRated:
    """S23."""

    NAME: ClassVar[str] = "request.service-rated"
    SCHEMA: ClassVar[int] = 1
    stars: int
    comment: str


@attrs.frozen
class RequestCancelled:
    """X1."""

    NAME: ClassVar[str] = "request.cancelled"
    SCHEMA: ClassVar[int] = 1
    reason: str


@attrs.frozen
class RequestRejected:
    """X2."""

    NAME: ClassVar[str] = "request.rejected"
    SCHEMA: ClassVar[int] = 1
    reason: str


@attrs.frozen
class RefundApplied:
    """X9. ``amount`` rupiah is what the application asks for."""

    NAME: ClassVar[str] = "request.refund-applied"
    SCHEMA: ClassVar[int] = 1
    reference: str
    amount: int


@attrs.frozen
class AddressFoundDead:
    """R2. Mail to ``address`` came back for good."""

    NAME: ClassVar[str] = "request.address-found-dead"
    SCHEMA: ClassVar[int] = 1
    address: str
    reason: str
    """What the mail server said."""


@attrs.frozen
class AddressCorrected:
    """R2."""

    NAME: ClassVar[str] = "request.address-corrected"
    SCHEMA: ClassVar[int] = 1
    email: str


@attrs.frozen
class MisfitCancelled:
    """S11."""

    NAME: ClassVar[str] = "request.misfit-cancelled"
    SCHEMA: ClassVar[int] = 1
    reason: str


@attrs.frozen
class LedToConsultation:
    """S11."""

    NAME: ClassVar[str] = "request.led-to-consultation"
    SCHEMA: ClassVar[int] = 1
    reason: str


@attrs.frozen
class ClosingNoticed:
    """X10."""

    NAME: ClassVar[str] = "request.closing-noticed"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class ExpiryNoticed:
    """X3."""

    NAME: ClassVar[str] = "request.expiry-noticed"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class OfferExpired:
    """X4."""

    NAME: ClassVar[str] = "request.offer-expired"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class RequestClosed:
    """X5."""

    NAME: ClassVar[str] = "request.closed-unrated"
    SCHEMA: ClassVar[int] = 1
