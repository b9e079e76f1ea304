import hashlib
import time

import pytest

from pst_adapters.files import FolderBlobs, MemoryBlobs
from pst_core.refusal import BadInput, NotFound, StorageError
from pst_core.testing.contracts.blobs import BlobsContract


@pytest.fixture(params=["memory", "folder"])
def blobs(request, tmp_path):
    return MemoryBlobs() if request.param == "memory" else FolderBlobs(tmp_path / "blobs")


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 1000])
def test_blob_comes_back_as_it_went_in(blobs, data):
    key = blobs.put(data)
    assert key == hashlib.sha256(data).hexdigest()
    assert blobs.get(key) == data
    assert blobs.exists(key)
    assert blobs.put(data) == key
    assert blobs.keys() == (key,)


def test_absent_blob_is_not_found(blobs):
    with pytest.raises(NotFound, match="no-such-blob"):
        blobs.get("0" * 64)
    assert not blobs.exists("0" * 64)
    blobs.delete("0" * 64)


def test_deleted_blob_is_gone(blobs):
    key, other = blobs.put(b"a"), blobs.put(b"b")
    blobs.delete(key)
    assert blobs.keys() == (other,)
    with pytest.raises(NotFound):
        blobs.get(key)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_digest_is_a_key(blobs, key):
    for verb in (blobs.get, blobs.exists, blobs.delete):
        with pytest.raises(BadInput, match="not-a-blob-key"):
            verb(key)


def test_changed_blob_is_found_out_and_healed_by_the_right_bytes(tmp_path):
    blobs = FolderBlobs(tmp_path)
    key = blobs.put(b"right")
    (tmp_path / key[:2] / key).write_bytes(b"wrong")
    with pytest.raises(StorageError, match="blob-damaged"):
        blobs.get(key)
    blobs.put(b"right")
    assert blobs.get(key) == b"right"


def test_another_process_finds_the_blob_and_no_leftovers(tmp_path):
    key = FolderBlobs(tmp_path).put(b"x")
    (tmp_path / key[:2] / ".new-killed").write_bytes(b"half")
    assert FolderBlobs(tmp_path).keys() == (key,)
    assert FolderBlobs(tmp_path).get(key) == b"x"


def test_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="blob-storage"):
        FolderBlobs(tmp_path / "file" / "blobs")


class TestMemoryBlobs(BlobsContract):
    durable = False

    def open_blobs(self, where):  # noqa: ARG002
        return MemoryBlobs()


class TestFolderBlobs(BlobsContract):
    def open_blobs(self, where):
        return FolderBlobs(where)

    def damage(self, blobs, where, key):  # noqa: ARG002
        (where / key[:2] / key).write_bytes(b"wrong")


class KeysOfItsOwn(MemoryBlobs):
    def put(self, data):
        key = hashlib.sha256(data + b"\n").hexdigest()
        self._files[key] = data
        return key


class TextOnly(FolderBlobs):
    """Reads as text does: line ends are changed on the way."""

    def get(self, key):
        return super().get(key).replace(b"\r\n", b"\n")


class DoesNotCheck(FolderBlobs):
    def get(self, key):
        return self._place(key).read_bytes()


class NeverHeals(FolderBlobs):
    def put(self, data):
        key = hashlib.sha256(data).hexdigest()
        return key if self.exists(key) else super().put(data)


class AnyKey(MemoryBlobs):
    def exists(self, key):
        return key in self._files


class EmptyWhenAbsent(MemoryBlobs):
    def get(self, key):
        return self._files.get(key, b"")


class KeepsDeleted(MemoryBlobs):
    def delete(self, key):
        pass


class DeletesFolders(FolderBlobs):
    """Clears all when asked for one."""

    def delete(self, key):  # noqa: ARG002
        for other in self.keys():
            super().delete(other)


class InOrderOfArrival(MemoryBlobs):
    def keys(self):
        return tuple(self._files)


class OneATime(MemoryBlobs):
    """A file per call: the same content lies there twice."""

    def keys(self):
        return super().keys() * 2


class Forgets(FolderBlobs):
    def __init__(self, path):
        super().__init__(path)
        for key in self.keys():
            self.delete(key)


class OneTemporaryName(FolderBlobs):
    """Every writer uses the same temporary file."""

    def put(self, data):
        temporary = self._root / ".new"
        temporary.write_bytes(data)
        time.sleep(0.002)
        key = hashlib.sha256(data).hexdigest()
        self._place(key).parent.mkdir(exist_ok=True)
        temporary.replace(self._place(key))
        return key


C = BlobsContract
FAULTS = [
    (KeysOfItsOwn, C.test_the_key_is_the_digest_of_the_content, ()),
    (TextOnly, C.test_bytes_come_back_as_they_went_in, (b"\r\n\0\xff\xfe",)),
    (DoesNotCheck, C.test_a_changed_file_is_found_out_and_healed_by_the_right_bytes, ("where",)),
    (NeverHeals, C.test_a_changed_file_is_found_out_and_healed_by_the_right_bytes, ("where",)),
    (AnyKey, C.test_only_a_digest_is_a_key, ("../../etc/passwd",)),
    (EmptyWhenAbsent, C.test_an_absent_file_is_not_found, ()),
    (KeepsDeleted, C.test_a_deleted_file_is_gone_and_no_other, ()),
    (DeletesFolders, C.test_deleting_what_is_absent_changes_nothing, ()),
    (InOrderOfArrival, C.test_keys_are_all_there_and_sorted, ()),
    (OneATime, C.test_the_same_content_is_one_file, ()),
    (Forgets, C.test_what_was_put_is_there_after_reopening, ("where only",)),
    (OneTemporaryName, C.test_threads_that_put_the_same_and_others_lose_nothing, ()),
]


@pytest.mark.parametrize(("faulty", "case", "args"), FAULTS, ids=[f[0].__name__ for f in FAULTS])
def test_a_faulty_store_of_files_fails_its_case(faulty, case, args, tmp_path):
    sound = FolderBlobs if issubclass(faulty, FolderBlobs) else MemoryBlobs

    def run(cls, where):
        class Case(BlobsContract):
            def open_blobs(self, where):
                return cls(where) if issubclass(cls, FolderBlobs) else cls()

            def damage(self, blobs, where, key):  # noqa: ARG002
                (where / key[:2] / key).write_bytes(b"wrong")

        given = (where,) if args in (("where",), ("where only",)) else args
        if args == ("where only",):
            case(Case(), *given)
        else:
            case(Case(), Case().open_blobs(where), *given)

    run(sound, tmp_path / "sound")
    with pytest.raises((AssertionError, pytest.fail.Exception, NotFound, StorageError)):
        run(faulty, tmp_path / "faulty")
