"""C1 at the terminal: ``pst quote`` and ``pst tariff``."""

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pst_adapters.cli import main
from pst_adapters.cli.tariff import COMMANDS
from pst_core.certainty import Certainty
from pst_core.lawdata import shipped
from pst_core.tariff import compare, national_policy, read_schedule

QUOTE, TARIFF = COMMANDS
MIXED = [
    "--publication", "Rembang Dalam Angka:312",
    "--microdata", "Susenas 2025:4200000",
    "--map", "Rembang:regency:village:1",
    "--on", "2026-11-24",
]  # fmt: skip
SHIPPED = shipped("tariff", "pp-13-2024.toml").read_text(encoding="utf-8")


def run(command, *args: str, lang: str = "id") -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(command, args, obj={"lang": lang})


def test_C1_quote_as_a_table_in_both_languages() -> None:
    for lang, amount, words in (("id", "Rp294.000", "halaman"), ("en", "Rp294,000", "pages")):
        result = run(QUOTE, *MIXED, lang=lang)
        assert result.exit_code == 0, result.output
        assert amount in result.output
        assert words in result.output
        assert "[[tariff.confirmed]]" in result.output
    assert "Rp294,000" in run(QUOTE, *MIXED, "--lang", "en").output


def test_C1_quote_as_json() -> None:
    data = json.loads(run(QUOTE, *MIXED, "--json").output)
    assert data["total"] == 294_000
    assert [line["amount"] for line in data["lines"]] == [140_000, 84_000, 70_000]


def test_C1_a_title_may_hold_colons() -> None:
    args = ["--map", "Peta: Rembang:regency:district", "--microdata", "a:b:1000001:processed"]
    data = json.loads(run(QUOTE, *args, "--on", "2026-11-24", "--json").output)
    assert [line["product"]["title"] for line in data["lines"]] == ["a:b", "Peta: Rembang"]
    assert data["total"] == 30_000 + 22_000


def test_C1_a_basket_file_with_a_claim_of_rp0(tmp_path: Path) -> None:
    file = tmp_path / "basket.toml"
    file.write_text(
        'on = 2026-11-24\n[[publications]]\ntitle = "a"\npages = 51\n'
        '[[microdata]]\ntitle = "b"\nbytes = 1\nprocessed = true\n[[maps]]\ntitle = "c"\n'
        '[zero]\nrecipient = "student"\npurpose = "research"\n'
    )
    result = run(QUOTE, str(file))
    assert result.exit_code == 0
    assert "Rp157.000" in result.output
    assert "mahasiswa melalui institusi pendidikannya" in result.output
    file.write_text('[[publication]]\ntitle = "a"\npages = 51\n')
    result = run(QUOTE, str(file), lang="en")
    assert result.exit_code == 1
    assert "Did you mean publications?" in result.output


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--publication", "Rembang"], 2, "JUDUL:HALAMAN"),
        (["--publication", "Rembang:3.5"], 2, "JUDUL:HALAMAN"),
        (["--map", "Rembang:village"], 2, "regency|national"),
        (["--map", "Rembang:province:village:1"], 1, "'regency', 'national'"),
        (["--publication", "Rembang:0"], 1, "whole number"),
        ([], 1, "basket is empty"),
        (["--publication", "a:1", "--on", "2020-01-01"], 1, "no figures"),
        (["--publication", "a:1", "--on", "1990-01-01"], 1, "No tariff is in force"),
        (["--publication", "a:1", "--recipient", "king"], 1, "central-government"),
    ],
)
def test_C1_what_is_typed_wrong_is_answered_with_what_is_right(args, code, words) -> None:
    result = run(QUOTE, *args, lang="en")
    assert result.exit_code == code
    assert words in result.output
    assert "Traceback" not in result.output


def test_C1_rp0_rules_are_told_once_for_all_kinds() -> None:
    claim = ["--recipient", "education", "--purpose", "research", "--letter", "{B}-1"]
    result = run(QUOTE, *MIXED, *claim, lang="en")
    assert result.output.count("pihak-tertentu (map, microdata, publication): does not apply") == 1
    assert "letter of request {B}-1" in result.output
    assert "Missing: register the institution's official e-mail" in result.output
    claim += ["--account-verified-by", "admin", "--approver", "Kepala"]
    data = json.loads(run(QUOTE, *MIXED, *claim, "--json").output)
    assert data["total"] == 0
    assert [line["tariff"] for line in data["lines"]] == [140_000, 84_000, 70_000]


