"""What holds of any table of rows: small ones are drawn at random and held against plain words.

What the engine works out once and remembers is here written down as it is meant, without haste.
"""

import datetime as dt
from collections import deque
from functools import reduce
from itertools import combinations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from pst_core.ledger import BILLED, RECEIVABLE
from pst_core.refusal import Refusal
from pst_core.text import Text
from pst_core.workflow import (
    Actor,
    Before,
    Context,
    Fact,
    Lack,
    Noted,
    Once,
    Phase,
    Procedure,
    Requirement,
    Role,
    Step,
)


def both(text):
    return Text(id=text, en=text)


PHASES = tuple(Phase(w, w.lower(), w.lower()) for w in ("NEW", "ASKED", "BACK"))
FACTS = tuple(Fact(w, w, w) for w in ("paid", "rare", "vetted"))
ROLES = (Role.APPLICANT, Role.OFFICER, Role.SYSTEM)
ANI = Actor("ani", Role.APPLICANT)
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@attrs.frozen
class Ask:
    good: bool = True


@attrs.frozen
class Pay(Ask): ...


@attrs.frozen
class Lend(Ask): ...


@attrs.frozen
class Asked:
    facts: tuple[Fact, ...] = ()
    mark: int = 0


@attrs.frozen
class Paid(Asked): ...


@attrs.frozen
class Lent(Asked): ...


COMMANDS = (Ask, Pay, Lend)
EVENTS = (Asked, Paid, Lent)


def some(words, *, none=0):
    """One or two of ``words``, in ``none`` of so many more cases nothing."""
    chosen = [c for n in (1, 2) for c in combinations(words, n)]
    return st.sampled_from([*chosen, *[()] * none])


def maybe(words):
    return st.sampled_from([None, None, *words])


def nobody(_):
    return None


def ani(_):
    return "ani"


def budi(_):
    return "budi"


def wants_good(command, state, context):
    return () if command.good else (Lack(both("not good"), both("be good")),)


@st.composite
def requirements(draw):
    code = draw(st.sampled_from(["a", "b"]))
    return Requirement(
        code, "C9", both(code), both(f"mend {code}"), draw(st.sampled_from(ROLES)),
        fact=draw(maybe(FACTS)), check=draw(st.sampled_from([None, wants_good])),
        only_for=draw(maybe(FACTS)),
    )  # fmt: skip


def odd(event):
    return event.mark % 2 == 1


def even(event):
    return event.mark % 2 == 0


def bills(event, books):
    amount = 1 + event.mark
    return [("bill", ((RECEIVABLE, "bill", amount), (BILLED, "bill", -amount)), "")]


def by_the_books(books):
    return FACTS[:1] if books.of(RECEIVABLE) > 3 else FACTS[1:]


@st.composite
def rows(draw, number):
    """A row; the first of a table can be gone in any case."""
    first = number == 0
    nothing = st.just(())
    return Step(
        f"C{number}", both(f"row {number}"), draw(st.sampled_from(ROLES)),
        draw(st.sampled_from(COMMANDS)), draw(st.sampled_from(EVENTS)),
        PHASES[:1] if first else draw(some(PHASES)),
        PHASES[1] if first else draw(maybe(PHASES)),
        when=draw(nothing if first else some(FACTS[:2], none=6)),
        unless=draw(nothing if first else some(FACTS, none=6)),
        requires=draw(nothing if first else st.lists(requirements(), max_size=2).map(tuple)),
        gives=draw(some(FACTS, none=6)), clears=draw(some(FACTS, none=9)),
        chooses=draw(st.sampled_from([(), ((), FACTS[:1]), (FACTS[:1], FACTS[1:]), (FACTS,)])),
        build=lambda command, state, context: context.outside["made"],
        of=draw(st.sampled_from([None, None, odd, even])),
        aside=draw(st.booleans()),
        awaits=draw(maybe(ROLES)),
        also=draw(st.sampled_from([(), (Role.SYSTEM,)])),
        posts=draw(st.sampled_from([None, None, None, bills])),
        picks=draw(st.sampled_from([None, None, by_the_books])),
    )  # fmt: skip


happenings = some([*EVENTS, *((e, f) for e in EVENTS for f in FACTS)], none=20)


