import datetime as dt
import hashlib
import io
import json
import pickle
import subprocess
import sys

import attrs
import pypdf
import pypdfium2
import pytest

from pst_adapters.pdf import TypstRenderer, render_quote
from pst_core.documents import AgreementTerms, agreement_text, load_agreement
from pst_core.documents import papers as p
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.tariff import Publication

AT = dt.datetime(2026, 11, 24, 10, 5, 7, 123456, tzinfo=dt.timezone(dt.timedelta(hours=7)))
HEAD = p.Letterhead(
    "BPS Kabupaten Contoh", "Pelayanan Statistik Terpadu", "Jalan Contoh 1", "021 1", "a@b.id",
    "https://b.id", "Contoh",
)  # fmt: skip
WHO = p.Person("Rina, S.ST.", "Petugas", "NIP 1990")
LINES = (p.Line("Publikasi A", 140_000, "7 x Rp20.000", "PP 13/2024"), p.Line("Data B", 84_000))
FILLED = agreement_text(
    load_agreement(),
    AgreementTerms("B-1", "R-1", AT.date(), "BPS Contoh", "Siti #panic() *b* $x$", ("Susenas",)),
)
PAPERS = {
    "invoice": p.Invoice(
        HEAD, "INV/1", AT, "R-1", "Siti #panic(\"x\") *b*", "Undip", LINES, "PP 13/2024",
        dt.date(2026, 12, 1), "820261124465628", "Catatan", WHO, "https://pst.example/cek",
    ),
    "quote": p.QuotePaper(HEAD, AT, LINES, "PP 13/2024", AT.date()),
    "agreement": p.Agreement(HEAD, AT, FILLED, WHO, p.Person("Siti", "Undip")),
    "receipt": p.Receipt(
        HEAD, "KW/1", AT, "Siti", 1_001_000, "Produk statistik", "INV/1", WHO,
        ntpn="1A2B3C4D5E6F7G8H", ntb="0001", reissued=True,
    ),
    "sample": p.SampleCover(
        HEAD, "CD/1", AT, "R-1", "Siti", "Susenas", "c.csv", "0" * 64, 10, 1000,
        (p.Variable("R101", "Provinsi", "teks"),),
    ),
    "ticket": p.QueueTicket(HEAD, "A-007", AT, 3),
    "history": p.History(
        HEAD, "RW/1", AT, "R-1", "Siti", "Susenas",
        (p.HistoryRow(AT, "S9", "Permintaan diajukan", "Siti", "pengguna"),),
    ),
}  # fmt: skip
RENDERER = TypstRenderer()


def text_of(data):
    reader = pypdf.PdfReader(io.BytesIO(data))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("name", PAPERS)
def test_S13_each_paper_is_a_tagged_archive_pdf_in_its_language(name, lang):
    data = RENDERER.render(attrs.evolve(PAPERS[name], lang=lang))
    root = pypdf.PdfReader(io.BytesIO(data)).trailer["/Root"]
    meta = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in meta
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in meta
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(lang)
    pages = pypdfium2.PdfDocument(data)
    # the English agreement bears the Indonesian one too
    assert len(pages) == (2 if (name, lang) == ("agreement", "en") else 1)
    pages.close()


def test_same_papers_are_the_same_bytes_in_another_process():
    papers = [attrs.evolve(x, lang=lang) for x in PAPERS.values() for lang in ("id", "en")]
    code = "import sys,pickle,hashlib;from pst_adapters.pdf import TypstRenderer;r=TypstRenderer();"
    code += "papers=pickle.load(sys.stdin.buffer);"
    code += "print(*(hashlib.sha256(r.render(p)).hexdigest() for p in papers))"
    other = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(papers),
        capture_output=True,
        check=True,
        cwd="/",
    ).stdout
    mine = [hashlib.sha256(RENDERER.render(paper)).hexdigest() for paper in papers]
    assert other.decode().split() == mine


def test_S13_invoice_shows_products_arithmetic_total_words_and_deadline():
    text = text_of(RENDERER.render(PAPERS["invoice"]))
    for fact in (
        "BPS KABUPATEN CONTOH", "INV/1", "24 November 2026, pukul 10.05 WIB", "Publikasi A",
        "7 x Rp20.000", "Rp140.000", "Rp84.000", "Rp224.000",
        "Dua ratus dua puluh empat ribu rupiah", "PP 13/2024", "1 Desember 2026",
        "820261124465628", "Rina, S.ST.", "Catatan", 'Siti #panic("x") *b*',
    ):  # fmt: skip
        assert fact in text


