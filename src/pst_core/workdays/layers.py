"""Reading days off from TOML layers: the nation's decrees, a region's, an office's own closures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..refusal import BadLawData
from ..text import Text
from .calendar import Calendar, DayOff, Decree, Kind, Week

__all__ = ["load_calendar", "read_calendar", "read_layer", "read_national"]

_LISTS = {
    "holidays": Kind.HOLIDAY,
    "leave": Kind.LEAVE,
    "elections": Kind.ELECTION,
    "closures": Kind.CLOSURE,
}


def load_calendar(
    timezone: str = "Asia/Jakarta",
    *,
    layers: Iterable[str | Path] = (),
    as_known_on: dt.date | None = None,
) -> Calendar:
    """Return the national calendar, with ``layers`` over it (shipped names or paths of files).

    Raises ``BadLawData`` for a layer that cannot be used, ``BadInput`` for an unknown time zone.
    """
    entries, week = _national()
    for layer in layers:
        entries += read_layer(layer)
    calendar = _checked(Calendar(entries, week, timezone))
    return calendar if as_known_on is None else calendar.as_known_on(as_known_on)


def read_calendar(table: Table) -> Calendar:
    """Read ``[calendar]`` of an office's profile: ``timezone``, ``layers``, ``[[closures]]``.

    A layer is a shipped name, or a path from the profile's folder. A closure has ``date``, or
    ``from`` and ``to`` (both included); ``name``; ``known_since``; and, where there is one, the
    ``decree``. Raises ``BadLawData``.
    """
    timezone = table.take("timezone", str, "Asia/Jakarta")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise table.error(
            "timezone",
            Text(id=f"tidak dikenal: {timezone!r}.", en=f"is not known: {timezone!r}."),
            Text(
                id="Pakai Asia/Jakarta (WIB), Asia/Makassar (WITA) atau Asia/Jayapura (WIT).",
                en="Use Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT).",
            ),
        ) from error
    entries, week = _national()
    for name in table.strings("layers", ()):
        entries += read_layer(name, beside=Path(table.file).parent)
    closures: list[DayOff] = []
    for row in table.tables("closures"):
        closures += _closure(row, taken=[c.date for c in closures])
    table.done()
    return _checked(Calendar((*entries, *closures), week, timezone))


def read_layer(layer: str | Path, *, beside: Path | None = None) -> tuple[DayOff, ...]:
    """Read a layer file: ``layer = "name"`` and its ``[[decrees]]``.

    A decree has ``known_since``, ``source`` and ``certainty``, where there is one its ``number``
    and the day it was ``signed``; ``holidays``, ``leave``, ``elections`` and ``closures`` are
    lists of ``[date, name in Indonesian, name in English]``, ``revoked`` a list of dates that an
    earlier decree took off, ``year`` the year whose holidays it fixes. Raises ``BadLawData``.
    """
    table = read_toml(_place(layer, beside))
    name = table.take("layer", str)
    return _decrees(table, name)


def read_national(file: str | Path) -> Calendar:
    """Read a file of the national layer, with ``[week]``; return the calendar that it alone makes.

    Raises ``BadLawData``.
    """
    return _checked(Calendar(*_nation(read_toml(Path(file)))))


@cache
def _national() -> tuple[tuple[DayOff, ...], Week]:
    return _nation(read_toml(shipped("calendar", "nasional.toml")))


def _nation(table: Table) -> tuple[tuple[DayOff, ...], Week]:
    name = table.take("layer", str)
    week = table.table("week")
    working = Week(tuple(week.take("working", list)), week.take("citation", str), week.certainty())
    week.done()
    return _decrees(table, name), working


def _place(layer: str | Path, beside: Path | None) -> str | Path:
    found = shipped("calendar", "regional", str(layer))
    if isinstance(layer, str) and "/" not in layer and found.is_file():
        return Path(str(found))
    return Path(layer) if beside is None else beside / layer


def _decrees(table: Table, layer: str) -> tuple[DayOff, ...]:
    entries: list[DayOff] = []
    taken: dict[dt.date, str] = {}
    for row in table.tables("decrees", required=True):
        decree = _decree(row, layer)
        for day in _revoked(row):
            taken.pop(day, None)
            entries.append(DayOff(day, Kind.REVOKED, Text(id="", en=""), decree))
        for key, kind in _LISTS.items():
            for day, name in _named(row, key):
                if day in taken:
                    raise _twice(row, key, day, taken[day])
                taken[day] = decree.number or str(decree.known_since)
                entries.append(DayOff(day, kind, name, decree))
        row.done()
    table.done()
    return tuple(entries)


def _decree(row: Table, layer: str) -> Decree:
    signed = row.take("signed", dt.date) if row.has("signed") else None
    known = row.take("known_since", dt.date)
    if signed is not None and known < signed:
        raise row.error(
            "known_since",
            Text(id=f"sebelum ditandatangani {signed}.", en=f"is before it was signed, {signed}."),
            Text(id="Perbaiki salah satu tanggal.", en="Mend one of the dates."),
        )
    return Decree(
        layer=layer,
        number=row.take("number", str, ""),
        known_since=known,
        certainty=row.certainty(),
        source=row.take("source", str),
        signed=signed,
        year=row.take("year", int) if row.has("year") else None,
    )


def _named(row: Table, key: str) -> list[tuple[dt.date, Text]]:
    found = []
    for item in row.take(key, list, []):
        match item:
            case [dt.date() as day, str(name_id), str(name_en)] if type(day) is dt.date:
                found.append((day, Text(id=name_id, en=name_en)))
            case _:
                raise row.error(
                    key,
                    Text(id=f"memuat {item!r}.", en=f"holds {item!r}."),
                    Text(
                        id='Tulis [2026-01-01, "nama", "name in English"].',
                        en='Write [2026-01-01, "nama", "name in English"].',
                    ),
                )
    return found


def _revoked(row: Table) -> Sequence[dt.date]:
    days: list[dt.date] = row.take("revoked", list, [])
    for day in days:
        if type(day) is not dt.date:
            raise row.error(
                "revoked",
                Text(id=f"memuat {day!r}.", en=f"holds {day!r}."),
                Text(id="Tulis tanggal: 2026-01-01.", en="Write a date: 2026-01-01."),
            )
    return days


def _closure(row: Table, taken: list[dt.date]) -> list[DayOff]:
    key = "date" if row.has("date") else "from"
    first = row.take(key, dt.date)
    last = first if key == "date" else row.take("to", dt.date)
    if last < first:
        raise row.error(
            "to",
            Text(id=f"({last}) sebelum from ({first}).", en=f"({last}) is before from ({first})."),
            Text(id="Tukar kedua tanggal.", en="Swap the two dates."),
        )
    name = row.text("name")
    decree = Decree(
        layer="kantor",
        number=row.take("decree", str, ""),
        known_since=row.take("known_since", dt.date),
        certainty=row.certainty("certainty", Certainty.REPORTED),
        source=row.take("source", str, row.file),
    )
    row.done()
    days = [dt.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    for day in days:
        if day in taken:
            raise _twice(row, key, day, "closures")
    return [DayOff(day, Kind.CLOSURE, name, decree) for day in days]


def _twice(row: Table, key: str, day: dt.date, before: str) -> BadLawData:
    return row.error(
        key,
        Text(
            id=f"menyebut {day} dua kali (sudah ada: {before}).",
            en=f"names {day} twice (already there: {before}).",
        ),
        Text(
            id="Hapus salah satu; dua hari raya pada satu tanggal ditulis dalam satu nama.",
            en="Delete one; two holidays on one date are written as one name.",
        ),
    )


def _checked(calendar: Calendar) -> Calendar:
    """Return ``calendar`` if its layers fit together."""
    _ = calendar.zone
    ordered = sorted(calendar.entries, key=lambda e: e.decree.known_since or dt.date.min)
    off: set[dt.date] = set()
    for entry in ordered:
        if entry.kind is not Kind.REVOKED:
            off.add(entry.date)
        elif entry.date in off:
            off.remove(entry.date)
        else:
            raise BadLawData(
                "revoked-not-off",
                Text(
                    id=f"{entry.decree.layer}: {entry.date} dicabut, padahal bukan hari libur.",
                    en=f"{entry.decree.layer}: {entry.date} is revoked but was never a day off.",
                ),
                remedy=Text(
                    id="Periksa tanggalnya, dan known_since kedua keputusan.",
                    en="Check the date, and known_since of both decrees.",
                ),
            )
    years = calendar.decreed_years
    if years != tuple(range(years[0], years[-1] + 1)):
        raise BadLawData(
            "years-with-a-gap",
            Text(
                id=f"Tahun yang ditetapkan berlubang: {years}.",
                en=f"The decreed years have a gap: {years}.",
            ),
            remedy=Text(
                id="Tambahkan keputusan untuk tahun di antaranya.",
                en="Add the decree of the year in between.",
            ),
        )
    return calendar
