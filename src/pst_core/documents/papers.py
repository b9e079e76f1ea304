"""The papers that an office sends, as plain data.

A paper holds all that stands on it, ``issued_at`` included, so that the same paper always gives
the same bytes. How it looks is the renderer's business. Times are aware datetimes in the office's
zone; amounts are whole rupiah.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, TypeAlias

import attrs

from pst_core.money import as_rupiah, terbilang
from pst_core.text import Lang

from .agreement import FilledAgreement

__all__ = [
    "Agreement",
    "History",
    "HistoryRow",
    "Invoice",
    "Letterhead",
    "Line",
    "Paper",
    "Person",
    "QueueTicket",
    "QuotePaper",
    "Receipt",
    "SampleCover",
    "Variable",
    "check_line",
    "paper_digest",
]


@attrs.frozen
class Letterhead:
    """Who sends the paper, from the office's profile; an empty field is left out."""

    office: str
    unit: str
    address: str
    phone: str = ""
    email: str = ""
    web: str = ""
    place: str = ""
    """Where papers are signed: the town before the date."""


@attrs.frozen
class Person:
    """Who signs: ``position`` as printed above the name, ``number`` as below it (NIP)."""

    name: str
    position: str
    number: str = ""


@attrs.frozen
class Line:
    """One priced product: ``why`` shows the arithmetic, ``clause`` the tariff's place in law."""

    description: str
    amount: int = attrs.field(converter=as_rupiah)
    why: str = ""
    clause: str = ""


@attrs.frozen
class QuotePaper:
    """What the products would cost on ``on``; it asks for nothing yet."""

    letterhead: Letterhead
    issued_at: dt.datetime
    lines: tuple[Line, ...]
    law: str
    on: dt.date
    number: str = ""
    applicant: str = ""
    institution: str = ""
    note: str = ""
    check_url: str = ""
    lang: Lang = "id"

    @property
    def total(self) -> int:
        """The sum of the lines, in rupiah."""
        return as_rupiah(sum(line.amount for line in self.lines))

    @property
    def words(self) -> str:
        """The total in Indonesian words."""
        return f"{terbilang(self.total)} rupiah"


@attrs.frozen
class Invoice:
    """S13: what is to be paid, until when, under which law; ``note`` says how sure a figure is."""

    letterhead: Letterhead
    number: str
    issued_at: dt.datetime
    request_id: str
    applicant: str
    institution: str
    lines: tuple[Line, ...]
    law: str
    valid_until: dt.date | None = None
    billing_code: str = ""
    note: str = ""
    signer: Person | None = None
    check_url: str = ""
    lang: Lang = "id"

    @property
    def total(self) -> int:
        """The sum of the lines, in rupiah."""
        return as_rupiah(sum(line.amount for line in self.lines))

    @property
    def words(self) -> str:
        """The total in Indonesian words."""
        return f"{terbilang(self.total)} rupiah"


@attrs.frozen
class Agreement:
    """S13, S17: the data-use agreement (SPPD), ready for two signatures."""

    letterhead: Letterhead
    issued_at: dt.datetime
    filled: FilledAgreement
    provider: Person
    receiver: Person
    check_url: str = ""
    lang: Lang = "id"

    @property
    def number(self) -> str:
        """The agreement's number."""
        return self.filled.terms.number


@attrs.frozen
class Receipt:
    """S19: the kuitansi. ``reissued`` marks one made again for a payment already receipted."""

    letterhead: Letterhead
    number: str
    issued_at: dt.datetime
    received_from: str
    amount: int = attrs.field(converter=as_rupiah)
    purpose: str
    invoice_number: str
    treasurer: Person
    institution: str = ""
    request_id: str = ""
    paid_on: dt.date | None = None
    billing_code: str = ""
    ntpn: str = ""
    ntb: str = ""
    reissued: bool = False
    check_url: str = ""
    lang: Lang = "id"

    @property
    def words(self) -> str:
        """The amount in Indonesian words."""
        return f"{terbilang(self.amount)} rupiah"


@attrs.frozen
class Variable:
    """One variable of a data set."""

    name: str
    label: str = ""
    kind: str = ""


@attrs.frozen
class SampleCover:
    """S13: what a data sample is: its data set, its variables, how many rows of how many."""

    letterhead: Letterhead
    number: str
    issued_at: dt.datetime
    request_id: str
    applicant: str
    dataset: str
    file_name: str
    file_sha256: str
    rows: int
    rows_total: int
    variables: tuple[Variable, ...]
    note: str = ""
    check_url: str = ""
    lang: Lang = "id"


@attrs.frozen
class QueueTicket:
    """S3: the number that a visitor takes."""

    letterhead: Letterhead
    number: str
    issued_at: dt.datetime
    waiting: int
    service: str = ""
    check_url: str = ""
    lang: Lang = "id"


@attrs.frozen
class HistoryRow:
    """One thing that happened to a request."""

    at: dt.datetime
    clause: str
    what: str
    who: str
    role: str = ""


@attrs.frozen
class History:
    """A statement of all that happened to a request, in order."""

    letterhead: Letterhead
    number: str
    issued_at: dt.datetime
    request_id: str
    applicant: str
    title: str
    rows: tuple[HistoryRow, ...]
    note: str = ""
    check_url: str = ""
    lang: Lang = "id"


Paper: TypeAlias = QuotePaper | Invoice | Agreement | Receipt | SampleCover | QueueTicket | History


def paper_digest(paper: Paper) -> str:
    """Return the SHA-256 (hex) of what stands on ``paper``, in any rendering of it."""
    content = attrs.asdict(paper)
    del content["check_url"]
    content["kind"] = type(paper).__name__
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_iso)
    return hashlib.sha256(text.encode()).hexdigest()


def check_line(paper: Paper) -> str:
    """Return what the QR code says: the address of the check, or number and digest without one."""
    digest = paper_digest(paper)
    if paper.check_url:
        return f"{paper.check_url}?n={_escaped(paper.number)}&d={digest[:16]}"
    return f"{paper.number} SHA-256 {digest}".strip()


def _escaped(text: str) -> str:
    # the core may not import urllib; RFC 3986 needs no more than this
    return "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 128) or chr(byte) in "-._~" else f"%{byte:02X}"
        for byte in text.encode()
    )


def _iso(value: Any) -> str:
    if isinstance(value, dt.date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"no canonical form for {value!r}")
