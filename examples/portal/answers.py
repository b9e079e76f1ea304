"""What a filled-in form means as a command: typed fields, files that are kept, what we know itself.

Which fields there are comes from the command classes (``pst_core.asking``); only what the portal
knows better than who types stands here.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pst_adapters.cli.goods import product_file
from pst_adapters.files import make_sample
from pst_core import request as rq
from pst_core.asking import Asked, Kind, answered, asked
from pst_core.documents import FileFacts, RequestForm, Way, form_fields
from pst_core.request.events import OfferSent, ProductsPrepared
from pst_core.tariff import Microdata, Product
from pst_core.workflow import Role

from .house import House
from .people import Person
from .reading import Case, basket_of
from .web import Upload

__all__ = ["COMMANDS", "amount_of", "fields", "made", "suggested"]

COMMANDS = {s.command.__name__: s.command for s in rq.PROCEDURE.steps if s.role is not Role.SYSTEM}
"""What people may do, by the name that a form's address bears."""

_OURS = {"judgement.officer", "reference", "files", "products", "forms", "document", "sample"}
"""Fields that are not shown as they are: we fill them, or the command has a form of its own."""
_SHOWN = {rq.RecordRefund: {"reference"}, rq.VerifyTransfer: {"reference"},
          rq.ReversePayment: {"reference"}}  # fmt: skip


def fields(command: type) -> tuple[Asked, ...]:
    """Return the fields of the plain form of ``command``."""
    ours = _OURS - _SHOWN.get(command, set())
    return tuple(f for f in asked(command) if f.path not in ours)


def amount_of(said: str) -> str:
    """Return an amount as people write it (``Rp. 65.000,-``) in digits alone, if it is one."""
    text = re.sub(r"^rp\.?\s*|,(?:-+|0+)$", "", said.strip().lower())
    if re.fullmatch(r"\d{1,3}(?:[., ]\d{3})+", text):
        return re.sub(r"\D", "", text)
    return text


def time_of(said: str) -> str:
    """Return a day, with its time or without, as people write it here, the way fields read it.

    ``24/11/2026 09.30`` and ``24-11-2026`` put the day first, as everybody in Indonesia does.
    """
    form = r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[, T]+(\d{1,2})[.:](\d{2}))?"
    found = re.fullmatch(form, said.strip())
    if found is None:
        return said
    day, month, year, hour, minute = found.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    return date if hour is None else f"{date}T{int(hour):02}:{minute}"


def suggested(house: House, case: Case, person: Person, command: type) -> dict[str, Any]:
    """Return what a field most likely says, to be looked at and changed."""
    codes = rq.codes_of(case.state)
    known: dict[str, Any] = {"amount": case.owed, "paid_at": house.clock(),
                             "issued_at": house.clock(), "payer": case.applicant.name,
                             "originals": case.office.agreement.originals,
                             "received_on": house.office.local(house.clock()).date(),
                             "way": Way.COUNTER, "email": case.applicant.email,
                             "account_verified_by": person.name}  # fmt: skip
    if command is rq.ConfirmPayment and codes:
        known["code"] = codes[-1]
    bill = house.treasury.bills.get(codes[-1]) if house.treasury and codes else None
    if bill is not None and bill.payment is not None:
        paid = bill.payment
        known |= {"paid_at": paid.paid_at, "amount": paid.amount, "bank": "Bank (simulasi)"}
        if command is rq.ConfirmPayment:
            known |= {"ntpn": paid.ntpn, "ntb": paid.ntb}
    return known


def made(house: House, case: Case, person: Person, name: str, form: dict[str, Any],
         basket: tuple[Product, ...]) -> Any:  # fmt: skip
    """Return the command ``name`` that the form means. Raises ``BadInput`` naming the field."""
    command = COMMANDS[name]
    answers = {k: v for k, v in form.items() if isinstance(v, str) and not k.startswith("_")}
    for field in asked(command):
        given = form.get(field.path)
        if field.kind is Kind.FILE and isinstance(given, Upload):
            answers[field.path] = house.keep(case.stream, given.name, given.data)
        elif field.kind is Kind.NUMBER and isinstance(given, str):
            answers[field.path] = amount_of(given)
        elif field.kind in (Kind.DATE, Kind.TIME) and isinstance(given, str):
            answers[field.path] = time_of(given)
    answers["judgement.officer"] = person.name
    own = _OWN.get(command)
    if own is not None:
        answers |= own(house, case, form, basket)
    return answered(command, answers, house.office.calendar.zone)


Own = Callable[[House, Case, dict[str, Any], tuple[Product, ...]], dict[str, Any]]


def _products(_: House, case: Case, __: Any, basket: tuple[Product, ...]) -> dict[str, Any]:
    return {"products": basket or basket_of(case)}


def _forms(_: House, case: Case, form: dict[str, Any], __: Any) -> dict[str, Any]:
    found = []
    for kind in dict.fromkeys(p.kind for p in basket_of(case)):
        said = {f: form.get(f"forms.{kind}.{f}", "") for f in form_fields(kind)}  # type: ignore[arg-type]
        found.append(RequestForm(kind=kind, **said))  # type: ignore[arg-type]
    return {"forms": tuple(found)}


def _document(_: House, __: Case, form: dict[str, Any], ___: Any) -> dict[str, Any]:
    # a reference is for records that the host has verified: nobody types it
    return {"document": form.get("document", ""), "reference": ""}


def _files(house: House, case: Case, form: dict[str, Any], _: Any) -> dict[str, Any]:
    before = case.last(ProductsPrepared) or case.last(rq.ProductsDelivered)
    kept: tuple[FileFacts, ...] = rq.files_of(case.state) if before else ()
    found = []
    for n, product in enumerate(basket_of(case)):
        given = form.get(f"files.{n}")
        if isinstance(given, Upload):
            found.append(house.keep(case.stream, given.name, given.data, product=True))
        elif form.get("invented") and house.settings.demonstration:
            found.append(house.keep(case.stream, *product_file(product, seed=1), product=True))
        elif n < len(kept):
            found.append(kept[n])
    return {"files": tuple(found)}


def _sample(house: House, case: Case, form: dict[str, Any], _: Any) -> dict[str, Any]:
    """Take the sample that was uploaded, or make one of the prepared file by the office's rule."""
    given = form.get("sample")
    if isinstance(given, Upload):
        return {"sample": house.keep(case.stream, given.name, given.data, product=True)}
    prepared = case.last(ProductsPrepared)
    pairs = zip(basket_of(case), prepared.files if prepared else (), strict=False)
    for product, file in pairs:
        if isinstance(product, Microdata) and case.last(OfferSent) is None:
            ending = Path(file.name).suffix
            with tempfile.NamedTemporaryFile(suffix=ending) as copy:
                copy.write(house.blobs.get(file.sha256))
                copy.flush()
                sample = make_sample(Path(copy.name), case.office.sample)
            name = f"contoh-{Path(file.name).stem}.csv"
            return {"sample": house.keep(case.stream, name, sample.data, product=True)}
    return {}


_OWN: dict[type, Own] = {
    rq.ChooseProducts: _products, rq.CompleteForm: _forms, rq.HandInDocument: _document,
    rq.PrepareProducts: _files, rq.MendDelivery: _files,
    rq.SendOffer: _sample, rq.ReviseOffer: _sample,
}  # fmt: skip
