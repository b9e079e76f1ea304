"""Layers over the national calendar, office hours and the clock's rule, read from TOML."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pst_core.certainty import Certainty
from pst_core.lawdata import read_toml
from pst_core.refusal import BadLawData
from pst_core.workdays import (
    Calendar,
    Kind,
    Reading,
    load_calendar,
    national_hours,
    read_calendar,
    read_clock,
    read_hours,
)

D = dt.date
NATIONAL = load_calendar()
LAYER = """layer = "Bali"
[[decrees]]
number = "SE Gubernur 1/2026"
known_since = 2026-02-01
source = "contoh"
certainty = "assumed"
closures = [[2026-06-17, "Galungan", "Galungan"]]
elections = [[2026-07-08, "Pemungutan suara ulang", "Repeated vote"]]
"""


def layer(folder: Path, text: str) -> Path:
    file = folder / "layer.toml"
    file.write_text(text, "utf-8")
    return file


def profile(folder: Path, text: str) -> Calendar:
    file = folder / "kantor.toml"
    file.write_text(text, "utf-8")
    return read_calendar(read_toml(file).table("calendar"))


def test_a_regional_layer_goes_over_the_nation(tmp_path: Path) -> None:
    calendar = load_calendar("Asia/Makassar", layers=[layer(tmp_path, LAYER)])
    assert NATIONAL.is_workday(D(2026, 6, 17))
    assert not calendar.is_workday(D(2026, 6, 17))
    off = calendar.days_off[D(2026, 7, 8)]
    assert (off.kind, off.decree.layer, off.decree.number) == (
        Kind.ELECTION,
        "Bali",
        "SE Gubernur 1/2026",
    )
    assert calendar.as_known_on(D(2026, 1, 31)).is_workday(D(2026, 6, 17))
    assert calendar.certainty(D(2026, 6, 16), D(2026, 6, 17)) is Certainty.ASSUMED
    assert calendar.certainty(D(2026, 6, 17), D(2026, 6, 18)) is Certainty.VERIFIED
    assert calendar.version != NATIONAL.version
    assert "[Bali]" in calendar.why(D(2026, 6, 17)).id


def test_a_day_off_in_two_layers_is_named_by_the_decree_known_first(tmp_path: Path) -> None:
    again = LAYER.replace("2026-06-17", "2026-08-17").replace("Galungan", "Lain")
    calendar = load_calendar(layers=[layer(tmp_path, again)])
    assert calendar.days_off[D(2026, 8, 17)].name.id == "Hari Kemerdekaan"


def test_a_layer_may_fix_a_year_that_the_package_does_not_hold(tmp_path: Path) -> None:
    year = NATIONAL.decreed_years[-1] + 1
    text = f"""layer = "nasional"
[[decrees]]
year = {year}
number = "SKB {year}"
known_since = 2026-09-20
source = "contoh"
certainty = "verified"
holidays = [[{year}-01-03, "Uji", "Test"]]
"""
    calendar = load_calendar(layers=[layer(tmp_path, text)])
    assert not calendar.is_workday(D(year, 1, 3))
    assert calendar.certainty(D(year, 1, 3), D(year, 2, 3)) is Certainty.VERIFIED
    with pytest.raises(BadLawData, match=r"years-with-a-gap.*in between"):
        load_calendar(layers=[layer(tmp_path, text.replace(str(year), str(year + 1)))])


def test_a_layer_may_take_a_day_off_back(tmp_path: Path) -> None:
    text = """layer = "nasional"
