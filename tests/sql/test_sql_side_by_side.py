"""Memory and another store are driven side by side by the same calls and give the same answers."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

sys.path.insert(0, str(Path(__file__).parents[1] / "django"))
from pst_adapters.sql import SqlStore
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import EffectStatus, NewEffect, NewEvent, Number, Store
from pst_core.refusal import PstError
from pst_core.testing.contracts.store import NOW, batch, summary

MINUTE = dt.timedelta(minutes=1)
streams = st.sampled_from(["a", "B", "a/1", "\u00e9"])
offices = st.sampled_from(["3317", "3318"])
keys = st.sampled_from([f"e{n}" for n in range(6)])
times = st.integers(0, 6).map(lambda n: NOW + n * MINUTE)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


class SideBySide(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.memory = MemoryStore()
        self.other = self.open_store(Path(self.folder.name))

    def open_store(self, where: Path) -> Store:
        return SqlStore(f"sqlite:///{where}/pst.db")

    def teardown(self) -> None:
        self.other.close()
        self.folder.cleanup()

    def both(self, act: Callable[[Store], Any]) -> Any:
        first, second = _said(act, self.memory), _said(act, self.other)
        assert first == second
        return first

    @rule(
        stream=streams, office=offices, off=st.sampled_from([0, 0, 0, 1, -1]),
        names=st.lists(texts, max_size=3), command=st.integers(0, 30),
        print_=st.sampled_from(["p", "p", "p", "q"]),
        effects=st.lists(st.tuples(keys, times), max_size=2),
        numbers=st.lists(st.tuples(st.sampled_from("xy"), st.integers(0, 2)), max_size=2),
        phase=st.sampled_from([None, "new", "paid"]), due=st.none() | times, wake=st.none() | times,
    )  # fmt: skip
    def append(
        self, stream: str, office: str, off: int, names: list[str], command: int, print_: str,
        effects: list[tuple[str, dt.datetime]], numbers: list[tuple[str, int]],
        phase: str | None, due: dt.datetime | None, wake: dt.datetime | None,
    ) -> None:  # fmt: skip
        expected = len(self.memory.load(stream)) + off
        wanted = batch(
            stream,
            expected,
            f"c{command}",
            office=office,
            fingerprint=print_,
            events=tuple(NewEvent("n", 1, name) for name in names),
            effects=tuple(NewEffect(k, "mail", "{}", at) for k, at in effects),
            numbers=tuple(Number(s, self.memory.last_number(s) + step) for s, step in numbers),
            summary=phase and summary(stream, office=office, phase=phase, due=due, wake=wake),
        )
        self.both(lambda store: store.append(wanted))

    @rule(command=st.integers(0, 30), office=offices, print_=st.sampled_from("pq"))
    def answer(self, command: int, office: str, print_: str) -> None:
        self.both(lambda store: store.answer(f"c{command}", office, print_))

    @rule(now=times, limit=st.integers(1, 4))
    def claim(self, now: dt.datetime, limit: int) -> None:
        self.both(lambda store: store.claim("w", now, MINUTE, limit))

    @rule(key=keys, attempt=st.integers(1, 4))
    def finish(self, key: str, attempt: int) -> None:
        self.both(lambda store: store.finish(key, attempt, "ok"))

    @rule(key=keys, attempt=st.integers(1, 4), again=st.none() | times)
    def fail(self, key: str, attempt: int, again: dt.datetime | None) -> None:
        self.both(lambda store: store.fail(key, attempt, "no", again))

    @rule(key=keys, now=times)
    def retry(self, key: str, now: dt.datetime) -> None:
        self.both(lambda store: store.retry(key, now))

    @rule(
        office=offices, phase=st.sampled_from([None, "new"]), due=st.none() | times,
        after=st.sampled_from(["", "B", "a"]), limit=st.integers(1, 3), now=times,
    )  # fmt: skip
    def look(
        self, office: str, phase: str | None, due: dt.datetime | None, after: str, limit: int,
        now: dt.datetime,
    ) -> None:  # fmt: skip
        self.both(
            lambda store: store.register(
                office, phase=phase, due_before=due, after=after, limit=limit
            )
        )
        self.both(lambda store: store.waking(now, limit))
        self.both(lambda store: store.effects("a", status=EffectStatus.CLAIMED, limit=limit))

    @rule()
    def reopen(self) -> None:
        self.other.close()
        self.other = self.open_store(Path(self.folder.name))

    @invariant()
    def same_content(self) -> None:
        self.both(lambda store: store.read())
        self.both(lambda store: store.effects())
        self.both(lambda store: [store.last_number(s) for s in "xy"])


def _said(act: Callable[[Store], Any], store: Store) -> Any:
    try:
        return act(store)
    except PstError as error:
        return (type(error), error.code, error.text, error.remedy)


class SideBySideDjango(SideBySide):
    def open_store(self, where: Path) -> Store:
        import django_host

        return django_host.open_sqlite(where)

    def teardown(self) -> None:
        import django_host

        django_host.close_connections()
        super().teardown()


TestSideBySide = SideBySide.TestCase
TestSideBySide.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
if find_spec("django") is not None:
    TestSideBySideDjango = SideBySideDjango.TestCase
    TestSideBySideDjango.settings = settings(
        max_examples=10, stateful_step_count=30, deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
