"""The numbers and words that an office's own standard has for the clauses of a procedure.

Our ids stay what programs see. What people read - rows, requirements, remedies - is put here into
the office's own numbers, for any procedure alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from ..text import Text
from .step import Requirement, Step, cited

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["Wording", "cite", "worded"]

_CLAUSE = re.compile(r"\b[A-Z]\d{1,2}\b")
_BRACKET = re.compile(r"\([A-Z]\d{1,2}(?:[,-] ?[A-Z]\d{1,2})*(?:, [^()]*)?\)")


@attrs.frozen
class Wording:
    """How the office's own standard numbers a clause and words it; empty or None: as we do.

    ``command`` limits it to the rows of that command, where the standard has several steps for
    what is one clause here.
    """

    clause: str
    number: str = ""
    title: Text | None = None
    command: str = ""


def cite(text: Text, numbers: Mapping[str, str]) -> Text:
    """Return ``text`` with the office's own ``numbers`` where it names clauses in brackets.

    Only in brackets, as our own texts name them: what people wrote may look like a clause.
    """

    def own(found: re.Match[str]) -> Text:
        return cited(found[0], numbers.get(found[0], ""))

    return Text(
        id=_BRACKET.sub(lambda b: _CLAUSE.sub(lambda c: own(c).id, b[0]), text.id),
        en=_BRACKET.sub(lambda b: _CLAUSE.sub(lambda c: own(c).en, b[0]), text.en),
    )


def worded(procedure: Procedure, wording: tuple[Wording, ...]) -> Procedure:
    """Return ``procedure`` under the numbers and in the words of ``wording``.

    A title stands alone where it is that of one row. Of several rows it says what they are part of,
    and each keeps its own words behind it.
    """
    if not wording:
        return procedure
    numbers = {w.clause: w.number for w in wording if w.number and not w.command}
    words = {(w.clause, w.command): w for w in wording}
    clauses = Counter(step.clause for step in procedure.steps)
    rows = Counter((step.clause, step.command) for step in procedure.steps)

    def own(step: Step) -> Step:
        whole = words.get((step.clause, ""))
        row = words.get((step.clause, step.command.__name__))
        title, number = step.title, numbers.get(step.clause, "")
        if whole is not None and whole.title is not None and (row is None or row.title is None):
            title = _titled(whole.title, title, alone=clauses[step.clause] == 1)
        if row is not None:
            number = row.number or number
            if row.title is not None:
                title = _titled(row.title, title, alone=rows[step.clause, step.command] == 1)
        asked = tuple(_asked(one, numbers) for one in step.requires)
        return attrs.evolve(step, title=title, number=number, requires=asked)

    return attrs.evolve(
        procedure,
        steps=tuple(own(step) for step in procedure.steps),
        beyond=tuple(own(step) for step in procedure.beyond),
        numbers=tuple(numbers.items()),
    )


def _titled(title: Text, ours: Text, *, alone: bool) -> Text:
    if alone or title == ours:
        return title
    return Text(id=f"{title.id}: {_inside(ours.id)}", en=f"{title.en}: {_inside(ours.en)}")


def _inside(words: str) -> str:
    """Return a title as it goes on after a colon."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _asked(one: Requirement, numbers: Mapping[str, str]) -> Requirement:
    return attrs.evolve(one, text=cite(one.text, numbers), remedy=cite(one.remedy, numbers))
