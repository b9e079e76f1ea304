"""The soak of T1, T2, T3, T9 and T18: what their tests do in short, for as long as asked."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import test_faults_postgres as on_postgres
import test_faults_sqlite as on_sqlite
import worker
from scene import Figures, place

from pst_adapters.sql import SqlStore


def kill_9(n: int, store: str, plant: str = "") -> Figures:
    """T1: kill ``n`` writers at random times."""
    del plant  # the controls are in the tests
    with place(store) as (url, _):
        least, most = (0.01, 0.1) if store == "sqlite" else (0.08, 0.25)
        acknowledged, kills = on_sqlite._killed_again_and_again(url, n, least, most)
        if store == "sqlite":
            wrong = worker.faults(Path(url.removeprefix("sqlite:///")), acknowledged)
        else:
            with SqlStore(url, wait=30) as opened:
                wrong = on_postgres.faults_in(opened, acknowledged)
    return {"kills": kills, "acknowledged": len(acknowledged), "wrong": wrong}


def power_loss(n: int, store: str, plant: str = "") -> Figures:
    """T2: cut the power after each system call of ``n`` commands. PLANT: OFF or NORMAL syncing."""
    synchronous = {"off": 0, "normal": 1, "": 2}[plant]
    with place(store) as (_, folder):
        images, wrong = on_sqlite._power_cuts(folder, n, synchronous)
    return {"disks": images, "wrong": wrong}


def failing_disk(n: int, store: str, plant: str = "") -> Figures:
    """T3: fail each call of a request's life up to number ``n``. PLANT: see ``failing.py``."""
    halves = [(first, 2, n) for first in (1, 2)]
    del store
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own; what fails is made to, anywhere
    with contextlib.ExitStack() as folders, ThreadPoolExecutor(2) as pool:

        def half(points: tuple[int, ...]) -> tuple[dict[str, int], list[str]]:
            beneath = memory if memory.is_dir() else None
            where = folders.enter_context(tempfile.TemporaryDirectory(dir=beneath))
            return on_sqlite._with_a_failing_disk(Path(where), *points, plant=plant)

        done = list(pool.map(half, halves))
    return {
        "calls": done[0][0]["calls"],
        "faults": sum(figures["faults"] for figures, _ in done),
        "lives that were stopped": sum(figures["stopped"] for figures, _ in done),
        "wrong": [line for _, wrong in done for line in wrong],
    }


def followers(n: int, store: str, plant: str = "") -> Figures:
    """T9: a reader tails six writers of about ``n`` events. PLANT: ``plainly``, it must skip."""
    del store
    with place("postgresql") as (url, _):
        seen, there, rate = on_postgres._followed(url, plant or "by the barrier", n // 11)
    skipped = len(set(there) - set(seen))
    wrong = [] if seen == there else [f"{skipped} skipped, {len(seen) - len(set(seen))} repeated"]
    return {"events": len(there), "skipped": skipped, "commits/s": round(rate), "wrong": wrong}


def backups(n: int, store: str, plant: str = "") -> Figures:
    """T18: kill ``n`` backups and ``n`` restores under two writers."""
    del plant
    with place(store) as (_, folder):
        where = folder / "where"
        where.mkdir()
        program = Path(__file__).parents[1] / "backup" / "killed.py"
        done = subprocess.run(
            [sys.executable, str(program), str(where), str(n)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    figures: Figures = json.loads(done.stdout)
    return figures
