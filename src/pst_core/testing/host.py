"""Your application against the table: applicants, officers and the treasurer play, and both answer.

Give a way to do a command and a way to read where a request stands (``Host``), and say what of
the service your application has (``Scope``). ``check_host`` plays many requests, right and wrong
moves among them, and raises the first ``Difference`` as a short story in both languages, with the
line that shows it again (``replay``). How your application stores, words and draws things is its
own business: only what it says of a request is compared.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any, Protocol

import attrs

from ..documents.asker import Channel, Segment
from ..money import format_rupiah
from ..office import Office
from ..refusal import BadInput, PstError, Refusal
from ..request import events as e
from ..request import owed, procedure_of
from ..request.commands import ChooseProducts, OpenRequest
from ..text import Lang, Text
from ..workflow import Actor, Fact, Phase, Procedure, Role, State, Step
from .moves import CLOCK, DUE, NEARLY, SPOILT, START, STRANGER, Life, Move
from .walks import known_roads, row_of, straight_on, wrong_moves

__all__ = ["Difference", "Host", "Refused", "Scope", "Seen", "check_host", "replay"]


class Refused(Exception):
    """What a host raises where the application says no; anything else it raises is a failure.

    A ``pst_core.Refusal`` or other ``PstError`` says no as well.
    """


@attrs.frozen
class Seen:
    """Where the application says that a request stands. What is None is not compared.

    ``phase``: a phase of the table (``OFFERED``), whatever the application calls it.
    """

    phase: str
    facts: Collection[str] | None = None
    """All facts of the table that hold (``paid``, ``receipted``)."""
    total: int | None = None
    """Of the invoice, in rupiah; 0 before there is one."""
    owed: int | None = None
    """What of the invoice is not paid yet, in rupiah."""


class Host(Protocol):
    """Your application with one request in it; a new one is made for each play.

    ``do`` carries out a command (of ``pst_core.request``) of ``by`` at ``at``, aware; the first
    one opens the request. ``see`` says where the request stands. ``wait`` lets your clock go on
    to ``until`` and does what is due by then: leave it empty with ``Scope(clock=False)``.
    ``close`` gives back what the host holds.
    """

    def do(self, command: Any, *, by: Actor, at: dt.datetime) -> object: ...  # noqa: D102

    def see(self) -> Seen: ...  # noqa: D102

    def wait(self, until: dt.datetime) -> object: ...  # noqa: D102

    def close(self) -> object: ...  # noqa: D102


_KINDS = ("publication", "microdata", "tabulation", "map")
_MANNERS = ("zero", "half", "double", "again")


def _words(given: Collection[str]) -> tuple[str, ...]:
    # a word alone is meant as one, not as its letters
    return (given,) if isinstance(given, str) else tuple(given)


def _rows(given: Collection[str | type]) -> tuple[str | type, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _segments(given: Collection[Segment | str]) -> tuple[Segment, ...]:
    _check("segments", _words(given), tuple(Segment))
    return tuple(map(Segment, _words(given)))


def _channels(given: Collection[Channel | str]) -> tuple[Channel, ...]:
    _check("channels", _words(given), tuple(Channel))
    return tuple(map(Channel, _words(given)))


def _among(known: Collection[str]) -> Callable[[Any, Any, tuple[str, ...]], None]:
    def validate(_: Any, field: Any, given: tuple[str, ...]) -> None:
        _check(field.name, given, known)

    return validate


def _check(name: str, given: Iterable[object], known: Collection[str]) -> None:
    wrong = [str(word) for word in given if word not in set(known)]
    if wrong:
        raise BadInput(
            "unknown-scope",
            Text(
                id=f"Scope {name}: {', '.join(wrong)} tidak dikenal.",
                en=f"Scope {name}: {', '.join(wrong)} is not known.",
            ),
            remedy=Text(
                id=f"Pilih dari: {', '.join(map(str, known))}.",
                en=f"Choose from: {', '.join(map(str, known))}.",
            ),
        )


@attrs.frozen
class Scope:
    """What of the service your application has; nothing else is played.

    ``office``: whose standard it follows, by its code or the path of its profile. ``without``:
    clauses (``"X8"``) and commands whose rows it leaves out.
    """

    office: str = "3317"
    without: Collection[str | type] = attrs.field(default=(), converter=_rows)
    kinds: Collection[str] = attrs.field(default=_KINDS, converter=_words, validator=_among(_KINDS))
    segments: Collection[Segment] = attrs.field(default=tuple(Segment), converter=_segments)
    channels: Collection[Channel] = attrs.field(default=(Channel.ONLINE,), converter=_channels)
    abroad: bool = True
    manners: Collection[str] = attrs.field(
        default=_MANNERS, converter=_words, validator=_among(_MANNERS)
    )
    """Claims to Rp0, payments in part and too large, a payment told twice."""
    clock: bool = True
    """Whether ``wait`` moves the clock of your application."""
    wrong: bool = True
    """Whether wrong moves are played: of strangers, at the wrong time, with a spoilt content."""
    start: dt.datetime = START

    def begin(self) -> Life:
        """Return the model before its first move: the office's table without what is left out."""
        return _begun(self.office, tuple(self.without), self.start)

    def may(self, move: Move) -> bool:
        """Return whether ``move`` may come about in the application: by people, or by waiting."""
        if move.who == Role.SYSTEM:
            return self.clock and move.command in _timed(self.begin().procedure)
        if move.how.startswith(SPOILT):
            return True
        if move.command is OpenRequest:
            words = [word for word in move.how.split("/") if word] or [Channel.ONLINE]
            known = {*map(str, self.segments), *map(str, self.channels), "en"}
            return known.issuperset(set(words) - ({"abroad"} if self.abroad else set()))
        if move.command is ChooseProducts:
            if not move.how:
                return set(self.kinds) >= {"publication", "microdata", "map"}
            return set(self.kinds) >= {word.split("=")[0] for word in move.how.split("+")}
        return not move.how or move.how in self.manners

    def has(self, move: Move) -> bool:
        """Return whether ``move`` is played: the clock, and what people can ever come to do."""
        if move.who == CLOCK:
            return self.clock
        return move.who != Role.SYSTEM and move.command in _reached(self) and self.may(move)

    def as_played(self, move: Move) -> Move:
        """Return ``move``; what the system does comes of waiting until it is due."""
        return Move(CLOCK, None, DUE) if move.who == Role.SYSTEM else move


