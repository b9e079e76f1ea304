"""Export examples/notebooks to Jupyter with results: ``tools/notebooks.py [--check] [NAME]``.

Each marimo notebook is executed in a process of its own and written beside itself as ``.ipynb``,
with tables and plots as they came out. ``--check`` executes them again and compares code, text and
numbers with what is there; plots are pictures and not compared. Over 100,000 simulated requests
that takes minutes; ``PST_REQUESTS=500`` does for trying, not for what is kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "examples/notebooks"

Cell = tuple[str, str, tuple[str, ...]]
"""Kind, source, and each output that is text."""


def main(words: list[str]) -> int:
    """Write, or with ``--check`` compare, the exports of the notebooks named (or all)."""
    check = "--check" in words
    names = [word for word in words if word != "--check"]
    stale = []
    for path in sorted(NOTEBOOKS.glob("*.py")):
        if names and path.stem not in names:
            continue
        made = export(path)
        kept = path.with_suffix(".ipynb")
        if not check:
            kept.write_text(made, "utf-8")
            print(f"wrote {kept.relative_to(ROOT)}")
        elif not kept.exists() or cells(made) != cells(kept.read_text("utf-8")):
            stale.append(kept.name)
            print(f"{kept.relative_to(ROOT)} does not show what its notebook says now")
    if stale:
        print("run tools/notebooks.py")
    return 1 if stale else 0


def export(path: Path) -> str:
    """Execute the notebook at ``path`` and return it for Jupyter; an error in it raises."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "made.ipynb"
        command = [sys.executable, "-m", "marimo", "-y", "export", "ipynb", str(path)]
        done = subprocess.run(
            [*command, "-o", str(out), "--include-outputs"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{path.name}: {done.stdout}{done.stderr}{said(out)}")
        made = json.loads(out.read_text("utf-8"))
    # what differs between two releases of marimo and says nothing
    made["metadata"].get("marimo", {}).pop("marimo_version", None)
    made["metadata"]["kernelspec"] = {
        "display_name": "Python 3", "language": "python", "name": "python3"
    }  # fmt: skip
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def said(out: Path) -> str:
    """Return the errors that the export at ``out`` shows."""
    if not out.exists():
        return ""
    outputs = [o for c in json.loads(out.read_text("utf-8"))["cells"] for o in c.get("outputs", [])]
    return "\n".join(_text(o) for o in outputs if o["output_type"] in ("error", "stream"))


def cells(notebook: str) -> tuple[Cell, ...]:
    """Return what of the notebook is compared: each cell's source, and its outputs as text."""
    return tuple(
        (
            cell["cell_type"],
            "".join(cell["source"]),
            tuple(_text(output) for output in cell.get("outputs", ())),
        )
        for cell in json.loads(notebook)["cells"]
    )


def _text(output: dict[str, Any]) -> str:
    """Return the words and numbers of an output; how a release draws a table is its own affair."""
    data = output.get("data", {})
    shown = [
        kind if kind.startswith("image/") else _MARKUP.sub(" ", "".join(data[kind]))
        for kind in sorted(data)
    ]
    said = (*shown, "".join(output.get("text", "")), *output.get("traceback", ()))
    return " ".join(" ".join(said).split())


_MARKUP = re.compile(r"<style.*?</style>|<[^>]*>", re.S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
