"""An office that works by mail only: a mail comes in, a request is opened, an answer goes out.

    python examples/embed/mail_office.py                  a short show, in a temporary folder
    python examples/embed/mail_office.py MAILS FOLDER     what lies in MAILS, answers in FOLDER/out

MAILS is a Maildir (what a mail server or fetchmail fills), or a folder of ``.eml`` files; run it
from cron. A mail has lines such as these, and a later one names the request in its subject:

    Nama: Siti
    Produk: dalam-angka
    Keperluan: Skripsi
    Setuju: ya

Read twice, a mail does nothing more: its Message-ID names the commands. A sender's address can be
forged, but the answer goes to that address, and only the address that opened a request can go on
with it. ``pst work --once --db FOLDER/pst.db --mail FOLDER/out`` sends the mails of later steps.
"""

import datetime as dt
import email
import email.policy
import email.utils
import hashlib
import re
import sys
import tempfile
from email.message import EmailMessage
from pathlib import Path

import pst_core as pst
from pst_adapters.catalogue import read_catalogue
from pst_adapters.mail import FolderMailer
from pst_adapters.sql import SqlStore
from pst_adapters.vault import FileKeys, SealedStore
from pst_core import request as rq
from pst_core.desk.ports import Mail
from pst_core.documents import RequestForm
from pst_core.documents.due import Standing
from pst_core.documents.identity import check_email
from pst_core.refusal import MailRefused
from pst_core.tariff import Product
from pst_core.workflow import Actor, Role

OFFICE = pst.Office.load("3317")
CATALOGUE = read_catalogue([Path(__file__).with_name("katalog.csv")])
LARGEST = 1_000_000  # bytes of a mail; files are handed in at the counter or in a portal
REQUEST = re.compile(rf"request-{OFFICE.code}-\d{{4}}-\d{{4,}}")
LINE = re.compile(r"^\s*(nama|produk|keperluan|periode|wilayah|setuju)\s*:(.+)$", re.I | re.M)


def work_through(mails: Path, folder: Path) -> int:
    """Answer each mail that is new, then lay it aside; return how many were answered."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = FileKeys.make(folder / "pst.db.key")  # opens the personal data: back it up apart
    answered = 0
    with SealedStore(SqlStore(f"sqlite:///{folder / 'pst.db'}"), keys) as store:
        desk = pst.Desk(OFFICE, store)
        mailer = FolderMailer(folder / "out")  # SmtpMailer("mail.kantor.go.id") sends them
        for path in new_in(mails):
            try:
                answer = answer_to(desk, path)
                if answer is not None:
                    mailer.send(answer)
                    answered += 1
            except MailRefused as error:  # for good: the address takes no mail
                print(f"{path.name}: {error.say('id')}", file=sys.stderr)
            except pst.PstError as error:  # a full disk, a server that is away: tried again later
                print(f"{path.name}: {error.say('id')}", file=sys.stderr)
                continue
            # only now: if we stop before, the same mail makes the same answer again
            lay_aside(path)
    return answered


def answer_to(desk: pst.Desk, path: Path) -> Mail | None:
    """Return the answer to the mail at ``path``; None if it is none that a person wrote to us."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    mail = email.message_from_bytes(data, policy=email.policy.default)
    sender = person_who_wrote(mail)
    if sender is None or len(data) > LARGEST:
        return None
    # of sender and mail: nobody gets at another's request by using their Message-ID
    of_mail = str(mail["Message-ID"] or "").encode() or data
    key = hashlib.sha256(sender.id.encode() + b"\n" + of_mail).hexdigest()[:40]
    said = [(name.lower(), value.strip()) for name, value in LINE.findall(text_of(mail))]
    try:
        stream, lines = carry_out(desk, sender, key, str(mail["Subject"] or ""), said)
    except (pst.BadInput, pst.NotFound, pst.Refusal) as error:
        # what was wrong with the mail, and what would be right
        stream, lines = "", [error.say("id"), "", *how_to_ask()]
    name = dict(said).get("nama", sender.name)
    return Mail(
        id=f"{key}/answer",
        sender=OFFICE.email,
        sender_name=OFFICE.name.id,
        to=sender.id,
        subject=f"Permintaan data {stream}".strip(),
        body="\n".join([f"Yth. {name},", "", *lines, "", OFFICE.name.id]) + "\n",
        at=desk.clock(),
        thread=f"{key}/answer",
    )


