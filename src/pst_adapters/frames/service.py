"""The monthly report as tables: the same figures as on paper, ready to be put beside others."""

from __future__ import annotations

import attrs

from pst_core.analysis import Report, sections
from pst_core.text import Lang

from .table import Table, table

__all__ = ["report"]


def report(made: Report, lang: Lang = "id") -> dict[str, Table]:
    """Return the tables of a monthly report by name.

    ``channels`` (L2), ``lines`` (L1, minutes), ``late`` (calls later than L1), ``hands`` (working
    days), ``visits``, ``complaints``, ``stars``, and ``sections``: all lines as the report is read.
    """
    month = str(made.month)

    def of(name: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> Table:
        return table(name, ("month", *columns), [(month, *row) for row in rows], "UTC")

    complaints, visits = made.complaints, made.visits
    return {
        x.name: x
        for x in (
            of(
                "channels",
                ("channel", "delivered", "in_time", "overdue"),
                [(c.channel, c.delivered, c.in_time, c.overdue) for c in made.channels],
            ),
            of(
                "lines",
                ("service", "name", "calls", "timed", "in_time", "median", "ninth", "longest"),
                [
                    (x.service, x.name.say(lang), x.calls, x.timed, x.in_time, x.median, x.ninth,
                     x.longest)
                    for x in made.lines
                ],
            ),
            of(
                "late",
                ("stream", "ticket", "counter", "minutes", "why"),
                [(x.stream, x.ticket, x.counter, x.minutes, x.why.say(lang)) for x in made.late],
            ),
            of(
                "hands",
                ("held_by", "days", "median"),
                [(h.side, h.days, h.median) for h in made.hands],
            ),
            of("visits", ("figure", "many"), _counts(visits)),
            of("complaints", ("figure", "many"), _counts(complaints)),
            of("stars", ("stars", "many"), list(made.ratings.stars.items())),
            of(
                "sections",
                ("section", "label", "value", "share"),
                [
                    (part.title.say(lang), bar.label.say(lang), bar.value.say(lang),
                     None if bar.share is None else float(bar.share))
                    for part in sections(made)
                    for bar in part.bars
                ],
            ),
        )
    }  # fmt: skip


def _counts(counted: attrs.AttrsInstance) -> list[tuple[object, ...]]:
    """Return the whole numbers of ``counted`` by the names of its fields."""
    fields = [f.name for f in attrs.fields(type(counted))]
    return [(f, many) for f in fields if type(many := getattr(counted, f)) is int]
