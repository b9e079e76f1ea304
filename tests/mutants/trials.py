"""Whether a test notices a mutant, without starting anew for each.

One process collects the tests of a room and notes which functions of it each test calls, and which
are called while all is imported. For each mutant it forks: the child gives the functions that
differ their changed code, wherever they are already known, and runs the tests that call them, the
shortest first, until one fails. What no function holds (a table, a default) or what was called
while importing is tried in a process that imports the changed module, on all tests of the room.
"""

from __future__ import annotations

import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import os
import pickle
import resource
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import attrs

from .made import CORE, Mutant, mutated

_OURS = str(CORE)
Key = tuple[str, str, int]
"""A function by file, name and first line."""

SECONDS = 60
"""Of processor time for all tests of a room once, and several times that where much is done."""
ENDLESS = 5
"""Of processor time for one test, and five times its own: an endless mutant is noticed."""
_BROKEN = 3
_SAID = os.dup(2)
"""Where to say what went wrong while nothing is printed."""
_OPTIONS = ["-x", "-q", "-s", "--tb=no", "-m", "not slow", "-p", "no:cacheprovider",
            "-p", "no:randomly", "--timeout=0",
            "-W", "ignore::pytest.PytestAssertRewriteWarning"]  # fmt: skip


class Unfit(Exception):
    """The tests of a room fail without a change."""


def trials(mutants: list[Mutant], tests: list[str], jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """Try all ``mutants`` on ``tests``, ``jobs`` at a time; yield each with whether it survives."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with _silent(), os.fdopen(writer, "w") as say:
            import pytest

            room = _Room(mutants, jobs, lambda n, word: print(n, word, file=say, flush=True))
            code = pytest.main([*_OPTIONS, *tests], plugins=[room])
            print(-1, "done" if code == 0 and room.done else "unfit", file=say, flush=True)
        os._exit(0)
    os.close(writer)
    again: list[Mutant] = []
    word = ""
    with os.fdopen(reader) as said:
        for line in said:
            number, word = line.split()
            if word == "again":
                again.append(mutants[int(number)])
            elif word in ("survives", "killed"):
                yield mutants[int(number)], word == "survives"
            else:
                break
    os.waitpid(child, 0)
    if word != "done":
        raise Unfit(" ".join(tests))

    def imported(n: int) -> bool:
        return imports(again[n].path, mutated(again[n]), tests)

    for n, passes in _forked(len(again), imported, 5 * SECONDS, jobs):
        yield again[n], passes


def imports(path: Path, source: str, tests: list[str]) -> bool:
    """Return whether ``tests`` pass where ``path`` is imported with ``source``."""
    import pytest

    sys.meta_path.insert(0, _Changed(path, source))
    # one after the other: what the first notices collects no others; a file of slow tests has none
    fine = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    return all(pytest.main([*_OPTIONS, place]) in fine for place in tests)


def apart(work: Callable[[], bool]) -> bool:
    """Return what ``work`` says in a process of its own."""
    ((_, found),) = _forked(1, lambda _: work(), 10 * SECONDS, 1)
    return found


def _module(path: Path) -> str:
    parts = path.relative_to(CORE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module with other source than the file has."""

    def __init__(self, path: Path, source: str) -> None:
        self.name, self.path, self.source = _module(path), path, source

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        del path, target
        if name != self.name:
            return None
        inside = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, self.path, loader=self, submodule_search_locations=inside
        )

    def create_module(self, spec: Any) -> None:
        del spec

    def exec_module(self, module: Any) -> None:
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)  # noqa: S102


def _forked(
    count: int, work: Callable[[int], bool], seconds: float, jobs: int
) -> Iterator[tuple[int, bool]]:
    """Yield what ``work`` says of each number, ``jobs`` processes at a time; one that dies: no."""
    waiting, running = list(range(count)), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            n = waiting.pop(0)
            place = tempfile.TemporaryDirectory()
            child = os.fork()
            if child == 0:
                code = _BROKEN
                try:
                    _limit(seconds)
                    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
                    os.environ["PYTEST_DEBUG_TEMPROOT"] = place.name
                    with _silent():
                        code = 0 if work(n) else 1
                except BaseException:
                    os.write(_SAID, traceback.format_exc().encode())
                finally:
                    os._exit(code)
            running[child] = (n, place)
        child, code = os.wait()
        n, place = running.pop(child)
        place.cleanup()
        if os.waitstatus_to_exitcode(code) == _BROKEN:
            raise Unfit(f"number {n} could not be tried")
        yield n, code == 0


