"""A backup is whole or no backup; what was restored equals what was there, stream by stream."""

import datetime as dt
import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from pst_adapters.backup import back_up, check_backup, restore
from pst_adapters.cli import main
from pst_adapters.files import FolderBlobs
from pst_adapters.sql import SqlStore
from pst_core.refusal import BadInput, NotFound, PstError, StorageError
from pst_core.testing.contracts.store import batch, effect

from .filled import content, fill

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
HERE = Path(__file__).parent


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request, tmp_path):
    """Give the address of a store and of an empty place of the same kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/pst.db", f"sqlite:///{tmp_path}/again.db"
    import psycopg

    server = request.getfixturevalue("server")
    stem = "b" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]
    admin = server.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        for name in (stem, f"{stem}again"):
            connection.execute(f"CREATE DATABASE {name}")
    return server.format(name=stem), server.format(name=f"{stem}again")


def test_every_stream_effect_and_file_comes_back_and_work_goes_on(urls, tmp_path):
    blobs = FolderBlobs(tmp_path / "files")
    keys = [blobs.put(bytes([n]) * n) for n in range(10)]
    with SqlStore(urls[0]) as store:
        fill(store)
        made = back_up(urls[0], tmp_path / "backup", blobs, now=NOW)
        before = content(store)
    assert (made.events, made.files) == (10, tuple(sorted(keys)))
    assert check_backup(tmp_path / "backup") == made
    back = FolderBlobs(tmp_path / "back")
    assert restore(tmp_path / "backup", urls[1], back) == made
    with SqlStore(urls[1]) as again:
        assert content(again) == before
        assert again.append(batch("s0", 2, "new")).version == 3
        assert len(again.read()) == 11
    assert [back.get(key) for key in keys] == [blobs.get(key) for key in keys]


@pytest.mark.slow
def test_a_backup_under_writers_is_a_prefix_with_all_that_was_acknowledged(urls, tmp_path):
    stop = threading.Event()
    acknowledged = {"a": 0, "b": 0}
    with SqlStore(urls[0], wait=30) as store:

        def write(name):
            while not stop.is_set():
                n = acknowledged[name]
                store.append(batch(name, n, f"{name}{n}", effects=(effect(f"{name}/{n}"),)))
                acknowledged[name] = n + 1

        threads = [threading.Thread(target=write, args=(name,)) for name in acknowledged]
        for thread in threads:
            thread.start()
        try:
            for n in range(4):
                while min(acknowledged.values()) < 5 * (n + 1):
                    stop.wait(0.005)
                before = dict(acknowledged)
                back_up(urls[0], tmp_path / f"backup{n}", now=NOW)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        every = store.read(limit=100_000)
    restore(tmp_path / "backup3", urls[1])
    with SqlStore(urls[1]) as again:
        events = again.read(limit=100_000)
        for name, count in before.items():
            kept = again.load(name)
            assert len(kept) >= count
            assert kept == tuple(e for e in every if e.stream == name)[: len(kept)]
        assert len(again.effects(limit=100_000)) == len(events)


@pytest.mark.slow
def test_a_backup_or_restore_killed_at_every_step_is_whole_or_nothing(tmp_path):
    """``kill -9`` at each file operation, one after another, while two processes write."""
    done = subprocess.run(
        [sys.executable, str(HERE / "killed.py"), str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["wrong"] == []
    assert figures["backups killed"] > 20
    assert figures["restores killed"] > 20


@pytest.mark.parametrize("what", ["database", "file", "gone", "list", "no list", "newer"])
def test_a_changed_backup_is_refused_and_nothing_made(tmp_path, what):
    url = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(url) as store:
        fill(store)
    blobs = FolderBlobs(tmp_path / "files")
    key = blobs.put(b"one")
    folder = tmp_path / "backup"
    back_up(url, folder, blobs, now=NOW)
    file, listed = folder / "files" / key[:2] / key, folder / "backup.json"
    if what == "database":
        data = bytearray((folder / "database").read_bytes())
        data[len(data) // 2] ^= 1
        (folder / "database").write_bytes(data)
    elif what == "file":
        file.write_bytes(b"two")
    elif what == "gone":
        file.unlink()
    elif what == "list":
        listed.write_text(listed.read_text()[:-9])
    elif what == "newer":
        listed.write_text(listed.read_text().replace('"format": 1', '"format": 2'))
    else:
        listed.unlink()
    with pytest.raises(PstError) as caught:
        restore(folder, f"sqlite:///{tmp_path}/again.db", FolderBlobs(tmp_path / "back"))
    expected = {"list": "no-whole-backup", "no list": "no-whole-backup", "newer": "newer-backup"}
    assert caught.value.code == expected.get(what, "backup-damaged")
    assert not (tmp_path / "again.db").exists()
    assert FolderBlobs(tmp_path / "back").keys() == ()


def test_a_damaged_file_does_not_stop_the_rest_and_is_named(tmp_path):
    url = f"sqlite:///{tmp_path}/pst.db"
    SqlStore(url).close()
    blobs = FolderBlobs(tmp_path / "files")
    good, bad = blobs.put(b"good"), blobs.put(b"bad")
    (tmp_path / "files" / bad[:2] / bad).write_bytes(b"worse")
    made = back_up(url, tmp_path / "backup", blobs, now=NOW)
    assert (made.files, made.damaged) == ((good,), (bad,))


def test_nothing_is_overwritten(urls, tmp_path):
    with SqlStore(urls[0]) as store:
        fill(store)
    back_up(urls[0], tmp_path / "backup", now=NOW)
    with pytest.raises(BadInput, match="backup-exists"):
        back_up(urls[0], tmp_path / "backup", now=NOW)
    with pytest.raises(BadInput, match="target-used"):
        restore(tmp_path / "backup", urls[0])
    with SqlStore(urls[0]) as store:
        assert len(store.read()) == 10


def test_wrong_places_say_what_would_be_right(tmp_path):
    url = f"sqlite:///{tmp_path}/pst.db"
    SqlStore(url).close()
    back_up(url, tmp_path / "backup", now=NOW)
    for bad in ("", "pst.db", "mysql://a/b"):
        with pytest.raises(BadInput, match="bad-url"):
            back_up(bad, tmp_path / "x", now=NOW)
    with pytest.raises(NotFound, match="no-database"):
        back_up(f"sqlite:///{tmp_path}/none.db", tmp_path / "x", now=NOW)
    (tmp_path / "text.db").write_text("no database" * 100)
    with pytest.raises(StorageError, match="database-unreadable"):
        back_up(f"sqlite:///{tmp_path}/text.db", tmp_path / "x", now=NOW)
    with pytest.raises(BadInput, match="another-dialect"):
        restore(tmp_path / "backup", "postgresql+psycopg://a/b")
    assert sorted(p.name for p in tmp_path.iterdir() if "x" in p.name) == ["text.db"]


def test_without_the_tools_of_postgresql_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PST_PG_BINDIR", str(tmp_path))
    with pytest.raises(StorageError, match="no-pg-tools") as caught:
        back_up("postgresql+psycopg://a/b", tmp_path / "x", now=NOW)
    assert "postgresql-client" in caught.value.remedy.id
    assert list(tmp_path.iterdir()) == []


def test_the_commands_back_up_and_restore(tmp_path, capsys):
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        fill(store)
    FolderBlobs(tmp_path / "files").put(b"x")
    place = str(tmp_path / "backup")
    files = ["--files", str(tmp_path / "files")]
    assert main(["backup", place, "--db", str(tmp_path / "pst.db"), *files]) == 0
    assert "10 peristiwa, 1 berkas" in capsys.readouterr().out
    again = ["--db", str(tmp_path / "new.db")]
    assert main(["restore", place, *again, "--lang", "en"]) == 1
    assert "Name the place for its files" in capsys.readouterr().err
    assert main(["restore", place, *again, "--files", str(tmp_path / "back"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == 10
    assert main(["backup", place + "2", "--db", str(tmp_path / "pst.db"), "--files", "no"]) == 1
