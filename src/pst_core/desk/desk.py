"""The desk: carries a command to the store, and its effects out of the house.

One way down and one way up: load, decide, append in one transaction; later ``work_off`` hands each
effect to its adapter. The desk decides nothing itself and holds no state but its ports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import attrs

from .. import visit as visits
from ..refusal import BadInput, Conflict, NotFound, Refusal
from ..request import RequestOpened, deadline
from ..text import Text
from ..visit import NumberTaken, QueueView
from ..wire import (
    actor_from_json,
    actor_to_json,
    event_from_json,
    event_to_json,
    fingerprint,
    procedures,
)
from ..workflow import Actor, Context, Noted, OpenStep, Procedure, Role, State, Step, malformed
from .admission import stale_version
from .ports import Appended, Batch, NewEffect, NewEvent, Number, Store, StoredEvent, Summary

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["Desk", "Done", "Entry"]

SYSTEM = Actor("system", Role.SYSTEM, "pst-core")
_TRIES = 20
"""How often a command is decided anew when others moved the stream or a series first."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@attrs.frozen
class Done:
    """A command that was carried out: the state it led to and the events it caused."""

    stream: str
    state: State
    events: tuple[Any, ...]
    repeated: bool = False
    """True if this command id had been carried out before: this is the first answer again."""


@attrs.frozen
class Entry:
    """One event of a history, with the row it came from."""

    version: int
    noted: Noted
    step: Step
    state: State
    """After the event."""
    command_id: str


