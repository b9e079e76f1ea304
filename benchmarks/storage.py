"""One command with all its rows: ours beside a bare driver that writes the same rows as durably.

``python benchmarks/storage.py`` prints both; with PostgreSQL's binaries, that, too. The two take
turns, so that a busy machine troubles both alike.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import postgres
from pst_adapters.sql import SqlStore, sqlite
from pst_core.desk.ports import Number
from pst_core.testing.contracts.store import NOW, batch, effect, summary

ROUNDS, PER_ROUND = 9, 60


def _command(name: str, number: int) -> Any:
    return batch(
        name, 0, name, effects=(effect(name),), numbers=(Number("INV", number),),
        summary=summary(name),
    )  # fmt: skip


def _bare(execute: Callable[..., Any], mark: str, begin: str) -> Callable[[str, int], None]:
    """Return a writer of the same five rows by plain statements with the same durability."""

    def values(n: int) -> str:
        return "VALUES (" + ", ".join([mark] * n) + ")"

    at = int(NOW.timestamp() * 1_000_000)

    def write(name: str, number: int) -> None:
        execute(begin)
        execute(f"INSERT INTO pst_commands {values(6)}", (name, "3317", "print", name, 1, 1))
        if number == 1:
            execute(f"INSERT INTO pst_series {values(2)}", ("BARE", 1))
        else:
            execute(f"UPDATE pst_series SET last = {mark} WHERE name = {mark}", (number, "BARE"))
        execute(
            f"INSERT INTO pst_events {values(10)}",
            (10**9 + number, 0, name, 1, "request-filed", 1, '{"n": 1}', at, '{"id": "ana"}', name),
        )
        execute(
            "INSERT INTO pst_effects (key, stream, kind, body, status, attempt, due, lease_until,"
            f" worker, result) {values(10)}",
            (name, name, "mail", '{"to": "ana@example.id"}', "queued", 0, at, at, "", ""),
        )
        execute(
            f"INSERT INTO pst_register {values(11)}",
            (name, "request", "3317", "preparing", "officer", "ana", "Susenas 2025", at, at, None,
             None),
        )  # fmt: skip
        execute("COMMIT")

    return write


def _race(store: SqlStore, bare: Callable[[str, int], None], other: SqlStore, title: str) -> None:
    ours_times, bare_times, number = [], [], 0
    for _ in range(ROUNDS):
        for times, write in (
            (ours_times, lambda name, n: store.append(_command(name, n))),
            (bare_times, bare),
        ):
            names = [f"{id(write)}-{number + n}" for n in range(1, PER_ROUND + 1)]
            started = time.perf_counter()
            for n, name in enumerate(names, number + 1):
                write(name, n)
            times.append((time.perf_counter() - started) / PER_ROUND)
        number += PER_ROUND
    ours, plain = statistics.median(ours_times), statistics.median(bare_times)
    ratios = [a / b for a, b in zip(ours_times, bare_times, strict=True)]
    print(
        f"{title}: ours {ours * 1e6:.0f} us, bare driver {plain * 1e6:.0f} us, "
        f"{statistics.median(ratios):.2f}x"
    )
    other.close()


def _threads(store: SqlStore, title: str, counts: tuple[int, ...]) -> None:
    rates = {}
    for count in counts:
        per = 960 // count

        def run(who: int, count: int = count, per: int = per) -> None:
            for n in range(per):
                name = f"{title}{count}-{who}-{n}"
                store.append(batch(name, 0, name, effects=(effect(name),), summary=summary(name)))

        threads = [threading.Thread(target=run, args=(who,)) for who in range(count)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rates[count] = count * per / (time.perf_counter() - started)
    first = rates[counts[0]]
    print(
        f"{title}: "
        + ", ".join(f"{c} threads {r:.0f}/s ({r / first:.1f}x)" for c, r in rates.items())
    )


def _sqlite(synchronous: int, title: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sqlite.PRAGMAS["synchronous"] = synchronous
        store = SqlStore(f"sqlite:///{folder}/ours.db")
        other = SqlStore(f"sqlite:///{folder}/bare.db")
        connection = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
        connection.execute("PRAGMA foreign_keys=1")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        _race(store, _bare(connection.execute, "?", "BEGIN IMMEDIATE"), other, title)
        connection.close()
        _threads(store, title, (1, 4, 16))
        store.close()


def _postgres() -> None:
    import psycopg

    with postgres.server(fsync="on") as url:
        store = SqlStore(url.format(name="postgres"), wait=30)
        with psycopg.connect(
            url.format(name="postgres").replace("+psycopg", ""), autocommit=True
        ) as connection:
            other = SqlStore(url.format(name="postgres"))
            _race(store, _bare(connection.execute, "%s", "BEGIN"), other, "PostgreSQL, fsync")
        _threads(store, "PostgreSQL", (1, 8))
        store.close()


if __name__ == "__main__":
    _sqlite(2, "SQLite, FULL")
    _sqlite(0, "SQLite, the layer alone (no sync)")
    if postgres.find_binaries():
        _postgres()
    else:
        print(postgres.MISSING)
