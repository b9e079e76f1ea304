"""What may be asked of money that fits no bill. One class a command."""

from __future__ import annotations

import datetime as dt

import attrs

__all__ = ["ExplainPayment", "KeepPayment", "ReturnPayment"]


@attrs.frozen
class KeepPayment:
    """The treasury's word of a payment, and ``reason``: why it settles nothing by itself."""

    ntpn: str
    ntb: str
    amount: int
    """Whole rupiah."""
    paid_at: dt.datetime
    code: str
    """Billing code that was paid, as the treasury says it."""
    reference: str
    reason: str


@attrs.frozen
class ExplainPayment:
    """It was for ``request`` (its stream): the treasurer has recorded it there."""

    request: str
    note: str = ""


@attrs.frozen
class ReturnPayment:
    """It is not the office's: ``reason`` says to whom it goes and by which letter."""

    reason: str
