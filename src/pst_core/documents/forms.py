"""The request form of a product kind and the abstraction of data use, with their checks.

BPS's own forms were not found (LAW.md 4.3); the fields are those that offices are seen to ask for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import attrs

from pst_core.text import Text

from .facts import Finding

__all__ = [
    "Abstraction",
    "ProductKind",
    "RequestForm",
    "check_abstraction",
    "check_request_form",
]

ProductKind = Literal["publication", "microdata", "map"]


@attrs.frozen
class Abstraction:
    """S10: what the data are for. ``data_asked``: one title for each data set or map."""

    title: str
    institution: str
    purpose: str
    method: str
    data_asked: tuple[str, ...]
    period: str
    region: str
    outputs: str


@attrs.frozen
class RequestForm:
    """S9: what a product kind asks for. A field that the kind does not need stays empty."""

    kind: ProductKind
    title: str
    purpose: str = ""
    period: str = ""
    region: str = ""
    variables: tuple[str, ...] = ()


_LABELS = {
    "title": Text(id="judul", en="title"),
    "institution": Text(id="instansi", en="institution"),
    "purpose": Text(id="tujuan", en="purpose"),
    "method": Text(id="metode", en="method"),
    "data_asked": Text(id="data yang diminta", en="data asked for"),
    "period": Text(id="periode", en="period"),
    "region": Text(id="wilayah", en="region"),
    "outputs": Text(id="keluaran", en="outputs"),
}
_NEEDED: dict[ProductKind, tuple[str, ...]] = {
    "publication": ("title",),
    "microdata": ("title", "purpose", "period"),
    "map": ("title", "purpose", "region"),
}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:[-–]|sampai|s\.?d\.?|to)\s*((?:19|20)\d\d)(?!\d)")
# words that stand in any title and tell no data set from another
_COMMON = frozenset(
    (
        *("data", "mikro", "microdata", "peta", "map", "digital", "wilkerstat", "lembar", "sheet"),
        *("kabupaten", "kota", "provinsi", "desa", "tingkat", "regency", "city", "province"),
        *("village", "level", "dan", "untuk", "of", "the", "and", "for"),
    )
)


def check_request_form(form: RequestForm) -> tuple[Finding, ...]:
    """Return what is missing in ``form`` for its product kind (S9)."""
    return tuple(
        _empty(name, "S9") for name in _NEEDED[form.kind] if not getattr(form, name).strip()
    )


def check_abstraction(
    abstraction: Abstraction, basket: Sequence[str], regions: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return where ``abstraction`` is incomplete (S10) or does not match the request (S11).

    ``basket``: titles of the microdata and maps requested; ``regions``: names of the regions that
    they cover (empty: not compared). Data sets are compared by the words of their titles, years by
    the years written there. The officer decides: this only says where to look.
    """
    findings = []
    for field in attrs.fields(Abstraction):
        value = getattr(abstraction, field.name)
        if not (value if isinstance(value, tuple) else value.strip()):
            findings.append(_empty(field.name, "S10"))
    if not abstraction.data_asked:
        return tuple(findings)
    findings += _unmatched(
        abstraction.data_asked,
        basket,
        "asks-for-more",
        Text(
            id="{title} diminta dalam abstraksi tetapi tidak dipesan.",
            en="{title} is asked for in the abstraction but is not in the request.",
        ),
        Text(
            id="Hapus dari abstraksi, atau tambahkan ke permintaan.",
            en="Take it out of the abstraction, or add it to the request.",
        ),
    )
    findings += _unmatched(
        basket,
        abstraction.data_asked,
        "asks-for-less",
        Text(
            id="{title} dipesan tetapi tidak dijelaskan dalam abstraksi.",
            en="{title} is requested but the abstraction does not explain it.",
        ),
        Text(
            id="Jelaskan penggunaannya dalam abstraksi.", en="Explain its use in the abstraction."
        ),
    )
    asked = _years(abstraction.period)
    ordered = frozenset().union(*(_years(title) for title in basket)) if basket else frozenset()
    if asked and ordered - asked:
        findings.append(_mismatch("other-period", "Periode", "period", asked, ordered))
    if regions and not any(_folded(r) & _folded(abstraction.region) for r in regions):
        findings.append(
            _mismatch("other-region", "Wilayah", "region", {abstraction.region}, set(regions))
        )
    return tuple(findings)


def _unmatched(
    titles: Sequence[str], others: Sequence[str], code: str, text: Text, remedy: Text
) -> list[Finding]:
    return [
        Finding(code, "S11", text.fill(title=title), remedy)
        for title in titles
        if not any(_same(title, other) for other in others)
    ]


def _same(one: str, other: str) -> bool:
    years, others = _years(one), _years(other)
    if years and others and not years & others:
        return False
    words, more = _folded(one), _folded(other)
    return bool(words & more) if words and more else one.casefold() == other.casefold()


def _folded(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]{2,}", text.casefold())
    return frozenset(words) - _COMMON


def _years(text: str) -> frozenset[int]:
    years = {int(year) for year in _YEAR.findall(text)}
    for first, last in _YEARS.findall(text):
        years.update(range(int(first), int(last) + 1))
    return frozenset(years)


def _empty(name: str, clause: str) -> Finding:
    return Finding(
        f"{name.replace('_', '-')}-missing",
        clause,
        Text(id="Isian {field} kosong.", en="The field {field} is empty.").fill(
            field=_LABELS[name]
        ),
        Text(id="Lengkapi isian itu.", en="Fill in that field."),
    )


def _mismatch(
    code: str, apa: str, what: str, asked: frozenset[int] | set[str], ordered: object
) -> Finding:
    says = ", ".join(sorted(str(a) for a in asked))
    requests = ", ".join(sorted(str(o) for o in ordered))  # type: ignore[attr-defined]
    return Finding(
        code,
        "S11",
        Text(
            id=f"{apa} dalam abstraksi ({says}) tidak sama dengan permintaan ({requests}).",
            en=f"The {what} in the abstraction ({says}) is not that of the request ({requests}).",
        ),
        Text(id="Samakan abstraksi dengan permintaan.", en="Make the two agree."),
    )
