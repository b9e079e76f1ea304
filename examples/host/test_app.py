"""The application beside this file, held against the table of the service.

    pytest examples/host/test_app.py

All that is written here is how to do a command of pst-core in the words of that application, and
how to read where a request stands.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from pst_core import request as rq
from pst_core.request import Segment
from pst_core.testing.host import Refused, Scope, Seen, check_host
from pst_core.workflow import Actor

sys.path.insert(0, str(Path(__file__).parent))
import app

# which action a command is, and what of it the application wants to know
ACTIONS: dict[type, tuple[str, Any]] = {
    rq.AcceptTerms: ("agree-to-terms", None),
    rq.ChooseProducts: ("choose", lambda c: {"pages": [p.pages for p in c.products]}),
    rq.CompleteForm: ("fill-in-form", lambda c: {"forms": [f.title for f in c.forms]}),
    rq.FileRequest: ("submit", None),
    rq.PrepareProducts: ("prepare", lambda c: {"files": len(c.files)}),
    rq.SendOffer: ("send-invoice", None),
    rq.AcceptOffer: ("accept", None),
    rq.AskOfferCorrection: ("complain", lambda c: {"text": c.what}),
    rq.ReviseOffer: ("correct-invoice", lambda c: {"text": c.answer}),
    rq.IssueBilling: (
        "billing-code",
        lambda c: {"code": c.code, "until": c.expires_at.isoformat()},
    ),
    rq.RequestBilling: ("new-code-please", None),
    rq.ReportPayment: ("i-have-paid", lambda c: {"amount": c.amount}),
    rq.ConfirmPayment: (
        "payment-came",
        lambda c: {"amount": c.amount, "ntpn": c.ntpn, "ntb": c.ntb},
    ),
    rq.RefusePayment: ("no-payment-came", lambda c: {"text": c.reason}),
    rq.IssueReceipt: ("receipt", None),
    rq.DeliverProducts: ("deliver", None),
    rq.ApproveDelivery: ("all-fine", None),
    rq.AskDeliveryCorrection: ("not-fine", lambda c: {"text": c.what}),
    rq.MendDelivery: ("repaired", lambda c: {"text": c.answer, "files": len(c.files)}),
    rq.RateService: ("rate", lambda c: {"stars": c.stars}),
    rq.CancelRequest: ("withdraw", None),
    rq.RejectRequest: ("turn-down", lambda c: {"text": c.reason}),
}
PHASES = {
    "draft": "DRAFT", "in-process": "PREPARING", "invoice-sent": "OFFERED",
    "invoice-wrong": "CORRECTING", "to-be-paid": "SETTLING", "delivered": "DELIVERED",
    "in-repair": "MENDING", "done": "CLOSED", "withdrawn": "CANCELLED", "turned-down": "REJECTED",
}  # fmt: skip

SCOPE = Scope(
    # what the application leaves out: expiry of offers, refunds, and these two
    without=("X3", "X4", "X8", "X9", rq.HandInDocument, rq.ReissueReceipt),
    kinds=("publication",),
    segments=(Segment.INDIVIDUAL,),
    abroad=False,
    manners=(),
)


class App:
    """One request in the application, as the kit plays it."""

    def __init__(self, port: int) -> None:
        self.http = HTTPConnection("127.0.0.1", port)
        self.id = 0

    def do(self, command: Any, *, by: Actor, at: dt.datetime) -> None:
        who = {"id": by.id, "role": str(by.role)}
        if isinstance(command, rq.OpenRequest):
            body = {"name": command.applicant.name, "email": command.applicant.email}
            self.id = self.ask("POST", "/requests", {"who": who, "body": body})["id"]
            return
        action, fields = ACTIONS[type(command)]
        body = {"at": at.isoformat(), **(fields(command) if fields else {})}
        self.ask("POST", f"/requests/{self.id}/{action}", {"who": who, "body": body})

    def see(self) -> Seen:
        row = self.ask("GET", f"/requests/{self.id}")
        return Seen(PHASES[row["status"]], total=row["total"])

    def wait(self, until: dt.datetime) -> None:
        self.ask("POST", "/work", {"until": until.isoformat()})

    def close(self) -> None:
        self.http.close()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        self.http.request(method, path, json.dumps(body) if body else None)
        with self.http.getresponse() as answer:
            said: dict[str, Any] = json.loads(answer.read())
        if answer.status == 409:
            raise Refused(said["error"])
        assert answer.status == 200, said["error"]
        return said


@pytest.fixture
def port() -> Iterator[int]:
    """Serve the application."""
    with app.serve(app.Counter()) as served:
        threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
        yield served.server_port
        served.shutdown()


def test_the_application_keeps_to_the_table(port: int) -> None:
    def my_app() -> App:
        return App(port)

    check_host(my_app, SCOPE)
