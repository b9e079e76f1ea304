"""What must hold of a world when it has come to rest, judged by its whole history.

Each invariant is computed from the events and from the truth of the outside (what mail was taken,
what money came), by arithmetic of its own where the library has one, so that a fault of the library
does not hide itself.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

import attrs

from ... import deposit
from ... import request as rq
from ...desk import Entry
from ...desk.ports import EffectStatus, Store, StoredEvent, Summary
from ...desk.worker import TRIES
from ...ledger import TREASURY
from ...office import Office
from ...request import events as e
from ...request.state import Channel
from ...tariff import Publication
from ...visit import events as ve
from ...workflow import Procedure, Role
from ..history import Followed, violations
from .people import procedure_at
from .world import World

__all__ = ["judge"]

DAYS_OFF = frozenset(
    dt.date(2026, month, day)
    for month, days in {
        1: (1, 16), 2: (16, 17), 3: (18, 19, 20, 23, 24), 4: (3,), 5: (1, 14, 15, 27, 28),
        6: (1, 16), 8: (17, 25), 12: (24, 25),
    }.items()
    for day in days
)  # fmt: skip
"""Days off of 2026 from Monday to Friday: SKB 3 Menteri 1497/2025, 2/2025, 5/2025. Written down
here once more on purpose: worlds live in 2026, and the calendar of the library is held against it.
"""


def judge(world: World, store: Store) -> Iterator[str]:
    """Yield what is wrong, in words; nothing if all is well."""
    yield from world.wrong
    final = store.read(limit=10**9)
    followed = (Followed(tuple(world.followed)),)
    for found in violations(world.attempts, final, followed=followed):
        yield f"history: {found.fault} {found.what}"
    histories = _histories(world, store, final)
    for stream, history in histories.items():
        procedure = procedure_at(world.office, stream)
        for words in _of_one(world, procedure, history):
            yield f"{stream}: {words}"
    yield from _numbers(histories)
    yield from _money(world, histories)
    yield from _outbox(world, store, histories)
    yield from _register(world, store, histories)
    yield from _at_rest(world, histories)


def _histories(
    world: World, store: Store, final: tuple[StoredEvent, ...]
) -> dict[str, tuple[Entry, ...]]:
    from ...desk import Desk

    desk = Desk(world.office, store, clock=lambda: world.now)
    return {stream: desk.history(stream) for stream in dict.fromkeys(r.stream for r in final)}


# -- one case -------------------------------------------------------------------------------------


def _of_one(world: World, procedure: Procedure, history: tuple[Entry, ...]) -> Iterator[str]:
    yield from _rights(history)
    times = [entry.noted.at for entry in history]
    if times != sorted(times):
        yield "its events go back in time"
    if procedure.name == "request":
        yield from _order_of_law(history)
        yield from _deadlines(world, history)


def _rights(history: tuple[Entry, ...]) -> Iterator[str]:
    """Everybody acted in a role of the row, and applicants on their own case only."""
    first = history[0].noted.event
    owner = getattr(getattr(first, "applicant", None), "id", None) or getattr(
        first, "visitor", None
    )
    for entry in history:
        by = entry.noted.by
        if by.role not in entry.step.roles:
            yield f"{entry.step.clause} was done by {by.role}"
        if by.role is Role.APPLICANT and owner is not None and by.id != owner:
            yield f"{entry.step.clause} was done by {by.id}, not by {owner}"


@attrs.define
class _Told:
    """A request as its events tell it, in plain words and sums."""

    total: int | None = None
    came: int = 0
    agreed: bool = False
    verified: bool = False
    kinds: frozenset[str] = frozenset()
    receipts: int = 0
    over: bool = False
    refunded: int = 0
    documents: Counter[str] = attrs.Factory(Counter)
    noticed: dt.datetime | None = None

    def hear(self, event: object) -> None:
        """Take in an event."""
        if isinstance(event, e.ProductsChosen):
            self.kinds = frozenset(
                "open" if isinstance(p, Publication) else "bound" for p in event.products
            )
        elif isinstance(event, e.AbstractionFiled):
            self.verified = False
        elif isinstance(event, e.AbstractionVerified):
            self.verified = True
        elif isinstance(event, e.OfferSent):
            self.total, self.agreed = event.total, False
        elif isinstance(event, (e.AgreementSigned, e.OriginalsReceived)):
            self.agreed = True
        elif isinstance(event, e.AgreementRefused):
            self.agreed = False
        elif isinstance(event, e.PaymentConfirmed):
            self.came += event.amount
            self.documents[f"ntpn/{event.ntpn}"] += 1
        elif isinstance(event, e.TransferVerified):
            self.came += event.amount
            self.documents[f"transfer/{event.reference}"] += 1
        elif isinstance(event, e.CashReceived):
            self.came += event.amount
        elif isinstance(event, e.PaymentReversed):
            self.came -= event.amount
            self.documents[event.document] -= 1
        elif isinstance(event, e.ReceiptIssued):
            self.receipts += 1
        elif isinstance(event, (e.OfferExpired, e.RequestCancelled, e.RequestRejected)):
            self.over = True
        elif isinstance(event, e.RefundApplied):
            self.refunded += event.amount

    @property
    def owed(self) -> int:
        """What is still to be paid."""
        return 0 if self.over else max(0, (self.total or 0) - self.came)

    @property
    def used(self) -> int:
        """How much of what came has paid for the service."""
        return 0 if self.over else min(self.came, self.total or 0)


def _order_of_law(history: tuple[Entry, ...]) -> Iterator[str]:
    """No product before payment, receipt, abstraction and agreement; sums after every event."""
    told = _Told()
    for entry in history:
        event, books = entry.noted.event, entry.state.books
        if isinstance(event, e.ProductsDelivered):
            if told.total is None or told.owed:
                yield f"delivered with {told.owed} still owed"
            if told.receipts != 1:
                yield f"delivered with {told.receipts} receipts"
            if "bound" in told.kinds and not told.agreed:
                yield "delivered without a signed agreement"
            if "bound" in told.kinds and not told.verified:
                yield "delivered without a verified abstraction"
        if isinstance(event, e.ReceiptIssued):
            if told.receipts:
                yield "a second receipt"
            if told.owed or event.amount != (told.total or 0):
                yield f"a receipt of {event.amount} with {told.owed} still owed"
        if isinstance(event, e.OfferSent) and event.total != sum(x.amount for x in event.lines):
            yield f"an invoice of {event.total} whose lines add up to another sum"
        told.hear(event)
        due_back = told.came - told.used - told.refunded
        wanted = {
            "owed": (rq.owed(books), told.owed),
            "treasury": (books.of(TREASURY), told.came),
            "refund due": (rq.refund_due(books), due_back),
        }
        for what, (has, should) in wanted.items():
            if has != should:
                yield f"{entry.step.clause}: {what} is {has} in the books, by the events {should}"
        if sum(books.amounts.values()):
            yield f"{entry.step.clause}: debits and credits differ"


def _workday(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in DAYS_OFF


def _after(day: dt.date, count: int) -> dt.date:
    """Return the working day so many after ``day``."""
    while count:
        day += dt.timedelta(days=1)
        count -= _workday(day)
    return day


def _deadlines(world: World, history: tuple[Entry, ...]) -> Iterator[str]:
    """Days are counted one by one: L2, the end of an offer, when timers fired."""
    office = world.office
    zone = office.calendar.zone
    sent_until: dt.datetime | None = None
    noticed: dt.datetime | None = None
    expires: dt.datetime | None = None
    for entry in history:
        event, at = entry.noted.event, entry.noted.at
        if isinstance(event, e.OfferSent):
            day = _after(at.astimezone(zone).date(), office.offer_valid_days)
            sent_until = dt.datetime.combine(day, office.hours.closing(day), zone)
            noticed = None
            if event.valid_until != sent_until:
                yield f"the offer of {at} holds until {event.valid_until}, not {sent_until}"
        elif isinstance(event, e.OfferAccepted) and (sent_until is None or at > sent_until):
            yield "an offer was accepted after its end"
        elif isinstance(event, e.ExpiryNoticed):
            noticed = at
        elif isinstance(event, e.BillingIssued):
            expires = event.expires_at
        elif isinstance(event, e.BillingExpired) and (expires is None or at < expires):
            yield f"a billing code that holds until {expires} had expired at {at}"
        elif isinstance(event, e.OfferExpired):
            if sent_until is None or at < sent_until or noticed is None:
                yield "an offer expired before its end or without a notice"
            elif at.astimezone(zone).date() < _after(
                noticed.astimezone(zone).date(), office.offer_notice_days
            ):
                yield f"an offer expired at {at}, too soon after the notice of {noticed}"
        elif isinstance(event, e.RequestClosed):
            kinds = (e.ProductsDelivered, e.DeliveryMended, e.DeliveryApproved)
            given = max(x.noted.at for x in history if isinstance(x.noted.event, kinds))
            day = _after(given.astimezone(zone).date(), office.close_after_days or 0)
            if at.astimezone(zone).date() < day:
                yield f"closed at {at} without a rating, before {day}"
    yield from _legal_clock(office, history)


def _legal_clock(office: Office, history: tuple[Entry, ...]) -> Iterator[str]:
    """L2 of the last state that the clock ran in, beside a walk over its days."""
    for entry in reversed(history):
        clock = rq.deadline(entry.state, office)
        if clock is None or clock.ended is not None or not entry.state.turns[-1][1]:
            continue
        if clock.paused:
            continue
        zone = office.calendar.zone
        filed = entry.state.when(e.RequestFiled)
        if filed is None:
            return
        turns = [(at.astimezone(zone), roles) for at, roles in entry.state.turns]
        filed = filed.astimezone(zone)
        left, day = office.clock.working_days, filed.date()
        while left > 0 and day < filed.date() + dt.timedelta(days=400):
            day += dt.timedelta(days=1)
            begins = dt.datetime.combine(day, dt.time(0), zone)
            held = [roles for at, roles in turns if at < begins]
            ours = any(role is not Role.APPLICANT for role in held[-1])
            left -= _workday(day) and ours
        last = turns[-1][0].date()
        # used up on the very day it was handed over: due on the day that it came back
        if day >= last and clock.due_date not in (day, last, _after(last, 1)):
            yield f"due on {clock.due_date} by the clock, by counting days on {day}"
        if day > last and clock.due_date != day:
            yield f"due on {clock.due_date} by the clock, by counting days on {day}"
        return


# -- all cases ------------------------------------------------------------------------------------


def _numbers(histories: dict[str, tuple[Entry, ...]]) -> Iterator[str]:
    """Every series runs 1, 2, 3, ... without a gap or a double."""
    series: dict[str, list[int]] = defaultdict(list)
    for stream, history in histories.items():
        kind, number = stream.rsplit("-", 1)
        series[kind].append(int(number))
        day = history[0].noted.at
        for entry in history:
            event = entry.noted.event
            if isinstance(event, e.OfferSent):
                series["invoice"].append(event.number)
            elif isinstance(event, e.ReceiptIssued):
                series["receipt"].append(event.number)
            elif isinstance(event, e.CashReceived):
                series["cash"].append(event.number)
            elif isinstance(event, ve.NumberTaken):
                series[f"queue {stream.rsplit('-', 1)[0]} {event.service}"].append(event.number)
        del day
    for name, found in series.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"numbers of {name}: {sorted(found)}"


def _money(world: World, histories: dict[str, tuple[Entry, ...]]) -> Iterator[str]:
    """Every rupiah that came is recorded once: with its request, or kept for the treasurer."""
    recorded: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    known = {
        entry.noted.event.code
        for history in histories.values()
        for entry in history
        if isinstance(entry.noted.event, e.BillingIssued)
    }
    for stream, history in histories.items():
        told = _Told()
        for entry in history:
            told.hear(entry.noted.event)
            event = entry.noted.event
            if isinstance(event, deposit.PaymentKept):
                kept[f"ntpn/{event.ntpn}"] += 1
                if event.code in known and event.ntpn not in world.treasury.mistyped:
                    yield f"{stream}: money for a code of a request was kept: {event.reason}"
            elif isinstance(event, e.PaymentConfirmed):
                amount, code, _ = world.treasury.received.get(f"ntpn/{event.ntpn}", (0, "", None))
                if event.amount not in (amount, world.treasury.mistyped.get(event.ntpn)):
                    yield f"{stream}: {event.ntpn} is recorded as {event.amount}, {amount} came"
                codes = {x.noted.event.code for x in history
                         if isinstance(x.noted.event, e.BillingIssued)}  # fmt: skip
                if code not in codes:
                    yield f"{stream}: {event.ntpn} was paid for another request"
        recorded.update({d: n for d, n in told.documents.items() if n})
    for document, (amount, code, _) in world.treasury.received.items():
        times = recorded[document], kept[document]
        if times not in ((1, 0), (0, 1)):
            yield (
                f"{amount} under {document} for {code}: recorded {times[0]} times, "
                f"kept {times[1]} times"
            )
    for document in recorded.keys() - world.treasury.received.keys():
        yield f"{document} is recorded, and never came"


def _outbox(world: World, store: Store, histories: dict[str, tuple[Entry, ...]]) -> Iterator[str]:
    """Each mail that the rows promise was taken, and no other; what is done was done."""
    office, box = world.office, world.mailbox
    wanted: dict[str, tuple[str, set[str]]] = {}
    papers: set[str] = set()
    for stream, history in histories.items():
        opened = history[-1].state.last(rq.RequestOpened)
        addresses = {opened.applicant.email} if opened else set()
        for entry in history:
            if isinstance(entry.noted.event, e.AddressCorrected):
                addresses.add(entry.noted.event.email)
        for entry in history:
            cause = f"{stream}/{entry.version}"
            papers |= {f"{cause}/paper/{p}" for p in entry.step.makes}
            for role in entry.step.tells:
                to = addresses if role is Role.APPLICANT else {office.email}
                wanted[f"{cause}/mail/{role}"] = (stream, to)
    for key, mails in box.taken.items():
        if key not in wanted:
            yield f"a mail that no row promises: {key}"
            continue
        if any(mail.to not in wanted[key][1] for mail in mails):
            yield f"{key} went to {sorted({mail.to for mail in mails})}"
        if len({(m.subject, m.body, m.thread, m.attachments) for m in mails}) > 1:
            yield f"{key} was sent twice with another content"
    rows = {row.key: row for row in store.effects(limit=10**9)}
    for bill in world.treasury.bills.values():
        if bill.order is not None and bill.order.reference not in rows:
            yield f"a bill was ordered that no effect asks for: {bill.order.reference}"
    for key in wanted.keys() - box.taken.keys():
        yield f"a mail is missing: {key} ({rows[key].status if key in rows else 'never queued'})"
    for key in papers:
        row = rows.get(key)
        if row is None or row.status is not EffectStatus.DONE:
            yield f"a paper is missing: {key}"
        elif (
            '"sha256"' in row.result and row.result.split('"sha256": "')[1][:64] not in world.files
        ):
            yield f"a paper is said to be kept and is not: {key}"
    for key, row in rows.items():
        if row.kind != "bill" and row.status is not EffectStatus.DONE:
            yield f"left in the outbox: {key} {row.status} {row.result[:80]}"
        if row.kind != "bill" and key not in wanted and key not in papers:
            yield f"an effect that no row promises: {key}"
        if box.claimed[key] > TRIES + 1:  # the last claim sets it aside
            yield f"{key} was claimed {box.claimed[key]} times"


def _register(world: World, store: Store, histories: dict[str, tuple[Entry, ...]]) -> Iterator[str]:
    """Every case stands in the register as its events leave it, and no timer was slept through."""
    rows: dict[str, Summary] = {}
    while page := store.register(world.office.code, after=max(rows, default=""), limit=500):
        rows.update({row.stream: row for row in page})
    for stream, history in histories.items():
        row, state = rows.pop(stream, None), history[-1].state
        if row is None:
            yield f"{stream} is not in the register"
            continue
        whose = state.turns[-1][1]
        if (row.phase, row.whose) != (state.phase, str(whose[0]) if whose else ""):
            yield f"{stream} stands in the register at {row.phase} for {row.whose or 'nobody'}"
        if row.wake is not None and row.wake < world.now - dt.timedelta(days=1):
            yield f"a timer of {stream} was due at {row.wake}, it is {world.now}"
    yield from (f"{stream} is in the register and nowhere else" for stream in rows)


def _at_rest(world: World, histories: dict[str, tuple[Entry, ...]]) -> Iterator[str]:
    """Everything has come to its end: what was paid for was delivered."""
    for stream, history in histories.items():
        procedure, state = procedure_at(world.office, stream), history[-1].state
        told = _Told()
        for entry in history:
            told.hear(entry.noted.event)
        paid = told.total is not None and not told.owed and not told.over and told.total
        if paid and state.last(e.ProductsDelivered) is None:
            yield f"{stream} was paid for and is not delivered: {state.phase}"
        elif not procedure.ended(state):
            yield f"{stream} has not come to its end: {state.phase} since {history[-1].noted.at}"
        elif told.came - told.used > told.refunded:
            yield f"{stream}: a refund is due that nobody has applied for"
    opened = [history[0].noted.event for history in histories.values()]
    walked = [x for x in opened if isinstance(x, e.RequestOpened) and x.channel is Channel.WALK_IN]
    if any(not x.visit for x in walked):
        yield "a walk-in without a visit"
