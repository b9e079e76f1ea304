"""C1, P1-P3: what a basket costs, against an oracle written from the annex's table by hand."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_core import BadInput, Certainty, Map, Microdata, NotFound, Publication
from pst_core.money import MAX_RUPIAH
from pst_core.tariff import (
    Basis,
    Product,
    TariffPolicy,
    check_schedule,
    national_policy,
    quote,
    requote,
)
from pst_core.tariff.schedule import digest_of
from pst_core.testing import strategies

DAY = date(2026, 11, 24)
POLICY = national_policy()


def total(*products: Product) -> int:
    return quote(products, DAY, POLICY).total


def by_the_annex(product: Product) -> int:
    """The table of PP 13/2024 in plain arithmetic, sharing nothing with the code it checks."""
    if isinstance(product, Publication):
        price, left = 50_000, product.pages - 50
        while left > 0:
            price, left = price + 15_000, left - 50
        return price
    if isinstance(product, Microdata):
        first, each = (22_000, 22) if product.processed else (20_000, 20)
        if product.bytes <= 1_000_000:
            return first
        thousandths = first * 1000 + each * (product.bytes - 1_000_000)
        return (thousandths + 500) // 1000
    prices = {
        ("national", "district"): 12_000_000,
        ("national", "village"): 36_000_000,
        ("regency", "district"): 30_000,
        ("regency", "village"): 70_000,
    }
    return prices[product.extent, product.level] * product.sheets


products = strategies.products()
baskets = strategies.baskets(max_size=8).map(list)


@pytest.mark.parametrize(
    ("pages", "amount"),
    [(1, 50_000), (50, 50_000), (51, 65_000), (100, 65_000), (101, 80_000), (312, 140_000)],
)
def test_P1_publication_at_each_edge(pages: int, amount: int) -> None:
    assert total(Publication("Rembang Dalam Angka", pages=pages)) == amount


@pytest.mark.parametrize(
    ("size", "raw", "processed"),
    [
        (1, 20_000, 22_000),
        (999_999, 20_000, 22_000),
        (1_000_000, 20_000, 22_000),
        (1_000_001, 20_000, 22_000),
        (1_000_024, 20_000, 22_001),
        (1_000_025, 20_001, 22_001),
        (1_000_500, 20_010, 22_011),
        (1_001_000, 20_020, 22_022),
        (4_200_000, 84_000, 92_400),
    ],
)
def test_P2_microdata_at_each_edge(size: int, raw: int, processed: int) -> None:
    assert total(Microdata("Susenas 2025", bytes=size)) == raw
    assert total(Microdata("Susenas 2025", bytes=size, processed=True)) == processed


def test_P2_two_prices_of_the_national_catalogue_are_met() -> None:
    assert total(Microdata("Susenas Maret 2025 KOR", bytes=1_203_880_050)) == 24_077_601
    assert total(Microdata("Susenas Modul Konsumsi 2022", bytes=1_285_087_000)) == 25_701_740


def test_P3_maps_by_extent_and_level() -> None:
    assert total(Map("Rembang", extent="regency", level="village", sheets=1)) == 70_000
    assert total(Map("Rembang", extent="regency", level="district", sheets=3)) == 90_000
    assert total(Map("Indonesia", extent="national", level="village")) == 36_000_000
    assert total(Map("Indonesia", extent="national", level="district")) == 12_000_000


@given(baskets)
def test_C1_agrees_with_the_annex_by_hand(basket: list[Product]) -> None:
    result = quote(basket, DAY, POLICY)
    assert [line.amount for line in result.lines] == [by_the_annex(p) for p in basket]
    assert result.total == sum(map(by_the_annex, basket))


@given(products, st.integers(1, 10**9))
def test_C1_more_never_costs_less(product: Product, more: int) -> None:
    import attrs

    field = {"publication": "pages", "microdata": "bytes", "map": "sheets"}[product.kind]
    bigger = attrs.evolve(product, **{field: getattr(product, field) + more})
    assert total(bigger) >= total(product)


@given(baskets, st.integers(0, 8), st.randoms(use_true_random=False))
def test_C1_neither_splitting_nor_order_changes_the_sum(basket, cut, random) -> None:
    whole = total(*basket)
    parts = [p for p in (basket[:cut], basket[cut:]) if p]
    assert sum(total(*p) for p in parts) == whole
    random.shuffle(basket)
    assert total(*basket) == whole


def test_C1_a_bracket_that_begins_anew_is_said() -> None:
    one = quote([Microdata("a", bytes=2_000_000)], DAY, POLICY)
    two = quote([Microdata("a", bytes=1_000_000), Microdata("b", bytes=1_000_000)], DAY, POLICY)
    assert (one.total, two.total) == (40_000, 40_000)
    assert not one.notes
    assert "2 times" in two.notes[0].en
    halves = [Publication("a", pages=50), Publication("b", pages=50)]
    assert total(*halves) == 100_000 > total(Publication("ab", pages=100))
    assert "50.000" in quote(halves, DAY, POLICY).notes[0].id


def test_C1_the_arithmetic_can_be_checked_with_a_pocket_calculator() -> None:
    basket = [
        Publication("Rembang Dalam Angka", pages=312),
        Microdata("Susenas 2025", bytes=4_200_025),
        Map("Rembang", extent="regency", level="village", sheets=2),
    ]
    result = quote(basket, DAY, POLICY)
    book, data, sheet = result.lines
    assert "262 pages = 6 × 50 pages (a part counts as begun) × Rp15,000 = Rp90,000" in book.why.en
    assert "6 × 50 halaman (bagian dihitung penuh) × Rp15.000 = Rp90.000" in book.why.id
    assert "3.200,025 × 1.000 byte × Rp20 = Rp64.000,5" in data.why.id
    assert "together Rp84,000.5; rounded to Rp84,001." in data.why.en
    assert sheet.why.id == "2 peta; 2 peta × Rp70.000 = Rp140.000."
    assert [line.clause for line in result.lines] == [
        "PP 13/2024 Lampiran I.A, I.B",
        "PP 13/2024 Lampiran II.A.1, II.A.2",
        "PP 13/2024 Lampiran III.D",
    ]
    assert dict(data.readings) == {"megabyte": "1000000", "kilobyte-part": "prorated"}
    assert sheet.reading is None


def test_C1_certainty_is_that_of_the_weakest_row_or_reading_used() -> None:
    def sure(product: Product) -> Certainty:
        return quote([product], DAY, POLICY).certainty

    assert sure(Map("a")) is Certainty.REPORTED
    assert sure(Publication("a", pages=50)) is Certainty.REPORTED
    assert sure(Publication("a", pages=100)) is Certainty.REPORTED
    assert sure(Publication("a", pages=101)) is Certainty.ASSUMED
    assert sure(Microdata("a", bytes=5)) is Certainty.ASSUMED


@pytest.mark.parametrize("bad", [0, -1, 1.0, True, "312", None, Fraction(3), 2**63])
def test_C1_only_whole_positive_quantities(bad: object) -> None:
    for make in (
        lambda: Publication("a", pages=bad),  # type: ignore[arg-type]
        lambda: Microdata("a", bytes=bad),  # type: ignore[arg-type]
        lambda: Map("a", sheets=bad),  # type: ignore[arg-type]
    ):
        with pytest.raises(BadInput, match="int") as caught:
            make()
        assert caught.value.remedy.id
        assert caught.value.remedy.en


def test_C1_bad_products_and_dates_are_refused() -> None:
    for make in (
        lambda: Publication(" ", pages=1),
        lambda: Microdata("a", bytes=1, processed=1),  # type: ignore[arg-type]
        lambda: Map("a", extent="province"),  # type: ignore[arg-type]
        lambda: Map("a", level=""),  # type: ignore[arg-type]
        lambda: quote([], DAY, POLICY),
        lambda: quote(["a book"], DAY, POLICY),  # type: ignore[list-item]
        lambda: quote([Map("a")], datetime(2026, 11, 24), POLICY),  # noqa: DTZ001
        lambda: quote([Map("a")], "2026-11-24", POLICY),  # type: ignore[arg-type]
    ):
        with pytest.raises(BadInput):
            make()
    with pytest.raises(BadInput, match="Not a product: 'a book'"):
        quote([Map("a"), "a book"], DAY, POLICY)  # type: ignore[list-item]


def test_C1_large_amounts_are_exact_up_to_the_limit() -> None:
    bytes_ = 1_000_000 + 50 * (999_999_999_999 - 20_000)
    assert total(Microdata("a", bytes=bytes_)) == 999_999_999_999
    with pytest.raises(BadInput, match="rupiah-too-large"):
        total(Map("a", extent="national", sheets=MAX_RUPIAH))


def test_C1_day_before_on_and_after_the_change_of_regulation() -> None:
    change, end, _ = next(s for s in POLICY.spans if s.schedule.id == "pp-13-2024")
    before = date.fromordinal(change.toordinal() - 1)
    with pytest.raises(NotFound) as caught:
        quote([Map("a")], before, POLICY)
    assert caught.value.code == "no-figures-held"
    last = date.fromordinal(end.toordinal() - 1) if end else date(2100, 1, 1)
    for day in (change, date.fromordinal(change.toordinal() + 1), last):
        assert quote([Map("a")], day, POLICY).schedule == "pp-13-2024"
    with pytest.raises(NotFound) as caught:
        quote([Map("a")], date(2009, 1, 1), POLICY)
    assert caught.value.code == "no-tariff-in-force"
    for start, until, schedule in POLICY.spans:
        assert f"{schedule.citation}: {start} - {until or '...'}" in caught.value.remedy.id


SHIPPED_DIGESTS = {
    ("pp-13-2024", 1): "8498836ce47c26aad4b3dca16ad40567256548b261ccf7280819048fcf0d23b4",
}


def test_C1_a_shipped_figure_is_never_edited_only_superseded() -> None:
    held = {(s.id, s.version): s.digest for s in POLICY.schedules if s.figures_held}
    assert SHIPPED_DIGESTS.items() <= held.items()
    assert held == SHIPPED_DIGESTS, "a new tariff or version joins the table above"


@given(baskets)
def test_C1_requote_gives_the_same_rupiah_after_the_law_has_changed(basket: list[Product]) -> None:
    old = quote(basket, DAY, POLICY)
    later = TariffPolicy(POLICY.schedules, readings={"megabyte": "1048576", "page-part": "begun"})
    again = requote(basket, DAY, old.basis, later)
    assert again.total == old.total
    assert again == old
    assert again.lines == old.lines
    assert [a.why for a in again.lines] == [a.why for a in old.lines]


def test_C1_requote_without_the_version_is_a_named_answer() -> None:
    with pytest.raises(NotFound, match="schedule-version-missing"):
        requote([Map("a")], DAY, Basis("pp-13-2024", 9, "0" * 64, ()), POLICY)


def test_C1_digest_ignores_layout_but_not_figures(tmp_path) -> None:
    from pst_core.lawdata import shipped

    text = shipped("tariff", "pp-13-2024.toml").read_text(encoding="utf-8")
    path = tmp_path / "a.toml"
    path.write_text("# a comment\n" + text, encoding="utf-8")
    assert check_schedule(path).digest == SHIPPED_DIGESTS["pp-13-2024", 1]
    path.write_text(text.replace("70_000", "70_001"), encoding="utf-8")
    assert check_schedule(path).digest != SHIPPED_DIGESTS["pp-13-2024", 1]


def test_C1_a_digest_once_stored_finds_its_schedule_whatever_its_letters() -> None:
    # what was stored with a price is looked for again: it may never come out otherwise
    assert digest_of('title = "Tarif — é"\non = 2026-01-01\n'.encode()) == (
        "41f0530fc12a68f19a73e82260c6e56fa52e4694e4c9682cff67db27c990b685"
    )


def test_C1_a_quote_shows_the_basket_and_not_all_of_the_law_it_stands_on() -> None:
    book = Publication("a", pages=51)
    result = quote([book], DAY, POLICY)
    assert repr(result) == (
        f"Quote(products=({book!r},), on={DAY!r}, amounts=(65000,), total=65000, zero=None)"
    )
    assert repr(result.lines[0]) == f"Line(product={book!r}, amount=65000, tariff=65000)"


def test_C1_to_dict_is_json_of_integers() -> None:
    import json

    result = quote([Publication("a", pages=312), Map("b")], DAY, POLICY)
    back = json.loads(json.dumps(result.to_dict()))
    assert back["total"] == 210_000
    assert back["basis"]["digest"] == result.digest
    assert [line["amount"] for line in back["lines"]] == [140_000, 70_000]


@given(products)
def test_P_products_pass_through_json_events_unchanged(product: Product) -> None:
    import json

    import cattrs
    from cattrs.strategies import configure_tagged_union

    converter = cattrs.Converter(forbid_extra_keys=True)
    configure_tagged_union(Product, converter, tag_generator=lambda c: c.kind, tag_name="kind")
    text = json.dumps(converter.unstructure(product, Product))
    assert converter.structure(json.loads(text), Product) == product


def test_C1_the_basis_passes_through_json() -> None:
    import json

    import cattrs

    basis = quote([Map("a")], DAY, POLICY).basis
    text = json.dumps(cattrs.unstructure(basis))
    assert cattrs.structure(json.loads(text), Basis) == basis


def test_C1_every_row_of_a_price_is_shown_and_adds_up() -> None:
    why = quote([Publication("a", pages=50)], DAY, POLICY).lines[0].why
    assert why.en == "50 pages; the price of this row is Rp50,000."
    why = quote([Publication("a", pages=51)], DAY, POLICY).lines[0].why
    assert why.en == (
        "51 pages; the first 50 pages Rp50,000; the next 1 page = 1 × 50 pages"
        " (a part counts as begun) × Rp15,000 = Rp15,000; together Rp65,000."
    )
