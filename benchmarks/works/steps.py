"""One command decided and taken in: the request's own table, carried by ours and by each peer.

The peers get the same rows: who may act, at which phase, with which facts, and what changes. They
check roles and facts and note the event; what a command must bring (files, forms, amounts), the
balances and whose turn it is are checked and computed by ours alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from pst_core import request as rq
from pst_core.refusal import Refusal
from pst_core.text import Text
from pst_core.workflow import Noted, Procedure, State, Step

from ..life import Act, Life, lived
from ..peers import peer
from ..race import Candidate, Goal, Race, Scale, ahead

TITLE = Text(id="Satu langkah", en="One step")
NOTE = Text(
    id="Tabel permintaan yang sama; yang lain memeriksa peran dan fakta saja, tanpa isi perintah.",
    en="The same table of the request; the others check roles and facts alone, no contents.",
)

Places = list[tuple[str, list[str]]]
"""Phase and facts after each command."""
Walk = Callable[[], Places]
Start = tuple[str, frozenset[str]]


def races(scale: Scale) -> Iterator[Race]:  # noqa: ARG001 - one size
    """Give every race of this work."""
    life = lived()
    at = next(n for n, act in enumerate(life.acts) if isinstance(act.command, rq.ApproveDelivery))
    yield _race(
        "command",
        Text(id="satu perintah (S21, produk sesuai)", en="one command (S21, delivery approved)"),
        life, life.acts[at : at + 1], life.procedure.fold(a.noted for a in life.acts[:at]),
        {"transitions": ahead(3), "python-statemachine": ahead(30)},
    )  # fmt: skip
    yield _race(
        "whole",
        Text(id="satu permintaan utuh, per perintah", en="a whole request, a command"),
        life, life.acts, life.procedure.new, {},
    )  # fmt: skip
    yield _refusals(life, at)


def _race(
    key: str, title: Text, life: Life, acts: tuple[Act, ...], start: State, goals: dict[str, Goal]
) -> Race:
    many = len(acts)
    decide, evolve = life.procedure.decide, life.procedure.evolve

    def ours() -> State:
        state = start
        for act in acts:
            context = act.context
            for event in decide(act.command, state, context):
                state = evolve(state, Noted(event, context.at, context.by))
        return state

    def places() -> Places:
        state, found = start, []
        for act in acts:
            (event,) = decide(act.command, state, act.context)
            assert event == act.event
            state = evolve(state, act.noted)
            found.append((str(state.phase), sorted(state.facts)))
        return found

    place = (str(start.phase), frozenset(map(str, start.facts)))
    found = [Candidate("pst_core decide + evolve", ours, many, answer=places)]
    found += _peers(life.procedure, acts, place, goals)
    return Race(key, title, tuple(found))


def _refusals(life: Life, at: int) -> Race:
    """Refuse a command of a later phase; ours says in two languages what would be right."""
    state = life.procedure.fold(act.noted for act in life.acts[:at])
    late = life.acts[-1]
    start = (str(state.phase), frozenset(map(str, state.facts)))

    def ours() -> bool:
        return isinstance(life.procedure.decide(late.command, state, late.context), Refusal)

    found = [Candidate("pst_core decide", ours)]
    ((command, role, chosen, brought),) = _asked((late,))
    for package, name, make in _MAKERS:
        made = make(life.procedure, start)
        if made is not None:

            def theirs(made: Peer = made) -> bool:
                return not made.do(command, role, chosen, brought)

            found.append(Candidate(name, theirs, package=package))
    title = Text(id="perintah yang ditolak", en="a command that is refused")
    return Race("refused", title, tuple(found))


# -- the peers ----------------------------------------------------------------------------------


@attrs.frozen
class Row:
    """A row of the table as plain values, as somebody would write it for another library."""

    command: str
    at: tuple[str, ...]
    to: str | None
    roles: frozenset[str]
    has: frozenset[str]
    has_not: frozenset[str]
    gives: frozenset[str]
    clears: frozenset[str]

    def fits(self, facts: frozenset[str], role: str) -> bool:
        """Return whether the row is for ``role`` and for a case with ``facts``."""
        return role in self.roles and self.has <= facts and self.has_not.isdisjoint(facts)

    def after(self, facts: frozenset[str], chosen: frozenset[str]) -> frozenset[str]:
        """Return the facts after it."""
        return facts.difference(self.clears).union(self.gives, chosen)


def _rows(procedure: Procedure) -> list[Row]:
    return [row for step in procedure.steps for row in _rows_of(step)]


def _rows_of(step: Step) -> Iterator[Row]:
    """Give the rows of a step: two where it needs more of some cases than of others."""
    always = {r.fact for r in step.requires if r.fact and not r.only_for}
    some = {(r.only_for, r.fact) for r in step.requires if r.fact and r.only_for}
    kinds = sorted({only_for for only_for, _ in some})
    for held in range(2 ** len(kinds)):
        of_kind = {kind for n, kind in enumerate(kinds) if held >> n & 1}
        yield Row(
            step.command.__name__, step.at, step.to, frozenset(step.roles),
            frozenset({*step.when, *always, *of_kind, *(f for k, f in some if k in of_kind)}),
            frozenset({*step.unless, *(set(kinds) - of_kind)}),
            frozenset(step.gives),
            frozenset({*step.clears, *(f for choice in step.chooses for f in choice)}),
        )  # fmt: skip


Asked = tuple[str, str, frozenset[str], Any]
"""Command, role, the facts that it chooses, what it brings."""


def _asked(acts: tuple[Act, ...]) -> list[Asked]:
    return [
        (type(a.command).__name__, str(a.context.by.role), frozenset(a.chosen), a.event)
        for a in acts
    ]


def _peers(
    procedure: Procedure, acts: tuple[Act, ...], start: Start, goals: dict[str, Goal]
) -> Iterator[Candidate]:
    asked = _asked(acts)
    for package, name, make in _MAKERS:
        made = make(procedure, start)
        if made is not None:
            yield Candidate(
                name, made.walk(asked), len(acts), package, goals.get(package, ("", 0.0)),
                answer=made.places(asked),
            )  # fmt: skip


class Case:
    """What the peers that keep no facts of their own keep them in."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.again()

    def again(self) -> None:
        """Go back to where it began."""
        self.state, self.facts = self.start
        self.history: list[tuple[str, Any]] = []

    def take(self, row: Row, chosen: frozenset[str], brought: Any) -> None:
        """Take ``row``: change the facts and note the event."""
        self.facts = row.after(self.facts, chosen)
        self.history.append((row.command, brought))

    @property
    def place(self) -> tuple[str, list[str]]:
        """Where it stands."""
        return str(self.state), sorted(self.facts)


