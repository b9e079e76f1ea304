"""What an office sells, wherever it is listed: entries, what they lack, and which of them are old.

A basket line follows from an entry (``Entry.product``); what a source did not give stays empty
and is said, never guessed. Reading a source is the business of ``pst_adapters.catalogue``; which
age is too old is the office's to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import attrs

from .hygiene import what_is_odd
from .refusal import BadInput, NotFound
from .tariff import Map, Microdata, Product, Publication
from .text import Text

__all__ = ["Catalogue", "Entry", "Finding", "Found", "Kind", "Unread"]


class Kind(StrEnum):
    """The three kinds of product that the tariff knows (P1 to P3)."""

    PUBLICATION = "publication"
    MICRODATA = "microdata"
    MAP = "map"

    @property
    def text(self) -> Text:
        """The word for people."""
        return _KINDS[self]


_KINDS = {
    Kind.PUBLICATION: Text(id="publikasi", en="publication"),
    Kind.MICRODATA: Text(id="data mikro", en="microdata"),
    Kind.MAP: Text(id="peta wilkerstat", en="wilkerstat map"),
}
_FIGURES = {
    "pages": Text(id="jumlah halaman", en="number of pages"),
    "bytes": Text(id="jumlah byte", en="number of bytes"),
    "extent": Text(id="cakupan peta", en="extent of the map"),
    "level": Text(id="tingkat peta", en="level of the map"),
    "sheets": Text(id="jumlah lembar", en="number of sheets"),
}
_COUNTED = {
    Kind.PUBLICATION: ("pages",),
    Kind.MICRODATA: ("bytes",),
    Kind.MAP: ("extent", "level", "sheets"),
}
_CHOICES = {"extent": ("regency", "national"), "level": ("village", "district")}
_MOST = 10**12  # pages, files, bytes, variables, sheets: no product has more
_YEARS = range(1800, 2200)


def _text(least: int) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    def check(entry: Any, field: attrs.Attribute[Any], value: object) -> None:
        if type(value) is not str or len(value.strip()) < least:
            raise _bad(entry, field.name, Text(id="harus teks yang berisi", en="must be a text"))
        odd = what_is_odd(value, one_line=True)
        if odd is not None:
            raise _bad(entry, field.name, odd)

    return check


def _about(entry: Any, field: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if not isinstance(value, Text):
        why = Text(id="harus dalam dua bahasa", en="must be in both languages")
        raise _bad(entry, field.name, why)
    odd = what_is_odd(value.id, one_line=False) or what_is_odd(value.en, one_line=False)
    if odd is not None:
        raise _bad(entry, field.name, odd)


def _figure(entry: Any, field: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (type(value) is not int or not 1 <= value <= _MOST):
        raise _bad(
            entry,
            field.name,
            Text(
                id=f"harus bilangan bulat dari 1 sampai {_MOST}, bukan {value!r}",
                en=f"must be a whole number from 1 to {_MOST}, not {value!r}",
            ),
        )


def _choice(entry: Any, field: attrs.Attribute[Any], value: object) -> None:
    words = _CHOICES[field.name]
    if value is not None and value not in words:
        known = ", ".join(words)
        raise _bad(
            entry,
            field.name,
            Text(id=f"tidak mengenal {value!r} ({known})", en=f"does not know {value!r} ({known})"),
        )


def _years(entry: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and not (
        type(value) is tuple
        and len(value) == 2
        and all(type(year) is int and year in _YEARS for year in value)
        and value[0] <= value[1]
    ):
        raise _bad(
            entry,
            field.name,
            Text(
                id=f"harus tahun pertama dan terakhir, bukan {value!r}",
                en=f"must be the first and the last year, not {value!r}",
            ),
        )


def _bad(entry: Any, name: str, why: Text) -> BadInput:
    whose = ascii(str(getattr(entry, "id", "?"))[:60])
    return BadInput(
        "bad-entry",
        Text(id=f"Katalog, {whose}: {name} {why.id}.", en=f"Catalogue, {whose}: {name} {why.en}."),
        remedy=Text(
            id="Perbaiki pada sumbernya; yang tidak diketahui dikosongkan.",
            en="Mend it at its source; leave empty what is not known.",
        ),
    )


@attrs.frozen(kw_only=True)
class Entry:
    """One product as its source lists it; ``None`` is what the source did not say.

    ``years``: first and last year that the data are about. ``pages``, ``bytes`` and ``sheets`` are
    what the tariff counts (P1, P2, P3); ``files`` and ``variables`` are for people. ``size`` is
    the size of a file as its source words it (``"3.45 MB"``), rounded and so never counted.
    ``released``: when it came out. ``source``: where it was read, ``read``: the day it was.

    Raises ``BadInput`` (``bad-entry``) for a value that cannot be right.
    """

    id: str = attrs.field(validator=_text(1))
    kind: Kind = attrs.field(validator=attrs.validators.instance_of(Kind))
    title: str = attrs.field(validator=_text(1))
    about: Text | None = attrs.field(default=None, validator=_about)
    years: tuple[int, int] | None = attrs.field(default=None, validator=_years)
    pages: int | None = attrs.field(default=None, validator=_figure)
    files: int | None = attrs.field(default=None, validator=_figure)
    bytes: int | None = attrs.field(default=None, validator=_figure)
    variables: int | None = attrs.field(default=None, validator=_figure)
    processed: bool = False
    extent: str | None = attrs.field(default=None, validator=_choice)
    level: str | None = attrs.field(default=None, validator=_choice)
    sheets: int | None = attrs.field(default=None, validator=_figure)
    size: str = attrs.field(default="", validator=_text(0))
    released: dt.date | None = None
    link: str = attrs.field(default="", validator=_text(0))
    source: str = attrs.field(default="", validator=_text(0))
    read: dt.date | None = None

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return the names of the figures that the tariff counts and the source did not give."""
        return tuple(name for name in _COUNTED[self.kind] if getattr(self, name) is None)

    def product(self) -> Product:
        """Return the basket line that follows from this entry.

        Raises ``BadInput`` (``entry-lacks``) if a figure is not there that the tariff counts.
        """
        if self.lacks:
            said = self._lacking()
            raise BadInput("entry-lacks", said.text, remedy=said.remedy)
        made: Any  # what lacks is said above; the products check the values themselves
        if self.kind is Kind.PUBLICATION:
            made = self.pages
            return Publication(self.title, pages=made)
        if self.kind is Kind.MICRODATA:
            made = self.bytes
            return Microdata(self.title, bytes=made, processed=self.processed)
        extent: Any = self.extent
        level: Any = self.level
        made = self.sheets
        return Map(self.title, extent=extent, level=level, sheets=made)

    def _lacking(self) -> Finding:
        named = Text.join(", ", [_FIGURES[name] for name in self.lacks])
        return Finding(
            Found.LACKS,
            self.id,
            Text(
                id=f"{self.title}: {named.id} tidak ada di {self.source or 'katalog'}, jadi"
                " harganya belum dapat dihitung.",
                en=f"{self.title}: {self.source or 'the catalogue'} does not give the {named.en},"
                " so it has no price yet.",
            ),
            Text(
                id=f"Hitung dari produknya dan tulis {', '.join(self.lacks)} di daftar kantor.",
                en=f"Count it on the product and write {', '.join(self.lacks)} into the office's"
                " own list.",
            ),
        )


