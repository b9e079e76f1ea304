"""T10: a mail server that lies, and workers that are killed: no mail is missing.

T11: effects that raise, kill their worker or never end: all others are carried out. And a worker
that is paused beyond its lease: what it says late is refused.

All three share desk and workers; only server, mailer and disturbance differ. Their time is the
machine's, made to pass so fast that waits of minutes are over in a second.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import datetime as dt
import email
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs
from aiosmtpd.smtp import SMTP, Envelope, Session
from scene import Children, Counters, Figures, place

from pst_adapters.files import FolderBlobs
from pst_adapters.mail import Security, SmtpMailer, message_id
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.desk import Desk, Worker
from pst_core.desk import worker as of_desk
from pst_core.desk.ports import EffectStatus, Mail, Mailer, Store
from pst_core.office import Office
from pst_core.refusal import MailNotSent, PstError
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, carry, person
from pst_core.text import Text

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
PRODUCTS = (Publication("Rembang Dalam Angka", pages=312),)
TO_FILED = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest)
MAILS_EACH = 2


class _Clock:
    """The time of all processes of a scene: ``fast`` times as fast as the machine's."""

    def __init__(self, fast: float) -> None:
        self.began = time.monotonic()
        self.fast = fast

    def __call__(self) -> dt.datetime:
        return START + dt.timedelta(seconds=(time.monotonic() - self.began) * self.fast)


def _filed(store: Store, clock: _Clock, count: int) -> None:
    """File ``count`` requests; each queues two mails, to the applicant and to the office."""
    desk = Desk(OFFICE, store, clock=clock)
    for _ in range(count):
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, TO_FILED, products=PRODUCTS)


