"""T7: twins of one command sent at once by several processes are carried out once."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import attrs
import pytest

from pst_adapters.sql import SqlStore
from pst_core.refusal import Conflict
from pst_core.testing.contracts.store import batch, effect

_COMMANDS = 60


def _twin(path: str, start: Any, answers: Any) -> None:
    with SqlStore(path, wait=60) as store:
        start.wait()
        answers.put(
            [
                attrs.astuple(store.append(batch(f"s{n}", 0, f"c{n}", effects=(effect(f"e{n}"),))))
                for n in range(_COMMANDS)
            ]
        )


def test_T7_twins_at_once_are_done_once_and_answered_alike(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/pst.db"
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(4), context.Queue()
    twins = [context.Process(target=_twin, args=(url, start, answers)) for _ in range(4)]
    for twin in twins:
        twin.start()
    said = [answers.get(timeout=120) for _ in twins]
    for twin in twins:
        twin.join()
    for n, of_one in enumerate(zip(*said, strict=True)):
        assert {answer[:3] for answer in of_one} == {(f"s{n}", 1, 1)}
        assert sorted(answer[3] for answer in of_one) == [False, True, True, True]
    with SqlStore(url) as store:
        assert len(store.read(limit=9999)) == len(store.effects(limit=9999)) == _COMMANDS
        for n in range(_COMMANDS):
            with pytest.raises(Conflict, match="command-id-reused"):
                store.append(batch(f"s{n}", 1, f"c{n}", fingerprint="altered"))
