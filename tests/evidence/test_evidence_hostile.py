"""Hostile texts: too long, with letters that nobody sees, as formulas, as headers, as a profile."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import typing
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters.logs.csv_log import read_csv, write_csv
from pst_adapters.logs.mapping import Mapping
from pst_adapters.mail.message import as_message
from pst_core import request as rq
from pst_core.analysis import LogRow
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Attachment, Mail
from pst_core.hygiene import as_cell, from_cell, what_is_odd
from pst_core.office import Office
from pst_core.office.schema import example
from pst_core.refusal import BadLawData, MailRefused, Refusal
from pst_core.testing.lives import APPLICANT, person
from pst_core.wire import procedures
from pst_core.workflow import malformed

OFFICE = Office.load("3317")
NOW = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
HUGE = "x" * 10_000_000
ANYWHERE = [HUGE, "a\u202eb", "a\u2066b", "a\u200bb", "\ufeffa", "a\x1b[31mb", "a\x00b", "\ud800",
            "a\U000e0041b"]  # fmt: skip
IN_ONE_LINE = [
    "a\r\nBcc: x@example.id",
    "a\u2028b",
    "p\u0430ypal",
    "\u0410nna",
    "a\u200db",
    "x" * 501,
]
COMMANDS = [s.command for p in procedures().values() for s in p.steps]


def value_of(kind: Any) -> Any:
    """Return a value of ``kind`` that is well formed."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, UnionType):
        return value_of(next(k for k in inner if k is not type(None)))
    if origin is tuple:
        return tuple(value_of(k) for k in inner if k is not Ellipsis)
    if origin is typing.Literal:
        return inner[0]
    if attrs.has(kind):
        made = object.__new__(kind)
        hints = typing.get_type_hints(kind)
        for field in attrs.fields(kind):
            object.__setattr__(made, field.name, value_of(hints[field.name]))
        return made
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    plain = {str: "a", int: 1, bool: True, dt.date: dt.date(2026, 1, 1), dt.datetime: NOW}
    if kind in plain:
        return plain[kind]
    from pst_core.tariff import Product, Publication

    if kind is Product:
        return value_of(Publication)
    raise AssertionError(kind)


def texts_of(made: Any, path: tuple[Any, ...] = ()) -> typing.Iterator[tuple[Any, ...]]:
    """Yield the way to each text within ``made``, but not into what a reader found in a file."""
    if isinstance(made, str) and not isinstance(made, Enum):
        yield path
    elif isinstance(made, tuple):
        for nth, one in enumerate(made):
            yield from texts_of(one, (*path, nth))
    elif attrs.has(type(made)) and not getattr(made, "FROM_A_READER", False):
        for field in attrs.fields(type(made)):
            yield from texts_of(getattr(made, field.name), (*path, field.name))


