"""What people (and the clock) may ask of a paid request. One class a command, in clause order.

A command carries content only: who, when and on which request come with it from the desk.
"""

from __future__ import annotations

import datetime as dt

import attrs

from ..documents import Abstraction, FileFacts, Judgement, RequestForm, Way
from ..tariff import Product
from .state import Applicant, Channel, ZeroWish

__all__ = [
    "AcceptAgreement",
    "AcceptOffer",
    "AcceptTerms",
    "ApproveDelivery",
    "ApproveZero",
    "AskDeliveryCorrection",
    "AskOfferCorrection",
    "CancelMisfit",
    "CancelRequest",
    "ChooseProducts",
    "CloseUnrated",
    "CompleteForm",
    "ConfirmPayment",
    "CorrectAddress",
    "DeliverProducts",
    "ExpireBilling",
    "ExpireOffer",
    "FileAbstraction",
    "FileRequest",
    "HandInDocument",
    "IssueBilling",
    "IssueReceipt",
    "LeadToConsultation",
    "MendDelivery",
    "NoteDeadAddress",
    "NoticeClosing",
    "NoticeExpiry",
    "OpenRequest",
    "PrepareProducts",
    "RateService",
    "RecordOriginals",
    "RecordRefund",
    "RefuseAgreement",
    "RefusePayment",
    "ReissueReceipt",
    "RejectRequest",
    "ReportPayment",
    "RequestBilling",
    "ReversePayment",
    "ReviseOffer",
    "SendBackAbstraction",
    "SendOffer",
    "SignAgreement",
    "TakeCash",
    "VerifyAbstraction",
    "VerifyTransfer",
]


@attrs.frozen
class OpenRequest:
    """S6. ``visit`` is the stream of the visit it comes from, for a walk-in."""

    applicant: Applicant
    channel: Channel = Channel.ONLINE
    visit: str = ""


@attrs.frozen
class AcceptTerms:
    """S7, R5: has read tariffs and documents, and agrees to format, cost and media."""


@attrs.frozen
class ChooseProducts:
    """S8."""

    products: tuple[Product, ...]


@attrs.frozen
class CompleteForm:
    """S9: one form for each kind of product in the basket, and a claim to Rp0 if there is one."""

    forms: tuple[RequestForm, ...]
    zero: ZeroWish | None = None


@attrs.frozen
class HandInDocument:
    """S9: a document that the office's list asks for, such as ``identity``; handed in again, it
    replaces the former.

    ``reference`` names a record that the host application holds and has verified: the door that
    makes the command fills it, never what an applicant typed.
    """

    document: str
    file: FileFacts | None = None
    number: str = ""
    reference: str = ""


@attrs.frozen
class ApproveZero:
    """C1: the claim to Rp0 is in order: who verified the institution's account, who approves."""

    account_verified_by: str
    approver: str


@attrs.frozen
class FileAbstraction:
    """S10, R6: the abstraction of data use; agrees to the SPPD that will be made."""

    abstraction: Abstraction


@attrs.frozen
class FileRequest:
    """R4: hands the request in; from now on it is the office's turn."""


@attrs.frozen
class VerifyAbstraction:
    """S11: the abstraction fits the request."""

    note: str = ""


@attrs.frozen
class SendBackAbstraction:
    """S11: it does not fit; ``reason`` says what to mend."""

    reason: str


@attrs.frozen
class PrepareProducts:
    """S12: the files to be delivered, one for each product in the order of the basket."""

    files: tuple[FileFacts, ...]


@attrs.frozen
class SendOffer:
    """S13: the invoice, for microdata a ``sample``, for microdata and maps the agreement."""

    sample: FileFacts | None = None


@attrs.frozen
class AskOfferCorrection:
    """S14: something in invoice, sample or agreement does not fit."""

    what: str


@attrs.frozen
class ReviseOffer:
    """S15: the officer's ``answer`` and a new invoice, and a new ``sample`` where needed."""

    answer: str
    sample: FileFacts | None = None


@attrs.frozen
class AcceptOffer:
    """S14: invoice, sample and agreement fit."""


@attrs.frozen
class IssueBilling:
    """S16: the billing code (15 digits) that the treasurer made on the ministry's site."""

    code: str
    issued_at: dt.datetime
    expires_at: dt.datetime | None = None
    """As printed on it; None takes the usual life of a code, and says that it was not read."""


@attrs.frozen
class RequestBilling:
    """S16: the billing code has expired, the applicant asks for another."""


