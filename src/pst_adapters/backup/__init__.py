"""A store and its files as one folder that can be checked and restored, made while in use.

SQLite is copied by its online backup, PostgreSQL by ``pg_dump``; every digest is checked.
"""

from .backup import Manifest, back_up, check_backup, restore

__all__ = ["Manifest", "back_up", "check_backup", "restore"]
