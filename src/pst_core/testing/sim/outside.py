"""The outside of a simulated world: mail, papers, files, the treasury. They outlive every machine.

Each may fail before it has done its work or after; what it has done stays done. They keep the truth
that the judge holds against the store.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import attrs

from ...desk.notices import Notice, sign, write_notice
from ...desk.payments import take_notice
from ...desk.ports import Bill, BillOrder, BillState, BillStatus, Mail, Payment
from ...documents.papers import paper_digest
from ...refusal import (
    DeadAddress,
    GatewayRefused,
    GatewayUnavailable,
    MailNotSent,
    NotFound,
    StorageError,
)
from ...text import Text
from .faults import Fault

if TYPE_CHECKING:
    from .world import Instance, World

__all__ = ["Mailbox", "SimBlobs", "SimMailer", "SimRenderer", "SimTreasury", "TreasuryLine"]

SECRET = b"a secret of the simulated treasury"
_DOWN = Text(id="Tidak menjawab (simulasi).", en="No answer (simulated).")
_LATER = Text(id="Coba lagi nanti.", en="Try again later.")


# -- mail -----------------------------------------------------------------------------------------


@attrs.define
class Mailbox:
    """All mail that was taken, and who wakes up when one comes."""

    taken: dict[str, list[Mail]] = attrs.Factory(lambda: defaultdict(list))
    """By the mail's id, each time that it was taken."""
    claimed: Counter[str] = attrs.Factory(Counter)
    """By the effect's key: how often it was claimed since it was queued, or queued anew."""
    dead: set[str] = attrs.Factory(set)
    """Addresses that take no mail."""
    poison: set[str] = attrs.Factory(set)
    """Addresses whose server puts every mail off."""
    readers: dict[str, Callable[[], None]] = attrs.Factory(dict)
    """By address: what its owner does when a mail has come."""


class SimMailer:
    """A ``Mailer`` whose server lies."""

    def __init__(self, world: World, check: Callable[[], None]) -> None:
        self.world = world
        self._check = check

    def send(self, mail: Mail) -> Mapping[str, str]:
        """Take a mail, or not, or take it and say that it was not taken."""
        world, box = self.world, self.world.mailbox
        world.stand_still()
        self._check()
        if world.strikes(Fault.MAIL_BEFORE):
            raise MailNotSent("mail-not-sent", _DOWN, remedy=_LATER)
        if mail.to in box.poison and world.now < world.calm_at:
            world.swarm.counted[Fault.POISON] += 1
            raise MailNotSent("mail-not-sent", _DOWN, remedy=_LATER)
        if mail.to in box.dead:
            raise DeadAddress("no-such-box", _DOWN, remedy=_LATER)
        world.says("mail", mail.id, "to", mail.to)
        box.taken[mail.id].append(mail)
        reader = box.readers.get(mail.to)
        if reader is not None:
            late = 30 if world.strikes(Fault.MAIL_LATE) else 3
            world.later(0.1, late, reader)
        world.may_die()
        if world.strikes(Fault.MAIL_AFTER):
            raise MailNotSent("mail-not-sent", _DOWN, remedy=_LATER)
        return {"message_id": f"<{mail.id}>"}


# -- papers and files -----------------------------------------------------------------------------


class SimRenderer:
    """A ``Renderer`` whose papers are their digest: the same paper gives the same bytes."""

    def __init__(self, world: World) -> None:
        self.world = world

    def render(self, paper: object) -> bytes:
        """Return the bytes."""
        if self.world.strikes(Fault.RENDERER):
            raise StorageError("renderer", _DOWN, remedy=_LATER)
        return b"%PDF-simulated " + paper_digest(cast("Any", paper)).encode()


