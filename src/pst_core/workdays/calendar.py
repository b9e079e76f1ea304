"""A working calendar: which days are off, on whose decree, known since when; and counting over it.

Reading the days off from files is left to ``layers``, legal deadlines to ``clock``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from ..certainty import Certainty, weakest
from ..refusal import BadInput, NotFound
from ..text import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Calendar", "Day", "DayOff", "Decree", "Kind", "Week", "say_date"]

_ONE_DAY = dt.timedelta(days=1)
_BLOCK = 8192
_FEW = 6
"""Days off that ``repr`` names."""
_WEEKDAYS = Text(
    id="Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
    en="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
)
_MONTHS = Text(
    id="Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    en="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
)


def say_date(day: dt.date) -> Text:
    """Return the date with its weekday: "Senin 16 Mar 2026"."""
    weekday, month = day.weekday(), day.month - 1
    return Text(
        id=f"{_WEEKDAYS.id.split()[weekday]} {day.day} {_MONTHS.id.split()[month]} {day.year}",
        en=f"{_WEEKDAYS.en.split()[weekday]} {day.day} {_MONTHS.en.split()[month]} {day.year}",
    )


class Kind(StrEnum):
    """What makes a day one without work; ``REVOKED`` takes an earlier day off back."""

    HOLIDAY = "holiday"
    LEAVE = "leave"
    ELECTION = "election"
    CLOSURE = "closure"
    REVOKED = "revoked"


@attrs.frozen
class Decree:
    """What orders days off.

    ``layer`` names who speaks (``nasional``, a region, an office). ``number`` is empty where no
    decree is known, ``known_since`` is None for an estimate, ``year`` is set if it fixes a year.
    """

    layer: str
    number: str
    known_since: dt.date | None
    certainty: Certainty
    source: str = ""
    signed: dt.date | None = None
    year: int | None = None

    def say(self) -> Text:
        """Return layer, number and since when it is known."""
        if self.known_since is None:
            return Text(
                id=f"perkiraan, belum ada keputusan ({self.source})",
                en=f"estimate, not decreed yet ({self.source})",
            )
        number = Text(
            id=self.number or "tanpa nomor keputusan", en=self.number or "no decree number"
        )
        return Text(
            id=f"{number.id} [{self.layer}], diketahui sejak {self.known_since}",
            en=f"{number.en} [{self.layer}], known since {self.known_since}",
        )


@attrs.frozen
class DayOff:
    """One day that a decree takes from the working days, or gives back (``Kind.REVOKED``)."""

    date: dt.date
    kind: Kind
    name: Text
    decree: Decree


@attrs.frozen
class Week:
    """The weekdays of work, Monday = 1, and the rule that says so."""

    working: tuple[int, ...]
    citation: str
    certainty: Certainty


@attrs.frozen
class Day:
    """One line of an explanation.

    ``number`` is the running number of working days, this one included. ``whose`` hands the
    request was in when the day began (deadlines only).
    """

    date: dt.date
    counted: bool
    number: int
    why: Text
    day_off: DayOff | None = None
    whose: str = ""

    def say(self) -> Text:
        """Return the line in words."""
        day, sign = say_date(self.date), str(self.number) if self.counted else "-"
        return Text(
            id=f"{day.id:<20} {sign:>3}  {self.why.id}", en=f"{day.en:<21} {sign:>3}  {self.why.en}"
        )

    def __str__(self) -> str:
        return self.say().id


T = TypeVar("T")


class _Once(Generic[T]):
    """A property computed once and kept in the calendar's ``_kept``.

    Like ``functools.cached_property``, which needs a ``__dict__`` or a ``__getattr__``: either
    makes every attribute slower to read, and ``add`` and ``count`` half as slow again.
    """

    def __init__(self, compute: Callable[[Calendar], T]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __get__(self, calendar: Calendar | None, owner: type[Calendar]) -> T:
        if calendar is None:
            return self  # type: ignore[return-value]
        kept, name = calendar._kept, self.compute.__name__
        if name not in kept:
            kept[name] = self.compute(calendar)
        found: T = kept[name]
        return found


@attrs.frozen(repr=False)
class Calendar:
    """Days of work and days off in one time zone; a value, never changed.

    Dates are ``datetime.date`` in the calendar's zone. Day 0 is the day of the event itself, also
    when it is a day off: ``add(d, 0) == d``, and the first day counted is the working day after.
    Known are the years that a decree fixes, from 31 December before the first of them; outside
    them every question raises ``NotFound`` unless ``with_estimates`` asked for more.
    """

    entries: tuple[DayOff, ...]
    """All that the layers say, in the order of the layers."""
    week: Week
    timezone: str = "Asia/Jakarta"
    known_on: dt.date | None = None
    """Only decrees known on that date count; None: all."""
    estimates: tuple[DayOff, ...] = ()
    # Filled in place on first use. Each known day -> number of working days up to and including it
    _upto: dict[dt.date, int] = attrs.field(init=False, factory=dict, eq=False)
    # The working days, from index 1; index 0 stands before the first
    _days: list[dt.date] = attrs.field(init=False, factory=list, eq=False)
    _kept: dict[str, Any] = attrs.field(init=False, factory=dict, eq=False)

    def __repr__(self) -> str:
        working = self.week.working
        off = [o for day, o in sorted(self.days_off.items()) if day.isoweekday() in working]
        named = [f"{one.date} {one.kind}" for one in off[:_FEW]]
        if len(off) > _FEW:
            named.append(f"and {len(off) - _FEW} more")
        known = f" as known on {self.known_on}" if self.known_on else ""
        return f"<Calendar {self.timezone}{known}: {', '.join(named) or 'no day off'}>"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))  # what notebooks and hypothesis ask for

    # counting -----------------------------------------------------------------------------------

    def add(self, day: dt.date, n: int) -> dt.date:
        """Return the date ``n`` working days after ``day``, which itself is not counted.

        Raises ``BadInput`` for a negative ``n`` or a datetime, ``NotFound`` outside known years.
        """
        try:
            if n > 0:
                return self._days[self._upto[day] + n]
        except (KeyError, IndexError, TypeError):
            pass
        return self._add_edge(day, n)

    def count(self, a: dt.date, b: dt.date) -> int:
        """Return the number of working days after ``a`` up to and including ``b``.

        Raises ``BadInput`` if ``b`` is before ``a`` or one is a datetime, ``NotFound`` outside
        the known years.
        """
        upto = self._upto
        try:
            n = upto[b] - upto[a]
        except (KeyError, TypeError):
            self._check(a)
            self._check(b)
            n = upto[b] - upto[a]
        if a <= b:
            return n
        raise _reversed(a, b)

    def is_workday(self, day: dt.date) -> bool:
        """Return whether ``day`` is a working day; raises like ``add``."""
        if day not in self._upto:
            self._check(day)
        return self._days[self._upto[day]] == day

    def add_many(self, days: ArrayLike, n: ArrayLike) -> NDArray[np.datetime64]:
        """Return ``add`` over arrays: dates (``datetime64[D]`` or dates) and whole numbers.

        Shapes broadcast; the answer is ``datetime64[D]``. Raises like ``add``; needs numpy.
        """
        import numpy as np

        first, upto, workdays = self._vectors
        steps = np.asarray(n)
        if steps.dtype.kind not in "iu" or (steps.size and steps.min() < 0):
            raise _bad_steps(n)
        steps = steps.astype(np.int64)
        start, many = np.broadcast_arrays(np.asarray(days, dtype="datetime64[D]"), steps)
        found = np.empty(start.shape, dtype="datetime64[D]")
        starts, counts, flat = start.ravel(), many.ravel(), found.ravel()
        # block by block, so that what is made on the way stays in the processor's cache
        for k in range(0, flat.size, _BLOCK):
            block = slice(k, k + _BLOCK)
            place = upto.take(self._places(starts[block], first, len(upto)), mode="clip")
            place = place + counts[block]
            if place.max() >= len(workdays):
                raise self._outside(self.last_day + _ONE_DAY)
            flat[block] = workdays.take(place, mode="clip")
        if steps.size and steps.min() == 0:
            found = np.where(many == 0, start, found)
        return found

    def count_many(self, a: ArrayLike, b: ArrayLike) -> NDArray[np.int64]:
        """Return ``count`` over arrays of dates; shapes broadcast. Raises like ``count``."""
        import numpy as np

        first, upto, _ = self._vectors
        start, end = np.broadcast_arrays(
            np.asarray(a, dtype="datetime64[D]"), np.asarray(b, dtype="datetime64[D]")
        )
        counts = np.empty(start.shape, dtype=np.int64)
        starts, ends, found = start.ravel(), end.ravel(), counts.ravel()
        # in blocks, as in ``add_many``
        for k in range(0, found.size, _BLOCK):
            block = slice(k, k + _BLOCK)
            found[block] = upto.take(self._places(ends[block], first, len(upto)), mode="clip")
            found[block] -= upto.take(self._places(starts[block], first, len(upto)), mode="clip")
        if counts.size and counts.min() <= 0 and bool((end < start).any()):
            raise _reversed("a", "b")
        return counts

    # asking why ---------------------------------------------------------------------------------

    def explain(self, a: dt.date, b: dt.date) -> tuple[Day, ...]:
        """Return every day after ``a`` up to and including ``b``: counted, or skipped and why."""
        self.count(a, b)
        rows, number = [], 0
        for offset in range(1, (b - a).days + 1):
            day = a + offset * _ONE_DAY
            counted = self.is_workday(day)
            number += counted
            rows.append(Day(day, counted, number, self.why(day), self.days_off.get(day)))
        return tuple(rows)

    def why(self, day: dt.date) -> Text:
        """Return why ``day`` is a working day or is not."""
        off = self.days_off.get(day)
        if off is not None:
            return Text.join(": ", [off.name, off.decree.say()])
        if day.isoweekday() not in self.week.working:
            return Text(
                id=f"akhir pekan ({self.week.citation})", en=f"weekend ({self.week.citation})"
            )
        revoked = self._revoked.get(day)
        if revoked is not None:
            return Text(id="hari kerja; libur dicabut: {by}", en="working day; revoked: {by}").fill(
                by=revoked.decree.say()
            )
        return Text(id="hari kerja", en="working day")

    def certainty(self, a: dt.date, b: dt.date) -> Certainty:
        """Return how sure the days after ``a`` up to ``b`` are; a year not decreed is ``ASSUMED``.

        Raises like ``count``.
        """
        self.count(a, b)
        sure = [self._years[year] for year in range((a + _ONE_DAY).year, b.year + 1)]
        sure += [off.decree.certainty for day, off in self.days_off.items() if a < day <= b]
        return weakest(sure)

    def is_decreed(self, a: dt.date, b: dt.date) -> bool:
        """Return whether a decree fixes every year of the days after ``a`` up to ``b``."""
        return all(year in self.decreed_years for year in range((a + _ONE_DAY).year, b.year + 1))

    @_Once
    def days_off(self) -> Mapping[dt.date, DayOff]:
        """The days off in force, by date: the decree known first names the day."""
        off: dict[dt.date, DayOff] = {}
        for entry in self._in_force:
            if entry.kind is Kind.REVOKED:
                off.pop(entry.date, None)
            else:
                off.setdefault(entry.date, entry)
        return MappingProxyType(off)

    @_Once
    def decreed_years(self) -> tuple[int, ...]:
        """The years that a decree in force fixes."""
        years = {e.decree.year for e in self._in_force if e.decree.known_since is not None}
        return tuple(sorted(year for year in years if year is not None))

    @property
    def last_day(self) -> dt.date:
        """The last day that the calendar knows."""
        return self._last_day

    @_Once
    def version(self) -> str:
        """A short name of exactly these days off and years, to be kept beside what they gave."""
        from hashlib import sha256

        lines = [
            f"{day}|{off.kind}|{off.decree.layer}|{off.decree.number}|{off.decree.known_since}"
            for day, off in sorted(self.days_off.items())
        ]
        head = f"{self.week.working}|{self.decreed_years}|{tuple(self._years)}"
        digest = sha256("\n".join([head, *lines]).encode()).hexdigest()[:12]
        last = self.decreed_years[-1] if self.decreed_years else 0
        return f"{last}-{digest}"

    # other calendars ----------------------------------------------------------------------------

    def as_known_on(self, day: dt.date) -> Calendar:
        """Return the calendar as it was known on ``day``: later decrees are left out."""
        return attrs.evolve(self, known_on=_plain_date(day))

    def with_estimates(self, first: int, last: int) -> Calendar:
        """Return the calendar with the years from ``first`` to ``last`` that no decree fixes.

        Their holidays come from the ``holidays`` package, marked ``ASSUMED``; years in between are
        filled too. Without a decree there is no collective leave: such dates may still move.
        """
        from .estimates import estimate

        if not 1946 <= first <= last <= 2099:
            raise BadInput(
                "years-reversed",
                Text(
                    id=f"Tidak dapat memperkirakan tahun {first} sampai {last}.",
                    en=f"Cannot estimate the years {first} to {last}.",
                ),
                remedy=Text(
                    id="Beri tahun pertama dan terakhir, antara 1946 dan 2099.",
                    en="Give the first and the last year, between 1946 and 2099.",
                ),
            )
        known = [*self.decreed_years, *(e.date.year for e in self.estimates), first, last]
        missing = set(range(min(known), max(known) + 1)) - set(self.decreed_years)
        entries = [e for year in sorted(missing) for e in estimate(year, self.known_on)]
        return attrs.evolve(self, estimates=tuple(entries))

    @_Once
    def zone(self) -> ZoneInfo:
        """The time zone; ``BadInput`` if there is none of that name."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadInput(
                "unknown-timezone",
                Text(
                    id=f"Zona waktu {self.timezone!r} tidak dikenal.",
                    en=f"The time zone {self.timezone!r} is not known.",
                ),
                remedy=Text(
                    id="Pakai Asia/Jakarta (WIB), Asia/Makassar (WITA) atau Asia/Jayapura (WIT).",
                    en="Use Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT).",
                ),
            ) from error

    def date_of(self, instant: dt.datetime) -> dt.date:
        """Return the legal day of an aware datetime: its date in the calendar's zone.

        Raises ``BadInput`` for a naive one, which could be any of three days in Indonesia.
        """
        return self.local(instant).date()

    def local(self, instant: dt.datetime) -> dt.datetime:
        """Return an aware datetime in the calendar's zone; raises like ``date_of``."""
        zone = self.zone
        if type(instant) is dt.datetime:
            if instant.tzinfo is zone:
                return instant
            if instant.tzinfo is dt.UTC:  # as all that is stored
                return instant.astimezone(zone)
        if getattr(instant, "tzinfo", None) is None or instant.utcoffset() is None:
            raise BadInput(
                "naive-datetime",
                Text(
                    id=f"Waktu {instant!r} tidak memuat zona waktu.",
                    en=f"The time {instant!r} has no time zone.",
                ),
                remedy=Text(
                    id=f'Beri zonanya, misalnya tzinfo=ZoneInfo("{self.timezone}").',
                    en=f'Give its zone, for example tzinfo=ZoneInfo("{self.timezone}").',
                ),
            )
        if type(instant) is not dt.datetime:
            instant = dt.datetime.combine(instant.date(), instant.time(), instant.tzinfo).replace(
                fold=instant.fold
            )
        return instant.astimezone(zone)

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (self.entries, self.week, self.timezone, self.known_on, self.estimates)
        return Calendar, fields

    # tables -------------------------------------------------------------------------------------

    @_Once
    def _in_force(self) -> tuple[DayOff, ...]:
        on = self.known_on or dt.date.max
        known = [(e.decree.known_since, e) for e in self.entries]
        dated = sorted(((since, e) for since, e in known if since and since <= on), key=_since)
        return (*(e for _, e in dated), *self.estimates)

    @_Once
    def _revoked(self) -> dict[dt.date, DayOff]:
        return {e.date: e for e in self._in_force if e.kind is Kind.REVOKED}

    @_Once
    def _years(self) -> dict[int, Certainty]:
        """Each known year and how sure it is."""
        fixed = {e.decree.year: e.decree.certainty for e in reversed(self._in_force)}
        return {year: fixed[year] for year in self._known_years}

    @_Once
    def _last_day(self) -> dt.date:
        return dt.date(max(self._known_years), 12, 31)

    @_Once
    def _known_years(self) -> tuple[int, ...]:
        years = sorted({e.decree.year for e in self._in_force if e.decree.year is not None})
        if not years:
            raise NotFound(
                "nothing-decreed",
                Text(
                    id=f"Per {self.known_on} belum ada tahun yang ditetapkan di kalender ini.",
                    en=f"On {self.known_on} no year of this calendar had been decreed.",
                ),
                remedy=Text(id="Pilih tanggal yang lebih baru.", en="Choose a later date."),
            )
        return tuple(years)

    def _fill(self) -> None:
        """Build the tables of ``add`` and ``count``: both, or neither."""
        if self._upto:
            return
        years = self._known_years
        before = dt.date(years[0], 1, 1) - _ONE_DAY
        off, working = self.days_off, self.week.working
        upto, days = {}, [dt.date.min]
        for ordinal in range(before.toordinal(), self.last_day.toordinal() + 1):
            day = dt.date.fromordinal(ordinal)
            if ((ordinal - 1) % 7) + 1 in working and day not in off:
                days.append(day)
            upto[day] = len(days) - 1
        self._days[:] = days  # before ``_upto``, whose keys are what a reader looks for first
        self._upto.update(upto)

    @_Once
    def _vectors(self) -> tuple[int, Any, Any]:
        import numpy as np

        self._fill()
        first = next(iter(self._upto)).toordinal() - dt.date(1970, 1, 1).toordinal()
        upto = np.fromiter(self._upto.values(), dtype=np.int64)
        return first, upto, np.array(self._days, dtype="datetime64[D]")

    def _places(self, days: NDArray[np.datetime64], first: int, known: int) -> NDArray[np.int64]:
        """Return the index of each day in the tables, all of them inside."""
        place: NDArray[np.int64] = days.view("int64") - first
        # seen as unsigned, a day before the first is beyond the last: one look at all is enough
        if place.size and int(place.view("uint64").max()) >= known:
            raise self._outside(None)
        return place

    def _add_edge(self, day: dt.date, n: int) -> dt.date:
        """Answer or refuse what the quick way of ``add`` could not."""
        self._check(day)
        if type(n) is not int or n < 0:
            raise _bad_steps(n)
        if n == 0:
            return day
        place = self._upto[day] + n
        if place < len(self._days):
            return self._days[place]
        raise self._outside(self.last_day + _ONE_DAY)

    def _check(self, day: dt.date) -> None:
        self._fill()
        if _plain_date(day) not in self._upto:
            raise self._outside(day)

    def _outside(self, day: dt.date | None) -> NotFound:
        years = self._known_years
        what = "tanggal di luar itu" if day is None else str(day)
        what_en = "a date outside them" if day is None else str(day)
        on = self.known_on
        return NotFound(
            "outside-calendar",
            Text(
                id=f"Kalender{f' per {on}' if on else ''} hanya mengenal tahun {years[0]} sampai "
                f"{years[-1]}; diminta {what}.",
                en=f"The calendar{f' as of {on}' if on else ''} knows only the years {years[0]} to "
                f"{years[-1]}; asked for {what_en}.",
            ),
            remedy=Text(
                id="Tambahkan SKB tahun itu sebagai lapisan, atau minta perkiraan: "
                "calendar.with_estimates(tahun_pertama, tahun_terakhir).",
                en="Add that year's decree as a layer, or ask for estimates: "
                "calendar.with_estimates(first_year, last_year).",
            ),
        )


