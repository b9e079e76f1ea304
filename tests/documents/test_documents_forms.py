import attrs
import pytest

from pst_core.documents import (
    Abstraction,
    RequestForm,
    check_abstraction,
    check_email,
    check_nik,
    check_npwp,
    check_phone,
    check_request_form,
    errors,
)

BASKET = ("Data mikro Susenas Maret 2025", "Peta digital wilkerstat Rembang")
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


def found(abstraction, basket=BASKET, regions=("Kabupaten Rembang",)):
    return [f.code for f in check_abstraction(abstraction, basket, regions)]


def test_S11_matching_abstraction_has_no_finding():
    assert found(ABSTRACTION) == []


@pytest.mark.parametrize("name", [f.name for f in attrs.fields(Abstraction)])
def test_S10_each_field_of_the_abstraction_is_needed(name):
    empty = () if name == "data_asked" else " "
    findings = check_abstraction(attrs.evolve(ABSTRACTION, **{name: empty}), BASKET)
    assert (findings[0].clause, findings[0].code) == ("S10", name.replace("_", "-") + "-missing")


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
    assert found(attrs.evolve(ABSTRACTION, **change)) == codes


def test_S11_a_span_of_years_covers_the_years_inside():
    assert found(attrs.evolve(ABSTRACTION, period="2020 sampai 2025")) == []


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


@pytest.mark.parametrize("good", ["siti@undip.ac.id", "a.b+c@x-y.go.id", "bps3317@bps.go.id"])
def test_R2_email_that_can_be_one_passes(good):
    assert check_email(good) == ()


@pytest.mark.parametrize(
    "bad",
    ["", "siti", "siti@", "@x.id", "a b@x.id", "a@x", "a@x..id", ".a@x.id", "a@-x.id", "a@x.id\n",
     "a@x.id\r\nBcc: b@y.id", "Siti <a@x.id>", "a" * 65 + "@x.id", "a@x_y.id,b@y.id"],
)  # fmt: skip
def test_R2_email_that_cannot_be_one_is_refused(bad):
    assert [f.code for f in errors(check_email(bad))] == ["email-syntax"]


def test_R2_look_alike_letters_are_a_warning():
    assert [f.code for f in check_email("sit\u0456@x.id")] == ["email-not-ascii"]


@pytest.mark.parametrize("province", ["33", "65", "92", "93", "94", "95", "96", "97"])
def test_R3_citizens_of_newer_provinces_are_not_turned_away(province):
    assert check_nik(f"{province}17064505050001") == ()


@pytest.mark.parametrize(
    ("nik", "code"),
    [
        ("9917064505050001", "nik-province"),
        ("3317063202050001", "nik-birth"),
        ("3317063002050001", "nik-birth"),
        ("3317064513050001", "nik-birth"),
        ("3317064505050000", "nik-serial"),
    ],
)
def test_R3_unusual_nik_is_a_warning_only(nik, code):
    assert [(f.code, f.severity) for f in check_nik(nik)] == [(code, "warning")]


def test_R3_leap_day_of_either_century_passes():
    assert check_nik("3317062902000001") == ()
    assert check_nik("3317066902040001") == ()


@pytest.mark.parametrize("bad", ["", "331706450505000", "33170645050500011", "33170645O5050001"])
def test_R3_nik_has_sixteen_digits(bad):
    assert [f.code for f in errors(check_nik(bad))] == ["nik-digits"]


def test_R4_npwp_of_old_and_new_form():
    assert [f.code for f in check_npwp("01.312.166.0-091.000")] == ["npwp-old-form"]
    assert check_npwp("0013121660091000") == ()
    assert check_npwp("1000000000000015") == ()
    assert [f.code for f in errors(check_npwp("123"))] == ["npwp-digits"]
    assert errors(check_npwp("013121661091000")) == ()
    assert "npwp-check-digit" in {f.code for f in check_npwp("013121661091000")}


def test_R3_phone_has_eight_to_fifteen_digits():
    for good in ("081234567890", "(0295) 691040", "+62 812-3456-7890"):
        assert check_phone(good) == ()
    for bad in ("", "1234567", "0812x4567890", "+" + "1" * 16):
        assert [f.code for f in errors(check_phone(bad))] == ["phone-digits"]
