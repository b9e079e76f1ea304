"""The documents of a request: due when the standard says, handed in in a draft, one list."""

import datetime as dt
import itertools

import attrs
import pytest

from pst_core import request as rq
from pst_core import visit as vs
from pst_core.documents import BY_STEPS, FileFacts
from pst_core.documents.due import Need, NumberKind, Standing
from pst_core.refusal import NotFound, Refusal
from pst_core.request import events as e
from pst_core.request.documents import _BY_STEPS, step_reached
from pst_core.request.handing_in import all_handed_in
from pst_core.request.state import DOCUMENTS_COMPLETE
from pst_core.tariff import Map, Microdata, Publication
from pst_core.testing.lives import APPLICANT, OFFICER, TREASURER, carry, file, hand_in, person
from pst_core.wire import event_from_json
from pst_core.workflow import Noted

PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
DRAFTED = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm)
NIK, NPWP = "3317064505900001", "0013121660091000"


def listed(bench, *standings):
    """Return the names on the list, all or those of a standing."""
    due = bench.desk.documents(bench.stream)
    return [d.rule.document for d in due if not standings or d.standing in standings]


def refused(bench, command, by=APPLICANT):
    with pytest.raises(Refusal) as caught:
        bench.do(command, by)
    return caught.value


def with_rule(bench, document, **changes):
    """Have the office ask otherwise for ``document``."""
    rules = tuple(
        attrs.evolve(rule, **changes) if rule.document == document else rule
        for rule in bench.office.documents
    )
    bench.desk.office = attrs.evolve(bench.office, documents=rules)


# -- a mixed request, step by step, written by hand from the standard -----------------------------

WALK_IN = "walk-in"
PRIVATE, LETTER_ASKED = {"private"}, {"student", "government"}


def expected_at(step, channel, segment, abroad):
    """Return the documents that the standard asks for by ``step`` of a mixed request."""
    due = []
    if channel == WALK_IN:
        due.append("guest-book")  # R3, S2
    if step >= 7:
        due.append("terms")  # R5
    if step >= 9:
        due += ["request-form", "identity"]  # R4; identity because microdata and a map are in it
        due += ["tax-number"] if segment in PRIVATE else []
        due += ["letter"] if segment in LETTER_ASKED else []
    if step >= 10:
        due.append("abstraction")  # R6
    if step >= 13:
        due += ["invoice", "sample", "agreement"]
    if step >= 16 and abroad:
        due.append("proof-of-payment")  # S18: only who is domiciled abroad
    if step >= 17:
        due.append("signed-agreement")  # R6
    if step >= 19:
        due.append("receipt")
    return due


# after this command: the step that is reached, and what of the list is still missing then
AT_HOME = [
    (rq.IssueBilling, 17, {"signed-agreement"}),
    (rq.ReportPayment, 17, {"signed-agreement"}),
    (rq.ConfirmPayment, 19, {"signed-agreement", "receipt"}),
]
FROM_ABROAD = [
    (rq.ReportPayment, 18, {"signed-agreement"}),
    (rq.VerifyTransfer, 19, {"signed-agreement", "receipt"}),
]
BEFORE_PAYING = [
    (rq.AcceptTerms, 8, set()),
    (rq.ChooseProducts, 9, {"request-form", "identity", "tax-number", "letter"}),
    (rq.CompleteForm, 10, {"identity", "tax-number", "letter", "abstraction"}),
    (None, 10, {"abstraction"}),  # what is due is handed in
    (rq.FileAbstraction, 10, set()),
    (rq.FileRequest, 11, set()),
    (rq.VerifyAbstraction, 12, set()),
    (rq.PrepareProducts, 13, {"invoice", "sample", "agreement"}),
    (rq.SendOffer, 14, set()),
    (rq.AskOfferCorrection, 15, set()),
    (rq.ReviseOffer, 15, set()),
    (rq.AcceptOffer, 17, {"signed-agreement", "proof-of-payment"}),
]
AFTER_PAYING = [
    (rq.SignAgreement, 19, {"receipt"}),
    (rq.AcceptAgreement, 19, {"receipt"}),
    (rq.IssueReceipt, 20, set()),
    (rq.DeliverProducts, 21, set()),
    (rq.AskDeliveryCorrection, 22, set()),
    (rq.MendDelivery, 22, set()),
    (rq.ApproveDelivery, 23, set()),
    (rq.RateService, 23, set()),
]


