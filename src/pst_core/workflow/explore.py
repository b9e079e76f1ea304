"""The exhaustive walk: every reachable combination of phase and facts, and what is wrong there.

The walk assumes that people can bring what a check asks for, and tries every choice that an
event's content can make. Rules watch the *events* on the way, not the facts that the table keeps,
so a wrong row cannot hide behind a fact it sets itself. Where one event can mean two things (a
payment in part, a payment in full), a rule names the event with the fact that it made true.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from ..text import Text
from .step import Fact, Phase, Role, Step

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["Before", "Happening", "Once", "Problem", "Rule", "Walk", "explore"]


Happening = type | tuple[type, Fact]
"""An event, or an event that made a fact true."""


@attrs.frozen
class Before:
    """``event`` happens only after one of ``needs``, counted anew after each of ``since``.

    ``only_for`` limits the rule to cases with that fact at the time of ``event``, ``not_for`` to
    those without it.
    """

    text: Text
    event: type
    needs: tuple[Happening, ...]
    since: tuple[Happening, ...] = ()
    only_for: Fact | None = None
    not_for: Fact | None = None


@attrs.frozen
class Once:
    """No two of ``events`` happen on one way, counted anew after each of ``since``."""

    text: Text
    events: tuple[Happening, ...]
    since: tuple[Happening, ...] = ()


Rule = Before | Once


@attrs.frozen
class Problem:
    """Something wrong in the table, with the shortest way that shows it."""

    kind: str
    text: Text
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        way = " -> ".join(self.path) or "(start)"
        return f"{self.kind}: {self.text.en} [{way}]"


@attrs.frozen
class Walk:
    """What the walk saw."""

    places: int
    """Reachable combinations of phase and facts."""
    moves: int
    """Firings of rows between them."""
    problems: tuple[Problem, ...]


Place = tuple[Phase, frozenset[Fact]]
Node = tuple[int, int]
"""A place by its number, and the marks of the rules: one bit each."""


_Meaning = tuple[int, int, int, tuple[tuple[int, Before], ...]]
"""Rules of whose events a row is one, those it leaves as they are, those it must be the first of,
and those that guard it."""


@attrs.frozen
class _Move:
    """One firing of a row at a place, with what the rules make of it, a bit a rule."""

    step: Step
    target: int
    now: int
    """Rules of whose events it is one."""
    kept: int
    """Rules that it does not begin anew."""
    needs: int
    """Rules whose mark must be there."""
    once: int
    """Rules whose mark must not be there."""


def explore(procedure: Procedure) -> Walk:
    """Walk ``procedure`` breadth first and return what is there and what is wrong."""
    return _Walker(procedure).walk()


class _Walker:
    """What a place allows is worked out once; the walk itself goes over numbers."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        first: Place = (procedure.start, frozenset())
        self.places = [first]
        self.numbers = {first: 0}
        self.start: Node = (0, 0)
        self.came: dict[Node, tuple[Node, Step] | None] = {self.start: None}
        self.back: dict[Node, list[Node]] = {self.start: []}
        self.fired: set[Step] = set()
        self.problems: dict[tuple[str, str], Problem] = {}
        self.led_to: set[int] = set()
        self.moves = 0
        self.expanded: dict[int, tuple[_Move, ...]] = {}
        self.means: dict[tuple[int, tuple[Fact, ...]], _Meaning] = {}
        self.rows = {
            phase: tuple(s for s in procedure.steps if phase in s.at) for phase in procedure.phases
        }

    def walk(self) -> Walk:
        queue = deque([self.start])
        came, back, expanded = self.came, self.back, self.expanded
        while queue:
            node = queue.popleft()
            place, marks = node
            moves = expanded.get(place)
            if moves is None:
                phase, facts = self.places[place]
                rows = [s for s in self.rows.get(phase, ()) if s.fits(phase, facts)]
                self._look_at(node, rows)
                moves = expanded[place] = tuple(self._moves(place, rows))
                # whoever is led to the start again has a case, which must be somebody's turn
                for move in moves:
                    if move.target not in self.led_to:
                        self.led_to.add(move.target)
                        self._look_for_a_turn(move.target, (*self._way(node), _label(move.step)))
            self.moves += len(moves)
            for move in moves:
                broken = (move.needs & ~marks) | (move.once & marks)
                if broken:
                    self._broken(broken, node, move.step)
                target = (move.target, move.now | (marks & move.kept))
                if target not in came:
                    came[target] = (node, move.step)
                    back[target] = []
                    queue.append(target)
                back[target].append(node)
        self._find_dead_ends()
        for step in self.procedure.steps:
            if step not in self.fired:
                self._report(
                    "never-fires",
                    f"{step.clause} {step.command.__name__} at {', '.join(step.at)}",
                    Text(
                        id=f"baris {step.clause} {step.command.__name__} tidak pernah terjadi",
                        en=f"the row {step.clause} {step.command.__name__} never fires",
                    ),
                    (),
                )
        for event in {s.event for s in self.procedure.steps}:
            posts = {s.posts for s in self.procedure.steps if s.event is event}
            if len(posts) > 1:
                self._report(
                    "posts-differ",
                    event.__name__,
                    Text(
                        id=f"baris-baris {event.__name__} membukukan hal yang berbeda",
                        en=f"the rows of {event.__name__} post different entries",
                    ),
                    (),
                )
        return Walk(len(self.places), self.moves, tuple(self.problems.values()))

    def _moves(self, place: int, rows: list[Step]) -> Iterator[_Move]:
        phase, facts = self.places[place]
        for step in rows:
            if step.lacks(facts):
                continue
            self.fired.add(step)
            for chosen in step.chooses or ((),):
                target = step.after(phase, facts, chosen)
                number = self.numbers.get(target)
                if number is None:
                    number = self.numbers[target] = len(self.places)
                    self.places.append(target)
                key = (id(step), chosen)
                means = self.means.get(key) or self._meaning(step, chosen)
                self.means[key] = means
                now, kept, once, guards = means
                needs = 0
                for bit, rule in guards:
                    concerned = rule.only_for is None or rule.only_for in facts
                    if concerned and rule.not_for not in facts:
                        needs |= bit
                yield _Move(step, number, now, kept, needs, once)

    def _meaning(self, step: Step, chosen: tuple[Fact, ...]) -> _Meaning:
        """Return what ``step`` is to the rules, whatever place it is taken from."""
        event = step.event
        happened: set[Happening] = {event, *((event, fact) for fact in (*step.gives, *chosen))}
        now = anew = once = 0
        guards = []
        for n, rule in enumerate(self.procedure.rules):
            bit = 1 << n
            events = rule.events if isinstance(rule, Once) else rule.needs
            if not happened.isdisjoint(events):
                now |= bit
                once |= bit if isinstance(rule, Once) else 0
            if not happened.isdisjoint(rule.since):
                anew |= bit
            if isinstance(rule, Before) and event is rule.event:
                guards.append((bit, rule))
        return now, ~anew, once, tuple(guards)

    def _broken(self, broken: int, node: Node, step: Step) -> None:
        for n, rule in enumerate(self.procedure.rules):
            if broken & 1 << n:
                way = (*self._way(node), _label(step))
                self._report("rule-broken", rule.text.en, rule.text, way)

    def _look_at(self, node: Node, fitting: list[Step]) -> None:
        """Report what is wrong at a place that the walk has come to for the first time."""
        phase = self.places[node[0]][0]
        rows: dict[tuple[type, Role], Step] = {}
        for step in fitting:
            other = rows.setdefault((step.command, step.role), step)
            if other is not step:
                self._report(
                    "ambiguous",
                    f"{step.command.__name__} at {phase}",
                    Text(
                        id=f"{step.command.__name__} punya dua baris pada {phase}",
                        en=f"{step.command.__name__} has two rows at {phase}",
                    ),
                    self._way(node),
                )

    def _look_for_a_turn(self, place: int, way: tuple[str, ...]) -> None:
        """Report that nobody has a turn at ``place``, to which ``way`` leads, if it is so."""
        phase, facts = self.places[place]
        if self._rests(place) or self.procedure.whose(phase, facts):
            return
        named = ", ".join(sorted(facts))
        self._report(
            "nobodys-turn",
            phase,
            Text(
                id=f"tidak ada yang mendapat giliran pada {phase} ({named})",
                en=f"it is nobody's turn at {phase} ({named})",
            ),
            way,
        )

    def _rests(self, place: int) -> bool:
        """Return whether the service is over here and nobody has anything left to do."""
        phase, facts = self.places[place]
        return phase in self.procedure.ends and facts.isdisjoint(self.procedure.leaves)

    def _find_dead_ends(self) -> None:
        rests = [self._rests(place) for place in range(len(self.places))]
        alive = {node for node in self.came if rests[node[0]]}
        queue = deque(alive)
        while queue:
            for source in self.back[queue.popleft()]:
                if source not in alive:
                    alive.add(source)
                    queue.append(source)
        for node in self.came:
            if node not in alive:
                phase = self.places[node[0]][0]
                self._report(
                    "dead-end",
                    phase,
                    Text(
                        id=f"dari {phase} tidak ada jalan ke akhir mana pun",
                        en=f"no ending can be reached from {phase}",
                    ),
                    self._way(node),
                )

    def _way(self, node: Node) -> tuple[str, ...]:
        steps: list[str] = []
        at = node
        while (came := self.came[at]) is not None:
            at, step = came
            steps.append(_label(step))
        return tuple(reversed(steps))

    def _report(self, kind: str, what: str, text: Text, path: tuple[str, ...]) -> None:
        """Keep the first, so the shortest, of each kind and matter."""
        self.problems.setdefault((kind, what), Problem(kind, text, path))


def _label(step: Step) -> str:
    return f"{step.clause} {step.event.__name__}"
