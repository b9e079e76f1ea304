"""The paid request clause by clause: what each step does, and what it refuses."""

import datetime as dt

import attrs
import pytest

from pst_core import request as rq
from pst_core.certainty import Certainty
from pst_core.documents import Judgement
from pst_core.documents.papers import Variable
from pst_core.money import MAX_RUPIAH
from pst_core.refusal import Refusal
from pst_core.tariff import Map, Microdata, Publication, requote
from pst_core.testing.lives import APPLICANT, OFFICER, SYSTEM, TREASURER, file, hand_in, person
from pst_core.text import Text
from pst_core.workflow import Actor, Context, Noted, Role

PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
MAP = (Map("Rembang", extent="regency", level="village", sheets=1),)

DRAFTED = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm)
FILED = (*DRAFTED, rq.FileAbstraction, rq.FileRequest)
OFFERED = (*FILED, rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer)
ACCEPTED = (*OFFERED, rq.AcceptOffer)
PAID = (*ACCEPTED, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment)
SIGNED = (rq.SignAgreement, rq.AcceptAgreement)
DELIVERED = (*PAID, *SIGNED, rq.IssueReceipt, rq.DeliverProducts)
PLAIN_OFFERED = (*DRAFTED, rq.FileRequest, rq.PrepareProducts, rq.SendOffer)


def refused(bench, command, by, code="not-ready"):
    """Do what must be refused: nothing is written, and the reason is said in both languages."""
    before = bench.desk.history(bench.stream)
    with pytest.raises(Refusal) as caught:
        bench.do(command, by)
    assert bench.desk.history(bench.stream) == before
    assert caught.value.code == code, str(caught.value)
    assert caught.value.say("id") != caught.value.say("en")
    return caught.value


def unmet(refusal):
    return {(u.clause, u.code) for u in refusal.unmet}


def test_S6_the_service_is_opened_with_a_number_of_the_office(bench):
    first = bench.open().stream
    second = bench.open().stream
    assert (first, second) == ("request-3317-2026-0001", "request-3317-2026-0002")
    assert bench.state.phase == "DRAFT"


@pytest.mark.parametrize("email", ["", "siti", "siti@", "a b@example.org"])
def test_R2_an_applicant_without_a_working_address_is_refused(bench, email):
    applicant = attrs.evolve(person(), email=email)
    with pytest.raises(Refusal) as caught:
        bench.desk.open(rq.OpenRequest(applicant), by=APPLICANT)
    assert unmet(caught.value) == {("R2", "email-active")}


def test_R2_an_address_of_two_lines_is_refused(bench):
    applicant = attrs.evolve(person(), email="siti@example.org\nx")
    with pytest.raises(Refusal, match="odd-text"):
        bench.desk.open(rq.OpenRequest(applicant), by=APPLICANT)


def test_R1_R3_a_walk_in_without_a_visit_is_refused(bench):
    walk_in = rq.OpenRequest(person(), rq.Channel.WALK_IN, visit="visit-3317-2026-0009")
    with pytest.raises(Refusal) as caught:
        bench.desk.open(walk_in, by=APPLICANT)
    assert unmet(caught.value) == {("R1", "visited")}


def test_S7_tariff_and_standard_that_were_shown_are_kept(bench):
    bench.open().carry(rq.AcceptTerms)
    kept = bench.desk.history(bench.stream)[-1].noted.event
    assert kept.tariff == "pp-13-2024"
    assert kept.standard == bench.office.version


def test_R5_products_are_not_chosen_before_the_terms_are_agreed_to(bench):
    refusal = refused(bench.open(), bench.fit(rq.ChooseProducts), APPLICANT)
    assert unmet(refusal) == {("R5", "terms-accepted")}


def test_S8_products_can_be_chosen_again_and_then_need_their_forms_again(bench):
    bench.open().carry(*DRAFTED, rq.FileAbstraction)
    bench.do(rq.ChooseProducts(PUBLICATION), APPLICANT)
    refusal = refused(bench, rq.FileRequest(), APPLICANT)
    assert unmet(refusal) == {("S9", "form-complete")}
    assert rq.products_of(bench.state) == PUBLICATION


def test_C1_a_product_without_a_tariff_on_that_date_cannot_be_chosen(bench):
    # PP 7/2015 held then, and its figures are not known: no guess takes their place
    bench.open()
    bench.do(rq.AcceptTerms(), APPLICANT)
    day = bench.at(2024, 1, 15)
    refusal = bench.decided_on(day, rq.ChooseProducts(PUBLICATION), APPLICANT)
    assert unmet(refusal) == {("C1", "tariff-in-force")}
    assert "PP 7/2015" in refusal.say("en")


