"""The Rp0 tariff (PP 13/2024 Pasal 4 and the head office's standard): each rule, fired or not."""

import re
from datetime import date

import attrs
import pytest

from pst_core import BadInput, Map, Microdata, NotFound, Publication
from pst_core.lawdata import shipped
from pst_core.refusal import BadLawData
from pst_core.tariff import TariffPolicy, ZeroClaim, national_policy, quote, requote
from pst_core.tariff import zero as of_zero
from pst_core.tariff.schedule import digest_of

RULES_DIGEST = "5782bb03336ed3c8487b99c88778fc9ddcb7d0a943aa7728e300e43ee1dfaf4d"
RULES = shipped("tariff", "zero").joinpath("pp-13-2024.toml").read_text("utf-8")
DAY = date(2026, 11, 24)
FIRST = date(2024, 4, 1)
BASKET = [Publication("a", pages=60), Microdata("b", bytes=6_000_000), Map("c")]
GRANTED = ZeroClaim(
    recipient="education",
    purpose="research",
    letter="B-12/2026",
    account_verified_by="administrator",
    approver="Kepala BPS",
)
LIMITED = TariffPolicy(national_policy().schedules, readings={"rp0-quantity": "perka-1-2012"})


def planted(old: str, new: str, source: str = RULES) -> str:
    assert old in source
    return source.replace(old, new, 1)


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
    assert of_zero.parties(FIRST) == (recipients, purposes)
    assert of_zero.parties(date.fromordinal(FIRST.toordinal() - 1)) == ({}, {})


def test_C1_Rp0_is_granted_from_the_first_day_of_its_rules() -> None:
    assert quote(BASKET, FIRST, national_policy(), zero=GRANTED).free
    with pytest.raises(NotFound):
        of_zero.decide(GRANTED, BASKET, date.fromordinal(FIRST.toordinal() - 1), {})


def test_C1_who_is_turned_away_has_the_lines_of_a_quote_without_a_claim() -> None:
    claim = ZeroClaim(recipient="student", purpose="research")
    refused = quote(BASKET, DAY, national_policy(), zero=claim).lines
    assert refused == quote(BASKET, DAY, national_policy()).lines
    assert "Outcome" not in repr(refused)


@pytest.fixture
def hold(tmp_path, monkeypatch):
    """Let other rules of Rp0 stand in the place of the shipped ones."""

    def held(*texts: str) -> None:
        for n, text in enumerate(texts):
            (tmp_path / f"{n}.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(of_zero, "shipped", lambda *_: tmp_path)
        of_zero._shipped.cache_clear()

    yield held
    monkeypatch.undo()
    of_zero._shipped.cache_clear()


@pytest.mark.parametrize("way", [1, -1])
def test_C1_the_newest_version_of_the_rules_of_Rp0_decides_and_the_older_is_kept(
    hold, way: int
) -> None:
    later = planted("version = 1", "version = 2", planted("= 5_000_000", "= 5_999_999"))
    later = later.replace("in_force_from = 2024-04-01", "in_force_from = 2026-01-01")
    corrected = planted("version = 2", "version = 3", later.replace("5_999_999", "6_000_000"))
    texts = [RULES, later, corrected]
    hold(*texts[::way])
    data = [Microdata("b", bytes=6_000_000)]
    now = quote(data, DAY, LIMITED, zero=GRANTED)
    assert now.free
    assert not quote(data, date(2025, 12, 31), LIMITED, zero=GRANTED).free
    bases = [attrs.evolve(now.basis, zero_digest=digest_of(t.encode())) for t in texts]
    again = [requote(data, DAY, basis, LIMITED, zero=GRANTED).free for basis in bases]
    assert again == [False, False, True]


def test_C1_rules_of_Rp0_that_disagree_are_named(hold) -> None:
    hold(planted('beats = ["pihak-tertentu"]', "beats = []"))
    assert quote([Map("c")], DAY, LIMITED, zero=GRANTED).free
    with pytest.raises(BadLawData, match="disagree: pihak-tertentu, batas-jumlah"):
        quote(BASKET, DAY, LIMITED, zero=GRANTED)


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
    assert right in RULES
    (tmp_path / "zero.toml").write_text(RULES.replace(right, wrong), encoding="utf-8")
    with pytest.raises(BadLawData) as caught:
        of_zero._read(tmp_path / "zero.toml")
    assert says in caught.value.say("en")


@pytest.mark.parametrize("part", ["recipients", "purposes", "conditions", "rules", "limit_sets"])
def test_C1_rules_of_Rp0_without_one_of_their_parts_are_refused(tmp_path, part) -> None:
    gone = f"{part}|limits" if part == "limit_sets" else part
    text = re.sub(rf"\[\[({gone})\]\]\n(\w.*\n)+", "", RULES)
    (tmp_path / "zero.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadLawData, match=f"{part} is required but missing"):
        of_zero._read(tmp_path / "zero.toml")