@attrs.frozen
class ExpireBilling:
    """S16: the billing code was not paid in time."""


@attrs.frozen
class ReportPayment:
    """S16: has paid ``amount`` rupiah; from abroad with a ``proof`` of transfer."""

    paid_at: dt.datetime
    bank: str
    amount: int
    proof: FileFacts | None = None


@attrs.frozen
class ConfirmPayment:
    """S16, X8: the payment has reached the state treasury: NTPN (16 characters) and NTB.

    ``amount`` is what has come, in rupiah, whatever the invoice says. ``code``: the billing code
    that was paid, one of this request; empty if it is not known.
    """

    ntpn: str
    ntb: str
    amount: int
    paid_at: dt.datetime
    code: str = ""


@attrs.frozen
class TakeCash:
    """S16: the treasurer has taken ``amount`` rupiah in cash at the counter from ``payer``."""

    amount: int
    payer: str = ""


@attrs.frozen
class VerifyTransfer:
    """S18, X8: the transfer from abroad has arrived: how much, when, and from whom."""

    amount: int
    received_on: dt.date
    reference: str
    sender: str = ""
    """Name of the sender as the bank gives it."""


@attrs.frozen
class ReversePayment:
    """X8: the latest payment was recorded wrongly; it is taken back and can be recorded anew.

    ``reference`` is its NTPN, or the reference of the transfer; ``reason`` says what was wrong.
    """

    reference: str
    reason: str


@attrs.frozen
class RefusePayment:
    """S16, S18: no such payment has arrived; the applicant is asked again."""

    reason: str


@attrs.frozen
class SignAgreement:
    """S17: the signed agreement, uploaded."""

    file: FileFacts


@attrs.frozen
class AcceptAgreement:
    """S17: an officer has seen signatures and stamp duty on the agreement that was uploaded."""

    judgement: Judgement


@attrs.frozen
class RecordOriginals:
    """S17: signed and stamped originals are in the officer's hands, by post or at the counter.

    ``judgement`` speaks for each of the ``originals``: one without its stamp makes it untrue.
    """

    way: Way
    originals: int
    judgement: Judgement


@attrs.frozen
class RefuseAgreement:
    """S17: unsigned, unstamped or another document; the applicant is asked again."""

    reason: str


@attrs.frozen
class IssueReceipt:
    """S19."""


@attrs.frozen
class ReissueReceipt:
    """S19: a copy of the receipt, which says that it is one; ``reason`` says why."""

    reason: str


@attrs.frozen
class DeliverProducts:
    """S20: the prepared files become downloadable."""


@attrs.frozen
class ApproveDelivery:
    """S21: receipt and product fit."""


@attrs.frozen
class AskDeliveryCorrection:
    """S21: receipt or product does not fit."""

    what: str


@attrs.frozen
class MendDelivery:
    """S22: the officer's ``answer`` and the files, all of them, as they are now."""

    answer: str
    files: tuple[FileFacts, ...]


@attrs.frozen
class RateService:
    """S23: ``stars`` from 1 to 5."""

    stars: int
    comment: str = ""


@attrs.frozen
class CancelRequest:
    """X1: the applicant withdraws before paying."""

    reason: str = ""


@attrs.frozen
class RejectRequest:
    """X2: the office cannot serve it; ``reason`` says why."""

    reason: str


@attrs.frozen
class RecordRefund:
    """X9: a refund of all that is due was applied for; ``reference`` is of the application."""

    reference: str


@attrs.frozen
class NoteDeadAddress:
    """R2: mail to ``address`` comes back for good; ``reason`` is what the mail server said."""

    address: str
    reason: str


@attrs.frozen
class CorrectAddress:
    """R2: the e-mail address that takes the place of one that takes no mail."""

    email: str


@attrs.frozen
class NoticeExpiry:
    """X3: reminds the applicant that the offer will expire."""


@attrs.frozen
class ExpireOffer:
    """X4: the offer was neither paid nor declined in time, after a notice."""


@attrs.frozen
class CancelMisfit:
    """S11: the abstraction does not fit; the request ends, and a new one may be made."""

    reason: str


@attrs.frozen
class LeadToConsultation:
    """S11: the abstraction does not fit; the applicant is led to statistical consultation."""

    reason: str


@attrs.frozen
class NoticeClosing:
    """X10: reminds the applicant that a delivered request will be closed without a rating."""


@attrs.frozen
class CloseUnrated:
    """X5: delivered, and nobody has answered for the time that the office sets."""
