"""The lines of the audit log and of the process's log: fixed words and keys, never what people
typed.

The audit log (``AuditLog``) says who it was, by the key that the host gave; the log of the process
(``logging``) says what happened to which case and names the line of the audit log, so that nothing
of a person is in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs

from ..refusal import BadInput, Busy, Conflict, NotFound, PstError, Refusal
from ..text import Text
from ..workflow import Actor, Role
from .ports import AuditLine, AuditLog, Number

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["Auditor", "known_shape", "profile_digest"]

_log = logging.getLogger("pst_core.desk")
logging.getLogger("pst_core").addHandler(logging.NullHandler())

_WORD = re.compile(r"[A-Za-z0-9_.:/-]{1,120}")
_LONG_NUMBER = re.compile(r"[0-9]{12}")  # a NIK has 16 digits, an NPWP 15, a billing code 15
_SHA256 = re.compile(r"[0-9a-f]{64}")
_STREAM = re.compile(r"[a-z]{1,20}-[0-9A-Za-z]{1,10}-[0-9]{4,8}(-[0-9]{2}){0,2}-[0-9]{4,8}")


@attrs.frozen
class Auditor:
    """Writes what one office's desk refuses, shows and lets in.

    ``log``: None for a store that keeps no such log; then only the process's log is written.
    """

    office: str
    log: AuditLog | None

    def note(
        self,
        what: str,
        *,
        by: Actor,
        at: dt.datetime,
        stream: str = "",
        detail: Mapping[str, str | int] | None = None,
        number: Number | None = None,
    ) -> int:
        """Write a line and return its place; 0 if the store keeps none.

        Raises ``BadInput`` for a detail that is no fixed word or key: names, addresses and long
        numbers do not belong here.
        """
        fields = dict(detail or {})
        for word in (what, *fields, *fields.values()):
            _check_word(word)
        place = 0
        if self.log is not None:
            line = AuditLine(
                office=self.office,
                at=at,
                what=what,
                actor=by.id[:200],
                role=str(by.role),
                stream=known_shape(stream),
                detail=json.dumps(fields, sort_keys=True, separators=(",", ":")),
            )
            place = self.log.note(line, number)
        _log.info("audit.%s", what, extra=_extra(self.office, stream, audit=place, **fields))
        return place

    @contextmanager
    def watching(self, stream: str, command: Any, by: Actor, clock: Any) -> Iterator[None]:
        """Note what is refused within; the refusal goes on as it was, whatever becomes of it."""
        name = getattr(command, "__name__", type(command).__name__)
        try:
            yield
        except PstError as error:
            detail: dict[str, str | int] = {"command": name, "code": error.code}
            if isinstance(error, Refusal):
                detail |= {"clause": error.clause} if error.clause else {}
                if error.unmet:
                    detail["unmet"] = "/".join(unmet.code for unmet in error.unmet)[:120]
            of_a_person = isinstance(error, (Refusal, NotFound, BadInput)) or (
                isinstance(error, Conflict) and error.code == "command-id-reused"
            )
            # what the system itself may not do now it asks again in a minute: no line each time
            if not of_a_person or by.role is Role.SYSTEM:
                # a store that others hold says no often
                level = logging.DEBUG if isinstance(error, Busy) else logging.WARNING
                _log.log(level, "not-done", extra=_extra(self.office, stream, **detail))
                raise
            try:
                self.note("refused", by=by, at=clock(), stream=stream, detail=detail)
            except PstError as lost:
                fields = _extra(self.office, stream, **detail, audit_error=lost.code)
                _log.error("audit-lost", extra=fields)
            raise

    def done(self, stream: str, command: Any, version: int, command_id: str) -> None:
        """Log a command that was carried out."""
        if _log.isEnabledFor(logging.INFO):
            fields: dict[str, str | int] = {"command": type(command).__name__, "version": version}
            if _WORD.fullmatch(command_id) and not _LONG_NUMBER.search(command_id):
                fields["command_id"] = command_id
            _log.info("done", extra=_extra(self.office, stream, **fields))


def known_shape(stream: str) -> str:
    """Return ``stream`` if it looks like a case's number; else it is what somebody typed: empty."""
    return stream if _STREAM.fullmatch(stream) else ""


def profile_digest(office: Office) -> str:
    """Return the SHA-256 (hex) of all that the profile says, the same in every process."""
    text = json.dumps(_plain(office), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        fields = [f for f in attrs.fields(type(value)) if f.eq]
        return {f.name: _plain(getattr(value, f.name)) for f in fields}
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return sorted([str(k), _plain(v)] for k, v in value.items())
    if isinstance(value, Set):
        return sorted(map(str, value))
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)


def _extra(office: str, stream: str, **fields: str | int) -> dict[str, Any]:
    return {"office": office, "stream": known_shape(stream), **fields}


def _check_word(word: object) -> None:
    text = str(word)
    if _SHA256.fullmatch(text):
        return
    if not _WORD.fullmatch(text) or _LONG_NUMBER.search(text):
        raise BadInput(
            "not-an-audit-word",
            Text(
                id="Keterangan baris audit hanya boleh kata baku atau kunci.",
                en="The detail of an audit line may only be fixed words or keys.",
            ),
            remedy=Text(
                id="Sebut kode, nomor butir atau kunci; nama dan nomor orang ada pada catatannya.",
                en="Give a code, a clause or a key; names and numbers stand with the record.",
            ),
        )
