"""``pst check``: one field (e-mail, telephone, NIK, NPWP), as a door would check it."""

from __future__ import annotations

import json

import click

from pst_core.refusal import NotFound
from pst_core.text import Text

from .terminal import language, said

__all__ = ["COMMANDS"]


@click.command()
@click.argument("field", type=click.Choice(["email", "phone", "nik", "npwp"]))
@click.argument("value")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def check(field: str, value: str, as_json: bool) -> int:
    """Memeriksa satu isian: surel, telepon, NIK atau NPWP (check one field).

    Kode keluar 1 bila ditolak; peringatan saja tetap 0 (exit code 1 if refused, 0 with warnings).
    """
    from pst_adapters.fields import FIELDS

    try:
        checked = FIELDS[field](value)
    except ModuleNotFoundError as error:
        raise NotFound(
            "no-library",
            Text(id=f"Pustaka {error.name} tidak ada.", en=f"The library {error.name} is missing."),
            remedy=Text(
                id="Pasang: pip install 'pst-core[fields]'.",
                en="Install: pip install 'pst-core[fields]'.",
            ),
        ) from error
    lang = language()
    if as_json:
        shown = {
            "field": field,
            "given": value,
            "value": checked.value,
            "in_order": checked.in_order,
            "findings": [
                {
                    "code": f.code,
                    "severity": f.severity,
                    "text": f.text.say(lang),
                    "remedy": f.remedy.say(lang),
                }
                for f in checked.findings
            ],
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return 0 if checked.in_order else 1
    if checked.in_order:
        click.echo(checked.value)
    for finding in checked.findings:
        kind = (
            said("ditolak", "refused")
            if finding.severity == "error"
            else said("peringatan", "warning")
        )
        click.echo(f"{kind}: {finding.text.say(lang)} {finding.remedy.say(lang)}", err=True)
    return 0 if checked.in_order else 1


COMMANDS = (check,)
