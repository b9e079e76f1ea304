"""Which files of a request its reader may have now.

Which texts a role may see stands in ``access``; here only what can be read in a file of each kind:
it is for those who may see all of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ..documents import FileFacts
from ..workflow import Actor, Role, State
from .access import right_of
from .downloads import downloads_of
from .fields import Held
from .issued import cause_of, result_of
from .ports import EffectRow

__all__ = ["CaseFile", "case_files"]

_AGREEMENT = {Held.NAME, Held.CONTACT, Held.NUMBER, Held.WORDS}
_INSIDE: dict[str, set[Held]] = {
    "invoice": {Held.NAME, Held.CONTACT},
    "receipt": {Held.NAME, Held.CONTACT},
    "agreement": _AGREEMENT,
    "file": _AGREEMENT | {Held.FILE},
    "proof": {Held.PAYER, Held.FILE},
    "documents": {Held.NUMBER, Held.FILE},
    "sample": {Held.WORDS, Held.FILE},
    "files": {Held.WORDS, Held.FILE},
}
"""What can be read in a file of each kind."""


@attrs.frozen
class CaseFile:
    """A file that the reader of a request may have.

    ``kind``: a paper of the office (``invoice``, ``agreement``, ``receipt``), the field of the
    event that it came with (``file`` is the signed agreement, ``proof`` of payment, ``sample``,
    ``documents``), or ``files`` for the products.
    """

    kind: str
    name: str
    sha256: str
    facts: FileFacts | None = None
    """What was found in it; None for a paper of the office, which is a PDF."""
    counted: bool = False
    """A product that was delivered: it goes out by a link that counts (S20)."""
    document: str = ""
    """Of ``documents``: which one it was handed in as."""


def case_files(state: State, effects: Sequence[EffectRow], by: Actor) -> Iterator[CaseFile]:
    """Yield each file that ``by`` may have once: papers, delivered products, then uploads.

    The newest paper of each kind, and what came last first. Whether ``by`` may see the case at all
    was asked before. ``effects``: those of the case, oldest first.
    """
    sees = right_of(by.role).sees
    seen: set[str] = set()
    for effect in reversed(effects):
        _, what, kind = cause_of(effect)
        if what != "paper" or kind in seen or not _INSIDE[kind] <= sees:
            continue
        made = result_of(effect)
        if "sha256" in made:
            seen |= {kind, made["sha256"]}
            yield CaseFile(kind, made["name"], made["sha256"])
    for file in downloads_of(state) if by.role is Role.APPLICANT else ():
        seen.add(file.sha256)
        yield CaseFile("files", file.name, file.sha256, file, counted=True)
    for kind, file, document in _uploaded(state):
        # the products come to the applicant when they are delivered and paid (S20), not before
        early = kind == "files" and by.role is Role.APPLICANT
        if file.sha256 not in seen and _INSIDE[kind] <= sees and not early:
            seen.add(file.sha256)
            yield CaseFile(kind, file.name, file.sha256, file, document=document)


def _uploaded(state: State) -> Iterator[tuple[str, FileFacts, str]]:
    for noted in sorted(state.latest.values(), key=lambda n: n.at, reverse=True):
        event = noted.event
        for file in getattr(event, "files", ()):
            yield "files", file, ""
        for field in ("sample", "proof", "file"):
            if getattr(event, field, None) is not None:
                yield field, getattr(event, field), ""
        for handed in getattr(event, "documents", ()):
            if handed.file is not None:
                yield "documents", handed.file, handed.document
