"""The first records and the variables of a microdata file: CSV, DBF, SPSS (SAV) or Parquet.

Large files are read in bounded memory. The kind is told from the content, not from the name.
DBF, SAV and Parquet need the extra ``[microdata]``; their readers are partly written in C and
Rust, and a damaged file can end the process they run in, so that is a child. What may be shown is
left to ``sample``.
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import glob
import itertools
import json
import math
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from pst_core.documents.papers import Variable
from pst_core.refusal import BadInput, NotFound
from pst_core.text import Text

from .kinds import media_types

__all__ = ["Microdata", "read_microdata"]

_HEAD, _TAIL = 262_144, 70_000
_CODES_SHOWN = 12
_WHOLE, _NUMBER, _TEXT = "bilangan bulat", "bilangan", "teks"
_DATE, _TIME, _TRUTH = "tanggal", "waktu", "ya/tidak"
_LACKING = 3
_EXTRA = "pst-core[microdata]"


@attrs.frozen
class Microdata:
    """The beginning of a file: ``records`` as text, of ``total`` that it holds.

    An empty text is a missing value; dates are ISO 8601, numbers have a decimal point.
    """

    media_type: str
    variables: tuple[Variable, ...]
    records: tuple[tuple[str, ...], ...]
    total: int
    delimiter: str = ","


def read_microdata(path: Path, most: int) -> Microdata:
    """Return the variables of the file at ``path`` and its first ``most`` records.

    Raises ``NotFound`` without a file, ``BadInput`` if it is no microdata or is damaged, or if
    the library that reads it is not installed.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_HEAD)
            file.seek(max(file.tell(), path.stat().st_size - _TAIL))
            kind, _ = media_types(start + file.read(_TAIL))
    except OSError as error:
        raise _absent(path, error) from error
    found = _read_in_a_child(path, most, kind) if kind in _READERS else _read_csv(path, most)
    if not found.variables or not found.records:
        raise _damaged(path, kind)
    return found


def _read_in_a_child(path: Path, most: int, kind: str) -> Microdata:
    # -P: a module lying in the working directory is not to be taken for ours
    child = subprocess.run(  # noqa: S603 - our own module, no shell
        [sys.executable, "-P", "-m", "pst_adapters.files.microdata", str(path), str(most), kind],
        capture_output=True,
        check=False,
    )
    if child.returncode == _LACKING:
        raise _lacking(child.stdout.decode())
    if child.returncode:
        raise _damaged(path, kind)
    values = json.loads(child.stdout)
    return Microdata(
        kind,
        tuple(Variable(*row) for row in values["variables"]),
        tuple(map(tuple, values["records"])),
        values["total"],
    )


def _child(path: Path, most: int, kind: str) -> int:
    """Write what the file at ``path`` holds as JSON on the output; the code says what failed."""
    try:
        found = _READERS[kind](path, most)
    except ModuleNotFoundError as error:
        sys.stdout.write(error.name or "")
        return _LACKING
    variables = [(v.name, v.label, v.kind) for v in found.variables]
    sys.stdout.write(
        json.dumps({"variables": variables, "records": found.records, "total": found.total})
    )
    return 0


# --- one reader a format ------------------------------------------------------------------------


def _read_csv(path: Path, most: int) -> Microdata:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            dialect = csv.Sniffer().sniff(_without_remarks(file.read(65_536)), ",;\t|")
            file.seek(0)
            rows = (row for row in csv.reader(_lines(file), dialect) if row)
            header = next(rows, [])
            whole = _even(rows, len(header))
            records = tuple(itertools.islice(whole, most))
            total = len(records) + sum(1 for _ in whole)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _not_csv() from error
    if not records or any(not name.strip() for name in header):
        raise _not_csv()
    columns = zip(*records, strict=True)
    variables = tuple(
        Variable(name.strip(), kind=_kind_of_texts(column))
        for name, column in zip(header, columns, strict=True)
    )
    return Microdata("text/csv", variables, records, total, dialect.delimiter)


