"""Facts of a PNG or JPEG picture: its size in pixels, whether it is whole, where it was taken.

Only the structure is walked; no pixel is decoded, so a flood of pixels costs nothing.
"""

from __future__ import annotations

import struct
import zlib

import attrs

from pst_core.documents.facts import FileFacts

__all__ = ["PIXEL_LIMIT", "read_picture"]

PIXEL_LIMIT = 100_000_000
"""A0 at 300 dots an inch is 140 million, A3 at 600 is 70 million."""

_GPS = 0x8825


@attrs.frozen
class _Seen:
    width: int = 0
    height: int = 0
    whole: bool = False
    located: bool = False


def read_picture(data: bytes, facts: FileFacts) -> FileFacts:
    """Return ``facts`` with what the picture in ``data`` says of itself."""
    seen = _png(data) if facts.media_type == "image/png" else _jpeg(data)
    if seen.located:
        facts = attrs.evolve(facts, marks=(*facts.marks, "location"))
    if seen.width * seen.height > PIXEL_LIMIT:
        return attrs.evolve(facts, problem="too-big")
    if seen.whole and seen.width and seen.height:
        return facts
    return attrs.evolve(facts, problem="damaged")


def _png(data: bytes) -> _Seen:
    """Walk the chunks; each must be whole by its checksum, to the last one."""
    seen, place, pixels = _Seen(), 8, False
    while place + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        end = place + 8 + length
        if len(body) < length or data[end : end + 4] != struct.pack(
            ">I", zlib.crc32(body, zlib.crc32(kind))
        ):
            return seen
        if kind == b"IHDR" and length >= 8:
            seen = attrs.evolve(
                seen, **dict(zip(("width", "height"), struct.unpack(">II", body[:8]), strict=True))
            )
        elif kind == b"IDAT":
            pixels = True
        elif kind == b"eXIf":
            seen = attrs.evolve(seen, located=_says_where(body))
        elif kind == b"IEND":
            return attrs.evolve(seen, whole=pixels)
        place = end + 4
    return seen


def _jpeg(data: bytes) -> _Seen:
    """Walk the segments to the pixels, then look for the end mark.

    Telephones put more after that mark (a second picture, a film, the maker's notes).
    """
    seen, place = _Seen(), 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # fill byte
            place += 1
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + length]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(body) >= 5:
            height, width = struct.unpack(">HH", body[1:5])
            seen = attrs.evolve(seen, width=width, height=height)
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            seen = attrs.evolve(seen, located=seen.located or _says_where(body[6:]))
        elif marker == 0xDA:
            return attrs.evolve(seen, whole=data.find(b"\xff\xd9", place + 2 + length) >= 0)
        if length < 2:
            return seen
        place += 2 + length
    return seen


def _says_where(exif: bytes) -> bool:
    """Return whether the first directory of an Exif block points to a position on the earth."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return False
    (place,) = struct.unpack(order + "I", exif[4:8])
    (count,) = struct.unpack(order + "H", exif[place : place + 2].ljust(2, b"\0"))
    rows = (exif[n : n + 2] for n in range(place + 2, place + 2 + 12 * count, 12))
    return any(len(row) == 2 and struct.unpack(order + "H", row)[0] == _GPS for row in rows)
