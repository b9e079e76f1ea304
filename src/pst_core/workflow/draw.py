"""Pictures of a procedure, drawn from its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..text import Lang

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["to_mermaid"]


def to_mermaid(procedure: Procedure, lang: Lang = "id") -> str:
    """Return a Mermaid state diagram: an arrow per row, labelled with clause and role."""
    lines = ["stateDiagram-v2"]
    lines += [
        f'    state "{phase.text.say(lang)}" as {phase}'
        for phase in procedure.phases
        if phase != procedure.start
    ]
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in procedure.steps:
        for phase in step.at:
            source = "[*]" if phase == procedure.start else str(phase)
            target = str(step.to or phase)
            label = f"{step.clause} {step.role.text.say(lang)}"
            if step.when or step.unless:
                conditions = [f.text.say(lang) for f in step.when]
                no = "bukan" if lang == "id" else "not"
                conditions += [f"{no} {f.text.say(lang)}" for f in step.unless if step.to]
                if conditions:
                    label += f" ({', '.join(conditions)})"
            labels = arrows.setdefault((source, target), [])
            if label not in labels:
                labels.append(label)
    for (source, target), labels in arrows.items():
        lines.append(f"    {source} --> {target}: {'<br/>'.join(labels)}")
    lines += [f"    {end} --> [*]" for end in procedure.ends]
    return "\n".join(lines) + "\n"
