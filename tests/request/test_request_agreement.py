"""S17 as an office's standard has it: upload, originals by post, originals at the counter."""

import attrs
import pytest

from pst_core import request as rq
from pst_core.documents import Judgement, Party, Way, check_originals
from pst_core.lawdata import shipped
from pst_core.office import Office
from pst_core.refusal import BadLawData, Refusal
from pst_core.request.events import OriginalsReceived
from pst_core.request.making import agreement_of
from pst_core.testing.lives import APPLICANT, OFFICER, TREASURER
from pst_core.workflow import Role

ACCEPTED = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileAbstraction, rq.FileRequest,
    rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer,
)  # fmt: skip
PAID = (rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment, rq.IssueReceipt)
SEEN = Judgement("Rina", same_agreement=True, signed_by_both=True, stamp_duty_paid=True)


def refused(bench, command, by=OFFICER):
    version = bench.state.version
    with pytest.raises(Refusal) as caught:
        bench.do(command, by)
    assert bench.state.version == version, "nothing is filed"
    return caught.value


@pytest.mark.parametrize("way", [Way.POST, Way.COUNTER])
def test_S17_originals_give_the_same_fact_as_an_upload(bench, way):
    bench.open().carry(*ACCEPTED)
    bench.do(rq.RecordOriginals(way, 2, SEEN), OFFICER)
    event = bench.state.last(OriginalsReceived)
    assert (event.way, event.originals, event.judgement) == (way, 2, SEEN)
    assert event.digest == bench.state.last(rq.OfferSent).agreement_digest
    bench.carry(*PAID, rq.DeliverProducts)
    assert bench.state.phase == "DELIVERED"


WRONG = [
    ({"originals": 1}, "that have come: 1; asked for: 2.", "1 naskah asli; yang diminta 2"),
    ({"originals": 0}, "Originals that have come: 0; asked for: 2.", "0 naskah asli"),
    ({"judgement": attrs.evolve(SEEN, stamp_duty_paid=False)}, "Stamp duty is not", "Pasal 21"),
    ({"judgement": attrs.evolve(SEEN, signed_by_both=False)}, "signatures of both parties",
     "tanda tangan kedua pihak"),
    ({"judgement": attrs.evolve(SEEN, same_agreement=False)}, "are not this request's agreement",
     "bukan perjanjian permintaan ini"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "en", "id_"), WRONG, ids=[w[2] for w in WRONG])
def test_S17_originals_not_in_order_are_refused_not_filed_as_received(bench, change, en, id_):
    bench.open().carry(*ACCEPTED)
    command = attrs.evolve(rq.RecordOriginals(Way.POST, 2, SEEN), **change)
    refusal = refused(bench, command)
    (unmet,) = refusal.unmet
    assert (unmet.clause, unmet.code) == ("R6", "originals-in-order")
    assert en in unmet.text.en
    assert id_ in unmet.text.id
    assert unmet.remedy.id
    assert unmet.remedy.en


def test_S17_every_fault_of_originals_is_named_at_once(bench):
    bench.open().carry(*ACCEPTED)
    seen = Judgement("Rina", same_agreement=False, signed_by_both=False, stamp_duty_paid=False)
    assert len(refused(bench, rq.RecordOriginals(Way.POST, 0, seen)).unmet) == 4


def test_S17_an_upload_is_not_recorded_as_originals(bench):
    bench.open().carry(*ACCEPTED)
    assert "not uploaded" in refused(bench, rq.RecordOriginals(Way.UPLOAD, 2, SEEN)).say("en")


def test_S17_a_way_on_paper_that_the_office_does_not_have_is_refused(bench):
    bench.open().carry(*ACCEPTED)
    rules = attrs.evolve(bench.office.agreement, ways=(Way.UPLOAD, Way.POST))
    bench.desk.office = attrs.evolve(bench.office, agreement=rules)
    (unmet,) = refused(bench, rq.RecordOriginals(Way.COUNTER, 2, SEEN)).unmet
    assert unmet.code == "agreement-way"
    for lang in ("id", "en"):
        assert Way.COUNTER.text.say(lang) in unmet.text.say(lang)
        assert Way.POST.text.say(lang) in unmet.remedy.say(lang)


@pytest.mark.parametrize(("ways", "command"), [
    ((Way.UPLOAD,), rq.RecordOriginals), ((Way.POST,), rq.SignAgreement),
])  # fmt: skip
def test_S17_a_row_that_the_standard_does_not_have_is_refused_with_what_it_has(
    bench, ways, command
):
    bench.open().carry(*ACCEPTED)
    made = bench.fit(command)
    rules = attrs.evolve(bench.office.agreement, ways=ways)
    bench.desk.office = attrs.evolve(bench.office, agreement=rules)
    refusal = refused(bench, made, OFFICER if command is rq.RecordOriginals else APPLICANT)
    assert (refusal.code, refusal.clause) == ("not-in-standard", "S17")
    there = "upload" if Way.UPLOAD in ways else "originals of the agreement"
    assert there in refusal.remedy.en


