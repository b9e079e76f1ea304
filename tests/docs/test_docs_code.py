"""Every code block of every page runs as it stands, or says why it does not."""

import ast
import json
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.docs import scene
from tests.docs.pages import HOW_TO_MARK, LANGUAGES, blocks, written

from pst_adapters.cli import main

PAGES = [path for lang in LANGUAGES for path in written(lang)]
RUN = {"python", "sh", "console", "toml", "json"}
SHOWN = {"text", "mermaid", "html", "xml"}
"""Blocks that show what a program prints, or a picture."""


LONG = ("python ", "pst demo", "pst day", "pst office check", "--db ")
"""What plays a life or walks a procedure, or looks at one that was played: seconds, not moments."""


def pages():
    """Return the pages, those marked whose code takes long."""
    for path in PAGES:
        shell = "".join(b.code for b in blocks(path) if b.kind in ("sh", "console"))
        long = any(word in shell for word in LONG)
        yield pytest.param(path, id=ident(path), marks=[pytest.mark.slow] if long else [])


def ident(path):
    return f"{path.parent.name}-{path.stem}"


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("played")
    scene.play(folder)
    shown = folder / "shown"
    shown.mkdir()
    (demo,) = (folder / "demo").iterdir()
    for part in demo.iterdir():
        part.rename(shown / part.name)
    return shown


@pytest.mark.parametrize("path", PAGES, ids=ident)
def test_every_block_has_a_language_and_marks_give_a_reason(path):
    check_marks(path)


def check_marks(path):
    text = path.read_text("utf-8")
    assert text.count("\n```\n") * 2 == text.count("\n```"), "a fence names its language"
    for block in blocks(path):
        assert block.kind in RUN | SHOWN, block.where
        if block.mark.startswith("not run"):
            assert len(block.mark.removeprefix("not run:").split()) >= 3, f"{block.where}: a reason"


@pytest.mark.slow
@pytest.mark.parametrize("path", list(pages()))
def test_the_code_of_a_page_runs(path, tmp_path, monkeypatch, request):
    todo = [b for b in blocks(path) if b.kind in RUN and not b.mark.startswith("not run:")]
    if not todo:
        return
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "queue_mailer", raising=False)
    if any(b.kind in ("sh", "console") for b in todo):
        scene.lay_out(request.getfixturevalue("played"), tmp_path)
    opened = []
    code = "".join(b.code for b in todo if b.kind == "python")
    found = scene.names(tmp_path, opened, code) if code else {}
    scene.BEFORE.get(path.stem, lambda _: None)(found)
    try:
        for block in todo:
            run(block, found)
    finally:
        for each in opened:
            each.close()


def run(block, found):
    try:
        if block.mark.startswith("file: "):
            Path(block.mark.removeprefix("file: ")).write_text(block.code, "utf-8")
        elif block.kind == "python":
            as_python(block, found)
        elif block.kind == "toml":
            tomllib.loads(block.code)
        elif block.kind == "json":
            json.loads(block.code)
        else:
            as_shell(block)
    except Exception as error:
        error.add_note(f"{block.where}: {HOW_TO_MARK}")
        raise


def as_python(block, found):
    """Run the code; a line that ends with ``# -> what`` is an expression whose value it shows."""
    lines = block.code.splitlines()
    for part in ast.parse(block.code).body:
        if not isinstance(part, ast.Expr):
            whole = ast.increment_lineno(ast.Module([part], []), block.line)
            exec(compile(whole, block.where, "exec"), found)  # noqa: S102 - our own pages
            continue
        value = eval(compile(ast.Expression(part.value), block.where, "eval"), found)  # noqa: S307
        _, arrow, shown = lines[part.end_lineno - 1].partition("# -> ")
        if arrow:
            assert str(value) == shown, f"{block.where}: {ast.unparse(part)} gives {value}"


def as_shell(block):
    wanted = int(block.mark.removeprefix("exit:")) if block.mark.startswith("exit:") else 0
    for line in block.code.replace("\\\n", " ").splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if not words:
            continue
        if words[0] == "mkdir":
            Path(words[-1]).mkdir(parents=True, exist_ok=True)
            continue
        if words[0] == "cp":
            shutil.copy(*words[1:])
            continue
        if words[0] == "python":
            subprocess.run([sys.executable, *words[1:]], check=True)
            continue
        assert words[0].split("/")[-1] == "pst", f"{line}: only pst is run here"
        assert main(words[1:]) == wanted, line
