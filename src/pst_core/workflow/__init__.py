"""How any procedure runs: rows, deciding, the exhaustive walk, pictures.

What the rows of a service are is written in that service's own room (``request``, ``visit``).
Names are loaded when first used: an office alone asks for a role, not for the walk.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .explore import Before as Before
    from .explore import Happening as Happening
    from .explore import Once as Once
    from .explore import Problem as Problem
    from .explore import Rule as Rule
    from .explore import Walk as Walk
    from .form import malformed as malformed
    from .form import unfit as unfit
    from .milestones import Milestone as Milestone
    from .milestones import Reached as Reached
    from .milestones import progress as progress
    from .procedure import OpenStep as OpenStep
    from .procedure import Procedure as Procedure
    from .step import Actor as Actor
    from .step import Check as Check
    from .step import Context as Context
    from .step import Errand as Errand
    from .step import Fact as Fact
    from .step import Lack as Lack
    from .step import Noted as Noted
    from .step import Paper as Paper
    from .step import Phase as Phase
    from .step import Requirement as Requirement
    from .step import Role as Role
    from .step import State as State
    from .step import Step as Step
    from .step import Variant as Variant
    from .step import cited as cited
    from .words import Wording as Wording
    from .words import cite as cite
    from .words import worded as worded

_HOMES = {
    "explore": ("Before", "Happening", "Once", "Problem", "Rule", "Walk"),
    "form": ("malformed", "unfit"),
    "milestones": ("Milestone", "Reached", "progress"),
    "procedure": ("OpenStep", "Procedure"),
    "step": (
        "Actor", "Check", "Context", "Errand", "Fact", "Lack", "Noted", "Paper", "Phase",
        "Requirement", "Role", "State", "Step", "Variant", "cited",
    ),
    "words": ("Wording", "cite", "worded"),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
