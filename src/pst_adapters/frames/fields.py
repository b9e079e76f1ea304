"""Every column that a table may have: its kind, and what it is called in both languages."""

from __future__ import annotations

from enum import StrEnum

import attrs

from pst_core.text import Text

__all__ = ["FIELDS", "Field", "Kind"]


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole"
    """Whole numbers: rupiah, bytes, days; never missing."""
    WHOLE_OR_NONE = "whole-or-none"
    NUMBER = "number"
    YES = "yes"
    DAY = "day"
    TIME = "time"
    """Moments, with a zone."""


@attrs.frozen
class Field:
    """One column."""

    kind: Kind
    label: Text


def _field(kind: Kind, id: str, en: str) -> Field:  # noqa: A002 - the language
    return Field(kind, Text(id=id, en=en))


_TEXT, _WHOLE, _MAYBE, _NUMBER = Kind.TEXT, Kind.WHOLE, Kind.WHOLE_OR_NONE, Kind.NUMBER
_YES, _DAY, _TIME = Kind.YES, Kind.DAY, Kind.TIME

FIELDS: dict[str, Field] = {
    # the case
    "stream": _field(_TEXT, "Nomor layanan", "Case"),
    "procedure": _field(_TEXT, "Prosedur", "Procedure"),
    "office": _field(_TEXT, "Kantor", "Office"),
    "applicant": _field(_TEXT, "Pemohon", "Applicant"),
    "phase": _field(_TEXT, "Tahap", "Phase"),
    "channel": _field(_TEXT, "Kanal", "Channel"),
    "segment": _field(_TEXT, "Segmen", "Segment"),
    "abroad": _field(_YES, "Berdomisili di luar negeri", "Domiciled abroad"),
    "kinds": _field(_TEXT, "Jenis produk", "Kinds of product"),
    "stars": _field(_MAYBE, "Penilaian (bintang)", "Rating (stars)"),
    # prices
    "quote": _field(_WHOLE, "Penawaran", "Quote"),
    "line": _field(_WHOLE, "Baris", "Line"),
    "on": _field(_DAY, "Tanggal tarif", "Date of the tariff"),
    "product": _field(_TEXT, "Produk", "Product"),
    "kind": _field(_TEXT, "Jenis", "Kind"),
    "quantity": _field(_WHOLE, "Banyaknya", "Quantity"),
    "unit": _field(_TEXT, "Satuan", "Unit"),
    "amount": _field(_WHOLE, "Jumlah (Rp)", "Amount (Rp)"),
    "tariff_amount": _field(_WHOLE, "Tarif sebelum Rp0 (Rp)", "Tariff before Rp0 (Rp)"),
    "total": _field(_MAYBE, "Jumlah penawaran (Rp)", "Total of the offer (Rp)"),
    "schedule": _field(_TEXT, "Daftar tarif", "Schedule"),
    "clause": _field(_TEXT, "Butir", "Clause"),
    "why": _field(_TEXT, "Alasan", "Why"),
    "certainty": _field(_TEXT, "Kepastian", "Certainty"),
    # days
    "day": _field(_DAY, "Tanggal", "Day"),
    "counted": _field(_YES, "Dihitung", "Counted"),
    "number": _field(_WHOLE, "Hari kerja ke-", "Working day no."),
    "day_off": _field(_TEXT, "Hari libur", "Day off"),
    "decree": _field(_TEXT, "Keputusan", "Decree"),
    "started_at": _field(_TIME, "Mulai", "Started"),
    "due_date": _field(_DAY, "Batas waktu (tanggal)", "Due (day)"),
    "due_at": _field(_TIME, "Batas waktu", "Due"),
    "working_days": _field(_WHOLE, "Hari kerja", "Working days"),
    "calendar_days": _field(_WHOLE, "Hari kalender", "Calendar days"),
    "paused": _field(_YES, "Berhenti di pengguna layanan", "Paused at the applicant"),
    "calendar_version": _field(_TEXT, "Versi kalender", "Calendar version"),
    # steps and hands
    "n": _field(_WHOLE, "Urutan", "No."),
    "step": _field(_TEXT, "Langkah", "Step"),
    "event": _field(_TEXT, "Peristiwa", "Event"),
    "role": _field(_TEXT, "Peran", "Role"),
    "resource": _field(_TEXT, "Pelaksana", "Resource"),
    "at": _field(_TIME, "Waktu", "Time"),
    "since": _field(_TIME, "Sejak", "Since"),
    "until": _field(_TIME, "Sampai", "Until"),
    "hours": _field(_NUMBER, "Jam (waktu berjalan)", "Hours (elapsed)"),
    "held_by": _field(_TEXT, "Di tangan", "In the hands of"),
    "waiting": _field(_TEXT, "Yang menunggu", "Who waits"),
    "in_service": _field(_YES, "Dalam jangka L2", "Within L2"),
    # the request
    "opened_at": _field(_TIME, "Dibuka", "Opened"),
    "filed_at": _field(_TIME, "Diajukan", "Filed"),
    "delivered_at": _field(_TIME, "Produk dikirim", "Delivered"),
    "changed_at": _field(_TIME, "Terakhir berubah", "Last changed"),
    "late_days": _field(_MAYBE, "Terlambat (hari kerja)", "Late (working days)"),
    "officer_days": _field(_MAYBE, "Petugas (hari kerja)", "Officer (working days)"),
    "treasurer_days": _field(_MAYBE, "Bendahara (hari kerja)", "Treasurer (working days)"),
    "applicant_days": _field(_MAYBE, "Pengguna layanan (hari kerja)", "Applicant (working days)"),
    # logs
    "activity": _field(_TEXT, "Kegiatan", "Activity"),
    "events": _field(_WHOLE, "Peristiwa (banyaknya)", "Events"),
    "conforms": _field(_YES, "Sesuai prosedur", "Conforms"),
    "deviation": _field(_TEXT, "Penyimpangan", "Deviation"),
    "text": _field(_TEXT, "Uraian", "Text"),
    # the monthly report
    "month": _field(_TEXT, "Bulan", "Month"),
    "section": _field(_TEXT, "Bagian", "Section"),
    "label": _field(_TEXT, "Keterangan", "Label"),
    "value": _field(_TEXT, "Nilai", "Value"),
    "share": _field(_NUMBER, "Bagian (0-1)", "Share (0-1)"),
    "service": _field(_TEXT, "Layanan loket", "Service of the counter"),
    "delivered": _field(_WHOLE, "Diselesaikan", "Delivered"),
    "in_time": _field(_WHOLE, "Tepat waktu", "In time"),
    "overdue": _field(_WHOLE, "Belum, lewat waktu", "Not yet, overdue"),
    "calls": _field(_WHOLE, "Panggilan", "Calls"),
    "timed": _field(_WHOLE, "Dinilai dengan L1", "Judged by L1"),
    "median": _field(_NUMBER, "Median", "Median"),
    "ninth": _field(_NUMBER, "Sembilan dari sepuluh sampai", "Nine of ten up to"),
    "longest": _field(_NUMBER, "Terlama", "Longest"),
    "minutes": _field(_NUMBER, "Menit", "Minutes"),
    "days": _field(_WHOLE, "Hari kerja (jumlah)", "Working days (sum)"),
    "ticket": _field(_TEXT, "Nomor antrean", "Ticket"),
    "counter": _field(_TEXT, "Loket", "Counter"),
    "name": _field(_TEXT, "Nama", "Name"),
    "figure": _field(_TEXT, "Angka", "Figure"),
    "many": _field(_WHOLE, "Banyaknya", "How many"),
}
"""By name. A name means the same in every table."""
