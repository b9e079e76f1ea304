"""What is said of the package in several places is the same in all of them."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PUT_TOGETHER = {"backup", "cli"}
"""Folders that use other adapters: those may look at them, and they are no port's."""


def script(place: str) -> Any:
    path = ROOT / place
    if not path.exists():
        pytest.skip("only in a clone of the repository")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_release_tries_every_extra_that_people_install() -> None:
    release = script("tools/release.py")
    extras = set(PROJECT["project"]["optional-dependencies"])
    assert extras - release.NOT_FOR_USERS == set(release.IMPORTS)


def test_licences_and_weaknesses_are_asked_for_every_extra_that_people_install() -> None:
    looked_at = set(script(".ci/security.py").EXTRAS.split(","))
    assert looked_at == set(script("tools/release.py").IMPORTS)


def test_every_adapter_is_among_those_that_do_not_know_each_other() -> None:
    folders = {path.parent.name for path in (ROOT / "src/pst_adapters").glob("*/__init__.py")}
    rules = PROJECT["tool"]["importlinter"]["contracts"]
    (apart,) = (rule["modules"] for rule in rules if rule["type"] == "independence")
    assert {name.removeprefix("pst_adapters.") for name in apart} == folders - PUT_TOGETHER


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_pythons_that_are_claimed_are_those_that_were_tried(lang: str) -> None:
    page = (ROOT / f"docs/{lang}/versions.md").read_text("utf-8")
    tried = re.findall(r"^\| (3\.\d+)\.\d+ ", page, re.M)
    claimed = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    assert tried == claimed
