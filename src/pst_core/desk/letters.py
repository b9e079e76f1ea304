"""The mails of a case, written from the table: what happened, what is asked, by when.

Nothing here knows a single step: the words come from the rows, the books, the office and the
deadline. The receiver's own language comes first, the other below it.
"""

from __future__ import annotations

import datetime as dt

import attrs

from ..complaint import complainant_of
from ..documents.agreement import long_date
from ..money import format_rupiah
from ..office import Office
from ..request import (
    BillingIssued,
    OfferSent,
    RequestOpened,
    deadline,
    email_of,
    owed,
    paper,
    refund_due,
)
from ..request.state import ADDRESS_DEAD, CODE_VALID, EXPIRED, SETTLING
from ..survey import invitation
from ..text import Lang, Text
from ..workflow import Procedure, Role, State, Step
from .desk import Entry

__all__ = ["Letter", "letter", "recipient"]

_HELLO = Text(id="Yth. {name},", en="Dear {name},")
_HAPPENED = Text(
    id="{case} {stream}: {clause} {title}, oleh {who}, {at}.",
    en="{case} {stream}: {clause} {title}, by the {who}, {at}.",
)
_LINK = Text(id="Isi lewat tautan ini: {link}", en="Fill it in by this link: {link}")
_SAID = Text(id="Keterangan: {said}", en="Note: {said}")
_FIELDS = {
    "code": Text(id="kode billing", en="billing code"),
    "total": Text(id="jumlah tagihan", en="total of the invoice"),
    "amount": Text(id="jumlah", en="amount"),
    "ntpn": Text(id="NTPN", en="NTPN"),
    "ntb": Text(id="NTB", en="NTB"),
    "reference": Text(id="nomor", en="reference"),
    "sender": Text(id="pengirim", en="sender"),
    "bank": Text(id="melalui", en="through"),
    "paid_at": Text(id="dibayar", en="paid"),
    "received_on": Text(id="diterima", en="received on"),
    "address": Text(id="alamat", en="address"),
    "email": Text(id="alamat baru", en="new address"),
}
"""What an event holds that a mail names; a code that holds is named with its amount and end."""
_DOCUMENTS = {"ntpn": _FIELDS["ntpn"], "transfer": _FIELDS["reference"]}
"""What the document of a payment that is taken back names."""
_PAPERS = Text(id="Terlampir: {papers}.", en="Attached: {papers}.")
_PHASE = Text(id="Tahap sekarang: {phase}.", en="It stands at: {phase}.")
_OWED = Text(id="Yang masih harus dibayar: {amount}.", en="Still to be paid: {amount}.")
_CODE = Text(
    id="Kode billing {code}, {amount}, berlaku sampai {at}.",
    en="Billing code {code}, {amount}, valid until {at}.",
)
_REACH = Text(
    id="Pengguna layanan tidak terjangkau lewat surel {email}; telepon: {phone}.",
    en="The applicant cannot be reached by e-mail at {email}; telephone: {phone}.",
)
_REFUND = Text(
    id="Harus dikembalikan: {amount}; pengembaliannya dimohonkan oleh bendahara.",
    en="To be paid back: {amount}; the treasurer applies for the refund.",
)
_ASKED = Text(id="Yang kami tunggu dari Anda:", en="What we ask of you:")
_MAY = Text(id="Yang dapat Anda lakukan:", en="What you can do:")
_NOTHING = Text(id="Saat ini tidak ada yang perlu Anda lakukan.", en="There is nothing to do now.")
_BY = Text(id="{title} (paling lambat {at})", en="{title} (by {at})")
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
    """Return the mail to ``to`` about ``entry``, in the receiver's language first."""
    first = _language(to, entry.state)
    second: Lang = "en" if first == "id" else "id"
    bodies = [_body(to, stream, entry, procedure, office, lang) for lang in (first, second)]
    return Letter(
        f"[{stream}] {entry.step.cited.say(first)} {entry.step.title.say(first)} ({entry.version})",
        "\n\n----\n\n".join(bodies) + "\n",
    )


def _language(to: Role, state: State) -> Lang:
    opened = state.last(RequestOpened)
    return opened.applicant.lang if to is Role.APPLICANT and opened else "id"


def _body(
    to: Role, stream: str, entry: Entry, procedure: Procedure, office: Office, lang: Lang
) -> str:
    state, step = entry.state, entry.step
    papers = [p.text.say(lang) for p in step.makes if paper(p, state, office, stream) is not None]
    said, named = _said(entry.noted.event), _named(entry, office)
    happened = _HAPPENED.fill(
        case=procedure.title,
        stream=stream,
        clause=step.cited,
        title=step.title,
        who=entry.noted.by.role.text,
        at=_when(office, entry.noted.at),
    )
    paragraphs = (
        [_HELLO.fill(name=_name(to, state, lang)).say(lang)],
        [
            happened.say(lang),
            *([f"{named.say(lang)}."] if named else []),
            *([_SAID.fill(said=said).say(lang)] if said else []),
            *([_PAPERS.fill(papers=", ".join(papers)).say(lang)] if papers else []),
            _PHASE.fill(phase=state.phase.text).say(lang),
            *(line.say(lang) for line in _money(state, office)),
            *(line.say(lang) for line in _reach(to, state)),
        ],
        [line.say(lang) for line in _asked(to, entry, procedure, office)],
        [line.say(lang) for line in _link(to, state, office, stream)],
        [line.say(lang) for line in _deadlines(state, procedure, office)],
        [
            office.name.say(lang),
            f"{office.email} - {office.portal}",
            f"{_COMPLAIN.say(lang)} {'; '.join(c.text.say(lang) for c in office.complaints)}",
        ],
    )
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _reach(to: Role, state: State) -> list[Text]:
    """Return how else the applicant can be reached, for those who would write to them."""
    opened = state.last(RequestOpened)
    if ADDRESS_DEAD not in state.facts or to is Role.APPLICANT or opened is None:
        return []
    return [_REACH.fill(email=email_of(state), phone=opened.applicant.phone or "-")]


