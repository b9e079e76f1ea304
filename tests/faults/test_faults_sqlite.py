"""T1 kill -9, T2 power loss, T3 failing writes on SQLite; each with a control that must fail.

A killed process leaves its writes with the kernel, so T1 says nothing of syncing: T2 does. It
writes down what one run does to its files and rebuilds, for each moment, the disks a power cut may
leave. T3 is ``failing.py``; both stand on ``disk.c``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import disk
import failing
import worker

from pst_adapters.sql import SqlStore

needs_disk = pytest.mark.skipif(not disk.available(), reason=disk.MISSING)
"""A disk of ours needs a C compiler to be built."""


# T1


def _forked(url: str, who: str, first: int) -> tuple[int, int]:
    """Start a process that works until it is killed; return its id and the end it reports on."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            with SqlStore(url, wait=30) as store:
                worker.work(store, who, first, first + 100_000, write)
        finally:
            os._exit(1)
    os.close(write)
    return child, read


def _killed_again_and_again(
    url: str, kills: int, least: float, most: float
) -> tuple[set[str], int]:
    dice = random.Random(4)
    acknowledged: set[str] = set()
    for round_ in range(0, kills, 2):
        children = [_forked(url, f"w{round_}{w}", 0) for w in "ab"]
        # every other pair is let come to work first: a slow machine may kill the others before
        said = [os.read(end, 1000) if round_ % 4 else b"" for _, end in children]
        time.sleep(dice.uniform(least, most))
        for child, _ in children:
            os.kill(child, signal.SIGKILL)
        for (child, end), first in zip(children, said, strict=True):
            os.waitpid(child, 0)
            with os.fdopen(end, "rb") as rest:
                lines = (first + rest.read()).decode().splitlines(keepends=True)
            acknowledged |= {line.split()[1] for line in lines if line.endswith("\n")}
    return acknowledged, kills


@pytest.mark.parametrize(
    "kills", [40, pytest.param(200, marks=pytest.mark.slow)], ids=["short", "200 kills"]
)
@pytest.mark.slow
def test_T1_kill_9_loses_and_halves_nothing(tmp_path: Path, kills: int) -> None:
    file = tmp_path / "pst.db"
    SqlStore(f"sqlite:///{file}").close()
    acknowledged, _ = _killed_again_and_again(f"sqlite:///{file}", kills, 0.01, 0.1)
    print(f"T1: {kills} kills, {len(acknowledged)} acknowledged")
    assert len(acknowledged) >= kills // 2
    assert worker.faults(file, acknowledged) == []


@pytest.mark.parametrize("planted", ["lost", "half", "gap"])
def test_T1_control_the_oracle_sees_a_planted_fault(tmp_path: Path, planted: str) -> None:
    file = tmp_path / "pst.db"
    with SqlStore(f"sqlite:///{file}") as store, (tmp_path / "out").open("wb") as out:
        worker.work(store, "w", 0, 5, out.fileno())
    acknowledged = {f"w-{n}" for n in range(5)}
    assert worker.faults(file, acknowledged) == []
    connection = sqlite3.connect(file)
    sql = {
        "lost": "DELETE FROM pst_commands WHERE command_id = 'w-4'",
        "half": "DELETE FROM pst_effects WHERE stream = 'w-4'",
        "gap": "UPDATE pst_events SET body = '{\"number\": 9}' WHERE position = 1",
    }
    connection.execute(sql[planted])
    connection.commit()
    connection.close()
    assert worker.faults(file, acknowledged) != []


# T2


def _recorded(folder: Path, commands: int, synchronous: int) -> list[disk.Call]:
    record = folder.parent / "record"
    record.unlink(missing_ok=True)
    disk.run(folder.parent, worker.__file__, folder, commands, synchronous, record)
    return list(disk.read(record.read_bytes()))


