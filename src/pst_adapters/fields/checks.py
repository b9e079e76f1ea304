"""One function a field: the value as it should be kept, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from pst_core.documents import Finding, errors
from pst_core.documents import check_nik as nik_findings
from pst_core.documents import check_npwp as npwp_findings
from pst_core.documents.identity import digits_of, email_finding, look_alike_finding
from pst_core.text import Text

__all__ = ["FIELDS", "Checked", "check_email", "check_nik", "check_npwp", "check_phone"]


@attrs.frozen
class Checked:
    """A field as it should be kept (``value``; as it was given if it is refused) and findings."""

    value: str
    findings: tuple[Finding, ...] = ()

    @property
    def in_order(self) -> bool:
        """True if nothing refuses it; warnings may be there."""
        return not errors(self.findings)


def check_email(address: str, clause: str = "R2") -> Checked:
    """Return ``address`` with its domain in lower case; no DNS is asked (R2)."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return Checked(address, (email_finding(clause),))
    plain = found.ascii_email is not None
    return Checked(found.normalized, () if plain else (look_alike_finding(clause),))


def check_phone(number: str, clause: str = "R3", region: str = "ID") -> Checked:
    """Return ``number`` as E.164 (``+6281234567890``); national ones are of ``region``.

    Refused only if it cannot be a number at all; one that its country has not given out, as far
    as the library knows, is a warning: new series come sooner than new releases.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return Checked(number, (_no_phone(clause),))
    # the library reads letters as keys of a telephone, or drops them: here they are slips
    spelt = any(c.isalpha() for c in number) and not parsed.extension
    if spelt or not phonenumbers.is_possible_number(parsed):
        return Checked(number, (_no_phone(clause),))
    findings = []
    if not phonenumbers.is_valid_number(parsed):
        findings.append(
            Finding(
                "phone-unusual",
                clause,
                Text(
                    id="Nomor telepon tidak lazim untuk negaranya.",
                    en="The telephone number is unusual for its country.",
                ),
                Text(id="Periksa lagi; bila benar, lanjutkan.", en="Check it; if right, go on."),
                "warning",
            )
        )
    if parsed.extension:
        findings.append(
            Finding(
                "phone-extension",
                clause,
                Text(
                    id=f"Nomor pesawat {parsed.extension} tidak ikut disimpan.",
                    en=f"The extension {parsed.extension} is not kept.",
                ),
                Text(id="Catat di tempat lain.", en="Note it elsewhere."),
                "warning",
            )
        )
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Checked(e164, tuple(findings))


def check_nik(nik: str, clause: str = "R3") -> Checked:
    """Return the 16 digits of a NIK."""
    return _number(nik, nik_findings(nik, clause))


def check_npwp(npwp: str, clause: str = "R4") -> Checked:
    """Return the 15 or 16 digits of an NPWP; which NIK an old one belongs to, it does not say."""
    return _number(npwp, npwp_findings(npwp, clause))


def _number(given: str, findings: tuple[Finding, ...]) -> Checked:
    return Checked(given if errors(findings) else digits_of(given), findings)


def _no_phone(clause: str) -> Finding:
    return Finding(
        "phone-syntax",
        clause,
        Text(
            id="Ini bukan nomor telepon.",
            en="This is not a telephone number.",
        ),
        Text(
            id="Tulis seperti 0812 3456 7890 atau +62 812 3456 7890.",
            en="Write it like 0812 3456 7890 or +62 812 3456 7890.",
        ),
    )


FIELDS: dict[str, Callable[[str], Checked]] = {
    "email": check_email,
    "phone": check_phone,
    "nik": check_nik,
    "npwp": check_npwp,
}
"""Each field by its name."""
