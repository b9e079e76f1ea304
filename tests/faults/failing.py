"""T3: each write, sync and change of a name in a request's life fails, once and for ever.

``failing.py FOLDER FIRST STEP LAST [PLANT]`` prints figures as JSON. Run by ``disk.run``: every
life is a fork of this process, which holds nothing open. A life that was stopped is gone on with by
another, on a disk that works, and must come to where a life without faults does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import functools
import hashlib
import itertools
import json
import os
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import attrs
import disk
from whole import BASKETS, MICRODATA, OFFICE

from pst_adapters.cli.stores import make_store
from pst_adapters.files import FolderBlobs
from pst_adapters.files import blobs as folder_blobs
from pst_adapters.mail import FolderMailer
from pst_adapters.sql import sqlite
from pst_core import request as rq
from pst_core.desk import Desk, Done, Worker
from pst_core.desk.issued import issued_files
from pst_core.desk.ports import EffectStatus, Store
from pst_core.desk.worker import TRIES
from pst_core.documents.due import Standing
from pst_core.documents.papers import paper_digest
from pst_core.refusal import PstError
from pst_core.request.handing_in import to_hand_in
from pst_core.request.state import AGREEMENT
from pst_core.testing.lives import ACTORS, APPLICANT, document, fitting, person
from pst_core.workflow import Actor

AT = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
STREAM = "request-3317-2026-0001"
ERRORS = ("EIO", "ENOSPC")
T = TypeVar("T")
ENDED = (EffectStatus.DONE, EffectStatus.DEAD)
OURS = {"blob-storage", "cannot-open", "disk-full", "io-error", "key-storage"}
"""What a disk that fails is called; any other refusal would be a wrong one."""
STOPPED = 3
"""How a life ends that was given an error of ours twice."""


class _Papers:
    """A renderer whose papers are their digest: it is the disk that is tried."""

    def render(self, paper: Any) -> bytes:
        return b"%PDF-" + paper_digest(paper).encode()


@attrs.define
class _Clock:
    """Commands are given at one moment; only what is tried again has to wait."""

    now: dt.datetime = AT

    def __call__(self) -> dt.datetime:
        return self.now


def _twice(act: Callable[[], T]) -> T:
    """Do ``act``, once more if it fails with an error of ours: as somebody does who sees one."""
    try:
        return act()
    except PstError:
        return act()


def live(folder: Path, said: int, each: Callable[[Store], None] = lambda _: None) -> None:
    """Carry the request in ``folder`` to its end, from wherever it stands.

    Says each command that was acknowledged to ``said``, with the file that came with it, and calls
    ``each`` when all that a command led to is done.
    """
    with contextlib.closing(_twice(lambda: make_store(folder / "pst.db"))) as store:
        blobs = _twice(lambda: FolderBlobs(folder / "blobs"))
        mailer = _twice(lambda: FolderMailer(folder / "mails"))
        desk, clock = Desk(OFFICE, store, clock=lambda: AT), _Clock()
        worker = Worker(
            Desk(OFFICE, store, clock=clock), mailer=mailer, renderer=_Papers(), blobs=blobs
        )

        def work() -> None:
            for _ in range(2 * TRIES):
                if all(e.status in ENDED for e in store.effects(limit=1000)):
                    return
                _twice(worker.work_off)
                clock.now += dt.timedelta(minutes=10)
            raise RuntimeError("what was to be done comes to no end")

        work()
        for name, act in _left(desk, {event.command_id for event in store.load(STREAM)}):
            file = _twice(functools.partial(blobs.put, b"%PDF-1.7 " + name.encode() * 700))
            _twice(act)
            os.write(said, f"ack {name} {file}\n".encode())
            work()
            each(store)


def _left(desk: Desk, done: set[str]) -> Iterator[tuple[str, Callable[[], Done]]]:
    """Return each command of the life that is not done, under an id of its own."""
    if not done:
        opening = rq.OpenRequest(person())
        yield "OpenRequest", lambda: desk.open(opening, by=APPLICANT, command_id="OpenRequest")
    for kind in MICRODATA:
        if kind.__name__ in done:
            continue
        if kind is rq.FileRequest:
            for due in to_hand_in(desk.state(STREAM), OFFICE):
                if due.standing is not Standing.IN_ORDER:
                    yield _act(desk, f"HandIn-{due.rule.document}", document(due.rule), APPLICANT)
        command = fitting(kind, desk.state(STREAM), OFFICE, AT, STREAM, products=BASKETS[2])
        if isinstance(command, rq.SignAgreement):
            sent = tuple(issued_files(desk.store.effects(STREAM), AGREEMENT))
            command = attrs.evolve(command, file=attrs.evolve(command.file, revisions=sent))
        row = next(step for step in rq.PROCEDURE.steps if step.command is kind)
        yield _act(desk, kind.__name__, command, ACTORS[row.role])


def _act(desk: Desk, name: str, command: Any, by: Actor) -> tuple[str, Callable[[], Done]]:
    return name, lambda: desk.do(STREAM, command, by=by, command_id=name)


def stands(store: Store) -> dict[str, Any]:
    """Return what the rows say: a version of the stream goes with one register row and effects."""
    return {
        "events": [repr((e.version, e.name, e.body, e.actor, e.at)) for e in store.load(STREAM)],
        "register": repr(store.summary(STREAM)),
        "effects": sorted(e.key for e in store.effects(limit=1000)),
    }


class _Life:
    """One process that lives in ``folder`` and says lines, the last one of how it ended."""

    def __init__(self, act: Callable[[int], None]) -> None:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(read)
                act(write)
                code = 0
            except PstError as error:
                os.write(write, f"refused {error.code}\n".encode())
                code = STOPPED
            except BaseException:
                os.write(write, f"error {traceback.format_exc()[-1500:]!r}\n".encode())
            finally:
                os.write(write, b"kept\n" if disk.kept() else b"")
                os.write(write, b"met\n" if disk.met() else b"")
                os._exit(code)
        os.close(write)
        with os.fdopen(read) as said:
            self.said = said.read().splitlines()
        self.code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.met = self.said[-1:] == ["met"]

    def saying(self, word: str) -> list[str]:
        return [line.partition(" ")[2] for line in self.said if line.startswith(f"{word} ")]


def _end(folder: Path, store: Store) -> dict[str, Any]:
    mails, blobs = sorted((folder / "mails").glob("*.eml")), FolderBlobs(folder / "blobs")
    return {
        **stands(store),
        "outcomes": sorted([e.key, e.status] for e in store.effects(limit=1000)),
        "mails": [[mail.name, hashlib.sha256(mail.read_bytes()).hexdigest()] for mail in mails],
        "files": [*filter(blobs.get, blobs.keys())],
        "left behind": sorted(p.name for p in folder.rglob(".*")),
    }


class _Faultless:
    """What stood after each version, and in the end, of a life on a disk that works.

    It is lived in this process, so that the forks need not import or compile anything.
    """

    def __init__(self, folder: Path) -> None:
        self.versions: dict[int, Any] = {0: {"events": [], "register": "None", "effects": []}}
        self.end: dict[str, Any] = {}

        def keep(store: Store) -> None:
            now = stands(store)
            self.versions[len(now["events"])] = now
            self.end = _end(folder, store)

        disk.watch(folder)
        with Path(os.devnull).open("wb") as nobody:
            live(folder, nobody.fileno(), keep)
        self.calls = disk.calls()


def _wrong(folder: Path, life: _Life, faultless: _Faultless) -> list[str]:
    """Return what is wrong with what ``life`` left, and after it was gone on with."""
    found = [f"not our error: {error}" for error in life.saying("error")]
    found += [f"another refusal: {code}" for code in life.saying("refused") if code not in OURS]
    if life.code not in ((0, STOPPED) if life.met else (0,)):
        found.append(f"ended with {life.code}: {life.said[-1:]}")
    acknowledged = [line.split() for line in life.saying("ack")]

    def look(said: int) -> None:
        with contextlib.closing(make_store(folder / "pst.db")) as store:
            now, blobs = stands(store), FolderBlobs(folder / "blobs")
            if now != faultless.versions.get(len(now["events"])):
                os.write(said, b"wrong half\n")
            there = {event.command_id for event in store.load(STREAM)}
            for command, file in acknowledged:
                if command not in there:
                    os.write(said, f"wrong lost: {command}\n".encode())
                blobs.get(file)
        if _integrity(folder) != "ok":
            os.write(said, b"wrong corrupt\n")

    def go_on(said: int) -> None:
        live(folder, said)
        with contextlib.closing(make_store(folder / "pst.db")) as store:
            end = _end(folder, store)
        if "kept" in life.said:
            del end["left behind"]
        for what in end:
            if end[what] != faultless.end[what]:
                os.write(said, f"wrong {what} differ from a life without faults\n".encode())

    for then in (look, go_on):
        after = _Life(then)
        found += after.saying("wrong")
        if after.code:
            found.append(f"{then.__name__} failed: {after.said[-1:]}")
    return found


def _integrity(folder: Path) -> str:
    connection = sqlite3.connect(folder / "pst.db")
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def _plant(name: str) -> None:
    """Plant what must be found: a client that takes an error for a yes, errors of the system."""
    if name == "acknowledged-anyway":

        def once(act: Callable[[], Any]) -> Any:
            with contextlib.suppress(PstError):
                return act()

        globals()["_twice"] = once
    if name == "bare-errors":
        folder_blobs._cannot = lambda done, dilakukan, error: error


def _live_failing(folder: Path, point: int, error: str, for_ever: bool, said: int) -> None:
    disk.fail(folder, point, getattr(errno, error), for_ever=for_ever)
    live(folder, said)


def main(place: str, first: str, step: str, last: str, plant: str = "") -> None:
    """Fail the calls ``first``, ``first`` + ``step`` ... up to ``last`` at most."""
    sqlite._CHECKPOINT_EVERY = 7  # so that the short life has some
    run = Path(place) / "run"
    run.mkdir()
    faultless = _Faultless(run)
    _plant(plant)
    met, stopped, wrong = 0, 0, []
    points = range(int(first), min(int(last), faultless.calls) + 1, int(step))
    for point, error, for_ever in itertools.product(points, ERRORS, (False, True)):
        shutil.rmtree(run)
        run.mkdir()
        life = _Life(functools.partial(_live_failing, run, point, error, for_ever))
        met += life.met
        stopped += life.code == STOPPED
        when = f"{error} at {point}{'+' if for_ever else ''}"
        wrong += [f"{what} ({when})" for what in _wrong(run, life, faultless)]
    print(json.dumps({"calls": faultless.calls, "faults": met, "stopped": stopped, "wrong": wrong}))


if __name__ == "__main__":
    main(*sys.argv[1:])
