"""Cold starts: a fresh interpreter each time, and what the imports and the first answer take."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from pst_core.text import Text

from ..peers import version
from ..race import Candidate, Race, Scale, ahead, within

TITLE = Text(id="Mulai dari dingin", en="Cold start")
NOTE = Text(
    id="Waktu prosesor di dalam proses baru, tanpa waktu mulai Python sendiri.",
    en="Processor time inside a fresh process, without Python's own start.",
)

FIRST_ANSWERS = """
import datetime as dt, pst_core as pst
office = pst.Office.load("3317")
office.quote([pst.Publication("A", pages=312)], on=dt.date(2026, 11, 24)).total
office.deadline(dt.datetime(2026, 11, 24, 3, tzinfo=dt.timezone.utc)).due_at
"""
CALENDAR = """
import datetime as dt, pst_core as pst
pst.load_calendar().add(dt.date(2026, 3, 16), 10)
"""
OTHERS = (
    ("holidays", "holidays.country_holidays('ID', years=2026)",
     "import holidays; holidays.country_holidays('ID', years=2026)"),
    ("transitions", "import transitions", "import transitions"),
    ("python-statemachine", "import statemachine", "import statemachine"),
    ("eventsourcing", "import eventsourcing.application", "import eventsourcing.application"),
    ("pandas", "import pandas", "import pandas"),
)  # fmt: skip


def races(scale: Scale) -> Iterator[Race]:  # noqa: ARG001 - one size
    """Give every race of this work."""
    attrs = _import("import attrs", "import attrs", "attrs")
    yield Race(
        "import",
        Text(id="import pst_core", en="import pst_core"),
        (_import("import pst_core", "import pst_core"), _with(attrs, ahead(5))),
        wall=True,
        slow=True,
    )
    yield Race(
        "first-answers",
        Text(
            id="kantor dimuat, satu penawaran, satu tenggat",
            en="an office loaded, a quote, a deadline",
        ),
        (
            _import('Office.load("3317"), quote, deadline', FIRST_ANSWERS),
            _with(attrs, within(4)),
            _import('load_calendar().add(..., 10)', CALENDAR),
            *(_import(name, code, package) for package, name, code in OTHERS if version(package)),
        ),
        wall=True,
        slow=True,
    )  # fmt: skip


def _with(candidate: Candidate, goal: tuple[str, float]) -> Candidate:
    import attrs

    return attrs.evolve(candidate, goal=goal)


def _import(name: str, code: str, package: str = "") -> Candidate:
    return Candidate(
        name,
        lambda: None,
        package=package,
        took=_seconds(code),
        compared=False,
        answer=lambda: None,
    )


def _seconds(code: str) -> Callable[[], float]:
    timed = f"import time; t = time.process_time()\n{code}\nprint(time.process_time() - t)"

    # compiled modules are kept, as everywhere
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def run() -> float:
        done = subprocess.run(
            [sys.executable, "-c", timed], check=True, capture_output=True, text=True, env=env
        )
        return float(done.stdout)

    return run
