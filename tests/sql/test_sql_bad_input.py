"""Issue 3, bad input: what is wrong with a database is said clearly, and nothing is lost by it."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from pst_adapters.sql import SqlStore
from pst_adapters.sql.sqlite import wal_reset_bug
from pst_core.desk.ports import NewEvent
from pst_core.refusal import BadInput, Busy, PstError, StorageError
from pst_core.testing.contracts.store import batch


def _open(path: Path, wait: float = 5.0) -> SqlStore:
    return SqlStore(f"sqlite:///{path}", wait=wait)


def _code(path: Path) -> str:
    with pytest.raises(PstError) as caught:
        _open(path)
    assert caught.value.remedy.id
    assert str(path.parent) in caught.value.text.en
    return caught.value.code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pst.db"


@pytest.mark.parametrize("url", ["", "pst.db", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_unknown_address_is_refused_with_what_would_be_right(url: str) -> None:
    with pytest.raises(BadInput, match=r"sqlite:///pst\.db"):
        SqlStore(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert _code(tmp_path / "none" / "pst.db") == "no-folder"


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "pst.db").mkdir()
    assert _code(tmp_path / "pst.db") == "cannot-open"


def test_another_applications_database_is_left_as_it_is(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    assert _code(path) == "foreign-database"
    assert path.read_bytes() == before


def test_a_newer_database_is_refused(path: Path) -> None:
    _open(path).close()
    with sqlite3.connect(path) as future:
        future.execute("PRAGMA user_version=99")
    future.close()
    assert _code(path) == "newer-database"


def test_a_text_file_is_no_database(path: Path) -> None:
    path.write_text("bukan basis data\n" * 1000)
    assert _code(path) == "damaged"


def test_a_damaged_database_is_reported_where_it_is_read(path: Path) -> None:
    _open(path).close()
    made = path.stat().st_size  # the description of the tables and their roots: left as they are
    store = _open(path)
    for n in range(200):
        store.append(batch(f"s{n}", 0, f"c{n}", events=(NewEvent("a", 1, '"' + "x" * 500 + '"'),)))
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(made)
        file.write(b"\xa5" * (size - made))
    store = _open(path)
    with pytest.raises(StorageError) as caught:
        store.append(batch("s1", 1, "fresh"))
    assert caught.value.code == "damaged"
    assert "backup" in caught.value.remedy.en
    with pytest.raises(StorageError):
        store.read()
    store.close()


@pytest.mark.slow
def test_a_read_only_file_is_refused() -> None:
    base = Path(tempfile.mkdtemp(prefix="pst-read-only-"))  # pytest's own is closed to others
    path = base / "pst.db"
    _open(path).close()
    program = (
        "import os, sys\n"
        "from pst_adapters.sql import SqlStore\n"
        "from pst_core.refusal import StorageError\n"
        "from pst_core.testing.contracts.store import batch\n"
        "SqlStore('sqlite:///' + sys.argv[1] + '-first').close()\n"  # loads all it needs
        "os.chmod(os.path.dirname(sys.argv[1]), 0o555)\n"
        "if os.getuid() == 0:\n    os.setgid(65534); os.setuid(65534)\n"
        "try:\n    SqlStore('sqlite:///' + sys.argv[1]).append(batch('s', 0, 'c'))\n"
        "except StorageError as error:\n    print(error.code)\n"
    )
    path.chmod(0o444)
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=False
    )
    base.chmod(0o755)
    shutil.rmtree(base)
    assert done.stdout.strip() in ("read-only", "cannot-open"), done.stderr


def test_a_full_disk_loses_nothing_and_the_store_goes_on_after(path: Path) -> None:
    """A limit on the size of files stands for the disk: SQLite sees the write fall short."""
    store = _open(path)
    store.append(batch("s", 0, "c1"))
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    large = batch("s", 1, "c2", events=(NewEvent("a", 1, '"' + "x" * 400_000 + '"'),))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, old[1]))
        with pytest.raises(StorageError) as caught:
            store.append(large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.code in ("disk-full", "io-error")
    assert [e.command_id for e in store.load("s")] == ["c1"]
    store.close()
    store = _open(path)
    assert not store.append(large).repeated
    assert len(store.load("s")) == 2
    store.close()


def test_a_lock_not_had_in_time_is_busy_and_writes_nothing(path: Path) -> None:
    store = _open(path, wait=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        store.append(batch("s", 0, "c1"))
    other.execute("ROLLBACK")
    other.close()
    assert store.read() == ()
    assert not store.append(batch("s", 0, "c1")).repeated
    store.close()


def test_a_thread_waits_no_longer_than_told(path: Path) -> None:
    store = _open(path, wait=0.05)
    entered, leave = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        entered.set()
        leave.wait()

    holder = threading.Thread(target=lambda: store._base.write(hold))
    holder.start()
    entered.wait()
    with pytest.raises(Busy):
        store.append(batch("s", 0, "c1"))
    leave.set()
    holder.join()
    assert not store.append(batch("s", 0, "c1")).repeated
    store.close()


def test_settings_are_read_back(path: Path) -> None:
    store = _open(path)
    got = {
        name: store._base._writer.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
    }
    store.close()
    assert got == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "wal_autocheckpoint": 0,
    }  # fmt: skip


@pytest.mark.slow
def test_a_new_file_may_be_opened_by_many_processes_at_once(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pst_adapters.sql import SqlStore\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for n in range(25): SqlStore(f'sqlite:///{sys.argv[1]}/{n}.db', wait=20).close()\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[1] for process in started]
    assert [p.returncode for p in started] == [0] * 4, said


def test_a_fork_does_not_take_the_store_along(path: Path) -> None:
    store = _open(path)
    store._process = os.getpid() + 1
    with pytest.raises(StorageError) as caught:
        store.read()
    assert caught.value.code == "closed"
    store._process = os.getpid()
    store.close()


@pytest.mark.parametrize(
    ("version", "affected"),
    [((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False), ((3, 45, 0), True),
     ((3, 50, 7), False), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 54, 0), False)],
)  # fmt: skip
def test_health_knows_the_versions_with_the_wal_reset_bug(
    version: tuple[int, ...], affected: bool
) -> None:
    assert wal_reset_bug(version) is affected


def test_the_log_is_checkpointed_and_stays_small(path: Path) -> None:
    store = _open(path)
    store._base._commits = 190
    for n in range(20):
        store.append(batch(f"s{n}", 0, f"c{n}"))
    assert path.stat().st_size > 60_000
    store.close()


def test_closing_waits_for_who_is_writing(path: Path) -> None:
    store = _open(path, wait=20)
    entered, leave, said = threading.Event(), threading.Event(), []

    def slowly(connection: object) -> None:
        entered.set()
        leave.wait()
        store._append(connection, batch("s", 0, "c1"))

    writer = threading.Thread(target=lambda: said.append(store._base.write(slowly)))
    writer.start()
    entered.wait()
    closer = threading.Thread(target=store.close)
    closer.start()
    leave.set()
    writer.join()
    closer.join()
    assert said == [None]
    with _open(path) as again:
        assert len(again.read()) == 1


def test_who_was_written_for_is_not_told_yes_when_the_writer_is_interrupted(path: Path) -> None:
    """Two threads wait behind a third; the one that writes for both is interrupted in mid-group."""
    store = _open(path, wait=20)
    entered, leave = threading.Event(), threading.Event()
    said: dict[str, object] = {}

    def hold(_: object) -> None:
        entered.set()
        leave.wait()

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    def run(name: str, job: object) -> None:
        try:
            said[name] = store._base.write(job)
        except BaseException as error:
            said[name] = error

    jobs = {
        "first": hold,
        "leader": interrupt,
        "follower": lambda connection: store._append(connection, batch("s", 0, "c1")),
    }
    threads = []
    for place, (name, job) in enumerate(jobs.items()):
        threads.append(threading.Thread(target=run, args=(name, job)))
        threads[-1].start()
        entered.wait()
        while len(store._base._queue) < place:
            pass
    leave.set()
    for thread in threads:
        thread.join()
    assert isinstance(said["leader"], KeyboardInterrupt)
    assert isinstance(said["follower"], StorageError)
    assert said["follower"].code == "outcome-unknown"
    assert store.read() == ()
    assert not store.append(batch("s", 0, "c1")).repeated
    store.close()
