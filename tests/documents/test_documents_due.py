"""Which documents are due: a pure function of situation and rules, the rules data of an office."""

import re
from pathlib import Path

import attrs
import pytest

from pst_core.documents import (
    Channel,
    Finding,
    HandedIn,
    Segment,
    check_document,
    documents_due,
    errors,
    load_documents,
)
from pst_core.documents.due import BY_STEPS, Need, NumberKind, Situation, Standing
from pst_core.lawdata import shipped
from pst_core.office import Office
from pst_core.refusal import BadInput, BadLawData
from pst_core.testing.lives import file
from pst_core.text import Text

RULES = tuple(r for r in load_documents("produk-statistik-berbayar") if not r.by_choice)
BY_NAME = {rule.document: rule for rule in RULES}
MIXED = Situation("S23", ("publication", "microdata", "map"))
WRONG = Finding("x", "S9", Text("a", "b"), Text("c", "d"))


def names(situation, rules=RULES):
    return [d.rule.document for d in documents_due(situation, {}, rules)]


NEW_AT = {
    "S7": ["terms"],
    "S9": ["request-form", "identity"],
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
        "terms", "request-form", "invoice", "receipt",
    ]  # fmt: skip


def test_S13_map_needs_an_agreement_but_no_sample():
    found = names(attrs.evolve(MIXED, products=("map",)))
    assert "sample" not in found
    assert "signed-agreement" in found


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"channel": Channel.WALK_IN}, {"guest-book"}),
        ({"segment": Segment.PRIVATE}, {"tax-number"}),
        ({"segment": Segment.STUDENT}, {"letter"}),
        ({"segment": Segment.GOVERNMENT}, {"letter"}),
        ({"segment": Segment.EDUCATION}, set()),
        ({"segment": Segment.FOREIGN_MISSION}, set()),
        ({"segment": Segment.INTERNATIONAL}, set()),
        ({"abroad": True}, {"proof-of-payment"}),
        ({"abroad": True, "free": True}, set()),
    ],
)
def test_S9_segment_channel_and_domicile_add_their_document(change, more):
    assert set(names(attrs.evolve(MIXED, **change))) - set(names(MIXED)) == more


def test_S9_what_is_wrong_with_a_document_stands_beside_it():
    warning = attrs.evolve(WRONG, severity="warning")
    due = documents_due(
        attrs.evolve(MIXED, step="S9"), {"request-form": (WRONG,), "terms": (warning,)}, RULES
    )
    assert [(d.rule.document, d.standing) for d in due] == [
        ("terms", Standing.IN_ORDER),
        ("request-form", Standing.FAULTY),
        ("identity", Standing.MISSING),
    ]
    assert due[0].findings == (warning,)


def test_the_shipped_rules_are_in_step_order_cite_a_source_and_say_how_sure_they_are():
    steps = [int(rule.step[1:]) for rule in RULES]
    assert steps == sorted(steps)
    assert all(rule.clause and rule.name.id != rule.name.en and rule.citation for rule in RULES)
    # what other offices ask for is not passed off as this standard's
    assert {r.document for r in RULES if r.certainty != "verified"} == {
        "identity", "tax-number", "letter",
    }  # fmt: skip
    assert {r.document for r in RULES if not r.needs} == set(BY_STEPS)


@pytest.mark.parametrize("step", ["", "S0", "S24", "R6", "9", "S\u0661", "S-1"])
def test_step_that_is_none_is_refused(step):
    with pytest.raises(BadInput, match="no-such-step"):
        documents_due(attrs.evolve(MIXED, step=step), {}, RULES)


# -- one document -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "handed", "abroad", "codes"),
    [
        ("identity", {"file": file("ktp.pdf")}, False, []),
        ("identity", {"file": file("ktp.pdf", encrypted=True)}, False, ["file-encrypted"]),
        ("identity", {"number": "3317064505900001"}, False, ["no-file"]),
        ("identity", {"file": file("k.pdf"), "number": "99"}, False, ["no-nik"]),
        ("identity", {"reference": "u/1"}, False, ["by-reference"]),
        ("tax-number", {"number": "0013121660091000"}, False, []),
        ("tax-number", {"number": "12"}, False, ["npwp-digits"]),
        ("tax-number", {"number": "12"}, True, ["no-npwp"]),
        ("tax-number", {"file": file("npwp.pdf")}, False, ["no-number"]),
        ("letter", {"number": "12/X"}, False, ["no-file"]),
        ("letter", {"reference": "u/1"}, False, ["no-reference-taken"]),
        ("letter", {"file": file("s.pdf"), "number": "x" * 300}, False, ["number-too-long"]),
    ],
)  # fmt: skip
def test_S9_a_document_is_checked_by_its_rule(document, handed, abroad, codes):
    found = check_document(BY_NAME[document], HandedIn(document, **handed), abroad=abroad)
    assert [f.code for f in found] == codes
    assert {f.clause for f in found} <= {"S9"}


