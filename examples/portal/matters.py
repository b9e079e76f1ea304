"""Complaints (K1 to K4) and money that fits no bill: cases with few steps, one page for each.

What may be done and what it asks for comes from the rows, as on the page of a request; here stands
only who writes a complaint down, and from which words a field is chosen.
"""

from __future__ import annotations

from typing import Any

import attrs
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from pst_core import complaint as cp
from pst_core import deposit as dp
from pst_core.asking import Asked, Kind, answered, asked
from pst_core.deposit.events import PaymentExplained
from pst_core.desk.fields import ERASED, HIDDEN
from pst_core.refusal import BadInput, PstError
from pst_core.text import Text
from pst_core.workflow import Actor, OpenStep, Role

from .case import no_such_act, refusing
from .house import House
from .people import DEMONSTRATION, Person, for_desk, signed_in
from .reading import Matter, complaints, matter, theirs, until
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

_HANDLE = [for_desk("officer", "counter")]
CHANNELS: dict[str, tuple[type, Text]] = {
    "K1": (cp.RecordFromBox, Text(id="Kotak saran", en="Suggestion box")),
    "K2": (cp.RecordFromWeb, Text(id="LAPOR! atau aplikasi BPS", en="LAPOR! or BPS application")),
    "K3": (cp.RecordFromMail, Text(id="Surel", en="E-mail")),
    "K4": (cp.RecordFromWhatsApp, Text(id="WhatsApp", en="WhatsApp")),
}
_DOORS = dict(zip(cp.ComplaintDoor, (name for _, name in CHANNELS.values()), strict=True))
COMMANDS = {
    step.command.__name__: step.command
    for step in (*cp.PROCEDURE.steps, *dp.PROCEDURE.steps)
    if step.role is not Role.SYSTEM
}
_SITES = (
    (cp.Website.LAPOR, Text("LAPOR!", "LAPOR!")),
    (cp.Website.BPS, Text(id="aplikasi pengaduan BPS", en="BPS complaint application")),
)
_OURS = {"complainant.id"}


def _fields(house: House, command: type) -> tuple[Asked, ...]:
    """Return the fields of ``command``, those with known words as a choice."""
    today = house.office.local(house.clock()).date()
    words = Text(id="{name} ({days} hari kerja)", en="{name} ({days} working days)")
    kinds = tuple(
        (kind.code, words.fill(name=kind.name, days=kind.days))
        for kind in cp.complaint_rules(today).kinds
    )
    staff = tuple(
        (p.id, Text(p.name, p.name)) for p in DEMONSTRATION if p.desk in ("officer", "counter")
    )

    def as_shown(field: Asked) -> Asked:
        if field.path == "website":
            return attrs.evolve(field, choices=_SITES)
        if field.path == "kind":
            return attrs.evolve(field, kind=Kind.CHOICE, choices=kinds)
        if field.path in ("named", "person") and house.settings.demonstration:
            return attrs.evolve(field, kind=Kind.CHOICE, choices=staff)
        return attrs.evolve(field, kind=Kind.LONG) if field.path == "text" else field

    return tuple(as_shown(field) for field in asked(command) if field.path not in _OURS)


# -- the list, and a new one --------------------------------------------------------------------


@get("/complaints")
@in_thread
def listed(request: Web, about: FromQuery[str] = "") -> Template:
    """Show by which ways to complain; one's own complaints, to the office those of everybody."""
    left = unsent_of(request)
    return (
        _listed(request, left.typed, left.said)
        if left
        else _listed(request, {"about": about}, None)
    )


def _listed(request: Web, typed: dict[str, Any], problem: PstError | None) -> Template:
    house, person = house_of(request), signed_in(request.session)
    own = person is not None and person.desk == "applicant"
    rows = complaints(house, person.actor) if person and person.desk != "treasurer" else []
    about = theirs(house, person.actor) if person and own else []
    return page(
        request, "complaints.html", status_of(problem) if problem else 200, rows=rows, own=own,
        about=about, typed=typed, problem=problem, channels=CHANNELS,
    )  # fmt: skip


@post("/complaints", guards=[for_desk("applicant")])
async def files(request: Web) -> Redirect | Template:
    """Complain in one's own name. The portal is the unit's box (K1), for the standard has no other.

    It is of the kind with the shortest time until an officer, who has read it, says otherwise.
    """
    form = await form_of(request)
    return await run(_files, request, form)


