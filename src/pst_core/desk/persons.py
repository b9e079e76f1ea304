"""What a person may ask of an office about their data, and what the office owes when it leaks.

Export, correction, erasure, and whom a breach concerns. Rights are asked for at the ``Door``; here
it is carried out. Erasing and correcting need a store that seals (``PersonVault``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from ..complaint import complainant_of
from ..refusal import BadInput, NotFound, Refusal
from ..request import RequestOpened, email_of
from ..request.events import OfferSent, ReceiptIssued
from ..request.handing_in import documents_handed_in
from ..request.making import invoice_number, receipt_number
from ..survey import invitation
from ..text import Text
from ..visit import GuestBookSigned
from ..wire import actor_from_json, actor_to_json, event_to_json
from ..workflow import Actor, State
from . import days, folds
from .fields import ERASED
from .ports import PersonBlobs, PersonVault, Reading, ReadingLog

if TYPE_CHECKING:
    from .desk import Desk

__all__ = [
    "Breach",
    "Concerned",
    "Erasure",
    "breach",
    "correct",
    "erase",
    "expire",
    "export",
    "kept",
    "sweep",
]


@attrs.frozen
class Erasure:
    """What erasing somebody did. ``kept_until``: end of the term of what the law keeps."""

    persons: tuple[str, ...]
    cases: tuple[str, ...]
    files: int
    """Files whose key was destroyed: nobody can open them any more, wherever a copy lies."""
    kept_until: dt.datetime | None
    kept_because: str
    removed: int = 0
    """Files that were removed as well, those that earlier erasures left among them."""


@attrs.frozen
class Concerned:
    """Somebody whose data a breach concerns, and how they are told."""

    person: str
    name: str
    email: str
    phone: str
    cases: tuple[str, ...]


@attrs.frozen
class Breach:
    """Everybody whom a breach concerns, and until when they and the agency must be told."""

    known_at: dt.datetime
    tell_by: dt.datetime
    terms: str
    persons: tuple[Concerned, ...]


def vault_of(desk: Desk) -> PersonVault:
    """Return the vault of the desk's store; raises ``BadInput`` if it does not seal."""
    if isinstance(desk.store, PersonVault):
        return desk.store
    raise BadInput(
        "not-sealed",
        Text(
            id="Penyimpanan ini tidak menyegel data pribadi.",
            en="This store does not seal personal data.",
        ),
        remedy=Text(
            id="Buka dengan kunci kantor (SealedStore, pst person key); lihat docs/id/privacy.md.",
            en="Open it with the office key (SealedStore, pst person key); see docs/en/privacy.md.",
        ),
    )


def person_at(desk: Desk, who: str) -> str:
    """Return the pseudonym of ``who``: the host's key of a person, or a case of theirs.

    Raises ``NotFound`` if the office holds nothing sealed under that name.
    """
    vault = vault_of(desk)
    if who.startswith("~") and who in vault.persons(desk.office.code):
        return who
    person = vault.person_of(desk.office.code, who)
    if person is None:
        row = desk.store.summary(who)
        if row is not None and row.office == desk.office.code and row.title != ERASED:
            person = vault.person_of_case(who)
    if person is None:
        raise NotFound(
            "unknown-person",
            Text(
                id=f"Tidak ada data tersegel atas {who!r} di kantor ini.",
                en=f"This office holds nothing sealed of {who!r}.",
            ),
            remedy=Text(
                id="Sebutkan kunci orang itu pada aplikasi, atau nomor layanannya.",
                en="Give the person's key in the host application, or the number of a case.",
            ),
        )
    return person


def cases_at(desk: Desk, who: str) -> tuple[str, ...]:
    """Return the cases of ``who``; of the sealed and of those from before it was sealed."""
    own = [row.stream for row in desk.register(applicant=who)]
    if isinstance(desk.store, PersonVault):
        try:
            own += desk.store.cases_of(person_at(desk, who))
        except NotFound:
            if not own:
                raise
    return tuple(sorted(dict.fromkeys(own)))


# -- export ---------------------------------------------------------------------------------------


def export(desk: Desk, who: str) -> dict[str, Any]:
    """Return all that is held on ``who`` as plain data for JSON (UU 27/2022 Pasal 32)."""
    now = desk.clock()
    log = desk.store
    cases = []
    for stream in cases_at(desk, who):
        if not desk.store.load(stream):
            continue
        history = desk.history(stream)
        state = history[-1].state
        cases.append(
            {
                "case": stream,
                "procedure": desk.procedure(stream).title.id,
                "phase": state.phase.text.id,
                "history": [
                    {
                        "at": desk.office.local(e.noted.at).isoformat(),
                        "step": f"{e.step.clause} {e.step.title.id}",
                        "by": e.noted.by.role.text.id,
                        "name": e.noted.by.name,
                        "said": json.loads(event_to_json(e.noted.event)),
                    }
                    for e in history
                ],
                "papers_and_mails": [
                    {"what": row.key, "status": str(row.status), "result": row.result}
                    for row in desk.store.effects(stream)
                ],
                "looked_at": [
                    {
                        "at": desk.office.local(r.at).isoformat(),
                        "by": r.by, "role": r.role, "view": r.view, "saw": list(r.saw),
                    }
                    for r in log.readings(desk.office.code, stream)
                ]
                if isinstance(log, ReadingLog)
                else [],
            }
        )  # fmt: skip
    return {
        "person": who,
        "office": desk.office.code,
        "made_at": desk.office.local(now).isoformat(),
        "law": desk.office.privacy.terms,
        "cases": cases,
    }


