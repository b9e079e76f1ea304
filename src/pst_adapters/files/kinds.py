"""What kind of file some bytes are, by their content: the name and the form's word do not count.

Looks at fixed places only and parses nothing, so it is safe on bytes from outside. The kinds are
those that people hand in (PDF, pictures, Office files) and those that microdata come in.
"""

from __future__ import annotations

import codecs
import re
import struct

__all__ = ["media_types"]

_OOXML = "application/vnd.openxmlformats-officedocument."
_OFFICE = {
    b"word/document.xml": _OOXML + "wordprocessingml.document",
    b"xl/workbook.xml": _OOXML + "spreadsheetml.sheet",
    b"ppt/presentation.xml": _OOXML + "presentationml.presentation",
}
_HEADS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"$FL2", "application/x-spss-sav"),
    (b"$FL3", "application/x-spss-sav"),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", "application/x-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"#!", "application/x-executable"),
)
_HEIF = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
_MARKUP = (b"<html", b"<script", b"<!doctype html", b"<svg", b"<?php", b"<body", b"<iframe")
_GEOJSON = re.compile(r'"type"\s*:\s*"Feature(Collection)?"')
_DBF_VERSIONS = frozenset(b"\x02\x03\x04\x05\x30\x31\x32\x43\x63\x7b\x83\x8b\x8c\x8e\xcb\xe5\xf5")
_DBF_FIELDS = frozenset(b"CNFLDMBGPYTIO@+0QVW")


def media_types(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the media type of ``data`` by content, and the others that the same bytes pass for.

    ``application/octet-stream`` if it is none of the kinds known here.
    """
    found: list[str] = []
    # PDF readers take a header anywhere in the first 1024 bytes, and so do attackers
    if b"%PDF-" in data[:1024]:
        found.append("application/pdf")
    found += [kind for head, kind in _HEADS if data.startswith(head)]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found.append("image/webp")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        found.append("image/heic")
    # a ZIP archive is read from its end; what stands before it is no hindrance
    if data.startswith(b"PK\x03\x04") or (b"PK\x05\x06" in data[-65557:] and b"PK\x01\x02" in data):
        found.append(_archive(data))
    if _is_dbf(data):
        found.append("application/vnd.dbf")
    if data[:4] == b"PAR1" and data[-4:] == b"PAR1" and len(data) > 12:
        found.append("application/vnd.apache.parquet")
    if _has_markup(data, picture=bool(found) and found[0].startswith("image/")):
        low = data[:4096].lower()
        found.append("image/svg+xml" if b"<svg" in low else "text/html")
    if found:
        return found[0], tuple(found[1:])
    return _text_type(data), ()


def _archive(data: bytes) -> str:
    # the directory at the end names the parts; it is never compressed
    directory = data[-200_000:]
    return next((kind for part, kind in _OFFICE.items() if part in directory), "application/zip")


def _has_markup(data: bytes, picture: bool) -> bool:
    head = data[:4096].lower()
    if any(mark in head for mark in _MARKUP):
        return True
    # in a picture a script is hidden at any place; five letters of it are no accident
    return picture and (b"<?php" in data or b"<script" in data)


def _is_dbf(data: bytes) -> bool:
    """Return whether ``data`` begins as a dBase table: version, date, lengths, a first field."""
    if len(data) < 65 or data[0] not in _DBF_VERSIONS or data[2] > 12 or data[3] > 31:
        return False
    header, record = struct.unpack("<HH", data[8:12])
    if header < 65 or record < 2:
        return False
    if data[0] in b"\x04\x8c":  # dBase 7: longer field rows
        return True
    name = data[32:43].split(b"\0")[0]
    return data[43] in _DBF_FIELDS and len(name) > 0 and min(name) > 31


def _text_type(data: bytes) -> str:
    # piece by piece: a copy of a large file as text would take four times its room
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    head = ""
    try:
        for place in range(0, len(data), 65_536):
            piece = decoder.decode(data[place : place + 65_536])
            if "\0" in piece:
                return "application/octet-stream"
            head = head or piece.lstrip()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "application/octet-stream"
    if not head:
        return "application/octet-stream"
    if re.match(r'\{\s*["}]', head):
        return "application/geo+json" if _GEOJSON.search(head) else "application/json"
    # remarks may stand above the header
    first = next((line for line in head.splitlines() if not line.startswith("#")), "")
    return "text/csv" if any(mark in first for mark in ",;\t|") else "text/plain"
