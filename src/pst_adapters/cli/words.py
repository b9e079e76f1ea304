"""What ``--help`` and click itself say, in one language: the commands' own texts hold both.

A text is one paragraph in Indonesian and one in English; where it is not that simple, both stand
in ``words.toml``. A text that is neither is shown as it is.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import click

from pst_core.text import Lang, Text

__all__ = ["in_one_language", "known", "of_the_line", "page_of", "texts"]


def in_one_language(command: click.Command, lang: Lang) -> None:
    """Give the command, its options and what is below it the help of one language."""
    # the text of the code stays beside it, for the next language asked for
    command.help = _say(vars(command).setdefault("both", command.help), lang)
    command.context_class = _Indonesian if lang == "id" else click.Context
    for option in command.params:
        if isinstance(option, click.Option):
            option.help = _say(vars(option).setdefault("both", option.help), lang)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            in_one_language(below, lang)


def page_of(context: click.Context, lang: Lang) -> str:
    """Return the page of help of a command that was begun already."""
    in_one_language(context.command, lang)
    context.formatter_class = _Page if lang == "id" else click.HelpFormatter
    return context.get_help()


def texts(command: click.Command) -> Iterator[tuple[str, bool]]:
    """Return each help text as it is in the code, and whether it is there in both languages."""
    told: list[click.Command | click.Option] = [command]
    told += [option for option in command.params if isinstance(option, click.Option)]
    for text in filter(None, (vars(each).get("both", each.help) for each in told)):
        yield _plain(text), _plain(text) in _catalogue() or _two_paragraphs(text) is not None
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from texts(below)


def known() -> set[str]:
    """Return the texts that ``words.toml`` has."""
    return set(_catalogue())


def of_the_line(message: str, lang: Lang) -> str:
    """Return what click says of the line; in Indonesian where ``words.toml`` has it."""
    if lang == "en":
        return message
    for form, said in _lines():
        found = form.fullmatch(message)
        if found:
            return said.format(*(of_the_line(part, lang) for part in found.groups()))
    return message


class _Page(click.HelpFormatter):
    """A page of help whose frame, which is click's, is in Indonesian."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        args = args.replace("[OPTIONS]", "[OPSI]")
        args = args.replace("COMMAND [ARGS]...", "PERINTAH [ARGUMEN]...")
        super().write_usage(prog, args, prefix or "Pemakaian: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(of_the_line(heading, "id"))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        told = [(name, _EXTRA.sub(_extra, of_the_line(text, "id"))) for name, text in rows]
        super().write_dl(told, col_max, col_spacing)


class _Indonesian(click.Context):
    formatter_class = _Page


_EXTRA = re.compile(r"(?:(?<=\s)|^)\[([^\]]*)\]$")
"""What click adds to an option's text."""


def _extra(found: re.Match[str]) -> str:
    return "[" + "; ".join(of_the_line(part, "id") for part in found[1].split("; ")) + "]"


@cache
def _lines() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.escape(each["of"]).replace(r"\{\}", "(.+?)"), re.DOTALL), each["id"])
        for each in _words()["line"]
    )


def _say(text: str | None, lang: Lang) -> str | None:
    if not text:
        return text
    both = _catalogue().get(_plain(text)) or _two_paragraphs(text)
    return both.say(lang) if both else text


def _two_paragraphs(text: str) -> Text | None:
    parts = inspect.cleandoc(text).split("\n\n")
    return Text(id=parts[0], en=parts[1]) if len(parts) == 2 else None


def _plain(text: str) -> str:
    return " ".join(text.split())


@cache
def _catalogue() -> dict[str, Text]:
    return {each["of"]: Text(id=each["id"], en=each["en"]) for each in _words()["help"]}


@cache
def _words() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
