"""One host of a worker: ``python host.py URL FOLDER NAME LEASE SWEEP [HANG]``.

With HANG the first mail is begun and never ended: the file ``begun`` says so, and the test kills.
"""

from __future__ import annotations

import datetime as dt
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from pst_adapters.files import FolderBlobs
from pst_adapters.mail import FolderMailer
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_adapters.workers import work_on_postgres
from pst_core.desk import Desk, Worker
from pst_core.desk.ports import Mail
from pst_core.office import Office


class Hanging:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: Mail) -> Mapping[str, str]:
        (self.folder / "begun").write_text(mail.id)
        threading.Event().wait()
        raise AssertionError("unreachable")


def main(url: str, folder: str, name: str, lease: str, sweep: str, hang: str = "") -> None:
    where = Path(folder)
    with SqlStore(url) as store:
        worker = Worker(
            Desk(Office.load("3317"), store),
            mailer=Hanging(where) if hang else FolderMailer(where / "mails"),
            renderer=TypstRenderer(),
            blobs=FolderBlobs(where / "blobs"),
            name=name,
            lease=dt.timedelta(seconds=float(lease)),
        )
        work_on_postgres(worker, url, sweep=int(sweep))


if __name__ == "__main__":
    main(*sys.argv[1:])
