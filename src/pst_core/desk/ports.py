"""What the desk needs from the outside: a store, a mailer, blobs, a renderer of papers.

Every adapter of a port passes the same contract suite (``pst_core.testing.contracts``). A store
holds text and numbers only: what an event means is the business of ``wire``, not of a database.
Times are aware datetimes; adapters store UTC and give UTC back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable

import attrs

__all__ = [
    "Appended",
    "Attachment",
    "Batch",
    "Blobs",
    "Claimed",
    "EffectRow",
    "EffectStatus",
    "Mail",
    "Mailer",
    "NewEffect",
    "NewEvent",
    "Number",
    "Renderer",
    "Store",
    "StoredEvent",
    "Summary",
]


@attrs.frozen
class NewEvent:
    """An event as it goes to the store: a fixed name, the version of its fields, JSON text."""

    name: str
    schema: int
    body: str


@attrs.frozen
class StoredEvent:
    """An event as it comes back. ``version`` counts 1, 2, 3 ... in its stream, without a hole."""

    position: int
    """Order over the whole store, the one in which followers meet events; it may have holes."""
    stream: str
    version: int
    name: str
    schema: int
    body: str
    at: dt.datetime
    actor: str
    """JSON text of who acted."""
    command_id: str


@attrs.frozen
class NewEffect:
    """Something to be done outside after the commit; one row per recipient and cause."""

    key: str
    """Unique over the store: ``<stream>/<version>/<kind>/<recipient>``."""
    kind: str
    body: str
    """JSON text."""
    due: dt.datetime


class EffectStatus(StrEnum):
    """``QUEUED`` waits, ``CLAIMED`` is being done under a lease, ``DEAD`` was set aside."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    DONE = "done"
    DEAD = "dead"


@attrs.frozen
class EffectRow:
    """An effect as it stands."""

    key: str
    stream: str
    kind: str
    body: str
    status: EffectStatus
    attempt: int
    due: dt.datetime
    result: str
    """What the adapter said last: JSON text of a result, or the error."""


@attrs.frozen
class Claimed:
    """An effect under a lease."""

    key: str
    stream: str
    kind: str
    body: str
    attempt: int
    """Counts all claims of this effect and only grows: it fences a worker that lost its lease."""
    tries: int
    """Counts the claims since it was queued, or queued anew by ``retry``: it bounds the tries."""


@attrs.frozen
class Number:
    """A number taken from a gapless series in the transaction of the event that bears it."""

    series: str
    value: int


@attrs.frozen
class Summary:
    """The register's row of one stream, rewritten with each append."""

    stream: str
    procedure: str
    office: str
    phase: str
    whose: str
    """Role whose turn it is; empty when it has ended."""
    applicant: str
    title: str
    opened: dt.datetime
    changed: dt.datetime
    due: dt.datetime | None
    """End of the legal deadline while it runs, as known at ``changed``."""
    wake: dt.datetime | None
    """When a timer of the procedure is due next, or None."""


@attrs.frozen
class Batch:
    """All that one command writes: in one transaction, or not at all."""

    stream: str
    office: str
    expected_version: int
    """Version of the stream that the decision was made on; 0 for a new stream."""
    events: tuple[NewEvent, ...]
    at: dt.datetime
    actor: str
    command_id: str
    fingerprint: str
    """SHA-256 of the command's content and actor, in hex."""
    effects: tuple[NewEffect, ...] = ()
    numbers: tuple[Number, ...] = ()
    summary: Summary | None = None


@attrs.frozen
class Appended:
    """The answer to an append, or to a command id that was answered before."""

    stream: str
    version: int
    """Version of the stream after the command."""
    first_version: int
    """Version of the command's first event: its events are ``first_version .. version``."""
    repeated: bool = False
    """True if this command id had been answered before and nothing was written now."""


