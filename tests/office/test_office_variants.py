"""What a profile chooses, lived at its own desk: doors, misfits, payment, closing, numbers."""

import datetime as dt
import io

import attrs
import pypdf
import pytest

from pst_adapters.pdf import TypstRenderer
from pst_core import request as rq
from pst_core.analysis import Activities
from pst_core.desk import statement
from pst_core.desk.letters import letter
from pst_core.documents.papers import paper_digest
from pst_core.ledger import TREASURY
from pst_core.refusal import Refusal
from pst_core.testing.lives import APPLICANT, BASKET, OFFICER, TREASURER, hand_in, person
from pst_core.testing.ways import ways
from pst_core.text import Text
from pst_core.visit import VisitUnit
from pst_core.wire import procedures_of
from pst_core.workflow import Role

from .conftest import DELIVERED, DRAFT, OFFERED, PAID, Counter

BOTH_MISFIT = 'walk-in = "sent-back"\nonline = "sent-back"'
BILLING = 'at_home = ["billing"]'
DAYS = 'way = "days"\nunrated_after_working_days = 10\nnotice_working_days = 3'
ONLINE = (
    ('doors = ["walk-in", "online"]', 'doors = ["online"]'),
    (BOTH_MISFIT, 'online = "cancelled"'),
)
WALK_IN = (
    ('doors = ["walk-in", "online"]', 'doors = ["walk-in"]'),
    (BOTH_MISFIT, 'walk-in = "consultation"'),
)  # fmt: skip


def refused(counter, command, by):
    with pytest.raises(Refusal) as caught:
        counter.do(command, by)
    return caught.value


# -- doors ---------------------------------------------------------------------------------------


def test_S6_nobody_comes_by_a_door_that_the_standard_does_not_have(made):
    online = Counter(made(*ONLINE))
    with pytest.raises(Refusal) as caught:
        online.desk.open(VisitUnit("warga-1"), by=APPLICANT)
    assert caught.value.unmet[0].code == "walks-in"
    assert "online" in caught.value.unmet[0].remedy.en
    walk_in = Counter(made(*WALK_IN))
    with pytest.raises(Refusal) as caught:
        walk_in.open()
    assert [u.code for u in caught.value.unmet] == ["door-open"]
    assert "walk-in" in caught.value.unmet[0].remedy.en


def test_S6_without_a_portal_the_officer_enters_it_for_who_stands_there(made):
    counter = Counter(made(*WALK_IN, ("portal = true", "portal = false")))
    counter.open(walk_in=True, by=OFFICER).carry(*DRAFT, by=OFFICER)
    assert counter.state.last(rq.RequestOpened).applicant.id == APPLICANT.id
    assert counter.state.turns[-1][1] == (Role.APPLICANT,), "the applicant is still waited for"
    with_portal = Counter(made())
    with pytest.raises(Refusal) as caught:
        with_portal.open(by=OFFICER)
    assert caught.value.code == "not-your-role"


def test_S11_what_an_officer_entered_for_who_stands_there_is_the_applicant_s_word(made):
    """Four eyes see two people: at a counter without a portal the officer writes for another."""
    filed = (*DRAFT, rq.FileAbstraction, rq.FileRequest)
    office = made(*WALK_IN, ("portal = true", "portal = false"))
    counter = Counter(office).open(walk_in=True, by=OFFICER, products=BASKET)
    counter.carry(*filed, by=OFFICER).do(rq.VerifyAbstraction(), OFFICER)
    both = attrs.evolve(OFFICER, id=APPLICANT.id)
    for there in (office, made(*WALK_IN)):
        counter = Counter(there).open(walk_in=True, products=BASKET).carry(*filed, by=APPLICANT)
        refusal = refused(counter, rq.VerifyAbstraction(), both)
        assert [u.code for u in refusal.unmet] == ["four-eyes-abstraction"]


# -- R2 and documents ------------------------------------------------------------------------------


def test_R2_an_address_that_the_standard_does_not_ask_for_may_be_missing(made):
    counter = Counter(made(("[requirements.email]\n", "")))
    counter.open(email="").carry(*DRAFT, rq.FileRequest)
    mails = [e.key for e in counter.desk.store.effects(counter.stream)]
    assert [key.rsplit("/", 1)[1] for key in mails] == ["officer"], "who has no address gets none"
    with pytest.raises(Refusal) as caught:
        Counter(made()).open(email="")
    assert [u.code for u in caught.value.unmet] == ["email-active"]


