"""A checkpoint: the digests of an office since the one before, counted, listed and signed.

What is signed holds the SHA-256 of the list instead of the list: a short copy without lists proves
as much, it only cannot name the place so closely. Each checkpoint names the digest of the one
before, so the newest one stands for all.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any, Protocol

import attrs

from ..refusal import BadInput
from ..text import Text

__all__ = ["Checkpoint", "Part", "Signer", "Verifier", "read_checkpoint", "sealed", "unreadable"]

_FORMAT = "pst-checkpoint-1"

Verifier = Callable[[str, bytes, bytes], bool]
"""``(key, content, signature)``: whether the signature is that key's; False for unknown keys."""


class Signer(Protocol):
    """Holds a private key and signs; where the key lies is its own business."""

    @property
    def key(self) -> str:
        """Name of the key, made from its public half."""
        ...

    def sign(self, content: bytes) -> bytes:
        """Return the signature of ``content``."""
        ...


@attrs.frozen
class Part:
    """What is sealed of one table: events (``position version digest stream`` a line), or notes
    of the audit log (``place digest``)."""

    total: int
    """Rows of the office from the beginning up to ``last``."""
    last: int
    """Position of the last one that is covered; 0 if there is none yet."""
    root: str
    """SHA-256 (hex) of the lines, each with a line feed behind it."""
    lines: tuple[str, ...] | None
    """None in a short copy."""


@attrs.frozen
class Checkpoint:
    """What an office's store held at one moment, and since the checkpoint before."""

    office: str
    number: int
    """1, 2, 3, ... within the office."""
    at: str
    """When it was made, ISO 8601."""
    previous: str
    """Digest of the checkpoint before, empty for the first."""
    events: Part
    notes: Part
    key: str
    signature: str
    """Base64."""

    @property
    def whole(self) -> bool:
        """Whether its lists, where it has them, are those that were signed."""
        return all(
            part.lines is None or root_of(part.lines) == part.root
            for part in (self.events, self.notes)
        )

    @property
    def content(self) -> bytes:
        """What is signed: JSON with sorted keys, without lists."""
        return json.dumps(_fields(self, short=True), sort_keys=True).encode()

    @property
    def digest(self) -> str:
        """What the next checkpoint names this one by: SHA-256 (hex) of ``content``."""
        return hashlib.sha256(self.content).hexdigest()

    def to_json(self, *, short: bool = False) -> str:
        """Return the checkpoint as JSON text; ``short`` leaves the lists out."""
        fields = {**_fields(self, short=short), "signature": self.signature}
        return json.dumps(fields, indent=1) + "\n"

    def signed_by(self, verifier: Verifier) -> bool:
        """Return whether the signature is of a key that ``verifier`` knows."""
        try:
            signature = base64.b64decode(self.signature, validate=True)
        except binascii.Error:
            return False
        return verifier(self.key, self.content, signature)


def sealed(
    signer: Signer,
    *,
    office: str,
    at: dt.datetime,
    before: Checkpoint | None,
    events: tuple[str, ...],
    notes: tuple[str, ...],
) -> Checkpoint:
    """Return the signed checkpoint after ``before`` over the lines of the rows since then."""
    unsigned = Checkpoint(
        office=office,
        number=before.number + 1 if before else 1,
        at=at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        previous=before.digest if before else "",
        events=_part(before.events if before else None, events),
        notes=_part(before.notes if before else None, notes),
        key=signer.key,
        signature="",
    )
    signature = base64.b64encode(signer.sign(unsigned.content)).decode()
    return attrs.evolve(unsigned, signature=signature)


def _part(before: Part | None, lines: tuple[str, ...]) -> Part:
    total, last = (before.total, before.last) if before else (0, 0)
    if lines:
        last = int(lines[-1].split(" ", 1)[0])
    return Part(total + len(lines), last, root_of(lines), lines)


def root_of(lines: tuple[str, ...]) -> str:
    """Return the SHA-256 (hex) of ``lines``."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _fields(checkpoint: Checkpoint, *, short: bool) -> dict[str, Any]:
    def part(of: Part) -> dict[str, Any]:
        fields: dict[str, Any] = {"total": of.total, "last": of.last, "root": of.root}
        if not short and of.lines is not None:
            fields["lines"] = list(of.lines)
        return fields

    return {
        "format": _FORMAT,
        "office": checkpoint.office,
        "number": checkpoint.number,
        "at": checkpoint.at,
        "previous": checkpoint.previous,
        "events": part(checkpoint.events),
        "notes": part(checkpoint.notes),
        "key": checkpoint.key,
    }


def read_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that ``to_json`` wrote. Raises ``BadInput`` for anything else."""
    try:
        fields = json.loads(text)
        if fields.pop("format") != _FORMAT:
            raise ValueError(_FORMAT)
        events, notes = (_part_of(fields.pop(name)) for name in ("events", "notes"))
        checkpoint = Checkpoint(**fields, events=events, notes=notes)
        words = (checkpoint.office, checkpoint.at, checkpoint.previous, checkpoint.key)
        if type(checkpoint.number) is not int or not all(
            isinstance(word, str) for word in (*words, checkpoint.signature)
        ):
            raise TypeError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput(
            "bad-checkpoint",
            Text(id="Ini bukan segel yang utuh.", en="This is not a whole checkpoint."),
            remedy=Text(
                id="Berikan berkas JSON yang dibuat oleh pst audit seal, tanpa diubah.",
                en="Give the JSON file that pst audit seal wrote, unchanged.",
            ),
        ) from error
    return checkpoint


def unreadable(office: str, number: int) -> Checkpoint:
    """Return what stands for a checkpoint that cannot be read any more: it is never whole."""
    nothing = Part(0, 0, "", ())
    return Checkpoint(office, number, "", "", nothing, nothing, "", "")


def _part_of(fields: dict[str, Any]) -> Part:
    lines = fields.pop("lines", None)
    part = Part(**fields, lines=None if lines is None else tuple(lines))
    if type(part.total) is not int or type(part.last) is not int or type(part.root) is not str:
        raise TypeError
    for line in part.lines or ():
        int(line.split(" ", 1)[0])
    return part
