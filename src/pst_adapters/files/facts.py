"""Facts of a file: its type by content, what it carries, who signed it.

Reads in this process, so it is for files that the office made itself. A file from outside goes
through ``reader``: a parser can be made to loop or to eat memory.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import Any

import attrs

from pst_core.documents.facts import FileFacts, SignatureFacts

from .kinds import media_types
from .trust import Trust

__all__ = ["facts_from_json", "facts_to_json", "first_facts", "is_parsed", "read_facts"]

_NOBODY = Trust()
_NAME_LIMIT = 200
_ROUND = re.compile("[Cc]ycl|[Dd]epth|[Nn]est|self reference")
# control letters, those that turn the direction of writing, and halves of letters
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def read_facts(data: bytes, name: str, trust: Trust = _NOBODY) -> FileFacts:
    """Return the facts of ``data``, read in this process: for files that the office made itself.

    ``trust``: the signing authorities that the operator trusts (see ``load_trust``).
    A file that cannot be read has a ``problem``; nothing is raised for a bad file.
    """
    facts = first_facts(data, name)
    try:
        return _parsed(data, facts, trust)
    except Exception as error:
        return attrs.evolve(facts, problem=_problem(error))


def _problem(error: BaseException | None) -> str:
    """Return what an error of a parser says of the file; parsers hide one behind another."""
    while error is not None:
        if isinstance(error, MemoryError):
            return "too-big"
        if isinstance(error, RecursionError) or _ROUND.search(str(error)):
            return "too-deep"
        # by name: pypdf's own limits must not be imported for a picture
        if type(error).__name__ == "LimitReachedError":
            return "too-big"
        error = error.__cause__ or error.__context__
    return "damaged"


def first_facts(data: bytes, name: str) -> FileFacts:
    """Return what is known of ``data`` and the user's ``name`` for it before anything is parsed."""
    media_type, others = media_types(data)
    return FileFacts(
        name=_shown(name),
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        looks_also_like=others,
        marks=_marks_of_name(name),
    )


def is_parsed(facts: FileFacts) -> bool:
    """Return whether a parser would look into a file of these facts."""
    kind = facts.media_type
    return kind in (
        "application/pdf",
        "application/zip",
        "image/png",
        "image/jpeg",
    ) or kind.startswith("application/vnd.openxmlformats")


def _parsed(data: bytes, facts: FileFacts, trust: Trust) -> FileFacts:
    if not is_parsed(facts):
        return facts
    if facts.media_type == "application/pdf":
        from .pdfs import read_pdf

        return read_pdf(data, facts, trust)
    if facts.media_type in ("image/png", "image/jpeg"):
        from .pictures import read_picture

        return read_picture(data, facts)
    from .archives import read_archive

    return read_archive(data, facts)


def facts_to_json(facts: FileFacts) -> str:
    """Return ``facts`` as JSON text."""
    return json.dumps(attrs.asdict(facts), default=dt.datetime.isoformat)


def facts_from_json(text: str) -> FileFacts:
    """Return the facts that ``facts_to_json`` wrote."""
    values: dict[str, Any] = json.loads(text)
    signatures = []
    for row in values.pop("signatures"):
        when = row.pop("when")
        signatures.append(
            SignatureFacts(when=dt.datetime.fromisoformat(when) if when else None, **row)
        )
    for key in ("active_content", "codes", "looks_also_like", "revisions", "marks"):
        values[key] = tuple(values[key])
    return FileFacts(signatures=tuple(signatures), **values)


def _shown(name: str) -> str:
    """Return the user's name for the file as it may be shown: its last part, no control letters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:_NAME_LIMIT]


def _marks_of_name(name: str) -> tuple[str, ...]:
    """Return what is odd in the user's name. A plain path before it is not: old browsers do so."""
    parts = name.replace("\\", "/").split("/")
    marks = []
    if ".." in parts:
        marks.append("name-path")
    if _HIDDEN.search(name):
        marks.append("name-letters")
    if len(parts[-1].encode(errors="replace")) > _NAME_LIMIT:
        marks.append("name-long")
    return tuple(marks)
