"""What must be in order before a row of the paid request fires, and what would satisfy it.

A requirement on a fact is seen by the table (and so by the exhaustive walk); a check looks at
what the command brings. Judging a file or a form is the business of ``documents``, pricing that
of ``tariff``; here their findings become reasons.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import attrs

from ..documents import (
    FilledAgreement,
    Finding,
    HandedIn,
    Ordered,
    Way,
    check_abstraction,
    check_document,
    check_email,
    check_originals,
    check_request_form,
    check_signed_agreement,
    check_upload,
)
from ..documents.checks import check_way
from ..documents.due import Standing
from ..ledger import REFUND_DUE, REVENUE
from ..money import MAX_RUPIAH, format_rupiah
from ..refusal import PstError
from ..tariff import Map, Microdata, Publication, ZeroClaim
from ..text import Text
from ..workflow import Context, Fact, Lack, Requirement, Role, State
from . import events as e
from .handing_in import situation, to_hand_in
from .making import (
    agreement_of,
    billing_due,
    claim_of,
    close_due,
    closing_notice_due,
    codes_of,
    document_of,
    electronic_signers,
    email_of,
    expiry_due,
    notice_due,
    ordered,
    payments_of,
    priced_on,
    products_of,
    settled_by,
)
from .state import (
    ABSTRACTION_FILED,
    ABSTRACTION_VERIFIED,
    CHECKED,
    DOCUMENTS_COMPLETE,
    EXPIRY_NOTICED,
    FORM_COMPLETE,
    MICRODATA,
    NEEDS_AGREEMENT,
    PAID,
    PRODUCTS_CHOSEN,
    PRODUCTS_PREPARED,
    RECEIPTED,
    SIGNED,
    TERMS_ACCEPTED,
    WALK_IN,
)

APPLICANT, OFFICER, TREASURER, SYSTEM = (
    Role.APPLICANT, Role.OFFICER, Role.TREASURER, Role.SYSTEM
)  # fmt: skip


def _lacks(findings: Iterable[Finding]) -> tuple[Lack, ...]:
    """Turn findings into reasons; a warning is for the officer's eyes and stops nobody."""
    return tuple(Lack(f.text, f.remedy) for f in findings if f.severity == "error")


# -- facts the table sees -----------------------------------------------------------------------


def _fact(
    clause: str, fact: Fact, who: Role, text: Text, remedy: Text, only_for: Fact | None = None
) -> Requirement:
    return Requirement(fact, clause, text, remedy, who, fact=fact, only_for=only_for)


TERMS = _fact(
    "R5", TERMS_ACCEPTED, APPLICANT,
    Text(id="Syarat penjualan belum disetujui.", en="The terms of sale are not agreed to."),
    Text(id="Baca tarif dan dokumen, lalu setujui syaratnya (S7).",
         en="Read tariffs and documents, then agree to the terms (S7)."),
)  # fmt: skip
PRODUCTS = _fact(
    "S8", PRODUCTS_CHOSEN, APPLICANT,
    Text(id="Produk belum dipilih.", en="No product has been chosen."),
    Text(id="Pilih sedikitnya satu produk (S8).", en="Choose at least one product (S8)."),
)  # fmt: skip
FORM = _fact(
    "S9", FORM_COMPLETE, APPLICANT,
    Text(id="Formulir permintaan belum lengkap.", en="The request form is not complete."),
    Text(id="Lengkapi formulir untuk setiap jenis produk (S9).",
         en="Complete the form for each kind of product (S9)."),
)  # fmt: skip
ABSTRACTION = _fact(
    "R6", ABSTRACTION_FILED, APPLICANT,
    Text(id="Abstraksi penggunaan data belum diisi.",
         en="The abstraction of data use is not filled in."),
    Text(id="Isi abstraksi dan setujui SPPD (S10).",
         en="Fill in the abstraction and agree to the SPPD (S10)."),
    only_for=NEEDS_AGREEMENT,
)  # fmt: skip


