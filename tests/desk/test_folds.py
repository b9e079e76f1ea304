"""States that are remembered are those of the rows that the store has."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.days import noted
from pst_core.desk.folds import Folds
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import StoredEvent
from pst_core.office import Office
from pst_core.request import PROCEDURE, procedure_of
from pst_core.testing.lives import APPLICANT, carry, person
from pst_core.workflow import State

OFFICE = Office.load("3317")
NOW = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def rows() -> tuple[StoredEvent, ...]:
    desk = Desk(OFFICE, MemoryStore(), clock=lambda: NOW)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm))
    return desk.store.load(stream)


def folded(rows: tuple[StoredEvent, ...]) -> State:
    return PROCEDURE.fold(map(noted, rows))


def test_a_state_is_that_of_its_rows_however_many_were_known(rows) -> None:
    folds = Folds()
    assert folds.state(PROCEDURE, ()) == PROCEDURE.new
    for known in range(1, len(rows) + 1):
        for more in range(known, len(rows) + 1):
            folds.state(PROCEDURE, rows[:known])
            assert folds.state(PROCEDURE, rows[:more]) == folded(rows[:more])


@pytest.mark.parametrize("nth", range(4))
def test_what_was_changed_in_the_store_is_seen(rows, nth) -> None:
    """An erasure leaves the digest as it was, and takes the words."""
    folds = Folds()
    before = folds.state(PROCEDURE, rows)
    later = attrs.evolve(rows[nth], at=rows[nth].at + dt.timedelta(hours=1))
    changed = (*rows[:nth], later, *rows[nth + 1 :])
    assert folds.state(PROCEDURE, changed) == folded(changed) != before
    erased = attrs.evolve(rows[0], body=rows[0].body.replace(person().name, "-"))
    assert (
        folds.state(PROCEDURE, (erased, *rows[1:])).last(rq.events.RequestOpened).applicant.name
        == "-"
    )


def test_fewer_rows_than_were_known_are_folded_anew(rows) -> None:
    folds = Folds()
    folds.state(PROCEDURE, rows)
    assert folds.state(PROCEDURE, rows[:2]) == folded(rows[:2])


def test_another_table_folds_anew(rows) -> None:
    folds = Folds()
    folds.state(procedure_of(OFFICE), rows)
    seen = []

    class Counting:
        new = PROCEDURE.new

        def fold(self, events, state):
            seen.extend(events)
            return state

    folds.state(Counting(), rows)
    assert len(seen) == len(rows)


def test_the_cases_that_were_asked_for_first_are_forgotten(rows) -> None:
    folds = Folds()
    for n in range(200):
        folds.state(PROCEDURE, tuple(attrs.evolve(row, stream=f"s{n}") for row in rows))
    assert len(folds._known) == 64
    assert "s199" in folds._known