def carry_out(
    desk: pst.Desk, sender: Actor, key: str, subject: str, said: list[tuple[str, str]]
) -> tuple[str, list[str]]:
    """Do what the mail asks as far as the procedure lets it; return the request and what to say."""
    value = dict(said)
    basket = tuple(CATALOGUE.get(name).product() for field, name in said if field == "produk")
    named = REQUEST.search(subject)
    if named is not None:
        stream = named[0]
        # NotFound for another's request, as for one that is not there
        basket = basket or rq.products_of(desk.see(stream, by=sender))
    if not basket:
        raise pst.BadInput(
            "nothing-asked",
            pst.Text(id="Surel ini tidak menyebut produk.", en="The mail names no product."),
            remedy=pst.Text(id="Tulis baris Produk: ...", en="Write a line Produk: ..."),
        )
    if named is None:
        applicant = rq.Applicant(sender.id, value.get("nama", sender.name), sender.id)
        opening = rq.OpenRequest(applicant)  # S6
        stream = desk.open(opening, by=sender, command_id=f"{key}/open").stream
    purpose, period = value.get("keperluan", ""), value.get("periode", "")
    forms = tuple(
        RequestForm(p.kind, p.title, purpose, period, value.get("wilayah", ""))  # type: ignore[arg-type]
        for p in basket
    )
    steps: list[object] = [rq.ChooseProducts(basket), rq.CompleteForm(forms), rq.FileRequest()]
    if value.get("setuju", "").lower() == "ya":
        steps.insert(0, rq.AcceptTerms())  # S7, then S8, S9, R4
    for command in steps:
        try:
            desk.do(stream, command, by=sender, command_id=f"{key}/{type(command).__name__}")
        except pst.Refusal as refusal:
            if not isinstance(command, rq.AcceptTerms):  # agreed already
                return stream, [*priced(stream, basket), *lacking(desk, stream, basket, refusal)]
    phase = desk.state(stream).phase.text.id
    whose = f"Permintaan lengkap, sekarang giliran kantor: {phase}."
    return stream, [*priced(stream, basket), whose]


def priced(stream: str, basket: tuple[Product, ...]) -> list[str]:
    """Return the price with its arithmetic."""
    quote = OFFICE.quote(basket, on=OFFICE.local(dt.datetime.now(dt.UTC)).date())
    return [
        f"Nomor permintaan: {stream}. Sebutkan nomor ini dalam judul surel balasan.",
        "",
        *(f"- {line.product.title}: {line.why.id}" for line in quote.lines),
        f"Jumlah {pst.format_rupiah(quote.total)} (kepastian: {quote.certainty.text.id}).",
        "",
    ]


def lacking(
    desk: pst.Desk, stream: str, basket: tuple[Product, ...], why: pst.Refusal
) -> list[str]:
    """Return what is missing, and how it can be given."""
    lines = ["Yang masih kurang:", *(f"- {unmet.say('id')}" for unmet in why.unmet)]
    if not why.unmet:
        lines.append(f"- {why.say('id')}")
    if any(each.step.command is rq.AcceptTerms for each in desk.open_steps(stream)):
        lines += ["", "Bila setuju dengan tarif dan syarat penjualan, balas dengan baris:", ""]
        lines += [f"  Produk: {CATALOGUE.get(product.title).id}" for product in basket]
        lines += ["  Setuju: ya"]
    due = [d for d in desk.documents(stream) if d.standing is Standing.MISSING and d.rule.needs]
    if due:
        names = ", ".join(d.rule.name.id for d in due)
        lines += ["", f"Serahkan {names} di loket atau portal kantor, tidak lewat surel ini."]
    return lines


