"""S16, S18, S19, X8, X9: every payment that can come has a place, and somebody whose turn it is."""

import datetime as dt
import threading

import attrs
import pytest
from tests import postgres
from tests.request.conftest import Bench

import pst_core as pst
from pst_adapters.sql import SqlStore
from pst_core import ledger as lg
from pst_core import request as rq
from pst_core.desk.memory import MemoryStore
from pst_core.refusal import Refusal
from pst_core.request import events as e
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, SYSTEM, TREASURER
from pst_core.wire import event_from_json
from pst_core.workflow import Actor, Role

PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
PRICE = 140_000
OFFERED = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer,
)  # fmt: skip
ACCEPTED = (*OFFERED, rq.AcceptOffer)
BILLED = (*ACCEPTED, rq.IssueBilling)
PAID = (*BILLED, rq.ConfirmPayment)
DELIVERED = (*PAID, rq.IssueReceipt, rq.DeliverProducts)
GATEWAY = Actor("kanal-elektronik", Role.SYSTEM)


@pytest.fixture
def sale(bench):
    """One publication for Rp140,000, offered and accepted."""
    return bench.open(PUBLICATION).carry(*ACCEPTED)


def pay(bench, amount, by=TREASURER, **changes):
    return bench.do(bench.fit(rq.ConfirmPayment, amount=amount, **changes), by)


def refused(bench, command, by, *codes):
    before = bench.desk.history(bench.stream)
    with pytest.raises(Refusal) as caught:
        bench.do(command, by)
    assert bench.desk.history(bench.stream) == before
    assert {u.code for u in caught.value.unmet} == set(codes), str(caught.value)
    return caught.value


def whose(bench):
    return bench.state.turns[-1][1]


def totals(bench):
    """Balances of the request by account, on the account's own side; they balance as a whole."""
    journal = bench.desk.ledger(bench.stream)
    assert journal.balances == bench.state.books
    assert sum(journal.balances.totals().values()) == 0
    return {str(a): journal.balances.of(a) for a in journal.balances.totals()}


# -- the ledger -----------------------------------------------------------------------------------


def test_S13_an_invoice_is_a_claim_and_revenue_only_when_the_money_has_come(sale):
    assert totals(sale) == {"receivable": PRICE, "billed": PRICE}
    sale.carry(rq.IssueBilling, rq.ReportPayment)
    assert totals(sale) == {"receivable": PRICE, "billed": PRICE}, "a report is no money"
    sale.carry(rq.ConfirmPayment)
    assert totals(sale) == {"treasury": PRICE, "revenue": PRICE}


def test_S15_a_revised_offer_takes_the_former_back_and_posts_anew(bench):
    bench.open(PUBLICATION).carry(*OFFERED, rq.AskOfferCorrection, rq.ReviseOffer)
    lines = bench.desk.ledger(bench.stream).lines
    assert [(b.entry.document, b.entry.reverses, b.version) for b in lines] == [
        ("invoice/1", "", 7), ("reversal/invoice/1", "invoice/1", 9), ("invoice/2", "", 9),
    ]  # fmt: skip
    assert bench.state.books.open(lg.RECEIVABLE) == (("invoice/2", PRICE),)


@pytest.mark.parametrize("way", [(rq.CancelRequest,), (rq.AskOfferCorrection, rq.RejectRequest)])
def test_X1_X2_what_is_open_is_taken_back_when_a_request_ends(bench, way):
    bench.open(PUBLICATION).carry(*OFFERED, *way)
    assert totals(bench) == {}
    assert bench.desk.ledger(bench.stream).lines[-1].entry.reverses == "invoice/1"


def test_C1_a_request_at_Rp0_posts_nothing(bench):
    bench.open(PUBLICATION).carry(rq.AcceptTerms, rq.ChooseProducts)
    wish = rq.ZeroWish("local-government", "state-duty", "B-12/2026")
    bench.do(bench.fit(rq.CompleteForm, zero=wish), APPLICANT)
    bench.carry(rq.FileRequest, rq.ApproveZero, rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer)
    bench.carry(rq.IssueReceipt, rq.DeliverProducts)
    assert bench.desk.ledger(bench.stream) == lg.Journal()


