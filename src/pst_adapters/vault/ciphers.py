"""Sealing and opening with AES-256-GCM; the nonce stands before the ciphertext."""

from __future__ import annotations

import base64
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["InvalidTag", "opened", "opened_bytes", "sealed", "sealed_bytes"]

_NONCE = 12


def sealed_bytes(key: bytes, data: bytes, context: str, *, once: bool = False) -> bytes:
    """Return ``data`` under ``key`` (32 bytes), bound to ``context``.

    ``once``: the context names the content by its digest; then the nonce is made from it, and the
    same content gives the same bytes.
    """
    nonce = hmac.digest(key, context.encode(), "sha256")[:_NONCE] if once else os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, context.encode())


def opened_bytes(key: bytes, box: bytes, context: str) -> bytes:
    """Return what was sealed; raises ``InvalidTag`` for another key, context or content."""
    return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], context.encode())


def sealed(key: bytes, text: str, context: str) -> str:
    """Return ``text`` sealed, as ASCII."""
    return base64.b64encode(sealed_bytes(key, text.encode(), context)).decode()


def opened(key: bytes, box: str, context: str) -> str:
    """Return the text that was sealed; raises ``InvalidTag`` as above."""
    try:
        data = base64.b64decode(box, validate=True)
    except ValueError as error:
        raise InvalidTag from error
    return opened_bytes(key, data, context).decode()
