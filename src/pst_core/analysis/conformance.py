"""How the cases of another system's log went, held against a procedure's own table.

Per case: steps missing, out of order, by the wrong role, safety rules broken (product before
payment), the legal deadline missed and in whose hands the time was spent; and what could not be
judged, which is never passed over. Where a case may stand is worked out in ``replay``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from ..refusal import PstError
from ..request.deadline import Service
from ..request.deadline import service as request_service
from ..text import Lang, Text
from ..workdays import Reckoned, reckon
from ..workflow import Actor, Before, Fact, Noted, Once, Phase, Procedure, Role, State, Step
from .cases import Case, Course, What, cases_of, latest_of, what
from .logs import Activities, Log, Unread, role_of
from .replay import Act, Fit, Move, Places, Replay, Roles

if TYPE_CHECKING:
    from ..office import Office

__all__ = [
    "CaseReport",
    "Deviation",
    "Kind",
    "LogReport",
    "Unjudged",
    "conformance",
    "log_report_data",
]


class Kind(StrEnum):
    """What can be wrong with a case."""

    MISSING = "missing"
    OUT_OF_ORDER = "out-of-order"
    NOT_NOW = "not-now"
    """There is no row for the event there, nor at any other point of the case."""
    WRONG_ROLE = "wrong-role"
    RULE = "rule"
    """A safety rule of the procedure is broken."""
    LATE = "late"
    SAME_ID = "same-id"
    """The id of the case was used again for another case after it had ended."""

    @property
    def text(self) -> Text:
        """The kind in words."""
        return _KINDS[self]


_KINDS = {
    Kind.MISSING: Text(id="langkah tidak ada", en="step missing"),
    Kind.OUT_OF_ORDER: Text(id="langkah tidak pada urutannya", en="step out of order"),
    Kind.NOT_NOW: Text(id="langkah tidak pada tempatnya", en="step that has no place there"),
    Kind.WRONG_ROLE: Text(id="oleh peran yang keliru", en="by the wrong role"),
    Kind.RULE: Text(id="aturan pengaman dilanggar", en="safety rule broken"),
    Kind.LATE: Text(id="melewati batas waktu", en="deadline missed"),
    Kind.SAME_ID: Text(id="nomor layanan dipakai lagi", en="id of the case used again"),
}


@attrs.frozen
class Deviation:
    """One thing that went otherwise than the table says. ``line`` of the log, 0 if it has none.

    ``clauses`` are those of the step; of a broken rule, of the event that broke it.
    """

    kind: Kind
    clauses: tuple[str, ...]
    text: Text
    line: int = 0


@attrs.frozen
class Unjudged:
    """What could not be judged, and why."""

    code: str
    text: Text


@attrs.frozen
class CaseReport:
    """One case. Days are working days; ``due`` is None where the deadline could not be judged.

    ``late``: None if in time (or not judged), 0 for less than one working day. ``hands``: working
    days that each side held it while the legal clock was on. ``repeated``: rows that say the same
    as another and were left out.
    """

    case: str
    events: int
    phase: Phase | None
    ended: bool
    deviations: tuple[Deviation, ...]
    unjudged: tuple[Unjudged, ...]
    due: dt.datetime | None = None
    late: int | None = None
    hands: Mapping[str, int] = attrs.field(factory=dict)
    repeated: int = 0

    @property
    def conforms(self) -> bool:
        """True if nothing was found that the table does not say."""
        return not self.deviations


@attrs.frozen(eq=False)
class LogReport:
    """A whole log over one table."""

    procedure: Procedure
    cases: tuple[CaseReport, ...]
    unread: tuple[Unread, ...]
    unknown: Mapping[str, int]
    """Activities that are no step of the table, with how often they occur."""
    near: Mapping[str, str]
    """For an unknown activity the known name nearest to it, if there is one."""
    unjudged: tuple[Unjudged, ...]
    """What no case of this log can be judged by."""
    arrows: Mapping[tuple[Step, Phase], int]
    """How often each row was taken from each phase."""
    skipped: Mapping[tuple[Step, Phase], int]
    """How often each row must have been skipped there."""
    variants: int
    """How many different courses the cases took."""
    until: dt.datetime | None
    """When open cases were looked at: the time that was asked for, or the log's last."""

    @property
    def conforming(self) -> int:
        """How many cases conform."""
        return sum(case.conforms for case in self.cases)

    @property
    def kinds(self) -> dict[Kind, int]:
        """How many deviations of each kind there are."""
        found = Counter(d.kind for case in self.cases for d in case.deviations)
        return {kind: found[kind] for kind in Kind if found[kind]}

    @property
    def hands(self) -> dict[str, int]:
        """Working days that each side held the cases, summed."""
        total: Counter[str] = Counter()
        for case in self.cases:
            total.update(case.hands)
        return dict(total)

    def to_mermaid(self, lang: Lang = "id") -> str:
        """Return the table's diagram with how often each row was taken, and skipped."""

        missing = Text(id="tidak ada", en="missing").say(lang)

        def counted(steps: tuple[Step, ...], phase: Phase) -> str:
            times = sum(self.arrows.get((step, phase), 0) for step in steps)
            left = sum(self.skipped.get((step, phase), 0) for step in steps)
            return f" ×{times}" + (f" ({missing} ×{left})" if left else "")

        return self.procedure.to_mermaid(lang, counted)