def test_R2_an_address_asked_for_online_only_is_checked_where_it_is_given(made):
    counter = Counter(made(("[requirements.email]", '[requirements.email]\nchannels = ["online"]')))
    counter.open(walk_in=True, email="")
    with pytest.raises(Refusal):
        counter.open(email="")
    with pytest.raises(Refusal):
        counter.open(walk_in=True, email="not an address")


IDENTITY = (
    '[requirements.identity]\nchannels = ["walk-in"]\ncertainty = "assumed"\n'
    'citation = "butir standar"\n'
)  # fmt: skip


def shown(office):
    """Return all that the office shows of a request that hands in its documents, by where."""
    counter = Counter(office).open(products=BASKET).carry(*DRAFT, rq.FileAbstraction)
    try:
        counter.do(rq.FileRequest())
    except Refusal as refusal:
        said = refusal.say("en")
    else:
        said = ""
    desk, stream, procedure = counter.desk, counter.stream, rq.procedure_of(office)
    opened = " ".join(s.step.title.en for s in desk.open_steps(stream))
    listed = " ".join(d.rule.name.en for d in desk.documents(stream))
    hand_in(desk, stream)
    printed = TypstRenderer().render(statement(desk, stream, lang="en"))
    paper = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages)
    return {
        "refusal": said, "what is open": opened, "documents": listed, "paper": paper,
        "step table": procedure.step_table().to_markdown("en"),
        "permissions": procedure.permissions().to_markdown("en"),
        "Mermaid": procedure.to_mermaid("en"), "BPMN": procedure.to_bpmn("en"),
        "the life that tests live": " ".join(
            str(entry.noted.event) for entry in desk.history(stream)
        ),
    }  # fmt: skip


def test_S9_a_requirement_taken_out_of_the_profile_is_gone_everywhere(made):
    """One edit of the file: refusals, papers, diagrams, tables, and the lives that tests live."""
    asked = shown(made((IDENTITY, "[requirements.identity]\n"), name="a.toml"))
    assert {where for where, words in asked.items() if "identity" not in words} == set()
    left_out = shown(made((IDENTITY, "")))
    assert {where for where, words in left_out.items() if "identity" in words} == set()
    # and nothing else of the table has gone with it
    assert "tax number (NPWP)" in left_out["BPMN"]
    assert "tax number (NPWP)" in left_out["Mermaid"]


def test_S9_where_no_document_is_asked_for_its_rows_are_gone(made):
    text = made().documents
    assert any(rule.needs for rule in text)
    office = attrs.evolve(made(), documents=tuple(r for r in text if not r.needs))
    rows = rq.procedure_of(office).steps
    assert rq.HandInDocument not in {s.command for s in rows}
    assert "documents-complete" not in {n.code for s in rows for n in s.requires}


# -- S11 -------------------------------------------------------------------------------------------


def test_S11_what_happens_to_a_misfit_depends_on_the_door(made):
    ways = (BOTH_MISFIT, 'walk-in = "consultation"\nonline = "cancelled"')
    filed = (*DRAFT, rq.FileAbstraction, rq.FileRequest)
    online = Counter(made(ways)).open(products=BASKET).carry(*filed)
    there = {s.step.command for s in online.desk.open_steps(online.stream, by=OFFICER)}
    assert rq.CancelMisfit in there
    assert not {rq.LeadToConsultation, rq.SendBackAbstraction} & there
    refusal = refused(online, rq.SendBackAbstraction("Tidak sesuai."), OFFICER)
    assert refusal.code == "not-in-standard"
    assert "Cancel a request" in refusal.remedy.en
    online.carry(rq.CancelMisfit)
    assert online.state.phase == "CANCELLED"
    assert rq.deadline(online.state, online.office).ended == online.now
    walk_in = Counter(made(ways)).open(walk_in=True, products=BASKET).carry(*filed)
    refused(walk_in, rq.CancelMisfit("Tidak sesuai."), OFFICER)
    walk_in.carry(rq.LeadToConsultation)
    assert walk_in.state.phase == "CANCELLED"


