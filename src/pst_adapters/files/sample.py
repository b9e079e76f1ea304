"""The data sample of S13 from a microdata file: a few rows and the list of variables.

What may leave the house is the office's rule (``[sample]`` of its profile): real records, real
values in rows that are no record, or rows that tell of nobody. Reading the file is left to
``microdata``, the paper that goes with it to ``pst_core.documents.papers.SampleCover``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import attrs

from pst_core.documents.papers import Variable
from pst_core.documents.samples import SampleMode, SampleRule
from pst_core.hygiene import as_cell
from pst_core.refusal import BadInput
from pst_core.text import Text

from .microdata import read_microdata

__all__ = ["Sample", "make_sample"]

_POOL = 2_000
"""Records from the beginning of a file that a sample is made of."""

_SHARED_BY = 5
"""So many records must have a value before it counts as nobody's own."""

_NOTES = {
    SampleMode.FIRST_ROWS: Text(
        id="Baris-baris ini adalah rekaman pertama dari berkas.",
        en="These rows are the first records of the file.",
    ),
    SampleMode.MIXED: Text(
        id="Nilainya dari data, tetapi tidak ada baris yang merupakan rekaman.",
        en="The values are from the data, but no row is a record.",
    ),
    SampleMode.INVENTED: Text(
        id="Baris-baris ini rekaan: hanya bentuk dan nilai umum yang diambil dari data.",
        en="These rows are invented: only form and common values are taken from the data.",
    ),
}


@attrs.frozen
class Sample:
    """``data``: the sample as CSV (UTF-8); ``rows`` beside ``rows_total`` records of the file.

    ``variables`` are all that the file has; ``columns`` of them stand in ``data``.
    """

    data: bytes
    variables: tuple[Variable, ...]
    columns: int
    rows: int
    rows_total: int
    mode: SampleMode

    @property
    def note(self) -> Text:
        """What the rows are, for whoever gets them."""
        note = _NOTES[self.mode]
        if self.columns == len(self.variables):
            return note
        part = Text(
            id=f" Kolom: {self.columns} dari {len(self.variables)} variabel.",
            en=f" Columns: {self.columns} of {len(self.variables)} variables.",
        )
        return Text(id=note.id + part.id, en=note.en + part.en)


def make_sample(
    path: Path, rule: SampleRule, *, rows: int | None = None, names: Sequence[str] = ()
) -> Sample:
    """Return a sample of the microdata file at ``path``, as ``rule`` allows.

    ``rows``: as many as allowed if not given. ``names``: the variables to show; the first ones if
    not given. Raises ``BadInput`` if more is asked for than allowed, a variable is not there, the
    file is not in order, or has too few records for a sample of that kind.
    """
    wanted = rule.max_rows if rows is None else rows
    if not 0 < wanted <= rule.max_rows:
        raise _bad(
            "sample-too-large",
            f"Contoh {wanted} baris tidak diizinkan; profil kantor mengizinkan "
            f"1 sampai {rule.max_rows}.",
            f"A sample of {wanted} rows is not allowed; the office's profile allows "
            f"1 to {rule.max_rows}.",
            "Kurangi barisnya.",
            "Ask for fewer rows.",
        )
    found = read_microdata(path, wanted if rule.mode is SampleMode.FIRST_ROWS else _POOL)
    places = _places([v.name for v in found.variables], names, rule)
    records = [tuple(record[place] for place in places) for record in found.records]
    kinds = [found.variables[place].kind for place in places]
    if rule.mode is SampleMode.FIRST_ROWS:
        shown = records[:wanted]
    elif rule.mode is SampleMode.MIXED:
        shown = _mixed(records, wanted)
    else:
        columns = zip(*records, strict=True)
        invented = [
            _invented(column, kind, place, wanted * 20)
            for place, (column, kind) in enumerate(zip(columns, kinds, strict=True))
        ]
        shown = _unlike(invented, records, wanted)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=found.delimiter, lineterminator="\r\n")
    table = [[found.variables[place].name for place in places], *shown]
    writer.writerows([as_cell(cell) for cell in row] for row in table)
    return Sample(
        out.getvalue().encode(), found.variables, len(places), len(shown), found.total, rule.mode
    )


