"""What the office sells, and the basket that a visitor carries in the session."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import attrs

from pst_adapters.catalogue import read_catalogue
from pst_core.tariff import Product
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
    """Return what is sold and can be priced. Another source takes the place of this file."""
    entries = read_catalogue([Path(__file__).with_name("catalogue.toml")]).entries
    return tuple(
        Item(e.id, e.product(), e.about or Text(id="", en="")) for e in entries if not e.lacks
    )


def products_in(basket: list[str]) -> tuple[Product, ...]:
    """Return the products of a basket in its order; what is not sold any more falls out."""
    sold = {item.id: item.product for item in catalogue()}
    return tuple(sold[key] for key in basket if key in sold)
