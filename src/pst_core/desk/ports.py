"""What the desk needs from the outside: a store, a mailer, blobs, papers, the state treasury.

Every adapter of a port passes the same contract suite (``pst_core.testing.contracts``). A store
holds text and numbers only: what an event means is the business of ``wire``, not of a database.
Times are aware datetimes; adapters store UTC and give UTC back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable

import attrs

from ..evidence import Checkpoint, EventRow, NoteRow

__all__ = [
    "Appended",
    "Attachment",
    "AuditLine",
    "AuditLog",
    "Batch",
    "Bill",
    "BillOrder",
    "BillState",
    "BillStatus",
    "Blobs",
    "Box",
    "Claimed",
    "EffectRow",
    "EffectStatus",
    "Erased",
    "Evidence",
    "Gateway",
    "KeyProvider",
    "Mail",
    "Mailer",
    "NewEffect",
    "NewEvent",
    "Number",
    "Payment",
    "PersonBlobs",
    "PersonKey",
    "PersonVault",
    "Reading",
    "ReadingLog",
    "Renderer",
    "Scanner",
    "Store",
    "StoredEvent",
    "Summary",
    "Vault",
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
    digest: str = ""
    """Over what is stored of it and the digest before it in its stream; see ``evidence``."""


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
class PersonKey:
    """The key of one person for one kind of text, wrapped under the key of the office.

    ``wrapped`` is empty once it was destroyed: the row stays and says when and why.
    """

    person: str
    """``~`` and 24 random hex digits: what history calls the person by."""
    kind: str
    """``person``, ``finance`` (what must be kept longer), or ``office`` (the office's own)."""
    office: str
    lookup: str
    """Digest of the host's key under the office's; empty once it was destroyed."""
    wrapped: str
    until: dt.datetime | None = None
    """End of the term for which it is kept after erasure, or when it was destroyed."""
    reason: str = ""


@attrs.frozen
class Box:
    """Texts of one person under their key: ciphertext that a row of history refers to."""

    ref: str
    stream: str
    person: str
    kind: str
    text: str


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
    previous: str | None = None
    """Digest of the stream's event at ``expected_version``, as it was loaded; ``""`` for a new
    stream. It saves the store a look; None if unknown."""
    person: str = ""
    """The host's key of whose data it holds, where the register's row does not say."""
    keys: tuple[PersonKey, ...] = ()
    """New ones; one that is there already is a ``Conflict("key-exists")``."""
    boxes: tuple[Box, ...] = ()
    """Each under a key that must be there: else ``Conflict("key-gone")``."""


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

    def waking(
        self, now: dt.datetime, limit: int = 100, *, office: str | None = None
    ) -> tuple[Summary, ...]:
        """Return streams (of ``office``) whose ``wake`` is at or before ``now``, earliest first."""
        ...

    def claim(
        self,
        worker: str,
        now: dt.datetime,
        lease: dt.timedelta,
        limit: int = 20,
        *,
        office: str | None = None,
    ) -> tuple[Claimed, ...]:
        """Take queued effects that are due, and claimed ones whose lease has ended.

        ``office``: those of its streams alone, by the register; of all if None.

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


@runtime_checkable
class Vault(Protocol):
    """Where a store keeps the persons' keys and boxes, in its own transactions."""

    def boxes(self, refs: Sequence[str]) -> tuple[Box, ...]:
        """Return the boxes of ``refs`` that are there."""
        ...

    def boxes_of(self, person: str) -> tuple[Box, ...]:
        """Return all boxes of ``person``, by ``ref``."""
        ...

    def boxes_at(self, prefix: str) -> tuple[Box, ...]:
        """Return the boxes whose ``ref`` begins with ``prefix``, by ``ref``."""
        ...

    def put_boxes(self, boxes: Sequence[Box]) -> None:
        """Write ``boxes``, in place of those of the same ``ref``."""
        ...

    def drop_boxes(self, refs: Sequence[str]) -> None:
        """Remove the boxes of ``refs``."""
        ...

    def person_keys(
        self, *, office: str | None = None, person: str | None = None, lookup: str | None = None
    ) -> tuple[PersonKey, ...]:
        """Return the keys that fit all that is named, by person and kind."""
        ...

    def add_keys(self, keys: Sequence[PersonKey]) -> None:
        """Write new keys; ``Conflict("key-exists")`` if one is there."""
        ...

    def put_keys(self, keys: Sequence[PersonKey]) -> None:
        """Write ``keys`` in place of those of the same person and kind."""
        ...

    def replace_keys(self, old: Sequence[PersonKey], new: Sequence[PersonKey]) -> None:
        """Write each of ``new`` where ``old`` still stands as it was read (rotation)."""
        ...

    def retitle(self, stream: str, old: str, new: str) -> None:
        """Give the register's row of ``stream`` the title ``new`` if it has ``old``."""
        ...

    def forget(
        self, keys: Sequence[PersonKey], title: str, results: Mapping[str, str]
    ) -> None:  # fmt: skip
        """Put destroyed ``keys`` in place of the live ones and remove what they opened.

        In one transaction: their boxes go, the register's rows of the persons bear ``title``, and
        the effects by key have ``results``. What was there is overwritten where the database can.
        """
        ...

    def unsealed(self) -> int:
        """Return how many rows of the register name their applicant in the clear."""
        ...


@attrs.frozen
class Erased:
    """A person who was erased, as far as it may still be known."""

    person: str
    office: str
    at: dt.datetime
    reason: str
    kept_until: dt.datetime | None
    """End of the term of what must be kept; None if nothing is."""


@runtime_checkable
class PersonVault(Protocol):
    """A store that seals: what the desk asks of it about persons.

    ``person`` is always the pseudonym that ``person_of`` or ``person_of_case`` gives.
    """

    def person_of(self, office: str, key: str) -> str | None:
        """Return what history calls the person whom the host knows as ``key``, or None."""
        ...

    def persons(self, office: str) -> tuple[str, ...]:
        """Return all of ``office`` whose key lives."""
        ...

    def person_of_case(self, stream: str) -> str | None:
        """Return the person whose case ``stream`` is; None if it is unsealed."""
        ...

    def cases_of(self, person: str) -> tuple[str, ...]:
        """Return every stream that holds texts of ``person``, sorted."""
        ...

    def held(self, person: str) -> Mapping[str, Sequence[str]]:
        """Return all texts under the key of ``person``, by box."""
        ...

    def correct(self, person: str, old: str, new: str) -> int:
        """Put ``new`` in the place of each text ``old``; return how many there were."""
        ...

    def keep(self, person: str, office: str, name: str, record: Mapping[str, object]) -> None:
        """Put ``record`` under the finance key of ``person``, to outlive an erasure."""
        ...

    def retained(self, person: str) -> tuple[dict[str, object], ...]:
        """Return what was kept of ``person``."""
        ...

    def erase(
        self, person: str, *, at: dt.datetime, reason: str, keep_until: dt.datetime | None
    ) -> tuple[str, ...]:
        """Destroy the key; return the places of the files that nobody can open now."""
        ...

    def erased(self, office: str) -> tuple[Erased, ...]:
        """Return who was erased at ``office``, when, why, and what is kept until when."""
        ...

    def expire(self, office: str, now: dt.datetime) -> tuple[str, ...]:
        """Destroy what was kept and whose term has ended; return whose it was."""
        ...

    def rewrap(self, office: str) -> int:
        """Wrap every key of ``office`` under the current office key; return how many were not."""
        ...


@runtime_checkable
class PersonBlobs(Protocol):
    """Files that lie under the key of the person whom they concern."""

    def of(self, person: str) -> Blobs:
        """Return the door for uploads of the person whom the host knows as ``person``."""
        ...

    def of_case(self, stream: str, *, finance: bool = False) -> Blobs:
        """Return the door for papers of the case ``stream``; ``finance``: kept by law."""
        ...

    def forget(self, places: Sequence[str]) -> int:
        """Remove the files at ``places``, which nobody can open any more; return how many.

        With them go those that earlier erasures left where they lay.
        """
        ...


class KeyProvider(Protocol):
    """The office keys, wherever they live: a file, the environment, a token that keeps them."""

    @property
    def current(self) -> str:
        """Name of the key that wraps now."""
        ...

    def knows(self, office: str) -> bool:
        """Return whether it has a key for ``office``."""
        ...

    def wrap(self, office: str, key: bytes, context: str) -> str:
        """Return ``key`` (32 bytes) wrapped: ASCII text that names its office key before a dot.

        Bound to ``context``: for another one it cannot be opened.
        """
        ...

    def unwrap(self, office: str, wrapped: str, context: str) -> bytes:
        """Return the key; ``StorageError("office-key-unknown")`` if it cannot be opened."""
        ...


@attrs.frozen
class Reading:
    """Somebody was shown personal data: who, when, of which case and which kinds of text."""

    at: dt.datetime
    office: str
    stream: str
    """The case; ``*`` where a list of many was shown."""
    by: str
    """The host's key of who looked."""
    role: str
    view: str
    saw: tuple[str, ...]


@runtime_checkable
class ReadingLog(Protocol):
    """Keeps who looked at what; the stores of this library do."""

    def note_reading(self, reading: Reading) -> None:
        """Write ``reading`` durably before anything is shown."""
        ...

    def readings(self, office: str, stream: str | None = None) -> tuple[Reading, ...]:
        """Return the readings at ``office`` (of ``stream`` and of lists, if named), in order."""
        ...


@attrs.frozen
class AuditLine:
    """Something that was asked, seen or let in, and is no event of a case. No personal data."""

    office: str
    at: dt.datetime
    what: str
    """A fixed word: ``refused``, ``signed-in``, ``read``, ``profile``, ``download``, ..."""
    actor: str
    """The key of the person, as in ``Actor.id``; never a name."""
    role: str
    stream: str
    detail: str
    """JSON text of fixed words and keys."""


@runtime_checkable
class AuditLog(Protocol):
    """An append-only log beside the streams, sealed with them."""

    def note(self, line: AuditLine, number: Number | None = None) -> int:
        """Write ``line`` durably and return its place; ``number`` is taken with it, or neither.

        Raises ``Conflict("number-taken")`` as ``append`` does, ``StorageError``, ``Busy``.
        """
        ...

    def notes(
        self, office: str, after: int = 0, limit: int = 1000
    ) -> tuple[tuple[int, AuditLine], ...]:
        """Return lines of ``office`` with their places, above ``after``; skips no late commit."""
        ...

    def newest_note(self, office: str, what: str) -> AuditLine | None:
        """Return the newest line of ``office`` about ``what``."""
        ...


@runtime_checkable
class Evidence(AuditLog, Protocol):
    """What a store shows of itself so that others can hold it against its checkpoints."""

    def event_rows(self, office: str | None = None, after: int = 0) -> Iterator[EventRow]:
        """Yield events by position, as of one moment; of one office only what followers may see.

        With ``office`` nothing is skipped that may yet appear before what is yielded. Without it
        every row of the table is there.
        """
        ...

    def note_rows(self, office: str | None = None, after: int = 0) -> Iterator[NoteRow]:
        """Yield the lines of the audit log in the same way."""
        ...

    def checkpoints(
        self, office: str | None = None, *, newest: bool = False
    ) -> tuple[Checkpoint, ...]:
        """Return the checkpoints by office and number, or the newest of each office."""
        ...

    def add_checkpoint(self, checkpoint: Checkpoint) -> bool:
        """Keep ``checkpoint``; False if its number is taken."""
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
    """Id of the first mail of the conversation, its own if it is the first: headers name it."""
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


class Scanner(Protocol):
    """Looks for harmful programs in a file."""

    def scan(self, data: bytes) -> str:
        """Return the name of what was found, ``""`` if nothing was.

        Raises ``ScannerUnavailable`` if there is no answer: then nothing is known of the file.
        """
        ...


class Renderer(Protocol):
    """Makes a paper: the same paper gives the same bytes."""

    def render(self, paper: object) -> bytes:
        """Return the PDF of ``paper`` (a class of ``pst_core.documents.papers``)."""
        ...


@attrs.frozen
class BillOrder:
    """A bill that the treasury is asked to make."""

    reference: str
    """Our own, unique over the store: asked twice under one reference, one bill is made."""
    amount: int
    """Whole rupiah."""
    payer: str
    text: str
    """What it is for, as the bill says it."""


@attrs.frozen
class Bill:
    """A bill as the treasury made it; times are aware, and the end is the one it names."""

    reference: str
    code: str
    """Billing code, 15 digits."""
    amount: int
    issued_at: dt.datetime
    expires_at: dt.datetime


class BillStatus(StrEnum):
    """``EXPIRED`` was not paid and cannot be any more; ``UNKNOWN``: no such bill was made there."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@attrs.frozen
class Payment:
    """Money that the treasury says it has received for a bill."""

    ntpn: str
    """16 capital letters and digits: one for each receipt of the state."""
    ntb: str
    amount: int
    """Whole rupiah, as received."""
    paid_at: dt.datetime


@attrs.frozen
class BillState:
    """What the treasury says of a bill; with ``payment`` just where it is ``PAID``."""

    status: BillStatus
    payment: Payment | None = None


class Gateway(Protocol):
    """The way to the state treasury. It tells facts; what they mean is for the desk to decide."""

    def create(self, order: BillOrder) -> Bill | None:
        """Have a bill made, or return None where a person makes it on this way.

        The same order under the same reference gives the same bill, however often and from
        however many processes it is asked. Raises ``GatewayRefused`` (asking again cannot help:
        another order had this reference) or ``GatewayUnavailable`` (ask again later).
        """
        ...

    def state(self, code: str) -> BillState:
        """Return what the treasury says of the bill ``code``; raises as above."""
        ...
