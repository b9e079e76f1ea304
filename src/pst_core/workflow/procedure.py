"""How any procedure runs: deciding a command, taking in an event, saying what may be done now.

Everything here is derived from the rows. ``decide`` and ``evolve`` are total and pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from ..ledger import Balances, Draft, Entry, Journal
from ..refusal import Refusal, Unmet
from ..text import Lang, Text
from ..twin import twin
from .form import malformed
from .step import Actor, Context, Fact, Noted, Phase, Requirement, Role, State, Step, cited
from .words import cite

if TYPE_CHECKING:
    from .draw import Remark
    from .explore import Rule, Walk
    from .tables import Grid

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


def _untitled(_: State) -> str:
    return ""


def _admits_nobody(_: Any, __: State) -> bool:
    return False


def _undated(_: State, __: Any) -> dt.datetime | None:
    return None


def _copy_of(event: Any) -> Callable[[Any], Any]:
    """Return what makes ``event`` of a command with fields of the same names."""
    names: list[str] = [field.name for field in attrs.fields(event)]
    if not names:
        only = event()  # frozen and without fields: one is as good as another
        return lambda _: only
    of: Any = attrgetter(*names)
    if len(names) == 1:
        return lambda command: event(of(command))
    return lambda command: event(*of(command))


@attrs.define(eq=False)
class _Place:
    """A phase with the facts that hold at it, and all that was looked up there once.

    There are as many as were reached; from one, a command or an event is found by its type alone.
    """

    phase: Phase
    facts: frozenset[Fact]
    turn: tuple[Role, ...]
    means: dict[type, Step | None] = attrs.field(factory=dict)
    """The row that a command means."""
    ways: dict[type, _Way] = attrs.field(factory=dict)
    """The row of an event, where there is one alone."""
    forks: dict[type, tuple[_Way, ...]] = attrs.field(factory=dict)
    """The rows of an event that only its content tells apart, those that are there first."""
    leads: dict[type, _Place] = attrs.field(factory=dict)
    """Where an event leads that says all by its type: nothing is chosen, posted or kept."""


@attrs.define(eq=False)
class _Way:
    """A row as it is gone from one place."""

    step: Step
    keeps: bool
    """Whether the state keeps every event of it."""
    leads: dict[tuple[Fact, ...], _Place] = attrs.field(factory=dict)
    """Where it leads with the facts that are chosen."""


_state = twin(State)


def _made(
    place: _Place, latest: Any, turns: Any, version: int, kept: Any, books: Balances
) -> State:
    made: State = _state()
    made.phase = place.phase  # type: ignore[misc]
    made.facts = place.facts  # type: ignore[misc]
    made.latest = latest  # type: ignore[misc]
    made.turns = turns  # type: ignore[misc]
    made.version = version  # type: ignore[misc]
    made.kept = kept  # type: ignore[misc]
    made.books = books  # type: ignore[misc]
    made.__class__ = State
    return made


_APPLICANT = Role.APPLICANT  # a member of an enumeration is slow to come by


@attrs.frozen(eq=False)
class Procedure:
    """A service as its table of rows.

    ``start`` is the phase before the first event, ``ends`` the phases in which the service is over;
    with one of the facts ``leaves`` somebody still has to act there. ``keeps`` are the kinds of
    which a state keeps every event, not the latest alone. ``owner`` gives the id of the applicant
    whose case it is. ``rules`` are what must hold on every way through the table (see ``explore``).
    """

    name: str
    title: Text
    start: Phase
    ends: tuple[Phase, ...]
    steps: tuple[Step, ...]
    owner: Callable[[State], str | None] = _nobody
    rules: tuple[Rule, ...] = ()
    leaves: tuple[Fact, ...] = ()
    keeps: tuple[type, ...] = ()
    admits: Callable[[Any, State], bool] = _admits_nobody
    """Whether a command shows by itself that who sends it may come to a case without an owner:
    it bears the secret of a link."""
    period: str = "%Y"
    """How often the numbers of its cases begin anew, as a format of the date in their names."""
    title_of: Callable[[State], str] = _untitled
    """What a case is called in the register."""
    due: Callable[[State, Any], dt.datetime | None] = _undated
    """When a case is due by law or by the office's standard, while that runs."""
    beyond: tuple[Step, ...] = ()
    """Rows that the office's standard has not. Nothing is done by them, but what happened under
    an earlier standard is still taken in."""
    numbers: tuple[tuple[str, str], ...] = ()
    """Clause and its number in the office's own standard, where that differs from our id."""

    @cached_property
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
        return _grouped((s.event, s) for s in (*self.steps, *self.beyond))

    @cached_property
    def _by_phase(self) -> dict[Phase, tuple[Step, ...]]:
        return _grouped((phase, s) for s in self.steps for phase in s.at)

    @cached_property
    def _places(self) -> dict[tuple[Phase, frozenset[Fact]], _Place]:
        """Every place that was reached so far."""
        return {}

    @cached_property
    def _copies(self) -> dict[type, Callable[[Any], Any]]:
        """For each event class what makes it of a command that has the same fields."""
        return {s.event: _copy_of(s.event) for s in self.steps}

    # -- deciding -----------------------------------------------------------------------------

    def step_for(self, command_type: type, state: State) -> Step | None:
        """Return the row that ``command_type`` means in ``state``, or None."""
        place = self._place(state.phase, state.facts)
        if command_type not in place.means:
            rows = self._by_command.get(command_type, ())
            fitting = (step for step in rows if step.fits(place.phase, place.facts))
            place.means[command_type] = next(fitting, None)
        return place.means[command_type]

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
        place = self._places.get((state.phase, state.facts))
        step = None if place is None else place.means.get(type(command))
        if step is None:  # not looked for yet, or not there
            step = self.step_for(type(command), state)
        role = context.by.role
        mine = step is not None and step.is_for(role)
        if not mine and not any(s.is_for(role) for s in rows):
            return self._not_your_role(step or rows[0], context.by)
        if role == _APPLICANT:
            owner = self.owner(state)
            if owner is not None and owner != context.by.id:
                return self._not_your_case(step or rows[0])
        if step is None:
            return self._not_now(rows[0], state)
        if not mine:
            return self._not_your_role(step, context.by)
        if step.requires:
            unmet: list[Unmet] = []
            for needed in step.requires:
                unmet += needed.unmet(command, state, context)
            if unmet:
                return self._not_ready(step, tuple(unmet))
        if step.build is not None:
            return (step.build(command, state, context),)
        return (self._copies[step.event](command),)

    # -- evolving -----------------------------------------------------------------------------

    def row_of(self, event: Any, state: State) -> Step:
        """Return the row by which ``event`` happened in ``state``.

        An event that no row explains here (another version of the table wrote it) is taken by
        the first row of its kind: what has happened has happened.
        """
        return self._way(event, self._place(state.phase, state.facts)).step

    def evolve(self, state: State, noted: Noted) -> State:
        """Return the state after an event: a fold of one, at once where it only leads on."""
        kind = type(noted.event)
        place = self._places.get((state.phase, state.facts))
        after = None if place is None else place.leads.get(kind)
        if after is None:
            return self.fold((noted,), state)
        latest = dict(state.latest)
        latest[kind] = noted
        turns = state.turns
        if not turns or turns[-1][1] != after.turn:
            turns = (*turns, (noted.at, after.turn))
        return _made(after, latest, turns, state.version + 1, state.kept, state.books)

    def fold(self, events: Iterable[Noted], state: State | None = None) -> State:
        """Return the state after ``events``, from ``state`` or from the beginning."""
        start = state or self.new
        place = self._place(start.phase, start.facts)
        version = start.version
        books, kept = start.books, start.kept
        latest = dict(start.latest) if start.latest else {}
        more = []
        whose = start.turns[-1][1] if start.turns else None
        for version, noted in enumerate(events, start.version + 1):  # noqa: B007 - the last counts
            event = noted.event
            kind = type(event)
            after = place.leads.get(kind)
            if after is None:
                way = place.ways.get(kind) or self._way(event, place)
                step = way.step
                if step.posts is not None:
                    books = books.after(step.posts(event, books))
                if way.keeps:
                    kept = dict(kept) if kept else {}
                    kept[kind] = (*kept.get(kind, ()), noted)
                chosen: tuple[Fact, ...] = ()
                if step.chooses:
                    chosen = step.picks(books) if step.picks is not None else event.facts
                after = way.leads.get(chosen) or self._after(place, way, chosen)
            place = after
            latest[kind] = noted
            turn = place.turn
            if turn is not whose and turn != whose:
                whose = turn
                more.append((noted.at, turn))
        if version == start.version:
            return start
        turns = (*start.turns, *more) if more else start.turns
        return _made(place, latest, turns, version, kept, books)

    def _place(self, phase: Phase, facts: frozenset[Fact]) -> _Place:
        place = self._places.get((phase, facts))
        if place is None:
            new = _Place(phase, facts, self.whose(phase, facts))
            place = self._places.setdefault((phase, facts), new)
        return place

    def _way(self, event: Any, place: _Place) -> _Way:
        kind = type(event)
        if kind in place.ways:
            return place.ways[kind]
        forks = place.forks.get(kind)
        if forks is None:
            rows = sorted(self._by_event[kind], key=lambda s: not s.fits(place.phase, place.facts))
            forks = place.forks[kind] = tuple(_Way(step, kind in self.keeps) for step in rows)
        if forks[0].step.of is None:
            place.ways[kind] = forks[0]
        for way in forks:
            if way.step.of is None or way.step.of(event):
                return way
        return forks[0]

    def _after(self, place: _Place, way: _Way, chosen: tuple[Fact, ...]) -> _Place:
        """Return the place after ``way`` and remember it."""
        step = way.step
        found = way.leads[chosen] = self._place(*step.after(place.phase, place.facts, chosen))
        alone = way is place.ways.get(step.event)
        if alone and not way.keeps and step.posts is None and not step.chooses:
            place.leads[step.event] = found
        return found

    @cached_property
    def posting(self) -> dict[type, Callable[[Any, Balances], Sequence[Draft]]]:
        """What each money event posts: all rows of one event post alike (the walk sees to it)."""
        return {s.event: s.posts for s in (*self.beyond, *self.steps) if s.posts is not None}

    def journal(self, events: Iterable[Noted]) -> Journal:
        """Return the ledger of a case: the entries of its money events, in their order.

        Raises ``InvariantBroken`` if they do not make a sound ledger.
        """
        journal = Journal()
        for version, noted in enumerate(events, 1):
            posts = self.posting.get(type(noted.event))
            if posts is not None:
                for draft in posts(noted.event, journal.balances):
                    journal = journal.post(Entry(*draft), at=noted.at, version=version)
        return journal

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
                    self._as_cited(Unmet(r.code, r.clause, r.text, r.remedy, r.who))
                    for r in step.lacks(state.facts)
                ),
                tuple(
                    r for r in step.requires if r.check and not r.fact and r.applies(state.facts)
                ),
            )
            for step in self._by_phase.get(state.phase, ())
            if step.fits(state.phase, state.facts) and (by is None or by.role in step.roles)
        )

    def whose(self, phase: Phase, facts: frozenset[Fact]) -> tuple[Role, ...]:
        """Return the roles whose turn it is: those with a row that lacks nothing but their act."""
        roles = {
            s.turn
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
        """Return whether the service has ended; something may be left to do (``leaves``)."""
        return state.phase in self.ends

    # -- walking and drawing ------------------------------------------------------------------

    def explore(self) -> Walk:
        """Walk every reachable combination of phase and facts; see ``workflow.explore``."""
        from .explore import explore

        return explore(self)

    def to_mermaid(self, lang: Lang = "id", remark: Remark | None = None) -> str:
        """Return the table as a Mermaid flowchart; ``remark`` says more beside a row at a phase."""
        from .draw import no_remark, to_mermaid

        return to_mermaid(self, lang, remark or no_remark)

    def to_bpmn(self, lang: Lang = "id") -> str:
        """Return the table as BPMN 2.0 XML with its diagram; see ``workflow.bpmn``."""
        from .bpmn import to_bpmn

        return to_bpmn(self, lang)

    def step_table(self) -> Grid:
        """Return the rows as a table for people and programs; see ``workflow.tables``."""
        from .tables import steps

        return steps(self)

    def permissions(self) -> Grid:
        """Return who may do which step in which phase."""
        from .tables import permissions

        return permissions(self)

    def mails(self) -> Grid:
        """Return every mail that the rows send: on which step, to whom, with which papers."""
        from .tables import mails

        return mails(self)

    # -- refusing -----------------------------------------------------------------------------

    def _as_cited(self, unmet: Unmet) -> Unmet:
        """Return ``unmet`` with the numbers of the office's own standard in place of our ids."""
        if not self.numbers:
            return unmet
        number = dict(self.numbers).get(unmet.clause, "")
        return attrs.evolve(
            unmet,
            remedy=cite(unmet.remedy, dict(self.numbers)),
            cited=cited(unmet.clause, number) if number else None,
        )

    def _unknown(self, command: Any) -> Refusal:
        row = next((s for s in self.beyond if s.command is type(command)), None)
        if row is not None:
            return self._not_here(row)
        known = ", ".join(sorted(c.__name__ for c in self._by_command))
        return Refusal(
            "unknown-command",
            Text(
                id=f"{type(command).__name__} bukan perintah dari prosedur {self.title.id}.",
                en=f"{type(command).__name__} is not a command of the procedure {self.title.en}.",
            ),
            remedy=Text(id=f"Yang dikenal: {known}.", en=f"Known: {known}."),
        )

    def _not_here(self, step: Step) -> Refusal:
        instead = dict.fromkeys(s.title for s in self.steps if s.clause == step.clause)
        return Refusal(
            "not-in-standard",
            Text(
                id=f"Standar pelayanan kantor ini tidak memuat: {step.title.id}.",
                en=f"This office's service standard does not have: {step.title.en}.",
            ),
            remedy=Text(
                id=f"Yang ada: {'; '.join(t.id for t in instead) or '-'}.",
                en=f"It has: {'; '.join(t.en for t in instead) or '-'}.",
            ),
            clause=step.clause,
        )

    def _not_your_role(self, step: Step, by: Actor) -> Refusal:
        return Refusal(
            "not-your-role",
            Text(
                id=f"{step.cited.id} ({step.title.id}) dilakukan oleh {step.role.text.id}, "
                f"bukan {by.role.text.id}.",
                en=f"{step.cited.en} ({step.title.en}) is done by the {step.role.text.en}, "
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
                id=f"{step.cited.id} ({step.title.id}) tidak dapat dilakukan sekarang: {why.id}.",
                en=f"{step.cited.en} ({step.title.en}) cannot be done now: {why.en}.",
            ),
            remedy=(
                Text(
                    id="Yang dapat dilakukan sekarang: "
                    + "; ".join(f"{s.cited.id} {s.title.id} ({s.role.text.id})" for s in now)
                    + ".",
                    en="What can be done now: "
                    + "; ".join(f"{s.cited.en} {s.title.en} ({s.role.text.en})" for s in now)
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
                id=f"{step.cited.id} ({step.title.id}) belum memenuhi {len(unmet)} persyaratan.",
                en=f"{step.cited.en} ({step.title.en}) does not meet {len(unmet)} "
                f"requirement{'s' if len(unmet) > 1 else ''} yet.",
            ),
            remedy=Text(id="Lengkapi yang berikut:", en="Complete the following:"),
            clause=step.clause,
            who=tuple(dict.fromkeys(u.who for u in unmet)),
            unmet=tuple(self._as_cited(u) for u in unmet),
        )


def _grouped(pairs: Iterable[tuple[Any, Step]]) -> dict[Any, tuple[Step, ...]]:
    found: dict[Any, list[Step]] = {}
    for key, step in pairs:
        found.setdefault(key, []).append(step)
    return {key: tuple(steps) for key, steps in found.items()}
