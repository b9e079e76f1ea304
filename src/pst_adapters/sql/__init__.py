"""The store in a database: ``SqlStore("sqlite:///pst.db")`` or PostgreSQL, by URL."""

from __future__ import annotations

from .store import Health, SqlStore

__all__ = ["Health", "SqlStore"]
