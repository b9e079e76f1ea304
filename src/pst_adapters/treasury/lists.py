"""The list as a file: finding its headings, and reading each line or saying what is wrong with it.

An export has titles above its headings and sums below; its amounts are written the Indonesian way
or the English. A line is a payment, a bad row with its number, or left out: nothing is lost.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from pst_core.refusal import BadInput
from pst_core.request import TreasuryRow, fault_of
from pst_core.text import Text

__all__ = ["BadRow", "DayList", "read_list"]

Cells = tuple[Any, ...]
_OPTIONAL = {"ntb"}


@attrs.frozen
class BadRow:
    """A line that looks like a payment and cannot be read as one."""

    line: int
    text: Text
    cells: tuple[str, ...]


@attrs.frozen
class DayList:
    """What the file holds. ``left_out`` are lines with neither code nor NTPN (titles, sums)."""

    rows: tuple[TreasuryRow, ...]
    bad: tuple[BadRow, ...]
    left_out: tuple[int, ...]


def read_list(path: Path, columns: Mapping[str, str], zone: dt.tzinfo) -> DayList:
    """Read the list at ``path`` (``.xlsx``, else CSV).

    ``columns`` maps ``code``, ``ntpn``, ``ntb``, ``amount``, ``paid_at`` to the file's headings;
    times without a zone are of ``zone``. Raises ``BadInput`` if it cannot be read at all.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    if path.suffix.lower() == ".xlsx":
        return _list(path, _sheet(path, data), columns, zone)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, "bukan/not UTF-8") from error
    found = [list(enumerate(_split(text, mark), 1)) for mark in ";,\t"]
    # the mark that shows the headings is the one that the file uses
    best = max(found, key=lambda lines: max((_known(c, columns) for _, c in lines), default=0))
    return _list(path, best, columns, zone)


def _split(text: str, mark: str) -> list[Cells]:
    # line by line: a stray quote must not swallow the rest of the file
    return [_cells(line, mark) for line in io.StringIO(text, newline=None).read().split("\n")]


