"""From an accepted offer to the money: bills ordered, payments heard of, strays kept."""

import datetime as dt

import attrs
import pytest
from tests.payment.offices import ELECTRONIC, REMBANG, accepted, bill_of, desk_at, worker_of
from tests.payment.treasuries import SECRET, Clock, client, pay, serve

from pst_adapters.payment import ManualGateway
from pst_core import deposit
from pst_core import request as rq
from pst_core.desk.notices import Notice, sign, write_notice
from pst_core.desk.payments import GATEWAY, Outcome, poll, settle, take_notice
from pst_core.desk.ports import Bill, BillState, BillStatus, EffectStatus, Payment
from pst_core.refusal import BadLawData, GatewayRefused, GatewayUnavailable, NoticeRefused, Refusal
from pst_core.testing.lives import ACTORS, APPLICANT, TREASURER, carry, fitting, person
from pst_core.text import Text
from pst_core.workflow import Role


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def treasury(tmp_path, clock):
    with serve(tmp_path, clock) as server:
        yield server


@pytest.fixture
def gateway(treasury):
    with client(treasury) as gateway:
        yield gateway


@pytest.fixture
def desk(clock):
    return desk_at(clock)


def notice_of(bill, amount=None, ntpn="A1B2C3D4E5F6G7H8", reference="", at=None):
    paid_at = at or bill.issued_at + dt.timedelta(hours=1)
    payment = Payment(ntpn, "123456789012", 140_000 if amount is None else amount, paid_at)
    return Notice(f"notice-{bill.code}", bill.code, reference, payment)


def billed(desk, gateway, **more):
    stream = accepted(desk, **more)
    worker_of(desk, gateway).work_off()
    return stream, bill_of(desk, stream)


def test_S16_an_accepted_offer_gets_its_billing_code_by_itself(desk, gateway, treasury):
    stream, bill = billed(desk, gateway)
    made = treasury.treasury.bills[bill.code]
    assert (made.amount, made.payer) == (140_000, person().name)
    assert (bill.issued_at, bill.expires_at) == (made.issued_at, made.expires_at)
    assert made.reference == f"{stream}/8/bill/treasury"
    assert desk.history(stream)[-1].noted.by == GATEWAY
    worker_of(desk, gateway).work_off()
    assert {row.status for row in desk.store.effects(stream)} == {EffectStatus.DONE}


def test_S16_by_hand_nothing_is_asked_outside(clock, treasury):
    desk = desk_at(clock, office=REMBANG)
    stream = accepted(desk)
    assert {row.kind for row in desk.store.effects(stream)} == {"mail", "paper"}
    desk = desk_at(clock)
    stream, bill = billed(desk, ManualGateway())
    assert bill is None
    assert desk.open_steps(stream, by=TREASURER)


def test_S16_a_code_that_the_treasurer_recorded_first_stays(desk, gateway, treasury):
    stream = accepted(desk)
    by_hand = fitting(rq.IssueBilling, desk.state(stream), desk.office, desk.clock(), stream)
    desk.do(stream, by_hand, by=TREASURER)
    worker_of(desk, gateway).work_off()
    assert bill_of(desk, stream).code == by_hand.code
    assert treasury.treasury.bills == {}


def test_S18_abroad_and_Rp0_order_no_bill(desk, gateway, treasury):
    billed(desk, gateway, applicant=person(abroad=True))
    assert treasury.treasury.bills == {}


def test_S16_a_worker_that_dies_after_asking_orders_no_second_bill(desk, gateway, treasury, clock):
    class Dies(type(gateway)):
        def create(self, order):
            super().create(order)
            raise KeyboardInterrupt

    stream = accepted(desk)
    with Dies(treasury.url) as dying, pytest.raises(KeyboardInterrupt):
        worker_of(desk, dying).work_off()
    clock.now += dt.timedelta(minutes=6)
    worker_of(desk, gateway).work_off()
    assert [bill_of(desk, stream).code] == list(treasury.treasury.bills)


def test_S16_a_gateway_that_is_down_or_missing_is_asked_again(desk, gateway, treasury, clock):
    stream = accepted(desk)
    (missing,) = (w for w in worker_of(desk, None).work_off() if "/bill/" in w.key)
    assert missing.status is EffectStatus.QUEUED
    assert "no-gateway" in missing.result["error"]
    clock.now += dt.timedelta(minutes=2)
    worker_of(desk, gateway).work_off()
    assert bill_of(desk, stream) is not None


