"""The strategies give what they say, and what they find shrinks to what a reader would write."""

import datetime as dt

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from pst_adapters.files import read_facts
from pst_core import complaint, ledger, survey, visit
from pst_core import request as rq
from pst_core.analysis import Log, conformance
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.desk.profiles import check_office
from pst_core.documents import check_abstraction, check_request_form
from pst_core.documents.checks import check_upload
from pst_core.documents.comparing import Ordered, OrderedItem
from pst_core.documents.identity import check_email
from pst_core.money import as_rupiah
from pst_core.office import Office
from pst_core.office.standard import Closing, Payment
from pst_core.refusal import Refusal
from pst_core.request import events as e
from pst_core.testing import strategies as s
from pst_core.testing.logs import Plant
from pst_core.testing.moves import START, Life, Move, basket_of, said_basket
from pst_core.wire import procedures_of
from pst_core.workflow import Actor, Role

SHRINK = settings(
    max_examples=2000, database=None, derandomize=True, deadline=None,
    phases=[Phase.generate, Phase.shrink],
)  # fmt: skip


def smallest(strategy, condition):
    return find(strategy, condition, settings=SHRINK)


def happened(life):
    return {type(event) for event in life.events}


# -- things -------------------------------------------------------------------------------------


@given(st.data())
def test_forms_and_abstractions_fit_their_basket(data):
    basket = data.draw(s.baskets())
    forms = data.draw(s.forms(basket))
    assert {form.kind for form in forms} == {product.kind for product in basket}
    assert all(check_request_form(form) == () for form in forms)
    wanted = [p for p in basket if p.kind != "publication"]
    if wanted:
        items = [
            OrderedItem(p.title, p.kind, getattr(p, "extent", "") == "national") for p in wanted
        ]
        said = [f for f in forms if f.kind != "publication"]
        ordered = Ordered(tuple(items), (said[0].period,), (said[0].region,))
        abstraction = data.draw(s.abstractions(basket, forms))
        assert check_abstraction(abstraction, ordered) == ()


@given(s.applicants())
def test_an_applicant_can_be_written_to(applicant):
    assert check_email(applicant.email) == ()


@given(s.applicants(rq.Segment.PRIVATE, abroad=True), s.actors(Role.TREASURER), s.texts())
def test_what_is_asked_for_is_given(applicant, actor, text):
    assert (applicant.segment, applicant.abroad) == (rq.Segment.PRIVATE, True)
    assert actor.role is Role.TREASURER
    assert text.id
    assert text.en


@given(s.files())
@settings(max_examples=25, deadline=None)
def test_a_reader_of_files_finds_what_is_said_of_them(given_file):
    read = read_facts(given_file.content, given_file.name)
    facts = given_file.facts
    assert (read.sha256, read.bytes, read.pages) == (facts.sha256, facts.bytes, facts.pages)
    assert (read.media_type, read.problem) == (facts.media_type, "")


@given(s.file_facts(), s.file_facts(in_order=False))
def test_facts_of_a_file_are_in_order_or_have_one_fault(good, bad):
    assert [f for f in check_upload(good, "agreement") if f.severity == "error"] == []
    assert [f for f in check_upload(bad, "agreement") if f.severity == "error"] != []


@given(s.baskets())
def test_a_basket_is_told_in_words_and_read_back(basket):
    kept = basket_of(said_basket(basket))
    assert [(p.tariff, p.quantity) for p in kept] == [(p.tariff, p.quantity) for p in basket]


@given(s.quotes())
def test_a_quote_is_the_sum_of_its_lines(quote):
    assert quote.total == sum(line.amount for line in quote.lines) > 0


@given(st.lists(s.entries(), max_size=3), s.amounts())
def test_entries_keep_the_books_in_balance(entries, amount):
    balances = ledger.NO_BALANCES.after(entry.draft for entry in entries)
    assert sum(balances.totals().values()) == 0
    assert as_rupiah(amount) == amount > 0


