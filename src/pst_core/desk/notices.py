"""Signed notices of payment: whether one comes from the treasury's gateway, and what it says.

The header is ``t=<unix seconds>,v1=<hex>[,v1=<hex>]``; each ``v1`` is HMAC-SHA256 over the bytes
``<t>.<body>``. Nothing of a body is read before its signature holds. Pure: the present comes in.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
from collections.abc import Sequence
from typing import Any

import attrs

from ..refusal import BadInput, NoticeRefused
from ..text import Text
from .ports import Payment

__all__ = ["TOLERANCE", "Notice", "check_signature", "read_notice", "sign", "write_notice"]

TOLERANCE = dt.timedelta(seconds=300)
"""How far a notice's time may lie from ours, before or after; exactly this far is accepted."""
_LONGEST_HEADER = 1024
_LONGEST_BODY = 64 * 1024
_MOST_SIGNATURES = 8
_SHORTEST_SECRET = 16
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


@attrs.frozen
class Notice:
    """A bill was paid. ``reference`` is the one that the bill was ordered under, empty if none."""

    id: str
    """The sender's own; the same notice sent again has the same."""
    code: str
    reference: str
    payment: Payment


def sign(body: bytes, secrets: Sequence[bytes], at: dt.datetime) -> str:
    """Return the header that signs ``body`` at ``at`` with each of ``secrets``."""
    seconds = int(at.timestamp())
    return ",".join(
        [f"t={seconds}", *(f"v1={_digest(str(seconds), body, secret)}" for secret in secrets)]
    )


def check_signature(
    body: bytes,
    header: str | None,
    secrets: Sequence[bytes],
    now: dt.datetime,
    tolerance: dt.timedelta = TOLERANCE,
) -> None:
    """Raise ``NoticeRefused`` unless one of ``secrets`` signed just these bytes about ``now``.

    ``secrets``: the one in use, and while it is replaced the other. A secret shorter than 16
    bytes raises ``BadInput``: anybody could guess it.
    """
    if not secrets or any(len(secret) < _SHORTEST_SECRET for secret in secrets):
        raise BadInput(
            "weak-secret",
            Text(
                id=f"Rahasia pemberitahuan kosong atau kurang dari {_SHORTEST_SECRET} byte.",
                en=f"The secret for notices is missing or shorter than {_SHORTEST_SECRET} bytes.",
            ),
            remedy=Text(
                id="Pakai rahasia acak, misalnya 32 byte.", en="Use a random one, say 32 bytes."
            ),
        )
    if not header:
        raise _refused("not-signed", "tidak ada tanda tangannya", "it carries no signature")
    # looked at before anything else: what a stranger sends must not cost time
    if len(header) > _LONGEST_HEADER or len(body) > _LONGEST_BODY:
        raise _refused("too-long", "terlalu panjang", "it is too long")
    seconds, signatures = _parts(header)
    # all are compared, each in constant time, so that the time taken tells nothing
    expected = [_digest(seconds, body, secret) for secret in secrets]
    pairs = [hmac.compare_digest(given, right) for given in signatures for right in expected]
    if not any(pairs):
        raise _refused("bad-signature", "tanda tangannya tidak cocok", "its signature does not fit")
    if abs(now.timestamp() - int(seconds)) > tolerance.total_seconds():
        raise _refused(
            "bad-time",
            f"waktunya berselisih lebih dari {tolerance.total_seconds():.0f} detik",
            f"its time is off by more than {tolerance.total_seconds():.0f} seconds",
        )


def _parts(header: str) -> tuple[str, list[str]]:
    times, signatures = [], []
    for part in header.split(","):
        name, _, value = part.partition("=")
        if name == "t":
            times.append(value)
        elif name == "v1":
            signatures.append(value)
        # another scheme proves nothing here, and does not spoil what v1 proves
    if len(times) != 1 or not _TIME.fullmatch(times[0]):
        raise _refused("bad-header", "waktunya tidak terbaca", "its time cannot be read")
    if not signatures:
        raise _refused("no-known-scheme", "tidak ada tanda tangan v1", "it has no v1 signature")
    if len(signatures) > _MOST_SIGNATURES or not all(map(_HEX.fullmatch, signatures)):
        raise _refused(
            "bad-header", "tanda tangannya tidak terbaca", "its signatures cannot be read"
        )
    return times[0], signatures


def _digest(seconds: str, body: bytes, secret: bytes) -> str:
    return hmac.digest(secret, seconds.encode() + b"." + body, "sha256").hex()


def read_notice(body: bytes) -> Notice | None:
    """Return what a verified ``body`` says, or None if it tells of something other than money.

    Raises ``NoticeRefused`` if it cannot be read.
    """
    try:
        said = json.loads(body)
        if said["type"] != "bill.paid":
            return None
        bill, paid = said["bill"], said["payment"]
        return Notice(
            id=_text(said["id"]),
            code=_text(bill["code"]),
            reference=_text(bill["reference"]),
            payment=payment_from(paid),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NoticeRefused(
            "notice-unreadable",
            Text(
                id=f"Isi pemberitahuan tidak terbaca: {error!r}.",
                en=f"The notice cannot be read: {error!r}.",
            ),
            remedy=Text(
                id="Pengirim perlu memperbaiki isinya; tagihan tetap dapat ditanyakan.",
                en="The sender must mend it; the bill can still be asked for.",
            ),
        ) from error


def payment_from(fields: Any) -> Payment:
    """Return a payment from its JSON; raises ``ValueError``, ``KeyError`` or ``TypeError``."""
    amount = fields["amount"]
    if type(amount) is not int or amount < 0:
        raise ValueError(f"amount {amount!r}")
    paid_at = dt.datetime.fromisoformat(fields["paid_at"])
    if paid_at.utcoffset() is None:
        raise ValueError(f"paid_at {paid_at.isoformat()} without an offset")
    if not 2000 <= paid_at.year < 3000:
        raise ValueError(f"paid_at {paid_at.isoformat()}")
    return Payment(_text(fields["ntpn"]), _text(fields["ntb"]), amount, paid_at)


def write_notice(notice: Notice) -> bytes:
    """Return the body of ``notice``, as a gateway sends it."""
    said = {
        "id": notice.id,
        "type": "bill.paid",
        "bill": {"code": notice.code, "reference": notice.reference},
        "payment": {
            "ntpn": notice.payment.ntpn,
            "ntb": notice.payment.ntb,
            "amount": notice.payment.amount,
            "paid_at": notice.payment.paid_at.isoformat(),
        },
    }
    return json.dumps(said, sort_keys=True).encode()


def _text(value: Any) -> str:
    # what no store can keep would come again for ever
    if type(value) is not str or len(value) > 300 or not value.isprintable():
        raise ValueError(f"not a short text: {value!r:.60}")
    return value


def _refused(code: str, kenapa: str, why: str) -> NoticeRefused:
    return NoticeRefused(
        code,
        Text(id=f"Pemberitahuan ditolak: {kenapa}.", en=f"The notice is refused: {why}."),
        remedy=Text(
            id="Kirim dengan kepala t=...,v1=... atas byte yang sama, dengan rahasia yang berlaku "
            "dan jam yang tepat.",
            en="Send it with the header t=...,v1=... over the very bytes, with a secret in use "
            "and the right time.",
        ),
    )
