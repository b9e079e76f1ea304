"""What a database says, put into the library's errors; the words for people are here."""

from __future__ import annotations

import sqlite3

from pst_core.refusal import BadInput, Busy, PstError, StorageError
from pst_core.text import Text

__all__ = [
    "broken",
    "busy",
    "cannot_open",
    "closed",
    "from_driver",
    "is_in_the_way",
    "no_transaction",
    "unknown",
]


def _error(code: str, id: str, en: str, do_id: str, do_en: str) -> StorageError:  # noqa: A002
    return StorageError(code, Text(id=id, en=en), remedy=Text(id=do_id, en=do_en))


def busy() -> Busy:
    """Return the error of a lock that was not had in time."""
    return Busy(
        "busy",
        Text(id="Penyimpanan sedang penuh antrean.", en="The store is busy."),
        remedy=Text(
            id="Tidak ada yang tertulis; kirim lagi perintah yang sama sebentar lagi.",
            en="Nothing was written; send the same command again in a moment.",
        ),
    )


def closed() -> StorageError:
    """Return the error of a store used after ``close`` or in a forked process."""
    return _error(
        "closed",
        "Penyimpanan ini sudah ditutup, atau dibuka oleh proses lain sebelum fork.",
        "This store is closed, or was opened by another process before a fork.",
        "Buka penyimpanan baru di proses ini.",
        "Open a new store in this process.",
    )


def broken() -> StorageError:
    """Return the error of writing after the disk failed once: a sync tried again may lie."""
    return _error(
        "io-error",
        "Disk pernah gagal menulis atau membaca; penyimpanan ini tidak menulis lagi.",
        "The disk failed before; this store writes no more.",
        "Periksa disk dan log sistem, lalu buka lagi; yang sudah dijawab tetap tersimpan.",
        "Check the disk and the system log, then open again; what was acknowledged is still there.",
    )


def unknown() -> StorageError:
    """Return the error of a command whose answer was lost on the way."""
    return _error(
        "outcome-unknown",
        "Penulisan terputus sebelum dijawab.",
        "The writing was interrupted before it was answered.",
        "Kirim lagi perintah yang sama dengan nomor yang sama: yang sudah tertulis dijawab.",
        "Send the same command again with the same id: if it was written, it is answered.",
    )


def cannot_open(what: Text, remedy: Text, code: str = "cannot-open") -> StorageError:
    """Return the error of a store that cannot be opened as it is."""
    return StorageError(code, what, remedy=remedy)


def no_transaction() -> BadInput:
    """Return the error of a host's connection that has no transaction for our rows to join."""
    return BadInput(
        "no-transaction",
        Text(
            id="Koneksi ini tidak sedang dalam transaksi.",
            en="This connection is not in a transaction.",
        ),
        remedy=Text(
            id="Mulai transaksi dahulu, lalu commit setelah semuanya tertulis.",
            en="Begin a transaction first and commit when all is written.",
        ),
    )


def from_driver(error: Exception, where: str) -> PstError:
    """Return our error for what sqlite3 or psycopg raised at the store ``where``."""
    if isinstance(error, PstError):
        return error
    if isinstance(error, sqlite3.Error):
        return _from_sqlite(error, where)
    return _from_postgres(error, where)


def _from_sqlite(error: sqlite3.Error, where: str) -> PstError:
    name = getattr(error, "sqlite_errorname", "") or ""
    said = f"{error} ({name})" if name else str(error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return busy()
    if name == "SQLITE_FULL":
        return _error(
            "disk-full",
            f"Disk penuh: {where} tidak dapat ditulis.",
            f"The disk is full: {where} cannot be written.",
            "Kosongkan ruang disk, lalu kirim lagi perintah yang sama; tidak ada yang hilang.",
            "Free disk space, then send the same command again; nothing is lost.",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _error(
            "damaged",
            f"Basis data {where} rusak atau bukan basis data SQLite: {said}.",
            f"The database {where} is damaged or is no SQLite database: {said}.",
            "Jangan menulis lagi; salin berkasnya untuk diperiksa dan pulihkan cadangan terakhir.",
            "Write no more; keep a copy of the file for examination and restore the last backup.",
        )
    if name.startswith("SQLITE_READONLY"):
        return _error(
            "read-only",
            f"Basis data {where} hanya dapat dibaca: {said}.",
            f"The database {where} is read-only: {said}.",
            "Beri hak tulis pada berkas dan foldernya untuk pengguna proses ini.",
            "Give the user of this process the right to write the file and its folder.",
        )
    if name.startswith("SQLITE_CANTOPEN"):
        return _error(
            "cannot-open",
            f"Basis data {where} tidak dapat dibuka: {said}.",
            f"The database {where} cannot be opened: {said}.",
            "Periksa apakah foldernya ada dan boleh ditulis oleh pengguna proses ini.",
            "See that its folder exists and may be written by the user of this process.",
        )
    if name.startswith("SQLITE_IOERR"):
        return _error(
            "io-error",
            f"Disk gagal pada {where}: {said}.",
            f"The disk failed at {where}: {said}.",
            "Periksa disk, buka lagi, lalu kirim lagi perintah yang sama dengan nomor yang sama.",
            "Check the disk, open again, then send the same command again with the same id.",
        )
    return _failed(where, said)


def is_in_the_way(error: Exception) -> bool:
    """Return whether a batch in one statement said that it cannot be written as it stands.

    It says so by a cast that fails: the only one in it.
    """
    return _state(error) == "22P02"


def _state(error: Exception) -> str:
    # psycopg 3 says sqlstate, psycopg2, which a host may use, pgcode
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""


def _from_postgres(error: Exception, where: str) -> PstError:
    state = _state(error)
    said = " ".join(str(error).split())
    if state in ("55P03", "40P01", "40001", "53300"):  # lock, deadlock, serialization, connections
        return busy()
    if state == "53100":
        return _error(
            "disk-full",
            f"Disk server basis data penuh ({where}).",
            f"The disk of the database server is full ({where}).",
            "Kosongkan ruang disk, lalu kirim lagi perintah yang sama.",
            "Free disk space, then send the same command again.",
        )
    if state in ("25006", "42501"):
        return _error(
            "read-only",
            f"Tidak boleh menulis di {where}: {said}.",
            f"Writing is not allowed in {where}: {said}.",
            "Hubungkan ke server utama dengan pengguna yang berhak menulis.",
            "Connect to the primary server as a user who may write.",
        )
    if state == "" or state.startswith(("08", "57P")):
        return _error(
            "connection-lost",
            f"Hubungan ke {where} putus atau tidak didapat: {said}.",
            f"The connection to {where} was lost or not had: {said}.",
            "Kirim lagi perintah yang sama dengan nomor yang sama: yang sudah tertulis dijawab.",
            "Send the same command again with the same id: if it was written, it is answered.",
        )
    return _failed(where, f"{said} ({state})")


def _failed(where: str, said: str) -> StorageError:
    return _error(
        "storage-failed",
        f"Penyimpanan {where} gagal: {said}.",
        f"The store {where} failed: {said}.",
        "Laporkan pesan ini kepada pengelola; yang sudah dijawab tetap tersimpan.",
        "Report this message to who runs the system; what was acknowledged is still there.",
    )