@given(s.survey_answers(), s.complainants(), s.visitors())
def test_what_people_say_beside_a_request_is_taken(answers, complainant, guest):
    office = Office.load("3317")
    desk = Desk(office, MemoryStore(), clock=lambda: START)
    by, officer = Actor(guest.id, Role.APPLICANT), Actor("petugas-1", Role.OFFICER)
    stream = desk.open(visit.VisitUnit(guest.id), by=by).stream
    signed = desk.do(stream, visit.SignGuestBook(guest), by=by).state
    assert signed.phase == "REGISTERED"
    service = office.counter.services[0].code
    filled = desk.open(survey.FillSurvey(service, answers), by=Actor("", Role.APPLICANT))
    assert survey.result([filled.state.last(survey.SurveyAnswered).answers], 1).grade
    said = complaint.RecordFromBox("Tidak terbuka.", "", complainant=complainant)
    kind = complaint.complaint_rules(START.date()).kinds[0].code
    taken = desk.open(attrs.evolve(said, kind=kind), by=officer).state
    assert complaint.complainant_of(taken) == complainant


# -- houses -------------------------------------------------------------------------------------


@pytest.mark.slow
@given(s.offices())
@settings(max_examples=20, deadline=None)
def test_an_office_of_any_legal_profile_is_served_to_an_end(office):
    life = Life.begin(office)
    while not life.ended:
        life = life.after(next(life.onward()))
    assert life.state.phase in ("CLOSED", "CANCELLED")


@pytest.mark.slow
@given(s.offices())
@settings(max_examples=3, deadline=None, derandomize=True)
def test_any_legal_profile_is_sound_when_walked_whole(office):
    assert [f for f in check_office(office).faults if f.code in ("dead-end", "rule-broken")] == []


@given(s.calendars())
def test_a_calendar_knows_what_was_decreed_and_taken_back(calendar):
    days = {}
    for entry in sorted(calendar.entries, key=lambda entry: entry.decree.known_since):
        days[entry.date] = entry.kind
    for day, kind in days.items():
        if day.weekday() < 5:
            assert calendar.is_workday(day) is (kind == "revoked"), day


@given(s.calendars(), st.dates(dt.date(2024, 1, 8), dt.date(2027, 12, 1)))
def test_what_is_not_known_yet_takes_no_day_off(calendar, day):
    known = calendar.as_known_on(day)
    for entry in calendar.entries:
        if entry.decree.known_since > day and entry.date.year in known.decreed_years:
            revoked = entry.kind == "revoked"
            assert known.is_workday(entry.date) is (not revoked and entry.date.weekday() < 5)


@given(s.deadlines())
def test_a_deadline_falls_on_a_working_day(deadline):
    assert deadline.calendar.is_workday(deadline.due_date)


# -- cases --------------------------------------------------------------------------------------

PROCEDURES = [
    (code, name) for code in ("3317", "7500") for name in procedures_of(Office.load(code))
]


@pytest.mark.slow
@pytest.mark.parametrize(("office", "procedure"), PROCEDURES)
def test_a_life_is_legal_and_can_be_told_in_words(office, procedure):
    @given(s.lives(office, procedure))
    @settings(max_examples=15, deadline=None)
    def held(life):
        assert life.ended
        assert life.procedure.fold(life.noted) == life.state
        assert Life.read(str(life), office, procedure).state == life.state
        assert eval(repr(life), {"Life": Life}).events == life.events  # noqa: S307

    held()


@pytest.mark.slow
@given(st.data())
@settings(max_examples=30, deadline=None)
def test_a_move_fits_or_is_refused_as_its_name_says(data):
    life = data.draw(s.lives(whole=False))
    refused = data.draw(s.refused_moves(life))
    assert isinstance(life.then(refused), Refusal)
    assert data.draw(s.refusals(life)).text.id
    by, command = data.draw(s.refused_commands(life))
    assert by is not None
    assert command is not None
    if any(True for _ in life.onward()):
        fits = data.draw(s.moves(life))
        assert isinstance(life.then(fits), Life)
        assert fits.who in tuple(Role)
        by, command = data.draw(s.fitting_commands(life))
        assert type(command) in {row.command for row in life.rows}


@pytest.mark.slow
def test_every_row_of_the_table_is_come_by():
    seen = set()

    @given(s.lives())
    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    def walked(life):
        seen.update(entry.step for entry in life.entries)

    walked()
    rows = procedures_of(Office.load("3317"))["request"].steps
    assert len(seen) >= 0.8 * len(rows), [r.title.en for r in rows if r not in seen]


