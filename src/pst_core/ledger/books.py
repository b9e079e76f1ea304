"""Accounts, entries that balance, and the books that take nothing else.

An amount is whole rupiah: debit above zero, credit below. Nothing is ever edited: what was wrong is
taken back by an entry that names the document it reverses, and posted anew.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Self, TypeAlias

import attrs

from ..money import MAX_RUPIAH, as_rupiah, format_rupiah
from ..refusal import InvariantBroken
from ..text import Text, Word
from ..twin import twin

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


class Account(Word):
    """An account of the ledger; ``side`` is 1 if it stands in debit, -1 if in credit."""

    side: int

    def __new__(cls, word: str, id: str, en: str, side: int = 1) -> Self:  # noqa: A002, D102
        self = super().__new__(cls, word, id, en)
        self.side = side
        return self


RECEIVABLE = Account("receivable", "piutang PNBP", "receivable")
BILLED = Account("billed", "PNBP ditagih, belum diterima", "billed, not yet received", -1)
TREASURY = Account("treasury", "kas negara", "state treasury")
REVENUE = Account("revenue", "pendapatan PNBP", "non-tax state revenue", -1)
REFUND_DUE = Account(
    "refund-due", "uang yang harus dimohonkan kembali", "money for which a refund is due", -1
)
REFUND_APPLIED = Account(
    "refund-applied", "pengembalian yang sudah dimohonkan", "refund applied for", -1
)


_LEAST = -MAX_RUPIAH

Posting: TypeAlias = tuple[Account, str, int]
"""One side of an entry: account, the document that it is about, rupiah (credit below zero)."""
Draft: TypeAlias = tuple[str, tuple[Posting, ...], str]
"""An entry that is not in the books yet: document, postings, the document that it takes back."""


@attrs.frozen
class Entry:
    """Postings that belong together and sum to zero; ``document`` is what they come from.

    ``reverses`` names the document that the entry takes back. Raises ``InvariantBroken`` for
    postings that do not sum to zero, ``BadInput`` for an amount that is not whole rupiah.
    """

    document: str
    postings: tuple[Posting, ...]
    reverses: str = ""

    def __attrs_post_init__(self) -> None:
        NO_BALANCES.after((self.draft,))

    @property
    def draft(self) -> Draft:
        """The same as a draft."""
        return self.document, self.postings, self.reverses


@attrs.frozen(hash=False)
class Balances:
    """What entries add up to, by account and document; what has come to zero is left out."""

    amounts: Mapping[tuple[Account, str], int] = MappingProxyType({})

    def of(self, account: Account) -> int:
        """Return the balance of ``account`` in rupiah, on the account's own side."""
        found = 0
        for (of, _), amount in self.amounts.items():
            if of == account:
                found += amount
        return account.side * found

    def open(self, account: Account) -> tuple[tuple[str, int], ...]:
        """Return the documents that are open on ``account``, with what is open of each."""
        side = account.side
        return tuple([(about, side * n) for (a, about), n in self.amounts.items() if a == account])

    def after(self, drafts: Iterable[Draft]) -> Balances:
        """Return the balances after entries. This is the one way into the books.

        Raises ``InvariantBroken`` for postings of an entry that do not sum to zero, ``BadInput``
        for an amount that is not whole rupiah.
        """
        amounts = dict(self.amounts)
        for document, postings, _ in drafts:
            total = 0
            for account, about, amount in postings:
                if type(amount) is not int or not _LEAST <= amount <= MAX_RUPIAH:
                    as_rupiah(amount)  # says what is wrong with it
                total += amount
                key = (account, about)
                left = amounts.get(key, 0) + amount
                if left:
                    amounts[key] = left
                else:
                    amounts.pop(key, None)
            if total:
                raise _out_of_balance(document, total)
        made: Balances = _balances()
        made.amounts = amounts  # type: ignore[misc]
        made.__class__ = Balances
        return made

    def totals(self) -> dict[Account, int]:
        """Return the balance of each account in debit (above zero) or credit, in rupiah."""
        found: dict[Account, int] = defaultdict(int)
        for (account, _), amount in self.amounts.items():
            found[account] += amount
        return dict(found)

    def check(self) -> None:
        """Raise ``InvariantBroken`` if debits and credits differ or a document is overdrawn."""
        if total := sum(self.amounts.values()):
            raise _broken("books-out-of-balance", format_rupiah(total), _EQUAL)
        for (account, about), amount in self.amounts.items():
            if amount * account.side < 0:
                raise _broken(
                    "account-overdrawn",
                    f"{account} {about}: {format_rupiah(amount)}",
                    Text(
                        id=f"{account.text.id} tidak boleh berada di sisi yang salah.",
                        en=f"{account.text.en} must not stand on its wrong side.",
                    ),
                )


_balances = twin(Balances)
NO_BALANCES = Balances({})  # a plain dict is copied in a third of the time
"""What stands before the first entry."""


@attrs.frozen
class Booked:
    """An entry in its place: ``version`` is that of the event it comes from."""

    version: int
    at: dt.datetime
    entry: Entry


@attrs.frozen(hash=False)
class Journal:
    """The entries of one case in their order, and their balances. Only ``post`` adds to it."""

    lines: tuple[Booked, ...] = ()
    balances: Balances = NO_BALANCES

    def post(self, entry: Entry, *, at: dt.datetime, version: int = 0) -> Journal:
        """Return the journal with ``entry``.

        Raises ``InvariantBroken`` if it takes back a document that was never posted or is taken
        back already, or overdraws one.
        """
        # counted, as invoice numbers begin anew each year
        posted = sum(line.entry.document == entry.reverses for line in self.lines)
        taken_back = sum(line.entry.reverses == entry.reverses for line in self.lines)
        if entry.reverses and posted <= taken_back:
            raise _broken(
                "nothing-to-reverse",
                entry.reverses,
                Text(
                    id="Hanya dokumen yang sudah dibukukan dapat dibatalkan, dan hanya sekali.",
                    en="Only a document that was posted can be reversed, and only once.",
                ),
            )
        balances = self.balances.after((entry.draft,))
        balances.check()
        return Journal((*self.lines, Booked(version, at, entry)), balances)


_EQUAL = Text(id="Debit harus sama dengan kredit.", en="Debits must equal credits.")


def _out_of_balance(document: str, total: int) -> InvariantBroken:
    return _broken("entry-out-of-balance", f"{document}: {format_rupiah(total)}", _EQUAL)


def _broken(code: str, what: str, remedy: Text) -> InvariantBroken:
    return InvariantBroken(
        code,
        Text(
            id=f"Buku besar akan menjadi salah ({what}); tidak ada yang disimpan.",
            en=f"The ledger would become wrong ({what}); nothing was stored.",
        ),
        remedy=remedy,
    )