_SERVICES: dict[str, Callable[[State], Service | None]] = {"request": request_service}
"""What the legal clock reads of a case; a procedure that is not here has none to be judged."""

Turns = tuple[tuple[int, Roles], ...]


@attrs.frozen
class _Clock:
    """What the legal clock reads of a course: its times by the index of their event."""

    started: int
    turns: tuple[tuple[int, str], ...]
    ended: int | None

    def reckon(
        self, times: Sequence[dt.datetime], office: Office, until: dt.datetime | None
    ) -> Reckoned:
        """Return due time, lateness and hands of a case whose events have these times."""
        return reckon(
            office.calendar,
            office.hours,
            office.clock,
            times[self.started],
            [(times[n], whose) for n, whose in self.turns],
            None if self.ended is None else times[self.ended],
            until,
        )


@attrs.frozen(eq=False)
class _Judged:
    """What holds of every case that took one course; cases differ in their times alone."""

    found: tuple[tuple[int | None, Deviation], ...]
    unjudged: tuple[Unjudged, ...]
    phase: Phase | None
    ended: bool
    latest: tuple[tuple[type, int], ...]
    """Of each kind of event, the last one: its index."""
    turns: tuple[Turns, Turns]
    """Whose turn it was from which event on: as much the applicant's as can be, and as little."""
    taken: tuple[tuple[Step, Phase], ...]
    skipped: tuple[tuple[Step, Phase], ...]


@attrs.frozen(eq=False)
class _Part:
    """The events of a course, by their index, that are one case, and what holds of them."""

    rows: Sequence[int]
    judged: _Judged
    unjudged: tuple[Unjudged, ...]
    clocks: tuple[_Clock | None, _Clock | None]
    """The clock by either reading of ``judged.turns``, where no two events are at one time."""


def conformance(
    log: Log,
    procedure: Procedure,
    office: Office,
    *,
    activities: Activities | None = None,
    roles: Mapping[str, Role] | None = None,
    until: dt.datetime | None = None,
    replay: Replay | None = None,
) -> LogReport:
    """Return how the cases of ``log`` went over the table of ``procedure``.

    ``activities``: the log's own names; ``roles``: its own words for roles, casefolded.
    ``until``: when open cases are looked at, aware; else the last time in the log. Events of a
    case are taken in order of their times; in the log's order where a time is missing.
    ``replay``: of the same table and unlogged steps, to go on with what it has worked out.
    """
    activities = activities or Activities(procedure)
    replay = replay or Replay(procedure, activities.silent)
    return _Judge(procedure, office, activities, roles or {}, replay).judge(log, until)


