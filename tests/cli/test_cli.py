"""The command ``pst`` as people use it, with what it prints."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pikepdf
import pytest

from pst_adapters.cli import main

ROOT = Path(__file__).resolve().parents[2]


def pst(*words, cwd, code=0):
    """Run the command in this process, as a person would in ``cwd``; return what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("COLUMNS", "200")
        returned = main([str(word) for word in words])
    assert returned == code, out.getvalue() + err.getvalue()
    return out.getvalue() + err.getvalue()


def pst_as_a_process(*words, cwd, code=0):
    """Run the command as the shell does."""
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


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """Return ``life(*options)``: folder and output of a demonstration, played once in the module.

    Only for tests that read what it left.
    """
    played = {}

    def play(*options):
        if options not in played:
            folder = tmp_path_factory.mktemp("life")
            shown = pst("demo", *options, "--start", "2026-11-24", cwd=folder)
            played[options] = folder, shown
        return played[options]

    return play


@pytest.mark.slow
def test_the_demo_shows_S1_to_S23_in_order_and_leaves_real_files(tmp_path):
    shown = pst_as_a_process("demo", "--start", "2026-11-24", cwd=tmp_path)
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
    streams = [r["stream"] for r in register]
    assert streams[0] == "request-3317-2026-0001"
    assert streams[1].startswith("visit-3317-2026-")
    assert len(streams) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "needed", "left_out"),
    [
        (("--online",), {"S17"}, {"S1", "S5", "S18"}),
        (("--abroad",), {"S17", "S18"}, {"S1", "S5"}),
        (("--publication-only",), {"S1", "S19"}, {"S10", "S11", "S17", "S18"}),
        (("--seed", "7"), {"S1", "S20"}, {"S18"}),
    ],
)
def test_other_lives(life, options, needed, left_out):
    _, shown = life("--lang", "en", *options)
    skipped = set(re.findall(r"^ *(S\d+) +not needed", shown, re.M))
    assert left_out <= skipped
    assert not needed & skipped
    assert not re.search(r"only if it *$", shown, re.M), "a step left out says why"
    assert "Phase" in shown
    assert "finished" in shown


@pytest.mark.slow
@pytest.mark.parametrize("request_file", sorted((ROOT / "examples/requests").glob("*.toml")),
                         ids=lambda p: p.stem)  # fmt: skip
def test_a_request_of_one_s_own(life, request_file):
    _, shown = life(request_file)
    assert "selesai" in shown


@pytest.mark.slow
def test_S9_the_documents_of_a_request_are_handed_in_and_listed(life, tmp_path):
    folder, shown = life(ROOT / "examples/requests/mahasiswa.toml")
    assert "1184/UN5.1/PT.01.04/2026" in shown
    (made,) = (folder / "pst-demo").iterdir()
    assert (made / "unggahan/letter.pdf").is_file()
    told = json.loads(pst("documents", "request-3317-2026-0001", "--db", made / "pst.db", "--json",
                          "--lang", "en", cwd=tmp_path))  # fmt: skip
    assert [(d["document"], d["standing"]) for d in told] == [
        (d, "in-order") for d in (
            "terms", "request-form", "identity", "letter", "abstraction", "invoice", "sample",
            "agreement", "signed-agreement", "receipt",
        )
    ]  # fmt: skip
    table = pst("documents", "request-3317-2026-0001", "--db", made / "pst.db", cwd=tmp_path)
    assert "surat permintaan data" in table
    for words in (("request-3317-2026-0002", "--db", made / "pst.db"), ("x", "--db", "none.db")):
        pst("documents", *words, cwd=tmp_path, code=1)


@pytest.mark.slow
def test_S17_a_day_long_past_is_played_with_signatures_of_the_machine_s_own_time(tmp_path):
    assert "S23" in pst("demo", "--start", "2026-02-02", cwd=tmp_path)


@pytest.mark.slow
def test_the_demo_starts_on_a_holiday_with_the_next_working_day(tmp_path):
    shown = pst("demo", "--publication-only", "--start", "2026-12-24", cwd=tmp_path)
    assert "Sen 28-12" in shown


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_procedure_is_drawn_listed_and_walked(tmp_path):
    assert pst("procedure", "--mermaid", cwd=tmp_path).startswith("flowchart TD")
    assert "0 masalah" in pst("procedure", "--check", cwd=tmp_path)
    rows = json.loads(pst("procedure", "visit", "--json", cwd=tmp_path))
    assert rows[0]["clause"] == "S1"
    assert "S23" in pst("procedure", cwd=tmp_path)


def test_a_line_of_a_quote_that_is_not_in_shape_is_shown_one_that_is(tmp_path):
    said = pst("quote", "--microdata", "Susenas 2025:3GB", cwd=tmp_path, code=2)
    assert "Susenas 2025:3000000000" in said


@pytest.mark.slow
def test_past_requests_of_a_store_are_priced_by_another_schedule(life, tmp_path):
    folder, _ = life("--lang", "en", "--publication-only")
    (db,) = folder.glob("pst-demo/*/pst.db")
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


def test_the_procedure_as_bpmn_and_in_words(tmp_path):
    assert "<bpmn:definitions" in pst("procedure", "visit", "--bpmn", cwd=tmp_path)
    rows = json.loads(pst("procedure", "--matrix", "--json", "--lang", "en", cwd=tmp_path))
    assert next(r for r in rows if r["clause"] == "S11")["VERIFYING"] == "officer"
    assert "| S13 |" in pst("procedure", "--mails", cwd=tmp_path)
    assert "| clause |" in pst("procedure", "--steps", "--lang", "en", cwd=tmp_path)


@pytest.mark.slow
def test_our_own_events_are_given_away_and_conform(tmp_path):
    pst("demo", "--publication-only", "--start", "2026-11-24", cwd=tmp_path)
    (db,) = tmp_path.glob("pst-demo/*/pst.db")
    pst("export-log", "--db", db, "--format", "xes", "-o", "a.xes", cwd=tmp_path)
    told = json.loads(pst("conformance", "a.xes", "--json", "--lang", "en", cwd=tmp_path))
    assert told["totals"]["cases"] == told["totals"]["conforming"] == 1
    assert told["cases"][0]["unjudged"] == []
    assert "×1" in pst("conformance", "a.xes", "--mermaid", cwd=tmp_path)


def test_the_example_log_says_what_its_page_says(tmp_path):
    logs = ROOT / "examples/logs"
    words = ("conformance", logs / "loket.csv", "--mapping", logs / "loket.toml")
    told = json.loads(pst(*words, "--json", "--lang", "en", cwd=tmp_path, code=1))
    found = {c["case"]: [(d["kind"], d["line"], d["clauses"]) for d in c["deviations"]]
             for c in told["cases"]}  # fmt: skip
    assert found == {
        "P-001": [],
        "P-002": [("missing", 12, ["S11"]), ("rule", 17, ["S20"])],
        "P-003": [("out-of-order", 23, ["S20"]), ("rule", 23, ["S20"]), ("rule", 23, ["S20"])],
        "P-004": [("late", 0, ["L2"])],
        "P-005": [("wrong-role", 40, ["S19"])],
        "P-006": [],
    }
    assert told["cases"][3]["late_working_days"] == 5
    assert told["totals"]["unknown"] == {"Telepon pemohon": 1}
    shown = pst(*words, cwd=tmp_path, code=1)
    assert "terlambat 5 hari kerja" in shown
    assert "Tidak dapat dinilai" in shown
    pst("conformance", "none.csv", cwd=tmp_path, code=1)
