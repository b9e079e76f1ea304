"""A disk that fails or is watched: ``disk.c`` laid before libc, for one process and its forks.

``run`` starts a program so; within it, ``fail`` and ``watch`` say what is to happen to the files of
one folder. Built by the C compiler of the machine; without one the tests that need it are skipped.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

_SOURCE = Path(__file__).with_name("disk.c")
COMPILER = shutil.which("cc") or shutil.which("gcc")
MISSING = "no C compiler, or not Linux: disk.c cannot be built"


def available() -> bool:
    """Return whether it can be built here."""
    return COMPILER is not None and sys.platform == "linux"


def run(folder: Path, program: str, *words: str | Path | int) -> str:
    """Run ``program`` with the library before libc, built in ``folder``; return what it printed."""
    if COMPILER is None or not available():
        raise RuntimeError(MISSING)
    library = folder / "disk.so"
    if not library.exists():
        subprocess.run(
            [COMPILER, "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-ldl"], check=True
        )
    done = subprocess.run(
        [sys.executable, program, *map(str, words)],
        env={**os.environ, "LD_PRELOAD": str(library)},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def fail(folder: Path, at: int, error: int, *, for_ever: bool) -> None:
    """From now on let the call number ``at`` to a file in ``folder`` fail; ``for_ever``: all since.

    Counted are writes, syncs, truncations, and whatever makes or takes away a name.
    """
    _library().disk_watch(os.fsencode(folder), ctypes.c_long(at), error, int(for_ever), -1)


def watch(folder: Path, fd: int = -1) -> None:
    """From now on count the calls to files in ``folder``, and write them down to ``fd``."""
    _library().disk_watch(os.fsencode(folder), ctypes.c_long(0), 0, 0, fd)


def calls() -> int:
    """Return how many calls there were."""
    return int(_library().disk_calls())


def met() -> bool:
    """Return whether one of them was let fail."""
    return bool(_library().disk_met())


def kept() -> bool:
    """Return whether a name could not be taken away."""
    return bool(_library().disk_kept())


@attrs.frozen
class Call:
    """One that went well. ``at``: where it wrote, -1 for where it stood; the length of a cut."""

    kind: str
    file: str
    at: int
    data: bytes


def read(record: bytes) -> Iterator[Call]:
    """Return the calls that were written down, in their order."""
    place = 0
    while place < len(record):
        end = record.index(b"\n", place)
        kind, at, size, file = record[place:end].decode().split(" ", 3)
        place = end + 1 + int(size)
        yield Call(kind, file, int(at), record[end + 1 : place])


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.disk_calls.restype = ctypes.c_long
    return library
