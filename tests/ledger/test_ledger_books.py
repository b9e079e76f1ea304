"""The journal takes entries that balance, and takes back only what was posted."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_core import ledger as lg
from pst_core.refusal import BadInput, InvariantBroken

AT = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def entry(amount, *, document="invoice/1", reverses="", about="invoice/1"):
    return lg.Entry(
        document,
        ((lg.RECEIVABLE, about, amount), (lg.BILLED, about, -amount)),
        reverses,
    )


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=6), st.integers(1, 9))
def test_an_entry_that_does_not_sum_to_zero_is_refused(amounts, off):
    sides = [(lg.TREASURY, "x", n) for n in amounts]
    whole = (*sides, (lg.REVENUE, "x", -sum(amounts)))
    assert sum(amount for _, _, amount in lg.Entry("x", whole).postings) == 0
    assert lg.NO_BALANCES.after([("x", whole, "")]).of(lg.REVENUE) == sum(amounts)
    broken = ("x", (*whole, (lg.TREASURY, "x", off)), "")
    for refuses in (lambda: lg.Entry(*broken), lambda: lg.NO_BALANCES.after([broken])):
        with pytest.raises(InvariantBroken, match="out-of-balance"):
            refuses()


def test_two_entries_do_not_make_up_for_each_other():
    drafts = [("a", ((lg.TREASURY, "x", 5),), ""), ("b", ((lg.TREASURY, "x", -5),), "")]
    with pytest.raises(InvariantBroken, match="out-of-balance"):
        lg.NO_BALANCES.after(drafts)


@pytest.mark.parametrize("amount", [1.0, "1", True, None, 2**63, -(2**63)])
def test_an_amount_is_whole_rupiah(amount):
    sides = ((lg.TREASURY, "x", amount), (lg.REVENUE, "x", 0))
    with pytest.raises(BadInput):
        lg.Entry("x", sides)
    with pytest.raises(BadInput):
        lg.NO_BALANCES.after([("x", sides, "")])


def test_a_document_is_reversed_once_and_only_if_it_was_posted():
    back = entry(-7, document="reversal", reverses="invoice/1")
    with pytest.raises(InvariantBroken, match="nothing-to-reverse"):
        lg.Journal().post(back, at=AT)
    journal = lg.Journal().post(entry(7), at=AT).post(back, at=AT)
    assert journal.balances == lg.NO_BALANCES
    with pytest.raises(InvariantBroken, match="nothing-to-reverse"):
        journal.post(back, at=AT)
    # invoice numbers begin anew each year: the same number may be posted and taken back again
    assert journal.post(entry(7), at=AT).post(back, at=AT).balances == lg.NO_BALANCES


def test_no_document_is_overdrawn():
    journal = lg.Journal().post(entry(7), at=AT)
    with pytest.raises(InvariantBroken, match="account-overdrawn") as caught:
        journal.post(entry(-8, document="reversal", reverses="invoice/1"), at=AT)
    assert "Rp1" in caught.value.say("en")


def test_balances_are_told_on_the_side_of_their_account():
    balances = lg.NO_BALANCES.after([entry(7).draft, entry(5, document="b", about="b").draft])
    assert (balances.of(lg.RECEIVABLE), balances.of(lg.BILLED)) == (12, 12)
    assert balances.open(lg.BILLED) == (("invoice/1", 7), ("b", 5))
    assert balances.totals() == {lg.RECEIVABLE: 12, lg.BILLED: -12}
    assert lg.NO_BALANCES.of(lg.RECEIVABLE) == 0
