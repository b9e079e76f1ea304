"""What a store is filled with, and all that can be read of it."""

import datetime as dt

from pst_core.desk.ports import AuditLine, Number
from pst_core.testing.contracts.store import NOW, batch, effect, summary


def fill(store, streams=5):
    for n in range(streams):
        name = f"s{n}"
        store.append(
            batch(name, 0, f"c{n}", effects=(effect(f"{name}/1"),), summary=summary(name),
                  numbers=(Number("INV", n + 1),))
        )  # fmt: skip
        store.append(batch(name, 1, f"d{n}"))
    store.note(AuditLine("3317", NOW, "read", "p", "officer", "", "{}"))
    store.claim("w", store.effects()[0].due, dt.timedelta(minutes=1), limit=2)


def content(store):
    events = store.read(limit=100_000)
    streams = sorted({e.stream for e in events})
    return (
        events,
        {name: store.load(name) for name in streams},
        store.effects(limit=100_000),
        store.register("3317", limit=100_000),
        store.last_number("INV"),
        store.notes("3317"),
        store.checkpoints(),
        [store.answer(e.command_id, "3317", f"print of {e.command_id}") for e in events],
    )
