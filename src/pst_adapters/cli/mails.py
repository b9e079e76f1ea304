"""``pst mails preview``: every mail that the procedures can send, on one page to read through."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pst_core import request as rq
from pst_core.desk.letters import letter, recipient
from pst_core.office import Office
from pst_core.wire import procedures_of
from pst_core.workflow import Role

from .mail_page import Sample, page
from .terminal import language, said

__all__ = ["COMMANDS", "Sample", "samples"]


def samples(office: Office, start: dt.datetime) -> Iterator[Sample]:
    """Give a mail for every row that tells somebody, and for each whom it tells, in table order."""
    from pst_core.testing.ways import ways

    for procedure in procedures_of(office).values():
        found = ways(procedure, office, start, lambda step: bool(step.tells))
        stream = f"{procedure.name}-{office.code}-{start.year}-0001"
        for step, history in found.items():
            entry = history[-1]
            papers = tuple(
                p.text.id + ".pdf"
                for p in step.makes
                if rq.paper(p, entry.state, office, stream) is not None
            )
            for role in step.tells:
                to = recipient(entry.state)[1] if role is Role.APPLICANT else office.email
                text = letter(role, stream, entry, procedure, office)
                yield Sample(procedure, step, entry, role, to, text, papers)


@click.group()
def mails() -> None:
    """Surat elektronik yang dikirim layanan ini (the mails that the service sends)."""


@mails.command()
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("mails.html"),
              show_default=True, help="Halaman hasil, satu berkas utuh (the page).")  # fmt: skip
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]),
              help="Tanggal permintaan contoh (bawaan: hari ini; of the example).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Cetak suratnya sebagai JSON (no page).")
def preview(office: str, out: Path, start: dt.datetime | None, as_json: bool) -> None:
    """Semua surat dari seluruh prosedur pada satu halaman HTML, dengan isi contoh.

    Every mail of all procedures on one HTML page, written from lives that were really played.
    """
    chosen = Office.load(office)
    made = list(samples(chosen, _opening(chosen, start)))
    if as_json:
        click.echo(json.dumps([_fields(s) for s in made], ensure_ascii=False, indent=2))
        return
    out.write_text(page(made, chosen, language()), "utf-8")
    click.echo(said(f"{len(made)} surat pada {out}", f"{len(made)} mails on {out}"))


def _opening(office: Office, start: dt.datetime | None) -> dt.datetime:
    zone = office.calendar.zone
    day = start.date() if start else dt.datetime.now(zone).date()
    if not office.calendar.is_workday(day):
        day = office.calendar.add(day, 1)
    return dt.datetime.combine(day, dt.time(9), zone)


def _fields(sample: Sample) -> dict[str, Any]:
    return {
        "procedure": sample.procedure.name,
        "clause": sample.step.clause,
        "command": sample.step.command.__name__,
        "role": sample.role.value,
        "to": sample.to,
        "subject": sample.letter.subject,
        "body": sample.letter.body,
        "attached": list(sample.attached),
    }


COMMANDS = (mails,)
