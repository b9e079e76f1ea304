"""What products cost: dated schedules, quotes that explain themselves, the Rp0 tariff.

Which office quotes, and whether a request may go on, is the business of ``office`` and ``request``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .policy import Confirmed, TariffPolicy, check_schedule, national_policy, read_policy
from .products import Map, Microdata, Product, Publication
from .quotes import Basis, Line, Quote, quote, requote
from .schedule import Schedule, compare, read_schedule

if TYPE_CHECKING:
    from .zero import RuleResult, ZeroClaim

__all__ = [
    "Basis",
    "Confirmed",
    "Line",
    "Map",
    "Microdata",
    "Product",
    "Publication",
    "Quote",
    "RuleResult",
    "Schedule",
    "TariffPolicy",
    "ZeroClaim",
    "check_schedule",
    "compare",
    "national_policy",
    "quote",
    "read_policy",
    "read_schedule",
    "requote",
]


def __getattr__(name: str) -> object:
    # Rp0 is rare: its classes are made when somebody claims it
    if name in ("RuleResult", "ZeroClaim"):
        from . import zero

        return getattr(zero, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