class Found(StrEnum):
    """What may be wrong with a catalogue, or with a basket beside it."""

    MISSING = "missing"
    DIFFERS = "differs"
    LACKS = "lacks"
    STALE = "stale"
    UNDATED = "undated"
    AHEAD = "ahead"
    UNREAD = "unread"
    PARTIAL = "partial"


@attrs.frozen
class Finding:
    """One thing that is wrong, of which entry (or name in a basket), and what would be right."""

    found: Found
    id: str
    text: Text
    remedy: Text

    def say(self, lang: Any = "id") -> str:
        """Return what is wrong and what would be right, in ``lang``."""
        return f"{self.text.say(lang)} {self.remedy.say(lang)}"


@attrs.frozen
class Unread:
    """A row of a source that is no entry: where it stands, and why."""

    place: str
    text: Text


@attrs.frozen
class Catalogue:
    """The entries of one source in its order.

    ``unread``: its rows that could not be read. ``total``: how many it says that it has, if it
    says so and all of them were asked for.

    Raises ``BadInput`` (``entry-twice``) if two entries have one id.
    """

    entries: tuple[Entry, ...] = ()
    unread: tuple[Unread, ...] = ()
    total: int | None = None
    _by_id: dict[str, Entry] = attrs.field(init=False, repr=False, eq=False)
    _by_title: dict[str, Entry | None] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        by_id: dict[str, Entry] = {}
        by_title: dict[str, Entry | None] = {}
        for entry in self.entries:
            if entry.id in by_id:
                raise BadInput(
                    "entry-twice",
                    Text(
                        id=f"Katalog memuat {entry.id!r} dua kali.",
                        en=f"The catalogue has {entry.id!r} twice.",
                    ),
                    remedy=Text(id="Beri tiap produk id sendiri.", en="Give each its own id."),
                )
            by_id[entry.id] = entry
            title = _plain(entry.title)
            # a title that two entries have names neither
            by_title[title] = None if title in by_title else entry
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_title", by_title)

    def find(self, name: str) -> Entry | None:
        """Return the entry with this id, else the only one with this title, else None."""
        return self._by_id.get(name) or self._by_title.get(_plain(name))

    def get(self, name: str) -> Entry:
        """Return the entry of this id or title; ``NotFound`` (``not-in-catalogue``) if none is."""
        entry = self.find(name)
        if entry is None:
            said = self._missing(name)
            raise NotFound("not-in-catalogue", said.text, remedy=said.remedy)
        return entry

    def filled_from(self, own: Catalogue) -> Catalogue:
        """Return this catalogue with what it does not say taken from ``own``, entry by id.

        What an office has counted itself (pages, bytes) is so kept when the source is read again.
        """
        return attrs.evolve(
            self,
            entries=tuple(
                _filled(entry, own._by_id[entry.id]) if entry.id in own._by_id else entry
                for entry in self.entries
            ),
        )

    def findings(
        self, *, on: dt.date, oldest: int, basket: Iterable[str | Product] = ()
    ) -> tuple[Finding, ...]:
        """Return what is wrong on the day ``on``.

        ``oldest``: how many days ago an entry may have been read. ``basket``: ids, titles or
        products; what the catalogue has not, or has with other figures, comes first.
        """
        found = [one for name in basket if (one := self._in_basket(name)) is not None]
        for entry in self.entries:
            if entry.lacks:
                found.append(entry._lacking())
            aged = _age(entry, on, oldest)
            if aged is not None:
                found.append(aged)
        found += _undated(self.entries)
        found += [_not_read(row) for row in self.unread]
        listed = len(self.entries) + len(self.unread)
        if self.total is not None and listed < self.total:
            found.append(_partial(listed, self.total))
        return tuple(found)

    def _in_basket(self, name: str | Product) -> Finding | None:
        if isinstance(name, str):
            return None if self.find(name) else self._missing(name)
        entry = self.find(name.title)
        if entry is None:
            return self._missing(name.title)
        if entry.lacks:
            return None  # said of the entry itself
        sold = entry.product()
        if (sold.tariff, sold.quantity) == (name.tariff, name.quantity):
            return None
        return Finding(
            Found.DIFFERS,
            entry.id,
            Text(
                id=f"{name.title}: keranjang berisi {name.tariff}, {name.quantity} {name.unit.id};"
                f" katalog {sold.tariff}, {sold.quantity} {sold.unit.id}.",
                en=f"{name.title}: the basket has {name.tariff}, {name.quantity} {name.unit.en};"
                f" the catalogue {sold.tariff}, {sold.quantity} {sold.unit.en}.",
            ),
            Text(
                id="Ambil angkanya dari katalog, atau perbarui katalog.",
                en="Take the figure of the catalogue, or bring the catalogue up to date.",
            ),
        )

    def _missing(self, name: str) -> Finding:
        from difflib import get_close_matches

        near = get_close_matches(name, [*self._by_id, *(e.title for e in self.entries)], n=1)
        shown = ascii(name[:80]) if what_is_odd(name, one_line=True) else repr(name)
        return Finding(
            Found.MISSING,
            name,
            Text(id=f"{shown} tidak ada di katalog.", en=f"{shown} is not in the catalogue."),
            Text(id=f"Mungkin maksudnya {near[0]!r}?", en=f"Did you mean {near[0]!r}?")
            if near
            else Text(
                id="Pakai id atau judul yang ada di katalog, atau tambahkan produknya.",
                en="Use an id or a title of the catalogue, or add the product to it.",
            ),
        )


