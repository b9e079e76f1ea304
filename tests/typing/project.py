"""A small project of a user, as strict type checkers see it: every line must have its type.

``make types-of-a-user`` runs mypy --strict and pyright over it; ``reveal_type`` is not used, the
annotations say what we promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

import pst_core as pst
from pst_adapters.files import FolderBlobs
from pst_adapters.mail import as_message, message_id
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.certainty import Certainty
from pst_core.desk import Desk, Done, Worker
from pst_core.desk.ports import Mail, Mailer, Store
from pst_core.documents import RequestForm
from pst_core.workflow import Actor, OpenStep, Role


class QueueMailer:
    """A mailer of one's own fits the port without inheriting anything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: Mail) -> Mapping[str, str]:
        """Put the mail into a folder."""
        (self.folder / "mail.eml").write_bytes(as_message(mail).as_bytes())
        return {"message_id": message_id(mail)}


@attrs.frozen
class Answer:
    """What a page of this project shows."""

    total: int
    due: datetime
    certainty: Certainty
    lines: tuple[str, ...]


def answer(code: str) -> Answer:
    """Return a price and a deadline of an office."""
    office: pst.Office = pst.Office.load(code)
    basket: list[pst.Publication | pst.Microdata | pst.Map] = [
        pst.Publication("Dalam Angka", pages=312),
        pst.Microdata("Susenas 2025", bytes=4_200_000),
        pst.Map("Rembang", extent="regency", level="village", sheets=1),
    ]
    quote: pst.Quote = office.quote(basket, on=date(2026, 11, 24))
    promise: pst.Deadline = office.deadline(datetime(2026, 3, 16, 3, tzinfo=UTC))
    days: int = office.calendar.count(date(2026, 3, 16), date(2026, 4, 7))
    later: date = office.calendar.add(date(2026, 3, 16), days)
    said: str = promise.words(datetime(2026, 4, 1, 3, tzinfo=UTC), "en")
    lines = tuple(line.why.say("en") for line in quote.lines)
    return Answer(quote.total, promise.due, quote.certainty, (*lines, said, later.isoformat()))


def lead(store: Store) -> str:
    """Lead a request to the office's desk and say what may be done next."""
    desk: Desk = pst.Desk(pst.Office.load("3317"), store)
    siti: Actor = Actor("user-17", Role.APPLICANT, "Siti")
    opened: Done = desk.open(
        rq.OpenRequest(rq.Applicant("user-17", "Siti", "siti@example.org")), by=siti
    )
    try:
        desk.do(opened.stream, rq.FileRequest(), by=siti)
    except pst.Refusal as refusal:
        missing: list[str] = [lack.say("en") for lack in refusal.unmet]
        print(refusal.code, refusal.clause, missing)
    desk.do(opened.stream, rq.AcceptTerms(), by=siti, command_id="form-1")
    basket = (pst.Publication("Dalam Angka", pages=312),)
    desk.do(opened.stream, rq.ChooseProducts(basket), by=siti)
    form = RequestForm("publication", "Dalam Angka", purpose="Skripsi", period="2025")
    desk.do(opened.stream, rq.CompleteForm((form,)), by=siti)
    steps: tuple[OpenStep, ...] = desk.open_steps(opened.stream, by=siti)
    return ", ".join(step.step.clause for step in steps)


def work(desk: Desk, folder: Path) -> None:
    """Carry out what is due with parts of one's own."""
    mailer: Mailer = QueueMailer(folder)
    Worker(desk, mailer=mailer, renderer=TypstRenderer(), blobs=FolderBlobs(folder)).work_off()


if __name__ == "__main__":
    print(answer("3317"))
    with TemporaryDirectory() as place, SqlStore(f"sqlite:///{place}/pst.db") as made:
        print(lead(made))
