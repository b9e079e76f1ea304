"""Who carries out effects and timers: this process, or procrastinate workers on many hosts.

In both the outbox row with its lease is the truth; what is here only asks for due work in time.
"""

from __future__ import annotations

from .inprocess import drain, work_in_process
from .postgres import install, work_on_postgres

__all__ = ["drain", "install", "work_in_process", "work_on_postgres"]
