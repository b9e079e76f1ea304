"""``pst treasury-sim``: a treasury to try payments against, on this machine and with faults."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from pst_core.refusal import BadInput
from pst_core.text import Text

from .terminal import said

if TYPE_CHECKING:
    from pst_adapters.payment.simulator import Fault

__all__ = ["COMMANDS"]


@click.command("treasury-sim")
@click.option("--port", type=click.IntRange(0, 65_535), default=8025, show_default=True,
              help="0: yang sedang bebas (any that is free).")  # fmt: skip
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path),
              default=Path("treasury-sim.jsonl"), show_default=True,
              help="Berkas keadaan, tetap ada setelah berhenti (kept over restarts).")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Dadu gangguan (dice).")
@click.option("--faults", default="", metavar="LIST",
              help="slow, duplicate, out-of-order, lost, wrong-amount, expired, restart; "
              "dipisah koma (comma-separated).")  # fmt: skip
@click.option("--rate", type=click.FloatRange(0, 1), default=0.3, show_default=True,
              help="Seberapa sering tiap gangguan (how often each fault hits).")  # fmt: skip
@click.option("--notify", default="", metavar="URL",
              help="Kirim pemberitahuan bertanda tangan ke sini; rahasianya dalam "
              "PST_TREASURY_SECRET, beberapa dipisah koma (send signed notices here).")  # fmt: skip
@click.option("--timezone", default="Asia/Jakarta", show_default=True, help="Zona waktu.")
@click.option("--json", "as_json", is_flag=True, help="Cetak alamatnya sebagai JSON.")
def treasury_sim(
    port: int,
    state: Path,
    seed: int,
    faults: str,
    rate: float,
    notify: str,
    timezone: str,
    as_json: bool,
) -> None:
    """Simulator kas negara di mesin ini, untuk uji coba dan pelatihan, sampai dihentikan.

    A simulated treasury on this machine, for trials and training, until stopped (Ctrl-C): makes
    billing codes, takes payments on a web page, answers and sends signed notices. With
    PST_GATEWAY_TOKEN set it asks programs for that token.
    """
    from pst_adapters.payment.simulator import TreasuryServer

    secrets = tuple(s.encode() for s in os.environ.get("PST_TREASURY_SECRET", "").split(",") if s)
    if notify and not secrets:
        raise BadInput(
            "no-secret",
            Text(
                id="Pemberitahuan perlu rahasia untuk menandatanganinya.",
                en="Notices need a secret to sign them with.",
            ),
            remedy=Text(
                id="Isi PST_TREASURY_SECRET, sedikitnya 16 huruf, di kedua pihak.",
                en="Set PST_TREASURY_SECRET, at least 16 letters, on both sides.",
            ),
        )
    zone = _zone(timezone)
    server = TreasuryServer(
        state, port=port, seed=seed, faults=_faults(faults), rate=rate,
        clock=lambda: dt.datetime.now(zone), token=os.environ.get("PST_GATEWAY_TOKEN", ""),
        notify=notify, secrets=secrets,
    )  # fmt: skip
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        server.start()
    except OSError as error:
        raise BadInput(
            "port-taken",
            Text(
                id=f"Port {port} tidak dapat dipakai: {error.strerror}.",
                en=f"Port {port} cannot be used: {error.strerror}.",
            ),
            remedy=Text(id="Pilih yang lain, atau --port 0.", en="Choose another, or --port 0."),
        ) from error
    try:
        if as_json:
            click.echo(json.dumps({"url": server.url}))
        else:
            click.echo(
                said(
                    f"Simulator kas negara: {server.url} (Ctrl-C menghentikan).",
                    f"Treasury simulator: {server.url} (Ctrl-C stops it).",
                )
            )
        stop.wait()
    finally:
        server.stop()


def _faults(words: str) -> list[Fault]:
    from pst_adapters.payment.simulator import Fault

    chosen = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [word for word in chosen if word not in list(Fault)]
    if unknown:
        raise BadInput(
            "unknown-fault",
            Text(
                id=f"Gangguan tidak dikenal: {', '.join(unknown)}.",
                en=f"Unknown faults: {', '.join(unknown)}.",
            ),
            remedy=Text(id=f"Yang ada: {', '.join(Fault)}.", en=f"There are: {', '.join(Fault)}."),
        )
    return [Fault(word) for word in chosen]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(
            "unknown-zone",
            Text(id=f"Zona waktu {name!r} tidak dikenal.", en=f"Unknown time zone {name!r}."),
            remedy=Text(id="Misalnya Asia/Makassar.", en="For instance Asia/Makassar."),
        ) from error


COMMANDS = (treasury_sim,)
