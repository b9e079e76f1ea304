"""What every ``Gateway`` must keep. A gateway of your own is tried by a few lines::

    from pst_core.testing.contracts.payment import GatewayContract

    class TestMyGateway(GatewayContract):
        def open_gateway(self):            # a fresh client of the same treasury each time
            return MyGateway(url)

        def pay(self, code, amount):       # somebody pays that bill, in full
            ...

Say with ``let_expire``, ``open_unreachable`` and ``lose_answers`` how the rest is brought about;
those cases are skipped, saying so, otherwise.
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from pst_core.desk.ports import Bill, BillOrder, BillStatus, Gateway
from pst_core.refusal import GatewayRefused, GatewayUnavailable

from ._suite import Suite, opened, raising, told, undefined

__all__ = ["GatewayContract", "order"]


def order(amount: int = 294_000, reference: str = "") -> BillOrder:
    """Return an order of its own, or of ``reference``."""
    reference = reference or f"request-3317-2026-0001/{uuid.uuid4().hex}/bill/treasury"
    return BillOrder(reference, amount, "Siti Rahmawati \u2014 Universitas", "INV 0007 \u00bd")


_SECOND = told(
    "Pesanan yang sama (reference sama) menjadi tagihan kedua; harus tagihan yang pertama.",
    "The same order (of one reference) is a second bill; it must be the first one.",
)


class GatewayContract(Suite):
    """Subclass it, define ``open_gateway`` and ``pay``, and pytest runs every case."""

    def open_gateway(self) -> Gateway:
        """Open a client of the treasury of this case."""
        undefined(self, "def open_gateway(self):\n        return MyGateway(url)")

    def pay(self, code: str, amount: int) -> None:  # noqa: ARG002
        """Pay the bill ``code`` in full."""
        undefined(
            self, "def pay(self, code, amount):  # somebody pays that bill, in full\n        ..."
        )

    def let_expire(self, code: str) -> None:  # noqa: ARG002
        """Let the time of the bill ``code`` run out."""
        pytest.skip("the suite was not told how a bill of this treasury expires")

    def open_unreachable(self) -> Gateway:
        """Open a client of a treasury that is not there."""
        pytest.skip("the suite was not told how to cut this gateway's line")

    def lose_answers(self) -> None:
        """From now on the treasury carries out what it is asked, and its first answer is lost."""
        pytest.skip("the suite was not told how an answer of this treasury gets lost")

    @pytest.fixture
    def gateway(self) -> Gateway:
        """Give the gateway of one case."""
        return opened(self.open_gateway, Gateway)

    def _made(self, gateway: Gateway, wanted: BillOrder) -> Bill:
        bill = gateway.create(wanted)
        assert bill is not None, "this gateway makes no bills: there is nothing to try"
        return bill

    def test_a_bill_is_made_as_ordered(self, gateway: Gateway) -> None:
        wanted = order()
        bill = self._made(gateway, wanted)
        assert (bill.reference, bill.amount) == (wanted.reference, wanted.amount)
        assert re.fullmatch(r"[0-9]{15}", bill.code)
        assert bill.issued_at.utcoffset() is not None
        assert bill.expires_at > bill.issued_at
        assert gateway.state(bill.code).status is BillStatus.OPEN

    @pytest.mark.parametrize("amount", [1, 5_000_001, 999_999_999_999])
    def test_an_amount_arrives_to_the_rupiah(self, gateway: Gateway, amount: int) -> None:
        bill = self._made(gateway, order(amount))
        assert bill.amount == amount
        self.pay(bill.code, amount)
        payment = gateway.state(bill.code).payment
        assert payment is not None
        assert (type(payment.amount), payment.amount) == (int, amount)

    def test_two_orders_are_two_bills(self, gateway: Gateway) -> None:
        codes = {self._made(gateway, order()).code for _ in range(3)}
        assert len(codes) == 3, told(
            "Tiga pesanan (reference berbeda) mendapat kode billing yang sama.",
            "Three orders (of three references) have a billing code in common.",
        )

    def test_an_order_asked_again_is_the_same_bill(self, gateway: Gateway) -> None:
        wanted = order()
        first = self._made(gateway, wanted)
        assert gateway.create(wanted) == first, _SECOND
        assert self.open_gateway().create(wanted) == first, _SECOND

    def test_an_order_asked_again_after_it_was_paid_is_the_same_bill(
        self, gateway: Gateway
    ) -> None:
        wanted = order()
        first = self._made(gateway, wanted)
        self.pay(first.code, first.amount)
        assert gateway.create(wanted) == first

    def test_an_order_asked_by_many_at_once_is_one_bill(self) -> None:
        wanted = order()
        gateways = [self.open_gateway() for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            bills = list(pool.map(lambda gateway: gateway.create(wanted), gateways))
        assert len(set(bills)) == 1, _SECOND

    def test_an_answer_that_was_lost_makes_no_second_bill(self, gateway: Gateway) -> None:
        self.lose_answers()
        wanted = order()
        try:
            first = gateway.create(wanted)
        except GatewayUnavailable:
            first = gateway.create(wanted)
        assert first is not None
        assert self.open_gateway().create(wanted) == first

    def test_another_order_under_a_used_reference_is_refused(self, gateway: Gateway) -> None:
        wanted = order()
        first = self._made(gateway, wanted)
        with raising(GatewayRefused, "create(reference terpakai, jumlah lain / used, another sum)"):
            gateway.create(attrs.evolve(wanted, amount=wanted.amount + 1))
        assert gateway.create(wanted) == first

    def test_a_paid_bill_says_by_which_payment(self, gateway: Gateway) -> None:
        bill = self._made(gateway, order())
        self.pay(bill.code, bill.amount)
        found = gateway.state(bill.code)
        assert found.status is BillStatus.PAID
        assert found.payment is not None
        assert re.fullmatch(r"[A-Z0-9]{16}", found.payment.ntpn)
        assert found.payment.paid_at.utcoffset() is not None
        assert self.open_gateway().state(bill.code) == found

    def test_two_payments_have_two_ntpn(self, gateway: Gateway) -> None:
        bills = [self._made(gateway, order()) for _ in range(3)]
        for bill in bills:
            self.pay(bill.code, bill.amount)
        payments = [gateway.state(bill.code).payment for bill in bills]
        assert len({p.ntpn for p in payments if p is not None}) == 3

    def test_an_unpaid_bill_tells_of_no_payment(self, gateway: Gateway) -> None:
        bill = self._made(gateway, order())
        self.pay(self._made(gateway, order()).code, order().amount)
        assert gateway.state(bill.code).payment is None

    def test_a_bill_that_expired_says_so_and_stays_it(self, gateway: Gateway) -> None:
        wanted = order()
        bill = self._made(gateway, wanted)
        self.let_expire(bill.code)
        assert gateway.state(bill.code).status is BillStatus.EXPIRED
        assert gateway.create(wanted) == bill

    @pytest.mark.parametrize("code", ["820260101000000", "", "x", "1/../2", "8" * 400, "\u0663"])
    def test_a_code_that_is_none_is_unknown(self, gateway: Gateway, code: str) -> None:
        found = gateway.state(code)
        assert (found.status, found.payment) == (BillStatus.UNKNOWN, None)

    def test_a_treasury_that_is_down_means_ask_again(self) -> None:
        gateway = self.open_unreachable()
        for ask in (lambda: gateway.create(order()), lambda: gateway.state("8" * 15)):
            with pytest.raises(GatewayUnavailable) as caught:
                ask()
            assert caught.value.text.id
            assert caught.value.remedy.en
