"""What must be in order before a row of the visit fires, and what would satisfy it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ..documents.asker import Channel
from ..refusal import PstError
from ..text import Text
from ..workflow import Context, Lack, Requirement, Role, State
from . import events as e
from .queue import QueueView, ticket_label
from .state import RECALLED, Visitor

if TYPE_CHECKING:
    from ..office import Office

APPLICANT, OFFICER, SYSTEM = Role.APPLICANT, Role.OFFICER, Role.SYSTEM

_KEPT = ("name", "email", "phone", "institution", "purpose")


def queue_of(context: Context) -> QueueView:
    """Return the day's queue as the desk has read it."""
    view = context.outside.get("queue")
    return view if isinstance(view, QueueView) else QueueView()


def written(visitor: Visitor, field: str) -> str:
    """Return what stands in ``field`` of the guest book."""
    if field in _KEPT:
        return str(getattr(visitor, field))
    return next((said.value for said in visitor.more if said.field == field), "")


def _walks_in(_: Any, __: State, context: Context) -> tuple[Lack, ...]:
    if Channel.WALK_IN in context.rules.doors:
        return ()
    return (
        Lack(
            Text(id="Standar kantor ini tidak memuat kunjungan langsung.",
                 en="This office's standard has no walk-in service."),
            Text(id=f"Ajukan secara daring melalui {context.rules.portal}.",
                 en=f"Apply online at {context.rules.portal}."),
        ),
    )  # fmt: skip


