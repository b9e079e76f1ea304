"""The procedure of one office: the rows of the table that its standard has, as it has them.

The table holds every way; a profile chooses among them, and here the rows are left out or narrowed
to whom they hold for. No row is written here. What an office may choose stands in
``office.standard``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs

from ..documents import Way
from ..documents.asker import Channel
from ..office.standard import Asked, Closing, Misfit, Payment, Variation
from ..text import Text
from ..workflow import (
    Check,
    Context,
    Lack,
    Procedure,
    Requirement,
    Role,
    State,
    Step,
    Variant,
    worded,
)
from . import events as e
from . import requirements as r
from . import state as s
from .procedure import PROCEDURE

if TYPE_CHECKING:
    from ..office import Office

__all__ = ["procedure_of"]

_MISFITS = {
    Misfit.SENT_BACK: s.SENDS_BACK,
    Misfit.CANCELLED: s.CANCELS,
    Misfit.CONSULTATION: s.CONSULTS,
}


def procedure_of(office: Office) -> Procedure:
    """Return the paid request as the standard of ``office`` has it."""
    return _narrowed(office.variation)


@lru_cache
def _narrowed(variation: Variation) -> Procedure:
    has = _variants(variation)
    kept: list[Step] = []
    beyond: list[Step] = []
    for step in PROCEDURE.steps:
        if has.issuperset(step.variants) and _asked_for(step, variation):
            kept.append(_as_here(step, variation))
        else:
            beyond.append(step)
    here = attrs.evolve(PROCEDURE, steps=tuple(kept), beyond=tuple(beyond))
    return worded(here, variation.wording)


def _variants(variation: Variation) -> frozenset[Variant]:
    """Return the ways of the table that the standard has."""
    payment, agreement, closing = variation.payment, variation.agreement, variation.closing
    chosen = {
        s.BY_BILLING: Payment.BILLING in payment,
        s.BY_CASH: Payment.CASH in payment,
        s.BY_UPLOAD: Way.UPLOAD in agreement,
        s.ON_PAPER: bool({Way.POST, Way.COUNTER} & set(agreement)),
        s.CLOSES: closing is not Closing.RATING,
        s.CLOSES_TOLD: variation.closing_notice,
        s.CLOSES_UNTOLD: not variation.closing_notice,
        s.CLOSES_ITSELF: closing is Closing.BY_ITSELF,
        **{way: any(m is misfit for _, m in variation.misfit) for misfit, way in _MISFITS.items()},
    }
    return frozenset(way for way, holds in chosen.items() if holds)


def _asked_for(step: Step, variation: Variation) -> bool:
    """Return whether anything is left for the row to do: documents may be asked for of nobody."""
    return step.event is not e.DocumentHandedIn or bool(variation.handed_in)


def _as_here(step: Step, variation: Variation) -> Step:
    """Return the row as it holds at this office."""
    when, unless = list(step.when), list(step.unless)
    for misfit, way in _MISFITS.items():
        if way in step.variants and len(variation.misfit) > 1:
            doors = [door for door, chosen in variation.misfit if chosen is misfit]
            if doors == [Channel.WALK_IN]:
                when.append(s.WALK_IN)
            elif doors == [Channel.ONLINE]:
                unless.append(s.WALK_IN)
    if Payment.TRANSFER in variation.payment:
        # those who live here pay as those who live abroad do
        when = [fact for fact in when if fact != s.ABROAD]
    also = step.also
    if not variation.portal and step.role is Role.APPLICANT and Role.OFFICER not in also:
        also = (*also, Role.OFFICER)
    return attrs.evolve(
        step,
        title=_titled(step, variation),
        takes=variation.handed_in if _hands_in(step) else (),
        when=tuple(when),
        unless=tuple(unless),
        also=also,
        requires=tuple(
            asked for one in step.requires if (asked := _as_asked(one, variation)) is not None
        ),
        chooses=_choices(step, variation),
        errands=tuple(
            errand for errand in step.errands
            if errand != s.BILL or Payment.BILLING in variation.payment
        ),
    )  # fmt: skip


def _choices(step: Step, variation: Variation) -> tuple[tuple[Any, ...], ...]:
    """Return the choices that an event can make here: nobody comes by a door that is shut."""
    if step.event is not e.RequestOpened:
        return step.chooses
    return tuple(
        choice
        for choice in step.chooses
        if (Channel.WALK_IN if s.WALK_IN in choice else Channel.ONLINE) in variation.channels
    )


def _as_asked(one: Requirement, variation: Variation) -> Requirement | None:
    """Return the requirement as the standard asks it, or None if it does not."""
    if one is r.DOOR_OPEN and len(variation.channels) == len(Channel):
        return None
    if one is r.VISITED and Channel.WALK_IN not in variation.channels:
        return None
    if one is r.DOCUMENTS and not variation.handed_in:
        return None
    if one is r.EMAIL_ACTIVE:
        asked = variation.email
        if asked is None:
            return None
        if asked.channels or asked.segments:
            assert one.check is not None  # noqa: S101 - it is more than a fact
            return attrs.evolve(one, check=_only_of(asked, one.check))
    return one


def _only_of(asked: Asked, check: Check) -> Check:
    """Return ``check`` for those of whom it is asked, and for whoever fills it in all the same."""

    def checked(command: Any, state: State, context: Context) -> tuple[Lack, ...]:
        who = command.applicant
        if asked.of(command.channel, who.segment) or who.email:
            return check(command, state, context)
        return ()

    return checked


def _hands_in(step: Step) -> bool:
    return step.event is e.DocumentHandedIn and not step.aside


def _titled(step: Step, variation: Variation) -> Text:
    """Return the words of the row; one that takes documents names those that are asked for."""
    title = step.title
    if not _hands_in(step):
        return title
    names = Text.join(", ", variation.handed_in)
    return Text(id=f"{title.id}: {names.id}", en=f"{title.en}: {names.en}")
