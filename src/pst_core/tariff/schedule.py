"""A tariff schedule: a regulation's price rows as checked data, and the exact price of a quantity.

Which schedule is in force on a date, and which readings an office takes, is the business of
``policy``; what a price looks like to an applicant, of ``quotes``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import attrs

from pst_core.certainty import Certainty, weakest
from pst_core.lawdata import Table, read_toml
from pst_core.money import MAX_RUPIAH
from pst_core.refusal import NotFound
from pst_core.text import Text

from .products import TARIFFS, Product

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "Cell",
    "Difference",
    "How",
    "Option",
    "Rates",
    "Schedule",
    "compare",
    "digest_of",
    "exact",
    "least_sure",
    "read_schedule",
]

T = TypeVar("T")


class How(StrEnum):
    """How a row prices the quantities above its lower edge."""

    FLAT = "flat"
    BEGUN = "per-unit-begun"
    PRORATED = "prorated"
    REGRESSIVE = "regressive"


class _Rounding(StrEnum):
    HALF_UP = "half-up"
    UP = "up"
    DOWN = "down"


class _Step(StrEnum):
    LINE = "line"


class Option(NamedTuple):
    """One answer to what a regulation leaves open: a way of counting, or a size in units."""

    reading: str
    id: str
    how: How | None
    size: int | None
    why: Text
    certainty: Certainty
    table: Table


class Row(NamedTuple):
    """One row of an annex; a value that a reading decides stands here as that reading's id."""

    tariff: str
    citation: str
    above: int | str
    up_to: int | str
    how: How | str
    unit: int | str
    amount: int
    certainty: Certainty
    table: Table

    def open_points(self) -> list[str]:
        """Return the readings that decide a value of this row."""
        values = (self.above, self.up_to, self.how, self.unit)
        return [v for v in values if isinstance(v, str) and not isinstance(v, How)]


class Cell(NamedTuple):
    """A row under the chosen readings. Prices are counted in parts of a rupiah: integers only.

    The price of ``q`` units is ``base + begun * step`` parts, ``begun`` the units begun above
    ``above``; ``parts`` of them are ``to`` rupiah, and ``base`` already holds the rounding.
    """

    up_to: int
    above: int
    unit: int
    base: int
    step: int
    parts: int
    to: int
    edge: Fraction
    """Rupiah at the row's lower edge, not rounded."""
    how: How
    per: int
    """Units that ``row.amount`` is for."""
    row: Row
    options: tuple[Option, ...]


_Arithmetic: TypeAlias = tuple[int, int, int, int, int, int, int]
"""The first fields of a ``Cell``, ``up_to`` to ``to``: what an amount needs."""


