"""The Rp0 tariff: who pays nothing, for what, with which papers, and every rule that said so.

The rules are data (``law/tariff/zero``); this module knows only what a condition can test.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import attrs

from pst_core.certainty import Certainty, weakest
from pst_core.lawdata import Table, read_toml, shipped
from pst_core.refusal import BadInput, BadLawData, NotFound
from pst_core.text import Text

from .products import Product
from .schedule import digest_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["RuleResult", "ZeroClaim", "ZeroOutcome", "decide", "parties"]


@attrs.frozen
class ZeroClaim:
    """A request for Rp0: ``recipient`` and ``purpose`` are ids of the rules' data.

    The others are empty until they exist: the number of the letter of request, who verified the
    institution's account, who approves, and state work that may exceed the quantity limits.
    """

    recipient: str
    purpose: str
    letter: str = ""
    account_verified_by: str = ""
    approver: str = ""
    special_work: str = ""


@attrs.frozen
class RuleResult:
    """One rule for one product kind: ``applies`` if it fired and no other took precedence."""

    rule: str
    kind: str
    effect: str
    fired: bool
    applies: bool
    citation: str
    certainty: Certainty
    why: Text
    remedy: Text
    """What would make it fire; empty if it did."""
    beaten_by: tuple[str, ...] = ()


@attrs.frozen
class ZeroOutcome:
    """What the rules said about a basket."""

    claim: ZeroClaim
    rules: tuple[RuleResult, ...]
    note: Text
    digest: str
    """SHA-256 of the rules' data."""
    reading: tuple[str, str]
    """(open question, option taken) about the quantity limits."""

    def waiver(self, kind: str) -> RuleResult | None:
        """Return the rule that sets products of ``kind`` to Rp0, or None."""
        found = (r for r in self.rules if r.kind == kind and r.applies and r.effect == "zero")
        return next(found, None)


class _Party(NamedTuple):
    eligible: bool
    name: Text


class _Condition(NamedTuple):
    test: str
    certainty: Certainty
    holds: Text
    fails: Text
    remedy: Text


class _Rule(NamedTuple):
    id: str
    effect: str
    needs: tuple[str, ...]
    beats: tuple[str, ...]
    citation: str
    certainty: Certainty


class _Limits(NamedTuple):
    why: Text
    default: bool
    at_most: dict[str, tuple[str, int]]


class _Rules(NamedTuple):
    """They sort by their first fields: the first day in force, then the version."""

    start: dt.date
    version: int
    digest: str
    recipients: dict[str, _Party]
    purposes: dict[str, _Party]
    conditions: dict[str, _Condition]
    rules: tuple[_Rule, ...]
    limit_sets: dict[str, _Limits]


_READING = "rp0-quantity"
_TESTS = (
    "recipient-eligible", "purpose-eligible", "letter-given", "account-verified",
    "approver-named", "over-limit", "special-work",
)  # fmt: skip


def known_options() -> set[tuple[str, str]]:
    """Return the readings of the Rp0 rules that an office may choose."""
    return {(_READING, name) for rules in _shipped() for name in rules.limit_sets}


def parties(on: dt.date) -> tuple[dict[str, Text], dict[str, Text]]:
    """Return the recipients and the purposes that may get Rp0 on ``on``: id to name.

    Both are empty before there were rules. Those that the rules turn away are not among them.
    """
    rules = next((r for r in reversed(_shipped()) if r.start <= on), None)
    if rules is None:
        return {}, {}
    recipients, purposes = (
        {id_: party.name for id_, party in held.items() if party.eligible}
        for held in (rules.recipients, rules.purposes)
    )
    return recipients, purposes


def decide(
    claim: ZeroClaim,
    basket: Sequence[Product],
    on: dt.date,
    readings: Mapping[str, str],
    *,
    digest: str = "",
) -> ZeroOutcome:
    """Return which rules fired for each kind in ``basket``: those in force, or of ``digest``.

    Raises ``BadInput`` for an unknown recipient or purpose, ``NotFound`` without rules on ``on``,
    ``BadLawData`` if rules disagree and none takes precedence.
    """
    held = (r for r in reversed(_shipped()) if (r.digest == digest if digest else r.start <= on))
    rules = next(held, None)
    if rules is None:
        raise NotFound(
            "no-zero-rules",
            Text(id=f"Aturan Rp0 pada {on} tidak dipegang.", en=f"No Rp0 rules are held for {on}."),
            remedy=Text(id="Minta harga tanpa Rp0.", en="Ask for a quote without Rp0."),
        )
    recipient = _known("recipient", claim.recipient, rules.recipients)
    purpose = _known("purpose", claim.purpose, rules.purposes)
    name = readings.get(_READING) or next(n for n, s in rules.limit_sets.items() if s.default)
    limits = rules.limit_sets[name]
    items = Counter(p.kind for p in basket)
    units: Counter[str] = Counter()
    for product in basket:
        units[product.kind] += product.quantity
    results: list[RuleResult] = []
    for kind in sorted(items):
        measure, at_most = limits.at_most.get(kind, ("items", None))
        quantity = (items if measure == "items" else units)[kind]
        facts = {
            "recipient-eligible": recipient.eligible,
            "purpose-eligible": purpose.eligible,
            "letter-given": bool(claim.letter.strip()),
            "account-verified": bool(claim.account_verified_by.strip()),
            "approver-named": bool(claim.approver.strip()),
            "over-limit": at_most is not None and quantity > at_most,
            "special-work": bool(claim.special_work.strip()),
        }
        words: dict[str, object] = {**attrs.asdict(claim), "quantity": quantity, "limit": at_most}
        words |= {"recipient": recipient.name, "purpose": purpose.name}
        results += _evaluate(rules, kind, facts, words)
    return ZeroOutcome(claim, tuple(results), limits.why, rules.digest, (_READING, name))


