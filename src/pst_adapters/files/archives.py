"""Facts of a ZIP archive, Office files included: what it would unpack to, and where it would go.

Only the list of parts is read. Nothing is unpacked.
"""

from __future__ import annotations

import io
import stat
import zipfile

import attrs

from pst_core.documents.facts import FileFacts

__all__ = ["read_archive"]

_UNPACKED_LIMIT = 200_000_000
_PARTS_LIMIT = 10_000
_CARRIED = {
    "vbaproject.bin": "macro",
    "/embeddings/": "embedded-file",
    "/activex/": "macro",
    "/externallinks/": "remote-file",
}


def read_archive(data: bytes, facts: FileFacts) -> FileFacts:
    """Return ``facts`` with what the directory of the archive in ``data`` says."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    names = [part.orig_filename for part in parts]
    marks = []
    if any(_leaves_its_folder(name) for name in names):
        marks.append("archive-path")
    if any(stat.S_ISLNK(part.external_attr >> 16) for part in parts):
        marks.append("archive-link")
    low = [name.lower() for name in names]
    carried = {what for sign, what in _CARRIED.items() if any(sign in name for name in low)}
    # sizes are the archive's own claim
    too_big = len(parts) > _PARTS_LIMIT or sum(p.file_size for p in parts) > _UNPACKED_LIMIT
    return attrs.evolve(
        facts,
        encrypted=any(part.flag_bits & 1 for part in parts),
        active_content=tuple(sorted(carried)),
        marks=(*facts.marks, *marks),
        problem="too-big" if too_big else "",
    )


def _leaves_its_folder(name: str) -> bool:
    plain = name.replace("\\", "/")
    return (
        plain.startswith("/")
        or ".." in plain.split("/")
        or plain[1:2] == ":"
        or any(ord(letter) < 32 for letter in plain)
    )
