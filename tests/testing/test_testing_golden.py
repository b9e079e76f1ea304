"""The lives that releases have left are read as they were; whatever would change them is found."""

import json
import shutil
from pathlib import Path

import pytest

from pst_core import wire
from pst_core.office import offices
from pst_core.request import events as e
from pst_core.testing.golden import PROFILE, SUMS, Recorded, main, problems
from pst_core.wire import LIFTS, event_types, procedures

GOLDEN = Path(__file__).parents[1] / "golden"
RELEASE = max(GOLDEN.iterdir())


@pytest.fixture(scope="module")
def kept():
    return [Recorded.read(path) for path in GOLDEN.rglob("*.json")]


def test_every_recorded_life_is_read_as_it_was():
    assert problems(GOLDEN) == ()


def test_every_event_of_every_schema_is_recorded(kept):
    # a new event or schema: python -m pst_core.testing.golden tests/golden NAME-OF-THE-RELEASE
    seen = {(row["name"], row["schema"]) for life in kept for row in life.events}
    wanted = {(n, s) for n, kind in event_types().items() for s in range(1, kind.SCHEMA + 1)}
    assert wanted - seen == set()
    assert set(LIFTS) <= seen


def test_the_lives_show_all_that_a_request_can_be(kept):
    assert len(kept) >= 40
    endings = {(life.procedure, life.end["phase"]) for life in kept}
    assert {(p.name, str(phase)) for p in procedures().values() for phase in p.ends} <= endings
    assert {*offices(), PROFILE} <= {life.office for life in kept}
    words = json.dumps([life.events for life in kept], ensure_ascii=False)
    for word in ("walk-in", "online", "individual", "student", "education", "government",
                 "private", "foreign-mission", "international"):  # fmt: skip
        assert f'"{word}"' in words, word
    assert {"half", "double", "zero"} <= {m.split(":")[-1] for x in kept for m in x.moves.split()}


# -- what would change them is found ------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(GOLDEN, tmp_path / "golden")
    return tmp_path / "golden"


def the_life(folder, release="0.0.1"):
    return min((folder / release).glob("*-request-closed.json"))


def test_a_file_that_is_rewritten_left_out_or_added_is_found(folder):
    path = the_life(folder)
    path.write_text(path.read_text("utf-8").replace("Semarang", "Solo"), "utf-8")
    (folder / "0.0.2/01-request-closed.json").unlink()
    (folder / "0.0.2/99-request-closed.json").write_text("{}", "utf-8")
    (folder / "0.9").mkdir()
    assert [line.split(": ")[0] for line in problems(folder)] == [
        f"0.0.1/{path.name}", "0.0.2/01-request-closed.json", "0.0.2/99-request-closed.json",
        f"0.9/{SUMS}",
    ]  # fmt: skip


def test_a_lift_that_is_gone_is_found(monkeypatch):
    monkeypatch.delitem(wire.LIFTS, ("request.offer-sent", 1))
    assert any("request.offer-sent" in line for line in problems(GOLDEN))


def test_a_lift_that_says_otherwise_is_found(monkeypatch):
    name = ("request.form-completed", 1)
    monkeypatch.setitem(wire.LIFTS, name, lambda f: {**f, "documents_complete": False})
    assert any("facts" in line and "digest" in line for line in problems(GOLDEN))


def test_a_name_that_is_stored_and_known_no_more_is_found(monkeypatch):
    known = {**event_types()}
    del known["request.receipt-issued"]
    monkeypatch.setattr(wire, "event_types", lambda: known)
    monkeypatch.setattr(wire, "_of_today", {})
    assert any("request.receipt-issued" in line for line in problems(GOLDEN))


def test_a_field_that_is_written_otherwise_is_found(monkeypatch):
    from pst_core.testing import golden

    def renamed(event):
        return wire.event_to_json(event).replace('"stars"', '"points"')

    monkeypatch.setattr(golden, "event_to_json", renamed)
    assert any("service-rated is written" in line for line in problems(GOLDEN))


def test_a_fact_that_a_row_gives_no_more_is_found(monkeypatch):
    monkeypatch.setattr(e.ProductsChosen, "facts", property(lambda _: ()))
    found = problems(GOLDEN)
    assert any("needs-agreement" in line for line in found)


# -- recording ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_records_a_release_once_and_what_it_records_is_read(tmp_path, capsys):
    assert main([str(tmp_path), "9.9"]) == 0
    assert problems(tmp_path) == ()
    sums = (tmp_path / "9.9" / SUMS).read_text("utf-8")
    assert main([str(tmp_path), "9.9"]) == 1
    said = capsys.readouterr().out
    assert "tidak pernah ditulis ulang" in said
    assert "never written again" in said
    assert (tmp_path / "9.9" / SUMS).read_text("utf-8") == sums
    assert main([]) == 2
    # the same release records the same lives
    again = tmp_path / "again"
    assert main([str(again), "9.9"]) == 0
    assert (again / "9.9" / SUMS).read_text("utf-8") == sums


def test_this_release_writes_what_it_has_recorded():
    life = Recorded.read(min(RELEASE.glob("*.json")))
    assert Recorded.read(min(RELEASE.glob("*.json"))) == life
    assert life.to_json() == min(RELEASE.glob("*.json")).read_text("utf-8")
