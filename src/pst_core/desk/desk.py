"""The desk: carries a command to the store, and its effects out of the house.

One way down and one way up: load, decide, append in one transaction; later ``work_off`` hands each
effect to its adapter. The desk decides nothing itself and holds no state but its ports, and what it
has read already: which billing code came with which request, and the cases that it decided on last.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import attrs

from .. import visit as visits
from ..ledger import NO_BALANCES, Account, Balances, Journal
from ..office.treasury import Way
from ..refusal import (
    BadInput,
    Conflict,
    InvariantBroken,
    NotFound,
    PstError,
    Refusal,
    StorageError,
)
from ..request import (
    Bill,
    BillingIssued,
    PaymentConfirmed,
    PaymentReversed,
    Reconciled,
    Recorded,
    RequestFiled,
    RequestOpened,
    TreasuryRow,
    documents,
    email_of,
    owed,
    reconcile,
)
from ..request.state import AGREEMENT, CANCELLED, EXPIRED
from ..text import Text
from ..visit import QueueView
from ..wire import (
    UNREADABLE,
    actor_to_json,
    event_from_json,
    event_to_json,
    fingerprint,
    procedure_at,
    procedures,
)
from ..workflow import (
    Actor,
    Context,
    Noted,
    OpenStep,
    Procedure,
    Role,
    State,
    Step,
    malformed,
    unfit,
)
from .access import relations
from .admission import stale_version
from .auditing import Auditor, profile_digest
from .days import day_tickets, noted
from .door import Door, unknown
from .folds import Folds
from .gate import Gate, Rank
from .issued import issued_files
from .ports import (
    Appended,
    AuditLog,
    Batch,
    NewEffect,
    NewEvent,
    Number,
    Store,
    StoredEvent,
    Summary,
)

if TYPE_CHECKING:
    from ..documents import DueDocument
    from ..office import Office

__all__ = ["Desk", "Done", "Entry"]

SYSTEM = Actor("system", Role.SYSTEM, "pst-core")
_OF_THE_LIST = (BillingIssued.NAME, PaymentConfirmed.NAME, PaymentReversed.NAME)
"""What a day's list of payments is compared with."""
_ANYWHERE = (Role.APPLICANT, Role.SYSTEM)
"""Whose rights to a command do not hang on where they work."""
_PAGE = 500
"""How many rows of the register are read at once."""
_TRIES = 200
"""How often a command is decided anew when others moved the stream or a series first.

Each time somebody else has got on: of ten that want the same next number at once, one in ten gets
it, and after twenty times every eighth would still be left without.
"""


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


@attrs.frozen
class _Decided:
    """What a command would do: the case as it stands, and its events or why not."""

    procedure: Procedure
    office: Office
    state: State
    at: dt.datetime
    numbers: dict[str, int]
    previous: str
    """Digest of the stream's last event; empty for a new stream."""
    answer: tuple[Any, ...] | Refusal


