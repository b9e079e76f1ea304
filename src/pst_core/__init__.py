"""Paid statistical services of BPS units: procedure, tariff, deadlines and documents.

``import pst_core as pst`` loads nothing else; each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # what type checkers take for true; typing itself is five times this import
if TYPE_CHECKING:
    from . import analysis as analysis
    from . import complaint as complaint
    from . import ledger as ledger
    from . import request as request
    from . import survey as survey
    from . import visit as visit
    from .certainty import Certainty as Certainty
    from .desk import Desk as Desk
    from .desk import Done as Done
    from .money import Rupiah as Rupiah
    from .money import format_rupiah as format_rupiah
    from .money import terbilang as terbilang
    from .office import Office as Office
    from .refusal import (
        BadInput as BadInput,
    )
    from .refusal import (
        BadLawData as BadLawData,
    )
    from .refusal import (
        Busy as Busy,
    )
    from .refusal import (
        Conflict as Conflict,
    )
    from .refusal import (
        InvariantBroken as InvariantBroken,
    )
    from .refusal import (
        NotFound as NotFound,
    )
    from .refusal import (
        PstError as PstError,
    )
    from .refusal import (
        Refusal as Refusal,
    )
    from .refusal import (
        StorageError as StorageError,
    )
    from .refusal import (
        Unmet as Unmet,
    )
    from .tariff import (
        Map as Map,
    )
    from .tariff import (
        Microdata as Microdata,
    )
    from .tariff import (
        Publication as Publication,
    )
    from .tariff import (
        Quote as Quote,
    )
    from .text import Text as Text
    from .workdays import Calendar as Calendar
    from .workdays import Deadline as Deadline
    from .workdays import load_calendar as load_calendar

_HOMES = {
    "Certainty": ".certainty",
    "Desk": ".desk",
    "Done": ".desk",
    "Rupiah": ".money",
    "format_rupiah": ".money",
    "terbilang": ".money",
    "Office": ".office",
    "BadInput": ".refusal",
    "BadLawData": ".refusal",
    "Busy": ".refusal",
    "Conflict": ".refusal",
    "InvariantBroken": ".refusal",
    "NotFound": ".refusal",
    "PstError": ".refusal",
    "Refusal": ".refusal",
    "StorageError": ".refusal",
    "Unmet": ".refusal",
    "Map": ".tariff",
    "Microdata": ".tariff",
    "Publication": ".tariff",
    "Quote": ".tariff",
    "Text": ".text",
    "Calendar": ".workdays",
    "Deadline": ".workdays",
    "load_calendar": ".workdays",
}
_ROOMS = ("ledger", "request", "visit", "complaint", "survey", "analysis")

__all__ = [*_HOMES, *_ROOMS]  # noqa: PLE0604 - names, all of them strings


def __getattr__(name: str) -> object:
    if name in _HOMES:
        value: object = getattr(import_module(_HOMES[name], __name__), name)
    elif name in _ROOMS:
        value = import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
