"""Schedules as data: load checks, an office's readings and confirmations, another regulation."""

import math
from datetime import date
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pst_core import BadLawData, Certainty, Map, Microdata, NotFound, Publication
from pst_core.lawdata import read_toml, shipped
from pst_core.tariff import (
    TariffPolicy,
    check_schedule,
    compare,
    national_policy,
    quote,
    read_policy,
    read_schedule,
)

DAY = date(2026, 11, 24)

NEWEST = national_policy().spans[-1].schedule

PP_99 = """
id = "pp-99-2090"
version = 1
title = { id = "PP 99/2090", en = "GR 99/2090" }
citation = "PP 99/2090"
repeals = ["NEWEST"]
in_force_from = 2090-01-01
in_force_certainty = "verified"
figures_held = true

[rounding]
step = "line"
to = 100
mode = "up"
citation = "Pasal 5"
certainty = "verified"

[[rows]]
tariff = "publication"
citation = "I.1"
above = 0
up_to = 100
how = "flat"
amount = 10_000
certainty = "verified"

[[rows]]
tariff = "publication"
citation = "I.2"
above = 100
up_to = 200
how = "flat"
amount = 18_000
certainty = "verified"

[[rows]]
tariff = "publication"
citation = "I.3"
above = 200
how = "per-unit-begun"
unit = 10
amount = 500
certainty = "verified"

[[rows]]
tariff = "microdata.unprocessed"
citation = "II.1"
above = 0
up_to = 3_000
how = "prorated"
unit = 3
amount = 10
certainty = "verified"

[[rows]]
tariff = "microdata.unprocessed"
citation = "II.2"
above = 3_000
how = "regressive"
unit = 7
amount = 10
certainty = "verified"
""".replace("NEWEST", NEWEST.id)


def office(folder: Path, text: str) -> TariffPolicy:
    path = folder / "office.toml"
    path.write_text(text, encoding="utf-8")
    table = read_toml(path)
    policy = read_policy(table.table("tariff"))
    table.done()
    return policy


def test_C1_another_regulation_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "pp-99-2090.toml").write_text(PP_99, encoding="utf-8")
    policy = office(tmp_path, '[tariff]\nschedules = ["pp-99-2090.toml"]\n')
    eve, day = date(2089, 12, 31), date(2090, 1, 1)

    def pages(n: int, on: date = day) -> int:
        return quote([Publication("a", pages=n)], on, policy).total

    assert pages(312, eve) == quote([Publication("a", pages=312)], eve, national_policy()).total
    assert [pages(n) for n in (1, 100, 101, 200, 201, 210, 211)] == [
        10_000, 10_000, 18_000, 18_000, 18_500, 18_500, 19_000,
    ]  # fmt: skip
    data = [quote([Microdata("a", bytes=n)], day, policy) for n in (1, 30, 3_000, 3_007, 3_008)]
    assert [q.total for q in data] == [100, 100, 10_000, 10_100, 10_100]
    assert [q.lines[0].clause for q in data[2:4]] == ["PP 99/2090 II.1", "PP 99/2090 II.1, II.2"]
    why = data[0].lines[0].why.en
    assert "1 byte; 1/3 × 3 bytes × Rp10 = Rp3 1/3; rounded to Rp100" in why
    assert data[0].billable  # verified figures need nobody to confirm them
    assert quote([Publication("a", pages=211)], day, policy).lines[0].clause.endswith("I.2, I.3")
    with pytest.raises(NotFound) as caught:
        quote([Map("a")], day, policy)
    assert caught.value.code == "no-tariff-for-product"


@pytest.mark.parametrize(
    ("unit", "share"),
    [(10**9, "0.000000001 × 1,000,000,000 "), (10**10, "1/10000000000 × 10,000,000,000 ")],
)
def test_C1_a_share_is_written_in_decimals_where_nine_are_enough(
    tmp_path: Path, unit: int, share: str
) -> None:
    text = planted("regressive", "prorated", planted("unit = 3", f"unit = {unit}", PP_99))
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    policy = office(tmp_path, '[tariff]\nschedules = ["a.toml"]\n')
    assert share in quote([Microdata("a", bytes=1)], date(2090, 1, 1), policy).lines[0].why.en


