"""S1 to S5, L1: guest book, numbers, calls, no-shows, transfers, breaks; who waited and why."""

import datetime as dt
import json
import multiprocessing
from pathlib import Path

import attrs
import pytest

import pst_core
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core import visit as vs
from pst_core.desk import Desk
from pst_core.desk.days import cases, known_visitor
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office, Returns
from pst_core.refusal import BadLawData, NotFound, Refusal
from pst_core.testing.lives import OFFICER, person
from pst_core.wire import event_from_json
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
OFFICE_FILE = Path(pst_core.__file__).parent / "law/offices/3317.toml"
MORNING = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)


class Counter:
    """A desk, a clock that tests move, and visitors by name."""

    def __init__(self, office=OFFICE, store=None):
        self.now = MORNING
        self.store = store or MemoryStore()
        self.office = office
        self.desk = Desk(office, self.store, clock=lambda: self.now)
        self.who = {}

    def later(self, minutes):
        self.now += dt.timedelta(minutes=minutes)
        return self

    def arrive(self, name, service="", priority="", **written):
        actor = Actor(name, Role.APPLICANT, name)
        stream = self.desk.open(vs.VisitUnit(name), by=actor).stream
        self.who[stream] = actor
        guest = vs.Visitor(name, name, purpose="Data", **written)
        self.desk.do(stream, vs.SignGuestBook(guest), by=actor)
        self.desk.do(stream, vs.TakeNumber(service, priority), by=actor)
        return stream

    def call(self, counter="1"):
        return self.desk.call_next(counter, by=OFFICER).stream

    def serve(self, stream, minutes=10, **finish):
        self.desk.do(stream, vs.StateRequest("Susenas"), by=self.who[stream])
        self.later(minutes)
        self.desk.do(stream, vs.FinishVisit(**finish), by=OFFICER)

    def do(self, stream, command, by=OFFICER):
        return self.desk.do(stream, command, by=by)

    def waits(self):
        return {w.ticket: w for w in vs.waits(self.desk.queue().tickets, self.office)}


@pytest.fixture
def counter():
    return Counter()


def unmet(caught):
    return [u.code for u in caught.value.unmet]


# -- the guest book ---------------------------------------------------------------------------


def test_R3_the_office_says_which_fields_are_asked_for_and_what_may_stand_in_them(tmp_path):
    profile = OFFICE_FILE.read_text("utf-8").replace(
        "[counter]",
        "[counter]\nguest_book = [{ field = 'name', name = { id = 'Nama', en = 'Name' } }, "
        "{ field = 'village', name = { id = 'Desa', en = 'Village' }, required = true, "
        "choices = ['Lasem', 'Sluke'] }]",
    )
    (tmp_path / "own.toml").write_text(profile, "utf-8")
    desk = Counter(Office.load(tmp_path / "own.toml")).desk
    actor = Actor("ani", Role.APPLICANT)
    stream = desk.open(vs.VisitUnit("ani"), by=actor).stream
    for more, says in (
        ((), "Village is empty"),
        ((vs.Said("village", "Paris"),), "Lasem, Sluke"),
        ((vs.Said("village", "Lasem"), vs.Said("shoe", "42")), "no such field"),
    ):
        with pytest.raises(Refusal) as caught:
            desk.do(stream, vs.SignGuestBook(vs.Visitor("ani", "Ani", more=more)), by=actor)
        assert says in caught.value.say("en")
        assert unmet(caught) == ["guest-book-complete"]
    written = vs.Visitor("ani", "Ani", more=(vs.Said("village", "Lasem"),))
    assert desk.do(stream, vs.SignGuestBook(written), by=actor).state.phase == "REGISTERED"


def test_R3_a_visitor_who_comes_again_is_found_without_typing(counter):
    key = vs.visitor_key(phone="0812-3456-7890")
    assert known_visitor(counter.store, OFFICE, key) is None
    counter.arrive(key, phone="0812-3456-7890", institution="Undip")
    counter.later(24 * 60)
    counter.arrive(key, phone="0812-3456-7890", institution="UGM")
    found = known_visitor(counter.store, OFFICE, vs.visitor_key(phone="+62 812 3456 7890"))
    assert found.institution == "UGM", "the latest"


