"""``pst day``, ``pst report``, ``pst display``: a day played, and the same figures afterwards."""

import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from pst_adapters.cli import main

DAY = ["day", "--date", "2026-11-24", "--json"]


def run(capsys, *line):
    code = main([str(word) for word in line])
    out = capsys.readouterr()
    assert code == 0, out.err
    return out.out


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("day")
    line = [sys.executable, "-c", "from pst_adapters.cli import main; main()", *DAY]
    out = subprocess.run(
        [*line, "--folder", str(folder)], capture_output=True, text=True, check=True,
        encoding="utf-8",
    )  # fmt: skip
    return json.loads(out.stdout)


def test_L1_a_day_at_the_counter_shows_each_wait_and_ends_as_it_should(played):
    counted = played["counted"]
    assert counted["visits"] == 60
    assert (counted["requests"], counted["complaints"], counted["surveys"]) == (3, 2, 12)
    assert counted["missed_calls"] > 0
    waits = played["waits"]
    assert len(waits) == counted["calls"]
    assert {w["counter"] for w in waits} == {"1", "2", "3"}
    for w in waits:
        # written in the office's zone all of them, so the texts are in the order of time
        assert w["late"] == (w["due"] is not None and w["called_at"] > w["due"])
        assert not "12:00:00" <= w["called_at"][11:19] < "13:00:00", "nobody is called in the break"
    assert any(w["late"] for w in waits)
    assert any(w["priority"] for w in waits)


@pytest.mark.slow
def test_L1_the_month_s_report_shows_the_figures_that_the_day_counted(played, capsys):
    counted = played["counted"]
    found = json.loads(run(capsys, "report", "2026-11", "--db", played["db"], "--json"))
    assert found == played["report"]
    visits = found["visits"]
    for name in ("visits", "numbers", "served", "left", "missed_calls", "returned", "transferred",
                 "priority", "to_requests"):  # fmt: skip
        assert visits[name] == counted[name], name
    assert sum(visits[n] for n in ("served", "left", "unserved")) == 60
    assert sum(line["calls"] for line in found["lines"]) == counted["calls"]
    late = sum(w["late"] for w in played["waits"])
    assert len(found["late"]) == late
    assert sum(line["timed"] - line["in_time"] for line in found["lines"]) == late
    assert found["opened"] == found["delivered"] == counted["delivered"] == 3
    assert found["complaints"]["received"] == counted["complaints"]
    assert found["survey"]["office"]["answers"] == counted["surveys"]
    assert found["ratings"]["ratings"] == counted["ratings"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_day_and_another_another(played, tmp_path, capsys):
    again = json.loads(run(capsys, *DAY, "--folder", tmp_path))
    assert again["waits"] == played["waits"]
    assert again["report"] == played["report"]
    assert again["counted"] == played["counted"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_any_seed_gives_a_day_that_ends(tmp_path, capsys, seed):
    found = json.loads(run(capsys, *DAY, "--seed", seed, "--folder", tmp_path))
    assert found["counted"]["requests"] == 3
    assert found["report"]["visits"]["visits"] == 60


def test_the_report_is_printed_and_written(played, tmp_path, capsys):
    pdf = tmp_path / "laporan.pdf"
    text = run(capsys, "report", "2026-11", "--db", played["db"], "--pdf", pdf, "--lang", "en")
    assert "Served in time" in text
    assert "12 answers" in text
    assert pdf.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("line", "says"),
    [(["report", "2026-13"], "2026-11"), (["report", "--db", "none.db"], "none.db"),
     (["display", "--db", "none.db"], "none.db")],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_remedy(played, capsys, line, says):
    if "--db" not in line:
        line = [*line, "--db", played["db"]]
    assert main([*line, "--lang", "en"]) == 1
    assert says in capsys.readouterr().err


@pytest.mark.slow
def test_S4_the_display_shows_the_day_as_it_stood_and_ends_when_told(played):
    process = subprocess.Popen(
        [sys.executable, "-c", "from pst_adapters.cli import main; main()", "display",
         "--db", played["db"], "--at", "2026-11-24T11:05", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        address = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310
            page = answer.read().decode()
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "<time>11.05</time>" in page
    assert "<span>" in page, "some wait at this time"
    assert "Tamu" not in page
