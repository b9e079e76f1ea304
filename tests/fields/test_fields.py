"""Fields at the door: by the libraries where they are right, by our own rules elsewhere."""

import datetime as dt
import json
import random
import socket
from email import message_from_bytes, policy

import pytest
import stdnum.id.nik
import stdnum.id.npwp
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters.cli import main
from pst_adapters.fields import FIELDS, check_email, check_nik, check_npwp, check_phone
from pst_adapters.mail import as_message
from pst_core.desk.ports import Mail
from pst_core.documents import check_email as core_email
from pst_core.documents import check_nik as core_nik
from pst_core.documents import check_npwp as core_npwp
from pst_core.documents import errors
from pst_core.refusal import MailRefused

AT = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
TEXTS = st.one_of(st.text(max_size=60), st.text("0123456789+ -.()@ax", max_size=30))


def codes(checked):
    return [f.code for f in checked.findings]


# -- e-mail ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("siti@undip.ac.id", "siti@undip.ac.id"),
        ("Siti@UNDIP.ac.id", "Siti@undip.ac.id"),
        ("a.b+c@x-y.go.id", "a.b+c@x-y.go.id"),
        ("bps3317@bps.go.id", "bps3317@bps.go.id"),
    ],
)
def test_R2_email_that_can_be_one_passes(given_, kept):
    assert check_email(given_).value == kept
    assert check_email(given_).findings == ()
    assert core_email(given_) == ()


NO_HEADER = [
    *("", "siti", "siti@", "@x.id", "a b@x.id", "a@x", "a@x..id", ".a@x.id", "a@-x.id"),
    *("a@x.id\n", "a@x.id\r\nBcc: b@y.id", "Siti <a@x.id>", "a" * 65 + "@x.id", "a@x_y.id,b@y.id"),
    *("a@b@x.id", '"a b"@x.id', "a@x.id\0", "a@[127.0.0.1]", "a@x.id\u2028"),
]  # fmt: skip


@pytest.mark.parametrize("bad", NO_HEADER)
def test_R2_email_that_cannot_be_one_is_refused_by_core_and_door_alike(bad):
    assert [f.code for f in errors(core_email(bad))] == ["email-syntax"]
    assert codes(check_email(bad)) == ["email-syntax"]
    assert check_email(bad).value == bad


@pytest.mark.parametrize("bad", ["a@x_y.id", "a@localhost.local", "a@x.123", "a@x." + "i" * 64])
def test_R2_the_door_knows_more_than_the_core(bad):
    assert core_email(bad) == ()
    assert codes(check_email(bad)) == ["email-syntax"]


def test_R2_look_alike_letters_are_a_warning_at_core_and_door():
    assert [f.code for f in core_email("sit\u0456@x.id")] == ["email-not-ascii"]
    assert codes(check_email("sit\u0456@x.id")) == ["email-not-ascii"]
    assert check_email("sit\u0456@x.id").in_order


def test_R2_no_network_is_asked(monkeypatch):
    def no(*_, **__):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", no)
    monkeypatch.setattr(socket, "socket", no)
    assert check_email("siti@no-such-domain-of-ours.example.org").in_order


# -- telephone ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("081234567890", "+6281234567890"),
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("(0295) 691040", "+62295691040"),
        ("+65 6516 6666", "+6565166666"),
        ("082221779177", "+6282221779177"),
    ],
)
def test_R3_a_telephone_number_is_kept_as_E164(given_, kept):
    assert check_phone(given_).value == kept
    assert check_phone(given_).findings == ()


@pytest.mark.parametrize(
    "bad",
    ["", "12", "0812x4567890x", "O81234567890", "0812345678 90a", "+" + "1" * 20, "nol", "\0"],
)
def test_R3_what_cannot_be_a_telephone_number_is_refused(bad):
    assert codes(check_phone(bad)) == ["phone-syntax"]
    assert check_phone(bad).value == bad


def test_R3_a_number_that_nobody_has_yet_is_a_warning():
    unusual = check_phone("+62 111 222 3333")
    assert codes(unusual) == ["phone-unusual"]
    assert unusual.in_order
    assert unusual.value == "+621112223333"


def test_R3_an_extension_is_not_lost_in_silence():
    assert codes(check_phone("(0295) 691040 ext. 12")) == ["phone-extension"]


# -- NIK and NPWP ---------------------------------------------------------------------------------


@pytest.mark.parametrize("province", ["33", "65", "92", "93", "94", "95", "96", "97"])
def test_R3_citizens_of_newer_provinces_are_not_turned_away(province):
    assert core_nik(f"{province}17064505050001") == ()


@pytest.mark.parametrize(
    ("nik", "code"),
    [
        ("9917064505050001", "nik-province"),
        ("3317063202050001", "nik-birth"),
        ("3317063002050001", "nik-birth"),
        ("3317064513050001", "nik-birth"),
        ("3317064505050000", "nik-serial"),
    ],
)
def test_R3_unusual_nik_is_a_warning_only(nik, code):
    assert [(f.code, f.severity) for f in core_nik(nik)] == [(code, "warning")]


def test_R3_leap_day_of_either_century_passes():
    assert core_nik("3317062902000001") == ()
    assert core_nik("3317066902040001") == ()


