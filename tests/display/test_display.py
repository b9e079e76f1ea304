"""The display: what a browser gets, refreshed as it changes, with numbers and no names."""

import datetime as dt
import http.client
import json
import urllib.error
import urllib.request

import attrs
import pytest

from pst_adapters.display import Display, fragment
from pst_core import visit as vs
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.refusal import StorageError
from pst_core.testing.lives import OFFICER
from pst_core.text import Text
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")


class Day:
    def __init__(self):
        self.now = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
        self.desk = Desk(OFFICE, MemoryStore(), clock=lambda: self.now)
        self.fault = None

    def arrive(self, name, service="A"):
        actor = Actor(name, Role.APPLICANT, name)
        stream = self.desk.open(vs.VisitUnit(name), by=actor).stream
        guest = vs.Visitor(name, "Siti Rahmawati", phone="081234567", purpose="Data")
        self.desk.do(stream, vs.SignGuestBook(guest), by=actor)
        self.desk.do(stream, vs.TakeNumber(service), by=actor)
        return stream

    def board(self):
        if self.fault is not None:
            raise self.fault
        return vs.board(self.desk.queue(), OFFICE, self.now)


@pytest.fixture
def day():
    return Day()


def get(shown, path=""):
    with urllib.request.urlopen(shown.address + path, timeout=60) as answer:  # noqa: S310
        return answer.read().decode(), dict(answer.headers)


class Listener:
    """A browser that listens to the events of the page."""

    def __init__(self, shown):
        host, port = shown.address.removeprefix("http://").strip("/").split(":")
        self.line = http.client.HTTPConnection(host, int(port), timeout=60)
        self.line.request("GET", "/events")
        self.answer = self.line.getresponse()
        assert self.answer.headers["Content-Type"].startswith("text/event-stream")

    def next(self, kind):
        event = ""
        while line := self.answer.readline().decode():
            line = line.rstrip("\n")
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            if line.startswith("data:") and event == kind:
                return line.removeprefix("data: ")
        raise AssertionError("the page ended")

    def close(self):
        self.answer.close()
        self.line.close()


def test_S4_the_page_shows_waiting_called_and_counter_in_both_languages_and_no_name(day):
    day.arrive("ani")
    day.arrive("budi")
    day.arrive("cici", "B")
    day.desk.call_next("2", by=OFFICER)
    with Display(day.board) as shown:
        page, headers = get(shown)
    assert "<td>A-001</td><td>2</td>" in page
    assert "<span>A-002</span>" in page
    assert "<span>B-001</span>" in page
    assert "Nomor antrean A-001, silakan ke loket 2." in page
    assert "Queue number A-001, please go to counter 2." in page
    for secret in ("Siti", "081234567", "ani", "visit-"):
        assert secret not in page.replace("Pelayanan", "")
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "<script>" not in page
    assert "style=" not in page


def test_S4_a_call_reaches_the_browser_by_itself(day):
    stream = day.arrive("ani")
    with Display(day.board, every=0.02, alive=0.05) as shown:
        browser = Listener(shown)
        assert "<span>A-001</span>" in json.loads(browser.next("board"))
        day.desk.call_next("3", by=OFFICER)
        assert "<td>A-001</td><td>3</td>" in json.loads(browser.next("board"))
        day.desk.do(stream, vs.StateRequest("x"), by=Actor("ani", Role.APPLICANT))
        assert 'class="there"' in json.loads(browser.next("board"))
        browser.next("alive")
        browser.close()


def test_S4_a_store_that_cannot_be_read_leaves_the_last_numbers_and_no_sign_of_life(day):
    day.arrive("ani")
    with Display(day.board, every=0.02, alive=0.05) as shown:
        browser = Listener(shown)
        browser.next("board")
        text = Text(id="rusak", en="broken")
        day.fault = StorageError("broken", text, remedy=text)
        while browser.answer.readline() != b": the board cannot be read\n":
            pass
        assert "A-001" in get(shown)[0]
        day.fault = None
        browser.next("alive")
        browser.close()


def test_S4_what_is_not_there_is_404_and_nothing_can_be_posted(day):
    with Display(day.board) as shown:
        for path, data, code in (("secret", None, 404), ("../pst.db", None, 404), ("", b"x", 501)):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(shown.address + path, data=data, timeout=60)  # noqa: S310
            assert caught.value.code == code
            caught.value.close()
        assert "EventSource" in get(shown, "display.js")[0]
        assert "innerHTML" in get(shown, "display.js")[0]
        assert ".called" in get(shown, "style.css")[0]


def test_names_from_a_profile_are_escaped(day):
    evil = Text(id="<script>alert(1)</script>", en='"><img src=x onerror=alert(1)>')
    found = attrs.evolve(day.board(), office=evil, unit=evil, hours=evil)
    shown = fragment(found)
    assert "<script>" not in shown
    assert "<img" not in shown


def test_a_port_that_is_taken_is_said(day):
    with Display(day.board) as shown, pytest.raises(OSError, match="in use"):
        Display(day.board, port=int(shown.address.strip("/").rpartition(":")[2]))
