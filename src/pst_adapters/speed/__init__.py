"""A parser of JSON in C for the events of a store: the extra ``speed`` (msgspec).

``use()`` once, where the application is put together. No answer changes by it: what msgspec will
not parse (``NaN``, half of a pair of surrogates, numbers beyond a float) is parsed by the standard
library, which has the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pst_core.wire import parse_with

__all__ = ["parse", "use"]

parse: Callable[[str], Any] = msgspec.json.Decoder().decode
"""What ``json.loads`` gives of a text; raises ``msgspec.MsgspecError`` or ``ValueError``."""


def use() -> None:
    """Let every event that this process reads be parsed by ``parse``."""
    parse_with(parse)
