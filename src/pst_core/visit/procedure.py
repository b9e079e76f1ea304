"""The visit, S1 to S5 of the published standard, row by row: from the door to the counter.

Rows X6 and X7 (not there when called, gone before) are our reading.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from ..text import Text
from ..workdays import queue_deadline
from ..workflow import Before, Context, Lack, Procedure, Requirement, Role, State, Step
from . import commands as c
from . import events as e
from .state import (
    ARRIVED,
    AT_COUNTER,
    CALLED,
    GUEST_BOOK,
    LEFT,
    MISSED,
    NEW,
    REGISTERED,
    SERVED,
    WAITING,
)

__all__ = ["PROCEDURE", "QueueView"]

APPLICANT, OFFICER = Role.APPLICANT, Role.OFFICER


@attrs.frozen
class QueueView:
    """The queue of the day as a visit must see it when it is called."""

    waiting: tuple[int, ...] = ()
    """Numbers that wait, in order."""
    finished_at: dt.datetime | None = None
    """When the applicant before was finished with; None if none was today."""


def _in_order(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    view: QueueView = context.outside.get("queue", QueueView())
    taken = state.last(e.NumberTaken)
    before = [n for n in view.waiting if taken is not None and n < taken.number]
    if not before:
        return ()
    return (
        Lack(
            Text(
                id=f"Nomor {before[0]} menunggu lebih dahulu.",
                en=f"Number {before[0]} has waited longer.",
            ),
            Text(id=f"Panggil nomor {before[0]}.", en=f"Call number {before[0]}."),
        ),
    )


def _guest_book_complete(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.visitor.name.strip() and command.visitor.purpose.strip():
        return ()
    return (
        Lack(
            Text(id="Nama atau keperluan kosong.", en="Name or purpose is empty."),
            Text(id="Isi nama dan keperluan kunjungan.", en="Fill in name and purpose."),
        ),
    )


def _said(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.what.strip():
        return ()
    return (
        Lack(
            Text(id="Permintaan belum disebutkan.", en="The request has not been said."),
            Text(id="Sebutkan produk yang diminta.", en="Say which products are asked for."),
        ),
    )


IN_QUEUE_ORDER = Requirement(
    code="in-queue-order", clause="S4", who=OFFICER, check=_in_order,
    text=Text(id="Dilayani sesuai nomor antrean.", en="Served in queue order."),
    remedy=Text(id="Panggil nomor terkecil yang menunggu.", en="Call the lowest waiting number."),
)  # fmt: skip
GUEST_BOOK_COMPLETE = Requirement(
    code="guest-book-complete", clause="R3", who=APPLICANT, check=_guest_book_complete,
    text=Text(id="Buku tamu terisi lengkap.", en="The guest book is filled in."),
    remedy=Text(id="Isi nama dan keperluan.", en="Fill in name and purpose."),
)  # fmt: skip
REQUEST_SAID = Requirement(
    code="request-said", clause="S5", who=APPLICANT, check=_said,
    text=Text(id="Permintaan disampaikan.", en="The request is said."),
    remedy=Text(id="Sebutkan produk yang diminta.", en="Say which products are asked for."),
)  # fmt: skip


def _visited(command: c.VisitUnit, _: State, context: Context) -> e.UnitVisited:
    return e.UnitVisited(context.rules.code, command.visitor)


def _number(_: Any, __: State, context: Context) -> e.NumberTaken:
    return e.NumberTaken(context.numbers["queue"])


def _called(command: c.CallVisitor, state: State, context: Context) -> e.VisitorCalled:
    view: QueueView = context.outside.get("queue", QueueView())
    office = context.rules
    if view.finished_at is None:
        return e.VisitorCalled(command.counter, None)
    # nobody can be served before they have come: the clock starts at the later of the two
    taken_at = state.when(e.NumberTaken)
    since = max(view.finished_at, taken_at) if taken_at else view.finished_at
    return e.VisitorCalled(
        command.counter, queue_deadline(office.calendar, office.hours, office.clock, since)
    )


STEPS = (
    Step(
        clause="S1", role=APPLICANT, command=c.VisitUnit, event=e.UnitVisited,
        title=Text(id="Berkunjung ke unit PST", en="Visit the PST unit"),
        at=(NEW,), to=ARRIVED, build=_visited,
    ),
    Step(
        clause="S2", role=APPLICANT, command=c.SignGuestBook, event=e.GuestBookSigned,
        title=Text(id="Mengisi buku tamu", en="Fill in the guest book"),
        at=(ARRIVED,), to=REGISTERED,
        requires=(GUEST_BOOK_COMPLETE,),
        gives=(GUEST_BOOK,),
    ),
    Step(
        clause="S3", role=APPLICANT, command=c.TakeNumber, event=e.NumberTaken,
        title=Text(id="Mengambil nomor antrean", en="Take a queue number"),
        at=(REGISTERED,), to=WAITING, build=_number, numbered="queue",
    ),
    Step(
        clause="S4", role=OFFICER, command=c.CallVisitor, event=e.VisitorCalled,
        title=Text(id="Memanggil sesuai nomor antrean", en="Call in queue order"),
        at=(WAITING,), to=CALLED,
        requires=(IN_QUEUE_ORDER,),
        build=_called, looks="queue",
    ),
    Step(
        clause="S5", role=APPLICANT, command=c.StateRequest, event=e.RequestStated,
        title=Text(id="Menyampaikan permintaan kepada petugas",
                   en="Tell the officer what is requested"),
        at=(CALLED,), to=AT_COUNTER,
        requires=(REQUEST_SAID,),
    ),
    Step(
        clause="S5", role=OFFICER, command=c.FinishVisit, event=e.VisitFinished,
        title=Text(id="Menyelesaikan pelayanan di loket", en="Finish at the counter"),
        at=(AT_COUNTER,), to=SERVED,
    ),
    Step(
        clause="X6", role=OFFICER, command=c.MissCall, event=e.CallMissed,
        title=Text(id="Tidak hadir saat dipanggil", en="Not there when called"),
        at=(CALLED,), to=MISSED,
    ),
    Step(
        clause="X7", role=APPLICANT, command=c.LeaveUnit, event=e.UnitLeft,
        title=Text(id="Pergi sebelum dilayani", en="Leave before being served"),
        at=(ARRIVED, REGISTERED, WAITING), to=LEFT, aside=True,
    ),
)  # fmt: skip


def _visitor(state: State) -> str | None:
    visited = state.last(e.UnitVisited)
    return visited.visitor if visited else None


PROCEDURE = Procedure(
    name="visit",
    title=Text(id="Kunjungan ke unit PST", en="Visit to the PST unit"),
    start=NEW,
    ends=(SERVED, MISSED, LEFT),
    steps=STEPS,
    owner=_visitor,
    rules=(
        Before(
            Text(id="tidak ada yang dipanggil tanpa buku tamu", en="no call without guest book"),
            event=e.VisitorCalled, needs=(e.GuestBookSigned,),
        ),
        Before(
            Text(id="tidak ada yang dipanggil tanpa nomor", en="no call without a number"),
            event=e.VisitorCalled, needs=(e.NumberTaken,),
        ),
    ),
)  # fmt: skip
