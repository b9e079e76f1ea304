"""Money of two requests at once, driven by hypothesis, beside an oracle that knows no table.

The oracle adds and subtracts what was invoiced, paid and given back; it knows nothing of rows,
facts or entries. After each step the books, the facts and whose turn it is must say what it says.
"""

import datetime as dt
from functools import cache

import attrs
import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pst_core import ledger as lg
from pst_core import request as rq
from pst_core.office import Office
from pst_core.refusal import Refusal
from pst_core.request import events as e
from pst_core.tariff import Publication
from pst_core.testing.lives import ACTORS, fitting, person
from pst_core.workflow import Context, Noted, Role

OFFICE = Office.load("3317")
PROCEDURE = rq.procedure_of(OFFICE)
BASKET = (Publication("Rembang Dalam Angka", pages=312),)
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
TO_OFFER = (
    rq.OpenRequest, rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest,
    rq.PrepareProducts, rq.SendOffer,
)  # fmt: skip
KINDS = ("home", "home", "home", "abroad", "free")
OVER = {"CLOSED", "CANCELLED", "REJECTED", "EXPIRED"}
OTHERS = (
    rq.AcceptOffer, rq.AskOfferCorrection, rq.ReviseOffer, rq.IssueBilling, rq.RequestBilling,
    rq.ReportPayment, rq.RefusePayment, rq.IssueReceipt, rq.ReissueReceipt, rq.DeliverProducts,
    rq.ApproveDelivery, rq.AskDeliveryCorrection, rq.MendDelivery, rq.RateService, rq.CancelRequest,
    rq.RejectRequest, rq.RecordRefund, rq.ReversePayment, rq.ExpireOffer,
    rq.ExpireBilling, rq.CloseUnrated,
)  # fmt: skip
STEPS = {"runs": 0, "steps": 0, "acts": 0, "settled": 0, "refunds": 0, "reversed": 0}


@attrs.define
class Oracle:
    """What a person with pencil and paper would know of the money of one request."""

    total: int = 0
    claim: int = 0
    used: int = 0
    back: int = 0
    applied: int = 0
    came: int = 0
    receipts: int = 0
    settled: int = 0
    billed: bool = False
    ended: bool = False
    payments: list = attrs.Factory(list)

    def hear(self, event):
        """Take in an event; complain if it must not have happened."""
        if isinstance(event, e.OfferSent):
            self.total = self.claim = event.total
        elif isinstance(event, e.BillingIssued):
            self.billed = True
        elif isinstance(event, e.PaymentConfirmed | e.TransferVerified):
            self.came += event.amount
            use = min(event.amount, self.claim)
            self.claim -= use
            self.used += use
            self.back += event.amount - use
            if use and not self.claim:
                self.settled += 1
                assert self.settled == 1, "settled twice"
            self.payments.append((event.amount, use))
        elif isinstance(event, e.PaymentReversed):
            amount, use = self.payments.pop()
            assert amount == event.amount
            assert not (use and self.receipts), "taken back what was receipted"
            self.came -= amount
            self.used -= use
            self.claim += use
            self.back -= amount - use
            self.settled -= bool(use and self.claim == use)
        elif isinstance(event, e.RequestCancelled | e.RequestRejected | e.OfferExpired):
            assert not self.used or self.claim, "an invoice that is settled does not end"
            self.back += self.used
            self.used = self.claim = 0
            self.ended = True
        elif isinstance(event, e.ReceiptIssued):
            self.receipts += 1
            assert self.receipts == 1, "a second receipt"
            assert self.used == self.total == event.amount, "a receipt without the money"
        elif isinstance(event, e.ProductsDelivered):
            assert self.receipts == 1, "a product without a receipt"
            assert self.used == self.total, "a product without the money"
        elif isinstance(event, e.RefundApplied):
            assert event.amount == self.back > 0, "a refund of something else"
            self.applied += self.back
            self.back = 0

    def balances(self):
        """Return what each account must show, on its own side."""
        return {
            lg.RECEIVABLE: self.claim, lg.BILLED: self.claim, lg.TREASURY: self.came,
            lg.REVENUE: self.used, lg.REFUND_DUE: self.back, lg.REFUND_APPLIED: self.applied,
        }  # fmt: skip

    def facts(self):
        """Return which facts about money must hold."""
        held = {"paid"} if self.total and self.used == self.total else set()
        if 0 < self.used < self.total:
            held.add("part-paid")
        if self.back:
            held.add("refund-due")
        return held


