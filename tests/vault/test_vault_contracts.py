"""Sealed, a store keeps every promise of an unsealed one; and so do files and office keys."""

import contextlib
import errno
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from pst_adapters.files import FolderBlobs
from pst_adapters.sql import SqlStore
from pst_adapters.vault import EnvironmentKeys, FileKeys, SealedBlobs, SealedStore
from pst_core.desk.memory import MemoryStore
from pst_core.refusal import BadInput, NotFound, StorageError
from pst_core.testing.contracts.blobs import BlobsContract
from pst_core.testing.contracts.keys import KeysContract
from pst_core.testing.contracts.store import StoreContract
from pst_core.text import Text


def sealed_file(where: Path):
    return SealedStore(SqlStore(f"sqlite:///{where}/pst.db"), FileKeys.make(where / "office.key"))


class TestSealedMemory(StoreContract):
    durable = False

    def open_store(self, where: Path):
        return SealedStore(MemoryStore(), FileKeys.make(where / "office.key"))


@pytest.mark.slow
class TestSealedSqlite(StoreContract):
    def open_store(self, where: Path):
        return SealedStore(
            SqlStore(f"sqlite:///{where}/pst.db"), FileKeys.make(where / "office.key")
        )


class TestSealedBlobs(BlobsContract):
    def open_blobs(self, where: Path):
        store = SealedStore(
            SqlStore(f"sqlite:///{where}/pst.db"), FileKeys.make(where / "office.key")
        )
        return SealedBlobs(FolderBlobs(where / "blobs"), store, "3317").of("warga-1")

    def damage(self, blobs, where, key):
        for file in (where / "blobs").glob("??/*"):
            data = bytearray(file.read_bytes())
            data[-1] ^= 1
            file.write_bytes(data)


class TestFileKeys(KeysContract):
    def open_keys(self, where):
        return FileKeys.make(where / "office.key")

    def rotate(self, keys, where):
        return keys.rotated()


class TestEnvironmentKeys(KeysContract):
    def open_keys(self, where):
        made = FileKeys.make(where / "office.key")
        lines = made.path.read_text().split()
        return EnvironmentKeys("KEYS", environ={"KEYS": ",".join(lines)})

    def rotate(self, keys, where):
        FileKeys(where / "office.key").rotated()
        return self.open_keys(where)


class Token:
    """A token that keeps its keys to itself, as one behind PKCS#11 does: it wraps and unwraps.

    The context is bound by a key derived for it, since AES key wrap takes no further data.
    """

    def __init__(self, where: Path):
        self._place = where / "token"
        if not self._place.exists():
            self._place.write_bytes(secrets.token_bytes(32))
        self._slots = {f"slot{n}": k for n, k in enumerate(self._keys())}

    def _keys(self):
        data = self._place.read_bytes()
        return [data[n : n + 32] for n in range(0, len(data), 32)]

    @property
    def current(self):
        return f"slot{len(self._slots) - 1}"

    def knows(self, office):
        return True

    def _derived(self, name, office, context):
        import hmac

        return hmac.digest(self._slots[name], f"{office}|{context}".encode(), "sha256")

    def wrap(self, office, key, context):
        salt = os.urandom(8).hex()
        own = self._derived(self.current, office, f"{salt}{context}")
        return f"{self.current}.{salt}{aes_key_wrap(own, key).hex()}"

    def unwrap(self, office, wrapped, context):
        name, _, text = wrapped.partition(".")
        try:
            own = self._derived(name, office, f"{text[:16]}{context}")
            return aes_key_unwrap(own, bytes.fromhex(text[16:]))
        except (KeyError, ValueError, InvalidUnwrap) as error:
            raise StorageError(
                "office-key-unknown", Text("?", "?"), remedy=Text("?", "?")
            ) from error


class TestToken(KeysContract):
    def open_keys(self, where):
        return Token(where)

    def rotate(self, keys, where):
        with (where / "token").open("ab") as file:
            file.write(secrets.token_bytes(32))
        return Token(where)


def test_a_key_file_is_for_its_owner_alone(tmp_path):
    keys = FileKeys.make(tmp_path / "office.key")
    assert keys.path.stat().st_mode & 0o777 == 0o600
    assert keys.path.read_text().split(":")[1].strip() not in repr(keys)
    keys.path.chmod(0o640)
    with pytest.raises(BadInput) as caught:
        FileKeys(keys.path)
    assert caught.value.code == "key-file-open"
    assert "chmod 600" in caught.value.remedy.en


@pytest.mark.parametrize("text", ["", "k1:abc", "k1:" + "0" * 64 + "\nk1:" + "1" * 64, "\xff"])
def test_keys_that_are_none_are_refused(tmp_path, text):
    place = tmp_path / "office.key"
    place.write_bytes(text.encode("latin-1"))
    place.chmod(0o600)
    with pytest.raises(BadInput) as caught:
        FileKeys(place)
    assert caught.value.code == "bad-office-keys"


def test_a_missing_key_file_says_that_none_is_to_be_made(tmp_path):
    with pytest.raises(NotFound) as caught:
        FileKeys(tmp_path / "office.key")
    assert caught.value.code == "no-office-key"


def test_sealed_stores_hold_no_plain_body(tmp_path):
    from pst_core.testing.contracts.store import batch

    with SealedStore(
        SqlStore(f"sqlite:///{tmp_path}/pst.db"), FileKeys.make(tmp_path / "office.key")
    ) as store:
        made = batch("s", 0, "c1")
        store.append(made)
        assert [e.body for e in store.load("s")] == [e.body for e in made.events]
    bodies = sqlite3.connect(tmp_path / "pst.db").execute("SELECT body FROM pst_events").fetchall()
    assert all(body[0].startswith('"\\u001a~') for body in bodies)


def test_two_that_make_the_key_at_once_keep_one_and_none_reads_a_half_of_it(tmp_path):
    start, made, failed = threading.Barrier(4), [], []

    def make() -> None:
        for n in range(50):
            start.wait()
            try:
                made.append((n, FileKeys.make(tmp_path / f"{n}.key").current))
            except BadInput as error:
                failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(made)) == 50
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"{n}.key" for n in range(50))


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow beyond 40 bytes."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_key_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    place = tmp_path / "office.key"
    with full_disk(), pytest.raises(StorageError) as caught:
        FileKeys.make(place)
    assert caught.value.code == "key-storage"
    assert list(tmp_path.iterdir()) == []
    keys = FileKeys.make(place)
    before = place.read_text()
    with full_disk(), pytest.raises(StorageError):
        keys.rotated()
    assert list(tmp_path.iterdir()) == [place]
    assert place.read_text() == before
    with pytest.raises(StorageError):
        FileKeys.make(tmp_path / "no-such-folder" / "office.key")


def test_where_there_are_no_links_the_key_is_made_all_the_same(tmp_path, monkeypatch):
    def link(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    keys = FileKeys.make(tmp_path / "office.key")
    assert FileKeys.make(keys.path).current == keys.current
    assert list(tmp_path.iterdir()) == [keys.path]
