"""What is known of a file, and what is wrong with something: the two values that checks pass on."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

import attrs

from pst_core.text import Text

__all__ = ["FileFacts", "Finding", "Severity", "SignatureFacts", "errors"]

Severity = Literal["error", "warning"]


@attrs.frozen
class Finding:
    """One thing wrong and what would be right: an ``error`` refuses, a ``warning`` is shown."""

    code: str
    clause: str
    text: Text
    remedy: Text
    severity: Severity = "error"


@attrs.frozen
class SignatureFacts:
    """One electronic signature in a file."""

    signer: str
    """Common name of the certificate."""
    intact: bool
    """The signed bytes are as they were signed."""
    covers_whole_file: bool
    """Nothing was added to the file afterwards, but proof that the signature was good."""
    trusted: bool
    """The certificate leads to a root that the operator trusts, and is not revoked or expired."""
    when: dt.datetime | None = None
    """Time that the signer states; not proven by a timestamp authority."""
    revoked: bool = False
    doubt: str = ""
    """Why not to trust it: ``unknown`` ``expired`` ``revocation-unknown`` (a list of revoked
    certificates is too old or does not name its authority), or, of a trusted one,
    ``revocation-not-checked``: the operator gave no such list."""


@attrs.frozen
class FileFacts:
    """What a reader found in a file; text and numbers only, so it can be kept as JSON."""

    FROM_A_READER: ClassVar[bool] = True
    """Its texts are what stands in a file, not what somebody typed; the reader bounds them."""

    name: str
    """As given by the user; for display, never for a path."""
    bytes: int
    sha256: str
    media_type: str
    """By content; ``application/octet-stream`` if unknown."""
    pages: int | None = None
    encrypted: bool = False
    active_content: tuple[str, ...] = ()
    """What the file would do or carry: ``javascript``, ``launch``, ``embedded-file`` ..."""
    text_found: str = ""
    """Text in the file, at most 20,000 characters."""
    codes: tuple[str, ...] = ()
    """Agreement codes found in the whole text."""
    signatures: tuple[SignatureFacts, ...] = ()
    problem: str = ""
    """Why it could not be read: ``""`` ``damaged`` ``too-slow`` ``too-big`` ``too-deep``
    ``crashed`` (it brought the reader down), ``infected`` (by the virus scanner); or no fault of
    the file: ``unread`` (the reader was lost), ``unscanned`` (the scanner gave no answer)."""
    looks_also_like: tuple[str, ...] = ()
    """Other media types that the same bytes pass for (a polyglot)."""
    revisions: tuple[str, ...] = ()
    """SHA-256 of a PDF up to each of its ends: a file that was only added to starts with them."""
    changed_before_signing: bool = False
    """Between the first revision and a signature, more was added than signatures."""
    marks: tuple[str, ...] = ()
    """What else stands out: ``name-path`` ``name-letters`` ``name-long`` in the user's name for
    it; ``archive-path`` ``archive-link`` in an archive; ``restricted`` (encrypted, but it opens
    without a password); ``location`` (a picture says where it was taken); ``scan`` (each page of
    a PDF bears a picture that may be the whole page)."""


def errors(findings: tuple[Finding, ...] | list[Finding]) -> tuple[Finding, ...]:
    """Return the findings that refuse, without the warnings."""
    return tuple(finding for finding in findings if finding.severity == "error")
