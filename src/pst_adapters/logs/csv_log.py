"""A log as CSV: one event a line, under headings; ``;``, ``,`` or tab between cells."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from pst_core.analysis import Log, LogRow, Unread
from pst_core.hygiene import as_cell, from_cell
from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.workflow import Procedure

from .mapping import FACTS, FIELDS, Mapping, row_maker

__all__ = ["facts_text", "read_csv", "write_csv"]

_NEEDED = ("case", "activity", "time")
_HEADINGS = (*(FIELDS[f][0] for f in ("case", "activity", "time", "role", "resource")), FACTS,
             FIELDS["id"][0])  # fmt: skip


def read_csv(path: Path, mapping: Mapping, zone: dt.tzinfo) -> Log:
    """Read a CSV log. Raises ``BadInput`` if a heading that is needed is not there."""
    rows: list[LogRow] = []
    unread: list[Unread] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        mark = max(",;\t", key=first.count)
        headings = [cell.strip() for cell in next(csv.reader([first], delimiter=mark), [])]
        _check(path, headings, mapping)
        place = {name: n for n, name in reversed(list(enumerate(headings)))}
        make = row_maker(mapping, headings, zone)
        cells: list[str] = []

        def cell(name: str) -> str | None:
            n = place.get(name, -1)
            return from_cell(cells[n].strip()) if 0 <= n < len(cells) else None

        lines = csv.reader(file, delimiter=mark, strict=True)
        while True:
            try:
                cells = next(lines)
            except StopIteration:
                break
            except csv.Error as error:
                why = f"CSV: {error}"
                unread.append(Unread(lines.line_num + 1, Text(id=why, en=why)))
                continue
            if not any(cells):
                continue
            row, wrong = make(cell, lines.line_num + 1)
            if row is not None:
                rows.append(row)
            if wrong is not None:
                unread.append(wrong)
    return Log(tuple(rows), tuple(unread))


def write_csv(out: TextIO, rows: Iterable[LogRow], _: Procedure) -> None:
    """Write ``rows`` under pm4py's column names."""
    lines = csv.writer(out, lineterminator="\r\n")  # as RFC 4180; and so a lone CR is quoted
    lines.writerow(_HEADINGS)
    for row in rows:
        at = row.at.isoformat() if row.at else ""
        lines.writerow(
            map(
                as_cell,
                (row.case, row.activity, at, row.role, row.resource, facts_text(row), row.id),
            )
        )


def facts_text(row: LogRow) -> str:
    """Return what ``row`` tells as one text: ``paid;-part-paid``."""
    return ";".join(fact if holds else f"-{fact}" for fact, holds in row.told)


def _check(path: Path, headings: list[str], mapping: Mapping) -> None:
    wanted = {field: mapping.names(field) for field in _NEEDED}
    wanted |= {f: (column,) for f, column in mapping.columns.items()}
    wanted |= {f.fact: (f.column,) for f in mapping.facts}
    lacking = [names[0] for names in wanted.values() if not set(names) & set(headings)]
    if not lacking:
        return
    there = ", ".join(h for h in headings if h) or "-"
    raise BadInput(
        "log-without-headings",
        Text(
            id=f"Log {path} tidak mempunyai kolom {', '.join(lacking)}; yang ada: {there}.",
            en=f"The log {path} has no column {', '.join(lacking)}; it has: {there}.",
        ),
        remedy=Text(
            id="Petakan kolomnya dalam [columns] pada berkas --mapping.",
            en="Map its columns in [columns] of the --mapping file.",
        ),
    )
