"""Where the office keys live: a file beside the store, or the environment.

A line is ``name:key``, the key as 64 hex digits. The first line wraps; the others still open what
they wrapped, until it is wrapped anew (``SealedStore.rewrap``). A token that never gives its key
away (PKCS#11, a cloud's key service) is a ``KeyProvider`` of your own: it passes the same suite,
``pst_core.testing.contracts.keys``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pst_adapters.disk import sync
from pst_core.refusal import BadInput, NotFound, StorageError
from pst_core.text import Text

from .ciphers import InvalidTag, opened, sealed

__all__ = ["EnvironmentKeys", "FileKeys"]

_LINE = re.compile(r"([A-Za-z0-9_-]{1,64}):([0-9a-fA-F]{64})")
_NO_LINKS = {errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What a file system without links says."""


class _Keys:
    """Office keys in the memory of the process, newest first. Nothing shows them."""

    def __init__(self, lines: Iterable[str], where: str, offices: Iterable[str] = ()) -> None:
        self._keys: dict[str, bytes] = {}
        self._offices = frozenset(offices)
        self._where = where
        for line in lines:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            found = _LINE.fullmatch(line.strip())
            if found is None or found[1] in self._keys:
                raise _bad_keys(where)
            self._keys[found[1]] = bytes.fromhex(found[2])
        if not self._keys:
            raise _bad_keys(where)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._where!r})"

    @property
    def current(self) -> str:
        """Name of the key that wraps now."""
        return next(iter(self._keys))

    def knows(self, office: str) -> bool:
        """Return whether it has a key for ``office``: for all, unless some were named."""
        return not self._offices or office in self._offices

    def wrapped(self, text: str) -> bool:
        """Return whether ``text`` was wrapped by one of these keys, by its name."""
        return text.partition(".")[0] in self._keys

    def wrap(self, office: str, key: bytes, context: str) -> str:
        """Return ``key`` wrapped under the current office key, bound to ``context``."""
        text = sealed(self._keys[self.current], key.hex(), f"wrap|{office}|{context}")
        return f"{self.current}.{text}"

    def unwrap(self, office: str, wrapped: str, context: str) -> bytes:
        """Return the key; ``StorageError("office-key-unknown")`` if it cannot be opened."""
        name, _, text = wrapped.partition(".")
        key = self._keys.get(name)
        if key is None:
            raise office_key_unknown(name)
        try:
            return bytes.fromhex(opened(key, text, f"wrap|{office}|{context}"))
        except InvalidTag as error:
            raise office_key_unknown(name) from error


