"""The desk over every store: a transaction a command, ids answered once, effects apart."""

import datetime as dt
import json
import sys
import threading
from pathlib import Path

import attrs
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "django"))
from pst_adapters.files import MemoryBlobs
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core import visit as vs
from pst_core.deposit import KeepPayment, ReturnPayment
from pst_core.desk import Desk, Worker
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import EffectStatus, NewEvent
from pst_core.office import Office
from pst_core.refusal import BadInput, Conflict, MailRefused, NotFound, Refusal, StorageError
from pst_core.tariff import Publication
from pst_core.testing.contracts.store import batch
from pst_core.testing.lives import APPLICANT, OFFICER, SYSTEM, TREASURER, carry, person
from pst_core.text import Text
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
TO_OFFER = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer,
)  # fmt: skip


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture(params=["memory", "sqlite", "django"])
def store(request, tmp_path):
    if request.param == "django":
        pytest.importorskip("django")
        import django_host

        with django_host.opened(tmp_path) as made:
            yield made
        return
    made = MemoryStore() if request.param == "memory" else SqlStore(f"sqlite:///{tmp_path}/pst.db")
    yield made
    made.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(store, clock):
    return Desk(OFFICE, store, clock=clock)


class Outbox:
    """A mailer that keeps what it is given and can be told to fail: a port, not a mock."""

    def __init__(self):
        self.sent = []
        self.fault = None

    def send(self, mail):
        if self.fault is not None:
            raise self.fault
        self.sent.append(mail)
        return {"message_id": mail.id}


def worker(desk, mailer):
    return Worker(desk, mailer=mailer, renderer=TypstRenderer(), blobs=MemoryBlobs())


def test_a_repeated_command_id_gets_the_first_answer_and_does_nothing(desk):
    first = desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="open-1")
    again = desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="open-1")
    assert again.stream == first.stream
    assert again.repeated
    one = desk.do(first.stream, rq.AcceptTerms(), by=APPLICANT, command_id="terms-1")
    two = desk.do(first.stream, rq.AcceptTerms(), by=APPLICANT, command_id="terms-1")
    assert (two.state, two.events) == (one.state, one.events)
    assert len(desk.history(first.stream)) == 2


def test_a_command_id_does_not_stand_for_another_act(desk):
    first = desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="x")
    with pytest.raises(Conflict, match="command-id-reused"):
        desk.do(first.stream, rq.AcceptTerms(), by=APPLICANT, command_id="x")
    with pytest.raises(Conflict, match="command-id-reused"):
        desk.open(rq.OpenRequest(person(abroad=True)), by=APPLICANT, command_id="x")


def test_a_refused_command_may_be_sent_again_under_its_id(desk):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    with pytest.raises(Refusal):
        desk.do(stream, rq.FileRequest(), by=APPLICANT, command_id="file-1")
    carry(desk, stream, TO_OFFER[:3], products=PUBLICATION)
    done = desk.do(stream, rq.FileRequest(), by=APPLICANT, command_id="file-1")
    assert done.state.phase == "PREPARING"


def test_two_desks_on_one_store_decide_on_what_is_really_there(store, clock):
    one, two = (Desk(OFFICE, store, clock=clock) for _ in range(2))
    stream = one.open(rq.OpenRequest(person()), by=APPLICANT).stream
    other = two.open(rq.OpenRequest(person()), by=APPLICANT).stream
    assert stream != other
    one.do(stream, rq.AcceptTerms(), by=APPLICANT)
    with pytest.raises(Refusal, match="not-now"):
        two.do(stream, rq.AcceptTerms(), by=APPLICANT)


def test_what_is_no_command_is_refused_before_anything_else(desk):
    with pytest.raises(BadInput, match="unknown-command"):
        desk.do("request-3317-2026-0001", "accept terms", by=APPLICANT)


def test_a_check_says_what_doing_it_would_say_and_writes_nothing(desk):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    before = desk.store.load(stream)
    for command, by in (
        (rq.FileRequest(), APPLICANT), (rq.AcceptTerms(), OFFICER), (rq.RateService(5), APPLICANT),
    ):  # fmt: skip
        said = desk.check(stream, command, by=by)
        with pytest.raises(Refusal) as refused:
            desk.do(stream, command, by=by)
        assert said == refused.value
    assert desk.check(stream, rq.AcceptTerms(), by=APPLICANT) is None
    assert desk.store.load(stream) == before


