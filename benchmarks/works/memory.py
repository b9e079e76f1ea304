"""Memory that one open request takes when it is held: ours as read from its events, and peers'."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator

from pst_core.text import Text
from pst_core.wire import event_from_json

from ..life import Life, lived
from ..peers import peer
from ..race import Candidate, Race, Scale

TITLE = Text(id="Memori", en="Memory")
NOTE = Text(
    id="Byte per permintaan terbuka yang sudah ditawarkan dan dibayar, dibaca dari peristiwanya."
    " Kasus yang lain kosong: hanya keadaannya.",
    en="Bytes per open request that was offered and paid, read from its events."
    " The others' cases are empty: their state alone.",
)


def races(scale: Scale) -> Iterator[Race]:
    """Give every race of this work."""
    life, many = lived(), scale.pick(2, 20, 200)
    found = [
        Candidate(
            Text(id="pst_core, seluruh isinya", en="pst_core, all of its content"),
            lambda: None, took=lambda: _bytes(lambda: _read(life), many), answer=lambda: None,
        )
    ]  # fmt: skip
    found += [
        Candidate(
            name, lambda: None, package=package, compared=False,
            took=lambda make=make: _bytes(make, many),
        )
        for package, name, make in _others()
    ]  # fmt: skip
    title = Text(id="satu permintaan terbuka", en="one open request")
    yield Race("open-request", title, tuple(found), unit="B", slow=True)


def _read(life: Life) -> object:
    """Return the state of a fresh request, nothing shared with another but words of the table."""
    from pst_core.workflow import Noted

    acts = life.acts[:-9]
    return life.procedure.fold(
        Noted(event_from_json(row.name, row.schema, row.body), row.at, act.context.by)
        for row, act in zip(life.stored, acts, strict=False)
    )


def _others() -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Give package, name and what makes one empty case; the machine's table is shared."""
    from .steps import Case, machine_class

    procedure = lived().procedure
    start = (str(procedure.start), frozenset[str]())
    if transitions := peer("transitions"):
        machine = transitions.Machine(
            model=None, states=[str(p) for p in procedure.phases], initial=start[0],
            transitions=[
                [step.command.__name__, str(phase), str(step.to or phase)]
                for step in procedure.steps for phase in step.at
            ],
        )  # fmt: skip

        def model() -> object:
            case = Case(start)
            machine.add_model(case)
            return case

        yield "transitions", "transitions model", model
    if peer("statemachine"):
        kind = machine_class(procedure)
        yield "python-statemachine", "python-statemachine", lambda: kind(Case(start))
    if aggregates := peer("benchmarks.aggregates"):
        yield "eventsourcing", "eventsourcing Aggregate", lambda: aggregates.Walked(*start)


def _bytes(make: Callable[[], object], many: int) -> float:
    make()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    held = [make() for _ in range(many)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del held
    return (after - before) / many
