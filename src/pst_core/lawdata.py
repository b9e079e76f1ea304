"""Reading law and office data strictly: every key known, every type right, or an error.

A reader takes the keys it knows from a ``Table`` and calls ``done()``; what is left over is an
error that names the file, the line and the nearest known key. Nothing is silently ignored.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .certainty import Certainty
from .hygiene import what_is_odd
from .refusal import BadLawData
from .text import Text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["Note", "Notes", "Table", "parse_toml", "read_toml", "shipped"]

_LAW = Path(__file__).parent / "law"  # importlib.resources would be a third of the first answer
T = TypeVar("T")
_MISSING: Any = object()


def shipped(*parts: str) -> Path:
    """Return a file or folder of the law data that is shipped in ``pst_core/law``."""
    return _LAW.joinpath(*parts)


@dataclass
class Note:
    """What a reader has asked of one key, over all the places where it asked for it."""

    kind: type
    required: bool
    words: tuple[str, ...] = ()
    """What may stand there; empty: anything of the kind."""
    rows: bool = False
    """True for an array of tables, False for a list of words."""


class Notes:
    """What the readers of a file ask for, key by key: the one description of its form.

    ``keys``: by the path of a table (``people.head``, ``complaints[]``), its keys. ``named``: the
    tables whose keys are data, with the words that may name them (empty: see ``patterns``).
    """

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, Note]] = {}
        self.named: dict[str, tuple[str, ...]] = {}
        self.patterns: dict[str, str] = {}

    def take(
        self, path: str, key: str, kind: type, *, required: bool, words: tuple[str, ...] = ()
    ) -> None:
        """Note that ``key`` of the table at ``path`` is asked for."""
        keys = self.keys.setdefault(re.sub(r"\[\d+\]", "[]", path), {})
        known = keys.setdefault(key, Note(kind, required))
        known.required = known.required and required
        known.words = words or known.words
        if known.kind is object or kind is list:
            known.kind = kind


def read_toml(place: str | Path | Traversable) -> Table:
    """Read a TOML file.

    Raises ``BadLawData`` if it is missing, is not UTF-8 or is not TOML.
    """
    source: Traversable = Path(place) if isinstance(place, str) else place
    name = source.name if not isinstance(source, Path) else str(source)
    try:
        data = source.read_bytes()
        if len(data) > _LARGEST:
            raise _not_toml(name, Text(id=f"{len(data)} byte", en=f"{len(data)} bytes"), _LESS)
        text = data.decode("utf-8-sig")
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
    return parse_toml(text, name)


def parse_toml(text: str, name: str, notes: Notes | None = None) -> Table:
    """Read the text of a file; ``notes`` takes down what its readers ask for.

    Raises ``BadLawData`` if it is not TOML.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(name, Text(id=str(error), en=str(error)), _MEND) from error
    except RecursionError:
        deep = Text(id="susunannya bersarang terlalu dalam", en="it is nested too deep")
        raise _not_toml(name, deep, _LESS) from None
    odd = _oddity(values, 0)
    if odd is not None:
        raise _not_toml(name, odd, _MEND)
    return Table(values, name, text, notes=notes)


_LARGEST = 1_000_000  # bytes; the largest that is shipped has some 30,000
_HIGHEST = 10**13  # rupiah, bytes, days: no figure of law or of an office is above
_DEEPEST = 20
_MEND = Text(id="Perbaiki baris yang disebut.", en="Mend the line that is named.")
_LESS = Text(
    id="Mulai lagi dari profil bawaan (pst office new).",
    en="Begin again with the shipped profile (pst office new).",
)


def _not_toml(name: str, why: Text, remedy: Text) -> BadLawData:
    return BadLawData(
        "file-not-toml",
        Text(
            id=f"Berkas {name} bukan TOML yang sah: {why.id}.",
            en=f"The file {name} is not valid TOML: {why.en}.",
        ),
        remedy=remedy,
    )


def _oddity(value: object, depth: int) -> Text | None:
    """Return what in a file is no text or figure of law or of an office, wherever it stands."""
    if depth > _DEEPEST:
        return Text(id="susunannya bersarang terlalu dalam", en="it is nested too deep")
    if isinstance(value, str):
        odd = what_is_odd(value, one_line=False)
        shown = ascii(value[:40])
        return odd and Text(id=f"{shown} {odd.id}", en=f"{shown}: {odd.en}")
    if isinstance(value, int) and abs(value) > _HIGHEST:
        return Text(id="ada angka yang terlalu besar", en="a figure is too large")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((odd for one in inner if (odd := _oddity(one, depth + 1)) is not None), None)


