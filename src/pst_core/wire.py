"""Events and actors to JSON text and back, under fixed names, for as long as anybody keeps them.

A stored event is a name, the version of its fields and JSON: never an import path. When fields
change, the event's ``SCHEMA`` goes up and a function in ``LIFTS`` brings older JSON to it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from .documents import FileFacts, SignatureFacts
from .reader import Read, reader
from .refusal import StorageError
from .tariff import Product
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
    "parse_with",
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
    read = _of_today.get((name, schema)) or _reader_of(name, schema)
    for parse in _parsers:
        try:
            return read(parse(body))
        except Exception as error:
            wrong = type(error).__name__
    # without its cause: what it would not read is of a person, and would stand in the trace
    raise StorageError(
        "event-unreadable",
        Text(
            id=f"Isi peristiwa {name} tidak dapat dibaca ({wrong}).",
            en=f"The content of the event {name} cannot be read ({wrong}).",
        ),
        remedy=Text(
            id="Basis data mungkin rusak: pulihkan dari cadangan.",
            en="The database may be damaged: restore it from a backup.",
        ),
    )


_of_today: dict[tuple[str, int], Read] = {}
"""What reads the events of the newest schema, by name and schema."""


def _reader_of(name: str, schema: int) -> Read:
    cls: Any = event_types().get(name)
    if cls is None or schema > cls.SCHEMA:
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
    read = reader(cls)
    if schema == cls.SCHEMA:
        _of_today[name, schema] = read
        return read

    def lifted(fields: Any) -> Any:
        for old in range(schema, cls.SCHEMA):
            fields = LIFTS[name, old](fields)
        return read(fields)

    return lifted


def parse_with(parse: Callable[[str], Any] | None = None) -> None:
    """Let ``parse`` read the JSON of events in this process; None: the standard library alone.

    It is a matter of speed, never of the answer: ``parse`` must give what ``json.loads`` gives, or
    raise, and what it raises for is parsed again by the standard library. The extra ``speed`` has
    one: ``pst_adapters.speed.use()``.
    """
    global _parsers  # noqa: PLW0603 - which parser is at work is no state of anybody's case
    _parsers = (_loads,) if parse is None else (parse, _loads)


@lru_cache(1024)
def actor_to_json(actor: Actor) -> str:
    """Return ``actor`` as JSON text."""
    return _dumps({"id": actor.id, "name": actor.name, "role": actor.role})


@lru_cache(1024)
def actor_from_json(body: str) -> Actor:
    """Return the actor that was stored; a history has few, again and again."""
    actor: Actor = reader(Actor)(json.loads(body))
    return actor


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


_SCAN: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


def _loads(body: str) -> Any:
    """Return what ``json.loads`` does, without its way in and out if nothing stands around it."""
    try:
        value, end = _SCAN(body, 0)
    except (StopIteration, TypeError):  # blanks before it, bytes
        return json.loads(body)
    return value if end == len(body) else json.loads(body)


_parsers: tuple[Callable[[str], Any], ...] = (_loads,)
_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@cache
def _converter() -> Converter:
    """Return what writes; ``reader`` reads."""
    from cattrs import Converter
    from cattrs.gen import make_dict_unstructure_fn

    converter = Converter()
    converter.register_unstructure_hook(dt.datetime, dt.datetime.isoformat)
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)

    # A file has a dozen things that it mostly is not: what is as usual is not written, and read
    # back as it was then, for a default of these two classes never changes (a test holds them).
    for quiet in (SignatureFacts, FileFacts):
        converter.register_unstructure_hook(
            quiet, make_dict_unstructure_fn(quiet, converter, _cattrs_omit_if_default=True)
        )

    def product_to(product: Product) -> dict[str, Any]:
        fields: dict[str, Any] = converter.unstructure(product, type(product))
        return {"kind": product.kind, **fields}

    converter.register_unstructure_hook(Product, product_to)
    return converter
