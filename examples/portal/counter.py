"""The counter: guest book and number for who comes in, the queue for who serves, the display."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from litestar import MediaType, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, ServerSentEvent, ServerSentEventMessage, Template

from pst_adapters import display
from pst_core import request as rq
from pst_core import visit as vs
from pst_core.desk.door import Door
from pst_core.refusal import BadInput, PstError
from pst_core.text import Text
from pst_core.workflow import Actor, Role

from .house import House
from .people import for_desk
from .web import (
    Web,
    away,
    form_of,
    house_of,
    in_thread,
    page,
    person_of,
    run,
    status_of,
    unsent_of,
)  # fmt: skip

__all__ = ["ROUTES"]

_COUNTER = [for_desk("counter", "officer")]


# -- S1 to S3: whoever comes in -----------------------------------------------------------------


@get("/counter/guest-book", guards=_COUNTER, sync_to_thread=False)
def guest_book(request: Web) -> Template:
    """Show the guest book, on a tablet at the door."""
    left = unsent_of(request)
    if left is not None:
        return page(request, "guest-book.html", typed=left.typed, problem=left.said)
    return page(request, "guest-book.html", typed={})


@post("/counter/guest-book", guards=_COUNTER)
async def signs(request: Web) -> Redirect | Template:
    """S1 to S3: the visit, the guest book and the number in one go."""
    form = await form_of(request)
    return await run(_signs, request, form)


def _signs(request: Web, form: dict[str, Any]) -> Redirect | Template:
    house = house_of(request)
    kept = ("name", "email", "phone", "institution", "purpose")
    fields = [f.field for f in house.office.counter.guest_book]
    once = str(form.get("_once", ""))
    key = vs.visitor_key(email=form.get("email", ""), phone=form.get("phone", ""))
    guest = vs.Visitor(
        key or f"guest-{once}", *(form.get(f, "").strip() for f in kept),
        more=tuple(vs.Said(f, form[f]) for f in fields if f not in kept and form.get(f)),
    )  # fmt: skip
    who = Actor(guest.id, Role.APPLICANT, guest.name)
    opened = ""
    try:
        missing = [
            f for f in house.office.counter.guest_book if f.required and not form.get(f.field)
        ]
        if missing:  # nobody shall stand in the day's list without a name
            raise _left_empty(missing[0].name)
        opened = house.desk.open(vs.VisitUnit(guest.id), by=who, command_id=f"{once}/1").stream
        house.desk.do(opened, vs.SignGuestBook(guest), by=who, command_id=f"{once}/2")
        number = vs.TakeNumber(form.get("service", ""), form.get("priority", ""))
        house.desk.do(opened, number, by=who, command_id=f"{once}/3")
    except PstError as problem:
        if opened:
            house.desk.do(opened, vs.LeaveUnit(), by=who)
        return page(request, "guest-book.html", status_of(problem), typed=form, problem=problem)
    return away(f"/counter/number/{opened}")


def _left_empty(name: Text) -> BadInput:
    return BadInput(
        "guest-book-incomplete",
        Text(id="{name} belum diisi.", en="{name} is empty.").fill(name=name),
        remedy=Text(id="Isi {name}.", en="Fill in: {name}.").fill(name=name),
    )


@get("/counter/number/{stream:str}", guards=_COUNTER)
@in_thread
def number(request: Web, stream: FromPath[str]) -> Template:
    """Show the number that was drawn, and how many are before it."""
    house = house_of(request)
    door = house.desk.door(person_of(request).actor)
    view = door.queue()
    ticket = view.of(stream)
    if ticket is None:
        door.see(stream)  # says that there is none
        return page(request, "number.html", ticket=None, ahead=0)
    line = view.waiting(ticket.service, house.office.counter)
    ahead = next((n for n, t in enumerate(line) if t.stream == stream), 0)
    return page(request, "number.html", ticket=ticket, ahead=ahead)


# -- S4 and S5: whoever serves ------------------------------------------------------------------


@get("/counter", guards=_COUNTER)
@in_thread
def queue(request: Web, at: FromQuery[str] = "") -> Template:
    """Show the queue to the counter ``at``, and the visitor who is there."""
    if at:
        request.session["counter"] = at
    return _queue(request, None)


def _queue(request: Web, problem: PstError | None) -> Template:
    house, person = house_of(request), person_of(request)
    at = request.session.get("counter", "1")
    door = house.desk.door(person.actor)
    view, policy = door.queue(), house.office.counter
    here = view.at(at)
    steps = door.open_steps(here.stream) if here else ()
    own = {s.step.command.__name__ for s in steps if s.ready}
    guest = door.see(here.stream).last(vs.GuestBookSigned) if here else None
    lines = [(s, view.waiting(s.code, policy)) for s in policy.services]
    missed = [t for t in view.tickets if t.phase == "MISSED"]
    counters = [c.number for c in policy.counters] or ["1"]
    return page(
        request, "counter.html", status_of(problem) if problem else 200, at=at, here=here,
        own=own, guest=guest, lines=lines, missed=missed, counters=counters, problem=problem,
        next=view.next_for(at, policy), request_of=_request_of(door, here) if here else "",
    )  # fmt: skip


def _request_of(door: Door, ticket: vs.Ticket) -> str:
    """Return the request that came of the visit, if one was opened."""
    owner = vs.PROCEDURE.owner(door.see(ticket.stream))
    for row in door.register(procedure="request", applicant=owner):
        opened = door.see(row.stream).last(rq.RequestOpened)
        if opened is not None and opened.visit == ticket.stream:
            return row.stream
    return ""


@post("/counter/do/{name:str}", guards=_COUNTER)
async def act(request: Web, name: FromPath[str]) -> Redirect | Template:
    """Call, call again, hear what is asked, send on, finish."""
    form = await form_of(request)
    return await run(_act, request, name, form)


def _act(request: Web, name: str, form: dict[str, Any]) -> Redirect | Template:
    house, by = house_of(request), person_of(request).actor
    at, stream = request.session.get("counter", "1"), form.get("stream", "")
    door = house.desk.door(by)
    try:
        if name == "call":
            house.desk.call_next(at, by=by)
        elif name == "state":  # the visitor says it, the officer writes it down
            owner = vs.PROCEDURE.owner(door.see(stream)) or ""
            who = Actor(owner, Role.APPLICANT)
            house.desk.do(stream, vs.StateRequest(form.get("what", "")), by=who)
        elif name == "return":
            owner = vs.PROCEDURE.owner(door.see(stream)) or ""
            house.desk.do(stream, vs.ReturnToQueue(), by=Actor(owner, Role.APPLICANT))
        elif name == "finish":
            ticket = door.queue().of(stream)
            came = _request_of(door, ticket) if ticket else ""
            door.do(stream, vs.FinishVisit(came, bool(form.get("rests"))))
        elif name == "transfer":
            moved = vs.TransferVisitor(form.get("counter", ""), form.get("reason", ""))
            door.do(stream, moved)
        elif name in ("recall", "miss"):
            door.do(stream, vs.RecallVisitor() if name == "recall" else vs.MissCall())
    except PstError as problem:
        return _queue(request, problem)
    return away("/counter")


# -- the display --------------------------------------------------------------------------------


def _board(house: House) -> vs.Board:
    return vs.board(house.desk.queue(), house.office, house.clock())


@get("/display/", media_type=MediaType.HTML)
@in_thread
def shown(request: Web) -> str:
    """Show numbers and counters on a screen; no names, so nobody signs in."""
    return display.page(_board(house_of(request)))


@get("/display/style.css", sync_to_thread=False, media_type="text/css")
def style() -> str:
    """Return the display's style."""
    return display.STYLE


@get("/display/display.js", sync_to_thread=False, media_type="text/javascript")
def script() -> str:
    """Return the display's script."""
    return display.SCRIPT


@get("/display/events", sync_to_thread=False, include_in_schema=False)
def events(request: Web) -> ServerSentEvent:
    """Send the board as it changes."""
    return ServerSentEvent(_changes(house_of(request)))


async def _changes(house: House) -> AsyncIterator[ServerSentEventMessage]:

    before, quiet = "", 0
    while True:
        now = display.fragment(await run(_board, house))
        quiet = 0 if now != before else quiet + 1
        if now != before:
            yield ServerSentEventMessage(json.dumps(now), event="board")
        elif quiet % 5 == 0:
            yield ServerSentEventMessage("", event="alive")
        before = now
        await asyncio.sleep(1)


ROUTES = [guest_book, signs, number, queue, act, shown, style, script, events]
