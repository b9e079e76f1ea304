"""Forms, checks of fields and files, the agreement, and the papers as data.

Names are loaded when first used. Reading files and drawing papers is left to the adapters.
"""

# ruff: noqa: F401 - the names below are for type checkers

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agreement import (
        AgreementTerms,
        AgreementVersion,
        FilledAgreement,
        agreement_code,
        agreement_digest,
        agreement_text,
        load_agreement,
    )
    from .checks import Judgement, check_signed_agreement, check_upload
    from .due import DueDocument, Situation, Standing, documents_due
    from .facts import FileFacts, Finding, SignatureFacts, errors
    from .forms import Abstraction, RequestForm, check_abstraction, check_request_form
    from .identity import check_email, check_nik, check_npwp, check_phone

_HOMES = {
    "AgreementTerms": ".agreement",
    "AgreementVersion": ".agreement",
    "FilledAgreement": ".agreement",
    "agreement_code": ".agreement",
    "agreement_digest": ".agreement",
    "agreement_text": ".agreement",
    "load_agreement": ".agreement",
    "Judgement": ".checks",
    "check_signed_agreement": ".checks",
    "check_upload": ".checks",
    "DueDocument": ".due",
    "Situation": ".due",
    "Standing": ".due",
    "documents_due": ".due",
    "FileFacts": ".facts",
    "Finding": ".facts",
    "SignatureFacts": ".facts",
    "errors": ".facts",
    "Abstraction": ".forms",
    "RequestForm": ".forms",
    "check_abstraction": ".forms",
    "check_request_form": ".forms",
    "check_email": ".identity",
    "check_nik": ".identity",
    "check_npwp": ".identity",
    "check_phone": ".identity",
}

__all__ = [*_HOMES, "papers"]  # noqa: PLE0604 - names, all of them strings


def __getattr__(name: str) -> object:
    if name == "papers":
        value: object = import_module(".papers", __name__)
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name], __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
