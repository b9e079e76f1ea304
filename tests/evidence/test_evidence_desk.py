"""What the desk notes in the audit log, and ``pst audit``."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "django"))
from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_core import complaint as cp
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import AuditLine
from pst_core.desk.sealing import verify_store
from pst_core.office import Office
from pst_core.refusal import BadInput, Conflict, NotFound, PstError, Refusal, StorageError
from pst_core.testing.lives import APPLICANT, OFFICER, SYSTEM, person

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)


@pytest.fixture(params=["memory", "sqlite", "django"])
def desk(request: Any, tmp_path: Path) -> Any:
    if request.param == "django":
        pytest.importorskip("django")
        import django_host

        with django_host.opened(tmp_path) as made:
            yield Desk(OFFICE, made, clock=lambda: START)
        return
    made = MemoryStore() if request.param == "memory" else SqlStore(f"sqlite:///{tmp_path}/a.db")
    yield Desk(OFFICE, made, clock=lambda: START)
    made.close()


def lines(desk: Desk) -> list[AuditLine]:
    return [line for _, line in desk.store.notes("3317")]


def test_each_refusal_leaves_exactly_one_line_and_no_event(desk: Desk) -> None:
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    assert lines(desk) == [], "what was carried out is an event"
    with pytest.raises(Refusal):
        desk.do(stream, rq.SendOffer(), by=APPLICANT)
    (line,) = lines(desk)
    assert (line.what, line.actor, line.role) == ("refused", "warga-1", "applicant")
    assert (line.stream, line.at) == (stream, START)
    detail = json.loads(line.detail)
    assert detail["command"] == "SendOffer"
    assert detail["code"]
    with pytest.raises(NotFound):
        desk.do("request-3317-2026-9999", rq.AcceptTerms(), by=APPLICANT)
    with pytest.raises(BadInput):
        desk.do(stream, "no command", by=APPLICANT)
    with pytest.raises(NotFound):
        desk.do(stream, cp.CloseComplaint("x"), by=OFFICER)  # a command for another kind of case
    desk.do(stream, rq.AcceptTerms(), by=APPLICANT, command_id="once")
    with pytest.raises(Conflict):
        desk.do(stream, rq.CancelRequest("lain"), by=APPLICANT, command_id="once")
    codes = [json.loads(line.detail)["code"] for line in lines(desk)]
    assert codes[1:] == ["unknown-request", "unknown-command", "unknown-request",
                         "command-id-reused"]  # fmt: skip
    assert len(desk.store.load(stream)) == 2
    assert verify_store(desk.store).sound


def test_another_offices_case_is_refused_as_if_it_were_not_there(desk: Desk) -> None:
    theirs = Desk(attrs.evolve(OFFICE, code="7500"), desk.store, clock=lambda: START)
    stream = theirs.open(rq.OpenRequest(person()), by=APPLICANT, command_id="theirs").stream
    said = []
    for guessed in (stream, "request-7500-2026-9999"):
        with pytest.raises(NotFound) as caught:
            desk.do(guessed, rq.AcceptTerms(), by=APPLICANT)
        said.append(str(caught.value).replace(guessed, "?"))
    assert said[0] == said[1]
    with pytest.raises(Conflict, match="command-id-reused"):
        desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id="theirs")
    assert len(desk.store.load(stream)) == 1
    assert len(lines(desk)) == 3
    assert desk.store.notes("7500") == ()


def test_what_the_system_may_not_do_leaves_no_line_a_minute(desk: Desk) -> None:
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    with pytest.raises(Refusal):
        desk.do(stream, rq.CloseUnrated(), by=SYSTEM)
    assert lines(desk) == []


def test_a_host_notes_sign_ins_and_readings_by_key(desk: Desk) -> None:
    assert desk.note("signed-in", by=OFFICER, detail={"provider": "sso"}) > 0
    desk.note("read", by=OFFICER, stream="request-3317-2026-0001", detail={"fields": "nik/name"})
    assert [line.what for line in lines(desk)] == ["signed-in", "read"]
    for wrong in ({"name": "Siti Rahmawati"}, {"nik": "3317064505900001"}, {"a": "x@example.id"},
                  {"a b": "c"}, {"x": "a\nb"}, {"x": ""}):  # fmt: skip
        with pytest.raises(BadInput, match="not-an-audit-word"):
            desk.note("read", by=OFFICER, detail=wrong)
    desk.note("read", by=OFFICER, stream="Siti 3317064505900001")
    assert lines(desk)[-1].stream == "", "only what looks like a case's number is kept"


def test_a_change_of_profile_leaves_a_line(desk: Desk) -> None:
    assert desk.note_profile() is not None
    assert desk.note_profile() is None
    other = Desk(attrs.evolve(OFFICE, offer_valid_days=9), desk.store, clock=lambda: START)
    assert other.note_profile(by=OFFICER) is not None
    assert desk.note_profile() is not None, "back again is a change, too"
    assert [line.actor for line in lines(desk)] == ["system", "petugas-1", "system"]
    found = [json.loads(line.detail)["sha256"] for line in lines(desk)]
    assert found[0] == found[2] != found[1]


def test_a_refusal_stands_though_its_line_could_not_be_written() -> None:
    class Full(MemoryStore):
        def note(self, *_: Any) -> int:
            from pst_core.text import Text

            raise StorageError("full", Text(id="penuh", en="full"), remedy=Text(id="-", en="-"))

    desk = Desk(OFFICE, Full(), clock=lambda: START)
    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    with pytest.raises(Refusal):
        desk.do(stream, rq.SendOffer(), by=APPLICANT)


# -- the command line -----------------------------------------------------------------------------


def run(capsys: Any, *words: str) -> tuple[int, str]:
    code = main([*words, "--lang", "en"])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_the_command_line_seals_verifies_and_names_the_place(tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip("cryptography")
    db, key, out = tmp_path / "pst.db", tmp_path / "seal.pem", tmp_path / "seals"
    with SqlStore(f"sqlite:///{db}") as store:
        desk = Desk(OFFICE, store)
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        desk.do(stream, rq.AcceptTerms(), by=APPLICANT)
        with pytest.raises(PstError):
            desk.do(stream, rq.SendOffer(), by=APPLICANT)
    at = ("--db", str(db))
    assert run(capsys, "audit", "verify", *at) == (
        0, "2 events (0 sealed), 1 audit lines, 0 seals.\nAll is as it was.\n")  # fmt: skip
    assert run(capsys, "audit", "key", str(key))[0] == 0
    assert key.stat().st_mode & 0o077 == 0
    assert run(capsys, "audit", "key", str(key))[0] == 1, "a key is never overwritten"
    code, said = run(capsys, "audit", "seal", *at, "--key", str(key), "--out", str(out))
    assert (code, "2 events, 2 audit lines" in said) == (0, True), said
    (seal,) = out.iterdir()
    public = ("--public-key", f"{key}.pub")
    kept = ("--seal", str(seal))
    assert run(capsys, "audit", "verify", *at, *public, *kept)[0] == 0
    assert "Nothing new" in run(capsys, "audit", "seal", *at, "--key", str(key))[1]
    code, said = run(capsys, "audit", "log", *at, "--json")
    whats = [json.loads(line)["what"] for line in said.splitlines()]
    # the last line is that of who reads it now
    assert (code, whats) == (0, ["refused", "profile", "read"])

    raw = sqlite3.connect(db, isolation_level=None)
    raw.execute("UPDATE pst_events SET body = replace(body, 'Siti', 'Sita')")
    code, said = run(capsys, "audit", "verify", *at, *public)
    assert code == 1
    assert f"{stream}/1 (position 1): its content is not what was recorded" in said
    raw.execute("DELETE FROM pst_events")
    raw.execute("DELETE FROM pst_checkpoints")
    assert run(capsys, "audit", "verify", *at, *public)[0] == 0, "by itself it cannot know"
    code, said = run(capsys, "audit", "verify", *at, *public, *kept, "--json")
    assert code == 1
    found = json.loads(said)["findings"]
    assert (found[0]["code"], found[0]["row"]) == ("missing", f"{stream}/1")
    raw.close()


def test_wrong_files_are_named(tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip("cryptography")
    db, bad = tmp_path / "pst.db", tmp_path / "bad"
    SqlStore(f"sqlite:///{db}").close()
    bad.write_text("{}")
    at = ("--db", str(db))
    for words, says in (
        (("verify", *at, "--seal", str(bad)), "not a whole checkpoint"),
        (("verify", *at, "--seal", str(tmp_path / "none")), "cannot be read"),
        (("verify", *at, "--public-key", str(bad)), "no Ed25519 key"),
        (("seal", *at, "--key", str(bad)), "no Ed25519 key"),
        (("seal", *at, "--key", str(tmp_path / "none")), "cannot be read"),
        (("seal", *at), "no variable PST_SEAL_KEY"),
    ):
        code, said = run(capsys, "audit", *words)
        assert code == 1
        assert says in said
