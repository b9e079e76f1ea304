"""What every ``Renderer`` must keep. A renderer of your own is tried by five lines::

    from pst_core.testing.contracts.renderer import RendererContract

    class TestMyRenderer(RendererContract):
        def open_renderer(self):
            return MyRenderer()

What stands on the pages is read with pypdf (the extra ``files``).
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

import datetime as dt
import hashlib
import io
import multiprocessing
import re
import threading
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from pst_core.desk.ports import Renderer
from pst_core.documents import AgreementTerms, agreement_text, load_agreement
from pst_core.documents import papers as p
from pst_core.money import format_rupiah
from pst_core.refusal import BadInput

from ._suite import Suite, opened, raising, told, undefined

__all__ = ["PAPERS", "RendererContract"]

_AT = dt.datetime(2026, 11, 24, 10, 5, 7, 123456, tzinfo=dt.timezone(dt.timedelta(hours=7)))
_HEAD = p.Letterhead("BPS Contoh", "Pelayanan Statistik Terpadu", "Jalan Contoh 1", place="Contoh")
_WHO = p.Person("Rina, S.ST.", "Petugas", "NIP 1990")
_NAME = 'Siti #panic("x") *b* $y$ <b> \\ @c & "Ana"'
_LINES = (p.Line("Publikasi A", 140_000, "7 x Rp20.000", "PP 13/2024"), p.Line("Data B", 84_000))


def _papers() -> dict[str, Any]:
    terms = AgreementTerms("B-1", "R-1", _AT.date(), "BPS Contoh", _NAME, ("Susenas",))
    filled = agreement_text(load_agreement(), terms)
    row = p.HistoryRow(_AT, "S9", "Permintaan diajukan", _NAME, "pengguna")
    return {
        "quote": p.QuotePaper(_HEAD, _AT, _LINES, "PP 13/2024", _AT.date(), applicant=_NAME),
        "invoice": p.Invoice(
            _HEAD, "INV/1", _AT, "R-1", _NAME, "Undip", _LINES, "PP 13/2024", signer=_WHO
        ),
        "agreement": p.Agreement(_HEAD, _AT, filled, _WHO, p.Person(_NAME, "Undip")),
        "receipt": p.Receipt(_HEAD, "KW/1", _AT, _NAME, 224_000, "Produk", "INV/1", _WHO),
        "sample": p.SampleCover(
            _HEAD, "CD/1", _AT, "R-1", _NAME, "Susenas", "c.csv", "0" * 64, 10, 1000,
            (p.Variable("R101", "Provinsi", "teks"),),
        ),
        "ticket": p.QueueTicket(_HEAD, "A-007", _AT, 3),
        "report": p.ServiceReport(
            _HEAD, "9999/2026-11", _AT, _AT.date(), _AT.date(),
            (p.ReportSection("Pengaduan", (p.ReportRow(_NAME, "1 dari 2", 500),), "Catatan"),),
        ),
        "history": p.History(_HEAD, "RW/1", _AT, "R-1", _NAME, "Susenas", (row,)),
    }  # fmt: skip


PAPERS = _papers()
"""One paper of each kind, with names that a template language could take for its own."""


class RendererContract(Suite):
    """Subclass it, define ``open_renderer()``, and pytest runs every case on your renderer."""

    def open_renderer(self) -> Renderer:
        """Open the renderer."""
        undefined(self, "def open_renderer(self):\n        return MyRenderer()")

    @pytest.fixture
    def renderer(self) -> Renderer:
        """Give the renderer of one case."""
        return opened(self.open_renderer, Renderer)

    @pytest.mark.parametrize("name", sorted(PAPERS))
    def test_every_paper_becomes_a_pdf(self, renderer: Renderer, name: str) -> None:
        assert renderer.render(PAPERS[name]).startswith(b"%PDF-")

    def test_the_same_paper_gives_the_same_bytes(self, renderer: Renderer) -> None:
        first = renderer.render(PAPERS["invoice"])
        renderer.render(PAPERS["ticket"])
        for again in (renderer, self.open_renderer()):
            assert again.render(attrs.evolve(PAPERS["invoice"])) == first, told(
                "Surat yang sama menjadi bytes lain: jangan tulis jam atau nomor acak ke dalamnya.",
                "The same paper gives other bytes: write no clock and no random number into it.",
            )

    def test_another_process_gives_the_same_bytes(self, renderer: Renderer) -> None:
        mine = hashlib.sha256(renderer.render(PAPERS["ticket"])).hexdigest()
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            theirs = pool.apply(_digest, (self.open_renderer,))
            pool.close()
            pool.join()
        assert theirs == mine

    @pytest.mark.parametrize(
        "change",
        [
            {"number": "INV/2"},
            {"applicant": "Sita"},
            {"lines": (attrs.evolve(_LINES[0], amount=140_001), _LINES[1])},
            {"note": "x"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_another_paper_gives_other_bytes(
        self, renderer: Renderer, change: dict[str, Any]
    ) -> None:
        other = attrs.evolve(PAPERS["invoice"], **change)
        assert renderer.render(other) != renderer.render(PAPERS["invoice"])

    def test_the_page_says_number_name_and_sum(self, renderer: Renderer) -> None:
        paper = PAPERS["invoice"]
        text = _text(renderer.render(paper))
        # signs are compared only: typography may set quotes and spaces its own way
        for said in (paper.number, paper.applicant, format_rupiah(paper.total), _LINES[0].why):
            assert _signs(said) in text

    def test_an_amount_on_the_page_is_the_papers(self, renderer: Renderer) -> None:
        lines = (p.Line("Satu", 123_456_789_000),)
        text = _text(renderer.render(attrs.evolve(PAPERS["invoice"], lines=lines)))
        assert _signs(format_rupiah(123_456_789_000)) in text

    @pytest.mark.parametrize(
        "thing", [None, "text", b"%PDF-1.7", object()], ids=["none", "text", "bytes", "object"]
    )
    def test_what_is_no_paper_is_refused(self, renderer: Renderer, thing: object) -> None:
        with raising(BadInput, f"render({thing!r})"):
            renderer.render(thing)

    def test_threads_get_each_their_own_paper(self, renderer: Renderer) -> None:
        names = ("invoice", "ticket", "receipt")
        alone = {name: renderer.render(PAPERS[name]) for name in names}
        got: list[bool] = []

        def render(name: str) -> None:
            got.extend(renderer.render(PAPERS[name]) == alone[name] for _ in range(2))

        threads = [threading.Thread(target=render, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == [True] * 6


def _digest(open_renderer: Callable[[], Renderer]) -> str:
    return hashlib.sha256(open_renderer().render(PAPERS["ticket"])).hexdigest()


def _signs(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _text(data: bytes) -> str:
    pypdf = pytest.importorskip("pypdf", reason="the text of a page is read with pypdf")
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return _signs("".join(page.extract_text() for page in pages))
