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
from typing import TYPE_CHECKING, Any

import attrs

from ..refusal import PstError
from ..request.deadline import deadline as request_deadline
from ..text import Lang, Text
from ..workdays import Deadline
from ..workflow import Actor, Before, Fact, Noted, Phase, Procedure, Role, State, Step
from .logs import Activities, Log, LogRow, Unread, role_of
from .replay import Act, Fit, Move, Places, Replay

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


DeadlineOf = Callable[[State, Any], "Deadline | None"]
_DEADLINES: dict[str, DeadlineOf] = {"request": request_deadline}


Turns = tuple[tuple[int, tuple[Role, ...]], ...]


@attrs.frozen
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
        self.deadline_of = _DEADLINES.get(procedure.name)
        self.judged: dict[tuple[int, ...], _Judged] = {}
        self.acts: dict[tuple[str, str, Any], int] = {}
        self.begins: set[int] = set()
        """Acts by which a case begins."""
        self.roleless: set[int] = set()
        """Acts of which the log does not say who did them."""
        self.unknown: Counter[str] = Counter()
        self.taken: Counter[tuple[Step, Phase]] = Counter()
        self.skipped: Counter[tuple[Step, Phase]] = Counter()

    def judge(self, log: Log, until: dt.datetime | None) -> LogReport:
        cases: dict[str, list[tuple[LogRow, int]]] = {}
        acts, unknown = self.acts, self.unknown
        last: dt.datetime | None = None
        for row in log.rows:
            key = (row.activity, row.role, row.told)
            number = acts.get(key)
            if number is None:
                number = acts[key] = self._number(row)
            if number < 0:
                unknown[row.activity] += 1
            at = row.at
            if at is not None and (last is None or at > last):
                last = at
            cases.setdefault(row.case, []).append((row, number))
        until = until or last
        reports: list[CaseReport] = []
        for case, rows in cases.items():
            reports.extend(self._case(case, rows, until))
        return LogReport(
            self.procedure,
            tuple(reports),
            log.unread,
            dict(unknown),
            {name: near for name in unknown if (near := self.activities.near(name))},
            self._never_judged(),
            dict(self.taken),
            dict(self.skipped),
            len(self.judged),
            until,
        )

    def _number(self, row: LogRow) -> int:
        steps = self.activities.rows(row.activity)
        if not steps:
            return -1
        act = Act(steps, role_of(row.role, self.roles), row.told)
        number = self.replay.number(act)
        if all(step.at == (self.procedure.start,) for step in steps):
            self.begins.add(number)
        if act.role is None:
            self.roleless.add(number)
        return number

    # -- one case -----------------------------------------------------------------------------

    def _case(
        self, case: str, rows: list[tuple[LogRow, int]], until: dt.datetime | None
    ) -> Iterable[CaseReport]:
        timed = all(row.at is not None for row, _ in rows)
        if timed:
            rows.sort(key=lambda pair: pair[0].at)  # type: ignore[arg-type,return-value]
        once: set[Any] = set()
        kept, strange = [], 0
        for pair in rows:
            row, number = pair
            key = row.id or (row.at, row.activity, row.role, row.resource)
            if key in once and (row.id or row.at is not None):
                continue
            once.add(key)
            if number < 0:
                strange += 1
            else:
                kept.append(pair)
        parts = self._parts(kept)
        for n, part in enumerate(parts, 1):
            name = case if n == 1 else f"{case}#{n}"
            yield self._one(
                name, part, until, timed=timed, strange=strange if n == 1 else 0,
                repeated=len(rows) - len(once) if n == 1 else 0, again=n > 1,
            )  # fmt: skip

    def _parts(self, rows: list[tuple[LogRow, int]]) -> list[list[tuple[LogRow, int]]]:
        """Split where the id of a case that had ended is used for another."""
        parts = [rows]
        begins = self.begins
        places = [n for n, (_, number) in enumerate(rows) if number in begins]
        for n in reversed(places):
            if n and rows[0][1] in begins and self._course(rows[:n]).ended:
                parts[:1] = [rows[:n], parts[0][n:]]
                rows = rows[:n]
        return parts

    def _course(self, rows: Sequence[tuple[LogRow, int]]) -> _Judged:
        course = tuple([number for _, number in rows])
        found = self.judged.get(course)
        if found is None:
            found = self.judged[course] = self._judge(course)
        return found

    def _one(
        self,
        case: str,
        rows: list[tuple[LogRow, int]],
        until: dt.datetime | None,
        *,
        timed: bool,
        strange: int,
        repeated: int,
        again: bool,
    ) -> CaseReport:
        judged = self._course(rows)
        self.taken.update(judged.taken)
        self.skipped.update(judged.skipped)
        deviations = [
            d if index is None else attrs.evolve(d, line=rows[index][0].line)
            for index, d in judged.found
        ]
        unjudged = list(judged.unjudged)
        if strange:
            unjudged.append(_strange(strange))
        roleless = self.roleless
        if roleless and any(number in roleless for _, number in rows):
            unjudged.append(_ROLE_UNKNOWN)
        if again:
            deviations.insert(0, Deviation(Kind.SAME_ID, (), _SAME_ID, rows[0][0].line))
        due: dt.datetime | None = None
        late: int | None = None
        hands: dict[str, int] = {}
        if self.deadline_of is None:
            pass
        elif not timed:
            unjudged.append(_NO_TIME)
        else:
            due, late, hands, open_ = self._times(judged, rows, until)
            unjudged += open_
            if late is not None and due is not None:
                deviations.append(_late(self.office.local(due), late, hands))
        return CaseReport(
            case,
            len(rows),
            judged.phase,
            judged.ended,
            tuple(deviations),
            tuple(dict.fromkeys(unjudged)),
            due,
            late,
            hands,
            repeated,
        )

    # -- one course ---------------------------------------------------------------------------

    def _judge(self, course: tuple[int, ...]) -> _Judged:
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
        theirs: list[tuple[int, tuple[Role, ...]]] = []
        ours: list[tuple[int, tuple[Role, ...]]] = []
        for move in moves:
            events = {s.event for s in move.steps}
            if move.fit is Fit.SKIPPED or move.index is None:
                continue
            if move.fit is not Fit.NOT_NOW:
                if len(events) == 1:
                    latest[next(iter(events))] = move.index
                # roles in a fixed order, so that the same log always reads the same
                whose = sorted({self.procedure.whose(*place) for place in move.after})
                _take_turn(theirs, move.index, min(whose, key=_of_office))
                _take_turn(ours, move.index, max(whose, key=_of_office))
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
        broken: list[tuple[int | None, Deviation]] = []
        unjudged: list[Unjudged] = []
        for rule in self.procedure.rules:
            mark = False
            for move in moves:
                if move.fit is Fit.SKIPPED:
                    continue
                happened = {s.event for s in move.steps}
                if isinstance(rule, Before):
                    if happened == {rule.event} and not mark:
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
        judged: _Judged,
        rows: Sequence[tuple[LogRow, int]],
        until: dt.datetime | None,
    ) -> tuple[dt.datetime | None, int | None, dict[str, int], tuple[Unjudged, ...]]:
        """Return due time, lateness and hands, and what of them is not certain.

        Where the log leaves open in whose hands the case was, it is late if it is so either way.
        """
        times = [row.at for row, _ in rows]
        mild = self._time(judged, judged.turns[0], times, until)
        if judged.turns[0] == judged.turns[1] or isinstance(mild, Unjudged) or mild is None:
            strict = mild
        else:
            strict = self._time(judged, judged.turns[1], times, until)
        if mild is None or strict is None:
            lost = judged.ended and (judged.found or self.activities.silent)
            return None, None, {}, (_NO_START,) if lost else ()
        if isinstance(mild, Unjudged) or isinstance(strict, Unjudged):
            return None, None, {}, (mild if isinstance(mild, Unjudged) else _HANDS_UNKNOWN,)
        if mild == strict:
            return *mild, ()
        due, late, _ = mild
        if late == strict[1]:
            return due, late, {}, (_HANDS_UNKNOWN,)
        return due, late, {}, (_LATE_UNKNOWN if late is None else _MORE_LATE,)

    def _time(
        self,
        judged: _Judged,
        turns: Turns,
        times: Sequence[dt.datetime | None],
        until: dt.datetime | None,
    ) -> tuple[dt.datetime, int | None, dict[str, int]] | Unjudged | None:
        """Return due time, lateness and hands by the procedure's own reading of the clock."""
        state = State(
            self.procedure.start,
            latest={kind: Noted(None, times[n], _NOBODY) for kind, n in judged.latest},  # type: ignore[arg-type]
            turns=tuple((times[n], roles) for n, roles in turns),  # type: ignore[misc]
        )
        assert self.deadline_of is not None  # noqa: S101
        try:
            clock = self.deadline_of(state, self.office)
            if clock is None:
                return None
            end = max(clock.ended or until or clock.start, clock.start)
            return clock.due_at, _days_late(clock, end), clock.in_whose_hands(end)
        except PstError as error:
            return Unjudged("deadline", error.text)

    def _never_judged(self) -> tuple[Unjudged, ...]:
        found: list[Unjudged] = []
        checks = sorted({
            r.code for s in self.procedure.steps for r in s.requires if r.check and not r.fact
        })  # fmt: skip
        if checks:
            found.append(_content(checks))
        if self.deadline_of is None:
            found.append(_NO_DEADLINE)
        unlogged = _clauses(sorted(self.activities.silent, key=lambda s: s.clause))
        if unlogged:
            found.append(_unlogged_steps(unlogged))
        seen = {step.event for step, _ in self.taken}
        seen |= {s.event for s in self.activities.silent}
        never = {step for step, _ in self.skipped if step.event not in seen}
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


def _days_late(clock: Deadline, end: dt.datetime) -> int | None:
    if not clock.overdue(end):
        return None
    day, calendar = clock.calendar.date_of(end), clock.calendar
    if day > calendar.last_day:
        calendar = calendar.with_estimates(calendar.last_day.year + 1, day.year)
    return calendar.count(clock.due_date, day)


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


def _of_office(roles: tuple[Role, ...]) -> bool:
    """Return whether it is the office's time; where both sides can act it is."""
    return any(role is not Role.APPLICANT for role in roles)


def _take_turn(
    turns: list[tuple[int, tuple[Role, ...]]], index: int, roles: tuple[Role, ...]
) -> None:
    if not turns or turns[-1][1] != roles:
        turns.append((index, roles))


def _who(word: str) -> Text:
    return Role(word).text if word in {str(r) for r in Role} else Text(id=word, en=word)


def _kind_of(happening: Any) -> type:
    kind: type = happening[0] if isinstance(happening, tuple) else happening
    return kind


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
