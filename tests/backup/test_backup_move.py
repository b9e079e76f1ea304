"""A store moved from SQLite to PostgreSQL and back holds what it held, and goes on."""

import sqlite3

import pytest
import sqlalchemy as sa

from pst_adapters.backup import move
from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_adapters.sql.schema import metadata
from pst_core.desk.ports import AuditLine
from pst_core.desk.sealing import seal, verify_store
from pst_core.refusal import BadInput, StorageError
from pst_core.testing.contracts.store import NOW, batch, effect

from .filled import content, fill


@pytest.fixture
def places(server, tmp_path):
    """Give a SQLite store, an empty PostgreSQL database and a place for another file."""
    import psycopg

    name = f"move{abs(hash(tmp_path))}"
    admin = server.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"sqlite:///{tmp_path}/a.db", server.format(name=name), f"sqlite:///{tmp_path}/b.db"


def test_to_postgresql_and_back_nothing_is_lost_and_work_goes_on(places):
    small, large, again = places
    with SqlStore(small) as store:
        fill(store)
        was = content(store)
    moved = move(small, large)
    assert moved.events == len(was[0])
    with SqlStore(large) as store:
        assert content(store) == was
        store.append(batch("s0", 2, "later", effects=(effect("s0/later"),)))
        assert store.load("s0")[-1].position == was[0][-1].position + 1
        assert store.read(after=was[0][-1].position)[-1].command_id == "later"
        now = content(store)
    move(large, again)
    with SqlStore(again) as store:
        assert content(store) == now
        store.append(batch("s1", 2, "last"))
    with SqlStore(small) as store:
        assert content(store) == was


def test_a_sealed_store_verifies_where_it_was_moved_to_and_is_sealed_on(places, tmp_path):
    evidence = pytest.importorskip("pst_adapters.evidence")
    key = evidence.make_key(tmp_path / "key")
    small, large, again = places
    with SqlStore(small) as store:
        fill(store)
        for n in range(9):  # more lines than events: the places that follow must be free
            store.note(AuditLine("3317", NOW, "read", f"p{n}", "officer", "", "{}"))
        (kept,) = seal(store, "3317", key, NOW)
    move(small, large)
    move(large, again)
    for url in (large, again):
        with SqlStore(url) as store:
            assert verify_store(store, outside=[kept]).findings == ()
            store.append(batch("s0", 2, "later"))
            store.note(AuditLine("3317", NOW, "read", "q", "officer", "", "{}"))
            (after,) = seal(store, "3317", key, NOW)
            assert (after.events.total, after.notes.total) == (11, 11)
            assert verify_store(store, outside=[kept]).findings == ()


def test_every_table_is_moved(places):
    small, large, _ = places
    with SqlStore(small) as store:
        fill(store)
    rows = move(small, large).rows
    assert set(rows) == set(metadata.tables)
    for url in (small, large):
        parsed = sa.make_url(url)
        engine = sa.create_engine(parsed)
        with engine.connect() as connection:
            for name, table in metadata.tables.items():
                if name != "pst_meta":
                    count = connection.scalar(sa.select(sa.func.count()).select_from(table))
                    assert count == rows[name]
        engine.dispose()


def test_a_target_that_holds_something_is_refused_and_nothing_changes(places):
    small, large, again = places
    for url in (small, again):
        with SqlStore(url) as store:
            fill(store, 2)
    with pytest.raises(BadInput, match="not empty"):
        move(small, again)
    with SqlStore(again) as store:
        assert len(store.read()) == 4
    with pytest.raises(BadInput):
        move(small, "mysql://x/y")
    move(small, large)


def test_what_fails_on_the_way_leaves_an_empty_target_that_takes_another_try(places, tmp_path):
    small, large, _ = places
    with SqlStore(small) as store:
        fill(store)
        was = content(store)
    # SQLite takes a null byte in a text, PostgreSQL does not
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("UPDATE pst_register SET title = 'a' || char(0) WHERE stream = 's4'")
    with pytest.raises(StorageError):
        move(small, large)
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("UPDATE pst_register SET title = ? WHERE stream = 's4'",
                           (was[3][-1].title,))  # fmt: skip
    move(small, large)
    with SqlStore(large) as store:
        assert content(store) == was


def test_one_command_moves_and_says_so(places, tmp_path, capsys):
    small, large, _ = places
    with SqlStore(small) as store:
        fill(store)
    assert main(["move", "--from", str(tmp_path / "a.db"), "--to", large]) == 0
    assert "Dipindahkan dan dibandingkan: 10 peristiwa" in capsys.readouterr().out
    assert main(["move", "--from", str(tmp_path / "none.db"), "--to", large]) == 1
    assert "tidak ada" in capsys.readouterr().err


def test_a_moved_store_asks_for_the_key_that_it_had(places, tmp_path, monkeypatch, capsys):
    pytest.importorskip("pst_adapters.vault")
    import pst_core as pst
    from pst_adapters.cli.stores import make_store
    from pst_core import request as rq
    from pst_core.workflow import Actor, Role

    monkeypatch.delenv("PST_KEYS", raising=False)
    _, large, _ = places
    file = tmp_path / "sealed.db"
    with make_store(file) as store:
        siti = Actor("user-17", Role.APPLICANT, "Siti")
        opening = rq.OpenRequest(rq.Applicant("user-17", "Siti", "siti@example.org"))
        pst.Desk(pst.Office.load("3317"), store).open(opening, by=siti)
    assert main(["move", "--from", str(file), "--to", large, "--lang", "en"]) == 0
    assert f"PST_KEYS={file}.key" in capsys.readouterr().err
    assert main(["history", "--db", large, "--lang", "en"]) == 1
    assert "the key it had" in capsys.readouterr().err
    monkeypatch.setenv("PST_KEYS", f"{file}.key")
    assert main(["history", "--db", large, "--lang", "en"]) == 0
    assert "Siti" in capsys.readouterr().out
