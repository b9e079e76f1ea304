"""Carrying effects out after the commit: papers made and filed, mails sent, bills ordered.

A worker claims effects under a lease, hands each to its port and records what came of it. One that
fails is tried again later and never blocks the others; after the last try it is set aside. So is
one that kills its worker, or does not come to an end: the worker goes on without it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..documents.papers import paper_digest
from ..refusal import (
    BadInput,
    DeadAddress,
    GatewayRefused,
    GatewayUnavailable,
    MailRefused,
    PstError,
    Refusal,
)
from ..request import AddressCorrected, NoteDeadAddress, RequestOpened, paper
from ..request.state import INVOICE, RECEIPT
from ..text import Text
from ..workflow import Role
from .desk import SYSTEM, Desk, Entry
from .fields import ERASED
from .letters import letter, recipient
from .payments import Taken, order_bill, poll
from .ports import (
    Attachment,
    Blobs,
    Claimed,
    EffectStatus,
    Gateway,
    Mail,
    Mailer,
    PersonBlobs,
    Renderer,
)

__all__ = ["Worked", "Worker"]

LEASE = dt.timedelta(minutes=5)
FIRST_WAIT = dt.timedelta(minutes=1)
TRIES = 8
POLL_EVERY = dt.timedelta(minutes=15)
"""How often the treasury is asked about unpaid bills, in case a notice was lost."""

_KILLS = Text(
    id=f"{TRIES} percobaan terputus tanpa hasil: pekerjanya mati di tengah jalan.",
    en=f"{TRIES} tries were cut off without an outcome: the worker died in the middle of each.",
)
_TOO_LONG = Text(
    id="Belum selesai setelah {seconds} detik; pekerja melanjutkan yang lain.",
    en="Not ended after {seconds} seconds; the worker went on to the next.",
)


def _nothing() -> None:
    """Give nothing back: the store's connections belong to no thread."""


@attrs.frozen
class Worked:
    """What came of one effect."""

    key: str
    status: EffectStatus
    result: Mapping[str, str]
    recorded: bool = True
    """False if the lease had gone to another worker meanwhile: the store keeps that one's word."""


