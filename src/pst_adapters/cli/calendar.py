"""``pst calendar`` and ``pst due``: a year at a glance, and when a request is due and why."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text as Rich

from pst_core.certainty import Certainty
from pst_core.refusal import BadInput, PstError
from pst_core.text import Lang, Text
from pst_core.workdays import (
    Calendar,
    ClockRule,
    Day,
    Deadline,
    Decree,
    Kind,
    OfficeHours,
    Reading,
    deadline,
    load_calendar,
    national_hours,
    read_layer,
    read_national,
    say_date,
    to_ics,
)

if TYPE_CHECKING:
    from pst_core.office import Office

from .terminal import language

__all__ = ["COMMANDS", "calendar", "due"]

_COLOURS = {
    Kind.HOLIDAY: "bold red",
    Kind.LEAVE: "yellow",
    Kind.ELECTION: "magenta",
    Kind.CLOSURE: "cyan",
}
_KINDS = {
    Kind.HOLIDAY: Text(id="libur nasional", en="national holiday"),
    Kind.LEAVE: Text(id="cuti bersama", en="collective leave"),
    Kind.ELECTION: Text(id="hari pemilihan", en="election day"),
    Kind.CLOSURE: Text(id="kantor tutup", en="office closed"),
}
_MONTHS = Text(
    id="Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    en="January February March April May June July August September October November December",
)
_INITIALS = Text(id="Sn Sl Rb Km Jm Sb Mg", en="Mo Tu We Th Fr Sa Su")


@click.command()
@click.argument("what", metavar="TAHUN|check", default="")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--ics", type=click.Path(path_type=Path), help="Tulis berkas iCalendar. / Write it.")
@click.option("--office", help="Kode kantor atau profil TOML. / Office code or TOML profile.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON. / JSON output.")
def calendar(
    what: str, file: Path | None, ics: Path | None, office: str | None, as_json: bool
) -> None:
    """Satu tahun sekilas, atau `check FILE` untuk lapisan sendiri atau berkas nasional.

    A year at a glance, or `check FILE` for a layer of one's own or a national file.
    """
    lang = language()
    with _refusals(lang):
        if what == "check":
            _check(file, lang)
            return
        year = _year(what)
        days = _office(office).calendar if office else load_calendar()
        off = {day: row for day, row in sorted(days.days_off.items()) if day.year == year}
        days.is_workday(dt.date(year, 1, 1))
        if ics is not None:
            ics.write_bytes(to_ics(days, year, lang).encode())
            wrote = Text(id=f"{ics}: {len(off)} hari libur.", en=f"{ics}: {len(off)} days off.")
            click.echo(wrote.say(lang))
        elif as_json:
            rows = [
                {
                    "date": day.isoformat(),
                    "kind": str(row.kind),
                    "name": {"id": row.name.id, "en": row.name.en},
                    "layer": row.decree.layer,
                    "decree": row.decree.number,
                    "known_since": _iso(row.decree.known_since),
                    "source": row.decree.source,
                    "certainty": str(row.decree.certainty),
                }
                for day, row in off.items()
            ]
            _json({"year": year, "version": days.version, "days_off": rows})
        else:
            _show_year(days, year, lang)


@click.command()
@click.argument("day", metavar="TANGGAL")
@click.option("--explain", is_flag=True, help="Tiap hari dan alasannya. / Each day and why.")
@click.option("--as-known-on", "known_on", help="Kalender per tanggal itu. / As known that day.")
@click.option("--estimate", is_flag=True, help="Perkirakan tahun tanpa SKB. / Undecreed years.")
@click.option("--office", help="Kode kantor atau profil TOML. / Office code or TOML profile.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON. / JSON output.")
def due(
    day: str, explain: bool, known_on: str | None, estimate: bool, office: str | None, as_json: bool
) -> None:
    """Kapan permohonan yang lengkap pada TANGGAL harus selesai (L2).

    When a request that became complete on that date is due.
    """
    lang = language()
    with _refusals(lang):
        start = _date(day)
        days, hours, rule = _terms(office)
        if known_on:
            days = days.as_known_on(_date(known_on))
        if estimate:
            days = days.with_estimates(start.year, start.year + 1)
        opened = dt.datetime.combine(start, dt.time(0), days.zone)
        promise = deadline(days, hours, rule, opened)
        if as_json:
            _json(_due_json(promise, explain))
        else:
            _show_due(promise, start, explain, lang)


COMMANDS = (calendar, due)


def _show_due(promise: Deadline, start: dt.date, explain: bool, lang: Lang) -> None:
    console, rule = Console(), promise.rule
    at, zone = promise.due_at, promise.due_at.tzname()
    says = Text(
        id="Lengkap {start} -> paling lambat {due} pukul {at} {zone}",
        en="Complete {start} -> due {due} at {at} {zone}",
    ).fill(
        start=say_date(start),
        due=say_date(promise.due_date),
        at=Text(id=f"{at:%H.%M}", en=f"{at:%H:%M}"),
        zone=zone,
    )
    how = Text(
        id="{n} hari kerja, {citation}; kepastian: {sure}; kalender {version}",
        en="{n} working days, {citation}; certainty: {sure}; calendar {version}",
    ).fill(
        n=rule.working_days,
        citation=rule.citation,
        sure=promise.certainty.text,
        version=promise.calendar_version,
    )
    console.print(Rich(says.say(lang), style="bold green"), soft_wrap=True)
    console.print(Rich(how.say(lang), style="dim"), soft_wrap=True)
    if promise.certainty in (Certainty.PROVISIONAL, Certainty.ASSUMED):
        warning = Text(
            id="SEMENTARA: sebagian hari belum ditetapkan SKB; tanggal ini dapat bergeser.",
            en="PROVISIONAL: some of these days are not decreed yet; the date may move.",
        )
        console.print(Rich(warning.say(lang), style="bold yellow"), soft_wrap=True)
    if explain:
        console.print(_days_table(promise.explain(), lang))


def _days_table(rows: tuple[Day, ...], lang: Lang) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(Text(id="Tanggal", en="Date").say(lang), no_wrap=True)
    table.add_column("#", justify="right")
    table.add_column(Text(id="Alasan", en="Why").say(lang), overflow="fold")
    for row in rows:
        style = "green" if row.counted else _COLOURS[row.day_off.kind] if row.day_off else "dim"
        table.add_row(
            say_date(row.date).say(lang),
            str(row.number) if row.counted else "-",
            Rich(row.why.say(lang)),
            style=style,
        )
    return table


def _due_json(promise: Deadline, explain: bool) -> dict[str, object]:
    answer: dict[str, object] = {
        "start": promise.start.date().isoformat(),
        "due": promise.due_at.isoformat(),
        "working_days": promise.rule.working_days,
        "certainty": str(promise.certainty),
        "calendar_version": promise.calendar_version,
    }
    if explain:
        answer["days"] = [
            {
                "date": row.date.isoformat(),
                "counted": row.counted,
                "number": row.number,
                "why": {"id": row.why.id, "en": row.why.en},
            }
            for row in promise.explain()
        ]
    return answer


def _show_year(days: Calendar, year: int, lang: Lang) -> None:
    console = Console()
    first, last = dt.date(year, 1, 1) - dt.timedelta(days=1), dt.date(year, 12, 31)
    title = Text(
        id="{year}: {n} hari kerja; kepastian: {sure}; kalender {version}",
        en="{year}: {n} working days; certainty: {sure}; calendar {version}",
    ).fill(
        year=year,
        n=days.count(first, last),
        sure=days.certainty(first, last).text,
        version=days.version,
    )
    console.print(Rich(title.say(lang), style="bold"), soft_wrap=True)
    grid = Table.grid(padding=(0, 3))
    months = [_month(days, year, month, lang) for month in range(1, 13)]
    across = max(1, min(6, console.width // 23))
    for n in range(0, 12, across):
        grid.add_row(*months[n : n + across])
    console.print(grid)
    table = Table(box=None, pad_edge=False)
    for head in (
        Text(id="Tanggal", en="Date"),
        Text(id="Hari libur", en="Day off"),
        Text(id="Jenis", en="Kind"),
        Text(id="Dasar", en="Basis"),
    ):
        table.add_column(head.say(lang), overflow="fold")
    decrees: list[Decree] = []
    for day, off in sorted(days.days_off.items()):
        if day.year == year:
            if off.decree not in decrees:
                decrees.append(off.decree)
            table.add_row(
                say_date(day).say(lang),
                Rich(off.name.say(lang)),
                _KINDS[off.kind].say(lang),
                Rich(f"[{decrees.index(off.decree) + 1}]"),
                style=_COLOURS[off.kind],
            )
    console.print(table)
    for n, decree in enumerate(decrees, 1):
        line = f"[{n}] {decree.say().say(lang)}; {decree.certainty.text.say(lang)}"
        console.print(Rich(line, style="dim"), soft_wrap=True)


def _month(days: Calendar, year: int, month: int, lang: Lang) -> Rich:
    text = Rich(f"{_MONTHS.say(lang).split()[month - 1]:^20}\n", style="bold")
    text.append(_INITIALS.say(lang) + "\n", style="dim")
    first = dt.date(year, month, 1)
    text.append("   " * first.weekday())
    for day in _days_of(first):
        off = days.days_off.get(day)
        style = _COLOURS[off.kind] if off else "" if days.is_workday(day) else "dim"
        text.append(f"{day.day:>2}", style=f"not bold {style}" if style != "bold red" else style)
        text.append("\n" if day.weekday() == 6 else " ")
    return text


def _days_of(first: dt.date) -> Iterator[dt.date]:
    day = first
    while day.month == first.month:
        yield day
        day += dt.timedelta(days=1)


def _check(file: Path | None, lang: Lang) -> None:
    """Read a layer, a profile with ``[calendar]`` or a national file; say what it changes."""
    if file is None:
        raise BadInput(
            "no-file",
            Text(id="Berkas lapisan belum disebut.", en="No layer file is named."),
            remedy=Text(id="Tulis: pst calendar check FILE", en="Write: pst calendar check FILE"),
        )
    national = load_calendar()
    kind = _kind(file)
    if kind == "nation":
        with_layer = read_national(file)
    elif kind == "layer":
        with_layer = load_calendar(layers=[file])
    else:
        with_layer = _office(str(file)).calendar
    ours = [e for e in with_layer.entries if e not in national.entries]
    if kind == "nation":
        ours += [e for e in national.entries if e not in with_layer.entries]
    console = Console()
    table = Table(box=None, pad_edge=False)
    for head in (Text(id="Tanggal", en="Date"), Text(id="Nama", en="Name"), _EFFECT):
        table.add_column(head.say(lang), overflow="fold")
    for entry in ours:
        table.add_row(
            say_date(entry.date).say(lang),
            Rich(entry.name.say(lang)),
            _effect(entry.date, national, with_layer).say(lang),
        )
    if ours:
        console.print(table)
    summary = Text(
        id=f"Baik: {len(ours)} hari; kalender {national.version} -> {with_layer.version}.",
        en=f"Good: {len(ours)} days; calendar {national.version} -> {with_layer.version}.",
    )
    if kind == "nation":
        years, held = with_layer.decreed_years, len(with_layer.days_off)
        summary = Text(
            id=f"Baik: kalender nasional {years[0]} sampai {years[-1]}, {held} hari libur; "
            f"{len(ours)} hari lain daripada yang dipakai; {with_layer.version}.",
            en=f"Good: a national calendar of {years[0]} to {years[-1]}, {held} days off; "
            f"{len(ours)} days unlike those in use; {with_layer.version}.",
        )
    console.print(Rich(summary.say(lang), style="green"), soft_wrap=True)


_EFFECT = Text(id="Akibat", en="Effect")


def _effect(day: dt.date, before: Calendar, after: Calendar) -> Text:
    known = before.decreed_years
    if not known[0] <= day.year <= known[-1]:
        return Text(id="tahun di luar SKB yang dikenal", en="year outside the known decrees")
    was, now = before.is_workday(day), after.is_workday(day)
    if was and not now:
        return Text(id="bukan lagi hari kerja", en="no longer a working day")
    if now and not was:
        return Text(id="menjadi hari kerja", en="becomes a working day")
    return Text(id="tidak mengubah apa-apa", en="changes nothing")


def _kind(file: Path) -> Literal["nation", "layer", "profile"]:
    try:
        keys = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        read_layer(file)  # says what is wrong with it
        return "layer"
    if "week" in keys:
        return "nation"
    return "layer" if "decrees" in keys else "profile"


def _terms(office: str | None) -> tuple[Calendar, OfficeHours, ClockRule]:
    if office:
        found = _office(office)
        return found.calendar, found.hours, found.clock
    rule = ClockRule(10, Reading.PAUSING, "L2", Certainty.VERIFIED)
    return load_calendar(), national_hours(), rule


def _office(code: str) -> Office:
    from pst_core.office import Office

    return Office.load(code)


def _year(text: str) -> int:
    if not text:
        return dt.datetime.now(dt.UTC).year
    if text.isdecimal() and len(text) == 4 and text[0] != "0":
        return int(text)
    raise BadInput(
        "not-a-year",
        Text(id=f"{text!r} bukan tahun.", en=f"{text!r} is not a year."),
        remedy=Text(
            id="Tulis tahun empat angka (2026), atau check FILE.",
            en="Write a year of four digits (2026), or check FILE.",
        ),
    )


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            "not-a-date",
            Text(id=f"{text!r} bukan tanggal.", en=f"{text!r} is not a date."),
            remedy=Text(
                id="Tulis tahun-bulan-hari: 2026-03-16.", en="Write year-month-day: 2026-03-16."
            ),
        ) from None


@contextmanager
def _refusals(lang: Lang) -> Iterator[None]:
    """Show an error of the library in one language: exit code 1, or 2 for the line itself."""
    try:
        yield
    except BadInput as error:
        raise click.UsageError(error.say(lang)) from error
    except PstError as error:
        raise click.ClickException(error.say(lang)) from error
    except OSError as error:
        raise click.ClickException(str(error)) from error


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
