"""One office: its standard, calendar, hours, clock, tariff choices, papers and contacts.

An office is a TOML file (``law/offices``); another office is another file, never another branch
in code. Prices and deadlines are asked here and counted in ``tariff`` and ``workdays``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ..certainty import Certainty
from ..documents import AgreementRules
from ..documents.agreement import read_agreement_rules
from ..documents.asker import Channel
from ..documents.due import DocumentRule, load_documents
from ..documents.identity import check_email
from ..documents.letterhead import Letterhead, Person
from ..documents.samples import SampleRule, read_sample_rule
from ..hygiene import what_is_odd
from ..lawdata import Table, read_toml, shipped
from ..refusal import NotFound
from ..tariff import Product, Quote, TariffPolicy, quote, read_policy
from ..text import Lang, Text
from ..workdays import (
    Calendar,
    ClockRule,
    Deadline,
    OfficeHours,
    Turn,
    deadline,
    read_calendar,
    read_clock,
    read_hours,
)
from ..workflow import Wording, cite, cited
from .counter import CounterPolicy, read_counter
from .links import LinkPolicy, read_links
from .privacy import Privacy, read_privacy
from .standard import (
    EMAIL,
    EMAIL_OF_ALL,
    UNNAMED,
    Asked,
    Closing,
    Decree,
    Misfit,
    Payment,
    Variation,
    narrowed_documents,
    read_asked,
    read_channels,
    read_closing,
    read_decree,
    read_misfit,
    read_payment,
    read_wording,
)
from .survey import SurveyPolicy, read_survey
from .treasury import Treasury, read_treasury

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from ..tariff import Schedule, ZeroClaim

_PAGE = re.compile(r"(https?://)?[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_./~-]*)?")

__all__ = ["ComplaintChannel", "Office", "offices"]


@attrs.frozen
class ComplaintChannel:
    """K1 to K4: one way to complain."""

    clause: str
    text: Text


@attrs.frozen(repr=False)
class Office:
    """One of the offices. Load it with ``Office.load``."""

    code: str
    """BPS unit code, four digits: 2 of the province, 2 of the regency or city."""
    version: str
    """Version of this profile; each request keeps the one it was filed under."""
    name: Text
    unit: Text
    standard: Text
    """Title of the published service standard."""
    source: str
    """Where the standard is published."""
    certainty: Certainty
    email: str
    portal: str
    letterhead: Letterhead
    head: Person
    treasurer: Person
    complaints: tuple[ComplaintChannel, ...]
    calendar: Calendar
    hours: OfficeHours
    clock: ClockRule
    tariff: TariffPolicy
    documents: tuple[DocumentRule, ...]
    """Which documents are due of whom at which step."""
    agreement: AgreementRules
    check_url: str
    """Address that the QR code of a paper leads to; empty if the office has no such page."""
    treasury: Treasury
    offer_valid_days: int
    """Working days that an offer holds."""
    offer_notice_days: int
    """Working days before its end that the applicant is reminded, and has left after that."""
    close_after_days: int | None
    """Working days after delivery that an unrated request is closed; None: never."""
    counter: CounterPolicy
    survey: SurveyPolicy
    links: LinkPolicy
    sample: SampleRule = attrs.field(factory=SampleRule)
    """What of a microdata file may be shown before it is paid for (S13)."""
    decree: Decree = UNNAMED
    """The decree (No. SK) that made the standard."""
    valid_from: dt.date | None = None
    """The first day of this version; None: it has always held."""
    earlier: tuple[Office, ...] = ()
    """The versions before it, newest first, for requests that were filed under them."""
    doors: tuple[Channel, ...] = tuple(Channel)
    """By which doors a request may come."""
    with_portal: bool = True
    """False: an officer enters at the counter what a walk-in says."""
    misfit: tuple[tuple[Channel, Misfit], ...] = tuple((c, Misfit.SENT_BACK) for c in Channel)
    """What happens, by each door, where the abstraction does not fit (S11)."""
    payment: tuple[Payment, ...] = (Payment.BILLING,)
    """How those pay who live in Indonesia (S16)."""
    closing: Closing = Closing.DAYS
    close_notice_days: int = 0
    """Working days of notice before an unrated request is closed; 0: without a notice."""
    email_asked: Asked | None = EMAIL_OF_ALL
    """R2: of whom an e-mail address is asked; None: of nobody."""
    wording: tuple[Wording, ...] = ()
    """Numbers and words of the clauses in the office's own standard."""
    privacy: Privacy = attrs.field(factory=lambda: read_privacy(None))
    """How long evidence that names a person is kept, and the terms of UU PDP."""

    def __repr__(self) -> str:
        # all that it holds would be a third of a megabyte: what it chooses tells it from others
        doors, paid = " ".join(self.doors), " ".join(self.payment)
        misfit = " ".join(f"{door}={way}" for door, way in self.misfit)
        return (
            f"<Office {self.version}: doors {doors}; misfit {misfit}; paid by {paid}; "
            f"agreement by {' '.join(self.agreement.ways)}; closing {self.closing}>"
        )

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))  # what notebooks and hypothesis ask for

    @classmethod
    def read(cls, place: str | Path | Traversable) -> Office:
        """Return the office of the file at ``place``."""
        return _read(read_toml(place))

    @classmethod
    def of(cls, profile: Table) -> Office:
        """Return the office of a profile that is being read."""
        return _read(profile)

    @classmethod
    def load(cls, code_or_path: str | Path, on: dt.date | None = None) -> Office:
        """Return a shipped office by its code (``"3317"``), or one from a TOML file.

        ``on``: in the version that held on that day; the newest without it. Raises ``NotFound``
        for an unknown code or a day before the first version, ``BadLawData`` for a file that is
        not in order.
        """
        if isinstance(code_or_path, Path) or code_or_path.endswith(".toml"):
            office = _read(read_toml(code_or_path))
        else:
            place = shipped("offices", f"{code_or_path}.toml")
            if not code_or_path.isalnum() or not place.is_file():
                raise _unknown(code_or_path)
            office = _read(read_toml(place))
        return office if on is None else office.on(on)

    # -- versions -----------------------------------------------------------------------------

    def on(self, day: dt.date) -> Office:
        """Return the version that holds on ``day``. Raises ``NotFound`` before the first."""
        for version in self.versions():
            if version.valid_from is None or version.valid_from <= day:
                return version
        raise NotFound(
            "no-version-yet",
            Text(
                id=f"Belum ada profil kantor {self.code} yang berlaku pada {day}.",
                en=f"No profile of the office {self.code} holds on {day}.",
            ),
            remedy=Text(
                id="Sebutkan profil yang lebih lama dalam earlier, atau ubah valid_from.",
                en="Name an older profile under earlier, or mend valid_from.",
            ),
        )

    def at_version(self, version: str) -> Office:
        """Return the profile of ``version``; this one if that is not kept any more."""
        return next((v for v in self.versions() if v.version == version), self)

    def versions(self) -> Iterator[Office]:
        """Yield this version and the earlier ones, newest first."""
        yield self
        for office in self.earlier:
            yield from office.versions()

    @cached_property
    def variation(self) -> Variation:
        """What this standard chooses among the ways that the procedures have."""
        return Variation(
            channels=self.doors,
            portal=self.with_portal,
            misfit=self.misfit,
            payment=self.payment,
            agreement=self.agreement.ways,
            closing=self.closing,
            closing_notice=self.close_notice_days > 0,
            email=self.email_asked,
            handed_in=tuple(rule.name for rule in self.documents if rule.needs),
            wording=self.wording,
        )

    def cite(self, text: Text) -> Text:
        """Return ``text`` with the standard's own numbers where it names clauses in brackets."""
        return cite(text, dict(self.variation.numbers))

    def cited(self, clause: str) -> Text:
        """Return how ``clause`` is cited: by its number in the standard, or by our id."""
        return cited(clause, dict(self.variation.numbers).get(clause, ""))

    # -- time ---------------------------------------------------------------------------------

    def local(self, at: dt.datetime) -> dt.datetime:
        """Return ``at`` on the office's clock. Raises ``BadInput`` for a naive time."""
        return self.calendar.local(at)

    def end_of(self, day: dt.date) -> dt.datetime:
        """Return when office hours end on ``day``, a working day."""
        return dt.datetime.combine(day, self.hours.closing(day), self.calendar.zone)

    def deadline(
        self,
        start: dt.datetime,
        *,
        turns: Sequence[Turn] = (),
        ended: dt.datetime | None = None,
    ) -> Deadline:
        """Return the deadline (L2) of a request that became clear and complete at ``start``.

        ``turns``: in whose hands it was since when. ``start`` is aware; see ``workdays.deadline``.
        """
        return deadline(self.calendar, self.hours, self.clock, start, turns=turns, ended=ended)

    # -- price --------------------------------------------------------------------------------

    def quote(
        self, products: Iterable[Product], *, on: dt.date, zero: ZeroClaim | None = None
    ) -> Quote:
        """Return the price (C1) of ``products`` by the tariff in force on ``on``.

        ``zero``: a claim to the tariff of Rp0. Raises ``NotFound`` if no tariff holds.
        """
        return quote(tuple(products), on, self.tariff, zero=zero)

    def schedule_on(self, on: dt.date) -> Schedule:
        """Return the tariff schedule in force on ``on``."""
        return self.tariff.rates(on).schedule

    # -- papers -------------------------------------------------------------------------------

    def letterhead_in(self, lang: Lang) -> Letterhead:
        """Return the letterhead with the names of office and unit in ``lang``."""
        return attrs.evolve(self.letterhead, office=self.name.say(lang), unit=self.unit.say(lang))

    def paper_number(self, series: str, number: int, at: dt.datetime) -> str:
        """Return a paper's number as printed: ``0007/INV/3317/2026``."""
        return f"{number:04d}/{series}/{self.code}/{self.local(at).year}"