class _Judge:
    def __init__(
        self,
        procedure: Procedure,
        office: Office,
        activities: Activities,
        roles: Mapping[str, Role],
        replay: Replay,
    ) -> None:
        self.procedure = procedure
        self.office = office
        self.activities = activities
        self.roles = roles
        self.replay = replay
        self.service_of = _SERVICES.get(procedure.name)
        self.rules = [(rule, _about(rule)) for rule in procedure.rules]
        self.number = cache(self._number)
        self.judged: dict[Course, _Judged] = {}
        self.parts: dict[Course, tuple[_Part, ...]] = {}
        self.taking: Counter[Course] = Counter()
        """How many cases took a course."""
        self.begins: set[int] = set()
        """Acts by which a case begins."""
        self.roleless: set[int] = set()
        """Acts of which the log does not say who did them."""
        self.strange: dict[int, str] = {}
        """Acts that are no step of the table, by their own names."""

    def judge(self, log: Log, until: dt.datetime | None) -> LogReport:
        until = until or latest_of(log.rows)
        unknown: Counter[str] = Counter()
        reports: list[CaseReport] = []
        for case in cases_of(log.rows, self.number):
            if self.strange or case.repeated:
                unknown.update(self._unknown(case))
            reports.extend(self._case(case, until))
        taken, skipped = self._arrows()
        return LogReport(
            self.procedure,
            tuple(reports),
            log.unread,
            dict(unknown.most_common()),
            {name: near for name in unknown if (near := self.activities.near(name))},
            self._never_judged(taken, skipped),
            taken,
            skipped,
            len(self.judged),
            until,
        )

    def _number(self, what: What) -> int:
        """Return the number of an act: alike acts have the same, strange ones are below 0."""
        activity, role, told = what
        steps = self.activities.rows(activity)
        if not steps:
            number = -1 - len(self.strange)
            self.strange[number] = activity
            return number
        act = Act(steps, role_of(role, self.roles), told)
        number = self.replay.number(act)
        if all(step.at == (self.procedure.start,) for step in steps):
            self.begins.add(number)
        if act.role is None:
            self.roleless.add(number)
        return number

    def _unknown(self, case: Case) -> Iterable[str]:
        numbers = (*case.course, *map(self.number, map(what, case.repeated)))
        return (self.strange[number] for number in numbers if number < 0)

    def _arrows(self) -> tuple[dict[tuple[Step, Phase], int], dict[tuple[Step, Phase], int]]:
        """Return how often each row was taken, and how often skipped, from each phase."""
        taken: Counter[tuple[Step, Phase]] = Counter()
        skipped: Counter[tuple[Step, Phase]] = Counter()
        for course, times in self.taking.items():
            for part in self.parts[course]:
                for found, arrows in ((taken, part.judged.taken), (skipped, part.judged.skipped)):
                    for arrow in arrows:
                        found[arrow] += times
        return dict(taken), dict(skipped)

    # -- one case -----------------------------------------------------------------------------

    def _case(self, case: Case, until: dt.datetime | None) -> Iterable[CaseReport]:
        parts = self.parts.get(case.course)
        if parts is None:
            parts = self.parts[case.course] = tuple(self._parts(case.course))
        self.taking[case.course] += 1
        for n, part in enumerate(parts):
            yield self._one(case, part, n, until)

    def _one(self, case: Case, part: _Part, nth: int, until: dt.datetime | None) -> CaseReport:
        judged, unjudged = part.judged, part.unjudged
        deviations = [
            d if n is None else Deviation(d.kind, d.clauses, d.text, case.rows[part.rows[n]].line)
            for n, d in judged.found
        ]
        if nth:
            line = case.rows[part.rows[0]].line
            deviations.insert(0, Deviation(Kind.SAME_ID, (), _SAME_ID, line))
        due: dt.datetime | None = None
        late: int | None = None
        hands: dict[str, int] = {}
        if self.service_of is None:
            pass
        elif case.times is None:
            unjudged = (*unjudged, _NO_TIME)
        else:
            due, late, hands, open_ = self._times(part, case.times, case.apart, until)
            if open_ is not None and open_ not in unjudged:
                unjudged = (*unjudged, open_)
            if late is not None and due is not None:
                deviations.append(_late(self.office.local(due), late, hands))
        return CaseReport(
            f"{case.name}#{nth + 1}" if nth else case.name,
            len(part.rows),
            judged.phase,
            judged.ended,
            tuple(deviations),
            unjudged,
            due,
            late,
            hands,
            0 if nth else len(case.repeated),
        )

    # -- one course ---------------------------------------------------------------------------

    def _parts(self, course: Course) -> Iterable[_Part]:
        """Split where the id of a case that had ended is used for another."""
        known = [n for n, number in enumerate(course) if number >= 0]
        own = tuple(course[n] for n in known)
        cuts = [0, len(own)]
        begun = [n for n, number in enumerate(own) if number in self.begins]
        if begun[:1] == [0]:
            cuts[1:1] = [n for n in begun[1:] if self._course(own[:n]).ended]
        strange = len(course) - len(known)
        for nth, (a, b) in enumerate(pairwise(cuts)):
            yield self._part(own[a:b], known[a:b], 0 if nth else strange)

    def _part(self, own: Course, rows: Sequence[int], strange: int) -> _Part:
        judged = self._course(own)
        unjudged = [*judged.unjudged]
        if strange:
            unjudged.append(_strange(strange))
        if not self.roleless.isdisjoint(own):
            unjudged.append(_ROLE_UNKNOWN)
        clocks = (None, None) if self.service_of is None else self._clocks(judged, _one_by_one(own))
        return _Part(rows, judged, tuple(dict.fromkeys(unjudged)), clocks)

    def _course(self, course: Course) -> _Judged:
        found = self.judged.get(course)
        if found is None:
            found = self.judged[course] = self._judge(course)
        return found

    def _judge(self, course: Course) -> _Judged:
        explained = self.replay.explain(course)
        moves = explained.moves
        found = _deviations(moves)
        broken, open_ = self._rules(moves)
        unjudged = [*open_]
        if not explained.exact:
            unjudged.append(_TOO_FAR)
        phase = _only({p for p, _ in moves[-1].after}) if moves else None
        ended = bool(moves) and all(p in self.procedure.ends for p, _ in moves[-1].after)
        latest: dict[type, int] = {}
        theirs: list[tuple[int, Roles]] = []
        ours: list[tuple[int, Roles]] = []
        for move in moves:
            events = {s.event for s in move.steps}
            if move.fit is Fit.SKIPPED or move.index is None:
                continue
            if move.fit is not Fit.NOT_NOW:
                if len(events) == 1:
                    latest[next(iter(events))] = move.index
                mild, strict = self.replay.turns_at(move.after)
                _take_turn(theirs, move.index, mild)
                _take_turn(ours, move.index, strict)
        return _Judged(
            (*found, *broken),
            tuple(dict.fromkeys(unjudged)),
            phase,
            ended,
            tuple(latest.items()),
            (tuple(theirs), tuple(ours)),
            tuple(_arrow(m) for m in moves if m.fit in (Fit.AS_WRITTEN, Fit.WRONG_ROLE)),
            tuple(_arrow(m) for m in moves if m.fit is Fit.SKIPPED),
        )

    # -- rules --------------------------------------------------------------------------------

    def _rules(
        self, moves: Sequence[Move]
    ) -> tuple[list[tuple[int | None, Deviation]], list[Unjudged]]:
        """Return the safety rules that the log's own events break, and those it leaves open."""
        told = {fact for m in moves for fact, _ in m.act.told}
        quiet = {s.event for s in self.activities.silent}
        happened = [(m, {s.event for s in m.steps}) for m in moves if m.fit is not Fit.SKIPPED]
        broken: list[tuple[int | None, Deviation]] = []
        unjudged: list[Unjudged] = []
        for rule, about in self.rules:
            mark = False
            for move, events in happened:
                if about.isdisjoint(events):
                    continue
                if isinstance(rule, Before):
                    if events == {rule.event} and not mark:
                        applies = _applies(rule, move)
                        fact = rule.only_for or rule.not_for
                        if any(_kind_of(h) in quiet for h in rule.needs):
                            unjudged.append(_unlogged(rule.text))
                        elif applies is True:
                            broken.append((move.index, _rule(rule.text, move)))
                        elif fact is not None and str(fact) not in told:
                            unjudged.append(_untold(rule.text, fact, applies is None))
                    now = any(_possible(h, move) for h in rule.needs)
                    reset = any(_sure(h, move) for h in rule.since)
                else:
                    now = any(_sure(h, move) for h in rule.events)
                    if now and mark:
                        broken.append((move.index, _rule(rule.text, move)))
                    reset = any(_possible(h, move) for h in rule.since)
                mark = (mark and not reset) or now
        return broken, unjudged

    # -- time ---------------------------------------------------------------------------------

    def _times(
        self,
        part: _Part,
        times: Sequence[dt.datetime],
        apart: bool,
        until: dt.datetime | None,
    ) -> tuple[dt.datetime | None, int | None, dict[str, int], Unjudged | None]:
        """Return due time, lateness and hands, and what of them is not certain.

        Where the log leaves open in whose hands the case was, it is late if it is so either way.
        """
        judged = part.judged
        if len(part.rows) < len(times):
            times = [times[n] for n in part.rows]
        mildest, strictest = part.clocks if apart else self._clocks(judged, times)
        if mildest is None or strictest is None:
            lost = judged.ended and (judged.found or self.activities.silent)
            return None, None, {}, _NO_START if lost else None
        mild = self._time(mildest, times, until)
        if isinstance(mild, Unjudged):
            return None, None, {}, mild
        strict = mild if strictest is mildest else self._time(strictest, times, until)
        if isinstance(strict, Unjudged):
            return None, None, {}, _HANDS_UNKNOWN
        if mild == strict:
            return *mild, None
        due, late, _ = mild
        if late == strict[1]:
            return due, late, {}, _HANDS_UNKNOWN
        return due, late, {}, _LATE_UNKNOWN if late is None else _MORE_LATE

    def _time(
        self, clock: _Clock, times: Sequence[dt.datetime], until: dt.datetime | None
    ) -> Reckoned | Unjudged:
        """Return due time, lateness and hands by one reading of the clock."""
        try:
            return clock.reckon(times, self.office, until)
        except PstError as error:
            return Unjudged("deadline", error.text)

    def _clocks(
        self, judged: _Judged, times: Sequence[dt.datetime]
    ) -> tuple[_Clock | None, _Clock | None]:
        """Return the clock by either reading of whose turn it was; alike ones are the same."""
        mild = self._clock(judged, judged.turns[0], times)
        if judged.turns[0] == judged.turns[1]:
            return mild, mild
        return mild, self._clock(judged, judged.turns[1], times)

    def _clock(self, judged: _Judged, turns: Turns, times: Sequence[dt.datetime]) -> _Clock | None:
        """Return the procedure's own reading of the clock, whose times are looked up by event."""
        state = State(
            self.procedure.start,
            latest={kind: Noted(None, times[n], _NOBODY) for kind, n in judged.latest},
            turns=tuple((times[n], roles) for n, roles in turns),
        )
        assert self.service_of is not None  # noqa: S101
        read = self.service_of(state)
        if read is None:
            return None
        changes: list[tuple[int, str]] = []
        for turn in read.turns:
            if turn.since <= read.started and all(whose for _, whose in changes):
                changes.clear()  # who had it before the clock was on does not matter
            if not changes or not turn.whose or changes[-1][1] != turn.whose:
                changes.append((times.index(turn.since), turn.whose))
        ended = None if read.ended is None else times.index(read.ended)
        return _Clock(times.index(read.started), tuple(changes), ended)

    def _never_judged(
        self, taken: Iterable[tuple[Step, Phase]], skipped: Iterable[tuple[Step, Phase]]
    ) -> tuple[Unjudged, ...]:
        found: list[Unjudged] = []
        checks = sorted({
            r.code for s in self.procedure.steps for r in s.requires if r.check and not r.fact
        })  # fmt: skip
        if checks:
            found.append(_content(checks))
        if self.service_of is None:
            found.append(_NO_DEADLINE)
        unlogged = _clauses(sorted(self.activities.silent, key=lambda s: s.clause))
        if unlogged:
            found.append(_unlogged_steps(unlogged))
        seen = {step.event for step, _ in taken}
        seen |= {s.event for s in self.activities.silent}
        never = {step for step, _ in skipped if step.event not in seen}
        if never:
            names = sorted({f"{s.clause} {s.command.__name__}" for s in never})
            found.append(_never_seen(", ".join(names)))
        return tuple(found)


