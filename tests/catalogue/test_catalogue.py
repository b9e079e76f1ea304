"""Entries: what they become in a basket, what they lack, and which of them are old."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pst_core as pst
from pst_adapters.catalogue import as_toml, read_toml_list
from pst_core.catalogue import Catalogue, Entry, Found, Kind, Unread
from pst_core.hygiene import what_is_odd
from pst_core.refusal import BadInput, NotFound

DAY = dt.date(2026, 11, 24)
BOOK = Entry(id="da", kind=Kind.PUBLICATION, title="Rembang Dalam Angka", pages=312, read=DAY)
DATA = Entry(id="su", kind=Kind.MICRODATA, title="Susenas 2025", bytes=4_200_000, read=DAY)
TABLE = Entry(
    id="ta", kind=Kind.MICRODATA, title="Tabulasi", bytes=9, processed=True, read=DAY
)  # fmt: skip
MAP = Entry(id="pe", kind=Kind.MAP, title="Peta Rembang", extent="regency", level="village",
            sheets=1, read=DAY)  # fmt: skip
ALL = Catalogue((BOOK, DATA, TABLE, MAP))


def found(catalogue, basket=(), on=DAY, oldest=365):
    return [(f.found, f.id) for f in catalogue.findings(on=on, oldest=oldest, basket=basket)]


def test_P1_P2_P3_a_basket_line_follows_from_an_entry():
    assert [e.product() for e in ALL.entries] == [
        pst.Publication("Rembang Dalam Angka", pages=312),
        pst.Microdata("Susenas 2025", bytes=4_200_000),
        pst.Microdata("Tabulasi", bytes=9, processed=True),
        pst.Map("Peta Rembang", extent="regency", level="village", sheets=1),
    ]


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        ("publication", ("pages",)),
        ("microdata", ("bytes",)),
        ("map", ("extent", "level", "sheets")),
    ],
)
def test_what_the_tariff_counts_and_is_not_given_is_said_and_has_no_price(kind, lacks):
    entry = Entry(id="x", kind=Kind(kind), title="X", size="3.45 MB", files=2, read=DAY)
    assert entry.lacks == lacks
    with pytest.raises(BadInput) as no:
        entry.product()
    assert no.value.code == "entry-lacks"
    assert all(name in no.value.remedy.id and name in no.value.remedy.en for name in lacks)
    assert found(Catalogue((entry,))) == [(Found.LACKS, "x")]


@pytest.mark.parametrize(
    "wrong",
    [{"pages": 0}, {"pages": True}, {"bytes": 1.5}, {"title": " "}, {"id": ""}, {"title": "a\nb"},
     {"years": (2025, 2020)}, {"years": (20, 2020)}, {"extent": "village"}, {"title": "a\u202eb"},
     {"about": "satu bahasa"}],
)  # fmt: skip
def test_a_value_that_cannot_be_right_is_refused(wrong):
    with pytest.raises(BadInput) as no:
        Entry(**{"id": "x", "kind": Kind.PUBLICATION, "title": "X"} | wrong)
    assert no.value.code == "bad-entry"
    assert next(iter(wrong)) in no.value.text.en


def test_an_entry_is_stale_the_day_after_the_last_day_of_the_policy():
    assert found(ALL, on=DAY + dt.timedelta(30), oldest=30) == []
    assert found(ALL, on=DAY + dt.timedelta(31), oldest=30) == [
        (Found.STALE, e.id) for e in ALL.entries
    ]
    assert found(Catalogue((BOOK,)), on=DAY - dt.timedelta(1)) == [(Found.AHEAD, "da")]


def test_entries_without_a_day_are_said_once_for_each_source():
    import attrs

    undated = [attrs.evolve(e, read=None, source="daftar.csv") for e in ALL.entries]
    (one,) = Catalogue(tuple(undated)).findings(on=DAY, oldest=1)
    assert (one.found, one.id) == (Found.UNDATED, "daftar.csv")
    assert one.text.id.startswith("4 produk dari daftar.csv")


def test_a_basket_that_names_what_is_not_there_is_told_the_nearest():
    (one,) = ALL.findings(on=DAY, oldest=9, basket=["da", "susenas  2025", "Susenas 2026"])
    assert (one.found, one.id) == (Found.MISSING, "Susenas 2026")
    assert "Susenas 2025" in one.remedy.id
    assert "Susenas 2025" in one.remedy.en
    with pytest.raises(NotFound):
        ALL.get("Susenas 2026")


def test_a_basket_with_other_figures_than_the_catalogue_is_said():
    right = [e.product() for e in ALL.entries]
    assert found(ALL, right) == []
    other = pst.Publication("Rembang Dalam Angka", pages=300)
    (one,) = ALL.findings(on=DAY, oldest=9, basket=[other])
    assert (one.found, one.id) == (Found.DIFFERS, "da")
    assert "300" in one.text.id
    assert "312" in one.text.id
    processed = pst.Microdata("Susenas 2025", bytes=4_200_000, processed=True)
    assert found(ALL, [processed]) == [(Found.DIFFERS, "su")]


def test_one_id_is_one_product_and_a_title_of_two_names_neither():
    import attrs

    with pytest.raises(BadInput, match="entry-twice"):
        Catalogue((BOOK, BOOK))
    twins = Catalogue((BOOK, attrs.evolve(BOOK, id="da2")))
    assert twins.find("da2").id == "da2"
    assert twins.find("Rembang Dalam Angka") is None


def test_rows_not_read_and_entries_not_asked_for_are_said():
    partial = Catalogue((BOOK,), (Unread("baris 3", pst.Text("rusak.", "broken.")),), total=9)
    assert found(partial) == [(Found.UNREAD, "baris 3"), (Found.PARTIAL, "")]
    assert found(Catalogue((BOOK,), total=1)) == []


def test_what_an_office_has_counted_is_kept_when_the_source_is_read_again():
    bare = Catalogue((
        Entry(id="da", kind=Kind.PUBLICATION, title="Dalam Angka", read=DAY),
        Entry(id="su", kind=Kind.MICRODATA, title="Susenas", bytes=7, read=DAY),
        Entry(id="pe", kind=Kind.PUBLICATION, title="Bukan peta", read=DAY),
    ))  # fmt: skip
    filled = bare.filled_from(ALL)
    assert [e.pages for e in filled.entries] == [312, None, None]
    assert filled.get("su").bytes == 7, "what the source says stands"
    assert filled.get("da").title == "Dalam Angka"


def _texts(most):
    letters = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])
    return st.text(letters, min_size=1, max_size=most).filter(
        lambda t: t.strip() and what_is_odd(t, one_line=True) is None
    )


def _or_none(strategy):
    return st.none() | strategy


COUNT = _or_none(st.integers(1, 10**9))
YEAR = st.integers(1900, 2100)
ENTRIES = st.builds(
    Entry,
    id=_texts(12),
    kind=st.sampled_from(Kind),
    title=_texts(40),
    about=_or_none(st.builds(pst.Text, id=_texts(20), en=_texts(20))),
    years=_or_none(st.tuples(YEAR, YEAR).map(lambda y: (min(y), max(y)))),
    pages=COUNT, files=COUNT, bytes=COUNT, variables=COUNT, sheets=COUNT,
    processed=st.booleans(),
    extent=st.sampled_from([None, "regency", "national"]),
    level=st.sampled_from([None, "village", "district"]),
    size=st.just("") | _texts(8),
    link=st.just("") | _texts(8),
    source=_texts(8),
    released=_or_none(st.dates()),
    read=_or_none(st.dates()),
)  # fmt: skip


@given(st.lists(ENTRIES, max_size=4, unique_by=lambda e: e.id))
def test_what_is_written_as_toml_reads_back_as_it_is(entries):
    catalogue = Catalogue(tuple(entries))
    assert read_toml_list(as_toml(catalogue)) == catalogue
