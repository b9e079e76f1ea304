"""A quote: what a basket costs. The same tariff by hand, and as OpenFisca variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from pst_core.tariff import Map, Microdata, Product, Publication, national_policy, quote
from pst_core.text import Text

from ..peers import peer
from ..race import Candidate, Curve, Race, Scale, ahead, flat, within

TITLE = Text(id="Tarif", en="Tariff")
NOTE = Text(
    id="Jawaban yang sama, tetapi yang lain tidak menyimpan dasar hukum dan tidak menjelaskan.",
    en="The same answer, but the others keep no source in law and explain nothing.",
)

DAY = date(2026, 11, 24)
KINDS: tuple[Product, ...] = (
    Publication("Rembang Dalam Angka", pages=312),
    Microdata("Susenas 2025", bytes=4_200_000),
    Map("Rembang", extent="regency", level="village", sheets=1),
)
Plain = list[tuple[str, int]]
Price = Callable[[Plain], tuple[int, list[int]]]


def races(scale: Scale) -> Iterator[Race | Curve]:
    """Give every race of this work."""
    policy, openfisca = national_policy(), _openfisca()
    for lines in (1, 10, scale.pick(100, 1000, 1000)):
        basket = [KINDS[n % 3] for n in range(lines)]
        plain = [(p.kind, p.quantity) for p in basket]

        def ours(basket: list[Product] = basket) -> tuple[int, list[int]]:
            made = quote(basket, DAY, policy)
            return made.total, list(made.amounts)

        def lines_of(basket: list[Product] = basket) -> tuple[int, list[int]]:
            made = quote(basket, DAY, policy)
            return made.total, [line.amount for line in made.lines]

        found = [
            Candidate("pst_core quote", ours),
            Candidate(
                Text(id="Python dengan tangan", en="plain Python by hand"),
                lambda plain=plain: by_hand(plain), goal=within(8),
            ),
        ]  # fmt: skip
        if openfisca:
            found.append(
                Candidate(
                    "OpenFisca-Core", lambda plain=plain: openfisca(plain),
                    package="openfisca-core", goal=ahead(20),
                )
            )  # fmt: skip
        found.append(
            Candidate(Text(id="pst_core, dengan barisnya", en="pst_core, with its lines"), lines_of)
        )
        found.append(
            Candidate(
                Text(id="pst_core, tiap baris dijelaskan", en="pst_core, every line explained"),
                lambda basket=basket: [line.why for line in quote(basket, DAY, policy).lines],
                compared=False,
            )
        )
        title = Text(
            id=f"penawaran {lines} baris", en=f"a quote of {lines} line{'s' * (lines > 1)}"
        )
        yield Race(f"quote-{lines}", title, tuple(found))
    yield Curve(
        "quote-curve",
        Text(id="penawaran, makin banyak baris, per baris", en="a quote, more lines, a line"),
        tuple(2**n for n in range(scale.pick(3, 11, 14))),
        lambda n: lambda basket=[KINDS[k % 3] for k in range(n)]: quote(basket, DAY, policy),
        per_size=True,
        goal=flat(1.5),
    )


def by_hand(basket: Plain) -> tuple[int, list[int]]:
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


def _openfisca() -> Price | None:
    """Return the same tariff as a formula over OpenFisca's arrays."""
    np = peer("numpy")
    if np is None or peer("openfisca_core") is None:
        return None
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    line = build_entity(key="line", plural="lines", label="line", is_person=True)
    common = {
        "value_type": int,
        "entity": line,
        "definition_period": DateUnit.MONTH,
        "label": "a number",
    }

    def formula(lines, period):  # type: ignore[no-untyped-def]
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

    def price(basket: Plain) -> tuple[int, list[int]]:
        simulation = SimulationBuilder().build_default_simulation(system, len(basket))
        columns = [[kinds.index(k) for k, _ in basket], [n for _, n in basket]]
        for name, column in zip(("kind", "quantity"), columns, strict=True):
            simulation.set_input(name, "2026-11", np.array(column))
        amounts = simulation.calculate("amount", "2026-11").tolist()
        return sum(amounts), amounts

    return price
