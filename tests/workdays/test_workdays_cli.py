"""``pst calendar`` and ``pst due``, as typed in a terminal."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar as IcsCalendar

from pst_adapters.cli.calendar import COMMANDS
from pst_core.lawdata import shipped
from pst_core.workdays import load_calendar


def pst(*words: str, lang: str = "id") -> Result:
    @click.group()
    @click.pass_context
    def cli(ctx: click.Context) -> None:
        ctx.obj = {"lang": lang}

    for command in COMMANDS:
        cli.add_command(command)
    return CliRunner().invoke(cli, words, env={"COLUMNS": "120"})


def test_due_says_when_and_how_sure() -> None:
    answer = pst("due", "2026-03-16")
    assert answer.exit_code == 0
    assert "paling lambat Selasa 7 Apr 2026 pukul 16.00 WIB" in answer.output
    assert "kepastian: terverifikasi" in answer.output
    english = pst("due", "2026-03-16", lang="en").output
    assert "due Tuesday 7 Apr 2026 at 16:00 WIB" in english
    assert "certainty: verified" in english


def test_due_explains_every_day() -> None:
    answer = pst("due", "2026-03-16", "--explain")
    assert "Senin 16 Mar 2026" in answer.output
    assert "Cuti bersama Hari Suci Nyepi" in answer.output
    days = json.loads(pst("due", "2026-03-16", "--explain", "--json").output)["days"]
    assert len(days) == 23
    assert sum(day["counted"] for day in days) == 10


def test_due_as_known_on_a_day_shows_the_old_promise() -> None:
    old = json.loads(pst("due", "2025-08-07", "--as-known-on", "2025-08-06", "--json").output)
    new = json.loads(pst("due", "2025-08-07", "--json").output)
    assert old["due"] == "2025-08-21T16:00:00+07:00"
    assert new["due"] == "2025-08-22T16:30:00+07:00"
    assert old["calendar_version"] != new["calendar_version"]


def test_due_in_a_year_without_decree() -> None:
    last = load_calendar().decreed_years[-1]
    refused = pst("due", f"{last + 2}-03-16", lang="en")
    assert refused.exit_code == 1
    assert f"2024 to {last}" in refused.output
    assert "PROVISIONAL" in pst("due", f"{last + 2}-03-16", "--estimate", lang="en").output
    assert "SEMENTARA" in pst("due", f"{last}-12-22").output


@pytest.mark.parametrize(
    "words",
    [
        ("due", "16-03-2026"),
        ("calendar", "dua"),
        ("calendar", "0000"),
        ("calendar", "2031"),
        ("calendar", "check"),
    ],
)
def test_what_is_typed_wrong_is_answered_with_what_would_be_right(words: tuple[str, ...]) -> None:
    answer = pst(*words)
    assert answer.exit_code == (1 if words[-1] == "2031" else 2)
    assert "Error: " in answer.output
    assert "Traceback" not in answer.output


def test_calendar_shows_a_year() -> None:
    answer = pst("calendar", "2026")
    count = load_calendar().count(dt.date(2025, 12, 31), dt.date(2026, 12, 31))
    assert f"2026: {count} hari kerja" in answer.output
    assert "Cuti bersama Idulfitri" in answer.output
    assert "SKB 3 Menteri No. 1497/2025" in answer.output
    assert "September" in answer.output
    assert pst("calendar").exit_code == 0


def test_calendar_as_json_and_ics(tmp_path: Path) -> None:
    data = json.loads(pst("calendar", "2025", "--json").output)
    assert len(data["days_off"]) == 28
    file = tmp_path / "2025.ics"
    assert pst("calendar", "2025", "--ics", str(file)).exit_code == 0
    assert len(IcsCalendar.from_ical(file.read_bytes()).walk("VEVENT")) == 28
    assert pst("calendar", "2025", "--ics", str(tmp_path / "x" / "y.ics")).exit_code == 1


def test_calendar_check_reads_the_national_file_as_well(tmp_path: Path) -> None:
    file = tmp_path / "nasional.toml"
    text = shipped("calendar", "nasional.toml").read_text("utf-8")
    file.write_text(text, "utf-8")
    same = pst("calendar", "check", str(file), lang="en")
    assert same.exit_code == 0
    assert "national calendar of 2024 to" in same.output
    assert "0 days unlike" in same.output
    row = '    [2026-12-24, "Cuti bersama Hari Raya Natal", "Christmas, collective leave"],\n'
    assert row in text
    file.write_text(text.replace(row, row.replace("12-24", "12-31")), "utf-8")
    other = pst("calendar", "check", str(file))
    assert "Kamis 31 Des 2026" in other.output
    assert "bukan lagi hari kerja" in other.output
    assert "Kamis 24 Des 2026" in other.output
    assert "menjadi hari kerja" in other.output
    assert "2 hari lain" in other.output
    file.write_text(text.replace("working = [1, 2, 3, 4, 5]", ""), "utf-8")
    bad = pst("calendar", "check", str(file))
    assert bad.exit_code == 1
    assert "week.working" in bad.output


def test_calendar_check_says_what_a_layer_changes(tmp_path: Path) -> None:
    file = tmp_path / "bali.toml"
    file.write_text(
        'layer = "Bali"\n[[decrees]]\nknown_since = 2026-02-01\nsource = "uji"\n'
        'certainty = "assumed"\nclosures = [[2026-06-17, "Galungan", "Galungan"], '
        '[2026-06-20, "Kuningan", "Kuningan"], [2030-06-20, "Nanti", "Later"]]\n',
        "utf-8",
    )
    answer = pst("calendar", "check", str(file), lang="en")
    assert answer.exit_code == 0
    assert "no longer a working day" in answer.output
    assert "changes nothing" in answer.output
    assert "outside the known decrees" in answer.output
    file.write_text(file.read_text("utf-8").replace("06-20", "06-17"), "utf-8")
    bad = pst("calendar", "check", str(file), lang="en")
    assert bad.exit_code == 1
    assert "names 2026-06-17 twice" in bad.output
    assert pst("calendar", "check", str(tmp_path / "none.toml")).exit_code == 1
