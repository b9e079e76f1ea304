"""The command ``pst`` as people use it: in a process of its own, with what it prints."""

import json
import os
import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pikepdf
import pytest

ROOT = Path(__file__).resolve().parents[2]


def pst(*words, cwd, code=0):
    done = subprocess.run(  # noqa: PLW1510 - the exit code is looked at below
        [sys.executable, "-c", "from pst_adapters.cli import main; main()", *map(str, words)],
        capture_output=True, text=True, cwd=cwd, encoding="utf-8",
        env={**os.environ, "COLUMNS": "200", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def clauses(shown):
    return re.findall(r"^ *([SR]\d+) ", shown, re.M)


def test_the_demo_shows_S1_to_S23_in_order_and_leaves_real_files(tmp_path):
    shown = pst("demo", "--start", "2026-11-24", cwd=tmp_path)
    seen = clauses(shown)
    first = {c: seen.index(c) for c in seen}
    assert [c for c in first if c[0] == "S"] == [f"S{n}" for n in range(1, 24)]
    assert "Rp294.000" in shown
    (made,) = (tmp_path / "pst-demo").iterdir()
    for paper in (made / "dokumen").glob("*.pdf"):
        with pikepdf.open(paper) as pdf:
            assert len(pdf.pages) >= 1
            assert pdf.check_pdf_syntax() == []
    mails = [message_from_bytes(m.read_bytes(), policy=policy.default)
             for m in (made / "mail").glob("*.eml")]  # fmt: skip
    assert len(mails) >= 12
    assert len({m["Message-ID"] for m in mails}) == len(mails)
    offer = next(m for m in mails if " S13 " in m["Subject"])
    names = [a.get_filename() for a in offer.iter_attachments()]
    assert [n.rpartition(".")[2] for n in names] == ["pdf", "pdf", "csv"]
    with pikepdf.open(made / "produk/rembang-dalam-angka-2026.pdf") as publication:
        assert len(publication.pages) == 312
    microdata = made / "produk/susenas-maret-2025-kabupaten-rembang.csv"
    assert microdata.stat().st_size == 4_200_000

    history = json.loads(pst("history", "request-3317-2026-0001", "--json", cwd=tmp_path))
    assert [row["version"] for row in history] == list(range(1, len(history) + 1))
    assert history[-1]["phase"] == "CLOSED"
    register = json.loads(pst("history", "--json", cwd=tmp_path))
    assert [r["stream"] for r in register] == ["request-3317-2026-0001", "visit-3317-2026-0001"]


@pytest.mark.parametrize(
    ("options", "needed", "left_out"),
    [
        (("--online",), {"S17"}, {"S1", "S5", "S18"}),
        (("--abroad",), {"S17", "S18"}, {"S1", "S5"}),
        (("--publication-only",), {"S1", "S19"}, {"S10", "S11", "S17", "S18"}),
        (("--seed", "7"), {"S1", "S20"}, {"S18"}),
    ],
)
def test_other_lives(tmp_path, options, needed, left_out):
    shown = pst("demo", "--lang", "en", *options, "--start", "2026-11-24", cwd=tmp_path)
    skipped = set(re.findall(r"^ *(S\d+) +not needed", shown, re.M))
    assert left_out <= skipped
    assert not needed & skipped
    assert "Phase" in shown
    assert "finished" in shown


@pytest.mark.parametrize("request_file", sorted((ROOT / "examples/requests").glob("*.toml")),
                         ids=lambda p: p.stem)  # fmt: skip
def test_a_request_of_one_s_own(tmp_path, request_file):
    shown = pst("demo", request_file, "--start", "2026-11-24", cwd=tmp_path)
    assert "selesai" in shown


def test_the_demo_starts_on_a_holiday_with_the_next_working_day(tmp_path):
    shown = pst("demo", "--publication-only", "--start", "2026-12-24", cwd=tmp_path)
    assert "Sen 28-12" in shown


def test_an_office_of_one_s_own_changes_papers_numbers_and_deadline(tmp_path):
    profile = (ROOT / "src/pst_core/law/offices/3317.toml").read_text("utf-8")
    mine = tmp_path / "kantor.toml"
    mine.write_text(
        profile.replace('code = "3317"', 'code = "9999"')
        .replace("Kabupaten Rembang", "Kota Contoh")
        .replace("working_days = 10", "working_days = 5"),
        "utf-8",
    )
    shown = pst("demo", "--office", mine, "--start", "2026-11-24", cwd=tmp_path)
    assert "request-9999-2026-0001" in shown
    assert "Kota Contoh" in shown
    assert "dari 5" in shown


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("code =", "kode ="), "code"),
        (('working_days = 10', 'working_days = "sepuluh"'), "working_days"),
        (("valid_working_days = 10", "valid_working_days = 0"), "valid_working_days"),
        (("unrated_after_working_days", "unrated_after_workingdays"), "unrated_after"),
        (('reading = "pausing"', 'reading = "sleeping"'), "pausing"),
        (('timezone = "Asia/Jakarta"', 'timezone = "Asia/Rembang"'), "Asia/"),
        (('schedule = "pp-13-2024"', 'schedule = "pp-13-2025"'), "pp-13-2024"),
    ],
)  # fmt: skip
def test_a_malformed_profile_is_named_by_file_line_and_key(tmp_path, change, says):
    profile = (ROOT / "src/pst_core/law/offices/3317.toml").read_text("utf-8")
    mine = tmp_path / "kantor.toml"
    mine.write_text(profile.replace(*change, 1), "utf-8")
    for lang in ("id", "en"):
        shown = pst("demo", "--office", mine, "--lang", lang, cwd=tmp_path, code=1)
        assert re.search(r"kantor\.toml:\d+:", shown), shown
        assert says in shown


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("demo", "--office", "3318"), 1, "3317"),
        (("demo", "--onlin"), 2, "--online"),
        (("demo", "none.toml"), 1, "none.toml"),
        (("demo", "--start", "besok"), 2, "besok"),
        (("quote", "--publication", "Rembang Dalam Angka:0"), 1, "1"),
        (("quote", "--publication", "A:312", "--on", "2024-01-15"), 1, "PP 7/2015"),
        (("due", "1999-01-04"), 1, "2024"),
        (("due", "16-03-2026"), 2, "16-03-2026"),
        (("history", "x"), 1, "--db"),
        (("teleport",), 2, "teleport"),
    ],
)
def test_a_person_who_types_something_wrong_learns_what_would_be_right(tmp_path, words, code, says):
    for lang in ("id", "en"):
        shown = pst(*words, "--lang", lang, cwd=tmp_path, code=code)
        assert says in shown


