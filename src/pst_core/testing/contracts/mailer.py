"""What every ``Mailer`` must keep. A mailer of your own is tried by a few lines::

    from pst_core.testing.contracts.mailer import MailerContract

    class TestMyMailer(MailerContract):
        def open_mailer(self, where):      # where: a folder of this case's own
            return MyMailer(where)

        def received(self, where):         # the messages as the receiver got them, in order
            return [p.read_bytes() for p in sorted(where.glob("*.eml"))]

Say with ``open_unreachable`` how a mailer without a line is made, and with ``open_refusing`` one
whose server says no to every receiver for good; those cases are skipped, saying so, otherwise.
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import attrs
import pytest

from pst_core.desk.ports import Attachment, Mail, Mailer
from pst_core.refusal import MailNotSent, MailRefused

from ._suite import Suite, opened, raising, told, undefined

__all__ = ["MailerContract", "mail"]

_WIB = dt.timezone(dt.timedelta(hours=7))


def mail(**changes: Any) -> Mail:
    """Return a mail with letters and lines that break careless mailers; ``changes`` replace."""
    plain = Mail(
        id="R-1/7/mail/applicant",
        sender="pst@bps.example.org",
        sender_name="PST BPS Kabupaten Contoh",
        to="siti@undip.example.org",
        subject="[R-1] Tagihan Anda \u2014 Rp574.000 \u2713",
        body="Yth. Sdr. Siti,\n\nTagihan terlampir.\n.\nFrom PST \u2014 salam\n"
        + "x" * 2000
        + "\n",
        at=dt.datetime(2026, 11, 24, 10, 5, tzinfo=_WIB),
        thread="R-1",
        attachments=(
            Attachment("tagihan \u00e9.pdf", "application/pdf", b"%PDF-1.7\r\n\n\r\0\xff.\r\n.\n"),
            Attachment("data.csv", "text/csv", b"a,b\n1,2\n"),
        ),
    )
    return attrs.evolve(plain, **changes)


class MailerContract(Suite):
    """Subclass it, define ``open_mailer`` and ``received``, and pytest runs every case."""

    def open_mailer(self, where: Path) -> Mailer:  # noqa: ARG002
        """Open the mailer of the case that owns ``where``."""
        undefined(self, "def open_mailer(self, where):\n        return MyMailer(where)")

    def received(self, where: Path) -> Sequence[bytes]:  # noqa: ARG002
        """Return the messages that arrived, in order, as bytes."""
        undefined(
            self,
            "def received(self, where):  # bytes of the messages that arrived, in order\n"
            '        return [p.read_bytes() for p in sorted(where.glob("*.eml"))]',
        )

    def open_unreachable(self, where: Path) -> Mailer:  # noqa: ARG002
        """Open a mailer that cannot hand anything over now."""
        pytest.skip("the suite was not told how to cut this mailer's line")

    def open_refusing(self, where: Path) -> Mailer:  # noqa: ARG002
        """Open a mailer whose server refuses every receiver for good."""
        pytest.skip("this mailer has no server that could refuse, or the suite was not told")

    @pytest.fixture
    def mailer(self, tmp_path: Path) -> Mailer:
        """Give the mailer of one case."""
        return opened(self.open_mailer, Mailer, tmp_path)

    def _one(self, where: Path) -> EmailMessage:
        __tracebackhide__ = True
        messages = _parsed(self.received(where))
        if len(messages) != 1:
            pytest.fail(
                told(
                    f"Satu surel dikirim, {len(messages)} diterima menurut received.",
                    f"One mail was sent, {len(messages)} arrived by what received says.",
                ),
                pytrace=False,
            )
        return messages[0]

    def test_a_new_place_is_empty(self, mailer: Mailer, tmp_path: Path) -> None:  # noqa: ARG002
        assert _parsed(self.received(tmp_path)) == [], told(
            "Ada pesan sebelum dikirim: pakai `where`, folder tiap kasus.",
            "There are messages before any was sent: use `where`, the folder of each case.",
        )

    def test_a_mail_arrives_with_all_that_it_says(self, mailer: Mailer, tmp_path: Path) -> None:
        sent = mail()
        mailer.send(sent)
        message = self._one(tmp_path)
        assert not message.defects
        assert message["Subject"] == sent.subject, _lost("Subject")
        assert [a.addr_spec for a in message["To"].addresses] == [sent.to], _lost("To")
        (sender,) = message["From"].addresses
        who = (sender.addr_spec, sender.display_name)
        assert who == (sent.sender, sent.sender_name), _lost("From")
        assert message["Date"] is not None, _lost("Date")
        assert message["Date"].datetime == sent.at, _lost("Date")
        body = message.get_body()
        assert body is not None, _lost("body")
        assert body.get_content().replace("\r\n", "\n") == sent.body, _lost("body")

    def test_attachments_arrive_byte_for_byte(self, mailer: Mailer, tmp_path: Path) -> None:
        sent = mail()
        mailer.send(sent)
        got = [
            (part.get_filename(), part.get_payload(decode=True))
            for part in self._one(tmp_path).iter_attachments()
        ]
        assert got == [(file.name, file.data) for file in sent.attachments], _lost("attachments")

    def test_the_answer_names_the_message_id_that_arrived(
        self, mailer: Mailer, tmp_path: Path
    ) -> None:
        facts = mailer.send(mail())
        assert "message_id" in (facts or {}), told(
            'send harus mengembalikan {"message_id": ...} dari pesan yang diserahkannya.',
            'send must return {"message_id": ...} of the message that it handed over.',
        )
        assert facts["message_id"] == str(self._one(tmp_path)["Message-ID"]).strip(), told(
            "Message-ID yang disebut send lain daripada yang diterima.",
            "The Message-ID that send names is another than that which arrived.",
        )

    def test_the_same_mail_sent_again_has_the_same_message_id(
        self, mailer: Mailer, tmp_path: Path
    ) -> None:
        first = mailer.send(mail())
        again = opened(self.open_mailer, Mailer, tmp_path).send(mail())
        assert again["message_id"] == first["message_id"], told(
            "Surel yang sama dikirim lagi mendapat Message-ID lain: buatlah dari mail.id saja, "
            "atau pakai pst_adapters.mail.message_id(mail).",
            "The same mail sent again has another Message-ID: make it from mail.id alone, or use "
            "pst_adapters.mail.message_id(mail).",
        )
        # a mailer may recognise it and keep one
        assert {m["Message-ID"] for m in _parsed(self.received(tmp_path))} == {first["message_id"]}

    def test_two_mails_of_one_moment_are_two(self, mailer: Mailer, tmp_path: Path) -> None:
        facts = [mailer.send(mail(id=f"R-1/7/mail/{who}")) for who in ("applicant", "officer")]
        ids = {f["message_id"] for f in facts}
        assert len(ids) == 2, told(
            "Dua surel (mail.id berbeda) mendapat satu Message-ID yang sama.",
            "Two mails (of two mail.id) have one Message-ID.",
        )
        assert {m["Message-ID"] for m in _parsed(self.received(tmp_path))} == ids, told(
            "Dua surel dikirim, tetapi tidak keduanya diterima.",
            "Two mails were sent, but not both arrived.",
        )

    def test_mails_of_one_request_are_one_thread(self, mailer: Mailer, tmp_path: Path) -> None:
        for n, thread in enumerate(("R-1", "R-1", "R-2")):
            mailer.send(mail(id=f"{thread}/{n}", thread=thread))
        threads = [m["References"] for m in _parsed(self.received(tmp_path))]
        assert None not in threads, told(
            "Pesan tanpa References: surel dari satu permohonan tidak menjadi satu percakapan. "
            "Buatlah dari mail.thread.",
            "A message without References: mails of one request are no thread. Make it from "
            "mail.thread.",
        )
        assert len(threads) == 3, told("Tiga surel dikirim.", "Three mails were sent.")
        assert len(set(threads)) == 2, told(
            "References harus sama di dalam satu mail.thread, dan lain untuk yang lain.",
            "References must be the same within one mail.thread, and another for another.",
        )

    @pytest.mark.parametrize(
        "to",
        ["", "siti", "siti@", "a@b@c.id", "siti@undip.example.org\nBcc: x@y.id"],
        ids=["empty", "name", "no host", "two hosts", "line break"],
    )
    def test_an_address_that_cannot_be_one_is_refused_for_good(
        self, mailer: Mailer, tmp_path: Path, to: str
    ) -> None:
        with raising(MailRefused, f"send(mail ke / to {to!r})"):
            mailer.send(mail(to=to))
        assert _parsed(self.received(tmp_path)) == []

    def test_a_line_break_smuggles_no_header(self, mailer: Mailer, tmp_path: Path) -> None:
        for smuggled in ("a\r\nBcc: x@y.id", "a\nX: 1", "a\u2028b"):
            with raising(MailRefused, f"send(mail, subject={smuggled!r})"):
                mailer.send(mail(subject=smuggled))
        assert _parsed(self.received(tmp_path)) == []

    def test_a_line_that_is_down_means_try_again(self, tmp_path: Path) -> None:
        mailer = opened(self.open_unreachable, Mailer, tmp_path)
        with raising(MailNotSent, "send(tanpa jalur / without a line)"):
            mailer.send(mail())

    def test_a_receiver_refused_by_the_server_is_final(self, tmp_path: Path) -> None:
        mailer = opened(self.open_refusing, Mailer, tmp_path)
        with raising(MailRefused, "send(penerima ditolak server / a receiver refused)"):
            mailer.send(mail())


def _lost(part: str) -> str:
    return told(
        f"{part} pesan lain daripada yang diserahkan. pst_adapters.mail.as_message(mail) "
        "membuatnya dengan benar.",
        f"{part} of the message is another than was handed over. "
        "pst_adapters.mail.as_message(mail) makes it right.",
    )


def _parsed(received: object) -> list[EmailMessage]:
    __tracebackhide__ = True
    if not isinstance(received, Sequence) or not all(isinstance(m, bytes) for m in received):
        pytest.fail(
            told(
                "received harus mengembalikan daftar isi pesan sebagai bytes: "
                "[path.read_bytes(), ...].",
                "received must return a list of the messages as bytes: [path.read_bytes(), ...].",
            ),
            pytrace=False,
        )
    return [email.message_from_bytes(data, policy=email.policy.default) for data in received]