def test_R3_the_key_of_a_visitor_is_a_digest_and_the_same_however_it_is_typed():
    assert vs.visitor_key(email=" Ani@X.org") == vs.visitor_key(email="ani@x.org ", phone="1")
    assert vs.visitor_key(phone="081") == vs.visitor_key(phone="+62 81")
    assert "ani" not in vs.visitor_key(email="ani@x.org")
    assert vs.visitor_key() == vs.visitor_key(phone="-") == ""


# -- numbers ----------------------------------------------------------------------------------


def test_S3_each_service_has_numbers_of_its_own(counter):
    streams = [counter.arrive(n, s) for n, s in zip("abcd", "ABAB", strict=True)]
    labels = [counter.desk.queue().of(s).label for s in streams]
    assert labels == ["A-001", "B-001", "A-002", "B-002"]


def test_S3_no_number_for_a_service_or_a_priority_that_the_office_does_not_have(counter):
    for service, priority in (("Z", ""), ("", "rich")):
        with pytest.raises(Refusal) as caught:
            counter.arrive(f"x{service}", service, priority)
        assert unmet(caught) == ["service-known"]
        assert "elderly" in str(caught.value) or "A (" in str(caught.value)


@pytest.mark.parametrize(
    ("at", "says"),
    [((24, 16, 0), "has closed"), ((28, 9, 0), "is closed today")],
)
def test_S3_no_number_when_the_unit_is_closed_and_when_to_come_again(counter, at, says):
    day, hour, minute = at
    counter.now = MORNING.replace(day=day, hour=hour, minute=minute)
    with pytest.raises(Refusal) as caught:
        counter.arrive("ani")
    assert unmet(caught) == ["open-today"]
    assert says in caught.value.say("en")
    assert "2026-11-25 07:30" in str(caught.value) or "2026-11-30 07:30" in str(caught.value)


def test_S3_a_number_may_be_taken_in_the_midday_break(counter):
    counter.now = MORNING.replace(hour=12, minute=30)
    stream = counter.arrive("ani")
    assert counter.desk.queue().of(stream).label == "A-001"


def take_numbers(url, process, times, problems):
    try:
        with SqlStore(url) as store:
            counter = Counter(store=store)
            for n in range(times):
                counter.arrive(f"{process}-{n}", "AB"[n % 2])
    except Exception as error:
        problems.put(repr(error))


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_S3_ten_processes_take_numbers_without_gap_or_double(tmp_path, database, request):
    if database == "postgresql":
        import tests.postgres as pg

        if pg.find_binaries() is None:
            pytest.skip(pg.MISSING)
        running = pg.server()
        url = running.__enter__().format(name="postgres")
        request.addfinalizer(lambda: running.__exit__(None, None, None))
    else:
        url = f"sqlite:///{tmp_path}/pst.db"
    SqlStore(url).close()
    context = multiprocessing.get_context("spawn")
    problems = context.Queue()
    at_work = [context.Process(target=take_numbers, args=(url, p, 4, problems)) for p in range(10)]
    for process in at_work:
        process.start()
    for process in at_work:
        process.join(240)
    assert problems.empty(), problems.get()
    with SqlStore(url) as store:
        tickets = Counter(store=store).desk.queue().tickets
    labels = sorted(t.label for t in tickets)
    assert labels == [f"{s}-{n:03d}" for s in "AB" for n in range(1, 21)]


# -- calls ------------------------------------------------------------------------------------


def test_S4_a_number_called_twice_is_refused_and_may_be_called_again(counter):
    stream = counter.arrive("ani")
    counter.call("1")
    with pytest.raises(Refusal, match="not-now") as caught:
        counter.do(stream, vs.CallVisitor("2"))
    assert "Call again (officer)" in caught.value.remedy.en
    assert counter.do(stream, vs.RecallVisitor()).events[0].times == 2
    assert counter.do(stream, vs.RecallVisitor()).events[0].times == 3


