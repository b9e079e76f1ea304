"""Offices that there may be: profiles as TOML text, and calendars with the decrees that made them.

A profile is the shipped example with other choices in it, so it stays one that the reader takes;
a calendar knows since when each of its days off is known, and which were taken back.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from functools import cache, lru_cache
from itertools import combinations
from typing import IO, Any, cast

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ...certainty import Certainty
from ...documents import Way
from ...documents.asker import Channel
from ...lawdata import shipped
from ...office import Office
from ...office import offices as shipped_codes
from ...office.standard import Closing, Misfit
from ...text import Text
from ...workdays import Calendar, DayOff, Deadline, Decree, Kind, Week

__all__ = ["calendars", "deadlines", "offices", "profiles", "shipped_offices"]

_ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
_WAYS = [
    ways
    for n in (3, 2, 1)
    for ways in combinations([Way.UPLOAD, Way.POST, Way.COUNTER], n)
]  # fmt: skip
_HEADING = re.compile(r"^\[+([^\]]+)\]+$", re.M)


# -- profiles -----------------------------------------------------------------------------------


@st.composite
def profiles(draw: st.DrawFn) -> str:
    """Give profiles of offices as TOML text: any legal choice among the ways of the standard."""
    doors = draw(st.sampled_from([("walk-in", "online"), ("online",), ("walk-in",)]))
    payments = [["billing"], ["transfer"]]
    if Channel.WALK_IN in doors:
        payments += [["cash", "billing"], ["cash", "transfer"]]
    if Channel.ONLINE not in doors:
        payments += [["cash"]]
    # everything is drawn for every office: then none of them is simpler for having less
    closing = draw(st.sampled_from([Closing.DAYS, Closing.RATING, Closing.BY_ITSELF]))
    notice = draw(st.sampled_from([3, 0]))
    portal = draw(st.sampled_from([True, False]))
    misfits = {str(door): str(draw(st.sampled_from(Misfit))) for door in Channel}
    ways = draw(st.sampled_from(_WAYS))
    changed: dict[str, dict[str, Any]] = {
        "calendar": {"timezone": draw(st.sampled_from(_ZONES))},
        "channels": {"doors": list(doors), "portal": portal or Channel.ONLINE in doors},
        "misfit": {door: misfits[door] for door in doors},
        "payment": {"at_home": draw(st.sampled_from(payments))},
        "agreement": {"ways": [str(way) for way in ways]},
        "clock": {
            "working_days": draw(st.sampled_from([10, 5, 15])),
            "reading": draw(st.sampled_from(["pausing", "running"])),
        },
        "offer": {"valid_working_days": draw(st.sampled_from([10, 5, 30]))},
        "closing": {"way": str(closing)},
    }
    gone = set()
    if closing is Closing.DAYS:
        changed["closing"]["notice_working_days"] = notice
    else:
        gone |= {("closing", "unrated_after_working_days"), ("closing", "notice_working_days")}
    for asked in ("email", "identity", "tax-number"):
        how = draw(st.sampled_from(["kept", "gone", "one door"]))
        if how == "gone":
            gone.add((f"requirements.{asked}", ""))
        elif how == "one door" and asked == "email":
            changed["requirements.email"] = {"": f'channels = ["{doors[0]}"]\n'}
    if Channel.WALK_IN not in doors:
        gone.add(("requirements.identity", ""))
    # a door that is shut has no line of its own
    gone |= {("misfit", door) for door in Channel if door not in doors}
    return _rewritten(changed, gone)


def offices() -> SearchStrategy[Office]:
    """Give offices with any legal profile."""
    return profiles().map(_office)


def shipped_offices() -> SearchStrategy[Office]:
    """Give the offices that are shipped."""
    return st.sampled_from(shipped_codes()).map(_shipped)


@cache
def _shipped(code: str) -> Office:
    return Office.load(code)


@cache
def _sections() -> tuple[tuple[str, str], ...]:
    """Return the example's text section by section, under the names of their headings."""
    text = shipped("profile.toml").read_text("utf-8")
    starts = [*_HEADING.finditer(text)]
    ends = [*(found.start() for found in starts[1:]), len(text)]
    head = ("", text[: starts[0].start()])
    return (head, *((f[1], text[f.start() : end]) for f, end in zip(starts, ends, strict=True)))


def _rewritten(changed: dict[str, dict[str, Any]], gone: set[tuple[str, str]]) -> str:
    kept = []
    for name, lines in _sections():
        if (name, "") in gone:
            continue
        text = lines
        for key, value in changed.get(name, {}).items():
            if not key:
                text = text.replace("\n", f"\n{value}", 1)
                continue
            text, found = re.subn(rf"^{key} = .*$", f"{key} = {_toml(value)}", text, flags=re.M)
            assert found == 1, (name, key)  # noqa: S101
        for _, key in sorted(pair for pair in gone if pair[0] == name):
            text = re.sub(rf"^{key} = .*\n", "", text, flags=re.M)
        kept.append(text)
    return "".join(kept)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int) else f'"{value}"'


@attrs.frozen
class _InMemory:
    """A profile that stands in no file."""

    text: str
    name: str = "profile.toml"

    def read_bytes(self) -> bytes:
        return self.text.encode()

    def open(self) -> IO[bytes]:
        return io.BytesIO(self.read_bytes())


@lru_cache(256)
def _office(profile: str) -> Office:
    return Office.read(cast("Any", _InMemory(profile)))


# -- days ---------------------------------------------------------------------------------------


@st.composite
def calendars(
    draw: st.DrawFn, years: tuple[int, ...] = (2024, 2025, 2026, 2027), max_days: int = 40
) -> Calendar:
    """Give calendars of ``years``: one decree a year, days off of every kind, some taken back.

    The first Sunday of each year is a holiday, so that the year is decreed at all.
    """
    decrees = {
        year: Decree(
            "nasional", f"SKB {year}", dt.date(year - 1, 9, 15), Certainty.VERIFIED, year=year
        )
        for year in years
    }
    off = {}
    for year in years:
        first = dt.date(year, 1, 1)
        off[first + dt.timedelta(days=(6 - first.weekday()) % 7)] = Kind.HOLIDAY
    kinds = [kind for kind in Kind if kind is not Kind.REVOKED]
    some = st.dates(dt.date(years[0], 1, 8), dt.date(years[-1], 12, 31))
    off |= draw(st.dictionaries(some, st.sampled_from(kinds), max_size=max_days))
    entries = [
        DayOff(day, kind, Text(id=f"libur {day}", en=f"day off {day}"), decrees[day.year])
        for day, kind in sorted(off.items())
    ]
    back = draw(st.sets(st.sampled_from(sorted(off)), max_size=3)) - set(sorted(off)[:1])
    for day in sorted(d for d in back if d.weekday() < 5):
        changed = Decree(
            "nasional", f"perubahan SKB {day.year}", day - dt.timedelta(days=11), Certainty.VERIFIED
        )
        entries.append(DayOff(day, Kind.REVOKED, Text(id="", en=""), changed))
    week = Week((1, 2, 3, 4, 5), "Perpres 21/2023", Certainty.VERIFIED)
    return Calendar(tuple(entries), week, draw(st.sampled_from(_ZONES)))


@st.composite
def deadlines(draw: st.DrawFn, office: Office | None = None) -> Deadline:
    """Give deadlines (L2) of requests that became complete in 2025 or 2026."""
    house = office or draw(shipped_offices())
    minutes = draw(st.integers(0, 700 * 24 * 60))
    return house.deadline(dt.datetime(2025, 1, 6, 2, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes))
