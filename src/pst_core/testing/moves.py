"""Lives in words: who does what to a case, and what the table makes of it.

A ``Move`` is a word such as ``officer:SendOffer`` or ``treasurer:ConfirmPayment:half``; a ``Life``
is what came of some moves, each really decided and taken in. So a life can be written down in one
line, read back, and cut shorter by whoever looks for the shortest one that shows a fault. No
store, no clock: time goes on by office hours. The content of a command is that of ``lives``.

    >>> life = Life.read("applicant:OpenRequest applicant:AcceptTerms")
    >>> str(life.state.phase), life.entries[-1].step.clause
    ('DRAFT', 'S7')
    >>> next(life.onward())
    Move('applicant:ChooseProducts')
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any

import attrs

from .. import visit as visits
from ..desk import Entry
from ..documents import FileFacts
from ..documents.asker import Channel, Segment
from ..office import Office
from ..refusal import BadInput, PstError, Refusal
from ..request import commands as c
from ..request import events as e
from ..request.state import WALK_IN, Applicant, ZeroWish
from ..request.variants import procedure_of
from ..tariff import Map, Microdata, Product, Publication
from ..text import Text
from ..visit.state import AT_COUNTER
from ..wire import procedures_of
from ..workflow import Actor, Context, Noted, Procedure, Role, State, Step
from .lives import ACTORS, BASKET, fitting, person

__all__ = [
    "AGAIN",
    "CLOCK",
    "DUE",
    "NEARLY",
    "SPOILT",
    "START",
    "STRANGER",
    "Life",
    "Move",
    "basket_of",
    "later",
    "manners",
    "said_basket",
]

CLOCK = "clock"
STRANGER = "stranger"
"""Who has no part in the case: an applicant with an id of their own."""
DUE, NEARLY = "due", "nearly"
"""Moves of the clock: on to what is due next, and to a minute before it."""
SPOILT = "!"
"""Before a field's name: the command with nothing, or something wrong, in that field."""
START = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
"""When a life begins if nothing else is said: a Monday morning in all of Indonesia."""

_PAUSE = dt.timedelta(hours=2)
_MINUTE = dt.timedelta(minutes=1)
_LAST_HOUR = 15
_LONGEST_WAIT = 20
_OTHER = Actor("warga-2", Role.APPLICANT, "Bukan pemohon")


@attrs.frozen(repr=False)
class Move:
    """Who does what: a role (or ``stranger``, ``clock``), a command, and in which manner.

    ``how`` is empty for what is usual. It may be ``!field`` for a spoilt field; of ``OpenRequest``
    the door, the segment, ``abroad`` and ``en`` (``online/private/abroad``); of ``ChooseProducts``
    the basket (``publication=312+microdata=4200000``); of payments ``half``, ``double`` or, for
    one that was recorded before, ``again``; of ``CompleteForm`` ``zero``. The clock has no
    command, and ``due`` or ``nearly``.
    """

    who: str
    command: type | None
    how: str = ""

    def __str__(self) -> str:
        parts = (self.who, self.command.__name__ if self.command else "", self.how)
        return ":".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"Move({str(self)!r})"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))  # as hypothesis shows it

    @property
    def actor(self) -> Actor:
        """Who it is, as the host application would know them."""
        return _OTHER if self.who == STRANGER else ACTORS[Role(self.who)]

    @classmethod
    def read(cls, word: str, procedure: Procedure) -> Move:
        """Return the move that ``word`` says. Raises ``BadInput`` with what would be right."""
        who, _, rest = word.partition(":")
        if who == CLOCK and rest in (DUE, NEARLY):
            return cls(CLOCK, None, rest)
        name, _, how = rest.partition(":")
        known = {step.command.__name__: step.command for step in procedure.steps}
        if who not in (*Role, STRANGER) or name not in known:
            people = ", ".join((*Role, STRANGER))
            raise BadInput(
                "unknown-move",
                Text(id=f"Langkah {word!r} tidak dikenal.", en=f"The move {word!r} is not known."),
                remedy=Text(
                    id=f"Tulis siapa:Perintah[:cara], siapa salah satu dari {people}; atau "
                    f"clock:due, clock:nearly. Perintah: {', '.join(sorted(known))}.",
                    en=f"Write who:Command[:manner], who one of {people}; or clock:due, "
                    f"clock:nearly. Commands: {', '.join(sorted(known))}.",
                ),
            )
        return cls(who, known[name], how)


