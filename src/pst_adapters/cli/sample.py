"""``pst sample``: the data sample of S13 from a microdata file, and the paper that goes with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import attrs
import click

from pst_core.documents.papers import SampleCover
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.text import Text

from .papers import TEMPLATES, open_renderer
from .terminal import language, said

__all__ = ["COMMANDS"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rows", type=int, help="Jumlah baris (rows); bawaan: sebanyak yang diizinkan.")
@click.option("--columns", default="", help="Variabel, dipisah koma (variables, by comma).")
@click.option("--out", type=click.Path(path_type=Path), help="Berkas contoh (sample, CSV).")
@click.option("--cover", type=click.Path(path_type=Path), help="Sampulnya (cover paper, PDF).")
@click.option("--dataset", default="", help="Nama data; bawaan: nama berkas (data set).")
@click.option("--request", default="", help="Nomor permintaan (request).")
@click.option("--applicant", default="", help="Nama pengguna layanan (applicant).")
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@TEMPLATES
@click.option("--json", "as_json", is_flag=True, help="Cetak isi sampul sebagai JSON.")
def sample(
    file: Path,
    rows: int | None,
    columns: str,
    out: Path | None,
    cover: Path | None,
    dataset: str,
    request: str,
    applicant: str,
    office: str,
    templates: Path | None,
    as_json: bool,
) -> None:
    """Buat contoh data dari FILE (CSV, DBF, SAV, Parquet) menurut aturan kantor.

    Make a data sample of FILE by the rule of the office's profile ([sample]).
    """
    from pst_adapters.files import make_sample

    profile = Office.load(office)
    place = out or Path(f"contoh-{file.stem}.csv")
    for made in (place, cover):
        if made is not None and made.exists():
            raise _in_the_way(made)
    names = [name.strip() for name in columns.split(",") if name.strip()]
    found = make_sample(file, profile.sample, rows=rows, names=names)
    paper = SampleCover(
        letterhead=profile.letterhead_in(language()),
        number="",
        issued_at=profile.local(dt.datetime.now(dt.UTC)),
        request_id=request,
        applicant=applicant,
        dataset=dataset or file.stem,
        file_name=place.name,
        file_sha256=hashlib.sha256(found.data).hexdigest(),
        rows=found.rows,
        rows_total=found.rows_total,
        variables=found.variables,
        note=found.note.say(language()),
        lang=language(),
    )
    printed = open_renderer(templates).render(paper) if cover is not None else b""
    place.write_bytes(found.data)
    if cover is not None:
        cover.write_bytes(printed)
    if as_json:
        fields = attrs.asdict(paper)
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2, default=dt.datetime.isoformat))
        return
    click.echo(
        said(
            f"{place}: {found.rows} baris untuk {found.rows_total} rekaman, "
            f"{found.columns} dari {len(found.variables)} variabel.",
            f"{place}: {found.rows} rows for {found.rows_total} records, "
            f"{found.columns} of {len(found.variables)} variables.",
        )
    )
    click.echo(found.note.say(language()))


def _in_the_way(place: Path) -> BadInput:
    return BadInput(
        "file-exists",
        Text(id=f"{place} sudah ada.", en=f"{place} is there already."),
        remedy=Text(id="Sebutkan nama lain.", en="Give another name."),
    )


COMMANDS = (sample,)