def _limit(seconds: float) -> None:
    """End this process after so many more seconds of the processor."""
    limit = int(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


@attrs.define
class _Calls:
    """Which functions of the rooms are called until asked."""

    found: set[Key] = attrs.field(factory=set)

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        del arg
        if event == "call" and frame.f_code.co_filename.startswith(_OURS):
            self.found.add(_key(frame.f_code))

    def start(self) -> None:
        threading.settrace(self)  # told of calls alone, where a profile is told of returns too
        sys.settrace(self)

    def stop(self) -> set[Key]:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        found, self.found = self.found, set()
        return found


def _key(code: CodeType) -> Key:
    return (code.co_filename, code.co_name, code.co_firstlineno)


class _Room:
    """Carries the trials out where pytest would run its tests."""

    def __init__(self, mutants: list[Mutant], jobs: int, say: Callable[[int, str], None]) -> None:
        self.mutants, self.jobs, self.say = mutants, jobs, say
        self.calls = _Calls()
        self.done = False

    def pytest_sessionstart(self) -> None:
        # a failure is enough: no smaller example of it is looked for
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.reuse, Phase.generate)
        settings.register_profile("mutants", settings.default, phases=phases)
        settings.load_profile("mutants")
        self.calls.start()

    def pytest_internalerror(self) -> None:
        os.write(_SAID, traceback.format_exc().encode())

    def pytest_runtestloop(self, session: Any) -> bool:
        # what a test imports only as it runs would not be there to be changed
        for path in {mutant.path for mutant in self.mutants}:
            importlib.import_module(_module(path))
        importing = self.calls.stop()
        living = _Living.now()
        called, took = self._measured(session, living)
        gc.freeze()
        changes = [_change(mutant) for mutant in self.mutants]
        keys = [{_key(old) for old, _ in change or ()} for change in changes]
        tests = [
            sorted((t for t, made in enumerate(called) if made & mine), key=took.__getitem__)
            for mine in keys
        ]

        def tried(n: int) -> bool:
            living.become(changes[n] or [])
            return self._pass(session, tests[n], took)

        for n, passes in _forked(len(changes), tried, SECONDS, self.jobs):
            # what was called while importing has left its results everywhere
            again = passes and (changes[n] is None or bool(keys[n] & importing))
            self.say(n, "again" if again else "survives" if passes else "killed")
        self.done = True
        return True

    def _measured(self, session: Any, living: _Living) -> tuple[list[set[Key]], list[float]]:
        """Return what each test calls, and its seconds; taken in a process of its own."""
        with tempfile.TemporaryDirectory() as place:
            kept = Path(place) / "calls"

            def look() -> bool:
                called, took = [], []
                for n in range(len(session.items)):
                    living.forget()  # a result that is remembered would hide a call
                    self.calls.start()
                    start = time.perf_counter()
                    good = self._pass(session, [n])
                    took.append(time.perf_counter() - start)
                    called.append(self.calls.stop())
                    if not good:
                        os.write(_SAID, f"{session.items[n].nodeid} fails\n".encode())
                        return False
                kept.write_bytes(pickle.dumps((called, took)))
                return True

            if not apart(look):
                raise Unfit
            found: tuple[list[set[Key]], list[float]] = pickle.loads(kept.read_bytes())  # noqa: S301
            return found

    def _pass(self, session: Any, numbers: list[int], took: list[float] | None = None) -> bool:
        items = [session.items[n] for n in numbers]
        for n, item, following in zip_longest(numbers, items, items[1:]):
            if took is not None:
                _limit(ENDLESS + 5 * took[n])
            try:
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            except BaseException:
                return False
            if session.testsfailed:
                return False
        return True


Change = tuple[CodeType, CodeType]


class _Outside(Exception):
    """What differs is in no function, or cannot be exchanged in one."""


def _change(mutant: Mutant) -> list[Change] | None:
    """Return the functions that differ, as they are and changed; none: not only functions do."""
    old, new = (
        compile(source, str(mutant.path), "exec", dont_inherit=True)
        for source in (mutant.path.read_text("utf-8"), mutated(mutant))
    )
    try:
        return list(_pairs(old, new))
    except _Outside:
        return None


def _pairs(old: CodeType, new: CodeType) -> Iterator[Change]:
    if old.co_flags & inspect.CO_OPTIMIZED:  # a function, not the body of a class or a module
        if old.co_freevars != new.co_freevars:
            raise _Outside
        yield old, new
    elif _own(old) != _own(new):
        raise _Outside
    inside = [[c for c in code.co_consts if isinstance(c, CodeType)] for code in (old, new)]
    if len(inside[0]) == len(inside[1]):
        for a, b in zip(*inside, strict=True):
            if a != b:
                yield from _pairs(a, b)


def _own(code: CodeType) -> CodeType:
    """Return the code without what is defined in it, and without its places in the file."""
    own = tuple(None if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_consts=own, co_linetable=b"")


@attrs.define
class _Living:
    """The functions of the code under trial that are alive, and what remembers results."""

    functions: dict[Key, list[FunctionType]] = attrs.field(factory=dict)
    caches: list[Any] = attrs.field(factory=list)

    @classmethod
    def now(cls) -> _Living:
        found = cls()
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType) and thing.__code__.co_filename.startswith(_OURS):
                found.functions.setdefault(_key(thing.__code__), []).append(thing)
            elif isinstance(thing, functools._lru_cache_wrapper):
                found.caches.append(thing)
        return found

    def become(self, change: list[Change]) -> None:
        """Take the changed code, and forget."""
        for old, new in change:
            for function in self.functions.get(_key(old), ()):
                if function.__code__ == old:
                    function.__code__ = new
        self.forget()

    def forget(self) -> None:
        """Forget what was remembered."""
        for cache in self.caches:
            cache.cache_clear()


class _silent:  # noqa: N801
    """Nothing of what is printed is seen while the block lasts."""

    def __enter__(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.kept = [os.dup(1), os.dup(2)]
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os.close(nothing)

    def __exit__(self, *exc: object) -> None:
        for number, kept in enumerate(self.kept, 1):
            os.dup2(kept, number)
            os.close(kept)
