"""The day's list beside the store: what is recorded, what waits, and that twice is once."""

import datetime as dt
import json

import attrs
import pytest
from tests.request.conftest import Bench
from tests.request.test_request_money import BILLED, PRICE, PUBLICATION

from pst_adapters.cli import main
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.money import MAX_RUPIAH
from pst_core.office import Office
from pst_core.request import Bill, Finding, Recorded, TreasuryRow, fault_of, reconcile
from pst_core.request import events as e
from pst_core.testing.lives import TREASURER

AT = dt.datetime(2026, 11, 24, 9, 15, tzinfo=dt.UTC)


def row(n, amount, code="820261124000001"):
    return TreasuryRow(n, code, f"NTPN{n:012d}", "", amount, AT)


def found(rows, bills, recorded=None):
    return [r.finding for r in reconcile(rows, bills, recorded or {})]


def test_S16_two_payments_of_one_code_in_one_list_settle_it_once():
    bills = {"820261124000001": Bill("r", 100)}
    assert found([row(1, 100), row(2, 100)], bills) == [Finding.MATCHED, Finding.SECOND]
    assert found([row(1, 100), row(1, 100)], bills) == [Finding.MATCHED, Finding.SETTLED]
    assert found([row(1, 99), row(2, 100)], bills) == [Finding.DIFFERS, Finding.MATCHED]


def test_S16_two_codes_of_one_request_owe_the_same_money():
    other = "820261124000002"
    bills = {"820261124000001": Bill("r", 100), other: Bill("r", 100)}
    assert found([row(1, 100), row(2, 100, other)], bills) == [Finding.MATCHED, Finding.SECOND]


def test_S16_an_NTPN_that_was_recorded_with_another_amount_is_not_passed_over():
    bills = {"820261124000001": Bill("r", 0)}
    (seen,) = reconcile([row(1, 100)], bills, {row(1, 100).ntpn: Recorded(10, "r")})
    assert (seen.finding, seen.command) == (Finding.DIFFERS, None)
    assert "Recorded as Rp10" in seen.todo.en


def test_S16_an_NTPN_that_was_recorded_with_another_request_is_not_passed_over(rembang):
    bench = Bench(rembang).open(PUBLICATION).carry(*BILLED)
    code = rq.codes_of(bench.state)[-1]
    wrong = bench.stream
    ntpn = row(1, PRICE).ntpn
    bench.open(PUBLICATION).carry(*BILLED)
    bench.do(bench.fit(rq.ConfirmPayment, ntpn=ntpn), TREASURER)
    (seen,) = bench.desk.reconcile([row(1, PRICE, code)])
    assert (seen.finding, seen.stream, seen.command) == (Finding.ELSEWHERE, wrong, None)
    assert f"is recorded with {bench.stream}" in seen.todo.en
    # whose request it is, is not told to another office
    other = Bench(attrs.evolve(rembang, code="3318"), bench.store).open(PUBLICATION).carry(*BILLED)
    (seen,) = other.desk.reconcile([row(1, PRICE, rq.codes_of(other.state)[-1])])
    assert seen.finding is Finding.ELSEWHERE
    assert "is recorded with another request" in seen.todo.en


def test_X8_what_was_taken_back_is_recorded_anew_each_time_and_a_list_twice_once():
    bills, ntpn = {"820261124000001": Bill("r", 100)}, row(1, 100).ntpn
    ids = [
        reconcile([row(1, 100)], bills, {}, {ntpn: times} if times else {})[0].command_id
        for times in (0, 0, 1, 2, 2)
    ]
    # the first is the id under which what is stored was recorded
    assert ids == [f"ntpn/{ntpn}"] * 2 + [f"ntpn/{ntpn}/1"] + [f"ntpn/{ntpn}/2"] * 2


@pytest.mark.parametrize(("change", "says"), [
    ({}, None), ({"amount": 1}, None), ({"amount": MAX_RUPIAH}, None),
    ({"amount": 0}, "not the amount"), ({"amount": MAX_RUPIAH + 1}, "not the amount"),
    ({"code": "8" * 14}, "15 digits"), ({"ntpn": "a" * 16}, "16 capital letters"),
], ids=str)  # fmt: skip
def test_S16_a_row_of_the_list_is_a_payment_or_says_why_not(change, says):
    fault = fault_of(attrs.evolve(row(1, 100), **change))
    assert (fault is None) == (says is None)
    assert says is None or says in fault.en


def test_S16_what_is_too_little_or_too_much_says_by_how_much():
    bills = {"820261124000001": Bill("r", 140_000)}
    less, more = (reconcile([row(1, n)], bills, {})[0].todo for n in (100_000, 150_000))
    assert "Rp40,000 too little" in less.en
    assert "lebih Rp10.000" in more.id


@pytest.fixture(scope="module")
def rembang():
    return Office.load("3317")


