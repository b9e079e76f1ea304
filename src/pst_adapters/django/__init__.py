"""The store and the desk inside a Django host: its database, its transactions, its mail.

Add ``"pst_adapters.django"`` to ``INSTALLED_APPS``, write ``PST = {"OFFICE": "3317"}`` and migrate.
Within ``transaction.atomic()`` what the desk writes is kept or undone with the host's own rows.
The statements are those of ``pst_adapters.sql``, sent through Django's connection.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .acting import Act as Act
    from .acting import acts as acts
    from .database import DjangoDatabase as DjangoDatabase
    from .files import CaseFile as CaseFile
    from .files import files_of as files_of
    from .files import keep as keep
    from .files import send as send
    from .forms import CommandForm as CommandForm
    from .mailer import DjangoMailer as DjangoMailer
    from .people import actor_of as actor_of
    from .people import by_group as by_group
    from .settings import desk as desk
    from .store import DjangoStore as DjangoStore
    from .store import work_due as work_due

# Lazily: Django imports this package before its apps are ready, and for every manage.py command.
_HOMES = {
    "Act": ".acting",
    "CaseFile": ".files",
    "CommandForm": ".forms",
    "DjangoDatabase": ".database",
    "DjangoMailer": ".mailer",
    "DjangoStore": ".store",
    "actor_of": ".people",
    "acts": ".acting",
    "by_group": ".people",
    "desk": ".settings",
    "files_of": ".files",
    "keep": ".files",
    "send": ".files",
    "work_due": ".store",
}

__all__ = [
    "Act",
    "CaseFile",
    "CommandForm",
    "DjangoDatabase",
    "DjangoMailer",
    "DjangoStore",
    "actor_of",
    "acts",
    "by_group",
    "desk",
    "files_of",
    "keep",
    "send",
    "work_due",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value