def visited(bench, steps=4):
    """Go through S1 to S5, or so many ``steps`` of it, and return the visit."""
    visit = bench.desk.open(vs.VisitUnit(APPLICANT.id), by=APPLICANT).stream
    guest = vs.Visitor(APPLICANT.id, APPLICANT.name, purpose="Membeli data")
    way = (
        (vs.SignGuestBook(guest), APPLICANT),
        (vs.TakeNumber(), APPLICANT),
        (vs.CallVisitor(counter="1"), OFFICER),
        (vs.StateRequest("Susenas"), APPLICANT),
    )
    for command, by in way[:steps]:
        bench.desk.do(visit, command, by=by)
    return visit


@pytest.mark.parametrize("channel", rq.Channel)
@pytest.mark.parametrize("steps", [None, 0, 1, 2, 3, 4])
def test_R1_R3_who_walks_in_is_at_the_counter_and_who_names_a_visit_has_made_one(
    bench, channel, steps
):
    visit = "visit-3317-2026-11-24-0099" if steps is None else visited(bench, steps)
    opening = rq.OpenRequest(person(), channel, visit)
    if {WALK_IN: steps == 4, "online": steps is not None}[channel]:
        bench.desk.open(opening, by=APPLICANT)
        return
    with pytest.raises(Refusal) as caught:
        bench.desk.open(opening, by=APPLICANT)
    assert [(u.clause, u.code) for u in caught.value.unmet] == [("R1", "visited")]


@pytest.mark.parametrize(
    ("channel", "segment", "abroad"),
    tuple(itertools.product(rq.Channel, ("individual", "student", "government", "private"),
                            (False, True))),
)  # fmt: skip
def test_R6_a_mixed_request_shows_at_every_step_exactly_the_documents_due_then(
    bench, channel, segment, abroad
):
    applicant = person(abroad=abroad, segment=rq.Segment(segment))
    visit = visited(bench) if channel == WALK_IN else ""
    opened = bench.desk.open(rq.OpenRequest(applicant, channel, visit), by=APPLICANT)
    bench.stream = opened.stream
    seen = [(None, 7, {"terms"})]
    played = [*BEFORE_PAYING, *(FROM_ABROAD if abroad else AT_HOME), *AFTER_PAYING]
    for command, step, missing in (*seen, *played):
        if command is not None:
            carry(bench.desk, bench.stream, (command,))
        elif step == 10:
            hand_in(bench.desk, bench.stream)
        wanted = expected_at(step, channel, segment, abroad)
        shown = {d.rule.document: d.standing for d in bench.desk.documents(bench.stream)}
        assert list(shown) == wanted, (command, step)
        assert {d for d in shown if shown[d] is Standing.MISSING} == missing & {*wanted}, command
        assert Standing.FAULTY not in shown.values()
    assert bench.state.phase == "CLOSED"


