"""What is compared, a module each: ``races(scale)`` gives them one after another.

A race is measured before the next one is asked for, so files, servers and large data of one are
there for it alone.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["PEERS", "WORKS", "work"]

WORKS = (
    "workdays", "tariff", "steps", "events", "append", "request", "register", "cold", "memory",
    "conformance", "papers", "files",
)  # fmt: skip

PEERS = {
    "workdays": ("numpy", "pandas", "holidays", "workalendar"),
    "tariff": ("openfisca_core",),
    "steps": ("transitions", "statemachine", "eventsourcing"),
    "events": ("eventsourcing", "msgspec"),
    "append": ("eventsourcing",),
    "conformance": ("pm4py",),
    "papers": ("fpdf", "reportlab"),
}
"""By work, the modules of the peers whose answers are held against ours."""


def work(name: str) -> ModuleType:
    """Return the work ``name``: a module with ``TITLE``, ``NOTE`` and ``races``."""
    return import_module(f"{__name__}.{name}")
