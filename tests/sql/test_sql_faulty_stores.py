"""The contract bites: each planted fault, by name, fails the case that is meant to see it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Appended, Batch, Claimed, StoredEvent
from pst_core.refusal import Conflict
from pst_core.testing.contracts.store import StoreContract


class UniquenessOnly(MemoryStore):
    """Takes a version from the future: only doubles are refused."""

    def append(self, batch: Batch) -> Appended:
        actual = len(self.load(batch.stream))
        if batch.expected_version > actual:
            batch = attrs.evolve(batch, expected_version=actual)
        return super().append(batch)


class ForgetsCommandIds(MemoryStore):
    def append(self, batch: Batch) -> Appended:
        self._commands.clear()
        return super().append(batch)


class IgnoresFingerprint(MemoryStore):
    def _answer(self, command_id: str, office: str, fingerprint: str) -> Appended | None:
        known = self._commands.get(command_id)
        return super()._answer(command_id, office, known[1] if known else fingerprint)


class AnswersOtherOffices(MemoryStore):
    def _answer(self, command_id: str, office: str, fingerprint: str) -> Appended | None:
        known = self._commands.get(command_id)
        return super()._answer(command_id, known[0] if known else office, fingerprint)


class TwoTransactions(MemoryStore):
    """Writes the effects before it knows whether the events can be written."""

    def _check(self, batch: Batch) -> None:
        try:
            super()._check(batch)
        except Conflict:
            if batch.expected_version == len(self._streams.get(batch.stream, ())):
                self._series.update({n.series: n.value for n in batch.numbers})
            raise


class NoFencing(MemoryStore):
    def finish(self, key: str, attempt: int, result: str) -> bool:
        held = self._effects.get(key)
        return super().finish(key, held.row.attempt if held else attempt, result)


class LeaseForEver(MemoryStore):
    def claim(
        self, worker: str, now: dt.datetime, lease: dt.timedelta, limit: int = 20,
        *, office: str | None = None,
    ) -> tuple[Claimed, ...]:  # fmt: skip
        return super().claim(worker, now, lease * 9999, limit, office=office)


class ServesEveryOffice(MemoryStore):
    """Gives a worker the mails of an office whose name it does not bear."""

    def _is_of(self, stream: str, office: str | None) -> bool:
        return super()._is_of(stream, office and None)


class CountsAfterTheWork(MemoryStore):
    def claim(
        self, worker: str, now: dt.datetime, lease: dt.timedelta, limit: int = 20,
        *, office: str | None = None,
    ) -> tuple[Claimed, ...]:  # fmt: skip
        claimed = super().claim(worker, now, lease, limit, office=office)
        for one in claimed:
            row = self._effects[one.key].row
            self._effects[one.key].row = attrs.evolve(row, attempt=row.attempt - 1)
        return claimed


class AnySuccessor(MemoryStore):
    """A series with holes: any higher number is taken."""

    def _check(self, batch: Batch) -> None:
        for number in batch.numbers:
            if number.value > self._series.get(number.series, 0):
                self._series[number.series] = number.value - 1
        super()._check(batch)


class LosesTheZone(MemoryStore):
    def load(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]:
        return tuple(attrs.evolve(e, at=e.at.replace(hour=9)) for e in super().load(stream, after))


class ClaimsDead(MemoryStore):
    def fail(self, key: str, attempt: int, error: str, retry_at: dt.datetime | None) -> bool:
        done = super().fail(key, attempt, error, retry_at)
        if retry_at is None and done:
            self._effects[key].ready = self._effects[key].row.due
        return done


class NoLock(MemoryStore):
    """Looks first and writes later, as a store without a transaction does."""

    def append(self, batch: Batch) -> Appended:
        known = self._answer(batch.command_id, batch.office, batch.fingerprint)
        if known:
            return known
        self._check(batch)
        time.sleep(0.002)
        return self._write(batch)


class OverwritesEffects(MemoryStore):
    def _check(self, batch: Batch) -> None:
        for effect in batch.effects:
            self._effects.pop(effect.key, None)
        super()._check(batch)


class SkipsEvents(MemoryStore):
    def read(self, after: int = 0, limit: int = 1000) -> tuple[StoredEvent, ...]:
        return super().read(after and after + 1, limit)


class NeedsAnEvent(MemoryStore):
    """Ties all other rows to the first event, and so writes none without."""

    def _write(self, batch: Batch) -> Appended:
        if not batch.events:
            batch = attrs.evolve(batch, effects=(), numbers=())
        return super()._write(batch)


class EmptiesTheRegister(MemoryStore):
    """Takes no register row for an empty one."""

    def _write(self, batch: Batch) -> Appended:
        if batch.summary is None:
            self._register.pop(batch.stream, None)
        return super()._write(batch)


def _case(store: type[MemoryStore]) -> StoreContract:
    class Case(StoreContract):
        durable = False

        def open_store(self, where: Path) -> MemoryStore:  # noqa: ARG002
            return store()

    return Case()


C = StoreContract
FAULTS: list[tuple[type[MemoryStore], Callable[..., None], tuple[Any, ...]]] = [
    (UniquenessOnly, C.test_another_version_than_expected_is_refused, (9,)),
    (ForgetsCommandIds, C.test_a_repeated_command_gets_the_first_answer, ()),
    (IgnoresFingerprint, C.test_an_id_used_for_another_act_is_refused, ()),
    (AnswersOtherOffices, C.test_another_offices_id_never_answers, ()),
    (TwoTransactions, C.test_a_refused_batch_leaves_nothing, ("effect",)),
    (NoFencing, C.test_a_lost_lease_goes_to_another_and_the_first_is_fenced, ()),
    (LeaseForEver, C.test_a_lost_lease_goes_to_another_and_the_first_is_fenced, ()),
    (CountsAfterTheWork, C.test_an_effect_that_kills_its_worker_is_counted, ()),
    (AnySuccessor, C.test_numbers_of_a_series_have_no_gap, ()),
    (LosesTheZone, C.test_events_come_back_as_they_went_in, ()),
    (ClaimsDead, C.test_a_failed_effect_waits_rests_and_is_tried_again, ()),
    (NoLock, C.test_one_command_sent_by_many_threads_is_done_once, ()),
    (OverwritesEffects, C.test_a_refused_batch_leaves_nothing, ("effect",)),
    (SkipsEvents, C.test_a_follower_reads_all_streams_in_one_order, ()),
    (ServesEveryOffice, C.test_each_office_takes_its_own_effects_and_is_woken_for_its_own, ()),
    (NeedsAnEvent, C.test_a_batch_without_events_writes_all_the_rest, ()),
    (EmptiesTheRegister, C.test_a_batch_without_a_register_row_leaves_the_one_that_is_there, ()),
]


@pytest.mark.parametrize(("faulty", "case", "args"), FAULTS, ids=[f[0].__name__ for f in FAULTS])
def test_a_faulty_store_fails_its_case(
    faulty: type[MemoryStore], case: Callable[..., None], args: tuple[Any, ...]
) -> None:
    case(_case(MemoryStore), MemoryStore(), *args)  # the sound store passes the same case
    store = faulty()
    with pytest.raises((AssertionError, pytest.fail.Exception, Conflict, IndexError)):
        case(_case(faulty), store, *args)
