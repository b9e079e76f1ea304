"""The people of a simulated world: applicants, an officer, a treasurer, and who tends the machines.

What they may do they read from the table, as people read it from a screen (``open_steps``); what
they send fits (``pst_core.testing.lives``), unless a fault makes them stray. Each of them sends a
command under an id of its own until an answer has come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs

from ... import deposit
from ... import request as rq
from ... import visit as vs
from ...desk import Done
from ...desk.issued import issued_files
from ...desk.ports import EffectStatus, Store, StoredEvent
from ...documents import SignatureFacts
from ...office import Office
from ...office.standard import Payment
from ...refusal import Conflict, GatewayUnavailable, PstError, Refusal, StorageError
from ...request import events as e
from ...request import state as s
from ...request.making import agreement_of, email_of
from ...request.state import Applicant, Channel, Segment, ZeroWish
from ...tariff import Map, Microdata, Product, Publication
from ...workflow import Actor, OpenStep, Procedure, Role, State
from ..lives import file, fitting
from .faults import Fault
from .world import HOUR, Instance, World

__all__ = ["Case", "Keeper", "Officer", "Treasurer", "Visitor", "strangers"]

OFFICER = Actor("petugas-1", Role.OFFICER, "Petugas")
TREASURER = Actor("bendahara-1", Role.TREASURER, "Bendahara")
STRANGER = Actor("orang-lain", Role.APPLICANT, "Orang Lain")

BASKETS: tuple[tuple[Product, ...], ...] = (
    (Publication("Rembang Dalam Angka", pages=312),),
    (Publication("Rembang Dalam Angka", pages=50), Microdata("Susenas 2025", bytes=4_200_000)),
    (Map("Rembang", extent="regency", level="village", sheets=1),),
    (Microdata("Sakernas 2025", bytes=900_000),),
)
Then = Callable[[Done | None], None]
"""What a sender does with the answer; None: it was refused."""


def _nothing(_: Done | None) -> None:
    """Go on with nothing."""


@attrs.define
class Sending:
    """A command on its way: the same under the same id until an answer has come."""

    world: World
    stream: str
    """Empty: it opens a case."""
    command: Any
    by: Actor
    then: Then = _nothing
    id: str = ""

    def __attrs_post_init__(self) -> None:
        self.id = self.id or self.world.new_id()
        self.send()

    def send(self) -> None:
        """Send it to any machine."""
        world = self.world
        came = world.on(world.machine(), self._to)
        name = type(self.command).__name__
        world.says(self.by.id, name, self.stream, came.__class__.__name__,
                   getattr(came, "code", ""))  # fmt: skip
        if isinstance(came, Done):
            if world.strikes(Fault.AGAIN):
                world.later(0, 5, self._once_more)
                self._altered(came)
            self.then(came)
        elif isinstance(came, Conflict) and came.code == "command-id-reused":
            world.wrong.append(f"{name} was sent with an id of its own and told: id reused")
        elif _is_definite(came):
            self.then(None)
        else:
            world.later(0.02, 2, self.send)

    def _to(self, instance: Instance) -> Done:
        if not self.stream:
            return instance.desk.open(self.command, by=self.by, command_id=self.id)
        return instance.desk.do(self.stream, self.command, by=self.by, command_id=self.id)

    def _once_more(self) -> None:
        """Send what was answered again: a browser does, when somebody goes back."""
        came = self.world.on(self.world.machine(), self._to)
        if isinstance(came, Done) and not came.repeated:
            self.world.wrong.append(f"{self.id} was carried out twice")
        if _is_definite(came):
            self.world.wrong.append(f"{self.id} was answered before, and then refused")

    def _altered(self, done: Done) -> None:
        """Send another command under the same id: it must never be answered."""
        other = rq.CancelRequest("lain")
        came = self.world.on(
            self.world.machine(),
            lambda i: i.desk.do(done.stream, other, by=STRANGER, command_id=self.id),
        )
        if isinstance(came, Done):
            self.world.wrong.append(f"another command was answered under the id {self.id}")


def _is_definite(came: object) -> bool:
    """Return whether the answer says for sure that nothing was done, nor will be."""
    if isinstance(came, Refusal):
        return True
    return isinstance(came, PstError) and not isinstance(
        came, (StorageError, GatewayUnavailable, Conflict)
    ) and came.code not in ("busy", "house-full")  # fmt: skip


def _open_steps(world: World, stream: str, by: Actor) -> tuple[State, list[OpenStep]] | None:
    """Return the state of a case and what ``by`` can do now, as a machine shows it."""

    state = world.on(world.machine(), lambda i: i.desk.state(stream))
    if not isinstance(state, State):
        return None
    steps = procedure_at(world.office, stream).open_steps(state, by)
    return state, [step for step in steps if step.ready]


def procedure_at(office: Office, stream: str) -> Procedure:
    """Return the procedure that a case of ``office`` follows."""
    if stream.startswith("request-"):
        return rq.procedure_of(office)
    return deposit.PROCEDURE if stream.startswith("deposit-") else vs.PROCEDURE


def _try(world: World, command: type, state: State, stream: str, **more: Any) -> Any | None:
    """Return a command that fits, or None where none can."""
    try:
        return fitting(command, state, world.office, world.now, stream, **more)
    except (AssertionError, IndexError, StopIteration):
        return None


# -- applicants -----------------------------------------------------------------------------------


class Case:
    """An applicant with one request, from the first click to the rating."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        dice = world.dice
        self.abroad = dice.hits(0.2)
        self.walks_in = not self.abroad and Channel.WALK_IN in world.office.doors and dice.hits(0.3)
        self.applicant = Applicant(
            f"warga-{number}", f"Warga {number}", f"warga-{number}@example.org",
            institution="Universitas", address="Semarang", abroad=self.abroad,
            segment=dice.one((Segment.INDIVIDUAL, *Segment)),
            lang=dice.one(("id", "id", "en")),
        )  # fmt: skip
        self.actor = Actor(self.applicant.id, Role.APPLICANT, self.applicant.name)
        self.basket = dice.one(BASKETS)
        self.on_paper = dice.hits(0.15)
        self.zero = dice.hits(0.1)
        self.late = world.has(Fault.LAST_MINUTE) and dice.hits(0.4)
        self.pays = not (world.has(Fault.NEVER_PAID) and dice.hits(0.2))
        self.stream = ""
        self.visit = ""
        self.over = False
        self._plan = 0
        if world.has(Fault.DEAD_ADDRESS) and dice.hits(0.3):
            world.mailbox.dead.add(self.applicant.email)
        if world.has(Fault.POISON) and dice.hits(0.3):
            world.mailbox.poison.add(self.applicant.email)
        world.mailbox.readers[self.applicant.email] = self.act
        first = self._visits if self.walks_in else self._opens
        world.later(0, 48, first)

    def _visits(self) -> None:
        Visitor(self.world, self.actor, self._at_the_counter)

    def _at_the_counter(self, visit: str) -> None:
        self.visit = visit
        self._opens()

    def _opens(self) -> None:
        if self.visit:
            channel = Channel.WALK_IN
        elif Channel.ONLINE in self.world.office.doors:
            channel = Channel.ONLINE
        else:
            self.over = True  # the door was shut before their number was called
            return
        opening = rq.OpenRequest(self.applicant, channel, self.visit)
        Sending(self.world, "", opening, self.actor, self._opened)

    def _opened(self, done: Done | None) -> None:
        if done is None:  # the visit has ended meanwhile: they file from home
            self.visit = ""
            self.world.later(1, 20, self._opens)
            return
        if not self.stream:
            self.stream = done.stream
            self.soon()

    def soon(self) -> None:
        """Go on within a day; who was woken by a mail does so sooner."""
        self._plan += 1
        plan = self._plan
        self.world.later(0.2, 20, lambda: self.act() if plan == self._plan else None)

    def act(self) -> None:
        """Look at the request and do what comes next, or something else."""
        if not self.stream or self.over:
            return
        seen = _open_steps(self.world, self.stream, self.actor)
        if seen is None:
            self.soon()
            return
        state, steps = seen
        made = self._choose(state, steps)
        if made is not None:
            Sending(self.world, self.stream, made, self.actor, lambda _: self.soon())
        elif state.phase in (s.CLOSED, s.CANCELLED, s.REJECTED, s.EXPIRED):
            # who has heard nothing looks again, until somebody has told them about their address
            self.over = email_of(state) not in self.world.mailbox.dead
            if not self.over:
                self.soon()
        else:
            self._plan += 1
            plan = self._plan
            self.world.later(30, 80, lambda: self.act() if plan == self._plan else None)

    def _choose(self, state: State, steps: list[OpenStep]) -> Any | None:
        there = {step.step.command for step in steps}
        dice = self.world.dice
        if rq.CorrectAddress in there and dice.hits(0.5):
            address = f"{dice.random.randrange(10**6)}-{self.applicant.email}"
            self.world.mailbox.readers[address] = self.act
            return rq.CorrectAddress(address)
        if state.phase == s.SETTLING:
            return self._settles(state, there)
        odd = [c for c in _CHANGES if c in there]
        if odd and self.world.strikes(Fault.CHANGE_OF_MIND):
            return self._fit(dice.one(odd), state)
        sent = state.last(rq.OfferSent)
        if self.late and state.phase == s.OFFERED and sent is not None:
            end = sent.valid_until
            if self.world.now < end - HOUR:
                self.world.at(end + HOUR * dice.between(-1, 1), self.act)
                return None
        usual = [c for c in _USUAL if c in there and not _is_done(c, state)]
        return self._fit(usual[0], state) if usual else None

    def _settles(self, state: State, there: set[type]) -> Any | None:
        """Pay, sign, or say that it was paid."""
        world = self.world
        if rq.SignAgreement in there and not self.on_paper:
            return self._signs(state)
        if self.on_paper and s.NEEDS_AGREEMENT in state.facts and s.SIGNED not in state.facts:
            brought = _try(world, rq.RecordOriginals, state, self.stream)
            world.later(10, 60, lambda: self._brings(brought))
        if not self.pays:
            return None
        if rq.CancelRequest in there and world.strikes(Fault.CHANGE_OF_MIND):
            return rq.CancelRequest("tidak jadi")
        owed = rq.owed(state.books)
        if s.ABROAD in state.facts or Payment.TRANSFER in world.office.payment:
            if rq.ReportPayment in there and owed:
                amount = self._amount(owed)
                world.treasury.transfer(self.stream, amount)
                return rq.ReportPayment(world.now, "Bank", amount, file("bukti.pdf", pages=1))
            return None
        if rq.RequestBilling in there:
            return rq.RequestBilling()
        issued = state.last(rq.BillingIssued)
        if issued is None or not owed or s.CODE_VALID not in state.facts:
            return None
        came = world.treasury.pay(issued.code, self._amount(owed))
        if came and rq.ReportPayment in there and world.dice.hits(0.5):
            return rq.ReportPayment(world.now, "Bank", owed, file("bukti.pdf", pages=1))
        return None

    def _brings(self, originals: Any) -> None:
        if originals is not None and self.world.dice.hits(0.7):
            Sending(self.world, self.stream, originals, OFFICER)

    def _amount(self, owed: int) -> int:
        if self.world.strikes(Fault.AMOUNT, 4):
            return max(1, owed + self.world.dice.one((-1, 1, 500, -500, owed, -owed // 2)))
        return owed

    def _signs(self, state: State) -> Any | None:
        world, sent, at = self.world, state.last(rq.OfferSent), state.when(rq.OfferSent)
        if sent is None or at is None:
            return None
        filled = agreement_of(state, world.office, self.stream, sent.number, at)
        text = "\n".join(filled.paragraphs("id"))
        signature = SignatureFacts(
            self.applicant.name, intact=True, covers_whole_file=True, trusted=True
        )
        issued = world.on(world.machine(), lambda i: i.desk.store.effects(self.stream))
        if isinstance(issued, BaseException):
            return None
        signed = file(
            "sppd.pdf", pages=1, codes=(filled.code,), text_found=text, signatures=(signature,),
            revisions=tuple(issued_files(issued, s.AGREEMENT)),
        )  # fmt: skip
        if world.strikes(Fault.TAMPER, 4):
            words = text.replace("tidak", "")
            changed = world.dice.one((
                attrs.evolve(signed, text_found=words),
                attrs.evolve(signed, codes=(filled.code[::-1],)),
                attrs.evolve(signed, codes=()),
            ))  # fmt: skip
            came = world.on(
                world.machine(),
                lambda i: i.desk.do(self.stream, rq.SignAgreement(changed), by=self.actor),
            )
            if isinstance(came, Done):
                world.wrong.append(f"{self.stream}: another text than the agreement was taken")
        return rq.SignAgreement(signed)

    def _fit(self, command: type, state: State) -> Any | None:
        if command is rq.ChooseProducts and state.last(e.ProductsChosen) is not None:
            self.basket = self.world.dice.one(BASKETS)
        made = _try(self.world, command, state, self.stream, products=self.basket)
        if made is not None and command is rq.CompleteForm and self.zero:
            made = attrs.evolve(made, zero=ZeroWish("local-government", "state-duty", "B-12/2026"))
        return made


_USUAL = (
    rq.FileRequest, rq.AcceptTerms, rq.ChooseProducts, rq.HandInDocument, rq.CompleteForm,
    rq.FileAbstraction, rq.AcceptOffer, rq.ApproveDelivery, rq.RateService,
)  # fmt: skip
"""What an applicant does, what leads on first."""
_CHANGES = (
    rq.ChooseProducts, rq.CancelRequest, rq.AskOfferCorrection, rq.AskDeliveryCorrection,
)  # fmt: skip
_DONE: dict[type, Any] = {
    rq.ChooseProducts: s.PRODUCTS_CHOSEN,
    rq.CompleteForm: s.FORM_COMPLETE,
    rq.FileAbstraction: s.ABSTRACTION_FILED,
    rq.HandInDocument: s.DOCUMENTS_COMPLETE,
}


def _is_done(command: type, state: State) -> bool:
    return _DONE.get(command) in state.facts


class Visitor:
    """Somebody at the unit, from the door to the counter (S1 to S5).

    They come within ``minutes`` after the unit opens; a bus brings many at once.
    """

    def __init__(
        self,
        world: World,
        actor: Actor,
        then: Callable[[str], None] | None = None,
        *,
        minutes: float = 90,
    ) -> None:
        self.world, self.actor, self.then = world, actor, then
        self._minutes = minutes
        self.stream = ""
        self._tries = 0
        self._comes()

    def _comes(self) -> None:
        """Come in office hours."""
        office, now = self.world.office, self.world.now
        day = office.local(now).date()
        opens = dt.datetime.combine(day, dt.time(8), office.calendar.zone)
        if not office.calendar.is_workday(day) or now > opens + dt.timedelta(hours=4):
            day = office.calendar.add(day, 1)
            opens = dt.datetime.combine(day, dt.time(8), office.calendar.zone)
        when = max(now, opens) + dt.timedelta(minutes=self.world.dice.between(0, self._minutes))
        self.world.at(when, lambda: Sending(
            self.world, "", vs.VisitUnit(self.actor.id), self.actor, self._writes
        ))  # fmt: skip

    def _writes(self, done: Done | None) -> None:
        if done is None or self.stream:
            return
        self.stream = done.stream
        guest = vs.Visitor(
            self.actor.id, self.actor.name, f"{self.actor.id}@example.org", "+62812000111",
            "Universitas", "Penelitian",
        )  # fmt: skip
        self._send(vs.SignGuestBook(guest), self._takes_number)

    def _takes_number(self, done: Done | None) -> None:
        self._send(vs.TakeNumber(), self._waits if done is not None else self._gives_up)

    def _waits(self, done: Done | None) -> None:
        if done is None:
            self._gives_up(None)
        else:
            self.world.later(0.05, 0.5, self._is_called)

    def _is_called(self) -> None:
        """Let a counter call whoever is next, until it is this one."""
        world = self.world
        self._tries += 1
        called = world.on(world.machine(), lambda i: i.desk.call_next("1", by=OFFICER))
        seen = world.on(world.machine(), lambda i: i.desk.state(self.stream))
        phase = getattr(seen, "phase", "")
        if phase == "CALLED":
            self._send(vs.StateRequest("Susenas"), self._is_served)
        elif phase == "WAITING" and self._tries < 30:
            del called
            world.later(0.05, 0.3, self._is_called)
        elif isinstance(seen, BaseException) and self._tries < 30:
            world.later(0.05, 0.3, self._is_called)
        else:
            self._gives_up(None)

    def _is_served(self, done: Done | None) -> None:
        if self.then is not None:
            self.then(self.stream if done is not None else "")
        self._by_officer(vs.FinishVisit())

    def _gives_up(self, _: Done | None) -> None:
        if self.then is not None:
            self.then("")

    def _send(self, command: Any, then: Then) -> None:
        self.world.later(
            0.01, 0.1, lambda: Sending(self.world, self.stream, command, self.actor, then)
        )

    def _by_officer(self, command: Any) -> None:
        self.world.later(0.05, 0.3, lambda: Sending(self.world, self.stream, command, OFFICER))


# -- the office -----------------------------------------------------------------------------------


class _Clerk:
    """Somebody of the office, who works off what the register says is theirs."""

    actor: Actor
    usual: tuple[type, ...]

    def __init__(self, world: World) -> None:
        self.world = world
        self._plan = 0
        self.away = False
        self.soon()

    def soon(self, low: float = 1, high: float = 10) -> None:
        """Come back to the desk within some hours."""
        self._plan += 1
        plan = self._plan
        self.world.later(low, high, lambda: self.act() if plan == self._plan else None)

    def act(self) -> None:
        """Take one case of the register and do what comes next with it."""
        rows = self.world.on(self.world.machine(), self._rows)
        if isinstance(rows, BaseException) or not rows:
            self.soon(4, 16)
            return
        stream = self.world.dice.one(rows)
        seen = _open_steps(self.world, stream, self.actor)
        made = None
        if seen is not None:
            made = self.choose(stream, *seen)
            if self.world.strikes(Fault.HASTE):
                self._hastily(stream, seen[0])
        if made is None:
            self.soon(2, 10)
        else:
            Sending(self.world, stream, made, self.actor, lambda _: self.soon(0.2, 6))

    def _rows(self, instance: Instance) -> list[str]:
        return [
            row.stream
            for row in instance.desk.register(whose=str(self.actor.role))
            if row.procedure != "visit"
        ]

    def choose(self, stream: str, state: State, steps: list[OpenStep]) -> Any | None:
        """Return what comes next."""
        raise NotImplementedError

    def _hastily(self, stream: str, state: State) -> None:
        """Try whatever the office may ever do, now: also what is a colleague's."""
        world = self.world
        procedure = rq.procedure_of(world.office)
        rows = [row for row in procedure.steps if row.role in (Role.OFFICER, Role.TREASURER)]
        command = world.dice.one(rows).command
        if command in _NEVER_IN_HASTE:
            return
        made = _try(world, command, state, stream)
        if made is not None:
            came = world.on(world.machine(), lambda i: i.desk.do(stream, made, by=self.actor))
            world.says("in haste", command.__name__, stream, came.__class__.__name__)


_NEVER_IN_HASTE = (
    # a billing code or money that was made up is a lie of the treasurer, not a fault of a program
    rq.ConfirmPayment, rq.VerifyTransfer, rq.TakeCash, rq.IssueBilling, rq.ReversePayment,
    rq.RecordOriginals, rq.RejectRequest, rq.RefusePayment, rq.SendBackAbstraction,
    rq.CancelMisfit, rq.LeadToConsultation,
)  # fmt: skip


class Officer(_Clerk):
    """Verifies, prepares, offers, corrects, delivers."""

    actor = OFFICER
    usual = (
        rq.DeliverProducts, rq.SendOffer, rq.ReviseOffer, rq.MendDelivery, rq.PrepareProducts,
        rq.VerifyAbstraction, rq.AcceptAgreement,
    )  # fmt: skip

    def choose(self, stream: str, state: State, steps: list[OpenStep]) -> Any | None:
        """Return what comes next."""
        there = {step.step.command for step in steps}
        world = self.world
        if rq.ApproveZero in there and state.last(e.ZeroApproved) is None and world.dice.hits(0.7):
            return _try(world, rq.ApproveZero, state, stream)
        odd = [c for c in _SAYS_NO if c in there]
        if odd and world.strikes(Fault.CHANGE_OF_MIND):
            return _try(world, world.dice.one(odd), state, stream)
        for command in self.usual:
            if command in there and not (
                command is rq.PrepareProducts and s.PRODUCTS_PREPARED in state.facts
            ):
                return _try(world, command, state, stream)
        return None


_SAYS_NO = (
    rq.SendBackAbstraction, rq.CancelMisfit, rq.LeadToConsultation, rq.RefuseAgreement,
    rq.RejectRequest,
)  # fmt: skip


class Treasurer(_Clerk):
    """Makes billing codes, records what the treasury's list says, makes receipts, asks refunds."""

    actor = TREASURER

    def _rows(self, instance: Instance) -> list[str]:
        """Return the treasurer's cases; where several act at once the register names one role.

        The bank's statement names the others: money may come for a request that nobody says is
        paid, or that was cancelled meanwhile.
        """
        own = dict.fromkeys(super()._rows(instance))
        for phase in (s.SETTLING, s.DELIVERED, s.CLOSED):
            rows = instance.desk.register(procedure="request", phase=str(phase))
            own |= dict.fromkeys(row.stream for row in rows)
        for stream in self.world.treasury.transfers:
            if stream not in own and self._unentered(stream, instance.desk.state(stream)):
                own[stream] = None
        return list(own)

    def _unentered(self, stream: str, state: State) -> tuple[str, int] | None:
        """Return what the bank's statement has for a request and its history has not."""
        known = {event.reference for event in state.every(e.TransferVerified)}
        came = self.world.treasury.transfers[stream]
        return next((one for one in came if one[0] not in known), None)

    def act(self) -> None:
        """Take in the list of payments, then go on as others do."""
        if not self.world.by_gateway:
            self._takes_in_the_list()
        self._mistakes_a_payment()
        super().act()

    def _mistakes_a_payment(self) -> None:
        """Type the number of one request's payment into another."""
        world = self.world
        paid = [
            b for b in world.treasury.bills.values()
            if b.payment is not None and b.heard and not b.bill.reference.startswith("stray")
            and b.payment.ntpn not in world.treasury.mistyped
        ]  # fmt: skip
        if not paid or not world.strikes(Fault.TYPO, 3):
            return
        payment = world.dice.one(paid).payment
        rows = world.on(world.machine(), lambda i: [
            row.stream for row in i.desk.register(procedure="request", phase=str(s.SETTLING))
        ])  # fmt: skip
        if payment is None or isinstance(rows, BaseException) or not rows:
            return
        made = rq.ConfirmPayment(payment.ntpn, payment.ntb, payment.amount, payment.paid_at)
        _must_not(world, world.dice.one(rows), made, TREASURER)

    def _takes_in_the_list(self) -> None:
        """Record what the treasury's list names and the store has not, as the desk proposes it."""
        world = self.world
        paid = [b for b in world.treasury.bills.values() if b.payment is not None and not b.heard]
        if not paid:
            return
        rows = [
            rq.TreasuryRow(n + 1, b.bill.code, b.payment.ntpn, b.payment.ntb, b.payment.amount,
                           world.office.local(b.payment.paid_at))
            for n, b in enumerate(paid) if b.payment is not None
        ]  # fmt: skip
        found = world.on(world.machine(), lambda i: i.desk.reconcile(rows))
        if not isinstance(found, tuple):
            return
        for bill, one in zip(paid, found, strict=True):
            if one.command is None:
                bill.heard = str(one.finding) == "already-settled"
                continue
            if world.strikes(Fault.TYPO, 3) and one.command.amount > 2_000:
                wrong = attrs.evolve(one.command, amount=one.command.amount - 1_000)
                world.treasury.mistyped[wrong.ntpn] = wrong.amount
                Sending(world, one.stream, wrong, TREASURER, self._mends(one.stream, one.command))
            else:
                Sending(world, one.stream, one.command, TREASURER, id=f"{one.command_id}")

    def _mends(self, stream: str, right: Any) -> Then:
        """Take a payment back that was typed wrongly, as soon as it is seen."""

        def then(done: Done | None) -> None:
            if done is not None:
                back = rq.ReversePayment(right.ntpn, "Salah ketik.")
                self.world.later(0.5, 5, lambda: Sending(self.world, stream, back, TREASURER))

        return then

    def choose(self, stream: str, state: State, steps: list[OpenStep]) -> Any | None:
        """Return what comes next."""
        there = {step.step.command for step in steps}
        world = self.world
        if deposit.ExplainPayment in there:
            return deposit.ReturnPayment("Setoran satker lain.")
        if rq.RecordRefund in there:
            return rq.RecordRefund(f"B-{world.tick()}/KPPN/2026")
        if rq.IssueReceipt in there:
            return rq.IssueReceipt()
        if rq.VerifyTransfer in there:
            return self._verifies(stream, state)
        usual = {x.step.command for x in steps if not x.step.aside}
        if rq.IssueBilling in usual and self._waited(state):
            bill = world.treasury.make(f"hand-{world.tick()}", rq.owed(state.books))
            return rq.IssueBilling(
                bill.code, world.office.local(bill.issued_at), world.office.local(bill.expires_at)
            )
        if rq.TakeCash in usual and world.dice.hits(0.3):
            return rq.TakeCash(rq.owed(state.books), "Warga")
        if rq.RefusePayment in usual and self._nothing_new(state):
            return rq.RefusePayment("Tidak ditemukan.")
        return None

    def _waited(self, state: State) -> bool:
        """Return whether the electronic way has had its time."""
        return not self.world.by_gateway or self.world.now > state.turns[-1][0] + dt.timedelta(1)

    def _nothing_new(self, state: State) -> bool:
        """Return whether all is recorded that the treasury's list has for the codes of a request:

        a report of money then tells of none, or of what was recorded already.
        """
        bills = self.world.treasury.bills
        recorded = {event.ntpn for event in state.every(rq.PaymentConfirmed)}
        came = [bills[code].payment for code in rq.codes_of(state) if code in bills]
        return all(payment is None or payment.ntpn in recorded for payment in came)

    def _verifies(self, stream: str, state: State) -> Any | None:
        came = self._unentered(stream, state)
        if came is not None:
            today = self.world.office.local(self.world.now).date()
            return rq.VerifyTransfer(came[1], today, came[0], "Warga")
        if s.PAYMENT_REPORTED in state.facts:
            return rq.RefusePayment("Tidak ditemukan.")
        return None


class Keeper:
    """Whoever tends the machines: effects and timers are worked off, what failed is looked at.

    Workers ask often while there is something to do, and twice a day at least.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._position = 0
        for instance in world.machines:
            self._turn(instance)
        world.later(6, 12, self._looks_after)

    def _turn(self, instance: Instance) -> None:
        """Do a round; come back soon where something was done or has happened since."""
        worked = self.work(instance)
        self.follow(instance)
        busy = worked or self.world.stirred
        self.world.stirred = False
        low, high = (0.05, 1) if busy else (3, 9)
        self.world.later(low, high, lambda: self._turn(instance))

    def follow(self, instance: Instance) -> None:
        """Read on where the reader stopped, as a register of somebody else's would."""
        most = self.world.dice.one((1, 3, 20))
        rows = self.world.on(instance, lambda i: i.desk.store.read(self._position, most))
        if not isinstance(rows, BaseException):
            self._met(rows)

    def follow_to_the_end(self, store: Store) -> None:
        """Read what is left."""
        while rows := store.read(self._position, 20):
            self._met(rows)

    def _met(self, rows: tuple[StoredEvent, ...]) -> None:
        self._position = rows[-1].position if rows else self._position
        self.world.followed += [(row.stream, row.version) for row in rows]

    def work(self, instance: Instance) -> bool:
        """Let a machine do what its worker does at each round; return whether it did anything."""
        world = self.world
        came = world.on(instance, lambda i: i.desk.run_timers())
        if isinstance(came, Refusal):
            world.says("a timer was refused:", came.say("en"))
        worked = world.on(instance, lambda i: i.worker.work_off())
        if world.by_gateway and world.dice.hits(0.3):
            world.on(instance, lambda i: i.worker.look_for_payments())
        return isinstance(worked, BaseException) or bool(worked)

    def _looks_after(self) -> None:
        """Queue again what was set aside; a mail to a dead address when it was corrected."""
        world = self.world

        def retry(instance: Instance) -> None:
            store = instance.desk.store
            for row in store.effects(status=EffectStatus.DEAD):
                if row.kind == "bill":
                    continue  # the treasurer makes it by hand
                if row.kind == "mail" and row.key.endswith("applicant"):
                    state = instance.desk.state(row.stream)
                    if s.ADDRESS_DEAD in state.facts:
                        continue  # it goes out when the address is corrected
                store.retry(row.key, instance.clock())

        world.on(world.machine(), retry)
        world.later(12, 24, self._looks_after)


def strangers(world: World, cases: list[Case]) -> None:
    """Let people act on what is not theirs, for as long as faults strike."""

    def act() -> None:
        known = [case for case in cases if case.stream]
        if known and world.strikes(Fault.STRANGER, 3):
            case = world.dice.one(known)
            seen = _open_steps(world, case.stream, case.actor)
            steps = [x for x in seen[1] if Role.APPLICANT in x.step.roles] if seen else []
            if seen is not None and steps:
                step = world.dice.one(steps).step
                made = _try(world, step.command, seen[0], case.stream)
                by = world.dice.one((STRANGER, attrs.evolve(STRANGER, role=Role.OFFICER)))
                if made is not None and (by is STRANGER or by.role not in step.roles):
                    _must_not(world, case.stream, made, by)
        if world.by_gateway and world.treasury.bills and world.strikes(Fault.FORGED, 3):
            world.treasury.forge(world.dice.one(list(world.treasury.bills)))
        if world.by_gateway and world.strikes(Fault.STRAY, 2):
            bill = world.treasury.make(f"stray-{world.tick()}", 294_000)
            # no poll asks for what nobody has recorded: only the notice can tell
            world.treasury.pay(bill.code, 294_000, told=True)
        if world.now < world.calm_at:
            world.later(2, 24, act)

    world.later(10, 40, act)


def _must_not(world: World, stream: str, made: Any, by: Actor) -> None:
    came = world.on(world.machine(), lambda i: i.desk.do(stream, made, by=by))
    if isinstance(came, Done):
        world.wrong.append(f"{stream}: {type(made).__name__} by {by.id} as {by.role}")