@pytest.mark.parametrize(
    ("products", "segment", "asked"),
    [
        (PUBLICATION, "individual", []),
        (PUBLICATION, "student", []),
        (PUBLICATION, "private", ["tax-number"]),
        ((Microdata("Susenas 2025", bytes=10),), "private", ["identity", "tax-number"]),
        ((Map("Rembang"),), "government", ["identity", "letter"]),
        ((Map("Rembang"),), "education", ["identity"]),
        ((Map("Rembang"),), "international", ["identity"]),
        ((Map("Rembang"),), "foreign-mission", ["identity"]),
    ],
)
def test_R4_each_document_that_is_missing_is_named_and_nothing_else(
    bench, products, segment, asked
):
    bench.open(products, segment=rq.Segment(segment)).carry(*DRAFTED)
    if products != PUBLICATION:
        bench.carry(rq.FileAbstraction)
    if not asked:
        bench.do(rq.FileRequest(), APPLICANT)
        return
    refusal = refused(bench, rq.FileRequest())
    assert {(u.clause, u.code) for u in refusal.unmet} == {("S9", "documents-complete")}
    names = {r.document: r.name.en for r in bench.office.documents}
    assert [u.text.en for u in refusal.unmet] == [f"Missing: {names[d]}." for d in asked]
    for document in asked[:-1]:
        bench.do(rq.HandInDocument(document, file("x.pdf"), NPWP), APPLICANT)
    assert len(refused(bench, rq.FileRequest()).unmet) == 1
    hand_in(bench.desk, bench.stream)
    bench.do(rq.FileRequest(), APPLICANT)


def test_S9_the_table_sees_whether_all_is_handed_in(bench):
    bench.open(segment=rq.Segment.STUDENT).carry(*DRAFTED, rq.FileAbstraction)
    (filing,) = (s for s in bench.desk.open_steps(bench.stream, by=APPLICANT)
                 if s.step.clause == "R4")  # fmt: skip
    assert [u.code for u in filing.missing] == ["documents-complete"]
    bench.do(rq.HandInDocument("identity", file("ktp.pdf"), NIK), APPLICANT)
    assert DOCUMENTS_COMPLETE not in bench.state.facts
    bench.do(rq.HandInDocument("letter", file("surat.pdf")), APPLICANT)
    assert DOCUMENTS_COMPLETE in bench.state.facts
    (filing,) = (s for s in bench.desk.open_steps(bench.stream, by=APPLICANT)
                 if s.step.clause == "R4")  # fmt: skip
    assert filing.ready


def test_S8_other_products_ask_for_other_documents(bench):
    bench.open(PUBLICATION).carry(*DRAFTED)
    assert DOCUMENTS_COMPLETE in bench.state.facts
    bench.do(rq.ChooseProducts((Map("Rembang"),)), APPLICANT)
    assert DOCUMENTS_COMPLETE not in bench.state.facts
    assert listed(bench, Standing.MISSING) == ["request-form", "identity"], "the form of a map"
    bench.do(rq.ChooseProducts(PUBLICATION), APPLICANT)
    assert DOCUMENTS_COMPLETE in bench.state.facts
    bench.do(rq.ChooseProducts((Map("Rembang"),)), APPLICANT)
    bench.do(rq.HandInDocument("identity", file("ktp.pdf")), APPLICANT)
    bench.do(rq.ChooseProducts((Microdata("Susenas 2025", bytes=10),)), APPLICANT)
    assert DOCUMENTS_COMPLETE in bench.state.facts, "it was handed in already"


def test_S9_completing_the_form_counts_the_documents_anew(bench):
    with_rule(bench, "identity", products=())
    bench.open(PUBLICATION).carry(*DRAFTED)
    assert DOCUMENTS_COMPLETE not in bench.state.facts
    bench.desk.office = bench.office  # which asks no identity for a publication
    assert "S9" in refused(bench, rq.FileRequest()).unmet[0].remedy.en
    bench.carry(rq.CompleteForm, rq.FileRequest)


def test_S9_a_document_is_replaced_as_long_as_the_request_is_a_draft(bench):
    bench.open().carry(*DRAFTED)
    first, second = file("lama.pdf", 500), file("baru.pdf", 600)
    bench.do(rq.HandInDocument("identity", first, NIK), APPLICANT)
    bench.do(rq.HandInDocument("letter", file("surat.pdf")), APPLICANT)
    bench.do(rq.HandInDocument("identity", second, NIK), APPLICANT)
    held = bench.state.last(e.DocumentHandedIn).documents
    assert [(d.document, d.file.name) for d in held] == [
        ("letter", "surat.pdf"), ("identity", "baru.pdf"),
    ]  # fmt: skip
    bench.carry(rq.FileAbstraction, rq.FileRequest)
    assert refused(bench, rq.HandInDocument("identity", first)).code == "not-now"
    bench.carry(rq.SendBackAbstraction)
    bench.do(rq.HandInDocument("identity", first), APPLICANT)


