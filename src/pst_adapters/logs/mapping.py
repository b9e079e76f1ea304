"""How a log names things: its columns, activities, roles and times, as a TOML file says it.

Without a file the names are pm4py's (``case:concept:name``, ``concept:name``, ``time:timestamp``,
``org:role``, ``org:resource``), which XES and most tools write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from pst_core.analysis import LogRow, Unread
from pst_core.lawdata import Table, read_toml
from pst_core.text import Text
from pst_core.workflow import Fact, Procedure, Role

__all__ = ["FACTS", "FIELDS", "FactColumn", "Maker", "Mapping", "read_mapping", "row_maker"]

FIELDS = {
    "case": ("case:concept:name", "case_id", "case"),
    "activity": ("concept:name", "activity", "ocel:activity"),
    "time": ("time:timestamp", "timestamp", "time"),
    "role": ("org:role", "role"),
    "resource": ("org:resource", "resource"),
    "id": ("pst:event", "event_id"),
}
"""Where each field stands if the mapping does not say it: the first column that is there."""
FACTS = "pst:facts"
"""Facts that were chosen, and with a minus those that were not: ``paid;-part-paid``."""

Cells = Callable[[str], str | None]
Maker = Callable[[Cells, int], tuple[LogRow | None, Unread | None]]
"""Makes a row of the log from the cells of an event and its line; says what cannot be read."""


@attrs.frozen
class FactColumn:
    """A column that tells a fact: it holds if the value is one of ``values`` (casefolded)."""

    fact: str
    column: str
    values: frozenset[str]


@attrs.frozen
class Mapping:
    """A log's own names. ``unlogged``: steps that it never tells of."""

    columns: dict[str, str] = attrs.field(factory=dict)
    time_format: str = ""
    zone: dt.tzinfo | None = None
    activities: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    roles: dict[str, Role] = attrs.field(factory=dict)
    facts: tuple[FactColumn, ...] = ()
    unlogged: tuple[str, ...] = ()
    object_type: str = ""
    """In OCEL: the type of object that is a case."""

    def names(self, field: str) -> tuple[str, ...]:
        """Return where ``field`` may stand, the mapping's own column alone if it names one."""
        own = self.columns.get(field)
        return (own,) if own else FIELDS[field]


def read_mapping(path: Path, procedure: Procedure) -> Mapping:
    """Read a mapping file for logs of ``procedure``. Raises ``BadLawData`` that names the line."""
    table = read_toml(path)
    columns, time = _columns(table), _section(table, "time")
    mapping = Mapping(
        columns=columns,
        time_format=time.take("format", str, "") if time else "",
        zone=_zone(time) if time else None,
        activities=_activities(table),
        roles=_roles(table),
        facts=_facts(table, procedure),
        unlogged=table.strings("unlogged", ()),
        object_type=table.take("object_type", str, ""),
    )
    if time:
        time.done()
    table.done()
    return mapping


def _section(table: Table, key: str) -> Table | None:
    return table.table(key) if table.has(key) else None


def _columns(table: Table) -> dict[str, str]:
    section = _section(table, "columns")
    if section is None:
        return {}
    found = {field: section.take(field, str, "") for field in FIELDS}
    section.done()
    return {field: column for field, column in found.items() if column}


def _zone(time: Table) -> dt.tzinfo | None:
    name = time.take("zone", str, "")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise time.error(
            "zone",
            Text(id=f"{name!r} bukan zona waktu.", en=f"{name!r} is no time zone."),
            Text(id='Misalnya "Asia/Jakarta".', en='For example "Asia/Jakarta".'),
        ) from None


def _activities(table: Table) -> dict[str, tuple[str, ...]]:
    section = _section(table, "activities")
    if section is None:
        return {}
    return {name: section.words(name) for name in section.keys()}  # noqa: SIM118


def _roles(table: Table) -> dict[str, Role]:
    section = _section(table, "roles")
    if section is None:
        return {}
    return {name.strip().casefold(): section.choice(name, Role) for name in section.keys()}  # noqa: SIM118


