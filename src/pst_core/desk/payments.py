"""Between the desk and the treasury: bills are ordered, payments come in by notice or by asking.

All of it ends in commands that may be repeated: an NTPN names its command, so a notice that comes
five times, or by both ways, settles once. What fits no bill is kept for the treasurer, never lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

import attrs

from .. import deposit
from ..money import format_rupiah
from ..refusal import Conflict, GatewayRefused, GatewayUnavailable, NotFound, PstError, Refusal
from ..request import (
    BillingIssued,
    ConfirmPayment,
    IssueBilling,
    PaymentConfirmed,
    RequestOpened,
    codes_of,
    owed,
)
from ..request.events import PaymentReversed
from ..request.making import payments_of
from ..text import Text
from ..wire import procedures
from ..workflow import Actor, Role, State
from .desk import Desk
from .notices import Notice, check_signature, read_notice
from .ports import BillOrder, BillStatus, EffectStatus, Gateway

__all__ = ["GATEWAY", "Outcome", "Taken", "order_bill", "poll", "settle", "take_notice"]

GATEWAY = Actor("payment-gateway", Role.SYSTEM, "pst-core")
LATE = dt.timedelta(days=7)
"""How long after its end a bill is still asked for: a bank may tell the treasury late."""
LOOK_BACK = dt.timedelta(days=60)
"""A request that nothing has happened on for so long has no bill that could still be paid."""


class Outcome(StrEnum):
    """What came of a payment that the treasury told of."""

    SETTLED = "settled"
    REPEATED = "repeated"
    """It was known."""
    KEPT = "kept"
    """It fits no open bill: the treasurer is told."""


@attrs.frozen
class Taken:
    """A payment that was taken in: ``stream`` is the request's, or that of the kept payment."""

    outcome: Outcome
    stream: str
    ntpn: str


# -- out: bills -----------------------------------------------------------------------------------


def order_bill(desk: Desk, gateway: Gateway, stream: str, key: str) -> dict[str, str]:
    """Have the bill made that the effect ``key`` stands for, and record it on the request.

    ``key`` is the reference at the treasury: asked again after a crash, it is the same bill.
    Returns facts to keep. Raises what the gateway raises, and ``Refusal`` if the bill that was
    made cannot be recorded (its time ran out while the office was closed).
    """
    state = desk.state(stream)
    if not _waits(desk, stream, state, IssueBilling):
        return {"left_out": "this request needs no billing code from here now"}
    opened = state.last(RequestOpened)
    assert opened is not None  # noqa: S101 - no row orders a bill before S6
    bill = gateway.create(
        BillOrder(key, owed(state.books), opened.applicant.name, f"{desk.office.name.id} {stream}")
    )
    if bill is None:
        return {"left_out": "on this way a person makes the billing code"}
    made = IssueBilling(
        bill.code, desk.office.local(bill.issued_at), desk.office.local(bill.expires_at)
    )
    desk.do(stream, made, by=GATEWAY, command_id=f"{key}/made")
    return {"code": bill.code}


def _waits(desk: Desk, stream: str, state: State, command: type) -> bool:
    """Return whether ``command`` is what comes next: not aside, as replacing a code would be."""
    rows = desk.procedure(stream).open_steps(state, GATEWAY)
    return any(row.step.command is command and row.ready and not row.step.aside for row in rows)


# -- in: payments ---------------------------------------------------------------------------------


def take_notice(
    desk: Desk, body: bytes, header: str | None, secrets: Sequence[bytes]
) -> Taken | None:
    """Take in a signed notice, as the raw bytes and the header that came with them.

    Returns None for a notice of something other than money. Raises ``NoticeRefused`` if it proves
    nothing (nothing was read), and another ``PstError`` if it is to be sent again.
    """
    check_signature(body, header, secrets, desk.clock())
    notice = read_notice(body)
    return None if notice is None else settle(desk, notice)


def poll(desk: Desk, gateway: Gateway) -> tuple[Taken, ...]:
    """Ask the treasury about every bill that may have been paid unheard, and settle those.

    Also those of requests that have ended, and codes that were replaced. Raises what the gateway
    raises; what was settled before stays so, and a bill that it says no to keeps none of the
    others waiting.
    """
    taken = []
    refused: GatewayRefused | None = None
    for stream, code in _unpaid(desk):
        try:
            found = gateway.state(code)
        except GatewayRefused as error:
            refused = refused or error
            continue
        if found.status is BillStatus.PAID and found.payment is not None:
            taken.append(settle(desk, Notice(f"poll-{code}", code, stream, found.payment)))
    if refused is not None:
        raise refused
    return tuple(taken)


def settle(desk: Desk, notice: Notice) -> Taken:
    """Record the payment that ``notice`` tells of, once, or keep it for the treasurer.

    Raises ``GatewayUnavailable`` if the bill is just being recorded: the same is to come again.
    """
    ntpn = notice.payment.ntpn
    stream = _stream_of(desk, notice)
    if stream is None:
        return _keep(desk, notice, _UNKNOWN_BILL)
    paid = notice.payment
    command = ConfirmPayment(
        ntpn, paid.ntb, paid.amount, desk.office.local(paid.paid_at), code=notice.code
    )
    try:
        done = desk.do(stream, command, by=GATEWAY, command_id=_name(desk.state(stream), ntpn))
    except (Refusal, Conflict) as error:
        if isinstance(error, Conflict) and error.code != "command-id-reused":
            raise
        amounts = {event.ntpn: event.amount for event in _recorded(desk.state(stream))}
        if amounts.get(ntpn) == paid.amount:
            # the treasurer was faster
            return Taken(Outcome.REPEATED, stream, ntpn)
        if ntpn in amounts:
            # or typed another amount than the treasury has: a person must look
            return _keep(desk, notice, _otherwise(stream, amounts[ntpn], paid.amount))
        return _keep(desk, notice, error if isinstance(error, Refusal) else _NTPN_ELSEWHERE)
    return Taken(Outcome.REPEATED if done.repeated else Outcome.SETTLED, stream, ntpn)