def _deviations(moves: Sequence[Move]) -> list[tuple[int | None, Deviation]]:
    """Return what the moves say: an event that is at the wrong place is one mistake."""
    skipped = [n for n, m in enumerate(moves) if m.fit is Fit.SKIPPED]
    found: list[tuple[int, int | None, Deviation]] = []
    for n, move in enumerate(moves):
        if move.fit is Fit.WRONG_ROLE and move.index is not None:
            found.append((n, move.index, _wrong_role(move)))
        elif move.fit is Fit.NOT_NOW:
            events = {s.event for s in move.steps}
            place = next((k for k in skipped if moves[k].steps[0].event in events), None)
            if place is None:
                found.append((n, move.index, _not_now(moves, n)))
            else:
                skipped.remove(place)
                found.append((n, move.index, _out_of_order(moves, n, place)))
    for n in skipped:
        again = _done_later(moves, n)
        if again is None:
            found.append((n, _next_index(moves, n), _missing(moves, n)))
        else:
            found.append((n, moves[again].index, _out_of_order(moves, again, n)))
    found.sort(key=lambda f: f[0])
    return [(index, deviation) for _, index, deviation in found]


def _done_later(moves: Sequence[Move], n: int) -> int | None:
    """Return where the step that was skipped at ``n`` stands later, doing nothing by then."""
    event = moves[n].steps[0].event
    for k in range(n + 1, len(moves)):
        move = moves[k]
        if move.fit is Fit.AS_WRITTEN and move.steps[0].event is event:
            return k if move.before == move.after else None
    return None