def test_S5_nobody_is_served_before_being_called(counter):
    stream = counter.arrive("ani")
    for command, by in ((vs.StateRequest("x"), counter.who[stream]), (vs.FinishVisit(), OFFICER)):
        with pytest.raises(Refusal, match="not-now") as caught:
            counter.do(stream, command, by=by)
        assert "S4 Call in queue order (officer)" in caught.value.remedy.en


def test_S4_a_busy_or_unknown_counter_calls_nobody(counter):
    counter.arrive("ani")
    counter.arrive("budi")
    counter.call("1")
    with pytest.raises(Refusal) as caught:
        counter.call("1")
    assert "still with A-001" in caught.value.say("en")
    with pytest.raises(NotFound, match="no counter '9'"):
        counter.call("9")


def test_S4_two_counters_that_call_at_once_get_two_visitors(counter):
    first, second = counter.arrive("ani"), counter.arrive("budi")
    assert {counter.call("1"), counter.call("2")} == {first, second}
    with pytest.raises(NotFound, match="Nobody waits"):
        counter.call("3")


class Interrupted(MemoryStore):
    """Lets somebody else act between a decision and its append, once."""

    between = None

    def append(self, batch):
        if self.between and batch.events[0].name == "visit.visitor-called":
            act, self.between = self.between, None
            act()
        return super().append(batch)


def test_S4_a_counter_clicked_twice_does_not_get_two_visitors():
    store = Interrupted()
    counter = Counter(store=store)
    first = counter.arrive("ani")

    def in_between():
        counter.arrive("siti", "", "elderly")
        counter.call("1")

    store.between = in_between
    with pytest.raises(Refusal, match="still with A-002"):
        counter.call("1")
    assert counter.desk.queue().of(first).phase == "WAITING"


@pytest.mark.parametrize("other", ["1", "2"])
def test_S4_a_call_is_not_decided_on_a_queue_that_another_call_has_changed(other):
    store = Interrupted()
    counter = Counter(store=store)
    first, second = counter.arrive("ani"), counter.arrive("budi")
    # the officer's second click, or the other counter, comes in between
    store.between = lambda: counter.call(other)
    if other == "1":
        with pytest.raises(Refusal, match="still with"):
            counter.call("1")
        assert counter.desk.queue().of(second).phase == "WAITING"
    else:
        assert counter.call("1") == second
        assert counter.desk.queue().at("2").stream == first


def test_S4_those_who_need_it_go_first_but_not_without_end(counter):
    ordinary = counter.arrive("ani")
    elderly = [counter.arrive(f"e{n}", "", "elderly") for n in range(3)]
    called = [counter.call(number) for number in ("1", "2", "3")]
    assert called == [elderly[0], elderly[1], ordinary], "two in a row, then one without"


def test_S4_a_counter_calls_for_its_services_only():
    from pst_core.office.counter import Place

    policy = attrs.evolve(OFFICE.counter, counters=(Place("1", ("A",)), Place("2")))
    counter = Counter(attrs.evolve(OFFICE, counter=policy))
    library = counter.arrive("ani", "C")
    with pytest.raises(NotFound):
        counter.call("1")
    with pytest.raises(Refusal) as caught:
        counter.do(library, vs.CallVisitor("1"))
    assert "Call from counter 2" in caught.value.say("en")
    assert counter.call("2") == library


def test_S4_who_is_not_there_is_called_again_first_and_may_come_back_behind_the_others(counter):
    first, second = counter.arrive("ani"), counter.arrive("budi")
    assert counter.call() == first
    with pytest.raises(Refusal) as caught:
        counter.do(first, vs.MissCall())
    assert unmet(caught) == ["called-enough"]
    counter.do(first, vs.RecallVisitor())
    counter.do(first, vs.MissCall())
    counter.do(first, vs.ReturnToQueue(), by=counter.who[first])
    third = counter.arrive("cici")
    order = []
    for _ in range(3):
        order.append(counter.call())
        counter.serve(order[-1])
    assert order == [second, first, third]


