"""The two mailers: a folder that anybody can open, and SMTP."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pst_core.desk.ports import Mail
from pst_core.refusal import DeadAddress, MailNotSent, MailRefused
from pst_core.text import Text

from .message import as_message, message_id


class FolderMailer:
    """Implements the port ``Mailer``: each mail a ``.eml`` file; the same mail is one file."""

    def __init__(self, path: Path | str) -> None:
        self._folder = Path(path)

    def send(self, mail: Mail) -> Mapping[str, str]:
        """Write ``mail`` and return ``message_id`` and the ``file``."""
        data = as_message(mail).as_bytes()
        # the name sorts by time and holds nothing that a user typed
        name = f"{mail.at:%Y%m%dT%H%M%S}-{message_id(mail)[1:13]}.eml"
        place = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(place)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise MailNotSent(
                "mail-folder",
                Text(
                    id=f"Surel tidak dapat ditulis ke folder {self._folder}: {error.strerror}.",
                    en=f"The mail cannot be written to the folder {self._folder}: "
                    f"{error.strerror}.",
                ),
                remedy=Text(
                    id="Periksa ruang dan izin folder itu; surel dicoba lagi.",
                    en="Check that folder's space and permissions; the mail is tried again.",
                ),
            ) from error
        return {"message_id": message_id(mail), "file": str(place)}


class Security(StrEnum):
    """How the line to the server is protected; ``PLAIN`` only for a server on the same machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    PLAIN = "plain"


