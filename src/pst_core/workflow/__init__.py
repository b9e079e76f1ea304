"""How any procedure runs: rows, deciding, the exhaustive walk, pictures.

What the rows of a service are is written in that service's own room (``request``, ``visit``).
"""

from .explore import Before, Once, Problem, Rule, Walk
from .form import malformed
from .procedure import OpenStep, Procedure
from .step import (
    Actor,
    Check,
    Context,
    Fact,
    Lack,
    Noted,
    Paper,
    Phase,
    Requirement,
    Role,
    State,
    Step,
)

__all__ = [
    "Actor",
    "Before",
    "Check",
    "Context",
    "Fact",
    "Lack",
    "Noted",
    "Once",
    "OpenStep",
    "Paper",
    "Phase",
    "Problem",
    "Procedure",
    "Requirement",
    "Role",
    "Rule",
    "State",
    "Step",
    "Walk",
    "malformed",
]