def test_S4_an_office_may_let_who_comes_back_keep_the_place():
    policy = attrs.evolve(OFFICE.counter, returns=Returns.PLACE, calls=1)
    counter = Counter(attrs.evolve(OFFICE, counter=policy))
    first = counter.arrive("ani")
    counter.arrive("budi")
    counter.call()
    counter.do(first, vs.MissCall())
    counter.do(first, vs.ReturnToQueue(), by=counter.who[first])
    assert counter.call() == first


def test_S5_a_visitor_is_transferred_to_another_counter_and_is_next_there(counter):
    first = counter.arrive("ani")
    counter.arrive("budi")
    counter.call("1")
    counter.do(first, vs.StateRequest("peta"), by=counter.who[first])
    for other, says in (("1", "already"), ("9", "no such counter")):
        with pytest.raises(Refusal) as caught:
            counter.do(first, vs.TransferVisitor(other, "peta"))
        assert says in caught.value.say("en")
    counter.do(first, vs.TransferVisitor("2", "peta"))
    with pytest.raises(Refusal) as caught:
        counter.do(first, vs.CallVisitor("3"))
    assert "Call from counter 2" in caught.value.say("en")
    assert counter.call("2") == first, "before all who wait in line"


def test_S5_the_visit_and_the_request_it_leads_to_know_each_other(counter):
    visit = counter.arrive("warga-1")
    counter.call()
    counter.do(visit, vs.StateRequest("Susenas"), by=counter.who[visit])
    asked = rq.OpenRequest(person(), rq.Channel.WALK_IN, visit)
    request = counter.desk.open(asked, by=counter.who[visit]).stream
    counter.do(visit, vs.FinishVisit(request))
    assert counter.desk.queue().of(visit).request == request
    assert counter.desk.state(request).last(rq.RequestOpened).visit == visit


def test_S4_nobody_waits_for_ever_the_day_ends(counter):
    waiting, served = counter.arrive("ani"), counter.arrive("budi")
    counter.call()
    counter.do(waiting, vs.StateRequest("x"), by=counter.who[waiting])
    counter.now = MORNING.replace(hour=23, minute=59)
    assert counter.desk.run_timers() == ()
    counter.later(1)
    assert {d.stream for d in counter.desk.run_timers()} == {waiting, served}
    assert counter.desk.state(served).phase == "LEFT"
    assert counter.desk.state(waiting).phase == "SERVED"
    assert counter.desk.run_timers() == ()


# -- ten minutes ------------------------------------------------------------------------------


def test_L1_who_waited_longer_why_and_at_which_counter(counter):
    first, second, third = (counter.arrive(n) for n in ("ani", "budi", "cici"))
    assert counter.call("1") == first
    counter.serve(first, 20)
    counter.later(4)
    assert counter.call("1") == second
    counter.serve(second, 5)
    counter.later(12)
    assert counter.call("1") == third
    waits = counter.waits()
    assert waits["A-001"].due is None
    assert not waits["A-002"].late
    late = waits["A-003"]
    assert late.late
    assert (late.counter, late.after_before) == ("1", 12)
    assert late.why.en == (
        "A-002 had finished at counter 1 at 09:29; next since 09:29, called at 09:41; "
        "later than 09:39"
    )


def test_L1_a_counter_that_stands_free_starts_the_clock_for_the_next_one(counter):
    first = counter.arrive("ani")
    counter.call("2")
    counter.serve(first, 5)
    second = counter.later(10).arrive("budi")
    counter.later(11)
    assert counter.call("1") == second
    wait = counter.waits()["A-002"]
    assert wait.late
    assert "counter 2 stood free since 09:05 (A-001 had finished); next since 09:15" in wait.why.en


def test_L1_a_counter_that_rests_stands_free_for_nobody(counter):
    first, second, third = (counter.arrive(n) for n in ("ani", "budi", "cici"))
    counter.call("1")
    counter.call("2")
    counter.serve(first, 5, rests=True)
    counter.serve(second, 30)
    counter.later(2)
    assert counter.call("2") == third
    assert counter.waits()["A-003"].after_before == 2


def test_L1_the_clock_skips_the_midday_break(counter):
    counter.now = MORNING.replace(hour=11, minute=50)
    first, second = counter.arrive("ani"), counter.arrive("budi")
    counter.call()
    counter.serve(first, 5)
    counter.now = MORNING.replace(hour=13, minute=4)
    assert counter.call() == second
    wait = counter.waits()["A-002"]
    assert not wait.late
    assert wait.due == MORNING.replace(hour=13, minute=5)
    assert "closed hours do not count" in wait.why.en


