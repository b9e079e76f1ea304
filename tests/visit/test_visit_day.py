"""A whole day at the counter against a queue kept in plain lists: who is next, and L1's clock."""

import datetime as dt

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pst_core import visit as vs
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office, Returns
from pst_core.refusal import NotFound, Refusal
from pst_core.testing.lives import OFFICER
from pst_core.workdays import queue_deadline
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
COUNTERS = ("1", "2", "3")


class NaiveQueue:
    """What somebody with a pencil would keep: a list a line, changed at each step."""

    def __init__(self, policy):
        self.policy = policy
        self.lines = {s.code: {"first": [], "others": []} for s in policy.services}
        self.in_a_row = dict.fromkeys(self.lines, 0)
        self.numbers = dict.fromkeys(self.lines, 0)
        self.sent = {}
        self.free = {}
        self.busy = {}
        self.head_since = dict.fromkeys(self.lines, (None, None))
        self.began = {}
        self.priority = {}

    def head(self, service):
        line = self.lines[service]
        if (
            line["first"]
            and line["others"]
            and self.in_a_row[service] >= self.policy.priority_in_a_row
        ):
            return line["others"][0]
        return (line["first"] + line["others"] + [None])[0]

    def look(self, now):
        for service in self.lines:
            head = self.head(service)
            if self.head_since[service][0] != head:
                self.head_since[service] = (head, now)

    def take(self, service, priority, now):
        self.numbers[service] += 1
        label = f"{service}-{self.numbers[service]:03d}"
        self.priority[label] = bool(priority)
        self.join(label, now)
        return label

    def join(self, label, now):
        line = self.lines[label[0]]
        line["first" if self.priority[label] else "others"].append(label)
        self.began[label] = now
        self.look(now)

    def next_for(self, counter):
        for label, wanted in self.sent.items():
            if wanted == counter:
                return label
        heads = [h for h in map(self.head, self.lines) if h]
        return min(
            heads, key=lambda h: (not self.priority[h], self.began[h], int(h[2:])), default=None
        )

    def clock(self, label, counter):
        usable = {
            name: (before, at) for name, (before, at, rests) in self.free.items()
            if (label not in self.sent or self.sent[label] == name)
            and (name == counter or not rests)
        }  # fmt: skip
        if not usable:
            return None
        name = min(usable, key=lambda n: (usable[n][1], n != counter))
        began = self.began[label] if label in self.sent else self.head_since[label[0]][1]
        return max(usable[name][1], began)

    def call(self, label, counter, now):
        if label in self.sent:
            del self.sent[label]
        else:
            service = label[0]
            line = self.lines[service]
            self.in_a_row[service] = self.in_a_row[service] + 1 if self.priority[label] else 0
            line["first" if self.priority[label] else "others"].remove(label)
        self.free.pop(counter, None)
        self.busy[counter] = label
        self.look(now)

    def end(self, counter, now, rests=False):
        self.free[counter] = (self.busy[counter], now, rests)
        return self.busy.pop(counter)

    def leave(self, label, now):
        line = self.lines[label[0]]
        line["first" if self.priority[label] else "others"].remove(label)
        self.look(now)


