"""Double entry in whole rupiah: what money events post, and what the postings add up to.

Which event posts what is written in the rows of a procedure; this room knows no event.
"""

from .books import (
    BILLED,
    NO_BALANCES,
    RECEIVABLE,
    REFUND_APPLIED,
    REFUND_DUE,
    REVENUE,
    TREASURY,
    Account,
    Balances,
    Booked,
    Draft,
    Entry,
    Journal,
    Posting,
)

__all__ = [
    "BILLED",
    "NO_BALANCES",
    "RECEIVABLE",
    "REFUND_APPLIED",
    "REFUND_DUE",
    "REVENUE",
    "TREASURY",
    "Account",
    "Balances",
    "Booked",
    "Draft",
    "Entry",
    "Journal",
    "Posting",
]
