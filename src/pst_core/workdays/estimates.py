"""Days off of years that no decree fixes, from the ``holidays`` package: a guess and marked so."""

from __future__ import annotations

import datetime as dt
from functools import cache

from ..certainty import Certainty
from ..text import Text
from .calendar import DayOff, Decree, Kind

__all__ = ["estimate"]


@cache
def estimate(year: int, known_on: dt.date | None) -> tuple[DayOff, ...]:
    """Return the days off that ``holidays`` gives for ``year``.

    Collective leave exists by decree only: as known on a day before the year it is left out.
    """
    from importlib.metadata import version

    import holidays

    kinds = {"public": Kind.HOLIDAY}
    if known_on is None or known_on.year >= year:
        kinds["government"] = Kind.LEAVE
    decree = Decree(
        layer="nasional",
        number="",
        known_since=None,
        certainty=Certainty.ASSUMED,
        source=f"holidays {version('holidays')}",
        year=year,
    )
    entries = []
    for category, kind in kinds.items():
        names = {
            lang: holidays.country_holidays(
                "ID", years=[year], categories=(category,), language=lang
            )
            for lang in ("id", "en_US")
        }
        entries += [
            DayOff(day, kind, Text(id=names["id"][day], en=names["en_US"][day]), decree)
            for day in sorted(names["id"])
        ]
    return tuple(entries)
