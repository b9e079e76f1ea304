"""One request on one page, the same for each role: what may be done now, by whom, by when and why.

Every act is one door: the form's fields become a command, the desk decides, and what it says when
it says no stands beside the form with all that was typed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from pst_core import request as rq
from pst_core.asking import Kind
from pst_core.desk.downloads import download, download_link
from pst_core.documents import HandedIn, check_document, check_upload, form_fields
from pst_core.documents.facts import FileFacts, Finding
from pst_core.documents.serving import download_headers, our_name
from pst_core.refusal import NotFound, PstError
from pst_core.request.events import OfferAccepted, ZeroApproved
from pst_core.request.making import claim_of, payments_of
from pst_core.tariff.zero import parties
from pst_core.text import Text
from pst_core.workflow import Actor, OpenStep

from .answers import COMMANDS, fields, made, suggested
from .catalogue import KINDS, products_in
from .house import House
from .people import for_desk
from .reading import Case, basket_of, see, until
from .surveys import invite
from .web import (
    Upload,
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

__all__ = ["ROUTES", "no_such_act", "of_request", "refusing"]


@get("/requests/{stream:str}", guards=[for_desk()])
@in_thread
def show(request: Web, stream: FromPath[str], done: FromQuery[str] = "") -> Template:
    """Show the request; ``done`` names what was done just now."""
    case, left = see(house_of(request), stream, person_of(request).actor), unsent_of(request)
    return of_request(request, case, **(left.shown if left else {"done": done}))


@get("/requests/{stream:str}/do/{name:str}", guards=[for_desk()])
@in_thread
def back(request: Web, stream: FromPath[str], name: FromPath[str]) -> Redirect:
    """Return to the page of the form: its address is opened after the language was switched."""
    see(house_of(request), stream, person_of(request).actor)
    return away(f"/requests/{stream}#act-{name}")


def of_request(request: Web, case: Case, status: int = 200, **more: Any) -> Template:
    """Return the page of a request, with what went wrong on it just now if anything did."""
    house = house_of(request)
    # a row may be there in several variants: one form does for all of them
    steps = {s.step.command: s for s in reversed(case.steps)}
    ready = [s for s in steps.values() if s.ready and not _beside(s, case)][::-1]
    ready.sort(key=refusing)  # a yes stands before its no
    aside = [s for s in steps.values() if s.ready and _beside(s, case)]
    waits = [s for s in steps.values() if not s.ready and not s.step.aside]
    done = COMMANDS.get(more.pop("done", ""))
    last = case.history[-1].step
    context = {
        "done_step": last if last.command is done else None, "done": done.__name__ if done else "",
        "case": case, "ready": ready, "aside": aside[::-1], "waits": waits[::-1],
        "basket": basket_of(case), "chosen": products_in(request.session.get("basket", [])),
        "fields": fields, "Kind": Kind, "rq": rq, "typed": {}, "failed": "", "paying": {},
        "suggested": lambda step: suggested(house, case, person_of(request), step.step.command),
        "own_form": _own_form, "acts": f"/requests/{case.stream}/do/", "kinds": KINDS,
        "until": lambda step: until(case.state, case.office, step.step),
        "zero": parties(house.office.local(house.clock()).date()), "claim": claim_of(case.state),
        "by_gateway": house.gateway is not None, "code_to_come": _code_to_come(house, case),
        "paid": bool(payments_of(case.state)) and not case.owed and not case.last(rq.ReceiptIssued),
        "form_fields": form_fields, "bill": _bill(house, case),
        "quote": _quote(house, case), **more,
    }  # fmt: skip
    return page(request, "request.html", status, **context)


def refusing(step: OpenStep) -> bool:
    """Return whether the act says no: it asks for a reason, or for what is to be mended."""
    return any(field.path in ("reason", "what") for field in fields(step.step.command))


def _own_form(step: OpenStep) -> str:
    name = step.step.command.__name__
    return f"forms/{name}.html" if name in _OWN_FORMS else "forms/plain.html"


_OWN_FORMS = {
    "AcceptTerms", "ChooseProducts", "CompleteForm", "HandInDocument", "PrepareProducts",
    "MendDelivery", "SendOffer", "ReviseOffer", "RateService", "FileAbstraction", "IssueBilling",
    "SignAgreement", "ReportPayment",
}  # fmt: skip


def _bill(house: House, case: Case) -> Any:
    """Return the simulated treasury's record of the newest billing code, in a demonstration."""
    codes = rq.codes_of(case.state)
    return house.treasury.bills.get(codes[-1]) if house.treasury and codes else None


def _code_to_come(house: House, case: Case) -> bool:
    """Return whether an electronic treasury is about to make the billing code."""
    codes = rq.codes_of(case.state)
    accepted = case.last(OfferAccepted) is not None
    return house.gateway is not None and accepted and not codes and case.owed > 0


def _beside(step: OpenStep, case: Case) -> bool:
    """Return whether nobody waits for it: a way out, or what is in order and may be done anew."""
    row, facts = step.step, case.state.facts
    if row.command is rq.ApproveZero:  # the offer waits for the answer, if not for a yes
        return case.last(ZeroApproved) is not None
    return row.aside or (bool(row.gives) and facts.issuperset(row.gives))


def _quote(house: House, case: Case) -> Any:
    """Return the price of the basket: as offered, and before there is an offer as of today."""
    products, sent = basket_of(case), case.last(rq.OfferSent)
    if not products:
        return None
    on = sent.priced_on if sent else house.office.local(house.clock()).date()
    try:
        return case.office.quote(products, on=on, zero=claim_of(case.state))
    except PstError:
        return None


