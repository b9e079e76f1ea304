"""The monthly report as a paper: what stands on it. How it looks is the renderer's business."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ..documents.papers import ReportRow, ReportSection, ServiceReport
from ..text import Lang, Text
from .report import Report
from .sections import sections

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["report_paper"]


_UNFINISHED = Text(
    id="Bulan ini belum berakhir: angka dapat berubah.",
    en="The month has not ended: figures may change.",
)


def report_paper(
    report: Report, office: Office, issued_at: dt.datetime, lang: Lang = "id"
) -> ServiceReport:
    """Return the paper of ``report``, made at ``issued_at`` (aware)."""
    return ServiceReport(
        letterhead=office.letterhead_in(lang),
        number=f"{report.office}/{report.month}",
        issued_at=office.local(issued_at),
        first=report.month.first,
        last=report.month.last,
        sections=tuple(
            ReportSection(
                title=section.title.say(lang),
                rows=tuple(
                    ReportRow(
                        bar.label.say(lang),
                        bar.value.say(lang),
                        -1 if bar.share is None else round(bar.share * 1000),
                    )
                    for bar in section.bars
                ),
                note=section.note.say(lang) if section.note is not None else "",
            )
            for section in sections(report)
        ),
        note=_UNFINISHED.say(lang) if office.local(issued_at).date() <= report.month.last else "",
        lang=lang,
    )
