"""A day's list of payments beside the office's billing codes: what fits, what waits for a person.

Pure: reading the list is an adapter's business, carrying out what fits the desk's. A payment that
fits in code and amount brings the command that records it; any other waits for the treasurer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

import attrs

from ..money import MAX_RUPIAH, format_rupiah
from ..text import Text
from .commands import ConfirmPayment

__all__ = ["Bill", "Finding", "Reconciled", "Recorded", "TreasuryRow", "fault_of", "reconcile"]


@attrs.frozen
class TreasuryRow:
    """One payment of the treasury's list: ``amount`` in whole rupiah, ``paid_at`` aware."""

    line: int
    """Line of the list, for people who look it up."""
    code: str
    ntpn: str
    ntb: str
    amount: int
    paid_at: dt.datetime


@attrs.frozen
class Bill:
    """What a billing code stands for: the request, what it still owes, whether that is over."""

    stream: str
    owed: int
    ended: bool = False


@attrs.frozen
class Recorded:
    """What an NTPN is recorded with: the rupiah, and the request; empty if it is not to be told."""

    amount: int
    stream: str = ""


class Finding(StrEnum):
    """How a payment of the list stands to the store."""

    MATCHED = "matched"
    SETTLED = "already-settled"
    DIFFERS = "amount-differs"
    ELSEWHERE = "recorded-elsewhere"
    SECOND = "second-payment"
    LATE = "late"
    UNMATCHED = "unmatched"

    @property
    def text(self) -> Text:
        """The finding in both languages."""
        return _FINDINGS[self]


_FINDINGS = {
    Finding.MATCHED: Text(id="cocok", en="matched"),
    Finding.SETTLED: Text(id="sudah dicatat", en="already settled"),
    Finding.DIFFERS: Text(id="jumlah berbeda", en="amount differs"),
    Finding.ELSEWHERE: Text(id="dicatat pada permintaan lain", en="recorded elsewhere"),
    Finding.SECOND: Text(id="pembayaran kedua", en="second payment"),
    Finding.LATE: Text(id="setelah permintaan berakhir", en="after the request ended"),
    Finding.UNMATCHED: Text(id="kode tidak dikenal", en="unmatched"),
}


@attrs.frozen
class Reconciled:
    """A row with what was found, what is to be done, and the command that would record it."""

    row: TreasuryRow
    finding: Finding
    todo: Text
    stream: str = ""
    command: ConfirmPayment | None = None
    command_id: str = ""
    """The id under which the payment is recorded: the same list again does nothing."""


def fault_of(row: TreasuryRow) -> Text | None:
    """Return what makes ``row`` no payment whatever the store holds, or None."""
    if not re.fullmatch(r"[0-9]{15}", row.code):
        return Text(
            id=f"kode billing {row.code!r} bukan 15 angka",
            en=f"the billing code {row.code!r} is not 15 digits",
        )
    if not re.fullmatch(r"[A-Z0-9]{16}", row.ntpn):
        return Text(
            id=f"NTPN {row.ntpn!r} bukan 16 huruf besar dan angka",
            en=f"the NTPN {row.ntpn!r} is not 16 capital letters and digits",
        )
    if not 0 < row.amount <= MAX_RUPIAH:
        return Text(
            id=f"{format_rupiah(row.amount)} bukan jumlah pembayaran",
            en=f"{format_rupiah(row.amount, 'en')} is not the amount of a payment",
        )
    return None


def reconcile(
    rows: Iterable[TreasuryRow],
    bills: Mapping[str, Bill],
    recorded: Mapping[str, Recorded],
    taken_back: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Reconciled, ...]:
    """Return what was found for each of ``rows``, in their order.

    ``bills``: what the billing codes of the office stand for. ``recorded``: every NTPN that the
    store holds. ``taken_back``: how often an NTPN was recorded wrongly and taken
    back, so that it is recorded anew under another id.
    """
    owed = {bill.stream: bill.owed for bill in bills.values()}
    seen = dict(recorded)
    found: list[Reconciled] = []
    for row in rows:
        bill = bills.get(row.code)
        if row.ntpn in seen:
            found.append(_known(row, seen[row.ntpn], bill))
            continue
        seen[row.ntpn] = Recorded(row.amount, bill.stream if bill else "")
        if bill is None:
            found.append(Reconciled(row, Finding.UNMATCHED, _TODO[Finding.UNMATCHED]))
            continue
        finding = _finding(row, bill, owed[bill.stream])
        command = ConfirmPayment(row.ntpn, row.ntb, row.amount, row.paid_at, row.code)
        todo = _todo(finding, row, owed[bill.stream])
        times = taken_back.get(row.ntpn, 0)
        command_id = f"ntpn/{row.ntpn}/{times}" if times else f"ntpn/{row.ntpn}"
        found.append(Reconciled(row, finding, todo, bill.stream, command, command_id))
        if finding is Finding.MATCHED:
            owed[bill.stream] = 0
    return tuple(found)


