"""The play behind ``pst demo``: people do, step by step, what the published standard says.

Everything goes through the desk as it would in an office; only the people, the contents of the
products and the numbers of the treasury are invented.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import attrs

from pst_adapters.files import FileReader, FolderBlobs, Sample, make_sample
from pst_adapters.files.signatures import DemoSigner
from pst_adapters.mail import FolderMailer
from pst_adapters.pdf import TypstRenderer
from pst_adapters.pdf.plain import plain_page
from pst_adapters.vault import SealedBlobs
from pst_core import request as rq
from pst_core import visit as vs
from pst_core.desk import Desk, Done, Worked, Worker
from pst_core.documents import DocumentRule, FileFacts, HandedIn, Judgement, RequestForm, Way
from pst_core.documents.due import Need, NumberKind, Standing
from pst_core.money import format_rupiah
from pst_core.office import Office
from pst_core.office.standard import Closing, Payment
from pst_core.tariff import Microdata, Product
from pst_core.text import Text
from pst_core.workflow import Actor, Procedure, Role, Step

from .goods import product_file
from .stores import make_store
from .wish import Wish

__all__ = ["Play", "Told"]


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
_NOTHING = Text("", "")
_NEVER_SENT_BACK = Text(
    id="standar kantor ini tidak mengembalikan abstraksi: dianggap sesuai",
    en="this office's standard sends no abstraction back: taken to fit",
)
_INVENTED = {
    NumberKind.NIK: "3317064505900001",
    NumberKind.NPWP: "0013121660091000",
    NumberKind.FREE: "1/2026",
}


@attrs.frozen
class Told:
    """One thing to tell: a step that was done, or (``step`` None) one that is not needed."""

    clause: str
    step: Step | None = None
    at: dt.datetime = _NEVER
    notes: tuple[Text, ...] = ()
    made: tuple[str, ...] = ()
    clock: Text | None = None
    note: Text = _NOTHING


class Play:
    """One request played in ``folder`` from ``today`` (or the working day after) on."""

    def __init__(
        self,
        office: Office,
        wish: Wish,
        folder: Path,
        today: dt.date,
        seed: int,
        templates: Path | None = None,
    ) -> None:
        self.office = office
        if wish.channel not in office.doors:
            wish = attrs.evolve(wish, channel=office.doors[0])
        self.wish = wish
        self.folder = folder
        self.seed = seed
        self.dice = random.Random(seed)  # noqa: S311 - invented numbers of a demonstration
        self.day = today if office.calendar.is_workday(today) else office.calendar.add(today, 1)
        self.now = self._at(self.day, 8, 30)
        self.store = make_store(folder / "pst.db")
        self.desk = Desk(office, self.store, clock=lambda: self.now)
        self.blobs = SealedBlobs(FolderBlobs(folder / "blobs"), self.store, office.code)
        self.renderer = TypstRenderer(templates)
        self.worker = Worker(
            self.desk,
            mailer=FolderMailer(folder / "mail"),
            renderer=self.renderer,
            blobs=self.blobs,
        )
        # signatures are made and read at the machine's own time, whatever day is played
        self.signer = DemoSigner(dt.datetime.now(dt.UTC))
        self.reader = FileReader(self.signer.trust, seconds=20, megabytes=1024)
        self.stream = ""
        self.visit = ""
        self.visitor = Actor(wish.applicant.id, Role.APPLICANT, wish.applicant.name)
        self.officer = Actor("petugas-1", Role.OFFICER, "Petugas PST")
        # without a portal the officer enters what the applicant says
        self.applicant = self.visitor if office.with_portal else self.officer
        self.treasurer = Actor("bendahara-1", Role.TREASURER, "Bendahara")

    def __enter__(self) -> Play:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.reader.close()
        self.store.close()

    def run(self) -> Iterator[Told]:
        """Play from the first step to the last and tell each as it has happened."""
        if self.wish.channel is rq.Channel.WALK_IN:
            yield from self._visit()
        else:
            yield from (
                Told(f"S{n}", note=Text(id="permintaan daring", en="an online request"))
                for n in range(1, 6)
            )
        yield from self._filing()
        yield from self._offering()
        yield from self._settling()
        yield from self._finishing()

    # -- the acts -----------------------------------------------------------------------------

    def _visit(self) -> Iterator[Told]:
        who = self.wish.applicant
        yield self._open(vs.VisitUnit(who.id), self.visitor)
        self.visit, self.stream = self.stream, ""
        guest = vs.Visitor(
            who.id, who.name, who.email, who.phone, who.institution, "Membeli produk statistik"
        )
        yield self._do(vs.SignGuestBook(guest), self.visitor, minutes=3, stream=self.visit)
        yield self._do(vs.TakeNumber(), self.visitor, minutes=1, stream=self.visit)
        yield self._do(vs.CallVisitor(counter="1"), self.officer, minutes=4, stream=self.visit)
        asked = "; ".join(p.title for p in self.wish.products)
        yield self._do(vs.StateRequest(asked), self.visitor, minutes=2, stream=self.visit)

    def _filing(self) -> Iterator[Told]:
        wish = self.wish
        self.now += dt.timedelta(minutes=5)
        yield self._open(rq.OpenRequest(wish.applicant, wish.channel, self.visit))
        if self.visit:
            self._do(vs.FinishVisit(self.stream), self.officer, minutes=1, stream=self.visit)
        yield self._do(rq.AcceptTerms(), self.applicant, minutes=6)
        quote = self.office.quote(wish.products, on=self.office.local(self.now).date())
        yield self._do(
            rq.ChooseProducts(wish.products),
            self.applicant,
            minutes=4,
            notes=tuple(line.why for line in quote.lines),
        )
        forms = tuple(self._form(p) for p in {p.kind: p for p in wish.products}.values())
        yield self._do(rq.CompleteForm(forms), self.applicant, minutes=8)
        for due in self.desk.documents(self.stream):
            if due.rule.needs and due.standing is not Standing.IN_ORDER:
                yield self._hand_in(due.rule)
        if wish.abstraction is not None:
            yield self._do(rq.FileAbstraction(wish.abstraction), self.applicant, minutes=15)
        else:
            yield self._left_out("S10")
        yield self._do(rq.FileRequest(), self.applicant, minutes=2)
        if wish.abstraction is None:
            yield self._left_out("S11")
            return
        if wish.sent_back and not self._has(rq.SendBackAbstraction):
            yield Told("S11", note=_NEVER_SENT_BACK)
        elif wish.sent_back:
            yield self._do(rq.SendBackAbstraction(wish.sent_back), self.officer, days=1)
            yield self._do(rq.FileAbstraction(wish.abstraction), self.applicant, days=1)
            yield self._do(rq.FileRequest(), self.applicant, minutes=2)
        yield self._do(rq.VerifyAbstraction(), self.officer, days=1)

    def _offering(self) -> Iterator[Told]:
        files = [product_file(p, self.seed) for p in self.wish.products]
        self.prepared = tuple(self._file(name, data, "produk") for name, data in files)
        yield self._do(
            rq.PrepareProducts(self.prepared),
            self.officer,
            days=1,
            made=tuple(f"produk/{f.name} ({f.bytes:,} byte)" for f in self.prepared),
        )
        pairs = zip(self.wish.products, self.prepared, strict=True)
        microdata = [(p, file) for p, file in pairs if isinstance(p, Microdata)]
        made = sample = None
        if microdata:
            # of the prepared file, and no more of it than the office's rule allows
            place = self.folder / "produk" / microdata[0][1].name
            made = make_sample(place, self.office.sample)
            sample = self._file(f"contoh-{place.stem}.csv", made.data, "contoh")
        yield self._do(rq.SendOffer(sample), self.officer, minutes=90)
        if made:
            self._cover(microdata[0][0], made)
        if self.wish.offer_correction:
            yield self._do(
                rq.AskOfferCorrection(self.wish.offer_correction), self.applicant, days=1
            )
            yield self._do(
                rq.ReviseOffer("Sudah diperiksa dan diperbaiki."), self.officer, minutes=120
            )
        else:
            yield Told("S15", note=Text(id="tidak ada perbaikan diminta", en="none was asked for"))
        yield self._do(rq.AcceptOffer(), self.applicant, days=1)

    def _settling(self) -> Iterator[Told]:
        code = ""
        by_cash = Payment.CASH in self.office.payment and self.wish.channel is rq.Channel.WALK_IN
        abroad = self.wish.applicant.abroad or Payment.TRANSFER in self.office.payment
        sent = self.desk.state(self.stream).last(rq.OfferSent)
        assert sent is not None  # noqa: S101 - S13 has just been played
        by_cash = by_cash and not abroad
        if not abroad and not by_cash:
            self.now += dt.timedelta(minutes=30)
            code = f"8{self.office.local(self.now):%Y%m%d}{self.dice.randrange(10**6):06d}"
            expires = self.now + dt.timedelta(days=7)
            yield self._do(
                rq.IssueBilling(code, self.now, expires),
                self.treasurer,
                notes=(Text(id=f"kode billing {code}", en=f"billing code {code}"),),
            )
        self._advance(days=1, minutes=0)
        proof = None
        if by_cash:
            taken = rq.TakeCash(sent.total, self.wish.applicant.name)
            yield self._do(taken, self.treasurer, minutes=10)
        if abroad:
            proof = self._file("bukti-transfer.pdf", self._proof(sent.total), "unggahan")
        if not by_cash:
            yield self._do(rq.ReportPayment(self.now, "Bank", sent.total, proof), self.applicant)
        if not abroad and not by_cash:
            letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
            ntpn = "".join(self.dice.choices(letters, k=16))
            ntb = f"{self.dice.randrange(10**12):012d}"
            yield self._do(
                rq.ConfirmPayment(ntpn, ntb, sent.total, self.now, code),
                self.treasurer,
                minutes=60,
                notes=(Text(id=f"NTPN {ntpn}", en=f"NTPN {ntpn}"),),
            )
        seen = Judgement(
            self.officer.name, same_agreement=True, signed_by_both=True, stamp_duty_paid=True
        )
        rules = self.office.agreement
        if sent.agreement_digest and Way.UPLOAD not in rules.ways:
            handed = rq.RecordOriginals(rules.ways[0], rules.originals, seen)
            yield self._do(handed, self.officer, days=1)
        elif sent.agreement_digest:
            signed = self._agreement()
            for signer in (self.office.head.name, self.wish.applicant.name):
                signed = self.signer.sign(signed, signer)
            file = self._file("sppd-ditandatangani.pdf", signed, "unggahan")
            yield self._do(rq.SignAgreement(file), self.applicant, minutes=30)
            yield self._do(rq.AcceptAgreement(seen), self.officer, minutes=40)
        else:
            yield self._left_out("S17")
        if abroad:
            received = self.office.local(self.now).date()
            reference = f"TT{self.dice.randrange(10**8):08d}"
            yield self._do(
                rq.VerifyTransfer(sent.total, received, reference, self.wish.applicant.name),
                self.treasurer,
                days=1,
            )
        else:
            yield self._left_out("S18")
        yield self._do(rq.IssueReceipt(), self.treasurer, minutes=45)

    def _finishing(self) -> Iterator[Told]:
        yield self._do(rq.DeliverProducts(), self.officer, minutes=60)
        by_itself = self.office.closing is Closing.BY_ITSELF
        if by_itself:
            yield from (self._told(done, (), ()) for done in self.desk.run_timers())
        if self.wish.delivery_correction:
            yield self._do(
                rq.AskDeliveryCorrection(self.wish.delivery_correction), self.applicant, days=1
            )
            yield self._do(
                rq.MendDelivery("Keterangan ditambahkan.", self.prepared), self.officer, days=1
            )
            if by_itself:
                yield from (self._told(done, (), ()) for done in self.desk.run_timers())
        if not by_itself:
            yield self._do(rq.ApproveDelivery(), self.applicant, days=1)
        if not self.wish.delivery_correction:
            yield Told("S22", note=Text(id="tidak ada perbaikan diminta", en="none was asked for"))
        yield self._do(
            rq.RateService(self.wish.stars, self.wish.comment), self.applicant, minutes=5
        )

    # -- how they act -------------------------------------------------------------------------

    def _open(self, command: Any, by: Actor | None = None) -> Told:
        done = self.desk.open(command, by=by or self.applicant)
        self.stream = done.stream
        return self._told(done, (Text(id=done.stream, en=done.stream),), ())

    def _do(
        self,
        command: Any,
        by: Actor,
        *,
        days: int = 0,
        minutes: int = 0,
        stream: str = "",
        notes: tuple[Text, ...] = (),
        made: tuple[str, ...] = (),
    ) -> Told:
        self._advance(days, minutes)
        return self._told(self.desk.do(stream or self.stream, command, by=by), notes, made)

    def _told(self, done: Done, notes: tuple[Text, ...], made: tuple[str, ...]) -> Told:
        entry = self.desk.history(done.stream)[-1]
        left = [self._called(w) for w in self._work()]
        state = done.state
        clock = rq.deadline(state, self.office) if done.stream == self.stream else None
        words = None
        if clock is not None and not state.last(rq.ProductsDelivered):
            due = f"{self.office.local(clock.due_at):%Y-%m-%d %H:%M %Z}"
            used = clock.elapsed(self.now)
            words = Text(
                id=f"L2: hari kerja {used} dari {self.office.clock.working_days}; "
                f"jatuh tempo {due}; {clock.words(self.now, 'id')}",
                en=f"L2: working day {used} of {self.office.clock.working_days}; "
                f"due {due}; {clock.words(self.now, 'en')}",
            )
        return Told(entry.step.clause, entry.step, self.now, notes, (*made, *left), words)

    def _work(self) -> tuple[Worked, ...]:
        worked = self.worker.work_off()
        for w in worked:
            if w.result.get("sha256") and w.result.get("name"):
                self._keep("dokumen", w.result["name"], self.blobs.get(w.result["sha256"]))
        return worked

    def _called(self, worked: Worked) -> str:
        """Say where an effect went, by its name in the folder of the demonstration."""
        result = worked.result
        if "name" in result:
            return f"dokumen/{result['name']}"
        if "file" in result:
            return f"mail/{Path(result['file']).name} ({result['to']})"
        return f"{worked.key}: {result}"

    def _left_out(self, clause: str) -> Told:
        """Say why no row of ``clause`` is there for this request: from the table."""
        procedure: Procedure = self.desk.procedure(self.stream)
        state = self.desk.state(self.stream)
        row = next(s for s in procedure.steps if s.clause == clause)
        # a row may lack nothing but its phase: then what the rows lack that lead there
        ways = [row, *(s for s in procedure.steps if s.to in row.at)]
        lacking = next(
            (found for s in ways if (found := [f.text for f in s.when if f not in state.facts])), []
        )
        only = Text.join(", ", lacking)
        return Told(clause, note=Text(id=f"khusus bila {only.id}", en=f"only if it {only.en}"))

    def _has(self, command: type) -> bool:
        """Return whether a row of ``command`` is there for this request now."""
        return any(s.step.command is command for s in self.desk.open_steps(self.stream))

    def _hand_in(self, rule: DocumentRule) -> Told:
        """Hand in the document of ``rule``: its number as wished, its file made for the play."""
        given = next(
            (d for d in self.wish.documents if d.document == rule.document), HandedIn(rule.document)
        )
        number = given.number
        if not number and Need.NUMBER in rule.needs:
            number = _INVENTED[rule.number]
        file: FileFacts | None = None
        made: tuple[str, ...] = ()
        if Need.FILE in rule.needs and not given.reference:
            page = plain_page(f"{rule.name.id} (rekaan untuk peragaan)", self.wish.applicant.name)
            file = self._file(f"{rule.document}.pdf", page, "unggahan")
            made = (f"unggahan/{file.name}",)
        told = rq.HandInDocument(rule.document, file, number, given.reference)
        notes = (rule.name, *((Text(id=number, en=number),) if number else ()))
        return self._do(told, self.applicant, minutes=3, notes=(Text.join(" ", notes),), made=made)

    def _form(self, product: Product) -> RequestForm:
        asked = self.wish.abstraction
        return RequestForm(
            cast("Any", product.kind),
            product.title,
            purpose=asked.purpose if asked else "",
            period=asked.period if asked else "",
            region=asked.region if asked else "",
        )

    def _file(self, name: str, data: bytes, folder: str) -> FileFacts:
        self._keep(folder, name, data)
        self.blobs.of(self.visitor.id).put(data)
        return self.reader.read(data, name)

    def _cover(self, product: Microdata, sample: Sample) -> None:
        """Put the cover of the data sample beside it."""
        cover = rq.sample_cover(
            self.desk.state(self.stream), self.office, self.stream, product.title,
            sample.variables, sample.rows, sample.rows_total, sample.note,
        )  # fmt: skip
        if cover is not None:
            name = f"sampul-{Path(cover.file_name).stem}.pdf"
            self._keep("contoh", name, self.renderer.render(cover))

    def _keep(self, folder: str, name: str, data: bytes) -> None:
        place = self.folder / folder
        place.mkdir(exist_ok=True)
        (place / name).write_bytes(data)

    def _agreement(self) -> bytes:
        """Return the agreement that was sent with the newest offer."""
        made = [
            e.result for e in self.store.effects(self.stream) if e.key.endswith("/paper/agreement")
        ]
        return self.blobs.get(json.loads(made[-1])["sha256"])

    def _proof(self, total: int) -> bytes:
        return plain_page("Bukti transfer (rekaan untuk peragaan)", format_rupiah(total))

    # -- time ---------------------------------------------------------------------------------

    def _advance(self, days: int, minutes: int) -> None:
        if days:
            self.day = self.office.calendar.add(self.office.local(self.now).date(), days)
            self.now = self._at(self.day, 9, 0)
        self.now += dt.timedelta(minutes=minutes)

    def _at(self, day: dt.date, hour: int, minute: int) -> dt.datetime:
        local = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=dt.UTC)
        zone = self.office.local(local).tzinfo
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=zone)
