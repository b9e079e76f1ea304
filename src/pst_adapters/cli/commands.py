"""The subcommands of ``pst`` put together, and what they share: the console and the language."""

from __future__ import annotations

import click

from . import backup, calendar, demo, history, outbox, procedure, tariff, work

__all__ = ["pst"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pst-core")
def pst() -> None:
    """Layanan statistik berbayar: harga, batas waktu, prosedur, riwayat.

    Pesan dalam bahasa Indonesia; tambahkan --lang en di mana saja untuk bahasa Inggris
    (add --lang en anywhere for English).
    """


for module in (demo, tariff, calendar, history, procedure, outbox, backup, work):
    for command in module.COMMANDS:
        pst.add_command(command)
