"""A complaint, row by row: by one of four channels (K1 to K4), taken up, answered, closed.

The standard names the channels; how a complaint goes on is our reading of the promises of LAPOR!
and of PermenPANRB 62/2018 (rows X1 to X9). Its deadlines are dated data, see ``rules``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..documents import check_email
from ..refusal import PstError
from ..text import Text
from ..workflow import Before, Context, Lack, Procedure, Requirement, Role, State, Step
from . import commands as c
from . import events as e
from .rules import ComplaintRules, complaint_rules, days_after
from .state import (
    ANSWERED,
    CLOSED,
    FOLLOWED_UP,
    HANDLED,
    LATE_ACKNOWLEDGED,
    LATE_ANSWERED,
    LATE_FOLLOWED_UP,
    NEW,
    RECEIVED,
    Complainant,
    ComplaintDoor,
)

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["PROCEDURE", "due", "kind_of", "named_in", "reference_of", "settled_in_time"]

APPLICANT, OFFICER, SYSTEM = Role.APPLICANT, Role.OFFICER, Role.SYSTEM


# -- what a complaint says ----------------------------------------------------------------------


def named_in(state: State) -> tuple[str, ...]:
    """Return the host's keys of those who are complained about."""
    later, received = state.last(e.PersonNamed), state.last(e.ComplaintReceived)
    if later is not None:
        return later.named
    return received.named if received is not None else ()


def kind_of(state: State) -> str:
    """Return the code of its kind, as recorded or as mended when it was taken up."""
    taken, received = state.last(e.ComplaintAcknowledged), state.last(e.ComplaintReceived)
    if taken is not None and taken.kind:
        return taken.kind
    return received.kind if received is not None else ""


def reference_of(website: str, reference: str) -> str:
    """Return a reference as it is compared: without spaces, in capitals, with its site."""
    return f"{website}/{''.join(reference.split()).upper()}"


def _rules(state: State, office: Office) -> ComplaintRules | None:
    received = state.when(e.ComplaintReceived)
    return complaint_rules(office.local(received).date()) if received is not None else None


def _begun(state: State) -> dt.datetime | None:
    """Return from when on the office must act: received, or answered back to."""
    return state.when(e.ComplaintReopened) or state.when(e.ComplaintReceived)


def _after(
    state: State, office: Office, days: Callable[[ComplaintRules], int | None]
) -> dt.datetime | None:
    rules, begun = _rules(state, office), _begun(state)
    if rules is None or begun is None:
        return None
    many = days(rules)
    return None if many is None else days_after(office, begun, many)


def acknowledge_due(state: State, office: Office) -> dt.datetime | None:
    """Return by when it must be acknowledged."""
    return _after(state, office, lambda rules: rules.acknowledge)


def follow_up_due(state: State, office: Office) -> dt.datetime | None:
    """Return by when something must have been done."""
    return _after(state, office, lambda rules: rules.follow_up)


def first_follow_up_due(state: State, office: Office) -> dt.datetime | None:
    """Return by when something must be done, or None once something has been."""
    return None if FOLLOWED_UP in state.facts else follow_up_due(state, office)


def due(state: State, office: Office) -> dt.datetime | None:
    """Return by when it must be answered, or None once it has been.

    That is the working days of its kind, from the last time that the complainant spoke.
    """
    if state.phase in (ANSWERED, CLOSED):
        return None
    return settle_due(state, office)


def settle_due(state: State, office: Office) -> dt.datetime | None:
    """Return by when it must be, or must have been, answered."""

    def days(rules: ComplaintRules) -> int | None:
        kind = rules.kind(kind_of(state))
        return kind.days if kind is not None else None

    return _after(state, office, days)


def reply_due(state: State, office: Office) -> dt.datetime | None:
    """Return until when the complainant may answer back."""
    rules, answered = _rules(state, office), state.when(e.ComplaintAnswered)
    if rules is None or answered is None:
        return None
    return days_after(office, answered, rules.reply)


def settled_in_time(state: State, office: Office) -> bool | None:
    """Return whether the latest answer came in time; None while there is none."""
    answered, by = state.when(e.ComplaintAnswered), settle_due(state, office)
    if answered is None or by is None or state.phase not in (ANSWERED, CLOSED):
        return None
    return answered <= by


# -- what must be in order ----------------------------------------------------------------------