# -- correction -----------------------------------------------------------------------------------


def correct(desk: Desk, who: str, old: str, new: str) -> int:
    """Put ``new`` in the place of each text ``old`` of ``who``; return how many there were.

    History keeps its place and order; papers that were issued stay as they were. Raises
    ``NotFound`` if no text of the person is just ``old``.
    """
    if not old.strip() or not new.strip() or not new.isprintable():
        raise BadInput(
            "empty-correction",
            Text(id="Isi lama atau baru kosong.", en="The old or the new text is empty."),
            remedy=Text(id="Tulis keduanya.", en="Give both."),
        )
    changed = vault_of(desk).correct(person_at(desk, who), old, new)
    _forget_read()
    if not changed:
        raise NotFound(
            "no-such-text",
            Text(id="Tidak ada isian yang persis seperti itu.", en="No field is just that text."),
            remedy=Text(
                id="Lihat isinya dengan pst person export.",
                en="See what is held with pst person export.",
            ),
        )
    return changed


# -- erasure --------------------------------------------------------------------------------------


def erase(desk: Desk, who: str, reason: str, *, blobs: object = None) -> Erasure:
    """Erase ``who``: destroy their key, and keep for its term what finance must show.

    Visits that led to their requests go with them. Raises ``Refusal`` (``case-open``) while a case
    of theirs is open or money is still due: then the law has it processed (UU 27/2022 Pasal 41).
    """
    vault = vault_of(desk)
    if not reason.strip():
        raise BadInput(
            "no-reason",
            Text(id="Alasan penghapusan kosong.", en="The erasure has no reason."),
            remedy=Text(id="Sebutkan siapa yang meminta dan kapan.", en="Say who asked, and when."),
        )
    persons = dict.fromkeys([person_at(desk, who)])
    _must_name_nobody(vault, next(iter(persons)), reason)
    for stream in vault.cases_of(next(iter(persons))):
        visit = _visit_of(desk, stream)
        came = vault.person_of_case(visit) if visit else None
        if came is not None:
            persons[came] = None
    now = desk.clock()
    places: list[str] = []
    cases: list[str] = []
    ends: list[dt.datetime] = []
    found = {person: vault.cases_of(person) for person in persons}
    for streams in found.values():
        for stream in streams:
            if desk.store.load(stream):
                _must_have_ended(desk, stream)
    for person, streams in found.items():
        until = None
        for stream in streams:
            last = _keep_finance(desk, vault, person, stream)
            if last is not None:
                until = max(filter(None, (until, desk.office.privacy.keep_until(last))))
        places += vault.erase(person, at=now, reason=reason, keep_until=until)
        cases += streams
        ends += [until] if until is not None else []
    removed = blobs.forget(places) if isinstance(blobs, PersonBlobs) else 0
    _forget_read()
    return Erasure(
        tuple(persons), tuple(sorted(cases)), len(places), max(ends, default=None),
        desk.office.privacy.citation if ends else "", removed,
    )  # fmt: skip


def _must_name_nobody(vault: PersonVault, person: str, reason: str) -> None:
    """Raise if ``reason``, which stays in the clear, holds what is to be erased."""
    texts = {text for held in vault.held(person).values() for text in held if len(text) > 3}
    if not any(text.casefold() in reason.casefold() for text in texts):
        return
    raise BadInput(
        "reason-names-person",
        Text(
            id="Alasan itu memuat data orang yang dihapus, dan alasan tetap tersimpan.",
            en="The reason holds data of who is erased, and the reason stays.",
        ),
        remedy=Text(
            id="Sebutkan tanggal dan nomor suratnya, tanpa nama, surel atau nomor orang itu.",
            en="Give date and number of the letter, without the person's name, e-mail or number.",
        ),
    )


def _visit_of(desk: Desk, stream: str) -> str:
    """Return the visit that led to the request ``stream``, if it was the applicant's own."""
    if not desk.store.load(stream):
        return ""
    opened = desk.state(stream).last(RequestOpened)
    if opened is None or not opened.visit:
        return ""
    visit = desk.visit_of(opened.visit, opened.applicant.id)
    return opened.visit if visit is not None else ""


def _must_have_ended(desk: Desk, stream: str) -> None:
    state, procedure = desk.state(stream), desk.procedure(stream)
    if procedure.ended(state) and state.facts.isdisjoint(procedure.leaves):
        return
    raise Refusal(
        "case-open",
        Text(
            id=f"{stream} belum selesai ({state.phase.text.id}); datanya masih diperlukan.",
            en=f"{stream} has not ended ({state.phase.text.en}); its data are still needed.",
        ),
        remedy=Text(
            id="Selesaikan, batalkan, atau kembalikan uangnya dahulu, lalu hapus.",
            en="Finish it, cancel it or pay the money back first, then erase.",
        ),
    )


