"""``pst history`` reads the same from a SQLite file and from PostgreSQL, in words of people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.office import Office
from pst_core.testing.lives import APPLICANT, carry, person


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/pst.db"
        return
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    with postgres.server() as server:
        yield server.format(name="postgres")


@pytest.mark.parametrize(("lang", "phase", "turn", "waiting"), [
    ("id", "verifikasi abstraksi", "petugas", "menunggu"),
    ("en", "abstraction being verified", "officer", "waiting"),
])  # fmt: skip
def test_register_and_history_are_in_words_wherever_the_database_is(
    db: str, lang: str, phase: str, turn: str, waiting: str,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "200")
    with SqlStore(db) as store:
        desk = Desk(Office.load("3317"), store)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm,
                             rq.FileAbstraction, rq.FileRequest))  # fmt: skip
    assert main(["history", "--db", db, "--lang", lang]) == 0
    register = capsys.readouterr().out
    assert phase in register
    assert turn in register
    assert "VERIFYING" not in register
    assert main(["history", stream, "--db", db, "--lang", lang]) == 0
    assert waiting in capsys.readouterr().out
    monkeypatch.setenv("PST_DB", db)
    assert main(["history", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["phase"] == "VERIFYING"


def test_an_effect_that_is_done_shows_where_it_went_and_not_its_digests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    db = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(db) as store:
        desk = Desk(Office.load("3317"), store)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm,
                             rq.FileAbstraction, rq.FileRequest))  # fmt: skip
    folders = ["--mail", f"{tmp_path}/mail", "--files", f"{tmp_path}/blobs"]
    assert main(["work", "--once", "--db", db, *folders]) == 0
    capsys.readouterr()
    assert main(["history", stream, "--db", db]) == 0
    shown = capsys.readouterr().out
    assert "siti@example.org" in shown
    assert "message_id" not in shown
