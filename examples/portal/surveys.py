"""The satisfaction survey of nine elements: by a link after the case, and at the unit."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from pst_core import request as rq
from pst_core import survey as sv
from pst_core.desk.door import unknown
from pst_core.refusal import PstError
from pst_core.workflow import Actor, Role

from .house import House
from .people import for_desk
from .reading import see
from .web import Web, away, form_of, house_of, in_thread, page, person_of, run, status_of

__all__ = ["ROUTES", "invite"]

_NOBODY = Actor("survey", Role.APPLICANT)
"""Whoever answers: the survey does not ask who it is."""


def invite(house: House, stream: str) -> str:
    """Invite the applicant of the ended request ``stream``, once; return the survey's page.

    The key is drawn from the portal's own secret: asked again, it is the same invitation.
    """
    opened = house.desk.state(stream).last(rq.RequestOpened)
    assert opened is not None
    key = hmac.new(house.link_keys[0], f"survey/{stream}".encode(), hashlib.sha256).hexdigest()
    command = sv.InviteToSurvey(opened.applicant.email, key, "request", stream)
    by = Actor("portal", Role.OFFICER, "Portal", office=house.office.code)
    asked = house.desk.open(command, by=by, command_id=f"survey/{stream}")
    return f"/survey/{asked.stream}?key={key}"


@post("/requests/{stream:str}/survey", guards=[for_desk("applicant")])
async def begins(request: Web, stream: FromPath[str]) -> Redirect:
    """Go from one's own ended request to its survey."""
    return await run(_begins, request, stream)


def _begins(request: Web, stream: str) -> Redirect:
    house = house_of(request)
    case = see(house, stream, person_of(request).actor)
    if case.state.phase != "CLOSED":
        raise unknown(stream)
    return away(invite(house, stream))


# -- by its link --------------------------------------------------------------------------------


@get("/survey/{stream:str}")
@in_thread
def asks(request: Web, stream: FromPath[str], key: FromQuery[str] = "") -> Template:
    """Show the survey to whoever has its link; nobody signs in."""
    return _asks(request, stream, key, {}, None)


def _asks(
    request: Web, stream: str, key: str, typed: dict[str, Any], problem: PstError | None
) -> Template:
    desk = house_of(request).desk
    with desk.auditor.watching(stream, sv.AnswerSurvey, _NOBODY, desk.clock):
        if not stream.startswith("survey-"):
            raise unknown(stream)
        state = desk.state(stream)
        # the word that stands for what was erased is no key
        if not desk.procedure(stream).admits(sv.AnswerSurvey(key, ()), state):
            raise unknown(stream)
    return _form(request, f"/survey/{stream}", typed, problem, key=key, phase=state.phase)


def _form(
    request: Web, to: str, typed: dict[str, Any], problem: PstError | None, **more: Any
) -> Template:
    context = {"key": "", "phase": None, "done": False, "services": (), **more}
    status = status_of(problem) if problem else 200
    return page(request, "survey.html", status, to=to, scale=sv.scale(), typed=typed,
                problem=problem, **context)  # fmt: skip


def _answers(form: dict[str, Any]) -> tuple[sv.Answer, ...]:
    """Return what was answered; what is no number of the scale counts as not answered."""
    rules = sv.scale()
    values = {str(n): n for n in range(rules.lowest, rules.highest + 1)}
    given = ((e.code, values.get(str(form.get(e.code, "")))) for e in rules.elements)
    return tuple(sv.Answer(code, value) for code, value in given if value is not None)


@post("/survey/{stream:str}")
async def answers(request: Web, stream: FromPath[str]) -> Redirect | Template:
    """Take the answers in, once."""
    form = await form_of(request)
    return await run(_answered, request, stream, form)


def _answered(request: Web, stream: str, form: dict[str, Any]) -> Redirect | Template:
    house, key = house_of(request), str(form.get("key", ""))
    _asks(request, stream, key, {}, None)  # says that there is none, to whoever has no key to it
    command = sv.AnswerSurvey(key, _answers(form), str(form.get("comment", "")).strip())
    try:
        house.desk.do(stream, command, by=_NOBODY, command_id=_once(stream, form))
    except PstError as problem:
        return _asks(request, stream, key, form, problem)
    return away(f"/survey/{stream}?key={key}")


def _once(where: str, form: dict[str, Any]) -> str | None:
    """Return what makes a form that is sent twice one answer."""
    return f"{where}/{form['_once']}" if form.get("_once") else None


# -- at the unit --------------------------------------------------------------------------------


@get("/counter/survey", guards=[for_desk("counter", "officer")])
@in_thread
def at_unit(request: Web) -> Template:
    """Show the survey on the unit's tablet."""
    return _at_unit(request, {}, None)


def _at_unit(
    request: Web, typed: dict[str, Any], problem: PstError | None, *, done: bool = False
) -> Template:
    services = house_of(request).office.counter.services
    return _form(request, "/counter/survey", typed, problem, services=services, done=done)


@post("/counter/survey", guards=[for_desk("counter", "officer")], status_code=200)
async def fills(request: Web) -> Template:
    """Take in the answers of somebody at the unit."""
    form = await form_of(request)
    return await run(_fills, request, form)


def _fills(request: Web, form: dict[str, Any]) -> Template:
    house, comment = house_of(request), str(form.get("comment", "")).strip()
    command = sv.FillSurvey(str(form.get("service", "")), _answers(form), comment)
    try:
        house.desk.open(command, by=_NOBODY, command_id=_once("unit", form))
    except PstError as problem:
        return _at_unit(request, form, problem)
    return _at_unit(request, {}, None, done=True)


ROUTES = [begins, asks, answers, at_unit, fills]
