"""Our gateway passes the contract that a third party's must pass; each planted fault fails it."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import attrs
import pytest
from tests.payment.treasuries import Clock, client, pay, serve

from pst_adapters.payment import HttpGateway, ManualGateway, TransferGateway
from pst_adapters.payment.simulator import Fault
from pst_core.desk.ports import BillState, BillStatus
from pst_core.refusal import GatewayRefused, GatewayUnavailable
from pst_core.testing.contracts.payment import GatewayContract, order


class TestHttpGateway(GatewayContract):
    faults: tuple[Fault, ...] = ()

    @pytest.fixture(autouse=True)
    def _treasury(self, tmp_path):
        self.clock, self.clients = Clock(), []
        self.server = serve(tmp_path, self.clock, token="kunci", faults=self.faults, rate=0.5)
        with self.server:
            yield
            for gateway in self.clients:
                gateway.close()

    def open_gateway(self):
        self.clients.append(client(self.server))
        return self.clients[-1]

    def pay(self, code, amount):
        self.server.treasury.pay(code, amount)

    def let_expire(self, code):  # noqa: ARG002
        self.clock.now += dt.timedelta(days=7)

    def open_unreachable(self):
        self.clients.append(client(self.server, attempts=2, first_wait=0.01))
        self.server._halt()
        self.server._halt = lambda: None
        return self.clients[-1]

    def lose_answers(self):
        self.server.treasury.faults = frozenset({Fault.RESTART})
        self.server.treasury.rate = 1


@pytest.mark.slow
class TestHttpGatewayWithATreasuryThatIsSlowAndFallsOver(TestHttpGateway):
    faults = (Fault.SLOW, Fault.RESTART)


class NewReferenceEachTime(HttpGateway):
    def create(self, order):
        bill = super().create(attrs.evolve(order, reference=uuid.uuid4().hex))
        return attrs.evolve(bill, reference=order.reference)


class OneReferenceForAll(HttpGateway):
    def create(self, order):
        return super().create(attrs.evolve(order, reference="bill"))


class Rounds(HttpGateway):
    def create(self, order):
        bill = super().create(attrs.evolve(order, amount=max(1, order.amount // 1000 * 1000)))
        return attrs.evolve(bill, amount=order.amount // 1000 * 1000)


class TakesSilenceForOpen(HttpGateway):
    def state(self, code):
        try:
            return super().state(code)
        except GatewayUnavailable:
            return BillState(BillStatus.OPEN)


class TakesUnknownForOpen(HttpGateway):
    def state(self, code):
        found = super().state(code)
        return BillState(BillStatus.OPEN) if found.status is BillStatus.UNKNOWN else found


class ForgetsThePayment(HttpGateway):
    def state(self, code):
        return attrs.evolve(super().state(code), payment=None)


class ExpiredIsOpen(HttpGateway):
    def state(self, code):
        found = super().state(code)
        return BillState(BillStatus.OPEN) if found.status is BillStatus.EXPIRED else found


class FinalWhenDown(HttpGateway):
    def create(self, order):
        try:
            return super().create(order)
        except GatewayUnavailable as error:
            raise GatewayRefused(error.code, error.text, remedy=error.remedy) from error


class SwallowsARefusal(HttpGateway):
    def create(self, order):
        try:
            return super().create(order)
        except GatewayRefused:
            return None


class NamesTheTimeWithoutAZone(HttpGateway):
    def create(self, order):
        bill = super().create(order)
        return attrs.evolve(bill, issued_at=bill.issued_at.replace(tzinfo=None),
                            expires_at=bill.expires_at.replace(tzinfo=None))  # fmt: skip


C = GatewayContract
FAULTS = [
    (NewReferenceEachTime, C.test_an_order_asked_again_is_the_same_bill, {}),
    (NewReferenceEachTime, C.test_an_answer_that_was_lost_makes_no_second_bill, {}),
    (OneReferenceForAll, C.test_two_orders_are_two_bills, {}),
    (Rounds, C.test_an_amount_arrives_to_the_rupiah, {"amount": 5_000_001}),
    (TakesSilenceForOpen, C.test_a_treasury_that_is_down_means_ask_again, None),
    (TakesUnknownForOpen, C.test_a_code_that_is_none_is_unknown, {"code": "820260101000000"}),
    (ForgetsThePayment, C.test_a_paid_bill_says_by_which_payment, {}),
    (ExpiredIsOpen, C.test_a_bill_that_expired_says_so_and_stays_it, {}),
    (FinalWhenDown, C.test_a_treasury_that_is_down_means_ask_again, None),
    (SwallowsARefusal, C.test_another_order_under_a_used_reference_is_refused, {}),
    (NamesTheTimeWithoutAZone, C.test_a_bill_is_made_as_ordered, {}),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("faulty", "case", "args"),
    FAULTS,
    ids=[f"{f[0].__name__}-{f[1].__name__[5:30]}" for f in FAULTS],
)
def test_a_faulty_gateway_fails_its_case(faulty, case, args, tmp_path):
    def run(cls, where):
        where.mkdir()
        one = TestHttpGateway()
        one.clock, one.clients, one.server = Clock(), [], serve(where, token="kunci")

        def open_gateway():
            return another(8)

        def another(attempts):
            gateway = cls(one.server.url, "kunci", attempts=attempts, first_wait=0.002)
            one.clients.append(gateway)
            return gateway

        def open_unreachable():
            TestHttpGateway.open_unreachable(one)
            return another(1)

        with one.server:
            one.server.treasury.clock = one.clock
            one.open_gateway = open_gateway
            one.open_unreachable = lambda: (open_gateway(), TestHttpGateway.open_unreachable(one))[
                0
            ]
            try:
                if args is None:
                    case(one)
                else:
                    case(one, open_gateway(), **args)
            finally:
                for gateway in one.clients:
                    gateway.close()

    run(HttpGateway, tmp_path / "sound")
    with pytest.raises((AssertionError, pytest.fail.Exception, GatewayRefused)):
        run(faulty, tmp_path / "faulty")


@pytest.mark.parametrize("gateway", [ManualGateway(), TransferGateway()])
def test_by_hand_nobody_is_asked_and_nothing_is_claimed(gateway):
    assert gateway.create(order()) is None
    assert gateway.state("820261124000001") == BillState(BillStatus.UNKNOWN)
    assert gateway.how.id != gateway.how.en


def test_a_wrong_token_can_be_mended_and_asked_again(tmp_path):
    with serve(tmp_path, token="kunci") as server:
        with HttpGateway(server.url, "salah", attempts=1) as gateway:
            with pytest.raises(GatewayUnavailable, match="gateway-login"):
                gateway.create(order())
            assert "salah" not in repr(gateway)
        assert server.treasury.bills == {}


@pytest.mark.parametrize("answer", [
    b"", b"[]", b"{", b"null", b'{"status": "paid", "payment": null}', b'{"status": "perhaps"}',
    json.dumps({"status": "paid", "payment": {
        "ntpn": "A" * 16, "ntb": "1", "amount": 1.5, "paid_at": "2026-01-01T00:00:00+07:00"
    }}).encode(),
    json.dumps({"status": "paid", "payment": {
        "ntpn": "A" * 16, "ntb": "1", "amount": 1, "paid_at": "2026-01-01T00:00:00"
    }}).encode(),
])  # fmt: skip
def test_an_answer_that_cannot_be_read_is_never_taken_for_one(answer):
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Garbled(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Garbled)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        with HttpGateway(f"http://127.0.0.1:{server.server_port}", attempts=1) as gateway:
            with pytest.raises(GatewayUnavailable, match="garbled"):
                gateway.state("820261124000001")
            with pytest.raises(GatewayUnavailable, match="garbled"):
                gateway.create(order())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_state_outlives_the_server_and_a_second_seed_is_another_world(tmp_path):
    with serve(tmp_path, seed=4) as server, client(server) as gateway:
        bill = gateway.create(order(reference="r1"))
        pay(server, bill.code)
        before = server.treasury.bills
        server.restart()
        assert server.treasury.bills == before
        assert gateway.state(bill.code).status is BillStatus.PAID
    with serve(tmp_path, seed=4) as again:
        assert again.treasury.bills == before
    (tmp_path / "other").mkdir()
    with serve(tmp_path / "other", seed=5) as other, client(other) as gateway:
        assert gateway.create(order(reference="r1")).code != bill.code
