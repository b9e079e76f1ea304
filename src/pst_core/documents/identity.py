"""Checks of fields that name a person: e-mail, NIK, NPWP. Where the law leaves doubt, a warning.

A check that turns a real citizen away is worse than one that lets a typing error through. E-mail
is looked at only as far as the core needs it; the full check, and telephone numbers, are left to
the libraries behind ``pst_adapters.fields``.
"""

from __future__ import annotations

import calendar
import re

from pst_core.text import Text

from .facts import Finding

__all__ = [
    "check_email",
    "check_nik",
    "check_npwp",
    "digits_of",
    "email_finding",
    "look_alike_finding",
]

# what would open another address, a comment or a route in a header
_SPECIAL = frozenset('()<>[]:;,"\\')

# codes of the provinces as the home ministry numbers them, those of 2012-2022 included
_PROVINCES = frozenset(
    str(code)
    for first, last in (
        *((11, 19), (21, 21), (31, 36), (51, 53)),
        *((61, 65), (71, 76), (81, 82), (91, 97)),
    )
    for code in range(first, last + 1)
)


def email_finding(clause: str = "R2") -> Finding:
    """Return the finding that something is no e-mail address; it does not say it again."""
    return Finding(
        "email-syntax",
        clause,
        Text(
            id="Ini bukan alamat surel.",
            en="This is not an e-mail address.",
        ),
        Text(
            id="Tulis seperti nama@contoh.go.id, tanpa spasi.",
            en="Write it like name@example.go.id, without spaces.",
        ),
    )


def look_alike_finding(clause: str = "R2") -> Finding:
    """Return the warning that an e-mail address has letters that may be look-alikes."""
    return Finding(
        "email-not-ascii",
        clause,
        Text(
            id="Alamat surel memuat huruf di luar a-z; periksa huruf yang mirip.",
            en="The e-mail address has letters other than a-z; look for look-alikes.",
        ),
        Text(
            id="Ketik ulang alamatnya dengan huruf Latin.",
            en="Type the address again in Latin letters.",
        ),
        "warning",
    )


def check_email(address: str, clause: str = "R2") -> tuple[Finding, ...]:
    """Return whether ``address`` can stand in a mail's header; nothing is sent to it.

    The least that the core needs: a name and a domain of two parts, and no character that opens
    another address or header. Whether it is a good address the door asks ``pst_adapters.fields``.
    """
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    whole = all(local.split(".")) and all(labels) and len(labels) > 1
    if (
        not whole
        or len(local.encode()) > 64
        or len(domain) > 253
        or any(c in _SPECIAL or c.isspace() or not c.isprintable() for c in address)
        or any(label[0] == "-" or label[-1] == "-" for label in labels)
        or "@" in local
    ):
        return (email_finding(clause),)
    return () if local.isascii() else (look_alike_finding(clause),)


def digits_of(number: str) -> str:
    """Return a NIK or NPWP without the spaces, dots and dashes that people write into it."""
    return re.sub(r"[ .-]", "", number)


def check_nik(nik: str, clause: str = "R3") -> tuple[Finding, ...]:
    """Return what is wrong with a NIK (16 digits, LAW.md 8.1).

    Only length and digits refuse. Province, date of birth and serial are warnings: the numbering
    of newer provinces and of old cards is not fully known.
    """
    digits = digits_of(nik)
    if not re.fullmatch(r"[0-9]{16}", digits):
        return (
            Finding(
                "nik-digits",
                clause,
                Text(id="NIK terdiri dari 16 angka.", en="A NIK has 16 digits."),
                Text(
                    id="Salin NIK dari KTP, tanpa huruf.",
                    en="Copy the NIK from the identity card, without letters.",
                ),
            ),
        )
    findings = []
    if digits[:2] not in _PROVINCES:
        findings.append(("nik-province", "kode provinsi", "province code"))
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    day -= 40 if day > 40 else 0  # women: day of birth + 40
    # the century is not in the number: a leap day passes if either century has it
    last = (
        max((calendar.monthrange(century + year, month)[1] for century in (1900, 2000)), default=0)
        if 1 <= month <= 12
        else 0
    )
    if not 1 <= day <= last:
        findings.append(("nik-birth", "tanggal lahir", "date of birth"))
    if digits[12:] == "0000":
        findings.append(("nik-serial", "nomor urut", "serial number"))
    return tuple(
        Finding(
            code,
            clause,
            Text(
                id=f"Bagian {bagian} dalam NIK tidak lazim.",
                en=f"The {part} in the NIK is unusual.",
            ),
            Text(
                id="Cocokkan dengan KTP; bila sama, lanjutkan.",
                en="Compare with the identity card; if it is the same, go on.",
            ),
            "warning",
        )
        for code, bagian, part in findings
    )


def check_npwp(npwp: str, clause: str = "R4") -> tuple[Finding, ...]:
    """Return what is wrong with an NPWP of 15 or 16 digits (PMK 112/PMK.03/2022).

    A 16-digit one that does not begin with 0 may be a NIK or of a newer series: not refused.
    """
    digits = digits_of(npwp)
    if not re.fullmatch(r"[0-9]{15,16}", digits):
        return (
            Finding(
                "npwp-digits",
                clause,
                Text(
                    id="NPWP terdiri dari 16 angka (bentuk lama 15 angka).",
                    en="An NPWP has 16 digits (15 in the old form).",
                ),
                Text(
                    id="Salin NPWP dari kartu; perorangan dapat memakai NIK.",
                    en="Copy the NPWP from the card; a resident individual may use the NIK.",
                ),
            ),
        )
    findings = []
    if len(digits) == 15:
        findings.append(
            Finding(
                "npwp-old-form",
                clause,
                Text(
                    id="NPWP 15 angka adalah bentuk lama.",
                    en="An NPWP of 15 digits is the old form.",
                ),
                Text(
                    id=f"Badan: tulis 0{digits}. Perorangan: pakai NIK.",
                    en=f"A body: write 0{digits}. An individual: use the NIK.",
                ),
                "warning",
            )
        )
    # only the old numbering is known to end its first nine digits with a check digit
    series = digits if len(digits) == 15 else digits[1:] if digits[0] == "0" else ""
    if series and not _luhn(series[:9]):
        findings.append(
            Finding(
                "npwp-check-digit",
                clause,
                Text(
                    id="Angka pemeriksa NPWP tidak cocok.",
                    en="The check digit of the NPWP does not fit.",
                ),
                Text(
                    id="Periksa sembilan angka pertama; bila sama dengan kartu, lanjutkan.",
                    en="Check the first nine digits; if they are as on the card, go on.",
                ),
                "warning",
            )
        )
    return tuple(findings)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
