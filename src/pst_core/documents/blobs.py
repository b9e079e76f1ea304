"""What every store of files asks of a key, and the words of its errors.

Kept in one place so that all of them refuse the same things with the same codes and sentences.
"""

from __future__ import annotations

import re

from pst_core.refusal import BadInput, NotFound, StorageError
from pst_core.text import Text

__all__ = ["KEY", "absent", "checked", "damaged"]

KEY = re.compile(r"[0-9a-f]{64}")


def checked(key: str) -> str:
    """Return ``key`` if it can be one: names given by users never reach a path."""
    if not KEY.fullmatch(key):
        raise BadInput(
            "not-a-blob-key",
            Text(
                id=f"{key[:80]!r} bukan kunci berkas.", en=f"{key[:80]!r} is not the key of a file."
            ),
            remedy=Text(
                id="Pakai kunci yang diberikan saat menyimpan: 64 angka heksadesimal.",
                en="Use the key that storing returned: 64 hexadecimal digits.",
            ),
        )
    return key


def absent(key: str) -> NotFound:
    """Return the error of a file that is not there."""
    return NotFound(
        "no-such-blob",
        Text(id=f"Berkas {key[:12]} tidak ada.", en=f"There is no file {key[:12]}."),
        remedy=Text(
            id="Periksa kuncinya, atau unggah lagi berkasnya.",
            en="Check the key, or upload the file again.",
        ),
    )


def damaged(key: str) -> StorageError:
    """Return the error of a file that no longer is what was put."""
    return StorageError(
        "blob-damaged",
        Text(
            id=f"Isi berkas {key[:12]} tidak lagi sama dengan sidiknya.",
            en=f"The content of file {key[:12]} no longer fits its digest.",
        ),
        remedy=Text(id="Pulihkan berkas itu dari cadangan.", en="Restore that file from a backup."),
    )
