"""Reads files from outside in a process of its own that may be lost, one forked child a file.

The child may use so many seconds of processor time and so much memory, and may write no file.
Clock time is not what judges a file: on a busy machine an honest file waits long and works
little. It only bounds how long we wait for an answer, and is then no fault of the file.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

import attrs

from pst_core.documents.facts import FileFacts
from pst_core.refusal import ScannerUnavailable

from .facts import facts_from_json, first_facts, is_parsed
from .trust import Trust

__all__ = ["FileReader", "Usage", "read_facts_safely"]

if TYPE_CHECKING:
    from pst_core.desk.ports import Scanner

_NOBODY = Trust()
_SPARE_SECONDS = 10


@attrs.frozen
class Usage:
    """What reading one file took in the child, as the system counted it."""

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_megabytes: float = 0.0


class FileReader:
    """A reader of files from outside; use it in a ``with`` block, or ``close`` it.

    ``seconds`` of processor time and ``megabytes`` of address space for one file (where the
    system has such limits); ``patience``: seconds of clock time to wait for an answer. Threads
    may share a reader; it reads one file at a time. What ``scanner`` finds, or cannot look at, no
    parser is shown.
    """

    def __init__(
        self,
        trust: Trust = _NOBODY,
        *,
        seconds: int = 2,
        megabytes: int = 256,
        patience: float = 60,
        scanner: Scanner | None = None,
    ) -> None:
        self._first = json.dumps(
            {"seconds": seconds, "megabytes": megabytes, "patience": patience}
            | {"trust": trust.to_lists()}
        )
        self._patience = patience
        self._scanner = scanner
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    def __enter__(self) -> FileReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; a later ``read`` starts another."""
        with self._lock:
            self._end()

    def read(self, data: bytes, name: str) -> FileFacts:
        """Return the facts of ``data``; the user's ``name`` for it is for display only.

        Nothing is raised for a bad file, and none brings this process down: what could not be
        read has a ``problem``.
        """
        return self.measure(data, name)[0]

    def measure(self, data: bytes, name: str) -> tuple[FileFacts, Usage]:
        """Return the facts of ``data`` and what reading it took."""
        facts = first_facts(data, name)
        bad = self._scanned(data)
        if bad or not is_parsed(facts):
            return attrs.evolve(facts, problem=bad or facts.problem), Usage()
        with self._lock:
            answer = self._ask(data, facts.name)
        usage = Usage(**answer.get("usage", {}))
        if "facts" not in answer:
            return attrs.evolve(facts, problem=answer["problem"]), usage
        try:
            found = facts_from_json(json.dumps(answer["facts"]))
        except (ValueError, TypeError, KeyError, AttributeError):
            return attrs.evolve(facts, problem="crashed"), usage
        # what was known before any parser ran is not the child's to say
        return (
            attrs.evolve(
                found,
                name=facts.name,
                bytes=facts.bytes,
                sha256=facts.sha256,
                media_type=facts.media_type,
                looks_also_like=facts.looks_also_like,
                marks=tuple(dict.fromkeys((*facts.marks, *found.marks))),
            ),
            usage,
        )

    def _scanned(self, data: bytes) -> str:
        try:
            found = self._scanner.scan(data) if self._scanner is not None else ""
        except ScannerUnavailable:
            return "unscanned"
        return "infected" if found else ""

    def _ask(self, data: bytes, name: str) -> dict[str, Any]:
        order = json.dumps({"name": name, "bytes": len(data)}).encode()
        # a process that was lost since the last file is not the fault of this one
        tries = 1 if self._process is None else 2
        for _ in range(tries):
            process = self._started()
            guard = threading.Timer(self._patience + _SPARE_SECONDS, _kill, (process,))
            guard.start()
            try:
                answer: dict[str, Any] = _exchange(process, order, data)
            except (OSError, ValueError):
                self._end()
            else:
                return answer
            finally:
                guard.cancel()
        return {"problem": "unread"}

    def _started(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            # a server that forks its workers: each asks a process of its own
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self._end()
            # -P: a module lying in the working directory is not to be taken for ours
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "pst_adapters.files"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            assert self._process.stdin is not None  # noqa: S101
            # a broken pipe shows again, and is answered, when the order is written
            with contextlib.suppress(OSError):
                self._process.stdin.write(self._first.encode() + b"\n")
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        _kill(process)
        for pipe in (process.stdin, process.stdout):
            # closing writes what was left in the buffer, and nobody reads it any more
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()
        process.wait()


def _exchange(process: subprocess.Popen[bytes], order: bytes, data: bytes) -> dict[str, Any]:
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(order + b"\n")
    process.stdin.write(data)
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        # the child that is reading goes with it
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def read_facts_safely(
    data: bytes,
    name: str,
    trust: Trust = _NOBODY,
    *,
    seconds: int = 2,
    megabytes: int = 256,
) -> FileFacts:
    """Return the facts of one file from outside; who reads many keeps a ``FileReader``.

    Limits as there: ``seconds`` of processor time, ``megabytes`` of address space.
    """
    with FileReader(trust, seconds=seconds, megabytes=megabytes) as reader:
        return reader.read(data, name)