[[decrees]]
number = "SKB perubahan"
known_since = 2026-12-01
source = "contoh"
certainty = "reported"
leave = [[2026-12-28, "Cuti bersama Natal", "Christmas leave"]]
revoked = [2026-12-24]
"""
    calendar = load_calendar(layers=[layer(tmp_path, text)])
    assert calendar.is_workday(D(2026, 12, 24))
    assert not calendar.is_workday(D(2026, 12, 28))
    assert "SKB perubahan" in calendar.why(D(2026, 12, 24)).en
    assert not calendar.as_known_on(D(2026, 11, 30)).is_workday(D(2026, 12, 24))
    with pytest.raises(BadLawData, match="revoked-not-off"):
        load_calendar(layers=[layer(tmp_path, text.replace("[2026-12-24]", "[2026-12-22]"))])
    # nor can what was not decreed yet be taken back
    with pytest.raises(BadLawData, match="revoked-not-off"):
        load_calendar(layers=[layer(tmp_path, text.replace("2026-12-01", "2025-01-01"))])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("known_since = 2026-02-01\n", "", r"layer\.toml:\d+: .*known_since.*is required"),
        ("2026-07-08", "2026-06-17", r"layer\.toml:\d+: .*names 2026-06-17 twice"),
        ("[2026-06-17, ", '["2026-06-17", ', "Write \\[2026-01-01"),
        ("[2026-06-17, ", "[2026-06-17T00:00:00, ", "Write \\[2026-01-01"),
        ('"assumed"', '"surely"', "Choose one of: verified"),
        ("closures", "closure", "Did you mean closures"),
        ("known_since = 2026-02-01", "known_since = 2026-02-01\nsigned = 2026-02-02", "before"),
        ("known_since = 2026-02-01", 'known_since = 2026-02-01\nrevoked = ["x"]', "Write a date"),
        ("[[decrees]]", "[[decree]]", "decrees is required"),
    ],
)
def test_a_bad_layer_is_refused_and_leaves_the_calendar_as_it_was(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    before = NATIONAL.version
    with pytest.raises(BadLawData, match=says):
        load_calendar(layers=[layer(tmp_path, LAYER.replace(old, new))])
    assert load_calendar().version == NATIONAL.version == before


def test_a_day_named_twice_by_two_decrees_of_one_layer_is_refused(tmp_path: Path) -> None:
    again = LAYER.split("\n", 1)[1].replace("2026-02-01", "2026-03-01")
    with pytest.raises(BadLawData, match=r"twice \(already there: SE Gubernur 1/2026\)"):
        load_calendar(layers=[layer(tmp_path, LAYER + again)])


def test_a_missing_layer_is_refused() -> None:
    with pytest.raises(BadLawData, match="file-unreadable"):
        load_calendar(layers=["tidak-ada.toml"])


# an office's profile


def test_a_profile_sets_zone_layers_and_closures(tmp_path: Path) -> None:
    layer(tmp_path, LAYER)
    calendar = profile(
        tmp_path,
        """[calendar]
