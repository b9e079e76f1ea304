"""A store of every released version is brought forward with its data, on both databases.

``store-0.1.0-*.sql`` were dumped from stores that 0.1.0 had written: by the ``sqlite3`` module's
``iterdump`` and by ``pg_dump``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))
import sqlite3

import postgres
from pst_adapters.sql import SqlStore, migrations
from pst_adapters.sql.schema import SCHEMA, metadata
from pst_core.desk.ports import EffectStatus
from pst_core.desk.sealing import verify_store
from pst_core.refusal import StorageError
from pst_core.testing.contracts.store import NOW, batch, summary

HERE = Path(__file__).parent
_FIRST = "request-3317-2026-0001"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("psycopg")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request: Any, tmp_path: Path) -> Callable[[str, bool], str]:
    """Return what makes a database, with the tables and data of 0.1.0 if told, and its URL."""
    if request.param == "sqlite":

        def make_file(name: str, old: bool) -> str:
            path = tmp_path / f"{name}.db"
            if old:
                connection = sqlite3.connect(path)
                connection.executescript((HERE / "store-0.1.0-sqlite.sql").read_text("utf-8"))
                connection.close()
            return f"sqlite:///{path}"

        return make_file
    url = request.getfixturevalue("server")

    def make_database(name: str, old: bool) -> str:
        import psycopg

        name = f"{name}_{abs(hash(str(tmp_path)))}"
        with psycopg.connect(
            url.format(name="postgres").replace("+psycopg", ""), autocommit=True
        ) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        made = url.format(name=name)
        if old:
            with psycopg.connect(made.replace("+psycopg", "")) as connection:
                connection.execute((HERE / "store-0.1.0-postgresql.sql").read_text("utf-8"))
        return made

    return make_database


def shape(url: str) -> dict[str, Any]:
    """Return what the database says of each table of ours."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    look = sa.inspect(engine)
    return {
        table: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"])
                for c in look.get_columns(table)
            ],
            "indexes": sorted(
                (str(i["name"]), *i["column_names"]) for i in look.get_indexes(table)
            ),
            "unique": sorted(tuple(u["column_names"]) for u in look.get_unique_constraints(table)),
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "foreign": [f["constrained_columns"] for f in look.get_foreign_keys(table)],
        }
        for table in look.get_table_names()
        if table != migrations.VERSION_TABLE
    }


def made_from_metadata(url: str) -> str:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    metadata.create_all(engine)
    return url


def test_what_0_1_0_wrote_is_all_there_after_opening(make: Callable[[str, bool], str]) -> None:
    with SqlStore(make("old", True)) as store:
        assert [e.version for e in store.load(_FIRST)] == [1, 2]
        assert store.load(_FIRST)[1].body == '{"nama": "Siti “é”"}'
        assert len(store.read()) == 4
        assert store.last_number("request/3317/2026") == 3
        assert store.summary(_FIRST) == summary(_FIRST)
        assert [(e.status, e.attempt) for e in store.effects()] == [
            (EffectStatus.DONE, 1), (EffectStatus.DEAD, 1), (EffectStatus.QUEUED, 1),
            (EffectStatus.CLAIMED, 1), (EffectStatus.CLAIMED, 1), (EffectStatus.QUEUED, 0),
        ]  # fmt: skip
        assert store.answer("c9", "3317", "print of c9") is not None
        verdict = verify_store(store)
        assert (verdict.events, verdict.findings) == (4, ()), "its events have their digests"
        assert all(len(event.digest) == 64 for event in store.read())


def test_a_dump_of_a_server_that_counted_further_shows_followers_all_its_events(
    server: str,
) -> None:
    import psycopg

    name = "restored"
    with psycopg.connect(
        server.format(name="postgres").replace("+psycopg", ""), autocommit=True
    ) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    url = server.format(name=name)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute((HERE / "store-0.1.0-postgresql.sql").read_text("utf-8"))
        connection.execute("UPDATE public.pst_events SET barrier = 9000000000 + position")
        connection.execute("SELECT setval('public.pst_barrier', 9000000004)")
    with SqlStore(url) as store:
        store.append(batch("new", 0, "c10"))
        assert [e.position for e in store.read()] == [1, 2, 3, 4, 5]


def test_what_0_1_0_tried_counts_as_tried_and_the_store_goes_on(
    make: Callable[[str, bool], str],
) -> None:
    with SqlStore(make("old", True)) as store:
        later = NOW.replace(year=2027)
        claimed = store.claim("w", later, later - NOW)
        assert sorted(c.tries for c in claimed) == [1, 2, 2, 2]
        assert all(c.tries == c.attempt for c in claimed)
        assert store.append(batch("new", 0, "c10")).version == 1
        assert store.read()[-1].stream == "new"


@pytest.mark.slow
def test_the_tables_are_those_of_the_metadata_however_they_were_made(
    make: Callable[[str, bool], str],
) -> None:
    urls = {"old": make("old", True), "fresh": make("fresh", False)}
    wanted = shape(made_from_metadata(make("metadata", False)))
    for how, url in urls.items():
        SqlStore(url).close()
        assert shape(url) == wanted, how
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            options = {"version_table": migrations.VERSION_TABLE, "compare_type": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, metadata) == [], how
            assert context.get_current_revision() == f"{SCHEMA:04d}", how


@pytest.mark.slow
def test_an_upgrade_that_fails_leaves_the_old_store_as_it_was(
    make: Callable[[str, bool], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make("old", True)
    before = shape(url)
    broken = metadata.tables["pst_meta"].insert().values(key="schema", value=None)

    def fail(connection: sa.Connection) -> None:
        whole(connection)
        connection.execute(broken)

    whole = migrations.upgrade
    monkeypatch.setattr(migrations, "upgrade", fail)
    with pytest.raises(StorageError):
        SqlStore(url)
    assert shape(url) == before
    monkeypatch.undo()
    with SqlStore(url) as store:
        assert len(store.read()) == 4


def test_the_number_of_the_schema_is_that_of_the_newest_revision() -> None:
    script = ScriptDirectory(migrations.REVISIONS, version_locations=[migrations.REVISIONS])
    assert script.get_current_head() == f"{SCHEMA:04d}"


@pytest.mark.slow
def test_opening_a_store_that_is_up_to_date_loads_no_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/pst.db"
    SqlStore(url).close()
    program = (
        f"import sys\nfrom pst_adapters.sql import SqlStore\nSqlStore({url!r}).close()\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n", done.stderr