class Days(RuleBasedStateMachine):
    """Every step goes to a desk and to the lists; what is called and when it is due must agree."""

    @initialize(row=st.integers(1, 3))
    def open(self, row):
        policy = attrs.evolve(
            OFFICE.counter, priority_in_a_row=row, calls=1,
            returns=Returns.END,
        )  # fmt: skip
        self.office = attrs.evolve(OFFICE, counter=policy)
        self.now = dt.datetime(2026, 11, 24, 11, 30, tzinfo=OFFICE.calendar.zone)
        self.desk = Desk(self.office, MemoryStore(), clock=lambda: self.now)
        self.naive = NaiveQueue(policy)
        self.streams = {}
        self.missed = []
        self.at_counter = {}

    def tick(self):
        # two calls of one second have no order in the events; a wall clock tells them apart
        self.now += dt.timedelta(seconds=1)

    def who(self, label):
        return Actor(f"v-{label}", Role.APPLICANT)

    @rule(service=st.sampled_from("AAB"), priority=st.sampled_from(["", "", "elderly"]))
    def arrive(self, service, priority):
        self.tick()
        if self.now.hour >= 16:
            return  # the unit has closed: nobody is let in
        label = self.naive.take(service, priority, self.now)
        stream = self.desk.open(vs.VisitUnit(f"v-{label}"), by=self.who(label)).stream
        guest = vs.Visitor(f"v-{label}", "Ani", purpose="Data")
        self.desk.do(stream, vs.SignGuestBook(guest), by=self.who(label))
        done = self.desk.do(stream, vs.TakeNumber(service, priority), by=self.who(label))
        assert vs.ticket_label(service, done.events[0].number) == label
        self.streams[label] = stream

    @rule(minutes=st.integers(0, 25))
    def wait(self, minutes):
        self.now += dt.timedelta(minutes=minutes)

    @rule(counter=st.sampled_from(COUNTERS))
    def call(self, counter):
        self.tick()
        if counter in self.naive.busy:
            if self.naive.next_for(counter):
                with pytest.raises(Refusal, match="still with"):
                    self.desk.call_next(counter, by=OFFICER)
            return
        label = self.naive.next_for(counter)
        if label is None:
            with pytest.raises(NotFound, match="nobody-waits"):
                self.desk.call_next(counter, by=OFFICER)
            return
        since = self.naive.clock(label, counter)
        done = self.desk.call_next(counter, by=OFFICER)
        assert done.stream == self.streams[label], label
        event = done.events[0]
        assert event.since == since
        rules = (OFFICE.calendar, OFFICE.hours, OFFICE.clock)
        assert event.due == (None if since is None else queue_deadline(*rules, since))
        self.naive.call(label, counter, self.now)

    @precondition(lambda self: self.naive.busy)
    @rule(
        data=st.data(), rests=st.booleans(), how=st.sampled_from(["serve", "serve", "miss", "send"])
    )
    def end(self, data, rests, how):
        self.tick()
        counter = data.draw(st.sampled_from(sorted(self.naive.busy)))
        label = self.naive.busy[counter]
        stream = self.streams[label]
        if how == "miss":
            self.desk.do(stream, vs.MissCall(), by=OFFICER)
            self.naive.end(counter, self.now)
            self.missed.append(label)
            return
        self.desk.do(stream, vs.StateRequest("Susenas"), by=self.who(label))
        if how == "send":
            other = next(c for c in COUNTERS if c != counter)
            self.desk.do(stream, vs.TransferVisitor(other, "peta"), by=OFFICER)
            self.naive.end(counter, self.now)
            self.naive.sent[label] = other
            self.naive.began[label] = self.now
        else:
            self.desk.do(stream, vs.FinishVisit(rests=rests), by=OFFICER)
            self.naive.end(counter, self.now, rests)

    @precondition(lambda self: self.missed)
    @rule()
    def come_back(self):
        self.tick()
        label = self.missed.pop(0)
        self.desk.do(self.streams[label], vs.ReturnToQueue(), by=self.who(label))
        self.naive.join(label, self.now)

    @rule(data=st.data())
    def leave(self, data):
        self.tick()
        waiting = [x for line in self.naive.lines.values() for part in line.values() for x in part]
        if not waiting:
            return
        label = data.draw(st.sampled_from(waiting))
        self.desk.do(self.streams[label], vs.LeaveUnit(), by=self.who(label))
        self.naive.leave(label, self.now)

    @invariant()
    def the_display_shows_who_waits_and_names_nobody(self):
        if not hasattr(self, "desk"):
            return
        shown = vs.board(self.desk.queue(), self.office, self.now)
        waiting = {line.service: set(line.waiting) for line in shown.lines}
        for service, line in self.naive.lines.items():
            assert waiting[service] == {*line["first"], *line["others"]}
        assert {c.counter: c.ticket for c in shown.calls} == self.naive.busy
        assert "Ani" not in repr(shown)
        assert "v-" not in repr(shown)


Days.TestCase.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
TestDays = Days.TestCase
