"""Replaying a log over a table: where a case may stand, and the cheapest way to explain it.

A log seldom tells the facts that a table sees (whether the basket has microdata, say), so a case
stands at a *set* of places, and each event leaves the places from which a row explains it. A case
that no places explain is repaired at the least cost: steps that must have been skipped, events
that cannot have happened there, people who may not. No order of steps is written here: there is
none but the rows'.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from itertools import count
from typing import NamedTuple

import attrs

from ..workflow import Fact, Phase, Procedure, Role, Step
from .logs import Told

__all__ = ["Act", "Explained", "Fit", "Move", "Places", "Replay"]

Place = tuple[Phase, frozenset[Fact]]
Places = frozenset[Place]

Roles = tuple[Role, ...]
"""Those whose turn it is; none where nobody is waited for."""

_Taken = tuple["Fit", "int | None", int]
"""How an act was taken, the index of its event (None for none), and the act's number."""


class Fit(StrEnum):
    """How an event and the table go together."""

    AS_WRITTEN = "as-written"
    WRONG_ROLE = "wrong-role"
    """As written but for who did it."""
    NOT_NOW = "not-now"
    """In the log alone: no row is there for it at that point."""
    SKIPPED = "skipped"
    """In the table alone: without it what follows could not be."""


# what a repair costs: a step is more often left out of a log than an event too many is in it, and
# rows that nobody waits for, or of the clock, the less often; an early event and its late place
# are one mistake, so the other half of it costs less than a second one
_COST = 10
_UNLIKELY = 11
_TOO_MANY = 12
_OTHER_HALF = 5
_TRIES = 1500


@attrs.frozen
class Act:
    """An event of a log as the table sees it: the rows it may be, who did it, what it tells."""

    steps: tuple[Step, ...]
    role: Role | None = None
    told: Told = ()


@attrs.frozen
class Move:
    """One step of an explanation: event ``index`` of the case, or None for a skipped step.

    ``before`` and ``after`` are the places that agree with the whole case, later events included.
    """

    fit: Fit
    index: int | None
    act: Act
    before: Places
    after: Places
    steps: tuple[Step, ...]
    """The rows that it was, mostly one; for an event that fits nowhere, those it may have been."""


@attrs.frozen
class Explained:
    """A case over the table. ``exact`` is False if a cheaper explanation may exist."""

    moves: tuple[Move, ...]
    exact: bool = True


class _Node(NamedTuple):
    upto: int
    """How many events are explained."""
    at: int
    early: frozenset[type] = frozenset()
    """Events met where they cannot be, whose place has not come yet."""
    skipped: frozenset[type] = frozenset()
    """Steps skipped, whose event has not come yet."""


