"""The gate of a desk: few inside, some waiting by rank, the rest told at once to come again."""

import contextlib
import datetime as dt
import threading

import pytest

from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.gate import Gate, Rank
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.refusal import Busy, NotFound, Refusal
from pst_core.request.events import PaymentReported
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, OFFICER, carry, fitting, person

OFFICE = Office.load("3317")
AT = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
PRODUCTS = (Publication("Rembang Dalam Angka", pages=312),)
TO_BILLED = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer, rq.AcceptOffer, rq.IssueBilling,
)  # fmt: skip


class Waiting:
    """A thread that asks to be let in, and what came of it."""

    def __init__(self, gate, rank, order):
        self.came = "waits"
        self.left = threading.Event()
        self.go = threading.Event()

        def ask():
            try:
                with gate.admit(rank):
                    self.came = "inside"
                    order.append(rank)
                    self.left.set()
                    self.go.wait(240)
            except Busy as busy:
                self.came = busy
                self.left.set()

        self.thread = threading.Thread(target=ask)
        waiting = len(gate._queue)
        turned = gate._came
        self.thread.start()
        while len(gate._queue) == waiting and gate._came == turned and not self.left.is_set():
            self.left.wait(0.005)

    def end(self):
        self.go.set()
        self.thread.join()


@pytest.fixture
def held():
    """Give a gate for one, with two places to wait, and somebody inside."""
    gate = Gate(at_once=1, waiting=2, patience=240)
    inside = contextlib.ExitStack()
    inside.enter_context(gate.admit(Rank.OFFICER))
    yield gate, inside
    inside.close()


def test_the_next_is_let_in_by_rank_then_by_time(held):
    gate, inside = held
    order = []
    waits = [Waiting(gate, rank, order) for rank in (Rank.SYSTEM, Rank.TREASURER)]
    inside.close()
    for one in reversed(waits):
        one.left.wait(240)
        one.end()
    assert order == [Rank.TREASURER, Rank.SYSTEM]
    assert gate._inside == 0


def test_a_full_house_turns_away_at_once_and_says_when_to_come_again(held):
    gate, inside = held
    waits = [Waiting(gate, Rank.APPLICANT, []) for _ in range(2)]
    with pytest.raises(Busy) as caught, gate.admit(Rank.APPLICANT):
        pass
    assert caught.value.code == "house-full"
    assert caught.value.retry_after >= 0.5
    assert "tidak ada yang dikerjakan" in caught.value.text.id
    inside.close()
    for one in waits:
        one.left.wait(240)
        one.end()
    assert [one.came for one in waits] == ["inside"] * 2


def test_a_higher_rank_takes_the_place_of_the_lowest_that_waits(held):
    gate, inside = held
    waits = [Waiting(gate, rank, []) for rank in (Rank.APPLICANT, Rank.SYSTEM, Rank.OFFICER)]
    waits[1].left.wait(240)
    assert isinstance(waits[1].came, Busy)
    inside.close()
    for one in (waits[2], waits[0], waits[1]):
        one.left.wait(240)
        one.end()
    assert [one.came for one in (waits[0], waits[2])] == ["inside"] * 2


def test_a_notice_is_never_turned_away(held):
    gate, inside = held
    waits = [Waiting(gate, Rank.NOTICE, []) for _ in range(5)]
    assert [one.came for one in waits] == ["waits"] * 5
    with pytest.raises(Busy), gate.admit(Rank.TREASURER):
        pass
    inside.close()
    for one in waits:
        one.go.set()
    for one in waits:
        one.end()
    assert [one.came for one in waits] == ["inside"] * 5
    assert gate._inside == 0


def test_who_has_waited_long_enough_is_turned_away_and_leaves_no_place_taken():
    gate = Gate(at_once=1, waiting=2, patience=0.01)
    with gate.admit(Rank.OFFICER):
        with pytest.raises(Busy), gate.admit(Rank.TREASURER):
            pass
        assert gate._queue == []
    with gate.admit(Rank.SYSTEM):
        assert gate._inside == 1
    assert gate._inside == 0


def test_a_place_is_given_back_after_an_error():
    desk = Desk(OFFICE, MemoryStore(), clock=lambda: AT, gate=Gate(at_once=1, waiting=0))
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    with pytest.raises(Refusal):
        desk.do(stream, rq.SendOffer(None), by=OFFICER)
    with pytest.raises((Refusal, NotFound)):
        desk.do("none", rq.AcceptTerms(), by=APPLICANT)
    desk.do(stream, rq.AcceptTerms(), by=APPLICANT)


def test_the_desk_turns_commands_away_before_anything_is_read_but_no_word_of_a_payment():
    gate = Gate(at_once=1, waiting=0, patience=240)
    store = MemoryStore()
    desk = Desk(OFFICE, store, clock=lambda: AT, gate=gate)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    state = carry(desk, stream, TO_BILLED, products=PRODUCTS)
    report = fitting(rq.ReportPayment, state, OFFICE, AT, stream, products=PRODUCTS)
    before = store.read()
    done = []
    notice = threading.Thread(
        target=lambda: done.append(desk.do(stream, report, by=APPLICANT, command_id="n"))
    )
    with gate.admit(Rank.OFFICER):
        with pytest.raises(Busy):
            desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="c")
        with pytest.raises(Busy):
            desk.do(stream, rq.AcceptOffer(), by=APPLICANT)
        notice.start()
        while not gate._queue:
            notice.join(0.005)
        assert store.read() == before
    notice.join()
    assert isinstance(done[0].events[0], PaymentReported)
    assert not desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="c").repeated


def test_a_command_sent_again_into_a_full_house_gets_its_first_answer_later():
    desk = Desk(OFFICE, MemoryStore(), clock=lambda: AT, gate=Gate(at_once=1, waiting=0))
    first = desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="c")
    with desk.gate.admit(Rank.OFFICER), pytest.raises(Busy) as caught:
        desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="c")
    # it was done, before: the refusal must not say that it was not
    assert "this time" in caught.value.text.en
    assert "same id" in caught.value.remedy.en
    again = desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="c")
    assert (again.stream, again.repeated) == (first.stream, True)
    assert len(desk.store.read()) == 1


def test_word_of_a_payment_is_all_that_is_never_shed():
    kept = {s.command.__name__ for s in rq.PROCEDURE.steps if s.never_shed}
    assert kept == {"ReportPayment", "ConfirmPayment", "VerifyTransfer", "TakeCash"}
