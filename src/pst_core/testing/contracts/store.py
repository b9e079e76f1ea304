"""What every ``Store`` must keep. A store of your own is tried by five lines::

    from pst_core.testing.contracts.store import StoreContract

    class TestMyStore(StoreContract):
        def open_store(self, where):   # where: a folder of this case's own
            return MyStore(where)

Opening twice with the same ``where`` must give two stores on the same content, unless
``durable = False``. The suite asks no clock: every time is given.
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

import datetime as dt
import functools
import multiprocessing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import attrs
import pytest

from pst_core.desk.ports import (
    Appended,
    Batch,
    EffectStatus,
    NewEffect,
    NewEvent,
    Number,
    Store,
    StoredEvent,
    Summary,
)
from pst_core.refusal import BadInput, Busy, Conflict, StorageError

from ._suite import PATIENCE, Suite, at_once, opened, raising, told, undefined

__all__ = ["NOW", "StoreContract", "batch", "effect", "summary"]

NOW = dt.datetime(2026, 11, 24, 2, 30, 0, 123456, tzinfo=dt.UTC)
_LEASE = dt.timedelta(minutes=1)
_WIB = dt.timezone(dt.timedelta(hours=7))


def batch(stream: str, expected: int, command_id: str, **changes: Any) -> Batch:
    """Return a batch of one event; ``changes`` replace any field."""
    plain = Batch(
        stream=stream,
        office="3317",
        expected_version=expected,
        events=(NewEvent("request-filed", 1, '{"n": 1}'),),
        at=NOW,
        actor='{"id": "ana"}',
        command_id=command_id,
        fingerprint=f"print of {command_id}",
    )
    return attrs.evolve(plain, **changes)


def effect(key: str, due: dt.datetime = NOW) -> NewEffect:
    """Return an effect that sends a mail."""
    return NewEffect(key=key, kind="mail", body='{"to": "ana@example.id"}', due=due)


def summary(stream: str, **changes: Any) -> Summary:
    """Return a register row of ``stream``; ``changes`` replace any field."""
    plain = Summary(
        stream=stream,
        procedure="request",
        office="3317",
        phase="preparing",
        whose="officer",
        applicant="ana",
        title="Susenas 2025",
        opened=NOW,
        changed=NOW,
        due=None,
        wake=None,
    )
    return attrs.evolve(plain, **changes)


def _code(store: Store, wrong: Batch) -> str:
    __tracebackhide__ = True
    brought = {
        "numbers": ", ".join(f"{number.series} {number.value}" for number in wrong.numbers),
        "effects": ", ".join(effect.key for effect in wrong.effects),
    }
    more = "".join(f", {name}: {said}" for name, said in brought.items() if said)
    what = (
        f"append(stream {wrong.stream!r}, expected_version={wrong.expected_version}, "
        f"command_id={wrong.command_id!r}{more})"
    )
    with raising(Conflict, what) as caught:
        store.append(wrong)
    return caught.code


class StoreContract(Suite):
    """Subclass it, define ``open_store(where)``, and pytest runs every case on your store."""

    durable: ClassVar[bool] = True
    """Whether content outlives the object: then it is opened twice and by two processes, too."""

    def open_store(self, where: Path) -> Store:  # noqa: ARG002
        """Open the store whose content lives at ``where``."""
        undefined(self, "def open_store(self, where):\n        return MyStore(where)")

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """Give a fresh store of one case."""
        store = opened(self.open_store, Store, tmp_path)
        yield store
        store.close()

    def test_a_new_place_is_empty(self, store: Store) -> None:
        assert store.read() == (), told(
            "Tempat baru sudah berisi: open_store harus memakai `where`, folder tiap kasus.",
            "A new place holds events: open_store must use `where`, the folder of each case.",
        )

    # Events and versions.

    def test_events_come_back_as_they_went_in(self, store: Store) -> None:
        events = (NewEvent("a", 1, '{"nama": "Siti \u2713 \U0001f600"}'), NewEvent("b", 7, "{}"))
        local = dt.datetime(2026, 11, 24, 9, 30, 0, 123456, tzinfo=_WIB)
        done = store.append(batch("s", 0, "c1", events=events, at=local))
        assert done == Appended(stream="s", version=2, first_version=1)
        assert len(store.load("s")) == 2, told(
            "append menjawab, tetapi tidak semua peristiwanya ada: tulisan hilang.",
            "append has answered, but not all of its events are there: a write is lost.",
        )
        first, second = store.load("s")
        assert (first.name, first.schema, first.body) == ("a", 1, events[0].body)
        assert (second.name, second.schema, second.version) == ("b", 7, 2)
        assert first.at == local
        assert first.at.utcoffset() == dt.timedelta(0), told(
            "Waktu harus kembali dalam UTC.", "Times must come back in UTC."
        )
        assert (first.stream, first.actor, first.command_id) == ("s", '{"id": "ana"}', "c1")
        assert [e.version for e in store.load("s", after=1)] == [2]
        assert store.load("unknown") == ()

    @pytest.mark.parametrize("expected", [0, 2, 9])
    def test_another_version_than_expected_is_refused(self, store: Store, expected: int) -> None:
        store.append(batch("s", 0, "c1"))
        assert _code(store, batch("s", expected, "c2")) == "stale-version"
        assert _code(store, batch("new", expected + 1, "c3")) == "stale-version"
        assert [e.version for e in store.load("s")] == [1]
        assert store.load("new") == ()

    def test_a_large_event_comes_back_whole(self, store: Store) -> None:
        body = '"' + "x" * 3_000_000 + '"'
        store.append(batch("s", 0, "c1", events=(NewEvent("a", 1, body),)))
        assert store.load("s")[0].body == body

    def test_a_follower_reads_all_streams_in_one_order(self, store: Store) -> None:
        for n in range(7):
            store.append(batch(f"s{n % 3}", n // 3, f"c{n}"))
        every = store.read()
        assert [e.command_id for e in every] == [f"c{n}" for n in range(7)], told(
            "read harus memberi semua peristiwa menurut urutan penulisannya, lintas stream.",
            "read must give all events in the order they were written, over all streams.",
        )
        assert sorted({e.position for e in every}) == [e.position for e in every], told(
            "position harus naik, tanpa kembar.", "position must rise, without a double."
        )
        seen: list[StoredEvent] = []
        cursor = 0
        while page := store.read(after=cursor, limit=2):
            assert len(page) <= 2
            seen += page
            cursor = page[-1].position
        assert tuple(seen) == every

    # All or nothing.

    @pytest.mark.parametrize("wrong", ["version", "number", "effect", "twice"])
    def test_a_refused_batch_leaves_nothing(self, store: Store, wrong: str) -> None:
        old = batch("s", 0, "c1", effects=(effect("old"),), numbers=(Number("INV", 1),))
        store.append(attrs.evolve(old, summary=summary("s")))
        bad = batch(
            "s",
            0 if wrong == "version" else 1,
            "c2",
            events=(NewEvent("a", 1, "{}"), NewEvent("b", 1, "{}")),
            numbers=(Number("FIRST", 1), Number("INV", 3 if wrong == "number" else 2)),
            effects=(
                effect("fresh"),
                effect({"effect": "old", "twice": "fresh"}.get(wrong, "other")),
            ),
            summary=summary("s", phase="offered"),
        )
        code = {"version": "stale-version", "number": "number-taken"}.get(wrong, "effect-exists")
        assert _code(store, bad) == code
        assert len(store.load("s")) == len(store.read()) == 1, told(
            "append yang ditolak meninggalkan peristiwa: semua atau tidak sama sekali.",
            "An append that was refused left an event behind: all or nothing.",
        )
        assert [e.key for e in store.effects()] == ["old"], told(
            "append yang ditolak meninggalkan efek: semua atau tidak sama sekali.",
            "An append that was refused left an effect behind: all or nothing.",
        )
        assert (store.last_number("INV"), store.last_number("FIRST")) == (1, 0)
        kept = store.summary("s")
        assert kept is not None
        assert kept.phase == "preparing"
        assert store.answer("c2", "3317", bad.fingerprint) is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"at": NOW.replace(tzinfo=None)},
            {"actor": "a\0b"},
            {"events": (NewEvent("a", 1, "\ud800"),)},
            {"numbers": (Number("INV", 0),)},
            {"summary": summary("another")},
            {"expected_version": -1},
            {"command_id": ""},
        ],
    )
    def test_what_cannot_be_stored_everywhere_is_refused(
        self, store: Store, wrong: dict[str, Any]
    ) -> None:
        with raising(BadInput, f"append({wrong}) (pst_core.desk.admission.examine)"):
            store.append(attrs.evolve(batch("s", 0, "c1"), **wrong))
        assert store.read() == ()

    # Command ids.

    def test_a_repeated_command_gets_the_first_answer(self, store: Store) -> None:
        first = batch("s", 0, "c1", events=(NewEvent("a", 1, "{}"),) * 3)
        done = store.append(attrs.evolve(first, effects=(effect("e"),)))
        store.append(batch("s", 3, "c2"))
        again = store.append(attrs.evolve(first, effects=(effect("e"),)))
        assert len(store.read()) == 4, told(
            "Perintah dengan command_id yang sama ditulis dua kali; harus sekali saja.",
            "A command of one command_id was written twice; it must be once.",
        )
        assert again == attrs.evolve(done, repeated=True), told(
            "Perintah yang diulang harus mendapat jawaban pertama, dengan repeated=True.",
            "A repeated command must get the first answer, with repeated=True.",
        )
        assert store.answer("c1", "3317", first.fingerprint) == again
        assert len(store.effects()) == 1

    def test_an_id_used_for_another_act_is_refused(self, store: Store) -> None:
        store.append(batch("s", 0, "c1"))
        assert _code(store, batch("s", 1, "c1", fingerprint="other")) == "command-id-reused"
        with raising(Conflict, "answer('c1', '3317', fingerprint 'other')"):
            store.answer("c1", "3317", "other")
        assert len(store.read()) == 1

    def test_another_offices_id_never_answers(self, store: Store) -> None:
        store.append(batch("secret-stream", 0, "c1"))
        twin = batch("secret-stream", 0, "c1", office="3318")
        with raising(Conflict, "append(command_id kantor lain / of another office)") as caught:
            store.append(twin)
        assert caught.code == "command-id-reused"
        assert "secret" not in str(caught.error)
        with raising(Conflict, "answer(command_id kantor lain / of another office)"):
            store.answer("c1", "3318", twin.fingerprint)

    def test_a_refused_command_may_be_sent_again(self, store: Store) -> None:
        assert _code(store, batch("s", 1, "c1")) == "stale-version"
        assert not store.append(batch("s", 0, "c1")).repeated

    # Numbers.

    def test_numbers_of_a_series_have_no_gap(self, store: Store) -> None:
        for n in (1, 2):
            store.append(batch(f"s{n}", 0, f"c{n}", numbers=(Number("INV", n),)))
        for wrong in (2, 4, 1):
            bad = batch("x", 0, f"w{wrong}", numbers=(Number("INV", wrong),))
            assert _code(store, bad) == "number-taken"
        both = (Number("INV", 3), Number("INV", 4), Number("KW", 1))
        store.append(batch("y", 0, "c3", numbers=both))
        assert (store.last_number("INV"), store.last_number("KW")) == (4, 1)
        assert store.last_number("none") == 0
        for pair in ((5, 5), (6, 5)):  # each must be next when its turn comes
            numbers = tuple(Number("INV", value) for value in pair)
            assert _code(store, batch("z", 0, f"{pair}", numbers=numbers)) == "number-taken"
        assert store.last_number("INV") == 4

    def test_a_batch_without_events_writes_all_the_rest(self, store: Store) -> None:
        # on a store that is new, and on one that is not
        for n, stream in enumerate(("none", "some")):
            if stream == "some":
                store.append(batch("some", 0, "c"))
            bare = batch(
                stream, n, f"bare-{n}", events=(), effects=(effect(stream),),
                numbers=(Number("INV", n + 1),), summary=summary(stream),
            )  # fmt: skip
            done = store.append(bare)
            assert done == Appended(stream=stream, version=n, first_version=n + 1)
            assert store.append(bare) == attrs.evolve(done, repeated=True)
            assert len(store.load(stream)) == n
            assert store.last_number("INV") == n + 1
            assert store.summary(stream) is not None
        assert [e.key for e in store.effects()] == ["none", "some"], told(
            "effects harus menurut urutan penulisannya.", "effects must be in the order written."
        )

    def test_a_batch_without_a_register_row_leaves_the_one_that_is_there(
        self, store: Store
    ) -> None:
        store.append(batch("s", 0, "c1", summary=summary("s")))
        store.append(batch("s", 1, "c2"))
        assert store.summary("s") == summary("s")
        store.append(batch("t", 0, "c3"))
        assert store.summary("t") is None
        assert [row.stream for row in store.register("3317")] == ["s"]

    # The register.

    def test_the_register_is_filtered_and_paged(self, store: Store) -> None:
        for n, name in enumerate(("s3", "S1", "s2", "s10")):
            row = summary(name, phase="paid" if n % 2 else "new", due=NOW + dt.timedelta(days=n))
            store.append(batch(name, 0, f"c{n}", summary=row))
        other = summary("z", office="3318")
        store.append(batch("z", 0, "c9", office="3318", summary=other))
        assert [s.stream for s in store.register("3317")] == ["S1", "s10", "s2", "s3"]
        assert [s.stream for s in store.register("3317", after="s10", limit=1)] == ["s2"]
        assert [s.stream for s in store.register("3317", phase="new")] == ["s2", "s3"]
        assert store.register("3317", whose="head") == store.register("3317", applicant="b") == ()
        assert len(store.register("3317", procedure="request", whose="officer")) == 4
        late = store.register("3317", due_before=NOW + dt.timedelta(days=1))
        assert [s.stream for s in late] == ["s3"]
        assert store.summary("z") == other
        assert store.summary("none") is None

    def test_the_register_row_is_rewritten_and_wakes_in_time(self, store: Store) -> None:
        day = dt.timedelta(days=1)
        for n, name in enumerate(("b", "a", "never")):
            wake = None if name == "never" else NOW + n * day
            store.append(batch(name, 0, f"c{n}", summary=summary(name, wake=wake)))
        assert [s.stream for s in store.waking(NOW)] == ["b"]
        assert [s.stream for s in store.waking(NOW + day)] == ["b", "a"]
        assert len(store.waking(NOW + day, limit=1)) == 1
        store.append(batch("b", 1, "c8", summary=summary("b", phase="paid")))
        assert [s.stream for s in store.waking(NOW + day)] == ["a"]
        assert [s.stream for s in store.register("3317", phase="paid")] == ["b"]

    # Effects.

    def test_an_effect_is_claimed_once_when_it_is_due(self, store: Store) -> None:
        late = effect("late", NOW + 2 * _LEASE)
        store.append(batch("s", 0, "c1", effects=(effect("e1"), late, effect("e2"))))
        assert store.claim("w", NOW - _LEASE, _LEASE) == ()
        first = store.claim("w", NOW, _LEASE, limit=1)
        assert [(c.key, c.attempt, c.kind, c.stream) for c in first] == [("e1", 1, "mail", "s")]
        assert [c.key for c in store.claim("v", NOW, _LEASE)] == ["e2"], told(
            "claim harus memberi semua efek yang jatuh tempo, masing-masing kepada satu pekerja.",
            "claim must give every effect that is due, each to one worker.",
        )
        assert store.claim("v", NOW, _LEASE) == ()
        assert store.finish("e1", 1, '{"ok": 1}')
        row = store.effects("s", status=EffectStatus.DONE)[0]
        assert (row.key, row.result, row.attempt) == ("e1", '{"ok": 1}', 1)
        assert [e.key for e in store.effects()] == ["e1", "late", "e2"]
        assert [c.key for c in store.claim("w", NOW + 9 * _LEASE, _LEASE)] == ["late", "e2"]

    def test_each_office_takes_its_own_effects_and_is_woken_for_its_own(self, store: Store) -> None:
        for office, name in (("3317", "a"), ("3318", "b"), ("3317", "c")):
            row = summary(name, office=office, wake=NOW)
            store.append(
                batch(name, 0, name, office=office, effects=(effect(f"{name}/e"),), summary=row)
            )
        assert [s.stream for s in store.waking(NOW, office="3318")] == ["b"]
        assert [s.stream for s in store.waking(NOW, 1, office="3317")] == ["a"]
        assert [c.key for c in store.claim("w", NOW, _LEASE, office="3318")] == ["b/e"]
        assert store.claim("w", NOW, _LEASE, office="3318") == ()
        assert [c.key for c in store.claim("w", NOW, _LEASE, 1, office="3317")] == ["a/e"]
        assert [c.key for c in store.claim("w", NOW, _LEASE)] == ["c/e"]
        again = store.claim("w", NOW + _LEASE, _LEASE, office="3317")
        assert [(c.key, c.attempt) for c in again] == [("a/e", 2), ("c/e", 2)]

    def test_a_lost_lease_goes_to_another_and_the_first_is_fenced(self, store: Store) -> None:
        store.append(batch("s", 0, "c1", effects=(effect("e"),)))
        assert store.claim("slow", NOW, _LEASE)[0].attempt == 1
        assert store.claim("other", NOW + _LEASE / 2, _LEASE) == ()
        assert store.claim("other", NOW + _LEASE, _LEASE)[0].attempt == 2
        assert not store.finish("e", 1, "late"), told(
            "finish dari pekerja yang sewanya habis harus mengembalikan False.",
            "finish of a worker that lost its lease must return False.",
        )
        assert not store.fail("e", 1, "late", None)
        assert store.effects()[0].status is EffectStatus.CLAIMED
        assert store.finish("e", 2, "done")
        assert not store.finish("e", 2, "twice")
        assert store.effects()[0].result == "done"

    def test_an_effect_that_kills_its_worker_is_counted(self, store: Store) -> None:
        store.append(batch("s", 0, "c1", effects=(effect("poison"),)))
        for n in range(1, 6):
            claimed = store.claim(f"dies-{n}", NOW + n * _LEASE, _LEASE)
            assert [c.attempt for c in claimed] == [n]
            assert store.effects()[0].attempt == n

    def test_a_failed_effect_waits_rests_and_is_tried_again(self, store: Store) -> None:
        store.append(batch("s", 0, "c1", effects=(effect("e"),)))
        store.claim("w", NOW, _LEASE)
        assert store.fail("e", 1, "no route", NOW + 3 * _LEASE)
        row = store.effects()[0]
        assert (row.status, row.result) == (EffectStatus.QUEUED, "no route")
        assert row.due == NOW + 3 * _LEASE
        assert store.claim("w", NOW + 2 * _LEASE, _LEASE) == ()
        assert store.claim("w", NOW + 3 * _LEASE, _LEASE)[0].attempt == 2
        assert not store.retry("e", NOW)
        assert store.fail("e", 2, "refused", None)
        assert store.effects(status=EffectStatus.DEAD)[0].result == "refused"
        assert store.claim("w", NOW + 99 * _LEASE, _LEASE) == ()
        assert store.retry("e", NOW + 99 * _LEASE)
        again = store.claim("w", NOW + 99 * _LEASE, _LEASE)[0]
        assert again.attempt == 3, "an attempt fences: it never starts again"
        assert again.tries == 1, "people who try again get a fresh set of tries"
        assert not store.retry("unknown", NOW)
        assert not store.finish("unknown", 1, "")

    # At the same time.

    def test_threads_on_one_stream_lose_and_double_nothing(self, store: Store) -> None:
        at_once([functools.partial(_work, store, f"t{w}", 12) for w in range(4)])
        _check_work(store, [f"t{w}" for w in range(4)], 12)

    def test_one_command_sent_by_many_threads_is_done_once(self, store: Store) -> None:
        answers: list[Appended] = []
        same = batch("s", 0, "c1", effects=(effect("e"),))
        at_once([lambda: answers.append(_patiently(lambda: store.append(same)))] * 6)
        assert len(store.read()) == len(store.effects()) == 1, told(
            "Satu perintah yang dikirim enam thread bersama ditulis lebih dari sekali.",
            "One command sent by six threads at once was written more than once.",
        )
        assert sorted(a.repeated for a in answers) == [False] + [True] * 5

    def test_no_effect_is_claimed_by_two(self, store: Store) -> None:
        keys = [f"e{n:03}" for n in range(60)]
        store.append(batch("s", 0, "c1", effects=tuple(map(effect, keys))))
        got: list[str] = []

        def worker() -> None:
            while claimed := _patiently(lambda: store.claim("w", NOW, _LEASE, limit=3)):
                got.extend(c.key for c in claimed)

        at_once([worker] * 4)
        assert sorted(got) == keys, told(
            "Setiap efek harus didapat tepat satu dari empat pekerja yang bersama-sama.",
            "Each effect must be had by just one of four workers at the same time.",
        )

    def test_what_was_acknowledged_is_there_after_reopening(self, tmp_path: Path) -> None:
        if not self.durable:
            pytest.skip("not durable by design")
        store = opened(self.open_store, Store, tmp_path)
        store.append(batch("s", 0, "c1", effects=(effect("e"),), numbers=(Number("INV", 1),)))
        before = (store.read(), store.effects())
        store.close()
        again = opened(self.open_store, Store, tmp_path)
        assert (again.read(), again.effects()) == before, told(
            "Setelah dibuka lagi isinya lain: append menjawab sebelum tersimpan di `where`. "
            "(Memang tidak tahan lama? Tulis durable = False.)",
            "Opened again, it holds something else: append answered before it was kept at "
            "`where`. (Not durable by design? Say durable = False.)",
        )
        assert again.last_number("INV") == 1
        assert again.append(batch("s", 0, "c1")).repeated
        again.close()

    def test_processes_on_one_stream_lose_and_double_nothing(self, tmp_path: Path) -> None:
        if not self.durable:
            pytest.skip("not durable by design")
        context = multiprocessing.get_context("spawn")
        who = ["p0", "p1"]
        processes = [
            context.Process(target=_process, args=(self.open_store, tmp_path, w)) for w in who
        ]
        for process in processes:  # on nothing yet: both may have to make the store
            process.start()
        for process in processes:
            process.join(PATIENCE)
        stuck = [process for process in processes if process.is_alive()]
        for process in stuck:
            process.kill()
        assert not stuck, told(
            f"Dua proses pada satu store tidak selesai dalam {PATIENCE} detik. Mungkin ada kunci "
            "yang tidak dilepas.",
            f"Two processes on one store are not done within {PATIENCE} seconds. A lock may never "
            "be given back.",
        )
        assert [p.exitcode for p in processes] == [0, 0], told(
            "Proses lain gagal; galatnya tercetak di atas. (ModuleNotFoundError? Kelas uji harus "
            "dapat diimpor proses lain: jalankan pytest tanpa --import-mode=importlib, atau "
            "letakkan berkasnya di pythonpath.)",
            "The other process failed; its error is printed above. (ModuleNotFoundError? Another "
            "process must be able to import the class of the test: run pytest without "
            "--import-mode=importlib, or have its file on the pythonpath.)",
        )
        store = opened(self.open_store, Store, tmp_path)
        _check_work(store, who, 25)
        store.close()

    def test_a_closed_store_says_so(self, tmp_path: Path) -> None:
        store = opened(self.open_store, Store, tmp_path)
        store.close()
        store.close()
        with raising(StorageError, "close(), load('s')"):
            store.load("s")
        with raising(StorageError, "close(), append(...)"):
            store.append(batch("s", 0, "c"))


def _process(open_store: Callable[[Path], Store], where: Path, who: str) -> None:
    store = open_store(where)
    _work(store, who, 25)
    store.close()


def _patiently(act: Callable[[], Any]) -> Any:
    while True:
        try:
            return act()
        except Busy:
            continue


def _work(store: Store, who: str, times: int) -> None:
    """Append to one contended stream and take numbers of one series, as a desk does."""
    for n in range(times):
        name = f"{who}-{n}"
        while True:
            version = len(store.load("shared"))
            value = store.last_number("INV") + 1
            wanted = batch(
                "shared", version, name, numbers=(Number("INV", value),), effects=(effect(name),)
            )
            body = f'{{"number": {value}}}'
            try:
                store.append(attrs.evolve(wanted, events=(NewEvent("a", 1, body),)))
            except (Conflict, Busy) as error:
                if error.code not in ("stale-version", "number-taken", "busy"):
                    raise
            else:
                break


def _check_work(store: Store, who: list[str], times: int) -> None:
    names = {f"{w}-{n}" for w in who for n in range(times)}
    events = store.load("shared")
    assert [e.version for e in events] == list(range(1, len(names) + 1)), told(
        "Penulisan bersama pada satu stream: version harus 1, 2, 3 ... tanpa lubang dan kembar.",
        "Writes at the same time to one stream: version must be 1, 2, 3 ... without holes.",
    )
    assert {e.command_id for e in events} == names, told(
        "Penulisan bersama: ada perintah yang dijawab tetapi hilang, atau ditulis dua kali.",
        "Writes at the same time: a command was answered and is lost, or was written twice.",
    )
    assert [e.body for e in events] == [f'{{"number": {n + 1}}}' for n in range(len(names))], told(
        "Penulisan bersama: nomor seri tidak berurutan menurut peristiwanya.",
        "Writes at the same time: numbers of the series do not follow the events.",
    )
    assert store.last_number("INV") == len(names)
    assert {e.key for e in store.effects()} == names
    for w in who:  # what one worker was told was done, comes before what it did next
        own = [e.command_id for e in events if e.command_id.startswith(f"{w}-")]
        assert own == [f"{w}-{n}" for n in range(times)]
