"""The published JSON Schema and the reader agree, for it is drawn from the reader."""

import datetime as dt
import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

from pst_core.lawdata import shipped
from pst_core.office import Office, offices
from pst_core.office.schema import example, profile_schema
from pst_core.refusal import BadLawData

ROOT = Path(__file__).parents[2]
SCHEMA = profile_schema()


def plain(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def faults(text):
    checker = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(plain(tomllib.loads(text)))]


def test_the_schema_is_one_and_every_shipped_profile_fits_it():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert faults(example()) == []
    for code in offices():
        assert faults(shipped("offices", f"{code}.toml").read_text("utf-8")) == [], code


def test_the_published_file_is_the_schema():
    assert json.loads((ROOT / "docs/profile.schema.json").read_text("utf-8")) == SCHEMA


def test_every_key_of_the_example_is_explained():
    assert SCHEMA["properties"]["payment"]["description"].startswith("Cara bayar")
    assert SCHEMA["properties"]["code"]["description"]
    assert SCHEMA["properties"]["closing"]["properties"]["way"]["enum"] == [
        "rating", "days", "by-itself",
    ]  # fmt: skip


CHANGES = [
    ('at_home = ["billing"]', 'at_home = ["cheque"]'),
    ("working_days = 10\nqueue", 'working_days = "ten"\nqueue'),
    ("portal = true", "portal = 1"),
    ("queue_minutes", "queue_minute"),
    ("[requirements.identity]", "[requirements.identiti]"),
    ("[steps.S13]", "[steps.step13]"),
    ('way = "days"', 'way = "never"'),
    ('code = "0000"\n', ""),
    ('title = { id = "Membuat', 'titel = { id = "Membuat'),
    ("[misfit]", "[misfits]"),
]


@pytest.mark.parametrize(("was", "is_now"), CHANGES, ids=[c[1] or "no code" for c in CHANGES])
def test_what_the_reader_refuses_the_schema_marks(tmp_path, was, is_now):
    assert was in example()
    text = example().replace(was, is_now, 1)
    place = tmp_path / "kantor.toml"
    place.write_text(text, "utf-8")
    with pytest.raises(BadLawData):
        Office.load(place)
    assert faults(text)


def test_every_line_of_the_example_is_read_and_has_a_comment_in_both_languages():
    for line in example().splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# .+ / .+", line), line


def test_the_parts_that_are_only_offered_are_in_the_schema_too():
    """A line that begins with # and no space is a sample: the whole example is read with them."""
    full = re.sub(r"^#(?=\S)", "", example(), flags=re.M)
    assert faults(full) == []
    assert faults(full.replace("known_since", "known_sinc"))
    assert faults(full.replace("[steps.S16.rows.IssueBilling]", "[steps.S16.rows.16]"))
    assert "friday" in SCHEMA["properties"]["hours"]["properties"]