@lru_cache(32)
def _timed(procedure: Procedure) -> frozenset[type]:
    """Return the commands that come by waiting."""
    return frozenset(s.command for s in procedure.steps if s.due is not None)


@lru_cache(32)
def _reached(scope: Scope) -> frozenset[type]:
    """Return the commands that people can come to give."""
    roads = known_roads(scope.begin(), scope.may)
    return frozenset(s.command for s in roads if set(s.roles) != {Role.SYSTEM})


_BEGUN: dict[tuple[Any, ...], Life] = {}


def _begun(office: str, without: tuple[str | type, ...], start: dt.datetime) -> Life:
    known = _BEGUN.get((office, without, start))
    if known is None:
        house = Office.load(office)
        own = procedure_of(house)
        known_clauses = sorted({step.clause for step in (*own.steps, *own.beyond)})
        _check("without", [word for word in without if isinstance(word, str)], known_clauses)
        left: list[Step] = []
        out: list[Step] = []
        for step in own.steps:
            (out if {step.clause, step.command} & set(without) else left).append(step)
        table = attrs.evolve(own, steps=tuple(left), beyond=(*own.beyond, *out))
        known = _BEGUN[office, without, start] = Life.begin(house, table, start)
    return known


class Difference(AssertionError):
    """The first thing that an application says otherwise than the table.

    ``text`` is what is different, ``moves`` lead there (the last one shows it), ``again`` is the
    line of code that shows it again.
    """

    def __init__(self, text: Text, life: Life, moves: tuple[Move, ...], again: str) -> None:
        self.text = text
        self.moves = moves
        self.again = again
        self._life = life
        super().__init__(self.story())

    def story(self) -> str:
        """Return it as people read it: what differs in both languages, the way, the line."""
        life, lines = self._life, []
        for n, move in enumerate(self.moves, 1):
            about = _about(move, life)
            lines.append(f"{n:4}. {move}  {about.id} / {about.en}")
            after = life.after(move)
            life = after if after is not None else life
        way = "\n".join(lines)
        return (
            f"{self.text.id}\n{self.text.en}\n\nLangkah sampai ke sana / The steps that lead there:"
            f"\n{way}\n\nUlangi / Show it again:\n    {self.again}"
        )


