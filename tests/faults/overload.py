"""T19: arrivals at 1, 2, 5 and 10 times of what the desk can do, whether it has answered or not.

Goodput is what was done in a second. Only what must be so whatever the time is wrong: a payment
notice turned away, a refused command that had an effect, an acknowledged one that is not there. A
slow machine may never send more than it can do, so the last commands come to a house that is full.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple

import attrs
import sender
from scene import Figures, place

from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.gate import Gate, Rank
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import NewEvent
from pst_core.office import Office
from pst_core.refusal import Busy
from pst_core.tariff import Publication
from pst_core.testing.contracts.store import batch
from pst_core.testing.lives import APPLICANT, carry, fitting, person

OFFICE = Office.load("3317")
AT = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
PRODUCTS = (Publication("Rembang Dalam Angka", pages=312),)
TO_BILLED = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer, rq.AcceptOffer, rq.IssueBilling,
)  # fmt: skip
LEVELS = (1, 2, 5, 10)
ROUNDS = 5
NOTICES = 0.05
"""Of what can be done, whatever comes besides: the treasury sends no more because applicants do.

And a notice is more work than a filing: goodput of another mix would say nothing of overload.
"""
THREADS = 160
PLANTS = ("no-ranks", "late")
"""A gate that knows no ranks sheds notices; one asked after the act refuses what was done."""


class _NoRanks(Gate):
    def admit(self, rank: Rank) -> contextlib.AbstractContextManager[None]:
        return super().admit(max(rank, Rank.APPLICANT))


class _Late(Gate):
    @contextlib.contextmanager
    def admit(self, rank: Rank) -> Iterator[None]:
        yield
        with super().admit(rank):
            time.sleep(0.02)


class _Told(NamedTuple):
    command_id: str
    notice: bool
    outcome: str
    seconds: float
    ended: float


def _prototype(commands: tuple[type, ...]) -> tuple[Any, Any]:
    """Return the events and the register row of a request after ``commands``, and its state."""
    store = MemoryStore()
    desk = Desk(OFFICE, store, clock=lambda: AT)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    state = carry(desk, stream, commands, products=PRODUCTS) if commands else desk.state(stream)
    events = tuple(NewEvent(e.name, e.schema, e.body) for e in store.load(stream))
    actors = store.load(stream)[0].actor
    return (events, store.summary(stream), actors), state


def _copies(store: SqlStore, like: Any, name: str, count: int) -> deque[str]:
    events, row, actor = like
    streams = [f"{name}-{n}" for n in range(count)]
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for stream in streams:
        waiting.put(stream)

    def write() -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                stream = waiting.get_nowait()
                store.append(
                    batch(stream, 0, f"copy of {stream}", events=events, actor=actor, at=AT,
                          summary=attrs.evolve(row, stream=stream))
                )  # fmt: skip

    _in_threads([write] * 16)
    return deque(streams)


def _in_threads(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _House:
    """A desk with requests that wait to be worked on."""

    def __init__(self, store: SqlStore, gate: Gate, count: int, notices: int) -> None:
        self.store = store
        self.room = gate._at_once + gate._waiting
        self.desk = Desk(OFFICE, store, clock=lambda: AT, gate=gate)
        opened, _ = _prototype(TO_BILLED[:3])
        billed, state = _prototype(TO_BILLED)
        self.opened = _copies(store, opened, "open", count)
        self.billed = _copies(store, billed, "billed", notices)
        self.report = fitting(rq.ReportPayment, state, OFFICE, AT, products=PRODUCTS)
        self.serial = itertools.count()
        self.told: list[_Told] = []

    @contextlib.contextmanager
    def filled(self) -> Iterator[None]:
        """Hold every place inside, and every place to wait for one."""
        gate = self.desk.gate
        inside, leave = threading.Semaphore(0), threading.Event()

        def hold() -> None:
            with Gate.admit(gate, Rank.NOTICE):  # waits as long as it takes; not a plant's way in
                inside.release()
                leave.wait()

        holders = [threading.Thread(target=hold) for _ in range(self.room)]
        for thread in holders:
            thread.start()
        for _ in range(gate._at_once):
            inside.acquire()
        while len(gate._queue) < gate._waiting:
            time.sleep(0.001)
        try:
            yield
        finally:
            leave.set()
            for thread in holders:
                thread.join()

    def act(self, notice: bool) -> None:
        """Send one command and note what came of it."""
        waiting = self.billed if notice else self.opened
        stream = waiting.popleft()
        command_id = f"c{next(self.serial)}"
        command = self.report if notice else rq.FileRequest()
        began = time.perf_counter()
        try:
            self.desk.do(stream, command, by=APPLICANT, command_id=command_id)
            outcome = "done"
        except Busy as error:
            outcome = "refused" if error.retry_after > 0 else "refused without a time"
            waiting.append(stream)
        except Exception as error:
            outcome = f"failed: {error!r}"
        ended = time.perf_counter()
        self.told.append(_Told(command_id, notice, outcome, ended - began, ended))


def _capacity(house: _House, count: int) -> float:
    """Return commands a second when 16 clients each wait for their answer."""
    left = iter(range(count))
    lock = threading.Lock()

    def client() -> None:
        while True:
            with lock:
                if next(left, None) is None:
                    return
            house.act(notice=False)

    began = time.perf_counter()
    _in_threads([client] * 16)
    return count / (time.perf_counter() - began)


def _load(
    house: _House, rate: float, count: int, notices: float, seed: int
) -> tuple[float, list[_Told]]:
    """Have ``count`` commands sent at ``rate``, come what may; return goodput and answers.

    ``notices``: how large a part of them.
    """
    leading, counting = threading.Lock(), threading.Lock()
    arrived: deque[int] = deque()
    inside = 0

    def next_to_wait() -> bool | None:
        """Answer who need not wait for it, and return the next who may have to; None at the end."""
        while True:
            if not arrived:
                arrived.extend(os.read(line, 4096))
                if not arrived:
                    return None
            notice = arrived.popleft() == 1
            if notice or inside < house.room:
                return notice
            house.act(notice)

    def serve() -> None:
        # One thread at a time takes arrivals; it gives the lead away before it may have to wait,
        # so that many refusals do not cost a change of threads each.
        nonlocal inside
        while True:
            with leading:
                notice = next_to_wait()
                if notice is None:
                    return
                with counting:
                    inside += 1
            house.act(notice)  # raises nothing
            with counting:
                inside -= 1

    first = len(house.told)
    words = [sender.__file__, str(rate), str(count), str(notices), str(seed)]
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE) as sends:
        line = sends.stdout.fileno()
        arrived.extend(os.read(line, 1))  # the clock runs from the first
        began = time.perf_counter()
        _in_threads([serve] * THREADS)
    told = house.told[first:]
    if sends.returncode or len(told) != count:
        raise RuntimeError(f"{len(told)} of {count} were answered; {sends.returncode=}")
    done = [t.ended - began for t in told if t.outcome == "done"]
    return len(done) / max(done, default=1.0), told


def _full_house(house: _House, count: int, dice: random.Random) -> list[_Told]:
    """Send ``count`` commands while every place is held; only the notices wait for one."""
    first = len(house.told)
    notices = [dice.random() < NOTICES for _ in range(count)] + [True]
    waiting = [threading.Thread(target=house.act, args=(True,)) for notice in notices if notice]
    with house.filled():
        for thread in waiting:
            thread.start()
        for notice in notices:
            if not notice:
                house.act(notice=False)
    for thread in waiting:
        thread.join()
    return house.told[first:]


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] * 1000 if seconds else 0.0


def run(n: int, store: str, plant: str = "") -> Figures:
    """Send ``n`` commands at ten times the capacity, and proportionally fewer at less.

    In rounds, each with every level; goodput is the median, for a machine has good and bad moments.
    """
    dice = random.Random(19)
    gates: dict[str, Callable[[], Gate]] = {
        "no-ranks": lambda: _NoRanks(at_once=2, waiting=4),
        "late": lambda: _Late(at_once=2, waiting=4),
        "": Gate,
    }
    figures: Figures = {}
    with place(store) as (url, _), SqlStore(url) as opened:
        some = max(50, n // 100)
        # one for each that is sent where a slow machine could do all
        copies = max(n, min(2 * n, 5_000)) + ROUNDS * some + 200
        house = _House(opened, gates[plant](), copies, max(20, int(n * 0.15)) + 100)
        capacity = median(_capacity(house, some) for _ in range(ROUNDS))
        figures["capacity/s"] = round(capacity)
        answers: dict[int, list[_Told]] = {level: [] for level in LEVELS}
        goodputs: dict[int, list[float]] = {level: [] for level in LEVELS}
        for turn, level in itertools.product(range(ROUNDS), LEVELS):
            count = n * level // 10 // ROUNDS
            goodput, told = _load(house, capacity * level, count, NOTICES / level, turn)
            answers[level] += told
            goodputs[level].append(goodput)
        for level in LEVELS:
            for outcome, name in (("done", "accepted"), ("refused", "refused")):
                times = [t.seconds for t in answers[level] if t.outcome == outcome]
                figures[f"{name} at {level}x"] = len(times)
                figures[f"ms p99 {name} at {level}x"] = round(_p99(times), 1)
            figures[f"goodput/s at {level}x"] = round(median(goodputs[level]))
        peak = max(median(goodputs[level]) for level in LEVELS)
        figures["% of peak at 10x"] = round(100 * median(goodputs[10]) / peak)
        told = [*itertools.chain(*answers.values()), *_full_house(house, 100, dice)]
        outcomes = Counter((t.outcome, t.notice) for t in told)
        kept = {e.command_id for e in opened.read(limit=10**9)}
    refused = {t.command_id for t in told if t.outcome.startswith("refused")}
    done = {t.command_id for t in told if t.outcome == "done"}
    figures["notices"] = outcomes["done", True]
    figures["refused"] = len(refused)
    wrong = [f"notice shed: {t.command_id}" for t in told if t.notice and t.outcome != "done"]
    wrong += [f"refused, yet done: {c}" for c in sorted(refused & kept)]
    wrong += [f"acknowledged, yet not there: {c}" for c in sorted(done - kept)]
    wrong += sorted({f"{t.outcome}: {t.command_id}" for t in told if "failed" in t.outcome})
    wrong += [f"no time to come again: {t.command_id}" for t in told if "without" in t.outcome]
    figures["wrong"] = wrong
    return figures
