"""Events are read by functions that ``reader`` writes. They agree with cattrs, the general way.

Cattrs takes any iterable for a pair, and pairs for a product; that is no event that was ever
stored, and refused here: the two strict hooks of ``general_way`` say so.
"""

import copy
import datetime as dt
import enum
import functools
import json
import types
import typing
from pathlib import Path

import attrs
import pytest
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters.speed import parse
from pst_core.reader import reader
from pst_core.refusal import StorageError
from pst_core.tariff import Map, Microdata, Product, Publication
from pst_core.wire import event_from_json, event_to_json, event_types, parse_with
from pst_core.workflow import Actor

PRODUCTS = {cls.kind: cls for cls in (Publication, Microdata, Map)}


def exactly(value, kind):
    if type(value) is not kind:
        raise TypeError(kind)
    return value


@functools.cache
def general_way():
    """Return the converter of cattrs that read events before ``reader`` did."""
    converter = Converter(forbid_extra_keys=True, detailed_validation=False)

    def row_of(kind):
        inner = typing.get_args(kind)[0]
        hook = converter.get_structure_hook(inner)
        return lambda value, _: tuple(hook(one, inner) for one in exactly(value, list))

    def pair_of(kind):
        inner = typing.get_args(kind)
        hooks = [converter.get_structure_hook(one) for one in inner]

        def pair(value, _):
            parts = zip(hooks, exactly(value, list), inner, strict=True)
            return tuple(hook(one, part) for hook, one, part in parts)

        return pair

    def product_from(value, _):
        fields = dict(exactly(value, dict))
        kind = fields.pop("kind")
        return made[kind](fields, PRODUCTS[kind])

    converter.register_structure_hook(dt.datetime, lambda v, _: dt.datetime.fromisoformat(v))
    converter.register_structure_hook(dt.date, lambda v, _: dt.date.fromisoformat(v))
    for plain in (int, bool, str):
        converter.register_structure_hook(plain, exactly)
    converter.register_structure_hook_factory(is_pair, pair_of)
    converter.register_structure_hook_factory(is_row, row_of)
    converter.register_structure_hook(enum.StrEnum, lambda value, kind: kind(value))
    made = {kind: make_dict_structure_fn(cls, converter) for kind, cls in PRODUCTS.items()}
    converter.register_structure_hook(Product, product_from)
    return converter


def is_row(kind):
    return typing.get_origin(kind) is tuple and typing.get_args(kind)[1:] == (Ellipsis,)


def is_pair(kind):
    return typing.get_origin(kind) is tuple and not is_row(kind)


# -- JSON that fits, by the types of the fields ---------------------------------------------------

NAMES = sorted(event_types())
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    | st.sampled_from(["2026-11-24", "2026-11-24T05:00:00+00:00", "publication", "id", "1"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["kind", "id", "name", "title"]), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
plain = {
    str: st.text(max_size=4),
    int: st.integers(),
    bool: st.booleans(),
    dt.datetime: st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat),
    dt.date: st.dates().map(dt.date.isoformat),
}


@functools.cache
def fitting(kind):
    """Return JSON values that fit ``kind``."""
    if kind in plain:
        return plain[kind]
    inner = typing.get_args(kind)
    if kind == Product:
        return st.one_of([product(cls) for cls in PRODUCTS.values()])
    if is_row(kind):
        return st.lists(fitting(inner[0]), max_size=2)
    if is_pair(kind):
        return st.tuples(*map(fitting, inner)).map(list)
    if typing.get_origin(kind) is typing.Literal:
        return st.sampled_from(inner)
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return st.one_of([st.none() if one is types.NoneType else fitting(one) for one in inner])
    if attrs.has(kind):
        needed, optional = fields_of(kind)
        return st.fixed_dictionaries(needed, optional=optional)
    return st.sampled_from([member.value for member in kind])


def fields_of(cls):
    hints = field_types(cls)
    every = {
        f.name: (fitting(hints[f.name]), f.default is attrs.NOTHING) for f in attrs.fields(cls)
    }
    return [
        {name: s for name, (s, must) in every.items() if must is asked} for asked in (True, False)
    ]


def product(cls):
    needed, optional = fields_of(cls)
    sized = {n: st.integers(1, 9) for n in ("pages", "bytes", "sheets")}
    needed = {n: sized.get(n, s) for n, s in needed.items()} | {"title": st.text(min_size=1)}
    optional = {n: sized.get(n, s) for n, s in optional.items()}
    return st.fixed_dictionaries({"kind": st.just(cls.kind), **needed}, optional=optional)


@st.composite
def stored(draw):
    """Draw the name of an event and JSON of its fields."""
    name = draw(st.sampled_from(NAMES))
    needed, optional = fields_of(event_types()[name])
    return name, draw(st.fixed_dictionaries(needed, optional=optional))


@st.composite
def damaged(draw):
    """Draw the same, with one place of it changed, left out or added to."""
    name, fields = draw(stored())
    whole = {"": fields}
    places = list(walk(whole))
    holder, key = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["change", "leave out", "add"]))
    there = holder[key]
    if how == "add" and type(there) is dict:
        there[draw(st.sampled_from(["", "kind", "extra"]))] = draw(anything)
    elif how == "add" and type(there) is list:
        there.append(draw(anything))
    elif how == "leave out" and holder is not whole:
        del holder[key]
    else:
        holder[key] = draw(anything)
    return name, whole[""]


