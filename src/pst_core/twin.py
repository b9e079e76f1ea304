"""Frozen objects made quickly: set while they are of a twin that is not frozen yet.

A frozen class sets each field through ``object.__setattr__``, three times the price of a plain
``made.field = value``. Where hundreds of objects are made of values that need no check, the caller
makes one of the twin, sets every field and turns it into the class::

    made = twin(Text)()
    made.id, made.en = "ya", "yes"
    made.__class__ = Text

Converters, validators and ``__attrs_post_init__`` are left to the caller, who says ``only_sets``
first where the class may have some.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs

__all__ = ["only_sets", "twin"]


@cache
def twin(cls: type) -> Any:
    """Return a class of the layout of ``cls``, made without arguments, whose fields can be set.

    Raises ``NotImplementedError`` for a class without slots.
    """
    if "__slots__" not in cls.__dict__:
        raise NotImplementedError(f"{cls.__name__} has no slots")
    own = ("__init__", "__setattr__", "__delattr__")
    return type(cls.__name__, (cls,), {"__slots__": (), **{n: getattr(object, n) for n in own}})


def only_sets(cls: Any) -> bool:
    """Return whether the constructor of ``cls`` only converts, sets and validates its fields."""
    return (
        "__slots__" in cls.__dict__
        and "__dict__" not in dir(cls)
        and not hasattr(cls, "__attrs_init__")
        and not hasattr(cls, "__attrs_pre_init__")
        and not hasattr(cls, "__attrs_post_init__")
        and "_attrs_cached_hash" not in cls.__slots__
        and all(f.init and not isinstance(f.converter, attrs.Converter) for f in attrs.fields(cls))
    )