# -- how long it will take ----------------------------------------------------------------------


def test_S4_the_wait_is_estimated_from_the_day_s_own_services_or_not_at_all(counter):
    guess = vs.estimate(counter.desk.queue(), "A", 3, counter.now, OFFICE)
    assert (guess.middle, guess.why.en) == (None, "no counter is at work")
    for n, minutes in enumerate((4, 6, 8, 10, 12)):
        guess = vs.estimate(counter.desk.queue(), "A", 3, counter.now, OFFICE)
        assert guess.middle is None
        counter.arrive(f"p{n}")
        counter.serve(counter.call(), minutes)
    guess = vs.estimate(counter.desk.queue(), "A", 3, counter.now, OFFICE)
    # one counter stands free: the fourth is called when three have been served, less the half
    assert (guess.low, guess.middle, guess.high) == (15, 20, 25)
    assert (guess.served, guess.at) == (5, counter.now + dt.timedelta(minutes=20))
    assert vs.estimate(counter.desk.queue(), "A", 0, counter.now, OFFICE).middle == 0


def test_S4_an_estimate_that_runs_into_the_break_goes_on_after_it(counter):
    counter.now = MORNING.replace(hour=11)
    for n in range(5):
        counter.arrive(f"p{n}")
        counter.serve(counter.call(), 10)
    guess = vs.estimate(counter.desk.queue(), "A", 3, counter.now, OFFICE)
    assert guess.at == MORNING.replace(hour=13, minute=15)


# -- what is stored -----------------------------------------------------------------------------


def test_S3_numbers_and_calls_stored_before_services_were_known_still_load():
    taken = event_from_json("visit.number-taken", 1, '{"number": 7}')
    assert (taken.number, taken.service, taken.priority) == (7, "", "")
    called = event_from_json("visit.visitor-called", 1, '{"counter": "1", "due": null}')
    assert (called.since, called.freed) == (None, None)
    guest = {"id": "1", "name": "Ani", "email": "", "phone": "", "institution": "", "purpose": "x"}
    body = json.dumps({"visitor": guest})
    assert event_from_json("visit.guest-book-signed", 1, body).visitor.more == ()
    assert not event_from_json("visit.finished", 1, '{"request": ""}').rests


def test_S1_yesterday_s_visits_are_not_in_today_s_queue(counter):
    counter.arrive("ani")
    counter.later(24 * 60)
    today = counter.arrive("budi")
    assert [t.stream for t in counter.desk.queue().tickets] == [today]
    assert len(counter.desk.queue(MORNING.date()).tickets) == 1
    assert len(list(cases(counter.store, OFFICE))) == 2


@pytest.mark.parametrize(
    ("written", "says"),
    [("calls = 0", "cannot be 0"), ("returns = 'front'", "place, end"),
     ("services = []", "at least one"), ("callz = 1", "calls")],
)  # fmt: skip
def test_a_counter_that_cannot_be_is_refused_with_its_line(tmp_path, written, says):
    text = OFFICE_FILE.read_text("utf-8").replace("[counter]", f"[counter]\n{written}")
    (tmp_path / "own.toml").write_text(text, "utf-8")
    with pytest.raises(BadLawData) as caught:
        Office.load(tmp_path / "own.toml")
    assert says in caught.value.say("en")


def test_the_walk_of_the_visit_finds_nothing_wrong():
    walk = vs.PROCEDURE.explore()
    assert walk.problems == ()
    assert walk.places >= len(vs.PROCEDURE.phases)


def test_the_walk_finds_a_visitor_who_could_be_served_without_a_call():
    steps = tuple(
        attrs.evolve(s, at=("WAITING",)) if s.command is vs.StateRequest else s
        for s in vs.PROCEDURE.steps
    )
    found = attrs.evolve(vs.PROCEDURE, steps=steps).explore().problems
    assert any("without a call" in p.text.en for p in found)
