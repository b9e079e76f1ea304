"""Checks of fields that name a person: e-mail, NIK, NPWP. Where the law leaves doubt, a warning.

A check that turns a real citizen away is worse than one that lets a typing error through.
"""

from __future__ import annotations

import calendar
import re

from pst_core.text import Text

from .facts import Finding

__all__ = ["check_email", "check_nik", "check_npwp", "check_phone"]

_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
# codes of the provinces as the home ministry numbers them, those of 2012-2022 included
_PROVINCES = frozenset(
    str(code)
    for first, last in (
        *((11, 19), (21, 21), (31, 36), (51, 53)),
        *((61, 65), (71, 76), (81, 82), (91, 97)),
    )
    for code in range(first, last + 1)
)


def check_email(address: str, clause: str = "R2") -> tuple[Finding, ...]:
    """Return what is wrong with the syntax of an e-mail address; nothing is sent to it."""
    local, _, domain = address.rpartition("@")
    if not _EMAIL.fullmatch(address) or len(local.encode()) > 64 or len(domain) > 253:
        return (
            Finding(
                "email-syntax",
                clause,
                Text(
                    id=f"{address[:80]!r} bukan alamat surel.",
                    en=f"{address[:80]!r} is not an e-mail address.",
                ),
                Text(
                    id="Tulis seperti nama@contoh.go.id, tanpa spasi.",
                    en="Write it like name@example.go.id, without spaces.",
                ),
            ),
        )
    if not local.isascii():
        return (
            Finding(
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
            ),
        )
    return ()


def check_phone(phone: str, clause: str = "R3") -> tuple[Finding, ...]:
    """Return what is wrong with a telephone number: 8 to 15 digits, national or with ``+``."""
    digits = re.sub(r"[ ().-]", "", phone)
    if re.fullmatch(r"\+?[0-9]{8,15}", digits):
        return ()
    return (
        Finding(
            "phone-digits",
            clause,
            Text(
                id=f"{phone[:40]!r} bukan nomor telepon.",
                en=f"{phone[:40]!r} is not a telephone number.",
            ),
            Text(
                id="Tulis seperti 0812 3456 7890 atau +62 812 3456 7890.",
                en="Write it like 0812 3456 7890 or +62 812 3456 7890.",
            ),
        ),
    )


def check_nik(nik: str, clause: str = "R3") -> tuple[Finding, ...]:
    """Return what is wrong with a NIK (16 digits, LAW.md 8.1).

    Only length and digits refuse. Province, date of birth and serial are warnings: the numbering
    of newer provinces and of old cards is not fully known.
    """
    digits = re.sub(r"[ .-]", "", nik)
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
    digits = re.sub(r"[ .-]", "", npwp)
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