class Replay:
    """The table of ``procedure`` made ready for replaying; remembers what it has worked out.

    ``silent`` rows happen without the log telling of it.
    """

    def __init__(self, procedure: Procedure, silent: frozenset[Step] = frozenset()) -> None:
        self.procedure = procedure
        self._silent = Act(tuple(s for s in procedure.steps if s in silent))
        self._seen_facts = _facts_seen(procedure)
        self._fired: dict[tuple[Place, int], tuple[tuple[Step, Place], ...]] = {}
        self._reached: dict[tuple[Place, int], Places] = {}
        self._sets: dict[Places, int] = {}
        self._places: list[Places] = []
        self._next: dict[tuple[int, int], int] = {}
        self._acts: dict[Act, int] = {}
        self._act: list[Act] = []
        self.turns_at = cache(self._turns_at)
        self._skips_of = cache(self._skips)
        self._anyones = cache(self._by_anyone)
        self._quiet = self.number(self._silent)
        self._start = self._set(self._closed((procedure.start, frozenset())))

    def number(self, act: Act) -> int:
        """Return the number of ``act``: alike acts have the same."""
        found = self._acts.get(act)
        if found is None:
            found = self._acts[act] = len(self._act)
            self._act.append(act)
        return found

    def act(self, number: int) -> Act:
        """Return the act that has ``number``."""
        return self._act[number]

    def _turns_at(self, places: Places) -> tuple[Roles, Roles]:
        """Return whose turn it may be: as much the applicant's as can be, and as little."""
        # in a fixed order, so that the same log always reads the same
        whose = sorted({self.procedure.whose(*place) for place in places})
        return min(whose, key=_of_office), max(whose, key=_of_office)

    def explain(self, case: Sequence[int]) -> Explained:
        """Return how the acts of ``case`` (their numbers, in order) go over the table."""
        at, way = self._start, []
        for index, act in enumerate(case):
            at = self._after(at, act)
            if at < 0:
                return self._repair(case)
            way.append((Fit.AS_WRITTEN, index, act))
        return Explained(self._moves(way, case))

    # -- places -------------------------------------------------------------------------------

    def _after(self, at: int, act: int) -> int:
        """Return the places after ``act``, -1 if there is none."""
        key = (at, act)
        found = self._next.get(key)
        if found is None:
            places = frozenset().union(*(self._from(p, act) for p in self._places[at]))
            found = self._next[key] = self._set(places) if places else -1
        return found

    def _from(self, place: Place, act: int) -> Places:
        """Return where ``act`` leads from ``place``, silent rows after it included."""
        key = (place, act)
        found = self._reached.get(key)
        if found is None:
            parts = [self._closed(target) for _, target in self._fire(place, act)]
            found = self._reached[key] = frozenset().union(*parts)
        return found

    def _fire(self, place: Place, number: int) -> tuple[tuple[Step, Place], ...]:
        key = (place, number)
        found = self._fired.get(key)
        if found is None:
            found = self._fired[key] = tuple(self._firings(place, self._act[number]))
        return found

    def _firings(self, place: Place, act: Act) -> Iterable[tuple[Step, Place]]:
        phase, facts = place
        for step in act.steps:
            if act.role is not None and act.role not in step.roles:
                continue
            if not step.fits(phase, facts) or step.lacks(facts):
                continue
            choices = {f for choice in step.chooses for f in choice}
            told = [(fact, holds) for fact, holds in act.told if fact in choices]
            for chosen in step.chooses or ((),):
                if all((fact in chosen) == holds for fact, holds in told):
                    after, now = step.after(phase, facts, chosen)
                    yield step, (after, now & self._seen_facts)

    def _closed(self, place: Place) -> Places:
        """Return ``place`` and every place to which silent rows lead from it."""
        found, left = {place}, [place]
        while left:
            for _, target in self._fire(left.pop(), self._quiet):
                if target not in found:
                    found.add(target)
                    left.append(target)
        return frozenset(found)

    def _set(self, places: Places) -> int:
        found = self._sets.get(places)
        if found is None:
            found = self._sets[places] = len(self._places)
            self._places.append(places)
        return found

    # -- repairing ----------------------------------------------------------------------------

    def _repair(self, case: Sequence[int]) -> Explained:
        """Search for the cheapest explanation: A*, over index and places."""
        always = set(self._act[case[0]].told) if case else set()
        for number in case:
            always &= set(self._act[number].told)
        skips = self._skips_of(tuple(sorted(always)))
        anyone = {n: self._anyones(n) for n in set(case)}
        kinds = {n: frozenset(s.event for s in self._act[n].steps) for n in set(case)}
        to_come = [frozenset[type]()]
        for number in reversed(case):
            to_come.append(to_come[-1] | kinds[number])
        to_come.reverse()
        reaches: dict[tuple[int, int], bool] = {}

        def at_least(node: _Node) -> int:
            """Return what it costs to come to the end from ``node``, or less."""
            if self._reaches(node.upto, node.at, case, reaches):
                return 0
            half = node.early or node.skipped & to_come[node.upto]
            return _OTHER_HALF if half else _COST

        start = _Node(0, self._start)
        came: dict[_Node, tuple[_Node, _Taken] | None] = {start: None}
        best = {start: 0}
        order = count()
        queue = [(0, 0, next(order), start)]
        furthest, tries = start, 0
        done: set[_Node] = set()
        while queue:
            _, _, _, node = heapq.heappop(queue)
            if node in done:
                continue
            done.add(node)
            if node.upto == len(case):
                return Explained(self._moves(_way(came, node), case))
            if node.upto > furthest.upto:
                furthest = node
            tries += 1
            if tries > _TRIES:
                break
            for more, target, move in self._repairs(node, case, skips, anyone, kinds):
                total = best[node] + more
                if total < best.get(target, total + 1):
                    best[target], came[target] = total, (node, move)
                    heapq.heappush(
                        queue, (total + at_least(target), -target.upto, next(order), target)
                    )
        way = _way(came, furthest)
        way += self._straight(furthest, case, anyone)
        return Explained(self._moves(way, case), exact=False)

    def _by_anyone(self, number: int) -> int:
        return self.number(attrs.evolve(self._act[number], role=None))

    def _reaches(
        self, index: int, at: int, case: Sequence[int], known: dict[tuple[int, int], bool]
    ) -> bool:
        """Return whether the rest of ``case`` from ``index`` on goes as written from there."""
        passed = []
        while (found := known.get((index, at))) is None:
            passed.append((index, at))
            if index == len(case):
                found = True
                break
            at = self._after(at, case[index])
            index += 1
            if at < 0:
                found = False
                break
        known.update(dict.fromkeys(passed, found))
        return found

    def _repairs(
        self,
        node: _Node,
        case: Sequence[int],
        skips: dict[Phase, tuple[tuple[type, int, int], ...]],
        anyone: dict[int, int],
        kinds: dict[int, frozenset[type]],
    ) -> Iterable[tuple[int, _Node, _Taken]]:
        """Give what may come next: its cost, where it leads, and what it is."""
        act, index = case[node.upto], node.upto
        late = kinds[act] & node.skipped
        after = self._after(node.at, act)
        if after >= 0:
            yield (
                0,
                _Node(index + 1, after, node.early, node.skipped),
                (Fit.AS_WRITTEN, index, act),
            )
        else:
            after = self._after(node.at, anyone[act])
            if after >= 0:
                target = _Node(index + 1, after, node.early, node.skipped)
                yield _COST, target, (Fit.WRONG_ROLE, index, anyone[act])
        yield (
            _OTHER_HALF if late else _TOO_MANY,
            _Node(
                index + 1,
                node.at,
                node.early if late else node.early | kinds[act],
                node.skipped - late,
            ),
            (Fit.NOT_NOW, index, act),
        )
        met: set[int] = set()
        for phase in {phase for phase, _ in self._places[node.at]}:
            for kind, skip, price in skips.get(phase, ()):
                if skip in met:
                    continue
                met.add(skip)
                after = self._after(node.at, skip)
                if after < 0 or after == node.at:
                    continue
                early = kind in node.early
                yield (
                    _OTHER_HALF if early else price,
                    _Node(
                        index,
                        after,
                        node.early - {kind} if early else node.early,
                        node.skipped if early else node.skipped | {kind},
                    ),
                    (Fit.SKIPPED, None, skip),
                )

    def _skips(self, told: Told) -> dict[Phase, tuple[tuple[type, int, int], ...]]:
        """Return by phase what may have been skipped there: event, act, cost."""
        found: dict[Phase, dict[int, tuple[type, int, int]]] = {}
        for step in self.procedure.steps:
            if step in self._silent.steps:
                continue
            alike = tuple(
                s
                for s in self.procedure.steps
                if (s.event, s.clause) == (step.event, step.clause) and s not in self._silent.steps
            )
            act = self.number(Act(alike, None, told))
            awaited = any(not s.aside and s.role is not Role.SYSTEM for s in alike)
            for phase in step.at:
                price = _COST if awaited else _UNLIKELY
                found.setdefault(phase, {})[act] = (step.event, act, price)
        return {phase: tuple(acts.values()) for phase, acts in found.items()}

    def _straight(self, node: _Node, case: Sequence[int], anyone: dict[int, int]) -> list[_Taken]:
        """Go on without skipping anything: what does not fit is left in the log alone."""
        way: list[_Taken] = []
        at = node.at
        for index in range(node.upto, len(case)):
            act = case[index]
            tried = ((Fit.AS_WRITTEN, act), (Fit.WRONG_ROLE, anyone[act]))
            fits = [(fit, a, n) for fit, a in tried if (n := self._after(at, a)) >= 0]
            fit, act, at = fits[0] if fits else (Fit.NOT_NOW, act, at)
            way.append((fit, index, act))
        return way

    # -- looking back -------------------------------------------------------------------------

    def _moves(self, way: Sequence[_Taken], case: Sequence[int]) -> tuple[Move, ...]:
        """Return the moves of ``way`` with the places that agree with all that came later."""
        at = [self._start]
        for fit, _, act in way:
            at.append(at[-1] if fit is Fit.NOT_NOW else self._after(at[-1], act))
        agreed = self._places[at[-1]]
        moves = []
        for (fit, index, act), before in zip(reversed(way), reversed(at[:-1]), strict=True):
            after = agreed
            steps = self._act[act].steps
            if fit is not Fit.NOT_NOW:
                agreed = frozenset(
                    p for p in self._places[before] if not self._from(p, act).isdisjoint(after)
                )
                if len(steps) > 1:
                    fired = {
                        step
                        for p in agreed
                        for step, target in self._fire(p, act)
                        if not self._closed(target).isdisjoint(after)
                    }
                    # in the order of the table, so that the same log always reads the same
                    steps = tuple(step for step in steps if step in fired)
            said = act if index is None else case[index]
            moves.append(Move(fit, index, self._act[said], agreed, after, steps))
        return tuple(reversed(moves))


def _way(came: dict[_Node, tuple[_Node, _Taken] | None], node: _Node) -> list[_Taken]:
    way = []
    while (step := came[node]) is not None:
        node, move = step
        way.append(move)
    return way[::-1]


def _of_office(roles: Roles) -> bool:
    """Return whether it is the office's time; where both sides can act it is."""
    return any(role is not Role.APPLICANT for role in roles)


def _facts_seen(procedure: Procedure) -> frozenset[Fact]:
    """Return the facts that a row or a rule looks at; others tell no places apart."""
    seen: set[Fact] = set(procedure.leaves)
    for step in procedure.steps:
        seen.update(step.when, step.unless)
        for needed in step.requires:
            seen.update(f for f in (needed.fact, needed.only_for) if f is not None)
    for rule in procedure.rules:
        for name in ("only_for", "not_for"):
            fact = getattr(rule, name, None)
            if fact is not None:
                seen.add(fact)
    return frozenset(seen)
