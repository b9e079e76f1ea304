"""A whole request, S6 to S23, lived once: what all works that need one do over and over."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import attrs

from pst_core import request as rq
from pst_core.desk import Desk, Done
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Batch, StoredEvent
from pst_core.office import Office
from pst_core.request import procedure_of
from pst_core.testing.lives import APPLICANT, carry, person
from pst_core.workflow import Actor, Context, Fact, Noted, Procedure, Step

__all__ = ["START", "TO_THE_END", "Act", "Clock", "Life", "lived"]

START = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)
CORRECTION = (rq.AskOfferCorrection, rq.ReviseOffer)
TO_THE_END = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileAbstraction, rq.FileRequest,
    rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer, *CORRECTION, *CORRECTION,
    rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment, rq.SignAgreement,
    rq.AcceptAgreement, rq.IssueReceipt, rq.DeliverProducts, rq.AskDeliveryCorrection,
    rq.MendDelivery, rq.AskDeliveryCorrection, rq.MendDelivery, rq.ApproveDelivery,
    rq.RateService,
)  # fmt: skip


@attrs.frozen
class Act:
    """One command of the life: what was asked in which context, and what came of it."""

    command: Any
    context: Context
    event: Any
    step: Step
    chosen: tuple[Fact, ...]
    """Of the facts among which the event chooses, those that hold after it."""
    wrote: Batch
    """What the store was given."""

    @property
    def noted(self) -> Noted:
        """The event as it happened."""
        return Noted(self.event, self.context.at, self.context.by)


@attrs.frozen
class Life:
    """The acts of the request ``stream`` in order, and its events as they were stored."""

    stream: str
    office: Office
    procedure: Procedure
    acts: tuple[Act, ...]
    stored: tuple[StoredEvent, ...]


class _Noting(MemoryStore):
    """Keeps the batches that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[Batch] = []

    def append(self, batch: Batch) -> Any:
        self.batches.append(batch)
        return super().append(batch)


class Clock:
    """The office's clock: ten minutes go by with every command."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> dt.datetime:
        return self.at

    def tick(self) -> None:
        """Let the next command come ten minutes later."""
        self.at += dt.timedelta(minutes=10)


class _Watched(Desk):
    """Keeps what it is asked, and lets time go by."""

    def __init__(self, office: Office, store: _Noting) -> None:
        super().__init__(office, store, clock=Clock())
        self.asked: list[tuple[Any, Actor]] = []

    def open(self, command: Any, *, by: Actor, **_: Any) -> Done:
        return self._after(super().open(command, by=by, command_id="act-0"), command, by)

    def do(self, stream: str, command: Any, *, by: Actor, **_: Any) -> Done:
        name = f"act-{len(self.asked)}"
        return self._after(super().do(stream, command, by=by, command_id=name), command, by)

    def _after(self, done: Done, command: Any, by: Actor) -> Done:
        self.asked.append((command, by))
        self.clock.tick()  # type: ignore[attr-defined]
        return done


@cache
def lived() -> Life:
    """Return a request for all three products, corrected twice before and after the delivery."""
    office = Office.load("3317")
    procedure = procedure_of(office)
    store = _Noting()
    desk = _Watched(office, store)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_THE_END)
    acts = []
    for entry, (command, by), batch in zip(
        desk.history(stream), desk.asked, store.batches, strict=True
    ):
        context = Context(
            by, entry.noted.at, office, stream,
            {number.series.split("/")[0]: number.value for number in batch.numbers},
            {"used": False, "issued": ()},
        )  # fmt: skip
        choices = {fact for choice in entry.step.chooses for fact in choice}
        chosen = tuple(sorted(choices & entry.state.facts))
        acts.append(Act(command, context, entry.noted.event, entry.step, chosen, batch))
    return Life(stream, office, procedure, tuple(acts), store.load(stream))
