"""The digests of events that were written before there were any: once, when a store is brought
forward, by whoever brings it forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pst_core.evidence import event_digest

__all__ = ["chain_events"]

_COLUMNS = ("stream", "version", "name", "schema", "body", "at", "actor", "command_id", "office")
_PAGE = 1000


def chain_events(
    fetch: Callable[[str], list[Any]], put: Callable[[list[tuple[str, int]]], Any]
) -> None:
    """Give each event its digest, from what is stored of it.

    ``fetch`` runs a statement and returns its rows; ``put`` takes pairs of digest and position.
    """
    heads: dict[str, str] = {}
    after = 0
    while rows := fetch(
        "SELECT e.position, e.stream, e.version, e.name, e.schema, e.body, e.at, e.actor,"  # noqa: S608
        " e.command_id, coalesce(c.office, '')"
        " FROM pst_events e LEFT JOIN pst_commands c ON c.command_id = e.command_id"
        f" WHERE e.position > {after:d} ORDER BY e.position LIMIT {_PAGE}"
    ):
        made = []
        for position, *values in rows:
            fields = dict(zip(_COLUMNS, values, strict=True))
            digest = event_digest(heads.get(fields["stream"], ""), **fields)
            heads[fields["stream"]] = digest
            made.append((digest, position))
            after = position
        put(made)
