"""The papers that have left the house: under which number, with which content, in which files.

What stands on a paper is decided by the procedures' rooms; here is kept track of what was issued.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from ..documents.issued import PaperClaim, PaperRecord, PaperVerdict, judge_paper
from ..documents.papers import History, HistoryRow, QueueTicket, paper_digest
from ..refusal import BadInput
from ..request import OfferSent, RequestOpened, paper
from ..request.events import ReceiptReissued
from ..request.making import sample_number
from ..text import Lang, Text
from ..visit import GuestBookSigned, NumberTaken, QueueView, ticket_label
from ..visit import queue_ticket as ticket_of
from .issued import cause_of, result_of

if TYPE_CHECKING:
    from .desk import Desk, Entry

__all__ = ["check_paper", "issued_papers", "queue_ticket", "statement"]

_RW = "RW/"
"""What the number of a statement of history begins with; the case follows."""
_LANGS: tuple[Lang, ...] = ("id", "en")
_STATEMENT = Text(id="keterangan riwayat", en="statement of history")
_SAMPLE = Text(id="contoh data", en="data sample")
_COPY = Text(id="salinan {paper}", en="copy of the {paper}")
_TICKET = Text(id="nomor antrean", en="queue number")


def issued_papers(desk: Desk, stream: str) -> tuple[PaperRecord, ...]:
    """Return every paper that ``stream`` has sent out, in order. Raises ``NotFound``.

    Statements of history are made at any time and are not among them.
    """
    entries = desk.history(stream)
    noted = {}
    for effect in desk.store.effects(stream):
        version, what, target = cause_of(effect)
        if what == "paper":
            noted[version, target] = result_of(effect)
    records = []
    for entry in entries:
        for kind in entry.step.makes:
            record = _made(desk, stream, entry, kind, noted.get((entry.version, kind), {}))
            records += [record] if record else []
        event, at = entry.noted.event, entry.noted.at
        if isinstance(event, OfferSent) and event.sample is not None:
            number = sample_number(desk.office, event.number, at)
            records.append(PaperRecord("sample", _SAMPLE, number, stream, entry.version, at, ()))
        elif isinstance(event, NumberTaken):
            number = ticket_label(event.service, event.number)
            records.append(PaperRecord("ticket", _TICKET, number, stream, entry.version, at, ()))
    local = desk.office.local
    return tuple(attrs.evolve(record, at=local(record.at)) for record in records)


def _statements(desk: Desk, stream: str) -> tuple[PaperRecord, ...]:
    """Return the statement of history as it was after each step: each replaces the one before."""
    entries = desk.history(stream)
    return tuple(
        PaperRecord(
            "history",
            _STATEMENT,
            f"{_RW}{stream}",
            stream,
            entry.version,
            desk.office.local(entry.noted.at),
            tuple(
                paper_digest(_statement(desk, stream, entries[: entry.version], lang))
                for lang in _LANGS
            ),
        )
        for entry in entries
    )


def check_paper(desk: Desk, claim: PaperClaim) -> PaperVerdict:
    """Return how the paper of ``claim`` stands at this desk's office.

    With the case in the claim (it stands in the QR code) one case is read; with a number alone
    every case of the office, until one has it.
    """
    stated = claim.number.startswith(_RW)
    stream = claim.number.removeprefix(_RW) if stated else claim.stream
    summary = desk.store.summary(stream)
    if summary is not None and summary.office == desk.office.code:
        records = _statements if stated else issued_papers
        return judge_paper(claim, records(desk, stream))
    serials = {int(digits) for digits in re.findall(r"\d+", claim.number)}
    if not stream and serials:
        for row in reversed(desk.register()):
            # cheap first: most cases bear no such number at all
            entries = desk.history(row.stream)
            if all(getattr(e.noted.event, "number", 0) not in serials for e in entries):
                continue
            records_here = issued_papers(desk, row.stream)
            if any(record.number == claim.number for record in records_here):
                return judge_paper(claim, records_here)
    return judge_paper(claim, ())


def statement(desk: Desk, stream: str, lang: Lang = "id") -> History:
    """Return the statement of what has happened on ``stream``, as of its last event."""
    return _statement(desk, stream, desk.history(stream), lang)


def queue_ticket(desk: Desk, stream: str, lang: Lang = "id") -> QueueTicket:
    """Return the ticket of the visit ``stream``; who still waits before it is counted now.

    Raises ``BadInput`` if no number has been taken there.
    """
    state = desk.state(stream)
    at = state.when(NumberTaken)
    day = desk.queue(desk.office.local(at).date()) if at is not None else QueueView()
    ticket = ticket_of(state, day, desk.office, stream, lang)
    if ticket is None:
        raise BadInput(
            "no-queue-number",
            Text(
                id=f"{stream} belum mengambil nomor antrean.", en=f"{stream} has no queue number."
            ),
            remedy=desk.office.cite(
                Text(
                    id="Sebutkan kunjungan yang sudah bernomor (S3).",
                    en="Name a visit that has a number (S3).",
                )
            ),
        )
    return ticket


def _made(
    desk: Desk, stream: str, entry: Entry, kind: Any, result: Mapping[str, str]
) -> PaperRecord | None:
    office = desk.office_of(stream)
    papers = [paper(kind, entry.state, office, stream, lang) for lang in _LANGS]
    if papers[0] is None:
        return None
    # what the worker noted was printed; recomputing stands in for it until it is, and for releases
    # that noted nothing
    digests = {result["digest"]} if "digest" in result else set()
    digests |= {paper_digest(made) for made in papers if made is not None}
    number = result.get("number", papers[0].number)
    copy = isinstance(entry.noted.event, ReceiptReissued)
    name = _COPY.fill(paper=kind.text) if copy else kind.text
    return PaperRecord(
        kind, name, number, stream, entry.version, entry.noted.at, tuple(sorted(digests)), copy
    )


def _statement(desk: Desk, stream: str, entries: tuple[Entry, ...], lang: Lang) -> History:
    office, state = desk.office_of(stream), entries[-1].state
    opened, guest = state.last(RequestOpened), state.last(GuestBookSigned)
    rows = []
    for entry in entries:
        event, by = entry.noted.event, entry.noted.by
        said = next(
            (s for name in ("reason", "what", "answer") if (s := getattr(event, name, ""))), ""
        )
        title = entry.step.title.say(lang)
        rows.append(
            HistoryRow(
                office.local(entry.noted.at),
                entry.step.cited.say(lang),
                f"{title}: {said}" if said else title,
                by.name or by.id,
                by.role.text.say(lang),
            )
        )
    name = opened.applicant.name if opened else guest.visitor.name if guest else ""
    return History(
        letterhead=office.letterhead_in(lang),
        number=f"{_RW}{stream}",
        issued_at=office.local(entries[-1].noted.at),
        request_id=stream,
        applicant=name,
        title=desk.procedure(stream).title.say(lang),
        rows=tuple(rows),
        phase=state.phase.text.say(lang),
        check_url=office.check_url,
        lang=lang,
    )
