"""Links that let one person have one file for a time: made and read, nothing looked up.

The link names the case, the file, its end and how often; the person is not in it, but its signature
is over the person, too: in another's hands it is no link. What the case says at the moment of use,
and how often the link was used, is for the desk to look at (``desk.downloads``).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Sequence

import attrs

from .refusal import BadInput, Refusal
from .text import Text

__all__ = ["Link", "read_link", "signed_link"]

_PURPOSE = b"pst-link-1"
_LONGEST = 1000
_SHORTEST_KEY = 32


@attrs.frozen
class Link:
    """What a link lets its person have."""

    id: str
    """At least 128 random bits; downloads are counted under it."""
    office: str
    stream: str
    sha256: str
    """The file, by its content (hex)."""
    ends: int
    """Seconds since 1970-01-01 UTC: the first at which it holds no more."""
    most: int
    """Downloads that it is good for."""


def signed_link(link: Link, person: str, keys: Sequence[bytes]) -> str:
    """Return the token of ``link`` for ``person`` (the key of an ``Actor``), for a URL.

    The first of ``keys`` signs. Raises ``BadInput`` for a key of fewer than 32 bytes.
    """
    fields = json.dumps(attrs.astuple(link), separators=(",", ":")).encode()
    payload = base64.urlsafe_b64encode(fields).rstrip(b"=").decode("ascii")
    return f"{payload}.{_signature(_checked(keys)[0], payload, person)}"


def read_link(token: str, person: str, keys: Sequence[bytes], now: dt.datetime) -> Link:
    """Return the link of ``token`` if it was made for ``person`` with one of ``keys``.

    Raises ``Refusal``: ``bad-link`` whatever is wrong with it, ``link-ended`` if that is all.
    """
    payload, _, given = token.partition(".") if len(token) <= _LONGEST else ("", "", "")
    # texts are compared, never what they decode to: one link has one spelling
    signatures = [_signature(key, payload, person) for key in _checked(keys)]
    right = [hmac.compare_digest(one.encode(), given.encode("utf-8", "surrogatepass"))
             for one in signatures]  # fmt: skip
    if not any(right):
        raise bad_link()
    link = Link(*json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    if now.timestamp() >= link.ends:
        raise Refusal(
            "link-ended",
            Text(id="Tautan ini sudah tidak berlaku.", en="This link holds no more."),
            remedy=Text(
                id="Buka permintaan Anda dan minta tautan baru.",
                en="Open your request and ask for a new link.",
            ),
        )
    return link


def bad_link() -> Refusal:
    """Return the one refusal for a link that is none, is another's, or leads to nothing now."""
    return Refusal(
        "bad-link",
        Text(id="Tautan ini tidak sah.", en="This link is not valid."),
        remedy=Text(
            id="Masuk sebagai pemohon, lalu buka tautan dari permintaan Anda.",
            en="Sign in as the applicant and open the link from your request.",
        ),
    )


def _signature(key: bytes, payload: str, person: str) -> str:
    parts = (
        _PURPOSE,
        payload.encode("utf-8", "surrogatepass"),
        person.encode("utf-8", "surrogatepass"),
    )
    content = b"".join(b"%d:%b" % (len(part), part) for part in parts)
    made = hmac.new(key, content, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def _checked(keys: Sequence[bytes]) -> Sequence[bytes]:
    if not keys or any(len(key) < _SHORTEST_KEY for key in keys):
        raise BadInput(
            "bad-link-key",
            Text(
                id=f"Kunci tautan harus sedikitnya {_SHORTEST_KEY} byte.",
                en=f"A key for links has at least {_SHORTEST_KEY} bytes.",
            ),
            remedy=Text(
                id="Buat dengan secrets.token_bytes(32) dan simpan di luar basis data.",
                en="Make one with secrets.token_bytes(32) and keep it outside of the database.",
            ),
        )
    return keys
