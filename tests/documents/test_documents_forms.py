import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_core.documents import (
    Abstraction,
    Ordered,
    OrderedItem,
    RequestForm,
    check_abstraction,
    check_request_form,
)
from pst_core.documents.comparing import compare_regions, compare_titles, compare_years

BASKET = Ordered(
    (
        OrderedItem("Data mikro Susenas Maret 2025"),
        OrderedItem("Peta digital wilkerstat Rembang", "map"),
    ),
    periods=("2025",),
    regions=("Kabupaten Rembang",),
)
ABSTRACTION = Abstraction(
    title="Kemiskinan di Rembang",
    institution="Undip",
    purpose="Skripsi",
    method="Regresi logistik dengan penimbang",
    data_asked=("Susenas 2025", "Peta wilkerstat Kabupaten Rembang"),
    period="2025",
    region="Kabupaten Rembang",
    outputs="Tabel agregat",
)


def found(abstraction, ordered=BASKET):
    return [f.code for f in check_abstraction(abstraction, ordered)]


def test_S11_matching_abstraction_has_no_finding():
    assert found(ABSTRACTION) == []


@pytest.mark.parametrize("name", [f.name for f in attrs.fields(Abstraction)])
@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_S10_each_field_of_the_abstraction_is_needed(name, blank):
    empty = (blank,) if name == "data_asked" else blank
    (finding,) = check_abstraction(attrs.evolve(ABSTRACTION, **{name: empty}), BASKET)
    assert (finding.clause, finding.code) == ("S10", name.replace("_", "-") + "-missing")


def test_S10_every_field_says_how_it_is_called_and_compared():
    compared = {f.name for f in attrs.fields(Abstraction)
                if f.metadata["compared"]("Sakernas 1998 di Merauke", BASKET)}  # fmt: skip
    assert compared == {"data_asked", "period", "region"}
    assert all(f.metadata["label"].id and f.metadata["label"].en for f in attrs.fields(Abstraction))


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"data_asked": ("Sakernas 2025", "Peta Rembang")}, ["asks-for-more", "asks-for-less"]),
        ({"data_asked": ("Susenas 2024", "Peta Rembang")}, ["asks-for-more", "asks-for-less"]),
        ({"data_asked": ("Susenas 2025",)}, ["asks-for-less"]),
        ({"data_asked": (*ABSTRACTION.data_asked, "Sakernas 2025")}, ["asks-for-more"]),
        ({"period": "2019"}, ["other-period"]),
        ({"period": "2020-2023"}, ["other-period"]),
        ({"region": "Kabupaten Pati"}, ["other-region"]),
    ],
)
def test_S11_abstraction_that_asks_for_something_else_is_a_finding(change, codes):
    found_now = check_abstraction(attrs.evolve(ABSTRACTION, **change), BASKET)
    assert [(f.code, f.clause, f.severity) for f in found_now] == [
        (code, "S11", "error") for code in codes
    ]


# -- the comparisons, pair by pair: what an officer would say ------------------------------------

SAME_TITLES = [
    ("Susenas 2025", "Susenas 2025"),
    ("susenas  2025", "SUSENAS 2025"),
    ("Susenas", "Data mikro Susenas Maret 2025"),
    ("Susenas Maret 2025", "Susenas Maret 2025 Kabupaten Rembang"),
    ("Data Susenas tahun 2025", "Susenas 2025"),
    ("Survei Sosial Ekonomi Nasional 2025", "Susenas 2025"),
    ("Survei Sosial Ekonomi Nasional (Susenas) 2025", "Susenas Maret 2025"),
    ("Survei Angkatan Kerja Nasional Agustus 2025", "Sakernas Agustus 2025"),
    ("Potensi Desa 2024", "Podes 2024"),
    ("Susenas Mar 2025", "Susenas Maret 2025"),
    ("Susenas 2019-2023", "Susenas 2021"),
    ("Raw data Sakernas 2025", "Sakernas Agustus 2025"),
    ("Susenas March 2025", "Susenas Maret 2025"),
    ("Data mikro 2025", "Data mikro 2025"),
]
OTHER_TITLES = [
    ("Susenas 2024", "Susenas 2025"),
    ("Sakernas 2025", "Susenas 2025"),
    ("Susenas September 2025", "Susenas Maret 2025"),
    ("Sakernas Februari 2025", "Sakernas Agustus 2025"),
    ("Susenas Modul Konsumsi 2025", "Susenas Kor 2025"),
    ("Susenas 2025 Kabupaten Blora", "Susenas 2025 Kabupaten Rembang"),
    ("Susenas 2024 dan 2025", "Susenas 2025"),
    ("Susenas 2019-2023", "Susenas 2024"),
    ("Susenas 2022-2025", "Susenas 2025"),
    ("Potensi Desa 2021", "Podes 2024"),
    ("Sensus Penduduk 2020", "Sensus Pertanian 2023"),
    ("Peta Susenas 2025", "Susenas 2025"),
    ("Data 2025", "Susenas 2025"),
]


