"""``pst procedure``: the procedure as a table, as a picture, and walked exhaustively."""

from __future__ import annotations

import json

import click
from rich.table import Table

from pst_core.office import Office
from pst_core.refusal import NotFound
from pst_core.text import Text
from pst_core.wire import procedures, procedures_of
from pst_core.workflow import Procedure

from .terminal import console, language, said

__all__ = ["COMMANDS"]


@click.command()
@click.argument("name", type=click.Choice(tuple(procedures())), default="request")
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--mermaid", is_flag=True, help="Diagram Mermaid (as a diagram).")
@click.option("--bpmn", is_flag=True, help="BPMN 2.0 (XML) dengan gambarnya (with its diagram).")
@click.option("--matrix", "words", flag_value="matrix",
              help="Siapa boleh apa pada tahap mana (who may do what when).")  # fmt: skip
@click.option("--steps", "words", flag_value="steps", help="Tabel langkah (step table).")
@click.option("--mails", "words", flag_value="mails", help="Surel yang dikirim (list of mails).")
@click.option("--check", is_flag=True, help="Telusuri semua keadaan (walk every state).")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def procedure(
    name: str,
    office: str,
    mermaid: bool,
    bpmn: bool,
    words: str | None,
    check: bool,
    as_json: bool,
) -> int:
    """Tabel prosedur: langkah demi langkah (the procedure, step by step).

    --matrix, --steps dan --mails dicetak sebagai Markdown, dengan --json sebagai JSON.
    """
    table = procedures_of(Office.load(office)).get(name)
    if table is None:
        raise NotFound(
            "no-such-procedure",
            Text(
                id=f"Standar kantor {office} tidak memuat kunjungan langsung.",
                en=f"The standard of office {office} has no walk-in service.",
            ),
            remedy=Text(id="Pilih request atau deposit.", en="Choose request or deposit."),
        )
    lang = language()
    if mermaid:
        click.echo(table.to_mermaid(lang), nl=False)
        return 0
    if bpmn:
        click.echo(table.to_bpmn(lang), nl=False)
        return 0
    if words:
        grid = _GRIDS[words](table)
        click.echo(
            json.dumps(grid.data(lang), ensure_ascii=False, indent=2)
            if as_json
            else grid.to_markdown(lang).rstrip()
        )
        return 0
    if check:
        walk = table.explore()
        click.echo(
            said(
                f"{walk.places} keadaan, {walk.moves} perpindahan, {len(walk.problems)} masalah.",
                f"{walk.places} places, {walk.moves} moves, {len(walk.problems)} problems.",
            )
        )
        for problem in walk.problems:
            click.echo(str(problem))
        return 1 if walk.problems else 0
    if as_json:
        rows = [
            {
                "clause": s.clause,
                "cited": s.cited.say(lang),
                "title": s.title.say(lang),
                "role": s.role,
                "also": list(s.also),
                "command": s.command.__name__,
                "event": s.event.NAME,
                "at": list(s.at),
                "to": s.to,
                "when": list(s.when),
                "unless": list(s.unless),
                "requires": [r.code for r in s.requires],
                "makes": list(s.makes),
                "tells": list(s.tells),
            }
            for s in table.steps
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    shown = Table(said("Butir", "Clause"), said("Siapa", "Who"), said("Langkah", "Step"),
                  said("Dari", "From"), said("Ke", "To"), said("Khusus", "Only for"))  # fmt: skip
    for step in table.steps:
        shown.add_row(
            step.cited.say(lang),
            step.role.text.say(lang),
            step.title.say(lang),
            ", ".join(step.at),
            step.to or "-",
            ", ".join(f.text.say(lang) for f in step.when),
        )
    console().print(shown)
    return 0


_GRIDS = {
    "matrix": Procedure.permissions,
    "steps": Procedure.step_table,
    "mails": Procedure.mails,
}
COMMANDS = (procedure,)
