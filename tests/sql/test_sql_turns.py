"""Threads that write to one SQLite file take turns; no turn is lost with the thread that had it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from pst_adapters.sql import SqlStore, sqlite
from pst_core.testing.contracts.store import batch


class _StruckWhenCalled:
    """The lock that a thread waits on: a signal strikes the first of them as its turn comes."""

    struck = False

    def __init__(self, lock: Any) -> None:
        self.lock = lock
        self.release = lock.release

    def acquire(self, timeout: float = -1) -> bool:
        called: bool = self.lock.acquire(timeout=timeout)
        if timeout >= 0 and called and not _StruckWhenCalled.struck:
            _StruckWhenCalled.struck = True
            self.lock.release()  # it is called still, and does not know
            raise KeyboardInterrupt
        return called


def test_a_turn_that_came_to_an_interrupted_thread_goes_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = sqlite._Turn

    def turn(job: Any) -> Any:
        made = plain(job)
        made.called = _StruckWhenCalled(made.called)
        return made

    with SqlStore(f"sqlite:///{tmp_path}/pst.db", wait=5) as store:
        monkeypatch.setattr(sqlite, "_Turn", turn)
        monkeypatch.setattr(_StruckWhenCalled, "struck", False)
        with pytest.raises(KeyboardInterrupt):
            store.append(batch("s", 0, "c1"))
        threads = [
            threading.Thread(target=lambda n=n: store.append(batch(f"t{n}", 0, f"t{n}")))
            for n in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not store.append(batch("s", 0, "c1")).repeated
        assert {e.stream for e in store.read()} == {"s", "t0", "t1", "t2"}


def _fails(_: Any) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("bad", ["refused", "failing"])
@pytest.mark.parametrize("place", range(3))
def test_of_those_written_together_one_spoils_nothing_for_the_others(
    tmp_path: Path, bad: str, place: int
) -> None:
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        store.append(batch("taken", 0, "c"))

        def writes(stream: str) -> Any:
            # a late one has written rows of its own before it is refused
            return lambda connection: store._append(connection, batch(stream, 0, f"to-{stream}"))

        group = [sqlite._Turn(writes(stream)) for stream in ("a", "b")]
        spoiler = sqlite._Turn(writes("taken") if bad == "refused" else _fails)
        group.insert(place, spoiler)
        store._base._carry_out(group)
        wanted = "stale-version" if bad == "refused" else None
        assert getattr(spoiler.error, "code", None) == wanted
        assert spoiler.error is not None
        assert [t.error for t in group if t is not spoiler] == [None, None]
        assert all(t.answered and t.value.version == 1 for t in group if t is not spoiler)
        assert {e.stream for e in store.read()} == {"taken", "a", "b"}
        assert store.answer("to-taken", "3317", batch("taken", 0, "to-taken").fingerprint) is None
