"""Rupiah as whole numbers: checked, written as figures and as words.

Public money is counted in integers of one rupiah; a float is refused at the door.
"""

from __future__ import annotations

from typing import NewType

from .refusal import BadInput
from .text import Lang, Text

__all__ = ["MAX_RUPIAH", "Rupiah", "as_rupiah", "format_rupiah", "terbilang"]

Rupiah = NewType("Rupiah", int)
"""A whole number of rupiah."""

MAX_RUPIAH = 2**63 - 1
"""The largest amount that every adapter stores unchanged (a signed 64-bit integer)."""


def as_rupiah(value: object) -> Rupiah:
    """Return ``value`` as rupiah.

    Raises ``BadInput`` for anything but an ``int`` between -(2**63 - 1) and 2**63 - 1.
    """
    if type(value) is not int:
        raise BadInput(
            "not-whole-rupiah",
            Text(
                id=f"Jumlah rupiah harus bilangan bulat (int), bukan {value!r}.",
                en=f"An amount in rupiah must be a whole number (int), not {value!r}.",
            ),
            remedy=Text(
                id="Hitung dalam rupiah utuh; jangan pakai pecahan atau float.",
                en="Count in whole rupiah; never use fractions or floats.",
            ),
        )
    if not -MAX_RUPIAH <= value <= MAX_RUPIAH:
        raise BadInput(
            "rupiah-too-large",
            Text(
                id=f"Jumlah {value} melebihi batas Rp{MAX_RUPIAH}.",
                en=f"The amount {value} is beyond the limit of Rp{MAX_RUPIAH}.",
            ),
            remedy=Text(
                id="Periksa satuannya: byte, halaman, atau lembar.",
                en="Check its unit: bytes, pages or sheets.",
            ),
        )
    return Rupiah(value)


def format_rupiah(amount: int, lang: Lang = "id") -> str:
    """Write ``amount`` as figures: ``Rp1.250.000`` (Indonesian) or ``Rp1,250,000`` (English)."""
    figures = f"{abs(amount):,}"
    if lang == "id":
        figures = figures.replace(",", ".")
    return f"{'-' if amount < 0 else ''}Rp{figures}"


_SMALL = (
    *("nol", "satu", "dua", "tiga", "empat", "lima"),
    *("enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"),
)
_UNITS = (
    (10**18, "kuintiliun"),
    (10**15, "kuadriliun"),
    (10**12, "triliun"),
    (10**9, "miliar"),
    (10**6, "juta"),
    (1000, "ribu"),
    (100, "ratus"),
    (10, "puluh"),
)


def terbilang(amount: int) -> str:
    """Write ``amount`` in Indonesian words, as a receipt does: 1,001,000 is "satu juta seribu".

    Raises ``BadInput`` like ``as_rupiah``.
    """
    amount = as_rupiah(amount)
    if amount < 0:
        return "minus " + _words(-amount)
    return _words(amount)


def _words(n: int) -> str:
    if n < 12:
        return _SMALL[n]
    if n < 20:
        return f"{_SMALL[n - 10]} belas"
    value, unit = next(u for u in _UNITS if n >= u[0])
    many, rest = divmod(n, value)
    head = f"se{unit}" if many == 1 and value in (100, 1000) else f"{_words(many)} {unit}"
    return f"{head} {_words(rest)}" if rest else head
