"""One office: its standard, calendar, hours, clock, tariff choices, papers and contacts.

An office is a TOML file (``law/offices``); another office is another file, never another branch
in code. Prices and deadlines are asked here and counted in ``tariff`` and ``workdays``.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ..certainty import Certainty
from ..documents.papers import Letterhead, Person
from ..lawdata import Table, read_toml, shipped
from ..refusal import NotFound
from ..tariff import Product, Quote, TariffPolicy, quote, read_policy
from ..text import Text
from ..workdays import (
    Calendar,
    ClockRule,
    Deadline,
    OfficeHours,
    Turn,
    deadline,
    read_calendar,
    read_clock,
    read_hours,
)

if TYPE_CHECKING:
    from ..tariff import Schedule, ZeroClaim

__all__ = ["ComplaintChannel", "Office", "offices"]


@attrs.frozen
class ComplaintChannel:
    """K1 to K4: one way to complain."""

    clause: str
    text: Text


@attrs.frozen
class Office:
    """One of the offices. Load it with ``Office.load``."""

    code: str
    """BPS unit code, four digits: 2 of the province, 2 of the regency or city."""
    version: str
    """Version of this profile; each request keeps the one it was filed under."""
    name: Text
    unit: Text
    standard: Text
    """Title of the published service standard."""
    source: str
    """Where the standard is published."""
    certainty: Certainty
    email: str
    portal: str
    letterhead: Letterhead
    head: Person
    treasurer: Person
    complaints: tuple[ComplaintChannel, ...]
    calendar: Calendar
    hours: OfficeHours
    clock: ClockRule
    tariff: TariffPolicy
    agreement: str
    """Name of the agreement's text under ``law/agreement``."""
    offer_valid_days: int
    """Working days that an offer holds."""
    offer_notice_days: int
    """Working days before its end that the applicant is reminded, and has left after that."""
    close_after_days: int
    """Working days after delivery that an unrated request is closed."""

    @classmethod
    def load(cls, code_or_path: str | Path) -> Office:
        """Return a shipped office by its code (``"3317"``), or one from a TOML file.

        Raises ``NotFound`` for an unknown code, ``BadLawData`` for a file that is not in order.
        """
        if isinstance(code_or_path, Path) or code_or_path.endswith(".toml"):
            return _read(read_toml(code_or_path))
        place = shipped("offices", f"{code_or_path}.toml")
        if not code_or_path.isalnum() or not place.is_file():
            raise _unknown(code_or_path)
        return _read(read_toml(place))

    # -- time ---------------------------------------------------------------------------------

    def local(self, at: dt.datetime) -> dt.datetime:
        """Return ``at`` on the office's clock. Raises ``BadInput`` for a naive time."""
        return self.calendar.local(at)

    def end_of(self, day: dt.date) -> dt.datetime:
        """Return when office hours end on ``day``, a working day."""
        return dt.datetime.combine(day, self.hours.closing(day), self.calendar.zone)

    def deadline(
        self,
        start: dt.datetime,
        *,
        turns: Sequence[Turn] = (),
        ended: dt.datetime | None = None,
    ) -> Deadline:
        """Return the deadline (L2) of a request that became clear and complete at ``start``.

        ``turns``: in whose hands it was since when. ``start`` is aware; see ``workdays.deadline``.
        """
        return deadline(self.calendar, self.hours, self.clock, start, turns=turns, ended=ended)

    # -- price --------------------------------------------------------------------------------

    def quote(
        self, products: Iterable[Product], *, on: dt.date, zero: ZeroClaim | None = None
    ) -> Quote:
        """Return the price (C1) of ``products`` by the tariff in force on ``on``.

        ``zero``: a claim to the tariff of Rp0. Raises ``NotFound`` if no tariff holds.
        """
        return quote(tuple(products), on, self.tariff, zero=zero)

    def schedule_on(self, on: dt.date) -> Schedule:
        """Return the tariff schedule in force on ``on``."""
        return self.tariff.rates(on).schedule

    # -- papers -------------------------------------------------------------------------------

    def paper_number(self, series: str, number: int, at: dt.datetime) -> str:
        """Return a paper's number as printed: ``0007/INV/3317/2026``."""
        return f"{number:04d}/{series}/{self.code}/{self.local(at).year}"


def offices() -> tuple[str, ...]:
    """Return the codes of the shipped offices."""
    found = (p.name for p in shipped("offices").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def _unknown(code: str) -> NotFound:
    known = offices()
    near = difflib.get_close_matches(code, known, n=1) or known[:1]
    return NotFound(
        "unknown-office",
        Text(id=f"Kantor {code!r} tidak dikenal.", en=f"The office {code!r} is not known."),
        remedy=Text(
            id=f"Yang tersedia: {', '.join(known)} (mungkin {near[0]}?); "
            "atau sebutkan berkas profil .toml.",
            en=f"Shipped: {', '.join(known)} (perhaps {near[0]}?); or name a profile file (.toml).",
        ),
    )


def _read(table: Table) -> Office:
    contact = table.table("contact")
    standard = table.table("standard")
    offer = table.table("offer")
    closing = table.table("closing")
    people = table.table("people")
    name, unit = table.text("name"), table.text("unit")
    email = contact.take("email", str)
    portal = contact.take("portal", str)
    complaints = []
    for row in table.tables("complaints", required=True):
        complaints.append(ComplaintChannel(row.take("clause", str), row.text("text")))
        row.done()
    office = Office(
        code=table.take("code", str),
        version=table.take("version", str),
        name=name,
        unit=unit,
        standard=standard.text("title"),
        source=standard.take("source", str),
        certainty=standard.certainty(),
        email=email,
        portal=portal,
        letterhead=Letterhead(
            office=name.id,
            unit=unit.id,
            address=contact.take("address", str),
            phone=contact.take("phone", str, ""),
            email=email,
            web=contact.take("web", str, portal),
            place=contact.take("place", str),
        ),
        head=_person(people, "head"),
        treasurer=_person(people, "treasurer"),
        complaints=tuple(complaints),
        calendar=read_calendar(table.table("calendar")),
        hours=read_hours(table.table("hours")),
        clock=read_clock(table.table("clock")),
        tariff=read_policy(table.table("tariff")),
        agreement=table.take("agreement", str),
        offer_valid_days=_days(offer, "valid_working_days"),
        offer_notice_days=_days(offer, "notice_working_days"),
        close_after_days=_days(closing, "unrated_after_working_days"),
    )
    for part in (offer, closing):
        part.certainty()  # stated in the file beside the figures
        part.done()
    for part in (contact, standard, people, table):
        part.done()
    return office


def _person(people: Table, key: str) -> Person:
    row = people.table(key)
    person = Person(row.take("name", str), row.take("position", str), row.take("number", str, ""))
    row.done()
    return person


def _days(table: Table, key: str) -> int:
    days = table.take(key, int)
    if days < 1:
        raise table.error(
            key,
            Text(id=f"harus sedikitnya 1, bukan {days}.", en=f"must be at least 1, not {days}."),
            Text(id="Isi jumlah hari kerja.", en="Give a number of working days."),
        )
    return days
