"""The documents of a request as it stands: what is due, of whom, and what is wrong with it.

The one list that command line, web and API show. Which documents these are is data of the office;
what a row refuses for their sake stands in ``requirements``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from ..documents import (
    DueDocument,
    Finding,
    check_abstraction,
    check_request_form,
    check_upload,
    documents_due,
)
from ..documents.due import Standing
from ..text import Text
from ..workflow import Fact, State, Step
from . import events as e
from .handing_in import documents_handed_in, handed_in_findings, situation
from .making import ordered
from .procedure import PROCEDURE
from .state import (
    ABSTRACTION_FILED,
    AGREEMENT_UPLOADED,
    CANCELLED,
    EXPIRED,
    FORM_COMPLETE,
    PAID,
    PAYMENT_REPORTED,
    RECEIPTED,
    REJECTED,
    SIGNED,
    TERMS_ACCEPTED,
    VERIFYING,
    WALK_IN,
)

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["documents", "step_reached"]

Findings = tuple[Finding, ...]


def documents(state: State, office: Office) -> tuple[DueDocument, ...]:
    """Return each document that is due by now, in step order, and how it stands.

    Before the request is opened (S6) the list is that of anybody: a guest book for nobody. Of one
    that was withdrawn, rejected or has expired nothing is asked any more: what is there is listed.
    """
    place = situation(state, step_reached(state))
    found = handed_in_findings(documents_handed_in(state), office, abroad=place.abroad)
    for document, look in _BY_STEPS.items():
        seen = look(state)
        if seen is not None:
            found[document] = seen
    due = documents_due(place, found, office.documents)
    if state.phase in (CANCELLED, REJECTED, EXPIRED):
        return tuple(d for d in due if d.standing is not Standing.MISSING)
    return due


def step_reached(state: State) -> str:
    """Return the furthest step (``S1`` to ``S23``) that was done or can be done now.

    Taken from the rows: a row counts if its event happened, or if it waits for nothing but its
    own act. Ways out and back do not.
    """
    reached = (
        int(step.clause[1:])
        for step in PROCEDURE.steps
        if step.clause[0] == "S" and (step.event in state.latest or _waits(step, state))
    )
    return f"S{max(reached)}"


def _waits(step: Step, state: State) -> bool:
    fits = step.fits(state.phase, state.facts) and not step.lacks(state.facts)
    return fits and not step.aside


# -- what the steps themselves take in or make: None where it is not there ------------------------


def _holds(fact: Fact) -> Callable[[State], Findings | None]:
    return lambda state: () if fact in state.facts else None


def _happened(kind: type[Any]) -> Callable[[State], Findings | None]:
    return lambda state: () if kind in state.latest else None


def _forms(state: State) -> Findings | None:
    completed = state.last(e.FormCompleted)
    if completed is None or FORM_COMPLETE not in state.facts:
        return None
    return tuple(finding for form in completed.forms for finding in check_request_form(form))


def _abstraction(state: State) -> Findings | None:
    filed = state.last(e.AbstractionFiled)
    if filed is None:
        return None
    if ABSTRACTION_FILED not in state.facts:
        return _returned(state, "S11", e.AbstractionSentBack, e.AbstractionFiled)
    findings = check_abstraction(filed.abstraction, ordered(state))
    if state.phase == VERIFYING:
        return findings
    # whether it fits is the officer's to say (S11): before and after, what differs is shown only
    return tuple(attrs.evolve(f, severity="warning") for f in findings)


def _sample(state: State) -> Findings | None:
    sent = state.last(e.OfferSent)
    return () if sent is not None and sent.sample is not None else None


def _agreement(state: State) -> Findings | None:
    sent = state.last(e.OfferSent)
    return () if sent is not None and sent.agreement_digest else None


def _proof(state: State) -> Findings | None:
    reported = state.last(e.PaymentReported)
    if reported is None or reported.proof is None:
        return None
    if PAID in state.facts:
        return ()  # the treasurer has seen the money; of a part of it, the rest is still due
    if PAYMENT_REPORTED not in state.facts:
        return _returned(state, "S18", e.PaymentRefused, e.PaymentReported)
    return check_upload(reported.proof, "proof-of-payment")


def _signed(state: State) -> Findings | None:
    # originals on paper come without any upload
    if AGREEMENT_UPLOADED in state.facts or SIGNED in state.facts:
        return ()
    return _returned(state, "S17", e.AgreementRefused, e.AgreementUploaded)


def _returned(state: State, clause: str, refused: type[Any], given: type[Any]) -> Findings | None:
    """Return the reason why what was given was sent back, None if it is simply not there.

    Originals on paper may be sent back without any file having been given here before.
    """
    back, since = state.latest.get(refused), state.when(given)
    if back is None or (since is not None and back.at < since):
        return None
    why = back.event.reason
    reason = Text(id=f"Dikembalikan: {why}", en=f"Sent back: {why}")
    again = Text(id="Perbaiki, lalu serahkan lagi.", en="Mend it, then hand it in again.")
    return (Finding("sent-back", clause, reason, again),)


_BY_STEPS: dict[str, Callable[[State], Findings | None]] = {
    "guest-book": _holds(WALK_IN),
    "terms": _holds(TERMS_ACCEPTED),
    "request-form": _forms,
    "abstraction": _abstraction,
    "invoice": _happened(e.OfferSent),
    "sample": _sample,
    "agreement": _agreement,
    "proof-of-payment": _proof,
    "signed-agreement": _signed,
    "receipt": _holds(RECEIPTED),
}
