"""Whether a paper that somebody shows was issued: what its QR code says against what is on record.

Pure comparison. What is on record comes from the desk; how the code is printed from the renderer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from enum import StrEnum

import attrs

from pst_core.refusal import BadInput
from pst_core.text import Text

__all__ = [
    "PaperClaim",
    "PaperRecord",
    "PaperStanding",
    "PaperVerdict",
    "judge_paper",
    "read_claim",
]


class PaperStanding(StrEnum):
    """``ISSUED`` stands; ``REPLACED`` was issued and a later one took its place; ``ALTERED`` bears
    a number that was issued with another content; ``UNKNOWN`` bears a number that was not."""

    ISSUED = "issued"
    REPLACED = "replaced"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@attrs.frozen
class PaperClaim:
    """What a QR code says, or a person who reads a number out: then ``digest`` is empty."""

    number: str
    digest: str = ""
    """SHA-256 in hex, at least its first 16 digits."""
    stream: str = ""


@attrs.frozen
class PaperRecord:
    """A paper that was issued."""

    kind: str
    name: Text
    number: str
    stream: str
    version: int
    """Version of the stream that the paper belongs to; a later one of the kind replaces it."""
    at: dt.datetime
    digests: tuple[str, ...]
    """SHA-256 (hex) of its content, one a language; none if only its number is on record."""
    copy: bool = False
    """Made again for the paper of the same number, which stands beside it."""


@attrs.frozen
class PaperVerdict:
    """The answer, as it can be shown."""

    standing: PaperStanding
    text: Text
    record: PaperRecord | None = None
    by: PaperRecord | None = None
    """The paper that replaces it."""


def read_claim(said: str) -> PaperClaim:
    """Return what the text of a QR code claims; a bare number claims no content.

    Raises ``BadInput`` for an empty text.
    """
    text = " ".join(said.split())
    if "?" in text:
        fields = dict(
            pair.split("=", 1) for pair in text.split("?", 1)[1].split("&") if "=" in pair
        )
        claim = PaperClaim(*(_unescaped(fields.get(key, "")) for key in ("n", "d", "r")))
    elif found := re.fullmatch(r"(\S+)(?: (\S+))? SHA-256 ([0-9a-fA-F]+)", text):
        claim = PaperClaim(found[1], found[3], found[2] or "")
    else:
        claim = PaperClaim(text)
    if not claim.number or (claim.digest and not re.fullmatch("[0-9a-fA-F]{16,64}", claim.digest)):
        raise BadInput(
            "not-a-check-code",
            Text(
                id=f"{said!r} bukan isi kode QR atau nomor dokumen.",
                en=f"{said!r} is no QR text and no number of a paper.",
            ),
            remedy=Text(
                id="Tempelkan seluruh isi kode QR, atau tulis nomornya saja.",
                en="Paste the whole text of the QR code, or give the number alone.",
            ),
        )
    return attrs.evolve(claim, digest=claim.digest.lower())


def judge_paper(claim: PaperClaim, records: Iterable[PaperRecord]) -> PaperVerdict:
    """Return how the paper of ``claim`` stands among ``records``, in any order."""
    known = sorted(records, key=lambda record: record.version)
    numbered = [record for record in known if record.number == claim.number]
    if not numbered:
        return PaperVerdict(
            PaperStanding.UNKNOWN,
            Text(
                id=f"Tidak ada dokumen bernomor {claim.number} yang pernah diterbitkan.",
                en=f"No paper with the number {claim.number} was ever issued.",
            ),
        )
    same = [r for r in numbered if _fits(claim, r)]
    if not same:
        record = numbered[-1]
        return PaperVerdict(
            PaperStanding.ALTERED,
            Text(
                id=f"{_sentence(record.name.id)} {claim.number} ada, tetapi isinya bukan yang "
                "diterbitkan.",
                en=f"{_sentence(record.name.en)} {claim.number} exists, but its content is not "
                "what was issued.",
            ),
            record,
        )
    originals = [r for r in same if not r.copy]
    record = (originals or same)[-1]
    later = [r for r in known if _replaces(r, record)]
    if later:
        by = later[-1]
        return PaperVerdict(
            PaperStanding.REPLACED,
            Text(
                id=f"{_sentence(record.name.id)} {claim.number} pernah diterbitkan, tetapi sudah "
                f"digantikan oleh {by.number} ({by.at:%d-%m-%Y}).",
                en=f"{_sentence(record.name.en)} {claim.number} was issued, but has been replaced "
                f"by {by.number} ({by.at:%Y-%m-%d}).",
            ),
            record,
            by,
        )
    more = Text("", "")
    if not claim.digest or not record.digests:
        more = Text(
            id="; hanya nomornya yang diperiksa, bukan isinya",
            en="; only its number was checked, not its content",
        )
    copies = [r for r in numbered if r.copy and r is not record]
    if copies:
        more = Text(
            id=f"{more.id}; salinannya dibuat {copies[-1].at:%d-%m-%Y}",
            en=f"{more.en}; a copy was made on {copies[-1].at:%Y-%m-%d}",
        )
    return PaperVerdict(
        PaperStanding.ISSUED,
        Text(
            id=f"{_sentence(record.name.id)} {claim.number} diterbitkan {record.at:%d-%m-%Y} dan "
            f"berlaku{more.id}.",
            en=f"{_sentence(record.name.en)} {claim.number} was issued on {record.at:%Y-%m-%d} "
            f"and stands{more.en}.",
        ),
        record,
    )


def _replaces(other: PaperRecord, record: PaperRecord) -> bool:
    return other.kind == record.kind and other.version > record.version and not other.copy


def _fits(claim: PaperClaim, record: PaperRecord) -> bool:
    return (
        not claim.digest
        or not record.digests
        or any(digest.startswith(claim.digest) for digest in record.digests)
    )


def _sentence(name: str) -> str:
    return name[0].upper() + name[1:]


def _unescaped(text: str) -> str:
    # the core may not import urllib; what is not valid UTF-8 becomes a number that nobody issued
    out = bytearray()
    rest = text.encode()
    while rest:
        if rest[:1] == b"%" and re.fullmatch(rb"[0-9A-Fa-f]{2}", rest[1:3]):
            out.append(int(rest[1:3], 16))
            rest = rest[3:]
        else:
            out += rest[:1]
            rest = rest[1:]
    return out.decode("utf-8", "replace")
