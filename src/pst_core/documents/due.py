"""Which documents are due now, and whether what was handed in will do: one list for every door.

The rules are data of an office's standard (``law/documents``), read here; judging a file is left
to ``checks``, a number to ``identity``. Where a request stands is known to ``request``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

import attrs

from pst_core.certainty import Certainty
from pst_core.lawdata import Table, read_toml, shipped
from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.workflow import Role

from .asker import Channel, Segment
from .checks import check_upload
from .facts import FileFacts, Finding, errors
from .forms import ProductKind
from .identity import check_nik, check_npwp

__all__ = [
    "BY_STEPS",
    "DocumentRule",
    "DueDocument",
    "HandedIn",
    "Need",
    "NumberKind",
    "Situation",
    "Standing",
    "check_document",
    "documents_due",
    "load_documents",
]

E = TypeVar("E", bound=StrEnum)

BY_STEPS = (
    *("guest-book", "terms", "request-form", "abstraction", "invoice", "sample", "agreement"),
    *("proof-of-payment", "signed-agreement", "receipt"),
)
"""Documents that a step of the procedure makes or takes in itself: nobody hands them in apart."""

_LONGEST = 200
"""Characters of a number or a reference; more is no number."""


class Need(StrEnum):
    """What of a document must be there."""

    FILE = "file"
    NUMBER = "number"


class NumberKind(StrEnum):
    """What a document's number is, so how it is checked."""

    NIK = "nik"
    NPWP = "npwp"
    FREE = "free"


class Standing(StrEnum):
    """How a document stands: not handed in, handed in with faults, or in order."""

    MISSING = "missing"
    FAULTY = "faulty"
    IN_ORDER = "in-order"

    @property
    def text(self) -> Text:
        """The word in both languages."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.MISSING: Text(id="belum ada", en="missing"),
    Standing.FAULTY: Text(id="belum benar", en="faulty"),
    Standing.IN_ORDER: Text(id="sesuai", en="in order"),
}


@attrs.frozen
class DocumentRule:
    """One document: who hands it in at which step, and for whom it is asked."""

    document: str
    name: Text
    clause: str
    step: str
    """The step (``S9``) at which it becomes due."""
    who: Role
    products: tuple[ProductKind, ...] = ()
    """Only for a basket with one of these kinds; empty: for any."""
    segments: tuple[Segment, ...] = ()
    channels: tuple[Channel, ...] = ()
    abroad_only: bool = False
    paid_only: bool = False
    """Not where the tariff is Rp0."""
    needs: tuple[Need, ...] = ()
    """What the applicant hands in; empty: a step of the procedure makes it."""
    number: NumberKind = NumberKind.FREE
    by_reference: bool = False
    """A record that the host application has verified already may stand for it."""
    by_choice: bool = False
    """Asked for only by an office whose profile names it under ``[requirements]``."""
    certainty: Certainty = Certainty.VERIFIED
    citation: str = ""


@attrs.frozen
class HandedIn:
    """What was handed in as one document.

    ``reference`` names a record of the host application that was verified there; the door that
    takes the command in fills it from what it knows, never from what the applicant typed.
    """

    document: str
    file: FileFacts | None = None
    number: str = ""
    reference: str = ""


@attrs.frozen
class Situation:
    """Where a request stands: ``step`` is the furthest step that is reached."""

    step: str
    products: Collection[str]
    """Kinds of product in the basket."""
    channel: Channel = Channel.ONLINE
    segment: Segment = Segment.INDIVIDUAL
    abroad: bool = False
    free: bool = False
    """Charged Rp0."""


@attrs.frozen
class DueDocument:
    """A document that must be there by now, and what is wrong with what was handed in."""

    rule: DocumentRule
    standing: Standing
    findings: tuple[Finding, ...] = ()


def documents_due(
    situation: Situation,
    handed_in: Mapping[str, Sequence[Finding]],
    rules: Sequence[DocumentRule],
) -> tuple[DueDocument, ...]:
    """Return each document that is due at ``situation.step`` or was due before it, in step order.

    ``handed_in``: what was found in each document handed in (nothing: in order). ``rules``: those
    of the office's standard. Raises ``BadInput`` for a step that is not ``S1`` to ``S23``.
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


