"""What the office holds on a person, shown to that person: the cases, who looked, a file of all."""

from __future__ import annotations

import json
from collections import Counter

from litestar import Response, get
from litestar.response import Template

from pst_core.workflow import Role

from .people import for_desk
from .web import Web, house_of, in_thread, page, person_of

__all__ = ["ROUTES"]


@get("/my-data", guards=[for_desk("applicant")])
@in_thread
def mine(request: Web) -> Template:
    """List one's own cases, who of the office has looked at each, and one's rights."""
    house, person = house_of(request), person_of(request)
    held = house.desk.door(person.actor).export(person.id)
    rows = [
        (
            case["case"],
            house.desk.procedure(case["case"]).title,
            house.desk.state(case["case"]).phase.text,
            Counter(Role(seen["role"]) for seen in case["looked_at"]),
        )
        for case in held["cases"]
    ]
    return page(request, "mine.html", rows=rows, privacy=house.office.privacy)


@get("/my-data.json", guards=[for_desk("applicant")])
@in_thread
def as_file(request: Web) -> Response[str]:
    """Return everything that is held on the person, as a file (UU 27/2022 Pasal 32)."""
    house, person = house_of(request), person_of(request)
    held = house.desk.door(person.actor).export(person.id)
    headers = {"Content-Disposition": "attachment; filename=data-saya.json"}
    text = json.dumps(held, ensure_ascii=False, indent=1)
    return Response(text, media_type="application/json", headers=headers)


ROUTES = [mine, as_file]
