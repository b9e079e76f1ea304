"""``pst work`` and ``pst health`` in processes of their own, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.ports import EffectStatus
from pst_core.office import Office
from pst_core.tariff import Publication
from pst_core.testing.contracts.store import NOW, batch, effect
from pst_core.testing.lives import APPLICANT, carry, person

OFFICE = Office.load("3317")
TO_FILED = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: Any, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/pst.db"
        return
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("procrastinate")
    with postgres.server() as server:
        yield server.format(name="postgres")


def filed(store: SqlStore) -> str:
    desk = Desk(OFFICE, store)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_FILED, products=(Publication("Rembang Dalam Angka", pages=312),))
    return stream


def words(url: str, folder: Path, *more: str) -> list[str]:
    return ["work", "--db", url, "--mail", str(folder / "mails"), "--files", str(folder / "blobs"),
            "--json", *more]  # fmt: skip


def test_once_carries_out_what_is_due_and_stops(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with SqlStore(url) as store:
        stream = filed(store)
        assert main(words(url, tmp_path, "--once")) == 0
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        effects = store.effects(stream)
        assert {t["key"]: t["status"] for t in told} == {e.key: "done" for e in effects}
        mails = [e for e in effects if e.kind == "mail"]
        assert len(list((tmp_path / "mails").iterdir())) == len(mails) > 0
    # a program that reads the lines gets none; a person is told why there are none
    assert main(words(url, tmp_path, "--once")) == 0
    assert capsys.readouterr().out == ""
    aloud = [word for word in words(url, tmp_path, "--once") if word != "--json"]
    for lang, says in (("id", "Tidak ada surat"), ("en", "No mail or paper is due")):
        assert main([*aloud, "--lang", lang]) == 0
        assert says in capsys.readouterr().out


@pytest.mark.slow
def test_it_works_until_it_is_told_to_stop(url: str, tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from pst_adapters.cli import main; main()"]
    with SqlStore(url) as store, (tmp_path / "log").open("wb") as log:
        first = filed(store)
        process = subprocess.Popen([*program, *words(url, tmp_path)], stdout=log, stderr=log)
        try:
            for stream in (first, None):
                stream = stream or filed(store)  # noqa: PLW2901 - the second comes while it works
                end = time.monotonic() + 60
                while {e.status for e in store.effects(stream)} != {EffectStatus.DONE}:
                    assert process.poll() is None, (tmp_path / "log").read_text()
                    assert time.monotonic() < end, (tmp_path / "log").read_text()
                    time.sleep(0.1)
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(30) == 0, (tmp_path / "log").read_text()
        finally:
            process.kill()
            process.wait()
        assert {e.attempt for e in store.effects()} == {1}


def test_health_says_what_waits_and_that_nobody_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(url) as store:
        store.append(batch("s", 0, "c1", effects=(effect("s/1/mail/x"),)))
    assert main(["health", "--db", url, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert any("nobody has asked" in w["en"] for w in found["warnings"])
    assert found["facts"]["oldest_due"] == NOW.isoformat()
    assert main(["health", "--db", url]) == 1
    assert "Jalankan pst work" in capsys.readouterr().out


def test_a_mail_server_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/pst.db"
    SqlStore(url).close()
    assert main(words(url, tmp_path, "--once", "--smtp", "host:port", "--lang", "en")) == 1
    assert "host:port" in capsys.readouterr().err
