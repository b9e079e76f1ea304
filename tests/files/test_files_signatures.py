"""Signed agreements, really signed: each way to cheat is refused with its own reason (S17, R6)."""

import datetime as dt
import functools
import hashlib
import io

import attrs
import pytest
from asn1crypto.crl import CertificateList
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, NumberObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pst_adapters.files import Trust, load_trust, read_facts, read_facts_safely
from pst_adapters.files.signatures import DemoSigner
from pst_adapters.pdf import TypstRenderer
from pst_core.documents import (
    AgreementTerms,
    agreement_text,
    check_signed_agreement,
    errors,
    load_agreement,
)
from pst_core.documents.papers import Agreement, Letterhead, Person
from pst_core.refusal import BadInput

NOW = dt.datetime.now(dt.UTC)
TERMS = AgreementTerms("B-1", "R-1", dt.date(2026, 11, 24), "BPS Contoh", "Siti", ("Susenas",))
FILLED = agreement_text(load_agreement(), TERMS)
PDF = TypstRenderer().render(
    Agreement(
        Letterhead("BPS Contoh", "PST", "Jalan Contoh 1"),
        NOW, FILLED, Person("Kepala", "Kepala BPS"), Person("Siti", "Undip"),
    )
)  # fmt: skip


@pytest.fixture
def authority():
    return DemoSigner(NOW)


def faults(data, trust, issued=(), wanted=("Siti",)):
    facts = read_facts(data, "sppd.pdf", trust)
    found = errors(check_signed_agreement(facts, FILLED, wanted, None, issued))
    return {f.code for f in found} - {"stamp-duty-not-judged"}


def with_picture(data, places=((60, 400, 400, 120),)):
    """Lay a white picture over the first page by an increment, as one would to hide a clause."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    white = zlib_image()
    pictures = DictionaryObject({NameObject("/Hide"): writer.add_object(white)})
    resources = DictionaryObject({NameObject("/XObject"): pictures})
    drawn = " ".join(f"q {w} 0 0 {h} {x} {y} cm /Hide Do Q" for x, y, w, h in places)
    stream = StreamObject(stream_data=drawn.encode())
    writer.add_stream_to_page(0, writer.add_object(stream), resources)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zlib_image():
    pixels = Image.new("RGB", (4, 4), "white").tobytes()
    return StreamObject(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(4),
            NameObject("/Height"): NumberObject(4),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
        },
        stream_data=pixels,
    )


@functools.cache
def stamper():
    """Return an authority for timestamps that signs for itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cap waktu contoh")])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=1)).not_valid_after(NOW + dt.timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return DummyTimeStamper(
        Certificate.load(made.public_bytes(serialization.Encoding.DER)),
        PrivateKeyInfo.load(private),
        SimpleCertificateStore(),
    )


def timestamped(data):
    """Return ``data`` with a timestamp of the whole document, as PAdES LTA has it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    return PdfTimeStamper(stamper()).timestamp_pdf(writer, "sha256").getvalue()


def with_proof(data, authority):
    """Return ``data`` with the authority's list of revoked ones added to it, as PAdES LT has it."""
    out = io.BytesIO(data)
    lists = [CertificateList.load(authority.crl())]
    DocumentSecurityStore.add_dss(out, None, crls=lists)
    return out.getvalue()


@pytest.mark.slow
def test_S17_proof_that_a_signing_service_adds_is_no_change(authority):
    signed = authority.sign(PDF, "Siti")
    for data in (
        timestamped(signed),
        with_proof(signed, authority),
        timestamped(with_proof(signed, authority)),
        authority.sign(timestamped(authority.sign(PDF, "Kepala")), "Siti"),
    ):
        assert data.startswith(PDF)
        assert read_facts(data, "sppd.pdf").problem == ""
        assert faults(data, authority.trust, (hashlib.sha256(PDF).hexdigest(),)) == set()


def test_S17_a_timestamp_is_no_signature_and_hides_no_change(authority):
    assert faults(timestamped(PDF), authority.trust) == {"not-signed"}
    signed = authority.sign(PDF, "Siti")
    hidden = faults(timestamped(with_picture(signed)), authority.trust)
    assert hidden & {"signature-broken", "signature-not-whole"}
    more = with_proof(signed, authority) + b"\n5. BPS setuju."
    assert faults(more, authority.trust) == {"signature-not-whole"}


@pytest.mark.slow
def test_S17_both_parties_signed_and_nobody_is_revoked(authority):
    both = authority.sign(authority.sign(PDF, "Kepala"), "Siti")
    issued = (hashlib.sha256(PDF).hexdigest(),)
    assert faults(both, authority.trust, issued, ("Siti", "Kepala")) == set()
    facts = read_facts_safely(both, "sppd.pdf", authority.trust)
    assert facts == read_facts(both, "sppd.pdf", authority.trust)
    assert [s.doubt for s in facts.signatures] == ["", ""]


def test_S17_revoked_certificate_is_refused_by_the_list(authority):
    signed = authority.sign(PDF, "Siti")
    assert faults(signed, authority.trust) == set()
    authority.revoke("Siti")
    assert faults(signed, authority.trust) == {"certificate-revoked"}


def test_S17_revoking_one_does_not_touch_another(authority):
    authority.sign(PDF, "Budi")
    authority.revoke("Budi")
    assert faults(authority.sign(PDF, "Siti"), authority.trust) == set()


