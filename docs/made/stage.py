"""Lay out one language's pages as the site's builder takes them.

A page may link to any file of the repository (an example, a decision, the changelog). Such a file
is brought along under ``files/``, text as a page of its own, so that nothing read offline leads
out of the site.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path, PurePosixPath

from pst_core.text import Lang, Text

__all__ = ["LINK", "navigation", "pages_of", "stage", "title_of"]

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"(?<!!)\[((?:[^\]\[]|\[[^\]]*\])*)\]\(([^)#\s]*)(#[^)\s]*)?\)")
"""A link in Markdown: its words, where to, the heading there."""

_AS_CODE = {".py": "python", ".toml": "toml", ".csv": "text", ".typ": "text", ".json": "json"}
_PICTURE = "```mermaid"
_WIDE = '<div class="pst-wide" markdown="1">'
_PARTS = re.compile(
    rf"^(?P<fence>```+|~~~+).*?^(?P=fence)\s*$|`[^`\n]+`|{LINK.pattern}", re.M | re.S
)
"""Code, which is not read for links, and links, whose words may be code."""


def pages_of(lang: Lang) -> list[str]:
    """Return the names of the written pages of a language, without their ending."""
    return sorted(path.stem for path in (DOCS / lang).glob("*.md"))


def title_of(page: str) -> str:
    """Return the title of a page: its first heading."""
    found = re.search(r"^# (.+)$", page, re.M)
    return found[1].strip().replace("`", "") if found else ""


def navigation() -> list[tuple[Text, list[str]]]:
    """Return the sections of the site, each with the names of its pages, as ``nav.toml`` has them.

    A name that ends with ``/`` is a group of pages made at build time; one with ``.md`` is a file
    of the repository.
    """
    table = tomllib.loads((DOCS / "nav.toml").read_text("utf-8"))
    return [
        (Text(id=section["title"]["id"], en=section["title"]["en"]), section["pages"])
        for section in table["sections"]
    ]


def stage(lang: Lang, to: Path, made: dict[str, str]) -> list[object]:
    """Write the pages of ``lang`` and those ``made`` into ``to``; return the site's navigation."""
    shutil.rmtree(to, ignore_errors=True)
    staging = _Staging(to)
    for name in pages_of(lang):
        staging.page(DOCS / lang / f"{name}.md", PurePosixPath(f"{name}.md"))
    for path in (DOCS / lang).iterdir():
        if path.suffix != ".md":
            shutil.copyfile(path, to / path.name)  # pictures of a page
    for place, text in made.items():
        staging.write(PurePosixPath(place), text)
    entries: list[object] = []
    for title, names in navigation():
        shown: list[object] = []
        for name in names:
            if name.endswith("/"):
                group = [place for place in made if place.startswith(name)]
                shown.append({title_of(made[group[0]]): group})
            elif name.endswith(".md") or (ROOT / name).is_dir():
                shown.append(str(staging.outside(ROOT / name)))
            else:
                shown.append(f"{name}.md")
        entries.append({title.say(lang): shown})
    return entries


class _Staging:
    """The folder that is being laid out."""

    def __init__(self, to: Path) -> None:
        self.to = to
        self.brought: dict[Path, PurePosixPath] = {}

    def write(self, place: PurePosixPath, text: str) -> None:
        path = self.to / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def page(self, source: Path, place: PurePosixPath) -> None:
        """Write a Markdown page with its links to the outside mended."""

        def mended(part: re.Match[str]) -> str:
            if part[0].startswith(_PICTURE):
                return f"{_WIDE}\n\n{part[0]}\n\n</div>"
            found = LINK.fullmatch(part[0])
            if found is None:
                return part[0]
            words, target, heading = found[1], found[2], found[3] or ""
            if not target or "://" in target or target.startswith("mailto:"):
                return found[0]
            goal = (source.parent / target).resolve()
            if goal.is_relative_to(source.parent) and source.parent.parent == DOCS:
                return found[0]
            if not goal.exists():
                raise FileNotFoundError(f"{source.relative_to(ROOT)} links to {target}")
            there = self.outside(goal)
            return f"[{words}]({os.path.relpath(there, place.parent)}{heading})"

        self.write(place, _PARTS.sub(mended, source.read_text("utf-8")))

    def outside(self, goal: Path) -> PurePosixPath:
        """Bring a file or folder of the repository along; return its place in the site."""
        if goal in self.brought:
            return self.brought[goal]
        if goal.parent.parent == DOCS and goal.parent.name in ("id", "en"):
            return PurePosixPath(goal.name)  # a written page: the one of this language
        inside = PurePosixPath("files", goal.relative_to(ROOT).as_posix())
        if goal.is_dir():
            place = inside / "index.md"
            self.brought[goal] = place
            self.write(place, self._listing(goal, place))
        elif goal.suffix == ".md":
            place = inside
            self.brought[goal] = place
            self.page(goal, place)
        elif goal.suffix in _AS_CODE:
            place = inside.with_name(inside.name + ".md")
            self.brought[goal] = place
            code = goal.read_text("utf-8")
            title = goal.relative_to(ROOT).as_posix()
            self.write(place, f"# {title}\n\n````{_AS_CODE[goal.suffix]}\n{code}````\n")
        else:
            place = inside
            self.brought[goal] = place
            (self.to / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(goal, self.to / place)
        return place

    def _listing(self, folder: Path, place: PurePosixPath) -> str:
        lines = [f"# {_FOLDERS.get(folder.relative_to(ROOT).as_posix(), folder.name)}\n"]
        for path in sorted(folder.iterdir()):
            if path.name.startswith((".", "__")):
                continue
            there = os.path.relpath(self.outside(path), place.parent)
            title = title_of(path.read_text("utf-8")) if path.suffix == ".md" else path.name
            lines.append(f"- [{title}]({there})")
        return "\n".join(lines) + "\n"


_FOLDERS = {"docs/decisions": "Decisions"}
