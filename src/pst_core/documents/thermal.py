"""The ticket as plain text for a thermal printer: 32 columns (58 mm paper) or 42 (80 mm).

ASCII only, so that any code page prints it; cutting and feeding are the printer driver's.
"""

from __future__ import annotations

import textwrap
import unicodedata

from ..refusal import BadInput
from ..text import Text
from .agreement import long_date
from .papers import QueueTicket

__all__ = ["ticket_text"]


def ticket_text(ticket: QueueTicket, columns: int = 32) -> str:
    """Return the ticket in lines of at most ``columns``, each ended by a newline.

    Raises ``BadInput`` for fewer than 24 columns: a number and its time would not fit.
    """
    if columns < 24:
        raise BadInput(
            "too-narrow",
            Text(id=f"{columns} kolom terlalu sempit.", en=f"{columns} columns are too few."),
            remedy=Text(id="Pakai 32 atau 42 kolom.", en="Use 32 or 42 columns."),
        )
    say = _ENGLISH if ticket.lang == "en" else _INDONESIAN
    rule = "-" * columns
    at = ticket.issued_at
    clock = f"{at:%H:%M}" if ticket.lang == "en" else f"{at:%H.%M}"
    when = f"{long_date(at.date(), ticket.lang)} {say['at']} {clock} {at.tzname() or ''}".strip()
    parts = [
        ticket.letterhead.office.upper(),
        ticket.letterhead.unit,
        rule,
        say["name"],
        "",
        # spread letters stand out on a printer that knows one size
        " ".join(ticket.number),
        "",
        ticket.service,
        say["waiting"].format(n=ticket.waiting),
        rule,
        when,
        say["keep"],
    ]
    lines: list[str] = []
    for part in parts:
        wrapped = textwrap.wrap(_ascii(part), columns) if part else [""]
        lines += [line.center(columns).rstrip() for line in wrapped]
    return "\n".join(lines) + "\n"


_INDONESIAN = {
    "name": "NOMOR ANTREAN",
    "waiting": "Menunggu sebelum Anda: {n}",
    "at": "pukul",
    "keep": "Simpan sampai dipanggil",
}
_ENGLISH = {
    "name": "QUEUE NUMBER",
    "waiting": "Waiting before you: {n}",
    "at": "at",
    "keep": "Keep it until you are called",
}


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(
        ch if ch.isascii() else "?" for ch in plain if not unicodedata.combining(ch)
    ).replace("\t", " ")
