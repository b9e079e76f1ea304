"""Law and office data are read strictly: an error names file, line, key and the remedy."""

import datetime as dt

import pytest

from pst_core.certainty import Certainty, weakest
from pst_core.lawdata import read_toml
from pst_core.refusal import BadLawData
from pst_core.text import Text

GOOD = """\
code = "3317"
days = 10
since = 2026-01-02
certainty = "reported"

[name]
id = "Kantor"
en = "Office"

[[rows]]
key = "a"

[[rows]]
key = "b"
"""


def read(tmp_path, text):
    path = tmp_path / "office.toml"
    path.write_text(text, encoding="utf-8")
    return read_toml(path)


def take_all(table):
    table.take("code", str)
    table.take("days", int)
    table.take("since", dt.date)
    table.certainty()
    table.text("name")
    for row in table.tables("rows"):
        row.take("key", str)
        row.done()
    table.done()


def test_known_keys_are_taken(tmp_path):
    table = read(tmp_path, GOOD)
    assert table.take("code", str) == "3317"
    assert table.take("days", int) == 10
    assert table.take("since", dt.date) == dt.date(2026, 1, 2)
    assert table.certainty() is Certainty.REPORTED
    assert table.text("name") == Text(id="Kantor", en="Office")
    assert [row.take("key", str) for row in table.tables("rows")] == ["a", "b"]
    table.done()


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (('days = 10', 'days = "10"'), 2, "whole number"),
        (('days = 10', 'days = true'), 2, "whole number"),
        (('days = 10', 'dayz = 10'), 1, "required"),
        (('since = 2026-01-02', 'since = 2026-01-02T00:00:00'), 3, "date"),
        (('"reported"', '"maybe"'), 4, "verified, reported"),
        (('en = "Office"', 'eng = "Office"'), 6, "required"),
        (('en = "Office"', 'en = "Office"\nde = "Amt"'), 9, "not known"),
        (('key = "b"', 'key = 3'), 14, "text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path, change, line, says):
    table = read(tmp_path, GOOD.replace(*change))
    with pytest.raises(BadLawData) as caught:
        take_all(table)
    assert f"office.toml:{line}:" in caught.value.text.en
    assert f"office.toml:{line}:" in caught.value.text.id
    assert says in caught.value.say("en")


def test_an_unknown_key_names_the_nearest_known_one(tmp_path):
    table = read(tmp_path, "days = 1\nday = 2\n")
    table.take("days", int)
    with pytest.raises(BadLawData, match="Did you mean days"):
        table.done()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a = ", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_refused(tmp_path, content):
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(BadLawData):
        read_toml(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadLawData, match="cannot be read"):
        read_toml(tmp_path / "none.toml")


def test_a_chain_is_as_sure_as_its_weakest_part():
    assert weakest([Certainty.VERIFIED, Certainty.ASSUMED, Certainty.REPORTED]) is Certainty.ASSUMED
    assert weakest([]) is Certainty.VERIFIED
