"""``pst person``: what a person may ask about their data, the office keys, and a breach."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import attrs
import click
from rich.table import Table

from pst_core.desk import Desk, persons
from pst_core.office import Office
from pst_core.refusal import BadInput
from pst_core.text import Text

from .looking import looked, operator
from .stores import DB, as_url, key_file, open_blobs, open_store
from .terminal import console, said

__all__ = ["COMMANDS"]

OFFICE = click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
JSON = click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")


@click.group()
def person() -> None:
    """Data pribadi: kunci kantor, salinan, pembetulan, penghapusan, kebocoran.

    Personal data: office keys, export, correction, erasure, breach. WHO is the person's key in the
    application, or the number of a case of theirs.
    """


def _print(fields: Any) -> None:
    click.echo(json.dumps(fields, ensure_ascii=False, indent=2, default=str))


@person.command()
@DB
@OFFICE
@click.option("--rotate", is_flag=True, help="Kunci baru; semua dibungkus ulang (new key).")
@click.option("--prune", is_flag=True, help="Buang kunci lama sesudahnya (drop the old keys).")
def key(db: str, office: str, rotate: bool, prune: bool) -> None:
    """Buat atau ganti kunci kantor: sejak itu data pribadi disegel.

    Make the office key beside the store, or rotate it. From then on personal data are sealed.
    """
    from pst_adapters.vault import FileKeys, SealedStore

    place = key_file(as_url(db))
    if place is None:
        raise BadInput(
            "no-place-for-keys",
            Text(
                id="Untuk PostgreSQL tempat kuncinya harus disebut.",
                en="For PostgreSQL the place of the keys must be named.",
            ),
            remedy=Text(
                id="Atur PST_KEYS=/jalan/ke/kantor.key (atau PST_OFFICE_KEYS).",
                en="Set PST_KEYS=/path/to/office.key (or PST_OFFICE_KEYS).",
            ),
        )
    made = not place.exists()
    if made:
        # one that is missing must not be replaced: what it sealed would be lost
        open_store(db).close()
    keys = FileKeys.make(place)
    if rotate and not made:
        keys = keys.rotated()
        with open_store(db) as store:
            assert isinstance(store, SealedStore)  # noqa: S101 - a key file is there
            # the file may be of more than one office: what it wraps is wrapped anew for all
            offices = {k.office for k in store.inner.person_keys() if keys.wrapped(k.wrapped)}
            count = sum(map(store.rewrap, sorted({*offices, Office.load(office).code})))
        click.echo(
            said(f"{count} kunci orang dibungkus ulang.", f"{count} keys of persons wrapped anew.")
        )
        if prune:
            keys = keys.pruned()
    click.echo(
        said(
            f"Kunci kantor {keys.current} di {place}.",
            f"Office key {keys.current} in {place}.",
        )
    )
    click.echo(
        said(
            "CADANGKAN berkas ini terpisah dari basis data. Bila hilang, data pribadi tidak dapat "
            "dibaca lagi oleh siapa pun; bila dicuri bersama basis data, segelnya tak berguna.",
            "BACK THIS FILE UP, apart from the database. Lost, nobody can read the personal data "
            "again; stolen together with the database, the seal is worth nothing.",
        ),
        err=True,
    )


@person.command()
@click.argument("who")
@DB
@OFFICE
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path),
              help="Tulis ke berkas ini (mode 600).")  # fmt: skip
def export(who: str, db: str, office: str, output: Path | None) -> None:
    """Salinan semua data atas WHO sebagai JSON (UU 27/2022 Pasal 32).

    Export all that is held on WHO as JSON.
    """
    chosen = Office.load(office)
    with open_store(db) as store:
        desk = Desk(chosen, store)
        found = desk.door(operator()).export(who)
        looked(store, chosen.code, "export", *(c["case"] for c in found["cases"]), shown=False)
    if output is None:
        _print(found)
        return
    output.touch(mode=0o600)
    output.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
    click.echo(str(output))


@person.command()
@click.argument("who")
@click.argument("old")
@click.argument("new")
@DB
@OFFICE
def correct(who: str, old: str, new: str, db: str, office: str) -> None:
    """Betulkan isian OLD milik WHO menjadi NEW, di semua tempatnya.

    Correct the text OLD of WHO to NEW, wherever it stands.
    """
    with open_store(db) as store:
        count = Desk(Office.load(office), store).door(operator()).correct(who, old, new)
    click.echo(said(f"{count} isian dibetulkan.", f"{count} fields corrected."))


@person.command()
@click.argument("who", nargs=-1)
@DB
@OFFICE
@click.option("--reason", default="", help="Siapa yang meminta, kapan (who asked, when).")
@click.option("--files", type=click.Path(path_type=Path),
              help="Folder berkas: berkas orang itu dan sisa penghapusan lama dibuang; tanpa WHO "
              "hanya sisanya (folder of files: the person's go, and what was left).")  # fmt: skip
@click.option("--list", "listed", type=click.Path(exists=True, path_type=Path),
              help="Ulangi menurut hasil pst person erased --json, setelah memulihkan cadangan "
              "(again, by that list, after a backup was restored).")  # fmt: skip
@JSON
def erase(
    who: tuple[str, ...],
    db: str,
    office: str,
    reason: str,
    files: Path | None,
    listed: Path | None,
    as_json: bool,
) -> None:
    """Hapus WHO: kuncinya dimusnahkan; riwayat, harga dan jumlah tetap.

    Erase WHO: their key is destroyed; history, prices and totals stay. It cannot be undone.
    """
    wanted = [(one, reason) for one in who]
    if listed is not None:
        wanted += [(one["person"], one["reason"]) for one in json.loads(listed.read_text("utf-8"))]
    if not wanted and files is None:
        raise click.UsageError("WHO?")
    chosen = Office.load(office)
    done = []
    with open_store(db) as store:
        blobs = open_blobs(files, store, chosen) if files else None
        door = Desk(chosen, store).door(operator())
        gone = {e.person for e in persons.vault_of(Desk(chosen, store)).erased(chosen.code)}
        done = [door.erase(one, because, blobs=blobs) for one, because in wanted if one not in gone]
        left = persons.sweep(Desk(chosen, store), blobs) if blobs is not None else 0
    if as_json:
        _print([attrs.asdict(one) for one in done])
        return
    for one in done:
        click.echo(_told(one, chosen))
    if files is not None:
        count = left + sum(one.removed for one in done)
        click.echo(
            said(
                f"{count} berkas yang tidak dapat dibuka lagi dibuang dari {files}.",
                f"{count} files that can be opened no more were removed from {files}.",
            )
        )
    elif any(one.files for one in done):
        click.echo(
            said(
                "Berkasnya tidak dapat dibuka siapa pun lagi, tetapi masih ada: buang dengan "
                "pst person erase --files FOLDER.",
                "Nobody can open the files any more, but they are there: remove them with "
                "pst person erase --files FOLDER.",
            ),
            err=True,
        )
    if not done:
        return
    click.echo(
        said(
            "Cadangan lama masih memuat orang ini: simpan hasil pst person erased --json, dan "
            "pakai pst person erase --list setelah memulihkannya.",
            "Older backups still hold the person: keep the list of pst person erased --json, and "
            "use pst person erase --list after one is restored.",
        ),
        err=True,
    )


def _told(one: persons.Erasure, office: Office) -> str:
    said_ = said(
        f"Dihapus: {', '.join(one.persons)}; layanan: {', '.join(one.cases)}. Yang dimusnahkan "
        f"ialah kuncinya: datanya tidak dapat dibuka lagi, begitu pula {one.files} berkasnya.",
        f"Erased: {', '.join(one.persons)}; cases: {', '.join(one.cases)}. What is destroyed is "
        f"the key: the data can be opened no more, nor can the files ({one.files}).",
    )
    if one.kept_until is None:
        return said_
    until = f"{office.local(one.kept_until):%Y-%m-%d}"
    kept_ = said(
        f"Bukti keuangan disimpan sampai {until} ({one.kept_because}).",
        f"Evidence of finance is kept until {until} ({one.kept_because}).",
    )
    return f"{said_} {kept_}"


@person.command()
@DB
@OFFICE
@JSON
def erased(db: str, office: str, as_json: bool) -> None:
    """Siapa yang sudah dihapus, kapan, mengapa; apa yang masih disimpan.

    Who was erased, when and why, and what is still kept until when.
    """
    chosen = Office.load(office)
    with open_store(db) as store:
        rows = persons.vault_of(Desk(chosen, store)).erased(chosen.code)
        looked(store, chosen.code, "erased", shown=False)
    if as_json:
        _print([attrs.asdict(row) for row in rows])
        return
    table = Table()
    table.add_column(said("Orang", "Person"), overflow="fold")  # it is what pst person kept takes
    for title in (said("Dihapus", "Erased"), said("Alasan", "Reason"),
                  said("Disimpan sampai", "Kept until")):  # fmt: skip
        table.add_column(title)
    for row in rows:
        kept = f"{chosen.local(row.kept_until):%Y-%m-%d}" if row.kept_until else "-"
        table.add_row(row.person, f"{chosen.local(row.at):%Y-%m-%d %H:%M}", row.reason, kept)
    console().print(table)


@person.command()
@click.argument("who")
@DB
@OFFICE
def kept(who: str, db: str, office: str) -> None:
    """Bukti keuangan WHO (nomor dari pst person erased) yang wajib disimpan.

    The evidence of finance that is kept of WHO (as pst person erased calls them), as JSON.
    """
    chosen = Office.load(office)
    with open_store(db) as store:
        found = persons.kept(Desk(chosen, store), who, by=operator())
        cases = [str(record["case"]) for record in found]
        looked(store, chosen.code, "kept", *cases, shown=False)
    _print(found)


@person.command()
@DB
@OFFICE
@click.option("--files", type=click.Path(path_type=Path), help="Folder berkas (folder of files).")
def expire(db: str, office: str, files: Path | None) -> None:
    """Musnahkan bukti yang masa simpannya habis (destroy what has outlived its term)."""
    chosen = Office.load(office)
    with open_store(db) as store:
        blobs = open_blobs(files, store, chosen) if files else None
        gone = persons.expire(Desk(chosen, store), blobs=blobs)
    click.echo(said(f"{len(gone)} orang.", f"{len(gone)} persons."))


@person.command()
@click.argument("stream")
@DB
@OFFICE
@JSON
def readings(stream: str, db: str, office: str, as_json: bool) -> None:
    """Siapa yang melihat data pribadi layanan STREAM, dan kapan.

    Who was shown personal data of the case STREAM, and when.
    """
    chosen = Office.load(office)
    with open_store(db) as store:
        rows = Desk(chosen, store).door(operator()).readings(stream)
        looked(store, chosen.code, "readings", stream, shown=False)
    if as_json:
        _print([attrs.asdict(row) for row in rows])
        return
    table = Table(said("Waktu", "When"), said("Oleh", "By"), said("Peran", "Role"),
                  said("Pandangan", "View"), said("Isi", "Texts"))  # fmt: skip
    for row in rows:
        view = row.view if row.stream != "*" else f"{row.view} *"
        table.add_row(f"{chosen.local(row.at):%Y-%m-%d %H:%M}", row.by, row.role, view,
                      ", ".join(row.saw))  # fmt: skip
    console().print(table)


@person.command()
@DB
@OFFICE
@click.option("--known", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]),
              help="Saat kantor mengetahuinya; bawaan: sekarang (when it was known).")  # fmt: skip
@JSON
def breach(db: str, office: str, known: dt.datetime | None, as_json: bool) -> None:
    """Bila data bocor: siapa saja yang harus diberi tahu, dan sampai kapan (3 x 24 jam).

    After a breach: everybody who must be told, and until when (UU 27/2022 Pasal 46).
    """
    chosen = Office.load(office)
    at = known.replace(tzinfo=chosen.calendar.zone) if known else dt.datetime.now(dt.UTC)
    with open_store(db) as store:
        found = Desk(chosen, store).door(operator()).breach(at)
        looked(store, chosen.code, "breach", shown=False)
    if as_json:
        _print(attrs.asdict(found))
        return
    click.echo(
        said(
            f"Beri tahu {len(found.persons)} orang dan lembaganya paling lambat "
            f"{found.tell_by:%Y-%m-%d %H:%M %Z} ({found.terms}).",
            f"Tell {len(found.persons)} persons and the agency by "
            f"{found.tell_by:%Y-%m-%d %H:%M %Z} ({found.terms}).",
        )
    )
    table = Table()
    for title in (said("Nama", "Name"), "E-mail", said("Telepon", "Telephone"),
                  said("Layanan", "Cases")):  # fmt: skip
        table.add_column(title, overflow="fold")  # an address cut short reaches nobody
    for one in found.persons:
        table.add_row(one.name, one.email, one.phone, ", ".join(one.cases))
    console().print(table)


COMMANDS = (person,)