class Table:
    """One table of a TOML file, read key by key."""

    def __init__(
        self,
        values: dict[str, Any],
        file: str,
        text: str,
        path: str = "",
        notes: Notes | None = None,
    ) -> None:
        self._notes = notes
        self._optional: set[str] = set()
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
        self._optional.add(key)
        self._note(key, object, None)
        return key in self._values

    def take(self, key: str, kind: type[T], default: T = _MISSING) -> T:
        """Return the value of ``key``; ``BadLawData`` if it is missing or not a ``kind``."""
        self._known.append(key)
        self._note(key, kind, default)
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
        if default is not _MISSING:
            self._optional.add(key)
        if key not in self._values and default is not _MISSING:
            self._known.append(key)
            self._note(key, Text, default)
            return default
        self._note(key, Text, default)
        if type(self._values.get(key)) is str:
            one = self._values[key]
            raise self.error(
                key,
                Text(id="harus dalam dua bahasa.", en="must be in both languages."),
                Text(
                    id=f'Tulis {key} = {{ id = "{one}", en = "..." }}.',
                    en=f'Write {key} = {{ id = "{one}", en = "..." }}.',
                ),
            )
        table = self.table(key)
        result = Text(id=table.take("id", str), en=table.take("en", str))
        table.done()
        return result

    def certainty(self, key: str = "certainty", default: Certainty = _MISSING) -> Certainty:
        """Return the word for how sure a figure is."""
        return self.choice(key, Certainty, default)

    def choice(self, key: str, kind: type[T], default: T = _MISSING) -> T:
        """Return a value of the enumeration ``kind``; the error lists what may stand there."""
        self.offer(key, tuple(str(m) for m in kind), default)  # type: ignore[attr-defined]
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

    def words(self, key: str) -> tuple[str, ...]:
        """Return one string, or a list of strings."""
        one = type(self._values.get(key)) is str
        return (self.take(key, str),) if one else self.strings(key)

    def table(self, key: str) -> Table:
        """Return the table ``key``."""
        return Table(self.take(key, dict), self.file, self._text, self._at(key), self._notes)

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """Return the array of tables ``key`` (empty if it is missing and not ``required``)."""
        rows = self.take(key, list) if required else self.take(key, list, [])
        if self._notes is not None:
            self._notes.keys[re.sub(r"\[\d+\]", "[]", self.path)][key].rows = True
        for row in rows:
            if type(row) is not dict:
                raise self.error(
                    key,
                    Text(id="harus daftar tabel.", en="must be a list of tables."),
                    Text(id=f"Tulis [[{self._at(key)}]].", en=f"Write [[{self._at(key)}]]."),
                )
        return [
            Table(row, self.file, self._text, f"{self._at(key)}[{n}]", self._notes)
            for n, row in enumerate(rows)
        ]

    def offer(self, key: str, words: tuple[str, ...], default: Any = _MISSING) -> None:
        """Say which words may stand at ``key``; only for whoever describes the file."""
        if default is not _MISSING:
            self._optional.add(key)
        self._note(key, str, default, words)

    def named_by(self, words: tuple[str, ...] = (), pattern: str = "") -> None:
        """Say what may name the tables in this one; only for whoever describes the file."""
        if self._notes is not None:
            self._notes.named[self.path] = words
            self._notes.patterns[self.path] = pattern

    def _note(self, key: str, kind: type, default: Any, words: tuple[str, ...] = ()) -> None:
        if self._notes is not None:
            required = default is _MISSING and key not in self._optional
            self._notes.take(self.path, key, kind, required=required, words=words)

    def done(self) -> None:
        """Raise ``BadLawData`` if a key is left that nobody took."""
        for key in self._values:
            from difflib import get_close_matches

            near = get_close_matches(key, self._known, n=1)
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
        own = re.compile(rf"\s*\[+\s*{re.escape(self._at(key))}\s*\]+")
        for n, line in enumerate(lines):
            if own.match(line):
                return n + 1
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
