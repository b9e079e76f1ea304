"""A desk of Rembang over a store in memory, with a clock that tests move."""

import datetime as dt

import attrs
import pytest

from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.request import OpenRequest, procedure_of
from pst_core.testing.lives import APPLICANT, BASKET, carry, fitting, person
from pst_core.workflow import Context


class Bench:
    """One request at one desk."""

    def __init__(self, office=None, store=None):
        self.office = office or Office.load("3317")
        self.store = store or MemoryStore()
        self.now = self.at(2026, 11, 24, 9)
        self.desk = Desk(self.office, self.store, clock=lambda: self.now)
        self.products = BASKET
        self.stream = ""

    def at(self, year, month, day, hour=9, minute=0):
        return dt.datetime(year, month, day, hour, minute, tzinfo=self.office.calendar.zone)

    def open(self, products=BASKET, **who):
        self.products = products
        done = self.desk.open(OpenRequest(person(**who)), by=APPLICANT)
        self.stream = done.stream
        return self

    def carry(self, *commands):
        carry(self.desk, self.stream, commands, products=self.products)
        return self

    def fit(self, command, **changes):
        made = fitting(
            command, self.state, self.office, self.now, self.stream, products=self.products
        )
        return attrs.evolve(made, **changes)

    def do(self, command, by):
        return self.desk.do(self.stream, command, by=by)

    def decided_on(self, at, command, by):
        """What the table says on a day of its own: the desk lets no time go back in a case."""
        context = Context(by, at, self.desk.office, self.stream)
        return procedure_of(self.desk.office).decide(command, self.state, context)

    @property
    def state(self):
        return self.desk.state(self.stream)


@pytest.fixture(scope="session")
def rembang():
    return Office.load("3317")


@pytest.fixture
def bench(rembang):
    return Bench(rembang)
