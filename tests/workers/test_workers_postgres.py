"""Effects and timers on PostgreSQL are carried out by any number of hosts; one may be killed."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.files import FolderBlobs
from pst_adapters.mail import FolderMailer
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_adapters.workers import install, work_on_postgres
from pst_core import request as rq
from pst_core.desk import Desk, Worker
from pst_core.desk.ports import EffectStatus
from pst_core.office import Office
from pst_core.tariff import Publication
from pst_core.testing.contracts.store import batch, effect, summary
from pst_core.testing.lives import APPLICANT, carry, person

OFFICE = Office.load("3317")
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
TO_FILED = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("procrastinate")
    with postgres.server() as url:
        yield url


@pytest.fixture
def url(server: str, request: Any) -> str:
    import psycopg

    name = f"w{abs(hash(request.node.name))}"
    with psycopg.connect(_plain(server.format(name="postgres")), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    made = server.format(name=name)
    SqlStore(made).close()
    install(made)
    return made


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


def jobs(url: str) -> list[tuple[str, str]]:
    """Return task and status of each job that is not a sweep, in order."""
    import psycopg

    with psycopg.connect(_plain(url)) as connection:
        return connection.execute(
            "SELECT task_name, status::text FROM procrastinate_jobs"
            " WHERE task_name <> 'pst.sweep' ORDER BY id"
        ).fetchall()


def worker(desk: Desk, folder: Path) -> Worker:
    return Worker(
        desk, mailer=FolderMailer(folder / "mails"), renderer=TypstRenderer(),
        blobs=FolderBlobs(folder / "blobs"),
    )  # fmt: skip


def until(met: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 90
    while not met():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def test_a_job_is_deferred_with_the_effect_or_not_at_all(url: str) -> None:
    import psycopg

    with SqlStore(url) as store, psycopg.connect(_plain(url)) as host:
        host.execute("SELECT 1")
        store.append_within(host, batch("s", 0, "c1", effects=(effect("s/1/mail/x"),)))
        host.rollback()
        assert jobs(url) == []
        store.append_within(host, batch("s", 0, "c1", effects=(effect("s/1/mail/x"),)))
        host.commit()
        assert jobs(url) == [("pst.effect", "todo")]


def test_a_timer_that_moves_defers_a_job_for_its_new_time(url: str) -> None:
    with SqlStore(url) as store:
        at = dt.datetime.now(dt.UTC)
        store.append(batch("s", 0, "c1", summary=summary("s", wake=at)))
        store.append(batch("s", 1, "c2", summary=summary("s", wake=at)))
        assert jobs(url) == [("pst.timers", "todo")]
        store.append(batch("s", 2, "c3", summary=summary("s", wake=at + dt.timedelta(days=1))))
        assert len(jobs(url)) == 2


def test_installing_again_changes_nothing(url: str) -> None:
    install(url)
    with SqlStore(url) as store:
        store.append(batch("s", 0, "c1", effects=(effect("s/1/mail/x"),)))
    assert len(jobs(url)) == 1


def test_all_effects_of_a_request_leave_the_house(url: str, tmp_path: Path) -> None:
    with SqlStore(url) as store:
        desk = Desk(OFFICE, store)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, TO_FILED, products=PUBLICATION)
        work_on_postgres(worker(desk, tmp_path), url, wait=False)
        effects = store.effects(stream)
        assert effects
        assert {e.status for e in effects} == {EffectStatus.DONE}
        mails = [e for e in effects if e.kind == "mail"]
        assert len(list((tmp_path / "mails").iterdir())) == len(mails)
    assert jobs(url) == []


@contextlib.contextmanager
def host(url: str, folder: Path, name: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    program = [sys.executable, Path(__file__).with_name("host.py"), url, folder, name, "3", "1"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([*program, *more], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_worker_killed_in_mid_job_is_replaced_within_its_lease(url: str, tmp_path: Path) -> None:
    with SqlStore(url) as store:
        desk = Desk(OFFICE, store)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, TO_FILED, products=PUBLICATION)
        with host(url, tmp_path, "doomed", "hang") as doomed:
            until((tmp_path / "begun").exists, "the first worker begins")
            doomed.send_signal(signal.SIGKILL)
            doomed.wait()
            killed = (tmp_path / "begun").read_text()
            with host(url, tmp_path, "heir") as heir:

                def all_done() -> bool:
                    log = (tmp_path / "heir.log").read_text()
                    assert heir.poll() is None, log
                    return {e.status for e in store.effects(stream)} == {EffectStatus.DONE}

                until(all_done, "the second worker finishes what the first one held")
                until(lambda: jobs(url) == [], "no job stays with the dead worker")
                os.kill(heir.pid, signal.SIGTERM)
                assert heir.wait(30) == 0, (tmp_path / "heir.log").read_text()
        tries = {e.key: e.attempt for e in store.effects(stream)}
        assert tries.pop(killed) == 2, "held by the dead worker, then done by its heir"
        assert set(tries.values()) == {1}
        mails = [e for e in store.effects(stream) if e.kind == "mail"]
        assert len(list((tmp_path / "mails").iterdir())) == len(mails)