def _wrong_role(move: Move) -> Deviation:
    right = Text.join(", ", [r.text for r in dict.fromkeys(r for s in move.steps for r in s.roles)])
    by = move.act.role.text if move.act.role else Text(id="-", en="-")
    named = _named(move)
    return Deviation(
        Kind.WRONG_ROLE,
        _clauses(move.steps),
        Text(
            id=f"{named.id}: dilakukan oleh {by.id}, seharusnya {right.id}",
            en=f"{named.en}: done by the {by.en}, where it takes the {right.en}",
        ),
    )


def _not_now(moves: Sequence[Move], n: int) -> Deviation:
    """Return that event ``n`` stands where it cannot: out of order if it could be elsewhere."""
    move = moves[n]
    named, phase = _named(move), _standing(move.before)
    room = frozenset(
        (place, facts)
        for other in moves
        for place, facts in (*other.before, *other.after)
        for step in move.steps
        if step.fits(place, facts) and not step.lacks(facts)
    )
    if not room:
        words = Text(id="tidak ada tempatnya dalam layanan ini", en="has no place in this case")
        kind = Kind.NOT_NOW
    else:
        where = _standing(room)
        words = Text(id=f"tempatnya pada tahap {where.id}", en=f"its place is at {where.en}")
        kind = Kind.OUT_OF_ORDER
    return Deviation(
        kind,
        _clauses(move.steps),
        Text(
            id=f"{named.id}: terjadi pada tahap {phase.id}; {words.id}",
            en=f"{named.en}: happened while the case stood at {phase.en}; {words.en}",
        ),
    )