def test_C1_a_rounded_price_is_as_sure_as_its_rounding(tmp_path: Path) -> None:
    rounding = 'citation = "Pasal 5"\ncertainty = "verified"'
    text = planted(rounding, rounding.replace("verified", "assumed"), PP_99)
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    policy = office(tmp_path, '[tariff]\nschedules = ["a.toml"]\n')
    sure = [
        quote([Microdata("a", bytes=n)], date(2090, 1, 1), policy).certainty for n in (3, 30, 31)
    ]
    assert sure == [Certainty.ASSUMED, Certainty.VERIFIED, Certainty.ASSUMED]


def test_C1_a_plain_repeal_ends_the_tariff_on_its_day(tmp_path: Path) -> None:
    text = planted("\nin_force_from", "\nrepealed_from = 2091-01-01\nin_force_from", PP_99)
    (tmp_path / "pp-99-2090.toml").write_text(text, encoding="utf-8")
    policy = office(tmp_path, '[tariff]\nschedules = ["pp-99-2090.toml"]\n')
    assert quote([Publication("a", pages=1)], date(2090, 12, 31), policy).total == 10_000
    with pytest.raises(NotFound) as caught:
        quote([Publication("a", pages=1)], date(2091, 1, 1), policy)
    assert caught.value.code == "no-tariff-in-force"
    assert "PP 99/2090: 2090-01-01 - 2091-01-01." in caught.value.remedy.en


@st.composite
def brackets(draw) -> list[tuple[str, int, int | None, int, int]]:
    """Rows of one tariff: how, above, up to, unit, amount; the first edge at 0, none beyond."""
    rows, above = [], 0
    count = draw(st.integers(1, 4))
    for n in range(count):
        how = draw(st.sampled_from(["flat", "per-unit-begun", "prorated"]))
        up_to = None if n == count - 1 else above + draw(st.integers(1, 60))
        unit, amount = draw(st.integers(1, 9)), draw(st.integers(0, 500))
        rows.append((how, above, up_to, unit, amount))
        above = up_to or 0
    return rows