def _places(known: Sequence[str], names: Sequence[str], rule: SampleRule) -> list[int]:
    if absent := [name for name in names if name not in known]:
        raise _bad(
            "sample-no-such-variable",
            f"Variabel {', '.join(absent)} tidak ada dalam berkas.",
            f"There is no variable {', '.join(absent)} in the file.",
            f"Yang ada: {', '.join(known[:20])}.",
            f"There are: {', '.join(known[:20])}.",
        )
    if len(names) > rule.max_columns:
        raise _bad(
            "sample-too-wide",
            f"Contoh {len(names)} kolom tidak diizinkan; profil kantor mengizinkan "
            f"{rule.max_columns}.",
            f"A sample of {len(names)} columns is not allowed; the office's profile allows "
            f"{rule.max_columns}.",
            "Kurangi kolomnya.",
            "Name fewer variables.",
        )
    if names:
        return [known.index(name) for name in names]
    return list(range(min(len(known), rule.max_columns)))


def _mixed(records: list[tuple[str, ...]], count: int) -> list[tuple[str, ...]]:
    """Return rows whose values are each of another record, and that no record equals."""
    width = len(records[0])
    if len(records) < max(width, 2) or width < 2:
        raise _too_few()
    step = len(records) // width
    columns = [
        [records[(row + place * step) % len(records)][place] for row in range(len(records))]
        for place in range(width)
    ]
    return _unlike(columns, records, count)


def _unlike(
    columns: Sequence[Sequence[str]], records: list[tuple[str, ...]], count: int
) -> list[tuple[str, ...]]:
    """Return ``count`` rows of ``columns`` of which none is one of ``records``."""
    real = set(records)
    rows = (row for row in dict.fromkeys(zip(*columns, strict=True)) if row not in real)
    shown = [row for _, row in zip(range(count), rows, strict=False)]
    if not shown:
        raise _too_few()
    return shown


def _invented(values: Sequence[str], kind: str, place: int, rows: int) -> list[str]:
    """Return ``rows`` values of the column at ``place`` that tell of nobody."""
    common = sorted(v for v, n in Counter(values).items() if n >= _SHARED_BY and v)
    if common:
        return [common[_scattered(place, n) % len(common)] for n in range(rows)]
    filled = [v for v in values if v]
    if not filled:
        return [""] * rows
    if kind in ("bilangan bulat", "bilangan"):
        return _numbers(filled, rows)
    if kind == "tanggal":
        return [f"2000-01-{n % 28 + 1:02}" for n in range(rows)]
    if kind == "waktu":
        return [f"2000-01-{n % 28 + 1:02}T00:00:00" for n in range(rows)]
    return [f"contoh {n + 1}" for n in range(rows)]


def _scattered(place: int, row: int) -> int:
    # the same file gives the same sample, and yet no two columns walk in step
    return int.from_bytes(hashlib.sha256(f"{place} {row}".encode()).digest()[:8], "big")


def _numbers(filled: Sequence[str], rows: int) -> list[str]:
    """Return round numbers spread over the middle of ``filled``: no one's own value."""
    ordered = sorted(number for number in map(float, filled) if math.isfinite(number)) or [0.0]
    low, high = ordered[len(ordered) // 10], ordered[-1 - len(ordered) // 10]
    taken = set(filled)
    digits = max(0, len(f"{max(abs(low), abs(high)):.0f}") - 2)
    spread = (
        f"{round(low + (high - low) * (n * 37 % 101) / 100, -digits):.0f}" for n in range(101)
    )
    free = [text for text in dict.fromkeys(spread) if text not in taken] or ["0"]
    return [free[n % len(free)] for n in range(rows)]


def _too_few() -> BadInput:
    return _bad(
        "sample-too-few-records",
        "Rekaman terlalu sedikit atau terlalu serupa; contohnya akan memuat rekaman asli.",
        "There are too few records, or they are too alike; a sample would show real records.",
        "Pakai tabel variabel saja, atau berkas yang lebih besar.",
        "Use the list of variables only, or a larger file.",
    )


def _bad(code: str, salah: str, wrong: str, perbaikan: str, remedy: str) -> BadInput:
    return BadInput(code, Text(id=salah, en=wrong), remedy=Text(id=perbaikan, en=remedy))
