"""The cases of a log, read column by column: their events in order, each as the number of its act.

Cases share few courses: what is worked out of one course holds of every case that took it. So
nothing is made here for an event of its own, and a case costs little more than its columns.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter, lt
from typing import Any, NamedTuple

from .logs import LogRow, Told

__all__ = ["Case", "Course", "What", "cases_of", "latest_of", "what"]

Course = tuple[int, ...]
"""The numbers of the acts of a case, in their order."""

What = tuple[str, str, Told]
"""What an event is, whoever's it is: activity, role as the log says it, and the facts told."""

what: Callable[[LogRow], What] = attrgetter("activity", "role", "told")
_at: Callable[[LogRow], dt.datetime | None] = attrgetter("at")
_id: Callable[[LogRow], str] = attrgetter("id")


class Case(NamedTuple):
    """The events under one id.

    ``times``: of each event, in order; None if one of them cannot be read, and then the order is
    the log's. ``apart``: no two are at the same time. ``repeated``: what the log says once more.
    """

    name: str
    rows: Sequence[LogRow]
    course: Course
    times: Sequence[dt.datetime] | None
    apart: bool
    repeated: tuple[LogRow, ...] = ()


def cases_of(rows: Iterable[LogRow], number: Callable[[What], int]) -> Iterator[Case]:
    """Give the cases of ``rows`` in the order in which they begin; ``number`` numbers an act."""
    cases: defaultdict[str, list[LogRow]] = defaultdict(list)
    for row in rows:
        cases[row.case].append(row)
    for name, own in cases.items():
        yield _case(name, own, number)


def latest_of(rows: Iterable[LogRow]) -> dt.datetime | None:
    """Return the last time in a log, or None."""
    return max(filter(None, map(_at, rows)), default=None)


def _case(name: str, rows: list[LogRow], number: Callable[[What], int]) -> Case:
    times: list[Any] = list(map(_at, rows))
    timed = all(times)
    apart = timed and _rise(times)
    if timed and not apart:
        rows.sort(key=_at)  # type: ignore[arg-type]
        times = list(map(_at, rows))
        apart = _rise(times)
    repeated: list[LogRow] = []
    if not apart or not _differ(list(map(_id, rows))):
        rows, repeated = _once(rows)
        times = list(map(_at, rows))
        apart = timed and _rise(times)
    return Case(
        name,
        rows,
        tuple(map(number, map(what, rows))),
        times if timed else None,
        apart,
        tuple(repeated),
    )


def _rise(times: Sequence[dt.datetime]) -> bool:
    return all(map(lt, times, times[1:]))


def _differ(ids: Sequence[str]) -> bool:
    """Return whether no two events have the same id; a log without ids has none that do."""
    return not any(ids) or len(set(ids)) == len(ids)


def _once(rows: Iterable[LogRow]) -> tuple[list[LogRow], list[LogRow]]:
    """Return the events said for the first time, and those that say the same as one of them."""
    seen: set[Any] = set()
    kept: list[LogRow] = []
    repeated: list[LogRow] = []
    for row in rows:
        key = row.id or (row.at, row.activity, row.role, row.resource)
        known = key in seen and (row.id or row.at is not None)
        (repeated if known else kept).append(row)
        seen.add(key)
    return kept, repeated
