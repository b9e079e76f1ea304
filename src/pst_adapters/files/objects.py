"""Content-addressed files in an S3-compatible store (the extra ``s3``), by obstore."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import obstore
from obstore.exceptions import BaseError

from pst_core.documents.blobs import absent, checked, damaged
from pst_core.refusal import BadInput, StorageError
from pst_core.text import Text

__all__ = ["ObjectBlobs"]


class ObjectBlobs:
    """Implements the port ``Blobs`` in ``store``, under ``prefix``; safe to share by threads.

    ``store``: of ``obstore.store`` (``S3Store``, ``GCSStore``, ``AzureStore``, ``MemoryStore``),
    with its own settings for address, keys and retries.
    """

    def __init__(self, store: Any, prefix: str = "") -> None:
        self._store = store
        self._prefix = prefix.strip("/")

    @classmethod
    def at(cls, url: str, **settings: Any) -> ObjectBlobs:
        """Open ``s3://bucket/prefix``; ``settings`` go to obstore (``endpoint``, keys, ...)."""
        try:
            return cls(obstore.store.from_url(url, **settings))
        except (BaseError, ValueError, TypeError) as error:
            raise BadInput(
                "bad-object-store",
                Text(
                    id=f"Penyimpanan {url!r} tidak dapat dipakai: {_why(error)}.",
                    en=f"The object store {url!r} cannot be used: {_why(error)}.",
                ),
                remedy=Text(
                    id="Tulis s3://bucket/awalan, dan sebut endpoint serta kuncinya.",
                    en="Write s3://bucket/prefix, and name its endpoint and keys.",
                ),
            ) from error

    def put(self, data: bytes) -> str:
        """Store ``data`` and return its key; the store answers when it is durable."""
        key = hashlib.sha256(data).hexdigest()
        try:
            # written even if it is there: it may be damaged, and its age must begin anew
            obstore.put(self._store, self._path(key), data)
        except (BaseError, OSError) as error:
            raise _cannot("written", "ditulis", error) from error
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes; ``NotFound`` if absent, ``StorageError`` if they were changed."""
        try:
            data = bytes(obstore.get(self._store, self._path(key)).bytes())
        except FileNotFoundError as error:
            raise absent(key) from error
        except (BaseError, OSError) as error:
            raise _cannot("read", "dibaca", error) from error
        if hashlib.sha256(data).hexdigest() != key:
            raise damaged(key)
        return data

    def exists(self, key: str) -> bool:
        """Return whether ``key`` is there."""
        return self.written_at(key) is not None

    def written_at(self, key: str) -> dt.datetime | None:
        """Return when ``key`` was put last, by the store's clock; None if it is absent."""
        try:
            written: dt.datetime = obstore.head(self._store, self._path(key))["last_modified"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _cannot("read", "dibaca", error) from error
        return written

    def delete(self, key: str) -> None:
        """Remove ``key`` if it is there."""
        try:
            obstore.delete(self._store, self._path(key))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _cannot("removed", "dihapus", error) from error

    def keys(self) -> tuple[str, ...]:
        """Return all keys, sorted."""
        try:
            pages = list(obstore.list(self._store, prefix=self._prefix or None))
        except (BaseError, OSError) as error:
            raise _cannot("read", "dibaca", error) from error
        names = {item["path"].rpartition("/")[2]: item["path"] for page in pages for item in page}
        return tuple(sorted(n for n, path in names.items() if len(n) == 64 and self._own(n, path)))

    def _own(self, name: str, path: str) -> bool:
        try:
            return path == self._path(name)
        except BadInput:
            return False

    def _path(self, key: str) -> str:
        name = f"{checked(key)[:2]}/{key}"
        return f"{self._prefix}/{name}" if self._prefix else name


def _why(error: Exception) -> str:
    # the first line says it; the rest is the library's own state
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _cannot(done: str, dilakukan: str, error: Exception) -> StorageError:
    return StorageError(
        "blob-storage",
        Text(
            id=f"Berkas tidak dapat {dilakukan} di penyimpanan objek: {_why(error)}.",
            en=f"The file cannot be {done} in the object store: {_why(error)}.",
        ),
        remedy=Text(
            id="Periksa alamat, kunci dan jaringan ke penyimpanan itu, lalu ulangi.",
            en="Check the store's address, keys and network, then try again.",
        ),
    )