def _keep_finance(desk: Desk, vault: PersonVault, person: str, stream: str) -> dt.datetime | None:
    """Keep who paid for ``stream`` and by which papers; return when it last posted, if it did."""
    history = desk.history(stream) if desk.store.load(stream) else ()
    if not history:
        return None
    opened, journal = history[-1].state.last(RequestOpened), desk.ledger(stream)
    posted = [line.at for line in journal.lines]
    if opened is None or not posted:
        return None
    applicant, office = opened.applicant, desk.office_of(stream)
    handed_in = documents_handed_in(history[-1].state)
    vault.keep(
        person,
        desk.office.code,
        stream,
        {
            "case": stream,
            "name": applicant.name,
            "institution": applicant.institution,
            "address": applicant.address,
            "tax_number": next((d.number for d in handed_in if d.document == "tax-number"), ""),
            "invoices": [
                invoice_number(office, e.noted.event.number, e.noted.at)
                for e in history
                if isinstance(e.noted.event, OfferSent)
            ],
            "receipts": [
                receipt_number(office, e.noted.event.number, e.noted.at)
                for e in history
                if isinstance(e.noted.event, ReceiptIssued)
            ],
            "because": office.privacy.citation,
        },
    )
    return max(posted)


def kept(desk: Desk, person: str, *, by: Actor) -> tuple[dict[str, object], ...]:
    """Return the evidence of finance that is kept of ``person``, erased or not, to ``by``.

    Who asked is written down. Raises ``NotFound`` if nothing is kept.
    """
    found = vault_of(desk).retained(person)
    if not found:
        raise NotFound(
            "nothing-kept",
            Text(id=f"Tidak ada yang disimpan atas {person}.", en=f"Nothing is kept of {person}."),
            remedy=Text(
                id="Lihat daftarnya: pst person erased.", en="See the list: pst person erased."
            ),
        )
    log = desk.store
    if isinstance(log, ReadingLog):
        for record in found:
            log.note_reading(
                Reading(desk.clock(), desk.office.code, str(record["case"]), by.id, str(by.role),
                        "kept", ("payer",))
            )  # fmt: skip
    return found


def expire(desk: Desk, *, blobs: object = None) -> tuple[str, ...]:
    """Destroy what was kept for finance and whose term has ended; return whose it was.

    With ``blobs`` its files are removed as well.
    """
    gone = vault_of(desk).expire(desk.office.code, desk.clock())
    if isinstance(blobs, PersonBlobs):
        blobs.forget(())
    return gone


def sweep(desk: Desk, blobs: object) -> int:
    """Remove the files that earlier erasures left where they lay; return how many there were."""
    vault_of(desk)
    return blobs.forget(()) if isinstance(blobs, PersonBlobs) else 0


def _forget_read() -> None:
    # what was read before lies in the process's memory under the text that it was read from
    days.forget_read()
    folds.forget()
    actor_from_json.cache_clear()
    actor_to_json.cache_clear()


# -- breach ---------------------------------------------------------------------------------------


def breach(desk: Desk, known_at: dt.datetime) -> Breach:
    """Return everybody whose data the office holds and can read, to be told of a breach.

    ``known_at``: when the office came to know of it; the 3 x 24 hours run by the clock from then
    (UU 27/2022 Pasal 46). Whoever was erased is not among them.
    """
    people: dict[str, list[Concerned]] = {}
    vault = desk.store if isinstance(desk.store, PersonVault) else None
    for row in desk.register():
        if row.title == ERASED:
            continue
        name, email, phone = _contact(desk.state(row.stream))
        known = row.applicant if row.applicant not in ("", "-") else ""
        sealed = vault.person_of_case(row.stream) if vault is not None else None
        found = Concerned(known, name, email, phone, (row.stream,))
        people.setdefault(sealed or known or row.stream, []).append(found)
    local = desk.office.local(known_at)
    return Breach(
        local,
        desk.office.local(known_at + desk.office.privacy.breach),
        desk.office.privacy.terms,
        tuple(
            Concerned(
                _latest(c.person for c in found) or who,
                _latest(c.name for c in found),
                _latest(c.email for c in found),
                _latest(c.phone for c in found),
                tuple(c.cases[0] for c in found),
            )
            for who, found in sorted(people.items())
            if any(c.name or c.email or c.phone for c in found)
        ),
    )


def _latest(said: Iterable[str]) -> str:
    return next((word for word in reversed(tuple(said)) if word), "")


def _contact(state: State) -> tuple[str, str, str]:
    opened, guest = state.last(RequestOpened), state.last(GuestBookSigned)
    complains, invited = complainant_of(state), invitation(state)
    if opened is not None:
        return opened.applicant.name, email_of(state), opened.applicant.phone
    if guest is not None:
        return guest.visitor.name, guest.visitor.email, guest.visitor.phone
    if complains is not None:
        return complains.name, complains.email, complains.phone
    return "", invited.email if invited is not None else "", ""
