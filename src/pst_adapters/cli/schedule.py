"""``pst tariff new``: the file of a new tariff, begun from the one that is in force before it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import click

from pst_core.refusal import BadInput
from pst_core.tariff import check_schedule, national_policy
from pst_core.text import Text

from .questions import ONE_LINE, Question, answered, begin, not_there_yet
from .terminal import said

__all__ = ["new"]

_ASKED = {
    "id": Question(
        Text(id="Nama tarif, huruf kecil dan tanda hubung", en="Id, small letters and hyphens"),
        r"[a-z0-9]+(-[a-z0-9]+)*",
        "pp-99-2030",
    ),
    "citation": Question(
        Text(id="Nama pendek peraturannya", en="The regulation in short"), ONE_LINE, "PP 99/2030"
    ),
    "title": Question(
        Text(id="Judul peraturannya", en="Title in Indonesian"),
        ONE_LINE,
        "PP 99/2030 tentang Jenis dan Tarif atas Jenis PNBP yang Berlaku pada BPS",
    ),
    "title_en": Question(
        Text(id="Judul dalam bahasa Inggris", en="Title in English"),
        ONE_LINE,
        "Government Regulation 99/2030 on kinds and tariffs of non-tax state revenue at BPS",
    ),
    "first_day": Question(
        Text(id="Hari pertama berlaku, TTTT-BB-HH", en="First day in force, YYYY-MM-DD"),
        r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
        "2030-01-01",
    ),
}

_HEAD = """\
# {citation}, baris demi baris. / {citation}, row by row.
#
# Dimulai dari {base}: jumlah dan bunyinya masih dari sana, dan setiap baris "assumed" sampai
# dibandingkan dengan naskahnya ("verified"), atau dengan kata sumber lain ("reported").
# Begun from {base}: amounts and words are still its own, and every row is "assumed" until it was
# compared with the text ("verified"), or with what another source says ("reported").
#
# Sebuah baris memberi harga untuk bagian jumlah di atas `above` sampai `up_to`:
# A row prices the part of a quantity that lies above `above` and up to `up_to`:
#   flat            `amount` ialah harga setiap jumlah di baris itu
#                   `amount` is the price of every quantity in the row
#   per-unit-begun  harga di batas baris, ditambah `amount` untuk setiap `unit` yang dimulai
#                   the price at the row's edge, and `amount` for each `unit` begun
#   prorated        harga di batas baris, ditambah `amount` untuk setiap `unit`, sebanding
#                   the price at the row's edge, and `amount` for each `unit`, by the exact fraction
#   regressive      seperti prorated, dan lebih murah per unit daripada baris sebelumnya
#                   as prorated, and cheaper a unit than the row before
# Yang dibiarkan terbuka oleh naskahnya ialah `readings` dengan pilihannya; kantor boleh memilih.
# What the text leaves open are `readings` with their options; an office may choose.
"""


@click.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", help="Nama tarif, misalnya pp-99-2030 (id of the tariff).")
@click.option("--citation", help="Nama pendek peraturan (the regulation in short).")
@click.option("--title", help="Judul peraturan (title of the regulation).")
@click.option("--title-en", help="Judul dalam bahasa Inggris (title in English).")
@click.option(
    "--first-day", metavar="YYYY-MM-DD", help="Hari pertama berlaku (first day in force)."
)
@click.option("--no-input", is_flag=True, help="Jangan bertanya (ask nothing).")
def new(file: Path, no_input: bool, **given: str | None) -> None:
    """Tulis berkas tarif baru ke FILE, dimulai dari tarif yang digantikannya.

    Begin the file of a new tariff from the one that it takes the place of.
    """
    not_there_yet(file)
    answers = answered(_ASKED, given, ask=not no_input, usual=_usual)
    text, base = _begun(answers)
    begin(file, text, check_schedule)
    click.echo(
        said(
            f"{file} ditulis, dengan jumlah dari {base}. Ubah menurut naskahnya, lalu: "
            f"pst tariff check {file}",
            f"{file} was written, with the amounts of {base}. Change what the text says otherwise, "
            f"then: pst tariff check {file}",
        )
    )
    click.echo(
        said(
            f'Agar dipakai kantor: [tariff] schedules = ["{file.name}"] dalam profilnya.',
            f'For an office to use it: [tariff] schedules = ["{file.name}"] in its profile.',
        )
    )


def _usual(key: str, answers: dict[str, str]) -> str | None:
    return answers.get("citation") if key == "title" else None


def _begun(answers: dict[str, str]) -> tuple[str, str]:
    """Return the file of the tariff before, with the answers in it; and what that is called."""
    day_before = _day(answers["first_day"]) - dt.timedelta(days=1)
    base = national_policy().rates(day_before).schedule
    text = base.source.decode("utf-8-sig")
    text = re.sub(r"\A(?:#.*\n)+", "", text)
    title = f'{{ id = "{answers["title"]}", en = "{answers["title_en"]}" }}'
    why = '{ id = "belum dibandingkan dengan naskahnya", en = "not compared with the text yet" }'
    for key, value in {
        "id": f'"{answers["id"]}"',
        "version": "1",
        "title": title,
        "citation": f'"{answers["citation"]}"',
        "repeals": f'["{base.id}"]',
        "in_force_from": answers["first_day"],
        "in_force_certainty": '"assumed"',
        "in_force_why": why,
    }.items():
        line = re.search(rf"^{key} = .*$", text, re.M)
        if line:
            text = text.replace(line[0], f"{key} = {value}", 1)
    text = re.sub(r'^certainty = ".*"$', 'certainty = "assumed"', text, flags=re.M)
    return _HEAD.format(citation=answers["citation"], base=base.citation) + text, base.citation


def _day(written: str) -> dt.date:
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        raise BadInput(
            "no-such-day",
            Text(id=f"Tidak ada hari {written}.", en=f"There is no day {written}."),
            remedy=Text(id="Sebutkan hari pertama berlaku.", en="Name the first day in force."),
        ) from None
