"""The applicant's pages: catalogue with prices, basket with the explained quote, own requests."""

from __future__ import annotations

import re
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from pst_core import request as rq
from pst_core.asking import answered
from pst_core.refusal import BadInput, PstError
from pst_core.tariff import Product, Quote
from pst_core.text import Text
from pst_core.workflow import Actor

from .answers import amount_of
from .case import of_request
from .catalogue import KINDS, TARIFFS, catalogue, products_in
from .house import House
from .people import for_desk
from .reading import latest_visit, see, theirs
from .web import (
    Web,
    away,
    form_of,
    house_of,
    in_thread,
    lang_of,
    page,
    person_of,
    run,
    status_of,
    unsent_of,
)  # fmt: skip

__all__ = ["ROUTES"]


def _quoted(house: House, products: tuple[Product, ...]) -> Quote | None:
    today = house.office.local(house.clock()).date()
    return house.office.quote(products, on=today) if products else None


@get("/")
@in_thread
def front(request: Web) -> Template:
    """Show the catalogue: each product with its price and how it is counted."""
    house = house_of(request)
    items = [(item, _quoted(house, (item.product,))) for item in catalogue()]
    basket = request.session.get("basket", [])
    return page(request, "catalogue.html", items=items, kinds=KINDS, basket=basket)


@get("/tariff")
@in_thread
def tariff(request: Web) -> Template:
    """S7: the kinds and tariffs of PNBP, and the documents that a request may need."""
    office = house_of(request).office
    rates = office.tariff.rates(office.local(house_of(request).clock()).date())
    return page(request, "tariff.html", rates=rates, words=TARIFFS)


@get("/basket")
@in_thread
def basket(request: Web) -> Template:
    """Show the basket with its price, line by line."""
    return _basket(request)


def _basket(request: Web) -> Template:
    products = products_in(request.session.get("basket", []))
    return page(request, "basket.html", products=products, kinds=KINDS,
                quote=_quoted(house_of(request), products),
                keys=request.session.get("basket", []))  # fmt: skip


@post("/basket")
async def change(request: Web) -> Redirect | Template:
    """Put something into the basket, or take it out."""
    form = await form_of(request)
    kept: list[str] = [k for k in request.session.get("basket", []) if k != form.get("out")]
    wanted = form.get("in", "")
    if wanted and wanted not in kept and products_in([wanted]):
        kept.append(wanted)
    request.session["basket"] = kept
    return away("/basket" if form.get("out") else "/?added=1#katalog")


# -- own requests -------------------------------------------------------------------------------


@get("/requests", guards=[for_desk("applicant")])
@in_thread
def own(request: Web) -> Template:
    """List one's own requests: where each stands, whose turn it is, by when."""
    house, person = house_of(request), person_of(request)
    rows = [(row, see(house, row.stream, person.actor)) for row in theirs(house, person.actor)]
    return page(request, "requests.html", rows=rows)


@get("/requests/new", guards=[for_desk("applicant")])
@in_thread
def asks(request: Web) -> Template:
    """S6: who asks. A visit that is at the counter today comes along by itself."""
    left = unsent_of(request)
    return _asks(request, left.typed, left.said) if left else _asks(request, {}, None)


def _asks(request: Web, typed: dict[str, Any], problem: PstError | None) -> Template:
    house, person = house_of(request), person_of(request)
    before = theirs(house, person.actor)
    known = see(house, before[0].stream, person.actor).applicant if before else None
    drafts = [row.stream for row in before if row.phase == "DRAFT"]
    return page(
        request, "new.html", status_of(problem) if problem else 200, problem=problem, typed=typed,
        known=known, drafts=drafts, segments=rq.Segment, visit=latest_visit(house, person.actor),
    )  # fmt: skip


@post("/requests/new", guards=[for_desk("applicant")])
async def opens(request: Web) -> Redirect | Template:
    """S6: open the request in one's own name."""
    form = await form_of(request)
    return await run(_opens, request, form)


def _opens(request: Web, form: dict[str, Any]) -> Redirect | Template:
    house, person = house_of(request), person_of(request)
    visit = latest_visit(house, person.actor)
    door = rq.Channel.WALK_IN if visit else rq.Channel.ONLINE
    answers = form | {"applicant.id": person.id, "applicant.lang": lang_of(request),
                      "channel": door, "visit": visit}  # fmt: skip
    if person.email:  # proven at sign-in: it is not typed again
        answers["applicant.email"] = person.email
    try:
        command = answered(rq.OpenRequest, answers, house.office.calendar.zone)
        once = f"{person.id}/{form['_once']}" if form.get("_once") else None
        if again := _opened_already(house, person.actor, command):
            return away(f"/requests/{again}")
        done = house.desk.door(person.actor).open(command, command_id=once)
    except PstError as problem:
        return _asks(request, form, problem)
    return away(f"/requests/{done.stream}")


def _opened_already(house: House, by: Actor, command: rq.OpenRequest) -> str:
    """Return the newest request if it is this one, and untouched: Back was pressed, and send."""
    for row in theirs(house, by)[:1]:
        before = see(house, row.stream, by)
        opened = before.last(rq.RequestOpened)
        same = (opened.applicant, opened.visit) == (command.applicant, command.visit)
        return row.stream if same and len(before.history) == 1 else ""
    return ""


# -- paying in a demonstration ------------------------------------------------------------------


@post("/requests/{stream:str}/simulated-payment", guards=[for_desk("applicant")])
async def pays(request: Web, stream: FromPath[str]) -> Redirect | Template:
    """Pay the billing code at the simulated treasury: no money moves."""
    form = await form_of(request)
    return await run(_pays, request, stream, form)


def _pays(request: Web, stream: str, form: dict[str, Any]) -> Redirect | Template:
    house = house_of(request)
    case = see(house, stream, person_of(request).actor)
    codes = rq.codes_of(case.state)
    code = codes[-1] if codes else ""
    bill = house.treasury.bills.get(code) if house.treasury else None
    if bill is None or bill.payment is None:  # pressed twice, it is paid once
        try:
            amount = _rupiah(form.get("amount", ""))
            house.at_treasury(lambda t: t.pay(code, amount))
        except PstError as problem:
            return of_request(request, case, status_of(problem), problem=problem, paying=form)
        house.look_for_payments()
    return away(f"/requests/{stream}#now")


def _rupiah(said: str) -> int | None:
    """Return an amount as people write it; None, for all of the bill, if none is said."""
    digits = amount_of(said)
    if re.fullmatch("[1-9][0-9]{0,14}", digits):
        return int(digits)
    if not digits:
        return None
    raise BadInput(
        "amount-unreadable",
        Text(id="{text} bukan jumlah rupiah.", en="{text} is not an amount in rupiah.").fill(
            text=said.strip()[:40]
        ),
        remedy=Text(id="Tulis seperti 65.000.", en="Write it like 65,000."),
    )


ROUTES = [front, tariff, basket, change, own, asks, opens, pays]
