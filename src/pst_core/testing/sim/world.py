"""A world of one office: its time, its machines, and what outlives a machine that dies.

Single-threaded and without a clock of its own: each thing that will happen waits in a heap, and
time is the time of the thing that happens. Where a fault lets others act in between, their acts are
carried out right there, inside the call that they overtake.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from collections.abc import Callable
from typing import Any, Protocol, cast

from ...desk import Desk, Done, Worker
from ...desk.memory import MemoryStore
from ...desk.ports import Claimed, Store
from ...office import Office
from ...refusal import Busy, PstError, StorageError
from ...text import Text
from ...workflow import Actor
from ..history import Attempt, Outcome
from .faults import Crash, Dice, Fault, Swarm, swarm
from .outside import Mailbox, SimBlobs, SimMailer, SimRenderer, SimTreasury, TreasuryLine

__all__ = ["Backing", "Instance", "MemoryBacking", "World"]

HOUR = dt.timedelta(hours=1)
_WRITES = frozenset({"append", "claim", "finish", "fail", "retry"})
_RACED = frozenset({"load", "last_number", "append"})
_DEEPEST = 3
"""How many acts may be caught one within another."""


class Backing(Protocol):
    """What stays when a machine dies: each ``open`` gives a store over the same content."""

    def open(self) -> Store:
        """Return a store of a machine's own; it is closed when the machine dies."""
        ...

    def close(self) -> None:
        """Throw the content away."""
        ...


class _Kept(MemoryStore):
    """A memory store that outlives the machines that close it."""

    def close(self) -> None:
        """Leave it open: the next machine goes on with it."""


class MemoryBacking:
    """One ``MemoryStore`` for all machines."""

    def __init__(self) -> None:
        self._store = _Kept()

    def open(self) -> Store:
        """Return the one store."""
        return self._store

    def close(self) -> None:
        """Drop it."""


class _Line:
    """The store as one machine reaches it: where its calls fail, and where it dies."""

    def __init__(self, instance: Instance, store: Store) -> None:
        self.instance = instance
        self.store = store
        self.alive = True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.store, name)
        world = self.instance.world

        def call(*args: Any, **named: Any) -> Any:
            if name in _RACED:
                world.let_others_act()
            self.check()
            claims: list[str] = []
            try:
                if name in _WRITES:
                    if world.strikes(Fault.BUSY):
                        raise Busy("busy", _BUSY, remedy=_AGAIN)
                    world.may_die()
                result = method(*args, **named)
                if name == "append":
                    world.stirred = True
                if name == "claim":
                    claims = [claimed.key for claimed in result]
                    world.mailbox.claimed.update(claims)
                if name == "retry" and result:
                    world.mailbox.claimed[args[0]] = 0
                if name in _WRITES:
                    world.may_die()
                    if world.strikes(Fault.UNKNOWN):
                        raise StorageError("outcome-unknown", _LOST, remedy=_AGAIN)
            except (Crash, Busy, StorageError):
                # a claim that its worker never saw, or whose end it could not write down: the next
                # one is no try too many
                world.mailbox.claimed.subtract([args[0]] if name == "fail" else claims)
                raise
            return result

        self.__dict__[name] = call  # looked up once
        return call

    def check(self) -> None:
        """Die if the machine has died meanwhile, while others acted inside one of its calls."""
        if not self.alive:
            raise Crash


_BUSY = Text(id="Penyimpanan sibuk.", en="The store is busy.")
_LOST = Text(id="Jawaban penyimpanan hilang.", en="The answer of the store was lost.")
_AGAIN = Text(id="Kirim lagi perintah yang sama.", en="Send the same command again.")


class _PlainWorker(Worker):
    """A worker without a thread for each effect: while one lasts, no time of a world passes."""

    def _in_time(self, claimed: Claimed) -> dict[str, str]:
        return self._do(claimed)


class NotedDesk(Desk):
    """A desk that takes down what its callers were told of every command."""

    def __init__(self, world: World, office: Office, store: Store, **more: Any) -> None:
        super().__init__(office, store, **more)
        self._world = world

    def open(self, command: Any, *, by: Actor, command_id: str | None = None) -> Done:
        """As ``Desk.open``."""
        id_ = command_id or self._new_id()
        return self._noted(id_, "", lambda: Desk.open(self, command, by=by, command_id=id_))

    def do(self, stream: str, command: Any, *, by: Actor, command_id: str | None = None) -> Done:
        """As ``Desk.do``."""
        id_ = command_id or self._new_id()
        return self._noted(
            id_, stream, lambda: Desk.do(self, stream, command, by=by, command_id=id_)
        )

    def _noted(self, id_: str, stream: str, act: Callable[[], Done]) -> Done:
        world = self._world
        begun, outcome, first = world.tick(), Outcome.UNKNOWN, 0
        try:
            done = act()
        except StorageError:
            raise
        except PstError:
            outcome = Outcome.NOT_DONE
            raise
        else:
            outcome, stream = Outcome.DONE, done.stream
            first = done.state.version - len(done.events) + 1
            return done
        finally:
            world.attempts.append(Attempt(id_, stream, 1, begun, world.tick(), outcome, first))


