"""One SQLite file copied by its online backup, and put back whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import sqlalchemy as sa

from pst_adapters.disk import sync
from pst_core.refusal import BadInput, NotFound, StorageError
from pst_core.text import Text

__all__ = ["bring", "copy", "refuse_used"]


def copy(url: str, to: Path) -> tuple[int, int]:
    """Copy the database to ``to``; return the number of its events and the last position."""
    place = _place(url)
    if not place.is_file():
        raise NotFound(
            "no-database",
            Text(id=f"Basis data {place} tidak ada.", en=f"There is no database {place}."),
            remedy=Text(id="Periksa nama berkasnya.", en="Check the name of the file."),
        )
    try:
        with (
            contextlib.closing(sqlite3.connect(place, timeout=30)) as source,
            contextlib.closing(sqlite3.connect(to)) as target,
        ):
            # all pages in one step: copied piece by piece, a busy database starts anew for ever
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode=delete")
            return _examined(target)
    except sqlite3.Error as error:
        raise _unreadable(place, str(error)) from error


def refuse_used(url: str) -> None:
    """Raise ``BadInput`` if the file exists, or the log of one that was removed."""
    place = _place(url)
    for used in (place, Path(f"{place}-wal"), Path(f"{place}-journal")):
        if used.exists():
            raise BadInput(
                "target-used",
                Text(id=f"{used} sudah ada.", en=f"{used} exists already."),
                remedy=Text(
                    id="Pulihkan ke nama baru, atau pindahkan berkas lama dahulu.",
                    en="Restore to a new name, or move the old file away first.",
                ),
            )


def bring(database: Path, url: str) -> tuple[int, int]:
    """Put the copy at its place at once; return what ``copy`` returned."""
    place = _place(url)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.part-", dir=place.parent)
    try:
        with database.open("rb") as source, os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        try:
            with contextlib.closing(sqlite3.connect(name)) as connection:
                found = _examined(connection)
        except sqlite3.Error as error:
            raise _unreadable(database, str(error)) from error
        refuse_used(url)
        Path(name).rename(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync(place.parent)
    return found


def _place(url: str) -> Path:
    return Path(sa.make_url(url).database or "pst.db")


def _examined(connection: sqlite3.Connection) -> tuple[int, int]:
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise sqlite3.DatabaseError(said)
    query = "SELECT count(*), coalesce(max(position), 0) FROM pst_events"
    events, last = connection.execute(query).fetchone()
    return events, last


def _unreadable(place: Path, why: str) -> StorageError:
    return StorageError(
        "database-unreadable",
        Text(id=f"{place} tidak dapat disalin: {why}.", en=f"{place} cannot be copied: {why}."),
        remedy=Text(
            id="Periksa apakah itu basis data pst dan tidak rusak.",
            en="Check that it is a database of pst and not damaged.",
        ),
    )
