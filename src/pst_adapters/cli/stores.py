"""How a subcommand opens the store that ``--db`` names: a SQLite file or an address.

With office keys it is opened sealed: those of ``PST_OFFICE_KEYS``, of the file that ``PST_KEYS``
names, or of the file beside a SQLite database (``pst.db.key``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pst_core.refusal import NotFound
from pst_core.text import Text

if TYPE_CHECKING:
    from pst_adapters.sql import SqlStore
    from pst_adapters.vault import SealedStore
    from pst_core.desk.ports import Blobs, KeyProvider
    from pst_core.office import Office

__all__ = ["DB", "as_url", "key_file", "make_store", "open_blobs", "open_store"]

DB = click.option(
    "--db", default="pst.db", show_default=True, envvar="PST_DB", show_envvar=True,
    help="Berkas SQLite, atau postgresql://pengguna@server/basisdata (file or address).",
)  # fmt: skip


def as_url(db: str) -> str:
    """Return the address of ``db``; raises ``NotFound`` for a file that is not there."""
    if "://" in db and not db.startswith("sqlite:"):
        return db
    path = Path(db.removeprefix("sqlite:///"))
    if not path.is_file():
        raise NotFound(
            "no-database",
            Text(id=f"Basis data {path} tidak ada.", en=f"There is no database {path}."),
            remedy=Text(
                id="Sebutkan berkas atau alamatnya dengan --db.",
                en="Name its file or address with --db.",
            ),
        )
    return f"sqlite:///{path}"


def key_file(url: str) -> Path | None:
    """Return where the office keys of the store at ``url`` stand, or would; None: nowhere."""
    if named := os.environ.get("PST_KEYS"):
        return Path(named)
    return Path(url.removeprefix("sqlite:///") + ".key") if url.startswith("sqlite:") else None


def open_store(db: str) -> SqlStore | SealedStore:
    """Open the store at ``db``, which must be there; sealed if there are keys for it.

    Raises ``NotFound`` (``no-office-key``) if it was sealed and the keys are not there.
    """
    from pst_adapters.sql import SqlStore

    url = as_url(db)
    store = SqlStore(url)
    try:
        keys = _keys(url, sealed=bool(store.person_keys()))
    except BaseException:
        store.close()
        raise
    return store if keys is None else _sealed(store, keys)


def make_store(path: Path) -> SealedStore:
    """Make a new store in the file ``path``, sealed, with its office key beside it."""
    from pst_adapters.sql import SqlStore
    from pst_adapters.vault import FileKeys

    return _sealed(SqlStore(f"sqlite:///{path}"), FileKeys.make(f"{path}.key"))


def open_blobs(folder: Path, store: object, office: Office) -> Blobs:
    """Return the files in ``folder``, sealed if ``store`` is."""
    from pst_adapters.files import FolderBlobs

    blobs = FolderBlobs(folder)
    # a store that seals holds the ones of its own class only
    if not hasattr(store, "inner"):
        return blobs
    from pst_adapters.vault import SealedBlobs, SealedStore

    assert isinstance(store, SealedStore)  # noqa: S101
    return SealedBlobs(blobs, store, office.code)


def _sealed(store: SqlStore, keys: KeyProvider) -> SealedStore:
    from pst_adapters.vault import SealedStore

    return SealedStore(store, keys)


def _keys(url: str, *, sealed: bool) -> KeyProvider | None:
    given, place = os.environ.get("PST_OFFICE_KEYS"), key_file(url)
    if not given and not sealed and (place is None or not place.exists()):
        return None
    if not given and place is None:
        raise NotFound(
            "no-office-key",
            Text(
                id="Data pribadi di basis data ini tersegel, dan kunci kantornya tidak disebut.",
                en="Personal data in this database are sealed, and its office key is not named.",
            ),
            remedy=Text(
                id="Atur PST_KEYS=/jalan/ke/kantor.key: kunci yang lama, bukan yang baru dibuat.",
                en="Set PST_KEYS=/path/to/office.key: the key it had, not a newly made one.",
            ),
        )
    from pst_adapters.vault import EnvironmentKeys, FileKeys

    return EnvironmentKeys() if given or place is None else FileKeys(place)
