"""Cases: moves that fit a life and moves that do not, whole lives, and logs with planted faults.

A life is the straight way over the table, and some detours that are drawn. So few things are
drawn, and what a life shrinks to is the straightest one that still shows what is looked for, in
words that can be pasted into a test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ...documents.asker import Channel, Segment
from ...office import Office
from ...refusal import Refusal
from ...request import commands as c
from ...workflow import Actor, Procedure, Step
from ..host import Scope
from ..logs import Plant, Planted, plant
from ..moves import CLOCK, DUE, NEARLY, START, Life, Move, manners, said_basket
from ..walks import aside, known_roads, straight_on, wrong_moves
from .things import baskets, maps, microdata, publications

__all__ = [
    "fitting_commands",
    "lives",
    "moves",
    "planted_logs",
    "plays",
    "refusals",
    "refused_commands",
    "refused_moves",
]

_LONGEST = 60
"""Events after which a life is left as it is; none that was drawn comes near it."""


def moves(life: Life) -> SearchStrategy[Move]:
    """Give moves that fit ``life``: the table takes each. Empty where the life is over."""
    onward = tuple(life.onward())
    return _fitting_move(life, onward) if onward else st.nothing()


def refused_moves(life: Life) -> SearchStrategy[Move]:
    """Give moves that do not fit ``life``: the wrong person, the wrong time, a spoilt content."""
    found = wrong_moves(life)
    return st.sampled_from(found) if found else st.nothing()


def fitting_commands(life: Life) -> SearchStrategy[tuple[Actor, Any]]:
    """Give commands that fit ``life``, each with who may give it."""
    return moves(life).map(lambda move: (move.actor, life.asks(move)))


def refused_commands(life: Life) -> SearchStrategy[tuple[Actor, Any]]:
    """Give commands that ``life`` refuses, each with who tries; ``life.then`` says why."""
    return refused_moves(life).map(lambda move: (move.actor, life.asks(move)))


def refusals(life: Life) -> SearchStrategy[Refusal]:
    """Give refusals as ``life`` answers them: what your pages must be able to show."""

    def answered(move: Move) -> Refusal:
        answer = life.then(move)
        assert isinstance(answer, Refusal)  # noqa: S101 - the move was chosen for that
        return answer

    return refused_moves(life).map(answered)


def lives(
    office: Office | str = "3317",
    procedure: Procedure | str = "request",
    *,
    whole: bool = True,
    start: dt.datetime = START,
) -> SearchStrategy[Life]:
    """Give legal lives of a case: each event was decided by the table of ``office``.

    ``whole``: until the case rests at an end, and sometimes beyond; else of any length, from none.
    With an office by its code or path most lives first come to a row of the table by the
    shortest way, each row as often as any other; that is looked for once, and takes a second.
    """
    begun = Life.begin(office, procedure, start)
    if not isinstance(office, str):
        return _lives(begun, whole, {})
    # looked for when the test begins, and in no draw that hypothesis takes the time of
    return st.deferred(lambda: _lives(begun, whole, known_roads(begun)))


@st.composite
def _lives(draw: st.DrawFn, begun: Life, whole: bool, ways: Mapping[Step, Life]) -> Life:
    life = begun
    said = {
        c.OpenRequest: [draw(_openings(life.office))],
        c.ChooseProducts: [draw(_BASKETS)],
    }
    steps = life.procedure.steps
    goal = _goal(draw, steps) if ways else None
    if goal is not None:
        life = ways.get(goal, begun)
    place = st.integers(0, len(steps) - 1)
    detours = draw(st.lists(st.tuples(_STRAIGHT, place, _MANNER), max_size=4))
    for straight, row, manner in detours:
        for _ in range(straight):
            if not life.ended:
                life = straight_on(life, said) or life
        life = aside(life, row, manner, said) or life
    while not life.ended and len(life.entries) < _LONGEST:
        longer = straight_on(life, said)
        if longer is None:
            break
        life = longer
    if whole:
        return life
    kept = draw(st.integers(0, len(life.moves)))
    for move in life.moves[:kept]:
        begun = begun.after(move) or begun
    return begun


def planted_logs(
    office: Office | str = "3317",
    procedure: Procedure | str = "request",
    *,
    plants: Sequence[Plant] = tuple(Plant),
    max_cases: int = 3,
) -> SearchStrategy[tuple[Planted, ...]]:
    """Give event logs: the rows of some cases, in each something of ``plants``, known by name.

    Join the ``rows`` for one log; what stands in ``plant``, ``clauses`` and ``late`` must be found
    in it, and nothing else. The first of ``plants`` is what a log shrinks to.
    """
    week = dt.timedelta(days=7)
    cases = [lives(office, procedure, start=START + n * week) for n in range(max_cases)]
    return _planted_logs(cases, plants)


@st.composite
def _planted_logs(
    draw: st.DrawFn, cases: Sequence[SearchStrategy[Life]], plants: Sequence[Plant]
) -> tuple[Planted, ...]:
    found: list[Planted] = []
    for n in range(draw(st.integers(1, len(cases)))):
        life = draw(cases[n])
        random = Random(draw(st.integers(0, 2**16)))  # noqa: S311 - where it is planted, no secret
        first = draw(st.integers(0, len(plants) - 1))
        wanted = (*plants[first:], *plants[:first])
        made = next(
            (p for what in wanted if (p := _planted(what, f"k{n + 1}", life, random))), None
        )
        if made is not None:
            found.append(made)
    return tuple(found)


def _planted(what: Plant, case: str, life: Life, random: Random) -> Planted | None:
    return plant(what, case, life.entries, life.office, random, life.procedure)


def _goal(draw: st.DrawFn, steps: Sequence[Step]) -> Step | None:
    """Return the row to which a life is led, for one life in four none."""
    unled = len(steps) // 3 + 1
    n = draw(st.integers(0, unled + len(steps) - 1))
    return steps[n - unled] if n >= unled else None


# -- walking ------------------------------------------------------------------------------------

_BASKETS = baskets(max_size=3).map(said_basket)
_STRAIGHT, _MANNER = st.integers(0, 24), st.integers(0, 2)


@cache
def _openings_of(doors: tuple[Channel, ...]) -> SearchStrategy[str]:
    return st.builds(
        lambda door, segment, abroad, en: (
            "/".join([door, segment, *["abroad"] * abroad, *["en"] * en])
            if (door, segment, abroad, en) != (Channel.ONLINE, Segment.INDIVIDUAL, False, False)
            else ""
        ),
        st.sampled_from([d for d in (Channel.ONLINE, Channel.WALK_IN) if d in doors]),
        st.sampled_from(Segment),
        st.booleans(),
        st.booleans(),
    )


def _openings(office: Office) -> SearchStrategy[str]:
    return _openings_of(office.doors)


@st.composite
def _fitting_move(draw: st.DrawFn, life: Life, onward: Sequence[Move]) -> Move:
    move = draw(st.sampled_from(onward))
    assert move.command is not None  # noqa: S101
    if move.command is c.OpenRequest:
        how = draw(_openings(life.office))
    elif move.command is c.ChooseProducts:
        how = draw(_BASKETS)
    else:
        how = draw(st.sampled_from(manners(move.command, life.office)))
    other = Move(move.who, move.command, how)
    return other if life.after(other) is not None else move


def plays(scope: Scope) -> SearchStrategy[tuple[Move, ...]]:
    """Give moves to play against a host: a life within ``scope``, and wrong moves on its way."""
    return st.deferred(lambda: _plays(scope, known_roads(scope.begin(), scope.may)))


@st.composite
def _plays(draw: st.DrawFn, scope: Scope, ways: Mapping[Step, Life]) -> tuple[Move, ...]:
    begun = life = scope.begin()
    steps = life.procedure.steps
    kinds = _basket_of_kinds(tuple(scope.kinds))
    said = {c.OpenRequest: [draw(_openings(life.office))], c.ChooseProducts: [draw(kinds)]}
    played: list[Move] = []
    goal = _goal(draw, steps)
    if goal is not None:
        for move in ways.get(goal, begun).moves:
            life = _further(life, life.after(scope.as_played(move)), played)
    turns = st.tuples(
        _STRAIGHT, st.sampled_from(_TURNS), st.integers(0, len(steps) - 1), st.integers(0, 9)
    )
    for straight, kind, row, manner in draw(st.lists(turns, max_size=10)):
        for _ in range(straight):
            if not life.ended:
                life = _further(life, straight_on(life, said, scope.has), played)
        if kind in (DUE, NEARLY) and scope.clock:
            life = _further(life, life.after(Move(CLOCK, None, kind)), played)
        elif kind == _WRONG and scope.wrong:
            played.extend(_wrong(life, row, manner, scope))
        else:
            life = _further(life, aside(life, row, manner, said, scope.has), played)
    while not life.ended and len(life.entries) < _LONGEST:
        longer = straight_on(life, said, scope.has)
        if longer is None:
            break
        life = _further(life, longer, played)
    return tuple(played)


_WRONG = "wrong"
_TURNS = ("aside", _WRONG, _WRONG, DUE, NEARLY)


def _further(life: Life, after: Life | None, played: list[Move]) -> Life:
    if after is None:
        return life
    played.append(after.moves[-1])
    return after


def _wrong(life: Life, first: int, n: int, scope: Scope) -> list[Move]:
    """Return one wrong move about the first command, from ``first`` on and round, that has one."""
    steps = life.procedure.steps
    for command in dict.fromkeys(s.command for s in (*steps[first:], *steps[:first])):
        found = [move for move in wrong_moves(life, command) if scope.has(move)]
        if found:
            return [found[n % len(found)]]
    return []


@cache
def _basket_of_kinds(kinds: tuple[str, ...]) -> SearchStrategy[str]:
    products: dict[str, SearchStrategy[Any]] = {
        "publication": publications(),
        "microdata": microdata().filter(lambda m: not m.processed),
        "tabulation": microdata().filter(lambda m: m.processed),
        "map": maps(),
    }
    some = st.one_of([products[kind] for kind in kinds])
    return baskets(max_size=3, of=some).map(said_basket)
