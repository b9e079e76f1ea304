"""``pst reconcile``: the treasury's list of a day beside the store, for the treasurer to act on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click
from rich.table import Table

from pst_core.money import format_rupiah
from pst_core.office import Office
from pst_core.refusal import PstError
from pst_core.request import Finding, Reconciled
from pst_core.workflow import Actor, Role

from .stores import DB, open_store
from .terminal import console, language, said

if TYPE_CHECKING:
    from pst_adapters.treasury import DayList
    from pst_core.desk import Desk

__all__ = ["COMMANDS"]

_AT_REST = {Finding.MATCHED, Finding.SETTLED}


@attrs.frozen
class _Line:
    """A payment with what was done about it: ``recorded``, ``refused`` with a reason, nothing."""

    found: Reconciled
    done: str = ""
    refusal: str = ""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@DB
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--by", default="bendahara", show_default=True,
              help="Kunci bendahara yang mencatat (the treasurer who records).")  # fmt: skip
@click.option("--apply", "apply_", is_flag=True, help="Catat yang cocok (record the matched).")
@click.option("--take", multiple=True, metavar="NTPN",
              help="Catat juga yang ini walaupun tidak cocok (record this one, too).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def reconcile(
    file: Path, db: str, office: str, by: str, apply_: bool, take: tuple[str, ...], as_json: bool
) -> int:
    """Cocokkan daftar pembayaran sehari dengan tagihan.

    FILE: ekspor CSV atau .xlsx. Tanpa --apply tidak ada yang dicatat; dijalankan dua kali, yang
    kedua tidak berakibat apa-apa. Kode keluar 1: ada yang harus dilihat bendahara.

    Compare the day's list of payments with the invoices. Without --apply nothing is recorded; run
    twice, the second does nothing. Exit code 1: something is for the treasurer to look at.
    """
    from pst_adapters.treasury import read_list
    from pst_core.desk import Desk

    place = Office.load(office)
    listed = read_list(file, place.treasury.columns, place.calendar.zone)
    actor = Actor(by, Role.TREASURER, by)
    with open_store(db) as store:
        desk = Desk(place, store)
        lines = [
            _record(desk, found, actor)
            if apply_ and (found.finding is Finding.MATCHED or found.row.ntpn in take)
            else _Line(found)
            for found in desk.reconcile(listed.rows)
        ]
    if as_json:
        click.echo(json.dumps(_as_json(lines, listed), ensure_ascii=False, indent=2))
    else:
        _show(lines, listed, applied=apply_)
    left = [x for x in lines if x.refusal or (x.found.finding not in _AT_REST and not x.done)]
    return 1 if left or listed.bad else 0


def _record(desk: Desk, found: Reconciled, actor: Actor) -> _Line:
    if found.command is None:
        return _Line(found)
    try:
        desk.do(found.stream, found.command, by=actor, command_id=found.command_id)
    except PstError as error:
        # the other payments of the day go on
        return _Line(found, refusal=error.say(language()))
    return _Line(found, done="recorded")


def _as_json(lines: list[_Line], listed: DayList) -> dict[str, Any]:
    return {
        "payments": [
            {
                "line": x.found.row.line,
                "finding": x.found.finding.value,
                "stream": x.found.stream,
                "code": x.found.row.code,
                "ntpn": x.found.row.ntpn,
                "amount": x.found.row.amount,
                "paid_at": x.found.row.paid_at.isoformat(),
                "todo": x.found.todo.say(language()),
                "done": x.done,
                "refusal": x.refusal,
            }
            for x in lines
        ],
        "bad": [
            {"line": b.line, "why": b.text.say(language()), "cells": list(b.cells)}
            for b in listed.bad
        ],
        "left_out": list(listed.left_out),
        "totals": {f.value: sum(x.found.row.amount for x in lines if x.found.finding is f)
                   for f in Finding},
    }  # fmt: skip


def _show(lines: list[_Line], listed: DayList, *, applied: bool) -> None:
    lang, out = language(), console()
    # numbers are to be copied: they never break, and the request stands below its NTPN
    whole = (said("NTPN, permintaan", "NTPN, request"), said("Jumlah", "Amount"))
    table = Table()
    for head in (
        said("Baris", "Line"), *whole, said("Hasil", "Finding"),
        said("Yang perlu dilakukan", "What to do"),
    ):  # fmt: skip
        table.add_column(head, overflow="fold", no_wrap=head in whole)
    for x in lines:
        row = x.found.row
        todo = x.refusal or (said("Dicatat.", "Recorded.") if x.done else x.found.todo.say(lang))
        table.add_row(
            str(row.line), "\n".join(filter(None, (row.ntpn, x.found.stream))),
            format_rupiah(row.amount, lang), x.found.finding.text.say(lang), todo,
        )  # fmt: skip
    out.print(table)
    for bad in listed.bad:
        out.print(f"! {said('baris', 'line')} {bad.line}: {bad.text.say(lang)}", soft_wrap=True)
    if listed.left_out:
        numbers = ", ".join(str(n) for n in listed.left_out)
        out.print(said(f"Bukan pembayaran: baris {numbers}", f"No payments: lines {numbers}"))
    for finding in Finding:
        amounts = [x.found.row.amount for x in lines if x.found.finding is finding]
        if amounts:
            total = format_rupiah(sum(amounts), lang)
            out.print(f"{finding.text.say(lang)}: {len(amounts)}, {total}")
    if not applied and any(x.found.finding is Finding.MATCHED for x in lines):
        out.print(said("Catat yang cocok dengan --apply.", "Record the matched with --apply."))


COMMANDS = (reconcile,)
