"""How any procedure runs: deciding a command, taking in an event, saying what may be done now.

Everything here is derived from the rows. ``decide`` and ``evolve`` are total and pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from ..refusal import Refusal, Unmet
from ..text import Lang, Text
from .form import malformed
from .step import Actor, Context, Fact, Noted, Phase, Requirement, Role, State, Step

if TYPE_CHECKING:
    from .explore import Rule, Walk

__all__ = ["OpenStep", "Procedure"]


@attrs.frozen
class OpenStep:
    """A row that is there for a case now, and what it still needs.

    ``missing``: required facts that do not hold yet. ``asks``: what the command must bring.
    """

    step: Step
    missing: tuple[Unmet, ...]
    asks: tuple[Requirement, ...]

    @property
    def ready(self) -> bool:
        """True if nothing but the command's own content is missing."""
        return not self.missing


def _nobody(_: State) -> str | None:
    return None


@attrs.frozen(eq=False)
class Procedure:
    """A service as its table of rows.

    ``start`` is the phase before the first event, ``ends`` the phases after which nothing
    happens. ``owner`` gives the id of the applicant whose case it is. ``rules`` are what must
    hold on every way through the table (see ``explore``).
    """

    name: str
    title: Text
    start: Phase
    ends: tuple[Phase, ...]
    steps: tuple[Step, ...]
    owner: Callable[[State], str | None] = _nobody
    rules: tuple[Rule, ...] = ()

    @property
    def new(self) -> State:
        """The state before the first event."""
        return State(self.start)

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """Every phase in the order of the rows."""
        found = {self.start: None}
        for step in self.steps:
            found.update(dict.fromkeys(step.at))
            if step.to is not None:
                found[step.to] = None
        return tuple(found)

    @cached_property
    def _by_command(self) -> dict[type, tuple[Step, ...]]:
        return _grouped((s.command, s) for s in self.steps)

    @cached_property
    def _by_event(self) -> dict[type, tuple[Step, ...]]:
        return _grouped((s.event, s) for s in self.steps)

    @cached_property
    def _by_phase(self) -> dict[Phase, tuple[Step, ...]]:
        return _grouped((phase, s) for s in self.steps for phase in s.at)

    @cached_property
    def _copied(self) -> dict[type, tuple[str, ...]]:
        """Field names of each event class that is copied from its command."""
        return {s.event: tuple(a.name for a in attrs.fields(s.event)) for s in self.steps}

    # -- deciding -----------------------------------------------------------------------------

    def step_for(self, command_type: type, state: State) -> Step | None:
        """Return the row that ``command_type`` means in ``state``, or None."""
        for step in self._by_command.get(command_type, ()):
            if step.fits(state.phase, state.facts):
                return step
        return None

    def decide(self, command: Any, state: State, context: Context) -> tuple[Any, ...] | Refusal:
        """Return the events that ``command`` causes in ``state``, or why it is refused.

        Its form comes first, then rights, then the moment, then what must be in order.
        """
        rows = self._by_command.get(type(command))
        if rows is None:
            return self._unknown(command)
        ill = malformed(command)
        if ill is not None:
            return ill
        step = self.step_for(type(command), state)
        if context.by.role not in {s.role for s in rows}:
            return self._not_your_role(step or rows[0], context.by)
        owner = self.owner(state)
        if context.by.role is Role.APPLICANT and owner is not None and owner != context.by.id:
            return self._not_your_case(step or rows[0])
        if step is None:
            return self._not_now(rows[0], state)
        if step.role is not context.by.role:
            return self._not_your_role(step, context.by)
        unmet = tuple(u for r in step.requires for u in r.unmet(command, state, context))
        if unmet:
            return self._not_ready(step, unmet)
        if step.build is not None:
            return (step.build(command, state, context),)
        return (step.event(*[getattr(command, name) for name in self._copied[step.event]]),)

    # -- evolving -----------------------------------------------------------------------------

    def row_of(self, event: Any, state: State) -> Step:
        """Return the row by which ``event`` happened in ``state``.

        An event that no row explains here (another version of the table wrote it) is taken by
        the first row of its kind: what has happened has happened.
        """
        rows = self._by_event[type(event)]
        return next((s for s in rows if s.fits(state.phase, state.facts)), rows[0])

    def evolve(self, state: State, noted: Noted) -> State:
        """Return the state after an event."""
        step = self.row_of(noted.event, state)
        chosen: tuple[Fact, ...] = noted.event.facts if step.chooses else ()
        phase, facts = step.after(state.phase, state.facts, chosen)
        whose = self.whose(phase, facts)
        turns = state.turns
        if not turns or turns[-1][1] != whose:
            turns = (*turns, (noted.at, whose))
        return State(
            phase,
            facts,
            {**state.latest, type(noted.event): noted},
            turns,
            state.version + 1,
        )

    def fold(self, events: Iterable[Noted], state: State | None = None) -> State:
        """Return the state after ``events``, from ``state`` or from the beginning."""
        for noted in events:
            state = self.evolve(state or self.new, noted)
        return state or self.new

    # -- asking -------------------------------------------------------------------------------

    def open_steps(self, state: State, by: Actor | None = None) -> tuple[OpenStep, ...]:
        """Return the rows that are there now (for ``by`` alone if given) with what they need."""
        if by is not None and by.role is Role.APPLICANT:
            owner = self.owner(state)
            if owner is not None and owner != by.id:
                return ()
        return tuple(
            OpenStep(
                step,
                tuple(
                    Unmet(r.code, r.clause, r.text, r.remedy, r.who)
                    for r in step.lacks(state.facts)
                ),
                tuple(r for r in step.requires if r.check and r.applies(state.facts)),
            )
            for step in self._by_phase.get(state.phase, ())
            if step.fits(state.phase, state.facts) and (by is None or step.role is by.role)
        )

    def whose(self, phase: Phase, facts: frozenset[Fact]) -> tuple[Role, ...]:
        """Return the roles whose turn it is: those with a row that lacks nothing but their act."""
        roles = {
            s.role
            for s in self._by_phase.get(phase, ())
            if not s.aside
            and s.role is not Role.SYSTEM
            and s.fits(phase, facts)
            and not s.lacks(facts)
        }
        return tuple(role for role in Role if role in roles)

    def timers(self, state: State, rules: Any) -> tuple[tuple[dt.datetime, type], ...]:
        """Return when which of the system's commands is due in ``state``, earliest first."""
        found = [
            (due, step.command)
            for step in self._by_phase.get(state.phase, ())
            if step.due is not None
            and step.fits(state.phase, state.facts)
            and not step.lacks(state.facts)
            and (due := step.due(state, rules)) is not None
        ]
        return tuple(sorted(found, key=lambda pair: pair[0]))

    def ended(self, state: State) -> bool:
        """Return whether the case has ended."""
        return state.phase in self.ends

    # -- walking and drawing ------------------------------------------------------------------

    def explore(self) -> Walk:
        """Walk every reachable combination of phase and facts; see ``workflow.explore``."""
        from .explore import explore

        return explore(self)

    def to_mermaid(self, lang: Lang = "id") -> str:
        """Return the table as a Mermaid flowchart."""
        from .draw import to_mermaid

        return to_mermaid(self, lang)

    # -- refusing -----------------------------------------------------------------------------

    def _unknown(self, command: Any) -> Refusal:
        known = ", ".join(sorted(c.__name__ for c in self._by_command))
        return Refusal(
            "unknown-command",
            Text(
                id=f"{type(command).__name__} bukan perintah dari prosedur {self.title.id}.",
                en=f"{type(command).__name__} is not a command of the procedure {self.title.en}.",
            ),
            remedy=Text(id=f"Yang dikenal: {known}.", en=f"Known: {known}."),
        )

    def _not_your_role(self, step: Step, by: Actor) -> Refusal:
        return Refusal(
            "not-your-role",
            Text(
                id=f"{step.clause} ({step.title.id}) dilakukan oleh {step.role.text.id}, "
                f"bukan {by.role.text.id}.",
                en=f"{step.clause} ({step.title.en}) is done by the {step.role.text.en}, "
                f"not by the {by.role.text.en}.",
            ),
            remedy=Text(
                id=f"Minta {step.role.text.id} melakukannya.",
                en=f"Ask the {step.role.text.en} to do it.",
            ),
            clause=step.clause,
            who=(step.role,),
        )

    def _not_your_case(self, step: Step) -> Refusal:
        # who owns it is not told: a stranger learns nothing about somebody else's case
        return Refusal(
            "not-your-case",
            Text(
                id="Permintaan ini bukan milik Anda.",
                en="This request is not yours.",
            ),
            remedy=Text(
                id="Buka permintaan Anda sendiri, atau buat yang baru.",
                en="Open your own request, or make a new one.",
            ),
            clause=step.clause,
        )

    def _not_now(self, step: Step, state: State) -> Refusal:
        rows = self._by_command[step.command]
        blocking = tuple(
            fact for s in rows if state.phase in s.at for fact in s.unless if fact in state.facts
        )
        now = [s.step for s in self.open_steps(state) if not s.step.aside and s.ready]
        why = (
            Text.join("; ", [f.text for f in blocking])
            if blocking
            else Text(
                id=f"tahap sekarang: {state.phase.text.id}",
                en=f"the phase is {state.phase.text.en}",
            )
        )
        return Refusal(
            "not-now",
            Text(
                id=f"{step.clause} ({step.title.id}) tidak dapat dilakukan sekarang: {why.id}.",
                en=f"{step.clause} ({step.title.en}) cannot be done now: {why.en}.",
            ),
            remedy=(
                Text(
                    id="Yang dapat dilakukan sekarang: "
                    + "; ".join(f"{s.clause} {s.title.id} ({s.role.text.id})" for s in now)
                    + ".",
                    en="What can be done now: "
                    + "; ".join(f"{s.clause} {s.title.en} ({s.role.text.en})" for s in now)
                    + ".",
                )
                if now
                else Text(id="Layanan ini sudah berakhir.", en="This service has ended.")
            ),
            clause=step.clause,
            who=tuple(dict.fromkeys(s.role for s in now)),
        )

    def _not_ready(self, step: Step, unmet: tuple[Unmet, ...]) -> Refusal:
        return Refusal(
            "not-ready",
            Text(
                id=f"{step.clause} ({step.title.id}) belum memenuhi {len(unmet)} persyaratan.",
                en=f"{step.clause} ({step.title.en}) does not meet {len(unmet)} "
                f"requirement{'s' if len(unmet) > 1 else ''} yet.",
            ),
            remedy=Text(id="Lengkapi yang berikut:", en="Complete the following:"),
            clause=step.clause,
            who=tuple(dict.fromkeys(u.who for u in unmet)),
            unmet=unmet,
        )


def _grouped(pairs: Iterable[tuple[Any, Step]]) -> dict[Any, tuple[Step, ...]]:
    found: dict[Any, list[Step]] = {}
    for key, step in pairs:
        found.setdefault(key, []).append(step)
    return {key: tuple(steps) for key, steps in found.items()}
