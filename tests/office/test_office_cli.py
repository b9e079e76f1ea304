"""``pst office`` as a new user types it."""

import io
import json
import re

import pytest

from pst_adapters.cli import main
from pst_adapters.cli.questions import begin
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.lawdata import shipped
from pst_core.office import Office
from pst_core.refusal import BadLawData
from pst_core.tariff import check_schedule
from pst_core.testing.lives import BASKET

from .conftest import DRAFT, Counter, profile

GIVEN = (
    "--code", "1407", "--name", "BPS Kabupaten Rokan Hulu", "--name-en",
    "BPS-Statistics of Rokan Hulu Regency", "--place", "Pasir Pengaraian", "--email",
    "bps1407@bps.go.id", "--timezone", "Asia/Jakarta", "--no-input",
)  # fmt: skip


def pst(capsys, *words, code=0):
    assert main([*words]) == code
    done = capsys.readouterr()
    return done.out + done.err


def test_a_new_profile_is_written_commented_and_sound(capsys, tmp_path):
    place = tmp_path / "1407.toml"
    assert "pst office check" in pst(capsys, "office", "new", str(place), *GIVEN)
    office = Office.load(place)
    assert (office.code, office.version) == ("1407", "1407/2026-11")
    assert office.name.id == "BPS Kabupaten Rokan Hulu"
    assert office.letterhead.place == "Pasir Pengaraian"
    text = place.read_text("utf-8")
    assert "0000" not in text
    assert "Kabupaten Contoh" not in text
    assert text.count("\n# ") > 25
    assert "there already" in pst(
        capsys, "office", "new", str(place), *GIVEN, "--lang", "en", code=1
    )  # fmt: skip


@pytest.mark.parametrize(("option", "value"), [
    ("--code", "14"), ("--timezone", "Europe/Paris"), ("--email", "kantor"), ("--name", 'a"b'),
    ("--place", "Pasir\x07"),
])  # fmt: skip
def test_a_wrong_answer_is_named(capsys, tmp_path, option, value):
    words = list(GIVEN)
    words[words.index(option) + 1] = value
    place = tmp_path / "x.toml"
    assert option in pst(capsys, "office", "new", str(place), *words, code=1)
    assert not place.exists()


@pytest.mark.parametrize("read", [Office.load, check_schedule])
def test_a_file_that_cannot_be_read_is_not_left_behind(tmp_path, read):
    with pytest.raises(BadLawData):
        begin(tmp_path / "x.toml", 'code = "1407"\n', read)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_given_is_asked_until_it_is_right(capsys, tmp_path, monkeypatch):
    typed = "14\n1407\nBPS Kota Pasir\n\n\nkantor\n\nWITT\nWIT\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    place = tmp_path / "x.toml"
    asked = pst(capsys, "office", "new", str(place), "--lang", "en")
    for wrong in ("14", "kantor", "WITT"):
        assert f"'{wrong}' does not fit. Such as: " in asked
    office = Office.load(place)
    assert (str(office.calendar.zone), office.code) == ("Asia/Jayapura", "1407")
    # what Enter takes was shown before
    assert office.name.en == "BPS-Statistics of Pasir Municipality"
    assert (office.letterhead.place, office.email) == ("Pasir", "bps1407@bps.go.id")
    assert office.name.en in asked
    assert office.email in asked


@pytest.mark.slow
def test_a_new_profile_bills_nothing_until_somebody_confirms_the_figures(capsys, tmp_path):
    place = tmp_path / "1407.toml"
    pst(capsys, "office", "new", str(place), *GIVEN)
    assert Office.load(place).tariff.confirmed == ()
    said = pst(capsys, "office", "check", str(place), "--lang", "en")
    assert "note: nobody has confirmed the figures of the tariff" in said
    assert "still as in the example: standard.source" in said
    text = place.read_text("utf-8")
    place.write_text(re.sub(r"^#(?=\[\[tariff|schedule|by =|on =|note =)", "", text, flags=re.M))
    assert [c.schedule for c in Office.load(place).tariff.confirmed] == ["pp-13-2024"]


@pytest.mark.slow
def test_check_says_what_it_walked_and_what_a_person_should_see(capsys):
    said = pst(capsys, "office", "check", "7500", "--lang", "en")
    assert "request: 4773 places" in said
    assert "note: the decree" in said
    assert said.endswith("The profile can be used.\n")


def test_check_refuses_a_misspelt_key_with_the_nearest(capsys, tmp_path):
    place = tmp_path / "kantor.toml"
    text = shipped("offices", "7500.toml").read_text("utf-8")
    place.write_text(text.replace("at_home", "at_hom"), "utf-8")
    said = pst(capsys, "office", "check", str(place), "--lang", "en", code=1)
    assert "at_hom" in said
    said = pst(capsys, "procedure", "visit", "--office", "7500", "--lang", "en", code=1)
    assert "no walk-in" in said


def test_diff_schema_and_list(capsys):
    assert "doors: walk-in, online -> online" in pst(
        capsys, "office", "diff", "3317", "7500", "--lang", "en"
    )
    assert "Tidak ada perbedaan" in pst(capsys, "office", "diff", "3317", "3317")
    assert json.loads(pst(capsys, "office", "schema"))["properties"]["steps"]
    assert [r["code"] for r in json.loads(pst(capsys, "office", "shipped", "--json"))][:1] == [
        "3317"
    ]


def test_simulate_change_reads_a_database(capsys, tmp_path):
    url = f"sqlite:///{tmp_path / 'pst.db'}"
    store = SqlStore(url)
    draft = Counter(Office.load("3317"), store).open(products=BASKET).carry(*DRAFT)
    filed = Counter(Office.load("3317"), store).open().carry(*DRAFT, rq.FileRequest)
    store.close()
    new = tmp_path / "baru.toml"
    text = shipped("offices", "3317.toml").read_text("utf-8")
    new.write_text(
        text.replace("3317/2026-11", "3317/2027-01").replace("[requirements.identity]\n", ""),
        "utf-8",
    )
    said = pst(
        capsys, "office", "simulate-change", "3317", str(new), "--db", str(tmp_path / "pst.db"),
        "--lang", "en",
    )  # fmt: skip
    assert draft.stream in said
    assert filed.stream in said
    assert "- document: identity card missing" in said
    rows = json.loads(pst(
        capsys, "office", "simulate-change", "3317", str(new), "--db", str(tmp_path / "pst.db"),
        "--json",
    ))  # fmt: skip
    assert [row["stream"] for row in rows] == [draft.stream, filed.stream]


DAYS = 'way = "days"\nunrated_after_working_days = 10\nnotice_working_days = 3'
HOW = {
    "example": (),
    "counter": (
        ('at_home = ["billing"]', 'at_home = ["cash"]'), ("portal = true", "portal = false"),
        ('doors = ["walk-in", "online"]', 'doors = ["walk-in"]'), ('online = "sent-back"\n', ""),
        ('ways = ["upload", "post", "counter"]', 'ways = ["counter"]'),
    ),
    "transfer": (
        ('at_home = ["billing"]', 'at_home = ["transfer"]'), (DAYS, 'way = "by-itself"'),
    ),
    "7500": None,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("way", HOW)
def test_the_demonstration_plays_every_way(capsys, tmp_path, way):
    office, changes = way, HOW[way]
    if changes is not None:
        profile(tmp_path, *changes)
        office = str(tmp_path / "kantor.toml")
    said = pst(
        capsys, "demo", "--office", office, "--folder", str(tmp_path / "demo"), "--start",
        "2026-11-24", "--lang", "en",
    )  # fmt: skip
    assert "finished" in said
