"""The store in a database: ``SqlStore("sqlite:///pst.db")`` or PostgreSQL, by URL.

An adapter for a host's framework gives ``SqlStore`` a ``Database`` over the host's connections and
words its failures with ``errors``.
"""

from __future__ import annotations

from . import errors
from .chaining import chain_events
from .database import Database
from .postgres import ALLOCATION_LOCK, forget_another_server
from .schema import SCHEMA
from .store import Health, SqlStore

__all__ = [
    "ALLOCATION_LOCK",
    "SCHEMA",
    "Database",
    "Health",
    "SqlStore",
    "chain_events",
    "errors",
    "forget_another_server",
]