def _out_of_order(moves: Sequence[Move], n: int, place: int) -> Deviation:
    """Return that the event of move ``n`` stands where it cannot, and belongs at ``place``."""
    named = _named(moves[n])
    if place < n:
        other = _event_near(moves, range(place, n))
        words = Text(id="terlambat; seharusnya sebelum", en="too late; it belongs before")
    else:
        other = _event_near(moves, range(place, n, -1))
        words = Text(id="terlalu awal; seharusnya sesudah", en="too early; it belongs after")
    return Deviation(
        Kind.OUT_OF_ORDER,
        _clauses(moves[n].steps),
        Text(
            id=f"{named.id}: {words.id} {other.id}",
            en=f"{named.en}: {words.en} {other.en}",
        ),
    )


def _missing(moves: Sequence[Move], n: int) -> Deviation:
    named, before = _named(moves[n]), _event_near(moves, range(n, len(moves)))
    return Deviation(
        Kind.MISSING,
        _clauses(moves[n].steps),
        Text(
            id=f"{named.id}: tidak ada; seharusnya sebelum {before.id}",
            en=f"{named.en}: is missing; it belongs before {before.en}",
        ),
    )


def _rule(text: Text, move: Move) -> Deviation:
    named = _named(move)
    return Deviation(
        Kind.RULE,
        _clauses(move.steps),
        Text(
            id=f"{text.id}: dilanggar oleh {named.id}",
            en=f"{text.en}: broken by {named.en}",
        ),
    )


def _one_by_one(course: Course) -> list[dt.datetime]:
    """Return times that stand for those of a course: of them the order alone is looked at."""
    return [_FIRST + n * dt.timedelta(minutes=1) for n in range(len(course))]


def _late(due: dt.datetime, late: int, hands: Mapping[str, int]) -> Deviation:
    held = Text.join(
        ", ", [Text(id=f"{_who(w).id} {n}", en=f"{_who(w).en} {n}") for w, n in hands.items()]
    )
    days = (
        Text(id=f"{late} hari kerja", en=f"{late} working day{'' if late == 1 else 's'}")
        if late
        else Text(id="kurang dari 1 hari kerja", en="less than 1 working day")
    )
    shown = Text(id=f"; hari kerja: {held.id}", en=f"; working days: {held.en}")
    return Deviation(
        Kind.LATE,
        ("L2",),
        Text(
            id=f"terlambat {days.id} (batas {due:%Y-%m-%d %H:%M}){shown.id if hands else ''}",
            en=f"{days.en} late (due {due:%Y-%m-%d %H:%M}){shown.en if hands else ''}",
        ),
    )


