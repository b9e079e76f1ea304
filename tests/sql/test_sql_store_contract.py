"""Our stores pass the contract that a third party's must pass."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.sql import SqlStore
from pst_core.desk.memory import MemoryStore
from pst_core.testing.contracts.store import StoreContract


def open_sqlite(where: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{where}/pst.db", wait=30)


class TestMemoryStore(StoreContract):
    durable = False

    def open_store(self, where: Path) -> MemoryStore:  # noqa: ARG002
        return MemoryStore()


class TestSqliteStore(StoreContract):
    open_store = staticmethod(open_sqlite)


def open_postgres(url: str, where: Path) -> SqlStore:
    """Open the database that belongs to the folder ``where``; make it if it is not there."""
    import psycopg

    name = "t" + hashlib.sha256(str(where).encode()).hexdigest()[:20]
    admin = url.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {name}")
    return SqlStore(url.format(name=name), wait=30)


class TestPostgresStore(StoreContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _server(cls) -> Iterator[None]:
        if postgres.find_binaries() is None:
            pytest.skip(postgres.MISSING)
        pytest.importorskip("psycopg")
        with postgres.server() as url:
            cls.open_store = staticmethod(functools.partial(open_postgres, url))
            yield