def check_document(
    rule: DocumentRule, handed: HandedIn, *, abroad: bool = False
) -> tuple[Finding, ...]:
    """Return what is wrong with ``handed`` as the document of ``rule``.

    An applicant ``abroad`` may have no Indonesian number, and an identity card may be a driving
    licence or a passport: there a number that is none of ours is a warning.
    """
    findings: list[Finding] = []
    if handed.reference:
        findings.append(_referred(rule, handed.reference))
    elif missing := [need for need in rule.needs if not _given(need, handed)]:
        findings += [_lacking(rule, need) for need in missing]
    if handed.file is not None:
        found = check_upload(handed.file, "letter")
        findings += [attrs.evolve(f, clause=rule.clause) for f in found]
    if max(len(handed.number), len(handed.reference)) > _LONGEST:
        findings.append(_too_long(rule))
    elif handed.number.strip():
        findings += _of_number(rule, handed.number, abroad)
    return tuple(findings)


def _given(need: Need, handed: HandedIn) -> bool:
    return handed.file is not None if need is Need.FILE else bool(handed.number.strip())


def _of_number(rule: DocumentRule, number: str, abroad: bool) -> list[Finding]:
    if rule.number is NumberKind.NIK:
        found, doubtful = check_nik(number, rule.clause), True
    elif rule.number is NumberKind.NPWP:
        found, doubtful = check_npwp(number, rule.clause), abroad
    else:
        return []
    if doubtful and errors(found):
        return [_foreign(rule)]
    return list(found)


def _foreign(rule: DocumentRule) -> Finding:
    word = rule.number.upper()
    salah, wrong = f"Nomor ini bukan {word}.", f"This number is no {word}."
    if rule.number is NumberKind.NIK:
        lanjut, go_on = "Untuk SIM atau paspor, lanjutkan.", "With a licence or passport, go on."
    else:
        lanjut, go_on = "Untuk nomor pajak negara lain, lanjutkan.", "If it is foreign, go on."
    return Finding(
        f"no-{rule.number}",
        rule.clause,
        Text(id=salah, en=wrong),
        Text(id=f"{lanjut} {word} disalin dari kartunya.",
             en=f"{go_on} Copy {word} from its card."),
        "warning",
    )  # fmt: skip


def _lacking(rule: DocumentRule, need: Need) -> Finding:
    apa, what = (
        ("berkasnya", "its file") if need is Need.FILE else ("nomornya", "its number")
    )  # fmt: skip
    return Finding(
        f"no-{need}",
        rule.clause,
        Text(id=f"{rule.name.id}: {apa} belum ada.", en=f"{rule.name.en}: {what} is missing."),
        Text(id=f"Serahkan {apa}.", en=f"Hand in {what}."),
    )


def _referred(rule: DocumentRule, reference: str) -> Finding:
    if rule.by_reference:
        return Finding(
            "by-reference",
            rule.clause,
            Text(
                id=f"{rule.name.id} dirujuk dari aplikasi: {reference[:_LONGEST]}.",
                en=f"{rule.name.en} by reference to the application: {reference[:_LONGEST]}.",
            ),
            Text(id="Lihat data itu di aplikasi.", en="See that record in the application."),
            "warning",
        )
    return Finding(
        "no-reference-taken",
        rule.clause,
        Text(
            id=f"{rule.name.id} tidak dapat diganti rujukan.",
            en=f"A reference cannot stand for the {rule.name.en}.",
        ),
        Text(id="Serahkan dokumennya.", en="Hand in the document."),
    )


def _too_long(rule: DocumentRule) -> Finding:
    return Finding(
        "number-too-long",
        rule.clause,
        Text(
            id=f"Nomor atau rujukan melebihi {_LONGEST} huruf.",
            en=f"The number or reference is longer than {_LONGEST} characters.",
        ),
        Text(id="Salin nomornya saja.", en="Copy the number alone."),
    )


def _asked(rule: DocumentRule, situation: Situation) -> bool:
    return (
        (not rule.products or bool(set(rule.products) & set(situation.products)))
        and (not rule.segments or situation.segment in rule.segments)
        and (not rule.channels or situation.channel in rule.channels)
        and (situation.abroad or not rule.abroad_only)
        and not (situation.free and rule.paid_only)
    )


def _is_step(step: str) -> bool:
    digits = step[1:]
    return step[:1] == "S" and digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= 23


