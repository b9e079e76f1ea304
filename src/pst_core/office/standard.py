"""What one office's published standard says otherwise than another's, as data of its profile.

The ways themselves are rows of the procedures; here is read which of them an office has, of whom
it asks what, and under which numbers and words its own standard publishes the clauses. What rows
this leaves is worked out in ``request.variants``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

import attrs

from ..certainty import Certainty
from ..documents import Way
from ..documents.asker import Channel, Segment
from ..documents.due import DocumentRule
from ..lawdata import Table
from ..text import Text
from ..workflow import Wording

__all__ = [
    "EMAIL",
    "Asked",
    "Closing",
    "Decree",
    "Misfit",
    "Payment",
    "Variation",
    "narrowed_documents",
    "read_asked",
    "read_channels",
    "read_closing",
    "read_decree",
    "read_misfit",
    "read_payment",
    "read_wording",
]

E = TypeVar("E", bound=StrEnum)

EMAIL = "email"
"""R2, the one requirement that is no document."""

_CLAUSE = re.compile(r"[RSLCPKX][1-9][0-9]?")


class Misfit(StrEnum):
    """What happens to a request whose abstraction does not fit (S11)."""

    SENT_BACK = "sent-back"
    CANCELLED = "cancelled"
    CONSULTATION = "consultation"


class Payment(StrEnum):
    """How applicants who live in Indonesia pay (S16); from abroad it is always a transfer."""

    BILLING = "billing"
    TRANSFER = "transfer"
    CASH = "cash"


class Closing(StrEnum):
    """How a delivered request ends: only when rated, after some days, or at once by itself."""

    RATING = "rating"
    DAYS = "days"
    BY_ITSELF = "by-itself"


@attrs.frozen
class Decree:
    """The decree that made the standard; ``number`` is empty where nobody has named it to us."""

    number: str
    on: dt.date | None
    certainty: Certainty


UNNAMED = Decree("", None, Certainty.ASSUMED)


@attrs.frozen
class Asked:
    """A requirement that the standard has, and of whom; empty: as the list of documents says."""

    requirement: str
    channels: tuple[Channel, ...] = ()
    segments: tuple[Segment, ...] = ()
    products: tuple[str, ...] = ()
    certainty: Certainty | None = None
    citation: str = ""

    def of(self, channel: Channel, segment: Segment) -> bool:
        """Return whether it is asked of who comes by ``channel`` for ``segment``."""
        return (not self.channels or channel in self.channels) and (
            not self.segments or segment in self.segments
        )


EMAIL_OF_ALL = Asked(EMAIL)


@attrs.frozen(cache_hash=True)
class Variation:
    """The choices of one standard among the ways that the procedures have."""

    channels: tuple[Channel, ...] = tuple(Channel)
    portal: bool = True
    """False: an officer enters at the counter what a walk-in says."""
    misfit: tuple[tuple[Channel, Misfit], ...] = tuple((c, Misfit.SENT_BACK) for c in Channel)
    payment: tuple[Payment, ...] = (Payment.BILLING,)
    agreement: tuple[Way, ...] = tuple(Way)
    closing: Closing = Closing.DAYS
    closing_notice: bool = False
    email: Asked | None = EMAIL_OF_ALL
    """R2; None: an address is not asked for."""
    handed_in: tuple[Text, ...] = ()
    """Names of the documents that are handed in."""
    wording: tuple[Wording, ...] = ()

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """Each clause that the office's standard numbers itself, and the number."""
        return tuple((w.clause, w.number) for w in self.wording if w.number and not w.command)


def read_decree(standard: Table) -> Decree:
    """Return the decree of ``[standard.decree]``."""
    if not standard.has("decree"):
        return UNNAMED
    row = standard.table("decree")
    decree = Decree(
        row.take("number", str),
        row.take("on", dt.date, None),
        row.certainty(),
    )
    row.done()
    return decree


