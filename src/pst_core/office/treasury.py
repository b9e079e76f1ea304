"""How an office is paid: life of a billing code, stamp duty on receipts, columns of the day's list.

The figures come from ``law/treasury``; an office's profile may say otherwise in ``[treasury]``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from zoneinfo import ZoneInfo

import attrs

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..money import format_rupiah
from ..text import Text

__all__ = ["StampReading", "StampRule", "Treasury", "Way", "read_treasury"]

COLUMNS = ("code", "ntpn", "ntb", "amount", "paid_at")


class Way(StrEnum):
    """How billing codes are made and payments heard of: by the treasurer, or electronically."""

    MANUAL = "manual"
    HTTP = "http"


class StampReading(StrEnum):
    """Whether the treasurer's receipts bear stamp duty: the office's reading of the law."""

    DUE = "due"
    EXEMPT = "exempt"


@attrs.frozen
class StampRule:
    """Stamp duty on a receipt of more than ``over`` rupiah: ``duty`` rupiah, or exempt."""

    over: int
    duty: int
    citation: str
    certainty: Certainty
    receipts: StampReading
    receipts_certainty: Certainty
    exempt_citation: str

    def words(self, amount: int) -> Text | None:
        """Return what a receipt of ``amount`` rupiah says about stamp duty; None up to ``over``."""
        if amount <= self.over:
            return None
        if self.receipts is StampReading.EXEMPT:
            said = Text(id="bebas ({law})", en="exempt ({law})").fill(law=self.exempt_citation)
        else:
            said = Text(
                id="{duty}, nilai lebih dari {over} ({law})",
                en="{duty}, value above {over} ({law})",
            ).fill(
                duty=Text(format_rupiah(self.duty), format_rupiah(self.duty, "en")),
                over=Text(format_rupiah(self.over), format_rupiah(self.over, "en")),
                law=self.citation,
            )
        if self.receipts_certainty is Certainty.VERIFIED:
            return said
        return Text(id=f"{said.id}; belum dipastikan kantor", en=f"{said.en}; not yet confirmed")


@attrs.frozen
class Treasury:
    """How an office is paid. ``columns`` maps our names to the headings of the exported list."""

    billing_valid: dt.timedelta
    """Life of a billing code whose printed expiry was not entered."""
    billing_certainty: Certainty
    stamp: StampRule
    columns: Mapping[str, str]
    zone: dt.tzinfo
    """Of the treasury's clock: a billing code bears the date of its issue there."""
    gateway: Way = Way.MANUAL
    receipt_by_another: bool = False
    """A receipt is not made by the person who made the offer (four eyes)."""


def read_treasury(office: Table) -> Treasury:
    """Return the law's figures, with what the ``[treasury]`` of an office's profile says instead.

    Raises ``BadLawData`` for a key that is not known, or of the wrong kind.
    """
    law = read_toml(shipped("treasury", "pnbp.toml"))
    billing, stamp, columns = law.table("billing"), law.table("stamp"), law.table("columns")
    hours, sure = billing.take("valid_hours", int), billing.certainty()
    zone = ZoneInfo(billing.take("timezone", str))
    rule = StampRule(
        over=stamp.take("over", int),
        duty=stamp.take("duty", int),
        citation=stamp.take("citation", str),
        certainty=stamp.certainty(),
        receipts=stamp.choice("receipts", StampReading),
        receipts_certainty=stamp.certainty("receipts_certainty"),
        exempt_citation=stamp.take("exempt_citation", str),
    )
    headings = {name: columns.take(name, str) for name in COLUMNS}
    gateway, by_another = Way.MANUAL, False
    if office.has("treasury"):
        own = office.table("treasury")
        if own.has("gateway"):
            gateway = own.choice("gateway", Way)
        by_another = own.take("receipt_by_another", bool, False)
        if own.has("billing"):
            table = own.table("billing")
            hours, sure = table.take("valid_hours", int), table.certainty()
            if hours < 1:
                raise table.error(
                    "valid_hours",
                    Text(
                        id=f"harus sedikitnya 1, bukan {hours}.",
                        en=f"must be at least 1, not {hours}.",
                    ),
                    Text(id="Isi jumlah jam.", en="Give a number of hours."),
                )
            table.done()
        if own.has("stamp"):
            table = own.table("stamp")
            rule = attrs.evolve(
                rule,
                receipts=table.choice("receipts", StampReading),
                receipts_certainty=table.certainty(),
            )
            table.done()
        if own.has("columns"):
            table = own.table("columns")
            headings = {name: table.take(name, str, was) for name, was in headings.items()}
            table.done()
        own.done()
    return Treasury(dt.timedelta(hours=hours), sure, rule, headings, zone, gateway, by_another)
