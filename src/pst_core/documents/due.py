"""Which documents are due now: one list for every door, from one table.

The rules of the published standard, and of other offices' standards where they go further
(LAW.md 4.1-4.3). An office with other rules passes its own table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Literal

import attrs

from pst_core.certainty import Certainty
from pst_core.refusal import BadInput
from pst_core.text import Text

from .facts import Finding, errors
from .forms import ProductKind

__all__ = [
    "RULES",
    "DocumentRule",
    "DueDocument",
    "Segment",
    "Situation",
    "Standing",
    "documents_due",
]

Segment = Literal["general", "student", "government", "private"]
_SEGMENTS: tuple[Segment, ...] = ("general", "student", "government", "private")
_ALL: tuple[ProductKind, ...] = ("publication", "microdata", "map")
_GUARDED: tuple[ProductKind, ...] = ("microdata", "map")


class Standing(StrEnum):
    """How a document stands: not handed in, handed in with faults, or in order."""

    MISSING = "missing"
    FAULTY = "faulty"
    IN_ORDER = "in-order"


@attrs.frozen
class DocumentRule:
    """One document: who hands it in at which step, and for whom it is asked."""

    document: str
    name: Text
    clause: str
    step: str
    """The step (``S9``) from which it is due."""
    who: str
    products: tuple[ProductKind, ...] = _ALL
    segments: tuple[Segment, ...] = _SEGMENTS
    channels: tuple[str, ...] = ("walk-in", "online")
    abroad_only: bool = False
    certainty: Certainty = Certainty.VERIFIED


@attrs.frozen
class Situation:
    """Where a request stands: ``step`` is the clause that is to be done next."""

    step: str
    products: Collection[ProductKind]
    channel: str = "online"
    segment: Segment = "general"
    abroad: bool = False


@attrs.frozen
class DueDocument:
    """A document that must be there by now, and what is wrong with what was handed in."""

    rule: DocumentRule
    standing: Standing
    findings: tuple[Finding, ...] = ()


RULES = (
    DocumentRule("guest-book", Text("buku tamu", "guest book"), "R3", "S2", "applicant",
                 channels=("walk-in",)),
    DocumentRule("request-form", Text("formulir permintaan", "request form"), "R4", "S9",
                 "applicant"),
    DocumentRule("terms", Text("persetujuan syarat penjualan", "agreement to the terms of sale"),
                 "R5", "S9", "applicant"),
    DocumentRule("identity", Text("identitas", "identity document"), "S9", "S9", "applicant",
                 _GUARDED, certainty=Certainty.REPORTED),
    DocumentRule("tax-number", Text("NPWP", "tax number (NPWP)"), "S9", "S9", "applicant",
                 segments=("private",), certainty=Certainty.REPORTED),
    DocumentRule("letter", Text("surat permintaan data", "letter of request"), "S9", "S9",
                 "applicant", _GUARDED, ("student", "government"),
                 certainty=Certainty.REPORTED),
    DocumentRule("abstraction", Text("abstraksi penggunaan data", "abstraction of data use"),
                 "R6", "S10", "applicant", _GUARDED),
    DocumentRule("invoice", Text("tagihan", "invoice"), "S13", "S13", "officer"),
    DocumentRule("sample", Text("contoh data", "data sample"), "S13", "S13", "officer",
                 ("microdata",)),
    DocumentRule("agreement", Text("SPPD untuk ditandatangani", "agreement to be signed"),
                 "S13", "S13", "officer", _GUARDED),
    DocumentRule("proof-of-payment", Text("bukti transfer", "proof of transfer"), "S16", "S16",
                 "applicant", abroad_only=True),
    DocumentRule("signed-agreement", Text("SPPD bertanda tangan", "signed agreement"), "R6",
                 "S17", "applicant", _GUARDED),
    DocumentRule("receipt", Text("kuitansi", "receipt"), "S19", "S19", "treasurer"),
)  # fmt: skip
"""The table, in the order of the steps."""


def documents_due(
    situation: Situation,
    handed_in: Mapping[str, Sequence[Finding]],
    rules: Sequence[DocumentRule] = RULES,
) -> tuple[DueDocument, ...]:
    """Return each document that is due at ``situation.step`` or was due before it, in step order.

    ``handed_in``: what was found in each document handed in (nothing: in order). Raises
    ``BadInput`` for a step that is not ``S1`` to ``S23``.
    """
    now = _number(situation.step)
    due = []
    for rule in rules:
        if _number(rule.step) > now or not _asked(rule, situation):
            continue
        findings = tuple(handed_in.get(rule.document, ()))
        if rule.document not in handed_in:
            standing = Standing.MISSING
        else:
            standing = Standing.FAULTY if errors(findings) else Standing.IN_ORDER
        due.append(DueDocument(rule, standing, findings))
    return tuple(due)


def _asked(rule: DocumentRule, situation: Situation) -> bool:
    return (
        bool(set(rule.products) & set(situation.products))
        and situation.segment in rule.segments
        and situation.channel in rule.channels
        and (situation.abroad or not rule.abroad_only)
    )


def _number(step: str) -> int:
    if step[:1] == "S" and step[1:].isdecimal() and 1 <= int(step[1:]) <= 23:
        return int(step[1:])
    raise BadInput(
        "no-such-step",
        Text(id=f"{step!r} bukan langkah S1 sampai S23.", en=f"{step!r} is not a step S1 to S23."),
        remedy=Text(id="Pakai id langkah standar pelayanan.", en="Use a step id of the standard."),
    )
