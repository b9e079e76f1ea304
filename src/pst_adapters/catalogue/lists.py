"""An office's own list: ``[[products]]`` in TOML, or a table in CSV as a spreadsheet saves it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from typing import Any

from pst_core.catalogue import Catalogue, Entry, Kind
from pst_core.hygiene import from_cell, what_is_odd
from pst_core.lawdata import Table, parse_toml
from pst_core.refusal import BadInput
from pst_core.text import Text

from .rows import Rows, line

__all__ = ["as_toml", "read_csv_list", "read_toml_list"]

_FIGURES = ("pages", "files", "bytes", "variables", "sheets")
_TEXTS = ("extent", "level", "size", "link", "source")
_DAYS = ("released", "read")


def read_toml_list(text: str, name: str = "katalog.toml") -> Catalogue:
    """Return the catalogue in the TOML ``text``; ``name`` is for messages.

    ``[[products]]`` has the names of ``Entry``'s fields: ``id``, ``kind`` and ``title``, and of the
    others what is known; ``years`` is ``[first, last]``. ``source`` and ``read`` above
    the products hold for all that have none of their own. Raises ``BadLawData`` or ``BadInput``
    that names the line or the product: what an office writes itself is right or is mended.
    """
    table = parse_toml(text, name)
    source = table.take("source", str, name)
    read = table.take("read", dt.date) if table.has("read") else None
    entries = []
    for row in table.tables("products", required=True):
        entries.append(_entry(row, source, read))
        row.done()
    table.done()
    return Catalogue(tuple(entries))


def _entry(row: Table, source: str, read: dt.date | None) -> Entry:
    fields: dict[str, Any] = {"source": source, "read": read}
    for keys, kind in ((_FIGURES, int), (_TEXTS, str), (_DAYS, dt.date)):
        given = {key: row.take(key, kind, None) for key in keys}
        fields |= {key: value for key, value in given.items() if value is not None}
    if row.has("about"):
        fields["about"] = row.text("about")
    if row.has("years"):
        fields["years"] = _years(row)
    return Entry(
        id=row.take("id", str),
        kind=row.choice("kind", Kind),
        title=row.take("title", str),
        processed=row.take("processed", bool, False),
        **fields,
    )


def _years(row: Table) -> tuple[int, int]:
    years = row.take("years", list)
    if len(years) != 2 or not all(type(year) is int for year in years):
        raise row.error(
            "years",
            Text(id="harus tahun pertama dan terakhir.", en="must be the first and last year."),
            Text(
                id="Tulis seperti years = [2024, 2025].", en="Write it like years = [2024, 2025]."
            ),
        )
    return years[0], years[1]


def as_toml(catalogue: Catalogue) -> str:
    """Return the entries as a TOML list that ``read_toml_list`` reads back as they are."""
    lines = [
        "# Katalog kantor. Tarif menghitung pages (publikasi), bytes (data mikro), sheets (peta).",
        "# The office's catalogue. The tariff counts pages, bytes and sheets.",
    ]
    common = {
        key: values.pop()
        for key in ("source", "read")
        if len(values := {getattr(entry, key) for entry in catalogue.entries}) == 1
    }
    if common:
        lines.append("")
    lines += [f"{key} = {_value(value)}" for key, value in common.items() if value is not None]
    for entry in catalogue.entries:
        lines += ["", "[[products]]"]
        if entry.lacks:
            lines.append(f"# {', '.join(entry.lacks)} = ?")
        for key in (
            "id",
            "kind",
            "title",
            "about",
            "years",
            *_FIGURES,
            "processed",
            *_TEXTS,
            *_DAYS,
        ):
            value = getattr(entry, key)
            if value in (None, "", False) or key in common:
                continue
            lines.append(f"{key} = {_value(value)}")
    if not catalogue.entries:
        lines += ["", "products = []"]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Text):
        return f"{{ id = {_value(value.id)}, en = {_value(value.en)} }}"
    if isinstance(value, tuple):
        return f"[{value[0]}, {value[1]}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)  # a JSON string is a TOML string


_HEADINGS = {
    "id": ("id", "kode"),
    "kind": ("kind", "jenis"),
    "title": ("title", "judul"),
    "about_id": ("about_id", "keterangan"),
    "about_en": ("about_en", "keterangan_en"),
    "years": ("years", "tahun"),
    "pages": ("pages", "halaman"),
    "files": ("files", "berkas"),
    "bytes": ("bytes", "byte"),
    "variables": ("variables", "variabel"),
    "processed": ("processed", "diolah"),
    "extent": ("extent", "cakupan"),
    "level": ("level", "tingkat"),
    "sheets": ("sheets", "lembar"),
    "size": ("size", "ukuran"),
    "released": ("released", "terbit"),
    "link": ("link", "tautan"),
    "source": ("source", "sumber"),
    "read": ("read", "dibaca"),
}
_FIELD_OF = {name: field for field, names in _HEADINGS.items() for name in names}
_NEEDED = ("id", "kind", "title")
_WORDS = {
    "kind": {"publikasi": "publication", "data mikro": "microdata", "peta": "map"},
    "extent": {"kabupaten": "regency", "kota": "regency", "nasional": "national"},
    "level": {"desa": "village", "kecamatan": "district"},
    "processed": {"ya": "true", "yes": "true", "1": "true", "tidak": "false", "no": "false",
                  "0": "false"},
}  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,13}|[0-9]{1,3}(?:\.[0-9]{3}){1,4}|[0-9]{1,3}(?:,[0-9]{3}){1,4}")
_SPAN = re.compile(r"([0-9]{4})(?:\s*[-–/]\s*([0-9]{4}))?")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def read_csv_list(data: bytes, name: str = "katalog.csv") -> Catalogue:
    """Return the catalogue in a CSV file: UTF-8 with or without a mark, ``;`` or ``,`` or tab.

    Its headings are ``Entry``'s fields or their Indonesian words (``judul``, ``halaman``, ...) in
    any order. A line that cannot be read and a heading that is not known are in ``unread``. Raises
    ``BadInput`` if it is not UTF-8 or has no ``id``, ``kind`` and ``title``.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(
            name,
            Text(id="bukan UTF-8", en="it is not UTF-8"),
            Text(id="Simpan ulang sebagai CSV UTF-8.", en="Save it again as CSV UTF-8."),
        ) from None
    first, _, rest = text.partition("\n")
    before = 0
    if re.fullmatch(r"sep=.\r?", first, re.I):  # a spreadsheet's note to itself
        text, before = rest, 1
        first = rest.partition("\n")[0]
    mark = max(";,\t", key=first.count)
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows = Rows()
    columns = _columns(next(cells, []), name, rows)
    while True:
        try:
            found = next(cells)
        except StopIteration:
            break
        except csv.Error as error:
            why = f"CSV: {error}."
            rows.tell(f"{name}:{cells.line_num + before}", Text(id=why, en=why))
            continue
        told = {
            field: line(from_cell(cell))
            for field, cell in zip(columns, found, strict=False)
            if field and cell.strip()
        }
        if told:
            place = f"{name}:{cells.line_num + before}"
            rows.take(place, told, lambda told: _of_cells(told, name))
    return rows.catalogue()


