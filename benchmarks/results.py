"""What a run found, as values that can be kept: ``docs/speed.json`` holds the last whole run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs

from pst_core.text import Text

__all__ = ["Row", "Run", "Table", "load", "save"]


@attrs.frozen
class Row:
    """One candidate, or one size of a curve: what a call costs, and beside ours (the smallest).

    ``low`` and ``high`` are the quartiles of the rounds, ``ratio`` the median of the rounds'
    ratios. ``goal`` is "ahead" (it should cost at least ``wanted`` times what we cost), "within"
    (we should cost at most ``wanted`` times what it costs), "flat" (at most ``wanted`` times the
    smallest) or nothing.
    """

    name: Text
    median: float
    low: float
    high: float
    ratio: float
    package: str = ""
    version: str = ""
    goal: str = ""
    wanted: float = 0.0

    @property
    def reached(self) -> float:
        """The figure that stands beside ``wanted``."""
        return 1 / self.ratio if self.goal == "within" else self.ratio

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.reached >= self.wanted if self.goal == "ahead" else self.reached <= self.wanted


@attrs.frozen
class Table:
    """What one race or curve found. ``unit`` is "s" (seconds a call) or "B" (bytes)."""

    work: str
    key: str
    title: Text
    unit: str
    curve: bool
    rows: tuple[Row, ...]


@attrs.frozen
class Run:
    """All tables of one run, on which machine, and which peers were not there."""

    at: str
    quick: bool
    machine: dict[str, str]
    missing: tuple[str, ...]
    tables: tuple[Table, ...]


def save(run: Run, path: Path) -> None:
    """Write ``run`` as JSON."""
    path.write_text(json.dumps(attrs.asdict(run), ensure_ascii=False, indent=1) + "\n", "utf-8")


def load(path: Path) -> Run:
    """Return the run that ``save`` wrote."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    tables = tuple(
        Table(
            **{
                **table,
                "title": Text(**table["title"]),
                "rows": tuple(Row(**{**row, "name": Text(**row["name"])}) for row in table["rows"]),
            }
        )
        for table in found.pop("tables")
    )
    return Run(**{**found, "missing": tuple(found["missing"])}, tables=tables)