class Desk:
    """The application service of one office over one store.

    ``clock`` gives the present as an aware datetime; ``new_id`` a fresh command id; ``gate``
    bounds how many commands are carried out at once and is shared by the desks of one store;
    ``audit`` takes down what is refused, read and let in (the store itself, if it can).
    """

    def __init__(
        self,
        office: Office,
        store: Store,
        *,
        clock: Callable[[], dt.datetime] = _now,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        gate: Gate | None = None,
        audit: AuditLog | None = None,
    ) -> None:
        self.office = office
        self.store = store
        self.clock = clock
        self._new_id = new_id
        self.gate = gate or Gate()
        # asked of the object, not of its class: a store around another hands these on
        if audit is None and hasattr(store, "note") and hasattr(store, "newest_note"):
            audit = cast("AuditLog", store)
        self.auditor = Auditor(office.code, audit)
        self._folds = Folds()
        self._reading = threading.Lock()
        self._read_to = 0
        self._codes: dict[str, str] = {}

    # -- commands -----------------------------------------------------------------------------

    def open(self, command: Any, *, by: Actor, command_id: str | None = None) -> Done:
        """Carry out the first command of a new case under the next free number.

        The stream is ``<procedure>-<office>-<period>-<number>``: the year, for visits the day.
        Raises like ``do``.
        """
        procedure = _procedure_of(command)
        with (
            self.gate.admit(_rank(command, by)),
            self.auditor.watching("", command, by, self.clock),
        ):
            command_id = command_id or self._new_id()
            for last_try in _tries():
                # one time for the name and for what happens: midnight may lie between two looks
                at = self.clock()
                period = self.office.local(at).strftime(procedure.period)
                series = f"{procedure.name}/{self.office.code}/{period}"
                number = self.store.last_number(series) + 1
                stream = f"{procedure.name}-{self.office.code}-{period}-{number:04d}"
                try:
                    return self._do(stream, command, by, command_id, at, {series: number})
                except Conflict as conflict:
                    if conflict.code == "command-id-reused" or last_try:
                        raise
        raise AssertionError("unreachable")

    def do(self, stream: str, command: Any, *, by: Actor, command_id: str | None = None) -> Done:
        """Carry out ``command`` on ``stream``.

        When it returns, the events are durable. A repeated ``command_id`` gets the first answer
        and does nothing. Raises ``Refusal`` (nothing was written), ``Conflict`` if others keep
        moving the stream or the id was used for another act, ``NotFound`` for another office's
        case, ``StorageError``, ``Busy`` (at once, if too many wait already, and without a line in
        any log; never for a row that is ``never_shed``).
        """
        with (
            self.gate.admit(_rank(command, by)),
            self.auditor.watching(stream, command, by, self.clock),
        ):
            command_id = command_id or self._new_id()
            for last_try in _tries():
                try:
                    return self._do(stream, command, by, command_id, self.clock(), {})
                except Conflict as conflict:
                    if conflict.code == "command-id-reused" or last_try:
                        raise
        raise AssertionError("unreachable")

    def _do(
        self,
        stream: str,
        command: Any,
        by: Actor,
        command_id: str,
        at: dt.datetime,
        taken: Mapping[str, int],
    ) -> Done:
        _procedure_of(command)  # what is no command is said before anything else
        ill = malformed(command) or unfit(by, command_id)
        if ill is not None:
            raise ill
        # an opening is the same act whatever number it gets
        print_ = fingerprint("" if taken else stream, command, by)
        try:
            found = self._decide(stream, command, by, at, taken)
            decided = found.answer
            if isinstance(decided, Refusal):
                raise decided
            procedure, office, state, at = found.procedure, found.office, found.state, found.at
            entries = self._entries(procedure, state, decided, at, by)
            after = entries[-1].state
            after.books.check()
        except (BadInput, Conflict, InvariantBroken, NotFound, Refusal):
            # what cannot be done now was perhaps done before, under this id; what can be done now
            # the store itself compares with the ids that it knows
            answer = self.store.answer(command_id, self.office.code, print_)
            if answer is not None:
                return self._answered(answer)
            raise
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
                    effect for entry in entries for effect in effects_of(stream, entry, at, office)
                ),
                numbers=tuple(Number(series, value) for series, value in found.numbers.items()),
                summary=self._summary(procedure, stream, after, at, office),
                previous=found.previous,
                person=self._whose(procedure, after),
            )
        )
        if appended.repeated:
            return self._answered(appended)
        self.auditor.done(stream, command, appended.version, command_id)
        return Done(stream, after, decided)

    def _decide(
        self, stream: str, command: Any, by: Actor, at: dt.datetime, taken: Mapping[str, int]
    ) -> _Decided:
        """Load and decide; what the command would write comes with it."""
        name = _procedure_of(command).name
        stored = self.store.load(stream)
        if taken and stored:
            # another opened a case under this number since it was read: the next one is free
            raise stale_version(stream, 0, len(stored))
        if stored and stored[0].name.split(".", 1)[0] != name:
            raise unknown(stream)  # a case of another kind
        if by.role not in _ANYWHERE and not relations(by, self.office.code, stream):
            raise _not_your_office(by)
        self.office.local(at)  # a naive clock is refused before anything is decided
        if stored:
            # the clocks of two machines differ, what happens in a case follows what has happened
            at = max(at, stored[-1].at)
        office = self._version(stored, at)
        procedure = procedure_at(office, name)
        state = self._folds.state(procedure, stored)
        if stored and not self._began_here(stored[0]):
            # its prices, numbers and papers are those of its own office; nor is it told where
            raise unknown(stream)
        step = procedure.step_for(type(command), state)
        if not stored and step is None:
            raise unknown(stream)  # as of another office's: which of the two, nobody is told
        numbers = dict(taken)
        numbers.update(self._next_numbers(step, command, at, numbers))
        once, used = self._once(step, command, state)
        numbers.update(once)
        context = Context(
            by=by,
            at=at,
            rules=office,
            stream=stream,
            numbers={series.split("/")[0]: number for series, number in numbers.items()},
            outside={**self._look(step, command, at, stream), "used": used},
        )
        decided = procedure.decide(command, state, context)
        previous = stored[-1].digest if stored else ""
        return _Decided(procedure, office, state, at, numbers, previous, decided)

    def run_timers(self, limit: int = 100) -> tuple[Done, ...]:
        """Carry out the system's commands that are due now, in every stream of the office.

        One that cannot be carried out holds up no other: the first error of a request is raised
        when all were tried. Raises ``Busy`` at once.
        """
        done: list[Done] = []
        failed: list[PstError] = []
        for summary in self.store.waking(self.clock(), limit, office=self.office.code):
            try:
                done += self._run_timer(summary)
            except (Refusal, Conflict, InvariantBroken) as error:
                failed.append(error)
            except StorageError as error:
                if error.code not in UNREADABLE:
                    raise
                failed.append(error)
        if failed:
            raise failed[0]
        return tuple(done)

    def _run_timer(self, summary: Summary) -> list[Done]:
        stored = self._stored(summary.stream)
        office = self._version(stored)
        procedure = procedure_at(office, summary.procedure)
        state = self._state(procedure, stored)
        for due, command in procedure.timers(state, office):
            if due <= self.clock():
                # the id names cause and version, so two workers cause it once
                name = f"{summary.stream}/{state.version}/{command.__name__}"
                return [self.do(summary.stream, command(), by=SYSTEM, command_id=name)]
        return []

    # -- evidence -----------------------------------------------------------------------------

    def note(
        self,
        what: str,
        *,
        by: Actor,
        stream: str = "",
        detail: Mapping[str, str | int] | None = None,
    ) -> int:
        """Write a line of the audit log: ``signed-in``, ``read``, what else a host lets happen.

        ``detail``: fixed words and keys. Returns the line's place. Raises ``BadInput`` for a
        detail that looks like something of a person, ``StorageError``, ``Busy``.
        """
        return self.auditor.note(what, by=by, at=self.clock(), stream=stream, detail=detail)

    def note_profile(self, *, by: Actor = SYSTEM) -> int | None:
        """Write a line if the office's profile is another than the last one that was noted.

        To be called when a process starts. Returns the line's place, None if it is as it was.
        """
        if self.auditor.log is None:
            return None
        digest = profile_digest(self.office)
        last = self.auditor.log.newest_note(self.office.code, "profile")
        if last is not None and json.loads(last.detail).get("sha256") == digest:
            return None
        return self.note("profile", by=by, detail={"sha256": digest})

    # -- questions ----------------------------------------------------------------------------

    def door(self, by: Actor) -> Door:
        """Return the door by which ``by`` comes in: it shows and does what the table lets them.

        A host hands this on to what answers people. The questions below ask for nobody's rights:
        they are for workers and tools inside.
        """
        return Door(self, by)

    def see(self, stream: str, *, by: Actor) -> State:
        """Return the state of ``stream`` as ``by`` may see it; see ``Door.see``."""
        return self.door(by).see(stream)

    def check(self, stream: str, command: Any, *, by: Actor) -> Refusal | None:
        """Return why ``command`` would be refused on ``stream`` now, or None; nothing is written.

        For a form that says at once what is wrong with it. Raises like ``do``.
        """
        ill = malformed(command) or unfit(by, "")
        if ill is not None:
            return ill
        decided = self._decide(stream, command, by, self.clock(), {}).answer
        return decided if isinstance(decided, Refusal) else None

    def state(self, stream: str) -> State:
        """Return the state of ``stream``. Raises ``NotFound`` if nothing has happened there."""
        stored = self._stored(stream)
        return self._state(self._procedure(stored), stored)

    def office_of(self, stream: str) -> Office:
        """Return the office by whose version of the profile ``stream`` is handled.

        That is the version it was filed under (R4), if the profile still names it; until it is
        filed, the one that holds now. Raises ``NotFound`` if nothing has happened there.
        """
        return self._version(self._stored(stream))

    def _stored(self, stream: str) -> tuple[StoredEvent, ...]:
        stored = self._own(stream)
        if not stored:
            # another office's case is not told apart from none
            raise unknown(stream)
        return stored

    def _own(self, stream: str) -> tuple[StoredEvent, ...]:
        """Return what has happened on ``stream``; empty if it is another office's."""
        stored = self.store.load(stream)
        return stored if stored and self._began_here(stored[0]) else ()

    def _began_here(self, first: StoredEvent) -> bool:
        office = getattr(noted(first).event, "office", None)
        if office is None:
            row = self.store.summary(first.stream)
            office = self.office.code if row is None else row.office
        return bool(office == self.office.code)

    def history(self, stream: str) -> tuple[Entry, ...]:
        """Return what has happened on ``stream``, event by event, with the state after each."""
        stored = self._stored(stream)
        procedure = self._procedure(stored)
        entries = []
        state = procedure.new
        for row in stored:
            happened = noted(row)
            step = procedure.row_of(happened.event, state)
            state = procedure.evolve(state, happened)
            entries.append(Entry(row.version, happened, step, state, row.command_id))
        return tuple(entries)

    def open_steps(self, stream: str, *, by: Actor | None = None) -> tuple[OpenStep, ...]:
        """Return what may be done on ``stream`` now; for each step what is still missing."""
        stored = self._stored(stream)
        procedure = self._procedure(stored)
        return procedure.open_steps(self._state(procedure, stored), by)

    def documents(self, stream: str) -> tuple[DueDocument, ...]:
        """Return each document of the request ``stream`` that is due by now, and how it stands.

        Raises ``NotFound`` if there is no such request.
        """
        entries = self.history(stream)
        if not isinstance(entries[0].noted.event, RequestOpened):
            raise NotFound(
                "not-a-request",
                Text(
                    id=f"{stream!r} bukan permintaan produk.",
                    en=f"{stream!r} is not a request for products.",
                ),
                remedy=Text(
                    id="Sebutkan nomor permintaan (request-...).",
                    en="Name a request (request-...).",
                ),
            )
        return documents(entries[-1].state, self.office_of(stream))

    def ledger(self, stream: str) -> Journal:
        """Return what the money events of ``stream`` posted, in order, and what it adds up to."""
        history = self.history(stream)
        return self.procedure(stream).journal(entry.noted for entry in history)

    def trial_balance(self) -> dict[Account, int]:
        """Return the balance of each account over the whole store, whatever office.

        Whole rupiah, debit above zero and credit below: the values sum to zero. Only money events
        are read into memory, one small balance a case.
        """
        posting = {k.NAME: p for r in procedures().values() for k, p in r.posting.items()}  # type: ignore[attr-defined]
        cases: dict[str, Balances] = {}
        for row in self._all_events(posting):
            event = event_from_json(row.name, row.schema, row.body)
            before = cases.get(row.stream, NO_BALANCES)
            cases[row.stream] = before.after(posting[row.name](event, before))
        totals: dict[Account, int] = {}
        for balances in cases.values():
            balances.check()
            for account, amount in balances.totals().items():
                totals[account] = totals.get(account, 0) + amount
        return totals

    def reconcile(self, rows: Iterable[TreasuryRow]) -> tuple[Reconciled, ...]:
        """Return what a day's list of payments means for the requests of this office.

        Nothing is recorded: of what matches, the command and its id come with it. Reads the whole
        store once; see ``request.reconcile``.
        """
        streams: dict[str, str] = {}
        recorded: dict[str, Recorded] = {}
        taken_back: Counter[str] = Counter()
        for row in self._all_events(_OF_THE_LIST):
            event = event_from_json(row.name, row.schema, row.body)
            if isinstance(event, BillingIssued):
                streams[event.code] = row.stream
            elif isinstance(event, PaymentReversed):
                ntpn = event.document.removeprefix("ntpn/")
                recorded.pop(ntpn, None)
                taken_back[ntpn] += 1
            else:
                recorded[event.ntpn] = Recorded(event.amount, row.stream)
        rows = tuple(rows)
        for ntpn in {row.ntpn for row in rows} & recorded.keys():
            if not self._own(recorded[ntpn].stream):
                recorded[ntpn] = attrs.evolve(recorded[ntpn], stream="")
        bills = {}
        for code in {row.code for row in rows}:
            stored = self._own(streams[code]) if code in streams else ()
            if stored:
                state = self._state(self._procedure(stored), stored)
                # in CLOSED and DELIVERED it was settled: what comes is a second payment
                over = state.phase in (CANCELLED, EXPIRED)
                bills[code] = Bill(streams[code], owed(state.books), over)
        return reconcile(rows, bills, recorded, taken_back)

    def stream_of_code(self, code: str) -> str | None:
        """Return the request of this office that the billing code ``code`` was recorded with.

        What the store has gained since it was asked last is read; the codes are remembered.
        """
        with self._reading:
            while rows := self.store.read(self._read_to, limit=1000):
                for row in rows:
                    if row.name == BillingIssued.NAME:
                        issued = event_from_json(row.name, row.schema, row.body)
                        self._codes[issued.code] = row.stream
                self._read_to = rows[-1].position
            stream = self._codes.get(code)
        if stream is None:
            return None
        return stream if self._own(stream) else None

    def _all_events(self, names: Collection[str]) -> Iterator[StoredEvent]:
        """Yield the events of ``names`` over the whole store, in order, a page at a time."""
        position = 0
        while rows := self.store.read(position, limit=1000):
            position = rows[-1].position
            yield from (row for row in rows if row.name in names)

    def register(self, **chosen: Any) -> list[Summary]:
        """Return the register's rows of the office; ``chosen`` as in ``Store.register``."""
        found: list[Summary] = []
        while True:
            page = self.store.register(
                self.office.code, after=found[-1].stream if found else "", limit=_PAGE, **chosen
            )
            found.extend(page)
            if len(page) < _PAGE:
                return found

    def procedure(self, stream: str) -> Procedure:
        """Return the procedure that ``stream`` follows, as its version of the standard has it."""
        return self._procedure(self._stored(stream))

    # -- the counter --------------------------------------------------------------------------

    def queue(self, day: dt.date | None = None) -> QueueView:
        """Return the queue of ``day`` (today if None) in the office's zone."""
        day = day or self.office.local(self.clock()).date()
        return QueueView(day_tickets(self.store, self.office, day))

    def call_next(self, counter: str, *, by: Actor) -> Done:
        """Call to ``counter`` whoever is next for it (S4).

        Raises ``NotFound`` if nobody waits or the office has no such counter, ``Refusal`` if the
        counter may not call.
        """
        known = [place.number for place in self.office.counter.counters]
        if known and counter not in known:
            raise NotFound(
                "unknown-counter",
                Text(id=f"Loket {counter!r} tidak ada.", en=f"There is no counter {counter!r}."),
                remedy=Text(id=f"Loket: {', '.join(known)}.", en=f"Counters: {', '.join(known)}."),
            )
        for last_try in _tries():
            ticket = self.queue().next_for(counter, self.office.counter)
            if ticket is None:
                break
            try:
                return self.do(ticket.stream, visits.CallVisitor(counter), by=by)
            except Refusal:
                # another counter may have called this visitor since; if not, the refusal stands
                again = self.queue().next_for(counter, self.office.counter)
                if last_try or (again is not None and again.stream == ticket.stream):
                    raise
        raise NotFound(
            "nobody-waits",
            Text(
                id=f"Tidak ada yang menunggu loket {counter}.",
                en=f"Nobody waits for counter {counter}.",
            ),
            remedy=Text(id="Tunggu nomor berikutnya.", en="Wait for the next number."),
        )

    # -- inside -------------------------------------------------------------------------------

    def _procedure(self, stored: tuple[StoredEvent, ...]) -> Procedure:
        return procedure_at(self._version(stored), stored[0].name.split(".", 1)[0])

    def _version(self, stored: tuple[StoredEvent, ...], at: dt.datetime | None = None) -> Office:
        """Return the office in the version that the case of ``stored`` is handled by."""
        if not self.office.earlier:
            return self.office
        for row in reversed(stored):
            if row.name == RequestFiled.NAME:
                filed = event_from_json(row.name, row.schema, row.body)
                return self.office.at_version(filed.standard)
        today = self.office.local(self.clock() if at is None else at).date()
        held = (v for v in self.office.versions() if not v.valid_from or v.valid_from <= today)
        return next(held, self.office)

    def _state(self, procedure: Procedure, stored: tuple[StoredEvent, ...]) -> State:
        return procedure.fold(noted(row) for row in stored)

    def owner(self, stream: str, state: State) -> str | None:
        """Return the key of the person whose case ``state`` is."""
        return self.procedure(stream).owner(state)

    def visit_of(self, stream: str, person: str) -> State | None:
        """Return the visit ``stream`` of this office if it is of ``person`` or of nobody known."""
        stored = self._own(stream)
        if not stored or stored[0].name.split(".", 1)[0] != visits.PROCEDURE.name:
            return None
        state = self._state(visits.PROCEDURE, stored)
        return state if visits.PROCEDURE.owner(state) in (None, "", person) else None

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
            happened = Noted(event, at, by)
            step = procedure.row_of(event, state)
            state = procedure.evolve(state, happened)
            entries.append(Entry(state.version, happened, step, state, ""))
        return entries

    def _answered(self, answer: Appended) -> Done:
        history = self.history(answer.stream)
        caused = history[answer.first_version - 1 : answer.version]
        return Done(
            answer.stream, caused[-1].state, tuple(e.noted.event for e in caused), repeated=True
        )

    def _next_numbers(
        self, step: Step | None, command: Any, at: dt.datetime, taken: Mapping[str, int]
    ) -> dict[str, int]:
        """Return the next number of the series that ``step`` bears, if it is not taken already."""
        if step is None or not step.numbered:
            return {}
        if any(series.startswith(f"{step.numbered}/") for series in taken):
            return {}
        day = self.office.local(at).date()
        which = (
            step.series(command, self.office, day)
            if step.series is not None
            else f"{self.office.code}/{day:%Y}"
        )
        series = f"{step.numbered}/{which}"
        return {series: self.store.last_number(series) + 1}

    def _once(self, step: Step | None, command: Any, state: State) -> tuple[dict[str, int], bool]:
        """Return the number that uses or frees what exists once, and whether it is in use.

        Odd numbers of its series use it, even ones free it. Whoever takes the same number at the
        same time conflicts, and is decided anew.
        """
        uses = step.once(command, state) if step is not None and step.once is not None else ""
        frees = step.frees(command, state) if step is not None and step.frees is not None else ""
        series = uses or frees
        last = self.store.last_number(series) if series else 0
        used = last % 2 == 1
        return ({series: last + 1} if series and used == bool(frees) else {}), used and bool(uses)

    def _look(
        self, step: Step | None, command: Any, at: dt.datetime, stream: str
    ) -> Mapping[str, Any]:
        if step is None or not step.looks:
            return {}
        if step.looks == "issued":
            return {"issued": issued_files(self.store.effects(stream), AGREEMENT)}
        if step.looks == "visit":
            # of who asks, whoever types it: an officer without a portal, or they themselves
            person = command.applicant.id
            visit = self.visit_of(command.visit, person) if command.visit else None
            return {"visit": visit} if visit is not None else {}
        if step.looks == "about":
            stored = self._own(command.about) if command.about else ()
            return {"about": stored[0].name.split(".", 1)[0]} if stored else {}
        return {"queue": self.queue(self.office.local(at).date())}

    def _whose(self, procedure: Procedure, state: State) -> str:
        """Return whose data a case without an owner of its own holds, if that can be told."""
        about = (getattr(noted.event, "about", "") for noted in state.latest.values())
        asked = next(filter(None, about), "") if procedure.name == "survey" else ""
        row = self.store.summary(asked) if asked else None
        return row.applicant if row is not None and row.office == self.office.code else ""

    def _summary(
        self, procedure: Procedure, stream: str, state: State, at: dt.datetime, office: Office
    ) -> Summary:
        timers = procedure.timers(state, office)
        whose = state.turns[-1][1]
        return Summary(
            stream=stream,
            procedure=procedure.name,
            office=self.office.code,
            phase=str(state.phase),
            whose=whose[0] if whose else "",
            applicant=procedure.owner(state) or "",
            title=procedure.title_of(state),
            opened=state.turns[0][0],
            changed=at,
            due=None if procedure.ended(state) else procedure.due(state, office),
            wake=timers[0][0] if timers else None,
        )


