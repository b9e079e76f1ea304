"""Pages of the register and claims use an index on SQLite: no scan of a whole table, no sorting."""

from __future__ import annotations

from pathlib import Path

import pytest

from pst_adapters.sql import SqlStore
from pst_adapters.sql.statements import register_page, statements

_SQL = statements("sqlite")
_VALUES = {
    "office": "3317", "after": "", "limit": 50, "phase": "new", "whose": "officer",
    "applicant": "ana", "procedure": "request", "due_before": 5,
    "stream": "s", "now": 1, "command_id": "c",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        *((f"register by {f or 'office'}", register_page("sqlite", frozenset(f and [f])))
          for f in ("", "procedure", "phase", "whose", "applicant", "due_before")),
        ("load", _SQL.load), ("read", _SQL.read), ("head", _SQL.head), ("waking", _SQL.waking),
        ("command", _SQL.command), ("oldest ready", _SQL.oldest_ready), ("summary", _SQL.summary),
        ("claim", _SQL.claim[: _SQL.claim.index("UPDATE")] + "SELECT * FROM due"),  # noqa: S608
    ],
)  # fmt: skip
def test_the_plan_searches_an_index(tmp_path: Path, name: str, sql: str) -> None:
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        plan = " | ".join(row[3] for row in store._rows(f"EXPLAIN QUERY PLAN {sql}", **_VALUES))
    assert "SEARCH" in plan, (name, plan)
    assert "SCAN pst_" not in plan, (name, plan)
    if name == "register by due_before":
        assert "pst_register_due" in plan, plan
    elif name != "waking":  # few wake or are due at once: those are sorted by stream
        assert "TEMP B-TREE" not in plan, (name, plan)
