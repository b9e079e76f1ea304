"""How many commands a process works on at once, who waits, and who is told to come again.

Without a bound an overloaded house works for people who have gone away and finishes less and less.
So a few are let in, a few more wait by rank, and the rest are turned away at once, before anything
was read or written. The gate knows ranks only; which command has which is the desk's business.
"""

from __future__ import annotations

import bisect
import threading
import time
from contextlib import AbstractContextManager
from enum import IntEnum

from ..refusal import Busy
from ..text import Text

__all__ = ["Gate", "Rank"]

# Not "the command was not done": one sent again under its id may have been, before.
_FULL = Text(
    id="Layanan sedang penuh; kali ini tidak ada yang dikerjakan.",
    en="The service is full now; nothing was done this time.",
)
_AGAIN = Text(
    id="Kirim lagi perintah yang sama, dengan nomor yang sama, sebentar lagi.",
    en="Send the same command again, under the same id, in a moment.",
)


class Rank(IntEnum):
    """Who goes first when there is a queue; the lowest number does."""

    NOTICE = 0
    """Word that money has moved: waits as long as it takes and is never turned away."""
    TREASURER = 1
    OFFICER = 2
    HEAD = 3
    APPLICANT = 4
    SYSTEM = 5
    """Timers: they come again by themselves."""
    AUDITOR = 6
    """Reads, and has no command to wait for."""


class _Turn:
    """One thread that waits. ``called``: released when it may enter or is turned away."""

    def __init__(self, place: tuple[Rank, int]) -> None:
        self.place = place
        self.called = threading.Lock()
        self.called.acquire()
        self.turned_away = False


class _Place:
    """A place inside, held while the context lasts. No generator: saying no must cost little."""

    __slots__ = ("_began", "_gate", "_rank")

    def __init__(self, gate: Gate, rank: Rank) -> None:
        self._gate = gate
        self._rank = rank

    def __enter__(self) -> None:
        self._gate._enter(self._rank)
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._gate._leave(time.monotonic() - self._began)


class Gate:
    """Lets ``at_once`` threads in, keeps up to ``waiting`` by rank, turns the others away.

    ``patience``: seconds that one waits. When the queue is full, a higher rank takes the place of
    the lowest that waits. Desks over one store in one process should share a gate.
    """

    def __init__(self, *, at_once: int = 16, waiting: int = 64, patience: float = 5.0) -> None:
        self._at_once, self._waiting, self._patience = at_once, waiting, patience
        self._mutex = threading.Lock()
        self._inside = 0
        self._came = 0
        self._queue: list[_Turn] = []
        self._seconds_each = 0.05
        # how long a full house takes: known beforehand, for it is asked often
        self._come_again = self._worked_off(at_once + waiting)

    def admit(self, rank: Rank) -> AbstractContextManager[None]:
        """Hold a place inside; raises ``Busy`` with ``retry_after`` if there is none in time."""
        return _Place(self, rank)

    def _enter(self, rank: Rank) -> None:
        with self._mutex:
            if self._inside < self._at_once and not self._queue:
                self._inside += 1
                return
            if len(self._queue) >= self._waiting and not self._make_room(rank):
                raise _full(self._come_again)
            self._came += 1
            turn = _Turn((rank, self._came))
            bisect.insort(self._queue, turn, key=lambda waits: waits.place)
        patience = -1 if rank is Rank.NOTICE else self._patience
        try:
            called = turn.called.acquire(timeout=patience)
        except BaseException:
            self._withdraw(turn)
            raise
        if not called:
            self._withdraw(turn)
        if not called or turn.turned_away:
            with self._mutex:
                raise _full(self._worked_off(self._inside + len(self._queue)))

    def _make_room(self, rank: Rank) -> bool:
        """Turn away who waits with the lowest rank, if it is below ``rank``; a notice stays."""
        last = self._queue[-1] if self._queue else None
        if last is not None and last.place[0] > rank:
            self._queue.pop()
            last.turned_away = True
            last.called.release()
            return True
        return rank is Rank.NOTICE

    def _withdraw(self, turn: _Turn) -> None:
        with self._mutex:
            if turn in self._queue:
                self._queue.remove(turn)
                return
        if not turn.turned_away:
            # called at the very moment that it gave up: the place goes to the next
            self._leave(self._seconds_each)

    def _leave(self, seconds: float) -> None:
        with self._mutex:
            self._seconds_each += (seconds - self._seconds_each) / 10
            self._come_again = self._worked_off(self._at_once + self._waiting)
            if self._queue:
                self._queue.pop(0).called.release()
            else:
                self._inside -= 1

    def _worked_off(self, ahead: int) -> float:
        return max(0.5, round(ahead * self._seconds_each / self._at_once, 1))


def _full(retry_after: float) -> Busy:
    return Busy("house-full", _FULL, remedy=_AGAIN, retry_after=retry_after)
