"""The same for programs: JSON with an OpenAPI description at ``/schema``."""

from __future__ import annotations

from typing import Any

import attrs
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody

from pst_core.tariff import Map, Microdata, Product, Publication

from .catalogue import catalogue
from .people import for_desk
from .reading import Case, see, theirs
from .web import Web, house_of, in_thread, lang_of, person_of

__all__ = ["ROUTES"]


@attrs.frozen
class Wanted:
    """A basket: products of each kind as the library's own classes."""

    publications: list[Publication] = attrs.field(factory=list)
    microdata: list[Microdata] = attrs.field(factory=list)
    maps: list[Map] = attrs.field(factory=list)


class Api(Controller):
    """Catalogue and quote for everybody, requests for those who have signed in."""

    path = "/api"

    @get("/catalogue")
    @in_thread
    def catalogue(self, request: Web) -> list[dict[str, Any]]:
        """Return what is sold."""
        lang = lang_of(request)
        return [
            {"id": i.id, "kind": i.product.kind, "about": i.about.say(lang),
             **attrs.asdict(i.product)}
            for i in catalogue()
        ]  # fmt: skip

    @post("/quote", status_code=200, exclude_from_csrf=True)
    @in_thread
    def quote(self, request: Web, data: JSONBody[Wanted]) -> dict[str, Any]:
        """Return what a basket costs today and why."""
        house = house_of(request)
        products: tuple[Product, ...] = (*data.publications, *data.microdata, *data.maps)
        return house.office.quote(products, on=house.office.local(house.clock()).date()).to_dict()

    @get("/requests", guards=[for_desk("applicant")])
    @in_thread
    def requests(self, request: Web) -> list[dict[str, Any]]:
        """Return one's own requests."""
        rows = theirs(house_of(request), person_of(request).actor)
        return [
            {"stream": r.stream, "phase": r.phase, "due": r.due, "title": r.title} for r in rows
        ]

    @get("/requests/{stream:str}", guards=[for_desk()])
    @in_thread
    def request(self, request: Web, stream: FromPath[str]) -> dict[str, Any]:
        """Return one request: where it stands, whose turn, by when, what may be done."""
        return _told(see(house_of(request), stream, person_of(request).actor))


def _told(case: Case) -> dict[str, Any]:
    return {
        "stream": case.stream,
        "phase": str(case.state.phase),
        "whose": [str(r) for r in case.whose],
        "due": case.deadline.due_at if case.deadline else None,
        "may": [
            {"clause": s.step.clause, "command": s.step.command.__name__, "ready": s.ready,
             "missing": [u.say("en") for u in s.missing]}
            for s in case.steps
        ],
    }  # fmt: skip


ROUTES = [Api]
