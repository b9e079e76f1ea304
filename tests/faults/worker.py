# ruff: noqa: S608 - the tables are named here
"""A process that works until it is stopped: says ``ack`` after each command it was answered.

``worker.py FOLDER COMMANDS SYNCHRONOUS RECORD``, run by ``disk.run``: what it does to the files of
its folder is written down, of which one, ``acks``, is where it says ``ack``.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from pst_adapters.sql import SqlStore, sqlite
from pst_core.desk.ports import NewEvent, Number
from pst_core.refusal import Busy, Conflict
from pst_core.testing.contracts.store import batch, effect, summary


def work(store: SqlStore, who: str, first: int, last: int, out: int) -> None:
    """Carry out commands ``first`` to ``last - 1``: two events, effect, number, register row."""
    for n in range(first, last):
        command = f"{who}-{n}"
        while True:
            value = store.last_number("INV") + 1
            try:
                store.append(
                    batch(
                        command, 0, command,
                        events=(NewEvent("a", 1, f'{{"number": {value}}}'),
                                NewEvent("b", 1, '"' + "x" * 300 + '"')),
                        effects=(effect(command),),
                        numbers=(Number("INV", value),),
                        summary=summary(command),
                    )
                )  # fmt: skip
            except (Conflict, Busy):
                continue
            break
        os.write(out, f"ack {command}\n".encode())


def faults(file: Path, acknowledged: set[str]) -> list[str]:
    """Return what is wrong in ``file``: lost, half-applied, doubled, gaps, damage."""
    found = []
    connection = sqlite3.connect(file)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            found.append("corrupt")
        rows = connection.execute(
            "SELECT command_id,"
            " (SELECT group_concat(version) FROM pst_events e WHERE e.stream = c.stream),"
            " (SELECT count(*) FROM pst_effects f WHERE f.stream = c.stream),"
            " (SELECT count(*) FROM pst_register r WHERE r.stream = c.stream)"
            " FROM pst_commands c"
        ).fetchall()
        found += [f"half {r}" for r in rows if r[1:] != ("1,2", 1, 1)]
        found += [f"lost {c}" for c in sorted(acknowledged - {r[0] for r in rows})]
        for table in ("pst_events WHERE version = 1", "pst_effects", "pst_register"):
            if connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] != len(rows):
                found.append(f"orphans in {table}")
        bodies = connection.execute(
            "SELECT json_extract(body, '$.number') FROM pst_events WHERE version = 1"
            " ORDER BY position"
        ).fetchall()
        if [b[0] for b in bodies] != list(range(1, len(rows) + 1)):
            found.append("numbers with a gap or a double")
    except sqlite3.Error as error:
        found.append(f"corrupt: {error}")
    finally:
        connection.close()
    return found


def main(folder: str, commands: str, synchronous: str, record: str) -> None:
    import disk

    sqlite.PRAGMAS["synchronous"] = int(synchronous)
    sqlite._CHECKPOINT_EVERY = 7
    with Path(record).open("xb") as written, Path(folder, "acks").open("xb") as said:
        disk.watch(Path(folder), written.fileno())
        with SqlStore(f"sqlite:///{folder}/pst.db") as store:
            work(store, "w", 0, int(commands), said.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
