"""Events of one request: folded to its state, and read from their JSON."""

from __future__ import annotations

import datetime as dt
import functools
import json
import operator
import typing
from collections.abc import Callable, Iterable, Iterator
from types import UnionType
from typing import Any

import attrs

from pst_core import request as rq
from pst_core.tariff import Map, Microdata, Product, Publication
from pst_core.text import Text
from pst_core.wire import event_from_json, event_to_json, event_types, parse_with

from ..life import Life, lived
from ..peers import peer
from ..race import Candidate, Curve, Race, Scale, ahead, flat, within

TITLE = Text(id="Peristiwa", en="Events")
NOTE = Text(
    id="Seluruh peristiwa satu permintaan S6-S23; yang lain menyimpan isian yang sama, tanpa neraca"
    " dan tanpa memeriksa jenis isian (kecuali msgspec).",
    en="All events of one request, S6-S23; the others keep the same fields, without balances and"
    " without checking the types of fields (msgspec checks them).",
)


def races(scale: Scale) -> Iterator[Race | Curve]:
    """Give every race of this work."""
    life = lived()
    many = len(life.stored)
    yield _folding(life, many)
    yield _decoding(life, many)
    if speed := peer("pst_adapters.speed"):
        yield _decoding(life, many, speed.parse)
    yield _encoding(life)
    yield Curve(
        "fold-curve",
        Text(id="lipat, makin banyak peristiwa, per peristiwa", en="fold, more events, an event"),
        tuple(2**n for n in range(5, scale.pick(6, 10, 12))),
        _fold_of,
        per_size=True,
        goal=flat(1.5),
    )


# -- folding ------------------------------------------------------------------------------------


def _folding(life: Life, many: int) -> Race:
    happened = [act.noted for act in life.acts]
    fold = life.procedure.fold

    def kinds() -> dict[str, Any]:
        return {kind.NAME: event for kind, event in _latest(fold(happened)).items()}

    def bare() -> dict[Any, Any]:
        latest: dict[Any, Any] = {}
        facts: set[str] = set()
        for noted in happened:
            latest[type(noted.event)] = noted
            facts.add(noted.by.role)
        return latest

    found = [Candidate("pst_core fold", lambda: fold(happened), many, answer=kinds)]
    if made := _aggregate(life):
        events, mutate = made

        def mutated() -> Any:
            case = None
            for event in events:
                case = mutate(event, case)
            return case

        found.append(
            Candidate(
                "eventsourcing mutate", mutated, many, "eventsourcing", ahead(3),
                answer=lambda: mutated().latest,
            )
        )  # fmt: skip
    found.append(
        Candidate(
            Text(id="lingkaran Python kosong", en="the bare loop"), bare, many, compared=False
        )
    )
    title = Text(id=f"lipat {many} peristiwa", en=f"fold {many} events")
    return Race("fold", title, tuple(found))


def _latest(state: Any) -> dict[Any, Any]:
    return {kind: noted.event for kind, noted in state.latest.items()}


