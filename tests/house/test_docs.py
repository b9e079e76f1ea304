"""The page on testing is a test, and the examples in docstrings say what happens.

The code of every page is run by ``tests/docs``.
"""

import ast
import datetime as dt
import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pst_core as pst
from pst_core.workflow import Role

ROOT = Path(__file__).resolve().parents[2]
OFFICE = pst.Office.load("3317")
AT = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
BY = {"applicant": Role.APPLICANT, "visitor": Role.APPLICANT, "officer": Role.OFFICER,
      "treasurer": Role.TREASURER, "bendahara": Role.TREASURER}  # fmt: skip


def blocks(page, lang):
    text = (ROOT / f"docs/{lang}/{page}.md").read_text("utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.S)


@pytest.mark.slow
def test_the_page_on_testing_is_a_test_that_passes(tmp_path):
    code = "\n".join(blocks("testing", "en"))
    (tmp_path / "test_my_app.py").write_text(code, "utf-8")
    out = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_app.py"],
        capture_output=True, text=True, cwd=tmp_path, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "3 passed" in out.stdout, out.stdout + out.stderr


def test_the_page_on_testing_has_the_same_code_in_both_languages():
    code = [ast.dump(ast.parse("\n".join(blocks("testing", lang)))) for lang in ("id", "en")]
    assert code[0] == code[1]


def with_examples():
    for path in sorted((ROOT / "src").rglob("*.py")):
        if ">>>" in path.read_text("utf-8"):
            yield ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)


@pytest.mark.parametrize("module", list(with_examples()))
def test_the_examples_of_a_docstring_say_what_happens(module):
    found = doctest.testmod(importlib.import_module(module.removesuffix(".__init__")))
    assert found.failed == 0
    assert found.attempted > 0


@pytest.mark.slow
def test_the_kit_is_loaded_by_nobody_else():
    for code, banned in (
        ("import pst_core, pst_core.desk, pst_core.wire", {"hypothesis", "pytest"}),
        ("import pst_core.testing.host, pst_core.testing.golden", {"hypothesis", "pytest"}),
    ):
        out = subprocess.run(
            [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert set(out.stdout.split()) & banned == set()