class SmtpMailer:
    """Implements the port ``Mailer`` over SMTP; one connection a mail, certificates checked.

    ``context``: an ``ssl.SSLContext`` for an office with a certificate authority of its own.
    ``timeout`` is in seconds, for each answer of the server.
    """

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        security: Security = Security.STARTTLS,
        login: tuple[str, str] | None = None,
        timeout: float = 20,
        context: ssl.SSLContext | None = None,
    ) -> None:
        if login and security is Security.PLAIN:
            raise MailRefused(
                "login-in-clear",
                Text(
                    id="Nama dan kata sandi tidak dikirim lewat jalur tanpa TLS.",
                    en="Name and password are not sent over a line without TLS.",
                ),
                remedy=Text(
                    id="Pakai starttls (port 587) atau tls (port 465).",
                    en="Use starttls (port 587) or tls (port 465).",
                ),
            )
        self._host, self._port, self._security = host, port, security
        self._login, self._timeout = login, timeout
        self._context = context

    def __repr__(self) -> str:
        return f"SmtpMailer({self._host!r}, {self._port}, {self._security})"

    def send(self, mail: Mail) -> Mapping[str, str]:
        """Hand ``mail`` to the server and return ``message_id`` and ``server``.

        Raises ``DeadAddress`` if the server says that the receiver's address takes no mail,
        ``MailRefused`` if it says no for good otherwise (5xx), ``MailNotSent`` else; code
        ``maybe-sent`` if the line broke where the server may have taken it already, and
        ``address-in-doubt`` if the server cannot tell yet whether the address is any good.
        """
        message = as_message(mail)
        ascii_only = (mail.sender + mail.to).isascii()
        data = message.as_bytes()
        handed_over = asking_receiver = False
        try:
            smtp = self._connect()
            try:
                options = () if ascii_only else ("SMTPUTF8", "BODY=8BITMIME")
                _expect(*smtp.mail(mail.sender, options))
                asking_receiver = True
                _expect(*smtp.rcpt(mail.to))
                asking_receiver = False
                handed_over = True
                code, answer = smtp.data(data)
                handed_over = False
                _expect(code, answer)
            finally:
                _hang_up(smtp)
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error, asking_receiver) from error
        except smtplib.SMTPNotSupportedError as error:
            # an address with other letters stays what it is; a server may be set right
            raise (MailNotSent if ascii_only else MailRefused)(
                "server-cannot",
                Text(
                    id=f"Peladen surel tidak dapat: {error}.",
                    en=f"The mail server cannot: {error}.",
                ),
                remedy=Text(
                    id="Periksa port, jenis keamanan, dan masuk ke peladen surel.",
                    en="Check the mail server's port, security and login.",
                ),
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._broken(error, handed_over) from error
        return {"message_id": message_id(mail), "server": f"{self._host}:{self._port}"}

    def _connect(self) -> smtplib.SMTP:
        context = self._context or ssl.create_default_context()
        if self._security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._security is Security.STARTTLS:
                smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
            if self._login:
                smtp.login(*self._login)
        except BaseException:
            _hang_up(smtp)
            raise
        return smtp

    def _broken(self, error: Exception, handed_over: bool) -> MailNotSent:
        where = f"{self._host}:{self._port}"
        if handed_over:
            return MailNotSent(
                "maybe-sent",
                Text(
                    id=f"Sambungan ke {where} putus saat surel diserahkan; mungkin sudah terkirim.",
                    en=f"The line to {where} broke while handing over; the mail may have gone out.",
                ),
                remedy=Text(
                    id="Surel yang sama dicoba lagi; Message-ID-nya tetap.",
                    en="The same mail is tried again under the same Message-ID.",
                ),
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            return MailNotSent(
                "bad-certificate",
                Text(
                    id=f"Sertifikat peladen {where} tidak dipercaya: {error.verify_message}.",
                    en=f"The certificate of {where} is not trusted: {error.verify_message}.",
                ),
                remedy=Text(
                    id="Periksa nama peladen dan sertifikatnya; pemeriksaan tidak dimatikan.",
                    en="Check the server's name and certificate; checking is never switched off.",
                ),
            )
        why = "timeout" if isinstance(error, socket.timeout) else str(error)
        return MailNotSent(
            "mail-server-unreachable",
            Text(
                id=f"Peladen surel {where} tidak dapat dihubungi: {why}.",
                en=f"The mail server {where} cannot be reached: {why}.",
            ),
            remedy=Text(
                id="Periksa nama, port, dan jaringan; surel dicoba lagi.",
                en="Check name, port and network; the mail is tried again.",
            ),
        )


def _expect(code: int, answer: bytes) -> None:
    if code // 100 != 2:
        raise smtplib.SMTPResponseException(code, answer)


def _hang_up(smtp: smtplib.SMTP) -> None:
    # what was answered stands, however the good-bye goes
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()


# RFC 3463: of the receiver's box or domain (5.1.7 and 5.1.8 are of the sender's), a box that is
# closed, and a domain that nobody receives for
_OF_THE_ADDRESS = re.compile(r"([45])\.(?:1\.(?:[0-6]|9|10)|2\.1|4\.4)\b")
_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
_NO_SUCH_BOX = (550, 551, 553, 556)


def _answered(code: int, answer: bytes | str, asking_receiver: bool) -> MailRefused | MailNotSent:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    said = " ".join(said.split())[:200]
    text = Text(
        id=f"Peladen surel menjawab {code}: {said}.", en=f"The mail server answered {code}: {said}."
    )
    try_later = Text(id="Surel dicoba lagi nanti.", en="The mail is tried again later.")
    enhanced = _ENHANCED.match(said)
    of_the_address = _OF_THE_ADDRESS.match(said) is not None
    if enhanced is None and asking_receiver:
        of_the_address = code in _NO_SUCH_BOX
    # 535 is the office's own login, not the applicant's address: it can be mended and tried again
    if code in (530, 534, 535):
        return MailNotSent(
            "mail-login",
            text,
            remedy=Text(
                id="Periksa nama dan kata sandi peladen surel; surel dicoba lagi.",
                en="Check the mail server's name and password; the mail is tried again.",
            ),
        )
    if code < 500 or code >= 600:
        return MailNotSent(
            "address-in-doubt" if of_the_address else "mail-server-busy", text, remedy=try_later
        )
    if of_the_address:
        return DeadAddress(
            "dead-address",
            text,
            remedy=Text(
                id="Hubungi penerima dengan cara lain dan perbaiki alamat surelnya.",
                en="Reach the receiver another way and correct the e-mail address.",
            ),
        )
    return MailRefused(
        "mail-refused",
        text,
        remedy=Text(
            id="Bacalah jawaban peladen itu: surat yang sama tidak akan diterima.",
            en="Read what the server says: it will not take the same mail.",
        ),
    )
