"""The public names of the library with their signatures, read from the imported code.

Public is what a package or module names in ``__all__``; a class brings its methods, properties and
fields along, as far as they are written in this library and begin with no underscore.
"""

from __future__ import annotations

import enum
import inspect
import pkgutil
import re
from importlib import import_module
from types import ModuleType
from typing import ForwardRef

import attrs

__all__ = ["Name", "api_list", "public"]

_ROOTS = ("pst_core", "pst_adapters")
_MODULES = (
    "pst_core.desk.admission",
    "pst_core.desk.ports",
    "pst_core.documents.papers",
    "pst_adapters.sql.errors",
)
"""Public modules that are neither a package nor at the top of one."""
_LONGEST_DEFAULT = 40


@attrs.frozen
class Name:
    """One public name: where it is had from, what it is, how it is called, what it says."""

    module: str
    name: str
    kind: str  # class, function, method, property, field, value, module
    signature: str
    doc: str
    home: str
    """Where it is written; other than ``module`` for a name passed on."""
    members: tuple[Name, ...] = ()

    @property
    def line(self) -> str:
        """Return the line of the list."""
        if self.kind in ("alias", "module"):
            return f"{self.module}.{self.name} = {self.home}"
        return f"{self.module}.{self.name}{self.signature}"


def public() -> dict[str, list[Name]]:
    """Return the public names of each public module; a name passed on upwards is an alias there."""
    modules = {name: import_module(name) for name in _module_names()}
    # a class belongs to the innermost public module that names it
    owner: dict[int, str] = {}
    for name in sorted(modules, key=lambda n: n.count("."), reverse=True):
        for each in modules[name].__all__:
            value = getattr(modules[name], each)
            if inspect.isclass(value) or inspect.isfunction(value):
                owner.setdefault(id(value), name)
    return {
        name: [_name(module, each, owner) for each in sorted(set(module.__all__))]
        for name, module in sorted(modules.items())
        if module.__all__
    }


def api_list() -> str:
    """Return the list that is on file: a line a name, so that a change shows as a changed line."""
    lines = []
    for names in public().values():
        for name in names:
            lines.append(name.line)
            lines += [f"    {member.name}{member.signature}" for member in name.members]
    return "\n".join(lines) + "\n"


def _module_names() -> list[str]:
    """Return the packages and top modules that name what is public, private ones left out."""
    found = list(_MODULES)
    for root in _ROOTS:
        found.append(root)
        for module in pkgutil.walk_packages(import_module(root).__path__, f"{root}."):
            parts = module.name.split(".")
            skipped = any(part.startswith("_") for part in parts) or "migrations" in parts
            at_the_top = len(parts) == 2 or "contracts" in parts
            if not skipped and (module.ispkg or at_the_top):
                found.append(module.name)
    return [name for name in found if hasattr(import_module(name), "__all__")]


def _name(module: ModuleType, name: str, owner: dict[int, str]) -> Name:
    value = getattr(module, name)
    here = module.__name__
    if isinstance(value, ModuleType):
        return Name(here, name, "module", "", _doc(value), value.__name__)
    if inspect.isclass(value):
        home = owner[id(value)]
        if home != here:
            return Name(here, name, "alias", "", _doc(value), f"{home}.{value.__name__}")
        return Name(here, name, "class", _signature(value), _doc(value), here, _members(value))
    if inspect.isfunction(value):
        home = owner[id(value)]
        if home != here:
            return Name(here, name, "alias", "", _doc(value), f"{home}.{value.__name__}")
        return Name(here, name, "function", _signature(value), _doc(value), here)
    return Name(here, name, "value", f": {type(value).__name__}", "", here)


def _members(cls: type) -> tuple[Name, ...]:
    if issubclass(cls, enum.Enum):
        return tuple(
            Name(cls.__module__, m.name, "field", f" = {m.value!r}", "", cls.__module__)
            for m in cls
        )
    found: dict[str, Name] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.split(".")[0] not in _ROOTS:
            continue
        for name, value in vars(base).items():
            if name.startswith("_"):
                continue
            plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
            if inspect.isfunction(plain):
                shown = _signature(plain)
                found[name] = Name(base.__module__, name, "method", shown, _doc(plain), name)
            elif isinstance(value, property):
                gives = inspect.signature(value.fget).return_annotation if value.fget else ""
                shown = f": {_said(gives)}" if gives is not inspect.Signature.empty else ""
                found[name] = Name(base.__module__, name, "property", shown, _doc(value), name)
    return tuple(found[name] for name in sorted(found))


def _signature(value: object) -> str:
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        return f"({', '.join(base.__name__ for base in value.__bases__)})"
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    parts: list[str] = []
    starred = False
    for at, given in enumerate(signature.parameters.values()):
        if at == 0 and given.name in ("self", "cls"):
            continue
        if given.kind is given.VAR_POSITIONAL:
            starred = True
        elif given.kind is given.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        star = {given.VAR_POSITIONAL: "*", given.VAR_KEYWORD: "**"}.get(given.kind, "")
        typed = f": {_said(given.annotation)}" if given.annotation is not given.empty else ""
        default = f" = {_default(given.default)}" if given.default is not given.empty else ""
        parts.append(f"{star}{given.name}{typed}{default}")
    gives = signature.return_annotation
    is_class = inspect.isclass(value)
    back = "" if is_class or gives is signature.empty else f" -> {_said(gives)}"
    return f"({', '.join(parts)}){back}"


def _said(annotation: object) -> str:
    if isinstance(annotation, ForwardRef):  # the fields of a named tuple
        return annotation.__forward_arg__
    if isinstance(annotation, str):
        return annotation
    said = inspect.formatannotation(annotation)
    # what a decorator of hypothesis made of an annotation, as it stands in the code
    return re.sub(
        r"hypothesis\.strategies\.SearchStrategy\[ForwardRef\('(.+)'\)\]",
        r"SearchStrategy[\1]",
        said,
    )


def _default(value: object) -> str:
    if value is attrs.NOTHING:
        return "..."
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    shown = re.sub(r"\s+", " ", repr(value))
    return shown if len(shown) <= _LONGEST_DEFAULT and "<" not in shown else "..."


def _doc(value: object) -> str:
    return inspect.getdoc(value) or ""
