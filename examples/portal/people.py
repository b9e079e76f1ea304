"""Who is signed in, what they may open, and the people of the demonstration."""

from __future__ import annotations

from typing import Any

import attrs
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler

from pst_core.text import Text
from pst_core.visit import visitor_key
from pst_core.workflow import Actor, Role

__all__ = ["DEMONSTRATION", "DESKS", "Person", "for_desk", "signed_in"]

DESKS = {
    "applicant": Text(id="Pengguna layanan", en="Applicant"),
    "officer": Text(id="Petugas", en="Officer"),
    "counter": Text(id="Petugas loket", en="Counter officer"),
    "treasurer": Text(id="Bendahara", en="Treasurer"),
    "head": Text(id="Kepala kantor", en="Head of the office"),
    "auditor": Text(id="Pemeriksa", en="Auditor"),
}
"""What a person is in this portal. Who sits at the counter is an officer of the core."""


@attrs.frozen
class Person:
    """A person who has signed in."""

    id: str
    name: str
    email: str = ""
    desk: str = "applicant"
    office: str = ""
    """Where staff sit; set at sign-in."""

    @property
    def actor(self) -> Actor:
        """The person as the core knows them."""
        role = Role.OFFICER if self.desk == "counter" else Role(self.desk)
        return Actor(self.id, role, self.name, office=self.office)

    @classmethod
    def of_email(cls, email: str, name: str) -> Person:
        """Return an applicant by an address that is proven: the guest book knows the same key."""
        return cls(visitor_key(email=email), name, email)


DEMONSTRATION = (
    Person.of_email("siti@example.org", "Siti Rahmawati"),
    Person.of_email("budi@example.org", "Budi Santoso"),
    Person("petugas-1", "Ani Lestari", desk="officer"),
    Person("loket-1", "Joko Prasetyo", desk="counter"),
    Person("bendahara-1", "Made Wirawan", desk="treasurer"),
    Person("kepala-1", "Rina Siregar", desk="head"),
    Person("pemeriksa-1", "Dewi Anggraini", desk="auditor"),
)


def signed_in(session: dict[str, Any]) -> Person | None:
    """Return who has signed in."""
    kept = session.get("person")
    return Person(**kept) if kept else None


def for_desk(*desks: str) -> Any:
    """Return a guard that lets in people of ``desks`` only; of any desk without them."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        person = signed_in(connection.session)
        if person is None:
            if isinstance(connection, Request) and connection.method == "POST":
                shelf = connection.app.state["house"].unsent
                form = await connection.form()
                connection.session["unsent"] = shelf.put(connection.url.path, form)
            raise NotAuthorizedException("sign in first")
        if desks and person.desk not in desks:
            raise PermissionDeniedException("this page is for another desk")

    return guard
