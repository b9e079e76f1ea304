"""The monthly report: figures from events alone, against a month worked by hand."""

import datetime as dt
import io
from fractions import Fraction

import pypdf
import pytest

from pst_adapters.pdf import TypstRenderer
from pst_core import complaint as cp
from pst_core import request as rq
from pst_core import survey as sv
from pst_core import visit as vs
from pst_core.analysis import (
    Month,
    Period,
    monthly_report,
    report_data,
    report_paper,
    sections,
    survey_results,
)
from pst_core.desk import Desk
from pst_core.desk.days import cases
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, OFFICER, carry, person
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
BOOK = (Publication("Rembang Dalam Angka", pages=312),)
TO_DELIVERY = (
    (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest),
    (rq.PrepareProducts, rq.SendOffer),
    (rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment, rq.IssueReceipt,
     rq.DeliverProducts),
)  # fmt: skip
NOVEMBER = Month(2026, 11)


class Bench:
    def __init__(self):
        self.at(11, 2)
        self.desk = Desk(OFFICE, MemoryStore(), clock=lambda: self.now)

    def at(self, month, day, hour=9, minute=0):
        self.now = dt.datetime(2026, month, day, hour, minute, tzinfo=OFFICE.calendar.zone)
        return self

    def report(self, month=NOVEMBER):
        found = cases(self.desk.store, OFFICE)
        return monthly_report(OFFICE, month, ((c.stream, c.procedure, c.happened) for c in found))

    def deliver(self, filed, offered, delivered, stars=0):
        self.at(*filed)
        stream = self.desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        for day, commands in zip((filed, offered, delivered), TO_DELIVERY, strict=True):
            self.at(*day)
            carry(self.desk, stream, commands, products=BOOK)
        if stars:
            carry(self.desk, stream, (rq.ApproveDelivery,), products=BOOK)
            self.desk.do(stream, rq.RateService(stars), by=APPLICANT)
        return stream

    def visit(self, name, minutes, service="A"):
        who = Actor(name, Role.APPLICANT)
        stream = self.desk.open(vs.VisitUnit(name), by=who).stream
        self.desk.do(stream, vs.SignGuestBook(vs.Visitor(name, name, purpose="x")), by=who)
        self.desk.do(stream, vs.TakeNumber(service), by=who)
        self.now += dt.timedelta(minutes=minutes)
        self.desk.call_next("1", by=OFFICER)
        self.desk.do(stream, vs.StateRequest("x"), by=who)
        self.now += dt.timedelta(minutes=5)
        self.desk.do(stream, vs.FinishVisit(), by=OFFICER)

    def survey(self, value, service="A"):
        answers = tuple(sv.Answer(e.code, value) for e in sv.scale().elements)
        self.desk.open(sv.FillSurvey(service, answers), by=Actor("", Role.APPLICANT))


@pytest.fixture
def bench():
    return Bench()


def test_L2_share_in_time_by_channel_and_whose_hands_the_days_were_in(bench):
    # filed Monday 2; offered Thursday 5: three days with the officer; accepted, paid and delivered
    # on Tuesday 10: three days with the applicant (6, 9, 10)
    bench.deliver((11, 2), (11, 5), (11, 10), stars=5)
    # filed Monday 2, offered Tuesday 17: eleven working days with the officer, so late
    bench.deliver((11, 2), (11, 17), (11, 17), stars=4)
    found = bench.report()
    online = next(c for c in found.channels if c.channel == "online")
    assert (online.delivered, online.in_time, online.overdue) == (2, 1, 0)
    hands = {h.side: (h.days, h.median) for h in found.hands}
    assert hands == {"officer": (14, 7), "treasurer": (0, 0), "applicant": (3, 1.5)}
    assert (found.opened, found.delivered) == (2, 2)
    assert (found.ratings.ratings, found.ratings.mean) == (2, Fraction(9, 2))
    assert found.ratings.stars == {1: 0, 2: 0, 3: 0, 4: 1, 5: 1}


def test_L2_a_request_that_is_late_and_not_delivered_is_not_hidden(bench):
    bench.at(11, 2)
    stream = bench.desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(bench.desk, stream, TO_DELIVERY[0], products=BOOK)
    online = next(c for c in bench.report().channels if c.channel == "online")
    assert (online.delivered, online.overdue) == (0, 1)
    october = next(c for c in bench.report(Month(2026, 10)).channels if c.channel == "online")
    assert (october.delivered, october.overdue) == (0, 0), "not known in October yet"


def test_L1_waits_of_each_line_and_the_late_calls_with_their_reason(bench):
    for name, minutes in (("a", 1), ("b", 3), ("c", 12)):
        bench.visit(name, minutes)
    bench.visit("d", 2, "B")
    found = bench.report()
    a, b = found.lines
    assert (a.service, a.calls, a.timed, a.in_time) == ("A", 3, 2, 1)
    assert (a.median, a.ninth, a.longest) == (3, 12, 12)
    assert (b.service, b.calls, b.timed, b.in_time) == ("B", 1, 1, 1)
    assert [(x.ticket, x.counter, x.minutes) for x in found.late] == [("A-003", "1", 12)]
    assert "A-002 had finished at counter 1" in found.late[0].why.en
    assert (found.visits.visits, found.visits.served) == (4, 4)