def _facts(table: Table, procedure: Procedure) -> tuple[FactColumn, ...]:
    section = _section(table, "facts")
    if section is None:
        return ()
    known = chosen_facts(procedure)
    found = []
    for name in section.keys():  # noqa: SIM118
        if name not in known:
            raise section.error(
                name,
                Text(
                    id="bukan fakta yang dipilih pada prosedur ini.",
                    en="is no fact that is chosen in this procedure.",
                ),
                Text(
                    id=f"Yang dikenal: {', '.join(sorted(known))}.",
                    en=f"Known: {', '.join(sorted(known))}.",
                ),
            )
        row = section.table(name)
        values = frozenset(v.strip().casefold() for v in row.strings("values"))
        found.append(FactColumn(name, row.take("column", str), values))
        row.done()
    return tuple(found)


def chosen_facts(procedure: Procedure) -> frozenset[Fact]:
    """Return the facts that an event's content decides, so that a log can tell them."""
    return frozenset(f for s in procedure.steps for choice in s.chooses for f in choice)


def row_maker(mapping: Mapping, columns: Iterable[str], zone: dt.tzinfo) -> Maker:
    """Return what makes a row of the log from the cells of one event, by their ``columns``.

    Times without a zone are of the mapping's, or else of ``zone``. Of an event whose time cannot be
    read both the row and what is wrong with it come back.
    """
    there = set(columns)
    place = {
        field: next((name for name in mapping.names(field) if name in there), "")
        for field in FIELDS
    }
    case_at, activity_at, time_at = place["case"], place["activity"], place["time"]
    role_at, resource_at, id_at = place["role"], place["resource"], place["id"]
    naive = mapping.zone or zone
    told_at = FACTS if FACTS in there else ""
    facts = tuple(f for f in mapping.facts if f.column in there)
    tolds: dict[str, tuple[tuple[str, bool], ...]] = {"": ()}
    words: dict[str, str] = {}
    zones: dict[dt.tzinfo | None, dt.tzinfo | None] = {}

    def word(cells: Cells, column: str) -> str:
        """Return a cell that many rows have alike: the text is kept once for all of them."""
        text = (cells(column) or "") if column else ""
        return words.setdefault(text, text)

    def told(cells: Cells) -> tuple[tuple[str, bool], ...]:
        text = (cells(told_at) or "") if told_at else ""
        own = tolds.get(text)
        if own is None:
            own = tolds[text] = told_of(text)
        if not facts:
            return own
        return (
            *own,
            *((f.fact, (cells(f.column) or "").strip().casefold() in f.values) for f in facts),
        )

    def make(cells: Cells, line: int) -> tuple[LogRow | None, Unread | None]:
        case, activity = word(cells, case_at), word(cells, activity_at)
        if not case or not activity:
            return None, Unread(line, _NO_CASE if not case else _NO_ACTIVITY)
        text = cells(time_at) or ""
        at = time_of(text, mapping.time_format, naive)
        if at is not None:
            # one zone for all that have it: it takes less room, and times compare at once
            at = at.replace(tzinfo=zones.setdefault(at.tzinfo, at.tzinfo))
        row = LogRow(
            case,
            activity,
            at,
            word(cells, role_at),
            word(cells, resource_at),
            told(cells),
            (cells(id_at) or "") if id_at else "",
            line,
        )
        return row, None if at is not None else Unread(line, _no_time(text))

    return make


def time_of(text: str, form: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Return the time that ``text`` is, aware, or None if it is none of a year of this service."""
    try:
        read = dt.datetime.strptime if form else _iso
        at = read(text, form)
    except ValueError:
        return None
    if not 2000 <= at.year < 3000:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _iso(text: str, _: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def told_of(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the facts of a text such as ``paid;-part-paid``."""
    words = (word.strip() for word in text.split(";"))
    return tuple((word.removeprefix("-"), not word.startswith("-")) for word in words if word)


_NO_CASE = Text(id="tanpa nomor layanan", en="has no case id")
_NO_ACTIVITY = Text(id="tanpa nama kegiatan", en="has no activity")


def _no_time(text: str) -> Text:
    return Text(id=f"waktu {text!r} tidak terbaca", en=f"the time {text!r} cannot be read")
