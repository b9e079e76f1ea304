"""A whole office simulated: people, machines, mail and money, with faults, from one seed.

``SimWorld(seed).run()`` lives through weeks in a tenth of a second. Several machines (a desk and a
worker each) share one real store; people act by the procedure table; store, mail, files and
treasury fail before or after they have done their work, late, twice or in another order; machines
die and lose all that is in memory. Then the faults stop, everything must come to its end, and the
whole history is judged (``judge``). The same seed fails again::

    python -m pst_core.testing.sim --seed 17

The store comes as a ``Backing``; without one it is a ``MemoryStore``.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import attrs

from ...desk.ports import EffectStatus
from ...office import Office
from ...office.standard import Payment
from ...office.treasury import Way
from ...request.events import PaymentReversed
from ...workflow import Actor, Role
from .faults import Fault
from .judge import judge
from .people import Case, Keeper, Officer, Treasurer, Visitor, strangers
from .world import Backing, MemoryBacking, World

__all__ = ["Backing", "Fault", "MemoryBacking", "Report", "SimWorld", "offices"]

STARTS = ((2026, 3, 4), (2026, 5, 5), (2026, 7, 28), (2026, 8, 10), (2026, 2, 9), (2026, 10, 5))
"""Days on which lives begin: each but the last has days off ahead."""
PATIENCE = dt.timedelta(days=75)
"""Within this time after the last fault everything must have come to its end."""
_LOOK = dt.timedelta(hours=6)


@attrs.frozen
class Report:
    """What came of one seed; ``wrong`` is empty if all is well."""

    seed: int
    wrong: tuple[str, ...]
    faults: dict[str, int]
    """How often each kind of fault struck."""
    commands: int
    events: int
    mails: int
    days: float
    """How long the world lived, in days of its own."""
    delivered: int
    log: tuple[str, ...] = ()


@cache
def offices() -> tuple[Office, ...]:
    """Return the offices that worlds are of: ways to pay, zones and closings in turn."""
    own = Office.load("3317")
    by_http = attrs.evolve(own, treasury=attrs.evolve(own.treasury, gateway=Way.HTTP))
    east = attrs.evolve(by_http.calendar, timezone="Asia/Jayapura")
    return (
        own,
        by_http,
        attrs.evolve(by_http, calendar=east),
        attrs.evolve(own, payment=(Payment.BILLING, Payment.CASH), close_notice_days=3),
        attrs.evolve(own, payment=(Payment.TRANSFER,), calendar=east),
    )


class SimWorld:
    """One seed's world. ``people``: how many applicants; ``machines``: how many app instances."""

    def __init__(
        self,
        seed: int,
        backing: Backing | None = None,
        *,
        people: int = 3,
        machines: int = 2,
        trace: bool = False,
    ) -> None:
        self.seed = seed
        self.backing = backing or MemoryBacking()
        office = offices()[seed % len(offices())]
        first = dt.datetime(*STARTS[seed // len(offices()) % len(STARTS)], 7,
                            tzinfo=office.calendar.zone)  # fmt: skip
        self.world = World(seed, office, first, self.backing, machines)
        if trace:
            self.world.log = []
        self._watched = self.backing.open()
        self.cases = [Case(self.world, n + 1) for n in range(people)]
        if self.world.dice.hits(0.4):
            for n in range(4):
                guest = Actor(f"tamu-{n}", Role.APPLICANT, f"Tamu {n}")
                Visitor(self.world, guest, minutes=5)

    def run(self) -> Report:
        """Live until all is quiet, and return what was found."""
        world = self.world
        clerks = [Officer(world), Treasurer(world)]
        for clerk in clerks:
            world.mailbox.readers.setdefault(world.office.email, clerk.soon)
        keeper = Keeper(world)
        strangers(world, self.cases)
        end = world.calm_at + PATIENCE
        look = world.now
        while world.step(end):
            if world.now > look:
                if self._is_quiet():
                    break
                look = world.now + _LOOK
        store = self._watched
        keeper.follow_to_the_end(store)
        wrong = tuple(dict.fromkeys(judge(world, store)))
        events = store.read(limit=10**9)
        report = Report(
            seed=self.seed,
            wrong=wrong,
            faults={str(f): n for f, n in sorted(world.swarm.counted.items())},
            commands=len(world.attempts),
            events=len(events),
            mails=sum(map(len, world.mailbox.taken.values())),
            days=(world.now - world.start) / dt.timedelta(days=1),
            delivered=sum(row.name == "request.products-delivered" for row in events),
            log=tuple(world.log or ()),
        )
        store.close()
        for instance in world.machines:
            instance.line.store.close()
        self.backing.close()
        return report

    def _is_quiet(self) -> bool:
        """Return whether nothing is left to do, so that the rest of the time need not be lived."""
        world, store = self.world, self._watched
        if not all(case.over for case in self.cases):
            return False
        rows = store.register(world.office.code, limit=1000)
        if any(row.wake is not None or row.whose for row in rows):
            return False
        unfinished = [
            row
            for status in (EffectStatus.QUEUED, EffectStatus.CLAIMED, EffectStatus.DEAD)
            for row in store.effects(status=status)
            if not (row.kind == "bill" and status is EffectStatus.DEAD)
        ]
        if unfinished:
            return False
        numbers = {document.split("/")[1] for document in world.treasury.received}
        standing: set[str] = set()
        for row in store.read(limit=10**9):
            named = {number for number in numbers if number in row.body}
            # what was typed wrongly and taken back waits for the treasurer to record it anew
            standing = standing - named if row.name == PaymentReversed.NAME else standing | named
        return standing == numbers
