"""The play behind ``pst day``: a day at the counter, in virtual time, through the desk.

Visitors come, wait, are called, served, sent on, or are not there; the counters take their break.
Nothing is computed here that the desk decides; what the play counts itself is what people did.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

import attrs

from pst_adapters.files import FolderBlobs
from pst_adapters.mail import FolderMailer
from pst_adapters.pdf import TypstRenderer
from pst_adapters.vault import SealedBlobs
from pst_core import complaint as cp
from pst_core import request as rq
from pst_core import survey as sv
from pst_core import visit as vs
from pst_core.desk import Desk, Worker
from pst_core.office import Office
from pst_core.refusal import NotFound
from pst_core.tariff import Product, Publication
from pst_core.testing.lives import fitting
from pst_core.workflow import Actor, Role

from .stores import make_store

__all__ = ["CounterPlay"]

_VISITORS, _COUNTERS = 60, ("1", "2", "3")
_REQUESTS, _SURVEYS = 3, 12
_NO_SHOWS, _LEAVERS, _SENT_ON = 4, 2, 3

_OFFICERS = {c: Actor(f"petugas-{c}", Role.OFFICER, f"Petugas loket {c}") for c in _COUNTERS}
_ROLES = {
    Role.OFFICER: _OFFICERS["1"],
    Role.TREASURER: Actor("bendahara-1", Role.TREASURER, "Bendahara"),
}
_TO_THE_END: tuple[tuple[int, tuple[type, ...]], ...] = (
    # hours on the day, then on each of the next working days
    (15, (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest)),
    (9, (rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer, rq.IssueBilling)),
    (9, (rq.ReportPayment, rq.ConfirmPayment, rq.IssueReceipt, rq.DeliverProducts)),
    (10, (rq.ApproveDelivery, rq.RateService)),
)


@attrs.define
class _Person:
    """One visitor of the play, and what they will do."""

    n: int
    service: str
    priority: str
    minutes: float
    """How long the service takes."""
    no_show: bool = False
    comes_back: bool = False
    leaves: bool = False
    sent_to: bool = False
    buys: bool = False
    stream: str = ""
    left: bool = False

    @property
    def key(self) -> str:
        return f"tamu-{self.n:03d}"

    @property
    def actor(self) -> Actor:
        return Actor(self.key, Role.APPLICANT, f"Tamu {self.n}")


class CounterPlay:
    """A day of ``office`` on ``day`` (or the working day after), in the database ``folder/pst.db``.

    The same ``seed`` gives the same day. ``counted`` is what people did, counted as they did it.
    """

    def __init__(self, office: Office, folder: Path, day: dt.date, seed: int) -> None:
        self.office = office
        self.day = day if office.calendar.is_workday(day) else office.calendar.add(day, 1)
        self.dice = random.Random(seed)  # noqa: S311 - an invented day
        self.now = self._at(self.day, dt.time(6))
        self.store = make_store(folder / "pst.db")
        ids = iter(range(10**9))
        self.desk = Desk(
            office, self.store, clock=lambda: self.now, new_id=lambda: f"day-{seed}-{next(ids)}"
        )
        self.worker = Worker(
            self.desk,
            mailer=FolderMailer(folder / "mail"),
            renderer=TypstRenderer(),
            blobs=SealedBlobs(FolderBlobs(folder / "blobs"), self.store, office.code),
        )
        self.counted: Counter[str] = Counter()
        self.requests: list[str] = []
        self._plan: list[tuple[dt.datetime, int, Callable[[], None]]] = []
        self._order = iter(range(10**9))
        self._idle = set(_COUNTERS)
        self._people: dict[str, _Person] = {}
        # once a day something holds everybody up: the calls after it come late
        halt = self._at(self.day, dt.time(10, self.dice.randrange(60)))
        self._halted = (halt, halt + dt.timedelta(minutes=25))

    def __enter__(self) -> CounterPlay:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.store.close()

    def run(self) -> None:
        """Play the day, what came of it on the days after, and the mails."""
        spans = self.office.hours.on(self.day)
        opens, closes = self._at(self.day, spans[0][0]), self._at(self.day, spans[-1][1])
        people = self._crowd()
        width = (closes - dt.timedelta(minutes=75) - opens).total_seconds() / 60
        for person, minute in zip(
            people, sorted(self.dice.uniform(2, width) for _ in people), strict=True
        ):
            self._later(opens + dt.timedelta(minutes=minute), partial(self._arrive, person))
        while self._plan:
            self.now, _, act = heapq.heappop(self._plan)
            act()
        self._afterwards([p for p in people if p.stream])
        self.worker.work_off(limit=1000)

    # -- the crowd ----------------------------------------------------------------------------

    def _crowd(self) -> list[_Person]:
        codes = [service.code for service in self.office.counter.services]
        weights = [5, 3, *[1] * len(codes)][: len(codes)]
        priorities = [p.code for p in self.office.counter.priorities]
        people = []
        for n in range(1, _VISITORS + 1):
            service = self.dice.choices(codes, weights)[0]
            first = self.dice.random() < 0.12 and priorities
            people.append(
                _Person(
                    n,
                    service,
                    self.dice.choice(priorities) if first else "",
                    max(3.0, self.dice.gauss(16 if service == codes[0] else 12, 5)),
                )
            )
        rest = self.dice.sample(people, len(people))
        buyers = [p for p in rest if p.service == codes[0]][:_REQUESTS]
        others = [p for p in rest if p not in buyers]
        for person in buyers:
            person.buys = True
        for n, person in enumerate(others[:_NO_SHOWS]):
            person.no_show, person.comes_back = True, n % 2 == 0
        for person in others[_NO_SHOWS : _NO_SHOWS + _LEAVERS]:
            person.leaves = True
        for person in others[_NO_SHOWS + _LEAVERS :][:_SENT_ON]:
            person.sent_to = True
        return people

    # -- what they do -------------------------------------------------------------------------

    def _arrive(self, person: _Person) -> None:
        person.stream = self.desk.open(vs.VisitUnit(person.key), by=person.actor).stream
        self._people[person.stream] = person
        self.counted["visits"] += 1
        self._in(1, lambda: self._sign(person))

    def _sign(self, person: _Person) -> None:
        guest = vs.Visitor(
            person.key,
            f"Tamu {person.n}",
            email=f"tamu{person.n}@example.org",
            phone=f"0812{person.n:07d}",
            purpose="Membeli produk statistik" if person.buys else "Mencari data",
            more=(vs.Said("education", self.dice.choice(["D4/S1", "S2", "SMA atau kurang"])),)
            if any(f.field == "education" for f in self.office.counter.guest_book)
            else (),
        )
        self.desk.do(person.stream, vs.SignGuestBook(guest), by=person.actor)
        self._in(1, lambda: self._take(person))

    def _take(self, person: _Person) -> None:
        taken = vs.TakeNumber(person.service, person.priority)
        self.desk.do(person.stream, taken, by=person.actor)
        self.counted["numbers"] += 1
        self.counted["priority"] += bool(person.priority)
        if person.leaves:
            self._in(self.dice.uniform(2, 6), lambda: self._leave(person))
        self._wake()

    def _leave(self, person: _Person) -> None:
        # one who has been called meanwhile stays
        if self.desk.state(person.stream).phase == "WAITING":
            self.desk.do(person.stream, vs.LeaveUnit(), by=person.actor)
            person.left = True
            self.counted["left"] += 1

    def _wake(self) -> None:
        for counter in sorted(self._idle):
            self._idle.discard(counter)
            self._in(self.dice.uniform(0.3, 2.5), partial(self._call, counter))

    def _call(self, counter: str) -> None:
        begins, ends = self._halted
        opens = ends if begins <= self.now < ends else self._opens_again()
        if opens is not None:
            self._later(opens + dt.timedelta(minutes=1), partial(self._call, counter))
            return
        try:
            done = self.desk.call_next(counter, by=_OFFICERS[counter])
        except NotFound:
            self._idle.add(counter)
            return
        self.counted["calls"] += 1
        person = self._people[done.stream]
        if person.no_show:
            person.no_show = False
            self._in(2, lambda: self._recall(person, counter, self.office.counter.calls - 1))
        else:
            self._in(self.dice.uniform(0.3, 1.2), lambda: self._begin(person, counter))

    def _recall(self, person: _Person, counter: str, left: int) -> None:
        if left > 0:
            self.desk.do(person.stream, vs.RecallVisitor(), by=_OFFICERS[counter])
            self._in(2, lambda: self._recall(person, counter, left - 1))
            return
        self.desk.do(person.stream, vs.MissCall(), by=_OFFICERS[counter])
        self.counted["missed_calls"] += 1
        if person.comes_back:
            self._in(self.dice.uniform(5, 15), lambda: self._come_back(person))
        self._next(counter)

    def _come_back(self, person: _Person) -> None:
        self.desk.do(person.stream, vs.ReturnToQueue(), by=person.actor)
        self.counted["returned"] += 1
        self._wake()

    def _begin(self, person: _Person, counter: str) -> None:
        what = "Publikasi Rembang" if person.buys else "Data kependudukan"
        self.desk.do(person.stream, vs.StateRequest(what), by=person.actor)
        self._in(person.minutes, lambda: self._end(person, counter))

    def _end(self, person: _Person, counter: str) -> None:
        if person.sent_to:
            person.sent_to = False
            other = self.dice.choice([c for c in _COUNTERS if c != counter])
            moved = vs.TransferVisitor(other, "Petugas lain menguasai datanya.")
            self.desk.do(person.stream, moved, by=_OFFICERS[counter])
            self.counted["transferred"] += 1
            self._wake()
            self._next(counter)
            return
        request = ""
        if person.buys:
            applicant = rq.Applicant(
                person.key, f"Tamu {person.n}", f"tamu{person.n}@example.org",
                address="Kabupaten Rembang",
            )  # fmt: skip
            asked = rq.OpenRequest(applicant, rq.Channel.WALK_IN, person.stream)
            request = self.desk.open(asked, by=person.actor).stream
            self.requests.append(request)
            self.counted["to_requests"] += 1
        rests = self._opens_again() is not None
        self.desk.do(person.stream, vs.FinishVisit(request, rests), by=_OFFICERS[counter])
        self.counted["served"] += 1
        self._next(counter)

    def _next(self, counter: str) -> None:
        self._in(self.dice.uniform(0.5, 3), partial(self._call, counter))

    # -- afterwards -----------------------------------------------------------------------------

    def _afterwards(self, people: list[_Person]) -> None:
        """Carry on what the day began: requests to their end, complaints, surveys."""
        applicants = {
            stream: next(p.actor for p in people if self._bought(p, stream))
            for stream in self.requests
        }
        for days, (hour, commands) in enumerate(_TO_THE_END):
            day = self.office.calendar.add(self.day, days) if days else self.day
            self.now = max(self.now, self._at(day, dt.time(hour)))
            if days == 1:
                self._complain()
                self._invite(people)
            for stream in self.requests:
                for command in commands:
                    self._carry(stream, command, applicants[stream])
        self.counted["requests"] = len(self.requests)
        self.counted["delivered"] = len(self.requests)
        self.now += dt.timedelta(hours=1)
        while self.desk.run_timers():
            pass

    def _bought(self, person: _Person, stream: str) -> bool:
        opened = self.desk.state(stream).last(rq.RequestOpened)
        return opened is not None and opened.visit == person.stream

    def _carry(self, stream: str, command: type, applicant: Actor) -> None:
        self.now += dt.timedelta(minutes=self.dice.randrange(1, 6))
        state = self.desk.state(stream)
        row = next(s for s in rq.PROCEDURE.steps if s.command is command)
        products: tuple[Product, ...] = (
            Publication("Kabupaten Rembang Dalam Angka 2026", pages=312),
        )
        made: Any = fitting(command, state, self.office, self.now, stream, products=products)
        if command is rq.RateService:
            made = rq.RateService(self.dice.randrange(4, 6), "Cepat dan jelas.")
            self.counted["ratings"] += 1
        by = applicant if row.role is Role.APPLICANT else _ROLES[row.role]
        self.desk.do(stream, made, by=by)

    def _complain(self) -> None:
        longest = max(
            vs.waits(self.desk.queue(self.day).tickets, self.office), key=lambda w: w.minutes
        )
        counter = longest.counter
        person = self._people[longest.stream]
        about = cp.RecordFromWhatsApp(
            cp.Complainant(name=f"Tamu {person.n}", phone=f"0812{person.n:07d}"),
            f"Nomor {longest.ticket} menunggu {longest.minutes:.0f} menit.",
            "normative",
            about=longest.stream,
            named=(_OFFICERS[counter].id,),
        )
        in_box = cp.RecordFromBox("Kursi tunggu kurang.", "normative")
        free = next(o for c, o in _OFFICERS.items() if c != counter)
        for command, closes in ((about, True), (in_box, False)):
            stream = self.desk.open(command, by=free).stream
            self.counted["complaints"] += 1
            self._say(stream, free, cp.AcknowledgeComplaint())
            self._say(stream, free, cp.FollowUpComplaint("Diperiksa pada antrean hari itu."))
            self._say(stream, free, cp.AnswerComplaint("Mohon maaf; loket ditambah saat ramai."))
            if closes:
                self._say(stream, free, cp.CloseComplaint("Menerima jawaban lewat WhatsApp."))

    def _say(self, stream: str, by: Actor, command: Any) -> None:
        self.now += dt.timedelta(minutes=5)
        self.desk.do(stream, command, by=by)

    def _invite(self, people: list[_Person]) -> None:
        served = [p for p in people if self.desk.state(p.stream).phase == "SERVED"]
        nobody = Actor("responden", Role.APPLICANT)
        elements = sv.scale().elements
        for person in self.dice.sample(served, _SURVEYS):
            token = f"{self.dice.getrandbits(128):032x}"
            invited = sv.InviteToSurvey(
                f"tamu{person.n}@example.org", token, person.service, person.stream
            )
            stream = self.desk.open(invited, by=_ROLES[Role.OFFICER]).stream
            self.now += dt.timedelta(minutes=1)
            answers = tuple(
                sv.Answer(e.code, self.dice.choices((2, 3, 4), (1, 5, 6))[0]) for e in elements
            )
            self.desk.do(stream, sv.AnswerSurvey(token, answers), by=nobody)
            self.counted["surveys"] += 1

    # -- time ---------------------------------------------------------------------------------

    def _opens_again(self) -> dt.datetime | None:
        """Return when a break ends that lasts now; None when the counters work.

        After closing time they go on until nobody waits.
        """
        spans = self.office.hours.on(self.day)
        for (_, closes), (opens, _) in pairwise(spans):
            if self._at(self.day, closes) <= self.now < self._at(self.day, opens):
                return self._at(self.day, opens)
        return None

    def _in(self, minutes: float, act: Callable[[], None]) -> None:
        # whole seconds, as a clock on the wall would show them
        self._later(self.now + dt.timedelta(seconds=round(minutes * 60)), act)

    def _later(self, at: dt.datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (at.replace(microsecond=0), next(self._order), act))

    def _at(self, day: dt.date, clock: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, clock, self.office.calendar.zone)
