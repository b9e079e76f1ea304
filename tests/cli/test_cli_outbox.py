"""``pst outbox``: what was set aside can be seen and tried again, on a real file."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_core.desk.ports import EffectStatus
from pst_core.testing.contracts.store import NOW, batch, effect

DEAD = "request-3317-2026-0001/1/mail/applicant"
DONE = "request-3317-2026-0001/1/paper/invoice"
WAITING = "request-3317-2026-0002/1/mail/officer"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "pst.db"
    with SqlStore(f"sqlite:///{path}") as store:
        store.append(batch("request-3317-2026-0001", 0, "c1", effects=(effect(DEAD), effect(DONE))))
        store.append(batch("request-3317-2026-0002", 0, "c2", effects=(effect(WAITING),)))
        store.claim("w", NOW, dt.timedelta(minutes=5), limit=2)
        store.fail(DEAD, 1, "550 no such user", None)
        store.finish(DONE, 1, '{"sha256": "ab"}')
    return path


def test_the_list_shows_status_and_last_word(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox", "list", "--db", str(db), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(r["key"], r["status"], r["result"]) for r in rows] == [
        (DEAD, "dead", "550 no such user"),
        (DONE, "done", '{"sha256": "ab"}'),
        (WAITING, "queued", ""),
    ]
    assert main(["outbox", "list", "--db", f"sqlite:///{db}", "--status", "dead"]) == 0
    shown = capsys.readouterr().out
    assert "disisihkan" in shown
    assert "invoice" not in shown


def test_one_is_shown_whole(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox", "show", DEAD, "--db", str(db), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == "550 no such user"
    assert main(["outbox", "show", DEAD, "--db", str(db)]) == 0
    assert "550 no such user" in capsys.readouterr().out
    assert main(["outbox", "show", "x/1/mail/applicant", "--db", str(db), "--lang", "en"]) == 1
    assert "outbox" in capsys.readouterr().err


@pytest.mark.parametrize("which", [[DEAD], ["--all"]])
def test_what_was_set_aside_is_queued_again_for_a_fresh_set_of_tries(
    db: Path, capsys: pytest.CaptureFixture[str], which: list[str]
) -> None:
    assert main(["outbox", "retry", *which, "--db", str(db), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"queued": [DEAD], "refused": []}
    with SqlStore(f"sqlite:///{db}") as store:
        assert not store.effects(status=EffectStatus.DEAD)
        later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
        claimed = store.claim("w", later, dt.timedelta(minutes=5))
        assert [(c.tries, c.attempt) for c in claimed if c.key == DEAD] == [(1, 2)]


def test_what_was_not_set_aside_is_left_and_the_rest_is_queued(
    db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outbox", "retry", DONE, DEAD, "--db", str(db), "--lang", "en"]) == 1
    out, err = capsys.readouterr()
    assert f"Queued again: {DEAD}" in out
    assert f"{DONE} is done" in err
    assert main(["outbox", "retry", "--db", str(db)]) == 1
    assert "--all" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named_and_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outbox", "list", "--db", str(tmp_path / "none.db")]) == 1
    assert "none.db" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