@pytest.mark.parametrize("bad", ["", "331706450505000", "33170645050500011", "33170645O5050001"])
def test_R3_nik_has_sixteen_digits(bad):
    assert [f.code for f in errors(core_nik(bad))] == ["nik-digits"]


def test_R3_digits_are_kept_without_what_people_write_between_them():
    assert check_nik("33.1706 450590-0001").value == "3317064505900001"
    assert check_npwp("00.131.216.6-009.1000").value == "0013121660091000"
    assert check_nik("33.17").value == "33.17"


def test_R4_npwp_of_old_and_new_form():
    assert [f.code for f in core_npwp("01.312.166.0-091.000")] == ["npwp-old-form"]
    assert core_npwp("0013121660091000") == ()
    assert core_npwp("1000000000000015") == ()
    assert [f.code for f in errors(core_npwp("123"))] == ["npwp-digits"]
    assert errors(core_npwp("013121661091000")) == ()
    assert "npwp-check-digit" in {f.code for f in core_npwp("013121661091000")}


# the provinces that python-stdnum knows as the ministry does; it lacks 65, 92, 93, 95, 96 and 97
KNOWN = [
    *(f"{n}" for n in (*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 65))),
    *(f"{n}" for n in (*range(71, 77), 81, 82, 91, 94)),
]


def test_R3_nik_agrees_with_stdnum_where_that_is_right():
    dice = random.Random(3317)
    agreed = {True: 0, False: 0}
    for _ in range(4000):
        day, month, year = dice.randrange(75), dice.randrange(14), dice.randrange(100)
        nik = f"{dice.choice(KNOWN)}{dice.randrange(1, 79):02d}01{day:02d}{month:02d}{year:02d}0001"
        ours = core_nik(nik) == ()
        assert ours is stdnum.id.nik.is_valid(nik), nik
        agreed[ours] += 1
    assert min(agreed.values()) > 500


def test_R3_where_stdnum_is_wrong_we_are_not():
    for province in ("65", "92", "93", "95", "96", "97"):
        nik = f"{province}17064505050001"
        assert not stdnum.id.nik.is_valid(nik), "the oracle has learned: take it into KNOWN"
        assert core_nik(nik) == ()


def test_R4_npwp_agrees_with_stdnum_on_the_old_series():
    dice = random.Random(13)
    agreed = {True: 0, False: 0}
    for _ in range(4000):
        npwp = (
            f"0{dice.randrange(10**15):015d}"
            if dice.random() < 0.5
            else f"{dice.randrange(10**15):015d}"
        )
        ours = {f.code for f in core_npwp(npwp)} <= {"npwp-old-form"}
        assert ours is stdnum.id.npwp.is_valid(npwp), npwp
        agreed[ours] += 1
    assert min(agreed.values()) > 200


# -- all ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
@given(value=TEXTS)
def test_whatever_is_typed_gets_an_answer_in_both_languages(field, value):
    checked = FIELDS[field](value)
    assert checked.in_order is not bool(errors(checked.findings))
    for finding in checked.findings:
        assert finding.text.id != finding.text.en
        assert finding.remedy.id != finding.remedy.en
    if checked.in_order:
        assert FIELDS[field](checked.value).value == checked.value, "kept as it is kept"


@given(value=TEXTS)
def test_R2_what_the_door_lets_in_the_core_can_mail_to(value):
    if check_email(value).in_order:
        assert not errors(core_email(check_email(value).value))


LOCAL = st.text(st.characters(max_codepoint=127), min_size=1, max_size=12)


@given(name=LOCAL, domain=LOCAL)
def test_R2_what_the_core_lets_through_is_one_address_in_a_mail(name, domain):
    address = f"{name}@{domain}.id"
    mail = Mail("1", "bps3317@bps.go.id", "", address, "s", "b", AT, "")
    if errors(core_email(address)):
        with pytest.raises(MailRefused):
            as_message(mail)
        return
    back = message_from_bytes(as_message(mail).as_bytes(), policy=policy.SMTP)
    assert [a.addr_spec for a in back["To"].addresses] == [address]
    assert "Bcc" not in back


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("phone", "0812 3456 7890"), 0, "+6281234567890"),
        (("email", "siti@undip.ac.id"), 0, "siti@undip.ac.id"),
        (("nik", "3317064505900001"), 0, "3317064505900001"),
        (("nik", "9917064505900001"), 0, "warning"),
        (("npwp", "0013121660091000"), 0, "0013121660091000"),
        (("npwp", "12"), 1, "refused"),
        (("email", "siti"), 1, "name@example.go.id"),
        (("fax", "12"), 2, "email"),
        (("phone",), 2, "VALUE"),
    ],
)
def test_pst_check_answers_with_its_exit_code(capsys, words, code, says):
    assert main(["check", *words, "--lang", "en"]) == code
    shown = capsys.readouterr()
    assert says in shown.out + shown.err
    assert not (code and shown.out)


@pytest.mark.parametrize(("value", "code"), [("081234567890", 0), ("12", 1)])
def test_pst_check_tells_a_program(capsys, value, code):
    assert main(["check", "phone", value, "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert told["in_order"] is (code == 0)
    assert [f["code"] for f in told["findings"]] == ([] if code == 0 else ["phone-syntax"])