def test_K1_complaints_by_channel_and_whether_they_were_answered_in_time(bench):
    for text, days in (("Lama.", 3), ("Keliru.", 20), ("Sunyi.", 0)):
        bench.at(11, 2)
        stream = bench.desk.open(cp.RecordFromBox(text, "normative"), by=OFFICER).stream
        if days:
            bench.at(11, 2 + days)
            bench.desk.do(stream, cp.AcknowledgeComplaint(), by=OFFICER)
            bench.desk.do(stream, cp.AnswerComplaint("Maaf."), by=OFFICER)
    bench.at(11, 30)
    bench.desk.run_timers()
    c = bench.report().complaints
    assert (c.received, dict(c.doors), dict(c.kinds)) == (3, {"box": 3}, {"normative": 3})
    assert (c.answered, c.in_time, c.overdue, c.closed) == (2, 1, 1, 1)
    assert c.escalated == 1


def test_S23_the_survey_of_each_service_and_none_under_the_minimum(bench):
    for value, service in ((4, "A"), (4, "A"), (4, "A"), (3, "A"), (4, "A"), (2, "B")):
        bench.survey(value, service)
    bench.at(12, 1).survey(1)
    found = bench.report().survey
    assert found.office.answers == 6
    assert found.office.index == Fraction("87.50")
    assert found.services["A"].index == Fraction(95)
    assert found.services["B"].index is None
    assert bench.report(Month(2026, 12)).survey.office.answers == 1
    surveys = [c.happened for c in cases(bench.desk.store, OFFICE) if c.procedure == "survey"]
    both = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 31))
    assert survey_results(OFFICE, both, surveys).office.answers == 7


def test_a_report_made_again_later_says_the_same(bench):
    bench.deliver((11, 2), (11, 20), (11, 30), stars=5)
    bench.visit("a", 3)
    complaint = bench.desk.open(cp.RecordFromBox("Lama.", "normative"), by=OFFICER).stream
    first = bench.report()
    assert first.complaints.answered == 0
    bench.at(12, 1)
    bench.desk.do(complaint, cp.AcknowledgeComplaint(), by=OFFICER)
    bench.desk.do(complaint, cp.AnswerComplaint("Maaf."), by=OFFICER)
    bench.deliver((12, 2), (12, 3), (12, 4))
    bench.visit("b", 3)
    assert bench.report() == first


def test_another_office_s_events_in_the_same_store_do_not_count(bench):
    import attrs

    other = Desk(attrs.evolve(OFFICE, code="3318"), bench.desk.store, clock=lambda: bench.now)
    other.open(rq.OpenRequest(person()), by=APPLICANT)
    assert bench.report().opened == 0


def test_S4_who_was_just_called_is_not_yet_unserved_and_who_stayed_over_is(bench):
    bench.at(11, 24)
    who = Actor("a", Role.APPLICANT)
    stream = bench.desk.open(vs.VisitUnit("a"), by=who).stream
    bench.desk.do(stream, vs.SignGuestBook(vs.Visitor("a", "a", purpose="x")), by=who)
    bench.desk.do(stream, vs.TakeNumber("A"), by=who)
    bench.desk.call_next("1", by=OFFICER)
    assert bench.report().visits.unserved == 0
    bench.at(11, 25)
    bench.visit("b", 3)  # the next day is known of, and nobody had served the first
    assert bench.report().visits.unserved == 1


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_report_is_data_lines_and_a_page(bench, lang):
    bench.deliver((11, 2), (11, 5), (11, 10), stars=5)
    bench.visit("a", 3)
    for value in (4, 4, 4, 4, 3):
        bench.survey(value)
    found = bench.report()
    data = report_data(found)
    assert data["survey"]["office"]["index"] == "95.00"
    assert data["ratings"]["mean"] == "5.00"
    assert data["month"] == "2026-11"
    shown = [line.value.say(lang) for s in sections(found) for line in s.bars]
    assert any(("95,00 (A" if lang == "id" else "95.00 (A") in value for value in shown)
    paper = report_paper(found, OFFICE, bench.at(12, 1).now, lang)
    assert paper.note == ""
    assert report_paper(found, OFFICE, bench.at(11, 30).now, lang).note
    reader = pypdf.PdfReader(io.BytesIO(TypstRenderer().render(paper)))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert ("95,00 (A" if lang == "id" else "95.00 (A") in text
    assert "3317/2026-11" in text
    assert ("Kabupaten Rembang" if lang == "id" else "Rembang Regency").upper() in text.upper()
    assert "SHA-256" not in text, "a report is not kept, so no code promises that it was"


@pytest.mark.parametrize("text", ["2026", "2026-13", "26-11", "november", "2026-1x"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(BadInput, match="2026-11"):
        Month.of(text)
