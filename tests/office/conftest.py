"""Profiles made from the shipped example, and requests carried through at a desk of theirs."""

import datetime as dt

import attrs
import pytest

from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.lawdata import shipped
from pst_core.office import Office
from pst_core.tariff import Publication
from pst_core.testing.lives import ACTORS, APPLICANT, BASKET, fitting, hand_in, person
from pst_core.visit import SignGuestBook, StateRequest, TakeNumber, Visitor, VisitUnit
from pst_core.visit.commands import CallVisitor
from pst_core.workflow import Role

PUBLICATION = (Publication("Dalam Angka", pages=312),)
DRAFT = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm)
OFFERED = (*DRAFT, rq.FileRequest, rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer)
PAID = (*OFFERED, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment)
DELIVERED = (*PAID, rq.IssueReceipt, rq.DeliverProducts)


def profile(tmp_path, *changes, name="kantor.toml", of="profile"):
    """Return an office whose profile is the example with parts of its text replaced."""
    place = shipped("profile.toml") if of == "profile" else shipped("offices", f"{of}.toml")
    text = place.read_text("utf-8")
    for was, is_now in changes:
        assert was in text, was
        text = text.replace(was, is_now)
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return Office.load(path)


class Counter:
    """One request at the desk of ``office``, with a clock that the test moves."""

    def __init__(self, office, store=None):
        self.office = office
        self.now = dt.datetime(2026, 11, 24, 9, tzinfo=office.calendar.zone)
        self.desk = Desk(office, store or MemoryStore(), clock=lambda: self.now)
        self.stream = ""
        self.products = PUBLICATION

    def open(self, *, walk_in=False, by=APPLICANT, products=PUBLICATION, **who):
        self.products = products
        visit = self._visit() if walk_in else ""
        channel = rq.Channel.WALK_IN if walk_in else rq.Channel.ONLINE
        opened = rq.OpenRequest(attrs.evolve(person(), **who), channel, visit)
        self.stream = self.desk.open(opened, by=by).stream
        return self

    def _visit(self):
        visit = self.desk.open(VisitUnit(APPLICANT.id), by=APPLICANT).stream
        guest = Visitor(APPLICANT.id, "Siti", "", "", "", "Membeli data")
        for command, by in (
            (SignGuestBook(guest), Role.APPLICANT), (TakeNumber(), Role.APPLICANT),
            (CallVisitor(counter="1"), Role.OFFICER), (StateRequest("data"), Role.APPLICANT),
        ):  # fmt: skip
            self.desk.do(visit, command, by=ACTORS[by])
        return visit

    def carry(self, *commands, **by):
        for command in commands:
            if command is rq.FileRequest:
                hand_in(self.desk, self.stream)
            self.do(self.fit(command), by.get("by"))
        return self

    def fit(self, command, **changes):
        made = fitting(
            command, self.state, self.office, self.now, self.stream, products=self.products
        )
        return attrs.evolve(made, **changes)

    def do(self, command, by=None):
        rows = [s for s in self.desk.procedure(self.stream).steps if s.command is type(command)]
        actor = by or ACTORS[rows[0].role if rows else Role.OFFICER]
        return self.desk.do(self.stream, command, by=actor)

    @property
    def state(self):
        return self.desk.state(self.stream)


@pytest.fixture
def made(tmp_path):
    return lambda *changes, **more: profile(tmp_path, *changes, **more)


__all__ = ["BASKET"]
