"""Reading the treasury's list of a day's payments: CSV, or a spreadsheet (extra ``treasury``).

What the payments mean is decided by ``pst_core.request.reconcile``.
"""

from .lists import BadRow, DayList, read_list

__all__ = ["BadRow", "DayList", "read_list"]