_KEPT = ("about", "years", "pages", "files", "bytes", "variables", "extent", "level", "sheets")


def _filled(entry: Entry, own: Entry) -> Entry:
    if own.kind is not entry.kind:
        return entry
    taken = {n: getattr(own, n) for n in _KEPT if getattr(entry, n) is None}
    return attrs.evolve(entry, **taken, processed=entry.processed or own.processed)


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def _age(entry: Entry, on: dt.date, oldest: int) -> Finding | None:
    where = entry.source or "-"
    again = Text(id="Baca lagi sumbernya.", en="Read its source again.")
    if entry.read is None:
        return None  # said once for all of a source
    days = (on - entry.read).days
    if days < 0:
        return Finding(
            Found.AHEAD,
            entry.id,
            Text(
                id=f"{entry.title}: dibaca pada {entry.read}, sesudah {on}.",
                en=f"{entry.title}: read on {entry.read}, after {on}.",
            ),
            Text(id="Perbaiki tanggalnya.", en="Mend the day."),
        )
    if days <= oldest:
        return None
    return Finding(
        Found.STALE,
        entry.id,
        Text(
            id=f"{entry.title}: dibaca {days} hari yang lalu ({entry.read}, {where}); paling lama"
            f" {oldest} hari.",
            en=f"{entry.title}: read {days} days ago ({entry.read}, {where}); {oldest} days is the"
            " most.",
        ),
        again,
    )


