"""Carrying effects out after the commit: papers are made and filed, mails are written and sent.

A worker claims effects under a lease, hands each to its port and records what came of it. One that
fails is tried again later and never blocks the others; after the last try it is set aside.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import attrs

from ..documents.papers import paper_digest
from ..refusal import BadInput, MailRefused, PstError
from ..request import RequestOpened, paper
from ..text import Text
from ..workflow import Role
from .desk import Desk, Entry
from .letters import letter
from .ports import Attachment, Blobs, Claimed, EffectStatus, Mail, Mailer, Renderer

__all__ = ["Worked", "Worker"]

LEASE = dt.timedelta(minutes=5)
FIRST_WAIT = dt.timedelta(minutes=1)
TRIES = 8
_AT_ONCE = 10
"""Claimed together: few, so that the last is begun long before its lease ends."""

_KILLS = Text(
    id=f"{TRIES} percobaan terputus tanpa hasil: pekerjanya mati di tengah jalan.",
    en=f"{TRIES} tries were cut off without an outcome: the worker died in the middle of each.",
)


@attrs.frozen
class Worked:
    """What came of one effect."""

    key: str
    status: EffectStatus
    result: Mapping[str, str]


class Worker:
    """Carries out the effects of a desk's store through its ports.

    ``lease``: how long an effect is this worker's own; after that another takes it, so it must be
    longer than the slowest mail. ``name`` is kept with the effect for people who look.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        mailer: Mailer,
        renderer: Renderer,
        blobs: Blobs,
        name: str = "worker",
        lease: dt.timedelta = LEASE,
    ) -> None:
        self.desk = desk
        self.mailer = mailer
        self.renderer = renderer
        self.blobs = blobs
        self.name = name
        self.lease = lease

    def work_off(self, limit: int = 100) -> tuple[Worked, ...]:
        """Carry out up to ``limit`` effects that are due and return what came of each."""
        worked: list[Worked] = []
        while len(worked) < limit:
            wanted = min(_AT_ONCE, limit - len(worked))
            claimed = self.desk.store.claim(self.name, self.desk.clock(), self.lease, wanted)
            worked.extend(self._carry_out(one) for one in claimed)
            if len(claimed) < wanted:
                break
        return tuple(worked)

    def _carry_out(self, claimed: Claimed) -> Worked:
        store, now = self.desk.store, self.desk.clock()
        if claimed.tries > TRIES:
            # no try came to an end, not even a bad one: this effect kills who carries it out
            store.fail(claimed.key, claimed.attempt, _KILLS.say("en"), None)
            return Worked(claimed.key, EffectStatus.DEAD, {"error": _KILLS.say("en")})
        try:
            result = self._do(claimed)
        except (MailRefused, BadInput) as error:
            # no later try can mend it: the address is wrong, or a name that no font can write
            store.fail(claimed.key, claimed.attempt, str(error), None)
            return Worked(claimed.key, EffectStatus.DEAD, {"error": str(error)})
        except Exception as error:  # whatever an adapter raises, the other effects go on
            said = str(error) if isinstance(error, PstError) else f"{type(error).__name__}: {error}"
            last = claimed.tries >= TRIES
            retry_at = None if last else now + FIRST_WAIT * 2 ** (claimed.tries - 1)
            store.fail(claimed.key, claimed.attempt, said, retry_at)
            status = EffectStatus.DEAD if last else EffectStatus.QUEUED
            return Worked(claimed.key, status, {"error": said})
        store.finish(claimed.key, claimed.attempt, json.dumps(result, sort_keys=True))
        return Worked(claimed.key, EffectStatus.DONE, result)

    def _do(self, claimed: Claimed) -> dict[str, str]:
        stream, version, kind, target = claimed.key.rsplit("/", 3)
        history = self.desk.history(stream)
        entry = history[int(version) - 1]
        if kind == "paper":
            made = self._paper(target, stream, entry)
            if made is None:
                return {"left_out": "this request has no such paper"}
            return {"sha256": self.blobs.put(made.data), "name": made.name}
        return self._mail(claimed.key, target, stream, entry)

    def _paper(self, kind: str, stream: str, entry: Entry) -> Attachment | None:
        content = paper(kind, entry.state, self.desk.office, stream)
        if content is None:
            return None
        # the version tells a revised invoice from the first, the digest one paper from another
        name = f"{stream}-{entry.version:02d}-{kind}-{paper_digest(content)[:8]}.pdf"
        return Attachment(name, "application/pdf", self.renderer.render(content))

    def _mail(self, key: str, role: str, stream: str, entry: Entry) -> dict[str, str]:
        to = self._address(Role(role), entry)
        office = self.desk.office
        text = letter(Role(role), stream, entry, self.desk.procedure(stream), office)
        papers = [self._paper(p, stream, entry) for p in entry.step.makes]
        papers.append(self._sample(entry))
        sent = self.mailer.send(
            Mail(
                id=key,
                sender=office.email,
                sender_name=office.name.id,
                to=to,
                subject=text.subject,
                body=text.body,
                at=office.local(entry.noted.at),
                thread=stream,
                attachments=tuple(p for p in papers if p is not None),
            )
        )
        return {"to": to, **sent}

    def _sample(self, entry: Entry) -> Attachment | None:
        """Return the data sample that the event names, if the host has put it into the blobs."""
        sample = getattr(entry.noted.event, "sample", None)
        if sample is None or not self.blobs.exists(sample.sha256):
            return None
        return Attachment(sample.name, sample.media_type, self.blobs.get(sample.sha256))

    def _address(self, role: Role, entry: Entry) -> str:
        if role is Role.APPLICANT:
            opened: Any = entry.state.latest[RequestOpened].event
            return str(opened.applicant.email)
        return self.desk.office.email
