"""A small application that knows nothing of pst-core but its calendar: paid publications over HTTP.

It stands for the application that you have already: its own words, its own store, its own rules
of what comes after what. `test_app.py` beside it holds it against the table of the service.

    python examples/host/app.py 8017          # serves http://127.0.0.1:8017
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pst_core import Office

OFFICE = Office.load("3317")

# action: (who, from these statuses, to this status or None to stay)
ACTIONS: dict[str, tuple[str, tuple[str, ...], str | None]] = {
    "agree-to-terms": ("applicant", ("draft",), None),
    "choose": ("applicant", ("draft",), None),
    "fill-in-form": ("applicant", ("draft",), None),
    "submit": ("applicant", ("draft",), "in-process"),
    "prepare": ("officer", ("in-process",), None),
    "send-invoice": ("officer", ("in-process",), "invoice-sent"),
    "accept": ("applicant", ("invoice-sent",), "to-be-paid"),
    "complain": ("applicant", ("invoice-sent",), "invoice-wrong"),
    "correct-invoice": ("officer", ("invoice-wrong",), "invoice-sent"),
    "billing-code": ("treasurer", ("to-be-paid",), None),
    "new-code-please": ("applicant", ("to-be-paid",), None),
    "i-have-paid": ("applicant", ("to-be-paid",), None),
    "payment-came": ("treasurer", ("to-be-paid",), None),
    "no-payment-came": ("treasurer", ("to-be-paid",), None),
    "receipt": ("treasurer", ("to-be-paid",), None),
    "deliver": ("officer", ("to-be-paid",), "delivered"),
    "all-fine": ("applicant", ("delivered",), None),
    "not-fine": ("applicant", ("delivered",), "in-repair"),
    "repaired": ("officer", ("in-repair",), "delivered"),
    "rate": ("applicant", ("delivered",), "done"),
    "withdraw": (
        "applicant",
        ("draft", "in-process", "invoice-sent", "invoice-wrong", "to-be-paid"),
        "withdrawn",
    ),
    "turn-down": ("officer", ("in-process", "invoice-wrong"), "turned-down"),
}


class No(Exception):
    """What the application answers with status 409."""


class Counter:
    """The rules of the application. Each one is a method, so that a test can plant a fault."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:", check_same_thread=False)
        self.db.execute("CREATE TABLE request (id INTEGER PRIMARY KEY, body TEXT)")

    # -- what is asked of it --------------------------------------------------------------------

    def open(self, who: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if who["role"] != "applicant":
            raise No("only applicants open requests")
        if not body["name"].strip() or "@" not in body["email"]:
            raise No("name and e-mail address, please")
        row = {"owner": who["id"], "status": "draft", "pages": [], "total": 0, "marks": []}
        added = self.db.execute("INSERT INTO request (body) VALUES (?)", (json.dumps(row),))
        return {"id": added.lastrowid}

    def act(self, id_: int, action: str, who: dict[str, str], body: dict[str, Any]) -> None:
        row = self.read(id_)
        role, statuses, to = ACTIONS[action]
        if not self.may(row, role, who):
            raise No(f"{action} is for the {role} of this request")
        if row["status"] not in statuses:
            raise No(f"{action} is not possible while {row['status']}")
        getattr(self, "do_" + action.replace("-", "_"), lambda *_: None)(row, body)
        row["status"] = to or row["status"]
        self.write(id_, row)

    def read(self, id_: int) -> dict[str, Any]:
        (body,) = self.db.execute("SELECT body FROM request WHERE id = ?", (id_,)).fetchone()
        return json.loads(body)

    def write(self, id_: int, row: dict[str, Any]) -> None:
        self.db.execute("UPDATE request SET body = ? WHERE id = ?", (json.dumps(row), id_))

    def work(self, until: str) -> None:
        """Do what is due by ``until``: a job that runs every few minutes."""
        now = dt.datetime.fromisoformat(until)
        for (id_,) in self.db.execute("SELECT id FROM request").fetchall():
            row = self.read(id_)
            if "code" in row["marks"] and "told" not in row["marks"] and self.lapsed(row, now):
                self.mark(row, "lapsed", drop=("code",))
            if row["status"] == "delivered" and now >= self.closing(row):
                row["status"] = "done"
            self.write(id_, row)

    # -- rules ----------------------------------------------------------------------------------

    def may(self, row: dict[str, Any], role: str, who: dict[str, str]) -> bool:
        return who["role"] == role and (role != "applicant" or who["id"] == row["owner"])

    def price(self, pages: int) -> int:
        return 50_000 + 15_000 * ((max(0, pages - 50) + 49) // 50)

    def lapsed(self, row: dict[str, Any], now: dt.datetime) -> bool:
        return now >= dt.datetime.fromisoformat(row["code_until"])

    def closing(self, row: dict[str, Any]) -> dt.datetime:
        """Return the close of office hours ten working days after something last happened."""
        last = OFFICE.local(dt.datetime.fromisoformat(row["last_at"])).date()
        return OFFICE.end_of(OFFICE.calendar.add(last, 10))

    def mark(self, row: dict[str, Any], *marks: str, drop: tuple[str, ...] = ()) -> None:
        row["marks"] = sorted({*row["marks"], *marks} - set(drop))

    def need(self, row: dict[str, Any], *marks: str) -> None:
        missing = [mark for mark in marks if mark not in row["marks"]]
        if missing:
            raise No(f"missing: {', '.join(missing)}")

    def never(self, row: dict[str, Any], *marks: str) -> None:
        there = [mark for mark in marks if mark in row["marks"]]
        if there:
            raise No(f"done already: {', '.join(there)}")

    def reason(self, text: str) -> None:
        if not text.strip():
            raise No("say why")

    # -- actions --------------------------------------------------------------------------------

    def do_agree_to_terms(self, row: dict[str, Any], _: dict[str, Any]) -> None:
        self.never(row, "terms")
        self.mark(row, "terms")

    def do_choose(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.need(row, "terms")
        if not body["pages"]:
            raise No("choose something")
        row["pages"] = body["pages"]
        self.mark(row, "basket", drop=("form",))

    def do_fill_in_form(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.need(row, "basket")
        if not body["forms"]:
            raise No("fill in the form")
        self.mark(row, "form")

    def do_submit(self, row: dict[str, Any], _: dict[str, Any]) -> None:
        self.need(row, "terms", "basket", "form")

    def do_prepare(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        if body["files"] != len(row["pages"]):
            raise No("one file for each publication")
        self.mark(row, "prepared")

    def do_send_invoice(self, row: dict[str, Any], _: dict[str, Any]) -> None:
        self.need(row, "prepared")
        row["total"] = sum(self.price(pages) for pages in row["pages"])

    def do_complain(self, _: dict[str, Any], body: dict[str, Any]) -> None:
        self.reason(body["text"])

    do_correct_invoice = do_not_fine = do_turn_down = do_complain

    def do_billing_code(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.never(row, "told", "paid")
        if len(body["code"]) != 15:
            raise No("a billing code has 15 digits")
        row["code_until"] = body["until"]
        self.mark(row, "code", "coded", drop=("lapsed",))

    def do_new_code_please(self, row: dict[str, Any], _: dict[str, Any]) -> None:
        self.need(row, "lapsed")
        self.never(row, "told", "paid")
        self.mark(row, drop=("lapsed",))

    def do_i_have_paid(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.need(row, "coded")
        self.never(row, "told", "paid")
        if body["amount"] < 1:
            raise No("how much?")
        self.mark(row, "told")

    def do_payment_came(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.need(row, "coded")
        self.never(row, "paid")
        if body["amount"] != row["total"] or len(body["ntpn"]) != 16 or len(body["ntb"]) != 12:
            raise No("that is not the payment of this invoice")
        self.mark(row, "paid", drop=("told", "code", "lapsed"))

    def do_no_payment_came(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.need(row, "told")
        self.never(row, "paid")
        self.reason(body["text"])
        self.mark(row, drop=("told",))

    def do_receipt(self, row: dict[str, Any], _: dict[str, Any]) -> None:
        self.need(row, "paid")
        self.never(row, "receipt")
        self.mark(row, "receipt")

    def do_deliver(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.need(row, "receipt")
        row["last_at"] = body["at"]

    def do_all_fine(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.never(row, "checked")
        row["last_at"] = body["at"]
        self.mark(row, "checked")

    def do_repaired(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.reason(body["text"])
        if body["files"] != len(row["pages"]):
            raise No("one file for each publication")
        row["last_at"] = body["at"]
        self.mark(row, drop=("checked",))

    def do_rate(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        self.need(row, "checked")
        if not 1 <= body["stars"] <= 5:
            raise No("one star to five")

    def do_withdraw(self, row: dict[str, Any], _: dict[str, Any]) -> None:
        self.never(row, "told", "paid", "receipt")


def serve(counter: Counter, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of ``counter``: POST /requests, POST /requests/7/accept, GET /requests/7."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer goes out in one piece
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            match self.path.strip("/").split("/"):
                case ["requests", id_] if id_.isdecimal():
                    self.tried(lambda: counter.read(int(id_)))
                case _:
                    self.answer(
                        404, {"here": "GET /requests/1, POST /requests, POST /requests/1/accept"}
                    )

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
            match self.path.strip("/").split("/"):
                case ["requests"]:
                    self.tried(lambda: counter.open(sent["who"], sent["body"]))
                case ["requests", id_, action]:
                    who, body = sent["who"], sent["body"]
                    self.tried(lambda: counter.act(int(id_), action, who, body))
                case ["work"]:
                    self.tried(lambda: counter.work(sent["until"]))

        def tried(self, what: Any) -> None:
            try:
                self.answer(200, what() or {})
            except No as no:
                self.answer(409, {"error": str(no)})
            except Exception as broken:
                self.answer(500, {"error": repr(broken)})

        def answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(print(__doc__))
    with serve(Counter(), int(sys.argv[1])) as server:
        print(f"http://127.0.0.1:{server.server_port}")
        server.serve_forever()
