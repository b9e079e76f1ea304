"""A year's days off as iCalendar text (RFC 5545), each with the decree that orders it."""

from __future__ import annotations

import datetime as dt

from ..text import Lang
from .calendar import Calendar, Kind

__all__ = ["to_ics"]

_FOLD = 74


def to_ics(calendar: Calendar, year: int, lang: Lang = "id") -> str:
    """Return the days off of ``year`` as an iCalendar file: one whole-day event each.

    The same calendar gives the same text; raises ``NotFound`` for a year it does not know.
    """
    first = dt.date.min.replace(year=min(max(year, dt.MINYEAR), dt.MAXYEAR))
    calendar.is_workday(first)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//pst-core//workdays//ID"]
    for day, off in sorted(calendar.days_off.items()):
        if day.year != year:
            continue
        # no clock here: the stamp is the day that the decree became known
        stamp = off.decree.known_since or first
        sure = off.decree.certainty.text.say(lang)
        about = f"{off.decree.say().say(lang)}; {off.decree.source}; {sure}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day:%Y%m%d}-{off.kind}-{off.decree.layer}@pst-core",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(off.name.say(lang))}",
            f"DESCRIPTION:{_escaped(about)}",
            f"CATEGORIES:{off.kind.upper()}",
            f"TRANSP:{'OPAQUE' if off.kind is Kind.CLOSURE else 'TRANSPARENT'}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line so that none is longer than 75 octets, and never inside a character."""
    parts, part = [], ""
    for char in line:
        if len((part + char).encode()) > _FOLD:
            parts.append(part)
            part = ""
        part += char
    return "\r\n ".join([*parts, part])