def test_S14_S16_an_offer_is_answered_and_a_code_paid_until_its_own_end(bench):
    bench.open().carry(*OFFERED)
    accepts = bench.desk.procedure(bench.stream).step_for(rq.AcceptOffer, bench.state)
    sent = bench.state.last(rq.OfferSent)
    assert accepts.until(bench.state, bench.office) == sent.valid_until
    bench.carry(rq.AcceptOffer, rq.IssueBilling)
    pays = bench.desk.procedure(bench.stream).step_for(rq.ReportPayment, bench.state)
    code = bench.state.last(rq.BillingIssued)
    assert pays.until(bench.state, bench.office) == code.expires_at != sent.valid_until


def test_C1_what_is_billed_is_what_the_tariff_says(bench):
    bench.open().carry(*OFFERED)
    sent = bench.state.last(rq.OfferSent)
    assert [line.amount for line in sent.lines] == [140_000, 84_000, 70_000]
    assert sent.total == 294_000
    assert sent.replaces == 0
    assert all(line.clause and line.why.id and line.why.en for line in sent.lines)


def test_C1_figures_that_no_one_confirmed_are_not_billed(bench):
    policy = attrs.evolve(bench.office.tariff, confirmed=())
    bench.desk.office = attrs.evolve(bench.office, tariff=policy)
    bench.open(PUBLICATION).carry(*DRAFTED, rq.FileRequest, rq.PrepareProducts)
    refusal = refused(bench, rq.SendOffer(), OFFICER)
    assert unmet(refusal) == {("C1", "tariff-confirmed")}


def test_S9_a_form_is_needed_for_each_kind_of_product(bench):
    bench.open().carry(rq.AcceptTerms, rq.ChooseProducts)
    whole = bench.fit(rq.CompleteForm)
    refusal = refused(bench, rq.CompleteForm(whole.forms[:1]), APPLICANT)
    assert len(refusal.unmet) == 2
    assert {u.code for u in refusal.unmet} == {"form-for-each-kind"}


def test_S10_an_abstraction_with_an_empty_field_is_refused(bench):
    bench.open().carry(*DRAFTED)
    whole = bench.fit(rq.FileAbstraction).abstraction
    refusal = refused(bench, rq.FileAbstraction(attrs.evolve(whole, purpose=" ")), APPLICANT)
    assert unmet(refusal) == {("S10", "abstraction-complete")}


def test_S10_a_publication_asks_for_no_abstraction(bench):
    bench.open(PUBLICATION).carry(*DRAFTED)
    refused(bench, bench.fit(rq.FileAbstraction), APPLICANT, "not-now")


def test_R4_a_filed_request_keeps_standard_tariff_and_calendar(bench):
    bench.open().carry(*FILED)
    kept = bench.desk.history(bench.stream)[-1].noted.event
    assert kept.standard == bench.office.version
    assert kept.tariff.schedule == "pp-13-2024"
    assert kept.calendar == bench.office.calendar.version


@pytest.mark.parametrize("products", [MAP, (Microdata("Susenas 2025", bytes=100),)])
def test_R6_microdata_and_maps_need_an_abstraction_before_filing(bench, products):
    bench.open(products).carry(*DRAFTED)
    hand_in(bench.desk, bench.stream)
    refusal = refused(bench, rq.FileRequest(), APPLICANT)
    assert unmet(refusal) == {("R6", "abstraction-filed")}


def test_S11_an_abstraction_for_another_dataset_is_not_verified_without_a_note(bench):
    bench.open().carry(*DRAFTED)
    other = attrs.evolve(bench.fit(rq.FileAbstraction).abstraction, data_asked=("Sakernas 2019",))
    bench.do(rq.FileAbstraction(other), APPLICANT)
    bench.carry(rq.FileRequest)
    refusal = refused(bench, rq.VerifyAbstraction(), OFFICER)
    assert {u.clause for u in refusal.unmet} == {"S11"}
    bench.do(rq.VerifyAbstraction(note="Judul lama dari data yang sama."), OFFICER)
    assert bench.state.phase == "PREPARING"


def test_S11_an_abstraction_sent_back_is_filled_in_again(bench):
    bench.open().carry(*FILED, rq.SendBackAbstraction)
    refusal = refused(bench, rq.FileRequest(), APPLICANT)
    assert unmet(refusal) == {("R6", "abstraction-filed")}
    bench.carry(rq.FileAbstraction, rq.FileRequest, rq.VerifyAbstraction)
    assert bench.state.phase == "PREPARING"


