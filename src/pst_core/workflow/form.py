"""Whether a command is well formed: each field of the type that its class says, times aware,
texts of a bearable length and without letters that nobody sees.

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

from ..hygiene import ONE_LINE, what_is_odd
from ..refusal import Refusal
from ..text import Text
from .step import Actor

__all__ = ["malformed", "unfit"]

Fault = tuple[str, str | Text]
"""Path of the field, and what it must be; as a ``Text``: what is odd in it."""

_MOST = 1000
"""Items of one list."""
_PROSE = frozenset(
    ("address", "answer", "comment", "data_asked", "note", "outputs", "method", "purpose",
     "reason", "text", "variables", "what", "value")
)  # fmt: skip
"""Fields in which people write sentences, on several lines; every other one has one line."""


def malformed(command: Any) -> Refusal | None:
    """Return a refusal that names the first field of the wrong type, or None if all are right."""
    kind: Any = type(command)
    if _glance(kind)(command):
        return None
    return _said(_fault(command, kind, kind.__name__))


def unfit(by: Actor, command_id: str) -> Refusal | None:
    """Return a refusal of who acts or of the command's id, as ``malformed`` does, or None."""
    if _glance(Actor)(by) and _short(command_id):
        return None
    return _said(_fault(by, Actor, "by") or _fault(command_id, str, "command_id"))


def _said(fault: Fault | None) -> Refusal | None:
    if fault is None:
        return None
    path, wanted = fault
    if isinstance(wanted, Text):
        return Refusal(
            "odd-text",
            Text(id=f"Isian {path} {wanted.id}.", en=f"The field {path}: {wanted.en}."),
            remedy=Text(
                id="Ketik ulang dengan huruf biasa dan lebih ringkas; lampirkan yang panjang "
                "sebagai berkas.",
                en="Type it again with plain letters, and shorter; attach what is long as a file.",
            ),
        )
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
        if len(value) > _MOST:
            found = len(value)
            return path, Text(id=f"terlalu banyak: {found}", en=f"too many: {found}")
        element = typing.get_args(kind)[0]
        return _first(_fault(v, element, f"{path}[{n}]") for n, v in enumerate(value))
    if origin is typing.Literal:
        allowed = typing.get_args(kind)
        return None if value in allowed else (path, " | ".join(map(str, allowed)))
    if attrs.has(kind):
        if type(value) is not kind:
            return path, kind.__name__
        if getattr(kind, "FROM_A_READER", False):
            return _typed(value, kind, path)
        return _first(
            _fault(getattr(value, name), inner, f"{path}.{name}")
            for name, inner in _hints(type(value))
        )
    check = _CHECKS.get(kind)
    if check is not None:
        if not check(value):
            return path, _WORDS[kind]
        return _odd(value, path) if kind is str else None
    return None if isinstance(value, kind) else (path, kind.__name__)


def _fault_of_union(value: Any, kinds: tuple[Any, ...], path: str) -> Fault | None:
    if value is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is type(value):
            return _fault(value, kind, path)
    if any(_fault(value, kind, path) is None for kind in kinds):
        return None
    return path, " | ".join(getattr(kind, "__name__", str(kind)) for kind in kinds)


def _odd(text: str, path: str) -> Fault | None:
    field = path.rpartition(".")[2].partition("[")[0]
    odd = what_is_odd(text, one_line=field not in _PROSE)
    return None if odd is None else (path, odd)


def _typed(value: Any, kind: Any, path: str) -> Fault | None:
    """Return a field of the wrong type; what its texts say is not looked at."""
    return _first(
        fault
        for name, inner in _hints(kind)
        for fault in [_fault(getattr(value, name), inner, f"{path}.{name}")]
        if fault is not None and not isinstance(fault[1], Text)
    )


def _first(faults: typing.Iterable[Fault | None]) -> Fault | None:
    return next((fault for fault in faults if fault is not None), None)


@cache
def _hints(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((a.name, hints[a.name]) for a in attrs.fields(kind))


@cache
def _glance(kind: Any, *, read: bool = False) -> Callable[[Any], bool]:
    """Return a check that passes only what has no fault: almost all are seen to at a glance.

    What does not pass may still be right: ``_fault`` looks at it letter by letter. ``read``: in
    what a reader found in a file, whose texts may say anything.
    """
    if attrs.has(kind):
        return _glance_at_fields(kind, read or getattr(kind, "FROM_A_READER", False))
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType):
        return _glance_at_union(typing.get_args(kind), read)
    if origin is tuple:
        return _glance_at_each(_glance(typing.get_args(kind)[0], read=read))
    if origin is typing.Literal:
        return typing.get_args(kind).__contains__
    if kind is str and not read:
        return _short
    return _CHECKS.get(kind) or (lambda value: isinstance(value, kind))


def _glance_at_union(kinds: tuple[Any, ...], read: bool) -> Callable[[Any], bool]:
    first, *others = [_glance(kind, read=read) for kind in kinds]
    none = type(None) in kinds
    return lambda value: (
        (none and value is None) or first(value) or any(check(value) for check in others)
    )


def _glance_at_each(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) is tuple and len(value) <= _MOST and all(map(check, value))


def _glance_at_fields(kind: Any, read: bool) -> Callable[[Any], bool]:
    checks = tuple((name, _glance(inner, read=read)) for name, inner in _hints(kind))

    def passes(value: Any) -> bool:
        if type(value) is not kind:
            return False
        for name, check in checks:  # noqa: SIM110 - every command passes here: no generator
            if not check(getattr(value, name)):
                return False
        return True

    return passes


def _short(value: Any) -> bool:
    return type(value) is str and len(value) <= ONE_LINE and value.isascii() and value.isprintable()


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