class Worker:
    """Carries out the effects of a desk's store through its ports.

    ``lease``: how long an effect is this worker's own; after that another takes it, so it must be
    longer than the slowest mail. ``patience``: how long one try may take before the worker goes on
    without it, nine tenths of the lease by default; what was left behind may still come to its end,
    like a mail of a worker that was paused. ``name`` is kept with the effect for people who look.
    ``gateway``: the electronic way to the treasury, for an office whose profile has one.
    ``after_each``: called in the thread that carried an effect out, when it is done with it,
    whatever came of it; where connections belong to threads, as in Django, it gives them back.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        mailer: Mailer,
        renderer: Renderer,
        blobs: Blobs,
        gateway: Gateway | None = None,
        name: str = "worker",
        lease: dt.timedelta = LEASE,
        patience: dt.timedelta | None = None,
        after_each: Callable[[], None] = _nothing,
    ) -> None:
        self.desk = desk
        self.mailer = mailer
        self.renderer = renderer
        self.blobs = blobs
        self.gateway = gateway
        self.name = name
        self.lease = lease
        self.patience = lease * 9 / 10 if patience is None else patience
        self._after_each = after_each
        self._polled: dt.datetime | None = None

    def work_off(self, limit: int = 100) -> tuple[Worked, ...]:
        """Carry out up to ``limit`` effects that are due and return what came of each."""
        worked: list[Worked] = []
        while len(worked) < limit:
            # One at a time: an effect that kills its worker must not use up the tries of others.
            # Of its own office alone: a mail bears the name and the address of an office.
            claimed = self.desk.store.claim(
                self.name, self.desk.clock(), self.lease, 1, office=self.desk.office.code
            )
            if not claimed:
                break
            worked.append(self._carry_out(claimed[0]))
        return tuple(worked)

    def look_for_payments(self) -> tuple[Taken, ...]:
        """Ask the treasury about unpaid bills, at most once in ``POLL_EVERY``; see ``poll``."""
        now = self.desk.clock()
        if self.gateway is None or (self._polled is not None and now < self._polled + POLL_EVERY):
            return ()
        self._polled = now
        return poll(self.desk, self.gateway)

    def _carry_out(self, claimed: Claimed) -> Worked:
        if claimed.tries > TRIES:
            # no try came to an end, not even a bad one: this effect kills who carries it out
            return self._set_aside(claimed, _KILLS.say("en"))
        try:
            result = self._in_time(claimed)
        except (MailRefused, GatewayRefused, BadInput) as error:
            # no later try can mend it: the address is wrong, or a name that no font can write
            if isinstance(error, DeadAddress):
                self._note_dead_address(claimed, error)
            return self._set_aside(claimed, str(error))
        except Exception as error:  # whatever an adapter raises, the other effects go on
            said = str(error) if isinstance(error, PstError) else f"{type(error).__name__}: {error}"
            last = claimed.tries >= TRIES
            if last and isinstance(error, PstError) and error.code == "address-in-doubt":
                self._note_dead_address(claimed, error)
            return self._set_aside(claimed, said) if last else self._try_again(claimed, said)
        kept = self.desk.store.finish(
            claimed.key, claimed.attempt, json.dumps(result, sort_keys=True)
        )
        return Worked(claimed.key, EffectStatus.DONE, result, kept)

    def _set_aside(self, claimed: Claimed, said: str) -> Worked:
        kept = self.desk.store.fail(claimed.key, claimed.attempt, said, None)
        return Worked(claimed.key, EffectStatus.DEAD, {"error": said}, kept)

    def _try_again(self, claimed: Claimed, said: str) -> Worked:
        retry_at = self.desk.clock() + _wait(claimed)
        kept = self.desk.store.fail(claimed.key, claimed.attempt, said, retry_at)
        return Worked(claimed.key, EffectStatus.QUEUED, {"error": said}, kept)

    def _in_time(self, claimed: Claimed) -> dict[str, str]:
        """Do it in a thread of its own, which is left behind if it does not come to an end."""
        came: list[dict[str, str] | BaseException] = []

        def act() -> None:
            try:
                came.append(self._do(claimed))
            except BaseException as error:  # it belongs to the worker, not to this thread
                came.append(error)
            finally:
                self._after_each()

        # A daemon: a process that was told to stop does not wait for what never ends.
        thread = threading.Thread(target=act, name=claimed.key, daemon=True)
        thread.start()
        thread.join(self.patience.total_seconds())
        if not came:
            seconds = f"{self.patience.total_seconds():g}"
            raise TimeoutError(_TOO_LONG.fill(seconds=seconds).say("en"))
        if isinstance(came[0], BaseException):
            raise came[0]
        return came[0]

    def _do(self, claimed: Claimed) -> dict[str, str]:
        stream, version, kind, target = claimed.key.rsplit("/", 3)
        history = self.desk.history(stream)
        entry = history[int(version) - 1]
        if kind == "bill":
            return self._bill(claimed)
        if kind == "paper":
            content = paper(target, entry.state, self.desk.office_of(stream), stream)
            if content is None:
                return {"left_out": "this request has no such paper"}
            made = self._rendered(target, stream, entry, content)
            # number and digest: what a shown paper is checked against, whatever the profile is then
            return {
                "sha256": self._files(stream, target).put(made.data),
                "name": made.name,
                "number": content.number,
                "digest": paper_digest(content),
            }
        return self._mail(claimed.key, target, stream, history, entry)

    def _files(self, stream: str, kind: str) -> Blobs:
        """Return where a paper of ``stream`` goes: under its person's key, if files have keys."""
        if isinstance(self.blobs, PersonBlobs):
            return self.blobs.of_case(stream, finance=kind in (INVOICE, RECEIPT))
        return self.blobs

    def _rendered(self, kind: str, stream: str, entry: Entry, content: Any) -> Attachment:
        # the version tells a revised invoice from the first, the digest one paper from another
        name = f"{stream}-{entry.version:02d}-{kind}-{paper_digest(content)[:8]}.pdf"
        return Attachment(name, "application/pdf", self.renderer.render(content))

    def _bill(self, claimed: Claimed) -> dict[str, str]:
        if self.gateway is None:
            raise GatewayUnavailable(
                "no-gateway",
                Text(
                    id="Pekerja ini tidak diberi gerbang pembayaran.",
                    en="This worker was given no payment gateway.",
                ),
                remedy=Text(
                    id="Jalankan dengan alamat gerbangnya, atau catat kode billing dengan tangan.",
                    en="Run it with the gateway's address, or record the billing code by hand.",
                ),
            )
        return order_bill(self.desk, self.gateway, claimed.stream, claimed.key)

    def _mail(
        self, key: str, role: str, stream: str, history: tuple[Entry, ...], entry: Entry
    ) -> dict[str, str]:
        to = self._address(Role(role), history[-1])
        if not to:
            return {"left_out": "no address was given"}
        if to == ERASED:
            return {"left_out": "the person was erased"}
        office = self.desk.office_of(stream)
        text = letter(Role(role), stream, entry, self.desk.procedure(stream), office)
        contents = {p: paper(p, entry.state, office, stream) for p in entry.step.makes}
        papers = {
            kind: self._rendered(kind, stream, entry, content)
            for kind, content in contents.items()
            if content is not None
        }
        sample = self._sample(entry)
        first = next(e.version for e in history if role in e.step.tells)
        sent = self.mailer.send(
            Mail(
                id=key,
                sender=office.email,
                sender_name=office.name.id,
                to=to,
                subject=text.subject,
                body=text.body,
                at=office.local(entry.noted.at),
                thread=f"{stream}/{first}/mail/{role}",
                attachments=(*papers.values(), *((sample,) if sample else ())),
            )
        )
        if isinstance(entry.noted.event, AddressCorrected):
            self._send_again(stream, role)
        files = {f"paper/{k}": hashlib.sha256(made.data).hexdigest() for k, made in papers.items()}
        return {"to": to, **sent, **files}

    def _send_again(self, stream: str, role: str) -> None:
        """Queue what the old address did not take: it goes to the new one."""
        for row in self.desk.store.effects(stream, status=EffectStatus.DEAD):
            if row.key.endswith(f"/mail/{role}"):
                self.desk.store.retry(row.key, self.desk.clock())

    def _note_dead_address(self, claimed: Claimed, error: PstError) -> None:
        """Make it a fact of the request that its address takes no mail: the officer is told.

        Of other cases the outbox alone shows it.
        """
        stream, _, kind, role = claimed.key.rsplit("/", 3)
        if kind != "mail" or role != Role.APPLICANT:
            return
        state = self.desk.state(stream)
        if state.last(RequestOpened) is None:
            return
        address = recipient(state)[1]
        note = NoteDeadAddress(address, error.text.say("id"))
        # noted already, or the request has ended: the outbox shows it all the same
        with contextlib.suppress(Refusal):
            # no address in the id: ids are stored in the clear
            self.desk.do(
                stream, note, by=SYSTEM, command_id=f"{claimed.key}/{claimed.attempt}/dead"
            )

    def _sample(self, entry: Entry) -> Attachment | None:
        """Return the data sample that the event names, if the host has put it into the blobs."""
        sample = getattr(entry.noted.event, "sample", None)
        if sample is None or not self.blobs.exists(sample.sha256):
            return None
        return Attachment(sample.name, sample.media_type, self.blobs.get(sample.sha256))

    def _address(self, role: Role, latest: Entry) -> str:
        return recipient(latest.state)[1] if role is Role.APPLICANT else self.desk.office.email


def _wait(claimed: Claimed) -> dt.timedelta:
    """Return the time to the next try: doubled each time, and spread so that not all come at once.

    The spread is made from the key, so that the same history gives the same times.
    """
    spread = int(hashlib.sha256(f"{claimed.key}/{claimed.tries}".encode()).hexdigest()[:4], 16)
    share: float = (1 + spread / 0xFFFF) / 2
    doubled: int = 2 ** (claimed.tries - 1)
    return FIRST_WAIT * doubled * share
