"""What a command asks of a person, field by field, and typed answers read into the command.

A host draws its form from ``asked`` and makes the command with ``answered``: no second list of
fields. What the host knows by itself (a file that it has kept and read, the products of a basket,
who is signed in) it gives as values of the very type, and shows no field for it.
"""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Mapping
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Any

import attrs

from .documents import FileFacts
from .refusal import BadInput
from .text import Text

__all__ = ["Asked", "BadAnswer", "Kind", "answered", "asked"]


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG = "long"
    """Some sentences."""
    LINES = "lines"
    """Several texts, one a line."""
    NUMBER = "number"
    """A whole number; rupiah may be written with dots."""
    YES = "yes"
    DATE = "date"
    TIME = "time"
    """Date and time of day, on the office's clock: ``2026-11-24T09:30``."""
    CHOICE = "choice"
    FILE = "file"
    FILES = "files"
    OTHER = "other"
    """Rows of several fields, or products: the host fills them in its own way."""


@attrs.frozen
class Asked:
    """One field. ``path`` leads to it: ``judgement.same_agreement``."""

    path: str
    label: Text
    kind: Kind
    required: bool
    """False: left empty, the command's own default stands."""
    choices: tuple[tuple[str, Text], ...] = ()


class BadAnswer(BadInput):
    """An answer that is missing or cannot be read; ``path`` leads to its field."""

    path: str = ""


@cache
def asked(command: type) -> tuple[Asked, ...]:
    """Return the fields of ``command`` in their order, those of its parts in their place."""
    return tuple(_fields(command, ""))


def answered(command: type, answers: Mapping[str, Any], zone: dt.tzinfo) -> Any:
    """Return the ``command`` that ``answers`` (by path) make; times of day are of ``zone``.

    A text is read as its field's type, any other value is taken as it is. Raises ``BadAnswer`` that
    names the field. What a field must say is for the desk to judge.
    """
    return _made(command, answers, zone, "")


# -- the fields ---------------------------------------------------------------------------------


def _fields(command: type, prefix: str) -> list[Asked]:
    found: list[Asked] = []
    for field, kind, optional in _typed(command):
        path = prefix + field.name
        if attrs.has(kind) and kind is not FileFacts:
            found += _fields(kind, f"{path}.")
            continue
        required = field.default is attrs.NOTHING and not optional
        found.append(Asked(path, _label(field), _kind(field.name, kind), required, _choices(kind)))
    return found


@cache
def _typed(command: type) -> tuple[tuple[Any, Any, bool], ...]:
    """Return each field with its type, and whether it may be None."""
    hints = typing.get_type_hints(command)
    return tuple((f, *_without_none(hints[f.name])) for f in attrs.fields(command))


def _without_none(kind: Any) -> tuple[Any, bool]:
    if typing.get_origin(kind) not in (typing.Union, UnionType):
        return kind, False
    rest = tuple(k for k in typing.get_args(kind) if k is not type(None))
    return (rest[0], True) if len(rest) == 1 else (kind, type(None) in typing.get_args(kind))


_KINDS: dict[Any, Kind] = {
    int: Kind.NUMBER, bool: Kind.YES, dt.date: Kind.DATE, dt.datetime: Kind.TIME,
    FileFacts: Kind.FILE, tuple[str, ...]: Kind.LINES, tuple[FileFacts, ...]: Kind.FILES,
}  # fmt: skip
_SENTENCES = {"reason", "what", "answer", "note", "comment", "purpose", "method", "outputs"}


def _kind(name: str, kind: Any) -> Kind:
    if kind is str:
        return Kind.LONG if name in _SENTENCES else Kind.TEXT
    if _choices(kind):
        return Kind.CHOICE
    return _KINDS.get(kind, Kind.OTHER)


def _choices(kind: Any) -> tuple[tuple[str, Text], ...]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple((str(w.value), getattr(w, "text", Text(w.value, w.value))) for w in kind)
    if typing.get_origin(kind) is typing.Literal:
        return tuple((w, _WORDS.get(w, Text(w, w))) for w in typing.get_args(kind))
    return ()


def _label(field: Any) -> Text:
    label = field.metadata.get("label") or _LABELS.get(field.name)
    return label if label is not None else Text(field.name, field.name)