def read_channels(office: Table) -> tuple[tuple[Channel, ...], bool]:
    """Return by which doors a request may come, and whether there is a portal."""
    if not office.has("channels"):
        return tuple(Channel), True
    row = office.table("channels")
    doors = _words(row, "doors", Channel) if row.has("doors") else tuple(Channel)
    portal = row.take("portal", bool, True)
    row.certainty()  # stated in the file beside the choices
    row.done()
    if not portal and Channel.ONLINE in doors:
        raise row.error(
            "portal",
            Text(id="= false tidak cocok dengan pintu online.",
                 en="= false does not go with the door online."),
            Text(id='Hapus "online" dari doors, atau tulis portal = true.',
                 en='Take "online" out of doors, or write portal = true.'),
        )  # fmt: skip
    return doors, portal


def read_misfit(office: Table, doors: Iterable[Channel]) -> tuple[tuple[Channel, Misfit], ...]:
    """Return what happens by each door where the abstraction does not fit."""
    if not office.has("misfit"):
        return tuple((door, Misfit.SENT_BACK) for door in doors)
    row = office.table("misfit")
    for door in Channel:
        row.has(str(door))  # asked for only where the door is open
    found = tuple((door, row.choice(str(door), Misfit)) for door in doors)
    row.certainty()
    row.done()
    return found


def read_payment(office: Table, doors: tuple[Channel, ...]) -> tuple[Payment, ...]:
    """Return how those pay who live in Indonesia."""
    if not office.has("payment"):
        return (Payment.BILLING,)
    row = office.table("payment")
    ways = _words(row, "at_home", Payment)
    row.certainty()
    row.done()
    if {Payment.BILLING, Payment.TRANSFER} <= set(ways):
        raise row.error(
            "at_home",
            Text(id="memuat kode billing dan transfer sekaligus: uang yang dilaporkan lalu tidak "
                    "diketahui datang lewat mana.",
                 en="has billing code and transfer both: of money that is reported nobody could "
                    "tell by which it came."),
            Text(id='Pilih "billing" atau "transfer"; "cash" boleh di samping salah satunya.',
                 en='Choose "billing" or "transfer"; "cash" may stand beside either.'),
        )  # fmt: skip
    if Payment.CASH in ways and Channel.WALK_IN not in doors:
        raise row.error(
            "at_home",
            Text(id="memuat tunai, tetapi tidak ada yang datang langsung.",
                 en="has cash, but nobody walks in."),
            Text(id='Hapus "cash", atau tambahkan pintu "walk-in".',
                 en='Take out "cash", or add the door "walk-in".'),
        )  # fmt: skip
    if ways == (Payment.CASH,) and Channel.ONLINE in doors:
        raise row.error(
            "at_home",
            Text(id="hanya memuat tunai: pemohon daring tidak dapat membayar.",
                 en="has cash alone: who applies online could not pay."),
            Text(id='Tambahkan "billing" atau "transfer".', en='Add "billing" or "transfer".'),
        )  # fmt: skip
    return ways


def read_closing(office: Table) -> tuple[Closing, int | None, int]:
    """Return how a request ends, after how many working days, and with how many of notice.

    Days are 0 where it closes by itself, None where only a rating closes it.
    """
    row = office.table("closing")
    way = row.choice("way", Closing, Closing.DAYS)
    days: int | None = {Closing.BY_ITSELF: 0}.get(way)
    notice = 0
    row.has("unrated_after_working_days")  # asked for only here
    if way is Closing.DAYS:
        days = row.take("unrated_after_working_days", int)
        notice = row.take("notice_working_days", int, 0)
        if days < 1 or not 0 <= notice < days:
            raise row.error(
                "unrated_after_working_days" if days < 1 else "notice_working_days",
                Text(id=f"harus sedikitnya 1, dan peringatan kurang dari itu: {days}, {notice}.",
                     en=f"must be at least 1, and the notice less than that: {days}, {notice}."),
                Text(id="Isi jumlah hari kerja.", en="Give numbers of working days."),
            )  # fmt: skip
    row.certainty()
    row.done()
    return way, days, notice