class FileKeys(_Keys):
    """Office keys in a file that its owner alone may read (mode 600).

    ``offices``: the only ones it is for; without them, all. Raises ``NotFound`` if the file is not
    there, ``BadInput`` if it is not in order or others may read it.
    """

    def __init__(self, path: Path | str, offices: Iterable[str] = ()) -> None:
        self.path = Path(path)
        try:
            mode = self.path.stat().st_mode
            lines = self.path.read_text("ascii").splitlines()
        except FileNotFoundError as error:
            raise NotFound(
                "no-office-key",
                Text(
                    id=f"Berkas kunci kantor {path} tidak ada.",
                    en=f"There is no file of office keys {path}.",
                ),
                remedy=Text(
                    id="Pulihkan dari cadangan kunci. Tanpa kunci itu data pribadi tidak terbaca.",
                    en="Restore it from the backup of keys. Without it personal data stay sealed.",
                ),
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise _bad_keys(str(path)) from error
        if os.name == "posix" and mode & 0o077:
            raise BadInput(
                "key-file-open",
                Text(
                    id=f"Berkas kunci {path} dapat dibaca orang lain.",
                    en=f"Others may read the key file {path}.",
                ),
                remedy=Text(id=f"Jalankan: chmod 600 {path}", en=f"Run: chmod 600 {path}"),
            )
        super().__init__(lines, str(path), offices)

    @classmethod
    def make(cls, path: Path | str, now: dt.datetime | None = None) -> FileKeys:
        """Make a new file with one random key and return it; an old one is left as it is.

        Raises ``StorageError`` if it cannot be written; half a key is never there.
        """
        place = Path(path)
        if not place.exists():
            line, new = _new_line(now), _beside(place)
            with contextlib.suppress(FileExistsError), _writing(place):
                _put(new, line)
                try:
                    os.link(new, place)  # whole or not at all, and never over another's
                except OSError as error:
                    if error.errno not in _NO_LINKS:
                        raise
                    _put(place, line)
                finally:
                    _drop(new)
                sync(place.parent)
        return cls(place)

    def rotated(self, now: dt.datetime | None = None) -> FileKeys:
        """Put a new key before the others and return the keys as they are then.

        Old keys stay until ``SealedStore.rewrap`` has run: then ``pruned`` drops them. Raises
        ``StorageError`` if it cannot be written; then the file is the old one or the new, whole.
        """
        return self._written(_new_line(now) + self.path.read_text("ascii"))

    def pruned(self) -> FileKeys:
        """Drop all keys but the current one: only after everything was wrapped anew."""
        return self._written(f"{self.current}:{self._keys[self.current].hex()}\n")

    def _written(self, text: str) -> FileKeys:
        new = _beside(self.path)
        with _writing(self.path):
            _put(new, text)
            try:
                new.replace(self.path)
            except OSError:
                _drop(new)
                raise
            sync(self.path.parent)
        return FileKeys(self.path, self._offices)


class EnvironmentKeys(_Keys):
    """Office keys in a variable of the environment, separated by commas; newest first."""

    def __init__(
        self,
        name: str = "PST_OFFICE_KEYS",
        offices: Iterable[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        given = (os.environ if environ is None else environ).get(name, "")
        super().__init__(given.split(","), f"${name}", offices)


def _beside(place: Path) -> Path:
    return place.with_name(f".{place.name}.{secrets.token_hex(4)}")


def _put(place: Path, text: str) -> None:
    """Write a new file that only its owner reads; ``FileExistsError`` if there is one."""
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _drop(place)  # half a key is none, and would stand in the way of the next try
        raise


def _drop(place: Path) -> None:
    with contextlib.suppress(OSError):  # what came before it is what is to be told
        place.unlink()


@contextlib.contextmanager
def _writing(place: Path) -> Iterator[None]:
    """Say of ``place`` what the system says of a file."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise StorageError(
            "key-storage",
            Text(
                id=f"Berkas kunci {place} tidak dapat ditulis: {error.strerror}.",
                en=f"The key file {place} cannot be written: {error.strerror}.",
            ),
            remedy=Text(
                id="Periksa ruang dan izin folder itu, lalu ulangi; tidak ada kunci yang hilang.",
                en="Check space and permissions of that folder, then try again; no key was lost.",
            ),
        ) from error


def _new_line(now: dt.datetime | None) -> str:
    day = (now or dt.datetime.now(dt.UTC)).strftime("%Y%m%d")
    return f"k{day}-{secrets.token_hex(3)}:{secrets.token_hex(32)}\n"


def office_key_unknown(name: str) -> StorageError:
    """Return the error of a key that no office key at hand opens."""
    return StorageError(
        "office-key-unknown",
        Text(
            id=f"Kunci kantor {name[:64]!r} tidak ada di sini, atau bukan yang dipakai menyegel.",
            en=f"The office key {name[:64]!r} is not here, or not the one that sealed this.",
        ),
        remedy=Text(
            id="Pulihkan berkas kunci dari cadangannya; jangan membuat yang baru.",
            en="Restore the key file from its backup; do not make a new one.",
        ),
    )


def _bad_keys(where: str) -> BadInput:
    return BadInput(
        "bad-office-keys",
        Text(id=f"Kunci kantor di {where} tidak terbaca.", en=f"No office keys in {where}."),
        remedy=Text(
            id="Tiap baris: nama:64 angka heksadesimal; buat dengan pst person key.",
            en="Each line: name:64 hex digits; make it with pst person key.",
        ),
    )
