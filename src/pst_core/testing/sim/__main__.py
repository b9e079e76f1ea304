"""``python -m pst_core.testing.sim --seed 17``, or many seeds: what goes wrong, with its line."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from . import SimWorld
from .jobs import STORES, backing_of, reports


def line(seed: int, store: str) -> str:
    """Return the line that lives through ``seed`` again."""
    more = "" if store == "sqlite" else f" --store {store}"
    return f"python -m pst_core.testing.sim --seed {seed}{more}"


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 1 if anything was wrong."""
    words = argparse.ArgumentParser(prog="python -m pst_core.testing.sim", description=__doc__)
    words.add_argument("--seed", type=int, help="one seed, with all that happened in it")
    words.add_argument("--seeds", type=int, default=200, help="so many seeds (200)")
    words.add_argument("--first", type=int, default=0, help="the first of them (0)")
    words.add_argument("--store", default="sqlite", help=f"{', '.join(STORES)} or module:Backing")
    words.add_argument("--jobs", type=int, default=1, help="processes (1)")
    asked = words.parse_args(arguments)
    try:
        backing_of(asked.store)
    except (ImportError, AttributeError, ValueError) as error:
        words.error(f"{error}. Install pst-core[sql] for sqlite, or give --store memory")
    out = sys.stdout.write
    if asked.seed is not None:
        report = SimWorld(asked.seed, backing_of(asked.store)(), trace=True).run()
        out("".join(f"{said}\n" for said in (*report.log, *report.wrong)))
        out(f"seed {asked.seed}: {len(report.wrong)} faults, {report.commands} commands, "
            f"{report.mails} mails, {report.days:.0f} days, {report.faults}\n")  # fmt: skip
        return int(bool(report.wrong))
    began, failed, struck = time.monotonic(), 0, Counter[str]()
    total = Counter[str]()
    for report in reports(range(asked.first, asked.first + asked.seeds), asked.store, asked.jobs):
        struck.update(report.faults)
        total.update(
            commands=report.commands, events=report.events, mails=report.mails,
            delivered=report.delivered,
        )  # fmt: skip
        if report.wrong:
            failed += 1
            out(f"{line(report.seed, asked.store)}   # {report.wrong[0]}\n")
    took = time.monotonic() - began
    out(
        f"{asked.seeds} seeds on {asked.store}, {failed} failed; {total['commands']} commands, "
        f"{total['events']} events, {total['mails']} mails, {total['delivered']} deliveries; "
        f"{sum(struck.values())} faults of {len(struck)} kinds; {took:.1f} s\n"
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