def test_a_damaged_database_is_said_and_what_to_do(tmp_path):
    (tmp_path / "pst.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    shown = pst("history", cwd=tmp_path, code=1)
    assert "pst.db" in shown or "rusak" in shown


def test_price_deadline_and_calendar_in_one_line_each(tmp_path):
    assert "Rp140.000" in pst("quote", "--publication", "A:312", "--on", "2026-11-24", cwd=tmp_path)
    assert "22" in pst("due", "2025-03-27", cwd=tmp_path)
    assert "2026" in pst("calendar", "2026", "--office", "3317", cwd=tmp_path)


def test_a_quote_becomes_a_page(tmp_path):
    pst("quote", "--publication", "A:312", "--on", "2026-11-24", "--office", "3317",
        "--pdf", "harga.pdf", cwd=tmp_path)  # fmt: skip
    with pikepdf.open(tmp_path / "harga.pdf") as pdf:
        assert len(pdf.pages) == 1


def test_the_procedure_is_drawn_listed_and_walked(tmp_path):
    assert pst("procedure", "--mermaid", cwd=tmp_path).startswith("flowchart TD")
    assert "0 masalah" in pst("procedure", "--check", cwd=tmp_path)
    rows = json.loads(pst("procedure", "visit", "--json", cwd=tmp_path))
    assert rows[0]["clause"] == "S1"
    assert "S23" in pst("procedure", cwd=tmp_path)


def test_past_requests_of_a_store_are_priced_by_another_schedule(tmp_path):
    pst("demo", "--publication-only", "--start", "2026-11-24", cwd=tmp_path)
    (db,) = tmp_path.glob("pst-demo/*/pst.db")
    other = (ROOT / "src/pst_core/law/tariff/pp-13-2024.toml").read_text("utf-8")
    dearer = tmp_path / "pp-99-2030.toml"
    dearer.write_text(other.replace("amount = 15_000", "amount = 16_000"), "utf-8")
    assert dearer.read_text("utf-8") != other
    shown = json.loads(
        pst("tariff", "replay", "--db", db, "--schedule", dearer, "--json", cwd=tmp_path)
    )
    assert shown == [
        {"request": "request-3317-2026-0001", "before": 140_000, "after": 146_000, "missing": []}
    ]
    assert "--db" in pst("tariff", "replay", "--schedule", dearer, cwd=tmp_path, code=2)
