"""Reading law and office data strictly: every key known, every type right, or an error.

A reader takes the keys it knows from a ``Table`` and calls ``done()``; what is left over is an
error that names the file, the line and the nearest known key. Nothing is silently ignored.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from .certainty import Certainty
from .refusal import BadLawData
from .text import Text

__all__ = ["Table", "read_toml", "shipped"]

T = TypeVar("T")
_MISSING: Any = object()


def shipped(*parts: str) -> Traversable:
    """Return a file or folder of the law data that is shipped in ``pst_core/law``."""
    place: Traversable = resources.files("pst_core").joinpath("law")
    for part in parts:
        place = place.joinpath(part)
    return place


def read_toml(place: str | Path | Traversable) -> Table:
    """Read a TOML file.

    Raises ``BadLawData`` if it is missing, is not UTF-8 or is not TOML.
    """
    source: Traversable = Path(place) if isinstance(place, str) else place
    name = source.name if not isinstance(source, Path) else str(source)
    try:
        text = source.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadLawData(
            "file-unreadable",
            Text(
                id=f"Berkas {name} tidak dapat dibaca: {error.strerror}.",
                en=f"The file {name} cannot be read: {error.strerror}.",
            ),
            remedy=Text(id="Periksa nama dan izin berkas.", en="Check its name and permissions."),
        ) from error
    except UnicodeDecodeError as error:
        raise BadLawData(
            "file-not-utf8",
            Text(id=f"Berkas {name} bukan UTF-8.", en=f"The file {name} is not UTF-8."),
            remedy=Text(id="Simpan ulang sebagai UTF-8.", en="Save it again as UTF-8."),
        ) from error
    try:
        return Table(tomllib.loads(text), name, text)
    except tomllib.TOMLDecodeError as error:
        raise BadLawData(
            "file-not-toml",
            Text(
                id=f"Berkas {name} bukan TOML yang sah: {error}.",
                en=f"The file {name} is not valid TOML: {error}.",
            ),
            remedy=Text(id="Perbaiki baris yang disebut.", en="Mend the line that is named."),
        ) from error


class Table:
    """One table of a TOML file, read key by key."""

    def __init__(self, values: dict[str, Any], file: str, text: str, path: str = "") -> None:
        self.file = file
        self.path = path
        self._values = dict(values)
        self._text = text
        self._known: list[str] = []

    def keys(self) -> Iterator[str]:
        """Yield the keys that the file has here (for tables whose keys are data)."""
        return iter(tuple(self._values))

    def has(self, key: str) -> bool:
        """Return whether the file has ``key`` here."""
        return key in self._values

    def take(self, key: str, kind: type[T], default: T = _MISSING) -> T:
        """Return the value of ``key``; ``BadLawData`` if it is missing or not a ``kind``."""
        self._known.append(key)
        if key not in self._values:
            if default is not _MISSING:
                return default
            raise self.error(
                key,
                Text(id="wajib ada tetapi tidak ditemukan.", en="is required but missing."),
                Text(id=f"Tambahkan {key}.", en=f"Add {key}."),
            )
        value = self._values.pop(key)
        # bool is an int and datetime a date in Python; in law data neither stands for the other
        if type(value) is not kind:
            raise self.error(
                key,
                Text(
                    id=f"harus {_KINDS_ID.get(kind, kind.__name__)}, bukan {value!r}.",
                    en=f"must be {_KINDS_EN.get(kind, kind.__name__)}, not {value!r}.",
                ),
                Text(id="Perbaiki nilainya.", en="Mend the value."),
            )
        return value

    def text(self, key: str, default: Text = _MISSING) -> Text:
        """Return ``{id = "...", en = "..."}`` as a ``Text``."""
        if key not in self._values and default is not _MISSING:
            self._known.append(key)
            return default
        table = self.table(key)
        result = Text(id=table.take("id", str), en=table.take("en", str))
        table.done()
        return result

    def certainty(self, key: str = "certainty", default: Certainty = _MISSING) -> Certainty:
        """Return the word for how sure a figure is."""
        return self.choice(key, Certainty, default)

    def choice(self, key: str, kind: type[T], default: T = _MISSING) -> T:
        """Return a value of the enumeration ``kind``; the error lists what may stand there."""
        if key not in self._values and default is not _MISSING:
            self._known.append(key)
            return default
        word = self.take(key, str)
        try:
            return kind(word)  # type: ignore[call-arg]
        except ValueError:
            known = ", ".join(str(m) for m in kind)  # type: ignore[attr-defined]
            raise self.error(
                key,
                Text(id=f"tidak mengenal {word!r}.", en=f"does not know {word!r}."),
                Text(id=f"Pilih salah satu: {known}.", en=f"Choose one of: {known}."),
            ) from None

    def strings(self, key: str, default: tuple[str, ...] = _MISSING) -> tuple[str, ...]:
        """Return a list of strings."""
        values = self.take(key, list, default if default is _MISSING else list(default))
        for value in values:
            if type(value) is not str:
                raise self.error(
                    key,
                    Text(id="harus daftar teks.", en="must be a list of strings."),
                    Text(id="Perbaiki nilainya.", en="Mend the value."),
                )
        return tuple(values)

    def table(self, key: str) -> Table:
        """Return the table ``key``."""
        return Table(self.take(key, dict), self.file, self._text, self._at(key))

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """Return the array of tables ``key`` (empty if it is missing and not ``required``)."""
        rows = self.take(key, list) if required else self.take(key, list, [])
        for row in rows:
            if type(row) is not dict:
                raise self.error(
                    key,
                    Text(id="harus daftar tabel.", en="must be a list of tables."),
                    Text(id=f"Tulis [[{self._at(key)}]].", en=f"Write [[{self._at(key)}]]."),
                )
        return [
            Table(row, self.file, self._text, f"{self._at(key)}[{n}]") for n, row in enumerate(rows)
        ]

    def done(self) -> None:
        """Raise ``BadLawData`` if a key is left that nobody took."""
        for key in self._values:
            near = difflib.get_close_matches(key, self._known, n=1)
            known = ", ".join(sorted(set(self._known)))
            raise self.error(
                key,
                Text(id="tidak dikenal di sini.", en="is not known here."),
                Text(id=f"Mungkin maksudnya {near[0]}?", en=f"Did you mean {near[0]}?")
                if near
                else Text(id=f"Yang dikenal: {known}.", en=f"Known here: {known}."),
            )

    def error(self, key: str, text: Text, remedy: Text) -> BadLawData:
        """Return an error about ``key`` that names file, line and key."""
        where = f"{self.file}:{self._line(key)}: {self._at(key)}"
        return BadLawData(
            "bad-law-data", Text(id=f"{where} {text.id}", en=f"{where} {text.en}"), remedy=remedy
        )

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _line(self, key: str) -> int:
        """Find the line of ``key`` in its table, or of the table's header."""
        lines = self._text.splitlines()
        start = 0
        if self.path:
            bare, numbers = re.sub(r"\[\d+\]", "", self.path), re.findall(r"\[(\d+)\]", self.path)
            header = re.compile(rf"\s*\[+\s*{re.escape(bare)}\s*\]+")
            found = [n for n, line in enumerate(lines) if header.match(line)]
            nth = int(numbers[-1]) if numbers and self.path.endswith("]") else 0
            if nth < len(found):
                start = found[nth] + 1
        for n in range(start, len(lines)):
            if re.match(rf"\s*(\[+.*\b)?\"?{re.escape(key)}\"?\s*[=\].]", lines[n]):
                return n + 1
            if n > start and lines[n].lstrip().startswith("["):
                break
        return max(start, 1)


_KINDS_ID: dict[type, str] = {
    str: "teks",
    int: "bilangan bulat",
    bool: "true atau false",
    dt.date: "tanggal (2026-11-24)",
    dt.time: "jam (08:00:00)",
    dict: "tabel",
    list: "daftar",
}
_KINDS_EN: dict[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    dt.date: "a date (2026-11-24)",
    dt.time: "a time (08:00:00)",
    dict: "a table",
    list: "a list",
}
