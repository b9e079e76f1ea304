"""What is wrong with a file that somebody handed in, judged from its facts alone.

Reading the file is left to ``pst_adapters.files``; which file is due when, to ``due``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Literal

import attrs

from pst_core.money import format_rupiah
from pst_core.text import Text

from .agreement import AgreementRules, FilledAgreement, Way, squeeze
from .facts import FileFacts, Finding, SignatureFacts

__all__ = [
    "MAX_UPLOAD_BYTES",
    "Judgement",
    "UploadKind",
    "check_originals",
    "check_signed_agreement",
    "check_upload",
    "check_way",
]

UploadKind = Literal["agreement", "letter", "identity", "tax-number", "proof-of-payment"]

_MISREAD_LETTERS = 4
"""Of 16: two agreements have fewer different letters once in 10 ** 14 pairs."""

MAX_UPLOAD_BYTES = 10_000_000
"""Our limit for one upload; no published figure was found."""

_SCANS = ("application/pdf", "image/jpeg", "image/png")
_CLAUSES: dict[UploadKind, str] = {
    "agreement": "S17",
    "letter": "S9",
    "identity": "S9",
    "tax-number": "S9",
    "proof-of-payment": "S16",
}
_PROBLEMS = {
    "damaged": Text(id="Berkas rusak atau terpotong.", en="The file is damaged or cut off."),
    "too-slow": Text(
        id="Berkas terlalu lama dibaca; mungkin sengaja dibuat berat.",
        en="The file took too long to read; it may be built to do so.",
    ),
    "too-big": Text(
        id="Berkas mengembang terlalu besar saat dibaca.",
        en="The file grows too big when it is read.",
    ),
    "too-deep": Text(
        id="Susunan berkas bersarang terlalu dalam atau berputar.",
        en="The file's structure is nested too deep or goes in circles.",
    ),
    "crashed": Text(
        id="Berkas menjatuhkan program pembacanya.", en="The file brought its reader down."
    ),
    "unread": Text(
        id="Berkas belum sempat diperiksa; komputer kantor sedang terlalu sibuk.",
        en="The file could not be looked at yet; the office's computer is too busy.",
    ),
    "infected": Text(
        id="Pemindai virus menemukan program jahat dalam berkas ini.",
        en="The virus scanner found something harmful in this file.",
    ),
    "unscanned": Text(
        id="Berkas belum dapat diperiksa terhadap virus; pemindainya sedang mati.",
        en="The file could not be checked for viruses yet; the scanner does not answer.",
    ),
}
_AGAIN = Text(
    id="Unggah lagi nanti; berkasnya mungkin tidak salah.",
    en="Upload it again later; the file may be in order.",
)
_MAKE_ANEW = Text(
    id="Buat ulang berkasnya dari aslinya.", en="Make the file again from its original."
)
_REMEDIES = {
    "unread": _AGAIN,
    "unscanned": _AGAIN,
    "infected": Text(
        id="Bersihkan komputer Anda, lalu buat ulang berkasnya dari aslinya.",
        en="Clean your computer, then make the file again from its original.",
    ),
}
_KIND_NAMES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Text(
        id="dokumen Word (.docx)", en="a Word document (.docx)"
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Text(
        id="lembar kerja Excel (.xlsx)", en="an Excel workbook (.xlsx)"
    ),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": Text(
        id="tayangan PowerPoint (.pptx)", en="a PowerPoint presentation (.pptx)"
    ),
    "application/x-ole-storage": Text(
        id="dokumen Office lama (.doc, .xls)", en="an old Office document (.doc, .xls)"
    ),
    "image/heic": Text(id="foto HEIC", en="a HEIC photo"),
    "application/zip": Text(id="arsip ZIP", en="a ZIP archive"),
    "application/x-executable": Text(id="program", en="a program"),
}


@attrs.frozen
class Judgement:
    """What an officer saw on a scan or on the original, recorded under the officer's name."""

    officer: str
    same_agreement: bool
    signed_by_both: bool
    stamp_duty_paid: bool


