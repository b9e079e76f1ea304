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

import functools
import hashlib
from pathlib import Path
from typing import ClassVar

import pytest

from pst_core.desk.ports import Blobs
from pst_core.refusal import BadInput, NotFound, StorageError

from ._suite import Suite, at_once, opened, raising, told, undefined

__all__ = ["BlobsContract"]

_ABSENT = "0" * 64


class BlobsContract(Suite):
    """Subclass it, define ``open_blobs(where)``, and pytest runs every case on your store."""

    durable: ClassVar[bool] = True
    """Whether content outlives the object: then a second one on the same place sees it."""

    def open_blobs(self, where: Path) -> Blobs:  # noqa: ARG002
        """Open the store whose files live at ``where``."""
        undefined(self, "def open_blobs(self, where):\n        return MyBlobs(where)")

    def damage(self, blobs: Blobs, where: Path, key: str) -> None:  # noqa: ARG002
        """Change the stored bytes of ``key`` behind the store's back."""
        pytest.skip("the suite was not told how to damage a file of this store")

    @pytest.fixture
    def blobs(self, tmp_path: Path) -> Blobs:
        """Give a fresh store of one case."""
        return opened(self.open_blobs, Blobs, tmp_path)

    def test_a_new_place_is_empty(self, blobs: Blobs) -> None:
        assert list(blobs.keys()) == [], told(
            "Folder baru sudah berisi: open_blobs harus memakai `where`, folder tiap kasus.",
            "A new folder holds files: open_blobs must use `where`, the folder of each case.",
        )

    @pytest.mark.parametrize(
        "data",
        [b"", b"x", b"\r\n\0\xff\xfe", bytes(range(256)) * 5_000],
        ids=["empty", "short", "line ends", "long"],
    )
    def test_bytes_come_back_as_they_went_in(self, blobs: Blobs, data: bytes) -> None:
        key = blobs.put(data)
        assert blobs.exists(key), told(
            "put menjawab, tetapi berkasnya tidak ada: isinya hilang.",
            "put has answered, but the file is not there: a write is lost.",
        )
        assert blobs.get(key) == data, told(
            "get mengembalikan isi lain daripada yang disimpan put.",
            "get returns other bytes than put was given.",
        )

    def test_the_key_is_the_digest_of_the_content(self, blobs: Blobs) -> None:
        for data in (b"", b"a", b"a\n"):
            assert blobs.put(data) == hashlib.sha256(data).hexdigest(), told(
                f"put({data!r}) harus mengembalikan SHA-256 isinya, dalam heksadesimal kecil.",
                f"put({data!r}) must return the SHA-256 of the bytes, in small hex digits.",
            )

    def test_the_same_content_is_one_file(self, blobs: Blobs) -> None:
        assert blobs.put(b"same") == blobs.put(b"same")
        assert len(blobs.keys()) == 1, told(
            "Isi yang sama disimpan dua kali menjadi dua berkas; harus tetap satu.",
            "The same bytes put twice are two files; they must stay one.",
        )

    def test_keys_are_all_there_and_sorted(self, blobs: Blobs) -> None:
        assert list(blobs.keys()) == []
        put = {blobs.put(bytes([n])) for n in range(40)}
        assert list(blobs.keys()) == sorted(put), told(
            "keys harus menyebut semua kunci, masing-masing sekali, urut menurut abjad.",
            "keys must name every key, each once, sorted.",
        )

    def test_an_absent_file_is_not_found(self, blobs: Blobs) -> None:
        blobs.put(b"another")
        with raising(NotFound, "get(kunci yang tidak ada / an absent key)"):
            blobs.get(_ABSENT)
        assert not blobs.exists(_ABSENT)

    def test_a_deleted_file_is_gone_and_no_other(self, blobs: Blobs) -> None:
        key, other = blobs.put(b"a"), blobs.put(b"b")
        blobs.delete(key)
        assert not blobs.exists(key)
        with raising(NotFound, "get(kunci yang dihapus / a deleted key)"):
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
        "key",
        ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "٠" * 64],
        ids=["empty", "path", "capitals", "63 digits", "line end", "other digits"],
    )
    def test_only_a_digest_is_a_key(self, blobs: Blobs, key: str) -> None:
        for use in (blobs.get, blobs.exists, blobs.delete):
            with raising(BadInput, f"{use.__name__}({key!r})"):
                use(key)

    def test_a_changed_file_is_found_out_and_healed_by_the_right_bytes(
        self, blobs: Blobs, tmp_path: Path
    ) -> None:
        key = blobs.put(b"right")
        self.damage(blobs, tmp_path, key)
        with raising(StorageError, "get(berkas yang isinya berubah / a changed file)"):
            blobs.get(key)
        blobs.put(b"right")
        assert blobs.get(key) == b"right", told(
            "put dengan isi yang benar harus memulihkan berkas yang rusak.",
            "put of the right bytes must heal a damaged file.",
        )

    def test_what_was_put_is_there_after_reopening(self, tmp_path: Path) -> None:
        if not self.durable:
            pytest.skip("not durable by design")
        key = opened(self.open_blobs, Blobs, tmp_path).put(b"kept")
        again = opened(self.open_blobs, Blobs, tmp_path)
        assert again.exists(key), told(
            "Setelah dibuka lagi berkasnya tidak ada: put belum menyimpannya di `where`. "
            "(Memang tidak tahan lama? Tulis durable = False.)",
            "Opened again, the file is not there: put did not keep it at `where`. "
            "(Not durable by design? Say durable = False.)",
        )
        assert again.get(key) == b"kept"
        assert list(again.keys()) == [key]

    def test_threads_that_put_the_same_and_others_lose_nothing(self, blobs: Blobs) -> None:
        def put(worker: int) -> None:
            for n in range(8):
                for data in (b"shared %d" % n, b"own %d %d" % (worker, n)):
                    key = blobs.put(data)
                    try:
                        got = blobs.get(key)
                    except (NotFound, StorageError) as error:
                        pytest.fail(
                            told(
                                f"Empat thread menyimpan bersama, dan get melihat berkas yang "
                                f"belum utuh ({error.code}). Tulis ke berkas sementara milik "
                                "thread itu, lalu ganti namanya.",
                                f"Four threads put at the same time, and get sees a file that is "
                                f"not whole ({error.code}). Write to a temporary file of the "
                                "thread's own, then rename it.",
                            )
                        )
                    assert got == data

        at_once([functools.partial(put, w) for w in range(4)])
        assert len(blobs.keys()) == 8 + 4 * 8