def _lack(id_: str, en: str, remedy_id: str, remedy_en: str) -> tuple[Lack, ...]:
    return (Lack(Text(id=id_, en=en), Text(id=remedy_id, en=remedy_en)),)


def _words(field: str) -> Callable[[Any, State, Context], tuple[Lack, ...]]:
    def check(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
        if getattr(command, field).strip():
            return ()
        return _lack("Isinya kosong.", "It is empty.", "Tulis isinya.", "Write it.")

    return check


def _kind_known(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    if not command.kind and isinstance(command, c.AcknowledgeComplaint):
        return ()
    office: Office = context.rules
    try:
        rules = _rules(state, office) or complaint_rules(office.local(context.at).date())
    except PstError as error:
        return (Lack(error.text, error.remedy),)
    if rules.kind(command.kind) is not None:
        return ()
    known_id = ", ".join(f"{k.code} ({k.name.id}, {k.days} hari kerja)" for k in rules.kinds)
    known_en = ", ".join(f"{k.code} ({k.name.en}, {k.days} working days)" for k in rules.kinds)
    return _lack(
        "Jenis itu tidak dikenal.", "The kind is not known.",
        f"Pilih: {known_id}.", f"Choose: {known_en}.",
    )  # fmt: skip


def _about_known(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    if not command.about or context.outside.get("about") in ("request", "visit"):
        return ()
    return _lack(
        "Itu bukan permintaan atau kunjungan yang ada.",
        "That is no request or visit that exists.",
        "Periksa nomornya, atau kosongkan.", "Check its number, or leave it empty.",
    )  # fmt: skip


def _reference_new(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    reference = "".join(command.reference.split())
    if not 3 <= len(reference) <= 40 or not all(ch.isalnum() or ch in "-#./_" for ch in reference):
        return _lack(
            "Itu bukan nomor pengaduan.",
            "That is no reference number.",
            "Salin nomor dari laman pengaduan.", "Copy the number from the complaint site.",
        )  # fmt: skip
    if not context.outside.get("used"):
        return ()
    return _lack(
        "Pengaduan itu dari laman ini sudah dicatat.",
        "That complaint of this site has been recorded already.",
        "Buka yang sudah ada: judulnya dalam daftar pengaduan adalah nomor itu.",
        "Open the one that is there: its title in the register is that number.",
    )  # fmt: skip


def _address(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    findings = check_email(command.complainant.email, "K3")
    return tuple(Lack(f.text, f.remedy) for f in findings if f.severity == "error")


def _phone(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    phone = command.complainant.phone
    digits = [ch for ch in phone if ch.isdigit()]
    if 8 <= len(digits) <= 15 and all(ch in "0123456789+- ()." for ch in phone):
        return ()
    return _lack(
        "Itu bukan nomor WhatsApp.", "That is no WhatsApp number.",
        "Tulis seperti +62812...", "Write it like +62812...",
    )  # fmt: skip


def _not_named(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    if context.by.id not in named_in(state):
        return ()
    # who is named is not repeated: the one who asks knows it now, and nobody else needs to
    return _lack(
        "Anda disebut dalam pengaduan ini.", "You are named in this complaint.",
        "Serahkan kepada rekan yang tidak disebut, atau kepada kepala kantor.",
        "Leave it to a colleague who is not named, or to the head of the office.",
    )  # fmt: skip


def _in_time_to_reply(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    by = reply_due(state, context.rules)
    if by is None or context.at <= by:
        return ()
    return _lack(
        f"Waktu menanggapi berakhir {by:%Y-%m-%d %H:%M}.",
        f"The time to answer back ended on {by:%Y-%m-%d %H:%M}.",
        "Ajukan pengaduan baru.", "Make a new complaint.",
    )  # fmt: skip


Due = Callable[[State, Any], "dt.datetime | None"]


def _is_due(code: str, when: Due) -> Requirement:
    def check(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
        by = when(state, context.rules)
        # up to the last moment it is in time: late is after it
        if by is not None and context.at >= by:
            return ()
        day = f"{by:%Y-%m-%d %H:%M}" if by is not None else "-"
        return _lack("Belum waktunya.", "It is not time yet.",
                     f"Tunggu sampai {day}.", f"Wait until {day}.")  # fmt: skip

    return Requirement(
        code=code, clause=code[:2].upper(), who=SYSTEM, check=check,
        text=Text(id="Sudah waktunya.", en="It is time."),
        remedy=Text(id="Tunggu waktunya.", en="Wait for its time."),
    )  # fmt: skip


def _need(code: str, clause: str, check: Any, text: Text, who: Role = OFFICER) -> Requirement:
    return Requirement(code, clause, text, text, who, check=check)


SAID = _need(
    "complaint-said",
    "K1",
    _words("text"),
    Text(id="Isi pengaduan ditulis.", en="What is complained about is written down."),
)
KIND_KNOWN = _need(
    "complaint-kind",
    "K1",
    _kind_known,
    Text(id="Jenis pengaduan dikenal.", en="The kind of complaint is known."),
)
ABOUT_KNOWN = _need(
    "complaint-about",
    "K1",
    _about_known,
    Text(
        id="Permintaan atau kunjungan yang diadukan ada.",
        en="The request or visit complained about exists.",
    ),
)
REFERENCE_NEW = _need(
    "reference-new",
    "K2",
    _reference_new,
    Text(
        id="Nomor dari laman pengaduan belum dicatat.",
        en="The site's reference has not been recorded yet.",
    ),
)
ADDRESS = _need(
    "complainant-address",
    "K3",
    _address,
    Text(id="Surel pengadu tertulis benar.", en="The complainant's address is well formed."),
)
PHONE = _need(
    "complainant-number",
    "K4",
    _phone,
    Text(
        id="Nomor WhatsApp pengadu tertulis benar.",
        en="The complainant's WhatsApp number is well formed.",
    ),
)
NOT_NAMED = _need(
    "not-named",
    "X1",
    _not_named,
    Text(
        id="Petugas tidak disebut dalam pengaduan.", en="The officer is not named in the complaint."
    ),
)
NOTE = _need(
    "note", "X2", _words("note"), Text(id="Tindakan ditulis.", en="What was done is written down.")
)
ANSWER = _need(
    "answer", "X3", _words("answer"), Text(id="Jawaban ditulis.", en="The answer is written down.")
)
OBJECTION = _need(
    "objection",
    "X4",
    _words("reason"),
    Text(id="Alasan tanggapan ditulis.", en="The reason is written down."),
    APPLICANT,
)
REPLY_IN_TIME = _need(
    "reply-in-time",
    "X4",
    _in_time_to_reply,
    Text(id="Masih dalam waktu menanggapi.", en="It is in time to answer back."),
    APPLICANT,
)
PERSON = _need(
    "person", "X1", _words("person"), Text(id="Orangnya disebut.", en="The person is named.")
)


def _received(command: Any, _: State, context: Context) -> e.ComplaintReceived:
    office: Office = context.rules
    reference = ""
    if isinstance(command, c.RecordFromWeb):
        reference = reference_of(command.website, command.reference)
    return e.ComplaintReceived(
        office=office.code,
        door=_DOORS[type(command)],
        kind=command.kind,
        text=command.text,
        about=command.about,
        complainant=command.complainant,
        reference=reference,
        named=command.named,
        rules=complaint_rules(office.local(context.at).date()).id,
    )


_DOORS = {
    c.RecordFromBox: ComplaintDoor.BOX,
    c.RecordFromWeb: ComplaintDoor.WEB,
    c.RecordFromMail: ComplaintDoor.MAIL,
    c.RecordFromWhatsApp: ComplaintDoor.WHATSAPP,
}


def the_reference(command: c.RecordFromWeb, _: State) -> str:
    """Return the reference as what can be recorded once."""
    return f"complaint-ref/{reference_of(command.website, command.reference)}"


def _by(door: ComplaintDoor) -> Callable[[e.ComplaintReceived], bool]:
    return lambda event: event.door is door


def _reopened(command: c.ReopenComplaint, _: State, __: Context) -> e.ComplaintReopened:
    return e.ComplaintReopened(command.reason, recorded=False)


def _objected(command: c.RecordObjection, _: State, __: Context) -> e.ComplaintReopened:
    return e.ComplaintReopened(command.reason, recorded=True)


def _acknowledged(command: c.AcknowledgeComplaint, state: State, _: Context) -> Any:
    return e.ComplaintAcknowledged(command.kind or kind_of(state))


def _named(command: c.NamePerson, state: State, _: Context) -> e.PersonNamed:
    return e.PersonNamed(tuple(dict.fromkeys((*named_in(state), command.person))))


STEPS = (
    Step(
        clause="K1", role=OFFICER, command=c.RecordFromBox, event=e.ComplaintReceived,
        title=Text(id="Mencatat pengaduan dari kotak saran", en="Record a complaint from the box"),
        at=(NEW,), to=RECEIVED, requires=(SAID, KIND_KNOWN, ABOUT_KNOWN),
        build=_received, of=_by(ComplaintDoor.BOX), looks="about", tells=(OFFICER,),
    ),
    Step(
        clause="K2", role=OFFICER, command=c.RecordFromWeb, event=e.ComplaintReceived,
        title=Text(id="Mencatat pengaduan dari LAPOR! atau aplikasi BPS",
                   en="Record a complaint from LAPOR! or the BPS application"),
        at=(NEW,), to=RECEIVED, requires=(SAID, KIND_KNOWN, ABOUT_KNOWN, REFERENCE_NEW),
        build=_received, of=_by(ComplaintDoor.WEB), looks="about", tells=(OFFICER,),
        once=the_reference,
    ),
    Step(
        clause="K3", role=OFFICER, command=c.RecordFromMail, event=e.ComplaintReceived,
        title=Text(id="Mencatat pengaduan lewat surel", en="Record a complaint by e-mail"),
        at=(NEW,), to=RECEIVED, requires=(SAID, KIND_KNOWN, ABOUT_KNOWN, ADDRESS),
        build=_received, of=_by(ComplaintDoor.MAIL), looks="about", tells=(OFFICER,),
    ),
    Step(
        clause="K4", role=OFFICER, command=c.RecordFromWhatsApp, event=e.ComplaintReceived,
        title=Text(id="Mencatat pengaduan lewat WhatsApp", en="Record a complaint by WhatsApp"),
        at=(NEW,), to=RECEIVED, requires=(SAID, KIND_KNOWN, ABOUT_KNOWN, PHONE),
        build=_received, of=_by(ComplaintDoor.WHATSAPP), looks="about", tells=(OFFICER,),
    ),
    Step(
        clause="X1", role=OFFICER, command=c.AcknowledgeComplaint, event=e.ComplaintAcknowledged,
        title=Text(id="Memverifikasi dan menerima pengaduan", en="Acknowledge the complaint"),
        at=(RECEIVED,), to=HANDLED, requires=(NOT_NAMED, KIND_KNOWN),
        build=_acknowledged, tells=(APPLICANT,), until=acknowledge_due,
    ),
    Step(
        clause="X1", role=OFFICER, command=c.NamePerson, event=e.PersonNamed,
        title=Text(id="Mencatat siapa yang diadukan", en="Note who is complained about"),
        at=(RECEIVED, HANDLED, ANSWERED), aside=True, requires=(PERSON,), build=_named,
    ),
    Step(
        clause="X2", role=OFFICER, command=c.FollowUpComplaint, event=e.ComplaintFollowedUp,
        title=Text(id="Menindaklanjuti pengaduan", en="Follow up the complaint"),
        at=(HANDLED,), requires=(NOT_NAMED, NOTE), gives=(FOLLOWED_UP,),
        until=first_follow_up_due,
    ),
    Step(
        clause="X3", role=OFFICER, command=c.AnswerComplaint, event=e.ComplaintAnswered,
        title=Text(id="Menjawab pengaduan", en="Answer the complaint"),
        at=(HANDLED,), to=ANSWERED, requires=(NOT_NAMED, ANSWER),
        tells=(APPLICANT,),
    ),
    Step(
        clause="X4", role=APPLICANT, command=c.ReopenComplaint, event=e.ComplaintReopened,
        title=Text(id="Menanggapi kembali jawaban", en="Answer back"),
        at=(ANSWERED,), to=HANDLED, requires=(OBJECTION, REPLY_IN_TIME),
        clears=(FOLLOWED_UP, LATE_FOLLOWED_UP, LATE_ANSWERED), tells=(OFFICER,), until=reply_due,
        build=_reopened, of=lambda event: not event.recorded,
    ),
    Step(
        clause="X4", role=OFFICER, command=c.RecordObjection, event=e.ComplaintReopened,
        title=Text(id="Mencatat tanggapan pengadu", en="Record that the complainant answers back"),
        at=(ANSWERED,), to=HANDLED, aside=True, requires=(OBJECTION, REPLY_IN_TIME),
        clears=(FOLLOWED_UP, LATE_FOLLOWED_UP, LATE_ANSWERED), tells=(OFFICER,),
        build=_objected, of=lambda event: event.recorded,
    ),
    Step(
        clause="X5", role=APPLICANT, command=c.AcceptAnswer, event=e.AnswerAccepted,
        title=Text(id="Menerima jawaban", en="Accept the answer"),
        at=(ANSWERED,), to=CLOSED, until=reply_due,
    ),
    Step(
        clause="X5", role=OFFICER, command=c.CloseComplaint, event=e.ComplaintClosed,
        title=Text(id="Mencatat bahwa pengadu menerima jawaban",
                   en="Record that the complainant accepts the answer"),
        at=(ANSWERED,), to=CLOSED, aside=True, requires=(NOT_NAMED, NOTE),
    ),
    Step(
        clause="X6", role=SYSTEM, command=c.EscalateUnacknowledged, event=e.AcknowledgingOverdue,
        title=Text(id="Eskalasi: belum diverifikasi tepat waktu",
                   en="Escalate: not acknowledged in time"),
        at=(RECEIVED,), unless=(LATE_ACKNOWLEDGED,), gives=(LATE_ACKNOWLEDGED,),
        requires=(_is_due("x6-due", acknowledge_due),), due=acknowledge_due, tells=(OFFICER,),
    ),
    Step(
        clause="X7", role=SYSTEM, command=c.EscalateIdle, event=e.FollowingUpOverdue,
        title=Text(id="Eskalasi: belum ditindaklanjuti tepat waktu",
                   en="Escalate: not followed up in time"),
        at=(RECEIVED, HANDLED), unless=(FOLLOWED_UP, LATE_FOLLOWED_UP),
        gives=(LATE_FOLLOWED_UP,),
        requires=(_is_due("x7-due", follow_up_due),), due=follow_up_due, tells=(OFFICER,),
    ),
    Step(
        clause="X8", role=SYSTEM, command=c.EscalateUnsettled, event=e.AnsweringOverdue,
        title=Text(id="Eskalasi: belum dijawab tepat waktu", en="Escalate: not answered in time"),
        at=(RECEIVED, HANDLED), unless=(LATE_ANSWERED,), gives=(LATE_ANSWERED,),
        requires=(_is_due("x8-due", settle_due),), due=settle_due, tells=(OFFICER,),
    ),
    Step(
        clause="X9", role=SYSTEM, command=c.CloseUnanswered, event=e.ComplaintLapsed,
        title=Text(id="Menutup pengaduan yang tidak ditanggapi lagi",
                   en="Close a complaint that nobody answers back to"),
        at=(ANSWERED,), to=CLOSED,
        requires=(_is_due("x9-due", reply_due),), due=reply_due, tells=(APPLICANT,),
    ),
)  # fmt: skip


def _complainant(state: State) -> str | None:
    received = state.last(e.ComplaintReceived)
    # one without an account has a key that is nobody's: no stranger may answer for them
    return (received.complainant.id or "-") if received is not None else None


def _title(state: State) -> str:
    received = state.last(e.ComplaintReceived)
    return (received.reference or str(received.door)) if received is not None else ""


PROCEDURE = Procedure(
    name="complaint",
    title=Text(id="Pengaduan", en="Complaint"),
    start=NEW,
    ends=(CLOSED,),
    steps=STEPS,
    owner=_complainant,
    title_of=_title,
    due=due,
    rules=(
        Before(
            Text(id="tidak ada jawaban sebelum pengaduan diverifikasi",
                 en="no answer before it is acknowledged"),
            event=e.ComplaintAnswered, needs=(e.ComplaintAcknowledged,),
        ),
        Before(
            Text(id="tidak ada penutupan tanpa jawaban", en="no closing without an answer"),
            event=e.AnswerAccepted, needs=(e.ComplaintAnswered,), since=(e.ComplaintReopened,),
        ),
        Before(
            Text(id="tidak ada penutupan tanpa jawaban", en="no closing without an answer"),
            event=e.ComplaintClosed, needs=(e.ComplaintAnswered,), since=(e.ComplaintReopened,),
        ),
        Before(
            Text(id="tidak ada penutupan tanpa jawaban", en="no closing without an answer"),
            event=e.ComplaintLapsed, needs=(e.ComplaintAnswered,), since=(e.ComplaintReopened,),
        ),
    ),
)  # fmt: skip


def complainant_of(state: State) -> Complainant | None:
    """Return who complains, as far as they said."""
    received = state.last(e.ComplaintReceived)
    return received.complainant if received is not None else None
