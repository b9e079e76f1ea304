"""A log as XES (IEEE 1849): traces of events as XML, read as a stream.

A document type is refused, so no entity is ever expanded; nothing outside the file is looked at.
Attributes of a trace are known to a mapping as ``case:`` and their key; nested ones are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import TextIO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from pst_core.analysis import Log, LogRow, Unread
from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.workflow import Procedure

from .csv_log import facts_text
from .mapping import FACTS, FIELDS, Maker, Mapping, row_maker

__all__ = ["read_xes", "write_xes"]

_PLAIN = {"string", "date", "int", "float", "boolean", "id"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <classifier name="Activity" keys="concept:name"/>
"""


class _Refused(Exception):
    """The file has what no log needs."""


def read_xes(path: Path, mapping: Mapping, zone: dt.tzinfo) -> Log:
    """Read an XES log. Raises ``BadInput`` for what is no XML, no log, or has a document type."""
    reader = _Reader(mapping, zone)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _no_doctype
    reader.line = lambda: parser.CurrentLineNumber
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, _Refused) as error:
        raise _not_xes(path, str(error)) from error
    if not reader.is_log:
        raise _not_xes(path, "<log>?")
    return Log(tuple(reader.rows), tuple(reader.unread))


def _no_doctype(*_: object) -> None:
    raise _Refused("DOCTYPE")


class _Reader:
    def __init__(self, mapping: Mapping, zone: dt.tzinfo) -> None:
        self.mapping, self.zone = mapping, zone
        self.rows: list[LogRow] = []
        self.unread: list[Unread] = []
        self.is_log = False
        self.line: Callable[[], int] = int
        self.depth = 0
        self.trace: dict[str, str] = {}
        self.event: dict[str, str] | None = None
        self.at = 0
        self.makers: dict[tuple[str, ...], Maker] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        self.depth += 1
        tag = name.rpartition(" ")[2]
        if self.depth == 1:
            self.is_log = tag == "log"
        elif self.depth == 2 and tag == "trace":
            self.trace = {}
        elif self.depth == 3 and tag == "event":
            self.event, self.at = {}, self.line()
        elif tag in _PLAIN:
            key, value = given.get("key", ""), given.get("value", "")
            if self.depth == 3:
                self.trace.setdefault(f"case:{key}", value)
            elif self.depth == 4 and self.event is not None:
                self.event.setdefault(key, value)

    def end(self, name: str) -> None:
        if self.depth == 3 and self.event is not None and name.rpartition(" ")[2] == "event":
            cells = self.event | self.trace
            key = tuple(cells)
            make = self.makers.get(key)
            if make is None:
                make = self.makers[key] = row_maker(self.mapping, key, self.zone)
            row, wrong = make(cells.get, self.at)
            if row is not None:
                self.rows.append(row)
            if wrong is not None:
                self.unread.append(wrong)
            self.event = None
        self.depth -= 1


def write_xes(out: TextIO, rows: Iterable[LogRow], procedure: Procedure) -> None:
    """Write ``rows`` as XES; those of a case must stand together."""
    out.write(_HEAD)
    _attribute(out, "string", "concept:name", procedure.title.id, 2)
    for case, events in groupby(rows, key=lambda row: row.case):
        out.write("  <trace>\n")
        _attribute(out, "string", "concept:name", case, 4)
        for row in events:
            out.write("    <event>\n")
            _attribute(out, "string", FIELDS["activity"][0], row.activity, 6)
            if row.at is not None:
                _attribute(out, "date", FIELDS["time"][0], row.at.isoformat(), 6)
            for key, value in (
                (FIELDS["role"][0], row.role),
                (FIELDS["resource"][0], row.resource),
                (FACTS, facts_text(row)),
                (FIELDS["id"][0], row.id),
            ):
                if value:
                    _attribute(out, "string", key, value, 6)
            out.write("    </event>\n")
        out.write("  </trace>\n")
    out.write("</log>\n")


def _attribute(out: TextIO, kind: str, key: str, value: str, indent: int) -> None:
    out.write(f"{' ' * indent}<{kind} key={quoteattr(key)} value={quoteattr(value)}/>\n")


def _not_xes(path: Path, why: str) -> BadInput:
    return BadInput(
        "log-not-xes",
        Text(id=f"Log {path} bukan XES: {why}.", en=f"The log {path} is no XES: {why}."),
        remedy=Text(
            id="Ekspor ulang sebagai XES tanpa DOCTYPE, atau sebagai CSV.",
            en="Export it again as XES without a DOCTYPE, or as CSV.",
        ),
    )