def replay(make_host: Callable[[], Host], moves: str, scope: Scope | None = None) -> Seen:
    """Play ``moves`` (words with spaces between, see ``moves.Move``) against a new host.

    Returns what the application says in the end. Raises ``Difference`` where it first says
    otherwise than the table.
    """
    __tracebackhide__ = True
    scope = scope or Scope()
    life = scope.begin()
    return play(make_host, tuple(Move.read(w, life.procedure) for w in moves.split()), scope)


def play(make_host: Callable[[], Host], moves: Iterable[Move], scope: Scope) -> Seen:
    """Play ``moves`` against a new host; see ``replay``."""
    __tracebackhide__ = True
    life = scope.begin()
    played: tuple[Move, ...] = ()
    host = _made(make_host)
    seen = Seen(str(life.state.phase))
    try:
        for move in moves:
            if bool(life.entries) is (move.command is OpenRequest):
                continue  # a request is opened first, and once: each host has one
            if move.who != CLOCK and life.asks(move) is None:
                continue  # there is nothing to make it of: nobody can do that
            played = (*played, move)
            expected = life.then(move)
            wrong = _done(host, move, life, expected)
            after = expected if isinstance(expected, Life) else life
            if wrong is None and after.entries:
                seen = _told(host)
                wrong = _differing(seen, after)
            if wrong is not None:
                raise Difference(
                    _said(move, life, wrong), scope.begin(), played, _line(make_host, played, scope)
                )
            life = after
    finally:
        host.close()
    return seen


def _made(make_host: Callable[[], Host]) -> Host:
    """Return a new host; raise ``BadInput`` where what was given makes none."""
    if not callable(make_host):
        raise _unfit(
            Text(id=f"{make_host!r} adalah objek.", en=f"{make_host!r} is an object."),
            Text(
                id="Berikan kelasnya atau fungsi tanpa argumen: tiap permainan memakai yang baru.",
                en="Give its class, or a function of no argument: each play takes a new one.",
            ),
        )
    host = make_host()
    needed = ("do", "see", "wait", "close")
    missing = [name for name in needed if not hasattr(host, name)]
    later = [name for name in needed if inspect.iscoroutinefunction(getattr(host, name, None))]
    if not missing and not later:
        return host
    name = type(host).__name__
    if missing:
        raise _unfit(
            Text(
                id=f"{name} belum punya: {', '.join(missing)}.",
                en=f"{name} lacks: {', '.join(missing)}.",
            ),
            Text(
                id="Host punya do, see, wait dan close; yang tidak perlu boleh kosong.",
                en="A host has do, see, wait and close; leave empty what is not needed.",
            ),
        )
    raise _unfit(
        Text(
            id=f"{name}: {', '.join(later)} adalah fungsi async.",
            en=f"{name}: {', '.join(later)} is async.",
        ),
        Text(
            id="Tulis fungsi biasa yang menunggu sendiri, misalnya dengan asyncio.run.",
            en="Write a plain function that waits itself, with asyncio.run for example.",
        ),
    )


def _told(host: Host) -> Seen:
    seen: object = host.see()
    if isinstance(seen, Seen):
        return seen
    raise _unfit(
        Text(id=f"see mengembalikan {seen!r}.", en=f"see returns {seen!r}."),
        Text(
            id='Kembalikan Seen(phase="OFFERED", ...), dengan fase dari tabel.',
            en='Return Seen(phase="OFFERED", ...), with a phase of the table.',
        ),
    )


def _unfit(text: Text, remedy: Text) -> BadInput:
    return BadInput("unfit-host", text, remedy=remedy)