def exact_price(rows: list[tuple[str, int, int | None, int, int]], quantity: int) -> Fraction:
    price = Fraction(0)
    for how, above, up_to, unit, amount in rows:
        if quantity <= above:
            break
        over = min(quantity, up_to or quantity) - above
        if how == "flat":
            price = Fraction(amount)
        elif how == "prorated":
            price += Fraction(amount * over, unit)
        else:
            price += amount * ((over + unit - 1) // unit)
    return price


@settings(max_examples=60)
@given(brackets(), st.sampled_from(["half-up", "up", "down"]), st.sampled_from([1, 5, 100]))
def test_C1_any_brackets_are_exact_and_more_never_costs_less(tmp_path_factory, rows, mode, to):
    text = planted('mode = "up"', f'mode = "{mode}"', PP_99[: PP_99.index("[[rows]]")])
    text = planted("to = 100", f"to = {to}", text)
    for how, above, up_to, unit, amount in rows:
        text += (
            f'[[rows]]\ntariff = "publication"\ncitation = "x"\nabove = {above}\nhow = "{how}"\n'
        )
        text += f'amount = {amount}\ncertainty = "verified"\n'
        text += "" if up_to is None else f"up_to = {up_to}\n"
        text += "" if how == "flat" else f"unit = {unit}\n"
    path = tmp_path_factory.mktemp("law") / "a.toml"
    path.write_text(text, encoding="utf-8")
    falls = any(
        how == "flat" and amount < exact_price(rows[:n], above)
        for n, (how, above, _, _, amount) in enumerate(rows)
    )
    if falls:
        with pytest.raises(BadLawData, match="cost less"):
            read_schedule(path)
        return
    rates = read_schedule(path).under({})
    last = 0
    for quantity in range(1, 260):
        price = rates.amount("publication", quantity)
        wanted = exact_price(rows, quantity) / to
        rounded = {
            "half-up": math.floor(wanted + Fraction(1, 2)),
            "up": math.ceil(wanted),
            "down": math.floor(wanted),
        }[mode]
        assert price == rounded * to
        assert price >= last
        last = price


def test_C1_an_office_may_take_another_reading(tmp_path: Path) -> None:
    policy = office(
        tmp_path,
        '[tariff.readings]\nmegabyte = "1048576"\nkilobyte-part = "begun"\npage-part = "prorated"',
    )
    result = quote([Microdata("a", bytes=1_048_577), Publication("b", pages=60)], DAY, policy)
    assert [line.amount for line in result.lines] == [20_020, 53_000]
    assert ("megabyte", "1048576") in result.lines[0].readings
    assert "1,048,576" in result.lines[0].reading.en
    one = quote([Microdata("a", bytes=1_048_576)], DAY, policy)
    assert one.total == 20_000
    # a part of a kilobyte is counted from the edge, and is no question where there is none
    asked = {
        n: dict(quote([Microdata("a", bytes=1_048_576 + n)], DAY, policy).lines[0].readings)
        for n in (999, 1_000, 1_001)
    }
    assert {n for n, readings in asked.items() if "kilobyte-part" in readings} == {999, 1_001}


def test_C1_reported_figures_are_billed_only_when_confirmed(tmp_path: Path) -> None:
    plain = quote([Map("a")], DAY, national_policy())
    assert not plain.billable
    assert "[[tariff.confirmed]]" in plain.billable_why.en
    policy = office(
        tmp_path,
        '[[tariff.confirmed]]\nschedule = "pp-13-2024"\nby = "Kepala BPS"\non = 2026-10-01\n'
        'note = "contoh"\n',
    )
    confirmed = quote([Map("a")], DAY, policy)
    assert confirmed.billable
    assert "Kepala BPS" in confirmed.billable_why.id
    assert confirmed.billable_why.id.endswith("2026-10-01 (contoh).")
    bare = TariffPolicy(policy.schedules, confirmed=(attrs.evolve(*policy.confirmed, note=""),))
    assert quote([Map("a")], DAY, bare).billable_why.en.endswith("Kepala BPS, 2026-10-01.")


def test_C1_the_standard_says_which_date_fixes_the_tariff(tmp_path: Path) -> None:
    filed, offered = date(2089, 12, 20), date(2090, 1, 3)
    assert office(tmp_path, "[tariff]\n").fixing_date(filed, offered) == filed
    policy = office(tmp_path, '[tariff]\nfixed_by = "offer"\n')
    assert policy.fixing_date(filed, offered) == offered
    assert quote([Map("a")], DAY, policy).fixed_by == "offer"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tariff]\nfixed_bye = "offer"\n', ["office.toml:2", "fixed_by"]),
        ('[tariff]\nfixed_by = "receipt"\n', ["office.toml:2", "filing, offer"]),
        ('[tariff.readings]\nmegabyte = "1024"\n', ["office.toml:2", 'megabyte = "1048576"']),
        ('[tariff.readings]\npages = "begun"\n', ["office.toml:2", "page-part"]),
        (
            '[[tariff.confirmed]]\nschedule = "pp-1-1945"\nby = "x"\non = 2026-01-01\n',
            ["office.toml:2", "pp-13-2024"],
        ),
        (
            '[[tariff.confirmed]]\nschedule = "pp-13-2024"\nby = " "\non = 2026-01-01\n',
            ["office.toml:3", "Name who confirmed"],
        ),
        (
            '[[tariff.confirmed]]\nschedule = "pp-13-2024"\nby = "x"\non = "today"\n',
            ["office.toml:4", "a date"],
        ),
        ('[tariff]\nschedules = ["gone.toml"]\n', ["gone.toml", "cannot be read"]),
    ],
)
def test_C1_a_wrong_profile_is_refused_with_line_and_remedy(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(BadLawData) as caught:
        office(tmp_path, text)
    for word in words:
        assert word in str(caught.value)


SHIPPED = shipped("tariff", "pp-13-2024.toml").read_text(encoding="utf-8")


def planted(old: str, new: str, source: str = SHIPPED) -> str:
    assert old in source
    return source.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (planted("above = 50\n", "above = 51\n"), "above = 51", ["a hole", "above = 50"]),
        (planted("above = 50\n", "above = 49\n"), "above = 49", ["an overlap", "above = 50"]),
        (planted("above = 50\n", "above = 50\nup_to = 90\n"), "up_to = 90", ["a hole"]),
        (planted('citation = "I.A"\n', ""), "[[rows]]", ["citation", "required"]),
        (planted('citation = "I.A"', 'citation = " "'), 'citation = " "', ["is empty"]),
        (planted('tariff = "publication"', 'tariff = "book"'), 'tariff = "book"', ["publication"]),
        (planted("up_to = 50", "upto = 50"), "upto = 50", ["up_to"]),
        (planted("to = 1\n", "to = 1.5\n"), "to = 1.5", ["a whole number"]),
        (planted("to = 1\n", "to = 1\nunit = 5\n"), "unit = 5", ["not known"]),
        (planted("amount = 50_000", "amount = -1"), "amount = -1", ["at least 0"]),
        (planted("amount = 50_000", "amount = 50000.0"), "amount = 50000.0", ["whole number"]),
        (planted("unit = 50\n", "unit = 0\n"), "unit = 0", ["at least 1"]),
        (planted('default = "begun"', 'default = "full"'), 'default = "full"', ["no"]),
        (planted('how_reading = "page-part"', 'how_reading = "x"'), 'how_reading = "x"', ["page"]),
        (planted('how_reading = "page-part"', 'how = "prorated"'), 'id = "page-part"', ["no row"]),
        (planted("size = 1_000_000\n", ""), 'id = "1000000"', ["size"]),
        (planted('certainty = "reported"', 'certainty = "sure"'), 'certainty = "sure"', ["report"]),
        (planted('repeals = ["pp-7-2015"]\n', ""), "in_force_from", ["overlap", "repeals"]),
        (planted('repeals = ["pp-7-2015"]', 'repeals = ["x"]'), "repeals = ", ["pp-7-2015"]),
        (planted("repeals", "repealed_from = 2020-01-01\nrepeals"), "repealed_from", ["after"]),
        (planted("repeals", "repealed_from = 2024-04-01\nrepeals"), "repealed_from", ["after"]),
        (planted("amount = 18_000", "amount = 9_000", PP_99), "amount = 9_000", ["cost less"]),
        (planted("unit = 7", "unit = 2", PP_99), "amount = 10\n", ["cheaper"]),
        (planted("unit = 7", "unit = 3", PP_99), "amount = 10\n", ["cheaper"]),
        (planted('prorated"\nunit = 3', 'regressive"\nunit = 30', PP_99), "unit = 30", ["cheaper"]),
        (planted('per-unit-begun"\nunit = 10', 'regressive"\nunit = 999', PP_99), "999", ["cheap"]),
        (planted("up_to = 200", "up_to = 100", PP_99), "up_to = 100", ["is not above 100"]),
        (planted("above = 200\n", "above = 200\nup_to = 300\n", PP_99), "up_to = 300", ["a hole"]),
        (planted("above = 0\n", "above = -1\n", PP_99), "above = -1", ["overlap", "above = 0"]),
        (planted('how_reading = "page-part"', 'how_reading = "megabyte"'), "0000", ["needs how"]),
        (planted('up_to_reading = "megabyte"', 'up_to_reading = "page-part"'), "begun", ["size"]),
        (PP_99[: PP_99.index("[[rows]]")], "", ["rows is required"]),
        (planted("to = 1\n", "to = 0\n"), "to = 0", ["at least 1"]),
    ],
)  # fmt: skip
def test_C1_a_planted_error_in_the_data_is_caught(
    tmp_path: Path, text: str, key: str, words: list[str]
) -> None:
    path = tmp_path / "planted.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadLawData) as caught:
        check_schedule(path)
    for word in words:
        assert word in caught.value.say("en")
    line = int(caught.value.text.en.split("planted.toml:")[1].split(":")[0])
    near = "\n".join(text.splitlines()[line - 2 : line + 1]) + "\n"
    assert key in near


