"""``pst backup`` and ``pst restore``: the store and its files to one folder and back."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from pst_core.refusal import NotFound
from pst_core.text import Text

from .stores import DB, as_url
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


COMMANDS = (backup, restore)