def test_S16_a_gateway_that_says_no_for_good_is_set_aside_for_people_to_see(desk):
    class SaysNo(ManualGateway):
        def create(self, order):  # noqa: ARG002
            raise GatewayRefused("gateway-refused", Text("x", "x"), remedy=Text("y", "y"))

    stream, bill = billed(desk, SaysNo())
    (dead,) = desk.store.effects(stream, status=EffectStatus.DEAD)
    assert (bill, dead.kind) == (None, "bill")


def test_S16_an_expired_code_is_replaced_on_request(desk, gateway, treasury, clock):
    stream, first = billed(desk, gateway)
    clock.now = first.expires_at + dt.timedelta(seconds=1)
    desk.run_timers()
    assert gateway.state(first.code).status is BillStatus.EXPIRED
    desk.do(stream, rq.RequestBilling(), by=APPLICANT)
    worker_of(desk, gateway).work_off()
    assert bill_of(desk, stream).code != first.code
    assert len(treasury.treasury.bills) == 2


def test_S16_a_part_payment_gets_a_code_for_the_rest(desk, gateway, treasury):
    stream, first = billed(desk, gateway)
    treasury.treasury.pay(first.code, 90_000)
    assert [t.outcome for t in poll(desk, gateway)] == [Outcome.SETTLED]
    worker_of(desk, gateway).work_off()
    rest = treasury.treasury.bills[bill_of(desk, stream).code]
    assert (rest.code != first.code, rest.amount) == (True, 50_000)
    treasury.treasury.pay(rest.code)
    assert poll(desk, gateway)[0].outcome is Outcome.SETTLED
    assert "paid" in desk.state(stream).facts
    assert poll(desk, gateway) == ()


def test_S16_a_refused_report_does_not_keep_the_rest_without_its_code(desk, gateway, treasury):
    stream, first = billed(desk, gateway)
    treasury.treasury.pay(first.code, 90_000)
    poll(desk, gateway)
    carry(desk, stream, (rq.ReportPayment,))
    worker_of(desk, gateway).work_off()
    assert bill_of(desk, stream) == first, "a reported payment is looked into first"
    carry(desk, stream, (rq.RefusePayment,))
    worker_of(desk, gateway).work_off()
    assert treasury.treasury.bills[bill_of(desk, stream).code].amount == 50_000


def test_S16_a_refused_report_makes_no_code_that_nobody_asked_for(desk, gateway, clock):
    stream, first = billed(desk, gateway)
    clock.now = first.expires_at + dt.timedelta(seconds=1)
    desk.run_timers()
    carry(desk, stream, (rq.ReportPayment, rq.RefusePayment))
    worker_of(desk, gateway).work_off()
    assert bill_of(desk, stream) == first


def test_S16_a_payment_is_found_by_asking_when_no_notice_comes(desk, gateway, treasury, clock):
    stream, bill = billed(desk, gateway)
    worker = worker_of(desk, gateway)
    assert worker.look_for_payments() == ()
    treasury.treasury.pay(bill.code)
    assert worker.look_for_payments() == (), "asked a moment ago"
    clock.now += dt.timedelta(minutes=15)
    (taken,) = worker.look_for_payments()
    assert (taken.outcome, taken.stream) == (Outcome.SETTLED, stream)
    confirmed = desk.state(stream).last(rq.PaymentConfirmed)
    assert confirmed.ntpn == treasury.treasury.bills[bill.code].payment.ntpn
    clock.now += dt.timedelta(minutes=15)
    assert worker.look_for_payments() == ()


def test_X8_a_payment_after_the_request_was_cancelled_is_found_too(desk, gateway, treasury):
    stream, bill = billed(desk, gateway)
    desk.do(stream, rq.CancelRequest(), by=APPLICANT)
    treasury.treasury.pay(bill.code)
    assert poll(desk, gateway)[0].outcome is Outcome.SETTLED
    assert rq.refund_due(desk.state(stream).books) == 140_000


def test_S16_told_five_times_by_both_ways_it_settles_once(desk, gateway, treasury):
    stream, bill = billed(desk, gateway)
    treasury.treasury.pay(bill.code)
    paid = treasury.treasury.bills[bill.code].payment
    notice = Notice("n", bill.code, treasury.treasury.bills[bill.code].reference, paid)
    outcomes = [settle(desk, notice).outcome for _ in range(3)]
    outcomes += [t.outcome for t in poll(desk, gateway)]
    outcomes += [settle(desk, attrs.evolve(notice, id="other", reference="")).outcome]
    assert outcomes == [Outcome.SETTLED, *[Outcome.REPEATED] * 3]
    assert len(desk.state(stream).every(rq.PaymentConfirmed)) == 1


