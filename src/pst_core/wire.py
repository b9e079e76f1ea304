"""Events and actors to JSON text and back, under fixed names, for as long as anybody keeps them.

A stored event is a name, the version of its fields and JSON: never an import path. When fields
change, the event's ``SCHEMA`` goes up and a function in ``LIFTS`` brings older JSON to it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin

from .documents import FileFacts, SignatureFacts
from .refusal import StorageError
from .tariff import Map, Microdata, Product, Publication
from .text import Text
from .workflow import Actor, Procedure, Wording, worded

if TYPE_CHECKING:
    from cattrs import Converter

    from .office import Office

__all__ = [
    "LIFTS",
    "UNREADABLE",
    "actor_from_json",
    "actor_to_json",
    "event_from_json",
    "event_to_json",
    "event_types",
    "fingerprint",
    "procedure_at",
    "procedures",
    "procedures_of",
]

UNREADABLE = ("unknown-event", "event-unreadable")
"""Codes of the errors of one stored event; the rest of the store may be as it should."""

Lift = Callable[[dict[str, Any]], dict[str, Any]]


def _unchanged(fields: dict[str, Any]) -> dict[str, Any]:
    """Lift fields that only gained some with a default."""
    return fields


def _nothing_asked(fields: dict[str, Any]) -> dict[str, Any]:
    """Lift a step of S8 or S9: what is due by the rules of today is named when it is filed."""
    return {**fields, "documents_complete": True}


LIFTS: dict[tuple[str, int], Lift] = {
    # schema 2: what is known of a file says why a signature is doubted, and its revisions
    # schema 2: the applicant's language
    ("request.opened", 1): _unchanged,
    ("request.products-prepared", 1): _unchanged,
    ("request.offer-sent", 1): _unchanged,
    ("request.payment-reported", 1): _unchanged,
    ("request.agreement-uploaded", 1): _unchanged,
    ("request.products-delivered", 1): _unchanged,
    ("request.delivery-mended", 1): _unchanged,
    # schema 2: whether the documents that are handed in (S9) were complete
    ("request.products-chosen", 1): _nothing_asked,
    ("request.form-completed", 1): _nothing_asked,
    # schema 3: and what else stands out in a file
    ("request.products-prepared", 2): _unchanged,
    ("request.offer-sent", 2): _unchanged,
    ("request.payment-reported", 2): _unchanged,
    ("request.agreement-uploaded", 2): _unchanged,
    ("request.products-delivered", 2): _unchanged,
    ("request.delivery-mended", 2): _unchanged,
    # schema 2: how sure a code's expiry is, which code was paid, who sent a transfer
    ("request.billing-issued", 1): _unchanged,
    ("request.payment-confirmed", 1): _unchanged,
    ("request.transfer-verified", 1): _unchanged,
    # schema 2: fields of the office in the guest book; services, priority, the applicant before
    ("visit.guest-book-signed", 1): _unchanged,
    ("visit.number-taken", 1): _unchanged,
    ("visit.visitor-called", 1): _unchanged,
    ("visit.finished", 1): _unchanged,
}
"""``(name, schema) -> function``: the JSON of that schema to the JSON of the next one."""

_PRODUCTS = {cls.kind: cls for cls in (Publication, Microdata, Map)}


@cache
def procedures() -> dict[str, Procedure]:
    """Return every procedure by its name."""
    from .complaint.procedure import PROCEDURE as COMPLAINT
    from .deposit.procedure import PROCEDURE as DEPOSIT
    from .request.procedure import PROCEDURE as REQUEST
    from .survey.procedure import PROCEDURE as SURVEY
    from .visit.procedure import PROCEDURE as VISIT

    return {p.name: p for p in (REQUEST, VISIT, COMPLAINT, SURVEY, DEPOSIT)}


def procedure_at(office: Office, name: str) -> Procedure:
    """Return the procedure ``name`` as the standard of ``office`` has it, in its numbers."""
    from .request.variants import procedure_of

    return procedure_of(office) if name == "request" else _worded(name, office.wording)


@lru_cache(256)
def _worded(name: str, wording: tuple[Wording, ...]) -> Procedure:
    # X1, X2 ... are each procedure's own; what an office words is those of the paid request
    return worded(procedures()[name], tuple(w for w in wording if w.clause[0] != "X"))


def procedures_of(office: Office) -> dict[str, Procedure]:
    """Return every procedure by its name, as the standard of ``office`` has it.

    Where nobody walks in there is no visit.
    """
    from .documents.asker import Channel

    own = {name: procedure_at(office, name) for name in procedures()}
    if Channel.WALK_IN not in office.doors:
        del own["visit"]
    return own


@cache
def event_types() -> dict[str, type]:
    """Return every event class by its stored name."""
    return {s.event.NAME: s.event for p in procedures().values() for s in p.steps}


def event_to_json(event: Any) -> str:
    """Return the fields of ``event`` as JSON text, keys sorted."""
    return _dumps(_converter().unstructure(event, type(event)))


def event_from_json(name: str, schema: int, body: str) -> Any:
    """Return the event that was stored.

    Raises ``StorageError`` for a name or a schema of a newer release, or JSON that does not fit.
    """
    cls = event_types().get(name)
    if cls is None or schema > cls.SCHEMA:  # type: ignore[attr-defined]
        raise StorageError(
            "unknown-event",
            Text(
                id=f"Peristiwa {name} versi {schema} tidak dikenal oleh rilis ini.",
                en=f"The event {name}, version {schema}, is not known to this release.",
            ),
            remedy=Text(
                id="Basis data ditulis oleh rilis yang lebih baru: perbarui pst-core.",
                en="The database was written by a newer release: upgrade pst-core.",
            ),
        )
    try:
        fields = json.loads(body)
        for old in range(schema, cls.SCHEMA):  # type: ignore[attr-defined]
            fields = LIFTS[name, old](fields)
        return _converter().structure(fields, cls)
    except Exception as error:
        raise StorageError(
            "event-unreadable",
            Text(
                id=f"Isi peristiwa {name} tidak dapat dibaca ({type(error).__name__}).",
                en=f"The content of the event {name} cannot be read ({type(error).__name__}).",
            ),
            remedy=Text(
                id="Basis data mungkin rusak: pulihkan dari cadangan.",
                en="The database may be damaged: restore it from a backup.",
            ),
        ) from None  # what it would not read is of a person, and would stand in the trace


def actor_to_json(actor: Actor) -> str:
    """Return ``actor`` as JSON text."""
    return _dumps({"id": actor.id, "name": actor.name, "role": actor.role})


@lru_cache(1024)
def actor_from_json(body: str) -> Actor:
    """Return the actor that was stored; a history has few, again and again."""
    return _converter().structure(json.loads(body), Actor)


def fingerprint(stream: str, command: Any, by: Actor) -> str:
    """Return the SHA-256 (hex) of what is asked, where and by whom: what an id stands for."""
    content = {
        "stream": stream,
        "command": type(command).__name__,
        "fields": _converter().unstructure(command, type(command)),
        "by": by.id,
        "role": by.role,
    }
    return hashlib.sha256(_dumps(content).encode()).hexdigest()


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@cache
def _converter() -> Converter:
    from cattrs import Converter
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

    converter = Converter(forbid_extra_keys=True, detailed_validation=False)

    def row_of(kind: Any) -> Callable[[Any, Any], Any]:
        inner = get_args(kind)[0]
        hook = converter.get_structure_hook(inner)
        return lambda value, _: tuple([hook(one, inner) for one in _exactly(value, list)])

    converter.register_unstructure_hook(dt.datetime, dt.datetime.isoformat)
    converter.register_structure_hook(dt.datetime, lambda v, _: dt.datetime.fromisoformat(v))
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)
    converter.register_structure_hook(dt.date, lambda v, _: dt.date.fromisoformat(v))
    for plain in (int, bool, str):
        converter.register_structure_hook(plain, _exactly)
    # the general hook of cattrs looks the inner one up for every list that it meets
    converter.register_structure_hook_factory(_is_row, row_of)
    # words of an enumeration are str too: without this they would fall under the rule above
    converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))

    # A file has a dozen things that it mostly is not: what is as usual is not written, and read
    # back as it was then, for a default of these two classes never changes (a test holds them).
    for quiet in (SignatureFacts, FileFacts):
        converter.register_unstructure_hook(
            quiet, make_dict_unstructure_fn(quiet, converter, _cattrs_omit_if_default=True)
        )

    def product_to(product: Product) -> dict[str, Any]:
        fields: dict[str, Any] = converter.unstructure(product, type(product))
        return {"kind": product.kind, **fields}

    # made once: cattrs writes and compiles the function anew at each call
    made: dict[str, Any] = {
        kind: make_dict_structure_fn(cast("Any", cls), converter) for kind, cls in _PRODUCTS.items()
    }

    def product_from(fields: dict[str, Any], _: Any) -> Product:
        rest = dict(fields)
        kind = rest.pop("kind")
        return cast("Product", made[kind](rest, _PRODUCTS[kind]))

    converter.register_unstructure_hook(Product, product_to)
    converter.register_structure_hook(Product, product_from)
    return converter


def _is_row(kind: Any) -> bool:
    """Return whether ``kind`` is a tuple of any number of one kind."""
    return get_origin(kind) is tuple and get_args(kind)[1:] == (Ellipsis,)


def _exactly(value: Any, kind: type) -> Any:
    """Take a value of the very type: JSON ``true`` is no number and ``1.0`` no rupiah."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
