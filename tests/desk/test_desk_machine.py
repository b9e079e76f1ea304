"""A machine drawn from the table plays any sequence of commands on both stores beside a model.

The model is the procedure itself, folded in memory; the stores must give the same states after
every command, and a refusal must leave them as they were.
"""

import datetime as dt
import tempfile

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.documents.due import Standing
from pst_core.office import Office
from pst_core.refusal import Refusal
from pst_core.request.events import ProductsChosen
from pst_core.request.handing_in import all_handed_in
from pst_core.tariff import Map, Microdata, Publication
from pst_core.testing.lives import ACTORS, APPLICANT, fitting, person
from pst_core.wire import event_from_json, event_to_json
from pst_core.workflow import Context, Noted, Role

OFFICE = Office.load("3317")
PROCEDURE = rq.procedure_of(OFFICE)
BASKETS = (
    (Publication("Rembang Dalam Angka", pages=312),),
    (Microdata("Susenas 2025", bytes=4_200_000),),
    (Map("Rembang", extent="regency", level="district", sheets=2),),
    (Publication("Rembang Dalam Angka", pages=50), Microdata("Susenas 2025", bytes=1)),
)
COMMANDS = sorted({s.command for s in PROCEDURE.steps} - {rq.OpenRequest}, key=lambda c: c.__name__)
FIRED = set()


class Lives(RuleBasedStateMachine):
    @initialize(
        basket=st.sampled_from(BASKETS), abroad=st.booleans(), segment=st.sampled_from(rq.Segment)
    )
    def opened(self, basket, abroad, segment):
        self.now = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
        self.basket = basket
        self.folder = tempfile.TemporaryDirectory(prefix="pst-machine-")
        self.stores = [MemoryStore(), SqlStore(f"sqlite:///{self.folder.name}/pst.db")]
        self.desks = [Desk(OFFICE, s, clock=lambda: self.now) for s in self.stores]
        asked = rq.OpenRequest(person(abroad=abroad, segment=segment))
        opened = [d.open(asked, by=APPLICANT) for d in self.desks]
        assert opened[0] == opened[1]
        self.stream = opened[0].stream
        self.model = opened[0].state

    def teardown(self):
        for store in getattr(self, "stores", ()):
            store.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def act(self, role, made):
        by = ACTORS[role]
        numbers = {
            name: self.stores[0].last_number(f"{name}/3317/{self.now:%Y}") + 1
            for name in ("invoice", "receipt")
        }
        expected = PROCEDURE.decide(
            made, self.model, Context(by, self.now, OFFICE, self.stream, numbers)
        )
        for desk in self.desks:
            before = desk.history(self.stream)
            if isinstance(expected, Refusal):
                with pytest.raises(Refusal) as caught:
                    desk.do(self.stream, made, by=by)
                assert caught.value == expected
                assert desk.history(self.stream) == before
            else:
                assert desk.do(self.stream, made, by=by).events == expected
        if not isinstance(expected, Refusal):
            for event in expected:
                row = PROCEDURE.row_of(event, self.model)
                FIRED.add((row.clause, row.command.__name__, row.title.en))
                self.model = PROCEDURE.evolve(self.model, Noted(event, self.now, by))

    @rule(data=st.data())
    def a_step_that_is_open(self, data):
        ready = [
            s.step for s in PROCEDURE.open_steps(self.model) if s.ready
            and s.step.role is not Role.SYSTEM
        ]  # fmt: skip
        if ready:
            step = data.draw(st.sampled_from(ready))
            self.act(step.role, self.fit(step.command))

    @rule(command=st.sampled_from(COMMANDS), role=st.sampled_from(list(Role)))
    def any_command_by_anybody(self, command, role):
        # its content fits the state where it can; who and when are up to chance
        try:
            made = self.fit(command)
        except (AssertionError, KeyError):
            return
        self.act(role, made)

    @rule(days=st.sampled_from([0, 1, 3, 12, 30]))
    def time_passes(self, days):
        self.now += dt.timedelta(days=days, minutes=1)
        done = [desk.run_timers() for desk in self.desks]
        assert done[0] == done[1]
        for fired in done[0]:
            self.model = fired.state

    def fit(self, command):
        return fitting(command, self.model, OFFICE, self.now, self.stream, products=self.basket)

    @invariant()
    def every_store_tells_the_same_life(self):
        for desk in self.desks:
            assert desk.state(self.stream) == self.model

    @invariant()
    def every_event_survives_the_wire(self):
        for noted in self.model.latest.values():
            event = noted.event
            assert event_from_json(event.NAME, event.SCHEMA, event_to_json(event)) == event

    @invariant()
    def the_table_knows_whether_the_documents_are_complete(self):
        if self.model.last(ProductsChosen):
            assert ("documents-complete" in self.model.facts) is all_handed_in(self.model, OFFICE)

    @invariant()
    def the_list_of_documents_agrees_with_the_table(self):
        due = rq.documents(self.model, OFFICE)
        lacking = [d.rule for d in due if d.standing is not Standing.IN_ORDER]
        if self.model.phase not in ("DRAFT", "CANCELLED"):
            assert not [r for r in lacking if r.step in ("S7", "S9", "S10")], lacking
        if self.model.last(rq.ProductsDelivered):
            assert not lacking

    @invariant()
    def nothing_leaves_without_payment_and_agreement(self):
        delivered = self.model.last(rq.ProductsDelivered)
        if delivered:
            assert "paid" in self.model.facts
            assert "receipted" in self.model.facts
            if "needs-agreement" in self.model.facts:
                assert {"signed", "abstraction-verified"} <= self.model.facts


Lives.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestLives = Lives.TestCase
