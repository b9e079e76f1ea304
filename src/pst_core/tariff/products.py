"""What can be bought: publications by pages, microdata by bytes, digital maps by sheets.

A product is checked when it is made; what it costs is the business of a schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, TypeAlias

import attrs

from pst_core.money import MAX_RUPIAH
from pst_core.refusal import BadInput
from pst_core.text import Text

__all__ = ["TARIFFS", "Map", "Microdata", "Product", "Publication"]

_Check = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _count(unit: Text) -> _Check:
    def check(_: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        if type(value) is not int or not 1 <= value <= MAX_RUPIAH:
            raise BadInput(
                "bad-quantity",
                Text(
                    id=f"{attribute.name}: jumlah {unit.id} harus bilangan bulat"
                    f" dari 1 sampai {MAX_RUPIAH}, bukan {value!r}.",
                    en=f"{attribute.name}: the number of {unit.en} must be a whole number"
                    f" from 1 to {MAX_RUPIAH}, not {value!r}.",
                ),
                remedy=Text(
                    id=f"Tulis jumlah {unit.id} sebagai int, misalnya {attribute.name}=312.",
                    en=f"Give the number of {unit.en} as an int, e.g. {attribute.name}=312.",
                ),
            )

    return check


def _one_of(*words: object) -> _Check:
    kinds = {type(word) for word in words}

    def check(_: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        if type(value) not in kinds or value not in words:  # 1 equals True, and is no choice
            known = ", ".join(repr(word) for word in words)
            raise BadInput(
                "unknown-choice",
                Text(
                    id=f"{attribute.name}: tidak mengenal {value!r}.",
                    en=f"{attribute.name}: does not know {value!r}.",
                ),
                remedy=Text(
                    id=f"Pilih salah satu: {known}.",
                    en=f"Choose one of: {known}.",
                ),
            )

    return check


def _title(_: Any, __: attrs.Attribute[Any], value: object) -> None:
    if type(value) is not str or not value.strip():
        raise BadInput(
            "no-title",
            Text(
                id=f"Produk harus berjudul; {value!r} bukan judul.",
                en=f"A product needs a title; {value!r} is none.",
            ),
            remedy=Text(
                id="Tulis judul produk seperti di katalog.",
                en="Give the title of the product as in the catalogue.",
            ),
        )


@attrs.frozen
class Publication:
    """P1: a publication as soft copy; ``pages`` are counted as the office counts them."""

    kind: ClassVar[str] = "publication"
    clause: ClassVar[str] = "P1"
    unit: ClassVar[Text] = Text(id="halaman", en="pages")
    tariff: ClassVar[str] = "publication"

    title: str = attrs.field(validator=_title)
    pages: int = attrs.field(validator=_count(unit))

    @property
    def quantity(self) -> int:
        """Return what the tariff counts: pages."""
        return self.pages


@attrs.frozen
class Microdata:
    """P2: one dataset of ``bytes`` bytes; ``processed`` for one table tabulated from it."""

    kind: ClassVar[str] = "microdata"
    clause: ClassVar[str] = "P2"
    unit: ClassVar[Text] = Text(id="byte", en="bytes")

    title: str = attrs.field(validator=_title)
    bytes: int = attrs.field(validator=_count(unit))
    processed: bool = attrs.field(default=False, validator=_one_of(True, False))

    @property
    def tariff(self) -> str:
        """Return the tariff it falls under."""
        return "microdata.processed" if self.processed else "microdata.unprocessed"

    @property
    def quantity(self) -> int:
        """Return what the tariff counts: bytes."""
        return self.bytes


@attrs.frozen
class Map:
    """P3: a digital wilkerstat map of a regency or the whole country, drawn to one level."""

    kind: ClassVar[str] = "map"
    clause: ClassVar[str] = "P3"
    unit: ClassVar[Text] = Text(id="peta", en="maps")

    title: str = attrs.field(validator=_title)
    extent: Literal["regency", "national"] = attrs.field(
        default="regency", validator=_one_of("regency", "national")
    )
    level: Literal["village", "district"] = attrs.field(
        default="village", validator=_one_of("village", "district")
    )
    sheets: int = attrs.field(default=1, validator=_count(unit))

    @property
    def tariff(self) -> str:
        """Return the tariff it falls under."""
        return f"map.{self.extent}.{self.level}"

    @property
    def quantity(self) -> int:
        """Return what the tariff counts: maps."""
        return self.sheets


Product: TypeAlias = Publication | Microdata | Map

TARIFFS = {
    "publication": Publication,
    "microdata.unprocessed": Microdata,
    "microdata.processed": Microdata,
    "map.national.district": Map,
    "map.national.village": Map,
    "map.regency.district": Map,
    "map.regency.village": Map,
}
"""Each tariff that a schedule may hold, and the product that falls under it."""
