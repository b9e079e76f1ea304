"""The documents that an applicant hands in while the request is a draft (S9), judged by the office.

Which documents these are is data of the office; the whole list of a request, those that steps
make included, is drawn up in ``documents``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ..documents import DueDocument, Finding, HandedIn, check_document, documents_due
from ..documents.due import Situation, Standing
from ..tariff import Product
from ..workflow import State
from . import events as e
from .state import FREE

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["all_handed_in", "documents_handed_in", "handed_in_findings", "situation", "to_hand_in"]

FILING = "S10"
"""The last step before a request is filed (R4)."""


def documents_handed_in(state: State) -> tuple[HandedIn, ...]:
    """Return the documents as they are handed in now."""
    newest = state.last(e.DocumentHandedIn)
    return newest.documents if newest else ()


def situation(state: State, step: str, products: Sequence[Product] = ()) -> Situation:
    """Return what decides which documents are due; ``products`` instead of those chosen."""
    opened, chosen = state.last(e.RequestOpened), state.last(e.ProductsChosen)
    basket = products or (chosen.products if chosen else ())
    place = Situation(step, {p.kind for p in basket}, free=FREE in state.facts)
    if opened is None:
        return place
    who = opened.applicant
    return attrs.evolve(place, channel=opened.channel, segment=who.segment, abroad=who.abroad)


def handed_in_findings(
    documents: Sequence[HandedIn], office: Office, *, abroad: bool
) -> dict[str, tuple[Finding, ...]]:
    """Return what is wrong with each of ``documents`` by the office's rules of today."""
    rules = {rule.document: rule for rule in office.documents if rule.needs}
    return {
        d.document: check_document(rules[d.document], d, abroad=abroad)
        for d in documents
        if d.document in rules
    }


def to_hand_in(
    state: State,
    office: Office,
    *,
    products: Sequence[Product] = (),
    documents: Sequence[HandedIn] | None = None,
) -> tuple[DueDocument, ...]:
    """Return the documents that must be handed in before filing (R4), and how each stands.

    ``products`` and ``documents``: as they are about to be, where they change.
    """
    place = situation(state, FILING, products)
    held = documents_handed_in(state) if documents is None else documents
    found = handed_in_findings(held, office, abroad=place.abroad)
    return documents_due(place, found, [rule for rule in office.documents if rule.needs])


def all_handed_in(
    state: State,
    office: Office,
    *,
    products: Sequence[Product] = (),
    documents: Sequence[HandedIn] | None = None,
) -> bool:
    """Return whether each document of ``to_hand_in`` is there and in order."""
    due = to_hand_in(state, office, products=products, documents=documents)
    return all(d.standing is Standing.IN_ORDER for d in due)
