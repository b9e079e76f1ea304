"""Which certificates of signing authorities an operator trusts, and what they have revoked.

A folder that the operator fills, because no network is used when a file is read: an authority's
fresh list of revoked certificates (CRL) or its answers (OCSP) are put there by a job of the host.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import attrs

from pst_core.refusal import BadInput
from pst_core.text import Text

__all__ = ["Trust", "load_trust"]

_ENDINGS = {
    "roots": (".pem", ".crt", ".cer", ".der"),
    "intermediates": (".pem", ".crt", ".cer", ".der"),
    "crls": (".crl",),
    "ocsps": (".ors",),
}


@attrs.frozen
class Trust:
    """Certificates (PEM or DER) and what is known of their revocation.

    With any list or answer given, each certificate below a root must be proven not revoked, and
    a stale list proves nothing; with none, a sound signature carries a warning instead.
    """

    roots: tuple[bytes, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def to_lists(self) -> dict[str, list[str]]:
        """Return the values as JSON can carry them."""
        return {
            key: [base64.b64encode(one).decode() for one in value]
            for key, value in attrs.asdict(self).items()
        }

    @classmethod
    def from_lists(cls, lists: dict[str, list[str]]) -> Trust:
        """Return what ``to_lists`` gave."""
        return cls(**{key: tuple(map(base64.b64decode, value)) for key, value in lists.items()})


def load_trust(folder: Path) -> Trust:
    """Return what stands in ``folder``: ``roots/``, ``intermediates/``, ``crls/``, ``ocsps/``.

    Certificates end in ``.pem``, ``.crt``, ``.cer`` or ``.der``, lists in ``.crl`` and OCSP
    answers in ``.ors``. Raises ``BadInput`` for a folder without roots and for any file that is
    not what its ending says: a list that is passed over in silence lets revoked people sign.
    """
    found = {part: tuple(_read(folder / part, part)) for part in _ENDINGS}
    if not found["roots"]:
        raise BadInput(
            "trust-without-roots",
            Text(
                id=f"Tidak ada sertifikat induk di {folder / 'roots'}.",
                en=f"There is no root certificate in {folder / 'roots'}.",
            ),
            remedy=Text(
                id="Taruh sertifikat induk penyelenggara (.pem atau .crt) di folder itu.",
                en="Put the authority's root certificate (.pem or .crt) into that folder.",
            ),
        )
    return Trust(**found)


def _read(folder: Path, part: str) -> Iterable[bytes]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        data = path.read_bytes()
        if path.suffix.lower() not in _ENDINGS[part] or not _is_sound(part, data):
            endings = ", ".join(_ENDINGS[part])
            raise BadInput(
                "trust-file",
                Text(
                    id=f"{path} bukan berkas {part} ({endings}) yang dapat dibaca.",
                    en=f"{path} is not a readable file of {part} ({endings}).",
                ),
                remedy=Text(
                    id="Unduh lagi dari penyelenggara, atau keluarkan dari folder itu.",
                    en="Fetch it again from the authority, or take it out of that folder.",
                ),
            )
        yield _as_der(data) if part == "crls" else data


def _is_sound(part: str, data: bytes) -> bool:
    from cryptography import x509
    from cryptography.x509 import ocsp

    try:
        if part == "crls":
            x509.load_der_x509_crl(_as_der(data))
        elif part == "ocsps":
            ocsp.load_der_ocsp_response(data)
        elif b"-----BEGIN" in data:
            x509.load_pem_x509_certificates(data)
        else:
            x509.load_der_x509_certificate(data)
    except ValueError:
        return False
    return True


def _as_der(data: bytes) -> bytes:
    """Return a list of revoked certificates in the form that pyHanko reads."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if b"-----BEGIN" not in data:
        return data
    return x509.load_pem_x509_crl(data).public_bytes(Encoding.DER)
