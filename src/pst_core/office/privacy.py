"""How long an office keeps what the law makes it keep of a person, and the terms it must answer in.

The terms are law for all; the years of retention are the office's own schedule (JRA).
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import attrs

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..text import Text

__all__ = ["Privacy", "read_privacy"]


@attrs.frozen
class Privacy:
    """``access`` and ``breach`` run by the clock from the moment of asking or of knowing."""

    access: dt.timedelta
    breach: dt.timedelta
    terms: str
    """Where the terms are written."""
    terms_certainty: Certainty
    finance_years: int
    """Years after the last posting of a case that its evidence is kept."""
    citation: str
    certainty: Certainty

    def keep_until(self, last: dt.datetime) -> dt.datetime:
        """Return the end of the term of a case whose last posting was at ``last``."""
        year = last.year + self.finance_years
        try:
            return last.replace(year=year)
        except ValueError:  # 29 February
            return last.replace(year=year, month=3, day=1)


@cache
def _usual() -> Privacy:
    law = read_toml(shipped("privacy", "pdp.toml"))
    terms = law.table("terms")
    made = Privacy(
        access=dt.timedelta(hours=terms.take("access_hours", int)),
        breach=dt.timedelta(hours=terms.take("breach_hours", int)),
        terms=terms.take("citation", str),
        terms_certainty=terms.certainty(),
        finance_years=0,
        citation="",
        certainty=Certainty.ASSUMED,
    )
    terms.done()
    made = _read(law.table("retention"), made)
    law.done()
    return made


def read_privacy(table: Table | None) -> Privacy:
    """Read ``[retention]`` of an office's profile; None is an office that says nothing of it."""
    return _usual() if table is None else _read(table, _usual())


def _read(table: Table, usual: Privacy) -> Privacy:
    years = table.take("finance_years", int)
    if not 1 <= years <= 100:
        raise table.error(
            "finance_years",
            Text(id=f"tidak mungkin {years}.", en=f"cannot be {years}."),
            Text(id="Tulis jumlah tahun, 1 sampai 100.", en="Write a number of years, 1 to 100."),
        )
    citation, certainty = table.take("citation", str), table.certainty()
    table.done()
    return attrs.evolve(usual, finance_years=years, citation=citation, certainty=certainty)