def _files(request: Web, form: dict[str, Any]) -> Redirect | Template:
    house, person = house_of(request), person_of(request)
    today = house.office.local(house.clock()).date()
    kind = min(cp.complaint_rules(today).kinds, key=lambda k: k.days)
    who = cp.Complainant(person.id, person.name, person.email, form.get("phone", "").strip())
    about = form.get("about", "")
    mine = {row.stream for row in theirs(house, person.actor)}
    theirs_open = [c for c in complaints(house, person.actor) if not c.procedure.ended(c.state)]
    command = cp.RecordFromBox(
        form.get("text", ""), kind.code, about if about in mine else "", (), who
    )
    for before in theirs_open:
        said = before.last(cp.ComplaintReceived)
        if (said.text.split(), said.about) == (command.text.split(), command.about):
            return away(f"/matters/{before.stream}?done=RecordFromBox")  # sent again by Back
    try:
        done = house.desk.open(command, by=_box(house), command_id=_once(person, form))
    except PstError as problem:
        return _listed(request, form, problem)
    return away(f"/matters/{done.stream}?done=RecordFromBox")


def _box(house: House) -> Actor:
    return Actor("portal", Role.OFFICER, "Portal", office=house.office.code)


def _once(person: Person, form: dict[str, Any]) -> str | None:
    return f"{person.id}/{form['_once']}" if form.get("_once") else None


@get("/complaints/record", guards=_HANDLE)
@in_thread
def asks(request: Web, by: FromQuery[str] = "K1") -> Template:
    """K1 to K4: ask an officer what came, by which channel."""
    left = unsent_of(request)
    if left is not None:
        return _asks(request, left.typed.get("by", by), left.typed, left.said)
    return _asks(request, by, {}, None)


def _asks(request: Web, by: str, typed: dict[str, Any], problem: PstError | None) -> Template:
    house = house_of(request)
    by = by if by in CHANNELS else "K1"
    return page(
        request, "record.html", status_of(problem) if problem else 200, by=by, channels=CHANNELS,
        fields=_fields(house, CHANNELS[by][0]), typed=typed, problem=problem,
    )  # fmt: skip


@post("/complaints/record", guards=_HANDLE)
async def records(request: Web) -> Redirect | Template:
    """K1 to K4: write down a complaint that came to the unit."""
    form = await form_of(request)
    return await run(_records, request, form)


def _records(request: Web, form: dict[str, Any]) -> Redirect | Template:
    house, person, by = house_of(request), person_of(request), str(form.get("by", ""))
    if by not in CHANNELS:
        return _asks(request, by, form, None)
    answers = {k: v for k, v in form.items() if isinstance(v, str) and k not in _OURS}
    try:
        command = answered(CHANNELS[by][0], answers, house.office.calendar.zone)
        done = house.desk.door(person.actor).open(command, command_id=_once(person, form))
    except PstError as problem:
        return _asks(request, by, form, problem)
    return away(f"/matters/{done.stream}?done={type(command).__name__}")


# -- one case -----------------------------------------------------------------------------------


@get("/matters/{stream:str}", guards=[for_desk()])
@in_thread
def show(request: Web, stream: FromPath[str], done: FromQuery[str] = "") -> Template:
    """Show a complaint, or money that fits no bill."""
    case, left = matter(house_of(request), stream, person_of(request).actor), unsent_of(request)
    return _page(request, case, **(left.shown if left else {"done": done}))


@get("/matters/{stream:str}/do/{name:str}", guards=[for_desk()])
@in_thread
def back(request: Web, stream: FromPath[str], name: FromPath[str]) -> Redirect:
    """Return to the page of the form: its address is opened after the language was switched."""
    matter(house_of(request), stream, person_of(request).actor)
    return away(f"/matters/{stream}#act-{name}")


def _page(request: Web, case: Matter, status: int = 200, **more: Any) -> Template:
    house = house_of(request)
    last, done = case.history[-1].step, COMMANDS.get(more.pop("done", ""))
    kept = case.procedure is dp.PROCEDURE  # placed or returned: neither is the way beside
    ready = sorted((s for s in case.steps if s.ready and (kept or not s.step.aside)), key=refusing)
    context = {
        "case": case, "ready": ready,
        "aside": [s for s in case.steps if s.ready and s not in ready],
        "waits": [s for s in case.steps if not s.ready and not s.step.aside],
        "done_step": last if last.command is done else None, "done": done.__name__ if done else "",
        "acts": f"/matters/{case.stream}/do/", "fields": lambda command: _fields(house, command),
        "until": lambda step: until(case.state, house.office, step.step), "rows": _rows(case),
        "own_form": _own_form, "suggested": lambda _: {},
        "typed": {}, "failed": "", **more,
    }  # fmt: skip
    return page(request, "matter.html", status, **context)


