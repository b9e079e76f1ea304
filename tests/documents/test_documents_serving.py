"""A file from outside goes out as something to save, under a name that nobody outside chose."""

from __future__ import annotations

import email.message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_core.documents import FileFacts
from pst_core.documents.serving import download_headers, kept_name, our_name

HOSTILE = [
    "ktp.pdf\r\nSet-Cookie: a=b", "ktp.pdf\"; filename=\"x.html", "../../etc/passwd",
    "..\\..\\win.ini", "\u202efdp.exe", "a" * 5000, "x.html", "x.svg", ".htaccess", "", "con",
    "\u200b.pdf", "k\u0442p.pdf", "a;b", "%0d%0a", "'", "`id`", "$(id).pdf", "-rf", "a\0b.pdf",
]  # fmt: skip
KINDS = ["application/pdf", "text/html", "image/svg+xml", "application/x-executable", "a\r\nb: c"]


def facts(name: str, kind: str = "application/pdf") -> FileFacts:
    return FileFacts(name=name, bytes=7, sha256="ab" * 32, media_type=kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_word_of_the_users_name_goes_out(name: str, kind: str) -> None:
    headers = download_headers(facts(name, kind))
    for value in headers.values():
        assert value.isascii()
        assert value.isprintable()
    ending = "pdf" if kind == "application/pdf" else "bin"
    assert headers["Content-Disposition"] == f'attachment; filename="berkas-abababababab.{ending}"'


def test_nothing_is_shown_within_the_hosts_pages() -> None:
    headers = download_headers(facts("x.html", "text/html"))
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox;")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


@given(st.text(max_size=80), st.sampled_from(KINDS))
def test_a_name_of_the_office_is_made_plain(name: str, kind: str) -> None:
    file = facts(name, kind)
    made = our_name(name, file)
    headers = download_headers(file, made)
    read = email.message.Message()
    read["Content-Disposition"] = headers["Content-Disposition"]
    assert read.get_filename() == made
    stem, _, ending = made.rpartition(".")
    assert stem.replace("-", "").isalnum()
    assert stem.isascii()
    assert ending in ("pdf", "bin")
    assert len(made) < 80


def test_names_stay_readable() -> None:
    assert our_name("Rembang Dalam Angka é.pdf", facts("")) == "Rembang-Dalam-Angka-e-abababab.pdf"
    assert kept_name(facts("")) == "berkas-abababababab.pdf"