@functools.cache
def _commands() -> Mapping[type, tuple[Procedure, bool]]:
    """Return each command's procedure, and whether it is never turned away.

    Looked up once, because to be turned away must cost next to nothing.
    """
    return {
        step.command: (
            procedure,
            any(s.never_shed for s in procedure.steps if s.command is step.command),
        )
        for procedure in procedures().values()
        for step in procedure.steps
    }


def _procedure_of(command: Any) -> Procedure:
    known = _commands().get(type(command))
    if known is not None:
        return known[0]
    name = type(command).__name__
    raise BadInput(
        "unknown-command",
        Text(id=f"{name} bukan perintah.", en=f"{name} is not a command."),
        remedy=Text(
            id="Pakai kelas perintah dari pst_core.request atau pst_core.visit.",
            en="Use a command class of pst_core.request or pst_core.visit.",
        ),
    )


_RANKS = {role: Rank[role.name] for role in Role}


def _rank(command: Any, by: Actor) -> Rank:
    known = _commands().get(type(command))
    return Rank.NOTICE if known is not None and known[1] else _RANKS[by.role]


def _not_your_office(by: Actor) -> Refusal:
    return Refusal(
        "not-your-office",
        Text(
            id=f"{by.role.text.id} ini bukan dari kantor ini.",
            en=f"This {by.role.text.en} is not of this office.",
        ),
        remedy=Text(
            id="Minta ditugasi untuk kasus ini, atau pakai meja kantor sendiri.",
            en="Have the case assigned to you, or use the desk of your own office.",
        ),
    )


def _tries() -> Iterator[bool]:
    """Give for each try whether it is the last one."""
    return (n == _TRIES - 1 for n in range(_TRIES))


def effects_of(
    stream: str, entry: Entry, at: dt.datetime, office: Office, *, errands: bool | None = None
) -> list[NewEffect]:
    """Return what the row makes, whom it tells and what it asks outside: one effect each.

    ``errands``: whether there is a channel to ask, whatever the profile says of it now.
    """
    cause = f"{stream}/{entry.version}"
    papers = [NewEffect(f"{cause}/paper/{p}", "paper", "{}", at) for p in entry.step.makes]
    # who has no address, where the standard asks for none, hears at the counter
    state = entry.state
    reached = bool(email_of(state)) if state.last(RequestOpened) is not None else True
    told = [role for role in entry.step.tells if role is not Role.APPLICANT or reached]
    mails = [NewEffect(f"{cause}/mail/{r}", "mail", "{}", at) for r in told]
    # where people do it by hand there is nothing to carry out
    if errands is None:
        errands = office.treasury.gateway is not Way.MANUAL
    asked = entry.step.errands if errands else ()
    sent = [NewEffect(f"{cause}/{errand}/treasury", str(errand), "{}", at) for errand in asked]
    return papers + mails + sent
