"""What a paid request is seen as: its phases, the facts the table sees, its papers, its people."""

from __future__ import annotations

import attrs

from ..documents.asker import Channel, Segment
from ..text import Lang
from ..workflow import Errand, Fact, Paper, Phase, Variant

__all__ = ["Applicant", "Channel", "Segment", "ZeroWish"]

# -- phases -----------------------------------------------------------------------------------

NEW = Phase("NEW", "belum ada", "not opened")
DRAFT = Phase("DRAFT", "diisi pengguna layanan", "being filled in")
VERIFYING = Phase("VERIFYING", "verifikasi abstraksi", "abstraction being verified")
PREPARING = Phase("PREPARING", "produk disiapkan", "products being prepared")
OFFERED = Phase("OFFERED", "penawaran diperiksa", "offer being checked")
CORRECTING = Phase("CORRECTING", "penawaran diperbaiki", "offer being corrected")
SETTLING = Phase("SETTLING", "pembayaran dan perjanjian", "payment and agreement")
DELIVERED = Phase("DELIVERED", "produk diterima", "products delivered")
MENDING = Phase("MENDING", "produk diperbaiki", "delivery being mended")
CLOSED = Phase("CLOSED", "selesai", "finished")
CANCELLED = Phase("CANCELLED", "dibatalkan", "cancelled")
REJECTED = Phase("REJECTED", "ditolak", "rejected")
EXPIRED = Phase("EXPIRED", "kedaluwarsa", "expired")

# -- facts ------------------------------------------------------------------------------------

WALK_IN = Fact("walk-in", "datang langsung", "walk-in")
ABROAD = Fact("abroad", "berdomisili di luar negeri", "domiciled abroad")
NEEDS_AGREEMENT = Fact("needs-agreement", "memuat data mikro atau peta", "has microdata or a map")
MICRODATA = Fact("microdata", "memuat data mikro", "has microdata")
ZERO_CLAIMED = Fact("zero-claimed", "memohon tarif Rp0", "claims the tariff of Rp0")
FREE = Fact("free", "dikenai tarif Rp0", "charged Rp0")
TERMS_ACCEPTED = Fact("terms-accepted", "ketentuan disetujui", "terms accepted")
PRODUCTS_CHOSEN = Fact("products-chosen", "produk dipilih", "products chosen")
FORM_COMPLETE = Fact("form-complete", "formulir lengkap", "form complete")
DOCUMENTS_COMPLETE = Fact("documents-complete", "dokumen lengkap", "documents complete")
ABSTRACTION_FILED = Fact("abstraction-filed", "abstraksi diisi", "abstraction filled in")
ABSTRACTION_VERIFIED = Fact("abstraction-verified", "abstraksi sesuai", "abstraction verified")
PRODUCTS_PREPARED = Fact("products-prepared", "produk siap", "products prepared")
EXPIRY_NOTICED = Fact("expiry-noticed", "sudah diingatkan", "notice of expiry given")
BILLED = Fact("billed", "kode billing terbit", "billing code issued")
CODE_VALID = Fact("code-valid", "kode billing berlaku", "billing code valid")
LAPSED = Fact("code-lapsed", "kode billing kedaluwarsa", "billing code expired")
PAYMENT_REPORTED = Fact("payment-reported", "pembayaran dilaporkan", "payment reported")
PART_PAID = Fact("part-paid", "dibayar sebagian", "paid in part")
REFUND_DUE = Fact("refund-due", "ada uang yang harus dimohonkan kembali", "a refund is due")
PAID = Fact("paid", "pembayaran diterima", "payment received")
AGREEMENT_UPLOADED = Fact("agreement-uploaded", "perjanjian diunggah", "agreement uploaded")
SIGNED = Fact("signed", "perjanjian sah ditandatangani", "agreement duly signed")
RECEIPTED = Fact("receipted", "kuitansi terbit", "receipt issued")
ADDRESS_DEAD = Fact("address-dead", "alamat surel mati", "e-mail address takes no mail")
CHECKED = Fact("checked", "produk dinyatakan sesuai", "delivery approved")
CLOSE_NOTICED = Fact("close-noticed", "sudah diberi tahu akan ditutup", "notice of closing given")
RATED = Fact("rated", "sudah dinilai", "rated")

# -- ways that an office's standard may have or not ---------------------------------------------

BY_BILLING = Variant("by-billing", "kode billing", "billing code")
BY_CASH = Variant("by-cash", "tunai kepada bendahara", "cash to the treasurer")
BY_UPLOAD = Variant("by-upload", "perjanjian diunggah", "agreement uploaded")
ON_PAPER = Variant("on-paper", "naskah asli perjanjian", "originals of the agreement")
SENDS_BACK = Variant("sends-back", "abstraksi dikembalikan", "abstraction sent back")
CANCELS = Variant("cancels", "permintaan dibatalkan", "request cancelled")
CONSULTS = Variant("consults", "dialihkan ke konsultasi", "led to consultation")
CLOSES = Variant("closes", "ditutup tanpa penilaian", "closed without a rating")
CLOSES_UNTOLD = Variant("closes-untold", "ditutup tanpa pemberitahuan", "closed without a notice")
CLOSES_TOLD = Variant("closes-told", "ditutup setelah pemberitahuan", "closed after a notice")
CLOSES_ITSELF = Variant("closes-itself", "selesai dengan sendirinya", "closes by itself")

# -- papers -----------------------------------------------------------------------------------

INVOICE = Paper("invoice", "tagihan", "invoice")
AGREEMENT = Paper("agreement", "surat perjanjian penggunaan data", "data-use agreement")
RECEIPT = Paper("receipt", "kuitansi", "receipt")

# -- errands ----------------------------------------------------------------------------------

BILL = Errand("bill", "kode billing", "billing code")

# -- people -----------------------------------------------------------------------------------


@attrs.frozen
class ZeroWish:
    """What an institution says when it asks for Rp0; the words are those of the tariff's rules."""

    recipient: str
    """Kind of recipient, such as ``central-government``."""
    purpose: str
    letter: str
    """Number of the letter of request."""


@attrs.frozen
class Applicant:
    """The person who asks. ``id`` is the host application's own key for them."""

    id: str
    name: str
    email: str
    phone: str = ""
    institution: str = ""
    address: str = ""
    segment: Segment = Segment.INDIVIDUAL
    abroad: bool = False
    """Domiciled abroad: pays by transfer, which the treasurer verifies (S18)."""
    lang: Lang = "id"
    """The language that comes first in mails."""
