"""A WSGI application that takes signed notices in: mount it in any Python web server.

It answers 200 when the notice is settled or kept for the treasurer, 400 for one that proves
nothing, 503 for one that shall be sent again. What a notice means is decided behind it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pst_core.desk.payments import take_notice
from pst_core.refusal import NoticeRefused, PstError

if TYPE_CHECKING:
    from pst_core.desk import Desk

__all__ = ["SIGNATURE_HEADER", "notices_app"]

SIGNATURE_HEADER = "PST-Signature"
_LONGEST_BODY = 64 * 1024

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def notices_app(desk: Desk, secrets: Callable[[], Sequence[bytes]]) -> Wsgi:
    """Return the application for ``desk``; ``secrets`` gives those in use at the moment."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, said = _answer(environ)
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]

    def _answer(environ: dict[str, Any]) -> tuple[str, dict[str, str]]:
        if environ.get("REQUEST_METHOD") != "POST":
            return "405 Method Not Allowed", {"error": "POST only"}
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return "400 Bad Request", {"error": "bad-length"}
        if not 0 < length <= _LONGEST_BODY:
            return "413 Content Too Large", {"error": "too-long"}
        body = environ["wsgi.input"].read(length)
        header = environ.get("HTTP_" + SIGNATURE_HEADER.upper().replace("-", "_"))
        try:
            taken = take_notice(desk, body, header, secrets())
        except NoticeRefused as refused:
            return "400 Bad Request", {"error": refused.code}
        except PstError as error:
            # the store is busy or away, or the bill is just being recorded: send it again
            return "503 Service Unavailable", {"error": error.code}
        if taken is None:
            return "200 OK", {"outcome": "ignored"}
        return "200 OK", {"outcome": taken.outcome.value, "stream": taken.stream}

    return app
