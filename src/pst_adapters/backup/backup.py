"""The folder of a backup: database first, then its files, and last the list that makes it whole.

A file is written before the event that names it, so files copied after the database hold all
that its events name. What was broken off has no list and is refused.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa

from pst_adapters.disk import sync
from pst_adapters.files import FolderBlobs
from pst_core.desk.ports import Blobs
from pst_core.refusal import BadInput, NotFound, StorageError
from pst_core.text import Text

from . import postgres, sqlite

__all__ = ["Manifest", "back_up", "check_backup", "restore"]

_LIST = "backup.json"
_DATABASE = "database"
_FILES = "files"
_FORMAT = 1
_DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgres}


@attrs.frozen
class Manifest:
    """What a backup holds; it stands beside it as JSON and is written last."""

    made: dt.datetime
    dialect: str
    """``sqlite`` or ``postgresql``; it can be restored to the same only."""
    digest: str
    """SHA-256 of the database's copy, in hex."""
    events: int
    last_position: int
    files: tuple[str, ...]
    damaged: tuple[str, ...] = ()
    """Keys of files that were damaged already and could not be copied."""


def back_up(url: str, to: Path, blobs: Blobs | None = None, *, now: dt.datetime) -> Manifest:
    """Copy the store at ``url`` and the files of ``blobs`` to the new folder ``to``.

    Others may read and write meanwhile: the copy is the state of one moment after the call.
    A damaged file does not stop the rest: it is listed in ``damaged``. Raises ``BadInput`` if
    ``to`` exists, ``StorageError`` if something cannot be read or written; then ``to`` is not made.
    """
    dialect = _dialect(url)
    if to.exists():
        raise BadInput(
            "backup-exists",
            Text(id=f"{to} sudah ada.", en=f"{to} exists already."),
            remedy=Text(
                id="Sebut folder baru; cadangan lama tidak ditimpa.",
                en="Name a new folder; an old backup is never overwritten.",
            ),
        )
    with _written("backup", to), _in_the_making(to) as folder:
        database = folder / _DATABASE
        events, last = _DIALECTS[dialect].copy(url, database)
        copies = FolderBlobs(folder / _FILES)
        copied, damaged = _copy_files(blobs, copies) if blobs else ([], [])
        manifest = Manifest(
            made=now.astimezone(dt.UTC),
            dialect=dialect,
            digest=_digest(database),
            events=events,
            last_position=last,
            files=tuple(copied),
            damaged=tuple(damaged),
        )
        sync(database)
        (folder / _LIST).write_text(_to_json(manifest), "utf-8")
        sync(folder / _LIST)
        sync(folder)
        folder.rename(to)
        sync(to.parent)
    return manifest


def check_backup(folder: Path) -> Manifest:
    """Return what the backup in ``folder`` holds, every digest compared.

    Raises ``NotFound`` if there is no whole backup, ``StorageError`` if something was changed.
    """
    manifest = _read_list(folder)
    try:
        digest = _digest(folder / _DATABASE)
    except FileNotFoundError:
        digest = ""
    if digest != manifest.digest:
        raise _changed(folder, _DATABASE)
    copies = FolderBlobs(folder / _FILES)
    for key in manifest.files:
        try:
            copies.get(key)
        except (NotFound, StorageError) as error:
            raise _changed(folder, key) from error
    return manifest


def restore(folder: Path, url: str, blobs: Blobs | None = None) -> Manifest:
    """Bring the backup in ``folder`` to the empty place ``url`` and its files to ``blobs``.

    All digests are compared first. The database comes last and at once: broken off before that,
    there is none, and the same call may be repeated. Raises ``BadInput`` if ``url`` holds a store
    already or is of another kind, or the files have no place to go; else as ``check_backup``.
    """
    dialect = _dialect(url)
    manifest = check_backup(folder)
    if dialect != manifest.dialect:
        raise BadInput(
            "another-dialect",
            Text(
                id=f"Cadangan ini dari {manifest.dialect}, tujuannya {dialect}.",
                en=f"This backup is of {manifest.dialect}, the target is {dialect}.",
            ),
            remedy=Text(
                id="Pulihkan ke jenis basis data yang sama.",
                en="Restore it to the same kind of database.",
            ),
        )
    if manifest.files and blobs is None:
        raise BadInput(
            "no-place-for-files",
            Text(
                id=f"Cadangan ini memuat {len(manifest.files)} berkas.",
                en=f"This backup holds {len(manifest.files)} files.",
            ),
            remedy=Text(
                id="Sebut juga tempat untuk berkasnya.", en="Name the place for its files, too."
            ),
        )
    with _written("restore", Path(folder)):
        _DIALECTS[dialect].refuse_used(url)
        copies = FolderBlobs(folder / _FILES)
        for key in manifest.files:
            assert blobs is not None  # noqa: S101 - asked above
            blobs.put(copies.get(key))
        found = _DIALECTS[dialect].bring(folder / _DATABASE, url)
    if found != (manifest.events, manifest.last_position):
        raise StorageError(
            "restored-differs",
            Text(
                id=f"Yang dipulihkan memuat {found[0]} peristiwa, cadangannya {manifest.events}.",
                en=f"What was restored holds {found[0]} events, the backup {manifest.events}.",
            ),
            remedy=Text(
                id="Jangan pakai basis data itu; pulihkan dari cadangan lain.",
                en="Do not use that database; restore from another backup.",
            ),
        )
    return manifest