timezone = "Asia/Makassar"
layers = ["layer.toml"]
[[calendar.closures]]
date = 2026-09-10
name = { id = "Pindah kantor", en = "Moving house" }
decree = "SK Kepala 12/2026"
known_since = 2026-08-01
[[calendar.closures]]
from = 2026-09-14
to = 2026-09-16
name = { id = "Banjir", en = "Flood" }
known_since = 2026-09-13
certainty = "verified"
""",
    )
    assert calendar.timezone == "Asia/Makassar"
    assert not calendar.is_workday(D(2026, 6, 17))
    assert calendar.add(D(2026, 9, 9), 1) == D(2026, 9, 11)
    assert calendar.add(D(2026, 9, 11), 1) == D(2026, 9, 17)
    closed = calendar.days_off[D(2026, 9, 10)]
    assert (closed.kind, closed.decree.number) == (Kind.CLOSURE, "SK Kepala 12/2026")
    assert closed.decree.certainty is Certainty.REPORTED
    assert calendar.as_known_on(D(2026, 9, 12)).is_workday(D(2026, 9, 14))


def test_an_empty_profile_is_the_nation_in_wib(tmp_path: Path) -> None:
    assert profile(tmp_path, "[calendar]\n") == NATIONAL


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("date = 2026-09-10", "name is required"),
        ('date = 2026-09-10\nname = {id="a", en="b"}', "known_since is required"),
        (
            'from = 2026-09-10\nto = 2026-09-09\nname = {id="a", en="b"}\nknown_since = 2026-01-01',
            "is before from",
        ),
        ('from = 2026-09-10\nname = {id="a", en="b"}\nknown_since = 2026-01-01', "to is required"),
        (
            'date = 2026-09-10\nname = {id="a", en="b"}\nknown_since = 2026-01-01\nnomor = "1"',
            "not known here",
        ),
        (
            (
                'date = 2026-09-10\nname = {id="a", en="b"}\nknown_since = 2026-01-01\n'
                "[[calendar.closures]]\nfrom = 2026-09-09\nto = 2026-09-11\n"
                'name = {id="c", en="d"}\nknown_since = 2026-01-01'
            ),
            "names 2026-09-10 twice",
        ),
    ],
)
def test_bad_closures_are_refused(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(BadLawData, match=says):
        profile(tmp_path, f"[calendar]\n[[calendar.closures]]\n{row}\n")


# hours


def test_national_hours_are_those_of_perpres_21_2023() -> None:
    hours = national_hours()
    for day, minutes, opens in (
        (D(2026, 11, 23), 450, dt.time(7, 30)),
        (D(2026, 11, 27), 450, dt.time(7, 30)),
        (D(2026, 2, 23), 390, dt.time(8)),
        (D(2026, 2, 27), 390, dt.time(8)),
    ):
        spans = hours.on(day)
        assert spans[0][0] == opens
        assert sum(_minutes(b) - _minutes(a) for a, b in spans) == minutes
    assert (
        _minutes(hours.on(D(2026, 11, 27))[1][0]) - _minutes(hours.on(D(2026, 11, 27))[0][1]) == 90
    )


def _minutes(at: dt.time) -> int:
    return at.hour * 60 + at.minute


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_ramadan_ends_on_the_day_before_idulfitri(year: int) -> None:
    eid = min(
        d for d, off in NATIONAL.days_off.items() if d.year == year and off.name.id == "Idulfitri"
    )
    (season,) = [s for s in national_hours().seasons if s.first.year == year]
    assert season.last == eid - dt.timedelta(days=1)
    assert 28 <= (season.last - season.first).days <= 29


WEEK = "".join(
    f'{day} = "08:00-12:00, 13:00-15:30"\n'
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
)


BACKWARDS = f"to = 2026-05-03\n{WEEK}"


def hours_of(folder: Path, text: str) -> object:
    file = folder / "kantor.toml"
    file.write_text(text, "utf-8")
    return read_hours(read_toml(file).table("hours"))


def test_a_profile_may_set_its_own_hours(tmp_path: Path) -> None:
    text = (
        f'[hours]\ncitation = "SIPPN"\ncertainty = "reported"\n{WEEK}'
        f"[hours.ramadan]\n{WEEK.replace('15:30', '14:00')}"
        '[[hours.seasons]]\nname = {id = "Sensus", en = "Census"}\n'
        f"from = 2026-05-04\nto = 2026-05-08\n{WEEK.replace('15:30', '17:00')}"
        '[[hours.seasons]]\nname = {id = "Upacara", en = "Ceremony"}\n'
        f"from = 2026-06-02\nto = 2026-06-02\n{WEEK.replace('15:30', '14:30')}"
    )
    hours = hours_of(tmp_path, text)
    assert hours.closing(D(2026, 11, 23)) == dt.time(15, 30)  # type: ignore[attr-defined]
    assert hours.closing(D(2026, 2, 23)) == dt.time(14)  # type: ignore[attr-defined]
    assert hours.closing(D(2026, 5, 4)) == dt.time(17)  # type: ignore[attr-defined]
    assert hours.closing(D(2026, 5, 8)) == dt.time(17)  # type: ignore[attr-defined]
    assert hours.closing(D(2026, 5, 11)) == dt.time(15, 30)  # type: ignore[attr-defined]
    assert hours.closing(D(2026, 6, 2)) == dt.time(14, 30)  # type: ignore[attr-defined]
    assert hours.closing(D(2026, 6, 3)) == dt.time(15, 30)  # type: ignore[attr-defined]
    assert hours_of(tmp_path, "[hours]\n") == national_hours()


def test_a_day_may_be_open_without_a_break_or_with_two(tmp_path: Path) -> None:
    open_at = {"monday": "08:00-14:00", "tuesday": "08:00-10:00, 10:15-12:00, 13:00-16:00"}
    text = WEEK
    for day, spans in open_at.items():
        text = text.replace(f'{day} = "08:00-12:00, 13:00-15:30"', f'{day} = "{spans}"')
    hours = hours_of(tmp_path, f"[hours]\n{text}")
    assert hours.closing(D(2026, 11, 23)) == dt.time(14)  # type: ignore[attr-defined]
    assert hours.closing(D(2026, 11, 24)) == dt.time(16)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WEEK.replace("friday", "jumat"), "friday is required"),
        (WEEK.replace("08:00-12:00, 13:00", "08:00-13:00, 12:00"), "from morning to evening"),
        (WEEK.replace("08:00-12:00", "12:00-08:00"), "from morning to evening"),
        (WEEK.replace("08:00-12:00", "12:00-12:00"), "from morning to evening"),
        (WEEK.replace("08:00", "8"), "is no opening time"),
        (WEEK.replace("15:30", "25:30"), "is no opening time"),
        (f"{WEEK}saturday = '08:00-12:00'\n", "not known here"),
        (
            f'[[hours.seasons]]\nname = {{id="a", en="b"}}\nfrom = 2026-05-04\n{BACKWARDS}',
            "is before from",
        ),
    ],
)
def test_bad_hours_are_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadLawData, match=says):
        hours_of(tmp_path, f"[hours]\n{text}")


# the rule


def clock_of(folder: Path, text: str) -> object:
    file = folder / "kantor.toml"
    file.write_text(f"[clock]\n{text}", "utf-8")
    return read_clock(read_toml(file).table("clock"))


def test_the_profile_picks_the_reading(tmp_path: Path) -> None:
    rest = 'working_days = 7\ncitation = "SK 1"\ncertainty = "verified"\n'
    pausing, running = clock_of(tmp_path, rest), clock_of(tmp_path, f'reading = "running"\n{rest}')
    assert pausing.reading is Reading.PAUSING  # type: ignore[attr-defined]
    assert running.reading is Reading.RUNNING  # type: ignore[attr-defined]
    assert running.working_days == 7  # type: ignore[attr-defined]
    assert running.queue_minutes == 10  # type: ignore[attr-defined]
    usual = clock_of(tmp_path, rest.replace("working_days = 7\n", ""))
    assert usual.working_days == 10  # type: ignore[attr-defined]


@pytest.mark.parametrize("figure", [1, 250])
def test_the_clocks_figures_may_be_1_to_250(tmp_path: Path, figure: int) -> None:
    text = f"working_days = {figure}\nqueue_minutes = {figure}\n"
    rule = clock_of(tmp_path, f'{text}citation = "SK"\ncertainty = "verified"\n')
    assert rule.working_days == rule.queue_minutes == figure  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("working_days = 0", "Write 1 to 250"),
        ("working_days = 251", "Write 1 to 250"),
        ("queue_minutes = 0", "Write 1 to 250"),
        ("queue_minutes = 251", "Write 1 to 250"),
        ('reading = "stopping"', "Choose one of: pausing, running"),
        ("days = 10", "not known here"),
    ],
)
def test_bad_rules_are_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadLawData, match=says):
        clock_of(tmp_path, f'{text}\ncitation = "SK"\ncertainty = "verified"\n')
