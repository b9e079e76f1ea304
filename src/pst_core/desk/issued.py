"""What the effects of a case say of the files that were made: no desk is needed to read them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .ports import EffectRow, EffectStatus

__all__ = ["cause_of", "issued_files", "result_of"]


def issued_files(effects: Iterable[EffectRow], kind: str) -> tuple[str, ...]:
    """Return the SHA-256 of the files of the newest paper ``kind``: as kept, and as mailed.

    Empty while none has been made, or if they were made by a release that kept no note of it.
    """
    found: dict[int, set[str]] = {}
    for effect in effects:
        version, what, target = cause_of(effect)
        result = result_of(effect)
        if (what, target) == ("paper", kind):
            # a newer one that is still to be made already outdates the files before it
            found.setdefault(version, set())
            sent = result.get("sha256")
        else:
            sent = result.get(f"paper/{kind}")
        if sent:
            found.setdefault(version, set()).add(sent)
    return tuple(sorted(found[max(found)])) if found else ()


def cause_of(effect: EffectRow) -> tuple[int, str, str]:
    """Return the version of the event that it came from, what is done, and for whom."""
    _, version, what, target = effect.key.rsplit("/", 3)
    return int(version), what, target


def result_of(effect: EffectRow) -> dict[str, str]:
    """Return what was noted when it had been done; empty until then."""
    if effect.status is not EffectStatus.DONE or not effect.result:
        return {}
    result: dict[str, str] = json.loads(effect.result)
    return result
