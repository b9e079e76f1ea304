"""How a case comes to each row of a table: the shortest life that leads there, really lived.

Every command is decided and every event taken in as at a desk, so what a row says can be shown
with a case that has come to it. No store, no clock: time goes on by office hours.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from ..desk import Entry
from ..office import Office
from ..workflow import Procedure, Step
from .moves import Life, Move, manners

__all__ = ["onward", "roads", "ways"]


def ways(
    procedure: Procedure,
    office: Office,
    start: dt.datetime,
    wanted: Callable[[Step], bool] = lambda _: True,
) -> dict[Step, tuple[Entry, ...]]:
    """Return for each ``wanted`` row the shortest history that ends with it, in table order.

    ``start``: when the case is opened, aware. A row that no history was found for is left out.
    """
    found = roads(Life(office, procedure, start), wanted)
    return {step: life.entries for step, life in found.items()}


def roads(
    life: Life,
    wanted: Callable[[Step], bool] = lambda _: True,
    may: Callable[[Move], bool] = lambda _: True,
) -> dict[Step, Life]:
    """Return for each ``wanted`` row the shortest way on from ``life`` that ends with it.

    Only moves that ``may`` be made are tried.
    """
    procedure = life.procedure
    found: dict[Step, Life] = {}
    missing = {step for step in procedure.steps if wanted(step)}
    queue = deque([life])
    # what leaves no trace in the facts may still open a way: it tells places apart as well
    traceless = tuple({
        step.event
        for step in procedure.steps
        if not (step.to or step.gives or step.clears or step.chooses)
    })  # fmt: skip
    seen: set[tuple[Any, ...]] = set()
    while queue and missing:
        for longer in onward(queue.popleft(), may):
            step, state = longer.entries[-1].step, longer.state
            if step in missing:
                missing.discard(step)
                found[step] = longer
            place = (
                state.phase,
                state.facts,
                *(kind in state.latest for kind in traceless),
                # one payment and two of the same sum are not the same case
                *(min(2, len(state.kept.get(kind, ()))) for kind in procedure.keeps),
            )
            if place not in seen:
                seen.add(place)
                queue.append(longer)
    return {step: found[step] for step in procedure.steps if step in found}


def onward(life: Life, may: Callable[[Move], bool] = lambda _: True) -> Iterator[Life]:
    """Give ``life`` as each row would lead it on, in each manner that makes a difference."""
    state = life.state
    for step in life.procedure.steps:
        if not step.fits(state.phase, state.facts) or step.lacks(state.facts):
            continue
        for how in manners(step.command, life.office):
            move = Move(step.role, step.command, how)
            after = life.after(move) if may(move) else None
            if after is not None:
                yield after