def test_S12_files_must_have_the_pages_and_bytes_that_were_priced(bench):
    bench.open().carry(*FILED, rq.VerifyAbstraction)
    whole = bench.fit(rq.PrepareProducts).files
    shorter = (attrs.evolve(whole[0], pages=311), *whole[1:])
    refusal = refused(bench, rq.PrepareProducts(shorter), OFFICER)
    assert "311" in refusal.say("en")
    assert "312" in refusal.say("en")
    refused(bench, rq.PrepareProducts(whole[:2]), OFFICER)
    empty = (*whole[:2], attrs.evolve(whole[2], bytes=0))
    refused(bench, rq.PrepareProducts(empty), OFFICER)
    smallest = (*whole[:2], attrs.evolve(whole[2], bytes=1))
    bench.do(rq.PrepareProducts(smallest), OFFICER)
    sample = file("contoh.csv", 1, media_type="text/csv")
    bench.do(rq.SendOffer(sample), OFFICER)


def test_S13_an_offer_of_microdata_carries_a_sample(bench):
    bench.open().carry(*FILED, rq.VerifyAbstraction, rq.PrepareProducts)
    refusal = refused(bench, rq.SendOffer(), OFFICER)
    assert unmet(refusal) == {("S13", "sample-attached")}


def test_S13_an_invoice_says_who_confirmed_figures_that_are_not_sure_and_nothing_else(bench):
    bench.open().carry(*OFFERED)
    state = bench.state
    noted = state.latest[rq.OfferSent]
    for certainty in Certainty:
        sent = attrs.evolve(noted.event, certainty=certainty)
        latest = {**state.latest, rq.OfferSent: attrs.evolve(noted, event=sent)}
        told = attrs.evolve(state, latest=latest)
        note = rq.paper("invoice", told, bench.office, bench.stream, "en").note
        assert note == ("" if certainty is Certainty.VERIFIED else sent.confirmed.en)


def test_S13_the_sample_has_a_cover_that_says_whose_and_which_file_it_is(bench):
    bench.open().carry(*OFFERED)
    sent = bench.state.last(rq.OfferSent)
    variables = (Variable("R101", "Provinsi"),)
    told = ("Susenas 2025", variables, 10, 290_000, Text(id="Sepuluh baris.", en="Ten rows."), "en")
    cover = rq.sample_cover(bench.state, bench.office, bench.stream, *told)
    assert (cover.applicant, cover.request_id) == (person().name, bench.stream)
    assert (cover.file_name, cover.file_sha256) == (sent.sample.name, sent.sample.sha256)
    assert (cover.rows, cover.rows_total, cover.variables) == (10, 290_000, variables)
    assert (cover.note, cover.issued_at) == ("Ten rows.", bench.now)
    invoice = rq.paper("invoice", bench.state, bench.office, bench.stream)
    assert cover.number == invoice.number.replace("INV", "CTH")
    bench.open(PUBLICATION).carry(*PLAIN_OFFERED)
    assert rq.sample_cover(bench.state, bench.office, bench.stream, *told) is None


def test_S13_an_offer_waits_for_the_products(bench):
    bench.open(PUBLICATION).carry(*DRAFTED, rq.FileRequest)
    refusal = refused(bench, rq.SendOffer(), OFFICER)
    assert unmet(refusal) == {("S12", "products-prepared")}


def test_S13_invoice_numbers_of_an_office_have_no_gap(bench):
    for expected in (1, 2, 3):
        bench.open(PUBLICATION).carry(*PLAIN_OFFERED)
        assert bench.state.last(rq.OfferSent).number == expected


def test_S14_an_offer_can_be_accepted_only_while_it_is_valid(bench):
    bench.open(PUBLICATION).carry(*PLAIN_OFFERED)
    bench.now = bench.state.last(rq.OfferSent).valid_until + dt.timedelta(seconds=1)
    refusal = refused(bench, rq.AcceptOffer(), APPLICANT)
    assert unmet(refusal) == {("S14", "offer-still-valid")}
    last_moment = bench.state.last(rq.OfferSent).valid_until
    assert not isinstance(bench.decided_on(last_moment, rq.AcceptOffer(), APPLICANT), Refusal)


def test_S14_a_correction_needs_words(bench):
    bench.open(PUBLICATION).carry(*PLAIN_OFFERED)
    refused(bench, rq.AskOfferCorrection("  "), APPLICANT)


def test_S15_a_corrected_offer_replaces_the_former_as_often_as_needed(bench):
    bench.open().carry(*OFFERED)
    for expected in (2, 3):
        bench.carry(rq.AskOfferCorrection, rq.ReviseOffer)
        sent = bench.state.last(rq.OfferSent)
        assert (sent.number, sent.replaces) == (expected, expected - 1)
        assert sent.sample is not None
        said = {"id": f"nomor urut {expected - 1:04d}", "en": f"serial number {expected - 1:04d}"}
        for lang, words in said.items():
            note = rq.paper("invoice", bench.state, bench.office, bench.stream, lang).note
            assert words in note
            assert sent.answer in note
    assert bench.state.phase == "OFFERED"