def with_text(made: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    step, *rest = path
    if isinstance(made, tuple):
        items = list(made)
        items[step] = with_text(items[step], tuple(rest), text)
        return tuple(items)
    other = object.__new__(type(made))
    for field in attrs.fields(type(made)):
        object.__setattr__(other, field.name, getattr(made, field.name))
    object.__setattr__(other, step, with_text(getattr(made, step), tuple(rest), text))
    return other


@pytest.mark.parametrize("kind", sorted(set(COMMANDS), key=lambda k: k.__name__))
def test_every_text_of_a_command_has_bounds(kind: type) -> None:
    made = value_of(kind)
    assert malformed(made) is None
    hints = {path for path in texts_of(made) if not closed(made, path)}
    for path in hints:
        for text in ANYWHERE:
            refusal = malformed(with_text(made, path, text))
            assert refusal is not None, (path, text[:20])
            assert refusal.code == "odd-text"
            assert str(path[-1] if isinstance(path[-1], str) else path[-2]) in refusal.text.id
            assert len(str(refusal)) < 1000, "it does not say the text again"
        many = malformed(with_text(made, path, "line\nline"))
        assert many is None or many.code == "odd-text"


def closed(made: Any, path: tuple[Any, ...]) -> bool:
    """Return whether the field takes one of few words alone."""
    refusal = malformed(with_text(made, path, "no such word"))
    return refusal is not None and refusal.code == "malformed"


def test_a_hostile_name_is_refused_at_the_desk_and_nothing_is_written() -> None:
    store = MemoryStore()
    desk = Desk(OFFICE, store, clock=lambda: NOW)
    for text in ANYWHERE + IN_ONE_LINE:
        for field in ("name", "institution"):
            applicant = attrs.evolve(person(), **{field: text})
            with pytest.raises(Refusal, match="odd-text"):
                desk.open(rq.OpenRequest(applicant), by=APPLICANT)
        with pytest.raises(Refusal, match="odd-text"):
            desk.open(rq.OpenRequest(person()), by=attrs.evolve(APPLICANT, name=text))
        with pytest.raises(Refusal, match="odd-text"):
            desk.open(rq.OpenRequest(person()), by=APPLICANT, command_id=text)
    assert store.read() == ()
    assert all(len(line.detail) < 200 for _, line in store.notes("3317"))


@pytest.mark.parametrize(
    "name",
    ["Siti Rahmawati", "Ni Luh Putu Ayu", "Nur'aini bt. H. Ma\u2019ruf", "Jos\u00e9 Mu\u00f1oz",
     "\u0645\u062d\u0645\u062f", "\ua9b2\ua9ab", "\u674e\u5c0f\u9f99", "\u0410\u043d\u043d\u0430",
     "\u0394\u03ad\u03bb\u03c4\u03b1",
     "PT \u0410\u043d\u043d\u0430 Jaya"],
)  # fmt: skip
def test_honest_names_are_taken(name: str) -> None:
    assert what_is_odd(name, one_line=True) is None


def test_prose_may_have_lines_and_emoji() -> None:
    said = "Terima kasih \U0001f64f\u200d\u2642\ufe0f\r\n\tsalam"
    assert what_is_odd(said, one_line=False) is None


# -- CSV ------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0", "-",
            "=HYPERLINK(\"http://x\")", "+62 812", "--5"]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_no_formula_in_a_cell(text: str) -> None:
    assert as_cell(text) == f"'{text}"
    assert from_cell(as_cell(text)) == text


@pytest.mark.parametrize("value", [-5, 5, "-5", "+5", "-5,5", "-1.000.000", "1e-5", "-1E5", 2.5])
def test_numbers_remain_numbers(value: object) -> None:
    assert as_cell(value) == str(value)


@given(st.text())
def test_what_goes_into_a_cell_comes_out_again(text: str) -> None:
    assert from_cell(as_cell(text)) == text
    assert not as_cell(text).startswith(("=", "@", "\t", "\r", "\0"))


def test_a_log_that_is_written_has_no_formula_and_reads_back(tmp_path: Path) -> None:
    rows = [
        LogRow(case=text.strip(), activity=text.strip(), at=NOW, role="officer", resource=text)
        for text in FORMULAS
    ]
    out = io.StringIO()
    write_csv(out, rows, procedures()["request"])
    for line in csv.reader(io.StringIO(out.getvalue())):
        for cell in line:
            assert not cell.strip().startswith(("=", "+", "-", "@")), cell
    path = tmp_path / "log.csv"
    path.write_text(out.getvalue(), "utf-8", newline="")
    back = read_csv(path, Mapping(), OFFICE.calendar.zone)
    assert [row.case for row in back.rows] == [row.case for row in rows]


def test_a_sample_has_no_formula(tmp_path: Path) -> None:
    from pst_adapters.files import make_sample
    from pst_core.documents.samples import SampleMode

    path = tmp_path / "data.csv"
    path.write_text("nama,nilai\n=1+1,-5\n@x,7\n\"=cmd|'/C calc'!A0\",-8\n", "utf-8")
    rule = attrs.evolve(OFFICE.sample, mode=SampleMode.FIRST_ROWS, max_rows=10)
    made = make_sample(path, rule, rows=3)
    text = made.data.decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert "-5" in cells
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


