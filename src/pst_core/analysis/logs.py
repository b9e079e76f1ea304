"""An event log as conformance reads it: one row an event, whatever file it came from.

Files are read at the edge (``pst_adapters.logs``); which row of a table an activity's name means is
found here, from the table itself.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import attrs

from ..refusal import BadInput
from ..text import Text
from ..workflow import Procedure, Role, Step

if TYPE_CHECKING:
    from ..desk import Entry

__all__ = ["Activities", "Log", "LogRow", "Told", "Unread", "own_rows"]

Told = tuple[tuple[str, bool], ...]
"""Facts that a log tells of: word of the fact, and whether it holds."""


class LogRow(NamedTuple):
    """One event of a log. ``at`` is aware, or None if the log's own text is no time.

    ``role`` is as the log says it. ``told``: facts of the table that the log knows of the case at
    this event. ``id`` tells events apart that are alike in all else; ``line`` is where it stands.
    """

    case: str
    activity: str
    at: dt.datetime | None
    role: str = ""
    resource: str = ""
    told: Told = ()
    id: str = ""
    line: int = 0


@attrs.frozen
class Unread:
    """A row of the file that is no event, or whose time cannot be read, and why."""

    line: int
    text: Text


@attrs.frozen
class Log:
    """What a file holds: its events, and what in it could not be read."""

    rows: tuple[LogRow, ...]
    unread: tuple[Unread, ...] = ()


@attrs.frozen(eq=False)
class Activities:
    """Which rows of ``procedure`` an activity's name means.

    Names are clauses, titles in both languages, commands and the names that events are stored
    under; ``aliases`` are a log's own names, each for one or more of those. What ``unlogged`` names
    happens without the log telling of it. Raises ``BadInput`` for a name that the table has not.
    """

    procedure: Procedure
    aliases: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    unlogged: Sequence[str] = ()

    def __attrs_post_init__(self) -> None:
        for name in (*(n for names in self.aliases.values() for n in names), *self.unlogged):
            if _plain(name) not in self._own:
                raise self._no_row(name)

    @cached_property
    def _own(self) -> dict[str, tuple[Step, ...]]:
        found: dict[str, list[Step]] = {}
        for step in self.procedure.steps:
            names = {step.clause, step.event.NAME, step.command.__name__}
            for title, own in ((step.title.id, step.cited.id), (step.title.en, step.cited.en)):
                names |= {title, own, f"{step.clause} {title}", f"{own} {title}"}
            for name in names:
                found.setdefault(_plain(name), []).append(step)
        return {name: tuple(steps) for name, steps in found.items()}

    @cached_property
    def _all(self) -> dict[str, tuple[Step, ...]]:
        mapped = {
            _plain(alias): tuple(dict.fromkeys(s for n in names for s in self._own[_plain(n)]))
            for alias, names in self.aliases.items()
        }
        return self._own | mapped

    def rows(self, activity: str) -> tuple[Step, ...]:
        """Return the rows that ``activity`` may be; none if it is not known."""
        return self._all.get(_plain(activity), ())

    @cached_property
    def silent(self) -> frozenset[Step]:
        """The rows that happen without the log telling of it."""
        return frozenset(s for name in self.unlogged for s in self._own[_plain(name)])

    def near(self, activity: str) -> str:
        """Return the known name nearest to ``activity``, or an empty text."""
        found = difflib.get_close_matches(_plain(activity), self._all, n=1)
        return next((n for n in self._names if _plain(n) == found[0]), found[0]) if found else ""

    @cached_property
    def _names(self) -> tuple[str, ...]:
        steps = self.procedure.steps
        return (*self.aliases, *(s.clause for s in steps), *(s.title.id for s in steps))

    def _no_row(self, name: str) -> BadInput:
        near = difflib.get_close_matches(_plain(name), self._own, n=1)
        clauses = ", ".join(dict.fromkeys(s.clause for s in self.procedure.steps))
        return BadInput(
            "no-such-step",
            Text(
                id=f"{name!r} bukan langkah dari {self.procedure.title.id}.",
                en=f"{name!r} is no step of {self.procedure.title.en}.",
            ),
            remedy=Text(
                id=(f"Mungkin maksudnya {near[0]}? " if near else "")
                + f"Butir yang ada: {clauses}.",
                en=(f"Did you mean {near[0]}? " if near else "") + f"Its clauses: {clauses}.",
            ),
        )


_ROLES = {
    word.casefold(): role for role in Role for word in (role, role.name, role.text.id, role.text.en)
}


def role_of(word: str, roles: Mapping[str, Role]) -> Role | None:
    """Return the role that ``word`` means, by ``roles`` or by its own name in both languages."""
    plain = word.strip().casefold()
    return roles.get(plain) or _ROLES.get(plain)


def own_rows(stream: str, entries: Iterable[Entry]) -> tuple[LogRow, ...]:
    """Return the history of one of our own cases as rows of a log.

    An activity is clause and title, as the published standard is read; who acted is named by the
    host's own key, not by name.
    """
    rows = []
    for entry in entries:
        step, noted = entry.step, entry.noted
        choices = {f for choice in step.chooses for f in choice}
        told = tuple((str(f), f in entry.state.facts) for f in sorted(choices))
        rows.append(
            LogRow(
                stream,
                f"{step.clause} {step.title.id}",
                noted.at,
                str(noted.by.role),
                noted.by.id,
                told,
                f"{stream}/{entry.version}",
                entry.version,
            )
        )
    return tuple(rows)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
