"""Facts of a PDF: pages, text, locks, what it would do when opened, and its signatures (lazily).

Every object is looked at, those that nothing points to included: what one reader skips, another
may run. Whether the facts are acceptable is judged by ``pst_core.documents.checks``.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from typing import Any

import attrs
import pypdf
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.filters import decode_stream_data
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from pst_core.documents.agreement import AGREEMENT_CODE
from pst_core.documents.facts import FileFacts, SignatureFacts

from .pictures import PIXEL_LIMIT
from .trust import Trust

__all__ = ["read_pdf"]

_TEXT_KEPT = 20_000
_TEXT_READ = 100_000
"""Letters after which no further page is read: a thesis handed in as a letter is in order too."""

_PAGES_READ = 50
_PAGE_DOTS = 250_000
"""Fewer than any scanner gives a page: A4 at 72 dots an inch has 500,000."""

_REVISIONS_KEPT = 40
_LINE_END = re.compile(rb"\r\n|\n|\r")
_DEPTH_LIMIT = 400
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
    "/Collection": "embedded-file",
    "/XFA": "xfa-form",
    "/RichMedia": "rich-media",
    "/Rendition": "rich-media",
    "/Movie": "rich-media",
    "/Sound": "rich-media",
    "/3D": "rich-media",
    "/AA": "automatic-action",
    "/FFilter": "remote-file",
}
_LONG_NAMES = ("/JavaScript", "/Launch", "/SubmitForm", "/EmbeddedFile", "/RichMedia")
# a letter of a name may be written as #xx; shorter names would turn up in compressed data by chance
_RAW = re.compile(
    b"|".join(
        b"".join(b"(?:%s|#(?i:%02x))" % (re.escape(bytes([c])), c) for c in name.encode())
        for name in _LONG_NAMES
    )
)


def read_pdf(data: bytes, facts: FileFacts, trust: Trust) -> FileFacts:
    """Return ``facts`` with what stands in the PDF ``data``.

    Raises what pypdf raises for a file that is not in order.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        if not _opens_without_password(reader):
            return attrs.evolve(facts, encrypted=True)
        facts = attrs.evolve(facts, marks=(*facts.marks, "restricted"))
    objects = _objects(reader)
    facts = attrs.evolve(facts, active_content=_active(reader, objects, data))
    if problem := _swells(objects):
        return attrs.evolve(facts, problem=problem)
    pages = len(reader.pages)
    if pages and all(_bears_picture(page) for page in reader.pages[:_PAGES_READ]):
        facts = attrs.evolve(facts, marks=(*facts.marks, "scan"))
    text = _text(reader, min(pages, _PAGES_READ))
    signatures: tuple[SignatureFacts, ...] = ()
    changed = False
    if b"/ByteRange" in data:
        from .signatures import changed_before_signing, read_signatures

        signatures = read_signatures(data, trust)
        changed = bool(signatures) and changed_before_signing(data)
    return attrs.evolve(
        facts,
        pages=pages,
        text_found=text[:_TEXT_KEPT],
        codes=tuple(dict.fromkeys(AGREEMENT_CODE.findall(text))),
        signatures=signatures,
        revisions=_revisions(data),
        changed_before_signing=changed,
        problem="" if pages and b"%%EOF" in data[-2048:] else "damaged",
    )


def _opens_without_password(reader: pypdf.PdfReader) -> bool:
    # without a password for the reader nothing is hidden: printing or copying is forbidden only
    try:
        return bool(reader.decrypt(""))
    except (DependencyError, PyPdfError, NotImplementedError):
        return False


def _text(reader: pypdf.PdfReader, pages: int) -> str:
    found: list[str] = []
    letters = 0
    for number in range(pages):
        if letters > _TEXT_READ:
            break
        found.append(reader.pages[number].extract_text())
        letters += len(found[-1])
    return "\n".join(found)


