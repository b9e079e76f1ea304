"""The request form of a product kind and the abstraction of data use, with their checks.

BPS's own forms were not found (LAW.md 4.3); the fields are those that offices are seen to ask for.
How words are compared stands in ``comparing``.
"""

from __future__ import annotations

from typing import Any

import attrs

from pst_core.text import Text

from .comparing import (
    Ordered,
    ProductKind,
    compare_regions,
    compare_titles,
    compare_years,
    not_compared,
)
from .facts import Finding

__all__ = [
    "Abstraction",
    "ProductKind",
    "RequestForm",
    "check_abstraction",
    "check_request_form",
    "form_fields",
]


def _said(id: str, en: str, compared: Any = not_compared) -> dict[str, Any]:  # noqa: A002
    """Return what a field says of itself: its label, and how it is compared with the request."""
    return {"label": Text(id=id, en=en), "compared": compared}


@attrs.frozen
class Abstraction:
    """S10: what the data are for. ``data_asked``: one title for each data set or map.

    Each field says how it is compared with the request; a new field is added here alone.
    """

    title: str = attrs.field(metadata=_said("judul", "title"))
    institution: str = attrs.field(metadata=_said("instansi", "institution"))
    purpose: str = attrs.field(metadata=_said("tujuan", "purpose"))
    method: str = attrs.field(metadata=_said("metode", "method"))
    data_asked: tuple[str, ...] = attrs.field(
        metadata=_said("data yang diminta", "data asked for", compare_titles)
    )
    period: str = attrs.field(metadata=_said("periode", "period", compare_years))
    region: str = attrs.field(metadata=_said("wilayah", "region", compare_regions))
    outputs: str = attrs.field(metadata=_said("keluaran", "outputs"))


@attrs.frozen
class RequestForm:
    """S9: what a product kind asks for. A field that the kind does not need stays empty."""

    kind: ProductKind
    title: str
    purpose: str = ""
    period: str = ""
    region: str = ""
    variables: tuple[str, ...] = ()


_NEEDED: dict[ProductKind, tuple[str, ...]] = {
    "publication": ("title",),
    "microdata": ("title", "purpose", "period"),
    "map": ("title", "purpose", "region"),
}


def form_fields(kind: ProductKind) -> tuple[str, ...]:
    """Return the fields of a ``RequestForm`` that the product kind asks for (S9)."""
    return _NEEDED[kind]


def check_request_form(form: RequestForm) -> tuple[Finding, ...]:
    """Return what is missing in ``form`` for its product kind (S9)."""
    labels = {field.name: field.metadata["label"] for field in attrs.fields(Abstraction)}
    return tuple(
        _empty(name, labels[name], "S9")
        for name in _NEEDED[form.kind]
        if not getattr(form, name).strip()
    )


def check_abstraction(abstraction: Abstraction, ordered: Ordered) -> tuple[Finding, ...]:
    """Return where ``abstraction`` is incomplete (S10) or does not match the request (S11).

    ``ordered``: the datasets and maps of the basket with the forms' periods and regions; what it
    does not hold is not compared. The officer decides: this only says where to look.
    """
    findings: list[Finding] = []
    for field in attrs.fields(Abstraction):
        value = getattr(abstraction, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        if not any(part.strip() for part in parts):
            findings.append(_empty(field.name, field.metadata["label"], "S10"))
        else:
            findings += field.metadata["compared"](value, ordered)
    return tuple(findings)


def _empty(name: str, label: Text, clause: str) -> Finding:
    return Finding(
        f"{name.replace('_', '-')}-missing",
        clause,
        Text(id="Isian {field} kosong.", en="The field {field} is empty.").fill(field=label),
        Text(id="Lengkapi isian itu.", en="Fill in that field."),
    )
