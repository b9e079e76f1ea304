"""What every ``Blobs`` must keep. A store of files of your own is tried by five lines::

    from pst_core.testing.contracts.blobs import BlobsContract

    class TestMyBlobs(BlobsContract):
        def open_blobs(self, where):   # where: a folder of this case's own
            return MyBlobs(where)

Opening twice with the same ``where`` must give two doors to the same files, unless
``durable = False``. Say with ``damage`` how a file is changed behind the store's back, and the
suite tries whether that is found out.
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import ClassVar

import pytest

from pst_core.desk.ports import Blobs
from pst_core.refusal import BadInput, NotFound, StorageError

__all__ = ["BlobsContract"]

_ABSENT = "0" * 64


class BlobsContract:
    """Subclass it, define ``open_blobs(where)``, and pytest runs every case on your store."""

    durable: ClassVar[bool] = True
    """Whether content outlives the object: then a second one on the same place sees it."""

    def open_blobs(self, where: Path) -> Blobs:
        """Open the store whose files live at ``where``."""
        raise NotImplementedError

    def damage(self, blobs: Blobs, where: Path, key: str) -> None:  # noqa: ARG002
        """Change the stored bytes of ``key`` behind the store's back."""
        pytest.skip("the suite was not told how to damage a file of this store")

    @pytest.fixture
    def blobs(self, tmp_path: Path) -> Blobs:
        """Give a fresh store of one case."""
        return self.open_blobs(tmp_path)

    @pytest.mark.parametrize("data", [b"", b"x", b"\r\n\0\xff\xfe", bytes(range(256)) * 5_000])
    def test_bytes_come_back_as_they_went_in(self, blobs: Blobs, data: bytes) -> None:
        key = blobs.put(data)
        assert blobs.get(key) == data
        assert blobs.exists(key)

    def test_the_key_is_the_digest_of_the_content(self, blobs: Blobs) -> None:
        for data in (b"", b"a", b"a\n"):
            assert blobs.put(data) == hashlib.sha256(data).hexdigest()

    def test_the_same_content_is_one_file(self, blobs: Blobs) -> None:
        assert blobs.put(b"same") == blobs.put(b"same")
        assert len(blobs.keys()) == 1

    def test_keys_are_all_there_and_sorted(self, blobs: Blobs) -> None:
        assert list(blobs.keys()) == []
        put = {blobs.put(bytes([n])) for n in range(40)}
        assert list(blobs.keys()) == sorted(put)

    def test_an_absent_file_is_not_found(self, blobs: Blobs) -> None:
        blobs.put(b"another")
        with pytest.raises(NotFound) as caught:
            blobs.get(_ABSENT)
        assert caught.value.text.id
        assert caught.value.remedy.en
        assert not blobs.exists(_ABSENT)

    def test_a_deleted_file_is_gone_and_no_other(self, blobs: Blobs) -> None:
        key, other = blobs.put(b"a"), blobs.put(b"b")
        blobs.delete(key)
        assert not blobs.exists(key)
        with pytest.raises(NotFound):
            blobs.get(key)
        assert blobs.get(other) == b"b"
        assert list(blobs.keys()) == [other]
        assert blobs.put(b"a") == key
        assert blobs.get(key) == b"a"

    def test_deleting_what_is_absent_changes_nothing(self, blobs: Blobs) -> None:
        key = blobs.put(b"a")
        blobs.delete(_ABSENT)
        assert list(blobs.keys()) == [key]

    @pytest.mark.parametrize(
        "key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "٠" * 64]
    )
    def test_only_a_digest_is_a_key(self, blobs: Blobs, key: str) -> None:
        for use in (blobs.get, blobs.exists, blobs.delete):
            with pytest.raises(BadInput):
                use(key)

    def test_a_changed_file_is_found_out_and_healed_by_the_right_bytes(
        self, blobs: Blobs, tmp_path: Path
    ) -> None:
        key = blobs.put(b"right")
        self.damage(blobs, tmp_path, key)
        with pytest.raises(StorageError):
            blobs.get(key)
        blobs.put(b"right")
        assert blobs.get(key) == b"right"

    def test_what_was_put_is_there_after_reopening(self, tmp_path: Path) -> None:
        if not self.durable:
            pytest.skip("not durable by design")
        key = self.open_blobs(tmp_path).put(b"kept")
        again = self.open_blobs(tmp_path)
        assert again.get(key) == b"kept"
        assert list(again.keys()) == [key]

    def test_threads_that_put_the_same_and_others_lose_nothing(self, blobs: Blobs) -> None:
        failed: list[BaseException] = []
        start = threading.Barrier(4)

        def put(worker: int) -> None:
            start.wait()
            try:
                for n in range(8):
                    for data in (b"shared %d" % n, b"own %d %d" % (worker, n)):
                        assert blobs.get(blobs.put(data)) == data
            except BaseException as error:  # shown by the thread of the test
                failed.append(error)

        threads = [threading.Thread(target=put, args=(w,)) for w in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert len(blobs.keys()) == 8 + 4 * 8
