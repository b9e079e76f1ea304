"""Content-addressed files, in a folder or in memory. Names given by users never reach a path."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from pathlib import Path

from pst_adapters.disk import sync
from pst_core.documents.blobs import KEY, absent, checked, damaged
from pst_core.refusal import StorageError
from pst_core.text import Text


class FolderBlobs:
    """Implements the port ``Blobs`` in ``path``: what ``put`` has returned survives a power cut."""

    def __init__(self, path: Path | str) -> None:
        self._root = Path(path)
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot("made", "dibuat", error) from error

    def put(self, data: bytes) -> str:
        """Store ``data`` and return its key; ``StorageError`` if it cannot be made durable."""
        key = hashlib.sha256(data).hexdigest()
        place = self._place(key)
        try:
            # a file damaged since is replaced: the right bytes are at hand
            if place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == key:
                os.utime(place)  # its age begins anew: it may wait for its event again
            else:
                self._write(place, data)
            # a file whose name is not on the disk yet would be lost as well; one that is there
            # may be of a process that was killed before it came to this
            for folder in (place.parent, self._root):
                sync(folder)
        except OSError as error:
            raise _cannot("written", "ditulis", error) from error
        return key

    @staticmethod
    def _write(place: Path, data: bytes) -> None:
        place.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def get(self, key: str) -> bytes:
        """Return the bytes; ``NotFound`` if absent, ``StorageError`` if they were changed."""
        try:
            data = self._place(key).read_bytes()
        except FileNotFoundError as error:
            raise absent(key) from error
        except OSError as error:
            raise _cannot("read", "dibaca", error) from error
        if hashlib.sha256(data).hexdigest() != key:
            raise damaged(key)
        return data

    def exists(self, key: str) -> bool:
        """Return whether ``key`` is there."""
        return self._place(key).is_file()

    def written_at(self, key: str) -> dt.datetime | None:
        """Return when ``key`` was put last; None if it is absent."""
        try:
            return dt.datetime.fromtimestamp(self._place(key).stat().st_mtime, dt.UTC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _cannot("read", "dibaca", error) from error

    def delete(self, key: str) -> None:
        """Remove ``key`` if it is there."""
        try:
            self._place(key).unlink(missing_ok=True)
        except OSError as error:
            raise _cannot("removed", "dihapus", error) from error

    def keys(self) -> tuple[str, ...]:
        """Return all keys, sorted."""
        return tuple(sorted(p.name for p in self._root.glob("??/*") if KEY.fullmatch(p.name)))

    def _place(self, key: str) -> Path:
        return self._root / checked(key)[:2] / key


class MemoryBlobs:
    """Implements the port ``Blobs`` in memory."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its key."""
        key = hashlib.sha256(data).hexdigest()
        self._files[key] = bytes(data)
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes; ``NotFound`` if absent."""
        try:
            return self._files[checked(key)]
        except KeyError as error:
            raise absent(key) from error

    def exists(self, key: str) -> bool:
        """Return whether ``key`` is there."""
        return checked(key) in self._files

    def delete(self, key: str) -> None:
        """Remove ``key`` if it is there."""
        self._files.pop(checked(key), None)

    def keys(self) -> tuple[str, ...]:
        """Return all keys, sorted."""
        return tuple(sorted(self._files))


def _cannot(done: str, dilakukan: str, error: OSError) -> StorageError:
    return StorageError(
        "blob-storage",
        Text(
            id=f"Berkas tidak dapat {dilakukan}: {error.strerror}.",
            en=f"The file cannot be {done}: {error.strerror}.",
        ),
        remedy=Text(
            id="Periksa ruang dan izin folder berkas, lalu ulangi.",
            en="Check space and permissions of the folder of files, then try again.",
        ),
    )
