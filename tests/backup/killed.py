"""Kill a backup, then a restore, before each file operation in turn; print figures as JSON.

Two processes write meanwhile and note what was acknowledged. ``killed.py FOLDER [N]``: go on at
random times until N backups and N restores were killed.
"""

import datetime as dt
import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from pst_adapters.backup import back_up, check_backup, restore
from pst_adapters.files import FolderBlobs
from pst_adapters.sql import SqlStore
from pst_core.refusal import NotFound
from pst_core.testing.contracts.store import batch, effect

WHERE = Path(sys.argv[1])
URL = f"sqlite:///{WHERE}/pst.db"
LEAST = int(sys.argv[2]) if len(sys.argv) > 2 else 0
DICE = random.Random(18)
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "sqlite3.connect", "os.listdir", "os.link"}


def child(act):
    pid = os.fork()
    if pid == 0:
        try:
            act()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return pid


def killed_at(step, act):
    """Run ``act`` in a child killed before its ``step``-th file operation; return whether it was."""  # noqa: E501
    seen = 0

    def watch(event, args):
        nonlocal seen
        if event in STEPS:
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    def run():
        sys.addaudithook(watch)
        act()

    status = os.waitpid(child(run), 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the backup failed of itself")
    return os.WIFSIGNALED(status)


def killed_within(seconds, act):
    """Run ``act`` in a child killed after a random part of ``seconds``; return whether it was."""
    pid = child(act)
    time.sleep(DICE.uniform(0, seconds))
    os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("it failed of itself")
    return os.WIFSIGNALED(status)


def judge_backups(to, before, step, wrong):
    """Say what a killed one left: no folder of that name, or a whole backup; parts are refused."""
    for left in WHERE.glob("backups/*") if (WHERE / "backups").exists() else ():
        try:
            check_backup(left)
        except NotFound:
            if left == to:
                wrong.append(f"backup {step}: a part under the name of a whole")
        else:
            again = WHERE / "trial.db"
            restore(left, f"sqlite:///{again}", FolderBlobs(WHERE / "trial"))
            if not whole(f"sqlite:///{again}", before):
                wrong.append(f"backup {step}: not all that was acknowledged")
            for used in WHERE.glob("trial.db*"):
                used.unlink()
        shutil.rmtree(left)


def write(name):
    with SqlStore(URL, wait=30) as store, (WHERE / name).open("w") as noted:
        n = 0
        while n < 100_000:
            store.append(batch(name, n, f"{name}{n}", effects=(effect(f"{name}/{n}"),)))
            n += 1
            noted.write(f"{n}\n")
            noted.flush()
            time.sleep(0.004)  # or they would write so much that judging it takes all the time


def acknowledged():
    return {name: len((WHERE / name).read_text().splitlines()) for name in ("a", "b")}


def whole(url, before):
    with SqlStore(url) as store:
        for name, count in before.items():
            kept = store.load(name)
            if len(kept) < count or [e.command_id for e in kept] != [
                f"{name}{n}" for n in range(len(kept))
            ]:
                return False
        return len(store.read(limit=10**6)) == len(store.effects(limit=10**6))


def main():  # noqa: PLR0915 - read downwards
    wrong = []
    SqlStore(URL).close()
    blobs = FolderBlobs(WHERE / "files")
    keys = [blobs.put(b"%d" % n) for n in range(3)]
    writers = [child(lambda name=name: write(name)) for name in ("a", "b")]
    try:
        while not all((WHERE / n).exists() for n in "ab") or min(acknowledged().values()) < 5:
            time.sleep(0.01)
        step = 0
        while True:
            step += 1
            to = WHERE / "backups" / str(step)
            before = acknowledged()
            if not killed_at(step, lambda to=to: back_up(URL, to, blobs, now=NOW)):
                break
            judge_backups(to, before, step, wrong)
        judge_backups(to, before, step, wrong)
        backups = step - 1
        began = time.monotonic()
        back_up(URL, WHERE / "timed", blobs, now=NOW)
        takes = time.monotonic() - began
        while backups < LEAST:
            step += 1
            place, before = WHERE / "backups" / str(step), acknowledged()
            act = lambda place=place: back_up(URL, place, blobs, now=NOW)  # noqa: E731
            backups += killed_within(takes, act)
            judge_backups(place, before, step, wrong)
        # the one that restores are made from, with all that was acknowledged until now
        to, before = WHERE / "last", acknowledged()
        back_up(URL, to, blobs, now=NOW)
    finally:
        for pid in writers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    step = restores = 0
    walked = 10**6  # until the step that no longer kills
    while True:
        step += 1
        place, back = WHERE / f"r{step}.db", WHERE / f"r{step}"
        act = lambda p=place, b=back: restore(to, f"sqlite:///{p}", FolderBlobs(b))  # noqa: E731
        was_killed = killed_at(step, act) if step <= walked else killed_within(takes, act)
        restores += was_killed
        if not place.exists():
            began = time.monotonic()
            act()  # the same call may be repeated
            takes = time.monotonic() - began
        if not whole(f"sqlite:///{place}", before) or sorted(keys) != list(
            FolderBlobs(back).keys()
        ):
            wrong.append(f"restore {step}: not whole")
        for used in (*WHERE.glob(f"r{step}.db*"), back):
            shutil.rmtree(used) if used.is_dir() else used.unlink()
        if not was_killed and step <= walked:
            walked = step
        if restores >= LEAST and step >= walked:
            break
    print(json.dumps({"backups killed": backups, "restores killed": restores, "wrong": wrong}))


main()