def _money(state: State, office: Office) -> list[Text]:
    """Return what is to be paid and by which code, and what is due back."""
    lines = []
    open_amount, back = owed(state.books), refund_due(state.books)
    billing = state.last(BillingIssued)
    if open_amount and CODE_VALID in state.facts and billing is not None:
        until = _when(office, billing.expires_at)
        lines.append(_CODE.fill(code=billing.code, amount=_rupiah(open_amount), at=until))
    elif open_amount and state.phase == SETTLING:
        lines.append(_OWED.fill(amount=_rupiah(open_amount)))
    if back:
        lines.append(_REFUND.fill(amount=_rupiah(back)))
    return lines


def _asked(to: Role, entry: Entry, procedure: Procedure, office: Office) -> list[Text]:
    """Return what ``to`` is to do now and by when, and what this very event has made possible."""
    state = entry.state
    ready = [
        s.step for s in procedure.open_steps(state) if to in s.step.roles and s.ready
    ]  # fmt: skip
    awaited = [step for step in ready if step.role is to and not step.aside]
    possible = [
        step for step in ready if step.aside and not set(entry.step.gives).isdisjoint(step.when)
    ]
    return [
        *([_ASKED] if awaited else [_NOTHING] if not possible else []),
        *(_item(step, state, procedure, office) for step in awaited),
        *([_MAY] if possible else []),
        *(_item(step, state, procedure, office) for step in possible),
    ]


def _link(to: Role, state: State, office: Office, stream: str) -> list[Text]:
    """Return where the applicant answers the survey, if that is what the mail invites to."""
    invited = invitation(state, office, stream)
    if invited is None or to is not Role.APPLICANT:
        return []
    return [_LINK.fill(link=invited.link)]


def _item(step: Step, state: State, procedure: Procedure, office: Office) -> Text:
    title = Text.join(": ", (step.cited, step.title))
    title = Text(id=f"- {title.id}", en=f"- {title.en}")
    until = step.until(state, office) if step.until is not None else None
    if until is None and not step.aside and step.role is not Role.APPLICANT:
        until = procedure.due(state, office)
    return title if until is None else _BY.fill(title=title, at=_when(office, until))


def _deadlines(state: State, procedure: Procedure, office: Office) -> list[Text]:
    lines = []
    sent, clock = state.last(OfferSent), deadline(state, office)
    expires = any(
        s.due is not None and s.to == EXPIRED
        for s in procedure.steps
        if s.fits(state.phase, state.facts)
    )
    if sent is not None and expires and state.phase not in procedure.ends:
        lines.append(_OFFER.fill(at=_when(office, sent.valid_until)))
    if clock is not None and state.turns[-1][1] and clock.ended is None:
        due = _DUE.fill(days=office.clock.working_days, at=_when(office, clock.due_at))
        lines.append(office.cite(due))
    return lines


def recipient(state: State) -> tuple[str, str]:
    """Return name and address of the one whose case it is; each may be empty."""
    opened, complains = state.last(RequestOpened), complainant_of(state)
    invited = invitation(state)
    if opened is not None:
        return opened.applicant.name, email_of(state)
    if complains is not None:
        return complains.name, complains.email
    return "", invited.email if invited is not None else ""


def _name(to: Role, state: State, lang: Lang) -> str:
    name = recipient(state)[0] if to is Role.APPLICANT else ""
    return name or to.text.say(lang)


def _said(event: object) -> str:
    """Return what the person who acted wrote, if the event carries words."""
    words = (getattr(event, name, "") for name in ("reason", "what", "answer", "note", "comment"))
    return " ".join(word for word in words if word)


def _named(entry: Entry, office: Office) -> Text | None:
    """Return the amounts, numbers and days that the event holds, if it holds any."""
    event = entry.noted.event
    # said elsewhere: a code that holds beside its end, what a paper rests on in the paper
    left = {"code"} if CODE_VALID in entry.state.facts else set()
    left |= {"reference"} if entry.step.makes else set()
    held = [(label, getattr(event, n, None)) for n, label in _FIELDS.items() if n not in left]
    kind, _, number = getattr(event, "document", "").partition("/")
    if kind in _DOCUMENTS:
        held.append((_DOCUMENTS[kind], number))
    found = []
    for label, value in held:
        if value:
            shown = _shown(value, office)
            found.append(Text(id=f"{label.id} {shown.id}", en=f"{label.en} {shown.en}"))
    if not found:
        return None
    both = Text.join("; ", found)
    return Text(id=both.id[0].upper() + both.id[1:], en=both.en[0].upper() + both.en[1:])


def _shown(value: object, office: Office) -> Text:
    if isinstance(value, int):
        return _rupiah(value)
    if isinstance(value, dt.datetime):
        return _when(office, value)
    if isinstance(value, dt.date):
        return Text(id=long_date(value, "id"), en=long_date(value, "en"))
    return Text(str(value), str(value))


def _rupiah(amount: int) -> Text:
    return Text(format_rupiah(amount), format_rupiah(amount, "en"))


def _when(office: Office, at: dt.datetime) -> Text:
    local = office.local(at)
    clock = f"{local:%H:%M %Z}"
    return Text(
        id=f"{long_date(local.date(), 'id')} pukul {clock.replace(':', '.')}",
        en=f"{long_date(local.date(), 'en')}, {clock}",
    )