def _work(
    url: str, folder: Path, clock: _Clock, mailer: Mailer, lease: float, name: str, **more: float
) -> None:
    """Work until killed. ``lease`` and ``patience`` are in seconds of the machine."""
    with SqlStore(url, wait=30) as store:
        worker = Worker(
            Desk(OFFICE, store, clock=clock),
            mailer=mailer,
            renderer=TypstRenderer(),
            blobs=FolderBlobs(folder / "blobs"),
            name=name,
            lease=dt.timedelta(seconds=lease * clock.fast),
            patience=dt.timedelta(seconds=more.get("patience", lease * 0.9)),
        )
        late = os.open(folder / "late", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        while True:
            try:
                worked = worker.work_off()
            except PstError:
                continue
            for one in worked:
                if not one.recorded:
                    os.write(late, f"{one.key}\n".encode())
            if not worked:
                time.sleep(0.02)


def _all(store: Store, status: EffectStatus | None = None) -> dict[str, int]:
    """Return key and attempts of the mails with ``status``."""
    rows = store.effects(status=status, limit=10**9)
    return {e.key: e.attempt for e in rows if e.kind == "mail"}


def _id(key: str) -> str:
    """Return the Message-ID that a mail of this key must have."""
    mail = Mail(key, OFFICE.email, "", "a@example.org", "", "", START, "")
    return message_id(mail)


def _until(met: Callable[[], bool], seconds: float = 600) -> bool:
    end = time.monotonic() + seconds
    while not met():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


# T10


class _Liar:
    """Takes mails; one in five is taken without a reply, put off, refused, or waited with."""

    def __init__(self, seed: int, taken: Path, counted: Counters) -> None:
        self.dice = random.Random(seed)
        self.taken = taken
        self.counted = counted

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        lie = self.dice.choice(("cut", "451", "550", "hang")) if self.dice.random() < 0.2 else ""
        if lie:
            self.counted.add(lie)
        if lie == "451":
            return "451 Try again later"
        if lie == "550":
            return "550 No such user"
        content = envelope.content
        assert isinstance(content, bytes)
        with self.taken.open("a") as file:
            file.write(f"{email.message_from_bytes(content)['Message-ID']} {lie or 'answered'}\n")
        if lie == "cut":
            server.transport.abort()
        if lie == "hang":
            await asyncio.sleep(3)
        return "250 OK"


def _listen(liar: _Liar, port_to: int) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(
            lambda: SMTP(liar, enable_SMTPUTF8=True), "127.0.0.1", 0
        )
        os.write(port_to, f"{listening.sockets[0].getsockname()[1]}\n".encode())
        await listening.serve_forever()

    asyncio.run(serve())


class _NewIds:
    """A mailer whose mails cannot be recognised when they come twice."""

    def __init__(self, mailer: Mailer) -> None:
        self.mailer = mailer

    def send(self, mail: Mail) -> Mapping[str, str]:
        return self.mailer.send(attrs.evolve(mail, id=f"{mail.id}/{time.monotonic_ns()}"))


class _MarksFirst:
    """A mailer that says it is done before it is: what is killed in between is missing."""

    def __init__(self, mailer: Mailer) -> None:
        self.mailer = mailer

    def send(self, mail: Mail) -> Mapping[str, str]:
        with contextlib.suppress(PstError):
            return self.mailer.send(mail)
        return {"message_id": message_id(mail)}


def lying_server(n: int, store: str, plant: str = "") -> Figures:
    """Send ``n`` mails by 4 workers, killed all the time, over a server that lies."""
    dice = random.Random(10)
    counted = Counters("cut", "451", "550", "hang")
    with place(store) as (url, folder), Children() as children:
        clock = _Clock(200)
        taken = folder / "taken"
        taken.touch()
        read, write = os.pipe()
        children.start(lambda: _listen(_Liar(10, taken, counted), write))
        os.close(write)
        with os.fdopen(read) as said:
            port = int(said.readline())
        plants = {"new-ids": _NewIds, "marks-first": _MarksFirst}

        def begin() -> int:
            mailer: Mailer = SmtpMailer("127.0.0.1", port, security=Security.PLAIN, timeout=0.5)
            if plant:
                mailer = plants[plant](mailer)
            return children.start(lambda: _work(url, folder, clock, mailer, 2, "w"))

        with SqlStore(url, wait=30) as opened:
            _filed(opened, clock, -(-n // MAILS_EACH))
            rolled_back = _rolled_back(opened, clock, max(5, n // 4))
            keys = _all(opened)
        workers = [begin() for _ in range(4)]
        again = 0
        with SqlStore(url, wait=30) as opened:
            while True:
                time.sleep(dice.uniform(0.05, 0.2))
                if children.kills < n // 2:
                    at = dice.randrange(len(workers))
                    children.kill(workers[at])
                    workers[at] = begin()
                dead = _all(opened, EffectStatus.DEAD)
                for key in dead:  # refused for good by a server that lies: people try again
                    again += opened.retry(key, clock())
                if len(_all(opened, EffectStatus.DONE)) == len(keys):
                    break
        kills = children.kills
        lines = [line.split() for line in taken.read_text().splitlines()]
    wrong = []
    got = collections.Counter(line[0] for line in lines)
    wanted = {_id(key): key for key in keys}
    wrong += [f"missing: {key}" for id_, key in wanted.items() if id_ not in got]
    wrong += [f"unknown Message-ID: {id_}" for id_ in got if id_ not in wanted]
    wrong += [f"of a command rolled back: {key}" for key in rolled_back if _id(key) in got]
    twice = sum(times - 1 for times in got.values())
    return {
        "mails": len(keys),
        "missing": sum(id_ not in got for id_ in wanted),
        "taken twice with the same Message-ID": twice,
        "cut before the reply": counted["cut"],
        "hung": counted["hang"],
        "put off": counted["451"],
        "refused and tried again": again,
        "commands rolled back": len(rolled_back),
        "kills": kills,
        "wrong": wrong,
    }


def _rolled_back(store: SqlStore, clock: _Clock, count: int) -> list[str]:
    """Begin commands that queue mails and break off before the commit; return those mails' keys."""
    from pst_core.testing.contracts.store import batch, effect

    keys = []
    for n in range(count):
        key = f"rolled-back-{n}/1/mail/applicant"
        wanted = batch(f"rolled-back-{n}", 0, f"rolled-back-{n}", effects=(effect(key, clock()),))

        def job(connection: object, wanted: object = wanted) -> None:
            store._append(connection, wanted)  # type: ignore[arg-type]
            raise KeyError("rolled back on purpose")

        with contextlib.suppress(KeyError):
            store._write(job)
        keys.append(key)
    return keys


# T11


class _Poisoned:
    """Delivers to a folder by key, except what the plan says: raise, exit or block for ever."""

    def __init__(self, folder: Path, plan: Mapping[str, str]) -> None:
        self.folder = folder
        self.plan = plan

    def send(self, mail: Mail) -> Mapping[str, str]:
        how = "" if (self.folder / "mended").exists() else self.plan.get(mail.id, "")
        begun = self._note("begun", mail.id)
        if how == "raise" or (how == "thrice" and begun <= 3):
            raise MailNotSent("planted", Text(id="rusak", en="broken"), remedy=Text(id="-", en="-"))
        if how == "exit":
            os._exit(0)
        if how == "block":
            threading.Event().wait()
        self._note("sent", mail.id)
        return {"message_id": message_id(mail)}

    def _note(self, what: str, key: str) -> int:
        file = self.folder / what / key.replace("/", "+")
        file.parent.mkdir(exist_ok=True)
        with file.open("a") as out:
            out.write("x")
        return len(file.read_text())


def poison(n: int, store: str, plant: str = "") -> Figures:  # noqa: PLR0915 - read downwards
    """Carry out ``n`` mails of which one in fifty is poison, by 2 workers."""
    dice = random.Random(11)
    tries = of_desk.TRIES if n >= 500 else 4  # the short setting does not wait for all eight
    of_desk.TRIES = tries
    with place(store) as (url, folder), Children() as children:
        clock = _Clock(2000)
        with SqlStore(url, wait=30) as opened:
            _filed(opened, clock, -(-n // MAILS_EACH))
            keys = sorted(_all(opened))
        bad = dice.sample(keys, max(4, len(keys) // 50))
        hows = ("exit", "raise", "thrice", "raise", "thrice")
        plan = {key: "block" if n == 0 else hows[(n - 1) % 5] for n, key in enumerate(bad)}
        final = {key for key, how in plan.items() if how != "thrice"}
        patience = 10.0**6 if plant == "no-patience" else 0.8
        lease = 1.0

        def begin() -> int:
            def work() -> None:
                if plant == "no-bound":
                    of_desk.TRIES = 10**9
                if plant == "ten-at-once":
                    _claim_ten()
                mailer = _Poisoned(folder, plan)
                _work(url, folder, clock, mailer, lease, "w", patience=patience)

            return children.start(work)

        workers = [begin() for _ in range(2)]
        revived = 0
        with SqlStore(url, wait=30) as opened:

            def settled(status: EffectStatus, count: int) -> Callable[[], bool]:
                def met() -> bool:
                    nonlocal revived
                    for at, child in enumerate(workers):
                        if children.ended(child):
                            workers[at] = begin()
                            revived += 1
                    return len(_all(opened, status)) >= count

                return met

            def broken() -> bool:
                return bool(set(_all(opened, EffectStatus.DEAD)) - final) or any(
                    _length(folder / "begun", key) > tries for key in final
                )

            def reach(status: EffectStatus, count: int) -> bool:
                met = settled(status, count)
                return _until(lambda: met() or (bool(plant) and broken()), 20 if plant else 600)

            healthy = reach(EffectStatus.DONE, len(keys) - len(final))
            aside = reach(EffectStatus.DEAD, len(final))
            dead = _all(opened, EffectStatus.DEAD)
            claimed = _all(opened)
            begun = {key: _length(folder / "begun", key) for key in keys}
            (folder / "mended").touch()
            retried = sum(opened.retry(key, clock()) for key in sorted(dead))
            emptied = reach(EffectStatus.DONE, len(keys))
            again = _all(opened)
        sent = {key: _length(folder / "sent", key) for key in keys}
    wrong = []
    if not (healthy and aside and emptied):
        wrong.append(f"in time: healthy {healthy}, set aside {aside}, retried {emptied}")
    wrong += [f"healthy, but set aside: {key}" for key in dead if key not in final]
    for key in keys:
        how = plan.get(key, "")
        least = {"": 1, "thrice": 4}.get(how, tries)
        if begun[key] < least or begun[key] > claimed[key] or (key in final and begun[key] > least):
            wrong.append(f"{how or 'healthy'} was begun {begun[key]} times, not {least}: {key}")
        # a machine that stands still for longer than the patience may send twice, never unclaimed
        if not 1 <= sent[key] <= again[key] - (tries if key in final else 0):
            wrong.append(f"sent {sent[key]} times: {key}")
    return {
        "mails": len(keys),
        "poison": len(plan),
        "set aside": len(dead),
        "tries of each": tries,
        "workers that died of it": revived,
        "retried": retried,
        "wrong": wrong,
    }


def _length(folder: Path, key: str) -> int:
    file = folder / key.replace("/", "+")
    return len(file.read_text()) if file.exists() else 0


def _claim_ten() -> None:
    """Plant what the worker once did: ten are claimed together, and die together."""

    def work_off(self: Worker, limit: int = 100) -> tuple[object, ...]:
        claimed = self.desk.store.claim(self.name, self.desk.clock(), self.lease, 10)
        return tuple(self._carry_out(one) for one in claimed)

    Worker.work_off = work_off  # type: ignore[assignment,method-assign]


# A paused worker


class _Receiver:
    """Delivers to a folder: one file a Message-ID, a letter for each time that it came.

    ``pauses``: it stops its own process at every tenth mail, by turns before and after delivering.
    """

    def __init__(self, folder: Path, who: str, pauses: bool) -> None:
        self.folder, self.who, self.pauses = folder, who, pauses
        self.mails = 0

    def send(self, mail: Mail) -> Mapping[str, str]:
        self.mails += 1
        if self.pauses and self.mails % 20 == 1:
            self._pause(mail)
        time.sleep(0.01 if self.pauses else 0.04)  # the one that pauses gets its share
        with (self.folder / "inbox" / message_id(mail).strip("<>")).open("a") as out:
            out.write(self.who)
        if self.pauses and self.mails % 20 == 11:
            self._pause(mail)
        return {"message_id": message_id(mail)}

    def _pause(self, mail: Mail) -> None:
        (self.folder / "paused").write_text(mail.id)
        os.kill(os.getpid(), signal.SIGSTOP)


def paused(n: int, store: str, plant: str = "") -> Figures:
    """Carry out ``n`` mails by 2 workers; one is stopped until the other has done its mail."""
    lease = 0.6
    with place(store) as (url, folder), Children() as children:
        (folder / "inbox").mkdir()
        (folder / "late").touch()
        clock = _Clock(200)
        with SqlStore(url, wait=30) as opened:
            _filed(opened, clock, -(-n // MAILS_EACH))
            keys = _all(opened)

        def begin(who: str) -> int:
            def work() -> None:
                if plant == "no-fencing":
                    SqlStore._changed = _unfenced  # type: ignore[method-assign]
                # patience beyond the pause: here the lease alone must keep the two apart
                receiver = _Receiver(folder, who, who == "a")
                _work(url, folder, clock, receiver, lease, who, patience=600)

            return children.start(work)

        sleeper, _ = begin("a"), begin("b")
        pauses = 0

        def late() -> list[str]:
            return (folder / "late").read_text().split()

        with SqlStore(url, wait=30) as opened:
            while len(_all(opened, EffectStatus.DONE)) < len(keys):
                time.sleep(0.02)
                if not os.WIFSTOPPED(os.waitpid(sleeper, os.WNOHANG | os.WUNTRACED)[1]):
                    continue
                key = (folder / "paused").read_text()
                _until(lambda key=key: key in _all(opened, EffectStatus.DONE))  # type: ignore[misc]
                os.kill(sleeper, signal.SIGCONT)
                pauses += 1
                _until(lambda least=pauses: len(late()) >= least, 3 if plant else 60)  # type: ignore[misc]
            attempts = _all(opened)
        came = {p.name: p.read_text() for p in (folder / "inbox").iterdir()}
        refused = len(late())
    wanted = {_id(key).strip("<>"): key for key in keys}
    wrong = [f"missing: {key}" for id_, key in wanted.items() if id_ not in came]
    wrong += [f"unknown: {id_}" for id_ in came if id_ not in wanted]
    for id_, key in wanted.items():
        if len(came.get(id_, "")) > attempts[key]:
            wrong.append(f"sent more often than claimed: {key}")
    if refused < pauses:
        wrong.append(f"{pauses} pauses, but only {refused} late words were refused")
    return {
        "mails": len(keys),
        "pauses past the lease": pauses,
        "came again, same Message-ID": sum(len(text) - 1 for text in came.values()),
        "late words refused": refused,
        "seen once by the receiver": len(came),
        "wrong": wrong,
    }


def _unfenced(self: SqlStore, sql: str, **values: object) -> bool:
    """Plant a store that takes the word of whoever comes."""
    for name in ("attempt", "status"):
        sql = sql.replace(f"pst_effects.{name} = ", f"'x' IS NOT '' OR pst_effects.{name} = ")
    self._write(lambda connection: connection.execute(sql, values).rowcount)
    return True
