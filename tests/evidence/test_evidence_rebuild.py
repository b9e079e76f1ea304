"""Register, outbox and number series, forged in the tables behind the library, are found out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.vault.test_vault_erasure import ME, OFFICE, House, house

from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.auditing import profile_digest
from pst_core.desk.memory import MemoryStore
from pst_core.desk.rebuilding import rebuild
from pst_core.office import Office
from pst_core.office.treasury import Way
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, HEAD, carry, person

TO_RECEIPT = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer, rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment,
    rq.IssueReceipt,
)  # fmt: skip
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[House]:
    """Give a sealed office with a life of each kind of case."""
    url = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(url) as inner:
        made = house(tmp_path, inner, url)
        made.desk.note_profile()
        made.live()
        yield made


def forge(made: House, *statements: str) -> None:
    with closing(sqlite3.connect(made.root / "pst.db", isolation_level=None)) as base:
        for statement in statements:
            assert base.execute(statement).rowcount > 0, statement


def codes(desk: Desk) -> list[tuple[str, str]]:
    return [(finding.code, finding.row) for finding in rebuild(desk)]


def test_an_honest_office_is_as_its_events_say(lived: House) -> None:
    assert codes(lived.desk) == []
    # in every state on the way as well: each append writes what follows from it
    desk = Desk(OFFICE, MemoryStore())
    desk.note_profile()
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    for command in TO_RECEIPT:
        carry(desk, stream, (command,), products=PUBLICATION)
        assert codes(desk) == [], command


def test_the_digest_of_a_profile_is_the_same_before_and_after_its_use() -> None:
    fresh, used = Office.load("3317"), Office.load("3317")
    desk = Desk(used, MemoryStore())
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, stream, TO_RECEIPT, products=PUBLICATION)
    assert profile_digest(used) == profile_digest(fresh)
    assert desk.note_profile()
    assert desk.note_profile() is None


def test_after_an_erasure_and_a_correction_there_is_no_alarm(lived: House) -> None:
    lived.desk.door(HEAD).correct(ME.id, ME.name, "Suryani")
    assert codes(lived.desk) == []
    lived.desk.door(HEAD).erase(ME.id, "diminta", blobs=lived.blobs)
    assert codes(lived.desk) == []


_ANOTHER_MAIL = (
    "INSERT INTO pst_effects (key, stream, kind, body, status, attempt, due, worker, result) "
    "SELECT '{key}', '{of}', kind, body, 'queued', 0, due, '', '' FROM pst_effects "
    "WHERE kind = 'mail' LIMIT 1"
)
_REGISTER = "UPDATE pst_register SET {0} WHERE stream = '{s}'"
_INVENTED = """
    INSERT INTO pst_register
    SELECT '{s}9', procedure, office, phase, whose, applicant, title, opened, changed, due, wake
    FROM pst_register WHERE stream = '{s}'