class SimBlobs:
    """``Blobs`` in the world's files."""

    def __init__(self, world: World) -> None:
        self.world = world

    def put(self, data: bytes) -> str:
        """Keep ``data``; it may fail before or after."""
        if self.world.strikes(Fault.BLOBS):
            raise StorageError("blobs", _DOWN, remedy=_LATER)
        key = hashlib.sha256(data).hexdigest()
        self.world.files[key] = data
        self.world.may_die()
        if self.world.strikes(Fault.BLOBS):
            raise StorageError("blobs", _DOWN, remedy=_LATER)
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes."""
        if key in self.world.files:
            return self.world.files[key]
        raise NotFound("no-blob", _DOWN, remedy=_LATER)

    def exists(self, key: str) -> bool:
        """Return whether it is there."""
        return key in self.world.files

    def delete(self, key: str) -> None:
        """Remove it."""
        self.world.files.pop(key, None)

    def keys(self) -> Sequence[str]:
        """Return all keys, sorted."""
        return sorted(self.world.files)


# -- the treasury ---------------------------------------------------------------------------------


@attrs.define
class _Bill:
    bill: Bill
    order: BillOrder | None
    payment: Payment | None = None
    heard: bool = False
    """A notice of its payment was acknowledged."""


class SimTreasury:
    """The state treasury: bills, payments, transfers from abroad, and notices until one is heard.

    ``received`` is the truth about money: every rupiah that has come, by the number that it came
    under.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.bills: dict[str, _Bill] = {}
        self._references: dict[str, str] = {}
        self.received: dict[str, tuple[int, str, dt.datetime]] = {}
        """By ``ntpn/...`` or ``transfer/...``: amount, code or stream, when."""
        self.transfers: dict[str, list[tuple[str, int]]] = defaultdict(list)
        """By stream: reference and amount of what came from abroad."""

        self.mistyped: dict[str, int] = {}
        """By NTPN: the amount that a treasurer once typed in its place."""

    def make(self, reference: str, amount: int, order: BillOrder | None = None) -> Bill:
        """Return a new bill."""
        now = self.world.office.local(self.world.now).astimezone(self.world.office.treasury.zone)
        now = now.replace(microsecond=0)
        life = self.world.office.treasury.billing_valid
        code = f"8{now:%Y%m%d}{len(self.bills) + 1:06d}"
        bill = Bill(reference, code, amount, now, now + life)
        self.bills[code] = _Bill(bill, order)
        self._references[reference] = code
        return bill

    def order(self, order: BillOrder) -> Bill:
        """Return the bill of an order: one for each reference."""
        known = self._references.get(order.reference)
        if known is None:
            return self.make(order.reference, order.amount, order)
        if self.bills[known].order != order:
            raise GatewayRefused("reference-taken", _DOWN, remedy=_LATER)
        return self.bills[known].bill

    def state(self, code: str) -> BillState:
        """Return how a bill stands."""
        known = self.bills.get(code)
        if known is None:
            return BillState(BillStatus.UNKNOWN)
        if known.payment is not None:
            return BillState(BillStatus.PAID, known.payment)
        over = self.world.now >= known.bill.expires_at
        return BillState(BillStatus.EXPIRED if over else BillStatus.OPEN)

    def pay(self, code: str, amount: int, *, told: bool = False) -> bool:
        """Pay a bill; False if it cannot be paid any more. ``told``: its notice is not lost."""
        if self.state(code).status is not BillStatus.OPEN:
            return False
        number = len(self.received) + 1
        at = self.world.now.replace(microsecond=0)
        paid = Payment(f"NTPN{self.world.dice.seed % 10**6:06d}{number:06d}", f"{number:012d}",
                       amount, at)  # fmt: skip
        self.bills[code].payment = paid
        self.received[f"ntpn/{paid.ntpn}"] = (amount, code, at)
        self.world.says("treasury has", amount, "for", code)
        if self.world.by_gateway and (told or not self.world.strikes(Fault.NOTICE_LOST)):
            times = 3 if self.world.strikes(Fault.NOTICE_TWICE) else 1
            for _ in range(times):
                late = 60 if self.world.strikes(Fault.NOTICE_LATE) else 1
                self.world.later(0, late, lambda: self._tell(code))
        return True

    def transfer(self, stream: str, amount: int) -> str:
        """Take money from abroad for a request and return its reference."""
        reference = f"TT{len(self.received) + 1:06d}"
        self.transfers[stream].append((reference, amount))
        self.received[f"transfer/{reference}"] = (amount, stream, self.world.now)
        return reference

    def forge(self, code: str) -> None:
        """Send a notice of a payment that has not come, signed with another secret."""
        paid = Payment("FORGED0000000001", "1", self.bills[code].bill.amount, self.world.now)
        body = write_notice(Notice("forged", code, self.bills[code].bill.reference, paid))

        def take(instance: Instance) -> object:
            header = sign(body, [b"a secret that is somebody else's"], instance.clock())
            return take_notice(instance.desk, body, header, [SECRET])

        self.world.on(self.world.machine(), take)

    def _tell(self, code: str) -> None:
        """Send the notice of a payment until it is acknowledged."""
        known = self.bills[code]
        paid = known.payment
        if paid is None:
            return
        body = write_notice(Notice(f"notice-{code}", code, known.bill.reference, paid))

        def take(instance: Instance) -> object:
            header = sign(body, [SECRET], instance.clock())
            return take_notice(instance.desk, body, header, [SECRET])

        came = self.world.on(self.world.machine(), take)
        self.world.says("notice of", code, came)
        if isinstance(came, BaseException):
            self.world.later(0.1, 6, lambda: self._tell(code))
        else:
            known.heard = True


class TreasuryLine:
    """A ``Gateway``: the line to the treasury, which may be cut on the way there or back."""

    def __init__(self, world: World) -> None:
        self.world = world

    def create(self, order: BillOrder) -> Bill | None:
        """Have a bill made."""
        self._maybe_down(Fault.TREASURY_BEFORE)
        bill = self.world.treasury.order(order)
        self.world.may_die()
        self._maybe_down(Fault.TREASURY_AFTER)
        return bill

    def state(self, code: str) -> BillState:
        """Return what the treasury says."""
        self._maybe_down(Fault.TREASURY_BEFORE)
        return self.world.treasury.state(code)

    def _maybe_down(self, fault: Fault) -> None:
        if self.world.strikes(fault):
            raise GatewayUnavailable("down", _DOWN, remedy=_LATER)
