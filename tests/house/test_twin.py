"""A frozen object that was made by its twin is one that was made by its constructor."""

import copy
import pickle

import attrs
import pytest

from pst_core.ledger import RECEIVABLE, REVENUE, Entry, Posting, entry, posting
from pst_core.refusal import BadInput, InvariantBroken
from pst_core.request.events import ServiceRated
from pst_core.tariff import Line, Quote
from pst_core.twin import only_sets, twin
from pst_core.wire import event_from_json, event_to_json
from pst_core.workflow import State


@pytest.mark.parametrize("kind", [Posting, Entry, Line, Quote, State])
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
    assert only_sets(Posting)
    assert not only_sets(Entry)


def test_a_posting_made_quickly_is_the_same():
    made, usual = posting(REVENUE, "invoice/1", -5), Posting(REVENUE, "invoice/1", -5)
    assert made == usual
    assert hash(made) == hash(usual)
    assert repr(made) == repr(usual)
    assert attrs.evolve(made, amount=7).amount == 7


def test_an_event_that_was_read_is_pickled_and_copied_like_one_that_was_made():
    usual = ServiceRated(5, "ya")
    made = event_from_json(usual.NAME, usual.SCHEMA, event_to_json(usual))
    assert pickle.dumps(made) == pickle.dumps(usual)
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == usual  # noqa: S301


@pytest.mark.parametrize("amount", [1.0, True, "1", None, 2**63, -(2**63)])
def test_a_posting_of_no_whole_rupiah_is_refused_as_ever(amount):
    for make in (posting, Posting):
        with pytest.raises(BadInput):
            make(REVENUE, "invoice/1", amount)


def test_an_entry_made_quickly_must_balance():
    sides = posting(RECEIVABLE, "invoice/1", 5), posting(REVENUE, "invoice/1", -5)
    assert entry("invoice/1", sides) == Entry("invoice/1", sides)
    assert entry("r", sides, "invoice/1") == Entry("r", sides, reverses="invoice/1")
    for make in (entry, Entry):
        with pytest.raises(InvariantBroken, match="entry-out-of-balance"):
            make("invoice/1", sides[:1])