def _evaluate(
    rules: _Rules, kind: str, facts: Mapping[str, bool], words: Mapping[str, object]
) -> list[RuleResult]:
    def holds(name: str) -> bool:
        return facts[rules.conditions[name].test]

    fired = [r for r in rules.rules if all(map(holds, r.needs))]
    beaten = {r.id: tuple(o.id for o in fired if r.id in o.beats) for r in rules.rules}
    left = [r for r in fired if not beaten[r.id]]
    if len({r.effect for r in left}) > 1:
        names = ", ".join(r.id for r in left)
        raise BadLawData(
            "zero-rules-disagree",
            Text(id=f"Aturan Rp0 bertentangan: {names}.", en=f"Rp0 rules disagree: {names}."),
            remedy=Text(
                id="Tulis mana yang menang: beats = [...].",
                en="Write which takes precedence: beats = [...].",
            ),
        )
    results = []
    for rule in rules.rules:
        conditions = [(rules.conditions[n], holds(n)) for n in rule.needs]
        missing = [c.remedy for c, held in conditions if not held and c.remedy.id]
        results.append(
            RuleResult(
                rule=rule.id,
                kind=kind,
                effect=rule.effect,
                fired=rule in fired,
                applies=rule in left,
                citation=rule.citation,
                certainty=weakest([rule.certainty, *(c.certainty for c, _ in conditions)]),
                why=Text.join(
                    "; ", [(c.holds if held else c.fails).fill(**words) for c, held in conditions]
                ),
                remedy=Text.join("; ", missing),
                beaten_by=beaten[rule.id] if rule in fired else (),
            )
        )
    return results


def _known(field: str, word: str, parties: Mapping[str, _Party]) -> _Party:
    if word not in parties:
        raise BadInput(
            f"unknown-{field}",
            Text(id=f"{field} Rp0 itu tidak dikenal.", en=f"This {field} of Rp0 is not known."),
            remedy=Text(id=f"Pilih: {', '.join(parties)}.", en=f"Choose: {', '.join(parties)}."),
        )
    return parties[word]


@cache
def _shipped() -> tuple[_Rules, ...]:
    files = [f for f in shipped("tariff", "zero").iterdir() if f.name.endswith(".toml")]
    return tuple(sorted(_read(f) for f in files))


def _read(place: Traversable) -> _Rules:
    table = read_toml(place)
    for key in ("id", "citation"):
        table.take(key, str)
    table.certainty("in_force_certainty")
    sets = {}
    for row in table.tables("limit_sets", required=True):
        sets[row.take("id", str)] = _Limits(row.text("why"), row.take("default", bool), {})
        row.certainty()
        row.done()
    for row in table.tables("limits"):
        limits = sets[_among(row, "set", sets)]
        kind = _among(row, "kind", ("publication", "microdata", "map"))
        limits.at_most[kind] = _among(row, "measure", ("items", "units")), row.take("at_most", int)
        _sourced(row)
    conditions = {}
    for row in table.tables("conditions", required=True):
        conditions[row.take("id", str)] = _Condition(
            _among(row, "test", _TESTS),
            row.certainty(),
            row.text("holds"),
            row.text("fails"),
            row.text("remedy"),
        )
        row.take("citation", str)
        row.done()
    rows = table.tables("rules", required=True)
    rules = tuple(
        _Rule(
            row.take("id", str),
            _among(row, "effect", ("zero", "tariff")),
            _all_among(row, "needs", conditions),
            row.strings("beats"),
            row.take("citation", str),
            row.certainty(),
        )
        for row in rows
    )
    for row, rule in zip(rows, rules, strict=True):
        row.done()
        for other in rule.beats:
            if other not in {r.id for r in rules if rule.id not in r.beats}:
                raise row.error(
                    "beats",
                    Text(
                        id=f"{other!r} tidak dikenal atau berputar.",
                        en=f"{other!r} is unknown or goes in a circle.",
                    ),
                    Text(id="Sebut aturan lain.", en="Name another rule."),
                )
    result = _Rules(
        table.take("in_force_from", dt.date),
        table.take("version", int),
        digest_of(place.read_bytes()),
        _parties(table, "recipients"),
        _parties(table, "purposes"),
        conditions,
        rules,
        sets,
    )
    table.done()
    return result


def _parties(table: Table, key: str) -> dict[str, _Party]:
    parties = {}
    for row in table.tables(key, required=True):
        parties[row.take("id", str)] = _Party(row.take("eligible", bool), row.text("name"))
        _sourced(row)
    return parties


def _sourced(row: Table) -> None:
    row.take("citation", str)
    row.certainty()
    row.done()


def _among(row: Table, key: str, known: Sequence[str] | Mapping[str, object]) -> str:
    word = row.take(key, str)
    if word not in known:
        raise row.error(
            key,
            Text(id=f"tidak mengenal {word!r}.", en=f"does not know {word!r}."),
            Text(id=f"Pilih: {', '.join(known)}.", en=f"Choose: {', '.join(known)}."),
        )
    return word


def _all_among(row: Table, key: str, known: Mapping[str, object]) -> tuple[str, ...]:
    words = row.strings(key)
    for word in words:
        if word not in known:
            raise row.error(
                key,
                Text(id=f"tidak mengenal {word!r}.", en=f"does not know {word!r}."),
                Text(id=f"Pilih: {', '.join(known)}.", en=f"Choose: {', '.join(known)}."),
            )
    return words