@pytest.mark.parametrize(("doors", "walks_in"), [(ONLINE, False), (WALK_IN, True)])
def test_S6_S11_where_there_is_one_door_all_come_by_it_and_no_row_asks_by_which(
    made, doors, walks_in
):
    rows = rq.procedure_of(made(*doors)).steps
    (opening,) = (s for s in rows if s.command is rq.OpenRequest)
    assert opening.chooses
    assert {"walk-in" in choice for choice in opening.chooses} == {walks_in}
    asked = {"own-name", "door-open", "email-active"} | ({"visited"} if walks_in else set())
    assert {r.code for r in opening.requires} == asked
    assert {s.command for s in rows if s.takes} == {rq.HandInDocument}
    misfit = [s for s in rows if s.command in (rq.CancelMisfit, rq.LeadToConsultation)]
    assert misfit
    assert not [s for s in misfit if "walk-in" in (*s.when, *s.unless)]


# -- S16 -------------------------------------------------------------------------------------------

CASH = (BILLING, 'at_home = ["cash", "billing"]')


@pytest.mark.slow
def test_S11_a_walk_comes_by_the_row_of_either_door(made):
    office = made((BOTH_MISFIT, 'walk-in = "consultation"\nonline = "cancelled"'))
    procedure = rq.procedure_of(office)
    start = dt.datetime(2026, 11, 24, 9, tzinfo=office.calendar.zone)
    wanted = {s for s in procedure.steps if s.clause == "S11"}
    assert ways(procedure, office, start, wanted.__contains__).keys() == wanted


def test_S16_cash_at_the_counter_is_posted_receipted_and_can_be_taken_back(made):
    counter = Counter(made(CASH)).open(walk_in=True).carry(*OFFERED)
    assert counter.state.turns[-1][1] == (Role.APPLICANT, Role.TREASURER)
    counter.carry(rq.TakeCash)
    assert "paid" in counter.state.facts
    assert counter.desk.ledger(counter.stream).balances.of(TREASURY) == 140_000
    counter.do(rq.ReversePayment("1", "Salah hitung."), TREASURER)
    assert "paid" not in counter.state.facts
    counter.do(rq.TakeCash(40_000), TREASURER)
    assert "part-paid" in counter.state.facts
    counter.do(rq.TakeCash(110_000), TREASURER)
    assert {"paid", "refund-due"} <= counter.state.facts
    counter.carry(rq.IssueReceipt)
    receipt = rq.paper("receipt", counter.state, counter.office, counter.stream)
    assert receipt.cash == "0002/TUNAI/0000/2026, 0003/TUNAI/0000/2026"
    assert (receipt.paid_on, receipt.ntpn, receipt.transfer) == (dt.date(2026, 11, 24), "", "")
    counter.desk.ledger(counter.stream).balances.check()
    assert sum(counter.desk.trial_balance().values()) == 0


PART = 40_000
WAYS = {
    "cash": ((), lambda c: rq.TakeCash(PART)),
    "transfer": ((rq.ReportPayment,), lambda c: c.fit(rq.VerifyTransfer, amount=PART)),
    "code": ((rq.IssueBilling,), lambda c: c.fit(rq.ConfirmPayment, amount=PART)),
}


@pytest.mark.parametrize("order", [
    ("cash", "code"), ("code", "cash"), ("cash", "transfer"), ("transfer", "cash"),
], ids="+".join)  # fmt: skip
def test_X8_of_payments_that_came_by_different_ways_the_latest_is_taken_back_first(made, order):
    other = "transfer" if "transfer" in order else "billing"
    office = made((BILLING, f'at_home = ["cash", "{other}"]'))
    counter = Counter(office).open(walk_in=True).carry(*OFFERED)
    payments = []
    for way in order:
        before, command = WAYS[way]
        counter.now += dt.timedelta(hours=1)
        counter.carry(*before)
        counter.do(command(counter), TREASURER)
        event = counter.desk.history(counter.stream)[-1].noted.event
        payments.append(getattr(event, "ntpn", None) or getattr(event, "reference", None) or "1")
    first, last = payments
    refusal = refused(counter, rq.ReversePayment(first, "Salah catat."), TREASURER)
    assert [u.code for u in refusal.unmet] == ["latest-payment"]
    counter.now += dt.timedelta(hours=1)
    counter.do(rq.ReversePayment(last, "Salah catat."), TREASURER)
    assert counter.desk.ledger(counter.stream).balances.of(TREASURY) == PART
    # what was taken back can be recorded again, as often as it was wrong
    before, command = WAYS[order[1]]
    counter.carry(*before)
    again = command(counter)
    if order[1] != "cash":
        field = "ntpn" if order[1] == "code" else "reference"
        again = attrs.evolve(again, **{field: last})
    counter.do(again, TREASURER)
    assert counter.desk.ledger(counter.stream).balances.of(TREASURY) == 2 * PART


