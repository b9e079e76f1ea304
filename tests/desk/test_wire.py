"""Events keep their names and fields for ever."""

import enum
import json
import typing
from pathlib import Path

import attrs
import pytest

from pst_core.refusal import StorageError
from pst_core.wire import LIFTS, event_from_json, event_to_json, event_types

SHAPES = Path(__file__).parent / "event-shapes.json"


def shape(kind):
    """Describe a type by what stands in the JSON: fields of classes, values of enumerations."""
    if attrs.has(kind):
        attrs.resolve_types(kind)
        return {a.name: shape(a.type) for a in attrs.fields(kind)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return sorted(member.value for member in kind)
    inner = [shape(arg) for arg in typing.get_args(kind) if arg is not Ellipsis]
    if typing.get_origin(kind) is typing.Literal:
        return sorted(typing.get_args(kind))
    if inner:
        return {str(getattr(typing.get_origin(kind), "__name__", "")): inner}
    return getattr(kind, "__name__", str(kind))


def shapes():
    """Return name, schema and fields of every event, as they are now."""
    return {
        name: {"schema": cls.SCHEMA, "fields": shape(cls)}
        for name, cls in sorted(event_types().items())
    }


def as_text():
    return json.dumps(shapes(), indent=1) + "\n"


def test_no_event_changes_its_fields_without_a_new_schema():
    # a changed field needs SCHEMA + 1 and a function in wire.LIFTS; then write the file anew
    # what as_text() gives
    assert json.loads(SHAPES.read_text("utf-8")) == shapes()


def test_names_are_of_their_procedure():
    for name, cls in event_types().items():
        assert name.split(".")[0] in cls.__module__


def test_an_event_of_a_newer_release_is_refused_loudly():
    with pytest.raises(StorageError, match="unknown-event"):
        event_from_json("request.opened", 99, "{}")
    with pytest.raises(StorageError, match="unknown-event"):
        event_from_json("request.teleported", 1, "{}")


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"stars": true, "comment": ""}',
                                  '{"stars": 5, "comment": "", "extra": 1}'])  # fmt: skip
def test_an_event_that_does_not_fit_is_refused(body):
    with pytest.raises(StorageError, match="event-unreadable"):
        event_from_json("request.service-rated", 1, body)


def test_an_old_event_is_lifted_to_the_fields_of_today(monkeypatch):
    cls = event_types()["request.service-rated"]
    monkeypatch.setattr(cls, "SCHEMA", 2)
    monkeypatch.setitem(
        LIFTS, ("request.service-rated", 1), lambda old: {"stars": old["bintang"], "comment": ""}
    )
    lifted = event_from_json("request.service-rated", 1, '{"bintang": 4}')
    assert lifted == cls(4, "")
    assert event_from_json("request.service-rated", 2, event_to_json(lifted)) == lifted
