"""``pst history``: what has happened on a request, replayed from the database."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text as Cell

from pst_core.desk import Desk, statement
from pst_core.office import Office
from pst_core.wire import event_to_json, procedures
from pst_core.workflow import Role

from .looking import looked
from .outbox import STATUS
from .papers import TEMPLATES, write_pdf
from .stores import open_store
from .terminal import console, language, said

__all__ = ["COMMANDS"]


@click.command()
@click.argument("stream", required=False)
@click.option("--db", envvar="PST_DB", show_envvar=True,
              help="Berkas SQLite, atau postgresql://pengguna@server/basisdata (file or address); "
              "bawaan: pst.db, atau peragaan terbaru (or the newest demonstration).")  # fmt: skip
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@TEMPLATES
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path),
              help="Tulis keterangan riwayat STREAM sebagai PDF (statement as a PDF).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def history(
    stream: str | None,
    db: str | None,
    office: str,
    templates: Path | None,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """Riwayat satu layanan, atau daftar layanan bila STREAM tidak disebut.

    History of one case, or the register if no STREAM is named.
    """
    if pdf and stream is None:
        raise click.UsageError("--pdf: STREAM?")
    place = db or str(_newest())
    with open_store(place) as store:
        desk = Desk(Office.load(office), store)
        if stream is None:
            looked(store, desk.office.code, "register")
            _register(desk, as_json)
        elif pdf:
            content = statement(desk, stream, language())
            looked(store, desk.office.code, "history", stream)
            write_pdf(pdf, content, templates)
        else:
            _one(desk, stream, as_json)


def _newest() -> Path:
    """Return ``pst.db`` here, or else that of the newest demonstration."""
    made = sorted(Path("pst-demo").glob("*/pst.db"), key=lambda p: p.stat().st_mtime)
    here = Path("pst.db")
    return here if here.is_file() or not made else made[-1]


def _register(desk: Desk, as_json: bool) -> None:
    rows = desk.register()
    if as_json:
        fields = [
            {"stream": r.stream, "phase": r.phase, "whose": r.whose, "applicant": r.title,
             "opened": r.opened.isoformat(), "due": r.due.isoformat() if r.due else None}
            for r in rows
        ]  # fmt: skip
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return
    table = Table()
    table.add_column(said("Layanan", "Case"), no_wrap=True)
    for head in (
        said("Pengguna layanan", "Applicant"),
        said("Tahap", "Phase"),
        said("Giliran", "Whose turn"),
        said("Jatuh tempo", "Due"),
    ):
        table.add_column(head)
    phases = {
        (name, str(phase)): phase.text.say(language())
        for name, procedure in procedures().items()
        for phase in procedure.phases
    }
    for row in rows:
        due = f"{desk.office.local(row.due):%Y-%m-%d %H:%M %Z}" if row.due else "-"
        phase = phases.get((row.procedure, row.phase), row.phase)
        whose = Role(row.whose).text.say(language()) if row.whose else "-"
        table.add_row(row.stream, Cell(row.title), phase, whose, due)
    console().print(table)


def _one(desk: Desk, stream: str, as_json: bool) -> None:
    entries = desk.history(stream)
    looked(desk.store, desk.office.code, "history", stream)
    if as_json:
        rows = [
            {
                "version": entry.version,
                "at": entry.noted.at.isoformat(),
                "clause": entry.step.clause,
                "role": entry.noted.by.role,
                "by": entry.noted.by.name or entry.noted.by.id,
                "event": entry.noted.event.NAME,
                "fields": json.loads(event_to_json(entry.noted.event)),
                "phase": entry.state.phase,
                "command_id": entry.command_id,
            }
            for entry in entries
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    lang = language()
    table = Table("#", said("Waktu", "Time"), said("Butir", "Clause"), said("Oleh", "By"),
                  said("Langkah", "Step"), said("Tahap sesudahnya", "Phase after"))  # fmt: skip
    for entry in entries:
        table.add_row(
            str(entry.version),
            f"{desk.office.local(entry.noted.at):%Y-%m-%d %H:%M}",
            entry.step.cited.say(lang),
            Cell(
                f"{entry.noted.by.role.text.say(lang)}: {entry.noted.by.name or entry.noted.by.id}"
            ),
            entry.step.title.say(lang),
            entry.state.phase.text.say(lang),
        )
    out = console()
    out.print(table)
    effects = desk.store.effects(stream)
    if effects:
        sent = Table(
            said("Keluar dari kantor", "Left the house"), "Status", said("Hasil", "Result")
        )
        for effect in effects:
            sent.add_row(
                effect.key.removeprefix(f"{stream}/"),
                STATUS[effect.status].say(lang),
                Cell(_in_short(effect.result)),
            )
        out.print(sent)


def _in_short(result: str) -> str:
    """Return where an effect went; ``pst outbox show`` has it whole, with digests and ids."""
    try:
        fields = json.loads(result)
    except json.JSONDecodeError:
        return result
    if not isinstance(fields, dict):
        return result
    return ", ".join(str(fields[name]) for name in ("to", "number", "code") if name in fields)


COMMANDS = (history,)
