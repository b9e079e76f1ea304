"""Quotes of 1, 10 and 1000 lines beside plain Python by hand: the same answers first, then ratios.

Run: python benchmarks/tariff.py. With openfisca-core installed it is measured too, given a formula
over arrays of the same tariff; it prices, but keeps no source and explains nothing.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from datetime import date

from pst_core.tariff import Map, Microdata, Product, Publication, national_policy, quote

DAY = date(2026, 11, 24)


def by_hand(basket: list[tuple[str, int]]) -> tuple[int, list[int]]:
    """What an office's own script would do: no date, no source, no explanation."""
    amounts = []
    for kind, n in basket:
        if kind == "publication":
            amounts.append(50_000 + max(0, -((50 - n) // 50)) * 15_000)
        elif kind == "microdata":
            amounts.append(20_000 + (max(0, n - 1_000_000) * 20 + 500) // 1000)
        else:
            amounts.append(n * 70_000)
    return sum(amounts), amounts


def by_openfisca() -> Callable[[list[tuple[str, int]]], tuple[int, list[int]]] | None:
    """Return the same tariff as an OpenFisca variable, or None if it is not installed."""
    try:
        import numpy as np
        from openfisca_core.entities import build_entity
        from openfisca_core.periods import DateUnit
        from openfisca_core.simulations import SimulationBuilder
        from openfisca_core.taxbenefitsystems import TaxBenefitSystem
        from openfisca_core.variables import Variable
    except ImportError:
        return None
    line = build_entity(key="line", plural="lines", label="line", is_person=True)
    common = {
        "value_type": int,
        "entity": line,
        "definition_period": DateUnit.MONTH,
        "label": "a number",
    }

    def formula(lines, period):
        kind = lines("kind", period)
        n = lines("quantity", period).astype(np.int64)
        pages = 50_000 + np.maximum(0, -((50 - n) // 50)) * 15_000
        data = 20_000 + (np.maximum(0, n - 1_000_000) * 20 + 500) // 1000
        return np.select([kind == 0, kind == 1], [pages, data], n * 70_000)

    system = TaxBenefitSystem([line])
    system.add_variable(type("kind", (Variable,), dict(common)))
    system.add_variable(type("quantity", (Variable,), dict(common)))
    system.add_variable(type("amount", (Variable,), {**common, "formula": formula}))
    kinds = ("publication", "microdata", "map")

    def price(basket: list[tuple[str, int]]) -> tuple[int, list[int]]:
        simulation = SimulationBuilder().build_default_simulation(system, len(basket))
        columns = [[kinds.index(k) for k, _ in basket], [n for _, n in basket]]
        for name, column in zip(("kind", "quantity"), columns, strict=True):
            simulation.set_input(name, "2026-11", np.array(column))
        amounts = simulation.calculate("amount", "2026-11").tolist()
        return sum(amounts), amounts

    return price


def main() -> None:
    openfisca = by_openfisca()
    policy = national_policy()
    kinds: list[Product] = [
        Publication("Rembang Dalam Angka", pages=312),
        Microdata("Susenas 2025", bytes=4_200_000),
        Map("Rembang", extent="regency", level="village", sheets=1),
    ]
    for lines in (1, 10, 1000):
        basket = [kinds[n % 3] for n in range(lines)]
        plain = [(p.kind, p.quantity) for p in basket]
        result = quote(basket, DAY, policy)
        assert (result.total, [line.amount for line in result.lines]) == by_hand(plain)

        number = max(1, 20_000 // lines)

        def best(work, number: int = number) -> float:
            return min(timeit.repeat(work, number=number, repeat=7)) / number * 1e6

        hand = best(lambda plain=plain: by_hand(plain))
        ours = best(lambda basket=basket: quote(basket, DAY, policy).total)
        listed = best(lambda basket=basket: [x.amount for x in quote(basket, DAY, policy).lines])
        number = max(1, number // 20)
        told = best(lambda basket=basket: [x.why for x in quote(basket, DAY, policy).lines], number)
        print(
            f"{lines:5} lines: by hand {hand:8.2f} us; quote {ours:8.2f} us ({ours / hand:.1f}x);"
            f" with its lines {listed:8.2f} us ({listed / hand:.1f}x);"
            f" every line explained {told:9.1f} us ({told / hand:.0f}x)"
        )
        if openfisca:
            assert openfisca(plain) == by_hand(plain)
            other = best(lambda plain=plain: openfisca(plain), max(1, 1000 // lines))
            print(f"{'':12} openfisca-core {other:8.2f} us ({other / ours:.1f}x the quote)")


if __name__ == "__main__":
    main()
