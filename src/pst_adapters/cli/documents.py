"""``pst documents``: which documents of a request are due by now, of whom, and what is wrong."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from pst_core.desk import Desk
from pst_core.documents import DueDocument, Finding
from pst_core.documents.due import Standing
from pst_core.office import Office
from pst_core.text import Lang

from .looking import looked
from .stores import DB, open_store
from .terminal import console, language, said

__all__ = ["COMMANDS"]

_COLOURS = {Standing.MISSING: "yellow", Standing.FAULTY: "red", Standing.IN_ORDER: "green"}


@click.command()
@click.argument("stream")
@DB
@click.option("--office", default="3317", help="Kode kantor atau berkas profil (office).")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def documents(stream: str, db: str, office: str, as_json: bool) -> None:
    """Dokumen permintaan STREAM yang sudah harus ada, dan kekurangannya.

    Documents of the request STREAM that are due by now, and what is wrong with them.
    """
    own = Office.load(office)
    with open_store(db) as store:
        due = Desk(own, store).documents(stream)
        looked(store, own.code, "documents", stream)
    lang = language()
    if as_json:
        click.echo(json.dumps([_fields(d, lang) for d in due], ensure_ascii=False, indent=2))
        return
    shown = Table(said("Butir", "Clause"), said("Sejak", "Since"), said("Dokumen", "Document"),
                  said("Dari", "From"), said("Keadaan", "Standing"),
                  said("Catatan", "Remarks"))  # fmt: skip
    for document in due:
        shown.add_row(
            own.cited(document.rule.clause).say(lang),
            document.rule.step,
            document.rule.name.say(lang),
            document.rule.who.text.say(lang),
            f"[{_COLOURS[document.standing]}]{document.standing.text.say(lang)}[/]",
            escape("\n".join(_remark(f, lang) for f in document.findings)),
        )
    console().print(shown)


def _remark(finding: Finding, lang: Lang) -> str:
    kind = "" if finding.severity == "error" else said("peringatan: ", "warning: ")
    return f"{kind}{finding.text.say(lang)} {finding.remedy.say(lang)}"


def _fields(due: DueDocument, lang: Lang) -> dict[str, Any]:
    return {
        "document": due.rule.document,
        "name": due.rule.name.say(lang),
        "clause": due.rule.clause,
        "step": due.rule.step,
        "who": due.rule.who,
        "standing": due.standing,
        "needs": list(due.rule.needs),
        "certainty": due.rule.certainty,
        "citation": due.rule.citation,
        "findings": [
            {
                "code": f.code,
                "clause": f.clause,
                "severity": f.severity,
                "text": f.text.say(lang),
                "remedy": f.remedy.say(lang),
            }
            for f in due.findings
        ],
    }


COMMANDS = (documents,)