"""
_FIRST = "(SELECT min(key) FROM pst_effects WHERE stream = '{s}' AND kind = '{0}')"
_DROPPED = f"DELETE FROM pst_effects WHERE key = {_FIRST}"
_SERIES = "UPDATE pst_series SET last = {0} WHERE name LIKE '{1}/%'"
FORGED = {
    "phase": (_REGISTER, ("phase = 'CANCELLED'",), "register-differs", "phase"),
    "when": (_REGISTER, ("opened = opened - 86400000000",), "register-differs", "opened"),
    "whose": (_REGISTER, ("whose = 'treasurer'",), "register-differs", "whose"),
    "no-timer": (_REGISTER, ("wake = 1",), "register-differs", "wake"),
    "not-late": (_REGISTER, ("due = 9000000000000000",), "register-differs", "due"),
    "title": (_REGISTER, ("title = 'x', applicant = 'x'",), "register-differs",
              "applicant, title"),
    "hidden": (_REGISTER, ("title = '(dihapus / erased)'",), "register-differs", "title"),
    "sealed": (_REGISTER, ("title = char(26) || '~x:y'",), "register-differs", ""),
    "no-date": (_REGISTER, ("wake = 9223372036854775807",), "register-differs", ""),
    "no-number": (_REGISTER, ("due = 'soon'",), "register-differs", ""),
    "moved": (_REGISTER, ("office = '7500'",), "register-differs", "office"),
    "gone": ("DELETE FROM pst_register WHERE stream = '{s}'", (), "register-missing", ""),
    "invented": (_INVENTED, (), "register-invented", ""),
    "no-mail": (_DROPPED, ("mail",), "outbox-missing", ""),
    "no-paper": (_DROPPED, ("paper",), "outbox-missing", ""),
    "a-mail-changed": (f"UPDATE pst_effects SET kind = 'x' WHERE key = {_FIRST}", ("mail",),
                       "outbox-differs", "kind"),
    "a-mail-more": (_ANOTHER_MAIL.replace("{key}", "{s}/1/mail/head").replace("{of}", "{s}"), (),
                    "outbox-invented", ""),
    "a-mail-of-nothing": (_ANOTHER_MAIL.replace("{key}", "x/1/mail/head").replace("{of}", "x"),
                          (), "outbox-invented", ""),
    "number-back": (_SERIES, ("last - 1", "receipt"), "series-differs", ""),
    "number-on": (_SERIES, ("last + 1", "invoice"), "series-differs", ""),
    "case-number-back": (_SERIES, ("0", "visit"), "series-differs", ""),
}  # fmt: skip


@pytest.mark.parametrize("forgery", sorted(FORGED))
def test_a_forged_row_is_found_and_named(lived: House, forgery: str) -> None:
    statement, words, code, what = FORGED[forgery]
    forge(lived, statement.format(*words, s=lived.request))
    found = rebuild(lived.desk)
    assert code in {finding.code for finding in found}, found
    if code.startswith("register"):
        (named,) = [f for f in found if f.code == code]
        assert named.row.startswith(lived.request)
        assert what in named.text.en


def test_the_first_place_is_named_first(lived: House) -> None:
    rows = [row.stream for row in lived.store.event_rows()]
    order = list(dict.fromkeys(rows))
    forge(lived, "UPDATE pst_register SET phase = 'X'")
    assert [row for _, row in codes(lived.desk)] == order


def test_a_profile_that_changed_raises_no_alarm() -> None:
    """Neither by its channel to the treasury, nor by its hours and deadlines."""
    store = MemoryStore()
    for way in (Way.MANUAL, next(w for w in Way if w is not Way.MANUAL)):
        office = attrs.evolve(OFFICE, treasury=attrs.evolve(OFFICE.treasury, gateway=way))
        desk = Desk(office, store)
        desk.note_profile()
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, TO_RECEIPT, products=PUBLICATION)
        assert codes(desk) == []
    for changed in (
        OFFICE,
        attrs.evolve(OFFICE, clock=attrs.evolve(OFFICE.clock, working_days=2)),
    ):
        # whether it was noted or nobody noted it
        assert codes(Desk(changed, store)) == []
        desk = Desk(changed, store)
        desk.note_profile()
        assert codes(desk) == []


def test_another_offices_rows_are_left_to_that_office(lived: House) -> None:
    far = Desk(Office.load("7500"), lived.store.inner)
    far.open(rq.OpenRequest(person()), by=APPLICANT)
    assert codes(far) == []
    assert codes(lived.desk) == []


def test_audit_verify_says_it(lived: House, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("PST_KEYS", str(lived.root / "office.key"))
    line = ["audit", "verify", "--db", str(lived.root / "pst.db"), "--lang", "en"]
    assert main([*line, "--rebuild"]) == 0
    forge(lived, f"UPDATE pst_register SET phase = 'CANCELLED' WHERE stream = '{lived.request}'")
    assert main(line) == 0, "the register is under no digest"
    capsys.readouterr()
    assert main([*line, "--rebuild"]) == 1
    assert f"{lived.request}: the register is not what the events say (phase)." in (
        capsys.readouterr().out
    )
