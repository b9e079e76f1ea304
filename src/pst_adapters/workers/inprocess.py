"""Due work done in this process, on any store: one pass, or pass after pass until told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pst_core.desk import Worked, Worker
from pst_core.refusal import PstError

__all__ = ["Tell", "drain", "silent", "timers", "work_in_process"]

_log = logging.getLogger(__name__)

Tell = Callable[[Worked], None]


def silent(_: Worked) -> None:
    """Tell nobody."""


def drain(worker: Worker, tell: Tell = silent) -> int:
    """Carry out all that is due now, timers first; return how many effects were tried."""
    timers(worker)
    tried = 0
    while worked := worker.work_off():
        for one in worked:
            tell(one)
        tried += len(worked)
    return tried


def timers(worker: Worker) -> None:
    """Carry out the timers that are due, and ask the treasury about payments now and then.

    Another host may be faster, which is no fault; a treasury that is down is asked again later.
    """
    try:
        while any(not done.repeated for done in worker.desk.run_timers()):
            pass
    except PstError as error:
        _log.warning("timer", extra={"code": error.code})
    try:
        worker.look_for_payments()
    except PstError as error:
        _log.warning("treasury", extra={"code": error.code})


def work_in_process(
    worker: Worker, stop: threading.Event, *, every: float = 2.0, tell: Tell = silent
) -> None:
    """Ask for due work each ``every`` seconds until ``stop`` is set; what was begun is finished."""
    while not stop.is_set():
        try:
            drain(worker, tell)
        except PstError as error:  # a full disk, a busy store: the next pass tries again
            _log.warning("pass", extra={"code": error.code})
        stop.wait(every)
