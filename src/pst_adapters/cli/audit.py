"""``pst audit``: seal what has happened, verify that nothing was touched since, read the log."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import attrs
import click

from pst_core.desk import Desk
from pst_core.desk.rebuilding import rebuild as rebuilt
from pst_core.desk.sealing import seal as seal_office
from pst_core.desk.sealing import verify_store
from pst_core.evidence import Checkpoint, read_checkpoint
from pst_core.office import Office
from pst_core.refusal import NotFound
from pst_core.text import Text

from .looking import looked
from .stores import DB, open_store
from .terminal import language, said

__all__ = ["COMMANDS"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
_OFFICE = click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Segel dan periksa catatan, baca log audit.

    Seal the records, verify them, read the audit log.
    """


@audit.command()
@click.argument("file", type=_FILE)
def key(file: Path) -> None:
    """Buat kunci segel di FILE, dan kunci umumnya di FILE.pub.

    Make a key for seals; the public half, for whoever verifies, goes to FILE.pub.
    """
    from pst_adapters.evidence import make_key

    made = make_key(file)
    public = file.with_name(f"{file.name}.pub")
    public.write_bytes(made.public_pem())
    click.echo(said(f"Kunci {made.key}", f"Key {made.key}"))
    click.echo(said(f"Rahasia: {file}", f"Secret: {file}"))
    click.echo(said(f"Untuk umum: {public}", f"Public: {public}"))


@audit.command()
@DB
@_OFFICE
@click.option("--key", "key_file", type=_FILE, help="Kunci dari pst audit key; tanpa ini dari "
              "PST_SEAL_KEY (key file, or PEM in the environment).")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Simpan segel baru di folder ini (keep new seals in this folder).")  # fmt: skip
@click.option("--short", is_flag=True, help="Tanpa daftar baris (leave the lists out).")
@_JSON
def seal(
    db: str, office: str, key_file: Path | None, out: Path | None, short: bool, as_json: bool
) -> None:
    """Segel yang terjadi sejak segel terakhir; bawa berkasnya ke luar kantor.

    Seal what has happened since the last seal; keep the file outside of the office.
    """
    from pst_adapters.evidence import Ed25519Signer

    signer = (
        Ed25519Signer.from_file(key_file)
        if key_file is not None
        else Ed25519Signer.from_environment("PST_SEAL_KEY")
    )
    chosen = Office.load(office)
    code = chosen.code
    with open_store(db) as store:
        Desk(chosen, store).note_profile()
        made = seal_office(store, code, signer, dt.datetime.now(dt.UTC))
    for checkpoint in made:
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"segel-{code}-{checkpoint.number:06d}.json"
            path.write_text(checkpoint.to_json(short=short), "utf-8")
        if as_json:
            click.echo(checkpoint.to_json(short=True).replace("\n", ""))
        else:
            click.echo(_line(checkpoint))
    if not made and not as_json:
        click.echo(said("Tidak ada yang baru.", "Nothing new."))


def _line(checkpoint: Checkpoint) -> str:
    of = f"{checkpoint.office}/{checkpoint.number}"
    events, notes = checkpoint.events.total, checkpoint.notes.total
    return said(
        f"Segel {of}: {events} kejadian, {notes} baris audit, sidik {checkpoint.digest[:16]}",
        f"Seal {of}: {events} events, {notes} audit lines, digest {checkpoint.digest[:16]}",
    )


@audit.command()
@DB
@click.option("--seal", "seals", type=_FILE, multiple=True,
              help="Segel yang disimpan di luar (a seal kept outside); boleh diulang.")  # fmt: skip
@click.option("--public-key", "keys", type=_FILE, multiple=True,
              help="Kunci umum pembuat segel (public key); boleh diulang.")  # fmt: skip
@click.option("--rebuild", is_flag=True,
              help="Bandingkan juga register, antrean keluar dan seri nomor kantor dengan "
              "kejadiannya (register, outbox and numbers against the events).")  # fmt: skip
@_OFFICE
@_JSON
def verify(
    db: str,
    seals: tuple[Path, ...],
    keys: tuple[Path, ...],
    rebuild: bool,
    office: str,
    as_json: bool,
) -> None:
    """Buktikan bahwa tidak ada catatan yang diubah, hilang, disisipkan atau dipindah.

    Prove that no record was changed, dropped, added or moved; else name the first place.
    Exit code 1 if something was found.
    """
    outside = [read_checkpoint(_text(path)) for path in seals]
    verifier = None
    if keys:
        from pst_adapters.evidence import public_keys

        verifier = public_keys(keys)
    with open_store(db) as store:
        verdict = verify_store(store, outside=outside, verifier=verifier)
        if rebuild and verdict.sound:
            # from events that were touched nothing is made anew
            more = rebuilt(Desk(Office.load(office), store))
            verdict = attrs.evolve(verdict, findings=(*verdict.findings, *more))
    if as_json:
        fields = attrs.asdict(verdict)
        click.echo(json.dumps({"sound": verdict.sound, **fields}, ensure_ascii=False, indent=2))
    else:
        click.echo(
            said(
                f"{verdict.events} kejadian ({verdict.sealed} bersegel), {verdict.notes} baris "
                f"audit, {verdict.checkpoints} segel.",
                f"{verdict.events} events ({verdict.sealed} sealed), {verdict.notes} audit lines, "
                f"{verdict.checkpoints} seals.",
            )
        )
        if verdict.unsigned:
            click.echo(
                said(
                    "! Tanda tangan segel tidak diperiksa: berikan --public-key.",
                    "! No signature was checked: give --public-key.",
                )
            )
        for finding in verdict.findings[:20]:
            click.echo(f"! {finding.text.say(language())}")
        if len(verdict.findings) > 20:
            click.echo(f"... {len(verdict.findings)}")
        if verdict.sound:
            click.echo(said("Semua utuh.", "All is as it was."))
    if not verdict.sound:
        raise click.exceptions.Exit(1)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(
            "no-seal",
            Text(id=f"Segel {path} tidak terbaca.", en=f"The seal {path} cannot be read."),
            remedy=Text(
                id="Sebut berkas JSON dari pst audit seal.",
                en="Name a JSON file that pst audit seal wrote.",
            ),
        ) from error


@audit.command()
@DB
@_OFFICE
@click.option("--after", type=int, default=0, help="Sesudah baris ini (after this line).")
@_JSON
def log(db: str, office: str, after: int, as_json: bool) -> None:
    """Log audit kantor: penolakan, masuk, pembacaan data pribadi, unduhan, ganti profil.

    The office's audit log: refusals, sign-ins, readings, downloads, changes of profile.
    """
    chosen = Office.load(office)
    # who reads the log stands in it as well
    with open_store(db) as store:
        looked(store, chosen.code, "audit-log", shown=False)
        while lines := store.notes(chosen.code, after):
            for place, line in lines:
                after = place
                if as_json:
                    fields = attrs.asdict(line) | {
                        "place": place,
                        "at": line.at.isoformat(),
                        "detail": json.loads(line.detail),
                    }
                    click.echo(json.dumps(fields, ensure_ascii=False))
                    continue
                at = f"{chosen.local(line.at):%Y-%m-%d %H:%M:%S}"
                who = f"{line.role}:{ascii(line.actor)[1:-1]}"  # a key may hold anything
                click.echo(f"{place:6} {at} {line.what:10} {who} {line.stream} {line.detail}")


COMMANDS = (audit,)
