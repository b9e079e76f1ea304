"""Pages of the register and claims use an index: no scan of a whole table, no sorting of many."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres
from pst_adapters.sql import SqlStore
from pst_adapters.sql.statements import effects_page, register_page, statements

_SQL = statements("sqlite")
_VALUES = {
    "office": "3317", "after": "", "limit": 50, "phase": "new", "whose": "officer",
    "applicant": "ana", "procedure": "request", "due_before": 5,
    "stream": "s", "now": 1, "command_id": "c",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sql"),
    [
        *((f"register by {f or 'office'}", register_page("sqlite", frozenset(f and [f])))
          for f in ("", "procedure", "phase", "whose", "applicant", "due_before")),
        ("load", _SQL.load), ("read", _SQL.read), ("head", _SQL.head), ("waking", _SQL.waking),
        ("command", _SQL.command), ("oldest ready", _SQL.oldest_ready), ("summary", _SQL.summary),
        ("waking of one office", _SQL.waking_of_office),
        ("effects of a case", effects_page("sqlite", frozenset(["stream"]))),
        *(("claim", sql[: sql.index("UPDATE")] + "SELECT * FROM due")  # noqa: S608
          for sql in (_SQL.claim, _SQL.claim_of_office)),
    ],
)  # fmt: skip
def test_the_plan_searches_an_index(tmp_path: Path, name: str, sql: str) -> None:
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        plan = " | ".join(row[3] for row in store._rows(f"EXPLAIN QUERY PLAN {sql}", **_VALUES))
    assert "SEARCH" in plan, (name, plan)
    assert "SCAN pst_" not in plan, (name, plan)
    if name == "register by due_before":
        assert "pst_register_due" in plan, plan
    elif name.startswith("waking"):  # few wake at once, of however many: those may be sorted
        assert "pst_register_wake" in plan, plan
    else:
        assert "TEMP B-TREE" not in plan, (name, plan)


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["", "procedure", "phase", "whose", "applicant", "due_before"])
def test_postgresql_reads_a_page_of_many_requests_by_an_index(
    asked: str, crowded: SqlStore
) -> None:
    # each value stands for a hundredth of the office, so an index pays
    values = {
        "office": "3317",
        "after": "",
        "limit": 50,
        asked: 5 if asked == "due_before" else "5",
    }
    values.pop("", None)
    page = register_page("postgresql", frozenset(asked and [asked]))
    plan = " | ".join(row[0] for row in crowded._rows(f"EXPLAIN {page}", **values))
    wanted = {"": "pst_register", "due_before": "pst_register_due"}
    assert "Seq Scan" not in plan, plan
    assert wanted.get(asked, f"pst_register_{asked}") in plan, plan


@pytest.mark.slow
def test_postgresql_finds_what_is_overdue_by_its_day_however_often_it_was_asked(
    crowded: SqlStore,
) -> None:
    # after some uses the server may plan a prepared statement anew, for any day
    page = register_page("postgresql", frozenset(["due_before"]))
    names = ("office", "after", "due_before", "limit")
    for n, name in enumerate(names, 1):
        page = page.replace(f"%({name})s", f"${n}")
    with crowded._base.reading() as connection:
        connection.execute(f"PREPARE overdue AS {page}")
        for _ in range(10):
            assert connection.execute("EXECUTE overdue ('3317', '', 300, 50)").fetchall()
        rows = connection.execute("EXPLAIN EXECUTE overdue ('3317', '', 300, 50)").fetchall()
    plan = " | ".join(row[0] for row in rows)
    assert "pst_register_due" in plan, plan


@pytest.fixture(scope="module")
def crowded() -> Iterator[SqlStore]:
    """Return a store on PostgreSQL with 20,000 requests in its register, few of them due."""
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    pytest.importorskip("psycopg")
    with postgres.server() as url, SqlStore(url.format(name="postgres")) as store:
        store._write(
            lambda connection: connection.execute(
                "INSERT INTO pst_register SELECT 'request-' || n, (n % 100)::text, '3317',"
                " (n % 100)::text, (n % 100)::text, (n % 100)::text, '', n, n, n, n"
                " FROM generate_series(1, 20000) n"
            )
        )
        with store._base.reading() as connection:
            connection.execute("ANALYZE pst_register")
        yield store
