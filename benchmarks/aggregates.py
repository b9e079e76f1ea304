"""A request as an aggregate of ``eventsourcing``; imported only if that package is here.

Classes stand at the top of a module because the package finds them by their names again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eventsourcing.domain import Aggregate, event

__all__ = ["Kept", "Walked", "kept"]


class Kept(Aggregate):
    """Keeps the latest event of each kind."""

    @event("Opened")
    def __init__(self, name: str, fields: Any) -> None:
        self.latest = {name: fields}

    @event("Happened")
    def happen(self, name: str, fields: Any) -> None:
        self.latest[name] = fields


class Walked(Aggregate):
    """Walks a table of rows: see ``works.steps``."""

    @event("Opened")
    def __init__(self, phase: str, facts: frozenset[str]) -> None:
        self.phase, self.facts = phase, facts
        self.latest: dict[str, Any] = {}

    def do(self, rows: Iterable[Any], role: str, chosen: frozenset[str], brought: Any) -> bool:
        """Take the first of ``rows``, those of a command, that is there; say whether one was."""
        for row in rows:
            if self.phase in row.at and row.fits(self.facts, role):
                self.taken(row, chosen, brought)
                return True
        return False

    @event("Taken")
    def taken(self, row: Any, chosen: frozenset[str], brought: Any) -> None:
        self.phase, self.facts = row.to or self.phase, row.after(self.facts, chosen)
        self.latest[row.command] = brought


def kept(happened: Iterable[tuple[str, Any]]) -> Kept:
    """Return an aggregate of these names and fields, its events not yet collected."""
    first, *rest = happened
    case = Kept(*first)
    for one in rest:
        case.happen(*one)
    return case
