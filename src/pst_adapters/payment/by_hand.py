"""The two ways on which people do it all, and the library only keeps what they enter."""

from __future__ import annotations

from pst_core.desk.ports import Bill, BillOrder, BillState, BillStatus
from pst_core.text import Text

__all__ = ["ManualGateway", "TransferGateway"]


class ManualGateway:
    """Implements the port ``Gateway``: the treasurer makes the code in SIMPONI and enters it."""

    how = Text(
        id="Bendahara membuat kode billing di SIMPONI, mencatatnya (S16), lalu mencatat NTPN.",
        en="The treasurer makes the billing code in SIMPONI, records it (S16), then the NTPN.",
    )

    def create(self, order: BillOrder) -> Bill | None:  # noqa: ARG002 - nobody is asked
        """Return None: a person makes the bill."""
        return None

    def state(self, code: str) -> BillState:  # noqa: ARG002
        """Return ``UNKNOWN``: only a person can look."""
        return BillState(BillStatus.UNKNOWN)


class TransferGateway(ManualGateway):
    """Implements the port ``Gateway`` for payers abroad (S18): there is no billing code at all."""

    how = Text(
        id="Pengguna layanan mentransfer, mengunggah bukti (S16); bendahara memverifikasi (S18).",
        en="The applicant transfers and uploads the proof (S16); the treasurer verifies it (S18).",
    )
