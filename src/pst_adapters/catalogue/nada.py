"""A microdata catalogue that runs on NADA: its search, and one study's metadata as JSON.

Title, years, files and variables come from there. Bytes, which the tariff counts (P2), NADA only
knows of a file that lies on its own server, and only an export of resources names them; where they
are missing the office gives the bytes of what it delivers.
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

__all__ = ["fetch_nada", "is_nada", "read_nada"]

_STUDIES = {"", "survey", "microdata"}  # an old NADA has surveys only and gives no type
_PAGE = 100


def is_nada(value: Any) -> bool:
    """Return whether ``value`` looks like an answer or an export of NADA."""
    return isinstance(value, dict) and bool(
        value.keys() & {"result", "rows", "study_desc", "dataset", "errors"}
    )


def read_nada(
    answers: Iterable[Any], *, source: str = "NADA", read: dt.date | None = None
) -> Catalogue:
    """Return the catalogue in ``answers``, as JSON gave them.

    Each is a page of ``api/catalog/search``, a study of ``api/catalog/IDNO``, or a study's export
    (``metadata/export/ID/json``); a study says what its row in the search does not. ``read``: the
    day they came. Raises ``BadInput`` (``no-catalogue``) for another answer.
    """
    rows, studies = Rows(), Rows()
    for answer in answers:
        if not isinstance(answer, dict):
            raise no_catalogue(source, Text(id="bukan jawaban NADA", en="it is no answer of NADA"))
        if "study_desc" in answer or isinstance(answer.get("dataset"), dict):
            place = f"{source} {line(_idno(answer))[:60]!a}"
            studies.take(place, answer, lambda study: _of_study(study, source, read))
            continue
        found = _found(answer, source)
        rows.total = number(found.get("found")) or rows.total
        for place_, row in enumerate(found["rows"], 1):
            where = f"{source} #{number(found.get('page')) or 1}.{place_}"
            rows.take(where, row, lambda row: _of_row(row, source, read))
    rows.unread += studies.unread
    for id_, study in studies.entries.items():
        listed = rows.entries.get(id_)
        rows.entries[id_] = study if listed is None else _together(listed, study)
    return rows.catalogue()


def fetch_nada(
    address: str,
    *,
    read: dt.date,
    by: Line | None = None,
    most_pages: int = 100,
    with_files: bool = False,
) -> Catalogue:
    """Ask the catalogue at ``address`` (what stands before ``/api/catalog``) for its studies.

    ``read``: today. No more than ``most_pages`` pages of 100 are asked for; if there are more, that
    is a finding (``partial``). ``with_files`` asks once more for each study, for its files. Raises
    ``BadInput`` (``not-https``), ``SourceUnavailable`` if any answer cannot be used: there is no
    half catalogue.
    """
    asked = by or Line()
    base = address.rstrip("/").removesuffix("/catalog").removesuffix("/api")
    answers: list[Any] = []
    pages = 1
    while len(answers) < min(pages, most_pages):
        url = f"{base}/api/catalog/search?ps={_PAGE}&page={len(answers) + 1}"
        answer = asked.ask(url)
        try:
            found = _found(answer.value, url)
        except BadInput as error:
            raise again(error, asked) from None
        if answer.status >= 400:
            raise unavailable(url, f"HTTP {answer.status}")
        answers.append(answer.value)
        # how many it gives a page is its own choice
        limit = number(found.get("limit")) or _PAGE
        pages = -(-(number(found.get("found")) or 0) // limit)
    host = urllib.parse.urlsplit(address).hostname or address
    listed = read_nada(answers, source=host, read=read)
    if not with_files:
        return listed
    return attrs.evolve(listed, entries=tuple(_asked_files(e, base, asked) for e in listed.entries))


def _asked_files(entry: Entry, base: str, asked: Line) -> Entry:
    url = f"{base}/api/catalog/{urllib.parse.quote(entry.id, safe='')}/data_files"
    answer = asked.ask(url)
    value = answer.value
    if not isinstance(value, dict) or "datafiles" not in value:
        raise unavailable(url, f"HTTP {answer.status}, {_said(value)}")
    files = _list(value["datafiles"])
    return attrs.evolve(
        entry,
        files=len(files) or None,
        variables=entry.variables or _variables(files, None),
    )


def _found(answer: Any, place: str) -> dict[str, Any]:
    """Return the result of a search: ``found``, ``rows``; an empty one has no ``result``."""
    found = answer.get("result", answer) if isinstance(answer, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("rows"), list):
        said = _said(answer)
        raise no_catalogue(place, Text(id=f"jawabannya {said}", en=f"it answers {said}"))
    return found


def _said(answer: Any) -> str:
    if not isinstance(answer, dict):
        return type(answer).__name__
    told = (line(answer.get(name)) for name in ("errors", "message", "error", "status"))
    return repr(next(filter(None, told), "?")[:200])


def _of_row(row: dict[str, Any], source: str, read: dt.date | None) -> Entry | Unread:
    other = _other_type(row.get("type"))
    if other is not None:
        return other
    return Entry(
        id=line(row.get("idno")),
        kind=Kind.MICRODATA,
        title=_title(row.get("title"), row.get("subtitle")),
        years=_years(row.get("year_start"), row.get("year_end")),
        variables=number(row.get("varcount")),
        released=day(row.get("created")),
        link=line(row.get("url")),
        source=source,
        read=read,
    )


def _of_study(answer: dict[str, Any], source: str, read: dt.date | None) -> Entry | Unread:
    row = answer["dataset"] if isinstance(answer.get("dataset"), dict) else {}
    study = row.get("metadata") if row else answer
    study = study if isinstance(study, dict) else {}
    other = _other_type(row.get("type") or study.get("type"))
    if other is not None:
        return other
    told = _inner(study, "study_desc")
    title = _inner(told, "title_statement")
    files = _list(study.get("data_files"))
    variables = _list(study.get("variables"))
    dates = _list(_inner(told, "study_info").get("coll_dates"))
    resources = _list(study.get("resources")) or _list(answer.get("resources"))
    return Entry(
        id=line(_idno(answer)),
        kind=Kind.MICRODATA,
        title=_title(
            title.get("title") or row.get("title"), title.get("sub_title") or row.get("subtitle")
        ),
        years=_years(row.get("year_start"), row.get("year_end")) or _collected(dates),
        files=len(files) or None,
        bytes=_bytes(resources),
        variables=number(row.get("varcount")) or _variables(files, len(variables)),
        released=day(row.get("created")),
        source=source,
        read=read,
    )


def _idno(answer: dict[str, Any]) -> Any:
    row = answer.get("dataset")
    if isinstance(row, dict) and row.get("idno"):
        return row["idno"]
    return _inner(_inner(answer, "study_desc"), "title_statement").get("idno")


def _together(listed: Entry, study: Entry) -> Entry:
    names = ("years", "files", "bytes", "variables", "released")
    lacking = {n: getattr(study, n) for n in names if getattr(listed, n) is None}
    return attrs.evolve(listed, **lacking)


def _other_type(value: Any) -> Unread | None:
    kind = line(value).lower()
    if kind in _STUDIES:
        return None
    return Unread(
        "",
        Text(
            id=f"jenisnya {kind!r}, bukan data mikro.", en=f"it is of type {kind!r}, no microdata."
        ),
    )


def _inner(value: dict[str, Any], key: str) -> dict[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    # PHP writes a list with gaps in its numbers as an object
    rows = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [row for row in rows if isinstance(row, dict)]


def _title(title: Any, below: Any) -> str:
    return ", ".join(filter(None, (line(title), line(below))))


def _year(value: Any) -> int | None:
    if isinstance(value, str):
        found = re.match(r"\s*([0-9]{4})(?![0-9])", value)
        return number(found[1]) if found else None
    return number(value)


def _years(first: Any, last: Any) -> tuple[int, int] | None:
    start, end = _year(first), _year(last)
    both = [year for year in (start, end) if year is not None]
    return (min(both), max(both)) if both else None


def _collected(dates: list[dict[str, Any]]) -> tuple[int, int] | None:
    years = [y for one in dates if (y := _years(one.get("start"), one.get("end"))) is not None]
    return (min(y[0] for y in years), max(y[1] for y in years)) if years else None


def _variables(files: list[dict[str, Any]], listed: int | None) -> int | None:
    counts = [number(file.get("var_count")) for file in files]
    if counts and all(counts):
        return sum(filter(None, counts))
    return listed or None


def _bytes(resources: list[dict[str, Any]]) -> int | None:
    data = [r for r in resources if "dat/micro" in line(r.get("dctype"))]
    # several are often the same data in several formats: which of them is sold, NADA does not say
    return number(data[0].get("filesize")) if len(data) == 1 else None
