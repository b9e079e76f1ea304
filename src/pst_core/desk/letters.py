"""The mails of a request, written from the table: what happened, what is asked, by when.

Nothing here knows a single step: the words come from the rows, the office and the deadline.
"""

from __future__ import annotations

import datetime as dt

import attrs

from ..office import Office
from ..request import OfferSent, RequestOpened, deadline, paper
from ..text import Lang, Text
from ..workflow import Procedure, Role, State
from .desk import Entry

__all__ = ["Letter", "letter"]

LANGS: tuple[Lang, Lang] = ("id", "en")

_HELLO = Text(id="Yth. {name},", en="Dear {name},")
_HAPPENED = Text(
    id="Permintaan {stream}: {clause} {title}, oleh {who} pada {at}.",
    en="Request {stream}: {clause} {title}, by the {who} on {at}.",
)
_SAID = Text(id="Keterangan: {said}", en="Note: {said}")
_PAPERS = Text(id="Terlampir: {papers}.", en="Attached: {papers}.")
_PHASE = Text(id="Tahap sekarang: {phase}.", en="It stands at: {phase}.")
_ASKED = Text(id="Yang kami tunggu dari Anda:", en="What we ask of you:")
_NOTHING = Text(id="Saat ini tidak ada yang perlu Anda lakukan.", en="There is nothing to do now.")
_OFFER = Text(id="Penawaran berlaku sampai {at}.", en="The offer is valid until {at}.")
_DUE = Text(
    id="Batas waktu pelayanan (L2, {days} hari kerja): {at}.",
    en="Legal deadline of the service (L2, {days} working days): {at}.",
)
_COMPLAIN = Text(id="Pengaduan:", en="Complaints:")


@attrs.frozen
class Letter:
    """Subject and body of a mail; the subject is unique per request and step."""

    subject: str
    body: str


def letter(to: Role, stream: str, entry: Entry, procedure: Procedure, office: Office) -> Letter:
    """Return the mail to ``to`` about ``entry``, in Indonesian first and English below."""
    bodies = [_body(to, stream, entry, procedure, office, lang) for lang in LANGS]
    return Letter(
        f"[{stream}] {entry.step.clause} {entry.step.title.id} ({entry.version})",
        "\n\n----\n\n".join(bodies) + "\n",
    )


def _body(
    to: Role, stream: str, entry: Entry, procedure: Procedure, office: Office, lang: Lang
) -> str:
    state, step = entry.state, entry.step
    papers = [p.text.say(lang) for p in step.makes if paper(p, state, office, stream) is not None]
    asked = [
        s.step
        for s in procedure.open_steps(state)
        if s.step.role is to and s.ready and not s.step.aside
    ]
    sent, clock = state.last(OfferSent), deadline(state, office)
    said = _said(entry.noted.event)
    lines = [
        _HELLO.fill(name=_name(to, state, lang)).say(lang),
        "",
        _HAPPENED.fill(
            stream=stream,
            clause=step.clause,
            title=step.title,
            who=step.role.text,
            at=_when(office, entry.noted.at),
        ).say(lang),
        *([_SAID.fill(said=said).say(lang)] if said else []),
        *([_PAPERS.fill(papers=", ".join(papers)).say(lang)] if papers else []),
        _PHASE.fill(phase=state.phase.text).say(lang),
        "",
        *([_ASKED.say(lang)] if asked else [_NOTHING.say(lang)]),
        *(f"- {s.clause}: {s.title.say(lang)}" for s in asked),
        "",
    ]
    if sent is not None and any(s.due for s in procedure.steps if s.fits(state.phase, state.facts)):
        lines.append(_OFFER.fill(at=_when(office, sent.valid_until)).say(lang))
    if clock is not None and state.turns[-1][1]:
        lines.append(
            _DUE.fill(days=office.clock.working_days, at=_when(office, clock.due_at)).say(lang)
        )
    return "\n".join(
        [
            *lines,
            "",
            office.name.say(lang),
            f"{office.email} - {office.portal}",
            f"{_COMPLAIN.say(lang)} {'; '.join(c.text.say(lang) for c in office.complaints)}",
        ]
    )


def _name(to: Role, state: State, lang: Lang) -> str:
    opened = state.last(RequestOpened)
    return opened.applicant.name if to is Role.APPLICANT and opened else to.text.say(lang)


def _said(event: object) -> str:
    """Return what the person who acted wrote, if the event carries words."""
    words = (getattr(event, name, "") for name in ("reason", "what", "answer", "note", "comment"))
    said = " ".join(word for word in words if word)
    billing = getattr(event, "code", "")
    return f"kode billing {billing}" if billing else said


def _when(office: Office, at: dt.datetime) -> str:
    return f"{office.local(at):%Y-%m-%d %H:%M %Z}"
