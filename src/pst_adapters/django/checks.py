"""What ``manage.py check`` says about a host that would not keep the store's promises.

Settings are looked at always; the database itself is read back where Django gives its alias
(``check --database default``, ``migrate``, the test runner), as what a server does is not what a
settings file says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import Error as DatabaseError
from django.db import connections, router, transaction
from django.db.migrations.executor import MigrationExecutor

from pst_core.refusal import PstError

from .database import DjangoDatabase, not_migrated
from .restored import comes_from_another_server
from .settings import Settings, desk, read
from .store import DjangoStore

__all__ = ["check_database", "check_settings"]

_FULL, _EXTRA = 2, 3


@register("pst")
def check_settings(**_: Any) -> list[CheckMessage]:
    """Look at the settings; no database is asked."""
    try:
        chosen = read()
    except PstError as error:
        return [_said(error, "E001")]
    try:
        DjangoDatabase(chosen.database)
    except PstError as error:
        return [_said(error, "E002")]
    found: list[CheckMessage] = []
    try:
        desk()
    except PstError as error:
        found.append(_said(error, "E003"))
    return [*found, *_of_settings(chosen)]


def _of_settings(chosen: Settings) -> Iterator[CheckMessage]:
    connection = connections[chosen.database]
    of_database, options = connection.settings_dict, connection.settings_dict["OPTIONS"]
    if not router.allow_migrate(chosen.database, "pst"):
        yield _error(
            "E004",
            f"DATABASE_ROUTERS melarang tabel pst di {chosen.database!r}.",
            f"DATABASE_ROUTERS keep the tables of pst out of {chosen.database!r}.",
            "Izinkan app_label 'pst' di sana, atau pilih DATABASE lain dalam PST.",
            "Allow app_label 'pst' there, or choose another DATABASE in PST.",
        )
    if not of_database["AUTOCOMMIT"]:
        yield _error(
            "E005",
            "AUTOCOMMIT dimatikan: yang sudah dijawab meja layanan belum tersimpan.",
            "AUTOCOMMIT is off: what the desk has answered is not kept.",
            "Hapus AUTOCOMMIT dari DATABASES, dan pakai transaction.atomic() bila perlu.",
            "Remove AUTOCOMMIT from DATABASES, and use transaction.atomic() where needed.",
        )
    if not django_settings.USE_TZ:
        yield _warning(
            "W001",
            "USE_TZ = False: waktu dari Django tidak menyebut zona dan ditolak meja layanan.",
            "USE_TZ = False: times from Django have no zone, and the desk refuses them.",
            "Tulis USE_TZ = True.",
            "Write USE_TZ = True.",
        )
    if connection.vendor == "sqlite" and (
        str(options.get("transaction_mode", "")).upper() not in ("IMMEDIATE", "EXCLUSIVE")
    ):
        yield _warning(
            "W002",
            "Transaksi SQLite dimulai sebagai pembaca: dua permintaan serentak dapat gagal "
            "seketika dengan 'database is locked'.",
            "Transactions of SQLite begin as readers: two requests at once may fail at once with "
            "'database is locked'.",
            'Tulis "OPTIONS": {"transaction_mode": "IMMEDIATE"}.',
            'Write "OPTIONS": {"transaction_mode": "IMMEDIATE"}.',
        )
    if of_database["ATOMIC_REQUESTS"]:
        yield _warning(
            "W003",
            "ATOMIC_REQUESTS: jawaban meja layanan baru tersimpan ketika permintaan selesai; galat "
            "setelahnya membatalkannya, dan nomor serta kunci tertahan selama itu.",
            "ATOMIC_REQUESTS: what the desk answers is kept only when the request ends; an error "
            "after it undoes it, and numbers and locks are held until then.",
            "Pakai @transaction.non_atomic_requests pada view layanan, atau bungkam pst.W003 "
            "bila memang dikehendaki.",
            "Use @transaction.non_atomic_requests on the views of the service, or silence pst.W003 "
            "if this is meant.",
        )
    if chosen.files is None and chosen.blobs is None:
        yield _warning(
            "W004",
            "PST tidak menyebut FILES atau BLOBS: pst_work tidak dapat menyimpan dokumen.",
            "PST names neither FILES nor BLOBS: pst_work has nowhere to keep papers.",
            'Tulis "FILES": BASE_DIR / "pst-files".',
            'Write "FILES": BASE_DIR / "pst-files".',
        )


@register(Tags.database)
def check_database(databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """Read back from the database what the settings cannot tell."""
    try:
        chosen = read()
        DjangoDatabase(chosen.database)
    except PstError:
        return []  # told by check_settings
    if chosen.database not in (databases or ()):
        return []
    connection = connections[chosen.database]
    try:
        if connection.vendor == "sqlite":
            return list(_of_sqlite(connection))
        return list(_of_postgres(connection))
    except DatabaseError as error:
        return [
            _error(
                "E006",
                f"Basis data {chosen.database!r} tidak terjangkau: {error}.",
                f"The database {chosen.database!r} cannot be reached: {error}.",
                "Periksa server dan DATABASES.",
                "Check the server and DATABASES.",
            )
        ]


def _of_sqlite(connection: Any) -> Iterator[CheckMessage]:
    if connection.is_in_memory_db():  # of a test run; it promises nothing
        return
    mode, synced = (_one(connection, f"PRAGMA {name}") for name in ("journal_mode", "synchronous"))
    # a rollback journal needs EXTRA: with FULL the last commit may come undone in a power cut
    if int(synced) < (_FULL if mode == "wal" else _EXTRA):
        yield _warning(
            "W005",
            f"SQLite berjalan dengan journal_mode={mode}, synchronous={synced}: yang sudah dijawab "
            "dapat hilang bila listrik padam.",
            f"SQLite runs with journal_mode={mode}, synchronous={synced}: what was acknowledged "
            "can be lost when the power fails.",
            'Tulis "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"}',
            'Write "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"}',
        )
    yield from _of_both(connection)


def _of_postgres(connection: Any) -> Iterator[CheckMessage]:
    with transaction.atomic(using=connection.alias):  # the level is that of a transaction
        level = _one(connection, "SHOW transaction_isolation")
    if level != "read committed":
        yield _warning(
            "W006",
            f"Transaksi berjalan pada {level}: di dalam atomic meja layanan tidak melihat yang "
            "baru ditulis orang lain dan menyerah setelah beberapa percobaan.",
            f"Transactions run at {level}: within atomic the desk does not see what others have "
            "just written, and gives up after some tries.",
            "Hapus isolation_level dari OPTIONS.",
            "Remove isolation_level from OPTIONS.",
        )
    yield from _of_both(connection)


def _of_both(connection: Any) -> Iterator[CheckMessage]:
    plan = MigrationExecutor(connection)
    wanted = [node for node in plan.loader.graph.leaf_nodes() if node[0] == "pst"]
    if plan.migration_plan(wanted):  # a warning only: an error would stop migrate itself
        yield _said(not_migrated(DjangoDatabase(connection.alias).where), "W009", Warning)
        return
    store = DjangoStore(connection.alias)
    for text in store.health().warnings:
        yield Warning(f"{text.id} / {text.en}", id="pst.W007")
    if connection.vendor == "postgresql" and comes_from_another_server(connection.alias):
        yield _warning(
            "W008",
            "Isi basis data ini berasal dari server lain: pembaca kejadian belum melihat semuanya.",
            "The content came from another server: followers do not see all of its events yet.",
            "Jalankan python manage.py migrate sebelum layanan dibuka.",
            "Run python manage.py migrate before the service is opened.",
        )


def _one(connection: Any, sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0]).lower()


def _said(error: PstError, number: str, kind: type[CheckMessage] = Error) -> CheckMessage:
    text, remedy = error.text, error.remedy
    return kind(f"{text.id} / {text.en}", hint=f"{remedy.id} / {remedy.en}", id=f"pst.{number}")


def _error(number: str, id: str, en: str, do_id: str, do_en: str) -> CheckMessage:  # noqa: A002
    return Error(f"{id} / {en}", hint=f"{do_id} / {do_en}", id=f"pst.{number}")


def _warning(number: str, id: str, en: str, do_id: str, do_en: str) -> CheckMessage:  # noqa: A002
    return Warning(f"{id} / {en}", hint=f"{do_id} / {do_en}", id=f"pst.{number}")
