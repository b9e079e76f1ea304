"""Bugs that are planted on purpose, each a small patch, to prove that something finds it.

The simulator looks for each, seed by seed, and must find it within ``SEEDS``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from pst_core import request as rq
from pst_core.desk import desk as of_desk
from pst_core.desk import payments as of_payments
from pst_core.desk import worker as of_worker
from pst_core.desk.desk import Desk, Done
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Appended, Batch
from pst_core.desk.worker import Worker
from pst_core.office import Office
from pst_core.request import events as e
from pst_core.request import requirements as r
from pst_core.request import state as s
from pst_core.request.posting import paid as _paid
from pst_core.request.posting import standing as _standing
from pst_core.testing.sim import MemoryBacking, SimWorld, offices
from pst_core.text import Text
from pst_core.visit import PROCEDURE as VISIT
from pst_core.visit import events as ve
from pst_core.workdays.calendar import Calendar
from pst_core.workflow import Procedure, Role, Step

__all__ = ["PLANTS", "Plant", "found_by", "planted"]

Patch = contextlib.AbstractContextManager[None]
SEEDS = 200
"""Within so many seeds the simulator must find a planted bug."""


@attrs.frozen
class Plant:
    """A bug: its name, what is wrong, and the patch that plants it."""

    name: str
    what: Text
    patch: Callable[[], Patch]


# -- how a bug is planted -------------------------------------------------------------------------


@contextlib.contextmanager
def swap(owner: Any, name: str, new: Any) -> Iterator[None]:
    """Put ``new`` in the place of an attribute, also of a frozen object, for a while."""
    if isinstance(owner, type) or not hasattr(type(owner), "__attrs_attrs__"):
        old = owner.__dict__[name]
        setattr(owner, name, new)
        try:
            yield
        finally:
            setattr(owner, name, old)
        return
    old = getattr(owner, name)
    object.__setattr__(owner, name, new)
    try:
        yield
    finally:
        object.__setattr__(owner, name, old)


@contextlib.contextmanager
def all_of(*patches: Patch) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield


def procedures() -> list[Procedure]:
    return list({id(p): p for p in map(rq.procedure_of, offices())}.values())


@contextlib.contextmanager
def rows(wanted: Callable[[Step], bool], **changed: Any) -> Iterator[None]:
    """Change the rows of the paid request that are ``wanted``, at every simulated office."""
    with contextlib.ExitStack() as stack:
        met = 0
        for procedure in procedures():
            stack.callback(_forget, procedure)
            for step in filter(wanted, procedure.steps):
                met += 1
                for name, value in changed.items():
                    new = value(getattr(step, name)) if callable(value) else value
                    stack.enter_context(swap(step, name, new))
            _forget(procedure)
        assert met, "no row is changed"
        yield


def _forget(procedure: Procedure) -> None:
    """Forget what a procedure remembers of its rows."""
    procedure._places.clear()
    with contextlib.suppress(AttributeError):
        object.__delattr__(procedure, "posting")


def of(*commands: type) -> Callable[[Step], bool]:
    return lambda step: step.command in commands


def without(*left_out: Any) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    return lambda old: tuple(x for x in old if x not in left_out)


def unasked(requirement: Any) -> Patch:
    """Let a requirement be met by everything."""
    return swap(requirement, "check", lambda *_: ())


# -- store ----------------------------------------------------------------------------------------

_append, _claim = MemoryStore.append, MemoryStore.claim
_do, _carry_out, _mail = Desk._do, Worker._carry_out, Worker._mail


def _one_in(n: int, text: str) -> bool:
    return int(hashlib.sha256(text.encode()).hexdigest()[:6], 16) % n == 0


def _acknowledges_first(self: MemoryStore, batch: Batch) -> Any:
    if batch.expected_version and _one_in(25, batch.command_id):
        known = self.answer(batch.command_id, batch.office, batch.fingerprint)
        if known is None:
            version = batch.expected_version + len(batch.events)
            return Appended(batch.stream, version, batch.expected_version + 1)
    return _append(self, batch)


def _effects_apart(self: Desk, *given: Any) -> Done:
    """Write the effects after the commit, in a transaction of their own."""
    late: list[Any] = []
    store = self.store

    class Apart:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def append(self, batch: Batch) -> Any:
            late.append(batch)
            return store.append(attrs.evolve(batch, effects=()))

    self.store = Apart()  # type: ignore[assignment]
    try:
        done = _do(self, *given)
    finally:
        self.store = store
    if late and late[-1].effects and not done.repeated:
        version = done.state.version
        store.append(attrs.evolve(
            late[-1], events=(), numbers=(), expected_version=version,
            command_id=f"{late[-1].command_id}/effects",
        ))  # fmt: skip
    return done


def _unchecked_version(self: MemoryStore, batch: Batch) -> None:
    with contextlib.suppress(of_desk.Conflict):
        _check(self, batch)


_check = MemoryStore._check


def _unchecked_number(self: MemoryStore, batch: Batch) -> None:
    _check(self, attrs.evolve(batch, numbers=()))


def _skips_a_number(self: Desk, *given: Any) -> dict[str, int]:
    return {name: n + (n % 3 == 2) for name, n in _next_numbers(self, *given).items()}


_next_numbers = Desk._next_numbers
_answer = MemoryStore._answer


def _knows_the_id_alone(self: MemoryStore, command_id: str, office: str, print_: str) -> Any:
    known = self._commands.get(command_id)
    return _answer(self, command_id, *known[:2]) if known else None


def _never_claims_again(self: MemoryStore, *given: Any, **named: Any) -> Any:
    claimed = _claim(self, *given, **named)
    for one in claimed:
        self._effects[one.key].ready = None
    return claimed


def _skips_the_next(self: MemoryStore, after: int = 0, limit: int = 1000) -> Any:
    return _read(self, after + 1 if after else 0, limit)


_read = MemoryStore.read


# -- desk and worker ------------------------------------------------------------------------------


def _forgets_to_wake(self: Desk, *given: Any) -> Any:
    return attrs.evolve(_summary(self, *given), wake=None)


def _keeps_the_old_row(self: Desk, procedure: Any, stream: str, state: Any, *more: Any) -> Any:
    made = _summary(self, procedure, stream, state, *more)
    old = self.store.summary(stream)
    return (
        attrs.evolve(old, wake=made.wake)
        if old and _one_in(9, f"{stream}{state.version}")
        else made
    )


_summary = Desk._summary


def _marks_first(self: Worker, claimed: Any) -> Any:
    self.desk.store.finish(claimed.key, claimed.attempt, "{}")
    return _carry_out(self, claimed)


def _with_a_new_id(self: Worker, key: str, *more: Any) -> Any:
    mailer = self.mailer

    class NewIds:
        def send(self, mail: Any) -> Any:
            return mailer.send(attrs.evolve(mail, id=f"{mail.id}/{mail.at:%f}/{len(mail.body)}"))

    self.mailer = NewIds()  # type: ignore[assignment]
    try:
        return _mail(self, key, *more)
    finally:
        self.mailer = mailer


def _from_the_newest(
    self: Worker, key: str, role: str, stream: str, history: Any, entry: Any
) -> Any:
    newest = attrs.evolve(entry, state=history[-1].state)
    return _mail(self, key, role, stream, history, newest)


def _to_the_office(self: Worker, role: Role, latest: Any) -> str:
    del role, latest
    return self.desk.office.email


def _to_the_first(self: Worker, role: Role, latest: Any) -> str:
    opened = latest.state.last(rq.RequestOpened)
    return opened.applicant.email if role is Role.APPLICANT and opened else self.desk.office.email


def _says_kept(self: Worker, claimed: Any) -> Any:
    blobs = self.blobs

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            return getattr(blobs, name)

        def put(self, data: bytes) -> str:
            return hashlib.sha256(data).hexdigest()

    self.blobs = Forgetful()  # type: ignore[assignment]
    try:
        return _do_effect(self, claimed)
    finally:
        self.blobs = blobs


_do_effect = Worker._do


def _own_clock(self: Desk, stream: str, *given: Any) -> Done:
    """As it was: the time of an event is what the clock says, even if it goes back."""
    store = self.store

    class NoTimes:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def load(self, name: str, after: int = 0) -> Any:
            rows = store.load(name, after)
            return (*rows[:-1], _Early(rows[-1])) if rows else rows

    self.store = NoTimes()  # type: ignore[assignment]
    try:
        return _do(self, stream, *given)
    finally:
        self.store = store


class _Early:
    """A stored event that seems to have happened long ago to whoever compares its time."""

    def __init__(self, row: Any) -> None:
        self._row = row
        self._asked = 0

    def __getattr__(self, name: str) -> Any:
        if name == "at":
            # the first look is that of the desk, the second that of the fold
            self._asked += 1
            if self._asked == 1:
                return self._row.at - dt.timedelta(days=999)
        return getattr(self._row, name)


def _another_bill_each_time(desk: Any, gateway: Any, stream: str, key: str) -> Any:
    return _order_bill(
        desk, gateway, stream, f"{key}-{desk.store.last_number('x')}{desk.clock():%f}"
    )


_order_bill = of_payments.order_bill


# -- law ------------------------------------------------------------------------------------------


def _in_utc(self: Office, at: dt.datetime) -> dt.datetime:
    del self
    return at.astimezone(dt.UTC)


_calendar_add = Calendar.add


def _weekends_only(self: Calendar, day: dt.date, days: int) -> dt.date:
    while days:
        day += dt.timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _counts_the_first(self: Calendar, day: dt.date, days: int) -> dt.date:
    return _calendar_add(self, day, max(1, days - 1))


def _number_of_those_waiting(command: Any, state: Any, context: Any) -> Any:
    del state
    from pst_core.visit.procedure import _service

    number = max(1, context.numbers["queue"] - 1)
    return ve.NumberTaken(number, _service(command, context.rules), command.priority)


def _capped(event: Any, books: Any) -> Any:
    return _paid(
        attrs.evolve(event, amount=min(event.amount, rq.owed(books) or event.amount)), books
    )


def _never_back(books: Any) -> Any:
    return tuple(f for f in _standing(books) if f != s.REFUND_DUE)


def _unowned(name: str = "owner") -> Patch:
    return all_of(*(swap(p, name, lambda _: None) for p in procedures()))


def _in_any_role(self: Procedure, command: Any, state: Any, context: Any) -> Any:
    step = self.step_for(type(command), state)
    if step is not None and context.by.role not in step.roles:
        context = attrs.evolve(context, by=attrs.evolve(context.by, role=step.role))
    return _decide(self, command, state, context)


_decide = Procedure.decide


def _a_day_early(state: Any, office: Any) -> Any:
    issued = state.last(e.BillingIssued)
    return issued.expires_at - dt.timedelta(days=1) if issued else None


def _once_is_never(self: Desk, *_: Any) -> tuple[dict[str, int], bool]:
    return {}, False


def _no_tolerance(*_: Any, **__: Any) -> None:
    """Believe every notice."""


# -- the list -------------------------------------------------------------------------------------

PLANTS = (
    # the store
    Plant("acknowledged before commit",
          Text(id="tulisan dijawab, tetapi tidak tersimpan",
               en="a write is answered and not kept"),
          lambda: swap(MemoryStore, "append", _acknowledges_first)),
    Plant("effect outside the transaction",
          Text(id="tindak lanjut ditulis sendiri setelah commit",
               en="effects are written after the commit, on their own"),
          lambda: swap(Desk, "_do", _effects_apart)),
    Plant("command id not unique",
          Text(id="perintah yang datang lagi dikerjakan lagi",
               en="a command that comes again is carried out again"),
          lambda: swap(MemoryStore, "_answer", lambda *_: None)),
    Plant("fingerprint not compared",
          Text(id="perintah lain dengan nomor lama dijawab",
               en="another command under a known id is answered"),
          lambda: swap(MemoryStore, "_answer", _knows_the_id_alone)),
    Plant("expected version not compared",
          Text(id="keputusan atas versi lama ditulis",
               en="a decision on an old version is written"),
          lambda: swap(MemoryStore, "_check", _unchecked_version)),
    Plant("number not compared",
          Text(id="dua orang mendapat nomor berikut yang sama",
               en="two take the same next number"),
          lambda: swap(MemoryStore, "_check", _unchecked_number)),
    Plant("number gap",
          Text(id="satu nomor dalam seri terlewat",
               en="a number of a series is left out"),
          lambda: all_of(swap(MemoryStore, "_check", _unchecked_number),
                         swap(Desk, "_next_numbers", _skips_a_number))),
    Plant("lease never ends",
          Text(id="yang diambil pekerja mati tidak diambil siapa pun lagi",
               en="what a dead worker had claimed is nobody's"),
          lambda: swap(MemoryStore, "claim", _never_claims_again)),
    Plant("`>=` for `>` in the cursor",
          Text(id="pembaca yang melanjutkan melewatkan satu peristiwa",
               en="a reader that goes on skips an event"),
          lambda: swap(MemoryStore, "read", _skips_the_next)),
    # desk and worker
    Plant("time goes back",
          Text(id="peristiwa bertanggal sebelum peristiwa yang mendahuluinya",
               en="an event is noted at a time before the event it follows"),
          lambda: swap(Desk, "_do", _own_clock)),
    Plant("timer lost",
          Text(id="daftar tidak menyebut kapan perkara harus dibangunkan",
               en="the register does not say when a case wakes"),
          lambda: swap(Desk, "_summary", _forgets_to_wake)),
    Plant("register not rewritten",
          Text(id="daftar kadang menyimpan baris lama",
               en="the register keeps an old row now and then"),
          lambda: swap(Desk, "_summary", _keeps_the_old_row)),
    Plant("mark sent before sending",
          Text(id="tindak lanjut ditandai selesai sebelum dikerjakan",
               en="an effect is done before it was carried out"),
          lambda: swap(Worker, "_carry_out", _marks_first)),
    Plant("retry without bound",
          Text(id="yang gagal dicoba tanpa henti",
               en="what fails is tried for ever"),
          lambda: swap(of_worker, "TRIES", 10**6)),
    Plant("mail id not stable",
          Text(id="surel yang dikirim ulang mendapat Message-ID lain",
               en="a mail that is sent again has another Message-ID"),
          lambda: swap(Worker, "_mail", _with_a_new_id)),
    Plant("mail tells of a later state",
          Text(id="surel ditulis dari keadaan saat dikirim",
               en="a mail is written from the state of when it is sent"),
          lambda: swap(Worker, "_mail", _from_the_newest)),
    Plant("wrong recipient",
          Text(id="surel untuk pengguna layanan dikirim ke kantor",
               en="what is for the applicant goes to the office"),
          lambda: swap(Worker, "_address", _to_the_office)),
    Plant("corrected address not used",
          Text(id="surel tetap dikirim ke alamat pertama",
               en="mail goes on to the first address"),
          lambda: swap(Worker, "_address", _to_the_first)),
    Plant("paper not kept",
          Text(id="berkas disebut tersimpan padahal tidak",
               en="a paper is said to be filed and is not"),
          lambda: swap(Worker, "_do", _says_kept)),
    Plant("bill ordered anew",
          Text(id="setiap percobaan memesan tagihan dengan acuan baru",
               en="each try orders a bill under another reference"),
          lambda: swap(of_worker, "order_bill", _another_bill_each_time)),
    Plant("signature of a notice not checked",
          Text(id="pemberitahuan dari siapa pun dipercaya",
               en="whoever sends a notice is believed"),
          lambda: swap(of_payments, "check_signature", _no_tolerance)),
    Plant("NTPN not once",
          Text(id="satu NTPN melunasi dua tagihan",
               en="one NTPN settles two invoices"),
          lambda: swap(Desk, "_once", _once_is_never)),
    # the law
    Plant("deadline in UTC",
          Text(id="hari dihitung menurut Greenwich",
               en="days are those of Greenwich"),
          lambda: swap(Office, "local", _in_utc)),
    Plant("holiday layer ignored",
          Text(id="hanya akhir pekan yang libur",
               en="only weekends are days off"),
          lambda: swap(Calendar, "add", _weekends_only)),
    Plant("first day counted",
          Text(id="tenggat kurang satu hari",
               en="a term is a day too short"),
          lambda: swap(Calendar, "add", _counts_the_first)),
    Plant("offer accepted after its end",
          Text(id="tidak diperiksa apakah penawaran masih berlaku",
               en="nobody looks whether an offer still holds"),
          lambda: unasked(r.OFFER_STILL_VALID)),
    Plant("expired without a notice",
          Text(id="penawaran kedaluwarsa tanpa peringatan",
               en="an offer expires though nobody was reminded"),
          lambda: all_of(rows(of(rq.NoticeExpiry), due=lambda _: lambda *__: None),
                         rows(of(rq.ExpireOffer), requires=without(r.NOTICE_GIVEN)))),
    Plant("billing code expires a day early",
          Text(id="kode yang masih berlaku disebut kedaluwarsa",
               en="a code that still holds is called expired"),
          lambda: all_of(rows(of(rq.ExpireBilling), due=lambda _: _a_day_early),
                         unasked(r.BILLING_IS_DUE))),
    Plant("agreement not compared",
          Text(id="unggahan apa pun diterima sebagai perjanjian",
               en="whatever is uploaded passes for the agreement"),
          lambda: unasked(r.AGREEMENT_AS_OFFERED)),
    Plant("owner not checked",
          Text(id="siapa pun boleh bertindak atas permintaan orang lain",
               en="any applicant may act on any request"), _unowned),
    Plant("role not checked",
          Text(id="petugas melakukan bagian orang lain",
               en="people of the office do what is not theirs"),
          lambda: swap(Procedure, "decide", _in_any_role)),
    Plant("product before payment",
          Text(id="produk dikirim tanpa kuitansi",
               en="products go out without a receipt"),
          lambda: rows(of(rq.DeliverProducts), requires=without(r.RECEIPT))),
    Plant("product without agreement",
          Text(id="data mikro dikirim tanpa tanda tangan",
               en="microdata go out unsigned"),
          lambda: rows(of(rq.DeliverProducts), requires=without(r.SIGNATURE))),
    Plant("receipt twice",
          Text(id="kuitansi dapat dibuat lagi",
               en="a receipt can be made again"),
          lambda: rows(of(rq.IssueReceipt), unless=without(s.RECEIPTED))),
    Plant("reversal without entry",
          Text(id="pembayaran yang ditarik tetap ada di buku",
               en="a payment that is taken back stays in the books"),
          lambda: rows(of(rq.ReversePayment), posts=lambda _: lambda *__: ())),
    Plant("overpayment lost",
          Text(id="kelebihan bayar tidak dibukukan",
               en="what came beyond the invoice is not posted"),
          lambda: rows(of(rq.ConfirmPayment), posts=lambda _: _capped)),
    Plant("refund missed",
          Text(id="uang yang harus kembali bukan giliran siapa pun",
               en="money that is due back is nobody's turn"),
          lambda: rows(of(rq.ConfirmPayment), picks=lambda _: _never_back,
                       gives=without(s.REFUND_DUE))),
    Plant("queue number reused",
          Text(id="dua pengunjung mendapat satu nomor",
               en="two visitors get one number"),
          lambda: all_of(*(swap(step, "build", _number_of_those_waiting)
                           for step in VISIT.steps if step.event is ve.NumberTaken))),
)  # fmt: skip


def found_by(plant: Plant, seeds: int = SEEDS) -> tuple[int, str] | None:
    """Return after how many seeds the bug was found and what was seen, or None."""
    with plant.patch():
        for seed in range(seeds):
            try:
                wrong = SimWorld(seed, MemoryBacking()).run().wrong
            except Exception as error:
                return seed + 1, f"{type(error).__name__}: {error}"
            if wrong:
                return seed + 1, wrong[0]
    return None


def planted(name: str) -> Plant:
    """Return the plant of that name."""
    return next(plant for plant in PLANTS if plant.name == name)