@st.composite
def tables(draw):
    rules = [
        Before(both(f"before {n}"), draw(st.sampled_from(EVENTS)), draw(happenings),
               draw(happenings), draw(maybe(FACTS)), draw(maybe(FACTS)))
        if draw(st.booleans())
        else Once(both(f"once {n}"), draw(happenings), draw(happenings))
        for n in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return Procedure(
        "any", both("any"), PHASES[0], draw(some(PHASES[1:])),
        tuple(draw(rows(n)) for n in range(draw(st.integers(3, 7)))),
        owner=draw(st.sampled_from([nobody, ani, budi, budi])), rules=tuple(rules),
        leaves=draw(some(FACTS, none=3)), keeps=draw(some(EVENTS, none=3)),
    )  # fmt: skip


# -- as it is meant -----------------------------------------------------------------------------


def is_there(row, phase, facts):
    return phase in row.at and set(row.when) <= facts and not set(row.unless) & facts


def concerns(requirement, facts):
    return requirement.only_for is None or requirement.only_for in facts


def lacking(row, facts):
    return [r for r in row.requires if r.fact not in (None, *facts) and concerns(r, facts)]


def moved(row, phase, facts, chosen):
    choosable = {f for choice in row.chooses for f in choice}
    left = facts - set(row.clears) - choosable
    return row.to or phase, left | set(row.gives) | (set(chosen) & choosable)


def whose_turn(table, phase, facts):
    return {
        row.awaits or row.role for row in table.steps
        if not row.aside and row.role is not Role.SYSTEM
        and is_there(row, phase, facts) and not lacking(row, facts)
    }  # fmt: skip


def rests(table, phase, facts):
    return phase in table.ends and not facts & set(table.leaves)


def walked(table):
    """Return places, moves, and each problem with the length of the shortest way that shows it."""
    start = (table.start, frozenset(), (False,) * len(table.rules))
    depth, back, queue = {start: 0}, {start: set()}, deque([start])
    moves, fired, found = 0, set(), {}

    def report(kind, what, length):
        found.setdefault((kind, what), length)

    while queue:
        node = queue.popleft()
        phase, facts, marks = node
        there = [row for row in table.steps if is_there(row, phase, facts)]
        for row in there:
            if any(o is not row and (o.command, o.role) == (row.command, row.role) for o in there):
                said = f"{row.command.__name__} has two rows at {phase}"
                report("ambiguous", said, depth[node])
        for row in there:
            if lacking(row, facts):
                continue
            fired.add(row.clause)
            for chosen in row.chooses or ((),):
                moves += 1
                happened = {row.event, *((row.event, f) for f in (*row.gives, *chosen))}
                after = []
                for mark, rule in zip(marks, table.rules, strict=True):
                    if isinstance(rule, Once):
                        counts = bool(happened & set(rule.events))
                        broken = counts and mark
                    else:
                        counts = bool(happened & set(rule.needs))
                        concerned = (rule.only_for is None or rule.only_for in facts) and (
                            rule.not_for is None or rule.not_for not in facts
                        )
                        broken = row.event is rule.event and concerned and not mark
                    if broken:
                        report("rule-broken", rule.text.en, depth[node] + 1)
                    after.append(counts or (mark and not happened & set(rule.since)))
                to, new = moved(row, phase, facts, chosen)
                if not rests(table, to, new) and not whose_turn(table, to, new):
                    report("nobodys-turn", f"it is nobody's turn at {to}", depth[node] + 1)
                target = (to, frozenset(new), tuple(after))
                if target not in depth:
                    depth[target] = depth[node] + 1
                    back[target] = set()
                    queue.append(target)
                back[target].add(node)
    alive = {n for n in depth if rests(table, *n[:2])}
    while more := {source for n in alive for source in back[n]} - alive:
        alive |= more
    for node, length in depth.items():
        if node not in alive:
            report("dead-end", f"no ending can be reached from {node[0]}", length)
    for row in table.steps:
        if row.clause not in fired:
            report("never-fires", f"the row {row.clause} {row.command.__name__} never fires", 0)
        if len({o.posts for o in table.steps if o.event is row.event}) > 1:
            report("posts-differ", f"the rows of {row.event.__name__} post different entries", 0)
    return len({node[:2] for node in depth}), moves, found


@given(tables())
def test_the_walk_finds_what_is_wrong_and_the_shortest_way_to_it(table):
    walk = table.explore()
    places, moves, found = walked(table)
    said = {(p.kind, p.text.en.partition(" (")[0]): len(p.path) for p in walk.problems}
    assert (walk.places, walk.moves) == (places, moves)
    assert said == found
    assert len(walk.problems) == len(found)
    clauses = {f"{s.clause} {s.event.__name__}" for s in table.steps}
    assert all(clauses.issuperset(p.path) for p in walk.problems)


happened = st.builds(
    lambda kind, facts, mark: kind(facts, mark),
    st.sampled_from(EVENTS), some(FACTS, none=3), st.integers(0, 3),
)  # fmt: skip


@given(tables(), st.lists(happened, min_size=2, max_size=8))
def test_events_lead_where_their_rows_say_one_by_one_and_all_at_once(table, events):
    known = [e for e in events if any(s.event is type(e) for s in table.steps)]
    phase, facts, turns, kept, billed = table.start, frozenset(), [], [], 0
    state, noted = table.new, []
    for n, event in enumerate(known):
        own = [s for s in table.steps if s.event is type(event)]
        there = [s for s in own if is_there(s, phase, facts)]
        first = there + [s for s in own if s not in there]
        row = next((s for s in first if s.of is None or s.of(event)), first[0])
        assert table.row_of(event, state) is row
        billed += 1 + event.mark if row.posts else 0
        picked = FACTS[:1] if billed > 3 else FACTS[1:]
        phase, facts = moved(row, phase, facts, picked if row.picks else event.facts)
        facts = frozenset(facts)
        at = MONDAY + dt.timedelta(hours=n)
        turn = tuple(r for r in Role if r in whose_turn(table, phase, facts))
        if not turns or turns[-1][1] != turn:
            turns.append((at, turn))
        kept += [event] if type(event) in table.keeps else []
        noted.append(Noted(event, at, ANI))
        anew = attrs.evolve(table).evolve(state, noted[-1])
        state = table.evolve(state, noted[-1])
        assert anew == state, "a table that remembers nothing yet says the same"
        assert (state.phase, state.facts, state.version) == (phase, facts, n + 1)
        assert state.last(type(event)) is event
        assert (state.when(type(event)), state.who(type(event))) == (at, ANI)
        assert state.turns == tuple(turns)
        assert state.books.of(RECEIVABLE) == billed
    for kind in EVENTS:
        if kind not in {type(e) for e in known}:
            assert (state.last(kind), state.when(kind), state.who(kind)) == (None, None, None)
        assert state.every(kind) == tuple(e for e in kept if type(e) is kind)
    assert table.fold(noted) == state
    assert table.fold(noted[2:], table.fold(noted[:2])) == state
    # the second time all that there is to remember is remembered
    assert reduce(table.evolve, noted, table.new) == state
    posting = {s.event for s in table.steps if s.posts is not None}
    assert [(line.version, line.at) for line in table.journal(noted).lines] == [
        (n, one.at) for n, one in enumerate(noted, 1) if type(one.event) in posting
    ]


@given(tables(), st.lists(happened, max_size=3), st.sampled_from(COMMANDS), st.booleans(),
       st.sampled_from(ROLES))  # fmt: skip
def test_a_command_is_refused_for_the_first_reason_that_holds(table, events, kind, good, role):
    known = [e for e in events if any(s.event is type(e) for s in table.steps)]
    by = Actor("ani", role)
    state = table.fold(Noted(e, MONDAY, by) for e in known)
    made = Asked()
    context = Context(by, MONDAY, None, outside={"made": made})
    own = [s for s in table.steps if s.command is kind]
    row = next((s for s in own if is_there(s, state.phase, state.facts)), None)
    unmet = []
    for r in row.requires if row is not None else ():
        if concerns(r, state.facts):
            if r.check is not None and not good:
                unmet.append((r.code, "not good"))
            elif r.fact is not None and r.fact not in state.facts:
                unmet.append((r.code, r.text.en))
    if not own:
        code = "unknown-command"
    elif not any(role in (s.role, *s.also) for s in own):
        code = "not-your-role"
    elif role is Role.APPLICANT and table.owner is budi:
        code = "not-your-case"
    elif row is None:
        code = "not-now"
    elif role not in (row.role, *row.also):
        code = "not-your-role"
    else:
        code = "not-ready" if unmet else ""
    for _ in range(2):  # the second time what was found out is known
        decided = table.decide(kind(good), state, context)
        if code:
            assert isinstance(decided, Refusal)
            assert decided.code == code
            assert decided.clause == ((row or own[0]).clause if own else "")
            assert [(u.code, u.text.en) for u in decided.unmet] == unmet * (code == "not-ready")
        else:
            assert decided == (made,)


@given(tables(), st.lists(happened, max_size=3), st.sampled_from([None, *ROLES]))
def test_what_may_be_done_now_is_what_the_rows_say(table, events, role):
    known = [e for e in events if any(s.event is type(e) for s in table.steps)]
    by = None if role is None else Actor("ani", role)
    state = table.fold(Noted(e, MONDAY, ANI) for e in known)
    there = [
        s for s in table.steps
        if is_there(s, state.phase, state.facts) and (role is None or role in (s.role, *s.also))
        and not (role is Role.APPLICANT and table.owner is budi)
    ]  # fmt: skip
    found = table.open_steps(state, by)
    assert [o.step for o in found] == there
    for o in found:
        missing = lacking(o.step, state.facts)
        assert [(u.code, u.text, u.who) for u in o.missing] == [
            (r.code, r.text, r.who) for r in missing
        ]
        assert o.ready == (not missing)
        assert list(o.asks) == [
            r for r in o.step.requires if r.check and not r.fact and concerns(r, state.facts)
        ]
