"""Money that fits no bill, row by row: kept when the treasury tells of it, placed by the treasurer.

The published standard does not speak of it; the rows stand under S16, where such money comes from.
"""

from __future__ import annotations

from typing import Any

from ..text import Text
from ..workflow import Context, Lack, Phase, Procedure, Requirement, Role, State, Step
from . import commands as c
from . import events as e

__all__ = ["PROCEDURE"]

NEW = Phase("NEW", "belum ada", "not known")
UNPLACED = Phase("UNPLACED", "belum jelas untuk tagihan mana", "not yet placed")
PLACED = Phase("PLACED", "dicatat pada permintaan", "recorded with a request")
RETURNED = Phase("RETURNED", "dikembalikan", "returned")


def _said(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    words = command.request if isinstance(command, c.ExplainPayment) else command.reason
    return () if words.strip() else (Lack(SAID_WHY.text, SAID_WHY.remedy),)


SAID_WHY = Requirement(
    code="said-why", clause="S16", who=Role.TREASURER, check=_said,
    text=Text(id="Nomor permintaan atau alasan tertulis.", en="The request's number or a reason."),
    remedy=Text(id="Tulis permintaan mana, atau dikembalikan kepada siapa.",
                en="Write which request, or to whom it is returned."),
)  # fmt: skip

PROCEDURE = Procedure(
    name="deposit",
    title=Text(id="Setoran tanpa tagihan", en="Money without a bill"),
    start=NEW,
    ends=(PLACED, RETURNED),
    steps=(
        Step(
            clause="S16", role=Role.SYSTEM, command=c.KeepPayment, event=e.PaymentKept,
            title=Text(id="Menyimpan kabar setoran yang tidak cocok dengan tagihan",
                       en="Keep word of a payment that fits no bill"),
            at=(NEW,), to=UNPLACED, tells=(Role.TREASURER,),
        ),
        Step(
            clause="S16", role=Role.TREASURER, command=c.ExplainPayment, event=e.PaymentExplained,
            title=Text(id="Mencatat untuk permintaan mana setoran itu",
                       en="Record which request the payment was for"),
            at=(UNPLACED,), to=PLACED, requires=(SAID_WHY,),
        ),
        Step(
            clause="S16", role=Role.TREASURER, command=c.ReturnPayment, event=e.PaymentReturned,
            title=Text(id="Mengembalikan setoran", en="Return the payment"),
            at=(UNPLACED,), to=RETURNED, aside=True, requires=(SAID_WHY,),
        ),
    ),
)  # fmt: skip
