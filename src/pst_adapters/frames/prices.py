"""Quotes as a table: a row for each product of each quote."""

from __future__ import annotations

from collections.abc import Iterable

from pst_core.tariff import Quote
from pst_core.text import Lang

from .table import Table, table

__all__ = ["quotes"]

_COLUMNS = (
    "quote", "on", "line", "product", "kind", "quantity", "unit", "amount", "tariff_amount",
    "schedule", "clause", "why", "certainty",
)  # fmt: skip


def quotes(made: Iterable[Quote], lang: Lang = "id") -> Table:
    """Return the lines of quotes, numbered from 1 as they come; amounts in whole rupiah."""
    return table(
        "quotes",
        _COLUMNS,
        (
            (
                n, quote.on, place, line.product.title, line.product.kind, line.product.quantity,
                line.product.unit.say(lang), line.amount, line.tariff, quote.schedule,
                line.clause, line.why.say(lang), str(line.certainty),
            )
            for n, quote in enumerate(made, 1)
            for place, line in enumerate(quote.lines, 1)
        ),
        "UTC",
    )  # fmt: skip
