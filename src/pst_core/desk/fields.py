"""What each text in an event holds: the one list by which it is shown, sealed and erased.

Every field of text in every event stands here (a test sees to it), so that a new one is judged
before it is stored. Values of closed vocabularies and of numbers are no text.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Any

import attrs

from ..complaint import events as complaint
from ..complaint.state import Complainant
from ..deposit import events as deposit
from ..documents import Abstraction, FileFacts, HandedIn, Judgement, RequestForm, SignatureFacts
from ..request import events as request
from ..request.state import Applicant, ZeroWish
from ..survey import events as survey
from ..survey.scale import Answer
from ..tariff import Basis, Map, Microdata, Product, Publication
from ..text import Text
from ..visit import events as visit
from ..visit.state import Freed, Said, Visitor
from ..wire import event_types

__all__ = ["ERASED", "FIELDS", "HIDDEN", "PERSONAL", "Held", "erased", "masked", "plan_of"]

ERASED = "(dihapus / erased)"
"""Stands where the key of a person was destroyed."""
HIDDEN = "(bukan untuk peran ini / not for this role)"
"""Stands where the reader's role may not see a field."""


class Held(StrEnum):
    """What a text holds of whom."""

    CASE = "case"
    MONEY = "money"
    STAFF = "staff"
    ID = "id"
    NAME = "name"
    CONTACT = "contact"
    NUMBER = "number"
    WORDS = "words"
    FILE = "file"
    PAYER = "payer"
    SECRET = "secret"  # noqa: S105 - the word for it

    @property
    def text(self) -> Text:
        """What it is, in both languages."""
        return _WORDS[self]


_WORDS = {
    Held.CASE: Text(id="kasus: nomor, produk, kode", en="the case: numbers, products, codes"),
    Held.MONEY: Text(id="uang: kode billing, NTPN, referensi", en="money: codes, NTPN, references"),
    Held.STAFF: Text(id="nama petugas yang bertindak", en="names of staff who acted"),
    Held.ID: Text(id="kunci orang pada aplikasi", en="the person's key in the host application"),
    Held.NAME: Text(id="nama orang", en="names of persons"),
    Held.CONTACT: Text(id="surel, telepon, alamat, instansi", en="e-mail, telephone, address"),
    Held.NUMBER: Text(id="NIK, NPWP, nomor dokumen", en="NIK, NPWP, numbers of documents"),
    Held.WORDS: Text(id="tulisan bebas", en="free text"),
    Held.FILE: Text(id="nama berkas, penanda tangan", en="names of files, signers"),
    Held.PAYER: Text(id="nama pembayar, bank", en="name of the payer, bank"),
    Held.SECRET: Text(id="kunci tautan", en="tokens of links"),
}

PERSONAL = frozenset(Held) - {Held.CASE, Held.MONEY, Held.STAFF}
"""What is sealed under the key of the person."""

_C, _M, _W = Held.CASE, Held.MONEY, Held.WORDS
_CONTACT, _NAME, _STAFF = Held.CONTACT, Held.NAME, Held.STAFF

