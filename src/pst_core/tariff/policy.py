"""Which schedule is in force on a date, and what an office has decided: readings, confirmations."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import attrs

from pst_core.lawdata import Table, shipped
from pst_core.refusal import BadInput, NotFound
from pst_core.text import Text

from .schedule import Rates, Schedule, read_schedule

__all__ = [
    "Confirmed",
    "FixedBy",
    "TariffPolicy",
    "check_schedule",
    "national_policy",
    "read_policy",
]


class FixedBy(StrEnum):
    """The date that fixes the tariff of a request."""

    FILING = "filing"
    OFFER = "offer"


@attrs.frozen
class Confirmed:
    """Who confirmed the figures of a schedule, as this office applies them, and when."""

    schedule: str
    by: str
    on: dt.date
    note: str = ""


class _Span(NamedTuple):
    start: dt.date
    end: dt.date | None
    schedule: Schedule


@attrs.frozen(eq=False)
class TariffPolicy:
    """An office's tariff: every schedule it knows, its readings, who confirmed which figures.

    ``readings`` maps an open question to the option taken instead of the schedule's default.
    """

    schedules: tuple[Schedule, ...]
    readings: Mapping[str, str] = attrs.field(factory=dict)
    confirmed: tuple[Confirmed, ...] = ()
    fixed_by: FixedBy = FixedBy.FILING
    _rates: dict[int, Rates] = attrs.field(factory=dict, init=False, eq=False, repr=False)
    _by_day: dict[dt.date, Rates] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    @cached_property
    def spans(self) -> tuple[_Span, ...]:
        """Return the newest version of each schedule with its days in force, without hole."""
        return _arrange(self.schedules)

    def rates(self, on: dt.date) -> Rates:
        """Return the prices in force on ``on``.

        Raises ``BadInput`` for what is not a date, ``NotFound`` if no schedule is in force
        (``no-tariff-in-force``) or its figures are not held (``no-figures-held``).
        """
        if type(on) is not dt.date:
            raise BadInput(
                "not-a-date",
                Text(
                    id=f"Tanggal tarif harus date, bukan {on!r}.",
                    en=f"The date of the tariff must be a date, not {on!r}.",
                ),
                remedy=Text(
                    id="Pakai datetime.date(2026, 11, 24).", en="Use datetime.date(2026, 11, 24)."
                ),
            )
        rates = self._by_day.get(on)
        if rates is None:
            rates = self._by_day[on] = self.rates_of(self._in_force(on))
        return rates

    def _in_force(self, on: dt.date) -> Schedule:
        for start, end, schedule in reversed(self.spans):
            if start <= on and (end is None or on < end):
                return schedule
        known = "; ".join(
            f"{s.schedule.citation}: {s.start} - {s.end or '...'}" for s in self.spans
        )
        raise NotFound(
            "no-tariff-in-force",
            Text(
                id=f"Tidak ada tarif yang berlaku pada {on}.", en=f"No tariff is in force on {on}."
            ),
            remedy=Text(id=f"Yang dikenal: {known}.", en=f"Known: {known}."),
        )

    def rates_of(self, schedule: Schedule) -> Rates:
        """Return the prices of ``schedule`` under this office's readings."""
        rates = self._rates.get(id(schedule))
        if rates is None:
            rates = self._rates[id(schedule)] = schedule.under(self.readings)
        return rates

    def confirmation(self, schedule: str) -> Confirmed | None:
        """Return who confirmed the figures of ``schedule`` for this office, or None."""
        return next((c for c in self.confirmed if c.schedule == schedule), None)

    def fixing_date(self, filed: dt.date, offered: dt.date) -> dt.date:
        """Return the date whose tariff holds for a request filed and offered on these dates."""
        return filed if self.fixed_by is FixedBy.FILING else offered


@cache
def _shipped() -> tuple[Schedule, ...]:
    files = [f for f in shipped("tariff").iterdir() if f.name.endswith(".toml")]
    return tuple(read_schedule(f) for f in sorted(files, key=lambda f: f.name))


@cache
def national_policy() -> TariffPolicy:
    """Return the shipped schedules with their default readings, confirmed by nobody."""
    return TariffPolicy(_shipped())


def read_policy(table: Table) -> TariffPolicy:
    """Read an office profile's ``[tariff]`` table; further ``schedules`` are files beside it.

    Raises ``BadLawData`` with file, line and remedy.
    """
    folder = Path(table.file).parent
    schedules = _shipped() + tuple(
        read_schedule(folder / name) for name in table.strings("schedules", ())
    )
    policy = TariffPolicy(
        schedules,
        readings=_read_readings(table.table("readings"), schedules)
        if table.has("readings")
        else {},
        confirmed=tuple(_read_confirmed(t, schedules) for t in table.tables("confirmed")),
        fixed_by=table.choice("fixed_by", FixedBy, FixedBy.FILING),
    )
    table.done()
    _arrange(schedules)
    return policy