class Desk:
    """The application service of one office over one store.

    ``clock`` gives the present as an aware datetime; ``new_id`` a fresh command id.
    """

    def __init__(
        self,
        office: Office,
        store: Store,
        *,
        clock: Callable[[], dt.datetime] = _now,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.office = office
        self.store = store
        self.clock = clock
        self._new_id = new_id

    # -- commands -----------------------------------------------------------------------------

    def open(self, command: Any, *, by: Actor, command_id: str | None = None) -> Done:
        """Carry out the first command of a new case under the next free number.

        The stream is ``<procedure>-<office>-<year>-<number>``. Raises like ``do``.
        """
        command_id = command_id or self._new_id()
        year = self.office.local(self.clock()).year
        procedure = self._procedure_of(command)
        series = f"{procedure.name}/{self.office.code}/{year}"
        for last_try in _tries():
            number = self.store.last_number(series) + 1
            stream = f"{procedure.name}-{self.office.code}-{year}-{number:04d}"
            try:
                return self._do(stream, command, by, command_id, {series: number})
            except Conflict as conflict:
                if conflict.code == "command-id-reused" or last_try:
                    raise
        raise AssertionError("unreachable")

    def do(self, stream: str, command: Any, *, by: Actor, command_id: str | None = None) -> Done:
        """Carry out ``command`` on ``stream``.

        When it returns, the events are durable. A repeated ``command_id`` gets the first answer
        and does nothing. Raises ``Refusal`` (nothing was written), ``Conflict`` if others keep
        moving the stream or the id was used for another act, ``StorageError``, ``Busy``.
        """
        command_id = command_id or self._new_id()
        for last_try in _tries():
            try:
                return self._do(stream, command, by, command_id, {})
            except Conflict as conflict:
                if conflict.code == "command-id-reused" or last_try:
                    raise
        raise AssertionError("unreachable")

    def _do(
        self, stream: str, command: Any, by: Actor, command_id: str, taken: Mapping[str, int]
    ) -> Done:
        procedure = self._procedure_of(command)
        ill = malformed(command)
        if ill is not None:
            raise ill
        # an opening is the same act whatever number it gets
        print_ = fingerprint("" if taken else stream, command, by)
        answer = self.store.answer(command_id, self.office.code, print_)
        if answer is not None:
            return self._answered(answer)
        stored = self.store.load(stream)
        if taken and stored:
            # another opened a case under this number since it was read: the next one is free
            raise stale_version(stream, 0, len(stored))
        state = self._state(procedure, stored)
        at = self.clock()
        self.office.local(at)  # a naive clock is refused before anything is decided
        step = procedure.step_for(type(command), state)
        numbers = dict(taken)
        numbers.update(self._next_numbers(step, at, numbers))
        context = Context(
            by=by,
            at=at,
            rules=self.office,
            stream=stream,
            numbers={series.split("/")[0]: number for series, number in numbers.items()},
            outside=self._look(step, command, at),
        )
        decided = procedure.decide(command, state, context)
        if isinstance(decided, Refusal):
            raise decided
        entries = self._entries(procedure, state, decided, at, by)
        after = entries[-1].state
        appended = self.store.append(
            Batch(
                stream=stream,
                office=self.office.code,
                expected_version=state.version,
                events=tuple(
                    NewEvent(event.NAME, event.SCHEMA, event_to_json(event)) for event in decided
                ),
                at=at,
                actor=actor_to_json(by),
                command_id=command_id,
                fingerprint=print_,
                effects=tuple(
                    effect for entry in entries for effect in _effects(stream, entry, at)
                ),
                numbers=tuple(Number(series, value) for series, value in numbers.items()),
                summary=self._summary(procedure, stream, after, at),
            )
        )
        if appended.repeated:
            return self._answered(appended)
        return Done(stream, after, decided)

    def run_timers(self, limit: int = 100) -> tuple[Done, ...]:
        """Carry out the system's commands that are due now, in every stream of the store."""
        done = []
        for summary in self.store.waking(self.clock(), limit):
            state = self.state(summary.stream)
            for due, command in procedures()[summary.procedure].timers(state, self.office):
                if due <= self.clock():
                    # the id names cause and version, so two workers cause it once
                    name = f"{summary.stream}/{state.version}/{command.__name__}"
                    done.append(self.do(summary.stream, command(), by=SYSTEM, command_id=name))
                    break
        return tuple(done)

    # -- questions ----------------------------------------------------------------------------

    def state(self, stream: str) -> State:
        """Return the state of ``stream``. Raises ``NotFound`` if nothing has happened there."""
        return self.history(stream)[-1].state

    def history(self, stream: str) -> tuple[Entry, ...]:
        """Return what has happened on ``stream``, event by event, with the state after each."""
        stored = self.store.load(stream)
        if not stored:
            raise NotFound(
                "unknown-request",
                Text(id=f"Tidak ada {stream!r}.", en=f"There is no {stream!r}."),
                remedy=Text(
                    id="Periksa nomornya pada daftar permintaan.",
                    en="Look its number up in the register.",
                ),
            )
        procedure = procedures()[stored[0].name.split(".")[0]]
        entries = []
        state = procedure.new
        for row in stored:
            noted = _noted(row)
            step = procedure.row_of(noted.event, state)
            state = procedure.evolve(state, noted)
            entries.append(Entry(row.version, noted, step, state, row.command_id))
        return tuple(entries)

    def open_steps(self, stream: str, *, by: Actor | None = None) -> tuple[OpenStep, ...]:
        """Return what may be done on ``stream`` now; for each step what is still missing."""
        return self.procedure(stream).open_steps(self.state(stream), by)

    def register(self, **chosen: Any) -> list[Summary]:
        """Return the register's rows of the office; ``chosen`` as in ``Store.register``."""
        found: list[Summary] = []
        while page := self.store.register(
            self.office.code, after=found[-1].stream if found else "", limit=500, **chosen
        ):
            found.extend(page)
        return found

    def procedure(self, stream: str) -> Procedure:
        """Return the procedure that ``stream`` follows."""
        first = self.history(stream)[0].noted.event
        return procedures()[first.NAME.split(".")[0]]

    # -- inside -------------------------------------------------------------------------------

    def _procedure_of(self, command: Any) -> Procedure:
        for procedure in procedures().values():
            if any(step.command is type(command) for step in procedure.steps):
                return procedure
        raise BadInput(
            "unknown-command",
            Text(
                id=f"{type(command).__name__} bukan perintah.",
                en=f"{type(command).__name__} is not a command.",
            ),
            remedy=Text(
                id="Pakai kelas perintah dari pst_core.request atau pst_core.visit.",
                en="Use a command class of pst_core.request or pst_core.visit.",
            ),
        )

    def _state(self, procedure: Procedure, stored: tuple[StoredEvent, ...]) -> State:
        return procedure.fold(_noted(row) for row in stored)

    def _entries(
        self,
        procedure: Procedure,
        state: State,
        events: tuple[Any, ...],
        at: dt.datetime,
        by: Actor,
    ) -> list[Entry]:
        entries = []
        for event in events:
            noted = Noted(event, at, by)
            step = procedure.row_of(event, state)
            state = procedure.evolve(state, noted)
            entries.append(Entry(state.version, noted, step, state, ""))
        return entries

    def _answered(self, answer: Appended) -> Done:
        history = self.history(answer.stream)
        caused = history[answer.first_version - 1 : answer.version]
        return Done(
            answer.stream, caused[-1].state, tuple(e.noted.event for e in caused), repeated=True
        )

    def _next_numbers(
        self, step: Step | None, at: dt.datetime, taken: Mapping[str, int]
    ) -> dict[str, int]:
        """Return the next number of the series that ``step`` bears, if it is not taken already."""
        if step is None or not step.numbered:
            return {}
        if any(series.startswith(f"{step.numbered}/") for series in taken):
            return {}
        local = self.office.local(at)
        period = f"{local:%Y-%m-%d}" if step.numbered == "queue" else f"{local:%Y}"
        series = f"{step.numbered}/{self.office.code}/{period}"
        return {series: self.store.last_number(series) + 1}

    def _look(self, step: Step | None, command: Any, at: dt.datetime) -> Mapping[str, Any]:
        if step is None or not step.looks:
            return {}
        if step.looks == "visit":
            stored = self.store.load(command.visit) if command.visit else ()
            return {"visit": self._state(visits.PROCEDURE, stored)} if stored else {}
        return {"queue": self._queue(at)}

    def _queue(self, at: dt.datetime) -> QueueView:
        today = self.office.local(at).date()
        waiting, finished = [], []
        for summary in self.register(procedure="visit"):
            if self.office.local(summary.opened).date() != today:
                continue
            if summary.phase == "WAITING":
                taken = self.state(summary.stream).last(NumberTaken)
                if taken is not None:
                    waiting.append(taken.number)
            elif summary.phase == "SERVED":
                finished.append(summary.changed)
        return QueueView(tuple(sorted(waiting)), max(finished, default=None))

    def _summary(self, procedure: Procedure, stream: str, state: State, at: dt.datetime) -> Summary:
        opened = state.last(RequestOpened)
        clock = deadline(state, self.office) if procedure.name == "request" else None
        running = clock is not None and not procedure.ended(state)
        timers = procedure.timers(state, self.office)
        whose = state.turns[-1][1]
        return Summary(
            stream=stream,
            procedure=procedure.name,
            office=self.office.code,
            phase=str(state.phase),
            whose=whose[0] if whose else "",
            applicant=procedure.owner(state) or "",
            title=opened.applicant.name if opened else "",
            opened=state.turns[0][0],
            changed=at,
            due=clock.due_at if clock is not None and running else None,
            wake=timers[0][0] if timers else None,
        )


def _tries() -> list[bool]:
    return [n == _TRIES - 1 for n in range(_TRIES)]


def _noted(row: StoredEvent) -> Noted:
    return Noted(
        event_from_json(row.name, row.schema, row.body), row.at, actor_from_json(row.actor)
    )


def _effects(stream: str, entry: Entry, at: dt.datetime) -> list[NewEffect]:
    """Return what the row makes and whom it tells: one effect per paper and per recipient."""
    cause = f"{stream}/{entry.version}"
    papers = [NewEffect(f"{cause}/paper/{p}", "paper", "{}", at) for p in entry.step.makes]
    mails = [NewEffect(f"{cause}/mail/{r}", "mail", "{}", at) for r in entry.step.tells]
    return papers + mails
