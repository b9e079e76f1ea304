"""What the money events of a paid request post: invoices, payments, what is taken back or due back.

Revenue is counted when the money has reached the state treasury; until then an invoice is a claim.
An amount beyond what is owed is never lost: it is money for which a refund is due.
"""

from __future__ import annotations

from ..ledger import (
    BILLED,
    RECEIVABLE,
    REFUND_APPLIED,
    REFUND_DUE,
    REVENUE,
    TREASURY,
    Balances,
    Draft,
    Posting,
)
from ..workflow import Fact
from . import events as e
from . import state as s

__all__ = [
    "cash",
    "ended",
    "invoiced",
    "owed",
    "paid",
    "refund_applied",
    "refund_due",
    "reversed_",
    "standing",
    "standing_in_debt",
    "transferred",
]


def owed(books: Balances) -> int:
    """Return what is still to be paid of the invoice, in rupiah."""
    return books.of(RECEIVABLE)


def refund_due(books: Balances) -> int:
    """Return for how many rupiah a refund is due that nobody has applied for yet."""
    return books.of(REFUND_DUE)


def standing(books: Balances) -> tuple[Fact, ...]:
    """Return the facts that hold after money has come: paid in part or in full, refund due."""
    paid_so_far = s.PART_PAID if books.of(RECEIVABLE) else s.PAID
    return (paid_so_far, s.REFUND_DUE) if books.of(REFUND_DUE) else (paid_so_far,)


def standing_in_debt(books: Balances) -> tuple[Fact, ...]:
    """Return the facts that hold where an invoice may be unpaid, or there is none any more."""
    if books.of(REVENUE):
        return standing(books)
    return (s.REFUND_DUE,) if refund_due(books) else ()


def invoiced(event: e.OfferSent, books: Balances) -> list[Draft]:
    """S13, S15: the invoice becomes a claim, and the one that it replaces is taken back."""
    found, total = _taken_back(books), event.total
    if total:
        invoice = f"invoice/{event.number}"
        found.append((invoice, ((RECEIVABLE, invoice, total), (BILLED, invoice, -total)), ""))
    return found


def paid(event: e.PaymentConfirmed, books: Balances) -> list[Draft]:
    """S16, X8: money that came under an NTPN."""
    return _received(f"ntpn/{event.ntpn}", event.amount, books)


def transferred(event: e.TransferVerified, books: Balances) -> list[Draft]:
    """S18, X8: money that came by a transfer from abroad."""
    return _received(f"transfer/{event.reference}", event.amount, books)


def cash(event: e.CashReceived, books: Balances) -> list[Draft]:
    """S16: money that the treasurer took in cash, on its way to the state treasury."""
    return _received(f"cash/{event.number}", event.amount, books)


def reversed_(event: e.PaymentReversed, books: Balances) -> list[Draft]:
    """X8: the latest payment is taken back, and what it had settled is owed again."""
    beyond = dict(books.open(REFUND_DUE)).get(event.document, 0)
    beyond = min(beyond, event.amount)
    settled = event.amount - beyond
    postings: list[Posting] = [(TREASURY, event.document, -event.amount)]
    if beyond:
        postings.append((REFUND_DUE, event.document, beyond))
    for invoice, _ in books.open(REVENUE) if settled else ():
        postings += (
            (RECEIVABLE, invoice, settled),
            (BILLED, invoice, -settled),
            (REVENUE, invoice, settled),
        )
    return [(f"reversal/{event.document}", tuple(postings), event.document)]


def ended(_: object, books: Balances) -> list[Draft]:
    """X1, X2, X4: what is open is taken back; what has come already is to go back."""
    returned: list[Draft] = [
        (invoice, ((REVENUE, invoice, amount), (REFUND_DUE, invoice, -amount)), "")
        for invoice, amount in books.open(REVENUE)
    ]
    return _taken_back(books) + returned


def refund_applied(event: e.RefundApplied, books: Balances) -> list[Draft]:
    """X9: the refund of all that was due is applied for."""
    refund = f"refund/{event.reference}"
    out = tuple((REFUND_DUE, about, amount) for about, amount in books.open(REFUND_DUE))
    return [(refund, (*out, (REFUND_APPLIED, refund, -refund_due(books))), "")]


def _received(document: str, amount: int, books: Balances) -> list[Draft]:
    """Settle what is owed, oldest first; what is left over is due back."""
    left = amount
    postings: list[Posting] = [(TREASURY, document, amount)]
    for invoice, is_owed in books.open(RECEIVABLE):
        settled = min(left, is_owed)
        left -= settled
        postings += (
            (RECEIVABLE, invoice, -settled),
            (BILLED, invoice, settled),
            (REVENUE, invoice, -settled),
        )
    if left:
        postings.append((REFUND_DUE, document, -left))
    return [(document, tuple(postings), "")]


def _taken_back(books: Balances) -> list[Draft]:
    return [
        (
            f"reversal/{invoice}",
            ((BILLED, invoice, amount), (RECEIVABLE, invoice, -amount)),
            invoice,
        )
        for (account, invoice), amount in books.amounts.items()
        if account == RECEIVABLE
    ]
