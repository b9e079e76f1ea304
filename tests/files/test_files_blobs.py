import hashlib

import pytest

from pst_adapters.files import FolderBlobs, MemoryBlobs
from pst_core.refusal import BadInput, NotFound, StorageError


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
