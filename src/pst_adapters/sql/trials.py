"""SQLite files for the simulator: the real engine and the real statements, but nothing is synced.

What a power cut does to a file is not tried here (that is ``tests/faults``); a machine that dies
loses its memory only. So syncing would cost time and show nothing.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from .sqlite import SqliteFile
from .store import SqlStore

__all__ = ["UnsyncedSqlite"]


class UnsyncedSqlite:
    """One fresh SQLite file, opened by any number of stores; gone when it is closed.

    A ``Backing`` of ``pst_core.testing.sim``. The schema is made once a process and copied.
    """

    def __init__(self) -> None:
        self._folder = _folder()
        self._file = self._folder / "pst.db"
        shutil.copyfile(_template(), self._file)

    def open(self) -> SqlStore:
        """Return a store of one's own over the file."""
        base = SqliteFile(self._file, 5.0)
        base.sync_nothing()
        return SqlStore(base)

    def close(self) -> None:
        """Remove the file."""
        shutil.rmtree(self._folder, ignore_errors=True)


@functools.cache
def _template() -> Path:
    folder = _folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with SqlStore(f"sqlite:///{folder / 'pst.db'}"):
        pass
    return folder / "pst.db"


def _folder() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return Path(tempfile.mkdtemp(prefix="pst-sim-", dir=memory if memory.is_dir() else None))
