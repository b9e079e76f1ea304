"""The reference of the public names: one page a module, from docstrings and signatures."""

from __future__ import annotations

import re
from importlib import import_module
from inspect import getdoc

from pst_core.text import Lang, Text

from .api import Name, public

__all__ = ["reference_pages", "undocumented"]

_TITLE = Text(id="Nama-nama publik", en="The public names")
_ABOUT = Text(
    id="Dibuat dari kode; keterangan di dalam kode berbahasa Inggris. Yang tidak ada di sini dapat "
    "berubah kapan saja. Aturan perubahannya: [versi](../versions.md).",
    en="Made from the code. What is not here may change at any time. How what is here changes: "
    "[versions](../versions.md).",
)
_NAMES = Text(id="nama", en="names")
_ELSEWHERE = Text(id="Lihat", en="See")


def reference_pages(lang: Lang) -> dict[str, str]:
    """Return the pages of the reference by their place in the site; the first is their index."""
    found = public()
    homes = {f"{module}.{name.name}": module for module, names in found.items() for name in names}
    lines = [
        f"# {_TITLE.say(lang)}\n",
        f"{_ABOUT.say(lang)}\n",
        f"| | {_NAMES.say(lang)} |",
        "|---|---|",
    ]
    lines += [
        f"| [`{module}`]({module}.md) | {', '.join(f'`{name.name}`' for name in names)} |"
        for module, names in found.items()
    ]
    pages = {"reference/index.md": "\n".join(lines) + "\n"}
    for module, names in found.items():
        parts = [f"# {module}\n", _prose(getdoc(import_module(module)) or "")]
        parts += [_entry(name, homes, lang) for name in names]
        pages[f"reference/{module}.md"] = "\n".join(parts)
    return pages


def undocumented() -> list[str]:
    """Return the public classes, functions and methods that say nothing about themselves."""
    return [
        f"{name.module}.{name.name}" + (f".{each.name}" if each is not name else "")
        for names in public().values()
        for name in names
        for each in (name, *name.members)
        if each.kind in ("class", "function", "method", "property")
        and not each.doc
        and not each.name.startswith("test_")
    ]


def _entry(name: Name, homes: dict[str, str], lang: Lang) -> str:
    head = f"## {name.name}\n"
    if name.kind in ("alias", "module"):
        module = name.home if name.kind == "module" else homes.get(name.home, "")
        place = f"{module}.md" + (
            "" if name.kind == "module" else f"#{name.home.split('.')[-1].lower()}"
        )
        return f"{head}\n{_ELSEWHERE.say(lang)} [`{name.home}`]({place}).\n"
    if name.kind == "value":
        return f"{head}\n`{name.name}{name.signature}`\n"
    parts = [head, _code(name), _prose(name.doc)]
    for member in name.members:
        if member.kind == "field" or member.name.startswith("test_"):
            parts.append(f"- `{member.name}{member.signature}`")
        else:
            parts.append(f"### {member.name}\n\n{_code(member)}\n{_prose(member.doc)}")
    return "\n".join(parts) + "\n"


def _code(name: Name) -> str:
    inside = f"{name.name}{name.signature}"
    if len(inside) > 90:
        # one parameter a line, split where no bracket is open
        depth, lines, line = 0, [], ""
        for letter in inside:
            depth += letter in "(["
            depth -= letter in ")]"
            line += letter
            if (letter == "(" and depth == 1 and not lines) or (letter == "," and depth == 1):
                lines.append(line.strip())
                line = ""
        inside = lines[0] + "".join(f"\n    {each}" for each in [*lines[1:], line.strip()])
    return f"```python\n{inside}\n```\n"


def _prose(doc: str) -> str:
    """Return a docstring as Markdown: its own indented blocks stay, code marks lose one tick."""
    text = re.sub(r"``([^`]+)``", r"`\1`", doc)
    return re.sub(r"(?m)^(Args|Returns|Raises|Attributes|Yields):$", r"**\1**\n", text) + "\n"