@pytest.mark.parametrize(("asked", "title"), SAME_TITLES)
def test_S11_a_title_that_means_the_same_is_no_finding(asked, title):
    if asked == "Susenas 2019-2023":  # one line for five datasets, all of them requested
        items = tuple(OrderedItem(f"Susenas {year}") for year in range(2019, 2024))
    else:
        items = (OrderedItem(title),)
    assert compare_titles((asked,), Ordered(items)) == ()


@pytest.mark.parametrize(("asked", "title"), OTHER_TITLES)
def test_S11_a_title_that_means_another_dataset_is_a_finding(asked, title):
    assert "asks-for-more" in {
        f.code for f in compare_titles((asked,), Ordered((OrderedItem(title),)))
    }


MAP = OrderedItem("Rembang", "map")


@pytest.mark.parametrize(
    ("asked", "items", "codes"),
    [
        (("Peta Rembang",), (MAP,), []),
        (("Rembang",), (MAP,), []),
        (("Peta wilkerstat Kabupaten Rembang per desa",), (MAP,), []),
        (("Peta Blora",), (MAP,), ["asks-for-more", "asks-for-less"]),
        # a dataset of Rembang does not explain the map of Rembang
        (("Susenas 2025 Rembang",), (OrderedItem("Susenas 2025"), MAP), ["asks-for-less"]),
        (("Susenas 2025", "Sakernas 2025"),
         (OrderedItem("Susenas 2025"), OrderedItem("Sakernas Agustus 2025")), []),
        (("Susenas 2025",), (OrderedItem("Susenas 2025"), OrderedItem("Sakernas 2025")),
         ["asks-for-less"]),
        (("Susenas 2025", "Sakernas 2025"), (OrderedItem("Susenas 2025"),), ["asks-for-more"]),
        (("Susenas 2025",), (), []),
    ],
)  # fmt: skip
def test_S11_several_titles_and_maps(asked, items, codes):
    assert [f.code for f in compare_titles(asked, Ordered(items))] == codes


@pytest.mark.parametrize(
    ("period", "titles", "periods", "codes"),
    [
        ("2025", ("Susenas 2025",), (), []),
        ("Maret 2025", ("Susenas Maret 2025",), ("2025",), []),
        ("2024", ("Susenas 2025",), (), ["other-period"]),
        ("2025", ("Susenas 2024", "Susenas 2025"), (), ["other-period"]),
        ("2024, 2025", ("Susenas 2024", "Susenas 2025"), (), []),
        ("2024 dan 2025", ("Susenas 2025",), (), ["other-period"]),
        ("2019-2023", ("Susenas 2019", "Susenas 2023"), (), []),
        ("2019 – 2023", ("Susenas 2020", "Susenas 2021"), (), ["wider-period"]),
        ("2019-2023", ("Susenas 2024",), (), ["other-period"]),
        ("2019 s.d. 2023", ("Susenas 2021",), (), ["wider-period"]),
        ("2019 sampai 2025", ("Susenas 2025",), (), ["wider-period"]),
        ("2019-23", ("Susenas 2022",), ("2019-2023",), []),
        ("2019-2023", (), ("2019-2023",), []),
        ("2021", (), ("2019-2023",), ["other-period"]),
        ("2018-2023", (), ("2019-2023",), ["wider-period"]),
        ("lima tahun terakhir", ("Susenas 2025",), (), []),
        ("2026", ("Peta wilkerstat",), (), []),
        ("NIK 3317202512345678", ("Susenas 2025",), (), []),
    ],
)
def test_S11_years_of_the_abstraction_are_those_of_basket_and_forms(period, titles, periods, codes):
    ordered = Ordered(tuple(OrderedItem(t) for t in titles), periods)
    assert [f.code for f in compare_years(period, ordered)] == codes


def region(asked, regions=(), maps=(), national=False):
    items = tuple(OrderedItem(title, "map", national) for title in maps)
    found = compare_regions(asked, Ordered(items, regions=tuple(regions)))
    return "".join(f"{f.code}/{f.severity}" for f in found)