def _bears_picture(page: pypdf.PageObject) -> bool:
    """Return whether ``page`` has a picture of so many dots that it may be a scan of the page."""
    resources = page.get("/Resources")
    named = resources.get("/XObject") if isinstance(resources, DictionaryObject) else None
    if not isinstance(named, DictionaryObject):
        return False
    for name in named:
        item = named[name]
        if isinstance(item, StreamObject) and item.get("/Subtype") == "/Image":
            width, height = item.get("/Width"), item.get("/Height")
            if isinstance(width, int) and isinstance(height, int) and width * height > _PAGE_DOTS:
                return True
    return False


def _revisions(data: bytes) -> tuple[str, ...]:
    found: list[str] = []
    digest, done = hashlib.sha256(), 0
    while len(found) < _REVISIONS_KEPT and (end := data.find(b"%%EOF", done)) >= 0:
        digest.update(data[done : end + 5])
        done = end + 5
        found.append(digest.hexdigest())
        # the line end after it belongs to this revision or to the next: either may be the file
        if ending := _LINE_END.match(data, done):
            digest.update(ending[0])
            done = ending.end()
            found.append(digest.hexdigest())
    return tuple(found)


def _objects(reader: pypdf.PdfReader) -> list[Any]:
    """Return every object of the file, and what an older table of it names."""
    numbers = {
        *((n, g) for g, row in reader.xref.items() for n in row),
        *((n, 0) for n in reader.xref_objStm),
    }
    return [_object(reader, number, generation) for number, generation in sorted(numbers)]


def _active(reader: pypdf.PdfReader, objects: list[Any], data: bytes) -> tuple[str, ...]:
    """Return what the file would do or carry."""
    found = {_ACTIONS[_plain_name(match)] for match in set(_RAW.findall(data))}
    waiting: list[tuple[Any, int]] = [(item, 0) for item in (reader.trailer, *objects)]
    while waiting:
        item, depth = waiting.pop()
        if depth > _DEPTH_LIMIT:
            raise RecursionError
        if isinstance(item, DictionaryObject):
            found |= _of_dictionary(item)
            values: Any = item.values()
        elif isinstance(item, ArrayObject):
            values = list.__iter__(item)
        else:
            continue
        # references are left alone: each object is on the list itself
        waiting += [(v, depth + 1) for v in values if isinstance(v, DictionaryObject | ArrayObject)]
    return tuple(sorted(found))


def _swells(objects: list[Any]) -> str:
    """Return ``too-big`` if a stream unpacks to more than pypdf's limit, drawn or not.

    Pictures are judged by the size they state; what this reader need not unpack, a viewer will.
    """
    for item in objects:
        if not isinstance(item, StreamObject) or item.get("/Type") in ("/XRef", "/ObjStm"):
            continue
        if item.get("/Subtype") == "/Image":
            width, height = item.get("/Width", 0), item.get("/Height", 0)
            known = isinstance(width, int) and isinstance(height, int)
            if known and width * height > PIXEL_LIMIT:
                return "too-big"
            continue
        try:
            decode_stream_data(item)
        except (LimitReachedError, MemoryError):
            return "too-big"
        except Exception:  # noqa: S112 - a font that cannot be unpacked is drawn by nobody
            continue
    return ""


def _of_dictionary(item: DictionaryObject) -> set[str]:
    found = {_ACTIONS[key] for key in item if key in _ACTIONS}
    for key in ("/S", "/Type", "/Subtype"):
        kind = item.raw_get(key) if key in item else None
        if isinstance(kind, str) and kind in _ACTIONS:
            found.add(_ACTIONS[kind])
    if isinstance(item, StreamObject) and "/F" in item:
        found.add("remote-file")
    opened = item.get("/OpenAction")
    if isinstance(opened, DictionaryObject) and opened.get("/S") not in ("/GoTo", "/Named"):
        found.add("automatic-action")
    return found


def _plain_name(raw: bytes) -> str:
    return re.sub(rb"#(..)", lambda m: bytes([int(m[1], 16)]), raw).decode()


def _object(reader: pypdf.PdfReader, number: int, generation: int) -> object:
    """Return one object, or None if it cannot be read (then nobody can run it either)."""
    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except LimitReachedError:
        raise
    except PyPdfError:
        return None