def _apply(on: dict[str, bytearray], name: str, offset: int, data: bytes | None) -> None:
    file = on.setdefault(name, bytearray())
    if data is None:
        del file[offset:]
        return
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def _power_cuts(place: Path, commands: int, synchronous: int) -> tuple[int, list[str]]:
    """Cut the power after each call of a run; return how many disks were tried and their faults."""
    folder, image = place / "run", place / "image"
    folder.mkdir()
    SqlStore(f"sqlite:///{folder}/pst.db").close()
    synced = {"pst.db": bytearray((folder / "pst.db").read_bytes())}
    pending: dict[str, list[tuple[int, bytes | None]]] = {"pst.db": [], "pst.db-wal": []}
    acknowledged: set[str] = set()
    dice, found, images = random.Random(5), [], 0
    for call in _recorded(folder, commands, synchronous):
        if call.file == "acks":
            acknowledged.add(call.data.decode().split()[1])
        elif call.file not in pending:
            continue  # the index of the log: made anew from it
        elif call.kind == "sync":
            for write in pending[call.file]:
                _apply(synced, call.file, *write)
            pending[call.file] = []
        else:
            assert call.kind == "truncate" or call.at >= 0
            pending[call.file].append((call.at, None if call.kind == "truncate" else call.data))
        for kept in ("nothing", "all", "some"):
            left = {n: bytearray(content) for n, content in synced.items()}
            for n, writes in pending.items():
                for at, part in writes:
                    if kept == "nothing" or (kept == "some" and dice.random() < 0.5):
                        continue
                    if part is not None and kept == "some" and dice.random() < 0.3:
                        torn = part[: dice.randrange(0, len(part) + 1, 8)]
                        _apply(left, n, at, torn)
                    else:
                        _apply(left, n, at, part)
            shutil.rmtree(image, ignore_errors=True)
            image.mkdir()
            for n, content in left.items():
                (image / n).write_bytes(content)
            images += 1
            found += worker.faults(image / "pst.db", acknowledged)
    return images, found


@pytest.mark.slow
@needs_disk
def test_T2_a_power_cut_loses_nothing_acknowledged(tmp_path: Path) -> None:
    images, found = _power_cuts(tmp_path, 12, synchronous=2)
    print(f"T2: {images} disks after a power cut, {len(found)} faults")
    assert images > 1000
    assert found == []


@pytest.mark.slow
@needs_disk
@pytest.mark.parametrize("synchronous", [0, 1], ids=["OFF", "NORMAL"])
def test_T2_control_weaker_syncing_loses(tmp_path: Path, synchronous: int) -> None:
    images, found = _power_cuts(tmp_path, 4, synchronous)
    print(f"T2 control: {images} disks, {len(found)} faults")
    assert any(f.startswith("lost") for f in found)


_MAKES_A_KEY = """
import sys
from pathlib import Path
import disk
from pst_adapters.vault import FileKeys

folder, record = Path(sys.argv[1]), Path(sys.argv[2])
with record.open("xb") as written:
    disk.watch(folder, written.fileno())
    FileKeys.make(folder / "office.key").rotated()
"""


@pytest.mark.slow
@needs_disk
def test_T2_the_name_of_an_office_key_is_on_the_disk_before_it_is_used(tmp_path: Path) -> None:
    folder, script = tmp_path / "keys", tmp_path / "makes_a_key.py"
    folder.mkdir()
    here = str(Path(__file__).parent)
    script.write_text(f"import sys; sys.path.insert(0, {here!r}){_MAKES_A_KEY}")
    disk.run(tmp_path, str(script), folder, tmp_path / "record")
    calls = [(c.kind, c.file == ".") for c in disk.read((tmp_path / "record").read_bytes())]
    once = [("write", False), ("sync", False), ("sync", True)]
    assert calls == once + once


# T3


def _with_a_failing_disk(
    place: Path, *points: int, plant: str = ""
) -> tuple[dict[str, int], list[str]]:
    """Fail the points ``first, step, last``; return figures and what is wrong."""
    figures = json.loads(disk.run(place, failing.__file__, place, *points, plant))
    return figures, figures.pop("wrong")


@needs_disk
@pytest.mark.slow
def test_T3_a_failing_write_or_sync_is_our_error_and_loses_nothing(tmp_path: Path) -> None:
    figures, wrong = _with_a_failing_disk(tmp_path, 7, 61, 100_000)
    print(f"T3: {figures}")
    assert wrong == []
    assert figures["faults"] >= 80
    assert figures["stopped"] >= figures["faults"] // 2


@needs_disk
@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "word"), [("acknowledged-anyway", "lost"), ("bare-errors", "not our error")]
)
def test_T3_control(tmp_path: Path, plant: str, word: str) -> None:
    _, wrong = _with_a_failing_disk(tmp_path, 200, 100, 700, plant=plant)
    assert any(line.startswith(word) for line in wrong)