_SAME_ID = Text(
    id="nomor layanan ini sudah berakhir dan dipakai lagi; bagian ini dinilai tersendiri",
    en="this id had ended and was used again; this part is judged by itself",
)
_NOBODY = Actor("", Role.SYSTEM)
_FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_TOO_FAR = Unjudged(
    "too-far",
    Text(
        id="terlalu jauh dari prosedur: penjelasan yang lebih sederhana mungkin ada",
        en="too far from the procedure: a simpler explanation may exist",
    ),
)
_ROLE_UNKNOWN = Unjudged(
    "role",
    Text(id="peran pelaku tidak disebut atau tidak dikenal",
         en="who acted is not said, or their role is not known"),
)  # fmt: skip
_NO_TIME = Unjudged(
    "time",
    Text(
        id="ada waktu yang tidak terbaca: batas waktu tidak dinilai, urutan menurut berkas",
        en="a time cannot be read: the deadline is not judged, the order is the file's",
    ),
)
_NO_START = Unjudged(
    "deadline-start",
    Text(
        id="batas waktu tidak dinilai: saat permintaan lengkap tidak ada dalam log",
        en="the deadline is not judged: the log has no filing of the request",
    ),
)
_HANDS_UNKNOWN = Unjudged(
    "hands",
    Text(
        id="log tidak selalu menunjukkan di tangan siapa layanan berada; keterlambatan sama saja",
        en="the log does not always tell in whose hands the case was; lateness is the same",
    ),
)
_LATE_UNKNOWN = Unjudged(
    "late",
    Text(
        id="tepat waktu atau terlambat: tergantung di tangan siapa layanan berada, dan log tidak "
        "menunjukkannya",
        en="in time or late: it depends on in whose hands the case was, which the log does not "
        "tell",
    ),
)
_MORE_LATE = Unjudged(
    "late",
    Text(
        id="mungkin lebih terlambat dari yang disebut: log tidak menunjukkan di tangan siapa "
        "layanan berada",
        en="perhaps later than said: the log does not tell in whose hands the case was",
    ),
)
_NO_DEADLINE = Unjudged(
    "no-deadline",
    Text(
        id="prosedur ini tidak mempunyai batas waktu yang dapat dinilai dari log",
        en="this procedure has no deadline that can be judged from a log",
    ),
)


def _content(codes: Sequence[str]) -> Unjudged:
    return Unjudged(
        "content",
        Text(
            id=f"isi dari {len(codes)} persyaratan (berkas, jumlah, kode) tidak terlihat dalam log",
            en=f"the content of {len(codes)} requirements (files, amounts, codes) is not in a log",
        ),
    )


def _unlogged_steps(clauses: Sequence[str]) -> Unjudged:
    names = ", ".join(clauses)
    return Unjudged(
        "unlogged",
        Text(
            id=f"dianggap terjadi karena dinyatakan tidak dicatat: {names}",
            en=f"taken as done, as they are said not to be logged: {names}",
        ),
    )


def _never_seen(names: str) -> Unjudged:
    return Unjudged(
        "never-seen",
        Text(
            id=f"tidak pernah ada dalam log: {names} (bila memang tidak dicatat, sebutkan "
            "pada unlogged)",
            en=f"never in the log: {names} (if it is not recorded there, name it in unlogged)",
        ),
    )


def _strange(n: int) -> Unjudged:
    return Unjudged(
        "activity",
        Text(
            id=f"{n} kejadian dengan nama yang tidak dikenal",
            en=f"{n} event{'' if n == 1 else 's'} of a name that is not known",
        ),
    )


def _unlogged(rule: Text) -> Unjudged:
    return Unjudged(
        "rule-unlogged",
        Text(
            id=f"{rule.id}: langkah yang diperlukan tidak dicatat oleh log ini",
            en=f"{rule.en}: this log does not record the steps that it needs",
        ),
    )


def _untold(rule: Text, fact: Fact, open_: bool) -> Unjudged:
    taken = (
        Text(id="dapat berlaku atau tidak", en="may hold or not")
        if open_
        else Text(id="dianggap membebaskan", en="taken as what exempts it")
    )
    return Unjudged(
        "rule-fact",
        Text(
            id=f"{rule.id}: log tidak menyebut apakah {fact.text.id} ({taken.id})",
            en=f"{rule.en}: the log does not say whether {fact.text.en} ({taken.en})",
        ),
    )


# -- words and small questions --------------------------------------------------------------------


def _named(move: Move) -> Text:
    step = move.steps[0]
    return Text.join(" ", (step.cited, step.title))


def _event_near(moves: Sequence[Move], places: Iterable[int]) -> Text:
    """Return the first event of the log at ``places`` that stands where it should."""
    right = (Fit.AS_WRITTEN, Fit.WRONG_ROLE)
    found = next((moves[k] for k in places if moves[k].fit in right), None)
    return _named(found) if found else Text(id="akhir log", en="the end of the log")


def _next_index(moves: Sequence[Move], n: int) -> int | None:
    return next((m.index for m in moves[n:] if m.index is not None), None)


def _standing(places: Places) -> Text:
    phases = sorted({phase for phase, _ in places})
    return Text.join(" / ", [p.text for p in phases])