def _fold_of(many: int) -> Callable[[], object]:
    """Return the fold of a request whose delivery is mended again and again."""
    life = lived()
    at = next(n for n, a in enumerate(life.acts) if isinstance(a.command, rq.AskDeliveryCorrection))
    happened = [act.noted for act in life.acts]
    again = happened[at : at + 2] * (many // 2)
    happened = (happened[:at] + again)[:many]
    return lambda: life.procedure.fold(happened)


# -- eventsourcing ------------------------------------------------------------------------------


def _aggregate(life: Life) -> tuple[list[Any], Callable[[Any, Any], Any]] | None:
    """Return the life as events of an aggregate that holds the latest of each kind."""
    aggregates = peer("benchmarks.aggregates")
    if aggregates is None:
        return None
    case = aggregates.kept((act.event.NAME, act.event) for act in life.acts)
    return case.collect_events(), lambda event, state: event.mutate(state)


# -- decoding -----------------------------------------------------------------------------------


def _decoding(life: Life, many: int, parse: Callable[[str], Any] | None = None) -> Race:
    """Read the life again, its JSON parsed by ``parse``; None: as the core does by itself."""
    rows = [(row.name, row.schema, row.body) for row in life.stored]
    size = sum(len(body) for *_, body in rows)

    def ours() -> list[Any]:
        parse_with(parse)
        try:
            return [event_from_json(*row) for row in rows]
        finally:
            parse_with(None)

    def plain() -> list[Any]:
        return [json.loads(event_to_json(event)) for event in ours()]

    name = "pst_core event_from_json" + (" [speed]" if parse else "")
    found = [Candidate(name, ours, many, answer=plain)]
    if made := _mapper(life):
        mapper, stored = made

        def mapped() -> list[Any]:
            return [mapper.to_domain_event(one) for one in stored]

        found.append(
            Candidate(
                "eventsourcing Mapper", mapped, many, "eventsourcing", ahead(3),
                answer=lambda: [event.fields for event in mapped()],
            )
        )  # fmt: skip
    if msgspec := peer("msgspec"):
        decoders = [(_decoder(msgspec, event_types()[name]), body) for name, _, body in rows]
        found.append(
            Candidate(
                "msgspec.json.Decoder", lambda: [one.decode(body) for one, body in decoders],
                many, "msgspec", within(4),
                answer=lambda: [_plain(msgspec, one.decode(body)) for one, body in decoders],
            )
        )  # fmt: skip
    found.append(
        Candidate(
            "json.loads", lambda: [json.loads(body) for *_, body in rows], many,
            answer=lambda: [json.loads(body) for *_, body in rows],
        )
    )  # fmt: skip
    with_it = Text(id=", dengan [speed]", en=", with [speed]") if parse else Text("", "")
    title = Text(
        id=f"baca {many} peristiwa dari JSON ({size / 1000:.0f} kB){with_it.id}",
        en=f"read {many} events from JSON ({size / 1000:.0f} kB){with_it.en}",
    )
    return Race("decode-speed" if parse else "decode", title, tuple(found))


def _plain(msgspec: Any, event: Any) -> Any:
    """Return ``event`` as JSON would have it; msgspec itself would write another form of UTC."""
    plain = msgspec.to_builtins(event, builtin_types=(dt.datetime, dt.date))
    return json.loads(json.dumps(plain, default=lambda time: time.isoformat()))


def _mapper(life: Life) -> tuple[Any, list[Any]] | None:
    """Return eventsourcing's mapper, and the life as it stores it: the same fields as JSON."""
    aggregates = peer("benchmarks.aggregates")
    if aggregates is None:
        return None
    from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, UUIDAsHex

    transcoder = JSONTranscoder()
    transcoder.register(UUIDAsHex())
    transcoder.register(DatetimeAsISO())
    mapper: Any = Mapper(transcoder)
    case = aggregates.kept((row.name, json.loads(row.body)) for row in life.stored)
    return mapper, [mapper.to_stored_event(event) for event in case.collect_events()]


_structs: dict[Any, Any] = {}


def _decoder(msgspec: Any, kind: type) -> Any:
    return msgspec.json.Decoder(_struct(msgspec, kind))


def _union(kinds: Iterable[Any]) -> Any:
    return functools.reduce(operator.or_, kinds)


def _struct(msgspec: Any, kind: Any) -> Any:
    """Return the type that msgspec reads for ``kind``: our attrs classes as its own structs."""
    if kind == Product:
        return _union(_struct(msgspec, k) for k in (Publication, Microdata, Map))
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType):
        return _union(_struct(msgspec, k) for k in typing.get_args(kind))
    if origin is tuple:
        return tuple[_struct(msgspec, typing.get_args(kind)[0]), ...]
    if not attrs.has(kind):
        return kind
    if kind not in _structs:
        hints = typing.get_type_hints(kind)
        fields = []
        for field in attrs.fields(kind):
            inner = _struct(msgspec, hints[field.name])
            has_default = field.default is not attrs.NOTHING
            fields.append((field.name, inner, field.default) if has_default
                          else (field.name, inner))  # fmt: skip
        tagged = kind in (Publication, Microdata, Map)
        _structs[kind] = msgspec.defstruct(
            kind.__name__, fields, frozen=True, kw_only=True, forbid_unknown_fields=True,
            omit_defaults=kind.__name__ in ("FileFacts", "SignatureFacts"),
            tag_field="kind" if tagged else None, tag=kind.kind if tagged else None,
        )  # fmt: skip
    return _structs[kind]


# -- encoding -----------------------------------------------------------------------------------


def _encoding(life: Life) -> Race:
    events = [act.event for act in life.acts]
    many = len(events)
    found = [Candidate("pst_core event_to_json", lambda: [event_to_json(e) for e in events], many,
                       answer=lambda: many)]  # fmt: skip
    if made := _mapper(life):
        mapper, stored = made
        domain_events = [mapper.to_domain_event(one) for one in stored]
        found.append(
            Candidate(
                "eventsourcing Mapper",
                lambda: [mapper.to_stored_event(event) for event in domain_events],
                many, "eventsourcing", answer=lambda: len(domain_events),
            )
        )  # fmt: skip
    return Race("encode", Text(id="tulis sebagai JSON", en="write as JSON"), tuple(found))
