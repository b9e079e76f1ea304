"""Electronic signatures in PDF files, by pyHanko: reading them, and signing for demonstrations.

What counts is pyHanko's bottom line and that the signature covers the whole file.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
import logging
from typing import Any

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from pst_core.documents.facts import SignatureFacts

from .trust import Trust

__all__ = ["DemoSigner", "changed_before_signing", "read_signatures", "sign_pdf"]


def read_signatures(data: bytes, trust: Trust) -> tuple[SignatureFacts, ...]:
    """Return the signatures in ``data``, in the order they were made. No network is used."""
    # it logs a traceback for each certificate it does not know; that is an ordinary answer here
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    ended = data.rstrip().endswith(b"%%EOF")
    # a timestamp of the whole document is no one's signature
    return tuple(_facts_of(s, trust, ended) for s in reader.embedded_regular_signatures)


def _facts_of(signature: EmbeddedPdfSignature, trust: Trust, ended: bool) -> SignatureFacts:
    # a context for each: it remembers certificates that came with the signature before
    status = validate_pdf_signature(signature, _context(trust))
    subject = signature.signer_cert.subject.native if signature.signer_cert else {}
    return SignatureFacts(
        signer=str(subject.get("common_name", "")),
        # what was added later may be another signature, nothing else
        intact=bool(status.intact and status.valid and status.docmdp_ok),
        covers_whole_file=_covers(status) and ended,
        trusted=bool(status.trusted),
        when=status.signer_reported_dt,
        revoked=bool(status.revoked),
        doubt=_doubt(status, trust),
    )


def _covers(status: PdfSignatureStatus) -> bool:
    """Return whether nothing was added but proof for later years: timestamps and revocation data.

    Signing services add it themselves (PAdES LT and LTA); it changes no page.
    """
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    return (
        status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level is not None
        and status.modification_level <= ModificationLevel.LTA_UPDATES
    )


def _context(trust: Trust) -> ValidationContext:
    return ValidationContext(
        trust_roots=_certificates(trust.roots),
        other_certs=_certificates(trust.intermediates),
        crls=list(trust.crls),
        ocsps=list(trust.ocsps),
        revocation_mode="require" if trust.crls or trust.ocsps else "soft-fail",
        allow_fetching=False,
    )


def _certificates(files: tuple[bytes, ...]) -> list[Certificate]:
    return [certificate for file in files for certificate in load_certs_from_pemder_data(file)]


def _doubt(status: PdfSignatureStatus, trust: Trust) -> str:
    if status.trusted:
        return "" if trust.crls or trust.ocsps else "revocation-not-checked"
    problem = status.trust_problem_indic
    if problem == AdESIndeterminate.OUT_OF_BOUNDS_NO_POE:
        return "expired"
    # pyHanko found a path to a root and then lacked fresh word on revocation
    if problem in (
        AdESIndeterminate.TRY_LATER,
        AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE,
    ) or (
        problem == AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE
        and _trusted_but_for_revocation(status, trust)
    ):
        return "revocation-unknown"
    return "unknown"


def _trusted_but_for_revocation(status: PdfSignatureStatus, trust: Trust) -> bool:
    plain = ValidationContext(
        trust_roots=_certificates(trust.roots),
        other_certs=_certificates(trust.intermediates),
        revocation_mode="soft-fail",
        allow_fetching=False,
    )
    validator = CertificateValidator(status.signing_cert, validation_context=plain)
    try:
        asyncio.run(validator.async_validate_path())
    except (PathError, ValidationError):
        return False
    return True


def changed_before_signing(data: bytes) -> bool:
    """Return whether a revision of ``data`` changed more than signatures since the first one.

    A picture laid over a sentence leaves the text as it was; this is where it shows.
    """
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    before = reader.get_historical_resolver(0)
    now = reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
    # pyHanko's own comparison starts at a signature; here the first revision has none yet
    old = reader.xrefs.explicit_refs_in_revision(0)
    about = getattr(_raw_or_none(reader.trailer, "/Info"), "reference", None)
    for revision in range(1, reader.xrefs.total_revisions):
        if reader.xrefs.refs_freed_in_revision(revision) & old:
            return True
        redefined = reader.xrefs.explicit_refs_in_revision(revision) & old
        if any(not _is_signing(before(r), now(r)) for r in redefined - {about}):
            return True
    return False


# objects that signing redefines, by type, and the entries of them that it may set
_SET_BY_SIGNING = {
    "/Catalog": {"/AcroForm", "/Perms", "/DSS", "/Extensions", "/Metadata", "/Version"},
    "/Page": {"/Annots", "/Tabs"},
}
_SET_IN_A_FORM = {"/Fields", "/SigFlags", "/DR", "/DA"}
_SET_IN_A_FIELD = {"/V", "/AP", "/Lock", "/SV", "/M"}


def _is_signing(old: Any, new: Any) -> bool:
    """Return whether ``new`` differs from ``old`` only by signatures."""
    if isinstance(old, ArrayObject) and isinstance(new, ArrayObject):
        return _adds_signatures(old, new)
    if not isinstance(old, DictionaryObject) or not isinstance(new, DictionaryObject):
        return bool(old == new)
    if old.get("/Type") == "/Metadata":
        return True
    changed = {key for key in {*old, *new} if _raw(old, key) != _raw(new, key)}
    if "/Fields" in old:
        allowed = _SET_IN_A_FORM
    elif old.get("/FT") == "/Sig":
        allowed = _SET_IN_A_FIELD
    else:
        allowed = _SET_BY_SIGNING.get(str(old.get("/Type", "")), set())
    if isinstance(old, StreamObject) and old.data != getattr(new, "data", None):
        return False
    lists = {key for key in ("/Annots", "/Fields") if key in changed}
    return changed <= allowed and all(
        _adds_signatures(old.get(key, ArrayObject()), new.get(key, ArrayObject())) for key in lists
    )


def _adds_signatures(old: ArrayObject, new: ArrayObject) -> bool:
    kept = [_raw(old, n) for n in range(len(old))]
    added = [n for n in range(len(new)) if _raw(new, n) not in kept]
    return len(new) - len(added) >= len(old) and all(
        isinstance(new[n], DictionaryObject) and new[n].get("/FT") == "/Sig" for n in added
    )


def _raw_or_none(holder: Any, key: Any) -> Any:
    try:
        return holder.raw_get(key)
    except (KeyError, IndexError):
        return None


def _raw(holder: Any, key: Any) -> Any:
    """Return what stands at ``key``: a link as its number, which is the same in every revision."""
    value = _raw_or_none(holder, key)
    if isinstance(value, IndirectObject):
        return value.idnum, value.generation
    return value


class DemoSigner:
    """A signing authority for demonstrations and tests, in memory, made new each time.

    Its certificates say so in their names. It is not BSrE nor any recognised authority.
    """

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._name = _subject("CONTOH - bukan BSrE")
        self._root = self._certificate(self._name, self._key, ca=True)
        self._signers: dict[str, signers.SimpleSigner] = {}
        self._revoked: list[x509.RevokedCertificate] = []

    @property
    def trust(self) -> Trust:
        """What a reader needs to check this authority: its root, and whom it has revoked."""
        return Trust(roots=(self.root,), crls=(self.crl(),))

    def revoke(self, signer_name: str) -> None:
        """Withdraw the certificate of ``signer_name``, from the authority's own time on."""
        certificate = self._signers[signer_name].signing_cert
        if certificate is None:
            raise RuntimeError("the demonstration certificate cannot be loaded")
        entry = x509.RevokedCertificateBuilder().serial_number(int(certificate.serial_number))
        self._revoked.append(entry.revocation_date(self._now).build())

    def crl(self, days: int = 7) -> bytes:
        """Return the list of revoked certificates (DER), good for ``days`` from yesterday on."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(self._now - dt.timedelta(days=1))
            .next_update(self._now + dt.timedelta(days=days - 1))
            .add_extension(x509.CRLNumber(len(self._revoked) + 1), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        for entry in self._revoked:
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    @property
    def root(self) -> bytes:
        """The authority's certificate (PEM), to be trusted in a demonstration only."""
        return self._root.public_bytes(serialization.Encoding.PEM)

    def sign(self, data: bytes, signer_name: str, reason: str = "") -> bytes:
        """Return the PDF ``data`` signed in the name of ``signer_name``, as an increment to it."""
        if signer_name not in self._signers:
            self._signers[signer_name] = self._signer(signer_name)
        writer = IncrementalPdfFileWriter(io.BytesIO(data))
        field = "Signature-" + hashlib.sha256(signer_name.encode()).hexdigest()[:8]
        output = signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=field, md_algorithm="sha256", reason=reason or None, name=signer_name
            ),
            signer=self._signers[signer_name],
            new_field_spec=SigFieldSpec(field),
        ).sign_pdf(writer)
        return bytes(output.getbuffer())

    def _signer(self, name: str) -> signers.SimpleSigner:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        certificate = self._certificate(_subject(name), key, ca=False)
        bundle = pkcs12.serialize_key_and_certificates(
            None, key, certificate, [self._root], serialization.NoEncryption()
        )
        signer: signers.SimpleSigner | None = signers.SimpleSigner.load_pkcs12_data(bundle, ())
        if signer is None:
            raise RuntimeError("the demonstration certificate cannot be loaded")
        return signer

    def _certificate(
        self, subject: x509.Name, key: rsa.RSAPrivateKey, *, ca: bool
    ) -> x509.Certificate:
        usage = {
            "digital_signature": not ca,
            "content_commitment": not ca,
            "key_cert_sign": ca,
            "crl_sign": ca,
        }
        unused = (
            *("key_encipherment", "data_encipherment", "key_agreement"),
            *("encipher_only", "decipher_only"),
        )
        # never asked, as no network is used; but an OCSP answer counts only where one is named
        responder = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP,
            x509.UniformResourceIdentifier("http://ocsp.contoh.invalid"),
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - dt.timedelta(days=1))
            .not_valid_after(self._now + dt.timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage, **dict.fromkeys(unused, False)), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .add_extension(x509.AuthorityInformationAccess([responder]), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def sign_pdf(data: bytes, signer_name: str, now: dt.datetime) -> bytes:
    """Return ``data`` signed by a demonstration authority of its own, that nobody trusts."""
    return DemoSigner(now).sign(data, signer_name)


def _subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CONTOH - bukan BSrE"),
        ]
    )
