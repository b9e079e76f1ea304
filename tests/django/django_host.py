"""A Django project for tests: configured once a process, with a database of its own for each case.

Imported only by the tests that need Django, and by the processes that they start. Databases are
copies of one that ``migrate`` has made, since migrating anew takes a second each time.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

import django

WAL = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
PST = {"OFFICE": "3317", "FILES": "unused"}

settings.configure(
    SECRET_KEY="only for tests",
    USE_TZ=True,
    LANGUAGE_CODE="id",
    LOGGING_CONFIG=None,
    ALLOWED_HOSTS=["testserver", "localhost"],
    ROOT_URLCONF=__name__,
    STATIC_URL="/static/",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "pst_adapters.django",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    PST=PST,
)
django.setup()

from django.contrib import admin  # noqa: E402 - after the setup
from django.core.management import call_command  # noqa: E402
from django.urls import path  # noqa: E402

from pst_adapters.django import DjangoStore  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls)]

_opened: list[Any] = []
connection_created.connect(
    lambda connection, **_: _opened.append(connection), weak=False, dispatch_uid="tests"
)


def close_connections() -> None:
    """Close what any thread opened: a thread of a test ends without telling Django."""
    while _opened:
        connection = _opened.pop()
        connection.inc_thread_sharing()
        BaseDatabaseWrapper.close(connection)  # SQLite's own keeps a database in memory open


def declare(alias: str, entry: dict[str, Any]) -> str:
    """Put ``entry`` into ``DATABASES`` as ``alias``, in place of what was there."""
    close_connections()
    with contextlib.suppress(AttributeError):  # nobody has asked for it on this thread
        del connections[alias]
    both = {"default": connections.settings["default"], alias: entry}
    connections.settings[alias] = connections.configure_settings(both)[alias]
    return alias


def sqlite(file: Path, **options: Any) -> dict[str, Any]:
    """Return an entry for a SQLite file as the documentation advises; ``options`` replace."""
    options = {"transaction_mode": "IMMEDIATE", "init_command": WAL, "timeout": 30} | options
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": options}


def postgresql(url: str, name: str, **options: Any) -> dict[str, Any]:
    """Return an entry for the database ``name`` of the server at ``url``."""
    where = parse_qs(urlsplit(url).query)["host"][0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": "postgres",
        "HOST": where,
        "OPTIONS": options,
    }


def mail_settings(backend: str, **options: Any) -> dict[str, Any]:
    """Return the settings of a mail backend as this release of Django wants them."""
    from django.core import mail

    if hasattr(mail, "mailers"):
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": backend} | {f"EMAIL_{k.upper()}": v for k, v in options.items()}


def _alias(where: Path) -> str:
    return "t" + hashlib.sha256(str(where).encode()).hexdigest()[:20]


def migrate(alias: str) -> None:
    call_command("migrate", database=alias, verbosity=0, skip_checks=True)


def _template() -> Path:
    """Return a migrated SQLite file; made by the first process, found by those it starts."""
    if "PST_DJANGO_TEMPLATE" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="pst-django-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        migrate(declare("template", sqlite(folder / "template.db")))
        connections["template"].close()
        os.environ["PST_DJANGO_TEMPLATE"] = str(folder / "template.db")
    return Path(os.environ["PST_DJANGO_TEMPLATE"])


def sqlite_alias(where: Path, **options: Any) -> str:
    """Return the alias of the migrated file in ``where``; it is made if it is not there."""
    file = where / "pst.db"
    if not file.exists():
        handle, copy = tempfile.mkstemp(dir=where, prefix=".new")
        os.close(handle)
        shutil.copyfile(_template(), copy)
        with contextlib.suppress(FileExistsError):  # another process was faster
            os.link(copy, file)
        Path(copy).unlink()
    alias = _alias(where)
    if alias not in connections.settings or options:
        declare(alias, sqlite(file, **options))
    return alias


def open_sqlite(where: Path) -> DjangoStore:
    return DjangoStore(sqlite_alias(where))


@contextlib.contextmanager
def opened(where: Path) -> Iterator[DjangoStore]:
    """Give the store of ``open_sqlite`` and close it with every connection behind it."""
    store = open_sqlite(where)
    try:
        yield store
    finally:
        store.close()
        close_connections()


_POOL = """
CREATE TABLE IF NOT EXISTS pool (name text PRIMARY KEY, place text UNIQUE)
"""
_EMPTY = """
TRUNCATE pst_events, pst_commands, pst_effects, pst_register, pst_series,
  pst_audit, pst_checkpoints, auth_group CASCADE;
TRUNCATE pst_persons, pst_boxes, pst_readings;
DELETE FROM pst_meta WHERE key = 'asked';
UPDATE pst_meta SET value = 4 WHERE key = 'schema';
SELECT setval('pst_position', 1, false), setval('pst_barrier', 0)
"""
_servers: set[str] = set()


@contextlib.contextmanager
def _pool(url: str) -> Iterator[Any]:
    """Give the list of the server's migrated databases, for one process at a time."""
    import psycopg

    admin = url.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        connection.execute(_POOL)
        yield connection


def postgres_alias(url: str, where: Path, **options: Any) -> str:
    """Return the alias of the migrated database that belongs to ``where``; taken as above.

    Emptied ones are used again, since making and dropping them costs more than all cases.
    """
    _servers.add(url)
    place = str(where)
    with _pool(url) as pool:
        row = pool.execute("SELECT name FROM pool WHERE place = %s", (place,)).fetchone()
        if row is None:
            row = pool.execute(
                "UPDATE pool SET place = %s WHERE name ="
                " (SELECT name FROM pool WHERE place IS NULL LIMIT 1) RETURNING name",
                (place,),
            ).fetchone()
        if row is None:
            row = (_alias(where),)
            pool.execute(f"CREATE DATABASE {row[0]}")
            migrate(declare(row[0], postgresql(url, row[0])))
            pool.execute("INSERT INTO pool VALUES (%s, %s)", (row[0], place))
    alias = _alias(where)
    if alias not in connections.settings or options:
        declare(alias, postgresql(url, row[0], **options))
    return alias


def give_back_databases() -> None:
    """Empty the databases in use and let the next case have them."""
    import psycopg

    for url in _servers:
        with _pool(url) as pool:
            for (name,) in pool.execute("SELECT name FROM pool WHERE place <> ''").fetchall():
                place = url.format(name=name).replace("+psycopg", "")
                with psycopg.connect(place, autocommit=True) as connection:
                    connection.execute(_EMPTY)
                pool.execute("UPDATE pool SET place = NULL WHERE name = %s", (name,))
    _servers.clear()


def open_postgres(url: str, where: Path) -> DjangoStore:
    return DjangoStore(postgres_alias(url, where), wait=30)


@contextlib.contextmanager
def default(file: Path) -> Iterator[None]:
    """Have a migrated SQLite file as the default database."""
    before = connections.settings["default"]
    shutil.copyfile(_template(), file)
    declare("default", sqlite(file))
    try:
        yield
    finally:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = before
