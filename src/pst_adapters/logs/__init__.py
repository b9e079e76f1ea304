"""Event logs as files: reading CSV, XES and OCEL 2.0 (JSON), and writing the same three.

What a log says of a procedure is judged by ``pst_core.analysis``; no extra is needed here.
"""

from .files import FORMATS, read_log, write_log
from .mapping import Mapping, read_mapping

__all__ = ["FORMATS", "Mapping", "read_log", "read_mapping", "write_log"]
