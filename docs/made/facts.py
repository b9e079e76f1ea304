"""The table of legal facts: every file of law data, what it rests on and how sure that is."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pst_core.certainty import Certainty
from pst_core.text import Lang, Text

from .stage import ROOT
from .trace import NOTICE

__all__ = ["checked", "facts_of", "facts_page", "law_files", "to_compare"]

LAW = ROOT / "src/pst_core/law"
_NAMES = ("name", "title", "number", "document", "kind", "clause", "reading", "code", "id")
"""Keys whose value says best what a table is about, in this order."""
_SAID = {
    "title": Text(id="Fakta hukum dan sumbernya", en="Legal facts and where they come from"),
    "about": Text(
        id="Setiap angka dan pilihan hukum berada di berkas data di bawah `src/pst_core/law`, "
        "dengan sumber dan kepastiannya; arti keempat kata kepastian: [kepastian](certainty.md). "
        "“Diperiksa” ialah hari berkas itu terakhir dibandingkan dengan sumber yang "
        "dikumpulkan proyek ini; sesudahnya setiap perubahan terlihat di sini.",
        en="Every legal figure and choice stands in a file of data below `src/pst_core/law`, with "
        "its source and certainty; what the four words mean: [certainty](certainty.md). “Checked” "
        "is the day on which the file was last compared with the sources that this project "
        "collected; any change since then shows here.",
    ),
    "head": Text(
        id="| apa | sumber | kepastian |",
        en="| what | source | certainty |",
    ),
    "checked": Text(id="Diperiksa: {on}.", en="Checked: {on}."),
    "changed": Text(
        id="Diperiksa: {on}; **berubah sejak itu**.", en="Checked: {on}; **changed since then**."
    ),
    "unchecked": Text(id="Belum diperiksa.", en="Not yet checked."),
    "whole": Text(id="seluruh berkas", en="the whole file"),
}


def law_files() -> list[Path]:
    """Return the files of law data, those of offices last."""
    return sorted(LAW.rglob("*.toml"), key=lambda path: ("offices" in path.parts, str(path)))


def checked(path: Path) -> tuple[dt.date | None, bool, dict[str, str]]:
    """Return when a file was last checked, whether it still is what it was then, and a note."""
    table = tomllib.loads((Path(__file__).parent / "checked.toml").read_text("utf-8"))
    known = table.get(path.relative_to(LAW).as_posix())
    if known is None:
        return None, False, {}
    same = hashlib.sha256(path.read_bytes()).hexdigest() == known["sha256"]
    return known["on"], same, known.get("note", {})


def to_compare() -> list[str]:
    """Return what to do about each file that is no longer what was compared with its sources."""
    return [
        f"{path.relative_to(LAW).as_posix()} has changed since {on}, when it was compared with its "
        "sources. Compare what you changed, then write into docs/made/checked.toml the day and\n"
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"'
        for path in law_files()
        for on, same, _ in [checked(path)]
        if on and not same
    ]


def facts_of(path: Path, lang: Lang) -> list[tuple[str, str, str]]:
    """Return what a file holds as (what, source, certainty), the same only once."""
    table = tomllib.loads(path.read_text("utf-8"))
    return list(dict.fromkeys(_facts(table, _SAID["whole"].say(lang), "", lang)))


def facts_page(lang: Lang) -> str:
    """Return the page of one language."""
    lines = [NOTICE, f"# {_SAID['title'].say(lang)}\n", f"{_SAID['about'].say(lang)}\n"]
    for path in law_files():
        on, same, note = checked(path)
        said = "checked" if same else "changed" if on else "unchecked"
        rows = facts_of(path, lang)
        if not rows:
            continue
        lines += [
            f"## {path.relative_to(LAW).as_posix()}\n",
            _SAID[said].fill(on=on).say(lang) + (f" ({note[lang]})" if note else "") + "\n",
            _SAID["head"].say(lang), "|---|---|---|",
        ]  # fmt: skip
        lines += [f"| {what} | {source or '-'} | {sure} |" for what, source, sure in rows]
        lines.append("")
    return "\n".join(lines)


def _facts(
    table: dict[str, Any], about: str, source: str, lang: Lang
) -> Iterator[tuple[str, str, str]]:
    own = str(table.get("citation") or table.get("source") or table.get("decree") or source)
    if isinstance(table.get("decree"), dict):
        own = str(table.get("source") or source)
    for key, value in table.items():
        found = re.fullmatch(r"(?:(.+)_)?certainty", key)
        if found and value in {word.value for word in Certainty}:
            what = about if found[1] is None else f"{about}: {_words(found[1])}"
            yield _cell(what), _cell(own), value
    for key, value in table.items():
        inner = value if isinstance(value, list) else [value]
        for each in inner:
            if isinstance(each, dict):
                yield from _facts(each, _about(each, key, lang), own, lang)


def _about(table: dict[str, Any], key: str, lang: Lang) -> str:
    # a table with "id" and "en" is a text in two languages
    names = [k for k in _NAMES if table.get(k) and not (k == "id" and "en" in table)]
    name = table[names[0]] if names else ""
    said = name.get(lang, "") if isinstance(name, dict) else str(name)
    return f"{_words(key)}: {said}" if said else _words(key)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())
