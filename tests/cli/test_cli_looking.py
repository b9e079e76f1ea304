"""Whoever reads personal data on the command line stands in the audit log; its readers do, too."""

import json

import click
import pytest

from pst_adapters.cli import main
from pst_adapters.cli.commands import pst
from pst_adapters.cli.stores import open_store

WHO, OFFICE = "warga-0001", "3317"
READS = {
    "history": (["history"], "register"),
    "history-one": (["history", "{stream}"], "history"),
    "history-json": (["history", "{stream}", "--json"], "history"),
    "history-pdf": (["history", "{stream}", "--pdf", "{folder}/r.pdf"], "history"),
    "documents": (["documents", "{stream}"], "documents"),
    "paper": (["paper", "invoice", "{stream}", "--pdf", "{folder}/p.pdf"], "papers"),
    "export-log": (["export-log", "-o", "{folder}/log.csv"], "export-log"),
    "outbox list": (["outbox", "list"], "outbox"),
    "outbox show": (["outbox", "show", "{effect}"], "outbox"),
    "person export": (["person", "export", WHO], "export"),
    "person readings": (["person", "readings", "{stream}"], "readings"),
    "person breach": (["person", "breach"], "breach"),
    "person erased": (["person", "erased"], "erased"),
    "audit log": (["audit", "log"], "audit-log"),
}
NO_PERSON_IS_SHOWN = {
    # they act, and what they do is written down by the desk
    "person correct", "person erase", "person expire", "person key", "outbox retry", "work",
    "reconcile",
    # numbers, amounts, digests and counts
    "audit key", "audit seal", "audit verify", "backup", "restore", "move", "display", "report",
    "check-paper", "ticket", "health", "office simulate-change", "tariff replay",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("looking")
    assert main(["demo", "--publication-only", "--folder", str(folder / "demo")]) == 0
    (db,) = (folder / "demo").glob("*/pst.db")
    with open_store(str(db)) as store:
        (stream,) = [r.stream for r in store.register(OFFICE) if r.procedure == "request"]
        effect = store.effects(stream)[0].key
    return db, {"stream": stream, "effect": effect, "folder": str(folder)}


def lines(db):
    with open_store(str(db)) as store:
        return [line for _, line in store.notes(OFFICE)], store.readings(OFFICE)


@pytest.mark.parametrize("name", sorted(READS))
def test_a_reading_leaves_a_line_that_says_who_and_what(made, name):
    db, words = made
    line, view = READS[name]
    before, seen = lines(db)
    assert main([word.format(**words) for word in line] + ["--db", str(db)]) == 0
    after, now = lines(db)
    new = [n for n in after[len(before) :] if n.what == "read"]
    assert new
    assert {json.loads(n.detail)["view"] for n in new} == {view}
    assert all(n.actor.startswith("cli:") for n in new)
    if "{stream}" in line or "{effect}" in line:
        assert [n.stream for n in new] == [words["stream"]]
    if view in ("history", "documents", "papers", "outbox", "register", "export"):
        # and the person may ask who it was
        assert {r.view for r in now[len(seen) :]} == {view}


@pytest.mark.slow
def test_what_is_kept_of_who_was_erased_is_shown_to_nobody_unseen(tmp_path):
    assert main(["demo", "--publication-only", "--folder", str(tmp_path / "demo")]) == 0
    (db,) = (tmp_path / "demo").glob("*/pst.db")
    assert main(["person", "erase", WHO, "--reason", "surat 12", "--db", str(db)]) == 0
    with open_store(str(db)) as store:
        person = next(e.person for e in store.erased(OFFICE) if e.kept_until)
    before, _ = lines(db)
    assert main(["person", "kept", person, "--db", str(db)]) == 0
    (line,) = lines(db)[0][len(before) :]
    assert (line.what, json.loads(line.detail)["view"]) == ("read", "kept")


def test_what_is_not_there_is_shown_to_nobody(made):
    db, _ = made
    before, _ = lines(db)
    assert main(["history", "request-3317-2026-9999", "--db", str(db)]) == 1
    assert len(lines(db)[0]) == len(before)


def test_every_command_on_a_store_is_judged():
    """A new one is either among those that leave a line, or said to show no person."""

    def walk(group, path=""):
        for name, command in group.commands.items():
            full = f"{path} {name}".strip()
            if isinstance(command, click.Group):
                yield from walk(command, full)
            elif any("--db" in p.opts for p in command.params):
                yield full

    opening = set(walk(pst))
    assert opening >= {"history", "audit log"}
    judged = {name.split("-one")[0] for name in READS} | NO_PERSON_IS_SHOWN | {"person kept"}
    assert opening - judged == set()
