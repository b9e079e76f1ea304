"""Ways to the state treasury: by hand, by transfer from abroad, and over HTTP.

What a payment does to a request is decided in ``pst_core.request``; a gateway only tells facts.
``notices_app`` takes signed notices in; ``simulator`` is a treasury to try all of it against.
"""

from .by_hand import ManualGateway, TransferGateway
from .http import HttpGateway
from .receiver import SIGNATURE_HEADER, notices_app

__all__ = ["SIGNATURE_HEADER", "HttpGateway", "ManualGateway", "TransferGateway", "notices_app"]
