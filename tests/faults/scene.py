"""What the long fault tests share: a database of their own, and children that are killed.

Each scene is a function that returns figures; ``tests/soak.py`` runs it in a process of its own,
with a small count in the tests and a large one in the soak. Children are forked while that process
has one thread, so a killed one is replaced in milliseconds.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.sql import SqlStore

Figures = dict[str, int | float | str | list[str]]
"""``wrong``: what must not be, in words; all others are figures to print."""


@contextlib.contextmanager
def place(store: str) -> Iterator[tuple[str, Path]]:
    """Give the address of an empty store of the kind, and a folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="pst-scene-") as folder:
        if store == "sqlite":
            url = f"sqlite:///{folder}/pst.db"
            SqlStore(url).close()
            yield url, Path(folder)
            return
        with postgres.server() as server:
            url = server.format(name="postgres")
            SqlStore(url).close()
            yield url, Path(folder)


class Children:
    """Forked processes; those still alive are killed at the end."""

    def __init__(self) -> None:
        self.alive: set[int] = set()
        self.kills = 0

    def start(self, act: Callable[[], None]) -> int:
        """Run ``act`` in a child; it ends with 0, or 1 if ``act`` raised."""
        child = os.fork()
        if child == 0:
            code = 1
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                act()
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        self.alive.add(child)
        return child

    def kill(self, child: int) -> bool:
        """Kill ``child`` with SIGKILL; False if it had ended by itself."""
        if child not in self.alive:
            return False
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        self.alive.discard(child)
        self.kills += os.WIFSIGNALED(status)
        return os.WIFSIGNALED(status)

    def ended(self, child: int) -> bool:
        """Return whether ``child`` has ended well. Raises if it ended in an error of its own."""
        if child in self.alive:
            known, status = os.waitpid(child, os.WNOHANG)
            if known == 0:
                return False
            self.alive.discard(child)
            if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
                raise RuntimeError("a process of the scene failed of itself, see above")
        return True

    def wait(self, child: int) -> int:
        """Wait for the end of ``child`` and return its exit code, negative for a signal."""
        _, status = os.waitpid(child, 0)
        self.alive.discard(child)
        return os.waitstatus_to_exitcode(status)

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        for child in list(self.alive):
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.kill(child, signal.SIGCONT)
                os.waitpid(child, 0)


class Counters:
    """Counts that forked processes share; each name has one process that adds to it."""

    def __init__(self, *names: str) -> None:
        self._memory = mmap.mmap(-1, 8 * len(names))
        self._view = memoryview(self._memory).cast("q")
        self._place = {name: n for n, name in enumerate(names)}

    def add(self, name: str) -> None:
        """Count one more."""
        self._view[self._place[name]] += 1

    def __getitem__(self, name: str) -> int:
        return int(self._view[self._place[name]])
