"""The form of a command: a host's slip is named by its field, before any row looks at it."""

import datetime as dt
from collections import Counter
from enum import StrEnum
from typing import ClassVar, Literal

import attrs
import pytest

from pst_core.hygiene import MOST_LETTERS, ONE_LINE
from pst_core.workflow import Actor, Role, malformed, unfit


class Colour(StrEnum):
    RED = "red"


@attrs.frozen
class Book:
    title: str = "Atlas"
    pages: int = 1


@attrs.frozen
class Map:
    name: str = "Rembang"


@attrs.frozen
class Scan:
    """What a reader found in a file: it may say anything, but in the right types."""

    FROM_A_READER: ClassVar[bool] = True
    found: str = ""
    pages: int = 1
    first: Book | None = None


@attrs.frozen
class Fill:
    name: str = "Siti"
    reason: str = "a"
    copies: int = 1
    urgent: bool = False
    at: dt.datetime = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    day: dt.date = dt.date(2026, 11, 24)
    colour: Colour = Colour.RED
    size: Literal["a4", "a3"] = "a4"
    books: tuple[Book, ...] = ()
    notes: tuple[str, ...] = ()
    thing: Book | Map = attrs.field(factory=Book)
    word: str | int | None = None
    file: Scan | None = None
    answer: tuple[str, ...] = ()
    paper: Literal["a4", "a3"] | None = None


NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
GOOD = [
    {},
    {"name": "", "copies": -(2**80), "urgent": True},
    {"name": "S" * ONE_LINE},
    {"name": "Siti Nurḥaliza"},
    {"reason": "satu\ndua", "answer": ("satu\ndua",)},
    {"reason": "r" * MOST_LETTERS},
    {"at": NOON.replace(year=1901)},
    {"at": NOON.replace(year=8999)},
    {"at": NOON.astimezone(dt.timezone(dt.timedelta(hours=9)))},
    {"day": dt.date.min},
    {"size": "a3"},
    {"books": (Book(), Book("Peta", 2))},
    {"books": (Book(),) * 1000},
    {"books": (Book("é"),) * 1000},
    {"notes": ("a", "é")},
    {"thing": Map()},
    {"thing": Map("é")},
    {"word": "é"},
    {"word": "a"},
    {"word": 1},
    {"word": "é", "paper": "a3"},
    {"file": Scan()},
    {"file": Scan("\x00\n" + "x" * MOST_LETTERS, 2, Book("\x00"))},
]


@pytest.mark.parametrize("fields", GOOD, ids=lambda f: " ".join(f) or "nothing")
def test_what_is_of_the_right_form_is_taken(fields):
    assert malformed(Fill(**fields)) is None


PLAIN = [
    {"name": "S" * ONE_LINE},
    {"books": (Book(),) * 1000, "notes": ("a", "b")},
    {"thing": Map(), "word": "a", "urgent": True, "size": "a3"},
    {"word": 1},
    {"file": Scan("\x00\n" + "x" * MOST_LETTERS, 2, Book("\x00"))},
]


@pytest.mark.parametrize("fields", PLAIN, ids=" ".join)
def test_what_is_plainly_right_is_looked_at_only_once(fields):
    """Every command passes here: only what is not plain is looked at letter by letter."""
    seen = Counter()

    class Watched(Fill):
        def __getattribute__(self, name):
            seen[name] += 1
            return super().__getattribute__(name)

    assert malformed(Watched(**fields)) is None
    assert {seen[field.name] for field in attrs.fields(Fill)} == {1}


class Named(str):
    """A word of somebody's own."""