@pytest.fixture
def day(tmp_path, rembang):
    """Seven requests with a code each, and what the treasury says of a day."""
    path = tmp_path / "pst.db"
    store = SqlStore(f"sqlite:///{path}")
    benches = [Bench(rembang, store).open(PUBLICATION).carry(*BILLED) for _ in range(6)]
    paid, exact, less, more, gone, _ = benches
    paid.carry(rq.ConfirmPayment)
    gone.carry(rq.CancelRequest)
    other = Bench(attrs.evolve(rembang, code="3318"), store).open(PUBLICATION).carry(*BILLED)
    lines = [
        (paid, PRICE, paid.state.last(e.PaymentConfirmed).ntpn), (exact, PRICE, None),
        (less, PRICE - 1, None), (more, PRICE + 1, None), (gone, PRICE, None), (paid, 5, None),
        (other, PRICE, None),
    ]  # fmt: skip
    text = ["Kode Billing;NTPN;NTB;Total Disetor;Tanggal Bayar"]
    for n, (bench, amount, ntpn) in enumerate(lines):
        code = rq.codes_of(bench.state)[-1]
        text.append(f"{code};{ntpn or f'NTPN{n:012d}'};{n};{amount};24-11-2026 10:00:00")
    text += ["820261124999999;NTPN999999999999;;1.000;24-11-2026", "x;y;;1;24-11-2026"]
    daily = tmp_path / "daftar.csv"
    daily.write_text("\n".join(text), "utf-8")
    store.close()
    return path, daily, [b.stream for b in benches]


EXPECTED = [
    "already-settled", "matched", "amount-differs", "amount-differs", "late", "second-payment",
    "unmatched", "unmatched",
]  # fmt: skip


def run(capsys, day, *more):
    code = main(["reconcile", str(day[1]), "--db", str(day[0]), "--json", "--lang", "en", *more])
    return code, json.loads(capsys.readouterr().out)


def dump(path):
    with SqlStore(f"sqlite:///{path}") as store:
        return store.read(0, 10_000)


def test_S16_a_day_is_reported_line_by_line_and_nothing_is_recorded_unasked(day, capsys):
    before = dump(day[0])
    code, said = run(capsys, day)
    assert code == 1
    assert [p["finding"] for p in said["payments"]] == EXPECTED
    assert [b["line"] for b in said["bad"]] == [10]
    assert all(p["todo"] for p in said["payments"])
    assert said["totals"]["matched"] == PRICE
    assert dump(day[0]) == before


def test_S16_the_same_list_twice_has_no_effect_the_second_time(day, capsys, rembang):
    _, first = run(capsys, day, "--apply")
    assert [p["done"] for p in first["payments"]].count("recorded") == 1
    after = dump(day[0])
    _, second = run(capsys, day, "--apply", "--by", "another-treasurer")
    assert [p["finding"] for p in second["payments"]].count("already-settled") == 2
    assert dump(day[0]) == after
    with SqlStore(f"sqlite:///{day[0]}") as store:
        assert "paid" in Bench(rembang, store).desk.state(day[2][1]).facts


def test_S16_X8_the_treasurer_takes_what_differs_by_its_NTPN(day, capsys, rembang):
    _, said = run(capsys, day)
    waiting = [p["ntpn"] for p in said["payments"] if p["finding"] != "already-settled"]
    takes = [word for ntpn in waiting for word in ("--take", ntpn)]
    code, said = run(capsys, day, "--apply", *takes)
    assert [p["done"] for p in said["payments"]].count("recorded") == 5
    assert code == 1, "codes of nobody are still to be looked at"
    with SqlStore(f"sqlite:///{day[0]}") as store:
        desk = Bench(rembang, store).desk
        less, more, gone = (desk.state(day[2][n]) for n in (2, 3, 4))
        assert (rq.owed(less.books), rq.refund_due(more.books)) == (1, 1)
        assert rq.refund_due(gone.books) == PRICE
        assert sum(desk.trial_balance().values()) == 0


def test_S16_X8_what_was_taken_back_is_recorded_anew_from_the_same_list(day, capsys, rembang):
    _, first = run(capsys, day, "--apply")
    (wrong,) = (p for p in first["payments"] if p["done"])
    with SqlStore(f"sqlite:///{day[0]}") as store:
        desk = Bench(rembang, store).desk
        desk.do(day[2][1], rq.ReversePayment(wrong["ntpn"], "terlalu cepat"), by=TREASURER)
        assert "paid" not in desk.state(day[2][1]).facts
    _, second = run(capsys, day, "--apply")
    assert [p["ntpn"] for p in second["payments"] if p["done"]] == [wrong["ntpn"]]
    with SqlStore(f"sqlite:///{day[0]}") as store:
        assert "paid" in Bench(rembang, store).desk.state(day[2][1]).facts


def test_S16_the_report_is_for_reading_too(day, capsys):
    assert main(["reconcile", str(day[1]), "--db", str(day[0])]) == 1
    said = capsys.readouterr().out
    assert "baris 10" in said
    assert "--apply" in said


def test_S16_a_payment_that_was_recorded_meanwhile_is_reported_and_the_others_go_on(day, rembang):
    """Two treasurers with the same list: the second is told, nothing is recorded twice."""
    from pst_adapters.treasury import read_list

    with SqlStore(f"sqlite:///{day[0]}") as store:
        desk = Bench(rembang, store).desk
        rows = read_list(day[1], rembang.treasury.columns, rembang.calendar.zone).rows
        seen = [r for r in desk.reconcile(rows) if r.finding is Finding.MATCHED]
        for _ in range(2):
            for r in seen:
                done = desk.do(r.stream, r.command, by=TREASURER, command_id=r.command_id)
        assert done.repeated
        assert {r.finding for r in desk.reconcile(rows)} == {
            Finding(f) for f in EXPECTED if f != "matched"
        }
