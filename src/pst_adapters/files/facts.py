"""Facts of a file: its type by content, what it carries, who signed it.

A file from outside goes through ``read_facts_safely``: a parser can be made to loop or to eat
memory, so it runs in a child process that may be lost.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import logging
import struct
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import attrs

from pst_core.documents.agreement import AGREEMENT_CODE
from pst_core.documents.facts import FileFacts, SignatureFacts

from .trust import Trust

if TYPE_CHECKING:
    import pypdf

__all__ = ["facts_from_json", "facts_to_json", "read_facts", "read_facts_safely"]

_NOBODY = Trust()
_TEXT_KEPT = 20_000
_REVISIONS_KEPT = 20
_PAGES_READ = 50
_UNPACKED_LIMIT = 200_000_000
_PIXEL_LIMIT = 100_000_000
_ACTIONS = {
    "/JavaScript": "javascript",
    "/JS": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "submit-form",
    "/ImportData": "import-data",
    "/GoToR": "remote-file",
    "/GoToE": "embedded-file",
    "/EmbeddedFiles": "embedded-file",
    "/EmbeddedFile": "embedded-file",
    "/FileAttachment": "embedded-file",
    "/XFA": "xfa-form",
    "/RichMedia": "rich-media",
    "/Rendition": "rich-media",
    "/AA": "automatic-action",
    "/Movie": "rich-media",
    "/Sound": "rich-media",
}
_NAME_LIMIT = 200


def read_facts(data: bytes, name: str, trust: Trust = _NOBODY) -> FileFacts:
    """Return the facts of ``data``, read in this process: for files that the office made itself.

    ``trust``: the signing authorities that the operator trusts (see ``load_trust``).
    A file that cannot be read has a ``problem``; nothing is raised for a bad file.
    """
    media_type, others = _types(data)
    facts = FileFacts(
        name=_shown(name),
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        looks_also_like=others,
    )
    try:
        if media_type == "application/pdf":
            return _read_pdf(data, facts, trust)
        if media_type == "application/zip":
            return _read_zip(data, facts)
        if media_type in ("image/png", "image/jpeg"):
            return _read_image(data, facts)
    except MemoryError:
        return attrs.evolve(facts, problem="too-big")
    except RecursionError:
        return attrs.evolve(facts, problem="damaged")
    except Exception:
        return attrs.evolve(facts, problem="damaged")
    return facts


def read_facts_safely(
    data: bytes,
    name: str,
    trust: Trust = _NOBODY,
    *,
    seconds: int = 5,
    megabytes: int = 512,
) -> FileFacts:
    """Return the facts of ``data`` from outside, read in a child process under limits.

    ``seconds`` of processor and clock time, ``megabytes`` of address space (where the system has
    such limits). A child that is lost is a ``problem`` of the file: ``too-slow`` or ``damaged``.
    """
    media_type, others = _types(data)
    facts = FileFacts(
        name=_shown(name),
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        looks_also_like=others,
    )
    if media_type not in _PARSED:
        return facts
    order = json.dumps([facts.name, seconds, megabytes, trust.to_lists()])
    try:
        # -P: a module lying in the working directory is not to be taken for ours
        child = subprocess.run(
            [sys.executable, "-P", "-m", "pst_adapters.files"],
            # on the input: a list of revoked certificates is too long for an argument
            input=order.encode() + b"\n" + data,
            capture_output=True,
            timeout=seconds + 5,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return attrs.evolve(facts, problem="too-slow")
    if child.returncode == -24:  # SIGXCPU
        return attrs.evolve(facts, problem="too-slow")
    try:
        return facts_from_json(child.stdout.decode())
    except (ValueError, TypeError, KeyError):
        return attrs.evolve(facts, problem="damaged")


_PARSED = ("application/pdf", "application/zip", "image/png", "image/jpeg")


def limit_this_process(seconds: int, megabytes: int) -> None:
    """Bound processor time and memory of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform != "darwin":  # there the limit is refused
        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


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
    for key in ("active_content", "codes", "looks_also_like", "revisions"):
        values[key] = tuple(values[key])
    return FileFacts(signatures=tuple(signatures), **values)


