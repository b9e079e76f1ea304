"""Signed notices: who may tell us of money, proved by the bytes alone."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_core.desk.notices import Notice, check_signature, read_notice, sign, write_notice
from pst_core.desk.ports import Payment
from pst_core.refusal import BadInput, NoticeRefused

SECRET, OTHER = b"rahasia yang cukup panjang", b"rahasia lain yang panjang"
AT = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
NOTICE = Notice(
    "notice-820261124123456", "820261124123456", "request-3317-2026-0001/9/bill/treasury",
    Payment("A1B2C3D4E5F6G7H8", "123456789012", 294_000, AT),
)  # fmt: skip
BODY = write_notice(NOTICE)
HEADER = sign(BODY, [SECRET], AT)


def check(body=BODY, header=HEADER, secrets=(SECRET,), now=AT):
    check_signature(body, header, list(secrets), now)


def refused(**changes):
    with pytest.raises(NoticeRefused) as caught:
        check(**changes)
    assert SECRET.decode() not in str(caught.value)
    return caught.value.code


def test_a_notice_is_what_was_written():
    check()
    assert read_notice(BODY) == NOTICE


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_time_within_300_seconds_is_accepted(seconds):
    check(now=AT + dt.timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_a_time_301_seconds_off_is_refused_on_both_sides(seconds):
    assert refused(now=AT + dt.timedelta(seconds=seconds)) == "bad-time"


def test_both_secrets_hold_while_one_replaces_the_other():
    for signed_by in ([SECRET], [OTHER], [SECRET, OTHER], [OTHER, SECRET]):
        check(header=sign(BODY, signed_by, AT), secrets=(SECRET, OTHER))
    check(header=sign(BODY, [OTHER, SECRET], AT))
    assert refused(header=sign(BODY, [OTHER], AT)) == "bad-signature"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "not-signed"),
        ("", "not-signed"),
        ("x" * 1_000_000, "too-long"),
        (HEADER + ",v1=" + "0" * 1_000_000, "too-long"),
        (HEADER.replace("v1=", "v0="), "no-known-scheme"),
        (HEADER.replace("v1=", "v2="), "no-known-scheme"),
        (HEADER.split(",")[0], "no-known-scheme"),
        (HEADER.split(",")[1], "bad-header"),
        (HEADER + ",t=1", "bad-header"),
        (HEADER.replace("t=", "t=-"), "bad-header"),
        (HEADER.replace("t=", "t=+"), "bad-header"),
        (HEADER.replace("t=", "t= "), "bad-header"),
        ("t=\u0661,v1=" + "0" * 64, "bad-header"),
        ("t=1,v1=\u00e9" + "0" * 63, "bad-header"),
        (HEADER + "00", "bad-header"),
        (HEADER.upper().replace("T=", "t=").replace("V1=", "v1="), "bad-header"),
        (HEADER + ",v1=" * 9, "bad-header"),
        (",".join([HEADER] + ["v1=" + "0" * 64] * 8), "bad-header"),
    ],
)
def test_a_header_that_proves_nothing_is_refused(header, code):
    assert refused(header=header) == code


def test_an_unknown_scheme_beside_a_known_one_spoils_nothing():
    check(header=HEADER + ",v0=abc,v9")


def test_a_body_written_anew_is_refused_though_it_says_the_same():
    again = json.dumps(json.loads(BODY), indent=1).encode()
    assert json.loads(again) == json.loads(BODY)
    assert refused(body=again) == "bad-signature"
    assert refused(body=BODY + b" ") == "bad-signature"
    assert refused(body=b" " * 70_000) == "too-long"


def test_the_time_is_signed_too():
    moved = HEADER.replace(str(int(AT.timestamp())), str(int(AT.timestamp()) + 60))
    assert refused(header=moved) == "bad-signature"


@given(st.data())
def test_no_flipped_bit_of_body_or_header_is_accepted(data):
    body, header = bytearray(BODY), bytearray(HEADER.encode())
    target = data.draw(st.sampled_from([body, header]))
    place = data.draw(st.integers(0, len(target) - 1))
    target[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(NoticeRefused):
        check(body=bytes(body), header=header.decode("latin-1"))


@given(st.text(max_size=300), st.binary(max_size=100))
def test_any_header_over_any_body_is_refused_and_nothing_else(header, body):
    with pytest.raises(NoticeRefused):
        check(body=body, header=header)


@pytest.mark.parametrize("secrets", [(), (b"",), (b"pendek",), (SECRET, b"x" * 15)])
def test_a_secret_that_anybody_could_guess_is_refused(secrets):
    with pytest.raises(BadInput, match="weak-secret"):
        check(secrets=secrets)


def test_nothing_is_read_before_the_signature_holds():
    assert refused(body=b"{" * 60_000) == "bad-signature"


@pytest.mark.parametrize(
    "change",
    [
        lambda n: n.pop("id"),
        lambda n: n.update(type=7) or n.pop("type"),
        lambda n: n["payment"].update(amount=294_000.0),
        lambda n: n["payment"].update(amount=True),
        lambda n: n["payment"].update(amount=-1),
        lambda n: n["payment"].update(amount="294000"),
        lambda n: n["payment"].update(paid_at="2026-11-24T09:00:00"),
        lambda n: n["payment"].update(paid_at="kemarin"),
        lambda n: n["payment"].update(ntpn=7),
        lambda n: n["payment"].update(paid_at="9999-12-31T23:00:00+00:00"),
        lambda n: n["payment"].update(paid_at="0001-01-01T00:00:00+07:00"),
        lambda n: n["payment"].update(ntpn="A" * 301),
        lambda n: n["bill"].update(code="\ud800"),
        lambda n: n["bill"].update(code="8202\x00"),
        lambda n: n.update(bill=[]),
    ],
)
def test_a_signed_notice_that_cannot_be_read_is_said(change):
    fields = json.loads(BODY)
    change(fields)
    with pytest.raises(NoticeRefused, match="notice-unreadable"):
        read_notice(json.dumps(fields).encode())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 5_000])
def test_what_is_no_notice_is_said(body):
    with pytest.raises(NoticeRefused, match="notice-unreadable"):
        read_notice(body)


def test_a_notice_of_something_other_than_money_is_left():
    assert read_notice(b'{"type": "bill.expired"}') is None
