"""The visit, S1 to S5 of the published standard, row by row: from the door to the counter.

Rows X6 to X8 (not there when called, gone before, the day is over) are our reading, as are the
recall and the transfer. What a row checks stands in ``requirements``, the order in ``queue``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ..text import Text
from ..workdays import queue_deadline
from ..workflow import Before, Context, Procedure, Role, State, Step
from . import commands as c
from . import events as e
from . import requirements as r
from .queue import ticket_label
from .state import (
    ARRIVED,
    AT_COUNTER,
    CALLED,
    GUEST_BOOK,
    LEFT,
    MISSED,
    NEW,
    RECALLED,
    REGISTERED,
    SERVED,
    WAITING,
)

__all__ = ["PROCEDURE"]

APPLICANT, OFFICER, SYSTEM = Role.APPLICANT, Role.OFFICER, Role.SYSTEM


def _service(command: c.TakeNumber, office: Any) -> str:
    return command.service or str(office.counter.services[0].code)


def _series(command: c.TakeNumber, office: Any, day: dt.date) -> str:
    return f"{office.code}/{day:%Y-%m-%d}/{_service(command, office)}"


def _calls(_: Any, office: Any, day: dt.date) -> str:
    # all calls of a day are in one series: two counters that call at once follow one another, so
    # no call is decided on a queue that another has changed meanwhile
    return f"{office.code}/{day:%Y-%m-%d}"


def _visited(command: c.VisitUnit, _: State, context: Context) -> e.UnitVisited:
    return e.UnitVisited(context.rules.code, command.visitor)


def _number(command: c.TakeNumber, _: State, context: Context) -> e.NumberTaken:
    service = _service(command, context.rules)
    return e.NumberTaken(context.numbers["queue"], service, command.priority)


def _called(command: c.CallVisitor, _: State, context: Context) -> e.VisitorCalled:
    office, view, turn = context.rules, r.queue_of(context), context.numbers["call"]
    own = view.of(context.stream)
    started = view.clock(own, command.counter, office.counter) if own is not None else None
    if started is None:
        return e.VisitorCalled(command.counter, None, turn=turn)
    since, freed = started
    due = queue_deadline(office.calendar, office.hours, office.clock, since)
    return e.VisitorCalled(command.counter, due, since, freed, turn)


def _recalled(_: Any, state: State, __: Context) -> e.VisitorRecalled:
    return e.VisitorRecalled(r.times_called(state) + 1)


def _rejoined(_: Any, state: State, context: Context) -> e.QueueRejoined:
    taken = state.last(e.NumberTaken)
    if context.rules.counter.returns == "place" or taken is None:
        return e.QueueRejoined(0)
    numbers = [t.number for t in r.queue_of(context).tickets if t.service == taken.service]
    return e.QueueRejoined(max([taken.number, *numbers]))


STEPS = (
    Step(
        clause="S1", role=APPLICANT, command=c.VisitUnit, event=e.UnitVisited,
        title=Text(id="Berkunjung ke unit PST", en="Visit the PST unit"),
        at=(NEW,), to=ARRIVED, requires=(r.WALKS_IN,), build=_visited,
    ),
    Step(
        clause="S2", role=APPLICANT, command=c.SignGuestBook, event=e.GuestBookSigned,
        title=Text(id="Mengisi buku tamu", en="Fill in the guest book"),
        at=(ARRIVED,), to=REGISTERED,
        requires=(r.GUEST_BOOK_COMPLETE,),
        gives=(GUEST_BOOK,),
    ),
    Step(
        clause="S3", role=APPLICANT, command=c.TakeNumber, event=e.NumberTaken,
        title=Text(id="Mengambil nomor antrean", en="Take a queue number"),
        at=(REGISTERED,), to=WAITING,
        requires=(r.OPEN_TODAY, r.SERVICE_KNOWN),
        build=_number, numbered="queue", series=_series,
    ),
    Step(
        clause="S4", role=OFFICER, command=c.CallVisitor, event=e.VisitorCalled,
        title=Text(id="Memanggil sesuai nomor antrean", en="Call in queue order"),
        at=(WAITING,), to=CALLED,
        requires=(r.IN_QUEUE_ORDER, r.COUNTER_FREE),
        clears=(RECALLED,),
        build=_called, looks="queue", numbered="call", series=_calls,
    ),
    Step(
        clause="S4", role=OFFICER, command=c.RecallVisitor, event=e.VisitorRecalled,
        title=Text(id="Memanggil ulang", en="Call again"),
        at=(CALLED,), gives=(RECALLED,), build=_recalled,
    ),
    Step(
        clause="S5", role=APPLICANT, command=c.StateRequest, event=e.RequestStated,
        title=Text(id="Menyampaikan permintaan kepada petugas",
                   en="Tell the officer what is requested"),
        at=(CALLED,), to=AT_COUNTER,
        requires=(r.REQUEST_SAID,),
    ),
    Step(
        clause="S5", role=OFFICER, command=c.TransferVisitor, event=e.VisitorTransferred,
        title=Text(id="Mengalihkan ke loket lain", en="Transfer to another counter"),
        at=(AT_COUNTER,), to=WAITING, aside=True,
        requires=(r.OTHER_COUNTER, r.TRANSFER_REASON),
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
        requires=(r.CALLED_ENOUGH,),
    ),
    Step(
        clause="X6", role=APPLICANT, command=c.ReturnToQueue, event=e.QueueRejoined,
        title=Text(id="Kembali ke antrean", en="Come back to the queue"),
        at=(MISSED,), to=WAITING, build=_rejoined, looks="queue",
    ),
    Step(
        clause="X7", role=APPLICANT, command=c.LeaveUnit, event=e.UnitLeft,
        title=Text(id="Pergi sebelum dilayani", en="Leave before being served"),
        at=(ARRIVED, REGISTERED, WAITING, MISSED), to=LEFT, aside=True,
    ),
    Step(
        clause="X8", role=SYSTEM, command=c.EndDay, event=e.DayEnded,
        title=Text(id="Hari berakhir sebelum dilayani", en="The day ends before being served"),
        at=(ARRIVED, REGISTERED, WAITING, CALLED, MISSED), to=LEFT,
        requires=(r.DAY_IS_OVER,), due=r.day_end,
    ),
    Step(
        clause="X8", role=SYSTEM, command=c.EndDay, event=e.DayEnded,
        title=Text(id="Hari berakhir di loket", en="The day ends at the counter"),
        at=(AT_COUNTER,), to=SERVED,
        requires=(r.DAY_IS_OVER,), due=r.day_end,
    ),
)  # fmt: skip


def _visitor(state: State) -> str | None:
    visited = state.last(e.UnitVisited)
    return visited.visitor if visited else None


def _label(state: State) -> str:
    # the number and no name: a register of visits is often open at the counter
    taken = state.last(e.NumberTaken)
    return ticket_label(taken.service, taken.number) if taken else ""


PROCEDURE = Procedure(
    name="visit",
    title=Text(id="Kunjungan ke unit PST", en="Visit to the PST unit"),
    start=NEW,
    ends=(SERVED, LEFT),
    steps=STEPS,
    owner=_visitor,
    period="%Y-%m-%d",
    title_of=_label,
    rules=(
        Before(
            Text(id="tidak ada yang dipanggil tanpa buku tamu", en="no call without guest book"),
            event=e.VisitorCalled, needs=(e.GuestBookSigned,),
        ),
        Before(
            Text(id="tidak ada yang dipanggil tanpa nomor", en="no call without a number"),
            event=e.VisitorCalled, needs=(e.NumberTaken,),
        ),
        Before(
            Text(id="tidak ada yang dilayani tanpa dipanggil", en="nobody served without a call"),
            event=e.RequestStated, needs=(e.VisitorCalled,),
            since=(e.VisitorTransferred, e.QueueRejoined, e.CallMissed),
        ),
        Before(
            Text(id="tidak ada yang selesai tanpa menyampaikan permintaan",
                 en="nobody finished without a request said"),
            event=e.VisitFinished, needs=(e.RequestStated,),
            since=(e.VisitorCalled,),
        ),
    ),
)  # fmt: skip
