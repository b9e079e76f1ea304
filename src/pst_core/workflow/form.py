"""Whether a command is well formed: each field of the type that its class says, times aware.

What a field must say is the business of requirements; here a host's slip (None for a text, a float
for rupiah, a time without a zone) is named before any row looks at it, so deciding stays total.
"""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Callable
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any

import attrs

from ..refusal import Refusal
from ..text import Text

__all__ = ["malformed"]

Fault = tuple[str, str]
"""Path of the field, and what it must be."""


def malformed(command: Any) -> Refusal | None:
    """Return a refusal that names the first field of the wrong type, or None if all are right."""
    fault = _fault(command, type(command), type(command).__name__)
    if fault is None:
        return None
    path, wanted = fault
    return Refusal(
        "malformed",
        Text(
            id=f"Isian {path} bukan {wanted}.",
            en=f"The field {path} is not {wanted}.",
        ),
        remedy=Text(id=f"Isi {path} dengan {wanted}.", en=f"Give {path} as {wanted}."),
    )


def _fault(value: Any, kind: Any, path: str) -> Fault | None:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType):
        return _fault_of_union(value, typing.get_args(kind), path)
    if origin is tuple:
        if type(value) is not tuple:
            return path, "tuple"
        element = typing.get_args(kind)[0]
        return _first(_fault(v, element, f"{path}[{n}]") for n, v in enumerate(value))
    if origin is typing.Literal:
        allowed = typing.get_args(kind)
        return None if value in allowed else (path, " | ".join(map(str, allowed)))
    if attrs.has(kind):
        if type(value) is not kind:
            return path, kind.__name__
        return _first(
            _fault(getattr(value, name), inner, f"{path}.{name}")
            for name, inner in _hints(type(value))
        )
    check = _CHECKS.get(kind)
    if check is not None:
        return None if check(value) else (path, _WORDS[kind])
    return None if isinstance(value, kind) else (path, kind.__name__)


def _fault_of_union(value: Any, kinds: tuple[Any, ...], path: str) -> Fault | None:
    if value is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is type(value):
            return _fault(value, kind, path)
    if any(not attrs.has(kind) and _fault(value, kind, path) is None for kind in kinds):
        return None
    return path, " | ".join(getattr(kind, "__name__", str(kind)) for kind in kinds)


def _first(faults: typing.Iterable[Fault | None]) -> Fault | None:
    return next((fault for fault in faults if fault is not None), None)


@cache
def _hints(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((a.name, hints[a.name]) for a in attrs.fields(kind))


def _aware(value: Any) -> bool:
    # a year at the edge of the calendar cannot be brought to another zone
    return (
        isinstance(value, dt.datetime)
        and value.utcoffset() is not None
        and 1900 < value.year < 9000
    )


def _plain_date(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


_CHECKS: dict[Any, Callable[[Any], bool]] = {
    # exactly these: True is no number, and a word of an enumeration no free text
    str: lambda v: isinstance(v, str) and not isinstance(v, Enum),
    int: lambda v: type(v) is int,
    bool: lambda v: type(v) is bool,
    dt.datetime: _aware,
    dt.date: _plain_date,
}
_WORDS = {
    str: "str",
    int: "int",
    bool: "bool",
    dt.datetime: "datetime + tzinfo",
    dt.date: "date",
}
