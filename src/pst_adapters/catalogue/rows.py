"""What the readers share: a row is an entry or is told, and cells as other systems write them."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import Any

import attrs

from pst_core.catalogue import Catalogue, Entry, Unread
from pst_core.refusal import PstError
from pst_core.text import Text

__all__ = ["Rows", "day", "line", "number"]

_WHOLE = re.compile(r"[0-9]{1,12}")


@attrs.define
class Rows:
    """Collects what the rows of a source are."""

    entries: dict[str, Entry] = attrs.field(factory=dict)
    unread: list[Unread] = attrs.field(factory=list)
    total: int | None = None

    def take(self, place: str, row: Any, make: Callable[[Any], Entry | Unread]) -> None:
        """Make an entry of ``row``, or tell why it is none and where it stands."""
        if not isinstance(row, dict):
            self.tell(place, Text(id="bukan objek.", en="it is no object."))
            return
        try:
            made = make(row)
        except PstError as error:
            self.tell(place, error.text)
            return
        if isinstance(made, Unread):
            self.tell(place, made.text)
        elif made.id in self.entries:
            self.tell(place, Text(id=f"{made.id} sudah ada.", en=f"{made.id} is there already."))
        else:
            self.entries[made.id] = made

    def tell(self, place: str, why: Text) -> None:
        """Note that the row at ``place`` is no entry."""
        self.unread.append(Unread(place, why))

    def catalogue(self) -> Catalogue:
        """Return what was collected."""
        return Catalogue(tuple(self.entries.values()), tuple(self.unread), self.total)


def line(value: Any) -> str:
    """Return a text of another system on one line, ``""`` if there is none."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return " ".join(html.unescape(str(value)).split())


def number(value: Any) -> int | None:
    """Return a whole number above 0, written as a number or in digits; else None.

    Other systems write 0 or an empty text for what they do not know.
    """
    if isinstance(value, str):
        value = int(value) if _WHOLE.fullmatch(value.strip()) else None
    return value if type(value) is int and value > 0 else None


def day(value: Any) -> dt.date | None:
    """Return the day with which an ISO date or time begins, else None."""
    if not isinstance(value, str):
        return None
    try:
        return dt.date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
