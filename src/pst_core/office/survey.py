"""How an office runs its survey: from how many answers on a figure is shown, how long a link holds.

The elements, weights and classes are law and stand with the ``survey`` procedure.
"""

from __future__ import annotations

import string
from functools import cache

import attrs

from ..certainty import Certainty
from ..lawdata import Table, read_toml, shipped
from ..text import Text

__all__ = ["SurveyPolicy", "read_survey"]


@attrs.frozen
class SurveyPolicy:
    """``link`` has places for ``{stream}``, ``{token}`` and ``{portal}``."""

    minimum_answers: int
    """No figure is given under so many answers."""
    valid_days: int
    """Working days that an invitation holds."""
    link: str
    certainty: Certainty


def read_survey(table: Table | None) -> SurveyPolicy:
    """Read ``[survey]`` of an office's profile; None is an office that says nothing of it."""
    return _usual() if table is None else _read(table)


@cache
def _usual() -> SurveyPolicy:
    return _read(read_toml(shipped("survey", "kebijakan.toml")))


def _is_form(link: str) -> bool:
    """Return whether ``link`` has the places that it needs and no other, without a format."""
    try:
        places = [place for place in string.Formatter().parse(link) if place[1] is not None]
    except ValueError:
        return False
    names = {name for _, name, form, way in places if not form and way is None}
    return {"stream", "token"} <= names <= {"portal", "stream", "token"} and all(
        not form and way is None for _, _, form, way in places
    )


def _read(table: Table) -> SurveyPolicy:
    policy = SurveyPolicy(
        table.take("minimum_answers", int),
        table.take("valid_working_days", int),
        table.take("link", str),
        table.certainty(),
    )
    for key, value in (
        ("minimum_answers", policy.minimum_answers),
        ("valid_working_days", policy.valid_days),
    ):
        if not 1 <= value <= 250:
            raise table.error(
                key,
                Text(id=f"tidak mungkin {value}.", en=f"cannot be {value}."),
                Text(id="Tulis 1 sampai 250.", en="Write 1 to 250."),
            )
    if not _is_form(policy.link):
        raise table.error(
            "link",
            Text(
                id="harus memuat {stream} dan {token}, dan selain itu hanya {portal}.",
                en="must hold {stream} and {token}, and apart from them {portal} alone.",
            ),
            Text(
                id='Contoh: "https://contoh.go.id/survei/{stream}?kunci={token}".',
                en='Such as "https://example.go.id/survey/{stream}?key={token}".',
            ),
        )
    table.done()
    return policy
