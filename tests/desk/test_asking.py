"""What a command asks of a person: every field has words, and typed answers make the command."""

import datetime as dt
from zoneinfo import ZoneInfo

import attrs
import pytest

from pst_core import request as rq
from pst_core import visit as vs
from pst_core.asking import Kind, answered, asked
from pst_core.documents import Judgement, Way
from pst_core.refusal import BadInput
from pst_core.wire import procedures

JAKARTA = ZoneInfo("Asia/Jakarta")
COMMANDS = sorted(
    {s.command for p in procedures().values() for s in p.steps}, key=lambda c: c.__qualname__
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_each_field_of_each_command_has_words_in_both_languages(command):
    for field in asked(command):
        name = field.path.rpartition(".")[2]
        assert field.label.id != name, field.path
        assert field.label.id, field.path
        assert field.label.en, field.path
        for word, text in field.choices:
            assert text.say("en") or word


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_a_command_without_fields_needs_no_answers(command):
    if not attrs.fields(command):
        assert answered(command, {}, JAKARTA) == command()


def test_S16_typed_texts_become_time_amount_and_text():
    made = answered(
        rq.ConfirmPayment,
        {"ntpn": "A1B2C3D4E5F6G7H8", "ntb": "1", "amount": "Rp 1.224.000",
         "paid_at": "2026-11-24T09:30", "code": ""},
        JAKARTA,
    )  # fmt: skip
    at = dt.datetime(2026, 11, 24, 9, 30, tzinfo=JAKARTA)
    assert made == rq.ConfirmPayment("A1B2C3D4E5F6G7H8", "1", 1224000, at, "")


def test_S17_parts_are_asked_in_their_place_and_a_box_not_ticked_is_no():
    fields = {f.path: f for f in asked(rq.RecordOriginals)}
    assert fields["judgement.stamp_duty_paid"].kind is Kind.YES
    assert [word for word, _ in fields["way"].choices] == ["upload", "post", "counter"]
    made = answered(
        rq.RecordOriginals,
        {"way": "post", "originals": "2", "judgement.officer": "Ani",
         "judgement.same_agreement": "on"},
        JAKARTA,
    )  # fmt: skip
    assert made == rq.RecordOriginals(Way.POST, 2, Judgement("Ani", True, False, False))


def test_S2_what_the_host_knows_is_taken_as_it_is():
    visitor = vs.Visitor("k", "Siti")
    assert answered(vs.SignGuestBook, {"visitor": visitor}, JAKARTA).visitor is visitor


@pytest.mark.parametrize(
    ("command", "answers", "code", "named"),
    [
        (rq.RateService, {"stars": "banyak"}, "field-unreadable", "Penilaian"),
        (rq.RateService, {}, "field-empty", "Penilaian"),
        (rq.IssueBilling, {"code": "1", "issued_at": "kemarin"}, "field-unreadable", "Dibuat"),
        (rq.RecordOriginals, {"way": "kurir", "originals": "2"}, "field-unreadable", "Diserahkan"),
    ],
)
def test_an_answer_that_cannot_be_read_names_its_field(command, answers, code, named):
    with pytest.raises(BadInput) as refused:
        answered(command, answers, JAKARTA)
    assert refused.value.code == code
    assert named in refused.value.say("id")


def test_an_optional_part_that_is_not_touched_stays_away():
    made = answered(
        rq.CompleteForm, {"forms": (), "zero.recipient": "", "zero.letter": ""}, JAKARTA
    )
    assert made.zero is None
