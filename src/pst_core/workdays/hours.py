"""Office hours: when an office is open on a day of work, its breaks, and its hours in Ramadan.

Which days are days of work is left to ``calendar``.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from itertools import pairwise

import attrs

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..text import Text

__all__ = ["OfficeHours", "Season", "Spans", "national_hours", "read_hours"]

Spans = tuple[tuple[dt.time, dt.time], ...]
"""When a day is open: ``((07:30, 12:00), (13:00, 16:00))``; the gap is the break."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@attrs.frozen
class Season:
    """Days, first and last included, with hours of their own: Ramadan, as a rule."""

    name: Text
    first: dt.date
    last: dt.date
    week: tuple[Spans, ...]
    certainty: Certainty


@attrs.frozen
class OfficeHours:
    """Opening hours of the days of work, Monday first, in the office's own time zone."""

    week: tuple[Spans, ...]
    seasons: tuple[Season, ...]
    citation: str
    certainty: Certainty

    def on(self, day: dt.date) -> Spans:
        """Return the spans in which the office is open on ``day``, a day of work."""
        for season in self.seasons:
            if season.first <= day <= season.last:
                return season.week[day.weekday()]
        return self.week[day.weekday()]

    def closing(self, day: dt.date) -> dt.time:
        """Return when the office closes on ``day``, a day of work."""
        return self.on(day)[-1][1]


def read_hours(table: Table) -> OfficeHours:
    """Read ``[hours]`` of an office's profile; what it leaves out is as Perpres 21/2023 has it.

    ``monday`` to ``friday`` are texts such as ``"07:30-12:00, 13:00-16:00"`` (all or none);
    ``[hours.ramadan]`` has the same five; ``[[hours.seasons]]`` adds ``name``, ``from``, ``to`` and
    the five. Raises ``BadLawData``.
    """
    usual = national_hours()
    given = [table.has(day) for day in _DAYS]  # each is asked, so that none is required
    own = any(given)
    week = _week(table) if own else usual.week
    seasons = [_season(row) for row in table.tables("seasons")]
    ramadan = usual.seasons
    if table.has("ramadan"):
        rows = table.table("ramadan")
        ramadan_week = _week(rows)
        rows.done()
        ramadan = tuple(attrs.evolve(season, week=ramadan_week) for season in ramadan)
    hours = OfficeHours(
        week,
        (*seasons, *ramadan),
        table.take("citation", str, usual.citation),
        table.certainty("certainty", usual.certainty),
    )
    table.done()
    return hours


@cache
def national_hours() -> OfficeHours:
    """Return the hours of Perpres 21/2023, with Ramadan."""
    table = read_toml(shipped("calendar", "jam-kerja.toml"))
    rows = table.table("ramadan")
    ramadan = _week(rows)
    rows.done()
    months = []
    for month in table.tables("months"):
        months.append(_dates(month, ramadan, month.certainty()))
        month.done()
    hours = OfficeHours(_week(table), tuple(months), table.take("citation", str), table.certainty())
    table.done()
    return hours


def _season(row: Table) -> Season:
    season = _dates(row, _week(row), row.certainty("certainty", Certainty.REPORTED))
    row.done()
    return season


def _dates(row: Table, week: tuple[Spans, ...], certainty: Certainty) -> Season:
    name, first, last = row.text("name"), row.take("from", dt.date), row.take("to", dt.date)
    if last < first:
        raise row.error(
            "to",
            Text(id=f"({last}) sebelum from ({first}).", en=f"({last}) is before from ({first})."),
            Text(id="Tukar kedua tanggal.", en="Swap the two dates."),
        )
    return Season(name, first, last, week, certainty)


def _week(table: Table) -> tuple[Spans, ...]:
    # Saturday and Sunday are no days of work; their spans are empty and never asked for
    return (*(_spans(table, day) for day in _DAYS), (), ())


def _spans(table: Table, day: str) -> Spans:
    text = table.take(day, str)
    spans = []
    for part in text.split(","):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise _bad_spans(table, day, text)
        h1, m1, h2, m2 = map(int, found.groups())
        spans.append((dt.time(h1, m1), dt.time(h2, m2)))
    edges = [edge for span in spans for edge in span]
    if any(a >= b for a, b in pairwise(edges)):
        raise _bad_spans(table, day, text)
    return tuple(spans)


def _bad_spans(table: Table, day: str, text: str) -> Exception:
    return table.error(
        day,
        Text(id=f"bukan jam buka: {text!r}.", en=f"is no opening time: {text!r}."),
        Text(
            id='Tulis dari pagi ke sore, misalnya "07:30-12:00, 13:00-16:00".',
            en='Write from morning to evening, for example "07:30-12:00, 13:00-16:00".',
        ),
    )
