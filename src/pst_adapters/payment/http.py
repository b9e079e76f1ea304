"""The gateway over HTTP: a small JSON interface, asked again with back-off when it is down.

The interface is that of the simulator beside this file; an office whose treasury channel speaks
otherwise writes a gateway of its own and runs ``pst_core.testing.contracts.payment`` on it.
"""

from __future__ import annotations

import datetime as dt
from types import TracebackType
from typing import Any

import httpx
import stamina

from pst_core.desk.notices import payment_from
from pst_core.desk.ports import Bill, BillOrder, BillState, BillStatus
from pst_core.refusal import GatewayRefused, GatewayUnavailable
from pst_core.text import Text

__all__ = ["HttpGateway"]


class HttpGateway:
    """Implements the port ``Gateway`` over HTTP.

    ``timeout``: seconds for each answer. ``attempts``, ``longest``: how often, and for how many
    seconds in all, a gateway that is down is asked before ``GatewayUnavailable`` is raised.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        timeout: float = 10,
        attempts: int = 4,
        longest: float = 30,
        first_wait: float = 0.2,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=timeout)
        self._retry = stamina.RetryingCaller(
            attempts=attempts,
            timeout=longest,
            wait_initial=first_wait,
            wait_max=5,
            wait_jitter=first_wait,
        ).on(GatewayUnavailable)
        self._where = url

    def __repr__(self) -> str:
        return f"HttpGateway({self._where!r})"

    def __enter__(self) -> HttpGateway:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the connections."""
        self._client.close()

    def create(self, order: BillOrder) -> Bill | None:
        """Have a bill made; see the port."""
        asked = {
            "reference": order.reference,
            "amount": order.amount,
            "payer": order.payer,
            "text": order.text,
        }
        said = self._retry(self._ask, "POST", "/bills", asked, {"Idempotency-Key": order.reference})
        try:
            bill = Bill(
                said["reference"],
                said["code"],
                said["amount"],
                _time(said["issued_at"]),
                _time(said["expires_at"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise self._garbled(error) from error
        if (bill.reference, bill.amount) != (order.reference, order.amount):
            raise GatewayRefused(
                "bill-differs",
                Text(
                    id=f"Tagihan {bill.code} bukan yang diminta: {bill.reference}, {bill.amount}.",
                    en=f"The bill {bill.code} is not as ordered: {bill.reference}, {bill.amount}.",
                ),
                remedy=Text(
                    id="Periksa gerbang pembayaran; buat kode billing dengan tangan.",
                    en="Look at the payment gateway; make the billing code by hand.",
                ),
            )
        return bill

    def state(self, code: str) -> BillState:
        """Return what the treasury says of the bill ``code``; see the port."""
        if not (code.isascii() and code.isdecimal()):
            return BillState(BillStatus.UNKNOWN)
        said = self._retry(self._ask, "GET", f"/bills/{code}")
        try:
            status = BillStatus(said["status"])
            paid = payment_from(said["payment"]) if status is BillStatus.PAID else None
        except (KeyError, TypeError, ValueError) as error:
            raise self._garbled(error) from error
        return BillState(status, paid)

    def _ask(
        self, method: str, path: str, content: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        try:
            answer = self._client.request(method, path, json=content, headers=headers)
        except httpx.HTTPError as error:
            # whether it was carried out is not known: the same reference is asked again
            raise self._unavailable("unreachable", f"{type(error).__name__}: {error}") from error
        if answer.status_code == 404 and method == "GET":
            return {"status": BillStatus.UNKNOWN}
        if answer.status_code in (401, 403):
            # the office's own token: it can be mended, and then the same is asked again
            raise self._unavailable("login", f"HTTP {answer.status_code}")
        if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
            raise self._unavailable("busy", f"HTTP {answer.status_code}")
        if not answer.is_success:
            raise self._refused(answer)
        try:
            return answer.json()
        except ValueError as error:
            raise self._garbled(error) from error

    def _refused(self, answer: httpx.Response) -> GatewayRefused:
        said = " ".join(answer.text.split())[:200]
        return GatewayRefused(
            "gateway-refused",
            Text(
                id=f"Gerbang pembayaran menolak ({answer.status_code}): {said}.",
                en=f"The payment gateway refused ({answer.status_code}): {said}.",
            ),
            remedy=Text(
                id="Buat kode billing dengan tangan di SIMPONI, lalu catat (S16).",
                en="Make the billing code by hand in SIMPONI and record it (S16).",
            ),
        )

    def _garbled(self, error: Exception) -> GatewayUnavailable:
        return self._unavailable("garbled", f"{type(error).__name__}: {error}")

    def _unavailable(self, code: str, why: str) -> GatewayUnavailable:
        return GatewayUnavailable(
            f"gateway-{code}",
            Text(
                id=f"Gerbang pembayaran {self._where} tidak memberi jawaban: {why}.",
                en=f"The payment gateway {self._where} gave no usable answer: {why}.",
            ),
            remedy=Text(
                id="Ditanyakan lagi nanti dengan nomor yang sama; bendahara juga dapat membuat "
                "kode billing di SIMPONI dan mencatatnya.",
                en="It is asked again later under the same reference; the treasurer may also make "
                "the billing code in SIMPONI and record it.",
            ),
        )


def _time(text: Any) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    if at.utcoffset() is None:
        raise ValueError(f"{text} without an offset")
    return at
