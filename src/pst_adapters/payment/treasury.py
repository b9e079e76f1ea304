"""What the simulated treasury knows: bills, payments, notices to send, in a file that outlives it.

Codes and numbers have the shape that SIMPONI prints; all dice are thrown from the seed and the
bill, never from the time, so the same seed and calls give the same faults. No network here.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import string
import threading
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import attrs

from pst_core.desk.notices import Notice, write_notice
from pst_core.desk.ports import BillStatus, Payment

__all__ = ["Fault", "NoSuchBill", "Record", "ReferenceTaken", "Treasury", "TreasurySays"]

_LETTERS = string.ascii_uppercase + string.digits
_STEP = 7919  # shares no factor with a million: each number of a day comes once
_SHORT_LIFE = dt.timedelta(minutes=30)


class Fault(StrEnum):
    """What can go wrong between a treasury and an office."""

    SLOW = "slow"
    """An answer takes its time."""
    DUPLICATE = "duplicate"
    """A notice comes two to five times."""
    OUT_OF_ORDER = "out-of-order"
    """A notice comes after later ones."""
    LOST = "lost"
    """A notice never comes: only asking tells."""
    WRONG_AMOUNT = "wrong-amount"
    """Another amount is paid than the bill says."""
    EXPIRED = "expired"
    """The bill lives for half an hour only."""
    RESTART = "restart"
    """It carries out what was asked, then falls over before it answers, and comes back."""


class TreasurySays(Exception):
    """The treasury says no; ``status`` is the HTTP answer."""

    status = 400


class NoSuchBill(TreasurySays):
    """There is no such bill."""

    status = 404


class ReferenceTaken(TreasurySays):
    """Another order had this reference, or the bill was paid, or has expired."""

    status = 409


@attrs.frozen
class Record:
    """A bill and its payment."""

    reference: str
    code: str
    amount: int
    payer: str
    text: str
    issued_at: dt.datetime
    expires_at: dt.datetime
    payment: Payment | None = None

    def status(self, now: dt.datetime) -> BillStatus:
        """Return how the bill stands at ``now``."""
        if self.payment is not None:
            return BillStatus.PAID
        return BillStatus.EXPIRED if now >= self.expires_at else BillStatus.OPEN

    def fields(self, now: dt.datetime) -> dict[str, Any]:
        """Return the bill as JSON says it."""
        paid = self.payment
        return {
            "reference": self.reference,
            "code": self.code,
            "amount": self.amount,
            "payer": self.payer,
            "text": self.text,
            "issued_at": self.issued_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "status": self.status(now).value,
            "payment": None if paid is None else {
                "ntpn": paid.ntpn,
                "ntb": paid.ntb,
                "amount": paid.amount,
                "paid_at": paid.paid_at.isoformat(),
            },
        }  # fmt: skip


class Treasury:
    """The bills of one simulated treasury.

    ``file``: where each change is appended as a line of JSON; a new treasury on the same file
    goes on where the old one stopped. ``rate``: how often each of ``faults`` hits, 0 to 1.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        clock: Callable[[], dt.datetime],
        seed: int = 0,
        faults: Iterable[Fault] = (),
        rate: float = 0.3,
        life: dt.timedelta = dt.timedelta(days=7),
    ) -> None:
        self.clock = clock
        self.seed = seed
        self.faults = frozenset(faults)
        self.rate = rate
        self.life = life
        self.lock = threading.RLock()
        self.bills: dict[str, Record] = {}
        self._codes: dict[str, str] = {}
        self._sent: set[str] = set()
        self._file = None
        if file is not None:
            if file.exists():
                for line in file.read_text("utf-8").splitlines():
                    self._take_in(json.loads(line))
            self._file = file.open("a", encoding="utf-8")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def dice(self, *what: object) -> random.Random:
        """Return dice that fall the same way for the same seed and ``what``."""
        name = "/".join(map(str, (self.seed, *what)))
        return random.Random(name)  # noqa: S311 - a simulation, not a secret

    def hits(self, fault: Fault, what: object) -> bool:
        """Return whether ``fault`` hits ``what``."""
        return fault in self.faults and self.dice(fault, what).random() < self.rate

    def create(self, reference: str, amount: int, payer: str, text: str) -> Record:
        """Make a bill, or return the one of this reference; another order under it is refused."""
        with self.lock:
            known = self._codes.get(reference)
            if known is not None:
                bill = self.bills[known]
                if (bill.amount, bill.payer, bill.text) != (amount, payer, text):
                    raise ReferenceTaken("another bill was ordered under this reference")
                return bill
            if amount < 1 or not reference:
                raise TreasurySays("a bill needs a reference and an amount of at least 1")
            now = self.clock().replace(microsecond=0)
            number = (self.dice("code").randrange(10**6) + len(self.bills) * _STEP) % 10**6
            code = f"8{now:%Y%m%d}{number:06d}"
            life = _SHORT_LIFE if self.hits(Fault.EXPIRED, reference) else self.life
            self._write({
                "reference": reference, "code": code, "amount": amount, "payer": payer,
                "text": text, "issued_at": now.isoformat(),
                "expires_at": (now + life).isoformat(),
            })  # fmt: skip
            return self.bills[code]

    def find(self, code: str) -> Record:
        """Return the bill ``code``."""
        with self.lock:
            if code not in self.bills:
                raise NoSuchBill(f"there is no bill {code}")
            return self.bills[code]

    def pay(self, code: str, amount: int | None = None) -> Record:
        """Pay a bill in full, or ``amount``; it can be paid once, and before it expires."""
        with self.lock:
            bill, now = self.find(code), self.clock().replace(microsecond=0)
            if bill.status(now) is not BillStatus.OPEN:
                raise ReferenceTaken(f"the bill {code} is {bill.status(now)}")
            dice = self.dice("payment", code)
            if amount is None:
                amount = bill.amount
                if self.hits(Fault.WRONG_AMOUNT, bill.reference):
                    amount = max(1, amount + dice.choice((-1, 1)) * dice.randrange(1, 50) * 500)
            self._write({
                "paid": code, "amount": amount, "at": now.isoformat(),
                "ntpn": "".join(dice.choices(_LETTERS, k=16)),
                "ntb": f"{dice.randrange(10**12):012d}",
            })  # fmt: skip
            return self.bills[code]

    def unsent(self) -> list[tuple[str, bytes]]:
        """Return id and body of the notices that nobody has acknowledged yet, oldest first."""
        with self.lock:
            return [
                (f"notice-{bill.code}", self._notice(bill, bill.payment))
                for bill in self.bills.values()
                if bill.payment is not None
                and f"notice-{bill.code}" not in self._sent
                and not self.hits(Fault.LOST, bill.reference)
            ]

    def sent(self, notice: str) -> None:
        """Keep that ``notice`` was acknowledged."""
        with self.lock:
            self._write({"sent": notice})

    def _notice(self, bill: Record, payment: Payment) -> bytes:
        return write_notice(Notice(f"notice-{bill.code}", bill.code, bill.reference, payment))

    def _write(self, change: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(change, ensure_ascii=False) + "\n")
            self._file.flush()
        self._take_in(change)

    def _take_in(self, change: dict[str, Any]) -> None:
        if "sent" in change:
            self._sent.add(change["sent"])
        elif "paid" in change:
            paid = Payment(change["ntpn"], change["ntb"], change["amount"], _time(change["at"]))
            code = change["paid"]
            self.bills[code] = attrs.evolve(self.bills[code], payment=paid)
        else:
            bill = Record(
                change["reference"],
                change["code"],
                change["amount"],
                change["payer"],
                change["text"],
                _time(change["issued_at"]),
                _time(change["expires_at"]),
            )
            self.bills[bill.code] = bill
            self._codes[bill.reference] = bill.code


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
