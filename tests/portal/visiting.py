"""A person at the portal by HTTP alone: what a browser sends, without one."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from pst_core import request as rq

STAFF = {"officer": "petugas-1", "counter": "loket-1", "treasurer": "bendahara-1",
         "head": "kepala-1", "auditor": "pemeriksa-1"}  # fmt: skip


class Visit:
    """A session with its cookies; every form bears the token that the portal has given."""

    def __init__(self, url: str) -> None:
        hooks = {"request": [self._with_cookies]}
        self.client = httpx.Client(base_url=url, timeout=60, event_hooks=hooks)
        self.client.get("/")

    def _with_cookies(self, request: httpx.Request) -> None:
        # a browser takes its own machine for safe, the cookie jar of the library does not
        kept = [f"{c.name}={c.value}" for c in self.client.cookies.jar]
        if kept:
            request.headers["Cookie"] = "; ".join(kept)

    def enter(self, *, email: str = "", name: str = "", desk: str = "") -> Visit:
        """Sign in by the demonstration's door."""
        form = {"person": STAFF[desk]} if desk else {"email": email, "name": name}
        assert self.post("/sign-in/demonstration", **form).status_code == 303
        return self

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, upload: Any = None, **form: Any) -> httpx.Response:
        """Send a form."""
        token = self.client.cookies["csrftoken"]
        return self.client.post(path, data={"_csrf_token": token, **form}, files=upload)

    def act(self, stream: str, command: str, **form: Any) -> None:
        """Carry out a command by its form; it must be taken."""
        answer = self.post(f"/requests/{stream}/do/{command}", _once=uuid.uuid4().hex, **form)
        assert answer.status_code == 303, (command, answer.status_code, answer.text)

    def open(self, *items: str) -> str:
        """Fill the basket and open a request; return its stream."""
        for item in items:
            self.post("/basket", **{"in": item})
        form = {"applicant.name": "Siti", "applicant.address": "Rembang Kota",
                "applicant.institution": "Universitas Diponegoro",
                "applicant.segment": "individual"}  # fmt: skip
        answer = self.post("/requests/new", _once=uuid.uuid4().hex, **form)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].rpartition("/")[2]


def steps(stream: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return the life of a request for a publication: who does what with which fields."""
    return [
        ("", "AcceptTerms", {}),
        ("", "ChooseProducts", {}),
        ("", "CompleteForm", {"forms.publication.title": "Kecamatan Lasem Dalam Angka 2026"}),
        ("", "FileRequest", {}),
        ("officer", "PrepareProducts", {"invented": "on"}),
        ("officer", "SendOffer", {}),
        ("", "AcceptOffer", {}),
        ("treasurer", f"/requests/{stream}/simulated-bill", {}),
        ("", f"/requests/{stream}/simulated-payment", {}),
        ("", "ReportPayment", {"paid_at": "2026-11-24T09:00", "bank": "Bank", "amount": "65.000"}),
        ("treasurer", "ConfirmPayment", {}),
        ("treasurer", "IssueReceipt", {}),
        ("officer", "DeliverProducts", {}),
        ("", "ApproveDelivery", {}),
        ("", "RateService", {"stars": "5", "comment": "Cepat"}),
    ]


def paid(house: Any, stream: str, command: str) -> dict[str, str]:
    """Return what the treasurer copies from the simulated treasury's note, where it is asked."""
    if command != "ConfirmPayment":
        return {}
    bill = house.treasury.find(rq.codes_of(house.desk.state(stream))[-1])
    return {"ntpn": bill.payment.ntpn, "ntb": bill.payment.ntb, "amount": str(bill.amount),
            "code": bill.code, "paid_at": "2026-11-24T09:00"}  # fmt: skip