def test_S16_what_the_treasurer_recorded_by_hand_is_not_recorded_again(desk, gateway):
    stream, bill = billed(desk, gateway)
    notice = notice_of(bill)
    paid = notice.payment
    by_hand = rq.ConfirmPayment(paid.ntpn, paid.ntb, paid.amount, paid.paid_at, bill.code)
    desk.do(stream, by_hand, by=TREASURER, command_id=f"ntpn/{paid.ntpn}")
    assert settle(desk, notice).outcome is Outcome.REPEATED
    assert desk.register(procedure="deposit") == []


def test_S16_another_amount_than_the_treasurer_typed_is_kept_for_a_person(desk, gateway):
    stream, bill = billed(desk, gateway)
    notice = notice_of(bill)
    paid = notice.payment
    desk.do(stream, rq.ConfirmPayment(paid.ntpn, paid.ntb, 14_000, paid.paid_at), by=TREASURER)
    taken = settle(desk, notice)
    assert taken.outcome is Outcome.KEPT
    reason = desk.state(taken.stream).last(deposit.PaymentKept).reason
    assert f"is recorded with {stream} as Rp14,000, the treasury says Rp140,000" in reason
    assert settle(desk, notice) == attrs.evolve(taken, outcome=Outcome.REPEATED)


def test_S16_a_bill_that_the_gateway_says_no_to_keeps_no_other_waiting(desk, gateway, treasury):
    _, first = billed(desk, gateway)
    second_stream, second = billed(desk, gateway)
    pay(treasury, second.code)

    class Choosy:
        def state(self, code):
            if code == first.code:
                raise GatewayRefused("no", Text("x", "x"), remedy=Text("x", "x"))
            return gateway.state(code)

    with pytest.raises(GatewayRefused):
        poll(desk, Choosy())
    assert "paid" in desk.state(second_stream).facts


def test_X8_what_was_taken_back_is_not_taken_for_recorded(desk, gateway):
    stream, bill = billed(desk, gateway)
    notice = notice_of(bill)
    paid = notice.payment
    wrong = rq.ConfirmPayment(paid.ntpn, paid.ntb, 14_000, paid.paid_at, bill.code)
    desk.do(stream, wrong, by=TREASURER, command_id=f"ntpn/{paid.ntpn}")
    desk.do(stream, rq.ReversePayment(paid.ntpn, "Salah ketik."), by=TREASURER)
    assert settle(desk, notice).outcome is Outcome.SETTLED
    assert settle(desk, notice).outcome is Outcome.REPEATED
    assert desk.state(stream).last(rq.PaymentConfirmed).amount == 140_000


def test_S16_money_for_an_unknown_code_is_kept_and_the_treasurer_told_once(desk, gateway):
    _, bill = billed(desk, gateway)
    stray = attrs.evolve(notice_of(bill), code="820261124999999")
    first, again = settle(desk, stray), settle(desk, stray)
    assert (first.outcome, again.outcome) == (Outcome.KEPT, Outcome.REPEATED)
    assert first.stream == again.stream
    (row,) = desk.register(procedure="deposit")
    assert (row.whose, row.phase) == ("treasurer", "UNPLACED")
    kept = desk.state(row.stream).last(deposit.PaymentKept)
    assert (kept.ntpn, kept.amount, kept.code) == (stray.payment.ntpn, 140_000, stray.code)
    assert [e.key for e in desk.store.effects(row.stream)] == [f"{row.stream}/1/mail/treasurer"]
    other = attrs.evolve(stray, payment=attrs.evolve(stray.payment, amount=1))
    assert settle(desk, other).outcome is Outcome.KEPT
    assert len(desk.register(procedure="deposit")) == 2


def test_S16_one_ntpn_for_two_bills_settles_one_and_the_other_is_kept(desk, gateway):
    _, one = billed(desk, gateway)
    stream, two = billed(desk, gateway)
    assert settle(desk, notice_of(one)).outcome is Outcome.SETTLED
    taken = settle(desk, notice_of(two))
    assert (taken.outcome, taken.stream.split("-")[0]) == (Outcome.KEPT, "deposit")
    assert desk.state(stream).last(rq.PaymentConfirmed) is None
    why = desk.state(taken.stream).last(deposit.PaymentKept).reason
    assert "NTPN" in why


@pytest.mark.parametrize("wrong", [{"ntpn": "x"}, {"amount": 0}])
def test_S16_a_payment_that_no_row_takes_is_kept(desk, gateway, wrong):
    _, bill = billed(desk, gateway)
    assert settle(desk, notice_of(bill, **wrong)).outcome is Outcome.KEPT


