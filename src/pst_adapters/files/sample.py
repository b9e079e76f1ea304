"""The data sample of S13 from a microdata file (CSV): a few rows and the list of variables.

``first_rows`` shows real records; ``mixed_rows`` shows real values but no real record. How many
rows may leave the house is the office's profile to say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import attrs

from pst_core.documents.papers import Variable
from pst_core.refusal import BadInput
from pst_core.text import Text

__all__ = ["Sample", "first_rows", "mixed_rows"]


@attrs.frozen
class Sample:
    """``data``: the sample as CSV (UTF-8); ``rows`` of ``rows_total`` records."""

    data: bytes
    variables: tuple[Variable, ...]
    rows: int
    rows_total: int


def first_rows(data: bytes, rows: int, most: int) -> Sample:
    """Return the first ``rows`` records of a CSV file, ``most`` being what the profile allows.

    Raises ``BadInput`` if more is asked for than allowed, or the file is not CSV with a header.
    """
    header, records, dialect = _read(data, rows, most)
    return _sample(header, records, records[:rows], dialect)


def mixed_rows(data: bytes, rows: int, most: int) -> Sample:
    """Return ``rows`` rows that are no record: each value is from another record of the file.

    Raises ``BadInput`` as ``first_rows``, and if there are fewer records than variables.
    """
    header, records, dialect = _read(data, rows, most)
    if len(records) < len(header):
        raise _bad(
            "sample-too-few-records",
            "Rekaman lebih sedikit daripada variabel; contoh campuran akan memuat rekaman asli.",
            "There are fewer records than variables; a mixed sample would show real records.",
            "Pakai tabel variabel saja, atau berkas yang lebih besar.",
            "Use the list of variables only, or a larger file.",
        )
    step = len(records) // len(header)
    shown = [
        [records[(row + place * step) % len(records)][place] for place in range(len(header))]
        for row in range(min(rows, len(records)))
    ]
    return _sample(header, records, shown, dialect)


def _read(
    data: bytes, rows: int, most: int
) -> tuple[list[str], list[list[str]], type[csv.Dialect]]:
    if not 0 < rows <= most:
        raise _bad(
            "sample-too-large",
            f"Contoh {rows} baris tidak diizinkan; profil kantor mengizinkan 1 sampai {most}.",
            f"A sample of {rows} rows is not allowed; the office's profile allows 1 to {most}.",
            "Kurangi barisnya.",
            "Ask for fewer rows.",
        )
    not_csv = _bad(
        "sample-not-csv",
        "Berkas bukan CSV UTF-8 dengan baris judul dan kolom yang sama banyak.",
        "The file is not UTF-8 CSV with a header and as many columns in each row.",
        "Simpan data sebagai CSV UTF-8 dengan baris judul.",
        "Save the data as UTF-8 CSV with a header.",
    )
    try:
        text = data.decode("utf-8-sig")
        dialect = csv.Sniffer().sniff(text[:65_536], delimiters=",;\t|")
        header, *records = [row for row in csv.reader(io.StringIO(text), dialect) if row]
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise not_csv from error
    if not records or any(len(row) != len(header) for row in records):
        raise not_csv
    return header, records, dialect


def _sample(
    header: Sequence[str],
    records: Sequence[Sequence[str]],
    shown: Sequence[Sequence[str]],
    dialect: type[csv.Dialect],
) -> Sample:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerows([header, *shown])
    variables = tuple(
        Variable(name, kind=_kind([row[place] for row in records]))
        for place, name in enumerate(header)
    )
    return Sample(out.getvalue().encode(), variables, len(shown), len(records))


def _kind(values: Sequence[str]) -> str:
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return ""
    for kind, number in (("bilangan bulat", int), ("bilangan", float)):
        try:
            for value in filled:
                number(value)
        except ValueError:
            continue
        return kind
    return "teks"


def _bad(code: str, salah: str, wrong: str, perbaikan: str, remedy: str) -> BadInput:
    return BadInput(code, Text(id=salah, en=wrong), remedy=Text(id=perbaikan, en=remedy))