class Instance:
    """One machine: a desk and a worker over its own line to the store."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        slow = world.dice.between(-120, 120) if world.has(Fault.SKEW) else 0
        self.skew = dt.timedelta(seconds=int(slow))
        self.start()

    def start(self) -> None:
        """Make everything anew."""
        world = self.world
        self.line = _Line(self, world.backing.open())
        store = cast("Store", self.line)
        self.desk = NotedDesk(world, world.office, store, clock=self.clock, new_id=world.new_id)
        self.worker = _PlainWorker(
            self.desk,
            mailer=SimMailer(world, self.line.check),
            renderer=SimRenderer(world),
            blobs=SimBlobs(world),
            gateway=TreasuryLine(world) if world.by_gateway else None,
            name=self.name,
        )

    def clock(self) -> dt.datetime:
        """Return the time as this machine has it."""
        return self.world.now + self.skew

    def die(self) -> None:
        """Lose all that is in memory and start again."""
        self.line.alive = False
        self.line.store.close()
        self.start()


class World:
    """Time, chance, machines, and the outside: mail, files, the state treasury."""

    def __init__(
        self, seed: int, office: Office, start: dt.datetime, backing: Backing, machines: int = 2
    ) -> None:
        self.dice = Dice(seed)
        self.swarm: Swarm = swarm(self.dice)
        self.office = office
        self.backing = backing
        self.start = self.now = start
        self.calm_at = start + dt.timedelta(days=self.dice.between(3, 12))
        """From then on nothing goes wrong any more."""
        self.by_gateway = office.treasury.gateway != "manual"
        self.attempts: list[Attempt] = []
        self.wrong: list[str] = []
        """What was seen to be wrong while it happened."""
        self.stirred = True
        """Something was written since a worker looked last."""
        self.followed: list[tuple[str, int]] = []
        """What a reader that follows the store has met, in its order."""
        self.log: list[str] | None = None
        self._heap: list[tuple[dt.datetime, int, Callable[[], object]]] = []
        self._numbers = itertools.count(1)
        self._depth = 0
        self.mailbox = Mailbox()
        self.files: dict[str, bytes] = {}
        self.treasury = SimTreasury(self)
        self.machines = [Instance(self, f"machine-{n + 1}") for n in range(machines)]

    # -- chance -------------------------------------------------------------------------------

    def strikes(self, fault: Fault, times: float = 1) -> bool:
        """Return whether ``fault`` strikes now, and count it; ``times``: so often as others do."""
        rate = self.swarm.rates.get(fault)
        if rate is None or self.now >= self.calm_at or self.dice.random.random() >= rate * times:
            return False
        self.swarm.counted[fault] += 1
        return True

    def has(self, fault: Fault) -> bool:
        """Return whether ``fault`` is one of this world's, and count it."""
        there = fault in self.swarm.rates
        self.swarm.counted[fault] += there
        return there

    def may_die(self) -> None:
        """Die here if chance will have it."""
        # asked at every call, so it strikes more rarely than the others
        if self.strikes(Fault.CRASH, 0.2):
            raise Crash

    def machine(self) -> Instance:
        """Return the machine that a request reaches."""
        return self.dice.one(self.machines)

    # -- time ---------------------------------------------------------------------------------

    def tick(self) -> int:
        """Return the next number: nothing happens twice at the same one."""
        return next(self._numbers)

    def new_id(self) -> str:
        """Return a fresh command id."""
        return f"id-{self.tick()}"

    def at(self, when: dt.datetime, act: Callable[[], object]) -> None:
        """Let ``act`` happen at ``when``."""
        heapq.heappush(self._heap, (max(when, self.now), self.tick(), act))

    def later(self, low: float, high: float, act: Callable[[], object]) -> None:
        """Let ``act`` happen between so many hours from now."""
        self.at(self.now + HOUR * self.dice.between(low, high), act)

    def step(self, until: dt.datetime) -> bool:
        """Let the next thing happen, if it happens by ``until``; False if there is none."""
        if not self._heap or self._heap[0][0] > until:
            return False
        when, _, act = heapq.heappop(self._heap)
        self.now = max(self.now, when)
        act()
        return True

    def let_others_act(self) -> None:
        """Let what comes next happen right here, inside the call that it overtakes."""
        if self._depth < _DEEPEST and self.strikes(Fault.RACE):
            until, most = self.now + 6 * HOUR, self.dice.one((1, 1, 2, 4))
            self._within(lambda: all(self.step(until) for _ in range(most)))

    def stand_still(self) -> None:
        """Let a worker stand still for longer than its lease while the others go on."""
        if self._depth < _DEEPEST and self.strikes(Fault.PAUSE):
            until = self.now + dt.timedelta(minutes=self.dice.between(6, 20))

            def others() -> None:
                while self.step(until):
                    pass
                self.now = max(self.now, until)

            self._within(others)

    def _within(self, act: Callable[[], object]) -> None:
        self._depth += 1
        try:
            act()
        finally:
            self._depth -= 1

    def says(self, *words: object) -> None:
        """Take down what happens, for those who look into a seed."""
        if self.log is not None:
            inside = "  " * self._depth
            self.log.append(f"{self.now:%m-%d %H:%M:%S} {inside}{' '.join(map(str, words))}")

    # -- machines -----------------------------------------------------------------------------

    def on(self, instance: Instance, act: Callable[[Instance], Any]) -> Any:
        """Return what ``act`` gives on a machine, or the error; a machine that dies starts again.

        Returns a ``Crash`` or a ``PstError`` as a value: the caller is at another place and hears
        no more than that.
        """
        line = instance.line
        try:
            return act(instance)
        except Crash as crash:
            if line.alive:
                self.says(instance.name, "dies")
                instance.die()
            return crash
        except PstError as error:
            return error
