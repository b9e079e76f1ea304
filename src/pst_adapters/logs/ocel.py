"""A log as OCEL 2.0 in JSON: events of objects, of which those of one type are the cases.

An event of several such objects is an event of each; attributes are known by their names.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import attrs

from pst_core.analysis import Log, LogRow, Unread
from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.workflow import Procedure

from .csv_log import facts_text
from .mapping import FACTS, FIELDS, Maker, Mapping, row_maker

__all__ = ["read_ocel", "write_ocel"]

_CASE, _ACTIVITY, _TIME = (FIELDS[f][0] for f in ("case", "activity", "time"))
_ATTRIBUTES = (*(FIELDS[f][0] for f in ("role", "resource")), FACTS, FIELDS["id"][0])
_EPOCH = "1970-01-01T00:00:00+00:00"


def read_ocel(path: Path, mapping: Mapping, zone: dt.tzinfo) -> Log:
    """Read an OCEL 2.0 log. Raises ``BadInput`` for what is none, or has several object types."""
    try:
        content = json.loads(path.read_bytes())
        objects = {one["id"]: one for one in content["objects"]}
        cases = _cases(path, objects.values(), mapping)
        events = list(content["events"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, BadInput):
            raise
        raise _not_ocel(path, f"{type(error).__name__}: {error}") from error
    rows: list[LogRow] = []
    unread: list[Unread] = []
    makers: dict[tuple[str, ...], Maker] = {}
    for number, event in enumerate(events, 1):
        try:
            cells = _cells(event)
            related = [r["objectId"] for r in event.get("relationships", ())]
            of = list(dict.fromkeys(one for one in related if one in cases))
        except (KeyError, TypeError, AttributeError) as error:
            why = f"{type(error).__name__}: {error}"
            unread.append(Unread(number, Text(id=why, en=why)))
            continue
        for case in of or [""]:
            told = {f"case:{k}": v for k, v in cases.get(case, {}).items()}
            whole = {**told, **cells, _CASE: case}
            key = tuple(whole)
            make = makers.get(key)
            if make is None:
                make = makers[key] = row_maker(_at_home(mapping), key, zone)
            row, wrong = make(whole.get, number)
            if row is not None:
                rows.append(row)
            if wrong is not None:
                unread.append(wrong)
    return Log(tuple(rows), tuple(unread))


def _at_home(mapping: Mapping) -> Mapping:
    """Return the mapping without columns for what OCEL has places of its own for."""
    own = {f: c for f, c in mapping.columns.items() if f not in ("case", "activity", "time")}
    return attrs.evolve(mapping, columns=own)


def _cells(event: dict[str, Any]) -> dict[str, str]:
    cells = {str(a["name"]): str(a["value"]) for a in event.get("attributes", ())}
    return {"event_id": str(event["id"]), **cells, _ACTIVITY: str(event["type"]),
            _TIME: str(event["time"])}  # fmt: skip


def _cases(path: Path, objects: Iterable[dict[str, Any]], mapping: Mapping) -> dict[str, Any]:
    types = list(dict.fromkeys(str(one["type"]) for one in objects))
    wanted = mapping.object_type or (types[0] if len(types) == 1 else "")
    if wanted not in types and (types or wanted):
        known = ", ".join(types) or "-"
        raise BadInput(
            "log-object-type",
            Text(
                id=f"Log {path}: jenis objek mana yang menjadi layanan? Yang ada: {known}.",
                en=f"The log {path}: which type of object is a case? It has: {known}.",
            ),
            remedy=Text(
                id='Tulis object_type = "..." pada berkas --mapping.',
                en='Write object_type = "..." in the --mapping file.',
            ),
        )
    return {
        one["id"]: {str(a["name"]): str(a["value"]) for a in one.get("attributes", ())}
        for one in objects
        if one["type"] == wanted
    }


def write_ocel(out: TextIO, rows: Iterable[LogRow], procedure: Procedure) -> None:
    """Write ``rows`` as OCEL 2.0 JSON: a case is an object of the type of the procedure's name."""
    rows = list(rows)
    kinds = sorted({row.activity for row in rows})
    content = {
        "objectTypes": [{"name": procedure.name, "attributes": []}],
        "eventTypes": [
            {"name": kind, "attributes": [{"name": n, "type": "string"} for n in _ATTRIBUTES]}
            for kind in kinds
        ],
        "objects": [
            {"id": case, "type": procedure.name, "attributes": [], "relationships": []}
            for case in dict.fromkeys(row.case for row in rows)
        ],
        "events": [_event(row, number) for number, row in enumerate(rows, 1)],
    }
    json.dump(content, out, ensure_ascii=False, indent=1)
    out.write("\n")


def _event(row: LogRow, number: int) -> dict[str, Any]:
    values = (row.role, row.resource, facts_text(row), row.id)
    return {
        "id": row.id or f"e{number}",
        "type": row.activity,
        "time": row.at.isoformat() if row.at else _EPOCH,
        "attributes": [
            {"name": name, "value": value}
            for name, value in zip(_ATTRIBUTES, values, strict=True)
            if value
        ],
        "relationships": [{"objectId": row.case, "qualifier": "case"}],
    }


def _not_ocel(path: Path, why: str) -> BadInput:
    return BadInput(
        "log-not-ocel",
        Text(
            id=f"Log {path} bukan OCEL 2.0 (JSON): {why}.",
            en=f"The log {path} is no OCEL 2.0 (JSON): {why}.",
        ),
        remedy=Text(id="Ekspor ulang sebagai OCEL 2.0 JSON.", en="Export it as OCEL 2.0 JSON."),
    )
