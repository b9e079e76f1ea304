"""T6: 8 processes append to few streams over a line that breaks, and are killed.

Each notes what it was told; ``pst_core.testing.history`` judges it against the store.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import proxy
from scene import Children, Counters, Figures, place

from pst_adapters.sql import SqlStore
from pst_core.desk.ports import NewEvent
from pst_core.refusal import Busy, Conflict, StorageError
from pst_core.testing.contracts.store import batch, effect
from pst_core.testing.history import Attempt, Followed, Outcome, Read, violations

CLIENTS = 8
STREAMS = 5
PLANTS = ("new-ids",)
"""A client that makes a new id when it does not know what became of the old: doubles."""


class _Client:
    """One client: appends until it has been told ``quota`` times that it is done."""

    def __init__(self, url: str, log: Path, who: int, quota: int, wait: float, plant: str) -> None:
        self.url, self.who, self.quota, self.wait = url, who, quota, wait
        self.plant = plant
        self.done, self.open, self.known = _resumed(log)
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        if log.stat().st_size:
            os.write(self.log, b"\n")  # ends what a killed one was writing
        self.dice = random.Random(time.monotonic_ns() + who)

    def note(self, *fields: Any) -> None:
        os.write(self.log, (json.dumps(fields) + "\n").encode())

    def run(self) -> None:
        store = _patiently(lambda: SqlStore(self.url, wait=self.wait))
        while self.done < self.quota:
            command = self.open or f"{self.who}-{self.done}"
            if self.carry(store, command):
                if self.dice.random() < 0.05:  # a client that lost the answer sends again
                    self.carry(store, command)
                self.done += 1
                self.open = ""
        store.close()

    def carry(self, store: SqlStore, command: str) -> bool:
        """Try once; return whether it was acknowledged."""
        dice = random.Random(command)
        stream, events = f"s{dice.randrange(STREAMS)}", dice.randint(1, 3)
        after = self.known.get(stream, 0)
        begun = time.monotonic_ns()
        try:
            rows = store.load(stream, after)
        except (StorageError, Busy):
            return False
        self.note("read", stream, after, [row.command_id.split("~")[0] for row in rows], begun)
        self.known[stream] = after + len(rows)
        sent = command
        if self.plant == "new-ids" and self.open:
            sent = f"{command}~{self.dice.randrange(10**9)}"
        wanted = batch(
            stream,
            self.known[stream],
            sent,
            events=(NewEvent("a", 1, '"' + "x" * 100 + '"'),) * events,
            effects=(effect(sent),),
        )
        self.note("begun", command, stream, events, time.monotonic_ns())
        first = 0
        try:
            first = store.append(wanted).first_version
            outcome = Outcome.DONE
        except (Conflict, Busy):
            outcome = Outcome.NOT_DONE
        except StorageError:
            outcome = Outcome.UNKNOWN
            self.open = command
        self.note("ended", outcome.value, first, time.monotonic_ns())
        return outcome is Outcome.DONE


def _resumed(log: Path) -> tuple[int, str, dict[str, int]]:
    """Return how many were acknowledged, which one's end is not known, and what was read to where.

    Commands are counted by their names, so the end of the log tells: a client is back at work at
    once, however long it has worked before.
    """
    last, done = "", False
    known: dict[str, int] = {}
    tail = max(0, log.stat().st_size - 200_000) if log.exists() else 0
    for kind, *fields in _noted(log, tail):
        if kind == "read":
            known[fields[0]] = fields[1] + len(fields[2])
        elif kind == "begun":
            done = done and last == fields[0]  # sent again, it stays acknowledged
            last = fields[0]
        elif kind == "ended" and fields[0] == "ok":
            done = True
    number = int(last.split("-")[1]) if last else 0
    return number + done, "" if done else last, known


def _noted(log: Path, start: int = 0) -> list[list[Any]]:
    if not log.exists():
        return []
    noted = []
    with log.open() as file:
        file.seek(start)
        lines = file.read().splitlines()
    for line in lines:
        # cut off when its client was killed, or at the front by ``start``
        with contextlib.suppress(json.JSONDecodeError):
            noted.append(json.loads(line))
    return noted


def _ended_one(log: Path, start: int) -> bool:
    return any(kind == "ended" for kind, *_ in _noted(log, start))


def _patiently(act: Callable[[], Any]) -> Any:
    while True:
        try:
            return act()
        except (Busy, StorageError):
            time.sleep(0.01)


def _history(log: Path) -> tuple[list[Attempt], list[Read]]:
    attempts: list[Attempt] = []
    reads: list[Read] = []
    begun: list[Any] | None = None

    def cut_off() -> None:
        if begun is not None:  # killed before it was told
            attempts.append(Attempt(*begun, ended=begun[3], outcome=Outcome.UNKNOWN))

    for kind, *fields in _noted(log):
        if kind == "read":
            reads.append(Read(fields[0], fields[1], tuple(fields[2]), fields[3]))
        elif kind == "begun":
            cut_off()
            begun = fields
        else:
            assert begun is not None
            outcome = Outcome(fields[0])
            attempts.append(Attempt(*begun, ended=fields[2], outcome=outcome,
                                    first_version=fields[1]))  # fmt: skip
            begun = None
    cut_off()
    return attempts, reads


def _follow(url: str, log: Path, stop: Path) -> None:
    with SqlStore(url, wait=30) as store, log.open("w") as out:
        after = 0
        while True:
            last = stop.exists()
            try:
                page = store.read(after, 500)
            except (StorageError, Busy):
                continue
            for event in page:
                out.write(json.dumps([event.stream, event.version]) + "\n")
            if page:
                after = page[-1].position
            elif last:
                return
            else:
                time.sleep(0.01)


def _disturb_sqlite(url: str, dice: random.Random, counted: Counters) -> None:
    """Hold the write lock now and then, sometimes for longer than the clients wait."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=5)
    while True:
        time.sleep(dice.uniform(0.1, 0.6))
        with contextlib.suppress(sqlite3.Error):
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(dice.choice((0.01, 0.05, 0.4)))
            connection.execute("ROLLBACK")
            counted.add("locks")


