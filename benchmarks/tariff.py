"""Quotes of 1, 10 and 1000 lines beside plain Python by hand: the same answers first, then ratios.

Run: python benchmarks/tariff.py
"""

from __future__ import annotations

import timeit
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


def main() -> None:
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


if __name__ == "__main__":
    main()