def hostile(**facts):
    return FileFacts(**{**attrs.asdict(file("ktp.pdf")), "signatures": (), **facts})


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (rq.HandInDocument("identity"), "its file is missing"),
        (rq.HandInDocument("identity", number=NIK), "its file is missing"),
        (rq.HandInDocument("identity", hostile(bytes=0)), "empty"),
        (rq.HandInDocument("identity", hostile(encrypted=True)), "password"),
        (rq.HandInDocument("identity", hostile(active_content=("javascript",))), "javascript"),
        (rq.HandInDocument("identity", hostile(media_type="text/html")), "text/html"),
        (rq.HandInDocument("identity", file("k.pdf"), "1" * 201), "longer than 200"),
        (rq.HandInDocument("tax-number"), "its number is missing"),
        (rq.HandInDocument("tax-number", number="  "), "its number is missing"),
        (rq.HandInDocument("tax-number", number="12"), "16 digits"),
        (rq.HandInDocument("letter", reference="user-1/letter"), "reference cannot stand"),
        (rq.HandInDocument("passport", file("p.pdf")), "identity, tax-number, letter"),
        (rq.HandInDocument("abstraction", file("p.pdf")), "identity, tax-number, letter"),
    ],
)  # fmt: skip
def test_S9_what_is_handed_in_is_checked_at_once(bench, command, says):
    bench.open(segment=rq.Segment.PRIVATE).carry(*DRAFTED)
    before = bench.desk.history(bench.stream)
    refusal = refused(bench, command)
    assert says in refusal.say("en")
    assert refusal.say("en") != refusal.say("id")
    assert bench.desk.history(bench.stream) == before


def test_S9_a_document_waits_for_the_products(bench):
    bench.open().carry(rq.AcceptTerms)
    refusal = refused(bench, rq.HandInDocument("identity", file("ktp.pdf")))
    assert {u.code for u in refusal.unmet} == {"products-chosen"}


@pytest.mark.parametrize("number", ["9917064505050001", "C1234567", "900112345678"])
def test_S9_a_licence_or_passport_and_an_unusual_NIK_are_warnings(bench, number):
    bench.open().carry(*DRAFTED)
    bench.do(rq.HandInDocument("identity", file("sim.pdf"), number), APPLICANT)
    (identity,) = (d for d in bench.desk.documents(bench.stream) if d.rule.document == "identity")
    assert identity.standing is Standing.IN_ORDER
    assert {f.severity for f in identity.findings} == {"warning"}


def test_S9_a_company_abroad_may_have_no_NPWP_of_ours(bench):
    bench.open(PUBLICATION, segment=rq.Segment.PRIVATE, abroad=True).carry(*DRAFTED)
    bench.do(rq.HandInDocument("tax-number", number="SG-201912345K"), APPLICANT)
    assert DOCUMENTS_COMPLETE in bench.state.facts


def test_S9_an_identity_that_the_host_has_verified_stands_by_reference(bench):
    bench.open().carry(*DRAFTED)
    bench.do(rq.HandInDocument("identity", reference="user-17/ktp"), APPLICANT)
    (identity,) = (d for d in bench.desk.documents(bench.stream) if d.rule.document == "identity")
    assert identity.standing is Standing.IN_ORDER
    assert [f.code for f in identity.findings] == ["by-reference"], "the officer sees it"
    bench.carry(rq.FileAbstraction, rq.FileRequest)