@attrs.frozen
class Peer:
    """One library with the table in it: ``again`` begins anew, ``do`` carries out a command."""

    again: Callable[[], object]
    do: Callable[[str, str, frozenset[str], Any], bool]
    place: Callable[[], tuple[str, list[str]]]

    def walk(self, asked: list[Asked]) -> Callable[[], object]:
        """Return what begins anew and carries out all that is asked."""

        def run() -> None:
            self.again()
            for command, role, chosen, brought in asked:
                self.do(command, role, chosen, brought)

        return run

    def places(self, asked: list[Asked]) -> Callable[[], Places]:
        """Return the same, with where it stands after each."""

        def run() -> Places:
            self.again()
            found = []
            for one in asked:
                assert self.do(*one), one
                found.append(self.place())
            return found

        return run


def _transitions(procedure: Procedure, start: Start) -> Peer | None:
    transitions = peer("transitions")
    if transitions is None:
        return None
    case = Case(start)
    machine = transitions.Machine(
        model=None, states=[str(p) for p in procedure.phases], initial=str(procedure.start),
        auto_transitions=False, send_event=True,
    )  # fmt: skip
    for row in _rows(procedure):

        def fits(event: Any, row: Row = row) -> bool:
            return row.fits(event.model.facts, event.kwargs["role"])

        def take(event: Any, row: Row = row) -> None:
            event.model.take(row, event.kwargs["chosen"], event.kwargs["brought"])

        for source in row.at:
            machine.add_transition(row.command, source, row.to, conditions=fits, after=take)
    machine.add_model(case, initial=start[0])
    refused = transitions.MachineError

    def do(command: str, role: str, chosen: frozenset[str], brought: Any) -> bool:
        try:
            return case.trigger(command, role=role, chosen=chosen, brought=brought)  # type: ignore[attr-defined, no-any-return]
        except refused:
            return False

    return Peer(case.again, do, lambda: case.place)


def machine_class(procedure: Procedure) -> Any:
    """Return the table as a class of python-statemachine."""
    statemachine = peer("statemachine")
    left = {str(phase) for step in procedure.steps for phase in step.at}
    states = {
        str(p): statemachine.State(
            str(p), value=str(p), initial=p == procedure.start, final=str(p) not in left
        )
        for p in procedure.phases
    }
    events: dict[str, Any] = {}
    for row in _rows(procedure):

        def fits(model: Case, role: str, row: Row = row) -> bool:
            return row.fits(model.facts, role)

        def take(model: Case, chosen: frozenset[str], brought: Any, row: Row = row) -> None:
            model.take(row, chosen, brought)

        for source in row.at:
            to = states[row.to or source]
            made = states[source].to(to, cond=fits, after=take, internal=row.to is None)
            events[row.command] = events[row.command] | made if row.command in events else made
    return type("Request", (statemachine.StateMachine,), {**states, **events})


def _statemachine(procedure: Procedure, start: Start) -> Peer | None:
    statemachine = peer("statemachine")
    if statemachine is None:
        return None
    kind = machine_class(procedure)
    case = Case(start)
    machine = kind(case)
    refused = statemachine.exceptions.TransitionNotAllowed

    def do(command: str, role: str, chosen: frozenset[str], brought: Any) -> bool:
        try:
            machine.send(command, role=role, chosen=chosen, brought=brought)
        except refused:
            return False
        return True

    return Peer(case.again, do, lambda: case.place)


def _eventsourcing(procedure: Procedure, start: Start) -> Peer | None:
    aggregates = peer("benchmarks.aggregates")
    if aggregates is None:
        return None
    of_command: dict[str, list[Row]] = {}
    for row in _rows(procedure):
        of_command.setdefault(row.command, []).append(row)
    held = [aggregates.Walked(*start)]

    def again() -> None:
        held[0] = aggregates.Walked(*start)

    def do(command: str, role: str, chosen: frozenset[str], brought: Any) -> bool:
        done: bool = held[0].do(of_command[command], role, chosen, brought)
        return done

    return Peer(again, do, lambda: (held[0].phase, sorted(held[0].facts)))


_MAKERS = (
    ("transitions", "transitions", _transitions),
    ("python-statemachine", "python-statemachine", _statemachine),
    ("eventsourcing", "eventsourcing Aggregate", _eventsourcing),
)
