"""A day of an office in a small setting; ``python -m tests.payment.day`` plays 100 requests."""

import pytest
from tests.payment.day import play


@pytest.mark.slow
def test_S16_S18_S19_a_day_with_all_faults_agrees_to_the_rupiah():
    day = play(requests=20)
    assert day["agree to the rupiah"], day
    assert day["ledger sums to"] == 0
    assert day["NTPN recorded twice"] == day["work set aside"] == 0
    assert day["paid requests without a receipt"] == 0
    assert day["receipt numbers gapless"]
    assert day["requests still unpaid"] == {"forged": 1}
    assert day["forged notice answered 400"] == 1
    assert day["kept for the treasurer"] == [(False, 77_000)]
    assert day["report, everything else"] == {"unmatched": 1}
    # the day is one in which all of it happened
    assert day["requests duplicate"] == 2
    assert day["rupiah of refunds due"] > 0
    assert day["codes that lapsed"] > 1