def test_S16_cash_is_not_taken_of_who_applies_online_nor_where_the_standard_has_none(made):
    online = Counter(made(CASH)).open().carry(*OFFERED)
    assert refused(online, rq.TakeCash(140_000), TREASURER).code == "not-now"
    without = Counter(made()).open(walk_in=True).carry(*OFFERED)
    refusal = refused(without, rq.TakeCash(140_000), TREASURER)
    assert refusal.code == "not-in-standard"
    assert "Take the payment in cash" in refusal.say("en")


def test_S19_a_receipt_without_cash_keeps_the_digest_it_had(made):
    counter = Counter(made()).open().carry(*PAID, rq.IssueReceipt)
    receipt = rq.paper("receipt", counter.state, counter.office, counter.stream)
    assert paper_digest(receipt) != paper_digest(attrs.evolve(receipt, cash="0001/TUNAI"))
    content = attrs.asdict(receipt)
    assert content.pop("cash") == ""
    import hashlib
    import json

    del content["check_url"]
    text = json.dumps(
        {**content, "kind": "Receipt"}, sort_keys=True, ensure_ascii=False,
        default=lambda day: day.isoformat(),
    )  # fmt: skip
    assert paper_digest(receipt) == hashlib.sha256(text.encode()).hexdigest()


def test_S16_a_transfer_at_home_is_verified_and_no_billing_code_asked_for(made):
    counter = Counter(made((BILLING, 'at_home = ["transfer"]'))).open().carry(*OFFERED)
    refusal = refused(counter, counter.fit(rq.IssueBilling), TREASURER)
    assert refusal.code == "not-in-standard"
    counter.carry(rq.ReportPayment, rq.VerifyTransfer, rq.IssueReceipt, rq.DeliverProducts)
    assert counter.state.phase == "DELIVERED"
    asks_for_a_code = {
        way: {s.command for s in rq.procedure_of(office).steps if "bill" in s.errands}
        for way, office in (("transfer", counter.office), ("billing", made()))
    }
    assert asks_for_a_code["transfer"] == set()
    assert asks_for_a_code["billing"] >= {rq.AcceptOffer, rq.RequestBilling}


# -- S17 -------------------------------------------------------------------------------------------


def test_S17_where_originals_come_by_post_alone_the_applicant_is_waited_for(made):
    counter = Counter(made(('ways = ["upload", "post", "counter"]', 'ways = ["post"]')))
    counter.open(products=BASKET)
    counter.carry(*DRAFT, rq.FileAbstraction, rq.FileRequest, rq.VerifyAbstraction)
    counter.carry(rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer, rq.IssueBilling)
    counter.carry(rq.ReportPayment, rq.ConfirmPayment, rq.IssueReceipt)
    assert counter.state.turns[-1][1] == (Role.APPLICANT,)
    counter.carry(rq.RecordOriginals)
    assert counter.state.turns[-1][1] == (Role.OFFICER,)


# -- S23 -------------------------------------------------------------------------------------------


def test_S23_a_service_that_closes_by_itself_can_be_mended_and_rated_afterwards(made):
    counter = Counter(made((DAYS, 'way = "by-itself"'))).open().carry(*DELIVERED)
    counter.desk.run_timers()
    assert counter.state.phase == "CLOSED"
    counter.carry(rq.AskDeliveryCorrection, rq.MendDelivery)
    counter.desk.run_timers()
    assert counter.state.phase == "CLOSED"
    counter.carry(rq.RateService)
    assert refused(counter, rq.RateService(1), APPLICANT).code == "not-now"
    assert counter.desk.run_timers() == ()


