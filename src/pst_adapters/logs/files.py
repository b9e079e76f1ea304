"""Which reader or writer a file takes, and what all of them hold to: bounded, strict, lossless.

A file is another system's: it may be huge, broken or meant badly. What cannot be read of it is
said row by row; a file that cannot be read at all is one error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from pst_core.analysis import Log, LogRow
from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.workflow import Procedure

from .csv_log import read_csv, write_csv
from .mapping import Mapping
from .ocel import read_ocel, write_ocel
from .xes import read_xes, write_xes

__all__ = ["FORMATS", "read_log", "write_log"]

LARGEST = 2 * 1024**3
"""Bytes; what is larger is refused before it is opened."""

_READERS: dict[str, Callable[[Path, Mapping, dt.tzinfo], Log]] = {
    "csv": read_csv,
    "xes": read_xes,
    "ocel": read_ocel,
}
_WRITERS: dict[str, Callable[[TextIO, Iterable[LogRow], Procedure], None]] = {
    "csv": write_csv,
    "xes": write_xes,
    "ocel": write_ocel,
}
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xes": "xes", ".json": "ocel",
             ".jsonocel": "ocel"}  # fmt: skip
FORMATS = tuple(_READERS)


def read_log(
    path: Path,
    zone: dt.tzinfo,
    mapping: Mapping | None = None,
    *,
    form: str = "",
    largest: int = LARGEST,
) -> Log:
    """Read the event log at ``path``: ``form`` is one of ``FORMATS``, or told by the suffix.

    Times without a zone are of ``zone`` unless the mapping says another. Raises ``BadInput`` for a
    file that is not there, is larger than ``largest`` bytes, or is no such log.
    """
    form = form or _SUFFIXES.get(path.suffix.lower(), "")
    if form not in _READERS:
        raise _bad(
            path,
            Text(id="jenisnya tidak dikenal", en="is of a kind that is not known"),
            Text(id="Sebutkan --format csv, xes atau ocel.", en="Say --format csv, xes or ocel."),
        )
    try:
        size = path.stat().st_size
        if size > largest:
            raise _bad(
                path,
                Text(id=f"{size} byte, lebih dari {largest}", en=f"{size} bytes, above {largest}"),
                Text(id="Bagi log menurut waktu.", en="Split the log by time."),
            )
        return _READERS[form](path, mapping or Mapping(), zone)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", "") or "bukan/not UTF-8"
        raise _bad(
            path,
            Text(id=why, en=why),
            Text(id="Periksa berkasnya; simpan sebagai UTF-8.",
                 en="Check the file; save it as UTF-8."),
        ) from error  # fmt: skip


def write_log(out: TextIO, rows: Iterable[LogRow], procedure: Procedure, form: str) -> None:
    """Write ``rows`` to ``out`` in one of ``FORMATS``; they read back as they are."""
    _WRITERS[form](out, rows, procedure)


def _bad(path: Path, why: Text, remedy: Text) -> BadInput:
    return BadInput(
        "log-unreadable",
        Text(
            id=f"Log {path} tidak dapat dibaca: {why.id}.",
            en=f"The log {path} cannot be read: {why.en}.",
        ),
        remedy=remedy,
    )
