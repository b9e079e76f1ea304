"""T7: the same command sent at once by 2 to 8 processes, one of which is killed: done once.

Each process is a host with a desk of its own. It opens a request, which takes a number of a series,
and files it, which queues mails. All who live to tell must tell the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
import select
import time
from collections.abc import Callable
from typing import Any

import attrs
from scene import Children, Figures, place

from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk, Done
from pst_core.office import Office
from pst_core.refusal import Conflict, PstError
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, fitting, person
from pst_core.wire import event_to_json

OFFICE = Office.load("3317")
AT = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
PRODUCTS = (Publication("Rembang Dalam Angka", pages=312),)
HOSTS = 8
MAILS_EACH = 2
PLANTS = ("no-ids", "no-fingerprints")
"""Hosts that send without an id open the request once each; a store that looks at the id alone
answers an altered replay."""


def _desk(store: SqlStore, clock: Callable[[], dt.datetime] = lambda: AT) -> Desk:
    return Desk(OFFICE, store, clock=clock)


def _digest(done: Done) -> str:
    """Return what was answered, apart from whether it was the first time."""
    told = [done.stream, [event_to_json(event) for event in done.events]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _acts(desk: Desk, n: int, ids: bool) -> tuple[str, str]:
    """Open request ``n`` and file it; return its stream and the digest of all answers."""

    def id_(act: str) -> str | None:
        return f"{act}-{n}" if ids else None

    opened = _patiently(
        lambda: desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id=id_("open"))
    )
    answers = [_digest(opened)]
    for command in (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest):
        # what an act of this kind says depends on none of the others' state here
        made = _made(command, desk, opened.stream)
        done = _patiently(
            lambda made=made, command=command: desk.do(
                opened.stream, made, by=APPLICANT, command_id=id_(command.__name__)
            )
        )
        answers.append(_digest(done))
    return opened.stream, hashlib.sha256("".join(answers).encode()).hexdigest()


def _made(command: type, desk: Desk, stream: str) -> Any:
    return fitting(command, desk.state(stream), OFFICE, AT, stream, products=PRODUCTS)


def _patiently(act: Callable[[], Done]) -> Done:
    while True:
        try:
            return act()
        except Conflict as error:
            if error.code == "command-id-reused":
                raise
        except PstError as error:
            if error.code not in ("busy", "house-full"):
                raise


def _host(url: str, asked: int, answers: int, ids: bool) -> None:
    """Answer each line ``n`` with ``n stream digest``."""
    with SqlStore(url, wait=30) as store, os.fdopen(asked) as lines:
        desk = _desk(store)
        for line in lines:
            stream, digest = _acts(desk, int(line), ids)
            os.write(answers, f"{int(line)} {stream} {digest}\n".encode())


@attrs.define
class _Line:
    child: int
    to: int
    back: int


def run(n: int, store: str, plant: str = "") -> Figures:  # noqa: PLR0915 - read downwards
    """Carry out ``n`` requests (five commands each) by twins; then send altered replays."""
    dice = random.Random(7)
    wrong: list[str] = []
    sent = repeats = 0
    streams: list[str] = []
    with place(store) as (url, _), Children() as children:

        def begin() -> _Line:
            (asked, to), (back, answers) = os.pipe(), os.pipe()

            def act() -> None:
                for line in lines:
                    if line is not None:
                        os.close(line.to)
                os.close(to)
                _host(url, asked, answers, plant != "no-ids")

            child = children.start(act)
            os.close(asked)
            os.close(answers)
            return _Line(child, to, back)

        lines: list[_Line | None] = [None] * HOSTS
        for at in range(HOSTS):
            lines[at] = begin()
        for number in range(n):
            twins = dice.sample(range(HOSTS), dice.randint(2, HOSTS))
            victim = dice.choice(twins) if dice.random() < 0.5 else -1
            for at in twins:
                line = lines[at]
                assert line is not None
                os.write(line.to, f"{number}\n".encode())
            sent += len(twins)
            if victim >= 0:
                time.sleep(dice.uniform(0, 0.03))
                line = lines[victim]
                assert line is not None
                children.kill(line.child)
                os.close(line.to)
            told = set()
            for at in twins:
                line = lines[at]
                assert line is not None
                said = _answer(line.back)
                if said:
                    told.add(said)
                    repeats += 1
                elif at != victim:
                    wrong.append(f"{number}: a host that was not killed said nothing")
                if at == victim:
                    os.close(line.back)
                    lines[at] = None
                    lines[at] = begin()
            if len(told) != 1:
                wrong.append(f"{number}: {len(told)} different answers")
            streams += [said.split()[1] for said in told]
        with SqlStore(url, wait=30) as opened:
            mails = [e.key for e in opened.effects(limit=10**9)]
            last = opened.last_number(f"request/{OFFICE.code}/{AT.year}")
            events = opened.read(limit=10**9)
            altered, refused = _altered(opened, streams, min(n, 500), plant, wrong)
            if opened.read(limit=10**9) != events:
                wrong.append("an altered replay wrote something")
    if last != n or len({e.stream for e in events}) != n:
        wrong.append(f"{len({e.stream for e in events})} requests and number {last}, not {n}")
    if len(events) != 5 * n:
        wrong.append(f"{len(events)} events, not {5 * n}")
    if len(mails) != MAILS_EACH * n:
        wrong.append(f"{len(mails)} mails, not {MAILS_EACH * n}")
    return {
        "requests": n,
        "commands": 5 * n,
        "sent by twins": 5 * sent,
        "kills": children.kills,
        "answers alike": repeats,
        "effects": len(mails),
        "altered replays": altered,
        "refused": refused,
        "wrong": wrong,
    }


def _answer(back: int) -> str:
    """Return the one line that a host answers, or nothing if it was killed before."""
    said = b""
    while not said.endswith(b"\n"):
        if not select.select([back], [], [], 120)[0]:
            raise RuntimeError("a host does not answer")
        more = os.read(back, 1000)
        if not more:
            return ""
        said += more
    return said.decode().strip()


def _altered(
    store: SqlStore, streams: list[str], count: int, plant: str, wrong: list[str]
) -> tuple[int, int]:
    """Send ids again with other content, by another person, on another case, by another office."""
    if plant == "no-fingerprints":
        store._answer = _blind(store)  # type: ignore[method-assign]
    refused = 0
    desk, elsewhere = _desk(store), Desk(attrs.evolve(OFFICE, code="3318"), store, clock=lambda: AT)
    stranger = attrs.evolve(APPLICANT, id="lain")
    for n in range(count):
        stream = streams[n]
        made = rq.OpenRequest(attrs.evolve(person(), name="Orang Lain"))
        replays: list[Callable[[], Done]] = [
            lambda made=made, n=n: desk.open(made, by=APPLICANT, command_id=f"open-{n}"),
            lambda n=n: desk.open(rq.OpenRequest(person()), by=stranger, command_id=f"open-{n}"),
            lambda n=n, stream=stream: desk.do(
                stream, rq.FileRequest(), by=APPLICANT, command_id=f"open-{n}"
            ),
            lambda n=n: elsewhere.open(
                rq.OpenRequest(person()), by=APPLICANT, command_id=f"open-{n}"
            ),
        ]
        act = replays[n % 4]
        try:
            act()
            wrong.append(f"{n}: an altered replay was answered")
        except PstError as error:
            refused += error.code == "command-id-reused"
            if stream in str(error):
                wrong.append(f"{n}: the refusal tells of {stream}")
    if refused != count:
        wrong.append(f"{refused} of {count} altered replays refused")
    return count, refused


def _blind(store: SqlStore) -> Callable[..., Any]:
    def answer(connection: Any, command_id: str, office: str, fingerprint: str) -> Any:
        row = connection.execute(store._sql.command, {"command_id": command_id}).fetchone()
        known = (row[0], row[1]) if row else (office, fingerprint)
        return SqlStore._answer(store, connection, command_id, *known)

    return answer
