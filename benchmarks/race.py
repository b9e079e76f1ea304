"""A race: candidates that do the same work take turns, round by round; the ratios are the result.

Each ratio is that of one round, and the order turns round by one place each time, so what else the
machine does troubles all alike. Processor time is counted; where disk, server or threads take part
(``wall``), the time on the wall. Before anything is timed the answers must be the same.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

import attrs

from pst_core.text import Text

from .peers import version
from .results import Row, Table

__all__ = ["Candidate", "Curve", "Disagreement", "Race", "Scale", "ahead", "flat", "within"]

T = TypeVar("T")
Clock = Callable[[], float]


class Scale(Enum):
    """How large the work is made, and how often it is done."""

    TEST = (1, 0.0)
    """Answers alone are compared, on small sizes."""
    QUICK = (7, 0.002)
    FULL = (25, 0.01)

    def pick(self, test: T, quick: T, full: T) -> T:
        """Return the one of three that is for this scale."""
        return {Scale.TEST: test, Scale.QUICK: quick, Scale.FULL: full}[self]

    @property
    def rounds(self) -> int:
        """How often each candidate has its turn."""
        return self.value[0]

    @property
    def seconds(self) -> float:
        """How long a turn lasts at least: short calls are repeated."""
        return self.value[1]


Goal = tuple[str, float]


def ahead(times: float) -> Goal:
    """Return the goal that the candidate costs at least ``times`` what we cost."""
    return "ahead", times


def within(times: float) -> Goal:
    """Return the goal that we cost at most ``times`` what the candidate costs."""
    return "within", times


def flat(times: float) -> Goal:
    """Return the goal that no size costs more than ``times`` what the smallest costs."""
    return "flat", times


class Disagreement(Exception):
    """Two candidates that should do the same work do not."""


@attrs.frozen
class Candidate:
    """Who takes part: ``run`` does the work ``calls`` times, ``answer`` says what came of it.

    Without ``answer`` the value of ``run`` is the answer; with ``compared=False`` there is none
    (an empty call, a write without the rest). ``took`` measures itself and returns seconds, or
    bytes in a race of bytes, instead of being timed. ``package``: whose version is told.
    """

    name: Text | str
    run: Callable[[], object]
    calls: int = 1
    package: str = ""
    goal: Goal = ("", 0.0)
    answer: Callable[[], object] | None = None
    compared: bool = True
    took: Callable[[], float] | None = None

    def answered(self) -> object:
        """Return what the work came to."""
        return (self.answer or self.run)()

    @property
    def text(self) -> Text:
        """The name in both languages."""
        return self.name if isinstance(self.name, Text) else Text(self.name, self.name)


@attrs.frozen
class Race:
    """Candidates of one piece of work; the first is ours, and every ratio is to it.

    ``slow``: a turn takes long, so there are fewer of them and nothing is repeated.
    """

    key: str
    title: Text
    candidates: tuple[Candidate, ...]
    unit: str = "s"
    slow: bool = False
    wall: bool = False

    def check(self) -> None:
        """Raise ``Disagreement`` unless all that are compared give the first one's answer."""
        wanted = self.candidates[0].answered()
        for other in self.candidates[1:]:
            if other.compared and (got := other.answered()) != wanted:
                raise Disagreement(
                    f"{self.key}: {other.text.en} answers {_short(got)}, "
                    f"{self.candidates[0].text.en} {_short(wanted)}"
                )

    def measure(self, work: str, scale: Scale) -> Table:
        """Check, then time."""
        self.check()
        turns = _turns(self.candidates, scale, self.wall, self.slow)
        first = turns[0]
        return Table(
            work, self.key, self.title, self.unit, False,
            tuple(_row(c, t, first) for c, t in zip(self.candidates, turns, strict=True)),
        )  # fmt: skip


@attrs.frozen
class Curve:
    """The same work at growing sizes. ``make(size)`` returns the work at that size, once each.

    ``per_size``: what one of the ``size`` things costs is shown, not the whole. Each size takes
    turns with the smallest, which must stay as it was made.
    """

    key: str
    title: Text
    sizes: tuple[int, ...]
    make: Callable[[int], Callable[[], object]]
    per_size: bool = False
    goal: Goal = ("", 0.0)
    wall: bool = False

    def check(self) -> None:
        """Run the smallest size once."""
        self.make(self.sizes[0])()

    def measure(self, work: str, scale: Scale) -> Table:
        """Time each size beside the smallest."""
        rows = []
        base = self._candidate(self.sizes[0])
        for size in self.sizes:
            side = (base,) if size == self.sizes[0] else (base, self._candidate(size))
            turns = _turns(side, scale, self.wall)
            rows.append(
                attrs.evolve(
                    _row(side[-1], turns[-1], turns[0]), goal=self.goal[0], wanted=self.goal[1]
                )
            )
        return Table(work, self.key, self.title, "s", True, tuple(rows))

    def _candidate(self, size: int) -> Candidate:
        return Candidate(f"{size:,}", self.make(size), size if self.per_size else 1)


def _turns(
    candidates: tuple[Candidate, ...], scale: Scale, wall: bool, slow: bool = False
) -> list[list[float]]:
    """Return what a call cost, for each candidate in each round."""
    clock = time.perf_counter if wall else time.process_time
    loops = [1 if slow else _loops(c, scale, clock) for c in candidates]
    found: list[list[float]] = [[] for _ in candidates]
    gc.collect()
    gc.freeze()  # what is there already is not looked through again and again
    try:
        for round_ in range(max(3, scale.rounds // 5) if slow else scale.rounds):
            for nth in range(len(candidates)):
                turn = (round_ + nth) % len(candidates)
                found[turn].append(_once(candidates[turn], loops[turn], clock))
    finally:
        gc.unfreeze()
    return found


def _loops(candidate: Candidate, scale: Scale, clock: Clock) -> int:
    if candidate.took is not None:
        return 1
    candidate.run()  # what is made once only
    started = clock()
    candidate.run()
    return max(1, int(scale.seconds / max(clock() - started, 1e-9)))


def _once(candidate: Candidate, loops: int, clock: Clock) -> float:
    gc.collect()  # nobody pays for what another left behind
    if candidate.took is not None:
        return candidate.took() / candidate.calls
    run = candidate.run
    started = clock()
    for _ in range(loops):
        run()
    return (clock() - started) / loops / candidate.calls


def _row(candidate: Candidate, turns: list[float], first: list[float]) -> Row:
    low, median, high = statistics.quantiles(turns, n=4, method="inclusive")
    return Row(
        name=candidate.text,
        median=median,
        low=low,
        high=high,
        ratio=statistics.median(b / a for a, b in zip(first, turns, strict=True)),
        package=candidate.package,
        version=version(candidate.package) if candidate.package else "",
        goal=candidate.goal[0],
        wanted=candidate.goal[1],
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 200 else text[:200] + "..."
