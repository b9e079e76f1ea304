"""Plain JSON values to attrs objects, by one function for each class, written when it is needed.

It knows the kinds that events are made of: ``str``, ``int``, ``bool``, dates and moments in ISO
8601, words of an enumeration or a ``Literal``, "or nothing", rows and pairs, attrs classes, and
one of several classes told apart by the field ``kind``. A value is taken of the very type: JSON
``true`` is no number, ``1.0`` no rupiah, a word no row; a field too many is refused like one that
is missing. It leaves to ``wire`` the names, the old schemas and what is said of JSON that does
not fit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import Enum
from functools import cache
from itertools import count
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

import attrs

from .twin import only_sets, twin

__all__ = ["Read", "reader"]

Read = Callable[[Any], Any]
"""Takes what ``json.loads`` gave; raises ``TypeError``, ``ValueError`` or ``LookupError``."""


@cache
def reader(kind: Any) -> Read:
    """Return the function that reads a value of ``kind``, an attrs class or a type of its fields.

    Raises ``NotImplementedError`` for a type that it does not know.
    """
    source = _Source()
    if _tagged(kind):
        return _one_of({cls.kind: source.of_class(cls, tagged=True) for cls in get_args(kind)})
    if attrs.has(kind):
        return source.of_class(kind)
    return source.made([*source.take("value", kind), "return value"])


def _one_of(readers: dict[str, Read]) -> Read:
    return lambda value: readers[value["kind"]](value)


class _Source:
    """The lines of one function and the names that they use."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"wrong": _wrong}
        self.numbers = count()

    def named(self, value: Any) -> str:
        """Return a name that stands for ``value``."""
        name = f"v{next(self.numbers)}"
        self.names[name] = value
        return name

    def made(self, lines: list[str]) -> Read:
        text = "\n".join(["def read(value):", *_in(lines)])
        exec(compile(text, "<pst_core.reader>", "exec"), self.names)  # noqa: S102 - our own types
        read: Read = self.names["read"]
        return read

    def of_class(self, cls: Any, *, tagged: bool = False) -> Read:
        """Return the reader of ``cls``; ``tagged`` if its ``kind`` stands among its fields."""
        types, fields = get_type_hints(cls), [f for f in attrs.fields(cls) if f.init]
        needed = [f for f in fields if f.default is attrs.NOTHING]
        optional = [f for f in fields if f.default is not attrs.NOTHING]
        must = len(needed) + tagged
        # what is no object has no fields by name: only where none is needed must it be asked
        lines = [] if must else ["if type(value) is not dict: wrong(value, 'an object')"]
        if optional:
            lines.append(f"left = len(value) - {must}")
        else:
            lines.append(f"if len(value) != {must}: wrong(value, 'these fields')")
        local = {f.name: f"f{n}" for n, f in enumerate(fields)}
        for field in needed:
            name = local[field.name]
            lines.append(f"{name} = value[{field.name!r}]")
            lines += self.take(name, types[field.name])
        usual = self.named(tuple(map(self.default, optional)))
        if optional:  # mostly none of them is there
            names = ", ".join(local[field.name] for field in optional)
            lines += [f"{names}, = {usual}", "if left:"]
        for field in optional:
            name = local[field.name]
            found = [f"{name} = value[{field.name!r}]", "left -= 1"]
            found += self.take(name, types[field.name])
            lines += _in([f"if left and {field.name!r} in value:", *_in(found)])
        if optional:
            lines += _in(["if left: wrong(value, 'these fields')"])
        return self.made([*lines, *self.object_of(cls, fields, local)])

    def default(self, field: attrs.Attribute[Any]) -> Any:
        if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
            raise NotImplementedError(f"{field.name}: a default that is made anew")
        return field.default

    def object_of(self, cls: Any, fields: list[Any], local: dict[str, str]) -> list[str]:
        """Return the lines that make the object.

        Where the constructor would do no more than convert, set and validate, the fields are set
        directly, while the object still is of a twin that is not frozen: a third of the time.
        """
        if not only_sets(cls):
            given = ", ".join(f"{f.alias}={local[f.name]}" for f in fields)
            return [f"return {self.named(cls)}({given})"]
        lines = [f"made = {self.named(twin(cls))}()"]
        for field in fields:
            value = local[field.name]
            if field.converter is not None:
                value = f"{self.named(field.converter)}({value})"
            lines.append(f"made.{field.name} = {value}")
        lines.append(f"made.__class__ = {self.named(cls)}")
        for field in fields:
            if field.validator is not None:
                check, this = self.named(field.validator), self.named(field)
                lines.append(f"{check}(made, {this}, made.{field.name})")
        return [*lines, "return made"]

    def take(self, name: str, kind: Any) -> list[str]:
        """Return the lines that check the value ``name`` and bring it to ``kind``."""
        if kind in (str, int, bool):
            return [f"if type({name}) is not {kind.__name__}: wrong({name}, {kind.__name__!r})"]
        if kind in (dt.datetime, dt.date):
            return [f"{name} = {self.named(kind.fromisoformat)}({name})"]
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Literal and all(type(word) is str for word in inner):
            words = self.named(frozenset(inner))
            return [f"if {name} not in {words}: wrong({name}, 'one of the words')"]
        if origin in (Union, UnionType) and len(inner) == 2 and NoneType in inner:
            (there,) = (one for one in inner if one is not NoneType)
            return [f"if {name} is not None:", *_in(self.take(name, there))]
        if origin is tuple and inner[1:] == (Ellipsis,):
            return [_must_be_list(name), *self.row(name, inner[0])]
        if origin is tuple:
            parts = [f"{name}_{n}" for n in range(len(inner))]
            lines = [_must_be_list(name), f"{', '.join(parts)}, = {name}"]
            for part, one in zip(parts, inner, strict=True):
                lines += self.take(part, one)
            return [*lines, f"{name} = ({', '.join(parts)},)"]
        if isinstance(kind, type) and issubclass(kind, Enum):
            words = self.named({member.value: member for member in kind})
            return [f"{name} = {words}[{name}]"]
        if attrs.has(kind) or _tagged(kind):
            return [f"{name} = {self.named(reader(kind))}({name})"]
        raise NotImplementedError(f"{kind!r} is no kind of field that events have")

    def row(self, name: str, inner: Any) -> list[str]:
        if inner in (str, int, bool):
            each = self.take("one", inner)
            return [f"for one in {name}:", *_in(each), f"{name} = tuple({name})"]
        return [f"{name} = tuple(map({self.named(reader(inner))}, {name}))"]


def _in(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _must_be_list(name: str) -> str:
    return f"if type({name}) is not list: wrong({name}, 'a row')"


def _wrong(value: Any, wanted: str) -> NoReturn:
    raise TypeError(f"{value!r} is not {wanted}")


def _tagged(kind: Any) -> bool:
    """Return whether ``kind`` is one of several classes that say their ``kind``."""
    inner = get_args(kind)
    return get_origin(kind) in (Union, UnionType) and all(
        attrs.has(one) and isinstance(getattr(one, "kind", None), str) for one in inner
    )