def check_schedule(path: str | Path) -> Schedule:
    """Read the schedule file ``path`` and see that it fits beside the shipped ones.

    Raises ``BadLawData`` with file, line and remedy.
    """
    schedule = read_schedule(path)
    others = [s for s in _shipped() if (s.id, s.version) != (schedule.id, schedule.version)]
    _arrange([*others, schedule])
    return schedule


def _read_readings(table: Table, schedules: Sequence[Schedule]) -> dict[str, str]:
    from .zero import known_options

    options = {name for s in schedules for name in s.options} | known_options()
    chosen: dict[str, str] = {}
    for reading in table.keys():  # noqa: SIM118 - a Table is no mapping
        chosen[reading] = table.take(reading, str)
        if (reading, chosen[reading]) not in options:
            known = ", ".join(sorted(f'{r} = "{o}"' for r, o in options))
            raise table.error(
                reading,
                Text(
                    id=f"tidak mengenal pilihan {chosen[reading]!r}.",
                    en=f"does not know the option {chosen[reading]!r}.",
                ),
                Text(id=f"Yang dikenal: {known}.", en=f"Known: {known}."),
            )
    return chosen


def _read_confirmed(table: Table, schedules: Sequence[Schedule]) -> Confirmed:
    known = sorted({s.id for s in schedules})
    schedule, by = table.take("schedule", str), table.take("by", str)
    if schedule not in known:
        raise table.error(
            "schedule",
            Text(id=f"tidak mengenal {schedule!r}.", en=f"does not know {schedule!r}."),
            Text(id=f"Yang dikenal: {', '.join(known)}.", en=f"Known: {', '.join(known)}."),
        )
    if not by.strip():
        raise table.error(
            "by",
            Text(id="kosong.", en="is empty."),
            Text(id="Sebut siapa yang memastikan.", en="Name who confirmed."),
        )
    confirmed = Confirmed(schedule, by, table.take("on", dt.date), table.take("note", str, ""))
    table.done()
    return confirmed


def _arrange(schedules: Sequence[Schedule]) -> tuple[_Span, ...]:
    """Order the newest version of each schedule by date; refuse overlaps and holes."""
    newest: dict[str, Schedule] = {}
    for schedule in sorted(schedules, key=lambda s: s.version):
        other = newest.get(schedule.id)
        if other and other.version == schedule.version and other.digest != schedule.digest:
            free = max(s.version for s in schedules if s.id == schedule.id) + 1
            raise schedule.table.error(
                "version",
                Text(
                    id=f"{schedule.id} versi {schedule.version} sudah ada dengan isi lain.",
                    en=f"{schedule.id} version {schedule.version} exists with other content.",
                ),
                Text(id=f"Tulis version = {free}.", en=f"Write version = {free}."),
            )
        newest[schedule.id] = schedule
    ends: dict[str, dt.date] = {}
    for schedule in newest.values():
        if schedule.repealed_from:
            ends[schedule.id] = schedule.repealed_from
    for schedule in newest.values():
        for gone in schedule.repeals:
            _repeal(schedule, gone, newest, ends)
    ordered = sorted(newest.values(), key=lambda s: s.in_force_from)
    for earlier, later in itertools.pairwise(ordered):
        end = ends.get(earlier.id)
        if end is None or end > later.in_force_from:
            raise later.table.error(
                "in_force_from",
                Text(
                    id=f"tumpang tindih: {earlier.citation} masih berlaku pada tanggal itu.",
                    en=f"an overlap: {earlier.citation} is still in force on that date.",
                ),
                Text(
                    id=f'Tulis repeals = ["{earlier.id}"] bila mencabutnya.',
                    en=f'Write repeals = ["{earlier.id}"] if it repeals that one.',
                ),
            )
        if end < later.in_force_from:
            raise later.table.error(
                "in_force_from",
                Text(
                    id=f"lubang: {earlier.citation} berakhir {end}, jadi ada hari tanpa tarif.",
                    en=f"a hole: {earlier.citation} ends on {end}, so some days have no tariff.",
                ),
                Text(
                    id=f"Mulai pada {end}, atau perbaiki pencabutannya.",
                    en=f"Start on {end}, or mend the repeal.",
                ),
            )
    return tuple(_Span(s.in_force_from, ends.get(s.id), s) for s in ordered)


def _repeal(
    schedule: Schedule, gone: str, newest: Mapping[str, Schedule], ends: dict[str, dt.date]
) -> None:
    start = schedule.in_force_from
    if gone not in newest or newest[gone].in_force_from >= start:
        known = ", ".join(sorted(i for i, s in newest.items() if s.in_force_from < start))
        raise schedule.table.error(
            "repeals",
            Text(id=f"{gone!r} bukan tarif yang lebih dulu.", en=f"{gone!r} is no earlier tariff."),
            Text(id=f"Yang lebih dulu: {known}.", en=f"Earlier: {known}."),
        )
    if ends.setdefault(gone, start) != start:
        raise schedule.table.error(
            "repeals",
            Text(
                id=f"{gone} sudah berakhir pada {ends[gone]}.",
                en=f"{gone} has ended on {ends[gone]} already.",
            ),
            Text(id="Perbaiki salah satu tanggal.", en="Mend one of the dates."),
        )
