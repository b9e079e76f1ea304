"""What a paid request is seen as: its phases, the facts the table sees, its papers, its people."""

from __future__ import annotations

from enum import StrEnum

import attrs

from ..workflow import Fact, Paper, Phase

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
ABSTRACTION_FILED = Fact("abstraction-filed", "abstraksi diisi", "abstraction filled in")
ABSTRACTION_VERIFIED = Fact("abstraction-verified", "abstraksi sesuai", "abstraction verified")
PRODUCTS_PREPARED = Fact("products-prepared", "produk siap", "products prepared")
EXPIRY_NOTICED = Fact("expiry-noticed", "sudah diingatkan", "notice of expiry given")
BILLED = Fact("billed", "kode billing terbit", "billing code issued")
PAYMENT_REPORTED = Fact("payment-reported", "pembayaran dilaporkan", "payment reported")
PAID = Fact("paid", "pembayaran diterima", "payment received")
AGREEMENT_UPLOADED = Fact("agreement-uploaded", "perjanjian diunggah", "agreement uploaded")
SIGNED = Fact("signed", "perjanjian sah ditandatangani", "agreement duly signed")
RECEIPTED = Fact("receipted", "kuitansi terbit", "receipt issued")
CHECKED = Fact("checked", "produk dinyatakan sesuai", "delivery approved")

# -- papers -----------------------------------------------------------------------------------

INVOICE = Paper("invoice", "tagihan", "invoice")
AGREEMENT = Paper("agreement", "surat perjanjian penggunaan data", "data-use agreement")
RECEIPT = Paper("receipt", "kuitansi", "receipt")

# -- people -----------------------------------------------------------------------------------


class Channel(StrEnum):
    """The door by which a request comes."""

    WALK_IN = "walk-in"
    ONLINE = "online"


class Segment(StrEnum):
    """Who the applicant acts for; tariffs and documents ask for it."""

    INDIVIDUAL = "individual"
    STUDENT = "student"
    EDUCATION = "education"
    GOVERNMENT = "government"
    PRIVATE = "private"
    FOREIGN_MISSION = "foreign-mission"
    INTERNATIONAL = "international"


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