def test_an_unknown_request_is_named(desk):
    with pytest.raises(NotFound, match="request-3317-2026-0404"):
        desk.state("request-3317-2026-0404")


def test_a_naive_clock_is_refused(store):
    desk = Desk(OFFICE, store, clock=lambda: dt.datetime(2026, 11, 24))  # noqa: DTZ001
    with pytest.raises(BadInput):
        desk.open(rq.OpenRequest(person()), by=APPLICANT)


@pytest.mark.parametrize("after", [False, True], ids=["before the load", "after the load"])
def test_a_twin_that_is_faster_leaves_its_answer(store, clock, after):
    desk = Desk(OFFICE, store, clock=clock)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    twin = Desk(OFFICE, store, clock=clock)
    first = []

    class Racing:
        """The store, but the twin is carried out next to the load of the case."""

        def __getattr__(self, name):
            return getattr(store, name)

        def load(self, *asked):
            stored = store.load(*asked)
            if not first:
                first.append(twin.do(stream, rq.AcceptTerms(), by=APPLICANT, command_id="c"))
            return stored if after else store.load(*asked)

    desk.store = Racing()
    again = desk.do(stream, rq.AcceptTerms(), by=APPLICANT, command_id="c")
    assert again.repeated
    assert (again.state, again.events) == (first[0].state, first[0].events)
    with pytest.raises(Refusal):
        desk.do(stream, rq.AcceptTerms(), by=APPLICANT, command_id="another")


def test_what_might_be_done_again_is_not_when_its_id_comes_again(desk):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, (rq.AcceptTerms, rq.ChooseProducts), products=PUBLICATION)
    choice = rq.ChooseProducts(PUBLICATION)
    assert desk.check(stream, choice, by=APPLICANT) is None
    first = desk.do(stream, choice, by=APPLICANT, command_id="c")
    before = desk.store.load(stream)
    again = desk.do(stream, choice, by=APPLICANT, command_id="c")
    assert again.repeated
    assert again.events == first.events
    assert desk.store.load(stream) == before
    with pytest.raises(Conflict, match="command-id-reused"):
        desk.do(stream, rq.AcceptTerms(), by=APPLICANT, command_id="c")


def test_each_recipient_and_paper_has_an_effect_of_its_own(desk):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER, products=PUBLICATION)
    keys = [e.key.removeprefix(stream) for e in desk.store.effects(stream)]
    assert keys == [
        "/5/mail/applicant", "/5/mail/officer",
        "/7/paper/invoice", "/7/paper/agreement", "/7/mail/applicant",
    ]  # fmt: skip


def test_S13_the_invoice_is_made_filed_and_mailed_once(desk):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER, products=PUBLICATION)
    outbox = Outbox()
    work = worker(desk, outbox)
    done = work.work_off()
    assert {w.status for w in done} == {EffectStatus.DONE}
    assert work.work_off() == ()
    offer = outbox.sent[-1]
    assert offer.to == person().email
    assert [a.media_type for a in offer.attachments] == ["application/pdf"]
    assert offer.attachments[0].data.startswith(b"%PDF")
    assert f"[{stream}]" in offer.subject
    assert "Rp" not in offer.subject


def test_an_effect_that_fails_is_tried_again_and_blocks_no_other(desk, clock):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER, products=PUBLICATION)
    outbox = Outbox()
    outbox.fault = OSError("line cut")
    work = worker(desk, outbox)
    first = work.work_off()
    by_kind = {w.key.split("/")[2]: w.status for w in first}
    assert by_kind == {"mail": EffectStatus.QUEUED, "paper": EffectStatus.DONE}
    assert work.work_off() == (), "not before its time"
    outbox.fault = None
    clock.now += dt.timedelta(minutes=2)
    assert {w.status for w in work.work_off()} == {EffectStatus.DONE}
    assert len({m.id for m in outbox.sent}) == len(outbox.sent) == 3


def test_an_address_that_does_not_exist_is_set_aside_and_can_be_tried_again(desk, clock):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER[:4], products=PUBLICATION)
    outbox = Outbox()
    text = Text(id="alamat tidak ada", en="no such address")
    outbox.fault = MailRefused("no-such-address", text, remedy=text)
    work = worker(desk, outbox)
    assert {w.status for w in work.work_off()} == {EffectStatus.DEAD}
    clock.now += dt.timedelta(days=1)
    assert work.work_off() == ()
    dead = desk.store.effects(stream, status=EffectStatus.DEAD)
    assert all("no-such-address" in e.result for e in dead)
    outbox.fault = None
    assert all(desk.store.retry(e.key, clock.now) for e in dead)
    assert {w.status for w in work.work_off()} == {EffectStatus.DONE}