def test_S16_a_payment_of_another_century_is_kept(desk, gateway, clock):
    _, bill = billed(desk, gateway)
    never = clock.now + dt.timedelta(days=36_500)
    assert settle(desk, notice_of(bill, at=never)).outcome is Outcome.KEPT
    soon = clock.now + dt.timedelta(hours=20)
    assert settle(desk, notice_of(bill, at=soon)).outcome is Outcome.SETTLED, "a bank's clock"


def test_S16_a_notice_before_its_code_is_recorded_is_to_come_again(desk, gateway, treasury):
    stream = accepted(desk)
    key = f"{stream}/8/bill/treasury"
    made = treasury.treasury.create(key, 140_000, person().name, f"{REMBANG.name.id} {stream}")
    early = notice_of(made, reference=key)
    with pytest.raises(GatewayUnavailable, match="bill-being-recorded"):
        settle(desk, early)
    worker_of(desk, gateway).work_off()
    assert settle(desk, early).outcome is Outcome.SETTLED


@pytest.mark.parametrize("reference", ["", "x", "request-3317-2026-0001/1/2/3", "deposit-1/1/a/b"])
def test_S16_a_reference_that_says_nothing_leaves_the_code_to_speak(desk, gateway, reference):
    stream, bill = billed(desk, gateway)
    taken = settle(desk, notice_of(bill, reference=reference))
    assert (taken.outcome, taken.stream) == (Outcome.SETTLED, stream)


def test_S16_a_payment_of_another_office_in_the_same_store_is_not_ours(desk, gateway, clock):
    stream, bill = billed(desk, gateway)
    other = desk_at(clock, desk.store, attrs.evolve(ELECTRONIC, code="3318"))
    for reference in ("", f"{stream}/8/bill/treasury"):
        taken = settle(other, notice_of(bill, reference=reference))
        assert taken.stream.startswith("deposit-3318-")
    assert desk.state(stream).last(rq.PaymentConfirmed) is None


def test_S16_a_forged_notice_changes_nothing(desk, gateway):
    stream, bill = billed(desk, gateway)
    before = desk.history(stream)
    body = write_notice(notice_of(bill))
    with pytest.raises(NoticeRefused):
        take_notice(desk, body, sign(body, [b"another secret here"], desk.clock()), [SECRET])
    assert desk.history(stream) == before
    assert desk.register(procedure="deposit") == []
    taken = take_notice(desk, body, sign(body, [SECRET], desk.clock()), [SECRET])
    assert taken.outcome is Outcome.SETTLED


def test_the_treasurer_places_or_returns_what_was_kept(desk, gateway):
    _, bill = billed(desk, gateway)
    kept = settle(desk, attrs.evolve(notice_of(bill), code="820261124999999")).stream
    with pytest.raises(Refusal) as caught:
        desk.do(kept, deposit.ReturnPayment(" "), by=TREASURER)
    assert caught.value.unmet[0].code == "said-why"
    with pytest.raises(Refusal, match="not-your-role"):
        desk.do(kept, deposit.ReturnPayment("x"), by=ACTORS[Role.OFFICER])
    done = desk.do(kept, deposit.ExplainPayment("request-3317-2026-0001"), by=TREASURER)
    assert done.state.phase == "PLACED"
    with pytest.raises(Refusal, match="not-now"):
        desk.do(kept, deposit.ReturnPayment("x"), by=TREASURER)


def test_the_procedure_of_kept_money_has_no_dead_end():
    assert deposit.PROCEDURE.explore().problems == ()


def test_a_gateway_that_claims_money_without_saying_which_is_not_believed(desk):
    class PaidByNobody(ManualGateway):
        def create(self, order):
            at = desk.clock()
            code = f"8{at:%Y%m%d}000001"
            return Bill(order.reference, code, order.amount, at, at + dt.timedelta(days=1))

        def state(self, code):  # noqa: ARG002
            return BillState(BillStatus.PAID)

    stream, _ = billed(desk, PaidByNobody())
    assert poll(desk, PaidByNobody()) == ()
    assert "paid" not in desk.state(stream).facts


def test_an_office_says_in_its_profile_which_way_it_goes(tmp_path):
    from pst_core.lawdata import shipped
    from pst_core.office import Office

    text = shipped("offices", "3317.toml").read_text("utf-8")
    path = tmp_path / "office.toml"
    path.write_text(text + '\n[treasury]\ngateway = "http"\n')
    assert Office.load(str(path)).treasury.gateway is ELECTRONIC.treasury.gateway
    path.write_text(text + '\n[treasury]\ngateway = "pigeon"\n')
    with pytest.raises(BadLawData, match="manual"):
        Office.load(str(path))
