"""The exhaustive walk: every reachable combination of phase and facts, and what is wrong there.

The walk assumes that people can bring what a check asks for, and tries every choice that an
event's content can make. Rules watch the *events* on the way, not the facts that the table keeps,
so a wrong row cannot hide behind a fact it sets itself.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import attrs

from ..text import Text
from .step import Fact, Phase, Role, Step

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["Before", "Once", "Problem", "Rule", "Walk", "explore"]


@attrs.frozen
class Before:
    """``event`` happens only after one of ``needs``, counted anew after each of ``since``.

    ``only_for`` limits the rule to cases with that fact at the time of ``event``, ``not_for`` to
    those without it.
    """

    text: Text
    event: type
    needs: tuple[type, ...]
    since: tuple[type, ...] = ()
    only_for: Fact | None = None
    not_for: Fact | None = None


@attrs.frozen
class Once:
    """No two of ``events`` happen on one way, counted anew after each of ``since``."""

    text: Text
    events: tuple[type, ...]
    since: tuple[type, ...] = ()


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
Node = tuple[Phase, frozenset[Fact], tuple[bool, ...]]


def explore(procedure: Procedure) -> Walk:
    """Walk ``procedure`` breadth first and return what is there and what is wrong."""
    return _Walker(procedure).walk()


class _Walker:
    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.start: Node = (procedure.start, frozenset(), (False,) * len(procedure.rules))
        self.came: dict[Node, tuple[Node, str] | None] = {self.start: None}
        self.back: dict[Node, set[Node]] = {self.start: set()}
        self.fired: set[Step] = set()
        self.problems: dict[tuple[str, str], Problem] = {}
        self.moves = 0

    def walk(self) -> Walk:
        queue = deque([self.start])
        while queue:
            node = queue.popleft()
            self._look_at(node)
            for step, target in self._moves(node):
                self.moves += 1
                if target not in self.came:
                    self.came[target] = (node, f"{step.clause} {step.event.__name__}")
                    self.back[target] = set()
                    queue.append(target)
                self.back[target].add(node)
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
        places = {(phase, facts) for phase, facts, _ in self.came}
        return Walk(len(places), self.moves, tuple(self.problems.values()))

    def _moves(self, node: Node) -> list[tuple[Step, Node]]:
        phase, facts, _ = node
        found: list[tuple[Step, Node]] = []
        for step in self.procedure.steps:
            if not step.fits(phase, facts) or step.lacks(facts):
                continue
            self.fired.add(step)
            after = self._watch(node, step)
            found.extend(
                (step, (*step.after(phase, facts, chosen), after))
                for chosen in step.chooses or ((),)
            )
        return found

    def _watch(self, node: Node, step: Step) -> tuple[bool, ...]:
        """Return the rules' marks after ``step``; report the rules that it breaks."""
        _, facts, seen = node
        marks = []
        for rule, mark in zip(self.procedure.rules, seen, strict=True):
            event = step.event
            if isinstance(rule, Before):
                applies = rule.only_for is None or rule.only_for in facts
                applies = applies and (rule.not_for is None or rule.not_for not in facts)
                if event is rule.event and applies and not mark:
                    self._broken(rule, node, step)
                marks.append((mark and event not in rule.since) or event in rule.needs)
            else:
                if event in rule.events and mark:
                    self._broken(rule, node, step)
                marks.append((mark and event not in rule.since) or event in rule.events)
        return tuple(marks)

    def _broken(self, rule: Rule, node: Node, step: Step) -> None:
        way = (*self._way(node), f"{step.clause} {step.event.__name__}")
        self._report("rule-broken", rule.text.en, rule.text, way)

    def _look_at(self, node: Node) -> None:
        phase, facts, _ = node
        if phase in self.procedure.ends:
            return
        if not self.procedure.whose(phase, facts):
            named = ", ".join(sorted(facts))
            self._report(
                "nobodys-turn",
                phase,
                Text(
                    id=f"tidak ada yang mendapat giliran pada {phase} ({named})",
                    en=f"it is nobody's turn at {phase} ({named})",
                ),
                self._way(node),
            )
        rows: dict[tuple[type, Role], Step] = {}
        for step in self.procedure.steps:
            if not step.fits(phase, facts):
                continue
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

    def _find_dead_ends(self) -> None:
        alive = {node for node in self.came if node[0] in self.procedure.ends}
        queue = deque(alive)
        while queue:
            for source in self.back[queue.popleft()]:
                if source not in alive:
                    alive.add(source)
                    queue.append(source)
        for node in self.came:
            if node not in alive:
                self._report(
                    "dead-end",
                    node[0],
                    Text(
                        id=f"dari {node[0]} tidak ada jalan ke akhir mana pun",
                        en=f"no ending can be reached from {node[0]}",
                    ),
                    self._way(node),
                )

    def _way(self, node: Node) -> tuple[str, ...]:
        steps: list[str] = []
        at: Node = node
        while (came := self.came[at]) is not None:
            at, label = came
            steps.append(label)
        return tuple(reversed(steps))

    def _report(self, kind: str, what: str, text: Text, path: tuple[str, ...]) -> None:
        """Keep the first, so the shortest, of each kind and matter."""
        self.problems.setdefault((kind, what), Problem(kind, text, path))
