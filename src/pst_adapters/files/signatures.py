"""Electronic signatures in PDF files, by pyHanko: reading them, and signing for demonstrations.

What counts is pyHanko's bottom line and that the signature covers the whole file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import logging

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from pst_core.documents.facts import SignatureFacts

__all__ = ["DemoSigner", "read_signatures", "sign_pdf"]


def read_signatures(data: bytes, trust_roots: tuple[bytes, ...]) -> tuple[SignatureFacts, ...]:
    """Return the signatures in ``data``, in the order they were made. No network is used."""
    # it logs a traceback for each certificate it does not know; that is an ordinary answer here
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    roots = [cert for root in trust_roots for cert in load_certs_from_pemder_data(root)]
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    found = []
    for signature in reader.embedded_signatures:
        status = validate_pdf_signature(signature, context)
        subject = signature.signer_cert.subject.native if signature.signer_cert else {}
        found.append(
            SignatureFacts(
                signer=str(subject.get("common_name", "")),
                # what was added later may be another signature, nothing else
                intact=bool(status.intact and status.valid and status.docmdp_ok),
                covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
                trusted=bool(status.trusted),
                when=status.signer_reported_dt,
                revoked=bool(status.revoked),
            )
        )
    return tuple(found)


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
