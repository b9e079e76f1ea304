"""Rupiah as whole numbers, in figures and in words."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from pst_core.money import MAX_RUPIAH, as_rupiah, format_rupiah, terbilang
from pst_core.refusal import BadInput, Refusal, Unmet
from pst_core.text import Text


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (100, "seratus"),
        (1000, "seribu"),
        (1_001_000, "satu juta seribu"),
        (24_077_601, "dua puluh empat juta tujuh puluh tujuh ribu enam ratus satu"),
        (999_999_999_999, ("sembilan ratus sembilan puluh sembilan miliar sembilan ratus sembilan "
         "puluh sembilan juta sembilan ratus sembilan puluh sembilan ribu sembilan ratus sembilan "
         "puluh sembilan")),
        (-5000, "minus lima ribu"),
    ],
)  # fmt: skip
def test_terbilang(amount, words):
    assert terbilang(amount) == words


@given(st.integers(0, 10**18 - 1))
def test_terbilang_agrees_with_num2words_where_that_is_right(amount):
    # "satu ribu" inside a larger number is num2words' known fault: receipts say "seribu"
    theirs = num2words(amount, lang="id")
    if amount // 1000 % 1000 == 1:
        theirs = theirs.replace("satu ribu", "seribu")
    assert terbilang(amount) == theirs


def test_terbilang_agrees_with_num2words_on_every_pattern_of_groups():
    groups = (0, 1, 2, 10, 11, 12, 19, 20, 21, 99, 100, 101, 110, 111, 200, 211, 999)
    for millions in groups:
        for thousands in groups:
            for ones in groups:
                amount = millions * 1_000_000 + thousands * 1_000 + ones
                theirs = num2words(amount, lang="id")
                if thousands == 1:
                    theirs = theirs.replace("satu ribu", "seribu")
                assert terbilang(amount) == theirs, amount


def test_terbilang_reaches_the_largest_amount():
    assert terbilang(MAX_RUPIAH).startswith("sembilan kuintiliun")


@pytest.mark.parametrize("bad", [1.0, "1000", True, None, MAX_RUPIAH + 1])
def test_anything_but_a_whole_number_is_refused_with_the_remedy(bad):
    with pytest.raises(BadInput) as caught:
        as_rupiah(bad)
    assert caught.value.say("id")
    assert caught.value.say("en")


def test_figures_are_written_as_each_language_does():
    assert format_rupiah(1_250_000) == "Rp1.250.000"
    assert format_rupiah(1_250_000, "en") == "Rp1,250,000"
    assert format_rupiah(-5000) == "-Rp5.000"


def test_text_fills_each_language_with_its_own():
    text = Text(id="oleh {who}", en="by the {who}").fill(who=Text(id="petugas", en="officer"))
    assert (text.id, text.en) == ("oleh petugas", "by the officer")


def test_a_refusal_is_a_value_and_survives_pickling():
    text = Text(id="a", en="b")
    one = Refusal("x", text, remedy=text, clause="S6", who=("officer",),
                  unmet=(Unmet("u", "S7", text, text, "applicant"),))  # fmt: skip
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes
    assert again == one
    assert hash(again) == hash(one)
    assert again.say("en") == "b b\n- S7: b b"
