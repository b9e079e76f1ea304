"""The long fault tests in short: each scene of ``tests/soak.py``, and each planted fault.

A scene runs in a process of its own, with the very command that the soak uses. What is wrong
never depends on how long it took.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres

SOAK = Path(__file__).parents[1] / "soak.py"


def reached(scene: str, n: int, store: str, plant: str = "") -> dict[str, Any]:
    """Run one scene and return its figures; prints them for the log."""
    if store == "postgresql":
        if postgres.find_binaries() is None:
            pytest.skip(postgres.MISSING)
        pytest.importorskip("procrastinate")
    done = subprocess.run(
        [sys.executable, str(SOAK), scene, "--n", str(n), "--store", store, "--plant", plant,
         "--json"],
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.stdout, done.stderr[-3000:]
    print(done.stdout)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


both = pytest.mark.parametrize("store", ["sqlite", "postgresql"])


@pytest.mark.slow
@pytest.mark.parametrize(("store", "n"), [("sqlite", 1000), ("postgresql", 500)])
def test_T6_histories_of_8_processes_over_lines_that_break_show_nothing(store: str, n: int) -> None:
    figures = reached("T6", n, store)
    assert figures["wrong"] == []
    assert figures["appends"] >= n
    assert figures["kills"] > 0
    if store == "postgresql":
        assert figures["commit replies dropped"] > 0
        assert figures["unknown"] > 0
        assert figures["backends ended"] > 0


@pytest.mark.slow
def test_T6_control_clients_with_a_new_id_for_each_try_double() -> None:
    figures = reached("T6", 400, "postgresql", "new-ids")
    assert any(line.startswith("double") for line in figures["wrong"])


@pytest.mark.slow
@both
def test_T7_a_command_sent_by_8_hosts_of_which_one_is_killed_is_done_once(store: str) -> None:
    figures = reached("T7", 25, store)
    assert figures["wrong"] == []
    assert figures["effects"] == 50
    assert figures["refused"] == figures["altered replays"] == 25
    assert figures["kills"] > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "word"),
    [("no-ids", "different answers"), ("no-fingerprints", "an altered replay was answered")],
)
def test_T7_control(plant: str, word: str) -> None:
    assert any(word in line for line in reached("T7", 4, "sqlite", plant)["wrong"])


@pytest.mark.slow
def test_T10_no_mail_is_missing_after_a_lying_server_and_killed_workers() -> None:
    figures = reached("T10", 60, "postgresql")
    assert figures["wrong"] == []
    assert figures["missing"] == 0
    assert figures["kills"] > 0
    assert figures["cut before the reply"] > 0
    assert figures["taken twice with the same Message-ID"] > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "word"), [("new-ids", "unknown Message-ID"), ("marks-first", "missing")]
)
def test_T10_control(plant: str, word: str) -> None:
    assert any(line.startswith(word) for line in reached("T10", 20, "sqlite", plant)["wrong"])


@pytest.mark.slow
def test_T11_poison_is_set_aside_after_its_tries_and_nothing_else() -> None:
    figures = reached("T11", 40, "sqlite")
    assert figures["wrong"] == []
    assert figures["set aside"] == figures["retried"] == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "word"),
    [("no-bound", "raise was begun 5 times"), ("ten-at-once", "healthy, but set aside")],
)
def test_T11_control(plant: str, word: str) -> None:
    assert any(line.startswith(word) for line in reached("T11", 40, "sqlite", plant)["wrong"])


@pytest.mark.slow
@both
def test_T16_a_worker_paused_past_its_lease_is_refused_its_late_word(store: str) -> None:
    figures = reached("T16", 60, store)
    assert figures["wrong"] == []
    assert figures["late words refused"] >= figures["pauses past the lease"] > 0
    assert figures["seen once by the receiver"] == figures["mails"] == 60


@pytest.mark.slow
def test_T16_control_without_fencing_the_late_word_is_taken() -> None:
    wrong = reached("T16", 60, "sqlite", "no-fencing")["wrong"]
    assert any("late words were refused" in line for line in wrong)


@pytest.mark.slow
@both
def test_T19_overload_sheds_no_payment_notice_and_does_nothing_it_refused(store: str) -> None:
    figures = reached("T19", 400, store)
    assert figures["wrong"] == []
    assert figures["refused"] > 0
    assert figures["notices"] > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "word"), [("no-ranks", "notice shed"), ("late", "refused, yet done")]
)
def test_T19_control(plant: str, word: str) -> None:
    assert any(line.startswith(word) for line in reached("T19", 200, "sqlite", plant)["wrong"])


@pytest.mark.slow
def test_requests_carried_through_by_killed_workers_end_as_without_faults() -> None:
    figures = reached("whole", 12, "postgresql")
    assert figures["wrong"] == []
    assert figures["kills"] > 0
