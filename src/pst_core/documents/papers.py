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
from .letterhead import Letterhead, Person

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
    "ReportRow",
    "ReportSection",
    "SampleCover",
    "ServiceReport",
    "Variable",
    "check_line",
    "paper_digest",
]


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
    note: str = ""
    """How it is handed over when it is signed."""
    check_url: str = ""
    lang: Lang = "id"

    @property
    def number(self) -> str:
        """The agreement's number."""
        return self.filled.terms.number

    @property
    def request_id(self) -> str:
        """The request that it belongs to."""
        return self.filled.terms.request_id


@attrs.frozen
class Receipt:
    """S19: the kuitansi. ``reissued`` marks one made again for a payment already receipted.

    ``received_by`` is who took the payment in, ``stamp`` what holds for stamp duty, ``transfer``
    the reference of a payment from abroad, ``cash`` the number of money taken at the counter.
    """

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
    transfer: str = ""
    cash: str = ""
    received_by: str = ""
    stamp: str = ""
    reissued: bool = False
    reissued_on: dt.date | None = None
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
    request_id: str = ""
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
    phase: str = ""
    """Where it stood at ``issued_at``, in words."""
    note: str = ""
    check_url: str = ""
    lang: Lang = "id"


@attrs.frozen
class ReportRow:
    """One line of a report; ``permille`` is the length of its bar, -1 for none."""

    label: str
    value: str
    permille: int = -1


@attrs.frozen
class ReportSection:
    """Lines that belong together."""

    title: str
    rows: tuple[ReportRow, ...]
    note: str = ""


@attrs.frozen
class ServiceReport:
    """The report on a service from ``first`` to ``last`` day."""

    letterhead: Letterhead
    number: str
    issued_at: dt.datetime
    first: dt.date
    last: dt.date
    sections: tuple[ReportSection, ...]
    note: str = ""
    check_url: str = ""
    lang: Lang = "id"


Paper: TypeAlias = (
    QuotePaper | Invoice | Agreement | Receipt | SampleCover | QueueTicket | History | ServiceReport
)


def paper_digest(paper: Paper) -> str:
    """Return the SHA-256 (hex) of what stands on ``paper``, in any rendering of it."""
    content = attrs.asdict(paper)
    del content["check_url"]
    if not content.get("cash"):
        content.pop("cash", None)  # receipts of before there was cash keep their digest
    content["kind"] = type(paper).__name__
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_iso)
    return hashlib.sha256(text.encode()).hexdigest()


def check_line(paper: Paper) -> str:
    """Return what the QR code says: number, content and case, behind the address of the check.

    Without an address the three stand there themselves; ``issued.read_claim`` reads both.
    """
    digest, case = paper_digest(paper), getattr(paper, "request_id", "")
    if paper.check_url:
        claim = f"{paper.check_url}?n={_escaped(paper.number)}&d={digest[:16]}"
        return f"{claim}&r={_escaped(case)}" if case else claim
    return " ".join(part for part in (paper.number, case, f"SHA-256 {digest}") if part)


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
