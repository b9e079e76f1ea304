"""The mutants: where each is, and the source with the change in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "pst_core"
OPERATORS = (
    *(f"ReplaceComparisonOperator_{a}_{b}" for a, b in (
        ("Lt", "LtE"), ("LtE", "Lt"), ("Gt", "GtE"), ("GtE", "Gt"), ("Lt", "Gt"), ("Gt", "Lt"),
        ("Eq", "NotEq"), ("NotEq", "Eq"), ("Is", "IsNot"), ("IsNot", "Is"),
    )),
    *(f"ReplaceBinaryOperator_{a}_{b}" for a, b in (
        ("Add", "Sub"), ("Sub", "Add"), ("Mul", "FloorDiv"), ("FloorDiv", "Mul"), ("Mod", "Mul"),
        ("BitOr", "BitAnd"), ("BitAnd", "BitOr"),
    )),
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub", "AddNot",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "NumberReplacer",
    "ZeroIterationForLoop",
)  # fmt: skip
"""Of cosmic-ray's operators those whose mutants a person could have written."""


@attrs.frozen
class Mutant:
    """One change: where, by which operator, the how manyth of that operator in the file."""

    room: str
    path: Path
    operator: str
    occurrence: int
    line: int

    @property
    def name(self) -> str:
        return f"{self.path.relative_to(CORE)}:{self.line} {self.operator} {self.occurrence}"

    @property
    def kept(self) -> str:
        """Return the name by which ``survivors.toml`` knows it, wherever its line moves."""
        return f"{self.path.relative_to(CORE)} {self.operator} {self.occurrence}"


def mutants(room: str) -> Iterator[Mutant]:
    """Yield every mutant of a room; annotations change nothing and are left alone."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator

    for path in sorted((CORE / room).glob("*.py")):
        source = path.read_text("utf-8")
        left_alone = _annotations(ast.parse(source))
        nodes = list(ast_nodes(get_ast(source)))
        for name in OPERATORS:
            operator = get_operator(f"core/{name}")()
            count = 0
            for node in nodes:
                for (line, column), _ in operator.mutation_positions(node):
                    place = (line, column)
                    mutant = Mutant(room, path, name, count, line)
                    idle = any(first <= place < last for first, last in left_alone)
                    if not idle and _is_code(mutant):
                        yield mutant
                    count += 1


def _is_code(mutant: Mutant) -> bool:
    """Return whether the change is code at all: a ``*`` may be no product but a mark."""
    if "_Mul_" not in mutant.operator:
        return True
    try:
        ast.parse(mutated(mutant))
    except SyntaxError:
        return False
    return True


Place = tuple[int, int]


def _annotations(tree: ast.AST) -> list[tuple[Place, Place]]:
    found = []
    for node in ast.walk(tree):
        parts: list[Any] = []
        if isinstance(node, ast.AnnAssign | ast.arg):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns]
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            parts = [node]
        found += [((p.lineno, p.col_offset), (p.end_lineno, p.end_col_offset)) for p in parts if p]
    return found


def mutated(mutant: Mutant) -> str:
    """Return the source with the change in it."""
    from cosmic_ray.mutating import MutationVisitor
    from cosmic_ray.plugins import get_operator

    source = mutant.path.read_text("utf-8")
    operator = get_operator(f"core/{mutant.operator}")()
    return str(MutationVisitor.mutate_code(source, operator, mutant.occurrence))