@pytest.mark.parametrize(
    "code", ["", "12345678901234", "8202611241234567", "82026112412345x", "820261123123456"]
)
def test_S16_a_billing_code_has_15_digits_and_its_date_inside(bench, code):
    bench.open().carry(*ACCEPTED)
    refusal = refused(bench, bench.fit(rq.IssueBilling, code=code), TREASURER)
    assert unmet(refusal) == {("S16", "billing-code")}


def test_S16_an_expired_billing_code_is_refused_and_a_new_one_replaces_it(bench):
    bench.open().carry(*ACCEPTED)
    refused(bench, bench.fit(rq.IssueBilling, expires_at=bench.now), TREASURER)
    bench.carry(rq.IssueBilling, rq.IssueBilling)
    assert bench.state.phase == "SETTLING"


@pytest.mark.parametrize("ntpn", ["", "A1B2C3D4E5F6G7H", "a1b2c3d4e5f6g7h8", "A1B2C3D4E5F6G7H89"])
def test_S16_an_NTPN_has_16_capital_letters_and_digits(bench, ntpn):
    bench.open().carry(*ACCEPTED, rq.IssueBilling, rq.ReportPayment)
    refused(bench, bench.fit(rq.ConfirmPayment, ntpn=ntpn), TREASURER)


@pytest.mark.parametrize("amount", [0, -1, MAX_RUPIAH + 1, 2**63])
def test_S16_what_was_paid_is_an_amount_of_money(bench, amount):
    bench.open().carry(*ACCEPTED, rq.IssueBilling)
    wrong = bench.fit(rq.ReportPayment, amount=amount)
    assert unmet(refused(bench, wrong, APPLICANT)) == {("S16", "amount-paid")}
    for fine in (1, MAX_RUPIAH):
        made = bench.fit(rq.ReportPayment, amount=fine)
        assert not isinstance(bench.decided_on(bench.now, made, APPLICANT), Refusal)


@pytest.mark.parametrize(("abroad", "first", "last"), [(False, 23, 32), (True, 24, 31)])
def test_S16_S18_money_came_between_the_filing_and_today(bench, abroad, first, last):
    """By an applicant's bank a day sooner or later, as its clock may be; a statement is exact."""
    bench.open(abroad=abroad).carry(*ACCEPTED, rq.ReportPayment if abroad else rq.IssueBilling)
    bench.now = bench.at(2026, 12, 1)
    for day in range(22, 34):
        at = bench.at(2026, 11, 1, 23) + dt.timedelta(days=day - 1)
        if abroad:
            made, by = bench.fit(rq.VerifyTransfer, received_on=at.date()), TREASURER
        else:
            made, by = bench.fit(rq.ReportPayment, paid_at=at), APPLICANT
        decided = bench.decided_on(bench.now, made, by)
        assert isinstance(decided, Refusal) == (not first <= day <= last), at


def test_S16_a_payment_that_cannot_be_found_is_asked_for_again(bench):
    bench.open().carry(*ACCEPTED, rq.IssueBilling, rq.ReportPayment, rq.RefusePayment)
    assert bench.state.turns[-1][1] == (Role.APPLICANT,)
    bench.carry(rq.ReportPayment, rq.ConfirmPayment)
    refused(bench, bench.fit(rq.ReportPayment), APPLICANT, "not-now")


def test_S17_another_agreement_or_a_broken_signature_is_refused(bench):
    bench.open().carry(*ACCEPTED)
    good = bench.fit(rq.SignAgreement).file
    other = attrs.evolve(good, codes=("SPPD-AAAA-BBBB-CCCC-DDDD",))
    refused(bench, rq.SignAgreement(other), APPLICANT)
    broken = attrs.evolve(good, signatures=(attrs.evolve(good.signatures[0], intact=False),))
    refused(bench, rq.SignAgreement(broken), APPLICANT)
    refused(bench, rq.SignAgreement(attrs.evolve(good, bytes=0)), APPLICANT)
    refused(bench, rq.SignAgreement(attrs.evolve(good, codes=())), APPLICANT)
    bench.do(rq.SignAgreement(good), APPLICANT)


UNSIGNED = [
    # what is known of a file without an electronic signature, which files the office sent, taken in
    ({"codes": ()}, "others", True),
    ({"marks": ("scan",)}, "none", True),
    ({"marks": ("scan",)}, "others", True),
    ({"marks": ("scan",)}, "the file", False),
    ({"marks": ("scan",), "revisions": ("d" * 64,)}, "below it", False),
    ({}, "none", False),
]


