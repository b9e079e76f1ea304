import datetime as dt
import unicodedata
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_core.certainty import Certainty
from pst_core.documents import (
    AgreementTerms,
    FileFacts,
    Judgement,
    SignatureFacts,
    agreement_text,
    check_signed_agreement,
    check_upload,
    errors,
    load_agreement,
)
from pst_core.documents.agreement import AGREEMENT_CODE
from pst_core.refusal import BadInput, BadLawData

TERMS = AgreementTerms(
    "B-1/SPPD/2026", "R-1", dt.date(2026, 11, 24), "BPS X", "Siti", ("Susenas 2025",)
)
FILLED = agreement_text(load_agreement(), TERMS)
SIGNED = SignatureFacts("Siti", intact=True, covers_whole_file=True, trusted=True)
GOOD = FileFacts(
    "sppd.pdf",
    50_000,
    "0" * 64,
    "application/pdf",
    pages=1,
    text_found="\n".join(FILLED.paragraphs()),
    codes=(FILLED.code,),
    signatures=(SIGNED,),
)
SEEN = Judgement("Rina", same_agreement=True, signed_by_both=True, stamp_duty_paid=True)


def codes(facts, *, signers=("Siti",), judgement=None):
    found = check_signed_agreement(facts, FILLED, signers, judgement)
    return {f.code for f in found} - {"stamp-duty-not-judged"}


def test_R6_agreement_text_is_law_data_that_says_how_sure_it_is():
    version = load_agreement()
    assert version.certainty is Certainty.REPORTED
    assert version.duty == 10_000
    assert [len(c.items) for c in version.clauses] == [0, 0, 4, 0]


def test_S13_agreement_names_its_request_in_both_languages():
    for lang in ("id", "en"):
        text = "\n".join(FILLED.paragraphs(lang))
        for fact in ("B-1/SPPD/2026", "R-1", "BPS X", "Siti", "Susenas 2025"):
            assert fact in text
        assert "{" not in text
    assert "24 November 2026" in FILLED.opening.id


@pytest.mark.parametrize("name", ["number", "request_id", "office", "receiver", "products"])
def test_S13_nobody_signs_a_blank(name):
    empty = () if name == "products" else ""
    with pytest.raises(BadInput, match=name):
        agreement_text(load_agreement(), attrs.evolve(TERMS, **{name: empty}))


@given(st.sampled_from(["number", "request_id", "office", "receiver", "address"]), st.text())
def test_S17_digest_changes_with_every_field(name, value):
    value = "".join(value.split()) + "{x}"
    other = agreement_text(load_agreement(), attrs.evolve(TERMS, **{name: value}))
    assert other.digest != FILLED.digest
    assert AGREEMENT_CODE.fullmatch(other.code)
    assert "{x}" in other.opening.id


@pytest.mark.parametrize("lang", ["id", "en"])
def test_S17_digest_covers_the_wording_in_each_language(lang):
    item = FILLED.clauses[2].items[0]
    worse = attrs.evolve(item, **{lang: getattr(item, lang) + " (kecuali)"})
    clause = attrs.evolve(FILLED.clauses[2], items=(worse, *FILLED.clauses[2].items[1:]))
    clauses = (*FILLED.clauses[:2], clause, *FILLED.clauses[3:])
    assert attrs.evolve(FILLED, clauses=clauses).digest != FILLED.digest


def test_S17_digest_ignores_only_spacing():
    spaced = attrs.evolve(
        FILLED, title=attrs.evolve(FILLED.title, id="Surat  Perjanjian\nPenggunaan Data")
    )
    assert spaced.digest == FILLED.digest


def test_S17_sound_agreement_is_accepted_once_the_stamp_is_judged():
    assert codes(GOOD) == set()
    assert check_signed_agreement(GOOD, FILLED, ("Siti",), SEEN) == ()
    assert [f.code for f in check_signed_agreement(GOOD, FILLED)] == ["stamp-duty-not-judged"]


def test_S17_a_name_is_the_same_however_its_letters_are_written():
    name = "Ny. Šárközy-Müller, S.Si."
    for form in ("NFC", "NFD"):
        signed = attrs.evolve(SIGNED, signer=unicodedata.normalize(form, name.upper()))
        facts = attrs.evolve(GOOD, signatures=(signed,))
        assert codes(facts, signers=(unicodedata.normalize("NFC", name),)) == set()