def answer(authority, name, status):
    """Return what the authority's OCSP responder would answer about ``name``."""
    der = authority._signers[name].signing_cert.dump()
    from cryptography import x509

    bad = status == ocsp.OCSPCertStatus.REVOKED
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=x509.load_der_x509_certificate(der),
            issuer=authority._root,
            algorithm=hashes.SHA256(),
            cert_status=status,
            this_update=NOW - dt.timedelta(hours=1),
            next_update=NOW + dt.timedelta(days=1),
            revocation_time=NOW - dt.timedelta(hours=1) if bad else None,
            revocation_reason=x509.ReasonFlags.key_compromise if bad else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, authority._root)
        .certificates([authority._root])
        .sign(authority._key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [("GOOD", set()), ("REVOKED", {"certificate-revoked"})],
)
def test_S17_revoked_certificate_is_refused_by_ocsp(authority, status, expected):
    signed = authority.sign(PDF, "Siti")
    said = answer(authority, "Siti", ocsp.OCSPCertStatus[status])
    assert faults(signed, Trust((authority.root,), ocsps=(said,))) == expected


def test_S17_stale_list_proves_nothing(authority):
    signed = authority.sign(PDF, "Siti")
    stale = attrs.evolve(authority.trust, crls=(authority.crl(days=0),))
    assert faults(signed, stale) == {"revocation-unknown"}


def test_S17_list_of_another_authority_proves_nothing(authority):
    signed = authority.sign(PDF, "Siti")
    wrong = attrs.evolve(authority.trust, crls=(DemoSigner(NOW).crl(),))
    assert faults(signed, wrong) == {"revocation-unknown"}


def test_S17_without_any_list_the_officer_is_warned(authority):
    facts = read_facts(authority.sign(PDF, "Siti"), "sppd.pdf", Trust((authority.root,)))
    found = check_signed_agreement(facts, FILLED, ("Siti",))
    assert [(f.code, f.severity) for f in found] == [
        ("revocation-not-checked", "warning"),
        ("stamp-duty-not-judged", "error"),
    ]


def test_S17_unknown_certificate_is_refused_with_a_name_that_others_trust(authority):
    other = DemoSigner(NOW)
    signed = other.sign(PDF, "Siti")
    assert faults(signed, authority.trust) == {"certificate-unknown"}
    assert faults(signed, Trust()) == {"certificate-unknown"}


@pytest.mark.slow
def test_S17_expired_certificate_is_refused():
    old = DemoSigner(NOW - dt.timedelta(days=800))
    trust = Trust((old.root,))
    assert faults(old.sign(PDF, "Siti"), trust) == {"certificate-expired"}


@pytest.mark.slow
def test_S17_picture_over_the_text_after_signing_is_noticed(authority):
    signed = authority.sign(PDF, "Siti")
    hidden = with_picture(signed)
    # the words are all still there: only the signature can tell
    words = [read_facts(data, "x.pdf").text_found.split() for data in (hidden, PDF)]
    assert words[0] == words[1]
    assert "signature-broken" in faults(hidden, authority.trust)
    # a later signature over the whole file does not heal it
    again = authority.sign(hidden, "Kepala")
    assert "signature-broken" in faults(again, authority.trust)


def test_S17_picture_over_the_text_before_signing_is_noticed(authority):
    hidden = authority.sign(with_picture(PDF), "Siti")
    assert faults(hidden, authority.trust) == {"agreement-changed"}


def test_S17_rewritten_file_is_noticed_against_the_issued_one(authority):
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(with_picture(PDF))) as file:
        file.save(out)
    signed = authority.sign(out.getvalue(), "Siti")
    assert faults(signed, authority.trust, (hashlib.sha256(PDF).hexdigest(),)) == {
        "agreement-changed"
    }


@pytest.mark.slow
def test_S17_each_flipped_byte_of_a_signed_file_is_noticed(authority):
    signed = authority.sign(PDF, "Siti")
    for place in range(200, len(PDF), len(PDF) // 12):
        changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        assert faults(changed, authority.trust), place


def test_trust_is_a_folder(tmp_path, authority):
    for part in ("roots", "crls", "ocsps", "intermediates"):
        (tmp_path / part).mkdir()
    (tmp_path / "roots" / "induk.pem").write_bytes(authority.root)
    (tmp_path / "crls" / "induk.crl").write_bytes(authority.crl())
    assert load_trust(tmp_path) == attrs.evolve(authority.trust, crls=load_trust(tmp_path).crls)
    assert faults(authority.sign(PDF, "Siti"), load_trust(tmp_path)) == set()


@pytest.mark.parametrize(
    ("part", "name", "data", "code"),
    [
        ("crls", "induk.crl", b"<html>404</html>", "trust-file"),
        ("crls", "induk.txt", b"", "trust-file"),
        ("ocsps", "jawab.ors", b"x", "trust-file"),
        ("roots", "induk.pem", b"-----BEGIN CERTIFICATE-----\nx", "trust-file"),
        ("nothing", "x", b"", "trust-without-roots"),
    ],
)
def test_trust_folder_that_would_let_revoked_people_sign_is_refused(
    tmp_path, part, name, data, code
):
    (tmp_path / part).mkdir()
    (tmp_path / part / name).write_bytes(data)
    with pytest.raises(BadInput) as refused:
        load_trust(tmp_path)
    assert refused.value.code == code