def test_C1_a_schedule_is_checked_under_every_option_of_its_readings(tmp_path: Path) -> None:
    text = planted("up_to = 3_000", 'up_to_reading = "edge"', PP_99)
    text += '[[readings]]\nid = "edge"\nquestion = { id = "?", en = "?" }\ndefault = "3000"\n'
    for size in (3_000, 6_000):
        text += f'[[options]]\nreading = "edge"\nid = "{size}"\nsize = {size}\n'
        text += 'why = { id = "-", en = "-" }\ncertainty = "assumed"\n'
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadLawData, match="an overlap: up to 6000"):
        check_schedule(tmp_path / "a.toml")
    text = planted("above = 3_000", 'above_reading = "edge"', text)
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    schedule = check_schedule(tmp_path / "a.toml")
    dear = [
        schedule.under(taken).amount("microdata.unprocessed", 6_000)
        for taken in ({}, {"edge": "3000"}, {"edge": "6000"})
    ]
    assert dear == [14_300, 14_300, 20_000]


def test_C1_a_regulation_of_the_same_day_cannot_be_the_earlier_one(tmp_path: Path) -> None:
    start = NEWEST.in_force_from
    text = planted("in_force_from = 2090-01-01", f"in_force_from = {start}", PP_99)
    (tmp_path / "same.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadLawData, match=f"'{NEWEST.id}' is no earlier tariff") as caught:
        check_schedule(tmp_path / "same.toml")
    earlier = sorted(s.schedule.id for s in national_policy().spans[:-1])
    assert caught.value.remedy.en == f"Earlier: {', '.join(earlier)}."


def test_C1_a_hole_between_regulations_is_caught(tmp_path: Path) -> None:
    text = shipped("tariff", f"{NEWEST.id}.toml").read_text(encoding="utf-8")
    text = planted("\nin_force_from", "\nrepealed_from = 2089-01-01\nin_force_from", text)
    text = planted(f"version = {NEWEST.version}", f"version = {NEWEST.version + 1}", text)
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    later = planted(f'repeals = ["{NEWEST.id}"]\n', "", PP_99)
    (tmp_path / "b.toml").write_text(later, encoding="utf-8")
    with pytest.raises(BadLawData, match=f"a hole: {NEWEST.citation} ends on 2089-01-01"):
        office(tmp_path, '[tariff]\nschedules = ["a.toml", "b.toml"]\n')


def test_C1_a_corrected_version_supersedes_and_the_old_one_is_kept(tmp_path: Path) -> None:
    from pst_core.tariff import requote

    old = quote([Map("a")], DAY, national_policy())
    text = planted("amount = 70_000", "amount = 75_000", planted("version = 1", "version = 2"))
    (tmp_path / "v2.toml").write_text(text, encoding="utf-8")
    policy = office(tmp_path, '[tariff]\nschedules = ["v2.toml"]\n')
    assert quote([Map("a")], DAY, policy).total == 75_000
    assert requote([Map("a")], DAY, old.basis, policy).total == 70_000


def test_C1_a_version_with_other_content_is_refused_and_told_the_next_free_one(
    tmp_path: Path,
) -> None:
    for name, amount, version in (("edited", 1, 1), ("v2", 75_000, 2)):
        text = planted("version = 1", f"version = {version}")
        text = planted("amount = 70_000", f"amount = {amount}", text)
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    for files, free in (('"edited.toml"', 2), ('"v2.toml", "edited.toml"', 3)):
        with pytest.raises(BadLawData, match=r"edited\.toml:.*exists with other") as caught:
            office(tmp_path, f"[tariff]\nschedules = [{files}]\n")
        assert caught.value.remedy.id == f"Tulis version = {free}."
        assert caught.value.remedy.en == f"Write version = {free}."


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            "50_000", "51_000",
            [(1, 50_000, 51_000), (2, 50_000, 51_000), (10, 50_000, 51_000), (50, 50_000, 51_000),
             (51, 65_000, 66_000), (100, 65_000, 66_000), (101, 80_000, 81_000),
             (550, 200_000, 201_000)],
        ),
        (
            "15_000", "16_000",
            [(51, 65_000, 66_000), (100, 65_000, 66_000), (101, 80_000, 82_000),
             (550, 200_000, 210_000)],
        ),
    ],
)  # fmt: skip
def test_C1_compared_tariffs_differ_at_each_edge_and_a_unit_after(
    tmp_path: Path, old: str, new: str, shown: list[tuple[int, int, int]]
) -> None:
    (tmp_path / "a.toml").write_text(SHIPPED, encoding="utf-8")
    (tmp_path / "b.toml").write_text(
        planted(f"amount = {old}", f"amount = {new}"), encoding="utf-8"
    )
    before, after = (read_schedule(tmp_path / f"{n}.toml").under({}) for n in "ab")
    assert compare(before, before) == ()
    assert compare(before, after) == tuple(("publication", *each) for each in shown)
    assert compare(after, before) == tuple(("publication", n, b, a) for n, a, b in shown)


def test_C1_compared_tariffs_show_what_only_one_of_them_prices(tmp_path: Path) -> None:
    rest = SHIPPED[: SHIPPED.rindex("[[rows]]")]
    (tmp_path / "a.toml").write_text(rest, encoding="utf-8")
    without, whole = read_schedule(tmp_path / "a.toml").under({}), national_policy().rates(DAY)
    assert compare(without, whole) == tuple(
        ("map.regency.village", n, None, n * 70_000) for n in (1, 2, 10)
    )


def test_C1_a_policy_its_schedules_and_prices_are_keys_and_what_is_remembered_is_not_shown(
    tmp_path: Path,
) -> None:
    policy = office(tmp_path, "[tariff]\n")
    unasked, rates = repr(policy), policy.rates(DAY)
    assert {policy: 1, rates: 2, rates.schedule: 3}[policy] == 1
    assert repr(policy) == unasked
