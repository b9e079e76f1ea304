"""The data-use agreement (SPPD): its text as dated law data, filled per request, and its digest.

How an office has it signed and handed over (``AgreementRules``) is data of the office. The digest
covers the whole filled text in both languages; a short code of it is printed on the paper, so a
signed copy can be known again as this agreement and no other. The Indonesian text is the one of
record.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import attrs

from pst_core.certainty import Certainty
from pst_core.lawdata import Table, read_toml, shipped
from pst_core.money import Rupiah, as_rupiah
from pst_core.refusal import BadInput
from pst_core.text import Lang, Text

__all__ = [
    "AGREEMENT_CODE",
    "AgreementRules",
    "AgreementTerms",
    "AgreementVersion",
    "Clause",
    "FilledAgreement",
    "Party",
    "Way",
    "agreement_code",
    "agreement_digest",
    "agreement_text",
    "load_agreement",
    "long_date",
    "read_agreement_rules",
    "squeeze",
]

AGREEMENT_CODE = re.compile(r"SPPD-[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}")
"""What the printed code of an agreement looks like."""

_MONTHS_ID = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Way(StrEnum):
    """How the signed agreement reaches the office."""

    UPLOAD = "upload"
    POST = "post"
    COUNTER = "counter"

    @property
    def text(self) -> Text:
        """The way in words."""
        return _WAYS[self]


_WAYS = {
    Way.UPLOAD: Text(id="unggah melalui portal", en="upload through the portal"),
    Way.POST: Text(id="lewat pos", en="by post"),
    Way.COUNTER: Text(id="di loket", en="at the counter"),
}


class Party(StrEnum):
    """One of the two who sign: the applicant, and the office's head."""

    RECEIVER = "receiver"
    PROVIDER = "provider"


@attrs.frozen
class AgreementRules:
    """How an office has the agreement signed and handed over, as its standard says."""

    text: str
    """Name of the text under ``law/agreement``."""
    ways: tuple[Way, ...]
    originals: int
    """How many signed and stamped originals are handed in by post or at the counter."""
    signers: tuple[Party, ...]
    """Who must have signed a file that comes signed electronically."""
    certainty: Certainty
    citation: str


@attrs.frozen
class Clause:
    """A numbered clause and its lettered items."""

    text: Text
    items: tuple[Text, ...] = ()


@attrs.frozen
class AgreementVersion:
    """The agreement's text as law data, with ``{name}`` places not yet filled."""

    version: str
    certainty: Certainty
    citation: str
    title: Text
    opening: Text
    clauses: tuple[Clause, ...]
    duty: Rupiah
    """Stamp duty (bea meterai) of each original, in rupiah."""
    duty_citation: str


@attrs.frozen
class AgreementTerms:
    """What is filled in for one request."""

    number: str
    request_id: str
    date: dt.date
    office: str
    receiver: str
    products: tuple[str, ...]
    institution: str = ""
    identity: str = ""
    """Identity document as printed, e.g. ``NIK 3317...``; empty if the host keeps identities."""
    address: str = ""


