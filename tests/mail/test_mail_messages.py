import datetime as dt
import email
import email.policy
import socket
import ssl
import subprocess
import sys

import attrs
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters.mail import FolderMailer, Security, SmtpMailer, as_message, message_id
from pst_core.desk.ports import Attachment, Mail
from pst_core.refusal import DeadAddress, MailNotSent, MailRefused

WIB = dt.timezone(dt.timedelta(hours=7))
MAIL = Mail(
    id="R-1/7/mail/pengguna",
    sender="pst@bps.example.org",
    sender_name="PST BPS Kabupaten Rembang",
    to="siti@undip.example.org",
    subject="[R-1] Tagihan Anda — Rp574.000",
    body="Yth. Sdr. Siti,\n\nTagihan terlampir.\n.\nSalam — PST\n",
    at=dt.datetime(2026, 11, 24, 10, 5, tzinfo=WIB),
    thread="R-1",
    attachments=(Attachment("tagihan é.pdf", "application/pdf", b"%PDF-1.7\r\n\n\0x"),),
)


def parse(data):
    return email.message_from_bytes(data, policy=email.policy.default)


def test_same_mail_is_the_same_bytes_in_another_process():
    code = "import sys,pickle;from pst_adapters.mail import as_message;"
    code += "sys.stdout.buffer.write(as_message(pickle.load(sys.stdin.buffer)).as_bytes())"
    import pickle

    other = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(MAIL), capture_output=True, check=True
    ).stdout
    assert other == as_message(MAIL).as_bytes()


def test_S13_message_says_what_it_must():
    message = parse(as_message(MAIL).as_bytes())
    assert not message.defects
    assert message["Subject"] == MAIL.subject
    assert message["From"].addresses[0].display_name == MAIL.sender_name
    assert message["To"].addresses[0].addr_spec == MAIL.to
    assert message["Date"].datetime == MAIL.at
    assert message["Message-ID"] == message_id(MAIL)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body().get_content().replace("\r\n", "\n") == MAIL.body
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == MAIL.attachments[0].name
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == MAIL.attachments[0].data


def test_later_mails_of_a_request_answer_its_first():
    first = as_message(attrs.evolve(MAIL, thread=MAIL.id))
    second = as_message(attrs.evolve(MAIL, id="R-1/8/mail/pengguna", thread=MAIL.id))
    assert first["In-Reply-To"] is None
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert first["Message-ID"] != second["Message-ID"]
    assert as_message(attrs.evolve(MAIL, thread="R-2"))["References"] != second["References"]


@given(st.text(), st.sampled_from(["subject", "sender_name", "to", "sender", "file"]))
def test_no_text_makes_a_header_of_its_own(text, field):
    text = f"x{text}\r\nBcc: z@evil.example\n"
    if field == "file":
        mail = attrs.evolve(MAIL, attachments=(Attachment(text, "application/pdf", b"x"),))
    else:
        mail = attrs.evolve(MAIL, **{field: text})
    with pytest.raises(MailRefused):
        as_message(mail)


@given(st.text(max_size=300))
def test_any_subject_is_refused_or_arrives_without_a_new_header(text):
    try:
        data = as_message(attrs.evolve(MAIL, subject=text, attachments=())).as_bytes()
    except MailRefused:
        return
    assert sorted(k.lower() for k in parse(data)) == sorted(
        k.lower() for k in as_message(attrs.evolve(MAIL, attachments=()))
    )


def test_folder_holds_one_file_for_a_mail_sent_twice(tmp_path):
    mailer = FolderMailer(tmp_path / "out")
    facts = mailer.send(MAIL)
    assert mailer.send(MAIL) == facts
    (file,) = (tmp_path / "out").iterdir()
    assert file.suffix == ".eml"
    assert parse(file.read_bytes())["Message-ID"] == facts["message_id"] == message_id(MAIL)


def test_folder_that_cannot_be_written_is_tried_again(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(MailNotSent, match="mail-folder"):
        FolderMailer(tmp_path / "file" / "out").send(MAIL)


class Server(Controller):
    def _trigger_server(self):  # port 0: learn the real one before the probe
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Handler:
    """Keeps what it takes; ``rcpt`` and ``data`` are what it answers instead, once each."""

    def __init__(self):
        self.taken, self.rcpt, self.data = [], [], []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith(("250", "cut")):
            self.taken.append(envelope.content)
        if answer == "cut":
            server.transport.abort()
        return answer


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == b"rahasia", handled=False)


@pytest.fixture(scope="module")
def ca():
    return trustme.CA()


@pytest.fixture
def handler():
    return Handler()


