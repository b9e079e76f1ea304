"""``pst catalogue``: what an office sells, what of it has no price or is old, as TOML."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click
from rich.markup import escape
from rich.table import Table

from pst_core.catalogue import Catalogue, Entry
from pst_core.money import format_rupiah
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.text import Text

from .terminal import console, language, said

if TYPE_CHECKING:
    from pst_core.tariff import Product

__all__ = ["COMMANDS"]

_SOURCES = click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
_READ = click.option("--read", type=click.DateTime(["%Y-%m-%d"]),
                     help="Tanggal berkas JSON diambil (when JSON was fetched).")  # fmt: skip
_OFFICE = click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
_OWN = click.option(
    "--own",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Daftar kantor yang melengkapi angka (the office's list fills in figures).",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")


@click.group()
def catalogue() -> None:
    """Katalog produk: tampilkan, periksa, ubah menjadi daftar TOML.

    Catalogue of products: show it, check it, convert it to a TOML list.
    """


@catalogue.command("show")
@_SOURCES
@_OWN
@_READ
@_OFFICE
@_JSON
def show(
    sources: tuple[str, ...],
    own: Path | None,
    read: dt.datetime | None,
    office: str,
    as_json: bool,
) -> None:
    """Tampilkan produk dengan harganya hari ini menurut tarif kantor.

    SOURCE: berkas .toml, .csv, .json (NADA, web API BPS); https://... (NADA); bps:3317 (web API
    BPS, kuncinya dalam PST_BPS_KEY).

    Show the products, priced today by the office's tariff.
    """
    place = Office.load(office)
    today = _today(place)
    read_in = _read(sources, own, read, today)
    if as_json:
        rows = [_as_json(entry, place, today) for entry in read_in.entries]
        unread = [{"place": u.place, "why": u.text.say(language())} for u in read_in.unread]
        click.echo(json.dumps({"products": rows, "unread": unread}, ensure_ascii=False, indent=2))
        return
    table = Table()
    heads = (said("Id", "Id"), said("Judul", "Title"), said("Isi", "Contents"),
             said("Harga", "Price"), said("Dibaca", "Read"))  # fmt: skip
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head in heads[3:])
    for entry in read_in.entries:
        price = _price(entry, place, today)
        table.add_row(
            escape(entry.id), escape(_titled(entry)), escape(_contents(entry)),
            "-" if price is None else format_rupiah(price, language()),
            entry.read.isoformat() if entry.read else "-",
        )  # fmt: skip
    out = console()
    out.print(table)
    priced = sum(1 for entry in read_in.entries if not entry.lacks)
    every = len(read_in.entries)
    out.print(
        said(
            f"{every} produk, {priced} ada harganya, {len(read_in.unread)} baris tidak terbaca.",
            f"{every} products, {priced} with a price, {len(read_in.unread)} rows not read.",
        )
    )
    if priced < every or read_in.unread:
        out.print(said("Sebabnya: pst catalogue check.", "The reasons: pst catalogue check."))


@catalogue.command("check")
@_SOURCES
@_OWN
@_READ
@click.option("--basket", "baskets", multiple=True,
              type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Keranjang TOML seperti untuk pst quote (as for pst quote).")  # fmt: skip
@click.option(
    "--name", "names", multiple=True, help="Id atau judul yang harus ada (must be there)."
)
@click.option("--oldest", type=click.IntRange(0), default=365, show_default=True,
              help="Paling lama dibaca sekian hari lalu (days since it was read).")  # fmt: skip
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]),
              help="Tanggal pemeriksaan; bawaan: hari ini (day of the check).")  # fmt: skip
@_OFFICE
@_JSON
def check(
    sources: tuple[str, ...],
    own: Path | None,
    read: dt.datetime | None,
    baskets: tuple[Path, ...],
    names: tuple[str, ...],
    oldest: int,
    on: dt.datetime | None,
    office: str,
    as_json: bool,
) -> int:
    """Sebutkan yang usang, yang tidak ada, dan yang belum ada harganya. Kode keluar 1 bila ada.

    Say what is stale, missing, or has no price yet. Exit code 1 if anything is.
    """
    from .tariff import products_of

    today = _today(Office.load(office))
    read_in = _read(sources, own, read, today)
    wanted: list[str | Product] = [*names]
    for basket in baskets:
        wanted += products_of(basket)
    found = read_in.findings(on=on.date() if on else today, oldest=oldest, basket=wanted)
    lang = language()
    if as_json:
        rows = [
            {"found": f.found.value, "id": f.id, "text": f.text.say(lang),
             "remedy": f.remedy.say(lang)}
            for f in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 1 if found else 0
    for one in found:
        click.echo(f"! {one.say(lang)}")
    every = len(read_in.entries)
    if not found:
        click.echo(said(f"{every} produk, semua beres.", f"{every} products, all is well."))
    else:
        click.echo(said(f"{every} produk, {len(found)} temuan.",
                        f"{every} products, {len(found)} findings."))  # fmt: skip
    return 1 if found else 0


@catalogue.command("convert")
@_SOURCES
@_OWN
@_READ
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Berkas TOML; tanpa ini ke layar (TOML file).")  # fmt: skip
@click.option("--files", "with_files", is_flag=True,
              help="Tanyakan juga berkas tiap studi NADA (each study's files).")  # fmt: skip
@_OFFICE
def convert(
    sources: tuple[str, ...],
    own: Path | None,
    read: dt.datetime | None,
    out: Path | None,
    with_files: bool,
    office: str,
) -> None:
    """Ubah menjadi daftar TOML; --own mempertahankan angka yang sudah dihitung kantor.

    Convert to a TOML list; --own keeps the figures that the office has counted.
    """
    from pst_adapters.catalogue import as_toml

    read_in = _read(sources, own, read, _today(Office.load(office)), with_files=with_files)
    text = as_toml(read_in)
    for row in read_in.unread:
        click.echo(f"! {row.place}: {row.text.say(language())}", err=True)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, "utf-8", newline="\n")
    lacking = sum(1 for entry in read_in.entries if entry.lacks)
    click.echo(
        said(
            f"{out}: {len(read_in.entries)} produk, {lacking} belum ada harganya.",
            f"{out}: {len(read_in.entries)} products, {lacking} without a price yet.",
        ),
        err=True,
    )


def _read(
    sources: tuple[str, ...],
    own: Path | None,
    read: dt.datetime | None,
    today: dt.date,
    *,
    with_files: bool = False,
) -> Catalogue:
    from pst_adapters.catalogue import fetch_bps, fetch_nada, read_catalogue

    files = [s for s in sources if not s.startswith(("bps:", "https://", "http://"))]
    if (files and len(files) < len(sources)) or len(sources) - len(files) > 1:
        raise BadInput(
            "sources-mixed",
            Text(
                id="Berkas dan alamat web tidak dibaca bersama.",
                en="Files and an address on the web are not read together.",
            ),
            remedy=Text(
                id="Simpan dahulu dengan pst catalogue convert, lalu gabungkan berkasnya.",
                en="Keep it first with pst catalogue convert, then read the files together.",
            ),
        )
    if files:
        found = read_catalogue(files, read=read.date() if read else None)
    elif sources[0].startswith("bps:"):
        domain = sources[0].removeprefix("bps:")
        found = fetch_bps(domain, os.environ.get("PST_BPS_KEY", ""), read=today)
    else:
        found = fetch_nada(sources[0], read=today, with_files=with_files)
    return found.filled_from(read_catalogue([own])) if own else found


def _today(office: Office) -> dt.date:
    return office.local(dt.datetime.now(dt.UTC)).date()


def _price(entry: Entry, office: Office, on: dt.date) -> int | None:
    return None if entry.lacks else office.quote([entry.product()], on=on).total


def _titled(entry: Entry) -> str:
    if entry.years is None:
        return entry.title
    first, last = entry.years
    years = str(first) if first == last else f"{first}-{last}"
    return entry.title if years in entry.title else f"{entry.title} ({years})"


def _contents(entry: Entry) -> str:
    figures = (
        (entry.pages, said("halaman", "pages")),
        (entry.bytes, "byte"),
        (entry.files, said("berkas", "files")),
        (entry.variables, said("variabel", "variables")),
        (entry.sheets, said("lembar", "sheets")),
    )
    told = [f"{figure} {unit}" for figure, unit in figures if figure is not None]
    return ", ".join([entry.kind.text.say(language()), *(told or filter(None, [entry.size]))])


def _as_json(entry: Entry, office: Office, on: dt.date) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field, value in attrs.asdict(entry, recurse=False).items():
        if isinstance(value, dt.date):
            told[field] = value.isoformat()
        elif isinstance(value, Text):
            told[field] = {"id": value.id, "en": value.en}
        else:
            told[field] = value
    return told | {"lacks": list(entry.lacks), "price": _price(entry, office, on)}


COMMANDS = (catalogue,)
