"""``manage.py pst_work``: mails, papers and timers of the desk, through Django's settings."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pst_adapters.workers import drain, work_in_process
from pst_core.desk import Worked
from pst_core.refusal import PstError

from ...settings import worker


class Command(BaseCommand):
    """Carry out what is due, once or until SIGTERM or Ctrl-C; any number of hosts may run it."""

    help = (
        "Kerjakan surat, dokumen dan pengingat yang jatuh waktu, sampai dihentikan. / "
        "Carry out mails, papers and timers that are due, until stopped."
    )

    def add_arguments(self, parser: Any) -> None:
        """Declare the options."""
        parser.add_argument(
            "--once", action="store_true", help="Kerjakan lalu selesai (do what is due and stop)."
        )
        parser.add_argument(
            "--every", type=float, default=2.0, help="Detik antara dua pertanyaan (seconds)."
        )
        parser.add_argument(
            "--lease", type=int, default=300, help="Detik masa sewa satu pekerjaan (seconds)."
        )

    def handle(self, *_: Any, once: bool, every: float, lease: int, **__: Any) -> None:
        """Work; a settings error ends it, a failing effect is tried again later."""
        name = f"{socket.gethostname()}-{os.getpid()}"
        try:
            ours = worker(name, dt.timedelta(seconds=lease))
            if once:
                drain(ours, self._tell)
                return
        except PstError as error:
            raise CommandError(str(error)) from error
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        work_in_process(ours, stop, every=every, tell=self._tell)

    def _tell(self, worked: Worked) -> None:
        error = worked.result.get("error", "")
        self.stdout.write(f"{worked.status.value:7} {worked.key}  {error}".rstrip())