def _numbers(step: Step | None, procedure: Procedure, entries: tuple[Entry, ...]) -> dict[str, int]:
    """Return the next number of each series that ``step`` may take one from."""
    borne = [entry.step.numbered for entry in entries]
    series = (procedure.name, step.numbered if step is not None else "")
    return {name: borne.count(name) + 1 for name in series if name}


@attrs.frozen(repr=False, slots=False, eq=False)
class Life:
    """A case as some moves left it: every entry was decided and taken in as at a desk.

    ``start`` is when its first move is made, aware. Nothing changes a life: ``then`` gives the
    next one.
    """

    office: Office
    procedure: Procedure
    start: dt.datetime = START
    stream: str = attrs.field()
    """The name that the case would have in a store; number 1 of its period if not said."""
    moves: tuple[Move, ...] = ()
    entries: tuple[Entry, ...] = ()
    waited_to: dt.datetime | None = None
    """How far the clock was moved on."""
    used: frozenset[str] = frozenset()
    """What exists once in a store and is in use, such as ``ntpn/...``."""

    @stream.default
    def _first(self) -> str:
        period = self.office.local(self.start).strftime(self.procedure.period)
        return f"{self.procedure.name}-{self.office.code}-{period}-0001"

    def __repr__(self) -> str:
        return f"Life.read({str(self)!r}, {self.office.code!r}, {self.procedure.name!r})"

    def __str__(self) -> str:
        return " ".join(map(str, self.moves))

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))  # as hypothesis shows it

    @classmethod
    def begin(
        cls,
        office: Office | str = "3317",
        procedure: Procedure | str = "request",
        start: dt.datetime = START,
    ) -> Life:
        """Return a case before its first move; ``office`` and ``procedure`` also by their names."""
        if isinstance(office, str) and isinstance(procedure, str):
            return _begun(office, procedure, start)
        house = Office.load(office) if isinstance(office, str) else office
        table = procedure if isinstance(procedure, Procedure) else procedures_of(house)[procedure]
        return cls(house, table, start)

    @classmethod
    def read(
        cls,
        words: str,
        office: Office | str = "3317",
        procedure: Procedure | str = "request",
        start: dt.datetime = START,
    ) -> Life:
        """Return the life that ``words`` tell, moves with spaces between.

        Raises ``BadInput`` for a word that is no move, and the ``Refusal`` of one that is refused.
        """
        life = cls.begin(office, procedure, start)
        for word in words.split():
            after = life.then(Move.read(word, life.procedure))
            if isinstance(after, Refusal):
                raise after
            life = after
        return life

    @property
    def state(self) -> State:
        """The state that the moves led to."""
        return self.entries[-1].state if self.entries else self.procedure.new

    @property
    def noted(self) -> tuple[Noted, ...]:
        """The events, each with when and by whom."""
        return tuple(entry.noted for entry in self.entries)

    @property
    def events(self) -> tuple[Any, ...]:
        """The events alone."""
        return tuple(entry.noted.event for entry in self.entries)

    @property
    def now(self) -> dt.datetime:
        """When the last thing happened, aware."""
        last = self.entries[-1].noted.at if self.entries else self.start
        return max(last, self.waited_to or last)

    @property
    def ended(self) -> bool:
        """Whether the service is over and nobody has anything left to do."""
        state = self.state
        return self.procedure.ended(state) and state.facts.isdisjoint(self.procedure.leaves)

    @cached_property
    def _timers(self) -> tuple[tuple[dt.datetime, type], ...]:
        return self.procedure.timers(self.state, self.office)

    def when(self, move: Move) -> dt.datetime:
        """Return when ``move`` would be made: a little later, the clock and its rows when due."""
        timers = self._timers
        if move.who == CLOCK:
            due = max(self.now, timers[0][0]) if timers else self.now
            return due if move.how == DUE else max(self.now, due - _MINUTE)
        at = later(self.office, self.now) if self.entries else self.start
        # what the clock does comes at its time, never a pause later
        return max([at, *(due for due, command in timers if command is move.command)])

    def asks(self, move: Move) -> Any:
        """Return the command of ``move``, or None where there is nothing to make it of yet."""
        if move.command is None:
            return None
        try:
            return _made(move, self)
        except (AssertionError, PstError):
            return None

    def after(self, move: Move) -> Life | None:
        """Return the life after ``move``, or None if it is refused or nothing can be made of it."""
        after = _tried(self, move)
        return after if isinstance(after, Life) else None

    def then(self, move: Move) -> Life | Refusal:
        """Return the life after ``move``, or why it is refused.

        The clock is never refused: it carries out what is due, each thing once, and may find
        nothing. Raises ``BadInput`` for a move that nothing can be made of.
        """
        after = _tried(self, move)
        if after is not None:
            return after
        raise BadInput(
            "no-such-content",
            Text(id=f"Belum ada bahan untuk {move}.", en=f"There is nothing to make {move} of."),
            remedy=Text(
                id="Lakukan dahulu langkah yang mendahuluinya.",
                en="Make the moves that come before it first.",
            ),
        )

    def _done(self, command: Any, by: Actor, at: dt.datetime) -> Life | Refusal:
        state, step = self.state, self.procedure.step_for(type(command), self.state)
        uses = step.once(command, state) if step is not None and step.once is not None else ""
        frees = step.frees(command, state) if step is not None and step.frees is not None else ""
        context = Context(
            by,
            at,
            self.office,
            self.stream,
            _numbers(step, self.procedure, self.entries),
            {"used": uses in self.used, "visit": State(AT_COUNTER), "queue": self._queue()},
        )
        decided = self.procedure.decide(command, state, context)
        if isinstance(decided, Refusal):
            return decided
        entries = self.entries
        for event in decided:
            noted = Noted(event, at, by)
            row = self.procedure.row_of(event, state)
            state = self.procedure.evolve(state, noted)
            entries = (*entries, Entry(state.version, noted, row, state, ""))
        used = (self.used | {uses} if uses else self.used) - {frees}
        return attrs.evolve(self, entries=entries, used=used)

    def _waited(self, move: Move) -> Life:
        at = self.when(move)
        life = attrs.evolve(self, waited_to=at)
        for _ in range(_LONGEST_WAIT):
            timers = life.procedure.timers(life.state, life.office)
            if not timers or timers[0][0] > at:
                break
            done = life._done(timers[0][1](), ACTORS[Role.SYSTEM], at)
            if isinstance(done, Refusal):
                break
            life = done
        return attrs.evolve(life, moves=(*self.moves, move))

    def _queue(self) -> visits.QueueView | None:
        if self.procedure.name != "visit":
            return None
        ticket = visits.read_ticket(self.stream, self.noted)
        return visits.QueueView((ticket,) if ticket is not None else ())

    def shortest(self, shows: Callable[[Life], bool]) -> Life:
        """Return a life that still ``shows`` what is looked for, without a move that can be spared.

        >>> life = Life.read("applicant:OpenRequest applicant:AcceptTerms applicant:CancelRequest")
        >>> life.shortest(lambda life: life.state.phase == "CANCELLED")
        Life.read('applicant:OpenRequest applicant:CancelRequest', '3317', 'request')
        """
        life, n = self, len(self.moves)
        while n:
            n -= 1
            shorter = Life.begin(self.office, self.procedure, self.start)
            for place, move in enumerate(life.moves):
                if place != n:
                    shorter = shorter.after(move) or shorter
            if len(shorter.moves) < len(life.moves) and shows(shorter):
                life, n = shorter, min(n, len(shorter.moves))
        return life

    # -- what may come next -------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[Step, ...]:
        """The rows that are there now, the straightest way on first.

        That is the table's own order, where rows that nobody waits for come last, before them
        those that lead back, before them what comes by waiting, and what has been done already
        after what has not.
        """
        state = self.state
        taken = [entry.step for entry in self.entries]

        def key(step: Step) -> tuple[bool, bool, bool, bool, int]:
            done = step.to is None and bool(step.gives) and state.facts.issuperset(step.gives)
            undone = not state.facts.isdisjoint(step.clears)
            back = step.to is not None and undone and not step.gives
            waits = step.role is Role.SYSTEM
            return step.aside, back, waits, done, taken.count(step)

        return tuple(
            sorted(
                (
                    s
                    for s in self.procedure.steps
                    if s.fits(state.phase, state.facts) and not s.lacks(state.facts)
                ),
                key=key,
            )
        )

    def onward(self) -> Iterator[Move]:
        """Give moves that the table takes now, in their usual manner, the straightest first."""
        for step in self.rows:
            move = Move(step.role, step.command)
            if self.after(move) is not None:
                yield move


