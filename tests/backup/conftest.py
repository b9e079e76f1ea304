"""A PostgreSQL server for the tests of this folder."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres


@pytest.fixture(scope="module")
def server():
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    with postgres.server() as url:
        yield url