def test_an_effect_that_always_fails_is_set_aside_after_its_last_try(desk, clock):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER[:4], products=PUBLICATION)
    outbox = Outbox()
    outbox.fault = RuntimeError("poison")
    work = worker(desk, outbox)
    for _ in range(8):
        work.work_off()
        clock.now += dt.timedelta(days=1)
    assert work.work_off() == ()
    assert {e.status for e in desk.store.effects(stream)} == {EffectStatus.DEAD}
    dead = desk.store.effects(stream)[0]
    assert desk.store.retry(dead.key, clock.now)
    for _ in range(7):
        assert [w.status for w in work.work_off()] == [EffectStatus.QUEUED], "a fresh set of tries"
        clock.now += dt.timedelta(days=1)
    assert [w.status for w in work.work_off()] == [EffectStatus.DEAD]


def test_an_effect_that_kills_its_worker_is_set_aside_and_the_others_are_done(desk, clock):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER[:4], products=PUBLICATION)
    poison = desk.store.effects(stream)[0].key

    class Killed(BaseException):
        pass

    class Deadly(Outbox):
        def send(self, mail):
            if mail.id == poison:
                raise Killed
            return super().send(mail)

    work = worker(desk, Deadly())
    killed = 0
    for _ in range(20):
        try:
            work.work_off()
        except Killed:
            killed += 1
        clock.now += work.lease
    assert killed == 8
    stands = {e.key: e.status for e in desk.store.effects(stream)}
    assert stands.pop(poison) is EffectStatus.DEAD
    assert set(stands.values()) == {EffectStatus.DONE}
    assert {e.attempt for e in desk.store.effects(stream) if e.key != poison} == {1}


@pytest.mark.slow
def test_an_effect_that_does_not_end_is_left_behind_and_the_others_go_on(desk, clock):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER[:4], products=PUBLICATION)
    poison = desk.store.effects(stream)[0].key
    let_go = threading.Event()

    class Blocked(Outbox):
        def send(self, mail):
            if mail.id == poison:
                let_go.wait()
            return super().send(mail)

    work = worker(desk, Blocked())
    work.patience = dt.timedelta(seconds=2)
    told = {w.key: w for w in work.work_off()}
    assert told.pop(poison).status is EffectStatus.QUEUED
    assert {w.status for w in told.values()} == {EffectStatus.DONE}
    assert len(told) == 1
    waits = desk.store.effects(stream, status=EffectStatus.QUEUED)[0]
    assert "Not ended after 2 seconds" in waits.result
    let_go.set()


def test_a_worker_that_lost_its_lease_says_that_its_word_was_not_kept(desk, clock):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER[:4], products=PUBLICATION)

    class Slow(Outbox):
        def send(self, mail):
            if len(self.sent) == 0:
                clock.now += dt.timedelta(minutes=6)
                assert all(w.recorded for w in worker(desk, Outbox()).work_off())
            return super().send(mail)

    told = worker(desk, Slow()).work_off()
    assert [(w.status, w.recorded) for w in told] == [(EffectStatus.DONE, False)]
    assert {e.attempt for e in desk.store.effects(stream)} == {1, 2}


def test_a_timer_that_two_workers_see_is_carried_out_once(store, clock):
    one, two = (Desk(OFFICE, store, clock=clock) for _ in range(2))
    stream = one.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(one, stream, TO_OFFER, products=PUBLICATION)
    clock.now += dt.timedelta(days=13)
    assert len(one.run_timers()) == 1
    assert two.run_timers() == ()
    assert [e.step.clause for e in one.history(stream)][-1] == "X3"


def test_a_timer_that_cannot_be_carried_out_holds_up_no_other(store, clock):
    one = Desk(OFFICE, store, clock=clock)
    streams = []
    for _ in range(2):
        streams.append(one.open(rq.OpenRequest(person()), by=APPLICANT).stream)
        carry(one, streams[-1], TO_OFFER, products=PUBLICATION)
    first = store.summary(streams[0])
    of_a_newer_release = batch(
        streams[0], len(store.load(streams[0])), "newer",
        events=(NewEvent("request.teleported", 1, "{}"),), summary=first,
    )  # fmt: skip
    store.append(of_a_newer_release)
    clock.now += dt.timedelta(days=13)
    assert [row.stream for row in store.waking(clock())] == streams
    with pytest.raises(StorageError, match="unknown-event"):
        one.run_timers()
    assert [e.step.clause for e in one.history(streams[1])][-1] == "X3"


