"""The states of the cases that were decided on last, so that what was folded is not folded again.

A state is what its rows say: one is used again only for the very rows that it was folded from, each
compared with what the store has now. So it is right whoever else writes, and after an erasure.
"""

from __future__ import annotations

import threading
import weakref

import attrs

from ..workflow import Procedure, State
from .days import noted
from .ports import StoredEvent

__all__ = ["Folds", "forget"]

_MOST = 64
"""Cases that are remembered: those that a few people work on at the same time."""


@attrs.frozen
class _Fold:
    procedure: Procedure
    rows: tuple[StoredEvent, ...]
    state: State


class Folds:
    """Folds rows; any number of threads may ask. Its states must not be handed out of the desk."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._known: dict[str, _Fold] = {}
        _ALL.add(self)

    def forget(self) -> None:
        """Remember nothing."""
        with self._mutex:
            self._known.clear()

    def state(self, procedure: Procedure, rows: tuple[StoredEvent, ...]) -> State:
        """Return the state of the case that ``rows``, all that it has, have led to."""
        if not rows:
            return procedure.new
        stream = rows[0].stream
        with self._mutex:
            fold = self._known.pop(stream, None)
        if fold is None or fold.procedure is not procedure or rows[: len(fold.rows)] != fold.rows:
            fold = _Fold(procedure, (), procedure.new)
        state = procedure.fold(map(noted, rows[len(fold.rows) :]), fold.state)
        with self._mutex:
            self._known[stream] = _Fold(procedure, rows, state)
            if len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        return state


_ALL: weakref.WeakSet[Folds] = weakref.WeakSet()


def forget() -> None:
    """Forget every state in this process: an erased person must not stay in the memory."""
    for folds in tuple(_ALL):
        folds.forget()
