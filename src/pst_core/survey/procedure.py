"""The survey, row by row: asked by mail with a link that expires, or filled in at the counter.

The standard ends with a rating (S23), which is a row of the request; this is the nine-element
survey that PermenPANRB 14/2017 asks of every unit once a year at least.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from typing import TYPE_CHECKING, Any

import attrs

from ..documents import check_email
from ..text import Text
from ..workdays import deadline
from ..workflow import Before, Context, Lack, Once, Phase, Procedure, Requirement, Role, State, Step
from . import commands as c
from . import events as e
from .scale import scale

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["PROCEDURE", "Invitation", "invitation"]

APPLICANT, OFFICER, SYSTEM = Role.APPLICANT, Role.OFFICER, Role.SYSTEM

NEW = Phase("NEW", "belum ada", "not begun")
INVITED = Phase("INVITED", "diundang mengisi survei", "invited to the survey")
ANSWERED = Phase("ANSWERED", "survei terisi", "survey answered")
EXPIRED = Phase("EXPIRED", "undangan kedaluwarsa", "invitation expired")


@attrs.frozen
class Invitation:
    """What the mail of an invitation says."""

    email: str
    link: str
    expires_at: dt.datetime


def invitation(state: State, office: Office | None = None, stream: str = "") -> Invitation | None:
    """Return the invitation of a survey, with its link if ``office`` is given; None for others."""
    invited = state.last(e.SurveyInvited)
    if invited is None:
        return None
    link = ""
    if office is not None:
        link = office.survey.link
        for place, value in (
            ("{portal}", office.portal), ("{stream}", stream), ("{token}", invited.token)
        ):  # fmt: skip
            link = link.replace(place, value)
    return Invitation(invited.email, link, invited.expires_at)


def _lack(id_: str, en: str, remedy_id: str, remedy_en: str) -> Lack:
    return Lack(Text(id=id_, en=en), Text(id=remedy_id, en=remedy_en))


def _in_scale(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    rules = scale()
    low, high = rules.lowest, rules.highest
    known = [element.code for element in rules.elements]
    given = [answer.element for answer in command.answers]

    def shown(element: str) -> str:
        return element if re.fullmatch("[A-Z][0-9]{1,2}", element) else "?"

    found = [
        _lack(
            f"{shown(a.element)}: jawaban {a.value} di luar skala {low} sampai {high}.",
            f"{shown(a.element)}: the answer {a.value} is outside the scale {low} to {high}.",
            f"Pilih {low} (tidak baik) sampai {high} (sangat baik).",
            f"Choose {low} (poor) to {high} (very good).",
        )
        for a in command.answers
        if not low <= a.value <= high
    ]
    wrong = [code for code in given if code not in known or given.count(code) > 1]
    missing = [code for code in known if code not in given]
    if wrong or missing:
        all_ = ", ".join(known)
        named = ", ".join(dict.fromkeys([*map(shown, wrong), *missing]))
        found.append(
            _lack(
                f"Unsur belum dijawab, berulang atau tidak dikenal: {named}.",
                f"Elements not answered, answered twice or not known: {named}.",
                f"Jawab setiap unsur sekali: {all_}.",
                f"Answer each element once: {all_}.",
            )
        )
    return tuple(found)


def _service(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    office: Office = context.rules
    known = [*(s.code for s in office.counter.services), "request"]
    if command.service in known:
        return ()
    return (
        _lack(
            "Layanan itu tidak dikenal kantor ini.",
            "The service is not one of this office.",
            f"Pilih: {', '.join(known)}.", f"Choose: {', '.join(known)}.",
        ),
    )  # fmt: skip


def _address(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    findings = check_email(command.email)
    return tuple(Lack(f.text, f.remedy) for f in findings if f.severity == "error")


def _secret(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if _is_secret(command.token):
        return ()
    return (
        _lack(
            "Kunci undangan terlalu pendek atau bukan huruf dan angka.",
            "The token of the invitation is too short, or not letters and digits.",
            "Buat dengan secrets.token_urlsafe().", "Make it with secrets.token_urlsafe().",
        ),
    )  # fmt: skip


def _is_secret(token: str) -> bool:
    """Return whether ``token`` could be a link's: long, of letters and digits alone.

    What stands in the place of one that was erased or is not shown is none.
    """
    return 20 <= len(token) <= 200 and all(
        ch.isascii() and (ch.isalnum() or ch in "-_") for ch in token
    )


def _holds_link(command: Any, state: State) -> bool:
    """Return whether ``command`` bears the token that this invitation went out with."""
    invited, token = state.last(e.SurveyInvited), getattr(command, "token", None)
    return (
        invited is not None
        and isinstance(token, str)
        and _is_secret(invited.token)
        and hmac.compare_digest(invited.token.encode(), token.encode("utf-8", "replace"))
    )


def _token(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    if _holds_link(command, state):
        return ()
    return (
        _lack(
            "Tautan ini bukan tautan undangan.", "This link is not that of the invitation.",
            "Pakai tautan dari surel undangan.", "Use the link of the mail.",
        ),
    )  # fmt: skip


def _still_valid(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    by = expiry(state, context.rules)
    if by is None or context.at <= by:
        return ()
    return (
        _lack(
            f"Tautan berlaku sampai {by:%Y-%m-%d %H:%M}.",
            f"The link was valid until {by:%Y-%m-%d %H:%M}.",
            "Minta tautan baru kepada unit.", "Ask the unit for a new link.",
        ),
    )  # fmt: skip


def expiry(state: State, office: Office) -> dt.datetime | None:
    """Return until when the link holds."""
    invited = state.last(e.SurveyInvited)
    return office.local(invited.expires_at) if invited is not None else None


def _is_due(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    by = expiry(state, context.rules)
    if by is not None and context.at >= by:
        return ()
    return (_lack("Belum waktunya.", "It is not time yet.", "Tunggu.", "Wait."),)


def _need(code: str, clause: str, check: Any, text: Text, who: Role = APPLICANT) -> Requirement:
    return Requirement(code, clause, text, text, who, check=check)


IN_SCALE = _need(
    "answers-in-scale",
    "S23",
    _in_scale,
    Text(id="Setiap unsur dijawab 1 sampai 4.", en="Each element is answered 1 to 4."),
)
SERVICE = _need(
    "survey-service",
    "S23",
    _service,
    Text(id="Layanan dikenal kantor.", en="The service is one of the office."),
)
ADDRESS = _need(
    "survey-address",
    "R2",
    _address,
    Text(id="Surel tertulis benar.", en="The address is well formed."),
    OFFICER,
)
SECRET = _need(
    "survey-secret",
    "S23",
    _secret,
    Text(id="Kunci undangan cukup panjang.", en="The token is long enough."),
    OFFICER,
)
TOKEN = _need(
    "survey-token",
    "S23",
    _token,
    Text(id="Tautan undangan benar.", en="The link is that of the invitation."),
)
STILL_VALID = _need(
    "survey-link-valid",
    "S23",
    _still_valid,
    Text(id="Tautan masih berlaku.", en="The link still holds."),
)
EXPIRY_DUE = _need(
    "survey-expiry-due", "X1", _is_due, Text(id="Sudah waktunya.", en="It is time."), SYSTEM
)


def _invited(command: c.InviteToSurvey, _: State, context: Context) -> e.SurveyInvited:
    office: Office = context.rules
    rule = attrs.evolve(office.clock, working_days=office.survey.valid_days)
    expires = deadline(office.calendar, office.hours, rule, context.at).due_at
    return e.SurveyInvited(
        office.code, command.email, command.token, command.service, command.about, expires
    )


def _answered(command: Any, state: State, context: Context) -> e.SurveyAnswered:
    invited = state.last(e.SurveyInvited)
    source = invited if invited is not None else command
    return e.SurveyAnswered(
        office=context.rules.code,
        service=source.service,
        about=source.about,
        answers=command.answers,
        comment=command.comment,
        rules=scale().id,
    )


STEPS = (
    Step(
        clause="S23", role=OFFICER, command=c.InviteToSurvey, event=e.SurveyInvited,
        title=Text(id="Mengundang mengisi survei kepuasan", en="Invite to the satisfaction survey"),
        at=(NEW,), to=INVITED, requires=(ADDRESS, SECRET, SERVICE),
        build=_invited, tells=(APPLICANT,),
    ),
    Step(
        clause="S23", role=APPLICANT, command=c.FillSurvey, event=e.SurveyAnswered,
        title=Text(id="Mengisi survei kepuasan di unit", en="Fill in the survey at the unit"),
        at=(NEW,), to=ANSWERED, requires=(SERVICE, IN_SCALE), build=_answered,
    ),
    Step(
        clause="S23", role=APPLICANT, command=c.AnswerSurvey, event=e.SurveyAnswered,
        title=Text(id="Mengisi survei kepuasan lewat tautan", en="Fill in the survey by its link"),
        at=(INVITED,), to=ANSWERED, requires=(TOKEN, STILL_VALID, IN_SCALE), build=_answered,
        until=expiry,
    ),
    Step(
        clause="X1", role=SYSTEM, command=c.ExpireInvitation, event=e.InvitationExpired,
        title=Text(id="Undangan survei kedaluwarsa", en="The invitation expires"),
        at=(INVITED,), to=EXPIRED, requires=(EXPIRY_DUE,), due=expiry,
    ),
)  # fmt: skip

PROCEDURE = Procedure(
    name="survey",
    title=Text(id="Survei kepuasan masyarakat", en="Satisfaction survey"),
    start=NEW,
    ends=(ANSWERED, EXPIRED),
    steps=STEPS,
    admits=_holds_link,
    rules=(
        Once(Text(id="tidak ada jawaban kedua", en="no second answer"), events=(e.SurveyAnswered,)),
        Before(
            Text(id="tidak ada kedaluwarsa tanpa undangan", en="no expiry without an invitation"),
            event=e.InvitationExpired, needs=(e.SurveyInvited,),
        ),
    ),
)  # fmt: skip