def check_upload(
    facts: FileFacts, kind: UploadKind, max_bytes: int = MAX_UPLOAD_BYTES
) -> tuple[Finding, ...]:
    """Return what is wrong with ``facts`` as an upload of ``kind``: each fault its own finding."""
    clause = _CLAUSES[kind]
    if facts.bytes == 0:
        return (
            Finding(
                "file-empty",
                clause,
                Text(id="Berkas kosong.", en="The file is empty."),
                Text(id="Unggah berkas yang berisi.", en="Upload a file with content."),
            ),
        )
    findings = []
    if facts.bytes > max_bytes:
        findings.append(
            Finding(
                "file-too-large",
                clause,
                Text(
                    id=f"Berkas {facts.bytes:,} byte melebihi batas {max_bytes:,} byte.".replace(
                        ",", "."
                    ),
                    en=f"The file of {facts.bytes:,} bytes is above the limit of {max_bytes:,}.",
                ),
                Text(
                    id="Pindai dengan resolusi lebih rendah.", en="Scan it at a lower resolution."
                ),
            )
        )
    if facts.media_type not in _SCANS:
        kind_name = Text(id=facts.media_type, en=facts.media_type)
        what = _KIND_NAMES.get(facts.media_type, kind_name)
        findings.append(
            Finding(
                "file-type",
                clause,
                Text(
                    id=f"Isi berkas adalah {what.id}, bukan PDF, JPEG, atau PNG.",
                    en=f"The file's content is {what.en}, not PDF, JPEG or PNG.",
                ),
                Text(id="Simpan sebagai PDF lalu unggah.", en="Save it as PDF and upload that."),
            )
        )
    elif _wrong_ending(facts):
        findings.append(
            Finding(
                "file-name-lies",
                clause,
                Text(
                    id=f"Nama berkas tidak sesuai isinya ({facts.media_type}).",
                    en=f"The file's name does not fit its content ({facts.media_type}).",
                ),
                Text(id="Beri akhiran nama yang sesuai.", en="Give its name the ending that fits."),
                "warning",
            )
        )
    if facts.looks_also_like:
        others = ", ".join(facts.looks_also_like)
        findings.append(
            Finding(
                "file-polyglot",
                clause,
                Text(
                    id=f"Berkas ini sekaligus dapat dibaca sebagai {others}.",
                    en=f"This file can also be read as {others}.",
                ),
                Text(
                    id="Cetak ulang ke PDF dari dokumen aslinya.",
                    en="Print the original document to PDF again.",
                ),
            )
        )
    if facts.encrypted:
        findings.append(
            Finding(
                "file-encrypted",
                clause,
                Text(id="Berkas terkunci sandi.", en="The file is locked with a password."),
                Text(id="Simpan tanpa sandi.", en="Save it without a password."),
            )
        )
    if facts.active_content:
        carried = ", ".join(facts.active_content)
        findings.append(
            Finding(
                "file-active",
                clause,
                Text(
                    id=f"Berkas memuat isi aktif atau lampiran: {carried}.",
                    en=f"The file carries active content or attachments: {carried}.",
                ),
                Text(
                    id="Cetak ulang ke PDF biasa, tanpa skrip dan lampiran.",
                    en="Print it to a plain PDF without scripts and attachments.",
                ),
            )
        )
    if facts.problem:
        findings.append(
            Finding(
                f"file-{facts.problem}",
                clause,
                _PROBLEMS.get(facts.problem, _PROBLEMS["damaged"]),
                _REMEDIES.get(facts.problem, _MAKE_ANEW),
            )
        )
    findings += _of_marks(facts, clause)
    return tuple(findings)


