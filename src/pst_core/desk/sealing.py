"""What every store does alike for its evidence: digests of a batch, lines of a checkpoint.

``seal`` makes the next checkpoint of an office, ``verify_store`` holds a store against them.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

from ..evidence import (
    Checkpoint,
    NoteRow,
    Signer,
    Verdict,
    Verifier,
    event_digest,
    note_digest,
    sealed,
    verify,
)
from ..refusal import StorageError
from ..text import Text
from .ports import AuditLine, Batch, Evidence

__all__ = ["MOST", "digests", "micros", "note_row", "seal", "verify_store"]

MOST = 1000
"""Events, and as many notes, in one checkpoint: it stays small enough to be mailed."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK = dt.timedelta(microseconds=1)


def micros(at: dt.datetime) -> int:
    """Return the microseconds from 1970-01-01 UTC to ``at``."""
    return (at - _EPOCH) // _TICK


def digests(batch: Batch, previous: str) -> list[str]:
    """Return the digest of each event of ``batch`` after the one whose digest is ``previous``."""
    made = []
    at = micros(batch.at)
    for version, event in enumerate(batch.events, batch.expected_version + 1):
        previous = event_digest(
            previous,
            office=batch.office,
            stream=batch.stream,
            version=version,
            name=event.name,
            schema=event.schema,
            body=event.body,
            at=at,
            actor=batch.actor,
            command_id=batch.command_id,
        )
        made.append(previous)
    return made


def note_row(line: AuditLine, place: int) -> NoteRow:
    """Return ``line`` as it is stored at ``place``."""
    at = micros(line.at)
    digest = note_digest(
        office=line.office,
        at=at,
        what=line.what,
        actor=line.actor,
        role=line.role,
        stream=line.stream,
        detail=line.detail,
    )
    return NoteRow(
        place, line.office, at, line.what, line.actor, line.role, line.stream, line.detail, digest
    )


def seal(
    store: Evidence, office: str, signer: Signer, at: dt.datetime, *, most: int = MOST
) -> tuple[Checkpoint, ...]:
    """Make and keep as many checkpoints as it takes to cover what ``office`` has by now.

    Returns them; none if nothing has happened since the last one. Any number of processes may do
    it at once: a number is taken once.
    """
    made: list[Checkpoint] = []
    while True:
        last = store.checkpoints(office, newest=True)
        before = last[0] if last else None
        if before is not None and not before.whole:
            raise StorageError(
                "checkpoint-damaged",
                Text(
                    id=f"Segel terakhir, {before.office}/{before.number}, tidak utuh.",
                    en=f"The last checkpoint, {before.office}/{before.number}, is damaged.",
                ),
                remedy=Text(
                    id="Periksa dengan pst audit verify sebelum menyegel lagi.",
                    en="Look with pst audit verify before anything is sealed again.",
                ),
            )
        after = (before.events.last, before.notes.last) if before else (0, 0)
        events = tuple(
            f"{row.position} {row.version} {row.digest} {row.stream}"
            for row in itertools.islice(store.event_rows(office, after[0]), most)
        )
        notes = tuple(
            f"{row.place} {row.digest}"
            for row in itertools.islice(store.note_rows(office, after[1]), most)
        )
        if not events and not notes:
            return tuple(made)
        checkpoint = sealed(signer, office=office, at=at, before=before, events=events, notes=notes)
        if store.add_checkpoint(checkpoint):
            made.append(checkpoint)


def verify_store(
    store: Evidence,
    *,
    outside: Sequence[Checkpoint] = (),
    verifier: Verifier | None = None,
) -> Verdict:
    """Hold every row of ``store`` against its digests, its checkpoints and those from outside."""
    # first, so that the rows read after them are no older
    checkpoints = store.checkpoints()
    return verify(
        store.event_rows(),
        store.note_rows(),
        checkpoints,
        outside=outside,
        verifier=verifier,
    )
