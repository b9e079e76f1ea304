"""``pst display``: the queue of today on a screen, in a browser."""

from __future__ import annotations

import datetime as dt
import signal

import click

from pst_core.desk.days import day_tickets
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.visit import Board, QueueView, board

from .stores import DB, open_store
from .terminal import said

__all__ = ["COMMANDS"]


@click.command()
@DB
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat jaringan (address).")
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True,
              help="Porta; 0 memilih yang bebas (0 takes a free one).")  # fmt: skip
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]),
              help="Tampilkan seolah-olah sekarang waktu itu (as of).")  # fmt: skip
def display(db: str, office: str, host: str, port: int, at: dt.datetime | None) -> None:
    """Layar antrean: siapa menunggu, siapa dipanggil, ke loket mana; tanpa nama.

    The display of the queue, until stopped (Ctrl-C or SIGTERM). It shows numbers and no names.
    """
    from pst_adapters.display import Display

    place = Office.load(office)
    with open_store(db) as store:
        fixed = at.replace(tzinfo=place.calendar.zone) if at else None

        def read() -> Board:
            now = fixed or dt.datetime.now(dt.UTC)
            day = place.local(now).date()
            return board(QueueView(day_tickets(store, place, day, fixed)), place, now)

        try:
            shown = Display(read, host=host, port=port)
        except OSError as error:
            raise BadInput(
                "port-taken",
                Text(
                    id=f"{host}:{port} tidak dapat dipakai: {error.strerror}.",
                    en=f"{host}:{port} cannot be used: {error.strerror}.",
                ),
                remedy=Text(
                    id="Pilih porta lain dengan --port, atau 0.",
                    en="Choose another with --port, or 0.",
                ),
            ) from error
        with shown:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: shown.stop())
            click.echo(said(f"Layar antrean: {shown.address}", f"Display: {shown.address}"))
            while not shown.wait(3600):
                pass


COMMANDS = (display,)