def how_to_ask() -> list[str]:
    """Return what a mail must say, and what there is."""
    lines = ["Tulislah setiap hal dalam barisnya sendiri, misalnya:", ""]
    lines += ["  Nama: Siti", "  Produk: dalam-angka", "  Keperluan: Skripsi", "  Setuju: ya", ""]
    return [*lines, "Produk:", *(f"  {e.id}: {e.title}" for e in CATALOGUE.entries)]


def person_who_wrote(mail: EmailMessage) -> Actor | None:
    """Return the sender, or None for a machine: two that answer each other never stop."""
    name, address = email.utils.parseaddr(str(mail["From"] or ""))
    address = address.lower()
    by_machine = str(mail["Auto-Submitted"] or "no").lower() != "no" or mail["List-Id"]
    if by_machine or mail["Return-Path"] == "<>" or address == OFFICE.email:
        return None
    if any(finding.severity == "error" for finding in check_email(address)):
        return None
    return Actor(address, Role.APPLICANT, name or address)


def text_of(mail: EmailMessage) -> str:
    """Return what the person wrote, without what is quoted of earlier mails."""
    part = mail.get_body(("plain",))
    try:
        text = part.get_content() if part else ""
    except (LookupError, ValueError):  # a character set that nobody knows
        return ""
    return "\n".join(line for line in text.splitlines() if not line.startswith(">"))


def new_in(mails: Path) -> list[Path]:
    """Return the mails that nobody has answered, oldest name first."""
    maildir = mails / "new"
    found = maildir.iterdir() if maildir.is_dir() else mails.glob("*.eml")
    return sorted(path for path in found if path.is_file())


def lay_aside(path: Path) -> None:
    """Move a mail away: in a Maildir to ``cur``, as seen and replied; else to ``done``."""
    maildir = path.parent.name == "new"
    place = path.parent.parent / "cur" if maildir else path.parent / "done"
    place.mkdir(exist_ok=True)
    path.rename(place / (f"{path.name}:2,RS" if maildir else path.name))


def a_short_show() -> None:
    """Show three mails: a publication, the terms that were missing, and microdata."""
    year = OFFICE.local(dt.datetime.now(dt.UTC)).year
    with tempfile.TemporaryDirectory() as folder:
        mails, office = Path(folder) / "mails", Path(folder) / "office"
        mails.mkdir()
        for number, (sender, subject, *lines) in enumerate((
            ("Siti <siti@example.org>", "Mohon data", "Produk: dalam-angka"),
            ("Siti <siti@example.org>", f"Re: request-{OFFICE.code}-{year}-0001",
             "Produk: dalam-angka", "Setuju: ya"),
            ("budi@example.org", "Susenas", "Nama: Budi", "Produk: susenas", "Periode: 2025",
             "Keperluan: Riset", "Setuju: ya"),
        )):  # fmt: skip
            mail = EmailMessage()
            mail["From"], mail["Subject"] = sender, subject
            mail["Message-ID"] = f"<{number}@example.org>"
            mail.set_content("\n".join(lines))
            (mails / f"{number}.eml").write_bytes(mail.as_bytes())
            before = set((office / "out").glob("*.eml"))
            work_through(mails, office)
            (answer,) = set((office / "out").glob("*.eml")) - before
            said = email.message_from_bytes(answer.read_bytes(), policy=email.policy.default)
            print(f"> {sender}: {'; '.join(lines)}\n\nKepada: {said['To']}\n{said.get_content()}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(f"{work_through(Path(sys.argv[1]), Path(sys.argv[2]))} surel dijawab")
    elif len(sys.argv) == 1:
        a_short_show()
    else:
        raise SystemExit(__doc__)