def _types(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the media type of ``data`` by content, and others that the bytes pass for."""
    head = data[:1024]
    found = []
    # PDF readers take a header anywhere in the first 1024 bytes, and so do attackers
    if b"%PDF-" in head:
        found.append("application/pdf")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        found.append("image/png")
    if data.startswith(b"\xff\xd8\xff"):
        found.append("image/jpeg")
    if data.startswith(b"PK\x03\x04") or (b"PK\x05\x06" in data[-65557:] and b"PK\x01\x02" in data):
        found.append("application/zip")
    low = data[:4096].lstrip().lower()
    if any(mark in low for mark in (b"<html", b"<script", b"<!doctype html", b"<svg", b"<?php")):
        found.append("image/svg+xml" if b"<svg" in low else "text/html")
    if data.startswith((b"MZ", b"\x7fELF", b"#!")):
        found.append("application/x-executable")
    if found:
        return found[0], tuple(found[1:])
    return _text_type(data), ()


def _text_type(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "application/octet-stream"
    if not text.strip() or "\0" in text:
        return "application/octet-stream"
    if text.lstrip().startswith("{") and len(data) < _TEXT_KEPT * 1000:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return "text/plain"
        if isinstance(value, dict) and value.get("type") in ("FeatureCollection", "Feature"):
            return "application/geo+json"
        return "application/json"
    first = text.splitlines()[0]
    return "text/csv" if any(mark in first for mark in ",;\t") else "text/plain"


def _read_pdf(data: bytes, facts: FileFacts, trust: Trust) -> FileFacts:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        return attrs.evolve(facts, encrypted=True)
    active = _active(reader)
    pages = len(reader.pages)
    text = "\n".join(reader.pages[n].extract_text() for n in range(min(pages, _PAGES_READ)))
    signatures: tuple[SignatureFacts, ...] = ()
    changed = False
    if b"/ByteRange" in data:
        from .signatures import changed_before_signing, read_signatures

        signatures = read_signatures(data, trust)
        changed = bool(signatures) and changed_before_signing(data)
    return attrs.evolve(
        facts,
        pages=pages,
        active_content=active,
        text_found=text[:_TEXT_KEPT],
        codes=tuple(dict.fromkeys(AGREEMENT_CODE.findall(text))),
        signatures=signatures,
        revisions=_revisions(data),
        changed_before_signing=changed,
        problem="" if b"%%EOF" in data[-2048:] else "damaged",
    )


def _revisions(data: bytes) -> tuple[str, ...]:
    found: list[str] = []
    digest, done = hashlib.sha256(), 0
    while len(found) < _REVISIONS_KEPT and (end := data.find(b"%%EOF", done)) >= 0:
        digest.update(data[done : end + 5])
        done = end + 5
        found.append(digest.hexdigest())
    return tuple(found)


def _active(reader: pypdf.PdfReader) -> tuple[str, ...]:
    """Return what the file would do or carry: every object looked at, hidden ones included."""
    from pypdf.generic import ArrayObject, DictionaryObject

    found: dict[str, None] = {}
    numbers = {
        *((n, g) for g, row in reader.xref.items() for n in row),
        *((n, 0) for n in reader.xref_objStm),
    }
    waiting: list[Any] = [reader.trailer]
    for number, generation in sorted(numbers):
        waiting.append(pypdf_object(reader, number, generation))
    while waiting:
        item = waiting.pop()
        if isinstance(item, DictionaryObject):
            for key in item:
                if key in _ACTIONS:
                    found[_ACTIONS[key]] = None
            for key in ("/S", "/Type", "/Subtype"):
                kind = item.raw_get(key) if key in item else None
                if isinstance(kind, str) and kind in _ACTIONS:
                    found[_ACTIONS[kind]] = None
            # references are left alone: each object is on the list itself
            waiting += [v for v in item.values() if isinstance(v, DictionaryObject | ArrayObject)]
        elif isinstance(item, ArrayObject):
            waiting += [
                v for v in list.__iter__(item) if isinstance(v, DictionaryObject | ArrayObject)
            ]
    return tuple(sorted(found))


def pypdf_object(reader: pypdf.PdfReader, number: int, generation: int) -> object:
    """Return one object of a PDF, or None if it cannot be read (then nobody can run it either)."""
    from pypdf.errors import PyPdfError
    from pypdf.generic import IndirectObject

    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except PyPdfError:
        return None


def _read_zip(data: bytes, facts: FileFacts) -> FileFacts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    # sizes are the archive's own claim; nothing is unpacked here
    if sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT or len(entries) > 10_000:
        return attrs.evolve(facts, problem="too-big")
    return attrs.evolve(facts, encrypted=any(entry.flag_bits & 1 for entry in entries))


def _read_image(data: bytes, facts: FileFacts) -> FileFacts:
    if facts.media_type == "image/png":
        width, height = struct.unpack(">II", data[16:24])
        whole = b"IEND" in data[-16:]
    else:
        width, height = _jpeg_size(data)
        whole = b"\xff\xd9" in data[-16:]
    if width * height > _PIXEL_LIMIT:
        return attrs.evolve(facts, problem="too-big")
    return facts if whole and width and height else attrs.evolve(facts, problem="damaged")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + length
    return 0, 0


def _shown(name: str) -> str:
    """Return the user's name for the file as it may be shown: its last part, no control letters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:_NAME_LIMIT]
