"""One move further: the straightest, a detour, or one that cannot be right.

What walks over the table choose from; who draws the choices is left to ``strategies`` and ``host``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

import attrs

from ..refusal import Refusal
from ..workflow import Role, Step
from .moves import AGAIN, SPOILT, STRANGER, Life, Move, manners
from .ways import roads

__all__ = ["May", "Said", "aside", "known_roads", "row_of", "straight_on", "wrong_moves"]

Said = Mapping[type, Sequence[str]]
"""Manners of commands in place of the usual ones."""
May = Callable[[Move], bool]
"""Whether a move is made at all."""


def _everything(_: Move) -> bool:
    return True


@lru_cache(32)
def known_roads(life: Life, may: May = _everything) -> dict[Step, Life]:
    """Return the shortest way on to each row, looked for once; see ``ways.roads``."""
    return roads(life, may=may)


def straight_on(life: Life, said: Said, may: May = _everything) -> Life | None:
    """Return the life after the straightest move that fits, or None where none does."""
    for row in life.rows:
        how = said.get(row.command, ("",))[0]
        after = _first_of(life, row, (how, *manners(row.command, life.office)), may)
        if after is not None:
            return after
    return None


def aside(life: Life, first: int, manner: int, said: Said, may: May = _everything) -> Life | None:
    """Return the life after the first row of the table, from ``first`` on and round, that fits.

    So a row that was drawn means the same thing in whatever life it is made a part of.
    """
    steps = life.procedure.steps
    for step in (*steps[first:], *steps[:first]):
        if step not in life.rows:
            continue
        known = said.get(step.command) or manners(step.command, life.office)
        after = _first_of(life, step, (known[manner % len(known)], ""), may)
        if after is not None:
            return after
    return None


def row_of(life: Life, row: Step, may: May = _everything) -> Life | None:
    """Return the life after ``row``, in the first manner that fits, or None if none does."""
    return _first_of(life, row, manners(row.command, life.office), may)


def _first_of(life: Life, row: Step, hows: Sequence[str], may: May) -> Life | None:
    for how in dict.fromkeys(hows):
        move = Move(row.role, row.command, how)
        after = life.after(move) if may(move) else None
        if after is not None:
            return after
    return None


def wrong_moves(life: Life, command: type | None = None) -> tuple[Move, ...]:
    """Return moves that ``life`` refuses, the plainest first; with ``command`` those of it alone.

    The wrong person, the wrong time, a payment told twice, a content that is spoilt.
    """
    commands = [command] if command else dict.fromkeys(s.command for s in life.procedure.steps)
    return tuple(
        move
        for one in commands
        for move in _hardly_right(life, one)
        if life.asks(move) is not None and isinstance(life.then(move), Refusal)
    )


def _hardly_right(life: Life, command: type) -> Iterator[Move]:
    rows = [step for step in life.procedure.steps if step.command is command]
    able = {role for row in rows for role in row.roles}
    if all(row not in life.rows for row in rows):
        yield Move(rows[0].role, command)
        return
    yield from (Move(role, command) for role in Role if role not in able)
    if Role.APPLICANT in able and life.entries:
        yield Move(STRANGER, command)
    yield from (Move(rows[0].role, command, how) for how in AGAIN.get(command, ()))
    for field in attrs.fields(command):
        yield Move(rows[0].role, command, SPOILT + field.name)
