"""What the suites share: an adapter is looked at before it is tried, and what is wrong is told.

Whoever writes an adapter reads these messages, not our code: each says in both languages what was
done with the adapter, what came of it, and what would be right.
"""

# ruff: noqa: S101 - a test states
from __future__ import annotations

import inspect
import sysconfig
import threading
import traceback
import unittest
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import attrs
import pytest

from pst_core.refusal import BadInput, PstError
from pst_core.text import Text

__all__ = ["PATIENCE", "Caught", "Suite", "at_once", "opened", "raising", "told", "undefined"]

T = TypeVar("T")

PATIENCE = 240
"""Seconds after which threads or processes of a case count as stuck; none of ours comes near."""
_NOT_YOURS = (sysconfig.get_path("stdlib"), str(Path(__file__).parent))


class Suite:
    """Base of every suite: its cases get their folder from pytest, so pytest must run them."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if issubclass(cls, unittest.TestCase):
            raise BadInput(
                "suite-in-unittest",
                Text(
                    id=f"{cls.__name__} memakai unittest.TestCase: kasusnya tidak mendapat apa-apa "
                    "untuk dicoba.",
                    en=f"{cls.__name__} is a unittest.TestCase: its cases get nothing to try.",
                ),
                remedy=Text(
                    id="Tulis kelas biasa yang hanya mewarisi suite ini, dan jalankan dengan "
                    "pytest.",
                    en="Write a plain class that inherits this suite alone; run it with pytest.",
                ),
            )


def told(id: str, en: str) -> str:  # noqa: A002
    """Return a message of a case in both languages."""
    return f"{id}\n{en}"


def undefined(suite: object, lines: str) -> NoReturn:
    """Fail since a method of the suite was left out; ``lines`` show how it might look."""
    __tracebackhide__ = True
    name = type(suite).__name__
    pytest.fail(
        told(
            f"{name} belum lengkap. Tambahkan di kelas itu, dengan adaptor Anda:",
            f"{name} is not complete. Add to the class, with your adapter:",
        )
        + f"\n\n    {lines}",
        pytrace=False,
    )


def opened(hook: Callable[..., T], port: type, *args: object) -> T:
    """Return what ``hook`` opens; fail in words where that cannot be a ``port``."""
    __tracebackhide__ = True
    name = getattr(hook, "__name__", "open_...")
    if not _takes(hook, args):
        wanted = "self, where" if args else "self"
        _fail(
            f"{name} harus dapat dipanggil begini: def {name}({wanted}).",
            f"{name} is called like this: def {name}({wanted}).",
        )
    thing = hook(*args)
    if inspect.iscoroutine(thing):
        thing.close()
        _fail(
            f"{name} adalah fungsi async. Hapus kata async: kakas ini memanggilnya tanpa await.",
            f"{name} is async. Leave the word out: the suite calls it without await.",
        )
    if thing is None:
        _fail(
            f"{name} tidak mengembalikan apa-apa. Mungkin kata return terlupa.",
            f"{name} returns nothing. The word return may be missing.",
        )
    if isinstance(thing, type):
        _fail(
            f"{name} mengembalikan kelas {thing.__name__}, bukan objeknya: "
            f"return {thing.__name__}(...).",
            f"{name} returns the class {thing.__name__}, not an object of it: "
            f"return {thing.__name__}(...).",
        )
    asked = _asked(port)
    missing = [method for method in asked if not hasattr(thing, method)]
    if missing:
        _fail(
            f"{type(thing).__name__} belum punya: {', '.join(missing)}. "
            f"Port {port.__name__} ada di pst_core.desk.ports.",
            f"{type(thing).__name__} lacks: {', '.join(missing)}. "
            f"The port {port.__name__} stands in pst_core.desk.ports.",
        )
    slow = [m for m in asked if inspect.iscoroutinefunction(getattr(thing, m))]
    if slow:
        _fail(
            f"{type(thing).__name__}: {', '.join(slow)} adalah fungsi async; port dipanggil tanpa "
            "await. Selesaikan pekerjaannya sebelum kembali, misalnya dengan asyncio.run.",
            f"{type(thing).__name__}: {', '.join(slow)} is async; a port is called without await. "
            "Do the work before you return, with asyncio.run for example.",
        )
    return thing


@attrs.define
class Caught:
    """What was raised."""

    error: PstError | None = None

    @property
    def code(self) -> str:
        """The word for programs."""
        assert self.error is not None
        return self.error.code


@contextmanager
def raising(kind: type[PstError], what: str) -> Iterator[Caught]:
    """Hold that ``kind`` is raised, with words in both languages; ``what`` was done to bring it."""
    __tracebackhide__ = True
    caught = Caught()
    other: Exception | None = None
    try:
        yield caught
    except kind as error:
        caught.error = error
    except Exception as error:
        other = error
    if other is not None:
        _fail(
            f"{what}: harus menimbulkan {kind.__name__}, tetapi adaptor Anda menimbulkan "
            f"{type(other).__name__}: {other}",
            f"{what}: must raise {kind.__name__}, but your adapter raises "
            f"{type(other).__name__}: {other}\n\n{_where(other)}",
        )
    said = caught.error
    if said is None:
        _fail(
            f"{what}: harus menimbulkan {kind.__name__}, tetapi adaptor Anda tidak menimbulkan "
            "apa-apa.",
            f"{what}: must raise {kind.__name__}, but your adapter raises nothing.",
        )
    if not (said.text.id and said.text.en and said.remedy.id and said.remedy.en):
        _fail(
            f"{what}: {kind.__name__} harus mengatakan apa yang terjadi (text) dan apa yang benar "
            "(remedy), dalam kedua bahasa.",
            f"{what}: {kind.__name__} must say what happened (text) and what would be right "
            "(remedy), in both languages.",
        )


def at_once(acts: Sequence[Callable[[], object]]) -> None:
    """Do all ``acts`` at the same time, each in a thread; tell what one of them raised."""
    __tracebackhide__ = True
    failed: list[BaseException] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except BaseException as error:  # shown by the thread of the test
            failed.append(error)

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        if thread.is_alive() and not failed:
            _fail(
                f"Thread yang berjalan bersama tidak selesai dalam {PATIENCE} detik. Mungkin ada "
                "kunci yang tidak dilepas.",
                f"Threads at the same time are not done within {PATIENCE} seconds. A lock may "
                "never be given back.",
            )
    if not failed:
        return
    first = failed[0]
    if isinstance(first, (AssertionError, pytest.fail.Exception)):
        raise first
    _fail(
        f"{len(acts)} thread bersama-sama: adaptor Anda menimbulkan "
        f"{type(first).__name__}: {first}",
        f"{len(acts)} threads at the same time: your adapter raises "
        f"{type(first).__name__}: {first}\n\n{_where(first)}",
    )


def _fail(id: str, en: str) -> NoReturn:  # noqa: A002
    __tracebackhide__ = True
    pytest.fail(told(id, en), pytrace=False)


def _takes(hook: Callable[..., object], args: Sequence[object]) -> bool:
    try:
        inspect.signature(hook).bind(*args)
    except TypeError:
        return False
    return True


def _asked(port: type) -> list[str]:
    """Return the names that ``port`` asks for."""
    return [
        name
        for name, value in vars(port).items()
        if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, property))
    ]


def _where(error: BaseException) -> str:
    """Return the lines of the adapter that ``error`` came by."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_NOT_YOURS)
    ]
    return "".join(traceback.format_list(own)).rstrip()
