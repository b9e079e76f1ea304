"""Pictures of a procedure, drawn from its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..text import Lang
from .step import Phase, Step

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["to_mermaid"]


Remark = Callable[[tuple[Step, ...], Phase], str]
"""What is to be said beside rows that are drawn as one, where they are taken from a phase."""


def no_remark(_: tuple[Step, ...], __: Phase) -> str:
    """Say nothing: the table as it is written."""
    return ""


def to_mermaid(procedure: Procedure, lang: Lang = "id", remark: Remark = no_remark) -> str:
    """Return a Mermaid flowchart: a box per phase, an arrow per row that leads on.

    A box lists the steps that are done in it, by role; ways out that nobody waits for, and those of
    the clock, are dotted. What can be done in every phase tells none from another and is left out.
    ``remark`` adds to each row, such as how often it was taken.
    """
    lines = ["flowchart TD", "    start((( )))"]
    for phase in procedure.phases:
        if phase == procedure.start:
            continue
        inside = _inside(procedure, phase, lang, remark)
        label = "<br/>".join([f"<b>{phase.text.say(lang)}</b>", *inside])
        opening, closing = ("([", "])") if phase in procedure.ends else ("[", "]")
        lines.append(f'    {phase}{opening}"{label}"{closing}')
    arrows: dict[tuple[str, str, str], dict[tuple[str, Phase], tuple[Step, ...]]] = {}
    for step in procedure.steps:
        for phase in step.at if step.to is not None else ():
            source = "start" if phase == procedure.start else str(phase)
            arrow = "-.->" if step.aside or step.due is not None else "-->"
            labels = arrows.setdefault((source, str(step.to), arrow), {})
            key = (_label(step, lang), phase)
            labels[key] = (*labels.get(key, ()), step)
    for (source, target, arrow), labels in arrows.items():
        words = [label + remark(steps, phase) for (label, phase), steps in labels.items()]
        lines.append(f'    {source} {arrow}|"{"<br/>".join(words)}"| {target}')
    return "\n".join(lines) + "\n"


def _inside(procedure: Procedure, phase: Phase, lang: Lang, remark: Remark) -> list[str]:
    """Return the steps that leave a case where it is, those of one role in one line."""
    by_role: dict[str, dict[str, tuple[Step, ...]]] = {}
    everywhere = set(procedure.phases) - {procedure.start}
    for step in procedure.steps:
        if step.to is None and phase in step.at and not everywhere <= set(step.at):
            clauses = by_role.setdefault(step.role.text.say(lang), {})
            cited = step.cited.say(lang)
            if step.takes:
                cited += f" ({', '.join(name.say(lang) for name in step.takes)})"
            clauses[cited] = (*clauses.get(cited, ()), step)
    return [
        f"{', '.join(clause + remark(steps, phase) for clause, steps in clauses.items())} {role}"
        for role, clauses in by_role.items()
    ]


def _label(step: Step, lang: Lang) -> str:
    only = "; ".join(f.text.say(lang) for f in step.when)
    return f"{step.cited.say(lang)} {step.role.text.say(lang)}" + (f" ({only})" if only else "")
