"""Nothing in a store can be touched unseen: its digests, its seals and a seal kept outside tell."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

pytest.importorskip("cryptography")
sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.evidence import Ed25519Signer, make_key, public_keys
from pst_adapters.sql import SqlStore
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import AuditLine, NewEvent, Number
from pst_core.desk.sealing import digests, seal, verify_store
from pst_core.evidence import (
    EventRow,
    Verdict,
    event_digest,
    note_digest,
    read_checkpoint,
    verify,
)
from pst_core.refusal import BadInput, Conflict, StorageError
from pst_core.testing.contracts.store import NOW, batch

OTHER = "3300"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Ed25519Signer:
    return make_key(tmp_path_factory.mktemp("key") / "seal.pem")


@pytest.fixture(scope="module")
def verifier(key: Ed25519Signer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("pub") / "seal.pub"
    path.write_bytes(key.public_pem())
    return public_keys([path])


def fill(store: Any, events: int = 60, streams: int = 7) -> None:
    """Write events of two offices, in turn over several streams, and some lines of the log."""
    versions = dict.fromkeys(range(streams), 0)
    for n in range(events):
        s = n * n % streams
        office = OTHER if s == 2 else "3317"
        body = json.dumps({"n": n, "nama": f"Siti “{n}”"}, ensure_ascii=False)
        new = (NewEvent("a", 1, body), NewEvent("b", 2, "{}"))[: 1 + n % 2]
        store.append(
            batch(f"request-{office}-2026-{s:04d}", versions[s], f"c{n}", office=office,
                  events=new, at=NOW + dt.timedelta(minutes=n))
        )  # fmt: skip
        versions[s] += len(new)
        if n % 5 == 0:
            store.note(AuditLine(office, NOW, "refused", "warga-1", "applicant", "", '{"n":1}'))


def rows(store: Any) -> list[EventRow]:
    return list(store.event_rows())


@pytest.fixture(scope="module")
def sealed(key: Ed25519Signer) -> MemoryStore:
    """Give a store whose first part is sealed in several checkpoints, the rest not."""
    store = MemoryStore()
    fill(store, 40)
    seal(store, "3317", key, NOW, most=10)
    seal(store, OTHER, key, NOW)
    store.append(batch("late", 0, "late"))
    store.append(batch("late", 1, "later"))
    return store


def looked_at(store: MemoryStore, events: list[EventRow], **more: Any) -> Verdict:
    checkpoints = more.pop("checkpoints", store.checkpoints())
    return verify(events, store.note_rows(), checkpoints, **more)


def test_an_honest_store_is_sound(sealed: MemoryStore, verifier: Any) -> None:
    verdict = verify_store(sealed, verifier=verifier)
    assert verdict.sound, verdict.findings
    assert verdict.unsigned == ()
    assert verdict.events == verdict.sealed + 2
    assert verdict.checkpoints == len(sealed.checkpoints()) > 4
    assert verdict.notes == 8
    assert verify_store(sealed).unsigned, "without a public key it says what it did not check"


def flip(value: str | int, dice: random.Random) -> str | int:
    """Return ``value`` with one byte changed, still text or a number."""
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(48))
    if not value:
        return "x"
    at = dice.randrange(len(value))
    other = chr(ord(value[at]) ^ (1 << dice.randrange(5)))
    return value[:at] + (other if other.isprintable() else "~") + value[at + 1 :]


FIELDS = [field.name for field in attrs.fields(EventRow)]


def test_each_of_1000_flipped_bytes_is_found(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    dice = random.Random(1)
    missed = []
    for n in range(1000):
        events = list(honest)
        at = dice.randrange(len(events) - 2)  # the last two are not sealed
        field = FIELDS[n % len(FIELDS)]
        events[at] = attrs.evolve(events[at], **{field: flip(getattr(events[at], field), dice)})
        events.sort(key=lambda row: row.position)
        if looked_at(sealed, events).sound:
            missed.append((field, at))
    assert missed == []


def test_a_byte_flipped_before_the_seal_is_found_too(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    dice = random.Random(2)
    for at in (-2, -1):
        # where it lies among other streams is fixed by the seal
        for field in set(FIELDS) - {"position"}:
            events = list(honest)
            events[at] = attrs.evolve(events[at], **{field: flip(getattr(events[at], field), dice)})
            assert not looked_at(sealed, events).sound, field


def named(verdict: Verdict) -> tuple[str, str]:
    assert not verdict.sound
    first = verdict.findings[0]
    assert first.row in first.text.id
    assert first.row in first.text.en
    return first.code, first.row


def test_the_first_place_is_named(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    events = list(honest)
    for at in (30, 20, 25):
        events[at] = attrs.evolve(events[at], body="{}~")
    assert named(looked_at(sealed, events)) == (
        "changed",
        f"{honest[20].stream}/{honest[20].version}",
    )


def test_deleted_rows_are_named(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    newest = {row.stream: row.position for row in honest if row.stream != "late"}
    for gone in honest[:-2]:
        code, row = named(looked_at(sealed, [r for r in honest if r != gone]))
        assert (code, row) == ("missing", f"{gone.stream}/{gone.version}"), gone
    assert len(newest) > 3
    tail = [r for r in honest if r.position not in newest.values()]
    assert len(looked_at(sealed, tail).findings) >= len(newest)


def test_swapped_rows_are_found(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    dice = random.Random(3)
    for _ in range(100):
        one, two = dice.sample(range(len(honest) - 2), 2)
        events = list(honest)
        events[one] = attrs.evolve(honest[two], position=honest[one].position)
        events[two] = attrs.evolve(honest[one], position=honest[two].position)
        assert not looked_at(sealed, events).sound
        events = list(honest)  # only their contents
        events[one] = attrs.evolve(honest[one], body=honest[two].body, actor="x")
        assert not looked_at(sealed, events).sound


def test_renumbered_rows_are_found(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    moved = [attrs.evolve(r, position=r.position + 1) for r in honest]
    assert not looked_at(sealed, moved).sound
    stream = honest[0].stream
    shifted = [attrs.evolve(r, version=r.version + 1) if r.stream == stream else r for r in honest]
    assert named(looked_at(sealed, shifted)) == ("missing", f"{stream}/1")


def test_an_added_row_is_named(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    forged = attrs.evolve(honest[5], stream="request-3317-2026-9999", version=1)
    forged = rechained([forged])[0]
    assert looked_at(
        sealed, [*honest, attrs.evolve(forged, position=honest[-1].position + 1)]
    ).sound
    holes = [r for r in honest if r.position != honest[5].position]
    events = sorted([*holes, forged], key=lambda r: r.position)
    assert not looked_at(sealed, events).sound


def rechained(events: list[EventRow]) -> list[EventRow]:
    """Compute every digest anew, as somebody can who may write to the table."""
    heads: dict[str, str] = {}
    made = []
    for row in events:
        fields = attrs.asdict(row)
        del fields["position"], fields["digest"]
        heads[row.stream] = event_digest(heads.get(row.stream, ""), **fields)
        made.append(attrs.evolve(row, digest=heads[row.stream]))
    return made


def test_a_chain_computed_anew_without_the_key_is_named(sealed: MemoryStore) -> None:
    honest = rows(sealed)
    for at in (0, 17, len(honest) - 3):
        events = list(honest)
        events[at] = attrs.evolve(events[at], body='{"n": 999}')
        code, row = named(looked_at(sealed, rechained(events)))
        assert (code, row) == ("rewritten", f"{honest[at].stream}/{honest[at].version}")


def test_seals_made_anew_with_another_key_are_found(
    sealed: MemoryStore, verifier: Any, tmp_path: Path
) -> None:
    thief = make_key(tmp_path / "thief.pem")
    forged = MemoryStore()
    fill(forged, 39)
    seal(forged, "3317", thief, NOW)
    assert verify_store(forged).sound, "by itself it looks well"
    assert named(verify_store(forged, verifier=verifier))[0] == "checkpoint-changed"
    kept = sealed.checkpoints("3317")[-1]
    codes = {f.code for f in verify_store(forged, outside=[kept]).findings}
    assert codes & {"checkpoint-missing", "checkpoint-changed"}
    assert codes & {"missing", "count-differs"}


def test_a_tail_cut_off_with_its_seals_is_found_by_a_seal_kept_outside(
    sealed: MemoryStore, verifier: Any
) -> None:
    kept = sealed.checkpoints("3317")[-1]
    cut = [r for r in rows(sealed) if r.position <= 12]
    seals = [c for c in sealed.checkpoints("3317") if c.events.last <= 12]
    assert looked_at(sealed, cut, checkpoints=seals).sound
    short = read_checkpoint(kept.to_json(short=True))
    for outside in (kept, short):
        verdict = looked_at(sealed, cut, checkpoints=seals, outside=[outside], verifier=verifier)
        assert not verdict.sound
        assert {f.code for f in verdict.findings} >= {"checkpoint-missing", "count-differs"}
    assert named(looked_at(sealed, cut, checkpoints=seals, outside=[kept]))[0] == "missing"


def test_seals_are_found_out_when_touched(sealed: MemoryStore, verifier: Any) -> None:
    seals = list(sealed.checkpoints("3317"))
    dice = random.Random(5)
    for _ in range(120):
        at = dice.randrange(len(seals))
        text = seals[at].to_json()
        place = dice.choice([i for i, c in enumerate(text) if c.isalnum()])
        other = text[:place] + ("a" if text[place] != "a" else "b") + text[place + 1 :]
        try:
            touched = read_checkpoint(other)
        except BadInput:
            continue
        checkpoints = [*seals[:at], touched, *seals[at + 1 :]]
        verdict = looked_at(sealed, rows(sealed), checkpoints=checkpoints, verifier=verifier)
        assert not verdict.sound, (text[place - 20 : place + 20], other[place])
    without = [c for c in seals if c.number != 2]
    first = looked_at(sealed, rows(sealed), checkpoints=without).findings[0]
    assert (first.code, first.row) == ("checkpoint-missing", "3317/2")


def test_lines_of_the_log_are_held_like_events(sealed: MemoryStore) -> None:
    honest = list(sealed.note_rows())
    for at, note in enumerate(honest):
        rest = [n for n in honest if n is not note]
        verdict = verify(sealed.event_rows(), rest, sealed.checkpoints())
        assert named(verdict) == ("missing", f"audit/{note.place}")
        changed = attrs.evolve(note, detail='{"n":2}')
        touched = [*honest[:at], changed, *honest[at + 1 :]]
        verdict = verify(sealed.event_rows(), touched, sealed.checkpoints())
        assert named(verdict) == ("changed", f"audit/{note.place}")
        fields = attrs.asdict(changed)
        del fields["place"], fields["digest"]
        anew = attrs.evolve(changed, digest=note_digest(**fields))
        verdict = verify(sealed.event_rows(), [*honest[:at], anew, *honest[at + 1 :]],
                         sealed.checkpoints())  # fmt: skip
        assert named(verdict) == ("rewritten", f"audit/{note.place}")


def test_the_digest_is_of_a_fixed_form_and_of_each_field_apart() -> None:
    fields = {"office": "3317", "stream": "s", "version": 1, "name": "a", "schema": 1,
              "body": "{}", "at": 5, "actor": "{}", "command_id": "c"}  # fmt: skip
    assert event_digest("", **fields) == (
        "692803bfb40469bc49a8fcffcc412b6191a2d676690c488f7f4d9242c37d5b7e"
    )
    words = ["pst-event-1", "", "3317", "s", "1", "a", "1", "é", "5", "{}", "c"]
    by_hand = hashlib.sha256("".join(f"{len(w)}:{w}" for w in words).encode()).hexdigest()
    assert event_digest("", **{**fields, "body": "é"}) == by_hand
    line = {"office": "3317", "at": 5, "what": "read", "actor": "a", "role": "r", "stream": "s",
            "detail": "{}"}  # fmt: skip
    words = ["pst-audit-1", "3317", "5", "read", "a", "r", "s", "{}"]
    by_hand = hashlib.sha256("".join(f"{len(w)}:{w}" for w in words).encode()).hexdigest()
    assert note_digest(**line) == by_hand
    moved = {**fields, "stream": "sa", "name": ""}
    assert event_digest("", **moved) != event_digest("", **fields)


# -- in databases ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("psycopg")
    with postgres.server() as url:
        yield url


class Tampering:
    """A store, and a way to its tables that asks neither the library nor the database's rules."""

    def __init__(
        self, store: SqlStore, execute: Callable[..., Any], placeholder: str, taken: Any
    ) -> None:
        self.store = store
        self.execute = execute
        self.placeholder = placeholder
        self.taken = taken


