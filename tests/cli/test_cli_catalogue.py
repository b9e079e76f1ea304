"""``pst catalogue`` as people use it."""

import contextlib
import io
import json
from pathlib import Path

import pytest

from pst_adapters.catalogue import read_catalogue
from pst_adapters.cli import main

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests/catalogue/recorded"
LIST = ROOT / "examples/embed/katalog.csv"
BPS = [RECORDED / "bps-page-1.json", RECORDED / "bps-page-2.json"]
DAY = ("--on", "2026-11-24")


@pytest.fixture
def pst(tmp_path, monkeypatch):
    """Return ``pst(*words, code=0)``: what ``pst catalogue`` prints, and what it says aside."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            returned = main(["catalogue", *map(str, words)])
        assert returned == code, out.getvalue() + err.getvalue()
        return out.getvalue(), err.getvalue()

    return run


def test_P1_P2_P3_a_list_is_shown_with_its_prices(pst):
    shown, _ = pst("show", LIST)
    for price in ("Rp140.000", "Rp65.000", "Rp20.000", "Rp70.000"):
        assert price in shown
    assert "4 produk, 4 ada harganya" in shown
    as_json = json.loads(pst("show", LIST, "--json")[0])
    assert [row["price"] for row in as_json["products"]] == [140_000, 65_000, 20_000, 70_000]
    assert as_json["products"][0]["read"] == "2026-11-24"
    assert as_json["unread"] == []


def test_what_is_in_order_is_said_and_exits_with_0(pst):
    assert pst("check", LIST, *DAY)[0] == "4 produk, semua beres.\n"
    assert pst("check", LIST, *DAY, "--json")[0] == "[]\n"


def test_what_is_stale_missing_or_different_is_said_and_exits_with_1(pst, tmp_path):
    basket = tmp_path / "basket.toml"
    basket.write_text(
        '[[publications]]\ntitle = "Kabupaten Rembang Dalam Angka 2026"\npages = 300\n'
        '[[microdata]]\ntitle = "Sakernas"\nbytes = 5\n',
        "utf-8",
    )
    said, _ = pst("check", LIST, "--on", "2027-11-24", "--oldest", 364, "--basket", basket,
                  "--name", "susena", "--json", code=1)  # fmt: skip
    found = [row["found"] for row in json.loads(said)]
    assert found == ["missing", "differs", "missing", *["stale"] * 4]
    said, _ = pst("check", LIST, *DAY, "--name", "susena", "--lang", "en", code=1)
    assert "! 'susena' is not in the catalogue. Did you mean 'susenas'?" in said


def test_figures_that_the_office_has_counted_are_kept_when_it_is_read_again(pst, tmp_path):
    first = tmp_path / "publikasi.toml"
    _, aside = pst("convert", *BPS, "--read", "2026-11-24", "--out", first)
    assert "3 produk, 2 belum ada harganya" in aside
    text = first.read_text("utf-8")
    first.write_text(text.replace("# pages = ?", "pages = 312", 1), "utf-8", newline="\n")
    again = tmp_path / "baru.toml"
    pst("convert", *BPS, "--read", "2026-11-30", "--own", first, "--out", again)
    read = read_catalogue([again])
    assert [e.pages for e in read.entries] == [312, 96, None]
    assert {str(e.read) for e in read.entries} == {"2026-11-30"}
    said, _ = pst("check", again, "--on", "2026-11-30", code=1)
    assert said.count("! ") == 1
    assert "Statistik Daerah" in said


def test_what_is_converted_to_the_screen_is_a_list_and_nothing_else(pst, tmp_path):
    shown, aside = pst("convert", *sorted(RECORDED.glob("nada-s*.json")), "--read", "2026-11-24")
    (tmp_path / "k.toml").write_text(shown, "utf-8")
    assert len(read_catalogue([tmp_path / "k.toml"]).entries) == 2
    assert "'document'" in aside


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("http://localhost/",), "hanya dibaca lewat https"),
        (("bps:3317",), "PST_BPS_KEY"),
        (("bps:3317", LIST), "tidak dibaca bersama"),
        (("tidak-ada.toml",), "tidak-ada.toml"),
        ((RECORDED / "bps-wrong-key.json",), "Invalid API Key"),
    ],
)
def test_a_source_that_cannot_be_read_is_said_with_what_would_be_right(
    pst, monkeypatch, words, says
):
    monkeypatch.delenv("PST_BPS_KEY", raising=False)
    _, said = pst("show", *words, code=1)
    assert says in said


def test_a_title_is_shown_as_it_is_whatever_stands_in_it(pst, tmp_path):
    place = tmp_path / "k.csv"
    place.write_text("id,kind,title,pages\n[a],publication,[/b] [rev] Statistik,1\n", "utf-8")
    shown, _ = pst("show", place)
    assert "[a]" in shown
    assert "[/b] [rev] Statistik" in shown
