"""The legal clock of a paid request (L2), read from its history."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ..workdays import Deadline, Turn
from ..workflow import Role, State
from . import events as e

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["deadline", "turns"]


def turns(state: State) -> tuple[Turn, ...]:
    """Return in whose hands the request was, since when.

    Where both sides can act, it is the office's time: nobody waits for the applicant alone.
    """
    return tuple(Turn(since, _side(roles)) for since, roles in state.turns)


def deadline(state: State, office: Office) -> Deadline | None:
    """Return the deadline of the request, or None before it is filed or after it was sent back.

    The clock starts when the request is filed with all it needs (L2: "clear and complete"): an
    abstraction that is found to fit was complete when it was filed. It ends with the delivery
    (S20), or with the request.
    """
    started, sent_back = state.when(e.RequestFiled), state.when(e.AbstractionSentBack)
    if started is None or (sent_back is not None and sent_back >= started):
        return None
    # what comes after the end (money too late, a refund) is another matter than the service
    ends = (
        *(e.ProductsDelivered, e.RequestCancelled, e.RequestRejected, e.OfferExpired),
        *(e.MisfitCancelled, e.LedToConsultation),
    )
    ended = next((at for kind in ends if (at := state.when(kind)) is not None), None)
    held = tuple(t for t in turns(state) if ended is None or t.since <= ended)
    return office.deadline(started, turns=held, ended=ended)


@cache
def _side(roles: tuple[Role, ...]) -> str:
    office = next((r for r in roles if r is not Role.APPLICANT), None)
    return str(office) if office else ("applicant" if roles else "")
