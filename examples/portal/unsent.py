"""Forms that came when their session had ended: given back to who typed them, once signed in again.

They stay in this process's memory, for an hour, and go to nobody else; files are not kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from pst_core.refusal import BadInput
from pst_core.text import Text

__all__ = ["Shelf", "Unsent", "mark_of", "page_of"]

_MANY, _LONG, _FOR = 100, 100_000, dt.timedelta(hours=1)
_FORMS = re.compile(
    r"/requests/new|/complaints|/complaints/record|/counter/guest-book|/(requests|matters)/[^/]+"
)
"""The pages whose forms can be filled in again."""


def page_of(path: str) -> str:
    """Return the page on which the form that goes to ``path`` stands."""
    return re.sub(r"(?<=.)/(do/[^/]+|simulated-[a-z]+|survey|look|now)$", "", path)


def mark_of(person: str) -> str:
    """Return by what a form bears whose it is."""
    return hashlib.sha256(f"form/{person}".encode()).hexdigest()[:16]


@attrs.frozen
class Unsent:
    """What was typed into a form that came too late."""

    page: str
    act: str
    """The command that the form was for, where the page has several."""
    by: str
    typed: dict[str, str]
    files: tuple[str, ...]
    """Names of the files that were chosen with it."""
    at: dt.datetime

    @property
    def said(self) -> BadInput:
        """What the page says of it."""
        again = Text(
            id="Pilih lagi berkasnya ({names}). ", en="Choose the file again ({names}). "
        ).fill(names=", ".join(self.files)[:200])
        rest = Text(id="Periksa, lalu kirim.", en="Look it over, then send it.")
        return BadInput(
            "session-ended",
            Text(
                id="Formulir ini belum terkirim karena Anda sudah keluar; isiannya masih ada.",
                en="This form was not sent, for you had been signed out; what you typed is here.",
            ),
            remedy=Text(id=again.id + rest.id, en=again.en + rest.en) if self.files else rest,
        )

    @property
    def shown(self) -> dict[str, Any]:
        """What a page is given to show the form as it was typed, and why it stands there."""
        return {"problem": self.said, "failed": self.act, "typed": self.typed}


class Shelf:
    """The forms of this portal that came too late; the oldest make room."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._kept: dict[str, Unsent] = {}

    def put(self, path: str, form: Mapping[str, Any]) -> str:
        """Keep a form that was sent to ``path``; return its key, empty if it cannot be kept."""
        page, act = page_of(path), path.rpartition("/do/")[2] if "/do/" in path else ""
        typed = {k: str(v) for k, v in form.items() if isinstance(v, str) and k[:1] != "_"}
        files = tuple(v.filename for v in form.values() if getattr(v, "filename", ""))
        long = sum(len(k) + len(v) for k, v in typed.items()) > _LONG
        if long or not form.get("_by") or not _FORMS.fullmatch(page):
            return ""
        key = secrets.token_urlsafe(16)
        now = self._clock()
        with self._lock:
            self._kept[key] = Unsent(page, act, str(form["_by"]), typed, files, now)
            for old in [k for k, u in self._kept.items() if now - u.at > _FOR]:
                del self._kept[old]
            while len(self._kept) > _MANY:
                del self._kept[next(iter(self._kept))]
        return key

    def take(self, key: str, page: str, person: str) -> Unsent | None:
        """Return, once, the form ``key`` of ``person`` if it stands on ``page``."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or (found.page, found.by) != (page, mark_of(person)):
                return None
            return self._kept.pop(key)
