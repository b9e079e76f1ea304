"""Download links: for one person, one file, a time and a count; looked at anew at each use."""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import sys
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.downloads import download, download_link, downloads_of
from pst_core.desk.memory import MemoryStore
from pst_core.links import Link, read_link, signed_link
from pst_core.office import Office
from pst_core.refusal import BadInput, Refusal
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, OFFICER, carry, person
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
KEY, OLD = bytes(range(32)), bytes(range(32, 64))
OTHER = Actor("warga-2", Role.APPLICANT, "Orang Lain")
TO_DELIVERY = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer, rq.AcceptOffer, rq.IssueBilling, rq.ConfirmPayment, rq.IssueReceipt,
    rq.DeliverProducts,
)  # fmt: skip
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)


class Clock:
    now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(scope="module")
def made() -> tuple[MemoryStore, str]:
    """Give a store with a request whose products were delivered."""
    store = MemoryStore()
    desk = Desk(OFFICE, store, clock=Clock())
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_DELIVERY, products=PUBLICATION)
    return store, stream


@pytest.fixture
def desk(made: tuple[MemoryStore, str]) -> Desk:
    return Desk(OFFICE, made[0], clock=Clock())


@pytest.fixture
def token(desk: Desk, made: Any) -> str:
    file = downloads_of(desk.state(made[1]))[0]
    return download_link(desk, made[1], file.sha256, by=APPLICANT, keys=[KEY])


def refused(desk: Desk, token: str, by: Actor = APPLICANT, keys: Any = (KEY,)) -> str:
    with pytest.raises(Refusal) as caught:
        download(desk, token, by=by, keys=keys)
    return caught.value.code


def test_S20_a_link_gives_its_file_and_leaves_a_line(desk: Desk, made: Any, token: str) -> None:
    stream = made[1]
    file = downloads_of(desk.state(stream))[0]
    got = download(desk, token, by=APPLICANT, keys=[KEY])
    assert got.file == file
    assert got.left == OFFICE.links.downloads - 1
    place, line = made[0].notes("3317")[-1]
    assert (place, line.what, line.stream, line.actor) == (got.note, "download", stream, "warga-1")
    assert json.loads(line.detail)["sha256"] == file.sha256
    assert got.headers["Content-Disposition"].startswith("attachment; ")


def test_S20_a_link_is_used_up(desk: Desk, token: str) -> None:
    left = [download(desk, token, by=APPLICANT, keys=[KEY]).left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert refused(desk, token) == "link-used-up"


def test_S20_a_link_ends(desk: Desk, token: str) -> None:
    desk.clock.now = START + dt.timedelta(hours=24) - dt.timedelta(seconds=1)
    download(desk, token, by=APPLICANT, keys=[KEY])
    desk.clock.now = START + dt.timedelta(hours=24)
    assert refused(desk, token) == "link-ended"


def test_S20_a_link_is_of_one_person(desk: Desk, token: str) -> None:
    assert refused(desk, token, OTHER) == "bad-link"
    assert refused(desk, token, attrs.evolve(APPLICANT, role=Role.OFFICER)) == "bad-link"
    assert "warga" not in base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "==").decode()


def test_S20_another_office_does_not_take_it(made: Any, token: str) -> None:
    other = Desk(attrs.evolve(OFFICE, code="3300"), made[0], clock=Clock())
    assert refused(other, token) == "bad-link"


def test_S20_links_only_for_the_applicant_and_for_files_of_the_case(desk: Desk, made: Any) -> None:
    file = downloads_of(desk.state(made[1]))[0]
    wrong = ((OTHER, made[1], file.sha256), (OFFICER, made[1], file.sha256),
             (APPLICANT, made[1], "0" * 64),
             (APPLICANT, "request-3317-2026-9999", file.sha256))  # fmt: skip
    before = len(made[0].notes("3317"))
    for by, stream, sha256 in wrong:
        with pytest.raises(Refusal, match="bad-link"):
            download_link(desk, stream, sha256, by=by, keys=[KEY])
    assert len(made[0].notes("3317")) == before + len(wrong), "each attempt leaves a line"


def test_S20_the_case_is_asked_at_each_use(desk: Desk, made: Any, token: str) -> None:
    store = MemoryStore()
    fresh = Desk(OFFICE, store, clock=Clock())
    stream = fresh.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(fresh, stream, TO_DELIVERY, products=PUBLICATION)
    file = downloads_of(fresh.state(stream))[0]
    token = download_link(fresh, stream, file.sha256, by=APPLICANT, keys=[KEY])
    download(fresh, token, by=APPLICANT, keys=[KEY])
    fresh.do(stream, rq.AskDeliveryCorrection("halaman 3 kosong"), by=APPLICANT)
    assert refused(fresh, token) == "bad-link", "taken back until it is mended"


