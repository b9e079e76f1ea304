"""The signed agreement as a file (S17), facts as values, and names that users give to files."""

import datetime as dt
import functools
import io
import json
import subprocess
import sys

import attrs
import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from pst_adapters.files import (
    FileReader,
    FolderBlobs,
    facts_from_json,
    facts_to_json,
    read_facts,
    read_facts_safely,
)
from pst_adapters.files.signatures import DemoSigner, sign_pdf
from pst_adapters.pdf import TypstRenderer
from pst_core.documents import (
    AgreementTerms,
    agreement_text,
    check_signed_agreement,
    check_upload,
    load_agreement,
)
from pst_core.documents.papers import Agreement, Letterhead, Person

NOW = dt.datetime.now(dt.UTC)
HEAD = Letterhead("BPS Contoh", "PST", "Jalan Contoh 1")


def agreement(number="B-1", office="BPS Contoh"):
    terms = AgreementTerms(number, "R-1", dt.date(2026, 11, 24), office, "Siti", ("Susenas",))
    return agreement_text(load_agreement(), terms)


def pdf_of(filled):
    paper = Agreement(HEAD, NOW, filled, Person("Kepala", "Kepala BPS"), Person("Siti", "Undip"))
    return TypstRenderer().render(paper)


FILLED = agreement()
PDF = pdf_of(FILLED)


@pytest.fixture(scope="module")
def authority():
    return DemoSigner(NOW)


@pytest.fixture(scope="module")
def signed(authority):
    return authority.sign(PDF, "Siti")


@functools.cache
def reader_of(authority):
    return FileReader(authority.trust)


@pytest.fixture(scope="module", autouse=True)
def _ended(authority):
    yield
    reader_of(authority).close()


def faults(data, authority, filled=FILLED):
    facts = reader_of(authority).read(data, "sppd.pdf")
    found = check_signed_agreement(facts, filled, ("Siti",))
    return {f.code for f in found} - {"stamp-duty-not-judged"}


@pytest.mark.slow
def test_S17_signed_agreement_proves_itself(authority, signed):
    assert faults(signed, authority) == set()
    assert faults(authority.sign(signed, "Kepala"), authority) == set()


def test_S17_unsigned_agreement_is_refused(authority):
    assert faults(PDF, authority) == {"not-signed"}


def test_S17_agreement_of_another_request_is_refused(authority, signed):
    assert faults(signed, authority, agreement("B-2")) == {"another-agreement"}


def test_S17_tampered_agreement_is_refused(authority, signed):
    place = signed.index(b"/BaseFont")
    broken = signed[:place] + b"/BaseFonT" + signed[place + 9 :]
    assert "signature-broken" in faults(broken, authority)


def test_S17_text_changed_before_signing_is_refused(authority):
    # the code of the true agreement on another text, signed by the right person
    false = attrs.evolve(FILLED, clauses=FILLED.clauses[:2])
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(false)))
    code = FILLED.code.encode()
    page = writer.pages[0]
    page.merge_page(pypdf.PdfReader(io.BytesIO(text_pdf(code))).pages[0])
    changed = io.BytesIO()
    writer.write(changed)
    found = faults(authority.sign(changed.getvalue(), "Siti"), authority)
    assert found & {"agreement-changed", "another-agreement"}


def test_S17_clause_added_before_signing_is_refused(authority):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(PDF))
    writer.pages[0].merge_page(pypdf.PdfReader(io.BytesIO(text_pdf(b"5. BPS setuju."))).pages[0])
    changed = io.BytesIO()
    writer.write(changed)
    issued = read_facts(PDF, "sppd.pdf").revisions
    for data, codes in ((changed.getvalue(), {"agreement-changed"}), (PDF, set())):
        facts = read_facts(authority.sign(data, "Siti"), "sppd.pdf", authority.trust)
        found = check_signed_agreement(facts, FILLED, ("Siti",), None, issued=issued)
        assert {f.code for f in found} - {"stamp-duty-not-judged"} == codes


@pytest.mark.slow
def test_S17_content_added_after_signing_is_refused(authority, signed):
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    assert faults(out.getvalue(), authority) & {"signature-not-whole", "signature-broken"}


@pytest.mark.slow
def test_S17_unknown_certificate_is_refused(authority):
    assert faults(sign_pdf(PDF, "Siti", NOW), authority) == {"certificate-unknown"}


@pytest.mark.slow
def test_S17_expired_certificate_is_refused():
    old = DemoSigner(NOW - dt.timedelta(days=800))
    assert faults(old.sign(PDF, "Siti"), old) == {"certificate-expired"}
    reader_of(old).close()


def test_S17_signature_of_another_person_is_refused(authority):
    assert faults(authority.sign(PDF, "Budi"), authority) == {"signer-missing"}


@pytest.mark.slow
def test_facts_are_the_same_after_json_and_in_the_child(authority, signed):
    facts = read_facts(signed, "sppd.pdf", authority.trust)
    assert facts_from_json(facts_to_json(facts)) == facts
    assert read_facts_safely(signed, "sppd.pdf", authority.trust) == facts


# --- damage, and names --------------------------------------------------------------------------


def text_pdf(*lines):
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    stream = StreamObject()
    stream.set_data(
        b"BT /F1 12 Tf 50 800 Td "
        + b" ".join(b"(" + line + b") Tj 0 -14 Td" for line in lines)
        + b" ET"
    )
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


BASE = text_pdf(b"Surat permintaan data")


@pytest.mark.slow
def test_T13_each_cut_and_each_flip_is_a_finding_or_a_fact_never_a_crash():
    for n in range(0, len(BASE), 7):
        for data in (BASE[:n], BASE[:n] + bytes([BASE[n] ^ 0xFF]) + BASE[n + 1 :]):
            facts = read_facts(data, "x.pdf")
            assert facts.bytes == len(data)
            check_upload(facts, "letter")


@pytest.mark.parametrize(
    ("given", "shown", "marks"),
    [
        ("../../etc/passwd", "passwd", ("name-path",)),
        ("..\\..\\boot.ini", "boot.ini", ("name-path",)),
        ("C:\\Users\\a\\sppd.pdf", "sppd.pdf", ()),  # old browsers send the whole path
        ("a\0b\r\n.pdf", "ab.pdf", ("name-letters",)),
        ("gnp\u202efdp.exe", "gnpfdp.exe", ("name-letters",)),
        ("\udc80.pdf", ".pdf", ("name-letters",)),
        ("x" * 300, "x" * 200, ("name-long",)),
        ("surat Ibu 👩‍👧 (1) – é.pdf", "surat Ibu 👩👧 (1) – é.pdf", ()),
    ],
)
def test_T13_name_with_path_tricks_is_a_finding_and_never_a_path(tmp_path, given, shown, marks):
    facts = read_facts(BASE, given)
    assert (facts.name, facts.marks) == (shown, marks)
    assert given not in FolderBlobs(tmp_path).put(BASE)
    found = {f.code for f in check_upload(facts, "letter")} - {"file-name-lies"}
    wanted = {"name-path": "file-name-tricks", "name-letters": "file-name-tricks"}
    assert found == {wanted.get(mark, "file-name-long") for mark in marks}


def test_T13_the_process_that_reads_loads_no_desk():
    """It is started for files from outside: each second of its start is an applicant's wait."""
    code = "import sys; import pst_adapters.files.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "pst_adapters.files.reader" in loaded
    assert not loaded & {"pst_core.desk", "pst_core.request", "pypdf", "pyhanko", "cryptography"}


def test_facts_are_plain_json():
    assert json.loads(facts_to_json(read_facts(PDF, "a.pdf")))["pages"] == 1
