"""The form of a profile as JSON Schema, for editors that complete and check the file.

There is one description: the readers themselves. Here they read the shipped example, what they ask
for is taken down, and the example's comments become the descriptions.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from ..lawdata import Note, Notes, parse_toml, shipped
from ..text import Text
from .profile import Office

__all__ = ["example", "profile_schema"]

_KINDS: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    dt.date: {"type": "string", "format": "date"},
    object: {},
    Text: {
        "type": "object",
        "properties": {"id": {"type": "string"}, "en": {"type": "string"}},
        "required": ["id", "en"],
        "additionalProperties": False,
    },
}


def example() -> str:
    """Return the commented example of a profile."""
    return shipped("profile.toml").read_text("utf-8")


def profile_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a profile."""
    notes = Notes()
    full = re.sub(r"^#(?=\S)", "", example(), flags=re.M)  # with the parts that are only offered
    Office.of(parse_toml(full, "profile.toml", notes))
    comments = _comments(full)
    schema = _table("", notes, comments)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Profil kantor / profile of an office (pst-core)",
        **schema,
    }


def _table(path: str, notes: Notes, comments: dict[str, str]) -> dict[str, Any]:
    if path not in notes.keys and path not in notes.named:
        return {"type": "object"}  # a part that the example does not have
    keys = notes.keys.get(path, {})
    shown: dict[str, Any] = {"type": "object"}
    if path in notes.named:
        # the names are data: every table in it has the same form, that of the fullest
        inside = [_table(f"{path}.{key}", notes, comments) for key in keys]
        form = max(inside, key=lambda one: len(str(one)))
        words, pattern = notes.named[path], notes.patterns[path]
        if words:
            shown["properties"] = dict.fromkeys(words, form)
            shown["additionalProperties"] = False
        else:
            shown["patternProperties"] = {pattern: form}
            shown["additionalProperties"] = False
        return shown
    shown["properties"] = {
        key: _described(_key(path, key, note, notes, comments), path, key, comments)
        for key, note in sorted(keys.items())
    }
    required = sorted(key for key, note in keys.items() if note.required)
    if required:
        shown["required"] = required
    shown["additionalProperties"] = False
    return shown


def _key(path: str, key: str, note: Note, notes: Notes, comments: dict[str, str]) -> dict[str, Any]:
    at = f"{path}.{key}" if path else key
    if note.kind is dict:
        return _table(at, notes, comments)
    if note.kind is list:
        if note.rows:
            return {"type": "array", "items": _table(f"{at}[]", notes, comments)}
        items = {"type": "string", **({"enum": _words(note)} if note.words else {})}
        return {"type": "array", "items": items if note.words else {}}
    return {**_KINDS[note.kind], **({"enum": _words(note)} if note.words else {})}


def _words(note: Note) -> list[str]:
    return [str(word) for word in note.words]


def _described(
    shown: dict[str, Any], path: str, key: str, comments: dict[str, str]
) -> dict[str, Any]:
    said = comments.get(f"{path}.{key}" if path else key)
    return {"description": said, **shown} if said else shown


def _comments(text: str) -> dict[str, str]:
    """Return the comment above each table and key of the example, by its path."""
    found: dict[str, str] = {}
    path, said = "", []
    for line in text.splitlines():
        if line.startswith("#"):
            said.append(line.removeprefix("#").strip())
            continue
        header = re.fullmatch(r"\[+([^\]]+)\]+", line)
        key = re.match(r"([\w-]+) =", line)
        at = ""
        if header:
            at = path = header[1]
        elif key:
            at = f"{path}.{key[1]}" if path else key[1]
        if at and said:
            found[at] = " ".join(said)
        said = []
    return found
