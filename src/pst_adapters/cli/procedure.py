"""``pst procedure``: the procedure as a table, as a picture, and walked exhaustively."""

from __future__ import annotations

import json

import click
from rich.table import Table

from pst_core.wire import procedures

from .terminal import console, language, said

__all__ = ["COMMANDS"]


@click.command()
@click.argument("name", type=click.Choice(["request", "visit"]), default="request")
@click.option("--mermaid", is_flag=True, help="Diagram Mermaid.")
@click.option("--check", is_flag=True, help="Telusuri semua keadaan (walk every state).")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def procedure(name: str, mermaid: bool, check: bool, as_json: bool) -> int:
    """Tabel prosedur: langkah demi langkah (the procedure, step by step)."""
    table = procedures()[name]
    lang = language()
    if mermaid:
        click.echo(table.to_mermaid(lang), nl=False)
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
                "title": s.title.say(lang),
                "role": s.role,
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
            step.clause,
            step.role.text.say(lang),
            step.title.say(lang),
            ", ".join(step.at),
            step.to or "-",
            ", ".join(f.text.say(lang) for f in step.when),
        )
    console().print(shown)
    return 0


COMMANDS = (procedure,)
