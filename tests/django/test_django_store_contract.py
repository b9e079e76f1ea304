"""A Django host's store passes the contract of every other store; planted faults fail it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django_host
import pytest

from pst_adapters.django import DjangoDatabase, DjangoStore
from pst_adapters.django.database import Statements
from pst_adapters.sql import SqlStore
from pst_core.desk.ports import Store
from pst_core.testing.contracts.store import StoreContract


class TestDjangoSqliteStore(StoreContract):
    open_store = staticmethod(django_host.open_sqlite)


class TestDjangoPostgresStore(StoreContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _server(cls, server: str) -> None:
        cls.open_store = staticmethod(functools.partial(django_host.open_postgres, server))


class EachStatementAlone(DjangoDatabase):
    """Writes without a transaction, as a host that forgets ``atomic`` would."""

    def write(self, job: Callable[[Any], Any]) -> Any:
        with self.reading() as connection:
            return job(connection)


class LosesTheMicroseconds(DjangoDatabase):
    """Rounds whole numbers, as a store of times in seconds does."""

    def write(self, job: Callable[[Any], Any]) -> Any:
        class Rounding(Statements):
            def execute(self, sql: str, values: Any = None) -> Any:
                if isinstance(values, dict) and "at" in values:
                    values = values | {"at": values["at"] // 1_000_000 * 1_000_000}
                return super().execute(sql, values)

        return super().write(lambda connection: job(Rounding(connection.connection)))


class NeverCloses(DjangoDatabase):
    def close(self) -> None:
        pass


C = StoreContract
FAULTS = [
    (EachStatementAlone, C.test_a_refused_batch_leaves_nothing, ("effect",)),
    (EachStatementAlone, C.test_a_refused_command_may_be_sent_again, ()),
    (LosesTheMicroseconds, C.test_events_come_back_as_they_went_in, ()),
    (NeverCloses, C.test_a_closed_store_says_so, None),
]


@pytest.mark.parametrize(("faulty", "case", "args"), FAULTS)
def test_a_faulty_django_store_fails_its_case(
    tmp_path: Path, faulty: type[DjangoDatabase], case: Callable[..., None], args: Any
) -> None:
    def run(name: str, database: type[DjangoDatabase]) -> None:
        class Case(StoreContract):
            def open_store(self, where: Path) -> Store:
                return SqlStore(database(django_host.sqlite_alias(where)))

        where = tmp_path / name
        where.mkdir()
        one = Case()
        case(one, where) if args is None else case(one, one.open_store(where), *args)

    run("sound", DjangoDatabase)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run("faulty", faulty)


def test_the_app_names_its_store() -> None:
    import pst_adapters.django as app

    assert app.DjangoStore is DjangoStore
    assert issubclass(DjangoStore, SqlStore)
    assert set(app.__all__) <= {*dir(app), *app._HOMES}
