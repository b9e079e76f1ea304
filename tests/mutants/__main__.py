"""``python -m tests.mutants``: change the code of four rooms a little, see whether a test notices.

Each mutant is one change by an operator of cosmic-ray, made in memory in a process of its own; the
room's tests run until the first fails, then those of its neighbours. What survives is printed with
its line; what was looked at and found to be no fault stands in ``survivors.toml`` with the reason.

    python -m tests.mutants --sample 150        so many, spread over the rooms
    python -m tests.mutants --jobs 2            all of them (hours), two at a time

Needs the extra ``mutants``. Not a test: only what it prints is kept, in docs/*/simulator.md.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import random
import resource
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from tests.teeth.pages import PAGES, put

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "pst_core"
TARIFF = ("quotes", "policy", "zero", "large_amounts")
WORKDAYS = ("clock", "calendar", "layers", "zones")
REQUEST = ("clauses", "rows", "money", "documents", "agreement")
ROOMS: dict[str, tuple[list[str], list[str]]] = {
    "tariff": (
        [f"tests/tariff/test_tariff_{name}.py" for name in TARIFF],
        ["tests/tariff/test_tariff_cli.py", "tests/request/test_request_clauses.py"],
    ),
    "workdays": (
        [f"tests/workdays/test_workdays_{name}.py" for name in WORKDAYS],
        ["tests/workdays/test_workdays_cli.py", "tests/visit",
         "tests/request/test_request_clauses.py"],
    ),
    "workflow": (
        ["tests/workflow", "tests/request/test_request_clauses.py"],
        ["tests/request/test_request_rows.py", "tests/visit", "tests/house/test_house.py"],
    ),
    "request": (
        [f"tests/request/test_request_{name}.py" for name in REQUEST],
        ["tests/treasury/test_treasury_reconcile.py", "tests/documents", "tests/desk/test_wire.py",
         "tests/desk/test_desk_papers.py", "tests/office", "tests/house/test_house.py",
         "tests/request/test_request_table.py"],
    ),
}  # fmt: skip
"""By room: its own tests, and those of its neighbours, asked where its own see nothing."""
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
SECONDS = 300
"""Of processor time for one mutant: one that never ends is noticed, whatever the machine does."""


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
                    if not any(first <= place < last for first, last in left_alone):
                        yield Mutant(room, path, name, count, line)
                    count += 1


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


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module with other source than the file has."""

    def __init__(self, path: Path, source: str) -> None:
        parts = path.relative_to(CORE.parent).with_suffix("").parts
        self.name = ".".join(parts).removesuffix(".__init__")
        self.path, self.source = path, source

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        del path, target
        if name != self.name:
            return None
        inside = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, self.path, loader=self, submodule_search_locations=inside
        )

    def create_module(self, spec: Any) -> None:
        del spec

    def exec_module(self, module: Any) -> None:
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)  # noqa: S102


def survives(mutant: Mutant) -> bool:
    """Return whether every test passes with the change in place."""
    source = mutated(mutant)
    return all(_passes(mutant.path, source, tests) for tests in ROOMS[mutant.room])


def _passes(path: Path, source: str, tests: list[str]) -> bool:
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        sys.meta_path.insert(0, _Changed(path, source))
        import pytest

        code = pytest.main([
            "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:randomly",
            "--timeout=0", "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests,
        ])  # fmt: skip
        os._exit(0 if code == 0 else 1)
    except BaseException:
        os._exit(1)


def _tried(chosen: list[Mutant], jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """Yield each with whether it survives; a process that is forked is as warm as this one."""
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from zip(chosen, pool.imap(survives, chosen), strict=True)


def excused() -> dict[str, str]:
    """Return why a survivor is no fault, by its name without the number of its line."""
    text = (Path(__file__).parent / "survivors.toml").read_text("utf-8")
    return {row["mutant"]: row["reason"] for row in tomllib.loads(text).get("survivors", [])}


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    words.add_argument("--sample", type=int, help="so many in all, as many of each room")
    words.add_argument("--seed", type=int, default=1, help="of the sample")
    words.add_argument("--room", choices=ROOMS)
    words.add_argument("--jobs", type=int, default=1, help="so many at a time (1)")
    words.add_argument("--write", action="store_true", help="put the table into the pages")
    asked = words.parse_args()
    os.chdir(ROOT)
    _warm()
    rooms = [asked.room] if asked.room else list(ROOMS)
    known = excused()
    killed: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    rows: list[str] = []
    notes: list[str] = []

    def says(text: str) -> None:
        rows.append(text)
        print(text, flush=True)

    says("| room | mutants | tried | killed | score |\n|---|---|---|---|---|")
    for room in rooms:
        found = list(mutants(room))
        for tests in ROOMS[room]:
            # who fails without a change would seem to notice every change
            same = CORE / room / "__init__.py"
            source = same.read_text("utf-8")
            broken = f"{source}\nraise RuntimeError\n"
            if not _passes(same, source, tests) or _passes(same, broken, tests):
                print(f"{' '.join(tests)} fail without a change, or do not see one")
                return 2
        chosen = found
        if asked.sample:
            dice = random.Random(f"{asked.seed}/{room}")
            chosen = dice.sample(found, min(len(found), asked.sample // len(rooms)))
        left = []
        for mutant, lives in _tried(chosen, asked.jobs):
            tried[room] += 1
            if tried[room] % 10 == 0:
                print(f"<!-- {room}: {tried[room]} tried -->", file=sys.stderr, flush=True)
            if lives:
                left.append(mutant)
                print(f"<!-- survives: {mutant.name} -->", file=sys.stderr, flush=True)
            else:
                killed[room] += 1
        score = f"{killed[room] / max(1, tried[room]):.0%}"
        says(f"| {room} | {len(found)} | {tried[room]} | {killed[room]} | {score} |")
        for mutant in left:
            file, _, rest = mutant.name.partition(":")
            name = f"{file} {rest.split(' ', 1)[1]}"
            notes.append(f"- `{mutant.name}`: {known.get(name, 'not looked at')}")
    total = sum(killed.values()) / max(1, sum(tried.values()))
    says(f"\n{sum(killed.values())} of {sum(tried.values())} killed: {total:.1%}\n")
    says("\n".join(notes))
    if asked.write:
        for page in PAGES.values():
            put("mutants", page, "\n".join(rows))
    return int(total < 0.9)


def _warm() -> None:
    """Import what is no part of the code under change, so that a process begins at once.

    The code under change must not be among it: what is imported already is changed no more.
    """
    for name in ("pytest", "hypothesis.stateful", "attrs", "cattrs", "pendulum", "holidays",
                 "sqlalchemy", "numpy", "click", "rich.console"):  # fmt: skip
        importlib.import_module(name)
    assert "pst_core" not in sys.modules


if __name__ == "__main__":
    sys.exit(main())
