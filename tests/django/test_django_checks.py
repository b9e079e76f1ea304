"""``manage.py check`` names each misconfiguration, in both languages, with what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_host
import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from pst_adapters.django import DjangoStore
from pst_core.testing.contracts.store import NOW, batch, effect


def found(alias: str, pst: Any = None, databases: Any = None, **settings: Any) -> dict[str, Any]:
    """Return our messages by id."""
    if pst is None:
        pst = django_host.PST | {"DATABASE": alias}
    with override_settings(PST=pst, **settings):
        said = checks.run_checks(databases=databases)
    ours = [message for message in said if str(message.id).startswith("pst.")]
    for message in ours:
        assert " / " in message.msg, message
        assert " / " in (message.hint or "pst.W007 / says it itself"), message
    return {message.id.removeprefix("pst."): message for message in ours}


@pytest.fixture
def sound(tmp_path: Path) -> str:
    return django_host.sqlite_alias(tmp_path)


def test_a_sound_host_is_told_nothing(sound: str) -> None:
    assert found(sound) == {}
    # what remains is about the SQLite of this machine, not about the host
    assert set(found(sound, databases=[sound])) <= {"W007"}


@pytest.mark.parametrize(
    ("number", "pst", "told"),
    [
        ("E001", "3317", "PST"),
        ("E001", {"OFFICE": "3317", "DATABSE": "default"}, "DATABSE"),
        ("E001", {"DATABASE": "default"}, "OFFICE"),
        ("E002", {"OFFICE": "3317", "DATABASE": "nowhere"}, "nowhere"),
        ("E003", {"OFFICE": "0000", "FILES": "f"}, "0000"),
        ("E003", {"OFFICE": "no.toml", "FILES": "f"}, "no.toml"),
        ("W004", {"OFFICE": "3317"}, "FILES"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(
    sound: str, number: str, pst: Any, told: str
) -> None:
    if isinstance(pst, dict):
        pst = {"DATABASE": sound} | pst if number != "E001" else pst
    said = found(sound, pst)
    assert set(said) == {number}
    assert told in said[number].msg + said[number].hint


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    entry = {"ENGINE": "django.db.backends.dummy", "NAME": "x"}
    alias = django_host.declare("dummy", entry)
    assert set(found(alias)) == {"E002"}
    del connections.settings[alias]


class ElsewhereRouter:
    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool | None:
        return False if app_label == "pst" else None


def test_a_router_that_keeps_the_tables_out_is_named(sound: str) -> None:
    assert set(found(sound, DATABASE_ROUTERS=[ElsewhereRouter()])) == {"E004"}


@pytest.mark.parametrize(
    ("number", "entry"), [("E005", {"AUTOCOMMIT": False}), ("W003", {"ATOMIC_REQUESTS": True})]
)
def test_a_transaction_setting_that_breaks_a_promise_is_named(
    tmp_path: Path, number: str, entry: dict[str, Any]
) -> None:
    alias = django_host.declare("odd", django_host.sqlite(tmp_path / "x.db") | entry)
    assert set(found(alias)) == {number}
    del connections.settings[alias]


def test_times_without_a_zone_are_named(sound: str) -> None:
    assert set(found(sound, USE_TZ=False)) == {"W001"}


def test_sqlite_as_django_opens_it_by_itself_is_named(tmp_path: Path) -> None:
    alias = django_host.sqlite_alias(tmp_path, transaction_mode=None, init_command="")
    assert set(found(alias)) == {"W002"}
    # the file stays in WAL mode once it is; Django's default leaves a new one without
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=DELETE")
    assert "journal_mode=delete" in found(alias, databases=[alias])["W005"].msg


@pytest.mark.parametrize(
    ("pragmas", "told"),
    [
        ("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", True),
        ("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL", True),
        ("PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA", False),
        ("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", False),
    ],
)
def test_what_a_power_cut_can_undo_is_named(tmp_path: Path, pragmas: str, told: bool) -> None:
    alias = django_host.sqlite_alias(tmp_path, init_command=pragmas)
    assert ("W005" in found(alias, databases=[alias])) == told


def test_a_database_in_memory_is_a_test_run_and_told_nothing(tmp_path: Path) -> None:
    entry = django_host.sqlite(Path(":memory:")) | {"NAME": ":memory:"}
    alias = django_host.declare("memory", entry)
    assert found(alias, databases=[alias]) == {}
    del connections.settings[alias]


def test_missing_tables_are_named_but_do_not_stop_migrate(tmp_path: Path) -> None:
    alias = django_host.declare("empty", django_host.sqlite(tmp_path / "empty.db"))
    assert "W009" in found(alias, databases=[alias])
    assert found(alias) == {}, "no database is asked unless Django says so"
    with override_settings(PST=django_host.PST | {"DATABASE": alias}):
        call_command("migrate", "pst", database=alias, verbosity=0)
    assert "W009" not in found(alias, databases=[alias])
    del connections.settings[alias]


def test_a_database_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    alias = django_host.declare("gone", django_host.sqlite(tmp_path / "no" / "x.db"))
    assert set(found(alias, databases=[alias])) == {"E006"}
    del connections.settings[alias]


def test_work_that_nobody_asks_for_is_named(sound: str) -> None:
    DjangoStore(sound).append(batch("s", 0, "c1", effects=(effect("e", NOW.replace(year=2020)),)))
    said = [m.msg for m in _all(sound) if m.id == "pst.W007"]
    assert any("2020-11-24" in text for text in said), said


def _all(alias: str) -> list[Any]:
    with override_settings(PST=django_host.PST | {"DATABASE": alias}):
        return checks.run_checks(databases=[alias])


def test_postgresql_is_read_back(server: str, tmp_path: Path) -> None:
    from django.db.backends.postgresql.psycopg_any import IsolationLevel

    alias = django_host.postgres_alias(server, tmp_path)
    sound = {m.msg for m in _all(alias) if m.id == "pst.W007"}  # the test server does not sync
    assert not any("synchronous_commit" in text for text in sound)
    alias = django_host.postgres_alias(
        server,
        tmp_path,
        isolation_level=IsolationLevel.REPEATABLE_READ,
        options="-c synchronous_commit=off",
    )
    said = _all(alias)
    assert [m.id for m in said if m.id == "pst.W006"] == ["pst.W006"]
    assert any("synchronous_commit=off" in m.msg for m in said if m.id == "pst.W007")
