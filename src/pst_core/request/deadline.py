"""The legal clock of a paid request (L2), read from its history."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ..workdays import Deadline, Turn
from ..workflow import Role, State
from . import events as e

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["Service", "deadline", "service", "turns"]


def turns(state: State) -> tuple[Turn, ...]:
    """Return in whose hands the request was, since when.

    Where both sides can act, it is the office's time: nobody waits for the applicant alone.
    """
    return tuple(Turn(since, _side(roles)) for since, roles in state.turns)


class Service(NamedTuple):
    """What the legal clock reads: when it started, who held the request, and when it ended."""

    started: dt.datetime
    turns: tuple[Turn, ...]
    ended: dt.datetime | None


def service(state: State) -> Service | None:
    """Return what the clock reads of the request, or None where ``deadline`` is None.

    Of the times of ``state`` it looks at the order alone.
    """
    started, sent_back = state.when(e.RequestFiled), state.when(e.AbstractionSentBack)
    if started is None or (sent_back is not None and sent_back >= started):
        return None
    # what comes after the end (money too late, a refund) is another matter than the service
    latest = state.latest
    ended = next((latest[kind].at for kind in _ends() if kind in latest), None)
    held = tuple(t for t in turns(state) if ended is None or t.since <= ended)
    return Service(started, held, ended)


def deadline(state: State, office: Office) -> Deadline | None:
    """Return the deadline of the request, or None before it is filed or after it was sent back.

    The clock starts when the request is filed with all it needs (L2: "clear and complete"): an
    abstraction that is found to fit was complete when it was filed. It ends with the delivery
    (S20), or with the request.
    """
    found = service(state)
    if found is None:
        return None
    return office.deadline(found.started, turns=found.turns, ended=found.ended)


@cache
def _ends() -> tuple[type, ...]:
    """Return the events that end the clock: of the delivery, and of rows that lead to an end."""
    from .procedure import PROCEDURE  # its rows ask for the deadline

    last = [step.event for step in PROCEDURE.steps if step.to in PROCEDURE.ends]
    return tuple(dict.fromkeys((e.ProductsDelivered, *last)))


@cache
def _side(roles: tuple[Role, ...]) -> str:
    office = next((r for r in roles if r is not Role.APPLICANT), None)
    return str(office) if office else ("applicant" if roles else "")
