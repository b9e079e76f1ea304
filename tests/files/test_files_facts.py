"""A corpus made here: honest files pass, each hostile kind is found out (T13)."""

import datetime as dt
import io
import json
import struct
import time
import zipfile
import zlib

import attrs
import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from pst_adapters.files import (
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
    errors,
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


def faults(data, authority, filled=FILLED):
    facts = read_facts_safely(data, "sppd.pdf", authority.trust)
    found = check_signed_agreement(facts, filled, ("Siti",))
    return {f.code for f in found} - {"stamp-duty-not-judged"}


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
    issued = read_facts(PDF, "sppd.pdf")
    for data, codes in ((changed.getvalue(), {"agreement-changed"}), (PDF, set())):
        facts = read_facts(authority.sign(data, "Siti"), "sppd.pdf", authority.trust)
        found = check_signed_agreement(facts, FILLED, ("Siti",), None, issued)
        assert {f.code for f in found} - {"stamp-duty-not-judged"} == codes


def test_S17_content_added_after_signing_is_refused(authority, signed):
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    assert faults(out.getvalue(), authority) & {"signature-not-whole", "signature-broken"}


def test_S17_unknown_certificate_is_refused(authority):
    assert faults(sign_pdf(PDF, "Siti", NOW), authority) == {"certificate-unknown"}


def test_S17_expired_certificate_is_refused():
    old = DemoSigner(NOW - dt.timedelta(days=800))
    assert faults(old.sign(PDF, "Siti"), old) == {"certificate-expired"}


def test_S17_signature_of_another_person_is_refused(authority):
    assert faults(authority.sign(PDF, "Budi"), authority) == {"signer-missing"}


def test_facts_are_the_same_after_json_and_in_the_child(authority, signed):
    facts = read_facts(signed, "sppd.pdf", authority.trust)
    assert facts_from_json(facts_to_json(facts)) == facts
    assert read_facts_safely(signed, "sppd.pdf", authority.trust) == facts


# --- honest files -------------------------------------------------------------------------------


def text_pdf(*lines, extra=None):
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
    if extra:
        extra(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def png(width=10, height=10):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = zlib.compress((b"\0" + b"\xff" * 3 * 10) * 10)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def jpeg(width=10, height=10):
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + bytes(9)
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + frame + b"\xff\xda" + bytes(20) + b"\xff\xd9"
    )


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def linked(writer):
    writer.add_uri(0, "https://bps.example", pypdf.generic.RectangleObject((0, 0, 9, 9)))


HONEST = {
    "typst.pdf": PDF,
    "pypdf.pdf": text_pdf(b"Surat permintaan data"),
    "link.pdf": text_pdf(b"Lihat situs", extra=linked),
    "many.pdf": text_pdf(*[b"baris"] * 200),
    "lead.pdf": b"\n" + text_pdf(b"a"),
    "scan.png": png(),
    "scan.jpg": jpeg(),
    "SCAN.JPEG": jpeg(2000, 3000),
}


@pytest.mark.parametrize("name", HONEST)
def test_T13_honest_file_is_not_refused(name):
    found = check_upload(read_facts_safely(HONEST[name], name), "letter")
    assert found == ()


# --- hostile files ------------------------------------------------------------------------------


def with_root(key, value):
    return lambda writer: writer._root_object.update({NameObject(key): value})


def action(kind, **more):
    return DictionaryObject(
        {
            NameObject("/S"): NameObject(kind),
            **{NameObject(f"/{k}"): TextStringObject(v) for k, v in more.items()},
        }
    )


def encrypted(writer):
    writer.encrypt("rahasia", algorithm="RC4-128")


def hidden_script(writer):
    writer._add_object(action("/JavaScript", JS="app.alert(1)"))


def bomb(writer):
    stream = StreamObject()
    stream._data = zlib.compress(bytes(300_000_000), 1)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)


def cyclic(writer):
    pages = writer._root_object["/Pages"]
    pages["/Kids"].append(pages.indirect_reference)


def nested(depth=100_000):
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X " + b"[" * depth + b"]" * depth
        + b">>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
        b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
    )  # fmt: skip


def attached(writer):
    writer.add_attachment("a.exe", b"MZ")


