"""What of a microdata file an office may show before it is paid for (S13): its rule, as data.

Making the sample is left to ``pst_adapters.files``.
"""

from __future__ import annotations

from enum import StrEnum

import attrs

from ..certainty import Certainty
from ..lawdata import Table
from ..text import Text

__all__ = ["SampleMode", "SampleRule", "read_sample_rule"]


class SampleMode(StrEnum):
    """How the rows of a sample come about."""

    FIRST_ROWS = "first-rows"
    """The first records as they are."""
    MIXED = "mixed"
    """Real values, each of another record: no row is a record."""
    INVENTED = "invented"
    """Only values that several records share, and made up ones: no row tells of anybody."""


@attrs.frozen
class SampleRule:
    """How many rows and columns of which kind an office lets out as a sample.

    The published standard asks for a sample and does not say how large: the default is assumed.
    """

    mode: SampleMode = SampleMode.INVENTED
    max_rows: int = 10
    max_columns: int = 50
    certainty: Certainty = Certainty.ASSUMED


def read_sample_rule(table: Table) -> SampleRule:
    """Return the rule that stands in ``[sample]`` of an office's profile."""
    rule = SampleRule(
        mode=table.choice("mode", SampleMode),
        max_rows=_count(table, "max_rows"),
        max_columns=_count(table, "max_columns"),
        certainty=table.certainty(),
    )
    table.done()
    return rule


def _count(table: Table, key: str) -> int:
    count = table.take(key, int)
    if count < 1:
        raise table.error(
            key,
            Text(id=f"harus sedikitnya 1, bukan {count}.", en=f"must be at least 1, not {count}."),
            Text(id="Isi jumlahnya.", en="Give a number."),
        )
    return count