def test_each_office_of_one_store_does_its_own_work(store, clock):
    elsewhere = attrs.evolve(OFFICE, code="3318", email="pst3318@example.org")
    ours, theirs = (Desk(office, store, clock=clock) for office in (OFFICE, elsewhere))
    streams = {}
    for desk in (ours, theirs):
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, TO_OFFER, products=PUBLICATION)
        streams[desk] = stream
    for desk in (theirs, ours):
        outbox = Outbox()
        worked = worker(desk, outbox).work_off()
        assert {w.key.rsplit("/", 3)[0] for w in worked} == {streams[desk]}
        assert {mail.sender for mail in outbox.sent} == {desk.office.email}
    clock.now += dt.timedelta(days=13)
    assert [done.stream for done in theirs.run_timers()] == [streams[theirs]]
    with pytest.raises(NotFound, match="unknown-request"):
        theirs.do(streams[ours], rq.CancelRequest("no"), by=OFFICER)
    assert store.summary(streams[ours]).office == "3317"


def test_replayed_history_gives_the_state_that_was_answered(desk):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    state = carry(desk, stream, TO_OFFER, products=PUBLICATION)
    assert desk.state(stream) == state
    assert [e.version for e in desk.history(stream)] == list(range(1, 8))


def walk_in(desk, clock, who):
    visitor = Actor(who, Role.APPLICANT, who)
    stream = desk.open(vs.VisitUnit(who), by=visitor).stream
    guest = vs.Visitor(who, who, purpose="Membeli data")
    desk.do(stream, vs.SignGuestBook(guest), by=visitor)
    desk.do(stream, vs.TakeNumber(), by=visitor)
    clock.now += dt.timedelta(minutes=1)
    return stream, visitor


def serve(desk, stream, visitor):
    desk.do(stream, vs.CallVisitor(), by=OFFICER)
    desk.do(stream, vs.StateRequest("Susenas"), by=visitor)


def test_S1_S2_S3_S4_S5_a_visit_from_the_door_to_the_counter(desk, clock):
    stream, visitor = walk_in(desk, clock, "ani")
    serve(desk, stream, visitor)
    assert desk.do(stream, vs.FinishVisit("r-1"), by=OFFICER).state.phase == "SERVED"
    assert [e.step.clause for e in desk.history(stream)] == ["S1", "S2", "S3", "S4", "S5", "S5"]


def test_S1_a_visit_begins_at_the_unit(desk):
    # the answer is that of another office's visit: whether there is one, nobody is told
    with pytest.raises(NotFound, match="unknown-request"):
        desk.do("visit-x", vs.TakeNumber(), by=APPLICANT)
    assert desk.store.load("visit-x") == ()


def test_S2_R3_the_guest_book_asks_for_name_and_purpose(desk):
    stream = desk.open(vs.VisitUnit(APPLICANT.id), by=APPLICANT).stream
    empty = vs.Visitor(APPLICANT.id, "Ani", purpose=" ")
    with pytest.raises(Refusal) as caught:
        desk.do(stream, vs.SignGuestBook(empty), by=APPLICANT)
    assert [u.clause for u in caught.value.unmet] == ["R3"]


def test_S3_queue_numbers_count_from_one_on_each_day(desk, clock):
    for expected in (1, 2):
        stream, _ = walk_in(desk, clock, f"p{expected}")
        assert desk.state(stream).last(vs.NumberTaken).number == expected
    clock.now += dt.timedelta(days=1)
    stream, _ = walk_in(desk, clock, "p3")
    assert desk.state(stream).last(vs.NumberTaken).number == 1


def test_S4_nobody_is_called_before_those_who_came_first(desk, clock):
    first, _ = walk_in(desk, clock, "ani")
    second, _ = walk_in(desk, clock, "budi")
    with pytest.raises(Refusal) as caught:
        desk.do(second, vs.CallVisitor(), by=OFFICER)
    assert [u.code for u in caught.value.unmet] == ["in-queue-order"]
    desk.do(first, vs.CallVisitor("1"), by=OFFICER)
    desk.do(second, vs.CallVisitor("2"), by=OFFICER)


