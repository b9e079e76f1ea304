"""``pst check-paper``: was this paper issued; ``pst paper`` and ``pst ticket`` print one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pst_core.desk import Desk, check_paper, queue_ticket
from pst_core.documents.issued import PaperStanding, read_claim
from pst_core.documents.thermal import ticket_text
from pst_core.office import Office
from pst_core.refusal import NotFound
from pst_core.request import paper as paper_of
from pst_core.text import Text

from .looking import looked
from .stores import DB, open_store
from .terminal import language

if TYPE_CHECKING:
    from pst_adapters.pdf import TypstRenderer

__all__ = ["COMMANDS", "TEMPLATES", "open_renderer", "write_pdf"]

TEMPLATES = click.option(
    "--templates", type=click.Path(path_type=Path), envvar="PST_TEMPLATES", show_envvar=True,
    help="Folder templat kantor; berkas di dalamnya menggantikan bawaan (office's templates).",
)  # fmt: skip
_OFFICE = click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
_PDF = click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path),
                    help="Tulis sebagai PDF ke berkas ini (write a PDF).")  # fmt: skip


def open_renderer(templates: Path | None) -> TypstRenderer:
    """Open the renderer with the office's own templates, if it has any."""
    from pst_adapters.pdf import TypstRenderer

    return TypstRenderer(templates)


def write_pdf(place: Path, content: object, templates: Path | None) -> None:
    """Render ``content`` into the file ``place`` and say so."""
    place.write_bytes(open_renderer(templates).render(content))
    click.echo(str(place))


@click.command("check-paper")
@click.argument("said")
@DB
@_OFFICE
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def check(said: str, db: str, office: str, as_json: bool) -> int:
    """Periksa dokumen: SAID adalah isi kode QR, atau nomornya.

    Check whether a paper was issued: SAID is the text of its QR code, or its number.
    Exit code 0 only if it was, and stands.
    """
    claim = read_claim(said)
    with open_store(db) as store:
        verdict = check_paper(Desk(Office.load(office), store), claim)
    record, by = verdict.record, verdict.by
    if as_json:
        fields = {
            "standing": verdict.standing.value,
            "text": verdict.text.say(language()),
            "kind": record.kind if record else None,
            "number": claim.number,
            "stream": record.stream if record else None,
            "issued_at": record.at.isoformat() if record else None,
            "replaced_by": by.number if by else None,
        }
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
    else:
        click.echo(verdict.text.say(language()))
        if record:
            click.echo(record.stream)
    return 0 if verdict.standing is PaperStanding.ISSUED else 1


@click.command()
@click.argument("kind", type=click.Choice(["invoice", "agreement", "receipt"]))
@click.argument("stream")
@DB
@_OFFICE
@TEMPLATES
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="Berkas yang ditulis (file to write).")  # fmt: skip
def paper(kind: str, stream: str, db: str, office: str, templates: Path | None, pdf: Path) -> None:
    """Cetak lagi tagihan, perjanjian atau kuitansi; --lang en untuk bahasa Inggris.

    Print invoice, agreement or receipt once more, as it was when it was sent.
    """
    with open_store(db) as store:
        desk = Desk(Office.load(office), store)
        sent = [e for e in desk.history(stream) if kind in e.step.makes]
        content = paper_of(kind, sent[-1].state, desk.office, stream, language()) if sent else None
        looked(store, desk.office.code, "papers", stream)
    if content is None:
        raise NotFound(
            "no-such-paper",
            Text(id=f"{stream} belum mempunyai {kind}.", en=f"{stream} has no {kind} yet."),
            remedy=Text(
                id="Lihat langkahnya dengan pst history.", en="See its steps with pst history."
            ),
        )
    write_pdf(pdf, content, templates)


@click.command()
@click.argument("stream")
@DB
@_OFFICE
@TEMPLATES
@_PDF
@click.option("--columns", type=click.IntRange(24, 80), default=32, show_default=True,
              help="Lebar kertas dalam huruf: 32 (58 mm) atau 42 (80 mm).")  # fmt: skip
def ticket(
    stream: str, db: str, office: str, templates: Path | None, pdf: Path | None, columns: int
) -> None:
    """Cetak nomor antrean kunjungan STREAM sebagai teks, atau PDF.

    Print the queue ticket of a visit as text for a thermal printer, or as a PDF.
    """
    with open_store(db) as store:
        content = queue_ticket(Desk(Office.load(office), store), stream, language())
    if pdf:
        write_pdf(pdf, content, templates)
    else:
        click.echo(ticket_text(content, columns), nl=False)


COMMANDS = (check, paper, ticket)