@pytest.mark.parametrize(("known", "sent", "taken"), UNSIGNED, ids=str)
def test_S17_a_scan_is_for_the_officer_to_see_and_what_the_office_sent_is_none(
    bench, known, sent, taken
):
    bench.open().carry(*ACCEPTED)
    made = attrs.evolve(bench.fit(rq.SignAgreement).file, signatures=(), **known)
    issued = {
        "none": (),
        "others": ("e" * 64,),
        "the file": (made.sha256,),
        "below it": ("d" * 64,),
    }
    context = Context(
        APPLICANT, bench.now, bench.office, bench.stream, outside={"issued": issued[sent]}
    )
    decided = rq.procedure_of(bench.office).decide(rq.SignAgreement(made), bench.state, context)
    assert isinstance(decided, Refusal) == (not taken)


def test_S17_an_unstamped_agreement_is_refused_not_filed_as_received(bench):
    bench.open().carry(*ACCEPTED, rq.SignAgreement)
    seen = Judgement("Petugas", same_agreement=True, signed_by_both=True, stamp_duty_paid=False)
    refusal = refused(bench, rq.AcceptAgreement(seen), OFFICER)
    assert unmet(refusal) == {("R6", "signed-and-stamped")}
    bench.carry(rq.RefuseAgreement)
    assert APPLICANT.role in bench.state.turns[-1][1]
    bench.carry(*SIGNED)


def test_S17_payment_and_signature_come_in_either_order(bench):
    bench.open().carry(*ACCEPTED, *SIGNED, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment)
    bench.carry(rq.IssueReceipt, rq.DeliverProducts)
    assert bench.state.phase == "DELIVERED"


def test_S18_a_transfer_from_abroad_is_verified_by_the_treasurer(bench):
    bench.open(abroad=True).carry(*ACCEPTED)
    refused(bench, bench.fit(rq.IssueBilling), TREASURER, "not-now")
    no_proof = bench.fit(rq.ReportPayment, proof=None)
    assert unmet(refused(bench, no_proof, APPLICANT)) == {("S18", "proof-uploaded")}
    bench.carry(rq.ReportPayment, rq.RefusePayment, rq.ReportPayment)
    refused(bench, bench.fit(rq.VerifyTransfer), OFFICER, "not-your-role")
    bench.carry(rq.VerifyTransfer, rq.IssueReceipt)
    assert bench.state.when(type(bench.desk.history(bench.stream)[-1].noted.event))


def test_S18_an_applicant_at_home_has_nothing_to_verify(bench):
    bench.open().carry(*ACCEPTED, rq.IssueBilling, rq.ReportPayment)
    refused(bench, bench.fit(rq.VerifyTransfer), TREASURER, "not-now")


def test_S19_no_receipt_without_payment_and_no_second_receipt(bench):
    bench.open().carry(*ACCEPTED)
    refusal = refused(bench, rq.IssueReceipt(), TREASURER)
    assert unmet(refusal) == {("S16", "paid")}
    bench.carry(rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment, rq.IssueReceipt)
    refused(bench, rq.IssueReceipt(), TREASURER, "not-now")


def test_S20_no_product_without_receipt_and_signed_agreement(bench):
    bench.open().carry(*PAID)
    refusal = refused(bench, rq.DeliverProducts(), OFFICER)
    assert unmet(refusal) == {("S19", "receipted"), ("R6", "signed")}
    bench.carry(rq.IssueReceipt)
    assert unmet(refused(bench, rq.DeliverProducts(), OFFICER)) == {("R6", "signed")}
    bench.carry(*SIGNED, rq.DeliverProducts)
    assert rq.files_of(bench.state)


def test_S20_a_publication_needs_no_agreement(bench):
    bench.open(PUBLICATION).carry(
        *PLAIN_OFFERED, rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment,
        rq.IssueReceipt, rq.DeliverProducts,
    )  # fmt: skip
    assert bench.state.phase == "DELIVERED"


def test_S21_S22_a_delivery_is_mended_as_often_as_asked(bench):
    bench.open().carry(*DELIVERED)
    for _ in range(2):
        bench.carry(rq.AskDeliveryCorrection)
        refused(bench, bench.fit(rq.MendDelivery, files=()), OFFICER)
        bench.carry(rq.MendDelivery)
    assert bench.state.phase == "DELIVERED"


def test_S22_the_mended_files_are_those_to_be_downloaded(bench):
    bench.open().carry(*DELIVERED, rq.AskDeliveryCorrection)
    files = bench.fit(rq.MendDelivery).files
    newer = (attrs.evolve(files[0], sha256="f" * 64), *files[1:])
    bench.do(rq.MendDelivery("Halaman 3 diganti.", newer), OFFICER)
    assert rq.files_of(bench.state)[0].sha256 == "f" * 64


