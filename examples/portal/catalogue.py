"""What the office sells, and the basket that a visitor carries in the session."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import attrs

from pst_core.lawdata import Table, read_toml
from pst_core.tariff import Map, Microdata, Product, Publication
from pst_core.text import Text

__all__ = ["KINDS", "TARIFFS", "Item", "catalogue", "products_in"]

KINDS = {
    "publication": Text(id="Publikasi", en="Publication"),
    "microdata": Text(id="Data mikro", en="Microdata"),
    "map": Text(id="Peta wilkerstat", en="Wilkerstat map"),
}
TARIFFS = {
    "publication": Text(id="Publikasi", en="Publication"),
    "microdata.unprocessed": Text(id="Data mikro, set lengkap", en="Microdata, full set"),
    "microdata.processed": Text(id="Data mikro yang diolah", en="Microdata, processed"),
    "map.regency.village": Text(id="Peta satu kabupaten, tingkat desa",
                                en="Map of one regency, by village"),
    "map.regency.district": Text(id="Peta satu kabupaten, tingkat kecamatan",
                                 en="Map of one regency, by district"),
    "map.national.village": Text(id="Peta seluruh Indonesia, tingkat desa",
                                 en="Map of the whole country, by village"),
    "map.national.district": Text(id="Peta seluruh Indonesia, tingkat kecamatan",
                                  en="Map of the whole country, by district"),
}  # fmt: skip


@attrs.frozen
class Item:
    """One thing that can be put into the basket."""

    id: str
    product: Product
    about: Text


@cache
def catalogue() -> tuple[Item, ...]:
    """Return what is sold. Another source (a database, an export) takes the place of this file."""
    table = read_toml(Path(__file__).with_name("catalogue.toml"))
    items = []
    for row in table.tables("products", required=True):
        items.append(Item(row.take("id", str), _product(row), row.text("about")))
        row.done()
    return tuple(items)


def _product(row: Table) -> Product:
    kind, title = row.take("kind", str), row.take("title", str)
    if kind == "publication":
        return Publication(title, pages=row.take("pages", int))
    if kind == "microdata":
        size, processed = row.take("bytes", int), row.take("processed", bool, False)
        return Microdata(title, bytes=size, processed=processed)
    extent, level = row.take("extent", str), row.take("level", str)
    return Map(title, extent=extent, level=level, sheets=row.take("sheets", int))  # type: ignore[arg-type]


def products_in(basket: list[str]) -> tuple[Product, ...]:
    """Return the products of a basket in its order; what is not sold any more falls out."""
    sold = {item.id: item.product for item in catalogue()}
    return tuple(sold[key] for key in basket if key in sold)
