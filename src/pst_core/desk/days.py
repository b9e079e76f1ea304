"""Reading what is stored as what happened: one stream, one day of the counter, the whole office.

Nothing is decided here. The visits of a day are found by their names, which begin with the day:
one range of the register's key, however many years the store holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs

from ..visit import GuestBookSigned, Ticket, Visitor, read_ticket
from ..wire import actor_from_json, event_from_json
from ..workflow import Noted
from .ports import Store, StoredEvent, Summary

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["Case", "cases", "day_tickets", "known_visitor", "noted"]


@attrs.frozen
class Case:
    """One stream as its events tell it."""

    stream: str
    procedure: str
    happened: tuple[Noted, ...]


def noted(row: StoredEvent) -> Noted:
    """Return what happened, of a stored event."""
    return Noted(_event(row.name, row.schema, row.body), row.at, actor_from_json(row.actor))


def day_tickets(
    store: Store, office: Office, day: dt.date, until: dt.datetime | None = None
) -> tuple[Ticket, ...]:
    """Return the tickets of ``day`` in the office's zone, in the order of arrival.

    ``until``: as they stood at that time.
    """
    found = (
        read_ticket(
            row.stream,
            (
                noted(event)
                for event in store.load(row.stream)
                if until is None or event.at <= until
            ),
        )
        for row in _visits(store, office, day)
    )
    return tuple(ticket for ticket in found if ticket is not None)


def known_visitor(store: Store, office: Office, key: str) -> Visitor | None:
    """Return what the visitor ``key`` wrote into the guest book last time, or None.

    ``key`` is the host's own key of the person, or ``visit.visitor_key(email=..., phone=...)``:
    the register has an index of it, so nothing is searched.
    """
    rows: list[Summary] = []
    while page := store.register(
        office.code, procedure="visit", applicant=key,
        after=rows[-1].stream if rows else "", limit=200,
    ):  # fmt: skip
        rows.extend(page)
    for row in reversed(rows):
        for event in reversed(store.load(row.stream)):
            happened = noted(event).event
            if isinstance(happened, GuestBookSigned):
                return happened.visitor
    return None


def cases(store: Store, office: Office) -> Iterator[Case]:
    """Yield every case of the office from the events alone, in the order they began."""
    streams: dict[str, list[Noted]] = {}
    names: dict[str, str] = {}
    after = 0
    while page := store.read(after, 1000):
        for row in page:
            happened = noted(row)
            if row.version == 1:
                if getattr(happened.event, "office", office.code) != office.code:
                    continue
                streams[row.stream] = []
                names[row.stream] = row.name.split(".")[0]
            if row.stream in streams:
                streams[row.stream].append(happened)
        after = page[-1].position
    for stream, happened_there in streams.items():
        yield Case(stream, names[stream], tuple(happened_there))


def _visits(store: Store, office: Office, day: dt.date) -> list[Summary]:
    prefix = f"visit-{office.code}-{day:%Y-%m-%d}-"
    rows: list[Summary] = []
    while page := store.register(
        office.code, procedure="visit", after=rows[-1].stream if rows else prefix, limit=500
    ):
        of_the_day = [row for row in page if row.stream.startswith(prefix)]
        rows.extend(of_the_day)
        if len(of_the_day) < len(page):
            break
    return sorted(rows, key=lambda row: (len(row.stream), row.stream))


@lru_cache(maxsize=8192)
def _event(name: str, schema: int, body: str) -> Any:
    # events are frozen, and the same text always reads the same: a day's queue is read often
    return event_from_json(name, schema, body)


def forget_read() -> None:
    """Forget the events that were read: an erased person must not stay in the memory."""
    _event.cache_clear()