@pytest.fixture(params=["sqlite", "postgresql"])
def tampering(request: Any, tmp_path: Path) -> Iterator[Tampering]:
    if request.param == "sqlite":
        path = tmp_path / "pst.db"
        with SqlStore(f"sqlite:///{path}") as store:
            raw = sqlite3.connect(path, isolation_level=None)
            raw.execute("PRAGMA synchronous=0")
            yield Tampering(store, raw.execute, "?", sqlite3.IntegrityError)
            raw.close()
        return
    import psycopg

    # one database for all, emptied: to make one takes longer than a test
    place = request.getfixturevalue("server").format(name="postgres")
    with (
        SqlStore(place) as store,
        psycopg.connect(place.replace("+psycopg", ""), autocommit=True) as raw,
    ):
        raw.execute(
            "TRUNCATE pst_events, pst_commands, pst_audit, pst_checkpoints, pst_series CASCADE"
        )
        raw.execute("SELECT setval('pst_position', 1, false)")
        raw.execute("SET session_replication_role = replica")  # no foreign keys
        yield Tampering(store, raw.execute, "%s", psycopg.errors.UniqueViolation)


COLUMNS = ("position", "stream", "version", "name", "schema", "body", "at", "actor", "command_id",
           "digest")  # fmt: skip


def flips_missed(tampering: Tampering, times: int, seed: int) -> list[tuple[str, Any, Any]]:
    """Flip one byte of the event table, look, put it back; ``times`` times."""
    store, mark = tampering.store, tampering.placeholder
    there = list(tampering.execute(f"SELECT {', '.join(COLUMNS)} FROM pst_events"))
    dice, missed = random.Random(seed), []
    done = 0
    while done < times:
        row, column = dice.choice(there), COLUMNS[done % len(COLUMNS)]
        before = row[COLUMNS.index(column)]
        after = flip(before, dice)
        if column == "schema":
            after = before ^ (1 << dice.randrange(30))
        put = f"UPDATE pst_events SET {column} = {mark} WHERE position = {mark}"
        try:
            tampering.execute(put, (after, row[0]))
        except tampering.taken:  # the database's own rule of uniqueness
            continue
        done += 1
        if verify_store(store).sound:
            missed.append((column, before, after))
        tampering.execute(put, (before, after if column == "position" else row[0]))
    assert verify_store(store).sound
    return missed