def test_the_trial_balance_of_the_store_is_the_sum_of_its_requests(bench):
    expected = {}
    for way in (OFFERED, PAID, (*BILLED, rq.CancelRequest), (*OFFERED, rq.AskOfferCorrection)):
        bench.open(PUBLICATION).carry(*way)
        for account, amount in bench.state.books.totals().items():
            expected[account] = expected.get(account, 0) + amount
    pay(bench.open(PUBLICATION).carry(*BILLED), PRICE + 7)
    found = bench.desk.trial_balance()
    assert found == {
        lg.RECEIVABLE: 2 * PRICE, lg.BILLED: -2 * PRICE, lg.TREASURY: 2 * PRICE + 7,
        lg.REVENUE: -2 * PRICE, lg.REFUND_DUE: -7,
    }  # fmt: skip
    assert sum(found.values()) == 0


def test_a_ledger_is_read_from_the_events_alone(sale):
    sale.carry(rq.IssueBilling)
    pay(sale, 40_000)
    noted = [entry.noted for entry in sale.desk.history(sale.stream)]
    assert pst.request.ledger(noted) == sale.desk.ledger(sale.stream)


# -- in part, too much, twice, too late -----------------------------------------------------------


def test_S16_a_part_payment_leaves_the_rest_to_a_new_code(sale):
    sale.carry(rq.IssueBilling, rq.ReportPayment)
    pay(sale, 40_000, code=rq.codes_of(sale.state)[0])
    assert "part-paid" in sale.state.facts
    assert whose(sale) == (Role.TREASURER,), "makes a code for the rest"
    refused(sale, rq.IssueReceipt(), TREASURER, "paid")
    refused(sale, rq.DeliverProducts(), Actor("p", Role.OFFICER), "receipted")
    sale.carry(rq.IssueBilling)
    assert whose(sale) == (Role.APPLICANT,)
    assert rq.owed(sale.state.books) == 100_000
    sale.carry(rq.ReportPayment, rq.ConfirmPayment)
    assert totals(sale) == {"treasury": PRICE, "revenue": PRICE}
    sale.carry(rq.IssueReceipt)
    paper = rq.paper("receipt", sale.state, sale.office, sale.stream)
    first, second = sale.state.every(e.PaymentConfirmed)
    assert (paper.amount, paper.ntpn) == (PRICE, f"{first.ntpn}, {second.ntpn}")
    assert sale.state.last(e.ReceiptIssued).reference == paper.ntpn
    assert paper.billing_code == ", ".join(rq.codes_of(sale.state))


def test_S16_one_rupiah_too_little_is_not_paid_and_one_too_much_is(bench):
    pay(bench.open(PUBLICATION).carry(*BILLED), PRICE - 1)
    assert {"part-paid"} == {"part-paid", "paid", "refund-due"} & bench.state.facts
    pay(bench.carry(rq.IssueBilling), 1)
    bench.carry(rq.IssueReceipt)
    both = ", ".join(payment.ntpn for payment in bench.state.every(e.PaymentConfirmed))
    assert rq.paper("receipt", bench.state, bench.office, bench.stream).ntpn == both
    pay(bench.open(PUBLICATION).carry(*BILLED), PRICE + 1)
    assert {"paid", "refund-due"} == {"part-paid", "paid", "refund-due"} & bench.state.facts
    assert totals(bench) == {"treasury": PRICE + 1, "revenue": PRICE, "refund-due": 1}


def test_X9_what_came_beyond_the_invoice_is_applied_for_by_the_treasurer(sale):
    sale.carry(rq.IssueBilling)
    pay(sale, 200_000)
    sale.carry(rq.IssueReceipt, rq.DeliverProducts, rq.ApproveDelivery, rq.RateService)
    assert (sale.state.phase, whose(sale)) == ("CLOSED", (Role.TREASURER,))
    assert sale.desk.register(whose="treasurer")[0].stream == sale.stream
    paper = rq.paper("receipt", sale.state, sale.office, sale.stream)
    assert paper.amount == PRICE, "the receipt is for the invoice, the rest goes back"
    refusal = refused(sale, rq.RecordRefund("  "), TREASURER, "refund-applied-for")
    assert "PP 59/2020" in refusal.say("en")
    done = sale.do(rq.RecordRefund("S-12/BPS/2026"), TREASURER)
    assert done.events[0].amount == 60_000
    assert totals(sale) == {"treasury": 200_000, "revenue": PRICE, "refund-applied": 60_000}
    assert whose(sale) == ()