def test_R4_a_document_that_the_office_now_asks_more_of_is_faulty_and_named(bench):
    bench.open(segment=rq.Segment.STUDENT).carry(*DRAFTED, rq.FileAbstraction)
    bench.do(rq.HandInDocument("identity", file("ktp.pdf")), APPLICANT)
    bench.do(rq.HandInDocument("letter", file("surat.pdf")), APPLICANT)
    with_rule(bench, "letter", needs=(Need.FILE, Need.NUMBER))
    assert listed(bench, Standing.FAULTY) == ["letter"]
    refusal = refused(bench, rq.FileRequest())
    assert [u.text.en for u in refusal.unmet] == ["letter of request: its number is missing."]
    bench.do(rq.HandInDocument("letter", file("surat.pdf"), "12/X/2026"), APPLICANT)
    bench.do(rq.FileRequest(), APPLICANT)


def test_R4_an_office_asks_for_a_document_of_its_own(bench):
    identity = next(r for r in bench.office.documents if r.document == "identity")
    permit = attrs.evolve(identity, document="research-permit", number=NumberKind.FREE)
    office = attrs.evolve(bench.office, documents=(*bench.office.documents, permit))
    bench.desk.office = bench.office = office
    bench.open().carry(*DRAFTED)
    assert listed(bench)[-1] == "research-permit"
    bench.do(rq.HandInDocument("identity", file("ktp.pdf")), APPLICANT)
    bench.do(rq.HandInDocument("research-permit", file("izin.pdf")), APPLICANT)
    bench.carry(rq.FileAbstraction)
    bench.do(rq.FileRequest(), APPLICANT)


def test_S9_the_text_of_a_document_does_not_enter_history(bench):
    bench.open().carry(*DRAFTED)
    secret = file("ktp.pdf", text_found="Nama Ibu Kandung")
    bench.do(rq.HandInDocument("identity", secret), APPLICANT)
    assert "Ibu" not in bench.desk.store.load(bench.stream)[-1].body


# -- what steps made, and what came back ----------------------------------------------------------


def finding_of(bench, document):
    (due,) = (d for d in bench.desk.documents(bench.stream) if d.rule.document == document)
    return due.standing, [f.text.id for f in due.findings]


def sent_back(bench, document):
    """Return the clause and the reason of what was sent back, or none if nothing is there."""
    (due,) = (d for d in bench.desk.documents(bench.stream) if d.rule.document == document)
    return [(f.clause, f.text.en) for f in due.findings if f.code == "sent-back"]


def test_S11_what_differs_is_shown_to_the_applicant_and_counts_for_the_officer(bench):
    bench.open().carry(*DRAFTED)
    whole = bench.fit(rq.FileAbstraction).abstraction
    bench.do(rq.FileAbstraction(attrs.evolve(whole, region="Kabupaten Blora")), APPLICANT)
    assert finding_of(bench, "abstraction")[0] is Standing.IN_ORDER
    assert "Blora" in finding_of(bench, "abstraction")[1][0]
    bench.carry(rq.FileRequest)
    assert finding_of(bench, "abstraction")[0] is Standing.FAULTY
    refusal = refused(bench, rq.VerifyAbstraction(), OFFICER)
    assert {u.code for u in refusal.unmet} == {"abstraction-fits"}
    bench.do(rq.VerifyAbstraction(note="Blora berbatasan dengan Rembang."), OFFICER)
    assert finding_of(bench, "abstraction")[0] is Standing.IN_ORDER


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"data_asked": ("Sakernas 2025", "Peta Rembang")}, "Sakernas"),
        ({"data_asked": ("Susenas 2024", "Peta Rembang")}, "Susenas 2024"),
        ({"period": "2024"}, "2024"),
        ({"region": "Kabupaten Blora"}, "Blora"),
    ],
)
def test_S11_another_dataset_year_or_region_than_the_basket_is_a_finding(bench, change, says):
    bench.open().carry(*DRAFTED)
    whole = bench.fit(rq.FileAbstraction).abstraction
    bench.do(rq.FileAbstraction(attrs.evolve(whole, **change)), APPLICANT)
    bench.carry(rq.FileRequest)
    assert says in refused(bench, rq.VerifyAbstraction(), OFFICER).say("id")


