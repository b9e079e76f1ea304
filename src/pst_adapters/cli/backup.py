"""``pst backup``, ``pst restore`` and ``pst move``: the store to one folder, back, elsewhere."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from pst_core.refusal import NotFound
from pst_core.text import Text

from .stores import DB, as_url, key_file
from .terminal import said

__all__ = ["COMMANDS"]

FILES = click.option(
    "--files", type=click.Path(path_type=Path), help="Folder berkas unggahan (folder of files)."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")


@click.command()
@click.argument("to", type=click.Path(path_type=Path))
@DB
@FILES
@JSON
def backup(to: Path, db: str, files: Path | None, as_json: bool) -> int:
    """Cadangkan basis data dan berkasnya ke folder baru TO, sementara dipakai.

    Back up the database and its files to the new folder TO while they are in use.
    Exit code 1 if a file was damaged already and could not be copied.
    """
    from pst_adapters.backup import back_up
    from pst_adapters.files import FolderBlobs

    if files is not None and not files.is_dir():
        # made empty, it would be a backup of nothing
        raise NotFound(
            "no-folder",
            Text(id=f"Folder {files} tidak ada.", en=f"There is no folder {files}."),
            remedy=Text(id="Periksa namanya.", en="Check its name."),
        )
    blobs = FolderBlobs(files) if files else None
    made = back_up(as_url(db), to, blobs, now=dt.datetime.now(dt.UTC))
    if as_json:
        fields = {
            "folder": str(to),
            "events": made.events,
            "files": len(made.files),
            "damaged": made.damaged,
        }
        click.echo(json.dumps(fields, indent=2))
    else:
        click.echo(
            said(
                f"Dicadangkan ke {to}: {made.events} peristiwa, {len(made.files)} berkas.",
                f"Backed up to {to}: {made.events} events, {len(made.files)} files.",
            )
        )
    place = key_file(as_url(db))
    if place is not None and place.exists():
        click.echo(
            said(
                f"Kunci kantor {place} tidak ikut: cadangkan di tempat lain.",
                f"The office key {place} is not part of it: back it up elsewhere.",
            ),
            err=True,
        )
    for key in made.damaged:
        click.echo(
            said(
                f"Berkas {key} rusak dan tidak ikut; pulihkan dari cadangan yang lebih lama.",
                f"The file {key} is damaged and left out; restore it from an older backup.",
            ),
            err=True,
        )
    return 1 if made.damaged else 0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--db", required=True, help="Tujuan: berkas baru atau alamat basis data kosong.")
@FILES
@JSON
def restore(folder: Path, db: str, files: Path | None, as_json: bool) -> None:
    """Pulihkan cadangan FOLDER ke basis data baru; semua sidik diperiksa dahulu.

    Restore the backup in FOLDER to a new database; every digest is checked first.
    """
    from pst_adapters.backup import restore as bring_back
    from pst_adapters.files import FolderBlobs

    url = db if "://" in db else f"sqlite:///{db}"
    blobs = FolderBlobs(files) if files else None
    found = bring_back(folder, url, blobs)
    if as_json:
        fields = {"made": found.made.isoformat(), "events": found.events, "files": len(found.files)}
        click.echo(json.dumps(fields, indent=2))
    else:
        click.echo(
            said(
                f"Dipulihkan: {found.events} peristiwa, {len(found.files)} berkas, "
                f"keadaan {found.made:%Y-%m-%d %H:%M} UTC.",
                f"Restored: {found.events} events, {len(found.files)} files, "
                f"as of {found.made:%Y-%m-%d %H:%M} UTC.",
            )
        )


@click.command()
@click.option("--from", "source", required=True, help="Basis data asal (old file or address).")
@click.option("--to", "target", required=True, help="Tujuan yang kosong (new file or address).")
@JSON
def move(source: str, target: str, as_json: bool) -> None:
    """Pindahkan isi basis data ke yang lain, misalnya dari SQLite ke PostgreSQL.

    Move a store to another database, for example from SQLite to PostgreSQL. Stop the application
    first and start it with the new address afterwards; the old database stays as it was.
    """
    from pst_adapters.backup import move as bring_over

    moved = bring_over(as_url(source), target if "://" in target else f"sqlite:///{target}")
    if as_json:
        click.echo(json.dumps(moved.rows, indent=2))
        return
    click.echo(
        said(
            f"Dipindahkan dan dibandingkan: {moved.events} peristiwa, "
            f"{sum(moved.rows.values())} baris dalam {len(moved.rows)} tabel. "
            "Jalankan aplikasi dengan alamat yang baru; berkas tetap di tempatnya.",
            f"Moved and compared: {moved.events} events, "
            f"{sum(moved.rows.values())} rows in {len(moved.rows)} tables. "
            "Start the application with the new address; files stay where they are.",
        )
    )
    place = key_file(as_url(source))
    if place is not None and place.exists():
        click.echo(
            said(
                f"Datanya tersegel: sebutkan kuncinya dengan PST_KEYS={place}.",
                f"Its data are sealed: name the key with PST_KEYS={place}.",
            ),
            err=True,
        )


COMMANDS = (backup, restore, move)
