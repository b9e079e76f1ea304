"""A quote: what a basket costs on a date, and why, rupiah by rupiah.

Amounts are computed at once; the explanations only when somebody reads them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from pst_core.certainty import Certainty, weakest
from pst_core.money import as_rupiah, format_rupiah
from pst_core.refusal import BadInput, NotFound
from pst_core.text import Lang, Text
from pst_core.twin import twin

from .policy import TariffPolicy
from .products import Map, Microdata, Product, Publication
from .schedule import Cell, How, Rates, exact, least_sure

if TYPE_CHECKING:
    from .zero import RuleResult, ZeroClaim, ZeroOutcome

__all__ = ["Basis", "Line", "Quote", "quote", "requote"]


@attrs.frozen
class Basis:
    """What a price was computed from: store it, and ``requote`` gives the same rupiah for ever."""

    schedule: str
    version: int
    digest: str
    readings: tuple[tuple[str, str], ...]
    """(open question, option taken)."""
    zero_digest: str = ""
    """SHA-256 of the Rp0 rules, if Rp0 was claimed."""


@attrs.frozen
class Line:
    """One product of a quote: ``amount`` is charged, ``tariff`` is the price without Rp0."""

    product: Product
    amount: int
    tariff: int
    _rates: Rates = attrs.field(repr=False, eq=False)
    _zero: ZeroOutcome | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def clause(self) -> str:
        """Return the rows of the annex that the price comes from."""
        cell = self._rates.cell(self.product)
        rows = [c.row.citation for c in _counted(self._rates, self.product, cell)]
        schedule = self._rates.schedule
        text = " ".join(filter(None, (schedule.citation, schedule.rows_in, ", ".join(rows))))
        zero = self._waived()
        return f"{text}; {zero.citation}" if zero else text

    @property
    def why(self) -> Text:
        """Return the arithmetic in words, to be checked with a pocket calculator."""
        return Text(id=self._say("id"), en=self._say("en"))

    @property
    def certainty(self) -> Certainty:
        """Return how sure the amount is: as sure as the weakest row, reading or rule."""
        cell = self._rates.cell(self.product)
        sure, _ = least_sure(cell, self.product.quantity)
        before = [c.row.certainty for c in _counted(self._rates, self.product, cell)]
        rounding = self._rates.schedule
        if exact(cell, self.product.quantity) != self.tariff:
            before.append(rounding.rounding_certainty)
        zero = self._waived()
        return zero.certainty if zero else weakest([sure, *before])

    @property
    def readings(self) -> tuple[tuple[str, str], ...]:
        """Return (open question, option taken) for each reading that the amount rests on."""
        _, options = least_sure(self._rates.cell(self.product), self.product.quantity)
        return tuple((o.reading, o.id) for o in options)

    @property
    def reading(self) -> Text | None:
        """Return the readings in words; None if the text of the regulation decides alone."""
        _, options = least_sure(self._rates.cell(self.product), self.product.quantity)
        return Text.join("; ", [o.why for o in options]) if options else None

    def _waived(self) -> RuleResult | None:
        return self._zero.waiver(self.product.kind) if self._zero else None

    def _say(self, lang: Lang) -> str:
        quantity, words = self.product.quantity, _WORDS[lang]
        cell = self._rates.cell(self.product)
        parts = [_units(quantity, self.product, lang)]
        parts += [
            _step(row, min(quantity, row.up_to), self.product, lang)
            for row in _counted(self._rates, self.product, cell)
        ]
        raw = exact(cell, quantity)
        if len(parts) > 2:
            parts.append(words["sum"].format(rp=_rupiah(raw, lang)))
        if raw != self.tariff:
            parts.append(words["rounded"].format(rp=format_rupiah(self.tariff, lang)))
        zero = self._waived()
        if zero:
            parts.append(words["zero"].format(rule=zero.rule, clause=zero.citation))
        return "; ".join(parts) + "."


_line = twin(Line)


def _step(cell: Cell, reached: int, product: Product, lang: Lang) -> str:
    """Say what the units of ``cell`` up to ``reached`` cost."""
    words, price = _WORDS[lang], format_rupiah(cell.row.amount, lang)
    if cell.how is How.FLAT:
        if product.quantity == reached:
            return words["flat"].format(rp=price)
        return words["first"].format(n=_units(reached, product, lang), rp=price)
    over = Fraction(reached - cell.above, cell.per)
    begun = cell.how is How.BEGUN
    count = Fraction(math.ceil(over)) if begun else over
    if cell.per == 1:
        factor = _units(count, product, lang)
    else:
        factor = f"{_number(count, lang)} × {_units(cell.per, product, lang)}"
    part = words["part"] if begun and over != count else ""
    product_of = f"{factor}{part} × {price} = {_rupiah(cell.row.amount * count, lang)}"
    if not cell.above:
        return product_of
    rest = _units(reached - cell.above, product, lang)
    return words["next"].format(n=rest, product=product_of)


_WORDS: dict[Lang, dict[str, str]] = {
    "id": {
        "flat": "tarif baris ini {rp}",
        "first": "{n} pertama {rp}",
        "next": "{n} berikutnya = {product}",
        "part": " (bagian dihitung penuh)",
        "sum": "jumlah {rp}",
        "rounded": "dibulatkan menjadi {rp}",
        "zero": "dikenakan Rp0 menurut aturan {rule} ({clause})",
    },
    "en": {
        "flat": "the price of this row is {rp}",
        "first": "the first {n} {rp}",
        "next": "the next {n} = {product}",
        "part": " (a part counts as begun)",
        "sum": "together {rp}",
        "rounded": "rounded to {rp}",
        "zero": "charged at Rp0 by the rule {rule} ({clause})",
    },
}


@attrs.frozen
class Quote:
    """What ``products`` cost on ``on``. Two quotes are equal if the basis and amounts are."""

    products: tuple[Product, ...]
    on: dt.date
    amounts: tuple[int, ...]
    """Rupiah charged, a product each."""
    total: int
    _rates: Rates = attrs.field(repr=False, eq=False)
    _policy: TariffPolicy = attrs.field(repr=False, eq=False)
    zero: ZeroOutcome | None = None

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))  # what notebooks and hypothesis ask for

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines in the order of the basket."""
        rates, zero = self._rates, self.zero
        tariffs = self.amounts if zero is None else rates.prices(self.products)
        lines = []
        for product, amount, tariff in zip(self.products, self.amounts, tariffs, strict=True):
            line = _line()
            line.product = product
            line.amount = amount
            line.tariff = tariff
            line._rates = rates
            line._zero = zero
            line.__class__ = Line
            lines.append(line)
        return tuple(lines)

    @property
    def schedule(self) -> str:
        """Return the id of the schedule."""
        return self._rates.schedule.id

    @property
    def citation(self) -> str:
        """Return the regulation as papers cite it."""
        return self._rates.schedule.citation

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the schedule's data."""
        return self._rates.schedule.digest

    @property
    def basis(self) -> Basis:
        """Return what ``requote`` needs besides products, date and claim."""
        schedule = self._rates.schedule
        taken = tuple((r, o.id) for r, o in self._rates.taken.items())
        if self.zero:
            taken += (self.zero.reading,)
        rules = self.zero.digest if self.zero else ""
        return Basis(schedule.id, schedule.version, schedule.digest, taken, rules)

    @property
    def fixed_by(self) -> str:
        """Return which date fixes the tariff at this office: ``filing`` or ``offer``."""
        return self._policy.fixed_by.value

    @property
    def certainty(self) -> Certainty:
        """Return how sure the total is: as sure as its weakest line."""
        return weakest(line.certainty for line in self.lines)

    @property
    def free(self) -> bool:
        """Return whether nothing is to be paid: payment is skipped, the agreement is not."""
        return self.total == 0

    @property
    def billable(self) -> bool:
        """Return whether the office may charge it: figures not verified need a confirmation."""
        return (
            self.free
            or self.certainty is Certainty.VERIFIED
            or self._policy.confirmation(self.schedule) is not None
        )

    @property
    def billable_why(self) -> Text:
        """Return why it may or may not be charged."""
        confirmed = self._policy.confirmation(self.schedule)
        citation = self._rates.schedule.citation
        if self.free:
            return Text(id="Tidak ada yang ditagih.", en="There is nothing to charge.")
        if confirmed:
            note = f" ({confirmed.note})" if confirmed.note else ""
            return Text(
                id=f"Tarif {citation} dipastikan oleh {confirmed.by}, {confirmed.on}{note}.",
                en=f"The figures of {citation} were confirmed by {confirmed.by},"
                f" {confirmed.on}{note}.",
            )
        if self.certainty is Certainty.VERIFIED:
            return Text(id="Tarif dikutip dari naskahnya.", en="Quoted from the primary text.")
        return Text(
            id=f"Belum boleh ditagih: tarif {citation} belum dipastikan kantor ini. Isi"
            " [[tariff.confirmed]] dalam profil kantor: siapa yang memastikan dan kapan.",
            en=f"It may not be charged yet: this office has not confirmed the figures of"
            f" {citation}. Fill in [[tariff.confirmed]] of the office's profile:"
            " who confirmed them and when.",
        )

    @property
    def rules(self) -> tuple[RuleResult, ...]:
        """Return each Rp0 rule, fired or not, a product kind each; empty without a claim."""
        return self.zero.rules if self.zero else ()

    @property
    def notes(self) -> tuple[Text, ...]:
        """Return what an applicant should know besides the lines."""
        return tuple(_notes(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the quote with its explanations as plain JSON values."""
        both = attrs.asdict
        return {
            "on": self.on.isoformat(),
            "fixed_by": self.fixed_by,
            "total": self.total,
            "certainty": self.certainty.value,
            "billable": self.billable,
            "billable_why": both(self.billable_why),
            "basis": attrs.asdict(self.basis),
            "lines": [
                {
                    "product": {"kind": line.product.kind, **attrs.asdict(line.product)},
                    "amount": line.amount,
                    "tariff": line.tariff,
                    "clause": line.clause,
                    "why": both(line.why),
                    "certainty": line.certainty.value,
                    "readings": dict(line.readings),
                    "reading": both(line.reading) if line.reading else None,
                }
                for line in self.lines
            ],
            "rules": [attrs.asdict(rule) for rule in self.rules],
            "notes": [both(note) for note in self.notes],
        }


_made = twin(Quote)


def quote(
    products: Sequence[Product],
    on: dt.date,
    policy: TariffPolicy,
    *,
    zero: ZeroClaim | None = None,
) -> Quote:
    """Return the price of ``products`` by the tariff in force on ``on`` (PP 13/2024 Pasal 1, 4).

    Raises ``BadInput`` (empty basket, no product, no date) and ``NotFound``:
    ``no-tariff-in-force``, ``no-figures-held``, ``no-tariff-for-product``.
    """
    return _quote(products, on, policy, policy.rates(on), zero=zero, readings=policy.readings)


def requote(
    products: Sequence[Product],
    on: dt.date,
    basis: Basis,
    policy: TariffPolicy,
    *,
    zero: ZeroClaim | None = None,
) -> Quote:
    """Return the price by the schedule version and readings of ``basis``, whatever holds today.

    Raises ``NotFound`` (``schedule-version-missing``) if no schedule of that digest is there.
    """
    schedule = next((s for s in policy.schedules if s.digest == basis.digest), None)
    if schedule is None:
        raise NotFound(
            "schedule-version-missing",
            Text(
                id=f"Tarif {basis.schedule} versi {basis.version} (SHA-256 {basis.digest})"
                " tidak ada.",
                en=f"The tariff {basis.schedule} version {basis.version} (SHA-256 {basis.digest})"
                " is not here.",
            ),
            remedy=Text(
                id="Tambahkan berkas versi itu pada [tariff] schedules.",
                en="Add the file of that version to [tariff] schedules.",
            ),
        )
    readings = dict(basis.readings)
    rates = schedule.under(readings)
    return _quote(
        products, on, policy, rates, zero=zero, readings=readings, zero_digest=basis.zero_digest
    )


def _quote(
    products: Sequence[Product],
    on: dt.date,
    policy: TariffPolicy,
    rates: Rates,
    *,
    zero: ZeroClaim | None,
    readings: Mapping[str, str],
    zero_digest: str = "",
) -> Quote:
    basket = tuple(products)
    if not basket:
        raise BadInput(
            "empty-basket",
            Text(id="Keranjang kosong.", en="The basket is empty."),
            remedy=Text(id="Pilih sedikitnya satu produk.", en="Choose at least one product."),
        )
    try:
        amounts = rates.prices(basket)
    except AttributeError:
        raise _no_product(basket) from None
    outcome = None
    if zero is not None:
        from .zero import decide

        outcome = decide(zero, basket, on, readings, digest=zero_digest)
        amounts = tuple(
            0 if outcome.waiver(p.kind) else a for p, a in zip(basket, amounts, strict=True)
        )
    made = _made()
    made.products = basket
    made.on = on
    made.amounts = amounts
    made.total = as_rupiah(sum(amounts))
    made._rates = rates
    made._policy = policy
    made.zero = outcome
    made.__class__ = Quote
    return made  # type: ignore[no-any-return]


def _no_product(basket: tuple[object, ...]) -> BadInput:
    wrong = next((p for p in basket if not isinstance(p, Publication | Microdata | Map)), None)
    return BadInput(
        "not-a-product",
        Text(id=f"Bukan produk: {wrong!r}.", en=f"Not a product: {wrong!r}."),
        remedy=Text(
            id="Pakai Publication, Microdata atau Map.", en="Use Publication, Microdata or Map."
        ),
    )


def _counted(rates: Rates, product: Product, cell: Cell) -> list[Cell]:
    """Return the rows that the price is made of: a flat row stands alone."""
    cells = rates.cells[product.tariff]
    upto = cells[: cells.index(cell) + 1]
    start = max((n for n, c in enumerate(upto) if c.how is How.FLAT), default=0)
    return list(upto[start:])


def _notes(quote: Quote) -> list[Text]:
    schedule = quote._rates.schedule
    notes: list[Text] = []
    if schedule.in_force_from.year == quote.on.year and schedule.in_force_why.id:
        notes.append(
            Text(
                id=f"{schedule.citation} dibaca berlaku sejak {schedule.in_force_from}"
                f" ({schedule.in_force_certainty.text.id}): {schedule.in_force_why.id}.",
                en=f"{schedule.citation} is read as in force from {schedule.in_force_from}"
                f" ({schedule.in_force_certainty.text.en}): {schedule.in_force_why.en}.",
            )
        )
    tariffs = [p.tariff for p in quote.products]
    for tariff in sorted(set(tariffs)):
        times, first = tariffs.count(tariff), quote._rates.cells[tariff][0]
        if times > 1 and first.how is How.FLAT:
            notes.append(
                Text(
                    id=f"{tariff}: {times} baris, jadi baris pertama tarif"
                    f" ({format_rupiah(first.row.amount)}) dihitung {times} kali.",
                    en=f"{tariff}: {times} lines, so the first row of the tariff"
                    f" ({format_rupiah(first.row.amount, 'en')}) begins anew {times} times.",
                )
            )
    if quote.zero:
        notes.append(quote.zero.note)
        if quote.free:
            notes.append(
                Text(
                    id="Rp0: tanpa pembayaran; perjanjian penggunaan data tetap berlaku, dan"
                    " kuitansi menyebut Rp0.",
                    en="Rp0: no payment; the data-use agreement still holds, and the receipt"
                    " says Rp0.",
                )
            )
    return notes


def _units(count: int | Fraction, product: Product, lang: Lang) -> str:
    unit = product.unit.say(lang)
    if lang == "en" and count == 1:
        unit = unit.removesuffix("s")
    return f"{_number(count, lang)} {unit}"


def _number(value: int | Fraction, lang: Lang) -> str:
    """Write ``value`` exactly: decimals where they end, else a whole number and a fraction."""
    whole, rest = (value, 0) if isinstance(value, int) else divmod(value, 1)
    text = f"{whole:,}"
    if rest:
        places = next((n for n in range(10) if (rest * 10**n).denominator == 1), None)
        if places is not None:
            text += f".{int(rest * 10**places):0{places}d}"
        else:
            text = f"{text} {rest}" if whole else str(rest)
    return text.translate(_INDONESIAN) if lang == "id" else text


_INDONESIAN = str.maketrans(",.", ".,")


def _rupiah(value: int | Fraction, lang: Lang) -> str:
    return f"Rp{_number(value, lang)}"
