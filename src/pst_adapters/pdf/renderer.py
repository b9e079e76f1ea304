"""The renderer: a paper as data for a typst template, and the template as a PDF."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import threading
from pathlib import Path
from typing import Any

import attrs
import segno
import typst

from pst_core.certainty import Certainty
from pst_core.documents.agreement import long_date
from pst_core.documents.papers import (
    Agreement,
    History,
    Invoice,
    Line,
    Paper,
    QueueTicket,
    QuotePaper,
    Receipt,
    SampleCover,
    ServiceReport,
    check_line,
    paper_digest,
)
from pst_core.money import format_rupiah, terbilang
from pst_core.refusal import BadInput, PstError
from pst_core.text import Lang, Text

_SHIPPED = Path(__file__).parent / "templates"
_STYLE = "letter.typ"
_TEMPLATES: dict[type, str] = {
    QuotePaper: "quote.typ",
    Invoice: "invoice.typ",
    Agreement: "agreement.typ",
    Receipt: "receipt.typ",
    SampleCover: "sample.typ",
    QueueTicket: "ticket.typ",
    History: "history.typ",
    ServiceReport: "report.typ",
}
_NO_LETTER = re.compile(r'the text `"(.+?)"` could not be displayed')
_ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}
_MONEY = {"amount", "total", "duty"}
_COUNTS = {"rows", "rows_total"}
_SURE = {
    Certainty.VERIFIED: Text(id="pasti", en="verified"),
    Certainty.REPORTED: Text(id="menurut sumber kedua", en="reported by a secondary source"),
    Certainty.PROVISIONAL: Text(id="sementara", en="provisional"),
    Certainty.ASSUMED: Text(id="anggapan", en="assumed"),
}
_KINDS_EN = {"bilangan bulat": "whole number", "bilangan": "number", "teks": "text"}


class TypstRenderer:
    """Implements the port ``Renderer``; safe to share between threads.

    ``templates``: an office's folder; a file in it replaces the shipped one of the same name
    (``letter.typ`` is the style of all papers), and pictures in it can be used by templates.
    """

    def __init__(self, templates: Path | None = None) -> None:
        if templates is not None and not templates.is_dir():
            raise BadInput(
                "no-template-folder",
                Text(
                    id=f"Folder templat {templates} tidak ada.",
                    en=f"The template folder {templates} does not exist.",
                ),
                remedy=Text(
                    id="Buat foldernya, atau kosongkan untuk templat bawaan.",
                    en="Create it, or leave it out to use the shipped templates.",
                ),
            )
        self._own = templates
        # system fonts would make the bytes depend on the machine
        self._compiler = typst.Compiler(
            root=templates or _SHIPPED,
            ignore_system_fonts=True,
            font_paths=[str(templates)] if templates else [],
        )
        self._lock = threading.Lock()

    def render(self, paper: object) -> bytes:
        """Return the PDF of ``paper``.

        Raises ``BadInput`` if it is no paper, or the template or its text cannot be set.
        """
        name = _TEMPLATES.get(type(paper))
        if name is None:
            raise BadInput(
                "not-a-paper",
                Text(
                    id=f"{type(paper).__name__} bukan dokumen yang dapat dicetak.",
                    en=f"{type(paper).__name__} is not a paper that can be rendered.",
                ),
                remedy=Text(
                    id="Pakai salah satu kelas di pst_core.documents.papers.",
                    en="Use one of the classes in pst_core.documents.papers.",
                ),
            )
        source = self._read(_STYLE) + b"\n" + self._read(name)
        data = json.dumps(paper_data(paper), ensure_ascii=False)  # type: ignore[arg-type]
        issued_at: dt.datetime = paper.issued_at  # type: ignore[attr-defined]
        # typst takes whole seconds and a fixed offset
        stamp = issued_at.replace(microsecond=0).astimezone(
            dt.timezone(issued_at.utcoffset() or dt.timedelta())
        )
        try:
            with self._lock:
                pdf = self._compiler.compile(
                    source,
                    format="pdf",
                    pdf_standards=["a-3a", "ua-1"],
                    timestamp=stamp,
                    sys_inputs={"data": data},
                )
        except typst.TypstError as error:
            raise _cannot_render(name, error) from error
        if not isinstance(pdf, bytes):
            raise _cannot_render(name, RuntimeError("no single file"))
        return pdf

    def _read(self, name: str) -> bytes:
        own = self._own / name if self._own else None
        return (own if own is not None and own.is_file() else _SHIPPED / name).read_bytes()


def paper_data(paper: Paper) -> dict[str, Any]:
    """Return what a template sees as ``d``: the paper's fields, dates and amounts as text.

    Added: ``check`` (the QR code's content), ``qr`` (its SVG), ``digest``, and what the paper
    computes itself (``total``, ``words``, the agreement's ``code`` and ``paragraphs``).
    """
    lang = paper.lang
    data = attrs.asdict(paper, value_serializer=lambda _, field, value: _shown(field, value, lang))
    data["number"] = paper.number
    if isinstance(paper, Invoice | QuotePaper):
        data["total"] = format_rupiah(paper.total, lang)
    if isinstance(paper, Invoice | QuotePaper | Receipt):
        data["words"] = paper.words[0].upper() + paper.words[1:]
    if isinstance(paper, Invoice):
        data["free"] = paper.total == 0
    if isinstance(paper, SampleCover) and lang == "en":
        for variable in data["variables"]:
            variable["kind"] = _KINDS_EN.get(variable["kind"], variable["kind"])
    if isinstance(paper, Agreement):
        data["agreement"] = {
            "title": attrs.asdict(paper.filled.title),
            "languages": ["id"] if lang == "id" else ["id", "en"],
            "opening": attrs.asdict(paper.filled.opening),
            "clauses": [attrs.asdict(clause) for clause in paper.filled.clauses],
            "digest": paper.filled.digest,
            "code": paper.filled.code,
            "duty": format_rupiah(paper.filled.duty, lang),
            "duty_words": f"{terbilang(paper.filled.duty)} rupiah",
        }
    data["digest"] = paper_digest(paper)
    data["check"] = check_line(paper)
    data["qr"] = _qr(data["check"])
    return data


def quote_paper(quote: Any, office: Any, issued_at: dt.datetime, lang: Lang = "id") -> QuotePaper:
    """Return the paper of a ``quote`` of the tariff room.

    Of the quote: ``lines`` (``.amount``, ``.clause``, ``.why``, and what names the product),
    ``on``, ``schedule``; of the office: ``letterhead_in``.
    """
    return QuotePaper(
        letterhead=office.letterhead_in(lang),
        issued_at=issued_at,
        lines=tuple(
            Line(_named(line, lang), line.amount, _said(line.why, lang), _said(line.clause, lang))
            for line in quote.lines
        ),
        law=quote.citation,
        note=_how_sure(quote, lang),
        on=quote.on,
        lang=lang,
    )


def _how_sure(quote: Any, lang: Lang) -> str:
    words = Text(id="Kepastian angka: {sure}. {why}", en="Certainty of the figures: {sure}. {why}")
    return words.fill(sure=_SURE[quote.certainty], why=quote.billable_why).say(lang)


def render_quote(
    quote: Any, office: Any, lang: Lang = "id", templates: Path | None = None
) -> bytes:
    """Return the PDF of ``quote``, dated 00:00 of the day that it holds for.

    ``templates``: as for ``TypstRenderer``.
    """
    issued_at = dt.datetime.combine(quote.on, dt.time(), office.calendar.zone)
    return TypstRenderer(templates).render(quote_paper(quote, office, issued_at, lang))


def _shown(field: Any, value: Any, lang: Lang) -> Any:
    if isinstance(value, dt.datetime):
        zone = _ZONES.get(int((value.utcoffset() or dt.timedelta()).total_seconds() // 3600), "")
        clock = f"{value:%H.%M}" if lang == "id" else f"{value:%H:%M}"
        return {"day": long_date(value.date(), lang), "clock": f"{clock} {zone}".strip()}
    if isinstance(value, dt.date):
        return long_date(value, lang)
    if field is not None and field.name in _MONEY and type(value) is int:
        return format_rupiah(value, lang)
    if field is not None and field.name in _COUNTS and type(value) is int:
        return format_rupiah(value, lang).removeprefix("Rp")
    return value


def _qr(text: str) -> str:
    image = io.BytesIO()
    segno.make(text, error="m").save(image, kind="svg", xmldecl=False, svgns=True, border=1)
    return image.getvalue().decode()


def _said(value: Any, lang: Lang) -> str:
    for name in ("citation", "law", "title"):
        value = getattr(value, name, value) if not isinstance(value, str | Text) else value
    return value.say(lang) if isinstance(value, Text) else str(value)


def _named(line: Any, lang: Lang) -> str:
    for name in ("description", "title", "text", "name"):
        value = getattr(line, name, None)
        if isinstance(value, str | Text):
            return _said(value, lang)
    product = getattr(line, "product", line)
    return str(getattr(product, "title", product))


def _cannot_render(name: str, error: Exception) -> PstError:
    message = getattr(error, "message", str(error))
    if unknown := _NO_LETTER.search(message):
        return BadInput(
            "unknown-letter",
            Text(
                id=f"Huruf {unknown[1]} tidak ada dalam fon yang tersedia; {name} tidak dibuat.",
                en=f"No font here has the letter {unknown[1]}; {name} is not made.",
            ),
            remedy=Text(
                id="Taruh fon yang memuatnya (.ttf atau .otf) di folder templat kantor "
                "(--templates), lalu kerjakan lagi (pst outbox retry).",
                en="Put a font that has it (.ttf or .otf) into the office's template folder "
                "(--templates), then try again (pst outbox retry).",
            ),
        )
    return BadInput(
        "cannot-render",
        Text(
            id=f"Dokumen dengan templat {name} tidak dapat dibuat: {message}.",
            en=f"The paper with template {name} cannot be made: {message}.",
        ),
        remedy=Text(
            id="Periksa templat kantor; untuk huruf yang tidak dikenal, taruh fon di foldernya.",
            en="Check the office's template; for unknown letters put a font into its folder.",
        ),
    )