def _undated(entries: tuple[Entry, ...]) -> list[Finding]:
    sources: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.read is None:
            sources.setdefault(entry.source, []).append(entry)
    return [
        Finding(
            Found.UNDATED,
            source,
            Text(
                id=f"{len(them)} produk dari {source or 'katalog'} ({them[0].id}, ...): tidak"
                " tertulis kapan dibaca.",
                en=f"{len(them)} products of {source or 'the catalogue'} ({them[0].id}, ...): no"
                " day is given on which they were read.",
            ),
            Text(id="Sebutkan tanggalnya (read).", en="Give the day (read)."),
        )
        for source, them in sources.items()
    ]


def _not_read(row: Unread) -> Finding:
    return Finding(
        Found.UNREAD,
        row.place,
        Text(
            id=f"{row.place} tidak terbaca: {row.text.id}",
            en=f"{row.place} could not be read: {row.text.en}",
        ),
        Text(
            id="Perbaiki pada sumbernya; biarkan bila itu bukan produk kantor.",
            en="Mend it at its source; leave it if it is no product of the office.",
        ),
    )


def _partial(listed: int, total: int) -> Finding:
    return Finding(
        Found.PARTIAL,
        "",
        Text(
            id=f"Sumber menyebut {total} produk, yang terbaca {listed}.",
            en=f"The source says that it has {total} products; {listed} were read.",
        ),
        Text(
            id="Baca lagi semua halamannya; yang lain belum ada di katalog ini.",
            en="Read all of its pages again; the others are not in this catalogue.",
        ),
    )
