"""Each paper that an office sends as a PDF; and its words alone, set by two other makers of PDF.

Ours are tagged archive files (PDF/A-3a, PDF/UA-1) with embedded fonts and a QR code; the others
print the same words on a plain page.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from pst_adapters.pdf import TypstRenderer
from pst_adapters.pdf.renderer import paper_data
from pst_core.documents import AgreementTerms, agreement_text, load_agreement
from pst_core.documents import papers as p
from pst_core.text import Text

from ..peers import peer
from ..race import Candidate, Race, Scale

TITLE = Text(id="Dokumen PDF", en="PDF papers")
NOTE = Text(
    id="Milik kami: PDF/A-3a dan PDF/UA-1 bertanda, huruf tertanam, kode QR. Yang lain: kata yang"
    " sama pada halaman polos.",
    en="Ours: tagged PDF/A-3a and PDF/UA-1, embedded fonts, a QR code. The others: the same words"
    " on a plain page.",
)

AT = dt.datetime(2026, 11, 24, 10, 5, 7, tzinfo=dt.timezone(dt.timedelta(hours=7)))
HEAD = p.Letterhead(
    "BPS Kabupaten Contoh", "Pelayanan Statistik Terpadu", "Jalan Contoh 1", "021 1", "a@b.id",
    "https://b.id", "Contoh",
)  # fmt: skip
WHO = p.Person("Rina, S.ST.", "Petugas", "NIP 1990")
LINES = (p.Line("Publikasi A", 140_000, "7 x Rp20.000", "PP 13/2024"), p.Line("Data B", 84_000))
FILLED = agreement_text(
    load_agreement(), AgreementTerms("B-1", "R-1", AT.date(), "BPS Contoh", "Siti", ("Susenas",))
)
PAPERS: dict[str, p.Paper] = {
    "quote": p.QuotePaper(HEAD, AT, LINES, "PP 13/2024", AT.date()),
    "invoice": p.Invoice(
        HEAD, "INV/1", AT, "R-1", "Siti", "Undip", LINES, "PP 13/2024", dt.date(2026, 12, 1),
        "820261124465628", "Catatan", WHO, "https://pst.example/cek",
    ),
    "agreement": p.Agreement(HEAD, AT, FILLED, WHO, p.Person("Siti", "Undip")),
    "receipt": p.Receipt(
        HEAD, "KW/1", AT, "Siti", 1_001_000, "Produk statistik", "INV/1", WHO,
        ntpn="1A2B3C4D5E6F7G8H", ntb="0001",
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
NAMES = {
    "quote": Text(id="penawaran", en="quote"),
    "invoice": Text(id="tagihan", en="invoice"),
    "agreement": Text(id="perjanjian", en="agreement"),
    "receipt": Text(id="kuitansi", en="receipt"),
    "sample": Text(id="contoh data", en="data sample"),
    "ticket": Text(id="nomor antrean", en="queue number"),
    "history": Text(id="keterangan riwayat", en="statement of history"),
}


def races(scale: Scale) -> Iterator[Race]:
    """Give every race of this work."""
    renderer = TypstRenderer()
    for name, paper in PAPERS.items():
        if scale is Scale.TEST and name not in ("invoice", "ticket"):
            continue
        words = _words(paper_data(paper))
        found = [
            Candidate(
                "pst_core TypstRenderer",
                lambda paper=paper: renderer.render(paper),
                answer=lambda paper=paper: _has(renderer.render(paper), paper),
            )
        ]
        found += [
            Candidate(
                shown, lambda made=made, words=words: made(words), package=package,
                answer=lambda made=made, words=words, paper=paper: _has(made(words), paper),
            )
            for package, shown, made in _others()
        ]  # fmt: skip
        yield Race(f"paper-{name}", NAMES[name], tuple(found))


def _words(data: Any) -> list[str]:
    """Return the texts of a paper in their order, one a line."""
    if isinstance(data, dict):
        return [word for key, value in data.items() if key != "qr" for word in _words(value)]
    if isinstance(data, list | tuple):
        return [word for value in data for word in _words(value)]
    return [str(data)] if data not in (None, "", True, False) else []


def _has(pdf: bytes, paper: p.Paper) -> tuple[bool, bool]:
    """Return whether the PDF opens, and whether number and office can be read in it."""
    import pypdf

    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    plain = re.sub(r"\s+", "", text)
    return pdf.startswith(b"%PDF"), all(
        re.sub(r"\s+", "", word) in plain for word in (paper.number or HEAD.unit, HEAD.unit)
    )


def _others() -> Iterator[tuple[str, str, Callable[[list[str]], bytes]]]:
    if fpdf := peer("fpdf"):

        def by_fpdf(words: list[str]) -> bytes:
            made = fpdf.FPDF()
            made.add_page()
            made.set_font("Helvetica", size=9)
            for word in words:
                made.multi_cell(0, 4, _latin(word), new_x="LMARGIN", new_y="NEXT")
            return bytes(made.output())

        yield "fpdf2", "fpdf2", by_fpdf
    if canvas := peer("reportlab.pdfgen.canvas"):
        from reportlab.lib.utils import simpleSplit

        def by_reportlab(words: list[str]) -> bytes:
            out = io.BytesIO()
            made = canvas.Canvas(out)
            made.setFont("Helvetica", 9)
            y = 800
            for word in words:
                for line in simpleSplit(_latin(word), "Helvetica", 9, 480):
                    if y < 40:
                        made.showPage()
                        made.setFont("Helvetica", 9)
                        y = 800
                    made.drawString(50, y, line)
                    y -= 11
            made.save()
            return out.getvalue()

        yield "reportlab", "reportlab", by_reportlab


def _latin(word: str) -> str:
    return word.encode("latin-1", "replace").decode("latin-1")