def _columns(headings: list[str], name: str, rows: Rows) -> list[str]:
    fields: list[str] = []
    for heading in headings:
        plain = "_".join(heading.strip().lower().replace(".", " ").split())
        field = _FIELD_OF.get(plain, "")
        if plain and (not field or field in fields):
            shown = ascii(heading.strip()[:60])
            rows.tell(
                f"{name}:1",
                Text(id=f"kolom {shown} tidak dipakai.", en=f"the column {shown} is not used."),
            )
            field = ""
        fields.append(field)
    words = ", ".join(names[-1] for names in _HEADINGS.values())
    lacking = [f"{_HEADINGS[f][1]} ({f})" for f in _NEEDED if f not in fields]
    if lacking:
        there = ", ".join(ascii(h.strip()) for h in headings if h.strip())[:300] or "-"
        raise _unreadable(
            name,
            Text(
                id=f"tidak ada kolom {', '.join(lacking)}; yang ada: {there}",
                en=f"it has no column {', '.join(lacking)}; it has: {there}",
            ),
            Text(
                id=f"Pakai judul kolom ini: {words}.",
                en=f"Use these headings: {', '.join(_HEADINGS)}.",
            ),
        )
    return fields


def _of_cells(told: dict[str, str], name: str) -> Entry:
    fields: dict[str, Any] = {"source": name}
    for field, cell in told.items():
        word = _WORDS.get(field, {}).get(cell.lower(), cell)
        if field in _FIGURES:
            fields[field] = _whole(field, cell)
        elif field == "years":
            fields[field] = _span(cell)
        elif field in _DAYS:
            fields[field] = _date(field, cell)
        elif field == "processed":
            fields[field] = _truth(word)
        elif field == "kind":
            fields[field] = _kind(word)
        elif not field.startswith("about"):
            fields[field] = word
    if "about_id" in told or "about_en" in told:
        one = told.get("about_id", told.get("about_en", ""))
        fields["about"] = Text(id=told.get("about_id", one), en=told.get("about_en", one))
    for field in _NEEDED:
        if field not in fields:
            raise _cell(field, "", Text(id="teks", en="a text"))
    return Entry(**fields)


