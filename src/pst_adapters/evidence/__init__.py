"""Ed25519 keys for checkpoints: a private one in a file or the environment, public ones to check.

Needs the extra ``evidence``.
"""

from __future__ import annotations

from .keys import Ed25519Signer, make_key, public_keys

__all__ = ["Ed25519Signer", "make_key", "public_keys"]