def _said(both: str) -> Text:
    """Return what was kept in both languages in one text (``id / en``)."""
    if both in (HIDDEN, ERASED):
        return Text(both, both)
    indonesian, _, english = both.partition(" / ")
    return Text(id=indonesian, en=english or indonesian)


def _own_form(step: OpenStep) -> str:
    name = step.step.command.__name__
    own = step.step.command in (dp.ExplainPayment, dp.ReturnPayment)
    return f"forms/{name}.html" if own else "forms/plain.html"


def _rows(case: Matter) -> list[tuple[Text, Any]]:
    """Return what is known of it from the start."""
    received, money = case.last(cp.ComplaintReceived), case.last(dp.PaymentKept)
    rows: list[tuple[Text, Any]] = []
    if received is not None:
        rules = cp.complaint_rules(case.history[0].noted.at.date())
        kind, who = rules.kind(cp.kind_of(case.state)), received.complainant
        rows = [
            (Text(id="Isi pengaduan", en="Complaint"), received.text),
            (Text(id="Jenis", en="Kind"), kind.name if kind else ""),
            (Text(id="Diterima lewat", en="Came by"), _DOORS[received.door]),
            (Text(id="Nomor rujukan", en="Reference"), received.reference),
            (Text(id="Perkara yang diadukan", en="Case complained about"), received.about),
            (Text(id="Pengadu", en="Complainant"), who.name),
            (Text(id="Surel", en="E-mail"), who.email), (Text(id="Telepon", en="Phone"), who.phone),
        ]  # fmt: skip
    if money is not None:
        rows = [
            (Text(id="Jumlah", en="Amount"), money.amount), (Text("NTPN", "NTPN"), money.ntpn),
            (Text("NTB", "NTB"), money.ntb), (Text(id="Dibayar pada", en="Paid at"), money.paid_at),
            (Text(id="Kode billing", en="Billing code"), money.code),
            (Text(id="Sebab disimpan", en="Why it is kept"), _said(money.reason)),
        ]  # fmt: skip
        placed = case.last(PaymentExplained)
        if placed is not None:
            rows.append((Text(id="Tercatat pada", en="Recorded with"), placed.request))
    return [
        (label, value) for label, value in rows if value not in ("", HIDDEN, Text(HIDDEN, HIDDEN))
    ]


@post("/matters/{stream:str}/do/{name:str}", guards=[for_desk()])
async def act(request: Web, stream: FromPath[str], name: FromPath[str]) -> Redirect | Template:
    """Carry out one command."""
    form = await form_of(request)
    return await run(_act, request, stream, name, form)


def _act(request: Web, stream: str, name: str, form: dict[str, Any]) -> Redirect | Template:
    house, person = house_of(request), person_of(request)
    case = matter(house, stream, person.actor)
    if name not in COMMANDS:
        raise no_such_act(name)
    answers = {k: v for k, v in form.items() if isinstance(v, str) and not k.startswith("_")}
    try:
        made = answered(COMMANDS[name], answers, house.office.calendar.zone)
        if isinstance(made, dp.ExplainPayment):
            made = attrs.evolve(made, request=_request_of(house, person, made.request))
        house.desk.door(person.actor).do(stream, made, command_id=_once(person, form))
    except PstError as problem:
        case = matter(house, stream, person.actor)
        return _page(request, case, status_of(problem), problem=problem, failed=name, typed=form)
    return away(f"/matters/{stream}?done={name}")


def _request_of(house: House, person: Person, said: str) -> str:
    """Return the request that the treasurer means; what is none is said, for it would be final."""
    stream = said.strip().lower()
    rows = house.desk.door(person.actor).register(procedure="request")
    if stream and stream not in {row.stream for row in rows}:
        raise BadInput(
            "no-such-request",
            Text(id="Tidak ada permintaan {said}.", en="There is no request {said}.").fill(
                said=stream[:60]
            ),
            remedy=Text(
                id="Salin nomornya dari halaman permintaan, seperti request-3317-2026-0001.",
                en="Copy its number from the page of the request, like request-3317-2026-0001.",
            ),
        )
    return stream


ROUTES = [listed, files, asks, records, show, back, act]