def _still_due(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    """Name each document that is missing or faulty by the office's rules of today."""
    found: list[Lack] = []
    for due in to_hand_in(state, context.rules):
        name = due.rule.name
        if due.standing is Standing.MISSING:
            found.append(
                Lack(
                    Text(id=f"Belum ada: {name.id}.", en=f"Missing: {name.en}."),
                    Text(id=f"Serahkan {name.id} (S9).", en=f"Hand in the {name.en} (S9)."),
                )
            )
        found += _lacks(due.findings)
    return tuple(found)


DOCUMENTS = attrs.evolve(
    _fact(
        "S9", DOCUMENTS_COMPLETE, APPLICANT,
        Text(id="Dokumen yang diminta belum lengkap.",
             en="The documents asked for are not complete."),
        Text(id="Serahkan dokumen dalam daftar dokumen (S9), atau lengkapi lagi formulirnya.",
             en="Hand in those on the list of documents (S9), or complete the form again."),
        only_for=PRODUCTS_CHOSEN,
    ),
    check=_still_due,
)  # fmt: skip
VERIFIED = _fact(
    "S11", ABSTRACTION_VERIFIED, OFFICER,
    Text(id="Abstraksi belum diverifikasi.", en="The abstraction is not verified."),
    Text(id="Petugas memverifikasi abstraksi (S11).", en="The officer verifies it (S11)."),
    only_for=NEEDS_AGREEMENT,
)  # fmt: skip
PREPARED = _fact(
    "S12", PRODUCTS_PREPARED, OFFICER,
    Text(id="Produk belum disiapkan.", en="The products are not prepared."),
    Text(id="Siapkan berkas setiap produk (S12).", en="Prepare each product's file (S12)."),
)  # fmt: skip
PAYMENT = _fact(
    "S16", PAID, TREASURER,
    Text(id="Pembayaran belum diterima penuh.", en="No payment in full has been received."),
    Text(id="Catat NTPN (S16) atau verifikasi transfer (S18).",
         en="Record the NTPN (S16) or verify the transfer (S18)."),
)  # fmt: skip
SIGNATURE = _fact(
    "R6", SIGNED, APPLICANT,
    Text(id="Perjanjian penggunaan data belum ditandatangani.",
         en="The data-use agreement is not signed."),
    Text(id="Tandatangani perjanjian, lalu unggah atau serahkan naskah aslinya (S17).",
         en="Sign the agreement, then upload it or hand in originals (S17)."),
    only_for=NEEDS_AGREEMENT,
)  # fmt: skip
RECEIPT = _fact(
    "S19", RECEIPTED, TREASURER,
    Text(id="Kuitansi belum terbit.", en="No receipt has been issued."),
    Text(id="Bendahara membuat kuitansi (S19).", en="The treasurer makes the receipt (S19)."),
)  # fmt: skip
DELIVERY_CHECKED = _fact(
    "S21", CHECKED, APPLICANT,
    Text(id="Kuitansi dan produk belum dicek.", en="Receipt and products are not checked."),
    Text(id="Cek kuitansi dan produk (S21).", en="Check receipt and products (S21)."),
)  # fmt: skip
NOTICE_GIVEN = _fact(
    "X3", EXPIRY_NOTICED, SYSTEM,
    Text(id="Pengguna layanan belum diingatkan.", en="The applicant has had no notice."),
    Text(id="Kirim peringatan dahulu (X3).", en="Give notice first (X3)."),
)  # fmt: skip

# -- what a command brings ----------------------------------------------------------------------


def _email(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    return _lacks(check_email(command.applicant.email))


def _email_mended(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    if command.email == email_of(state):
        return (
            Lack(
                Text(id="Alamat itu tidak menerima surat.",
                     en="That address takes no mail."),
                Text(id="Berikan alamat lain.", en="Give another address."),
            ),
        )  # fmt: skip
    return _lacks(check_email(command.email))


def _address_in_use(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    if command.address == email_of(state):
        return ()
    return (
        Lack(
            Text(id=f"Alamat {command.address} sudah diganti.",
                 en=f"The address {command.address} was replaced."),
            Text(id="Tidak ada yang perlu dicatat.", en="There is nothing to note."),
        ),
    )  # fmt: skip


EMAIL_MENDED = Requirement(
    code="email-mended", clause="R2", who=APPLICANT, check=_email_mended,
    text=Text(id="Alamat surel lain yang masih aktif.", en="Another e-mail address, still active."),
    remedy=Text(id="Berikan alamat surel yang aktif.", en="Give an active e-mail address."),
)  # fmt: skip
ADDRESS_IN_USE = Requirement(
    code="address-in-use", clause="R2", who=SYSTEM, check=_address_in_use,
    text=Text(id="Alamat yang dipakai sekarang.", en="The address that is in use."),
    remedy=Text(id="Tidak ada yang perlu dicatat.", en="There is nothing to note."),
)  # fmt: skip
EMAIL_ACTIVE = Requirement(
    code="email-active", clause="R2", who=APPLICANT, check=_email,
    text=Text(id="Memiliki alamat email yang aktif.", en="Has an active e-mail address."),
    remedy=Text(id="Isi alamat email yang aktif.", en="Give an active e-mail address."),
)  # fmt: skip


def _own_name(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    applicant = command.applicant
    if not applicant.name.strip() or not applicant.id.strip():
        return (
            Lack(
                Text(id="Nama atau kunci pengguna layanan kosong.",
                     en="The applicant's name or key is empty."),
                Text(id="Isi nama dan kunci pengguna layanan.",
                     en="Give the applicant's name and key."),
            ),
        )  # fmt: skip
    # where there is no portal an officer enters it for who stands at the counter
    if applicant.id == context.by.id or context.by.role is not APPLICANT:
        return ()
    return (
        Lack(
            Text(id="Permintaan dibuka atas nama orang lain.",
                 en="The request is opened in another's name."),
            Text(id="Isi kunci pengguna layanan yang sedang masuk.",
                 en="Give the key of the applicant who is signed in."),
        ),
    )  # fmt: skip


OWN_NAME = Requirement(
    code="own-name", clause="S6", who=APPLICANT, check=_own_name,
    text=Text(id="Dibuka atas nama sendiri.", en="Opened in one's own name."),
    remedy=Text(id="Isi nama dan kunci sendiri.", en="Give one's own name and key."),
)  # fmt: skip


def _door(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    doors = context.rules.doors
    if command.channel in doors:
        return ()
    named = Text.join(", ", [door.text for door in doors])
    return (
        Lack(
            Text(id=f"Standar kantor ini tidak melayani: {command.channel.text.id}.",
                 en=f"This office's standard does not serve: {command.channel.text.en}."),
            Text(id=f"Ajukan dengan cara: {named.id}.", en=f"Apply this way: {named.en}."),
        ),
    )  # fmt: skip


DOOR_OPEN = Requirement(
    code="door-open", clause="S6", who=APPLICANT, check=_door,
    text=Text(id="Lewat pintu yang ada dalam standar kantor.",
              en="By a door that the office's standard has."),
    remedy=Text(id="Ajukan lewat pintu yang ada.", en="Apply by a door that there is."),
)  # fmt: skip


def _visited(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    visit: State | None = context.outside.get("visit")
    # who names a visit has made it: an erasure of theirs takes it along
    if command.channel != WALK_IN and (visit is not None or not command.visit):
        return ()
    if visit is not None and visit.phase in ("AT_COUNTER", "SERVED"):
        return ()
    return (
        Lack(
            Text(
                id="Kunjungan, buku tamu dan antrean belum dijalani.",
                en="Visit, guest book and queue have not been gone through.",
            ),
            Text(
                id="Selesaikan kunjungan (S1-S5) dan sebutkan nomornya.",
                en="Go through a visit (S1-S5) and name it.",
            ),
        ),
    )


VISITED = Requirement(
    code="visited", clause="R1", who=APPLICANT, check=_visited,
    text=Text(id="Datang ke unit PST dan mengisi buku tamu (R1, R3), bila datang langsung.",
              en="Has visited the unit and signed the guest book (R1, R3), if a walk-in."),
    remedy=Text(id="Selesaikan kunjungan (S1-S5).", en="Go through a visit (S1-S5)."),
)  # fmt: skip


def _tariff(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    products = getattr(command, "products", None)
    if products is None:
        products = products_of(state)
    if not products:
        return (Lack(PRODUCTS.text, PRODUCTS.remedy),)
    try:
        context.rules.quote(products, on=priced_on(state, context))
    except PstError as error:
        return (Lack(error.text, error.remedy),)
    return ()


def _confirmed(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    try:
        quote = context.rules.quote(
            products_of(state), on=priced_on(state, context), zero=claim_of(state)
        )
    except PstError:
        return ()  # TARIFF_IN_FORCE says it
    if quote.billable:
        return ()
    return (
        Lack(
            quote.billable_why,
            Text(id="Isi [[tariff.confirmed]] dalam profil kantor.",
                 en="Fill in [[tariff.confirmed]] of the office's profile."),
        ),
    )  # fmt: skip


TARIFF_CONFIRMED = Requirement(
    code="tariff-confirmed", clause="C1", who=OFFICER, check=_confirmed,
    text=Text(id="Angka tarif dipastikan kantor.", en="The office has confirmed the figures."),
    remedy=Text(id="Pastikan angkanya pada naskah peraturan.",
                en="Confirm the figures with the text of the regulation."),
)  # fmt: skip
TARIFF_IN_FORCE = Requirement(
    code="tariff-in-force", clause="C1", who=OFFICER, check=_tariff,
    text=Text(id="Setiap produk mempunyai tarif PNBP yang berlaku.",
              en="Each product has a PNBP tariff in force."),
    remedy=Text(id="Pilih produk yang bertarif.", en="Choose products that have a tariff."),
)  # fmt: skip


def _forms(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    kinds = {p.kind for p in products_of(state)}
    given = {f.kind for f in command.forms}
    missing = tuple(
        Lack(
            Text(id=f"Formulir untuk {kind} belum ada.", en=f"The form for {kind} is missing."),
            Text(id=f"Isi formulir {kind}.", en=f"Complete the form for {kind}."),
        )
        for kind in sorted(kinds - given)
    )
    return missing + tuple(lack for f in command.forms for lack in _lacks(check_request_form(f)))


def _zero(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    if command.zero is None:
        return ()
    wish = command.zero
    claim = ZeroClaim(wish.recipient, wish.purpose, letter=wish.letter)
    try:
        context.rules.quote(products_of(state), on=priced_on(state, context), zero=claim)
    except PstError as error:
        return (Lack(error.text, error.remedy),)
    if wish.letter.strip():
        return ()
    return (
        Lack(
            Text(id="Nomor surat permohonan Rp0 kosong.",
                 en="The number of the letter asking for Rp0 is empty."),
            Text(id="Isi nomor surat permohonan instansi.",
                 en="Give the number of the institution's letter of request."),
        ),
    )  # fmt: skip


ZERO_CLAIM_READABLE = Requirement(
    code="zero-claim-readable", clause="C1", who=APPLICANT, check=_zero,
    text=Text(id="Permohonan Rp0 menyebut penerima, tujuan dan surat.",
              en="A claim to Rp0 names recipient, purpose and letter."),
    remedy=Text(id="Lengkapi permohonan Rp0, atau hapus.", en="Complete the claim, or drop it."),
)  # fmt: skip


def _approval(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.account_verified_by.strip() and command.approver.strip():
        return ()
    return (
        Lack(
            Text(id="Pemeriksa akun instansi atau penyetuju belum disebut.",
                 en="Who verified the institution's account, or who approves, is not named."),
            Text(id="Sebut keduanya.", en="Name both."),
        ),
    )  # fmt: skip


ZERO_APPROVAL_NAMED = Requirement(
    code="zero-approval-named", clause="C1", who=OFFICER, check=_approval,
    text=Text(id="Akun instansi diverifikasi dan Rp0 disetujui.",
              en="The institution's account is verified and Rp0 approved."),
    remedy=Text(id="Sebut pemeriksa akun dan penyetuju.", en="Name verifier and approver."),
)  # fmt: skip


FORM_FOR_EACH_KIND = Requirement(
    code="form-for-each-kind", clause="S9", who=APPLICANT, check=_forms,
    text=Text(id="Formulir untuk setiap jenis produk.", en="A form for each kind of product."),
    remedy=Text(id="Lengkapi formulirnya.", en="Complete the forms."),
)  # fmt: skip


def _document(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    rules = {rule.document: rule for rule in context.rules.documents if rule.needs}
    rule = rules.get(command.document)
    if rule is None:
        known = ", ".join(rules) or "-"
        return (
            Lack(
                Text(id="Dokumen itu bukan dokumen yang diserahkan sendiri.",
                     en="That document is none that is handed in."),
                Text(id=f"Pilih dari: {known}.", en=f"Choose from: {known}."),
            ),
        )  # fmt: skip
    handed = HandedIn(command.document, command.file, command.number, command.reference)
    place = situation(state, rule.step)
    return _lacks(check_document(rule, handed, abroad=place.abroad))


DOCUMENT_IN_ORDER = Requirement(
    code="document-in-order", clause="S9", who=APPLICANT, check=_document,
    text=Text(id="Dokumen yang diminta, dapat dibaca dan lengkap.",
              en="A document that is asked for, readable and complete."),
    remedy=Text(id="Serahkan dokumen yang benar.", en="Hand in a document that is in order."),
)  # fmt: skip


def _abstraction(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    findings = check_abstraction(command.abstraction, Ordered())
    return _lacks(f for f in findings if f.clause == "S10")


ABSTRACTION_COMPLETE = Requirement(
    code="abstraction-complete", clause="S10", who=APPLICANT, check=_abstraction,
    text=Text(id="Abstraksi terisi lengkap.", en="The abstraction is complete."),
    remedy=Text(id="Lengkapi abstraksi.", en="Complete the abstraction."),
)  # fmt: skip


def _fits(command: Any, state: State, __: Context) -> tuple[Lack, ...]:
    filed = state.last(e.AbstractionFiled)
    if filed is None:
        return (Lack(ABSTRACTION.text, ABSTRACTION.remedy),)
    if command.note.strip():
        # the comparison only says where to look: an officer who writes why it fits decides
        return ()
    return _lacks(check_abstraction(filed.abstraction, ordered(state)))


ABSTRACTION_FITS = Requirement(
    code="abstraction-fits", clause="S11", who=APPLICANT, check=_fits,
    text=Text(id="Abstraksi sesuai dengan permintaan.", en="The abstraction fits the request."),
    remedy=Text(id="Kembalikan untuk diperbaiki, atau catat mengapa tetap sesuai.",
                en="Send it back to be mended, or note why it fits all the same."),
)  # fmt: skip


def _as_ordered(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    products = products_of(state)
    if len(command.files) != len(products):
        return (
            Lack(
                Text(
                    id=f"Ada {len(command.files)} berkas untuk {len(products)} produk.",
                    en=f"There are {len(command.files)} files for {len(products)} products.",
                ),
                Text(
                    id="Lampirkan satu berkas untuk setiap produk, menurut urutannya.",
                    en="Attach one file for each product, in their order.",
                ),
            ),
        )
    found: list[Lack] = []
    for product, file in zip(products, command.files, strict=True):
        ordered, is_now, unit = _measured(product, file)
        if file.bytes <= 0:
            found.append(
                Lack(
                    Text(id=f"Berkas {file.name} kosong.", en=f"The file {file.name} is empty."),
                    Text(id="Siapkan lagi berkasnya.", en="Prepare the file again."),
                )
            )
        elif is_now is not None and is_now != ordered:
            found.append(
                Lack(
                    Text(
                        id=f"{product.title}: {is_now} {unit.id}, dipesan {ordered} {unit.id}.",
                        en=f"{product.title}: {is_now} {unit.en}, ordered {ordered} {unit.en}.",
                    ),
                    Text(
                        id="Harga dihitung dari ukuran yang dipesan: siapkan berkas yang sama "
                        "ukurannya, atau minta pengguna layanan memilih ulang.",
                        en="The price is counted from the size ordered: prepare a file of that "
                        "size, or have the applicant choose again.",
                    ),
                )
            )
    return tuple(found)


def _measured(product: Any, file: Any) -> tuple[int, int | None, Text]:
    if isinstance(product, Publication):
        return product.pages, file.pages, Text(id="halaman", en="pages")
    if isinstance(product, Microdata):
        return product.bytes, file.bytes, Text(id="byte", en="bytes")
    assert isinstance(product, Map)  # noqa: S101
    return product.sheets, None, Text(id="lembar", en="sheets")


FILES_AS_ORDERED = Requirement(
    code="files-as-ordered", clause="S12", who=OFFICER, check=_as_ordered,
    text=Text(id="Satu berkas untuk setiap produk, seukuran pesanan.",
              en="A file for each product, of the size ordered."),
    remedy=Text(id="Siapkan berkasnya.", en="Prepare the files."),
)  # fmt: skip


def _readable(file: Any) -> tuple[Lack, ...]:
    if file.bytes > 0 and not file.encrypted and not file.problem:
        return ()
    return (
        Lack(
            Text(id=f"Berkas {file.name} kosong, terkunci atau rusak.",
                 en=f"The file {file.name} is empty, locked or damaged."),
            Text(id="Buat ulang berkasnya.", en="Make the file again."),
        ),
    )  # fmt: skip


def _sample(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.sample is None:
        return (
            Lack(
                Text(id="Contoh data mikro belum dilampirkan.", en="No data sample is attached."),
                Text(id="Lampirkan contoh data.", en="Attach a data sample."),
            ),
        )
    return _readable(command.sample)


SAMPLE_ATTACHED = Requirement(
    code="sample-attached", clause="S13", who=OFFICER, check=_sample, only_for=MICRODATA,
    text=Text(id="Contoh data untuk data mikro.", en="A data sample for microdata."),
    remedy=Text(id="Lampirkan contoh data.", en="Attach a data sample."),
)  # fmt: skip


def _sample_kept(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    return () if command.sample is None else _readable(command.sample)


SAMPLE_KEPT = Requirement(
    code="sample-kept", clause="S15", who=OFFICER, check=_sample_kept, only_for=MICRODATA,
    text=Text(id="Contoh data yang baru dapat dibaca.", en="A new data sample can be read."),
    remedy=Text(id="Lampirkan contoh data yang benar.", en="Attach a proper data sample."),
)  # fmt: skip


def _reason(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    said = next(
        getattr(command, name) for name in ("reason", "what", "answer") if hasattr(command, name)
    )
    if said.strip():
        return ()
    return (
        Lack(
            Text(id="Alasan atau jawaban kosong.", en="The reason or answer is empty."),
            Text(id="Tulis apa yang harus diperbaiki atau dilakukan.",
                 en="Write what is to be mended or done."),
        ),
    )  # fmt: skip


REASON = Requirement(
    code="reason", clause="S15", who=OFFICER, check=_reason,
    text=Text(id="Disertai alasan.", en="With a reason."),
    remedy=Text(id="Tulis alasannya.", en="Write the reason."),
)  # fmt: skip


def _offer_valid(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    sent = state.last(e.OfferSent)
    if sent is None or context.at <= sent.valid_until:
        return ()
    return (
        Lack(
            Text(id=f"Penawaran berlaku sampai {sent.valid_until:%Y-%m-%d %H:%M %Z}.",
                 en=f"The offer was valid until {sent.valid_until:%Y-%m-%d %H:%M %Z}."),
            Text(id="Minta penawaran baru (S14, minta perbaikan).",
                 en="Ask for a new offer (S14, ask for a correction)."),
        ),
    )  # fmt: skip


OFFER_STILL_VALID = Requirement(
    code="offer-still-valid", clause="S14", who=OFFICER, check=_offer_valid,
    text=Text(id="Penawaran masih berlaku.", en="The offer is still valid."),
    remedy=Text(id="Minta penawaran baru.", en="Ask for a new offer."),
)  # fmt: skip

_BILLING = re.compile(r"[0-9]{15}")
_NTPN = re.compile(r"[A-Z0-9]{16}")


def _billing(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    if not _BILLING.fullmatch(command.code):
        return (
            Lack(
                Text(id="Kode billing itu bukan 15 angka.",
                     en="The billing code is not 15 digits."),
                Text(id="Salin 15 angka dari Bukti Pembuatan Tagihan SIMPONI.",
                     en="Copy the 15 digits from SIMPONI's billing receipt."),
            ),
        )  # fmt: skip
    # as typed from the print in the office's zone, or told by the treasury in its own
    zones = (context.rules.calendar.zone, context.rules.treasury.zone)
    issued = list(dict.fromkeys(f"{command.issued_at.astimezone(z):%Y%m%d}" for z in zones))
    expires_at = command.expires_at or command.issued_at + context.rules.treasury.billing_valid
    found = []
    inside = command.code[1:9]
    if inside not in issued:
        here = issued[0]
        found.append(
            Lack(
                Text(id=f"Tanggal di dalam kode ({inside}) bukan tanggal billing ({here}).",
                     en=f"The date inside the code ({inside}) is not the billing date ({here})."),
                Text(id="Periksa kode dan tanggal billing.",
                     en="Check the code and the billing date."),
            )
        )  # fmt: skip
    if expires_at <= max(command.issued_at, context.at):
        found.append(
            Lack(
                Text(id="Kode billing sudah kedaluwarsa.", en="The billing code has expired."),
                Text(id="Buat kode billing baru di SIMPONI.",
                     en="Make a new billing code in SIMPONI."),
            )
        )  # fmt: skip
    return tuple(found)


BILLING_CODE = Requirement(
    code="billing-code", clause="S16", who=TREASURER, check=_billing,
    text=Text(id="Kode billing 15 angka yang masih berlaku.",
              en="A billing code of 15 digits that is still valid."),
    remedy=Text(id="Buat kode billing di SIMPONI.", en="Make a billing code in SIMPONI."),
)  # fmt: skip


def _code_unused(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    if command.code in {getattr(payment.event, "code", "") for payment in payments_of(state)}:
        return (
            Lack(
                Text(id="Kode billing itu sudah dibayar.",
                     en="The billing code has been paid."),
                Text(id="Satu kode dibayar sekali: buat kode baru untuk sisanya.",
                     en="A code is paid once: make a new one for the rest."),
            ),
        )  # fmt: skip
    if not context.outside.get("used"):
        return ()
    return (
        Lack(
            Text(id="Kode billing ini sudah dipakai untuk permintaan lain.",
                 en="This billing code is used for another request."),
            Text(id="Satu kode untuk satu tagihan: salin kode tagihan ini, atau buat yang baru.",
                 en="One code for one invoice: copy the code of this one, or make a new code."),
        ),
    )  # fmt: skip


CODE_UNUSED = Requirement(
    code="billing-code-unused", clause="S16", who=TREASURER, check=_code_unused,
    text=Text(id="Kode billing untuk permintaan ini saja.",
              en="A billing code of this request alone."),
    remedy=Text(id="Buat kode billing sendiri.", en="Make a billing code of its own."),
)  # fmt: skip


def _ntpn(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if _NTPN.fullmatch(command.ntpn):
        return ()
    return (
        Lack(
            Text(id="NTPN itu bukan 16 huruf besar dan angka.",
                 en="The NTPN is not 16 capital letters and digits."),
            Text(id="Salin NTPN dari Bukti Penerimaan Negara.",
                 en="Copy the NTPN from the state receipt (BPN)."),
        ),
    )  # fmt: skip


NTPN = Requirement(
    code="ntpn", clause="S16", who=TREASURER, check=_ntpn,
    text=Text(id="NTPN 16 karakter.", en="An NTPN of 16 characters."),
    remedy=Text(id="Salin NTPN dari BPN.", en="Copy the NTPN from the BPN."),
)  # fmt: skip


def _ntpn_unused(_: Any, __: State, context: Context) -> tuple[Lack, ...]:
    if not context.outside.get("used"):
        return ()
    return (
        Lack(
            Text(id="NTPN ini sudah dicatat untuk suatu tagihan.",
                 en="This NTPN is recorded for an invoice already."),
            Text(id="Satu NTPN melunasi satu tagihan: periksa NTPN pada BPN; bila memang satu "
                    "pembayaran untuk beberapa tagihan, minta tagihan lainnya dibayar sendiri.",
                 en="One NTPN settles one invoice: check the NTPN on the BPN; if one payment was "
                    "meant for several invoices, have the others paid on their own."),
        ),
    )  # fmt: skip


NTPN_UNUSED = Requirement(
    code="ntpn-unused", clause="S16", who=TREASURER, check=_ntpn_unused,
    text=Text(id="NTPN yang belum dipakai.", en="An NTPN that is not used yet."),
    remedy=Text(id="Periksa NTPN pada BPN.", en="Check the NTPN on the BPN."),
)  # fmt: skip


def _code_of_request(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    codes = codes_of(state)
    if not command.code or command.code in codes:
        return ()
    return (
        Lack(
            Text(id="Kode billing itu bukan kode permintaan ini.",
                 en="The billing code is not one of this request."),
            Text(id=f"Kode permintaan ini: {', '.join(codes)}.",
                 en=f"The codes of this request: {', '.join(codes)}."),
        ),
    )  # fmt: skip


CODE_OF_REQUEST = Requirement(
    code="code-of-request", clause="S16", who=TREASURER, check=_code_of_request,
    text=Text(id="Kode billing yang dibayar adalah kode permintaan ini.",
              en="The billing code that was paid is one of this request."),
    remedy=Text(id="Periksa kode billing pada BPN.", en="Check the billing code on the BPN."),
)  # fmt: skip


def _amount(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if 0 < command.amount <= MAX_RUPIAH:
        return ()
    return (
        Lack(
            Text(id=f"Jumlah {format_rupiah(command.amount)} bukan jumlah pembayaran.",
                 en=f"{format_rupiah(command.amount, 'en')} is not the amount of a payment."),
            Text(id="Isi jumlah yang benar-benar dibayar, walaupun berbeda dari tagihan.",
                 en="Give the amount that was paid, even if it differs from the invoice."),
        ),
    )  # fmt: skip


AMOUNT_PAID = Requirement(
    code="amount-paid", clause="S16", who=APPLICANT, check=_amount,
    text=Text(id="Jumlah yang dibayar, dalam rupiah.", en="The amount paid, in rupiah."),
    remedy=Text(id="Isi jumlah yang dibayar.", en="Give the amount that was paid."),
)  # fmt: skip


def _days_since_filing(state: State, context: Context) -> tuple[dt.date, dt.date]:
    """Return the first and the last day on which money for this request can have come."""
    filed, today = state.when(e.RequestFiled), context.rules.local(context.at).date()
    return (context.rules.local(filed).date() if filed else today), today


def _paid_when(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    first, today = _days_since_filing(state, context)
    paid = context.rules.local(command.paid_at).date()
    # a bank's clock may stand in a zone where it is another day, or go ahead of ours
    grace = dt.timedelta(days=1)
    if first - grace <= paid <= today + grace:
        return ()
    return (
        Lack(
            Text(id=f"Tanggal bayar {paid} di luar {first} sampai {today}.",
                 en=f"The date paid, {paid}, is not from {first} to {today}."),
            Text(id="Isi tanggal pada bukti bayar, setelah permintaan diajukan.",
                 en="Give the date on the proof of payment, after the request was filed."),
        ),
    )  # fmt: skip


PAID_WHEN = Requirement(
    code="paid-when", clause="S16", who=APPLICANT, check=_paid_when,
    text=Text(id="Tanggal bayar, sesudah permintaan diajukan.",
              en="The date paid, after the request was filed."),
    remedy=Text(id="Isi tanggal pada bukti bayar.",
                en="Give the date on the proof of payment."),
)  # fmt: skip


def _transfer(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    found = []
    if not command.sender.strip() or not command.reference.strip():
        found.append(
            Lack(
                Text(id="Nama pengirim atau nomor referensi transfer kosong.",
                     en="The sender's name or the reference of the transfer is empty."),
                Text(id="Isi keduanya seperti pada rekening koran; tolak buktinya bila tidak ada.",
                     en="Give both as on the bank statement; refuse the proof if there is none."),
            )
        )  # fmt: skip
    first, today = _days_since_filing(state, context)
    if not first <= command.received_on <= today:
        found.append(
            Lack(
                Text(id=f"Tanggal terima {command.received_on} di luar {first} sampai {today}.",
                     en=f"The date received, {command.received_on}, is not from {first} to "
                        f"{today}."),
                Text(id="Isi tanggal uang masuk, setelah permintaan diajukan.",
                     en="Give the day the money came, after the request was filed."),
            )
        )  # fmt: skip
    return tuple(found)


TRANSFER_SEEN = Requirement(
    code="transfer-seen", clause="S18", who=TREASURER, check=_transfer,
    text=Text(id="Jumlah, tanggal dan pengirim transfer sudah diperiksa.",
              en="Amount, date and sender of the transfer were checked."),
    remedy=Text(id="Cocokkan dengan rekening koran.", en="Compare with the bank statement."),
)  # fmt: skip


def _transfer_unused(_: Any, __: State, context: Context) -> tuple[Lack, ...]:
    if not context.outside.get("used"):
        return ()
    return (
        Lack(
            Text(id="Transfer dengan nomor referensi ini sudah dicatat.",
                 en="The transfer of this reference is recorded already."),
            Text(id="Satu transfer dicatat sekali; bila memang transfer lain dengan nomor yang "
                    "sama, tambahkan bank atau tanggalnya pada nomor itu.",
                 en="One transfer is recorded once; if it is another of the same reference, add "
                    "its bank or date to the reference."),
        ),
    )  # fmt: skip


TRANSFER_UNUSED = Requirement(
    code="transfer-unused", clause="S18", who=TREASURER, check=_transfer_unused,
    text=Text(id="Transfer yang belum dicatat.", en="A transfer that is not recorded yet."),
    remedy=Text(id="Periksa nomor referensinya.", en="Check its reference."),
)  # fmt: skip


def _another(code: str, clause: str, who: Role, event: type, text: Text) -> Requirement:
    """Return the rule that whoever caused ``event`` does not do this as well (four eyes).

    What an officer entered at the counter for a walk-in, where the office has no portal, is the
    applicant's word and not the officer's.
    """

    def check(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
        before = state.who(event)
        if before is None or before.id != context.by.id:
            return ()
        if before.role is OFFICER and not context.rules.with_portal:
            return ()
        return (Lack(text, _ASK_ANOTHER),)

    return Requirement(
        code=code, clause=clause, who=who, check=check, text=_BY_ANOTHER, remedy=_ASK_ANOTHER
    )


_BY_ANOTHER = Text(
    id="Dikerjakan oleh orang lain (prinsip empat mata).",
    en="Done by another person (four eyes).",
)
_ASK_ANOTHER = Text(id="Minta orang lain memeriksanya.", en="Have another person check it.")
FOUR_EYES = _another(
    "four-eyes", "S18", TREASURER, e.PaymentReported,
    Text(id="Bukti ini diunggah oleh orang yang sama.",
         en="This proof was uploaded by the same person."),
)  # fmt: skip
FOUR_EYES_ABSTRACTION = _another(
    "four-eyes-abstraction", "S11", OFFICER, e.AbstractionFiled,
    Text(id="Abstraksi ini diisi oleh orang yang sama.",
         en="This abstraction was filled in by the same person."),
)  # fmt: skip
FOUR_EYES_ZERO = _another(
    "four-eyes-zero", "C1", OFFICER, e.FormCompleted,
    Text(id="Tarif Rp0 ini dimohon oleh orang yang sama.",
         en="The tariff of Rp0 was asked for by the same person."),
)  # fmt: skip
FOUR_EYES_AGREEMENT = _another(
    "four-eyes-agreement", "S17", OFFICER, e.AgreementUploaded,
    Text(id="Perjanjian ini diunggah oleh orang yang sama.",
         en="This agreement was uploaded by the same person."),
)  # fmt: skip
FOUR_EYES_PAYMENT = _another(
    "four-eyes-payment", "S16", TREASURER, e.PaymentReported,
    Text(id="Pembayaran ini dilaporkan oleh orang yang sama.",
         en="This payment was reported by the same person."),
)  # fmt: skip


def _not_who_offered(_: Any, state: State, context: Context) -> tuple[Lack, ...]:
    offered = state.who(e.OfferSent)
    if not context.rules.treasury.receipt_by_another or offered is None:
        return ()
    if offered.id != context.by.id:
        return ()
    return (
        Lack(
            Text(id="Tagihannya dibuat oleh orang yang sama.",
                 en="The invoice was made by the same person."),
            _ASK_ANOTHER,
        ),
    )  # fmt: skip


FOUR_EYES_RECEIPT = Requirement(
    code="four-eyes-receipt", clause="S19", who=TREASURER, check=_not_who_offered,
    text=Text(id="Bukan oleh pembuat tagihan, bila profil kantor memintanya.",
              en="Not by who made the invoice, where the office's profile says so."),
    remedy=_ASK_ANOTHER,
)  # fmt: skip


def _latest_payment(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    payments = payments_of(state)
    latest = document_of(payments[-1].event) if payments else ""
    if not latest or command.reference != latest.split("/", 1)[1]:
        return (
            Lack(
                Text(id="Itu bukan pembayaran terakhir permintaan ini.",
                     en="That is not the latest payment of this request."),
                Text(id="Batalkan mulai dari pembayaran yang terakhir dicatat.",
                     en="Take payments back beginning with the one recorded last."),
            ),
        )  # fmt: skip
    payment, applied = payments[-1], state.when(e.RefundApplied)
    receipted = RECEIPTED in state.facts and payment in settled_by(state)
    settled = payment.event.amount - dict(state.books.open(REFUND_DUE)).get(latest, 0)
    if receipted or settled > state.books.of(REVENUE) or (applied and applied >= payment.at):
        return (
            Lack(
                Text(id="Atas pembayaran ini sudah ada kuitansi atau permohonan pengembalian, atau "
                        "permintaannya sudah berakhir.",
                     en="A receipt or a refund application rests on this payment, or its request "
                        "has ended."),
                Text(id="Yang tercatat tidak dapat ditarik lagi: selesaikan dengan KPPN.",
                     en="What is recorded cannot be taken back any more: settle it with the "
                        "KPPN."),
            ),
        )  # fmt: skip
    return ()


LATEST_PAYMENT = Requirement(
    code="latest-payment", clause="X8", who=TREASURER, check=_latest_payment,
    text=Text(id="Pembayaran terakhir, belum berkuitansi.",
              en="The latest payment, without a receipt."),
    remedy=Text(id="Sebut NTPN atau nomor referensinya.", en="Name its NTPN or reference."),
)  # fmt: skip


def _refund_reference(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.reference.strip():
        return ()
    return (
        Lack(
            Text(id="Nomor permohonan pengembalian kosong.",
                 en="The reference of the refund application is empty."),
            Text(id="Kantor tidak dapat mengembalikan sendiri: ajukan permohonan menurut PP "
                    "59/2020 dan PMK 206/PMK.02/2021, lalu catat nomornya.",
                 en="An office cannot pay back by itself: apply under PP 59/2020 and PMK "
                    "206/PMK.02/2021, then record the reference."),
        ),
    )  # fmt: skip


REFUND_APPLIED_FOR = Requirement(
    code="refund-applied-for", clause="X9", who=TREASURER, check=_refund_reference,
    text=Text(id="Pengembalian sudah dimohonkan (PP 59/2020, PMK 206/PMK.02/2021).",
              en="The refund was applied for (PP 59/2020, PMK 206/PMK.02/2021)."),
    remedy=Text(id="Ajukan permohonannya, lalu catat nomornya.",
                en="Apply for it, then record the reference."),
)  # fmt: skip


def _proof(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if command.proof is None:
        return (
            Lack(
                Text(id="Bukti transfer belum diunggah.", en="No proof of transfer is uploaded."),
                Text(id="Unggah bukti transfer.", en="Upload the proof of transfer."),
            ),
        )
    return _lacks(check_upload(command.proof, "proof-of-payment"))


PROOF_UPLOADED = Requirement(
    code="proof-uploaded", clause="S18", who=APPLICANT, check=_proof,
    text=Text(id="Bukti transfer.", en="Proof of the transfer."),
    remedy=Text(id="Unggah bukti transfer.", en="Upload the proof of transfer."),
)  # fmt: skip


# what only a person can see on a scan; the officer's row asks for it
_FOR_THE_OFFICER = {"stamp-duty-not-judged"}
_OF_A_SCAN = {"not-signed", "no-agreement-code", "agreement-changed", *_FOR_THE_OFFICER}


def _offered(state: State, context: Context) -> FilledAgreement:
    sent, at = state.last(e.OfferSent), state.when(e.OfferSent)
    assert sent is not None  # noqa: S101 - the rows are there only after an offer
    assert at is not None  # noqa: S101
    return agreement_of(state, context.rules, context.stream, sent.number, at)


def _agreement(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    file, issued = command.file, context.outside.get("issued", ())
    findings = check_signed_agreement(
        file, _offered(state, context), electronic_signers(state, context.rules), issued=issued
    )
    # scanners that recognise text find the code, and spell the rest as they read it
    read_off = "scan" in file.marks and not {file.sha256, *file.revisions} & {*issued}
    scan = not file.signatures and (not file.codes or read_off)
    left = _OF_A_SCAN if scan else _FOR_THE_OFFICER
    return _lacks(f for f in findings if f.code not in left)


def _judged(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    uploaded = state.last(e.AgreementUploaded)
    assert uploaded is not None  # noqa: S101 - the row is there only after an upload
    return _lacks(
        check_signed_agreement(uploaded.file, _offered(state, context), judgement=command.judgement)
    )


def _way(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    return _lacks(check_way(getattr(command, "way", Way.UPLOAD), context.rules.agreement))


def _originals(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    if command.way is Way.UPLOAD:
        return (
            Lack(
                Text(id="Naskah asli tidak diunggah.", en="Originals are not uploaded."),
                Text(id="Catat lewat pos atau di loket.", en="Record them by post or counter."),
            ),
        )
    return _lacks(
        check_originals(
            command.originals, command.judgement, _offered(state, context), context.rules.agreement
        )
    )


AGREEMENT_WAY = Requirement(
    code="agreement-way", clause="S17", who=APPLICANT, check=_way,
    text=Text(id="Cara penyerahan yang diterima kantor.",
              en="Handed over in a way that the office takes."),
    remedy=Text(id="Pakai cara dalam standar kantor.", en="Use a way of the office's standard."),
)  # fmt: skip
ORIGINALS_IN_ORDER = Requirement(
    code="originals-in-order", clause="R6", who=APPLICANT, check=_originals,
    text=Text(id="Naskah asli cukup, ditandatangani kedua pihak dan bermeterai masing-masing.",
              en="Originals enough in number, signed by both parties and stamped, each of them."),
    remedy=Text(id="Lengkapi, atau kembalikan dengan alasan.",
                en="Complete them, or send them back with a reason."),
)  # fmt: skip
AGREEMENT_AS_OFFERED = Requirement(
    code="agreement-as-offered", clause="S17", who=APPLICANT, check=_agreement,
    text=Text(id="Perjanjian yang dikirimkan, ditandatangani.",
              en="The agreement that was sent, signed."),
    remedy=Text(id="Tandatangani dokumen yang dikirim (S13).",
                en="Sign the document that was sent (S13)."),
)  # fmt: skip


SIGNED_AND_STAMPED = Requirement(
    code="signed-and-stamped", clause="R6", who=OFFICER, check=_judged,
    text=Text(id="Perjanjian ini, ditandatangani kedua pihak dan bermeterai.",
              en="This agreement, signed by both parties and stamped."),
    remedy=Text(id="Periksa dokumennya, atau tolak dengan alasan.",
                en="Look at the document, or refuse it with a reason."),
)  # fmt: skip


def _stars(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if 1 <= command.stars <= 5:
        return ()
    return (
        Lack(
            Text(id=f"Penilaian {command.stars} di luar 1 sampai 5.",
                 en=f"A rating of {command.stars} is outside 1 to 5."),
            Text(id="Pilih 1 (buruk) sampai 5 (baik).", en="Choose 1 (poor) to 5 (good)."),
        ),
    )  # fmt: skip


RATING_IN_SCALE = Requirement(
    code="rating-in-scale", clause="S23", who=APPLICANT, check=_stars,
    text=Text(id="Penilaian 1 sampai 5.", en="A rating from 1 to 5."),
    remedy=Text(id="Pilih 1 sampai 5.", en="Choose 1 to 5."),
)  # fmt: skip


def _due(due: dt.datetime | None, context: Context) -> tuple[Lack, ...]:
    if due is not None and context.at >= due:
        return ()
    when = "-" if due is None else f"{due:%Y-%m-%d %H:%M %Z}"
    return (
        Lack(
            Text(id=f"Belum waktunya (paling cepat {when}).", en=f"Not due before {when}."),
            Text(id="Tunggu sampai waktunya.", en="Wait until then."),
        ),
    )


def _timer(clause: str, due: Any, text: Text) -> Requirement:
    return Requirement(
        f"{clause.lower()}-due", clause, text,
        Text(id="Tunggu sampai waktunya.", en="Wait until then."), SYSTEM,
        check=lambda _, state, context: _due(due(state, context.rules), context),
    )  # fmt: skip


BILLING_IS_DUE = _timer(
    "S16", billing_due, Text(id="Masa berlaku kode billing lewat.", en="The code has expired.")
)
NOTICE_IS_DUE = _timer(
    "X3", notice_due, Text(id="Waktu mengingatkan telah tiba.", en="The notice is due.")
)
EXPIRY_IS_DUE = _timer(
    "X4", expiry_due, Text(id="Masa berlaku telah lewat.", en="The validity has ended.")
)
CLOSING_NOTICE_IS_DUE = _timer(
    "X10", closing_notice_due, Text(id="Waktu memberi tahu tiba.", en="The notice is due.")
)
CLOSE_IS_DUE = _timer(
    "X5", close_due, Text(id="Masa menunggu penilaian lewat.", en="The wait for a rating ended.")
)