def test_S17_an_office_may_ask_for_another_number_of_originals(bench):
    filled = agreement_of(
        bench.open().carry(*ACCEPTED).state, bench.office, bench.stream, 1, bench.now
    )
    rules = attrs.evolve(bench.office.agreement, originals=3)
    assert [f.code for f in check_originals(2, SEEN, filled, rules)] == ["originals-too-few"]
    assert check_originals(3, SEEN, filled, rules) == ()


def test_S17_nobody_but_an_officer_records_originals(bench):
    bench.open().carry(*ACCEPTED)
    for actor in (APPLICANT, TREASURER):
        assert refused(bench, bench.fit(rq.RecordOriginals), actor).code == "not-your-role"


def test_S17_it_stays_the_applicant_s_turn_until_originals_are_in_hand(bench):
    bench.open().carry(*ACCEPTED, *PAID)
    assert bench.state.turns[-1][1] == (Role.APPLICANT,)
    bench.do(rq.RefuseAgreement("Satu rangkap belum bermeterai."), OFFICER)
    assert bench.state.turns[-1][1] == (Role.APPLICANT,)
    bench.carry(rq.RecordOriginals)
    assert bench.state.turns[-1][1] == (Role.OFFICER,)


def test_S17_originals_may_follow_an_upload_that_nobody_judged_yet(bench):
    bench.open().carry(*ACCEPTED, *PAID, rq.SignAgreement, rq.RecordOriginals, rq.DeliverProducts)
    assert bench.state.phase == "DELIVERED"


def test_S17_originals_sent_back_must_be_answered_by_new_ones(bench):
    bench.open().carry(*ACCEPTED, *PAID, rq.RefuseAgreement)
    refusal = refused(bench, rq.DeliverProducts())
    assert {u.code for u in refusal.unmet} == {"signed"}
    bench.carry(rq.SignAgreement, rq.RefuseAgreement, rq.RecordOriginals, rq.DeliverProducts)


def test_S17_a_request_without_microdata_or_map_has_no_originals(bench):
    from pst_core.tariff import Publication

    bench.open((Publication("Rembang Dalam Angka", pages=312),))
    bench.carry(
        rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
        rq.SendOffer, rq.AcceptOffer,
    )  # fmt: skip
    assert refused(bench, rq.RecordOriginals(Way.POST, 2, SEEN)).code == "not-now"
    assert refused(bench, rq.RefuseAgreement("x")).code == "not-now"


def profile(tmp_path, old, new):
    text = shipped("offices", "3317.toml").read_text("utf-8")
    assert old in text
    place = tmp_path / "own.toml"
    place.write_text(text.replace(old, new), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('ways = ["upload", "post", "counter"]', 'ways = ["fax"]', "'fax'"),
        ('ways = ["upload", "post", "counter"]', "ways = []", "ways"),
        ("originals = 2", "originals = 0", "originals"),
        ('signers = ["receiver"]', 'signers = ["notary"]', "'notary'"),
        ('check_url = ""', 'check_url = "kantor.go.id"', "check_url"),
        ('check_url = ""', 'check_url = "https://x.go.id/?a=1"', "check_url"),
    ],
)
def test_S17_a_profile_with_unknown_ways_is_named_with_its_line(tmp_path, old, new, says):
    with pytest.raises(BadLawData, match=r"own\.toml:\d+") as caught:
        Office.load(profile(tmp_path, old, new))
    assert says in caught.value.say("en")
    assert caught.value.remedy.id


def test_S17_a_profile_says_how_sure_its_ways_are():
    rules = Office.load("3317").agreement
    assert rules.ways == (Way.UPLOAD, Way.POST, Way.COUNTER)
    assert rules.signers == (Party.RECEIVER,)
    assert (rules.originals, rules.certainty) == (2, "assumed")
    assert "S17" in rules.citation


def test_S13_the_agreement_names_the_microdata_and_maps_and_no_publication(bench):
    bench.open().carry(*ACCEPTED)
    filled = rq.paper("agreement", bench.state, bench.office, bench.stream).filled
    assert filled.terms.products == ("Susenas 2025", "Rembang")
    for lang in ("id", "en"):
        text = " ".join(filled.paragraphs(lang))
        assert "Susenas 2025" in text
        assert "Rembang Dalam Angka" not in text


def test_S13_the_agreement_says_how_it_is_handed_over(bench):
    bench.open().carry(*ACCEPTED)
    said = rq.paper("agreement", bench.state, bench.office, bench.stream).note
    assert said == (
        "Setelah ditandatangani: unggah melalui portal, atau serahkan 2 naskah asli bermeterai "
        "lewat pos atau di loket."
    )
    single = attrs.evolve(bench.office.agreement, ways=(Way.COUNTER,), originals=1)
    office = attrs.evolve(bench.office, agreement=single)
    assert rq.paper("agreement", bench.state, office, bench.stream, "en").note == (
        "When signed: hand in 1 stamped original at the counter."
    )
    only = attrs.evolve(bench.office.agreement, ways=(Way.UPLOAD,))
    office = attrs.evolve(bench.office, agreement=only)
    assert rq.paper("agreement", bench.state, office, bench.stream, "en").note == (
        "When signed: upload through the portal."
    )
