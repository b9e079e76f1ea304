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
    "MailNotSent",
    "MailRefused",
    "NotFound",
    "PstError",
    "Refusal",
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


class Busy(PstError):
    """The store is at its limit now; nothing was written, the same command may be sent again."""


@attrs.frozen
class Unmet:
    """One requirement that does not hold yet, and what would satisfy it."""

    code: str
    clause: str
    text: Text
    remedy: Text
    who: str
    """The role that can satisfy it."""


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
        lines += [f"- {u.clause}: {u.text.say(lang)} {u.remedy.say(lang)}" for u in self.unmet]
        return "\n".join(lines)

    def _key(self) -> tuple[object, ...]:
        return (self.code, self.text, self.remedy, self.clause, self.who, self.unmet)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


class MailRefused(PstError):
    """The mail server said no for good: sending the same mail again cannot help."""


class MailNotSent(PstError):
    """The mail did not go out, or nobody can say whether it did: the same may be sent again."""
