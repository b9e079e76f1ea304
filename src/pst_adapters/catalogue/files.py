"""Which reader the files of a catalogue take, told by their names and by what is in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pst_core.catalogue import Catalogue
from pst_core.refusal import BadInput
from pst_core.text import Text

from .bps import is_bps, read_bps
from .lists import read_csv_list, read_toml_list
from .nada import is_nada, read_nada
from .rows import Rows
from .web import LARGEST, no_catalogue, parsed

__all__ = ["read_catalogue"]


def read_catalogue(paths: Sequence[Path | str], *, read: dt.date | None = None) -> Catalogue:
    """Return what the files at ``paths`` list together, in their order.

    ``.toml`` and ``.csv`` are an office's lists; ``.json`` are pages or studies as NADA or the web
    API of BPS gave them, and ``read`` is the day on which they did. An id that comes again is in
    ``unread``. Raises ``BadInput`` or ``BadLawData`` for a file that cannot be read.
    """
    parts: list[Catalogue] = []
    answers: dict[str, list[Any]] = {"bps": [], "nada": []}
    for path in map(Path, paths):
        data = _bytes(path)
        suffix = path.suffix.lower()
        if suffix == ".toml":
            parts.append(read_toml_list(_text(path, data), path.name))
        elif suffix in (".csv", ".tsv", ".txt"):
            parts.append(read_csv_list(data, path.name))
        else:
            value = parsed(data, path.name)
            answers[_form(value, path)].append(value)
    if answers["bps"]:
        parts.append(read_bps(answers["bps"], read=read))
    if answers["nada"]:
        parts.append(read_nada(answers["nada"], read=read))
    return parts[0] if len(parts) == 1 else _together(parts)


def _form(value: Any, path: Path) -> str:
    if is_bps(value) or (isinstance(value, dict) and value.keys() == {"status", "message"}):
        return "bps"
    if is_nada(value):
        return "nada"
    why = Text(id="bukan NADA dan bukan web API BPS", en="neither NADA nor the web API of BPS")
    raise no_catalogue(path.name, why)


def _together(parts: list[Catalogue]) -> Catalogue:
    rows = Rows()
    for part in parts:
        rows.unread += part.unread
        for entry in part.entries:
            if entry.id in rows.entries:
                told = Text(id=f"{entry.id} sudah ada.", en=f"{entry.id} is there already.")
                rows.tell(entry.source, told)
            else:
                rows.entries[entry.id] = entry
    # how many there should be is known only if every source says so
    totals = [part.total for part in parts if part.total is not None]
    rows.total = sum(totals) if totals and len(totals) == len(parts) else None
    return rows.catalogue()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        why = str(error.strerror)
        raise _unreadable(path, Text(id=why, en=why)) from error
    if len(data) > LARGEST:
        raise _unreadable(path, Text(id=f"lebih dari {LARGEST} byte", en=f"above {LARGEST} bytes"))
    return data


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, Text(id="bukan UTF-8", en="it is not UTF-8")) from error


def _unreadable(path: Path, why: Text) -> BadInput:
    return BadInput(
        "list-unreadable",
        Text(
            id=f"Katalog {path} tidak dapat dibaca: {why.id}.",
            en=f"The catalogue {path} cannot be read: {why.en}.",
        ),
        remedy=Text(
            id="Periksa nama, izin, ukuran dan penyimpanannya (UTF-8).",
            en="Check its name, permissions, size and encoding (UTF-8).",
        ),
    )
