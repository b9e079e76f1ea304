"""``pst conformance`` and ``pst export-log``: a log judged, and our own events as a log."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click
from rich.table import Table

from pst_adapters.logs import FORMATS, Mapping, read_log, read_mapping, write_log
from pst_core.analysis import (
    Activities,
    LogReport,
    LogRow,
    conformance,
    log_report_data,
    own_rows,
)
from pst_core.desk import Desk
from pst_core.office import Office
from pst_core.text import Lang
from pst_core.wire import procedures_of
from pst_core.workflow import Role

from .looking import looked
from .stores import DB, open_store
from .terminal import console, language, said

__all__ = ["COMMANDS"]

_SHOWN = 40

_FORMAT = click.option("--format", "form", type=click.Choice(FORMATS), default=None,
                       help="Jenis berkas; biasanya dari namanya (kind of file).")  # fmt: skip
_OFFICE = click.option(
    "--office", default="3317", show_default=True, help="Kode kantor atau berkas profil (office)."
)
_PROCEDURE = click.option("--procedure", "name", type=click.Choice(["request", "visit", "deposit"]),
                          default="request", show_default=True,
                          help="Prosedur (procedure).")  # fmt: skip


@click.command("conformance")
@click.argument("log", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_file", type=click.Path(dir_okay=False, path_type=Path),
              help="Nama kolom, kegiatan dan peran log itu, TOML (own names).")  # fmt: skip
@_PROCEDURE
@_OFFICE
@_FORMAT
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=None,
              help="Layanan yang belum selesai dilihat pada akhir hari ini; bawaan: waktu terakhir "
              "dalam log (when open cases are looked at).")  # fmt: skip
@click.option("--mermaid", is_flag=True, help="Diagram dengan hitungan pada panah (counts).")
@click.option("--all", "everything", is_flag=True,
              help=f"Semua layanan, bukan {_SHOWN} pertama (every case).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def check_log(
    log: Path,
    mapping_file: Path | None,
    name: str,
    office: str,
    form: str | None,
    until: dt.datetime | None,
    mermaid: bool,
    everything: bool,
    as_json: bool,
) -> int:
    """Apakah LOG sistem lain berjalan menurut prosedur (does a log keep to the procedure?).

    LOG: CSV, XES atau OCEL 2.0 (JSON). Kode keluar 1 bila ada penyimpangan.
    """
    of = Office.load(office)
    table = procedures_of(of)[name]
    mapping = read_mapping(mapping_file, table) if mapping_file else Mapping()
    end = None
    if until is not None:
        end = dt.datetime.combine(until.date(), dt.time(23, 59), of.calendar.zone)
    read = read_log(log, of.calendar.zone, mapping, form=form or "")
    report = conformance(
        read,
        table,
        of,
        activities=Activities(table, mapping.activities, mapping.unlogged),
        roles=mapping.roles,
        until=end,
    )
    if mermaid:
        click.echo(report.to_mermaid(language()), nl=False)
    elif as_json:
        click.echo(json.dumps(log_report_data(report, language()), ensure_ascii=False, indent=2))
    else:
        _show(report, len(report.cases) if everything else _SHOWN)
    return 0 if report.conforming == len(report.cases) and not report.unknown else 1


def _show(report: LogReport, most: int) -> None:
    lang, out = language(), console()
    out.print(
        said(
            f"{len(report.cases)} layanan, {report.variants} jalur berbeda; "
            f"{report.conforming} sesuai, {sum(c.ended for c in report.cases)} selesai.",
            f"{len(report.cases)} cases, {report.variants} different courses; "
            f"{report.conforming} conform, {sum(c.ended for c in report.cases)} have ended.",
        )
    )
    if report.kinds:
        found = Table(said("Penyimpangan", "Deviation"), said("Jumlah", "Count"))
        for kind, n in report.kinds.items():
            found.add_row(kind.text.say(lang), str(n))
        out.print(found)
    if report.hands:
        held = ", ".join(f"{_who(w, lang)} {n}" for w, n in sorted(report.hands.items()))
        out.print(said(f"Hari kerja di tangan: {held}.", f"Working days in the hands of: {held}."))
    _cases(report, most)
    _unjudged(report)


def _cases(report: LogReport, most: int) -> None:
    lang, out = language(), console()
    wrong = [case for case in report.cases if not case.conforms]
    if not wrong:
        return
    table = Table(said("Layanan", "Case"), said("Baris", "Line"), said("Butir", "Clause"),
                  said("Yang ditemukan", "Found"))  # fmt: skip
    for case in wrong[:most]:
        for n, deviation in enumerate(case.deviations):
            table.add_row(
                case.case if n == 0 else "",
                str(deviation.line or ""),
                ", ".join(deviation.clauses),
                f"{deviation.kind.text.say(lang)}: {deviation.text.say(lang)}",
            )
    out.print(table)
    if len(wrong) > most:
        out.print(
            said(
                f"... dan {len(wrong) - most} layanan lagi (--all).",
                f"... and {len(wrong) - most} more cases (--all).",
            )
        )


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _unjudged(report: LogReport) -> None:
    lang, out = language(), console()
    counts = Counter(u.text.say(lang) for case in report.cases for u in case.unjudged)
    lines = [
        f"- {text}: {said(f'{n} layanan', f'{n} cases' if n > 1 else '1 case')}"
        for text, n in counts.most_common()
    ]
    lines += [f"- {u.text.say(lang)}" for u in report.unjudged]
    for name, n in report.unknown.items():
        near = report.near.get(name)
        hint = said(f" (mungkin {near}?)", f" (perhaps {near}?)") if near else ""
        hint += said(
            "; sebutkan langkahnya dalam [activities] dari --mapping",
            "; name its step in [activities] of a --mapping",
        )
        lines.append(
            said(f"- kegiatan {name!r} tidak dikenal: {n} kali{hint}",
                 f"- the activity {name!r} is not known: {_times(n)}{hint}")
        )  # fmt: skip
    repeated = sum(case.repeated for case in report.cases)
    if repeated:
        lines.append(
            said(
                f"- {repeated} baris persis sama dengan baris lain, dilewati",
                f"- {repeated} rows are just like another and were left out",
            )
        )
    lines += [
        said(f"- baris {u.line}: {u.text.id}", f"- line {u.line}: {u.text.en}")
        for u in report.unread[:10]
    ]
    if len(report.unread) > 10:
        more = len(report.unread) - 10
        lines.append(said(f"- ... dan {more} baris lagi", f"- ... and {more} more lines"))
    if lines:
        out.print(said("Tidak dapat dinilai:", "Could not be judged:"))
        for line in lines:
            out.print(line, markup=False)


def _who(word: str, lang: Lang) -> str:
    text = Role(word).text if word in set(Role) else None
    return text.say(lang) if text else word


@click.command("export-log")
@DB
@_PROCEDURE
@_OFFICE
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True,
              help="Jenis berkas (kind of file).")  # fmt: skip
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-",
              help="Berkas tujuan (where to write).")  # fmt: skip
def export_log(db: str, name: str, office: str, form: str, output: TextIO) -> None:
    """Berikan riwayat semua layanan sebagai log kejadian (our own events as a log).

    Siapa yang bertindak disebut dengan kunci aplikasi induk, tanpa nama (keys, no names).
    """
    with open_store(db) as store:
        desk = Desk(Office.load(office), store)
        looked(store, desk.office.code, "export-log")
        write_log(output, _own(desk, name), procedures_of(desk.office)[name], form)


def _own(desk: Desk, procedure: str) -> Iterator[LogRow]:
    for summary in desk.register(procedure=procedure):
        yield from own_rows(summary.stream, desk.history(summary.stream))


COMMANDS = (check_log, export_log)
