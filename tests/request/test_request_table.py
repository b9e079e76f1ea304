"""The table as a whole: walked exhaustively, and broken on purpose to see the walk bite."""

import attrs
import pytest

from pst_core.office import Office
from pst_core.request import PROCEDURE as WHOLE
from pst_core.request import commands as c
from pst_core.request import events as e
from pst_core.request import procedure_of
from pst_core.request.state import (
    ABROAD,
    ABSTRACTION_VERIFIED,
    DELIVERED,
    PAID,
    PART_PAID,
    PREPARING,
    RECEIPTED,
    SIGNED,
)
from pst_core.visit import PROCEDURE as VISIT

PROCEDURE = procedure_of(Office.load("3317"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "procedure", [WHOLE, PROCEDURE, VISIT], ids=["whole table", "Rembang", "visit"]
)
def test_the_walk_finds_nothing_wrong(procedure):
    walk = procedure.explore()
    assert walk.problems == ()
    assert walk.places >= len(procedure.phases)


def test_the_rows_follow_the_published_order():
    clauses = [s.clause for s in PROCEDURE.steps]
    numbered = [int(clause[1:]) for clause in clauses if clause[0] == "S"]
    assert numbered == sorted(numbered)
    assert set(numbered) == set(range(6, 24))


def planted(**changes):
    """Return the procedure with rows changed: ``command name -> fields``, or None to drop them."""
    steps = []
    for step in PROCEDURE.steps:
        change = changes.get(step.command.__name__, {})
        if change is not None:
            steps.append(attrs.evolve(step, **change))
    return attrs.evolve(PROCEDURE, steps=tuple(steps))


def without(command, code):
    rows = [s for s in PROCEDURE.steps if s.command.__name__ == command]
    return {"requires": tuple(r for r in rows[0].requires if r.code != code)}


PLANTED = {
    "no receipt needed": (
        {"DeliverProducts": without("DeliverProducts", RECEIPTED)}, "rule-broken", "payment",
    ),
    "no signature needed": (
        {"DeliverProducts": without("DeliverProducts", SIGNED)}, "rule-broken", "signed agreement",
    ),
    "nobody can verify": ({"VerifyAbstraction": None}, "never-fires", "SignAgreement"),
    "receipt without payment": (
        {"IssueReceipt": without("IssueReceipt", PAID)}, "rule-broken", "receipt without payment",
    ),
    "a second receipt": ({"IssueReceipt": {"unless": ()}}, "rule-broken", "second receipt"),
    "a second payment": (
        {"VerifyTransfer": {"unless": (), "when": (ABROAD,)}}, "rule-broken", "settled twice",
    ),
    "a receipt for a part of the money": (
        {"IssueReceipt": {"requires": (), "when": (PART_PAID,)}}, "rule-broken",
        "receipt without payment in full",
    ),
    "a refund nobody asked for": (
        {"RecordRefund": {"when": (), "at": (DELIVERED,)}}, "rule-broken", "refund without money",
    ),
    "a copy of no receipt": (
        {"ReissueReceipt": {"when": ()}}, "rule-broken", "copy without a receipt",
    ),
    "a refund that nobody applies for": (
        {"RecordRefund": {"aside": True}}, "nobodys-turn", "CLOSED",
    ),
    "no way to apply for a refund": ({"RecordRefund": None}, "nobodys-turn", "CANCELLED"),
    "delivered from the offer": (
        {"AcceptOffer": {"event": e.ProductsDelivered}}, "rule-broken", "without payment",
    ),
    "skips verification": (
        {"FileRequest": {"to": PREPARING},
         "DeliverProducts": without("DeliverProducts", ABSTRACTION_VERIFIED)},
        "rule-broken", "verified abstraction",
    ),
    "expiry without a notice": (
        {"ExpireOffer": {"requires": ()}}, "rule-broken", "expiry without a notice",
    ),
    "nobody answers a correction": (
        {"ReviseOffer": None, "RejectRequest": None, "CancelRequest": None}, "dead-end",
        "CORRECTING",
    ),
    "nobody's turn": ({"ReviseOffer": {"aside": True}}, "nobodys-turn", "CORRECTING"),
    "a row that never fires": (
        {"RefusePayment": {"when": (PAID,), "unless": (PAID,)}}, "never-fires", "RefusePayment",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_wrong_row_is_found_with_the_way_that_shows_it(name):
    changes, kind, says = PLANTED[name]
    problems = planted(**changes).explore().problems
    found = [p for p in problems if p.kind == kind and says in p.text.en]
    assert found, [str(p) for p in problems]
    if kind in ("rule-broken", "dead-end", "nobodys-turn"):
        assert found[0].path[0] == "S6 RequestOpened"


@pytest.mark.slow
def test_a_planted_row_that_posts_otherwise_is_found():
    rows = list(PROCEDURE.steps)
    n = next(n for n, s in enumerate(rows) if s.command is c.ConfirmPayment)
    rows[n] = attrs.evolve(rows[n], posts=None)
    problems = attrs.evolve(PROCEDURE, steps=tuple(rows)).explore().problems
    assert [p.kind for p in problems] == ["posts-differ"]


def test_every_command_in_every_state_gives_events_or_a_refusal(rembang):
    """Each command in each reachable phase, by each role: never an exception of another kind."""
    import datetime as dt

    from pst_core.refusal import Refusal
    from pst_core.testing.lives import ACTORS, fitting
    from pst_core.workflow import Context, State

    at = dt.datetime(2026, 11, 24, 9, tzinfo=rembang.calendar.zone)
    commands = {s.command for s in PROCEDURE.steps}
    tried = 0
    for phase in PROCEDURE.phases:
        state = State(phase, turns=((at, ()),))
        for command in commands:
            try:
                made = fitting(command, state, rembang, at, "request-x")
            except AssertionError:
                made = c.RateService(5)
            for actor in ACTORS.values():
                context = Context(actor, at, rembang, "request-x", {})
                if not PROCEDURE.step_for(type(made), state):
                    assert isinstance(PROCEDURE.decide(made, state, context), Refusal)
                    tried += 1
    assert tried > 1000


def test_commands_can_be_compared_and_shown():
    assert c.AskOfferCorrection("x") == c.AskOfferCorrection("x")
    assert "x" in repr(c.AskOfferCorrection("x"))
