"""What the pages stand on: office, desk, files, worker; in a demonstration a simulated treasury."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import TypeVar

import attrs

from pst_adapters.files import FileReader, FolderBlobs
from pst_adapters.mail import FolderMailer
from pst_adapters.payment.http import HttpGateway
from pst_adapters.payment.treasury import Treasury, TreasurySays
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_adapters.vault import FileKeys, SealedBlobs, SealedStore
from pst_adapters.workers.inprocess import work_in_process
from pst_core.desk import Desk, Worker
from pst_core.desk.payments import poll
from pst_core.desk.ports import Bill, BillOrder, BillState, BillStatus, Gateway
from pst_core.documents import FileFacts
from pst_core.office import Office
from pst_core.office.treasury import Way
from pst_core.refusal import BadInput, GatewayRefused
from pst_core.text import Text

from .settings import Settings, kept_secret
from .unsent import Shelf

__all__ = ["House"]

T = TypeVar("T")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class House:
    """One office at work. ``close`` it; ``clock`` is another one in tests."""

    def __init__(self, settings: Settings, clock: Callable[[], dt.datetime] = _now) -> None:
        data = settings.data
        data.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.office = with_survey_here(Office.load(settings.office), settings.url)
        self.clock = clock
        kept = SqlStore(settings.db or f"sqlite:///{data / 'pst.db'}")
        self.store = SealedStore(kept, FileKeys.make(settings.key_file))
        self.desk = Desk(self.office, self.store, clock=clock)
        self.desk.note_profile()
        self.blobs = SealedBlobs(FolderBlobs(data / "blobs"), self.store, self.office.code)
        self.link_keys = (kept_secret(data, "links.key"),)
        self._uploads = FileReader()
        self._products = FileReader(seconds=20, megabytes=1024)
        self.treasury = None
        if settings.demonstration:
            zone = self.office.treasury.zone
            self.treasury = Treasury(
                data / "treasury.jsonl", clock=lambda: clock().astimezone(zone), seed=1
            )
        self.gateway = self._gateway()
        self.unsent = Shelf(clock)
        self._stop = threading.Event()
        self._worker = threading.Thread(target=self._work, name="pst-worker", daemon=True)
        self._worker.start()

    def keep(self, stream: str, name: str, data: bytes, *, product: bool = False) -> FileFacts:
        """Keep a file of a case, under its person's key; return what a reader found in it."""
        self.blobs.of_case(stream).put(data)
        return self.look(name, data, product=product)

    def look(self, name: str, data: bytes, *, product: bool = False) -> FileFacts:
        """Return what is in a file without keeping it."""
        return (self._products if product else self._uploads).read(data, name)

    def at_treasury(self, ask: Callable[[Treasury], T]) -> T:
        """Ask the simulated treasury; what it will not do is told as any refusal is."""
        if self.treasury is None:
            raise _no_treasury("no-simulator")
        try:
            return ask(self.treasury)
        except TreasurySays as error:
            raise _no_treasury("simulator-refuses") from error

    def look_for_payments(self) -> None:
        """Take in what was paid at the simulated treasury at once, as its notice would have it."""
        if self.gateway is not None and self.treasury is not None:
            poll(self.desk, self.gateway)

    def _gateway(self) -> Gateway | None:
        """Return the electronic way to the treasury, for an office whose profile has one."""
        if self.office.treasury.gateway is Way.MANUAL:
            return None
        if self.settings.treasury:
            return HttpGateway(self.settings.treasury, token=self.settings.treasury_token)
        return OwnTreasury(self.treasury) if self.treasury is not None else None

    def close(self) -> None:
        """Let the worker finish what it began, and close the store."""
        self._stop.set()
        self._worker.join(60)
        for part in (self._uploads, self._products, self.store, self.treasury):
            if part is not None:
                part.close()

    def _work(self) -> None:
        """Make papers and send mails after the commit. A busy office runs ``pst work`` instead."""
        worker = Worker(
            self.desk,
            mailer=FolderMailer(self.settings.data / "mail"),
            renderer=TypstRenderer(),
            blobs=self.blobs,
            gateway=self.gateway,
        )
        work_in_process(worker, self._stop, every=0.3)


def with_survey_here(office: Office, url: str) -> Office:
    """Return the office with the link of its surveys leading to this portal."""
    link = f"{url}/survey/{{stream}}?key={{token}}"
    return attrs.evolve(office, survey=attrs.evolve(office.survey, link=link))


class OwnTreasury:
    """Implements the port ``Gateway`` over the simulated treasury of this very process."""

    def __init__(self, treasury: Treasury) -> None:
        self._treasury = treasury

    def create(self, order: BillOrder) -> Bill:
        """Have the bill made; the same reference gives the same bill."""
        try:
            made = self._treasury.create(order.reference, order.amount, order.payer, order.text)
        except TreasurySays as error:
            refused = _no_treasury("simulator-refuses")
            raise GatewayRefused(refused.code, refused.text, remedy=refused.remedy) from error
        return Bill(made.reference, made.code, made.amount, made.issued_at, made.expires_at)

    def state(self, code: str) -> BillState:
        """Return how the bill ``code`` stands."""
        bill = self._treasury.bills.get(code)
        if bill is None:
            return BillState(BillStatus.UNKNOWN)
        return BillState(bill.status(self._treasury.clock()), bill.payment)


def _no_treasury(code: str) -> BadInput:
    return BadInput(
        code,
        Text(
            id="Simulator kas negara tidak dapat melakukannya sekarang.",
            en="The simulated treasury cannot do this now.",
        ),
        remedy=Text(
            id="Lihat pada permintaan apa yang dapat dilakukan sekarang.",
            en="See on the request what can be done now.",
        ),
    )
