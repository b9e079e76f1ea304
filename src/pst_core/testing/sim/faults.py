"""What goes wrong in a simulated world, how often, and the one source of all chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import attrs

__all__ = ["Crash", "Dice", "Fault", "swarm"]

T = TypeVar("T")


class Fault(StrEnum):
    """A kind of fault, a strange habit of people included. A seed has some of them, not all."""

    CRASH = "crash"
    """A process dies between two calls of its store or ports, or just after one has done its work:
    all its objects are thrown away."""
    BUSY = "busy"
    """The store turns a write away."""
    UNKNOWN = "unknown"
    """The store writes, and the answer is lost on the way."""
    RACE = "race"
    """Others act between what a command reads and what it writes."""
    PAUSE = "pause"
    """A worker stands still for longer than its lease."""
    SKEW = "skew"
    """The clocks of the machines differ by up to two minutes."""
    MAIL_BEFORE = "mail-before"
    """The mail server is not there."""
    MAIL_AFTER = "mail-after"
    """The mail server takes a mail and says nothing."""
    MAIL_LATE = "mail-late"
    """A mail lies about for hours, and is overtaken by later ones."""
    DEAD_ADDRESS = "dead-address"
    """An applicant's address takes no mail."""
    POISON = "poison"
    """An address whose server puts every mail off until the faults stop."""
    RENDERER = "renderer"
    """No paper can be made now."""
    BLOBS = "blobs"
    """The file store fails, before or after it has kept a file."""
    TREASURY_BEFORE = "treasury-before"
    """The treasury does not answer."""
    TREASURY_AFTER = "treasury-after"
    """The treasury makes the bill and does not answer."""
    NOTICE_LOST = "notice-lost"
    """A notice of payment never comes."""
    NOTICE_LATE = "notice-late"
    """A notice comes late, after others."""
    NOTICE_TWICE = "notice-twice"
    """A notice comes several times."""
    FORGED = "forged"
    """A notice that the treasury has not signed."""
    AMOUNT = "amount"
    """Another amount is paid than the bill says."""
    STRAY = "stray"
    """The treasury tells of money for a bill that nobody has recorded."""
    NEVER_PAID = "never-paid"
    """An applicant lets a billing code or an offer expire."""
    LAST_MINUTE = "last-minute"
    """An applicant answers an offer about the very minute of its end."""
    TYPO = "typo"
    """The treasurer records another amount than came, and takes it back later."""
    AGAIN = "again"
    """A client sends a command that was answered once more, or another under the same id."""
    STRANGER = "stranger"
    """Somebody acts on a request that is not theirs, or in a role that they have not."""
    HASTE = "haste"
    """Officers and treasurers try what is not their turn."""
    TAMPER = "tamper"
    """An applicant signs another text than the agreement that was sent."""
    CHANGE_OF_MIND = "change-of-mind"
    """An applicant withdraws, asks for corrections or chooses anew; an officer rejects."""


class Crash(BaseException):
    """The process that is at work dies here; no ``except Exception`` of the library may see it."""


@attrs.define
class Dice:
    """The one source of chance: the same seed throws the same."""

    seed: int
    random: random.Random = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - a simulation, not a secret

    def hits(self, chance: float) -> bool:
        """Return True in ``chance`` of all throws."""
        return self.random.random() < chance

    def one(self, of: Sequence[T]) -> T:
        """Return one of several."""
        return of[self.random.randrange(len(of))]

    def between(self, low: float, high: float) -> float:
        """Return a number between two."""
        return low + (high - low) * self.random.random()


@attrs.define
class Swarm:
    """Which faults a world has, how often each hits where it can, and how often it has."""

    rates: Mapping[Fault, float]
    counted: Counter[Fault] = attrs.Factory(Counter)


def swarm(dice: Dice) -> Swarm:
    """Return a random subset of the faults: half of them, each rare, now and then or often.

    Worlds in which all faults are on hide those that need calm elsewhere. The treasury's line is
    asked a few times in a life, and not in every office: what can strike there strikes often.
    """
    return Swarm(
        {
            fault: dice.one(_SELDOM_ASKED if fault in _TREASURY else _OFTEN_ASKED)
            for fault in Fault
            if dice.hits(0.5)
        }
    )


_OFTEN_ASKED = (0.03, 0.1, 0.25)
_SELDOM_ASKED = (0.15, 0.3, 0.5)
_TREASURY = {
    Fault.TREASURY_BEFORE,
    Fault.TREASURY_AFTER,
    Fault.NOTICE_LOST,
    Fault.NOTICE_TWICE,
    Fault.NOTICE_LATE,
}
