"""Results of the core as tables for analysis: pandas or polars DataFrames, and CSV.

Column names are stable snake_case, each with a label in both languages (``labels``). A ``Table``
itself needs nothing; ``.pandas()`` and ``.polars()`` need the extra ``frames``.
"""

from .logs import cases, deviations, log, register
from .prices import quotes
from .service import report
from .table import Kind, Table, labels, write_csv
from .times import days, deadlines, requests, spans, steps

__all__ = [
    "Kind",
    "Table",
    "cases",
    "days",
    "deadlines",
    "deviations",
    "labels",
    "log",
    "quotes",
    "register",
    "report",
    "requests",
    "spans",
    "steps",
    "write_csv",
]
