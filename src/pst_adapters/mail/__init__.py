"""Mail as RFC 5322 messages: into a folder of ``.eml`` files, or to an SMTP server.

The same ``Mail`` always gives the same bytes, Message-ID included, so that one sent twice after a
crash can be recognised. Exactly-once delivery is not possible over SMTP and not promised.
"""

from .mailers import FolderMailer, Security, SmtpMailer
from .message import as_message, message_id

__all__ = ["FolderMailer", "Security", "SmtpMailer", "as_message", "message_id"]
