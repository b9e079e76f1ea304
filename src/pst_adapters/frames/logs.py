"""Logs as tables: events, the cases of a conformance report, their deviations; the register."""

from __future__ import annotations

from collections.abc import Iterable

from pst_core.analysis import LogReport, LogRow
from pst_core.desk.ports import Summary
from pst_core.text import Lang

from .table import Table, table

__all__ = ["cases", "deviations", "log", "register"]


def log(rows: Iterable[LogRow], zone: str) -> Table:
    """Return the events of a log; times are shown in ``zone``."""
    return table(
        "log",
        ("stream", "activity", "at", "role", "resource"),
        ((r.case, r.activity, r.at, r.role or None, r.resource or None) for r in rows),
        zone,
    )


def cases(report: LogReport, zone: str) -> Table:
    """Return the cases of a log over the table: whether each conforms, and its time under L2."""
    return table(
        "cases",
        (
            "stream", "events", "phase", "conforms", "deviation", "due_at", "late_days",
            "officer_days", "treasurer_days", "applicant_days",
        ),
        (
            (
                case.case, case.events, str(case.phase) if case.phase else None, case.conforms,
                ", ".join(dict.fromkeys(str(d.kind) for d in case.deviations)) or None,
                case.due, case.late,
                *(case.hands.get(s, 0) if case.due else None for s in _SIDES),
            )
            for case in report.cases
        ),
        zone,
    )  # fmt: skip


_SIDES = ("officer", "treasurer", "applicant")


def deviations(report: LogReport, lang: Lang = "id") -> Table:
    """Return everything that went otherwise than the table says, one a row."""
    return table(
        "deviations",
        ("stream", "line", "deviation", "clause", "text"),
        (
            (case.case, d.line, d.kind.text.say(lang), ", ".join(d.clauses) or None,
             d.text.say(lang))
            for case in report.cases
            for d in case.deviations
        ),
        "UTC",
    )  # fmt: skip


def register(summaries: Iterable[Summary], zone: str) -> Table:
    """Return the register (``Store.register``), one case a row."""
    return table(
        "register",
        (
            "stream", "procedure", "office", "phase", "held_by", "applicant", "name", "opened_at",
            "changed_at", "due_at",
        ),
        (
            (s.stream, s.procedure, s.office, s.phase, s.whose or None, s.applicant or None,
             s.title, s.opened, s.changed, s.due)
            for s in summaries
        ),
        zone,
    )  # fmt: skip
