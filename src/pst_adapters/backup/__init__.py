"""A store and its files as one folder that can be checked and restored, made while in use.

SQLite is copied by its online backup, PostgreSQL by ``pg_dump``; every digest is checked.
``move`` copies a store row by row to the other kind of database.
"""

from .backup import Manifest, back_up, check_backup, restore
from .move import Moved, move

__all__ = ["Manifest", "Moved", "back_up", "check_backup", "move", "restore"]