def _disturb_postgres(url: str, dice: random.Random, counted: Counters) -> None:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        while True:
            time.sleep(dice.uniform(0.1, 0.6))
            ended = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type ="
                " 'client backend' AND client_addr IS NULL AND pid <> pg_backend_pid()"
                " ORDER BY random() LIMIT 1"
            ).fetchall()
            for _ in ended:
                counted.add("terminated")


def run(n: int, store: str, plant: str = "") -> Figures:  # noqa: PLR0915 - read downwards
    """Acknowledge ``n`` appends under faults and judge the history."""
    dice = random.Random(6)
    counted = Counters("up", "down", "reply", "locks", "terminated")
    with place(store) as (url, folder), Children() as children:
        line, wait = url, 0.2
        if store == "postgresql":
            read, write = os.pipe()
            path = f"{url.partition('host=')[2]}/.s.PGSQL.5432"
            children.start(lambda: proxy.serve(path, 6, write, counted))
            os.close(write)
            with os.fdopen(read) as said:
                line = f"postgresql+psycopg://postgres@127.0.0.1:{said.readline().strip()}/postgres"
            wait = 5
            disturber = children.start(lambda: _disturb_postgres(url, dice, counted))
        else:
            disturber = children.start(lambda: _disturb_sqlite(url, dice, counted))
        stop = folder / "stop"
        follower = children.start(lambda: _follow(url, folder / "followed", stop))
        logs = [folder / f"client{who}" for who in range(CLIENTS)]
        quota = -(-n // CLIENTS)

        def begin(who: int) -> int:
            client = lambda: _Client(line, logs[who], who, quota, wait, plant).run()  # noqa: E731
            return children.start(client)

        starts = dict.fromkeys(range(CLIENTS), 0)
        clients = {who: begin(who) for who in range(CLIENTS)}
        began = time.monotonic()
        while clients:
            time.sleep(dice.uniform(0.02, 0.2))
            for who in [w for w, pid in clients.items() if children.ended(pid)]:
                del clients[who]
            # a busy machine must not kill all that it starts before they come to do anything
            at_work = [w for w in sorted(clients) if _ended_one(logs[w], starts[w])]
            if at_work and dice.random() < 0.5:
                who = dice.choice(at_work)
                children.kill(clients[who])
                starts[who] = logs[who].stat().st_size
                clients[who] = begin(who)
        took, kills = time.monotonic() - began, children.kills
        children.kill(disturber)
        stop.touch()
        children.wait(follower)
        with SqlStore(url, wait=30) as opened:
            final = opened.read(limit=10**9)
            effects = len(opened.effects(limit=10**9))
            commands = len({e.command_id for e in final})
        attempts: list[Attempt] = []
        reads: list[Read] = []
        for log in logs:
            of_one = _history(log)
            attempts += of_one[0]
            reads += of_one[1]
        followed = tuple(
            (stream, version)
            for stream, version in map(json.loads, (folder / "followed").read_text().splitlines())
        )
    final = tuple(attrs.evolve(e, command_id=e.command_id.split("~")[0]) for e in final)
    found = violations(attempts, final, reads, [Followed(followed)])
    wrong = [f"{v.fault}: {v.what}" for v in found]
    if effects != commands:
        wrong.append(f"effects: {effects} for {commands} commands")
    told = [a.outcome for a in attempts]
    return {
        "appends": len({a.command_id for a in attempts if a.outcome is Outcome.DONE}),
        "events": len(final),
        "attempts": len(attempts),
        "unknown": told.count(Outcome.UNKNOWN),
        "refused": told.count(Outcome.NOT_DONE),
        "reads": len(reads),
        "kills": kills,
        "lines cut": sum(counted[name] for name in proxy.CUTS),
        "commit replies dropped": counted["reply"],
        "backends ended": counted["terminated"],
        "locks": counted["locks"],
        "appends/s": round(CLIENTS * quota / took),
        "wrong": wrong,
    }
