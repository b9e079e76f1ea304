"""Evidence: that nothing in a store was changed, dropped, added or reordered since it was sealed.

Each event carries a digest over what is stored of it and over the digest before it in its stream.
From time to time the digests of an office are sealed: listed, counted, and signed. Who keeps a seal
outside can prove later what the store held then. Pure: rows and checkpoints in, findings out.
"""

from __future__ import annotations

from .checkpoint import Checkpoint, Part, Signer, Verifier, read_checkpoint, sealed, unreadable
from .digest import FORMAT, EventRow, NoteRow, event_digest, note_digest
from .verify import Finding, Verdict, verify

__all__ = [
    "FORMAT",
    "Checkpoint",
    "EventRow",
    "Finding",
    "NoteRow",
    "Part",
    "Signer",
    "Verdict",
    "Verifier",
    "event_digest",
    "note_digest",
    "read_checkpoint",
    "sealed",
    "unreadable",
    "verify",
]
