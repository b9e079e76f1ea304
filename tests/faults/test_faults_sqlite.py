"""T1 kill -9, T2 power loss, T3 failing writes on SQLite; each with a control that must fail.

A killed process leaves its writes with the kernel, so T1 says nothing of syncing: T2 does. It
records the system calls of one run and rebuilds, for each moment, the disks a power cut may leave.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import worker

from pst_adapters.sql import SqlStore
from pst_core.refusal import PstError

STRACE = shutil.which("strace")
_CALLS = "pwrite64,fdatasync,fsync,ftruncate"


def _strace_works() -> bool:
    if STRACE is None:
        return False
    done = subprocess.run([STRACE, "-o", "/dev/null", "true"], capture_output=True, check=False)
    return done.returncode == 0


needs_strace = pytest.mark.skipif(not _strace_works(), reason="strace is missing or not allowed")


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

_LINE = re.compile(
    r"(?P<call>pwrite64|write|fdatasync|fsync|ftruncate)\((?P<fd>\d+)(?:<(?P<path>[^>]*)>)?"
    r"(?:, (?P<rest>.*))?\)\s+= (?P<result>\d+)"
)


def _recorded(folder: Path, commands: int, synchronous: int) -> list[tuple[str, str, int, bytes]]:
    """Return (call, file, offset, data) of one run, in order; the file of an ack is empty."""
    trace = folder / "trace"
    assert STRACE is not None
    subprocess.run(
        [STRACE, "-f", "-y", "-xx", "-s", "200000", "-o", trace,
         "-e", "trace=pwrite64,write,fdatasync,fsync,ftruncate", "-e", "signal=none",
         sys.executable, worker.__file__, folder / "pst.db", "w", "0", str(commands),
         str(synchronous)],
        check=True, capture_output=True,
    )  # fmt: skip
    calls = []
    for line in trace.read_text().splitlines():
        match = _LINE.search(line)
        if match is None:
            continue
        path = bytes.fromhex((match["path"] or "").replace("\\x", "")) if match["path"] else b""
        name = Path(os.fsdecode(path)).name
        if match["call"] == "write":
            text = re.match(r'"((?:\\x..)*)"', match["rest"])
            data = bytes.fromhex(text[1].replace("\\x", "")) if text else b""
            if match["fd"] == "1" and data.startswith(b"ack "):
                calls.append(("ack", "", 0, data.split()[1]))
        elif name in ("pst.db", "pst.db-wal"):
            data, offset = b"", 0
            if match["call"] == "pwrite64":
                text = re.match(r'"((?:\\x..)*)", \d+, (\d+)', match["rest"])
                assert text is not None, line[:200]
                data, offset = bytes.fromhex(text[1].replace("\\x", "")), int(text[2])
            elif match["call"] == "ftruncate":
                offset = int(match["rest"])
            calls.append((match["call"], name, offset, data))
    return calls


def _apply(disk: dict[str, bytearray], name: str, offset: int, data: bytes | None) -> None:
    file = disk.setdefault(name, bytearray())
    if data is None:
        del file[offset:]
        return
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def _power_cuts(folder: Path, commands: int, synchronous: int) -> tuple[int, list[str]]:
    """Cut the power after each call of a run; return how many disks were tried and their faults."""
    SqlStore(f"sqlite:///{folder}/pst.db").close()
    disk = {"pst.db": bytearray((folder / "pst.db").read_bytes())}
    pending: dict[str, list[tuple[int, bytes | None]]] = {"pst.db": [], "pst.db-wal": []}
    acknowledged: set[str] = set()
    dice, found, images = random.Random(5), [], 0
    image = folder / "image"
    for call, name, offset, data in _recorded(folder, commands, synchronous):
        if call == "ack":
            acknowledged.add(data.decode())
        elif call in ("fdatasync", "fsync"):
            for write in pending[name]:
                _apply(disk, name, *write)
            pending[name] = []
        else:
            pending[name].append((offset, None if call == "ftruncate" else data))
        for kept in ("nothing", "all", "some"):
            left = {n: bytearray(content) for n, content in disk.items()}
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
@needs_strace
def test_T2_a_power_cut_loses_nothing_acknowledged(tmp_path: Path) -> None:
    images, found = _power_cuts(tmp_path, 12, synchronous=2)
    print(f"T2: {images} disks after a power cut, {len(found)} faults")
    assert images > 1000
    assert found == []


@pytest.mark.slow
@needs_strace
@pytest.mark.parametrize("synchronous", [0, 1], ids=["OFF", "NORMAL"])
def test_T2_control_weaker_syncing_loses(tmp_path: Path, synchronous: int) -> None:
    images, found = _power_cuts(tmp_path, 4, synchronous)
    print(f"T2 control: {images} disks, {len(found)} faults")
    assert any(f.startswith("lost") for f in found)


# T3


def _run_with_fault(folder: Path, fault: str, when: str) -> tuple[bool, list[str], set[str]]:
    """Return whether the fault was met, what is wrong afterwards, and what was acknowledged."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    file = folder / "pst.db"
    assert STRACE is not None
    done = subprocess.run(
        [STRACE, "-f", "-o", folder / "trace", "-P", file, "-P", f"{file}-wal",
         "-e", f"trace={_CALLS}", "-e", f"inject={_CALLS}:error={fault}:when={when}",
         sys.executable, worker.__file__, file, "w", "0", "8"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    met = "INJECTED" in (folder / "trace").read_text()
    said = done.stdout.splitlines()
    acknowledged = {line.split()[1] for line in said if line.startswith("ack")}
    wrong = []
    if done.returncode not in (0, 3):
        wrong.append(f"not our error: {done.stderr[-500:]}")
    if done.returncode == 0 and len(acknowledged) != 8:
        wrong.append("no error, but not all done")
    try:
        with SqlStore(f"sqlite:///{file}") as store, (folder / "out").open("wb") as out:
            if not acknowledged <= {e.command_id for e in store.read()}:
                wrong.append("lost")
            worker.work(store, "after", 0, 2, out.fileno())
    except PstError as error:
        wrong.append(f"cannot be opened again: {error}")
    return met, wrong + worker.faults(file, acknowledged), acknowledged


@needs_strace
@pytest.mark.parametrize(
    "step", [170, pytest.param(23, marks=pytest.mark.slow)], ids=["every 170th", "every 23rd"]
)
@pytest.mark.parametrize("fault", ["EIO", "ENOSPC"])
@pytest.mark.slow
def test_T3_a_failing_write_or_sync_is_our_error_and_loses_nothing(
    tmp_path: Path, fault: str, step: int
) -> None:
    point, tried = 1, 0
    while True:
        when = f"{point}+" if tried % 2 else str(point)
        met, wrong, acknowledged = _run_with_fault(tmp_path / "run", fault, when)
        if not met:
            break
        assert wrong == [], (fault, when, acknowledged)
        tried += 1
        point += step
    print(f"T3: {tried} points of {fault}, none lost")
    assert tried >= 2
