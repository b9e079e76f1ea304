"""``pst day``: a day at the counter, in seconds: each wait against L1, the month's report."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click
from rich.panel import Panel
from rich.table import Table

from pst_core.analysis import Month, report_data
from pst_core.office import Office
from pst_core.visit import Wait, waits

from .counter_play import CounterPlay
from .demo import made_folder
from .report import print_report, read_report
from .terminal import console, language, said

__all__ = ["COMMANDS"]


@click.command()
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]),
              help="Hari yang dimainkan (bawaan: hari ini; the day).")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Hari lain (another day).")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("pst-demo"),
              show_default=True, help="Tempat berkas hasil.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def day(office: str, date: dt.datetime | None, seed: int, folder: Path, as_json: bool) -> None:
    """Memainkan satu hari di loket: 60 tamu, 3 loket, istirahat, yang tidak hadir.

    Play a day at the counter in virtual time. It ends in three requests, two complaints and twelve
    surveys, and in the month's report.
    """
    place = Office.load(office)
    today = date.date() if date else dt.datetime.now(dt.UTC).astimezone().date()
    made = made_folder(folder, today)
    with CounterPlay(place, made, today, seed) as play:
        play.run()
        timed = waits(play.desk.queue(play.day).tickets, place)
        month = Month(play.day.year, play.day.month)
        found = read_report(play.store, place, month)
    db = made / "pst.db"
    if as_json:
        data = {
            "day": play.day.isoformat(),
            "db": str(db),
            "counted": dict(sorted(play.counted.items())),
            "waits": [_wait(w, place) for w in timed],
            "report": report_data(found),
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    out = console()
    out.print(
        Panel(
            f"[bold]{place.unit.say(language())}[/bold] - {place.name.say(language())}\n"
            + said(
                f"{play.day}: hari rekaan (seed {seed}) dalam waktu maya; aturan, jam dan hitungan "
                "sungguhan.",
                f"{play.day}: an invented day (seed {seed}) in virtual time; rules, hours and "
                "figures are real.",
            )
        )
    )
    out.print(_table(timed, place))
    late = [w for w in timed if w.late]
    out.print(
        said(
            f"{len(timed)} panggilan, {len(late)} lewat batas L1.",
            f"{len(timed)} calls, {len(late)} later than L1 allows.",
        )
    )
    for wait in late:
        out.print(f"  {wait.ticket}: {wait.why.say(language())}")
    out.print()
    print_report(found)
    ended = place.local(play.now)
    if (ended.year, ended.month) != (month.year, month.month):
        after = Month(ended.year, ended.month)
        out.print(
            said(
                f"Yang selesai sesudahnya ada pada laporan {after}.",
                f"What ended later stands in the report on {after}.",
            )
        )
    noon = f"{play.day}T11:30"
    out.print(
        "\n"
        + said("Laporannya lagi: ", "The report again: ")
        + f"[bold]pst report {month} --db {db}[/bold]\n"
        + said("Layarnya pukul 11.30: ", "The display at 11:30: ")
        + f"[bold]pst display --db {db} --at {noon}[/bold]",
        soft_wrap=True,
    )


def _wait(wait: Wait, office: Office) -> dict[str, object]:
    return {
        "ticket": wait.ticket,
        "service": wait.service,
        "priority": wait.priority,
        "counter": wait.counter,
        "called_at": office.local(wait.called_at).isoformat(),
        "waited_minutes": round(wait.minutes, 1),
        "since": office.local(wait.since).isoformat() if wait.since else None,
        "due": office.local(wait.due).isoformat() if wait.due else None,
        "late": wait.late,
        "why": {"id": wait.why.id, "en": wait.why.en},
    }


def _table(timed: tuple[Wait, ...], office: Office) -> Table:
    table = Table(box=None, padding=(0, 1))
    for head in (
        said("Nomor", "Number"), said("Loket", "Counter"), said("Prioritas", "Priority"),
        said("Sejak", "From"), said("Panggil", "Called"), said("Menit", "Minutes"),
        said("L1 dari", "L1 from"), said("Batas", "Due"), "L1",
    ):  # fmt: skip
        table.add_column(head, no_wrap=True)
    names = {p.code: p.name.say(language()) for p in office.counter.priorities}
    for w in timed:
        clock = [f"{office.local(t):%H:%M}" if t else "-" for t in (w.since, w.due)]
        verdict = "-" if w.due is None else ("[red]✗[/red]" if w.late else "[green]✓[/green]")
        table.add_row(
            w.ticket, w.counter, names.get(w.priority, "")[:14],
            f"{office.local(w.waited_since):%H:%M}", f"{office.local(w.called_at):%H:%M}",
            f"{w.minutes:.0f}", *clock, verdict,
        )  # fmt: skip
    return table


COMMANDS = (day,)
