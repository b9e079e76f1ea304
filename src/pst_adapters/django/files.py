"""Files of a case over HTTP: an upload is kept and read, and whoever may have a file gets it.

Which texts a role may see stands in ``pst_core.desk.access``; here only what can be read in a file
of each kind: it is for those who may see all of that. Needs the extra ``[files]``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import attrs
from django.http import HttpResponse

from pst_core.desk.access import right_of
from pst_core.desk.downloads import download, download_link, downloads_of
from pst_core.desk.fields import Held
from pst_core.desk.issued import cause_of, result_of
from pst_core.documents import FileFacts
from pst_core.documents.serving import download_headers, our_name
from pst_core.refusal import NotFound
from pst_core.text import Text
from pst_core.workflow import Actor, Role, State

from .settings import blobs, desk, read_upload

__all__ = ["CaseFile", "files_of", "keep", "send"]

_PRODUCT = Text(id="produk", en="product")
_KINDS = {
    "invoice": (Text(id="tagihan", en="invoice"), {Held.NAME, Held.CONTACT}),
    "receipt": (Text(id="kuitansi", en="receipt"), {Held.NAME, Held.CONTACT}),
    "agreement": (
        Text(id="perjanjian penggunaan data", en="data-use agreement"),
        {Held.NAME, Held.CONTACT, Held.NUMBER, Held.WORDS},
    ),
    "file": (
        Text(id="perjanjian bertanda tangan", en="signed agreement"),
        {Held.NAME, Held.CONTACT, Held.NUMBER, Held.WORDS, Held.FILE},
    ),
    "proof": (Text(id="bukti pembayaran", en="proof of payment"), {Held.PAYER, Held.FILE}),
    "documents": (Text(id="dokumen", en="document"), {Held.NUMBER, Held.FILE}),
    "sample": (Text(id="contoh data", en="data sample"), {Held.WORDS, Held.FILE}),
    "files": (_PRODUCT, {Held.WORDS, Held.FILE}),
}


@attrs.frozen
class CaseFile:
    """A file that the reader of a case may have."""

    name: str
    title: Text
    sha256: str
    facts: FileFacts | None = None
    """What was found in it; None for a paper of the office, which is a PDF."""
    counted: bool = False
    """A product that was delivered: each download is counted (S20)."""


def keep(stream: str, upload: Any) -> FileFacts:
    """Keep an uploaded file of the case ``stream`` and return what a reader found in it.

    Raises ``StorageError``; a bad file raises nothing, its facts name the problem.
    """
    data = upload.read()
    of_case = getattr(blobs(), "of_case", None)
    (of_case(stream) if of_case else blobs()).put(data)
    return read_upload(data, upload.name)


def files_of(stream: str, by: Actor) -> tuple[CaseFile, ...]:
    """Return the files of ``stream`` that ``by`` may have now, newest first.

    Raises ``NotFound`` for a case that is none of theirs.
    """
    ours = desk()
    ours.door(by).open_steps(stream)  # refuses who may not see the case
    return tuple(_files(stream, ours.state(stream), by))


def send(stream: str, sha256: str, by: Actor) -> HttpResponse:
    """Answer with a file of ``files_of``, to be saved; who had it is noted, products are counted.

    Raises ``NotFound`` for any other file, ``Refusal`` for a product that may not go out.
    """
    ours = desk()
    for file in files_of(stream, by):
        if file.sha256 != sha256:
            continue
        if file.counted:
            key = (secrets.token_bytes(32),)  # of this one use
            link = download_link(ours, stream, sha256, by=by, keys=key)
            headers = download(ours, link, by=by, keys=key).headers
            data = blobs().get(sha256)
        else:
            data = blobs().get(sha256)
            facts = file.facts or FileFacts(file.name, len(data), sha256, "application/pdf")
            ours.note("read", by=by, stream=stream, detail={"sha256": sha256})
            headers = download_headers(facts, our_name(file.name, facts))
        return HttpResponse(data, headers=dict(headers))
    raise NotFound(
        "no-such-file",
        Text(id="Berkas ini tidak ada di sini.", en="This file is not here."),
        remedy=Text(id="Lihat daftar berkasnya.", en="See the list of files."),
    )


def _files(stream: str, state: State, by: Actor) -> Iterator[CaseFile]:
    sees = right_of(by.role).sees
    seen: set[str] = set()
    for effect in reversed(desk().store.effects(stream)):
        _, what, kind = cause_of(effect)
        made = result_of(effect)
        if what != "paper" or kind in seen or "sha256" not in made or not _KINDS[kind][1] <= sees:
            continue
        seen |= {kind, made["sha256"]}
        yield CaseFile(made["name"], _KINDS[kind][0], made["sha256"])
    if by.role is Role.APPLICANT:
        for file in downloads_of(state):
            seen.add(file.sha256)
            yield CaseFile(file.name, _PRODUCT, file.sha256, file, counted=True)
    for kind, file in _uploaded(state):
        title, inside = _KINDS[kind]
        # products come to the applicant when they are delivered and paid (S20), not before
        early = kind == "files" and by.role is Role.APPLICANT
        if file.sha256 not in seen and inside <= sees and not early:
            seen.add(file.sha256)
            yield CaseFile(file.name, title, file.sha256, file)


def _uploaded(state: State) -> Iterator[tuple[str, FileFacts]]:
    for noted in sorted(state.latest.values(), key=lambda n: n.at, reverse=True):
        event = noted.event
        for file in getattr(event, "files", ()):
            yield "files", file
        for field in ("sample", "proof", "file"):
            if getattr(event, field, None) is not None:
                yield field, getattr(event, field)
        for handed in getattr(event, "documents", ()):
            if handed.file is not None:
                yield "documents", handed.file
