"""Forms, checks of fields and files, the agreement, and the papers as data.

Names are loaded when first used. Reading files and drawing papers is left to the adapters.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agreement import (
        AgreementRules as AgreementRules,
    )
    from .agreement import (
        AgreementTerms as AgreementTerms,
    )
    from .agreement import (
        AgreementVersion as AgreementVersion,
    )
    from .agreement import (
        FilledAgreement as FilledAgreement,
    )
    from .agreement import (
        Party as Party,
    )
    from .agreement import (
        Way as Way,
    )
    from .agreement import (
        agreement_code as agreement_code,
    )
    from .agreement import (
        agreement_digest as agreement_digest,
    )
    from .agreement import (
        agreement_text as agreement_text,
    )
    from .agreement import (
        load_agreement as load_agreement,
    )
    from .asker import (
        Channel as Channel,
    )
    from .asker import (
        Segment as Segment,
    )
    from .checks import (
        Judgement as Judgement,
    )
    from .checks import (
        check_originals as check_originals,
    )
    from .checks import (
        check_signed_agreement as check_signed_agreement,
    )
    from .checks import (
        check_upload as check_upload,
    )
    from .comparing import (
        Ordered as Ordered,
    )
    from .comparing import (
        OrderedItem as OrderedItem,
    )
    from .due import (
        BY_STEPS as BY_STEPS,
    )
    from .due import (
        DocumentRule as DocumentRule,
    )
    from .due import (
        DueDocument as DueDocument,
    )
    from .due import (
        HandedIn as HandedIn,
    )
    from .due import (
        Situation as Situation,
    )
    from .due import (
        Standing as Standing,
    )
    from .due import (
        check_document as check_document,
    )
    from .due import (
        documents_due as documents_due,
    )
    from .due import (
        load_documents as load_documents,
    )
    from .facts import (
        FileFacts as FileFacts,
    )
    from .facts import (
        Finding as Finding,
    )
    from .facts import (
        SignatureFacts as SignatureFacts,
    )
    from .facts import (
        errors as errors,
    )
    from .forms import (
        Abstraction as Abstraction,
    )
    from .forms import (
        RequestForm as RequestForm,
    )
    from .forms import (
        check_abstraction as check_abstraction,
    )
    from .forms import (
        check_request_form as check_request_form,
    )
    from .forms import (
        form_fields as form_fields,
    )
    from .identity import (
        check_email as check_email,
    )
    from .identity import (
        check_nik as check_nik,
    )
    from .identity import (
        check_npwp as check_npwp,
    )


_HOMES = {
    "AgreementRules": ".agreement",
    "AgreementTerms": ".agreement",
    "AgreementVersion": ".agreement",
    "FilledAgreement": ".agreement",
    "Party": ".agreement",
    "Way": ".agreement",
    "agreement_code": ".agreement",
    "agreement_digest": ".agreement",
    "agreement_text": ".agreement",
    "load_agreement": ".agreement",
    "Channel": ".asker",
    "Segment": ".asker",
    "Judgement": ".checks",
    "check_originals": ".checks",
    "check_signed_agreement": ".checks",
    "check_upload": ".checks",
    "DocumentRule": ".due",
    "BY_STEPS": ".due",
    "DueDocument": ".due",
    "HandedIn": ".due",
    "Situation": ".due",
    "Standing": ".due",
    "check_document": ".due",
    "documents_due": ".due",
    "load_documents": ".due",
    "FileFacts": ".facts",
    "Finding": ".facts",
    "SignatureFacts": ".facts",
    "errors": ".facts",
    "Abstraction": ".forms",
    "Ordered": ".comparing",
    "OrderedItem": ".comparing",
    "RequestForm": ".forms",
    "check_abstraction": ".forms",
    "check_request_form": ".forms",
    "form_fields": ".forms",
    "check_email": ".identity",
    "check_nik": ".identity",
    "check_npwp": ".identity",
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
