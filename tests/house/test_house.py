"""What the house promises as a whole: names, light imports, every clause with a home and a test."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pst_core as pst

ROOT = Path(__file__).resolve().parents[2]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_clause_has_a_home_and_a_test():
    generator()
    from made.trace import clauses, code, homes, tests

    found, files, named = homes(), code(), tests()
    assert len(clauses()) == 39
    assert [c for c in clauses() if not found.get(c)] == []
    assert [c for c in clauses() if not named.get(c)] == []
    assert [f for each in files.values() for f in each if not (ROOT / f).is_file()] == []


@pytest.mark.slow
def test_the_generated_pages_are_what_the_code_says():
    made = generator().pages()
    stale = [p for p, text in made.items() if not p.exists() or p.read_text("utf-8") != text]
    assert stale == [], "run docs/generate.py"


def test_the_names_others_rely_on_are_there():
    for name in pst.__all__:
        assert getattr(pst, name) is not None
    with pytest.raises(AttributeError):
        pst.Offfice  # noqa: B018


def loaded(code):
    """Return the modules that a fresh interpreter has loaded after ``code``."""
    out = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(out.stdout.split())


def test_importing_pst_core_loads_no_other_package():
    heavy = {"attr", "attrs", "cattrs", "pendulum", "holidays", "sqlite3", "dateutil"}
    assert loaded("import pst_core") & heavy == set()


def test_an_office_a_quote_and_a_deadline_load_no_heavy_package():
    code = """
import datetime as dt, pst_core as pst
office = pst.Office.load("3317")
assert office.quote([pst.Publication("A", pages=312)], on=dt.date(2026, 11, 24)).total == 140_000
office.deadline(dt.datetime(2026, 11, 24, 3, tzinfo=dt.timezone.utc)).due_at
"""
    heavy = {"cattrs", "pendulum", "holidays", "sqlite3", "dateutil", "asyncio", "sqlalchemy"}
    assert loaded(code) & heavy == set()
    assert "pendulum" in loaded(code.replace(".due_at", ".due")), "the check sees what is loaded"


@pytest.mark.slow
def test_the_readme_s_lines_run_as_they_stand():
    out = subprocess.run(
        [sys.executable, str(ROOT / "examples/embed/readme.py")],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert out.stdout.startswith("224000 ")
    assert "2026-04-07" in out.stdout
    assert "R5" in out.stdout


@pytest.mark.slow
def test_S6_to_S23_a_whole_request_of_one_s_own_code_runs_as_it_stands(tmp_path):
    out = subprocess.run(
        [sys.executable, str(ROOT / "examples/embed/request.py")],
        capture_output=True, text=True, check=True, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert "tax-number missing" in out.stdout
    assert re.search(r"^request-3317-\d{4}-0001 finished\n\Z", out.stdout, re.M)


def test_no_office_and_no_amount_stands_in_the_core_s_code():
    import re

    for path in (ROOT / "src/pst_core").rglob("*.py"):
        text = path.read_text("utf-8")
        assert "Rembang" not in text or "testing" in path.parts, path
        assert not re.search(r"\b(50_?000|15_?000|20_?000|70_?000|30_?000)\b", text), path
