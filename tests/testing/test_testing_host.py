"""The application of ``examples/host``, right and with a fault planted in each of its rules."""

import datetime as dt
import importlib.util
import sys
import threading
from pathlib import Path

import pytest

from pst_core import Office
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.refusal import BadInput
from pst_core.testing.host import Difference, Scope, Seen, check_host, play, replay

EXAMPLE = Path(__file__).parents[2] / "examples/host"


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


app = loaded("app")
example = loaded("test_app")


class Served:
    """A counter, served; a host for each request that is played."""

    def __init__(self, counter):
        self.server = app.serve(counter)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        return lambda: example.App(self.server.server_port)

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


# -- faults that applications have ---------------------------------------------------------------


class OwnerNotChecked(app.Counter):
    def may(self, _, role, who):
        return who["role"] == role


class RoleNotChecked(app.Counter):
    def may(self, row, _, who):
        return who["role"] != "applicant" or who["id"] == row["owner"]


class PartOfFiftyPagesNotCounted(app.Counter):
    def price(self, pages):
        return 50_000 + 15_000 * (max(0, pages - 50) // 50)


class ReceiptTwice(app.Counter):
    def do_receipt(self, row, _):
        self.need(row, "paid")
        self.mark(row, "receipt")


class ProductWithoutReceipt(app.Counter):
    def do_deliver(self, row, body):
        self.need(row, "paid")
        row["last_at"] = body["at"]


class WithdrawnAfterPaying(app.Counter):
    def do_withdraw(self, row, _):
        self.never(row, "told")


class PaidTwice(app.Counter):
    def do_payment_came(self, row, body):
        row["marks"] = [mark for mark in row["marks"] if mark != "paid"]
        super().do_payment_came(row, body)


class CodeLivesAMomentLonger(app.Counter):
    def lapsed(self, row, now):
        return now > dt.datetime.fromisoformat(row["code_until"])


class HolidaysIgnored(app.Counter):
    def closing(self, row):
        day = app.OFFICE.local(dt.datetime.fromisoformat(row["last_at"])).date()
        left = 10
        while left:
            day += dt.timedelta(days=1)
            left -= day.weekday() < 5
        return app.OFFICE.end_of(day)


class ClosedAtMidnight(app.Counter):
    def closing(self, row):
        return super().closing(row).replace(hour=0, minute=0)


class FormKeptForOtherProducts(app.Counter):
    def do_choose(self, row, body):
        had = "form" in row["marks"]
        super().do_choose(row, body)
        if had:
            self.mark(row, "form")


class NoReasonAsked(app.Counter):
    def reason(self, text):
        pass


class NoStars(app.Counter):
    def do_rate(self, row, _):
        self.need(row, "checked")


class WrittenBeforeItIsRefused(app.Counter):
    def act(self, id_, action, who, body):
        row = self.read(id_)
        _, statuses, to = app.ACTIONS[action]
        if row["status"] in statuses:
            self.write(id_, {**row, "status": to or row["status"]})
            try:
                super().act(id_, action, who, body)
            except app.No:
                raise app.No("refused, but half is written") from None
        else:
            super().act(id_, action, who, body)


class Breaks(app.Counter):
    def do_repaired(self, *_):
        raise ZeroDivisionError


FAULTS = {
    OwnerNotChecked: "by a stranger",
    RoleNotChecked: "expected to be refused, your app does it",
    PartOfFiftyPagesNotCounted: "the invoice's total is expected to be Rp140,000",
    ReceiptTwice: "S19 by treasurer",
    ProductWithoutReceipt: "S20 by officer",
    WithdrawnAfterPaying: "X1 by applicant",
    PaidTwice: "S16 by treasurer",
    CodeLivesAMomentLonger: "S16 by applicant",
    HolidaysIgnored: "expected DELIVERED, products delivered, your app says CLOSED",
    ClosedAtMidnight: "expected DELIVERED, products delivered, your app says CLOSED",
    FormKeptForOtherProducts: "The request form is not complete",
    NoReasonAsked: "expected to be refused, your app does it",
    NoStars: "A rating of 0 is outside 1 to 5",
    WrittenBeforeItIsRefused: "expected DRAFT",
    Breaks: "S22 by officer",
}


QUICK = (OwnerNotChecked, PartOfFiftyPagesNotCounted, HolidaysIgnored)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=() if fault in QUICK else pytest.mark.slow, id=fault.__name__)
        for fault in FAULTS
    ],
)
def test_a_fault_in_an_application_is_told_as_a_story(fault):
    with Served(fault()) as my_app:
        with pytest.raises(Difference) as caught:
            check_host(my_app, example.SCOPE)
        found = caught.value
        assert FAULTS[fault] in found.text.en
        assert found.text.id != found.text.en
        assert str(found).count("\n") == len(found.moves) + 6
        # the line that is printed shows the same again
        names = {"replay": replay, "my_app": my_app, "scope": example.SCOPE}
        with pytest.raises(Difference) as again:
            eval(found.again.replace("<lambda>", "my_app"), names)  # noqa: S307 - what the kit itself printed
        assert str(again.value) == str(found)
        # no move of it can be spared
        for n in range(len(found.moves)):
            other = shown(my_app, (*found.moves[:n], *found.moves[n + 1 :]))
            assert other is None or other.moves[-1] != found.moves[-1], other


def shown(my_app, moves):
    try:
        play(my_app, moves, example.SCOPE)
    except Difference as found:
        return found
    return None


@pytest.mark.slow
def test_the_application_itself_keeps_to_the_table():
    with Served(app.Counter()) as my_app:
        check_host(my_app, example.SCOPE, plays=10)


