"""The Rp0 tariff (PP 13/2024 Pasal 4 and the head office's standard): each rule, fired or not."""

from datetime import date

import attrs
import pytest

from pst_core import BadInput, Map, Microdata, NotFound, Publication
from pst_core.lawdata import shipped
from pst_core.refusal import BadLawData
from pst_core.tariff import TariffPolicy, ZeroClaim, national_policy, quote, requote
from pst_core.tariff import zero as of_zero

RULES_DIGEST = "5782bb03336ed3c8487b99c88778fc9ddcb7d0a943aa7728e300e43ee1dfaf4d"
DAY = date(2026, 11, 24)
BASKET = [Publication("a", pages=60), Microdata("b", bytes=6_000_000), Map("c")]
GRANTED = ZeroClaim(
    recipient="education",
    purpose="research",
    letter="B-12/2026",
    account_verified_by="administrator",
    approver="Kepala BPS",
)
LIMITED = TariffPolicy(national_policy().schedules, readings={"rp0-quantity": "perka-1-2012"})


@pytest.mark.parametrize(
    "recipient",
    ["central-government", "local-government", "education", "foreign-mission", "international"],
)
@pytest.mark.parametrize(
    "purpose", ["state-duty", "research", "empowerment", "international-commitment"]
)
def test_C1_five_recipients_and_four_purposes_pay_nothing(recipient: str, purpose: str) -> None:
    claim = attrs.evolve(GRANTED, recipient=recipient, purpose=purpose)
    result = quote(BASKET, DAY, national_policy(), zero=claim)
    assert result.total == 0
    assert result.free
    assert result.billable
    assert [line.tariff for line in result.lines] == [65_000, 120_000, 70_000]
    assert all("PP 13/2024 Pasal 4(1)" in line.clause for line in result.lines)
    assert "Rp0" in result.lines[0].why.id
    assert any("agreement still holds" in note.en for note in result.notes)


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "student"},
        {"recipient": "private"},
        {"purpose": "commercial"},
        {"letter": " "},
        {"account_verified_by": ""},
        {"approver": ""},
    ],
)
def test_C1_each_condition_is_needed_and_its_remedy_is_said(change: dict[str, str]) -> None:
    claim = attrs.evolve(GRANTED, **change)
    result = quote(BASKET, DAY, national_policy(), zero=claim)
    assert result.total == 255_000
    assert not result.free
    rules = [r for r in result.rules if r.rule == "pihak-tertentu"]
    assert {r.kind for r in rules} == {"publication", "microdata", "map"}
    assert not any(r.fired for r in rules)
    assert all(r.remedy.id and r.remedy.en for r in rules)


def test_C1_an_individual_student_pays_and_learns_what_would_change_it() -> None:
    claim = ZeroClaim(recipient="student", purpose="research")
    rule = quote([Map("c")], DAY, national_policy(), zero=claim).rules[0]
    assert "an individual student" in rule.why.en
    assert "a student through the institution of education" in rule.remedy.en
    assert "mahasiswa melalui institusi pendidikannya" in rule.remedy.id


def test_C1_a_quantity_limit_takes_precedence_by_name() -> None:
    result = quote(BASKET, DAY, LIMITED, zero=GRANTED)
    assert [line.amount for line in result.lines] == [0, 120_000, 0]
    mine = {r.rule: r for r in result.rules if r.kind == "microdata"}
    assert mine["pihak-tertentu"].fired
    assert not mine["pihak-tertentu"].applies
    assert mine["pihak-tertentu"].beaten_by == ("batas-jumlah",)
    assert mine["batas-jumlah"].applies
    edge = [Microdata("b", bytes=5_000_000)]
    assert quote(edge, DAY, LIMITED, zero=GRANTED).free
    assert not quote([*edge, Microdata("c", bytes=1)], DAY, LIMITED, zero=GRANTED).free


def test_C1_a_claim_is_requoted_under_the_rules_and_limits_of_its_day() -> None:
    old = quote(BASKET, DAY, LIMITED, zero=GRANTED)
    assert old.basis.zero_digest == RULES_DIGEST  # rules once shipped are superseded, not edited
    assert ("rp0-quantity", "perka-1-2012") in old.basis.readings
    again = requote(BASKET, date(2040, 1, 1), old.basis, national_policy(), zero=GRANTED)
    assert again.amounts == old.amounts
    other = attrs.evolve(old.basis, zero_digest="0" * 64)
    with pytest.raises(NotFound):
        requote(BASKET, DAY, other, national_policy(), zero=GRANTED)


def test_C1_state_work_may_exceed_the_limit() -> None:
    claim = attrs.evolve(GRANTED, recipient="local-government", special_work="RPJMD 2026")
    result = quote(BASKET, DAY, LIMITED, zero=claim)
    assert result.free
    applied = [r.rule for r in result.rules if r.kind == "microdata" and r.applies]
    assert applied == ["pekerjaan-negara"]


def test_C1_unknown_words_and_dates_are_named_answers() -> None:
    with pytest.raises(BadInput, match="student"):
        quote(BASKET, DAY, national_policy(), zero=ZeroClaim("pupil", "research"))
    with pytest.raises(BadInput, match="research"):
        quote(BASKET, DAY, national_policy(), zero=ZeroClaim("student", "fun"))
    with pytest.raises(NotFound):
        quote(BASKET, date(2020, 1, 1), national_policy(), zero=GRANTED)


def test_C1_who_may_ask_for_Rp0_and_for_what_is_told_by_its_words() -> None:
    recipients, purposes = of_zero.parties(DAY)
    assert set(recipients) == {
        "central-government", "local-government", "education", "foreign-mission", "international"
    }  # fmt: skip
    assert set(purposes) == {"state-duty", "research", "empowerment", "international-commitment"}
    assert recipients["education"].en == "a domestic institution of education"
    assert of_zero.parties(date(2010, 1, 1)) == ({}, {})


def test_C1_without_a_claim_no_rule_is_listed() -> None:
    assert quote(BASKET, DAY, national_policy()).rules == ()


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('needs = ["over-limit"]', 'needs = ["over-limit", "a-whim"]', "does not know 'a-whim'"),
        ('effect = "tariff"', 'effect = "half"', "does not know 'half'"),
        ('beats = ["batas-jumlah"]', 'beats = ["nobody"]', "'nobody' is unknown"),
        ("beats = []", 'beats = ["batas-jumlah"]', "goes in a circle"),
        ('kind = "map"', 'kind = "globe"', "does not know 'globe'"),
        ('measure = "items"', 'measure = "metres"', "does not know 'metres'"),
    ],
)
def test_C1_a_planted_error_in_the_rules_of_rp0_is_caught(tmp_path, right, wrong, says) -> None:
    text = shipped("tariff", "zero").joinpath("pp-13-2024.toml").read_text("utf-8")
    assert right in text
    (tmp_path / "zero.toml").write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(BadLawData) as caught:
        of_zero._read(tmp_path / "zero.toml")
    assert says in caught.value.say("en")
