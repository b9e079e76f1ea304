"""``pst report``: one month of the service, from the events of a database."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from pst_core.analysis import Month, Report, monthly_report, report_data, report_paper, sections
from pst_core.desk.days import cases
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.text import Text

from .stores import DB, open_store
from .terminal import console, language, said

if TYPE_CHECKING:
    from pst_core.desk.ports import Store

__all__ = ["COMMANDS", "print_report", "read_report"]

_WIDE = 18


@click.command()
@click.argument("month", metavar="[BULAN]", required=False)
@DB
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--pdf", type=click.Path(path_type=Path), help="Tulis juga sebagai PDF (as a PDF).")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def report(month: str | None, db: str, office: str, pdf: Path | None, as_json: bool) -> None:
    """Laporan pelayanan satu BULAN, seperti 2026-11 (bawaan: bulan ini).

    Report on one month of the service: time, waits, complaints, ratings, survey.
    """
    place = Office.load(office)
    now = dt.datetime.now(dt.UTC)
    local = place.local(now)
    wanted = Month.of(month) if month else Month(local.year, local.month)
    with open_store(db) as store:
        found = read_report(store, place, wanted)
    if pdf is not None:
        _write(pdf, found, place, now)
    if as_json:
        click.echo(json.dumps(report_data(found), ensure_ascii=False, indent=2))
    else:
        print_report(found)
        if pdf is not None:
            click.echo(f"-> {pdf}")


def read_report(store: Store, office: Office, month: Month) -> Report:
    """Return the report on ``month`` from what ``store`` holds."""
    return monthly_report(
        office, month, ((c.stream, c.procedure, c.happened) for c in cases(store, office))
    )


def print_report(found: Report) -> None:
    """Print ``found`` as tables with bars."""
    lang, out = language(), console()
    title = said("Laporan pelayanan", "Service report")
    out.print(f"[bold]{found.name.say(lang)}[/bold] - {title} {found.month}")
    for section in sections(found):
        out.print(f"\n[bold]{section.title.say(lang)}[/bold]")
        grid = Table.grid(padding=(0, 2))
        grid.add_column(min_width=16, max_width=32)
        grid.add_column(width=_WIDE, no_wrap=True)
        grid.add_column(overflow="fold")
        for bar in section.bars:
            filled = 0 if bar.share is None else min(round(bar.share * _WIDE), _WIDE)
            empty = 0 if bar.share is None else _WIDE - filled
            drawn = f"[blue]{'█' * filled}[/blue][dim]{'░' * empty}[/dim]"
            grid.add_row(escape(bar.label.say(lang)), drawn, escape(bar.value.say(lang)))
        out.print(grid)
        if section.note is not None:
            out.print(f"[dim]{escape(section.note.say(lang))}[/dim]")


def _write(path: Path, found: Report, office: Office, now: dt.datetime) -> None:
    from pst_adapters.pdf import TypstRenderer

    data = TypstRenderer().render(report_paper(found, office, now, language()))
    try:
        path.write_bytes(data)
    except OSError as error:
        raise BadInput(
            "file-unwritable",
            Text(
                id=f"Berkas {path} tidak dapat ditulis: {error.strerror}.",
                en=f"The file {path} cannot be written: {error.strerror}.",
            ),
            remedy=Text(id="Sebutkan berkas lain.", en="Name another file."),
        ) from error


COMMANDS = (report,)
