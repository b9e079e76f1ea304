"""Marked secrets go through every command and every failure; none comes out where it may not.

Looked at: what is logged at every level, with its extra fields and traces; what errors say in both
languages; the heads of mails; links. Texts of the cases themselves are where they belong.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_evidence_hostile import COMMANDS, closed, texts_of, value_of, with_text

from pst_adapters.mail.message import as_message
from pst_adapters.pdf.plain import plain_page
from pst_core import request as rq
from pst_core.desk import Desk, Worker
from pst_core.desk.downloads import download_link, downloads_of
from pst_core.desk.memory import MemoryStore
from pst_core.links import read_link
from pst_core.office import Office
from pst_core.refusal import MailNotSent, MailRefused, PstError
from pst_core.tariff import Publication
from pst_core.testing.lives import ACTORS, APPLICANT, OFFICER, carry, fitting, person
from pst_core.text import Lang
from pst_core.wire import procedures
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
CANARY = "KENARI7391"
MARKED = {
    "email": f"{CANARY}@example.id",
    "address": f"{CANARY}@example.id",
    "phone": f"+62812{CANARY}",
}
LIFE = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer, rq.AcceptOffer, rq.IssueBilling, rq.ConfirmPayment, rq.IssueReceipt,
    rq.DeliverProducts, rq.ApproveDelivery,
)  # fmt: skip
LANGS: tuple[Lang, ...] = ("id", "en")


class Everything(logging.Handler):
    """Keeps each record whole: words, extra fields, trace."""

    def __init__(self) -> None:
        super().__init__(level=0)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + " " + repr(record.__dict__))


@pytest.fixture
def logged() -> Iterator[Everything]:
    heard = Everything()
    root = logging.getLogger()
    before = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    yield heard
    root.removeHandler(heard)
    root.setLevel(before)


def marked(made: Any) -> Iterator[Any]:
    """Yield ``made`` with the secret in each of its open texts, and in all of them."""
    everywhere = made
    for path in texts_of(made):
        if closed(made, path) or path[-1] == "title":  # a product is no person
            continue
        text = MARKED.get(str(path[-1]), CANARY)
        yield with_text(made, path, text)
        everywhere = with_text(everywhere, path, text)
    yield everywhere


def around(text: str) -> str:
    at = text.index(CANARY)
    return text[max(0, at - 60) : at + 60]


def said(error: BaseException) -> str:
    """Return all that can be seen of an error."""
    words = [*traceback.format_exception(error), repr(error), repr(error.args)]
    if isinstance(error, PstError):
        words += [error.say(lang) for lang in LANGS]
        words.append(repr(error.__dict__))
    return "\n".join(words)


@pytest.mark.slow
def test_no_secret_in_any_refusal_or_log(logged: Everything) -> None:
    store = MemoryStore()
    actors = [*ACTORS.values(), Actor("warga-9", Role.APPLICANT)]
    secret = attrs.evolve(person(), name=CANARY, email=MARKED["email"], address=CANARY)
    leaks: set[str] = set()
    refusals = 0

    def attempt(desk: Desk, stream: str, made: Any, by: Actor) -> None:
        nonlocal refusals
        try:
            if stream:
                desk.do(stream, made, by=by)
            else:
                desk.open(made, by=by)
        except PstError as error:
            refusals += 1
            if CANARY in said(error):
                leaks.add(around(said(error)))

    for reached in (0, 4, 6, 9, 12):  # as drafted, filed, offered, paid, delivered
        desk = Desk(OFFICE, store, clock=lambda: START)
        stream = desk.open(rq.OpenRequest(secret), by=APPLICANT).stream
        carry(desk, stream, LIFE[:reached], products=(Publication("A", pages=3),))
        for kind in dict.fromkeys(COMMANDS):
            makes = [value_of(kind)]
            try:
                fits = fitting(kind, desk.state(stream), OFFICE, START, stream,
                               products=(Publication("A", pages=3),))  # fmt: skip
                makes.append(fits)
            except (KeyError, TypeError, AttributeError, StopIteration, AssertionError, PstError):
                pass
            allowed = {s.role for p in procedures().values() for s in p.steps if s.command is kind}
            who = [a for a in actors if a.role in allowed][:1] or actors[:1]
            for made in makes:
                for one in marked(made):
                    attempt(desk, stream, one, who[0])
                    if reached == 0:
                        attempt(desk, "", one, who[0])
        attempt(desk, f"{CANARY}\n", rq.AcceptTerms(), APPLICANT)
        for field in ("id", "name"):
            attempt(desk, stream, rq.AcceptTerms(), attrs.evolve(OFFICER, **{field: CANARY * 60}))
    assert refusals > 500
    assert not leaks, "\n".join(sorted(leaks))
    assert [line for line in logged.lines if CANARY in line] == []
    assert len(logged.lines) > 500
    notes = [line for _, line in store.notes("3317", limit=100_000)]
    assert [n for n in notes if CANARY in n.detail + n.stream + n.what] == []


class Renders:
    def render(self, paper: Any) -> bytes:
        return plain_page("A", type(paper).__name__)


class Refuses:
    """A mail server that names the address, as they do."""

    def __init__(self, error: type[Exception]) -> None:
        self.error = error

    def send(self, mail: Any) -> Any:
        if issubclass(self.error, PstError):
            from pst_core.text import Text

            raise self.error("no", Text(id=f"550 <{mail.to}>", en=f"550 <{mail.to}>"),
                             remedy=Text(id="-", en="-"))  # fmt: skip
        raise self.error(f"550 <{mail.to}> unknown")


@pytest.mark.parametrize("error", [MailRefused, MailNotSent, OSError])
def test_no_secret_in_what_a_worker_tells(logged: Everything, error: Any, capsys: Any) -> None:
    from pst_adapters.cli.work import _tell
    from pst_adapters.files import MemoryBlobs
    from pst_adapters.workers import drain

    desk = Desk(OFFICE, MemoryStore(), clock=lambda: START)
    secret = attrs.evolve(person(), name=CANARY, email=MARKED["email"], address=CANARY)
    stream = desk.open(rq.OpenRequest(secret), by=APPLICANT).stream
    carry(desk, stream, LIFE[:6], products=(Publication("A", pages=3),))
    worker = Worker(desk, mailer=Refuses(error), renderer=Renders(), blobs=MemoryBlobs(),
                    name="w")  # fmt: skip
    told: list[Any] = []

    def tell(worked: Any) -> None:
        told.append(worked)
        _tell(worked, as_json=False)
        _tell(worked, as_json=True)

    drain(worker, tell)
    out = capsys.readouterr()
    assert any("error" in worked.result for worked in told)
    assert CANARY.lower() not in (out.out + out.err).lower()
    assert [line for line in logged.lines if CANARY.lower() in line.lower()] == []


def test_a_mail_names_its_receiver_in_to_alone() -> None:
    from pst_adapters.files import MemoryBlobs
    from pst_adapters.workers import drain

    mails: list[Any] = []

    class Keeps:
        def send(self, mail: Any) -> dict[str, str]:
            mails.append(mail)
            return {}

    desk = Desk(OFFICE, MemoryStore(), clock=lambda: START)
    secret = attrs.evolve(person(), name=CANARY, email=MARKED["email"], address=CANARY)
    stream = desk.open(rq.OpenRequest(secret), by=APPLICANT).stream
    carry(desk, stream, LIFE, products=(Publication("A", pages=3),))
    worker = Worker(desk, mailer=Keeps(), renderer=Renders(), blobs=MemoryBlobs(), name="w")
    drain(worker)
    assert len(mails) > 3
    for mail in mails:
        message = as_message(mail)
        for part in message.walk():
            for name, value in part.items():
                if name != "To":
                    assert CANARY.lower() not in str(value).lower(), (name, value)


def test_a_link_has_no_secret(logged: Everything) -> None:
    desk = Desk(OFFICE, MemoryStore(), clock=lambda: START)
    who = APPLICANT
    secret = attrs.evolve(person(), name=CANARY)
    stream = desk.open(rq.OpenRequest(secret), by=who).stream
    carry(desk, stream, LIFE[:11], products=(Publication("A", pages=3),))
    file = downloads_of(desk.state(stream))[0]
    token = download_link(desk, stream, file.sha256, by=who, keys=[b"k" * 32])
    assert read_link(token, who.id, [b"k" * 32], START).stream == stream
    import base64

    inside = base64.urlsafe_b64decode(token.split(".")[0] + "==")
    assert CANARY.encode() not in inside
    assert who.id.encode() not in inside
    assert [line for line in logged.lines if CANARY in line] == []


def test_what_cannot_be_read_any_more_is_not_told() -> None:
    from pst_core.refusal import StorageError
    from pst_core.wire import event_from_json, event_to_json, event_types

    for name, kind in event_types().items():
        fields = json.loads(event_to_json(value_of(kind)))
        bodies = [f'"{CANARY}', f'["{CANARY}"]', CANARY, json.dumps({**fields, CANARY: 1})]
        bodies += [json.dumps({**fields, key: [CANARY]}) for key in fields]
        bodies += [json.dumps({**fields, key: CANARY}) for key in fields]
        told = []
        for body in bodies:
            try:
                event_from_json(name, kind.SCHEMA, body)
            except StorageError as error:
                told.append(said(error))
        assert len(told) >= 4
        assert not [text for text in told if CANARY in text], name


def test_every_log_line_is_one_line_with_fixed_words(logged: Everything) -> None:
    desk = Desk(OFFICE, MemoryStore(), clock=lambda: START)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    for evil in ("a\r\nINFO forged", "${jndi:ldap://x}", "\x1b[2J", "%s%n"):
        with pytest.raises(PstError):
            desk.do(evil, rq.AcceptTerms(), by=APPLICANT, command_id=evil)
    with pytest.raises(PstError):
        desk.do(stream, rq.SendOffer(), by=APPLICANT)
    assert len(logged.lines) >= 5
    for line in logged.lines:
        assert "jndi" not in line
        assert "forged" not in line
    assert re.search(r"'stream': 'request-3317-2026-0001'", "\n".join(logged.lines))


def test_a_host_may_log_as_json(logged: Everything) -> None:
    out = io.StringIO()

    class AsJson(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            known = logging.makeLogRecord({}).__dict__
            extra = {k: v for k, v in record.__dict__.items() if k not in known}
            return json.dumps({"event": record.getMessage(), **extra})

    handler = logging.StreamHandler(out)
    handler.setFormatter(AsJson())
    logging.getLogger("pst_core").addHandler(handler)
    try:
        desk = Desk(OFFICE, MemoryStore(), clock=lambda: START)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        with pytest.raises(PstError):
            desk.do(stream, rq.SendOffer(), by=APPLICANT)
    finally:
        logging.getLogger("pst_core").removeHandler(handler)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {line["event"] for line in lines} >= {"done", "audit.refused"}
    refused = next(line for line in lines if line["event"] == "audit.refused")
    assert refused["command"] == "SendOffer"
    assert refused["audit"] == 1
