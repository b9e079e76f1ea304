"""Twenty people at once, from basket to rating, on both databases: each comes to the end."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests import postgres
from tests.portal.serving import served
from tests.portal.visiting import paid, steps

from pst_core import request as rq

pytestmark = pytest.mark.slow
USERS = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request, tmp_path):
    if request.param == "sqlite":
        with served(tmp_path) as found:
            yield found
        return
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    with postgres.server() as url, served(tmp_path, db=url.format(name="postgres")) as found:
        yield found


def test_twenty_at_once_and_nothing_is_lost(portal):
    together = threading.Barrier(USERS)
    house = portal.house

    def live(n: int) -> str:
        people = {
            "": portal.visit().enter(email=f"warga{n}@example.org", name=f"Warga {n}"),
            "officer": portal.visit().enter(desk="officer"),
            "treasurer": portal.visit().enter(desk="treasurer"),
        }
        together.wait(60)
        stream = people[""].open("kecamatan")
        for who, what, fields in steps(stream):
            if what.startswith("/"):
                assert people[who].post(what).status_code == 303
                continue
            people[who].act(stream, what, **fields, **paid(house, stream, what))
        return stream

    with ThreadPoolExecutor(USERS) as pool:
        streams = list(pool.map(live, range(USERS)))

    rows = house.desk.register(procedure="request")
    assert sorted(r.stream for r in rows) == sorted(streams)
    assert len(set(streams)) == USERS
    states = [house.desk.state(s) for s in streams]
    assert Counter(s.phase for s in states) == {"CLOSED": USERS}
    # each has a receipt of its own, in one series without a hole
    receipts = [s.last(rq.ReceiptIssued).number for s in states]
    assert sorted(receipts) == list(range(1, USERS + 1))
    papers = Counter(
        e.key.rpartition("/")[2] for s in streams for e in house.store.effects(s)
        if e.kind == "paper"
    )  # fmt: skip
    assert papers["invoice"] == papers["receipt"] == USERS
    assert sum(house.desk.trial_balance().values()) == 0