@pytest.mark.slow
def test_each_of_1000_flipped_bytes_of_the_event_table_is_found(
    tampering: Tampering, key: Ed25519Signer
) -> None:
    fill(tampering.store, 20)
    for office in ("3317", OTHER):
        assert seal(tampering.store, office, key, NOW)
    # the whole count on SQLite; on PostgreSQL each look is dearer
    times = 1000 if tampering.placeholder == "?" else 200
    assert flips_missed(tampering, times, 7) == []


def test_a_store_in_a_database_is_sealed_and_verified(
    tampering: Tampering, key: Ed25519Signer, verifier: Any
) -> None:
    store = tampering.store
    fill(store, 30)
    assert verify_store(store).sound
    made = seal(store, "3317", key, NOW, most=20)
    assert [c.number for c in made] == list(range(1, len(made) + 1))
    assert store.checkpoints("3317") == made
    assert seal(store, "3317", key, NOW) == ()
    fill_more = batch("more", 0, "more", events=(NewEvent("a", 1, "{}"),) * 3)
    store.append(fill_more)
    store.append(batch("more", 3, "again", previous=store.load("more")[-1].digest))
    assert seal(store, "3317", key, NOW)[0].number == len(made) + 1
    verdict = verify_store(store, outside=made, verifier=verifier)
    assert verdict.sound, verdict.findings
    assert {r.office for r in store.event_rows()} == {"3317", OTHER}
    tampering.execute("DELETE FROM pst_events WHERE stream = 'more' AND version = 4")
    assert named(verify_store(store)) == ("missing", "more/4")


