"""The subcommands of ``pst`` put together, and what they share: the console and the language."""

from __future__ import annotations

import click

from . import (
    audit,
    backup,
    calendar,
    catalogue,
    conformance,
    day,
    demo,
    display,
    documents,
    fields,
    history,
    mails,
    office,
    outbox,
    papers,
    person,
    procedure,
    reconcile,
    report,
    sample,
    tariff,
    treasury,
    work,
)

__all__ = ["pst"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pst-core")
def pst() -> None:
    """Layanan statistik berbayar: harga, batas waktu, prosedur, riwayat.

    Pesan dalam bahasa Indonesia; tambahkan --lang en di mana saja untuk bahasa Inggris
    (add --lang en anywhere for English).
    """


MODULES = (
    *(demo, day, tariff, catalogue, calendar, history, documents, fields, papers, sample),
    *(procedure, conformance, office, report, display, reconcile, treasury, mails),
    *(outbox, backup, person, work, audit),
)

for module in MODULES:
    for command in module.COMMANDS:
        pst.add_command(command)
