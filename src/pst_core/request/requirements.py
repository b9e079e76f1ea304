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

from ..documents import (
    FilledAgreement,
    Finding,
    check_abstraction,
    check_email,
    check_request_form,
    check_signed_agreement,
    check_upload,
)
from ..money import format_rupiah
from ..refusal import PstError
from ..tariff import Map, Microdata, Publication, ZeroClaim
from ..text import Text
from ..workflow import Context, Fact, Lack, Requirement, Role, State
from . import events as e
from .making import (
    agreement_of,
    claim_of,
    close_due,
    expiry_due,
    notice_due,
    priced_on,
    products_of,
)
from .state import (
    ABSTRACTION_FILED,
    ABSTRACTION_VERIFIED,
    CHECKED,
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

APPLICANT, OFFICER, TREASURER, SYSTEM = Role


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
    Text(id="Pembayaran belum diterima.", en="No payment has been received."),
    Text(id="Catat NTPN (S16) atau verifikasi transfer dari luar negeri (S18).",
         en="Record the NTPN (S16) or verify the transfer from abroad (S18)."),
)  # fmt: skip
SIGNATURE = _fact(
    "R6", SIGNED, APPLICANT,
    Text(id="Perjanjian penggunaan data belum ditandatangani.",
         en="The data-use agreement is not signed."),
    Text(id="Tandatangani dan unggah perjanjian (S17).",
         en="Sign and upload the agreement (S17)."),
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
    if applicant.id == context.by.id:
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


def _visited(command: Any, _: State, context: Context) -> tuple[Lack, ...]:
    if command.channel != WALK_IN:
        return ()
    visit: State | None = context.outside.get("visit")
    if visit is not None and visit.phase in ("AT_COUNTER", "SERVED"):
        return ()
    return (
        Lack(
            Text(
                id="Kunjungan, buku tamu dan antrean belum dijalani.",
                en="Visit, guest book and queue have not been gone through.",
            ),
            Text(
                id="Selesaikan S1-S5 dan sebutkan nomor kunjungannya.",
                en="Go through S1-S5 and name that visit.",
            ),
        ),
    )


VISITED = Requirement(
    code="visited", clause="R1", who=APPLICANT, check=_visited,
    text=Text(id="Datang ke unit PST dan mengisi buku tamu (R1, R3), bila datang langsung.",
              en="Has visited the unit and signed the guest book (R1, R3), if a walk-in."),
    remedy=Text(id="Selesaikan S1-S5.", en="Go through S1-S5."),
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


def _abstraction(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    findings = check_abstraction(command.abstraction, ())
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
    asked = tuple(p.title for p in products_of(state) if not isinstance(p, Publication))
    return _lacks(check_abstraction(filed.abstraction, asked))


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
                Text(id=f"Kode billing {command.code!r} bukan 15 angka.",
                     en=f"The billing code {command.code!r} is not 15 digits."),
                Text(id="Salin 15 angka dari Bukti Pembuatan Tagihan SIMPONI.",
                     en="Copy the 15 digits from SIMPONI's billing receipt."),
            ),
        )  # fmt: skip
    issued = f"{context.rules.local(command.issued_at):%Y%m%d}"
    found = []
    if command.code[1:9] != issued:
        found.append(
            Lack(
                Text(id=f"Tanggal di dalam kode ({command.code[1:9]}) bukan tanggal billing "
                        f"({issued}).",
                     en=f"The date inside the code ({command.code[1:9]}) is not the billing date "
                        f"({issued})."),
                Text(id="Periksa kode dan tanggal billing.",
                     en="Check the code and the billing date."),
            )
        )  # fmt: skip
    if command.expires_at <= max(command.issued_at, context.at):
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


def _ntpn(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if _NTPN.fullmatch(command.ntpn):
        return ()
    return (
        Lack(
            Text(id=f"NTPN {command.ntpn!r} bukan 16 huruf besar dan angka.",
                 en=f"The NTPN {command.ntpn!r} is not 16 capital letters and digits."),
            Text(id="Salin NTPN dari Bukti Penerimaan Negara.",
                 en="Copy the NTPN from the state receipt (BPN)."),
        ),
    )  # fmt: skip


NTPN = Requirement(
    code="ntpn", clause="S16", who=TREASURER, check=_ntpn,
    text=Text(id="NTPN 16 karakter.", en="An NTPN of 16 characters."),
    remedy=Text(id="Salin NTPN dari BPN.", en="Copy the NTPN from the BPN."),
)  # fmt: skip


def _amount(command: Any, state: State, _: Context) -> tuple[Lack, ...]:
    sent = state.last(e.OfferSent)
    if sent is not None and command.amount == sent.total:
        return ()
    total = 0 if sent is None else sent.total
    return (
        Lack(
            Text(id=f"Jumlah {format_rupiah(command.amount)} tidak sama dengan tagihan "
                    f"{format_rupiah(total)}.",
                 en=f"The amount {format_rupiah(command.amount, 'en')} is not that of the invoice, "
                    f"{format_rupiah(total, 'en')}."),
            Text(id="Bayar tepat sesuai tagihan; hubungi bendahara bila sudah terlanjur.",
                 en="Pay exactly as invoiced; ask the treasurer if it has been paid already."),
        ),
    )  # fmt: skip


AMOUNT_AS_INVOICED = Requirement(
    code="amount-as-invoiced", clause="S16", who=APPLICANT, check=_amount,
    text=Text(id="Jumlah sesuai invoice.", en="The amount is as invoiced."),
    remedy=Text(id="Bayar tepat sesuai tagihan.", en="Pay exactly as invoiced."),
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
    text=Text(id="Bukti transfer dari luar negeri.", en="Proof of a transfer from abroad."),
    remedy=Text(id="Unggah bukti transfer.", en="Upload the proof of transfer."),
)  # fmt: skip


# what only a person can see on a scan; the officer's row asks for it
_FOR_THE_OFFICER = {"stamp-duty-not-judged"}
_OF_A_SCAN = {"not-signed", "no-agreement-code", "text-changed", *_FOR_THE_OFFICER}


def _offered(state: State, context: Context) -> FilledAgreement:
    sent, at = state.last(e.OfferSent), state.when(e.OfferSent)
    assert sent is not None  # noqa: S101 - the rows are there only after an offer
    assert at is not None  # noqa: S101
    return agreement_of(state, context.rules, context.stream, sent.number, at)


def _agreement(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    findings = check_signed_agreement(command.file, _offered(state, context))
    left = _FOR_THE_OFFICER if command.file.signatures or command.file.codes else _OF_A_SCAN
    return _lacks(f for f in findings if f.code not in left)


def _judged(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
    uploaded = state.last(e.AgreementUploaded)
    assert uploaded is not None  # noqa: S101 - the row is there only after an upload
    return _lacks(
        check_signed_agreement(uploaded.file, _offered(state, context), judgement=command.judgement)
    )


AGREEMENT_AS_OFFERED = Requirement(
    code="agreement-as-offered", clause="S17", who=APPLICANT, check=_agreement,
    text=Text(id="Perjanjian yang dikirimkan, ditandatangani.",
              en="The agreement that was sent, signed."),
    remedy=Text(id="Tandatangani dokumen yang dikirim pada S13.",
                en="Sign the document that was sent at S13."),
)  # fmt: skip


SIGNED_AND_STAMPED = Requirement(
    code="signed-and-stamped", clause="R6", who=OFFICER, check=_judged,
    text=Text(id="Perjanjian ini, ditandatangani kedua pihak dan bermeterai.",
              en="This agreement, signed by both parties and stamped."),
    remedy=Text(id="Periksa dokumennya, atau tolak dengan alasan.",
                en="Look at the document, or refuse it with a reason."),
)  # fmt: skip


def _stars(command: Any, _: State, __: Context) -> tuple[Lack, ...]:
    if type(command.stars) is int and 1 <= command.stars <= 5:
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


NOTICE_IS_DUE = _timer(
    "X3", notice_due, Text(id="Waktu mengingatkan telah tiba.", en="The notice is due.")
)
EXPIRY_IS_DUE = _timer(
    "X4", expiry_due, Text(id="Masa berlaku telah lewat.", en="The validity has ended.")
)
CLOSE_IS_DUE = _timer(
    "X5", close_due, Text(id="Masa menunggu penilaian lewat.", en="The wait for a rating ended.")
)
