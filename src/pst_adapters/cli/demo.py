"""``pst demo``: a whole paid request, played at the dates of today with real files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Line

from pst_core.money import format_rupiah
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.request import OfferSent, deadline
from pst_core.tariff.policy import Confirmed
from pst_core.text import Text
from pst_core.workflow import Role

from .papers import TEMPLATES
from .terminal import console, language, said
from .wish import made_wish, read_wish

if TYPE_CHECKING:
    from .play import Play, Told

__all__ = ["COMMANDS", "made_folder"]

_COLOURS = {
    Role.APPLICANT: "cyan",
    Role.OFFICER: "green",
    Role.TREASURER: "magenta",
    Role.SYSTEM: "yellow",
}


@click.command()
@click.argument("request", required=False, type=click.Path(path_type=Path))
@click.option("--online", is_flag=True, help="Tanpa kunjungan, S6-S23 saja (no visit).")
@click.option("--abroad", is_flag=True, help="Pengguna layanan di luar negeri, S18 (lives abroad).")
@click.option(
    "--publication-only",
    is_flag=True,
    help="Hanya publikasi, tanpa S10, S11, S17 (publication only).",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Permintaan lain (another request)."
)
@click.option("--office", default="3317", help="Kode kantor atau berkas profil .toml (office).")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("pst-demo"),
              show_default=True, help="Tempat berkas hasil (where the files go).")  # fmt: skip
@TEMPLATES
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Tanggal mulai; bawaan: hari ini (first day).",
)
def demo(
    request: Path | None,
    online: bool,
    abroad: bool,
    publication_only: bool,
    seed: int,
    office: str,
    folder: Path,
    templates: Path | None,
    start: dt.datetime | None,
) -> None:
    """Memperagakan satu permintaan lengkap, dari kunjungan sampai penilaian.

    REQUEST: berkas permintaan sendiri (contoh di examples/requests/).

    Play one whole request, from the visit to the rating. REQUEST: a request file of your own
    (see examples/requests/).
    """
    if request is not None and (online or abroad or publication_only or seed):
        raise BadInput(
            "request-and-options",
            Text(
                id="Berkas permintaan tidak dapat digabung dengan --online, --abroad, "
                "--publication-only atau --seed.",
                en="A request file cannot go with --online, --abroad, --publication-only or "
                "--seed.",
            ),
            remedy=Text(
                id="Tulis pilihannya di dalam berkas permintaan.",
                en="Write the choice in the request file.",
            ),
        )
    # the other commands need not wait for all that a play needs
    from .play import Play

    own = Office.load(office)
    wish = (
        read_wish(request)
        if request
        else made_wish(seed, online=online, abroad=abroad, publication_only=publication_only)
    )
    today = start.date() if start else dt.datetime.now(own.calendar.zone).date()
    place = _billable(own, today)
    made = made_folder(folder, today)
    out = console()
    out.print(
        Panel(
            f"[bold]{place.standard.say(language())}[/bold]\n{place.name.say(language())}"
            + said(
                f" - peragaan di {made}\nNama orang, isi produk, kode billing dan NTPN adalah "
                "rekaan; prosedur, tarif, kalender dan berkas sungguhan.",
                f" - demonstration in {made}\nPersons, contents of products, billing code and NTPN "
                "are invented; procedure, tariff, calendar and files are real.",
            )
            + ("" if place is own else f"\n{_UNCONFIRMED.say(language())}")
        )
    )
    with Play(place, wish, made, today, seed, templates) as play:
        for told in play.run():
            _tell(told, place)
        _summary(play)
    _files(made, play.stream)


_UNCONFIRMED = Text(
    id="Profil ini belum menyebut siapa yang memastikan angka tarif ([[tariff.confirmed]]); di "
    "luar peragaan tagihan tidak terbit.",
    en="This profile does not say who confirmed the figures ([[tariff.confirmed]]); outside the "
    "demonstration no invoice is made.",
)


def _billable(office: Office, today: dt.date) -> Office:
    """Return ``office``, or one whose figures are confirmed for this demonstration alone."""
    schedule = office.schedule_on(today).id
    if office.tariff.confirmation(schedule):
        return office
    by = Confirmed(schedule, "(peragaan, bukan penetapan kantor)", today, "")
    tariff = attrs.evolve(office.tariff, confirmed=(*office.tariff.confirmed, by))
    return attrs.evolve(office, tariff=tariff)


def made_folder(parent: Path, today: dt.date) -> Path:
    """Return a new folder under ``parent`` for a play that begins on ``today``."""
    for n in range(1, 1000):
        made = parent / f"{today}-{n}"
        try:
            made.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise BadInput(
                "folder-unwritable",
                Text(
                    id=f"Folder {made} tidak dapat dibuat: {error.strerror}.",
                    en=f"The folder {made} cannot be made: {error.strerror}.",
                ),
                remedy=Text(
                    id="Sebutkan folder lain dengan --folder.", en="Name another with --folder."
                ),
            ) from error
        return made
    raise AssertionError("a thousand demonstrations in a day")


_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")


def _when(at: dt.datetime) -> str:
    day = _DAYS[at.weekday()] if language() == "id" else f"{at:%a}"
    return f"{day} {at:%d-%m %H:%M}"


def _tell(told: Told, office: Office) -> None:
    """Print one step: clause, time and who did what; below it what was made, and the clock."""
    lang = language()
    grid = Table.grid(padding=(0, 2), expand=False)
    own = [len(office.cited(c).say(lang)) for c, _ in office.variation.numbers]
    grid.add_column(width=max([3, *own]), justify="right", style="bold")
    grid.add_column(width=15, style="dim")
    grid.add_column(overflow="fold")
    if told.step is None:
        grid.add_row(
            office.cited(told.clause).say(lang),
            said("tidak perlu", "not needed"),
            Line(told.note.say(lang), style="dim"),
        )
        console().print(grid)
        return
    line = Line(f"{told.step.role.text.say(lang)}: ", style=_COLOURS[told.step.role])
    line.append(told.step.title.say(lang), style="default")
    grid.add_row(told.step.cited.say(lang), _when(office.local(told.at)), line)
    for note in told.notes:
        grid.add_row("", "", Line(note.say(lang), style="dim"))
    for made in told.made:
        grid.add_row("", "", Line(f"-> {made}", style="blue"))
    if told.clock is not None:
        grid.add_row("", "", Line(told.clock.say(lang), style="yellow"))
    console().print(grid)


def _summary(play: Play) -> None:
    state = play.desk.state(play.stream)
    sent, clock = state.last(OfferSent), deadline(state, play.office)
    table = Table(show_header=False)
    table.add_row(said("Permintaan", "Request"), play.stream)
    table.add_row(said("Tahap", "Phase"), state.phase.text.say(language()))
    if sent is not None:
        table.add_row(said("Harga", "Price"), format_rupiah(sent.total, language()))
    if clock is not None:
        table.add_row(
            said("Batas waktu (L2)", "Deadline (L2)"),
            f"{play.office.local(clock.due_at):%Y-%m-%d %H:%M %Z}",
        )
    console().print(table)


def _files(made: Path, stream: str) -> None:
    out = console()
    out.print(said("Berkas yang dibuat:", "Files that were made:"))
    for path in sorted(p for p in made.rglob("*") if p.is_file() and "blobs" not in p.parts):
        out.print(f"  {path}  [dim]{path.stat().st_size:,} byte[/dim]", soft_wrap=True)
    out.print(
        said(
            f"Data pribadi tersegel dengan kunci {made / 'pst.db.key'}; cadangkan kunci itu.",
            f"Personal data are sealed with the key {made / 'pst.db.key'}; back that key up.",
        ),
        soft_wrap=True,
    )
    out.print(
        said("Riwayatnya: ", "Its history: ")
        + f"[bold]pst history {stream} --db {made / 'pst.db'}[/bold]",
        soft_wrap=True,
    )


COMMANDS = (demo,)
