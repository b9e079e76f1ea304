"""Write the pages that come from code: procedure, people, house, command line, facts, traces, API;
from the last whole run of ``benchmarks`` what it found.

``python docs/generate.py`` writes them; with ``--check`` nothing is written and a difference fails.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "docs"), str(ROOT)]

from made.access import access_page  # noqa: E402
from made.api import api_list  # noqa: E402
from made.asvs import asvs_page  # noqa: E402
from made.cli import cli_page  # noqa: E402
from made.facts import facts_page, to_compare  # noqa: E402
from made.house import house_page  # noqa: E402
from made.trace import NOTICE, OFFICE, trace_page  # noqa: E402

from benchmarks import page as speed_page  # noqa: E402
from benchmarks import results  # noqa: E402
from pst_core.office import Office, offices  # noqa: E402
from pst_core.office.schema import profile_schema  # noqa: E402
from pst_core.text import Lang  # noqa: E402
from pst_core.wire import procedures_of  # noqa: E402
from pst_core.workflow import Walk  # noqa: E402


@cache
def walk_of(name: str) -> Walk:
    """Return the walk through a procedure; it takes seconds and is the same in every language."""
    return procedures_of(OFFICE)[name].explore()


def others() -> list[tuple[str, Office]]:
    """Return the other offices that are shipped: their standard draws another picture."""
    codes = [each for each in offices() if each != OFFICE.code]
    return [(code, Office.load(code)) for code in codes]


def procedure_page(lang: Lang) -> str:
    """Return the page that shows every procedure as picture and table."""
    parts = [NOTICE, "# Prosedur\n" if lang == "id" else "# Procedures\n"]
    for procedure in procedures_of(OFFICE).values():
        walk = walk_of(procedure.name)
        seen = (
            f"Ditelusuri seluruhnya: {walk.places} keadaan, {walk.moves} perpindahan, "
            f"{len(walk.problems)} masalah."
            if lang == "id"
            else f"Walked whole: {walk.places} places, {walk.moves} moves, "
            f"{len(walk.problems)} problems."
        )
        parts += [
            f"## {procedure.title.say(lang)}\n",
            f"```mermaid\n{procedure.to_mermaid(lang)}```\n",
            seen + "\n",
            procedure.step_table().to_markdown(lang),
        ]
    for code, office in others():
        drawn = procedures_of(office)["request"].to_mermaid(lang)
        parts += [f"## {code}: {office.name.say(lang)}\n", f"```mermaid\n{drawn}```\n"]
    return "\n".join(parts)


def people_page(lang: Lang) -> str:
    """Return the page that says who may do what when, and who gets which mail."""
    parts = [
        NOTICE,
        "# Siapa boleh apa, dan surel kepada siapa\n"
        if lang == "id"
        else "# Who may do what, and who gets which mail\n",
    ]
    for procedure in procedures_of(OFFICE).values():
        sent = procedure.mails()
        parts += [
            f"## {procedure.title.say(lang)}\n",
            procedure.permissions().to_markdown(lang),
            "### Surel\n" if lang == "id" else "### Mails\n",
            sent.to_markdown(lang)
            if sent.rows
            else ("Tidak ada.\n" if lang == "id" else "None.\n"),
        ]
    return "\n".join(parts)


def readme_picture(readme: str) -> str:
    """Return the README with the picture of the procedure as the rows draw it."""
    drawn = procedures_of(OFFICE)["request"].to_mermaid("id")
    return re.sub(
        r"(<!-- picture -->\n```mermaid\n).*?(```)",
        lambda m: m.group(1) + drawn + m.group(2),
        readme,
        flags=re.S,
    )


def bpmn_files() -> dict[Path, str]:
    """Return each procedure as BPMN 2.0 in both languages."""
    languages: tuple[Lang, ...] = ("id", "en")
    return {
        ROOT / f"docs/bpmn/{name}.{lang}.bpmn": procedure.to_bpmn(lang)
        for name, procedure in procedures_of(OFFICE).items()
        for lang in languages
    }


def pages() -> dict[Path, str]:
    """Return every generated page by its path."""
    readme = ROOT / "README.md"
    languages: tuple[Lang, ...] = ("id", "en")
    made = {
        "procedure": procedure_page,
        "people": people_page,
        "access": access_page,
        "asvs": asvs_page,
        "house": house_page,
        "cli": cli_page,
        "facts": facts_page,
        "traceability": trace_page,
    }
    return {
        **{
            ROOT / f"docs/{lang}/{name}.md": page(lang)
            for name, page in made.items()
            for lang in languages
        },
        **bpmn_files(),
        **speed_page.files(results.load(ROOT / "docs/speed.json"), ROOT / "docs"),
        ROOT / "docs/profile.schema.json": json.dumps(
            profile_schema(), ensure_ascii=False, indent=1
        )
        + "\n",
        ROOT / "docs/api.txt": api_list(),
        readme: readme_picture(readme.read_text("utf-8")),
    }


def main() -> int:
    """Write the pages, or with ``--check`` name those that differ."""
    made = pages()
    stale = [p for p, text in made.items() if not p.exists() or p.read_text("utf-8") != text]
    for line in to_compare():
        print(line)
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the code says: run docs/generate.py")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made[path], "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