@lru_cache(2048)
def _tried(life: Life, move: Move) -> Life | Refusal | None:
    """Return what comes of ``move``; None where nothing can be made of it.

    Lives that begin alike are walked again and again while a short one is looked for.
    """
    if move.who == CLOCK:
        return life._waited(move)
    command = life.asks(move)
    if command is None:
        return None
    done = life._done(command, move.actor, life.when(move))
    if isinstance(done, Refusal):
        return done
    return attrs.evolve(done, moves=(*life.moves, move))


@lru_cache(16)
def _begun(office: str, procedure: str, start: dt.datetime) -> Life:
    house = Office.load(office)
    return Life(house, procedures_of(house)[procedure], start)


def later(office: Office, at: dt.datetime) -> dt.datetime:
    """Return a time after ``at`` in office hours."""
    local = office.local(at + _PAUSE)
    if local.hour > _LAST_HOUR or not office.calendar.is_workday(local.date()):
        day = office.calendar.add(local.date(), 1)
        local = dt.datetime.combine(day, dt.time(9), office.calendar.zone)
    return local


def manners(command: type, office: Office) -> tuple[str, ...]:
    """Return the manners of ``command`` that lead to different facts, the usual one first."""
    if command is c.OpenRequest:
        rows = procedure_of(office).steps
        by_door = any(WALK_IN in (*step.when, *step.unless) for step in rows)
        walks_in = (Channel.WALK_IN,) if by_door else ()
        return ("", "online/individual/abroad/en", *walks_in)
    if command is c.ChooseProducts:
        return ("publication=312", "")
    if command in _MONEY:
        return ("", "half", "double")
    return ("", "zero") if command is c.CompleteForm else ("",)