@attrs.define
class Case:
    """One request: its state, its events, its oracle."""

    stream: str
    kind: str
    state: object = None
    events: list = attrs.Factory(list)
    oracle: Oracle = attrs.Factory(Oracle)


@cache
def offered(kind, procedure):
    """Return the events of a request of ``kind`` up to its offer; the same for every run."""
    state, events = procedure.new, []
    for command in TO_OFFER:
        row = next(s for s in procedure.steps if s.command is command)
        made = fitting(
            command, state, OFFICE, START, "s", products=BASKET,
            applicant=person(abroad=kind == "abroad"),
        )  # fmt: skip
        by = ACTORS[row.role]
        context = Context(by, START, OFFICE, "s", {"request": 1, "invoice": 1})
        decided = procedure.decide(made, state, context)
        assert not isinstance(decided, Refusal), str(decided)
        (event,) = decided
        if isinstance(event, e.OfferSent) and kind == "free":
            event = attrs.evolve(event, total=0)
        events.append(Noted(event, START, by))
        state = procedure.evolve(state, events[-1])
    return tuple(events)


class Money(RuleBasedStateMachine):
    """Two requests of any kind; ``procedure`` is the table that is tried."""

    procedure = PROCEDURE

    @initialize(
        kinds=st.tuples(*[st.sampled_from(KINDS)] * 2),
        depths=st.tuples(*[st.sampled_from([2, 0, 1, 2, 2])] * 2),
    )
    def begin(self, kinds, depths):
        STEPS["runs"] += 1
        self.now = START
        self.used = set()
        self.fresh = 0
        self.invoices = 1
        self.receipts = 0
        self.cases = [Case(f"request-{n}", kind) for n, kind in enumerate(kinds)]
        for case in self.cases:
            case.state = self.procedure.new
            for noted in offered(case.kind, self.procedure):
                self.take_in(case, noted)
        # from the offer on every order of steps is tried; some begin with the bill in hand
        for case, depth in zip(self.cases, depths, strict=True):
            for command in (rq.AcceptOffer, rq.IssueBilling)[:depth]:
                by = Role.APPLICANT if command is rq.AcceptOffer else Role.TREASURER
                self.act(case, self.fit(case, command), ACTORS[by])

    def take_in(self, case, noted):
        case.oracle.hear(noted.event)
        case.events.append(noted)
        case.state = self.procedure.evolve(case.state, noted)

    def act(self, case, made, by, used=False):
        """Carry ``made`` out; return whether it was accepted."""
        STEPS["acts"] += 1
        numbers = {"invoice": self.invoices + 1, "receipt": self.receipts + 1}
        context = Context(by, self.now, OFFICE, case.stream, numbers, {"used": used})
        decided = self.procedure.decide(made, case.state, context)
        if isinstance(decided, Refusal):
            return False
        for event in decided:
            self.invoices += isinstance(event, e.OfferSent)
            self.receipts += isinstance(event, e.ReceiptIssued)
            STEPS["refunds"] += isinstance(event, e.RefundApplied)
            if isinstance(event, e.PaymentReversed):
                STEPS["reversed"] += 1
                self.used.discard(event.document.removeprefix("ntpn/"))
            self.take_in(case, Noted(event, self.now, by))
        return True

    def fit(self, case, command):
        return fitting(command, case.state, OFFICE, self.now, case.stream, products=BASKET)

    @rule(n=st.integers(0, 1), data=st.data())
    def a_step_that_is_open(self, n, data):
        self.step(n, data)

    @rule(n=st.integers(0, 1), data=st.data())
    def another_step_that_is_open(self, n, data):
        self.step(n, data)

    def step(self, n, data):
        case = self.cases[n]
        ready = [
            s.step
            for s in self.procedure.open_steps(case.state)
            if s.ready and not (s.step.aside and data.draw(st.integers(0, 5)))
        ]
        wanted = [s for s in ready if s.role is not Role.SYSTEM and s.command in OTHERS]
        if wanted:
            step = data.draw(st.sampled_from(wanted))
            self.act(case, self.fit(case, step.command), ACTORS[step.role])

    @rule(n=st.integers(0, 1), command=st.sampled_from(OTHERS), role=st.sampled_from(list(Role)))
    def any_command_by_anybody(self, n, command, role):
        self.act(self.cases[n], self.fit(self.cases[n], command), ACTORS[role])

    @rule(
        n=st.integers(0, 1),
        amount=st.sampled_from(["owed", "owed", "less", "more", "some", "nothing"]),
        code=st.sampled_from(["newest", "none", "oldest", "newest", "foreign"]),
        again=st.sampled_from([False, False, False, True]),
        by=st.sampled_from([Role.TREASURER, Role.SYSTEM]),
    )
    def money_comes(self, n, amount, code, again, by):
        case = self.cases[n]
        oracle, codes = case.oracle, rq.codes_of(case.state)
        owed = oracle.claim or 140_000
        rupiah = {"owed": owed, "less": owed - 1, "more": owed + 1, "some": owed // 3 + 1,
                  "nothing": 0}[amount]  # fmt: skip
        paid = {"none": "", "foreign": "8" * 15}.get(code, "")
        if codes and code in ("newest", "oldest"):
            paid = codes[-1] if code == "newest" else codes[0]
        used = again and bool(self.used)  # those in use now
        self.fresh += 1
        ntpn = max(self.used) if used else f"N{self.fresh:015d}"
        made = rq.ConfirmPayment(ntpn, "1", rupiah, self.now, paid)
        accepted = self.act(case, made, ACTORS[by], used)
        # money that has come for a code we gave out is never turned away, and never taken twice
        sound = oracle.billed and rupiah > 0 and code != "foreign" and not used
        assert accepted == sound, (case.state.phase, sorted(case.state.facts), amount, code)
        if accepted:
            self.used.add(ntpn)

    @rule(n=st.integers(0, 1), amount=st.sampled_from(["owed", "less", "more"]))
    def a_transfer_comes(self, n, amount):
        case = self.cases[n]
        owed = case.oracle.claim or 140_000
        rupiah = {"owed": owed, "less": owed - 1, "more": owed + 1}[amount]
        made = attrs.evolve(self.fit(case, rq.VerifyTransfer), amount=rupiah)
        accepted = self.act(case, made, ACTORS[Role.TREASURER])
        if accepted:
            assert case.kind == "abroad"

    @rule(n=st.integers(0, 1), wrong=st.sampled_from([False, False, True]))
    def a_payment_is_taken_back(self, n, wrong):
        case = self.cases[n]
        if wrong:
            self.act(case, self.fit(case, rq.ReversePayment), ACTORS[Role.TREASURER])

    @rule(days=st.sampled_from([0, 0, 0, 1, 1, 3, 8]))
    def time_passes(self, days):
        self.now += dt.timedelta(days=days, minutes=1)
        for case in self.cases:
            for due, command in self.procedure.timers(case.state, OFFICE):
                if due <= self.now:
                    assert self.act(case, command(), ACTORS[Role.SYSTEM]), command
                    break

    @invariant()
    def the_books_say_what_the_oracle_says(self):
        STEPS["steps"] += 1
        for case in getattr(self, "cases", ()):
            books, oracle, state = case.state.books, case.oracle, case.state
            assert sum(books.amounts.values()) == 0
            books.check()
            for account, amount in oracle.balances().items():
                assert books.of(account) == amount >= 0, (account, books)
            money = {"paid", "part-paid", "refund-due"} & state.facts
            assert money == oracle.facts(), (state.phase, sorted(state.facts), oracle)
            whose = state.turns[-1][1]
            if oracle.back:
                assert Role.TREASURER in whose, "a refund is due and nobody's turn"
            elif state.phase not in OVER:
                assert whose, (state.phase, sorted(state.facts))

    def teardown(self):
        for case in getattr(self, "cases", ()):
            STEPS["settled"] += case.oracle.settled
            journal = self.procedure.journal(case.events)
            assert journal.balances == case.state.books
            came = [e.NAME for e in (n.event for n in case.events)]
            assert len(came) == case.state.version
