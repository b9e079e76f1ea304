"""How long a download link of an office holds, and how often."""

from __future__ import annotations

from functools import cache

import attrs

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..text import Text

__all__ = ["LinkPolicy", "read_links"]


@attrs.frozen
class LinkPolicy:
    """``[links]`` of a profile. No rule of law names these figures."""

    valid_hours: int
    downloads: int
    """How often one link may be used; a person may ask for another."""
    certainty: Certainty


def read_links(table: Table | None) -> LinkPolicy:
    """Read ``[links]`` of an office's profile; None is an office that says nothing of it."""
    return _usual() if table is None else _read(table)


@cache
def _usual() -> LinkPolicy:
    return _read(read_toml(shipped("links", "kebijakan.toml")))


def _read(table: Table) -> LinkPolicy:
    policy = LinkPolicy(
        table.take("valid_hours", int), table.take("downloads", int), table.certainty()
    )
    for key, value, most in (
        ("valid_hours", policy.valid_hours, 720),
        ("downloads", policy.downloads, 100),
    ):
        if not 1 <= value <= most:
            raise table.error(
                key,
                Text(id=f"tidak mungkin {value}.", en=f"cannot be {value}."),
                Text(id=f"Tulis 1 sampai {most}.", en=f"Write 1 to {most}."),
            )
    table.done()
    return policy
