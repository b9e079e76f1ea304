"""Beside the paid request: visitors, complainants, answers to the survey, amounts and the books."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ...complaint import Complainant
from ...ledger import (
    BILLED,
    RECEIVABLE,
    REFUND_APPLIED,
    REFUND_DUE,
    REVENUE,
    TREASURY,
    Entry,
    Posting,
)
from ...money import MAX_RUPIAH, Rupiah
from ...office import Office
from ...survey import Answer, scale
from ...visit import Said, Visitor
from .things import _NAMES

__all__ = ["amounts", "complainants", "entries", "survey_answers", "visitors"]

_ACCOUNTS = (RECEIVABLE, BILLED, TREASURY, REVENUE, REFUND_DUE, REFUND_APPLIED)
_MAILS = st.sampled_from(["", "siti@example.org"])
_PHONES = st.sampled_from(["", "+628123456789"])


def visitors(office: Office | None = None) -> SearchStrategy[Visitor]:
    """Give visitors (S2) who sign the guest book of ``office`` (3317) in full."""
    house = office or Office.load("3317")
    own = {"id", "name", "email", "phone", "institution", "purpose"}
    more = [field for field in house.counter.guest_book if field.field not in own]
    asked = {field.field for field in house.counter.guest_book}
    return st.builds(
        Visitor,
        st.integers(1, 999).map("tamu-{}".format),
        _NAMES,
        st.just("siti@example.org") if "email" in asked else _MAILS,
        st.just("+628123456789") if "phone" in asked else _PHONES,
        st.just("Universitas") if "institution" in asked else st.sampled_from(["", "Universitas"]),
        st.sampled_from(["Membeli data", "Konsultasi"]),
        st.tuples(
            *[
                st.builds(Said, st.just(field.field), st.sampled_from(field.choices or ("-",)))
                for field in more
            ]
        ),
    )


def complainants() -> SearchStrategy[Complainant]:
    """Give people who complain, as far as they say who they are: each field may be empty."""
    return st.builds(
        Complainant,
        st.sampled_from(["", "warga-1"]),
        st.just("") | _NAMES,
        _MAILS,
        _PHONES,
    )


def survey_answers() -> SearchStrategy[tuple[Answer, ...]]:
    """Give one person's answers to the survey: one to each element, best first."""
    rules = scale()
    values = st.sampled_from(range(rules.highest, rules.lowest - 1, -1))
    return st.tuples(*[st.builds(Answer, st.just(e.code), values) for e in rules.elements])


def amounts(most: int = MAX_RUPIAH) -> SearchStrategy[Rupiah]:
    """Give amounts of one rupiah up to ``most``, small ones and the largest often."""
    return st.one_of(
        st.integers(1, min(most, 10**9)), st.integers(1, most), st.just(most)
    ).map(Rupiah)  # fmt: skip


def entries(document: str = "INV/1") -> SearchStrategy[Entry]:
    """Give entries of the books that come from ``document``: their postings sum to zero."""
    return st.lists(_moved(document), min_size=1, max_size=3).map(
        lambda moved: Entry(document, tuple(side for pair in moved for side in pair))
    )


@st.composite
def _moved(draw: st.DrawFn, document: str) -> tuple[Posting, Posting]:
    first, second = draw(
        st.lists(st.sampled_from(_ACCOUNTS), min_size=2, max_size=2, unique=True)
    )  # fmt: skip
    amount = draw(amounts(10**12))
    return (first, document, amount), (second, document, -amount)
