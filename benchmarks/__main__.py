"""``python -m benchmarks``: run, print, and write the pages. See ``--help``."""

from __future__ import annotations

import argparse
import datetime as dt
import time
from pathlib import Path

from . import machine, page, results
from .peers import missing
from .race import Scale
from .works import WORKS, work

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run what is asked for."""
    asked = _asked()
    scale = Scale.QUICK if asked.quick else Scale.FULL
    started = time.perf_counter()
    found, facts = [], machine.facts()
    print(", ".join(f"{key} {value}" for key, value in facts.items()), flush=True)
    for name in asked.only or WORKS:
        begun = time.perf_counter()
        print(f"\n== {work(name).TITLE.en} ({name})", flush=True)
        for race in work(name).races(scale):
            table = race.measure(name, scale)
            print("\n".join(page.lines(table)), flush=True)
            found.append(table)
        print(f"   ({time.perf_counter() - begun:.0f} s)", flush=True)
    at = dt.datetime.now(dt.UTC).date().isoformat()
    run = results.Run(at, asked.quick, facts, missing(), tuple(found))
    print()
    for line in page.goal_lines(run):
        print(line)
    if missing():
        print(f"not installed, left out: {', '.join(missing())} (extras bench and oracle)")
    _write(run, whole=not asked.quick and not asked.only)
    print(f"{time.perf_counter() - started:.0f} s")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Run us and our peers side by side. A whole run writes docs/speed.json and the"
        " pages; with --quick or --only they go to build/speed/.",
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under two minutes")
    parser.add_argument(
        "--only", action="append", choices=WORKS, metavar="NAME", help=", ".join(WORKS)
    )
    return parser.parse_args()


def _write(run: results.Run, whole: bool) -> None:
    docs = ROOT / "docs" if whole else ROOT / "build" / "speed"
    (docs / "id").mkdir(parents=True, exist_ok=True)
    (docs / "en").mkdir(parents=True, exist_ok=True)
    results.save(run, docs / "speed.json")
    for path, text in page.files(run, docs).items():
        path.write_text(text, "utf-8")
    print(f"wrote {docs / 'speed.json'} and the pages beside it")


if __name__ == "__main__":
    main()
