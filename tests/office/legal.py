"""Every combination of what a profile may choose, and a walk through each: ``make soak-profiles``.

The tests walk few of them, chosen so that any two choices meet; the soak walks all. Many profiles
have the same table (an address asked for or not is no row): each table is walked once.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time

import attrs

from pst_core import request as rq
from pst_core.documents import Way
from pst_core.documents.asker import Channel
from pst_core.lawdata import shipped
from pst_core.office import Office
from pst_core.office.standard import Asked, Closing, Misfit, Payment

EXAMPLE = Office.read(shipped("profile.toml"))
WALK_IN, ONLINE = Channel
DOORS = ((WALK_IN, ONLINE), (ONLINE,), (WALK_IN,))
ENDINGS = (
    (Closing.RATING, None, 0), (Closing.DAYS, 10, 0), (Closing.DAYS, 10, 3),
    (Closing.BY_ITSELF, 0, 0),
)  # fmt: skip


def subsets(kind):
    """Return every subset of an enumeration, the empty one first."""
    words = tuple(kind)
    return [s for n in range(len(words) + 1) for s in itertools.combinations(words, n)]


def may_pay(payment, doors):
    """Return whether people who come by ``doors`` can pay so, and it is clear by which way."""
    return (
        bool(payment)
        and not {Payment.BILLING, Payment.TRANSFER} <= set(payment)
        and (Payment.CASH not in payment or WALK_IN in doors)
        and (payment != (Payment.CASH,) or ONLINE not in doors)
    )


def legal():
    """Yield every legal choice, as the fields of an office that it sets."""
    for doors in DOORS:
        emails = (None, Asked("email"), Asked("email", doors[:1]))
        for portal, payment, ways, misfit, ending, email, documents in itertools.product(
            (True, False) if ONLINE not in doors else (True,),
            [p for p in subsets(Payment) if may_pay(p, doors)],
            subsets(Way)[1:],
            itertools.product(Misfit, repeat=len(doors)),
            ENDINGS, emails, (True, False),
        ):  # fmt: skip
            closing, days, notice = ending
            yield {
                "doors": doors, "with_portal": portal, "payment": payment, "agreement": ways,
                "misfit": tuple(zip(doors, misfit, strict=True)), "closing": closing,
                "close_after_days": days, "close_notice_days": notice, "email_asked": email,
                "documents": documents,
            }  # fmt: skip


def built(chosen):
    """Return the office of ``chosen``."""
    documents = EXAMPLE.documents
    if not chosen["documents"]:
        documents = tuple(rule for rule in documents if not rule.needs)
    agreement = attrs.evolve(EXAMPLE.agreement, ways=chosen["agreement"])
    return attrs.evolve(EXAMPLE, **{**chosen, "documents": documents, "agreement": agreement})


def table(office):
    """Return the office's table without the rows R2: they double every place and lead nowhere."""
    own = rq.procedure_of(office)
    apart = (rq.NoteDeadAddress, rq.CorrectAddress)
    return attrs.evolve(own, steps=tuple(s for s in own.steps if s.command not in apart))


def form(procedure):
    """Return what the walk sees of a table: two of the same form are walked alike."""
    return tuple(
        (
            s.command, s.event, s.role, s.also, s.awaits, s.at, s.to, s.when, s.unless, s.gives,
            s.clears, s.chooses, s.aside,
            tuple((r.fact, r.only_for) for r in s.requires if r.fact is not None),
        )
        for s in procedure.steps
    )  # fmt: skip


def tables(choices):
    """Return the tables of ``choices`` that differ to the walk, with the first choice of each."""
    found = {}
    for chosen in choices:
        procedure = table(built(chosen))
        found.setdefault(form(procedure), (chosen, procedure))
    return list(found.values())


def meeting(choices):
    """Return few of ``choices`` in which any two values of two fields meet that meet in any."""

    bits = {}
    left = []
    for chosen in choices:
        values = [(key, str(value)) for key, value in chosen.items()]
        met = 0
        for pair in itertools.combinations(values, 2):
            met |= 1 << bits.setdefault(pair, len(bits))
        left.append((chosen, met))
    open_ = (1 << len(bits)) - 1
    picked = []
    while open_:
        best, met = max(left, key=lambda one: (open_ & one[1]).bit_count())
        picked.append(best)
        open_ &= ~met
    return picked


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--n", type=int, help="how many tables; all if left out")
    asked = words.parse_args()
    began = time.monotonic()
    choices = list(legal())
    found = tables(choices)
    wrong, places, moves = [], 0, 0
    for chosen, procedure in found[: asked.n]:
        walk = procedure.explore()
        places, moves = places + walk.places, moves + walk.moves
        wrong += [f"{chosen}: {problem}" for problem in walk.problems]
    print(
        f"profiles: {len(wrong)} faults; {len(choices):,} legal choices, {len(found):,} tables, "
        f"{len(found[: asked.n]):,} walked, {places:,} places, {moves:,} moves; "
        f"{time.monotonic() - began:.0f} s"
    )
    for line in wrong[:20]:
        print(f"  {line}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
