"""A private company buys microdata: every command from S6 to S23, in your own code.

Run it in an empty folder: it leaves ``pst.db``, its office key ``pst.db.key`` and ``blobs/`` there.
Personal data lie sealed: back the key up, apart from the database. Afterwards ``pst work --once``
makes the papers and writes the mails, and ``pst history`` shows what has happened.
"""

from datetime import UTC, datetime, timedelta

import pst_core as pst
from pst_adapters.files import FileReader, FolderBlobs
from pst_adapters.sql import SqlStore
from pst_adapters.vault import FileKeys, SealedBlobs, SealedStore
from pst_core import request as rq
from pst_core.documents import Abstraction, FileFacts, Judgement, RequestForm, Way
from pst_core.workflow import Actor, Role

# your application knows who they are; pst-core only asks for the role
budi = Actor("user-42", Role.APPLICANT, "Budi")
officer = Actor("petugas-1", Role.OFFICER, "Petugas PST")
treasurer = Actor("bendahara-1", Role.TREASURER, "Bendahara")

office = pst.Office.load("3317")
keys = FileKeys.make("pst.db.key")
data = b"psu,pengeluaran\n" + b"6180,2247000\n" * 100

with SealedStore(SqlStore("sqlite:///pst.db"), keys) as store, FileReader() as reader:
    desk = pst.Desk(office, store)
    blobs = SealedBlobs(FolderBlobs("blobs"), store, office.code).of(budi.id)

    def keep(name: str, content: bytes) -> FileFacts:
        """Keep a file, and return what was found in it."""
        blobs.put(content)
        return reader.read(content, name)

    company = rq.Applicant(
        "user-42", "Budi", "budi@example.org", institution="PT Maju", address="Rembang",
        segment=rq.Segment.PRIVATE,
    )  # fmt: skip
    stream = desk.open(rq.OpenRequest(company), by=budi).stream  # S6
    desk.do(stream, rq.AcceptTerms(), by=budi)  # S7
    basket = (pst.Microdata("Susenas 2025", bytes=len(data)),)
    desk.do(stream, rq.ChooseProducts(basket), by=budi)  # S8
    form = RequestForm("microdata", "Susenas 2025", purpose="Riset pasar", period="2025")
    desk.do(stream, rq.CompleteForm((form,)), by=budi)  # S9
    for due in desk.documents(stream):
        print(due.rule.document, due.standing)  # identity and tax-number are missing
    # a file is handed in with file=keep("ktp.pdf", uploaded); here an identity that your
    # application has verified stands for it. Fill reference= yourself, never with what was typed.
    identity = rq.HandInDocument("identity", number="3317064505900001", reference="user-42/ktp")
    desk.do(stream, identity, by=budi)
    desk.do(stream, rq.HandInDocument("tax-number", number="0013121660091000"), by=budi)
    abstraction = Abstraction(
        title="Riset pasar", institution="PT Maju", purpose="Riset pasar", method="Deskriptif",
        data_asked=("Susenas 2025",), period="2025", region="Kabupaten Rembang", outputs="Laporan",
    )  # fmt: skip
    desk.do(stream, rq.FileAbstraction(abstraction), by=budi)  # S10
    desk.do(stream, rq.FileRequest(), by=budi)  # R4: now it is the office's turn

    desk.do(stream, rq.VerifyAbstraction(), by=officer)  # S11
    desk.do(stream, rq.PrepareProducts((keep("susenas.csv", data),)), by=officer)  # S12
    sample = keep("contoh.csv", data[:42])
    desk.do(stream, rq.SendOffer(sample=sample), by=officer)  # S13
    desk.do(stream, rq.AcceptOffer(), by=budi)  # S14

    now = datetime.now(UTC)
    code = f"8{office.local(now):%Y%m%d}123456"  # 15 digits, as SIMPONI printed them
    expires = now + timedelta(days=7)
    desk.do(stream, rq.IssueBilling(code, now, expires), by=treasurer)  # S16
    for step in desk.open_steps(stream, by=treasurer):
        print(step.step.clause, step.step.command.__name__, step.step.title.en)
    owed = desk.ledger(stream).balances.of(pst.ledger.RECEIVABLE)
    paid = rq.ConfirmPayment("A1B2C3D4E5F6G7H8", "123456789012", owed, now, code)
    desk.do(stream, paid, by=treasurer)  # S16: NTPN, NTB, rupiah
    seen = Judgement("petugas-1", same_agreement=True, signed_by_both=True, stamp_duty_paid=True)
    desk.do(stream, rq.RecordOriginals(Way.COUNTER, 2, seen), by=officer)  # S17
    desk.do(stream, rq.IssueReceipt(), by=treasurer)  # S19
    desk.do(stream, rq.DeliverProducts(), by=officer)  # S20
    desk.do(stream, rq.ApproveDelivery(), by=budi)  # S21
    desk.do(stream, rq.RateService(5, "Cepat"), by=budi)  # S23
    print(stream, desk.state(stream).phase.text.en)
