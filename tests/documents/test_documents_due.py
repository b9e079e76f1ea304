import attrs
import pytest

from pst_core.documents import Finding, Situation, Standing, documents_due
from pst_core.documents.due import RULES
from pst_core.refusal import BadInput
from pst_core.text import Text

MIXED = Situation("S23", ("publication", "microdata", "map"))
WRONG = Finding("x", "S9", Text("a", "b"), Text("c", "d"))


def names(situation):
    return [d.rule.document for d in documents_due(situation, {})]


NEW_AT = {
    "S9": ["request-form", "terms", "identity"],
    "S10": ["abstraction"],
    "S13": ["invoice", "sample", "agreement"],
    "S17": ["signed-agreement"],
    "S19": ["receipt"],
}


def test_R6_mixed_request_shows_at_each_step_exactly_what_is_due_then():
    expected = []
    for n in range(1, 24):
        expected = expected + NEW_AT.get(f"S{n}", [])
        assert names(attrs.evolve(MIXED, step=f"S{n}")) == expected


def test_R6_publication_alone_needs_no_abstraction_agreement_or_sample():
    assert names(attrs.evolve(MIXED, products=("publication",))) == [
        "request-form", "terms", "invoice", "receipt",
    ]  # fmt: skip


def test_S13_map_needs_an_agreement_but_no_sample():
    found = names(attrs.evolve(MIXED, products=("map",)))
    assert "sample" not in found
    assert "signed-agreement" in found


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"channel": "walk-in"}, "guest-book"),
        ({"segment": "private"}, "tax-number"),
        ({"segment": "student"}, "letter"),
        ({"segment": "government"}, "letter"),
        ({"abroad": True}, "proof-of-payment"),
    ],
)
def test_S9_segment_channel_and_domicile_add_their_document(change, more):
    assert set(names(attrs.evolve(MIXED, **change))) - set(names(MIXED)) == {more}


def test_S9_what_is_wrong_with_a_document_stands_beside_it():
    warning = attrs.evolve(WRONG, severity="warning")
    due = documents_due(
        attrs.evolve(MIXED, step="S9"), {"request-form": (WRONG,), "terms": (warning,)}
    )
    assert [(d.rule.document, d.standing) for d in due] == [
        ("request-form", Standing.FAULTY),
        ("terms", Standing.IN_ORDER),
        ("identity", Standing.MISSING),
    ]
    assert due[1].findings == (warning,)


def test_rules_are_in_step_order_and_cite_a_clause():
    steps = [int(rule.step[1:]) for rule in RULES]
    assert steps == sorted(steps)
    assert all(rule.clause and rule.name.en for rule in RULES)


@pytest.mark.parametrize("step", ["", "S0", "S24", "R6", "9"])
def test_step_that_is_none_is_refused(step):
    with pytest.raises(BadInput, match="no-such-step"):
        documents_due(attrs.evolve(MIXED, step=step), {})