def _cells(line: str, mark: str) -> Cells:
    try:
        return tuple(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return (line,)


def _sheet(path: Path, data: bytes) -> list[tuple[int, Cells]]:
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError as error:
        raise _unreadable(path, "pip install 'pst-core[treasury]'") from error
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return list(enumerate(book.worksheets[0].iter_rows(values_only=True), 1))
    except Exception as error:  # whatever is wrong in it, openpyxl has an error of its own for it
        raise _unreadable(path, f"{type(error).__name__}: {error}") from error


def _list(
    path: Path, lines: Iterable[tuple[int, Cells]], columns: Mapping[str, str], zone: dt.tzinfo
) -> DayList:
    lines = list(lines)
    head = next((n for n, (_, cells) in enumerate(lines) if _is_head(cells, columns)), None)
    if head is None:
        raise _no_headings(path, lines, columns)
    headings = [_plain(cell) for cell in lines[head][1]]
    places = {
        name: headings.index(_plain(heading))
        for name, heading in columns.items()
        if _plain(heading) in headings
    }
    rows: list[TreasuryRow] = []
    bad: list[BadRow] = []
    left_out: list[int] = []
    for line, cells in lines[head + 1 :]:
        got = {name: cells[at] if at < len(cells) else None for name, at in places.items()}
        if _empty(got["code"]) and _empty(got["ntpn"]):
            if not all(_empty(cell) for cell in cells):
                left_out.append(line)
            continue
        read = _row(line, got, zone)
        if isinstance(read, TreasuryRow):
            rows.append(read)
        else:
            bad.append(BadRow(line, read, tuple("" if c is None else str(c) for c in cells)))
    return DayList(tuple(rows), tuple(bad), tuple(left_out))


def _row(line: int, got: Mapping[str, Any], zone: dt.tzinfo) -> TreasuryRow | Text:
    code, ntpn = got["code"], got["ntpn"]
    if isinstance(ntpn, int | float):
        return Text(
            id="NTPN tersimpan sebagai angka, jadi mungkin sudah terpotong: ubah kolomnya menjadi "
            "teks dan ekspor ulang",
            en="the NTPN is stored as a number and may have lost digits: make the column text and "
            "export again",
        )
    if isinstance(code, float) and code.is_integer():
        code = int(code)
    if type(code) is int:
        code = f"{code:015d}"
    amount, paid_at = _amount(got["amount"]), _time(got["paid_at"], zone)
    if amount is None:
        return Text(
            id=f"jumlah {got['amount']!r} bukan rupiah utuh",
            en=f"the amount {got['amount']!r} is not whole rupiah",
        )
    if paid_at is None:
        return Text(
            id=f"waktu bayar {got['paid_at']!r} bukan tanggal (31-12-2026 14:30:00)",
            en=f"the time of payment {got['paid_at']!r} is not a date (31-12-2026 14:30:00)",
        )
    row = TreasuryRow(
        line, _text(code).replace(" ", ""), _text(ntpn).upper(), _text(got.get("ntb")),
        amount, paid_at,
    )  # fmt: skip
    return fault_of(row) or row


def _amount(value: Any) -> int | None:
    """Return whole rupiah: ``1.250.000``, ``Rp1.250.000,00``, ``1,250,000.00``, ``100.000 (IDR)``.

    A mark before three digits divides thousands, as rupiah have no third decimal; decimals must
    be zero.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    text = re.sub(r"(?i)\s|rp\.?|\(?idr\)?|,-$", "", str(value))
    match = re.fullmatch(
        r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,0{1,2})?|(\d{1,3}(?:,\d{3})+|\d+)(?:\.0{1,2})?", text
    )
    return int(re.sub(r"\D", "", match.group(1) or match.group(2))) if match else None


_TIMES = ("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y")


def _time(value: Any, zone: dt.tzinfo) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        read: dt.datetime | None = value
    elif isinstance(value, dt.date):
        read = dt.datetime.combine(value, dt.time(), zone)
    else:
        read = _time_of(_text(value))
    if read is None or not 2000 <= read.year < 3000:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


def _time_of(text: str) -> dt.datetime | None:
    for form in _TIMES:
        try:
            return dt.datetime.strptime(text.replace("/", "-").replace(".", ":"), form)  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _is_head(cells: Cells, columns: Mapping[str, str]) -> bool:
    headings = {_plain(cell) for cell in cells}
    return all(_plain(h) in headings for name, h in columns.items() if name not in _OPTIONAL)


def _known(cells: Cells, columns: Mapping[str, str]) -> int:
    return len({_plain(c) for c in cells} & {_plain(h) for h in columns.values()})


def _text(value: Any) -> str:
    # a leading ' is how spreadsheets keep digits as text
    return "" if value is None else str(value).strip().lstrip("'")


def _plain(value: Any) -> str:
    return " ".join(_text(value).lower().split())


def _empty(value: Any) -> bool:
    return not _text(value)


def _unreadable(path: Path, why: str) -> BadInput:
    return BadInput(
        "list-unreadable",
        Text(id=f"Daftar {path} tidak dapat dibaca: {why}.",
             en=f"The list {path} cannot be read: {why}."),
        remedy=Text(id="Simpan sebagai CSV (UTF-8) atau .xlsx.",
                    en="Save it as CSV (UTF-8) or .xlsx."),
    )  # fmt: skip


def _no_headings(
    path: Path, lines: list[tuple[int, Cells]], columns: Mapping[str, str]
) -> BadInput:
    best = max((cells for _, cells in lines), key=lambda c: _known(c, columns), default=())
    there = ", ".join(_text(cell) for cell in best if not _empty(cell))
    return BadInput(
        "list-without-headings",
        Text(
            id=f"Judul kolom tidak ditemukan di {path}: dicari {', '.join(columns.values())}; "
            f"paling mirip: {there or '-'}.",
            en=f"The headings are not in {path}: looked for {', '.join(columns.values())}; "
            f"nearest: {there or '-'}.",
        ),
        remedy=Text(
            id="Petakan judulnya dalam [treasury.columns] pada profil kantor.",
            en="Map the headings in [treasury.columns] of the office's profile.",
        ),
    )