def test_C1_tariff_check(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(SHIPPED, encoding="utf-8")
    result = run(TARIFF, "check", str(file), lang="en")
    assert result.exit_code == 0
    assert "10 rows" in result.output
    file.write_text(SHIPPED.replace("above = 50\n", "above = 51\n"), encoding="utf-8")
    result = run(TARIFF, "check", str(file), lang="en")
    assert result.exit_code == 1
    assert "Write above = 50." in result.output


def test_C1_tariff_diff_shows_each_price_that_changes(tmp_path: Path) -> None:
    old, new = tmp_path / "a.toml", tmp_path / "b.toml"
    old.write_text(SHIPPED, encoding="utf-8")
    new.write_text(SHIPPED.replace("amount = 15_000", "amount = 16_000"), encoding="utf-8")
    assert "No price differs" in run(TARIFF, "diff", str(old), str(old), lang="en").output
    output = run(TARIFF, "diff", str(old), str(new), lang="en").output
    assert "Rp65,000" in output
    assert "Rp66,000" in output
    assert "map" not in output


def test_C1_tariff_replay_of_past_requests(tmp_path: Path) -> None:
    saved, other = tmp_path / "request.json", tmp_path / "b.toml"
    saved.write_text(run(QUOTE, *MIXED, "--json").output, encoding="utf-8")
    other.write_text(SHIPPED.replace("amount = 15_000", "amount = 16_000"), encoding="utf-8")
    basket = tmp_path / "basket.toml"
    basket.write_text('on = 2026-11-24\n[[publications]]\ntitle = "a"\npages = 312\n')
    args = ["replay", str(saved), str(basket), "--schedule", str(other)]
    rows = json.loads(run(TARIFF, *args, "--json").output)
    assert [(r["before"], r["after"]) for r in rows] == [(294_000, 300_000), (140_000, 146_000)]
    assert "Rp6,000" in run(TARIFF, *args, lang="en").output
    claim = ["--recipient", "education", "--purpose", "research", "--letter", "1"]
    claim += ["--account-verified-by", "admin", "--approver", "Kepala", "--json"]
    saved.write_text(run(QUOTE, *MIXED, *claim).output, encoding="utf-8")
    assert json.loads(run(TARIFF, *args, "--json").output)[0]["before"] == 294_000
    saved.write_text("{}", encoding="utf-8")
    assert run(TARIFF, *args).exit_code == 1


def test_C1_a_new_tariff_begins_with_the_figures_of_the_one_before(tmp_path: Path, capsys) -> None:
    file, newest = tmp_path / "pp-99-2090.toml", national_policy().spans[-1].schedule.id
    given = [
        "--id", "pp-99-2090", "--citation", "PP 99/2090", "--title", "PP 99/2090 tentang PNBP",
        "--title-en", "Regulation 99/2090", "--first-day", "2090-01-01", "--no-input",
    ]  # fmt: skip
    assert main(["tariff", "new", str(file), *given]) == 0
    assert f"pst tariff check {file}" in capsys.readouterr().out
    begun = read_schedule(file)
    assert (begun.id, begun.repeals) == ("pp-99-2090", (newest,))
    assert begun.in_force_from == dt.date(2090, 1, 1)
    assert {row.certainty for row in begun.rows} == {Certainty.ASSUMED}
    assert "verified" not in [
        line.partition(" = ")[2].strip('"') for line in file.read_text().splitlines()
    ]
    before = read_schedule(shipped("tariff", f"{newest}.toml"))
    assert compare(before.under({}), begun.under({})) == ()

    assert main(["tariff", "new", str(file), *given, "--lang", "en"]) == 1
    assert "there already" in capsys.readouterr().err


def test_C1_a_new_tariff_that_cannot_be_is_not_written(tmp_path: Path, capsys) -> None:
    file = tmp_path / "new.toml"
    usual = {
        "id": "pp-99-2090", "citation": "PP 99/2090", "title": "t", "title-en": "t",
        "first-day": "2090-01-01",
    }  # fmt: skip
    for key, value, says in (
        ("id", "PP 99", "--id"), ("first-day", "2090-02-30", "2090-02-30"),
        ("first-day", "2020-01-01", "PP 7/2015"), ("id", "pp-13-2024", "pp-13-2024"),
        ("title", 'a "b"', "--title"),
    ):  # fmt: skip
        words = [w for k, v in (usual | {key: value}).items() for w in (f"--{k}", v)]
        assert main(["tariff", "new", str(file), *words, "--no-input", "--lang", "en"]) == 1, value
        assert says in capsys.readouterr().err
        assert not file.exists()


def test_C1_a_tariff_is_compared_by_its_name_or_its_file(tmp_path: Path, capsys) -> None:
    file = tmp_path / "other.toml"
    file.write_text(SHIPPED.replace("amount = 70_000", "amount = 71_000"), "utf-8")
    assert main(["tariff", "diff", "pp-13-2024", str(file), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "Rp70,000" in said
    assert "Rp71,000" in said
    assert main(["tariff", "diff", "pp-13", str(file), "--lang", "en"]) == 1
    assert "pp-13-2024" in capsys.readouterr().err