# -- content ------------------------------------------------------------------------------------

AGAIN = {c.ConfirmPayment: ("again",), c.VerifyTransfer: ("again",)}
"""The manner of a payment that was recorded before."""
_MONEY = (c.ConfirmPayment, c.VerifyTransfer, c.TakeCash)
_USED = {c.ConfirmPayment: (e.PaymentConfirmed, "ntpn"),
         c.VerifyTransfer: (e.TransferVerified, "reference")}  # fmt: skip


def _made(move: Move, life: Life) -> Any:
    command, how, state, at = move.command, move.how, life.state, life.when(move)
    assert command is not None  # noqa: S101
    if how.startswith(SPOILT):
        usual = fitting(command, state, life.office, at, life.stream)
        return _spoilt(usual, how.removeprefix(SPOILT))
    if command is c.OpenRequest:
        return _opening(how, life.office)
    if command is c.ChooseProducts:
        return c.ChooseProducts(basket_of(how) if how else BASKET)
    made = fitting(command, state, life.office, at, life.stream)
    if command in _MONEY:
        # what is paid where nothing is owed any more is the invoice again
        sent = state.last(e.OfferSent)
        whole = made.amount if made.amount > 1 or sent is None else max(1, sent.total)
        part = {"half": max(1, whole // 2), "double": 2 * whole}.get(how, whole)
        made = attrs.evolve(made, amount=part)
        if how in AGAIN.get(command, ()):
            kind, field = _USED[command]
            paid = state.last(kind)
            assert paid is not None, "nothing was paid yet"  # noqa: S101
            made = attrs.evolve(made, **{field: getattr(paid, field)})
    if command is c.CompleteForm and how == "zero":
        made = attrs.evolve(made, zero=ZeroWish("local-government", "state-duty", "B-12/2026"))
    return made


def _opening(how: str, office: Office) -> c.OpenRequest:
    words = how.split("/")
    doors = [door for door in Channel if door in words]
    segment = next((s for s in Segment if s in words), Segment.INDIVIDUAL)
    usual = Channel.ONLINE if Channel.ONLINE in office.doors else Channel.WALK_IN
    who: Applicant = person(abroad="abroad" in words, segment=segment)
    return c.OpenRequest(
        attrs.evolve(who, lang="en" if "en" in words else "id"), doors[0] if doors else usual
    )


def basket_of(words: str) -> tuple[Product, ...]:
    """Return the products that ``words`` say, such as ``publication=312+map=national/village/2``.

    >>> basket_of("publication=312+tabulation=1000")[1].processed
    True
    """
    return tuple(_product(n, *word.split("=", 1)) for n, word in enumerate(words.split("+"), 1))


def _product(n: int, kind: str, size: str) -> Product:
    if kind == "publication":
        return Publication(f"Dalam Angka {n}", pages=int(size))
    if kind in ("microdata", "tabulation"):
        return Microdata(f"Susenas {n}", bytes=int(size), processed=kind == "tabulation")
    extent, level, sheets = size.split("/")
    return Map(f"Wilkerstat {n}", extent=extent, level=level, sheets=int(sheets))  # type: ignore[arg-type]


def said_basket(products: tuple[Product, ...]) -> str:
    """Return ``products`` as the words that ``basket_of`` reads."""
    return "+".join(_said(product) for product in products)


def _said(product: Product) -> str:
    if isinstance(product, Publication):
        return f"publication={product.pages}"
    if isinstance(product, Microdata):
        return f"{'tabulation' if product.processed else 'microdata'}={product.bytes}"
    return f"map={product.extent}/{product.level}/{product.sheets}"


_KEPT = ("id", "kind", "lang", "abroad")
"""What is no content of a form: spoiling it would make another case, not a faulty one."""


def _spoilt(command: Any, field: str) -> Any:
    """Return ``command`` with nothing in ``field``, or with what can never be right there."""
    assert field in attrs.asdict(command, recurse=False), field  # noqa: S101
    value = getattr(command, field)
    if isinstance(value, Enum):
        return command  # another word of the same list is no fault
    if isinstance(value, str):
        return attrs.evolve(command, **{field: ""})
    if isinstance(value, bool):
        return attrs.evolve(command, **{field: not value})
    if isinstance(value, int):
        return attrs.evolve(command, **{field: 0})
    if isinstance(value, tuple):
        return attrs.evolve(command, **{field: ()})
    if isinstance(value, FileFacts):
        return attrs.evolve(command, **{field: attrs.evolve(value, problem="damaged")})
    if attrs.has(type(value)):
        emptied = {
            name: type(held)()
            for name, held in attrs.asdict(value, recurse=False).items()
            if type(held) in (str, bool) and name not in _KEPT
        }
        return attrs.evolve(command, **{field: attrs.evolve(value, **emptied)})
    return command
