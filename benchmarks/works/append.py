"""A command with all its rows, made durable: by one writer, by four, by eight."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from pst_adapters.sql import SqlStore
from pst_core.desk.ports import Batch, Number
from pst_core.testing.contracts.store import batch, effect, summary
from pst_core.text import Text

from .. import stores
from ..race import Candidate, Race, Scale, ahead, within

TITLE = Text(id="Menyimpan", en="Storing")
NOTE = Text(
    id="Satu perintah: nomor perintah, peristiwa, surel yang antre, nomor urut, baris daftar."
    " Yang telanjang menulis baris yang sama tanpa memeriksa; eventsourcing hanya peristiwanya.",
    en="One command: its id, an event, a queued mail, a number, a register row. The bare driver"
    " writes the same rows and checks nothing; eventsourcing writes the event alone.",
)

Write = Callable[[Batch], object]
_STATE = b'{"n": 1, "at": "2026-03-16T02:00:00+00:00", "by": "ana"}'


def races(scale: Scale) -> Iterator[Race]:
    """Give every race of this work."""
    yield from _on_sqlite(scale)
    if scale is not Scale.TEST:  # a server takes longer to start than the rest together
        yield from on_postgres(scale)


def _on_sqlite(scale: Scale) -> Iterator[Race]:
    with stores.on_sqlite() as (store, bare, folder), stores.recorder(folder / "peer.db") as peer:
        sides = Sides(store.append, bare.write, folder / "ours.db", bare.execute, peer)
        for writers in (1, 4, 8):
            yield _race("sqlite", Text("SQLite", "SQLite"), writers, scale, sides)
    with stores.on_sqlite(synchronous=0) as (store, bare, folder):
        sides = Sides(store.append, bare.write, folder / "ours.db", bare.execute, None)
        where = Text(id="SQLite tanpa sinkronisasi", en="SQLite without sync")
        yield _race("sqlite-layer", where, 1, scale, sides)


def on_postgres(scale: Scale) -> Iterator[Race]:
    """Give the races on PostgreSQL, if its binaries are here."""
    with contextlib.ExitStack() as end:
        fresh = end.enter_context(stores.on_postgres())
        if fresh is None:
            return
        url, bare_url = fresh("ours"), fresh("bare")
        store = end.enter_context(SqlStore(url, wait=60))
        bares = [end.enter_context(stores.bare_postgres(bare_url)) for _ in range(8)]
        peer = end.enter_context(stores.recorder(fresh("peer"), 8))
        positions = itertools.count()
        free: queue.SimpleQueue[stores.Bare] = queue.SimpleQueue()
        for bare in bares:
            free.put(bare)

        def write(one: Batch) -> None:
            bare = free.get()
            bare.position = next(positions)
            bare.write(one)
            free.put(bare)

        sides = Sides(store.append, write, url, bares[0].execute, peer)
        for writers in (1, 4, 8):
            yield _race("postgres", Text("PostgreSQL", "PostgreSQL"), writers, scale, sides)


@attrs.frozen
class Sides:
    """Who writes: ours, the bare driver, eventsourcing; and where to look at what they wrote."""

    ours: Write
    bare: Write
    at: Path | str
    bare_execute: Callable[..., Any]
    recorder: Any


def _race(key: str, where: Text, writers: int, scale: Scale, sides: Sides) -> Race:
    per = scale.pick(3, 16, 96)

    def candidate(name: Text | str, write: Write, execute: Any = None, **more: Any) -> Candidate:
        return Candidate(
            name,
            lambda: None,
            writers * per,
            took=lambda: _crowd(f"{next(_turns)}", writers, per, write),
            answer=lambda: _same(key, writers, per, write, execute),
            compared=execute is not None,
            **more,
        )

    found = [
        candidate("pst_core SqlStore", sides.ours, stores.looking(sides.at)),
        candidate(
            Text(id="driver telanjang", en="bare driver"), sides.bare, sides.bare_execute,
            goal=within(1.6),
        ),
    ]  # fmt: skip
    if sides.recorder is not None:
        found.append(
            candidate(
                Text(id="eventsourcing (peristiwa saja)", en="eventsourcing (events alone)"),
                _event(sides.recorder), package="eventsourcing", goal=ahead(1),
            )
        )  # fmt: skip
    many = "s" if writers > 1 else ""
    title = Text(
        id=f"{where.id}, {writers} penulis, per perintah",
        en=f"{where.en}, {writers} writer{many}, a command",
    )
    return Race(f"{key}-{writers}", title, tuple(found), wall=True)


_turns = itertools.count()


def _crowd(series: str, writers: int, per: int, write: Write) -> float:
    """Let ``writers`` threads write ``per`` commands each; return the seconds that it took."""
    batches = [[_batch(f"{series}-{who}", n + 1) for n in range(per)] for who in range(writers)]

    def write_all(mine: list[Batch]) -> None:
        for one in mine:
            write(one)

    threads = [threading.Thread(target=write_all, args=(mine,)) for mine in batches[1:]]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    write_all(batches[0])
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def _same(key: str, writers: int, per: int, write: Write, execute: Any) -> object:
    """Write the same commands as the others and return the rows that stand there then."""
    series = f"{key}-{writers}"
    _crowd(series, writers, per, write)
    return {
        table: [row for row in rows if any(str(v).startswith(f"{series}-") for v in row)]
        for table, rows in stores.rows(execute).items()
    }


def _batch(series: str, n: int) -> Batch:
    name = f"{series}-{n}"
    return batch(
        name, 0, name, effects=(effect(name),), numbers=(Number(series, n),), summary=summary(name)
    )


def _event(recorder: Any) -> Write:
    from eventsourcing.persistence import StoredEvent

    def write(_: Batch) -> None:
        recorder.insert_events([StoredEvent(uuid.uuid4(), 1, "request-filed", _STATE)])

    return write