def offices() -> tuple[str, ...]:
    """Return the codes of the shipped offices."""
    found = (p.name for p in shipped("offices").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def _unknown(code: str) -> NotFound:
    known = offices()
    from difflib import get_close_matches

    near = get_close_matches(code, known, n=1) or known[:1]
    return NotFound(
        "unknown-office",
        Text(id=f"Kantor {code!r} tidak dikenal.", en=f"The office {code!r} is not known."),
        remedy=Text(
            id=f"Yang tersedia: {', '.join(known)} (mungkin {near[0]}?); "
            "atau sebutkan berkas profil .toml.",
            en=f"Shipped: {', '.join(known)} (perhaps {near[0]}?); or name a profile file (.toml).",
        ),
    )


def _read(table: Table, readers: tuple[str, ...] = ()) -> Office:
    contact = table.table("contact")
    standard = table.table("standard")
    offer = table.table("offer")
    people = table.table("people")
    name, unit = table.text("name"), table.text("unit")
    for key, said in (("name", name), ("unit", unit)):
        _check_line(table, key, said.id)
        _check_line(table, key, said.en)
    email = contact.take("email", str)
    portal = contact.take("portal", str)
    _check_contact(contact, email, portal)
    complaints = []
    for row in table.tables("complaints", required=True):
        complaints.append(ComplaintChannel(row.take("clause", str), row.text("text")))
        row.done()
    code = table.take("code", str)
    _check_code(table, code)
    doors, with_portal = read_channels(table)
    closing, close_after, close_notice = read_closing(table)
    folder = Path(table.file).parent
    listed = table.take("documents", str, "produk-statistik-berbayar")
    _check_beside(table, "documents", listed)
    rules = load_documents(listed, folder)
    email_asked: Asked | None = EMAIL_OF_ALL
    if table.has("requirements"):
        chosen = table.table("requirements")
        asked = read_asked(chosen)
        rules = narrowed_documents(rules, asked, chosen)
        email_asked = next((a for a in asked if a.requirement == EMAIL), None)
    else:
        rules = tuple(rule for rule in rules if not rule.by_choice)
    office = Office(
        code=code,
        version=table.take("version", str),
        name=name,
        unit=unit,
        standard=standard.text("title"),
        source=standard.take("source", str),
        certainty=standard.certainty(),
        email=email,
        portal=portal,
        letterhead=Letterhead(
            office=name.id,
            unit=unit.id,
            address=contact.take("address", str),
            phone=contact.take("phone", str, ""),
            email=email,
            web=contact.take("web", str, portal),
            place=contact.take("place", str),
        ),
        head=_person(people, "head"),
        treasurer=_person(people, "treasurer"),
        complaints=tuple(complaints),
        calendar=read_calendar(table.table("calendar")),
        hours=read_hours(table.table("hours")),
        clock=read_clock(table.table("clock")),
        tariff=read_policy(table.table("tariff")),
        documents=rules,
        agreement=read_agreement_rules(table.table("agreement")),
        check_url=_check_url(table.table("papers")) if table.has("papers") else "",
        treasury=read_treasury(table),
        offer_valid_days=_days(offer, "valid_working_days"),
        offer_notice_days=_days(offer, "notice_working_days"),
        counter=read_counter(table.table("counter") if table.has("counter") else None),
        survey=read_survey(table.table("survey") if table.has("survey") else None),
        links=read_links(table.table("links") if table.has("links") else None),
        close_after_days=close_after,
        # profiles of before it was asked for have the cautious rule
        sample=read_sample_rule(table.table("sample")) if table.has("sample") else SampleRule(),
        decree=read_decree(standard),
        valid_from=table.take("valid_from", dt.date, None),
        earlier=_earlier(table, folder, code, readers),
        doors=doors,
        with_portal=with_portal,
        misfit=read_misfit(table, doors),
        payment=read_payment(table, doors),
        closing=closing,
        close_notice_days=close_notice,
        email_asked=email_asked,
        wording=read_wording(table),
        privacy=read_privacy(table.table("retention") if table.has("retention") else None),
    )
    offer.certainty()  # stated in the file beside the figures
    offer.done()
    for part in (contact, standard, people, table):
        part.done()
    return office


def _earlier(table: Table, folder: Path, code: str, readers: tuple[str, ...]) -> tuple[Office, ...]:
    """Return the earlier versions that the profile names, newest first."""
    names = table.strings("earlier", ())
    readers = (*readers, Path(table.file).name)
    for name in names:
        _check_beside(table, "earlier", name)
        if name in readers:
            raise table.error(
                "earlier",
                Text(id=f"berputar: {name!r}.", en=f"goes in a circle: {name!r}."),
                Text(id="Sebutkan hanya versi yang lebih lama.", en="Name older versions alone."),
            )
    found = tuple(_read(read_toml(folder / name), readers) for name in names)
    for office in found:
        if office.code != code:
            raise table.error(
                "earlier",
                Text(
                    id=f"menyebut profil kantor lain ({office.code}).",
                    en=f"names a profile of another office ({office.code}).",
                ),
                Text(id="Sebutkan profil kantor ini.", en="Name a profile of this office."),
            )
    return tuple(sorted(found, key=lambda o: o.valid_from or dt.date.min, reverse=True))


def _check_code(table: Table, code: str) -> None:
    # it stands in case numbers, file names and numbers of papers
    if not (code.isascii() and code.isalnum() and 1 <= len(code) <= 10):
        raise table.error(
            "code",
            Text(id=f"{code!r} bukan kode satuan kerja.", en=f"{code!r} is no unit code."),
            Text(id="Tulis empat angka, seperti 3317.", en="Write four digits, such as 3317."),
        )


def _check_contact(contact: Table, email: str, portal: str) -> None:
    wrong = [f for f in check_email(email) if f.severity == "error"]
    if wrong:
        raise contact.error("email", wrong[0].text, wrong[0].remedy)
    if portal not in ("", "-") and not _PAGE.fullmatch(portal):
        raise contact.error(
            "portal",
            Text(id=f"{portal!r} bukan alamat laman.", en=f"{portal!r} is no page's address."),
            Text(
                id="Tulis seperti kantor.go.id/layanan.", en="Write it like office.go.id/service."
            ),
        )


def _check_line(table: Table, key: str, value: str) -> None:
    """Refuse a name that would break the head of a mail or look like another's."""
    odd = what_is_odd(value, one_line=True)
    if odd is not None:
        right = Text(id="Tulis dalam satu baris biasa.", en="Write it as one plain line.")
        raise table.error(key, odd, right)


def _check_beside(table: Table, key: str, name: str) -> None:
    """Refuse a name that would lead out of the profile's folder."""
    if not name or set(name) & set("/\\:\0") or name.startswith("."):
        raise table.error(
            key,
            Text(id=f"{name!r} bukan nama berkas di sini.", en=f"{name!r} is no file's name here."),
            Text(
                id="Sebutkan nama berkas di samping profil, tanpa folder.",
                en="Name a file beside the profile, without a folder.",
            ),
        )


def _person(people: Table, key: str) -> Person:
    row = people.table(key)
    person = Person(
        row.take("name", str),
        row.take("position", str),
        row.take("number", str, ""),
        row.take("position_en", str, ""),
    )
    row.done()
    for name, value in (("name", person.name), ("position", person.position)):
        _check_line(row, name, value)
    return person


def _check_url(papers: Table) -> str:
    url = papers.take("check_url", str, "")
    if url and not (url.startswith(("https://", "http://")) and not set(url) & set("?# ")):
        raise papers.error(
            "check_url",
            Text(id=f"{url!r} bukan alamat laman.", en=f"{url!r} is not the address of a page."),
            Text(
                id="Tulis seperti https://kantor.go.id/cek, tanpa ? dan #.",
                en="Write it like https://office.go.id/check, without ? and #.",
            ),
        )
    papers.done()
    return url


def _days(table: Table, key: str) -> int:
    days = table.take(key, int)
    if not 1 <= days <= 250:
        raise table.error(
            key,
            Text(id=f"harus 1 sampai 250, bukan {days}.", en=f"must be 1 to 250, not {days}."),
            Text(id="Isi jumlah hari kerja.", en="Give a number of working days."),
        )
    return days
