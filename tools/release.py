"""Build what is released and try it as a stranger would: ``tools/release.py [extras|pythons] ...``.

Without a word: wheel and sdist are built twice from the last commit, in two places, and must be
the same bytes; the wheel is installed into an empty environment, ``import pst_core`` loads no
package of others there, and ``pst demo`` plays a request. They are left in ``dist/``.

With ``extras``: each extra is installed alone beside the wheel, one environment each, and what it
is for is imported. That takes minutes and a registry; ``extras NAME...`` tries these only. With
``pythons PROGRAM...``: the same wheel plays a request under each of these interpreters.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"

IMPORTS = {
    "sql": "pst_adapters.sql, pst_adapters.backup",
    "postgres": "pst_adapters.sql, psycopg",
    "workers": "pst_adapters.workers, procrastinate",
    "django": "pst_adapters.django, django, pst_adapters.django.settings",
    "pdf": "pst_adapters.pdf, pst_adapters.pdf.renderer",
    "files": "pst_adapters.files, pst_adapters.files.reader",
    "microdata": "pst_adapters.files.microdata, dbf, pyreadstat, arro3.io",
    "s3": "pst_adapters.files.objects",
    "signature": "pst_adapters.files.signatures",
    "fields": "pst_adapters.fields.checks",
    "payment": "pst_adapters.payment.http",
    "treasury": "pst_adapters.treasury, openpyxl",
    "vector": "pst_core.workdays, numpy",
    "speed": "pst_adapters.speed, msgspec",
    "vault": "pst_adapters.vault",
    "frames": "pst_adapters.frames, pandas, polars",
    "notebooks": "pst_adapters.frames, marimo, matplotlib, nbformat",
    "evidence": "pst_adapters.evidence",
    "testing": "pst_core.testing.strategies, pst_core.testing.sim",
    "portal": "litestar, jinja2, authlib",
    "cli": "pst_adapters.cli, pst_adapters.cli.terminal",
    "demo": "pst_adapters.cli.commands",
}
"""What an installed extra must be able to import."""
NOT_FOR_USERS = {"test", "dev", "docs", "oracle", "bench", "browser", "mutants"}

NOTHING_ELSE = """
import sys
before = set(sys.modules)
import pst_core
from importlib.metadata import packages_distributions
ours = {"pst_core"}
others = {name.split(".")[0] for name in set(sys.modules) - before} & set(packages_distributions())
assert not others - ours, others
"""


def main(words: list[str]) -> int:
    """Build and try; with ``extras`` try each extra of what was built."""
    if words[:1] == ["extras"]:
        return extras(words[1:])
    if words[:1] == ["pythons"]:
        return pythons(words[1:])
    if words:
        print(__doc__)
        return 2
    first, second = build(), build()
    for name, digest in first.items():
        if second.get(name) != digest:
            print(f"{name} is not the same bytes when it is built again")
            return 1
        print(f"{digest}  {name}")
    wheel = next(DIST.glob("*.whl"))
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder) / "bare", str(wheel))
        run(python, "-c", NOTHING_ELSE)
        python = environment(Path(folder) / "demo", f"{wheel}[demo]")
        run(python.with_name("pst"), "demo", "--folder", folder, stdout=subprocess.DEVNULL)
    print("installed from the wheel: import pst_core loads no other package, pst demo ran")
    return 0


def build() -> dict[str, str]:
    """Build the last commit in a place of its own; return the digest of each file in ``dist/``."""
    shutil.rmtree(DIST, ignore_errors=True)
    when = run("git", "log", "-1", "--format=%ct", stdout=subprocess.PIPE).strip()
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "tree.tar"
        run("git", "archive", "--output", archive, "HEAD")
        run("tar", "xf", archive, "-C", folder)
        archive.unlink()
        run(
            sys.executable, "-m", "build", "--no-isolation", "--outdir", DIST, folder,
            env=os.environ | {"SOURCE_DATE_EPOCH": when}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(DIST.iterdir())
    }


def extras(asked: list[str]) -> int:
    """Install each extra alone, or those ``asked`` for, and import what it is for."""
    wheels = list(DIST.glob("*.whl"))
    if not wheels:
        print("build first: python tools/release.py")
        return 2
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = set(project["project"]["optional-dependencies"]) - NOT_FOR_USERS
    if named != set(IMPORTS):
        print(f"extras without an import to try, or the other way round: {named ^ set(IMPORTS)}")
        return 1
    if not set(asked) <= set(IMPORTS):
        print(f"no such extra; there are: {', '.join(IMPORTS)}")
        return 2
    failed = []
    for extra in asked or IMPORTS:
        modules = IMPORTS[extra]
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            python = environment(Path(folder), f"{wheels[0]}[{extra}]")
            done = subprocess.run(
                [python, "-c", f"import {modules}"], capture_output=True, text=True, check=False
            )
            size = sum(p.stat().st_size for p in Path(folder).rglob("*") if p.is_file())
        said = "imports" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
        print(
            f"{extra:10} {size / 1e6:6.0f} MB {time.monotonic() - began:5.0f} s  {said}", flush=True
        )
        failed += [extra] if done.returncode else []
    return 1 if failed else 0


def pythons(programs: list[str]) -> int:
    """Play a request from the wheel under other interpreters."""
    wheels = list(DIST.glob("*.whl"))
    if not wheels or not programs:
        print("build first: python tools/release.py; then name the interpreters")
        return 2
    for program in programs:
        with tempfile.TemporaryDirectory() as folder:
            python = environment(Path(folder) / "env", f"{wheels[0]}[demo]", program)
            run(python, "-c", NOTHING_ELSE)
            run(python.with_name("pst"), "demo", "--folder", folder, stdout=subprocess.DEVNULL)
            print(
                run(python, "--version", stdout=subprocess.PIPE).strip(), "pst demo ran", flush=True
            )
    return 0


def environment(folder: Path, what: str, program: str = sys.executable) -> Path:
    """Make an empty environment with ``what`` in it; return its python."""
    run(program, "-m", "venv", folder)
    python = folder / "bin/python"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", what)
    return python


def run(*words: object, **how: object) -> str:
    """Run a program that must succeed, from the root; return what it printed, if that was asked."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, check=True, text=True, **how)
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
