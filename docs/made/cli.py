"""The page of the command line, from the commands themselves: what ``--help`` says, in order."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from pst_adapters.cli.commands import pst
from pst_adapters.cli.words import in_one_language
from pst_core.text import Lang, Text

from .trace import NOTICE

__all__ = ["cli_page"]

_TITLE = Text(id="Baris perintah", en="The command line")
_ABOUT = Text(
    id="`pst PERINTAH --help` mengatakan hal yang sama. Pesan dalam bahasa Indonesia, dengan "
    "`--lang en` di mana saja dalam bahasa Inggris. Kode keluar: 0 selesai, 1 ditolak atau ada "
    "yang tidak beres, 2 barisnya sendiri salah.",
    en="`pst COMMAND --help` says the same with `--lang en`, which may stand anywhere on the line; "
    "without it messages are in Indonesian. Exit codes: 0 done, 1 refused or not in order, 2 the "
    "line itself is wrong.",
)
_HEAD = Text(id="| pilihan | artinya | bawaan |", en="| option | what | default |")
_NEEDED = Text(id="wajib", en="required")


def cli_page(lang: Lang) -> str:
    """Return the page in one language."""
    in_one_language(pst, lang)
    parts = [NOTICE, f"# {_TITLE.say(lang)}\n", f"{_ABOUT.say(lang)}\n"]
    for path, command in _commands(pst, "pst"):
        usage = " ".join(
            [path, *(_place(p) for p in command.params if isinstance(p, click.Argument))]
        )
        parts.append(f"## {path}\n\n{_paragraphs(command.help or '')}\n\n`{usage}`\n")
        rows = [_row(p, lang) for p in command.params if isinstance(p, click.Option)]
        if rows:
            parts.append("\n".join([_HEAD.say(lang), "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in sorted(command.commands):
        yield from _commands(command.commands[name], f"{path} {name}")


def _paragraphs(text: str) -> str:
    parts = []
    for part in inspect.cleandoc(text).split("\n\n"):
        if part.startswith("\b"):
            parts.append("```text\n" + part.removeprefix("\b\n") + "\n```")
        else:
            parts.append(" ".join(part.split()).replace("<", "&lt;"))
    return "\n\n".join(parts)


def _place(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    if isinstance(argument.type, click.Choice):
        name = "|".join(map(str, argument.type.choices))
    if argument.nargs != 1:
        name += "..."
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _row(option: click.Option, lang: Lang) -> str:
    names = ", ".join(option.opts)
    if isinstance(option.type, click.Choice):
        shown = "[" + "|".join(getattr(c, "value", str(c)) for c in option.type.choices) + "]"
    elif isinstance(option.type, click.DateTime):
        shown = option.metavar or "|".join(option.type.formats)
    else:
        shown = option.metavar or option.type.name.upper().split()[0]
    called = f"{names} {shown}" if not option.is_flag else names
    default = option.default
    # neither flags nor click's own mark of "nothing given"
    plain = isinstance(default, str | int | float) and not isinstance(default, bool)
    value = str(getattr(default, "value", default)) if plain else ""
    said = f"`{value}`" if value else ""
    if option.required:
        said = _NEEDED.say(lang)
    if option.envvar:
        said = f"{said} `{option.envvar}`".strip()
    text = (option.help or "").replace("|", "\\|").replace("<", "&lt;")
    return "| `{}` | {} | {} |".format(called.replace("|", "\\|"), text, said)