def walk(value):
    for key in list(value) if type(value) is dict else range(len(value)):
        yield value, key
        if type(value[key]) in (dict, list):
            yield from walk(value[key])


def generally(name, body):
    try:
        return general_way().structure(json.loads(body), event_types()[name])
    except Exception:
        return "event-unreadable"


def by_reader(name, body):
    """Return what is read of it: the same by each parser."""
    found = read(name, body)
    parse_with(parse)
    try:
        faster = read(name, body)
    finally:
        parse_with(None)
    assert type(faster) is type(found)
    assert faster == found
    return found


def read(name, body):
    try:
        return event_from_json(name, event_types()[name].SCHEMA, body)
    except StorageError as error:
        return error.code


def agree(name, fields):
    body = json.dumps(fields)
    found, expected = by_reader(name, body), generally(name, body)
    assert type(found) is type(expected)
    assert found == expected
    return found


@given(stored())
def test_what_fits_is_read_as_cattrs_reads_it(case):
    name, fields = case
    event = agree(name, fields)
    assert type(event) is event_types()[name] or event == "event-unreadable"  # a blank title


@given(damaged())
def test_what_is_damaged_is_refused_as_cattrs_refuses_it(case):
    agree(*case)


def whole(kind):
    """Return one value of ``kind`` with every field in it, and in each row one of its kind."""
    ready = {
        str: "a", int: 1, bool: False, dt.date: "2026-11-24",
        dt.datetime: "2026-11-24T05:00:00+00:00",
    }  # fmt: skip
    inner = typing.get_args(kind)
    if kind in ready:
        return ready[kind]
    if kind == Product:
        return {"kind": "map", **whole(Map)}
    if typing.get_origin(kind) is tuple:
        return [whole(one) for one in inner if one is not Ellipsis]
    if typing.get_origin(kind) is typing.Literal:
        return inner[0]
    if inner:
        return whole(inner[0])
    if attrs.has(kind):
        return {name: whole(hint) for name, hint in field_types(kind).items()}
    return next(iter(kind)).value


def field_types(cls):
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in attrs.fields(cls)}


NEAR = (None, True, 0, 1, 1.0, "", "1", "2026-11-24", [], [[]], ["a"], {}, {"a": 1})


@pytest.mark.parametrize("name", NAMES)
def test_each_place_damaged_in_each_way_is_read_as_cattrs_reads_it(name):
    sound = {"": whole(event_types()[name])}
    assert not isinstance(agree(name, sound[""]), str)
    for number, _ in enumerate(walk(sound)):
        for change in (*(functools.partial(put, near) for near in NEAR), leave_out, add):
            case = copy.deepcopy(sound)
            holder, key = list(walk(case))[number]
            change(holder, key)
            agree(name, case.get("", None))


def put(value, holder, key):
    holder[key] = value


def leave_out(holder, key):
    del holder[key]


def add(holder, key):
    there = holder[key]
    if type(there) is dict:
        there["extra"] = 1
    elif type(there) is list:
        there.append("a")


@pytest.mark.slow
def test_every_golden_event_is_read_as_cattrs_reads_it():
    seen = set()
    for path in sorted((Path(__file__).parent.parent / "golden").glob("*/*.json")):
        for event in json.loads(path.read_text("utf-8"))["events"]:
            name = event["name"]
            if event["schema"] == event_types()[name].SCHEMA:
                assert not isinstance(agree(name, event["body"]), str)
                seen.add(name)
    assert len(seen) > 20


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", ["", " ", "null", "1", "[]", '""', "{}", '{"":1}', "{}{}", "NaN"])
def test_what_is_no_object_is_refused_as_cattrs_refuses_it(name, body):
    assert by_reader(name, body) == generally(name, body)


def test_blanks_around_it_are_nothing():
    body = ' {"stars": 5, "comment": ""}\n'
    assert by_reader("request.service-rated", body) == generally("request.service-rated", body)
    assert by_reader("request.service-rated", body).stars == 5


def test_an_event_that_was_read_is_frozen_like_one_that_was_made():
    event = event_from_json("request.service-rated", 1, '{"stars": 5, "comment": ""}')
    made = event_types()["request.service-rated"](5, "")
    assert type(event) is type(made)
    assert hash(event) == hash(made)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        event.stars = 4


@attrs.frozen
class Counted:
    """What a reader cannot set directly: its constructor computes."""

    first: int
    second: int = attrs.field(init=False)
    weight: int = 1

    def __attrs_post_init__(self):
        object.__setattr__(self, "second", self.first + 1)


def test_a_constructor_that_computes_is_called():
    assert reader(Counted)({"first": 1}) == Counted(1)
    assert reader(Counted)({"first": 1, "weight": 2}).second == 2
    with pytest.raises(TypeError):
        reader(Counted)({"first": 1, "second": 2})


def test_a_kind_that_it_does_not_know_is_refused_when_the_reader_is_made():
    with pytest.raises(NotImplementedError, match="float"):
        reader(float)


def test_an_actor_is_read_like_an_event():
    assert reader(Actor)({"id": "a", "role": "officer"}) == Actor("a", next(
        role for role in typing.get_type_hints(Actor)["role"] if role == "officer"))  # fmt: skip


def test_what_is_written_is_read():
    event = event_types()["request.service-rated"](5, "ya")
    assert event_from_json(event.NAME, event.SCHEMA, event_to_json(event)) == event
