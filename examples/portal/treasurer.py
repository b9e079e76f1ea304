"""The treasurer's pages: codes to make, payments to look up, receipts to give, the day's list."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from pathlib import Path
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from pst_adapters.treasury import read_list
from pst_core import request as rq
from pst_core.deposit import PaymentKept
from pst_core.refusal import PstError
from pst_core.text import Text
from pst_core.workflow import OpenStep, Role

from .people import for_desk
from .reading import deposits, see, work
from .web import Upload, Web, away, form_of, house_of, in_thread, page, person_of, run

__all__ = ["ROUTES"]

_TREASURER = [for_desk("treasurer")]
_GROUPS = (
    (rq.IssueBilling, Text(id="Perlu kode billing", en="Need a billing code")),
    (rq.VerifyTransfer, Text(id="Bukti transfer dari luar negeri", en="Proofs of transfer")),
    (rq.ConfirmPayment, Text(id="Pembayaran untuk dicatat", en="Payments to record")),
    (rq.IssueReceipt, Text(id="Kuitansi untuk dibuat", en="Receipts to make")),
)


@get("/treasurer", guards=_TREASURER)
@in_thread
def desk(request: Web) -> Template:
    """List what waits for the treasurer, by what is to be done."""
    house, by = house_of(request), person_of(request).actor
    door = house.desk.door(by)
    mine = [w for w in work(house, by) if Role.TREASURER in w.whose]
    ready = [(w, _ready(door.open_steps(w.row.stream))) for w in mine]
    groups = [
        (title, [w for w, commands in ready if command in commands]) for command, title in _GROUPS
    ]
    kept = [(row, door.see(row.stream).last(PaymentKept)) for row in deposits(house, by)]
    return page(request, "treasurer.html", groups=groups, kept=kept)


def _ready(steps: tuple[OpenStep, ...]) -> set[type]:
    return {s.step.command for s in steps if s.ready and not s.step.aside}


@post("/requests/{stream:str}/simulated-bill", guards=_TREASURER)
async def bills(request: Web, stream: FromPath[str]) -> Redirect:
    """Make the billing code at the simulated treasury and record it (S16)."""
    form = await form_of(request)
    return await run(_bills, request, stream, form)


def _bills(request: Web, stream: str, form: dict[str, Any]) -> Redirect:
    house, person = house_of(request), person_of(request)
    case = see(house, stream, person.actor)
    if form.get("version", str(case.state.version)) != str(case.state.version):
        return away(f"/requests/{stream}?done=IssueBilling#now")  # pressed twice: it is made
    reference, who = f"{stream}/{case.state.version}", case.applicant.name
    bill = house.at_treasury(lambda t: t.create(reference, case.owed, who, stream))
    command = rq.IssueBilling(bill.code, bill.issued_at, bill.expires_at)
    house.desk.door(person.actor).do(stream, command, command_id=f"bill/{bill.code}")
    return away(f"/requests/{stream}?done=IssueBilling#now")


# -- the day's list -----------------------------------------------------------------------------


@get("/treasurer/reconciliation", guards=_TREASURER, sync_to_thread=False)
def reconciliation(request: Web) -> Template:
    """Ask for the treasury's list of payments."""
    return page(request, "reconciliation.html", found=None, listed=None, done={})


@post("/treasurer/reconciliation", guards=_TREASURER, status_code=200)
async def compares(request: Web) -> Template:
    """Compare a list with the invoices; with ``record``, record what matches. Twice is once."""
    form = await form_of(request)
    return await run(_compares, request, form)


def _compares(request: Web, form: dict[str, Any]) -> Template:
    house = house_of(request)
    door = house.desk.door(person_of(request).actor)
    given = form.get("list")
    if not isinstance(given, Upload):
        return page(request, "reconciliation.html", found=None, listed=None, done={})
    ending = Path(given.name).suffix.lower()
    with tempfile.NamedTemporaryFile(suffix=ending if ending == ".xlsx" else ".csv") as copy:
        copy.write(given.data)
        copy.flush()
        try:
            listed = read_list(
                Path(copy.name), house.office.treasury.columns, house.office.calendar.zone
            )
        except PstError as problem:
            return page(request, "reconciliation.html", 422, found=None, listed=None, done={},
                        problem=problem)  # fmt: skip
    found = house.desk.reconcile(listed.rows)
    done: dict[str, PstError | None] = {}
    for one in found if form.get("record") else ():
        if one.finding is rq.Finding.MATCHED:
            try:
                door.do(one.stream, one.command, command_id=one.command_id)
                done[one.row.ntpn] = None
            except PstError as error:  # the other payments of the day go on
                done[one.row.ntpn] = error
    return page(request, "reconciliation.html", found=found, listed=listed, done=done)


@get("/treasurer/simulated-list.csv", guards=_TREASURER)
@in_thread
def simulated_list(request: Web) -> Response[str]:
    """Return what was paid at the simulated treasury, as the list of a day would say it."""
    house = house_of(request)
    columns = house.office.treasury.columns
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns.values()), delimiter=";")
    writer.writeheader()
    for bill in house.treasury.bills.values() if house.treasury else ():
        if bill.payment is not None:
            at: dt.datetime = house.office.local(bill.payment.paid_at)
            writer.writerow({
                columns["code"]: bill.code, columns["ntpn"]: bill.payment.ntpn,
                columns["ntb"]: bill.payment.ntb, columns["amount"]: bill.payment.amount,
                columns["paid_at"]: f"{at:%d-%m-%Y %H:%M:%S}",
            })  # fmt: skip
    headers = {"Content-Disposition": "attachment; filename=penerimaan.csv"}
    return Response(out.getvalue(), media_type="text/csv", headers=headers)


ROUTES = [desk, bills, reconciliation, compares, simulated_list]
