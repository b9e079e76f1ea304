"""T4: whole offices with faults, seed by seed, and what the seeds have found since.

The long run is ``python -m pst_core.testing.sim --seeds 10000 --jobs 2``.
"""

import datetime as dt
import os
import subprocess
import sys

import pytest
from tests.teeth.plants import planted

from pst_adapters.sql.trials import UnsyncedSqlite
from pst_core import request as rq
from pst_core import visit as vs
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.refusal import NotFound, Refusal
from pst_core.testing.lives import APPLICANT, OFFICER, carry, person
from pst_core.testing.sim import Fault, MemoryBacking, SimWorld
from pst_core.testing.sim.__main__ import main
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
MORNING = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
VISITOR = Actor("ani", Role.APPLICANT, "Ani")


def wrong_in(seeds, backing):
    reports = [SimWorld(seed, backing()).run() for seed in seeds]
    found = {r.seed: r.wrong for r in reports if r.wrong}
    return found, reports


@pytest.mark.slow
def test_twenty_seeds_and_nothing_is_wrong():
    found, reports = wrong_in(range(20), MemoryBacking)
    assert found == {}
    assert sum(r.delivered for r in reports) > 20
    assert sum(sum(r.faults.values()) for r in reports) > 100


@pytest.mark.slow
def test_a_world_lives_on_real_sqlite_with_machines_that_open_the_same_file():
    found, reports = wrong_in(range(3, 7), UnsyncedSqlite)
    assert found == {}
    assert sum(r.faults.get("crash", 0) for r in reports) > 0


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("backing", [MemoryBacking, UnsyncedSqlite])
def test_three_hundred_seeds_and_every_kind_of_fault_strikes(backing):
    first = 1000 if backing is MemoryBacking else 2000
    found, reports = wrong_in(range(first, first + 150), backing)
    assert found == {}
    struck = {name for r in reports for name, times in r.faults.items() if times}
    assert struck == set(map(str, Fault))


@pytest.mark.slow
def test_a_seed_tells_the_same_story_in_another_process_whatever_the_hashes_are():
    told = [
        subprocess.run(
            [sys.executable, "-m", "pst_core.testing.sim", "--seed", "17", "--store", "memory"],
            capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": salt},
        ).stdout
        for salt in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1]
    assert len(told[0].splitlines()) > 50


@pytest.mark.slow
def test_seeds_are_shared_among_processes():
    said = subprocess.run(
        [sys.executable, "-m", "pst_core.testing.sim",
         "--seeds", "30", "--store", "memory", "--jobs", "2"],
        capture_output=True, text=True, check=True, timeout=300,
    ).stdout  # fmt: skip
    assert said.startswith("30 seeds on memory, 0 failed;")


@pytest.mark.slow
def test_a_failing_seed_prints_the_line_that_fails_again(capsys):
    with planted("mark sent before sending").patch():
        assert main(["--seeds", "2", "--store", "memory"]) == 1
        said = capsys.readouterr().out
        line = said.splitlines()[0]
        assert line.startswith("python -m pst_core.testing.sim --seed 0 --store memory   # a mail")
        again = line.split("   #")[0].split()[3:]
        assert main(again) == 1
        assert "a mail is missing" in capsys.readouterr().out
    assert main(again) == 0


# -- what seeds have found ------------------------------------------------------------------------


class Clocks:
    """Two machines whose clocks differ, over one store."""

    def __init__(self):
        self.now = MORNING
        self.store = MemoryStore()
        self.fast = Desk(OFFICE, self.store, clock=lambda: self.now + dt.timedelta(minutes=2))
        self.slow = Desk(OFFICE, self.store, clock=lambda: self.now)


def test_L2_what_a_slow_machine_does_comes_after_what_a_fast_one_has_done():
    clocks = Clocks()
    stream = clocks.fast.open(rq.OpenRequest(person()), by=APPLICANT).stream
    to_offer = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileAbstraction,
                rq.FileRequest, rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer)  # fmt: skip
    carry(clocks.fast, stream, to_offer)
    clocks.slow.do(stream, rq.AskOfferCorrection("Nama keliru."), by=APPLICANT)
    clocks.slow.do(stream, rq.ReviseOffer("Sudah."), by=OFFICER)
    times = [entry.noted.at for entry in clocks.slow.history(stream)]
    assert times == sorted(times)
    assert rq.deadline(clocks.slow.state(stream), OFFICE) is not None


def test_a_command_of_another_procedure_is_refused_in_words():
    clocks = Clocks()
    visit = clocks.slow.open(vs.VisitUnit("ani"), by=VISITOR).stream
    with pytest.raises(NotFound) as caught:  # as if it were not there
        clocks.slow.do(visit, rq.DeliverProducts(), by=OFFICER)
    assert caught.value.code == "unknown-request"


def test_a_case_is_named_by_the_day_on_which_it_is_opened_though_midnight_passes():
    late = dt.datetime(2026, 11, 24, 23, 59, 59, 999_000, tzinfo=OFFICE.calendar.zone)
    looks = iter(late + dt.timedelta(milliseconds=n) for n in range(100))
    desk = Desk(OFFICE, MemoryStore(), clock=lambda: next(looks))
    stream = desk.open(vs.VisitUnit("ani"), by=VISITOR).stream
    opened = OFFICE.local(desk.history(stream)[0].noted.at)
    assert stream == f"visit-3317-{opened:%Y-%m-%d}-0001"


def test_S3_a_number_is_taken_on_the_day_of_the_visit():
    clocks = Clocks()
    stream = clocks.slow.open(vs.VisitUnit("ani"), by=VISITOR).stream
    guest = vs.Visitor("ani", "Ani", "ani@example.org", "+62812000111", "Universitas", "Data")
    clocks.slow.do(stream, vs.SignGuestBook(guest), by=VISITOR)
    clocks.now += dt.timedelta(days=1)
    with pytest.raises(Refusal) as caught:
        clocks.slow.do(stream, vs.TakeNumber(), by=VISITOR)
    assert "2026-11-24" in caught.value.say("en")
    clocks.now -= dt.timedelta(days=1)
    assert clocks.slow.do(stream, vs.TakeNumber(), by=VISITOR).state.phase == "WAITING"
