"""What the library says when it says no: a refusal of a command, or an error about input or state.

Each carries a code for programs, a sentence in both languages for people, and what would make it
right. Nothing in the library raises a bare ``ValueError``.
"""

from __future__ import annotations

from typing import Any

import attrs

from .text import Lang, Text

__all__ = [
    "BadInput",
    "BadLawData",
    "Busy",
    "Conflict",
    "DeadAddress",
    "GatewayRefused",
    "GatewayUnavailable",
    "InvariantBroken",
    "MailNotSent",
    "MailRefused",
    "NotFound",
    "NoticeRefused",
    "PstError",
    "Refusal",
    "ScannerUnavailable",
    "SourceUnavailable",
    "StorageError",
    "Unmet",
]


class PstError(Exception):
    """Base of every error of this library.

    ``code``: a fixed word for programs. ``text``: what happened. ``remedy``: what would be right.
    """

    def __init__(self, code: str, text: Text, *, remedy: Text) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text
        self.remedy = remedy

    def say(self, lang: Lang = "id") -> str:
        """Return what happened and what would be right, in ``lang``."""
        return f"{self.text.say(lang)} {self.remedy.say(lang)}"

    def __str__(self) -> str:
        return f"[{self.code}] {self.say('id')} / {self.say('en')}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.__dict__)


def _rebuild(cls: type[PstError], fields: dict[str, Any]) -> PstError:
    error = cls.__new__(cls)
    Exception.__init__(error, fields.get("code"), fields.get("text"))
    error.__dict__.update(fields)
    return error


class BadInput(PstError, ValueError):
    """A value that cannot be right: the caller's to mend."""


class NotFound(PstError, LookupError):
    """Something named does not exist: an office, a request, a tariff on that date."""


class BadLawData(PstError, ValueError):
    """A TOML file of law or of an office that cannot be used; the text names file, line and key."""


class StorageError(PstError):
    """The store could not do it; what was acknowledged before is still there."""


class Conflict(PstError):
    """Somebody else was first: the stream moved on, or the command id was used for another act."""


class InvariantBroken(PstError):
    """What must hold whatever happens would not hold after this: a fault in the program."""


class Busy(PstError):
    """At the limit now; nothing was written, the same command may be sent again.

    ``retry_after``: seconds to wait before, times a random factor if many wait.
    """

    def __init__(self, code: str, text: Text, *, remedy: Text, retry_after: float = 1.0) -> None:
        super().__init__(code, text, remedy=remedy)
        self.retry_after = retry_after


@attrs.frozen
class Unmet:
    """One requirement that does not hold yet, and what would satisfy it."""

    code: str
    clause: str
    text: Text
    remedy: Text
    who: str
    """The role that can satisfy it."""
    cited: Text | None = None
    """The clause as the office's own standard numbers it, if it does so otherwise than we."""

    def say(self, lang: Lang = "id") -> str:
        """Return the clause, what is missing and what would be right, in ``lang``."""
        clause = self.cited.say(lang) if self.cited else self.clause
        return f"{clause}: {self.text.say(lang)} {self.remedy.say(lang)}"


class Refusal(PstError):
    """A command that the procedure does not allow now. A value: compare it, show it, raise it.

    ``clause`` is the id in the published standard, ``who`` the roles that may act now instead,
    ``unmet`` each requirement that does not hold with what would satisfy it.
    """

    def __init__(
        self,
        code: str,
        text: Text,
        *,
        remedy: Text,
        clause: str = "",
        who: tuple[str, ...] = (),
        unmet: tuple[Unmet, ...] = (),
    ) -> None:
        super().__init__(code, text, remedy=remedy)
        self.clause = clause
        self.who = who
        self.unmet = unmet

    def say(self, lang: Lang = "id") -> str:
        """Return the refusal with each unmet requirement, in ``lang``."""
        lines = [super().say(lang)]
        lines += [f"- {u.say(lang)}" for u in self.unmet]
        return "\n".join(lines)

    def _key(self) -> tuple[object, ...]:
        return (self.code, self.text, self.remedy, self.clause, self.who, self.unmet)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


class MailRefused(PstError):
    """The mail server said no for good: sending the same mail again cannot help."""


class DeadAddress(MailRefused):
    """The receiver's address takes no mail: no such box, no such domain, or no address at all."""


class MailNotSent(PstError):
    """The mail did not go out, or nobody can say whether it did: the same may be sent again."""


class GatewayRefused(PstError):
    """The treasury's gateway said no for good: asking the same again cannot help."""


class GatewayUnavailable(PstError):
    """The treasury's gateway gave no usable answer now: the same may be asked again."""


class ScannerUnavailable(PstError):
    """The virus scanner gave no answer: the same file may be looked at again."""


class SourceUnavailable(PstError):
    """A catalogue on the web gave no usable answer: the same may be asked again."""


class NoticeRefused(PstError):
    """A notice that does not prove that the treasury sent it, now, in these very bytes."""