# -- mail -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["x\r\nBcc: all@example.id", "x\nSubject: y", "x\u2028y", "x\x00"])
@pytest.mark.parametrize("field", ["subject", "sender_name", "to", "sender", "file"])
def test_no_text_makes_a_header_of_its_own(field: str, bad: str) -> None:
    mail = Mail("a/1/mail/applicant", "pst@example.id", "PST", "ana@example.id", "Halo", "isi", NOW,
                "a/1/mail/applicant")  # fmt: skip
    if field == "file":
        changed = attrs.evolve(mail, attachments=(Attachment(bad, "application/pdf", b"x"),))
    else:
        changed = attrs.evolve(mail, **{field: bad})
    with pytest.raises(MailRefused) as caught:
        as_message(changed)
    assert "Bcc" not in str(caught.value)


# -- a profile ------------------------------------------------------------------------------------


def put(pattern: str, line: str, text: str | None = None) -> str:
    made, changed = re.subn(pattern, lambda _: line, text or example(), count=1, flags=re.M)
    assert changed == 1
    return made


SURVEY = (
    example()
    + """
[survey]
minimum_answers = 5
valid_working_days = 10
certainty = "assumed"
link = """
)
PROFILES = {
    "nested": example() + "\nx = " + "[" * 20_000 + "]" * 20_000,
    "tables within tables": example() + "\n[" + ".".join("a" * 5_000) + "]",
    "thirty megabytes": example() + "# " + "x" * 30_000_000,
    "names itself": put(r"^earlier = .*$", 'earlier = ["profile.toml"]'),
    "leads out": put(r"^earlier = .*$", 'earlier = ["../../../etc/passwd"]'),
    "leads to the root": put(r"^earlier = .*$", 'earlier = ["/etc/passwd"]'),
    "documents elsewhere": put(r"^documents = .*$", 'documents = "../tariff/pp-13-2024"'),
    "a day of 400 digits": put(r"valid_working_days = \d+", "valid_working_days = " + "9" * 400),
    "a thousand years": put(r"valid_working_days = \d+", "valid_working_days = 300000"),
    "letters unseen": put(r'^id = "BPS', 'id = "\u202eBPS'),
    "a header": put(r'^id = "BPS', 'id = "BPS\\r\\nBcc: x@example.id'),
    "an address with a header": put(r"^email = .*$", 'email = "a@b.id\\r\\nBcc: x@y.id"'),
    "a script": put(r"^portal = \".*$", 'portal = "javascript:alert(1)"'),
    "a script to check papers": put(r"^check_url = .*$", 'check_url = "javascript:alert(1)"'),
    "a code that is a path": put(r"^code = .*$", 'code = "../x"'),
    "a format": SURVEY + '"{portal:>9999999999}{stream}{token}"\n',
    "an attribute": SURVEY + '"{portal}{stream}{token.__class__}"\n',
    "a zone that is a path": put(r"^timezone = .*$", 'timezone = "../../etc/passwd"'),
    "a billion downloads": put(r"^downloads = .*$", "downloads = 1000000000"),
    "a key that nobody reads": put(r"^code = ", "__class__ = 1\ncode = "),
}


@pytest.mark.slow
@pytest.mark.parametrize("which", PROFILES)
def test_a_malicious_profile_is_refused_in_words(which: str, tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(PROFILES[which], "utf-8")
    with pytest.raises(BadLawData) as caught:
        Office.load(path)
    assert caught.value.remedy.id
    assert caught.value.remedy.en
    assert "root:" not in str(caught.value)


def test_two_profiles_that_name_each_other_are_refused(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        text = put(r"^earlier = .*$", f'earlier = ["{other}.toml"]')
        (tmp_path / f"{one}.toml").write_text(text, "utf-8")
    with pytest.raises(BadLawData, match="berputar"):
        Office.load(tmp_path / "a.toml")
