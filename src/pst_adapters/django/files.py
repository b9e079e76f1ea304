"""Files of a case over HTTP: an upload is kept and read, and whoever may have a file gets it.

Which files these are stands in ``pst_core.desk.casefiles``. Needs the extra ``[files]``.
"""

from __future__ import annotations

import secrets
from typing import Any

import attrs
from django.http import HttpResponse

from pst_core.desk.casefiles import case_files
from pst_core.desk.downloads import download, download_link
from pst_core.documents import FileFacts
from pst_core.documents.serving import download_headers, our_name
from pst_core.refusal import NotFound
from pst_core.text import Text
from pst_core.workflow import Actor

from .settings import blobs, desk, read_upload

__all__ = ["CaseFile", "files_of", "keep", "send"]

_TITLES = {
    "invoice": Text(id="tagihan", en="invoice"),
    "receipt": Text(id="kuitansi", en="receipt"),
    "agreement": Text(id="perjanjian penggunaan data", en="data-use agreement"),
    "file": Text(id="perjanjian bertanda tangan", en="signed agreement"),
    "proof": Text(id="bukti pembayaran", en="proof of payment"),
    "documents": Text(id="dokumen", en="document"),
    "sample": Text(id="contoh data", en="data sample"),
    "files": Text(id="produk", en="product"),
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
    return tuple(
        CaseFile(file.name, _TITLES[file.kind], file.sha256, file.facts, file.counted)
        for file in case_files(ours.state(stream), ours.store.effects(stream), by)
    )


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
