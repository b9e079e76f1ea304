"""Who looked, written down before anything is shown: the command line has no door, but a log."""

from __future__ import annotations

import datetime as dt
import getpass
from typing import cast

from pst_core.desk.auditing import Auditor
from pst_core.desk.fields import PERSONAL
from pst_core.desk.ports import AuditLog, Reading, ReadingLog, Store
from pst_core.workflow import Actor, Role

__all__ = ["looked", "operator"]


def operator() -> Actor:
    """Return who runs the command: they act for the head, and are named in the log."""
    return Actor(f"cli:{getpass.getuser()}", Role.HEAD)


def looked(
    store: Store, office: str, view: str, *streams: str, shown: bool = True
) -> None:  # fmt: skip
    """Write a line of the audit log on ``view`` of each of ``streams``; of all without one.

    ``shown``: the person may ask for it as well (``pst person readings``); False where the door
    has written that already, or no person is shown.
    """
    now, by = dt.datetime.now(dt.UTC), operator()
    # asked of the object, as the desk does: a store around another hands these on
    log = cast("AuditLog", store) if hasattr(store, "note") else None
    auditor = Auditor(office, log)
    for stream in streams or ("*",):
        auditor.note("read", by=by, at=now, stream=stream, detail={"view": view})
        if shown and hasattr(store, "note_reading"):
            saw = tuple(sorted(map(str, PERSONAL)))
            cast("ReadingLog", store).note_reading(
                Reading(now, office, stream, by.id, str(by.role), view, saw)
            )
