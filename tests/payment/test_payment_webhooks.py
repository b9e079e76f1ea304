"""T8 in a small setting; ``python -m tests.payment.webhooks`` runs it in full."""

import pytest
from tests.payment.webhooks import FORGERIES, run


@pytest.mark.slow
def test_S16_every_payment_settles_once_in_any_order_and_no_forged_notice_is_believed():
    figures = run(payments=40, shuffles=4, of=5)
    assert figures["settled once"] == 40
    assert figures["settled twice"] == figures["kept"] == 0
    assert figures["true ones refused"] == 0
    assert figures["forged accepted"] == 0
    assert figures["kinds of forgery"] == len(FORGERIES)
    assert figures["runs equal to delivery in order"] == "5 of 5"
    assert figures["balance sums to"] == 0
    assert figures["in the treasury"] == 40 * 140_000
