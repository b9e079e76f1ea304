"""The digest of one row: SHA-256 over its fields as stored, each with its length (in characters)
before it, in UTF-8.

The bytes are those of the store and never a reading of them: an older schema, an unknown event or
a body that no release can read any more has its digest all the same.
"""

from __future__ import annotations

import hashlib

import attrs

__all__ = ["FORMAT", "EventRow", "NoteRow", "event_digest", "note_digest"]

FORMAT = 1
"""Of the two functions below; a store's digests are of one format, which never changes."""


@attrs.frozen
class EventRow:
    """A row of the event table with the office that its command belongs to.

    ``at``: microseconds since 1970-01-01 UTC. ``office`` is empty if the command is not there.
    """

    position: int
    office: str
    stream: str
    version: int
    name: str
    schema: int
    body: str
    at: int
    actor: str
    command_id: str
    digest: str


@attrs.frozen
class NoteRow:
    """A row of the audit table; fields as in ``pst_core.desk.ports.AuditLine``."""

    place: int
    office: str
    at: int
    what: str
    actor: str
    role: str
    stream: str
    detail: str
    digest: str


def event_digest(
    previous: str,
    *,
    office: str,
    stream: str,
    version: int,
    name: str,
    schema: int,
    body: str,
    at: int,
    actor: str,
    command_id: str,
) -> str:
    """Return the digest (hex) of an event after the one whose digest is ``previous``.

    ``previous`` is empty for the first event of a stream.
    """
    nth, kind, when = str(version), str(schema), str(at)
    # written out: half the time of verifying a store is spent here
    text = (
        f"11:pst-event-1{len(previous)}:{previous}{len(office)}:{office}{len(stream)}:{stream}"
        f"{len(nth)}:{nth}{len(name)}:{name}{len(kind)}:{kind}{len(body)}:{body}"
        f"{len(when)}:{when}{len(actor)}:{actor}{len(command_id)}:{command_id}"
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def note_digest(
    *, office: str, at: int, what: str, actor: str, role: str, stream: str, detail: str
) -> str:
    """Return the digest (hex) of a line of the audit log."""
    fields = ("pst-audit-1", office, str(at), what, actor, role, stream, detail)
    parts = [f"{len(text)}:{text}" for text in fields]
    return hashlib.sha256("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
