"""A frozen object that was made by its twin is one that was made by its constructor."""

import copy
import datetime as dt
import pickle

import attrs
import pytest

from pst_core.ledger import Balances, Entry
from pst_core.request.events import ServiceRated
from pst_core.tariff import Line, Quote
from pst_core.twin import only_sets, twin
from pst_core.wire import event_from_json, event_to_json
from pst_core.workflow import Actor, Noted, Role, State

NOON = dt.datetime(2026, 11, 24, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize("kind", [Balances, Line, Noted, Quote, State])
def test_a_twin_has_the_layout_of_its_class(kind):
    made = twin(kind)()
    made.__class__ = kind
    assert type(made) is kind
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(made, attrs.fields(kind)[0].name, None)


def test_a_class_without_slots_has_none():
    with pytest.raises(NotImplementedError, match="slots"):
        twin(type("Open", (), {}))


def test_a_constructor_that_does_more_than_set_says_so():
    assert only_sets(ServiceRated)
    assert not only_sets(Entry)


def test_what_happened_is_noted_once_and_for_all():
    made = Noted("ya", NOON, Actor("a", Role.OFFICER))
    assert made == Noted(event="ya", at=NOON, by=Actor("a", Role.OFFICER))
    assert hash(made) == hash(copy.copy(made))
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made  # noqa: S301
    assert attrs.evolve(made, event="lain") == Noted("lain", made.at, made.by)
    for name in ("event", "at", "by"):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(made, name, None)


def test_an_event_that_was_read_is_pickled_and_copied_like_one_that_was_made():
    usual = ServiceRated(5, "ya")
    made = event_from_json(usual.NAME, usual.SCHEMA, event_to_json(usual))
    assert pickle.dumps(made) == pickle.dumps(usual)
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == usual  # noqa: S301