def read_asked(table: Table) -> tuple[Asked, ...]:
    """Return the requirements that the standard has, as ``[requirements]`` names them."""
    found = []
    for name in table.keys():  # noqa: SIM118 - a reader, no mapping
        row = table.table(name)
        found.append(
            Asked(
                name,
                _words(row, "channels", Channel, ()),
                _words(row, "segments", Segment, ()),
                row.strings("products", ()),
                row.certainty(default=None),  # type: ignore[arg-type]
                row.take("citation", str, ""),
            )
        )
        row.done()
    return tuple(found)


def narrowed_documents(
    rules: tuple[DocumentRule, ...], asked: tuple[Asked, ...], table: Table
) -> tuple[DocumentRule, ...]:
    """Return the documents that the standard has of those in the list, and of whom it asks them.

    Raises ``BadLawData`` for a requirement that the list has not.
    """
    choosable = {rule.document for rule in rules if rule.needs}
    table.named_by(tuple(sorted({*choosable, EMAIL})))
    wanted = {a.requirement: a for a in asked}
    for name in wanted:
        if name not in choosable and name != EMAIL:
            raise table.error(
                name,
                Text(id="bukan persyaratan yang dapat dipilih.",
                     en="is no requirement to choose from."),
                Text(id=f"Pilih dari: {', '.join(sorted({*choosable, EMAIL}))}.",
                     en=f"Choose from: {', '.join(sorted({*choosable, EMAIL}))}."),
            )  # fmt: skip
    found = []
    for rule in rules:
        if not rule.needs:
            found.append(rule)
        elif rule.document in wanted:
            choice = wanted[rule.document]
            found.append(
                attrs.evolve(
                    rule,
                    channels=choice.channels or rule.channels,
                    segments=choice.segments or rule.segments,
                    products=choice.products or rule.products,  # type: ignore[arg-type]
                    certainty=choice.certainty or rule.certainty,
                    citation=choice.citation or rule.citation,
                )
            )
    return tuple(found)


def read_wording(office: Table) -> tuple[Wording, ...]:
    """Return the numbers and words of ``[steps]``, by our clause ids."""
    if not office.has("steps"):
        return ()
    table = office.table("steps")
    table.named_by(pattern=f"^{_CLAUSE.pattern}$")
    found = []
    for clause in table.keys():  # noqa: SIM118
        if not _CLAUSE.fullmatch(clause):
            raise table.error(
                clause,
                Text(id="bukan id butir.", en="is no id of a clause."),
                Text(id="Tulis id kami: R1 sampai R6, S1 sampai S23, X1 sampai X10.",
                     en="Write our id: R1 to R6, S1 to S23, X1 to X10."),
            )  # fmt: skip
        row = table.table(clause)
        found.append(_wording(row, clause))
        if row.has("rows"):
            rows = row.table("rows")
            rows.named_by(pattern="^[A-Z][A-Za-z]+$")
            for command in rows.keys():  # noqa: SIM118
                own = rows.table(command)
                found.append(_wording(own, clause, command))
                own.done()
        row.done()
    return tuple(found)


def _wording(row: Table, clause: str, command: str = "") -> Wording:
    title = row.text("title", None)  # type: ignore[arg-type]
    return Wording(clause, row.take("number", str, ""), title, command)


def _words(
    row: Table, key: str, kind: type[E], default: tuple[E, ...] | None = None
) -> tuple[E, ...]:
    row.offer(key, tuple(kind), *(() if default is None else (default,)))
    words = row.strings(key) if default is None else row.strings(key, tuple(map(str, default)))
    known = tuple(kind)
    if (default is None and not words) or len(set(words)) != len(words):
        raise row.error(
            key,
            Text(id="kosong, atau menyebut sesuatu dua kali.", en="is empty, or names one twice."),
            Text(id=f"Pilih dari: {', '.join(known)}.", en=f"Choose from: {', '.join(known)}."),
        )
    for word in words:
        if word not in known:
            raise row.error(
                key,
                Text(id=f"tidak mengenal {word!r}.", en=f"does not know {word!r}."),
                Text(id=f"Pilih dari: {', '.join(known)}.", en=f"Choose from: {', '.join(known)}."),
            )
    return tuple(kind(word) for word in words)