@pytest.mark.parametrize("more", [(), (rq.IssueReceipt,), (rq.IssueReceipt, rq.DeliverProducts)])
def test_X8_a_second_payment_settles_nothing_and_is_due_back(sale, more):
    sale.carry(rq.IssueBilling, rq.ConfirmPayment, *more)
    phase = sale.state.phase
    pay(sale, PRICE, GATEWAY)
    assert totals(sale) == {"treasury": 2 * PRICE, "revenue": PRICE, "refund-due": PRICE}
    assert sale.state.phase == phase
    assert Role.TREASURER in whose(sale)
    pay(sale, 5)
    if not more:
        sale.carry(rq.IssueReceipt)
    receipt = rq.paper("receipt", sale.state, sale.office, sale.stream)
    first = sale.state.every(e.PaymentConfirmed)[0]
    assert receipt.ntpn == first.ntpn, "the receipt names what settled the invoice"
    assert sale.do(rq.RecordRefund("S-1"), TREASURER).events[0].amount == PRICE + 5


def expire(bench, *, until="EXPIRED"):
    for _ in range(60):
        bench.now += dt.timedelta(days=1)
        bench.desk.run_timers()
        if bench.state.phase == until:
            return bench
    raise AssertionError(bench.state)


def test_X8_money_that_comes_after_the_offer_expired_is_due_back(sale):
    expire(sale.carry(rq.IssueBilling))
    assert (totals(sale), whose(sale)) == ({}, ())
    clock = rq.deadline(sale.state, sale.office)
    sale.now += dt.timedelta(minutes=1)
    pay(sale, PRICE)
    assert totals(sale) == {"treasury": PRICE, "refund-due": PRICE}
    assert whose(sale) == (Role.TREASURER,)
    assert rq.deadline(sale.state, sale.office) == clock, "the legal clock does not start again"
    with pytest.raises(Refusal, match="not-now"):
        sale.do(rq.IssueReceipt(), TREASURER)
    sale.do(rq.RecordRefund("S-2"), TREASURER)
    assert whose(sale) == ()


def test_X8_money_for_a_request_that_was_withdrawn_is_due_back(sale):
    sale.carry(rq.IssueBilling, rq.CancelRequest)
    pay(sale, 1_000)
    assert totals(sale) == {"treasury": 1_000, "refund-due": 1_000}
    pay(sale, 2_000)
    for left in (1_000, 0):
        sale.carry(rq.ReversePayment)
        assert rq.refund_due(sale.state.books) == left
        assert whose(sale) == ((Role.TREASURER,) if left else ()), "who has money to give back"


def test_X4_an_offer_paid_in_part_expires_and_its_money_is_due_back(sale):
    sale.carry(rq.IssueBilling)
    pay(sale, 40_000)
    with pytest.raises(Refusal, match="not-now"):
        sale.do(rq.CancelRequest(), APPLICANT)
    expire(sale)
    assert totals(sale) == {"treasury": 40_000, "refund-due": 40_000}
    assert whose(sale) == (Role.TREASURER,)


# -- billing codes --------------------------------------------------------------------------------


def test_S16_a_code_expires_by_the_clock_and_the_applicant_asks_for_another(sale):
    sale.carry(rq.IssueBilling)
    assert sale.desk.run_timers() == ()
    with pytest.raises(Refusal) as caught:
        sale.do(rq.ExpireBilling(), SYSTEM)
    assert {u.code for u in caught.value.unmet} == {"s16-due"}
    sale.now += dt.timedelta(days=7)
    (fired,) = sale.desk.run_timers()
    assert fired.events[0].code == rq.codes_of(sale.state)[-1]
    assert whose(sale) == (Role.APPLICANT,)
    sale.carry(rq.RequestBilling)
    assert whose(sale) == (Role.TREASURER,)
    sale.carry(rq.IssueBilling)
    assert len(set(rq.codes_of(sale.state))) == 2
    assert whose(sale) == (Role.APPLICANT,)
    sale.now += dt.timedelta(days=7)
    while sale.desk.run_timers():
        pass
    assert sale.state.last(e.BillingExpired).code == rq.codes_of(sale.state)[-1]


def test_S16_the_treasurer_may_replace_an_expired_code_at_once(sale):
    sale.carry(rq.IssueBilling)
    sale.now += dt.timedelta(days=7)
    sale.desk.run_timers()
    sale.carry(rq.IssueBilling)
    assert {"code-valid"} == {"code-valid", "code-lapsed"} & sale.state.facts