def _clauses(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.clause for s in steps))


def _only(found: set[Phase]) -> Phase | None:
    return next(iter(found)) if len(found) == 1 else None


def _arrow(move: Move) -> tuple[Step, Phase]:
    """Return the row of a move and the phase from which it was taken."""
    for step in move.steps:
        for phase, facts in sorted(move.before, key=lambda place: place[0]):
            if step.fits(phase, facts):
                return step, phase
    return move.steps[0], move.steps[0].at[0]


def _take_turn(turns: list[tuple[int, Roles]], index: int, roles: Roles) -> None:
    if not turns or turns[-1][1] != roles:
        turns.append((index, roles))


def _who(word: str) -> Text:
    return Role(word).text if word in {str(r) for r in Role} else Text(id=word, en=word)


def _kind_of(happening: Any) -> type:
    kind: type = happening[0] if isinstance(happening, tuple) else happening
    return kind


def _about(rule: Before | Once) -> frozenset[type]:
    """Return the events that ``rule`` looks at."""
    heard = (rule.event, *rule.needs) if isinstance(rule, Before) else rule.events
    return frozenset(_kind_of(h) for h in (*heard, *rule.since))


def _possible(happening: Any, move: Move) -> bool:
    """Return whether the event of ``move`` may be this happening."""
    kind, fact = happening if isinstance(happening, tuple) else (happening, None)
    steps = [s for s in move.steps if s.event is kind]
    if fact is None or not steps:
        return bool(steps)
    if (str(fact), False) in move.act.told or not any(_makes(s, fact) for s in steps):
        return False
    return move.fit is Fit.NOT_NOW or any(fact in facts for _, facts in move.after)


def _sure(happening: Any, move: Move) -> bool:
    """Return whether the event of ``move`` is this happening and can be nothing else."""
    kind, fact = happening if isinstance(happening, tuple) else (happening, None)
    if {s.event for s in move.steps} != {kind}:
        return False
    if fact is None:
        return True
    if not all(_makes(s, fact) for s in move.steps):
        return False
    if (str(fact), True) in move.act.told:
        return True
    return move.fit is not Fit.NOT_NOW and all(fact in facts for _, facts in move.after)


def _makes(step: Step, fact: Fact) -> bool:
    """Return whether ``step`` can make ``fact`` true (it may have been true before)."""
    return fact in step.gives or any(fact in choice for choice in step.chooses)


def _applies(rule: Before, move: Move) -> bool | None:
    """Return whether ``rule`` is one of the case at ``move``; None if that is not known."""
    found = {
        (rule.only_for is None or rule.only_for in facts)
        and (rule.not_for is None or rule.not_for not in facts)
        for _, facts in move.before
    }
    return next(iter(found)) if len(found) == 1 else None


# -- as data --------------------------------------------------------------------------------------


def log_report_data(report: LogReport, lang: Lang = "id") -> dict[str, Any]:
    """Return ``report`` as plain data for JSON: times as ISO text, days as whole numbers."""
    return {
        "procedure": report.procedure.name,
        "until": report.until.isoformat() if report.until else None,
        "totals": {
            "cases": len(report.cases),
            "conforming": report.conforming,
            "ended": sum(c.ended for c in report.cases),
            "variants": report.variants,
            "deviations": {str(kind): n for kind, n in report.kinds.items()},
            "late": sum(c.late is not None for c in report.cases),
            "hands": report.hands,
            "repeated": sum(c.repeated for c in report.cases),
            "unread": len(report.unread),
            "unknown": dict(report.unknown),
        },
        "unjudged": [{"code": u.code, "text": u.text.say(lang)} for u in report.unjudged],
        "unread": [{"line": u.line, "text": u.text.say(lang)} for u in report.unread],
        "steps": [
            {"clause": s.clause, "event": s.event.NAME, "phase": str(p), "times": n}
            for (s, p), n in report.arrows.items()
        ],
        "cases": [
            {
                "case": c.case,
                "events": c.events,
                "phase": c.phase,
                "ended": c.ended,
                "conforms": c.conforms,
                "due": c.due.isoformat() if c.due else None,
                "late_working_days": c.late,
                "hands": dict(c.hands),
                "repeated": c.repeated,
                "deviations": [
                    {
                        "kind": str(d.kind),
                        "clauses": list(d.clauses),
                        "line": d.line,
                        "text": d.text.say(lang),
                    }
                    for d in c.deviations
                ],
                "unjudged": [{"code": u.code, "text": u.text.say(lang)} for u in c.unjudged],
            }
            for c in report.cases
        ],
    }