def _of_marks(facts: FileFacts, clause: str) -> list[Finding]:
    """Return what the marks of a file mean: tricks refuse, oddities are shown."""
    marks = set(facts.marks)
    findings = []
    if marks & {"name-path", "name-letters"}:
        findings.append(
            Finding(
                "file-name-tricks",
                clause,
                Text(
                    id="Nama berkas memuat jalur folder atau huruf tersembunyi.",
                    en="The file's name holds a folder path or hidden letters.",
                ),
                Text(
                    id="Ganti namanya dengan huruf dan angka biasa.",
                    en="Rename it with plain letters and digits.",
                ),
            )
        )
    if "name-long" in marks:
        findings.append(
            Finding(
                "file-name-long",
                clause,
                Text(
                    id="Nama berkas terlalu panjang; yang ditampilkan hanya awalnya.",
                    en="The file's name is too long; only its beginning is shown.",
                ),
                Text(id="Pendekkan namanya.", en="Shorten the name."),
                "warning",
            )
        )
    if marks & {"archive-path", "archive-link"}:
        findings.append(
            Finding(
                "file-archive-paths",
                clause,
                Text(
                    id="Isi arsip akan keluar dari foldernya bila dibuka.",
                    en="Parts of the archive would leave its folder when unpacked.",
                ),
                _MAKE_ANEW,
            )
        )
    if "restricted" in marks:
        findings.append(
            Finding(
                "file-restricted",
                clause,
                Text(
                    id="Berkas dibatasi pemiliknya (misalnya dilarang dicetak), tetapi terbaca.",
                    en="The file's owner restricts it (no printing, say), but it can be read.",
                ),
                Text(
                    id="Bila dapat, simpan tanpa pembatasan.",
                    en="If you can, save it without restrictions.",
                ),
                "warning",
            )
        )
    if "location" in marks:
        findings.append(
            Finding(
                "file-location",
                clause,
                Text(
                    id="Foto ini menyebut tempat pengambilannya.",
                    en="This photo says where it was taken.",
                ),
                Text(
                    id="Bila tidak perlu, matikan lokasi kamera lalu foto ulang.",
                    en="If that is not wanted, turn the camera's location off and take it again.",
                ),
                "warning",
            )
        )
    return findings