def _guest_book(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    office: Office = context.rules
    visitor: Visitor = command.visitor
    found = []
    for field in office.counter.guest_book:
        value = written(visitor, field.field).strip()
        name = field.name
        if field.required and not value:
            found.append(
                Lack(
                    Text(id="{name} belum diisi.", en="{name} is empty.").fill(name=name),
                    Text(id="Isi {name}.", en="Fill in: {name}.").fill(name=name),
                )
            )
        elif value and field.choices and value not in field.choices:
            found.append(
                Lack(
                    Text(
                        id="{name}: isinya bukan pilihan.", en="{name}: what it says is no choice."
                    ).fill(name=name),
                    Text(id="Pilih: {all}.", en="Choose: {all}.").fill(
                        all=", ".join(field.choices)
                    ),
                )
            )  # fmt: skip
    known = [field.field for field in office.counter.guest_book]
    found += [
        Lack(
            Text(
                id="Isian itu tidak ada di buku tamu kantor ini.",
                en="The guest book of this office has no such field to add.",
            ),
            Text(id=f"Yang ada: {', '.join(known)}.", en=f"It has: {', '.join(known)}."),
        )
        for said in visitor.more
        if said.field not in known or said.field in _KEPT
    ]
    return tuple(found)


def _open_today(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    office: Office = context.rules
    local = office.local(context.at)
    came = office.local(state.turns[0][0]).date() if state.turns else local.date()
    if came != local.date():
        # its number would stand in the queue of a day that the visit is not part of
        return (
            Lack(
                Text(id=f"Kunjungan ini dari {came}.", en=f"This visit is of {came}."),
                Text(id="Catat kunjungan baru hari ini (S1).", en="Begin a new visit (S1)."),
            ),
        )
    try:
        if office.calendar.is_workday(local.date()):
            if local < office.end_of(local.date()):
                return ()
            said = Text(id="Unit sudah tutup hari ini.", en="The unit has closed for today.")
        else:
            said = Text(id="Hari ini unit tutup.", en="The unit is closed today.")
        day = office.calendar.add(local.date(), 1)
        opens = f"{day:%Y-%m-%d} {office.hours.on(day)[0][0]:%H:%M}"
    except PstError as error:
        return (Lack(error.text, error.remedy),)
    remedy = Text(id=f"Datang lagi {opens}.", en=f"Come again {opens}.")
    return (Lack(said, remedy),)


def _service_known(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    office: Office = context.rules
    found = []
    for word, known, what in (
        (command.service, office.counter.services, Text(id="Layanan", en="The service")),
        (command.priority, office.counter.priorities, Text(id="Prioritas", en="The priority")),
    ):
        if word and word not in [s.code for s in known]:
            all_ = ", ".join(f"{s.code} ({s.name.id})" for s in known) or "-"
            found.append(
                Lack(
                    Text(
                        id=f"{what.id} itu tidak dikenal kantor ini.",
                        en=f"{what.en} is not one of this office.",
                    ),
                    Text(id=f"Pilih: {all_}.", en=f"Choose: {all_}."),
                )
            )
    return tuple(found)


def _in_order(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    office: Office = context.rules
    view = queue_of(context)
    own = view.of(context.stream)
    if own is None:
        return ()
    if own.wanted:
        if own.wanted == command.counter:
            return ()
        return (
            Lack(
                Text(
                    id=f"{own.label} menunggu loket {own.wanted}.",
                    en=f"{own.label} waits for counter {own.wanted}.",
                ),
                Text(id=f"Panggil dari loket {own.wanted}.", en=f"Call from counter {own.wanted}."),
            ),
        )
    before = (*view.transferred_to(command.counter), *view.waiting(own.service, office.counter))
    if not before or before[0].stream == own.stream:
        return ()
    first = before[0]
    return (
        Lack(
            Text(
                id=f"Nomor {first.label} menunggu lebih dahulu.",
                en=f"Number {first.label} has waited longer.",
            ),
            Text(id=f"Panggil {first.label}.", en=f"Call {first.label}."),
        ),
    )


def _counter_free(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    office: Office = context.rules
    taken = state.last(e.NumberTaken)
    service = taken.service if taken else ""
    known = [place.number for place in office.counter.counters]
    if known and command.counter not in known:
        return (
            Lack(
                Text(
                    id="Loket itu tidak ada.",
                    en="There is no such counter.",
                ),
                Text(id=f"Loket: {', '.join(known)}.", en=f"Counters: {', '.join(known)}."),
            ),
        )
    if service and not office.counter.serves(command.counter, service):
        places = [p.number for p in office.counter.counters if not p.services
                  or service in p.services]  # fmt: skip
        return (
            Lack(
                Text(
                    id=f"Loket {command.counter} tidak melayani {service}.",
                    en=f"Counter {command.counter} does not serve {service}.",
                ),
                Text(
                    id=f"Panggil dari loket {', '.join(places)}.",
                    en=f"Call from counter {', '.join(places)}.",
                ),
            ),
        )
    busy = queue_of(context).at(command.counter)
    if busy is None:
        return ()
    return (
        Lack(
            Text(
                id=f"Loket {command.counter} masih bersama {busy.label}.",
                en=f"Counter {command.counter} is still with {busy.label}.",
            ),
            Text(
                id=f"Selesaikan, alihkan atau catat tidak hadir {busy.label} dahulu.",
                en=f"Finish, transfer or mark as missing {busy.label} first.",
            ),
        ),
    )


def _other_counter(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    called = state.last(e.VisitorCalled)
    known = [place.number for place in context.rules.counter.counters]
    if not command.counter.strip() or (known and command.counter not in known):
        said = Text(
            id="Loket itu tidak ada.",
            en="There is no such counter.",
        )
    elif called is not None and called.counter == command.counter:
        said = Text(
            id=f"Pengunjung sudah di loket {called.counter}.",
            en=f"The visitor is at counter {called.counter} already.",
        )
    else:
        return ()
    others = [n for n in known if called is None or n != called.counter]
    return (
        Lack(
            said,
            Text(id=f"Pilih loket lain: {', '.join(others)}.",
                 en=f"Choose another counter: {', '.join(others)}."),
        ),
    )  # fmt: skip


def _said(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.what.strip():
        return ()
    return (
        Lack(
            Text(id="Permintaan belum disebutkan.", en="The request has not been said."),
            Text(id="Sebutkan produk yang diminta.", en="Say which products are asked for."),
        ),
    )


def _reason(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.reason.strip():
        return ()
    return (
        Lack(
            Text(id="Alasan pengalihan kosong.", en="The reason for the transfer is empty."),
            Text(id="Tulis alasannya.", en="Write the reason."),
        ),
    )


def times_called(state: State) -> int:
    """Return how often the number was called for the call that stands."""
    recalled = state.last(e.VisitorRecalled)
    return recalled.times if recalled is not None and RECALLED in state.facts else 1


def _called_enough(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    taken = state.last(e.NumberTaken)
    times, wanted = times_called(state), context.rules.counter.calls
    if times >= wanted or taken is None:
        return ()
    label = ticket_label(taken.service, taken.number)
    return (
        Lack(
            Text(
                id=f"{label} baru dipanggil {times} kali, seharusnya {wanted}.",
                en=f"{label} was called {times} times, {wanted} are needed.",
            ),
            Text(id=f"Panggil ulang {label}.", en=f"Call {label} again."),
        ),
    )


def day_end(state: State, office: Office) -> dt.datetime | None:
    """X8: midnight after the visit began, on the office's clock."""
    began = state.when(e.UnitVisited)
    if began is None:
        return None
    local = office.local(began)
    day = local.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), office.calendar.zone)


def _day_over(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    due = day_end(state, context.rules)
    if due is None or context.at >= due:
        return ()
    return (
        Lack(
            Text(id="Hari ini belum berakhir.", en="The day is not over."),
            Text(id=f"Tunggu sampai {due:%Y-%m-%d %H:%M}.", en=f"Wait until {due:%Y-%m-%d %H:%M}."),
        ),
    )


WALKS_IN = Requirement(
    code="walks-in", clause="R1", who=APPLICANT, check=_walks_in,
    text=Text(id="Kantor melayani kunjungan langsung.", en="The office serves walk-ins."),
    remedy=Text(id="Ajukan secara daring.", en="Apply online."),
)  # fmt: skip
GUEST_BOOK_COMPLETE = Requirement(
    code="guest-book-complete", clause="R3", who=APPLICANT, check=_guest_book,
    text=Text(id="Buku tamu terisi lengkap.", en="The guest book is filled in."),
    remedy=Text(id="Isi nama dan keperluan.", en="Fill in name and purpose."),
)  # fmt: skip
OPEN_TODAY = Requirement(
    code="open-today", clause="S3", who=APPLICANT, check=_open_today,
    text=Text(id="Unit buka hari ini.", en="The unit is open today."),
    remedy=Text(id="Datang pada jam pelayanan.", en="Come in opening hours."),
)  # fmt: skip
SERVICE_KNOWN = Requirement(
    code="service-known", clause="S3", who=APPLICANT, check=_service_known,
    text=Text(id="Layanan dan prioritas dikenal kantor.",
              en="Service and priority are those of the office."),
    remedy=Text(id="Pilih dari daftar kantor.", en="Choose from the office's list."),
)  # fmt: skip
IN_QUEUE_ORDER = Requirement(
    code="in-queue-order", clause="S4", who=OFFICER, check=_in_order,
    text=Text(id="Dilayani sesuai nomor antrean.", en="Served in queue order."),
    remedy=Text(id="Panggil nomor yang mendapat giliran.", en="Call the number whose turn it is."),
)  # fmt: skip
COUNTER_FREE = Requirement(
    code="counter-free", clause="S4", who=OFFICER, check=_counter_free,
    text=Text(id="Loket ada, melayani ini dan kosong.",
              en="The counter exists, gives this service and is free."),
    remedy=Text(id="Panggil dari loket yang kosong.", en="Call from a counter that is free."),
)  # fmt: skip
OTHER_COUNTER = Requirement(
    code="another-counter", clause="S5", who=OFFICER, check=_other_counter,
    text=Text(id="Dialihkan ke loket lain yang ada.", en="Transferred to another counter."),
    remedy=Text(id="Pilih loket lain.", en="Choose another counter."),
)  # fmt: skip
TRANSFER_REASON = Requirement(
    code="transfer-reason", clause="S5", who=OFFICER, check=_reason,
    text=Text(id="Alasan pengalihan disebut.", en="The reason for the transfer is given."),
    remedy=Text(id="Tulis alasannya.", en="Write the reason."),
)  # fmt: skip
REQUEST_SAID = Requirement(
    code="request-said", clause="S5", who=APPLICANT, check=_said,
    text=Text(id="Permintaan disampaikan.", en="The request is said."),
    remedy=Text(id="Sebutkan produk yang diminta.", en="Say which products are asked for."),
)  # fmt: skip
CALLED_ENOUGH = Requirement(
    code="called-enough", clause="X6", who=OFFICER, check=_called_enough,
    text=Text(id="Nomor sudah dipanggil sebanyak yang ditetapkan kantor.",
              en="The number was called as often as the office sets."),
    remedy=Text(id="Panggil ulang.", en="Call again."),
)  # fmt: skip
DAY_IS_OVER = Requirement(
    code="day-is-over", clause="X8", who=SYSTEM, check=_day_over,
    text=Text(id="Hari kunjungan sudah berakhir.", en="The day of the visit is over."),
    remedy=Text(id="Tunggu sampai tengah malam.", en="Wait until midnight."),
)  # fmt: skip
