"""T8: the treasury's notices, 1 to 5 times each, in any order over days, a tenth of them forged.

``python -m tests.payment.webhooks`` runs it in full and prints the figures (some minutes);
``--payments``, ``--shuffles``, ``--of`` and ``--seed`` make it smaller or another.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import attrs
from tests.payment.offices import accepted, bill_of, desk_at
from tests.payment.treasuries import SECRET, Clock

from pst_adapters.payment import notices_app
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk.notices import Notice, check_signature, sign, write_notice
from pst_core.desk.payments import GATEWAY
from pst_core.desk.ports import Payment

NEXT_SECRET = b"rahasia berikutnya, juga panjang"
WRONG_SECRET = b"rahasia yang ditebak-tebak"
DAYS = 3


@attrs.frozen
class Delivery:
    """One POST: ``body`` and ``header`` as they arrive at ``at``; ``forged`` says how, or ''."""

    at: dt.datetime
    body: bytes
    header: str | None
    forged: str = ""


def flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def in_header(header: str, part: int, dice: random.Random) -> str:
    """Return ``header`` with a digit of one of its parts changed."""
    parts = header.split(",")
    name, _, value = parts[part].partition("=")
    place = dice.randrange(len(value))
    other = dice.choice([d for d in "0123456789" if d != value[place]])
    parts[part] = f"{name}={value[:place]}{other}{value[place + 1 :]}"
    return ",".join(parts)


FORGERIES = {
    "body": lambda body, at, dice: (flipped(body, dice), sign(body, [SECRET], at)),
    "t": lambda body, at, dice: (body, in_header(sign(body, [SECRET], at), 0, dice)),
    "signature": lambda body, at, dice: (body, in_header(sign(body, [SECRET], at), 1, dice)),
    "wrong secret": lambda body, at, dice: (body, sign(body, [WRONG_SECRET], at)),
    "301 s old": lambda body, at, dice: (
        body, sign(body, [SECRET], at - dt.timedelta(seconds=301)),
    ),
    "301 s early": lambda body, at, dice: (
        body, sign(body, [SECRET], at + dt.timedelta(seconds=301)),
    ),
    "no header": lambda body, at, dice: (body, None),
    "1 MB header": lambda body, at, dice: (
        body, sign(body, [SECRET], at) + ",v1=" + "0" * 1_000_000,
    ),
    "written anew": lambda body, at, dice: (
        json.dumps(json.loads(body), indent=1).encode(), sign(body, [SECRET], at),
    ),
    "v0 only": lambda body, at, dice: (body, sign(body, [SECRET], at).replace("v1=", "v0=")),
}  # fmt: skip


def notices(desk, streams, dice):
    """Return the true history: one payment for each request, in the order they were paid."""
    found = []
    for number, stream in enumerate(streams):
        bill = bill_of(desk, stream)
        paid_at = bill.issued_at + dt.timedelta(seconds=number)
        ntpn = f"{number:06d}" + "".join(dice.choices("ABCDEFGHJK0123456789", k=10))
        payment = Payment(ntpn, f"{dice.randrange(10**12):012d}", 140_000, paid_at)
        found.append(Notice(f"notice-{bill.code}", bill.code, "", payment))
    return found


def deliveries(history, start, dice):
    """Return each notice 1 to 5 times at any time of three days, and a tenth more forged ones."""
    found = []
    secrets = ([SECRET], [NEXT_SECRET], [SECRET, NEXT_SECRET])
    for notice in history:
        body = write_notice(notice)
        for _ in range(dice.randint(1, 5)):
            at = start + dt.timedelta(seconds=dice.randrange(DAYS * 86_400))
            found.append(Delivery(at, body, sign(body, dice.choice(secrets), at)))
    kinds = list(FORGERIES)
    for number in range(max(len(kinds), len(found) // 9)):
        kind = kinds[number % len(kinds)]
        notice = dice.choice(history)
        if dice.random() < 0.5:
            # money that never came
            fake = attrs.evolve(notice.payment, ntpn="F" * 16, amount=notice.payment.amount + 1)
            notice = attrs.evolve(notice, id="fake", payment=fake)
        at = start + dt.timedelta(seconds=dice.randrange(DAYS * 86_400))
        body, header = FORGERIES[kind](write_notice(notice), at, dice)
        found.append(Delivery(at, body, header, kind))
    return sorted(found, key=lambda d: d.at)


def post(app, delivery):
    """Hand a delivery to the application as a web server does; return the status."""
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(len(delivery.body)),
        "wsgi.input": io.BytesIO(delivery.body),
    }
    if delivery.header is not None:
        environ["HTTP_PST_SIGNATURE"] = delivery.header
    status = []
    said = b"".join(app(environ, lambda line, headers: status.append(line)))
    return int(status[0].split()[0]), json.loads(said)


def deliver(desk, clock, plan):
    """Deliver ``plan`` and count what was answered to true and to forged notices."""
    app = notices_app(desk, lambda: [SECRET, NEXT_SECRET])
    answers = Counter()
    for delivery in plan:
        clock.now = delivery.at
        status, said = post(app, delivery)
        answers[delivery.forged or "true", status, said.get("outcome", "")] += 1
    return answers


def outcome(desk, streams):
    """Return what is to be the same whatever the order: all but the times of recording."""
    states = [desk.state(stream) for stream in streams]
    return [
        (s.phase, s.facts, s.books, s.version, s.every(rq.PaymentConfirmed)) for s in states
    ], desk.trial_balance(), [row.stream for row in desk.register(procedure="deposit")]  # fmt: skip


def prepare(path, count, clock):
    """Bring ``count`` requests to a billing code; return their streams."""
    with SqlStore(f"sqlite:///{path}") as store:
        desk = desk_at(clock, store)
        streams = []
        for number in range(count):
            stream = accepted(desk)
            at = clock()
            code = f"8{at:%Y%m%d}{number:06d}"
            desk.do(stream, rq.IssueBilling(code, at, at + dt.timedelta(days=7)), by=GATEWAY)
            streams.append(stream)
    return streams


def in_copy(path, work):
    """Run ``work`` on a copy of the store, which goes afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        shutil.copy(path, copy)
        with SqlStore(f"sqlite:///{copy}") as store:
            return work(store)


