"""What every subcommand shares: the console, and the language that was asked for."""

from __future__ import annotations

from typing import cast

import click
from rich.console import Console

from pst_core.text import Lang, Text

__all__ = ["console", "language", "said"]


def language() -> Lang:
    """Return the language of this call."""
    return cast("Lang", (click.get_current_context().find_root().obj or {}).get("lang", "id"))


def said(id: str, en: str) -> str:  # noqa: A002 - the language's code
    """Return the one of two messages that is in the language of this call."""
    return Text(id=id, en=en).say(language())


def console() -> Console:
    """Return the console to print on; colours go when it is no terminal."""
    return Console(highlight=False, soft_wrap=False)
