"""A host's rows and ours are committed together, or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pst_adapters.sql import SqlStore
from pst_core.refusal import BadInput, Conflict
from pst_core.testing.contracts.store import batch, effect


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_the_hosts_transaction_decides(tmp_path: Path, end: str) -> None:
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        host = sqlite3.connect(tmp_path / "pst.db", isolation_level=None)
        host.execute("CREATE TABLE theirs (x)")
        with pytest.raises(BadInput, match="no-transaction"):
            store.append_within(host, batch("s", 0, "c1"))
        host.execute("BEGIN IMMEDIATE")
        host.execute("INSERT INTO theirs VALUES (1)")
        store.append_within(host, batch("s", 0, "c1", effects=(effect("e"),)))
        assert store.read() == ()
        host.execute(end)
        theirs = host.execute("SELECT count(*) FROM theirs").fetchone()[0]
        assert len(store.read()) == len(store.effects()) == theirs == int(end == "COMMIT")
        host.close()


def test_a_conflict_is_told_and_the_host_rolls_back(tmp_path: Path) -> None:
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        host = sqlite3.connect(tmp_path / "pst.db", isolation_level=None)
        host.execute("BEGIN IMMEDIATE")
        with pytest.raises(Conflict, match="stale-version"):
            store.append_within(host, batch("s", 3, "c1"))
        host.execute("ROLLBACK")
        host.close()
        assert not store.append(batch("s", 0, "c1")).repeated