@pytest.fixture
def server(ca, handler):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(context)
    server = Server(
        handler,
        hostname="localhost",
        port=0,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
        enable_SMTPUTF8=True,
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def trust(ca):
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


@pytest.fixture
def mailer(server, trust):
    return SmtpMailer("localhost", server.port, login=("pst", "rahasia"), timeout=60, context=trust)


def test_smtp_server_gets_the_very_bytes(mailer, handler):
    facts = mailer.send(MAIL)
    assert facts["message_id"] == message_id(MAIL)
    (taken,) = handler.taken
    assert taken == as_message(MAIL).as_bytes()


def test_smtp_address_with_other_letters_goes_as_smtputf8(mailer, handler):
    mailer.send(attrs.evolve(MAIL, to="s\u00edti@undip.example.org"))
    assert "To: s\u00edti@undip.example.org\r\n".encode() in handler.taken[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "answer", "error", "code"),
    [
        ("rcpt", "550 No such user", DeadAddress, "dead-address"),
        ("rcpt", "550 5.1.1 No such user", DeadAddress, "dead-address"),
        ("rcpt", "550 5.1.2 Domain not found", DeadAddress, "dead-address"),
        ("rcpt", "556 5.1.10 Domain takes no mail", DeadAddress, "dead-address"),
        ("rcpt", "550 5.2.1 Mailbox disabled", DeadAddress, "dead-address"),
        ("data", "550 5.1.1 No such user", DeadAddress, "dead-address"),
        ("rcpt", "550 5.7.1 Relaying denied", MailRefused, "mail-refused"),
        ("rcpt", "552 5.2.2 Mailbox full", MailRefused, "mail-refused"),
        ("rcpt", "550 5.1.8 Your sender domain is bad", MailRefused, "mail-refused"),
        ("data", "550 Looks like spam", MailRefused, "mail-refused"),
        ("data", "554 5.3.4 Too big", MailRefused, "mail-refused"),
        ("rcpt", "451 Greylisted", MailNotSent, "mail-server-busy"),
        ("rcpt", "450 4.1.2 Domain not found", MailNotSent, "address-in-doubt"),
        ("rcpt", "452 4.2.2 Mailbox full", MailNotSent, "mail-server-busy"),
        ("data", "451 Try again", MailNotSent, "mail-server-busy"),
        ("data", "421 4.3.2 Going down", MailNotSent, "mail-server-busy"),
    ],
)
def test_smtp_no_for_good_for_now_and_of_a_dead_address(
    *, mailer, handler, place, answer, error, code
):
    getattr(handler, place).append(answer)
    with pytest.raises(MailRefused if issubclass(error, MailRefused) else error) as caught:
        mailer.send(MAIL)
    assert (type(caught.value), caught.value.code) == (error, code)
    assert answer[4:] in caught.value.say("en")
    assert handler.taken == []
    mailer.send(MAIL)
    assert len(handler.taken) == 1


def test_smtp_line_cut_after_the_message_may_have_gone_out(mailer, handler):
    handler.data.append("cut")
    with pytest.raises(MailNotSent) as caught:
        mailer.send(MAIL)
    assert caught.value.code == "maybe-sent"
    mailer.send(MAIL)
    assert handler.taken[0] == handler.taken[1]


def test_smtp_wrong_password_is_the_offices_to_mend(server, trust):
    mailer = SmtpMailer("localhost", server.port, login=("pst", "salah"), context=trust)
    with pytest.raises(MailNotSent) as caught:
        mailer.send(MAIL)
    assert caught.value.code == "mail-login"
    assert "salah" not in str(caught.value) + repr(mailer)


def test_smtp_unknown_certificate_is_never_accepted(server, handler):
    with pytest.raises(MailNotSent) as caught:
        SmtpMailer("localhost", server.port, login=("pst", "rahasia")).send(MAIL)
    assert caught.value.code == "bad-certificate"
    assert handler.taken == []


def test_smtp_password_never_goes_over_a_plain_line():
    with pytest.raises(MailRefused, match="login-in-clear"):
        SmtpMailer("localhost", security=Security.PLAIN, login=("pst", "rahasia"))


def test_smtp_server_without_tls_is_not_used(handler):
    server = Server(handler, hostname="localhost", port=0)
    server.start()
    try:
        with pytest.raises(MailNotSent, match="server-cannot"):
            SmtpMailer("localhost", server.port).send(MAIL)
        assert handler.taken == []
        SmtpMailer("localhost", server.port, security=Security.PLAIN).send(MAIL)
        assert len(handler.taken) == 1
    finally:
        server.stop()


def test_smtp_server_that_is_not_there_or_hangs_is_tried_again():
    with socket.socket() as silent:
        silent.bind(("localhost", 0))
        port = silent.getsockname()[1]
        with pytest.raises(MailNotSent, match="mail-server-unreachable"):
            SmtpMailer("localhost", port).send(MAIL)
        silent.listen()
        with pytest.raises(MailNotSent, match="mail-server-unreachable"):
            SmtpMailer("localhost", port, timeout=0.3).send(MAIL)
