"""The check of licences lets through what may go with ours and nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("packaging")


@pytest.fixture(scope="module")
def security() -> Any:
    path = Path(__file__).parents[2] / ".ci" / "security.py"
    if not path.exists():
        pytest.skip("only in a clone of the repository")
    spec = importlib.util.spec_from_file_location("ci_security", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "named",
    ["MIT", "MIT License", "Apache-2.0", "Apache Software License", "BSD-3-Clause", "PSF-2.0",
     "Mozilla Public License 2.0 (MPL 2.0)", "LGPL-3.0-only", "MIT OR GPL-2.0-only",
     "GNU Lesser General Public License v3 (LGPLv3)"],
)  # fmt: skip
def test_free_licences_may_be(security: Any, named: str) -> None:
    assert security.may_be(named)


@pytest.mark.parametrize(
    "named",
    ["?", "GPL-2.0", "GPL-3.0-or-later", "AGPL-3.0", "GNU General Public License v3 (GPLv3)",
     "GNU Affero General Public License v3", "BUSL-1.1", "Proprietary",
     "Other/Proprietary License"],
)  # fmt: skip
def test_others_may_not(security: Any, named: str) -> None:
    assert not security.may_be(named)


def test_all_that_we_ask_for_is_looked_at(security: Any) -> None:
    found = security.parts()
    assert {"attrs", "cattrs", "pendulum", "sqlalchemy", "psycopg", "cryptography"} <= set(found)
    assert "ruff" not in found
    assert security.licences(found)
