"""The faster parser gives what ``json.loads`` gives, or nothing: then the latter is asked."""

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters import speed
from pst_core.refusal import StorageError
from pst_core.wire import event_from_json, event_to_json, event_types, parse_with

RATED = event_types()["request.service-rated"]
OPENED = '{{"stars": 5, "comment": {}}}'


@pytest.fixture(autouse=True)
def _as_before():
    yield
    parse_with(None)


def the_same(one, other):
    """Return whether the values are equal, of the same types, and -0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(the_same(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(the_same, one, other))
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return one == other


def agree(text):
    """Check that the faster parser gives what the usual one gives; return whether it gave it."""
    try:
        found = speed.parse(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    assert the_same(found, json.loads(text))
    return True


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
pieces = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"', '"a"', '"a":1', "\\u00e9", "\\ud83d", "\\ude00", "\\", "-",
     "0", "1", "01", "1.", ".5", "e", "E+", "9" * 25, "1e400", "-0", "-0.0", "1e-400", "true",
     "nul", "null", "NaN", "Infinity", " ", "\n", "\t", "\x00", "\x0b", "\ufeff", "\u2028", "//",
     "\ud800", "'", "+1", "0x1", "1_0"]
)  # fmt: skip


@pytest.mark.slow
@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_what_was_written_is_parsed_alike(value, escaped, indent):
    text = json.dumps(value, ensure_ascii=escaped, indent=indent)
    assert agree(text)


@given(st.lists(pieces, max_size=8).map("".join))
def test_what_is_no_json_is_parsed_by_neither(text):
    agree(text)


@given(values, st.data())
def test_what_is_damaged_is_parsed_alike(value, data):
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    agree(text[:at] + data.draw(pieces) + text[at + data.draw(st.integers(0, 2)) :])


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', '{"a":{"b":1},"a":3}', "9" * 4300, "-" + "9" * 40, "18446744073709551616",
     "-9223372036854775809", "-0", "-0.0", "1e2", "1.0", "1e-400", "4.9e-324", "0.1e1",
     "1.7976931348623158e308", "2.2250738585072011e-308", "9007199254740993.0",
     "9" * 400 + ".0e-399",
     '"\\ud83d\\ude00"', '"\\u0000"', '"\\/"', '"\x7f"', '{"":1}', " 1 ", "\r[1\n,2]"],
)  # fmt: skip
def test_the_edges_of_json_are_parsed_alike(text):
    assert agree(text)


@pytest.mark.parametrize("odd", ['"\\ud800"', '"\ud800"'])
def test_what_it_will_not_parse_is_asked_of_the_standard_library(odd):
    body = OPENED.format(odd)
    assert not agree(body)
    speed.use()
    assert event_from_json(RATED.NAME, RATED.SCHEMA, body) == RATED(5, "\ud800")


def test_a_field_given_twice_is_the_last_one_in_either():
    body = '{"stars": NaN, "comment": "", "stars": 5}'
    usual = event_from_json(RATED.NAME, RATED.SCHEMA, body)
    speed.use()
    assert event_from_json(RATED.NAME, RATED.SCHEMA, body) == usual == RATED(5, "")


@pytest.mark.parametrize("body", ["", "{", "[]", OPENED.format("NaN"), OPENED.format("1e400")])
def test_what_does_not_fit_is_refused_alike(body):
    said = []
    for switch in (parse_with, speed.use):
        switch()
        with pytest.raises(StorageError, match="event-unreadable") as caught:
            event_from_json(RATED.NAME, RATED.SCHEMA, body)
        assert caught.value.__cause__ is caught.value.__context__ is None
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_it_is_at_work_once_it_is_used():
    seen = []

    def parse(body):
        seen.append(body)
        return speed.parse(body)

    body = event_to_json(RATED(4, "baik"))
    parse_with(parse)
    assert event_from_json(RATED.NAME, RATED.SCHEMA, body) == RATED(4, "baik")
    assert seen == [body]
    parse_with(None)
    assert event_from_json(RATED.NAME, RATED.SCHEMA, body) == RATED(4, "baik")
    assert seen == [body]
