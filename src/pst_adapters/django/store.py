"""``DjangoStore``: the desk's store in the host's database and transaction."""

from __future__ import annotations

import functools
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from pst_adapters.sql import SqlStore, errors
from pst_core.desk.ports import Appended, Batch

from .database import DjangoDatabase

__all__ = ["DjangoStore", "work_due"]

work_due = Signal()
"""Sent after the commit of a batch with effects, with ``using``: a worker may be woken. It is a
hint only; a worker that asks now and then misses nothing."""


class DjangoStore(SqlStore):
    """The ``Store`` in Django's database ``using``, whose tables ``manage.py migrate`` has made.

    Within ``transaction.atomic()`` nothing is kept before the host commits: only then is what
    ``append`` answered durable. A refused batch undoes itself and leaves the host's rows. Any
    number of threads and processes may use one object; each thread has Django's own connection.
    Raises ``BadInput`` for a database that is unknown or neither SQLite nor PostgreSQL.
    """

    def __init__(self, using: str = "default", *, wait: float = 5.0) -> None:
        super().__init__(DjangoDatabase(using, wait=wait))
        self.using = using

    def append(self, batch: Batch) -> Appended:
        """Write ``batch`` in one transaction, or in a savepoint of the host's."""
        answer = super().append(batch)
        if batch.effects and not answer.repeated:
            tell = functools.partial(work_due.send_robust, sender=type(self), using=self.using)
            transaction.on_commit(tell, using=self.using)
        return answer

    def append_within(self, connection: Any, batch: Batch) -> Appended:
        """Write ``batch`` as ``append`` does, but only in a transaction that the host opened.

        ``connection``: ``django.db.connections[using]``. Raises ``BadInput`` if none is open.
        """
        if not DjangoDatabase.in_transaction(connection):
            raise errors.no_transaction()
        return self.append(batch)
