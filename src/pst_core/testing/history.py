"""What clients were told, held against what the store kept: a checker for histories under faults.

Let clients work while lines are cut and processes killed; note each attempt at a command and each
read; then ask ``violations`` what of it cannot be true. It believes the clients, not the store::

    told = [Attempt("c1", "s", 1, begun, ended, Outcome.DONE, first_version=1), ...]
    assert violations(told, store.read(limit=10**9)) == ()

The checks are those that Jepsen makes of sets and lists. An event stream gives its own order, so
they need no search: the work is ``n log n`` in attempts and events.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import attrs

from ..desk.ports import StoredEvent

__all__ = ["Attempt", "Fault", "Followed", "Outcome", "Read", "Violation", "violations"]


class Outcome(StrEnum):
    """What the client was told of its attempt."""

    DONE = "ok"
    """Acknowledged: it is durable."""
    NOT_DONE = "fail"
    """Refused, and the store promises that nothing was written (``Conflict``, ``Busy``)."""
    UNKNOWN = "unknown"
    """The line broke or the client died: it may have been done, or may yet be."""


class Fault(StrEnum):
    """What a history can show of a store that does not keep its word."""

    LOST = "lost"
    """Acknowledged, but not there."""
    GHOST = "ghost"
    """There, though every attempt was refused or none was made."""
    DOUBLE = "double"
    """There more than once."""
    HALF = "half"
    """There with fewer events than the command has."""
    HOLE = "hole"
    """The versions of a stream are not 1, 2, 3 ..., or positions do not grow with them."""
    ORDER = "order"
    """Acknowledged before another was begun, but placed after it."""
    READ = "read"
    """A client read what is no part of the stream as it stands in the end."""
    STALE = "stale"
    """A read that began after an acknowledgement does not show what was acknowledged."""
    FOLLOWED = "followed"
    """A follower missed an event, met one twice, or met two in another order."""
    ANSWER = "answer"
    """Two answers to one command differ, or tell of another place than where its events are."""


@attrs.frozen
class Attempt:
    """One attempt at a command: the same id may be tried often, by several clients.

    ``begun`` and ``ended`` are readings of one clock that all clients share and that never steps
    back (``time.monotonic_ns`` on one machine). ``events``: how many the command writes.
    ``first_version``: as answered; 0 if it was not.
    """

    command_id: str
    stream: str
    events: int
    begun: int
    ended: int
    outcome: Outcome
    first_version: int = 0


@attrs.frozen
class Read:
    """A client read ``stream`` above version ``after`` and saw the commands of these events."""

    stream: str
    after: int
    seen: tuple[str, ...]
    begun: int


@attrs.frozen
class Followed:
    """All that one follower met, in its order: (stream, version) of each event, to the end."""

    seen: tuple[tuple[str, int], ...]


@attrs.frozen
class Violation:
    """One thing that cannot be, and of which command or stream."""

    fault: Fault
    what: str


def violations(
    attempts: Sequence[Attempt],
    final: Sequence[StoredEvent],
    reads: Iterable[Read] = (),
    followed: Iterable[Followed] = (),
) -> tuple[Violation, ...]:
    """Return what the history shows of a store whose events in the end are ``final``.

    ``final``: every event of the streams in question, by ``Store.read``; any order.
    """
    by_command: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_command[attempt.command_id].append(attempt)
    events = sorted(final, key=lambda event: event.position)
    placed: dict[str, list[StoredEvent]] = defaultdict(list)
    streams: dict[str, list[StoredEvent]] = defaultdict(list)
    for event in events:
        placed[event.command_id].append(event)
        streams[event.stream].append(event)
    return tuple(
        itertools.chain(
            _presence(by_command, placed),
            _answers(by_command, placed),
            _holes(streams),
            _order(by_command, events),
            _reads(by_command, streams, reads),
            _followers(events, followed),
        )
    )


def _presence(
    by_command: dict[str, list[Attempt]], placed: dict[str, list[StoredEvent]]
) -> Iterator[Violation]:
    for command, tried in by_command.items():
        outcomes = {attempt.outcome for attempt in tried}
        there = len(placed.get(command, ()))
        wanted = tried[0].events
        if there == 0:
            if Outcome.DONE in outcomes:
                yield Violation(Fault.LOST, command)
        elif outcomes == {Outcome.NOT_DONE}:
            yield Violation(Fault.GHOST, command)
        elif there > wanted:
            yield Violation(Fault.DOUBLE, command)
        elif there < wanted:
            yield Violation(Fault.HALF, command)
    yield from (
        Violation(Fault.GHOST, command) for command in sorted(placed.keys() - by_command.keys())
    )


def _answers(
    by_command: dict[str, list[Attempt]], placed: dict[str, list[StoredEvent]]
) -> Iterator[Violation]:
    for command, tried in by_command.items():
        told = {(a.stream, a.first_version) for a in tried if a.outcome is Outcome.DONE}
        there = placed.get(command)
        is_at = {(there[0].stream, min(e.version for e in there))} if there else told
        if len(told) > 1 or (told and told != is_at):
            yield Violation(Fault.ANSWER, command)


def _holes(streams: dict[str, list[StoredEvent]]) -> Iterator[Violation]:
    for stream, events in streams.items():
        if [event.version for event in events] != list(range(1, len(events) + 1)):
            yield Violation(Fault.HOLE, stream)


def _order(by_command: dict[str, list[Attempt]], events: list[StoredEvent]) -> Iterator[Violation]:
    """From the last place to the first: the earliest acknowledgement among those placed later."""
    earliest: int | None = None
    for event in reversed(events):
        tried = by_command.get(event.command_id, ())
        begun = min((a.begun for a in tried if a.outcome is not Outcome.NOT_DONE), default=None)
        if begun is not None and earliest is not None and earliest < begun:
            yield Violation(Fault.ORDER, event.command_id)
        ended = min((a.ended for a in tried if a.outcome is Outcome.DONE), default=None)
        if ended is not None:
            earliest = ended if earliest is None else min(earliest, ended)


def _reads(
    by_command: dict[str, list[Attempt]],
    streams: dict[str, list[StoredEvent]],
    reads: Iterable[Read],
) -> Iterator[Violation]:
    final = {name: [event.command_id for event in events] for name, events in streams.items()}
    # of each stream, when each version was acknowledged first, the newest version last
    acknowledged: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, events in streams.items():
        for event in events:
            ended = [
                a.ended for a in by_command.get(event.command_id, ()) if a.outcome is Outcome.DONE
            ]
            if ended:
                acknowledged[name].append((min(ended), event.version))
    newest = {name: _newest(pairs) for name, pairs in acknowledged.items()}
    for read in reads:
        kept = final.get(read.stream, [])[read.after : read.after + len(read.seen)]
        if tuple(kept) != read.seen:
            yield Violation(Fault.READ, read.stream)
            continue
        known = newest.get(read.stream, ([], []))
        if _at(known, read.begun) > read.after + len(read.seen):
            yield Violation(Fault.STALE, read.stream)


def _newest(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return times, and the highest version that was acknowledged by each of them."""
    times, versions = [], []
    highest = 0
    for time, version in sorted(pairs):
        highest = max(highest, version)
        times.append(time)
        versions.append(highest)
    return times, versions


def _at(known: tuple[list[int], list[int]], time: int) -> int:
    times, versions = known
    place = bisect.bisect_left(times, time)
    return versions[place - 1] if place else 0


def _followers(events: list[StoredEvent], followed: Iterable[Followed]) -> Iterator[Violation]:
    there = tuple((event.stream, event.version) for event in events)
    for follower in followed:
        if follower.seen == there:
            continue
        counted = Counter(follower.seen)
        twice = [place for place, times in counted.items() if times > 1]
        missed = [place for place in there if place not in counted]
        words = f"missed {missed[:3]}, twice {twice[:3]}" if missed or twice else "another order"
        yield Violation(Fault.FOLLOWED, words)
