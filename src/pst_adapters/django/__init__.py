"""The store and the desk inside a Django host: its database, its transactions, its mail.

Add ``"pst_adapters.django"`` to ``INSTALLED_APPS``, write ``PST = {"OFFICE": "3317"}`` and migrate.
Within ``transaction.atomic()`` what the desk writes is kept or undone with the host's own rows.
The statements are those of ``pst_adapters.sql``, sent through Django's connection.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database import DjangoDatabase as DjangoDatabase
    from .mailer import DjangoMailer as DjangoMailer
    from .settings import desk as desk
    from .store import DjangoStore as DjangoStore
    from .store import work_due as work_due

# Lazily: Django imports this package before its apps are ready, and for every manage.py command.
_HOMES = {
    "DjangoDatabase": ".database",
    "DjangoMailer": ".mailer",
    "DjangoStore": ".store",
    "desk": ".settings",
    "work_due": ".store",
}

__all__ = ["DjangoDatabase", "DjangoMailer", "DjangoStore", "desk", "work_due"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value