@pytest.mark.parametrize("field", ["period", "region"])
def test_S11_where_the_titles_say_nothing_the_forms_are_compared(bench, field):
    bench.open((Microdata("Susenas", bytes=10),)).carry(*DRAFTED, rq.FileAbstraction)
    assert finding_of(bench, "abstraction") == (Standing.IN_ORDER, [])
    whole = bench.fit(rq.FileAbstraction).abstraction
    other = {"period": "2019", "region": "Kabupaten Blora"}[field]
    bench.do(rq.FileAbstraction(attrs.evolve(whole, **{field: other})), APPLICANT)
    bench.carry(rq.FileRequest)
    assert other in refused(bench, rq.VerifyAbstraction(), OFFICER).say("en")


def test_S11_an_abstraction_sent_back_says_why_on_the_list(bench):
    bench.open().carry(*DRAFTED, rq.FileAbstraction, rq.FileRequest)
    bench.do(rq.SendBackAbstraction("Metode belum jelas."), OFFICER)
    assert finding_of(bench, "abstraction") == (
        Standing.FAULTY, ["Dikembalikan: Metode belum jelas."],
    )  # fmt: skip
    assert sent_back(bench, "abstraction") == [("S11", "Sent back: Metode belum jelas.")]
    bench.now += dt.timedelta(hours=1)
    bench.carry(rq.FileAbstraction)
    assert finding_of(bench, "abstraction") == (Standing.IN_ORDER, [])
    # one that other products ask for anew was never sent back
    bench.now += dt.timedelta(hours=1)
    bench.do(rq.ChooseProducts((Map("Rembang"),)), APPLICANT)
    assert finding_of(bench, "abstraction") == (Standing.MISSING, [])


def test_S11_of_a_map_of_the_whole_country_any_part_may_be_asked_for(bench):
    for extent, standing in (("national", Standing.IN_ORDER), ("regency", Standing.FAULTY)):
        bench.open((Map("Nusantara", extent=extent),)).carry(*DRAFTED[:2])
        (form,) = bench.fit(rq.CompleteForm).forms
        form = attrs.evolve(form, region="seluruh wilayah")
        bench.do(rq.CompleteForm((form,)), APPLICANT)
        whole = bench.fit(rq.FileAbstraction).abstraction
        bench.do(rq.FileAbstraction(attrs.evolve(whole, region="Kabupaten Blora")), APPLICANT)
        bench.carry(rq.FileRequest)
        assert finding_of(bench, "abstraction")[0] is standing, extent


TO_SETTLE = (
    *DRAFTED, rq.FileAbstraction, rq.FileRequest, rq.VerifyAbstraction, rq.PrepareProducts,
    rq.SendOffer, rq.AcceptOffer,
)  # fmt: skip


def test_S17_S18_what_was_refused_says_why_on_the_list(bench):
    bench.open(abroad=True).carry(*TO_SETTLE, rq.SignAgreement, rq.ReportPayment)
    assert listed(bench, Standing.MISSING) == []
    bench.do(rq.RefuseAgreement("Belum bermeterai."), OFFICER)
    bench.do(rq.RefusePayment("Transfer belum masuk."), TREASURER)
    assert finding_of(bench, "signed-agreement") == (
        Standing.FAULTY, ["Dikembalikan: Belum bermeterai."],
    )  # fmt: skip
    assert finding_of(bench, "proof-of-payment") == (
        Standing.FAULTY, ["Dikembalikan: Transfer belum masuk."],
    )  # fmt: skip
    assert [sent_back(bench, d)[0][0] for d in ("signed-agreement", "proof-of-payment")] == [
        "S17", "S18",
    ]  # fmt: skip


