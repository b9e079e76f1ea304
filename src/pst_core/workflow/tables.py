"""Words from a procedure's rows: the step table, who may do what when, and who gets which mail.

Each is a ``Grid`` that can be had as Markdown or as plain data, in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from ..text import Lang, Text
from .step import Fact, Phase, Role, Step, cited

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["Grid", "mails", "permissions", "steps"]


@attrs.frozen
class Grid:
    """A table in both languages. ``keys`` name the columns for programs."""

    keys: tuple[str, ...]
    heads: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]

    def to_markdown(self, lang: Lang = "id") -> str:
        """Return the table as Markdown."""
        lines = [
            _line(head.say(lang) for head in self.heads),
            "|" + "---|" * len(self.heads),
            *(_line(cell.say(lang) for cell in row) for row in self.rows),
        ]
        return "\n".join(lines) + "\n"

    def data(self, lang: Lang = "id") -> list[dict[str, str]]:
        """Return the table as one mapping a row."""
        return [
            dict(zip(self.keys, (cell.say(lang) for cell in row), strict=True)) for row in self.rows
        ]


def steps(procedure: Procedure) -> Grid:
    """Return the rows of ``procedure``: who does what, from where to where, and what it takes."""
    numbers = dict(procedure.numbers)
    return Grid(
        ("clause", "role", "title", "command", "from", "to", "only_for", "requires"),
        (
            Text(id="butir", en="clause"),
            Text(id="siapa", en="who"),
            Text(id="langkah", en="step"),
            Text(id="perintah", en="command"),
            Text(id="dari", en="from"),
            Text(id="ke", en="to"),
            Text(id="khusus", en="only for"),
            Text(id="syarat", en="requires"),
        ),
        tuple(
            (
                step.cited,
                step.role.text,
                step.title,
                _same(f"`{step.command.__name__}`"),
                _same(", ".join(step.at)),
                _same(step.to or ""),
                _facts(step.when),
                _asked(step, numbers),
            )
            for step in procedure.steps
        ),
    )


def permissions(procedure: Procedure) -> Grid:
    """Return who may do which step in which phase: a column a phase, a role in each cell.

    What the case must be like for it, and what it must not be, stands in the last columns.
    """
    phases = tuple(p for p in procedure.phases if any(p in s.at for s in procedure.steps))
    return Grid(
        ("clause", "title", *phases, "only_for", "not_for"),
        (
            Text(id="butir", en="clause"),
            Text(id="langkah", en="step"),
            *(phase.text for phase in phases),
            Text(id="khusus", en="only for"),
            Text(id="tidak untuk", en="not for"),
        ),
        tuple(
            (
                step.cited,
                step.title,
                *(_who(step, phase) for phase in phases),
                _facts(step.when),
                _facts(step.unless),
            )
            for step in procedure.steps
        ),
    )


def mails(procedure: Procedure) -> Grid:
    """Return every mail that the rows send: on which step, to whom, with which papers."""
    return Grid(
        ("clause", "title", "by", "to", "papers", "only_for"),
        (
            Text(id="butir", en="clause"),
            Text(id="sesudah langkah", en="after the step"),
            Text(id="oleh", en="by"),
            Text(id="surel kepada", en="mail to"),
            Text(id="lampiran", en="attached"),
            Text(id="khusus", en="only for"),
        ),
        tuple(
            (
                step.cited,
                step.title,
                _roles(step.roles),
                told.text,
                Text.join(", ", [paper.text for paper in step.makes]),
                _facts(step.when),
            )
            for step in procedure.steps
            for told in step.tells
        ),
    )


def _who(step: Step, phase: Phase) -> Text:
    return _roles(step.roles) if phase in step.at else _same("")


def _roles(roles: tuple[Role, ...]) -> Text:
    return Text.join(", ", [role.text for role in roles])


def _asked(step: Step, numbers: Mapping[str, str]) -> Text:
    return Text.join(
        ", ",
        [
            Text(id=f"{own.id} `{r.code}`", en=f"{own.en} `{r.code}`")
            for r in step.requires
            for own in [cited(r.clause, numbers.get(r.clause, ""))]
        ],
    )


def _facts(facts: tuple[Fact, ...]) -> Text:
    return Text.join(", ", [fact.text for fact in facts])


def _same(word: str) -> Text:
    return Text(id=str(word), en=str(word))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
