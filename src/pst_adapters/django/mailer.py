"""Mail through Django's own backend: SMTP, a file, or any service that a package such as
django-anymail speaks to. What a mail says is the business of ``pst_adapters.mail``.
"""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from typing import Any

from django.core import mail as django_mail
from django.core.mail import EmailMessage

from pst_adapters.mail import as_message, message_id
from pst_core.desk.ports import Mail
from pst_core.refusal import MailNotSent, MailRefused
from pst_core.text import Text

__all__ = ["DjangoMailer"]

_HEADERS = ("Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted")
# The office's own login: it can be mended, and the mail tried again.
_LOGIN = (530, 534, 535)


class DjangoMailer:
    """Implements the port ``Mailer`` by ``MAILERS[using]``; before Django 6.1 ``EMAIL_BACKEND``."""

    def __init__(self, using: str = "default") -> None:
        self._using = using

    def send(self, mail: Mail) -> Mapping[str, str]:
        """Hand ``mail`` to the backend and return ``message_id`` and the ``backend``.

        Raises ``MailRefused`` for an address that cannot be one or that the server refused for
        good (5xx), ``MailNotSent`` for anything else that the backend raised or did not take.
        """
        message = _django_message(mail)
        name = self._using
        try:
            backend = _backend(self._using)
            name = f"{type(backend).__module__}.{type(backend).__qualname__}"
            taken = backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            raise _answered(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error) from error
        except Exception as error:  # each backend has errors of its own
            raise _not_sent(name, f"{type(error).__name__}: {error}") from error
        if not taken:
            raise _not_sent(name, "0")
        facts = {"message_id": message_id(mail), "backend": name}
        service_id = getattr(getattr(message, "anymail_status", None), "message_id", None)
        if service_id:
            facts["service_id"] = str(service_id)
        return facts


def _backend(using: str) -> Any:
    mailers = getattr(django_mail, "mailers", None)
    if mailers is not None:
        return mailers[using]
    return django_mail.get_connection(fail_silently=False)


def _django_message(mail: Mail) -> EmailMessage:
    """Return Django's message with the same headers and files that our own mailers send."""
    ready = as_message(mail)  # refuses bad addresses and line breaks
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=str(ready["From"]),
        to=[mail.to],
        headers={name: str(ready[name]) for name in _HEADERS if ready[name]},
    )
    for part in ready.iter_attachments():
        content = part.get_payload(decode=True)
        message.attach(part.get_filename(), content, part.get_content_type())
    return message


def _answered(code: int, answer: bytes | str) -> MailRefused | MailNotSent:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    said = " ".join(said.split())[:200]
    text = Text(
        id=f"Peladen surel menjawab {code}: {said}.", en=f"The mail server answered {code}: {said}."
    )
    if 500 <= code < 600 and code not in _LOGIN:
        return MailRefused(
            "mail-refused",
            text,
            remedy=Text(
                id="Periksa alamat surel penerima.", en="Check the receiver's e-mail address."
            ),
        )
    return MailNotSent(
        "mail-server-busy" if code < 500 else "mail-login",
        text,
        remedy=Text(
            id="Surel dicoba lagi; periksa nama dan kata sandi server surel bila ditolak.",
            en="The mail is tried again; check name and password of the mail server if refused.",
        ),
    )


def _not_sent(backend: str, said: str) -> MailNotSent:
    said = " ".join(said.split())[:200]
    return MailNotSent(
        "mail-backend",
        Text(
            id=f"{backend} tidak mengirim surel: {said}.", en=f"{backend} did not send it: {said}."
        ),
        remedy=Text(
            id="Periksa MAILERS atau EMAIL_BACKEND dan pengaturannya; surel dicoba lagi.",
            en="Check MAILERS or EMAIL_BACKEND and its settings; the mail is tried again.",
        ),
    )