def test_S16_a_payment_to_an_expired_code_counts_and_one_to_another_s_code_does_not(sale):
    sale.carry(rq.IssueBilling)
    former = rq.codes_of(sale.state)[-1]
    sale.now += dt.timedelta(days=7)
    sale.desk.run_timers()
    sale.carry(rq.RequestBilling, rq.IssueBilling)
    made = sale.fit(rq.ConfirmPayment, code="820261124000000")
    refusal = refused(sale, made, GATEWAY, "code-of-request")
    assert former in refusal.say("en")
    pay(sale, PRICE, GATEWAY, code=former)
    assert "paid" in sale.state.facts
    assert sale.state.last(e.PaymentConfirmed).code == former


def test_S16_who_paid_an_expired_code_can_still_report_it(sale):
    sale.carry(rq.IssueBilling)
    sale.now += dt.timedelta(days=7)
    sale.desk.run_timers()
    sale.carry(rq.ReportPayment)
    assert whose(sale) == (Role.TREASURER,)
    sale.carry(rq.RefusePayment)
    assert whose(sale) == (Role.APPLICANT,)
    sale.carry(rq.ReportPayment, rq.ConfirmPayment)
    assert "paid" in sale.state.facts


def test_S16_an_offer_holds_while_a_code_that_was_given_out_is_valid(sale):
    sale.now = sale.state.last(rq.OfferSent).valid_until - dt.timedelta(hours=1)
    sale.desk.run_timers()
    sale.carry(rq.IssueBilling)
    sale.now += dt.timedelta(days=6)
    assert sale.desk.run_timers() == ()
    sale.now += dt.timedelta(days=1)
    assert [type(d.events[0]) for d in sale.desk.run_timers()] == [e.BillingExpired]
    lapsed = sale.now
    assert sale.desk.run_timers() == (), "and there is time to ask for another"
    expire(sale)
    assert sale.office.calendar.count(lapsed.date(), sale.now.date()) >= 3


def test_S16_a_code_without_its_printed_expiry_takes_the_usual_one_and_says_so(sale):
    sale.do(sale.fit(rq.IssueBilling, expires_at=None), TREASURER)
    issued = sale.state.last(e.BillingIssued)
    assert issued.expires_at - issued.issued_at == dt.timedelta(days=7)
    assert issued.expiry == "assumed"
    sale.carry(rq.IssueBilling)
    assert sale.state.last(e.BillingIssued).expiry == "verified"


def test_S16_the_electronic_channel_bills_and_confirms_as_the_treasurer_does(sale):
    sale.do(sale.fit(rq.IssueBilling), GATEWAY)
    pay(sale, PRICE, GATEWAY, code=rq.codes_of(sale.state)[0])
    assert "paid" in sale.state.facts
    assert whose(sale) == (Role.TREASURER,)
    with pytest.raises(Refusal, match="not-your-role"):
        sale.do(rq.IssueReceipt(), GATEWAY)


