"""The head's page: one month of the service, with charts."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from pst_core.analysis import Month, sections

from .charts import bar, stars
from .people import for_desk
from .reading import report
from .web import Web, house_of, in_thread, page

__all__ = ["ROUTES"]


@get("/report", guards=[for_desk("head", "officer")])
@in_thread
def monthly(request: Web, month: FromQuery[str] = "") -> Template:
    """Show the report on ``month`` (``2026-11``), this month without one."""
    house = house_of(request)
    today = house.office.local(house.clock()).date()
    wanted = Month.of(month) if month else Month(today.year, today.month)
    found = report(house, wanted)
    rated = [(f"{n} ★", many) for n, many in found.ratings.stars.items()]
    return page(request, "report.html", report=found, sections=sections(found), bar=bar,
                stars=stars, rated=rated)  # fmt: skip


ROUTES = [monthly]