def run(payments=1000, shuffles=500, of=20, seed=8):
    """Play it and return the figures."""
    dice = random.Random(seed)
    figures = {"payments": payments, "shuffles": shuffles, "payments a shuffle": of, "seed": seed}
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.db", Path(folder) / "small.db"
        clock = Clock()
        start = clock()
        answers = Counter()
        equal = 0
        for path, count, rounds in ((large, payments, 1), (small, of, shuffles)):
            clock.now = start
            streams = prepare(path, count, clock)

            def once(store, streams=streams, plan=None):
                desk = desk_at(clock, store)
                history = notices(desk, streams, random.Random(seed))
                if plan is None:
                    body = [write_notice(n) for n in history]
                    in_order = [Delivery(start, b, sign(b, [SECRET], start)) for b in body]
                    counted = deliver(desk, clock, in_order)
                else:
                    counted = deliver(desk, clock, plan(history))
                return counted, outcome(desk, streams)

            _, expected = in_copy(path, once)
            for _ in range(rounds):
                counted, got = in_copy(
                    path, lambda store: once(store, plan=lambda h: deliveries(h, start, dice))
                )
                answers += counted
                equal += got == expected
                if path == large:
                    states, balance, kept = got
                    figures |= {
                        "settled once": sum(len(s[4]) == 1 for s in states),
                        "settled twice": sum(len(s[4]) > 1 for s in states),
                        "kept": len(kept),
                        "balance sums to": sum(balance.values()),
                        "in the treasury": balance.get(_treasury(balance), 0),
                    }
    true = {k: n for k, n in answers.items() if k[0] == "true"}
    forged = {k: n for k, n in answers.items() if k[0] != "true"}
    figures |= {
        "deliveries": sum(true.values()),
        "true ones refused": sum(n for k, n in true.items() if k[1] != 200),
        "forged": sum(forged.values()),
        "forged accepted": sum(n for k, n in forged.items() if k[1] != 400),
        "kinds of forgery": len({k[0] for k in forged}),
        "runs equal to delivery in order": f"{equal} of {1 + shuffles}",
        "verify, microseconds": verify_time(),
    }
    return figures


def _treasury(balance):
    return next((account for account in balance if account == "treasury"), None)


def verify_time(times=2000):
    """Return how long one check of a signature takes, in microseconds."""
    at = Clock()()
    bill = Notice("n", "8" * 15, "", Payment("A" * 16, "1" * 12, 140_000, at))
    body = write_notice(bill)
    header = sign(body, [SECRET], at)
    before = time.perf_counter()
    for _ in range(times):
        check_signature(body, header, [SECRET, NEXT_SECRET], at)
    return round((time.perf_counter() - before) / times * 1e6, 1)


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("payments", 1000), ("shuffles", 500), ("of", 20), ("seed", 8)):
        parser.add_argument(f"--{name}", type=int, default=value)
    figures = run(**vars(parser.parse_args()))
    json.dump(figures, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
