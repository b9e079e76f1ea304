"""Whether a profile makes a sound service: its procedures walked whole, its clauses all in use.

The law's own rules stand with the table (``request.procedure``); the walk holds profiles to them.
Reading the file, and what in it cannot stand together, is the business of ``office``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import attrs

from ..certainty import Certainty
from ..lawdata import read_toml, shipped
from ..office import Office
from ..text import Text
from ..wire import procedures_of

if TYPE_CHECKING:
    from ..workflow import Procedure, Walk

__all__ = ["Checked", "Fault", "check_office", "published_clauses"]

WALK_IN_ONLY = ("R1", "R3", "S1", "S2", "S3", "S4", "S5", "L1")
"""Clauses that only who walks in meets."""


@attrs.frozen
class Fault:
    """Something in a profile that cannot be as it is, or (``warning``) that a person should see."""

    code: str
    text: Text
    warning: bool = False


@attrs.frozen
class Checked:
    """What was walked and what was found."""

    walks: tuple[tuple[str, Walk], ...]
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """True if nothing but warnings was found."""
        return all(fault.warning for fault in self.faults)


def published_clauses() -> dict[str, Text]:
    """Return the clauses of the shipped standard, by our ids, with their published words."""
    table = read_toml(shipped("standards", "produk-statistik-berbayar.toml"))
    return {row.take("clause", str): row.text("text") for row in table.tables("clauses")}


def check_office(office: Office) -> Checked:
    """Walk every procedure of ``office`` and return what is wrong; pure, takes seconds."""
    own = procedures_of(office)
    walks = tuple((name, procedure.explore()) for name, procedure in own.items())
    faults = [
        Fault(problem.kind, Text(id=f"{problem.text.id} [{way}]", en=f"{problem.text.en} [{way}]"))
        for _, walk in walks
        for problem in walk.problems
        for way in [" -> ".join(problem.path) or "-"]
    ]
    used = _used(office, tuple(own.values()))
    faults += _unused(office, used)
    faults += _wording(office, used)
    faults += _uncertain(office)
    return Checked(walks, tuple(faults))


def _used(office: Office, procedures: tuple[Procedure, ...]) -> set[str]:
    """Return the clauses that a row, a requirement, a document or a channel carries out."""
    used = {"L1", "L2", "C1", "P1", "P2", "P3"}
    for procedure in procedures:
        for step in procedure.steps:
            used |= {step.clause, f"{step.clause}.{step.command.__name__}"}
            used.update(needed.clause for needed in step.requires)
    used.update(rule.clause for rule in office.documents)
    used.update(channel.clause for channel in office.complaints)
    return used


def _unused(office: Office, used: set[str]) -> list[Fault]:
    """Name each clause of the spine that nothing of this profile carries out."""
    spine = [c for c in published_clauses() if c[0] in "RS"]
    here = "walk-in" in office.doors
    return [
        Fault(
            "clause-unused",
            Text(
                id=f"butir {clause} tidak dijalankan oleh apa pun.",
                en=f"nothing carries out the clause {clause}.",
            ),
        )
        for clause in spine
        if clause not in used and (here or clause not in WALK_IN_ONLY)
    ]


def _wording(office: Office, used: set[str]) -> list[Fault]:
    """Name what is worded but not in this standard, and numbers that come back further on."""
    faults = [
        Fault(
            "worded-in-vain",
            Text(
                id=f"[{at}] menyebut butir yang tidak ada dalam standar ini.",
                en=f"[{at}] words a clause that this standard does not have.",
            ),
        )
        for w in office.wording
        for at in [f"steps.{w.clause}" + (f".rows.{w.command}" if w.command else "")]
        if (f"{w.clause}.{w.command}" if w.command else w.clause) not in used
    ]
    order = list(published_clauses())
    own = [w for w in office.wording if w.number and w.clause in order]
    own.sort(key=lambda w: order.index(w.clause))
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for place, w in enumerate(own):
        # requirements and steps are numbered each for themselves; one number may take in
        # several of our clauses that follow each other
        before = last.get((w.clause[0], w.number))
        if before is not None and before[0] != place - 1:
            faults.append(
                Fault(
                    "number-twice",
                    Text(
                        id=f"nomor {w.number} dipakai untuk {before[1]} dan lagi untuk {w.clause}.",
                        en=f"the number {w.number} is given to {before[1]} and again to "
                        f"{w.clause}.",
                    ),
                    warning=True,
                )
            )
        last[w.clause[0], w.number] = (place, w.clause)
    return faults


def _uncertain(office: Office) -> list[Fault]:
    """Name what a person at the office should still fill in or confirm."""
    faults = []
    if not office.decree.number:
        faults.append(("decree-unnamed", Text(
            id="nomor SK standar belum disebut ([standard.decree]).",
            en="the decree of the standard is not named ([standard.decree]).",
        )))  # fmt: skip
    if office.certainty is Certainty.ASSUMED:
        faults.append(("standard-assumed", Text(
            id="standarnya masih anggapan ([standard] certainty).",
            en="the standard itself is assumed ([standard] certainty).",
        )))  # fmt: skip
    assumed = [rule.name for rule in office.documents if rule.certainty is Certainty.ASSUMED]
    if assumed:
        names = Text.join(", ", assumed)
        faults.append(("document-assumed", Text(
            id=f"masih anggapan: {names.id}.", en=f"still assumed: {names.en}.",
        )))  # fmt: skip
    if not office.tariff.confirmed:
        faults.append(("tariff-unconfirmed", Text(
            id="belum ada yang memastikan angka tarif ([[tariff.confirmed]]): tagihan tidak "
               "terbit.",
            en="nobody has confirmed the figures of the tariff ([[tariff.confirmed]]): no invoice "
               "is made.",
        )))  # fmt: skip
    left = [key for key, value in _PLACEHOLDERS.items() if value(office) == value(_example())]
    if left:
        keys = ", ".join(left)
        faults.append(("not-filled-in", Text(
            id=f"masih seperti contoh: {keys}.", en=f"still as in the example: {keys}.",
        )))  # fmt: skip
    return [Fault(code, text, warning=True) for code, text in faults]


_PLACEHOLDERS: dict[str, Callable[[Office], object]] = {
    "standard.source": lambda o: o.source,
    "contact.address": lambda o: o.letterhead.address,
    "people.head.name": lambda o: o.head.name,
    "people.treasurer.name": lambda o: o.treasurer.name,
    "clock.citation": lambda o: o.clock.citation,
}
"""What the example leaves to be filled in."""


@cache
def _example() -> Office:
    return Office.read(shipped("profile.toml"))
