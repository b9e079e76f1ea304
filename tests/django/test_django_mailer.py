"""Mail through Django's backends passes the contract of our own mailers."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django_host
import pytest
from aiosmtpd.controller import Controller
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import override_settings

from pst_adapters.django import DjangoMailer
from pst_core.refusal import MailNotSent, MailRefused
from pst_core.testing.contracts.mailer import MailerContract, mail


class Server(Controller):
    def _trigger_server(self) -> None:  # port 0: learn the real one before the probe
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Inbox:
    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.no = ""

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.no:
            return self.no
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(envelope.content)
        return "250 OK"


class TestDjangoMailerOverSmtp(MailerContract):
    @pytest.fixture(autouse=True)
    def _server(self) -> Any:
        self.inbox = Inbox()
        self.server = Server(self.inbox, hostname="localhost", port=0)
        self.server.start()
        with override_settings(
            **django_host.mail_settings(
                "django.core.mail.backends.smtp.EmailBackend",
                host="localhost",
                port=self.server.port,
                timeout=60,
            )
        ):
            yield
        if self.server.server is not None:
            self.server.stop()

    def open_mailer(self, where: Path) -> DjangoMailer:
        return DjangoMailer()

    def received(self, where: Path) -> Sequence[bytes]:
        return self.inbox.taken

    def open_unreachable(self, where: Path) -> DjangoMailer:
        self.server.stop()
        return self.open_mailer(where)

    def open_refusing(self, where: Path) -> DjangoMailer:
        self.inbox.no = "550 No such user"
        return self.open_mailer(where)

    def test_a_server_that_is_busy_means_try_again(self, tmp_path: Path) -> None:
        self.inbox.no = "451 Later"
        with pytest.raises(MailNotSent, match="mail-server-busy"):
            self.open_mailer(tmp_path).send(mail())


class TestDjangoMailerInMemory(MailerContract):
    def open_mailer(self, where: Path) -> DjangoMailer:
        return DjangoMailer()

    @pytest.fixture(autouse=True)
    def _outbox(self) -> Any:
        django_mail.outbox = []
        with override_settings(
            **django_host.mail_settings("django.core.mail.backends.locmem.EmailBackend")
        ):
            yield

    def received(self, where: Path) -> Sequence[bytes]:
        return [message.message().as_bytes() for message in django_mail.outbox]


class Service(BaseEmailBackend):
    """A service that takes a message's fields, not its bytes, as those behind anymail do."""

    says: Any = 1
    messages: Any = None

    def send_messages(self, email_messages: Any) -> Any:
        if isinstance(self.says, Exception):
            raise self.says
        for message in email_messages:
            status = type("Status", (), {"message_id": "svc-1"})
            message.anymail_status = status
            self.messages.append(message)
        return self.says


SERVICE = f"{__name__}.Service"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Service, "messages", [])
    with override_settings(**django_host.mail_settings(SERVICE)):
        yield Service


def send(says: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Service, "says", says)
    return DjangoMailer().send(mail())


def test_a_service_gets_every_field_and_its_own_id_is_kept(
    service: type[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = send(1, monkeypatch)
    (message,) = service.messages
    assert facts["service_id"] == "svc-1"
    assert facts["backend"].endswith("Service")
    sent = mail()
    assert (message.to, message.subject, message.body) == ([sent.to], sent.subject, sent.body)
    assert message.extra_headers["Message-ID"] == facts["message_id"]
    assert [(a[0], a[1]) for a in message.attachments] == [
        (f.name, f.data) for f in sent.attachments
    ]


@pytest.mark.parametrize(
    ("says", "error", "code"),
    [
        (0, MailNotSent, "mail-backend"),
        (None, MailNotSent, "mail-backend"),
        (RuntimeError("quota\nreached"), MailNotSent, "mail-backend"),
        (smtplib.SMTPDataError(554, b"spam"), MailRefused, "mail-refused"),
        (smtplib.SMTPAuthenticationError(535, b"who?"), MailNotSent, "mail-login"),
        (smtplib.SMTPSenderRefused(451, b"later", "a@b.c"), MailNotSent, "mail-server-busy"),
    ],
)
def test_what_a_backend_says_is_final_or_not(
    service: type[Service], monkeypatch: pytest.MonkeyPatch, says: Any, error: Any, code: str
) -> None:
    with pytest.raises(error, match=code) as caught:
        send(says, monkeypatch)
    assert "\n" not in caught.value.text.id
    assert caught.value.remedy.en


def test_a_backend_that_is_not_there_means_try_again() -> None:
    wrong = django_host.mail_settings("nowhere.Backend")
    with override_settings(**wrong), pytest.raises(MailNotSent, match="mail-backend"):
        DjangoMailer().send(mail())
