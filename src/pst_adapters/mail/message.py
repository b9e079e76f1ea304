"""One ``Mail`` as an RFC 5322 message, byte for byte the same each time."""

from __future__ import annotations

import email.policy
import email.utils
import hashlib
import re
import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage

from pst_core.desk.ports import Mail
from pst_core.documents.identity import check_email
from pst_core.refusal import DeadAddress, MailRefused
from pst_core.text import Text

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")


def message_id(mail: Mail) -> str:
    """Return the Message-ID: made from ``mail.id`` alone, at the sender's domain."""
    return _id(mail, mail.id)


def as_message(mail: Mail) -> EmailMessage:
    """Return ``mail`` as a message.

    Raises ``DeadAddress`` for a receiver's address that cannot be one, ``MailRefused`` for such a
    sender's, or for a line break in a header.
    """
    for text in (mail.subject, mail.sender_name, *(file.name for file in mail.attachments)):
        if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text):
            raise _refused("judul atau nama memuat ganti baris", "subject or name has a line break")
    sender = _address(mail.sender, mail.sender_name, MailRefused)
    receiver = _address(mail.to, "", DeadAddress)
    ascii_only = (mail.sender + mail.to).isascii()
    message = EmailMessage(policy=email.policy.SMTP if ascii_only else email.policy.SMTPUTF8)
    message["From"] = sender
    message["To"] = receiver
    message["Subject"] = mail.subject
    message["Date"] = email.utils.format_datetime(mail.at)
    message["Message-ID"] = message_id(mail)
    if mail.thread not in ("", mail.id):
        # made from the first mail's id alone: it holds though that mail went out long ago
        root = _id(mail, mail.thread)
        message["In-Reply-To"] = root
        message["References"] = root
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, charset="utf-8", cte="quoted-printable")
    for file in mail.attachments:
        media_type = file.media_type.lower()
        if not _MEDIA_TYPE.fullmatch(media_type):
            media_type = "application/octet-stream"
        main, sub = media_type.split("/")
        if main in ("text", "message", "multipart"):
            main, sub = "application", "octet-stream"
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    if message.is_multipart():
        message.set_boundary("=_" + hashlib.sha256(f"boundary {mail.id}".encode()).hexdigest()[:40])
    return message


def _id(mail: Mail, text: str) -> str:
    digest = hashlib.sha256(f"mail {text}".encode()).hexdigest()[:40]
    return f"<{digest}@{mail.sender.rpartition('@')[2]}>"


def _address(address: str, name: str, refused: type[MailRefused]) -> Address:
    findings = [f for f in check_email(address) if f.severity == "error"]
    if findings:
        raise refused("bad-address", findings[0].text, remedy=findings[0].remedy)
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _refused(kenapa: str, why: str) -> MailRefused:
    return MailRefused(
        "bad-header",
        Text(id=f"Surel tidak dikirim: {kenapa}.", en=f"The mail was not sent: {why}."),
        remedy=Text(id="Hapus ganti barisnya.", en="Remove the line break."),
    )
