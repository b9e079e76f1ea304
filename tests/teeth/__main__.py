"""``python -m tests.teeth``: each planted bug, after how many seeds it was found, and seen as.

``--write`` puts the table into the pages as well. Names of bugs choose some.
"""

from __future__ import annotations

import argparse
import sys

from pst_core.text import Lang

from .pages import PAGES, put
from .plants import PLANTS, SEEDS, Plant, found_by

HEADS: dict[Lang, str] = {
    "id": "| bug yang ditanam | ditemukan setelah |\n|---|---|",
    "en": "| planted bug | found after |\n|---|---|",
}


def row(plant: Plant, after: int, lang: Lang) -> str:
    seeds = "seed" if lang == "id" or after == 1 else "seeds"
    return f"| {plant.name}: {plant.what.say(lang)} | {after} {seeds} |"


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.teeth", description=__doc__)
    words.add_argument("names", nargs="*", help="of bugs; all without")
    words.add_argument("--write", action="store_true", help="put the table into the pages")
    asked = words.parse_args()
    chosen = [plant for plant in PLANTS if not asked.names or plant.name in asked.names]
    after: dict[str, int] = {}
    print("| planted bug | found after | seen as |\n|---|---|---|", flush=True)
    for plant in chosen:
        found = found_by(plant)
        if found is None:
            print(f"| {plant.name} | NOT FOUND within {SEEDS} seeds | |", flush=True)
            continue
        after[plant.name], seen = found
        said = row(plant, after[plant.name], "en")
        print(f"{said} {seen[:150].replace('|', '/')} |", flush=True)
    print(f"\n{len(after)} of {len(chosen)} found")
    if asked.write and len(after) == len(PLANTS):
        for lang, page in PAGES.items():
            put("teeth", page, "\n".join(
                [HEADS[lang], *(row(plant, after[plant.name], lang) for plant in PLANTS)]
            ))  # fmt: skip
    return int(len(after) < len(chosen))


if __name__ == "__main__":
    sys.exit(main())
