"""A standard that changes while requests are open: each keeps the version it was filed under."""

import datetime as dt
from pathlib import Path

import attrs
import pytest

from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.change import differences, simulate_change
from pst_core.office import Office
from pst_core.refusal import Refusal
from pst_core.testing.lives import BASKET, OFFICER

from .conftest import DRAFT, OFFERED, Counter
from .test_office_profiles import versions

MISFIT = ('online = "sent-back"', 'online = "cancelled"')
FILED = (*DRAFT, rq.FileAbstraction, rq.FileRequest)


def test_a_request_is_handled_by_the_version_it_was_filed_under(made):
    new = versions(made, MISFIT)
    (old,) = new.earlier
    filed = Counter(old).open(products=BASKET).carry(*FILED)
    draft = Counter(old, filed.desk.store).open(products=BASKET).carry(*DRAFT, rq.FileAbstraction)
    later = dt.datetime(2026, 12, 2, 10, tzinfo=new.calendar.zone)
    desk = Desk(new, filed.desk.store, clock=lambda: later)
    assert desk.office_of(filed.stream) is old
    assert desk.office_of(draft.stream) is new
    # filed before: sent back as the old standard says, though the new one cancels
    with pytest.raises(Refusal) as caught:
        desk.do(filed.stream, rq.CancelMisfit("Tidak sesuai."), by=OFFICER)
    assert caught.value.code == "not-in-standard"
    desk.do(filed.stream, rq.SendBackAbstraction("Periode belum disebut."), by=OFFICER)
    # the draft is filed under the new one, and cancelled
    draft.desk, draft.office, draft.now = desk, new, later
    draft.carry(rq.FileRequest)
    assert desk.state(draft.stream).last(rq.RequestFiled).standard == "0000/2027-01"
    draft.carry(rq.CancelMisfit)
    assert desk.state(draft.stream).phase == "CANCELLED"


def test_before_its_first_day_a_new_version_changes_nothing(made):
    new = versions(made, MISFIT)
    day_before = Counter(new).open(products=BASKET).carry(*FILED)
    assert day_before.state.last(rq.RequestFiled).standard == "0000/2026-11"


def test_what_happened_under_a_standard_that_is_gone_is_still_taken_in(made):
    """The old file was thrown away: its rows are no more, its events still count."""
    cash = made(('at_home = ["billing"]', 'at_home = ["cash", "billing"]'), name="tunai.toml")
    counter = Counter(cash).open(walk_in=True).carry(*OFFERED, rq.TakeCash)
    without = made()
    desk = Desk(without, counter.desk.store, clock=lambda: counter.now)
    assert "paid" in desk.state(counter.stream).facts
    assert desk.ledger(counter.stream).balances == counter.state.books
    counter.desk = desk
    counter.carry(rq.IssueReceipt, rq.DeliverProducts)


def test_simulate_change_lists_what_each_open_request_would_see(made):
    new = versions(made, MISFIT)
    (old,) = new.earlier
    filed = Counter(old).open(products=BASKET).carry(*FILED)
    store = filed.desk.store
    draft = Counter(old, store).open(products=BASKET).carry(*DRAFT)
    Counter(old, store).open().carry(*DRAFT).carry(rq.CancelRequest)
    before = [(e.stream, e.version) for e in store.read(0, limit=1000)]
    later = dt.datetime(2026, 12, 2, 10, tzinfo=new.calendar.zone)
    seen = {s.stream: s for s in simulate_change(old, new, store, later)}
    assert set(seen) == {filed.stream, draft.stream}, "what has ended sees nothing"
    kept = seen[filed.stream]
    assert (kept.version, kept.changes) == ("0000/2026-11", ())
    assert [t.en.split(": ", 1)[1] for t in kept.if_moved] == [
        "S11 Send back an abstraction that does not match (officer)",
        "S11 Cancel a request whose abstraction does not match (officer)",
    ]
    assert seen[draft.stream].version == "0000/2027-01"
    assert before == [(e.stream, e.version) for e in store.read(0, limit=1000)]
    # without the old file it would be moved, and is told so
    forgetful = attrs.evolve(new, earlier=())
    moved = {s.stream: s for s in simulate_change(old, forgetful, store, later)}[filed.stream]
    assert moved.version == "0000/2027-01"
    assert moved.changes == kept.if_moved


def test_a_draft_sees_a_requirement_that_is_new(made):
    new = versions(made, ('[requirements.identity]\nchannels = ["walk-in"]',
                          "[requirements.identity]"))  # fmt: skip
    (old,) = new.earlier
    draft = Counter(old).open(products=BASKET).carry(*DRAFT)
    later = dt.datetime(2026, 12, 2, 10, tzinfo=new.calendar.zone)
    (seen,) = simulate_change(old, new, draft.desk.store, later)
    assert "+ document: identity card missing" in [t.en for t in seen.changes]


def test_two_profiles_are_compared_in_words():
    said = "\n".join(t.en for t in differences(Office.load("3317"), Office.load("7500")))
    for words in (
        "doors: walk-in, online -> online", "calendar: Asia/Jakarta -> Asia/Makassar",
        "no longer asked for: identity card",
        "asked for: portal account (online)", "closing (S23): days -> by-itself",
        "step gone: S1 Visit the PST unit", "new step: S23 Rate the service after it has closed",
        "agreement (S17): upload, post, counter; 2; receiver; sppd -> upload;",
    ):  # fmt: skip
        assert words in said
    same = Office.load("3317")
    assert differences(same, Office.load("3317")) == ()


def test_hours_days_off_and_words_are_said_as_they_are():
    place = Path(__file__).parents[2] / "examples/offices/8199.toml"
    said = "\n".join(t.en for t in differences(Office.load("3317"), Office.load(place)))
    for words in (
        "-> Mon-Thu 08:00-15:00; Fri 08:00-11:00",
        "Asia/Jakarta -> Asia/Jayapura; 2026-11-16 Anniversary of the regency",
        "counter 10 minutes -> 7 working days (pausing); counter 15 minutes",
        "S13: S13 -> 8 Send the bill",
    ):
        assert words in said
    assert "differs" not in said


def test_any_field_that_differs_is_said():
    """However an office changes: no field can differ without a line."""
    one, other = Office.load("3317"), Office.load("7500")
    for field in attrs.fields(Office):
        value = getattr(other, field.name)
        changed = attrs.evolve(one, **{field.name: value})
        if value != getattr(one, field.name) and field.name != "tariff":
            assert differences(one, changed), field.name