def test_S9_a_number_that_is_none_of_ours_refuses_only_a_taxpayer_at_home():
    odd = HandedIn("tax-number", number="SG-201912345K")
    assert errors(check_document(BY_NAME["tax-number"], odd))
    assert not errors(check_document(BY_NAME["tax-number"], odd, abroad=True))


# -- the rules as data --------------------------------------------------------------------------

OWN = """version = "uji"

[[documents]]
document = "terms"
name = { id = "syarat", en = "terms" }
clause = "R5"
step = "S7"
who = "applicant"
certainty = "verified"
citation = "uji"

[[documents]]
document = "permit"
name = { id = "izin", en = "permit" }
clause = "S9"
step = "S9"
who = "applicant"
products = ["map"]
segments = ["private"]
needs = ["file", "number"]
certainty = "assumed"
citation = "uji"
"""


def own(tmp_path: Path, text: str = OWN):
    (tmp_path / "dokumen.toml").write_text(text, "utf-8")
    return load_documents("dokumen.toml", tmp_path)


def test_an_office_points_to_a_list_of_its_own_beside_its_profile(tmp_path: Path):
    own(tmp_path)
    profile = shipped("offices", "3317.toml").read_text("utf-8")
    # what is chosen from the shipped list is not in one's own
    profile = re.sub(r"^\[requirements\..*\]\n", "", profile, flags=re.M)
    mine = tmp_path / "kantor.toml"
    shipped_list = 'documents = "produk-statistik-berbayar"'
    mine.write_text(profile.replace(shipped_list, 'documents = "dokumen.toml"'), "utf-8")
    office = Office.load(mine)
    assert [r.document for r in office.documents] == ["terms", "permit"]
    permit = office.documents[1]
    assert permit.needs == (Need.FILE, Need.NUMBER)
    assert permit.number is NumberKind.FREE
    place = Situation("S9", ("map",), segment=Segment.PRIVATE)
    assert names(place, office.documents) == ["terms", "permit"]
    # a profile that says nothing has the shipped list
    mine.write_text(profile.replace(shipped_list, ""), "utf-8")
    assert Office.load(mine).documents == RULES


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("citation", "citaton"), "citation"),
        (("products", "product"), "products"),
        (('["map"]', '["maps"]'), "publication, microdata, map"),
        (('["private"]', '["general"]'), "individual"),
        (('["file", "number"]', '["scan"]'), "file, number"),
        (('step = "S9"', 'step = "R4"'), "S1 to S23"),
        (('step = "S9"', 'step = "S16"'), "up to S10 only"),
        (('"assumed"', '"sure"'), "verified"),
        (('needs = ["file", "number"]\n', ""), "is made by no step"),
        (('document = "permit"', 'document = "invoice"'), "up to S10 only"),
        (('document = "permit"', 'document = "terms"'), "up to S10 only"),
        (('who = "applicant"\nproducts', 'who = "guest"\nproducts'), "officer"),
    ],
)
def test_a_list_that_is_not_in_order_is_named_by_file_line_and_key(tmp_path: Path, change, says):
    assert change[0] in OWN
    text = OWN[: OWN.index("[[documents]]", 40)] + OWN[OWN.index("[[documents]]", 40) :].replace(
        *change, 1
    )
    with pytest.raises(BadLawData) as caught:
        own(tmp_path, text)
    assert says in caught.value.say("en")
    assert re.search(r"dokumen\.toml:\d+:", str(caught.value))


def test_a_document_named_twice_is_refused(tmp_path: Path):
    with pytest.raises(BadLawData, match="second time"):
        own(tmp_path, OWN + OWN[OWN.index("[[documents]]", 40) :])


def test_a_list_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(BadLawData, match=r"tidak-ada\.toml"):
        load_documents("tidak-ada.toml", tmp_path)
