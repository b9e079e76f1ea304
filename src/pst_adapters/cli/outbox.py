"""``pst outbox``: what is to leave the house, what was set aside and why, and trying it again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table

from pst_core.desk.ports import EffectRow, EffectStatus, Store
from pst_core.refusal import BadInput, NotFound, PstError
from pst_core.text import Text

from .looking import looked
from .stores import DB, open_store
from .terminal import console, language, said

__all__ = ["COMMANDS", "STATUS"]

STATUS = {
    EffectStatus.QUEUED: Text(id="menunggu", en="waiting"),
    EffectStatus.CLAIMED: Text(id="dikerjakan", en="in work"),
    EffectStatus.DONE: Text(id="selesai", en="done"),
    EffectStatus.DEAD: Text(id="disisihkan", en="set aside"),
}
_JSON = click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")


@click.group()
def outbox() -> None:
    """Surat dan dokumen keluar: daftar, rincian, dan coba lagi.

    Mails and papers to leave the house: list, details, try again.
    """


@outbox.command("list")
@DB
@click.option("--status", type=click.Choice([s.value for s in EffectStatus]),
              help="Hanya yang berstatus ini; dead = disisihkan (set aside).")  # fmt: skip
@click.option("--stream", help="Hanya milik layanan ini (of this case).")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True,
              help="Paling banyak sekian baris (rows at most).")  # fmt: skip
@_JSON
def list_(db: str, status: str | None, stream: str | None, limit: int, as_json: bool) -> None:
    """Daftar menurut urutan dibuat (in the order they were written)."""
    wanted = EffectStatus(status) if status else None
    with open_store(db) as store:
        rows = store.effects(stream, status=wanted, limit=limit)
        for office, streams in _offices(store, rows).items():
            # what a mail server said names addresses; of a long list one line says it
            looked(store, office, "outbox", *(streams if len(streams) == 1 else ()))
    if as_json:
        click.echo(json.dumps([_fields(row) for row in rows], ensure_ascii=False, indent=2))
        return
    table = Table()
    for head in (
        said("Kunci", "Key"),
        "Status",
        said("Percobaan", "Attempts"),
        said("Kata terakhir", "Last word"),
    ):
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(row.key, STATUS[row.status].say(language()), str(row.attempt), row.result)
    console().print(table)


@outbox.command()
@click.argument("key")
@DB
@_JSON
def show(key: str, db: str, as_json: bool) -> None:
    """Rincian satu (details of one). KEY: <layanan>/<versi>/<jenis>/<penerima>."""
    with open_store(db) as store:
        row = _find(store, key)
        for office, streams in _offices(store, (row,)).items():
            looked(store, office, "outbox", *streams)
    fields = _fields(row)
    if as_json:
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return
    for name, value in fields.items():
        click.echo(f"{name}: {value}")


@outbox.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--all", "everything", is_flag=True, help="Semua yang disisihkan (all set aside).")
@DB
@_JSON
def retry(keys: tuple[str, ...], everything: bool, db: str, as_json: bool) -> None:
    """Coba lagi yang disisihkan, dengan jatah percobaan baru.

    Queue again what was set aside, for a fresh set of tries.
    """
    if bool(keys) == everything:
        raise BadInput(
            "which-effects",
            Text(id="Sebutkan kuncinya, atau --all.", en="Name the keys, or --all."),
            remedy=Text(
                id="Lihat kuncinya: pst outbox list --status dead.",
                en="See the keys: pst outbox list --status dead.",
            ),
        )
    queued: list[str] = []
    errors: list[PstError] = []
    with open_store(db) as store:
        now = dt.datetime.now(dt.UTC)
        for key in keys or _set_aside(store):
            try:
                if not store.retry(key, now):
                    raise _not_set_aside(_find(store, key))
            except PstError as error:
                errors.append(error)
            else:
                queued.append(key)
    if as_json:
        refused = [error.code for error in errors]
        click.echo(json.dumps({"queued": queued, "refused": refused}, ensure_ascii=False))
    else:
        for key in queued:
            click.echo(said(f"Diantrekan lagi: {key}", f"Queued again: {key}"))
    if errors:
        # what could be queued is queued; the first refusal says why the rest was not
        raise errors[0]


def _offices(store: Store, rows: Sequence[EffectRow]) -> dict[str, list[str]]:
    """Return the cases of ``rows``, by office."""
    found: dict[str, list[str]] = {}
    for stream in dict.fromkeys(row.stream for row in rows):
        case = store.summary(stream)
        if case is not None:
            found.setdefault(case.office, []).append(stream)
    return found


def _set_aside(store: Store) -> list[str]:
    return [row.key for row in store.effects(status=EffectStatus.DEAD, limit=1_000_000)]


def _find(store: Store, key: str) -> EffectRow:
    stream = key.rsplit("/", 3)[0]
    for row in store.effects(stream, limit=1_000_000):
        if row.key == key:
            return row
    raise NotFound(
        "unknown-effect",
        Text(id=f"Tidak ada {key!r} pada antrean keluar.", en=f"The outbox has no {key!r}."),
        remedy=Text(id="Lihat kuncinya: pst outbox list.", en="See the keys: pst outbox list."),
    )


def _not_set_aside(row: EffectRow) -> BadInput:
    status = STATUS[row.status]
    return BadInput(
        "not-set-aside",
        Text(id=f"{row.key} tidak disisihkan: {status.id}.", en=f"{row.key} is {status.en}."),
        remedy=Text(
            id="Hanya yang disisihkan dapat dicoba lagi: pst outbox list --status dead.",
            en="Only what was set aside can be tried again: pst outbox list --status dead.",
        ),
    )


def _fields(row: EffectRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "stream": row.stream,
        "kind": row.kind,
        "status": row.status.value,
        "attempt": row.attempt,
        "due": row.due.isoformat(),
        "result": row.result,
        "body": row.body,
    }


COMMANDS = (outbox,)
