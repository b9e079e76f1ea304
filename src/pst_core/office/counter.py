"""The counter of an office as data: services, counters, guest book, priority, rules of the queue.

What an office's profile leaves out is as ``law/counter`` has it. Who is called when is the business
of ``visit``.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import attrs

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..text import Text

__all__ = ["CounterPolicy", "GuestField", "Place", "Returns", "Service", "read_counter"]


class Returns(StrEnum):
    """Where a visitor waits who was not there when called and has come back."""

    PLACE = "place"
    END = "end"


@attrs.frozen
class Service:
    """What a queue is for; its code begins every number (``A-012``). Priorities are such too."""

    code: str
    name: Text


@attrs.frozen
class Place:
    """One counter and the codes of the services it gives; none stand for all."""

    number: str
    services: tuple[str, ...] = ()


@attrs.frozen
class GuestField:
    """One field of the guest book (R3)."""

    field: str
    name: Text
    required: bool
    choices: tuple[str, ...]


@attrs.frozen
class CounterPolicy:
    """How the counter of an office works."""

    services: tuple[Service, ...]
    counters: tuple[Place, ...]
    """Empty: any counter may call for any service."""
    priorities: tuple[Service, ...]
    guest_book: tuple[GuestField, ...]
    calls: int
    """Calls before a visitor counts as not there."""
    returns: Returns
    priority_in_a_row: int
    estimate_from: int
    """Services finished today that an estimate needs."""
    citation: str
    certainty: Certainty

    def serves(self, counter: str, service: str) -> bool:
        """Return whether ``counter`` gives ``service``."""
        if not self.counters:
            return True
        return any(
            place.number == counter and (not place.services or service in place.services)
            for place in self.counters
        )


def read_counter(table: Table | None) -> CounterPolicy:
    """Read ``[counter]`` of an office's profile; None is an office that says nothing of it.

    Raises ``BadLawData``, as for a counter that gives a service which is not one of the office.
    """
    usual = _usual()
    if table is None:
        return usual
    return _read(table, usual)


@cache
def _usual() -> CounterPolicy:
    return _read(read_toml(shipped("counter", "loket.toml")), None)


def _read(table: Table, usual: CounterPolicy | None) -> CounterPolicy:
    def number(key: str, default: int) -> int:
        value = table.take(key, int, default) if usual else table.take(key, int)
        if not 1 <= value <= 100:
            raise table.error(
                key,
                Text(id=f"tidak mungkin {value}.", en=f"cannot be {value}."),
                Text(id="Tulis 1 sampai 100.", en="Write 1 to 100."),
            )
        return value

    services = _services(table, "services", usual.services if usual else ())
    counters = tuple(_place(row, services) for row in table.tables("counters"))
    policy = CounterPolicy(
        services=services,
        counters=counters,
        priorities=_services(table, "priorities", usual.priorities if usual else ()),
        guest_book=_guest_book(table, usual.guest_book if usual else ()),
        calls=number("calls", usual.calls if usual else 0),
        returns=table.choice("returns", Returns, usual.returns)
        if usual
        else table.choice("returns", Returns),
        priority_in_a_row=number("priority_in_a_row", usual.priority_in_a_row if usual else 0),
        estimate_from=number("estimate_from", usual.estimate_from if usual else 0),
        citation=table.take("citation", str, usual.citation)
        if usual
        else table.take("citation", str),
        certainty=table.certainty(default=usual.certainty) if usual else table.certainty(),
    )
    table.done()
    return policy


def _services(table: Table, key: str, usual: tuple[Service, ...]) -> tuple[Service, ...]:
    if not table.has(key) and usual:
        return usual
    found: dict[str, Service] = {}
    for row in table.tables(key):
        code = row.take("code", str)
        if not code.isalnum() or code in found:
            raise row.error(
                "code",
                Text(id=f"{code!r} kosong atau berulang.", en=f"{code!r} is empty or repeated."),
                Text(id="Beri huruf atau kata sendiri.", en="Give it a letter or word of its own."),
            )
        found[code] = Service(code, row.text("name"))
        row.done()
    if key == "services" and not found:
        raise table.error(
            key,
            Text(id="harus sedikitnya satu.", en="must be at least one."),
            Text(id="Tambahkan layanan.", en="Add a service."),
        )
    return tuple(found.values())


def _place(row: Table, services: tuple[Service, ...]) -> Place:
    known = [s.code for s in services]
    place = Place(row.take("number", str), row.strings("services", ()))
    unknown = [code for code in place.services if code not in known]
    if unknown:
        raise row.error(
            "services",
            Text(id=f"tidak mengenal {unknown[0]!r}.", en=f"does not know {unknown[0]!r}."),
            Text(id=f"Pilih dari: {', '.join(known)}.", en=f"Choose from: {', '.join(known)}."),
        )
    row.done()
    return place


def _guest_book(table: Table, usual: tuple[GuestField, ...]) -> tuple[GuestField, ...]:
    if not table.has("guest_book"):
        return usual
    fields = []
    for row in table.tables("guest_book"):
        fields.append(
            GuestField(
                row.take("field", str),
                row.text("name"),
                row.take("required", bool, False),
                row.strings("choices", ()),
            )
        )
        row.done()
    return tuple(fields)