# -- reading the answers ------------------------------------------------------------------------


def _made(command: type, answers: Mapping[str, Any], zone: dt.tzinfo, prefix: str) -> Any:
    values: dict[str, Any] = {}
    for field, kind, optional in _typed(command):
        path = prefix + field.name
        given = answers.get(path)
        part = attrs.has(kind) and kind is not FileFacts
        if given is not None and not isinstance(given, str):
            values[field.name] = given
        elif part and (not optional or _any_under(answers, f"{path}.")):
            values[field.name] = _made(kind, answers, zone, f"{path}.")
        elif given is not None and not part and (given.strip() or kind is str):
            values[field.name] = _read(given, kind, _label(field), zone, path)
        elif kind is bool:
            values[field.name] = False  # a box that was not ticked is not sent
        elif field.default is attrs.NOTHING:
            values[field.name] = None if optional else _empty(kind, _label(field), path)
    return command(**values)


def _any_under(answers: Mapping[str, Any], prefix: str) -> bool:
    return any(bool(v) for name, v in answers.items() if name.startswith(prefix))


def _empty(kind: Any, label: Text, path: str) -> Any:
    if kind is str:
        return ""
    if typing.get_origin(kind) is tuple:
        return ()
    raise _bad(
        "field-empty",
        Text(id="{label}: belum diisi.", en="{label}: not filled in.").fill(label=label),
        Text(id="Isi {label}.", en="Fill in: {label}.").fill(label=label),
        path,
    )


def _read(given: str, kind: Any, label: Text, zone: dt.tzinfo, path: str) -> Any:
    text = given.strip()
    try:
        if kind is int:
            return int(re.sub(r"(?i)^rp\s*|[.\s](?=\d{3}(?:\D|$))", "", text))
        if kind is bool:
            return text.lower() not in ("", "0", "false", "no", "tidak")
        if kind is dt.date:
            return dt.date.fromisoformat(text)
        if kind is dt.datetime:
            read = dt.datetime.fromisoformat(text)
            return read if read.tzinfo else read.replace(tzinfo=zone)
        if kind == tuple[str, ...]:
            return tuple(line.strip() for line in text.splitlines() if line.strip())
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(text)
    except ValueError:
        raise _unreadable(text, kind, label, path) from None
    if typing.get_origin(kind) is typing.Literal and text not in typing.get_args(kind):
        raise _unreadable(text, kind, label, path)
    return given


def _unreadable(text: str, kind: Any, label: Text, path: str) -> BadAnswer:
    wanted = _WANTED.get(kind) or Text.join(", ", [words for _, words in _choices(kind)])
    return _bad(
        "field-unreadable",
        Text(id="{label}: {text!r} tidak dapat dibaca.", en="{label}: cannot read {text!r}.").fill(
            label=label, text=text[:80]
        ),
        Text(id="Tulis: {wanted}.", en="Write: {wanted}.").fill(wanted=wanted),
        path,
    )


def _bad(code: str, text: Text, remedy: Text, path: str) -> BadAnswer:
    error = BadAnswer(code, text, remedy=remedy)
    error.path = path
    return error


_WANTED = {
    int: Text(id="bilangan bulat, seperti 224000", en="a whole number, like 224000"),
    dt.date: Text(id="tanggal, seperti 2026-11-24", en="a date, like 2026-11-24"),
    dt.datetime: Text(id="waktu, seperti 2026-11-24T09:30", en="a time, like 2026-11-24T09:30"),
}

# -- the words ----------------------------------------------------------------------------------

