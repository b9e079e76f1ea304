"""Download links of delivered products (S20): made for the applicant, looked at anew at each use.

The signature only saves a look for links that are none. Whether the case lets its applicant have
the file is asked of the case each time, so a payment taken back or a file replaced ends a link at
once. Each download is a line of the audit log and takes a number of the link, in one transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ..documents import FileFacts
from ..documents.serving import download_headers, our_name
from ..links import Link, bad_link, read_link, signed_link
from ..refusal import BadInput, Conflict, NotFound, Refusal
from ..request import owed
from ..request.events import DeliveryMended, ProductsDelivered
from ..request.state import CLOSED, DELIVERED
from ..text import Text
from ..workflow import Actor, State
from .access import Relation, relations
from .ports import Number

if TYPE_CHECKING:
    from .desk import Desk

__all__ = ["Download", "download", "download_link", "downloads_of"]

_TRIES = 20


@attrs.frozen
class Download:
    """A file that may go out now, and how."""

    file: FileFacts
    headers: Mapping[str, str]
    left: int
    """How often the link may still be used."""
    note: int
    """Place of its line in the audit log."""


def downloads_of(state: State) -> tuple[FileFacts, ...]:
    """Return the files that the applicant of ``state`` may have now."""
    if state.phase not in (DELIVERED, CLOSED) or owed(state.books) > 0:
        return ()
    mended, delivered = state.last(DeliveryMended), state.last(ProductsDelivered)
    if mended is not None:
        return tuple(mended.files)
    return tuple(delivered.files) if delivered is not None else ()


def download_link(desk: Desk, stream: str, sha256: str, *, by: Actor, keys: Sequence[bytes]) -> str:
    """Return a new link to a delivered file, for ``by`` alone, as long as the profile says.

    Raises ``Refusal("bad-link")`` for whoever may not have the file, and for what is none.
    """
    with desk.auditor.watching(stream, download_link, by, desk.clock):
        _file(desk, stream, sha256, by)
        policy = desk.office.links
        ends = desk.clock() + dt.timedelta(hours=policy.valid_hours)
        link = Link(
            secrets.token_urlsafe(16),
            desk.office.code,
            stream,
            sha256,
            int(ends.timestamp()),
            policy.downloads,
        )
        return signed_link(link, by.id, keys)


def download(desk: Desk, token: str, *, by: Actor, keys: Sequence[bytes]) -> Download:
    """Let ``by`` have the file of a link: counted and noted before a byte goes out.

    Raises ``Refusal``: ``bad-link``, ``link-ended``, ``link-used-up``; ``StorageError``, ``Busy``.
    """
    with desk.auditor.watching("", download, by, desk.clock):
        link = read_link(token, by.id, keys, desk.clock())
        if link.office != desk.office.code:
            raise bad_link()
        file = _file(desk, link.stream, link.sha256, by)
        used, note = _count(desk, link, by)
        headers = download_headers(file, our_name(file.name, file))
        return Download(file, headers, link.most - used, note)


def _file(desk: Desk, stream: str, sha256: str, by: Actor) -> FileFacts:
    try:
        state = desk.state(stream)
    except NotFound:
        raise bad_link() from None  # whether there is such a case is told to nobody
    owner = desk.owner(stream, state)
    if Relation.OWN not in relations(by, desk.office.code, stream, owner):
        raise bad_link()
    for file in downloads_of(state):
        if file.sha256 == sha256:
            return file
    raise bad_link()


def _count(desk: Desk, link: Link, by: Actor) -> tuple[int, int]:
    if desk.auditor.log is None:
        raise BadInput(
            "no-audit-log",
            Text(
                id="Unduhan tidak dapat dihitung: penyimpanan ini tidak mempunyai log audit.",
                en="Downloads cannot be counted: this store keeps no audit log.",
            ),
            remedy=Text(
                id="Pakai SqlStore, DjangoStore atau MemoryStore.",
                en="Use SqlStore, DjangoStore or MemoryStore.",
            ),
        )
    series = f"download/{link.id}"
    detail = {"sha256": link.sha256, "link": hashlib.sha256(link.id.encode()).hexdigest()}
    for n in range(_TRIES):
        used = desk.store.last_number(series) + 1
        if used > link.most:
            raise Refusal(
                "link-used-up",
                Text(
                    id=f"Tautan ini sudah dipakai {link.most} kali.",
                    en=f"This link was used {link.most} times.",
                ),
                remedy=Text(
                    id="Buka permintaan Anda dan minta tautan baru.",
                    en="Open your request and ask for a new link.",
                ),
            )
        try:
            note = desk.auditor.note(
                "download",
                by=by,
                at=desk.clock(),
                stream=link.stream,
                detail={**detail, "nth": used},
                number=Number(series, used),
            )
        except Conflict:
            if n == _TRIES - 1:
                raise
        else:
            return used, note
    raise AssertionError("unreachable")