def check_host(
    make_host: Callable[[], Host],
    scope: Scope | None = None,
    *,
    plays: int = 50,
    seed: int | None = None,
) -> None:
    """Play every row that ``scope`` has, and ``plays`` requests of chance; needs hypothesis.

    Before each row is reached by the shortest way, everything that is wrong with it is tried.
    Raises the ``Difference`` that is found first, with all moves left out that are not needed to
    show it. The same requests are played each time; ``seed`` draws others by chance.
    """
    __tracebackhide__ = True
    import hypothesis

    from .strategies.cases import plays as of_chance

    wanted = scope or Scope()
    found: list[Difference] = []
    seen: set[tuple[Move, ...]] = set()

    def tried(moves: tuple[Move, ...]) -> None:
        if found or moves in seen:
            return
        seen.add(moves)
        difference = _difference(make_host, moves, wanted)
        if difference is not None:
            found.append(_shortened(difference, make_host, wanted))

    _made(make_host).close()  # what cannot be played at all is said before the roads are looked for
    for moves in _each_row(wanted):
        tried(moves)
        if found:
            raise found[0]
    test = hypothesis.given(of_chance(wanted))(tried)
    if seed is not None:
        test = hypothesis.seed(seed)(test)
    hypothesis.settings(
        max_examples=plays,
        phases=[hypothesis.Phase.generate],
        derandomize=seed is None,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )(test)()
    if found:
        raise found[0]


def _each_row(scope: Scope) -> Iterator[tuple[Move, ...]]:
    """Give plays that go to each row by the shortest way, and aside once from the straight life.

    Wherever they come by, all that is wrong is tried: it changes nothing, so all in one play.
    """
    begun = scope.begin()
    tried: set[tuple[Phase, frozenset[Fact]]] = set()

    def wrong(life: Life) -> tuple[Move, ...]:
        tried.add((life.state.phase, life.state.facts))
        return tuple(m for m in wrong_moves(life) if scope.has(m)) if scope.wrong else ()

    for road in known_roads(begun, scope.may).values():
        life, played = begun, [*(() if tried else wrong(begun))]
        for move in map(scope.as_played, road.moves):
            if move.who == CLOCK:
                played.append(Move(CLOCK, None, NEARLY))
            played.append(move)
            life = life.after(move) or life
            if (life.state.phase, life.state.facts) not in tried:
                played += wrong(life)
        yield tuple(played)
    life = begun
    while (longer := straight_on(life, {}, scope.has)) is not None and not life.ended:
        for row in life.rows:
            other = row_of(life, row, scope.has)
            if other is not None and other.entries[-1].step is not longer.entries[-1].step:
                # the application may still hold what this row was to clear: tried anew
                yield (*other.moves, *wrong(other))
        life = longer


def _difference(
    make_host: Callable[[], Host], moves: Iterable[Move], scope: Scope
) -> Difference | None:
    try:
        play(make_host, moves, scope)
    except Difference as found:
        return found
    return None


def _shortened(found: Difference, make_host: Callable[[], Host], scope: Scope) -> Difference:
    """Return ``found`` with each move left out, and each basket made small, that can be."""
    shorter = True
    while shorter:
        shorter = False
        for n in reversed(range(len(found.moves))):
            if n >= len(found.moves):
                continue
            for tried in _without(found.moves, n):
                other = _difference(make_host, tried, scope)
                if other is not None and _same(other, found) and _simpler(other, found):
                    found, shorter = other, True
                    break
    return found


def _without(moves: tuple[Move, ...], n: int) -> Iterator[tuple[Move, ...]]:
    yield (*moves[:n], *moves[n + 1 :])
    move = moves[n]
    if move.command is ChooseProducts:
        smallest = [f"{kind}={size}" for kind, size in _SMALLEST.items()]
        yield from (
            (*moves[:n], Move(move.who, move.command, how), *moves[n + 1 :]) for how in smallest
        )
    elif move.command and move.how and not move.how.startswith(SPOILT):
        yield (*moves[:n], Move(move.who, move.command), *moves[n + 1 :])


_SMALLEST = {"publication": "1", "microdata": "1", "map": "regency/village/1"}


def _same(one: Difference, other: Difference) -> bool:
    """Return whether both are shown by the same act."""
    last, theirs = one.moves[-1], other.moves[-1]
    return (last.who, last.command) == (theirs.who, theirs.command)


def _simpler(one: Difference, other: Difference) -> bool:
    def size(found: Difference) -> tuple[int, int]:
        return len(found.moves), sum(len(move.how) for move in found.moves)

    return size(one) < size(other)


# -- comparing ----------------------------------------------------------------------------------


