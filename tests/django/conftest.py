"""One PostgreSQL server for these tests, and nothing left open or full after any of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("django")
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
import django_host

import postgres


@pytest.fixture(autouse=True)
def _closed_connections() -> Iterator[None]:
    yield
    django_host.close_connections()
    django_host.give_back_databases()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give the URL of a PostgreSQL server, ``{name}`` to be replaced."""
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("psycopg")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def alias(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the alias of a migrated database of each kind."""
    if request.param == "sqlite":
        return django_host.sqlite_alias(tmp_path)
    return django_host.postgres_alias(request.getfixturevalue("server"), tmp_path)