def _number(step: str) -> int:
    if _is_step(step):
        return int(step[1:])
    raise BadInput(
        "no-such-step",
        Text(id=f"{step!r} bukan langkah S1 sampai S23.", en=f"{step!r} is not a step S1 to S23."),
        remedy=Text(id="Pakai id langkah standar pelayanan.", en="Use a step id of the standard."),
    )


# -- reading the rules ------------------------------------------------------------------------


def load_documents(name: str, folder: Path | None = None) -> tuple[DocumentRule, ...]:
    """Return the document rules of a standard, in step order.

    ``name``: that of a shipped list, or of a TOML file (``.toml``) in ``folder``. Raises
    ``BadLawData`` if it is missing or not in order.
    """
    if name.endswith(".toml"):
        return _read(read_toml((folder or Path()) / name))
    return _shipped(name)


@cache
def _shipped(name: str) -> tuple[DocumentRule, ...]:
    return _read(read_toml(shipped("documents", f"{name}.toml")))


def _read(table: Table) -> tuple[DocumentRule, ...]:
    table.take("version", str)
    rules: list[DocumentRule] = []
    for row in table.tables("documents", required=True):
        rule = _read_rule(row)
        if any(other.document == rule.document for other in rules):
            raise row.error(
                "document",
                Text(id=f"menyebut {rule.document!r} dua kali.",
                     en=f"names {rule.document!r} a second time."),
                Text(id="Gabungkan kedua aturan itu.", en="Make one rule of the two."),
            )  # fmt: skip
        rules.append(rule)
    table.done()
    return tuple(sorted(rules, key=lambda rule: _number(rule.step)))


def _read_rule(row: Table) -> DocumentRule:
    step, products = row.take("step", str), row.strings("products", ())
    if not _is_step(step):
        raise row.error(
            "step",
            Text(id=f"tidak mengenal {step!r}.", en=f"does not know {step!r}."),
            Text(id="Tulis S1 sampai S23.", en="Write S1 to S23."),
        )
    rule = DocumentRule(
        document=row.take("document", str),
        name=row.text("name"),
        clause=row.take("clause", str),
        step=step,
        who=row.choice("who", Role),
        products=_known(row, "products", products, get_args(ProductKind)),
        segments=_words(row, "segments", Segment),
        channels=_words(row, "channels", Channel),
        abroad_only=row.take("abroad_only", bool, False),
        paid_only=row.take("paid_only", bool, False),
        needs=_words(row, "needs", Need),
        number=row.choice("number", NumberKind, NumberKind.FREE),
        by_reference=row.take("reference", bool, False),
        by_choice=row.take("by_choice", bool, False),
        certainty=row.certainty(),
        citation=row.take("citation", str),
    )
    _check_needs(row, rule)
    row.done()
    return rule


def _check_needs(row: Table, rule: DocumentRule) -> None:
    """Refuse a document that nobody could ever hand in, or that a step takes in already."""
    if not rule.needs and rule.document not in BY_STEPS:
        raise row.error(
            "document",
            Text(
                id=f"{rule.document!r} tidak dibuat oleh langkah mana pun.",
                en=f"{rule.document!r} is made by no step.",
            ),
            Text(
                id=f'Tambahkan needs = ["file"], atau pakai salah satu: {", ".join(BY_STEPS)}.',
                en=f'Add needs = ["file"], or use one of: {", ".join(BY_STEPS)}.',
            ),
        )
    in_draft = rule.who is Role.APPLICANT and _number(rule.step) <= 10
    if rule.needs and (rule.document in BY_STEPS or not in_draft):
        raise row.error(
            "needs",
            Text(
                id="hanya untuk dokumen pengguna layanan sampai S10.",
                en="is for documents of the applicant up to S10 only.",
            ),
            Text(id="Hapus needs, atau ubah step dan who.", en="Drop needs, or mend step and who."),
        )


def _words(row: Table, key: str, kind: type[E]) -> tuple[E, ...]:
    words = _known(row, key, row.strings(key, ()), tuple(kind))
    return tuple(kind(word) for word in words)


def _known(row: Table, key: str, words: tuple[str, ...], known: tuple[str, ...]) -> tuple[Any, ...]:
    for word in words:
        if word not in known:
            raise row.error(
                key,
                Text(id=f"tidak mengenal {word!r}.", en=f"does not know {word!r}."),
                Text(id=f"Pilih dari: {', '.join(known)}.", en=f"Choose from: {', '.join(known)}."),
            )
    return words
