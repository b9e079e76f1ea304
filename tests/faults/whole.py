"""The whole procedure under faults: two ``pst work`` on PostgreSQL, one killed again and again.

Requests are carried from the first step to the last, and what stands in the end (events, register,
effects, mails and papers to the last byte) is held against a run without faults in one process.
Times and ids come from the request, so both runs are alike to the letter.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from scene import Figures, place

from pst_adapters.files import FolderBlobs
from pst_adapters.mail import FolderMailer
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_adapters.workers import install
from pst_core import request as rq
from pst_core.desk import Desk, Worker
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Store
from pst_core.office import Office
from pst_core.tariff import Microdata, Publication
from pst_core.testing.lives import APPLICANT, carry, person

OFFICE = Office.load("3317")
LEASE = 3
BASKETS = (
    (Publication("Rembang Dalam Angka", pages=312),),
    (Publication("Rembang Dalam Angka", pages=50),),
    (Microdata("Susenas 2025", bytes=4_200_000),),
)
TO_PAID = (
    rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment,
    rq.ConfirmPayment,
)  # fmt: skip
TO_RATED = (rq.IssueReceipt, rq.DeliverProducts, rq.ApproveDelivery, rq.RateService)
PLAIN = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, *TO_PAID, *TO_RATED,
)  # fmt: skip
MICRODATA = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileAbstraction, rq.FileRequest,
    rq.VerifyAbstraction, *TO_PAID, rq.SignAgreement, rq.AcceptAgreement, *TO_RATED,
)  # fmt: skip


def _play(store: Store, n: int, at: dt.datetime) -> list[str]:
    """Carry ``n`` requests through the whole procedure and return their streams."""
    desk = Desk(OFFICE, store, clock=lambda: at)
    streams = []
    for number in range(n):
        basket = BASKETS[number % len(BASKETS)]
        is_microdata = isinstance(basket[0], Microdata)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        commands = MICRODATA if is_microdata else PLAIN
        state = carry(desk, stream, commands, products=basket)
        if not rq.PROCEDURE.ended(state):
            raise RuntimeError(f"{stream} stands at {state.phase}")
        streams.append(stream)
    return streams


def _stands(store: Store, mails: Path, blobs: Path) -> dict[str, Any]:
    """Return all that stands in the end, apart from positions, command ids and attempts."""
    events = store.read(limit=10**9)
    effects = store.effects(limit=10**9)
    return {
        "events": sorted(
            (e.stream, e.version, e.name, e.schema, e.body, e.at.isoformat(), e.actor)
            for e in events
        ),
        "register": [repr(row) for row in store.register(OFFICE.code, limit=10**9)],
        "effects": sorted((e.key, e.kind, e.status.value, _said(e.result)) for e in effects),
        "mails": {p.name: _digest(p) for p in sorted(mails.glob("*.eml"))},
        "papers": sorted(FolderBlobs(blobs).keys()),
    }


def _said(result: str) -> str:
    """Return what an adapter answered, without the folder that it wrote to."""
    said = json.loads(result)
    if "file" in said:
        said["file"] = Path(said["file"]).name
    return json.dumps(said, sort_keys=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _without_faults(n: int, at: dt.datetime, folder: Path) -> dict[str, Any]:
    store = MemoryStore()
    _play(store, n, at)
    worker = Worker(
        Desk(OFFICE, store, clock=lambda: at),
        mailer=FolderMailer(folder / "mails"),
        renderer=TypstRenderer(),
        blobs=FolderBlobs(folder / "blobs"),
    )
    while worker.work_off():
        pass
    return _stands(store, folder / "mails", folder / "blobs")


def _start(url: str, folder: Path, name: str) -> subprocess.Popen[bytes]:
    words = ["work", "--db", url, "--mail", str(folder / "mails"), "--files",
             str(folder / "blobs"), "--lease", str(LEASE), "--json"]  # fmt: skip
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", "from pst_adapters.cli import main; main()", *words],
            stdout=log, stderr=log,
        )  # fmt: skip


def run(n: int, store: str, plant: str = "") -> Figures:
    """Carry ``n`` requests through by two workers; kill one again and again."""
    del plant  # its control is part of each run
    dice = random.Random(7)
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with place(store) as (url, folder):
        without = folder / "without"
        expected = _without_faults(n, at, without)
        install(url)
        began = time.monotonic()
        with SqlStore(url, wait=30) as opened, contextlib.ExitStack() as ends:
            workers = {name: _start(url, folder, name) for name in ("steady", "doomed")}

            def end() -> None:
                for worker in workers.values():
                    worker.kill()
                    worker.wait()

            ends.callback(end)
            kills = 0
            player = subprocess.Popen(
                [sys.executable, __file__, url, str(n), at.isoformat()],
            )
            ends.callback(player.kill)

            def left() -> int:
                # counted by the server: asked twenty times a second of ten thousand rows
                sql = "SELECT count(*) FROM pst_effects WHERE status = 'done'"
                return len(expected["effects"]) - int(opened._rows(sql)[0][0])

            log = folder / "doomed.log"
            while left():
                before = log.stat().st_size
                # killed while it is at work: some time after the first effect of this life
                while left() and log.stat().st_size == before:
                    time.sleep(0.05)
                    if workers["steady"].poll() is not None:
                        raise RuntimeError((folder / "steady.log").read_text()[-2000:])
                    if player.poll() not in (None, 0):
                        raise RuntimeError("the player ended in an error, see above")
                if not left():
                    break
                time.sleep(dice.uniform(0, 0.5))
                workers["doomed"].send_signal(signal.SIGKILL)
                workers["doomed"].wait()
                kills += 1
                workers["doomed"] = _start(url, folder, "doomed")
            while left():
                time.sleep(0.05)
            player.wait()
            took = time.monotonic() - began
            stands = _stands(opened, folder / "mails", folder / "blobs")
            attempts = [e.attempt for e in opened.effects(limit=10**9)]
            # the control: one mail that did not arrive must be seen
            min((folder / "mails").glob("*.eml")).unlink()
            less = _stands(opened, folder / "mails", folder / "blobs")
            told = (folder / "doomed.log").read_text().count('"status"')
    wrong = [
        f"{what} differ from a run without faults"
        for what in expected
        if stands[what] != expected[what]
    ]
    if [what for what in expected if less[what] != expected[what]] != ["mails"]:
        wrong.append("the comparison does not see a mail that is missing")
    return {
        "requests": n,
        "events": len(stands["events"]),
        "effects": len(stands["effects"]),
        "mails": len(stands["mails"]),
        "papers": len(stands["papers"]),
        "kills": kills,
        "effects by the killed worker": told,
        "taken up again": sum(attempt > 1 for attempt in attempts),
        "requests/min": round(60 * n / took),
        "wrong": wrong,
    }


if __name__ == "__main__":
    with SqlStore(sys.argv[1], wait=30) as to_play:
        _play(to_play, int(sys.argv[2]), dt.datetime.fromisoformat(sys.argv[3]))
