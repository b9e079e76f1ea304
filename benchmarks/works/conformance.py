"""A log held against the table: ours, and pm4py on the Petri net of the same table.

The log: walked cases over and over, each with its own times; every tenth has a step left out that
the table asks for. Both say which cases conform. pm4py knows no roles, clocks or safety rules.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

from pst_core.analysis import Kind, Log, LogRow, Replay, conformance, own_rows
from pst_core.desk import Entry
from pst_core.office import Office
from pst_core.request import procedure_of
from pst_core.testing.logs import is_legal, walked
from pst_core.text import Text

from ..peers import peer
from ..race import Candidate, Curve, Race, Scale, ahead, flat

TITLE = Text(id="Kesesuaian log", en="Conformance of a log")
NOTE = Text(
    id="pm4py bekerja pada jaring Petri dari tabel yang sama; tanpa peran, jam, dan"
    " aturan keamanan. Log sudah di memori.",
    en="pm4py works on the Petri net of the same table; without roles, clocks and safety rules."
    " The log is in memory.",
)

OFFICE = Office.load("3317")
PROCEDURE = procedure_of(OFFICE)


def races(scale: Scale) -> Iterator[Race | Curve]:
    """Give every race of this work."""
    events = scale.pick(500, 40_000, 1_000_000)
    courses = scale.pick(6, 8, 24)
    rows = log_of(events, courses)
    replay = Replay(PROCEDURE)
    log = Log(tuple(rows))

    def ours() -> Any:
        return conformance(log, PROCEDURE, OFFICE, replay=replay)

    found = [Candidate("pst_core conformance", ours, len(rows), answer=lambda: _conforming(ours()))]
    if pm4py := peer("pm4py"):
        replayed, aligned = _pm4py(pm4py, rows, courses)
        found += [
            Candidate(
                Text(id="pm4py, token diputar ulang", en="pm4py, tokens replayed"),
                replayed, len(rows), "pm4py", ahead(5),
            ),
            Candidate(
                Text(id="pm4py, penyelarasan", en="pm4py, alignments"), aligned, len(rows), "pm4py"
            ),
        ]  # fmt: skip
    title = Text(
        id=f"log {len(rows):,} peristiwa, per peristiwa", en=f"a log of {len(rows):,} events, each"
    )
    yield Race("conformance", title, tuple(found), slow=True)
    yield Curve(
        "conformance-curve",
        Text(id="makin banyak peristiwa, per peristiwa", en="more events, an event"),
        tuple(2000 * 2**n for n in range(scale.pick(1, 4, 9))),
        _judging(replay),
        per_size=True,
        goal=flat(1.5),
    )


def _judging(replay: Replay) -> Callable[[int], Callable[[], object]]:
    def make(events: int) -> Callable[[], object]:
        log = Log(tuple(log_of(events)[:events]))
        return lambda: conformance(log, PROCEDURE, OFFICE, replay=replay)

    return make


def _conforming(report: Any) -> frozenset[str]:
    """Return the cases whose steps went as the table says, whatever the clock says."""
    return frozenset(
        case.case
        for case in report.cases
        if all(deviation.kind is Kind.LATE for deviation in case.deviations)
    )


@cache
def walks(count: int) -> tuple[tuple[Entry, ...], ...]:
    """Return so many cases, each walked at random along the table."""
    random = Random(1)
    zone = OFFICE.calendar.zone
    return tuple(
        walked(
            PROCEDURE, OFFICE, dt.datetime(2026, 1 + n % 6, 1 + n, 9, tzinfo=zone), random, f"c-{n}"
        )
        for n in range(count)
    )


def log_of(events: int, courses: int = 24) -> list[LogRow]:
    """Return the rows of a log of at least as many events, walked over so many courses."""
    lives = []
    for entries in walks(courses):
        life = own_rows("x", entries)
        lives.append((life, _with_a_gap(life)))
    rows: list[LogRow] = []
    case = 0
    while len(rows) < events:
        case += 1
        by = dt.timedelta(days=7 * (case % 8))
        rows += [
            row._replace(case=f"c{case}", at=row.at + by, id="")
            for row in lives[case % len(lives)][case % 10 == 0]
        ]
    return rows


def _with_a_gap(life: Any) -> Any:
    """Return the rows without one that the table asks for, nearest to the middle."""
    middle = len(life) // 2
    for n in sorted(range(len(life)), key=lambda n: abs(n - middle)):
        rest = [*life[:n], *life[n + 1 :]]
        if not is_legal(PROCEDURE, rest):
            return rest
    return life


def _pm4py(pm4py: Any, rows: list[LogRow], courses: int) -> list[Callable[[], frozenset[str]]]:
    """Return pm4py's two ways of judging: each gives the cases that fit."""
    pandas = peer("pandas")
    frame = pandas.DataFrame(
        {
            "case:concept:name": [row.case for row in rows],
            "concept:name": [_label(row) for row in rows],
            "time:timestamp": pandas.to_datetime([row.at for row in rows], utc=True),
        }
    )
    net = _net(courses)
    pm4py.util.constants.SHOW_PROGRESS_BAR = False

    def judged(diagnose: Any) -> frozenset[str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = diagnose(frame, *net, return_diagnostics_dataframe=True)
        return frozenset(found[found["is_fit"]]["case_id"])

    return [
        lambda: judged(pm4py.conformance_diagnostics_token_based_replay),
        lambda: judged(pm4py.conformance_diagnostics_alignments),
    ]


def _label(row: LogRow) -> str:
    return " ".join((row.activity, *sorted(fact for fact, holds in row.told if holds)))


def _net(courses: int) -> tuple[Any, Any, Any]:
    """Return the Petri net of the places that the walked cases come to, and its two markings."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet("request")
    places: dict[Any, Any] = {}
    drawn: set[Any] = set()

    def place(at: Any) -> Any:
        if at not in places:
            places[at] = PetriNet.Place(str(len(places)))
            net.places.add(places[at])
        return places[at]

    def arrow(source: Any, label: str | None, target: Any) -> None:
        if (source, label, target) not in drawn:
            drawn.add((source, label, target))
            made = PetriNet.Transition(str(len(drawn)), label)
            net.transitions.add(made)
            add_arc_from_to(place(source), made, net)
            add_arc_from_to(made, place(target), net)

    for entries in walks(courses):
        at: Any = "start"
        for row, entry in zip(own_rows("x", entries), entries, strict=True):
            to = (entry.state.phase, entry.state.facts)
            arrow(at, _label(row), to)
            at = to
        arrow(at, None, "end")
    return net, Marking({places["start"]: 1}), Marking({places["end"]: 1})