def test_S19_receipt_shows_amount_words_and_proof_of_payment():
    text = text_of(RENDERER.render(PAPERS["receipt"]))
    for fact in (
        "Rp1.001.000", "Satu juta seribu rupiah", "1A2B3C4D5E6F7G8H", "INV/1", "diterbitkan ulang",
    ):  # fmt: skip
        assert fact in text
    assert "Rp1,001,000" in text_of(RENDERER.render(attrs.evolve(PAPERS["receipt"], lang="en")))


def test_S13_agreement_bears_its_whole_text_and_code():
    text = text_of(RENDERER.render(PAPERS["agreement"]))
    assert FILLED.code in text
    assert "Rp10.000" in text
    for paragraph in FILLED.paragraphs()[1:]:
        assert " ".join(paragraph.split()) in text
    english = text_of(RENDERER.render(attrs.evolve(PAPERS["agreement"], lang="en")))
    for lang in ("id", "en"):
        for paragraph in FILLED.paragraphs(lang)[1:]:
            assert " ".join(paragraph.split()) in english


def test_S13_data_of_an_invoice_come_back_from_the_file():
    attachments = pypdf.PdfReader(io.BytesIO(RENDERER.render(PAPERS["invoice"]))).attachments
    data = json.loads(attachments["data.json"][0])
    assert data["total"] == "Rp224.000"
    assert data["digest"] == p.paper_digest(PAPERS["invoice"])


def test_S13_check_line_leads_to_number_and_digest():
    invoice = PAPERS["invoice"]
    digest = p.paper_digest(invoice)
    assert p.check_line(invoice) == f"https://pst.example/cek?n=INV%2F1&d={digest[:16]}&r=R-1"
    assert p.paper_digest(attrs.evolve(invoice, check_url="")) == digest
    assert p.paper_digest(attrs.evolve(invoice, number="INV/2")) != digest
    assert digest in p.check_line(attrs.evolve(invoice, check_url=""))


def test_long_invoice_keeps_its_total_on_the_last_page():
    data = RENDERER.render(attrs.evolve(PAPERS["invoice"], lines=LINES * 40))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    assert len(pages) > 2
    assert ["Jumlah seluruhnya" in page for page in pages].count(True) == 1
    assert "Uraian" in pages[1]


@pytest.mark.slow
def test_office_overrides_a_template_by_a_file(tmp_path):
    (tmp_path / "ticket.typ").write_text(
        '#set document(title: "T")\n= Kantor sendiri #d.number', encoding="utf-8"
    )
    own = TypstRenderer(tmp_path)
    assert "Kantor sendiri A-007" in text_of(own.render(PAPERS["ticket"]))
    assert text_of(own.render(PAPERS["receipt"])) == text_of(RENDERER.render(PAPERS["receipt"]))


@pytest.mark.parametrize(
    "source", ["#no-such()", '#read("/etc/passwd")', '#read("../../x")', '#import "x.typ": *']
)  # fmt: skip
def test_template_that_cannot_be_set_says_why(tmp_path, source):
    (tmp_path / "ticket.typ").write_text(source, encoding="utf-8")
    with pytest.raises(BadInput, match="cannot-render"):
        TypstRenderer(tmp_path).render(PAPERS["ticket"])


def test_what_is_no_paper_is_refused():
    with pytest.raises(BadInput, match="not-a-paper"):
        RENDERER.render("Tagihan")
    with pytest.raises(BadInput, match="no-template-folder"):
        TypstRenderer(__import__("pathlib").Path("/no/such/folder"))


def test_C1_quote_of_the_tariff_becomes_a_paper():
    office = Office.load("3317")
    quote = office.quote([Publication("Publikasi A", pages=312)], on=AT.date())
    text = text_of(render_quote(quote, office))
    assert "Dasar tarif: PP 13/2024" in text
    assert "Kepastian angka: anggapan." in text, "how sure the figures are stands on the paper"
    assert "assumed" not in text
    assert "Rp140.000" in text
    assert "Publikasi A" in text
    assert "bukan tagihan" in text


@pytest.mark.parametrize("letter", ["\u2d30", "\u4e2d"])
def test_letter_that_no_shipped_font_has_is_an_error_on_every_machine(letter):
    with pytest.raises(BadInput, match="unknown-letter") as caught:
        RENDERER.render(attrs.evolve(PAPERS["quote"], applicant=f"Siti {letter}"))
    assert letter in caught.value.text.id
    assert "--templates" in caught.value.remedy.id
