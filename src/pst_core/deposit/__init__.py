"""Money that the treasury tells of and that fits no bill: kept until the treasurer places it."""

from .commands import ExplainPayment, KeepPayment, ReturnPayment
from .events import PaymentKept
from .procedure import PROCEDURE

__all__ = ["PROCEDURE", "ExplainPayment", "KeepPayment", "PaymentKept", "ReturnPayment"]
