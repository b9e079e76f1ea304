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
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from .refusal import StorageError
from .tariff import Map, Microdata, Product, Publication
from .text import Text
from .workflow import Actor, Procedure

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = [
    "LIFTS",
    "actor_from_json",
    "actor_to_json",
    "event_from_json",
    "event_to_json",
    "event_types",
    "fingerprint",
    "procedures",
]

Lift = Callable[[dict[str, Any]], dict[str, Any]]


def _unchanged(fields: dict[str, Any]) -> dict[str, Any]:
    """Lift fields that only gained some with a default."""
    return fields


LIFTS: dict[tuple[str, int], Lift] = {
    # schema 2: what is known of a file says why a signature is doubted, and its revisions
    ("request.products-prepared", 1): _unchanged,
    ("request.offer-sent", 1): _unchanged,
    ("request.payment-reported", 1): _unchanged,
    ("request.agreement-uploaded", 1): _unchanged,
    ("request.products-delivered", 1): _unchanged,
    ("request.delivery-mended", 1): _unchanged,
}
"""``(name, schema) -> function``: the JSON of that schema to the JSON of the next one."""

_PRODUCTS = {cls.kind: cls for cls in (Publication, Microdata, Map)}


@cache
def procedures() -> dict[str, Procedure]:
    """Return every procedure by its name."""
    from .request.procedure import PROCEDURE as REQUEST
    from .visit.procedure import PROCEDURE as VISIT

    return {p.name: p for p in (REQUEST, VISIT)}


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
                id=f"Isi peristiwa {name} tidak dapat dibaca: {error}.",
                en=f"The content of the event {name} cannot be read: {error}.",
            ),
            remedy=Text(
                id="Basis data mungkin rusak: pulihkan dari cadangan.",
                en="The database may be damaged: restore it from a backup.",
            ),
        ) from error


def actor_to_json(actor: Actor) -> str:
    """Return ``actor`` as JSON text."""
    return _dumps(_converter().unstructure(actor, Actor))


def actor_from_json(body: str) -> Actor:
    """Return the actor that was stored."""
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
    from cattrs.gen import make_dict_structure_fn

    converter = Converter(forbid_extra_keys=True, detailed_validation=False)
    converter.register_unstructure_hook(dt.datetime, dt.datetime.isoformat)
    converter.register_structure_hook(dt.datetime, lambda v, _: dt.datetime.fromisoformat(v))
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)
    converter.register_structure_hook(dt.date, lambda v, _: dt.date.fromisoformat(v))
    for plain in (int, bool, str):
        converter.register_structure_hook(plain, _exactly)
    # words of an enumeration are str too: without this they would fall under the rule above
    converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))

    def product_to(product: Product) -> dict[str, Any]:
        fields: dict[str, Any] = converter.unstructure(product, type(product))
        return {"kind": product.kind, **fields}

    def product_from(fields: dict[str, Any], _: Any) -> Product:
        rest = dict(fields)
        cls: Any = _PRODUCTS[rest.pop("kind")]
        return cast("Product", make_dict_structure_fn(cls, converter)(rest, cls))

    converter.register_unstructure_hook(Product, product_to)
    converter.register_structure_hook(Product, product_from)
    return converter


def _exactly(value: Any, kind: type) -> Any:
    """Take a value of the very type: JSON ``true`` is no number and ``1.0`` no rupiah."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