def _lines(file: Iterable[str]) -> Iterator[str]:
    # remarks above the header are a custom of those who publish data
    return itertools.dropwhile(lambda line: line.startswith("#") or not line.strip(), file)


def _without_remarks(text: str) -> str:
    return "".join(_lines(text.splitlines(keepends=True)))


def _even(rows: Iterable[list[str]], width: int) -> Iterator[tuple[str, ...]]:
    for row in rows:
        if len(row) != width:
            raise _not_csv()
        yield tuple(row)


def _read_dbf(path: Path, most: int) -> Microdata:
    import dbf

    # it takes a name for a pattern, and one without .dbf for another file, unless a dot ends it
    name = glob.escape(str(path))
    table = dbf.Table(
        name if path.suffix.lower() == ".dbf" else f"{name}.", codepage=_dbf_codepage(path)
    )
    try:
        # as a context it would open the file for writing
        table.open(dbf.READ_ONLY)
        variables = tuple(_dbf_variable(table, name) for name in table.field_names)
        kept = (record for record in table if not dbf.is_deleted(record))
        records = tuple(tuple(map(_said, record)) for record in itertools.islice(kept, most))
        total = len(records) + sum(1 for _ in kept)
    finally:
        # its own close fails on a table that did not open, and leaves the file open
        for handle in (table._meta.dfd, table._meta.mfd):
            if handle is not None:
                handle.close()
    return Microdata("application/vnd.dbf", variables, records, total)


def _dbf_codepage(path: Path) -> str | None:
    """Return the letters of Windows for a table that does not say which ones it uses."""
    with path.open("rb") as file:
        return None if file.read(32)[29] else "cp1252"


def _dbf_variable(table: Any, name: str) -> Variable:
    kind, _length, decimals, _class = table.field_info(name)
    letter = chr(kind) if isinstance(kind, int) else str(kind)
    kinds = {"D": _DATE, "T": _TIME, "@": _TIME, "L": _TRUTH, "I": _WHOLE, "+": _WHOLE}
    if letter in "NF":
        return Variable(name, kind=_NUMBER if decimals else _WHOLE)
    if letter in "BYO":
        return Variable(name, kind=_NUMBER)
    return Variable(name, kind=kinds.get(letter, _TEXT))


def _read_sav(path: Path, most: int) -> Microdata:
    import pyreadstat

    found, about = pyreadstat.read_sav(path, row_limit=most, output_format="dict")
    variables = tuple(_sav_variable(about, name) for name in about.column_names)
    columns = (found[name] for name in about.column_names)
    records = tuple(tuple(map(_said, row)) for row in zip(*columns, strict=True))
    return Microdata("application/x-spss-sav", variables, records, _sav_total(path, about))


def _sav_variable(about: Any, name: str) -> Variable:
    label = about.column_names_to_labels.get(name) or ""
    codes = about.variable_value_labels.get(name, {})
    meanings = [f"{_said(code)} = {meaning}" for code, meaning in codes.items()]
    if meanings:
        more = ["..."] if len(meanings) > _CODES_SHOWN else []
        label = f"{label} ({', '.join(meanings[:_CODES_SHOWN] + more)})".strip()
    form = about.original_variable_types.get(name, "")
    if form.startswith("A"):
        return Variable(name, label, _TEXT)
    # SPSS keeps dates as numbers with a form such as DATE11 or DATETIME20
    if "TIME" in form:
        return Variable(name, label, _TIME)
    if "DATE" in form:
        return Variable(name, label, _DATE)
    whole = not form.partition(".")[2].strip("0")
    return Variable(name, label, _WHOLE if whole else _NUMBER)


def _sav_total(path: Path, about: Any) -> int:
    import pyreadstat

    _, whole = pyreadstat.read_sav(path, metadataonly=True)
    if whole.number_rows is not None and whole.number_rows >= 0:
        return int(whole.number_rows)
    # a program that wrote the file in one go did not know it yet
    total, step = 0, 50_000
    while True:
        rows, _ = pyreadstat.read_sav(
            path, usecols=about.column_names[:1], row_offset=total, row_limit=step,
            output_format="dict",
        )  # fmt: skip
        got = len(rows[about.column_names[0]])
        total += got
        if got < step:
            return total