def _name(state: State, ntpn: str) -> str:
    """Return the command's id: another one after a payment was recorded wrongly and taken back."""
    times = sum(back.document == f"ntpn/{ntpn}" for back in state.every(PaymentReversed))
    return f"ntpn/{ntpn}/{times}" if times else f"ntpn/{ntpn}"


def _otherwise(stream: str, recorded: int, told: int) -> Text:
    both = [Text(format_rupiah(n), format_rupiah(n, "en")) for n in (recorded, told)]
    return Text(
        id="NTPN ini tercatat pada {stream} dengan {recorded}, kas negara menyebut {told}.",
        en="This NTPN is recorded with {stream} as {recorded}, the treasury says {told}.",
    ).fill(stream=stream, recorded=both[0], told=both[1])


_NTPN_ELSEWHERE = Text(
    id="NTPN ini sudah dicatat untuk pembayaran lain.",
    en="This NTPN is recorded for another payment.",
)
_UNKNOWN_BILL = Text(
    id="Kode billing ini tidak tercatat pada permintaan mana pun.",
    en="This billing code is recorded with no request.",
)


def _keep(desk: Desk, notice: Notice, why: Text | PstError) -> Taken:
    """Keep a payment that settles nothing as a case of its own, whose turn is the treasurer's."""
    paid = notice.payment
    said = " / ".join((why.say("id"), why.say("en")))
    command = deposit.KeepPayment(
        paid.ntpn,
        paid.ntb,
        paid.amount,
        desk.office.local(paid.paid_at),
        notice.code,
        notice.reference,
        " ".join(said.split()),
    )
    # told again it is the same case; told otherwise under the same NTPN, another
    name = f"deposit/{paid.ntpn}/{notice.code}/{paid.amount}"
    try:
        done = desk.open(command, by=GATEWAY, command_id=name)
    except Conflict as conflict:
        if conflict.code != "command-id-reused":
            raise
        # why it settles nothing is said in other words by now
        return Taken(Outcome.REPEATED, _kept(desk, command), paid.ntpn)
    return Taken(Outcome.REPEATED if done.repeated else Outcome.KEPT, done.stream, paid.ntpn)


def _kept(desk: Desk, command: deposit.KeepPayment) -> str:
    wanted = (command.ntpn, command.code, command.amount)
    for row in desk.register(procedure="deposit"):
        event = desk.state(row.stream).last(deposit.PaymentKept)
        if event is not None and (event.ntpn, event.code, event.amount) == wanted:
            return row.stream
    return ""


def _recorded(state: State) -> list[PaymentConfirmed]:
    """Return what came under an NTPN and was not taken back since."""
    events = (payment.event for payment in payments_of(state))
    return [event for event in events if isinstance(event, PaymentConfirmed)]


def _stream_of(desk: Desk, notice: Notice) -> str | None:
    """Return the request that ``notice`` pays, or None.

    Our own reference names it; a bill that the treasurer made by hand is looked up by its code.
    """
    stream = notice.reference.rsplit("/", 3)[0]
    if stream.startswith("request-") and desk.store.load(stream):
        try:
            state = desk.state(stream)
        except NotFound:
            return None  # another office's
        if notice.code in codes_of(state):
            return stream
        rows = {row.key: row.status for row in desk.store.effects(stream)}
        if rows.get(notice.reference) in (EffectStatus.QUEUED, EffectStatus.CLAIMED):
            raise _just_being_made(notice)
    return desk.stream_of_code(notice.code)


def _unpaid(desk: Desk) -> list[tuple[str, str]]:
    """Return request and code of every bill that money may have come for unheard, oldest first."""
    now = desk.clock()
    phases = dict.fromkeys(
        phase
        for step in procedures()["request"].steps
        if step.command is ConfirmPayment and Role.SYSTEM in step.roles
        for phase in step.at
    )
    found = []
    for phase in phases:
        for row in desk.register(procedure="request", phase=str(phase)):
            if row.changed < now - LOOK_BACK:
                continue
            state = desk.state(row.stream)
            settled = {event.code for event in _recorded(state)}
            found += [
                (row.stream, issued.code)
                for issued in state.every(BillingIssued)
                if issued.code not in settled and now < issued.expires_at + LATE
            ]
    return found


def _just_being_made(notice: Notice) -> GatewayUnavailable:
    return GatewayUnavailable(
        "bill-being-recorded",
        Text(
            id=f"Kode billing {notice.code} sedang dicatat.",
            en=f"The billing code {notice.code} is just being recorded.",
        ),
        remedy=Text(
            id="Kirim lagi pemberitahuan ini nanti.", en="Send this notice again a little later."
        ),
    )