def test_a_seal_that_was_touched_in_the_database_stops_the_next_one(
    tampering: Tampering, key: Ed25519Signer
) -> None:
    fill(tampering.store, 10)
    seal(tampering.store, "3317", key, NOW)
    tampering.execute("UPDATE pst_checkpoints SET body = replace(body, 'lines', 'lains')")
    assert named(verify_store(tampering.store)) == ("checkpoint-changed", "3317/1")
    with pytest.raises(StorageError, match="checkpoint-damaged"):
        seal(tampering.store, "3317", key, NOW)


def test_a_command_moved_to_another_office_is_found(
    tampering: Tampering, key: Ed25519Signer
) -> None:
    fill(tampering.store, 10)
    seal(tampering.store, "3317", key, NOW)
    tampering.execute("UPDATE pst_commands SET office = '9999' WHERE command_id = 'c1'")
    assert named(verify_store(tampering.store))[0] == "changed"


def test_a_note_and_its_number_are_written_together(tampering: Tampering) -> None:
    store = tampering.store
    line = AuditLine("3317", NOW, "download", "warga-1", "applicant", "", "{}")
    assert store.note(line, Number("link/a", 1)) == 1
    with pytest.raises(Conflict, match="number-taken"):
        store.note(line, Number("link/a", 1))
    assert store.note(line) > 1
    assert [stored for _, stored in store.notes("3317")] == [line, line]
    assert store.notes("3300") == ()
    assert store.newest_note("3317", "download") == line
    assert store.newest_note("3317", "read") is None
    with pytest.raises(BadInput):
        store.note(attrs.evolve(line, actor="a\0b"))


