"""``pst office``: a profile begun, checked, compared, and its change tried on open requests."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pst_core.office import Office, offices
from pst_core.office.schema import example, profile_schema
from pst_core.text import Text

from .questions import ONE_LINE, Question, answered, begin, not_there_yet
from .stores import DB, open_store
from .terminal import language, said

if TYPE_CHECKING:
    from pst_core.desk.profiles import Checked

__all__ = ["COMMANDS"]

JSON = click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")


@click.group()
def office() -> None:
    """Profil kantor: mulai, periksa, bandingkan (begin, check, compare a profile)."""


@office.command()
@JSON
def shipped(as_json: bool) -> int:
    """Kantor yang sudah tersedia (the shipped offices)."""
    found = [(code, Office.load(code)) for code in offices()]
    if as_json:
        rows = [{"code": c, "name": o.name.say(language()), "version": o.version} for c, o in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for code, one in found:
        click.echo(f"{code}  {one.name.say(language())}  ({one.version})")
    return 0


@office.command()
@click.argument("file")
@JSON
def check(file: str, as_json: bool) -> int:
    """Periksa profil FILE atau kode kantor: bentuk, hukum, dan seluruh prosedurnya.

    Keluar dengan 1 bila ada yang salah; peringatan tidak menggagalkan.
    """
    from pst_core.desk.profiles import check_office

    one = Office.load(file)
    found = check_office(one)
    if as_json:
        click.echo(json.dumps(_checked(one, found), ensure_ascii=False, indent=2))
        return 0 if found.sound else 1
    click.echo(f"{one.name.say(language())} ({one.code}), {one.version}")
    for name, walk in found.walks:
        click.echo(
            said(
                f"{name}: {walk.places} keadaan dan {walk.moves} perpindahan ditelusuri.",
                f"{name}: {walk.places} places and {walk.moves} moves walked.",
            )
        )
    for fault in found.faults:
        head = said("perhatikan", "note") if fault.warning else said("salah", "wrong")
        click.echo(f"{head}: {fault.text.say(language())}")
    click.echo(
        said("Profil ini dapat dipakai.", "The profile can be used.")
        if found.sound
        else said("Profil ini belum dapat dipakai.", "The profile cannot be used yet.")
    )
    return 0 if found.sound else 1


def _checked(one: Office, found: Checked) -> dict[str, object]:
    return {
        "code": one.code,
        "version": one.version,
        "sound": found.sound,
        "walks": {name: {"places": w.places, "moves": w.moves} for name, w in found.walks},
        "faults": [
            {"code": f.code, "warning": f.warning, "text": f.text.say(language())}
            for f in found.faults
        ],
    }


_ASKED = {
    "code": Question(
        Text(id="Kode kantor, empat angka", en="Unit code, four digits"), r"\d{4}", "1407"
    ),
    "name": Question(
        Text(id="Nama kantor", en="Name of the office in Indonesian"),
        ONE_LINE,
        "BPS Kabupaten Rokan Hulu",
    ),
    "name_en": Question(
        Text(id="Nama dalam bahasa Inggris", en="Name in English"),
        ONE_LINE,
        "BPS-Statistics of Rokan Hulu Regency",
    ),
    "place": Question(
        Text(id="Tempat dokumen ditandatangani", en="Where papers are signed"),
        ONE_LINE,
        "Pasir Pengaraian",
    ),
    "email": Question(Text(id="Surel", en="E-mail"), r'[^@\s"\\]+@[^@\s"\\]+', "bps1407@bps.go.id"),
    "timezone": Question(
        Text(
            id="Zona waktu: WIB, WITA, WIT, atau nama seperti Asia/Pontianak",
            en="Time zone: WIB, WITA, WIT, or a name such as Asia/Pontianak",
        ),
        r"WIB|WITA|WIT|Asia/(Jakarta|Makassar|Jayapura|Pontianak)",
        "WIB",
    ),
}
_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_ENGLISH = {"Kabupaten": "Regency", "Kota": "Municipality", "Provinsi": "Province"}


@office.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--code", help="Kode kantor (unit code).")
@click.option("--name", help="Nama kantor (name).")
@click.option("--name-en", help="Nama dalam bahasa Inggris (name in English).")
@click.option("--place", help="Tempat tanda tangan (where papers are signed).")
@click.option("--email", help="Surel (e-mail).")
@click.option("--timezone", help="Zona waktu: WIB, WITA, WIT (time zone).")
@click.option("--no-input", is_flag=True, help="Jangan bertanya (ask nothing).")
def new(file: Path, no_input: bool, **given: str | None) -> int:
    """Tulis profil baru ke FILE, dengan keterangan di setiap bagian (a commented profile).

    Yang tidak diberikan sebagai pilihan ditanyakan.
    """
    not_there_yet(file)
    answers = answered(_ASKED, given, ask=not no_input, usual=_usual)
    answers["timezone"] = _ZONES.get(answers["timezone"], answers["timezone"])
    begin(file, _filled(answers), Office.load)
    click.echo(
        said(
            f"{file} ditulis. Isi bagian-bagiannya menurut standar kantor, lalu: "
            f"pst office check {file}",
            f"{file} was written. Fill in its parts as your standard says, then: "
            f"pst office check {file}",
        )
    )
    return 0


def _usual(key: str, answers: dict[str, str]) -> str | None:
    """Return what is usual by what was answered so far; shown for confirmation, never taken."""
    if key == "timezone":
        return "WIB"
    if key == "email":
        return f"bps{answers['code']}@bps.go.id"
    kind = re.fullmatch(r"BPS (Kabupaten|Kota|Provinsi) (.+)", answers.get("name", ""))
    if kind is None or key not in ("name_en", "place"):
        return None
    return kind[2] if key == "place" else f"BPS-Statistics of {kind[2]} {_ENGLISH[kind[1]]}"


def _filled(values: dict[str, str]) -> str:
    """Return the commented example with the values of this office."""
    text = example()
    name, english = values["name"], values["name_en"]
    for was, is_now in {
        "BPS Kabupaten Contoh": name,
        "BPS-Statistics of Contoh Regency": english,
        "bps0000@bps.go.id": values["email"],
        '"0000': f'"{values["code"]}',
        'place = "Contoh"': f'place = "{values["place"]}"',
        'timezone = "Asia/Jakarta"': f'timezone = "{values["timezone"]}"',
    }.items():
        text = text.replace(was, is_now)
    # nobody has confirmed its figures yet: until somebody has, no invoice is made
    return re.sub(
        r"^\[\[tariff\.confirmed\]\]\n(?:\w.*\n)+",
        lambda block: re.sub(r"^", "#", block[0].rstrip("\n"), flags=re.M) + "\n",
        text,
        flags=re.M,
    )


@office.command()
@click.argument("old")
@click.argument("new")
@JSON
def diff(old: str, new: str, as_json: bool) -> int:
    """Katakan apa yang berbeda antara dua profil (how two profiles differ, in words)."""
    from pst_core.desk.change import differences

    found = differences(Office.load(old), Office.load(new))
    if as_json:
        words = [text.say(language()) for text in found]
        click.echo(json.dumps(words, ensure_ascii=False, indent=2))
        return 0
    for text in found:
        click.echo(text.say(language()))
    if not found:
        click.echo(said("Tidak ada perbedaan.", "There is no difference."))
    return 0


@office.command("simulate-change")
@click.argument("old")
@click.argument("new")
@DB
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Hari perubahan (day of the change).")
@JSON
def simulate_change(old: str, new: str, db: str, on: dt.datetime | None, as_json: bool) -> int:
    """Daftar apa yang dilihat setiap permintaan terbuka bila NEW menggantikan OLD.

    Tidak ada yang ditulis ke basis data.
    """
    from pst_core.desk import change

    before, after = Office.load(old), Office.load(new)
    now = dt.datetime.now(dt.UTC)
    if on is not None:
        now = dt.datetime.combine(on.date(), dt.time(9), after.calendar.zone)
    store = open_store(db)
    try:
        found = change.simulate_change(before, after, store, now)
    finally:
        store.close()
    lang = language()
    if as_json:
        rows = [
            {
                "stream": seen.stream,
                "phase": seen.phase.say(lang),
                "version": seen.version,
                "changes": [text.say(lang) for text in seen.changes],
                "if_moved": [text.say(lang) for text in seen.if_moved],
            }
            for seen in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for seen in found:
        click.echo(f"{seen.stream}  {seen.phase.say(lang)}  [{seen.version}]")
        for text in seen.changes:
            click.echo(f"  {text.say(lang)}")
        if not seen.changes:
            click.echo(said("  tidak ada yang berubah", "  nothing changes"))
            if seen.if_moved and seen.version != after.version:
                click.echo(
                    said(
                        f"  bila dipindahkan ke {after.version}:",
                        f"  if it were moved to {after.version}:",
                    )
                )
                for text in seen.if_moved:
                    click.echo(f"    {text.say(lang)}")
    if not found:
        click.echo(said("Tidak ada permintaan terbuka.", "No request is open."))
    return 0


@office.command()
def schema() -> int:
    """JSON Schema sebuah profil, untuk penyunting teks (for editors)."""
    click.echo(json.dumps(profile_schema(), ensure_ascii=False, indent=2))
    return 0


COMMANDS = (office,)
