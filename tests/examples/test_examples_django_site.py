"""The small Django site: what its people do, how few lines adopt the library, how it starts."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "examples/django_site"
MANAGE = SITE / "manage.py"
MARK = re.compile(r"# pst$|\{# pst #\}$")
ADOPTS = ("shop/service.py", "shop/templates/service/*", "shop/migrations/0002_order_stream.py")

for needed in ("django", "typst", "pypdf", "pypdfium2", "PIL"):
    pytest.importorskip(needed)


def settings_for(data: Path, **more: str) -> dict[str, str]:
    names = {k: v for k, v in os.environ.items() if not k.startswith(("SHOP_", "DJANGO_"))}
    return names | {"SHOP_DATA": str(data), "PYTHONPATH": str(ROOT)} | more


def manage(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(MANAGE), *words],
        env=settings_for(data, **more), capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_what_people_do_on_the_site(tmp_path: Path) -> None:
    done = manage(tmp_path, "test", "tests.examples.site_cases")
    assert done.returncode == 0, done.stderr
    assert int(re.search(r"Ran (\d+) tests", done.stderr)[1]) >= 11  # type: ignore[index]


def adoption() -> list[str]:
    """Return every line that adopts the library; blank ones are no lines."""
    files = [path for pattern in ADOPTS for path in sorted(SITE.glob(pattern))]
    assert len(files) >= 5
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()]
    for path in [*SITE.rglob("*.py"), *SITE.rglob("*.html")]:
        if path not in files:
            lines += [x for x in path.read_text("utf-8").splitlines() if MARK.search(x)]
    return [line for line in lines if line.strip()]


def test_under_150_lines_adopt_the_library() -> None:
    lines = adoption()
    assert 100 < len(lines) < 150, len(lines)
    assert max(map(len, lines)) < 500


def test_nothing_else_of_the_site_knows_the_library() -> None:
    files = {path for pattern in ADOPTS for path in SITE.glob(pattern)}
    files.add(SITE / "shop/management/commands/demo.py")  # people and a worker to look at it with
    for path in [*SITE.rglob("*.py"), *SITE.rglob("*.html")]:
        if path in files:
            continue
        for line in path.read_text("utf-8").splitlines():
            knows = re.search(r"pst_(core|adapters)|\bservice\.|service/|\bstream\b|PST\b", line)
            assert not knows or MARK.search(line), f"{path.name}: {line}"


@pytest.mark.slow
def test_the_site_passes_its_own_checks(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert manage(tmp_path, "makemigrations", "--check", "--dry-run").returncode == 0
    manage(tmp_path, "migrate")
    checked = manage(tmp_path, "check", "--database", "default")
    assert checked.returncode == 0, checked.stderr
    found = set(re.findall(r"pst\.\w+", checked.stderr))
    assert found <= {"pst.W007"}, "what the machine's SQLite can do is not the site's"


@pytest.mark.slow
def test_no_secret_key_stands_in_the_code(tmp_path: Path) -> None:
    says = "from django.conf import settings; print(settings.SECRET_KEY, settings.DEBUG)"
    first, second = (manage(tmp_path, "shell", "-v0", "-c", says).stdout for _ in range(2))
    assert first != second
    assert len(first) > 50
    assert "False" in first
    given = manage(tmp_path, "shell", "-v0", "-c", says, SHOP_SECRET_KEY="of the house").stdout
    assert given.strip() == "of the house False"


def start_line() -> list[str]:
    """Return the parts of the one line of the README that starts the site."""
    (block,) = re.findall(r"```sh\n(.*?)```", (SITE / "README.md").read_text("utf-8"), re.S)
    (line,) = block.strip().splitlines()
    return line.split(" && ")


def test_the_start_line_installs_what_there_is() -> None:
    venv, install, run = map(shlex.split, start_line())
    assert venv[:3] == ["python3", "-m", "venv"]
    asked = re.fullmatch(r"\.\[(.+)\]", install[-1])
    assert asked is not None
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(asked[1].split(",")) <= set(extras["optional-dependencies"])
    assert install[0].startswith(venv[3])
    assert run[0] == f"{venv[3]}/bin/python"
    assert (ROOT / run[1]) == MANAGE


@pytest.mark.slow
def test_the_start_line_serves_the_site(tmp_path: Path) -> None:
    _, _, run = map(shlex.split, start_line())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *run[1:], "--port", str(port)],
        cwd=ROOT, env=settings_for(tmp_path, PYTHONUNBUFFERED="1"), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        page = opened(process, f"http://127.0.0.1:{port}/")
        assert "Rembang Dalam Angka" in page
        style = opened(process, f"http://127.0.0.1:{port}/static/shop.css")
        assert ":root" in style
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=60)
    assert f"http://127.0.0.1:{port}/" in said
    assert "siti" in said


def opened(process: subprocess.Popen[str], url: str) -> str:
    end = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own server
                return str(answer.read().decode())
        except (ConnectionError, urllib.error.URLError):
            assert process.poll() is None, "it ended by itself"
            assert time.monotonic() < end
            time.sleep(0.1)
