"""What the pages show of cases, as ``desk.door`` lets the reader see it.

No rule of who may see what stands here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs

from pst_core import request as rq
from pst_core.analysis import Month, Report, monthly_report
from pst_core.asking import asked
from pst_core.deposit import PaymentKept
from pst_core.desk import Entry
from pst_core.desk.access import View, right_of
from pst_core.desk.casefiles import case_files
from pst_core.desk.days import cases
from pst_core.desk.door import unknown
from pst_core.desk.fields import HIDDEN
from pst_core.desk.ports import Summary
from pst_core.documents import DueDocument, FileFacts
from pst_core.office import Office
from pst_core.refusal import NotFound
from pst_core.request.events import (
    AbstractionFiled,
    FormCompleted,
    PaymentReported,
    ZeroApproved,
)  # fmt: skip
from pst_core.request.making import payments_of
from pst_core.request.posting import refund_due
from pst_core.tariff.zero import parties
from pst_core.text import Text
from pst_core.visit.events import VisitFinished
from pst_core.workdays import Deadline
from pst_core.workflow import (
    Actor,
    Milestone,
    OpenStep,
    Phase,
    Procedure,
    Role,
    State,
    Step,
    progress,
)  # fmt: skip

from .house import House

__all__ = [
    "Case", "Matter", "Work", "basket_of", "complaints", "deposits", "latest_visit", "matter",
    "report", "see", "theirs", "until", "work",
]  # fmt: skip


@attrs.frozen
class Download:
    """A file that the reader of a case may download."""

    name: str
    title: Text
    sha256: str
    facts: FileFacts | None = None
    """What was found in it; None for a paper of ours, which is a PDF."""
    counted: bool = False
    """A product that was delivered: it goes out by a link that counts."""


@attrs.frozen
class Message:
    """What somebody wrote with a step."""

    text: str
    by: Actor
    at: dt.datetime
    step: Step


def _messages(history: tuple[Entry, ...]) -> list[Message]:
    words = ("reason", "what", "answer", "note", "comment")
    return [
        Message(getattr(e.noted.event, word), e.noted.by, e.noted.at, e.step)
        for e in history
        for word in words
        if getattr(e.noted.event, word, "").strip() not in ("", HIDDEN)
    ]


def _said(form: Any) -> list[tuple[Text, str]]:
    """Return the fields of a form that are filled in, by the words that it is asked with."""
    values = {f.path: getattr(form, f.path) for f in asked(type(form)) if f.path != "kind"}
    labels = {f.path: f.label for f in asked(type(form))}
    found = []
    for name, value in values.items():
        parts = value if isinstance(value, tuple) else (value,)
        shown = [part for part in parts if part and part != HIDDEN]
        if shown:
            found.append((labels[name], "; ".join(shown)))
    return found


@attrs.frozen
class Case:
    """One case as one person sees it."""

    stream: str
    state: State
    procedure: Procedure
    office: Office
    history: tuple[Entry, ...]
    steps: tuple[OpenStep, ...]
    """What the reader may do now, and what each step still lacks."""
    milestones: tuple[Milestone, ...]
    documents: tuple[DueDocument, ...]
    deadline: Deadline | None
    files: tuple[Download, ...]
    papers_to_come: bool
    """Papers are still being made."""

    def last(self, kind: type) -> Any:
        """Return the latest event of ``kind``, or None."""
        return self.state.last(kind)

    @property
    def applicant(self) -> rq.Applicant:
        """Who asked."""
        opened = self.state.last(rq.RequestOpened)
        assert opened is not None
        return opened.applicant

    @property
    def whose(self) -> tuple[Role, ...]:
        """Whose turn it is."""
        return self.state.turns[-1][1]

    @property
    def owed(self) -> int:
        """Rupiah still to be paid."""
        return rq.owed(self.state.books)

    @property
    def messages(self) -> list[Message]:
        """What both sides wrote to each other, oldest first."""
        return _messages(self.history)

    @property
    def filled(self) -> list[tuple[Text, list[tuple[Text, str]]]]:
        """The forms and the abstraction as they were filled in, field by field."""
        completed, abstraction = self.last(FormCompleted), self.last(AbstractionFiled)
        today = self.history[-1].noted.at.date()
        recipients, purposes = parties(today)
        found = [
            (Text(id=f.title, en=f.title), _said(f))
            for f in (completed.forms if completed else ())
            if f.kind != "publication" and _said(f)
        ]
        if abstraction is not None and _said(abstraction.abstraction):
            title = Text(id="Abstraksi penggunaan data", en="Abstraction of data use")
            found.append((title, _said(abstraction.abstraction)))
        if completed is not None and completed.zero is not None:
            zero, approved = completed.zero, self.last(ZeroApproved)
            rows = [
                (Text(id="Penerima", en="Recipient"), recipients.get(zero.recipient, "")),
                (Text(id="Tujuan", en="Purpose"), purposes.get(zero.purpose, "")),
                (Text(id="Nomor surat", en="Number of the letter"), zero.letter),
            ]
            if approved is not None:
                label = Text(id="Akun instansi diperiksa", en="Institution verified by")
                rows.append((label, approved.account_verified_by))
                rows.append((Text(id="Disetujui", en="Approved by"), approved.approver))
            found.append((Text(id="Permohonan tarif Rp0", en="Claim to the Rp0 tariff"), rows))
        return found

    @property
    def money(self) -> list[tuple[Text, Any]]:
        """What is known of the payment: times, texts and whole rupiah."""
        bills, reported = self.state.every(rq.BillingIssued), self.last(PaymentReported)
        sent = self.last(rq.OfferSent)
        if sent is None:
            return []
        rows: list[tuple[Text, Any]] = [
            (Text(id="Tagihan", en="Invoice"), sent.total),
            (Text(id="Belum dibayar", en="Still owed"), self.owed),
        ]
        for bill in bills:
            rows.append((Text(id="Kode billing", en="Billing code"), bill.code))
            rows.append((Text(id="Berlaku sampai", en="Valid until"), bill.expires_at))
        if reported is not None:
            told = Text(id="Dilaporkan dibayar", en="Reported as paid")
            rows += [(told, reported.amount), (Text(id="Bank", en="Bank"), reported.bank),
                     (Text(id="Pada", en="At"), reported.paid_at)]  # fmt: skip
        for noted in payments_of(self.state):
            paid = noted.event
            rows.append((Text(id="Diterima", en="Received"), paid.amount))
            if isinstance(paid, rq.PaymentConfirmed):
                rows.append((Text(id="NTPN", en="NTPN"), paid.ntpn))
        back = refund_due(self.state.books)
        if back:
            rows.append((Text(id="Lebih bayar, dikembalikan", en="Paid too much, due back"), back))
        return rows


def see(house: House, stream: str, by: Actor) -> Case:
    """Return the request ``stream`` as ``by`` may see it; ``NotFound`` if it is not theirs."""
    desk, door = house.desk, house.desk.door(by)
    if not stream.startswith("request-"):
        with desk.auditor.watching(stream, see, by, desk.clock):
            raise unknown(stream)
    history = door.history(stream)
    state, procedure = history[-1].state, desk.procedure(stream)
    office = desk.office_of(stream)
    effects = house.store.effects(stream)
    views = right_of(by.role).views
    return Case(
        stream, state, procedure, office, history,
        steps=door.open_steps(stream),
        milestones=progress(procedure, state, [(e.step, e.noted.at) for e in history]),
        documents=door.documents(stream) if View.DOCUMENTS in views else (),
        deadline=rq.deadline(state, office),
        files=tuple(_files(state, office, effects, by)),
        papers_to_come=any(
            e.kind == "paper" and e.status in ("queued", "claimed") for e in effects
        ),
    )  # fmt: skip


@attrs.frozen
class Matter:
    """A complaint, or money that fits no bill, as one person sees it."""

    stream: str
    state: State
    procedure: Procedure
    history: tuple[Entry, ...]
    steps: tuple[OpenStep, ...]
    due: dt.datetime | None
    late: bool

    def last(self, kind: type) -> Any:
        """Return the latest event of ``kind``, or None."""
        return self.state.last(kind)

    @property
    def whose(self) -> tuple[Role, ...]:
        """Whose turn it is."""
        return self.state.turns[-1][1]

    @property
    def messages(self) -> list[Message]:
        """What was written about it, oldest first."""
        told = _messages(self.history)
        kept = self.last(PaymentKept)
        return [m for m in told if kept is None or m.text != kept.reason]


def matter(house: House, stream: str, by: Actor) -> Matter:
    """Return the complaint or deposit ``stream`` as ``by`` may see it; ``NotFound`` for others."""
    desk, door = house.desk, house.desk.door(by)
    history = door.history(stream)  # asked first: who asks for another's case leaves a line
    if not stream.startswith(("complaint-", "deposit-")):
        raise unknown(stream)
    state, procedure, office = history[-1].state, desk.procedure(stream), desk.office_of(stream)
    due = procedure.due(state, office)
    late = due is not None and due < house.clock()
    return Matter(stream, state, procedure, history, door.open_steps(stream), due, late)


def complaints(house: House, by: Actor) -> list[Matter]:
    """Return the complaints that ``by`` may see: open ones by due date, then those that ended."""
    door, found = house.desk.door(by), []
    for row in door.register(procedure="complaint"):
        try:
            found.append(matter(house, row.stream, by))
        except NotFound:  # who is named in it does not read it
            continue
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda m: (m.procedure.ended(m.state), m.due or far, m.stream))


def deposits(house: House, by: Actor) -> list[Summary]:
    """Return the money that fits no bill and is not yet placed, oldest first."""
    rows = house.desk.door(by).register(procedure="deposit", phase="UNPLACED")
    return sorted(rows, key=lambda r: r.opened)


def until(state: State, office: Office, step: Step) -> dt.datetime | None:
    """Return by when ``step`` should be done, where the standard sets a time of its own."""
    return step.until(state, office) if step.until is not None else None


_TITLES = {
    "invoice": Text(id="Tagihan", en="Invoice"),
    "agreement": Text(id="Perjanjian penggunaan data", en="Data-use agreement"),
    "receipt": Text(id="Kuitansi", en="Receipt"),
    "sample": Text(id="Contoh data", en="Data sample"),
    "proof": Text(id="Bukti pembayaran", en="Proof of payment"),
    "file": Text(id="Perjanjian ditandatangani", en="Signed agreement"),
    "files": Text(id="Produk", en="Product"),
    "documents": Text(id="Dokumen", en="Document"),
}


def _files(state: State, office: Office, effects: tuple[Any, ...], by: Actor) -> Iterator[Download]:
    """Yield the files that ``by`` may have, by the names that the office's standard gives them."""
    names = {rule.document: rule.name for rule in office.documents}
    for file in case_files(state, effects, by):
        title = names.get(file.document, _TITLES[file.kind])
        yield Download(file.name, title, file.sha256, file.facts, file.counted)


