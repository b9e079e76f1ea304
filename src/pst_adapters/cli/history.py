"""``pst history``: what has happened on a request, replayed from the database."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.table import Table

from pst_core.desk import Desk
from pst_core.office import Office
from pst_core.refusal import NotFound
from pst_core.text import Text
from pst_core.wire import event_to_json

from .terminal import console, language, said

__all__ = ["COMMANDS"]


@click.command()
@click.argument("stream", required=False)
@click.option("--db", type=click.Path(path_type=Path), help="Basis data SQLite (database file).")
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def history(stream: str | None, db: Path | None, office: str, as_json: bool) -> None:
    """Riwayat satu layanan, atau daftar layanan bila STREAM tidak disebut.

    History of one case, or the register if no STREAM is named.
    """
    from pst_adapters.sql import SqlStore

    place = db or _newest()
    if not place.is_file():
        raise NotFound(
            "no-database",
            Text(id=f"Basis data {place} tidak ada.", en=f"There is no database {place}."),
            remedy=Text(
                id="Sebutkan berkasnya dengan --db, atau jalankan pst demo dahulu.",
                en="Name the file with --db, or run pst demo first.",
            ),
        )
    with SqlStore(f"sqlite:///{place}") as store:
        desk = Desk(Office.load(office), store)
        if stream is None:
            _register(desk, as_json)
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
    for row in rows:
        due = f"{desk.office.local(row.due):%Y-%m-%d %H:%M %Z}" if row.due else "-"
        table.add_row(row.stream, row.title, row.phase, row.whose or "-", due)
    console().print(table)


def _one(desk: Desk, stream: str, as_json: bool) -> None:
    entries = desk.history(stream)
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
            entry.step.clause,
            f"{entry.step.role.text.say(lang)}: {entry.noted.by.name or entry.noted.by.id}",
            entry.step.title.say(lang),
            entry.state.phase.text.say(lang),
        )
    out = console()
    out.print(table)
    effects = desk.store.effects(stream)
    if effects:
        sent = Table(
            said("Keluar dari kantor", "Left the house"), "status", said("Hasil", "Result")
        )
        for effect in effects:
            sent.add_row(effect.key.removeprefix(f"{stream}/"), effect.status, effect.result)
        out.print(sent)


COMMANDS = (history,)
