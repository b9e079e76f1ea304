"""Where tables of figures go in the pages; imports nothing of the library (``tests.mutants``)."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = {lang: Path(__file__).parents[2] / f"docs/{lang}/simulator.md" for lang in ("id", "en")}


def put(name: str, page: Path, text: str) -> None:
    """Put ``text`` between the marks ``name`` of a page."""
    marks = rf"(<!-- {name} -->\n)(?:.*?\n)?(<!-- /{name} -->)"
    old = page.read_text("utf-8")
    written, times = re.subn(
        marks, lambda m: f"{m.group(1)}\n{text}\n\n{m.group(2)}", old, flags=re.S
    )
    assert times == 1, f"{page} has no marks for {name}"
    page.write_text(written, "utf-8")