ILL = [
    # field, value, code, path of what is named, what it must be
    ("name", None, "malformed", "name", "str"),
    ("name", b"Siti", "malformed", "name", "str"),
    ("name", Colour.RED, "malformed", "name", "str"),
    ("name", "S" * (ONE_LINE + 1), "odd-text", "name", "too long: 501 letters"),
    ("name", "Siti\n", "odd-text", "name", "line break"),
    ("name", "Siti\x00", "odd-text", "name", "nobody sees"),
    ("reason", "r" * (MOST_LETTERS + 1), "odd-text", "reason", "too long: 16001 letters"),
    ("copies", 1.0, "malformed", "copies", "int"),
    ("copies", True, "malformed", "copies", "int"),
    ("urgent", 1, "malformed", "urgent", "bool"),
    ("urgent", None, "malformed", "urgent", "bool"),
    ("at", dt.datetime(2026, 11, 24), "malformed", "at", "datetime + tzinfo"),  # noqa: DTZ001
    ("at", dt.date(2026, 11, 24), "malformed", "at", "datetime + tzinfo"),
    ("at", NOON.replace(year=1900), "malformed", "at", "datetime + tzinfo"),
    ("at", NOON.replace(year=9000), "malformed", "at", "datetime + tzinfo"),
    ("day", NOON, "malformed", "day", "date"),
    ("day", "2026-11-24", "malformed", "day", "date"),
    ("colour", "red", "malformed", "colour", "Colour"),
    ("size", "a5", "malformed", "size", "a4 | a3"),
    ("books", [], "malformed", "books", "tuple"),
    ("books", None, "malformed", "books", "tuple"),
    ("books", (Book(),) * 1001, "odd-text", "books", "too many: 1001"),
    ("books", (Book(), Map()), "malformed", "books[1]", "Book"),
    ("books", (Book(), Book("A", "2")), "malformed", "books[1].pages", "int"),
    ("books", (Book(), Book(), Book("\x00")), "odd-text", "books[2].title", "nobody sees"),
    ("notes", ("a", "b\nc"), "odd-text", "notes[1]", "line break"),
    ("answer", ("a", 1), "malformed", "answer[1]", "str"),
    ("thing", None, "malformed", "thing", "Book | Map"),
    ("thing", "Atlas", "malformed", "thing", "Book | Map"),
    ("thing", Book(1), "malformed", "thing.title", "str"),
    ("thing", Map("\x00"), "odd-text", "thing.name", "nobody sees"),
    ("word", 1.5, "malformed", "word", "str | int | NoneType"),
    ("word", "a\nb", "odd-text", "word", "line break"),
    ("word", Named("\x00"), "malformed", "word", "str | int | NoneType"),
    ("file", Book(), "malformed", "file", "Scan | NoneType"),
    ("file", Scan(1), "malformed", "file.found", "str"),
    ("file", Scan("\x00", "2"), "malformed", "file.pages", "int"),
    ("file", Scan("\x00", 2, Book(pages=None)), "malformed", "file.first.pages", "int"),
]


@pytest.mark.parametrize(
    ("field", "value", "code", "path", "wanted"),
    ILL,
    ids=[f"{n}-{c[3]}" for n, c in enumerate(ILL)],
)
def test_the_field_of_the_wrong_form_is_named_with_what_it_must_be(
    field, value, code, path, wanted
):
    refusal = malformed(Fill(**{field: value}))
    assert refusal is not None
    assert refusal.code == code
    assert f" Fill.{path} " in refusal.text.id
    assert wanted in refusal.text.en
    if code == "malformed":
        assert refusal.text.en == f"The field Fill.{path} is not {wanted}."


def test_of_several_faults_the_first_is_named():
    refusal = malformed(Fill(copies="1", urgent=None, books=(Book(pages=""), Book(""), None)))
    assert "Fill.copies " in refusal.text.en
    refusal = malformed(Fill(books=(Book(), Book(pages=""), None)))
    assert "Fill.books[1].pages " in refusal.text.en


def test_who_acts_and_the_id_of_the_command_have_a_form_too():
    siti = Actor("siti", Role.OFFICER, "Siti")
    assert unfit(siti, "c-1") is None
    assert unfit(Actor("siti", Role.OFFICER, "Siti Nurḥaliza"), "é") is None
    for by, command_id, named in [
        (Actor(7, Role.OFFICER), "c-1", "by.id"),
        (Actor("siti", "officer"), "c-1", "by.role"),
        (Actor("siti\n", Role.OFFICER), "c-1", "by.id"),
        (siti, "c\n1", "command_id"),
        (siti, 1, "command_id"),
        (siti, "c" * 501, "command_id"),
        (Actor(7, Role.OFFICER), 1, "by.id"),
        (None, "c-1", "by"),
        ("siti", "c-1", "by"),
    ]:
        assert f" {named} " in unfit(by, command_id).text.id