def test_S17_a_misread_letter_is_forgiven_in_a_scan_alone():
    near = FILLED.code[:-1] + ("7" if FILLED.code[-1] != "7" else "2")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    other = "SPPD-" + FILLED.code[5:].translate(str.maketrans(letters, letters[1:] + letters[0]))
    scan = attrs.evolve(GOOD, signatures=(), codes=(near,), marks=("scan",))
    assert codes(scan, judgement=SEEN) == set()
    for wrong in (
        attrs.evolve(scan, codes=(other,)),
        attrs.evolve(scan, codes=(near, other)),
        attrs.evolve(scan, marks=()),
        attrs.evolve(scan, signatures=(SIGNED,)),
    ):
        assert codes(wrong, judgement=SEEN) == {"another-agreement"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"codes": ("SPPD-AAAA-AAAA-AAAA-AAAA",)}, "another-agreement"),
        ({"codes": (FILLED.code, "SPPD-AAAA-AAAA-AAAA-AAAA")}, "another-agreement"),
        ({"codes": ()}, "no-agreement-code"),
        ({"text_found": GOOD.text_found.replace("tidak akan", "akan")}, "agreement-changed"),
        ({"text_found": GOOD.text_found.replace("Siti", "Budi")}, "agreement-changed"),
        ({"signatures": ()}, "not-signed"),
        ({"signatures": (attrs.evolve(SIGNED, signer="Budi"),)}, "signer-missing"),
        ({"signatures": (attrs.evolve(SIGNED, intact=False),)}, "signature-broken"),
        ({"signatures": (attrs.evolve(SIGNED, covers_whole_file=False),)}, "signature-not-whole"),
        ({"signatures": (attrs.evolve(SIGNED, trusted=False),)}, "certificate-unknown"),
        (
            {"signatures": (attrs.evolve(SIGNED, trusted=False, revoked=True),)},
            "certificate-revoked",
        ),
    ],
)
def test_S17_unsound_agreement_is_refused_with_the_reason(change, code):
    assert codes(attrs.evolve(GOOD, **change)) == {code}


@pytest.mark.parametrize(
    ("no", "code"),
    [
        ("same_agreement", "another-agreement"),
        ("signed_by_both", "not-signed"),
        ("stamp_duty_paid", "stamp-duty-unpaid"),
    ],
)
def test_S17_officer_judges_a_scan(no, code):
    scan = attrs.evolve(
        GOOD, media_type="image/jpeg", name="sppd.jpg", text_found="", codes=(), signatures=()
    )
    assert codes(scan, judgement=SEEN) == set()
    assert codes(scan, judgement=attrs.evolve(SEEN, **{no: False})) == {code}


def test_S17_judgement_does_not_heal_a_broken_signature_or_another_code():
    broken = attrs.evolve(GOOD, signatures=(attrs.evolve(SIGNED, intact=False),))
    assert codes(broken, judgement=SEEN) == {"signature-broken"}
    other = attrs.evolve(GOOD, codes=("SPPD-AAAA-AAAA-AAAA-AAAA",))
    assert codes(other, judgement=SEEN) == {"another-agreement"}


def test_S17_earlier_signature_need_not_cover_the_later_one():
    both = (attrs.evolve(SIGNED, covers_whole_file=False), SIGNED)
    assert codes(attrs.evolve(GOOD, signatures=both)) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"bytes": 0}, "file-empty"),
        ({"bytes": 10_000_001}, "file-too-large"),
        ({"media_type": "application/zip"}, "file-type"),
        ({"media_type": "text/html"}, "file-type"),
        ({"encrypted": True}, "file-encrypted"),
        ({"active_content": ("javascript",)}, "file-active"),
        ({"looks_also_like": ("application/zip",)}, "file-polyglot"),
        ({"problem": "too-slow"}, "file-too-slow"),
        ({"problem": "damaged"}, "file-damaged"),
    ],
)
def test_S17_each_fault_of_a_file_is_its_own_finding(change, code):
    found = check_upload(attrs.evolve(GOOD, **change), "agreement")
    assert [f.code for f in errors(found)] == [code]
    for finding in found:
        assert finding.clause == "S17"
        assert finding.text.id
        assert finding.remedy.en


def test_S16_name_that_does_not_fit_is_a_warning():
    (found,) = check_upload(attrs.evolve(GOOD, name="bukti.png"), "proof-of-payment")
    assert (found.code, found.severity, found.clause) == ("file-name-lies", "warning", "S16")


def test_R6_text_of_an_office_is_read_strictly(tmp_path: Path):
    place = tmp_path / "own.toml"
    place.write_text('version = "x"\n', encoding="utf-8")
    with pytest.raises(BadLawData, match=r"own\.toml"):
        load_agreement(place)
