"""What the store needs of a database: connections to read on, and one transaction per write.

``SqlStore`` opens its own from a URL; an adapter for a host's framework hands one in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

__all__ = ["Database"]


class Database(Protocol):
    """Connections to one database. A connection has ``execute(sql, values)`` giving a cursor.

    The statements name their values ``:name`` on SQLite and ``%(name)s`` on PostgreSQL.
    """

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    @property
    def where(self) -> str:
        """What people call this database; without a password."""
        ...

    def reading(self) -> AbstractContextManager[Any]:
        """Give a connection on which every statement sees what is committed."""
        ...

    def write(self, job: Callable[[Any], Any]) -> Any:
        """Run ``job(connection)`` in a transaction: all of it, or nothing if it raises."""
        ...

    @property
    def write_alone(self) -> Callable[[Callable[[Any], Any]], Any] | None:
        """As ``write``, for a job of one statement that the server makes a transaction by itself.

        None where it does not, or where a host's transaction must outlive what fails.
        """
        ...

    def in_transaction(self, connection: Any) -> bool:
        """Return whether a host's connection has a transaction open."""
        ...

    def ours(self) -> AbstractContextManager[None]:
        """Turn what the driver raises into the library's errors."""
        ...

    def scrub(self, tables: Sequence[str]) -> None:
        """Overwrite what was deleted from ``tables``, as far as the database can."""
        ...

    def close(self) -> None:
        """Let go of the connections; any later use raises ``StorageError``."""
        ...
