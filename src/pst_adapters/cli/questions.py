"""What a command that begins a file asks for: as an option, or at the terminal until it fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from pst_core.refusal import BadInput
from pst_core.text import Text

from .terminal import language, said

__all__ = ["ONE_LINE", "Question", "answered", "begin", "not_there_yet"]

ONE_LINE = r'[^"\\\x00-\x1f\x7f]+'


class Question(NamedTuple):
    """What is asked, the form of an answer (a regular expression), and one that fits."""

    words: Text
    form: str
    such_as: str

    def taken(self, key: str, value: str | None) -> str:
        """Return the option that was given; ``BadInput`` if it is missing or not of its form."""
        if value is not None and re.fullmatch(self.form, value):
            return value
        option = f"--{key.replace('_', '-')}"
        raise BadInput(
            "bad-option",
            Text(id=f"{option} belum diberikan.", en=f"{option} is not given.")
            if value is None
            else Text(
                id=f"{option}: {value!r} tidak sesuai.", en=f"{option}: {value!r} does not fit."
            ),
            remedy=Text(
                id=f"Yang diminta: {self.words.id}. Contoh: {self.such_as}.",
                en=f"Wanted: {self.words.en}. Such as: {self.such_as}.",
            ),
        )

    def asked(self, usual: str | None) -> str:
        """Ask at the terminal until the answer is of its form, saying why one is not."""
        while True:
            value: str = click.prompt(self.words.say(language()), default=usual)
            if re.fullmatch(self.form, value):
                return value
            click.echo(
                said(
                    f"  {value!r} tidak sesuai. Contoh: {self.such_as}",
                    f"  {value!r} does not fit. Such as: {self.such_as}",
                )
            )


def answered(
    questions: Mapping[str, Question],
    given: Mapping[str, str | None],
    *,
    ask: bool,
    usual: Callable[[str, dict[str, str]], str | None],
) -> dict[str, str]:
    """Return the answers: options as they were ``given``, the others asked for if ``ask``.

    ``usual`` says what to propose for a key by what was answered so far.
    """
    answers: dict[str, str] = {}
    for key, question in questions.items():
        value = given.get(key)
        if value is not None or not ask:
            answers[key] = question.taken(key, value)
        else:
            answers[key] = question.asked(usual(key, answers))
    return answers


def not_there_yet(file: Path) -> None:
    """Raise ``BadInput`` if the file exists: what somebody wrote is not overwritten."""
    if file.exists():
        raise BadInput(
            "file-exists",
            Text(id=f"Berkas {file} sudah ada.", en=f"The file {file} is there already."),
            remedy=Text(id="Sebutkan berkas lain.", en="Name another file."),
        )


def begin(file: Path, text: str, read: Callable[[Path], object]) -> None:
    """Write ``text`` to ``file`` and ``read`` it; what cannot be read is not left behind."""
    file.write_text(text, "utf-8")
    try:
        read(file)
    except Exception:
        file.unlink()
        raise