FIELDS: dict[type, dict[str, Held]] = {
    Text: {"id": _C, "en": _C},
    # the request
    Applicant: {
        "id": Held.ID, "name": _NAME, "email": _CONTACT, "phone": _CONTACT,
        "institution": _CONTACT, "address": _CONTACT,
    },
    ZeroWish: {"recipient": _C, "purpose": _C, "letter": Held.NUMBER},
    RequestForm: {"title": _W, "purpose": _W, "period": _W, "region": _W, "variables": _W},
    Abstraction: dict.fromkeys((a.name for a in attrs.fields(Abstraction)), _W),
    HandedIn: {"document": _C, "number": Held.NUMBER, "reference": Held.NUMBER},
    FileFacts: {
        "name": Held.FILE, "text_found": _W,
        # digests of whole files and words of the reader's own
        **dict.fromkeys(
            ("sha256", "media_type", "active_content", "codes", "problem", "looks_also_like",
             "revisions", "marks"), _C,
        ),
    },
    SignatureFacts: {"signer": Held.FILE, "doubt": _C},
    Judgement: {"officer": _STAFF},
    Publication: {"title": _C},
    Microdata: {"title": _C},
    Map: {"title": _C},
    Basis: dict.fromkeys(("schedule", "digest", "readings", "zero_digest"), _C),
    request.OfferLine: {"title": _C, "clause": _C},
    request.RequestOpened: {"office": _C, "visit": _C},
    request.TermsAccepted: {"standard": _C, "tariff": _C},
    request.DocumentHandedIn: {"document": _C},
    request.RequestFiled: {"standard": _C, "calendar": _C},
    request.AbstractionVerified: {"note": _W},
    request.AbstractionSentBack: {"reason": _W},
    request.MisfitCancelled: {"reason": _W},
    request.LedToConsultation: {"reason": _W},
    request.ZeroApproved: {"account_verified_by": _STAFF, "approver": _STAFF},
    request.OfferSent: {"answer": _W, "agreement_version": _C, "agreement_digest": _C},
    request.OfferCorrectionAsked: {"what": _W},
    request.BillingIssued: {"code": _M},
    request.BillingExpired: {"code": _M},
    request.PaymentReported: {"bank": Held.PAYER},
    request.PaymentConfirmed: {"ntpn": _M, "ntb": _M, "code": _M},
    request.PaymentRefused: {"reason": _W},
    request.CashReceived: {"payer": Held.PAYER},
    request.TransferVerified: {"reference": _M, "sender": Held.PAYER},
    request.ReceiptIssued: {"reference": _M},
    request.ReceiptReissued: {"reason": _W},
    request.PaymentReversed: {"document": _M, "reason": _W},
    request.RefundApplied: {"reference": _M},
    request.AgreementSigned: {"digest": _C, "sha256": _C},
    request.AgreementRefused: {"reason": _W},
    request.OriginalsReceived: {"digest": _C},
    request.DeliveryCorrectionAsked: {"what": _W},
    request.DeliveryMended: {"answer": _W},
    request.ServiceRated: {"comment": _W},
    request.RequestCancelled: {"reason": _W},
    request.RequestRejected: {"reason": _W},
    # what the mail server said names the address
    request.AddressFoundDead: {"address": _CONTACT, "reason": _CONTACT},
    request.AddressCorrected: {"email": _CONTACT},
    # the visit
    Visitor: {
        "id": Held.ID, "name": _NAME, "email": _CONTACT, "phone": _CONTACT,
        "institution": _CONTACT, "purpose": _W,
    },
    Said: {"field": _C, "value": _W},
    Freed: {"ticket": _C, "counter": _C},
    visit.UnitVisited: {"office": _C, "visitor": Held.ID},
    visit.NumberTaken: {"service": _C, "priority": _C},
    visit.VisitorCalled: {"counter": _C},
    visit.RequestStated: {"what": _W},
    visit.VisitorTransferred: {"counter": _C, "reason": _W},
    visit.VisitFinished: {"request": _C},
    # the complaint
    Complainant: {"id": Held.ID, "name": _NAME, "email": _CONTACT, "phone": _CONTACT},
    complaint.ComplaintReceived: {
        "office": _C, "kind": _C, "text": _W, "about": _C, "reference": Held.NUMBER,
        "named": _NAME, "rules": _C,
    },
    complaint.ComplaintAcknowledged: {"kind": _C},
    complaint.PersonNamed: {"named": _NAME},
    complaint.ComplaintFollowedUp: {"note": _W},
    complaint.ComplaintAnswered: {"answer": _W},
    complaint.ComplaintReopened: {"reason": _W},
    complaint.ComplaintClosed: {"note": _W},
    # the survey
    Answer: {"element": _C},
    survey.SurveyInvited: {
        "office": _C, "email": _CONTACT, "token": Held.SECRET, "service": _C, "about": _C,
    },
    survey.SurveyAnswered: {
        "office": _C, "service": _C, "about": _C, "comment": _W, "rules": _C,
    },
    # money that fits no bill
    deposit.PaymentKept: {
        "ntpn": _M, "ntb": _M, "code": _M, "reference": _M, "reason": Held.PAYER,
    },
    deposit.PaymentExplained: {"request": _C, "note": Held.PAYER},
    deposit.PaymentReturned: {"reason": Held.PAYER},
}  # fmt: skip
"""By class and field; classes without text are left out."""

Plan = Any
"""Where the texts of a JSON value stand: a ``Held``, ``[Plan]`` of a list, or a dict of fields."""


@cache
def plan_of(name: str) -> dict[str, Plan] | None:
    """Return where the texts stand in the JSON of the event ``name``; None if it is not known."""
    kind = event_types().get(name)
    return None if kind is None else _plan(kind) or {}


def _plan(kind: Any) -> Plan:
    if kind is Product:
        return {
            name: plan
            for cls in (Publication, Microdata, Map)
            for name, plan in (_plan(cls) or {}).items()
        }
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType):
        found = [p for arg in typing.get_args(kind) if (p := _plan(arg)) is not None]
        merged: dict[str, Plan] = {}
        for part in found:
            if not isinstance(part, dict):
                return part
            merged.update(part)
        return merged or None
    if origin is tuple:
        inner = _plan(typing.get_args(kind)[0])
        return None if inner is None else [inner]
    if not isinstance(kind, type) or issubclass(kind, Enum) or not attrs.has(kind):
        return None
    hints, held = typing.get_type_hints(kind), FIELDS.get(kind, {})
    fields: dict[str, Plan] = {}
    for a in attrs.fields(kind):
        if a.name in held:
            one: Plan = held[a.name]
            for _ in range(_depth(hints[a.name])):
                one = [one]
            fields[a.name] = one
        elif (inner := _plan(hints[a.name])) is not None:
            fields[a.name] = inner
    return fields or None


def _depth(kind: Any) -> int:
    return 1 + _depth(typing.get_args(kind)[0]) if typing.get_origin(kind) is tuple else 0


def replaced(value: Any, plan: Plan, put: Callable[[Held, str], Any]) -> Any:
    """Return the JSON ``value`` with each text replaced by ``put(what it holds, text)``."""
    if isinstance(plan, Held):
        return put(plan, value) if isinstance(value, str) else value
    if isinstance(plan, list):
        if not isinstance(value, list):
            return value
        return [replaced(one, plan[0], put) for one in value]
    if isinstance(plan, dict) and isinstance(value, dict):
        return {k: replaced(v, plan[k], put) if k in plan else v for k, v in value.items()}
    return value


def masked(event: Any, seen: frozenset[Held]) -> Any:
    """Return ``event`` with every text that is not of ``seen`` replaced by ``HIDDEN``."""
    if seen.issuperset(Held):
        return event
    return _over(event, lambda held, text: text if held in seen or not text else HIDDEN)


def erased(event: Any) -> Any:
    """Return ``event`` as it is read when its person has been erased."""
    return _over(event, lambda held, text: ERASED if held in PERSONAL and text else text)


def _over(event: Any, put: Callable[[Held, str], str]) -> Any:
    from ..wire import event_from_json, event_to_json

    plan = plan_of(event.NAME)
    if plan is None:
        return event
    fields = replaced(json.loads(event_to_json(event)), plan, put)
    return event_from_json(event.NAME, event.SCHEMA, json.dumps(fields))
