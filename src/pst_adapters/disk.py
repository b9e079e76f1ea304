"""What adapters that write files share: what was written stays where it is after a power cut."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def sync(path: Path) -> None:
    """Put the file ``path`` on the disk, or the names in it if it is a folder; ``OSError``."""
    # some systems (Windows) cannot open a folder; there the rename itself is the best there is
    with contextlib.suppress(PermissionError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
