"""The register among more and more requests: a page, what is due by law, which timers are due."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pst_adapters.sql import SqlStore
from pst_core.text import Text

from .. import stores
from ..race import Curve, Scale, flat

TITLE = Text(id="Daftar permintaan", en="The register")
NOTE = Text(
    id="Satu kantor; selalu 50 baris dari tengah daftar, dan 20 permintaan yang jatuh waktu.",
    en="One office; always 50 rows from the middle of the register, and 20 requests that are due.",
)

NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)
_LATER = 4_000_000_000_000_000
_DUE = 20


def races(scale: Scale) -> Iterator[Curve]:
    """Give every curve of this work."""
    sizes = tuple(1000 * 2**n for n in range(scale.pick(1, 7, 11)))
    with stores.on_sqlite(synchronous=0) as (_, __, folder):
        yield from _curves("sqlite", "SQLite", sizes, lambda name: folder / f"{name}.db")
    if scale is not Scale.TEST:
        yield from on_postgres(sizes)


def on_postgres(sizes: tuple[int, ...]) -> Iterator[Curve]:
    """Give the curves on PostgreSQL, if its binaries are here."""
    with contextlib.ExitStack() as end:
        fresh = end.enter_context(stores.on_postgres())
        if fresh is not None:
            yield from _curves("postgres", "PostgreSQL", sizes, fresh)


def _curves(
    key: str, where: str, sizes: tuple[int, ...], fresh: Callable[[str], Any]
) -> Iterator[Curve]:
    questions: tuple[tuple[str, Text, Callable[[SqlStore, int], object]], ...] = (
        ("page", Text(id="satu halaman", en="a page"), _page),
        ("mine", Text(id="halaman satu tahap", en="a page of one phase"), _of_phase),
        ("due", Text(id="yang lewat tenggat", en="what is overdue"), _overdue),
        ("wake", Text(id="pengingat yang jatuh waktu", en="timers due"), _waking),
    )
    with contextlib.ExitStack() as end:
        made: dict[int, SqlStore] = {}

        def filled(size: int) -> SqlStore:
            if size not in made:
                at = fresh(f"of_{size}")
                url = f"sqlite:///{at}" if isinstance(at, Path) else at
                made[size] = end.enter_context(SqlStore(url))
                _fill(at, size)
            return made[size]

        for name, title, ask in questions:

            def make(size: int, ask: Any = ask) -> Callable[[], object]:
                store = filled(size)
                return lambda: ask(store, size)

            yield Curve(
                f"{key}-{name}",
                Text(id=f"{where}: {title.id}", en=f"{where}: {title.en}"),
                sizes,
                make,
                goal=flat(3),
                wall=key != "sqlite",  # a server's work is not our processor time
            )


def _stream(n: int) -> str:
    return f"request-9999-2026-{n:07d}"


def _page(store: SqlStore, size: int) -> object:
    page = store.register("9999", procedure="request", after=_stream(size // 2), limit=50)
    assert len(page) == 50
    return page


def _of_phase(store: SqlStore, size: int) -> object:
    page = store.register("9999", phase="offered", after=_stream(size // 2), limit=50)
    assert len(page) == 50
    return page


def _overdue(store: SqlStore, _: int) -> object:
    page = store.register("9999", due_before=NOW)
    assert len(page) == _DUE
    return page


def _waking(store: SqlStore, _: int) -> object:
    page = store.waking(NOW, office="9999")
    assert len(page) == _DUE
    return page


def _fill(at: Path | str, size: int) -> None:
    """Fill the register alone, as no host would: a request is due in the first twenty only."""
    phases = ("preparing", "offered", "settling", "closed", "closed")

    def row(n: int) -> tuple[Any, ...]:
        soon = 1000 + n if n < _DUE else _LATER + n
        return (_stream(n), "request", "9999", phases[n % 5], "officer", f"user-{n % 997}",
                "Susenas 2025", n, n, soon, soon)  # fmt: skip

    made = map(row, range(size))
    if isinstance(at, Path):
        import sqlite3

        marks = ", ".join("?" * 11)
        with contextlib.closing(sqlite3.connect(at)) as connection:
            connection.executemany(f"INSERT INTO pst_register VALUES ({marks})", made)
            connection.commit()
        return
    import psycopg

    with psycopg.connect(stores.plain(at), autocommit=True) as connection:
        with connection.cursor().copy("COPY pst_register FROM STDIN") as copy:
            for one in made:
                copy.write_row(one)
        connection.execute("ANALYZE pst_register")