def test_S23_a_service_that_only_a_rating_closes_waits_for_it(made):
    counter = Counter(made((DAYS, 'way = "rating"'))).open().carry(*DELIVERED)
    counter.now = counter.now.replace(year=2030)
    assert counter.desk.run_timers() == ()
    counter.carry(rq.ApproveDelivery, rq.RateService)
    assert counter.state.phase == "CLOSED"


def test_X10_a_notice_comes_before_closing_and_leaves_its_days(made):
    counter = Counter(made()).open().carry(*DELIVERED)
    # ten working days from 24 November end on 8 December; the notice is three before
    counter.now = dt.datetime(2026, 12, 3, 15, 59, tzinfo=counter.office.calendar.zone)
    assert counter.desk.run_timers() == ()
    counter.now = dt.datetime(2026, 12, 3, 17, tzinfo=counter.office.calendar.zone)
    counter.desk.run_timers()
    assert "close-noticed" in counter.state.facts
    assert counter.state.phase == "DELIVERED"
    counter.now = dt.datetime(2026, 12, 8, 17, tzinfo=counter.office.calendar.zone)
    counter.desk.run_timers()
    assert counter.state.phase == "CLOSED"


def test_X10_a_correction_begins_the_days_and_the_notice_anew(made):
    counter = Counter(made()).open().carry(*DELIVERED)
    counter.now = dt.datetime(2026, 12, 3, 17, tzinfo=counter.office.calendar.zone)
    counter.desk.run_timers()
    counter.carry(rq.AskDeliveryCorrection, rq.MendDelivery)
    assert "close-noticed" not in counter.state.facts
    counter.now = dt.datetime(2026, 12, 8, 17, tzinfo=counter.office.calendar.zone)
    assert counter.desk.run_timers() == ()


def test_X10_a_notice_that_came_late_still_leaves_its_days(made):
    counter = Counter(made()).open().carry(*DELIVERED)
    counter.now = dt.datetime(2027, 1, 11, 10, tzinfo=counter.office.calendar.zone)
    counter.desk.run_timers()
    assert counter.desk.run_timers() == ()
    counter.now = dt.datetime(2027, 1, 14, 17, tzinfo=counter.office.calendar.zone)
    counter.desk.run_timers()
    assert counter.state.phase == "CLOSED"


# -- numbers and words -----------------------------------------------------------------------------

OWN = (
    '[steps.S13]\nnumber = "13"\n'
    'title = { id = "Membuat dan mengirimkan invoice", en = "Make and send the invoice" }\n'
)
NUMBERS = (OWN, OWN.replace('"13"', '"7"') + '[steps.S7]\nnumber = "4b"\n'
           '[steps.R5]\nnumber = "3"\n[steps.S12]\nnumber = "6"\n')  # fmt: skip


def test_refusals_mails_and_diagrams_cite_the_office_s_own_numbers(made):
    office = made(NUMBERS)
    counter = Counter(office).open()
    refusal = refused(counter, rq.ChooseProducts(BASKET), APPLICANT)
    assert refusal.unmet[0].clause == "R5", "programs see our id"
    assert "item 3: The terms of sale are not agreed to." in refusal.say("en")
    assert "(item 4b)" in refusal.say("en")
    assert "butir 3" in refusal.say("id")
    counter.carry(*DRAFT, rq.FileRequest)
    refusal = refused(counter, rq.SendOffer(), OFFICER)
    assert refusal.say("en").startswith("item 7 (Make and send the invoice)")
    counter.carry(rq.PrepareProducts, rq.SendOffer)
    entry = counter.desk.history(counter.stream)[-1]
    mail = letter(Role.APPLICANT, counter.stream, entry, rq.procedure_of(office), office)
    assert "butir 7 Membuat dan mengirimkan invoice" in mail.subject
    drawn = rq.procedure_of(office).to_mermaid("en")
    assert "item 7 officer" in drawn
    assert "S13" not in drawn


def test_nobody_s_words_are_taken_for_a_clause(made):
    said = Text(id="Berkas S7.pdf kosong (S7, S12).", en="The file S7.pdf is empty (S7, S12).")
    assert made(NUMBERS).cite(said).en == "The file S7.pdf is empty (item 4b, item 6)."


