"""Texts from outside: which letters may be in them, and how they go into a table for people.

Nothing is repaired silently: a text with letters that nobody sees is refused where it comes in.
"""

from __future__ import annotations

import re
import unicodedata

from .text import Text

__all__ = ["MOST_LETTERS", "ONE_LINE", "as_cell", "from_cell", "redacted", "what_is_odd"]

MOST_LETTERS = 16_000
"""In one text of a command: some six pages. A whole book does not belong in a field."""
ONE_LINE = 500
"""Letters of a name, an address, a number."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, but tab and line break
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # of Arabic, Javanese and emoji: in prose
_BREAKS = re.compile("[\r\n\t\u2028\u2029]")
_HALF = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_LONG_NUMBER = re.compile(r"\+?[0-9](?:[ .-]?[0-9]){8,}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def what_is_odd(text: str, *, one_line: bool) -> Text | None:
    """Return what of ``text`` is not to be taken in, or None.

    ``one_line``: a name, an address, a number; at most 500 letters, no line break, and no word
    whose letters are of several scripts that look alike.
    """
    most = ONE_LINE if one_line else MOST_LETTERS
    if len(text) > most:
        found = len(text)
        return Text(
            id=f"terlalu panjang: {found} huruf, paling banyak {most}",
            en=f"too long: {found} letters, at most {most}",
        )
    if text.isascii() and text.isprintable():
        return None
    if _HALF.search(text):
        return Text(id="memuat separuh huruf", en="it holds half a letter")
    unseen = _UNSEEN.search(text) or (_JOINERS.search(text) if one_line else None)
    if unseen:
        code = f"U+{ord(unseen.group()):04X}"
        return Text(
            id=f"memuat huruf yang tidak terlihat ({code})",
            en=f"it holds a letter that nobody sees ({code})",
        )
    if one_line and _BREAKS.search(text):
        return Text(id="memuat ganti baris", en="it holds a line break")
    if one_line and any(len(_scripts(word)) > 1 for word in _WORD.findall(text)):
        return Text(
            id="mencampur aksara yang mirip dalam satu kata",
            en="it mixes scripts that look alike in one word",
        )
    return None


def _scripts(word: str) -> set[str]:
    named = {unicodedata.name(letter, "").split(" ", 1)[0] for letter in word if letter.isalpha()}
    return named & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH"}


def as_cell(value: object) -> str:
    """Return ``value`` for a cell of a CSV that a spreadsheet will not carry out as a formula.

    Numbers stay numbers; what begins like a formula has an apostrophe before it.
    """
    text = "" if value is None else str(value)
    if text.lstrip(" \xa0").startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def from_cell(text: str) -> str:
    """Return what ``as_cell`` was given."""
    return text[1:] if text[:1] == "'" and as_cell(text[1:]) == text else text


def redacted(text: str) -> str:
    """Return what a program outside said, without the addresses and long numbers in it.

    For output that goes to a log: a mail server's refusal names the address it refuses.
    """
    return _LONG_NUMBER.sub("...", _ADDRESS.sub("...@...", text))