def test_keys_are_renewed(desk: Desk, token: str) -> None:
    assert download(desk, token, by=APPLICANT, keys=[OLD, KEY]).left == 4
    assert refused(desk, token, keys=[OLD]) == "bad-link"
    with pytest.raises(BadInput, match="bad-link-key"):
        download(desk, token, by=APPLICANT, keys=[b"short"])


LINK = Link("i" * 22, "3317", "request-3317-2026-0001", "a" * 64, 2_000_000_000, 5)


def mutations(token: str, times: int, seed: int) -> Any:
    """Yield so many texts that are nearly ``token``: letters, cuts, parts, spellings, contents."""
    dice = random.Random(seed)
    payload, signature = token.split(".")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.%~+/ \u0661\uff10"
    other = signed_link(attrs.evolve(LINK, sha256="b" * 64), "warga-1", [KEY])
    for _ in range(times):
        at = dice.randrange(len(token))
        kind = dice.randrange(9)
        if kind < 4:
            made = token[:at] + dice.choice(letters) + token[at + 1 :]
        elif kind == 4:
            made = token[:at] + token[at + 1 :]
        elif kind == 5:
            made = token[:at] + dice.choice(letters) + token[at:]
        elif kind == 6:
            fields = list(attrs.astuple(LINK))
            nth = dice.randrange(len(fields))
            change = dice.randint(1, 10**9)
            fields[nth] = fields[nth] + change if nth > 3 else f"{fields[nth]}{change}"
            body = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")
            made = f"{body}.{signature}"
        elif kind == 7:
            made = dice.choice([
                f"{payload}.{other.split('.')[1]}", f"{other.split('.')[0]}.{signature}",
                f"{token}.{signature}", f"{payload}=.{signature}", f"{payload}.{signature}=",
                payload, f"{payload}.", f".{signature}", f" {token}", f"{token}\n", token.lower(),
                f"{payload}%2e{signature}", "none", f"{signature}.{payload}", "",
            ])  # fmt: skip
        else:
            made = token[: at + 1]
        if made != token:
            yield made


def accepted(times: int, seed: int) -> list[str]:
    token = signed_link(LINK, "warga-1", [KEY])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert read_link(token, "warga-1", [KEY], now) == LINK
    let_in = []
    for made in mutations(token, times, seed):
        try:
            read_link(made, "warga-1", [KEY], now)
        except Refusal:
            continue
        else:
            let_in.append(made)
    return let_in


def test_no_mutation_of_a_link_is_taken() -> None:
    assert accepted(3_000, 1) == []


@pytest.mark.slow
def test_no_mutation_of_a_link_is_taken_in_100_000() -> None:
    assert accepted(112_000, 2) == []


def test_people_are_told_apart_whatever_their_keys_are() -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    people = ["a", "a.b", "ab", "", "a\0", "1:a", "a\ud800", "a?"]
    for one in people:
        token = signed_link(LINK, one, [KEY])
        for other in people:
            if other == one:
                assert read_link(token, other, [KEY], now) == LINK
            else:
                with pytest.raises(Refusal, match="bad-link"):
                    read_link(token, other, [KEY], now)


def test_no_more_downloads_than_the_link_is_good_for_at_once(made: Any, tmp_path: Path) -> None:
    memory, stream = made
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        from pst_core.desk.ports import Batch, NewEvent

        for row in memory.load(stream):
            store.append(
                Batch(stream, "3317", row.version - 1, (NewEvent(row.name, row.schema, row.body),),
                      row.at, row.actor, f"c{row.version}", "f")
            )  # fmt: skip
        desk = Desk(OFFICE, store, clock=Clock())
        file = downloads_of(desk.state(stream))[0]
        token = download_link(desk, stream, file.sha256, by=APPLICANT, keys=[KEY])
        got: list[int] = []
        refusals: list[str] = []

        def fetch() -> None:
            for _ in range(3):
                try:
                    got.append(download(desk, token, by=APPLICANT, keys=[KEY]).left)
                except Refusal as refusal:
                    refusals.append(refusal.code)

        threads = [threading.Thread(target=fetch) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got) == [0, 1, 2, 3, 4]
        assert refusals == ["link-used-up"] * 7
        lines = [line for _, line in store.notes("3317") if line.what == "download"]
        assert len(lines) == 5
