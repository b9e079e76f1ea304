"""The notebooks run, and their exports show what they say: code, words and numbers."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples/notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
SIMULATED = {"service", "whatif"}
"""Exported over 100,000 requests, run here over few: their numbers differ."""


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "tools/notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kept(name):
    return (FOLDER / f"{name}.ipynb").read_text("utf-8")


def test_there_are_five_each_with_an_export_and_a_line_to_find_it():
    assert NAMES == ["conformance", "deadlines", "price", "service", "whatif"]
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES
    assert re.findall(
        r"^\| \[(\w+)\]\(\1\.ipynb\)", (FOLDER / "README.md").read_text("utf-8"), re.M
    )
    for name in NAMES:
        assert f"[{name}]({name}.ipynb)" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_an_export_is_sound_and_shows_a_table_and_a_plot_with_its_source(name):
    import nbformat

    nbformat.validate(nbformat.reads(kept(name), as_version=4))
    notebook = json.loads(kept(name))
    outputs = [o for cell in notebook["cells"] for o in cell.get("outputs", [])]
    assert all(o["output_type"] in ("display_data", "execute_result") for o in outputs), "no error"
    kinds = {kind for o in outputs for kind in o["data"]}
    assert {"image/png", "text/html"} <= kinds
    code = (FOLDER / f"{name}.py").read_text("utf-8")
    assert code.count("plt.subplots") == code.count("supxlabel(") == len(re.findall(
        r'^    \w*figure$', code, re.M)), "each plot is shown and names its source"  # fmt: skip
    assert "Sumber: " in code
    assert str(ROOT) not in kept(name)


@pytest.mark.parametrize(("name", "largest"), [("service", 300_000), ("whatif", 10_000_000_000)])
def test_the_simulated_are_exported_at_full_length(name, largest):
    assert 'os.environ.get("PST_REQUESTS", "100000")' in kept(name).replace('\\"', '"')
    outputs = [o for cell in json.loads(kept(name))["cells"] for o in cell.get("outputs", [])]
    text = "".join("".join(o["data"].get("text/html", "")) for o in outputs)
    figures = [int(found.replace(".", "")) for found in re.findall(r">(?:Rp)?([0-9.]{5,})<", text)]
    assert max(figures) > largest


def test_an_export_without_pm4py_says_so_in_words():
    text = json.dumps(json.loads(kept("conformance")), ensure_ascii=False)
    assert "**pm4py tidak terpasang di sini**" in text or "pm4py: cocok</th>" in text
    assert "2 dari 6 permohonan sesuai" in text or "pm4py: cocok</th>" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_its_export_says_the_same(name, tool, monkeypatch):
    """As a script of marimo; what is simulated is compared in its code alone."""
    if name == "conformance" and importlib.util.find_spec("pm4py"):
        pytest.skip("pm4py is here; the export was made without it")
    monkeypatch.setenv("PST_REQUESTS", "200")
    made, there = tool.cells(tool.export(FOLDER / f"{name}.py")), tool.cells(kept(name))
    if name in SIMULATED:
        made = [(kind, source, len(out)) for kind, source, out in made]
        there = [(kind, source, len(out)) for kind, source, out in there]
    assert made == there, "run tools/notebooks.py"


@pytest.mark.slow
def test_what_an_export_holds_runs_in_jupyter_s_order(tmp_path):
    """Cells from top to bottom in one namespace each, in the folder where they lie."""
    for name in NAMES:
        cells = json.loads(kept(name))["cells"]
        code = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        (tmp_path / f"{name}.py").write_text(code, "utf-8")
    play = "import runpy, sys\nfor file in sys.argv[1:]: print(file); runpy.run_path(file)"
    files = [str(tmp_path / f"{name}.py") for name in NAMES]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", play, *files],
        cwd=FOLDER, capture_output=True, text=True, check=False,
        env=os.environ | {"PST_REQUESTS": "120", "MPLBACKEND": "Agg"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tool_sees_a_changed_number_and_passes_over_a_changed_picture(tool):
    notebook = json.loads(kept("price"))
    outputs = [o["data"] for cell in notebook["cells"] for o in cell.get("outputs", [])]
    picture = next(data for data in outputs if "image/png" in data)
    picture["image/png"] = "AAAA"
    assert tool.cells(json.dumps(notebook)) == tool.cells(kept("price"))
    table = next(data for data in outputs if "Rp140.000" in "".join(data.get("text/html", "")))
    table["text/html"] = "".join(table["text/html"]).replace("Rp140.000", "Rp140.001", 1)
    assert tool.cells(json.dumps(notebook)) != tool.cells(kept("price"))