def test_S16_a_code_that_was_paid_is_not_given_out_for_the_rest(sale):
    sale.carry(rq.IssueBilling)
    again = sale.fit(rq.IssueBilling, code=rq.codes_of(sale.state)[-1])
    pay(sale, PRICE // 2, code=again.code)
    refused(sale, again, TREASURER, "billing-code-unused")
    sale.carry(rq.IssueBilling)


def test_S16_a_code_may_be_recorded_again_with_the_end_that_is_printed_on_it(sale):
    sale.do(sale.fit(rq.IssueBilling, expires_at=None), TREASURER)
    code, printed = rq.codes_of(sale.state)[-1], sale.now + dt.timedelta(days=3)
    sale.do(sale.fit(rq.IssueBilling, code=code, expires_at=printed), TREASURER)
    issued = sale.state.last(e.BillingIssued)
    assert (issued.code, issued.expires_at) == (code, printed)


@pytest.mark.parametrize(
    ("zone", "hour", "minute", "dates"),
    [
        ("Asia/Jayapura", 1, 59, ("20261126", "20261127")),
        ("Asia/Jayapura", 2, 0, ("20261127",)),
        ("Asia/Makassar", 0, 59, ("20261126", "20261127")),
        ("Asia/Jakarta", 0, 0, ("20261127",)),
        ("Asia/Jakarta", 23, 59, ("20261127",)),
    ],
)
def test_S16_a_code_bears_the_treasury_s_date_or_that_of_the_office(
    rembang, zone, hour, minute, dates
):
    there = attrs.evolve(rembang, calendar=attrs.evolve(rembang.calendar, timezone=zone))
    for date in ("20261125", "20261126", "20261127", "20261128"):
        sale = Bench(there).open(PUBLICATION).carry(*ACCEPTED)
        sale.now = sale.at(2026, 11, 27, hour, minute)
        code = sale.fit(rq.IssueBilling, code=f"8{date}000001")
        if date in dates:
            sale.do(code, TREASURER)
        else:
            refusal = refused(sale, code, TREASURER, "billing-code")
            for lang in ("id", "en"):
                assert f"({date})" in refusal.say(lang)
                assert "(20261127)" in refusal.say(lang), "the office's own date"


def test_S16_a_code_of_another_request_is_refused(bench):
    bench.open(PUBLICATION).carry(*BILLED)
    code = rq.codes_of(bench.state)[0]
    bench.open(PUBLICATION).carry(*ACCEPTED)
    refusal = refused(bench, bench.fit(rq.IssueBilling, code=code), TREASURER,
                      "billing-code-unused")  # fmt: skip
    assert "request-3317" not in refusal.say("en")


# -- one NTPN, one invoice ------------------------------------------------------------------------


def test_S16_one_NTPN_settles_one_invoice_whatever_office(bench, rembang):
    first = bench.open(PUBLICATION).carry(*PAID)
    ntpn = first.state.last(e.PaymentConfirmed).ntpn
    other = Bench(attrs.evolve(rembang, code="3318"), store=bench.store)
    for sale in (bench.open(PUBLICATION), other.open(PUBLICATION)):
        sale.carry(*BILLED)
        refusal = refused(sale, sale.fit(rq.ConfirmPayment, ntpn=ntpn), TREASURER, "ntpn-unused")
        assert "request-33" not in refusal.say("en"), "it is not told whose it is"
        assert "BPN" in refusal.say("en")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def any_store(request, tmp_path):
    if request.param == "memory":
        made = MemoryStore()
    elif request.param == "sqlite":
        made = SqlStore(f"sqlite:///{tmp_path}/pst.db", wait=30)
    else:
        made = SqlStore(request.getfixturevalue("server").format(name="postgres"), wait=30)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server():
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("psycopg")
    with postgres.server() as url:
        yield url


def test_S16_one_NTPN_confirmed_for_two_requests_at_once_settles_one(any_store, rembang):
    """Four times two treasurers, side by side: always one settled, one refused."""
    for n in range(4):
        benches = [Bench(rembang, any_store).open(PUBLICATION).carry(*BILLED) for _ in range(2)]
        ntpn, start, answers = f"RACE{n:012d}", threading.Barrier(2), []

        def confirm(bench, ntpn=ntpn, start=start, answers=answers):
            made = bench.fit(rq.ConfirmPayment, ntpn=ntpn)
            start.wait()
            try:
                bench.do(made, TREASURER)
                answers.append("settled")
            except Refusal as refusal:
                answers.append(refusal.unmet[0].code)

        threads = [threading.Thread(target=confirm, args=(b,)) for b in benches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == ["ntpn-unused", "settled"]
        assert sorted(rq.owed(b.state.books) for b in benches) == [0, PRICE]


# -- recorded wrongly -----------------------------------------------------------------------------


def test_X8_a_payment_recorded_wrongly_is_taken_back_and_recorded_anew(sale):
    sale.carry(rq.IssueBilling)
    pay(sale, PRICE // 10, ntpn="A" * 16)
    refused(sale, rq.ReversePayment("B" * 16, "nol kurang"), TREASURER, "latest-payment")
    refused(sale, rq.ReversePayment("A" * 16, " "), TREASURER, "reason")
    sale.do(rq.ReversePayment("A" * 16, "nol kurang"), TREASURER)
    assert totals(sale) == {"receivable": PRICE, "billed": PRICE}
    assert {"part-paid", "paid"} & sale.state.facts == set()
    assert sale.desk.ledger(sale.stream).lines[-1].entry.reverses == f"ntpn/{'A' * 16}"
    pay(sale, PRICE, ntpn="A" * 16)
    assert totals(sale) == {"treasury": PRICE, "revenue": PRICE}
    sale.carry(rq.IssueReceipt)
    paper = rq.paper("receipt", sale.state, sale.office, sale.stream)
    assert (paper.amount, paper.ntpn) == (PRICE, "A" * 16)
    with pytest.raises(Refusal, match="not-now"):
        sale.do(rq.ReversePayment("A" * 16, "x"), TREASURER)
    pay(sale, 5)
    refused(sale, rq.ReversePayment("A" * 16, "x"), TREASURER, "latest-payment")


def test_X8_an_NTPN_recorded_with_the_wrong_request_is_free_for_the_right_one(bench):
    wrong = bench.open(PUBLICATION).carry(*BILLED).stream
    pay(bench, PRICE, ntpn="A" * 16)
    bench.open(PUBLICATION).carry(*BILLED)
    right = bench.fit(rq.ConfirmPayment, ntpn="A" * 16)
    refused(bench, right, TREASURER, "ntpn-unused")
    bench.desk.do(wrong, rq.ReversePayment("A" * 16, "permintaan lain"), by=TREASURER)
    bench.do(right, TREASURER)
    assert "paid" in bench.state.facts
    again = bench.fit(rq.ConfirmPayment, ntpn="A" * 16)
    refused(bench, again, TREASURER, "ntpn-unused")


def test_X8_the_last_of_two_payments_is_taken_back_and_the_first_stands(sale):
    sale.carry(rq.IssueBilling)
    pay(sale, PRICE + 3)
    pay(sale, 50, ntpn="B" * 16)
    assert totals(sale)["refund-due"] == 53
    sale.do(rq.ReversePayment("B" * 16, "keliru"), TREASURER)
    assert {"paid", "refund-due"} <= sale.state.facts
    assert totals(sale) == {"treasury": PRICE + 3, "revenue": PRICE, "refund-due": 3}


def test_X8_what_a_refund_application_or_an_end_rests_on_is_not_taken_back(sale):
    sale.carry(rq.IssueBilling)
    pay(sale, PRICE + 3, ntpn="A" * 16)
    sale.carry(rq.RecordRefund)
    refused(sale, rq.ReversePayment("A" * 16, "keliru"), TREASURER, "latest-payment")
    twice = Bench(sale.office).open(PUBLICATION).carry(*PAID)
    pay(twice, 50, ntpn="B" * 16)
    twice.carry(rq.RecordRefund)
    refused(twice, rq.ReversePayment("B" * 16, "keliru"), TREASURER, "latest-payment")
    twice.now += dt.timedelta(minutes=1)
    pay(twice, 7, ntpn="C" * 16)
    twice.do(rq.ReversePayment("C" * 16, "keliru"), TREASURER)
    part = Bench(sale.office).open(PUBLICATION).carry(*BILLED)
    pay(part, 1, ntpn="A" * 16)
    expire(part)
    refused(part, rq.ReversePayment("A" * 16, "keliru"), TREASURER, "latest-payment")
    part.now += dt.timedelta(minutes=1)
    pay(part, 7, ntpn="C" * 16)
    part.do(rq.ReversePayment("C" * 16, "keliru"), TREASURER)
    assert totals(part) == {"treasury": 1, "refund-due": 1}


# -- abroad ---------------------------------------------------------------------------------------


@pytest.fixture
def abroad(bench):
    return bench.open(PUBLICATION, abroad=True).carry(*ACCEPTED)


def test_S18_nobody_verifies_the_proof_that_he_uploaded_himself(abroad):
    both = attrs.evolve(TREASURER, id=APPLICANT.id)
    abroad.carry(rq.ReportPayment)
    refusal = refused(abroad, abroad.fit(rq.VerifyTransfer), both, "four-eyes")
    assert refusal.unmet[0].clause == "S18"
    abroad.carry(rq.VerifyTransfer)
    assert "paid" in abroad.state.facts


def test_S18_bank_fees_leave_a_rest_that_the_applicant_transfers(abroad):
    abroad.carry(rq.ReportPayment)
    abroad.do(abroad.fit(rq.VerifyTransfer, amount=130_000), TREASURER)
    assert (whose(abroad), rq.owed(abroad.state.books)) == ((Role.APPLICANT,), 10_000)
    abroad.carry(rq.ReportPayment, rq.VerifyTransfer, rq.IssueReceipt)
    paper = rq.paper("receipt", abroad.state, abroad.office, abroad.stream)
    assert paper.amount == PRICE
    assert paper.transfer.count(APPLICANT.name) == 2


def test_S18_one_transfer_settles_one_invoice_in_the_whole_store(bench):
    bench.open(PUBLICATION, abroad=True).carry(*ACCEPTED, rq.ReportPayment)
    wrong, transfer = bench.stream, bench.fit(rq.VerifyTransfer, reference="TT 12/A")
    bench.do(transfer, TREASURER)
    refused(bench, attrs.evolve(transfer, reference="tt12/a"), TREASURER, "transfer-unused")
    assert totals(bench) == {"treasury": PRICE, "revenue": PRICE}
    bench.open(PUBLICATION, abroad=True).carry(*ACCEPTED, rq.ReportPayment)
    refused(bench, transfer, TREASURER, "transfer-unused")
    bench.desk.do(wrong, rq.ReversePayment("TT 12/A", "permintaan lain"), by=TREASURER)
    bench.do(transfer, TREASURER)
    assert "paid" in bench.state.facts


def test_S18_nobody_verifies_his_own_transfer_later_either(abroad):
    both = attrs.evolve(TREASURER, id=APPLICANT.id)
    abroad.carry(rq.ReportPayment, rq.VerifyTransfer)
    refused(abroad, abroad.fit(rq.VerifyTransfer), both, "four-eyes")


def test_X8_a_second_transfer_and_one_too_late_are_due_back(bench):
    bench.open(PUBLICATION, abroad=True).carry(*ACCEPTED, rq.ReportPayment, rq.VerifyTransfer)
    bench.do(bench.fit(rq.VerifyTransfer, amount=9), TREASURER)
    assert totals(bench)["refund-due"] == 9
    bench.open(PUBLICATION, abroad=True).carry(*ACCEPTED, rq.CancelRequest)
    bench.do(bench.fit(rq.VerifyTransfer, amount=9), TREASURER)
    assert totals(bench) == {"treasury": 9, "refund-due": 9}
    bench.carry(rq.RecordRefund)
    assert whose(bench) == ()


# -- receipts -------------------------------------------------------------------------------------


def test_S19_a_copy_says_that_it_is_one_and_takes_no_number(bench):
    bench.open(PUBLICATION).carry(*DELIVERED)
    first = rq.paper("receipt", bench.state, bench.office, bench.stream)
    bench.now += dt.timedelta(days=3)
    bench.do(rq.ReissueReceipt("Kuitansi hilang."), TREASURER)
    copy = rq.paper("receipt", bench.state, bench.office, bench.stream)
    assert (first.reissued, copy.reissued) == (False, True)
    assert copy.reissued_on == bench.now.date()
    assert attrs.evolve(copy, reissued=False, reissued_on=None) == first
    bench.open(PUBLICATION).carry(*DELIVERED)
    second = rq.paper("receipt", bench.state, bench.office, bench.stream)
    assert [p.number[:4] for p in (first, copy, second)] == ["0001", "0001", "0002"]
    assert second.words == "seratus empat puluh ribu rupiah"
    assert second.received_by == TREASURER.name


@pytest.mark.parametrize(("amount", "says"), [(5_000_000, ""), (5_000_001, "Rp10.000")])
def test_S19_stamp_duty_is_said_above_five_million_and_not_at_it(rembang, amount, says):
    words = rembang.treasury.stamp.words(amount)
    assert (words is None) == (not says)
    assert says in (words.id if words else "")


# -- what was stored before -----------------------------------------------------------------------

OLD = {
    "request.billing-issued": '{"code":"820261124123456","issued_at":"2026-11-24T09:00:00+07:00",'
    '"expires_at":"2026-12-01T09:00:00+07:00"}',
    "request.payment-confirmed": '{"ntpn":"A1B2C3D4E5F6G7H8","ntb":"1","amount":140000,'
    '"paid_at":"2026-11-24T09:00:00+07:00"}',
    "request.transfer-verified": '{"amount":140000,"received_on":"2026-11-24","reference":"TT1"}',
}


@pytest.mark.parametrize("name", OLD)
def test_an_event_of_the_first_release_still_loads(name):
    assert name == event_from_json(name, 1, OLD[name]).NAME
