"""The tracker's milestones: what is done, whose step is next, what this case will never need."""

import datetime as dt

import pytest

from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, BASKET, carry
from pst_core.workflow import Reached, Role, progress

OFFICE = Office.load("3317")
TO_FILING = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm)
PAID = (rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment)
TO_END = (rq.IssueReceipt, rq.DeliverProducts, rq.ApproveDelivery, rq.RateService)


class Case:
    def __init__(self):
        now = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
        self.desk = Desk(OFFICE, MemoryStore(), clock=lambda: now)
        who = rq.Applicant(APPLICANT.id, "Siti", "siti@example.org", address="Rembang")
        self.stream = self.desk.open(rq.OpenRequest(who), by=APPLICANT).stream

    def carry(self, *commands, products=BASKET):
        carry(self.desk, self.stream, commands, products=products)

    def progress(self):
        history = self.desk.history(self.stream)
        made = progress(
            self.desk.procedure(self.stream), history[-1].state,
            [(e.step, e.noted.at) for e in history],
        )  # fmt: skip
        return {m.clause: m for m in made}


@pytest.fixture
def case():
    return Case()


def reached(found, *clauses):
    return [found[c].reached for c in clauses]


def test_at_the_start_one_step_is_next_and_nothing_is_ruled_out_but_the_transfer(case):
    found = case.progress()
    assert reached(found, "S6", "S7", "S8") == [Reached.DONE, Reached.NOW, Reached.LATER]
    assert found["S7"].who is Role.APPLICANT
    assert [c for c, m in found.items() if m.reached is Reached.NOT_NEEDED] == ["S18"]


def test_a_publication_needs_no_abstraction_no_verification_and_no_agreement(case):
    case.carry(rq.AcceptTerms, rq.ChooseProducts, products=(Publication("Dalam Angka", pages=9),))
    found = case.progress()
    assert reached(found, "S10", "S11", "S17") == [Reached.NOT_NEEDED] * 3
    assert reached(found, "S9", "R4", "S12") == [Reached.NOW, Reached.LATER, Reached.LATER]


def test_S15_and_S22_are_not_needed_once_nobody_can_ask_any_more(case):
    case.carry(
        *TO_FILING, rq.FileRequest, rq.PrepareProducts, rq.SendOffer,
        products=(Publication("Dalam Angka", pages=9),),
    )  # fmt: skip
    assert reached(case.progress(), "S14", "S15") == [Reached.NOW, Reached.LATER]
    case.carry(rq.AcceptOffer, *PAID, *TO_END)
    found = case.progress()
    assert reached(found, "S15", "S22", "S23") == [
        Reached.NOT_NEEDED, Reached.NOT_NEEDED, Reached.DONE,
    ]  # fmt: skip
    assert not [m for m in found.values() if m.reached in (Reached.NOW, Reached.LATER)]


def test_an_abstraction_that_was_sent_back_is_next_again_with_its_former_date(case):
    case.carry(
        *TO_FILING, rq.FileAbstraction, rq.FileRequest, rq.SendBackAbstraction,
    )  # fmt: skip
    found = case.progress()
    assert found["S10"].reached is Reached.NOW
    assert found["S10"].at is not None
    assert reached(found, "S9", "R4") == [Reached.DONE, Reached.DONE]
