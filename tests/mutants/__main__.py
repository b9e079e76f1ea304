"""``python -m tests.mutants``: change the code of four rooms a little, see whether a test notices.

Each mutant is one change by an operator of cosmic-ray, made in memory in a process of its own; the
tests of the room and of its neighbours that run the changed code are asked until the first fails.
What survives is printed with its line; what was looked at and found to be no fault stands in
``survivors.toml`` with the reason.

    python -m tests.mutants --sample 150        so many, spread over the rooms
    python -m tests.mutants --jobs 2            all of them, two at a time

Needs the extra ``mutants``. Not a test: only what it prints is kept, in docs/*/simulator.md.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import sys
import time
import tomllib
from pathlib import Path

from tests.mutants.made import CORE, ROOT, Mutant, mutants
from tests.mutants.trials import Unfit, apart, imports, trials
from tests.teeth.pages import PAGES, put

TARIFF = ("quotes", "policy", "zero", "large_amounts")
WORKDAYS = ("clock", "calendar", "layers", "zones")
WORKFLOW = ("engine", "form", "bpmn", "any_table")  # the quick ones first
REQUEST = ("rows", "clauses", "money", "documents", "agreement")
ROOMS: dict[str, list[str]] = {
    "tariff": [
        *(f"tests/tariff/test_tariff_{name}.py" for name in TARIFF),
        "tests/tariff/test_tariff_cli.py", "tests/request/test_request_clauses.py",
        "tests/evidence/test_evidence_rebuild.py",  # what of a policy is its content
    ],
    "workdays": [
        *(f"tests/workdays/test_workdays_{name}.py" for name in WORKDAYS),
        "tests/workdays/test_workdays_cli.py", "tests/visit",
        "tests/request/test_request_clauses.py",
    ],
    "workflow": [
        *(f"tests/workflow/test_workflow_{name}.py" for name in WORKFLOW),
        "tests/desk/test_progress.py",
    ],
    "request": [
        "tests/desk/test_wire.py", *(f"tests/request/test_request_{name}.py" for name in REQUEST),
        "tests/treasury/test_treasury_reconcile.py", "tests/documents",
        "tests/desk/test_access.py", "tests/desk/test_desk_papers.py",
        "tests/mail/test_mail_dead_address.py", "tests/office", "tests/house/test_house.py",
        "tests/request/test_request_table.py",
    ],
}  # fmt: skip
"""By room: its own tests, and those of its neighbours."""

HEADS = {
    "id": ["| ruang | mutan | dicoba | ditemukan | skor |", "|---|---|---|---|---|"],
    "en": ["| room | mutants | tried | killed | score |", "|---|---|---|---|---|"],
}


def excused() -> dict[str, str]:
    """Return why a survivor is no fault, by its name without the number of its line."""
    text = (Path(__file__).parent / "survivors.toml").read_text("utf-8")
    return {row["mutant"]: row["reason"] for row in tomllib.loads(text).get("survivors", [])}


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    words.add_argument("--sample", type=int, help="so many in all, as many of each room")
    words.add_argument("--seed", type=int, default=1, help="of the sample")
    words.add_argument("--room", choices=ROOMS)
    words.add_argument("--jobs", type=int, default=1, help="so many at a time (1)")
    words.add_argument("--write", action="store_true", help="put the table into the pages")
    asked = words.parse_args()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "ci"  # as the tests are run before a change lands
    _warm()
    rooms = [asked.room] if asked.room else list(ROOMS)
    share = asked.sample // len(rooms) if asked.sample else None
    known = excused()
    rows: list[str] = []
    notes, tried, killed = [], 0, 0
    for room in rooms:
        found = list(mutants(room))
        dice = random.Random(f"{asked.seed}/{room}")
        chosen = found if share is None else dice.sample(found, min(len(found), share))
        left = survivors(room, chosen, asked.jobs)
        good = len(chosen) - len(left)
        tried, killed = tried + len(chosen), killed + good
        score = f"{good / max(1, len(chosen)):.1%}"
        rows.append(f"| {room} | {len(found)} | {len(chosen)} | {good} | {score} |")
        print(rows[-1], flush=True)
        notes += [f"- `{m.name}`: {known.get(m.kept, 'not looked at')}" for m in left]
    rows.append(f"| | | {tried} | {killed} | {killed / max(1, tried):.1%} |")
    print("\n".join([rows[-1], "", *notes]))
    if asked.write:
        said = {"id": [row.replace(".", ",") for row in rows], "en": rows}
        for lang, page in PAGES.items():
            put("mutants", page, "\n".join([*HEADS[lang], *said[lang]]))
    return int(killed < 0.9 * tried)


def survivors(room: str, chosen: list[Mutant], jobs: int) -> list[Mutant]:
    """Return which of a room's mutants no test notices, by file and line."""
    # who sees no change, or fails without one, would seem to notice none or every one
    same = CORE / room / "__init__.py"
    as_it_is = same.read_text("utf-8")
    for source, passes in ((as_it_is, True), (f"{as_it_is}\nraise RuntimeError\n", False)):
        if apart(lambda source=source: imports(same, source, ROOMS[room])) is not passes:
            raise Unfit(f"the tests of {room} fail without a change, or do not see one")
    start, left = time.monotonic(), []
    for n, (mutant, lives) in enumerate(trials(chosen, ROOMS[room], jobs), 1):
        if lives:
            left.append(mutant)
        if lives or n % 50 == 0:
            word = f"survives: {mutant.name}" if lives else f"{room}: {n} tried"
            seconds = time.monotonic() - start
            print(f"<!-- {seconds:.0f} s {word} -->", file=sys.stderr, flush=True)
    return sorted(left, key=lambda m: (m.path, m.line, m.operator, m.occurrence))


def _warm() -> None:
    """Import what is no part of the code under change, so that a process begins at once.

    The code under change must not be among it: what is imported already is changed no more.
    """
    for name in ("pytest", "hypothesis.stateful", "attrs", "cattrs", "pendulum", "holidays",
                 "sqlalchemy", "numpy", "click", "rich.console"):  # fmt: skip
        importlib.import_module(name)
    assert "pst_core" not in sys.modules


if __name__ == "__main__":
    sys.exit(main())
