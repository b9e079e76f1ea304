"""Words in the language that Django shows now: Indonesian, unless English is active."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from pst_core.text import Lang, Text

__all__ = ["in_language", "language"]


def language() -> Lang:
    """Return ``en`` if English is active, else ``id``."""
    return "en" if (get_language() or "id").startswith("en") else "id"


def in_language(id: str, en: str) -> Any:  # noqa: A002
    """Return a string that is Indonesian or English when it is shown."""
    return lazy(lambda: Text(id=id, en=en).say(language()), str)()
