"""The fault tests for as long as you like: ``python tests/soak.py T6 --n 50000``, or ``make soak``.

Each prints one line with the figures that it reached, and ends with 1 if anything was wrong. The
tests in ``tests/faults`` run the same scenes with small counts. ``--plant`` plants a fault of that
name, to see that the scene finds it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "faults"))

BOTH = ("sqlite", "postgresql")
SQLITE, POSTGRES = BOTH[:1], BOTH[1:]
SCENES = {
    "T1": ("kills", "kill_9", 2_000, BOTH),
    "T2": ("kills", "power_loss", 60, SQLITE),
    "T3": ("kills", "failing_disk", 10_000, SQLITE),
    "T6": ("appends", "run", 50_000, BOTH),
    "T7": ("twins", "run", 1_000, BOTH),
    "T9": ("kills", "followers", 50_000, POSTGRES),
    "T10": ("mails", "lying_server", 2_000, BOTH),
    "T11": ("mails", "poison", 1_000, BOTH),
    "T16": ("mails", "paused", 1_000, BOTH),
    "T18": ("kills", "backups", 200, SQLITE),
    "T19": ("overload", "run", 50_000, BOTH),
    "whole": ("whole", "run", 1_000, POSTGRES),
}
"""By name: module, function, count of the soak, stores."""


def main() -> int:
    """Run one scene, or all of them, on each of its stores."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("scene", choices=[*SCENES, "all"])
    words.add_argument("--n", type=int, help="how many; the soak's count if left out")
    words.add_argument("--store", choices=BOTH)
    words.add_argument("--plant", default="", help="name of a fault to plant")
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    failed = False
    for scene in SCENES if asked.scene == "all" else [asked.scene]:
        module, name, count, stores = SCENES[scene]
        for store in [asked.store] if asked.store else stores:
            began = time.monotonic()
            act = getattr(importlib.import_module(module), name)
            figures = act(asked.n or count, store, asked.plant)
            wrong = figures.pop("wrong")
            failed = failed or bool(wrong)
            if asked.json:
                print(json.dumps({**figures, "wrong": _some(wrong)}), flush=True)
                continue
            said = ", ".join(f"{value:,} {name}" for name, value in figures.items())
            judged = f"{len(wrong)} FAULTS" if wrong else "0 faults"
            print(
                f"{scene} {store}: {judged}; {said}; {time.monotonic() - began:.0f} s", flush=True
            )
            for line in _some(wrong):
                print(f"  {line}")
    return int(failed)


def _some(wrong: list[str]) -> list[str]:
    """Return a few of each kind, so that no kind hides another."""
    kinds: dict[str, list[str]] = {}
    for line in wrong:
        kinds.setdefault("".join(c for c in line.split(":")[0] if not c.isdigit()), []).append(line)
    return [line for lines in kinds.values() for line in lines[:5]]


if __name__ == "__main__":
    sys.exit(main())
