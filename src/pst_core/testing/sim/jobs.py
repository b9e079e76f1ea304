"""Many seeds at once, each in one of several processes.

It stands apart from ``__main__``: a process that is started anew cannot find what is written there.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
from collections.abc import Callable, Iterator

from . import Backing, Report, SimWorld

__all__ = ["STORES", "backing_of", "reports", "run"]

STORES = {
    "memory": "pst_core.testing.sim:MemoryBacking",
    "sqlite": "pst_adapters.sql.trials:UnsyncedSqlite",
}
"""By name, or as ``package.module:Backing`` for a store of one's own."""


def backing_of(name: str) -> Callable[[], Backing]:
    """Return what makes the backing ``name``."""
    module, _, attribute = STORES.get(name, name).partition(":")
    made: Callable[[], Backing] = getattr(importlib.import_module(module), attribute)
    return made


def _settle(store: str) -> None:
    backing_of(store)
    gc.freeze()  # what was imported stays: it need not be looked through again and again


def run(job: tuple[int, str]) -> Report:
    """Return what came of one seed."""
    seed, store = job
    return SimWorld(seed, backing_of(store)()).run()


def reports(seeds: range, store: str, jobs: int) -> Iterator[Report]:
    """Yield what came of ``seeds``, by ``jobs`` processes."""
    if jobs == 1:
        yield from map(run, ((seed, store) for seed in seeds))
        return
    with multiprocessing.get_context("spawn").Pool(jobs, _settle, (store,)) as pool:
        yield from pool.imap_unordered(run, ((s, store) for s in seeds), chunksize=20)
