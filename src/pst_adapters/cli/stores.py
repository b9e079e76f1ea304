"""How a subcommand opens the store that ``--db`` names: a SQLite file or an address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pst_core.refusal import NotFound
from pst_core.text import Text

if TYPE_CHECKING:
    from pst_adapters.sql import SqlStore

__all__ = ["DB", "as_url", "open_store"]

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


def open_store(db: str) -> SqlStore:
    """Open the store at ``db``, which must be there."""
    from pst_adapters.sql import SqlStore

    return SqlStore(as_url(db))