def test_S21_rating_waits_for_the_check_of_receipt_and_product(bench):
    bench.open().carry(*DELIVERED)
    refusal = refused(bench, rq.RateService(5), APPLICANT)
    assert unmet(refusal) == {("S21", "checked")}


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_S23_a_rating_is_from_1_to_5(bench, stars):
    bench.open().carry(*DELIVERED, rq.ApproveDelivery)
    refused(bench, rq.RateService(stars), APPLICANT)
    for fine in (1, 5):
        decided = bench.decided_on(bench.now, rq.RateService(fine), APPLICANT)
        assert not isinstance(decided, Refusal)
    bench.carry(rq.RateService)
    assert bench.state.phase == "CLOSED"
    refused(bench, rq.RateService(5), APPLICANT, "not-now")


def test_X1_the_applicant_can_withdraw_before_paying_and_not_after(bench):
    bench.open().carry(*ACCEPTED, rq.IssueBilling, rq.ReportPayment)
    refused(bench, rq.CancelRequest("salah pesan"), APPLICANT, "not-now")
    bench.open().carry(*ACCEPTED)
    bench.do(rq.CancelRequest("salah pesan"), APPLICANT)
    assert bench.state.phase == "CANCELLED"


def test_X2_a_rejection_says_why(bench):
    bench.open().carry(*FILED)
    refused(bench, rq.RejectRequest(""), OFFICER)
    bench.do(rq.RejectRequest("Data belum dirilis."), OFFICER)
    assert bench.state.phase == "REJECTED"


def test_X3_X4_an_offer_expires_only_after_a_notice(bench):
    bench.open(PUBLICATION).carry(*PLAIN_OFFERED)
    refused(bench, rq.ExpireOffer(), SYSTEM)
    refused(bench, rq.NoticeExpiry(), SYSTEM)
    assert bench.desk.run_timers() == ()
    noticed = None
    for _ in range(60):
        bench.now += dt.timedelta(days=1)
        bench.desk.run_timers()
        if noticed is None and "expiry-noticed" in bench.state.facts:
            noticed = bench.now
            assert bench.state.phase == "OFFERED"
        if bench.state.phase == "EXPIRED":
            break
    assert bench.state.phase == "EXPIRED"
    assert noticed is not None
    assert bench.office.calendar.count(noticed.date(), bench.now.date()) >= 3


def test_X4_a_payment_that_was_reported_is_never_lost_to_expiry(bench):
    bench.open(PUBLICATION).carry(*PLAIN_OFFERED, rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment)
    bench.now += dt.timedelta(days=90)
    assert bench.desk.run_timers() == ()
    bench.carry(rq.ConfirmPayment)


TIMED = {
    rq.ExpireBilling: (*ACCEPTED, rq.IssueBilling),
    rq.NoticeExpiry: OFFERED,
    rq.ExpireOffer: (*OFFERED, rq.NoticeExpiry),
    rq.NoticeClosing: DELIVERED,
    rq.CloseUnrated: (*DELIVERED, rq.NoticeClosing),
}


@pytest.mark.parametrize("command", TIMED, ids=lambda c: c.__name__)
def test_S16_X3_X4_X5_X10_the_clock_acts_at_its_time_and_no_second_sooner(bench, rembang, command):
    told = attrs.evolve(rembang, close_notice_days=3)
    bench.desk.office = bench.office = told
    bench.open()
    for way in TIMED[command]:
        if way in TIMED:
            bench.now = bench.desk.procedure(bench.stream).step_for(way, bench.state).due(
                bench.state, told
            )  # fmt: skip
        bench.carry(way)
    due = bench.desk.procedure(bench.stream).step_for(command, bench.state).due(bench.state, told)
    assert not isinstance(bench.decided_on(due, command(), SYSTEM), Refusal)
    sooner = bench.decided_on(due - dt.timedelta(seconds=1), command(), SYSTEM)
    assert len(sooner.unmet) == 1
    for lang in ("id", "en"):
        assert f"{due:%Y-%m-%d %H:%M}" in sooner.say(lang)


def test_X5_a_delivery_that_nobody_rates_is_closed(bench):
    bench.open().carry(*DELIVERED)
    refused(bench, rq.CloseUnrated(), SYSTEM)
    bench.now += dt.timedelta(days=40)
    bench.desk.run_timers()
    assert bench.state.phase == "CLOSED"


