"""The nine-element survey of PermenPANRB 14/2017: elements, weights, index and classes, exactly.

The figures are law data (``law/survey``); the arithmetic is in fractions, so that nine ninths
make a whole. Who is asked, and when, is the business of ``procedure``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from functools import cache

import attrs

from ..certainty import Certainty
from ..lawdata import read_toml, shipped
from ..text import Text

__all__ = ["Answer", "Element", "Grade", "Result", "Scale", "result", "scale"]


@attrs.frozen
class Element:
    """One of the nine elements (U1 to U9)."""

    code: str
    name: Text


@attrs.frozen
class Grade:
    """A class of the index; it begins at ``since`` and ends where the next begins."""

    code: str
    name: Text
    since: Fraction


@attrs.frozen
class Scale:
    """The survey as its regulation has it."""

    id: str
    since: dt.date
    citation: str
    certainty: Certainty
    lowest: int
    highest: int
    factor: int
    elements: tuple[Element, ...]
    grades: tuple[Grade, ...]
    """Best first."""

    @property
    def weight(self) -> Fraction:
        """What each element weighs: together they weigh one."""
        return Fraction(1, len(self.elements))

    def grade(self, index: Fraction) -> Grade:
        """Return the class of an ``index`` that has been rounded to two decimals."""
        return next(g for g in self.grades if index >= g.since)


@attrs.frozen
class Answer:
    """What one person answered to one element: 1 (worst) to 4 (best)."""

    element: str
    value: int


@attrs.frozen
class Result:
    """What a survey came to.

    ``index`` is None (and so is ``grade``) under the minimum of answers that the office sets, or if
    an element has no answer at all; ``why`` says which.
    """

    answers: int
    """How many people answered."""
    means: tuple[tuple[str, Fraction | None], ...]
    """Mean of each element over those who answered it; empty under the minimum."""
    index: Fraction | None
    """25 to 100, rounded half up to two decimals."""
    grade: Grade | None
    why: Text | None

    def say(self) -> Text:
        """Return index, class and number of answers in words."""
        if self.index is None or self.grade is None:
            return self.why or Text(id="tidak ada", en="none")
        n = self.answers
        hundredths = int(self.index * 100)
        figure = f"{hundredths // 100}.{hundredths % 100:02d}"
        return Text(
            id=f"{figure.replace('.', ',')} ({self.grade.code}, {self.grade.name.id}), {n} jawaban",
            en=f"{figure} ({self.grade.code}, {self.grade.name.en}), {_answers(n)}",
        )


def result(answered: Iterable[tuple[Answer, ...]], minimum: int) -> Result:
    """Return the result of ``answered``, one tuple of answers a person.

    The mean of each element is that of the answers given to it; the weighted means times 25 are the
    index, rounded half up to two decimals before it is classed.
    """
    rules, people = scale(), list(answered)
    if len(people) < minimum:
        why = Text(
            id=f"{len(people)} jawaban, perlu sedikitnya {minimum}",
            en=f"{_answers(len(people))}, at least {minimum} are needed",
        )
        return Result(len(people), (), None, None, why)
    means: list[tuple[str, Fraction | None]] = []
    for element in rules.elements:
        values = [a.value for given in people for a in given if a.element == element.code]
        means.append((element.code, Fraction(sum(values), len(values)) if values else None))
    known = [mean for _, mean in means if mean is not None]
    if len(known) < len(means):
        empty = ", ".join(code for code, mean in means if mean is None)
        why = Text(id=f"{empty} tidak dijawab", en=f"nobody answered {empty}")
        return Result(len(people), tuple(means), None, None, why)
    exact = sum((mean * rules.weight for mean in known), Fraction(0)) * rules.factor
    # half up, as the regulation's tables are rounded: round() would go to the even neighbour
    index = Fraction(int(exact * 100 + Fraction(1, 2)), 100)
    return Result(len(people), tuple(means), index, rules.grade(index), None)


def _answers(n: int) -> str:
    return f"{n} answer{'' if n == 1 else 's'}"


@cache
def scale() -> Scale:
    """Return the survey's scale from the law data."""
    table = read_toml(shipped("survey", "skm.toml"))
    elements = []
    for row in table.tables("elements", required=True):
        elements.append(Element(row.take("code", str), row.text("name")))
        row.done()
    grades = []
    for row in table.tables("classes", required=True):
        since = Fraction(row.take("hundredths_from", int), 100)
        grades.append(Grade(row.take("code", str), row.text("name"), since))
        row.done()
    table.certainty("from_certainty")
    found = Scale(
        id=table.take("id", str),
        since=table.take("from", dt.date),
        citation=table.take("citation", str),
        certainty=table.certainty(),
        lowest=table.take("lowest", int),
        highest=table.take("highest", int),
        factor=table.take("factor", int),
        elements=tuple(elements),
        grades=tuple(sorted(grades, key=lambda g: -g.since)),
    )
    table.done()
    return found