def _whole(field: str, cell: str) -> int:
    if not _NUMBER.fullmatch(cell):
        raise _cell(field, cell, Text(id="bilangan bulat", en="a whole number"))
    return int(cell.replace(".", "").replace(",", ""))


def _span(cell: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(cell)
    if found is None:
        raise _cell("years", cell, Text(id="2024 atau 2020-2024", en="2024 or 2020-2024"))
    return int(found[1]), int(found[2] or found[1])


def _date(field: str, cell: str) -> dt.date:
    turned = _DAY.fullmatch(cell)
    try:
        if turned:  # day, month, year: as Indonesia writes it
            return dt.date(int(turned[3]), int(turned[2]), int(turned[1]))
        return dt.date.fromisoformat(cell)
    except ValueError:
        like = Text(id="tanggal seperti 2026-11-24", en="a day like 2026-11-24")
        raise _cell(field, cell, like) from None


def _truth(cell: str) -> bool:
    if cell.lower() not in ("true", "false"):
        raise _cell("processed", cell, Text(id="ya atau tidak", en="yes or no"))
    return cell.lower() == "true"


def _kind(cell: str) -> Kind:
    try:
        return Kind(cell.lower())
    except ValueError:
        known = Text(id="publikasi, data mikro, atau peta", en="publication, microdata or map")
        raise _cell("kind", cell, known) from None


def _cell(field: str, cell: str, wanted: Text) -> BadInput:
    shown = ascii(cell[:40]) if what_is_odd(cell, one_line=True) else repr(cell[:40])
    return BadInput(
        "bad-cell",
        Text(
            id=f"{_HEADINGS[field][-1]} ({field}) harus {wanted.id}, bukan {shown}.",
            en=f"{field} must be {wanted.en}, not {shown}.",
        ),
        remedy=Text(id="Perbaiki selnya.", en="Mend the cell."),
    )


def _unreadable(name: str, why: Text, remedy: Text) -> BadInput:
    return BadInput(
        "list-unreadable",
        Text(
            id=f"Daftar {name} tidak dapat dibaca: {why.id}.",
            en=f"The list {name} cannot be read: {why.en}.",
        ),
        remedy=remedy,
    )