def test_S17_originals_on_paper_are_the_signed_agreement_though_nothing_was_uploaded(bench):
    bench.open().carry(*TO_SETTLE)
    bench.do(rq.RefuseAgreement("Satu rangkap tanpa meterai."), OFFICER)
    assert finding_of(bench, "signed-agreement") == (
        Standing.FAULTY, ["Dikembalikan: Satu rangkap tanpa meterai."],
    )  # fmt: skip
    bench.carry(rq.RecordOriginals)
    assert finding_of(bench, "signed-agreement") == (Standing.IN_ORDER, [])


def test_S17_originals_stand_for_an_upload_that_was_refused(bench):
    bench.open().carry(*TO_SETTLE, rq.SignAgreement)
    bench.do(rq.RefuseAgreement("Tanda tangan tidak terbaca."), OFFICER)
    bench.carry(rq.RecordOriginals)
    assert finding_of(bench, "signed-agreement") == (Standing.IN_ORDER, [])


def paid_in_part(bench, part):
    """Record ``part`` of what is due, the way that the applicant pays."""
    abroad = bench.state.last(e.RequestOpened).applicant.abroad
    command = rq.VerifyTransfer if abroad else rq.ConfirmPayment
    bench.do(bench.fit(command, amount=part), TREASURER)


def standings(bench):
    return {d.rule.document: d.standing for d in bench.desk.documents(bench.stream)}


def test_S16_after_a_part_payment_at_home_the_receipt_is_not_due_yet(bench):
    bench.open().carry(*TO_SETTLE, rq.SignAgreement, rq.IssueBilling)
    paid_in_part(bench, 1000)
    assert "receipt" not in listed(bench)
    assert listed(bench, Standing.MISSING, Standing.FAULTY) == []
    bench.carry(rq.IssueBilling, rq.ConfirmPayment)
    assert listed(bench, Standing.MISSING) == ["receipt"]
    bench.carry(rq.IssueReceipt)
    before = bench.desk.documents(bench.stream)
    bench.do(rq.ReissueReceipt("Kuitansi hilang."), TREASURER)
    assert bench.desk.documents(bench.stream) == before, "a copy makes no other document due"


def test_S18_after_a_part_transfer_the_proof_of_the_rest_is_due_again(bench):
    bench.open(abroad=True).carry(*TO_SETTLE, rq.SignAgreement, rq.ReportPayment)
    assert standings(bench)["proof-of-payment"] is Standing.IN_ORDER
    paid_in_part(bench, 1000)
    assert listed(bench, Standing.MISSING) == ["proof-of-payment"]
    assert "receipt" not in listed(bench)
    bench.carry(rq.ReportPayment)
    bench.do(rq.RefusePayment("Transfer belum masuk."), TREASURER)
    assert standings(bench)["proof-of-payment"] is Standing.FAULTY
    bench.now += dt.timedelta(hours=1)
    bench.carry(rq.ReportPayment)
    paid_in_part(bench, 1000)
    assert finding_of(bench, "proof-of-payment") == (Standing.MISSING, []), "none was sent back"
    bench.carry(rq.ReportPayment, rq.VerifyTransfer)
    assert standings(bench)["proof-of-payment"] is Standing.IN_ORDER
    assert listed(bench, Standing.MISSING) == ["receipt"]
    bench.carry(rq.IssueReceipt)
    assert listed(bench, Standing.MISSING, Standing.FAULTY) == []


def test_X8_a_payment_taken_back_takes_the_receipt_off_the_list_again(bench):
    bench.open().carry(*TO_SETTLE, rq.SignAgreement, rq.IssueBilling, rq.ConfirmPayment)
    assert listed(bench, Standing.MISSING) == ["receipt"]
    paid = bench.state.last(e.PaymentConfirmed)
    bench.do(rq.ReversePayment(paid.ntpn, "Salah permintaan."), TREASURER)
    assert listed(bench, Standing.MISSING) == []


