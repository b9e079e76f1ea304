"""The ticket of a visit: what stands on it. How it looks is the renderer's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..documents.papers import QueueTicket
from ..text import Lang
from ..workflow import State
from . import events as e
from .queue import QueueView, ticket_label

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["queue_ticket"]


def queue_ticket(
    state: State, view: QueueView, office: Office, stream: str, lang: Lang = "id"
) -> QueueTicket | None:
    """Return the ticket of the visit ``stream`` (S3), or None before its number is taken.

    ``view`` is the queue of its day: who waits before it is counted there. It names nobody.
    """
    taken, at = state.last(e.NumberTaken), state.when(e.NumberTaken)
    if taken is None or at is None:
        return None
    line = [t.stream for t in view.waiting(taken.service, office.counter)]
    names = {s.code: s.name for s in office.counter.services}
    return QueueTicket(
        letterhead=office.letterhead_in(lang),
        number=ticket_label(taken.service, taken.number),
        issued_at=office.local(at),
        waiting=line.index(stream) if stream in line else 0,
        # of a service that the office no longer has the standard's name is left
        service=names.get(taken.service, office.standard).say(lang),
        request_id=stream,
        check_url=office.check_url,
        lang=lang,
    )
