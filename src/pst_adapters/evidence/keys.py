"""The private key signs and stays in the office; the public one is for everybody who checks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pst_core.evidence import Verifier
from pst_core.refusal import BadInput, NotFound
from pst_core.text import Text

__all__ = ["Ed25519Signer", "make_key", "public_keys"]


class Ed25519Signer:
    """A ``Signer`` with a private key in PEM (PKCS #8, without a password).

    Raises ``BadInput`` if it is no Ed25519 key.
    """

    def __init__(self, pem: bytes) -> None:
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _no_key() from error
        if not isinstance(private, Ed25519PrivateKey):
            raise _no_key()
        self._private = private
        self.key = _name(private.public_key())

    @classmethod
    def from_file(cls, path: Path) -> Ed25519Signer:
        """Read the key from ``path``; raises ``NotFound`` if it cannot be read."""
        return cls(_read(path))

    @classmethod
    def from_environment(cls, name: str) -> Ed25519Signer:
        """Take the key from the environment variable ``name``, which holds the PEM text."""
        if name not in os.environ:
            raise NotFound(
                "no-key",
                Text(id=f"Variabel {name} tidak ada.", en=f"There is no variable {name}."),
                remedy=Text(
                    id="Isi dengan kunci PEM dari pst audit key.",
                    en="Set it to the PEM key that pst audit key made.",
                ),
            )
        return cls(os.environ[name].encode())

    def sign(self, content: bytes) -> bytes:
        """Return the signature of ``content``: 64 bytes."""
        return self._private.sign(content)

    def public_pem(self) -> bytes:
        """Return the public key as PEM."""
        public = self._private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def make_key(path: Path) -> Ed25519Signer:
    """Make a new private key at ``path``, readable by its owner alone, and return it.

    Raises ``BadInput`` if something is there: a key is never overwritten.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(
            "cannot-make-key",
            Text(
                id=f"Kunci tidak dapat dibuat di {path}: {error.strerror}.",
                en=f"No key can be made at {path}: {error.strerror}.",
            ),
            remedy=Text(
                id="Sebut berkas yang belum ada, di folder yang boleh ditulis.",
                en="Name a file that is not there yet, in a folder that may be written.",
            ),
        ) from error
    with os.fdopen(file, "wb") as out:
        out.write(pem)
    return Ed25519Signer(pem)


def public_keys(paths: Iterable[Path]) -> Verifier:
    """Return what knows the public keys in ``paths`` (PEM); raises as ``Ed25519Signer`` does."""
    known: dict[str, Ed25519PublicKey] = {}
    for path in paths:
        try:
            public = load_pem_public_key(_read(path))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _no_key() from error
        if not isinstance(public, Ed25519PublicKey):
            raise _no_key()
        known[_name(public)] = public

    def check(key: str, content: bytes, signature: bytes) -> bool:
        try:
            known[key].verify(signature, content)
        except (KeyError, InvalidSignature):
            return False
        return True

    return check


def _name(public: Ed25519PublicKey) -> str:
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"ed25519:{hashlib.sha256(raw).hexdigest()[:32]}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(
            "no-key",
            Text(id=f"Kunci {path} tidak terbaca.", en=f"The key {path} cannot be read."),
            remedy=Text(
                id="Buat dengan pst audit key, atau sebut berkas yang benar.",
                en="Make one with pst audit key, or name the right file.",
            ),
        ) from error


def _no_key() -> BadInput:
    return BadInput(
        "bad-key",
        Text(id="Ini bukan kunci Ed25519.", en="This is no Ed25519 key."),
        remedy=Text(
            id="Pakai berkas PEM yang dibuat oleh pst audit key.",
            en="Use a PEM file that pst audit key made.",
        ),
    )