def test_S5_the_visitor_says_what_is_asked_for(desk, clock):
    stream, visitor = walk_in(desk, clock, "ani")
    desk.do(stream, vs.CallVisitor(), by=OFFICER)
    with pytest.raises(Refusal, match="not-ready"):
        desk.do(stream, vs.StateRequest(" "), by=visitor)


def test_L1_the_ten_minutes_start_when_the_applicant_before_has_finished(desk, clock):
    first, ani = walk_in(desk, clock, "ani")
    second, _ = walk_in(desk, clock, "budi")
    serve(desk, first, ani)
    assert desk.state(first).last(vs.VisitorCalled).due is None
    clock.now += dt.timedelta(minutes=20)
    desk.do(first, vs.FinishVisit(), by=OFFICER)
    finished = clock.now
    clock.now += dt.timedelta(minutes=3)
    desk.do(second, vs.CallVisitor(), by=OFFICER)
    assert desk.state(second).last(vs.VisitorCalled).due == finished + dt.timedelta(minutes=10)


def test_R1_R3_a_walk_in_request_names_the_visit_it_comes_from(desk, clock):
    stream, _ = walk_in(desk, clock, APPLICANT.id)
    asked = rq.OpenRequest(person(), rq.Channel.WALK_IN, visit=stream)
    with pytest.raises(Refusal):
        desk.open(asked, by=APPLICANT)
    serve(desk, stream, APPLICANT)
    opened = desk.open(asked, by=APPLICANT)
    assert "walk-in" in opened.state.facts


def test_stored_events_have_names_and_no_import_paths(desk):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER, products=PUBLICATION)
    for row in desk.store.load(stream):
        assert row.name.startswith("request.")
        assert "pst_core" not in row.body + row.actor
        json.loads(row.body)


def open_and_offer(url, times, problems):
    with SqlStore(url) as store:
        desk = Desk(OFFICE, store, clock=lambda: START)
        for _ in range(times):
            try:
                stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
                carry(desk, stream, TO_OFFER, products=PUBLICATION)
            except Exception as error:
                problems.put(repr(error))


@pytest.mark.slow
def test_six_processes_open_requests_and_number_invoices_without_gap_or_double(tmp_path):
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    url = f"sqlite:///{tmp_path}/pst.db"
    SqlStore(url).close()
    problems = context.Queue()
    workers = [context.Process(target=open_and_offer, args=(url, 5, problems)) for _ in range(6)]
    for process in workers:
        process.start()
    for process in workers:
        process.join(240)
    assert problems.empty(), problems.get()
    with SqlStore(url) as store:
        desk = Desk(OFFICE, store, clock=lambda: START)
        rows = desk.register(procedure="request")
        numbers = sorted(desk.state(row.stream).last(rq.OfferSent).number for row in rows)
        assert numbers == list(range(1, 31))
        assert [row.stream[-4:] for row in rows] == [f"{n:04d}" for n in range(1, 31)]


def test_a_case_of_another_office_in_the_same_store_is_not_to_be_had(desk, clock):
    stream = desk.open(vs.VisitUnit(APPLICANT.id), by=APPLICANT).stream
    request = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    stray = KeepPayment("A" * 16, "1", 5, clock(), "820261124999999", "", "Kode tidak dikenal.")
    kept = desk.open(stray, by=SYSTEM).stream
    other = Desk(attrs.evolve(OFFICE, code="3318"), desk.store, clock=clock)
    acts = (
        (stream, vs.TakeNumber(), APPLICANT),
        (request, rq.AcceptTerms(), APPLICANT),
        (kept, ReturnPayment("Bukan milik kantor ini."), TREASURER),
    )
    for case, command, by in acts:
        before = desk.history(case)
        with pytest.raises(NotFound):
            other.do(case, command, by=by)
        assert desk.history(case) == before
    desk.do(kept, ReturnPayment("Setoran satker lain."), by=TREASURER)


def test_X4_each_office_runs_the_timers_of_its_own_cases(desk, clock):
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_OFFER, products=PUBLICATION)
    other = Desk(attrs.evolve(OFFICE, code="3318"), desk.store, clock=clock)
    clock.now += dt.timedelta(days=60)
    assert other.run_timers() == ()
    assert len(desk.run_timers()) == 1