@post("/requests/{stream:str}/do/{name:str}", guards=[for_desk()])
async def act(request: Web, stream: FromPath[str], name: FromPath[str]) -> Redirect | Template:
    """Carry out one command. A form sent twice is carried out once: it bears an id of its own."""
    form = await form_of(request)
    return await run(_act, request, stream, name, form)


def _act(request: Web, stream: str, name: str, form: dict[str, Any]) -> Redirect | Template:
    house, person = house_of(request), person_of(request)
    case = see(house, stream, person.actor)
    if name not in COMMANDS:
        raise no_such_act(name)
    try:
        basket = products_in(request.session.get("basket", []))
        command = made(house, case, person, name, form, basket)
        once = f"{person.id}/{form['_once']}" if form.get("_once") else None
        house.desk.door(person.actor).do(stream, command, command_id=once)
    except PstError as problem:
        case = see(house, stream, person.actor)
        return of_request(
            request, case, status_of(problem), problem=problem, failed=name, typed=form
        )
    if name == "ChooseProducts":
        request.session["basket"] = []
    if name == "RateService":
        with contextlib.suppress(PstError):  # the rating stands, whatever becomes of the survey
            invite(house, stream)
    return away(f"/requests/{stream}?done={name}#now")


def no_such_act(name: str) -> NotFound:
    """Return the error of an act that there is none of."""
    return NotFound(
        "unknown-command",
        Text(id=f"Tidak ada tindakan {name[:40]}.", en=f"There is no act {name[:40]}."),
        remedy=Text(id="Pilih dari halaman permintaan.", en="Choose on the request's page."),
    )


@post("/requests/{stream:str}/look", guards=[for_desk()], status_code=200)
async def look(request: Web, stream: FromPath[str]) -> Template:
    """Say at once what is found in a file, before it is handed in; nothing is kept."""
    form = await form_of(request)
    return await run(_look, request, stream, form)


def _look(request: Web, stream: str, form: dict[str, Any]) -> Template:
    house, person = house_of(request), person_of(request)
    case = see(house, stream, person.actor)
    facts = [(n, house.look(v.name, v.data)) for n, v in form.items() if isinstance(v, Upload)]
    found = [(file, _findings(house, case, person.actor, n, file, form)) for n, file in facts]
    return page(request, "findings.html", found=found)


def _findings(
    house: House, case: Case, by: Actor, field: str, facts: FileFacts, form: dict[str, Any]
) -> tuple[Finding, ...]:
    """Return what is to be said of a file: the core's own findings, as handing it in would give."""
    if field == "proof":
        return check_upload(facts, "proof-of-payment")
    rules = {r.document: r for r in case.office.documents if r.needs}
    rule = rules.get(form.get("document", ""))
    if rule is not None:
        handed = HandedIn(rule.document, facts, form.get("number", ""))
        found = check_document(rule, handed, abroad=case.applicant.abroad)
        return tuple(f for f in found if f.code != "no-number")  # it may be typed after the file
    refused = house.desk.check(case.stream, rq.SignAgreement(facts), by=by)
    warnings = tuple(f for f in check_upload(facts, "agreement") if f.severity == "warning")
    unmet = refused.unmet if refused else ()
    return (*(Finding(u.code, u.clause, u.text, u.remedy) for u in unmet), *warnings)


@get("/requests/{stream:str}/now", guards=[for_desk()])
@in_thread
def now(request: Web, stream: FromPath[str]) -> Template:
    """Return the files of the request alone: papers come some moments after the act."""
    case = see(house_of(request), stream, person_of(request).actor)
    return page(request, "files.html", case=case)


@get("/requests/{stream:str}/files/{sha256:str}", guards=[for_desk()])
@in_thread
def saves(request: Web, stream: FromPath[str], sha256: FromPath[str]) -> Redirect | Response[bytes]:
    """Return a file of the request, to be saved; a delivered product by a link that counts."""
    house, by = house_of(request), person_of(request).actor
    held = next((f for f in see(house, stream, by).files if f.sha256 == sha256), None)
    if held is None:
        raise NotFound(
            "no-such-file",
            Text(id="Berkas ini tidak ada di sini.", en="This file is not here."),
            remedy=Text(id="Lihat daftar berkasnya.", en="See the list of files."),
        )
    if held.counted:
        token = download_link(house.desk, stream, sha256, by=by, keys=house.link_keys)
        return away(f"/downloads/{token}")
    data = house.blobs.get(sha256)
    house.desk.note("read", by=by, stream=stream, detail={"sha256": sha256})
    facts = held.facts or FileFacts(held.name, len(data), sha256, "application/pdf")
    return _sent(data, download_headers(facts, our_name(held.name, facts)))


@get("/downloads/{token:str}", guards=[for_desk("applicant")])
@in_thread
def follows(request: Web, token: FromPath[str]) -> Response[bytes]:
    """S20: return a delivered product. The library looks at the case, counts and writes it down."""
    house = house_of(request)
    found = download(house.desk, token, by=person_of(request).actor, keys=house.link_keys)
    return _sent(house.blobs.get(found.file.sha256), found.headers)


def _sent(data: bytes, headers: Mapping[str, str]) -> Response[bytes]:
    rest = {k: v for k, v in headers.items() if k not in ("Content-Type", "Content-Length")}
    return Response(data, media_type=headers["Content-Type"], headers=rest)


ROUTES = [show, back, act, look, now, saves, follows]
