"""The tables that Django makes are those of ``SqlStore``, and both may use them on PostgreSQL."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import django_host
import pytest
import sqlalchemy as sa
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings

from pst_adapters.django import DjangoStore
from pst_adapters.django.models import (
    AuditNote,
    Checkpoint,
    Command,
    Effect,
    Event,
    Mark,
    RegisterRow,
    Series,
)
from pst_adapters.sql import SCHEMA, SqlStore
from pst_adapters.sql.schema import metadata
from pst_core.desk.ports import AuditLine
from pst_core.desk.sealing import seal, verify_store
from pst_core.refusal import BadInput, StorageError
from pst_core.testing.contracts.store import NOW, batch, effect, summary

TABLES = sorted(metadata.tables)


def test_the_models_need_no_further_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_run_forward_and_back(alias: str) -> None:
    with DjangoStore(alias) as store:
        store.append(batch("s", 0, "c1"))
    call_command("migrate", "pst", "zero", database=alias, verbosity=0, skip_checks=True)
    with pytest.raises(StorageError, match="not-migrated") as caught:
        DjangoStore(alias).load("s")
    assert "migrate" in caught.value.remedy.id
    with pytest.raises(StorageError, match="not-migrated"):
        DjangoStore(alias).append(batch("s", 0, "c1"))
    call_command("migrate", "pst", database=alias, verbosity=0, skip_checks=True)
    assert DjangoStore(alias).append(batch("s", 0, "c1")).version == 1
    assert Mark.objects.using(alias).get(key="schema").value == SCHEMA


def test_events_of_before_get_their_digests(alias: str) -> None:
    with DjangoStore(alias) as store:
        for n in range(5):
            store.append(batch(f"s{n % 2}", n // 2, f"c{n}"))
        wanted = [event.digest for event in store.read()]
        call_command("migrate", "pst", "0001", database=alias, verbosity=0, skip_checks=True)
        call_command("migrate", "pst", database=alias, verbosity=0, skip_checks=True)
        assert [event.digest for event in store.read()] == wanted
        assert verify_store(store).sound


def test_a_host_seals_and_verifies_its_store_also_within_its_transaction(
    alias: str, tmp_path: Path
) -> None:
    evidence = pytest.importorskip("pst_adapters.evidence")
    key = evidence.make_key(tmp_path / "key")
    with DjangoStore(alias) as store:
        store.append(batch("s", 0, "c1"))
        store.note(AuditLine("3317", NOW, "read", "p", "officer", "", "{}"))
        with transaction.atomic(using=alias):
            store.append(batch("s", 1, "c2"))
            assert verify_store(store).events == 2
        assert len(seal(store, "3317", key, NOW)) == 1
        verdict = verify_store(store)
        assert (verdict.sound, verdict.sealed, verdict.notes) == (True, 2, 1)
        with connections[alias].cursor() as cursor:
            cursor.execute("DELETE FROM pst_events WHERE version = 2")
        assert verify_store(store).findings[0].row == "s/2"


def shape(engine: sa.Engine) -> dict[str, Any]:
    """Return columns, keys and indexes as they matter to the statements."""
    seen = sa.inspect(engine)
    tables = {}
    for table in TABLES:
        keys = {tuple(u["column_names"]) for u in seen.get_unique_constraints(table)}
        indexes = set()
        for index in seen.get_indexes(table):
            columns = tuple(index["column_names"])
            if index["unique"]:
                keys.add(columns)
            elif not index["name"].endswith("_like"):  # Django's own, for LIKE
                indexes.add((index["name"], columns))
        tables[table] = {
            "columns": {
                column["name"]: (
                    str(column["type"]).replace('COLLATE "C"', "C"),
                    column["nullable"],
                )
                for column in seen.get_columns(table)
            },
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "unique": keys - {("position",)},
            "indexes": indexes,
            "refers": [f["referred_table"] for f in seen.get_foreign_keys(table)],
        }
    return tables


def test_the_tables_are_those_of_the_other_host_sqlite(tmp_path: Path) -> None:
    django_host.sqlite_alias(tmp_path)
    SqlStore(f"sqlite:///{tmp_path}/plain.db").close()
    ours = sa.create_engine(f"sqlite:///{tmp_path}/pst.db")
    plain = sa.create_engine(f"sqlite:///{tmp_path}/plain.db")
    made, wanted = shape(ours), shape(plain)
    for table in TABLES:  # every whole number is one to SQLite
        for of in (made, wanted):
            columns = of[table]["columns"]
            for name, (kind, null) in columns.items():
                columns[name] = (kind.replace("BIGINT", "INTEGER"), null)
        assert made[table] == wanted[table]
    ours.dispose()
    plain.dispose()


def plain_url(server: str, alias: str) -> str:
    return server.format(name=connections[alias].settings_dict["NAME"])


@pytest.fixture
def pg(server: str, tmp_path: Path) -> str:
    return django_host.postgres_alias(server, tmp_path)


def test_the_tables_are_those_of_the_other_host_postgresql(
    server: str, pg: str, tmp_path: Path
) -> None:
    with connections[pg].cursor() as cursor:
        cursor.execute(f"CREATE DATABASE plain_{pg}")
    url = server.format(name=f"plain_{pg}")
    SqlStore(url).close()
    ours, plain = sa.create_engine(plain_url(server, pg)), sa.create_engine(url)
    assert shape(ours) == shape(plain)
    of_function = sa.text("SELECT pg_get_functiondef('pst_allocate'::regproc)")
    of_sequences = sa.text(
        "SELECT sequencename, start_value, min_value, increment_by FROM pg_sequences"
        " WHERE sequencename IN ('pst_position', 'pst_barrier') ORDER BY 1"
    )
    of_order = sa.text(
        "SELECT collation_name FROM information_schema.columns"
        " WHERE table_name = 'pst_register' AND column_name = 'stream'"
    )
    for question in (of_function, of_sequences, of_order):
        with ours.connect() as one, plain.connect() as two:
            assert one.execute(question).all() == two.execute(question).all()
    ours.dispose()
    plain.dispose()


def test_a_plain_host_and_a_django_host_share_one_postgresql(server: str, pg: str) -> None:
    django = DjangoStore(pg)
    with SqlStore(plain_url(server, pg)) as plain:
        django.append(batch("s", 0, "c1", effects=(effect("e1"),), summary=summary("s")))
        plain.append(batch("s", 1, "c2", effects=(effect("e2"),)))
        assert plain.read() == django.read()
        assert plain.effects() == django.effects()
        assert django.append(batch("s", 1, "c2")).repeated
        assert len(plain.claim("w", NOW, NOW - NOW.replace(hour=0))) == 2


def test_procrastinate_is_woken_in_the_hosts_own_transaction(server: str, pg: str) -> None:
    pytest.importorskip("procrastinate")
    from pst_adapters.workers import install

    with connections[pg].cursor() as cursor:  # of its own: triggers would stay in a shared one
        cursor.execute("CREATE DATABASE woken")
    alias = django_host.declare("woken", django_host.postgresql(server, "woken"))
    django_host.migrate(alias)
    install(server.format(name="woken"))
    store = DjangoStore(alias)

    def jobs() -> int:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            return int(cursor.fetchone()[0])

    with transaction.atomic(using=alias):
        store.append(batch("s", 0, "c1", effects=(effect("e1"),)))
        assert jobs() == 1
        transaction.set_rollback(True, using=alias)
    assert jobs() == 0
    store.append(batch("s", 0, "c1", effects=(effect("e1"),)))
    assert jobs() == 1


def test_a_plain_host_does_not_migrate_what_django_made(server: str, pg: str) -> None:
    with connections[pg].cursor() as cursor:
        cursor.execute("UPDATE pst_meta SET value = 1 WHERE key = 'schema'")
    with pytest.raises(StorageError, match="older-database") as caught:
        SqlStore(plain_url(server, pg))
    assert "manage.py migrate" in caught.value.remedy.en


def test_migrate_looks_after_a_dump_from_another_server(pg: str) -> None:
    store = DjangoStore(pg)
    store.append(batch("s", 0, "c1"))
    with connections[pg].cursor() as cursor:
        cursor.execute("UPDATE pst_events SET barrier = 1000000000")
        cursor.execute("SELECT setval('pst_barrier', 1000000000)")
    assert store.read() == ()
    said = io.StringIO()
    with override_settings(PST=django_host.PST | {"DATABASE": pg}):
        call_command("check", databases=[pg], stderr=said)
        assert "pst.W008" in said.getvalue()
        call_command("migrate", database=pg, verbosity=0)
    store.append(batch("s", 1, "c2"))
    assert [e.command_id for e in store.read()] == ["c1", "c2"]


@pytest.mark.parametrize(
    "model", [AuditNote, Checkpoint, Command, Effect, Event, Mark, RegisterRow, Series]
)
def test_the_models_are_for_reading(model: Any, tmp_path: Path) -> None:
    for act in (model().save, model().delete):
        with pytest.raises(BadInput, match="read-only-model"):
            act()
    store = DjangoStore(django_host.sqlite_alias(tmp_path))
    store.append(batch("s", 0, "c1", effects=(effect("e"),), summary=summary("s")))
    store.note(AuditLine("3317", NOW, "read", "p", "officer", "", "{}"))
    found = list(model.objects.using(store.using).all())
    assert [str(row) for row in found] or model in (Series, Checkpoint)
