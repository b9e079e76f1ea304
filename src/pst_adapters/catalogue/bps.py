"""The publication list of the web API of BPS: title, release, size as it words it.

It does not give the number of pages, which is what the tariff counts (P1); an answer that does is
read. The rest is counted by the office and kept in its own list (``Catalogue.filled_from``).
"""

from __future__ import annotations

import datetime as dt
import re
import urllib.parse
from collections.abc import Iterable
from typing import Any

import attrs

from pst_core.catalogue import Catalogue, Entry, Kind, Unread
from pst_core.refusal import BadInput
from pst_core.text import Text

from .rows import Rows, day, line, number
from .web import Line, again, no_catalogue, unavailable

__all__ = ["ADDRESS", "fetch_bps", "is_bps", "read_bps"]

ADDRESS = "https://webapi.bps.go.id/v1/api"
_EMPTY = "list-not-available"
_DOMAIN = re.compile(r"[0-9]{4}")
_KEY = re.compile(r"[0-9A-Za-z]{8,128}")


def is_bps(value: Any) -> bool:
    """Return whether ``value`` looks like an answer of the web API."""
    return isinstance(value, dict) and "data-availability" in value


def read_bps(
    answers: Iterable[Any], *, source: str = "webapi.bps.go.id", read: dt.date | None = None
) -> Catalogue:
    """Return the catalogue in ``answers``: one or more pages of the list, as JSON gave them.

    ``read``: the day they came. Raises ``BadInput`` (``no-catalogue``) for another answer, such as
    that the key is wrong.
    """
    rows = Rows()
    for answer in answers:
        page, found = _page(answer, source)
        rows.total = number(page.get("total")) or rows.total
        for place, row in enumerate(found, 1):
            where = f"{source} #{number(page.get('page')) or 1}.{place}"
            rows.take(where, row, lambda row: _entry(row, source, read))
    return rows.catalogue()


def fetch_bps(
    domain: str,
    key: str,
    *,
    read: dt.date,
    address: str = ADDRESS,
    by: Line | None = None,
    most_pages: int = 200,
) -> Catalogue:
    """Ask the web API for all publications of ``domain`` (four digits; ``0000``: head office).

    ``key``: the office's own, from the web API's site. ``read``: today. No more than ``most_pages``
    pages of 10 are asked for; if there are more, that is a finding (``partial``). Raises
    ``BadInput`` for a domain or key that cannot be one, ``SourceUnavailable`` if any page gives no
    usable answer: there is no half catalogue.
    """
    if not _KEY.fullmatch(key):
        raise BadInput(
            "no-key",
            Text(
                id="Kunci web API BPS tidak ada, atau bukan huruf dan angka saja.",
                en="There is no key for the web API of BPS, or not one of letters and digits.",
            ),
            remedy=Text(
                id="Daftarkan kunci di webapi.bps.go.id dan taruh dalam PST_BPS_KEY.",
                en="Get a key at webapi.bps.go.id and put it into PST_BPS_KEY.",
            ),
        )
    if not _DOMAIN.fullmatch(domain):
        raise BadInput(
            "bad-domain",
            Text(
                id=f"Domain {domain!a} harus empat angka.",
                en=f"The domain {domain!a} must be four digits.",
            ),
            remedy=Text(
                id="Tulis domain kantor di web API BPS, misalnya 3317.",
                en="Give the domain of the office at the web API of BPS, e.g. 3317.",
            ),
        )
    asked = attrs.evolve(by or Line(), secret=key)
    answers: list[Any] = []
    pages = 1
    while len(answers) < min(pages, most_pages):
        number_ = len(answers) + 1
        path = f"list/model/publication/lang/ind/domain/{domain}/page/{number_}/key/{key}/"
        url = f"{address.rstrip('/')}/{path}"
        answer = asked.ask(url)
        try:
            page, rows = _page(answer.value, asked.shown(url))
        except BadInput as error:
            raise again(error, asked) from None
        if answer.status >= 400 and rows:
            raise unavailable(asked.shown(url), f"HTTP {answer.status}")
        answers.append(answer.value)
        pages = number(page.get("pages")) or 1
    host = urllib.parse.urlsplit(address).hostname or address
    return read_bps(answers, source=f"{host}, domain {domain}", read=read)


def _page(answer: Any, place: str) -> tuple[dict[str, Any], list[Any]]:
    """Return what an answer says of its page, and its rows."""
    if not isinstance(answer, dict):
        raise no_catalogue(place, Text(id="bukan jawaban web API", en="it is no answer of the API"))
    if answer.get("data-availability") == _EMPTY:
        return {"page": 1, "pages": 1}, []
    data = answer.get("data")
    if str(answer.get("status", "")).upper() != "OK" or data is None:
        said = line(answer.get("message")) or line(answer.get("status")) or "?"
        raise no_catalogue(place, Text(id=f"jawabannya {said!r}", en=f"it answers {said!r}"))
    if (
        not isinstance(data, list)
        or len(data) != 2
        or not isinstance(data[0], dict)
        or not isinstance(data[1], list)
    ):
        raise no_catalogue(
            place,
            Text(
                id="data harus [halaman, [publikasi, ...]]",
                en="data must be [page, [publication, ...]]",
            ),
        )
    return data[0], data[1]


def _entry(row: dict[str, Any], source: str, read: dt.date | None) -> Entry | Unread:
    if "pub_id" not in row:
        why = Text(id="tidak ada pub_id: bukan publikasi.", en="no pub_id: it is no publication.")
        return Unread("", why)
    return Entry(
        id=line(row["pub_id"]),
        kind=Kind.PUBLICATION,
        title=line(row.get("title")),
        pages=number(row.get("pages")),
        size=line(row.get("size")),
        released=day(row.get("rl_date")),
        source=source,
        read=read,
    )
