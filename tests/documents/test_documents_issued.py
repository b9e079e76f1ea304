"""What a QR code says against what was issued: a pure comparison."""

import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_core.documents import papers as p
from pst_core.documents.issued import (
    PaperClaim,
    PaperRecord,
    PaperStanding,
    judge_paper,
    read_claim,
)
from pst_core.documents.thermal import ticket_text
from pst_core.refusal import BadInput
from pst_core.text import Text

AT = dt.datetime(2026, 11, 24, 10, 5, tzinfo=dt.timezone(dt.timedelta(hours=7)))
TICKET = p.QueueTicket(
    p.Letterhead("BPS Contoh", "PST", "Jalan"), "007", AT, 3, request_id="visit-3317-2026-0001"
)
INVOICE = Text(id="tagihan", en="invoice")


def record(number, version, digest="a" * 64, kind="invoice", **changes):
    made = PaperRecord(
        kind, INVOICE, number, "request-1", version, AT + dt.timedelta(days=version), (digest,)
    )
    return attrs.evolve(made, **changes)


def standing(claim, *records):
    return judge_paper(claim, records).standing


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1),
    st.sampled_from(["", "request-3317-2026-0001", "a&b=c?d#e%20"]),
    st.sampled_from(["", "https://pst.example/cek"]),
)
def test_S13_what_the_code_says_is_read_back(number, case, url):
    ticket = attrs.evolve(TICKET, number=number, request_id=case, check_url=url)
    digest = p.paper_digest(ticket)
    line = p.check_line(ticket)
    if not url and ("?" in number or "?" in case):
        return  # no number of ours has a question mark; with an address it is escaped
    claim = read_claim(line)
    assert digest.startswith(claim.digest)
    assert (claim.number, claim.stream) == (number, case)
    if url:
        # and so reads it every web framework
        fields = parse_qs(urlsplit(line).query)
        assert fields["n"] == [number]


def test_S13_a_number_alone_claims_no_content():
    assert read_claim("  0001/INV/3317/2026 ") == PaperClaim("0001/INV/3317/2026")


@pytest.mark.parametrize(
    "said", ["", " ", "https://x/?", "https://x/?n=&d=1", "https://x/?n=1&d=zz"]
)
def test_S13_what_is_no_code_is_refused_with_the_remedy(said):
    with pytest.raises(BadInput, match="not-a-check-code") as caught:
        read_claim(said)
    assert caught.value.remedy.id


@given(st.text())
def test_S13_any_text_is_a_claim_or_refused(said):
    try:
        claim = read_claim(said)
    except BadInput:
        return
    assert standing(claim) is PaperStanding.UNKNOWN


def test_S13_an_issued_paper_stands_and_another_content_does_not():
    one = record("1/INV", 3)
    assert standing(PaperClaim("1/INV", "a" * 64), one) is PaperStanding.ISSUED
    assert standing(PaperClaim("1/INV", "a" * 16), one) is PaperStanding.ISSUED
    assert standing(PaperClaim("1/INV", "b" * 64), one) is PaperStanding.ALTERED
    assert standing(PaperClaim("2/INV", "a" * 64), one) is PaperStanding.UNKNOWN
    assert "hanya nomornya" in judge_paper(PaperClaim("1/INV"), (one,)).text.id


def test_S15_a_superseded_invoice_says_so_and_by_which():
    old, new = record("1/INV", 3), record("2/INV", 5, "b" * 64)
    other = record("1/KWT", 7, "c" * 64, kind="receipt")
    for records in ((old, new, other), (other, new, old)):
        verdict = judge_paper(PaperClaim("1/INV", "a" * 64), records)
        assert verdict.standing is PaperStanding.REPLACED
        assert verdict.by == new
        assert "digantikan oleh 2/INV" in verdict.text.id
        assert "replaced by 2/INV" in verdict.text.en
        assert standing(PaperClaim("2/INV", "b" * 64), *records) is PaperStanding.ISSUED
    # who alters a superseded one is told that, not that it was replaced
    assert standing(PaperClaim("1/INV", "f" * 64), old, new) is PaperStanding.ALTERED


def test_S13_the_same_number_issued_again_is_replaced_by_its_newer_self():
    old, new = record("RW/1", 3), record("RW/1", 5, "b" * 64)
    assert standing(PaperClaim("RW/1", "a" * 64), old, new) is PaperStanding.REPLACED
    assert standing(PaperClaim("RW/1", "b" * 64), old, new) is PaperStanding.ISSUED
    assert standing(PaperClaim("RW/1"), old, new) is PaperStanding.ISSUED


def test_S19_a_copy_stands_beside_the_receipt_that_it_was_made_of():
    receipt = record("1/KWT", 3, kind="receipt")
    copy = record("1/KWT", 5, "b" * 64, kind="receipt", copy=True)
    for claim in (PaperClaim("1/KWT", "a" * 64), PaperClaim("1/KWT")):
        verdict = judge_paper(claim, (copy, receipt))
        assert (verdict.standing, verdict.record) == (PaperStanding.ISSUED, receipt)
        assert "; salinannya dibuat 29-11-2026." in verdict.text.id
        assert "; a copy was made on 2026-11-29." in verdict.text.en
    verdict = judge_paper(PaperClaim("1/KWT", "b" * 64), (copy, receipt))
    assert (verdict.standing, verdict.record) == (PaperStanding.ISSUED, copy)
    assert standing(PaperClaim("1/KWT", "f" * 64), copy, receipt) is PaperStanding.ALTERED


def test_S3_a_paper_known_by_its_number_only_says_so():
    ticket = record("007", 3, digests=())
    verdict = judge_paper(PaperClaim("007", "f" * 64), (ticket,))
    assert verdict.standing is PaperStanding.ISSUED
    assert "only its number was checked" in verdict.text.en


def test_S3_ticket_fits_the_roll_of_the_printer():
    ticket = attrs.evolve(TICKET, service="Pelayanan Produk Statistik Berbayar")
    for columns in (32, 42):
        for lang in ("id", "en"):
            text = ticket_text(attrs.evolve(ticket, lang=lang), columns)
            assert max(len(line) for line in text.splitlines()) <= columns
            assert "0 0 7" in text
            assert ": 3" in text
    assert "24 November 2026 pukul 10.05" in ticket_text(ticket, 32)
    assert "24 November 2026 at 10:05" in ticket_text(attrs.evolve(ticket, lang="en"), 32)


def test_S13_a_digest_is_of_the_content_not_of_the_address():
    moved = attrs.evolve(TICKET, check_url="https://elsewhere.example")
    assert p.paper_digest(moved) == p.paper_digest(TICKET)
    assert json.loads(json.dumps(p.paper_digest(TICKET))) == p.paper_digest(TICKET)