def _known(row: TreasuryRow, recorded: Recorded, bill: Bill | None) -> Reconciled:
    """Return what is found for an NTPN that is recorded already."""
    amount = recorded.amount
    if bill is not None and bill.stream != recorded.stream:
        where = Text(recorded.stream, recorded.stream) if recorded.stream else _ANOTHER
        todo = _ELSEWHERE.fill(where=where, stream=bill.stream)
        return Reconciled(row, Finding.ELSEWHERE, todo, bill.stream)
    if row.amount == amount:
        return Reconciled(row, Finding.SETTLED, _TODO[Finding.SETTLED])
    return Reconciled(
        row, Finding.DIFFERS, _OTHERWISE.fill(amount=_rupiah(amount), listed=_rupiah(row.amount))
    )


def _finding(row: TreasuryRow, bill: Bill, owed: int) -> Finding:
    if bill.ended:
        return Finding.LATE
    if not owed:
        return Finding.SECOND
    return Finding.MATCHED if row.amount == owed else Finding.DIFFERS


def _todo(finding: Finding, row: TreasuryRow, owed: int) -> Text:
    if finding is Finding.DIFFERS:
        return (_TOO_LITTLE if row.amount < owed else _TOO_MUCH).fill(
            owed=_rupiah(owed), off=_rupiah(abs(owed - row.amount))
        )
    return _TODO[finding]


def _rupiah(amount: int) -> Text:
    return Text(format_rupiah(amount), format_rupiah(amount, "en"))


_TODO = {
    Finding.MATCHED: Text(id="Catat, lalu buat kuitansi.", en="Record it, then make the receipt."),
    Finding.SETTLED: Text(id="Tidak ada.", en="Nothing."),
    Finding.SECOND: Text(
        id="Tagihannya sudah lunas: periksa, catat, lalu mohonkan pengembalian (X9).",
        en="Its invoice is settled: look, record it, then apply for the refund (X9).",
    ),
    Finding.LATE: Text(
        id="Permintaannya sudah berakhir: periksa, catat, lalu mohonkan pengembalian (X9).",
        en="Its request has ended: look, record it, then apply for the refund (X9).",
    ),
    Finding.UNMATCHED: Text(
        id="Bukan kode kantor ini yang tercatat: periksa di SIMPONI milik siapa, atau catat "
        "kodenya pada permintaannya (S16).",
        en="No code that this office has recorded: look up in SIMPONI whose it is, or record the "
        "code with its request (S16).",
    ),
}
_ANOTHER = Text(id="permintaan lain", en="another request")
_ELSEWHERE = Text(
    id="NTPN-nya tercatat pada {where}, kodenya milik {stream}: periksa BPN-nya; bila salah catat, "
    "tarik kembali di sana (X8), lalu catat di sini.",
    en="The NTPN is recorded with {where}, the code is of {stream}: look at the BPN; if it was "
    "recorded wrongly, take it back there (X8) and record it here.",
)
_OTHERWISE = Text(
    id="Tercatat {amount}, daftar menyebut {listed}: periksa BPN-nya, lalu perbaiki yang tercatat.",
    en="Recorded as {amount}, the list says {listed}: look at the BPN, then correct the record.",
)
_TOO_LITTLE = Text(
    id="Terutang {owed}, kurang {off}: catat sebagai pembayaran sebagian, lalu buat kode untuk "
    "sisanya.",
    en="Owed {owed}, {off} too little: record it as part payment, then make a code for the rest.",
)
_TOO_MUCH = Text(
    id="Terutang {owed}, lebih {off}: catat, lalu mohonkan pengembalian kelebihannya (X9).",
    en="Owed {owed}, {off} too much: record it, then apply for a refund of what is beyond (X9).",
)