BASE = HONEST["pypdf.pdf"]
JS = {"JS": "app.alert(1)"}
HOSTILE = {
    "empty": (b"", "file-empty"),
    "html": (b"<!doctype html><script>alert(1)</script>", "file-type"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "file-type"),
    "exe": (b"MZ" + bytes(500), "file-type"),
    "elf": (b"\x7fELF" + bytes(500), "file-type"),
    "shell": (b"#!/bin/sh\nrm -rf /\n", "file-type"),
    "zip": (zipped(a=b"x"), "file-type"),
    "docx": (zipped(**{"word/document.xml": b"x"}), "file-type"),
    "slip": (zipped(**{"../../etc/cron.d/x": b"x"}), "file-type"),
    "zip-bomb": (zipped(a=bytes(300_000_000)), "file-too-big"),
    "noise": (bytes(range(256)) * 20, "file-type"),
    "csv": (b"a,b\n1,2\n", "file-type"),
    "half": (BASE[: len(BASE) // 2], "file-damaged"),
    "tail-cut": (PDF[:-3000], "file-damaged"),
    "only-head": (b"%PDF-1.7\n", "file-damaged"),
    "pdf-zip": (PDF + zipped(a=b"x"), "file-polyglot"),
    "html-pdf": (b"<html><script>1</script>" + BASE, "file-polyglot"),
    "exe-pdf": (b"MZ" + bytes(100) + BASE, "file-polyglot"),
    "png-pdf": (png()[:100] + BASE, "file-polyglot"),
    "php-png": (png()[:40] + b"<?php system($_GET[0]);?>" + png()[40:], "file-polyglot"),
    "encrypted": (text_pdf(b"a", extra=encrypted), "file-encrypted"),
    "open-script": (
        text_pdf(b"a", extra=with_root("/OpenAction", action("/JavaScript", **JS))), "file-active",
    ),
    "hidden-script": (text_pdf(b"a", extra=hidden_script), "file-active"),
    "launch": (
        text_pdf(b"a", extra=with_root("/OpenAction", action("/Launch", F="c"))), "file-active",
    ),
    "submit": (
        text_pdf(b"a", extra=with_root("/OpenAction", action("/SubmitForm", F="x"))), "file-active",
    ),
    "remote": (
        text_pdf(b"a", extra=with_root("/OpenAction", action("/GoToR", F="x"))), "file-active",
    ),
    "automatic": (
        text_pdf(b"a", extra=with_root("/AA", DictionaryObject())), "file-active",
    ),
    "named-script": (
        text_pdf(b"a", extra=with_root("/Names", DictionaryObject({
            NameObject("/JavaScript"): DictionaryObject()}))), "file-active",
    ),
    "xfa": (
        text_pdf(b"a", extra=with_root(
            "/AcroForm", DictionaryObject({NameObject("/XFA"): ArrayObject()}))), "file-active",
    ),
    "attachment": (text_pdf(b"a", extra=attached), "file-active"),
    "bomb": (text_pdf(b"a", extra=bomb), None),
    "cyclic-pages": (text_pdf(b"a", extra=cyclic), None),
    "nested": (nested(), None),
    "huge-count": (BASE.replace(b"/Count 1", b"/Count 9" * 1), None),
    "png-flood": (png(100_000, 100_000), "file-too-big"),
    "jpeg-flood": (jpeg(65_000, 65_000), "file-too-big"),
    "png-cut": (png()[:-8], "file-damaged"),
    "jpeg-cut": (jpeg()[:-2], "file-damaged"),
    "jpeg-no-frame": (b"\xff\xd8\xff\xe0" + bytes(50) + b"\xff\xd9", "file-damaged"),
}  # fmt: skip
HARMLESS_IF_READ = {"huge-count"}


@pytest.mark.parametrize("name", HOSTILE)
def test_T13_hostile_file_is_stopped_within_its_limits(name):
    data, code = HOSTILE[name]
    facts = read_facts_safely(data, "surat.pdf", seconds=2, megabytes=256)
    found = {f.code for f in errors(check_upload(facts, "letter"))}
    if code:
        assert code in found
    elif name not in HARMLESS_IF_READ:
        assert found


@pytest.mark.slow
@pytest.mark.parametrize("more", [b"\n%x", b"\n" * 50, b"\n%" + b"y" * 900])
def test_T13_padding_hides_no_active_content(more):
    # padding must not be what stops it: the same finding as without
    for name, (data, code) in HOSTILE.items():
        if code == "file-active":
            facts = read_facts_safely(data + more, "surat.pdf", seconds=2, megabytes=256)
            assert facts.problem == "", name
            assert code in {f.code for f in check_upload(facts, "letter")}, name


@pytest.mark.slow
def test_T13_each_cut_and_each_flip_is_a_finding_or_a_fact_never_a_crash():
    for n in range(0, len(BASE), 7):
        for data in (BASE[:n], BASE[:n] + bytes([BASE[n] ^ 0xFF]) + BASE[n + 1 :]):
            facts = read_facts(data, "x.pdf")
            assert facts.bytes == len(data)
            check_upload(facts, "letter")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"a,b\n1,2\n", "text/csv"),
        (b"satu kalimat saja", "text/plain"),
        (b'{"a": 1}', "application/json"),
        (b'{"type": "FeatureCollection", "features": []}', "application/geo+json"),
        (zipped(a=b"x"), "application/zip"),
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (PDF, "application/pdf"),
        (b"\xff\xfe\0", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b'{"a":' * 50_000, "text/plain"),
    ],
)
def test_type_is_by_content(data, media_type):
    assert read_facts(data, "x.exe").media_type == media_type


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\sppd.pdf", "sppd.pdf"),
        ("a\0b\r\n.pdf", "ab.pdf"),
        ("gnp\u202efdp.exe", "gnpfdp.exe"),
        ("x" * 300, "x" * 200),
    ],
)
def test_T13_name_with_path_tricks_is_shown_harmless_and_never_a_path(tmp_path, given, shown):
    assert read_facts(PDF, given).name == shown
    assert given not in FolderBlobs(tmp_path).put(PDF)


def test_T13_slow_child_is_ended(monkeypatch):
    start = time.monotonic()
    facts = read_facts_safely(text_pdf(*[b"x" * 50] * 200_000), "x.pdf", seconds=1, megabytes=2000)
    assert facts.problem in ("", "too-slow")
    assert time.monotonic() - start < 8


def test_facts_are_plain_json():
    assert json.loads(facts_to_json(read_facts(PDF, "a.pdf")))["pages"] == 1
