"""The health check says if nobody has asked for due work of late, or if who asks is behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from pst_adapters.sql import SqlStore
from pst_core.testing.contracts.store import NOW, batch, effect, summary

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        yield store


def warned(store: SqlStore, after: dt.timedelta) -> str:
    words = [w.en for w in store.health(NOW + after).warnings if "ue " in w.en]
    assert len(words) <= 1
    return "".join(words)


def test_an_empty_store_has_nothing_late(store: SqlStore) -> None:
    assert warned(store, 60 * MINUTE) == ""


def test_due_work_that_nobody_asked_for_is_named_after_ten_minutes(store: SqlStore) -> None:
    store.append(batch("s", 0, "c1", effects=(effect("s/1/mail/x"),)))
    assert warned(store, 9 * MINUTE) == ""
    assert "nobody has asked for it at all" in warned(store, 10 * MINUTE)
    assert store.health(NOW).facts["oldest_due"] == NOW.isoformat()


def test_a_timer_that_nobody_asked_for_is_named_too(store: SqlStore) -> None:
    store.append(batch("s", 0, "c1", summary=summary("s", wake=NOW)))
    assert "nobody" in warned(store, 10 * MINUTE)


def test_a_worker_that_died_is_missed_and_one_that_is_behind_is_told_apart(
    store: SqlStore,
) -> None:
    store.claim("w", NOW - MINUTE, MINUTE)
    store.append(batch("s", 0, "c1", effects=(effect("s/1/mail/x"), effect("s/1/mail/y"))))
    assert "nobody has asked for it since 2026-11-24 02:29 UTC" in warned(store, 10 * MINUTE)
    assert len(store.claim("w", NOW + 10 * MINUTE, 5 * MINUTE, limit=1)) == 1
    assert "is behind" in warned(store, 11 * MINUTE)
    assert len(store.claim("w", NOW + 11 * MINUTE, 5 * MINUTE)) == 1
    assert warned(store, 12 * MINUTE) == ""


def test_who_asks_often_writes_once_a_minute(store: SqlStore) -> None:
    before = store._base._commits
    for second in range(90):
        store.claim("w", NOW + dt.timedelta(seconds=second), MINUTE)
    assert store._base._commits - before == 2
