"""Asking a catalogue on the web: HTTPS only, bounded in bytes and time, and JSON or an error.

A host may bring its own ``OpenerDirector`` (a proxy, a certificate authority); what is asked, how
much is read and what counts as an answer stays here.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from typing import Any

import attrs

from pst_core.refusal import BadInput, PstError, SourceUnavailable
from pst_core.text import Text

__all__ = [
    "LARGEST",
    "Answer",
    "Line",
    "again",
    "https_opener",
    "no_catalogue",
    "parsed",
    "unavailable",
]

LARGEST = 8 * 1024**2
"""Bytes of one answer or file; a page of 300 studies has some 200,000."""
_CHUNK = 64 * 1024


class _OnlyHttps(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only to HTTPS."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            _https(newurl)
        except BadInput:
            fp.close()  # nobody else will
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def https_opener(context: ssl.SSLContext | None = None) -> urllib.request.OpenerDirector:
    """Return what asks the web: certificates checked, no redirection away from HTTPS.

    ``context``: for a host with a certificate authority of its own.
    """
    secure = urllib.request.HTTPSHandler(context=context or ssl.create_default_context())
    return urllib.request.build_opener(secure, _OnlyHttps())


@attrs.frozen
class Answer:
    """The JSON that came, and the status it came with."""

    status: int
    value: Any


@attrs.frozen
class Line:
    """How a source is asked. ``timeout``: seconds to wait; ten times as long for one answer.

    ``secret``: what must not be seen in an error, such as a key that is part of the address.
    """

    opener: urllib.request.OpenerDirector = attrs.field(factory=https_opener)
    timeout: float = 20
    largest: int = LARGEST
    secret: str = attrs.field(default="", repr=False)

    def ask(self, url: str) -> Answer:
        """Return what ``url`` answers.

        Raises ``BadInput`` (``not-https``) for another scheme, ``SourceUnavailable`` if nothing
        came, too much, or no JSON.
        """
        _https(url)
        shown = self.shown(url)
        request = urllib.request.Request(  # noqa: S310 - https, looked at above
            url, headers={"Accept": "application/json", "User-Agent": "pst-core"}
        )
        try:
            with self.opener.open(request, timeout=self.timeout) as response:
                return Answer(response.status, parsed(self._body(response, shown), shown))
        except urllib.error.HTTPError as error:
            with error:
                try:
                    # a source says what is wrong in JSON, too
                    return Answer(error.code, parsed(self._body(error, shown), shown))
                except PstError:
                    raise unavailable(shown, f"HTTP {error.code}") from None
        except (OSError, http.client.HTTPException) as error:
            why = getattr(error, "reason", error)
            told = self.shown(f"{type(why).__name__}: {why}")
            # no chain: the first error may hold the address with the key in it
            raise unavailable(shown, told) from None
        except BadInput as error:
            raise again(error, self) from None

    def shown(self, text: str) -> str:
        """Return ``text`` as it may be seen."""
        return text.replace(self.secret, "***") if self.secret else text

    def _body(self, response: Any, shown: str) -> bytes:
        data, until = bytearray(), time.monotonic() + 10 * self.timeout
        while chunk := response.read(_CHUNK):
            data += chunk
            if len(data) > self.largest:
                raise unavailable(shown, f"> {self.largest} byte")
            if time.monotonic() > until:
                raise unavailable(shown, f"> {10 * self.timeout:g} s")
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and len(data) < int(length):
            raise unavailable(shown, f"{len(data)} < {length} byte")
        return bytes(data)


def parsed(data: bytes, shown: str) -> Any:
    """Return the JSON in ``data``; ``BadInput`` (``no-catalogue``) if it is none."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        start = " ".join(data[:60].decode("utf-8", "replace").split())
        raise no_catalogue(
            shown,
            Text(
                id=f"bukan JSON yang utuh ({start!a})",
                en=f"it is no whole JSON ({start!a})",
            ),
        ) from None


def no_catalogue(place: str, why: Text) -> BadInput:
    """Return the error for what is no answer of a catalogue."""
    return BadInput(
        "no-catalogue",
        Text(
            id=f"{place} bukan katalog yang dikenal: {why.id}.",
            en=f"{place} is no catalogue that is known: {why.en}.",
        ),
        remedy=Text(
            id="Berikan daftar TOML atau CSV, ekspor NADA, atau daftar publikasi web API BPS.",
            en="Give a TOML or CSV list, an export of NADA, or the publication list of BPS's API.",
        ),
    )


def unavailable(place: str, why: str) -> SourceUnavailable:
    """Return the error for a source that gave no usable answer."""
    return SourceUnavailable(
        "catalogue-unavailable",
        Text(
            id=f"Katalog {place} tidak memberi jawaban yang dapat dipakai: {why}.",
            en=f"The catalogue {place} gave no usable answer: {why}.",
        ),
        remedy=Text(
            id="Coba lagi nanti, atau pakai daftar yang terakhir disimpan.",
            en="Try again later, or use the list that was kept last.",
        ),
    )


def again(error: BadInput, line: Line) -> SourceUnavailable:
    """Return ``error`` as that of a source: it may answer otherwise later."""
    text = Text(id=line.shown(error.text.id), en=line.shown(error.text.en))
    remedy = unavailable("", "").remedy
    return SourceUnavailable("catalogue-unavailable", text, remedy=remedy)


def _https(url: str) -> None:
    if not url.lower().startswith("https://"):
        place = url.partition("?")[0][:60]
        raise BadInput(
            "not-https",
            Text(
                id=f"Katalog hanya dibaca lewat https, bukan {place!a}.",
                en=f"A catalogue is only read over https, not {place!a}.",
            ),
            remedy=Text(
                id="Tulis alamatnya dengan https://.", en="Write its address with https://."
            ),
        )