def _done(host: Host, move: Move, life: Life, expected: Life | Refusal) -> Text | None:
    """Let the host do ``move``; return what is wrong with its yes or no."""
    at = life.when(move)
    try:
        if move.who == CLOCK:
            host.wait(at)
        else:
            host.do(life.asks(move), by=move.actor, at=at)
    except (Refused, PstError) as no:
        if isinstance(expected, Refusal):
            return None
        why = Text(id=no.say("id"), en=no.say("en")) if isinstance(no, PstError) else None
        return Text(
            id=f"seharusnya dilakukan ({_phase(expected, 'id')}), "
            f"aplikasi Anda menolak: {why.id if why else no}",
            en=f"expected to be done ({_phase(expected, 'en')}), "
            f"your app refuses: {why.en if why else no}",
        )
    except Exception as broken:
        return Text(id=f"aplikasi Anda gagal: {broken!r}", en=f"your app failed: {broken!r}")
    if isinstance(expected, Refusal):
        return Text(
            id=f"seharusnya ditolak, aplikasi Anda melakukannya. {_reasons(expected, 'id')}",
            en=f"expected to be refused, your app does it. {_reasons(expected, 'en')}",
        )
    return None


def _differing(seen: Seen, life: Life) -> Text | None:
    """Return in what the application says otherwise than ``life``."""
    state = life.state
    if seen.phase != state.phase:
        return Text(
            id=f"seharusnya {_phase(life, 'id')}, aplikasi Anda mengatakan {seen.phase}",
            en=f"expected {_phase(life, 'en')}, your app says {seen.phase}",
        )
    if seen.facts is not None and set(seen.facts) != set(state.facts):
        more = ", ".join(sorted(set(seen.facts) - state.facts)) or "-"
        less = ", ".join(sorted(state.facts - set(seen.facts))) or "-"
        return Text(
            id=f"menurut tabel juga berlaku: {less}; menurut aplikasi Anda saja: {more}",
            en=f"by the table there also holds: {less}; by your app alone: {more}",
        )
    for said, right, name in (
        (seen.total, _total(state), Text(id="jumlah tagihan", en="the invoice's total")),
        (seen.owed, owed(state.books), Text(id="sisa tagihan", en="what is owed")),
    ):
        if said is not None and said != right:
            return Text(
                id=f"{name.id} seharusnya {format_rupiah(right, 'id')}, "
                f"aplikasi Anda mengatakan {format_rupiah(said, 'id')}",
                en=f"{name.en} is expected to be {format_rupiah(right, 'en')}, "
                f"your app says {format_rupiah(said, 'en')}",
            )
    return None


def _reasons(refusal: Refusal, lang: Lang) -> str:
    said = [unmet.text for unmet in refusal.unmet] or [refusal.text]
    return " ".join(text.say(lang) for text in said).rstrip(".")


def _total(state: State) -> int:
    sent = state.last(e.OfferSent)
    return sent.total if sent is not None else 0


def _phase(life: Life, lang: Lang) -> str:
    phase = life.state.phase
    return f"{phase}, {phase.text.say(lang)}"


def _row(move: Move, life: Life) -> Step | None:
    if move.command is None:
        return None
    rows = [s for s in life.procedure.steps if s.command is move.command]
    return life.procedure.step_for(move.command, life.state) or (rows[0] if rows else None)


def _about(move: Move, life: Life) -> Text:
    """Return clause and title of the row that ``move`` means."""
    step = _row(move, life)
    if step is None:
        at = life.office.local(life.when(move))
        return Text(
            id=f"waktu berjalan sampai {at:%Y-%m-%d %H:%M}",
            en=f"time goes on to {at:%Y-%m-%d %H:%M}",
        )
    return Text(
        id=f"{step.clause} {step.title.id}", en=f"{step.clause} {step.title.en}"
    )  # fmt: skip


def _said(move: Move, life: Life, what: Text) -> Text:
    step = _row(move, life)
    if step is None:
        about = _about(move, life)
        return Text(id=f"{about.id}: {what.id}.", en=f"{about.en}: {what.en}.")
    who = (
        Text(id="orang lain", en="a stranger") if move.who == STRANGER else move.actor.role.text
    )  # fmt: skip
    return Text(
        id=f"{step.clause} oleh {who.id} ({step.title.id}): {what.id}.",
        en=f"{step.clause} by {who.en} ({step.title.en}): {what.en}.",
    )


def _line(make_host: Callable[[], Host], moves: tuple[Move, ...], scope: Scope) -> str:
    name = getattr(make_host, "__name__", type(make_host).__name__)
    last = "" if scope == Scope() else ", scope"
    return f'replay({name}, "{" ".join(map(str, moves))}"{last})'
