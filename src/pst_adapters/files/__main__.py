"""The process behind ``FileReader``: orders and files on its input, facts on its output.

It parses nothing itself. For each file it forks a child under limits and measures it; where the
system cannot fork (Windows) it reads the file itself, and the parent ends it if it hangs.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import Any, BinaryIO

from .facts import facts_to_json, read_facts
from .trust import Trust

_ANSWER_LIMIT = 4_000_000


def main() -> None:
    """Answer orders until the input ends."""
    orders = sys.stdin.buffer
    # a parser that prints must not be taken for an answer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    terms = json.loads(orders.readline())
    trust = Trust.from_lists(terms.pop("trust"))
    while line := orders.readline():
        order = json.loads(line)
        data = orders.read(order["bytes"])
        if len(data) < order["bytes"]:
            return
        _preload(data)
        answer = _answer(data, order["name"], trust, answers, **terms)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        del data


def _preload(data: bytes) -> None:
    """Import what reading will need here, once, and not at the cost of each child."""
    if b"%PDF-" in data[:1024]:
        from . import pdfs  # noqa: F401
    else:
        from . import archives, pictures  # noqa: F401
    if b"/ByteRange" in data:
        from . import signatures  # noqa: F401


def _answer(
    data: bytes,
    name: str,
    trust: Trust,
    answers: BinaryIO,
    *,
    seconds: int,
    megabytes: int,
    patience: float,
) -> dict[str, Any]:
    if not hasattr(os, "fork"):
        return {"facts": json.loads(facts_to_json(read_facts(data, name, trust)))}
    ours, theirs = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        # whatever happens, the child never gets back into the loop of its parent
        try:
            os.close(0)
            os.close(answers.fileno())
            os.close(ours)
            _limit_this_process(seconds, megabytes)
            _write_all(theirs, facts_to_json(read_facts(data, name, trust)).encode())
            os._exit(0)
        except MemoryError:
            os._exit(3)
        finally:
            os._exit(4)
    os.close(theirs)
    text = _read_all(ours, began + patience)
    os.close(ours)
    late = text is None
    if late:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    cpu = used.ru_utime + used.ru_stime
    # kilobytes, on macOS bytes
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    usage = {
        "cpu_seconds": cpu,
        "wall_seconds": time.monotonic() - began,
        "peak_megabytes": peak,
    }
    if text and status == 0:
        return {"facts": json.loads(text), "usage": usage}
    return {"problem": _problem(status, cpu, seconds, late=late), "usage": usage}


def _problem(status: int, cpu: float, seconds: int, *, late: bool) -> str:
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if ended_by == signal.SIGXCPU or (ended_by == signal.SIGKILL and cpu >= seconds):
        return "too-slow"
    # ended by us for waiting too long, or by a system short of memory: no word on the file
    if late or ended_by == signal.SIGKILL:
        return "unread"
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 3:
        return "too-big"
    return "crashed"


def _limit_this_process(seconds: int, megabytes: int) -> None:
    """Bound processor time and memory of this process, and let it write no file."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform != "darwin":  # there the limit is refused
        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _write_all(pipe: int, text: bytes) -> None:
    while text:
        text = text[os.write(pipe, text) :]


def _read_all(pipe: int, until: float) -> bytes | None:
    """Return what comes through ``pipe`` to its end; None if that is not before ``until``."""
    pieces: list[bytes] = []
    while sum(map(len, pieces)) < _ANSWER_LIMIT:
        if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            return None
        piece = os.read(pipe, 65_536)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
    return None


if __name__ == "__main__":
    main()
