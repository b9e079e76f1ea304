"""The tests of a user with our kit, as strict type checkers see them; see ``project.py``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import pst_core as pst
from pst_adapters.files import FolderBlobs
from pst_adapters.mail import FolderMailer
from pst_core import complaint, ledger, survey, visit
from pst_core import request as rq
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Blobs, Mailer, Store
from pst_core.documents import Abstraction, RequestForm
from pst_core.testing import strategies as s
from pst_core.testing.contracts.blobs import BlobsContract
from pst_core.testing.contracts.mailer import MailerContract
from pst_core.testing.contracts.store import StoreContract
from pst_core.testing.golden import problems, record
from pst_core.testing.host import Difference, Host, Scope, Seen, check_host, replay
from pst_core.testing.logs import Planted
from pst_core.testing.moves import Life, Move
from pst_core.workflow import Actor, Role


class TestMyBlobs(BlobsContract):
    """Files."""

    def open_blobs(self, where: Path) -> Blobs:
        """Open them."""
        return FolderBlobs(where)

    def damage(self, blobs: Blobs, where: Path, key: str) -> None:
        """Change one."""
        assert blobs.exists(key)
        (where / key[:2] / key).write_bytes(b"wrong")


class TestMyMailer(MailerContract):
    """Mails."""

    def open_mailer(self, where: Path) -> Mailer:
        """Open it."""
        return FolderMailer(where)

    def received(self, where: Path) -> list[bytes]:
        """Return what arrived."""
        return [path.read_bytes() for path in sorted(where.glob("*.eml"))]


class TestMyStore(StoreContract):
    """Events."""

    durable = False

    def open_store(self, where: Path) -> Store:
        """Open it."""
        assert where
        return MemoryStore()


class MyApp:
    """An application that takes a request and does no more."""

    phase = ""

    def do(self, command: Any, *, by: Actor, at: dt.datetime) -> None:
        """Do it."""
        assert [by.role, at.tzinfo]
        self.phase = "TERMS" if isinstance(command, rq.OpenRequest) else self.phase

    def see(self) -> Seen:
        """Say where it stands."""
        return Seen(phase=self.phase, total=0)

    def wait(self, until: dt.datetime) -> None:
        """Wait."""

    def close(self) -> None:
        """Close."""


SCOPE: Scope = Scope(kinds=("publication",), without=("X8", rq.ReissueReceipt), abroad=False)
HOST: Host = MyApp()


def test_my_app() -> None:
    """Against the table."""
    try:
        seen: Seen = replay(MyApp, "applicant:OpenRequest", SCOPE)
        check_host(MyApp, SCOPE, plays=5)
        assert seen.phase
    except Difference as found:
        moves: tuple[Move, ...] = found.moves
        said: str = found.text.en + found.again + str(moves[-1])
        assert said


@given(
    s.baskets(), s.shipped_offices(), s.calendars(), s.deadlines(), s.quotes(), s.applicants(),
    s.actors(Role.OFFICER), s.texts(), s.file_facts(in_order=False), s.files(), s.profiles(),
)  # fmt: skip
def test_things(
    basket: tuple[pst.Publication | pst.Microdata | pst.Map, ...],
    office: pst.Office,
    calendar: pst.Calendar,
    deadline: pst.Deadline,
    quote: pst.Quote,
    applicant: rq.Applicant,
    actor: Actor,
    text: pst.Text,
    facts: Any,
    given_file: s.GivenFile,
    profile: str,
) -> None:
    """Each has its type."""
    total: int = office.quote(basket, on=dt.date(2026, 11, 24)).total
    later: dt.date = calendar.add(deadline.due_date, 1)
    assert [total, later, quote.total, applicant.email, actor.id, text.id, facts, profile]
    assert given_file.content


@given(st.data(), s.lives("3317", whole=False), s.planted_logs(max_cases=1))
def test_cases(data: st.DataObject, life: Life, log: tuple[Planted, ...]) -> None:
    """Moves and commands of a life."""
    move: Move = data.draw(s.refused_moves(life))
    by, command = data.draw(s.refused_commands(life))
    actor: Actor = by
    forms: tuple[RequestForm, ...] = data.draw(s.forms((pst.Publication("A", pages=1),)))
    abstraction: Abstraction = data.draw(s.abstractions((pst.Microdata("A", bytes=1),), forms))
    answer: Life | pst.Refusal = life.then(move)
    assert [actor, command, abstraction, answer, [planted.rows for planted in log]]


@given(s.visitors(), s.complainants(), s.survey_answers(), s.amounts(), s.entries())
def test_beside(
    visitor: visit.Visitor,
    complainant: complaint.Complainant,
    answers: tuple[survey.Answer, ...],
    amount: pst.Rupiah,
    entry: ledger.Entry,
) -> None:
    """What is beside the request."""
    values: list[int] = [amount, *(a.value for a in answers)]
    values += [rupiah for _, _, rupiah in entry.postings]
    assert [values, visitor.name, complainant.name]


@given(st.data())
def test_refusals(data: st.DataObject) -> None:
    """What a page must be able to show."""
    refusal: pst.Refusal = data.draw(s.refusals(Life.read("applicant:OpenRequest")))
    assert refusal.say("en")


def test_golden(tmp_path: Path) -> None:
    """Lives of one's own."""
    record(tmp_path, "2026-11")
    found: tuple[str, ...] = problems(tmp_path)
    assert found == ()