def _read_parquet(path: Path, most: int) -> Microdata:
    import arro3.io

    reader = arro3.io.read_parquet(path)
    variables = tuple(
        Variable(field.name, field.metadata_str.get("label", ""), _arrow_kind(str(field.type)))
        for field in map(reader.schema.field, reader.schema.names)
    )
    records: list[tuple[str, ...]] = []
    total = 0
    for batch in reader:
        if len(records) < most and batch.num_rows:
            part = batch.slice(0, min(most - len(records), batch.num_rows))
            columns = [part.column(n).to_pylist() for n in range(len(variables))]
            records += [tuple(map(_said, row)) for row in zip(*columns, strict=True)]
        total += batch.num_rows
    return Microdata("application/vnd.apache.parquet", variables, tuple(records), total)


def _arrow_kind(name: str) -> str:
    low = name.lower()
    for word, kind in (("timestamp", _TIME), ("date", _DATE), ("bool", _TRUTH), ("int", _WHOLE),
                       ("float", _NUMBER), ("decimal", _NUMBER)):  # fmt: skip
        if word in low:
            return kind
    return _TEXT


_READERS = {
    "application/vnd.dbf": _read_dbf,
    "application/x-spss-sav": _read_sav,
    "application/vnd.apache.parquet": _read_parquet,
}


# --- values as text -----------------------------------------------------------------------------


def _said(value: Any) -> str:
    """Return ``value`` as it stands in the sample."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def _kind_of_texts(values: Sequence[str]) -> str:
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return ""
    for kind, number in ((_WHOLE, int), (_NUMBER, float)):
        try:
            for value in filled:
                number(value)
        except ValueError:
            continue
        return kind
    return _TEXT


# --- refusals -----------------------------------------------------------------------------------


def _absent(path: Path, error: OSError) -> NotFound:
    return NotFound(
        "no-such-microdata",
        Text(
            id=f"Berkas {path} tidak dapat dibaca: {error.strerror}.",
            en=f"The file {path} cannot be read: {error.strerror}.",
        ),
        remedy=Text(id="Periksa nama dan izinnya.", en="Check its name and permissions."),
    )


def _lacking(name: str) -> BadInput:
    return BadInput(
        "microdata-library",
        Text(
            id=f"Jenis berkas ini memerlukan pustaka tambahan ({name}).",
            en=f"This kind of file needs another library ({name}).",
        ),
        remedy=Text(id=f"pip install '{_EXTRA}'", en=f"pip install '{_EXTRA}'"),
    )


def _damaged(path: Path, kind: str) -> BadInput:
    return BadInput(
        "microdata-damaged",
        Text(
            id=f"{path.name} ({kind}) kosong, rusak, atau berkas pasangannya tidak ada.",
            en=f"{path.name} ({kind}) is empty or damaged, or the file beside it is missing.",
        ),
        remedy=Text(
            id="Simpan ulang dari aslinya; DBF bermemo memerlukan .dbt atau .fpt di sebelahnya.",
            en="Save it again from its original; a DBF with memos needs its .dbt or .fpt.",
        ),
    )


def _not_csv() -> BadInput:
    return BadInput(
        "sample-not-csv",
        Text(
            id="Berkas bukan CSV UTF-8 dengan baris judul dan kolom yang sama banyak, "
            "dan bukan DBF, SAV, atau Parquet.",
            en="The file is not UTF-8 CSV with a header and as many columns in each row, "
            "and not DBF, SAV or Parquet.",
        ),
        remedy=Text(
            id="Simpan data sebagai CSV UTF-8 dengan baris judul.",
            en="Save the data as UTF-8 CSV with a header.",
        ),
    )


if __name__ == "__main__":
    sys.exit(_child(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
