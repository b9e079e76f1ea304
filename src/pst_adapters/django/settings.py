"""What the host writes under ``PST`` in its settings, and the desk and worker made from it.

``OFFICE``: a shipped code or the path of a profile (needed). ``DATABASE``: the alias in
``DATABASES`` (``"default"``). For ``manage.py pst_work``: ``FILES``, the folder of papers and
files; ``BLOBS``, ``MAILER`` and ``RENDERER``, dotted paths of callables that make those ports.
``KEYS``: the file of office keys, or the dotted path of a callable that makes a ``KeyProvider``;
with it personal data are sealed. ``ACTOR``: the dotted path of a callable that makes an ``Actor``
of a user; without it, the user's group gives the role.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import attrs
from django.conf import settings as django_settings
from django.db import connections
from django.utils.module_loading import import_string

from pst_core.desk import Desk, Worker
from pst_core.desk.ports import Blobs
from pst_core.documents import FileFacts
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.text import Text

from .store import DjangoStore

__all__ = ["Settings", "blobs", "desk", "read", "read_upload", "worker"]


@attrs.frozen
class Settings:
    """The entries of ``PST``, with what holds where one is left out."""

    office: str | Path
    database: str = "default"
    files: str | Path | None = None
    blobs: str | None = None
    mailer: str = "pst_adapters.django.DjangoMailer"
    renderer: str = "pst_adapters.pdf.TypstRenderer"
    keys: str | Path | None = None
    actor: str = "pst_adapters.django.by_group"


_KEYS = {field.name.upper(): field.name for field in attrs.fields(Settings)}


def read() -> Settings:
    """Return the host's ``PST``; raises ``BadInput`` that names what is missing or unknown."""
    written = getattr(django_settings, "PST", None)
    if not isinstance(written, Mapping):
        raise _bad("PST tidak ada dalam settings.", "There is no PST in the settings.")
    unknown = ", ".join(sorted(map(str, set(written) - set(_KEYS))))
    if unknown:
        raise _bad(f"PST memuat kunci asing: {unknown}.", f"PST has unknown keys: {unknown}.")
    if not written.get("OFFICE"):
        raise _bad("PST tidak menyebut OFFICE.", "PST names no OFFICE.")
    return Settings(**{_KEYS[key]: value for key, value in written.items()})


def _bad(id: str, en: str) -> BadInput:  # noqa: A002
    keys = ", ".join(_KEYS)
    return BadInput(
        "bad-settings",
        Text(id=id, en=en),
        remedy=Text(
            id=f'Tulis misalnya PST = {{"OFFICE": "3317"}}; kunci yang dikenal: {keys}.',
            en=f'Write for example PST = {{"OFFICE": "3317"}}; the known keys are {keys}.',
        ),
    )


@functools.cache
def _office(code_or_path: str | Path) -> Office:
    return Office.load(code_or_path)


@functools.cache
def _store(using: str, keys: str | Path | None) -> Any:
    if keys is None:
        return DjangoStore(using)
    from pst_adapters.vault import FileKeys, SealedStore

    is_file = isinstance(keys, Path) or "/" in keys or keys.endswith(".key")
    return SealedStore(DjangoStore(using), FileKeys(keys) if is_file else _made(str(keys)))


def desk() -> Desk:
    """Return the desk of the host's office over the host's database.

    Raises ``BadInput`` or ``NotFound`` for settings that cannot be right.
    """
    chosen = read()
    return Desk(_office(chosen.office), _store(chosen.database, chosen.keys))


def worker(name: str, lease: dt.timedelta) -> Worker:
    """Return a worker of the host's desk with the ports that ``PST`` names."""
    chosen = read()
    return Worker(
        desk(),
        mailer=_made(chosen.mailer),
        renderer=_made(chosen.renderer),
        blobs=_blobs(chosen),
        name=name,
        lease=lease,
        after_each=connections.close_all,  # each effect has a thread, each thread its connections
    )


def blobs() -> Blobs:
    """Return where papers and files are kept. Raises ``BadInput`` if ``PST`` does not say it."""
    return _blobs(read())


def read_upload(data: bytes, name: str) -> FileFacts:
    """Return what is found in a file from outside, read in a process of its own with limits."""
    from pst_adapters.files import read_facts_safely

    return read_facts_safely(data, name, seconds=20, megabytes=1024)


def _blobs(chosen: Settings) -> Blobs:
    if chosen.blobs is not None:
        return cast("Blobs", _made(chosen.blobs))
    if chosen.files is None:
        raise _bad("PST tidak menyebut FILES atau BLOBS.", "PST names neither FILES nor BLOBS.")
    from pst_adapters.files import FolderBlobs

    blobs = FolderBlobs(chosen.files)
    if chosen.keys is None:
        return blobs
    from pst_adapters.vault import SealedBlobs

    store = _store(chosen.database, chosen.keys)
    return SealedBlobs(blobs, store, _office(chosen.office).code)


def _made(path: str) -> Any:
    try:
        make = import_string(path)
    except ImportError as error:
        raise _bad(
            f"{path} tidak dapat diimpor: {error}.", f"Cannot import {path}: {error}."
        ) from (error)
    return make()