@pytest.mark.slow
@pytest.mark.parametrize("what", list(Plant))
def test_what_is_planted_in_a_log_is_in_it(what):
    office = Office.load("3317")

    @given(s.planted_logs(plants=[what], max_cases=2))
    @settings(max_examples=4, deadline=None)
    def held(log):
        assert {planted.plant for planted in log} <= {what}
        rows = tuple(row for planted in log for row in planted.rows)
        report = conformance(Log(rows), procedures_of(office)["request"], office)
        found = {case.case: case.deviations for case in report.cases}
        for planted in log:
            if planted.clauses and planted.plant is not Plant.LATE:
                assert found[planted.rows[0].case], planted

    held()


# -- what is found shrinks to what a reader would write ------------------------------------------


def test_the_simplest_of_each_kind():
    assert said_basket(smallest(s.baskets(), lambda b: len(b) > 1)) == "publication=1+publication=1"
    applicant = smallest(s.applicants(), lambda a: a.abroad)
    assert (applicant.id, applicant.segment, applicant.lang) == ("warga-1", "individual", "id")
    assert smallest(s.file_facts(in_order=False), lambda f: f.encrypted).pages == 1
    assert smallest(s.quotes(), lambda q: q.total > 60_000).products[1:] == ()
    entry = smallest(s.entries(), lambda entry: True)
    assert [amount for _, _, amount in entry.postings] == [1, -1]
    worst = smallest(s.survey_answers(), lambda given: any(a.value == 1 for a in given))
    assert sorted(answer.value for answer in worst) == [1, *[4] * 8]


def test_the_simplest_life_is_the_straight_one():
    life = smallest(s.lives(), lambda life: life.ended)
    assert str(life.state.phase) == "CLOSED"
    assert {entry.step.aside for entry in life.entries} == {False}
    assert len(life.moves) == 15


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (e.RequestCancelled, 2),
        *[
            pytest.param(kind, least, marks=pytest.mark.slow)
            for kind, least in (
                (e.OfferExpired, 9),
                (e.RefundApplied, 12),
                (e.RequestRejected, 6),
            )
        ],
    ],
)
def test_a_life_shrinks_to_a_short_one_and_to_the_shortest(kind, least):
    life = smallest(s.lives(), lambda life: kind in happened(life))
    assert len(life.moves) <= 22, life
    shortest = life.shortest(lambda life: kind in happened(life))
    assert len(shortest.moves) <= least, shortest
    assert kind in happened(shortest)
    assert repr(shortest) == f"Life.read({str(shortest)!r}, '3317', 'request')"


@pytest.mark.slow
def test_a_life_that_is_cut_ends_where_it_was_wanted():
    life = smallest(s.lives(whole=False), lambda life: life.state.phase == "OFFERED")
    assert life.moves[-1] == Move.read("officer:SendOffer", life.procedure)
    assert len(life.moves) <= 14


def test_an_office_shrinks_to_the_example_but_for_what_is_looked_for():
    office = smallest(s.offices(), lambda o: Payment.TRANSFER in o.payment)
    assert office.payment == (Payment.TRANSFER,)
    usual = smallest(s.offices(), lambda o: True)
    assert (usual.doors, usual.with_portal, usual.payment[0]) == (office.doors, True, "billing")
    assert smallest(s.offices(), lambda o: o.closing is Closing.BY_ITSELF).payment == usual.payment


@pytest.mark.slow
def test_a_calendar_shrinks_to_the_one_day_that_was_given_back():
    calendar = smallest(s.calendars(), lambda c: any(x.kind == "revoked" for x in c.entries))
    off, back = [x for x in calendar.entries if x.date.weekday() < 5]
    assert (off.date, off.kind, back.date) == (back.date, "holiday", off.date)
    assert len(repr(calendar)) < 120


def test_a_log_shrinks_to_one_short_case():
    log = smallest(s.planted_logs(plants=[Plant.WRONG_ROLE]), lambda log: len(log) > 0)
    assert len(log) == 1
    assert len(log[0].rows) == 15
