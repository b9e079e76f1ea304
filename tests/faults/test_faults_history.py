"""The checker of histories finds each planted fault by its name, and none where there is none."""

from __future__ import annotations

import attrs
import pytest

from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import NewEvent, StoredEvent
from pst_core.testing.contracts.store import batch
from pst_core.testing.history import Attempt, Fault, Followed, Outcome, Read, violations


class Told:
    """An honest history: c1 and c3 on s, c2 on t, one after another; c4 refused, c5 unknown."""

    def __init__(self) -> None:
        store = MemoryStore()
        two = (NewEvent("a", 1, "{}"), NewEvent("b", 1, "{}"))
        store.append(batch("s", 0, "c1", events=two))
        store.append(batch("t", 0, "c2"))
        store.append(batch("s", 2, "c3"))
        store.append(batch("t", 1, "c5"))
        self.final = list(store.read())
        self.attempts = [
            Attempt("c1", "s", 2, 1, 2, Outcome.DONE, 1),
            Attempt("c2", "t", 1, 3, 4, Outcome.UNKNOWN),
            Attempt("c2", "t", 1, 5, 6, Outcome.DONE, 1),
            Attempt("c3", "s", 1, 7, 8, Outcome.DONE, 3),
            Attempt("c4", "s", 1, 9, 10, Outcome.NOT_DONE),
            Attempt("c5", "t", 1, 11, 12, Outcome.UNKNOWN),
            Attempt("c6", "t", 1, 13, 14, Outcome.UNKNOWN),
        ]
        self.reads = [
            Read("s", 0, ("c1", "c1"), 5),
            Read("s", 2, ("c3",), 9),
            Read("t", 0, (), 3),
            Read("t", 0, ("c2",), 9),
        ]
        self.followed = [Followed((("s", 1), ("s", 2), ("t", 1), ("s", 3), ("t", 2)))]

    def found(self) -> list[tuple[Fault, str]]:
        wrong = violations(self.attempts, self.final, self.reads, self.followed)
        return [(v.fault, v.what) for v in wrong]

    def without(self, *commands: str) -> list[StoredEvent]:
        return [e for e in self.final if e.command_id not in commands]


def lost(told: Told) -> None:
    told.final = told.without("c3")


def ghost(told: Told) -> None:
    told.attempts[3] = attrs.evolve(told.attempts[3], outcome=Outcome.NOT_DONE)


def never_tried(told: Told) -> None:
    del told.attempts[3]


def double(told: Told) -> None:
    again = told.final[-1]
    told.final.append(attrs.evolve(again, position=again.position + 1, version=3))


def half(told: Told) -> None:
    told.final = [e for e in told.final if (e.stream, e.version) != ("s", 1)]


def hole(told: Told) -> None:
    told.final[3] = attrs.evolve(told.final[3], version=4)


def order(told: Told) -> None:
    """C3 is placed before c2, which was acknowledged before c3 was begun."""
    second, third = told.final[2], told.final[3]
    told.final[2] = attrs.evolve(second, position=third.position)
    told.final[3] = attrs.evolve(third, position=second.position)


def no_prefix(told: Told) -> None:
    told.reads.append(Read("s", 0, ("c3", "c1"), 9))


def stale(told: Told) -> None:
    told.reads.append(Read("s", 0, ("c1", "c1"), 9))


def skipped(told: Told) -> None:
    told.followed.append(Followed((("s", 1), ("s", 2), ("s", 3), ("t", 2))))


def twice(told: Told) -> None:
    told.followed.append(Followed((*told.followed[0].seen, ("t", 2))))


def another_answer(told: Told) -> None:
    told.attempts.append(Attempt("c3", "s", 1, 20, 21, Outcome.DONE, 4))


def test_T6_an_honest_history_shows_nothing() -> None:
    assert Told().found() == []


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (lost, (Fault.LOST, "c3")),
        (ghost, (Fault.GHOST, "c3")),
        (never_tried, (Fault.GHOST, "c3")),
        (double, (Fault.DOUBLE, "c5")),
        (half, (Fault.HALF, "c1")),
        (hole, (Fault.HOLE, "s")),
        (order, (Fault.ORDER, "c3")),
        (no_prefix, (Fault.READ, "s")),
        (stale, (Fault.STALE, "s")),
        (skipped, (Fault.FOLLOWED, "missed [('t', 1)], twice []")),
        (twice, (Fault.FOLLOWED, "missed [], twice [('t', 2)]")),
        (another_answer, (Fault.ANSWER, "c3")),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_T6_control_a_planted_fault_is_found_by_name(plant: object, fault: object) -> None:
    told = Told()
    plant(told)  # type: ignore[operator]
    assert fault in told.found()
