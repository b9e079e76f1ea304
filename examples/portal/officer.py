"""The officer's work-list: what is due first, and whose turn it is."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from pst_core import request as rq
from pst_core.workflow import Role

from .people import for_desk
from .reading import complaints, work
from .web import Web, house_of, in_thread, page, person_of

__all__ = ["ROUTES"]


@get("/work", guards=[for_desk("officer", "counter", "head", "auditor")])
@in_thread
def work_list(request: Web, whose: FromQuery[str] = "") -> Template:
    """List open requests; ``whose`` keeps those that wait for one role."""
    rows = work(house_of(request), person_of(request).actor)
    acting = {r for step in rq.PROCEDURE.steps for r in step.roles} - {Role.SYSTEM}
    counts = {r: sum(r in w.whose for w in rows) for r in Role if r in acting}
    shown = [w for w in rows if not whose or whose in w.whose]
    person = person_of(request)
    cases = [] if person.desk == "auditor" else complaints(house_of(request), person.actor)
    waiting = [c for c in cases if Role.OFFICER in c.whose]
    return page(request, "work.html", rows=shown, counts=counts, whose=whose, all=len(rows),
                complaints=waiting)  # fmt: skip


ROUTES = [work_list]
