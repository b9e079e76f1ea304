"""Files that no event and no effect names, found and removed after a time of grace."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pst_core.refusal import BadInput
from pst_core.text import Text

if TYPE_CHECKING:
    # the process that reads uploads has no use for a desk, and starts in a third of the time
    from pst_core.desk.ports import Store

__all__ = ["AgedBlobs", "named_keys", "sweep"]

_KEY = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_SHORTEST = dt.timedelta(hours=1)


class AgedBlobs(Protocol):
    """Files that know when they were put last: ``FolderBlobs`` and ``ObjectBlobs``."""

    def keys(self) -> Sequence[str]:
        """Return all keys."""
        ...

    def delete(self, key: str) -> None:
        """Remove ``key`` if it is there."""
        ...

    def written_at(self, key: str) -> dt.datetime | None:
        """Return when ``key`` was put last, aware; None if it is absent."""
        ...


def named_keys(store: Store) -> set[str]:
    """Return all that could be the key of a file in any event or effect of ``store``."""
    found: set[str] = set()
    after = 0
    while page := store.read(after=after):
        for event in page:
            found.update(_KEY.findall(event.body))
        after = page[-1].position
    for effect in store.effects(limit=2**31 - 1):
        found.update(_KEY.findall(effect.body), _KEY.findall(effect.result))
    return found


def sweep(
    store: Store, blobs: AgedBlobs, *, now: dt.datetime, grace: dt.timedelta = dt.timedelta(days=7)
) -> tuple[str, ...]:
    """Remove files put before ``now - grace`` that ``store`` does not name; return their keys.

    A file is put before its event, so ``grace`` must be longer than an upload may wait for its
    command. Putting a file again begins its age anew. Raises ``BadInput`` below one hour.
    """
    if grace < _SHORTEST:
        raise BadInput(
            "grace-too-short",
            Text(
                id=f"Masa tunggu {grace} terlalu singkat.", en=f"A grace of {grace} is too short."
            ),
            remedy=Text(
                id="Pakai satu jam ke atas; bawaannya tujuh hari.",
                en="Use one hour or more; seven days if left out.",
            ),
        )
    # looked at before the events: what is put from here on is young
    old = [key for key in blobs.keys() if _before(blobs, key, now - grace)]  # noqa: SIM118
    if not old:
        return ()
    named = named_keys(store)
    removed = []
    for key in old:
        if key not in named and _before(blobs, key, now - grace):
            blobs.delete(key)
            removed.append(key)
    return tuple(removed)


def _before(blobs: AgedBlobs, key: str, moment: dt.datetime) -> bool:
    written = blobs.written_at(key)
    return written is not None and written < moment
