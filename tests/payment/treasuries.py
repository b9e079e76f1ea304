"""A treasury and a clock that tests move."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import httpx

from pst_adapters.payment import HttpGateway
from pst_adapters.payment.simulator import TreasuryServer

SECRET = b"rahasia yang cukup panjang"
WIB = ZoneInfo("Asia/Jakarta")


class Clock:
    def __init__(self, now=dt.datetime(2026, 11, 24, 9, tzinfo=WIB)):
        self.now = now

    def __call__(self):
        return self.now


def client(server, **changes):
    settings = {"timeout": 5, "attempts": 6, "first_wait": 0.05} | changes
    return HttpGateway(server.url, server.token, **settings)


def pay(server, code, amount=None):
    """Pay at the bank's counter: over HTTP, and again if the treasury fell over meanwhile."""
    body = {} if amount is None else {"amount": amount}
    for _ in range(50):
        try:
            answer = httpx.post(f"{server.url}/bills/{code}/pay", json=body, timeout=5,
                                headers={"Accept": "application/json"})  # fmt: skip
        except httpx.HTTPError:
            time.sleep(0.02)
            continue
        return answer
    raise AssertionError("the treasury does not come back")


def serve(tmp_path, clock=None, **settings):
    settings = {"pause": 0.02} | settings
    return TreasuryServer(tmp_path / "treasury.jsonl", clock=clock or Clock(), **settings)