# -- the library's own desk as a host ------------------------------------------------------------


class OwnDesk:
    """A desk with a store in memory; every answer is told and compared."""

    office = Office.load("3317")

    def __init__(self):
        self.at = None
        self.desk = Desk(self.office, MemoryStore(), clock=lambda: self.at)
        self.stream = ""

    def do(self, command, *, by, at):
        self.at = at
        if self.stream:
            self.desk.do(self.stream, command, by=by)
        else:
            self.stream = self.desk.open(command, by=by).stream

    def wait(self, until):
        self.at = until
        while self.desk.run_timers():
            pass

    def see(self):
        state = self.desk.state(self.stream)
        sent = state.last(rq.OfferSent)
        return Seen(state.phase, state.facts, sent.total if sent else 0, rq.owed(state.books))

    def close(self):
        self.desk.store.close()


@pytest.mark.slow
@pytest.mark.parametrize("code", ["3317", "7500"])
def test_the_desk_keeps_to_the_whole_table_of_each_shipped_office(code):
    class OwnDeskThere(OwnDesk):
        office = Office.load(code)

    check_host(OwnDeskThere, Scope(office=code))


class Forgets(OwnDesk):
    def see(self):
        seen = super().see()
        return Seen(seen.phase, seen.facts - {"terms-accepted"}, seen.total, seen.owed)


class OwesNothing(OwnDesk):
    def see(self):
        seen = super().see()
        return Seen(seen.phase, seen.facts, seen.total, 0)


class NeverWaits(OwnDesk):
    def wait(self, until):
        self.at = until


STRAIGHT = (
    "applicant:OpenRequest applicant:AcceptTerms applicant:ChooseProducts:publication=1 "
    "applicant:CompleteForm applicant:FileRequest officer:PrepareProducts officer:SendOffer"
)


@pytest.mark.parametrize(
    ("host", "moves", "says"),
    [
        (Forgets, "applicant:OpenRequest applicant:AcceptTerms",
         "by the table there also holds: terms-accepted; by your app alone: -"),
        (OwesNothing, STRAIGHT, "what is owed is expected to be Rp50,000, your app says Rp0"),
        (NeverWaits, f"{STRAIGHT} clock:due",
         "time goes on to 2026-03-12 15:00: by the table there also holds: expiry-noticed"),
        (OwnDesk, f"{STRAIGHT} stranger:AcceptOffer officer:SendOffer clock:nearly", None),
    ],
)  # fmt: skip
def test_a_life_in_words_is_replayed(host, moves, says):
    if says is None:
        assert replay(host, moves).phase == "OFFERED"
        return
    with pytest.raises(Difference) as caught:
        replay(host, moves)
    assert says in caught.value.text.en


def test_a_word_that_is_no_move_is_refused_with_those_that_are():
    with pytest.raises(BadInput, match=r"unknown-move.*officer:SendOfer.*SendOffer"):
        replay(OwnDesk, "officer:SendOfer")


@pytest.mark.slow
def test_what_is_left_out_of_the_scope_is_not_played():
    done = set()

    class Counted(OwnDesk):
        def do(self, command, *, by, at):
            done.add(type(command))
            super().do(command, by=by, at=at)

    scope = Scope(without=("X1", rq.HandInDocument), kinds=("publication",), manners=(),
                  segments=(rq.Segment.INDIVIDUAL,), abroad=False, clock=False)  # fmt: skip
    check_host(Counted, scope, plays=5)
    assert rq.RateService in done
    assert not {rq.CancelRequest, rq.HandInDocument, rq.VerifyTransfer} & done


# -- used wrongly -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ({"kinds": ("publikasi",)}, "Choose from: publication, microdata, tabulation, map."),
        ({"kinds": "books"}, "Scope kinds: books is not known."),
        ({"manners": ("thrice",)}, "Choose from: zero, half, double, again."),
        ({"segments": ("pelajar",)}, "Scope segments: pelajar is not known."),
        ({"channels": ("fax",)}, "Scope channels: fax is not known."),
        ({"without": ("S99",)}, "Scope without: S99 is not known."),
    ],
)
def test_a_scope_of_words_that_there_are_not_names_those_there_are(scope, says):
    with pytest.raises(BadInput) as caught:
        Scope(**scope).begin()
    assert says in caught.value.say("en")
    assert caught.value.remedy.id


def test_a_scope_takes_one_word_for_one():
    assert Scope(kinds="map") == Scope(kinds=("map",))
    assert Scope(segments=("private",)).segments == (rq.Segment.PRIVATE,)


class Plain:
    def do(self, command, *, by, at):
        pass

    def see(self):
        return Seen(phase="TERMS")

    def wait(self, until):
        pass

    def close(self):
        pass


class NoWait:
    do, see, close = Plain.do, Plain.see, Plain.close


class Later(Plain):
    async def do(self, command, *, by, at):
        pass


class Told(Plain):
    def see(self):
        return {"phase": "TERMS"}


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (Plain(), "Give its class, or a function of no argument"),
        (NoWait, "NoWait lacks: wait."),
        (Later, "Later: do is async."),
        (Told, "see returns {'phase': 'TERMS'}."),
    ],
)
def test_what_cannot_be_a_host_is_said_at_once(make, says):
    with pytest.raises(BadInput) as caught:
        replay(make, "applicant:OpenRequest")
    if make is not Told:
        with pytest.raises(BadInput, match="unfit-host"):
            check_host(make, Scope(office="7500"), plays=10_000)  # nothing is looked for first
    assert caught.value.code == "unfit-host"
    assert says in caught.value.say("en")
    assert caught.value.remedy.id