def check_signed_agreement(
    facts: FileFacts,
    agreement: FilledAgreement,
    signers: tuple[str, ...] = (),
    judgement: Judgement | None = None,
    issued: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return what is wrong with ``facts`` as the signed copy of ``agreement`` (S17, R6).

    ``signers``: names that must have signed electronically, as in their certificates. Without an
    officer's ``judgement`` the file must prove itself: this agreement's code and whole text, each
    required name with a sound signature of a trusted certificate. ``issued``: SHA-256 (hex) of the
    files that the office is known to have sent; one of them must be there unchanged below the
    signatures. Stamp duty is always judged by a person: no file proves it (UU 10/2020 Pasal 21
    forbids filing an unstamped one).
    """
    findings = list(check_upload(facts, "agreement"))
    findings += _signature_faults(facts)
    if judgement is None:
        findings += _text_faults(facts, agreement, issued)
        names = {_name(s.signer) for s in facts.signatures}
        wanted = [signer for signer in signers if _name(signer) not in names]
        if not facts.signatures:
            findings.append(
                _fault(
                    "not-signed",
                    "Tidak ada tanda tangan elektronik.",
                    "There is no electronic signature.",
                    "Tanda tangani secara elektronik, atau minta petugas menilai hasil pindai.",
                    "Sign it electronically, or ask an officer to judge the scan.",
                )
            )
        elif wanted:
            who = ", ".join(wanted)
            signed = ", ".join(s.signer for s in facts.signatures)
            findings.append(
                _fault(
                    "signer-missing",
                    f"Belum ditandatangani oleh {who}; yang menandatangani: {signed}.",
                    f"Not yet signed by {who}; signed by: {signed}.",
                    "Minta yang bersangkutan menandatangani dengan sertifikat atas namanya.",
                    "Ask them to sign with a certificate in their name.",
                )
            )
        findings.append(
            _fault(
                "stamp-duty-not-judged",
                "Bea meterai belum dinilai petugas.",
                "No officer has judged the stamp duty yet.",
                "Petugas memeriksa meterai pada perjanjian.",
                "An officer checks the stamp on the agreement.",
            )
        )
        return tuple(findings)
    if _other_codes(facts, agreement) or not judgement.same_agreement:
        findings.append(_another(facts))
    return (*findings, *_seen_faults(judgement, agreement))


def check_way(way: Way, rules: AgreementRules) -> tuple[Finding, ...]:
    """Return what is wrong with handing the agreement over by ``way`` at this office (S17)."""
    if way in rules.ways:
        return ()
    return (
        _fault(
            "agreement-way",
            f"Kantor ini tidak menerima perjanjian dengan cara: {way.text.id}.",
            f"This office does not take the agreement this way: {way.text.en}.",
            f"Serahkan dengan: {', '.join(w.text.id for w in rules.ways)}.",
            f"Hand it over by: {', '.join(w.text.en for w in rules.ways)}.",
        ),
    )


def check_originals(
    originals: int, judgement: Judgement, agreement: FilledAgreement, rules: AgreementRules
) -> tuple[Finding, ...]:
    """Return what is wrong with ``originals`` of ``agreement`` that an officer holds (S17, R6).

    All must be this agreement, signed by both parties and stamped, each of them: an original
    without its stamp is refused, not filed as received (UU 10/2020 Pasal 21).
    """
    findings = []
    if originals < rules.originals:
        findings.append(
            _fault(
                "originals-too-few",
                f"Diterima {originals} naskah asli; yang diminta {rules.originals}.",
                f"Originals that have come: {originals}; asked for: {rules.originals}.",
                f"Lengkapi menjadi {rules.originals} rangkap asli.",
                f"Hand in {rules.originals} in all.",
            )
        )
    if not judgement.same_agreement:
        findings.append(
            _fault(
                "another-agreement",
                f"Naskah asli bukan perjanjian permintaan ini (kode {agreement.code}).",
                f"The originals are not this request's agreement (code {agreement.code}).",
                "Minta naskah yang dicetak dari dokumen yang dikirim kantor.",
                "Ask for originals printed from the document that the office sent.",
            )
        )
    return (*findings, *_seen_faults(judgement, agreement))


def _seen_faults(judgement: Judgement, agreement: FilledAgreement) -> list[Finding]:
    findings = []
    if not judgement.signed_by_both:
        findings.append(
            _fault(
                "not-signed",
                "Petugas tidak melihat tanda tangan kedua pihak.",
                "The officer did not see the signatures of both parties.",
                "Lengkapi tanda tangannya, lalu serahkan lagi.",
                "Complete the signatures, then hand it in again.",
            )
        )
    if not judgement.stamp_duty_paid:
        findings.append(
            _fault(
                "stamp-duty-unpaid",
                f"Bea meterai tidak atau kurang dibayar ({agreement.duty_citation}); pejabat "
                "dilarang menerimanya (UU 10/2020 Pasal 21).",
                f"Stamp duty is not or not fully paid ({agreement.duty_citation}); an official "
                "may not take it in (UU 10/2020 Pasal 21).",
                f"Bubuhkan meterai {format_rupiah(agreement.duty)} pada tiap rangkap.",
                f"Put a stamp of {format_rupiah(agreement.duty, 'en')} on each original.",
            )
        )
    return findings


def _text_faults(
    facts: FileFacts, agreement: FilledAgreement, issued: Collection[str]
) -> list[Finding]:
    if _other_codes(facts, agreement):
        return [_another(facts)]
    if agreement.code not in facts.codes:
        return [
            _fault(
                "no-agreement-code",
                f"Kode {agreement.code} tidak ditemukan dalam berkas.",
                f"The code {agreement.code} is not found in the file.",
                "Unggah perjanjian yang dikirim kantor; hasil pindai dinilai petugas.",
                "Upload the agreement that the office sent; a scan is judged by an officer.",
            )
        ]
    found = squeeze(facts.text_found)
    changed = any(squeeze(paragraph) not in found for paragraph in agreement.paragraphs("id")[1:])
    if issued:
        # the same words may still be covered by a picture; the same bytes below cannot be
        changed |= not set(issued) & set(facts.revisions)
    if changed or facts.changed_before_signing:
        return [
            _fault(
                "agreement-changed",
                "Isi perjanjian tidak sama dengan yang dikirim kantor.",
                "The agreement's text is not the one that the office sent.",
                "Tanda tangani berkas dari kantor apa adanya, atau serahkan naskah aslinya.",
                "Sign the office's file as it is, or hand in originals.",
            )
        ]
    return []


def _other_codes(facts: FileFacts, agreement: FilledAgreement) -> set[str]:
    """Return the codes of other agreements in the file; a scan may have a letter misread."""
    allowed = _MISREAD_LETTERS if "scan" in facts.marks and not facts.signatures else 0
    return {
        code
        for code in facts.codes
        if sum(a != b for a, b in zip(code, agreement.code, strict=True)) > allowed
    }


def _signature_faults(facts: FileFacts) -> list[Finding]:
    # an earlier signature need not cover a later one; the last must cover the whole file
    faults = []
    for place, signature in enumerate(facts.signatures, start=1):
        last = place == len(facts.signatures)
        if fault := _signature_fault(signature, last):
            faults.append(fault)
    return faults


def _signature_fault(signature: SignatureFacts, last: bool) -> Finding | None:
    who = signature.signer or "?"
    if not signature.intact:
        return _fault(
            "signature-broken",
            f"Berkas diubah setelah ditandatangani {who}.",
            f"The file was changed after {who} signed it.",
            "Unggah berkas yang ditandatangani, tanpa disimpan ulang.",
            "Upload the file as it was signed, without saving it again.",
        )
    if last and not signature.covers_whole_file:
        return _fault(
            "signature-not-whole",
            f"Ada isi yang ditambahkan setelah {who} menandatangani.",
            f"Something was added after {who} signed.",
            "Tanda tangani lagi berkas dari kantor.",
            "Sign the office's file again.",
        )
    if signature.revoked:
        return _fault(
            "certificate-revoked",
            f"Sertifikat {who} sudah dicabut.",
            f"The certificate of {who} has been revoked.",
            "Tanda tangani dengan sertifikat yang berlaku.",
            "Sign with a certificate that is valid.",
        )
    if not signature.trusted:
        return _distrust(who, signature.doubt)
    if signature.doubt == "revocation-not-checked":
        unchecked = _fault(
            signature.doubt,
            f"Tidak diperiksa apakah sertifikat {who} dicabut.",
            f"Whether the certificate of {who} is revoked was not checked.",
            "Operator memasang daftar pencabutan (CRL) dari penyelenggara sertifikat.",
            "The operator installs the authority's list of revoked certificates (CRL).",
        )
        return attrs.evolve(unchecked, severity="warning")
    return None


def _distrust(who: str, doubt: str) -> Finding:
    if doubt == "expired":
        return _fault(
            "certificate-expired",
            f"Sertifikat {who} sudah tidak berlaku, atau belum.",
            f"The certificate of {who} is no longer valid, or not yet.",
            "Tanda tangani dengan sertifikat yang masih berlaku.",
            "Sign with a certificate that is in its time of validity.",
        )
    if doubt == "revocation-unknown":
        return _fault(
            doubt,
            f"Belum dapat dipastikan bahwa sertifikat {who} tidak dicabut.",
            f"It cannot be told for sure that the certificate of {who} is not revoked.",
            "Operator memperbarui daftar pencabutan (CRL), lalu berkas diperiksa lagi.",
            "The operator renews the list of revoked certificates (CRL); check the file again.",
        )
    return _fault(
        "certificate-unknown",
        f"Sertifikat {who} tidak dikenal.",
        f"The certificate of {who} is not known.",
        "Pakai sertifikat dari penyelenggara yang diakui kantor.",
        "Use a certificate of an authority that the office accepts.",
    )


def _another(facts: FileFacts) -> Finding:
    codes = ", ".join(facts.codes) or "-"
    return _fault(
        "another-agreement",
        f"Ini perjanjian lain (kode {codes}).",
        f"This is another agreement (code {codes}).",
        "Unggah perjanjian untuk permintaan ini.",
        "Upload the agreement of this request.",
    )


def _fault(code: str, salah: str, wrong: str, perbaikan: str, remedy: str) -> Finding:
    return Finding(code, "S17", Text(id=salah, en=wrong), Text(id=perbaikan, en=remedy))


def _name(signer: str) -> str:
    # the same letters may be written in two ways: é as one, or as e with its accent
    return " ".join(unicodedata.normalize("NFKC", signer).casefold().split())


def _wrong_ending(facts: FileFacts) -> bool:
    endings = {
        "application/pdf": (".pdf",),
        "image/jpeg": (".jpg", ".jpeg"),
        "image/png": (".png",),
    }
    return not facts.name.lower().endswith(endings[facts.media_type])