@attrs.frozen
class FilledAgreement:
    """The agreement of one request, with nothing left to fill."""

    version: str
    terms: AgreementTerms
    title: Text
    opening: Text
    clauses: tuple[Clause, ...]
    certainty: Certainty
    duty: Rupiah
    duty_citation: str

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the filled text."""
        return agreement_digest(self)

    @property
    def code(self) -> str:
        """The short code printed on the paper."""
        return agreement_code(self.digest)

    def paragraphs(self, lang: Lang = "id") -> tuple[str, ...]:
        """Return the text in ``lang``: title, opening, then each clause and item."""
        texts = [self.title, self.opening]
        for clause in self.clauses:
            texts += [clause.text, *clause.items]
        return tuple(text.say(lang) for text in texts)


def load_agreement(name: str | Path = "sppd") -> AgreementVersion:
    """Return a shipped text of the agreement by name, or one from a TOML file.

    Raises ``BadLawData`` if the file is missing or not in order.
    """
    return _read(read_toml(name)) if isinstance(name, Path) else _shipped(name)


@lru_cache(maxsize=16)
def _shipped(name: str) -> AgreementVersion:
    # what is shipped does not change, and every step from the offer to the signature asks for it
    return _read(read_toml(shipped("agreement", f"{name}.toml")))


def _read(table: Table) -> AgreementVersion:
    duty = table.table("duty")
    opening = table.table("opening")
    clauses = []
    for row in table.tables("clauses", required=True):
        items = []
        for item in row.tables("items"):
            items.append(Text(id=item.take("id", str), en=item.take("en", str)))
            item.done()
        clauses.append(Clause(Text(id=row.take("id", str), en=row.take("en", str)), tuple(items)))
        row.done()
    opening.certainty()  # the opening is ours, and the file says so
    version = AgreementVersion(
        version=table.take("version", str),
        certainty=table.certainty(),
        citation=table.take("citation", str),
        title=table.text("title"),
        opening=Text(id=opening.take("id", str), en=opening.take("en", str)),
        clauses=tuple(clauses),
        duty=as_rupiah(duty.take("amount", int)),
        duty_citation=duty.take("citation", str),
    )
    duty.certainty()
    for part in (duty, opening, table):
        part.done()
    return version


def read_agreement_rules(table: Table) -> AgreementRules:
    """Return the section ``[agreement]`` of an office's profile.

    Raises ``BadLawData`` for a way or party that is not known, no way at all, or less than one
    original.
    """
    rules = AgreementRules(
        text=table.take("text", str),
        ways=_words(table, "ways", Way),
        originals=table.take("originals", int),
        signers=_words(table, "signers", Party),
        certainty=table.certainty(),
        citation=table.take("citation", str),
    )
    for key, wrong in (("ways", not rules.ways), ("originals", rules.originals < 1)):
        if wrong:
            raise table.error(
                key,
                Text(id="harus sedikitnya satu.", en="must be at least one."),
                Text(id="Isi menurut standar kantor.", en="Fill in what the standard says."),
            )
    table.done()
    return rules


def agreement_text(version: AgreementVersion, terms: AgreementTerms) -> FilledAgreement:
    """Return ``version`` filled for one request.

    Raises ``BadInput`` if a party, the number or the products are missing: nobody signs a blank.
    """
    for name in ("number", "request_id", "office", "receiver", "products"):
        if not getattr(terms, name):
            raise BadInput(
                "agreement-incomplete",
                Text(
                    id=f"Perjanjian tidak dapat dibuat: isian {name} kosong.",
                    en=f"The agreement cannot be made: the field {name} is empty.",
                ),
                remedy=Text(id=f"Isi {name}.", en=f"Fill in {name}."),
            )

    def fill(text: Text) -> Text:
        return Text(
            id=text.id.format_map(_places(terms, "id")), en=text.en.format_map(_places(terms, "en"))
        )

    return FilledAgreement(
        version=version.version,
        terms=terms,
        title=version.title,
        opening=fill(version.opening),
        clauses=tuple(
            Clause(fill(clause.text), tuple(fill(item) for item in clause.items))
            for clause in version.clauses
        ),
        certainty=version.certainty,
        duty=version.duty,
        duty_citation=version.duty_citation,
    )


def agreement_digest(filled: FilledAgreement) -> str:
    """Return the SHA-256 (hex) of the canonical text: version, both languages, single spaces."""
    from hashlib import sha256  # an office has rules for agreements, and seldom fills one in

    paragraphs = (filled.version, *filled.paragraphs("id"), *filled.paragraphs("en"))
    canonical = "\n".join(
        " ".join(unicodedata.normalize("NFC", paragraph).split()) for paragraph in paragraphs
    )
    return sha256(canonical.encode()).hexdigest()


def agreement_code(digest: str) -> str:
    """Return the first 80 bits of ``digest`` as a code that survives print, phone and scan."""
    letters = base64.b32encode(bytes.fromhex(digest)[:10]).decode()
    return "SPPD-" + "-".join(letters[n : n + 4] for n in range(0, 16, 4))


def squeeze(text: str) -> str:
    """Return ``text`` without spaces, quotes and hyphens, so that line breaks do not matter."""
    return unicodedata.normalize("NFKC", text).translate(_SQUEEZED)


class _Squeezed(dict[int, "int | None"]):
    """What becomes of each letter; looked up once: a whole agreement goes through here."""

    def __missing__(self, letter: int) -> int | None:
        kept = unicodedata.category(chr(letter))[0] in "LNS" or chr(letter) in ".,:;()/"
        found = self[letter] = letter if kept else None
        return found


_SQUEEZED = _Squeezed()


def long_date(day: dt.date, lang: Lang = "id") -> str:
    """Return ``24 November 2026``."""
    months = _MONTHS_EN if lang == "en" else _MONTHS_ID
    return f"{day.day} {months[day.month - 1]} {day.year}"


_E = TypeVar("_E", bound=StrEnum)


def _words(table: Table, key: str, kind: type[_E]) -> tuple[_E, ...]:
    known = [str(word) for word in kind]
    table.offer(key, tuple(kind))
    words = table.strings(key)
    for word in words:
        if word not in known:
            raise table.error(
                key,
                Text(id=f"tidak mengenal {word!r}.", en=f"does not know {word!r}."),
                Text(id=f"Yang dikenal: {', '.join(known)}.", en=f"Known: {', '.join(known)}."),
            )
    return tuple(kind(word) for word in dict.fromkeys(words))


def _places(terms: AgreementTerms, lang: Lang) -> dict[str, str]:
    # optional parts carry their own comma, so an absent one leaves no hole in the sentence
    living = ", residing at " if lang == "en" else ", beralamat di "
    return {
        "number": terms.number,
        "request": terms.request_id,
        "date": long_date(terms.date, lang),
        "office": terms.office,
        "receiver": terms.receiver,
        "products": "; ".join(terms.products),
        "institution": f", {terms.institution}" if terms.institution else "",
        "identity": f", {terms.identity}" if terms.identity else "",
        "address": f"{living}{terms.address}" if terms.address else "",
    }