_LABELS = {
    "abroad": Text(id="Berdomisili di luar negeri", en="Domiciled abroad"),
    "about": Text(id="Perkara yang diadukan", en="Case complained about"),
    "account_verified_by": Text(id="Pemeriksa akun instansi", en="Institution verified by"),
    "address": Text(id="Alamat", en="Address"),
    "amount": Text(id="Jumlah (rupiah)", en="Amount (rupiah)"),
    "answer": Text(id="Jawaban", en="Answer"),
    "answers": Text(id="Jawaban", en="Answers"),
    "approver": Text(id="Penyetuju", en="Approved by"),
    "bank": Text(id="Bank", en="Bank"),
    "channel": Text(id="Cara mengajukan", en="Way of asking"),
    "code": Text(id="Kode billing", en="Billing code"),
    "comment": Text(id="Komentar", en="Comment"),
    "counter": Text(id="Loket", en="Counter"),
    "document": Text(id="Dokumen", en="Document"),
    "email": Text(id="Surel", en="E-mail"),
    "expires_at": Text(id="Berlaku sampai", en="Valid until"),
    "file": Text(id="Berkas", en="File"),
    "files": Text(id="Berkas", en="Files"),
    "forms": Text(id="Formulir", en="Forms"),
    "id": Text(id="Kunci", en="Key"),
    "institution": Text(id="Instansi", en="Institution"),
    "issued_at": Text(id="Dibuat", en="Made at"),
    "kind": Text(id="Jenis", en="Kind"),
    "lang": Text(id="Bahasa surel", en="Language of mails"),
    "letter": Text(id="Nomor surat", en="Number of the letter"),
    "more": Text(id="Isian lain", en="Other fields"),
    "name": Text(id="Nama", en="Name"),
    "named": Text(id="Pihak yang disebut", en="People named"),
    "note": Text(id="Catatan", en="Note"),
    "ntb": Text(id="NTB", en="NTB"),
    "ntpn": Text(id="NTPN", en="NTPN"),
    "number": Text(id="Nomor", en="Number"),
    "officer": Text(id="Petugas", en="Officer"),
    "originals": Text(id="Jumlah naskah asli", en="Number of originals"),
    "paid_at": Text(id="Dibayar pada", en="Paid at"),
    "payer": Text(id="Penyetor", en="Payer"),
    "person": Text(id="Orang", en="Person"),
    "period": Text(id="Periode data", en="Period of the data"),
    "phone": Text(id="Telepon", en="Phone"),
    "priority": Text(id="Prioritas", en="Priority"),
    "products": Text(id="Produk", en="Products"),
    "proof": Text(id="Bukti pembayaran", en="Proof of payment"),
    "purpose": Text(id="Tujuan", en="Purpose"),
    "reason": Text(id="Alasan", en="Reason"),
    "received_on": Text(id="Diterima tanggal", en="Received on"),
    "recipient": Text(id="Jenis penerima", en="Kind of recipient"),
    "reference": Text(id="Rujukan", en="Reference"),
    "region": Text(id="Wilayah", en="Region"),
    "request": Text(id="Permintaan", en="Request"),
    "rests": Text(id="Loket beristirahat", en="The counter rests"),
    "same_agreement": Text(id="Ini perjanjian yang dikirim kantor",
                           en="It is the agreement that the office sent"),
    "sample": Text(id="Contoh data", en="Data sample"),
    "segment": Text(id="Kelompok pengguna", en="Kind of user"),
    "sender": Text(id="Pengirim menurut bank", en="Sender, as the bank says"),
    "service": Text(id="Layanan", en="Service"),
    "signed_by_both": Text(id="Ditandatangani kedua pihak", en="Signed by both"),
    "stamp_duty_paid": Text(id="Bermeterai cukup", en="Stamp duty is paid"),
    "stars": Text(id="Penilaian (1-5)", en="Rating (1-5)"),
    "text": Text(id="Isi pengaduan", en="Complaint"),
    "title": Text(id="Judul", en="Title"),
    "token": Text(id="Kunci", en="Key"),
    "variables": Text(id="Variabel", en="Variables"),
    "visit": Text(id="Nomor kunjungan", en="Visit"),
    "visitor": Text(id="Pengunjung", en="Visitor"),
    "way": Text(id="Diserahkan", en="Handed over"),
    "website": Text(id="Situs", en="Website"),
    "what": Text(id="Apa yang diminta", en="What is asked for"),
}  # fmt: skip
"""What a field is called, where its class does not say it itself; the same name means the same."""

_WORDS = {
    "id": Text(id="Bahasa Indonesia", en="Indonesian"),
    "en": Text(id="Inggris", en="English"),
    "publication": Text(id="publikasi", en="publication"),
    "microdata": Text(id="data mikro", en="microdata"),
    "map": Text(id="peta wilkerstat", en="wilkerstat map"),
}
