"""Pictures of a procedure, drawn from its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..text import Lang
from .step import Phase, Step

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["to_mermaid"]


def to_mermaid(procedure: Procedure, lang: Lang = "id") -> str:
    """Return a Mermaid flowchart: a box per phase, an arrow per row that leads on.

    A box lists the steps that are done in it, by role; ways out that nobody waits for, and those of
    the clock, are dotted.
    """
    lines = ["flowchart TD", "    start((( )))"]
    for phase in procedure.phases:
        if phase == procedure.start:
            continue
        inside = _inside(procedure, phase, lang)
        label = "<br/>".join([f"<b>{phase.text.say(lang)}</b>", *inside])
        opening, closing = ("([", "])") if phase in procedure.ends else ("[", "]")
        lines.append(f'    {phase}{opening}"{label}"{closing}')
    arrows: dict[tuple[str, str, str], list[str]] = {}
    for step in procedure.steps:
        for phase in step.at if step.to is not None else ():
            source = "start" if phase == procedure.start else str(phase)
            arrow = "-.->" if step.aside or step.due is not None else "-->"
            labels = arrows.setdefault((source, str(step.to), arrow), [])
            label = _label(step, lang)
            if label not in labels:
                labels.append(label)
    lines += [
        f'    {source} {arrow}|"{"<br/>".join(labels)}"| {target}'
        for (source, target, arrow), labels in arrows.items()
    ]
    return "\n".join(lines) + "\n"


def _inside(procedure: Procedure, phase: Phase, lang: Lang) -> list[str]:
    """Return the steps that leave a case where it is, those of one role in one line."""
    by_role: dict[str, list[str]] = {}
    for step in procedure.steps:
        if step.to is None and phase in step.at:
            clauses = by_role.setdefault(step.role.text.say(lang), [])
            if step.clause not in clauses:
                clauses.append(step.clause)
    return [f"{', '.join(clauses)} {role}" for role, clauses in by_role.items()]


def _label(step: Step, lang: Lang) -> str:
    only = "; ".join(f.text.say(lang) for f in step.when)
    return f"{step.clause} {step.role.text.say(lang)}" + (f" ({only})" if only else "")
