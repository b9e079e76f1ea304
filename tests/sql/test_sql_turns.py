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
