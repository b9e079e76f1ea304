"""Events keep their names and fields for ever."""

import enum
import json
import typing
from pathlib import Path

import attrs
import pytest

from pst_core import wire
from pst_core.refusal import StorageError
from pst_core.wire import LIFTS, event_from_json, event_to_json, event_types

SHAPES = Path(__file__).parent / "event-shapes.json"
DEFAULTS = Path(__file__).parent / "event-defaults.json"


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
    # a changed field needs SCHEMA + 1 and a function in wire.LIFTS; then write the file anew:
    # python -m tests.desk.test_wire
    assert json.loads(SHAPES.read_text("utf-8")) == shapes()


def defaults():
    """Return, of every class in a stored event, what a field is read as that is not written."""
    found, to_see = {}, [*event_types().values()]
    while to_see:
        kind = to_see.pop()
        to_see += [arg for arg in typing.get_args(kind) if arg is not Ellipsis]
        if not attrs.has(kind) or kind.__qualname__ in found:
            continue
        attrs.resolve_types(kind)
        fields = attrs.fields(kind)
        to_see += [a.type for a in fields]
        found[kind.__qualname__] = {
            a.name: repr(a.default) for a in fields if a.default is not attrs.NOTHING
        }
    return {kind: fields for kind, fields in sorted(found.items()) if fields}


def test_no_default_changes_what_has_been_stored():
    # old JSON lacks fields that came later, and new JSON those of a file that are as usual: both
    # are read by these defaults, so one that is written down here never changes, only joins
    kept = json.loads(DEFAULTS.read_text("utf-8"))
    assert kept == defaults(), json.dumps(defaults(), indent=1)


def test_a_file_is_read_back_as_it_was_written():
    cls = event_types()["request.agreement-uploaded"]
    usual = {"name": "a.pdf", "bytes": 9, "sha256": "0" * 64, "media_type": "application/pdf"}
    signed = {"signer": "Siti", "intact": True, "covers_whole_file": True, "trusted": False}
    for fields in (usual, {**usual, "signatures": [signed]}, {**usual, "pages": 3}):
        body = json.dumps({"file": fields}, sort_keys=True, separators=(",", ":"))
        event = event_from_json("request.agreement-uploaded", cls.SCHEMA, body)
        assert event_to_json(event) == body


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
    monkeypatch.setattr(wire, "_of_today", {})
    monkeypatch.setitem(
        LIFTS, ("request.service-rated", 1), lambda old: {"stars": old["bintang"], "comment": ""}
    )
    lifted = event_from_json("request.service-rated", 1, '{"bintang": 4}')
    assert lifted == cls(4, "")
    assert event_from_json("request.service-rated", 2, event_to_json(lifted)) == lifted


def test_a_file_of_an_older_schema_has_no_marks():
    old = {
        "name": "bukti.pdf", "bytes": 9, "sha256": "0" * 64, "media_type": "application/pdf",
        "pages": 1, "encrypted": False, "active_content": [], "text_found": "", "codes": [],
        "signatures": [], "problem": "", "looks_also_like": [], "revisions": [],
        "changed_before_signing": False,
    }  # fmt: skip
    cls = event_types()["request.agreement-uploaded"]
    body = json.dumps({"file": old})
    for schema in (1, 2, cls.SCHEMA):
        assert event_from_json("request.agreement-uploaded", schema, body).file.marks == ()


if __name__ == "__main__":
    SHAPES.write_text(as_text(), "utf-8")
    DEFAULTS.write_text(json.dumps(defaults(), indent=1) + "\n", "utf-8")