def test_a_wrong_predecessor_is_put_right_by_the_store(tampering: Tampering) -> None:
    tampering.store.append(batch("s", 0, "c1"))
    tampering.store.append(batch("s", 1, "c2", previous="no digest"))
    tampering.store.append(batch("s", 2, "c3"))
    assert verify_store(tampering.store).sound


def test_digests_are_the_same_in_every_store(tampering: Tampering) -> None:
    memory = MemoryStore()
    for store in (memory, tampering.store):
        fill(store, 12)
    assert [r.digest for r in memory.event_rows()] == [
        r.digest for r in tampering.store.event_rows()
    ]
    assert [r.digest for r in memory.note_rows()] == [r.digest for r in tampering.store.note_rows()]
    only = batch("s", 0, "c")
    assert digests(only, "") == [memory_digest(only)]


def memory_digest(only: Any) -> str:
    store = MemoryStore()
    store.append(only)
    return store.load("s")[0].digest


@pytest.mark.slow
def test_writers_at_once_leave_a_chain_that_verifies(server: str, key: Ed25519Signer) -> None:
    import threading

    import psycopg

    with psycopg.connect(
        server.format(name="postgres").replace("+psycopg", ""), autocommit=True
    ) as c:
        c.execute("CREATE DATABASE at_once")
    with SqlStore(server.format(name="at_once"), wait=30) as store:
        failed: list[BaseException] = []

        def write(n: int) -> None:
            try:
                for v in range(40):
                    store.append(batch(f"s{n}", v, f"{n}/{v}"))
                    if v % 10 == n % 10:
                        seal(store, "3317", key, NOW)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        seal(store, "3317", key, NOW)
        verdict = verify_store(store)
        assert verdict.sound, verdict.findings
        assert verdict.sealed == verdict.events == 320