def claimed(bench, recipient="local-government", purpose="state-duty"):
    bench.open().carry(rq.AcceptTerms, rq.ChooseProducts)
    wish = rq.ZeroWish(recipient, purpose, "B-12/2026")
    bench.do(bench.fit(rq.CompleteForm, zero=wish), APPLICANT)
    return bench.carry(rq.FileAbstraction, rq.FileRequest, rq.VerifyAbstraction)


def test_C1_a_request_at_Rp0_skips_the_payment_and_not_the_agreement(bench):
    claimed(bench).carry(rq.ApproveZero, rq.PrepareProducts, rq.SendOffer)
    sent = bench.state.last(rq.OfferSent)
    assert sent.total == 0
    bench.carry(rq.AcceptOffer)
    refused(bench, bench.fit(rq.IssueBilling), TREASURER, "not-now")
    bench.carry(rq.IssueReceipt)
    assert unmet(refused(bench, rq.DeliverProducts(), OFFICER)) == {("R6", "signed")}
    bench.carry(*SIGNED, rq.DeliverProducts)
    paper = rq.paper("receipt", bench.state, bench.office, bench.stream)
    assert (paper.amount, "Rp0" in paper.purpose) == (0, True)
    assert bench.state.last(rq.ReceiptIssued).reference == sent.basis.schedule


def test_C1_a_claim_to_Rp0_that_nobody_approved_pays_in_full(bench):
    claimed(bench).carry(rq.PrepareProducts, rq.SendOffer)
    assert bench.state.last(rq.OfferSent).total == 294_000


def test_C1_an_individual_student_pays_even_with_an_approval(bench):
    claimed(bench, "student", "personal").carry(rq.ApproveZero, rq.PrepareProducts, rq.SendOffer)
    assert bench.state.last(rq.OfferSent).total == 294_000


def test_C1_an_approval_of_Rp0_names_who_stands_for_it(bench):
    refused(claimed(bench), rq.ApproveZero("", "Kepala"), OFFICER)
    refused(bench, rq.ApproveZero("Pusdatin", " "), OFFICER)
    refused(bench, bench.fit(rq.ApproveZero), APPLICANT, "not-your-role")


@pytest.mark.parametrize("wish", [
    rq.ZeroWish("local-goverment", "state-duty", "B-1"), rq.ZeroWish("education", "research", ""),
])  # fmt: skip
def test_C1_a_claim_to_Rp0_that_cannot_be_read_is_refused(bench, wish):
    bench.open().carry(rq.AcceptTerms, rq.ChooseProducts)
    refusal = refused(bench, bench.fit(rq.CompleteForm, zero=wish), APPLICANT)
    assert unmet(refusal) == {("C1", "zero-claim-readable")}


def test_C1_the_stored_basis_gives_the_same_rupiah_again(bench):
    bench.open().carry(*OFFERED)
    sent = bench.state.last(rq.OfferSent)
    again = requote(rq.products_of(bench.state), sent.priced_on, sent.basis, bench.office.tariff)
    assert again.total == sent.total


def test_P1_P2_P3_a_request_mixes_products_and_only_some_need_an_agreement(bench):
    bench.open(PUBLICATION).carry(*DRAFTED)
    assert bench.state.facts == {
        "terms-accepted", "products-chosen", "form-complete", "documents-complete",
    }  # fmt: skip
    bench.open((*PUBLICATION, *MAP)).carry(*DRAFTED)
    assert "needs-agreement" in bench.state.facts
    assert "microdata" not in bench.state.facts


def test_P1_a_publication_is_priced_by_pages(rembang):
    assert rembang.quote(PUBLICATION, on=dt.date(2026, 11, 24)).total == 140_000


def test_P2_microdata_are_priced_by_bytes(rembang):
    quote = rembang.quote([Microdata("S", bytes=4_200_000)], on=dt.date(2026, 11, 24))
    assert quote.total == 84_000


def test_P3_a_map_is_priced_by_extent_and_level(rembang):
    assert rembang.quote(MAP, on=dt.date(2026, 11, 24)).total == 70_000


@pytest.mark.parametrize(("clause", "says"), [
    ("K1", "Kotak saran"), ("K2", "lapor.go.id"), ("K3", "bps3317@bps.go.id"),
    ("K4", "082221779177"),
])  # fmt: skip
def test_K1_K2_K3_K4_complaint_channels_stand_under_every_mail(bench, clause, says):
    from pst_core.desk.letters import letter

    bench.open(PUBLICATION).carry(*DRAFTED, rq.FileRequest)
    entry = bench.desk.history(bench.stream)[-1]
    body = letter(Role.APPLICANT, bench.stream, entry, rq.PROCEDURE, bench.office).body
    assert says in body
    assert clause in {channel.clause for channel in bench.office.complaints}