def _dialect(url: str) -> str:
    try:
        dialect = sa.make_url(url).get_backend_name()
    except sa.exc.ArgumentError:
        dialect = ""
    if dialect not in _DIALECTS:
        raise BadInput(
            "bad-url",
            Text(id="Alamat basis data tidak dikenal.", en="The database's address is not known."),
            remedy=Text(
                id="Contoh: sqlite:///pst.db atau postgresql+psycopg://user@host/pst.",
                en="For example: sqlite:///pst.db or postgresql+psycopg://user@host/pst.",
            ),
        )
    return dialect


@contextlib.contextmanager
def _in_the_making(to: Path) -> Iterator[Path]:
    """Give a folder beside ``to``; what is left of it when something fails is removed."""
    to.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{to.name}.part-", dir=to.parent))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _copy_files(blobs: Blobs, copies: FolderBlobs) -> tuple[list[str], list[str]]:
    copied, damaged = [], []
    every = blobs.keys()
    for key in every:
        try:
            copied.append(copies.put(blobs.get(key)))
        except NotFound:
            continue  # swept since: no event names it
        except StorageError as error:
            if error.code != "blob-damaged":
                raise
            damaged.append(key)
    return copied, damaged


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_json(manifest: Manifest) -> str:
    fields = attrs.asdict(manifest)
    fields["made"] = manifest.made.isoformat()
    return json.dumps({"format": _FORMAT, **fields}, indent=1)


def _read_list(folder: Path) -> Manifest:
    try:
        fields = json.loads((folder / _LIST).read_text("utf-8"))
        version = fields.pop("format")
        if version > _FORMAT:
            raise StorageError(
                "newer-backup",
                Text(
                    id=f"Cadangan {folder} dibuat oleh rilis yang lebih baru.",
                    en=f"The backup {folder} was made by a newer release.",
                ),
                remedy=Text(id="Perbarui pst-core.", en="Update pst-core."),
            )
        fields["made"] = dt.datetime.fromisoformat(fields["made"])
        fields["files"], fields["damaged"] = tuple(fields["files"]), tuple(fields["damaged"])
        return Manifest(**fields)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotFound(
            "no-whole-backup",
            Text(
                id=f"Di {folder} tidak ada cadangan yang utuh.",
                en=f"There is no whole backup in {folder}.",
            ),
            remedy=Text(
                id="Pakai cadangan yang selesai dibuat; folder .part- adalah sisa yang terputus.",
                en="Use a backup that was finished; a folder .part- is left of one broken off.",
            ),
        ) from error


def _changed(folder: Path, what: str) -> StorageError:
    return StorageError(
        "backup-damaged",
        Text(
            id=f"{what[:12]} dalam cadangan {folder} hilang atau berubah.",
            en=f"{what[:12]} in the backup {folder} is missing or was changed.",
        ),
        remedy=Text(id="Pakai cadangan lain.", en="Use another backup."),
    )


@contextlib.contextmanager
def _written(what: str, place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{what}-not-written",
            Text(
                id=f"Tidak dapat menulis atau membaca ({place}): {error.strerror}.",
                en=f"Cannot write or read ({place}): {error.strerror}.",
            ),
            remedy=Text(
                id="Periksa ruang dan izin folder, lalu ulangi.",
                en="Check the folder's space and permissions, then try again.",
            ),
        ) from error