EVERYWHERE = (
    OWN,
    OWN
    + """
[steps.S1]
number = "1"
[steps.S3]
number = "2"
title = { id = "Mengambil nomor di mesin", en = "Take a number at the machine" }
[steps.S5]
number = "3"
title = { id = "Dilayani di loket", en = "Be served at the counter" }
[steps.R1]
number = "a"
[steps.R3]
number = "c"
[steps.K3]
number = "i"
title = { id = "Pengaduan lewat surel", en = "Complaint by e-mail" }
[steps.L2]
number = "iv"
[steps.X1]
number = "17"
[steps.S16]
number = "10"
title = { id = "Membayar", en = "Pay" }
[steps.S16.rows.IssueBilling]
number = "9"
title = { id = "Bendahara membuat tagihan", en = "The treasurer bills" }
""",
)


def test_S1_to_S5_and_complaints_bear_the_office_s_numbers_too(made):
    own = procedures_of(made(EVERYWHERE))
    visit = {s.command.__name__: (s.cited.en, s.title.en) for s in own["visit"].steps}
    assert visit["VisitUnit"][0] == "item 1"
    assert visit["TakeNumber"] == ("item 2", "Take a number at the machine")
    # of several rows it says what they are part of
    assert visit["StateRequest"] == (
        "item 3", "Be served at the counter: tell the officer what is requested",
    )  # fmt: skip
    assert visit["FinishVisit"] == ("item 3", "Be served at the counter: finish at the counter")
    mail = [s for s in own["complaint"].steps if s.clause == "K3"]
    assert {(s.cited.id, s.title.id) for s in mail} == {("butir i", "Pengaduan lewat surel")}
    # X1 of the paid request is no step of a complaint
    assert {s.cited.en for s in own["complaint"].steps if s.clause == "X1"} == {"X1"}
    assert {s.cited.en for s in own["request"].steps if s.clause == "X1"} == {"item 17"}


def test_S16_rows_that_are_steps_of_their_own_elsewhere_are_numbered_apart(made):
    rows = rq.procedure_of(made(EVERYWHERE)).steps
    called = {s.command: (s.cited.en, s.title.en) for s in rows if s.clause == "S16"}
    # there are three rows of this command: a first code, a new one, one that replaces it
    assert called[rq.IssueBilling][0] == "item 9"
    assert called[rq.IssueBilling][1].startswith("The treasurer bills: ")
    assert called[rq.RefusePayment] == (
        "item 10", "Pay: refuse a reported payment that cannot be found",
    )  # fmt: skip
    assert len({s.title for s in rows}) == len({s.title for s in rq.procedure_of(made()).steps})


def test_a_log_may_name_steps_by_the_office_s_numbers(made):
    names = Activities(rq.procedure_of(made(EVERYWHERE)))
    assert {s.command for s in names.rows("butir 9")} == {rq.IssueBilling}
    assert {s.command for s in names.rows("item 13 Make and send the invoice")} == {rq.SendOffer}
    assert {s.command for s in names.rows("S13")} == {rq.SendOffer}, "and by ours"


def test_a_desk_s_refusals_mails_and_tables_show_nothing_but_the_office_s_numbers(made):
    office = made(EVERYWHERE)
    counter = Counter(office)
    with pytest.raises(Refusal) as caught:
        counter.desk.open(
            rq.OpenRequest(person(), rq.Channel.WALK_IN, "visit-0000-2026-11-24-0009"),
            by=APPLICANT,
        )
    said = caught.value.say("en")
    assert "Go through a visit (item 1-item 3) and name it." in said, said
    counter.open().carry(*DRAFT, rq.FileRequest)
    entry = counter.desk.history(counter.stream)[-1]
    procedure = counter.desk.procedure(counter.stream)
    opening = {needed.code: needed for needed in procedure.steps[0].requires}
    assert "(item a, item c)" in opening["visited"].text.en
    mail = letter(Role.APPLICANT, counter.stream, entry, procedure, office)
    assert "(item iv, 10 working days)" in mail.body
    for grid in (procedure.step_table(), procedure.permissions()):
        cells = [row["clause"] for row in grid.data("en")]
        assert {"item 9", "item 10", "item 13", "item 17"} <= set(cells)
        assert not {"S13", "S16", "X1"} & set(cells)
    assert "item 9 The treasurer bills" in procedure.to_bpmn("en")
    assert {row["clause"] for row in procedures_of(office)["visit"].step_table().data("en")} >= {
        "item 1", "item 2", "item 3",
    }  # fmt: skip
