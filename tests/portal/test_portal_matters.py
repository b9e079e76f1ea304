"""Complaints, the survey, Rp0, part payments and the electronic treasury, at the portal's doors."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.portal.serving import served
from tests.portal.visiting import paid, steps

from pst_core import complaint as cp
from pst_core import request as rq
from pst_core import survey as sv
from pst_core.desk.notices import Notice
from pst_core.desk.payments import settle
from pst_core.desk.ports import Payment


def matter_of(answer):
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[2].partition("?")[0]


def do(visit, stream, command, **form):
    return visit.post(f"/matters/{stream}/do/{command}", _once=uuid.uuid4().hex, **form)


def live(portal, people, stream, first, last):
    """Carry the steps of a request from the one to the other."""
    for who, what, fields in steps(stream)[first:last]:
        if what.startswith("/"):
            assert people[who].post(what).status_code == 303
        else:
            people[who].act(stream, what, **fields, **paid(portal.house, stream, what))


def people_of(portal, siti):
    return {"": siti, **{d: portal.visit().enter(desk=d) for d in ("officer", "treasurer")}}


@pytest.mark.slow
def test_K1_an_applicant_complains_and_the_office_takes_it_up_answers_and_closes(portal, siti):
    stream = siti.open("dalam-angka")
    empty = siti.post("/complaints", text=" ", about=stream)
    assert empty.status_code == 422
    assert "Tulis isinya." in empty.text
    case = matter_of(siti.post("/complaints", text="Belum ada kabar.", about=stream))
    state = portal.house.desk.state(case)
    assert state.last(cp.ComplaintReceived).about == stream
    assert cp.kind_of(state) == "normative"  # the shortest time, until somebody has read it
    other = portal.visit().enter(email="budi@example.org", name="Budi Santoso")
    assert other.get(f"/matters/{case}").status_code == 404
    assert case not in other.get("/complaints").text
    officer = portal.visit().enter(desk="officer")
    assert "Belum ada kabar." in officer.get(f"/matters/{case}").text
    assert do(officer, case, "AnswerComplaint", answer="Maaf.").status_code == 422
    assert do(officer, case, "AcknowledgeComplaint", kind="no-oversight").status_code == 303
    assert do(officer, case, "AnswerComplaint", answer="Sudah kami kirim.").status_code == 303
    assert "Sudah kami kirim." in siti.get(f"/matters/{case}").text
    assert do(siti, case, "ReopenComplaint", reason="Belum saya terima.").status_code == 303
    assert do(officer, case, "AnswerComplaint", answer="Dikirim ulang.").status_code == 303
    assert do(siti, case, "AcceptAnswer").status_code == 303
    assert portal.house.desk.state(case).phase == "CLOSED"
    assert do(officer, case, "NoSuchAct").status_code == 404


def test_K2_to_K4_an_officer_records_what_came_and_who_is_named_does_not_read_it(portal):
    officer = portal.visit().enter(desk="officer")
    text = {"text": "Loket tutup.", "kind": "normative"}
    for by, more in (("K2", {"website": "lapor", "reference": f"LPR-{uuid.uuid4().hex[:8]}"}),
                     ("K3", {"complainant.email": "x@example.org"}),
                     ("K4", {"complainant.phone": "+62812345678"})):  # fmt: skip
        assert officer.post("/complaints/record", by=by, **text, **more).status_code == 303
    wrong = officer.post("/complaints/record", by="K4", **text, **{"complainant.phone": "-"})
    assert wrong.status_code == 422
    assert "+62812" in wrong.text
    named = officer.post("/complaints/record", by="K1", named="loket-1", **text)
    counter = portal.visit().enter(desk="counter")
    assert counter.get(f"/matters/{matter_of(named)}").status_code == 404
    assert matter_of(named) not in counter.get("/complaints").text
    assert officer.get(f"/matters/{matter_of(named)}").status_code == 200


@pytest.mark.slow
def test_S23_the_survey_by_its_link_after_the_rating_is_answered_once(portal, siti):
    people = people_of(portal, siti)
    stream = siti.open("kecamatan")
    live(portal, people, stream, 0, 11)
    assert siti.post(f"/requests/{stream}/survey").status_code == 404  # not before it is over
    live(portal, people, stream, 11, 15)
    asked = {
        row.stream: portal.house.desk.state(row.stream).last(sv.SurveyInvited)
        for row in portal.house.desk.register(procedure="survey")
    }
    (invited,) = [at for at, event in asked.items() if event and event.about == stream]
    to = siti.post(f"/requests/{stream}/survey").headers["Location"]
    assert to.startswith(f"/survey/{invited}?key=")
    anybody, key = portal.visit(), to.partition("key=")[2]
    assert anybody.get(to).status_code == 200
    assert anybody.get(to[:-1] + "z").status_code == 404
    assert anybody.get(f"/survey/{invited}").status_code == 404
    marks = {f"U{n}": "4" for n in range(1, 10)}
    for wrong in ("", "34", "123", "0", "5", "4 "):  # of several digits, none is a number of it
        refused = anybody.post(f"/survey/{invited}", key=key, **marks | {"U5": wrong})
        assert refused.status_code == 422, wrong
        assert "U5" in refused.text
    answer = anybody.post(f"/survey/{invited}", key=key, _once="1", comment="Baik", **marks)
    assert answer.status_code == 303
    assert "Terima kasih" in anybody.get(to).text
    given = portal.house.desk.state(invited).last(sv.SurveyAnswered)
    assert {a.value for a in given.answers} == {4}
    assert (given.about, given.service) == (stream, "request")
    assert anybody.post(f"/survey/{invited}", key=key, _once="2", **marks).status_code == 422


def test_S23_the_survey_at_the_unit(portal):
    door = portal.visit().enter(desk="counter")
    marks = {f"U{n}": "3" for n in range(1, 10)}
    assert door.post("/counter/survey", service="A").status_code == 422
    assert "Terima kasih" in door.post("/counter/survey", service="A", **marks).text
    assert portal.visit().get("/counter/survey").status_code == 303


@pytest.mark.slow
def test_C1_a_claim_to_Rp0_is_decided_by_the_office_and_then_costs_nothing(portal, siti):
    people = people_of(portal, siti)
    stream = siti.open("kecamatan")
    live(portal, people, stream, 0, 2)
    wish = {"forms.publication.title": "Lasem", "zero.recipient": "local-government",
            "zero.purpose": "state-duty"}  # fmt: skip
    without = siti.post(f"/requests/{stream}/do/CompleteForm", **wish)
    assert without.status_code == 422
    assert "Isi nomor surat" in without.text
    siti.act(stream, "CompleteForm", **wish, **{"zero.letter": "800/12/2026"})
    live(portal, people, stream, 3, 5)
    page = people["officer"].get(f"/requests/{stream}").text
    assert "800/12/2026" in page
    assert page.index('id="act-ApproveZero"') < page.index('id="act-SendOffer"')
    assert "belum disetujui" in page
    assert "Rp65.000" in page
    people["officer"].act(stream, "ApproveZero", account_verified_by="Ani", approver="Rina")
    assert "Rp65.000" not in siti.get(f"/requests/{stream}").text.partition("<tfoot>")[2]
    live(portal, people, stream, 5, 7)
    sent = portal.house.desk.state(stream).last(rq.OfferSent)
    assert sent.total == 0
    live(portal, people, stream, 11, 15)
    assert portal.house.desk.state(stream).phase == "CLOSED"


@pytest.mark.slow
def test_S16_a_part_is_paid_then_the_rest_by_a_second_code(portal, siti):
    people = people_of(portal, siti)
    stream = siti.open("kecamatan")
    live(portal, people, stream, 0, 8)
    for said, amount in (("25.000", 25_000), ("", 40_000)):
        if said == "":
            assert people["treasurer"].post(f"/requests/{stream}/simulated-bill").status_code == 303
        siti.post(f"/requests/{stream}/simulated-payment", amount=said)
        bill = portal.house.treasury.find(rq.codes_of(portal.house.desk.state(stream))[-1])
        assert bill.payment.amount == amount
        siti.act(stream, "ReportPayment", paid_at="2026-11-24T09:00", bank="B", amount=str(amount))
        note = {"ntpn": bill.payment.ntpn, "ntb": bill.payment.ntb, "amount": str(amount)}
        people["treasurer"].act(stream, "ConfirmPayment", **note, paid_at="2026-11-24T09:00")
    page = siti.get(f"/requests/{stream}").text
    for code in rq.codes_of(portal.house.desk.state(stream)):
        assert code in page
    assert "Rp25.000" in page
    assert "Rp40.000" in page
    people["treasurer"].act(stream, "IssueReceipt")


def test_S16_money_that_fits_no_bill_is_placed_by_the_treasurer(portal):
    money = Payment("A" * 16, "0" * 12, 70_000, portal.clock())
    settle(portal.house.desk, Notice("notice-1", "820261124000000", "elsewhere/1", money))
    treasurer = portal.visit().enter(desk="treasurer")
    (stream,) = set(re.findall(r"/matters/(deposit-[0-9-]+)", treasurer.get("/treasurer").text))
    assert "A" * 16 in treasurer.get(f"/matters/{stream}").text
    assert do(treasurer, stream, "ReturnPayment", reason=" ").status_code == 422
    assert do(treasurer, stream, "ReturnPayment", reason="Surat 3/2026").status_code == 303
    assert stream not in treasurer.get("/treasurer").text


ELECTRONIC = '\n[treasury]\ngateway = "http"\n'


@pytest.mark.slow
def test_S16_an_electronic_treasury_makes_the_code_and_tells_of_the_payment(tmp_path):
    from importlib.resources import files

    profile = (files("pst_core") / "law" / "offices" / "3317.toml").read_text("utf-8")
    place = Path(tmp_path / "electronic.toml")
    place.write_text(profile + ELECTRONIC, "utf-8")
    with served(tmp_path / "kept", office=str(place)) as portal:
        siti = portal.visit().enter(email="siti@example.org", name="Siti Rahmawati")
        people = people_of(portal, siti)
        stream = siti.open("kecamatan")
        live(portal, people, stream, 0, 6)
        page = people["treasurer"].get(f"/requests/{stream}").text
        assert "simulated-bill" not in page
        siti.act(stream, "AcceptOffer")
        worked = portal.wait(lambda: rq.codes_of(portal.house.desk.state(stream)))
        assert worked, "no code came from the treasury"
        siti.post(f"/requests/{stream}/simulated-payment")
        (came,) = portal.house.desk.state(stream).every(rq.PaymentConfirmed)
        assert came.amount == 65_000
        people["treasurer"].act(stream, "IssueReceipt")


@pytest.mark.slow
def test_nonsense_in_the_forms_of_complaints_and_surveys_is_refused_calmly(portal, siti):
    """Never a server error, and nothing is opened or done by it."""
    officer = portal.visit().enter(desk="officer")
    case = matter_of(siti.post("/complaints", text="Loket tutup."))
    before = {p: len(portal.house.desk.register(procedure=p)) for p in ("complaint", "survey")}
    odd = ("", " ", "9" * 400, "'\"<b>&", "\u0000", "\u202e", "1234", "request-3317-2026-9999")
    for word in odd:
        for path, form in (
            ("/complaints/record", {"by": "K2", "website": word, "reference": word, "text": "x",
                                    "kind": word}),
            ("/complaints/record", {"by": word, "text": word, "kind": "normative", "about": word}),
            (f"/matters/{case}/do/AnswerComplaint", {"answer": word}),
            (f"/matters/{case}/do/RecordFromBox", {"text": word, "kind": "normative"}),
            ("/counter/survey", {"service": word, "U1": word, "comment": word}),
            ("/survey/survey-3317-2026-9999", {"key": word, "U1": word}),
        ):  # fmt: skip
            answer = officer.post(path, **form)
            assert answer.status_code in (200, 404, 422), (path, form, answer.text)
        assert officer.get(f"/survey/{quote(word or 'x', safe='')}").status_code in (404, 400)
        assert officer.get(f"/matters/complaint-{quote(word, safe='')}").status_code in (404, 400)
    assert portal.house.desk.state(case).phase == "RECEIVED"
    assert before == {p: len(portal.house.desk.register(procedure=p)) for p in before}