def test_L2_the_clock_starts_at_filing_stops_with_the_applicant_and_ends_with_delivery(bench):
    bench.open().carry(*DRAFTED, rq.FileAbstraction)
    assert rq.deadline(bench.state, bench.office) is None
    bench.now = bench.at(2026, 11, 24, 10)
    bench.carry(rq.FileRequest)
    assert rq.deadline(bench.state, bench.office).due == bench.at(2026, 12, 8, 16)
    bench.now = bench.at(2026, 11, 25, 10)
    bench.carry(rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer)
    bench.now = bench.at(2026, 11, 30, 10)  # three working days with the applicant
    bench.carry(rq.AcceptOffer)
    clock = rq.deadline(bench.state, bench.office)
    assert clock.due == bench.at(2026, 12, 11, 16, 30)
    bench.carry(rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment, *SIGNED)
    bench.carry(rq.IssueReceipt, rq.DeliverProducts)
    ended = rq.deadline(bench.state, bench.office)
    assert not ended.overdue(bench.at(2027, 1, 29))


def test_L2_an_abstraction_sent_back_starts_the_clock_anew(bench):
    bench.open().carry(*FILED, rq.SendBackAbstraction)
    assert rq.deadline(bench.state, bench.office) is None
    bench.now = bench.at(2026, 12, 1)
    bench.carry(rq.FileAbstraction, rq.FileRequest)
    assert rq.deadline(bench.state, bench.office).due == bench.at(2026, 12, 15, 16)


LAST = {s.event: s for s in rq.PROCEDURE.steps if s.to in rq.PROCEDURE.ends}


@pytest.mark.parametrize("last", LAST.values(), ids=lambda s: s.event.__name__)
def test_L2_the_clock_stands_once_the_request_is_over_whichever_way_it_went(bench, last):
    bench.open().carry(*FILED)
    over = Noted(None, bench.at(2026, 11, 27, 9), OFFICER)  # only when it happened is asked
    state = attrs.evolve(bench.state, latest={**bench.state.latest, last.event: over})
    assert rq.deadline(state, bench.office).ended == over.at
    assert not rq.deadline(state, bench.office).overdue(bench.at(2027, 1, 29))


def test_L2_the_register_knows_who_is_due_when(bench):
    bench.open().carry(*FILED)
    row = bench.store.summary(bench.stream)
    assert row.title == person().name
    assert row.due == bench.at(2026, 12, 8, 16)
    assert (row.phase, row.whose) == ("VERIFYING", "officer")


def test_a_strangers_command_is_refused_without_telling_whose_it_is(bench):
    bench.open().carry(rq.AcceptTerms)
    stranger = Actor("orang-lain", Role.APPLICANT, "Budi")
    refusal = refused(bench, bench.fit(rq.ChooseProducts), stranger, "not-your-case")
    assert APPLICANT.name not in str(refusal)
    assert bench.desk.open_steps(bench.stream, by=stranger) == ()


READ_IN = {
    # what a file comes with: the way there, who brings it
    rq.PrepareProducts: ((*FILED, rq.VerifyAbstraction), OFFICER),
    rq.SendOffer: ((*FILED, rq.VerifyAbstraction, rq.PrepareProducts), OFFICER),
    rq.ReviseOffer: ((*OFFERED, rq.AskOfferCorrection), OFFICER),
    rq.ReportPayment: ((*ACCEPTED, rq.IssueBilling), APPLICANT),
    rq.SignAgreement: (ACCEPTED, APPLICANT),
    rq.MendDelivery: ((*DELIVERED, rq.AskDeliveryCorrection), OFFICER),
}


@pytest.mark.parametrize("read", [
    {"text_found": "memperdalam pengertian"}, {"revisions": ("memperdalam",)},
], ids=["text", "revisions"])  # fmt: skip
@pytest.mark.parametrize("command", READ_IN, ids=lambda c: c.__name__)
def test_text_that_was_read_in_a_file_does_not_enter_history(bench, command, read):
    way, by = READ_IN[command]
    made = bench.open().carry(*way).fit(command)
    with_text = {
        name: tuple(attrs.evolve(f, **read) for f in files)
        if isinstance(files, tuple)
        else attrs.evolve(files or file("contoh.csv", media_type="text/csv"), **read)
        for name in ("files", "sample", "proof", "file")
        if (files := getattr(made, name, made)) is not made
    }
    made = attrs.evolve(made, **with_text)
    if command is rq.SignAgreement and "text_found" in read:
        made = bench.fit(command)  # an agreement is judged by its text
    bench.do(made, by)
    bodies = [row.body for row in bench.store.load(bench.stream)]
    assert not any("memperdalam" in body for body in bodies)
