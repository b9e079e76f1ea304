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


class MailerContract:
    """Subclass it, define ``open_mailer`` and ``received``, and pytest runs every case."""

    def open_mailer(self, where: Path) -> Mailer:
        """Open the mailer of the case that owns ``where``."""
        raise NotImplementedError

    def received(self, where: Path) -> Sequence[bytes]:
        """Return the messages that arrived, in order, as bytes."""
        raise NotImplementedError

    def open_unreachable(self, where: Path) -> Mailer:  # noqa: ARG002
        """Open a mailer that cannot hand anything over now."""
        pytest.skip("the suite was not told how to cut this mailer's line")

    def open_refusing(self, where: Path) -> Mailer:  # noqa: ARG002
        """Open a mailer whose server refuses every receiver for good."""
        pytest.skip("this mailer has no server that could refuse, or the suite was not told")

    @pytest.fixture
    def mailer(self, tmp_path: Path) -> Mailer:
        """Give the mailer of one case."""
        return self.open_mailer(tmp_path)

    def _one(self, where: Path) -> EmailMessage:
        (data,) = self.received(where)
        return _parsed(data)

    def test_a_mail_arrives_with_all_that_it_says(self, mailer: Mailer, tmp_path: Path) -> None:
        sent = mail()
        mailer.send(sent)
        message = self._one(tmp_path)
        assert not message.defects
        assert message["Subject"] == sent.subject
        assert [a.addr_spec for a in message["To"].addresses] == [sent.to]
        (sender,) = message["From"].addresses
        assert (sender.addr_spec, sender.display_name) == (sent.sender, sent.sender_name)
        assert message["Date"].datetime == sent.at
        body = message.get_body()
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == sent.body

    def test_attachments_arrive_byte_for_byte(self, mailer: Mailer, tmp_path: Path) -> None:
        sent = mail()
        mailer.send(sent)
        got = [
            (part.get_filename(), part.get_payload(decode=True))
            for part in self._one(tmp_path).iter_attachments()
        ]
        assert got == [(file.name, file.data) for file in sent.attachments]

    def test_the_answer_names_the_message_id_that_arrived(
        self, mailer: Mailer, tmp_path: Path
    ) -> None:
        facts = mailer.send(mail())
        assert facts["message_id"] == self._one(tmp_path)["Message-ID"].strip()

    def test_the_same_mail_sent_again_has_the_same_message_id(
        self, mailer: Mailer, tmp_path: Path
    ) -> None:
        first = mailer.send(mail())
        again = self.open_mailer(tmp_path).send(mail())
        assert again["message_id"] == first["message_id"]
        # a mailer may recognise it and keep one
        assert {_parsed(m)["Message-ID"] for m in self.received(tmp_path)} == {first["message_id"]}

    def test_two_mails_of_one_moment_are_two(self, mailer: Mailer, tmp_path: Path) -> None:
        facts = [mailer.send(mail(id=f"R-1/7/mail/{who}")) for who in ("applicant", "officer")]
        ids = {f["message_id"] for f in facts}
        assert len(ids) == 2
        assert {_parsed(m)["Message-ID"] for m in self.received(tmp_path)} == ids

    def test_mails_of_one_request_are_one_thread(self, mailer: Mailer, tmp_path: Path) -> None:
        for n, thread in enumerate(("R-1", "R-1", "R-2")):
            mailer.send(mail(id=f"{thread}/{n}", thread=thread))
        threads = [_parsed(m)["References"] for m in self.received(tmp_path)]
        assert None not in threads
        assert len(threads) == 3
        assert len(set(threads)) == 2

    @pytest.mark.parametrize(
        "to", ["", "siti", "siti@", "a@b@c.id", "siti@undip.example.org\nBcc: x@y.id"]
    )
    def test_an_address_that_cannot_be_one_is_refused_for_good(
        self, mailer: Mailer, tmp_path: Path, to: str
    ) -> None:
        with pytest.raises(MailRefused) as caught:
            mailer.send(mail(to=to))
        assert caught.value.text.id
        assert caught.value.remedy.en
        assert len(self.received(tmp_path)) == 0

    def test_a_line_break_smuggles_no_header(self, mailer: Mailer, tmp_path: Path) -> None:
        for smuggled in ("a\r\nBcc: x@y.id", "a\nX: 1", "a\u2028b"):
            with pytest.raises(MailRefused):
                mailer.send(mail(subject=smuggled))
        assert len(self.received(tmp_path)) == 0

    def test_a_line_that_is_down_means_try_again(self, tmp_path: Path) -> None:
        mailer = self.open_unreachable(tmp_path)
        with pytest.raises(MailNotSent) as caught:
            mailer.send(mail())
        assert caught.value.text.id
        assert caught.value.remedy.en

    def test_a_receiver_refused_by_the_server_is_final(self, tmp_path: Path) -> None:
        mailer = self.open_refusing(tmp_path)
        with pytest.raises(MailRefused):
            mailer.send(mail())


def _parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)