def _since(row: tuple[dt.date, DayOff]) -> dt.date:
    return row[0]


def _plain_date(day: object) -> dt.date:
    """Return ``day`` if it is a date, not an instant, which is another day in another zone."""
    if isinstance(day, dt.date) and not isinstance(day, dt.datetime):
        return day
    raise BadInput(
        "not-a-date",
        Text(id=f"Perlu tanggal, bukan {day!r}.", en=f"A date is needed, not {day!r}."),
        remedy=Text(
            id="Beri datetime.date; untuk saat tertentu pakai calendar.date_of(saat).",
            en="Give a datetime.date; for an instant use calendar.date_of(instant).",
        ),
    )


def _bad_steps(n: object) -> BadInput:
    return BadInput(
        "negative-days",
        Text(
            id=f"Jumlah hari kerja harus bilangan bulat 0 atau lebih, bukan {n!r}.",
            en=f"The number of working days must be a whole number of 0 or more, not {n!r}.",
        ),
        remedy=Text(
            id="Kalender menghitung maju; untuk selisih pakai count(awal, akhir).",
            en="The calendar counts forward; for a difference use count(start, end).",
        ),
    )


def _reversed(a: object, b: object) -> BadInput:
    return BadInput(
        "interval-reversed",
        Text(id=f"Rentang terbalik: {b} sebelum {a}.", en=f"The interval is reversed: {b} < {a}."),
        remedy=Text(id="Beri tanggal awal lebih dulu.", en="Give the earlier date first."),
    )
