"""An erasure as an office does it: each step a process of its own, then every byte is looked at."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.vault.test_vault_erasure import every_byte, found_in

from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_core.desk import Desk
from pst_core.desk.fields import ERASED
from pst_core.office import Office

pytestmark = pytest.mark.slow  # each step starts an interpreter
WHO = "warga-0001"


class Shell:
    """Carries out ``pst`` commands one process after another and keeps all that they said."""

    def __init__(self, folder):
        self.folder, self.log = folder, ""

    def __call__(self, *words, code=0):
        line = [sys.executable, "-c", "from pst_adapters.cli import main; main()", *map(str, words)]
        done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=self.folder)
        self.log += done.stdout + done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Give an office where one request was closed, what it holds of the person, and their key."""
    folder = tmp_path_factory.mktemp("office")
    pst = Shell(folder)
    pst("demo", "--folder", folder / "demo")
    (made,) = (folder / "demo").iterdir()
    for copies in ("mail", "dokumen", "produk", "unggahan"):
        # what the demonstration puts there to be looked at: mails that went, papers printed
        shutil.rmtree(made / copies, ignore_errors=True)
    held = json.loads(pst("person", "export", WHO, "--db", made / "pst.db"))
    pst("audit", "key", made / "seal.key")
    pst.log = ""  # the copy that was asked for is the person's
    return pst, made, secrets_of(held)


def secrets_of(held):
    """Return every text of the person in an export: who they are, what they typed and handed in."""
    personal = ("name", "email", "phone", "institution", "address", "number", "purpose",
                "signer", "letter", "visitor", "text_found", "payer", "bank")  # fmt: skip
    found = {"id": WHO}

    def walk(value, key=""):
        if isinstance(value, dict):
            for name, inside in value.items():
                walk(inside, name)
        elif isinstance(value, list):
            for inside in value:
                walk(inside, key)
        elif isinstance(value, str) and key in personal and len(value) > 7:
            found[f"{key}:{value[:20]}"] = value

    for case in held["cases"]:
        for entry in case["history"]:
            walk(entry["said"])
    assert {"id", "name", "email", "phone", "address"} <= {key.partition(":")[0] for key in found}
    return found


def test_done_when_an_applicant_of_a_closed_request_is_erased(lived, tmp_path):
    pst, made, secrets = lived
    db, files = made / "pst.db", made / "blobs"
    (stream,) = [row for row in streams(db) if row.startswith("request-")]
    before = balances(db)
    assert sum(before.values()) == 0
    assert any(before.values())
    # in the clear nothing lies there even before
    assert looked(made, secrets) == {}
    kept = set(blobs(files))

    # as it was done before: without a word on the files
    done = json.loads(pst("person", "erase", WHO, "--reason", "surat 12", "--db", db, "--json"))[0]
    assert stream in done["cases"]
    assert done["files"] > 0
    assert done["removed"] == 0
    assert set(blobs(files)) == kept
    # and the files go by themselves later
    said = pst("person", "erase", "--files", files, "--db", db)
    assert str(done["files"]) in said
    assert len(kept) - len(blobs(files)) == done["files"]
    assert pst("person", "erase", "--files", files, "--db", db).startswith("0 ")

    # a chain that verifies, a ledger that balances, a register that lists the request
    pst("audit", "seal", "--key", made / "seal.key", "--db", db)
    pst("audit", "verify", "--public-key", made / "seal.key.pub", "--db", db)
    assert balances(db) == before
    with SqlStore(f"sqlite:///{db}") as store:
        row = store.summary(stream)
        assert (row.phase, row.title) == ("CLOSED", ERASED)
    pst("history", stream, "--db", db)

    # and no byte of the person: database, blobs, a backup made after, and all that was said
    pst("backup", tmp_path / "backup", "--files", files, "--db", db)
    assert looked(made, secrets) == {}
    assert looked(tmp_path / "backup", secrets) == {}
    pst("audit", "log", "--db", db)
    assert found_in(pst.log.encode(), secrets) == []
    # a search that finds nothing anywhere would be none: what is put back is found
    (made / "planted").write_text(next(iter(secrets.values())))
    assert list(looked(made, secrets)) == ["planted"]
    (made / "planted").unlink()


