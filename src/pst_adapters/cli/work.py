"""``pst work`` carries out mails, papers and timers; ``pst health`` says if that is being done."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pst_core.desk import Desk, Worked, Worker
from pst_core.hygiene import redacted
from pst_core.office import Office
from pst_core.office.treasury import Way
from pst_core.refusal import BadInput
from pst_core.text import Text

from .papers import TEMPLATES, open_renderer
from .stores import DB, as_url, open_blobs, open_store
from .terminal import said

if TYPE_CHECKING:
    from pst_core.desk.ports import Gateway, Mailer

__all__ = ["COMMANDS"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")


@click.command()
@DB
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--mail", "folder", type=click.Path(path_type=Path), default=Path("surel"),
              show_default=True, help="Folder surel bila tanpa --smtp (of mails).")  # fmt: skip
@click.option("--smtp", metavar="HOST[:PORT]", help="Kirim lewat server ini (mail server).")
@click.option("--smtp-user", help="Nama di server itu; kata sandinya dalam PST_SMTP_PASSWORD.")
@click.option("--smtp-security", type=click.Choice(["starttls", "tls", "plain"]),
              default="starttls", show_default=True, help="Cara sambungan diamankan.")  # fmt: skip
@click.option("--files", type=click.Path(path_type=Path), default=Path("blobs"),
              show_default=True, help="Folder dokumen, sama untuk semua mesin.")  # fmt: skip
@TEMPLATES
@click.option(
    "--gateway",
    "treasury",
    metavar="URL",
    envvar="PST_GATEWAY_URL",
    show_envvar=True,
    help="Gerbang pembayaran; tokennya dalam PST_GATEWAY_TOKEN (payment gateway).",
)
@click.option("--lease", type=click.IntRange(2), default=300, show_default=True,
              help="Detik sampai pekerjaan yang terputus diambil alih (seconds).")  # fmt: skip
@click.option("--at-once", type=click.IntRange(1, 16), default=1, show_default=True,
              help="Pekerjaan bersamaan, hanya PostgreSQL (concurrency).")  # fmt: skip
@click.option("--once", is_flag=True, help="Kerjakan yang jatuh waktu, lalu selesai (then stop).")
@_JSON
def work(
    db: str,
    office: str,
    folder: Path,
    smtp: str | None,
    smtp_user: str | None,
    smtp_security: str,
    files: Path,
    templates: Path | None,
    treasury: str | None,
    lease: int,
    at_once: int,
    once: bool,
    as_json: bool,
) -> None:
    """Kerjakan surat, dokumen dan pengingat yang jatuh waktu, sampai dihentikan.

    Carry out mails, papers and timers that are due, until stopped (Ctrl-C or SIGTERM).
    On PostgreSQL any number of hosts may run it; on SQLite one process is enough.
    """
    from pst_adapters.workers import drain, install, work_in_process, work_on_postgres

    url = as_url(db)
    chosen = Office.load(office)
    gateway = _gateway(chosen, treasury)
    with open_store(db) as store:
        desk = Desk(chosen, store)
        desk.note_profile()
        worker = Worker(
            desk,
            mailer=_mailer(folder, smtp, smtp_user, smtp_security),
            renderer=open_renderer(templates),
            blobs=open_blobs(files, store, chosen),
            gateway=gateway,
            name=f"{socket.gethostname()}-{os.getpid()}",
            lease=dt.timedelta(seconds=lease),
        )

        def tell(worked: Worked) -> None:
            _tell(worked, as_json)

        if once:
            if not drain(worker, tell) and not as_json:
                click.echo(
                    said(
                        "Tidak ada surat atau dokumen yang jatuh waktu.",
                        "No mail or paper is due.",
                    )
                )
        elif url.startswith("postgresql"):
            install(url)
            work_on_postgres(worker, url, concurrency=at_once, tell=tell)
        else:
            stop = threading.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stop.set())
            work_in_process(worker, stop, tell=tell)


def _gateway(office: Office, url: str | None) -> Gateway | None:
    if office.treasury.gateway is Way.MANUAL:
        return None
    if not url:
        raise BadInput(
            "no-gateway-address",
            Text(
                id=f"Profil kantor {office.code} memakai gerbang pembayaran, alamatnya tidak ada.",
                en=f"The profile of office {office.code} has a payment gateway, without address.",
            ),
            remedy=Text(
                id="Sebutkan dengan --gateway atau PST_GATEWAY_URL.",
                en="Name it with --gateway or PST_GATEWAY_URL.",
            ),
        )
    import stamina.instrumentation

    from pst_adapters.payment import HttpGateway

    # what came of an effect is told in a line of its own; a try within it is nobody's news
    stamina.instrumentation.set_on_retry_hooks(())
    return HttpGateway(url, os.environ.get("PST_GATEWAY_TOKEN", ""))


def _mailer(folder: Path, smtp: str | None, user: str | None, security: str) -> Mailer:
    from pst_adapters.mail import FolderMailer, Security, SmtpMailer

    if smtp is None:
        return FolderMailer(folder)
    host, _, port = smtp.partition(":")
    if not host or (port and not port.isdecimal()):
        raise BadInput(
            "bad-mail-server",
            Text(id=f"Server surel {smtp!r} tidak dikenal.", en=f"Unknown mail server {smtp!r}."),
            remedy=Text(
                id="Tulis seperti mail.kantor.go.id:587.", en="Write it like mail.office.go.id:587."
            ),
        )
    chosen = Security(security)
    usual = 465 if chosen is Security.TLS else 587
    login = (user, os.environ.get("PST_SMTP_PASSWORD", "")) if user else None
    return SmtpMailer(host, int(port or usual), security=chosen, login=login)


def _tell(worked: Worked, as_json: bool) -> None:
    # this goes to a log: what is of a person stays with the outbox (pst outbox show)
    result = {
        name: redacted(value) if name in ("to", "error") else value
        for name, value in worked.result.items()
    }
    if as_json:
        fields = {"key": worked.key, "status": worked.status.value, "result": result}
        click.echo(json.dumps(fields, ensure_ascii=False))
        return
    click.echo(f"{worked.status.value:7} {worked.key}  {result.get('error', '')}".rstrip())


@click.command()
@DB
@_JSON
def health(db: str, as_json: bool) -> None:
    """Periksa basis data dan apakah pekerjaan yang jatuh waktu ada yang menanyakannya.

    Check the database, and whether anybody asks for work that is due. Exit code 1 with a warning.
    """
    with open_store(db) as store:
        found = store.health()
    if as_json:
        warnings = [{"id": w.id, "en": w.en} for w in found.warnings]
        fields = {"warnings": warnings, "facts": found.facts}
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
    else:
        for name, value in found.facts.items():
            click.echo(f"{name}: {value}")
        for warning in found.warnings:
            click.echo(f"! {said(warning.id, warning.en)}")
        if not found.warnings:
            click.echo(said("Semua beres.", "All is well."))
    if found.warnings:
        raise click.exceptions.Exit(1)


COMMANDS = (work, health)
