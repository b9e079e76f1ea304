"""What every store asks of a batch before it looks at its rows, and the words of its conflicts.

Kept in one place so that all stores refuse the same things with the same codes and sentences.
"""

from __future__ import annotations

import datetime as dt
import re

from pst_core.refusal import BadInput, Conflict
from pst_core.text import Text

from .ports import AuditLine, Batch

__all__ = [
    "check_aware",
    "command_id_reused",
    "effect_exists",
    "examine",
    "examine_line",
    "is_pseudonym",
    "key_exists",
    "key_gone",
    "number_taken",
    "stale_version",
]

_PSEUDONYM = re.compile(r"~[0-9a-f]{24}")


def examine(batch: Batch) -> None:
    """Raise ``BadInput`` if ``batch`` cannot be right whatever the store holds.

    Times must be aware, texts storable in any database (no NUL, no half of a surrogate pair),
    and the summary must be that of the stream and the office of the batch.
    """
    texts = [batch.stream, batch.office, batch.actor, batch.command_id, batch.fingerprint]
    times = [batch.at]
    for event in batch.events:
        texts += (event.name, event.body)
    for effect in batch.effects:
        texts += (effect.key, effect.kind, effect.body)
        times.append(effect.due)
    for number in batch.numbers:
        texts.append(number.series)
        if number.value < 1:
            raise _bad("number", f"series {number.series!r}: {number.value}", "1, 2, 3, ...")
    summary = batch.summary
    if summary is not None:
        texts += (summary.stream, summary.procedure, summary.office, summary.phase, summary.whose)
        texts += (summary.applicant, summary.title)
        times += (summary.opened, summary.changed)
        times += (t for t in (summary.due, summary.wake) if t is not None)
        if (summary.stream, summary.office) != (batch.stream, batch.office):
            raise _bad(
                "summary",
                f"{summary.office!r}/{summary.stream!r}",
                f"{batch.office!r}/{batch.stream!r}",
            )
    if batch.expected_version < 0:
        raise _bad("expected_version", str(batch.expected_version), "0, 1, 2, ...")
    for name, value in (("stream", batch.stream), ("command_id", batch.command_id)):
        if not value:
            raise _bad(name, "''", "a text that is not empty")
    _check_texts(texts)
    for time in times:
        check_aware(time)


def examine_line(line: AuditLine) -> None:
    """Raise ``BadInput`` if a line of the audit log cannot be stored whatever the store holds."""
    _check_texts([line.office, line.what, line.actor, line.role, line.stream, line.detail])
    check_aware(line.at)


def _check_texts(texts: list[str]) -> None:
    together = "".join(texts)
    if together.isascii() and "\0" not in together:
        return
    for text in texts:
        if "\0" in text or not (text.isascii() or _encodable(text)):
            raise _bad("text", ascii(text[:60]), "Unicode without NUL and lone surrogates")


def check_aware(time: dt.datetime) -> None:
    """Raise ``BadInput`` if ``time`` does not say where on Earth it is meant."""
    if time.tzinfo is None or time.utcoffset() is None:
        raise _bad("time", time.isoformat(), f"{time.isoformat()}+00:00")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bad(what: str, got: str, right: str) -> BadInput:
    return BadInput(
        "bad-batch",
        Text(
            id=f"Isi yang akan disimpan keliru pada {what}: {got}.",
            en=f"What is to be stored is wrong at {what}: {got}.",
        ),
        remedy=Text(id=f"Yang benar: {right}.", en=f"Right would be: {right}."),
    )


def command_id_reused() -> Conflict:
    """Return the conflict of an id that was used for another act; it tells nothing of that act."""
    return Conflict(
        "command-id-reused",
        Text(
            id="Nomor perintah ini sudah dipakai untuk perintah lain.",
            en="This command id was used for another command.",
        ),
        remedy=Text(
            id="Buat nomor baru untuk perintah yang baru; kirim ulang hanya dengan isi yang sama.",
            en="Make a new id for a new command; send again only with the same content.",
        ),
    )


def stale_version(stream: str, expected: int, actual: int) -> Conflict:
    """Return the conflict of a decision made on an old version."""
    return Conflict(
        "stale-version",
        Text(
            id=f"{stream!r} sudah berubah: diharapkan versi {expected}, sekarang {actual}.",
            en=f"{stream!r} has moved on: version {expected} was expected, it is at {actual}.",
        ),
        remedy=Text(
            id="Muat ulang, lihat apa yang berubah, lalu putuskan lagi.",
            en="Load it again, see what changed, and decide again.",
        ),
    )


def number_taken(series: str, value: int, last: int) -> Conflict:
    """Return the conflict of a number that is not the next of its series."""
    return Conflict(
        "number-taken",
        Text(
            id=f"Nomor {value} bukan nomor berikut dari seri {series!r}; yang terakhir {last}.",
            en=f"{value} is not the next number of series {series!r}; the last is {last}.",
        ),
        remedy=Text(
            id="Ambil nomor berikut dari seri itu, lalu putuskan lagi.",
            en="Take the next number of the series and decide again.",
        ),
    )


def effect_exists(key: str) -> Conflict:
    """Return the conflict of an effect that was written before."""
    return Conflict(
        "effect-exists",
        Text(
            id=f"Tindak lanjut {key!r} sudah tercatat.",
            en=f"The effect {key!r} is recorded already.",
        ),
        remedy=Text(
            id="Beri satu kunci untuk tiap penerima dan sebab: stream/versi/jenis/penerima.",
            en="Give one key per recipient and cause: stream/version/kind/recipient.",
        ),
    )


def key_exists(person: str) -> Conflict:
    """Return the conflict of a person's key that another has made meanwhile."""
    return Conflict(
        "key-exists",
        Text(
            id=f"Kunci orang {person} sudah dibuat oleh proses lain.",
            en=f"Another process has made a key of the person {person} meanwhile.",
        ),
        remedy=Text(id="Ulangi dengan kunci itu.", en="Try again with that key."),
    )


def key_gone(person: str) -> Conflict:
    """Return the conflict of texts under a key that was destroyed meanwhile."""
    return Conflict(
        "key-gone",
        Text(
            id=f"Kunci orang {person} baru saja dimusnahkan.",
            en=f"The key of the person {person} has just been destroyed.",
        ),
        remedy=Text(id="Ulangi dengan kunci yang baru.", en="Try again with a new key."),
    )


def is_pseudonym(applicant: str) -> bool:
    """Return whether a row of the register calls its person by a random key, or by nothing."""
    return applicant in ("", "-") or _PSEUDONYM.fullmatch(applicant) is not None