@pytest.mark.parametrize(
    ("lang", "key", "opened", "gone"),
    [
        ("id", "Yang dimusnahkan ialah kuncinya", "tidak dapat dibuka lagi", "dibuang dari"),
        ("en", "What is destroyed is the key", "can be opened no more", "were removed from"),
    ],
)
def test_what_is_said_to_be_destroyed_is_the_key_and_files_go_with_their_folder(
    tmp_path, capsys, lang, key, opened, gone
):
    assert main(["demo", "--publication-only", "--folder", str(tmp_path)]) == 0
    (made,) = tmp_path.iterdir()
    before = len(blobs(made / "blobs"))
    words = ["--db", str(made / "pst.db"), "--lang", lang]
    capsys.readouterr()
    assert main(["person", "erase", WHO, "--reason", "surat 12", *words]) == 0
    first = capsys.readouterr().out
    assert key in first
    assert opened in first
    assert gone not in first
    assert len(blobs(made / "blobs")) == before, "nothing but the key has gone"
    assert main(["person", "erase", "--files", str(made / "blobs"), *words]) == 0
    count = before - len(blobs(made / "blobs"))
    said = capsys.readouterr().out
    assert said.startswith(f"{count} ")
    assert opened in said
    assert gone in said
    assert count > 0


def test_any_one_byte_of_1000_in_the_event_table_is_found_by_audit_verify(lived, tmp_path):
    pst, made, _ = lived
    db = tmp_path / "pst.db"
    shutil.copy(made / "pst.db", db)
    shutil.copy(made / "pst.db.key", tmp_path / "pst.db.key")
    pst("audit", "seal", "--key", made / "seal.key", "--db", db)
    verify = ["audit", "verify", "--public-key", str(made / "seal.key.pub"), "--db", str(db)]
    dice = random.Random(20261130)
    assert main(verify) == 0
    columns = ("position", "stream", "version", "name", "schema", "body", "at", "actor",
               "command_id", "digest")  # fmt: skip
    with closing(sqlite3.connect(db, isolation_level=None)) as base:
        base.execute("PRAGMA foreign_keys=OFF")
        places = [n for (n,) in base.execute("SELECT position FROM pst_events")]
        missed, tried = [], 0
        while tried < 1000:
            place, column = dice.choice(places), dice.choice(columns)
            where = "UPDATE pst_events SET # = ? WHERE position = ?".replace("#", column)
            asked = "SELECT # FROM pst_events WHERE position = ?".replace("#", column)
            (was,) = base.execute(asked, (place,)).fetchone()
            now = flipped(was, dice)
            try:
                base.execute(where, (now, place))
            except sqlite3.IntegrityError:
                continue  # the table itself says no
            tried += 1
            at = now if column == "position" else place
            if main(verify) != 1:
                missed.append((place, column, was, now))
            base.execute(where, (was, at))
        assert missed == []
    assert main(verify) == 0


def flipped(value, dice):
    """Return ``value`` with one bit of one byte changed, as the file itself could have it."""
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(24))
    raw = bytearray(value.encode())
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return bytes(raw)


def streams(db):
    with SqlStore(f"sqlite:///{db}") as store:
        return [row.stream for row in store.register("3317")]


def balances(db):
    with SqlStore(f"sqlite:///{db}") as store:
        return Desk(Office.load("3317"), store).trial_balance()


def blobs(folder):
    return [path.name for path in sorted(folder.rglob("*")) if path.is_file()]


def looked(folder: Path, secrets):
    return {
        name: hits
        for name, data in every_byte(folder).items()
        if not name.endswith(".key") and (hits := found_in(data, secrets))
    }
