"""An office with an electronic way to the treasury, and requests that wait for their money."""

from __future__ import annotations

import attrs
from tests.payment.treasuries import Clock

from pst_core import request as rq
from pst_core.desk import Desk, Worker
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.office.treasury import Way
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, carry, person

REMBANG = Office.load("3317")
ELECTRONIC = attrs.evolve(REMBANG, treasury=attrs.evolve(REMBANG.treasury, gateway=Way.HTTP))
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
TO_ACCEPTED = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer, rq.AcceptOffer,
)  # fmt: skip


class Silent:
    """Takes every mail and paper: what they look like is tried elsewhere."""

    def send(self, mail):
        return {"message_id": mail.id}

    def render(self, paper):
        return repr(paper).encode()

    def put(self, data):
        return str(hash(data))

    def exists(self, key):  # noqa: ARG002
        return False


def desk_at(clock=None, store=None, office=ELECTRONIC):
    return Desk(office, store or MemoryStore(), clock=clock or Clock())


def worker_of(desk, gateway, **ports):
    ports = {"mailer": Silent(), "renderer": Silent(), "blobs": Silent()} | ports
    return Worker(desk, gateway=gateway, **ports)


def accepted(desk, applicant=None, to=TO_ACCEPTED, products=PUBLICATION):
    """Open a request, bring it to an accepted offer, and return its stream."""
    stream = desk.open(rq.OpenRequest(applicant or person()), by=APPLICANT).stream
    carry(desk, stream, to, products=products)
    return stream


def bill_of(desk, stream):
    return desk.state(stream).last(rq.BillingIssued)
