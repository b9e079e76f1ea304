"""A whole request, S6 to S23, through the desk; and the bare driver writing the same rows.

The desk loads and reads the case anew for each command, decides it and writes. The bare driver has
the rows from before: it decides nothing, so what lies between the two is all that the desk does.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pst_adapters.sql import SqlStore
from pst_core.desk import Desk, days
from pst_core.text import Text

from .. import stores
from ..life import Clock, Life, lived
from ..race import Candidate, Race, Scale, within

TITLE = Text(id="Satu permintaan utuh", en="A whole request")
NOTE = Text(
    id="Setiap perintah tersimpan aman sebelum yang berikutnya; surel dan PDF tidak dibuat.",
    en="Each command is durable before the next; no mails are sent and no PDFs made.",
)


def races(scale: Scale) -> Iterator[Race]:
    """Give every race of this work."""
    life = lived()
    with stores.on_sqlite() as (_, __, folder):
        counter = iter(range(10**6))

        def sqlite(name: str) -> Path:
            return folder / f"{name}-{next(counter)}.db"

        yield _race(
            "sqlite", "SQLite", life, sqlite, lambda path: f"sqlite:///{path}", stores.bare_sqlite
        )
    if scale is not Scale.TEST:
        yield from on_postgres()


def on_postgres() -> Iterator[Race]:
    """Give the race on PostgreSQL, if its binaries are here."""
    with contextlib.ExitStack() as end:
        fresh = end.enter_context(stores.on_postgres())
        if fresh is None:
            return
        counter = iter(range(10**6))
        yield _race(
            "postgres", "PostgreSQL", lived(), lambda name: fresh(f"{name}_{next(counter)}"),
            str, stores.bare_postgres,
        )  # fmt: skip


def _race(
    key: str, where: str, life: Life, fresh: Callable[[str], Any], url: Callable[[Any], str],
    bare: Callable[[Any], Any],
) -> Race:  # fmt: skip
    def ours() -> tuple[float, Any]:
        at = fresh("ours")
        with SqlStore(url(at)) as store:
            return _through_the_desk(life, store), stores.rows(stores.looking(at))

    def theirs() -> tuple[float, Any]:
        at = fresh("bare")
        with bare(at) as driver:
            started = time.perf_counter()
            for act in life.acts:
                driver.write(act.wrote)
            return time.perf_counter() - started, stores.rows(stores.looking(at))

    many = len(life.acts)
    return Race(
        f"request-{key}",
        Text(
            id=f"{where}, {many} perintah, per perintah", en=f"{where}, {many} commands, a command"
        ),
        (
            Candidate("pst_core Desk", lambda: None, many, took=lambda: ours()[0],
                      answer=lambda: ours()[1]),
            Candidate(Text(id="driver telanjang", en="bare driver"), lambda: None, many,
                      goal=within(2.5), took=lambda: theirs()[0], answer=lambda: theirs()[1]),
        ),
        slow=True,
        wall=True,
    )  # fmt: skip


def _through_the_desk(life: Life, store: SqlStore) -> float:
    """Carry out the life's commands and return the seconds that it took."""
    clock = Clock()
    desk = Desk(life.office, store, clock=clock)
    days._event.cache_clear()  # each life is read for the first time
    first, *rest = life.acts
    started = time.perf_counter()
    desk.open(first.command, by=first.context.by, command_id="act-0")
    for n, act in enumerate(rest, 1):
        clock.tick()
        desk.do(life.stream, act.command, by=act.context.by, command_id=f"act-{n}")
    return time.perf_counter() - started
