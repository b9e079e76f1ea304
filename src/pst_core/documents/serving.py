"""How a file goes out to a browser: as something to save, under a name that we made.

A file from outside may be a page, a program or a trick, whatever its name says. It is never shown
within the host's own pages, and the name that somebody gave it is never sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from .facts import FileFacts

__all__ = ["download_headers", "kept_name", "our_name"]

_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/zip": "zip",
    "text/csv": "csv",
    "application/x-dbf": "dbf",
    "application/x-spss-sav": "sav",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_LETTERS = re.compile(r"[^A-Za-z0-9]+")


def kept_name(facts: FileFacts) -> str:
    """Return the name under which a file from outside goes out: made from its content alone."""
    return f"berkas-{facts.sha256[:12]}.{_ENDINGS.get(facts.media_type, 'bin')}"


def our_name(name: str, facts: FileFacts) -> str:
    """Return ``name``, which the office gave, in ASCII letters and with the ending that fits."""
    stem = name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    words = _LETTERS.sub("-", plain).strip("-")[:60]
    return f"{words or 'berkas'}-{facts.sha256[:8]}.{_ENDINGS.get(facts.media_type, 'bin')}"


def download_headers(facts: FileFacts, name: str | None = None) -> Mapping[str, str]:
    """Return the headers with which the file is sent; ``name``: one from here, ``kept_name`` else.

    The browser saves it, guesses no other kind, runs nothing of it, keeps no copy, and tells
    nobody by which link it came.
    """
    known = facts.media_type in _ENDINGS
    return {
        "Content-Type": facts.media_type if known else "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{name or kept_name(facts)}"',
        "Content-Length": str(facts.bytes),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
