"""A whole day of an office against the treasury simulator, with all its faults on.

Real HTTP both ways, a real store, a clock that the day moves. Some pay from abroad, late, too much
or twice; one notice is forged, one payment is for a code that nobody knows. In the evening ledger,
receipts and the treasurer's report must agree to the rupiah.

``python -m tests.payment.day`` plays 100 requests and prints the figures; ``--requests``,
``--seed`` make it another day.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import attrs
import httpx
from tests.payment.offices import accepted, bill_of, desk_at, worker_of
from tests.payment.treasuries import SECRET, Clock, client, pay, serve

from pst_adapters.payment import SIGNATURE_HEADER, notices_app
from pst_adapters.payment.simulator import Fault
from pst_adapters.sql import SqlStore
from pst_adapters.treasury import read_list
from pst_core import deposit
from pst_core import request as rq
from pst_core.desk.notices import Notice, sign, write_notice
from pst_core.desk.ports import EffectStatus, Payment
from pst_core.ledger import REFUND_DUE, REVENUE, TREASURY
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, TREASURER, file, person

BASKETS = (
    (Publication("Rembang Dalam Angka", pages=312),),
    (Publication("Statistik Daerah", pages=96), Publication("Kecamatan Sulang", pages=140)),
)
BEYOND = 25_000
"""What an overpayer pays beyond the bill, in rupiah."""


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


class Day:
    """One day; ``play`` plays it and returns the figures."""

    def __init__(self, folder, requests, seed):
        self.folder, self.requests = folder, requests
        self.dice = random.Random(seed)
        self.clock = Clock()
        self.store = SqlStore(f"sqlite:///{folder / 'pst.db'}")
        self.desk = desk_at(self.clock, self.store)
        app = notices_app(self.desk, lambda: [SECRET])
        self.office_http = make_server("127.0.0.1", 0, app, Threads, Quiet)
        self.url = f"http://127.0.0.1:{self.office_http.server_port}/"
        self.serving = threading.Thread(target=self.office_http.serve_forever, args=(0.02,))
        self.treasury = serve(
            folder, self.clock, seed=seed, faults=list(Fault), rate=0.25, token="kunci",
            notify=self.url, secrets=[SECRET], pause=0.01,
        )  # fmt: skip
        self.figures = Counter()

    def play(self):
        """Play the day and return what it came to."""
        self.serving.start()
        try:
            with self.treasury, client(self.treasury, attempts=3) as gateway:
                self.worker = worker_of(self.desk, gateway)
                self.morning()
                self.money()
                self.afternoon()
                return self.evening()
        finally:
            self.office_http.shutdown()
            self.office_http.server_close()
            self.serving.join()
            self.store.close()

    # -- the day --------------------------------------------------------------------------------

    def morning(self):
        """Requests come in, and their billing codes are made."""
        n = self.requests
        kinds = ["abroad"] * max(1, n // 10) + ["late"] * max(1, n // 20)
        kinds += ["after the end"] * max(1, n // 50) + ["overpaid"] * max(1, n // 12)
        kinds += ["duplicate", "duplicate", "forged"]
        kinds += ["plain"] * (n - len(kinds))
        self.dice.shuffle(kinds)
        self.kind, self.total = {}, {}
        for number, kind in enumerate(kinds):
            who = attrs.evolve(person(abroad=kind == "abroad"), name=f"Pengguna {number + 1}")
            stream = accepted(self.desk, who, products=self.dice.choice(BASKETS))
            self.kind[stream] = kind
            self.total[stream] = self.desk.state(stream).last(rq.OfferSent).total
        self.make_bills()
        self.figures |= {f"requests {kind}": count for kind, count in Counter(kinds).items()}

    def money(self):
        """People pay, in their own ways, until the treasury has nothing left to tell."""
        self.two_codes()
        self.late_comers()
        self.send_forged()
        self.pay_stray()
        # long enough for the codes that the treasury gave half an hour only
        self.clock.now += dt.timedelta(minutes=20)
        self.renew()
        for _ in range(12):
            waiting = [s for s, kind in self.kind.items() if kind not in ("abroad", "forged")
                       and self.desk.state(s).phase == "SETTLING"
                       and "paid" not in self.desk.state(s).facts]  # fmt: skip
            if not waiting:
                break
            for stream in waiting:
                self.pay_one(stream)
            self.hear()
            self.renew()

    def afternoon(self):
        """The treasurer verifies transfers and makes the receipts."""
        for stream, kind in self.kind.items():
            state = self.desk.state(stream)
            if kind == "abroad":
                amount = self.total[stream]
                report = rq.ReportPayment(self.clock(), "Bank", amount, file("bukti.pdf"))
                self.desk.do(stream, report, by=APPLICANT)
                today = self.desk.office.local(self.clock()).date()
                seen = rq.VerifyTransfer(amount, today, f"TT-{stream}", "Pengirim")
                state = self.desk.do(stream, seen, by=TREASURER).state
            if "paid" in state.facts:
                self.desk.do(stream, rq.IssueReceipt(), by=TREASURER)
        self.make_bills()

    def evening(self):
        """Set ledger, receipts and the treasurer's report beside what the treasury has."""
        ours = {code for stream in self.kind for code in self.codes(stream)}
        bills = self.treasury.treasury.bills.values()
        payments = [bill.payment for bill in bills if bill.payment]
        known = [b.payment.amount for b in bills if b.payment and b.code in ours]
        states = {stream: self.desk.state(stream) for stream in self.kind}
        transfers = [s.last(rq.TransferVerified).amount for s in states.values()
                     if s.last(rq.TransferVerified)]  # fmt: skip
        receipts = [s.last(rq.ReceiptIssued) for s in states.values() if s.last(rq.ReceiptIssued)]
        papers = [rq.paper("receipt", s, self.desk.office, stream)
                  for stream, s in states.items() if s.last(rq.ReceiptIssued)]  # fmt: skip
        balance = self.desk.trial_balance()
        report = self.reconcile()
        kept = [self.desk.state(row.stream).last(deposit.PaymentKept)
                for row in self.desk.register(procedure="deposit")]  # fmt: skip
        settled = [r.row.amount for r in report if r.finding == "already-settled"]
        ntpns = [p.ntpn for s in states.values() for p in s.every(rq.PaymentConfirmed)]
        figures = {
            **self.figures,
            "payments at the treasury": len(payments),
            "of them for our codes": len(known),
            "transfers from abroad": len(transfers),
            "rupiah the treasury has for us": sum(known) + sum(transfers),
            "rupiah in the ledger": balance[TREASURY],
            "rupiah of revenue": -balance[REVENUE],
            "rupiah on receipts": sum(r.amount for r in receipts),
            "rupiah printed on receipts": sum(p.amount for p in papers),
            "rupiah of refunds due": -balance.get(REFUND_DUE, 0),
            "ledger sums to": sum(balance.values()),
            "receipts": len(receipts),
            "receipt numbers gapless": sorted(r.number for r in receipts)
            == list(range(1, len(receipts) + 1)),
            "report, settled": len(settled),
            "report, rupiah settled": sum(settled),
            "report, everything else": Counter(
                str(r.finding) for r in report if r.finding != "already-settled"
            ),
            "kept for the treasurer": [(k.code in ours, k.amount) for k in kept],
            "NTPN recorded twice": len(ntpns) - len(set(ntpns)),
            "paid requests without a receipt": sum(
                "paid" in s.facts and not s.last(rq.ReceiptIssued) for s in states.values()
            ),
            "requests still unpaid": Counter(
                self.kind[stream] for stream, s in states.items()
                if s.phase == "SETTLING" and "paid" not in s.facts
            ),
            "work set aside": len(self.store.effects(status=EffectStatus.DEAD)),
        }  # fmt: skip
        figures["agree to the rupiah"] = (
            figures["rupiah the treasury has for us"]
            == figures["rupiah in the ledger"]
            == figures["rupiah on receipts"] + figures["rupiah of refunds due"]
            and figures["rupiah on receipts"]
            == figures["rupiah printed on receipts"]
            == figures["rupiah of revenue"]
            and figures["report, rupiah settled"] == sum(known)
            and figures["ledger sums to"] == 0
        )
        return figures

    # -- who does what ----------------------------------------------------------------------------

    def make_bills(self):
        """Work until no bill is waiting: a treasury that falls over is asked again later."""
        for _ in range(40):
            self.worker.work_off(10_000)
            if not [e for e in self.store.effects(status=EffectStatus.QUEUED, limit=100_000)
                    if e.kind == "bill"]:  # fmt: skip
                return
            self.clock.now += dt.timedelta(minutes=2)
        stuck = [e for e in self.store.effects(status=EffectStatus.QUEUED) if e.kind == "bill"]
        raise AssertionError(f"bills are still waiting: {stuck[:3]}")

    def pay_one(self, stream):
        bill = bill_of(self.desk, stream)
        if "code-valid" not in self.desk.state(stream).facts:
            return
        owed = rq.owed(self.desk.state(stream).books)
        over = owed + BEYOND if self.kind[stream] == "overpaid" else None
        answer = pay(self.treasury, bill.code, over)
        self.figures[f"pay answered {answer.status_code}"] += 1

    def late_comers(self):
        """Some let their code lapse, some pay when the request has ended."""
        for stream, kind in self.kind.items():
            if kind == "after the end":
                self.desk.do(stream, rq.CancelRequest("Tidak jadi."), by=APPLICANT)
                pay(self.treasury, bill_of(self.desk, stream).code)
        late = [s for s, kind in self.kind.items() if kind == "late"]
        codes = {s: bill_of(self.desk, s) for s in late}
        self.hear()
        for stream, bill in codes.items():
            # the treasurer makes a code by hand that lives for ten minutes only
            now = self.clock()
            made = self.treasury.treasury.create(f"late/{stream}", self.total[stream], "x", "x")
            short = rq.IssueBilling(made.code, made.issued_at, now + dt.timedelta(minutes=10))
            self.desk.do(stream, short, by=TREASURER)
            assert bill.code != made.code
        self.clock.now += dt.timedelta(minutes=11)
        self.renew()

    def renew(self):
        """Let codes expire whose time has come; who still wants to pay asks for another."""
        self.desk.run_timers(1000)
        for stream in self.kind:
            if "code-lapsed" in self.desk.state(stream).facts:
                self.figures["codes that lapsed"] += 1
                self.desk.do(stream, rq.RequestBilling(), by=APPLICANT)
        self.make_bills()

    def two_codes(self):
        """Two got a second code from the treasurer, and pay both."""
        for stream in [s for s, kind in self.kind.items() if kind == "duplicate"]:
            first = bill_of(self.desk, stream)
            made = self.treasury.treasury.create(f"again/{stream}", self.total[stream], "x", "x")
            second = rq.IssueBilling(made.code, made.issued_at, made.expires_at)
            self.desk.do(stream, second, by=TREASURER)
            for code in (first.code, made.code):
                pay(self.treasury, code, self.total[stream])

    def send_forged(self):
        """Somebody tells of money that never came."""
        for stream in [s for s, kind in self.kind.items() if kind == "forged"]:
            bill = bill_of(self.desk, stream)
            paid = Payment("FORGED0000000000", "1", self.total[stream], self.clock())
            body = write_notice(Notice("forged", bill.code, "", paid))
            header = sign(body, [b"what a stranger would guess"], self.clock())
            answer = httpx.post(self.url, content=body, headers={SIGNATURE_HEADER: header})
            self.figures[f"forged notice answered {answer.status_code}"] += 1

    def pay_stray(self):
        """Somebody pays a code that no request of the office has; its notice is not lost."""
        treasury = self.treasury.treasury
        names = (f"stray/{n}" for n in range(1000))
        name = next(n for n in names if not treasury.hits(Fault.LOST, n))
        treasury.pay(treasury.create(name, 77_000, "Orang lain", "Bukan milik kantor").code, 77_000)
        self.treasury.wake_sender()

    def hear(self):
        """Wait for the notices that do come, then ask about the bills of which none came."""
        for _ in range(3000):
            if not self.treasury.treasury.unsent():
                break
            self.treasury.wake_sender()
            time.sleep(0.01)
        else:
            raise AssertionError("notices do not arrive")
        self.clock.now += dt.timedelta(minutes=15)
        self.worker.look_for_payments()

    def codes(self, stream):
        return rq.codes_of(self.desk.state(stream))

    def reconcile(self):
        """Read the treasury's list of the day as the treasurer exports it, twice."""
        path = self.folder / "daftar.csv"
        columns = self.desk.office.treasury.columns
        with path.open("w", newline="", encoding="utf-8") as target:
            lines = csv.writer(target, delimiter=";")
            lines.writerow(columns[name] for name in ("code", "ntpn", "ntb", "amount", "paid_at"))
            for bill in self.treasury.treasury.bills.values():
                if bill.payment:
                    paid = bill.payment
                    lines.writerow((bill.code, paid.ntpn, paid.ntb, f"{paid.amount:,}".replace(
                        ",", "."), f"{paid.paid_at:%d-%m-%Y %H:%M:%S}"))  # fmt: skip
        listed = read_list(path, columns, self.desk.office.calendar.zone)
        assert listed.bad == ()
        before = self.store.read(0, 1_000_000)
        report = self.desk.reconcile(listed.rows)
        assert self.desk.reconcile(listed.rows) == report
        assert self.store.read(0, 1_000_000) == before
        return report


def play(requests=100, seed=8):
    """Play a day in a folder of its own and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        return Day(Path(folder), requests, seed).play()


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--seed", type=int, default=8)
    json.dump(play(**vars(parser.parse_args())), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