SAME_REGIONS = [
    ("Kabupaten Rembang", "Rembang"),
    ("Rembang", "Kabupaten Rembang"),
    ("Kab. Rembang", "Kabupaten Rembang"),
    ("KABUPATEN REMBANG", "kabupaten rembang"),
    ("Rembang Regency", "Kabupaten Rembang"),
    ("Kabupaten Rembang, Jawa Tengah", "Kabupaten Rembang"),
    ("Rembang (Jawa Tengah)", "Kabupaten Rembang"),
    ("Kabupaten Rembang Provinsi Jawa Tengah", "Rembang"),
    ("Kecamatan Lasem, Kabupaten Rembang", "Kabupaten Rembang"),
    ("Kecamatan Lasem Kabupaten Rembang", "Rembang"),
    ("Pesisir Kabupaten Rembang", "Kabupaten Rembang"),
    ("Kabupaten Blora dan Kabupaten Rembang", "Kabupaten Rembang dan Kabupaten Blora"),
    ("Kabupaten Rembang, Kabupaten Blora", "Kabupaten Blora, Kabupaten Rembang"),
    ("Kabupaten Rembang", "Indonesia"),
    ("Indonesia", "Indonesia"),
    ("Seluruh Indonesia", "nasional"),
    ("Jateng", "Jawa Tengah"),
    ("seluruh kabupaten/kota di Jawa Tengah", "Provinsi Jawa Tengah"),
    ("Provinsi DKI Jakarta", "Jakarta"),
    ("Daerah Istimewa Yogyakarta", "DI Yogyakarta"),
    ("Kabupaten Lima Puluh Kota", "Kabupaten Lima Puluh Kota"),
    ("Kabupaten Pangkajene dan Kepulauan", "Kabupaten Pangkajene dan Kepulauan"),
    ("Kota Semarang", "Semarang"),
    ("", "Kabupaten Rembang"),
    ("Kabupaten Rembang", ""),
]
OTHER_REGIONS = [
    ("Kabupaten Blora", "Rembang"),
    ("Kabupaten Blora", "Kabupaten Rembang"),
    ("Blora", "Rembang"),
    ("Kabupaten Blora, Jawa Tengah", "Kabupaten Rembang, Jawa Tengah"),
    ("Kabupaten Rembang dan Kabupaten Blora", "Kabupaten Rembang"),
    ("Kabupaten Rembang", "Kabupaten Rembang dan Kabupaten Blora"),
    ("Kabupaten Rembang, Kabupaten Pati", "Kabupaten Rembang"),
    ("Kabupaten Bandung", "Kabupaten Bandung Barat"),
    ("Hulu Sungai Utara", "Hulu Sungai Selatan"),
    ("Kota Semarang", "Kabupaten Semarang"),
    ("Indonesia", "Kabupaten Rembang"),
    ("Jawa Timur", "Jawa Tengah"),
]
UNCLEAR_REGIONS = [
    ("Provinsi Jawa Tengah", "Kabupaten Rembang"),
    ("Kabupaten Rembang", "Jawa Tengah"),
    ("Gorontalo", "Kabupaten Gorontalo"),
]


@pytest.mark.parametrize(("asked", "held"), SAME_REGIONS)
def test_S11_a_region_that_means_the_same_is_no_finding(asked, held):
    assert region(asked, (held,) if held else ()) == ""


@pytest.mark.parametrize(("asked", "held"), OTHER_REGIONS)
def test_S11_another_region_is_a_finding(asked, held):
    assert region(asked, (held,)) == "other-region/error"


@pytest.mark.parametrize(("asked", "held"), UNCLEAR_REGIONS)
def test_S11_a_province_against_a_regency_is_for_the_officer_to_say(asked, held):
    assert region(asked, (held,)) == "unclear-region/warning"


@pytest.mark.parametrize(
    ("asked", "maps", "national", "finding"),
    [
        ("Kabupaten Rembang", ("Rembang",), False, ""),
        ("Kabupaten Rembang", ("Peta wilkerstat Kabupaten Rembang per desa",), False, ""),
        ("Kabupaten Blora", ("Peta wilkerstat Kabupaten Rembang per desa",), False, "other-region"),
        ("Kabupaten Rembang", ("Peta Rembang", "Peta Blora"), False, "other-region"),
        ("Rembang dan Blora", ("Peta Rembang", "Peta Blora"), False, ""),
        ("Indonesia", ("Peta Rembang",), False, "other-region"),
        ("Kabupaten Rembang", ("Peta Indonesia per desa",), True, ""),
        ("Kabupaten Rembang", ("Peta 3317",), False, ""),
    ],
)
def test_S11_the_regions_of_maps_count(asked, maps, national, finding):
    assert region(asked, (), maps, national).partition("/")[0] == finding


def test_S9_each_product_kind_asks_for_its_own_fields():
    missing = {
        kind: [f.code for f in check_request_form(RequestForm(kind, ""))]
        for kind in ("publication", "microdata", "map")
    }
    assert missing == {
        "publication": ["title-missing"],
        "microdata": ["title-missing", "purpose-missing", "period-missing"],
        "map": ["title-missing", "purpose-missing", "region-missing"],
    }


@given(st.text(max_size=80), st.text(max_size=80), st.booleans())
def test_S11_any_words_are_compared_and_the_same_words_agree(asked, held, national):
    items = (OrderedItem(held or "x"), OrderedItem(held or "x", "map", national))
    ordered = Ordered(items, periods=(held,), regions=(held,))
    for compare, value in ((compare_titles, (asked,)), (compare_years, asked),
                           (compare_regions, asked)):  # fmt: skip
        assert all(f.clause == "S11" for f in compare(value, ordered))
    assert compare_titles((held,), Ordered((OrderedItem(held),))) == ()
    assert compare_years(held, Ordered(periods=(held,))) == ()
    assert compare_regions(held, Ordered(regions=(held,))) == ()
