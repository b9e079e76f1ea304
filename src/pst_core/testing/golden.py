"""Golden lives: cases recorded by a release, which every later one must still read alike.

    python -m pst_core.testing.golden tests/golden 0.2.0

records some fifty lives of this release into a folder of its own: both shipped offices and one
with the ways that they lack, every procedure, event, row and ending. A folder that is there is
never written again: its sums stand beside it, and ``problems`` reads all of them, as do the tests.
Your application can keep lives of its own in the same form.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import attrs

from ..documents.asker import Segment
from ..lawdata import shipped
from ..office import Office
from ..refusal import PstError
from ..request import deadline
from ..request import events as e
from ..request.commands import ChooseProducts, OpenRequest
from ..text import Text
from ..wire import (
    actor_from_json,
    actor_to_json,
    event_from_json,
    event_to_json,
    procedures_of,
)
from ..workflow import Noted, Procedure, State
from .moves import Life
from .walks import known_roads, straight_on

__all__ = [
    "PROFILE",
    "PROFILES",
    "SUMS",
    "Recorded",
    "end_of",
    "problems",
    "record",
    "recorded_lives",
]

SUMS = "SHA256SUMS"
PROFILE = "kantor.toml"
"""The profile of the office that has what the shipped ones lack, beside the lives."""
PROFILES = {
    PROFILE: (
        ('at_home = ["billing"]', 'at_home = ["cash", "billing"]'),
        ('walk-in = "sent-back"', 'walk-in = "consultation"'),
        ('online = "sent-back"', 'online = "cancelled"'),
    ),
}
"""What each profile that is recorded beside the lives says otherwise than the shipped example. A
way that neither the shipped offices nor these have joins here, in a profile of its own if need be:
its events are recorded only then."""
_SHIPPED = ("3317", "7500")
_START = dt.datetime(2025, 2, 3, 2, tzinfo=dt.UTC)
"""The days off of that year are settled: no decree can change what was due then."""


@attrs.frozen
class Recorded:
    """A life as a release has left it: its events as they are stored, and where it stood then."""

    release: str
    office: str
    procedure: str
    stream: str
    moves: str
    events: tuple[dict[str, Any], ...]
    end: dict[str, Any]

    @classmethod
    def of(cls, life: Life, release: str, office: str) -> Recorded:
        """Return ``life`` as it is recorded."""
        events = tuple(
            {
                "name": noted.event.NAME,
                "schema": noted.event.SCHEMA,
                "at": noted.at.isoformat(),
                "by": json.loads(actor_to_json(noted.by)),
                "body": json.loads(event_to_json(noted.event)),
            }
            for noted in life.noted
        )
        end = end_of(life.state, life.office)
        return cls(release, office, life.procedure.name, life.stream, str(life), events, end)

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """Return the life that is recorded in the file at ``path``."""
        fields = json.loads(path.read_text("utf-8"))
        return cls(**{**fields, "events": tuple(fields["events"])})

    def to_json(self) -> str:
        """Return it as JSON text, each event on a line."""
        head = attrs.asdict(self)
        events, end = head.pop("events"), head.pop("end")
        lines = [f"{json.dumps(k)}: {_dumps(v)}" for k, v in head.items()]
        rows = ",\n  ".join(_dumps(event) for event in events)
        return (
            "{" + ",\n ".join([*lines, f'"events": [\n  {rows}]', f'"end": {_dumps(end)}']) + "}\n"
        )

    def noted(self) -> tuple[Noted, ...]:
        """Return the events as this release reads them. Raises ``StorageError``."""
        return tuple(
            Noted(
                event_from_json(row["name"], row["schema"], _dumps(row["body"])),
                dt.datetime.fromisoformat(row["at"]),
                actor_from_json(_dumps(row["by"])),
            )
            for row in self.events
        )

    def problem(self, office: Office, procedure: Procedure) -> str:
        """Return what this release reads otherwise than the one that wrote it; empty if nothing."""
        try:
            noted = self.noted()
            end = end_of(procedure.fold(noted), office)
        except PstError as error:
            return error.say("en")
        for row, read in zip(self.events, noted, strict=True):
            again = json.loads(event_to_json(read.event))
            if row["schema"] == read.event.SCHEMA and again != row["body"]:
                return f"{row['name']} is written as {_dumps(again)}, not {_dumps(row['body'])}"
        differing = [k for k in {**self.end, **end} if self.end.get(k) != end.get(k)]
        return "; ".join(f"{k}: {end.get(k)}, not {self.end.get(k)}" for k in differing)


def end_of(state: State, office: Office) -> dict[str, Any]:
    """Return where a case stands, in words that outlive the shapes of events, and their digest."""
    clock = deadline(state, office) if state.last(e.RequestOpened) is not None else None
    end = {
        "phase": str(state.phase),
        "facts": sorted(map(str, state.facts)),
        "version": state.version,
        "turns": [[at.isoformat(), [str(role) for role in roles]] for at, roles in state.turns],
        "latest": {
            kind.NAME: [noted.at.isoformat(), noted.by.id]  # type: ignore[attr-defined]
            for kind, noted in sorted(state.latest.items(), key=lambda pair: pair[0].__name__)
        },
        "books": {str(account): amount for account, amount in state.books.totals().items()},
        "due": clock.due_at.isoformat() if clock is not None else "",
    }
    return {**end, "digest": hashlib.sha256(_dumps(end).encode()).hexdigest()}


# -- reading ------------------------------------------------------------------------------------


def problems(folder: Path) -> tuple[str, ...]:
    """Return what is wrong with the lives of all releases under ``folder``, one line each.

    A file that was changed, left out or added; an event that is not read, or is written back
    otherwise; a case that ends otherwise.
    """
    return tuple(line for release in sorted(folder.iterdir()) for line in _wrong_in(release))


def _wrong_in(release: Path) -> Iterator[str]:
    if not (release / SUMS).is_file():
        yield f"{release.name}/{SUMS}: missing"
        return
    lines = (release / SUMS).read_text("utf-8").splitlines()
    sums = {name: sum_ for sum_, name in (line.split("  ", 1) for line in lines)}
    there = {path.name: path for path in release.iterdir() if path.name != SUMS}
    for name in sorted(sums.keys() | there.keys()):
        if name not in there or sums.get(name) != _sum(there[name].read_text("utf-8")):
            yield f"{release.name}/{name}: not as recorded; a release adds, it never rewrites"
        elif name.endswith(".json"):
            life = Recorded.read(there[name])
            office = _office(life.office, release)
            procedure = procedures_of(office)[life.procedure]
            found = life.problem(office, procedure)
            if found:
                yield f"{release.name}/{name}: {found}"


def _office(name: str, release: Path) -> Office:
    return Office.load(release / name if name in PROFILES else name)


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# -- recording ----------------------------------------------------------------------------------


def record(folder: Path, release: str) -> tuple[Path, ...]:
    """Write the lives of this release into ``folder/release``; return the files.

    Raises ``FileExistsError`` if that is there: what was recorded is never written again.
    """
    place = folder / release
    if place.exists():
        raise FileExistsError(place)
    with tempfile.TemporaryDirectory() as draft:
        # what fails half-way leaves no folder that is never written again
        names = _written(Path(draft), release)
        shutil.copytree(draft, place)
    return tuple(place / name for name in names)


def _written(place: Path, release: str) -> list[str]:
    """Write profiles, lives and sums into ``place``; return the names of the first two."""
    names = []
    for name, ways in PROFILES.items():
        text = shipped("profile.toml").read_text("utf-8")
        for usual, other in ways:
            assert usual in text, usual  # noqa: S101
            text = text.replace(usual, other)
        (place / name).write_text(text, "utf-8")
        names.append(name)
    offices = {name: _office(name, place) for name in (*_SHIPPED, *PROFILES)}
    for n, (name, life) in enumerate(recorded_lives(offices), 1):
        ending = str(life.state.phase).lower()
        path = place / f"{n:02d}-{life.procedure.name}-{ending}.json"
        path.write_text(Recorded.of(life, release, name).to_json(), "utf-8")
        names.append(path.name)
    sums = "".join(f"{_sum((place / name).read_text('utf-8'))}  {name}\n" for name in names)
    (place / SUMS).write_text(sums, "utf-8")
    return names


def recorded_lives(offices: dict[str, Office]) -> list[tuple[str, Life]]:
    """Return lives at ``offices`` that show together all that a case can show."""
    seen: set[Any] = set()
    chosen: list[tuple[str, Life]] = []
    for names in (_SHIPPED, tuple(PROFILES)):
        left = {
            (name, str(life)): (name, life, _shown(name, life))
            for name in names
            for life in _candidates(offices[name])
        }
        while left:
            # what shows most that is new comes first, the shorter life of two
            key = max(left, key=partial(_worth, left, seen))
            name, life, shown = left.pop(key)
            if not shown - seen:
                break
            seen |= shown
            chosen.append((name, life))
    return chosen


def _worth(
    left: dict[tuple[str, str], tuple[str, Life, set[Any]]], seen: set[Any], key: tuple[str, str]
) -> tuple[int, int, tuple[str, str]]:
    _, life, shown = left[key]
    return len(shown - seen), -len(life.entries), key


def _candidates(office: Office) -> Iterator[Life]:
    for procedure in procedures_of(office).values():
        begun = Life.begin(office, procedure, _START)
        for road in known_roads(begun).values():
            yield _to_its_end(road, {})
        if procedure.name == "request":
            for segment in Segment:
                for door in office.doors:
                    how = f"{door}/{segment}"
                    for basket in (
                        "publication=51",
                        "tabulation=1000001",
                        "map=national/district/1",
                    ):
                        yield _to_its_end(begun, {OpenRequest: (how,), ChooseProducts: (basket,)})


def _to_its_end(life: Life, said: dict[type, tuple[str, ...]]) -> Life:
    while not life.ended and (longer := straight_on(life, said)) is not None:
        life = longer
    return life


def _shown(office: str, life: Life) -> set[Any]:
    """Return what ``life`` shows: events, rows, endings, who asked for what by which door."""
    left = life.state.facts.intersection(life.procedure.leaves)
    found: set[Any] = {("ending", life.procedure.name, life.state.phase, *sorted(left))}
    for entry in life.entries:
        event = entry.noted.event
        found |= {
            ("event", event.NAME, event.SCHEMA),
            ("row", entry.step.clause, entry.step.title.en),
        }
        if isinstance(event, e.RequestOpened):
            who = event.applicant
            found |= {("who", who.segment), ("door", office, event.channel), ("abroad", who.abroad)}
        if isinstance(event, e.ProductsChosen):
            found |= {("product", p.tariff) for p in event.products}
    return found | {
        ("manner", m.command, m.how) for m in life.moves if m.command is not OpenRequest
    }


def main(arguments: list[str]) -> int:
    """Record the lives of this release: ``FOLDER RELEASE``."""
    if len(arguments) != 2:
        print(__doc__)  # noqa: T201
        return 2
    folder, release = Path(arguments[0]), arguments[1]
    try:
        written = record(folder, release)
    except FileExistsError:
        say = Text(
            id=f"{folder / release} sudah ada dan tidak pernah ditulis ulang. Pakai nama lain.",
            en=f"{folder / release} is there and is never written again. Use another name.",
        )
        print(say.id, say.en, sep="\n")  # noqa: T201
        return 1
    print(f"{len(written)}: {folder / release}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