def test_S15_a_revised_offer_leaves_what_was_handed_in_and_asks_for_nothing_new(bench):
    bench.open().carry(*TO_SETTLE[:-1])
    before = standings(bench)
    bench.carry(rq.AskOfferCorrection, rq.ReviseOffer)
    assert standings(bench) == before


@pytest.mark.parametrize("ending", ["withdrawn", "expired"])
def test_X1_X4_of_a_request_that_has_ended_nothing_is_missing(bench, ending):
    bench.open(abroad=True).carry(*TO_SETTLE, rq.ReportPayment)
    bench.do(rq.RefusePayment("Transfer belum masuk."), TREASURER)
    assert listed(bench, Standing.MISSING) == ["signed-agreement"]
    if ending == "withdrawn":
        bench.do(rq.CancelRequest(), APPLICANT)
    else:
        for command in (rq.NoticeExpiry, rq.ExpireOffer):
            bench.now += dt.timedelta(days=60)
            bench.carry(command)
    assert listed(bench, Standing.MISSING) == []
    assert listed(bench, Standing.IN_ORDER) == [
        "terms", "request-form", "identity", "abstraction", "invoice", "sample", "agreement",
    ]  # fmt: skip


def test_C1_a_request_at_Rp0_from_abroad_owes_no_proof_of_transfer(bench):
    bench.open(abroad=True, segment=rq.Segment.FOREIGN_MISSION).carry(*DRAFTED[:2])
    wish = rq.ZeroWish("foreign-mission", "state-duty", "12/2026")
    bench.do(bench.fit(rq.CompleteForm, zero=wish), APPLICANT)
    bench.carry(rq.FileAbstraction, rq.FileRequest, rq.ApproveZero, *TO_SETTLE[5:])
    assert "free" in bench.state.facts
    assert "proof-of-payment" not in listed(bench)
    assert "signed-agreement" in listed(bench)


def test_the_list_knows_every_document_that_a_step_makes():
    assert set(_BY_STEPS) == set(BY_STEPS)


def test_a_visit_has_no_list_of_documents(bench):
    with pytest.raises(NotFound, match="not-a-request"):
        bench.desk.documents(visited(bench))


def test_before_a_request_is_opened_its_list_is_empty(rembang):
    assert step_reached(rq.PROCEDURE.new) == "S6"
    assert rq.documents(rq.PROCEDURE.new, rembang) == ()


def test_R4_a_draft_of_an_older_release_is_asked_for_its_documents_too(bench):
    """Its events know of no documents: what is due by the rules of today is named at filing."""
    bench.open().carry(*DRAFTED, rq.FileAbstraction)
    old = {
        "request.products-chosen": '{"products":[{"kind":"map","title":"Rembang","extent":'
        '"regency","level":"village","sheets":1}]}',
        "request.form-completed": '{"forms":[],"zero":null}',
    }
    state = rq.PROCEDURE.fold(
        Noted(event_from_json(row.name, 1, old[row.name]) if row.name in old
              else event_from_json(row.name, 1, row.body), row.at, APPLICANT)
        for row in bench.desk.store.load(bench.stream)
    )  # fmt: skip
    assert DOCUMENTS_COMPLETE in state.facts
    assert not all_handed_in(state, bench.office)
    from pst_core.workflow import Context

    context = Context(APPLICANT, dt.datetime(2026, 11, 24, tzinfo=dt.UTC), bench.office)
    refusal = rq.PROCEDURE.decide(rq.FileRequest(), state, context)
    assert "identity card" in refusal.say("en")
    (handed,) = rq.PROCEDURE.decide(
        rq.HandInDocument("identity", file("ktp.pdf")), state, context
    )  # fmt: skip
    after = rq.PROCEDURE.evolve(state, Noted(handed, context.at, APPLICANT))
    assert not isinstance(rq.PROCEDURE.decide(rq.FileRequest(), after, context), Refusal)