# -- lists --------------------------------------------------------------------------------------


@attrs.frozen
class Work:
    """One line of a work-list; the row's title is who asked."""

    row: Summary
    phase: Phase
    whose: tuple[Role, ...]
    late: bool
    owed: int


def theirs(house: House, by: Actor) -> list[Summary]:
    """Return the requests of the applicant ``by``, newest first."""
    rows = house.desk.door(by).register(procedure="request")
    return sorted(rows, key=lambda r: r.opened, reverse=True)


def work(house: House, by: Actor) -> list[Work]:
    """Return the requests that are not over, those due first on top, then by age.

    The register keeps one role a request; where several may act, the state says all of them. Of
    the state only phase, turns and money are taken: a list is one reading and not one a case.
    """
    ends = rq.PROCEDURE.ends
    found = []
    for row in house.desk.door(by).register(procedure="request"):
        if row.phase in ends:
            continue
        state = house.desk.state(row.stream)
        late = row.due is not None and row.due < house.clock()
        found.append(Work(row, state.phase, state.turns[-1][1], late, rq.owed(state.books)))
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda w: (w.row.due or far, w.row.opened))


def latest_visit(house: House, by: Actor) -> str:
    """Return today's visit of the applicant ``by`` that is at the counter or was just served."""
    door, today = house.desk.door(by), house.office.local(house.clock()).date()
    for row in reversed(door.register(procedure="visit")):
        came_today = house.office.local(row.opened).date() == today
        if came_today and row.phase in ("AT_COUNTER", "SERVED"):
            ended = door.see(row.stream).last(VisitFinished)
            if ended is None or not ended.request:
                return row.stream
    return ""


def basket_of(case: Case) -> tuple[Any, ...]:
    """Return the products of a request."""
    return rq.products_of(case.state)


def report(house: House, month: Month) -> Report:
    """Return the month's report on the service."""
    known = ((c.stream, c.procedure, c.happened) for c in cases(house.store, house.office))
    return monthly_report(house.office, month, known)
