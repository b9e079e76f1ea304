"""T5: 10,000 steps of money against an oracle, and planted faults that it must find.

``python -m tests.ledger.soak`` runs ten times as many.
"""

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pst_core import ledger as lg
from pst_core import request as rq
from pst_core.refusal import InvariantBroken
from pst_core.request import events as e
from pst_core.request import posting
from pst_core.request import state as s

from .machine import PROCEDURE, STEPS, Money

QUIET = {
    "deadline": None, "database": None, "stateful_step_count": 50, "derandomize": True,
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip


@pytest.mark.slow
def test_ten_thousand_steps_and_the_books_say_what_the_oracle_says():
    before = dict(STEPS)
    run_state_machine_as_test(
        Money, settings=settings(max_examples=260, phases=[Phase.generate], **QUIET)
    )
    done = {name: STEPS[name] - before[name] for name in STEPS}
    assert done["steps"] >= 10_000, done
    assert min(done.values()) >= 5, (
        f"each of these must have happened more than once or twice: {done}"
    )


def rows(command, **changes):
    """Return the table with the rows of ``command`` changed, or left out."""
    return attrs.evolve(
        PROCEDURE,
        steps=tuple(
            attrs.evolve(step, **changes) if step.command is command else step
            for step in PROCEDURE.steps
            if changes or step.command is not command
        ),
    )


def posting_otherwise(event, posts):
    return attrs.evolve(
        PROCEDURE,
        steps=tuple(
            attrs.evolve(step, posts=posts) if step.event is event else step
            for step in PROCEDURE.steps
        ),
    )


def no_reversal(event, books):
    return posting.invoiced(event, lg.NO_BALANCES)


def one_side_only(event, books):
    ((document, postings, reverses),) = posting.paid(event, books)
    return ((document, postings[:1], reverses),)


def nothing_left_over(event, books):
    return () if not posting.owed(books) else posting.paid(event, books)


def at_least_for_more(books):
    return (s.PAID, s.REFUND_DUE) if posting.refund_due(books) >= 0 else (s.PAID,)


def without(command, code):
    steps = tuple(
        attrs.evolve(step, requires=tuple(r for r in step.requires if r.code != code))
        if step.command is command
        else step
        for step in PROCEDURE.steps
    )
    return attrs.evolve(PROCEDURE, steps=steps)


def without_row(title):
    steps = tuple(step for step in PROCEDURE.steps if title not in step.title.en)
    assert len(steps) == len(PROCEDURE.steps) - 1
    return attrs.evolve(PROCEDURE, steps=steps)


PLANTED = {
    "a reversal without its entry": lambda: posting_otherwise(e.OfferSent, no_reversal),
    "an end without its reversal": lambda: rows(rq.CancelRequest, posts=None),
    "a second receipt": lambda: rows(rq.IssueReceipt, unless=(s.FREE,)),
    ">= for > in what is due back": lambda: rows(rq.ConfirmPayment, picks=at_least_for_more),
    "a part taken for the whole": lambda: rows(rq.ConfirmPayment, picks=lambda _: (s.PAID,)),
    "one side of an entry": lambda: posting_otherwise(e.PaymentConfirmed, one_side_only),
    "money beyond the invoice lost": lambda: posting_otherwise(
        e.PaymentConfirmed, nothing_left_over
    ),
    "an NTPN used twice": lambda: without(rq.ConfirmPayment, "ntpn-unused"),
    "a code of somebody else": lambda: without(rq.ConfirmPayment, "code-of-request"),
    "late money turned away": lambda: without_row("Record a payment that came after"),
    "a second payment turned away": lambda: without_row("Record a second payment"),
    "a receipt without the money": lambda: without(rq.IssueReceipt, "paid"),
    "a product without a receipt": lambda: rows(rq.DeliverProducts, requires=()),
    "a refund that stays open": lambda: rows(rq.RecordRefund, posts=None),
    "an expiry that keeps the part": lambda: rows(rq.ExpireOffer, posts=None),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name):
    class Planted(Money):
        procedure = PLANTED[name]()

    with pytest.raises((AssertionError, InvariantBroken)):
        run_state_machine_as_test(
            Planted,
            settings=settings(
                max_examples=400, phases=[Phase.generate], report_multiple_bugs=False, **QUIET
            ),
        )
