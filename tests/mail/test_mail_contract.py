"""Our mailers pass the contract that a third party's must pass, and each planted fault fails it."""

import uuid

import attrs
import pytest
from aiosmtpd.controller import Controller

from pst_adapters.mail import FolderMailer, Security, SmtpMailer, as_message
from pst_core.refusal import MailNotSent, MailRefused
from pst_core.testing.contracts.mailer import MailerContract


class TestFolderMailer(MailerContract):
    def open_mailer(self, where):
        return FolderMailer(where)

    def received(self, where):
        return [path.read_bytes() for path in sorted(where.glob("*.eml"))]

    def open_unreachable(self, where):
        (where / "file").write_text("no folder")
        return FolderMailer(where / "file")


class Server(Controller):
    def _trigger_server(self):  # port 0: learn the real one before the probe
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Inbox:
    def __init__(self):
        self.taken, self.no = [], ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002
        if self.no:
            return self.no
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002
        self.taken.append(envelope.content)
        return "250 OK"


class TestSmtpMailer(MailerContract):
    @pytest.fixture(autouse=True)
    def _server(self):
        self.inbox = Inbox()
        self.server = Server(self.inbox, hostname="localhost", port=0)
        self.server.start()
        yield
        if self.server.server is not None:
            self.server.stop()

    def open_mailer(self, where):  # noqa: ARG002
        return SmtpMailer("localhost", self.server.port, security=Security.PLAIN, timeout=60)

    def received(self, where):  # noqa: ARG002
        return self.inbox.taken

    def open_unreachable(self, where):
        self.server.stop()
        return self.open_mailer(where)

    def open_refusing(self, where):
        self.inbox.no = "550 No such user"
        return self.open_mailer(where)


class NewIdEachTime(FolderMailer):
    def send(self, mail):
        return super().send(attrs.evolve(mail, id=f"{mail.id}/{uuid.uuid4()}"))


class OneIdForAll(FolderMailer):
    def send(self, mail):
        return super().send(attrs.evolve(mail, id=mail.thread))


class AnotherIdInTheAnswer(FolderMailer):
    def send(self, mail):
        return {**super().send(mail), "message_id": f"<{uuid.uuid4()}@example.org>"}


class NoAttachments(FolderMailer):
    def send(self, mail):
        return super().send(attrs.evolve(mail, attachments=()))


class AsciiOnly(FolderMailer):
    def send(self, mail):
        return super().send(
            attrs.evolve(mail, subject=mail.subject.encode("ascii", "replace").decode())
        )


class NoThread(FolderMailer):
    def send(self, mail):
        return super().send(attrs.evolve(mail, thread=""))


class SwallowsErrors(FolderMailer):
    """Reports a mail as sent whatever happened."""

    def send(self, mail):
        try:
            return super().send(mail)
        except (MailRefused, MailNotSent):
            return {"message_id": "<sent@example.org>"}


class FinalWhenTheLineIsDown(FolderMailer):
    def send(self, mail):
        try:
            return super().send(mail)
        except MailNotSent as error:
            raise MailRefused(error.code, error.text, remedy=error.remedy) from error


class SendsFirst(FolderMailer):
    """Hands over before it has looked: the refused mail has gone out."""

    def send(self, mail):
        safe = attrs.evolve(mail, to="x@example.org", subject="x")
        self._folder.mkdir(exist_ok=True)
        (self._folder / "early.eml").write_bytes(as_message(safe).as_bytes())
        return super().send(mail)


C = MailerContract
FAULTS = [
    (NewIdEachTime, C.test_the_same_mail_sent_again_has_the_same_message_id, ()),
    (OneIdForAll, C.test_two_mails_of_one_moment_are_two, ()),
    (AnotherIdInTheAnswer, C.test_the_answer_names_the_message_id_that_arrived, ()),
    (NoAttachments, C.test_attachments_arrive_byte_for_byte, ()),
    (AsciiOnly, C.test_a_mail_arrives_with_all_that_it_says, ()),
    (NoThread, C.test_mails_of_one_request_are_one_thread, ()),
    (SwallowsErrors, C.test_an_address_that_cannot_be_one_is_refused_for_good, ("siti",)),
    (SwallowsErrors, C.test_a_line_break_smuggles_no_header, ()),
    (FinalWhenTheLineIsDown, C.test_a_line_that_is_down_means_try_again, None),
    (SendsFirst, C.test_an_address_that_cannot_be_one_is_refused_for_good, ("siti",)),
]


@pytest.mark.parametrize(("faulty", "case", "args"), FAULTS, ids=[f[0].__name__ for f in FAULTS])
def test_a_faulty_mailer_fails_its_case(faulty, case, args, tmp_path):
    def run(cls, where):
        where.mkdir()

        class Case(TestFolderMailer):
            def open_mailer(self, where):
                return cls(where)

            def open_unreachable(self, where):
                return cls(super().open_unreachable(where)._folder)

        one = Case()
        if args is None:
            case(one, where)
        else:
            case(one, one.open_mailer(where), where, *args)

    run(FolderMailer, tmp_path / "sound")
    with pytest.raises((AssertionError, pytest.fail.Exception, MailRefused)):
        run(faulty, tmp_path / "faulty")