@attrs.frozen(eq=False)
class Schedule:
    """One version of one regulation's tariff, in force on ``[in_force_from, repealed_from)``."""

    id: str
    version: int
    title: Text
    citation: str
    rows_in: str
    """The part of the regulation that the rows cite, e.g. its annex; empty for none."""
    in_force_from: dt.date
    in_force_certainty: Certainty
    in_force_why: Text
    repealed_from: dt.date | None
    repeals: tuple[str, ...]
    figures_held: bool
    to: int
    rounding: str
    rounding_citation: str
    rounding_certainty: Certainty
    readings: Mapping[str, tuple[Text, str]]
    """Each open question with the option that is taken unless an office chooses another."""
    options: Mapping[tuple[str, str], Option]
    rows: tuple[Row, ...]
    table: Table
    source: bytes

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the data: the same for any layout or comment of the file."""
        return digest_of(self.source)

    def under(self, chosen: Mapping[str, str]) -> Rates:
        """Return the prices with the readings of ``chosen``, the defaults for the others.

        Raises ``NotFound`` (``no-figures-held``) and ``BadLawData`` (a hole, an overlap, more that
        costs less).
        """
        if not self.figures_held:
            raise NotFound(
                "no-figures-held",
                Text(
                    id=f"{self.citation} berlaku pada tanggal itu, tetapi besaran tarifnya tidak"
                    " dipegang pustaka ini.",
                    en=f"{self.citation} is in force on that date, but this library holds no"
                    " figures of it.",
                ),
                remedy=Text(
                    id="Mintalah lampirannya kepada BPS, lalu tambahkan sebagai berkas tarif.",
                    en="Ask BPS for its annex, then add it as a schedule file.",
                ),
            )
        taken = {
            r: self.options[r, chosen.get(r, default)] for r, (_, default) in self.readings.items()
        }
        grouped: dict[str, list[Row]] = {}
        for row in self.rows:
            grouped.setdefault(row.tariff, []).append(row)
        cells = {tariff: _cells(self, rows, taken) for tariff, rows in grouped.items()}
        return Rates(self, taken, cells)


@attrs.frozen(eq=False)
class Rates:
    """The prices of one schedule under chosen readings."""

    schedule: Schedule
    taken: Mapping[str, Option]
    cells: Mapping[str, tuple[Cell, ...]]
    _steps: Mapping[str, tuple[_Arithmetic, ...]] = attrs.field(init=False)

    @_steps.default
    def _arithmetic(self) -> dict[str, tuple[_Arithmetic, ...]]:
        return {tariff: tuple(cell[:7] for cell in cells) for tariff, cells in self.cells.items()}

    def price(self, product: Product) -> int:
        """Return the rupiah of ``product``; ``NotFound`` if the schedule has no tariff for it."""
        (price,) = self.prices((product,))
        return price

    def prices(self, products: Iterable[Product]) -> tuple[int, ...]:
        """Return the rupiah of each of ``products``; raises like ``price``."""
        prices: list[int] = []
        for product in products:
            quantity = product.quantity
            try:
                rows = self._steps[product.tariff]
            except KeyError:
                raise self._no_tariff(product) from None
            for up_to, above, unit, base, step, parts, to in rows:
                if quantity <= up_to:  # as in amount(): a basket may have a thousand lines
                    prices.append((base - (above - quantity) // unit * step) // parts * to)
                    break
            else:
                raise _no_upper_edge()
        return tuple(prices)

    def _no_tariff(self, product: Product) -> NotFound:
        known = ", ".join(sorted(self.cells))
        return NotFound(
            "no-tariff-for-product",
            Text(
                id=f"{self.schedule.citation} tidak mempunyai tarif {product.tariff}"
                f" ({product.title}).",
                en=f"{self.schedule.citation} has no tariff {product.tariff} ({product.title}).",
            ),
            remedy=Text(id=f"Yang bertarif: {known}.", en=f"It has tariffs for: {known}."),
        )

    def amount(self, tariff: str, quantity: int) -> int:
        """Return the rupiah of ``quantity`` units under ``tariff``; ``KeyError`` without one."""
        for up_to, above, unit, base, step, parts, to in self._steps[tariff]:
            if quantity <= up_to:
                return (base - (above - quantity) // unit * step) // parts * to
        raise _no_upper_edge()

    def cell(self, product: Product) -> Cell:
        """Return the row that decides the price of ``product``."""
        return next(c for c in self.cells[product.tariff] if product.quantity <= c.up_to)


def _no_upper_edge() -> AssertionError:
    return AssertionError("the last row has no upper edge")  # read_schedule saw to it


class Difference(NamedTuple):
    """A quantity whose price differs; None where a schedule has no tariff."""

    tariff: str
    quantity: int
    before: int | None
    after: int | None


def compare(before: Rates, after: Rates) -> tuple[Difference, ...]:
    """Return what differs at the edges of every row of both, a unit before and a unit after."""
    found: list[Difference] = []
    for tariff in TARIFFS:
        edges: set[int] = set()
        for cell in (*before.cells.get(tariff, ()), *after.cells.get(tariff, ())):
            edges |= {cell.above + n for n in (0, 1, cell.per, cell.per + 1, 10 * cell.per)}
        for quantity in sorted(edges - {0}):
            prices = [
                r.amount(tariff, quantity) if tariff in r.cells else None for r in (before, after)
            ]
            if prices[0] != prices[1]:
                found.append(Difference(tariff, quantity, *prices))
    return tuple(found)


def digest_of(source: bytes) -> str:
    """Return the SHA-256 of the data of a TOML file, whatever its layout and comments."""
    import hashlib
    import json
    import tomllib

    data = tomllib.loads(source.decode("utf-8-sig"))
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def exact(cell: Cell, quantity: int) -> Fraction:
    """Return the rupiah of ``quantity`` in ``cell`` before rounding."""
    if cell.how is How.FLAT:
        return Fraction(cell.row.amount)
    over = Fraction(quantity - cell.above, cell.per)
    return cell.edge + cell.row.amount * (math.ceil(over) if cell.how is How.BEGUN else over)


def read_schedule(place: str | Path | Traversable) -> Schedule:
    """Read and check one schedule file under every option of its readings.

    Raises ``BadLawData`` with file, line and remedy.
    """
    schedule = _read(read_toml(place), (Path(place) if isinstance(place, str) else place))
    if schedule.figures_held:
        choices = [[o for o in schedule.options if o[0] == r] for r in schedule.readings]
        for choice in itertools.product(*choices):
            schedule.under(dict(choice))
    return schedule


def _read(table: Table, place: Traversable) -> Schedule:
    held = table.take("figures_held", bool)
    schedule = table.take("id", str)
    repealed = table.take("repealed_from", dt.date) if table.has("repealed_from") else None
    rounding = table.table("rounding") if held else None
    questions = [] if not held else table.tables("readings")
    options = [] if not held else [_read_option(t) for t in table.tables("options")]
    readings: dict[str, tuple[Text, str]] = {}
    for question in questions:
        name, default = question.take("id", str), question.take("default", str)
        if name in readings:
            raise question.error("id", *_twice(name))
        if (name, default) not in {(o.reading, o.id) for o in options}:
            raise question.error(
                "default",
                Text(id=f"{default!r} bukan pilihan.", en=f"{default!r} is not an option."),
                Text(
                    id=f"Tambahkan [[options]] dengan reading = {name!r}, id = {default!r}.",
                    en=f"Add [[options]] with reading = {name!r}, id = {default!r}.",
                ),
            )
        readings[name] = question.text("question"), default
        question.done()
    by_name: dict[tuple[str, str], Option] = {}
    for option in options:
        if option.reading not in readings:
            raise option.table.error("reading", *_unknown(option.reading, readings))
        if (option.reading, option.id) in by_name:
            raise option.table.error("id", *_twice(option.id))
        by_name[option.reading, option.id] = option
    rows = tuple(_read_row(t, options) for t in table.tables("rows", required=True)) if held else ()
    used = {name for row in rows for name in row.open_points()}
    for question, name in zip(questions, readings, strict=True):
        if name not in used:
            raise question.error(
                "id",
                Text(id="tidak dipakai baris mana pun.", en="is used by no row."),
                Text(
                    id="Hapus, atau pakai dalam [[rows]].", en="Delete it, or use it in [[rows]]."
                ),
            )
    result = Schedule(
        id=schedule,
        version=_positive(table, "version"),
        title=table.text("title"),
        citation=_cited(table),
        rows_in=table.take("rows_in", str, ""),
        in_force_from=table.take("in_force_from", dt.date),
        in_force_certainty=table.certainty("in_force_certainty"),
        in_force_why=table.text("in_force_why", Text(id="", en="")),
        repealed_from=repealed,
        repeals=table.strings("repeals", ()),
        figures_held=held,
        to=_positive(rounding, "to") if rounding else 1,
        rounding=rounding.choice("mode", _Rounding) if rounding else _Rounding.HALF_UP,
        rounding_citation=_cited(rounding) if rounding else "",
        rounding_certainty=rounding.certainty() if rounding else Certainty.VERIFIED,
        readings=readings,
        options=by_name,
        rows=rows,
        table=table,
        source=place.read_bytes(),
    )
    if rounding:
        rounding.choice("step", _Step)
        rounding.done()
    table.done()
    if repealed and repealed <= result.in_force_from:
        raise table.error(
            "repealed_from",
            Text(id="tidak sesudah in_force_from.", en="is not after in_force_from."),
            Text(
                id="Hari pencabutan ialah hari pertama yang tidak berlaku.",
                en="It is the first day not in force.",
            ),
        )
    return result


def _read_option(table: Table) -> Option:
    option = Option(
        reading=table.take("reading", str),
        id=table.take("id", str),
        how=table.choice("how", How) if table.has("how") else None,
        size=_positive(table, "size") if table.has("size") else None,
        why=table.text("why"),
        certainty=table.certainty(),
        table=table,
    )
    table.done()
    if (option.how is None) == (option.size is None):
        raise table.error(
            "id",
            Text(id="perlu tepat satu: how atau size.", en="needs exactly one of: how, size."),
            Text(id="Tulis how atau size.", en="Give how or size."),
        )
    return option


def _read_row(table: Table, options: Sequence[Option]) -> Row:
    tariff = table.take("tariff", str)
    if tariff not in TARIFFS:
        raise table.error("tariff", *_unknown(tariff, TARIFFS))
    how = _or_reading(table, "how", options, How)
    flat = how is How.FLAT
    row = Row(
        tariff=tariff,
        citation=_cited(table),
        above=_or_reading(table, "above", options, int),
        up_to=_or_reading(table, "up_to", options, int)
        if table.has("up_to_reading")
        else table.take("up_to", int, MAX_RUPIAH),
        how=how,
        unit=1 if flat else _or_reading(table, "unit", options, int),
        amount=table.take("amount", int),
        certainty=table.certainty(),
        table=table,
    )
    table.done()
    for key, value, least in (("amount", row.amount, 0), ("unit", row.unit, 1)):
        if isinstance(value, int) and value < least:
            raise table.error(
                key,
                Text(id=f"tidak boleh {value}.", en=f"must not be {value}."),
                Text(id=f"Paling sedikit {least}.", en=f"It is at least {least}."),
            )
    return row


def _or_reading(table: Table, key: str, options: Sequence[Option], kind: type[T]) -> T | str:
    name = f"{key}_reading"
    if not table.has(name):
        return table.take(key, kind) if kind is int else table.choice(key, kind)
    reading = table.take(name, str)
    matching = [o for o in options if o.reading == reading]
    if not matching:
        raise table.error(name, *_unknown(reading, {o.reading for o in options}))
    part = "size" if kind is int else "how"
    for option in matching:
        if getattr(option, part) is None:
            raise option.table.error(
                "id",
                Text(
                    id=f"dipakai sebagai {name}, jadi perlu {part}.",
                    en=f"is used as {name}, so it needs {part}.",
                ),
                Text(id=f"Tambahkan {part}.", en=f"Add {part}."),
            )
    return reading


def _cells(schedule: Schedule, rows: list[Row], taken: Mapping[str, Option]) -> tuple[Cell, ...]:
    """Turn the rows of one tariff into integer arithmetic, refusing what cannot be a tariff."""
    sizes = {name: option.size for name, option in taken.items() if option.size is not None}
    hows = {name: option.how for name, option in taken.items() if option.how is not None}
    resolved: list[tuple[Row, int, int, How, int]] = []
    for row in rows:
        above, up_to, unit = (
            sizes[v] if isinstance(v, str) else v for v in (row.above, row.up_to, row.unit)
        )
        how = row.how if isinstance(row.how, How) else hows[row.how]
        resolved.append((row, above, up_to, how, unit))
    parts = math.lcm(*(unit for *_, how, unit in resolved if how in _BY_FRACTION))
    whole = parts * schedule.to
    rounding = {"half-up": whole // 2, "up": whole - 1, "down": 0}[schedule.rounding]
    cells: list[Cell] = []
    reached = 0
    edge = rate = Fraction(0)
    for row, above, up_to, how, unit in resolved:
        _fits(row, above, up_to, reached)
        if how is How.FLAT and row.amount < edge:
            raise row.table.error(
                "amount",
                Text(
                    id=f"membuat yang lebih banyak lebih murah: sampai {above} sudah Rp{edge}.",
                    en=f"makes more cost less: up to {above} it is Rp{edge} already.",
                ),
                Text(id=f"Paling sedikit Rp{edge}.", en=f"It is at least Rp{edge}."),
            )
        if how is How.REGRESSIVE and not Fraction(row.amount, unit) < rate:
            raise row.table.error(
                "amount",
                Text(
                    id="tidak lebih murah per satuan daripada baris sebelumnya.",
                    en="is not cheaper a unit than the row before.",
                ),
                Text(
                    id="Turunkan, atau pakai how = 'prorated'.",
                    en="Lower it, or use how = 'prorated'.",
                ),
            )
        by_fraction = how in _BY_FRACTION
        flat = how is How.FLAT
        cell = Cell(
            up_to=up_to,
            above=above,
            unit=1 if by_fraction or flat else unit,
            base=int(parts * (row.amount if flat else edge)) + rounding,
            step=0 if flat else row.amount * (parts // unit if by_fraction else parts),
            parts=whole,
            to=schedule.to,
            edge=edge,
            how=how,
            per=unit,
            row=row,
            options=tuple(taken[name] for name in row.open_points()),
        )
        cells.append(cell)
        reached, edge = up_to, exact(cell, up_to)
        rate = Fraction(cell.step, parts * cell.unit)
    if reached != MAX_RUPIAH:
        raise rows[-1].table.error(
            "up_to",
            Text(
                id=f"lubang: tidak ada tarif di atas {reached}.",
                en=f"a hole: there is no tariff above {reached}.",
            ),
            Text(
                id="Baris terakhir sebuah tarif tidak memakai up_to.",
                en="The last row of a tariff has no up_to.",
            ),
        )
    return tuple(cells)


_BY_FRACTION = (How.PRORATED, How.REGRESSIVE)


def _fits(row: Row, above: int, up_to: int, reached: int) -> None:
    key = "above_reading" if isinstance(row.above, str) else "above"
    remedy = Text(id=f"Tulis above = {reached}.", en=f"Write above = {reached}.")
    if above > reached:
        raise row.table.error(
            key,
            Text(
                id=f"lubang: tidak ada tarif dari {reached} sampai {above}.",
                en=f"a hole: there is no tariff from {reached} to {above}.",
            ),
            remedy,
        )
    if above < reached:
        raise row.table.error(
            key,
            Text(
                id=f"tumpang tindih: sampai {reached} sudah bertarif.",
                en=f"an overlap: up to {reached} there is a tariff already.",
            ),
            remedy,
        )
    if up_to <= above:
        raise row.table.error(
            "up_to",
            Text(id=f"tidak di atas {above}.", en=f"is not above {above}."),
            Text(id="Perbaiki batas baris.", en="Mend the edges of the row."),
        )


def _cited(table: Table) -> str:
    citation = table.take("citation", str)
    if not citation.strip():
        raise table.error(
            "citation",
            Text(id="kosong.", en="is empty."),
            Text(
                id="Sebut pasal atau baris lampiran.",
                en="Name the article or the row of the annex.",
            ),
        )
    return citation


def _positive(table: Table, key: str) -> int:
    value = table.take(key, int)
    if value < 1:
        raise table.error(
            key,
            Text(id=f"tidak boleh {value}.", en=f"must not be {value}."),
            Text(id="Paling sedikit 1.", en="It is at least 1."),
        )
    return value


def _twice(word: str) -> tuple[Text, Text]:
    return (
        Text(id=f"{word!r} sudah ada.", en=f"{word!r} is there already."),
        Text(id="Beri nama lain, atau hapus satu.", en="Give another name, or delete one."),
    )


def _unknown(word: str, known: Iterable[str]) -> tuple[Text, Text]:
    names = ", ".join(sorted(set(known)))
    return (
        Text(id=f"tidak mengenal {word!r}.", en=f"does not know {word!r}."),
        Text(id=f"Yang dikenal: {names}.", en=f"Known: {names}."),
    )


def least_sure(cell: Cell, quantity: int) -> tuple[Certainty, tuple[Option, ...]]:
    """Return how sure the price of ``quantity`` is, and the readings that it rests on.

    How a part of a unit counts is no question when there is no part.
    """
    whole = (quantity - cell.above) % cell.per == 0
    options = tuple(o for o in cell.options if not (whole and o.how))
    return weakest([cell.row.certainty, *(o.certainty for o in options)]), options