@runtime_checkable
class Store(Protocol):
    """An append-only store of streams with outbox, register, command ids and number series."""

    def load(self, stream: str, after: int = 0) -> tuple[StoredEvent, ...]:
        """Return the events of ``stream`` with a version above ``after``, in order."""
        ...

    def read(self, after: int = 0, limit: int = 1000) -> tuple[StoredEvent, ...]:
        """Return events of all streams above position ``after``: never skips a late commit."""
        ...

    def append(self, batch: Batch) -> Appended:
        """Write ``batch`` in one transaction; when it returns, it is durable.

        The id is looked at first: known for this office with the same fingerprint, the first
        answer comes back; with another fingerprint, or known for another office,
        ``Conflict("command-id-reused")``. Then ``Conflict("stale-version")`` if the stream is not
        at ``expected_version``; ``Conflict("number-taken")`` if a number is not the next of its
        series; ``Conflict("effect-exists")`` if an effect's key exists. ``StorageError`` if it
        cannot be written (disk full, damaged); ``Busy`` if the lock was not had in time.
        """
        ...

    def answer(self, command_id: str, office: str, fingerprint: str) -> Appended | None:
        """Return the first answer to ``command_id``, or None; raises ``Conflict`` like append."""
        ...

    def last_number(self, series: str) -> int:
        """Return the last number taken from ``series``; 0 for a new one."""
        ...

    def register(
        self,
        office: str,
        *,
        procedure: str | None = None,
        phase: str | None = None,
        whose: str | None = None,
        applicant: str | None = None,
        due_before: dt.datetime | None = None,
        after: str = "",
        limit: int = 50,
    ) -> tuple[Summary, ...]:
        """Return register rows of ``office``, ordered by stream, from the one after ``after``."""
        ...

    def summary(self, stream: str) -> Summary | None:
        """Return the register's row of ``stream``."""
        ...

    def waking(self, now: dt.datetime, limit: int = 100) -> tuple[Summary, ...]:
        """Return streams whose ``wake`` is at or before ``now``, earliest first."""
        ...

    def claim(
        self, worker: str, now: dt.datetime, lease: dt.timedelta, limit: int = 20
    ) -> tuple[Claimed, ...]:
        """Take queued effects that are due, and claimed ones whose lease has ended.

        The attempt is counted here, before the work: an effect that kills its worker is counted.
        """
        ...

    def finish(self, key: str, attempt: int, result: str) -> bool:
        """Mark done; False if ``attempt`` is not the current one (the lease went to another)."""
        ...

    def fail(self, key: str, attempt: int, error: str, retry_at: dt.datetime | None) -> bool:
        """Queue again for ``retry_at``, or set aside (``DEAD``) if it is None; False as above."""
        ...

    def retry(self, key: str, now: dt.datetime) -> bool:
        """Queue a set-aside effect for a fresh set of tries; False if there is none of that key."""
        ...

    def effects(
        self, stream: str | None = None, *, status: EffectStatus | None = None, limit: int = 1000
    ) -> tuple[EffectRow, ...]:
        """Return effects in the order they were written."""
        ...

    def close(self) -> None:
        """Release what the store holds; it cannot be used afterwards."""
        ...


@attrs.frozen
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    data: bytes


@attrs.frozen
class Mail:
    """One message to one recipient."""

    id: str
    """The effect's key: the Message-ID is made from it, so a mail sent twice can be recognised."""
    sender: str
    sender_name: str
    to: str
    subject: str
    body: str
    at: dt.datetime
    thread: str
    """What the mail is about (the request's stream): headers keep the thread together."""
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> Mapping[str, str]:
        """Hand ``mail`` over and return facts to keep (``message_id``, where it went).

        Raises ``MailRefused`` (final: the address does not exist) or ``MailNotSent`` (try again).
        """
        ...


class Blobs(Protocol):
    """Content-addressed files: the key is the SHA-256 of the bytes, in hex."""

    def put(self, data: bytes) -> str:
        """Store ``data`` durably and return its key; putting it twice is one file."""
        ...

    def get(self, key: str) -> bytes:
        """Return the bytes; ``NotFound`` if absent, ``StorageError`` if they do not fit the key."""
        ...

    def exists(self, key: str) -> bool:
        """Return whether ``key`` is there."""
        ...

    def delete(self, key: str) -> None:
        """Remove ``key`` if it is there."""
        ...

    def keys(self) -> Sequence[str]:
        """Return all keys, sorted."""
        ...


class Renderer(Protocol):
    """Makes a paper: the same paper gives the same bytes."""

    def render(self, paper: object) -> bytes:
        """Return the PDF of ``paper`` (a class of ``pst_core.documents.papers``)."""
        ...
